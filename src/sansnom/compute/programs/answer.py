"""A plan's answer, from submitted shares to noisy cells: what every helper runs, over the network or in the simulator."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sansnom.compute.convert import words_to_bits
from sansnom.compute.correlated import Party
from sansnom.compute.packed import and_each, column, stack
from sansnom.compute.packed_sum import sum_columns
from sansnom.compute.programs.cells import NOT_LINKABLE, ROWS, cells_of_plan
from sansnom.compute.programs.first_key import link_by_first_key
from sansnom.compute.programs.joint_noise import open_noisy
from sansnom.compute.programs.link import LinkInput, LinkRules, link
from sansnom.compute.programs.tabulate import People, cells_of_persons
from sansnom.compute.share import Bits, Ring, Words
from sansnom.compute.sliced import any_of
from sansnom.compute.steps import Steps
from sansnom.compute.submitted import Fields, SubmittedShares
from sansnom.compute.validity import Verdict, check_submissions
from sansnom.terms.errors import BrokenInvariant, InputError
from sansnom.terms.plan import TIER_UNCONDITIONAL, Plan
from sansnom.terms.schema import RowLayout
from sansnom.terms.scoring import SCORES
from sansnom.terms.table import TALLY, TableSpec

PENDING_BYTES_MAX = 96 << 20
"""Counted columns wait for each other, to share the rounds of one carry-save tree, until they weigh this much."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a run gives: the opened noisy cells by table (and the general counts), and the verdict in shares."""

    opened: dict[str, NDArray[np.int64]]
    verdict: Verdict


def rules_of(plan: Plan) -> LinkRules:
    """Read the plan's linking into the rules of `link`."""
    names = [k.match_key for k in plan.linking.keys]
    return LinkRules(
        caps=tuple(k.cap for k in plan.linking.keys),
        strict=names.index(plan.linking.strict),
        sweeps=plan.linking.sweeps,
        cluster_cap=plan.linking.cluster_cap,
        gates=tuple(k.gate for k in plan.linking.keys),
        scored=tuple(k.scored for k in plan.linking.keys),
        scoring=plan.linking.scoring,
    )


def answer_plan(
    me: Party,
    submitted: SubmittedShares,
    layout: RowLayout,
    plan: Plan,
    noise: NDArray[np.int64],
    progress: Callable[[str], None] = lambda _: None,
) -> Steps[Answer]:
    """Check, link, tabulate, add noise, open.

    Shapes:  noise (cells in all,) in the order of `cells_of_plan`: this helper's own part; the opened arrays are (cells,), int64.
    Costs:   those of the parts; rounds and sizes depend on public sizes and on the random orders of the sorts.
    Reveals: opened comparisons and destinations, each after a fresh shuffle; and the noisy cells.
    Against: one semi-honest helper. Tampering is not detected here.
    """
    cells = cells_of_plan(plan, layout)
    if not submitted.rows:
        raise InputError("link.rows.none")
    if noise.shape != (sum(cells.values()),):
        raise BrokenInvariant("noise.cells", found=int(noise.shape[0]), expected=sum(cells.values()))
    progress("checking")
    verdict = yield from check_submissions(me, submitted, layout)
    linkable, not_linkable = yield from _linkable(me, submitted, layout, verdict)
    totals: dict[str, Ring] = {}
    for table in plan.tables:
        if table.kind == TALLY:
            totals[table.table] = yield from _tally(me, submitted, layout, verdict, table)
    progress("linking")
    turns = Words(submitted.match_keys.pair[rules_of(plan).strict])
    payload = [submitted.word(place) for place in range(layout.words)]
    features = _features(Fields(payload, layout, submitted.rows), plan)
    given = LinkInput(submitted.match_keys, linkable, submitted.organizations, features)
    del submitted, features
    if plan.linking.tier == TIER_UNCONDITIONAL:
        persons = yield from link_by_first_key(me, given, [*payload, turns])
    else:
        persons = yield from link(me, given, rules_of(plan), [*payload, turns])
    del given, linkable, payload, turns
    *words, turned = persons.moved
    fields = Fields(words, layout, persons.parts.rows)
    (heads,) = yield from and_each(me, [(persons.parts.heads, persons.linkable)])
    people = People(persons, fields, plan, heads, words_to_bits(turned, len(plan.dimensions)))
    yield from _tabulate(me, people, not_linkable, totals, progress)
    progress("opening")
    joined = Ring(np.concatenate([totals[name].pair for name in cells]))
    opened = yield from open_noisy(me, joined, noise)
    ends = np.cumsum(list(cells.values()))
    return Answer({name: opened[end - cells[name] : end] for name, end in zip(cells, ends, strict=True)}, verdict)


def _linkable(me: Party, submitted: SubmittedShares, layout: RowLayout, verdict: Verdict) -> Steps[tuple[Bits, Bits]]:
    """Multiply the verdict into `valid`, and that into every `present` bit: columns (keys,), and valid rows without any key."""
    fields = Fields([submitted.word(place) for place in range(layout.words)], layout, submitted.rows)
    (valid,) = yield from and_each(me, [(fields.bit("valid"), verdict.rows)])
    present = stack([fields.bit(f"present.{name}") for name in layout.keys])
    (linkable,) = yield from and_each(me, [(valid, present)])
    some = yield from any_of(me, linkable)
    return linkable, valid ^ some  # some implies valid


def _features(fields: Fields, plan: Plan) -> dict[str, Bits]:
    """Read what gates and scores compare; nothing in a plan that does not score."""
    if plan.linking.scoring is None:
        return {}
    return {name: fields.number(f"feature.{name}") for name in SCORES[plan.linking.scoring.version].features}


def _tally(me: Party, submitted: SubmittedShares, layout: RowLayout, verdict: Verdict, table: TableSpec) -> Steps[Ring]:
    """Add up the organizations' accepted tallies of one table; organizations are the rows here."""
    numbers: list[Bits] = []
    for place, cell in enumerate(layout.tallies):
        if cell.table == table.table:
            told = Words(np.ascontiguousarray(submitted.tallies.pair[place]))
            numbers.append(words_to_bits(told, max(1, cell.largest.bit_length())))
    stacked = Bits(np.stack([n.pair for n in numbers], axis=1), verdict.tallies.rows)
    (accepted,) = yield from and_each(me, [(verdict.tallies, stacked)])
    return (yield from sum_columns(me, accepted))


def _tabulate(
    me: Party, people: People, not_linkable: Bits, totals: dict[str, Ring], progress: Callable[[str], None]
) -> Steps[None]:
    """Fill `totals` with the exact shared totals of all tables of persons and of the two general counts."""
    (pairs,) = yield from and_each(me, [(people.persons.first_seen, people.persons.linkable)])
    pending: list[tuple[str, Bits]] = [("", stack([pairs, not_linkable]))]
    for table in people.plan.tables:
        if table.kind == TALLY:
            continue
        progress(f"table.{table.table}")
        cells = yield from cells_of_persons(me, people, table)
        if cells.pair.shape[0] > 1:
            totals[table.table] = yield from sum_columns(me, cells)
            continue
        pending.append((table.table, column(cells, 0)))
        if sum(waiting.pair.nbytes for _, waiting in pending) > PENDING_BYTES_MAX:
            yield from _count(me, pending, totals)
    yield from _count(me, pending, totals)
    counts = totals.pop("")
    totals[NOT_LINKABLE] = Ring(counts.pair[1:])
    totals[ROWS] = Ring(counts.pair[:1] + counts.pair[1:])


def _count(me: Party, pending: list[tuple[str, Bits]], totals: dict[str, Ring]) -> Steps[None]:
    """Count the ones of all pending columns in one tree."""
    if not pending:
        return
    columns = Bits(np.concatenate([waiting.pair for _, waiting in pending])[None], pending[0][1].rows)
    sizes = [waiting.pair.shape[0] for _, waiting in pending]
    names = [name for name, _ in pending]
    pending.clear()
    counted = yield from sum_columns(me, columns)
    ends = np.cumsum(sizes)
    for name, size, end in zip(names, sizes, ends, strict=True):
        totals[name] = Ring(counted.pair[end - size : end])
