"""Where the weights of `terms/scoring.py` come from: `sansnom audit linkage --calibrate` makes them again from a seed.

1. Files are written by every recipe of `calibrate_worlds.py`. In each key that sorts, neighbours are taken as the shares take
   them, each pair once; a pair has its signs, and is one person or not.
2. A logistic regression with a ridge (both below) gives each sign a weight; rows of each recipe count alike. A weight is
   rounded to quarters of a bit.
3. Files of the same recipes without strangers, by another seed, are linked with all rules of the shares, at many thresholds.
   The base is the threshold with the best mean F1; of equals the highest.
4. The growth is not fitted: chance pairs grow with the square of the rows, and two bits for each doubling keep the number of
   chance links that are expected.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sansnom.audit.calibrate_worlds import RECIPES, Recipe, spoilt_files
from sansnom.audit.evaluation import rows_in_the_clear
from sansnom.audit.linking_run import PEPPER, default_linking
from sansnom.audit.plain_link import PlainKeys, link_in_the_clear, neighbours
from sansnom.exchange.pair_scores import signs_of
from sansnom.terms.plan import Linking, Scoring
from sansnom.terms.scoring import QUARTERS, SIGNS, WEIGHT_MAX, ScoreTable

FORMAT: Final = "sansnom/calibration/1"
PERSONS: Final = 1200
SEED: Final = 2026
RIDGE: Final = 3.0
"""What a squared weight (in nats) costs, in pairs: keeps the weight of a rare sign modest."""
STEPS: Final = 50
SETTLED: Final = 1e-7
THRESHOLDS: Final = range(14, 71, 2)
"""What is tried."""
GROWTH: Final = 2 * QUARTERS

Progress = Callable[[str, int, int], None]
Signs = NDArray[np.float64]
Truth = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Calibration:
    """The table that came out, and on what: pairs of neighbours, how many are one person; mean F1 with the table."""

    table: ScoreTable
    seed: int
    persons: int
    pairs: int
    of_one_person: int
    f1: float

    def to_json(self) -> dict[str, Any]:
        """Give the JSON object."""
        return {
            "schema": FORMAT,
            "version": self.table.version,
            "seed": self.seed,
            "persons": self.persons,
            "pairs": self.pairs,
            "of_one_person": self.of_one_person,
            "weights": {sign: self.table.weights[sign] for sign in SIGNS},
            "base": self.table.base,
            "growth": self.table.growth,
            "f1": round(self.f1, 5),
        }

    def as_line(self) -> str:
        """Give the weights as `terms/scoring.py` writes them, in the order of the signs."""
        return " ".join(str(self.table.weights[sign]) for sign in SIGNS)


@dataclass(frozen=True, slots=True)
class _Files:
    rows: PlainKeys
    truth: Truth
    linking: Linking


def calibrate(
    version: str,
    *,
    seed: int = SEED,
    persons: int = PERSONS,
    recipes: Sequence[Recipe] = RECIPES,
    progress: Progress | None = None,
) -> Calibration:
    """Make the weights and the base again; the same arguments give the same table.

    Each recipe uses two seeds of its own, counted from `seed`: one for the weights, one for the base.
    """
    said = progress or (lambda _step, _done, _of: None)
    learnt = []
    for place, recipe in enumerate(recipes):
        said("weights", place, len(recipes))
        learnt.append(_neighbour_signs(_files(recipe, persons, seed + 4 * place)))
    signs = np.concatenate([x for x, _ in learnt])
    one = np.concatenate([y for _, y in learnt])
    weights = rounded(ridge_weights(signs, one)[:-1])
    draft = ScoreTable(version, dict(zip(SIGNS, weights, strict=True)), 0, 0)
    base, f1 = _threshold(draft, seed, persons, recipes, said)
    return Calibration(ScoreTable(version, draft.weights, base, GROWTH), seed, persons, one.size, int(one.sum()), f1)


def ridge_weights(signs: Signs, one: NDArray[np.float64]) -> NDArray[np.float64]:
    """Fit a logistic regression by Newton's method; shapes: signs (pairs, S), one (pairs,); the result is (S + 1,), constant last.

    The constant is not penalized. Weights are in nats.
    """
    inputs = np.hstack([signs, np.ones((one.size, 1))])
    weights = np.zeros(inputs.shape[1])
    penalty = np.full(weights.size, RIDGE)
    penalty[-1] = 0.0
    for _ in range(STEPS):
        chance = 1.0 / (1.0 + np.exp(-np.clip(inputs @ weights, -30, 30)))
        slope = inputs.T @ (one - chance) - penalty * weights
        curve = (inputs * (chance * (1 - chance))[:, None]).T @ inputs + np.diag(penalty + 1e-9)
        step = np.linalg.solve(curve, slope)
        weights += step
        if np.abs(step).max() < SETTLED:
            break
    return weights


def rounded(weights: NDArray[np.float64]) -> list[int]:
    """Round nats to quarters of a bit, within what a table may hold."""
    quarters = np.rint(QUARTERS * weights / np.log(2))
    return [int(weight) for weight in np.clip(quarters, -WEIGHT_MAX, WEIGHT_MAX)]


def _files(recipe: Recipe, persons: int, seed: int) -> _Files:
    spoilt = spoilt_files(recipe, persons, seed)
    linking = default_linking(spoilt.everyone)
    names, rows = rows_in_the_clear(spoilt.everyone, linking, PEPPER)
    _, truth = np.unique([spoilt.person_of[name] for name in names], return_inverse=True)
    return _Files(rows, truth.astype(np.int64), linking)


def _neighbour_signs(files: _Files) -> tuple[Signs, NDArray[np.float64]]:
    """Give the signs of all neighbours in keys that sort, each pair once, and whether they are one person."""
    near = []
    for place, rule in enumerate(files.linking.keys):
        if rule.scored:
            order = neighbours(files.rows, place)
            near.append(np.sort(np.stack([order[:-1], order[1:]], axis=1), axis=1))
    pairs = np.unique(np.concatenate(near), axis=0)
    a, b = pairs[:, 0], pairs[:, 1]
    found = signs_of(files.rows.features, a, b)
    signs = np.stack([found[sign] for sign in SIGNS], axis=1).astype(np.float64)
    return signs, (files.truth[a] == files.truth[b]).astype(np.float64)


def _threshold(
    draft: ScoreTable, seed: int, persons: int, recipes: Sequence[Recipe], said: Progress
) -> tuple[int, float]:
    """Link files that the weights did not see, with every threshold; give the best and its mean F1."""
    towns = [(place, recipe) for place, recipe in enumerate(recipes) if not recipe.strangers]
    total = dict.fromkeys(THRESHOLDS, 0.0)
    for done, (place, recipe) in enumerate(towns):
        said("threshold", done, len(towns))
        files = _files(recipe, persons, seed + 4 * place + 2)
        for threshold in THRESHOLDS:
            total[threshold] += _f1_at(files, draft, threshold) / len(towns)
    said("threshold", len(towns), len(towns))
    base = max(total, key=lambda told: (round(total[told], 6), told))
    return base, total[base]


def _f1_at(files: _Files, draft: ScoreTable, threshold: int) -> float:
    linking = replace(files.linking, scoring=Scoring(draft.version, threshold))
    return _f1(link_in_the_clear(files.rows, linking, draft), files.truth)


def _f1(label: Truth, truth: Truth) -> float:
    def pairs(labels: Truth) -> int:
        sizes = np.unique(labels, return_counts=True)[1]
        return int((sizes * (sizes - 1) // 2).sum())

    right = pairs(label * (truth.size + 1) + truth)
    return 2 * right / max(1, pairs(label) + pairs(truth))
