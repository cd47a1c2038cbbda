"""The accounts app."""

from typing import Final

from django.apps import AppConfig

from sansnom.desk.house.navigation import Place


class AccountsConfig(AppConfig):
    """Colleagues, roles, the access trail."""

    name = "sansnom.desk.accounts"
    label = "accounts"
    settings_pages: Final = (
        Place("accounts.me", "accounts:me", 10, hint="accounts.me.hint", group="you"),
        Place("accounts.colleagues", "accounts:colleagues", 20, role="director", hint="accounts.colleagues.hint"),
        Place(
            "accounts.passphrases",
            "accounts:passphrases",
            30,
            role="director",
            hint="accounts.passphrases.hint",
            group="safety",
        ),
        Place("accounts.organization", "accounts:organization", 15, role="director", hint="accounts.organization.hint"),
        Place(
            "accounts.backups", "accounts:backups", 40, role="director", hint="accounts.backups.hint", group="safety"
        ),
        Place("accounts.trail", "accounts:trail", 50, role="director", hint="accounts.trail.hint", group="safety"),
    )
