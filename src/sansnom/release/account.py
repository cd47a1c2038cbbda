"""What a plan costs in privacy: how far one person moves each table, the noise that takes, and the loss in all.

The ledger charges rho, exactly. Skellam noise is not rho-zCDP: epsilon is found from its Renyi bounds at integer
orders.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Context, Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Final

from sansnom.release.noise import Scale
from sansnom.terms.plan import Plan
from sansnom.terms.release import Claim, Loss
from sansnom.terms.table import SAME_SERVICE, SUM, TALLY, TableSpec, axes_of, cells_of
from sansnom.terms.vocabulary import Dictionary

DELTA: Final = Fraction(1, 10**6)
ORDERS: Final = (*range(2, 129), *range(144, 4097, 16))
_PRECISE: Final = Context(prec=60, rounding=ROUND_CEILING)
_SLACK: Final = Decimal("1e-40")


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
    """One table, or general count, as the accountant sees it."""

    sensitivity: Sensitivity
    variance: Fraction
    requests: bool


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


def noise_variance(sensitivity: Sensitivity, rho: Fraction) -> Fraction:
    """Give the variance of two helpers' noise: what Gaussian noise would need for this rho."""
    return Fraction(sensitivity.l2_squared) / (2 * rho)


def mechanisms_of(plan: Plan) -> tuple[Mechanism, ...]:
    """List what the plan measures, in the order of the noise: its tables, then the two general counts.

    One person moves the count of rows by as many organizations as a person may have (`organizations_most`), and the count
    of those that cannot be linked by one: a row without any key is a person of its own.
    """
    listed = [(table_sensitivity(t), t.rho, t.kind == TALLY) for t in plan.tables]
    most = organizations_most(plan)
    listed.append((Sensitivity(most, most**2), plan.counts_rho / 2, False))
    listed.append((Sensitivity(1, 1), plan.counts_rho / 2, False))
    return tuple(Mechanism(s, noise_variance(s, rho), requests) for s, rho, requests in listed)


def organizations_most(plan: Plan) -> int:
    """Bound the organizations of one person: the cluster cap, or the strict key's cap where a component fell back to it."""
    strict = max((rule.cap for rule in plan.linking.keys if rule.match_key == plan.linking.strict), default=0)
    return max(plan.linking.cluster_cap, strict)


def noise_scales(plan: Plan, dictionary: Dictionary) -> tuple[Scale, ...]:
    """Give cells and variance of each table in the plan's order, then of the two general counts."""
    cells = [cells_of(axes_of(t, dictionary, plan.own_category)) for t in plan.tables]
    return tuple(Scale(n, m.variance) for n, m in zip([*cells, 1, 1], mechanisms_of(plan), strict=True))


def renyi_bound(mechanism: Mechanism, order: int) -> Fraction:
    """Bound the Renyi divergence of Skellam noise at an integer order.

    Loss:       a D/2v + min(((2a - 1) D + 6 S) / 4v^2, 3 S / 2v), with order a, variance v, D = squared L2 and S =
                L1 sensitivity.
    Neighbours: as `table_sensitivity`.
    Proof:      Agarwal, Kairouz, Liu, "The Skellam mechanism", NeurIPS 2021, theorem 3.5.
    """
    s, v = mechanism.sensitivity, mechanism.variance
    tail = min(((2 * order - 1) * s.l2_squared + 6 * s.l1) / (4 * v * v), 3 * s.l1 / (2 * v))
    return order * s.l2_squared / (2 * v) + tail


def epsilon(mechanisms: Sequence[Mechanism], delta: Fraction = DELTA) -> tuple[str, int]:
    """Give epsilon at delta for all these releases together, rounded up, and the order that gave it.

    Loss:  min over orders a of sum of Renyi bounds + ln((a - 1)/a) - (ln delta + ln a)/(a - 1).
    Proof: Renyi bounds add up under composition; conversion of Canonne, Kamath and Steinke, 2020, proposition 12.
    """
    counted = Counter(mechanisms)
    bounds = (
        (_PRECISE.add(_decimal(sum((renyi_bound(m, order) * n for m, n in counted.items()), Fraction(0))), term), order)
        for order, term in zip(ORDERS, _conversion_terms(delta), strict=True)
    )
    best, found = min(bounds)
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
    """Bound how many persons' counting one row may change, the linkage of other rows included.

    The row may open or close one run of each key; a run that is evidence has at most `rows_most(cap)` rows. Each row so
    freed or joined brings a component that stands as one person or falls back to at most `rows_most(cluster_cap)`. At a
    scored key the row may stand between two neighbours and part a run that was too long to be evidence into two that
    are: twice the rows. Rows of other persons whose strict key its own desk changes for it (own duplicates) are not counted. The
    row itself counts as one more. Colluding desks can come close to this. Stated for components that settle within the
    plan's sweeps: chains longer than these reach further (docs/known-limits.md).
    """
    joined = sum(rows_most(rule.cap) * (2 if rule.scored else 1) for rule in plan.linking.keys)
    return 1 + joined * rows_most(plan.linking.cluster_cap)


def rows_most(organizations: int) -> int:
    """Give the most rows that linking takes together under a cap of organizations: twice it, up to a power of two."""
    return 1 << (2 * organizations - 1).bit_length()


def loss_of(plan: Plan) -> Loss:
    """State the loss of a plan: given the linkage, for one request, and at worst with the linkage itself counted."""
    mechanisms = mechanisms_of(plan)
    persons = [m for m in mechanisms if not m.requests]
    tallies = [m for m in mechanisms if m.requests]
    moved = linkage_sensitivity(plan)
    worst: list[Claim] = []
    for rows in (1, organizations_most(plan)):
        scaled = [Mechanism(m.sensitivity.scaled(moved * rows), m.variance, requests=False) for m in persons]
        worst.append(Claim(*epsilon(scaled), rows=rows, sensitivity=moved))
    return Loss(
        rho=plan.rho,
        delta=DELTA,
        linked=Claim(*epsilon(persons)),
        requests=Claim(*epsilon(tallies)) if tallies else None,
        worst=tuple(worst),
    )
