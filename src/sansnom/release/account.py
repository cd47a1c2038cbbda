"""What a plan costs in privacy: how far one person moves each table, the noise that takes, and the loss in all.

The ledger charges rho, exactly. Skellam noise is not rho-zCDP: epsilon is found from its Renyi bounds at integer
orders. Discrete Laplace noise has a pure loss e, is rho-zCDP for rho = e^2/2, and is accounted at the same orders.

Two tiers (docs/adr/0018-noise-laws-and-two-tiers.md): under "full", noise is set by what one linked person moves, the
linkage of all other rows given, and the worst case is stated beside. Under "unconditional", a row is linked by one key
alone: what one row moves, whatever the other rows say, is a few cells; noise is set by that.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, Context, Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Final

from sansnom.release.laplace import HALF, laplace_variance, laplace_weights, odds_for, odds_of
from sansnom.release.noise import HONEST, Scale
from sansnom.terms.plan import LAPLACE, SKELLAM, TIER_UNCONDITIONAL, Plan
from sansnom.terms.release import Claim, Loss
from sansnom.terms.scoring import SCORES
from sansnom.terms.table import PERSONS, SAME_SERVICE, SUM, TALLY, TableSpec, axes_of, cells_of
from sansnom.terms.vocabulary import Dictionary

DELTA: Final = Fraction(1, 10**6)
ORDERS: Final = (*range(2, 129), *range(144, 4097, 16))
_PRECISE: Final = Context(prec=60, rounding=ROUND_CEILING)
_SLACK: Final = Decimal("1e-40")
OWN_ROWS_CHANGED_MAX: Final = 1152
"""Rows of one desk whose strict key may change with one row more: 8 keys, 12 pairs gained or parted each, two groups of at
most 6 files for each pair (`exchange/own_duplicates.py`; a test compares)."""
SAMPLING: Final = Fraction(1, 2**60)
"""Part of delta kept for the sampling tables: each cell is within 2^-100 of its law, a plan has fewer than 2^20 cells."""


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """How far one unit (a person, or a request) moves a table: the sum of absolute changes, and of their squares."""

    l1: int
    l2_squared: int

    def scaled(self, times: int) -> "Sensitivity":
        """Give the sensitivity to so many units at once: cells may coincide, so changes add up."""
        return Sensitivity(self.l1 * times, self.l2_squared * times * times)


@dataclass(frozen=True, slots=True)
class Mechanism:
    """One table, or general count, as the accountant sees it; `variance` is that of two honest helpers' noise."""

    sensitivity: Sensitivity
    variance: Fraction
    requests: bool
    law: str = SKELLAM


def table_sensitivity(table: TableSpec) -> Sensitivity:
    """Give the sensitivity of one table.

    Neighbours: one linked person added or removed, all their rows together, the linkage of all other rows given; in
                a tally, one request added or removed.
    A person lies in one cell of a table of persons, multiplicity, minimum or transitions: 1 and 1. Same service: in
    at most one of the two cells of each service. Sum: up to the bound, in one cell; the bound is enforced on shares.
    """
    if table.kind == SAME_SERVICE:
        return Sensitivity(len(table.services), len(table.services))
    if table.kind == SUM:
        return Sensitivity(table.bound, table.bound**2)
    return Sensitivity(1, 1)


def row_sensitivity(table: TableSpec) -> Sensitivity:
    """Give the sensitivity of one table to one row, where rows are linked by one key alone.

    Neighbours: one row added or removed, all others as they are; in a tally, one request.
    The rows of other keys do not move: the row joins one person, or is a new one. The count without dimensions moves
    by one at most, a sum without dimensions by its bound. Elsewhere the person may leave a cell for another: one less
    here, one more there (for a sum, the bound each).
    """
    if table.kind == TALLY or (table.kind == PERSONS and not table.dimensions):
        return Sensitivity(1, 1)
    if table.kind == SAME_SERVICE:
        return Sensitivity(2 * len(table.services), 2 * len(table.services))
    bound = table.bound if table.kind == SUM else 1
    cells = 1 if table.kind == SUM and not table.dimensions else 2
    return Sensitivity(cells * bound, cells * bound**2)


def noise_variance(sensitivity: Sensitivity, rho: Fraction, law: str = SKELLAM) -> Fraction:
    """Give the variance of two helpers' noise: what Gaussian noise would need for this rho, or a pure loss of sqrt(2 rho)."""
    if law == LAPLACE:
        return laplace_variance(odds_for(rho, sensitivity.l1))
    return Fraction(sensitivity.l2_squared) / (2 * rho)


def sensitivities_of(plan: Plan, *, one_row: bool = False) -> tuple[Sensitivity, ...]:
    """List how far a linked person (or one row, in the unconditional tier) moves each table, then the general counts.

    One person moves the count of rows by as many organizations as a person may have (`organizations_most`), and the count
    of those that cannot be linked by one: a row without any key is a person of its own. One row moves each by one.
    """
    by_table = row_sensitivity if one_row else table_sensitivity
    most = 1 if one_row else organizations_most(plan)
    return (*(by_table(t) for t in plan.tables), Sensitivity(most, most**2), Sensitivity(1, 1))


def mechanisms_of(plan: Plan) -> tuple[Mechanism, ...]:
    """List what the plan measures, in the order of the noise: its tables, then the two general counts.

    The noise is set by what one linked person moves; in the unconditional tier by what one row does. The sensitivity told
    is the same.
    """
    moved = sensitivities_of(plan, one_row=plan.linking.tier == TIER_UNCONDITIONAL)
    shares = [*(t.rho for t in plan.tables), plan.counts_rho / 2, plan.counts_rho / 2]
    requests = [*(t.kind == TALLY for t in plan.tables), False, False]
    return tuple(
        Mechanism(s, noise_variance(s, rho, plan.noise), asked, plan.noise)
        for s, rho, asked in zip(moved, shares, requests, strict=True)
    )


def organizations_most(plan: Plan) -> int:
    """Bound the organizations of one person: the cluster cap, or the strict key's cap where a component fell back to it."""
    strict = max((rule.cap for rule in plan.linking.keys if rule.match_key == plan.linking.strict), default=0)
    return max(plan.linking.cluster_cap, strict)


def noise_scales(plan: Plan, dictionary: Dictionary) -> tuple[Scale, ...]:
    """Give cells and variance of each table in the plan's order, then of the two general counts."""
    cells = [cells_of(axes_of(t, dictionary, plan.own_category)) for t in plan.tables]
    return tuple(Scale(n, m.variance, m.law) for n, m in zip([*cells, 1, 1], mechanisms_of(plan), strict=True))


def renyi_bound(mechanism: Mechanism, order: int) -> Fraction:
    """Bound the Renyi divergence of Skellam noise at an integer order (`pure_renyi_bound` is for the other law).

    Loss:       a D/2v + min(((2a - 1) D + 6 S) / 4v^2, 3 S / 2v), with order a, variance v, D = squared L2 and S =
                L1 sensitivity.
    Neighbours: as `table_sensitivity`.
    Proof:      Agarwal, Kairouz, Liu, "The Skellam mechanism", NeurIPS 2021, theorem 3.5.
    """
    s, v = mechanism.sensitivity, mechanism.variance
    tail = min(((2 * order - 1) * s.l2_squared + 6 * s.l1) / (4 * v * v), 3 * s.l1 / (2 * v))
    return order * s.l2_squared / (2 * v) + tail


def pure_loss(mechanism: Mechanism) -> Decimal:
    """Bound the loss of discrete Laplace noise: its L1 sensitivity times ln((s + 1)/s), rounded up."""
    odds = odds_of(mechanism.variance)
    step = _PRECISE.subtract(_PRECISE.ln(_decimal(odds + 1)), _PRECISE.ln(_decimal(odds)))
    return _PRECISE.add(_PRECISE.multiply(step, Decimal(mechanism.sensitivity.l1)), _SLACK)


def pure_renyi_bound(loss: Decimal, order: int) -> Decimal:
    """Bound the Renyi divergence of any noise whose loss is at most `loss`, at an integer order.

    Loss:  ln((e^(a e) + e^((1 - a) e))/(1 + e^e))/(a - 1), with order a and loss e: that of randomized response, the
           worst there is.
    Proof: Bun and Steinke, 2016, lemma 3.4 (their two-point reduction); at most a e^2/2.
    """
    tail = _PRECISE.subtract(
        _PRECISE.ln(_PRECISE.add(Decimal(1), _PRECISE.exp(_PRECISE.multiply(Decimal(1 - 2 * order), loss)))),
        _PRECISE.ln(_PRECISE.add(Decimal(1), _PRECISE.exp(_PRECISE.minus(loss)))),
    )
    return _PRECISE.add(_PRECISE.add(loss, _PRECISE.divide(tail, Decimal(order - 1))), _SLACK)


def epsilon(mechanisms: Sequence[Mechanism], delta: Fraction = DELTA) -> tuple[str, int]:
    """Give epsilon at delta for all these releases together, rounded up, and the order that gave it.

    Loss:  min over orders a of sum of Renyi bounds + ln((a - 1)/a) - (ln delta + ln a)/(a - 1), with 2^-60 of delta set
           aside for the sampling tables.
    Proof: Renyi bounds add up under composition; conversion of Canonne, Kamath and Steinke, 2020, proposition 12.
    """
    return _epsilon(tuple(mechanisms), delta)


@lru_cache(maxsize=256)
def _epsilon(mechanisms: tuple[Mechanism, ...], delta: Fraction) -> tuple[str, int]:
    """Compute it once for the same releases: a series asks the same tables again and again, and so does whoever verifies."""
    counted = Counter(m for m in mechanisms if m.law == SKELLAM)
    pure = Counter(pure_loss(m) for m in mechanisms if m.law == LAPLACE)
    best, found = Decimal("Infinity"), 0
    for order, term in zip(ORDERS, _conversion_terms(delta - SAMPLING), strict=True):
        total = _PRECISE.add(_decimal(sum((renyi_bound(m, order) * n for m, n in counted.items()), Fraction(0))), term)
        for loss, n in pure.items():
            total = _PRECISE.add(total, _PRECISE.multiply(pure_renyi_bound(loss, order), Decimal(n)))
        if total < best:
            best, found = total, order
    step = Decimal("0.01") if best < 100 else Decimal(1)
    return str(max(best, Decimal(0)).quantize(step, rounding=ROUND_CEILING)), found


@lru_cache(maxsize=4)
def _conversion_terms(delta: Fraction) -> tuple[Decimal, ...]:
    """Give what each order adds to its Renyi bound on the way to epsilon."""
    # decimal's logarithm is correctly rounded, so that every machine finds the same digits; the slack covers rounding.
    log_delta = _PRECISE.ln(_decimal(delta))
    terms = []
    for order in ORDERS:
        a = Decimal(order)
        ratio = _PRECISE.subtract(_PRECISE.ln(a - 1), _PRECISE.ln(a))
        odds = _PRECISE.divide(_PRECISE.minus(_PRECISE.add(log_delta, _PRECISE.ln(a))), a - 1)
        terms.append(_PRECISE.add(_PRECISE.add(ratio, odds), _SLACK))
    return tuple(terms)


def _decimal(value: Fraction) -> Decimal:
    return _PRECISE.divide(Decimal(value.numerator), Decimal(value.denominator))


def linkage_sensitivity(plan: Plan) -> int:
    """Bound how many persons one row may add to and take from the linked ones, the linkage of other rows included.

    The row opens, closes, joins or parts one run of each key; a run that is evidence has at most `rows_most(cap)` rows, and
    brings together, or leaves behind, that many components and one more. At a scored key it may so join or part two runs.
    A component that stands is one person of at most `rows_most(cluster_cap)` rows; where it falls back, each row may be a
    person: together one more than the rows. The row itself counts as one more. Where the plan scores, its own desk may
    change the strict key of other rows for it (own duplicates): each of these leaves one run and joins another. Firm links are
    some of the links of runs that are evidence, so that the same runs touch at most as many components of firm links again.
    Colluding desks can come close to this, by the product of their rows. It is stated for components that settle within the
    plan's sweeps, and for a desk whose files do not pass the mark of "full of duplicates" by this row (docs/linking-error.md).
    """
    runs = sum((rows_most(rule.cap) + 1) * (2 if rule.scored else 1) for rule in plan.linking.keys)
    if plan.linking.scoring is not None:
        strict = max(rule.cap for rule in plan.linking.keys if rule.match_key == plan.linking.strict)
        runs += OWN_ROWS_CHANGED_MAX * 2 * (rows_most(strict) + 1)
    return 1 + _tiers(plan) * runs * (rows_most(plan.linking.cluster_cap) + 1)


def _tiers(plan: Plan) -> int:
    """Count the kinds of components that a row may touch: of all links, and of firm ones where the scores call some so."""
    scoring = plan.linking.scoring
    return 1 if scoring is None or SCORES[scoring.version].firm is None else 2


def rows_most(organizations: int) -> int:
    """Give the most rows that linking takes together under a cap of organizations: twice it, up to a power of two."""
    return 1 << (2 * organizations - 1).bit_length()


def loss_of(plan: Plan) -> Loss:
    """State the loss of a plan: given the linkage, for one request, and at worst with the linkage itself counted.

    In the unconditional tier the first claim still speaks of a whole person (at up to `organizations_most` organizations),
    and the worst case needs no linkage: one row moves the tables by their row sensitivity, so many rows by so many times.
    """
    mechanisms = mechanisms_of(plan)
    linked = sensitivities_of(plan)
    persons = [replace(m, sensitivity=s) for m, s in zip(mechanisms, linked, strict=True) if not m.requests]
    tallies = [m for m in mechanisms if m.requests]
    unconditional = plan.linking.tier == TIER_UNCONDITIONAL
    moved = 1 if unconditional else linkage_sensitivity(plan)
    counted = [m for m in mechanisms if not m.requests] if unconditional else persons
    worst: list[Claim] = []
    for rows in (1, organizations_most(plan)):
        scaled = [replace(m, sensitivity=m.sensitivity.scaled(moved * rows)) for m in counted]
        worst.append(Claim(*epsilon(scaled), rows=rows, sensitivity=moved))
    return Loss(
        rho=plan.rho,
        delta=DELTA,
        linked=Claim(*epsilon(persons)),
        requests=Claim(*epsilon(tallies)) if tallies else None,
        worst=tuple(worst),
    )


def epsilon_with_one_honest(plan: Plan) -> tuple[str, int]:
    """State the loss given the linkage where only one helper's noise protects: one keeps its own, one adds none.

    No release promises this: two helpers who pool what they hold see every row, noise or not. It says what is left against
    a reader whom two helpers told their noise, or where two added none.

    Loss:  Skellam: half the variance. Discrete Laplace: one helper's law, NB(1/2) - NB(1/2), is no longer a pure loss of
           ln(1/q) a step; moving by S costs at most ln(w_0/w_S).
    Proof: Skellam laws add up. Laplace: w_k/w_(k+S) is largest at k = 0, since the law is symmetric and ln w is convex on
           either side (a mixture of geometric laws); arXiv 2504.05202 gives the same in closed form.
    """
    skellam: list[Mechanism] = []
    pure: list[Decimal] = []
    for mechanism, moved in zip(mechanisms_of(plan), sensitivities_of(plan), strict=True):
        if mechanism.requests:
            continue
        if mechanism.law == SKELLAM:
            skellam.append(replace(mechanism, sensitivity=moved, variance=mechanism.variance / HONEST))
            continue
        weights = laplace_weights(mechanism.variance, HALF)
        pure.append(_PRECISE.ln(_decimal(Fraction(weights[0], weights[moved.l1]))))
    if not pure:
        return epsilon(skellam)
    best, found = Decimal("Infinity"), 0
    for order, term in zip(ORDERS, _conversion_terms(DELTA - SAMPLING), strict=True):
        total = sum((pure_renyi_bound(loss, order) for loss in pure), term)
        if total < best:
            best, found = total, order
    return str(best.quantize(Decimal("0.01"), rounding=ROUND_CEILING)), found
