"""How the board speaks: catalogues of both languages, numbers, dates and figures as each language writes them.

Strings have names, not sentences, as keys, so that neither language is the other's translation. A missing string is an error,
never a silent fallback. Catalogues are compiled in memory from the `.po` files: nothing built has to be committed.
"""

import gettext
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from functools import cache
from importlib.resources import files
from io import BytesIO
from typing import Final

from babel.dates import format_date
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from sansnom.terms.parse import Text
from sansnom.terms.plan import Period
from sansnom.terms.release import Figure

LANGUAGES: Final = ("fr", "en")
_LOCALES: Final = {"fr": "fr_CA", "en": "en_CA"}
NO_BREAK: Final = "\u00a0"


@cache
def catalogue(language: str) -> Catalog:
    """Read the catalogues of a language as they ship, into one."""
    told = Catalog(locale=_LOCALES[language])
    for name in ("board.po", "ask.po"):
        place = files("sansnom.board").joinpath(f"locale/{language}/LC_MESSAGES/{name}")
        for message in read_po(BytesIO(place.read_bytes()), locale=_LOCALES[language], abort_invalid=True):
            if message.id:
                told[message.id] = message
    return told


@cache
def _translations(language: str) -> gettext.GNUTranslations:
    compiled = BytesIO()
    write_mo(compiled, catalogue(language))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


@dataclass(frozen=True, slots=True)
class Speaker:
    """Speaks one language: strings by name, and everything that a language writes its own way."""

    language: str

    def text(self, name: str, /, **parameters: object) -> str:
        """Give the string of this name, filled; KeyError when the catalogue does not have it."""
        told = _translations(self.language).gettext(name)
        if told == name:
            raise KeyError(name)
        return told.format_map(parameters) if parameters else told

    def plural(self, name: str, count: int, /, **parameters: object) -> str:
        """Give the string that goes with a count, filled with it as `{n}`."""
        told = _translations(self.language).ngettext(name, f"{name}.many", count)
        if told in (name, f"{name}.many"):
            raise KeyError(name)
        return told.format_map({"n": self.number(count), **parameters})

    def of(self, text: Text) -> str:
        """Give this language's half of a bilingual text."""
        return text.in_language(self.language)

    def number(self, value: int) -> str:
        """Write a whole number: 12 345 or 12,345."""
        told = f"{abs(value):,}".replace(",", NO_BREAK if self.language == "fr" else ",")
        return f"\u2212{told}" if value < 0 else told

    def percent(self, value: Fraction) -> str:
        """Write a share to the nearest tenth of a percent: 12,5 % or 12.5%."""
        tenths = round(value * 1000)
        told = self.number(tenths // 10) if tenths % 10 == 0 else f"{self.number(tenths // 10)}.{tenths % 10}"
        return f"{told.replace('.', ',')}{NO_BREAK}%" if self.language == "fr" else f"{told}%"

    def decimal(self, written: str) -> str:
        """Write a decimal that comes as text, such as an epsilon: 3,31 or 3.31."""
        whole, _, part = written.partition(".")
        told = self.number(int(whole))
        return told if not part else f"{told}{',' if self.language == 'fr' else '.'}{part}"

    def range(self, low: int, high: int) -> str:
        """Write an interval: de 5 à 9, or 5 to 9."""
        return self.text("figure.range", low=self.number(low), high=self.number(high))

    def share_range(self, low: Fraction, high: Fraction) -> str:
        """Write an interval of shares, as it stands in a sentence: entre 5 % et 9 %."""
        return self.text("figure.between", low=self.percent(low), high=self.percent(high))

    def figure(self, figure: Figure) -> str:
        """Write a figure alone; the interval must stand beside it. Never 0 for what noise dominates."""
        return self.text("figure.too_few") if figure.dominated else self.number(figure.value)

    def about(self, figure: Figure, unit: str = "") -> str:
        """Write a figure with its interval, as it stands in a sentence; `unit` names what is counted ("persons")."""
        told = self.text(f"unit.{unit}") if unit else ""
        name = "figure.about_too_few" if figure.dominated else "figure.about"
        return self.text(
            name,
            value=self.number(figure.value),
            unit=f" {told}" if told else "",
            of_unit=f"de {told} " if told else "",
            range=self.range(figure.low, figure.high),
        )

    def day(self, iso: str) -> str:
        """Write a day in full; what is no ISO date stays as it is."""
        try:
            told = date.fromisoformat(iso[:10])
        except ValueError:
            return iso
        written = str(format_date(told, "long", locale=_LOCALES[self.language]))
        return written.replace("1 ", "1er ", 1) if self.language == "fr" and told.day == 1 else written

    def period(self, period: Period) -> str:
        """Write a period by its two days."""
        return self.text("period", start=self.day(period.start), end=self.day(period.end))

    def months(self, period: Period) -> str:
        """Write a period of whole months shortly, for charts and tables: oct. 2025 – déc. 2025; others in full."""
        try:
            start, end = date.fromisoformat(period.start), date.fromisoformat(period.end)
        except ValueError:
            return self.period(period)
        if start.day != 1 or (end + timedelta(days=1)).day != 1:
            return self.period(period)
        first, last = (str(format_date(day, "MMM y", locale=_LOCALES[self.language])) for day in (start, end))
        return f"{first} – {last}".replace(" ", NO_BREAK)

    def moment(self, iso: str) -> str:
        """Write a day, and the hour when it is given: 30 avril 2027, 17 h 00 (UTC)."""
        hour = iso[11:16]
        if len(hour) != 5:
            return self.day(iso)
        return self.text("figure.moment", day=self.day(iso), hour=hour[:2], minute=hour[3:])


class Sentences(Mapping[str, tuple[str, str]]):
    """The catalogue as (French, English) pairs by name, for edges that speak both languages at once."""

    def __getitem__(self, name: str) -> tuple[str, str]:
        """Give both sentences, unfilled; KeyError when one of the catalogues lacks it."""
        return (Speaker("fr").text(name), Speaker("en").text(name))

    def __iter__(self) -> Iterator[str]:
        """List the names of the French catalogue; a test holds both to the same names."""
        return (m.id if isinstance(m.id, str) else m.id[0] for m in catalogue("fr") if m.id)

    def __len__(self) -> int:
        """Count the strings."""
        return len(catalogue("fr"))
