"""Look over a helper's folder, changing nothing: keys, the file as SQLite sees it, and every promise that is kept in it.

A finding is a code and a place (a file, a plan, an organization's number), never a value. Whatever killed the helper, nothing may
be found afterwards; after a damaged byte, the finding says what is no longer to be relied on.
"""

import contextlib
import json
import sqlite3
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sansnom.exchange.keys import PrivateKeys
from sansnom.exchange.receipt import Receipt
from sansnom.exchange.setting import Setting
from sansnom.exchange.submission import open_submission
from sansnom.helper.certificates import certificate_digest
from sansnom.helper.disk import DAMAGED, store_faults
from sansnom.helper.keys import Identity, load_helper, noise_commitment
from sansnom.helper.means import load_dictionary, read_roster
from sansnom.helper.states import ERASED_IN, RunState
from sansnom.helper.store import KeptPlan, Run, Store
from sansnom.release.budget import HARD_CAP, Ledger
from sansnom.terms.errors import Finding, InputError, SansnomError
from sansnom.terms.plan import Plan
from sansnom.transparency.signature import verify_object

STORE: Final = "store.sqlite"
_BELONGS: Final = (STORE, f"{STORE}-wal", f"{STORE}-shm", f"{STORE}-journal")
_OPENED: Final = (RunState.OPENED, RunState.SIGNED, RunState.PUBLISHED)


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found, and how much was looked at."""

    findings: tuple[Finding, ...]
    plans: int
    submissions: int


def check_helper(directory: Path) -> Checked:
    """Look over a helper's folder; InputError only where it is no such folder at all."""
    identity = load_helper(directory)
    found = [*_keys(identity), *_copies(directory)]
    try:
        with contextlib.closing(Store(identity.store_path, read_only=True)) as store, store_faults():
            found += _as_sqlite_sees_it(identity.store_path)
            plans = store.plans()
            found += _ledger(store)
            for kept in plans:
                found += _plan(identity, store, kept)
            count = sum(store.count_submissions(kept.plan) for kept in plans)
    except InputError as error:
        return Checked((*found, Finding(error.code, STORE)), 0, 0)
    except (sqlite3.Error, ValueError, TypeError):  # what is written there is not what this program writes
        return Checked((*found, Finding(DAMAGED, STORE)), 0, 0)
    return Checked(tuple(found), len(plans), count)


def _keys(identity: Identity) -> Iterator[Finding]:
    """Check that the keys are those of the public entry, and that the certificate is its own key's."""
    public = identity.keys.public
    if (public.sign_key, public.seal_key) != (identity.entry.sign_key, identity.entry.seal_key):
        yield Finding("check.keys", "secrets.json")
    try:
        if certificate_digest(identity.certificate_path.read_bytes()) != identity.entry.certificate:
            yield Finding("check.certificate", identity.certificate_path.name)
        ssl.create_default_context().load_cert_chain(identity.certificate_path, identity.certificate_key_path)
    except (OSError, ValueError):  # an SSLError is an OSError
        yield Finding("check.certificate", identity.certificate_key_path.name)


def _copies(directory: Path) -> Iterator[Finding]:
    """Name copies of the store: of a copy nobody can attest that it was destroyed."""
    for place in sorted(directory.iterdir()):
        if place.name.startswith(STORE) and place.name not in _BELONGS:
            yield Finding("check.copy", place.name)


def _as_sqlite_sees_it(path: Path) -> Iterator[Finding]:
    with contextlib.closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        for pragma in ("integrity_check", "foreign_key_check"):
            told = connection.execute(f"PRAGMA {pragma}").fetchall()
            if told not in ([], [("ok",)]):
                yield Finding(DAMAGED, STORE)
                return


def _ledger(store: Store) -> Iterator[Finding]:
    """Check that every accepted plan is charged once, and the charges are numbered without a gap."""
    try:
        entries = sorted((json.loads(entry) for entry in store.ledger()), key=lambda entry: int(entry["number"]))
        Ledger.from_json({"schema": "sansnom/ledger/1", "yearly": str(HARD_CAP), "entries": entries})
        charged = [str(entry["plan"]) for entry in entries]
    except (SansnomError, ValueError, KeyError, TypeError):
        yield Finding("check.ledger", STORE)
        return
    for kept in store.plans():
        if charged.count(kept.plan) != 1:
            yield Finding("check.charge", kept.plan)


def _plan(identity: Identity, store: Store, kept: KeptPlan) -> Iterator[Finding]:
    """Check one plan: what its convener signed, its key, its submissions, its run."""
    run = store.run(kept.plan)
    try:
        plan = Plan.from_json(json.loads(kept.envelope)["signed"])
        envelope = store.roster(plan.roster_digest)
        if envelope is None or run is None:
            yield Finding("check.plan", kept.plan)
            return
        roster = read_roster(envelope)
        verify_object("plan", json.loads(kept.envelope), [roster.convener_key], 1)
        setting = Setting.of(plan, roster, load_dictionary(plan.dictionary))
    except (SansnomError, ValueError, KeyError, TypeError):
        yield Finding("check.plan", kept.plan)
        return
    if (plan.plan, plan.digest, plan.cutoff) != (kept.plan, kept.digest, kept.cutoff):
        yield Finding("check.plan", kept.plan)
    yield from _secrets(identity, store, setting, run)
    yield from _submissions(identity, store, setting, run)
    yield from _files(identity, setting, run)


def _secrets(identity: Identity, store: Store, setting: Setting, run: Run) -> Iterator[Finding]:
    """Check that the plan's secrets are whole until they may go, and gone once they must be."""
    name, seat = run.plan, setting.plan.helpers[identity.party]
    key = store.plan_key(name)
    if key is None or key.seal_public != seat.seal_key:
        yield Finding("check.plan_key", name)
        return
    gone = key.seal_private is None and key.noise_salt is None
    if run.state is RunState.DESTROYED and not gone:
        yield Finding("check.not_destroyed", name)
    if gone:
        if run.state not in ERASED_IN:
            yield Finding("check.plan_key", name)
        return
    try:
        private = PrivateKeys(identity.keys.sign_seed, key.seal_private or b"")
        whole = private.public.seal_key == key.seal_public
        whole = whole and noise_commitment(identity.noise_root(key.noise_salt or b"")) == seat.noise_commitment
    except (SansnomError, ValueError):
        whole = False
    if not whole:
        yield Finding("check.plan_key", name)


def _submissions(identity: Identity, store: Store, setting: Setting, run: Run) -> Iterator[Finding]:
    """Check that each receipt is this helper's word on what is held, and that what is held still opens to it."""
    key = store.plan_key(run.plan)
    secret = None if key is None else key.seal_private
    for held in store.all_held(run.plan):
        where = f"{run.plan} {held.number}"
        try:
            told = json.loads(held.receipt)
            receipt = Receipt.from_json(verify_object("receipt", told, [identity.entry.sign_key], 1))
            same = (receipt.organization, receipt.sequence, receipt.manifest) == (
                held.number,
                held.sequence,
                held.manifest,
            )
            if not same or receipt.plan_digest != setting.plan_digest:
                yield Finding("check.receipt", where)
        except (SansnomError, ValueError):
            yield Finding("check.receipt", where)
        if secret is None:
            continue
        try:
            keys = PrivateKeys(identity.keys.sign_seed, secret)
            body = store.body(run.plan, held.number)
            opened = open_submission(body, setting, int(identity.party), keys.sealing)
            if opened.manifest.digest != held.manifest:
                yield Finding("check.submission", where)
        except (SansnomError, ValueError):
            yield Finding("check.submission", where)


def _files(identity: Identity, setting: Setting, run: Run) -> Iterator[Finding]:
    """Check the signed files of a run: each is there when its state says so, and bears the signatures it must."""
    keys = [helper.sign_key for helper in setting.roster.helpers]
    own = keys[identity.party]
    signed_by_all = run.state in _OPENED or run.release is not None
    wanted: list[tuple[str, bytes | None, list[str], bool]] = [
        ("submission-set", run.agreed_signed, keys, signed_by_all),
        ("release", run.release, keys, run.state in (RunState.SIGNED, RunState.PUBLISHED)),
        ("destruction", run.attestation, [own], run.state is RunState.DESTROYED),
    ]
    for kind, content, signers, needed in wanted:
        if content is None:
            if needed:
                yield Finding("check.file", f"{run.plan} {kind}")
            continue
        try:
            told: Any = json.loads(content)
            signed = verify_object(kind, told, signers, len(signers))
            if signed.get("plan_digest") != setting.plan_digest:
                yield Finding("check.file", f"{run.plan} {kind}")
        except (SansnomError, ValueError):
            yield Finding("check.file", f"{run.plan} {kind}")
    early = run.state in (RunState.OPEN, RunState.CLOSED, RunState.AGREED, RunState.COMPUTING)
    if (signed_by_all and run.cells is None) or (early and run.cells is not None):
        yield Finding("check.file", f"{run.plan} cells")
    if run.agreed is None and run.state in (RunState.AGREED, RunState.COMPUTING, *_OPENED):
        yield Finding("check.file", f"{run.plan} agreed")
