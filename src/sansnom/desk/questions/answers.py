"""A director's answer: checked, sealed, and stored before anything is sent. The decision itself is not stored, unless asked for.

Whatever is decided, the same rows are encoded, the same dummies made, the same bytes stored, and the same random time passes
before the first of them leaves. Until the cut-off an answer can be replaced; the newest that all three helpers hold counts.
"""

import os
import secrets
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Final

from django.db import transaction

from sansnom.desk.accounts.models import Colleague
from sansnom.desk.questions import joining
from sansnom.desk.questions.answering import Answer, Decision, Seat, own_rows, seal_answer
from sansnom.desk.questions.lists import dictionaries, roll_ups
from sansnom.desk.questions.looking import plan_of, roster_of
from sansnom.desk.questions.models import KeptChoice, Membership, Parcel, Question, Sending
from sansnom.desk.questions.standing import correction_of
from sansnom.desk.work.records import Selection, organization_records
from sansnom.exchange.encode import Encoded
from sansnom.exchange.keys import Randomness
from sansnom.exchange.pepper import SECRET_BYTES as PEPPER_BYTES
from sansnom.exchange.pepper import PlanPepper, find_pepper
from sansnom.exchange.setting import Setting
from sansnom.terms.canonical import canonical_bytes
from sansnom.terms.errors import PolicyRefusal
from sansnom.terms.party import PARTIES
from sansnom.terms.records import OrganizationRecords

DELAY_MILLISECONDS_MAX: Final = 20_000
REMEMBERED: Final[dict[int, Decision]] = {}
"""What was decided, by question, in this program's memory alone: gone with the cut-off, and whenever the desk is closed."""


def draw_delay() -> timedelta:
    """Draw how long to wait before the first byte leaves, so that when it leaves says nothing of the work before it."""
    return timedelta(milliseconds=secrets.randbelow(DELAY_MILLISECONDS_MAX))


def setting_of(question: Question) -> Setting:
    """Give what follows from a question's plan and the roster it was judged with."""
    plan = plan_of(question)
    dictionary = dictionaries().get(plan.dictionary)
    if dictionary is None:
        raise PolicyRefusal("rule.dictionary_version", version=plan.dictionary)
    return Setting.of(plan, roster_of(question), dictionary)


def seat_of(question: Question, member: Membership) -> Seat:
    """Give this organization's place in a question; PolicyRefusal `pepper.mismatch` where the year's secret does not fit."""
    setting, keys = setting_of(question), joining.keys_of(member)
    step, pepper = find_pepper(joining.group_secret(member), setting.plan.plan, setting.plan.pepper_check)
    if question.step != step.step:
        Question.objects.filter(pk=question.pk).update(step=step.step)
    entry = joining.entry_of(setting.roster, keys)
    return Seat(entry, keys, setting, pepper, roll_ups(setting.plan.dictionary))


def records_for(seat: Seat) -> OrganizationRecords:
    """Give the records of the question's period, without whoever takes no part in joint statistics."""
    period = seat.setting.plan.period
    chosen = Selection(date.fromisoformat(period.start), date.fromisoformat(period.end), joint=True)
    return organization_records(seat.entry.code, chosen)


def own_answer(question: Question, member: Membership) -> tuple[Seat, Encoded]:
    """Give what this organization's rows would say, for its own eyes: before anybody decides, and beside the release later.

    Under a pepper drawn for this once: which keys a row has is the same under any, and the plan's own may be forgotten already.
    """
    setting, keys = setting_of(question), joining.keys_of(member)
    pepper = PlanPepper(setting.plan.plan, os.urandom(PEPPER_BYTES), setting.plan.pepper_check)
    entry = joining.place_in(setting.roster, member)
    seat = Seat(entry, keys, setting, pepper, roll_ups(setting.plan.dictionary))
    return seat, own_rows(records_for(seat), seat)


def refuse_unless_open(question: Question, now: datetime) -> None:
    """Refuse to answer what the rules refuse, what was taken back or asked again, what was not checked, and what is over."""
    if question.findings:
        raise PolicyRefusal("questions.refused")
    if question.withdrawal:
        raise PolicyRefusal("questions.withdrawn")
    if correction_of(question) is not None:
        raise PolicyRefusal("questions.superseded")
    if question.keys_differ is not None:
        raise PolicyRefusal("questions.keys_differ", party=question.keys_differ)
    if question.closed_at is not None or question.cutoff <= now:
        raise PolicyRefusal("questions.closed")
    if question.keys_checked_at is None:
        raise PolicyRefusal("questions.keys_unchecked")


def answer(
    question: Question,
    decision: Decision,
    by: Colleague,
    now: datetime,
    *,
    keep: bool = False,
    delay: Callable[[], timedelta] = draw_delay,
    randomness: Randomness = os.urandom,
) -> tuple[Sending, Answer]:
    """Seal an answer and store its bytes, all or nothing; what it was made from stays in memory, and goes with the caller."""
    refuse_unless_open(question, now)
    member = joining.membership()
    seat = seat_of(question, member)
    with transaction.atomic():
        last = question.sendings.first()
        sequence = 1 if last is None else last.sequence + 1
        made = seal_answer(records_for(seat), decision, seat, randomness, sequence)
        sending = Sending.objects.create(
            question=question,
            sequence=sequence,
            manifest=canonical_bytes(made.sealed.manifest.to_json()).decode(),
            made_at=now,
            not_before=now + delay(),
        )
        for party in PARTIES:
            body = made.sealed.messages[party]
            Parcel.objects.create(sending=sending, party=int(party), size_bytes=len(body), body=body)
        Parcel.objects.filter(sending__question=question).exclude(sending=sending).update(body=None)
        KeptChoice.objects.filter(question=question).delete()
        if keep:
            served = len(made.rows.local_ids)
            KeptChoice.objects.create(
                question=question, decision=decision.value, served=served, decided_by=by, decided_at=now
            )
    transaction.on_commit(lambda: REMEMBERED.update({question.pk: decision}))
    return sending, made
