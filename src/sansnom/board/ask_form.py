"""The fields of the form, read and written: what a browser sends, a question, and fields again. No script takes part."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Final
from urllib.parse import parse_qs

from sansnom.board.ask_draft import KINDS, RHO, TEMPLATES, USUAL, TableWish, Wish, default_cutoff, last_quarter
from sansnom.terms.parse import Text
from sansnom.terms.plan import Plan, Request
from sansnom.terms.table import TALLY

TABLES: Final = 4
VARIABLES: Final = 3
FIELDS_MAX: Final = 400
RHOS: Final = tuple(Fraction(n, 40) for n in (1, 2, 4, 6, 10))
TEXTS: Final = ("title", *Request.__dataclass_fields__, "source")
ACTS: Final = ("look", "repair", "propose", "file")


@dataclass(frozen=True, slots=True)
class Fields:
    """What stands in the form: one string a field, and the services of each table."""

    told: Mapping[str, str]
    services: Mapping[int, tuple[str, ...]]

    def of(self, name: str) -> str:
        """Give what stands in a field; empty where nothing does."""
        return self.told.get(name, "")

    def both(self, name: str) -> Text:
        """Give a text of two languages."""
        return Text(self.of(f"{name}_fr"), self.of(f"{name}_en"))


def dated(fields: Fields, today: date) -> Fields:
    """Say on which day the form was sent, whatever it says itself."""
    return replace(fields, told={**fields.told, "asked": today.isoformat()})


def read_fields(body: bytes) -> tuple[str, Fields]:
    """Read what a browser sent: the button that was pressed, and the fields. ValueError for what no form sends."""
    sent = parse_qs(body.decode("utf-8"), keep_blank_values=True, max_num_fields=FIELDS_MAX, strict_parsing=bool(body))
    told = {name: _tidy(values[0]) for name, values in sent.items() if not name.endswith("_service")}
    services = {n: tuple(_tidy(v) for v in sent.get(f"t{n}_service", ())) for n in range(1, TABLES + 1)}
    act = told.pop("act", "look")
    return (act if act in ACTS else "look"), Fields(told, services)


def _tidy(text: str) -> str:
    """Take text as people mean it: one line, no control characters."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def blank_fields(today: date, template: str = "") -> Fields:
    """Give the form as it is met: the last quarter, what most questions say, a template's tables where one was chosen."""
    period = last_quarter(today)
    cutoff = default_cutoff(period.end, today.isoformat())
    told = {"start": period.start, "end": period.end, "cutoff": cutoff, "rho": str(RHO), "asked": today.isoformat()}
    for name, text in USUAL.items():
        told |= {f"{name}_fr": text.fr, f"{name}_en": text.en}
    return _with_tables(told, TEMPLATES.get(template, ()))


def wish_of(fields: Fields) -> Wish:
    """Make the question that the fields ask."""
    tables = []
    for n in range(1, TABLES + 1):
        kind = fields.of(f"t{n}_kind")
        if kind in KINDS:
            by = tuple(code for v in range(1, VARIABLES + 1) if (code := fields.of(f"t{n}_by{v}")))
            tables.append(TableWish(kind, by, fields.services.get(n, ()), fields.of(f"t{n}_measure")))
    return Wish(
        name=fields.of("name"),
        title=fields.both("title"),
        request={name: fields.both(name) for name in Request.__dataclass_fields__},
        start=fields.of("start"),
        end=fields.of("end"),
        tables=tuple(tables),
        cutoff=fields.of("cutoff"),
        expected=persons_of(fields.of("expected")),
        source=fields.both("source"),
        rho=_rho(fields.of("rho")),
        series=fields.of("series"),
        asked=fields.of("asked"),
    )


def persons_of(told: str) -> int | None:
    """Read a number of persons as people write it: 3 000, 3,000 or 3000; None for anything else."""
    digits = re.sub(r"[\s,.\u00a0\u202f]", "", told)
    return int(digits) if re.fullmatch(r"[1-9][0-9]{0,8}", digits) else None


def _rho(told: str) -> Fraction:
    return Fraction(told) if re.fullmatch(r"[0-9]{1,6}(/[1-9][0-9]{0,5})?", told) and Fraction(told) > 0 else RHO


def missing(fields: Fields) -> tuple[str, ...]:
    """Name the fields that a question cannot do without and that are empty, in either language."""
    lacking = [name for name in TEXTS if not (fields.both(name).fr and fields.both(name).en)]
    needed = ("name", "start") if fields.of("series") else ("name", "start", "end")
    lacking += [name for name in needed if not fields.of(name)]
    if persons_of(fields.of("expected")) is None:
        lacking.append("expected")
    return tuple(lacking)


def fields_of(plan: Plan, before: Fields, rho: Fraction | None = None) -> Fields:
    """Put a changed question back into the form; of a series its tables and its whole budget `rho`, for its periods stay."""
    told = dict(before.told)
    if rho is None:
        told |= {"name": plan.plan, "start": plan.period.start, "end": plan.period.end, "cutoff": plan.cutoff[:10]}
    told["rho"] = str(plan.rho if rho is None else rho)
    if plan.expected is not None:
        told["expected"] = str(plan.expected.persons)
    wished = [
        TableWish(t.measure if t.kind == TALLY else t.kind, t.dimensions, t.services, t.measure) for t in plan.tables
    ]
    return _with_tables(told, tuple(wished))


def _with_tables(told: Mapping[str, str], tables: tuple[TableWish, ...]) -> Fields:
    kept = {name: text for name, text in told.items() if not re.match(r"t[1-9]_", name)}
    services: dict[int, tuple[str, ...]] = {}
    for n, table in enumerate(tables[:TABLES], start=1):
        kept |= {f"t{n}_kind": table.kind, f"t{n}_measure": table.measure}
        kept |= {f"t{n}_by{v}": code for v, code in enumerate(table.by[:VARIABLES], start=1)}
        services[n] = table.services
    return Fields(kept, services)
