"""G-07: forge a board's public files in many ways, and count the forgeries that a check of public files does not notice.

The forger keeps the board: every file, but no key. It changes one value and leaves the signatures, takes signatures away, takes
a file away, puts one release in the place of another, cuts the log back. Whoever remembers an earlier state of the log must
notice all of it.
"""

import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from sansnom.audit.log_check import Memory
from sansnom.audit.public_check import Look, check_board
from sansnom.terms.vocabulary import Dictionary

Forge = Callable[[Path], None]


def forgeries(board: Path) -> Iterator[tuple[str, Forge]]:
    """List ways to forge this board: a name for each, and what it does to a copy."""
    for place in sorted(board.rglob("*.json")):
        name = place.relative_to(board).as_posix()
        told = json.loads(place.read_bytes())
        if not isinstance(told, dict) or "signatures" not in told:
            continue
        yield f"value of {name}", _changing(name, _one_value)
        yield f"signatures of {name}", _changing(name, _no_signatures)
        yield f"whole of {name}", _taking(name)
    yield "the log cut back", _taking("log/checkpoint")
    yield "the log taken away", lambda copy: shutil.rmtree(copy / "log")
    for place in sorted((board / "log" / "tile").rglob("*")):
        if place.is_file():
            yield f"tile {place.relative_to(board).as_posix()}", _flipping(place.relative_to(board).as_posix())


def unnoticed(board: Path, dictionaries: Mapping[str, Dictionary], scratch: Path, every: int = 1) -> list[str]:
    """Name the forgeries of this board that pass; an honest copy that does not pass is named too.

    every  1: all forgeries; n: one in so many, for a quick look
    """
    memory = Memory(scratch / "seen.json")
    if check_board(board, dictionaries, Look(memory=memory, pages=False)).findings:
        return ["the honest board does not pass"]
    passed = []
    for number, (name, forge) in enumerate(forgeries(board)):
        if number % every:
            continue
        copy = scratch / f"forged-{number}"
        shutil.copytree(board, copy)
        forge(copy)
        verdict = check_board(copy, dictionaries, Look(memory=Memory(scratch / "seen.json"), pages=False))
        if not verdict.findings:
            passed.append(name)
        shutil.rmtree(copy)
    return passed


def _changing(name: str, change: Callable[[dict[str, Any]], None]) -> Forge:
    def forge(copy: Path) -> None:
        told = json.loads((copy / name).read_bytes())
        change(told)
        (copy / name).write_text(json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":")), "utf-8")

    return forge


def _taking(name: str) -> Forge:
    return lambda copy: (copy / name).unlink()


def _flipping(name: str) -> Forge:
    def forge(copy: Path) -> None:
        content = bytearray((copy / name).read_bytes())
        content[len(content) // 2] ^= 1
        (copy / name).write_bytes(bytes(content))

    return forge


def _one_value(told: dict[str, Any]) -> None:
    """Move the first whole number that is found by one; where there is none, change a word."""
    if not _bump(told["signed"]):
        told["signed"]["forged"] = "yes"


def _bump(value: Any) -> bool:  # noqa: ANN401 - any JSON value
    places = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in list(places):
        if isinstance(inner, int) and not isinstance(inner, bool):
            value[key] = inner + 1
            return True
        if _bump(inner):
            return True
    return False


def _no_signatures(told: dict[str, Any]) -> None:
    told["signatures"] = told["signatures"][:-1]
