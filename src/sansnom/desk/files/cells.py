"""One cell at a time: what a person typed becomes a checked value, or a CellProblem that says what to write instead.

A problem names a rule, never the cell's content: findings are shown on screens and may be sent to whoever helps.
"""

import re
import unicodedata
from collections.abc import Callable
from datetime import date
from typing import Any, Final

from sansnom.desk.files.codes import FLAGS, PRECISIONS, UNKNOWN_WORDS, code_lists
from sansnom.desk.files.columns import NAME_CHARACTERS_MAX, TEXT_CHARACTERS_MAX, Column, fold
from sansnom.terms.errors import SansnomError

YEAR_MIN, YEAR_MAX = 1890, 2100
MINUTES_MAX = 60_000  # a thousand hours: a long course entered as one service
LEVEL_MAX = 12

Parser = Callable[[str], Any]
"""Takes a stripped, non-empty cell; gives its value or raises CellProblem."""

_DASHES: Final = frozenset("-–—.?")
_FORMULA: Final = tuple("=@+-＝＠＋－")  # a spreadsheet that opens our output would run it
_SHEET_ERROR = re.compile(r"#(N/A|REF!|NAME\?|VALUE!|DIV/0!|NUM!|NULL!|#+)", re.IGNORECASE)
_PHONE = re.compile(r"\+?[\d\s().\-/]{3,}(\s*(x|ext\.?|poste|p\.?|#)\s*\d{1,6})?", re.IGNORECASE)
_DATE = re.compile(r"(\d{4})([-/])(\d{1,2})\2(\d{1,2})")
_MIDNIGHT = re.compile(r"[T ]00:00(:00(\.0+)?)?$")
_YEAR_MONTH = re.compile(r"(\d{4})[-/](\d{1,2})")
_INTEGER = re.compile(r"\d{1,9}(?:\.0+)?")
_DIRECTION_MARKS = dict.fromkeys(map(ord, "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"))


class CellProblem(SansnomError):
    """This cell cannot be taken; the code says why and the parameters what is expected."""


def clean(text: str) -> str:
    """Trim a cell, join its inner white space, drop marks of writing direction; a lone dash or dot is an empty cell."""
    if text.isascii() and text.isprintable() and "  " not in text:  # most cells
        text = text.strip()
    else:
        text = unicodedata.normalize("NFC", " ".join(text.translate(_DIRECTION_MARKS).split()))
    return "" if text in _DASHES else text


def parser_of(column: Column) -> Parser:
    """Give the parser of a column; those of codes and dates remember what they have seen, since columns repeat."""
    if column.kind.startswith("code:"):
        return _remembering(_code_parser(column.kind.removeprefix("code:")))
    plain: dict[str, Parser] = {
        "id": _text,
        "text": _text,
        "phone": _phone,
        "date": _remembering(_date),
        "birth": _remembering(_birth),
        "minutes": _remembering(_minutes),
        "level": _remembering(_level),
        "flag": _remembering(_flag),
        "precision": _remembering(_precision),
    }
    return plain[column.kind]


def _remembering(parser: Parser) -> Parser:
    seen: dict[str, Any] = {}

    def remembered(text: str) -> Any:  # noqa: ANN401 - whatever the inner parser gives
        try:
            return seen[text]
        except KeyError:
            seen[text] = parsed = parser(text)  # problems are not remembered: they raise
            return parsed

    return remembered


def _text(text: str) -> str:
    if len(text) > NAME_CHARACTERS_MAX:
        raise CellProblem("cell.text.too_long", limit=NAME_CHARACTERS_MAX)
    if text.startswith(_FORMULA) or _SHEET_ERROR.fullmatch(text):
        raise CellProblem("cell.text.formula")
    _no_control(text)
    return text


def _no_control(text: str) -> None:
    if not (text.isprintable() or all(unicodedata.category(c) not in {"Cc", "Co", "Cs", "Cn"} for c in text)):
        raise CellProblem("cell.text.control")


def _phone(text: str) -> str:
    if len(text) > TEXT_CHARACTERS_MAX:
        raise CellProblem("cell.text.too_long", limit=TEXT_CHARACTERS_MAX)
    if text.startswith("+") and _PHONE.fullmatch(text):
        return text
    return _text(text)


def _code_parser(list_name: str) -> Parser:
    spellings = code_lists()[list_name]

    def parse(text: str) -> str:
        if len(text) > TEXT_CHARACTERS_MAX:
            raise CellProblem("cell.code.unknown", list=list_name)
        try:
            return spellings[fold(text)]
        except KeyError:
            raise CellProblem("cell.code.unknown", list=list_name) from None

    return parse


def _calendar_day(year: int, month: int, day: int) -> str:
    try:
        found = date(year, month, day)
    except ValueError:
        raise CellProblem("cell.date.impossible") from None
    if not YEAR_MIN <= year <= YEAR_MAX:
        raise CellProblem("cell.date.range", low=YEAR_MIN, high=YEAR_MAX)
    return found.isoformat()


def _date(text: str) -> str:
    """Take `YYYY-MM-DD` or `YYYY/MM/DD`; anything else could be read two ways."""
    match = _DATE.fullmatch(_MIDNIGHT.sub("", text)) if text.isascii() else None
    if match:
        return _calendar_day(int(match[1]), int(match[3]), int(match[4]))
    if fold(text) in UNKNOWN_WORDS:
        return ""
    raise CellProblem("cell.date.form")


def _birth(text: str) -> tuple[str, str]:
    """Take a date and its precision: a year alone stands for 1 July of it, a month alone for its 15th."""
    if text.isascii() and text.isdigit() and len(text) == len("YYYY"):
        return _calendar_day(int(text), 7, 1), "year"
    match = _YEAR_MONTH.fullmatch(text) if text.isascii() else None
    if match:
        return _calendar_day(int(match[1]), int(match[2]), 15), "month"
    found = _date(text)
    return found, "day" if found else "unknown"


def _integer(text: str, low: int, high: int) -> int:
    if not (text.isascii() and _INTEGER.fullmatch(text)):
        raise CellProblem("cell.number.form", low=low, high=high)
    number = int(text.partition(".")[0])
    if not low <= number <= high:
        raise CellProblem("cell.number.range", low=low, high=high)
    return number


def _minutes(text: str) -> int | None:
    return None if fold(text) in UNKNOWN_WORDS else _integer(text, 0, MINUTES_MAX)


def _level(text: str) -> int:
    return _integer(text, 1, LEVEL_MAX)


def _flag(text: str) -> bool | None:
    folded = fold(text)
    if folded in UNKNOWN_WORDS:
        return None
    try:
        return FLAGS[folded]
    except KeyError:
        raise CellProblem("cell.flag") from None


def _precision(text: str) -> str:
    try:
        return PRECISIONS[fold(text)]
    except KeyError:
        raise CellProblem("cell.precision") from None
