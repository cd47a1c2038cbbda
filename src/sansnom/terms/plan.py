"""A plan: a question, published and signed before any data moves. Its JSON form is `docs/schemas/plan.schema.json`."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sansnom.terms.canonical import digest_hex
from sansnom.terms.errors import InputError
from sansnom.terms.parse import Reader, Text
from sansnom.terms.scoring import SCORES
from sansnom.terms.table import TableSpec

FORMAT = "sansnom/plan/1"
SCORE_BOUND = 1000
DISAGREEMENT_MAJORITY = "majority"
DISAGREEMENT_CATEGORY = "category"
SKELLAM = "skellam"
"""Law of the noise: closed under sums, best for many counts; the default."""
LAPLACE = "laplace"
"""Law of the noise: exact discrete Laplace, best for few tables."""
LAWS = (SKELLAM, LAPLACE)
TIER_FULL = "full"
"""Rows are linked by all keys, with caps, gates and fall-back: the loss is stated given the linkage of the others."""
TIER_UNCONDITIONAL = "unconditional"
"""A row is linked by the first of at most two keys that it has, and by nothing else: the loss needs no condition."""
TIERS = (TIER_FULL, TIER_UNCONDITIONAL)
THRESHOLD = 10
"""Persons (or requests) below which a noisy figure is flagged as too few to tell, where the plan does not say."""


@dataclass(frozen=True, slots=True)
class KeyRule:
    """One match key of the plan and the most distinct organizations that may share a value before it is no evidence.

    scored  neighbours in this key's order are joined by their score, not by equal keys (`terms/scoring.py`)
    gate    features in which a run may not contradict itself
    """

    match_key: str
    cap: int
    scored: bool = False
    gate: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Give the JSON object; what is not used is not written, so that old plans keep their bytes."""
        told: dict[str, Any] = {"key": self.match_key, "cap": self.cap}
        if self.scored:
            told["scored"] = True
        if self.gate:
            told["gate"] = list(self.gate)
        return told


@dataclass(frozen=True, slots=True)
class Scoring:
    """How neighbouring rows are scored: a version of `terms/scoring.py`, and the least score that joins."""

    version: str
    threshold: int

    def to_json(self) -> dict[str, Any]:
        """Give the JSON object."""
        return {"version": self.version, "threshold": self.threshold}


@dataclass(frozen=True, slots=True)
class Linking:
    """How rows become persons: keys in order, strict key, public number of sweeps, most organizations of one person."""

    keys: tuple[KeyRule, ...]
    strict: str
    sweeps: int
    cluster_cap: int
    version: str = "keys-0"
    scoring: Scoring | None = None
    tier: str = TIER_FULL

    def to_json(self) -> dict[str, Any]:
        """Give the JSON object."""
        told: dict[str, Any] = {
            "version": self.version,
            "keys": [k.to_json() for k in self.keys],
            "strict": self.strict,
            "sweeps": self.sweeps,
            "cluster_cap": self.cluster_cap,
        }
        if self.tier != TIER_FULL:
            told["tier"] = self.tier
        return told | ({"scoring": self.scoring.to_json()} if self.scoring else {})


@dataclass(frozen=True, slots=True)
class Period:
    """The reference period, both days included, ISO dates."""

    start: str
    end: str


@dataclass(frozen=True, slots=True)
class HelperSeat:
    """One helper as the plan names it: who it is and the keys it uses for this plan (base64).

    noise_commitment  hash of the secret that all its noise for this plan is made from: fixed before any submission exists
    """

    name: Text
    seal_key: str
    sign_key: str
    noise_commitment: str = ""

    def to_json(self) -> dict[str, Any]:
        """Give the JSON object; what is not used is not written, so that old plans keep their bytes."""
        told: dict[str, Any] = {"name": self.name.to_json(), "seal_key": self.seal_key, "sign_key": self.sign_key}
        return told | ({"noise_commitment": self.noise_commitment} if self.noise_commitment else {})


@dataclass(frozen=True, slots=True)
class SeriesPart:
    """One plan of a declared series: its name, its period, what it will spend."""

    plan: str
    period: Period
    rho: Fraction

    def to_json(self) -> dict[str, Any]:
        """Give the JSON object."""
        return {"plan": self.plan, "start": self.period.start, "end": self.period.end, "rho": str(self.rho)}


@dataclass(frozen=True, slots=True)
class Expected:
    """How many persons the plan expects in all, from public figures, and which figures these are."""

    persons: int
    source: Text

    def to_json(self) -> dict[str, Any]:
        """Give the JSON object."""
        return {"persons": self.persons, "source": self.source.to_json()}


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
    series_parts: tuple[SeriesPart, ...] = ()
    noise: str = SKELLAM
    threshold: int = THRESHOLD
    expected: Expected | None = None
    supersedes: str = ""

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
            "linking": self.linking.to_json(),
            "dimensions": [{"code": d.code, "disagreement": d.disagreement} for d in self.dimensions],
            "tables": [t.to_json() for t in self.tables],
            "budget_year": self.budget_year,
            "rho": str(self.rho),
            "counts_rho": str(self.counts_rho),
            "helpers": [helper.to_json() for helper in self.helpers],
            "series": self.series,
        } | self._chosen()

    def _chosen(self) -> dict[str, Any]:
        """Give the members that differ from what is meant where they are not written: old plans keep their bytes."""
        told: dict[str, Any] = {}
        if self.series_parts:
            told["series_parts"] = [part.to_json() for part in self.series_parts]
        if self.noise != SKELLAM:
            told["noise"] = self.noise
        if self.threshold != THRESHOLD:
            told["threshold"] = self.threshold
        if self.expected is not None:
            told["expected"] = self.expected.to_json()
        if self.supersedes:
            told["supersedes"] = self.supersedes
        return told

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
            series_parts=tuple(_series_part(p) for p in r.objects("series_parts", ())),
            noise=r.string("noise", SKELLAM),
            threshold=r.integer("threshold", THRESHOLD, high=10**6),
            expected=_expected(told) if (told := r.optional("expected")) is not None else None,
            supersedes=r.string("supersedes", ""),
        )
        period.done()
        r.done()
        if plan.noise not in LAWS:
            raise InputError("plan.noise", where="plan.noise", expected=LAWS)
        return plan


def _linking(r: Reader) -> Linking:
    keys: list[KeyRule] = []
    for item in r.objects("keys"):
        name, cap = item.string("key"), item.integer("cap", low=1, high=64)
        keys.append(KeyRule(name, cap, scored=item.boolean("scored", False), gate=tuple(item.strings("gate", ()))))  # noqa: FBT003 - a default
        item.done()
    told = r.optional("scoring")
    linking = Linking(
        keys=tuple(keys),
        strict=r.string("strict"),
        sweeps=r.integer("sweeps", low=1, high=16),
        cluster_cap=r.integer("cluster_cap", low=1, high=64),
        version=r.string("version"),
        scoring=_scoring(told) if told is not None else None,
        tier=r.string("tier", TIER_FULL),
    )
    r.done()
    if linking.tier not in TIERS:
        raise InputError("plan.linking.tier", where=f"{r.where}.tier", expected=TIERS)
    _check_scoring(linking, r.where)
    if linking.strict not in [k.match_key for k in keys]:
        raise InputError("plan.linking.strict", where=f"{r.where}.strict")
    return linking


def _scoring(r: Reader) -> Scoring:
    scoring = Scoring(r.string("version"), r.integer("threshold", low=-SCORE_BOUND, high=SCORE_BOUND))
    r.done()
    return scoring


def _check_scoring(linking: Linking, where: str) -> None:
    """Refuse a scored key without a scoring, a scored strict key, an unknown version, a gate that is no feature."""
    table = SCORES.get(linking.scoring.version) if linking.scoring is not None else None
    if linking.scoring is not None and table is None:
        raise InputError("plan.linking.scoring", where=f"{where}.scoring", expected=tuple(SCORES))
    for rule in linking.keys:
        if rule.scored and (table is None or rule.match_key == linking.strict):
            raise InputError("plan.linking.scored", where=f"{where}.keys")
        if rule.gate and (table is None or not set(rule.gate) <= table.features.keys()):
            raise InputError("plan.linking.gate", where=f"{where}.keys")


def _dimension_use(r: Reader) -> DimensionUse:
    use = DimensionUse(r.string("code"), r.string("disagreement", DISAGREEMENT_MAJORITY))
    r.done()
    if use.disagreement not in (DISAGREEMENT_MAJORITY, DISAGREEMENT_CATEGORY):
        raise InputError("plan.dimension.disagreement", where=f"{r.where}.disagreement")
    return use


def _helper(r: Reader) -> HelperSeat:
    seat = HelperSeat(r.text("name"), r.string("seal_key"), r.string("sign_key"), r.string("noise_commitment", ""))
    r.done()
    return seat


def _series_part(r: Reader) -> SeriesPart:
    part = SeriesPart(r.string("plan"), Period(r.string("start"), r.string("end")), r.fraction("rho"))
    r.done()
    return part


def _expected(r: Reader) -> Expected:
    told = Expected(r.integer("persons", low=1, high=10**9), r.text("source"))
    r.done()
    return told
