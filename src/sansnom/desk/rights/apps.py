"""The rights app."""

from typing import Final

from django.apps import AppConfig

from sansnom.desk.house.navigation import Place
from sansnom.desk.people.sections import Action, Section


class RightsConfig(AppConfig):
    """Requests, whole-file copies, erasure, retention, registers, the privacy assessment."""

    name = "sansnom.desk.rights"
    label = "rights"
    default_auto_field = "django.db.models.BigAutoField"
    settings_pages: Final = (
        Place("rights.requests", "rights:requests", 44, role="coordinator", hint="rights.requests.hint", group="law"),
        Place("rights.review", "rights:review", 45, role="coordinator", hint="rights.review.hint", group="law"),
        Place(
            "rights.destructions",
            "rights:destructions",
            46,
            role="coordinator",
            hint="rights.destructions.hint",
            group="law",
        ),
        Place(
            "rights.incidents", "rights:incidents", 47, role="coordinator", hint="rights.incidents.hint", group="law"
        ),
        Place(
            "rights.assessment", "rights:assessment", 48, role="director", hint="rights.assessment.hint", group="law"
        ),
    )
    person_sections: Final = (
        Section("rights.section", "rights/section.html", 80, "sansnom.desk.rights.views.section", "rights"),
    )
    person_actions: Final = (Action("rights.their_file", "rights:their_file", 90),)
