"""A8, contributor and single helper: who knows a part takes it away. What is left?"""

from dataclasses import replace
from typing import Final

import numpy as np

from sansnom.audit.attacks.drawing import setting_of
from sansnom.audit.attacks.outcome import INFERENCE, Measure, Outcome
from sansnom.audit.attacks.own_tables import THRESHOLD, by_programs, count_table
from sansnom.audit.attacks.practice import Practice
from sansnom.audit.attacks.target import Target, promised_variance
from sansnom.audit.propagate import UNBOUNDED, propagate
from sansnom.release.manifest import union
from sansnom.release.suppression.ladder import QUICK, suppress

DRAWS: Final = 60_000
HONEST: Final = 2
DOUBT: Final = 0.05
"""Relative doubt of a variance measured on so many draws: more than four standard deviations under either law."""
INNER: Final = ((4, 24, 19), (13, 35, 28), (22, 17, 31))
CONTRIBUTOR_CELL: Final = 0
"""Place of the small cell that one contributor alone fills, and so knows."""


def attack(target: Target, practice: Practice) -> Outcome:
    """Take away one helper's own noise, one organization's own rows, one contributor's own cell (G-06)."""
    left, table = _noise_left(target, practice)
    return Outcome(
        number="A8",
        name=("Qui connaît une part", "Who knows a part"),
        criteria=(INFERENCE,),
        tried=(
            (
                "Une institution retire son propre bruit; un organisme retire ses propres "
                "lignes; qui remplit seul une cellule la connaît."
            ),
            "A helper takes its own noise away; an organization takes its own rows away; who fills a cell alone knows it.",
        ),
        rule=(
            "Le bruit des deux autres institutions suffit à la promesse; connaître sa cellule n’ouvre celle de personne.",
            "The noise of the two other helpers is enough for the promise; knowing one’s cell opens nobody else’s.",
        ),
        guessing=(
            "Sans rien connaître\u00a0: le bruit des trois, une fois et demie la promesse.",
            "Knowing nothing: the noise of all three, one and a half times the promise.",
        ),
        measures=(
            Measure(
                "noise_left",
                (f"Variance qui reste, de celle promise ({table})", f"Variance left, of the one promised ({table})"),
                left,
                1 - DOUBT,
                1.5,
                floor=True,
                percent=True,
                decimals=0,
            ),
            Measure(
                "opened_by_contributor",
                (
                    "Tableaux propres\u00a0: petits effectifs qu’un contributeur ouvre",
                    "Own tables: small counts that a contributor opens",
                ),
                _opened_by_contributor(),
                0,
            ),
        ),
        notes=(
            (
                (
                    "Les lignes d’un organisme sont une partie du compte\u00a0: les retirer déplace chaque "
                    "cellule d’un nombre qu’il connaît, et laisse tout le bruit."
                ),
                (
                    "An organization’s rows are a part of the count: taking them away moves each cell by "
                    "a number it knows, and leaves all the noise."
                ),
            ),
        ),
    )


def _noise_left(target: Target, practice: Practice) -> tuple[float, str]:
    """Give the smallest variance of two helpers' noise as a share of the promise, and the table where."""
    worst, name = 10.0, ""
    for spec, scale in zip(target.plan.tables, practice.scales(setting_of(target)), strict=False):
        drawn = sum(
            practice.shares(scale.variance, scale.law, DRAWS, "contributor", spec.table, party)
            for party in range(HONEST)
        )
        share = float(np.var(drawn)) / promised_variance(target.plan, spec)
        if share < worst:
            worst, name = share, spec.table
    return worst, name


def _opened_by_contributor() -> int:
    """Protect a table in which one contributor is alone in a small cell; count what that contributor can open."""
    joined = union([count_table("table", np.array(INNER))], THRESHOLD)
    contributors = np.full(joined.table.cells, -1, dtype=np.int64)
    contributors[CONTRIBUTOR_CELL] = 1
    table = replace(joined.table, contributors=contributors)
    hidden = suppress(table, effort=QUICK).suppressed
    low = np.where(hidden, 0, table.values)
    high = np.where(hidden, UNBOUNDED, table.values)
    low[CONTRIBUTOR_CELL] = high[CONTRIBUTOR_CELL] = table.values[CONTRIBUTOR_CELL]
    found = propagate(table.relations, low, high)
    small = np.flatnonzero(table.primary & (np.arange(table.cells) != CONTRIBUTOR_CELL))
    lows, highs = by_programs(table.relations, found.low, found.high, small)
    return int((highs[small] - lows[small] + 1 < THRESHOLD).sum())
