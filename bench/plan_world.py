"""A plan with twelve tables and a world of any size for it: what `bench/plan.py` and the network benchmark compute on."""

from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from sansnom.exchange.linkable import KEYS_BESIDE
from sansnom.terms.parse import Text
from sansnom.terms.plan import DimensionUse, KeyRule, Linking, Period, Plan, Request, Scoring
from sansnom.terms.schema import RowLayout
from sansnom.terms.scoring import LARGE_VERSION, SCORES
from sansnom.terms.table import (
    MINIMUM,
    MULTIPLICITY,
    PERSONS,
    SAME_SERVICE,
    SUM,
    TALLY,
    TRANSITIONS,
    TURNED_AWAY,
    WAITING,
    TableSpec,
)

SERVICES = ("french_course", "employment", "housing", "reception")
NEWEST = LARGE_VERSION
KEYS = ("A1", "A2", "A4", "A6", "A7", "C1", "C2", "C3")


def _text(word: str) -> Text:
    return Text(word, word)


def _spec(table: str, kind: str, **more: object) -> TableSpec:
    return TableSpec(table, kind, _text(table), Fraction(1, 100), **more)  # type: ignore[arg-type]  # as the class declares them


TABLES = (
    _spec("persons", PERSONS),
    _spec("by-sex-age", PERSONS, dimensions=("sex", "age_group")),
    _spec("by-category", PERSONS, dimensions=("category", "sex")),
    _spec("by-region", PERSONS, dimensions=("region",)),
    _spec("french-by-region", PERSONS, dimensions=("region",), services=("french_course",)),
    _spec("organizations", MULTIPLICITY, dimensions=("category",)),
    _spec("overlap", SAME_SERVICE, services=SERVICES, window_days=90),
    _spec("progress", TRANSITIONS, scale="EQ.listening", bands=(4, 8, 12)),
    _spec("hours", SUM, measure="service_hours", bound=500, dimensions=("category",)),
    _spec("days", MINIMUM, measure="days_to_first_service", bound=1023, bins=(30, 90, 180), dimensions=("category",)),
    _spec("waiting", TALLY, measure=WAITING, services=SERVICES, bound=500),
    _spec("refused", TALLY, measure=TURNED_AWAY, services=SERVICES, bound=500),
)


def twelve_tables(keys: int = 4, rows_scored: int = 0) -> Plan:
    """Ask some keys and twelve tables, one at least of each kind; with `rows_scored`, all keys but the strict one are scored."""
    return Plan(
        plan="bench-2025",
        title=_text("bench"),
        request=Request(*(_text(name) for name in Request.__dataclass_fields__)),
        period=Period("2025-04-01", "2026-03-31"),
        cutoff="2026-05-01T16:00:00Z",
        dictionary="2026.1",
        roster_version=1,
        roster_digest="00" * 32,
        pepper_check="00" * 32,
        minimum_organizations=3,
        linking=_linking(keys, rows_scored),
        dimensions=tuple(DimensionUse(code) for code in ("sex", "age_group", "category", "region")),
        tables=TABLES,
        budget_year="2025-2026",
        rho=Fraction(1, 4),
        counts_rho=Fraction(1, 100),
        helpers=(),
    )


def _linking(keys: int, rows_scored: int) -> Linking:
    """Link by the first of KEYS; scored by the newest version, which costs most, at the threshold for so many rows."""
    if not rows_scored:
        return Linking(tuple(KeyRule(k, 6) for k in KEYS[:keys]), strict="A1", sweeps=3, cluster_cap=8)
    rules = tuple(KeyRule(k, 8, scored=k != "A1") for k in KEYS[:keys])
    scoring = Scoring(NEWEST, SCORES[NEWEST].threshold(rows_scored))
    return Linking(rules, strict="A1", sweeps=3, cluster_cap=8, version=KEYS_BESIDE[NEWEST], scoring=scoring)


def world_columns(
    layout: RowLayout, organizations: int, size_class: int, seed: int
) -> tuple[NDArray[np.uint64], NDArray[np.uint64], NDArray[np.uint32], NDArray[np.uint16]]:
    """Draw match keys (keys, rows), payload (words, rows), tallies (cells, organizations), and each row's organization.

    One person in five is at several organizations; one key in twenty of such a person is spelled otherwise.
    """
    draws = np.random.default_rng(seed)
    rows = organizations * size_class
    desks = np.repeat(np.arange(1, organizations + 1, dtype=np.uint16), size_class)
    persons = int(rows * 0.8)
    who = np.where(draws.random(rows) < 0.75, draws.permutation(rows) % persons, draws.integers(0, persons, rows))
    payload = np.zeros((layout.words, rows), dtype=np.uint64)
    for field in layout.fields:
        kind = field.name.partition(".")[0]
        if kind == "feature":  # a person's own, one in twenty missing or spelled otherwise
            values = draws.integers(1, field.largest + 1, persons)[who]
            values = np.where(draws.random(rows) < 0.05, draws.integers(0, field.largest + 1, rows), values)
            payload[field.word] |= values.astype(np.uint64) << np.uint64(field.offset)
            continue
        if kind in ("valid", "present"):
            values = draws.random(rows) < (0.95 if kind == "valid" else 0.9)
        elif kind in ("dimension", "service", "measure"):
            values = draws.integers(0, field.largest + 1, rows)
        else:  # days, levels, durations and referrals are consistent when zero; the work is the same
            values = np.zeros(rows, dtype=np.int64)
        payload[field.word] |= values.astype(np.uint64) << np.uint64(field.offset)
    keys = draws.integers(0, 2**64, (len(layout.keys), persons), dtype=np.uint64)[:, who]
    spelled = draws.random(keys.shape) < 0.05
    keys[spelled] = draws.integers(0, 2**64, int(spelled.sum()), dtype=np.uint64)
    tallies = np.array([draws.integers(0, cell.largest + 1, organizations) for cell in layout.tallies], dtype=np.uint32)
    return keys, payload, tallies, desks
