"""Strict reading of JSON objects into nouns: every surprise is named by its place, never by its value."""

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

from sansnom.terms.errors import InputError

INTEGER_MOST: Final = 2**53 - 1
_FRACTION: Final = re.compile(r"-?([0-9]{1,1000})(?:/([0-9]{1,1000}))?")
"""No powers of ten: "1e999999999" is a short text and a number of a billion digits."""


@dataclass(frozen=True, slots=True)
class Text:
    """One thing said in French and in English, equal in rank."""

    fr: str
    en: str

    def in_language(self, language: str) -> str:
        """Give the sentence in "fr" or "en"."""
        return self.fr if language == "fr" else self.en

    def to_json(self) -> dict[str, Any]:
        """Give the JSON object."""
        return {"fr": self.fr, "en": self.en}


class Reader:
    """Walk a JSON object with the place in hand; unknown members are refused by `done`."""

    def __init__(self, value: object, where: str) -> None:
        """Start at an object; InputError `json.object` when it is none."""
        if not isinstance(value, dict):
            raise InputError("json.object", where=where)
        self._object: dict[str, Any] = dict(value)
        self._where = where

    def _take(self, name: str, kind: type, default: object) -> Any:  # noqa: ANN401 - checked against `kind` right here
        place = f"{self._where}.{name}"
        if name not in self._object:
            if default is ...:
                raise InputError("json.missing", where=place)
            return default
        value = self._object.pop(name)
        if value is None and default is None:
            return None
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise InputError("json.type", where=place, expected=kind.__name__)
        if isinstance(value, str):
            _check_writable(value, place)
        return value

    def string(self, name: str, default: Any = ...) -> Any:  # noqa: ANN401 - str, or the default given
        """Take a string."""
        return self._take(name, str, default)

    def integer(self, name: str, default: Any = ..., *, low: int = 0, high: int = INTEGER_MOST) -> Any:  # noqa: ANN401 - as `string`
        """Take an integer within bounds."""
        value = self._take(name, int, default)
        if value is not None and not low <= value <= high:
            raise InputError("json.range", where=f"{self._where}.{name}", low=low, high=high)
        return value

    def boolean(self, name: str, default: Any = ...) -> Any:  # noqa: ANN401 - bool, or the default given
        """Take true or false."""
        return self._take(name, bool, default)

    def fraction(self, name: str, default: Any = ...) -> Any:  # noqa: ANN401 - Fraction, or the default given
        """Take an exact fraction, written as a string such as "1/4"."""
        value = self._take(name, str, default)
        if not isinstance(value, str):
            return value
        written = _FRACTION.fullmatch(value)
        if written is None or (written[2] is not None and not int(written[2])):
            raise InputError("json.fraction", where=f"{self._where}.{name}")
        return Fraction(value)

    def text(self, name: str, default: Any = ...) -> Any:  # noqa: ANN401 - Text, or the default given
        """Take a bilingual text; both languages are required and not empty."""
        value = self._take(name, dict, default)
        if not isinstance(value, dict):
            return value
        inner = Reader(value, f"{self._where}.{name}")
        text = Text(inner.string("fr"), inner.string("en"))
        inner.done()
        if not text.fr.strip() or not text.en.strip():
            raise InputError("json.untranslated", where=f"{self._where}.{name}")
        return text

    def strings(self, name: str, default: Any = ...) -> tuple[str, ...]:  # noqa: ANN401 - as `string`
        """Take a list of strings."""
        value = self._take(name, list, default)
        for place, item in enumerate(value):
            if not isinstance(item, str):
                raise InputError("json.type", where=f"{self._where}.{name}[{place}]", expected="str")
            _check_writable(item, f"{self._where}.{name}[{place}]")
        return tuple(value)

    def integers(self, name: str, default: Any = ...) -> tuple[int, ...]:  # noqa: ANN401 - as `string`
        """Take a list of integers."""
        value = self._take(name, list, default)
        for place, item in enumerate(value):
            if not isinstance(item, int) or isinstance(item, bool):
                raise InputError("json.type", where=f"{self._where}.{name}[{place}]", expected="int")
            if abs(item) > INTEGER_MOST:
                where = f"{self._where}.{name}[{place}]"
                raise InputError("json.range", where=where, low=-INTEGER_MOST, high=INTEGER_MOST)
        return tuple(value)

    def objects(self, name: str, default: Any = ...) -> "tuple[Reader, ...]":  # noqa: ANN401 - as `string`
        """Take a list of objects, each as a reader of its own."""
        value = self._take(name, list, default)
        return tuple(Reader(item, f"{self._where}.{name}[{place}]") for place, item in enumerate(value))

    def inner(self, name: str) -> "Reader":
        """Take one object, as a reader of its own."""
        return Reader(self._take(name, dict, ...), f"{self._where}.{name}")

    def optional(self, name: str) -> "Reader | None":
        """Take one object if it is there and not null."""
        value = self._take(name, dict, None)
        return None if value is None else Reader(value, f"{self._where}.{name}")

    def expect(self, name: str, wanted: str) -> None:
        """Take a string that must be this one (a format's name)."""
        if self.string(name) != wanted:
            raise InputError("json.schema", where=f"{self._where}.{name}", expected=wanted)

    @property
    def where(self) -> str:
        """Give the place of this object."""
        return self._where

    def done(self) -> None:
        """Refuse members that nobody took."""
        if self._object:
            raise InputError("json.unknown", where=self._where, members=len(self._object))


def _check_writable(text: str, where: str) -> None:
    """Refuse half of a surrogate pair: JSON can spell it, and no file can hold it."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise InputError("json.type", where=where, expected="UTF-8") from None
