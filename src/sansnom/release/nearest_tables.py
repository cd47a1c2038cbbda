"""Mends of one table: what it asks for in codes that may be asked, and in less detail."""

from collections.abc import Callable
from dataclasses import replace
from itertools import combinations, product
from typing import Final

from sansnom.release.rules import folded
from sansnom.release.rules_tables import BOUND_MAX
from sansnom.terms.errors import Finding, Parameter
from sansnom.terms.parse import Text
from sansnom.terms.schema import LEVEL_MAX
from sansnom.terms.table import MINIMUM, MULTIPLICITY, PERSONS, SAME_SERVICE, SUM, TALLY, TRANSITIONS, TableSpec
from sansnom.terms.vocabulary import Dictionary

Change = tuple[str, dict[str, Parameter]]
"""What was done: the code of a sentence, and what fills it."""

COARSER: Final = {"category_detail": "category", "birth_region": "birth_continent"}
"""Variables that roll up to another one."""
INSTEAD: Final = (
    (("naissance", "birth", "ddn", "dob", "age"), "age_group"),
    (("pays", "country", "nationalite", "nationality", "citoyennete", "citizenship"), "birth_continent"),
    (("postal", "adresse", "address", "ville", "city", "quartier", "municipalite", "municipality"), "region"),
    (("arrivee", "arrival", "admission", "landing"), "arrival_year_band"),
    (("gender", "genre", "sexe"), "sex"),
    (("langue", "language", "francai", "french"), "french_level_band"),
)
"""What may be asked in the place of what may not, by a word of its name, spelled as the rules compare names."""
WINDOW_DAYS: Final = 90
BINS: Final = (30, 90, 180, 365)
BOUND: Final = 500
BANDS: Final = (4, 8, LEVEL_MAX)
_NOUNS: Final = {
    MULTIPLICITY: ("Personnes selon le nombre d’organismes", "Persons by number of organizations"),
    SAME_SERVICE: ("Même service dans deux organismes", "Same service at two organizations"),
    TRANSITIONS: ("Premier et dernier niveau observés", "First and last level observed"),
    MINIMUM: ("Jours jusqu’au premier service", "Days to the first service"),
    SUM: ("Total borné", "Bounded total"),
    TALLY: ("Demandes", "Requests"),
}


def cleaned_table(table: TableSpec, dictionary: Dictionary, finding: Finding) -> tuple[TableSpec, list[Change]]:
    """Put right what the finding names: a variable by one that may be asked, a limit by a usual one."""
    code = finding.code
    if code in (
        "rule.identifying",
        "rule.organization_dimension",
        "rule.unknown.dimension",
        "rule.undeclared_dimension",
    ):
        return _other_variable(
            table,
            dictionary,
            str(finding.parameters["variable"]),
            ask_instead=not code.endswith("organization_dimension"),
        )
    if code == "rule.table.twice":
        once = replace(
            table, services=tuple(dict.fromkeys(table.services)), dimensions=tuple(dict.fromkeys(table.dimensions))
        )
        return once, [("repair.once", {})]
    usual: dict[str, dict[str, object]] = {
        "rule.table.window": {"window_days": WINDOW_DAYS},
        "rule.table.bound": {"bound": min(BOUND, BOUND_MAX)},
        "rule.table.bins": {"bins": BINS, "bound": max(table.bound, BINS[-1])},
        "rule.table.bands": {"bands": BANDS},
        "rule.table.tally_dimensions": {"dimensions": ()},
        "rule.unknown.scale": {"scale": f"{next(iter(dictionary.scales))}.listening"},
    }
    if code in usual:
        return replace(table, **usual[code]), [("repair.usual", {})]  # type: ignore[arg-type]  # members of a table, by rule
    return table, []


def _other_variable(
    table: TableSpec, dictionary: Dictionary, variable: str, *, ask_instead: bool
) -> tuple[TableSpec, list[Change]]:
    if variable not in table.dimensions:
        return table, []
    instead = substitute(variable, dictionary) if ask_instead else ""
    if instead in table.dimensions:
        instead = ""
    kept = tuple(instead if code == variable else code for code in table.dimensions)
    told: Change = (
        ("repair.variable", {"variable": variable, "instead": instead})
        if instead
        else ("repair.dropped_variable", {"variable": variable})
    )
    return replace(table, dimensions=tuple(code for code in kept if code)), [told]


def substitute(variable: str, dictionary: Dictionary) -> str:
    """Give the variable that may be asked and comes closest; empty where none does."""
    said = folded(variable.replace("_", " "))
    for code, dimension in dictionary.dimensions.items():
        if said in (folded(code), folded(dimension.label.fr), folded(dimension.label.en)) and not dimension.sensitive:
            return code
    words = set(said.split())
    for names, code in INSTEAD:
        if words & set(names) and code in dictionary.dimensions:
            return code
    return ""


def coarser(
    table: TableSpec, refused: Callable[[TableSpec], bool], dictionary: Dictionary
) -> tuple[TableSpec | None, list[Change]]:
    """Ask for the most detail that is not refused: variables rolled up first, then as few as possible left out.

    None where even the table without any variable is refused.
    """
    choices = [
        (code, COARSER[code]) if COARSER.get(code) in dictionary.dimensions else (code,) for code in table.dimensions
    ]
    for left_out in range(len(choices) + 1):
        fitting = []
        for kept in combinations(choices, len(choices) - left_out):
            for chosen in product(*kept):
                candidate = replace(table, dimensions=tuple(chosen))
                if candidate != table and len(set(chosen)) == len(chosen) and not refused(candidate):
                    fitting.append(candidate)
        if fitting:
            best = max(fitting, key=lambda t: (_detail(t, dictionary), -_changed(t, table)))
            return best, _told(table, best)
    return None, []


def _detail(table: TableSpec, dictionary: Dictionary) -> int:
    cells = 1
    for code in table.dimensions:
        known = dictionary.dimensions.get(code)
        cells *= len(known.values) if known is not None else 1
    return cells


def _changed(one: TableSpec, other: TableSpec) -> int:
    return len(set(one.dimensions) ^ set(other.dimensions))


def _told(before: TableSpec, after: TableSpec) -> list[Change]:
    told: list[Change] = []
    for code in before.dimensions:
        if code in after.dimensions:
            continue
        rolled = COARSER.get(code, "")
        if rolled in after.dimensions and rolled not in before.dimensions:
            told.append(("repair.variable", {"variable": code, "instead": rolled}))
        else:
            told.append(("repair.dropped_variable", {"variable": code}))
    return told


def without_service(table: TableSpec, service: str, dictionary: Dictionary) -> TableSpec | None:
    """Leave a service out; None where the table was about nothing else, all persons where it was about theirs."""
    kept = tuple(code for code in table.services if code != service)
    if not kept and table.kind == PERSONS:
        return retitled(replace(table, services=()), dictionary)
    return replace(table, services=kept) if kept else None


def retitled(table: TableSpec, dictionary: Dictionary) -> TableSpec:
    """Name a table by what it counts and by what: a title that nobody has to think of."""
    fr, en = _NOUNS.get(table.kind, ("Personnes distinctes", "Unduplicated persons"))
    labels = [dictionary.dimensions[code].label for code in table.dimensions if code in dictionary.dimensions]
    if labels:
        # A word between any two: the rules read titles without commas, and two labels side by side may spell a third.
        fr += ", par " + " et ".join(_lower(label.fr) for label in labels)
        en += ", by " + " and ".join(_lower(label.en) for label in labels)
    return replace(table, title=Text(fr, en))


def _lower(label: str) -> str:
    return label[:1].lower() + label[1:] if label[1:2].islower() else label
