"""G-08: look at what stands after something died, and find what was lost, published by halves, or spent twice.

Nothing of `helper/` is asked: three stores are read as tables, the board as files, the receipts as what desks hold in their hands.
The deaths themselves are in `tests/death/`: every write and every message of real processes, by SIGKILL.
"""

import json
import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sansnom.terms.errors import Finding, PolicyRefusal
from sansnom.transparency.signature import verify_object

_SIGNED_BY: Final[Mapping[str, int]] = {
    "submission-set": 3,
    "release": 3,
    **dict.fromkeys(("destruction-0", "destruction-1", "destruction-2"), 1),
}


@dataclass(frozen=True, slots=True)
class Held:
    """What a desk has in its hands: its number, the digest of the manifest that it sent last, and the receipts for it."""

    organization: int
    manifest: str
    receipts: tuple[bytes, ...]


def look(
    board: Path, stores: Sequence[Path], keys: Sequence[str], held: Sequence[Held], plan: str
) -> tuple[Finding, ...]:
    """Give what is wrong at this instant: each a code of G-08 and where it stands.

    keys  the three helpers' signing keys, by seat
    """
    found = [*_half(board, keys)]
    tables = [_tables(store, plan) for store in stores]
    found += [*_twice(stores, tables)]
    found += [*_lost(board, keys, tables, held, plan)]
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Tables:
    held: dict[int, str]
    charges: Counter[str]
    state: str
    cells: bytes | None


def _tables(store: Path, plan: str) -> _Tables:
    with closing(sqlite3.connect(store)) as lines:
        held = dict(lines.execute("SELECT number, manifest FROM submissions WHERE plan = ?", (plan,)).fetchall())
        charges = Counter(str(row[0]) for row in lines.execute("SELECT plan FROM ledger"))
        run = lines.execute("SELECT state, cells FROM runs WHERE plan = ?", (plan,)).fetchone()
    return _Tables(held, charges, "" if run is None else str(run[0]), None if run is None else run[1])


def _half(board: Path, keys: Sequence[str]) -> Iterator[Finding]:
    """Whatever a reader can see of a release is whole and bears every signature; a set and a release are of one plan."""
    for place in sorted(board.glob("releases/*/*.json")):
        name = f"releases/{place.parent.name}/{place.name}"
        if place.name.startswith("."):
            continue
        most = _SIGNED_BY.get(place.stem)
        if most is None:
            yield Finding("g08.stray", name)
            continue
        try:
            kind = place.stem.partition("-")[0] if most == 1 else place.stem
            own = [keys[int(place.stem[-1])]] if most == 1 else list(keys)
            verify_object(kind, json.loads(place.read_bytes()), own, most)
        except (ValueError, PolicyRefusal):
            yield Finding("g08.half", name)
    for release in sorted(board.glob("releases/*/release.json")):
        if not (release.parent / "submission-set.json").is_file():
            yield Finding("g08.half", f"releases/{release.parent.name}/submission-set.json")


def _twice(stores: Sequence[Path], tables: Sequence[_Tables]) -> Iterator[Finding]:
    """Each helper's ledger has each plan once; the three never hold different cells of one plan."""
    for store, told in zip(stores, tables, strict=True):
        for plan, count in told.charges.items():
            if count != 1:
                yield Finding("g08.twice", f"{store.parent.name} {plan}")
    if len({told.cells for told in tables if told.cells is not None}) > 1:
        yield Finding("g08.cells", ", ".join(store.parent.name for store in stores))


def _lost(
    board: Path, keys: Sequence[str], tables: Sequence[_Tables], held: Sequence[Held], plan: str
) -> Iterator[Finding]:
    """What a helper has given a receipt for, it holds; what all three have, the published set counts."""
    place = board / "releases" / plan / "submission-set.json"
    members: dict[int, str] | None = None
    if place.is_file():
        signed: dict[str, Any] = json.loads(place.read_bytes())["signed"]
        members = {int(member["organization"]): str(member["manifest"]) for member in signed["members"]}
    for one in held:
        seats = set()
        for receipt in one.receipts:
            told = json.loads(receipt)["signed"]
            verify_object("receipt", json.loads(receipt), [keys[told["party"]]], 1)
            seats.add(int(told["party"]))
            if told["manifest"] == one.manifest and tables[told["party"]].held.get(one.organization) != one.manifest:
                yield Finding("g08.lost", f"helper {told['party']} organization {one.organization}")
        if members is not None and seats == {0, 1, 2} and members.get(one.organization) != one.manifest:
            yield Finding("g08.uncounted", f"organization {one.organization}")
