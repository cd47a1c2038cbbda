"""Random rows under a plan's layout, in the clear and on shares: worlds for the tests of programs."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sansnom.compute.share import Words
from sansnom.compute.simulate import split_words
from sansnom.compute.submitted import SubmittedShares
from sansnom.terms.plan import Plan
from sansnom.terms.schema import Field, RowLayout, row_layout
from tests.terms.examples import dictionary

Array = NDArray[Any]


@dataclass(slots=True)
class World:
    """All rows of all organizations in the clear: fields by name, keys (keys, rows), tallies (cells, organizations)."""

    plan: Plan
    layout: RowLayout
    fields: dict[str, NDArray[np.int64]]
    match_keys: NDArray[np.uint64]
    organizations: NDArray[np.uint16]
    tallies: NDArray[np.int64]
    unused: NDArray[np.uint64]

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return int(self.organizations.shape[0])

    def payload(self) -> NDArray[np.uint64]:
        """Lay the fields out in words."""
        words = self.unused.copy()
        for field in self.layout.fields:
            words[field.word] |= self.fields[field.name].astype(np.uint64) << np.uint64(field.offset)
        return words

    def split(self, seed: bytes) -> tuple[SubmittedShares, SubmittedShares, SubmittedShares]:
        """Split everything among three helpers."""
        keys = split_words(self.match_keys, seed + b"k")
        payload = split_words(self.payload(), seed + b"p")
        tallies = split_words(self.tallies.astype(np.uint32), seed + b"t")
        zero, one, two = (
            SubmittedShares(Words(k.pair), Words(p.pair), Words(t.pair), self.organizations)
            for k, p, t in zip(keys, payload, tallies, strict=True)
        )
        return zero, one, two


def field_of(layout: RowLayout, name: str) -> Field:
    """Find a field by its name."""
    return next(f for f in layout.fields if f.name == name)


def random_world(plan: Plan, sizes: list[int], seed: int, persons: int) -> World:
    """Draw rows of few persons at organizations of these size classes: dummies, duplicates, disagreement, rows without keys."""
    layout = row_layout(plan, dictionary())
    draws = np.random.default_rng(seed)
    desks = np.repeat(np.arange(1, len(sizes) + 1, dtype=np.uint16), sizes)
    rows = desks.shape[0]
    who = draws.integers(0, persons, rows)
    fields = {f.name: draws.integers(0, f.largest + 1, rows) for f in layout.fields}
    fields["valid"] = _mostly(draws, rows, 0.85)
    for name in layout.keys:
        fields[f"present.{name}"] = _mostly(draws, rows, 0.9)
    background = {name: draws.integers(0, 4, persons) for name in fields if name.startswith("dimension.")}
    for name, told in background.items():
        field = field_of(layout, name)
        agree = draws.random(rows) < 0.7
        fields[name] = np.where(agree, np.minimum(told[who], field.largest), np.minimum(fields[name], field.largest))
    _make_consistent(layout, fields, draws)
    keys = draws.integers(0, 2**63, (len(layout.keys), persons), dtype=np.uint64) * np.uint64(2) + np.uint64(1)
    other = draws.integers(0, persons, (len(layout.keys), rows))
    chosen = np.where(draws.random((len(layout.keys), rows)) < 0.8, who[None], other)
    match_keys = np.take_along_axis(keys, chosen, axis=1)
    tallies = np.array([draws.integers(0, cell.largest + 1, len(sizes)) for cell in layout.tallies], dtype=np.int64)
    tallies = tallies.reshape(len(layout.tallies), len(sizes))
    return World(plan, layout, fields, match_keys, desks, tallies, np.zeros((layout.words, rows), dtype=np.uint64))


def _mostly(draws: np.random.Generator, rows: int, share: float) -> NDArray[np.int64]:
    return np.asarray(draws.random(rows) < share).astype(np.int64)


def _make_consistent(layout: RowLayout, fields: dict[str, Array], draws: np.random.Generator) -> None:
    """Make fields agree with each other, as a desk's encoding does."""
    for f in layout.fields:
        kind, _, code = f.name.partition(".")
        if kind == "first_day":
            low, high = np.sort(np.stack([fields[f.name], fields[f"last_day.{code}"]]), axis=0)
            used = fields[f"service.{code}"]
            fields[f.name], fields[f"last_day.{code}"] = low * used, high * used
        elif kind == "duration":
            fields[f.name] = fields[f.name] * fields[f"known.{code}"]
        elif kind == "first_level":
            seen = _mostly(draws, fields[f.name].shape[0], 0.7)
            dates = np.sort(np.stack([fields[f"first_date.{code}"], fields[f"last_date.{code}"]]), axis=0)
            fields[f"first_date.{code}"], fields[f"last_date.{code}"] = np.maximum(dates, 1) * seen
            for name in ("first_level", "last_level"):
                fields[f"{name}.{code}"] = np.maximum(fields[f"{name}.{code}"], 1) * seen
        elif kind == "referral":
            # Few organizations exist: most slots are empty or name one of the first.
            fields[f.name] = np.where(draws.random(fields[f.name].shape[0]) < 0.5, 0, fields[f.name] % 5)
