"""Signing in and out, locking the desk."""

import time
from typing import Final

from django.contrib import messages
from django.contrib.auth import authenticate, login, logout
from django.contrib.auth.decorators import login_not_required
from django.contrib.sessions.models import Session
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from sansnom.desk.accounts import factors
from sansnom.desk.accounts.forms import SignInForm
from sansnom.desk.accounts.keeping import back_up_daily
from sansnom.desk.accounts.middleware import ADD_FACTOR, IDLE, SEEN
from sansnom.desk.accounts.models import Colleague, Role
from sansnom.desk.house.limits import Limiter
from sansnom.desk.house.middleware import lock_after
from sansnom.desk.house.models import Organization
from sansnom.desk.house.views import set_language
from sansnom.desk.house.words import say

SIGNING_IN: Final = Limiter()
ASKING: Final = "accounts.asking"
"""What the session keeps of who typed a right password and still owes the second factor."""
BACKEND: Final = "django.contrib.auth.backends.ModelBackend"


def begin_session(request: HttpRequest, colleague: Colleague) -> None:
    """Sign a colleague in, with the organization's idle time."""
    login(request, colleague, backend=BACKEND)
    organization = Organization.objects.first()
    request.session[SEEN] = time.time()
    request.session[IDLE] = organization.idle_minutes if organization else 15
    if factors.must_add(colleague):
        request.session[ADD_FACTOR] = True


@login_not_required
def sign_in(request: HttpRequest) -> HttpResponse:
    """Ask who is there. A wrong name, a wrong password and a suspended colleague get the same answer."""
    if request.user.is_authenticated:
        return redirect("house:door")
    form = SignInForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return render(request, "accounts/sign_in.html", {"form": form})
    named = form.cleaned_data["sign_in_name"].strip().casefold()
    wait = SIGNING_IN.wait_seconds(named)
    if wait:
        form.add_error(None, say("accounts.wait", count=wait))
        return render(request, "accounts/sign_in.html", {"form": form}, status=429)
    found = authenticate(request, username=named, password=form.cleaned_data["password"])
    if not isinstance(found, Colleague):
        SIGNING_IN.wrong(named)
        form.add_error(None, say("accounts.sign_in.wrong"))
        return render(request, "accounts/sign_in.html", {"form": form})
    SIGNING_IN.right(named)
    if factors.has_factor(found):
        request.session.flush()  # a fresh number for the session, and nobody in it yet
        request.session[ASKING] = {"colleague": found.pk, "at": time.time()}
        return redirect("accounts:second")
    return signed_in(request, found)


def signed_in(request: HttpRequest, colleague: Colleague) -> HttpResponse:
    """Let somebody in whose every factor was right."""
    request.session.pop(ASKING, None)
    begin_session(request, colleague)
    back_up_daily()
    if colleague.role == Role.DIRECTOR and not factors.has_factor(colleague):
        messages.warning(request, say("accounts.second.soon"))
    response = redirect("house:door")
    set_language(response, colleague.language)
    return response


@login_not_required
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Sign out; the desk stays unlocked for the others."""
    logout(request)
    return redirect("accounts:sign_in")


@require_POST
def lock(request: HttpRequest) -> HttpResponse:
    """Lock the whole desk: everybody is out until a passphrase opens it."""
    logout(request)
    Session.objects.all().delete()
    lock_after(request)
    return redirect("accounts:unlock")
