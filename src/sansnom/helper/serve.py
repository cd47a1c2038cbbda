"""Start a helper: one process, two ports (HTTPS for desks and everybody, the ring for its two peers), one worker thread."""

import contextlib
import fcntl
import os
import secrets
import signal
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import uvicorn

from sansnom.helper.app import build_app
from sansnom.helper.certificates import server_context
from sansnom.helper.clock import SystemClock
from sansnom.helper.doorway import HEADERS_BYTES_MOST, Door, bounded_protocol
from sansnom.helper.health_page import build_health_app
from sansnom.helper.keys import load_helper, split_address
from sansnom.helper.limits import Bucket, Limits
from sansnom.helper.lookout import Lookout, watch_address
from sansnom.helper.means import Means, read_roster
from sansnom.helper.neighbours import Neighbours
from sansnom.helper.peers import Patience, open_listener
from sansnom.helper.progress import Progress
from sansnom.helper.publish import board_at
from sansnom.helper.reception import Reception
from sansnom.helper.renewal import follow_roster
from sansnom.helper.runs import Pace, Worker
from sansnom.helper.states import RunState
from sansnom.helper.store import Store
from sansnom.helper.watch import Watch
from sansnom.terms.clock import Clock
from sansnom.terms.errors import InputError

GRACE_SECONDS: Final = 3
LOCK_SECONDS: Final = 2.0
_QUIET: Final[Mapping[str, Any]] = {
    "ws": "none",
    "lifespan": "off",
    "loop": "asyncio",
    "log_config": None,
    "log_level": "critical",
    "access_log": False,
    "server_header": False,
    "proxy_headers": False,
}
"""What both of a helper's servers have in common: no log of their own, and no word of themselves or of a proxy."""


@dataclass(frozen=True, slots=True)
class Service:
    """Where and how a helper serves: its folder, the signed roster, the board, its two addresses, its numbers.

    watch  where the health page listens: a port of this machine's loopback, or HOST:PORT; empty: nowhere
    """

    directory: Path
    roster: Path
    board: str
    listen: str
    peer_listen: str
    limits: Limits = field(default_factory=Limits)
    pace: Pace = field(default_factory=Pace)
    patience: Patience = field(default_factory=lambda: Patience(connect=10.0, silence=120.0))
    watch: str = ""


def serve_helper(service: Service, clock: Clock | None = None) -> None:
    """Serve until a signal ends the process; whatever instant that is, what was accepted is on disk.

    Raises InputError for a folder, a roster, or an address that will not do, before anything is served.
    """
    clock = clock if clock is not None else SystemClock()
    watch = Watch(clock)
    with open_means(service, clock, watch) as means:
        progress = Progress()
        listener = _listener(service.peer_listen)
        others = Neighbours(means, listener, service.patience)
        worker = Worker(means, progress, others, board_at(service.board), service.pace)
        limits = service.limits
        by_organization = Bucket(limits.organization_burst, limits.organization_per_second, time.monotonic)
        reception = Reception(means, progress, by_organization, worker.wake)
        app = build_app(reception, limits, watch, time.monotonic)
        door = _door(service.listen, limits)
        context = server_context(means.identity.certificate_path, means.identity.certificate_key_path)
        server = uvicorn.Server(server_config(app, limits, context, door))
        lookout = Lookout(means, time.monotonic)
        page = _health_page(service.watch, lookout, means)
        thread = threading.Thread(target=worker.work, name="worker", daemon=True)
        thread.start()
        threading.Thread(target=lookout.work, name="lookout", daemon=True).start()
        watch.note(
            "helper.serving", party=int(means.identity.party), plans=len(means.store.plans()), process=os.getpid()
        )
        try:
            with _signals_end_serving():
                server.run(sockets=[door])
        finally:
            worker.stop()
            lookout.stop()
            if page is not None:
                page.should_exit = True
            thread.join(GRACE_SECONDS)
            listener.close()
            watch.note("helper.stopped", party=int(means.identity.party))


@contextlib.contextmanager
def open_means(service: Service, clock: Clock, watch: Watch) -> Iterator[Means]:
    """Open a helper's folder for one process alone; InputError `store.locked` when another has it."""
    identity = load_helper(service.directory)
    try:
        envelope = service.roster.read_bytes()
    except OSError:
        raise InputError("helper.roster", where=service.roster.name) from None
    roster = read_roster(envelope)
    with alone(service.directory), contextlib.closing(Store(identity.store_path)) as store:
        if roster.helpers:
            identity = follow_roster(identity, roster.helpers[identity.party])
        instance = secrets.token_hex(8)
        means = Means(identity, roster, store, clock, watch, secrets.token_bytes, instance=instance)
        refuse_another_store(means)
        store.keep_roster(roster.digest, envelope)
        yield means


def refuse_another_store(means: Means) -> None:
    """Raise InputError `store.other` when the file beside the keys is another helper's: its open plans name other keys."""
    party = means.identity.party
    for run in means.store.runs():
        if run.state is RunState.DESTROYED:
            continue
        setting, key = means.plan(run.plan), means.store.plan_key(run.plan)
        if key is None or setting.plan.helpers[party].seal_key != key.seal_public:
            raise InputError("store.other", where=means.store.path.name)


@contextlib.contextmanager
def alone(directory: Path) -> Iterator[None]:
    """Hold the folder: two processes with one store could sign two sets. The kernel lets go when the process dies.

    It may take a moment to: a helper that is started right after a kill waits for it before it says InputError `store.locked`.
    """
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        until = time.monotonic() + LOCK_SECONDS
        while not _held(descriptor):
            if time.monotonic() > until:
                raise InputError("store.locked", where=directory.name)
            time.sleep(LOCK_SECONDS / 20)
        yield
    finally:
        os.close(descriptor)


def _held(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


@contextlib.contextmanager
def _signals_end_serving() -> Iterator[None]:
    """Let a signal end uvicorn only: it raises the signal again when it is done, which must not cut our own end short."""
    told = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(number, lambda _number, _frame: None) for number in told]
    try:
        yield
    finally:
        for number, handler in zip(told, before, strict=True):
            signal.signal(number, handler)


def server_config(app: object, limits: Limits, context: ssl.SSLContext, door: Door) -> uvicorn.Config:
    """Configure uvicorn: our TLS context, no access log (paths are noted by kind only), no banner, bounded everything.

    Connections are bounded by the door, which chooses who goes; uvicorn's own bound would turn the newcomer away.
    """
    return uvicorn.Config(
        app,  # type: ignore[arg-type]  # an ASGI application
        http=bounded_protocol(limits, door),
        backlog=limits.connections_most,
        timeout_keep_alive=int(limits.headers_seconds),
        timeout_graceful_shutdown=GRACE_SECONDS,
        h11_max_incomplete_event_size=HEADERS_BYTES_MOST,
        ssl_context_factory=lambda _config, _default: context,
        **_QUIET,
    )


def _health_page(told: str, lookout: Lookout, means: Means) -> uvicorn.Server | None:
    """Serve the health page from a thread of its own, so that a busy intake never silences it."""
    if not told:
        return None
    host, port = watch_address(told)
    app = build_health_app(lookout, means.clock, int(means.identity.party), host)
    page = uvicorn.Server(uvicorn.Config(app, http="h11", limit_concurrency=16, timeout_graceful_shutdown=1, **_QUIET))
    line = _bound(host, port, "--watch", 16)
    threading.Thread(target=page.run, kwargs={"sockets": [line]}, name="health-page", daemon=True).start()
    return page


def _door(address: str, limits: Limits) -> Door:
    """Listen at HOST:PORT behind a door that bounds who may be there at once."""
    host, port = split_address(address)
    return Door.on(_bound(host, port, "--listen", limits.connections_most), limits, time.monotonic)


def _bound(host: str, port: int, where: str, backlog: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=backlog)
    except OSError:
        raise InputError("helper.port", where=where) from None


def _listener(address: str) -> socket.socket:
    host, port = split_address(address)
    try:
        return open_listener(host, port)
    except OSError:
        raise InputError("helper.port", where="--peer-listen") from None
