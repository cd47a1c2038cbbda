"""Serve a board's files as they are, with headers that keep readers to themselves. Any other web host does as well."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from sansnom.board.site import content_policy

HOST: Final = "127.0.0.1"
HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), interest-cohort=()",
    "Cache-Control": "no-cache",
}


class PublicFiles(StaticFiles):
    """Files of the board; names that start with a dot are half-written ones, and not public."""

    def lookup_path(self, path: str) -> tuple[str, "object"]:  # type: ignore[override]  # os.stat_result | None, passed through
        """Find a file, unless part of its path is hidden."""
        if any(part.startswith(".") for part in Path(path).parts if part != "."):
            return "", None
        return super().lookup_path(path)


def make_app(board_dir: Path) -> Starlette:
    """Give the application that serves this folder, and nothing beside it."""
    policy = f"{content_policy()}; frame-ancestors 'none'"

    async def safe(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
        if request.method not in ("GET", "HEAD"):
            return Response(status_code=405, headers={**HEADERS, "Allow": "GET, HEAD"})
        response = await call_next(request)
        response.headers.update(HEADERS)
        response.headers["Content-Security-Policy"] = policy
        return response

    return Starlette(
        routes=[Mount("/", PublicFiles(directory=board_dir, html=True))],
        middleware=[Middleware(BaseHTTPMiddleware, dispatch=safe)],
    )


def serve(board_dir: Path, port: int) -> None:
    """Serve on loopback until interrupted; who reads is not logged."""
    uvicorn.run(make_app(board_dir), host=HOST, port=port, access_log=False, server_header=False, log_level="warning")
