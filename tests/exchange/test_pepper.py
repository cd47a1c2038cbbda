"""The pepper: the same on every desk, another for every plan, and no way back to an earlier one."""

import copy
from dataclasses import replace

import pytest

from sansnom.exchange.keeper import read_letter, write_letter
from sansnom.exchange.pepper import STEPS_AHEAD_MAX, GroupSecret, find_pepper, next_step, pepper_for
from sansnom.terms.errors import InputError, PolicyRefusal
from sansnom.terms.roster import Roster
from tests.exchange.examples import PLAN, SAID, group_secret, helper, keys_of, organization, roster


def test_each_plan_and_each_step_has_its_own_pepper() -> None:
    """No two plans share matching keys, so nothing persists from one to the next."""
    first, second = group_secret(), next_step(group_secret())
    peppers = [pepper_for(g, plan) for g in (first, second) for plan in (PLAN, "2026-essai-2")]
    assert len({p.matching for p in peppers}) == 4
    assert len({p.check for p in peppers}) == 4
    assert pepper_for(first, PLAN) == peppers[0]
    assert peppers[0].matching.hex() != peppers[0].check


def test_a_desk_that_missed_plans_catches_up_and_keeps_only_the_later_step() -> None:
    """From an earlier step the plan's pepper is found; from a later one it is not: there is no way back."""
    third = next_step(next_step(group_secret()))
    wanted = pepper_for(third, PLAN)
    assert find_pepper(group_secret(), PLAN, wanted.check) == (third, wanted)
    with pytest.raises(PolicyRefusal, match=r"pepper\.mismatch"):
        find_pepper(next_step(third), PLAN, wanted.check)


@pytest.mark.parametrize("check", ["", "00" * 32, "é"])
def test_a_plan_under_another_pepper_is_refused(check: str) -> None:
    """A check value that no step within reach gives means that rows would match nobody: nothing is sent."""
    with pytest.raises(PolicyRefusal, match=r"pepper\.mismatch"):
        find_pepper(group_secret(), PLAN, check)


def test_catching_up_has_an_end() -> None:
    """A desk tries so many steps and no more."""
    far = group_secret()
    for _ in range(STEPS_AHEAD_MAX):
        far = next_step(far)
    with pytest.raises(PolicyRefusal, match=r"pepper\.mismatch"):
        find_pepper(group_secret(), PLAN, pepper_for(far, PLAN).check)


@pytest.mark.guarantee("G-10")
def test_a_secret_is_never_shown() -> None:
    """Printing where a desk stands tells the step, not the secret."""
    for shown in (group_secret(), pepper_for(group_secret(), PLAN)):
        assert group_secret().secret.hex()[:6] not in repr(shown)
        assert "secret=" not in repr(shown)
        assert "matching=" not in repr(shown)
    with pytest.raises(InputError, match=r"pepper\.size"):
        GroupSecret("2026", 0, b"short")


def test_every_desk_of_the_roster_opens_its_own_part_of_the_letter() -> None:
    """The keeper seals once; each desk reads the same secret and step."""
    step = next_step(group_secret())
    letter = write_letter(step, roster(), "brise", keys_of("brise").signing)
    for o in roster().organizations:
        assert read_letter(letter, roster(), o, keys_of(o.code).sealing) == step


def test_nobody_opens_another_s_part() -> None:
    """A desk's key does not open the part of another desk."""
    letter = write_letter(group_secret(), roster(), "brise", keys_of("brise").signing)
    with pytest.raises(PolicyRefusal, match=r"seal\.broken"):
        read_letter(letter, roster(), roster().organization("aube"), keys_of("cap").sealing)


@pytest.mark.parametrize("keeper", ["helper 0", "convener", "brise"])
def test_only_a_desk_under_its_own_key_is_keeper(keeper: str) -> None:
    """A helper, the convener, or a desk under another's name cannot write a letter."""
    name = "aube" if keeper == "brise" else keeper
    with pytest.raises(PolicyRefusal, match=r"keeper\.stranger"):
        write_letter(group_secret(), roster(), name, keys_of(keeper).signing)


def test_a_letter_signed_by_no_desk_or_changed_is_refused() -> None:
    """A part exchanged for another's, a keeper's name exchanged: the signature no longer holds."""
    letter = write_letter(group_secret(), roster(), "brise", keys_of("brise").signing)
    aube = roster().organization("aube")
    swapped = copy.deepcopy(letter)
    swapped["signed"]["sealed"]["1"] = swapped["signed"]["sealed"]["2"]
    renamed = copy.deepcopy(letter)
    renamed["signed"]["keeper"] = "cap"
    for changed in (swapped, renamed):
        with pytest.raises(PolicyRefusal, match=r"signature\.wrong"):
            read_letter(changed, roster(), aube, keys_of("aube").sealing)


def test_a_letter_of_another_year_or_without_a_part_is_refused() -> None:
    """A letter of last year does not open this year; a desk that is not on it is told so."""
    older = replace(roster(), year="2025")
    letter = write_letter(replace(group_secret(), year="2025"), older, "brise", keys_of("brise").signing)
    with pytest.raises(PolicyRefusal, match=r"keeper\.year"):
        read_letter(letter, roster(), roster().organization("aube"), keys_of("aube").sealing)
    small = Roster(1, "2026", SAID, "", (helper(0), helper(1), helper(2)), (organization(2, "brise"),))
    letter = write_letter(group_secret(), small, "brise", keys_of("brise").signing)
    with pytest.raises(PolicyRefusal, match=r"keeper\.no_part"):
        read_letter(letter, roster(), roster().organization("aube"), keys_of("aube").sealing)
