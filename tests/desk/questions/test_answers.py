"""The answer: one path for both decisions, stored before it is sent, nothing lost to a death, and the decision forgotten."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from sansnom.desk.questions import answering, answers, joining
from sansnom.desk.questions.answering import Decision
from sansnom.desk.questions.answers import REMEMBERED, answer, draw_delay, own_answer
from sansnom.desk.questions.courier import collect_verdict, deliver, delivered
from sansnom.desk.questions.forgetting import close_over, forget_choice, scrub
from sansnom.desk.questions.looking import look
from sansnom.desk.questions.models import KeptChoice, Membership, Parcel, Question
from sansnom.desk.work import records
from sansnom.exchange.pepper import next_step
from sansnom.terms.errors import PeerError, PolicyRefusal
from tests.desk.conftest import DATABASE_KEY, Desk
from tests.desk.questions.outside import Outside
from tests.desk.questions.pages_of import decrypted_bytes
from tests.exchange import examples

BOTH = (Decision.APPROVE, Decision.ABSTAIN)


class Killed(BaseException):
    """The machine goes off here."""


def at_once() -> timedelta:
    """Wait for nothing."""
    return timedelta(0)


def never(_seconds: float) -> None:
    """Do not wait."""


@pytest.fixture
def question(others: Outside) -> Question:
    """Give an open question whose keys are confirmed."""
    others.publish()
    return others.question()


def decide(desk: Desk, question: Question, others: Outside, decision: Decision, *, keep: bool = False) -> None:
    """Answer and send."""
    answer(question, decision, desk.director, others.now, keep=keep, delay=at_once)
    deliver(question, pauses=(), wait=never)


def stored_sizes() -> list[tuple[int, int, int]]:
    """Give the sizes of everything that the database keeps of the newest answer."""
    found = Parcel.objects.order_by("pk").values_list("size_bytes", "receipt", "sending__manifest")
    return [(size, len(receipt), len(manifest)) for size, receipt, manifest in found]


@pytest.mark.guarantee("G-04")
def test_both_decisions_ask_the_same_and_leave_the_same(desk: Desk, others: Outside, question: Question) -> None:
    """Requests, their order and sizes, receipts and what stays in the database: equal to the byte count, whatever was decided."""
    seen = []
    for decision in BOTH:
        others.asked.clear()
        decide(desk, question, others, decision)
        newest = stored_sizes()[-3:]
        receipts = [set(Parcel.objects.order_by("-pk")[n].receipt.split('"')[1::2][:6]) for n in range(3)]
        seen.append((list(others.asked), newest, [len(told) for told in receipts]))
        assert not KeptChoice.objects.exists()
    assert seen[0] == seen[1]


@pytest.mark.guarantee("G-04")
def test_both_decisions_do_the_same_work(
    desk: Desk, others: Outside, question: Question, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Own rows are encoded, dummies made, randomness and the delay drawn alike: nobody saves time by abstaining."""
    done: list[str] = []

    def noted(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            done.append(name)
            return function(*arguments, **named)

        return call

    for name in ("encode_records", "all_dummies", "build_submission"):
        monkeypatch.setattr(answering, name, noted(name, getattr(answering, name)))
    monkeypatch.setattr(answers, "organization_records", noted("records", records.organization_records))
    work = []
    for decision in BOTH:
        done.clear()
        drawn: list[int] = []

        def draw(size: int, drawn: list[int] = drawn) -> bytes:
            drawn.append(size)
            return examples.seeded(f"{len(drawn)}")(size)

        answer(question, decision, desk.director, others.now, delay=noted("delay", draw_delay), randomness=draw)
        work.append((list(done), drawn))
    assert work[0] == work[1]
    assert work[0][0] == ["records", "encode_records", "all_dummies", "build_submission", "delay"]


def test_nothing_is_decided_for_the_director(desk: Desk, others: Outside, question: Question) -> None:
    """There is no third decision and no default: a question that nobody answers sends nothing."""
    look(others.now)
    deliver(question, pauses=(), wait=never)
    assert not others.bodies
    assert {decision.value for decision in Decision} == {"approve", "abstain"}
    assert len({len(decision.value) for decision in Decision}) == 1


@pytest.mark.guarantee("G-08")
@pytest.mark.parametrize("death", range(6))
def test_killed_anywhere_while_sending_nothing_is_lost_and_nothing_differs(
    desk: Desk, others: Outside, question: Question, death: int
) -> None:
    """Dead before a request, or with its answer on the way: the desk goes on with the very bytes, and every helper has them."""
    answer(question, Decision.APPROVE, desk.director, others.now, delay=at_once)
    passed = 0

    def die(_point: str) -> None:
        nonlocal passed
        passed += 1
        if passed == death + 1:
            raise Killed

    others.before = die
    with pytest.raises(Killed):
        deliver(question, pauses=(), wait=never)
    connection.close()
    others.before = lambda _point: None
    deliver(question, pauses=(), wait=never)
    assert delivered(question) is not None
    assert len(set(others.bodies)) == 3
    held = [seat.means.store.held(question.name, 1) for seat in others.world.seats]
    assert len({one.manifest for one in held if one is not None}) == 1


@pytest.mark.guarantee("G-08")
def test_killed_at_any_write_of_the_answer_stores_all_of_it_or_nothing(
    desk: Desk, others: Outside, question: Question
) -> None:
    """A death at each statement in turn: no half answer stays, and the next try starts with the first number."""
    for death in range(1, 40):
        passed = 0

        def counted(execute: Any, sql: str, params: Any, many: bool, context: Any, death: int = death) -> Any:
            nonlocal passed
            passed += sql.startswith(("INSERT", "UPDATE", "DELETE"))
            if passed >= death:
                raise Killed
            return execute(sql, params, many, context)

        try:
            with connection.execute_wrapper(counted):
                answer(question, Decision.ABSTAIN, desk.director, others.now, keep=True, delay=at_once)
        except Killed:
            assert not question.sendings.exists()
            assert not Parcel.objects.exists()
            assert not KeptChoice.objects.exists()
            continue
        break
    assert death > 5
    assert question.sendings.get().sequence == 1
    assert Parcel.objects.count() == 3


def test_a_helper_that_is_away_is_tried_again_and_the_others_are_served(
    desk: Desk, others: Outside, question: Question
) -> None:
    """Two receipts are kept, the third is missing and said; later the same bytes go to the third alone."""
    answer(question, Decision.APPROVE, desk.director, others.now, delay=at_once)
    others.away = {1}
    with pytest.raises(PeerError):
        deliver(question, pauses=(0.0, 0.0), wait=never)
    assert Parcel.objects.exclude(receipt="").count() == 2
    assert delivered(question) is None
    others.away, before = set(), len(others.bodies)
    deliver(question, pauses=(), wait=never)
    assert len(others.bodies) == before + 1
    assert delivered(question) is not None


def test_an_answer_is_replaced_until_the_cutoff_and_not_after(desk: Desk, others: Outside, question: Question) -> None:
    """The newer answer counts; the older bytes are gone; after the cut-off nothing is taken."""
    decide(desk, question, others, Decision.APPROVE)
    decide(desk, question, others, Decision.ABSTAIN)
    assert [sending.sequence for sending in question.sendings.all()] == [2, 1]
    assert Parcel.objects.filter(sending__sequence=1, body=None).count() == 3
    held = [seat.means.store.held(question.name, 1) for seat in others.world.seats]
    assert [one.sequence for one in held if one is not None] == [2, 2, 2]
    with pytest.raises(PolicyRefusal) as refused:
        answer(question, Decision.APPROVE, desk.director, question.cutoff, delay=at_once)
    assert refused.value.code == "questions.closed"


@pytest.mark.encrypted_file
@pytest.mark.guarantee("G-04")
def test_the_decision_is_on_no_page_of_the_file(desk: Desk, others: Outside, question: Question) -> None:
    """Not kept: neither word is anywhere in the decrypted file or its log, free pages included. Kept and forgotten: neither."""
    path = desk.folder / "desk.db"
    for decision in BOTH:
        decide(desk, question, others, decision)
        assert decision.value.encode() not in decrypted_bytes(path, DATABASE_KEY)
    decide(desk, question, others, Decision.ABSTAIN, keep=True)
    assert b"abstain" in decrypted_bytes(path, DATABASE_KEY)  # the search finds what is there
    forget_choice(question)
    assert b"abstain" not in decrypted_bytes(path, DATABASE_KEY)


@pytest.mark.encrypted_file
def test_after_the_cutoff_bytes_memory_and_the_years_secret_are_gone(
    desk: Desk, others: Outside, question: Question
) -> None:
    """Sealed bytes and the secret of the step are on no page; the desk stands one step further, and cannot go back."""
    decide(desk, question, others, Decision.APPROVE)
    path, secret = desk.folder / "desk.db", examples.group_secret().secret
    sealed = bytes(Parcel.objects.order_by("pk")[0].body or b"")[-64:]
    scrub()
    assert {secret in decrypted_bytes(path, DATABASE_KEY), sealed in decrypted_bytes(path, DATABASE_KEY)} == {True}
    assert REMEMBERED[question.pk] is Decision.APPROVE
    assert close_over(question.cutoff) == 1
    assert not REMEMBERED
    assert {secret in decrypted_bytes(path, DATABASE_KEY), sealed in decrypted_bytes(path, DATABASE_KEY)} == {False}
    assert joining.group_secret(Membership.objects.get()) == next_step(examples.group_secret())
    assert delivered(question) is not None  # receipts stay


@pytest.mark.guarantee("G-04")
def test_every_desk_fetches_its_verdict_and_only_a_kept_choice_keeps_it(
    desk: Desk, others: Outside, question: Question
) -> None:
    """The same three requests and reply sizes, whatever was decided; the count of rows stands nowhere unless the choice does."""
    asked = []
    decide(desk, question, others, Decision.ABSTAIN)
    others.finish(others.plan())
    for keep in (False, True):
        if keep:
            KeptChoice.objects.create(
                question=question, decision="approve", served=0, decided_by=desk.director, decided_at=others.now
            )
        others.asked.clear()
        assert collect_verdict(question, others.now) == (0 if keep else None)
        asked.append(list(others.asked))
    assert asked[0] == asked[1]
    assert len(asked[0]) == 3
    assert KeptChoice.objects.get().rows_not_accepted == 0
    look(others.now)
    assert Question.objects.get().release


def test_own_rows_are_those_of_the_period_and_of_who_takes_part(
    desk: Desk, others: Outside, question: Question
) -> None:
    """The rows shown are those of the organization's own records, as the reader of files would give them."""
    seat, own = own_answer(question, joining.membership())
    from_files = answering.own_rows(examples.records("aube"), seat)
    assert own.local_ids == from_files.local_ids
    assert (own.rows.keys == from_files.rows.keys).all()
    assert (own.rows.payload == from_files.rows.payload).all()
    assert (own.rows.tallies == from_files.rows.tallies).all()
