"""A release: what three helpers publish together about one plan. Its JSON form is `docs/schemas/release.schema.json`.

Every figure stands with its interval. Nothing here is exact: `value` is what was opened, noise included, and may be
negative; the page that shows it decides how to say so.
"""

from dataclasses import dataclass
from fractions import Fraction
from math import prod
from typing import Any, Final

from sansnom.terms.canonical import digest_hex
from sansnom.terms.errors import InputError
from sansnom.terms.linking_error import LinkingError
from sansnom.terms.parse import Reader, Text
from sansnom.terms.plan import LAWS, SKELLAM, Period
from sansnom.terms.table import KINDS, Axis
from sansnom.terms.vocabulary import Value

FORMAT: Final = "sansnom/release/1"
_FARTHEST: Final = 2**53 - 1


@dataclass(frozen=True, slots=True)
class Figure:
    """One published number: what was opened, its 95 % interval, and whether noise dominates it (too few to tell)."""

    value: int
    low: int
    high: int
    dominated: bool

    def to_json(self) -> dict[str, Any]:
        """Give the JSON object."""
        return {"value": self.value, "low": self.low, "high": self.high, "dominated": self.dominated}


@dataclass(frozen=True, slots=True)
class Effect:
    """The variance of what a table says by these axes together, free of what smaller sets of them say."""

    over: tuple[str, ...]
    variance: Fraction

    def to_json(self) -> dict[str, Any]:
        """Give the JSON object."""
        return {"over": list(self.over), "variance": str(self.variance)}


@dataclass(frozen=True, slots=True)
class Consistent:
    """What all tables of a release say together about the cells of one of them (`release.consistency`).

    figures               integers that are not negative and agree in all tables, each with its interval
    estimates_hundredths  unbiased estimates before anything is cut off or rounded, in hundredths; may be negative
    effects               from which the variance of any sum of estimates follows; empty where the table stands alone
    """

    figures: tuple[Figure, ...]
    estimates_hundredths: tuple[int, ...]
    effects: tuple[Effect, ...]

    def to_json(self) -> dict[str, Any]:
        """Give the JSON object; figures as parallel lists."""
        return {
            "values": [f.value for f in self.figures],
            "low": [f.low for f in self.figures],
            "high": [f.high for f in self.figures],
            "dominated": [int(f.dominated) for f in self.figures],
            "estimates_hundredths": list(self.estimates_hundredths),
            "effects": [effect.to_json() for effect in self.effects],
        }


@dataclass(frozen=True, slots=True)
class Agreement:
    """Tables whose consistent figures are the same when each is summed over everything but these axes.

    service  the one service of a table of overlaps that is meant; empty elsewhere
    """

    over: tuple[str, ...]
    tables: tuple[str, ...]
    service: str = ""

    def to_json(self) -> dict[str, Any]:
        """Give the JSON object."""
        return {"over": list(self.over), "tables": list(self.tables), "service": self.service}


@dataclass(frozen=True, slots=True)
class ReleasedTable:
    """One table: its figures in row-major order over its axes (`terms.table`), and the noise they carry.

    unit         what is counted: persons, requests, or a measure's name
    rho          the budget spent on it
    variance     variance of the noise that any two helpers add: what the loss is computed from
    half_width   half the length of the 95 % interval of one opened figure, from the exact distribution of all the noise
    figures      as they were opened
    consistent   as all tables together have them
    noise        the law of the noise, as the plan chose it
    """

    table: str
    kind: str
    title: Text
    unit: Text
    axes: tuple[Axis, ...]
    rho: Fraction
    variance: Fraction
    half_width: int
    figures: tuple[Figure, ...]
    consistent: Consistent
    noise: str = SKELLAM

    def to_json(self) -> dict[str, Any]:
        """Give the JSON object; figures as four parallel lists."""
        law = {} if self.noise == SKELLAM else {"noise": self.noise}
        return law | {
            "table": self.table,
            "kind": self.kind,
            "title": self.title.to_json(),
            "unit": self.unit.to_json(),
            "axes": [_axis_json(axis) for axis in self.axes],
            "rho": str(self.rho),
            "variance": str(self.variance),
            "half_width": self.half_width,
            "values": [f.value for f in self.figures],
            "low": [f.low for f in self.figures],
            "high": [f.high for f in self.figures],
            "dominated": [int(f.dominated) for f in self.figures],
            "consistent": self.consistent.to_json(),
        }


@dataclass(frozen=True, slots=True)
class Claim:
    """One statement of loss: epsilon (a decimal, rounded up) at the release's delta, found at this Renyi order.

    rows         for how many rows of one person it is stated (0: not by rows)
    sensitivity  persons whose counting one row may change under this claim
    """

    epsilon: str
    order: int
    rows: int = 0
    sensitivity: int = 1

    def to_json(self) -> dict[str, Any]:
        """Give the JSON object."""
        return {"epsilon": self.epsilon, "order": self.order, "rows": self.rows, "sensitivity": self.sensitivity}


@dataclass(frozen=True, slots=True)
class Loss:
    """What the release costs in privacy.

    linked    the loss of one person given the linkage of all other rows; never called plain differential privacy
    requests  the loss of one request in the tables that count requests without persons; None without such a table
    worst     upper bounds with the linkage itself counted, for a person with so many rows; desks may collude
    """

    rho: Fraction
    delta: Fraction
    linked: Claim
    requests: Claim | None
    worst: tuple[Claim, ...]

    def to_json(self) -> dict[str, Any]:
        """Give the JSON object."""
        return {
            "rho": str(self.rho),
            "delta": str(self.delta),
            "linked": self.linked.to_json(),
            "requests": None if self.requests is None else self.requests.to_json(),
            "worst": [claim.to_json() for claim in self.worst],
        }


@dataclass(frozen=True, slots=True)
class RegisterEntry:
    """The five fields of the anonymization register: codes are turned into sentences by the board."""

    description: tuple[Text, ...]
    uses: Text
    techniques: tuple[str, ...]
    security: tuple[str, ...]
    analysed: str

    def to_json(self) -> dict[str, Any]:
        """Give the JSON object."""
        return {
            "description": [text.to_json() for text in self.description],
            "uses": self.uses.to_json(),
            "techniques": list(self.techniques),
            "security": list(self.security),
            "analysed": self.analysed,
        }


@dataclass(frozen=True, slots=True)
class Release:
    """All that is published about one plan; three helpers sign the same bytes."""

    release: str
    plan: str
    plan_digest: str
    title: Text
    period: Period
    dictionary: str
    roster_version: int
    roster_digest: str
    set_digest: str
    organizations: int
    tables: tuple[ReleasedTable, ...]
    agreements: tuple[Agreement, ...]
    rows: Figure
    not_linkable: Figure
    method: tuple[str, ...]
    loss: Loss
    register: RegisterEntry
    supersedes: str = ""
    linking_error: LinkingError | None = None

    @property
    def digest(self) -> str:
        """Give the SHA-256 of the release's canonical bytes."""
        return digest_hex(self.to_json())

    def to_json(self) -> dict[str, Any]:
        """Give the JSON object that is signed."""
        return {
            "schema": FORMAT,
            "release": self.release,
            "plan": self.plan,
            "plan_digest": self.plan_digest,
            "title": self.title.to_json(),
            "period": {"start": self.period.start, "end": self.period.end},
            "dictionary": self.dictionary,
            "roster_version": self.roster_version,
            "roster_digest": self.roster_digest,
            "set_digest": self.set_digest,
            "organizations": self.organizations,
            "tables": [table.to_json() for table in self.tables],
            "agreements": [agreement.to_json() for agreement in self.agreements],
            "rows": self.rows.to_json(),
            "not_linkable": self.not_linkable.to_json(),
            "method": list(self.method),
            "loss": self.loss.to_json(),
            "register": self.register.to_json(),
            "supersedes": self.supersedes,
            "linking_error": None if self.linking_error is None else self.linking_error.to_json(),
        }

    @classmethod
    def from_json(cls, value: object) -> "Release":
        """Read a release strictly; InputError names the place."""
        r = Reader(value, "release")
        r.expect("schema", FORMAT)
        period = r.inner("period")
        linking_error = r.optional("linking_error")
        release = cls(
            release=r.string("release"),
            plan=r.string("plan"),
            plan_digest=r.string("plan_digest"),
            title=r.text("title"),
            period=Period(period.string("start"), period.string("end")),
            dictionary=r.string("dictionary"),
            roster_version=r.integer("roster_version", low=1),
            roster_digest=r.string("roster_digest"),
            set_digest=r.string("set_digest"),
            organizations=r.integer("organizations"),
            tables=tuple(_table(t) for t in r.objects("tables")),
            agreements=tuple(_agreement(a) for a in r.objects("agreements")),
            rows=_figure(r.inner("rows")),
            not_linkable=_figure(r.inner("not_linkable")),
            method=r.strings("method"),
            loss=_loss(r.inner("loss")),
            register=_register(r.inner("register")),
            supersedes=r.string("supersedes", ""),
            linking_error=None if linking_error is None else LinkingError.from_reader(linking_error),
        )
        period.done()
        r.done()
        return release


def _axis_json(axis: Axis) -> dict[str, Any]:
    values = [{"code": v.code, "label": v.label.to_json()} for v in axis.values]
    return {"code": axis.code, "label": axis.label.to_json(), "values": values}


def _axis(r: Reader) -> Axis:
    values: list[Value] = []
    for item in r.objects("values"):
        values.append(Value(item.string("code"), item.text("label")))
        item.done()
    axis = Axis(r.string("code"), r.text("label"), tuple(values))
    r.done()
    return axis


def _figure(r: Reader) -> Figure:
    figure = Figure(
        value=r.integer("value", low=-_FARTHEST),
        low=r.integer("low"),
        high=r.integer("high"),
        dominated=r.boolean("dominated"),
    )
    r.done()
    if figure.low > figure.high:
        raise InputError("release.interval", where=r.where)
    return figure


def _table(r: Reader) -> ReleasedTable:
    axes = tuple(_axis(axis) for axis in r.objects("axes"))
    cells = prod(len(axis.values) for axis in axes)
    table = ReleasedTable(
        table=r.string("table"),
        kind=r.string("kind"),
        title=r.text("title"),
        unit=r.text("unit"),
        axes=axes,
        rho=r.fraction("rho"),
        variance=r.fraction("variance"),
        half_width=r.integer("half_width"),
        figures=_figures(r, cells),
        consistent=_consistent(r.inner("consistent"), cells),
        noise=r.string("noise", SKELLAM),
    )
    r.done()
    if table.noise not in LAWS:
        raise InputError("plan.noise", where=f"{r.where}.noise", expected=LAWS)
    if table.kind not in KINDS:
        raise InputError("plan.table.kind", where=f"{r.where}.kind", expected=KINDS)
    return table


def _figures(r: Reader, cells: int) -> tuple[Figure, ...]:
    """Read the four parallel lists of a table's figures."""
    columns = [r.integers(name) for name in ("values", "low", "high", "dominated")]
    if {len(column) for column in columns} != {cells}:
        raise InputError("release.cells", where=r.where)
    if any(low < 0 or low > high for low, high in zip(columns[1], columns[2], strict=True)):
        raise InputError("release.interval", where=r.where)
    if not set(columns[3]) <= {0, 1}:
        raise InputError("release.dominated", where=f"{r.where}.dominated")
    return tuple(Figure(v, low, high, bool(d)) for v, low, high, d in zip(*columns, strict=True))


def _consistent(r: Reader, cells: int) -> Consistent:
    effects: list[Effect] = []
    for item in r.objects("effects"):
        effects.append(Effect(item.strings("over"), item.fraction("variance")))
        item.done()
    told = Consistent(_figures(r, cells), r.integers("estimates_hundredths"), tuple(effects))
    r.done()
    if len(told.estimates_hundredths) != cells or any(figure.value < 0 for figure in told.figures):
        raise InputError("release.cells", where=r.where)
    return told


def _agreement(r: Reader) -> Agreement:
    agreement = Agreement(r.strings("over"), r.strings("tables"), r.string("service", ""))
    r.done()
    return agreement


def _claim(r: Reader) -> Claim:
    claim = Claim(
        epsilon=r.string("epsilon"),
        order=r.integer("order", low=2),
        rows=r.integer("rows"),
        sensitivity=r.integer("sensitivity", low=1),
    )
    r.done()
    return claim


def _loss(r: Reader) -> Loss:
    requests = r.optional("requests")
    loss = Loss(
        rho=r.fraction("rho"),
        delta=r.fraction("delta"),
        linked=_claim(r.inner("linked")),
        requests=None if requests is None else _claim(requests),
        worst=tuple(_claim(claim) for claim in r.objects("worst")),
    )
    r.done()
    return loss


def _register(r: Reader) -> RegisterEntry:
    described = tuple(Text(item.string("fr"), item.string("en")) for item in r.objects("description"))
    entry = RegisterEntry(
        description=described,
        uses=r.text("uses"),
        techniques=r.strings("techniques"),
        security=r.strings("security"),
        analysed=r.string("analysed"),
    )
    r.done()
    return entry
