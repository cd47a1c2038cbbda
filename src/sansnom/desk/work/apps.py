"""The work app."""

from typing import Final

from django.apps import AppConfig

from sansnom.desk.house.navigation import Place
from sansnom.desk.people.sections import Action, Section

_PERSON: Final = "sansnom.desk.work.person"


class WorkConfig(AppConfig):
    """Programmes and everything done with a person in one of them."""

    name = "sansnom.desk.work"
    label = "work"
    default_auto_field = "django.db.models.BigAutoField"
    navigation: Final = (
        Place("work.today", "work:today", 10, letter="t"),
        Place("work.doors", "work:doors", 30, letter="s"),
    )
    settings_pages: Final = (
        Place("work.programmes", "work:programmes", 20, role="coordinator", hint="work.programmes.hint"),
        Place("work.funders", "work:funders", 22, role="coordinator", hint="work.funders.page.hint"),
        Place("work.catalogue", "work:catalogue", 24, role="coordinator", hint="work.catalogue.hint"),
    )
    person_sections: Final = (
        Section("work.person.agenda", "work/person/agenda.html", 22, f"{_PERSON}.agenda", "agenda"),
        Section("work.person.services", "work/person/services.html", 24, f"{_PERSON}.services", "services"),
        Section("work.person.needs", "work/person/needs.html", 28, f"{_PERSON}.needs", "needs"),
        Section("work.person.progress", "work/person/progress.html", 32, f"{_PERSON}.progress", "progress"),
        Section("work.person.notes", "work/person/notes.html", 40, f"{_PERSON}.notes", "notes"),
        Section("work.person.programmes", "work/person/programmes.html", 50, f"{_PERSON}.programmes", "programmes"),
    )
    person_actions: Final = (
        Action("work.action.service", "work:new_service", 10, letter="n"),
        Action("work.action.note", "work:new_note", 12, letter="o"),
        Action("work.action.appointment", "work:new_appointment", 14, letter="a"),
    )
