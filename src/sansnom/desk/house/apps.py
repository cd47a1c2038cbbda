"""The house app: loads the catalogues of every app when the desk starts."""

from django.apps import AppConfig


class HouseConfig(AppConfig):
    """Base templates, words, drafts, the organization itself."""

    name = "sansnom.desk.house"
    label = "house"

    def ready(self) -> None:
        """Load the words of every app."""
        from sansnom.desk.house.words import load_catalogues  # noqa: PLC0415 - only when all apps are known

        load_catalogues()
