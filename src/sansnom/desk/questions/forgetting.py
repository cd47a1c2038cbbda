"""Forgetting: sealed bytes once they are of no more use, the step of the year's secret, a decision that was kept.

On the file, `secure_delete` overwrites what a page held, and the write-ahead log is emptied afterwards: it holds old pages until
then. On PostgreSQL the few tables that forget are written anew; the server's own log and its backups stay the server's affair.
"""

from datetime import datetime
from typing import Final

from django.db import connection, transaction
from django.db.models import Q

from sansnom.desk.questions import joining
from sansnom.desk.questions.answers import REMEMBERED
from sansnom.desk.questions.models import KeptChoice, Membership, Parcel, Question
from sansnom.exchange.pepper import GroupSecret, next_step

FORGETTING: Final = (KeptChoice, Membership, Parcel)
"""What is forgotten stood in these tables: decisions, secrets of the year, sealed bytes."""


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
    """Leave nothing of what was forgotten in the database's files: no old page in the log, no dead row in a table."""
    statements = ["PRAGMA wal_checkpoint(TRUNCATE)"]
    if connection.vendor == "postgresql":
        statements = [f'VACUUM (FULL) "{model._meta.db_table}"' for model in FORGETTING]  # noqa: SLF001 - Django's way to a table's name
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


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
