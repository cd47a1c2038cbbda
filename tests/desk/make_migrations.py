"""Write the migrations of an app: `python -m tests.desk.make_migrations people`. A throwaway folder, a throwaway key."""

import os
import secrets
import sys
import tempfile


def main(names: list[str]) -> None:
    """Run Django's makemigrations on a fresh encrypted desk."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["SANSNOM_DESK_FOLDER"] = folder
        os.environ["DJANGO_SETTINGS_MODULE"] = "sansnom.desk.house.settings"
        import django

        django.setup()
        from django.core.management import call_command
        from django.db import connection

        from sansnom.desk.sqlcipher.keyring import KEYRING

        KEYRING.unlock(secrets.token_bytes(32))
        call_command("makemigrations", *names)
        call_command("migrate", verbosity=0)
        connection.close()
        KEYRING.lock()


if __name__ == "__main__":
    main(sys.argv[1:])
