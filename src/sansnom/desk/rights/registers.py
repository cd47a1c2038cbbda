"""Pages of the organization: requests to answer, files to review, destructions, incidents, the privacy assessment."""

import uuid

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import connection
from django.forms.models import model_to_dict
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from sansnom.desk.accounts.access import me, record_access, require_role
from sansnom.desk.accounts.models import Act, Role
from sansnom.desk.house.models import Organization
from sansnom.desk.house.words import say
from sansnom.desk.people.access import of_visible_persons
from sansnom.desk.people.seeing import file_asked
from sansnom.desk.people.vocabulary import speaking
from sansnom.desk.rights.assessment import QUESTIONS, answers, facts
from sansnom.desk.rights.erasing import renew_backups
from sansnom.desk.rights.forms import AssessmentForm, IncidentForm, KeepForm, RetentionForm
from sansnom.desk.rights.models import GROUNDS, AssessmentAnswer, Destruction, Incident, IncidentVersion, Kept, Request
from sansnom.desk.rights.retention import due_for_review, forget_old_drafts, rules, set_months
from sansnom.desk.rights.views import shown
from sansnom.desk.work.addresses import unseal
from sansnom.desk.work.models import Enrolment
from sansnom.terms.errors import SansnomError

ROWS_A_PAGE = 50


@require_role(Role.COORDINATOR)
@require_safe
def requests_page(request: HttpRequest) -> HttpResponse:
    """List what persons asked: first what waits for an answer, the oldest first."""
    rows = of_visible_persons(Request.objects.select_related("person"), me(request))
    waiting = [shown(row) for row in rows.filter(decision="").order_by("asked_on", "pk")[:ROWS_A_PAGE]]
    answered = [shown(row) for row in rows.exclude(decision="").order_by("-decided_on", "-pk")[:ROWS_A_PAGE]]
    return render(request, "rights/requests.html", {"waiting": waiting, "answered": answered})


@require_role(Role.COORDINATOR)
@require_safe
def review(request: HttpRequest) -> HttpResponse:
    """List the files whose time of keeping is over."""
    viewer, sealed = me(request), request.GET.get("after", "")
    try:
        last = of_visible_persons(Enrolment.objects.all(), viewer).get(pk=unseal(sealed)) if sealed else None
    except (ValueError, Enrolment.DoesNotExist):
        raise Http404 from None
    page = due_for_review(viewer, timezone.localdate(), ROWS_A_PAGE + 1, last)
    told = {
        "lines": page[:ROWS_A_PAGE],
        "next": page[ROWS_A_PAGE - 1] if len(page) > ROWS_A_PAGE else None,
        "rules": rules(),
    }
    return render(request, "rights/review.html", told)


@require_role(Role.COORDINATOR)
def keep(request: HttpRequest, reference: uuid.UUID) -> HttpResponse:
    """Leave a file in place until a day."""
    viewer, person = file_asked(request, reference)
    form = KeepForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        Kept.objects.create(person=person, decided_by=viewer, **form.cleaned_data)
        record_access(viewer, person.reference, Act.CHANGED)
        messages.success(request, say("rights.keep.kept"))
        return redirect("rights:review")
    return render(request, "rights/keep.html", {"person": person, "form": form})


@require_role(Role.DIRECTOR)
def retention(request: HttpRequest) -> HttpResponse:
    """Set how long things are kept."""
    held = rules()
    form = RetentionForm(request.POST or None, rules=held)
    if request.method == "POST" and form.is_valid():
        for rule in held:
            if form.cleaned_data[rule.rule] != rule.months:
                set_months(me(request), rule.rule, form.cleaned_data[rule.rule])
        gone = forget_old_drafts(timezone.localdate())
        messages.success(request, say("rights.retention.kept", count=gone) if gone else say("rights.saved"))
        return redirect("rights:review")
    return render(request, "rights/retention.html", {"form": form})


@require_role(Role.COORDINATOR)
@require_safe
def destructions(request: HttpRequest) -> HttpResponse:
    """Show the register of destructions."""
    rows = Destruction.objects.select_related("destroyed_by", "proof").order_by("-pk")
    page = Paginator(rows, ROWS_A_PAGE).get_page(request.GET.get("page"))
    told = [(row, GROUNDS[row.ground].in_language(speaking())) for row in page]
    return render(request, "rights/destructions.html", {"page": page, "lines": told})


@require_role(Role.COORDINATOR)
@require_safe
def destruction(request: HttpRequest, number: int) -> HttpResponse:
    """Show one line of the register with its proof: what a person may be given on paper."""
    line = get_object_or_404(Destruction.objects.select_related("destroyed_by", "proof"), pk=number)
    told = {
        "line": line,
        "proof": getattr(line, "proof", None),
        "ground": GROUNDS[line.ground].in_language(speaking()),
        "here": connection.vendor == "sqlite",
        "organization": Organization.objects.first(),
    }
    return render(request, "rights/destruction.html", told)


@require_role(Role.DIRECTOR)
@require_POST
def fresh_backups(request: HttpRequest, number: int) -> HttpResponse:
    """Make a fresh backup and remove the earlier ones, which still hold what was erased."""
    line = get_object_or_404(Destruction, pk=number)
    try:
        gone = renew_backups()
    except SansnomError:
        messages.error(request, say("accounts.backups.failed"))
    else:
        messages.success(request, say("rights.backups.renewed", count=gone))
    return redirect("rights:destruction", line.pk)


@require_role(Role.COORDINATOR)
@require_safe
def incidents(request: HttpRequest) -> HttpResponse:
    """Show the register of incidents."""
    page = Paginator(Incident.objects.order_by("-known_on", "-pk"), ROWS_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "rights/incidents.html", {"page": page})


@require_role(Role.COORDINATOR)
def incident(request: HttpRequest, number: int | None = None) -> HttpResponse:
    """Write an incident down, or complete what is known of one; what it said before is kept."""
    row = get_object_or_404(Incident, pk=number) if number is not None else None
    before = model_to_dict(row) if row else None
    form = IncidentForm(request.POST or None, instance=row)
    if request.method == "POST" and form.is_valid():
        if row is not None and before is not None and form.has_changed():
            told = {name: str(value) for name, value in before.items() if value is not None}
            IncidentVersion.objects.create(incident=row, told=told, changed_by=me(request))
        saved: Incident = form.save(commit=False)
        saved.written_by = saved.written_by or me(request)
        saved.save()
        messages.success(request, say("rights.saved"))
        return redirect("rights:incidents")
    told_all = {"form": form, "row": row, "versions": row.versions.count() if row else 0}
    return render(request, "rights/incident.html", told_all)


@require_role(Role.DIRECTOR)
@require_safe
def assessment(request: HttpRequest) -> HttpResponse:
    """Show the privacy assessment, filled with what the desk knows, to print."""
    written = answers()
    told = {
        "facts": facts(),
        "answers": [(say(f"rights.question.{name}"), written.get(name, "")) for name in QUESTIONS],
        "organization": Organization.objects.first(),
        "day": timezone.localdate(),
    }
    return render(request, "rights/assessment.html", told)


@require_role(Role.DIRECTOR)
def assessment_answers(request: HttpRequest) -> HttpResponse:
    """Write what people must answer in the privacy assessment."""
    form = AssessmentForm(request.POST or None, initial=answers())
    if request.method == "POST" and form.is_valid():
        for question, words in form.cleaned_data.items():
            AssessmentAnswer.objects.update_or_create(
                question=question,
                defaults={"words": words, "changed_by": me(request), "changed_at": timezone.now()},
            )
        messages.success(request, say("rights.saved"))
        return redirect("rights:assessment")
    return render(request, "rights/assessment_answers.html", {"form": form})
