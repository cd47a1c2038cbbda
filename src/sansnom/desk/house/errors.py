"""Pages for what went wrong. They say what to do next, and never a value, an address or a trace."""

import errno
import sys
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import get_language

STORED: Final = {11: "damaged", 26: "damaged", 10: "disk", 13: "full", 8: "read_only"}
"""SQLITE_CORRUPT and NOTADB, IOERR, FULL, READONLY."""
SYSTEM: Final = {errno.ENOSPC: "full", errno.EDQUOT: "full", errno.EROFS: "read_only", errno.EIO: "disk"}
"""What a file beside the database says: the key file, a backup."""


def _page(request: HttpRequest, name: str, status: int) -> HttpResponse:
    return render(
        request,
        "house/error.html",
        {"title": f"house.error.{name}.title", "text": f"house.error.{name}.text"},
        status=status,
    )


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400; Django takes a session that could not be written for one that is gone, so the disk is asked about first."""
    del request
    return _stored_page(exception) or _page_that_reads_nothing("bad_request", 400)


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
    del request
    return _stored_page(sys.exc_info()[1]) or _page_that_reads_nothing("broken", 500)


def _stored_page(error: BaseException | None) -> HttpResponse | None:
    """Give the page about the disk if it is to blame."""
    name = _stored_wrong(error)
    return _page_that_reads_nothing(name, 500) if name else None


def _page_that_reads_nothing(name: str, status: int) -> HttpResponse:
    """Give a page without who is signed in: that may be what cannot be read, or hold what was just typed."""
    told = {"title": f"house.error.{name}.title", "text": f"house.error.{name}.text"}
    told["language"] = (get_language() or "fr")[:2]
    return HttpResponse(render_to_string("house/error.html", told), status=status)


def _stored_wrong(error: BaseException | None) -> str:
    """Tell what is wrong with the disk, by SQLite's or the system's own numbers: never by a text, which could hold anything."""
    seen = error
    while seen is not None:
        told = getattr(seen, "sqlite_errorcode", None)
        if isinstance(told, int) and told & 0xFF in STORED:
            return STORED[told & 0xFF]
        if isinstance(seen, OSError) and seen.errno in SYSTEM:
            return SYSTEM[seen.errno]
        seen = seen.__cause__ or seen.__context__
    return ""


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403, when a form comes from elsewhere or from a page older than the session."""
    del reason
    return _page(request, "stale", 403)
