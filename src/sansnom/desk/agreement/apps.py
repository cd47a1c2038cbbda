"""The agreement app."""

from typing import Final

from django.apps import AppConfig

from sansnom.desk.house.navigation import Place
from sansnom.desk.people.sections import Action, Section

_VIEWS: Final = "sansnom.desk.agreement.views"


class AgreementConfig(AppConfig):
    """Notices, agreements, withdrawals, the choice about joint statistics."""

    name = "sansnom.desk.agreement"
    label = "agreement"
    default_auto_field = "django.db.models.BigAutoField"
    settings_pages: Final = (
        Place("agreement.notices", "agreement:notices", 25, hint="agreement.notices.hint", group="law"),
    )
    person_sections: Final = (
        Section("agreement.section", "agreement/on_top.html", 10, f"{_VIEWS}.on_top", "joint", place="top"),
        Section("agreement.section", "agreement/section.html", 60, f"{_VIEWS}.on_person_page", "agreement"),
    )
    person_actions: Final = (Action("agreement.tell", "agreement:tell", 80, letter="a"),)
