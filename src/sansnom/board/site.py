"""Build the site: plain files beside the public ones, in both languages, without script, cookie or outside resource.

The public files are never changed; pages, charts and CSV are made from them alone, and can be thrown away and made again.
"""

import base64
import hashlib
import json
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from sansnom import __version__
from sansnom.board.ask_pages import ask_static
from sansnom.board.ask_words import Asking
from sansnom.board.charts import standalone
from sansnom.board.dictionaries import shipped_dictionaries
from sansnom.board.journal import write_faults
from sansnom.board.language import LANGUAGES, Speaker
from sansnom.board.pages import home_page, plan_page, refusal_page, release_page, roster_page
from sansnom.board.pages_public import incident_page, ledger_page, withdrawal_page
from sansnom.board.public import Board, read_board
from sansnom.board.tables import charts_of
from sansnom.release.csv_tables import data_package, table_csv
from sansnom.release.sdmx import sdmx_csv
from sansnom.release.workbook import workbook
from sansnom.terms.release import Release
from sansnom.terms.vocabulary import Dictionary

PAGE_BYTES_MAX: Final = 300_000
GENERATOR: Final = f"sansnom {__version__}"
"""Stands in every page: `verify` makes pages again only when this very version made them."""


def make_data(board: Board) -> dict[str, bytes]:
    """Make every file that carries figures for machines: CSV, SDMX-CSV, workbook and description of each release; the ledger."""
    made = {"ledger.json": _json(board.ledger.to_json())}
    for release in board.releases:
        base = f"releases/{release.release}"
        made[f"{base}/datapackage.json"] = _json(data_package(release))
        made[f"{base}/{release.release}.xlsx"] = workbook(release)
        for table in release.tables:
            made[f"{base}/tables/{table.table}.csv"] = table_csv(table)
            made[f"{base}/sdmx/{table.table}.csv"] = sdmx_csv(release, table)
    return made


def make_pages(board: Board) -> dict[str, bytes]:
    """Make every page, in both languages, and the charts as files."""
    environment = environment_of(board)
    made: dict[str, bytes] = {}
    for language in LANGUAGES:
        made |= _pages(board, Speaker(language), environment)
    made["index.html"] = _render(environment, "landing.html", {"fr": Speaker("fr"), "en": Speaker("en")})
    for release in board.releases:
        made |= _charts(release)
    return made


def build_site(board_dir: Path, dictionaries: Mapping[str, Dictionary] | None = None) -> list[Path]:
    """Make all pages, charts and CSV files of a board; gives what was written.

    Raises InputError or PolicyRefusal, before anything is written, when a public file cannot be believed.
    """
    board = read_board(board_dir, dictionaries if dictionaries is not None else shipped_dictionaries())
    made = make_data(board) | make_pages(board)
    for name, content in made.items():
        _write(board_dir / name, content)
    return [board_dir / name for name in made]


def style_sheet() -> str:
    """Give the one style sheet, which each page carries."""
    return files("sansnom.board").joinpath("templates/style.css").read_text(encoding="utf-8")


def content_policy() -> str:
    """Say what a page may do: show itself, in this style. No script, no form, no outside resource, no frame."""
    digest = base64.b64encode(hashlib.sha256(style_sheet().encode("utf-8")).digest()).decode("ascii")
    return f"default-src 'none'; style-src 'sha256-{digest}'; img-src 'self' data:; base-uri 'none'; form-action 'none'"


def environment_of(board: Board) -> Environment:
    """Give what renders a page of this board."""
    environment = Environment(
        loader=PackageLoader("sansnom.board", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    told = {"policy": content_policy(), "css": style_sheet(), "generator": GENERATOR, "trial": board.roster.trial}
    environment.globals |= told
    return environment


def _pages(board: Board, s: Speaker, environment: Environment) -> dict[str, bytes]:
    made: dict[str, bytes] = {}

    def page(template: str, here: str, told: Mapping[str, Any]) -> None:
        root = "../" * (here.count("/") + 1)
        other = Speaker("en" if s.language == "fr" else "fr")
        context = {**told, "s": s, "other": other, "root": root, "here": here}
        made[f"{s.language}/{here}"] = _render(environment, template, context)

    page("home.html", "index.html", home_page(board, s))
    page("ledger.html", "ledger.html", ledger_page(board, s))
    page("roster.html", "roster.html", roster_page(board, s))
    page("ask.html", "ask.html", ask_static(Asking.on(board), s))
    page("method.html", "method.html", {})
    for plan in board.plans:
        page("plan.html", f"plans/{plan.plan}.html", plan_page(board, plan, s))
    for release in board.releases:
        page("release.html", f"releases/{release.release}.html", release_page(board, release, s))
    for refusal in board.refusals:
        page("refusal.html", f"refusals/{refusal.plan.plan}.html", refusal_page(refusal, s))
    for withdrawal in board.withdrawals:
        page("withdrawal.html", f"withdrawals/{withdrawal.plan.plan}.html", withdrawal_page(withdrawal, s))
    for incident in board.incidents:
        page("incident.html", f"incidents/{incident.incident}.html", incident_page(board, incident, s))
    return made


def _render(environment: Environment, template: str, told: Mapping[str, Any]) -> bytes:
    return environment.get_template(template).render(**told).encode("utf-8")


def _charts(release: Release) -> dict[str, bytes]:
    made: dict[str, bytes] = {}
    for table in release.tables:
        for language in LANGUAGES:
            s = Speaker(language)
            charts = charts_of(table, s)
            if charts is not None:
                source = s.text("chart.source", title=s.of(table.title), release=release.release)
                made[f"releases/{release.release}/charts/{table.table}.{language}.svg"] = standalone(charts[0], source)
    return made


def _json(told: object) -> bytes:
    return f"{json.dumps(told, ensure_ascii=False, indent=1)}\n".encode()


def _write(place: Path, content: bytes) -> None:
    """Put a file in place whole: a reader sees the old one or the new one."""
    beside = place.with_name(f".{place.name}.new")
    with write_faults(place):
        place.parent.mkdir(parents=True, exist_ok=True)
        beside.write_bytes(content)
        beside.replace(place)
