"""A small world for the helper's tests: three helpers, a convener, four desks, one plan; the ring in memory or real."""

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from functools import cache
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

from sansnom.compute.steps import Exchange, Received, Steps
from sansnom.exchange.encode import encode_records
from sansnom.exchange.keys import PrivateKeys, Randomness
from sansnom.exchange.rows import all_dummies
from sansnom.exchange.setting import Setting
from sansnom.exchange.submission import SealedSubmission, build_submission
from sansnom.helper.certificates import make_certificate
from sansnom.helper.clock import SystemClock
from sansnom.helper.keys import Identity, initialize_helper, load_helper
from sansnom.helper.limits import Bucket
from sansnom.helper.means import Means, load_dictionary
from sansnom.helper.progress import Progress
from sansnom.helper.publish import FolderBoard
from sansnom.helper.reception import Reception
from sansnom.helper.runs import Others, Pace, Worker
from sansnom.helper.store import Store
from sansnom.helper.watch import Watch
from sansnom.terms.canonical import canonical_bytes
from sansnom.terms.errors import PeerError, PolicyRefusal
from sansnom.terms.parse import Text
from sansnom.terms.party import PARTIES, PartyNumber, following, preceding
from sansnom.terms.plan import HelperSeat, KeyRule, Linking, Period, Plan, Request
from sansnom.terms.roster import Roster
from sansnom.terms.table import TableSpec
from sansnom.transparency.signature import sign_object
from tests.exchange import examples

T = TypeVar("T")
START = datetime(2026, 4, 2, 12, 0, tzinfo=UTC)
PLAN = "essai-1"
WHY = Text("Pour les essais, et pour rien d’autre que les essais.", "For the tests, and for nothing but the tests.")
SAID = Text("Un essai", "A test")
CODES = ("aube", "brise", "cap", "delta")


class HandClock:
    """A clock that stands until a test moves it."""

    def __init__(self) -> None:
        self.instant = START

    def now(self) -> datetime:
        """Give the instant that the hands show."""
        return self.instant

    def forward(self, **parts: int) -> None:
        """Move the hands on."""
        self.instant += timedelta(**parts)


class Rendezvous:
    """The ring in memory: three threads meet, and pass arrays by queues. A test may break it at any round."""

    def __init__(self, patience_seconds: float = 5.0) -> None:
        self.patience_seconds = patience_seconds
        self.changed = threading.Condition()
        self.waiting: dict[PartyNumber, MemoryRing] = {}
        self.fault: Callable[[PartyNumber, int], None] = lambda _party, _round: None
        self.rings = 0

    def connect(self, party: PartyNumber) -> "MemoryRing":
        """Wait for the two others; PeerError when they do not come."""
        ring = MemoryRing(self, party)
        with self.changed:
            self.waiting[party] = ring
            if len(self.waiting) == len(PARTIES):
                met = dict(self.waiting)
                for one in met.values():
                    one.others = met
                self.waiting.clear()
                self.rings += 1
                self.changed.notify_all()
            elif not self.changed.wait_for(lambda: bool(ring.others), self.patience_seconds):
                self.waiting.pop(party, None)
                raise PeerError("peer.unreachable", following(party))
        return ring


class MemoryRing:
    """One helper's end of the ring in memory."""

    def __init__(self, rendezvous: Rendezvous, party: PartyNumber) -> None:
        self.rendezvous, self.party = rendezvous, party
        self.others: dict[PartyNumber, MemoryRing] = {}
        self.inbox: dict[PartyNumber, SimpleQueue[tuple[Any, ...] | None]] = {p: SimpleQueue() for p in PARTIES}
        self.rounds = 0

    def run(self, steps: Steps[T], on_round: Callable[[int], None] | None = None) -> T:
        """Run one protocol, as `peers.Peers` does."""
        try:
            answer: Received | None = None
            while True:
                try:
                    exchange = next(steps) if answer is None else steps.send(answer)
                except StopIteration as end:
                    result: T = end.value
                    return result
                self.rounds += 1
                self.rendezvous.fault(self.party, self.rounds)
                answer = self._round(exchange)
                if on_round is not None:
                    on_round(self.rounds)
        except BaseException:
            self.close()
            raise

    def _round(self, exchange: Exchange) -> Received:
        before, after = preceding(self.party), following(self.party)
        self.others[before].inbox[self.party].put(tuple(a.copy() for a in exchange.to_previous))
        self.others[after].inbox[self.party].put(tuple(a.copy() for a in exchange.to_next))
        return Received(self._take(before), self._take(after))

    def _take(self, party: PartyNumber) -> tuple[Any, ...]:
        try:
            arrays = self.inbox[party].get(timeout=self.rendezvous.patience_seconds)
        except Empty:
            arrays = None
        if arrays is None:
            raise PeerError("peer.closed", party)
        return arrays

    def close(self) -> None:
        """Let go; the others notice."""
        for other in self.others.values():
            other.inbox[self.party].put(None)


@dataclass(slots=True)
class Seat:
    """One helper of the world, and what it has been made of; `restart` is what a new process would find."""

    world: "World"
    identity: Identity
    lines: list[str] = field(default_factory=list)
    means: Means = field(init=False)
    reception: Reception = field(init=False)
    worker: Worker = field(init=False)
    progress: Progress = field(init=False)

    def restart(self) -> None:
        """Forget everything but the disk."""
        if hasattr(self, "means"):
            self.means.store.close()
        world, party = self.world, self.identity.party
        watch = Watch(world.clock, self.lines.append)
        store = Store(self.identity.store_path)
        store.keep_roster(world.roster.digest, canonical_bytes(world.roster_file))
        self.means = Means(self.identity, world.roster, store, world.clock, watch, world.randomness)
        self.progress = Progress()
        self.worker = Worker(self.means, self.progress, _Others(world, party), FolderBoard(world.board), world.pace)
        bucket = Bucket(1000.0, 1000.0, lambda: 0.0)
        self.reception = Reception(self.means, self.progress, bucket, self.worker.wake)


class _Others:
    def __init__(self, world: "World", party: PartyNumber) -> None:
        self._world, self._party = world, party

    def connect(self) -> MemoryRing:
        return self._world.rendezvous.connect(self._party)

    def progress(self, party: PartyNumber, plan: str) -> dict[str, Any]:
        try:
            return self._world.seats[party].reception.progress(plan)
        except PolicyRefusal:
            return {}

    def release(self, party: PartyNumber, plan: str) -> object:
        try:
            return json.loads(self._world.seats[party].reception.public_file(plan, "release"))
        except PolicyRefusal:
            return None


@dataclass(slots=True)
class World:
    """Everything of one test; nothing outlives it."""

    folder: Path
    roster: Roster
    roster_file: dict[str, Any]
    clock: HandClock
    randomness: Randomness
    rendezvous: Rendezvous = field(default_factory=Rendezvous)
    pace: Pace = field(default_factory=lambda: Pace(idle=0.01, first=0.001, longest=0.01))
    seats: list[Seat] = field(default_factory=list)
    abstaining: str = "delta"

    @property
    def board(self) -> Path:
        """Say where the board's folder is."""
        return self.folder / "board"

    @property
    def convener(self) -> PrivateKeys:
        """Give the convener's keys."""
        return examples.keys_of("convener")

    def order(self, kind: str, **told: Any) -> bytes:
        """Write an order that the convener signs."""
        signed = {"schema": f"sansnom/{kind}/1", **told}
        return canonical_bytes(sign_object(kind, signed, self.convener.signing))

    def plan_keys(self, name: str = PLAN) -> tuple[HelperSeat, ...]:
        """Ask the three helpers for their keys for a plan."""
        asked = self.order("plan-key-request", plan=name, roster_digest=self.roster.digest)
        told = [json.loads(seat.reception.make_plan_key(name, asked))["signed"] for seat in self.seats]
        return tuple(HelperSeat(SAID, t["seal_key"], t["sign_key"], t["noise_commitment"]) for t in told)

    def plan_file(self, plan: Plan) -> bytes:
        """Sign a plan as its convener."""
        return canonical_bytes(sign_object("plan", plan.to_json(), self.convener.signing))

    def publish_plan(self, plan: Plan | None = None) -> Setting:
        """Let all three helpers accept a plan."""
        plan = plan if plan is not None else small_plan(self.roster, self.plan_keys())
        for seat in self.seats:
            seat.reception.take_plan(plan.plan, self.plan_file(plan))
        return self.setting(plan)

    def setting(self, plan: Plan) -> Setting:
        """Give what follows from a plan."""
        return Setting.of(plan, self.roster, load_dictionary("2026.1"))

    def submission(self, setting: Setting, code: str, sequence: int = 1) -> SealedSubmission:
        """Build a desk's submission: real rows, but for the one that abstains."""
        organization = setting.roster.organization(code)
        if code == self.abstaining:
            rows = all_dummies(setting.layout, organization.size_class)
        else:
            rows = encode_records(
                examples.records(code), organization, setting, examples.lists(), examples.pepper()
            ).rows
        seeds = examples.seeded(f"{code} {sequence} {setting.plan_digest}")
        return build_submission(rows, setting, organization, examples.keys_of(code), seeds, sequence)

    def submit(self, setting: Setting, codes: tuple[str, ...] = CODES, parties: tuple[int, ...] = (0, 1, 2)) -> None:
        """Send the submissions of these organizations to these helpers."""
        for code in codes:
            sealed = self.submission(setting, code)
            for party in parties:
                self.seats[party].reception.take_submission(PLAN, sealed.manifest.organization, sealed.messages[party])

    def close(self, setting: Setting) -> None:
        """Close the plan by the convener's order."""
        order = self.order("close-order", plan=setting.plan.plan, plan_digest=setting.plan_digest)
        for seat in self.seats:
            seat.reception.close(setting.plan.plan, order)

    def turn_all(self, parties: tuple[int, ...] = (0, 1, 2)) -> list[BaseException | None]:
        """Let the workers of these helpers do one turn each, side by side; give what each raised."""
        raised: list[BaseException | None] = [None for _ in parties]

        def turn(place: int, seat: Seat) -> None:
            try:
                seat.worker.turn()
            except BaseException as error:  # noqa: BLE001 - handed to the test
                raised[place] = error

        threads = [threading.Thread(target=turn, args=(n, self.seats[p])) for n, p in enumerate(parties)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return raised

    def finish(self, turns: int = 4) -> None:
        """Turn until every run of every helper is over."""
        for _ in range(turns):
            raised = [error for error in self.turn_all() if error is not None]
            if raised:
                raise raised[0]

    def states(self, name: str = PLAN) -> list[str]:
        """Say where the run stands at each helper."""
        return [seat.reception.progress(name)["state"] for seat in self.seats]

    def cells(self, name: str = PLAN) -> list[bytes | None]:
        """Give the noisy cells that each helper has on disk."""
        return [run.cells if (run := seat.means.store.run(name)) is not None else None for seat in self.seats]


def make_world(folder: Path, addresses: list[tuple[str, str]] | None = None, seed: str = "world") -> World:
    """Make three helpers and a signed roster of four organizations."""
    clock, randomness = HandClock(), _locked(examples.seeded(seed))
    addresses = addresses or [(f"https://localhost:{9000 + n}", f"localhost:{9100 + n}") for n in range(3)]
    entries = [
        initialize_helper(
            folder / f"helper-{party}",
            party=party,
            name=Text(f"Calcul {party}", f"Helper {party}"),
            institution=Text("Université", "University"),
            url=url,
            peer_address=peer_address,
            randomness=randomness,
            clock=clock,
            certify=_certify,
        )
        for party, (url, peer_address) in enumerate(addresses)
    ]
    organizations = tuple(examples.organization(n + 1, code) for n, code in enumerate(CODES))
    convener = examples.keys_of("convener")
    roster = Roster(1, "2026", SAID, convener.public.sign_key, tuple(entries), organizations, trial=True)
    signed = sign_object("roster", roster.to_json(), convener.signing)
    (folder / "roster.json").write_bytes(canonical_bytes(signed))
    world = World(folder, roster, signed, clock, randomness)
    for party in PARTIES:
        seat = Seat(world, load_helper(folder / f"helper-{party}"))
        seat.restart()
        world.seats.append(seat)
    return world


def small_plan(
    roster: Roster, helpers: tuple[HelperSeat, ...], name: str = PLAN, rho: Fraction = Fraction(1, 10)
) -> Plan:
    """Give a plan that is quick to compute and that the rules accept; another name asks other questions."""
    half = rho / 4
    first = (TableSpec("persons", "persons", SAID, half), TableSpec("multiplicity", "multiplicity", SAID, half))
    measure = "turned_away" if name == PLAN else "waiting"
    other = tuple(TableSpec(s, "persons", SAID, half, services=(s,)) for s in ("reception", "employment"))
    return Plan(
        plan=name,
        title=SAID,
        request=Request(*([WHY] * 6)),
        period=Period("2025-04-01", "2026-03-31"),
        cutoff="2026-05-01T12:00:00Z",
        dictionary="2026.1",
        roster_version=roster.version,
        roster_digest=roster.digest,
        pepper_check=examples.pepper().check,
        minimum_organizations=3,
        linking=Linking((KeyRule("A1", 6),), "A1", 1, 4),
        dimensions=(),
        tables=(
            *(first if name == PLAN else other),
            TableSpec("turned", "tally", SAID, half, services=("reception",), measure=measure, bound=3),
        ),
        budget_year="2025-2026",
        rho=rho,
        counts_rho=rho - 3 * half,
        helpers=helpers,
    )


def lasting_certificate(party: PartyNumber, now: datetime) -> tuple[bytes, bytes]:
    """Make a certificate that holds whenever the tests run: TLS asks this machine's clock, not the one that a test has set."""
    return make_certificate(party, max(now, SystemClock().now()))


@cache
def _certify(party: PartyNumber, now: datetime) -> tuple[bytes, bytes]:
    """Make one certificate for each seat: OpenSSL's randomness would make every world another one."""
    return lasting_certificate(party, now)


def _locked(draw: Randomness) -> Randomness:
    """Let several threads draw from one seeded source: each draw is different, whoever takes it."""
    lock = threading.Lock()

    def safe(size: int) -> bytes:
        with lock:
            return draw(size)

    return safe


_OTHERS: type[Others] = _Others  # the type checker compares the fake with the real thing
