"""The people app."""

from typing import Final

from django.apps import AppConfig

from sansnom.desk.house.navigation import Place
from sansnom.desk.people.sections import Section

_PAGE: Final = "sansnom.desk.people.person_page"


class PeopleConfig(AppConfig):
    """Persons, names, households, links between files of one person."""

    name = "sansnom.desk.people"
    label = "people"
    default_auto_field = "django.db.models.BigAutoField"
    navigation: Final = (Place("people.nav", "people:find", 20, letter="p"),)
    person_sections: Final = (
        Section("people.household", "people/household_section.html", 58, f"{_PAGE}.household", "household"),
        Section("people.links", "people/links_section.html", 70, f"{_PAGE}.links", "links"),
        Section("people.history", "people/history_section.html", 90, f"{_PAGE}.history", "history"),
    )
