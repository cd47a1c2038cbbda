"""Crashes planted inside the desk: in each of its functions that a page reaches, errors that quote a person's name."""

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from http.cookies import SimpleCookie
from types import CodeType, FrameType
from typing import Any, Final

from django.core.exceptions import BadRequest, DisallowedHost, PermissionDenied, RequestDataTooBig, ValidationError
from django.db import DataError, IntegrityError, OperationalError, transaction
from django.http import Http404
from django.http.multipartparser import MultiPartParserError
from django.test import Client

import sansnom.desk
from sansnom.audit.overheard import Place
from tests.desk.silence.filling import kept_by_a_history

CRASH: Final = "Anastasiya Crashtest-Ünlüoğlu"
"""A name that only errors hold: no page has a reason to show it."""
FOLDER: Final = str(next(iter(sansnom.desk.__path__)))
ERRORS: Final[tuple[Callable[[], BaseException], ...]] = (
    lambda: ValueError(f"invalid literal for int() with base 10: '{CRASH}'"),
    lambda: IntegrityError(f"duplicate key value violates unique constraint. DETAIL: Key (name)=({CRASH}) exists."),
    lambda: KeyError(CRASH),
    lambda: UnicodeDecodeError("utf-8", CRASH.encode(), 0, 4, CRASH),
    lambda: OperationalError(f'near "{CRASH}": syntax error'),
    lambda: DataError(f"invalid input syntax for type date: {CRASH}"),
    lambda: ValidationError(CRASH, params={"value": CRASH}),
    lambda: Http404(CRASH),
    lambda: PermissionDenied(CRASH),
    lambda: DisallowedHost(CRASH),
    lambda: RequestDataTooBig(CRASH),
    lambda: BadRequest(CRASH),
    lambda: MultiPartParserError(CRASH),
    lambda: RecursionError(CRASH),
    lambda: AssertionError(CRASH),
)
SHOWN_WHERE_TYPED: Final = ValidationError
"""What a form says of a field, on the page of whoever typed it: the one error whose words are meant for the screen."""


@contextmanager
def _traced(look: Callable[[FrameType, str, object], None]) -> Iterator[None]:
    """Call this at each call of a function in this thread meanwhile."""
    before = sys.gettrace()
    sys.settrace(look)
    try:
        yield
    finally:
        sys.settrace(before)


@contextmanager
def reached(found: dict[CodeType, None]) -> Iterator[None]:
    """Note the functions of the desk that are called meanwhile, in the order of their first calls."""

    def look(frame: FrameType, event: str, _: object) -> None:
        if event == "call" and frame.f_code.co_filename.startswith(FOLDER) and frame.f_code.co_name[0] != "<":
            found.setdefault(frame.f_code)

    with _traced(look):
        yield


@contextmanager
def crashing(target: CodeType, error: BaseException, hit: list[bool]) -> Iterator[None]:
    """Let the first call of a function fail, with a cause that quotes too; note that it was called."""

    def fail(frame: FrameType, event: str, _: object) -> None:
        if event == "call" and frame.f_code is target and not hit:
            hit.append(True)
            raise error from RuntimeError(f"a cause: {CRASH}")

    with _traced(fail):
        yield


def asked(
    client: Client,
    method: str,
    address: str,
    fields: dict[str, Any] | None = None,
    meanwhile: AbstractContextManager[Any] | None = None,
) -> Any:
    """Ask, and take back whatever it changed: each request meets the same desk."""
    client.raise_request_exception = False
    cookies = {name: one.value for name, one in client.cookies.items()}
    with transaction.atomic():
        with meanwhile if meanwhile is not None else nullcontext():
            answer = client.post(address, fields or {}) if method == "POST" else client.get(address)
        transaction.set_rollback(True)
    client.cookies = SimpleCookie()
    client.cookies.load(cookies)
    return answer


def told_by(answer: Any, what: str) -> Iterator[Place]:
    """Give what leaves the desk with an answer, but for the page that its person sees: headers, cookies, title, links, errors."""
    heads = [f"{name}: {value}" for name, value in answer.headers.items()] + [answer.cookies.output()]
    yield Place(f"{what}, headers of {answer.status_code}", "\n".join([answer.reason_phrase, *heads]).encode())
    if answer.streaming or "html" not in answer.headers.get("Content-Type", ""):
        return
    page = answer.content.decode()
    yield Place(f"{what}, title and links", "\n".join(kept_by_a_history(page)).encode())
    if answer.status_code >= 400:
        yield Place(f"{what}, page of {answer.status_code}", answer.content)
