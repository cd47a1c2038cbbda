"""The house app: loads the catalogues of every app when the desk starts."""

from typing import Final

from django.apps import AppConfig

from sansnom.desk.house.navigation import Place


class HouseConfig(AppConfig):
    """Base templates, words, drafts, the organization itself."""

    name = "sansnom.desk.house"
    label = "house"
    navigation: Final = (Place("house.nav.settings", "house:settings", 90, letter="r"),)

    def ready(self) -> None:
        """Load the words of every app."""
        from sansnom.desk.house.words import load_catalogues  # noqa: PLC0415 - only when all apps are known

        load_catalogues()
