"""The rules that refuse a plan before any data moves: a pure decision, made alike by every desk and helper on its own.

Rule 1  It identifies: an identifying variable by code or by any of its names, an organization as a dimension.
Rule 2  It is unknown: a code, a dictionary version, a roster that is not the ratified one.
Rule 3  It is too fine: cells of a table, codes of a dimension, a sensitive dimension without ratification; or its cells
        single out a protected group: origin beside status, or beside a service that tells.
Rule 4  It asks too few: organizations on the roster, or on the roster for a service; persons expected in a cell.
Rule 5  It overspends: its parts do not add up to its budget, or the year does not allow it, with all of its series.
Rule 6  It hides its period: upside down, too long, outside its year, half over an earlier one and not declared with it;
        or it asks what was answered already, and does not say that it is a correction.
Rule 7  It does not say why.
Rule 8  Its linking or its tables lie outside what the programs can hold to.

Every rule is looked at; a refusal lists everything that is wrong. Codes are stable; sentences are at the edges. The list of all
rules is data (`release.rules_catalogue`); what a question close by would be, `release.nearest` says.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import lru_cache
from math import isqrt
from typing import Final

from sansnom.release.account import mechanisms_of
from sansnom.release.budget import Ledger, charge, charged, cost_of
from sansnom.release.intervals_noise import total_variance
from sansnom.release.noise import VARIANCE_MAX
from sansnom.release.rules_history import answered_questions, half_overlaps, series_findings
from sansnom.release.rules_people import enough_organizations, enough_persons
from sansnom.release.rules_protected import singled_out
from sansnom.release.rules_tables import table_findings
from sansnom.terms.errors import Finding, InputError, Parameter, PolicyRefusal
from sansnom.terms.parse import Text
from sansnom.terms.party import HELPERS
from sansnom.terms.plan import TIER_UNCONDITIONAL, Plan, Request
from sansnom.terms.roster import Roster
from sansnom.terms.schema import period_days, row_layout
from sansnom.terms.table import SAME_SERVICE, TableSpec, axes_of, cells_of
from sansnom.terms.vocabulary import Dictionary

CELLS_MAX: Final = 2000
CODES_MAX: Final = 64
TABLES_MAX: Final = 64
KEYS_MAX: Final = 16
UNCONDITIONAL_KEYS_MAX: Final = 2
CAP_RANGE: Final = (2, 32)
CLUSTER_RANGE: Final = (3, 32)
PURPOSE_LENGTH_MIN: Final = 20

ORGANIZATION_WORDS: Final = frozenset(
    {
        *("organisme", "organismes", "organisation", "organization", "nom_de_l_organisme", "agency", "branch", "desk"),
        *("facility", "fournisseur", "office", "poste", "point_de_service", "provider", "service_location", "site"),
        *("adresse_de_service", "conseiller", "conseillere", "counsellor", "intervenant", "intervenante", "staff"),
        "worker",
    }
)
"""An organization, or who works there, under any of its names (the dictionary's `organization_variables`)."""


@dataclass(frozen=True, slots=True)
class Known:
    """What a desk or helper knows when it judges: ratified versions and dimensions, and the plans accepted before.

    stopped  names of accepted plans whose run ended without a release: their questions have no answer
    """

    versions: frozenset[str]
    ratified: frozenset[str] = frozenset()
    plans: tuple[Plan, ...] = ()
    stopped: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the rules say of a plan: every reason to refuse it, what it would charge, and the ledger after that.

    ledger  with the charge where the plan is accepted; as it was where it is refused
    """

    findings: tuple[Finding, ...]
    cost: Fraction
    ledger: Ledger

    @property
    def accepted(self) -> bool:
        """Say whether nothing speaks against the plan."""
        return not self.findings


def judge(plan: Plan, dictionary: Dictionary, roster: Roster, ledger: Ledger, known: Known) -> Judgement:
    """Judge a plan on one's own copy of the ledger: what every helper does, and every desk can do alike.

    Nothing is raised: a plan that cannot be charged is refused like any other. Accepting means keeping the ledger given back.
    """
    cost = cost_of(ledger, plan)
    found = check_plan(plan, dictionary, roster, ledger, known)
    if any(entry.plan == plan.plan and entry.plan_digest != plan.digest for entry in ledger.entries):
        found = (*found, Finding("rule.plan.twice", "plan.plan", {"plan": plan.plan}))
    if found:
        return Judgement(found, cost, ledger)
    try:
        return Judgement((), Fraction(0) if charged(ledger, plan) else cost, charge(ledger, plan))
    except PolicyRefusal as refusal:
        return Judgement(refusal.findings or (Finding(refusal.code, "plan", refusal.parameters),), cost, ledger)


def check_plan(plan: Plan, dictionary: Dictionary, roster: Roster, ledger: Ledger, known: Known) -> tuple[Finding, ...]:
    """Give every reason to refuse this plan; an empty tuple accepts it."""
    found = [*_identifying(plan, dictionary), *_organizations_as_dimension(plan, roster)]
    found += [*_versions(plan, dictionary, roster, known), *_unknown_dimensions(plan, dictionary)]
    for place, table in enumerate(plan.tables):
        found += table_findings(table, f"plan.tables[{place}]", dictionary)
    found += [*_fineness(plan, dictionary, known), *singled_out(plan, dictionary)]
    found += enough_organizations(plan, roster)
    found += [*enough_persons(plan, dictionary, roster), *_budget(plan, ledger), *_period(plan, known)]
    found += [*series_findings(plan, known.plans), *answered_questions(plan, known.plans, known.stopped)]
    found += [*_purpose(plan), *_linking(plan), *_names(plan)]
    if not found:
        found += _layout(plan, dictionary)
    return tuple(found)


def refuse_unless_allowed(plan: Plan, dictionary: Dictionary, roster: Roster, ledger: Ledger, known: Known) -> None:
    """Raise PolicyRefusal, with every finding, unless the rules accept the plan."""
    found = check_plan(plan, dictionary, roster, ledger, known)
    if found:
        raise PolicyRefusal("rule.refused", found, plan=plan.plan, reasons=len(found))


@lru_cache(maxsize=4096)
def folded(text: str) -> str:
    """Write a name so that spelling variants meet: no accents, no case, no plural, words apart by one space."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(c for c in plain if not unicodedata.combining(c))
    words = re.findall(r"[^\W_]+", letters)
    return " ".join(word[:-1] if len(word) > 3 and word[-1] in "sx" else word for word in words)


# ------------------------------------------------------------------------------------------------------ 1 identifying


def identifying_in(text: str, dictionary: Dictionary) -> bool:
    """Say whether a title names an identifying variable, as a whole word or phrase, in any spelling.

    What the dictionary itself calls its variables and services was ratified, and is set aside first: a continent of
    birth is no birth date.
    """
    told = f" {folded(text)} "
    for phrase in _harmless(dictionary):
        told = told.replace(f" {phrase} ", " , ")
    return any(f" {name} " in told for name in _folded_names(dictionary))


def _harmless(dictionary: Dictionary) -> list[str]:
    labels = [d.label for d in dictionary.dimensions.values()]
    for values in (dictionary.services, dictionary.measures, dictionary.scales):
        labels += [v.label for v in values.values()]
    names = _folded_names(dictionary)
    told = {folded(said) for label in labels for said in (label.fr, label.en)} - names
    # The longest first: a short label may stand inside a long one.
    told |= {folded("sans nom"), folded("without names")}
    return sorted(told, key=lambda phrase: (-len(phrase), phrase))


def _folded_names(dictionary: Dictionary) -> frozenset[str]:
    return frozenset(folded(name) for name in dictionary.identifying) - {""}


def _identifying(plan: Plan, dictionary: Dictionary) -> Iterator[Finding]:
    names = _folded_names(dictionary)
    phrases = [f" {name} " for name in names if " " in name]

    def by_code(code: str) -> bool:
        # An unknown code with an identifying phrase in it was meant to identify; a ratified one is judged whole.
        if folded(code) in names or folded(code).replace(" ", "") in names:
            return True
        return code not in dictionary.dimensions and any(p in f" {folded(code)} " for p in phrases)

    def by_label(code: str) -> bool:
        known = dictionary.dimensions.get(code)
        told = [] if known is None else [folded(known.label.fr), folded(known.label.en)]
        return any(label in names or any(p in f" {label} " for p in phrases) for label in told)

    for place, use in enumerate(plan.dimensions):
        if by_code(use.code) or by_label(use.code):
            yield Finding("rule.identifying", f"plan.dimensions[{place}]", {"variable": use.code})
    for place, table in enumerate(plan.tables):
        where = f"plan.tables[{place}]"
        codes = [*table.dimensions, table.measure, *table.scale.split(".")]
        codes += [s for s in table.services if s not in dictionary.services]
        for code in dict.fromkeys(c for c in codes if c and (by_code(c) or by_label(c))):
            yield Finding("rule.identifying", where, {"variable": code})
        if any(identifying_in(said, dictionary) for said in (table.title.fr, table.title.en)):
            yield Finding("rule.identifying_title", f"{where}.title")


def _organizations_as_dimension(plan: Plan, roster: Roster) -> Iterator[Finding]:
    forbidden = {folded(word) for word in ORGANIZATION_WORDS} | {folded(o.code) for o in roster.organizations}
    codes = [(f"plan.dimensions[{n}]", use.code) for n, use in enumerate(plan.dimensions)]
    codes += [(f"plan.tables[{n}]", code) for n, table in enumerate(plan.tables) for code in table.dimensions]
    for where, code in codes:
        if folded(code) in forbidden:
            yield Finding("rule.organization_dimension", where, {"variable": code})


# ---------------------------------------------------------------------------------------------------------- 2 unknown


def _versions(plan: Plan, dictionary: Dictionary, roster: Roster, known: Known) -> Iterator[Finding]:
    if plan.dictionary not in known.versions or plan.dictionary != dictionary.version:
        yield Finding("rule.dictionary_version", "plan.dictionary", {"version": plan.dictionary})
    if plan.roster_version != roster.version or plan.roster_digest != roster.digest:
        yield Finding("rule.roster", "plan.roster_digest", {"version": plan.roster_version})
    # Receipts, verdicts and releases are believed by these keys: a plan must not bring helpers of its own.
    if any(seat.sign_key != named.sign_key for seat, named in zip(plan.helpers, roster.helpers, strict=False)):
        yield Finding("rule.helper_keys", "plan.helpers")


def _unknown_dimensions(plan: Plan, dictionary: Dictionary) -> Iterator[Finding]:
    declared = {use.code for use in plan.dimensions}
    for place, use in enumerate(plan.dimensions):
        if use.code not in dictionary.dimensions:
            yield Finding("rule.unknown.dimension", f"plan.dimensions[{place}]", {"variable": use.code})
    for place, table in enumerate(plan.tables):
        for code in table.dimensions:
            if code not in dictionary.dimensions:
                yield Finding("rule.unknown.dimension", f"plan.tables[{place}]", {"variable": code})
            elif code not in declared:
                yield Finding("rule.undeclared_dimension", f"plan.tables[{place}]", {"variable": code})


# ------------------------------------------------------------------------------------------------------------- 3 fine


def _fineness(plan: Plan, dictionary: Dictionary, known: Known) -> Iterator[Finding]:
    for place, use in enumerate(plan.dimensions):
        dimension = dictionary.dimensions.get(use.code)
        if dimension is None:
            continue
        where = f"plan.dimensions[{place}]"
        if len(dimension.values) > CODES_MAX:
            yield Finding("rule.codes", where, {"codes": len(dimension.values), "most": CODES_MAX})
        if dimension.sensitive and use.code not in known.ratified:
            yield Finding("rule.sensitive", where, {"variable": use.code})
    for place, table in enumerate(plan.tables):
        cells = _cells(table, plan, dictionary)
        if cells > CELLS_MAX:
            yield Finding("rule.cells", f"plan.tables[{place}]", {"cells": cells, "most": CELLS_MAX})


def _cells(table: TableSpec, plan: Plan, dictionary: Dictionary) -> int:
    try:
        return cells_of(axes_of(table, dictionary, plan.own_category))
    except KeyError:
        return 0  # an unknown code, refused by rule 2


# ----------------------------------------------------------------------------------------------------------- 5 budget


def _budget(plan: Plan, ledger: Ledger) -> Iterator[Finding]:
    parts = sum((table.rho for table in plan.tables), plan.counts_rho)
    for place, table in enumerate(plan.tables):
        if table.rho <= 0:
            yield Finding("rule.budget.share", f"plan.tables[{place}].rho")
    if plan.counts_rho <= 0:
        yield Finding("rule.budget.share", "plan.counts_rho")
    if parts != plan.rho:
        yield Finding("rule.budget.sum", "plan.rho", {"declared": str(plan.rho), "parts": str(parts)})
    if all(table.rho > 0 for table in plan.tables) and plan.counts_rho > 0:
        places = [f"plan.tables[{place}].rho" for place in range(len(plan.tables))] + 2 * ["plan.counts_rho"]
        for where, mechanism in zip(places, mechanisms_of(plan), strict=True):
            if total_variance(mechanism.variance) > VARIANCE_MAX:
                yield Finding("rule.budget.noise", where, {"most": isqrt(VARIANCE_MAX)})
    left = ledger.left(plan.budget_year)
    cost = cost_of(ledger, plan)
    if not charged(ledger, plan) and cost > left:
        told: dict[str, Parameter] = {"asked": str(cost), "left": str(left), "year": plan.budget_year}
        yield Finding("rule.budget.exhausted", "plan.rho", told)


# ----------------------------------------------------------------------------------------------------------- 6 period


def _period(plan: Plan, known: Known) -> Iterator[Finding]:
    try:
        period_days(plan)
    except InputError as error:
        yield Finding("rule.period.length" if error.code == "plan.period.length" else "rule.period.date", "plan.period")
        return
    start, end = date.fromisoformat(plan.period.start), date.fromisoformat(plan.period.end)
    if (start.isoformat(), end.isoformat()) != (plan.period.start, plan.period.end):
        yield Finding("rule.period.date", "plan.period")  # 20260401 is a date too, but dates are compared as written
        return
    # One spelling a year: the ledger compares these strings, and \d knows the digits of every script.
    year = re.fullmatch(r"([12][0-9]{3})-([12][0-9]{3})", plan.budget_year)
    if year is None or int(year[2]) != int(year[1]) + 1:
        yield Finding("rule.period.year", "plan.budget_year")
    elif not date(int(year[1]), 4, 1) <= start <= end <= date(int(year[2]), 3, 31):
        yield Finding("rule.period.outside_year", "plan.period", {"year": plan.budget_year})
    try:
        if date.fromisoformat(plan.cutoff[:10]) <= end:
            yield Finding("rule.period.cutoff", "plan.cutoff")
    except ValueError:
        yield Finding("rule.period.cutoff", "plan.cutoff")
    yield from half_overlaps(plan, known.plans)


# ---------------------------------------------------------------------------------------------- 7 purpose, 8 the rest


def _purpose(plan: Plan) -> Iterator[Finding]:
    for name in Request.__dataclass_fields__:
        text: Text = getattr(plan.request, name)
        least = PURPOSE_LENGTH_MIN if name in ("presentation", "grounds") else 1
        if any(len(re.findall(r"\w", told)) < least for told in (text.fr, text.en)):
            yield Finding("rule.purpose", f"plan.request.{name}", {"least": least})


def _linking(plan: Plan) -> Iterator[Finding]:
    low, high = CAP_RANGE
    for place, rule in enumerate(plan.linking.keys):
        if not low <= rule.cap <= high:
            yield Finding("rule.key_cap", f"plan.linking.keys[{place}]", {"low": low, "high": high})
    low, high = CLUSTER_RANGE
    if not low <= plan.linking.cluster_cap <= high:
        yield Finding("rule.cluster_cap", "plan.linking.cluster_cap", {"low": low, "high": high})
    keys = [rule.match_key for rule in plan.linking.keys]
    if not 1 <= len(keys) <= KEYS_MAX or len(set(keys)) != len(keys):
        yield Finding("rule.keys", "plan.linking.keys", {"most": KEYS_MAX})
    if plan.linking.tier == TIER_UNCONDITIONAL:
        yield from _unconditional(plan)


def _unconditional(plan: Plan) -> Iterator[Finding]:
    """Hold the tier without conditions to what its sensitivity is derived for."""
    keys = plan.linking.keys
    if len(keys) > UNCONDITIONAL_KEYS_MAX or plan.linking.scoring or any(k.scored or k.gate for k in keys):
        yield Finding("rule.unconditional.keys", "plan.linking.keys", {"most": UNCONDITIONAL_KEYS_MAX})
    for place, table in enumerate(plan.tables):
        if table.kind == SAME_SERVICE:
            yield Finding("rule.unconditional.table", f"plan.tables[{place}]")


def _names(plan: Plan) -> Iterator[Finding]:
    written: Callable[[str], object] = re.compile(r"[a-z0-9][a-z0-9-]{0,63}").fullmatch
    if not written(plan.plan):
        yield Finding("rule.name", "plan.plan")
    tables = [table.table for table in plan.tables]
    if not 1 <= len(tables) <= TABLES_MAX or len(set(tables)) != len(tables):
        yield Finding("rule.tables", "plan.tables", {"most": TABLES_MAX})
    for place, table in enumerate(tables):
        if not written(table) or table in ("rows", "not_linkable"):
            yield Finding("rule.name", f"plan.tables[{place}].table")
    if len({use.code for use in plan.dimensions}) != len(plan.dimensions):
        yield Finding("rule.dimension_twice", "plan.dimensions")
    keys = {h.seal_key for h in plan.helpers} | {h.sign_key for h in plan.helpers}
    if len(plan.helpers) != HELPERS or len(keys) != 2 * HELPERS:
        yield Finding("rule.helpers", "plan.helpers", {"expected": HELPERS})


def _layout(plan: Plan, dictionary: Dictionary) -> Iterator[Finding]:
    try:
        row_layout(plan, dictionary)
    except InputError as error:
        yield Finding("rule.layout", str(error.parameters.get("where", "plan")))
