"""The pages after an import has begun: how far it is, what it brought, what was left out and why, undoing it."""

import csv
import io
import uuid
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from sansnom.desk.accounts.access import require_role
from sansnom.desk.accounts.models import Role
from sansnom.desk.bring.mapping import brought_by
from sansnom.desk.bring.models import Import
from sansnom.desk.bring.running import UNDER_WAY, forget_old
from sansnom.desk.bring.showing import any_label, reason
from sansnom.desk.bring.taking import take_back, worked_on
from sansnom.desk.bring.writing import CSV_TYPE, as_download, harmless
from sansnom.desk.house.words import say

LEFT_SHOWN: Final = 100


@require_role(Role.COORDINATOR)
@require_safe
def result(request: HttpRequest, reference: uuid.UUID) -> HttpResponse:
    """Show an import: under way, done, failed or undone."""
    forget_old()
    brought = brought_by(request, reference)
    if brought.state == "waiting":
        return redirect("bring:columns", reference)
    told: dict[str, Any] = {"brought": brought, "progress": _how_far(brought)}
    if brought.state == "done":
        told["left"] = [_left(place) for place in brought.left[:LEFT_SHOWN]]
        told["left_total"] = len(brought.left)
        told["touched"] = worked_on(brought)
    return render(request, "bring/result.html", told)


@require_role(Role.COORDINATOR)
@require_safe
def progress(request: HttpRequest, reference: uuid.UUID) -> HttpResponse:
    """Tell the page's script how far an import is."""
    brought = brought_by(request, reference)
    return JsonResponse({"running": brought.state == "running", **_how_far(brought)})


def _how_far(brought: Import) -> dict[str, Any]:
    held = UNDER_WAY.get(brought.pk)
    if held is None or not held.total:
        return {"done": 0, "total": 0, "sentence": ""}
    sentence = (
        say("bring.running.writing") if held.writing else say("bring.running.rows", done=held.done, total=held.total)
    )
    return {"done": held.done, "total": held.total, "sentence": sentence}


def _left(place: list[Any]) -> tuple[str, int, str, str]:
    sheet, row, column, code, parameters = place
    return sheet, row, any_label(column), reason(code, parameters)


@require_role(Role.COORDINATOR)
@require_safe
def left_rows(request: HttpRequest, reference: uuid.UUID) -> HttpResponse:
    """Give every row that was left out, with its reason: places only, nothing of what the rows said."""
    brought = brought_by(request, reference)
    target = io.StringIO()
    writer = csv.writer(target)
    writer.writerow([say(f"bring.left.{name}") for name in ("sheet", "row", "column", "reason")])
    for place in brought.left:
        writer.writerow([harmless(str(cell)) for cell in _left(place)])
    return as_download("left.csv", CSV_TYPE, target.getvalue().encode("utf-8-sig"))


@require_role(Role.COORDINATOR)
@require_POST
def take_back_all(request: HttpRequest, reference: uuid.UUID) -> HttpResponse:
    """Undo an import; where its files were worked on since, only when that was seen and said again."""
    brought = brought_by(request, reference)
    if brought.state == "done" and worked_on(brought) and "anyway" not in request.POST:
        return redirect("bring:result", reference)
    if brought.state == "done":
        messages.success(request, say("bring.undone", count=take_back(brought)))
    return redirect("bring:result", reference)
