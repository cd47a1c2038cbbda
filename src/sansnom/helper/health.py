"""How well a helper is, judged from what its lookout saw: six signs, each good, to be watched, or an alarm. Pure.

What is seen here is what an operator must act on, and nothing finer: no count or size that grows with a submission, no instant of
one. The card says why (`README.md`, "What watching shows").
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Final

from sansnom.terms.errors import Parameter

MIB: Final = 2**20
ROOM_BYTES: Final = 1024 * MIB
"""Free room below which an operator should look, beside the store's own size twice over: a destruction rewrites the file."""
ROOM_BYTES_LEAST: Final = 256 * MIB
SKEW_SECONDS: Final = 5
SKEW_SECONDS_MOST: Final = 60
"""A minute: cut-offs are told to the second, receipts to the hour."""
END_DAYS: Final = 60
END_DAYS_LEAST: Final = 14
AWAY: Final = timedelta(minutes=15)
AWAY_MOST: Final = timedelta(hours=2)
STALE: Final = timedelta(minutes=30)
FREE_STEPS: Final = 20
"""Free room is told in twentieths: a finer number would show when a submission came, and how large it was."""


class Level(IntEnum):
    """How urgent a sign is."""

    GOOD = 0
    WATCH = 1
    ALARM = 2


@dataclass(frozen=True, slots=True)
class Sign:
    """One thing that can go wrong: its name, how urgent it is, the code of the sentence that says what was seen."""

    name: str
    level: Level
    code: str
    parameters: dict[str, Parameter] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Seen:
    """What the lookout saw of one helper, this one included, at the address of the roster.

    answered          it answered, under the roster's certificate
    silent_since      since when it has not answered; None while it does
    ahead_seconds     its clock minus ours, in whole seconds; None when it did not say
    certificate_ends  the last instant of the certificate that it showed; None when it showed none, or another one
    certificate_other it showed another certificate than the roster's
    copies            how many processes answer in its place: a second one after a first one came back is one too many
    roster_version    the version of the roster that it works with; None when it did not say
    """

    party: int
    answered: bool
    silent_since: datetime | None = None
    ahead_seconds: int | None = None
    certificate_ends: datetime | None = None
    certificate_other: bool = False
    copies: int = 1
    roster_version: int | None = None


@dataclass(frozen=True, slots=True)
class Observed:
    """All that the lookout saw in one look.

    jumped_seconds  how far this machine's clock moved against its own steady one since the helper started
    runs            how many runs are in each state
    resting         plans whose run rests after too many attempts, or was stopped by a peer's fault, with the code of the reason
    """

    at: datetime
    party: int
    roster_version: int
    free_bytes: int
    disk_bytes: int
    store_bytes: int
    read_only: bool
    jumped_seconds: int
    certificate_ends: datetime
    seen: tuple[Seen, ...]
    runs: dict[str, int]
    resting: tuple[tuple[str, str], ...]

    @property
    def peers(self) -> tuple[Seen, ...]:
        """Give the two others."""
        return tuple(one for one in self.seen if one.party != self.party)

    @property
    def itself(self) -> Seen | None:
        """Give what was seen at this helper's own address."""
        return next((one for one in self.seen if one.party == self.party), None)

    @property
    def free_steps(self) -> int:
        """Give the free room in twentieths of the disk, rounded down."""
        return self.free_bytes * FREE_STEPS // max(self.disk_bytes, 1)


def signs_of(observed: Observed, now: datetime) -> tuple[Sign, ...]:
    """Judge everything that was seen; the order is that of the operator's guide."""
    return (
        _disk(observed),
        _clock(observed),
        _certificate(observed, now),
        _peers(observed, now),
        _copy(observed),
        _runs(observed, now),
    )


def worst(signs: tuple[Sign, ...]) -> Level:
    """Give the most urgent level."""
    return max((sign.level for sign in signs), default=Level.GOOD)


def _disk(observed: Observed) -> Sign:
    """A destruction rewrites the whole store beside itself, so twice its size must be free."""
    step = 100 // FREE_STEPS
    percent = observed.free_steps * step
    if observed.read_only:
        return Sign("disk", Level.ALARM, "health.disk.read_only")
    needed = 2 * observed.store_bytes
    if observed.free_bytes < needed + ROOM_BYTES_LEAST:
        return Sign("disk", Level.ALARM, "health.disk.full", {"percent": percent + step})
    if observed.free_bytes < needed + ROOM_BYTES:
        return Sign("disk", Level.WATCH, "health.disk.little", {"percent": percent + step})
    if percent == 0:
        return Sign("disk", Level.GOOD, "health.disk.enough")
    return Sign("disk", Level.GOOD, "health.disk.good", {"percent": percent})


def _clock(observed: Observed) -> Sign:
    """Ours is wrong when both peers say so, in the same direction, or when it jumped; one peer alone may be wrong itself."""
    if abs(observed.jumped_seconds) >= SKEW_SECONDS_MOST:
        return Sign("clock", Level.ALARM, "health.clock.jumped", {"seconds": abs(observed.jumped_seconds)})
    told = {one.party: one.ahead_seconds for one in observed.peers if one.ahead_seconds is not None}
    if not told:
        return Sign("clock", Level.GOOD, "health.clock.unknown")  # both are away: that is another sign's to say
    ahead = sorted(told.values())
    if len(ahead) > 1 and (ahead[0] >= SKEW_SECONDS_MOST or ahead[-1] <= -SKEW_SECONDS_MOST):
        return Sign("clock", Level.ALARM, "health.clock.wrong", {"seconds": min(map(abs, ahead))})
    party, most = max(told.items(), key=lambda one: abs(one[1]))
    if abs(most) >= SKEW_SECONDS:
        return Sign("clock", Level.WATCH, "health.clock.differs", {"seconds": abs(most), "seat": party})
    return Sign("clock", Level.GOOD, "health.clock.good", {"seconds": abs(most)})


def _certificate(observed: Observed, now: datetime) -> Sign:
    """The one that ends first among the three; another one than the roster's is an alarm at once."""
    for one in observed.peers:
        if one.certificate_other:
            return Sign("certificate", Level.ALARM, "health.certificate.other", {"seat": one.party})
    ends = {observed.party: observed.certificate_ends}
    ends |= {one.party: one.certificate_ends for one in observed.peers if one.certificate_ends is not None}
    party, first = min(ends.items(), key=lambda one: one[1])
    days = (first - now) // timedelta(days=1)
    told: dict[str, Parameter] = {"seat": party, "days": max(days, 0), "day": first.date().isoformat()}
    if first <= now:
        return Sign("certificate", Level.ALARM, "health.certificate.ended", told)
    if days < END_DAYS:
        level = Level.ALARM if days < END_DAYS_LEAST else Level.WATCH
        return Sign("certificate", level, "health.certificate.ends", told)
    return Sign("certificate", Level.GOOD, "health.certificate.good", told)


def _peers(observed: Observed, now: datetime) -> Sign:
    """Name the peer that has been silent longest."""
    silent = [(one.silent_since, one.party) for one in observed.peers if one.silent_since is not None]
    if not silent:
        return Sign("peers", Level.GOOD, "health.peers.good")
    since, party = min(silent)
    hours = (now - since) // timedelta(hours=1)
    if now - since < AWAY:
        return Sign("peers", Level.GOOD, "health.peers.brief", {"seat": party})
    level = Level.ALARM if now - since >= AWAY_MOST else Level.WATCH
    return Sign("peers", level, "health.peers.away", {"seat": party, "hours": hours})


def _copy(observed: Observed) -> Sign:
    """Somebody else answers in a helper's place: another copy of its folder runs somewhere."""
    itself = observed.itself
    for one in observed.peers:
        if one.copies > 1:
            return Sign("copy", Level.ALARM, "health.copy.peer", {"seat": one.party})
    if itself is None or not itself.answered:
        return Sign("copy", Level.GOOD, "health.copy.unknown")
    if itself.copies > 1:
        return Sign("copy", Level.ALARM, "health.copy.own")
    return Sign("copy", Level.GOOD, "health.copy.good")


def _runs(observed: Observed, now: datetime) -> Sign:
    if now - observed.at > STALE:
        return Sign("runs", Level.ALARM, "health.runs.stale")
    if observed.resting:
        plan, reason = observed.resting[0]
        return Sign("runs", Level.ALARM, "health.runs.resting", {"plan": plan, "reason": reason})
    others = sorted({one.roster_version for one in observed.peers if one.roster_version is not None})
    if any(version != observed.roster_version for version in others):
        return Sign("runs", Level.WATCH, "health.runs.roster", {"version": observed.roster_version})
    return Sign("runs", Level.GOOD, "health.runs.good", {"count": sum(observed.runs.values())})
