"""A question taken back or asked again: shown so, not answered, and what was sealed for it is gone. Only by its convener's word."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from sansnom.desk.questions.answering import Decision
from sansnom.desk.questions.answers import REMEMBERED, answer, refuse_unless_open
from sansnom.desk.questions.courier import deliver
from sansnom.desk.questions.forgetting import close_over
from sansnom.desk.questions.looking import look
from sansnom.desk.questions.models import Parcel, Question
from sansnom.desk.questions.standing import state_of
from sansnom.terms.errors import PolicyRefusal
from sansnom.terms.parse import Text
from sansnom.terms.plan import Plan
from sansnom.terms.withdrawal import Withdrawal
from sansnom.transparency.signature import sign_object
from tests.desk.conftest import Desk
from tests.desk.questions.outside import Outside, write
from tests.exchange import examples

REASON = Text("Le trimestre était mal écrit.", "The quarter was written wrongly.")


def take_back(others: Outside, plan: Plan, signing: Any = None, of: Plan | None = None) -> None:
    """Publish a withdrawal, by the convener unless told."""
    told = Withdrawal(of or plan, "2026-10-02", REASON)
    signed = sign_object("withdrawal", told.to_json(), signing or others.world.convener.signing)
    write(others.board / "withdrawals" / f"{plan.plan}.json", signed)


@pytest.fixture
def plan(others: Outside, monkeypatch: pytest.MonkeyPatch) -> Plan:
    """Publish a question that this desk has seen, and that is open."""
    monkeypatch.setattr(timezone, "now", lambda: others.now)
    published = others.publish()
    others.question()
    return published


def test_a_question_taken_back_is_shown_so_and_can_no_longer_be_answered(
    desk: Desk, director: Client, others: Outside, plan: Plan
) -> None:
    """Answered but not sent, then taken back: the reason is shown, no choice is offered, and nothing more leaves."""
    question = others.question()
    answer(question, Decision.APPROVE, desk.director, others.now, delay=timedelta)
    take_back(others, plan)
    assert look(others.now).withdrawn == 1
    address = f"/questions/{question.reference}/"
    for language, reason in (("fr", REASON.fr), ("en", REASON.en)):
        director.cookies[settings.LANGUAGE_COOKIE_NAME] = language
        page = director.get(address).content.decode()
        assert reason in page
        assert 'type="radio"' not in page
        assert "/resume/" not in page
    question.refresh_from_db()
    assert state_of(question) == "withdrawn"
    with pytest.raises(PolicyRefusal, match=r"questions\.withdrawn"):
        answer(question, Decision.APPROVE, desk.director, others.now)
    with pytest.raises(PolicyRefusal, match=r"questions\.closed"):
        deliver(question, pauses=())
    assert others.bodies == []
    assert set(Parcel.objects.values_list("body", flat=True)) == {None}
    assert question.pk not in REMEMBERED


@pytest.mark.parametrize("wrong", ["stranger", "another plan"])
def test_only_the_convener_takes_back_and_only_this_plan(others: Outside, plan: Plan, wrong: str) -> None:
    """A file signed by somebody else, or about another text, changes nothing: the question stays open."""
    if wrong == "stranger":
        take_back(others, plan, examples.keys_of("stranger").signing)
    else:
        take_back(others, plan, of=replace(plan, threshold=plan.threshold + 5))
    assert look(others.now).withdrawn == 0
    assert state_of(others.question()) == "open"
    refuse_unless_open(others.question(), others.now)


def test_a_question_that_another_one_corrects_is_shown_so_and_closed(
    director: Client, others: Outside, plan: Plan
) -> None:
    """An accepted question says that it corrects this one: each page leads to the other, and only the new one is answered."""
    other = replace(others.plan("essai-2"), supersedes=plan.plan)
    others.publish(other)
    look(others.now)
    first, second = Question.objects.get(name=plan.plan), Question.objects.get(name="essai-2")
    assert second.findings == []
    assert (state_of(first), state_of(second)) == ("superseded", "open")
    with pytest.raises(PolicyRefusal, match=r"questions\.superseded"):
        refuse_unless_open(first, others.now)
    close_over(others.now)
    first.refresh_from_db()
    assert first.closed_at == others.now
    old = director.get(f"/questions/{first.reference}/").content.decode()
    new = director.get(f"/questions/{second.reference}/").content.decode()
    assert str(second.reference) in old
    assert 'type="radio"' not in old
    assert str(first.reference) in new
    assert 'type="radio"' in new


def test_a_question_that_the_rules_refuse_replaces_nothing(others: Outside, plan: Plan) -> None:
    """Whoever writes `supersedes` into a question that is refused cannot close another one with it."""
    bad = replace(others.plan("essai-2"), supersedes=plan.plan, threshold=1)
    others.publish(bad, at_helpers=False)
    look(others.now)
    assert Question.objects.get(name="essai-2").findings != []
    assert state_of(others.question()) == "open"
    assert close_over(others.now) == 0
