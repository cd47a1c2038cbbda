"""The page of joining: keys and their fingerprint, the board, the roster to compare, the keeper's letter."""

import json
from typing import Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from sansnom.desk.accounts.access import require_role
from sansnom.desk.accounts.models import Role
from sansnom.desk.house.words import say
from sansnom.desk.questions import joining
from sansnom.desk.questions.believing import read_roster
from sansnom.desk.questions.forms import BoardForm, LetterForm, RosterForm
from sansnom.desk.questions.models import Membership
from sansnom.desk.questions.shown import said
from sansnom.desk.questions.speaking import sentence
from sansnom.terms.errors import PolicyRefusal, SansnomError

OFFERED: Final[dict[str, object]] = {}
"""Rosters that were shown to be compared, by their digest: what is joined is what was seen, and no line is asked while joining."""


@require_role(Role.DIRECTOR)
@require_GET
def join(request: HttpRequest) -> HttpResponse:
    """Show the four steps, and which of them are done."""
    return _page(request)


def _page(request: HttpRequest, **more: object) -> HttpResponse:
    member = joining.membership()
    told: dict[str, object] = {
        "member": member,
        "board_form": BoardForm(initial={"board_place": member.board_place}),
        "letter_form": LetterForm(),
        "keys": joining.keys_of(member).public if member.private_keys else None,
    }
    if member.roster:
        told |= _joined(member)
    return render(request, "questions/join.html", told | more)


def _joined(member: Membership) -> dict[str, object]:
    roster = joining.joined_roster(member)
    entry = joining.entry_of(roster, joining.keys_of(member))
    helpers = [said(helper.institution) for helper in roster.helpers]
    return {"roster": roster, "entry": entry, "convener": said(roster.convener), "helpers": helpers}


@require_role(Role.DIRECTOR)
@require_POST
def make_keys(request: HttpRequest) -> HttpResponse:
    """Make the desk's keys, once."""
    try:
        joining.make_keys(joining.membership())
    except PolicyRefusal as refusal:
        messages.error(request, sentence(refusal))
    return redirect("questions:join")


@require_role(Role.DIRECTOR)
@require_POST
def replace_keys(request: HttpRequest) -> HttpResponse:
    """Make other keys after a machine was lost: said twice, by a box and by a button, for nothing brings the old ones back."""
    if request.POST.get("lost") != "yes":
        messages.error(request, say("questions.rekey.tick"))
        return redirect("questions:join")
    try:
        joining.replace_keys(joining.membership())
    except PolicyRefusal as refusal:
        messages.error(request, sentence(refusal))
    else:
        messages.success(request, say("questions.rekey.done"))
    return redirect("questions:join")


@require_role(Role.DIRECTOR)
@require_GET
def public_keys(request: HttpRequest) -> HttpResponse:
    """Give the public halves as a file for the convener."""
    del request
    try:
        keys = joining.keys_of(joining.membership()).public
    except PolicyRefusal:
        raise Http404 from None
    response = HttpResponse(json.dumps(keys.to_json(), indent=1) + "\n", content_type="application/json")
    response.headers["Content-Disposition"] = 'attachment; filename="sansnom-public-keys.json"'
    return response


@require_role(Role.DIRECTOR)
@require_POST
def set_board(request: HttpRequest) -> HttpResponse:
    """Say where the board is."""
    form = BoardForm(request.POST)
    if not form.is_valid():
        return _page(request, board_form=form)
    joining.set_board(joining.membership(), form.cleaned_data["board_place"])
    return redirect("questions:join")


@require_role(Role.DIRECTOR)
def roster(request: HttpRequest) -> HttpResponse:
    """Fetch the roster to be compared; once it was compared, join that very one."""
    member = joining.membership()
    form = RosterForm(request.POST if request.method == "POST" else None)
    try:
        if request.method == "POST" and form.is_valid() and form.cleaned_data["digest"] in OFFERED:
            joining.join(member, OFFERED.pop(form.cleaned_data["digest"]), form.cleaned_data["convener_key"])
            messages.success(request, say("questions.joined"))
            return redirect("questions:join")
        envelope = OFFERED.get(request.POST.get("digest", "")) or joining.roster_on_board(member)
        offered = read_roster(envelope)
        entry = joining.entry_of(offered, joining.keys_of(member))
    except SansnomError as error:
        messages.error(request, sentence(error))
        return redirect("questions:join")
    OFFERED[offered.digest] = envelope
    if request.method != "POST":
        form = RosterForm(initial={"convener_key": offered.convener_key, "digest": offered.digest})
    shown = {
        "offered": offered,
        "offered_entry": entry,
        "offered_convener": said(offered.convener),
        "offered_helpers": [said(helper.institution) for helper in offered.helpers],
        "same_convener": not member.convener_key or member.convener_key == offered.convener_key,
        "roster_form": form,
    }
    return _page(request, **shown)


@require_role(Role.DIRECTOR)
@require_POST
def letter(request: HttpRequest) -> HttpResponse:
    """Read the keeper's letter."""
    form = LetterForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, letter_form=form)
    try:
        joining.take_letter(joining.membership(), form.cleaned_data["letter"])
    except SansnomError as error:
        form.add_error("letter", sentence(error))
        return _page(request, letter_form=form)
    messages.success(request, say("questions.letter.read"))
    return redirect("questions:join")
