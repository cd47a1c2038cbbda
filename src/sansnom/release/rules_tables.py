"""Rules about one table: its codes are known, and its kind has what it needs."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from sansnom.terms.errors import Finding
from sansnom.terms.schema import LEVEL_MAX
from sansnom.terms.table import MINIMUM, SAME_SERVICE, SUM, TALLY, TRANSITIONS, TURNED_AWAY, WAITING, TableSpec
from sansnom.terms.vocabulary import Dictionary

BINS_MAX: Final = 32
BOUND_MAX: Final = 2**20
_KINDS_WITH_SERVICES: Final = (SAME_SERVICE, TALLY)


def table_findings(table: TableSpec, where: str, dictionary: Dictionary) -> Iterator[Finding]:
    """Give every reason why this table cannot be asked; axes and budget are looked at by `release.rules`."""
    for service in table.services:
        if service not in dictionary.services:
            yield Finding("rule.unknown.service", where, {"service": service})
    if len(set(table.services)) != len(table.services) or len(set(table.dimensions)) != len(table.dimensions):
        yield Finding("rule.table.twice", where)
    if table.kind in _KINDS_WITH_SERVICES and not table.services:
        yield Finding("rule.table.services", where)
    if table.kind in (SUM, MINIMUM, TALLY) and not 1 <= table.bound <= BOUND_MAX:
        yield Finding("rule.table.bound", where, {"most": BOUND_MAX})
    if table.kind == SAME_SERVICE and table.window_days < 1:
        yield Finding("rule.table.window", where)
    if table.kind in (SUM, MINIMUM) and table.measure not in dictionary.measures:
        yield Finding("rule.unknown.measure", where, {"measure": table.measure})
    if table.kind == MINIMUM and not _bins_rise(table):
        yield Finding("rule.table.bins", where, {"most": BINS_MAX})
    if table.kind == TRANSITIONS:
        yield from _transitions(table, where, dictionary)
    if table.kind == TALLY:
        yield from _tally(table, where, dictionary)


def _bins_rise(table: TableSpec) -> bool:
    bins = table.bins
    rising = all(low < high for low, high in pairwise(bins))
    return 1 <= len(bins) <= BINS_MAX and rising and bins[0] >= 0 and bins[-1] <= table.bound


def _transitions(table: TableSpec, where: str, dictionary: Dictionary) -> Iterator[Finding]:
    scale, _, skill = table.scale.partition(".")
    if scale not in dictionary.scales or not skill:
        yield Finding("rule.unknown.scale", where, {"scale": table.scale})
    bands = table.bands
    rising = all(low < high for low, high in pairwise(bands))
    if not bands or not rising or bands[0] < 1 or bands[-1] != LEVEL_MAX:
        yield Finding("rule.table.bands", where, {"last": LEVEL_MAX})


def _tally(table: TableSpec, where: str, dictionary: Dictionary) -> Iterator[Finding]:
    if table.measure not in (WAITING, TURNED_AWAY):
        yield Finding("rule.unknown.measure", where, {"measure": table.measure})
    elif table.measure == TURNED_AWAY and not dictionary.reasons.get(TURNED_AWAY):
        yield Finding("rule.unknown.reason", where, {"measure": table.measure})
    if table.dimensions:
        yield Finding("rule.table.tally_dimensions", where)
