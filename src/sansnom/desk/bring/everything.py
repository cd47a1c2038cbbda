"""Everything that exists for a colleague, as tables: the seven lists of docs/file-format.md, and all rows as JSON.

The lists can be imported again, here or elsewhere. What they have no column for (several names, needs, goals, notes,
agreements, grants) is in the JSON, row by row, with the numbers that tie rows together.
"""

import csv
import io
import json
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.apps import apps
from django.db.models import Model, QuerySet

from sansnom.desk.accounts.models import Colleague
from sansnom.desk.bring.writing import Cell, harmless
from sansnom.desk.files.columns import TABLES, FileTable
from sansnom.desk.people.access import in_sight, of_visible_persons, programmes_seen_by, visible_to
from sansnom.desk.people.records import person_nouns
from sansnom.desk.work import models as work

_ROWS_AT_ONCE: Final = 2_000
_LEFT_OUT: Final = frozenset({"searchtoken", "removed", "possibleduplicate", "duplicatelook"})
"""What the desk makes of other rows, or holds only for a day."""
EXPORT_FORMAT: Final = "sansnom/desk-export/1"
COLLEAGUES: Final = "accounts.colleague"
COLLEAGUE_COLUMNS: Final = ("id", "sign_in_name", "name", "role", "language")
"""Who wrote the rows: never a password, a passphrase or a second factor."""


def lists(viewer: Any) -> Iterator[tuple[str, Iterator[Sequence[Cell]]]]:  # noqa: ANN401 - a colleague
    """Give the seven lists, headings first, in the codes and dates of docs/file-format.md."""
    persons = visible_to(viewer)
    numbers = dict(persons.values_list("pk", "file_number"))
    for table in TABLES:
        yield table.name, _with_headings(table, _rows(table.name, viewer, persons, numbers))


def _with_headings(table: FileTable, rows: Iterable[Sequence[Any]]) -> Iterator[Sequence[Cell]]:
    yield [column.name for column in table.columns]
    for row in rows:
        yield [_told(cell) for cell in row]


def _told(cell: Any) -> Cell:  # noqa: ANN401 - a value of a column
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    return cell.isoformat() if isinstance(cell, date) else cell


def _rows(name: str, viewer: Any, persons: QuerySet[Any], numbers: Mapping[int, str]) -> Iterator[Sequence[Any]]:  # noqa: ANN401 - a colleague
    if name == "persons":
        for noun in person_nouns(persons, {}).values():
            yield [getattr(noun, column.name) for column in next(t for t in TABLES if t.name == name).columns]
    elif name == "statuses":
        for model, place in ((work.EmploymentObservation, 0), (work.EducationObservation, 1)):
            for person, day, status in _of(model, viewer, "person_id", "observed_on", "status"):
                yield [numbers[person], day, *((status, "") if place == 0 else ("", status))]
    elif name == "waitlist":
        yield from _of(work.WaitingEntry, viewer, "service", "joined_on", "left_on", "reason")
    elif name == "turned_away":
        rows = work.TurnedAway.objects.filter(programme=None) | in_sight(work.TurnedAway.objects.all(), viewer)
        yield from rows.values_list("service", "day", "reason").iterator(chunk_size=_ROWS_AT_ONCE)
    else:
        model, *columns = _ACTS[name]
        for person, *told in _of(model, viewer, "person_id", *columns):
            if person in numbers:
                yield [numbers[person], *told]


_ACTS: Final[Mapping[str, tuple[Any, ...]]] = {
    "services": (work.Service, "service", "starts_on", "ends_on", "minutes", "status"),
    "assessments": (work.Assessment, "scale", "skill", "level", "assessed_on"),
    "referrals": (work.Referral, "service", "to_organization", "sent_on", "accepted", "completed"),
}


def _of(model: Any, viewer: Any, *columns: str) -> Iterator[Sequence[Any]]:  # noqa: ANN401 - a model, a colleague
    rows = in_sight(model.objects.order_by("pk"), viewer).values_list(*columns)
    return iter(rows.iterator(chunk_size=_ROWS_AT_ONCE))


def as_csv(rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    """Write rows as CSV, some thousands at a time; no text of them is a formula."""
    target = io.StringIO()
    writer = csv.writer(target)
    for number, row in enumerate(rows):
        writer.writerow([harmless(cell) if isinstance(cell, str) else cell for cell in row])
        if number % _ROWS_AT_ONCE == _ROWS_AT_ONCE - 1:
            yield target.getvalue()
            target.seek(0)
            target.truncate()
    yield target.getvalue()


def archive(viewer: Any, organization: str) -> bytes:  # noqa: ANN401 - a colleague
    """Write the CSV set and the JSON into one archive, in memory."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as made:
        for name, rows in lists(viewer):
            with made.open(f"csv/{name}.csv", "w", force_zip64=True) as part:
                part.write(b"\xef\xbb\xbf")
                for told in as_csv(rows):
                    part.write(told.encode())
        with made.open("everything.json", "w", force_zip64=True) as part:
            for text in as_json(viewer, organization):
                part.write(text.encode())
    return target.getvalue()


def as_json(viewer: Any, organization: str) -> Iterator[str]:  # noqa: ANN401 - a colleague
    """Write every row of people, work, agreement and the registers that exists for this colleague, table by table."""
    head = json.dumps({"schema": EXPORT_FORMAT, "organization": organization}, ensure_ascii=False)
    yield head[:-1] + ', "tables": {'
    for place, (name, rows) in enumerate(_tables(viewer)):
        yield f"{',' if place else ''}\n{json.dumps(name)}: ["
        for number, row in enumerate(rows.iterator(chunk_size=_ROWS_AT_ONCE)):
            yield f"{',' if number else ''}\n{json.dumps(row, ensure_ascii=False, default=_plain)}"
        yield "]"
    yield "}}\n"


def _plain(value: Any) -> str:  # noqa: ANN401 - what JSON has no form for
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, UUID):
        return value.hex
    raise TypeError


def _tables(viewer: Any) -> Iterator[tuple[str, QuerySet[Any, dict[str, Any]]]]:  # noqa: ANN401 - a colleague
    """Choose, of each table, the rows that exist for this colleague: by programme, by person, or all of plain lists."""
    yield COLLEAGUES, Colleague.objects.order_by("pk").values(*COLLEAGUE_COLUMNS)
    for name, model in table_models().items():
        rows = _seen(model, viewer)
        if rows is not None:
            yield name, rows.order_by("pk").values()


def table_models() -> dict[str, type[Model]]:
    """Give the tables that an export holds, by their names in it."""
    found = (model for app in ("people", "work", "agreement", "rights") for model in _models_of(app))
    return {model._meta.label_lower: model for model in found if _exported(model)}  # noqa: SLF001 - Django's documented interface


def _models_of(app: str) -> Iterable[type[Model]]:
    return apps.get_app_config(app).get_models(include_auto_created=True)


def _exported(model: type[Model]) -> bool:
    """Tell whether some rule says whose the rows of a table are."""
    name = str(model._meta.model_name)  # noqa: SLF001 - as above
    fields = {field.name for field in model._meta.get_fields()}  # noqa: SLF001 - as above
    return name in _SPECIAL or (name not in _LEFT_OUT and bool(fields & {"programme", "person"}))


def _seen(model: type[Model], viewer: Any) -> QuerySet[Any] | None:  # noqa: ANN401 - a colleague
    """Choose the rows of one table; None where no rule says whose they are."""
    name = str(model._meta.model_name)  # noqa: SLF001 - as above
    fields = {field.name for field in model._meta.get_fields()}  # noqa: SLF001 - as above
    every: QuerySet[Any] = model._default_manager.all()  # noqa: SLF001 - as above
    special = _SPECIAL.get(name)
    if special is not None:
        return special(every, viewer)
    if name in _LEFT_OUT:
        return None
    if "programme" in fields:
        return in_sight(every, viewer)
    return of_visible_persons(every, viewer) if "person" in fields else None


def _own_programmes(viewer: Any) -> QuerySet[Any]:  # noqa: ANN401 - as above
    """Choose the programmes that this colleague is a member of: notes are for members alone, also in open programmes."""
    return programmes_seen_by(viewer).filter(members=viewer.pk)


_SPECIAL: Final[Mapping[str, Callable[[QuerySet[Any], Any], QuerySet[Any]]]] = {
    "person": lambda _, viewer: visible_to(viewer),
    "programme": lambda _, viewer: programmes_seen_by(viewer),
    "programme_members": lambda rows, viewer: rows.filter(programme__in=programmes_seen_by(viewer)),
    "casenote": lambda rows, viewer: rows.filter(programme__in=_own_programmes(viewer)),
    "casenoteversion": lambda rows, viewer: rows.filter(note__programme__in=_own_programmes(viewer)),
    "household": lambda rows, viewer: rows.filter(members__in=visible_to(viewer)).distinct(),
    "sameperson": lambda rows, viewer: of_visible_persons(
        of_visible_persons(rows, viewer, "first_id"), viewer, "second_id"
    ),
    "withdrawal": lambda rows, viewer: rows.filter(agreement__person__in=visible_to(viewer)),
    "service_funders": lambda rows, viewer: rows.filter(service__programme__in=programmes_seen_by(viewer)),
    "groupsession_funders": lambda rows, viewer: rows.filter(groupsession__programme__in=programmes_seen_by(viewer)),
    "funder": lambda rows, _: rows,
    "notice": lambda rows, _: rows,
    "servicename": lambda rows, _: rows,
    **dict.fromkeys(
        ("destruction", "proof", "incident", "incidentversion", "retentionrule", "assessmentanswer"),
        lambda rows, viewer: rows if viewer.may_act_as("director") else rows.none(),
    ),
}
"""Tables whose rows are chosen in a way of their own."""
