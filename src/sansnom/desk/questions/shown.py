"""What a director sees of a question before deciding, and of its release afterwards: plain words, own figures, what leaves.

Everything is worked out on this desk from the signed plan, the roster and its own records; nothing of it is sent or kept.
"""

from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import Final

from django.utils.translation import get_language

from sansnom.desk.questions.answers import own_answer, setting_of
from sansnom.desk.questions.joining import place_in
from sansnom.desk.questions.looking import own_ledger, plan_of, roster_of
from sansnom.desk.questions.models import Membership, Question
from sansnom.desk.questions.own_tables import OwnFigures, own_figures
from sansnom.exchange.setting import Setting
from sansnom.exchange.wire import part_bytes
from sansnom.release.precision import TablePrecision, expected_precision
from sansnom.terms.errors import InputError, PolicyRefusal, SansnomError
from sansnom.terms.parse import Text
from sansnom.terms.party import HELPERS
from sansnom.terms.release import Figure, Release, ReleasedTable
from sansnom.terms.roster import Organization
from sansnom.terms.table import SUM, TALLY, Axis, TableSpec, axes_of

FEW_ORGANIZATIONS: Final = 5
"""Organizations that declare a service, this one included, at and below which an absence stands out by itself."""
MANIFEST_BYTES: Final = 1100
CELLS_SHOWN_EMPTY: Final = 4
CELLS_SHOWN_FILLED: Final = 24


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table: its words, this organization's own figure, and what was published once it was."""

    label: str
    own: int | None
    published: Figure | None = None


@dataclass(frozen=True, slots=True)
class TableShown:
    """One table as a person reads it.

    stands_out  an own figure is larger than what the noise hides: its absence would show to who expects it
    few         labels of services that few organizations declare, this one among them
    """

    title: str
    kind: str
    by: tuple[str, ...]
    services: tuple[str, ...]
    cells: tuple[Cell, ...]
    precision: TablePrecision | None
    percent: int
    stands_out: bool = False
    few: tuple[str, ...] = ()

    @property
    def long(self) -> bool:
        """Say whether the table is better folded."""
        return len(self.cells) > (CELLS_SHOWN_FILLED if self.precision is None else CELLS_SHOWN_EMPTY)

    @property
    def counts_persons(self) -> bool:
        """Say whether its figures are persons."""
        return self.kind not in (SUM, TALLY)


@dataclass(frozen=True, slots=True)
class Preview:
    """A question with everything that a decision needs."""

    elements: tuple[tuple[str, str], ...]
    tables: tuple[TableShown, ...]
    helpers: tuple[str, ...]
    organizations: int
    size_class: int
    kilobytes: int
    year_percent: int
    left_percent: int
    own: OwnFigures | None
    blocked: SansnomError | None

    @property
    def standing_out(self) -> tuple[str, ...]:
        """Give the titles of tables in which an own figure is larger than the noise."""
        return tuple(table.title for table in self.tables if table.stands_out)

    @property
    def few(self) -> tuple[str, ...]:
        """Give the services that few organizations declare, this one among them."""
        return tuple(dict.fromkeys(service for table in self.tables for service in table.few))

    @property
    def shows(self) -> bool:
        """Say whether an absence may show in some table."""
        return bool(self.standing_out or self.few)


def said(text: Text) -> str:
    """Give a text of a public file in the reader's language."""
    return text.in_language("en" if (get_language() or "fr").startswith("en") else "fr")


def preview(question: Question, member: Membership) -> Preview:
    """Work out everything that is shown before the decision."""
    plan, roster = plan_of(question), roster_of(question)
    setting = setting_of(question)
    entry = place_in(roster, member)
    own, blocked = _own(question, member)
    precise = {told.table: told for told in expected_precision(plan, setting.dictionary, roster)}
    tables = tuple(_shown(spec, setting, entry, precise.get(spec.table), own) for spec in plan.tables)
    ledger = own_ledger(roster)
    bytes_ = sum(part_bytes(setting.layout, entry.size_class, party) + MANIFEST_BYTES for party in range(HELPERS))
    return Preview(
        elements=tuple((name, said(getattr(plan.request, name))) for name in type(plan.request).__dataclass_fields__),
        tables=tables,
        helpers=tuple(said(helper.institution) for helper in roster.helpers),
        organizations=len(roster.organizations),
        size_class=entry.size_class,
        kilobytes=-(-bytes_ // 1000),
        year_percent=percent(plan.rho / ledger.yearly),
        left_percent=percent(ledger.left(plan.budget_year) / ledger.yearly),
        own=own,
        blocked=blocked,
    )


def percent(part: Fraction) -> int:
    """Give per cent, rounded up: a spending is never told smaller than it is."""
    return -(-100 * part.numerator // part.denominator)


def _own(question: Question, member: Membership) -> tuple[OwnFigures | None, SansnomError | None]:
    try:
        seat, own = own_answer(question, member)
    except (InputError, PolicyRefusal) as error:
        return None, error
    return own_figures(own, seat.setting), None


def _shown(
    spec: TableSpec, setting: Setting, entry: Organization, precise: TablePrecision | None, own: OwnFigures | None
) -> TableShown:
    axes = axes_of(spec, setting.dictionary, setting.plan.own_category)
    figures = own.tables[spec.table] if own is not None else None
    declared = Counter(code for o in setting.roster.organizations for code in set(o.services))
    few = [code for code in spec.services if code in entry.services and declared[code] <= FEW_ORGANIZATIONS]
    width = precise.half_width if precise is not None else 0
    named = setting.dictionary.services
    return TableShown(
        title=said(spec.title),
        kind=spec.kind,
        by=tuple(said(axis.label) for axis in axes),
        services=tuple(said(named[code].label) for code in spec.services),
        cells=_cells(axes, figures),
        precision=precise,
        percent=percent(spec.rho / setting.plan.rho),
        stands_out=figures is not None and any(figure > width for figure in figures),
        few=tuple(said(named[code].label) for code in few),
    )


def _cells(
    axes: tuple[Axis, ...], own: tuple[int, ...] | None, published: tuple[Figure, ...] | None = None
) -> tuple[Cell, ...]:
    labels = product(*([said(value.label) for value in axis.values] for axis in axes))
    return tuple(
        Cell(" · ".join(label), own[n] if own is not None else None, published[n] if published is not None else None)
        for n, label in enumerate(labels)
    )


def published(
    question: Question, release: Release, member: Membership
) -> tuple[tuple[TableShown, ...], OwnFigures | None]:
    """Set the release's figures beside this organization's own, worked out anew from today's records."""
    own, _ = _own(question, member)
    specs = {spec.table: spec for spec in plan_of(question).tables}
    return tuple(_released(table, specs[table.table], own) for table in release.tables if table.table in specs), own


def _released(table: ReleasedTable, spec: TableSpec, own: OwnFigures | None) -> TableShown:
    figures = own.tables.get(table.table) if own is not None else None
    return TableShown(
        title=said(table.title),
        kind=table.kind,
        by=tuple(said(axis.label) for axis in table.axes),
        services=(),
        cells=_cells(table.axes, figures, table.consistent.figures),
        precision=None,
        percent=percent(spec.rho),
    )
