"""Find before create: the search box, what it finds and why, everybody by name.

What is looked for is sent by POST and kept in the encrypted session, so that no address holds a person's words and that
going back from a file shows what was found again.
"""

import uuid
from typing import Any, Final

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from sansnom.desk.accounts.access import me
from sansnom.desk.people.access import visible_to
from sansnom.desk.people.by_name import open_programmes, recent_files
from sansnom.desk.people.find import Match, Sought, find_persons
from sansnom.desk.people.forms import SearchForm
from sansnom.desk.people.models import Person

SOUGHT: Final = "people.sought"
PROGRAMME: Final = "people.programme"
FOUND_MOST: Final = 20
RECENT_MOST: Final = 15
A_PAGE: Final = 50
LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"


def find(request: HttpRequest) -> HttpResponse:
    """Look for a person in any script and spelling, by file number, telephone or birth year."""
    viewer = me(request)
    if request.method == "POST":
        form = SearchForm(request.POST)
        if form.is_valid():
            request.session[SOUGHT] = form.cleaned_data["text"]
            return redirect(f"{reverse('people:find')}?found=1")
        return render(request, "people/find.html", {"form": form})
    text = str(request.session.get(SOUGHT, "")) if "found" in request.GET else ""
    told: dict[str, Any] = {
        "form": SearchForm(initial={"text": text}),
        "looked": bool(text.strip()),
        "programmes": open_programmes(viewer),
        "programme": request.session.get(PROGRAMME),
    }
    if told["looked"]:
        told["matches"] = find_persons(viewer, Sought.typed(text), FOUND_MOST)
    else:
        told["recent"] = recent_files(viewer, RECENT_MOST)
    return render(request, "people/find.html", told)


@require_safe
def everybody(request: HttpRequest) -> HttpResponse:
    """List the files by name, a page at a time: from a letter, or after a file that is named by its reference."""
    every = visible_to(me(request))
    seen = every.order_by("sort_name", "pk")
    letter, after = request.GET.get("letter", "")[:1].lower(), request.GET.get("after", "")
    if letter in LETTERS and letter:
        seen = seen.filter(sort_name__gte=letter)
    last = _file(every, after)
    if last is not None:
        same = seen.filter(sort_name=last.sort_name, pk__gt=last.pk)
        found = list(same[: A_PAGE + 1])
        found += list(seen.filter(sort_name__gt=last.sort_name)[: A_PAGE + 1 - len(found)])
    else:
        found = list(seen[: A_PAGE + 1])
    told = {
        "persons": found[:A_PAGE],
        "more": found[A_PAGE - 1] if len(found) > A_PAGE else None,
        "letter": letter,
        "letters": LETTERS,
        "after": after,
    }
    return render(request, "people/everybody.html", told)


def _file(every: QuerySet[Person], reference: str) -> Person | None:
    """Give the file that the last page ended with; None for one that is hidden or absent: its place in the order is not told."""
    try:
        return every.only("pk", "sort_name").filter(reference=uuid.UUID(reference)).first() if reference else None
    except ValueError:
        return None


def likeness_band(match: Match) -> str:
    """Give how alike a match is, in a word's name: strong, good, weak."""
    return "strong" if match.likeness >= 85 else "good" if match.likeness >= 65 else "weak"
