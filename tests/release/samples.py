"""A small roster, a plan over the shipped dictionary, and ways to change them one member at a time."""

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sansnom.release.account import noise_scales
from sansnom.release.assemble import NOT_LINKABLE, ROWS
from sansnom.release.rules import Known
from sansnom.terms.parse import Text
from sansnom.terms.plan import DimensionUse, HelperSeat, KeyRule, Linking, Period, Plan, Request
from sansnom.terms.roster import Helper, Organization, Roster
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

VERSION = "2026.1"
SERVICES = ("french_course", "employment", "housing", "orientation")


@cache
def dictionary() -> Dictionary:
    """Read the dictionary that ships."""
    text = files("sansnom.terms").joinpath(f"dictionary/{VERSION}.json").read_text(encoding="utf-8")
    return Dictionary.from_json(json.loads(text))


def text(fr: str, en: str = "") -> Text:
    """Say something in both languages."""
    return Text(fr, en or fr)


def key_text(name: str, size: int) -> str:
    """Make up a public key of the right size, in base64."""
    return base64.b64encode(hashlib.shake_128(name.encode()).digest(size)).decode("ascii")


def sample_roster(organizations: int = 24) -> Roster:
    """Make a roster whose organizations all declare all services of the sample."""
    regions = ("Montréal", "Québec", "Sherbrooke", "Gatineau", "Laval", "Trois-Rivières")
    listed = tuple(
        Organization(
            number=n,
            code=f"org-{n:02d}",
            name=text(f"Accueil {regions[n % 6]} {n}", f"Welcome {regions[n % 6]} {n}"),
            sign_key=key_text(f"sign-{n}", 32),
            seal_key=key_text(f"seal-{n}", 1216),
            size_class=256,
            services=SERVICES,
        )
        for n in range(1, organizations + 1)
    )
    names = (
        ("Université", "University", "Université du Fleuve", "River University"),
        ("Fédération", "Federation", "Fédération des centres communautaires", "Federation of Community Centres"),
        ("Organisme de défense des droits", "Rights body", "Ligue des droits", "Rights League"),
    )
    helpers = tuple(
        Helper(
            text(a, b),
            text(c, d),
            key_text(f"hs{n}", 32),
            key_text(f"he{n}", 1216),
            f"https://h{n}.invalid",
            f"127.0.0.1:{n}",
            "00" * 32,
        )
        for n, (a, b, c, d) in enumerate(names)
    )
    convener = text("Table de concertation des organismes", "Round table of organizations")
    return Roster(1, "2026-2027", convener, key_text("convener", 32), helpers, listed)


def sample_tables() -> tuple[TableSpec, ...]:
    """Give one table of each kind, some of them broken down."""
    rho = Fraction(1, 50)

    def spec(table: str, kind: str, fr: str, en: str, **more: Any) -> TableSpec:
        return TableSpec(table, kind, Text(fr, en), more.pop("rho", rho), **more)

    return (
        spec("persons", PERSONS, "Personnes distinctes", "Unduplicated persons", rho=Fraction(1, 25)),
        spec(
            "organizations",
            MULTIPLICITY,
            "Personnes selon le nombre d’organismes",
            "Persons by number of organizations",
        ),
        spec(
            "by-category",
            PERSONS,
            "Personnes par catégorie d’immigration",
            "Persons by immigration category",
            dimensions=("category",),
        ),
        spec("by-region", PERSONS, "Personnes par région", "Persons by region", dimensions=("region",)),
        spec(
            "by-sex-age",
            PERSONS,
            "Personnes par sexe et groupe d’âge",
            "Persons by sex and age group",
            dimensions=("sex", "age_group"),
        ),
        spec(
            "same-service",
            SAME_SERVICE,
            "Même service dans deux organismes en 90 jours",
            "Same service at two organizations within 90 days",
            services=SERVICES,
            window_days=90,
        ),
        spec(
            "french",
            TRANSITIONS,
            "Français oral\u00a0: premier et dernier niveau",
            "Spoken French: first and last level",
            scale="EQ.listening",
            bands=(4, 8, 12),
        ),
        spec(
            "hours",
            SUM,
            "Heures de service, par catégorie",
            "Service hours, by category",
            measure="service_hours",
            bound=40,
            dimensions=("category",),
        ),
        spec(
            "days",
            MINIMUM,
            "Jours de l’arrivée au premier service",
            "Days from arrival to first service",
            measure="days_to_first_service",
            bound=400,
            bins=(30, 90, 180, 365),
        ),
        spec(
            "waiting",
            TALLY,
            "Demandes en attente à la fin de la période",
            "Requests waiting at the end of the period",
            measure=WAITING,
            services=SERVICES,
            bound=500,
        ),
        spec(
            "turned-away",
            TALLY,
            "Demandes restées sans réponse",
            "Requests turned away",
            measure=TURNED_AWAY,
            services=SERVICES,
            bound=500,
        ),
    )


def sample_plan(roster: Roster | None = None, **changes: Any) -> Plan:
    """Make a plan that every rule accepts; name members to change them."""
    roster = roster or sample_roster()
    tables: tuple[TableSpec, ...] = changes.pop("tables", sample_tables())
    counts = changes.pop("counts_rho", Fraction(1, 100))
    codes = [code for t in tables for code in t.dimensions]
    plan = Plan(
        plan="2026-portrait",
        title=Text(
            "Combien de personnes avons-nous servies, et avec quels progrès?",
            "How many people did we serve, and with what progress?",
        ),
        request=Request(
            text("Ministère de l’Immigration, direction de l’évaluation", "Ministry of Immigration, evaluation branch"),
            text(
                "Décrire sans nom les personnes servies, leurs parcours entre organismes et leurs progrès en français.",
                "Describe without names the people served, their paths and their progress in French.",
            ),
            text(
                "Savoir si les services suffisent et ce qu’ils changent; des totaux protégés suffisent.",
                "Know whether services suffice and what they change; protected totals are enough.",
            ),
            text(
                "Les 24 organismes de la liste, et personne d’autre.",
                "The 24 organizations of the roster, nobody else.",
            ),
            text(
                "Calcul multipartite entre trois institutions, bruit de Skellam, journal public.",
                "Multiparty computation by three institutions, Skellam noise, public log.",
            ),
            text(
                "Aucune\u00a0: aucun renseignement personnel n’est communiqué.",
                "None: no personal information is communicated.",
            ),
        ),
        period=Period("2026-04-01", "2027-03-31"),
        cutoff="2027-04-30T17:00:00Z",
        dictionary=VERSION,
        roster_version=roster.version,
        roster_digest=roster.digest,
        pepper_check="c0" * 32,
        minimum_organizations=3,
        linking=Linking((KeyRule("A1", 6), KeyRule("A2", 6), KeyRule("A4", 6)), "A1", 3, 8),
        dimensions=tuple(DimensionUse(code) for code in dict.fromkeys(codes)),
        tables=tables,
        budget_year="2026-2027",
        rho=sum((t.rho for t in tables), counts),
        counts_rho=counts,
        helpers=tuple(
            HelperSeat(h.name, key_text(f"plan-seal-{n}", 1216), h.sign_key) for n, h in enumerate(roster.helpers)
        ),
    )
    return replace(plan, **changes)


def sample_known(**changes: Any) -> Known:
    """Say what a desk knows: the shipped version, nothing ratified, no earlier plan."""
    return replace(Known(frozenset({VERSION})), **changes)


def opened_values(plan: Plan, truth: Mapping[str, Any] | None = None, seed: int = 1) -> dict[str, NDArray[np.int64]]:
    """Make up opened figures: the truth given (or small numbers), with noise of about the right size."""
    chance = np.random.default_rng(seed)
    names = [*(t.table for t in plan.tables), ROWS, NOT_LINKABLE]
    opened = {}
    for name, scale in zip(names, noise_scales(plan, dictionary()), strict=True):
        true = np.asarray((truth or {}).get(name, chance.integers(0, 90, scale.cells)), dtype=np.int64).reshape(-1)
        spread = float(scale.variance * 3 / 4)
        opened[name] = true + chance.poisson(spread, scale.cells) - chance.poisson(spread, scale.cells)
    return opened
