"""The pages of questions: for directors alone, whole in both languages, saying nothing of a decision but on request."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from sansnom.desk.questions import answers, errands, joining, joining_views
from sansnom.desk.questions.answers import REMEMBERED
from sansnom.desk.questions.models import KeptChoice, Membership, Question
from sansnom.exchange.keeper import write_letter
from sansnom.exchange.keys import PublicKeys
from sansnom.terms.errors import InputError
from sansnom.transparency.signature import sign_object
from tests.desk.conftest import Desk
from tests.desk.questions.outside import Outside, write
from tests.exchange import examples

PAGES = ("/questions/", "/questions/joining/", "/questions/joining/public-keys/", "/questions/progress/look/")


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Run errands where they are started, and draw no delay."""

    def start(kind: str, work: errands.Work) -> errands.Errand:
        errand = errands.ERRANDS[kind] = errands.Errand()
        errand.brought = work(lambda _done, _total: None)
        errand.finished = True
        return errand

    monkeypatch.setattr(errands, "start", start)
    monkeypatch.setattr(answers, "DELAY_MILLISECONDS_MAX", 1)
    errands.ERRANDS.clear()
    joining_views.OFFERED.clear()
    REMEMBERED.clear()


@pytest.fixture
def asked(others: Outside, monkeypatch: pytest.MonkeyPatch) -> Question:
    """Give a question that is open now, by everybody's clock."""
    monkeypatch.setattr(timezone, "now", lambda: others.now)
    others.publish()
    return others.question()


def text(client: Client, address: str) -> str:
    """Open a page."""
    page = client.get(address)
    assert page.status_code == 200, address
    return str(page.content.decode())


def test_only_a_director_sees_any_page_of_questions(
    director: Client, coordinator: Client, counsellor: Client, stranger: Client, asked: Question
) -> None:
    """A coordinator and a counsellor get the refusal page, a stranger the door; nobody but the director decides."""
    own = (f"/questions/{asked.reference}/", f"/questions/{asked.reference}/release/")
    for address in (*PAGES, *own):
        assert director.get(address).status_code in (200, 302), address
        assert coordinator.get(address).status_code == 403, address
        assert counsellor.get(address).status_code == 403, address
        assert stranger.get(address).status_code == 302, address
    for client in (coordinator, counsellor, stranger):
        client.post(own[0], {"decision": "approve"})
    assert not asked.sendings.exists()


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_question_is_told_in_plain_words_with_own_figures_and_empty_shells(
    director: Client, asked: Question, language: str
) -> None:
    """Who asks, why, what the public will see, what leaves, what it spends: whole in either language, without a default."""
    director.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    page = text(director, f"/questions/{asked.reference}/")
    for words in {
        "fr": ("Qui demande", "kilooctets", "Ce que cela dépense"),
        "en": ("Who asks", "kilobytes", "What it spends"),
    }[language]:
        assert words in page
    assert page.count('type="radio"') == 2
    assert "checked" not in page
    assert 'class="shell"' in page
    assert "data-draft" not in page
    assert "García" not in page


def test_without_a_choice_nothing_is_made_or_sent(director: Client, others: Outside, asked: Question) -> None:
    """The form comes back and says so."""
    page = director.post(f"/questions/{asked.reference}/", {})
    assert page.status_code == 200
    assert 'role="alert"' in page.content.decode()
    assert not asked.sendings.exists()
    assert not others.bodies


@pytest.mark.guarantee("G-04")
def test_the_pages_after_both_decisions_differ_in_one_sentence_that_can_be_forgotten(
    director: Client, others: Outside, asked: Question
) -> None:
    """Sealed, sent, receipts shown; the page is the same for both once it was told to forget, and no session holds it."""
    address, seen = f"/questions/{asked.reference}/", []
    for decision in ("approve", "abstain"):
        answered = director.post(address, {"decision": decision})
        assert (answered.status_code, answered.headers["Location"]) == (302, address)
        assert len(others.bodies) % 3 == 0
        before = text(director, address)
        assert ("Vous avez décidé" in before, "ne sait plus" in before) == (True, False)
        director.post(f"{address}forget/")
        text(director, address)
        for session in Session.objects.all():
            assert decision not in json.dumps(session.get_decoded())
        seen.append(_without_tokens(text(director, address)))
    assert seen[0] == seen[1]
    assert not KeptChoice.objects.exists()


def _without_tokens(page: str) -> str:
    return "\n".join(line for line in page.splitlines() if "csrfmiddlewaretoken" not in line)


def test_a_refused_question_shows_its_rule_and_takes_no_answer(
    director: Client, others: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sentence of the rule stands on the page; there is no form, and a forged answer makes nothing."""
    monkeypatch.setattr(timezone, "now", lambda: others.now)
    plan = others.plan()
    others.publish(
        replace(plan, tables=(replace(plan.tables[0], services=("birth_date",)), *plan.tables[1:])), at_helpers=False
    )
    question = others.question()
    page = text(director, f"/questions/{question.reference}/")
    assert "permet d’identifier une personne" in page
    assert 'type="radio"' not in page
    director.post(f"/questions/{question.reference}/", {"decision": "approve"})
    assert not question.sendings.exists()
    assert "Refusée par règle" in text(director, "/questions/")


def test_the_release_stands_beside_own_figures(director: Client, others: Outside, asked: Question) -> None:
    """After the cut-off: looked for, found, shown with this organization's own column; the bytes are gone."""
    director.post(f"/questions/{asked.reference}/", {"decision": "approve", "keep": "on"})
    others.finish(others.plan())
    director.post("/questions/look/")
    page = text(director, f"/questions/{asked.reference}/release/")
    assert "Les vôtres" in page
    assert '<td class="number">3</td>' in page
    asked.refresh_from_db()
    assert asked.closed_at is not None
    assert asked.verdict_fetched_at is not None
    assert KeptChoice.objects.get().rows_not_accepted == 0
    assert "Publiée" in text(director, "/questions/")


def test_joining_from_nothing_to_the_letter(desk: Desk, director: Client, tmp_path: Path, others: Outside) -> None:
    """Keys, board, roster compared, letter: four steps on one page, each refused before the one it needs."""
    del desk
    Membership.objects.all().delete()
    assert "Créer les clés" in text(director, "/questions/joining/")
    director.post("/questions/joining/keys/")
    public = PublicKeys.from_json(json.loads(director.get("/questions/joining/public-keys/").content))
    assert public.fingerprint in text(director, "/questions/joining/")
    assert director.post("/questions/joining/board/", {"board_place": "http://example.org"}).status_code == 200
    director.post("/questions/joining/board/", {"board_place": str(others.board)})
    roster, convener = others.world.roster, others.world.convener.signing
    assert director.get("/questions/joining/roster/").status_code == 302  # not on it yet
    entry = replace(roster.organizations[0], sign_key=public.sign_key, seal_key=public.seal_key)
    with_us = replace(roster, version=2, organizations=(entry, *roster.organizations[1:]))
    write(others.board / "roster.json", sign_object("roster", with_us.to_json(), convener))
    assert roster.convener_key in text(director, "/questions/joining/roster/")
    form = {"convener_key": roster.convener_key, "digest": with_us.digest}
    assert director.post("/questions/joining/roster/", form).status_code == 200  # not compared
    assert director.post("/questions/joining/roster/", form | {"compared": "on"}).status_code == 302
    letter = tmp_path / "letter.json"
    write(letter, write_letter(examples.group_secret(), with_us, "brise", examples.keys_of("brise").signing))
    with letter.open("rb") as file:
        assert director.post("/questions/joining/letter/", {"letter": file}).status_code == 302
    assert joining.group_secret(Membership.objects.get()) == examples.group_secret()


def test_a_broken_letter_says_so(director: Client, others: Outside, tmp_path: Path) -> None:
    """What is no letter, and a letter without a part for this desk, are told in words."""
    del others
    for content in (b"{", b'{"signed": {}, "signatures": []}'):
        place = tmp_path / "x.json"
        place.write_bytes(content)
        with place.open("rb") as file:
            page = director.post("/questions/joining/letter/", {"letter": file})
        assert page.status_code == 200
        assert "errorlist" in page.content.decode()


def test_a_place_that_is_no_board_is_told(director: Client, others: Outside) -> None:
    """The look fails in words, and the list still opens."""
    Membership.objects.update(board_place=str(others.world.folder / "nowhere"), looked_at=timezone.now())
    errands.ERRANDS["look"] = errands.Errand(finished=True, error=InputError("questions.board_unreachable"))
    assert "ne répond pas" in text(director, "/questions/")
