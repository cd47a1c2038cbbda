"""What somebody is typing, kept on the desk as they type: encrypted with everything else, shown to nobody but them.

A form takes part with `{% draft "app.form" %}` inside it. The page's script sends what is typed; when the page is opened
again the draft is offered back; when the form is sent and taken (the answer is a redirection) the draft is forgotten.
"""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from sansnom.desk.house.middleware import Answer
from sansnom.desk.house.models import Draft
from sansnom.desk.house.typed_fields import FIELD, read_fields


def draft_of(request: HttpRequest, form: str) -> Draft | None:
    """Give the draft that the colleague who is signed in left in a form."""
    if not request.user.is_authenticated:
        return None
    return Draft.objects.filter(colleague_id=request.user.pk or 0, form=form).first()


@require_POST
def keep_draft(request: HttpRequest) -> HttpResponse:
    """Keep what was typed, or forget it (`forget=1`). Answers 204 when it is on the disk."""
    form = request.POST.get("form", "")[:200]
    if not form:
        return HttpResponse(status=400)
    mine = Draft.objects.filter(colleague_id=request.user.pk or 0, form=form)
    if request.POST.get("forget"):
        mine.delete()
        return HttpResponse(status=204)
    told = request.POST.get("fields", "")
    fields = read_fields(told)
    if fields is None:
        return HttpResponse(status=400)
    Draft.objects.update_or_create(
        colleague_id=request.user.pk or 0, form=form, defaults={"fields": fields, "saved_at": timezone.now()}
    )
    return HttpResponse(status=204)


def sent_drafts(answer: Answer) -> Answer:
    """Forget the draft of a form that was sent and taken."""

    def around(request: HttpRequest) -> Any:  # noqa: ANN401 - whatever the view answers
        response = answer(request)
        if request.method == "POST" and response.status_code in {302, 303} and request.user.is_authenticated:
            form = request.POST.get(FIELD)
            if form:
                Draft.objects.filter(colleague_id=request.user.pk or 0, form=form).delete()
        return response

    return around
