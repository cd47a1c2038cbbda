"""The weights of large runs: chances counted in countries, repeatable, from synthetic files alone."""

from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from sansnom.audit import fellegi_sunter
from sansnom.audit.calibrate import SIGNS_LEARNT, Calibration, labelled_rows
from sansnom.audit.calibrate_worlds import Recipe
from sansnom.audit.fellegi_sunter import NAME, READ_WITH, calibrate_countries, chances, contacts, pairs_of_one_person
from sansnom.cli.main import main
from sansnom.terms.scoring import FIRM, LARGE_VERSION, SCORES, SIGNS, WEIGHT_MAX

COUNTRIES = (
    Recipe(1, copied=0.05, strangers=9),
    Recipe(1, ("phone", "country_of_birth"), strangers=9),
    Recipe(2, strangers=9),
)
STRANGERS = 200_000


def calibrated(seed: int, persons: int = 120) -> Calibration:
    """Calibrate in seconds."""
    return calibrate_countries("any", seed=seed, persons=persons, recipes=COUNTRIES, strangers=STRANGERS)


@pytest.fixture(scope="module")
def small() -> Calibration:
    """A calibration of seconds."""
    return calibrated(7)


def test_the_same_seed_gives_the_same_table_and_another_seed_another(small: Calibration) -> None:
    """Weights and threshold come from the seed; links may be firm, and 2,000 rows are below the base."""
    assert calibrated(7).to_json() == small.to_json()
    assert calibrated(8).table != small.table
    assert (small.table.firm, small.table.points) == (FIRM, ())
    assert 0 < small.of_one_person < small.pairs
    assert small.f1 > 0.7


def test_what_agrees_speaks_for_one_person_and_what_differs_against(small: Calibration) -> None:
    """Each step of a name adds; two that differ in everything stay far below the threshold."""
    weights = small.table.weights
    assert all(
        weights[sign] > 0 for sign in ("given_start", "surname_start", "given_same", "surname_same", "year", "sex")
    )
    apart = ("given_other", "surname_other", "year_other", "month_other", "day_other", "sex_other", "country_other")
    assert all(weights[sign] < 0 for sign in apart)
    assert all(weights[f"{part}_other"] + weights[f"{part}_end"] > 0 for part in ("given", "surname"))
    assert weights["kin"] == 0
    assert all(abs(weight) <= WEIGHT_MAX for weight in weights.values())


def test_a_month_that_differs_says_less_where_the_year_differs_too() -> None:
    """The levels of a date are told together: the same day of another year is nearly as strange as no day in common."""
    files = [labelled_rows(COUNTRIES[0], 120, 3, READ_WITH)]
    told = chances(files, 3, STRANGERS)
    whole = told["year"] + told["month"] + told["day"] + told["month_day"]
    assert whole > 10
    another_year = told["year_other"] + told["month"] + told["day"] + told["month_day"]
    assert another_year < whole - 5
    neither = told["month_other"] + told["day_other"]
    assert neither < neither + told["other_month"] + told["date_other"] < 5


def test_a_weight_is_the_logarithm_of_two_chances(monkeypatch: pytest.MonkeyPatch) -> None:
    """A weight is log2(m / u): sexes that agree in all pairs of one person and in half of the others weigh one bit."""
    counts = {"given": np.ones(6), "surname": np.ones(6), "date": np.ones(18)}
    one = {**counts, "sex": np.array([0.0, 1e9, 0.0])}
    two = {**counts, "sex": np.array([0.0, 5e8, 5e8])}
    given = iter([one, two])
    monkeypatch.setattr(fellegi_sunter, "_added", lambda _parts: next(given))
    told = chances([], 1)
    assert told["sex"] == pytest.approx(1.0, abs=1e-6)
    assert {told[f"given_{level}"] for level in NAME} == {0.0}


def test_every_pair_of_one_person_is_counted_once() -> None:
    """Also of a person with many rows, wherever they stand."""
    truth = np.array([3, 0, 3, 1, 3, 0, 2, 3], dtype=np.int64)
    expected = {(a, b) for a, b in combinations(range(8), 2) if truth[a] == truth[b]}
    a, b = pairs_of_one_person(truth)
    assert len(a) == len(expected)
    assert {tuple(sorted(pair)) for pair in zip(a.tolist(), b.tolist(), strict=True)} == expected
    assert pairs_of_one_person(np.arange(4))[0].size == 0


def test_kin_at_one_contact_weigh_against() -> None:
    """Given what names and dates say, a contact in common speaks for one person, and less so where the given names differ."""
    files = [labelled_rows(COUNTRIES[0], 200, 5, READ_WITH)]
    told, pairs, one = contacts(files, chances(files, 5, STRANGERS))
    assert told["postal"] > 0 > told["kin_near"]
    assert 0 < one < pairs


def test_without_a_country_at_the_usual_noise_nothing_is_counted() -> None:
    """Chances of what clerks do are those of usual files: without any, an error and no table."""
    with pytest.raises(ValueError, match="usual noise"):
        calibrate_countries("any", recipes=COUNTRIES[2:])


def test_the_command_makes_the_table_of_large_runs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another size than the shipped one makes another table, and says so."""
    known = calibrate_countries.__kwdefaults__ or {}
    monkeypatch.setattr(calibrate_countries, "__kwdefaults__", known | {"recipes": COUNTRIES, "strangers": 20_000})
    out = tmp_path / "weights.json"
    assert main(["audit", "linkage", "--calibrate", LARGE_VERSION, "--persons", "60", "--out", str(out)]) == 0
    assert LARGE_VERSION in capsys.readouterr().out
    assert out.is_file()


def test_only_large_runs_read_the_new_signs() -> None:
    """Tables from before have no weight for them, so that their scores cost what they cost."""
    for version, table in SCORES.items():
        new = {sign for sign in SIGNS if sign not in SIGNS_LEARNT and table.weights[sign]}
        assert new == ({"month_day", "other_month", "given_end", "surname_end"} if version == LARGE_VERSION else set())
