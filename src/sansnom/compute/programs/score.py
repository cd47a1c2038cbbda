"""How much two neighbouring rows have in common, on shares: the signs and weights of `terms/scoring.py`, up to one bit a row.

Row r is compared with row r + 1, in whatever order the rows are: a shift by one is local. Equality is the only test of
features; which features are known is found once per row, before any sort, and travels with the rows. Signs are combined
as `terms/scoring.py` defines them, for any features, also for those of a desk that does not keep to the rules (a given
name without its skeleton, a day without its month): the score is then what the definitions say.

Where two things exclude each other, their OR is an XOR and costs nothing; where one implies the other, so does what is
left of the other without it:
  - equal known values are known on both sides, so that NAME_other = known on both sides ^ equal;
  - if month or day are equal, dates are swapped only if both are, and then `swapped` is 0: month = equal ^ swapped;
  - month_day = both equal ^ swapped, and other_month is on the way to date_other: neither costs anything.

A sum of weights is compared with a public threshold. A negative weight w of a sign s is |w| of its complement, less |w|:
    score >= threshold   if and only if   sum over w > 0 of w s + sum over w < 0 of |w| (1 - s) >= least,
with least = threshold + the sum of all |w| over w < 0. With m bits for the largest sum, the public number 2^m - least is
added, so that the total reaches 2^m if and only if the threshold is reached. Carry-save adders bring each weight down to two
columns (3 columns of a weight to 1 and a carry: 1 AND), and a comparison tells whether these two numbers carry out of the top.

No adder carries out of the top before. Adders keep the largest possible total, which is below 2^m + P with P = 2^m - least. A
weight at which P has a one never loses its last column. Three columns at the top, 3 * 2^(m - 1), need P to have a one there
(else the total is below that), and then stand beside at least P - 2^(m - 1) of the others: 2^m + P, too much.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sansnom.compute.boolean import not_
from sansnom.compute.correlated import Party
from sansnom.compute.packed import ALL_ONES, and_each, column, constant, join, ones, stack, toward_head, zeros
from sansnom.compute.share import Bits, lanes_for
from sansnom.compute.sliced import all_of, any_of, compare_cost, less_than, widen
from sansnom.compute.steps import Steps, together
from sansnom.terms.scoring import ENDS, FEATURE_BITS, ScoreTable

KNOWN_ON_BOTH_SIDES = ("given", "surname", "year", "month", "sex", "country", "postal", "phone")
"""The features whose signs ask whether both sides know them."""

ACROSS: Mapping[str, tuple[str, str]] = {
    "given is surname": ("given_bones", "surname_bones"),
    "surname is given": ("surname_bones", "given_bones"),
    "month is day": ("month", "day"),
    "day is month": ("day", "month"),
}
"""Which feature of row r is compared with another one of row r + 1, besides each with itself."""

SIGN_ROUNDS = 5
SIGN_ANDS = 17
"""Without ends; each end is one AND more, in the last round."""


@dataclass(frozen=True, slots=True)
class Traits:
    """What is compared of each row: features as bit-sliced numbers, and whether each is known (not 0); by the same names."""

    features: Mapping[str, Bits]
    known: Mapping[str, Bits]

    @property
    def width(self) -> int:
        """Count the columns that `columns` lays out."""
        return sum(FEATURE_BITS[name] + 1 for name in self.features)

    def columns(self) -> Bits:
        """Lay everything side by side, to be moved: columns (width,)."""
        return join([*self.features.values(), stack([self.known[name] for name in self.features])])

    def of_columns(self, columns: Bits) -> "Traits":
        """Read what `columns` laid out, of rows with the same features."""
        names = tuple(self.features)
        ends = np.cumsum([FEATURE_BITS[name] for name in names]).tolist()
        features = {
            name: column(columns, slice(end - FEATURE_BITS[name], end)) for name, end in zip(names, ends, strict=True)
        }
        return Traits(features, {name: column(columns, ends[-1] + place) for place, name in enumerate(names)})


def _equalities(features: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Say which feature of row r is compared with which of row r + 1."""
    return {name: (name, name) for name in features} | dict(ACROSS)


def traits_of(me: Party, features: Mapping[str, Bits]) -> Steps[Traits]:
    """Find which features are known: once per row, before any sort.

    Shapes:  features has columns (bits,) as FEATURE_BITS says, in its order; a version of scores says which.
    Costs:   4 rounds (16 bits); each helper sends 8 bytes per lane for each bit of the features but one of each.
    Reveals: nothing.
    Against: one semi-honest helper. Tampering is not detected here.
    """
    known = yield from together([any_of(me, bits) for bits in features.values()])
    return Traits(features, dict(zip(features, known, strict=True)))


def score_cost(table: ScoreTable, thresholds: Sequence[int]) -> tuple[int, int]:
    """Count rounds, and ANDs of columns, of `score_neighbours`; each AND sends 8 bytes per lane."""
    widths = [1 + max(FEATURE_BITS[a], FEATURE_BITS[b]) for a, b in _equalities(table.features).values()]
    rounds = (max(widths) - 1).bit_length()
    ands = sum(widths) - len(widths) + len(KNOWN_ON_BOTH_SIDES)
    rounds, ands = rounds + SIGN_ROUNDS, ands + SIGN_ANDS + len(table.features.keys() & ENDS)
    longest = 0
    for sum_of in (_Sum.of(table, threshold) for threshold in thresholds):
        if sum_of.decided is None:
            adders = sum_of.adders()
            compare_rounds, compare_ands = compare_cost(sum_of.bits)
            longest = max(longest, len(adders) + compare_rounds)
            ands += sum(map(sum, adders)) + compare_ands
    return rounds + longest, ands


def score_neighbours(me: Party, rows: Traits, table: ScoreTable, thresholds: Sequence[int]) -> Steps[list[Bits]]:
    """Tell for each row whether its score with the next row reaches each threshold; of the last row, nothing is meant.

    Shapes:  each result has columns ().
    Costs:   as `score_cost` gives them: with "score-1" about 22 rounds and 270 ANDs of columns, 8 bytes per lane each; a further
             threshold about 120 ANDs more. The rows have the features of the table.
    Reveals: nothing.
    Against: one semi-honest helper. Tampering is not detected here.
    Source:  Fellegi and Sunter, 1969 (weights); carry-save adders: Wallace, 1964.
    """
    signs = yield from signs_with_next(me, rows)
    return (yield from together([reaches(me, signs, table, threshold) for threshold in thresholds]))


def signs_with_next(me: Party, rows: Traits) -> Steps[dict[str, Bits]]:
    """Find every sign of `terms/scoring.py` between each row and the next one, by name; those of ends if rows have them.

    Shapes:  each sign has columns ().
    Costs:   5 rounds for the equalities (16 bits and one), SIGN_ROUNDS more; one AND for each bit compared, one for each
             feature of KNOWN_ON_BOTH_SIDES, one for each end, and SIGN_ANDS.
    Reveals: nothing.
    Against: one semi-honest helper. Tampering is not detected here.
    """
    after = {name: toward_head(bits, 1) for name, bits in rows.features.items()}
    asked = _equalities(rows.features)
    tests = [_equal_known(me, rows, left, after[right]) for left, right in asked.values()]
    *equal, known = yield from together([*tests, _known_on_both_sides(me, rows)])
    del after, tests
    both = {name: column(known, place) for place, name in enumerate(KNOWN_ON_BOTH_SIDES)}
    return (yield from _combine(me, dict(zip(asked, equal, strict=True)), both))


def _equal_known(me: Party, rows: Traits, left: str, other: Bits) -> Steps[Bits]:
    """Tell where a feature is known and equals what stands beside it."""
    bits = max(rows.features[left].pair.shape[0], other.pair.shape[0])
    same = not_(me.number, widen(rows.features[left], bits) ^ widen(other, bits))
    return (yield from all_of(me, join([same, stack([rows.known[left]])])))


def _known_on_both_sides(me: Party, rows: Traits) -> Steps[Bits]:
    here = stack([rows.known[name] for name in KNOWN_ON_BOTH_SIDES])
    (both,) = yield from and_each(me, [(here, toward_head(here, 1))])
    return both


def _combine(me: Party, equal: Mapping[str, Bits], known: Mapping[str, Bits]) -> Steps[dict[str, Bits]]:
    """Make the signs from equalities of known values, and from what both sides know."""

    def no(bits: Bits) -> Bits:
        return not_(me.number, bits)

    no_given_bones, no_surname_bones, swapped, away, same_date = yield from _across(me, equal)
    signs = {name: equal[name] for name in ("year", "sex", "country", "postal", "phone")}
    signs |= {f"{name}_other": known[name] ^ bits for name, bits in signs.items()}
    month, day = equal["month"] ^ swapped, equal["day"] ^ swapped
    month_other = known["month"] ^ month
    no_given_start, no_surname_start, day_other, other_month, near = yield from and_each(
        me,
        [
            (no(equal["given_start"]), no_given_bones),
            (no(equal["surname_start"]), no_surname_bones),
            (known["month"], no(day)),
            (signs["year_other"], month_other),
            (no(no_surname_bones), no(away)),
        ],
    )
    given_other, surname_other, date_other = yield from and_each(
        me, [(known["given"], no_given_start), (known["surname"], no_surname_start), (other_month, day_other)]
    )
    ends = {name: other for name, other in zip(ENDS, (given_other, surname_other), strict=True) if name in equal}
    kin, kin_near, *ended = yield from and_each(
        me,
        [
            (no(no_surname_bones), given_other),
            (near, given_other),
            *((equal[name], other) for name, other in ends.items()),
        ],
    )
    signs |= dict(zip(ends, ended, strict=True))
    signs |= {"given_same": equal["given"], "given_bones": no(no_given_bones), "given_start": no(no_given_start)}
    signs |= {"surname_same": equal["surname"], "surname_bones": no(no_surname_bones)}
    signs |= {"surname_start": no(no_surname_start), "given_other": given_other, "surname_other": surname_other}
    signs |= {"month": month, "month_other": month_other, "day": day, "day_other": day_other, "swapped": swapped}
    signs |= {"month_day": same_date ^ swapped, "other_month": other_month, "date_other": date_other}
    return signs | {"kin": kin, "kin_near": kin_near}


def _across(me: Party, equal: Mapping[str, Bits]) -> Steps[tuple[Bits, Bits, Bits, Bits, Bits]]:
    """Join equalities with those across two: no bones alike (given, surname), dates swapped, no contact alike, the day alike."""

    def no(bits: Bits) -> Bits:
        return not_(me.number, bits)

    one_way, other_way = equal["given is surname"], equal["surname is given"]
    crossed, same_date, mirrored, away = yield from and_each(
        me,
        [
            (one_way, other_way),
            (equal["month"], equal["day"]),
            (equal["month is day"], equal["day is month"]),
            (no(equal["postal"]), no(equal["phone"])),
        ],
    )
    no_given_bones, no_surname_bones, swapped = yield from and_each(
        me,
        [
            (no(equal["given_bones"]), no(one_way ^ other_way ^ crossed)),
            (no(equal["surname_bones"]), no(crossed)),
            (mirrored, no(same_date)),
        ],
    )
    return no_given_bones, no_surname_bones, swapped, away, same_date


@dataclass(frozen=True, slots=True)
class _Sum:
    """What is public about a comparison of a weighted sum: `bits` of the largest sum, and the least sum that is enough."""

    weights: Mapping[str, int]
    bits: int
    least: int
    most: int

    @classmethod
    def of(cls, table: ScoreTable, threshold: int) -> "_Sum":
        weights = {name: weight for name, weight in table.weights.items() if weight}
        most = sum(map(abs, weights.values()))
        least = threshold + sum(-weight for weight in weights.values() if weight < 0)
        return cls(weights, most.bit_length(), least, most)

    @property
    def decided(self) -> bool | None:
        """Tell whether every sum is enough, or none; None if it depends on the signs."""
        if self.least <= 0:
            return True
        return False if self.least > self.most else None

    def added(self, place: int) -> bool:
        """Tell whether the public number 2^bits - least has a one at this weight."""
        return bool(((1 << self.bits) - self.least) >> place & 1)

    def adders(self) -> list[list[int]]:
        """Plan the carry-save tree: full adders of each round, by weight."""
        have = [
            sum(abs(weight) >> place & 1 for weight in self.weights.values()) + self.added(place)
            for place in range(self.bits)
        ]
        rounds: list[list[int]] = []
        while any(count > 2 for count in have):
            made = [count // 3 for count in have]
            assert not made[-1], "nothing carries out of the top"
            have = [count - 2 * m + c for count, m, c in zip(have, made, [0, *made[:-1]], strict=True)]
            rounds.append(made)
        return rounds


def reaches(me: Party, signs: Mapping[str, Bits], table: ScoreTable, threshold: int) -> Steps[Bits]:
    """Tell where the weights of the signs that are 1 add up to at least a public threshold.

    Shapes:  signs have columns (); the result too.
    Costs:   no message if weights and threshold decide it; else one round for each layer of adders, and a comparison.
    Reveals: nothing.
    Against: one semi-honest helper. Tampering is not detected here.
    """
    rows = next(iter(signs.values())).rows
    sum_of = _Sum.of(table, threshold)
    if sum_of.decided is not None:
        return ones(me.number, (), rows) if sum_of.decided else zeros((), rows)
    one = constant(me.number, np.full(lanes_for(rows), ALL_ONES, dtype=np.uint64), rows).pair
    terms = {name: signs[name] if w > 0 else not_(me.number, signs[name]) for name, w in sum_of.weights.items()}
    places: list[list[NDArray[np.uint64]]] = []
    for place in range(sum_of.bits):
        lanes = [terms[name].pair for name, weight in sum_of.weights.items() if abs(weight) >> place & 1]
        places.append([*lanes, one] if sum_of.added(place) else lanes)
    for adders in sum_of.adders():
        places = yield from _add_columns(me, places, adders, rows)
    filled = [[*lanes, *[np.zeros_like(one)] * (2 - len(lanes))] for lanes in places]
    x = Bits(np.stack([first for first, _ in filled]), rows)
    y = Bits(np.stack([second for _, second in filled]), rows)
    return (yield from less_than(me, not_(me.number, x), y))  # x + y reaches 2^m if and only if 2^m - 1 - x < y


def _add_columns(
    me: Party, places: list[list[NDArray[np.uint64]]], adders: list[int], rows: int
) -> Steps[list[list[NDArray[np.uint64]]]]:
    """Put three columns of a weight into each full adder, all weights in one round."""
    triples = [(place, lanes[3 * n : 3 * n + 3]) for place, lanes in enumerate(places) for n in range(adders[place])]
    # majority(a, b, c) = ((a ^ c) & (b ^ c)) ^ c
    left = Bits(np.stack([a ^ c for _, (a, _, c) in triples]), rows)
    right = Bits(np.stack([b ^ c for _, (_, b, c) in triples]), rows)
    (products,) = yield from and_each(me, [(left, right)])
    after = [lanes[3 * made :] for lanes, made in zip(places, adders, strict=True)]
    for (place, (a, b, c)), product in zip(triples, products.pair, strict=True):
        after[place].append(a ^ b ^ c)
        after[place + 1].append(product ^ c)
    return after
