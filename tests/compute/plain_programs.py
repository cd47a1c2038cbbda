"""The programs in the clear, written from their rules with loops and dictionaries: what shares must give, exactly."""

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


def window(cap: int) -> int:
    """Twice the cap, rounded up to a power of two."""
    size = 2
    while size < 2 * cap:
        size *= 2
    return size


@dataclass(frozen=True, slots=True)
class PlainRows:
    """Rows for the plain linker: keys (keys, rows), linkable (keys, rows), organizations (rows,), gate codes by name."""

    match_keys: NDArray[np.uint64]
    linkable: NDArray[np.uint8]
    organizations: NDArray[np.uint16]
    gate_codes: dict[str, NDArray[np.int64]]

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return int(self.organizations.shape[0])


def runs_of(given: PlainRows, place: int) -> list[list[int]]:
    """Rule 2: maximal stretches of neighbours with equal keys, both linkable."""
    index_bits = max(1, (given.rows - 1).bit_length())
    keys, linkable = given.match_keys[place], given.linkable[place]
    order = sorted(range(given.rows), key=lambda r: (linkable[r], int(keys[r]) >> (1 + index_bits), r))
    runs: list[list[int]] = []
    for here in order:
        if runs and linkable[here] and linkable[runs[-1][-1]] and keys[here] == keys[runs[-1][-1]]:
            runs[-1].append(here)
        else:
            runs.append([here])
    return runs


def is_evidence(given: PlainRows, run: list[int], cap: int, gates: tuple[str, ...] = ()) -> bool:
    """Rule 3: distinct organizations, the row window, contradictions."""
    if len({int(given.organizations[r]) for r in run}) > cap or len(run) > window(cap):
        return False
    return all(len({int(given.gate_codes[g][r]) for r in run} - {0}) <= 1 for g in gates)


def strict_labels(given: PlainRows, cap: int, strict: int, gates: tuple[str, ...] = ()) -> list[int]:
    """Rule 4: the smallest row number of the strict key's run where that is evidence."""
    labels = list(range(given.rows))
    for run in runs_of(given, strict):
        if is_evidence(given, run, cap, gates):
            for r in run:
                labels[r] = min(run)
    return labels


def link_plainly(
    given: PlainRows,
    caps: tuple[int, ...],
    strict: int,
    sweeps: int,
    cluster_cap: int,
    gates: tuple[tuple[str, ...], ...] = (),
) -> list[list[int]]:
    """Rules 4 to 6: persons as lists of rows, every row in one of them, linkable or not; sorted."""
    evidence = []
    for place, cap in enumerate(caps):
        wanted = gates[place] if gates else ()
        evidence.append([run for run in runs_of(given, place) if is_evidence(given, run, cap, wanted)])
    strict_run = list(range(given.rows))
    for run in runs_of(given, strict):
        for r in run:
            strict_run[r] = min(run)
    strict_label = strict_labels(given, caps[strict], strict, gates[strict] if gates else ())
    sequence = [place for place in range(len(caps)) if place != strict] + [strict]

    def sweep(labels: list[int]) -> list[int]:
        labels = labels.copy()
        for place in sequence:
            for run in evidence[place]:
                smallest = min(labels[r] for r in run)
                for r in run:
                    labels[r] = smallest
        return labels

    labels = list(range(given.rows))
    for _ in range(sweeps):
        labels = sweep(labels)
    changed = [a != b for a, b in zip(labels, sweep(labels), strict=True)]
    components: dict[int, list[int]] = defaultdict(list)
    for r, label in enumerate(labels):
        components[label].append(r)
    persons: list[list[int]] = []
    for rows in components.values():
        runs_by_desk: dict[int, set[int]] = defaultdict(set)
        for r in rows:
            runs_by_desk[int(given.organizations[r])].add(strict_run[r])
        falls = (
            any(changed[r] for r in rows)
            or len(runs_by_desk) > cluster_cap
            or len(rows) > window(cluster_cap)
            or any(len(seen) > 1 for seen in runs_by_desk.values())
        )
        if not falls:
            persons.append(sorted(rows))
            continue
        split: dict[int, list[int]] = defaultdict(list)
        for r in rows:
            split[strict_label[r]].append(r)
        persons += [sorted(part) for part in split.values()]
    return sorted(persons)
