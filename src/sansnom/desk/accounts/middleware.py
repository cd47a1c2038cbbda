"""Signing out who has left the screen."""

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
EVERY_SECONDS: Final = 30


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
            if now - seen > EVERY_SECONDS:
                request.session[SEEN] = now
        return answer(request)

    return around
