"""The worker: brings every run from its cut-off to its destruction, whatever dies on the way.

One turn looks at the disk and does what is next: close what is due, compute with the two peers, publish, destroy. Nothing is
remembered between turns but how often something failed, so that starting again is the same as going on.
"""

import json
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

from sansnom.helper.agreement import AgreedSet
from sansnom.helper.attempt import Attempt, Ring, release_of
from sansnom.helper.clock import read_instant, written
from sansnom.helper.disk import FAULTS
from sansnom.helper.means import Means
from sansnom.helper.progress import Progress
from sansnom.helper.publish import Board
from sansnom.helper.states import PENDING, UNFINISHED, RunState
from sansnom.helper.store import Run
from sansnom.terms.canonical import canonical_bytes
from sansnom.terms.errors import BrokenInvariant, InputError, PeerError, PolicyRefusal, SansnomError
from sansnom.terms.party import PARTIES, PartyNumber
from sansnom.transparency.signature import sign_object, verify_object

FINAL: Final = frozenset({"run.set.small", "run.peer_stopped", "run.damaged"})
"""Reasons that no other attempt can cure: the run is aborted, and what was submitted for it is destroyed."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How long to wait between turns and after failures, in seconds, and how many attempts may fail before the run rests.

    rest_hours     how long a run rests after too many failed attempts, before it is tried again
    days_most      a run that is not signed so many days after its cut-off is stopped for good: keys and submissions are not kept
                   for a peer that never comes back (G-09)
    verdict_days   how long after the end of a run desks may fetch what the checks said of their rows
    """

    idle: float = 1.0
    first: float = 0.25
    longest: float = 30.0
    attempts_most: int = 12
    rest_hours: int = 1
    days_most: int = 30
    verdict_days: int = 30


class Others(Protocol):
    """The two peers; `neighbours.Neighbours` is them over the network."""

    def connect(self) -> Ring:
        """Stand a ring; PeerError when one is missing."""
        ...

    def progress(self, party: PartyNumber, plan: str) -> dict[str, Any]:
        """Ask a peer how far it is."""
        ...

    def release(self, party: PartyNumber, plan: str) -> object:
        """Ask a peer for the signed release."""
        ...


class Worker:
    """Works in a thread of its own; `wake` it when something changed, `stop` it to end."""

    def __init__(
        self, means: Means, progress: Progress, others: Others, board: Board, pace: Pace | None = None
    ) -> None:
        """Take what a helper works with."""
        self._means, self._progress, self._others, self._board = means, progress, others, board
        self._pace = pace if pace is not None else Pace()
        self._changed = threading.Event()
        self._stopped = threading.Event()
        self._failures = 0
        self._attempts: dict[str, int] = {}
        self._rested: dict[str, datetime] = {}
        self._unattested: set[str] = set()

    def wake(self) -> None:
        """Look again soon."""
        self._changed.set()

    def stop(self) -> None:
        """End after the step at hand; what is on disk stays good at any instant."""
        self._stopped.set()
        self._changed.set()

    def work(self) -> None:
        """Turn until stopped."""
        self._unattested = {run.plan for run in self._means.store.runs() if run.state is RunState.DESTROYED}
        while not self._stopped.is_set():
            try:
                at_work = self.turn()
            except Exception as error:  # noqa: BLE001 - a worker that dies of one run would stop all others
                self._means.watch.failed("worker.failed", error)
                self._failures += 1
                at_work = True
            self._changed.wait(self._wait_seconds(at_work=at_work))
            self._changed.clear()

    def _wait_seconds(self, *, at_work: bool) -> float:
        if not at_work:
            return self._pace.idle
        return min(self._pace.longest, self._pace.first * 2.0 ** min(self._failures, 16)) if self._failures else 0.0

    def turn(self) -> bool:
        """Do once whatever is next for every run; True when there is more to do."""
        self._close_due()
        opened = [run for run in self._means.store.runs() if run.state is RunState.OPENED]
        if opened:  # the peers may have signed while this process was away
            self._look_aside(opened)
        self._end_overdue()
        self._attest_all()
        self._forget_verdicts()
        for run in self._means.store.runs():
            if run.state in (RunState.SIGNED, RunState.PUBLISHED, RunState.ABORTED):
                self._finish(run)
        wanted = [run for run in self._means.store.runs() if run.state in PENDING and not self._rests(run)]
        if wanted:
            self._try(wanted)
        return any(run.state in UNFINISHED and not self._rests(run) for run in self._means.store.runs())

    def _rests(self, run: Run) -> bool:
        """After too many failed attempts a run rests for some hours: whoever can mend the lines is told why."""
        if self._attempts.get(run.plan, 0) < self._pace.attempts_most:
            return False
        now = self._means.clock.now()
        if now < self._rested.setdefault(run.plan, now) + timedelta(hours=self._pace.rest_hours):
            return True
        del self._rested[run.plan], self._attempts[run.plan]
        return False

    def _close_due(self) -> None:
        store, now = self._means.store, self._means.clock.now()
        for run in store.runs():
            if run.state is RunState.OPEN:
                cutoff = self._means.plan(run.plan).plan.cutoff
                if read_instant(cutoff, "plan.cutoff") <= now and store.close_run(run.plan, self._means.instant()):
                    self._means.watch.note("run.closed", plan=run.plan, by="clock")

    def _end_overdue(self) -> None:
        """Stop for good what was not signed within the days allowed after its cut-off."""
        now = self._means.clock.now()
        for run in self._means.store.runs():
            if run.state not in PENDING:
                continue
            cutoff = read_instant(self._means.plan(run.plan).plan.cutoff, "plan.cutoff")
            if now >= cutoff + timedelta(days=self._pace.days_most):
                self._abort(run.plan, "run.overdue")

    # ------------------------------------------------------------------------------------------------------ computing

    def _try(self, wanted: list[Run]) -> None:
        """Make one attempt at the first run that all three want."""
        digests = {kept.plan: kept.digest for kept in self._means.store.plans()}
        attempted = {run.plan: run.attempts for run in wanted}
        ring: Ring | None = None
        try:
            ring = self._others.connect()
            attempt = Attempt(self._means, ring, self._progress, tuple(digests[run.plan] for run in wanted))
            done = attempt.carry_out()
        except (InputError, PeerError, PolicyRefusal, BrokenInvariant) as error:
            self._failed(wanted, attempted, error)
        except Exception as error:  # noqa: BLE001 - our own fault, or the machine's: counted, so that a run rests at last
            self._means.watch.failed("attempt.fault", error)
            self._failed(wanted, attempted, BrokenInvariant("run.fault"))
        else:
            self._failures = 0 if done is not None else self._failures + 1
            if done is not None:
                self._means.store.pause(done, "")
            else:
                self._look_aside(wanted)
        finally:
            self._progress.end()
            if ring is not None:
                ring.close()

    def _failed(self, wanted: list[Run], attempted: dict[str, int], error: SansnomError) -> None:
        """Note a failed attempt; abort for good where no other can help, rest after too many."""
        self._failures += 1
        at_work, _ = self._progress.current()
        self._means.watch.failed("attempt.failed", error, plan=at_work or "-")
        if at_work and error.code in FINAL:
            self._abort(at_work, error.code)
            return
        for run in wanted:
            now = self._means.store.run(run.plan)
            counts = now is not None and now.attempts > attempted[run.plan]
            if counts or (run.plan == at_work and not isinstance(error, PeerError) and error.code not in FAULTS):
                self._attempts[run.plan] = self._attempts.get(run.plan, 0) + 1
                reason = "run.attempts" if self._rests(run) and isinstance(error, PeerError) else error.code
                self._pause(run.plan, reason)
            elif error.code in FAULTS:  # the operator's to mend; then it goes on by itself
                self._pause(run.plan, error.code)
        self._look_aside(wanted)

    def _pause(self, plan: str, reason: str) -> None:
        """Write why a run waits; a disk that is full cannot even take that, and says so in the notes."""
        try:
            self._means.store.pause(plan, reason)
        except InputError as error:
            self._means.watch.failed("store.failed", error, plan=plan)

    def _look_aside(self, wanted: list[Run]) -> None:
        """See whether a peer has finished a run without us, or stopped it for good: then no ring will ever stand for it."""
        for run in wanted:
            for party in PARTIES:
                if party == self._means.identity.party:
                    continue
                try:
                    state = self._others.progress(party, run.plan)
                    if run.state is RunState.OPENED and self._adopt(run, self._others.release(party, run.plan)):
                        break
                except PeerError:
                    continue
                stopped = state.get("state") == RunState.ABORTED or (
                    state.get("state") == RunState.DESTROYED and state.get("reason")
                )
                if stopped and run.state is not RunState.OPENED:
                    self._abort(run.plan, "run.peer_stopped")
                    break

    def _adopt(self, run: Run, envelope: object) -> bool:
        """Keep a release that the three signed before this helper could: only if it is, byte for byte, its own."""
        if envelope is None or run.agreed is None:
            return False
        setting = self._means.plan(run.plan)
        keys = [helper.sign_key for helper in setting.roster.helpers]
        try:
            signed = verify_object("release", envelope, keys, len(keys))
        except PolicyRefusal as error:
            self._means.watch.failed("release.refused", error, plan=run.plan)
            return False
        try:
            own = release_of(self._means, run.plan, AgreedSet.from_json(json.loads(run.agreed)))
        except (ValueError, KeyError, TypeError) as error:  # a disk has changed what this helper wrote
            self._means.watch.failed("release.unmade", error, plan=run.plan)
            return False
        if canonical_bytes(signed) != canonical_bytes(own) or not isinstance(envelope, dict):
            self._means.watch.note("release.other", plan=run.plan)
            return False
        self._means.store.keep_release(run.plan, canonical_bytes(envelope), self._means.instant())
        self._means.watch.note("run.adopted", plan=run.plan)
        return True

    def _abort(self, plan: str, reason: str) -> None:
        self._means.store.abort(plan, reason, self._means.instant())
        self._means.watch.note("run.aborted", plan=plan, reason=reason)

    # ------------------------------------------------------------------------------------------------------ finishing

    def _finish(self, run: Run) -> None:
        """Erase keys and submissions at once, publish what is signed, then attest; whatever cannot be done now is tried later."""
        try:
            if run.state is RunState.SIGNED:
                if self._holds_secrets(run.plan):
                    self._means.store.erase(run.plan)
                    self._means.watch.note("run.erased", plan=run.plan)
                self._publish(run)
            if run.release is not None and run.reason:
                self._pause(run.plan, "")
            self._destroy(run.plan)
            self._failures = 0
        except SansnomError as error:  # the board is away, or a disk is full
            self._failures += 1
            self._means.watch.failed("publish.failed", error, plan=run.plan)
            if run.release is not None:
                self._pause(run.plan, error.code)

    def _holds_secrets(self, plan: str) -> bool:
        key = self._means.store.plan_key(plan)
        return key is not None and (key.seal_private is not None or key.noise_salt is not None)

    def _publish(self, run: Run) -> None:
        assert run.release is not None
        assert run.agreed_signed is not None
        self._board.put(f"releases/{run.plan}/submission-set.json", run.agreed_signed)
        self._board.put(f"releases/{run.plan}/release.json", run.release)
        self._means.store.mark_published(run.plan, self._means.instant())
        self._means.watch.note("run.published", plan=run.plan)

    def _destroy(self, plan: str) -> None:
        """Destroy the plan's keys and submissions, and attest it: a statement, no proof that no copy was made."""
        held = self._means.store.all_held(plan)
        told = {
            "schema": "sansnom/destruction/1",
            "plan": plan,
            "plan_digest": self._means.plan(plan).plan_digest,
            "party": int(self._means.identity.party),
            "destroyed": ["plan_key", "noise_salt", "submissions"],
            "submissions": len(held),
            "destroyed_on": self._means.instant(),
        }
        attestation = canonical_bytes(sign_object("destruction", told, self._means.identity.signing))
        self._means.store.destroy(plan, attestation, self._means.instant())
        self._means.watch.note("run.destroyed", plan=plan, submissions=len(held))
        self._unattested.add(plan)
        self._attest_all()

    def _attest_all(self) -> None:
        """Bring to the board the attestations that it does not have yet, or may not have."""
        for plan in sorted(self._unattested):
            run = self._means.store.run(plan)
            try:
                if run is not None and run.release is not None and run.attestation is not None:
                    name = f"releases/{plan}/destruction-{self._means.identity.party}.json"
                    self._board.put(name, run.attestation)
                self._unattested.discard(plan)
            except SansnomError as error:
                self._means.watch.failed("publish.failed", error, plan=plan)

    def _forget_verdicts(self) -> None:
        """Delete replies that desks had long enough to fetch: with a desk's keys, they tell what it decided."""
        before = self._means.clock.now() - timedelta(days=self._pace.verdict_days)
        gone = self._means.store.forget_verdicts(written(before))
        if gone:
            self._means.watch.note("verdicts.forgotten", replies=gone)
