"""The people app."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Persons, names, households, links between files of one person."""

    name = "sansnom.desk.people"
    label = "people"
    default_auto_field = "django.db.models.BigAutoField"
