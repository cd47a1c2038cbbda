"""`verify` on a board that has lived: it holds as it is, and no public file can be altered in any field without being named."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sansnom.audit import public_made
from sansnom.audit.log_check import Memory
from sansnom.audit.public_check import RISKS, Look, Verdict, check_board
from sansnom.board.dictionaries import shipped_dictionaries
from sansnom.board.public import read_board
from sansnom.board.rosters import read_rosters
from sansnom.board.site import build_site, make_pages
from sansnom.terms.errors import InputError, PolicyRefusal
from sansnom.terms.plan import Plan
from sansnom.transparency.note import verifier_of
from sansnom.transparency.signature import add_signature, sign_object
from tests.board.lived_board import (
    KEEPER,
    ORIGIN,
    answer,
    enter,
    lay_plan,
    lay_rosters,
    quarter,
    rosters,
    write_lived_board,
)
from tests.board.sample_board import envelope_of, private_key, signed_by_helpers, write

DICTIONARIES = shipped_dictionaries()
SAMPLED = 101
"""The quick test tries every so many alterations, the long one each."""


@pytest.fixture(scope="module")
def laid(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Lay the board once, nothing built."""
    return write_lived_board(tmp_path_factory.mktemp("lived") / "board")


@pytest.fixture
def board(laid: Path, tmp_path: Path) -> Path:
    """Give a board of one's own."""
    return Path(shutil.copytree(laid, tmp_path / "board"))


def look(board: Path, *, pages: bool = False) -> Verdict:
    """Check a board."""
    return check_board(board, DICTIONARIES, Look(pages=pages))


def codes(board: Path, *, pages: bool = False) -> list[tuple[str, str]]:
    """Give what was found."""
    return [(f.code, f.where) for f in look(board, pages=pages).findings]


def leaves(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Walk to every leaf of a JSON value, an empty list or object among them."""
    if isinstance(value, dict) and value:
        for name, inner in value.items():
            yield from leaves(inner, (*path, name))
    elif isinstance(value, list) and value:
        for place, inner in enumerate(value):
            yield from leaves(inner, (*path, place))
    else:
        yield path


def altered(value: Any) -> Any:
    """Change a leaf a little."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, str):
        return ("1" if value[:1] != "1" else "2") + value[1:]
    return "something" if value is None else [*value, 1] if isinstance(value, list) else {**value, "more": 1}


def alterations(place: Path) -> Iterator[tuple[bytes | None, str]]:
    """Give every single alteration of a file, and where it is.

    Of JSON: each leaf changed, each leaf taken away, a member added to each object. Of anything else: a bit in some places.
    Of a signed file: the whole of it taken away.
    """
    sound = place.read_bytes()
    if place.suffix != ".json":
        for at in range(0, len(sound), max(1, len(sound) // 12)):
            yield sound[:at] + bytes((sound[at] ^ 1,)) + sound[at + 1 :], f"byte {at}"
        return
    if b'"signatures"' in sound:
        yield None, "taken away"
    for path in leaves(json.loads(sound)):
        for gone in (False, True):
            changed = json.loads(sound)
            holder = changed
            for step in path[:-1]:
                holder = holder[step]
            if gone:
                del holder[path[-1]]
            else:
                holder[path[-1]] = altered(holder[path[-1]])
            yield json.dumps(changed, ensure_ascii=False).encode(), f"{path} {'gone' if gone else 'changed'}"
    for path in sorted({path[:-1] for path in leaves(json.loads(sound)) if isinstance(path[-1], str)}, key=str):
        changed = json.loads(sound)
        holder = changed
        for step in path:
            holder = holder[step]
        holder["more"] = "something"
        yield json.dumps(changed, ensure_ascii=False).encode(), f"{path} more"


def accepted(board: Path, every: int, patch: pytest.MonkeyPatch, *, pages: bool) -> list[str]:
    """Alter one field after another; give those that were not found."""
    passed: list[str] = []
    count = 0
    if (
        pages
    ):  # what the signed files make is made once: pages are compared hundreds of times, and no page is a signed file
        drawn = make_pages(read_board(board, DICTIONARIES))
        patch.setattr(public_made, "make_pages", lambda _: drawn)
    for place in sorted(p for p in board.rglob("*") if p.is_file() and p.name != ".lock"):
        sound = place.read_bytes()
        shown = place.suffix in (".html", ".svg")
        for content, where in alterations(place):
            count += 1
            if count % every:
                continue
            if content is None:
                place.unlink()
            else:
                place.write_bytes(content)
            if not look(board, pages=pages and shown).findings:
                passed.append(f"{place.relative_to(board)} {where}")
            place.write_bytes(sound)
    print(f"{count // every} of {count} alterations tried")
    return passed


@pytest.mark.guarantee("G-07")
def test_a_board_that_has_lived_holds(board: Path) -> None:
    """Two conveners, a ratified dimension, a budget of its own, a correction: nothing is found, and all is counted (R10)."""
    told = look(board)
    assert told.findings == ()
    assert (told.plans, told.releases, told.refusals, told.withdrawals, told.incidents) == (3, 3, 1, 1, 1)
    assert "verify.checked.log" in told.checked
    build_site(board)
    assert look(board, pages=True).findings == ()
    assert "verify.checked.pages" in look(board, pages=True).checked


@pytest.mark.guarantee("G-07")
def test_some_altered_fields_of_every_public_file_are_found(board: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fixed part of what the long test does: log, rosters, plans, refusals, withdrawals, incidents, releases, attestations."""
    assert accepted(board, SAMPLED, monkeypatch, pages=False) == []


@pytest.mark.long
@pytest.mark.guarantee("G-07")
def test_every_altered_field_of_every_public_file_is_found(board: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each leaf of each JSON file changed and taken away, each signed file gone, bytes of everything else, pages included."""
    build_site(board)
    assert accepted(board, 1, monkeypatch, pages=True) == []


@pytest.mark.guarantee("G-07")
def test_the_same_content_written_otherwise_is_the_same(board: Path) -> None:
    """The control: what the tests above alter is content, not spaces; a signed file laid out for people still holds."""
    signed = [place for place in board.rglob("*.json") if b'"signatures"' in place.read_bytes()]
    assert len(signed) > 20
    for place in signed:
        place.write_text(json.dumps(json.loads(place.read_bytes()), indent=2), encoding="utf-8")
    assert codes(board) == []


@pytest.mark.guarantee("G-07")
def test_pages_csv_workbooks_and_charts_are_made_again(board: Path) -> None:
    """One altered byte in each kind of made file, and a file that nobody made, are named."""
    build_site(board)
    for name in (
        "fr/index.html",
        "en/ledger.html",
        "index.html",
        "ledger.json",
        "releases/2026-q1/tables/persons.csv",
        "releases/2026-q1/sdmx/persons.csv",
        "releases/2026-q1/2026-q1.xlsx",
        "releases/2026-q1/datapackage.json",
        "releases/2026-q2/charts/waiting.fr.svg",
    ):
        place = board / name
        sound = place.read_bytes()
        place.write_bytes(sound[:-9] + b"x" + sound[-8:])
        assert [where for _, where in codes(board, pages=True)] == [name]
        place.write_bytes(sound)
    (board / "releases/2026-q1/tables/extra.csv").write_bytes(b"a,b\r\n")
    (board / "fr/releases/another.html").write_bytes(b"<p>")
    strays = [("verify.stray", "fr/releases/another.html"), ("verify.stray", "releases/2026-q1/tables/extra.csv")]
    assert codes(board, pages=True) == strays


def test_an_analysis_of_risks_is_said_not_to_be_checked(board: Path) -> None:
    """Nobody signed it, so that `verify` may not pass over it in silence."""
    assert RISKS[0] not in look(board).not_checked
    (board / "risks").mkdir()
    (board / "risks/2026-q1.html").write_text("<p>No attack gets through.</p>")
    assert RISKS[0] in look(board).not_checked


def test_pages_of_another_version_are_said_not_to_be_compared(board: Path) -> None:
    """No false alarm, and no silence either."""
    build_site(board)
    place = board / "index.html"
    place.write_bytes(place.read_bytes().replace(b'content="sansnom ', b'content="sansnom 9'))
    told = look(board, pages=True)
    assert told.findings == ()
    assert "verify.unchecked.pages" in told.not_checked


@pytest.mark.guarantee("G-07")
def test_a_roster_that_the_convener_before_did_not_sign_is_not_believed(board: Path) -> None:
    """Whoever takes the board over cannot name a convener of their own; nor leave a version out, nor give a number again."""
    first, second = rosters()
    own = sign_object("roster", second.to_json(), private_key("convener-2"))
    for name in ("rosters/2.json", "roster.json"):
        write(board / name, own)
    with pytest.raises(PolicyRefusal, match=r"signature\.too_few"):
        read_rosters(board)
    lay_rosters(board, (first, replace(second, version=3)))
    (board / "rosters/2.json").unlink()
    with pytest.raises(InputError, match=r"board\.roster_gap"):
        read_rosters(board)
    (board / "rosters/3.json").unlink()
    moved = replace(second.organizations[0], code="another")
    lay_rosters(board, (first, replace(second, organizations=(moved, *second.organizations[1:]))))
    with pytest.raises(PolicyRefusal, match=r"board\.roster_number"):
        read_rosters(board)
    lay_rosters(board, (first, replace(second, log_key="")))
    with pytest.raises(PolicyRefusal, match=r"board\.log_key"):
        read_rosters(board)
    lay_rosters(board, (first, second))
    write(board / "roster.json", envelope_of(board / "rosters/1.json"))
    with pytest.raises(InputError, match=r"board\.roster_newest"):
        read_rosters(board)


@pytest.mark.guarantee("G-07")
def test_a_log_taken_away_or_put_beside_is_found(board: Path) -> None:
    """The signed roster names the log's key: a board cannot lose its log unseen, nor show another's key."""
    key = board / "log/key.json"
    key.write_text(json.dumps({"verifier": verifier_of(ORIGIN, private_key("another")).text}))
    assert codes(board) == [("log.key_other", "log/key.json")]
    shutil.rmtree(board / "log")
    assert codes(board) == [("log.missing", "log/checkpoint")]


@pytest.mark.guarantee("G-07")
def test_a_log_rewritten_since_the_last_look_is_found(board: Path, tmp_path: Path) -> None:
    """The same files in a fresh log hold for a newcomer, and not for whoever looked before."""
    memory = Memory(tmp_path / "seen.json")
    assert check_board(board, DICTIONARIES, Look(memory)).findings == ()
    again = check_board(board, DICTIONARIES, Look(memory))
    assert "verify.checked.memory" in again.checked
    shutil.rmtree(board / "log")
    (board / "incidents/2026-11-double.json").unlink()
    enter(board)
    assert codes(board) == []
    assert [f.code for f in check_board(board, DICTIONARIES, Look(memory)).findings] == ["log.shorter"]
    memory.forget(KEEPER)
    assert check_board(board, DICTIONARIES, Look(memory)).findings == ()


@pytest.mark.guarantee("G-07")
def test_a_release_that_says_otherwise_what_it_corrects_is_found(board: Path) -> None:
    """Three signatures do not make an answer supersede what its question did not."""
    place = board / "releases/2026-q2/release.json"
    told = dict(envelope_of(place)["signed"], supersedes="2026-q1")
    write(place, signed_by_helpers("release", told))
    assert ("verify.release", "releases/2026-q2/release.json") in codes(board)


@pytest.mark.guarantee("G-05")
def test_a_question_beyond_the_declared_budget_or_not_ratified_is_found(board: Path, tmp_path: Path) -> None:
    """The roster says how much a year allows and which sensitive dimensions may be asked; a plan beyond is a finding."""
    first, _ = rosters()
    for changed, code in (
        ({"ratified": ()}, "rule.sensitive"),
        ({"yearly": quarter(first, 0).rho}, "rule.budget.exhausted"),
    ):
        folder = tmp_path / code
        roster = replace(first, **changed)
        lay_rosters(folder, (roster,))
        plan: Plan = quarter(roster, 0)
        lay_plan(folder, plan, "convener")
        enter(folder)
        answer(folder, plan, roster, 1)
        enter(folder)
        assert code in [found for found, _ in codes(folder)]


def test_a_question_refused_and_accepted_or_withdrawn_and_answered_is_found(board: Path) -> None:
    """One name is one question, with one fate."""
    _, second = rosters()
    refusal = envelope_of(board / "refusals/2026-liste.json")["signed"]
    plan = Plan.from_json(refusal["question"])
    lay_plan(board, replace(quarter(second, 1), plan=plan.plan), "convener-2")
    withdrawn = Plan.from_json(envelope_of(board / "withdrawals/2026-waiting.json")["signed"]["question"])
    lay_plan(board, withdrawn, "convener-2")
    answer(board, withdrawn, second, 5)
    found = codes(board)
    assert ("verify.refused_accepted", "refusals/2026-liste.json") in found
    assert ("verify.withdrawn", "withdrawals/2026-waiting.json") in found


def test_a_second_signature_of_a_stranger_changes_nothing(board: Path) -> None:
    """Who is nobody on the roster may sign; it counts for nothing, and an incident by a stranger alone is not believed."""
    place = board / "incidents/2026-11-double.json"
    sound = envelope_of(place)
    write(place, add_signature("incident", sound, private_key("stranger")))
    assert codes(board) == []
    write(place, sign_object("incident", sound["signed"], private_key("stranger")))
    assert codes(board) == [("signature.too_few", "incidents/2026-11-double.json")]
