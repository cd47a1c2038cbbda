"""What every template knows: who is signed in, where one can go, the organization's name."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language

from sansnom.desk.house.models import Organization
from sansnom.desk.house.navigation import places_of
from sansnom.desk.sqlcipher.keyring import KEYRING


def desk(request: HttpRequest) -> dict[str, Any]:
    """Give templates the colleague who is signed in (None while the desk is locked) and their places."""
    told: dict[str, Any] = {
        "colleague": None,
        "places": [],
        "languages": settings.LANGUAGES,
        "language": (get_language() or "fr")[:2],
        "unlocked": KEYRING.is_unlocked,
    }
    if not KEYRING.is_unlocked or not hasattr(request, "user"):
        return told
    if request.user.is_authenticated:
        told["colleague"] = request.user
        told["places"] = places_of("navigation", request.user, request.path)
        told["organization"] = Organization.objects.only("name").first()
    return told
