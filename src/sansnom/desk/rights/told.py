"""Everything that the desk holds of one person, in words: what the PDF, the page and the JSON file are made from.

Each table that points to a person is listed below with its columns, or is in `LEFT_OUT` with the reason; a test holds
this list to the models, so that a new table or column cannot be forgotten. A colleague gives out what exists for them:
a confidential programme's part is given out by its members, and every copy says so, whether or not there is one.
"""

from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.formats import date_format

from sansnom.desk.accounts.models import TrailEntry
from sansnom.desk.agreement.models import ANSWERS, NOTICE_KINDS
from sansnom.desk.house.models import Organization
from sansnom.desk.house.words import say
from sansnom.desk.people import words as people_words
from sansnom.desk.people.access import in_sight, links_seen_by
from sansnom.desk.people.by_name import programme_name
from sansnom.desk.people.models import Person
from sansnom.desk.people.showing import birth_told, changes_told
from sansnom.desk.people.vocabulary import speaking, word_for
from sansnom.desk.rights.models import ASKED, ASKERS, DECISIONS
from sansnom.desk.work import vocabulary
from sansnom.desk.work import words as work_words
from sansnom.desk.work.notes import notes_seen_by

Say = Callable[[Any, Any], str]
"""Takes (row, value) and gives the words for it."""
_SERVICES: ContextVar[Mapping[str, str]] = ContextVar("_SERVICES")
"""What this organization calls each service: asked once for a copy."""


def plain(_: Any, value: Any) -> str:  # noqa: ANN401 - a column of any kind
    """Say text, numbers, days, moments, yes and no."""
    if isinstance(value, bool):
        return say("rights.yes") if value else say("rights.no")
    if isinstance(value, datetime):
        return str(date_format(timezone.localtime(value), "SHORT_DATETIME_FORMAT"))
    if isinstance(value, date):
        return str(date_format(value, "DATE_FORMAT"))
    return "" if value is None else str(value)


def listed(name: str) -> Say:
    """Say a code of a dictionary list that `people` knows."""
    return lambda _, value: word_for(name, value) if value else ""


def work_listed(name: str) -> Say:
    """Say a code of a dictionary list that `work` knows."""
    return lambda _, value: vocabulary.word(name, value) if value else ""


def own(words: people_words.Words) -> Say:
    """Say one of the desk's own codes."""
    return lambda _, value: words[value].in_language(speaking()) if value in words else str(value)


def service(_: Any, value: Any) -> str:  # noqa: ANN401 - as above
    """Say a service by the organization's own name for it."""
    return _SERVICES.get().get(value, value) if value else ""


def programme(_: Any, value: Any) -> str:  # noqa: ANN401 - as above
    """Say a programme."""
    return programme_name(value) if value else ""


def colleague(_: Any, value: Any) -> str:  # noqa: ANN401 - as above
    """Say who did it."""
    return value.name if value else ""


def reason(_: Any, value: Any) -> str:  # noqa: ANN401 - as above
    """Say a reason by whichever list has it."""
    told = [vocabulary.word(name, value) for name in ("leave", "waiting", "referral") if _has(name, value)]
    return told[0] if told else str(value)


def _has(name: str, code: str) -> bool:
    try:
        return code in vocabulary.words_of(name, speaking())
    except (KeyError, StopIteration):
        return False


@dataclass(frozen=True, slots=True)
class Part:
    """One table of the file: its rows for a viewer, and its columns with how each is said."""

    name: str
    rows: Callable[[Person, Any], "QuerySet[Any] | Sequence[Any]"]
    columns: Mapping[str, Say]
    tables: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, repr=False)
class Cell:
    """One fact: the column's name and words, the value as stored, the value in words."""

    name: str
    label: str
    value: Any
    said: str


@dataclass(frozen=True, slots=True, repr=False)
class Told:
    """One part as a copy shows it."""

    name: str
    title: str
    rows: list[list[Cell]] = field(default_factory=list)


def _acts(accessor: str, order: str) -> Callable[[Person, Any], "QuerySet[Any]"]:
    return lambda person, viewer: (
        in_sight(getattr(person, accessor).all(), viewer).select_related("programme").order_by(order, "pk")
    )


_WHO: Final[Mapping[str, Say]] = {"staff": colleague}
_ACT: Final[Mapping[str, Say]] = {"programme": programme}


@dataclass(frozen=True, slots=True, repr=False)
class _Correction:
    field: str
    before: str
    after: str
    row: Any

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - a column of the correction
        return getattr(self.row, name)


@dataclass(frozen=True, slots=True, repr=False)
class _Version:
    row: Any

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - a column of the version or of its note
        if name in {"about_on", "programme"}:
            return getattr(self.row.note, name)
        return getattr(self.row, name)


def _versions(person: Person, viewer: Any) -> list[_Version]:  # noqa: ANN401 - a colleague
    notes = notes_seen_by(viewer).filter(person=person).order_by("about_on", "pk")
    return [
        _Version(version)
        for note in notes.select_related("programme").prefetch_related("versions__written_by")
        for version in sorted(note.versions.all(), key=lambda version: version.number)
    ]


PARTS: Final = (
    Part(
        "names",
        lambda person, _: person.names.order_by("-preferred", "pk"),
        {
            "whole": plain,
            "given_names": plain,
            "family_names": plain,
            "kind": own(people_words.NAME_KINDS),
            "quality": own(people_words.NAME_QUALITIES),
        },
        ("people.NameVariant",),
    ),
    Part(
        "languages",
        lambda person, _: person.languages.order_by("language"),
        {"language": listed("languages")},
        ("people.SpokenLanguage",),
    ),
    Part(
        "enrolments",
        lambda person, viewer: in_sight(person.enrolments.all(), viewer).select_related("programme").order_by("pk"),
        {
            **_ACT,
            "opened_on": plain,
            "closed_on": plain,
            "closing": own(work_words.CLOSINGS),
            "last_seen": plain,
        },
        ("work.Enrolment",),
    ),
    Part(
        "services",
        lambda person, viewer: _acts("services", "starts_on")(person, viewer).select_related("staff", "programme"),
        {
            "starts_on": plain,
            "ends_on": plain,
            "service": service,
            **_ACT,
            "minutes": plain,
            "mode": own(work_words.MODES),
            "status": work_listed("service_statuses"),
            "leave_reason": reason,
            "interpreter_language": listed("languages"),
            "childcare": plain,
            **_WHO,
        },
        ("work.Service",),
    ),
    Part(
        "needs",
        _acts("needs", "opened_on"),
        {"opened_on": plain, "service": service, **_ACT, "closed_on": plain, "outcome": own(work_words.OUTCOMES)},
        ("work.Need",),
    ),
    Part(
        "referrals",
        _acts("referrals", "sent_on"),
        {
            "sent_on": plain,
            "service": service,
            "to_organization": plain,
            "to_name": plain,
            "reason": reason,
            "accepted": plain,
            "completed": plain,
            "answered_on": plain,
            **_ACT,
        },
        ("work.Referral",),
    ),
    Part(
        "assessments",
        _acts("assessments", "assessed_on"),
        {
            "assessed_on": plain,
            "scale": work_listed("scales"),
            "skill": work_listed("skills"),
            "level": plain,
            "method": plain,
            **_ACT,
        },
        ("work.Assessment",),
    ),
    Part(
        "employment",
        _acts("employmentobservations", "observed_on"),
        {"observed_on": plain, "status": work_listed("employment"), **_ACT},
        ("work.EmploymentObservation",),
    ),
    Part(
        "education",
        _acts("educationobservations", "observed_on"),
        {"observed_on": plain, "status": work_listed("education"), **_ACT},
        ("work.EducationObservation",),
    ),
    Part(
        "goals",
        _acts("goals", "set_on"),
        {
            "set_on": plain,
            "words": plain,
            "rating_start": plain,
            "rating_now": plain,
            "reached_on": plain,
            "dropped_on": plain,
            **_ACT,
        },
        ("work.Goal",),
    ),
    Part(
        "waiting",
        lambda person, viewer: in_sight(person.waiting.all(), viewer).select_related("programme").order_by("pk"),
        {"joined_on": plain, "service": service, "left_on": plain, "reason": reason, **_ACT},
        ("work.WaitingEntry",),
    ),
    Part(
        "appointments",
        lambda person, viewer: _acts("appointments", "starts_at")(person, viewer).select_related("staff", "programme"),
        {
            "starts_at": plain,
            "minutes": plain,
            "service": service,
            "mode": own(work_words.MODES),
            "state": own(work_words.APPOINTMENT_STATES),
            "interpreter_language": listed("languages"),
            **_WHO,
            **_ACT,
        },
        ("work.Appointment",),
    ),
    Part(
        "follow_ups",
        lambda person, viewer: _acts("followups", "due_on")(person, viewer).select_related("staff", "programme"),
        {"due_on": plain, "words": plain, "done_on": plain, **_WHO, **_ACT},
        ("work.FollowUp",),
    ),
    Part(
        "assignments",
        lambda person, viewer: _acts("assignments", "from_on")(person, viewer).select_related("staff", "programme"),
        {"from_on": plain, "until_on": plain, **_WHO, **_ACT},
        ("work.Assignment",),
    ),
    Part(
        "notes",
        _versions,
        {"about_on": plain, "number": plain, "words": plain, "written_at": plain, "written_by": colleague, **_ACT},
        ("work.CaseNote", "work.CaseNoteVersion"),
    ),
    Part(
        "agreements",
        lambda person, _: person.agreements.select_related("notice", "told_by", "withdrawal").order_by("told_on", "pk"),
        {
            "told_on": plain,
            "notice_kind": own(NOTICE_KINDS),
            "notice_version": plain,
            "answer": own(ANSWERS),
            "language": listed("languages"),
            "oral": plain,
            "interpreter": plain,
            "parent": plain,
            "recipient": plain,
            "withdrawn_on": plain,
            "told_by": colleague,
        },
        ("agreement.Agreement", "agreement.Withdrawal"),
    ),
    Part(
        "choices",
        lambda person, _: person.joint_statistics_choices.select_related("recorded_by").order_by("chosen_at", "pk"),
        {"chosen_at": plain, "takes_part": plain, "parent": plain, "recorded_by": colleague},
        ("agreement.JointStatisticsChoice",),
    ),
    Part(
        "requests",
        lambda person, _: person.requests.select_related("received_by", "decided_by").order_by("asked_on", "pk"),
        {
            "asked_on": plain,
            "asked_for": own(ASKED),
            "asker": own(ASKERS),
            "words": plain,
            "decision": own(DECISIONS),
            "reason": plain,
            "decided_on": plain,
            "received_by": colleague,
            "decided_by": colleague,
        },
        ("rights.Request",),
    ),
    Part(
        "kept",
        lambda person, _: person.kept.select_related("decided_by").order_by("pk"),
        {"until_on": plain, "reason": plain, "decided_at": plain, "decided_by": colleague},
        ("rights.Kept",),
    ),
    Part(
        "links",
        lambda person, viewer: [
            row for row in links_seen_by(viewer).order_by("pk") if person.pk in {row.first_id, row.second_id}
        ],
        {"decided_at": plain, "verdict": own(people_words.VERDICTS), "decided_by": colleague},
        ("people.SamePerson",),
    ),
    Part(
        "corrections",
        lambda person, _: [
            _Correction(change.field, change.before, change.after, change.correction)
            for change in changes_told(person.corrections.select_related("corrected_by").order_by("corrected_at", "pk"))
        ],
        {
            "corrected_at": plain,
            "field": plain,
            "before": plain,
            "after": plain,
            "at_the_persons_request": plain,
            "corrected_by": colleague,
        },
        ("people.Correction",),
    ),
    Part(
        "looks",
        lambda person, viewer: (
            TrailEntry.objects.filter(person_reference=str(person.reference)).select_related("colleague").order_by("pk")
            if viewer.may_act_as("director")
            else []
        ),
        {"at": plain, "act": lambda row, _: str(row.get_act_display()), "colleague": colleague},
        ("accounts.TrailEntry",),
    ),
)

LEFT_OUT: Final[Mapping[str, str]] = {
    "people.SearchToken": "copies of the names, folded for finding",
    "people.PossibleDuplicate": "a machine's guess about two files, replaced at each look",
    "work.HandedOver": "how a transfer can be taken back; who followed the person is told in full",
    "work.Removed": "rows removed within the day, which an undo may still put back",
}
"""Tables that point to a person and are not in a copy, with the reason."""

PERSON: Final[Mapping[str, Say]] = {
    "file_number": plain,
    "unnamed": plain,
    "birth": lambda row, _: birth_told(row),
    "sex": listed("sex"),
    "country_of_birth": listed("countries"),
    "mother_tongue": listed("mother_tongue"),
    "best_language": listed("languages"),
    "needs_interpreter": plain,
    "category": listed("category"),
    "admission_date": plain,
    "arrival_date": plain,
    "region": listed("region"),
    "postal_code": plain,
    "phone": plain,
    "contact_rule": own(people_words.CONTACT_RULES),
    "household_place": own(people_words.HOUSEHOLD_PLACES),
    "opened_at": plain,
    "opened_by": colleague,
}


def _read(row: Any, column: str) -> Any:  # noqa: ANN401 - as above
    if column == "birth":
        return f"{row.birth_year or ''}-{row.birth_month or ''}-{row.birth_day or ''}".rstrip("-")
    if column in {"notice_kind", "notice_version"}:
        return getattr(row.notice, column.removeprefix("notice_"))
    if column == "withdrawn_on":
        withdrawal = getattr(row, "withdrawal", None)
        return withdrawal.withdrawn_on if withdrawal else None
    return getattr(row, column)


def _cells(row: Any, columns: Mapping[str, Say]) -> list[Cell]:  # noqa: ANN401 - as above
    told = []
    for column, speak in columns.items():
        value = _read(row, column)
        said = speak(row, value) if value not in (None, "") else ""
        if said:
            told.append(Cell(column, say(f"rights.field.{column}"), value, said))
    return told


def whole_file(person: Person, viewer: Any) -> list[Told]:  # noqa: ANN401 - a colleague
    """Tell everything that the desk holds of a person, as far as it exists for this colleague, in the reader's language."""
    _SERVICES.set(vocabulary.service_words())
    parts = [Told("person", say("rights.part.person"), [_cells(person, PERSON)])]
    for part in PARTS:
        rows = [cells for row in part.rows(person, viewer) if (cells := _cells(row, part.columns))]
        parts.append(Told(part.name, say(f"rights.part.{part.name}"), rows))
    return parts


def as_structure(person: Person, parts: Sequence[Told]) -> dict[str, Any]:
    """Give the file as the documented structure of `person-file.schema.json`: each fact with its words and its value."""
    organization = Organization.objects.first()
    return {
        "schema": "sansnom/person-file/1",
        "made_at": timezone.localtime().isoformat(timespec="seconds"),
        "organization": organization.name if organization else "",
        "language": speaking(),
        "reference": str(person.reference),
        "parts": [
            {
                "part": part.name,
                "title": part.title,
                "rows": [
                    {cell.name: {"label": cell.label, "value": _stored(cell.value), "said": cell.said} for cell in row}
                    for row in part.rows
                ],
            }
            for part in parts
        ],
    }


def _stored(value: Any) -> Any:  # noqa: ANN401 - as above
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(getattr(value, "name", "")) or programme_name(value)
