"""Serve a board's files as they are, with headers that keep readers to themselves, and take questions.

Any other web host serves the files as well; only the form (`board.ask_app`) needs this one.
"""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from sansnom.board.ask_app import PATHS, AskDesk
from sansnom.board.ask_pages import ask_policy
from sansnom.board.ask_store import Proposals
from sansnom.board.site import content_policy
from sansnom.terms.clock import Clock
from sansnom.terms.errors import SansnomError

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


def make_app(board_dir: Path, clock: Clock, proposals: Proposals | None = None) -> Starlette:
    """Give the application that serves this folder, and the form in the place of its page for asking."""
    desk = AskDesk(board_dir, proposals or Proposals.beside(board_dir), clock)
    policy = f"{content_policy()}; frame-ancestors 'none'"
    policy_of_form = f"{ask_policy(form=True)}; frame-ancestors 'none'"

    async def safe(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
        asks = request.url.path in PATHS
        if request.method not in (("GET", "HEAD", "POST") if asks else ("GET", "HEAD")):
            allowed = "GET, HEAD, POST" if asks else "GET, HEAD"
            return Response(status_code=405, headers={**HEADERS, "Allow": allowed})
        response = await call_next(request)
        response.headers.update(HEADERS)
        response.headers["Content-Security-Policy"] = policy_of_form if asks else policy
        if asks:
            response.headers["Cache-Control"] = "no-store"
        return response

    async def ask(request: Request) -> Response:
        try:
            return await desk.answer(request)
        except SansnomError:  # a board that cannot be believed takes no questions; its files stay readable
            return Response(status_code=503, headers={"Retry-After": "60"})

    return Starlette(
        routes=[
            *(Route(path, ask, methods=["GET", "POST"]) for path in PATHS),
            Mount("/", PublicFiles(directory=board_dir, html=True)),
        ],
        middleware=[Middleware(BaseHTTPMiddleware, dispatch=safe)],
    )


def serve(board_dir: Path, port: int, clock: Clock) -> None:
    """Serve on loopback until interrupted; who reads is not logged."""
    uvicorn.run(
        make_app(board_dir, clock), host=HOST, port=port, access_log=False, server_header=False, log_level="warning"
    )
