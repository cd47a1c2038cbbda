"""A release as files for analysts: one CSV per table, and a Frictionless data package that describes them.

CSV is UTF-8 with a byte-order mark: spreadsheets then show accents as they are, and pandas, R (readr) and LibreOffice skip it.
Lines end with CR LF (RFC 4180). Labels that a spreadsheet would take for a formula get an apostrophe before them.
"""

from collections.abc import Sequence
from itertools import product
from typing import Any, Final

from sansnom.terms.release import Figure, Release, ReleasedTable

BYTE_ORDER_MARK: Final = "\ufeff"
_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")
_OPENED_COLUMNS: Final = ("noisy_value", "noisy_low", "noisy_high", "noisy_too_few")
_FIGURE_COLUMNS: Final = ("value", "low", "high", "too_few", "estimate", *_OPENED_COLUMNS)

_EXPLAINED: Final = {
    "value": (
        "Chiffre qui concorde dans tous les tableaux de la réponse. Vide n’est pas zéro. / "
        "Figure that agrees in all tables of the answer. Empty is not zero."
    ),
    "estimate": (
        "Avant l’arrondi; peut être négative là où il y a peu de monde. Pour additionner des cases, prenez celle-ci. / "
        "Before rounding; may be negative where there are few people. To add up cells, take this one."
    ),
    "noisy_value": (
        "Le total plus un bruit qui peut être négatif: un nombre négatif veut dire « près de zéro », jamais moins que rien. Ne le "
        "remplacez pas par 0 avant d’additionner: les sommes seraient trop grandes. / "
        "The total plus noise, which may be negative: a negative number means “near zero”, never less than none. Do not "
        "replace it by 0 before adding up: sums would come out too large."
    ),
}

_DESCRIBED: Final = (
    ("value", "integer", "{unit}; vide: trop peu pour se prononcer / empty: too few to tell"),
    ("low", "integer", "Borne inférieure (95 %) / Lower end (95 %)"),
    ("high", "integer", "Borne supérieure (95 %) / Upper end (95 %)"),
    ("too_few", "boolean", "Trop peu pour se prononcer / Too few to tell"),
    ("estimate", "number", "Estimation sans biais / Unbiased estimate"),
    (
        "noisy_value",
        "integer",
        "Valeur ouverte, bruit compris; peut être négative / Opened value, noise included; may be negative",
    ),
    ("noisy_low", "integer", "Valeur ouverte: borne inférieure (95 %) / Opened value: lower end (95 %)"),
    ("noisy_high", "integer", "Valeur ouverte: borne supérieure (95 %) / Opened value: upper end (95 %)"),
    ("noisy_too_few", "boolean", "Valeur ouverte: trop peu pour se prononcer / Opened value: too few to tell"),
)


def table_csv(table: ReleasedTable) -> bytes:
    """Give one table as CSV: code and both labels for each axis, the consistent figure, then the opened one.

    `value` agrees in all tables of the release; where nothing can be told it is empty, never 0, and sums stay the same.
    `estimate` is the unbiased estimate behind it, with two decimals; `noisy_value` is what was opened. Both may be negative.
    """
    lines = [csv_line(column_titles(table))]
    names = product(*(axis.values for axis in table.axes))
    told = zip(names, table.consistent.figures, table.consistent.estimates_hundredths, table.figures, strict=True)
    for values, figure, estimate, opened in told:
        labels = [harmless(told) for value in values for told in (value.code, value.label.fr, value.label.en)]
        value = str(figure.value) if figure.value else ""
        lines.append(
            csv_line([*labels, value, *_numbers(figure), decimal(estimate), str(opened.value), *_numbers(opened)])
        )
    return (BYTE_ORDER_MARK + "".join(lines)).encode("utf-8")


def column_titles(table: ReleasedTable) -> list[str]:
    """Name the columns of a table, in order: three for each axis, then those of the figures."""
    return [*(name for axis in table.axes for name in _axis_columns(axis.code)), *_FIGURE_COLUMNS]


def _numbers(figure: Figure) -> list[str]:
    return [str(figure.low), str(figure.high), "true" if figure.dominated else "false"]


def decimal(hundredths: int) -> str:
    """Write hundredths as a decimal number."""
    whole, part = divmod(abs(hundredths), 100)
    return f"{'-' if hundredths < 0 else ''}{whole}.{part:02d}"


def csv_line(cells: Sequence[str]) -> str:
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
            "Totaux bruités et chiffres concordants; chacun a son intervalle à 95 %. / "
            "Noisy totals and figures that agree; each stands with its 95 % interval."
        ),
        "keywords": ["differential privacy", "confidentialité différentielle"],
        "resources": [_resource(table) for table in release.tables],
        "sources": [{"title": "release.json", "path": "release.json"}],
    }


def _axis_columns(code: str) -> tuple[str, str, str]:
    return (code, f"{code}_fr", f"{code}_en")


def _resource(table: ReleasedTable) -> dict[str, Any]:
    fields: list[dict[str, Any]] = []
    for axis in table.axes:
        described = f"{axis.label.fr} / {axis.label.en}"
        fields += [{"name": name, "type": "string", "title": described} for name in _axis_columns(axis.code)]
    fields += [
        {"name": name, "type": kind, "title": title.format(unit=f"{table.unit.fr} / {table.unit.en}")}
        | ({"description": _EXPLAINED[name]} if name in _EXPLAINED else {})
        for name, kind, title in _DESCRIBED
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
