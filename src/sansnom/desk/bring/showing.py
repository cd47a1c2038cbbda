"""How imports are said on pages: columns and lists by their labels, values in words, reasons in sentences."""

from typing import Any, Final

from django.utils.dateparse import parse_date
from django.utils.formats import date_format

from sansnom.desk.bring.columns import WHOLE_NAME, column_named, list_of
from sansnom.desk.bring.vocabulary import word
from sansnom.desk.files.codes import code_lists
from sansnom.desk.files.messages import LISTS, MESSAGES
from sansnom.desk.house.words import say
from sansnom.desk.people.vocabulary import speaking, word_for

OWN_REASONS: Final = {
    "bring.left.word": "bring.left.word",
    "bring.left.twice": "bring.left.twice",
    "bring.left.two_names": "bring.left.two_names",
    "cell.code.unknown": "bring.left.code",
}
_PEOPLE: Final = {
    "sex": "sex",
    "countries": "countries",
    "languages": "mother_tongue",
    "category": "category",
    "region": "region",
}


def label_of(table: str, name: str) -> str:
    """Give a column's label."""
    column = column_named(table, name) or (WHOLE_NAME if name == WHOLE_NAME.name else None)
    return column.label.in_language(speaking()) if column is not None else name


def any_label(name: str) -> str:
    """Give the label of a column by its name alone, whichever list it is of."""
    tables = ("persons", "services", "assessments", "statuses", "referrals", "waitlist", "turned_away")
    return next((label_of(table, name) for table in tables if column_named(table, name)), "") if name else ""


def table_label(table: str) -> str:
    """Say what each row of a list tells."""
    return say("bring.sheet.persons") if table == "persons" else say(f"bring.table.{table}")


def reason(code: str, parameters: dict[str, Any]) -> str:
    """Say why a row was left out, and what to write instead."""
    if code in OWN_REASONS:
        return say(OWN_REASONS[code])
    told = dict(parameters)
    if "list" in told:
        told["list"] = LISTS[str(told["list"])].in_language(speaking())
    if "other" in told:
        told["other"] = any_label(str(told["other"])) or told["other"]
    return MESSAGES[code].in_language(speaking()).format(**told)


def value_told(table: str, name: str, value: Any) -> str:  # noqa: ANN401 - whatever a cell was understood as
    """Say what a cell was understood as."""
    listed = list_of(table, name)
    if value is None or value == "":
        return ""
    if listed:
        return code_word(listed, str(value))
    if isinstance(value, bool):
        return say("bring.yes") if value else say("bring.no")
    if isinstance(value, tuple):
        day, precision = value
        return day[:4] if precision == "year" else day[:7] if precision == "month" else _day(day)
    column = column_named(table, name)
    return _day(str(value)) if column is not None and column.kind == "date" else str(value)


def _day(told: str) -> str:
    day = parse_date(told) if told else None
    return date_format(day, "DATE_FORMAT") if day else ""


def code_word(listed: str, code: str) -> str:
    """Say a code of a list in words."""
    return word_for(_PEOPLE[listed], code) if listed in _PEOPLE else word(listed, code)


def code_choices(listed: str) -> list[tuple[str, str]]:
    """List the codes of a list with their words, in the order of the words."""
    codes = dict.fromkeys(code for code in code_lists()[listed].values() if code)
    return sorted(((code, code_word(listed, code)) for code in codes), key=lambda pair: pair[1].casefold())
