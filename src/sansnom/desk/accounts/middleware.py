"""Signing out who has left the screen; leading directors to a second factor."""

import time
from typing import Final

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from sansnom.desk.house.middleware import Answer
from sansnom.desk.sqlcipher.keyring import KEYRING

SEEN: Final = "seen"
IDLE: Final = "idle_minutes"
ADD_FACTOR: Final = "add_factor"
EVERY_SECONDS: Final = 30
OPEN_WITHOUT_FACTOR: Final = ("/me/second/", "/sign-out/", "/lock/", "/static/", "/language/", "/draft/", "/help/")


def idle_lock(answer: Answer) -> Answer:
    """End a session that nobody used for as long as the organization says. Drafts are kept before that."""

    def around(request: HttpRequest) -> HttpResponseBase:
        if not KEYRING.is_unlocked or request.path_info.startswith(settings.STATIC_URL):
            return answer(request)
        seen, now = request.session.get(SEEN), time.time()
        if seen is not None:
            if now - seen > 60 * request.session.get(IDLE, 15):
                logout(request)
                if request.path_info.startswith("/draft/"):
                    return HttpResponse(status=423)
                return redirect(settings.LOGIN_URL)
            if not 0 <= now - seen <= EVERY_SECONDS:  # also where the clock was set back: idle time begins anew
                request.session[SEEN] = now
        return answer(request)

    return around


def second_factor(answer: Answer) -> Answer:
    """Lead a director whose first days are over to adding a second factor, and nowhere else."""

    def around(request: HttpRequest) -> HttpResponseBase:
        asked = KEYRING.is_unlocked and not request.path_info.startswith(OPEN_WITHOUT_FACTOR)
        if asked and request.session.get(ADD_FACTOR) and request.user.is_authenticated:
            return redirect("accounts:factors")
        return answer(request)

    return around
