"""A6, membership: was this person counted? Measured as a lower bound on the privacy loss, hostile rows included."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import log
from typing import Final

import numpy as np

from sansnom.audit.attacks.drawing import law_of, lower, setting_of, upper
from sansnom.audit.attacks.outcome import INFERENCE, Measure, Outcome
from sansnom.audit.attacks.practice import Practice
from sansnom.audit.attacks.target import Floats, Integers, Target, promised_variance, step_of
from sansnom.audit.plain_link import PlainKeys, clusters_of, link_in_the_clear
from sansnom.release.account import organizations_most
from sansnom.release.noise import Scale
from sansnom.terms.plan import LAPLACE, TIER_UNCONDITIONAL, Linking
from sansnom.terms.table import PERSONS, SAME_SERVICE, TALLY

RUNS: Final = 100_000
SHORT_RUNS: Final = 20_000
FIRST: Final = 0.1
"""Share of the runs that chooses where to draw the line; the others are counted."""
LINES: Final = 24
ERROR: Final = 0.001
HONEST: Final = 2


@dataclass(frozen=True, slots=True)
class Bound:
    """What the likelihood ratio attains: loss at least `epsilon`, its area under the curve, hits at one false alarm in 100."""

    epsilon: float
    auc: float
    hits_at_one_percent: float


@dataclass(frozen=True, slots=True)
class _Cells:
    """Cells of one kind that one person moves: so many, by so much, under noise of this scale and promised variance."""

    name: str
    cells: int
    step: int
    scale: Scale
    promised: float


def attack(target: Target, practice: Practice, runs: int = RUNS) -> Outcome:
    """Tell a release with a person from one without, as one helper could who takes its own noise away."""
    moved = hostile_rows_move(target.plan.linking)
    kinds = _moved_cells(target, practice, moved)
    laplace = target.plan.noise == LAPLACE
    noises = [_noises(practice, kind, runs) for kind in kinds]
    score = [_gains(kind, noise, laplace) for kind, noise in zip(kinds, noises, strict=True)]
    without = np.sum([each[0] for each in score], axis=0)
    present = np.sum([each[1] for each in score], axis=0)
    bound = lower_bound(present, without, float(target.release.loss.delta))
    claim = float(target.release.loss.linked.epsilon)
    excess, worst = _excess(kinds, noises, laplace)
    return Outcome(
        number="A6",
        name=("Appartenance", "Membership"),
        criteria=(INFERENCE,),
        tried=(
            (
                f"On publie {runs} fois avec une personne et {runs} fois sans elle, des lignes hostiles tout autour d’elle, "
                "et on parie laquelle est laquelle, avec le bruit d’une institution en moins."
            ),
            (
                f"The release is made {runs} times with a person and {runs} times without, hostile rows all around that "
                "person, and one bets which is which, one helper’s noise taken away."
            ),
        ),
        rule=(
            (
                "La perte mesurée (borne inférieure, 99,9\u00a0%) ne dépasse pas la perte annoncée, et "
                "aucun tableau n’en dit plus que le bruit promis."
            ),
            (
                "The loss measured (lower bound, 99.9 %) does not exceed the loss announced, and "
                "no table tells more than the promised noise."
            ),
        ),
        guessing=("Tirer à pile ou face\u00a0: perte 0, aire 0,5.", "Tossing a coin: loss 0, area 0.5."),
        measures=(
            Measure(
                "epsilon", ("Perte mesurée, au moins", "Loss measured, at least"), bound.epsilon, claim, 0.0, decimals=2
            ),
            Measure(
                "advantage",
                (
                    f"Avantage sur un tableau, de ce que le bruit promis permet ({worst})",
                    f"Advantage on a table, of what the promised noise allows ({worst})",
                ),
                excess,
                1.0,
                0.0,
                decimals=3,
            ),
            Measure(
                "moved",
                ("Personnes déplacées par des lignes hostiles d’un poste", "Persons moved by hostile rows of one desk"),
                moved,
                1,
                0,
            ),
        ),
        notes=(
            (
                f"Aire sous la courbe\u00a0: {bound.auc:.3f}".replace(".", ",")
                + f"; {100 * bound.hits_at_one_percent:.1f}\u00a0% de réussite à 1\u00a0% de fausses alarmes.".replace(
                    ".", ",", 1
                ),
                f"Area under the curve: {bound.auc:.3f}; {100 * bound.hits_at_one_percent:.1f} % found at 1 % of false alarms.",
            ),
        ),
    )


def lower_bound(present: Floats, absent: Floats, delta: float) -> Bound:
    """Bound the loss from below by Clopper and Pearson's intervals at lines chosen on other runs (Bonferroni over the lines)."""
    runs = len(present)
    first = int(runs * FIRST)
    lines = np.quantile(np.concatenate([present[:first], absent[:first]]), np.linspace(0.02, 0.999, LINES))
    hits, false = np.sort(present[first:]), np.sort(absent[first:])
    counted = runs - first
    error = ERROR / (4 * LINES)
    best = 0.0
    for line in lines:
        found = counted - int(np.searchsorted(hits, line, side="left"))
        alarms = counted - int(np.searchsorted(false, line, side="left"))
        sure = (lower(found, counted, error) - delta) / upper(alarms, counted, error)
        calm = (lower(counted - alarms, counted, error) - delta) / upper(counted - found, counted, error)
        best = max(best, log(sure) if sure > 1 else 0.0, log(calm) if calm > 1 else 0.0)
    rank = np.searchsorted(false, hits, side="left") + np.searchsorted(false, hits, side="right")
    line = false[int(0.99 * counted)]
    return Bound(best, float(rank.mean()) / (2 * counted), float((hits > line).mean()))


def hostile_rows_move(linking: Linking) -> int:
    """Link a small town with and without one person, whom a hostile desk surrounded with rows that share one key each.

    For each attacked key (all of them, all but the strict one, or one alone) the desk adds as many rows as the cap, each
    sharing only that key with the person; its rows are there both times. Gives the farthest that the number of distinct
    persons moves: at least the person. Counted naively it moves by dozens.
    """
    names = [rule.match_key for rule in linking.keys]
    strict = names.index(linking.strict)
    places = range(len(names))
    attacked = [set(places), set(places) - {strict}, *({place} for place in places)]
    return max(1, *(_moved_by(linking, each) for each in attacked))


def _moved_by(linking: Linking, attacked: set[int]) -> int:
    keys = len(linking.keys)
    plain = replace(linking, keys=tuple(replace(rule, scored=False, gate=()) for rule in linking.keys), scoring=None)
    desks = [2 + person % 3 for person in range(30)]
    values = [[(100 + person) << 20 | place for place in range(keys)] for person in range(30)]
    fresh = 10**6
    for place in sorted(attacked):
        for _ in range(linking.keys[place].cap):
            fresh += 1
            row = [(fresh << 20) | other for other in range(keys)]
            row[place] = (7 << 20) | place
            desks.append(1)
            values.append(row)
    person = [(7 << 20) | place for place in range(keys)]
    before, after = _persons(desks, values, plain), _persons([*desks, 5], [*values, person], plain)
    return abs(after - before)


def _persons(desks: Sequence[int], values: Sequence[Sequence[int]], linking: Linking) -> int:
    order = np.argsort(np.array(desks), kind="stable")
    told = np.array(values, dtype=np.uint64)[order] << np.uint64(
        22
    )  # the bits that linking compares are the upper ones
    rows = PlainKeys(np.array(desks, dtype=np.uint16)[order], told, np.ones(told.shape, dtype=np.bool_))
    return len(clusters_of(link_in_the_clear(rows, linking)))


def _moved_cells(target: Target, practice: Practice, moved: int) -> list[_Cells]:
    """List the cells that a person at as many organizations as may be moves: one a table, one a service, both general counts."""
    scales = practice.scales(setting_of(target))
    plan = target.plan
    found = []
    for spec, scale in zip(plan.tables, scales, strict=False):
        if spec.kind == TALLY:
            continue
        distinct = spec.kind == PERSONS and not spec.dimensions and not spec.services
        cells = len(spec.services) if spec.kind == SAME_SERVICE else 1
        step = step_of(spec) * (moved if distinct else 1)
        found.append(_Cells(spec.table, cells, step, scale, promised_variance(plan, spec)))
    most = 1 if plan.linking.tier == TIER_UNCONDITIONAL else organizations_most(plan)
    for name, step, scale in zip(("rows", "not_linkable"), (most, 1), scales[-2:], strict=True):
        found.append(_Cells(name, 1, step, scale, float(scale.variance)))
    return found


def _noises(practice: Practice, kind: _Cells, runs: int) -> Integers:
    """Draw the noise of two helpers on these cells: the third is the attacker, and knows its own."""
    drawn = [
        practice.shares(kind.scale.variance, kind.scale.law, runs * kind.cells, kind.name, party)
        for party in range(HONEST)
    ]
    return np.asarray(np.sum(drawn, axis=0)).reshape(kind.cells, runs)


def _gains(kind: _Cells, noise: Integers, laplace: bool) -> tuple[Floats, Floats]:
    """Give the log likelihood ratios of runs without and with the person, under the promised law."""
    law = law_of(kind.promised, laplace)
    middle = len(law) // 2
    told = np.log(np.maximum(law, 1e-300))

    def ratio(seen: Integers) -> Floats:
        at = np.clip(seen + middle, kind.step, len(law) - 1)
        return np.asarray((told[at - kind.step] - told[at]).sum(axis=0))

    return ratio(noise), ratio(noise + kind.step)


def _excess(kinds: Sequence[_Cells], noises: Sequence[Integers], laplace: bool) -> tuple[float, str]:
    """Give the largest advantage on one cell as a share of what the promised law allows, its doubt given to the product."""
    worst, name = 0.0, ""
    for kind, noise in zip(kinds, noises, strict=True):
        law = law_of(kind.promised, laplace)
        allowed = (
            float(np.abs(law[kind.step :] - law[: -kind.step]).sum() + law[: kind.step].sum() + law[-kind.step :].sum())
            / 2
        )
        flat = noise.reshape(-1)
        line = (kind.step + 1) // 2
        found, alarms = int((flat + kind.step >= line).sum()), int((flat >= line).sum())
        sure = lower(found, flat.size) - upper(alarms, flat.size)
        if sure / allowed > worst:
            worst, name = sure / allowed, kind.name
    return worst, name
