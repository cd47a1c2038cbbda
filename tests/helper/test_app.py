"""The helper over HTTP: statuses, languages, sizes before bodies, nothing said that should not be."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.types import ASGIApp

from sansnom.exchange.submission import SealedSubmission
from sansnom.exchange.wire import MANIFEST_BYTES_MAX
from sansnom.helper.app import build_app, language_of, status_of
from sansnom.helper.limits import Limits
from sansnom.helper.watch import Watch
from sansnom.terms.errors import BrokenInvariant, InputError, PolicyRefusal, SansnomError
from tests.helper.world import PLAN, World, make_world


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Give three helpers that have accepted a plan."""
    made = make_world(tmp_path)
    made.publish_plan()
    return made


class Client:
    """Asks an application in this process, one request after another."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    def request(
        self, method: str, path: str, content: Any = None, headers: dict[str, str] | None = None
    ) -> httpx.Response:
        """Send one request."""

        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(self._app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="https://helper") as client:
                return await client.request(method, path, content=content, headers=headers)

        return asyncio.run(ask())

    def get(self, path: str, headers: dict[str, str] | None = None) -> httpx.Response:
        """GET."""
        return self.request("GET", path, headers=headers)

    def put(self, path: str, content: Any, headers: dict[str, str] | None = None) -> httpx.Response:
        """PUT."""
        return self.request("PUT", path, content, headers)


def client_of(world: World, party: int = 0, limits: Limits | None = None, lines: list[str] | None = None) -> Client:
    """Give a client of one helper's application."""
    watch = Watch(world.clock, (lines if lines is not None else []).append)
    return Client(build_app(world.seats[party].reception, limits or Limits(), watch, lambda: 0.0))


def sealed(world: World, code: str = "aube") -> SealedSubmission:
    """Give an organization's submission."""
    return world.submission(world.seats[0].means.plan(PLAN), code)


def test_a_submission_goes_in_and_its_receipt_comes_out(world: World) -> None:
    """PUT gives 201 and the receipt; GET gives the same receipt; the plan is listed as open."""
    client = client_of(world)
    answer = client.put(f"/plans/{PLAN}/submissions/1", content=sealed(world).messages[0])
    assert answer.status_code == 201
    assert client.get(f"/plans/{PLAN}/submissions/1/receipt").content == answer.content
    assert client.get("/plans").json()["plans"][0]["state"] == "open"
    assert client.get("/health").json()["party"] == 0


def test_a_body_of_the_wrong_size_is_refused_before_it_is_read(world: World) -> None:
    """By Content-Length, with the size expected from this organization at this helper; nobody has to send it first."""
    client = client_of(world)
    most = len(sealed(world).messages[0]) + MANIFEST_BYTES_MAX

    touched: list[str] = []

    async def endless() -> AsyncIterator[bytes]:
        touched.append("read")
        yield b"x"

    answer = client.put(f"/plans/{PLAN}/submissions/1", endless(), {"content-length": str(10**10)})
    assert (answer.status_code, answer.json()["code"]) == (413, "body.size")
    assert answer.json()["parameters"]["expected"] <= most
    assert not touched
    assert client.put(f"/plans/{PLAN}/submissions/1", b"x").status_code == 413
    chunked = client.put(f"/plans/{PLAN}/submissions/1", endless())
    assert (chunked.status_code, chunked.json()["code"]) == (411, "body.length")


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nothing", 404, "http.unknown"),
        ("DELETE", "/health", 405, "http.method"),
        ("GET", "/plans/other", 404, "plan.none"),
        ("GET", "/plans/other/progress", 404, "plan.unknown"),
        ("GET", "/plans/%2e%2e%2fx/release", 404, ""),
        ("GET", f"/plans/{PLAN}/release", 404, "release.none"),
        ("GET", f"/plans/{PLAN}/verdicts/1", 404, "verdict.none"),
        ("GET", f"/plans/{PLAN}/submissions/1/receipt", 404, "receipt.none"),
        ("PUT", f"/plans/{PLAN}/submissions/99", 404, "submission.stranger"),
        ("PUT", f"/plans/{PLAN}", 400, "json.file"),
        ("POST", f"/plans/{PLAN}/close", 400, "json.file"),
        ("POST", f"/plans/{PLAN}/keys", 400, "json.file"),
    ],
)
def test_each_wrong_request_has_its_status_and_code(
    world: World, method: str, path: str, status: int, code: str
) -> None:
    """An error is one object with a stable code, never a page or a trace."""
    answer = client_of(world).request(method, path, content=b"not json" if method in ("PUT", "POST") else None)
    assert answer.status_code == status
    assert set(answer.json()) == {"code", "parameters", "findings", "message"}
    assert answer.json()["code"] == (code or answer.json()["code"])
    assert answer.headers["cache-control"] == "no-store"


def test_errors_speak_the_language_asked_for(world: World) -> None:
    """French or English by Accept-Language; French when both weigh the same."""
    client = client_of(world)
    told = {
        asked: client.get("/nothing", headers={"accept-language": asked})
        for asked in ("fr-CA", "en-CA,en;q=0.9,fr;q=0.5", "de")
    }
    assert [told[a].headers["content-language"] for a in told] == ["fr", "en", "fr"]
    assert told["fr-CA"].json()["message"] == "Il n’y a rien à cette adresse."
    assert told["en-CA,en;q=0.9,fr;q=0.5"].json()["message"] == "There is nothing at this address."


@pytest.mark.parametrize(
    ("accepted", "language"), [("", "fr"), ("en", "en"), ("en;q=x", "fr"), ("fr;q=0.1,en;q=0.2", "en"), ("EN-us", "en")]
)
def test_any_accept_language_header_chooses_one(accepted: str, language: str) -> None:
    """Nonsense chooses French."""
    assert language_of(accepted) == language


def test_an_address_that_asks_too_often_gets_429_and_when_to_come_back(world: World) -> None:
    """The rate counts before anything is looked at, also for wrong paths."""
    client = client_of(world, limits=Limits(burst=2.0, per_second=0.5))
    assert [client.get(path).status_code for path in ("/health", "/nothing", "/health")] == [200, 404, 429]
    answer = client.get("/health")
    assert (answer.json()["code"], answer.headers["retry-after"]) == ("rate", "3")


@pytest.mark.guarantee("G-10")
def test_a_bug_of_ours_tells_nothing_of_what_it_choked_on(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the answer nor the line written holds the exception's text, nor what the client sent."""
    lines: list[str] = []
    client = client_of(world, lines=lines)

    def choke(*_: object) -> bytes:
        raise RuntimeError("Maria Garcia, 1990-05-17")

    monkeypatch.setattr(world.seats[0].reception, "take_submission", choke)
    answer = client.put(f"/plans/{PLAN}/submissions/1", content=sealed(world).messages[0])
    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    client.get("/plans/Maria-Garcia-1990-05-17/progress")
    client.get("/Maria?Garcia=1990")
    told = answer.text + "".join(lines)
    assert "RuntimeError" in told
    assert not [word for word in ("Maria", "Garcia", "1990") if word in told]


@pytest.mark.guarantee("G-10")
def test_what_is_written_is_made_of_words_and_numbers(world: World) -> None:
    """Free text cannot be written: a detail that is not a plain word shows as a dash."""
    lines: list[str] = []
    watch = Watch(world.clock, lines.append)
    watch.note("event", said="Maria Garcia", count=3, plan="essai-1")
    watch.failed("event", ValueError("Maria Garcia"))
    watch.failed("event", InputError("json.type", where="Maria Garcia"))
    told = [json.loads(line) for line in lines]
    assert [t.get("said", t.get("error")) for t in told] == ["-", "ValueError", "InputError"]
    assert (told[0]["count"], told[0]["plan"], told[2]["code"]) == (3, "essai-1", "json.type")
    assert "Maria" not in "".join(lines)


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (PolicyRefusal("rule.refused"), 422),
        (PolicyRefusal("signature.wrong"), 403),
        (PolicyRefusal("submission.closed"), 410),
        (PolicyRefusal("submission.replayed"), 409),
        (PolicyRefusal("busy"), 503),
        (InputError("json.type"), 400),
        (BrokenInvariant("x"), 500),
    ],
)
def test_blame_chooses_the_status(error: SansnomError, status: int) -> None:
    """Refused by rule 422, not entitled 403, not readable 400, ours 500."""
    assert status_of(error) == status


@pytest.mark.guarantee("G-04")
def test_answers_to_abstaining_and_other_organizations_have_the_same_shape(world: World) -> None:
    """Same status, same headers, same length; the same lines are written."""
    shapes: list[Any] = []
    for code, number in (("aube", 1), ("delta", 4)):
        lines: list[str] = []
        client = client_of(world, 2, lines=lines)
        answers = [
            client.put(f"/plans/{PLAN}/submissions/{number}", content=sealed(world, code).messages[2]),
            client.get(f"/plans/{PLAN}/submissions/{number}/receipt"),
            client.get(f"/plans/{PLAN}/verdicts/{number}"),
        ]
        shapes.append(([(a.status_code, dict(a.headers), len(a.content)) for a in answers], lines))
    assert shapes[0] == shapes[1]


def test_a_body_that_no_desk_signed_is_refused_at_its_head(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The manifest is checked before the body is taken: a stranger's, or another organization's, never gets further."""
    taken: list[int] = []
    reception = world.seats[0].reception
    take = reception.take_submission

    def noted(name: str, number: int, body: bytes) -> bytes:
        taken.append(number)
        return take(name, number, body)

    monkeypatch.setattr(reception, "take_submission", noted)
    client = client_of(world)
    message = sealed(world).messages[0]
    answer = client.put(f"/plans/{PLAN}/submissions/1", content=b"x" * len(message))
    assert (answer.status_code, answer.json()["code"]) == (403, "submission.bytes")
    assert client.put(f"/plans/{PLAN}/submissions/2", content=message).json()["code"] == "submission.number"
    assert taken == []
    assert client.put(f"/plans/{PLAN}/submissions/1", content=message).status_code == 201
    assert taken == [1]
