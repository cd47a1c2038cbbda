"""The question that `sansnom run` asks when nobody wrote one.

Unduplicated persons, persons at 1, 2, 3+ organizations, and what the files allow.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Final

from sansnom.exchange.linkable import rows_expected, scored_linking
from sansnom.release.rules_people import ORGANIZATIONS_MIN_FOR_SUMS
from sansnom.terms.parse import Text
from sansnom.terms.plan import DimensionUse, HelperSeat, Period, Plan, Request
from sansnom.terms.records import OrganizationRecords, Person
from sansnom.terms.table import (
    MINIMUM,
    MULTIPLICITY,
    PERSONS,
    SAME_SERVICE,
    SUM,
    TALLY,
    TRANSITIONS,
    TURNED_AWAY,
    WAITING,
    TableSpec,
)
from sansnom.terms.vocabulary import Dictionary

TOTAL_RHO: Final = Fraction(1, 4)
"""The default budget of a person and year (PROTECTION section 3)."""
GENERAL_RHO: Final = Fraction(1, 100)
"""What the two general counts cost: rows, and persons that cannot be linked."""
OVERLAP_SERVICES: Final = 6
WAIT_SERVICES: Final = 6
OVERLAP_WINDOW_DAYS: Final = 90
DAYS_BOUND: Final = 1023
SERVICE_COUNT_BOUND: Final = 24
TALLY_BOUND: Final = 500


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a plan needs to know besides the question: who, when, with which keys."""

    plan: str
    requester: Text
    period: Period
    cutoff: str
    dictionary: Dictionary
    roster_version: int
    roster_digest: str
    pepper_check: str
    minimum_organizations: int
    helpers: tuple[HelperSeat, ...]
    allowed_services: frozenset[str]
    rows: int
    """Rows that the size classes hold, dummies included."""


@dataclass(frozen=True, slots=True)
class _Draft:
    spec: TableSpec
    weight: int


def fiscal_year_of(everyone: Sequence[OrganizationRecords], today: date) -> Period:
    """Choose the fiscal year (1 April to 31 March) with most service acts; without dates, the last complete one."""
    years: Counter[int] = Counter()
    for records in everyone:
        for day in (date.fromisoformat(act.start) for act in records.services if act.start):
            years[day.year if day.month >= 4 else day.year - 1] += 1
    year = years.most_common(1)[0][0] if years else (today.year - 1 if today.month >= 4 else today.year - 2)
    return Period(f"{year}-04-01", f"{year + 1}-03-31")


def default_plan(everyone: Sequence[OrganizationRecords], circumstances: Circumstances) -> Plan:
    """Write the plan that these files allow: a table only where at least one record would fill it."""
    dictionary = circumstances.dictionary
    allowed = tuple(code for code in dictionary.services if code in circumstances.allowed_services)
    drafts = [*_who(everyone, dictionary), *_overlap(everyone, allowed), *_progress(everyone, dictionary)]
    drafts += _unmet(everyone, allowed)
    if circumstances.minimum_organizations < ORGANIZATIONS_MIN_FOR_SUMS:  # a total of two tells each the other's
        drafts = [draft for draft in drafts if draft.spec.kind not in (SUM, TALLY)]
    share = (TOTAL_RHO - GENERAL_RHO) / sum(d.weight for d in drafts)
    tables = tuple(_with_rho(d.spec, share * d.weight) for d in drafts)
    used = [code for code in dictionary.dimensions if any(code in t.dimensions for t in tables)]
    start = circumstances.period.start
    return Plan(
        plan=circumstances.plan,
        title=Text(
            "Combien de personnes, où, et avec quels progrès?", "How many people, where, and with what progress?"
        ),
        request=_request(circumstances.requester),
        period=circumstances.period,
        cutoff=circumstances.cutoff,
        dictionary=dictionary.version,
        roster_version=circumstances.roster_version,
        roster_digest=circumstances.roster_digest,
        pepper_check=circumstances.pepper_check,
        minimum_organizations=circumstances.minimum_organizations,
        linking=scored_linking(rows_expected(circumstances.rows)),
        dimensions=tuple(DimensionUse(code) for code in used),
        tables=tables,
        budget_year=f"{start[:4]}-{int(start[:4]) + 1}",
        rho=TOTAL_RHO,
        counts_rho=GENERAL_RHO,
        helpers=circumstances.helpers,
    )


def _with_rho(spec: TableSpec, rho: Fraction) -> TableSpec:
    given = {name: getattr(spec, name) for name in TableSpec.__dataclass_fields__}
    return TableSpec(**{**given, "rho": rho})


def _draft(weight: int, table: str, kind: str, fr: str, en: str, **more: object) -> _Draft:
    return _Draft(TableSpec(table, kind, Text(fr, en), Fraction(1), **more), weight)  # type: ignore[arg-type]  # checked by the plan's own rules and by every test that builds one


def _who(everyone: Sequence[OrganizationRecords], dictionary: Dictionary) -> list[_Draft]:
    """Unduplicated persons, in all and by each dimension that somebody filled in."""
    drafts = [_draft(3, "persons", PERSONS, "Personnes distinctes", "Unduplicated persons")]
    for code, fr, en in (
        ("region", "Personnes par région", "Persons by region"),
        ("category", "Personnes par catégorie d’immigration", "Persons by immigration category"),
        ("age_group", "Personnes par groupe d’âge", "Persons by age group"),
        ("birth_continent", "Personnes par continent de naissance", "Persons by continent of birth"),
    ):
        if code in dictionary.dimensions and _any_person(everyone, _FILLED[code]):
            drafts.append(_draft(1, f"persons-by-{code.replace('_', '-')}", PERSONS, fr, en, dimensions=(code,)))
    if _any_person(everyone, _FILLED["sex"]) and _any_person(everyone, _FILLED["category"]):
        title = ("Personnes par sexe et catégorie", "Persons by sex and category")
        drafts.append(_draft(1, "persons-by-sex-and-category", PERSONS, *title, dimensions=("sex", "category")))
    return drafts


def _overlap(everyone: Sequence[OrganizationRecords], allowed: Sequence[str]) -> list[_Draft]:
    """How many organizations a person uses, and who uses the same service at two within the window."""
    title = ("Personnes selon le nombre d’organismes", "Persons by number of organizations")
    drafts = [_draft(2, "organizations", MULTIPLICITY, *title)]
    services = _frequent((act.service for r in everyone for act in r.services), allowed, OVERLAP_SERVICES)
    if services:
        title = ("Même service dans deux organismes en 90 jours", "Same service at two organizations within 90 days")
        drafts.append(
            _draft(1, "same-service", SAME_SERVICE, *title, services=services, window_days=OVERLAP_WINDOW_DAYS)
        )
        title = ("Actes de service, par région", "Service acts, by region")
        drafts.append(
            _draft(
                1,
                "service-acts",
                SUM,
                *title,
                dimensions=("region",),
                measure="service_count",
                bound=SERVICE_COUNT_BOUND,
            )
        )
    return drafts


def _progress(everyone: Sequence[OrganizationRecords], dictionary: Dictionary) -> list[_Draft]:
    """French gained between the first and the last assessment; days to the first service at any organization."""
    drafts: list[_Draft] = []
    skills = Counter(a.skill for r in everyone for a in r.assessments if a.scale == "EQ")
    if skills and "EQ" in dictionary.scales:
        title = ("Français\u00a0: premier et dernier niveau observés", "French: first and last level observed")
        skill = skills.most_common(1)[0][0]
        drafts.append(_draft(2, "french", TRANSITIONS, *title, scale=f"EQ.{skill}", bands=(4, 8, 12)))
    if any(r.services for r in everyone) and _any_person(everyone, lambda p: bool(p.admission_date or p.arrival_date)):
        title = ("Jours entre l’arrivée et le premier service", "Days from arrival to first service")
        measure, bins = "days_to_first_service", (30, 90, 180, 365)
        drafts.append(_draft(1, "days-to-service", MINIMUM, *title, measure=measure, bound=DAYS_BOUND, bins=bins))
    return drafts


def _unmet(everyone: Sequence[OrganizationRecords], allowed: Sequence[str]) -> list[_Draft]:
    """Who waits and who is turned away: the other half of accountability."""
    drafts: list[_Draft] = []
    waiting = _frequent((w.service for r in everyone for w in r.waitlist), allowed, WAIT_SERVICES)
    if waiting:
        title = ("Demandes en attente à la fin de la période", "Requests waiting at the end of the period")
        drafts.append(_draft(1, "waiting", TALLY, *title, measure=WAITING, services=waiting, bound=TALLY_BOUND))
    refused = _frequent((t.service for r in everyone for t in r.turned_away), allowed, WAIT_SERVICES)
    if refused:
        title = ("Demandes sans réponse, faute de place ou de moyens", "Requests turned away")
        drafts.append(_draft(1, "turned-away", TALLY, *title, measure=TURNED_AWAY, services=refused, bound=TALLY_BOUND))
    return drafts


_FILLED: Final[dict[str, Callable[[Person], bool]]] = {
    "region": lambda p: bool(p.region),
    "category": lambda p: bool(p.category),
    "age_group": lambda p: bool(p.birth_date),
    "birth_continent": lambda p: bool(p.country_of_birth),
    "sex": lambda p: bool(p.sex),
}


def _any_person(everyone: Sequence[OrganizationRecords], filled: Callable[[Person], bool]) -> bool:
    return any(filled(person) for records in everyone for person in records.persons)


def _frequent(codes: Iterable[str], allowed: Sequence[str], most: int) -> tuple[str, ...]:
    """Choose the most frequent of the allowed services, in the dictionary's order."""
    counted = Counter(code for code in codes if code in allowed)
    chosen = {code for code, _ in counted.most_common(most)}
    return tuple(code for code in allowed if code in chosen)


def _request(requester: Text) -> Request:
    return Request(
        requester=requester,
        presentation=Text(
            "Décrire, sans nom, les personnes servies pendant la période, "
            "leurs parcours entre organismes et leurs progrès.",
            "Describe, without names, the people served in the period, "
            "their paths between organizations and their progress.",
        ),
        grounds=Text(
            "Connaître la portée et l’effet des services, et ce qui manque; des totaux protégés y suffisent.",
            "Know the reach and effect of services, and what is missing; protected totals suffice.",
        ),
        others_asked=Text(
            "Tous les organismes de la liste, chacun libre d’approuver ou de s’abstenir.",
            "Every organization on the roster, each free to approve or to abstain.",
        ),
        technologies=Text(
            "Calcul multipartite entre trois institutions, confidentialité différentielle, tableau public.",
            "Multiparty computation by three institutions, differential privacy, public board.",
        ),
        ethics=Text(
            "Aucune décision d’un comité d’éthique\u00a0: aucun renseignement personnel n’est communiqué.",
            "No decision of an ethics board: no personal information is communicated.",
        ),
    )
