"""What must add up after two years: releases, budget, receipts, destruction, register, rosters, stores.

Each check reads files with its own few lines of SQL and JSON, not with the code that wrote them, wherever that is possible.
"""

import hashlib
import json
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sansnom.board.dictionaries import shipped_dictionaries
from sansnom.board.public import Board, read_board
from sansnom.helper.check import check_helper
from sansnom.helper.upgrading import VERSION
from sansnom.terms.errors import InputError

if TYPE_CHECKING:
    from sansnom.cli.desks import RealDesks

REGISTER = {"description", "uses", "techniques", "security", "analysed"}
PARTIES = range(3)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that does not add up, and where."""

    code: str
    where: str


def everything(
    board: Path, stores: Sequence[Path], replaced: int, desks: "RealDesks", present: Sequence[str], memory: Path
) -> list[Finding]:
    """Check all of it. `stores` are the three first helpers' and then the one of the institution that took seat `replaced`."""
    found = [*verified(board, memory)]
    public = read_board(board, shipped_dictionaries())
    for party, store in zip((*PARTIES, replaced), stores, strict=True):
        found += sound(store)
        found += destroyed(store)
        found += on_the_board(board, store, party)
    current = [
        store
        for party, store in zip((*PARTIES, replaced), stores, strict=True)
        if store.parent.name != f"helper-{replaced}"
    ]
    for store in current:
        found += same_ledger(store, public, whole=True)
    found += same_ledger(stores[replaced], public, whole=False)
    found += attested(board, public)
    found += registered(board)
    found += one_chain(public)
    found += received(board, desks, present)
    for code in present:
        found += desk_ledger(desks, code, public)
    return found


def verified(board: Path, memory: Path) -> Iterator[Finding]:
    """`sansnom verify`, as anybody would type it: every release of the board holds."""
    words = [sys.executable, "-m", "sansnom", "verify", str(board), "--json", "--memory", str(memory)]
    told = json.loads(subprocess.run(words, capture_output=True, check=False).stdout or b"{}")
    if not told.get("ok"):
        yield from (
            Finding(f"verify.{one['code']}", one["where"])
            for one in told.get("findings", [{"code": "died", "where": ""}])
        )
    plans = len(list(board.glob("plans/*/plan.json")))
    if (told.get("releases"), told.get("plans")) != (plans, plans):
        yield Finding("verify.count", f"{told.get('releases')} releases of {plans} plans")


def sound(store: Path) -> Iterator[Finding]:
    """A store is a whole database of the current version, and passes the product's own check (`sansnom helper check`)."""
    yield from (Finding(one.code, f"{store.parent.name} {one.where}") for one in check_helper(store.parent).findings)
    with closing(sqlite3.connect(store)) as line:
        if (
            line.execute("PRAGMA integrity_check").fetchone()[0] != "ok"
            or line.execute("PRAGMA foreign_key_check").fetchall()
        ):
            yield Finding("store.sound", store.parent.name)
        if line.execute("PRAGMA user_version").fetchone()[0] != VERSION:
            yield Finding("store.version", store.parent.name)
        for (plan,) in line.execute("SELECT plan FROM plans WHERE plan NOT IN (SELECT plan FROM runs)"):
            yield Finding("store.run", plan)


def destroyed(store: Path) -> Iterator[Finding]:
    """Nothing that could rebuild a row is left, in a row of the store or in any page of its files."""
    with closing(sqlite3.connect(store)) as line:
        for (plan,) in line.execute("SELECT plan FROM runs WHERE state <> 'destroyed' OR attestation IS NULL"):
            yield Finding("run.unfinished", plan)
        either = "(seal_private IS NOT NULL OR noise_salt IS NOT NULL)"
        kept = f"SELECT plan FROM plan_keys WHERE {either} AND plan IN (SELECT plan FROM plans)"  # noqa: S608 - our own words
        for (plan,) in line.execute(kept):
            yield Finding("key.kept", plan)
        for plan, number in line.execute("SELECT plan, number FROM submissions WHERE body IS NOT NULL"):
            yield Finding("submission.kept", f"{plan} {number}")


def on_the_board(board: Path, store: Path, party: int) -> Iterator[Finding]:
    """What a helper signed is what the board shows, and the set that was computed on is what it had receipts for."""
    with closing(sqlite3.connect(store)) as line:
        runs = line.execute("SELECT plan, release, agreed_signed, attestation FROM runs").fetchall()
        held: dict[str, dict[int, str]] = {}
        receipts: dict[str, int] = {}
        for plan, number, manifest, receipt in line.execute("SELECT plan, number, manifest, receipt FROM submissions"):
            held.setdefault(plan, {})[number] = manifest
            told = json.loads(receipt)["signed"]
            receipts[plan] = receipts.get(plan, 0) + (told["manifest"] == manifest and told["organization"] == number)
    for plan, release, agreed, attestation in runs:
        folder = board / "releases" / plan
        shown = {"release.json": release, "submission-set.json": agreed, f"destruction-{party}.json": attestation}
        for name, content in shown.items():
            if (
                content is None
                or not (folder / name).is_file()
                or json.loads((folder / name).read_bytes()) != json.loads(content)
            ):
                yield Finding("board.other", f"{plan}/{name}")
        told = json.loads(agreed or b'{"signed": {"members": []}}')["signed"]["members"]
        members = {m["organization"]: m["manifest"] for m in told}
        if members != held.get(plan) or receipts.get(plan) != len(members):
            yield Finding("receipts.differ", f"{plan} at {store.parent.name}")


def entries_of(store: Path) -> list[dict[str, Any]]:
    """Read a helper's ledger, in its order."""
    with closing(sqlite3.connect(store)) as line:
        entries = [json.loads(row[0]) for row in line.execute("SELECT envelope FROM ledger")]
    return sorted(entries, key=lambda entry: int(entry["number"]))


def same_ledger(store: Path, public: Board, *, whole: bool) -> Iterator[Finding]:
    """A helper's own ledger is the board's: all of it, or its beginning for one who left its seat."""
    shown = [entry.to_json() for entry in public.ledger.entries]
    own = entries_of(store)
    if own != (shown if whole else shown[: len(own)]) or not own:
        yield Finding("ledger.differs", store.parent.name)


def attested(board: Path, public: Board) -> Iterator[Finding]:
    """Three attestations stand beside each release, each by another seat, each counting the submissions of the set."""
    for release in public.releases:
        folder = board / "releases" / release.release
        members = json.loads((folder / "submission-set.json").read_bytes())["signed"]["members"]
        for party in PARTIES:
            place = folder / f"destruction-{party}.json"
            told = json.loads(place.read_bytes())["signed"] if place.is_file() else {}
            expected = {
                "party": party,
                "plan": release.plan,
                "plan_digest": release.plan_digest,
                "submissions": len(members),
            }
            if {name: told.get(name) for name in expected} != expected:
                yield Finding("attestation", f"{release.release} {party}")


def registered(board: Path) -> Iterator[Finding]:
    """Each release carries the five fields of the register, none of them empty."""
    for place in sorted(board.glob("releases/*/release.json")):
        entry = json.loads(place.read_bytes())["signed"].get("register", {})
        if set(entry) != REGISTER or not all(entry.values()):
            yield Finding("register", place.parent.name)


def one_chain(public: Board) -> Iterator[Finding]:
    """Roster versions follow one another, and a number is one organization's for good; `read_board` has checked the signatures."""
    versions = public.rosters.versions
    if [roster.version for roster in versions] != list(range(1, len(versions) + 1)):
        yield Finding("roster.gap", str(len(versions)))
    given: dict[int, tuple[str, str]] = {}
    for roster in versions:
        for organization in roster.organizations:
            who = (organization.code, organization.sign_key)
            if given.setdefault(organization.number, who) != who:
                yield Finding("roster.number", f"{organization.number} in version {roster.version}")
    for plan in public.plans:
        if public.rosters.named(plan.roster_digest) is None:
            yield Finding("roster.unknown", plan.plan)


def received(board: Path, desks: "RealDesks", present: Sequence[str]) -> Iterator[Finding]:
    """What each desk sent and has three receipts for is in the set of that plan, under the same manifest."""
    from sansnom.desk.questions.models import Parcel, Sending

    sets = {
        place.parent.name: {m["manifest"] for m in json.loads(place.read_bytes())["signed"]["members"]}
        for place in board.glob("releases/*/submission-set.json")
    }
    for code in present:
        with desks.opened(code):
            for sending in Sending.objects.select_related("question"):
                parcels = Parcel.objects.filter(sending=sending)
                if parcels.count() != len(PARTIES) or parcels.filter(receipt="").exists():
                    yield Finding("receipt.missing", f"{code} {sending.question.name}")
                if parcels.exclude(body=None).exists():
                    yield Finding("parcel.kept", f"{code} {sending.question.name}")
                if manifest_digest(sending.manifest) not in sets.get(sending.question.name, set()):
                    yield Finding("receipt.unused", f"{code} {sending.question.name}")


def manifest_digest(text: str) -> str:
    """Give the SHA-256 of a manifest as a desk kept it: canonical bytes."""
    return hashlib.sha256(text.encode()).hexdigest()


def desk_ledger(desks: "RealDesks", code: str, public: Board) -> Iterator[Finding]:
    """A desk's own ledger is the board's, also at a desk that joined later; its database is whole, page by page."""
    from sansnom.desk.questions.looking import own_ledger

    with desks.opened(code):
        if own_ledger(public.roster).entries != public.ledger.entries:
            yield Finding("desk.ledger", code)
    yield from whole_database(desks, code)


def whole_database(desks: "RealDesks", code: str) -> Iterator[Finding]:
    """Every page of a desk's file authenticates."""
    from sansnom.desk.safekeeping.backup import check_database

    try:
        check_database(desks.file_of(code), desks.key_of(code))
    except InputError:
        yield Finding("desk.sound", code)
