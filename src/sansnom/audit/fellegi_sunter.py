"""Where the weights of "score-4" come from: chances of agreeing, counted in countries of synthetic newcomers.

    sansnom audit linkage --calibrate score-4

A regression over neighbours (`calibrate.py`) learns who stands beside whom in the files it sees, and is wrong where other people
live. What clerks do to one person's data, and how often two strangers agree, travels better. So, for runs with many strangers:

1. Names, dates and sex: weight = log2(m / u) of each level (Fellegi and Sunter 1969). m is the share of the level among all pairs
   of rows of one person, u that among random pairs of two persons, both in countries at the usual noise (`NOISE`).
   Levels are told by signs: those of a name each add to the one before; those of a date, which hang together (a month that
   differs says less where the year differs too), by least squares, a level weighing as often as one person shows it.
2. Country, postal code and telephone: kin share them, and they depend on each other. Their weights, and that of kin at one
   contact, are those of `calibrate.ridge_weights` over neighbours of all countries, given what names, dates and sex say. A
   brother without a contact in common weighs nothing extra: among many strangers a namesake is rarely a brother.
3. The threshold: the one with the best F1, with firm links, in the countries at the usual noise put together, by other seeds:
   114,000 rows. More rows ask for one bit a doubling (`GROWTH_OF_POINTS`): chances of strangers grow with the square of the rows,
   one person's with the rows. Fewer rows do not lower it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sansnom.audit.calibrate import (
    CROWD_SEEDS,
    GROWTH_OF_POINTS,
    PERSONS,
    SEED,
    Calibration,
    LabelledRows,
    Progress,
    best_threshold,
    labelled_rows,
    neighbour_pairs,
    put_together,
    ridge_weights,
    rounded,
)
from sansnom.audit.calibrate_worlds import RECIPES, Recipe
from sansnom.exchange.pair_scores import Signs, signs_of
from sansnom.terms.scoring import FIRM, ROWS_OF_BASE, SIGNS, ScoreTable

READ_WITH: Final = ("keys-3", "score-3")
NOISE: Final = 1
"""The noise of the countries in which chances are counted and the threshold is read."""
STRANGERS: Final = 10_000_000
"""Random pairs drawn in each country."""
DRAWN: Final = 1_000_000
"""Random pairs drawn at a time."""
HALF: Final = 0.5
"""Added to each count, so that what was never met is rare and not impossible."""
SMALL: Final = 0.01
"""What a squared weight of a date costs, in pairs: decides between weights that say the same."""
THRESHOLDS: Final = range(60, 101)

NAME: Final = ("other", "end", "start", "bones", "same")
DATE: Final = (
    *("year", "year_other", "month", "month_other", "day", "day_other"),
    *("swapped", "date_other", "month_day", "other_month"),
)
CONTACT: Final = ("country", "country_other", "postal", "postal_other", "phone", "phone_other", "kin_near")

Counts = NDArray[np.float64]
Places = NDArray[np.int64]


def calibrate_countries(
    version: str,
    *,
    seed: int = SEED,
    persons: int = PERSONS,
    recipes: Sequence[Recipe] = RECIPES,
    strangers: int = STRANGERS,
    progress: Progress | None = None,
) -> Calibration:
    """Make weights and base again; the same arguments give the same table. ValueError without a country at the usual noise."""
    said = progress or (lambda _step, _done, _of: None)
    countries = [recipe for recipe in recipes if recipe.strangers]
    if not any(recipe.noise == NOISE for recipe in countries):
        raise ValueError("no recipe is a country at the usual noise")
    files = []
    for place, recipe in enumerate(countries):
        said("weights", place, len(countries))
        files.append(labelled_rows(recipe, persons, seed + 4 * place, READ_WITH))
    usual = [one for one, recipe in zip(files, countries, strict=True) if recipe.noise == NOISE]
    weights = chances(usual, seed, strangers)
    told, pairs, of_one_person = contacts(files, weights)
    weights |= told
    table = dict.fromkeys(SIGNS, 0) | {sign: rounded_bits(bits) for sign, bits in weights.items()}
    draft = ScoreTable(version, table, 0, GROWTH_OF_POINTS, FIRM)
    apart = [(recipe, more) for recipe, more in zip(countries, CROWD_SEEDS, strict=False) if recipe.noise == NOISE]
    crowds = []
    for place, (recipe, more) in enumerate(apart):
        said("points", place, len(apart))
        crowds.append(labelled_rows(recipe, persons, seed + more, READ_WITH))
    said("points", len(apart), len(apart))
    together = put_together(crowds)
    best, f1 = best_threshold([together], draft, THRESHOLDS)
    rows = max(ROWS_OF_BASE, round(together.truth.size, -3))
    points = ((int(rows), best),) if rows > ROWS_OF_BASE else ()
    return Calibration(replace(draft, base=best, points=points), seed, persons, pairs, of_one_person, f1)


def rounded_bits(bits: float) -> int:
    """Round a weight in bits to quarters, within what a table may hold."""
    return rounded(np.array([bits * np.log(2)]))[0]


def chances(files: Sequence[LabelledRows], seed: int, strangers: int = STRANGERS) -> dict[str, float]:
    """Give the weights of names, dates and sex in bits: log2(m / u)."""
    one = _added(_levels(signs_of(rows.rows.features, *pairs_of_one_person(rows.truth))) for rows in files)
    two = _added(
        _levels(signs_of(rows.rows.features, *pair))
        for place, rows in enumerate(files)
        for pair in _random_pairs(rows.truth, seed + place, strangers)
    )
    bits = {part: np.log2(_shares(one[part]) / _shares(two[part])) for part in one}
    weights = {"sex": float(bits["sex"][1]), "sex_other": float(bits["sex"][2])}
    for part in ("given", "surname"):
        other, end, start, bones, same = (float(x) for x in bits[part][1:])
        steps = (other, end - other, start, bones - start, same - bones)
        weights |= {f"{part}_{level}": weight for level, weight in zip(NAME, steps, strict=True)}
    return weights | _date_weights(bits["date"], one["date"])


def contacts(files: Sequence[LabelledRows], weights: Mapping[str, float]) -> tuple[dict[str, float], int, int]:
    """Give the weights of CONTACT in bits, over how many pairs of neighbours, and how many of these are one person."""
    found, known, one = [], [], []
    for rows in files:
        a, b = neighbour_pairs(rows)
        signs = signs_of(rows.rows.features, a, b)
        found.append(np.stack([signs[sign] for sign in CONTACT], axis=1).astype(np.float64))
        known.append(sum((weight * signs[sign] for sign, weight in weights.items()), np.zeros(a.size)))
        one.append((rows.truth[a] == rows.truth[b]).astype(np.float64))
    y = np.concatenate(one)
    fitted = ridge_weights(np.concatenate(found), y, np.log(2) * np.concatenate(known))[:-1] / np.log(2)
    return dict(zip(CONTACT, fitted.tolist(), strict=True)), y.size, int(y.sum())


def pairs_of_one_person(truth: Places) -> tuple[Places, Places]:
    """Give all pairs of rows of one person, each pair once."""
    order = np.argsort(truth, kind="stable")
    persons = truth[order]
    first, second = [], []
    for apart in range(1, int(np.bincount(truth).max())):
        here = np.flatnonzero(persons[apart:] == persons[:-apart])
        first.append(order[here])
        second.append(order[here + apart])
    nobody = np.zeros(0, dtype=np.int64)
    return np.concatenate([nobody, *first]), np.concatenate([nobody, *second])


def _random_pairs(truth: Places, seed: int, many: int) -> Iterator[tuple[Places, Places]]:
    """Draw pairs of rows of two persons, some at a time."""
    drawn = np.random.default_rng(seed)
    for start in range(0, many, DRAWN):
        a, b = drawn.integers(0, truth.size, (2, min(DRAWN, many - start)))
        apart = truth[a] != truth[b]
        yield a[apart], b[apart]


def _levels(signs: Signs) -> dict[str, Counts]:
    """Count the levels of each part; level 0 is missing on a side.

    Names: 1 to 5 as in NAME. Dates: 6 times (1 year equal, 2 another), and 1 month and day, 2 month alone, 3 day alone, 4 neither,
    5 swapped.
    """

    def counted(level: Places, many: int) -> Counts:
        return np.bincount(level, minlength=many).astype(np.float64)

    def name(part: str) -> Counts:
        told = [signs[f"{part}_{level}"] for level in ("bones", "start", "end", "other")]
        return counted(np.select([told[0] & signs[f"{part}_same"], *told], [5, 4, 3, 2, 1], 0), len(NAME) + 1)

    year = np.select([signs["year"], signs["year_other"]], [1, 2], 0)
    known = signs["month"] | signs["month_other"]
    days = np.select([signs["swapped"], signs["month_day"], signs["month"], signs["day"], known], [5, 1, 2, 3, 4], 0)
    sex = np.select([signs["sex"], signs["sex_other"]], [1, 2], 0)
    return {
        "given": name("given"),
        "surname": name("surname"),
        "date": counted(6 * year + days, 18),
        "sex": counted(sex, 3),
    }


def _added(parts: Iterator[dict[str, Counts]]) -> dict[str, Counts]:
    total: dict[str, Counts] = {}
    for told in parts:
        total = {part: counts + total.get(part, 0.0) for part, counts in told.items()}
    return total


def _shares(counts: Counts) -> Counts:
    filled = counts + HALF
    shares: Counts = filled / filled.sum()
    return shares


def _date_weights(bits: Counts, met: Counts) -> dict[str, float]:
    """Tell the levels of a date, where the year is known on both sides, by signs."""
    rows, levels = [], []
    for year in (1, 2):
        for days in range(6):
            month, day, known = days in (1, 2, 5), days in (1, 3, 5), days > 0
            other = year == 2
            rows.append(
                (
                    *(year == 1, other, month, known and not month, day, known and not day),
                    *(days == 5, other and days == 4, month and day, other and known and not month),
                )
            )
            levels.append(6 * year + days)
    signs, many = np.array(rows, dtype=np.float64), (met[levels] + 1)[:, None]
    square = (signs * many).T @ signs + SMALL * np.eye(len(DATE))
    solved = np.linalg.solve(square, (signs * many).T @ bits[levels])
    return dict(zip(DATE, solved.tolist(), strict=True))
