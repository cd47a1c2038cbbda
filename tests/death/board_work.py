"""What a convener does on a board, in one process: add signed files, enter them, cosign, make the pages."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sansnom.cli.main import main
from sansnom.terms.canonical import canonical_bytes
from tests.board.lived_board import LOG_KEY, ORIGIN, answer, enter, lay_plan, lay_rosters, quarter, rosters
from tests.board.lived_board import write_lived_board as write_whole_board
from tests.board.sample_board import private_key

NOW = datetime(2026, 12, 1, tzinfo=UTC)
ADDED = ("rosters/2.json", "plans/2026-q2/plan.json", "withdrawals/2026-waiting.json", "incidents/2026-11-double.json")


def lay(folder: Path) -> None:
    """Lay a board before that work, and beside it the files to add and both keys."""
    board = folder / "board"
    first, _ = rosters()
    lay_rosters(board, (first,))
    one = quarter(first, 0)
    lay_plan(board, one, "convener")
    enter(board)
    answer(board, one, first, 1)
    write_whole_board(folder / "whole")
    for name in ADDED:
        target = folder / "added" / name
        target.parent.mkdir(parents=True)
        target.write_bytes((folder / "whole" / name).read_bytes())
    for name, origin in (("log", ORIGIN), ("witness", "witness.example")):
        seed = (LOG_KEY if name == "log" else private_key("witness")).private_bytes_raw().hex()
        told: dict[str, Any] = {"schema": "sansnom/log-key/1", "name": origin, "seed": seed}
        (folder / f"{name}-key.json").write_bytes(canonical_bytes(told))
        (folder / f"{name}-key.json").chmod(0o600)


def work(folder: str) -> None:
    """Do it all as the command line does; again is no change. Exits with the code of the verb that did not succeed."""
    base = Path(folder)
    board = str(base / "board")
    files = [str(base / "added" / name) for name in ADDED]
    for verb in (
        ["enter", board, *files, "--key", str(base / "log-key.json"), "--json"],
        ["cosign", board, "--key", str(base / "witness-key.json"), "--memory", str(base / "seen.json")],
        ["build", board, "--json"],
    ):
        code = main(["board", *verb])
        if code:
            raise SystemExit(f"{verb[0]} {code}")


def fsck(folder: Path, capture: Any) -> dict[str, Any]:
    """Give what `sansnom board fsck` says."""
    capture.readouterr()
    main(["board", "fsck", str(folder), "--json"])
    told: dict[str, Any] = json.loads(capture.readouterr().out.strip().splitlines()[-1])
    return told


def pages(board: Path) -> dict[str, bytes]:
    """Give every page."""
    return {place.relative_to(board).as_posix(): place.read_bytes() for place in board.rglob("*.html")}
