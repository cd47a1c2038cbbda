"""Pages about colleagues: who works here, their access, what they set for themselves, the access trail."""

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from sansnom.desk.accounts.access import first_broken_entry, me, require_role
from sansnom.desk.accounts.forms import ColleagueForm, MeForm, NewColleagueForm, PasswordForm
from sansnom.desk.accounts.models import Colleague, Role, TrailEntry
from sansnom.desk.house.undo import done_with_undo
from sansnom.desk.house.views import set_language
from sansnom.desk.house.words import say

ENTRIES_A_PAGE = 100
LARGEST = 2**63


@require_role(Role.DIRECTOR)
def colleagues(request: HttpRequest) -> HttpResponse:
    """List who works here."""
    return render(request, "accounts/colleagues.html", {"colleagues": Colleague.objects.all()})


@require_role(Role.DIRECTOR)
def new_colleague(request: HttpRequest) -> HttpResponse:
    """Add somebody."""
    form = NewColleagueForm(request.POST or None, initial={"role": Role.COUNSELLOR, "language": "fr"})
    if request.method == "POST" and form.is_valid():
        colleague: Colleague = form.save(commit=False)
        colleague.set_password(form.cleaned_data["password"])
        colleague.save()
        messages.success(request, say("accounts.colleague.added", name=colleague.name))
        return redirect("accounts:colleagues")
    return render(request, "accounts/colleague.html", {"form": form})


@require_role(Role.DIRECTOR)
def colleague_page(request: HttpRequest, number: int) -> HttpResponse:
    """Change somebody's name, role or language."""
    colleague = get_object_or_404(Colleague, pk=number)
    form = ColleagueForm(request.POST or None, instance=colleague)
    if request.method == "POST" and form.is_valid():
        if colleague.role != Role.DIRECTOR and not _another_director(colleague):
            form.add_error("role", say("accounts.last_director"))
        else:
            form.save()
            messages.success(request, say("accounts.saved"))
            return redirect("accounts:colleagues")
    return render(request, "accounts/colleague.html", {"form": form, "other": colleague})


def _another_director(colleague: Colleague) -> bool:
    return Colleague.objects.filter(role=Role.DIRECTOR, is_active=True).exclude(pk=colleague.pk).exists()


@require_role(Role.DIRECTOR)
@require_POST
def suspend(request: HttpRequest, number: int) -> HttpResponse:
    """Take somebody's access away at once, wherever they are signed in; it can be given back."""
    colleague = get_object_or_404(Colleague, pk=number)
    if colleague.role == Role.DIRECTOR and not _another_director(colleague):
        messages.error(request, say("accounts.last_director"))
        return redirect("accounts:colleagues")
    colleague.suspend()
    done_with_undo(
        request, say("accounts.suspended", name=colleague.name), reverse("accounts:restore", args=[colleague.pk])
    )
    if colleague.wrap:
        messages.warning(request, say("accounts.suspended.passphrase"))
    return redirect("accounts:colleagues")


@require_role(Role.DIRECTOR)
@require_POST
def restore(request: HttpRequest, number: int) -> HttpResponse:
    """Give the access back."""
    colleague = get_object_or_404(Colleague, pk=number)
    colleague.restore()
    messages.success(request, say("accounts.restored", name=colleague.name))
    return redirect("accounts:colleagues")


@require_role(Role.DIRECTOR)
def new_password(request: HttpRequest, number: int) -> HttpResponse:
    """Give somebody who forgot theirs a new password."""
    colleague = get_object_or_404(Colleague, pk=number)
    form = PasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        colleague.set_password(form.cleaned_data["password"])
        colleague.save(update_fields=["password"])
        messages.success(request, say("accounts.password.given", name=colleague.name))
        return redirect("accounts:colleagues")
    return render(request, "accounts/password.html", {"form": form, "other": colleague})


def my_page(request: HttpRequest) -> HttpResponse:
    """Set one's own name, language and keys."""
    colleague = me(request)
    form = MeForm(request.POST or None, instance=colleague)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, say("accounts.saved"))
        response = redirect("accounts:me")
        set_language(response, colleague.language)
        return response
    return render(request, "accounts/me.html", {"form": form})


def my_password(request: HttpRequest) -> HttpResponse:
    """Change one's own password; other sessions of one's own end."""
    colleague = me(request)
    form = PasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        colleague.set_password(form.cleaned_data["password"])
        colleague.save(update_fields=["password"])
        update_session_auth_hash(request, colleague)
        messages.success(request, say("accounts.saved"))
        return redirect("accounts:me")
    return render(request, "accounts/password.html", {"form": form})


@require_role(Role.DIRECTOR)
@require_safe
def trail(request: HttpRequest) -> HttpResponse:
    """Show who did what with whose file: all of it, one colleague's, or one file's."""
    entries = TrailEntry.objects.select_related("colleague")
    number, reference = request.GET.get("colleague", ""), request.GET.get("file", "")
    if number.isdigit():
        entries = entries.filter(colleague_id=int(number))
    if reference:
        entries = entries.filter(person_reference=reference[:40])
    before = request.GET.get("before", "")
    if before.isdigit() and int(before) < LARGEST:
        entries = entries.filter(pk__lt=int(before))
    page = list(entries[: ENTRIES_A_PAGE + 1])
    told = {
        "entries": page[:ENTRIES_A_PAGE],
        "older": page[ENTRIES_A_PAGE - 1] if len(page) > ENTRIES_A_PAGE else None,
        "newest": not before,
        "colleagues": Colleague.objects.all(),
        "chosen": number,
        "file": reference,
        "broken": first_broken_entry() if request.GET.get("check") else None,
        "checked": bool(request.GET.get("check")),
    }
    return render(request, "accounts/trail.html", told)
