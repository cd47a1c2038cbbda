"""G-07: a consistent figure, an estimate or an agreement that does not follow from what was opened is found, though signed."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sansnom.audit.public_check import check_board
from sansnom.board.site import build_site
from sansnom.terms.release import Release
from tests.board.sample_board import envelope_of, signed_by_helpers, write, write_board
from tests.release.samples import VERSION, dictionary


def _one_more(release: dict[str, Any]) -> None:
    """Count one person more, everywhere, so that all tables still agree."""
    for table in release["tables"]:
        if table["table"] in ("persons", "organizations"):
            table["consistent"]["values"][0] += 1
            table["consistent"]["high"][0] += 1


def _surer(release: dict[str, Any]) -> None:
    release["tables"][2]["consistent"]["low"][1] += 1


def _unflagged(release: dict[str, Any]) -> None:
    flags = release["tables"][3]["consistent"]["dominated"]
    flags[flags.index(1)] = 0


def _nudged(release: dict[str, Any]) -> None:
    release["tables"][4]["consistent"]["estimates_hundredths"][5] += 1


def _narrower(release: dict[str, Any]) -> None:
    release["tables"][4]["consistent"]["effects"][1]["variance"] = "1/100"


def _silent(release: dict[str, Any]) -> None:
    release["agreements"].pop()


@pytest.mark.guarantee("G-07")
@pytest.mark.parametrize("change", [_one_more, _surer, _unflagged, _nudged, _narrower, _silent])
def test_a_tampered_consistent_figure_is_found(change: Callable[[dict[str, Any]], None], tmp_path: Path) -> None:
    """Signed by all three helpers and well-formed, but not what the opened values give: a finding at release.json."""
    board = write_board(tmp_path)
    place = board / "releases/2026-portrait/release.json"
    sound = envelope_of(place)["signed"]
    changed = json.loads(json.dumps(sound))
    change(changed)
    assert Release.from_json(changed).to_json() == changed
    found = []
    for told in (sound, changed):
        write(place, signed_by_helpers("release", told))
        build_site(board)
        verdict = check_board(board, {VERSION: dictionary()})
        found.append({f.code for f in verdict.findings if f.where.endswith("release.json")})
    assert found == [set(), {"verify.release"}]
