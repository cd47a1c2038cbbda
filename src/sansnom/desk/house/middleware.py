"""What happens around every page: safe headers, the locked desk, one transaction for each change."""

from collections.abc import Callable
from typing import Final, TypeAlias

from django.conf import settings
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from sansnom.desk.house.places import key_path
from sansnom.desk.sqlcipher.keyring import KEYRING

Answer: TypeAlias = Callable[[HttpRequest], HttpResponseBase]

CONTENT_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS: Final = {
    "Content-Security-Policy": CONTENT_POLICY,
    "Cache-Control": "no-store",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=(), interest-cohort=()",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Robots-Tag": "noindex, nofollow",
}
_LOCK_AFTER: Final = "desk.lock_after"
SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
OPEN_WHEN_LOCKED: Final = ("/start/", "/unlock/", "/static/", "/language/", "/help/")


def safety_headers(answer: Answer) -> Answer:
    """Set the headers that every answer bears; nothing of it is kept by a browser."""

    def around(request: HttpRequest) -> HttpResponseBase:
        response = answer(request)
        for name, value in HEADERS.items():
            response.headers[name] = value
        return response

    return around


def lock_after(request: HttpRequest) -> None:
    """Lock the desk when this request is answered and its session is stored."""
    request.META[_LOCK_AFTER] = True


def locked_desk(answer: Answer) -> Answer:
    """While the desk is locked, let nothing through but the pages that open it."""

    def around(request: HttpRequest) -> HttpResponseBase:
        if not KEYRING.is_unlocked:
            request.COOKIES.pop(settings.SESSION_COOKIE_NAME, None)  # its session is in the locked database
        if KEYRING.is_unlocked or request.path_info.startswith(OPEN_WHEN_LOCKED):
            response = answer(request)
            if request.META.pop(_LOCK_AFTER, False):
                connection.close()
                KEYRING.lock()
            return response
        if request.path_info.startswith("/draft/"):
            return HttpResponse(status=423)
        return redirect(reverse("accounts:unlock") if key_path().exists() else reverse("accounts:start"))

    return around


def one_transaction(answer: Answer) -> Answer:
    """Make each change one transaction: it happens whole, or not at all."""

    def around(request: HttpRequest) -> HttpResponseBase:
        if request.method in SAFE_METHODS or not KEYRING.is_unlocked:
            return answer(request)
        with transaction.atomic():
            response = answer(request)
            if response.status_code >= 400:
                transaction.set_rollback(True)
        return response

    return around
