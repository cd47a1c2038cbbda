"""The agreement app."""

from django.apps import AppConfig


class AgreementConfig(AppConfig):
    """Notices, agreements, withdrawals, the choice about joint statistics."""

    name = "sansnom.desk.agreement"
    label = "agreement"
    default_auto_field = "django.db.models.BigAutoField"
