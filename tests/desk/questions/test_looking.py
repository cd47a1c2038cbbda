"""What a desk takes from the board: signed plans, judged on its own ledger, with keys that each helper confirms itself."""

from dataclasses import replace
from fractions import Fraction

import pytest

from sansnom.desk.questions import joining
from sansnom.desk.questions.answers import refuse_unless_open
from sansnom.desk.questions.looking import look, own_ledger
from sansnom.desk.questions.models import Question
from sansnom.exchange.keeper import write_letter
from sansnom.exchange.keys import PrivateKeys
from sansnom.exchange.pepper import next_step
from sansnom.terms.errors import PolicyRefusal
from sansnom.transparency.signature import sign_object
from tests.desk.questions.outside import Outside, write
from tests.exchange import examples


def test_a_plan_is_fetched_judged_charged_and_its_keys_confirmed(others: Outside) -> None:
    """One look: the question is there, open, charged to this desk's own ledger; a second look changes nothing."""
    plan = others.publish()
    question = others.question()
    assert question.findings == []
    assert question.keys_checked_at == others.now
    assert own_ledger(others.world.roster).spent(plan.budget_year) == plan.rho
    refuse_unless_open(question, others.now)
    assert look(others.now).fresh == 0
    assert own_ledger(others.world.roster).spent(plan.budget_year) == plan.rho


@pytest.mark.guarantee("G-05")
def test_what_the_rules_refuse_is_refused_here_whatever_the_board_says(others: Outside) -> None:
    """A plan that identifies stands on the board, signed: this desk names the rule, charges nothing, and answers nothing."""
    named = replace(
        others.plan(), tables=(replace(others.plan().tables[0], services=("birth_date",)), *others.plan().tables[1:])
    )
    others.publish(named, at_helpers=False)
    question = others.question()
    assert "rule.identifying" in {finding["code"] for finding in question.findings}
    assert own_ledger(others.world.roster).entries == ()
    with pytest.raises(PolicyRefusal) as refused:
        refuse_unless_open(question, others.now)
    assert refused.value.code == "questions.refused"


@pytest.mark.guarantee("G-05")
def test_a_plan_that_overspends_this_desks_own_ledger_is_refused(others: Outside) -> None:
    """Two plans that together cost more than the year allows: the second is refused, though its convener signed it."""
    others.publish(others.plan(rho=Fraction(1, 5)))
    others.question()
    others.publish(others.plan("essai-2"), at_helpers=False)
    assert [f["code"] for f in others.question("essai-2").findings] == ["rule.budget.exhausted"]


def test_a_plan_whose_keys_a_helper_does_not_confirm_is_not_answered(others: Outside) -> None:
    """A convener puts a key of its own in a helper's place, and signs: this desk asks the helper, and refuses."""
    plan = others.plan()
    own = PrivateKeys.generate(examples.seeded("convener's second")).public.seal_key
    seats = (plan.helpers[0], replace(plan.helpers[1], seal_key=own), plan.helpers[2])
    others.publish(replace(plan, helpers=seats), at_helpers=False)
    question = others.question()
    assert (question.findings, question.keys_differ, question.keys_checked_at) == ([], 1, None)
    with pytest.raises(PolicyRefusal) as refused:
        refuse_unless_open(question, others.now)
    assert refused.value.code == "questions.keys_differ"


def test_a_helper_that_is_away_keeps_a_question_from_being_answered_until_it_confirmed(others: Outside) -> None:
    """Nothing is answered on the word of two; the next look asks again."""
    others.publish()
    others.away = {2}
    question = others.question()
    with pytest.raises(PolicyRefusal) as refused:
        refuse_unless_open(question, others.now)
    assert refused.value.code == "questions.keys_unchecked"
    others.away = set()
    refuse_unless_open(others.question(), others.now)


def test_a_plan_signed_by_somebody_else_is_no_question(others: Outside) -> None:
    """It is counted as unreadable, kept nowhere, and stops no other plan."""
    others.publish()
    forged = replace(others.plan(), plan="essai-2")
    write(
        others.board / "plans" / "essai-2" / "plan.json",
        sign_object("plan", forged.to_json(), examples.keys_of("stranger").signing),
    )
    looked = look(others.now)
    assert (looked.fresh, looked.unreadable) == (1, 1)
    assert Question.objects.count() == 1


def test_a_plan_that_changed_under_its_name_is_refused(others: Outside) -> None:
    """Another text under a name that was judged is another plan: the name was charged, and cannot be used twice."""
    plan = others.publish()
    others.question()
    others.publish(replace(plan, threshold=20), at_helpers=False)
    look(others.now)
    codes = [f["code"] for f in Question.objects.order_by("-pk")[0].findings]
    assert codes
    assert Question.objects.filter(charged=True).count() == 1


def test_a_roster_with_another_helper_waits_for_a_person(others: Outside) -> None:
    """The same convener signs a newer roster: new organizations are taken as they come, another helper is not."""
    member, roster = joining.membership(), others.world.roster
    convener = others.world.convener.signing
    more = replace(roster, version=2, organizations=(*roster.organizations, examples.organization(9, "estran")))
    assert joining.adopt(member, sign_object("roster", more.to_json(), convener)).version == 2
    keys = examples.keys_of("another").public
    others_keys = replace(roster.helpers[0], sign_key=keys.sign_key, seal_key=keys.seal_key)
    elsewhere = replace(roster.helpers[0], url="https://elsewhere.example:1")
    exchanged = [replace(more, version=3, helpers=(h, *roster.helpers[1:])) for h in (others_keys, elsewhere)]
    for wrong in (*exchanged, roster):
        with pytest.raises(PolicyRefusal) as refused:
            joining.adopt(member, sign_object("roster", wrong.to_json(), convener))
        assert refused.value.code == "questions.roster_changed"
    stranger = examples.keys_of("stranger").signing
    with pytest.raises(PolicyRefusal):
        joining.adopt(member, sign_object("roster", replace(more, version=4).to_json(), stranger))


def test_a_letter_never_turns_the_secret_back(others: Outside) -> None:
    """The desk has stepped on; the old letter, read again, is refused."""
    member = joining.membership()
    joining.keep_secret(member, next_step(examples.group_secret()))
    letter = write_letter(examples.group_secret(), others.world.roster, "brise", examples.keys_of("brise").signing)
    with pytest.raises(PolicyRefusal) as refused:
        joining.take_letter(member, letter)
    assert refused.value.code == "questions.letter_old"
