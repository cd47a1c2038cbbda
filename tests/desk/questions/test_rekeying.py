"""A desk whose machine was lost makes other keys and is admitted again; a helper's new certificate needs no director."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone

from sansnom.desk.accounts.models import Colleague
from sansnom.desk.lines import HelperLine
from sansnom.desk.questions import joining, joining_views, reaching
from sansnom.desk.questions.answering import Decision
from sansnom.desk.questions.answers import answer
from sansnom.desk.questions.believing import read_roster
from sansnom.desk.questions.courier import deliver
from sansnom.desk.questions.looking import look
from sansnom.desk.questions.models import Membership, Question
from sansnom.desk.questions.shown import preview
from sansnom.exchange.keeper import write_letter
from sansnom.terms.errors import PeerError, PolicyRefusal
from sansnom.terms.party import PARTIES, PartyNumber
from sansnom.terms.roster import Helper, Roster
from sansnom.transparency.signature import sign_object
from tests.desk.questions.outside import Outside, write
from tests.exchange import examples
from tests.helper.world import PLAN

NEW_NUMBER = 9


def signed(others: Outside, roster: Roster) -> dict[str, object]:
    """Sign a version of the roster as its convener, and put it on the board."""
    envelope = sign_object("roster", roster.to_json(), others.world.convener.signing)
    write(others.board / "roster.json", envelope)
    return envelope


def admitted_again(others: Outside, *, number: int = NEW_NUMBER) -> Roster:
    """Give the roster that names this desk's other keys, under another number."""
    public, roster = joining.keys_of(joining.membership()).public, others.world.roster
    entry = replace(roster.organizations[0], number=number, sign_key=public.sign_key, seal_key=public.seal_key)
    return replace(roster, version=2, organizations=(entry, *roster.organizations[1:]))


def test_other_keys_are_made_only_when_it_is_said_twice(director: Client, counsellor: Client, others: Outside) -> None:
    """Without the box nothing changes; a counsellor changes nothing; with it the desk has left its roster."""
    del others
    before = Membership.objects.get()
    address = "/questions/joining/keys/replace/"
    assert counsellor.post(address, {"lost": "yes"}).status_code == 403
    page = director.post(address, follow=True)
    assert "Cochez d’abord la case" in page.content.decode()
    assert Membership.objects.get().private_keys == before.private_keys
    page = director.post(address, {"lost": "yes"}, follow=True)
    after = Membership.objects.get()
    assert joining.keys_of(after).public.fingerprint in page.content.decode()
    assert joining.keys_of(after).sign_seed != joining.keys_of(before).sign_seed
    assert (after.roster, after.number, after.secret) == ("", None, None)
    assert (after.convener_key, after.board_place) == (before.convener_key, before.board_place)


@pytest.mark.guarantee("G-05")
def test_a_desk_with_other_keys_is_admitted_again_and_answers_the_next_question(
    others: Outside, director: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It answers nothing until the roster names its keys; then it joins, reads a letter, and its answer has three receipts."""
    monkeypatch.setattr(timezone, "now", lambda: others.now)
    others.publish()
    earlier = others.question()
    member = joining.membership()
    joining.replace_keys(member)
    with pytest.raises(PolicyRefusal, match=r"questions\.not_joined"):
        look(others.now)
    with pytest.raises(PolicyRefusal, match=r"questions\.not_on_roster"):
        joining.join(member, joining.roster_on_board(member), member.convener_key)
    again = admitted_again(others)
    stranger = examples.keys_of("stranger")
    usurped = sign_object("roster", replace(again, convener_key=stranger.public.sign_key).to_json(), stranger.signing)
    with pytest.raises(PolicyRefusal):  # another convener's word is not enough, though the desk lost its roster
        joining.join(member, usurped, member.convener_key)
    envelope = signed(others, again)
    joining_views.OFFERED.clear()
    form = {"convener_key": again.convener_key, "digest": again.digest, "compared": "on"}
    assert director.get("/questions/joining/roster/").status_code == 200
    assert director.post("/questions/joining/roster/", form).status_code == 302
    member.refresh_from_db()
    assert member.number == NEW_NUMBER
    letter = write_letter(examples.group_secret(), again, "brise", examples.keys_of("brise").signing)
    joining.take_letter(member, letter)
    others.world.roster, others.world.roster_file = again, envelope
    for seat in others.world.seats:
        seat.restart()
    others.publish(others.plan("essai-2"))
    question = others.question("essai-2")
    assert question.findings == []
    who = Colleague.objects.filter(role="director")[0]
    answer(question, Decision.APPROVE, who, others.now, randomness=examples.seeded("again"))
    deliver(question, pauses=(), wait=lambda _: None)
    assert [seat.means.store.held("essai-2", NEW_NUMBER) is not None for seat in others.world.seats] == [True] * 3
    # the question of before: shown, for the director's eyes; never answered under keys that its roster does not name
    shown = preview(Question.objects.get(pk=earlier.pk), member)
    assert shown.size_class == again.organizations[0].size_class
    with pytest.raises(PolicyRefusal, match=r"questions\.not_on_roster"):
        answer(earlier, Decision.APPROVE, who, others.now)


def test_a_renewed_certificate_is_taken_without_asking_and_used_for_earlier_questions(
    others: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The roster names another certificate for the same keys: lines of every question use it, also of one seen before."""
    others.publish()
    question = others.question()
    roster = others.world.roster
    renewed = replace(roster.helpers[1], certificate="11" * 32)
    later = replace(roster, version=2, helpers=(roster.helpers[0], renewed, roster.helpers[2]))
    signed(others, later)
    look(others.now)
    assert joining.joined_roster(joining.membership()).version == 2
    asked: list[tuple[Helper, PartyNumber]] = []

    def line(helper: Helper, party: PartyNumber) -> HelperLine:
        asked.append((helper, party))
        raise PeerError("helper.unreachable", party)

    monkeypatch.setattr(reaching, "open_line", line)
    old = read_roster(json.loads(Question.objects.get(pk=question.pk).roster))
    assert old.version == 1
    for party in PARTIES:
        with pytest.raises(PeerError), reaching.line_to(old, party):
            pass
    assert [helper.certificate for helper, _ in asked] == [h.certificate for h in later.helpers]
    assert question.name == PLAN


def test_another_institution_in_a_seat_is_never_asked_in_the_earlier_ones_place(others: Outside) -> None:
    """Joined by the director since: an earlier question still goes to the institution that it named."""
    roster = others.world.roster
    keys = examples.keys_of("another").public
    other = replace(roster.helpers[2], sign_key=keys.sign_key, seal_key=keys.seal_key, url="https://other.example:1")
    later = replace(roster, version=2, helpers=(*roster.helpers[:2], other))
    envelope = signed(others, later)
    member = joining.membership()
    with pytest.raises(PolicyRefusal, match=r"questions\.roster_changed"):
        joining.adopt(member, envelope)
    joining.join(member, envelope, roster.convener_key)
    assert joining.helper_now(roster.helpers[2], PARTIES[2]) == roster.helpers[2]
    assert joining.helper_now(later.helpers[2], PARTIES[2]) == other
