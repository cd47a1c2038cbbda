"""Where the desk answers, and what its server refuses."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from sansnom.desk.house.asgi import bounded
from sansnom.desk.house.places import DATABASE_VARIABLE, database_settings
from sansnom.desk.house.serve import Offer
from sansnom.desk.house.settings import BODY_BYTES_MAX
from sansnom.terms.errors import InputError


def test_other_machines_need_tls_and_a_host_name(tmp_path: Path) -> None:
    """A host name without certificate, or a certificate without host name, is refused before anything listens."""
    pem = tmp_path / "pem"
    pem.write_text("x")
    with pytest.raises(InputError, match=r"desk\.no_tls"):
        Offer(host_name="poste.example").check()
    with pytest.raises(InputError, match=r"desk\.no_host"):
        Offer(certificate=pem, private_key=pem).check()
    Offer(host_name="poste.example", certificate=pem, private_key=pem).check()
    Offer().check()
    assert Offer().url == "http://localhost:8322/"


@pytest.mark.parametrize(
    "headers",
    [
        [(b"content-length", str(BODY_BYTES_MAX).encode())],
        [(b"transfer-encoding", b"chunked")],
        [(b"content-length", b"-1")],
    ],
)
def test_a_body_that_would_become_a_file_is_refused_unread(headers: list[tuple[bytes, bytes]]) -> None:
    """Too large or of unknown size: 413 before a byte is read, so no temporary file is written."""
    sent: list[Mapping[str, Any]] = []
    passed: list[bool] = []

    async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
        passed.append(True)

    async def receive() -> Mapping[str, Any]:
        raise AssertionError

    async def send(message: Mapping[str, Any]) -> None:
        sent.append(message)

    guarded: Callable[..., Awaitable[None]] = bounded(application)
    asyncio.run(_once(guarded({"type": "http", "headers": headers}, receive, send)))
    assert sent[0]["status"] == 413
    assert passed == []
    asyncio.run(_once(guarded({"type": "http", "headers": [(b"content-length", b"5")]}, receive, send)))
    assert passed == [True]


async def _once(awaited: Awaitable[None]) -> None:
    await awaited


def test_one_setting_names_another_database(monkeypatch: pytest.MonkeyPatch) -> None:
    """PostgreSQL is one variable away, with the server's certificate checked; what is no such address is refused."""
    assert database_settings()["ENGINE"] == "sansnom.desk.sqlcipher"
    monkeypatch.setenv(DATABASE_VARIABLE, "postgresql://nom:secret%21@db.example:5433/poste")
    told = database_settings()
    assert (told["NAME"], told["PASSWORD"], told["PORT"]) == ("poste", "secret!", "5433")
    assert told["OPTIONS"] == {"sslmode": "verify-full"}
    monkeypatch.setenv(DATABASE_VARIABLE, "mysql://x/y")
    with pytest.raises(InputError, match=r"desk\.database_address"):
        database_settings()
