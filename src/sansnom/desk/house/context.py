"""What every template knows."""

from typing import Any

from django.http import HttpRequest

from sansnom.desk.sqlcipher.keyring import KEYRING


def desk(request: HttpRequest) -> dict[str, Any]:
    """Give templates the colleague who is signed in (None while the desk is locked)."""
    if not KEYRING.is_unlocked or not hasattr(request, "user"):
        return {"colleague": None}
    return {"colleague": request.user if request.user.is_authenticated else None}
