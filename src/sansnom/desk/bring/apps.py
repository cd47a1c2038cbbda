"""The bring app."""

from typing import Final

from django.apps import AppConfig

from sansnom.desk.house.navigation import Place


class BringConfig(AppConfig):
    """Import from CSV, XLSX, ODS; export of everything."""

    name = "sansnom.desk.bring"
    label = "bring"
    default_auto_field = "django.db.models.BigAutoField"
    settings_pages: Final = (
        Place("bring.nav", "bring:start", 40, role="coordinator", hint="bring.nav.hint", group="files"),
        Place("bring.export.nav", "bring:export", 41, role="director", hint="bring.export.nav.hint", group="files"),
    )
