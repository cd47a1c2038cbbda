"""What `demo` and `run` show at the end: what was asked, what left each organization, what was published."""

from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any

from rich.console import Console
from rich.table import Table

from sansnom.cli.gathering import Gathering, Outcome
from sansnom.cli.speak import Voice, number
from sansnom.terms.table import MULTIPLICITY, PERSONS

SHOWN_ORGANIZATIONS = 30


def show_asked(console: Console, voice: Voice, outcome: Outcome) -> None:
    """Say who asked what, about when, in which tables."""
    plan = outcome.plan
    console.print(f"\n[bold]{voice.text('demo.asked')}[/bold]")
    console.print(
        f"  {plan.title.in_language(voice.language)} ({plan.period.start} – {plan.period.end})", highlight=False
    )
    for table in plan.tables:
        console.print(f"  · {table.title.in_language(voice.language)}", highlight=False)


def show_left(console: Console, voice: Voice, gathering: Gathering, outcome: Outcome) -> None:
    """Say how many bytes left each organization: a size class, nothing else."""
    console.print(f"\n[bold]{voice.text('demo.left')}[/bold]")
    console.print(f"  {voice.text('demo.left.note')}")
    sizes = list(outcome.left_bytes.values())
    least, most = (number(size // 1000, voice.language) for size in (min(sizes), max(sizes)))
    span = "demo.left.same" if least == most else "demo.left.range"
    console.print("  " + voice.text(span, organizations=len(sizes), least=least, most=most), highlight=False)
    if len(sizes) > SHOWN_ORGANIZATIONS:
        return
    shown = Table(box=None, pad_edge=False, padding=(0, 2))
    shown.add_column(voice.text("demo.organization"))
    shown.add_column(voice.text("demo.left.bytes"), justify="right")
    for desk in gathering.desks:
        left = number(outcome.left_bytes[desk.entry.code], voice.language)
        shown.add_row(desk.name.in_language(voice.language), left)
    console.print(shown)


def show_published(
    console: Console,
    voice: Voice,
    outcome: Outcome,
    exact: Mapping[str, Sequence[int]],
    truth: Mapping[str, Sequence[int]],
) -> None:
    """Set the main figures beside their intervals and, where the world is synthetic, beside what is true."""
    title = "demo.published" if exact else "demo.published.plain"
    console.print(f"\n[bold]{voice.text(title)}[/bold]")
    shown = Table(box=None, pad_edge=False, padding=(0, 2))
    shown.add_column(voice.text("demo.column.figure"))
    for column in ("published", "interval", *(["linked"] if exact else []), *(["true"] if truth else [])):
        shown.add_column(voice.text(f"demo.column.{column}"), justify="right")
    for label, table, place, figure in main_figures(outcome.release, voice):
        cells = [label, number(figure["value"], voice.language)]
        cells.append(f"{number(figure['low'], voice.language)} – {number(figure['high'], voice.language)}")
        for known in (exact, truth):
            if known:
                values = known.get(table)
                cells.append(number(values[place], voice.language) if values is not None else "")
        shown.add_row(*cells)
    console.print(shown)


def main_figures(release: Mapping[str, Any], voice: Voice) -> list[tuple[str, str, int, dict[str, int]]]:
    """Choose the figures that answer the question: persons, 1, 2, 3+ organizations, and the general counts."""
    found: list[tuple[str, str, int, dict[str, int]]] = []
    for table in release["tables"]:
        total = table["kind"] == PERSONS and not table["axes"]
        if not total and table["kind"] != MULTIPLICITY:
            continue
        labels = product(*([v["label"][voice.language] for v in axis["values"]] for axis in table["axes"]))
        for place, label in enumerate(labels):
            told = ", ".join(label) or table["title"][voice.language]
            figure = {
                name: table["consistent"][many][place]
                for name, many in (("value", "values"), ("low", "low"), ("high", "high"))
            }
            found.append((told, table["table"], place, figure))
    general = [(voice.text(f"demo.figure.{name}"), name, 0, release[name]) for name in ("not_linkable", "rows")]
    return found + general


def show_refused_rows(console: Console, voice: Voice, outcome: Outcome) -> None:
    """Tell each organization of rows that did not pass; in `run` and `demo` all desks are here."""
    for organization, rows in outcome.not_accepted.items():
        if rows:
            console.print("  " + voice.text("demo.refused_rows", organization=organization, rows=rows))
