"""Pages for what went wrong. They say what to do next, and never a value, an address or a trace."""

import sys
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

STORED: Final = {11: "damaged", 26: "damaged", 10: "disk", 13: "full", 8: "read_only"}
"""SQLITE_CORRUPT and NOTADB, IOERR, FULL, READONLY."""


def _page(request: HttpRequest, name: str, status: int) -> HttpResponse:
    return render(
        request,
        "house/error.html",
        {"title": f"house.error.{name}.title", "text": f"house.error.{name}.text"},
        status=status,
    )


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400."""
    del exception
    return _page(request, "bad_request", 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403."""
    del exception
    return _page(request, "forbidden", 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: the same page for what is not there and for what this colleague may not know of."""
    del exception
    return _page(request, "not_found", 404)


def broken(request: HttpRequest) -> HttpResponse:
    """500; where the file of the desk is damaged, or cannot be written, the page says so, and the way back."""
    name = _stored_wrong(sys.exc_info()[1])
    if name == "broken":
        return _page(request, name, 500)
    told = {"title": f"house.error.{name}.title", "text": f"house.error.{name}.text"}
    return HttpResponse(
        render_to_string("house/error.html", told), status=500
    )  # without who is signed in: nothing is read


def _stored_wrong(error: BaseException | None) -> str:
    """Tell what is wrong with the file, by SQLite's own numbers: never by a text, which could hold anything."""
    seen = error
    while seen is not None:
        told = getattr(seen, "sqlite_errorcode", None)
        if isinstance(told, int) and told & 0xFF in STORED:
            return STORED[told & 0xFF]
        seen = seen.__cause__ or seen.__context__
    return "broken"


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403, when a form comes from elsewhere or from a page older than the session."""
    del reason
    return _page(request, "stale", 403)
