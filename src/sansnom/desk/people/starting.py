"""A new file: what is like it is shown before it is opened, and nobody is kept from opening it. Unnamed ones in one click."""

import uuid
from datetime import timedelta
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from sansnom.desk.accounts.access import me, record_access
from sansnom.desk.accounts.models import Act, Colleague
from sansnom.desk.house.undo import done_with_undo
from sansnom.desk.house.words import say
from sansnom.desk.people.access import person_visible_to
from sansnom.desk.people.by_name import open_file, open_programmes
from sansnom.desk.people.find import Match, Sought, find_persons
from sansnom.desk.people.finding import PROGRAMME, SOUGHT
from sansnom.desk.people.forms import FactsForm, NameForm, name_forms, names_in
from sansnom.desk.people.households import join_household
from sansnom.desk.people.models import Person
from sansnom.desk.people.naming import Name, speak
from sansnom.desk.people.seeing import file_asked
from sansnom.terms.errors import BrokenInvariant

LIKE_LEAST: Final = 60
LIKE_MOST: Final = 6
UNDO_WITHIN: Final = timedelta(hours=1)
OWN_ROWS: Final = frozenset({"people.NameVariant", "people.SearchToken", "people.SpokenLanguage", "work.Enrolment"})
"""What a file has from the moment that it is opened; a file with anything else is in use."""


def new(request: HttpRequest) -> HttpResponse:
    """Open a file: first what looks like it, if anything does; then the file."""
    viewer = me(request)
    lives_with = _lives_with(request, viewer)
    programmes = open_programmes(viewer)
    rows = name_forms(request.POST or None, first=_typed(request))
    facts = FactsForm(request.POST or None, initial=_same_home(lives_with))
    told: dict[str, Any] = {
        "rows": rows,
        "facts": facts,
        "programmes": programmes,
        "programme": request.POST.get("programme") or request.session.get(PROGRAMME),
        "lives_with": lives_with,
    }
    if request.method == "POST" and all([*(row.is_valid() for row in rows), facts.is_valid()]):
        names = names_in(rows)
        like = _looks_like(viewer, rows, facts)
        seen = set(request.POST.getlist("seen"))
        if not names:
            told["nameless"] = True
        elif [match for match in like if str(match.person.reference) not in seen]:
            told["like"] = like
        else:
            person = _opened(request, viewer, names, facts, lives_with)
            return redirect("people:person", person.reference)
    return render(request, "people/new.html", told)


@require_POST
def like(request: HttpRequest) -> HttpResponse:
    """Give what looks like the new file that is being written, as a part of its page."""
    viewer = me(request)
    rows, facts = name_forms(request.POST), FactsForm(request.POST)
    valid = all([*(row.is_valid() for row in rows), facts.is_valid()])
    found = _looks_like(viewer, rows, facts) if valid else []
    return render(request, "people/like.html", {"like": found})


def _looks_like(viewer: Colleague, rows: list[NameForm], facts: FactsForm) -> list[Match]:
    names = [(name.given_names, name.family_names) for name in names_in(rows)]
    told = facts.cleaned_data
    found: dict[int, Match] = {}
    for one in names or [("", "")]:  # each way of writing the name by itself: one that is the same is enough
        sought = Sought.new_file([one], facts.birth(), told["phone"], told["postal_code"])
        for match in find_persons(viewer, sought, LIKE_MOST):
            kept = found.get(match.person.pk)
            if match.likeness >= LIKE_LEAST and (kept is None or kept.likeness < match.likeness):
                found[match.person.pk] = match
    return sorted(found.values(), key=lambda match: (-match.likeness, match.person.pk))[:LIKE_MOST]


def _opened(
    request: HttpRequest, viewer: Colleague, names: list[Name], facts: FactsForm, lives_with: Person | None
) -> Person:
    person = open_file(viewer, programme_asked(request, viewer), names, **facts.facts())
    speak(person, facts.spoken(), viewer)
    if lives_with is not None:
        join_household(viewer, person, lives_with)
    record_access(viewer, person.reference, Act.CHANGED)
    request.session.pop(SOUGHT, None)
    done_with_undo(request, say("people.new.opened"), reverse("people:undo_opening", args=[person.reference]))
    return person


def programme_asked(request: HttpRequest, viewer: Colleague) -> Any:  # noqa: ANN401 - a Programme
    """Give the programme that a form names, else the first; it is remembered. Http404 for none or a hidden one."""
    programmes = open_programmes(viewer)
    asked = request.POST.get("programme", "")
    chosen = [one for one in programmes if str(one.pk) == asked] if asked else programmes[:1]
    if not chosen:
        raise Http404
    request.session[PROGRAMME] = str(chosen[0].pk)
    return chosen[0]


def _typed(request: HttpRequest) -> Name | None:
    """Divide what was looked for: the last word for the surname. Digits are not a name."""
    if "found" not in request.GET:
        return None
    words = [
        word for word in str(request.session.get(SOUGHT, "")).split() if not any(sign.isdecimal() for sign in word)
    ]
    return Name(" ".join(words[:-1]) or " ".join(words), words[-1] if len(words) > 1 else "") if words else None


def _lives_with(request: HttpRequest, viewer: Colleague) -> Person | None:
    """Give the person in whose household the new file is to be. Http404 for one who is hidden or absent."""
    asked = request.POST.get("with") or request.GET.get("with")
    if not asked:
        return None
    try:
        return person_visible_to(viewer, uuid.UUID(asked))
    except (ValueError, Person.DoesNotExist):
        raise Http404 from None


def _same_home(person: Person | None) -> dict[str, Any]:
    if person is None:
        return {"birth_quality": "exact"}
    same = (
        "postal_code",
        "region",
        "phone",
        "contact_rule",
        "best_language",
        "needs_interpreter",
        "category",
        "arrival_date",
    )
    return {"birth_quality": "exact"} | {name: getattr(person, name) for name in same}


@require_POST
def unnamed(request: HttpRequest) -> HttpResponse:
    """Open a file for somebody who gives no name, in one click."""
    viewer = me(request)
    person = open_file(viewer, programme_asked(request, viewer), [], unnamed=True)
    record_access(viewer, person.reference, Act.CHANGED)
    done_with_undo(request, say("people.new.opened"), reverse("people:undo_opening", args=[person.reference]))
    return redirect("people:person", person.reference)


@require_POST
def undo_opening(request: HttpRequest, reference: uuid.UUID) -> HttpResponse:
    """Take back a file that this colleague opened within the hour and nobody has used since."""
    viewer, person = file_asked(request, reference)
    if person.opened_by_id != viewer.pk or timezone.now() - person.opened_at > UNDO_WITHIN or in_use(person):
        messages.error(request, say("people.new.in_use"))
        return redirect("people:person", person.reference)
    record_access(viewer, person.reference, Act.ERASED)
    person.delete()
    messages.success(request, say("people.new.undone"))
    return redirect("people:find")


def in_use(person: Person) -> bool:
    """Tell whether anything hangs on a file besides what opening it made."""
    for relation in person._meta.related_objects:  # noqa: SLF001 - Django's documented Model._meta API
        model = relation.related_model
        if isinstance(model, str):
            raise BrokenInvariant("person.relation")
        if model._meta.label in OWN_ROWS:  # noqa: SLF001 - as above
            continue
        if model._base_manager.filter(**{relation.field.name: person}).exists():  # noqa: SLF001 - as above
            return True
    return False
