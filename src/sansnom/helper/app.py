"""The helper over HTTP: carries bytes between the door and `reception.py`, and turns errors into answers.

Every error is one object: {"code", "parameters", "findings", "message"}; the message is in the language that was asked for.
No answer and no line written here carries a value of a record: paths hold plans' names and roster numbers only.
"""

import json
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, Final, TypeAlias

import anyio
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from sansnom.helper.limits import Bucket, Head, Intake, Limits
from sansnom.helper.messages import sentence
from sansnom.helper.reception import LOOKED_AT_BYTES, Reception
from sansnom.helper.watch import Watch
from sansnom.terms.errors import InputError, PolicyRefusal, SansnomError

Endpoint: TypeAlias = Callable[[Request], Awaitable[Response]]

STATUS: Final = {
    "body.length": 411,
    "body.size": 413,
    "body.slow": 408,
    "rate": 429,
    "busy": 503,
    "plan.unknown": 404,
    "organization.unknown": 404,
    "submission.stranger": 404,
    "http.unknown": 404,
    "http.method": 405,
    "submission.closed": 410,
    "submission.duplicate": 409,
    "submission.replayed": 409,
    "plan.taken": 409,
    "plan.late": 410,
    "verdict.forgotten": 410,
    "disk.full": 507,
    "disk.read_only": 507,
    "disk.broken": 507,
    "disk.damaged": 507,
}
"""Status of an answer by the code of its error; other refusals are 422 by rule or 403, other input 400, our bugs 500."""

WORKERS: Final = 4
"""Threads that check signatures and open submissions: a bound on the work that strangers can cause at once."""

HEADERS: Final = [
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"strict-transport-security", b"max-age=31536000"),
]


def build_app(reception: Reception, limits: Limits, watch: Watch, monotonic: Callable[[], float]) -> ASGIApp:
    """Build the application around a reception; `monotonic` gives seconds for the rates."""
    doors = _Doors(reception, limits, watch)
    routes = [
        Route("/health", doors.health, methods=["GET"]),
        Route("/plans", doors.plans, methods=["GET"]),
        Route("/plans/{plan}", partial(doors.public_file, kind="plan"), methods=["GET"]),
        Route("/plans/{plan}", doors.take_plan, methods=["PUT"]),
        Route("/plans/{plan}/keys", doors.plan_key, methods=["GET"]),
        Route("/plans/{plan}/keys", doors.make_plan_key, methods=["POST"]),
        Route("/plans/{plan}/close", doors.close, methods=["POST"]),
        Route("/plans/{plan}/progress", doors.progress, methods=["GET"]),
        Route("/plans/{plan}/submissions/{number:int}", doors.take_submission, methods=["PUT"]),
        Route("/plans/{plan}/submissions/{number:int}/receipt", doors.receipt, methods=["GET"]),
        Route("/plans/{plan}/verdicts/{number:int}", doors.verdict, methods=["GET"]),
    ]
    routes += [
        Route(f"/plans/{{plan}}/{kind}", partial(doors.public_file, kind=kind), methods=["GET"])
        for kind in ("refusal", "submission-set", "release", "destruction")
    ]
    handlers = dict.fromkeys((SansnomError, HTTPException, Exception), doors.explain)
    app = Starlette(routes=routes, exception_handlers=handlers)
    by_address = Bucket(limits.burst, limits.per_second, monotonic)
    return _Gate(app, by_address, watch, doors)


class _Gate:
    """Counts requests by address before anything else is looked at, and notes each answer: method, kind of path, status."""

    def __init__(self, app: ASGIApp, by_address: Bucket, watch: Watch, doors: "_Doors") -> None:
        self._app, self._by_address, self._watch, self._doors = app, by_address, watch, doors

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        told = 0

        async def note(message: Any) -> None:  # noqa: ANN401 - ASGI's own loose type
            nonlocal told
            if message["type"] == "http.response.start":
                told = message["status"]
                message["headers"] = [*message.get("headers", []), *HEADERS]
            await send(message)

        request = Request(scope, receive)
        try:
            self._by_address.take(request.client.host if request.client is not None else "-")
            await self._app(scope, receive, note)
        except ClientDisconnect:
            self._watch.note("request.gone", method=request.method)
        except Exception as error:  # noqa: BLE001 - whatever it was, the caller gets a code and no trace
            if told == 0:
                answer = await self._doors.explain(request, error)
                await answer(scope, receive, note)
        finally:
            self._watch.note("request", method=request.method, path=_shape(scope["path"]), status=told)


def _shape(path: str) -> str:
    """Tell a path without what a stranger could write into it: only words of our own routes."""
    ours = {"health", "plans", "keys", "close", "progress", "submissions", "receipt", "verdicts", "release", "refusal"}
    ours |= {"submission-set", "destruction"}
    return "/" + "/".join(part if part in ours else "." for part in path.strip("/").split("/")[:5])


class _Doors:
    """One method a door."""

    def __init__(self, reception: Reception, limits: Limits, watch: Watch) -> None:
        self._reception, self._limits, self._watch = reception, limits, watch
        self._intake = Intake(limits)
        self._workers: anyio.CapacityLimiter | None = None

    async def _work(self, function: Callable[..., Any], *arguments: object) -> Any:  # noqa: ANN401 - as the function's
        if self._workers is None:
            self._workers = anyio.CapacityLimiter(WORKERS)
        return await anyio.to_thread.run_sync(partial(function, *arguments), limiter=self._workers)

    async def _small_body(self, request: Request) -> bytes:
        declared = request.headers.get("content-length")
        return await self._intake.between(1, self._limits.small_body_bytes, declared, request.stream())

    async def health(self, request: Request) -> Response:  # noqa: ARG002 - every door takes a request
        return JSONResponse(self._reception.health())

    async def plans(self, request: Request) -> Response:  # noqa: ARG002 - as above
        return JSONResponse(await self._work(self._reception.plans))

    async def make_plan_key(self, request: Request) -> Response:
        body = await self._small_body(request)
        return _file(await self._work(self._reception.make_plan_key, request.path_params["plan"], body))

    async def plan_key(self, request: Request) -> Response:
        return _file(await self._work(self._reception.plan_key, request.path_params["plan"]))

    async def take_plan(self, request: Request) -> Response:
        body = await self._small_body(request)
        fresh = await self._work(self._reception.take_plan, request.path_params["plan"], body)
        return JSONResponse({"accepted": True}, status_code=201 if fresh else 200)

    async def close(self, request: Request) -> Response:
        body = await self._small_body(request)
        closed = await self._work(self._reception.close, request.path_params["plan"], body)
        return JSONResponse({"closed": closed})

    async def take_submission(self, request: Request) -> Response:
        plan, number = request.path_params["plan"], request.path_params["number"]
        least, most = await self._work(self._reception.submission_sizes, plan, number)
        declared = request.headers.get("content-length")

        async def look(beginning: bytes) -> None:
            await self._work(self._reception.look_at_head, plan, number, beginning)
            getattr(request.state, "trust", _nobody_waits)()

        head = Head(LOOKED_AT_BYTES, look, f"{plan} {number}")
        body = await self._intake.between(least, most, declared, request.stream(), head)
        return _file(await self._work(self._reception.take_submission, plan, number, body), status=201)

    async def receipt(self, request: Request) -> Response:
        return _file(
            await self._work(self._reception.receipt, request.path_params["plan"], request.path_params["number"])
        )

    async def verdict(self, request: Request) -> Response:
        return _file(
            await self._work(self._reception.verdict, request.path_params["plan"], request.path_params["number"])
        )

    async def progress(self, request: Request) -> Response:
        return JSONResponse(await self._work(self._reception.progress, request.path_params["plan"]))

    async def public_file(self, request: Request, kind: str) -> Response:
        return _file(await self._work(self._reception.public_file, request.path_params["plan"], kind))

    async def explain(self, request: Request, error: Exception) -> Response:
        """Turn an error into an answer; one that is not ours is told by its type only, to us, and as `internal` to them."""
        if isinstance(error, HTTPException):
            known = {404: "http.unknown", 405: "http.method"}
            error = InputError(known.get(error.status_code, "http.bad"))
        if not isinstance(error, SansnomError):
            self._watch.failed("request.failed", error)
            error = SansnomError("internal")
        language = language_of(request.headers.get("accept-language", ""))
        findings = getattr(error, "findings", ())
        told = {
            "code": error.code,
            "parameters": error.parameters,
            "findings": [{"code": f.code, "where": f.where, "parameters": f.parameters} for f in findings],
            "message": sentence(error.code, language, error.parameters),
        }
        headers = {"content-language": language, "vary": "Accept-Language", "connection": "close"}
        seconds = error.parameters.get("seconds")
        if isinstance(seconds, int):
            headers["retry-after"] = str(seconds)
        text = json.dumps(told, ensure_ascii=False)
        return Response(text, status_of(error), headers, "application/json")


def status_of(error: SansnomError) -> int:
    """Choose the status of an answer."""
    if error.code in STATUS:
        return STATUS[error.code]
    if error.code.endswith(".none"):
        return 404
    if isinstance(error, PolicyRefusal):
        return 422 if error.code.startswith("rule.") else 403
    return 400 if isinstance(error, InputError) else 500


def language_of(accepted: str) -> str:
    """Choose "fr" or "en" by an Accept-Language header: the heavier of the two, French when they weigh the same."""
    weights = {"fr": 0.0, "en": 0.0}
    for part in accepted[:200].lower().split(","):
        tag, _, parameter = part.strip().partition(";")
        primary = tag.partition("-")[0]
        try:
            weight = float(parameter.strip().removeprefix("q=")) if parameter else 1.0
        except ValueError:
            weight = 0.0
        if primary in weights:
            weights[primary] = max(weights[primary], weight)
    return "en" if weights["en"] > weights["fr"] else "fr"


def _nobody_waits() -> None:
    """Where no door of ours stands before the application, no connection is displaced."""


def _file(content: bytes, status: int = 200) -> Response:
    return Response(content, status, media_type="application/json")
