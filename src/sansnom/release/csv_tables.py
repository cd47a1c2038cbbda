"""A release as files for analysts: one CSV per table, and a Frictionless data package that describes them.

CSV is UTF-8 with a byte-order mark: spreadsheets then show accents as they are, and pandas, R (readr) and LibreOffice skip it.
Lines end with CR LF (RFC 4180). Labels that a spreadsheet would take for a formula get an apostrophe before them.
"""

from collections.abc import Sequence
from itertools import product
from typing import Any, Final

from sansnom.terms.release import Release, ReleasedTable

BYTE_ORDER_MARK: Final = "\ufeff"
_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")
_FIGURE_COLUMNS: Final = ("noisy_value", "low", "high", "too_few")


def table_csv(table: ReleasedTable) -> bytes:
    """Give one table as CSV: code and both labels for each axis, then the opened value, its interval and the flag.

    `noisy_value` is what was opened, and may be negative; sums over rows of it are unbiased, those of clipped ones are not.
    """
    lines = [_line([*(name for axis in table.axes for name in _axis_columns(axis.code)), *_FIGURE_COLUMNS])]
    for values, figure in zip(product(*(axis.values for axis in table.axes)), table.figures, strict=True):
        labels = [harmless(told) for value in values for told in (value.code, value.label.fr, value.label.en)]
        numbers = [str(figure.value), str(figure.low), str(figure.high), "true" if figure.dominated else "false"]
        lines.append(_line([*labels, *numbers]))
    return (BYTE_ORDER_MARK + "".join(lines)).encode("utf-8")


def _line(cells: Sequence[str]) -> str:
    """Write one line as RFC 4180 has it: quotation marks where a comma, a quotation mark or a line break stands inside."""
    quoted = [f'"{c.replace(chr(34), chr(34) * 2)}"' if any(sign in c for sign in ',"\r\n') else c for c in cells]
    return ",".join(quoted) + "\r\n"


def harmless(text: str) -> str:
    """Put an apostrophe before a label that a spreadsheet would run as a formula."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def data_package(release: Release) -> dict[str, Any]:
    """Describe the CSV files of a release as a Frictionless data package (version 1 profile)."""
    return {
        "profile": "tabular-data-package",
        "name": release.release,
        "id": release.digest,
        "title": f"{release.title.fr} / {release.title.en}",
        "description": (
            "Totaux bruités; chaque chiffre a son intervalle à 95 %. / "
            "Noisy totals; each figure stands with its 95 % interval."
        ),
        "keywords": ["differential privacy", "confidentialité différentielle"],
        "resources": [_resource(table) for table in release.tables],
    }


def _axis_columns(code: str) -> tuple[str, str, str]:
    return (code, f"{code}_fr", f"{code}_en")


def _resource(table: ReleasedTable) -> dict[str, Any]:
    fields: list[dict[str, Any]] = []
    for axis in table.axes:
        described = f"{axis.label.fr} / {axis.label.en}"
        fields += [{"name": name, "type": "string", "title": described} for name in _axis_columns(axis.code)]
    fields += [
        {"name": "noisy_value", "type": "integer", "title": f"{table.unit.fr} / {table.unit.en}"},
        {"name": "low", "type": "integer", "title": "Borne inférieure (95 %) / Lower end (95 %)"},
        {"name": "high", "type": "integer", "title": "Borne supérieure (95 %) / Upper end (95 %)"},
        {"name": "too_few", "type": "boolean", "title": "Trop peu pour se prononcer / Too few to tell"},
    ]
    return {
        "profile": "tabular-data-resource",
        "name": table.table,
        "path": f"tables/{table.table}.csv",
        "title": f"{table.title.fr} / {table.title.en}",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": {"delimiter": ",", "lineTerminator": "\r\n", "quoteChar": '"', "header": True},
        "schema": {"fields": fields, "primaryKey": [axis.code for axis in table.axes]},
    }
