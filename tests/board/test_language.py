"""Both languages say everything, as each is written."""

import re
from fractions import Fraction
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Catalog

import sansnom.board
import sansnom.release
from sansnom.board.language import LANGUAGES, Speaker, catalogue
from sansnom.board.messages import MESSAGES
from sansnom.terms.release import Figure

BOARD = Path(sansnom.board.__file__).parent
RELEASE = Path(sansnom.release.__file__).parent
DYNAMIC = (
    "ask.field.",
    "ask.kind.",
    "ask.template.",
    "ask.series.kind.",
    "rules.",
    "headline.",
    "kind.",
    "theme.",
    "status.",
    "nav.",
    "how.",
    "home.step",
    "request.",
    "answer.",
    "unit.",
)
"""Names that templates and pages put together: prefixes of which every string must be used by some page of the tests."""


def strings(language: str) -> dict[str, tuple[str, ...]]:
    """Give every string of a language by name, plural forms apart."""
    told: Catalog = catalogue(language)
    return {
        str(m.id[0] if isinstance(m.id, tuple) else m.id): m.string if isinstance(m.string, tuple) else (str(m.string),)
        for m in told
        if m.id
    }


def test_no_string_is_missing_in_either_language() -> None:
    """The catalogues have the same names, no empty string, and the same number of forms."""
    french, english = strings("fr"), strings("en")
    assert french.keys() == english.keys()
    for name, forms in [*french.items(), *english.items()]:
        assert all(form.strip() for form in forms), name
    assert [len(forms) for forms in french.values()] == [len(forms) for forms in english.values()]


def test_both_languages_fill_the_same_places() -> None:
    """A parameter used in one language is used in the other, but for the French article of a unit."""
    for name, forms in strings("fr").items():
        mine = {field for form in forms for _, field, _, _ in Formatter().parse(form) if field} - {"of_unit", "unit"}
        theirs = {f for form in strings("en")[name] for _, f, _, _ in Formatter().parse(form) if f} - {"unit"}
        assert mine == theirs, name


def test_every_string_that_code_and_templates_name_exists() -> None:
    """No page can ask for a string that is not there."""
    names = strings("fr")
    sources = [*BOARD.glob("*.py"), *BOARD.glob("templates/*.html")]
    asked = {
        name
        for place in sources
        for name in re.findall(r'(?:text|plural)\(\s*"([a-z_.0-9-]+)"', place.read_text(encoding="utf-8"))
        if not name.endswith(".") and name not in DYNAMIC
    }
    assert len(asked) > 100
    assert asked - names.keys() == set()


def test_every_code_of_the_release_room_has_its_sentences() -> None:
    """Rules, method notes, techniques and security measures are explained in both languages."""
    written = "".join(place.read_text(encoding="utf-8") for place in RELEASE.glob("*.py"))
    codes = set(re.findall(r'"((?:rule|method|technique|security)\.[a-z_.]+)"', written))
    assert len(codes) > 60
    for code in codes:
        french, english = MESSAGES[code]
        assert french != english


def test_no_string_is_left_over() -> None:
    """A string that nothing names any more is removed."""
    written = "".join(
        place.read_text(encoding="utf-8")
        for place in [*BOARD.glob("*.py"), *BOARD.glob("templates/*"), *BOARD.parent.rglob("*.py")]
    )
    unused = [n for n in strings("fr") if f'"{n}"' not in written and not n.startswith(DYNAMIC)]
    assert unused == []


FRENCH_FAULTS = (
    ("colon without its no-break space", re.compile(r"[^\u00a0\s]:(?=\s|$)")),
    ("ordinary space before a high sign", re.compile(r" [:%$»;!?]")),
    ("space before ; ! ?", re.compile(r"\u00a0[;!?]")),
    ("opening guillemet", re.compile("«(?!\u00a0)")),
    ("straight apostrophe", re.compile(r"'")),
    ("straight quotation mark", re.compile(r'"')),
)


@pytest.mark.parametrize(("what", "fault"), FRENCH_FAULTS)
def test_french_is_set_as_french_is_set_in_canada(what: str, fault: re.Pattern[str]) -> None:
    """No-break space before a colon and inside guillemets, none before ; ! ?, curved apostrophes."""
    found = {name: form for name, forms in strings("fr").items() for form in forms if fault.search(form)}
    assert not found, what


def test_english_uses_curved_quotation_marks() -> None:
    """No straight apostrophe or quotation mark in what people read."""
    assert not [n for n, forms in strings("en").items() if any("'" in form or '"' in form for form in forms)]


def test_numbers_are_written_as_each_language_writes_them() -> None:
    """Thousands, decimals, percents, signs."""
    fr, en = Speaker("fr"), Speaker("en")
    assert (fr.number(1234567), en.number(1234567)) == ("1\u00a0234\u00a0567", "1,234,567")
    assert (fr.number(-12), en.number(-12)) == ("\u221212", "\u221212")
    assert (fr.percent(Fraction(1, 8)), en.percent(Fraction(1, 8))) == ("12,5\u00a0%", "12.5%")
    assert (fr.percent(Fraction(1, 5)), en.percent(Fraction(1, 5))) == ("20\u00a0%", "20%")
    assert (fr.decimal("3.31"), en.decimal("1234.50")) == ("3,31", "1,234.50")
    assert (fr.day("2026-04-01"), fr.day("2026-04-11")) == ("1er avril 2026", "11 avril 2026")
    assert en.day("2026-04-01") == "April 1, 2026"
    assert fr.moment("2027-04-30T17:05:00Z") == "30 avril 2027, 17\u00a0h\u00a005 (UTC)"
    assert fr.day("later") == "later"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_figure_that_noise_dominates_is_never_a_number_alone(language: str) -> None:
    """Too few to tell, with its interval; never 0."""
    speaker = Speaker(language)
    for value in (-4, 0, 3):
        figure = Figure(value, 0, 12, dominated=True)
        assert not re.search(r"\d", speaker.figure(figure))
        assert speaker.range(0, 12) in speaker.about(figure, "persons")


def test_a_name_that_is_not_there_is_an_error() -> None:
    """A missing string stops the build instead of showing its name."""
    with pytest.raises(KeyError):
        Speaker("fr").text("no.such.string")
    with pytest.raises(KeyError):
        Speaker("en").plural("no.such.string", 2)
