"""Where a desk keeps its few files, on Windows, macOS and Linux; and what its one setting for another database says."""

import os
import sys
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from sansnom.terms.errors import InputError

FOLDER_VARIABLE: Final = "SANSNOM_DESK_FOLDER"
DATABASE_VARIABLE: Final = "SANSNOM_DESK_DATABASE"
HOST_VARIABLE: Final = "SANSNOM_DESK_HOST"
DATABASE_FILE: Final = "desk.db"
KEY_FILE: Final = "desk.keys"


def desk_apps() -> list[str]:
    """List the desk's apps: each folder beside this one that has an `apps.py`. Nothing has to be registered."""
    beside = Path(__file__).parent.parent
    return [f"sansnom.desk.{found.parent.name}" for found in sorted(beside.glob("*/apps.py"))]


def apps_with(module: str) -> list[str]:
    """List the desk's apps that have this module, such as `urls`."""
    beside = Path(__file__).parent.parent
    return [app for app in desk_apps() if (beside / app.rpartition(".")[2] / f"{module}.py").is_file()]


def desk_folder() -> Path:
    """Give the desk's folder: as the environment says, else where this system keeps a person's applications."""
    told = os.environ.get(FOLDER_VARIABLE)
    if told:
        return Path(told)
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", str(Path.home() / "AppData" / "Local"))) / "sansnom"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "sansnom"
    return Path(os.environ.get("XDG_DATA_HOME", str(Path.home() / ".local" / "share"))) / "sansnom"


def database_path() -> Path:
    """Give the path of the encrypted database."""
    return desk_folder() / DATABASE_FILE


def key_path() -> Path:
    """Give the path of the key file."""
    return desk_folder() / KEY_FILE


def database_settings() -> dict[str, Any]:
    """Give Django's entry for the database: the encrypted file, or PostgreSQL when the one setting says so.

    With PostgreSQL this program does not encrypt the database: docs/desk-postgresql.md says what must do it instead.
    """
    told = os.environ.get(DATABASE_VARIABLE)
    if not told:
        return {
            "ENGINE": "sansnom.desk.sqlcipher",
            "NAME": str(database_path()),
            "OPTIONS": {"transaction_mode": "IMMEDIATE"},
        }
    address = urlsplit(told)
    if address.scheme not in {"postgresql", "postgres"} or not address.path.strip("/"):
        raise InputError("desk.database_address", where=DATABASE_VARIABLE)
    return {
        "ENGINE": "sansnom.desk.postgresql",
        "NAME": unquote(address.path.strip("/")),
        "USER": unquote(address.username or ""),
        "PASSWORD": unquote(address.password or ""),
        "HOST": address.hostname or "",
        "PORT": str(address.port or ""),
        "OPTIONS": {"sslmode": "verify-full"} if address.hostname not in {None, "localhost", "127.0.0.1"} else {},
    }
