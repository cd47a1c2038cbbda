"""Pages that belong to no app: the door, language, help, settings, static files."""

from pathlib import Path

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.staticfiles import finders
from django.core.exceptions import SuspiciousFileOperation
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, URLPattern, path, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from sansnom.desk.house.drafts import keep_draft
from sansnom.desk.house.navigation import grouped, places_of

TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}


@require_safe
def door(request: HttpRequest) -> HttpResponse:
    """Lead to today's work."""
    try:
        return redirect(reverse("work:today"))
    except NoReverseMatch:
        return render(request, "house/today.html")


@login_not_required
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Speak the other language from now on, and come back to the same page."""
    chosen, back = request.POST.get("language", ""), request.POST.get("back", "/")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        back = "/"
    response = HttpResponseRedirect(back)
    if chosen in dict(settings.LANGUAGES):
        set_language(response, chosen)
    return response


def set_language(response: HttpResponse, chosen: str) -> None:
    """Remember the language in this browser."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        chosen,
        max_age=365 * 86_400,
        httponly=True,
        samesite="Strict",
        secure=settings.LANGUAGE_COOKIE_SECURE,
    )


@login_not_required
@require_safe
def keys(request: HttpRequest) -> HttpResponse:
    """List the keys of the keyboard."""
    return render(request, "house/keys.html")


@require_safe
def settings_page(request: HttpRequest) -> HttpResponse:
    """List what can be set, for this colleague's role."""
    return render(request, "house/settings.html", {"groups": grouped(places_of("settings_pages", request.user, ""))})


@login_not_required
@require_safe
def static_file(request: HttpRequest, name: str) -> HttpResponse:
    """Give a file of the desk's own static folders, and nothing else."""
    del request
    suffix = "." + name.rpartition(".")[2]
    try:
        found = finders.find(name)
    except SuspiciousFileOperation:
        found = None
    if not isinstance(found, str) or suffix not in TYPES:
        raise Http404
    return HttpResponse(Path(found).read_bytes(), content_type=TYPES[suffix])


urlpatterns: list[URLPattern] = [
    path("", door, name="door"),
    path("language/", language, name="language"),
    path("help/keys/", keys, name="keys"),
    path("draft/", keep_draft, name="draft"),
    path("settings/", settings_page, name="settings"),
    path("static/<path:name>", static_file, name="static"),
]
