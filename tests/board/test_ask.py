"""The form of `board serve`: asked, refused, mended, handed in, without an account and without script."""

import asyncio
import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest

from sansnom.board.ask_draft import TEMPLATES, draft
from sansnom.board.ask_form import blank_fields, fields_of, read_fields, wish_of
from sansnom.board.ask_store import HOURLY_MAX, Proposals
from sansnom.board.ask_words import Asking
from sansnom.board.dictionaries import shipped_dictionaries
from sansnom.board.keeping import put_file
from sansnom.board.language import LANGUAGES
from sansnom.board.public import read_board
from sansnom.board.serve import make_app
from sansnom.board.site import build_site, content_policy
from sansnom.exchange.linkable import scored_linking
from sansnom.helper.clock import SystemClock
from sansnom.release.rules_catalogue import BY_CODE
from sansnom.terms.errors import PolicyRefusal
from sansnom.terms.plan import Plan
from sansnom.terms.refusal import Refusal
from sansnom.transparency.signature import sign_object
from tests.board.sample_board import asked, keyed_roster, private_key, write, write_board

TODAY = datetime(2026, 11, 22, tzinfo=UTC).date()
WRITTEN = {
    **{
        f"{name}_{language}": f"Words about {name}, enough of them."
        for name in ("title", "source")
        for language in LANGUAGES
    },
    **{
        f"{name}_{language}": f"What there is to say about this, in full: {name}."
        for name in ("requester", "presentation", "grounds", "others_asked", "technologies", "ethics")
        for language in LANGUAGES
    },
    "name": "spring",
    "start": "2026-04-01",
    "end": "2026-06-30",
    "cutoff": "2026-08-15",
    "expected": "3000",
    "rho": "1/20",
    "t1_kind": "persons",
    "t1_by1": "age_group",
}


@pytest.fixture(scope="module")
def board(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Lay and build a board on which nothing was asked yet."""
    folder = tmp_path_factory.mktemp("ask") / "board"
    write(folder / "roster.json", sign_object("roster", keyed_roster().to_json(), private_key("convener")))
    build_site(folder)
    return folder


class Visitor:
    """Somebody with a browser that runs no script."""

    def __init__(self, board: Path, proposals: Proposals) -> None:
        self.app = make_app(board, SystemClock(), proposals)

    def _go(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> httpx.Response:
        async def once() -> httpx.Response:
            transport = httpx.ASGITransport(self.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://board.invalid") as client:
                return await client.request(method, path, content=body, headers=dict(headers))

        return asyncio.run(once())

    def meets(self, path: str) -> httpx.Response:
        """Open a page."""
        return self._go("GET", path, b"", {})

    def sends(self, act: str, told: Mapping[str, Any], language: str = "en", **headers: str) -> httpx.Response:
        """Press a button of the form."""
        body = urlencode({**told, "act": act}, doseq=True).encode()
        return self._go(
            "POST", f"/{language}/ask.html", body, {name.replace("_", "-"): v for name, v in headers.items()}
        )


@pytest.fixture
def visitor(board: Path, tmp_path: Path) -> Visitor:
    """Give a visitor of the board, whose questions go into a folder of their own."""
    return Visitor(board, Proposals(tmp_path / "proposals"))


def filled(page: str) -> dict[str, list[str]]:
    """Read what stands in the form of a page, as a browser would send it."""
    told: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input(?: type="date")? name="([a-z0-9_]+)"[^>]*? value="([^"]*)"', page):
        told.setdefault(name, []).append(value)
    for name, value in re.findall(r'<textarea name="([a-z0-9_]+)"[^>]*>([^<]*)</textarea>', page):
        told[name] = [value]
    for name, inside in re.findall(r'<select name="([a-z0-9_]+)"[^>]*>(.*?)</select>', page, flags=re.DOTALL):
        told[name] = re.findall(r'<option value="([^"]*)" selected', inside) or re.findall(
            r"<option selected>([^<]*)", inside
        )
    for name, value in re.findall(r'type="checkbox" name="([a-z0-9_]+)" value="([^"]*)" checked', page):
        told.setdefault(name, []).append(value)
    return told


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_form_is_a_whole_page_without_script_and_sends_to_itself_alone(visitor: Visitor, language: str) -> None:
    """Strict policy, no script, nothing from elsewhere; every other page may send nothing at all."""
    answer = visitor.meets(f"/{language}/ask.html")
    assert answer.status_code == 200
    assert "form-action 'self'" in answer.headers["content-security-policy"]
    assert "script" not in answer.headers["content-security-policy"]
    assert "<script" not in answer.text
    assert "http" not in re.sub(r"http-equiv", "", answer.text)
    assert answer.headers["cache-control"] == "no-store"
    assert "set-cookie" not in answer.headers
    other = visitor.meets(f"/{language}/index.html")
    assert other.headers["content-security-policy"].startswith(content_policy())
    assert "form-action 'none'" in other.headers["content-security-policy"]


def test_the_same_address_is_a_plain_page_where_nobody_serves(board: Path) -> None:
    """The rules and the dictionary can be read from files alone; there is no form in them."""
    for language in LANGUAGES:
        page = (board / language / "ask.html").read_text(encoding="utf-8")
        assert "<form" not in page
        assert "form-action &#39;none&#39;" in page
        assert "mother_tongue" in page


def test_tables_precision_and_cost_are_shown_before_asking(visitor: Visitor) -> None:
    """Empty tables with the noise of their cells, a precision for each size, what is left of the year."""
    page = visitor.sends("look", WRITTEN).text
    assert "No rule refuses this question" in page
    assert "15 to 24" in page
    assert re.search(r"40 ± \d", page)
    assert "1/5 of 1/4 would be left" in page
    assert 'value="propose"' in page


def test_a_refused_question_is_mended_in_one_press_and_handed_in(visitor: Visitor, tmp_path: Path) -> None:
    """Asked by birth region and category: refused, with every rule; one press later accepted; then kept, unsigned."""
    fine = {**WRITTEN, "t1_by1": "region", "t1_by2": "birth_region", "t1_by3": "category"}
    refused = visitor.sends("look", fine).text
    for code in ("rule.sensitive", "rule.cells", "rule.singled_out", "rule.few_persons"):
        assert code in refused
    assert "The nearest question that would pass" in refused
    mended = visitor.sends("repair", filled(refused)).text
    assert "No rule refuses this question" in mended
    received = visitor.sends("propose", filled(mended))
    assert received.status_code == 200
    assert "no signature yet" in received.text
    (kept,) = Proposals(tmp_path / "proposals").all()
    assert kept.proposal in received.text
    assert kept.plan.tables[0].dimensions == ("region", "category")
    assert json.loads(next((tmp_path / "proposals").glob("*.json")).read_bytes())["signed"] is False


def test_an_empty_form_says_what_is_missing_and_is_not_taken(visitor: Visitor, tmp_path: Path) -> None:
    """Nothing is kept of a question without its elements; each is named."""
    page = visitor.sends("propose", {"t1_kind": "persons"}, "fr").text
    assert "La question n’est pas encore complète" in page or "serait refusée" in page
    assert "Qui demande" in page
    assert not (tmp_path / "proposals").exists()


def test_the_threshold_is_for_the_rows_that_size_classes_let_expect(board: Path) -> None:
    """Sizes are public, and double from class to class: three quarters of them are persons, the rest is like nobody."""
    asking = Asking.on(read_board(board, shipped_dictionaries()))
    roster = asking.roster
    large = replace(roster, organizations=tuple(replace(o, size_class=16_384) for o in roster.organizations))
    most = 16_384 * len(large.organizations)
    told = draft(wish_of(read_fields(urlencode(WRITTEN).encode())[1]), asking.dictionary, large).linking
    assert told == scored_linking(most * 3 // 4) != scored_linking(most)


def test_the_file_can_be_taken_along(visitor: Visitor) -> None:
    """The question as `plan publish` reads it."""
    answer = visitor.sends("file", WRITTEN)
    assert "attachment" in answer.headers["content-disposition"]
    plan = Plan.from_json(answer.json())
    assert plan.tables[0].dimensions == ("age_group",)


def test_what_is_written_is_shown_as_text(visitor: Visitor) -> None:
    """Markup in a field, in a variable or in a service stays text."""
    nasty = '"><img src=x onerror=alert(1)>'
    told = {
        **WRITTEN,
        "title_en": nasty,
        "name": nasty,
        "t1_by1": nasty,
        "t1_service": nasty,
        "rho": nasty,
        "start": nasty,
    }
    for act in ("look", "repair", "propose", "file"):
        assert "<img" not in visitor.sends(act, told).text or act == "file"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"sec_fetch_site": "cross-site"}, 403),
        ({"origin": "https://elsewhere.invalid"}, 403),
        ({"sec_fetch_site": "same-origin", "origin": "null"}, 200),
        ({"origin": "http://board.invalid"}, 200),
    ],
)
def test_a_form_of_another_site_is_not_taken(
    visitor: Visitor, tmp_path: Path, headers: dict[str, str], status: int
) -> None:
    """Nobody can be made to hand in a question by looking at another page."""
    assert visitor.sends("propose", WRITTEN, **headers).status_code == status
    assert (tmp_path / "proposals").exists() is (status == 200)


def test_too_long_and_too_many_are_turned_away(visitor: Visitor, tmp_path: Path) -> None:
    """A body beyond the limit, more fields than the form has, more questions in an hour than can be read."""
    assert visitor.sends("look", {**WRITTEN, "title_fr": "x" * 70_000}).status_code == 413
    assert visitor.sends("look", {f"f{n}": "1" for n in range(500)}).status_code == 400
    for _ in range(HOURLY_MAX):
        assert visitor.sends("propose", WRITTEN).status_code == 200
    turned_away = visitor.sends("propose", WRITTEN)
    assert turned_away.status_code == 429
    assert "Words about title" in turned_away.text
    assert len(Proposals(tmp_path / "proposals").all()) == HOURLY_MAX


def test_the_hour_passes_and_the_folder_has_an_end(tmp_path: Path) -> None:
    """After an hour questions are taken again."""
    instant = [0.0]
    proposals = Proposals(tmp_path, lambda: instant[0])
    plan = asked("one", keyed_roster())
    for _ in range(HOURLY_MAX):
        proposals.take(plan, "2026-11-22T10:00:00Z")
    with pytest.raises(PolicyRefusal, match=r"ask\.too_many"):
        proposals.take(plan, "2026-11-22T10:00:00Z")
    instant[0] = 3601.0
    assert proposals.take(plan, "2026-11-22T12:00:00Z").plan == plan


def test_proposals_are_no_public_files(board: Path, visitor: Visitor) -> None:
    """They lie outside the board's folder, where no web host finds them."""
    assert visitor.sends("propose", WRITTEN).status_code == 200
    assert board.resolve() not in Proposals.beside(board).folder.parents
    assert visitor.meets("/proposals/").status_code == 404


def test_other_methods_and_other_pages_take_nothing(visitor: Visitor) -> None:
    """Only the form's own address listens."""
    assert visitor._go("POST", "/en/index.html", b"", {}).status_code == 405
    assert visitor._go("PUT", "/en/ask.html", b"", {}).status_code == 405


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_template_needs_only_its_words(board: Path, template: str) -> None:
    """Each template, once its texts are written, is refused by nothing; fields and question say the same both ways."""
    asking = Asking.on(read_board(board, shipped_dictionaries()))
    blank = blank_fields(TODAY, template)
    told = {**blank.told, **{k: v for k, v in WRITTEN.items() if not k.startswith("t1_")}}
    _, fields = read_fields(urlencode(told).encode())
    plan = draft(wish_of(fields), asking.dictionary, asking.roster)
    assert asking.judge(plan).findings == ()
    assert draft(wish_of(fields_of(plan, fields)), asking.dictionary, asking.roster) == plan


@pytest.mark.guarantee("G-05")
def test_a_refusal_never_stands_under_an_accepted_name(tmp_path: Path) -> None:
    """Neither a refusal beside an accepted question, nor a question beside a refusal; and the name is known as taken."""
    folder = write_board(tmp_path)
    roster = keyed_roster()
    refusal = Refusal(asked("2026-portrait", roster), None, "2026-05-04", "rule.refused", ())
    with pytest.raises(PolicyRefusal, match=r"board\.refused_accepted"):
        put_file(folder, sign_object("refusal", refusal.to_json(), private_key("convener")))
    with pytest.raises(PolicyRefusal, match=r"board\.refused_accepted"):
        put_file(folder, sign_object("plan", asked("2026-liste", roster).to_json(), private_key("convener")))
    board = read_board(folder, shipped_dictionaries())
    found = Asking.on(board).judge(asked("2026-liste", board.roster)).findings
    assert "rule.plan.twice" in {finding.code for finding in found}
    assert "rule.plan.twice" in BY_CODE


def test_a_refusal_that_names_a_helper_needs_a_helper_s_signature(tmp_path: Path) -> None:
    """The convener signs its own refusals, and no helper's; a helper signs none of the convener's."""
    roster = keyed_roster()
    for party, signer, believed in (
        (None, "convener", True),
        (0, "helper-0", True),
        (0, "convener", False),
        (None, "helper-0", False),
    ):
        folder = tmp_path / f"{party}-{signer}"
        write(folder / "roster.json", sign_object("roster", roster.to_json(), private_key("convener")))
        refusal = Refusal(asked("q", roster), party, "2026-05-04", "rule.refused", ())
        put_file(folder, sign_object("refusal", refusal.to_json(), private_key(signer)))
        if believed:
            assert read_board(folder, shipped_dictionaries()).refusals[0] == refusal
        else:
            with pytest.raises(PolicyRefusal):
                read_board(folder, shipped_dictionaries())
