"""The health page: what an operator reads in the morning, and what a monitoring program scrapes. On loopback by default.

No password, no form, nothing that acts: it may be shown to anybody, and is served to this machine alone all the same. A page of
another site cannot read it through the browser: requests under another host's name are turned away.
"""

import base64
import hashlib
import html
import ipaddress
from collections.abc import Awaitable, Callable
from datetime import UTC
from importlib.metadata import version
from typing import Final

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from sansnom.helper.app import language_of
from sansnom.helper.clock import written
from sansnom.helper.health import FREE_STEPS, Level, Observed, Sign, signs_of, worst
from sansnom.helper.lookout import Lookout
from sansnom.helper.messages import sentence
from sansnom.terms.clock import Clock
from sansnom.terms.errors import Parameter

FORMAT: Final = "sansnom/helper-health/1"
OPENMETRICS: Final = "application/openmetrics-text; version=1.0.0; charset=utf-8"
STATES: Final = ("open", "closed", "agreed", "computing", "opened", "signed", "published", "aborted", "destroyed")
HEADLINES: Final = {Level.GOOD: "health.all_good", Level.WATCH: "health.look_at", Level.ALARM: "health.act"}
MARKS: Final = {Level.GOOD: "✓", Level.WATCH: "!", Level.ALARM: "✕"}
STYLE: Final = """
:root { color-scheme: light dark; font: 100%/1.5 system-ui, sans-serif; }
body { margin: 0 auto; padding: 1rem; max-width: 46rem; }
nav { text-align: right; }
h1 { font-size: 1.4rem; margin: .5rem 0; }
.headline { font-size: 1.2rem; font-weight: 600; padding: .6rem .8rem; border-left: .4rem solid; }
dl { margin: 1.2rem 0; }
dt { font-weight: 600; margin-top: .9rem; }
dd { margin: .1rem 0 0; }
.mark { display: inline-block; min-width: 1.4em; font-weight: 700; }
.good { color: #1b5e20; } .watch { color: #7a4b00; } .alarm { color: #a3000b; }
table { border-collapse: collapse; } th, td { text-align: left; padding: .2rem 1.2rem .2rem 0; }
.small { font-size: .9rem; }
@media (prefers-color-scheme: dark) { .good { color: #8fd694; } .watch { color: #ffc266; } .alarm { color: #ff9a9a; } }
@media (prefers-color-scheme: dark) { a { color: #9ecbff; } }
"""
_STYLE_HASH: Final = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
HEADERS: Final = {
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "content-security-policy": f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
}

Endpoint = Callable[[Request], Awaitable[Response]]


def build_health_app(lookout: Lookout, clock: Clock, party: int, host: str) -> ASGIApp:
    """Build the page around a lookout; `host` is where it listens."""
    page = _Page(lookout, clock, party, host)
    routes = [
        Route("/", page.html, methods=["GET"]),
        Route("/{language:str}", page.html, methods=["GET"]),
    ]
    first = [Route("/metrics", page.metrics, methods=["GET"]), Route("/health.json", page.json, methods=["GET"])]
    return Starlette(routes=first + routes)


class _Page:
    """One method a way of showing the same look."""

    def __init__(self, lookout: Lookout, clock: Clock, party: int, host: str) -> None:
        self._lookout, self._clock, self._party = lookout, clock, party
        self._loopback = _is_loopback(host)

    def _stranger(self, request: Request) -> bool:
        """Say whether a page of another site may be behind this request: on loopback only loopback's own names are ours."""
        return self._loopback and not _is_loopback(request.url.hostname or "")

    def _signs(self) -> tuple[Observed | None, tuple[Sign, ...]]:
        observed = self._lookout.observed
        return observed, () if observed is None else signs_of(observed, self._clock.now())

    async def html(self, request: Request) -> Response:
        chosen = request.path_params.get("language")
        if self._stranger(request) or chosen not in (None, "fr", "en"):
            return PlainTextResponse("", 404, HEADERS)
        language = chosen or language_of(request.headers.get("accept-language", ""))
        observed, signs = self._signs()
        text = page_text(self._party, observed, signs, language)
        return Response(text, 200, HEADERS | {"content-language": language, "vary": "Accept-Language"}, "text/html")

    async def json(self, request: Request) -> Response:
        if self._stranger(request):
            return PlainTextResponse("", 404, HEADERS)
        observed, signs = self._signs()
        told = {
            "schema": FORMAT,
            "ok": observed is not None and worst(signs) < Level.ALARM,
            "party": self._party,
            "seen_at": None if observed is None else written(observed.at),
            "findings": [
                {"code": s.code, "where": s.name, "level": s.level.name.lower(), "parameters": s.parameters}
                for s in signs
            ],
        }
        return JSONResponse(told, 200 if told["ok"] else 503, HEADERS)

    async def metrics(self, request: Request) -> Response:
        if self._stranger(request):
            return PlainTextResponse("", 404, HEADERS)
        observed, signs = self._signs()
        return Response(metrics_text(observed, signs), 200, HEADERS | {"content-type": OPENMETRICS})


def page_text(party: int, observed: Observed | None, signs: tuple[Sign, ...], language: str) -> str:
    """Write the page in one language; each sign has a mark, a word and a sentence, never a colour alone."""

    def say(code: str, **parameters: Parameter) -> str:
        return html.escape(sentence(code, language, parameters))

    title = say("health.title", seat=party)
    other, name = ("en", "English") if language == "fr" else ("fr", "Français")
    body = [f'<nav><a href="/{other}" hreflang="{other}" lang="{other}">{name}</a></nav>', f"<main><h1>{title}</h1>"]
    if observed is None:
        body.append(f"<p>{say('health.none_yet')}</p></main>")
    else:
        level = worst(signs)
        body.append(f'<p class="headline {level.name.lower()}">{MARKS[level]} {say(HEADLINES[level])}</p>')
        body.append("<dl>")
        for sign in signs:
            word = say(f"health.level.{sign.level.name.lower()}")
            body.append(
                f'<dt><span class="mark {sign.level.name.lower()}" aria-hidden="true">{MARKS[sign.level]}</span> '
                f"{say(f'health.sign.{sign.name}')} <span class='{sign.level.name.lower()}'>({word})</span></dt>"
                f"<dd>{say(sign.code, **sign.parameters)}</dd>"
            )
        body.append("</dl>")
        body.append(_states(observed, language))
        at = observed.at.astimezone(UTC).strftime(
            "%H\N{NO-BREAK SPACE}h\N{NO-BREAK SPACE}%M" if language == "fr" else "%H:%M"
        )
        body.append(f'<p class="small">{say("health.seen_at", time=at)}</p>')
        body.append(f"<p>{say('health.guide')}</p>")
        body.append(
            f'<p class="small">{say("health.metrics")} <a href="/metrics">/metrics</a>, '
            '<a href="/health.json">/health.json</a></p></main>'
        )
    return (
        f'<!doctype html>\n<html lang="{language}"><head><meta charset="utf-8"><title>{title}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{STYLE}</style></head><body>{''.join(body)}</body></html>\n"
    )


def _states(observed: Observed, language: str) -> str:
    """Count runs by their state: plans and states are public."""

    def say(code: str) -> str:
        return html.escape(sentence(code, language, {}))

    if not observed.runs:
        return f"<p>{say('health.no_runs')}</p>"
    rows = "".join(
        f"<tr><td>{say(f'health.state.{state}')}</td><td>{observed.runs[state]}</td></tr>"
        for state in STATES
        if observed.runs.get(state)
    )
    head = f'<tr><th scope="col">{say("health.state")}</th><th scope="col">{say("health.number")}</th></tr>'
    return f"<table><caption class='small'>{say('health.states')}</caption><thead>{head}</thead><tbody>{rows}</tbody></table>"


def metrics_text(observed: Observed | None, signs: tuple[Sign, ...]) -> str:
    """Write the same look as OpenMetrics text. Nothing here grows with a submission, or tells when one came."""
    lines: list[str] = []

    def family(name: str, unit: str, about: str, samples: list[tuple[str, float]]) -> None:
        lines.append(f"# TYPE {name} gauge")
        if unit:
            lines.append(f"# UNIT {name} {unit}")
        lines.append(f"# HELP {name} {about}")
        lines.extend(f"{name}{labels} {_number(value)}" for labels, value in samples)

    lines += ["# TYPE sansnom_helper_build info", "# HELP sansnom_helper_build The version of the program."]
    lines.append(f'sansnom_helper_build_info{{version="{version("sansnom")}"}} 1')
    if observed is not None:
        family(
            *("sansnom_helper_sign", "", "0 good, 1 to watch, 2 alarm: somebody must act."),
            [(f'{{sign="{sign.name}"}}', float(sign.level)) for sign in signs],
        )
        family(
            *("sansnom_helper_disk_free_ratio", "ratio", "Free room on its disk, rounded down to a twentieth."),
            [("", observed.free_steps / FREE_STEPS)],
        )
        ends = [(observed.party, observed.certificate_ends)]
        ends += [(one.party, one.certificate_ends) for one in observed.peers if one.certificate_ends is not None]
        family(
            *("sansnom_helper_certificate_end_timestamp_seconds", "seconds", "The last instant of a certificate."),
            [(f'{{seat="{party}"}}', round(end.timestamp())) for party, end in sorted(ends)],
        )
        family(
            *("sansnom_helper_clock_offset_seconds", "seconds", "A peer's clock minus this one's."),
            [(f'{{seat="{one.party}"}}', one.ahead_seconds) for one in observed.peers if one.ahead_seconds is not None],
        )
        family(
            *("sansnom_helper_peer_answers", "", "1 while a peer answers."),
            [(f'{{seat="{one.party}"}}', float(one.answered)) for one in observed.peers],
        )
        family(
            *("sansnom_helper_runs", "", "Runs by state; plans and states are public."),
            [(f'{{state="{state}"}}', float(observed.runs.get(state, 0))) for state in STATES],
        )
    return "\n".join([*lines, "# EOF"]) + "\n"


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) else str(value)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
