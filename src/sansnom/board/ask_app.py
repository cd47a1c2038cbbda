"""The form, served: nobody has an account, nothing is remembered, no script takes part; each answer is a whole page.

A question that is handed in is kept as a proposal, unsigned, beside the board (`board.ask_store`). Reading stays possible where
nobody serves: the same address holds a plain page there.
"""

import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from sansnom.board.ask_form import Fields, blank_fields, dated, fields_of, missing, read_fields, wish_of
from sansnom.board.ask_pages import ask_policy, ask_served, ask_style
from sansnom.board.ask_series import drafts, nearest_of
from sansnom.board.ask_store import Proposals
from sansnom.board.ask_words import Asking
from sansnom.board.dictionaries import shipped_dictionaries
from sansnom.board.language import LANGUAGES, Speaker
from sansnom.board.public import Board, read_board
from sansnom.board.site import environment_of
from sansnom.terms.clock import Clock
from sansnom.terms.errors import PolicyRefusal
from sansnom.terms.plan import Plan

BODY_BYTES_MAX: Final = 64 * 1024
HERE: Final = "ask.html"
PATHS: Final = tuple(f"/{language}/{HERE}" for language in LANGUAGES)
_WATCHED: Final = ("roster.json", "log/checkpoint", "plans", "refusals", "withdrawals")


class AskDesk:
    """Answers for the form of one board; the board is read again when its files change."""

    def __init__(self, folder: Path, proposals: Proposals, clock: Clock) -> None:
        """Take the board's folder, the one for proposals, and a clock for the last quarter and the hour."""
        self._folder, self._proposals, self._clock = folder, proposals, clock
        self._seen: tuple[float, ...] = ()
        self._board: Board | None = None

    async def answer(self, request: Request) -> Response:
        """Show the form, or what it would come to; a whole page in either case."""
        s = Speaker(request.url.path.strip("/").partition("/")[0])
        if request.method in ("GET", "HEAD"):
            template = request.query_params.get("template", "")
            return await run_in_threadpool(self._met, s, template)
        if not same_site(request.headers):
            return await run_in_threadpool(self._told, s, None, "ask.elsewhere", 403)
        body = await _body(request)
        if body is None:
            return await run_in_threadpool(self._told, s, None, "ask.too_large", 413)
        try:
            act, fields = read_fields(body)
        except ValueError:
            return await run_in_threadpool(self._told, s, None, "ask.elsewhere", 400)
        return await run_in_threadpool(self._acted, s, act, dated(fields, self._clock.now().date()))

    def board(self) -> Board:
        """Give the board as its files say it now; InputError or PolicyRefusal when it cannot be believed."""
        places = [self._folder / name for name in _WATCHED]
        seen = tuple(place.stat().st_mtime if place.exists() else 0.0 for place in places)
        if self._board is None or seen != self._seen:
            self._board, self._seen = read_board(self._folder, shipped_dictionaries()), seen
        return self._board

    def _met(self, s: Speaker, template: str) -> Response:
        fields = blank_fields(self._clock.now().date(), template)
        return self._page(s, fields, looked=bool(template))

    def _told(self, s: Speaker, fields: Fields | None, problem: str, status: int) -> Response:
        shown = fields if fields is not None else blank_fields(self._clock.now().date())
        return self._page(s, shown, looked=fields is not None, problem=s.text(problem), status=status)

    def _acted(self, s: Speaker, act: str, fields: Fields) -> Response:
        asking, wish = Asking.on(self.board()), wish_of(fields)
        plans = drafts(wish, asking.dictionary, asking.roster)
        if act == "repair":
            close = nearest_of(asking, wish, plans)
            fields = fields_of(close.plan, fields, close.rho if len(plans) > 1 else None)
        elif act in ("file", "propose") and not missing(fields) and plans[0].tables:
            return self._file(plans) if act == "file" else self._take(s, fields, plans)
        return self._page(s, fields, looked=True)

    def _file(self, plans: tuple[Plan, ...]) -> Response:
        """Give the question as a file; of a series a ZIP of one file each."""
        contents = [json.dumps(plan.to_json(), ensure_ascii=False, indent=1) + "\n" for plan in plans]
        if len(plans) == 1:
            headers = {"Content-Disposition": 'attachment; filename="question.json"'}
            return Response(contents[0], media_type="application/json", headers=headers)
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for number, content in enumerate(contents, start=1):
                archive.writestr(zipfile.ZipInfo(f"question-{number}.json"), content)
        headers = {"Content-Disposition": 'attachment; filename="questions.zip"'}
        return Response(packed.getvalue(), media_type="application/zip", headers=headers)

    def _take(self, s: Speaker, fields: Fields, plans: tuple[Plan, ...]) -> Response:
        received = self._clock.now().strftime("%Y-%m-%dT%H:00:00Z")  # the hour is enough
        try:
            kept = self._proposals.take_all(plans, received)
        except PolicyRefusal as refusal:
            return self._told(s, fields, refusal.code, 413 if refusal.code == "ask.too_large" else 429)
        told = {
            "kept": [{"proposal": one.proposal, "title": s.of(one.plan.title)} for one in kept],
            "css": ask_style(),
            "policy": ask_policy(form=False),
        }
        return self._rendered(s, "ask_received.html", told)

    def _page(self, s: Speaker, fields: Fields, *, looked: bool, problem: str = "", status: int = 200) -> Response:
        asking = Asking.on(self.board())
        return self._rendered(s, "ask.html", ask_served(asking, fields, s, looked=looked, problem=problem), status)

    def _rendered(self, s: Speaker, template: str, told: Mapping[str, Any], status: int = 200) -> Response:
        environment = environment_of(self.board())
        other = Speaker("en" if s.language == "fr" else "fr")
        context = {**told, "s": s, "other": other, "root": "../", "here": HERE}
        return HTMLResponse(environment.get_template(template).render(**context), status)


def same_site(headers: Mapping[str, str]) -> bool:
    """Say whether a form was sent from its own page, as far as the browser tells."""
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = headers.get("origin")
    return origin in (None, "null") or urlsplit(str(origin)).netloc == headers.get("host")


async def _body(request: Request) -> bytes | None:
    """Read what was sent, as far as it is allowed to go; None beyond."""
    told = bytearray()
    async for chunk in request.stream():
        told += chunk
        if len(told) > BODY_BYTES_MAX:
            return None
    return bytes(told)
