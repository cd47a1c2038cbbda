"""The lookout: every few minutes it looks at disk, clock, certificates, the two peers, and who answers in its own place.

It looks as anybody could: `GET /health` under the certificate of the roster. What it saw is kept in memory, one look at a time.
"""

import os
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, Final, Protocol

import httpx
from cryptography import x509

from sansnom.helper.certificates import fetch_certificate, pinned_context
from sansnom.helper.health import Level, Observed, Seen, signs_of
from sansnom.helper.keys import split_address
from sansnom.helper.means import Means
from sansnom.helper.states import PENDING
from sansnom.terms.errors import InputError, PeerError
from sansnom.terms.party import PARTIES, PartyNumber
from sansnom.terms.roster import Helper

LOOK_SECONDS: Final = 300.0
ANSWER_SECONDS: Final = 10.0
ANSWER_BYTES_MOST: Final = 65_536
RESTS: Final = frozenset(
    {"run.attempts", "run.fault", "run.cells", "run.set.second", "peer.signature", "peer.cells", "peer.noise"}
)
"""Reasons of a run that ask for a person."""


class Answer:
    """What came back from a helper's address: its own words, the hour it says it is, the certificate that it showed."""

    def __init__(self, told: dict[str, Any], date: str, certificate: bytes) -> None:
        """Take the parsed body, the Date header and the certificate (PEM)."""
        self.told, self.date, self.certificate = told, date, certificate


class Ask(Protocol):
    """Asks one helper how it is; `ask_health` does it over HTTPS."""

    def __call__(self, helper: Helper, party: PartyNumber) -> Answer:
        """Give its answer; PeerError `peer.unreachable`, `peer.certificate` or `peer.answer`."""
        ...


def ask_health(helper: Helper, party: PartyNumber) -> Answer:
    """Ask a helper how it is, under the certificate that the roster names; PeerError when nobody answers so."""
    host, port = split_address(helper.url.removeprefix("https://"))
    pem = fetch_certificate(party, host, port, helper.certificate, ANSWER_SECONDS)
    try:
        with (
            httpx.Client(verify=pinned_context(pem), timeout=ANSWER_SECONDS, trust_env=False) as client,
            client.stream("GET", helper.url + "/health") as answer,
        ):
            body = bytearray()
            for chunk in answer.iter_bytes():
                body += chunk
                if len(body) > ANSWER_BYTES_MOST:
                    raise PeerError("peer.answer", party)
            told = httpx.Response(answer.status_code, content=bytes(body)).json()
            date = answer.headers.get("date", "")
    except httpx.HTTPError:
        raise PeerError("peer.unreachable", party) from None
    except (ValueError, RecursionError):
        raise PeerError("peer.answer", party) from None
    if answer.status_code != httpx.codes.OK or not isinstance(told, dict):
        raise PeerError("peer.answer", party)
    return Answer(told, date, pem)


class Lookout:
    """Looks in a thread of its own; `observed` is what the last look saw."""

    def __init__(self, means: Means, monotonic: Callable[[], float], ask: Ask = ask_health) -> None:
        """Take a helper's means, a steady clock in seconds, and how to ask."""
        self._means, self._monotonic, self._ask = means, monotonic, ask
        self._began, self._steady = means.clock.now(), monotonic()
        self._heard: dict[PartyNumber, datetime] = dict.fromkeys(PARTIES, self._began)
        self._instances: dict[PartyNumber, list[str]] = {party: [] for party in PARTIES}
        self._levels: dict[str, Level] = {}
        self._stopped = threading.Event()
        self.observed: Observed | None = None

    def work(self, seconds: float = LOOK_SECONDS) -> None:
        """Look again and again until stopped; whatever goes wrong in one look is told, and the next one comes."""
        while not self._stopped.is_set():
            try:
                self.look()
            except Exception as error:  # noqa: BLE001 - who watches must not fall silent
                self._means.watch.failed("lookout.failed", error)
            self._stopped.wait(seconds)

    def stop(self) -> None:
        """End after the look at hand."""
        self._stopped.set()

    def look(self) -> Observed:
        """Look once, keep what was seen, and note each sign that changed its level."""
        means = self._means
        seen = tuple(self._see(party) for party in PARTIES)
        now = means.clock.now()
        jumped = (now - self._began).total_seconds() - (self._monotonic() - self._steady)
        free, total, read_only = disk_of(means.identity.directory)
        runs = means.store.runs()
        observed = Observed(
            at=now,
            party=int(means.identity.party),
            roster_version=means.roster.version,
            free_bytes=free,
            disk_bytes=total,
            store_bytes=means.store.size_bytes(),
            read_only=read_only,
            jumped_seconds=round(jumped),
            certificate_ends=certificate_end(means.identity.certificate_path.read_bytes()),
            seen=seen,
            runs={
                state: sum(run.state.value == state for run in runs) for state in sorted({r.state.value for r in runs})
            },
            resting=tuple((run.plan, run.reason) for run in runs if run.state in PENDING and run.reason in RESTS),
        )
        self.observed = observed
        self._note(observed, now)
        return observed

    def _see(self, party: PartyNumber) -> Seen:
        """Ask one helper; another instance that is followed by the first one again is a second copy, a new one only a restart."""
        now = self._means.clock.now()
        blank = Seen(int(party), answered=False, silent_since=self._heard[party], copies=self._copies(party))
        try:
            answer = self._ask(self._means.roster.helpers[party], party)
        except PeerError as error:
            return replace(blank, certificate_other=error.code == "peer.certificate")
        self._heard[party] = now
        self._remember(party, str(answer.told.get("instance", ""))[:64])
        roster = answer.told.get("roster")
        version = roster.get("version") if isinstance(roster, dict) else None
        return Seen(
            int(party),
            answered=True,
            ahead_seconds=_ahead(answer.date, now),
            certificate_ends=certificate_end(answer.certificate),
            copies=self._copies(party),
            roster_version=version if isinstance(version, int) else None,
        )

    def _remember(self, party: PartyNumber, instance: str) -> None:
        known = self._instances[party]
        if instance and (not known or known[-1] != instance):
            known.append(instance)
            del known[:-8]

    def _copies(self, party: PartyNumber) -> int:
        """Count who answers in a seat: at our own address anybody but us is one too many; elsewhere one who comes back is."""
        known = self._instances[party]
        if party == self._means.identity.party:
            return 1 + any(instance != self._means.instance for instance in known)
        return 1 + (len(set(known)) < len(known))

    def _note(self, observed: Observed, now: datetime) -> None:
        for sign in signs_of(observed, now):
            if self._levels.get(sign.name, Level.GOOD) != sign.level:
                self._means.watch.note("sign.changed", sign=sign.name, level=sign.level.name.lower(), code=sign.code)
            self._levels[sign.name] = sign.level


def certificate_end(pem: bytes) -> datetime:
    """Give the last instant of a certificate."""
    return x509.load_pem_x509_certificate(pem).not_valid_after_utc


def _ahead(date: str, now: datetime) -> int | None:
    try:
        told = parsedate_to_datetime(date)
    except ValueError:
        return None
    return round((told.astimezone(UTC) - now).total_seconds())


def disk_of(directory: Path) -> tuple[int, int, bool]:
    """Give the free room for us and the size of a folder's file system, in bytes, and whether it takes no writes."""
    told = os.statvfs(directory)
    return told.f_bavail * told.f_frsize, told.f_blocks * told.f_frsize, bool(told.f_flag & os.ST_RDONLY)


def watch_address(told: str) -> tuple[str, int]:
    """Read where the health page listens: a port alone is on this machine's loopback; InputError `helper.watch`."""
    try:
        return split_address(told if ":" in told else f"127.0.0.1:{told}")
    except InputError:
        raise InputError("helper.watch", where="--watch") from None
