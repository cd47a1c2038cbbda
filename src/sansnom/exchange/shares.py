"""From opened submissions to what a helper computes on: everyone's rows, one after another, in order of roster numbers.

All three helpers must lay out the same rows in the same order, so they agree on the manifests first: only submissions of
which all three hold the same manifest are taken (`common_manifests`).
"""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from sansnom.compute.share import Words
from sansnom.compute.submitted import SubmittedShares
from sansnom.exchange.rows import PlainRows
from sansnom.exchange.submission import OpenedSubmission
from sansnom.exchange.wire import Manifest
from sansnom.terms.errors import BrokenInvariant, PolicyRefusal
from sansnom.terms.schema import RowLayout


def common_manifests(held: Sequence[Mapping[int, str]]) -> tuple[tuple[int, str], ...]:
    """Give (roster number, manifest digest) of the submissions that all helpers hold alike, in order of numbers.

    `held` has one entry for each helper: the digest of the manifest it holds, by roster number.
    """
    first, *others = held
    return tuple(
        (number, digest) for number, digest in sorted(first.items()) if all(o.get(number) == digest for o in others)
    )


def shares_of(layout: RowLayout, manifests: Sequence[Manifest], opened: Iterable[OpenedSubmission]) -> SubmittedShares:
    """Lay the submissions of all organizations side by side, as one helper's shares.

    `manifests` are those agreed on, in rising order of roster numbers; `opened` gives the submissions in the same order and may
    open them one at a time, so that memory holds the result and a single submission.
    """
    numbers = [m.organization for m in manifests]
    if numbers != sorted(set(numbers)):
        raise BrokenInvariant("submissions.order")
    rows = sum(m.rows for m in manifests)
    keys = np.empty((len(layout.keys), rows, 2), dtype=np.uint64)
    payload = np.empty((layout.words, rows, 2), dtype=np.uint64)
    tallies = np.empty((len(layout.tallies), len(manifests), 2), dtype=np.uint32)
    start = 0
    for place, (manifest, submission) in enumerate(zip(manifests, opened, strict=True)):
        if submission.manifest != manifest:
            raise PolicyRefusal("submission.other", organization=manifest.organization)
        end = start + manifest.rows
        for side, component in enumerate((submission.first, submission.second)):
            columns = PlainRows.from_component(layout, component, manifest.rows)
            keys[:, start:end, side] = columns.keys
            payload[:, start:end, side] = columns.payload
            tallies[:, place, side] = columns.tallies
        start = end
    return SubmittedShares(Words(keys), Words(payload), Words(tallies), _numbers_by_row(manifests))


def _numbers_by_row(manifests: Sequence[Manifest]) -> NDArray[np.uint16]:
    numbers = np.array([m.organization for m in manifests], dtype=np.uint16)
    return np.repeat(numbers, [m.rows for m in manifests])
