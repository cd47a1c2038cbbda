"""Agreements, withdrawals, the choice about joint statistics: rows that are added, and what holds now."""

from datetime import date

import pytest

from sansnom.desk.agreement.models import Notice, Withdrawal
from sansnom.desk.agreement.rules import (
    agree,
    choose_joint_statistics,
    files_taking_no_part,
    in_force,
    may_be_below,
    takes_part,
)
from sansnom.desk.people.models import Person
from sansnom.terms.errors import InputError
from tests.desk.conftest import Desk
from tests.desk.two_programmes import DAY, two_programmes


def test_an_agreement_holds_until_it_is_withdrawn_and_stays_as_history(desk: Desk) -> None:
    """Oral, with an interpreter, in the person's language; withdrawing ends it and deletes nothing."""
    house = two_programmes(desk)
    notice = Notice.objects.create(language="ar", version="1", text="نص", draft=True)
    made = agree(desk.counsellor, house.awa, notice, DAY, oral=True, interpreter=True)
    assert (made.language, made.told_by, list(in_force(house.awa))) == ("ar", desk.counsellor, [made])
    Withdrawal.objects.create(agreement=made, withdrawn_on=DAY, recorded_by=desk.counsellor)
    assert not in_force(house.awa)
    assert house.awa.agreements.count() == 1


@pytest.mark.parametrize(
    ("parts", "below"),
    [
        ((2012, 2, 3), False),
        ((2012, 2, 4), True),
        ((2012, 2, None), True),
        ((2012, None, None), True),
        ((2011, None, None), False),
        ((None, None, None), False),
    ],
)
def test_below_fourteen_counts_a_date_that_may_be_below(parts: tuple[int | None, ...], below: bool) -> None:
    """Fourteen to the day; a year alone that may be below counts as below; nothing known counts as not."""
    year, month, day = parts
    person = Person(birth_year=year, birth_month=month, birth_day=day)
    assert may_be_below(person, date(2026, 2, 3)) is below


def test_a_child_cannot_agree_without_a_parent(desk: Desk) -> None:
    """Below 14 the holder of parental authority is named, or nothing is recorded."""
    house = two_programmes(desk)
    notice = Notice.objects.create(language="fr", version="1", text="…")
    Person.objects.filter(pk=house.awa.pk).update(birth_year=2020)
    house.awa.refresh_from_db()
    with pytest.raises(InputError, match="parent"):
        agree(desk.counsellor, house.awa, notice, DAY, parent="  ")
    assert agree(desk.counsellor, house.awa, notice, DAY, parent="mère").parent == "mère"


def test_the_last_choice_counts_for_all_files_of_the_person(desk: Desk) -> None:
    """Saying no on one of two linked files leaves both out; changing one's mind brings them back; history stays."""
    house = two_programmes(desk)
    group = [[house.awa.pk, house.hidden.pk]]
    assert files_taking_no_part(group) == frozenset()
    choose_joint_statistics(desk.counsellor, house.hidden, takes_part=False)
    assert (takes_part(house.awa), takes_part(house.hidden)) == (True, False)
    assert files_taking_no_part([]) == {house.hidden.pk}
    assert files_taking_no_part(group) == {house.awa.pk, house.hidden.pk}
    choose_joint_statistics(desk.counsellor, house.hidden, takes_part=True)
    assert files_taking_no_part(group) == frozenset()
    assert house.hidden.joint_statistics_choices.count() == 2
