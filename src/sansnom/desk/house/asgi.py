"""The application that the server runs: Django behind a guard that refuses bodies too large to stay in memory."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, TypeAlias

from sansnom.desk.house.settings import BODY_BYTES_MAX

Scope: TypeAlias = dict[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Mapping[str, Any]]]
Send: TypeAlias = Callable[[Mapping[str, Any]], Awaitable[None]]
Application: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]

MARGIN_BYTES: Final = 1024


def bounded(application: Application) -> Application:
    """Answer 413 to a body without a length or larger than memory takes: Django would write it to a temporary file."""

    async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            headers = dict(scope["headers"])
            length = headers.get(b"content-length", b"0")
            if b"transfer-encoding" in headers or not length.isdigit() or int(length) > BODY_BYTES_MAX - MARGIN_BYTES:
                await send({"type": "http.response.start", "status": 413, "headers": [(b"content-length", b"0")]})
                await send({"type": "http.response.body", "body": b""})
                return
        await application(scope, receive, send)

    return guarded


def make_application() -> Application:
    """Give the desk's application, set up."""
    import django  # noqa: PLC0415 - after the environment says which folder
    from django.core.asgi import get_asgi_application  # noqa: PLC0415 - as above

    django.setup()
    return bounded(get_asgi_application())
