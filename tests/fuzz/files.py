"""Parsers of files that people bring: tables in every form, backups, key files, what a machine remembers."""

import io
import json
import shutil
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, Final

from sansnom.audit.log_check import Memory
from sansnom.audit.table_file import Reading, read_hierarchy, read_table
from sansnom.cli.log_keys import read_log_key
from sansnom.cli.protect import read_instance
from sansnom.cli.roster import DRAFT_FORMAT, _read_draft
from sansnom.desk.bring.sheets import read_file
from sansnom.desk.files.encoding import FileProblem
from sansnom.desk.files.reader import read_organization
from sansnom.desk.files.workbook import read_sheets
from sansnom.desk.house.typed_fields import read_fields
from sansnom.desk.safekeeping.backup import DATABASE, KEYS, unpack
from sansnom.desk.vault.key_file import Cost, create_key_file, parse_key_file
from sansnom.helper.keys import load_helper
from sansnom.terms.errors import InputError
from sansnom.transparency.checkpoint import Checkpoint
from tests.desk_files.folders import HEADINGS, inline, workbook
from tests.fuzz.good import (
    Target,
    folder,
    in_file,
    plain,
    tree,
    world,
)
from tests.fuzz.public_files import keepers
from tests.fuzz.shapes import CANARY, change_archive


def _rows() -> bytes:
    return f"{HEADINGS}\n1,{CANARY},{CANARY},1990-01-02\n2,Noël,Tremblay,1980-02-03\n".encode()


def _sheet() -> bytes:
    cells = "".join(map(inline, HEADINGS.split(",")))
    return workbook(f"<row>{cells}</row><row>{inline('1')}{inline(CANARY)}{inline(CANARY)}{inline('1990-01-02')}</row>")


def _table() -> bytes:
    return b"region,sex,count\nLaval,F,12\nLaval,M,7\nTotal,F,1 204\nTotal,M,3,5\n"


def _table_sheet() -> bytes:
    lines = (("region", "count"), ("Laval", "12"), ("Estrie", "7"))
    return workbook("".join("<row>" + "".join(map(inline, line)) + "</row>" for line in lines))


def _open_document() -> bytes:
    names = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    cells = "".join(f"<table:table-cell><text:p>{c}</text:p></table:table-cell>" for c in ("local_id", CANARY))
    rows = f"<table:table-row>{cells}</table:table-row>" * 2
    empty = '<table:table-cell table:number-columns-repeated="9"/>'
    rows += f'<table:table-row table:number-rows-repeated="9">{empty}</table:table-row>'
    inside = f'<table:table table:name="Personnes">{rows}</table:table>'
    inside = f"<office:body><office:spreadsheet>{inside}</office:spreadsheet></office:body>"
    return zipped({"content.xml": f"<office:document-content {names}>{inside}</office:document-content>".encode()})


def zipped(parts: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Pack parts into an archive."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return made.getvalue()


def _zipped() -> bytes:
    return zipped({"persons.csv": _rows(), "notes/read me.txt": b"nothing"})


@cache
def _keys() -> bytes:
    place = folder() / "desk.keys"
    create_key_file(place, "a long passphrase", "2026-04-01", cost=Cost(64, 1, 1))
    return place.read_bytes()


def _backup() -> bytes:
    about = json.dumps({"schema": "sansnom/desk-backup/1", "made_at": "2026-04-01", "version": "0"})
    return zipped({DATABASE: bytes(4_096), KEYS: _keys(), "about.json": about.encode()}, zipfile.ZIP_STORED)


def _unpack(place: Path) -> Any:
    target = folder() / "unpacked"
    try:
        return unpack(place, target)
    finally:
        for path in target.glob("*"):
            path.unlink()
        if target.exists():
            target.rmdir()


def _memory() -> Any:
    keeper = keepers()[0]
    logs = [{"key": keeper.text, "size": 7, "root": "A" * 43 + "="}]
    return {"schema": "sansnom/seen/1", "logs": logs, "boards": [{"address": "https://a.example", "key": keeper.text}]}


def _remembered(place: Path) -> Any:
    memory, keeper = Memory(place), keepers()[0]
    told = memory.pinned("https://a.example"), memory.seen(keeper)
    memory.remember(keeper, Checkpoint(keeper.name, 8, bytes(32)))
    return told


def _instance() -> Any:
    relations = [[[0, -1], [1, 1], [2, 1]]]
    return {
        "values": [10, 7, 3],
        "relations": relations,
        "sensitive": [2],
        "protection": [0, 0, 1],
        "names": ["a", "b", CANARY],
    }


@cache
def _home() -> Path:
    """Give a helper's folder of its own, to be spoilt."""
    place = folder() / "files" / "helper"
    shutil.copytree(world().seats[0].identity.directory, place)
    return place


def _helper_file(name: str) -> Any:
    return json.loads((world().seats[0].identity.directory / name).read_bytes())


def _load_with(name: str) -> Callable[[bytes], Any]:
    """Read a helper's folder in which one file is as given; it is put right afterwards."""

    def parse(content: bytes) -> Any:
        place = _home() / name
        whole = place.read_bytes()
        try:
            place.write_bytes(content)
            return load_helper(_home())
        finally:
            place.write_bytes(whole)

    return parse


def _log_key() -> Any:
    return {"schema": "sansnom/log-key/1", "name": "log.example", "seed": "5a" * 32}


def _read_key(place: Path) -> Any:
    place.chmod(0o600)
    return read_log_key(place)


def _draft() -> Any:
    roster = world().roster.to_json()
    helpers = [None, *roster["helpers"][1:]]
    return {"schema": DRAFT_FORMAT, "next_number": 5, "helpers": helpers, "roster": roster | {"helpers": []}}


def _typed() -> Any:
    return [["words", CANARY], ["about_on", "2026-02-03"], ["password", "never kept"]]


def _kept(content: bytes) -> Any:
    fields = read_fields(content.decode("utf-8", "surrogateescape"))
    if fields is None:
        raise InputError("json.file")
    return fields


FILES: Final = (
    Target("helper-json", tree(lambda: _helper_file("helper.json")), _load_with("helper.json")),
    Target("helper-secrets", tree(lambda: _helper_file("secrets.json")), _load_with("secrets.json")),
    Target("log-key", tree(_log_key), in_file("log-key.json", _read_key)),
    Target("roster-draft", tree(_draft), in_file("roster/draft.json", lambda p: _read_draft(p.parent))),
    Target("desk-draft", tree(_typed), _kept, again=lambda fields: json.dumps(fields).encode()),
    Target("persons-csv", plain(_rows), in_file("organisme/persons.csv", lambda p: read_organization(p.parent))),
    Target(
        "persons-xlsx",
        lambda c: change_archive(c, _sheet()),
        in_file("classeur/persons.xlsx", lambda p: read_organization(p.parent)),
    ),
    Target(
        "workbook",
        lambda c: change_archive(c, _sheet()),
        lambda b: [list(rows) for _, rows in read_sheets(b)],
        (FileProblem,),
    ),
    Target("brought-csv", plain(_rows), lambda b: read_file("a.csv", b), (FileProblem,)),
    Target("brought-xlsx", lambda c: change_archive(c, _sheet()), lambda b: read_file("a.xlsx", b), (FileProblem,)),
    Target(
        "brought-ods", lambda c: change_archive(c, _open_document()), lambda b: read_file("a.ods", b), (FileProblem,)
    ),
    Target("brought-zip", lambda c: change_archive(c, _zipped()), lambda b: read_file("a.zip", b), (FileProblem,)),
    Target("table-csv", plain(_table), in_file("table.csv", lambda p: read_table(p, Reading()))),
    Target(
        "table-xlsx",
        lambda c: change_archive(c, _table_sheet()),
        in_file("table.xlsx", lambda p: read_table(p, Reading())),
    ),
    Target("hierarchy", plain(lambda: b"child,parent\na,b\nb,c\nd,c\n"), in_file("tree.csv", read_hierarchy)),
    Target("table-json", tree(_instance), in_file("table.json", read_instance), tells="a cell is named by its labels"),
    Target("backup", lambda c: change_archive(c, _backup()), in_file("desk.backup", _unpack)),
    Target("key-file", tree(lambda: json.loads(_keys())), parse_key_file),
    Target("memory-of-logs", tree(_memory), in_file("seen.json", _remembered)),
)
