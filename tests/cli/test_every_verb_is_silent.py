"""Every verb of the command line gets files full of names where it expects something else: it names places, never a value.

The verbs come from the parser: a new one is tried without being listed. A path that was typed may be repeated, what is in it not.
"""

import argparse
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import openpyxl
import pytest

from sansnom.audit.overheard import Place, overhear
from sansnom.cli.main import INTERRUPTED, build_parser, main

NAME: Final = "Zulfiya Plantée-Özdemir"
HEADINGS: Final = "local_id,given_names,family_names,birth_date,sex,service,start,minutes,region,count,org_1"
SERVES: Final = {("demo",): "has no file", ("board", "serve"): "serves without end what `board build` read"}
FILES: Final = (
    *(
        "persons.csv",
        "services.csv",
        "index.html",
        "roster.json",
        "plan.json",
        "draft.json",
        "keys.json",
        "secrets.json",
    ),
    *("roster/roster.json", "roster/draft.json", "releases/a1/release.json", "plans/a1/plan.json", "log/checkpoint"),
    *("identity.json", "helper.json", "certificate.pem", "key.pem", "store.db", "checkpoint", "members.json"),
)


def _leaves(
    parser: argparse.ArgumentParser, words: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], argparse.ArgumentParser]]:
    choices = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    if not choices:
        yield words, parser
    for action in choices:
        for word, below in action.choices.items():
            yield from _leaves(below, (*words, word))


LEAVES: Final = {words: parser for words, parser in _leaves(build_parser()) if words not in SERVES}


def _workbook() -> bytes:
    book, made = openpyxl.Workbook(write_only=True), io.BytesIO()
    sheet = book.create_sheet(NAME[:20])
    for row in (HEADINGS.split(","), [NAME] * 11, [f"={NAME}"] * 11):
        sheet.append(row)
    book.save(made)
    return made.getvalue()


def _contents() -> dict[str, tuple[str, bytes]]:
    """Give files that are not what a verb waits for, by what they are: an ending, and bytes."""
    rows = f"{HEADINGS}\n" + f"{','.join([NAME] * 11)}\n" * 2
    nested = {"schema": NAME, NAME: [NAME, {NAME: NAME}], "signed": {"code": NAME, "year": NAME}, "signatures": [NAME]}
    named = dict.fromkeys(
        ("plan", "organizations", "helpers", "convener", "dimensions", "cells", "tables", "name"), NAME
    )
    return {
        "rows": (".csv", rows.encode()),
        "rows without headings": (".csv", f"{NAME};{NAME}\n{NAME};12/05/1990\n".encode("utf-16")),
        "an open quotation": (".csv", f'a,b\n"{NAME},{NAME}\n'.encode()),
        "a workbook": (".xlsx", _workbook()),
        "no workbook": (".xlsx", f"PK\x03\x04{NAME}".encode()),
        "an object": (".json", json.dumps({**nested, **named}).encode()),
        "an object in signed": (
            ".json",
            json.dumps({"signed": {**nested, **named}, "signatures": [{NAME: NAME}]}).encode(),
        ),
        "a list": (".json", json.dumps([NAME, {NAME: NAME}], ensure_ascii=False).encode()),
        "half an object": (".json", f'{{"signed": {{"name": "{NAME}", '.encode()),
        "a number": (".json", b'{"' + NAME.encode() + b'": 1e999, "a": 1' + b"0" * 5000 + b"}"),
        "other signs": (".json", NAME.encode("latin-1")),
    }


def _arguments(parser: argparse.ArgumentParser, place: Path, fresh: Path, *, every: bool) -> list[str]:
    """Fill what a verb asks for: the hostile place for each path, with `every` also those it may do without; a plain word else."""
    told = []
    for action in parser._actions:
        optional = bool(action.option_strings)
        path = action.type is Path or action.dest in {"board", "file"}
        if action.dest in {"help", "out", "report", "chart", "repair"} and not action.required:
            continue
        if optional and not action.required and not (path and every):
            continue
        value = str(fresh / action.dest) if action.dest in {"out", "letter"} and optional else str(place)
        if not path:
            value = str(next(iter(action.choices))) if action.choices else "1"
        told += [action.option_strings[0], value] if optional else [value]
    return told


@pytest.mark.guarantee("G-10")
@pytest.mark.parametrize("words", LEAVES, ids=" ".join)
def test_a_verb_that_reads_something_else_tells_places(
    words: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Eleven kinds of files, each alone and as every file of a folder: no value, and no code of a bug."""
    places, bugs = [], []
    for number, (kind, (ending, content)) in enumerate(_contents().items()):
        file, folder = tmp_path / f"f{number}{ending}", tmp_path / f"d{number}"
        file.write_bytes(content)
        for name in FILES:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)
        for place in (file, folder):
            monkeypatch.setattr("sys.stdin", io.StringIO(f"{NAME}\n" * 30))
            fresh = tmp_path / f"fresh{number}{place.suffix}"
            try:
                code = main([*words, *_arguments(LEAVES[words], place, fresh, every=bool(number % 2))])
            except SystemExit as end:
                code = int(end.code or 0)
            told = capsys.readouterr()
            places.append(
                Place(f"{kind}, {'a file' if place is file else 'a folder'}", f"{told.out}{told.err}".encode())
            )
            bugs += [f"{places[-1].name}: {told.err}"] if code == INTERRUPTED or "@" in told.err else []
    assert overhear(places, [NAME]) == ()
    assert bugs == []
