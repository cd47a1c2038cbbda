"""The one store of a helper: a single SQLite file; all SQL is here.

What was accepted is on disk before anybody is told so: every write is one transaction, `synchronous=FULL`. What is
deleted is overwritten (`secure_delete`), and the file is rewritten after a destruction. Decrypted shares are never
written.
"""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sansnom.helper.disk import store_faults
from sansnom.helper.states import ERASED_IN, RunState, check_step
from sansnom.helper.upgrading import EARLIER, VERSION, upgrade
from sansnom.terms.errors import BrokenInvariant, PolicyRefusal

BUSY_MILLISECONDS: Final = 30_000
READER_MILLISECONDS: Final = 1_000
"""How long a destruction waits for whoever reads the file, before it says so and is tried again."""
_SCHEMA: Final = f"""
CREATE TABLE plan_keys (plan TEXT PRIMARY KEY, seal_public TEXT NOT NULL, seal_private BLOB, noise_salt BLOB,
                        made TEXT NOT NULL);
CREATE TABLE plans (plan TEXT PRIMARY KEY, digest TEXT NOT NULL UNIQUE, envelope BLOB NOT NULL, cutoff TEXT NOT NULL,
                    accepted TEXT NOT NULL);
CREATE TABLE rosters (digest TEXT PRIMARY KEY, envelope BLOB NOT NULL);
{EARLIER};
CREATE TABLE refusals (plan TEXT PRIMARY KEY, envelope BLOB NOT NULL);
CREATE TABLE ledger (digest TEXT PRIMARY KEY, plan TEXT NOT NULL, envelope BLOB NOT NULL, charged TEXT NOT NULL);
CREATE TABLE submissions (plan TEXT NOT NULL REFERENCES plans, number INTEGER NOT NULL, sequence INTEGER NOT NULL,
                          manifest TEXT NOT NULL, body BLOB, receipt BLOB NOT NULL, PRIMARY KEY (plan, number));
CREATE TABLE runs (plan TEXT PRIMARY KEY REFERENCES plans, state TEXT NOT NULL, reason TEXT NOT NULL DEFAULT '',
                   agreed BLOB, agreed_signed BLOB, attempts INTEGER NOT NULL DEFAULT 0,
                   attempt TEXT NOT NULL DEFAULT '', cells BLOB,
                   release BLOB, attestation BLOB, changed TEXT NOT NULL);
CREATE TABLE verdicts (plan TEXT NOT NULL REFERENCES plans, number INTEGER NOT NULL, reply BLOB NOT NULL,
                       PRIMARY KEY (plan, number));
"""


@dataclass(frozen=True, slots=True)
class PlanKey:
    """The key pair and the salt of the noise that this helper made for one plan; secrets are None once destroyed."""

    seal_public: str
    seal_private: bytes | None
    noise_salt: bytes | None


@dataclass(frozen=True, slots=True)
class KeptPlan:
    """An accepted plan: its signed file as bytes, its digest and its cut-off (ISO instant)."""

    plan: str
    digest: str
    envelope: bytes
    cutoff: str


@dataclass(frozen=True, slots=True)
class Held:
    """An accepted submission without its body."""

    number: int
    sequence: int
    manifest: str
    receipt: bytes


@dataclass(frozen=True, slots=True)
class Run:
    """Where a run stands, as far as this helper's disk knows."""

    plan: str
    state: RunState
    reason: str
    agreed: bytes | None
    agreed_signed: bytes | None
    attempts: int
    attempt: str
    cells: bytes | None
    release: bytes | None
    attestation: bytes | None


_PRAGMAS: Final = ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON", "foreign_keys=ON", "temp_store=MEMORY")
_RUN_COLUMNS: Final = "plan, state, reason, agreed, agreed_signed, attempts, attempt, cells, release, attestation"


class Store:
    """Opens the file and keeps one connection; safe to use from several threads."""

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        """Open, make or upgrade the file; InputError `store.version` for one that a newer version made."""
        self.path = path
        self._lock = threading.RLock()
        with store_faults():
            self._open(read_only=read_only)

    def _open(self, *, read_only: bool) -> None:
        path = self.path
        if read_only:
            where = f"{path.absolute().as_uri()}?mode=ro"
            self._connection = sqlite3.connect(where, uri=True, isolation_level=None, check_same_thread=False)
            return
        if not path.exists():
            path.touch(mode=0o600)
        self._connection = sqlite3.connect(
            path, isolation_level=None, check_same_thread=False, timeout=BUSY_MILLISECONDS / 1000
        )
        for pragma in _PRAGMAS:
            self._connection.execute(f"PRAGMA {pragma}")
        found = self._connection.execute("PRAGMA user_version").fetchone()[0]
        if found == 0:
            with self._writing():
                for statement in filter(str.strip, _SCHEMA.split(";")):
                    self._connection.execute(statement)
                self._connection.execute(f"PRAGMA user_version={VERSION}")
        elif found != VERSION:
            with self._writing():
                upgrade(self._connection, found)
        # A process that died right after a destruction may have left old pages in the write-ahead file.
        self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """Write all or nothing: on disk when the block is left, untouched when it raises, a full disk at the end included."""
        with self._lock, store_faults():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:  # SQLite has taken back some failures by itself
                    self._connection.execute("ROLLBACK")
                raise

    def _one(self, sql: str, *values: object) -> sqlite3.Row | None:
        with self._lock, store_faults():
            row: sqlite3.Row | None = self._connection.execute(sql, values).fetchone()
            return row

    def _all(self, sql: str, *values: object) -> list[sqlite3.Row]:
        with self._lock, store_faults():
            return self._connection.execute(sql, values).fetchall()

    # ------------------------------------------------------------------------------------------------ keys and plans

    def keep_plan_key(self, plan: str, fresh: PlanKey, made: str) -> PlanKey:
        """Keep a plan's fresh key unless there is one already; give the one that stands."""
        with self._writing() as connection:
            connection.execute(
                "INSERT OR IGNORE INTO plan_keys VALUES (?, ?, ?, ?, ?)",
                (plan, fresh.seal_public, fresh.seal_private, fresh.noise_salt, made),
            )
        kept = self.plan_key(plan)
        assert kept is not None
        return kept

    def plan_key(self, plan: str) -> PlanKey | None:
        """Give the key of a plan, if this helper made one."""
        row = self._one("SELECT seal_public, seal_private, noise_salt FROM plan_keys WHERE plan = ?", plan)
        return None if row is None else PlanKey(*row)

    def count_plan_keys(self) -> int:
        """Count the keys made for plans that never came."""
        row = self._one("SELECT count(*) FROM plan_keys WHERE plan NOT IN (SELECT plan FROM plans)")
        assert row is not None
        return int(row[0])

    def accept_plan(self, kept: KeptPlan, charge: bytes, now: str) -> bool:
        """Keep a plan, open its run and charge the ledger, all at once; False when this very plan is here already.

        PolicyRefusal `plan.taken` when another plan bears the name.
        """
        with self._writing() as connection:
            before = self.plan(kept.plan)
            if before is not None:
                if before.digest != kept.digest:
                    raise PolicyRefusal("plan.taken", plan=kept.plan)
                return False
            connection.execute(
                "INSERT INTO plans VALUES (?, ?, ?, ?, ?)", (kept.plan, kept.digest, kept.envelope, kept.cutoff, now)
            )
            connection.execute("INSERT INTO ledger VALUES (?, ?, ?, ?)", (kept.digest, kept.plan, charge, now))
            connection.execute(
                "INSERT INTO runs (plan, state, changed) VALUES (?, ?, ?)", (kept.plan, RunState.OPEN.value, now)
            )
            connection.execute("DELETE FROM refusals WHERE plan = ?", (kept.plan,))
        return True

    def plan(self, plan: str) -> KeptPlan | None:
        """Give an accepted plan."""
        row = self._one("SELECT plan, digest, envelope, cutoff FROM plans WHERE plan = ?", plan)
        return None if row is None else KeptPlan(*row)

    def plans(self) -> list[KeptPlan]:
        """Give all accepted plans, by name."""
        return [KeptPlan(*row) for row in self._all("SELECT plan, digest, envelope, cutoff FROM plans ORDER BY plan")]

    def keep_roster(self, digest: str, envelope: bytes) -> None:
        """Keep a signed roster: plans made for it may still be running when the next one comes."""
        with self._writing() as connection:
            connection.execute("INSERT OR IGNORE INTO rosters VALUES (?, ?)", (digest, envelope))

    def roster(self, digest: str) -> bytes | None:
        """Give a signed roster by its digest."""
        row = self._one("SELECT envelope FROM rosters WHERE digest = ?", digest)
        return None if row is None else bytes(row[0])

    def keep_refusal(self, plan: str, envelope: bytes) -> None:
        """Keep the signed refusal of a plan; the last one stands."""
        with self._writing() as connection:
            connection.execute("INSERT OR REPLACE INTO refusals VALUES (?, ?)", (plan, envelope))

    def refusal(self, plan: str) -> bytes | None:
        """Give the signed refusal of a plan."""
        row = self._one("SELECT envelope FROM refusals WHERE plan = ?", plan)
        return None if row is None else bytes(row[0])

    def keep_earlier(
        self, plans: list[tuple[str, str, bytes, int]], charges: list[tuple[str, str, bytes]], now: str
    ) -> None:
        """Keep plans of before this helper's time, (digest, plan, envelope, answered), and their charges, all at once."""
        with self._writing() as connection:
            connection.executemany("INSERT INTO earlier VALUES (?, ?, ?, ?)", plans)
            rows = [(digest, plan, charge, now) for digest, plan, charge in charges]
            connection.executemany("INSERT INTO ledger VALUES (?, ?, ?, ?)", rows)

    def earlier(self) -> list[tuple[str, bytes, bool]]:
        """Give the plans of before this helper's time: name, envelope, and whether there is a release."""
        rows = self._all("SELECT plan, envelope, answered FROM earlier ORDER BY plan")
        return [(row[0], bytes(row[1]), bool(row[2])) for row in rows]

    def ledger(self) -> list[bytes]:
        """Give every charge, oldest first."""
        return [bytes(row[0]) for row in self._all("SELECT envelope FROM ledger ORDER BY charged, digest")]

    # --------------------------------------------------------------------------------------------------- submissions

    def accept_submission(self, plan: str, held: Held, body: bytes) -> Held:
        """Keep a submission with its receipt, replacing an earlier one; the same again is no change. Give what stands.

        PolicyRefusal `submission.closed`, `submission.replayed` (an older one) or `submission.duplicate` (another one
        under the same sequence): decided inside the transaction, so that no race lets two of them through.
        """
        with self._writing() as connection:
            run = self.run(plan)
            if run is None or run.state is not RunState.OPEN:
                raise PolicyRefusal("submission.closed", plan=plan)
            before = self.held(plan, held.number)
            if before is not None:
                if (before.sequence, before.manifest) == (held.sequence, held.manifest):
                    return before
                if before.sequence >= held.sequence:
                    code = "submission.duplicate" if before.sequence == held.sequence else "submission.replayed"
                    raise PolicyRefusal(code, found=held.sequence, expected=before.sequence + 1)
            connection.execute(
                "INSERT OR REPLACE INTO submissions VALUES (?, ?, ?, ?, ?, ?)",
                (plan, held.number, held.sequence, held.manifest, body, held.receipt),
            )
        return held

    def held(self, plan: str, number: int) -> Held | None:
        """Give what is held of one organization, without its body."""
        row = self._one(
            "SELECT number, sequence, manifest, receipt FROM submissions WHERE plan = ? AND number = ?", plan, number
        )
        return None if row is None else Held(*row)

    def all_held(self, plan: str) -> list[Held]:
        """Give what is held for a plan, by roster number, without bodies."""
        sql = "SELECT number, sequence, manifest, receipt FROM submissions WHERE plan = ? ORDER BY number"
        return [Held(*row) for row in self._all(sql, plan)]

    def count_submissions(self, plan: str) -> int:
        """Count the submissions received for a plan."""
        row = self._one("SELECT count(*) FROM submissions WHERE plan = ?", plan)
        assert row is not None
        return int(row[0])

    def body(self, plan: str, number: int) -> bytes:
        """Give the sealed bytes of one submission; BrokenInvariant when they are gone."""
        row = self._one("SELECT body FROM submissions WHERE plan = ? AND number = ?", plan, number)
        if row is None or row[0] is None:
            raise BrokenInvariant("store.body", plan=plan, organization=number)
        return bytes(row[0])

    # ---------------------------------------------------------------------------------------------------------- runs

    def run(self, plan: str) -> Run | None:
        """Give the run of a plan."""
        row = self._one(f"SELECT {_RUN_COLUMNS} FROM runs WHERE plan = ?", plan)  # noqa: S608 - a constant list of columns
        return None if row is None else Run(row[0], RunState(row[1]), *row[2:])

    def runs(self) -> list[Run]:
        """Give all runs, by the cut-off of their plans."""
        columns = ", ".join(f"runs.{name.strip()}" for name in _RUN_COLUMNS.split(","))
        rows = self._all(f"SELECT {columns} FROM runs JOIN plans USING (plan) ORDER BY cutoff, plan")  # noqa: S608 - as above
        return [Run(row[0], RunState(row[1]), *row[2:]) for row in rows]

    def _step(self, plan: str, after: RunState, now: str, **columns: object) -> None:
        """Go one step and set columns in one statement; BrokenInvariant unless the table of states has the arrow."""
        run = self.run(plan)
        if run is None:
            raise BrokenInvariant("run.unknown", plan=plan)
        check_step(run.state, after)
        names = "".join(f", {name} = ?" for name in columns)
        self._connection.execute(
            f"UPDATE runs SET state = ?, changed = ?{names} WHERE plan = ?",  # noqa: S608 - names of our own columns
            (after.value, now, *columns.values(), plan),
        )

    def close_run(self, plan: str, now: str) -> bool:
        """Take no submission any more; False when the run was closed already."""
        with self._writing():
            run = self.run(plan)
            if run is None or run.state is not RunState.OPEN:
                return False
            self._step(plan, RunState.CLOSED, now)
        return True

    def keep_agreed(self, plan: str, agreed: bytes, now: str) -> None:
        """Fix the set that may be computed on, once; the same again is no change.

        PolicyRefusal `run.set.second` for any other set: a helper signs one set per plan.
        """
        with self._writing():
            run = self.run(plan)
            if run is not None and run.agreed is not None:
                if run.agreed != agreed:
                    raise PolicyRefusal("run.set.second", plan=plan)
                return
            self._step(plan, RunState.AGREED, now, agreed=agreed)

    def start_attempt(self, plan: str, now: str) -> int:
        """Count a new attempt before anything of it is opened; give its number. After OPENED the state stays."""
        with self._writing():
            run = self.run(plan)
            if run is None or run.agreed is None:
                raise BrokenInvariant("run.unagreed", plan=plan)
            after = RunState.OPENED if run.state is RunState.OPENED else RunState.COMPUTING
            self._step(plan, after, now, attempts=run.attempts + 1)
        return run.attempts + 1

    def keep_opened(
        self, plan: str, attempt: str, cells: bytes, agreed_signed: bytes, replies: dict[int, bytes], now: str
    ) -> None:
        """Keep the noisy cells and the sealed verdict replies of an attempt, at once.

        BrokenInvariant `run.cells` when an earlier attempt opened other cells: same set, same noise, so it cannot be.
        """
        with self._writing() as connection:
            run = self.run(plan)
            if run is not None and run.cells is not None and run.cells != cells:
                raise BrokenInvariant("run.cells", plan=plan)
            self._step(plan, RunState.OPENED, now, attempt=attempt, cells=cells, agreed_signed=agreed_signed)
            connection.execute("DELETE FROM verdicts WHERE plan = ?", (plan,))
            rows = [(plan, number, reply) for number, reply in sorted(replies.items())]
            connection.executemany("INSERT INTO verdicts VALUES (?, ?, ?)", rows)

    def keep_release(self, plan: str, release: bytes, now: str) -> None:
        """Keep the release with its three signatures."""
        with self._writing():
            self._step(plan, RunState.SIGNED, now, release=release)

    def mark_published(self, plan: str, now: str) -> None:
        """Record that the board holds the release."""
        with self._writing():
            self._step(plan, RunState.PUBLISHED, now)

    def abort(self, plan: str, reason: str, now: str) -> None:
        """Stop a run for good, with the code of the reason."""
        with self._writing():
            self._step(plan, RunState.ABORTED, now, reason=reason)

    def pause(self, plan: str, reason: str) -> None:
        """Write why a run rests (empty: it does not); its state stays."""
        with self._writing() as connection:
            connection.execute("UPDATE runs SET reason = ? WHERE plan = ? AND reason <> ?", (reason, plan, reason))

    def verdict(self, plan: str, number: int) -> bytes | None:
        """Give an organization's sealed verdict reply, if the run got that far."""
        row = self._one("SELECT reply FROM verdicts WHERE plan = ? AND number = ?", plan, number)
        return None if row is None else bytes(row[0])

    def erase(self, plan: str) -> None:
        """Erase what could rebuild a row: the plan's private key, noise salt and sealed bodies; rewrite the file.

        BrokenInvariant `run.step` while the run may still need them. Whatever ends the process before the end: erase again.
        """
        with self._writing() as connection:
            run = self.run(plan)
            if run is None:
                raise BrokenInvariant("run.unknown", plan=plan)
            if run.state not in ERASED_IN:
                raise BrokenInvariant("run.step", before=run.state.value, after="erased")
            connection.execute("UPDATE plan_keys SET seal_private = NULL, noise_salt = NULL WHERE plan = ?", (plan,))
            connection.execute("UPDATE submissions SET body = NULL WHERE plan = ?", (plan,))
            if run.release is None:  # no desk will ever be told a verdict of a run that gave nothing
                connection.execute("DELETE FROM verdicts WHERE plan = ?", (plan,))
        self.rewrite()

    def destroy(self, plan: str, attestation: bytes, now: str) -> None:
        """Erase, then keep the attestation and end the run. What stays: manifests' digests and receipts, no row's bytes.

        The attestation is written last; a process that dies before, or BrokenInvariant `store.busy`, leaves the state.
        """
        self.erase(plan)
        with self._writing():
            self._step(plan, RunState.DESTROYED, now, attestation=attestation)

    def forget_verdicts(self, before: str) -> int:
        """Delete the verdict replies of runs that ended before an instant, and their pages; give how many there were."""
        with self._writing() as connection:
            ended = "SELECT plan FROM runs WHERE state = ? AND changed < ?"
            gone = connection.execute(
                f"DELETE FROM verdicts WHERE plan IN ({ended})",  # noqa: S608 - two constants
                (RunState.DESTROYED.value, before),
            ).rowcount
        if gone:
            self.rewrite()
        return int(gone)

    def rewrite(self) -> None:
        """Rewrite the file without its free pages and empty the write-ahead file: no old page stays behind.

        BrokenInvariant `store.busy` while somebody else reads the file: the write-ahead file then keeps its old pages.
        """
        with self._lock, store_faults():
            self._connection.execute("VACUUM")
            self._connection.execute(f"PRAGMA busy_timeout={READER_MILLISECONDS}")
            busy = self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
            self._connection.execute(f"PRAGMA busy_timeout={BUSY_MILLISECONDS}")
        if busy:
            raise BrokenInvariant("store.busy")

    def size_bytes(self) -> int:
        """Give the size of the file and of what belongs to it."""
        paths = [self.path, *(self.path.with_name(self.path.name + end) for end in ("-wal", "-shm"))]
        return sum(path.stat().st_size for path in paths if path.exists())
