"""`sansnom plan new`: write a question from a template, from flags, or by answering, in French or in English.

The two languages of each text are both needed. Who answers in one alone is asked for the other right after.
"""

import argparse
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.prompt import Prompt

from sansnom.board.ask_draft import (
    KINDS,
    RHO,
    TEMPLATES,
    USUAL,
    TableWish,
    Wish,
    last_quarter,
)
from sansnom.board.ask_form import persons_of
from sansnom.board.ask_series import drafts
from sansnom.board.ask_words import Asking
from sansnom.board.language import Speaker
from sansnom.cli.plan_files import asking_of, write_plan
from sansnom.terms.errors import InputError
from sansnom.terms.parse import Text
from sansnom.terms.plan import Period, Plan, Request

EXAMPLE_TABLE: Final = "persons:region,age_group"
EXAMPLE_PERIOD: Final = "2026-04-01..2026-06-30"
TABLES_ASKED: Final = 4


def run(args: argparse.Namespace) -> int:
    """Write the question; ask for what no flag says, where somebody is there to answer."""
    asking = asking_of(args)
    asks = sys.stdin.isatty() and not args.no_questions
    told = _Questions(args, asking).wish() if asks else _from_flags(args)
    wish = replace(told, series=args.series or "", asked=datetime.now(UTC).date().isoformat())
    plans = drafts(wish, asking.dictionary, asking.roster)
    files = [_file_of(args.out, wish, plan) for plan in plans]
    taken = next((file for file in files if file.exists()), None)
    if taken is not None:
        raise InputError("plan.out_exists", where=taken.name)
    for file, plan in zip(files, plans, strict=True):
        write_plan(file, plan)
    where = "" if args.board is None else f" --board {args.board}"
    args.voice.say("plan.written", file=" ".join(map(str, files)), where=where)
    return 0


def _file_of(out: Path, wish: Wish, plan: Plan) -> Path:
    """Name the file of a question: as asked, and for a series with what its name ends in."""
    return out.with_name(f"{out.stem}{plan.plan.removeprefix(wish.name)}{out.suffix}") if plan.series else out


def tables_of(told: list[str], template: str | None) -> tuple[TableWish, ...]:
    """Read tables as flags write them, after those of a template; InputError with an example."""
    if template is not None and template not in TEMPLATES:
        raise InputError("plan.flag", where="--template", example=", ".join(TEMPLATES))
    wished = list(TEMPLATES[template]) if template is not None else []
    for one in told:
        kind, _, rest = one.partition(":")
        if kind not in KINDS:
            raise InputError("plan.flag", where="--table", example=f"{EXAMPLE_TABLE} ({', '.join(KINDS)})")
        wished.append(TableWish(kind, tuple(code.strip() for code in rest.split(",") if code.strip())))
    return tuple(wished)


def period_of(told: str | None) -> Period:
    """Read a period as a flag writes it; the last quarter where it says nothing."""
    if told is None:
        return last_quarter(datetime.now(UTC).date())
    start, dots, end = told.partition("..")
    if not dots:
        raise InputError("plan.flag", where="--period", example=EXAMPLE_PERIOD)
    return Period(start.strip(), end.strip())


def _text_of(args: argparse.Namespace, field: str) -> Text:
    usual = USUAL.get(field, Text("", ""))
    french, english = getattr(args, f"{field}_fr"), getattr(args, f"{field}_en")
    return Text(french or usual.fr, english or usual.en)


def _from_flags(args: argparse.Namespace) -> Wish:
    """Make the question from flags alone; InputError names the first that is missing."""
    if not args.table and args.template is None:
        raise InputError("plan.flag.missing", where=f"--table {EXAMPLE_TABLE}")
    fields = ("title", *Request.__dataclass_fields__)
    told = {field: _text_of(args, field) for field in fields}
    for field, text in told.items():
        for language in ("fr", "en"):
            if not text.in_language(language):
                raise InputError("plan.flag.missing", where=f"--{field.replace('_', '-')}-{language}")
    if not args.name:
        raise InputError("plan.flag.missing", where="--name")
    period = period_of(args.period)
    source = _text_of(args, "source")
    return Wish(
        name=args.name,
        title=told["title"],
        request={name: told[name] for name in Request.__dataclass_fields__},
        start=period.start,
        end=period.end,
        tables=tables_of(args.table, args.template),
        cutoff=args.cutoff or "",
        expected=args.expected,
        source=source if source.fr and source.en else Text("Chiffres publics", "Public figures"),
        rho=args.rho or RHO,
    )


class _FrenchPrompt(Prompt):
    """Asks as French is written: a no-break space before the colon."""

    prompt_suffix = "\u00a0: "


class _Questions:
    """Asks, in one language, for what no flag said; Enter takes what is proposed."""

    def __init__(self, args: argparse.Namespace, asking: Asking) -> None:
        self._args, self._asking = args, asking
        self._s = Speaker(args.voice.language)
        self._console = Console(highlight=False)
        self._prompt = _FrenchPrompt if self._s.language == "fr" else Prompt

    def wish(self) -> Wish:
        """Ask everything, in the order of the form."""
        s, args = self._s, self._args
        self._console.print(s.text("ask.lede"))
        title = self._text(s.text("ask.field.title"), "title")
        request = {name: self._text(s.text(f"request.{name}"), name) for name in Request.__dataclass_fields__}
        tables = tables_of(args.table, args.template) or self._tables()
        period = period_of(args.period)
        if args.period is None:
            start = self._prompt.ask(s.text("ask.field.start"), default=period.start, console=self._console)
            end = self._prompt.ask(s.text("ask.field.end"), default=period.end, console=self._console)
            period = Period(start, end)
        expected = args.expected or self._persons()
        source = self._text(s.text("ask.field.source"), "source")
        name = args.name or self._prompt.ask(s.text("ask.field.name"), default="question-1", console=self._console)
        rho = args.rho or RHO
        return Wish(name, title, request, period.start, period.end, tables, args.cutoff or "", expected, source, rho)

    def _text(self, label: str, field: str) -> Text:
        told = _text_of(self._args, field)
        said = []
        for language, name in (("fr", "ask.french"), ("en", "ask.english")):
            proposed = told.in_language(language)
            given = getattr(self._args, f"{field}_{language}", None)
            said.append(given or self._line(f"{label}, {self._s.text(name)}", proposed))
        return Text(said[0], said[1])

    def _line(self, label: str, proposed: str) -> str:
        while True:
            told = self._prompt.ask(label, default=proposed or None, console=self._console)
            if told and told.strip():
                return told.strip()

    def _persons(self) -> int:
        """Ask until a whole number is given, written as people write it: 3 000, 3,000 or 3000."""
        while True:
            told = persons_of(self._prompt.ask(self._s.text("ask.field.expected"), console=self._console) or "")
            if told is not None:
                return told
            self._console.print(self._s.text("ask.number"))

    def _tables(self) -> tuple[TableWish, ...]:
        s = self._s
        self._console.print(s.text("ask.dictionary"))
        for code, dimension in self._asking.dictionary.dimensions.items():
            self._console.print(f"  {code}: {s.of(dimension.label)}")
        kinds = [f"{kind}: {s.text(f'ask.kind.{kind}')}" for kind in KINDS]
        self._console.print("\n".join(["", *kinds]))
        wished: list[TableWish] = []
        while len(wished) < TABLES_ASKED:
            label = s.text("ask.field.table", n=len(wished) + 1)
            kind = self._prompt.ask(
                f"{label}. {s.text('ask.field.kind')}", default="" if wished else KINDS[0], console=self._console
            )
            if not kind and wished:
                break
            if kind not in KINDS:
                self._console.print(", ".join(KINDS))
                continue
            by_what, codes = s.text("ask.field.by"), s.text("ask.codes")
            by = self._prompt.ask(f"{label}, {by_what} ({codes})", default="", console=self._console)
            wished.append(TableWish(kind, tuple(code.strip() for code in by.split(",") if code.strip())))
        return tuple(wished)
