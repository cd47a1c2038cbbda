"""Who is the same person, in the clear: the rules of `compute/programs/link.py` by another formulation.

For synthetic data only. Where the shares sort, compare neighbours and copy labels along windows, this groups by value:
two ways to the same clusters, so that a fault in either shows (tests compare them on many inputs). It is also how
`--exact-for-evaluation` names clusters quickly.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sansnom.exchange.pair_scores import score_pairs
from sansnom.terms.plan import TIER_UNCONDITIONAL, KeyRule, Linking
from sansnom.terms.scoring import SCORES, ScoreTable

Labels = NDArray[np.int64]
_Scored = tuple[Linking, ScoreTable | None]


@dataclass(frozen=True, slots=True)
class PlainKeys:
    """Match keys of all rows in the clear; rows of one organization stand together, in the order of the submissions.

    organization  (rows,) roster numbers
    keys          (rows, K) uint64, in the plan's order
    present       (rows, K) bool; False for rows that are not valid
    features      by name, (rows,): what pair scoring compares; 0 is missing
    """

    organization: NDArray[np.uint16]
    keys: NDArray[np.uint64]
    present: NDArray[np.bool_]
    features: Mapping[str, NDArray[np.int64]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Groups:
    """Rows that share a value which is evidence: `rows` and, beside each, the number of its group."""

    rows: NDArray[np.int64]
    group: NDArray[np.int64]
    count: int


def link_in_the_clear(rows: PlainKeys, linking: Linking, table: ScoreTable | None = None) -> Labels:
    """Give each row the label of its person: the smallest row number of its final group.

    Shapes: the result is (rows,); rows without any present key keep a label of their own. A `table` that is given stands in
    the place of the one that the plan names: calibration tries tables that no plan can name yet.
    """
    if linking.tier == TIER_UNCONDITIONAL:
        return _by_first_key(rows)
    names = [k.match_key for k in linking.keys]
    strict = names.index(linking.strict)
    evidence = evidence_by_key(rows, linking, table)
    order = [k for k in range(len(names)) if k != strict] + [strict]
    own = np.arange(rows.organization.size, dtype=np.int64)
    strict_label = _spread(own, evidence[strict])
    label, fallen = _settled(rows, linking, *_labels(own, order, evidence, linking.sweeps))
    firm = firm_evidence(rows, linking, evidence, table)
    if firm:
        firm_label, moving = _labels(own, order, firm, linking.sweeps)
        label, fallen = _settled(rows, linking, np.where(fallen, firm_label, label), fallen & moving)
    # Labels and strict labels are row numbers: a strict label inside a component that fell could be another one's label.
    return least_rows(np.where(fallen, label * own.size + strict_label, label * own.size + label))


def _labels(
    own: Labels, order: list[int], evidence: "dict[int, _Groups]", sweeps: int
) -> tuple[Labels, NDArray[np.bool_]]:
    """Sweep the smallest labels (rule 5); also tell which rows one sweep more would change."""
    label = own
    for _ in range(sweeps):
        label = _sweep(label, order, evidence)
    return label, _sweep(label, order, evidence) != label


def _settled(
    rows: PlainKeys, linking: Linking, label: Labels, moving: NDArray[np.bool_]
) -> tuple[Labels, NDArray[np.bool_]]:
    """Give the labels again, and which rows are of a component that falls back (the conditions of rule 6)."""
    strict = [rule.match_key for rule in linking.keys].index(linking.strict)
    _, component = np.unique(label, return_inverse=True)
    fallen = _too_large(rows, component, linking.cluster_cap) | _at_odds(rows, component, strict)
    fallen |= np.bincount(component, weights=moving, minlength=fallen.size) > 0
    return label, fallen[component]


def least_rows(labels: Labels) -> Labels:
    """Name every group by its smallest row number."""
    _, first, group = np.unique(labels, return_index=True, return_inverse=True)
    return first[group].astype(np.int64)


def firm_evidence(
    rows: PlainKeys, linking: Linking, evidence: "dict[int, _Groups]", table: ScoreTable | None = None
) -> "dict[int, _Groups]":
    """Cut the groups that are evidence where neighbours score less than firm links do; nothing where no link is called firm."""
    if linking.scoring is None:
        return {}
    table = table or SCORES[linking.scoring.version]
    if table.firm is None:
        return {}
    return {
        place: _cut(rows, groups, linking.scoring.threshold + table.firm, table) if rule.scored else groups
        for (place, groups), rule in zip(evidence.items(), linking.keys, strict=True)
    }


def _cut(rows: PlainKeys, groups: _Groups, least: int, table: ScoreTable) -> _Groups:
    here, group = groups.rows, groups.group
    if not here.size:
        return groups
    apart = (group[1:] != group[:-1]) | (score_pairs(rows.features, here[:-1], here[1:], table) < least)
    number = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(apart)])
    return _Groups(here, number, int(number[-1]) + 1)


def _by_first_key(rows: PlainKeys) -> Labels:
    """Link each row by the first key that it has, on the bits that the shares compare (`compute/programs/first_key.py`)."""
    count = rows.organization.size
    index_bits = max(1, (count - 1).bit_length())
    first = np.argmax(rows.present, axis=1)
    value = rows.keys[np.arange(count), first] >> np.uint64(2 + index_bits)
    label = np.arange(count, dtype=np.int64)
    groups: dict[tuple[int, int], int] = {}
    for row in np.flatnonzero(rows.present.any(axis=1)).tolist():
        label[row] = groups.setdefault((int(first[row]), int(value[row])), row)
    return label


def row_window(cap: int) -> int:
    """Give the most rows that a group may have: twice its cap of organizations, rounded up to a power of two."""
    window = 2
    while window < 2 * cap:
        window *= 2
    return window


def clusters_of(labels: Labels) -> list[list[int]]:
    """List the rows of each person, singletons included, in the order of their first rows."""
    order = np.argsort(labels, kind="stable")
    ends = np.flatnonzero(np.diff(labels[order])) + 1
    return [[int(row) for row in part] for part in np.split(order, ends)] if labels.size else []


def evidence_by_key(rows: PlainKeys, linking: Linking, table: ScoreTable | None = None) -> "dict[int, _Groups]":
    """Group the rows by every key, in the plan's order, and keep the groups that are evidence (rule 3)."""
    if table is None and linking.scoring is not None:
        table = SCORES[linking.scoring.version]
    return {place: _evidence(rows, place, rule, (linking, table)) for place, rule in enumerate(linking.keys)}


def neighbours(rows: PlainKeys, place: int) -> NDArray[np.int64]:
    """Give the rows that have this key, in its order: the bits that the sort on shares reads, then row number."""
    index_bits = max(1, (rows.organization.size - 1).bit_length())
    there = np.flatnonzero(rows.present[:, place])
    high = rows.keys[there, place] >> np.uint64(index_bits + 1)
    return there[np.argsort(high, kind="stable")]


def _runs(rows: PlainKeys, key: int, rule: KeyRule, scored: _Scored) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Give the rows that have a key and, beside each, the number of its run (rule 2)."""
    linking, table = scored
    if linking.scoring is None or table is None or not rule.scored:
        there = np.flatnonzero(rows.present[:, key])
        return there, np.unique(rows.keys[there, key], return_inverse=True)[1].astype(np.int64)
    order = neighbours(rows, key)
    scores = score_pairs(rows.features, order[:-1], order[1:], table)
    apart = (scores < linking.scoring.threshold).astype(np.int64)
    return order, np.concatenate([np.zeros(min(1, order.size), dtype=np.int64), np.cumsum(apart)])


def _evidence(rows: PlainKeys, key: int, rule: KeyRule, scored: _Scored) -> _Groups:
    """Drop the runs that are no evidence: too many organizations or rows, or at odds with themselves."""
    there, group = _runs(rows, key, rule, scored)
    count = int(group.max()) + 1 if group.size else 0
    sizes = np.bincount(group, minlength=count)
    kept = (_distinct(group, rows.organization[there], count) <= rule.cap) & (sizes <= row_window(rule.cap))
    for name in rule.gate:
        kept &= ~_contradicts(group, rows.features[name][there], count)
    keep = kept[group]
    return _Groups(there[keep], group[keep], count)


def _contradicts(group: NDArray[np.int64], codes: NDArray[np.int64], count: int) -> NDArray[np.bool_]:
    """Mark the groups with two different known codes."""
    known = codes != 0
    pairs = np.unique(group[known] * 2**20 + codes[known])
    different: NDArray[np.bool_] = np.bincount(pairs >> 20, minlength=count) > 1
    return different


def _distinct(group: NDArray[np.int64], organization: NDArray[np.uint16], count: int) -> NDArray[np.int64]:
    """Count the different organizations of each group."""
    pairs = np.unique(group.astype(np.int64) * 2**16 + organization)
    return np.bincount(pairs >> 16, minlength=count)


def _spread(label: Labels, groups: _Groups) -> Labels:
    """Give every row of a group the smallest label in it."""
    least = np.full(groups.count, np.iinfo(np.int64).max)
    np.minimum.at(least, groups.group, label[groups.rows])
    spread = label.copy()
    spread[groups.rows] = least[groups.group]
    return spread


def _sweep(label: Labels, order: list[int], evidence: dict[int, _Groups]) -> Labels:
    for key in order:
        label = _spread(label, evidence[key])
    return label


def _too_large(rows: PlainKeys, component: Labels, cluster_cap: int) -> NDArray[np.bool_]:
    """Mark the components with more organizations than the cap, or more rows than its window."""
    count = int(component.max()) + 1 if component.size else 0
    crowded = np.bincount(component, minlength=count) > row_window(cluster_cap)
    marked: NDArray[np.bool_] = crowded | (_distinct(component, rows.organization, count) > cluster_cap)
    return marked


def _at_odds(rows: PlainKeys, component: Labels, strict: int) -> NDArray[np.bool_]:
    """Mark the components in which one organization has two rows that do not share the strict key."""
    marked = np.zeros(int(component.max()) + 1 if component.size else 0, dtype=np.bool_)
    _, seat = np.unique(component.astype(np.int64) * 2**16 + rows.organization, return_inverse=True)
    seats = int(seat.max()) + 1 if seat.size else 0
    value = rows.keys[:, strict]
    least = np.full(seats, np.iinfo(np.uint64).max, dtype=np.uint64)
    most = np.zeros(seats, dtype=np.uint64)
    np.minimum.at(least, seat, value)
    np.maximum.at(most, seat, value)
    missing = np.bincount(seat, weights=~rows.present[:, strict], minlength=seats) > 0
    odd = (np.bincount(seat, minlength=seats) > 1) & ((least != most) | missing)
    marked[component[odd[seat]]] = True
    return marked
