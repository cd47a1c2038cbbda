"""What other apps add to a person's page: sections and buttons, said in their `apps.py` (as `house.navigation.Place`).

person_sections = (Section("work.person.services", "work/person_services.html", 30, "sansnom.desk.work.person.acts", "acts"),)
person_actions = (Action("work.record", "work:record", 10, letter="r"),)
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from django.apps import apps
from django.urls import NoReverseMatch, reverse
from django.utils.module_loading import import_string

Fill: TypeAlias = "Callable[[Any, Any], Mapping[str, Any] | None]"
"""Takes (viewer: Colleague, person: Person); gives what the section's template knows as `told`, or None: no section."""


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a person's page.

    words     the name of its title
    template  what shows it: it knows `person`, `colleague` and `told`; the title is written around it
    order     among the others: summary 10, work 20-59, agreement 60, other files 70, history 90
    fill      the dotted path of a Fill: the path, since apps are listed before their models are read
    anchor    its place in the page's address
    place     "body", or "top": a line under the name, without a title, for what must not be overlooked
    """

    words: str
    template: str
    order: int
    fill: str
    anchor: str
    place: str = "body"


@dataclass(frozen=True, slots=True)
class Action:
    """A button of a person's page: a link to the address of this name, which takes the person's reference."""

    words: str
    address: str
    order: int
    letter: str = ""
    role: str = "counsellor"


@dataclass(frozen=True, slots=True, repr=False)
class Filled:
    """A section as one page shows it."""

    words: str
    template: str
    anchor: str
    told: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Button:
    """An action as one page shows it."""

    words: str
    url: str
    letter: str


def sections_of(place: str, viewer: Any, person: Any) -> list[Filled]:  # noqa: ANN401 - a Colleague, a Person
    """Fill the sections of a place ("top", "body") for this colleague, in order; those with nothing to say are left out."""
    listed: list[Section] = [
        section
        for config in apps.get_app_configs()
        for section in getattr(config, "person_sections", ())
        if section.place == place
    ]
    filled = []
    for section in sorted(listed, key=lambda section: section.order):
        told = import_string(section.fill)(viewer, person)
        if told is not None:
            filled.append(Filled(section.words, section.template, section.anchor, told))
    return filled


def actions_on(viewer: Any, person: Any) -> list[Button]:  # noqa: ANN401 - as above
    """List the buttons for this colleague, in order."""
    listed: list[Action] = [
        action
        for config in apps.get_app_configs()
        for action in getattr(config, "person_actions", ())
        if viewer.may_act_as(action.role)
    ]
    shown = []
    for action in sorted(listed, key=lambda action: action.order):
        try:
            url = reverse(action.address, args=[person.reference])
        except NoReverseMatch:
            continue
        shown.append(Button(action.words, url, action.letter))
    return shown
