"""Who may do what, and the trail of it.

Roles are checked here; which persons a colleague may see is asked of the people and work apps. What is out of sight is
`Http404` there, never a refusal: a refusal would say that there is something.
"""

from collections.abc import Callable, Iterable
from datetime import timedelta
from functools import wraps
from typing import Concatenate, Final, ParamSpec, TypeAlias

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone

from sansnom.desk.accounts.models import Act, Colleague, Role, TrailEntry

P = ParamSpec("P")
View: TypeAlias = Callable[Concatenate[HttpRequest, P], HttpResponseBase]
SAME_VISIT: Final = timedelta(minutes=1)


def me(request: HttpRequest) -> Colleague:
    """Give the colleague who is signed in; PermissionDenied when nobody is."""
    if not isinstance(request.user, Colleague):
        raise PermissionDenied
    return request.user


def require_role(role: Role) -> Callable[[View[P]], View[P]]:
    """Let a view answer only to colleagues of this role or above; others get the 403 page."""

    def around(view: View[P]) -> View[P]:
        @wraps(view)
        def checked(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not me(request).may_act_as(role):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return checked

    return around


def record_access(colleague: Colleague, reference: object, act: Act) -> None:
    """Write who did what with whose file. Looking again within a minute adds nothing."""
    now = timezone.now()
    told = str(reference)
    if act == Act.LOOKED:
        recent = TrailEntry.objects.filter(colleague=colleague, act=act, person_reference=told, at__gt=now - SAME_VISIT)
        recent = recent.filter(at__lte=now)  # a clock that was set back hides nobody's looking
        if recent.exists():
            return
    with transaction.atomic():
        last = TrailEntry.objects.only("chained").first()
        entry = TrailEntry(at=now, colleague=colleague, act=act, person_reference=told)
        entry.chained = entry.chain_after(last.chained if last else "")
        entry.save(force_insert=True)


def record_accesses(colleague: Colleague, references: Iterable[object], act: Act) -> None:
    """Write that somebody did one thing with several files, as a group session does: two queries for any number of them."""
    now = timezone.now()
    with transaction.atomic():
        last = TrailEntry.objects.only("chained").first()
        chained, entries = last.chained if last else "", []
        for reference in references:
            entry = TrailEntry(at=now, colleague=colleague, act=act, person_reference=str(reference))
            entry.chained = chained = entry.chain_after(chained)
            entries.append(entry)
        TrailEntry.objects.bulk_create(entries)


def first_broken_entry() -> int | None:
    """Go through the whole trail and give the number of the first entry that does not follow from the one before."""
    previous = ""
    for entry in TrailEntry.objects.order_by("pk").iterator():
        if entry.chained != entry.chain_after(previous):
            return int(entry.pk)
        previous = entry.chained
    return None
