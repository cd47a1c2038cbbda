"""Persons' attributes and tables on shares are the plain ones, at the edges too; what tabulation sends depends on sizes only."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sansnom.compute.group import segments_of
from sansnom.compute.programs.attributes import majority, tie_order
from sansnom.compute.programs.cells import NOT_LINKABLE, ROWS
from sansnom.compute.share import Bits
from sansnom.compute.simulate import join_bits, run_three, seat_three, split_bits
from sansnom.compute.steps import Steps
from sansnom.terms.plan import Plan
from sansnom.terms.table import MINIMUM, PERSONS, SAME_SERVICE, SUM, TALLY, TRANSITIONS, WAITING
from tests.compute.plain_tables import PlainTables
from tests.compute.test_answer import answer_on_shares
from tests.compute.test_packed import joined, slices_of
from tests.compute.worlds import World, random_world
from tests.terms.examples import plan, spec


def both_ways(world: World, seed: bytes = b"tabulate") -> dict[str, list[int]]:
    """Answer on shares, demand what the plain tables say, and give it."""
    done = answer_on_shares(world, seed)
    expected = PlainTables(world).all()
    found = {name: cells.tolist() for name, cells in done[0].opened.items()}
    assert found == expected
    return found


@settings(max_examples=8)
@given(st.lists(st.integers(0, 40), min_size=1, max_size=8), st.integers(0, 2**32 - 1), st.integers(1, 60))
def test_any_world_is_tabulated_as_in_the_clear(sizes: list[int], seed: int, persons: int) -> None:
    """Empty organizations, one row, few or many persons: every table is the plain one."""
    if sum(sizes):
        both_ways(random_world(plan(), sizes, seed, persons))


@pytest.mark.parametrize("services", [1, 40])
def test_one_service_and_forty(services: int) -> None:
    """Overlaps of one service and of forty; codes are the plan's, whatever they are called."""
    codes = tuple(f"service_{n}" for n in range(services))
    asked = plan(
        (
            spec("overlap", SAME_SERVICE, services=codes, window_days=30),
            spec("users", PERSONS, services=codes),
            spec("waiting", TALLY, measure=WAITING, services=codes, bound=9),
        )
    )
    both_ways(random_world(asked, [9, 12, 7], services, 9))


def _emptied(world: World, *kinds: str) -> World:
    for name, values in world.fields.items():
        if name.partition(".")[0] in kinds:
            values[:] = 0
    return world


def test_everything_missing_leaves_persons_of_unknown_everything() -> None:
    """No dimension, service, measure, duration or level known: persons are counted, as unknown."""
    spans = ("first_day", "last_day", "first_level", "last_level", "first_date", "last_date")
    missing = ("dimension", "service", "referral", "measure", "duration", "known", *spans)
    found = both_ways(_emptied(random_world(plan(), [16, 16], 5, 12), *missing))
    assert sum(found["persons"]) == found["by-sex"][0] > 0
    assert found["days"][:-1] == [0, 0, 0]
    assert found["days"][-1] == found["persons"][0]
    assert not any(found["overlap"] + found["progress"] + found["acts"] + found["french-course"])


def test_no_keys_at_all_makes_every_row_not_linkable() -> None:
    """Valid rows without any key are counted apart and in no table."""
    world = _emptied(random_world(plan(), [16, 16], 6, 12), "present")
    found = both_ways(world)
    assert found[NOT_LINKABLE] == found[ROWS] == [int(world.fields["valid"].sum())]
    assert not any(found["persons"] + found["by-sex"] + found["organizations"])


def test_all_dummies_count_nothing() -> None:
    """A world of organizations that all abstain: every cell is zero, before noise."""
    world = random_world(plan(), [8, 8], 7, 3)
    for values in world.fields.values():
        values[:] = 0
    world.tallies[:] = 0
    found = both_ways(world)
    assert not any(any(cells) for cells in found.values())


def test_all_rows_of_one_person_at_one_desk_are_one_person() -> None:
    """Duplicates at one organization count once, as a person and as a pair of person and organization."""
    world = random_world(plan(), [4], 8, 1)
    world.fields["valid"][:] = 1
    for name in world.layout.keys:
        world.fields[f"present.{name}"][:] = 1
    world.match_keys[:] = 77
    found = both_ways(world)
    assert found["persons"] == found[ROWS] == [1]


def test_many_rows_of_one_person_are_clipped_together() -> None:
    """Three rows of 20 hours under a bound of 24 are 24 hours of one person, not 60."""
    world = random_world(plan((spec("acts", SUM, measure="service_count", bound=24),)), [1, 1, 1], 9, 1)
    for name, values in world.fields.items():
        values[:] = 1 if name == "valid" or name.startswith("present") else 20
    world.match_keys[:] = 5
    assert both_ways(world)["acts"] == [24]


def test_a_row_that_fails_the_checks_counts_nowhere() -> None:
    """A spoiled row is out of every table and of the general counts; tallies over the bound count as zero."""
    world = random_world(plan(), [16, 8], 10, 30)
    before = both_ways(world)
    spoiled = int(np.flatnonzero(world.fields["valid"])[0])
    world.unused[-1, spoiled] = np.uint64(1 << 63)
    world.tallies[0, 1] = world.layout.tallies[0].largest + 1
    after = both_ways(world)
    assert after[ROWS][0] < before[ROWS][0]
    assert after["waiting"][0] <= before["waiting"][0]


def test_windows_of_days_include_their_last_day() -> None:
    """Two stretches 30 days apart overlap within a window of 30 days, and not within one of 29."""
    for window_days, expected in ((30, 1), (29, 0)):
        asked = plan((spec("overlap", SAME_SERVICE, services=("housing",), window_days=window_days),))
        world = random_world(asked, [1, 1], 1, 1)
        for name, values in world.fields.items():
            values[:] = 1 if name in ("valid", "service.housing") or name.startswith("present") else 0
        world.match_keys[:] = 5
        world.fields["first_day.housing"][:] = [10, 50]
        world.fields["last_day.housing"][:] = [20, 60]
        assert both_ways(world)["overlap"] == [0, expected]
        world.fields["referral.2"][1] = 1
        assert both_ways(world)["overlap"] == [expected, 0]


def test_one_observation_is_no_transition_and_bins_and_bands_keep_their_ends() -> None:
    """A single date counts in no transition; the end of a class belongs to it."""
    asked = plan(
        (
            spec("progress", TRANSITIONS, scale="EQ.speaking", bands=(4, 12)),
            spec("days", MINIMUM, measure="days_to_first_service", bound=90, bins=(30, 60)),
        )
    )
    world = random_world(asked, [4], 1, 1)
    told = {
        "first_level": [4, 4, 5, 0],
        "last_level": [4, 5, 5, 0],
        "first_date": [3, 3, 3, 0],
        "last_date": [3, 9, 9, 0],
    }
    for name, values in world.fields.items():
        values[:] = 1 if name == "valid" or name.startswith(("present", "known")) else 0
    for name, column in told.items():
        world.fields[f"{name}.EQ.speaking"][:] = column
    world.fields["duration.days_to_first_service"][:] = [30, 31, 60, 61]
    world.match_keys[:] = np.arange(1, 5)
    found = both_ways(world)
    assert found["progress"] == [0, 1, 0, 1]
    assert found["days"] == [1, 2, 1, 0]


@given(st.integers(0, 2**32 - 1), st.integers(2, 9), st.integers(1, 40))
def test_the_majority_is_the_known_code_on_most_rows(seed: int, codes: int, rows: int) -> None:
    """One person, any codes: the winner has most votes; of equals, the first or the last of the public order."""
    draws = np.random.default_rng(seed)
    told = draws.integers(0, codes, rows)
    order = tie_order("digest", "sex", codes)
    bits = max(1, (codes - 1).bit_length())
    shares = split_bits(slices_of(told, bits), b"codes")
    for backward in (0, 1):
        turned = split_bits(np.full(rows, backward, dtype=np.uint8), b"turned")
        same = split_bits(np.ones(rows, dtype=np.uint8), b"same")

        def protocol(number: int, turned: Bits, same: Bits) -> Steps[Bits]:
            me = seat_three(b"majority")[number]
            parts = yield from segments_of(me, same, 6)
            return (yield from majority(me, parts, shares[number], order, turned))

        zero, one, two = (protocol(n, turned[n], same[n]) for n in range(3))
        winner = int(joined(join_bits(run_three((zero, one, two))))[0])
        votes = {code: int((told == code).sum()) for code in range(1, codes)}
        best = [code for code in order if code and votes[code] == max(votes.values())]
        assert winner == ((best[-1] if backward else best[0]) if max(votes.values()) else 0)


def test_the_order_of_ties_is_public_and_changes_with_the_plan() -> None:
    """Every known code is in the order once; another plan, or dimension, has another order."""
    first = tie_order("aa", "region", 18)
    assert sorted(first) == list(range(1, 18))
    assert first != tie_order("bb", "region", 18)
    assert first != tie_order("aa", "category", 18)


def test_disagreement_is_a_category_of_its_own_only_where_asked() -> None:
    """F and M under one person: "organizations disagree" in one plan, one of the two in another."""
    table = (spec("by-sex", PERSONS, dimensions=("sex",)),)
    for asked, expected in ((plan(table), [0, 0, 0, 0, 1]), (_by_majority(plan(table)), None)):
        world = random_world(asked, [1, 1], 2, 1)
        for name, values in world.fields.items():
            values[:] = 1 if name == "valid" or name.startswith("present") else 0
        world.match_keys[:] = 5
        world.fields["dimension.sex"][:] = [1, 2]
        found = both_ways(world)["by-sex"]
        assert sum(found) == 1
        assert expected is None or found == expected


def _by_majority(asked: Plan) -> Plan:
    return replace(asked, dimensions=tuple(replace(use, disagreement="majority") for use in asked.dimensions))
