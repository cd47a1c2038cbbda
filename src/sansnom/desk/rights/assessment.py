"""The privacy assessment (EFVP, P-39.1 s. 3.3): what the desk knows is filled in, the questions are left to people."""

from dataclasses import dataclass
from typing import Final

from django.db import connection
from django.utils import timezone

from sansnom.desk.accounts import migrating
from sansnom.desk.accounts.factors import directors_without_factor
from sansnom.desk.accounts.models import Colleague, Role
from sansnom.desk.agreement.models import Notice
from sansnom.desk.house.models import Organization
from sansnom.desk.house.words import say
from sansnom.desk.people.vocabulary import word_for
from sansnom.desk.rights.models import AssessmentAnswer, Destruction, Incident, Request
from sansnom.desk.rights.retention import rules
from sansnom.desk.rights.told import PARTS, PERSON
from sansnom.desk.safekeeping.backup import backups_in
from sansnom.desk.work.models import Programme

QUESTIONS: Final = (
    "responsible",
    "purpose",
    "necessity",
    "consent",
    "flows",
    "outside",
    "risks",
    "measures",
    "persons",
    "conclusion",
)
"""What people answer, in the order of the printed page; words: `rights.question.NAME`, with `.hint`."""


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that the desk knows by itself."""

    label: str
    said: str


def _fact(name: str, said: object) -> Fact:
    return Fact(say(f"rights.fact.{name}"), str(said))


def facts() -> list[Fact]:
    """Tell what is held, who may see it, how it is protected, how long it is kept. No count of persons is told."""
    organization = Organization.objects.first()
    active = Colleague.objects.filter(is_active=True)
    roles = ", ".join(f"{Role(role).label} ({active.filter(role=role).count()})" for role in Role.values)
    columns = {say(f"rights.field.{column}") for column in PERSON}
    tables = [say(f"rights.part.{part.name}") for part in PARTS]
    encrypted = connection.vendor == "sqlite"
    missing = len(directors_without_factor())
    found = len(backups_in(migrating.backup_folder())) if encrypted else 0
    told = [
        _fact("organization", organization.name if organization else ""),
        _fact("held_of_a_person", ", ".join(sorted(columns))),
        _fact("held_of_the_work", ", ".join(tables)),
        _fact("colleagues", roles),
        _fact(
            "programmes", say("rights.fact.programmes.open", count=Programme.objects.filter(confidential=False).count())
        ),
        _fact("idle", say("rights.fact.idle.minutes", count=organization.idle_minutes if organization else 15)),
        _fact("factor", say("rights.fact.factor.missing", count=missing) if missing else say("rights.fact.factor.all")),
        _fact("encryption", say("rights.fact.encryption.file" if encrypted else "rights.fact.encryption.server")),
        _fact("backups", say("rights.fact.backups.found", count=found) if found else say("rights.fact.backups.none")),
        _fact("trail", say("rights.fact.trail.kept")),
        _fact("outside", say("rights.fact.outside.nothing")),
        _fact("statistics", say("rights.fact.statistics.sealed")),
        _fact("notices", _notices()),
        _fact("requests", Request.objects.count()),
        _fact("destructions", Destruction.objects.count()),
        _fact("incidents", Incident.objects.count()),
    ]
    told += [Fact(rule.label, say("rights.months", count=rule.months)) for rule in rules()]
    told.append(_fact("made_on", timezone.localdate().isoformat()))
    return told


def _notices() -> str:
    written = Notice.objects.order_by("language").values_list("language", "draft").distinct()
    told = [
        word_for("languages", language) + (f" ({say('rights.draft')})" if draft else "") for language, draft in written
    ]
    return ", ".join(told) or say("rights.none")


def answers() -> dict[str, str]:
    """Give what the organization wrote under each question."""
    return dict(AssessmentAnswer.objects.values_list("question", "words"))
