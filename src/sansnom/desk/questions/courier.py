"""Carries what is stored to the three helpers, and brings back receipts and the verdict. Killed, it goes on where it was.

A parcel is sent as it is stored, as often as needed; a helper answers the same bytes with the same receipt. Nothing here knows
what was decided.
"""

import json
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

from django.utils import timezone

from sansnom.desk.questions import joining
from sansnom.desk.questions.answering import fetch_verdict, hand_in
from sansnom.desk.questions.answers import setting_of
from sansnom.desk.questions.looking import Report
from sansnom.desk.questions.models import KeptChoice, Parcel, Question, Sending
from sansnom.desk.questions.reaching import line_to, lines_to
from sansnom.exchange.verdict import rows_not_accepted
from sansnom.exchange.wire import Manifest
from sansnom.terms.canonical import canonical_bytes
from sansnom.terms.errors import PeerError, PolicyRefusal
from sansnom.terms.party import PARTIES

PAUSES: Final = (2.0, 8.0, 30.0)
"""Seconds between one try and the next; after the last, a person says when to go on."""


def deliver(
    question: Question,
    report: Report = lambda _done, _total: None,
    pauses: Sequence[float] = PAUSES,
    wait: Callable[[float], None] = time.sleep,
) -> None:
    """Send what was not sent yet of the newest answer; PeerError when a helper stays away: nothing is lost, call again."""
    sending = question.sendings.first()
    if sending is None:
        return
    wait(max(0.0, (sending.not_before - timezone.now()).total_seconds()))
    missing: PeerError | None = None
    for pause in (*pauses, None):
        missing = _round(sending, report)
        if missing is None:
            return
        if pause is not None:
            wait(pause)
    if missing is not None:
        raise missing


def _round(sending: Sending, report: Report) -> PeerError | None:
    """Try each helper that gave no receipt yet, in the order of their seats; give the error of one that could not be reached."""
    question = sending.question
    setting, manifest = setting_of(question), manifest_of(sending)
    missing: PeerError | None = None
    for party in PARTIES:
        parcel = Parcel.objects.get(sending=sending, party=int(party))
        if parcel.receipt:
            continue
        if parcel.body is None:
            raise PolicyRefusal(
                "questions.closed"
            )  # over or taken back meanwhile: the desk has forgotten what it sealed
        report(int(party), len(PARTIES))
        try:
            with line_to(setting.roster, party) as line:
                receipt = hand_in(line, int(party), bytes(parcel.body), manifest, setting)
        except PeerError as error:
            missing = error
            continue
        parcel.receipt, parcel.receipt_at = canonical_bytes(receipt).decode(), timezone.now()
        parcel.save(update_fields=["receipt", "receipt_at"])
    report(Parcel.objects.filter(sending=sending).exclude(receipt="").count(), len(PARTIES))
    return missing


def manifest_of(sending: Sending) -> Manifest:
    """Give the manifest of a stored answer."""
    return Manifest.from_json(json.loads(sending.manifest))


def delivered(question: Question) -> Sending | None:
    """Give the newest answer that all three helpers hold; None when there is none."""
    for sending in question.sendings.all():
        if not Parcel.objects.filter(sending=sending, receipt="").exists():
            return sending
    return None


def collect_verdict(question: Question, now: datetime) -> int | None:
    """Fetch this desk's own verdict: every desk does, whatever it decided.

    How many rows were turned down is kept beside a kept choice; elsewhere it is not even returned: it would say what was decided.
    """
    sending = delivered(question)
    if sending is None:
        return None
    setting = setting_of(question)
    with lines_to(setting.roster) as lines:
        verdict = fetch_verdict(lines, manifest_of(sending), setting, joining.keys_of(joining.membership()))
    Question.objects.filter(pk=question.pk).update(verdict_fetched_at=now)
    kept = KeptChoice.objects.filter(question=question).first()
    if kept is None:
        return None
    kept.rows_not_accepted = rows_not_accepted(verdict, kept.served)
    kept.save(update_fields=["rows_not_accepted"])
    return kept.rows_not_accepted
