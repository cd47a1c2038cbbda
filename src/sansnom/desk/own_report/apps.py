"""The own report's app."""

from typing import Final

from django.apps import AppConfig

from sansnom.desk.house.navigation import Place


class OwnReportConfig(AppConfig):
    """The organization's own periodic report."""

    name = "sansnom.desk.own_report"
    label = "own_report"
    default_auto_field = "django.db.models.BigAutoField"
    navigation: Final = (Place("own_report.nav", "own_report:start", 50, role="coordinator", letter="r"),)
