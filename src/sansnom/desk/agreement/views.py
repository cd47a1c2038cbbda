"""Pages of agreement: tell and record, take back, choose about joint statistics, print; the organization's notices."""

import uuid
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from sansnom.desk.accounts.access import me, record_access, require_role
from sansnom.desk.accounts.models import Act, Colleague, Role
from sansnom.desk.agreement.forms import ToldForm, WordingForm
from sansnom.desk.agreement.models import NOTICE_KINDS, Agreement, Withdrawal
from sansnom.desk.agreement.notices import (
    LANGUAGES,
    beside,
    confirm,
    language_for,
    notice_in,
    paragraphs,
    tongue,
    tongues,
    write_next,
)
from sansnom.desk.agreement.rules import agree, choose_joint_statistics, may_be_below, takes_part
from sansnom.desk.house.undo import done_with_undo
from sansnom.desk.house.words import say
from sansnom.desk.people.access import of_visible_persons
from sansnom.desk.people.models import Person
from sansnom.desk.people.seeing import file_asked


def _asked(request: HttpRequest, person: Person | None) -> tuple[str, str]:
    """Give the kind and the language that an address names, or those that fit the person. Http404 for unknown ones."""
    kind = request.GET.get("kind", "file")
    language = request.GET.get("language") or (language_for(person) if person else "fr")
    if kind not in NOTICE_KINDS or language not in LANGUAGES:
        raise Http404
    return kind, language


def _shown(kind: str, language: str) -> dict[str, Any]:
    """Give what a template needs to show a notice in a language."""
    notice = notice_in(kind, language)
    return {"notice": notice, "tongue": tongue(language), "paragraphs": paragraphs(notice)}


def tell(request: HttpRequest, reference: uuid.UUID) -> HttpResponse:
    """Show a notice in the person's language beside the colleague's, and record what the person answered."""
    viewer, person = file_asked(request, reference)
    kind, language = _asked(request, person)
    today = timezone.localdate()
    form = ToldForm(
        request.POST or None,
        kind=kind,
        person=person,
        initial={"told_on": today, "interpreter": person.needs_interpreter},  # no answer is chosen beforehand
    )
    if request.method == "POST" and form.is_valid():
        told = {name: value for name, value in form.cleaned_data.items() if name != "told_on"}
        agree(viewer, person, notice_in(kind, language), form.cleaned_data["told_on"], **told)
        if kind == "joint_statistics":
            _follow_answer(viewer, person, form.cleaned_data["answer"], form.cleaned_data["parent"])
        record_access(viewer, person.reference, Act.CHANGED)
        messages.success(request, say("agreement.recorded"))
        return redirect("people:person", person.reference)
    told_all = {
        "person": person,
        "form": form,
        "kind": kind,
        "kinds": list(NOTICE_KINDS.items()),
        "tongues": tongues(),
        "theirs": _shown(kind, language),
        "ours": _shown(kind, beside(language)),
    }
    return render(request, "agreement/tell.html", told_all)


def _follow_answer(viewer: Colleague, person: Person, answer: str, parent: str) -> None:
    """Let the choice follow what was answered about joint statistics; being told alone changes nothing."""
    if answer == "told" or (answer == "agreed") == takes_part(person):
        return
    choose_joint_statistics(viewer, person, takes_part=answer == "agreed", parent=parent)


@require_POST
def joint_statistics(request: HttpRequest, reference: uuid.UUID) -> HttpResponse:
    """Record in one click that the person takes part in joint statistics, or does not; the banner takes it back."""
    viewer, person = file_asked(request, reference, Act.CHANGED)
    choice = request.POST.get("takes_part") or request.GET.get("takes_part")
    if choice not in {"yes", "no"}:
        raise Http404
    choose_joint_statistics(viewer, person, takes_part=choice == "yes")
    other = "no" if choice == "yes" else "yes"
    address = reverse("agreement:joint_statistics", args=[person.reference])
    done_with_undo(request, say(f"agreement.joint.done.{choice}"), f"{address}?takes_part={other}")
    return redirect("people:person", person.reference)


@require_POST
def withdraw(request: HttpRequest, number: int) -> HttpResponse:
    """Record that an agreement is taken back from today on; nobody is asked why."""
    viewer, agreement = _agreement(request, number)
    made, new = Withdrawal.objects.get_or_create(
        agreement=agreement, defaults={"withdrawn_on": timezone.localdate(), "recorded_by": viewer}
    )
    if agreement.notice.kind == "joint_statistics" and takes_part(agreement.person):
        choose_joint_statistics(viewer, agreement.person, takes_part=False)
    if new:
        done_with_undo(
            request, say("agreement.withdrawn"), reverse("agreement:undo_withdrawal", args=[made.agreement_id])
        )
    return redirect("people:person", agreement.person.reference)


@require_POST
def undo_withdrawal(request: HttpRequest, number: int) -> HttpResponse:
    """Take back a withdrawal that this colleague recorded today by mistake; an older one stays, and a new agreement follows it."""
    viewer, agreement = _agreement(request, number)
    found = Withdrawal.objects.filter(agreement=agreement, recorded_by=viewer, withdrawn_on=timezone.localdate())
    if found.delete()[0] and agreement.notice.kind == "joint_statistics" and not takes_part(agreement.person):
        choose_joint_statistics(viewer, agreement.person, takes_part=True)
    messages.success(request, say("agreement.withdrawal.undone"))
    return redirect("people:person", agreement.person.reference)


def _agreement(request: HttpRequest, number: int) -> tuple[Colleague, Agreement]:
    """Give who asks and an agreement of a file that exists for them; the change is written in the trail."""
    viewer = me(request)
    seen = of_visible_persons(Agreement.objects.select_related("person", "notice"), viewer)
    agreement = get_object_or_404(seen, pk=number)
    record_access(viewer, agreement.person.reference, Act.CHANGED)
    return viewer, agreement


@require_safe
def printed(request: HttpRequest, reference: uuid.UUID) -> HttpResponse:
    """Show the page to print for a person: two languages side by side."""
    viewer, person = file_asked(request, reference)
    record_access(viewer, person.reference, Act.PRINTED)
    return _page(request, _asked(request, person)[1], person)


@require_safe
def blank(request: HttpRequest) -> HttpResponse:
    """Show the page to print for nobody in particular: for the waiting room, or to read before a file is opened."""
    me(request)
    return _page(request, _asked(request, None)[1], None)


def _page(request: HttpRequest, language: str, person: Person | None) -> HttpResponse:
    kinds, other = ("file", "joint_statistics"), beside(language)
    told = {
        "person": person,
        "columns": [(tongue(code), [_shown(kind, code) for kind in kinds]) for code in (language, other)],
        "tongues": tongues(),
        "chosen": language,
        "today": timezone.localdate(),
    }
    return render(request, "agreement/printed.html", told)


@require_safe
def notices(request: HttpRequest) -> HttpResponse:
    """List the organization's notices: each kind in each language, its version, whether a speaker confirmed it."""
    me(request)
    rows = [(one, [(kind, notice_in(kind, one.code)) for kind in NOTICE_KINDS]) for one in tongues()]
    return render(request, "agreement/notices.html", {"rows": rows, "kinds": NOTICE_KINDS.items()})


@require_role(Role.COORDINATOR)
def wording(request: HttpRequest, kind: str, language: str) -> HttpResponse:
    """Confirm a notice, or write its next version."""
    if kind not in NOTICE_KINDS or language not in LANGUAGES:
        raise Http404
    notice, spoken = notice_in(kind, language), tongue(language)
    by = me(request)
    form = WordingForm(
        request.POST or None,
        language=language,
        direction=spoken.direction,
        initial={"title": notice.title, "text": notice.text},
    )
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        if told["title"].strip() == notice.title and _same(told["text"], notice.text):
            if told["confirmed"]:
                confirm(by, notice)
        else:
            write_next(by, notice, told["title"], _unix(told["text"]), confirmed=told["confirmed"])
        messages.success(request, say("agreement.notice.saved"))
        return redirect("agreement:notices")
    told_all = {"form": form, "notice": notice, "tongue": spoken, "kind": kind, "ours": _shown(kind, beside(language))}
    return render(request, "agreement/wording.html", told_all)


def _unix(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


def _same(one: str, other: str) -> bool:
    return _unix(one) == _unix(other)


def on_person_page(viewer: Colleague, person: Person) -> dict[str, Any]:
    """Fill the section of a person's page: what was told and answered, what was taken back, the choice in force."""
    del viewer
    held = person.agreements.select_related("notice", "told_by", "withdrawal").order_by("-told_on", "-pk")
    today: date = timezone.localdate()
    return {"agreements": list(held), "takes_part": takes_part(person), "child": may_be_below(person, today)}


def on_top(viewer: Colleague, person: Person) -> dict[str, Any] | None:
    """Say at the top of a person's page that they take no part in joint statistics; nothing where they do."""
    del viewer
    return None if takes_part(person) else {}
