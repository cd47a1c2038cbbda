"""The one clock that ticks in a helper, and how instants are written."""

from datetime import UTC, datetime

from sansnom.terms.errors import InputError


class SystemClock:
    """The machine's clock, in UTC."""

    def now(self) -> datetime:
        """Give the present instant."""
        return datetime.now(UTC)


def written(instant: datetime) -> str:
    """Write an instant to the second, in UTC: 2026-04-01T12:00:00Z."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def read_instant(text: str, where: str) -> datetime:
    """Read an instant of a plan or an order; a day alone means its end in UTC. InputError `instant` names the place."""
    try:
        if len(text) == len("2026-04-01"):
            text += "T23:59:59+00:00"
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise InputError("instant", where=where) from None
    return instant if instant.tzinfo is not None else instant.replace(tzinfo=UTC)
