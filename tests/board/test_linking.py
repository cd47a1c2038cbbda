"""The page says for whom matching is less certain, and shows corrected counts beside the raw ones, in both languages."""

from dataclasses import replace
from functools import cache

import pytest

from sansnom.board.language import LANGUAGES, Speaker
from sansnom.board.linking import is_less_certain, linking_section
from sansnom.exchange.linkable import scored_linking
from sansnom.helper.means import load_measured
from sansnom.release.assemble import assemble_release
from sansnom.terms.linking_error import GroupError, Spread
from sansnom.terms.parse import Reader
from sansnom.terms.release import Release
from tests.board.sample_board import SET_DIGEST, TRUTH
from tests.release.samples import dictionary, opened_values, sample_plan, sample_roster


@cache
def release() -> Release:
    """Answer the sample plan, linked by the scored keys."""
    roster = sample_roster()
    plan = replace(sample_plan(roster), linking=scored_linking(4_000))
    opened = opened_values(plan, TRUTH, seed=7)
    return assemble_release(plan, dictionary(), roster, SET_DIGEST, 24, opened, measured=load_measured(plan.linking))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_names_the_groups_and_shows_both_counts(language: str) -> None:
    """A sentence for everyone, the groups that are less certain by name, and each corrected count beside its raw one."""
    told = linking_section(release(), Speaker(language))
    assert told is not None
    assert len(told["groups"]) > 10
    less = [group["label"] for group in told["groups"] if group["less"]]
    assert less
    assert all(label in told["uncertain"] for label in less)
    assert told["corrected"][0]["label"] == Speaker(language).text("linking.figure.distinct")
    assert all(one["raw"] and one["value"] and one["range"] for one in told["corrected"])


def test_a_group_far_below_everyone_is_less_certain() -> None:
    """One point less found, or more wrong, or two points less in poor files; a hair less is not."""
    error = release().linking_error
    assert error is not None
    everyone = error.groups[0]
    assert not is_less_certain(everyone, everyone)
    for name, less in (("recall", 100), ("precision", 100), ("poor_recall", 200)):
        value = getattr(everyone, name).value
        told = everyone.to_json()
        near, far = (told | {name: Spread(0, value - by, 10_000).to_json()} for by in (less - 1, less))
        assert not is_less_certain(GroupError.from_reader(Reader(near, "near")), everyone), name
        assert is_less_certain(GroupError.from_reader(Reader(far, "far")), everyone), name


def test_a_release_of_other_rules_says_nothing_about_matching() -> None:
    """Nothing was measured for these keys: no section, rather than somebody else's figures."""
    assert linking_section(replace(release(), linking_error=None), Speaker("fr")) is None
