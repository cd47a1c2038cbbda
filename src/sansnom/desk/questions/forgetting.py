"""Forgetting: sealed bytes once they are of no more use, the step of the year's secret, a decision that was kept.

`secure_delete` overwrites what a page held, and the write-ahead log is emptied afterwards: it holds old pages until then.
"""

from datetime import datetime

from django.db import connection, transaction
from django.db.models import Q

from sansnom.desk.questions import joining
from sansnom.desk.questions.answers import REMEMBERED
from sansnom.desk.questions.models import KeptChoice, Parcel, Question
from sansnom.exchange.pepper import GroupSecret, next_step


def close_over(now: datetime) -> int:
    """Close every question whose time is over, that was taken back or asked again, or whose release is out; say how many."""
    ended = Q(cutoff__lte=now) | ~Q(release="") | ~Q(withdrawal="")
    over = list(Question.objects.filter(closed_at=None).filter(ended | Q(name__in=_corrected())))
    if not over:
        return 0
    with transaction.atomic():
        for question in over:
            Parcel.objects.filter(sending__question=question).update(body=None)
            question.closed_at = now
            question.save(update_fields=["closed_at"])
            REMEMBERED.pop(question.pk, None)
        _step_on([question.step for question in over if question.step is not None])
    transaction.on_commit(scrub)
    return len(over)


def _corrected() -> list[str]:
    """Name what accepted questions say they correct."""
    return list(Question.objects.filter(charged=True).exclude(supersedes="").values_list("supersedes", flat=True))


def forget_choice(question: Question) -> None:
    """Forget a decision that was kept, and the one in memory."""
    KeptChoice.objects.filter(question=question).delete()
    REMEMBERED.pop(question.pk, None)
    transaction.on_commit(scrub)


def scrub() -> None:
    """Empty the write-ahead log into the database, whose pages are overwritten already. On PostgreSQL that is the server's."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _step_on(closed_steps: list[int]) -> None:
    """Take the steps that finished plans demand, as far as no open plan needs an earlier secret; there is no way back."""
    member = joining.membership()
    if member.secret is None or not closed_steps:
        return
    still = Question.objects.filter(closed_at=None).values_list("step", flat=True)
    until = min([step for step in still if step is not None] + [max(closed_steps) + 1])
    secret: GroupSecret = joining.group_secret(member)
    while secret.step < until:
        secret = next_step(secret)
    joining.keep_secret(member, secret)
