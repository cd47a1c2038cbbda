"""Pages for what went wrong. They say what to do next, and never a value, an address or a trace."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


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
    """500."""
    return _page(request, "broken", 500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403, when a form comes from elsewhere or from a page older than the session."""
    del reason
    return _page(request, "stale", 403)
