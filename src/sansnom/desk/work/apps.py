"""The work app."""

from django.apps import AppConfig


class WorkConfig(AppConfig):
    """Programmes and everything done with a person in one of them."""

    name = "sansnom.desk.work"
    label = "work"
    default_auto_field = "django.db.models.BigAutoField"
