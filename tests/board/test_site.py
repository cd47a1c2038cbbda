"""The site: complete in both languages, believed only when signed, without a script, and without markup from labels."""

import asyncio
import csv
import io
import json
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import httpx
import pytest

from sansnom.board.language import LANGUAGES
from sansnom.board.serve import make_app
from sansnom.board.site import PAGE_BYTES_MAX, build_site, content_policy
from sansnom.helper.clock import SystemClock
from sansnom.release.assemble import assemble_release
from sansnom.terms.errors import InputError, PolicyRefusal, SansnomError
from sansnom.terms.parse import Text
from sansnom.terms.plan import Plan
from sansnom.transparency.signature import sign_object
from tests.board.sample_board import (
    SET_DIGEST,
    TRUTH,
    asked,
    envelope_of,
    keyed_roster,
    private_key,
    signed_by_helpers,
    write,
    write_board,
)
from tests.release.samples import dictionary, opened_values, sample_tables

PAGES = (
    "index.html",
    "ledger.html",
    "roster.html",
    "method.html",
    "plans/2026-portrait.html",
    "plans/2027-attente.html",
    "releases/2026-portrait.html",
    "refusals/2026-liste.html",
)


@pytest.fixture(scope="module")
def laid(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Lay the public files of the sample board once, nothing built."""
    return write_board(tmp_path_factory.mktemp("laid"))


@pytest.fixture(scope="module")
def site(laid: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the sample board once."""
    folder = Path(shutil.copytree(laid, tmp_path_factory.mktemp("built") / "board"))
    build_site(folder)
    return folder


@pytest.fixture
def board(laid: Path, tmp_path: Path) -> Path:
    """Give public files of one's own, nothing built."""
    return Path(shutil.copytree(laid, tmp_path / "board"))


class Reader(HTMLParser):
    """Collects what a page refers to, and whether its elements are closed."""

    VOID = frozenset({"meta", "link", "br", "img", "hr", "path", "rect"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.links: list[str] = []
        self.ids: list[str] = []
        self.words: list[str] = []
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links += [value for name, value in attrs if name in ("href", "src") and value]
        self.ids += [value for name, value in attrs if name == "id" and value]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self.VOID:
            return
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style":
            self.words.append(data)


def read(place: Path) -> Reader:
    """Parse a page."""
    reader = Reader()
    reader.feed(place.read_text(encoding="utf-8"))
    reader.close()
    return reader


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", PAGES)
def test_every_page_stands_in_both_languages(site: Path, language: str, page: str) -> None:
    """Well formed, of its language, under 300 kB, every link leads somewhere, every id is used once."""
    place = site / language / page
    told = read(place)
    assert told.open == []
    assert f'<html lang="{language}-CA">' in place.read_text(encoding="utf-8")
    assert place.stat().st_size < PAGE_BYTES_MAX
    assert len(set(told.ids)) == len(told.ids)
    for link in told.links:
        if link.startswith("#"):
            assert link[1:] in told.ids
        else:
            assert (place.parent / link).resolve().is_file(), link


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", PAGES)
def test_no_page_asks_for_anything_outside(site: Path, language: str, page: str) -> None:
    """No script, no form, no frame, no inline style, no address of another host; the policy forbids them as well."""
    text = (site / language / page).read_text(encoding="utf-8")
    told = read(site / language / page)
    assert not told.tags & {"script", "form", "iframe", "object", "embed", "img"}
    assert not {name for name in told.attributes if name.startswith("on") or name == "style"}
    assert not [link for link in told.links if "//" in link]
    assert "@import" not in text
    assert "url(" not in text
    assert content_policy().replace("'", "&#39;") in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_figure_of_the_release_stands_with_its_interval(site: Path, language: str) -> None:
    """Each table of the release is on its page, dominated figures as words, and no figure is an isolated zero."""
    text = (site / language / "releases/2026-portrait.html").read_text(encoding="utf-8")
    few = {"fr": "trop peu", "en": "too few"}[language]
    assert text.count(few) > 20
    assert not re.search(r'class="value">0<', text)
    values = re.findall(r'<span class="value">[^<]+</span>(.{0,40})', text)
    assert len(values) > 50
    assert all("range" in after for after in values)


def test_what_is_missing_is_shown_also_when_nobody_asked(board: Path) -> None:
    """A release without waiting lists says that it did not ask; silence would read as none."""
    roster = keyed_roster()
    tables = sample_tables()[:2]
    plan = asked("small", roster, tables=tables)
    write(board / "plans/small/plan.json", sign_object("plan", plan.to_json(), private_key("convener")))
    release = assemble_release(plan, dictionary(), roster, SET_DIGEST, 24, opened_values(plan, TRUTH))
    write(board / "releases/small/release.json", signed_by_helpers("release", release.to_json()))
    build_site(board)
    text = (board / "en/releases/small.html").read_text(encoding="utf-8")
    assert "did not ask about waiting lists" in text


def _spoil(place: Path, change: Callable[[dict[str, Any]], None]) -> None:
    told = envelope_of(place)
    change(told)
    place.write_text(json.dumps(told), encoding="utf-8")


@pytest.mark.guarantee("G-07")
@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("releases/2026-portrait/release.json", lambda t: t["signed"]["tables"][0]["values"].__setitem__(0, 9999)),
        ("releases/2026-portrait/release.json", lambda t: t["signatures"].pop()),
        ("releases/2026-portrait/release.json", lambda t: t["signed"].update(plan_digest="0" * 64)),
        ("plans/2026-portrait/plan.json", lambda t: t["signed"].update(minimum_organizations=9)),
        ("plans/2027-attente/plan.json", lambda t: t["signatures"].clear()),
        ("roster.json", lambda t: t["signed"].update(year="2040-2041")),
        ("refusals/2026-liste.json", lambda t: t["signed"]["findings"].pop()),
    ],
)
def test_an_altered_public_file_builds_nothing(
    board: Path, name: str, change: Callable[[dict[str, Any]], None]
) -> None:
    """A figure, a label, a signature less: no page is made of what was not signed."""
    _spoil(board / name, change)
    with pytest.raises(SansnomError):
        build_site(board)
    assert not (board / "index.html").exists()


def test_two_helpers_are_not_three(board: Path) -> None:
    """A release signed by two of three helpers is not shown."""
    place = board / "releases/2026-portrait/release.json"
    write(place, signed_by_helpers("release", envelope_of(place)["signed"], 2))
    with pytest.raises(PolicyRefusal):
        build_site(board)


@pytest.mark.guarantee("G-07")
def test_a_release_answers_the_question_it_names(board: Path) -> None:
    """A question signed anew after its answer was given does not keep that answer."""
    roster = keyed_roster()
    first = Plan.from_json(envelope_of(board / "plans/2026-portrait/plan.json")["signed"])
    other = replace(first, title=Text("Autre question", "Another question"))
    assert other.roster_digest == roster.digest
    write(board / "plans/2026-portrait/plan.json", sign_object("plan", other.to_json(), private_key("convener")))
    with pytest.raises(InputError) as refused:
        build_site(board)
    assert refused.value.code == "board.release_plan"


def test_a_file_under_another_name_is_refused(board: Path) -> None:
    """A signed plan cannot stand in for another."""
    shutil.copytree(board / "plans/2027-attente", board / "plans/2030-autre")
    with pytest.raises(InputError) as refused:
        build_site(board)
    assert refused.value.code == "board.file_name"


def test_a_folder_without_a_roster_is_no_board(tmp_path: Path) -> None:
    """An empty folder is named as such."""
    with pytest.raises(InputError) as refused:
        build_site(tmp_path)
    assert refused.value.code == "board.no_roster"


@pytest.mark.guarantee("G-07")
def test_markup_in_a_label_stays_text(tmp_path: Path) -> None:
    """A title that carries markup is shown as written, in pages and in charts."""
    sly = "</title><script>alert(1)</script><b onclick=x>"
    roster = keyed_roster()
    folder = tmp_path / "board"
    write(folder / "roster.json", sign_object("roster", roster.to_json(), private_key("convener")))
    tables = tuple(replace(t, title=Text(sly, sly)) for t in sample_tables())
    plan = asked("sly", roster, tables=tables, title=Text(sly, sly))
    write(folder / "plans/sly/plan.json", sign_object("plan", plan.to_json(), private_key("convener")))
    release = assemble_release(plan, dictionary(), roster, SET_DIGEST, 24, opened_values(plan, TRUTH))
    write(folder / "releases/sly/release.json", signed_by_helpers("release", release.to_json()))
    made = build_site(folder)
    for place in made:
        if place.suffix in (".html", ".svg"):
            assert "<script" not in place.read_text(encoding="utf-8")
        if place.suffix == ".svg":
            ET.parse(place)  # noqa: S314 - our own file, just written
    assert read(folder / "en/releases/sly.html").open == []


def test_csv_opens_with_accents_and_without_formulas(site: Path) -> None:
    """Marked UTF-8, one line per cell, labels in both languages, figures as plain integers."""
    raw = (site / "releases/2026-portrait/tables/by-region.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"))))
    assert len(rows) == 18
    assert rows[6]["region_fr"] == "Montréal"
    assert all(int(r["low"]) <= int(r["high"]) for r in rows)
    assert {r["too_few"] for r in rows} <= {"true", "false"}


def test_the_data_package_describes_every_file(site: Path) -> None:
    """Each resource is there, and its fields are the columns in order."""
    base = site / "releases/2026-portrait"
    package = json.loads((base / "datapackage.json").read_text(encoding="utf-8"))
    assert len(package["resources"]) == len(sample_tables())
    for resource in package["resources"]:
        header = (base / resource["path"]).read_text(encoding="utf-8-sig").splitlines()[0]
        assert header.split(",") == [field["name"] for field in resource["schema"]["fields"]]


def test_building_again_changes_nothing(site: Path) -> None:
    """The same public files give the same bytes."""
    before = {p: p.read_bytes() for p in site.rglob("*") if p.is_file()}
    build_site(site)
    assert {p: p.read_bytes() for p in site.rglob("*") if p.is_file()} == before


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_correction_marks_what_it_replaces(board: Path, language: str) -> None:
    """A new question that names what it corrects, charged anew; the old answer stays, says so, and leads to the new one."""
    roster = keyed_roster()
    first = Plan.from_json(envelope_of(board / "plans/2026-portrait/plan.json")["signed"])
    again = replace(first, plan="2026-portrait-2", supersedes="2026-portrait")
    write(board / "plans/2026-portrait-2/plan.json", sign_object("plan", again.to_json(), private_key("convener")))
    opened = opened_values(again, TRUTH, seed=8)
    told = assemble_release(again, dictionary(), roster, SET_DIGEST, 24, opened, supersedes=again.supersedes)
    write(board / "releases/2026-portrait-2/release.json", signed_by_helpers("release", told.to_json()))
    build_site(board)
    pages = {
        n: (board / f"{language}/{n}.html").read_text(encoding="utf-8") for n in ("releases/2026-portrait", "ledger")
    }
    assert 'href="2026-portrait-2.html"' in pages["releases/2026-portrait"]
    assert 'class="callout warn"' in pages["releases/2026-portrait"]
    assert pages["ledger"].count("1/8") >= 2
    plan = (board / f"{language}/plans/2026-portrait.html").read_text(encoding="utf-8")
    assert f"{language}/releases/2026-portrait-2.html" in plan
    assert f"{language}/releases/2026-portrait.html" in plan


def test_the_budget_shows_every_published_question(site: Path) -> None:
    """Exact fractions by year, and the lifetime total."""
    words = " ".join(read(site / "en/index.html").words)
    assert "1/8" in words
    assert "17/100" in words


def visit(site: Path, *asked_for: tuple[str, str]) -> list[httpx.Response]:
    """Ask the server for some paths, without a socket."""

    async def all_of_them() -> list[httpx.Response]:
        transport = httpx.ASGITransport(make_app(site, SystemClock()))
        async with httpx.AsyncClient(transport=transport, base_url="http://board.invalid") as client:
            return [await client.request(method, path) for method, path in asked_for]

    return asyncio.run(all_of_them())


def test_served_files_carry_headers_that_keep_readers_to_themselves(site: Path) -> None:
    """No sniffing, no referrer, no frame, no script, no cookie."""
    page, root = visit(site, ("GET", "/fr/index.html"), ("GET", "/"))
    assert page.status_code == root.status_code == 200
    assert page.headers["x-content-type-options"] == "nosniff"
    assert page.headers["referrer-policy"] == "no-referrer"
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
    assert "script" not in page.headers["content-security-policy"]
    assert "set-cookie" not in page.headers


@pytest.mark.guarantee("G-10")
def test_nothing_beside_the_public_files_is_served(site: Path) -> None:
    """Half-written files and files outside are not found, and nothing is taken."""
    (site / ".roster.json.new").write_text("{}", encoding="utf-8")
    (site.parent / "outside.txt").write_text("no", encoding="utf-8")
    lost = visit(site, ("GET", "/.roster.json.new"), ("GET", "/%2e%2e/outside.txt"), ("GET", "/fr/../../outside.txt"))
    (site / ".roster.json.new").unlink()
    assert [answer.status_code for answer in lost] == [404, 404, 404]
    taken = visit(site, ("POST", "/fr/index.html"), ("PUT", "/roster.json"), ("DELETE", "/roster.json"))
    assert [answer.status_code for answer in taken] == [405, 405, 405]
