"""The accounts app."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Colleagues, roles, the access trail."""

    name = "sansnom.desk.accounts"
    label = "accounts"
