"""Every submitted bit, code and bound is checked on shares; the verdict is multiplied into `valid` and never opened.

A row is accepted if
  - every field is at most its largest value, and bits that no field has are zero;
  - a service that was not used has no days, and one that was used does not end before it begins;
  - a duration that is not known is zero;
  - on each scale, first level, first date, last level and last date are all there or all absent, and the
    last is not before the first.
A row that is not accepted counts as a dummy. Each desk fetches its own verdict in shares (`exchange.verdict`).
An organization's tallies are accepted if each is at most its bound; otherwise all of them count as zero.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sansnom.compute.boolean import not_
from sansnom.compute.convert import words_to_bits
from sansnom.compute.correlated import Party
from sansnom.compute.packed import and_each, join, keep_rows, ones, stack
from sansnom.compute.share import Bits, Words
from sansnom.compute.sliced import all_of, any_of, at_most, equal, less_than
from sansnom.compute.steps import Steps, together
from sansnom.compute.submitted import Fields, SubmittedShares
from sansnom.terms.schema import TALLY_BITS, WORD_BITS, Field, RowLayout

CHECKS_AT_ONCE = 16
"""How many checks share their rounds: a bound on memory."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """One bit per row, and one per organization for its tallies: 1 is accepted. Shares; never opened."""

    rows: Bits
    tallies: Bits


def check_submissions(me: Party, submitted: SubmittedShares, layout: RowLayout) -> Steps[Verdict]:
    """Check every row and every tally against the layout.

    Shapes:  the verdict has columns () over rows, and over organizations.
    Costs:   a few rounds for each batch of checks; each helper sends about 2 * 8 bytes per lane for each bit that is checked.
    Reveals: nothing.
    Against: one semi-honest helper. Tampering is not detected here.
    """
    words = [submitted.word(place) for place in range(layout.words)]
    fields = Fields(words, layout, submitted.rows)
    accepted = yield from _in_batches(me, _row_checks(me, fields), submitted.rows)
    tallies = yield from _check_tallies(me, submitted.tallies, layout)
    return Verdict(keep_rows(accepted), keep_rows(tallies))


def _in_batches(me: Party, checks: Sequence[Steps[Bits]], rows: int) -> Steps[Bits]:
    """Run checks some at a time, and AND their results."""
    accepted = ones(me.number, (), rows)
    for start in range(0, len(checks), CHECKS_AT_ONCE):
        results = yield from together(checks[start : start + CHECKS_AT_ONCE])
        accepted = yield from all_of(me, stack([accepted, *results]))
    return accepted


def _row_checks(me: Party, fields: Fields) -> list[Steps[Bits]]:
    checks = [_bounded(me, fields, f) for f in fields.layout.fields if f.largest < (1 << f.bits) - 1]
    used = [sum(f.bits for f in fields.layout.fields if f.word == place) for place in range(fields.layout.words)]
    checks += [_nothing_unused(me, fields, place) for place, bits in enumerate(used) if bits < WORD_BITS]
    checks += [_days(me, fields, code) for code in fields.names("first_day")]
    checks += [_duration(me, fields, code) for code in fields.names("duration")]
    checks += [_observations(me, fields, code) for code in fields.names("first_level")]
    return checks


def _bounded(me: Party, fields: Fields, field: Field) -> Steps[Bits]:
    return (yield from at_most(me, fields.number(field.name), field.largest))


def _nothing_unused(me: Party, fields: Fields, place: int) -> Steps[Bits]:
    return (yield from all_of(me, not_(me.number, fields.unused(place))))


def _days(me: Party, fields: Fields, code: str) -> Steps[Bits]:
    """Days only of a service that was used, the last not before the first."""
    first, last = fields.number(f"first_day.{code}"), fields.number(f"last_day.{code}")
    dated, backward = yield from together([any_of(me, join([first, last])), less_than(me, last, first)])
    (unused,) = yield from and_each(me, [(dated, not_(me.number, fields.bit(f"service.{code}")))])
    return (yield from _neither(me, unused, backward))


def _duration(me: Party, fields: Fields, code: str) -> Steps[Bits]:
    told = yield from any_of(me, fields.number(f"duration.{code}"))
    (unknown,) = yield from and_each(me, [(told, not_(me.number, fields.bit(f"known.{code}")))])
    return not_(me.number, unknown)


def _observations(me: Party, fields: Fields, code: str) -> Steps[Bits]:
    """Four fields together or none, the last date not before the first."""
    names = ("first_level", "first_date", "last_level", "last_date")
    numbers = [fields.number(f"{name}.{code}") for name in names]
    told = yield from together([any_of(me, n) for n in numbers])
    backward = yield from less_than(me, numbers[3], numbers[1])
    alike = yield from equal(me, stack(told[:3]), stack(told[1:]))
    return (yield from _neither(me, not_(me.number, alike), backward))


def _neither(me: Party, x: Bits, y: Bits) -> Steps[Bits]:
    (none,) = yield from and_each(me, [(not_(me.number, x), not_(me.number, y))])
    return none


def _check_tallies(me: Party, tallies: Words, layout: RowLayout) -> Steps[Bits]:
    """Check all tallies of an organization; organizations are the rows here."""
    organizations = tallies.shape[1]
    checks: list[Steps[Bits]] = []
    for place, cell in enumerate(layout.tallies):
        number = words_to_bits(Words(np.ascontiguousarray(tallies.pair[place])), TALLY_BITS)
        checks.append(at_most(me, number, cell.largest))
    return (yield from _in_batches(me, checks, organizations))
