"""Pages of the second factor: asking for it after the password, adding and removing one's own, clearing a colleague's."""

import time
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from sansnom.desk.accounts import factors
from sansnom.desk.accounts.access import me, require_role
from sansnom.desk.accounts.models import Colleague, Role, SecondFactor
from sansnom.desk.accounts.signing import ASKING, SIGNING_IN, signed_in
from sansnom.desk.house.forms import DeskForm
from sansnom.desk.house.words import say, say_later

HALF_SECONDS: Final = 300
"""How long a right password waits for the second factor."""
ADDING: Final = "accounts.adding"
MAKING: Final = "accounts.making"


class CodeForm(DeskForm):
    """Asks for a code of the application, or one from paper."""

    code = forms.CharField(
        label=say_later("accounts.second.code"),
        help_text=say_later("accounts.second.code.hint"),
        max_length=20,
        widget=forms.TextInput(
            {"autocomplete": "one-time-code", "inputmode": "text", "autofocus": True, "class": "short"}
        ),
    )


class NewCodeForm(DeskForm):
    """Asks for the first code of a new application."""

    code = forms.CharField(
        label=say_later("accounts.totp.code"),
        max_length=10,
        widget=forms.TextInput({"autocomplete": "one-time-code", "inputmode": "numeric", "class": "short"}),
    )


class PasskeyForm(DeskForm):
    """Asks how the colleague calls a passkey; the browser's answer comes in a hidden field."""

    name = forms.CharField(label=say_later("accounts.passkey.name"), max_length=80, required=False)
    answer = forms.CharField(widget=forms.HiddenInput, max_length=20_000)


def _half(request: HttpRequest) -> tuple[Colleague | None, dict[str, Any]]:
    """Give who typed a right password in this session a moment ago, and what was kept of it."""
    kept = request.session.get(ASKING) or {}
    if not kept or time.time() - float(kept.get("at", 0)) > HALF_SECONDS:
        request.session.pop(ASKING, None)
        return None, {}
    return Colleague.objects.filter(pk=int(kept["colleague"]), is_active=True).first(), kept


@login_not_required
def second(request: HttpRequest) -> HttpResponse:
    """Ask for the second factor; only who typed a right password gets here."""
    colleague, kept = _half(request)
    if colleague is None:
        return redirect("accounts:sign_in")
    subject = f"second {colleague.pk}"
    form = CodeForm(request.POST if "code" in request.POST else None)
    if request.method == "POST":
        wait = SIGNING_IN.wait_seconds(subject)
        if wait:
            messages.error(request, say("accounts.wait", count=wait))
            return _asked(request, colleague, kept, form, 429)
        if _proved(request, colleague, kept, form):
            SIGNING_IN.right(subject)
            return signed_in(request, colleague)
        SIGNING_IN.wrong(subject)
    return _asked(request, colleague, kept, form, 200)


def _proved(request: HttpRequest, colleague: Colleague, kept: dict[str, Any], form: CodeForm) -> bool:
    """Tell whether a code or a passkey's answer is right; each question to a passkey is asked once."""
    answer = request.POST.get("answer", "")
    if answer:
        state = kept.pop("state", None)
        request.session[ASKING] = kept
        right = bool(state) and factors.accept_passkey(colleague, request.get_host(), state, answer[:20_000])
        if not right:
            messages.error(request, say("accounts.passkey.wrong"))
        return right
    if not form.is_valid():
        return False
    if factors.accept_code(colleague, form.cleaned_data["code"]):
        return True
    form.add_error("code", say("accounts.second.wrong"))
    return False


def _asked(
    request: HttpRequest, colleague: Colleague, kept: dict[str, Any], form: CodeForm, status: int
) -> HttpResponse:
    asked = factors.ask_passkey(colleague, request.get_host())
    options = None
    if asked:
        options, kept["state"] = asked
        request.session[ASKING] = kept
    return render(request, "accounts/second.html", {"form": form, "options": options}, status=status)


@require_safe
def my_factors(request: HttpRequest) -> HttpResponse:
    """Show one's own second factors."""
    colleague = me(request)
    held = SecondFactor.objects.filter(colleague=colleague).order_by("pk")
    told = {
        "held": [factor for factor in held if factor.kind != SecondFactor.CODE],
        "codes": sum(factor.kind == SecondFactor.CODE for factor in held),
        "required": colleague.role == Role.DIRECTOR,
        "must": factors.must_add(colleague),
    }
    return render(request, "accounts/factors.html", told)


def add_totp(request: HttpRequest) -> HttpResponse:
    """Add an authenticator application: a picture to scan, a code to prove it."""
    colleague = me(request)
    secret = request.session.get(ADDING) or factors.new_secret()
    request.session[ADDING] = secret
    form = NewCodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if factors.add_totp(colleague, secret, form.cleaned_data["code"]):
            request.session.pop(ADDING, None)
            return _added(request, colleague)
        form.add_error("code", say("accounts.second.wrong"))
    told = {"form": form, "picture": factors.picture_of(factors.address_of(colleague, secret)), "secret": secret}
    return render(request, "accounts/add_totp.html", told)


def add_passkey(request: HttpRequest) -> HttpResponse:
    """Add a passkey: this computer's own lock, a telephone, or a security key."""
    colleague = me(request)
    form = PasskeyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        state = request.session.pop(MAKING, None)
        told = form.cleaned_data
        if state and factors.finish_passkey(colleague, request.get_host(), state, told["answer"], told["name"]):
            return _added(request, colleague)
        form.add_error(None, say("accounts.passkey.wrong"))
    options, request.session[MAKING] = factors.begin_passkey(colleague, request.get_host())
    return render(request, "accounts/add_passkey.html", {"form": form, "options": options})


def _added(request: HttpRequest, colleague: Colleague) -> HttpResponse:
    """After adding: the first time, show recovery codes for paper."""
    request.session.pop("add_factor", None)
    messages.success(request, say("accounts.factor.added"))
    if SecondFactor.objects.filter(colleague=colleague, kind=SecondFactor.CODE).exists():
        return redirect("accounts:factors")
    request.session["accounts.codes"] = factors.new_recovery_codes(colleague)
    return redirect("accounts:codes")


def codes(request: HttpRequest) -> HttpResponse:
    """Show new recovery codes once; a POST draws others in place of the earlier ones."""
    if request.method == "POST":
        request.session["accounts.codes"] = factors.new_recovery_codes(me(request))
        return redirect("accounts:codes")
    shown = request.session.pop("accounts.codes", None)
    if not shown:
        return redirect("accounts:factors")
    return render(request, "accounts/codes.html", {"codes": shown})


@require_POST
def remove_factor(request: HttpRequest, number: int) -> HttpResponse:
    """Remove one of one's own; recovery codes go with the last."""
    colleague = me(request)
    get_object_or_404(SecondFactor, pk=number, colleague=colleague).delete()
    if not factors.has_factor(colleague):
        SecondFactor.objects.filter(colleague=colleague).delete()
    messages.success(request, say("accounts.factor.removed"))
    return redirect("accounts:factors")


@require_role(Role.DIRECTOR)
@require_POST
def clear_factors(request: HttpRequest, number: int) -> HttpResponse:
    """Remove a colleague's second factors, when a telephone is lost."""
    colleague = get_object_or_404(Colleague, pk=number)
    SecondFactor.objects.filter(colleague=colleague).delete()
    messages.success(request, say("accounts.factor.cleared", name=colleague.name))
    return redirect("accounts:colleagues")
