"""A whole export comes back into an empty desk: every row under its own number, all of it or nothing.

The file is the desk's own `everything.json` (`everything.py`), alone or in its archive. It may have been changed by anybody: each
value goes through its column's own reading and limits, each row through the database's rules, and an error names table, row and
column, never what stood there. Who wrote the rows becomes a colleague without a password, whom a director lets in again.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.core.management.color import no_style
from django.db import DatabaseError, connection, transaction
from django.db.models import ForeignKey, JSONField, Model

from sansnom.desk.accounts.models import Colleague, Role
from sansnom.desk.agreement.models import Agreement, Notice
from sansnom.desk.bring.everything import COLLEAGUE_COLUMNS, COLLEAGUES, EXPORT_FORMAT, table_models
from sansnom.desk.files.archive import opened_archive
from sansnom.desk.people.folding import token_rows, tokens_of
from sansnom.desk.people.models import NameVariant, Person, SearchToken
from sansnom.desk.work.models import Programme
from sansnom.terms.errors import InputError, PolicyRefusal

_ROWS_AT_ONCE: Final = 1_000
_PART: Final = "everything.json"
_ZIP: Final = b"PK\x03\x04"
_EMPTIED: Final = frozenset({"agreement.notice", "people.duplicatelook"})
"""What an empty desk may have made by itself: the shipped notices, once somebody looked at them."""


@dataclass(frozen=True, slots=True)
class Back:
    """What came back: from whom, how many files and rows, and which colleagues have to be let in again."""

    organization: str
    persons: int
    rows: int
    colleagues: tuple[str, ...]


def read_export(content: bytes) -> dict[str, Any]:
    """Read the export's JSON, alone or in its archive; InputError `bring.back.not_ours` for anything else."""
    if content.startswith(_ZIP):
        with opened_archive(content) as archive:
            content = archive.read(_PART)
    try:
        told = json.loads(content)
    except (ValueError, RecursionError):
        raise InputError("bring.back.not_ours") from None
    if not isinstance(told, dict) or told.get("schema") != EXPORT_FORMAT or not isinstance(told.get("tables"), dict):
        raise InputError("bring.back.not_ours")
    return told


def refuse_unless_empty() -> None:
    """Refuse (`bring.back.not_empty`) where the desk has anything of its own that rows could meet."""
    for name, model in table_models().items():
        if name not in _EMPTIED and model._default_manager.exists():  # noqa: SLF001 - Django's documented interface
            raise PolicyRefusal("bring.back.not_empty")


def bring_back(by: Colleague, told: Mapping[str, Any]) -> Back:
    """Write every row, or none: InputError names table, row and column; what a director brought, that director can see."""
    refuse_unless_empty()
    tables = dict(told["tables"])
    people = tables.pop(COLLEAGUES, None)
    models = table_models()
    unknown = sorted(set(tables) - set(models))
    if unknown or not isinstance(people, list):
        raise InputError("bring.back.table", table=unknown[0][:80] if unknown else COLLEAGUES)
    try:
        with transaction.atomic():
            Notice.objects.exclude(pk__in=Agreement.objects.values("notice")).delete()
            numbers, fresh = _colleagues(people)
            rows = sum(_write(name, models[name], tables[name], numbers) for name in tables)
            connection.check_constraints()
            _let_in(by)
            _index()
            _renumber(models.values())
    except DatabaseError:
        raise InputError("bring.back.broken") from None
    organization = told.get("organization")
    return Back(str(organization)[:200] if organization else "", Person.objects.count(), rows, tuple(fresh))


def _colleagues(people: list[Any]) -> tuple[dict[int, int], list[str]]:
    """Find who wrote the rows by their sign-in name; whoever is not here comes back suspended and without a password."""
    numbers: dict[int, int] = {}
    fresh: list[str] = []
    for place, row in enumerate(people, 1):
        made = _row(COLLEAGUES, Colleague, row, place, {}, COLLEAGUE_COLUMNS)
        if made.role not in Role.values or not made.sign_in_name or made.pk is None:
            raise InputError("bring.back.value", table=COLLEAGUES, row=place, column="role")
        number, made.pk = made.pk, None
        here = Colleague.objects.filter(sign_in_name=made.sign_in_name.strip().casefold()).first()
        if here is None:
            made.clean()
            made.is_active = False
            made.set_unusable_password()
            made.save(force_insert=True)
            fresh.append(made.name)
            here = made
        numbers[number] = here.pk
    return numbers, fresh


def _write(name: str, model: type[Model], rows: object, colleagues: Mapping[int, int]) -> int:
    """Write one table, some thousand rows at a time."""
    if not isinstance(rows, list):
        raise InputError("bring.back.table", table=name)
    made = (_row(name, model, row, place, colleagues) for place, row in enumerate(rows, 1))
    for some in _chunks(made):
        model._default_manager.bulk_create(some)  # noqa: SLF001 - as above
    return len(rows)


def _chunks(rows: Iterator[Model]) -> Iterator[list[Model]]:
    some: list[Model] = []
    for row in rows:
        some.append(row)
        if len(some) == _ROWS_AT_ONCE:
            yield some
            some = []
    if some:
        yield some


def _row(
    name: str,
    model: Any,  # noqa: ANN401 - a model, whose fields Django's types do not know
    row: object,
    place: int,
    colleagues: Mapping[int, int],
    columns: Collection[str] = (),
) -> Any:  # noqa: ANN401 - as above
    """Read one row by its columns' own reading and limits; a number of a colleague becomes that of the colleague here."""
    if not isinstance(row, dict):
        raise InputError("bring.back.value", table=name, row=place, column="")
    every = model._meta.concrete_fields  # noqa: SLF001 - Django's documented interface
    fields = {field.attname: field for field in every if not columns or field.attname in columns}
    known = table_models()
    told = {}
    for column, value in row.items():
        field = fields.get(column)
        if field is None:
            raise InputError("bring.back.column", table=name, column=str(column)[:80])
        try:
            read = None if value is None else field.to_python(value)
            if isinstance(field, ForeignKey) and read is not None:
                read = _tied(field, read, colleagues, known)
            elif isinstance(field, JSONField) and not _plain(read):
                raise ValueError  # noqa: TRY301 - as the columns' own readings do
            elif read is not None and not field.primary_key:
                field.run_validators(read)
        except (ValidationError, ValueError, TypeError, KeyError, OverflowError):
            raise InputError("bring.back.value", table=name, row=place, column=column) from None
        if read is None and not field.null:
            raise InputError("bring.back.value", table=name, row=place, column=column)
        told[column] = read
    return model(**told)


def _plain(told: object) -> bool:
    """Tell whether a column of words by name (an incident as it was written before) holds that, and nothing nested."""
    return isinstance(told, dict) and all(isinstance(value, str | int | None) for value in told.values())


def _tied(field: Any, number: Any, colleagues: Mapping[int, int], known: Mapping[str, type[Model]]) -> int | None:  # noqa: ANN401 - as above
    """Give what a number points to here: a colleague of this desk, a row of the file, or nothing that an export holds."""
    target = field.remote_field.model
    if target is Colleague:
        return colleagues[int(number)]
    if target._meta.label_lower in known:  # noqa: SLF001 - Django's documented interface
        return int(number)
    return None


def _let_in(by: Colleague) -> None:
    """Make whoever brought them a member of confidential programmes that nobody else here can enter any more."""
    for programme in Programme.objects.filter(confidential=True):
        if not programme.members.filter(is_active=True).exists():
            programme.members.add(by)


def _index() -> None:
    """Write the search index anew: it is made of names, and never exported."""
    names: dict[int, list[tuple[str, str]]] = {}
    for person, given, family in NameVariant.objects.values_list("person_id", "given_names", "family_names"):
        names.setdefault(person, []).append((given, family))
    tokens: list[SearchToken] = []
    for number, phone in Person.objects.order_by("pk").values_list("pk", "phone").iterator(chunk_size=_ROWS_AT_ONCE):
        rows = token_rows(number, tokens_of(names.get(number, ()), phone))
        tokens += [SearchToken(person_id=person, kind=kind, token=token) for person, kind, token in rows]
        if len(tokens) >= 10 * _ROWS_AT_ONCE:
            SearchToken.objects.bulk_create(tokens, batch_size=_ROWS_AT_ONCE)
            tokens = []
    SearchToken.objects.bulk_create(tokens, batch_size=_ROWS_AT_ONCE)


def _renumber(models: Iterable[type[Model]]) -> None:
    """Let the next row of each table come after the last one, where a database counts by itself (PostgreSQL)."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), list(models)):
            cursor.execute(statement)
