"""Opened submissions become shares: the same rows in the same order at all three helpers."""

from functools import cache

import numpy as np
import pytest

from sansnom.compute.submitted import SubmittedShares
from sansnom.exchange.encode import encode_records
from sansnom.exchange.rows import PlainRows, all_dummies
from sansnom.exchange.shares import common_manifests, shares_of
from sansnom.exchange.submission import OpenedSubmission, build_submission, open_submission
from sansnom.terms.errors import BrokenInvariant, PolicyRefusal
from tests.exchange.examples import keys_of, lists, many_records, opener, pepper, records, roster, seeded, setting


@cache
def rows_of(code: str) -> PlainRows:
    """Give an organization's rows: "brise" abstains."""
    organization = roster().organization(code)
    if code == "brise":
        return all_dummies(setting().layout, organization.size_class)
    given = records() if code == "aube" else many_records(50)
    return encode_records(given, organization, setting(), lists(), pepper()).rows


@cache
def opened(party: int) -> tuple[OpenedSubmission, ...]:
    """Open, as one helper, the submissions of three organizations in order of their numbers."""
    taken = []
    for code in ("aube", "brise", "cap"):
        organization = roster().organization(code)
        built = build_submission(rows_of(code), setting(), organization, keys_of(code), seeded(code))
        taken.append(open_submission(built.messages[party], setting(), party, opener(party).sealing))
    return tuple(taken)


def shares(party: int) -> SubmittedShares:
    """Lay them side by side."""
    return shares_of(setting().layout, [s.manifest for s in opened(party)], iter(opened(party)))


def test_the_three_helpers_shares_are_a_sharing_of_everyone_s_rows() -> None:
    """Components agree between neighbours and XOR to the rows, organization after organization."""
    held = [shares(party) for party in range(3)]
    plain = [rows_of(code) for code in ("aube", "brise", "cap")]
    for name, axis in (("match_keys", 1), ("payload", 1), ("tallies", 1)):
        pairs = [getattr(h, name).pair for h in held]
        for party in range(3):
            assert (pairs[party][..., 1] == pairs[(party + 1) % 3][..., 0]).all()
        joined = pairs[0][..., 0] ^ pairs[1][..., 0] ^ pairs[2][..., 0]
        if name == "tallies":
            wanted = np.stack([p.tallies for p in plain], axis=1)
        else:
            wanted = np.concatenate([p.keys if name == "match_keys" else p.payload for p in plain], axis=axis)
        assert (joined == wanted).all()
    assert held[0].organizations.tolist() == [1] * 32 + [2] * 32 + [3] * 64
    assert held[0].tallies.pair.dtype == np.uint32


def test_submissions_out_of_order_or_not_the_agreed_ones_are_refused() -> None:
    """Another order, one missing, or another submission than agreed stops before anything is computed."""
    manifests = [s.manifest for s in opened(0)]
    with pytest.raises(BrokenInvariant, match=r"submissions\.order"):
        shares_of(setting().layout, manifests[::-1], opened(0)[::-1])
    with pytest.raises(BrokenInvariant, match=r"submissions\.order"):
        shares_of(setting().layout, manifests[:1] * 2, opened(0)[:1] * 2)
    with pytest.raises(PolicyRefusal, match=r"submission\.other"):
        shares_of(setting().layout, manifests, [opened(0)[0], opened(0)[2], opened(0)[1]])
    with pytest.raises(ValueError, match="shorter"):
        shares_of(setting().layout, manifests, opened(0)[:2])


def test_only_submissions_that_all_three_hold_alike_are_computed_on() -> None:
    """A submission missing at one helper, or replaced at two of three, is left out by all of them."""
    held = ({3: "c", 1: "a", 2: "b"}, {1: "a", 2: "B", 3: "c"}, {1: "a", 2: "B", 3: "c", 4: "d"})
    assert common_manifests(held) == ((1, "a"), (3, "c"))
    assert common_manifests(({}, {}, {})) == ()
