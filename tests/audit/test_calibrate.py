"""Calibration: repeatable, with weights of the right sign, from synthetic files alone."""

import json
from pathlib import Path

import numpy as np
import pytest

from sansnom.audit import calibrate as calibration
from sansnom.audit.calibrate import Calibration, calibrate, ridge_weights, rounded
from sansnom.audit.calibrate_worlds import RECIPES, Recipe, spoilt_files
from sansnom.cli.main import main
from sansnom.terms.scoring import SIGNS, VERSION, WEIGHT_MAX, ScoreTable

SMALL = (Recipe(1, ("phone",), copied=0.05), Recipe(2, ("sex", "country_of_birth"), replaced=0.1, strangers=2))


@pytest.fixture(scope="module")
def small() -> Calibration:
    """A calibration of seconds."""
    return calibrate("any", seed=7, persons=150, recipes=SMALL)


def test_the_same_seed_gives_the_same_table_and_another_seed_another(small: Calibration) -> None:
    """Weights, base and growth come from the seed."""
    assert calibrate("any", seed=7, persons=150, recipes=SMALL).to_json() == small.to_json()
    assert calibrate("any", seed=8, persons=150, recipes=SMALL).table != small.table


def test_what_agrees_speaks_for_one_person_and_what_differs_against(small: Calibration) -> None:
    """Equal parts weigh more than nothing, different parts less; the threshold lies between both."""
    weights = small.table.weights
    assert all(weights[sign] > 0 for sign in ("given_bones", "surname_bones", "year", "month", "day"))
    assert all(weights[sign] < 0 for sign in ("given_other", "surname_other", "year_other", "month_other", "sex_other"))
    alike = ("given_same", "given_bones", "given_start", "surname_same", "surname_bones", "surname_start")
    assert sum(weights[sign] for sign in (*alike, "year", "month", "day")) > small.table.base
    assert small.f1 > 0.8
    assert 0 < small.of_one_person < small.pairs


def test_the_regression_finds_the_weights_that_made_the_data() -> None:
    """Known weights come back from pairs drawn by them, and the constant is the odds of a pair without signs."""
    rng = np.random.default_rng(3)
    signs = rng.integers(0, 2, (20_000, 3)).astype(np.float64)
    made = np.array([2.0, -1.0, 0.5])
    chance = 1 / (1 + np.exp(-(signs @ made - 1.5)))
    one = (rng.random(20_000) < chance).astype(np.float64)
    assert np.allclose(ridge_weights(signs, one), [*made, -1.5], atol=0.12)


def test_weights_are_quarters_of_a_bit_within_what_a_table_holds() -> None:
    """One bit is 4; nothing is larger than the largest weight."""
    assert rounded(np.log(2) * np.array([1.0, -2.0, 0.1, 100.0, -100.0])) == [4, -8, 0, WEIGHT_MAX, -WEIGHT_MAX]


def test_a_recipe_spoils_as_it_says() -> None:
    """What is left out nobody has; a replaced name is somebody's; strangers stand at one organization."""
    told = spoilt_files(Recipe(1, ("phone", "sex"), replaced=0.5, strangers=2), 60, 4)
    persons = [p for records in told.everyone for p in records.persons]
    assert len(persons) == len(told.person_of)
    assert {(p.phone, p.sex) for p in persons} == {("", "")}
    plain = spoilt_files(Recipe(1, ("phone", "sex"), strangers=2), 60, 4)
    assert plain.person_of == told.person_of
    changed = sum(a != b for a, b in zip(plain.everyone, told.everyone, strict=True))
    assert changed
    rows = [true for true in told.person_of.values() if true.startswith("s")]
    assert len(rows) == len(set(rows)) == 120
    assert {r.noise for r in RECIPES} == {1.0, 2.0, 4.0}


def test_the_command_writes_the_table_and_says_when_it_is_not_the_shipped_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """JSON with every weight; with the shipped seed and size another table than the shipped one is a failure."""
    monkeypatch.setattr(calibration, "RECIPES", SMALL)
    monkeypatch.setattr(calibrate, "__kwdefaults__", (calibrate.__kwdefaults__ or {}) | {"recipes": SMALL})
    out = tmp_path / "weights.json"
    assert main(["audit", "linkage", "--calibrate", "--persons", "60", "--json", "--out", str(out)]) == 0
    told = json.loads(capsys.readouterr().out)
    assert tuple(told["weights"]) == SIGNS
    assert told == json.loads(out.read_text(encoding="utf-8"))
    assert told["version"] == VERSION
    monkeypatch.setattr("sansnom.cli.audit_calibrate.PERSONS", 60)
    assert main(["audit", "linkage", "--calibrate", "--persons", "60"]) == 1
    assert VERSION in capsys.readouterr().out


def test_points_are_read_from_countries_alone_and_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sizes rise, the files are those of the countries only, and nothing is read where no country is larger than the base."""
    assert calibrate("any", seed=7, persons=50, recipes=SMALL, firm=24).table.points == ()
    monkeypatch.setattr(calibration, "ROWS_OF_BASE", 400)
    crowds = (Recipe(1, ("phone",), strangers=14), Recipe(1, (), strangers=14))
    table = calibrate("any", seed=7, persons=50, recipes=(*SMALL[:1], *crowds), firm=24).table
    points = table.points
    assert (table.firm, table.growth) == (24, calibration.GROWTH_OF_POINTS)
    assert [rows for rows, _ in points] == [1000, 2000]
    assert all(told in calibration.CROWD_THRESHOLDS for _, told in points)


def test_worlds_put_together_keep_rows_and_persons_apart() -> None:
    """Rows of an organization stand together, no row is lost, and persons of two worlds are two."""
    one = calibration.labelled_rows(Recipe(1), 40, 1)
    other = calibration.labelled_rows(Recipe(1), 40, 9)
    both = calibration.put_together([one, other])
    assert both.rows.organization.tolist() == sorted(both.rows.organization.tolist())
    assert np.unique(both.truth).size == np.unique(one.truth).size + np.unique(other.truth).size
    for part, shift in ((one, 0), (other, int(one.truth.max()) + 1)):
        told = {(int(key), int(true) + shift) for key, true in zip(part.rows.keys[:, 0], part.truth, strict=True)}
        assert told <= {(int(key), int(true)) for key, true in zip(both.rows.keys[:, 0], both.truth, strict=True)}
    assert both.rows.features["given"].size == both.truth.size == one.truth.size + other.truth.size


def test_of_equal_thresholds_the_highest_is_taken() -> None:
    """Where no link is ever made, all thresholds are equal."""
    files = calibration.labelled_rows(Recipe(1), 40, 1)
    nothing = ScoreTable("any", dict.fromkeys(SIGNS, 0), 0, 0)
    assert calibration.best_threshold([files], nothing, range(1, 9))[0] == 8
