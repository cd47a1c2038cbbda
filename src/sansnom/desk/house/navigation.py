"""Where one can go. Each app says in its `apps.py` what it adds; the base template shows it to those whose role allows it."""

from dataclasses import dataclass
from typing import Any, Final

from django.apps import apps
from django.urls import NoReverseMatch, reverse

GROUPS: Final = ("you", "house", "files", "law", "safety", "joint")
"""What the settings are about, in the order in which they are shown."""


@dataclass(frozen=True, slots=True)
class Place:
    """An entry of the navigation or of the settings page.

    `words` is the name of its text, `address` the name of its URL, `role` the least role that sees it, `letter` the
    key that opens it after `g`. An app lists its places: `navigation = (Place(...),)`, `settings_pages = (Place(...),)`.
    `group` is the heading that a settings page stands under, one of GROUPS.
    """

    words: str
    address: str
    order: int
    role: str = "counsellor"
    letter: str = ""
    hint: str = ""
    group: str = "house"


@dataclass(frozen=True, slots=True)
class Shown:
    """A place as one page shows it."""

    words: str
    hint: str
    url: str
    letter: str
    current: bool
    group: str


def places_of(kind: str, colleague: Any, path: str) -> list[Shown]:  # noqa: ANN401 - a Colleague; the house knows no accounts
    """List the places of a kind ("navigation", "settings_pages") for a colleague; the one they are in is marked."""
    listed: list[Place] = [
        place
        for config in apps.get_app_configs()
        for place in getattr(config, kind, ())
        if colleague.may_act_as(place.role)
    ]
    shown = []
    for place in sorted(listed, key=lambda place: place.order):
        try:
            url = reverse(place.address)
        except NoReverseMatch:
            continue
        current = path == url or (url != "/" and path.startswith(url))
        shown.append(Shown(place.words, place.hint, url, place.letter, current, place.group))
    return shown


def grouped(pages: list[Shown]) -> list[tuple[str, list[Shown]]]:
    """Put pages under their headings; a heading without a page is left out."""
    told = [(group, [page for page in pages if page.group == group]) for group in GROUPS]
    return [(f"house.settings.{group}", found) for group, found in told if found]
