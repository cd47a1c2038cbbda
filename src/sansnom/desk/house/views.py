"""Pages that belong to no app: language, help, static files, drafts."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path


def today(request: HttpRequest) -> HttpResponse:
    """Show the day."""
    return render(request, "house/today.html")


urlpatterns: list[URLPattern] = [path("", today, name="today")]
