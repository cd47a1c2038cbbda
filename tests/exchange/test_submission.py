"""A submission: sealed, bound, whole, and the same to look at whatever it holds."""

import hashlib
import json
from collections import Counter
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from sansnom.exchange.encode import encode_records
from sansnom.exchange.rows import PlainRows, all_dummies
from sansnom.exchange.setting import Setting
from sansnom.exchange.submission import (
    OpenedSubmission,
    SealedSubmission,
    build_submission,
    open_submission,
    split,
)
from sansnom.exchange.wire import (
    MANIFEST_BYTES_MAX,
    SEED_BYTES,
    check_replacement,
    correction_digest,
    frame,
    manifest_bytes,
    message_bytes_max,
    part_bytes,
    read_submission,
)
from sansnom.terms.canonical import canonical_bytes
from sansnom.terms.errors import BrokenInvariant, PolicyRefusal, SansnomError
from sansnom.terms.roster import Roster
from tests.exchange.examples import (
    dictionary,
    keys_of,
    lists,
    many_records,
    opener,
    pepper,
    plan,
    records,
    roster,
    seeded,
    setting,
)

AUBE = roster().organization("aube")
PARTIES = (0, 1, 2)


@cache
def rows_of(name: str) -> PlainRows:
    """Give rows for the size class 32: some records, other records, or nobody's."""
    if name == "dummies":
        return all_dummies(setting().layout, AUBE.size_class)
    given = records() if name == "some" else many_records(32)
    return encode_records(given, AUBE, setting(), lists(), pepper()).rows


def built(name: str, seed: str = "seed", sequence: int = 1) -> SealedSubmission:
    """Build a submission of the organization "aube"."""
    return build_submission(rows_of(name), setting(), AUBE, keys_of("aube"), seeded(seed), sequence)


def opened(submission: SealedSubmission) -> tuple[OpenedSubmission, ...]:
    """Open what each helper gets."""
    return tuple(open_submission(submission.messages[p], setting(), p, opener(p).sealing) for p in PARTIES)


@pytest.mark.parametrize("name", ["some", "many", "dummies"])
def test_two_helpers_together_hold_the_rows_and_all_three_agree(name: str) -> None:
    """The three components XOR to the rows, and each component is the same at both its holders."""
    views = opened(built(name))
    for party in PARTIES:
        assert (views[party].second == views[(party + 1) % 3].first).all()
    joined = views[0].first ^ views[1].first ^ views[2].first
    again = PlainRows.from_component(setting().layout, joined, AUBE.size_class)
    assert (again.keys == rows_of(name).keys).all()
    assert (again.payload == rows_of(name).payload).all()
    assert (again.tallies == rows_of(name).tallies).all()


@pytest.mark.guarantee("G-01")
@pytest.mark.guarantee("G-04")
def test_sizes_and_messages_do_not_depend_on_the_records() -> None:
    """Few persons, a full class, nobody: the same three sizes, the ones that public numbers give."""
    sizes = {tuple(len(m) for m in built(name).messages) for name in ("some", "many", "dummies")}
    assert len(sizes) == 1
    manifest = len(manifest_bytes(built("some").manifest, keys_of("aube").signing))
    told = tuple(8 + manifest + part_bytes(setting().layout, AUBE.size_class, p) for p in PARTIES)
    assert sizes == {told}
    assert max(told) <= message_bytes_max(setting(), AUBE.size_class)
    names = {tuple(sorted(built(name).manifest.to_json())) for name in ("some", "many", "dummies")}
    assert len(names) == 1


@pytest.mark.guarantee("G-01")
def test_what_one_helper_gets_for_two_sets_of_records_looks_alike() -> None:
    """Helper 0's view is equal for both; the others' two components are jointly uniform over fresh seeds."""
    one, other, nobody = (opened(built(name))[0] for name in ("some", "many", "dummies"))
    for view in (other, nobody):
        assert (one.first == view.first).all()
        assert (one.second == view.second).all()
    for party in (1, 2):
        for name in ("many", "dummies"):
            views = [opened(built(name, f"fresh {n}"))[party] for n in range(24)]
            first, second = (np.concatenate([v.first for v in views]), np.concatenate([v.second for v in views]))
            for seen in (first, second, first ^ second):
                assert _chi_squared(seen) < 380  # 255 degrees of freedom: one in 10^6


def _chi_squared(octets: NDArray[np.uint8]) -> float:
    counts = np.bincount(octets, minlength=256)
    mean = octets.size / 256
    return float(((counts - mean) ** 2 / mean).sum())


@pytest.mark.guarantee("G-04")
@pytest.mark.parametrize("name", ["dummies", "some"])
def test_a_helper_cannot_test_a_guess_on_the_hash_of_the_component_it_lacks(name: str) -> None:
    """Guessing the rows, the third component follows; its hash in the manifest must not confirm the guess."""
    views = opened(built(name))
    for party in PARTIES:
        manifest = views[party].manifest
        lacking = rows_of(name).to_component() ^ views[party].first ^ views[party].second
        assert (lacking == views[(party + 1) % 3].second).all()
        told = set(manifest.components)
        for salt in (b"", bytes(32), bytes.fromhex(manifest.nonce), bytes.fromhex(manifest.plan_digest)):
            assert correction_digest(salt, lacking.data) not in told
            assert hashlib.sha256(salt + lacking.tobytes()).hexdigest() not in told
        assert hashlib.sha256(lacking.tobytes()).hexdigest() not in told


@pytest.mark.guarantee("G-01")
def test_every_submission_draws_fresh_seeds_salt_and_nonce() -> None:
    """The same rows sent again share no component and no hash: nothing shows that nothing changed."""
    draw = seeded("one source")
    sent = [build_submission(rows_of("some"), setting(), AUBE, keys_of("aube"), draw, n) for n in (1, 2)]
    first, second = (opened(submission) for submission in sent)
    assert not set(sent[0].manifest.components) & set(sent[1].manifest.components)
    assert sent[0].manifest.nonce != sent[1].manifest.nonce
    for party in PARTIES:
        assert (first[party].first != second[party].first).mean() > 0.9


def test_a_seed_is_expanded_as_the_helpers_do() -> None:
    """Component 0 is the key stream of seed 0, so that two of three components weigh 32 bytes."""
    seeds = (bytes(32), bytes([1]) * 32)
    rows = rows_of("dummies")
    streams = split(rows, seeds)
    assert streams.size == setting().layout.component_bytes(32)
    assert (split(rows, (seeds[1], seeds[0])) == streams).all()
    assert part_bytes(setting().layout, 32, 0) == 2 * SEED_BYTES + 1136


def _refusals(messages: list[bytes], party: int) -> Counter[str]:
    codes: Counter[str] = Counter()
    for message in messages:
        with pytest.raises(PolicyRefusal) as refused:
            open_submission(message, setting(), party, opener(party).sealing)
        codes[refused.value.code] += 1
    return codes


def test_any_flipped_byte_of_any_part_is_refused() -> None:
    """Every byte of the head and manifest, every byte of the small part, samples of the large: never accepted."""
    message = built("some").messages[0]
    flipped = [message[:n] + bytes([message[n] ^ 1]) + message[n + 1 :] for n in range(len(message))]
    codes = _refusals(flipped, 0)
    assert set(codes) <= {
        "submission.bytes",
        "submission.manifest",
        "submission.plan",
        "submission.layout",
        "submission.stranger",
        "submission.rows",
        "signature.wrong",
        "signature.too_few",
        "signature.shape",
        "seal.broken",
    }
    assert codes["seal.broken"] == part_bytes(setting().layout, 32, 0)
    for party in (1, 2):
        message = built("some").messages[party]
        places = range(len(message) - part_bytes(setting().layout, 32, party), len(message), 97)
        flipped = [message[:n] + bytes([message[n] ^ 128]) + message[n + 1 :] for n in places]
        assert set(_refusals(flipped, party)) == {"seal.broken"}


def test_messages_cut_short_or_made_longer_are_refused() -> None:
    """Any other length is refused before anything is opened."""
    message = built("some").messages[1]
    tries = [b"", b"X" + message[1:], message + b"\0", *(message[:size] for size in (3, 7, 8, 200, -1))]
    tries.append(message[:4] + (MANIFEST_BYTES_MAX + 1).to_bytes(4, "big") + message[8:])
    tries.append(message[:4] + bytes(4) + message[8:])
    assert set(_refusals(tries, 1)) == {"submission.bytes"}


def test_a_part_opens_for_its_helper_under_its_manifest_only() -> None:
    """Helper 1's message is nothing to helper 2; a part under another manifest of the same desk stays closed."""
    first, second = built("some"), built("some", "again", 2)
    with pytest.raises(PolicyRefusal, match=r"seal\.broken"):
        open_submission(first.messages[1], setting(), 2, opener(2).sealing)
    with pytest.raises(PolicyRefusal, match=r"seal\.broken"):
        open_submission(first.messages[1], setting(), 1, opener(2).sealing)
    _, part = read_submission(first.messages[1], setting(), 1)
    mixed = frame(manifest_bytes(second.manifest, keys_of("aube").signing), part)
    with pytest.raises(PolicyRefusal, match=r"seal\.broken"):
        open_submission(mixed, setting(), 1, opener(1).sealing)


@pytest.mark.parametrize("party", PARTIES)
@pytest.mark.parametrize("lie", [0, 1, 2])
def test_a_desk_that_lies_about_a_component_is_refused_by_both_its_holders(
    party: int, lie: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A manifest that names another component than the sealed one is accepted only by the helper that lacks it."""
    import sansnom.exchange.submission as module

    def lying(manifest: Any, private_key: Any) -> bytes:
        hashes = list(manifest.components)
        hashes[lie] = "00" * 32
        lies.append(replace(manifest, components=(hashes[0], hashes[1], hashes[2])))
        return manifest_bytes(lies[0], private_key)

    lies: list[Any] = []
    monkeypatch.setattr(module, "manifest_bytes", lying)
    monkeypatch.setattr(module, "_about", lambda where, digest, p: f"{p}".encode())
    submission = built("some")
    holders = {lie, (lie + 2) % 3}
    if party not in holders:
        assert open_submission(submission.messages[party], setting(), party, opener(party).sealing).manifest == lies[0]
        return
    with pytest.raises(PolicyRefusal, match=r"submission\.component"):
        open_submission(submission.messages[party], setting(), party, opener(party).sealing)


def _resigned(change: dict[str, Any], signer: str = "aube") -> bytes:
    """Give helper 0's message with a manifest changed and signed anew."""
    submission = built("some")
    _, part = read_submission(submission.messages[0], setting(), 0)
    changed = replace(submission.manifest, **change)
    return frame(manifest_bytes(changed, keys_of(signer).signing), part)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"plan": "2026-essai-2"}, "submission.plan"),
        ({"plan_digest": "00" * 32}, "submission.plan"),
        ({"layout_digest": "00" * 32}, "submission.layout"),
        ({"organization": 4}, "submission.stranger"),
        ({"organization": 2}, "signature.too_few"),
        ({"rows": 64}, "submission.rows"),
        ({"sequence": 0}, "submission.manifest"),
        ({"sequence": 10_000}, "submission.manifest"),
        ({"nonce": "zz" * 16}, "submission.manifest"),
        ({"components": ("00", "11", "22")}, "submission.manifest"),
        ({"sequence": 2}, "seal.broken"),
    ],
)
def test_a_manifest_that_does_not_fit_is_refused_even_when_signed(change: dict[str, Any], code: str) -> None:
    """Another plan, layout, organization, size class or form: each has its own refusal."""
    assert set(_refusals([_resigned(change)], 0)) == {code}


def test_a_submission_that_the_desk_did_not_sign_is_refused() -> None:
    """Another organization, a helper or the convener cannot submit, or replace, in its name."""
    for signer in ("brise", "helper 0", "convener"):
        assert set(_refusals([_resigned({}, signer)], 0)) == {"signature.too_few"}


def test_a_manifest_has_one_spelling() -> None:
    """White space, another order of members, a second signature, text that is not JSON: refused."""
    submission = built("some")
    _, part = read_submission(submission.messages[0], setting(), 0)
    written = manifest_bytes(submission.manifest, keys_of("aube").signing)
    envelope = json.loads(written)
    reordered = json.dumps(dict(sorted(envelope.items(), reverse=True)), separators=(",", ":")).encode()
    more = canonical_bytes({**envelope, "more": 1})
    for other in (written + b" ", reordered, b"{}", b"[]", b"\xff", b"1", b"[" * 4000, b'{"signed":{}}'):
        assert set(_refusals([frame(other, part)], 0)) == {"submission.manifest"}
    assert set(_refusals([frame(more, part)], 0)) == {"signature.shape"}


def test_a_replacement_must_be_newer_and_the_same_again_is_no_replacement() -> None:
    """Sending again what is held changes nothing; an older one, or another under the same number, is refused."""
    first, again, second = built("some"), built("many", "other"), built("many", "other", 2)
    assert check_replacement(None, first.manifest)
    assert check_replacement(first.manifest, second.manifest)
    assert not check_replacement(first.manifest, first.manifest)
    for held, offered in ((second, first), (first, again)):
        with pytest.raises(PolicyRefusal, match=r"submission\.sequence"):
            check_replacement(held.manifest, offered.manifest)


def test_a_desk_builds_only_for_itself_and_for_its_size_class() -> None:
    """Rows of another class, or another desk's keys, are our own bug and stop before anything is sealed."""
    with pytest.raises(BrokenInvariant, match=r"submission\.keys"):
        build_submission(rows_of("some"), setting(), AUBE, keys_of("brise"), seeded("x"))
    cap = roster().organization("cap")
    with pytest.raises(BrokenInvariant, match=r"submission\.rows"):
        build_submission(rows_of("some"), setting(), cap, keys_of("cap"), seeded("x"))


def test_a_plan_without_tallies_and_one_row_class_still_travels() -> None:
    """The smallest layout is built, sealed and opened like any other."""
    small = replace(plan(), tables=(), dimensions=())
    where = Setting.of(small, roster(), dictionary())
    submission = build_submission(all_dummies(where.layout, 32), where, AUBE, keys_of("aube"), seeded("small"))
    views = [open_submission(submission.messages[p], where, p, opener(p).sealing) for p in PARTIES]
    assert not (views[0].first ^ views[1].first ^ views[2].first).any()


@pytest.mark.guarantee("G-10")
def test_nothing_that_holds_a_submission_shows_it() -> None:
    """Printing a sealed or opened submission tells no byte of it, and neither does a refusal."""
    submission = built("some")
    assert "SNS1" not in repr(submission)
    assert "array" not in repr(opened(submission)[0])
    with pytest.raises(SansnomError) as refused:
        open_submission(submission.messages[0][:-1] + b"\0", setting(), 0, opener(0).sealing)
    assert refused.value.parameters == {}


def test_a_roster_changed_after_the_plan_is_noticed() -> None:
    """Who holds another version of the roster cannot build for the plan, or open for it."""
    other = Roster.from_json({**roster().to_json(), "version": 2})
    with pytest.raises(PolicyRefusal, match=r"plan\.roster"):
        Setting.of(plan(), other, dictionary())
