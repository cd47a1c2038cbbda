"""A plan: a question, published and signed before any data moves. Its JSON form is `docs/schemas/plan.schema.json`."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sansnom.terms.canonical import digest_hex
from sansnom.terms.errors import InputError
from sansnom.terms.parse import Reader, Text
from sansnom.terms.table import TableSpec

FORMAT = "sansnom/plan/1"
DISAGREEMENT_MAJORITY = "majority"
DISAGREEMENT_CATEGORY = "category"


@dataclass(frozen=True, slots=True)
class KeyRule:
    """One match key of the plan and the most distinct organizations that may share a value before it is no evidence."""

    match_key: str
    cap: int


@dataclass(frozen=True, slots=True)
class Linking:
    """How rows become persons: keys in order, strict key, public number of sweeps, most organizations of one person."""

    keys: tuple[KeyRule, ...]
    strict: str
    sweeps: int
    cluster_cap: int
    version: str = "keys-0"


@dataclass(frozen=True, slots=True)
class Period:
    """The reference period, both days included, ISO dates."""

    start: str
    end: str


@dataclass(frozen=True, slots=True)
class HelperSeat:
    """One helper as the plan names it: who it is and the keys it uses for this plan (base64)."""

    name: Text
    seal_key: str
    sign_key: str


@dataclass(frozen=True, slots=True)
class DimensionUse:
    """How the plan treats organizations that disagree about a person: "majority" or an own "category"."""

    code: str
    disagreement: str = DISAGREEMENT_MAJORITY


@dataclass(frozen=True, slots=True)
class Request:
    """Who asks and why: the five elements of P-39.1, s. 21.0.1."""

    requester: Text
    presentation: Text
    grounds: Text
    others_asked: Text
    technologies: Text
    ethics: Text


@dataclass(frozen=True, slots=True)
class Plan:
    """One question to the organizations of a roster."""

    plan: str
    title: Text
    request: Request
    period: Period
    cutoff: str
    dictionary: str
    roster_version: int
    roster_digest: str
    pepper_check: str
    minimum_organizations: int
    linking: Linking
    dimensions: tuple[DimensionUse, ...]
    tables: tuple[TableSpec, ...]
    budget_year: str
    rho: Fraction
    counts_rho: Fraction
    helpers: tuple[HelperSeat, ...]
    series: str = ""

    @property
    def own_category(self) -> frozenset[str]:
        """Name the dimensions with a category of their own for disagreement."""
        return frozenset(d.code for d in self.dimensions if d.disagreement == DISAGREEMENT_CATEGORY)

    @property
    def digest(self) -> str:
        """Give the SHA-256 of the plan's canonical bytes: what approvals, noise and releases are bound to."""
        return digest_hex(self.to_json())

    def to_json(self) -> dict[str, Any]:
        """Give the JSON object that is signed."""
        return {
            "schema": FORMAT,
            "plan": self.plan,
            "title": self.title.to_json(),
            "request": {name: getattr(self.request, name).to_json() for name in Request.__dataclass_fields__},
            "period": {"start": self.period.start, "end": self.period.end},
            "cutoff": self.cutoff,
            "dictionary": self.dictionary,
            "roster_version": self.roster_version,
            "roster_digest": self.roster_digest,
            "pepper_check": self.pepper_check,
            "minimum_organizations": self.minimum_organizations,
            "linking": {
                "version": self.linking.version,
                "keys": [{"key": k.match_key, "cap": k.cap} for k in self.linking.keys],
                "strict": self.linking.strict,
                "sweeps": self.linking.sweeps,
                "cluster_cap": self.linking.cluster_cap,
            },
            "dimensions": [{"code": d.code, "disagreement": d.disagreement} for d in self.dimensions],
            "tables": [t.to_json() for t in self.tables],
            "budget_year": self.budget_year,
            "rho": str(self.rho),
            "counts_rho": str(self.counts_rho),
            "helpers": [
                {"name": h.name.to_json(), "seal_key": h.seal_key, "sign_key": h.sign_key} for h in self.helpers
            ],
            "series": self.series,
        }

    @classmethod
    def from_json(cls, value: object) -> "Plan":
        """Read a plan strictly; InputError names the place. The rules (`release.rules`) say whether it may be asked."""
        r = Reader(value, "plan")
        r.expect("schema", FORMAT)
        request = r.inner("request")
        asked = Request(*(request.text(name) for name in Request.__dataclass_fields__))
        request.done()
        period = r.inner("period")
        plan = cls(
            plan=r.string("plan"),
            title=r.text("title"),
            request=asked,
            period=Period(period.string("start"), period.string("end")),
            cutoff=r.string("cutoff"),
            dictionary=r.string("dictionary"),
            roster_version=r.integer("roster_version", low=1),
            roster_digest=r.string("roster_digest"),
            pepper_check=r.string("pepper_check"),
            minimum_organizations=r.integer("minimum_organizations", low=1),
            linking=_linking(r.inner("linking")),
            dimensions=tuple(_dimension_use(d) for d in r.objects("dimensions")),
            tables=tuple(TableSpec.from_reader(t) for t in r.objects("tables")),
            budget_year=r.string("budget_year"),
            rho=r.fraction("rho"),
            counts_rho=r.fraction("counts_rho"),
            helpers=tuple(_helper(h) for h in r.objects("helpers")),
            series=r.string("series", ""),
        )
        period.done()
        r.done()
        return plan


def _linking(r: Reader) -> Linking:
    keys: list[KeyRule] = []
    for item in r.objects("keys"):
        keys.append(KeyRule(item.string("key"), item.integer("cap", low=1, high=64)))
        item.done()
    linking = Linking(
        keys=tuple(keys),
        strict=r.string("strict"),
        sweeps=r.integer("sweeps", low=1, high=16),
        cluster_cap=r.integer("cluster_cap", low=1, high=64),
        version=r.string("version"),
    )
    r.done()
    if linking.strict not in [k.match_key for k in keys]:
        raise InputError("plan.linking.strict", where=f"{r.where}.strict")
    return linking


def _dimension_use(r: Reader) -> DimensionUse:
    use = DimensionUse(r.string("code"), r.string("disagreement", DISAGREEMENT_MAJORITY))
    r.done()
    if use.disagreement not in (DISAGREEMENT_MAJORITY, DISAGREEMENT_CATEGORY):
        raise InputError("plan.dimension.disagreement", where=f"{r.where}.disagreement")
    return use


def _helper(r: Reader) -> HelperSeat:
    seat = HelperSeat(r.text("name"), r.string("seal_key"), r.string("sign_key"))
    r.done()
    return seat
