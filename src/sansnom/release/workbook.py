"""A release as one XLSX workbook: a sheet that says what it is, and a sheet for each table, numbers as numbers.

Written by hand (ECMA-376, strings inside the cells), since the same release must give the same bytes on every machine: files
in the archive are stored, not compressed, and bear no date.
"""

import struct
import zlib
from collections.abc import Sequence
from fractions import Fraction
from itertools import product
from typing import Final, TypeAlias

from sansnom.release.csv_tables import column_titles, decimal
from sansnom.terms.release import Figure, Release, ReleasedTable

Cell: TypeAlias = str | int | Fraction
_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_HEAD: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MIME: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_DAY: Final = (1 << 5) | 1
"""1 January 1980: the oldest day that the archive format knows, and no other."""
_SHEET_NAME_MAX: Final = 31
_READ_FR: Final = (
    (
        "Chaque chiffre va avec son intervalle à 95\u00a0% (low, high). « value » vide\u00a0: trop peu pour se prononcer, "
        "ce qui n’est pas zéro. « noisy_value » est la valeur telle qu’elle a été ouverte\u00a0: elle peut être négative; "
        "ne la lisez pas seule."
    )
    .replace("« ", "«\u00a0")
    .replace(" »", "\u00a0»")
)
_READ_EN: Final = (
    "Each figure goes with its 95% interval (low, high). An empty “value” means too few to tell, which is not zero. "
    "“noisy_value” is the value as it was opened: it may be negative; do not read it alone."
)


def workbook(release: Release) -> bytes:
    """Give the XLSX file of a release: sheet "Lire-Read", then one sheet for each table."""
    sheets = [("Lire-Read", _about(release))]
    for number, table in enumerate(release.tables, start=1):
        sheets.append((f"{number}-{table.table}"[:_SHEET_NAME_MAX], _rows(table)))
    names = [name for name, _ in sheets]
    parts = {
        "[Content_Types].xml": _content_types(len(sheets)),
        "_rels/.rels": _relations([("officeDocument", "xl/workbook.xml")]),
        "xl/workbook.xml": _book(names),
        "xl/_rels/workbook.xml.rels": _relations(
            [("styles", "styles.xml"), *(("worksheet", f"worksheets/sheet{n}.xml") for n in range(1, len(sheets) + 1))]
        ),
        "xl/styles.xml": _styles(),
    }
    for number, (_, rows) in enumerate(sheets, start=1):
        parts[f"xl/worksheets/sheet{number}.xml"] = _sheet(rows, wide=number == 1)
    return _archive({name: (_HEAD + text).encode("utf-8") for name, text in parts.items()})


def _about(release: Release) -> list[list[Cell]]:
    """Say what the workbook holds, in both languages, so that a sheet sent on alone can be traced."""
    return [
        ["sansnom", release.release],
        ["Titre", release.title.fr],
        ["Title", release.title.en],
        ["Période / Period", f"{release.period.start} – {release.period.end}"],
        ["Empreinte / Digest (SHA-256)", release.digest],
        ["Remplace / Supersedes", release.supersedes or "–"],
        ["Organismes / Organizations", release.organizations],
        ["Lire", _READ_FR],
        ["Read", _READ_EN],
    ]


def _rows(table: ReleasedTable) -> list[list[Cell]]:
    rows: list[list[Cell]] = [[*column_titles(table)]]
    names = product(*(axis.values for axis in table.axes))
    told = zip(names, table.consistent.figures, table.consistent.estimates_hundredths, table.figures, strict=True)
    for values, figure, estimate, opened in told:
        labels = [text for value in values for text in (value.code, value.label.fr, value.label.en)]
        shown: Cell = figure.value or ""
        rows.append([*labels, shown, *_ends(figure), Fraction(estimate, 100), opened.value, *_ends(opened)])
    return rows


def _ends(figure: Figure) -> list[Cell]:
    return [figure.low, figure.high, "true" if figure.dominated else "false"]


def _sheet(rows: Sequence[Sequence[Cell]], *, wide: bool) -> str:
    told = []
    for number, cells in enumerate(rows, start=1):
        style = ' s="1"' if number == 1 and not wide else ' s="2"' if wide else ""
        inside = "".join(_cell(f"{_column(place)}{number}", cell, style) for place, cell in enumerate(cells))
        told.append(f'<row r="{number}">{inside}</row>')
    columns = '<cols><col min="1" max="1" width="30" customWidth="1"/><col min="2" max="2" width="90" customWidth="1"/></cols>'
    pane = '<sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" state="frozen"/></sheetView></sheetViews>'
    before = columns if wide else pane
    return f'<worksheet xmlns="{_MAIN}">{before}<sheetData>{"".join(told)}</sheetData></worksheet>'


def _cell(place: str, cell: Cell, style: str) -> str:
    """Write one cell: a number, or a text without signs that XML does not know; nothing for an empty one."""
    if isinstance(cell, int):
        return f'<c r="{place}"{style}><v>{cell}</v></c>'
    if isinstance(cell, Fraction):
        return f'<c r="{place}"{style}><v>{decimal(int(cell * 100))}</v></c>'
    told = _escaped(cell)
    return f'<c r="{place}" t="inlineStr"{style}><is><t xml:space="preserve">{told}</t></is></c>' if told else ""


def _escaped(text: str) -> str:
    """Write what XML reads as markup by name, and leave out signs that it does not know."""
    told = "".join(sign for sign in text if sign.isprintable() or sign == "\u00a0")
    return told.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def _column(place: int) -> str:
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _book(names: Sequence[str]) -> str:
    listed = "".join(
        f'<sheet name="{_escaped(name)}" sheetId="{n}" r:id="rId{n + 1}"/>' for n, name in enumerate(names, start=1)
    )
    return f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><sheets>{listed}</sheets></workbook>'


def _relations(told: Sequence[tuple[str, str]]) -> str:
    listed = "".join(
        f'<Relationship Id="rId{n}" Type="{_RELATIONS}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(told, start=1)
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{listed}</Relationships>'


def _content_types(sheets: int) -> str:
    listed = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{_MIME}.worksheet+xml"/>'
        for n in range(1, sheets + 1)
    )
    return (
        f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_MIME}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_MIME}.styles+xml"/>{listed}</Types>'
    )


def _styles() -> str:
    """Three looks: plain, bold for the first row of a table, wrapped for the sheet of words."""
    return (
        f'<styleSheet xmlns="{_MAIN}"><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
        '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
        '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>'
        '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
        '<cellXfs count="3"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
        '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>'
        '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0" applyAlignment="1">'
        '<alignment vertical="top" wrapText="1"/></xf></cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
    )


def _archive(parts: dict[str, bytes]) -> bytes:
    """Write a ZIP archive of stored files (APPNOTE 6.3, version 2.0): no compression, one date for all."""
    body, directory = b"", b""
    for name, content in parts.items():
        told = name.encode("ascii")
        size = len(content)
        common = struct.pack("<HHHHHIIIHH", 20, 0, 0, 0, _DAY, zlib.crc32(content), size, size, len(told), 0)
        directory += (
            b"PK\x01\x02" + struct.pack("<H", 20) + common + struct.pack("<HHHII", 0, 0, 0, 0, len(body)) + told
        )
        body += b"PK\x03\x04" + common + told + content
    ending = struct.pack("<HHHHIIH", 0, 0, len(parts), len(parts), len(directory), len(body), 0)
    return body + directory + b"PK\x05\x06" + ending
