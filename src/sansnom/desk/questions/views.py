"""The pages of questions: for directors alone. No page, message or address says afterwards what was decided, but on request."""

import json
from datetime import date
from typing import Final
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.views.decorators.http import require_GET, require_POST

from sansnom.desk.accounts.access import me, require_role
from sansnom.desk.accounts.models import Role
from sansnom.desk.house.words import say
from sansnom.desk.questions import errands, joining
from sansnom.desk.questions.answers import REMEMBERED, answer, refuse_unless_open
from sansnom.desk.questions.believing import read_release
from sansnom.desk.questions.courier import deliver
from sansnom.desk.questions.forgetting import close_over, forget_choice
from sansnom.desk.questions.forms import DecisionForm
from sansnom.desk.questions.looking import Looked, plan_of, roster_of
from sansnom.desk.questions.models import KeptChoice, Parcel, Question
from sansnom.desk.questions.shown import preview, published, said
from sansnom.desk.questions.speaking import refusals, sentence
from sansnom.desk.questions.standing import WAITING, corrected_by, correction_of, state_of, withdrawal_of
from sansnom.desk.questions.tending import tend
from sansnom.terms.errors import PolicyRefusal, SansnomError
from sansnom.terms.plan import Plan

LOOKING: Final = "look"
LOOK_EVERY_HOURS: Final = 6


@require_role(Role.DIRECTOR)
@require_GET
def all_questions(request: HttpRequest) -> HttpResponse:
    """List the questions, those that wait for a decision first; look at the board now and then."""
    now = timezone.now()
    close_over(now)
    member = joining.membership()
    _say_what_came(request)
    if member.secret is not None:
        stale = member.looked_at is None or (now - member.looked_at).total_seconds() > 3600 * LOOK_EVERY_HOURS
        errand = errands.state_of(LOOKING)
        if stale and errand is None:
            _look()
    rows = [(question, plan_of(question), state_of(question)) for question in Question.objects.all()]
    listed = [
        {"question": question, "title": said(plan.title), "requester": said(plan.request.requester), "state": state}
        for question, plan, state in rows
    ]
    waiting = [one for one in listed if one["state"] in WAITING]
    told = {
        "member": member,
        "waiting": waiting,
        "others": [one for one in listed if one not in waiting],
        "looking": _running(LOOKING),
    }
    return render(request, "questions/all.html", told)


def _running(kind: str) -> bool:
    errand = errands.state_of(kind)
    return errand is not None and not errand.finished


def _say_what_came(request: HttpRequest) -> None:
    """Say once what a look at the board brought, or why it failed."""
    errand = errands.take_result(LOOKING)
    if errand is None:
        return
    if errand.error is not None:
        messages.error(request, sentence(errand.error))
    elif isinstance(errand.brought, Looked):
        looked = errand.brought
        messages.success(request, say("questions.looked", count=looked.fresh))
        if looked.withdrawn:
            messages.warning(request, say("questions.looked.withdrawn", count=looked.withdrawn))
        if looked.unreadable:
            messages.warning(request, say("questions.looked.unreadable", count=looked.unreadable))
        if looked.helpers_away:
            messages.warning(request, say("questions.looked.away", count=looked.helpers_away))


@require_role(Role.DIRECTOR)
@require_POST
def look_now(request: HttpRequest) -> HttpResponse:
    """Look at the board, beside the pages."""
    del request
    transaction.on_commit(_look)
    return redirect("questions:all")


def _look() -> None:
    errands.start(LOOKING, lambda report: tend(timezone.now(), report))


@require_role(Role.DIRECTOR)
def question(request: HttpRequest, reference: UUID) -> HttpResponse:
    """Show a question with all that a decision needs, and take the decision."""
    found = get_object_or_404(Question, reference=reference)
    form = DecisionForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        decision, keep = form.decided()
        try:
            answer(found, decision, me(request), timezone.now(), keep=keep)
        except SansnomError as error:
            form.add_error(None, sentence(error))
        else:
            transaction.on_commit(lambda: _send(found))
            return redirect("questions:question", reference=reference)
    return render(request, "questions/question.html", _told(found, form))


def _told(found: Question, form: DecisionForm) -> dict[str, object]:
    now = timezone.now()
    close_over(now)
    found.refresh_from_db()
    plan, roster = plan_of(found), roster_of(found)
    state = state_of(found)
    newest = found.sendings.first()
    parcels = list(Parcel.objects.filter(sending=newest)) if newest is not None else []
    kept = KeptChoice.objects.filter(question=found).first()
    remembered = REMEMBERED.get(found.pk)
    withdrawal = withdrawal_of(found)
    told: dict[str, object] = {
        "question": found,
        "plan": plan,
        "title": said(plan.title),
        "requester": said(plan.request.requester),
        "period": period_told(plan),
        "convener": said(roster.convener),
        "state": state,
        "refusals": refusals(found.findings),
        "withdrawn_on": date.fromisoformat(withdrawal.withdrawn_on) if withdrawal is not None else None,
        "withdrawn_why": said(withdrawal.reason) if withdrawal is not None else "",
        "correction": _linked(correction_of(found)),
        "corrects": _linked(corrected_by(found)),
        "newest": newest,
        "parcels": [(said(roster.helpers[parcel.party].institution), parcel) for parcel in parcels],
        "kept": kept,
        "decided": kept.decision if kept is not None else remembered.value if remembered is not None else "",
        "sending": _running(_kind(found)),
        "failed": _failure(found),
        "form": form,
    }
    if not found.findings:
        before = preview(found, joining.membership())
        told["preview"] = before
        told["blocked"] = sentence(before.blocked) if before.blocked is not None else ""
        try:
            refuse_unless_open(found, now)
            joining.group_secret(joining.membership())
            told["may_answer"] = True
        except PolicyRefusal as refusal:
            told["why_not"] = sentence(refusal)
    return told


def period_told(plan: Plan) -> str:
    """Say a question's period in words; one whose days are none stays as it is written: the rules refuse it."""
    days = (plan.period.start, plan.period.end)
    try:
        return " – ".join(date_format(date.fromisoformat(day), "DATE_FORMAT") for day in days)
    except ValueError:
        return " – ".join(days)


def _linked(other: Question | None) -> dict[str, object] | None:
    return None if other is None else {"reference": other.reference, "title": said(plan_of(other).title)}


def _kind(found: Question) -> str:
    return f"send {found.reference}"


def _failure(found: Question) -> str:
    errand = errands.state_of(_kind(found))
    return sentence(errand.error) if errand is not None and errand.finished and errand.error is not None else ""


def _send(found: Question) -> None:
    errands.start(_kind(found), lambda report: deliver(found, report))


@require_role(Role.DIRECTOR)
@require_POST
def resume(request: HttpRequest, reference: UUID) -> HttpResponse:
    """Go on sending what is stored."""
    del request
    found = get_object_or_404(Question, reference=reference)
    transaction.on_commit(lambda: _send(found))
    return redirect("questions:question", reference=reference)


@require_role(Role.DIRECTOR)
@require_POST
def forget(request: HttpRequest, reference: UUID) -> HttpResponse:
    """Forget what was decided."""
    forget_choice(get_object_or_404(Question, reference=reference))
    messages.success(request, say("questions.forgotten"))
    return redirect("questions:question", reference=reference)


@require_role(Role.DIRECTOR)
@require_GET
def progress(request: HttpRequest, kind: str) -> JsonResponse:
    """Say how far an errand is, for the page that waits for it."""
    del request
    errand = errands.state_of(LOOKING if kind == LOOKING else f"send {kind}")
    if errand is None or errand.finished:
        return JsonResponse({"finished": True, "said": ""})
    words = (
        say("questions.progress", done=errand.done, total=errand.total) if errand.total else say("questions.working")
    )
    return JsonResponse({"finished": False, "said": words})


@require_role(Role.DIRECTOR)
@require_GET
def release(request: HttpRequest, reference: UUID) -> HttpResponse:
    """Show what was published beside this organization's own figures."""
    found = get_object_or_404(Question, reference=reference)
    if not found.release:
        return redirect("questions:question", reference=reference)
    plan, roster = plan_of(found), roster_of(found)
    told = read_release(json.loads(found.release), plan, roster)
    tables, own = published(found, told, joining.membership())
    shown = {"question": found, "plan": plan, "release": told, "title": said(plan.title), "tables": tables, "own": own}
    shown |= {"correction": _linked(correction_of(found)), "corrects": _linked(corrected_by(found))}
    return render(request, "questions/release.html", shown)
