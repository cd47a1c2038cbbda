"""Where the weights of `terms/scoring.py` come from: `sansnom audit linkage --calibrate` makes them again from a seed.

1. Files are written by every recipe of `calibrate_worlds.py`. In each key that sorts, neighbours are taken as the shares take
   them, each pair once; a pair has its signs, and is one person or not.
2. A logistic regression with a ridge (both below) gives each sign a weight; rows of each recipe count alike. A weight is
   rounded to quarters of a bit.
3. Files of the same recipes without strangers, by another seed, are linked with all rules of the shares, at many thresholds.
   The base is the threshold with the best mean F1; of equals the highest.
4. Where links may be firm, files of the recipes with strangers, by further seeds, give points beyond the base in the same way: each
   country alone is one size, the countries of one noise put together the next.
5. The growth is not fitted. Without points it is two bits for each doubling: chance pairs grow with the square of the rows, and
   two bits keep the number of chance links that are expected. Beyond the last point it is one bit: neighbours, which alone are
   compared, grow with the rows. Weights, base and points are read with the keys and the own duplicates of `LEARNT_WITH`.
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
from sansnom.terms.scoring import ENDS, QUARTERS, ROWS_OF_BASE, SCORES, SIGNS, WEIGHT_MAX, ScoreTable

FORMAT: Final = "sansnom/calibration/1"
PERSONS: Final = 1200
SEED: Final = 2026
RIDGE: Final = 3.0
"""What a squared weight (in nats) costs, in pairs: keeps the weight of a rare sign modest."""
STEPS: Final = 50
SETTLED: Final = 1e-7
THRESHOLDS: Final = range(14, 71, 2)
"""What is tried for the base."""
CROWD_THRESHOLDS: Final = range(40, 71)
"""What is tried for the points."""
CROWD_SEEDS: Final = (2975, 2985, 2995, 3015, 3025, 3035)
"""What is added to the seed for the files of each country that points are read from."""
GROWTH: Final = 2 * QUARTERS
GROWTH_OF_POINTS: Final = QUARTERS
LEARNT_WITH: Final = ("keys-1", "score-2")
SIGNS_LEARNT: Final = tuple(sign for sign in SIGNS if sign not in ("month_day", "other_month", *ENDS))
"""What the regression weighs: the signs that score-2 and score-3 have."""

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
            "firm": self.table.firm,
            "points": [list(point) for point in self.table.points],
            "f1": round(self.f1, 5),
        }

    def as_line(self) -> str:
        """Give the weights as `terms/scoring.py` writes them, in the order of the signs."""
        return " ".join(str(self.table.weights[sign]) for sign in SIGNS)


@dataclass(frozen=True, slots=True)
class LabelledRows:
    """Rows of all organizations, who each truly is, and the rules that they were read by."""

    rows: PlainKeys
    truth: Truth
    linking: Linking


def calibrate(
    version: str,
    *,
    seed: int = SEED,
    persons: int = PERSONS,
    recipes: Sequence[Recipe] = RECIPES,
    firm: int | None = None,
    progress: Progress | None = None,
) -> Calibration:
    """Make the weights, the base and, of a version with firm links, the points again; the same arguments give the same table.

    Each recipe uses seeds of its own, counted from `seed`: one for the weights, one for the base or for the points.
    """
    said = progress or (lambda _step, _done, _of: None)
    learnt = []
    for place, recipe in enumerate(recipes):
        said("weights", place, len(recipes))
        learnt.append(_neighbour_signs(labelled_rows(recipe, persons, seed + 4 * place)))
    signs = np.concatenate([x for x, _ in learnt])
    one = np.concatenate([y for _, y in learnt])
    weights = rounded(ridge_weights(signs, one)[:-1])
    draft = ScoreTable(version, dict.fromkeys(SIGNS, 0) | dict(zip(SIGNS_LEARNT, weights, strict=True)), 0, 0)
    base, f1 = _threshold(draft, seed, persons, recipes, said)
    table = replace(draft, base=base, growth=GROWTH)
    if firm is not None:
        points = _points(replace(draft, firm=firm), seed, persons, recipes, said)
        table = replace(table, growth=GROWTH_OF_POINTS, firm=firm, points=points)
    return Calibration(table, seed, persons, one.size, int(one.sum()), f1)


def ridge_weights(
    signs: Signs, one: NDArray[np.float64], known: NDArray[np.float64] | None = None
) -> NDArray[np.float64]:
    """Fit a logistic regression by Newton's method; shapes: signs (pairs, S), one (pairs,); the result is (S + 1,), constant last.

    The constant is not penalized. Weights are in nats. `known` (pairs,), in nats, is what other signs already say of each pair.
    """
    inputs = np.hstack([signs, np.ones((one.size, 1))])
    weights = np.zeros(inputs.shape[1])
    penalty = np.full(weights.size, RIDGE)
    penalty[-1] = 0.0
    said = np.zeros(one.size) if known is None else known
    for _ in range(STEPS):
        chance = 1.0 / (1.0 + np.exp(-np.clip(inputs @ weights + said, -30, 30)))
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


def labelled_rows(recipe: Recipe, persons: int, seed: int, read_with: tuple[str, str] = LEARNT_WITH) -> LabelledRows:
    """Write the files of a recipe, and read them with these keys and own duplicates: those of LEARNT_WITH up to score-3."""
    spoilt = spoilt_files(recipe, persons, seed)
    keys, scores = read_with
    scoring = Scoring(scores, SCORES[scores].threshold(len(spoilt.person_of)))
    linking = replace(default_linking(spoilt.everyone), version=keys, scoring=scoring)
    names, rows = rows_in_the_clear(spoilt.everyone, linking, PEPPER)
    _, truth = np.unique([spoilt.person_of[name] for name in names], return_inverse=True)
    return LabelledRows(rows, truth.astype(np.int64), linking)


def _neighbour_signs(files: LabelledRows) -> tuple[Signs, NDArray[np.float64]]:
    """Give the signs of all neighbours in keys that sort, each pair once, and whether they are one person."""
    a, b = neighbour_pairs(files)
    found = signs_of(files.rows.features, a, b)
    signs = np.stack([found[sign] for sign in SIGNS_LEARNT], axis=1).astype(np.float64)
    return signs, (files.truth[a] == files.truth[b]).astype(np.float64)


def neighbour_pairs(files: LabelledRows) -> tuple[Truth, Truth]:
    """Give the pairs of rows that are neighbours in a key that sorts, each pair once."""
    near = []
    for place, rule in enumerate(files.linking.keys):
        if rule.scored:
            order = neighbours(files.rows, place)
            near.append(np.sort(np.stack([order[:-1], order[1:]], axis=1), axis=1))
    pairs = np.unique(np.concatenate(near), axis=0)
    return pairs[:, 0], pairs[:, 1]


def _threshold(
    draft: ScoreTable, seed: int, persons: int, recipes: Sequence[Recipe], said: Progress
) -> tuple[int, float]:
    """Link files that the weights did not see, with every threshold; give the best and its mean F1."""
    towns = [(place, recipe) for place, recipe in enumerate(recipes) if not recipe.strangers]
    found = []
    for done, (place, recipe) in enumerate(towns):
        said("threshold", done, len(towns))
        found.append(labelled_rows(recipe, persons, seed + 4 * place + 2))
    said("threshold", len(towns), len(towns))
    return best_threshold(found, draft, THRESHOLDS)


def _points(
    draft: ScoreTable, seed: int, persons: int, recipes: Sequence[Recipe], said: Progress
) -> tuple[tuple[int, int], ...]:
    """Link countries, each alone and then those of one noise together: rows in thousands, and the best threshold."""
    countries = [recipe for recipe in recipes if recipe.strangers]
    alone = []
    for done, (recipe, apart) in enumerate(zip(countries, CROWD_SEEDS, strict=False)):
        said("points", done, len(countries))
        alone.append(labelled_rows(recipe, persons, seed + apart))
    said("points", len(countries), len(countries))
    noises = sorted({recipe.noise for recipe in countries})
    together = [
        put_together([files for recipe, files in zip(countries, alone, strict=False) if recipe.noise == noise])
        for noise in noises
    ]
    points: list[tuple[int, int]] = []
    for worlds in (alone, together):
        rows = round(sum(files.truth.size for files in worlds) / len(worlds), -3) if worlds else 0
        if rows > max([ROWS_OF_BASE, *(least for least, _ in points)]):
            points.append((int(rows), best_threshold(worlds, draft, CROWD_THRESHOLDS)[0]))
    return tuple(points)


def put_together(parts: Sequence[LabelledRows]) -> LabelledRows:
    """Give the files of several worlds as those of one: organizations of one number are one, persons stay apart."""
    organization = np.concatenate([files.rows.organization for files in parts])
    order = np.argsort(organization, kind="stable")
    ends = np.cumsum([0, *(int(files.truth.max()) + 1 for files in parts)])
    truth = np.concatenate([files.truth + end for files, end in zip(parts, ends, strict=False)])
    rows = PlainKeys(
        organization[order],
        np.concatenate([files.rows.keys for files in parts])[order],
        np.concatenate([files.rows.present for files in parts])[order],
        {
            name: np.concatenate([files.rows.features[name] for files in parts])[order]
            for name in parts[0].rows.features
        },
    )
    return LabelledRows(rows, truth[order].astype(np.int64), parts[0].linking)


def best_threshold(worlds: Sequence[LabelledRows], draft: ScoreTable, tried: range) -> tuple[int, float]:
    """Link with every threshold; give the one with the best mean F1, of equals the highest, and that F1."""
    mean = {told: sum(_f1_at(files, draft, told) for files in worlds) / len(worlds) for told in tried}
    best = max(mean, key=lambda told: (round(mean[told], 6), told))
    return best, mean[best]


def _f1_at(files: LabelledRows, draft: ScoreTable, threshold: int) -> float:
    linking = replace(files.linking, scoring=Scoring(draft.version, threshold))
    return _f1(link_in_the_clear(files.rows, linking, draft), files.truth)


def _f1(label: Truth, truth: Truth) -> float:
    def pairs(labels: Truth) -> int:
        sizes = np.unique(labels, return_counts=True)[1]
        return int((sizes * (sizes - 1) // 2).sum())

    right = pairs(label * (truth.size + 1) + truth)
    return 2 * right / max(1, pairs(label) + pairs(truth))
