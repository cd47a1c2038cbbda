"""Build the release from what was opened: public post-processing, byte for byte the same at every helper."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from sansnom.release.account import loss_of, noise_scales
from sansnom.release.consistency import agreements, consistent_tables
from sansnom.release.intervals_noise import figure_of, half_width
from sansnom.release.linking_error import linking_error_of
from sansnom.release.noise import Scale
from sansnom.terms.errors import BrokenInvariant
from sansnom.terms.linking_error import ExpectedErrors
from sansnom.terms.parse import Text
from sansnom.terms.plan import Plan
from sansnom.terms.release import Consistent, Figure, RegisterEntry, Release, ReleasedTable
from sansnom.terms.roster import Roster
from sansnom.terms.table import MINIMUM, SAME_SERVICE, SUM, TALLY, TRANSITIONS, TableSpec, axes_of
from sansnom.terms.vocabulary import Dictionary

ROWS: Final = "rows"
NOT_LINKABLE: Final = "not_linkable"
_LARGEST: Final = (2**53 - 1) // 200
"""Of a value: estimates are written in hundredths, and must be whole numbers that JSON carries exactly."""

Opened: TypeAlias = NDArray[np.int64] | Sequence[int]

_PERSONS: Final = Text("Personnes", "Persons")
_REQUESTS: Final = Text("Demandes", "Requests")

_METHOD: Final = (
    "method.participating",
    "method.linking",
    "method.shares",
    "method.noise",
    "method.interval",
    "method.too_few",
    "method.consistent",
)
_METHOD_BY_KIND: Final = {
    SAME_SERVICE: "method.overlap",
    TRANSITIONS: "method.transitions",
    SUM: "method.sum",
    MINIMUM: "method.minimum",
    TALLY: "method.tally",
}
_TECHNIQUES: Final = (
    "technique.no_identifier",
    "technique.shares",
    "technique.noise",
    "technique.bounds",
    "technique.groups",
)
_SECURITY: Final = (
    "security.three_institutions",
    "security.sealed",
    "security.keys_destroyed",
    "security.budget",
    "security.public",
)


def split_opened(opened: NDArray[np.int64], plan: Plan, dictionary: Dictionary) -> dict[str, NDArray[np.int64]]:
    """Cut the opened vector (all cells in the order of the noise) into the plan's tables and the two general counts.

    Shapes: opened is (cells in all,), as `release.account.noise_scales` orders them.
    """
    names = [*(t.table for t in plan.tables), ROWS, NOT_LINKABLE]
    ends = np.cumsum([0, *(scale.cells for scale in noise_scales(plan, dictionary))]).tolist()
    if opened.shape != (ends[-1],):
        raise BrokenInvariant("release.opened.size", expected=ends[-1])
    return {name: opened[start:end] for name, (start, end) in zip(names, pairwise(ends), strict=True)}


def assemble_release(
    plan: Plan,
    dictionary: Dictionary,
    roster: Roster,
    set_digest: str,
    organizations: int,
    opened: Mapping[str, Opened],
    *,
    supersedes: str = "",
    measured: ExpectedErrors | None = None,
) -> Release:
    """Put intervals, method, loss and register around the opened figures.

    opened         noisy values by table name, row-major, and under "rows" and "not_linkable" the two general counts
    organizations  how many organizations' submissions were computed on; abstaining ones among them, and nobody can tell
    measured       the shipped error of linking for the plan's keys and scores; None where nothing was measured

    Loss:  none: everything here follows from public values. Proof: post-processing.
    BrokenInvariant when a table is missing, or has the wrong number of cells: nothing half done is published.
    """
    expected = {t.table for t in plan.tables} | {ROWS, NOT_LINKABLE}
    if set(opened) != expected:
        raise BrokenInvariant("release.opened.names", expected=len(expected), found=len(opened))
    if roster.digest != plan.roster_digest:
        raise BrokenInvariant("release.roster", expected=plan.roster_digest)
    scales = noise_scales(plan, dictionary)
    tables = _released(plan, dictionary, scales, opened)
    general = {
        name: _general(opened[name], scale) for name, scale in zip((ROWS, NOT_LINKABLE), scales[-2:], strict=True)
    }
    return Release(
        release=plan.plan,
        plan=plan.plan,
        plan_digest=plan.digest,
        title=plan.title,
        period=plan.period,
        dictionary=plan.dictionary,
        roster_version=plan.roster_version,
        roster_digest=plan.roster_digest,
        set_digest=set_digest,
        organizations=organizations,
        tables=tables,
        agreements=agreements(plan.tables, [table.axes for table in tables]),
        rows=general[ROWS],
        not_linkable=general[NOT_LINKABLE],
        method=_method(plan),
        loss=loss_of(plan),
        register=_register(plan, dictionary),
        supersedes=supersedes,
        linking_error=linking_error_of(plan, tables, general[ROWS].value, measured),
    )


def _released(
    plan: Plan, dictionary: Dictionary, scales: Sequence[Scale], opened: Mapping[str, Opened]
) -> tuple[ReleasedTable, ...]:
    axes = [axes_of(spec, dictionary, plan.own_category) for spec in plan.tables]
    variances = [scale.variance for scale in scales][: len(axes)]
    told = [_integers(opened[spec.table], s.cells, spec.table) for spec, s in zip(plan.tables, scales, strict=False)]
    widths = [half_width(scale.variance, law=scale.law) for scale in scales[: len(axes)]]
    thresholds = [0 if spec.kind == SUM else plan.threshold for spec in plan.tables]
    together = consistent_tables(plan.tables, axes, variances, widths, told)
    return tuple(
        ReleasedTable(
            table=spec.table,
            kind=spec.kind,
            title=spec.title,
            unit=_unit(spec, dictionary),
            axes=axes[place],
            rho=spec.rho,
            variance=variances[place],
            half_width=widths[place],
            figures=tuple(figure_of(value, widths[place], thresholds[place]) for value in told[place]),
            consistent=_flagged(together[place], thresholds[place]),
            noise=plan.noise,
        )
        for place, spec in enumerate(plan.tables)
    )


def _flagged(told: Consistent, threshold: int) -> Consistent:
    """Flag consistent figures below the plan's threshold as too few to tell: post-processing of what is public already."""
    return replace(told, figures=tuple(replace(f, dominated=f.dominated or f.value < threshold) for f in told.figures))


def _general(values: Opened, scale: Scale) -> Figure:
    return figure_of(_integers(values, 1, "general")[0], half_width(scale.variance, law=scale.law))


def _integers(values: Opened, cells: int, name: str) -> list[int]:
    told = [int(value) for value in np.asarray(values, dtype=np.int64).reshape(-1)]
    if len(told) != cells:
        raise BrokenInvariant("release.opened.size", table=name, expected=cells, found=len(told))
    if any(abs(value) > _LARGEST for value in told):
        raise BrokenInvariant("release.opened.range", table=name)
    return told


def _unit(spec: TableSpec, dictionary: Dictionary) -> Text:
    if spec.kind == SUM:
        return dictionary.measures[spec.measure].label
    return _REQUESTS if spec.kind == TALLY else _PERSONS


def _method(plan: Plan) -> tuple[str, ...]:
    kinds = {t.kind for t in plan.tables}
    return (*_METHOD, *(code for kind, code in _METHOD_BY_KIND.items() if kind in kinds))


def _register(plan: Plan, dictionary: Dictionary) -> RegisterEntry:
    """Fill the five fields: what was described, for what use, by which techniques, under which security, analysed when.

    The risks are analysed by the rules when the plan is accepted: the entry bears the day of the cut-off, which is
    in the plan.
    """
    described = [t.title for t in plan.tables]
    described += [dictionary.dimensions[use.code].label for use in plan.dimensions]
    return RegisterEntry(
        description=tuple(dict.fromkeys(described)),
        uses=plan.request.presentation,
        techniques=_TECHNIQUES,
        security=_SECURITY,
        analysed=plan.cutoff[:10],
    )
