"""Synthetic organizations: where they are, what they offer, how big they are, how they keep their files."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

from sansnom.terms.parse import Text
from sansnom.worlds.people import REGION_SHARES, draw
from sansnom.worlds.pools import Weighted
from sansnom.worlds.spellings import Hand

MONTREAL_AREA_SHARE: Final = 0.7
"""Organizations in the Montréal area: our choice, lower than the 83 % of newcomers there (2016 Census), since each region
has some."""

KINDS: Final[Sequence[tuple[str, str, str]]] = (
    ("accueil", "Accueil {}", "Welcome {}"),
    ("carrefour", "Carrefour interculturel {}", "{} Intercultural Crossroads"),
    ("centre", "Centre d’appui aux familles {}", "{} Family Support Centre"),
    ("maison", "Maison des nouveaux arrivants {}", "{} Newcomers’ House"),
    ("entraide", "Entraide {}", "{} Mutual Aid"),
    ("jumelage", "Jumelage et francisation {}", "{} Twinning and French"),
    ("table", "Table d’accueil {}", "{} Welcome Table"),
    ("service", "Service aux personnes réfugiées {}", "{} Refugee Service"),
    ("atelier", "Atelier d’emploi {}", "{} Employment Workshop"),
    ("alliance", "Alliance des langues {}", "{} Language Alliance"),
    ("pont", "Le Pont {}", "The {} Bridge"),
    ("relais", "Relais logement {}", "{} Housing Relay"),
)
"""Invented names, in both languages."""

PLACES: Final[dict[str, Sequence[str]]] = {
    "06": (
        "Rosemont", "Côte-des-Neiges", "Parc-Extension", "Saint-Michel", "Hochelaga", "Villeray", "Saint-Laurent",
        "Montréal-Nord", "Verdun", "LaSalle", "Ahuntsic", "Mercier", "Anjou", "Lachine", "Saint-Léonard",
        "Pointe-Saint-Charles", "Petite-Patrie", "Cartierville",
    ),
    "13": ("Chomedey", "Laval-des-Rapides", "Vimont", "Pont-Viau", "Sainte-Dorothée"),
    "16": ("Longueuil", "Brossard", "Saint-Hyacinthe", "Granby", "Saint-Jean", "Valleyfield", "Châteauguay"),
    "14": ("Joliette", "Repentigny", "Terrebonne"),
    "15": ("Saint-Jérôme", "Sainte-Thérèse", "Lachute"),
    "03": ("Limoilou", "Sainte-Foy", "Charlesbourg", "Beauport", "Vanier"),
    "07": ("Gatineau", "Hull", "Aylmer"),
    "05": ("Sherbrooke", "Magog"),
    "12": ("Lévis", "Saint-Georges", "Thetford"),
    "04": ("Trois-Rivières", "Shawinigan"),
    "17": ("Drummondville", "Victoriaville"),
    "02": ("Chicoutimi", "Alma"),
    "01": ("Rimouski", "Rivière-du-Loup"),
    "08": ("Rouyn-Noranda", "Val-d’Or"),
}  # fmt: skip

SERVICE_WEIGHTS: Final = {
    "reception": 10, "information": 14, "orientation": 10, "follow_up": 8, "housing": 7, "temporary_housing": 2,
    "french_course": 10, "french_practice": 5, "employment": 9, "credentials": 2, "twinning": 3,
    "interpretation": 6, "forms": 8, "legal_information": 5, "childcare": 4, "school": 3, "family": 4,
    "health": 3, "psychosocial": 3, "food_and_material": 5, "financial": 3, "digital": 2, "citizenship": 2,
    "community": 5, "youth": 3, "transport": 2, "other": 1,
}  # fmt: skip
"""How common a service is among organizations and among persons: our choice."""


@dataclass(frozen=True, slots=True)
class OrganizationProfile:
    """One synthetic organization. `code` is its folder's name; `weight` its share of the people of its region."""

    code: str
    name: Text
    region: str
    weight: float
    services: tuple[str, ...]
    hand: Hand
    file_kind: str = "csv"
    labels: str = "code"
    shares_dates: bool = True


def make_organizations(count: int, rng: Random) -> tuple[OrganizationProfile, ...]:
    """Make organizations with distinct codes; every fourth or so keeps its files in a way that a reader must cope with."""
    used: dict[str, int] = {}
    made = []
    for number in range(count):
        region = _region(number, count, rng)
        prefix, fr, en = rng.choice(KINDS)
        place = rng.choice(PLACES[region])
        code = _code(f"{prefix}-{place}")
        used[code] = used.get(code, 0) + 1
        suffix = f"-{used[code]}" if used[code] > 1 else ""
        label = f"{place} {used[code]}" if suffix else place
        file_kind, encoding = _file_habits(number)
        made.append(
            OrganizationProfile(
                code=code + suffix,
                name=Text(fr.format(label), en.format(label)),
                region=region,
                weight=rng.lognormvariate(0.0, 0.7),
                services=_offer(rng),
                hand=Hand(accents=rng.random() > 0.12, capitals=rng.random() < 0.15, encoding=encoding),
                file_kind=file_kind,
                labels=("code", "fr", "en", "code")[number % 4],
                shares_dates=rng.random() > 0.05,
            )
        )
    return tuple(made)


def _file_habits(number: int) -> tuple[str, str]:
    """Deal the habits of real offices: mostly UTF-8, some workbooks, some old Windows files, one UTF-16."""
    return {
        3: ("xlsx", "utf-8"),
        5: ("semicolon", "cp1252"),
        8: ("excel", "utf-8"),
        11: ("tab", "utf-16"),
        17: ("xlsx", "utf-8"),
    }.get(number % 24, ("csv", "utf-8"))


def _region(number: int, count: int, rng: Random) -> str:
    """Spread organizations: a first share round the Montréal area, the rest elsewhere, never none where there are several."""
    area = "montreal" if (number + 0.5) / count < MONTREAL_AREA_SHARE else "elsewhere"
    return str(draw(rng, Weighted.of(REGION_SHARES[area])))


def _offer(rng: Random) -> tuple[str, ...]:
    """Draw which services an organization gives: 4 to 12 kinds, common ones more often."""
    weights = dict(SERVICE_WEIGHTS)
    offered = []
    for _ in range(rng.randint(4, 12)):
        chosen = str(draw(rng, Weighted.of({code: float(w) for code, w in weights.items()})))
        del weights[chosen]
        offered.append(chosen)
    return tuple(offered)


def _code(text: str) -> str:
    """Make a folder's name: no accents, lower case, hyphens."""
    plain = unicodedata.normalize("NFKD", text.replace("’", "-")).encode("ascii", "ignore").decode().lower()
    return plain.replace(" ", "-")
