"""A5, algorithm matching: who knows the program tries each truth, and keeps those that it would have published so."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from sansnom.audit.attacks.outcome import INFERENCE, Measure, Outcome
from sansnom.audit.attacks.own_tables import THRESHOLD, count_table
from sansnom.audit.attacks.practice import Practice
from sansnom.audit.attacks.target import Flags, Target, labels_of
from sansnom.release.manifest import union
from sansnom.release.rounding import BASE
from sansnom.release.suppression.ladder import QUICK, suppress
from sansnom.terms.errors import Finding, PolicyRefusal
from sansnom.terms.table import SUM

SECRETS: Final = 300
COUNTS: Final = 31
TABLES: Final = (((7, 24, 19), (13, 35, 28), (22, 17, 31)), ((3, 14, 25), (26, 12, 18), (15, 33, 21)))
REACH: Final = 60


def attack(target: Target, practice: Practice) -> Outcome:
    """Match flags, rounded figures and patterns of hidden cells with what would have made them."""
    odd = _flags_from_elsewhere(target)
    left = min(_left_by_rounding(practice))
    hidden = min(_left_by_pattern(np.array(inner)) for inner in TABLES)
    return Outcome(
        number="A5",
        name=("Connaître le programme", "Knowing the program"),
        criteria=(INFERENCE,),
        tried=(
            "On essaie chaque effectif possible dans le programme même, et on garde ceux qui auraient donné ce qui est publié.",
            "Every possible count is tried in the program itself; those that would have given what is published are kept.",
        ),
        rule=(
            (
                "Les marques suivent des seuls chiffres bruités; un arrondi laisse autant de valeurs que "
                "promis; un petit effectif caché en garde plusieurs."
            ),
            (
                "Flags follow from noisy figures alone; a rounded figure leaves as many values as "
                "promised; a hidden small count keeps several."
            ),
        ),
        guessing=(
            f"Un arrondi aléatoire à {BASE} laisse {2 * BASE - 1} valeurs; un arrondi au plus proche, {BASE}.",
            f"Random rounding to {BASE} leaves {2 * BASE - 1} values; rounding to the nearest, {BASE}.",
        ),
        measures=(
            Measure(
                "flags",
                ("Marques que les chiffres bruités n’expliquent pas", "Flags that noisy figures do not explain"),
                len(odd),
                0,
            ),
            Measure(
                "rounding",
                ("Valeurs possibles derrière un chiffre arrondi", "Values possible behind a rounded figure"),
                left,
                2 * BASE - 1,
                BASE,
                floor=True,
            ),
            Measure(
                "pattern",
                (
                    "Tableaux propres\u00a0: valeurs possibles d’un petit effectif caché",
                    "Own tables: values possible for a hidden small count",
                ),
                hidden,
                2,
                float(THRESHOLD - 1),
                floor=True,
            ),
        ),
        named=tuple(Finding("attack.flag", name) for name in odd),
        notes=(
            (
                (
                    "Le motif des cellules cachées suit des valeurs\u00a0: qui connaît le programme resserre parfois un "
                    "petit effectif (limite connue; les diffusions communes ne cachent rien ainsi)."
                ),
                (
                    "The pattern of hidden cells follows from values: who knows the program narrows a small count at times "
                    "(a known limit; joint releases hide nothing in this way)."
                ),
            ),
        ),
    )


def _flags_from_elsewhere(target: Target) -> list[str]:
    """Name opened figures whose flag the noisy value, the interval and the threshold do not explain."""
    found = []
    for table in target.release.tables:
        least = max(table.half_width, 0 if target.spec(table).kind == SUM else target.plan.threshold - 1)
        for name, figure in zip(labels_of(table), table.figures, strict=True):
            if not figure.dominated and figure.value <= least:
                continue  # a small figure told as sure is for A1 to find
            if figure.dominated != (figure.value <= least):
                found.append(name)
    return found


def _left_by_rounding(practice: Practice) -> list[int]:
    """Give, for each published multiple, how many counts some secret rounds to it; multiples near the ends left out."""
    counts = np.arange(COUNTS)
    names = [f"cell {count}" for count in counts]
    behind: dict[int, set[int]] = {}
    for turn in range(SECRETS):
        rounded = practice.rounding()(counts, names, practice.secret("rounding", turn), BASE)
        for count, told in zip(counts.tolist(), rounded.tolist(), strict=True):
            behind.setdefault(told, set()).add(count)
    return [len(found) for told, found in behind.items() if BASE <= told <= COUNTS - 2 * BASE]


def _left_by_pattern(inner: NDArray[np.int64]) -> int:
    """Give how many values a hidden small count may have, when each truth is run through the program.

    The tables are such that what is hidden moves together along one direction.
    """
    pattern, values = _pattern(inner)
    if pattern is None:
        return 0
    hidden = np.flatnonzero(pattern)
    small = hidden[(values[hidden] > 0) & (values[hidden] < THRESHOLD)]
    direction = _direction(pattern.reshape(4, 4)[:3, :3])
    found = set()
    for step in range(-REACH, REACH + 1):
        tried = inner + step * direction
        if (tried < 0).any():
            continue
        again, told = _pattern(tried)
        if again is not None and (again == pattern).all():
            found.add(int(told[small[0]]))
    return len(found)


def _pattern(
    inner: NDArray[np.int64],
) -> tuple[Flags | None, NDArray[np.int64]]:
    joined = union([count_table("table", inner)], THRESHOLD)
    try:
        return suppress(joined.table, effort=QUICK).suppressed, joined.table.values
    except PolicyRefusal:
        return None, joined.table.values


def _direction(hidden: Flags) -> NDArray[np.int64]:
    """Give the way in which four hidden corners move together: plus one, minus one, plus one, minus one."""
    rows, columns = np.flatnonzero(hidden.any(axis=1)), np.flatnonzero(hidden.any(axis=0))
    moved = np.zeros(hidden.shape, dtype=np.int64)
    assert len(rows) == len(columns) == 2, "two rows and two columns are hidden"
    for a, row in enumerate(rows):
        for b, column in enumerate(columns):
            moved[row, column] = 1 if a == b else -1
    return moved
