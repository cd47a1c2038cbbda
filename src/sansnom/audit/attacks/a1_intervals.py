"""A1, intervals: how narrowly can a cell be bounded from everything that was published?"""

from typing import Final

import numpy as np
import scipy.sparse as sp

from sansnom.audit.attacks.outcome import INDIVIDUALIZATION, Measure, Outcome
from sansnom.audit.attacks.own_tables import THRESHOLD, bounds_of, by_programs, published_tables
from sansnom.audit.attacks.practice import Practice
from sansnom.audit.attacks.target import Flags, Target, Together, labels_of, together
from sansnom.audit.propagate import propagate
from sansnom.terms.errors import Finding
from sansnom.terms.table import SUM

NORMAL_95: Final = 1.959964
CERTAIN: Final = 6.0
"""Standard deviations beyond which the attacker takes noise for impossible: one chance in 500 million."""
PROGRAMS_MAX: Final = 20


def attack(target: Target, practice: Practice) -> Outcome:
    """Bound every figure by every sum, and look for small figures that are told as sure."""
    whole = together(target)
    below = _told_though_small(target)
    narrow = _narrower_than_declared(target, whole)
    own = published_tables(practice)
    low, high = bounds_of(own)
    exposed = own.small & ((high - low + 1 < THRESHOLD) | ~own.hidden)
    named = [Finding("attack.told_small", name) for name in below]
    named += [Finding("attack.narrow", name) for name in narrow]
    named += [Finding("attack.own", own.names[int(cell)]) for cell in np.flatnonzero(exposed)]
    return Outcome(
        number="A1",
        name=("Intervalles", "Intervals"),
        criteria=(INDIVIDUALIZATION,),
        tried=(
            "On borne chaque cellule par toutes les additions que la diffusion permet, puis par programmation linéaire.",
            "Every cell is bounded by every sum that the release allows, then by linear programs.",
        ),
        rule=(
            "Aucun chiffre sous le seuil n’est donné comme sûr; aucune cellule n’est mieux connue que son intervalle publié.",
            "No figure below the threshold is told as sure; no cell is known better than its published interval.",
        ),
        guessing=(
            "Sans la diffusion, on sait seulement qu’un effectif n’est pas négatif.",
            "Without the release one knows only that a count is not negative.",
        ),
        measures=(
            Measure(
                "told_below_threshold",
                ("Chiffres sous le seuil donnés comme sûrs", "Figures below the threshold told as sure"),
                len(below),
                0,
            ),
            Measure(
                "narrower",
                (
                    "Cellules mieux connues que leur intervalle publié",
                    "Cells known better than their published interval",
                ),
                len(narrow),
                0,
            ),
            Measure("pinned", ("Cellules retrouvées exactement", "Cells found exactly"), _pinned(whole), 0),
            Measure(
                "own_tables",
                ("Tableaux propres\u00a0: petits effectifs mal cachés", "Own tables: small counts badly hidden"),
                int(exposed.sum()),
                0,
            ),
        ),
        named=tuple(named),
    )


def _told_though_small(target: Target) -> list[str]:
    """Name figures, opened or consistent, that lie below the plan's threshold and are not flagged as too few to tell."""
    found = []
    for table in target.release.tables:
        if target.spec(table).kind == SUM:
            continue
        for name, raw, joint in zip(labels_of(table), table.figures, table.consistent.figures, strict=True):
            if any(f.value < target.plan.threshold and not f.dominated for f in (raw, joint)):
                found.append(name)
    return found


def _narrower_than_declared(target: Target, whole: Together) -> list[str]:
    """Name cells whose published interval is wider than what least squares under all sums leaves: it claims too much doubt.

    One whole number at each end is rounding.
    """
    half = NORMAL_95 * whole.fitted_spread()
    found = []
    names = whole.names
    place = 0
    for table in target.release.tables:
        for figure, estimate in zip(table.consistent.figures, table.consistent.estimates_hundredths, strict=True):
            declared = figure.high - max(estimate, 0) / 100
            if figure.high > figure.value and declared > 1.15 * half[place] + 2 and len(whole.sums):
                found.append(names[place])
            place += 1
    return found


def _pinned(whole: Together) -> int:
    """Count the cells of which one whole number is left when noise beyond six deviations is impossible."""
    reach = np.ceil(CERTAIN * whole.spread).astype(np.int64)
    low, high = np.maximum(whole.values - reach, 0), np.maximum(whole.values + reach, 0)
    relations = sp.csr_matrix(whole.sums.astype(np.int64))
    found = propagate(relations, low, high)
    if not found.consistent:
        return 0  # six deviations were passed somewhere: nothing is certain
    asked = np.argsort(found.high - found.low)[:PROGRAMS_MAX]
    lows, highs = by_programs(relations, found.low, found.high, asked)
    pinned: Flags = lows[: len(low)] == highs[: len(low)]
    return int(pinned.sum())
