"""Columns of a list beside its count: how many contributed to a cell, who is alone in it, what hiding it costs.

Who is alone in a cell knows it, so it hides nothing from them; a cell to which too few contributed is hidden whatever its
count. A finding names a cell by its labels and the column, never what stands there.
"""

import argparse
from dataclasses import dataclass, replace
from math import isfinite

import numpy as np

from sansnom.audit.table_file import MISSING, NUMBER, TableFile, figure
from sansnom.release.linear_table import Flags, Floats, Integers, LinearTable
from sansnom.release.manifest import Union
from sansnom.release.suppression.primary import PrimaryRules, primaries_of
from sansnom.terms.errors import Finding, InputError

NOBODY = -1


@dataclass(frozen=True, slots=True)
class Columns:
    """The names of these columns; "" where there is none."""

    contributors: str = ""
    contributors_min: int = 2
    alone: str = ""
    weight: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(each for each in (self.contributors, self.alone, self.weight) if each)


def add_columns(parser: argparse.ArgumentParser) -> None:
    """Describe the options that name them."""
    parser.add_argument(
        "--contributors",
        metavar="COL",
        default="",
        help="column: how many organizations are in the cell · colonne\u00a0: combien d’organismes y sont",
    )
    parser.add_argument(
        "--contributors-min",
        type=int,
        default=2,
        metavar="N",
        help="fewer are hidden · un nombre moindre est caché",
    )
    parser.add_argument(
        "--alone",
        metavar="COL",
        default="",
        help="column: who is alone in the cell, else empty · colonne\u00a0: qui y est seul, sinon vide",
    )
    parser.add_argument(
        "--weight",
        metavar="COL",
        default="",
        help="column: what hiding the cell costs · colonne\u00a0: ce que cacher la cellule coûte",
    )


def columns_of(args: argparse.Namespace) -> Columns:
    """Take the columns from the arguments; InputError where they fit neither the file's form nor the method."""
    columns = Columns(args.contributors, args.contributors_min, args.alone, args.weight)
    if columns.names and args.file.name.casefold().endswith((".json", ".json.gz")):
        raise InputError("columns.json", where=", ".join(columns.names))
    if columns.names and args.method != "suppress":
        raise InputError("columns.method", where=", ".join(columns.names))
    if columns.weight and args.weights:
        raise InputError("columns.two_weights", where="--weight, --weights")
    if columns.contributors_min < 1:
        raise InputError("attack.rule", where="--contributors-min")
    return columns


def told_by_columns(joined: Union, source: TableFile, columns: Columns, threshold: int) -> Union:
    """Give the joined tables with what the columns of the first one tell."""
    for name in columns.names:
        if source.crossed:
            raise InputError("columns.need_list", where=name)
        if name not in source.beside:
            raise InputError("table.column_unknown", where=name)
    own, table = joined.places[0], joined.table
    many = _contributors(source, columns)
    if many is not None:
        everywhere = np.zeros(table.cells, dtype=np.int64)
        everywhere[own] = many
        table = _with_few(table, everywhere, PrimaryRules(threshold, columns.contributors_min))
    if columns.alone:
        alone = np.full(table.cells, NOBODY, dtype=np.int64)
        alone[own] = _alone(source, columns, many)
        table = replace(table, contributors=alone)
    if columns.weight:
        weights = np.asarray(table.weights, dtype=np.float64).copy()
        told, there = _weights(source, columns)
        weights[own[there]] = told[there]
        table = replace(table, weights=weights)
    return replace(joined, table=table)


def few_of(source: TableFile, columns: Columns) -> Flags:
    """Tell the cells to which too few contributed."""
    many = _contributors(source, columns)
    assert many is not None, "asked without a column"
    return np.asarray((many > 0) & (many < columns.contributors_min) & (source.values > 0))


def _contributors(source: TableFile, columns: Columns) -> Integers | None:
    """Read how many contributed to each cell; 0 where the list has no line for it, or says nothing of a total."""
    if not columns.contributors:
        return None
    texts = source.beside[columns.contributors]
    found = [figure(text) for text in texts]
    wrong = [each is None or each[0] not in {NUMBER, MISSING} for each in found]
    _refuse("columns.not_whole", source, columns.contributors, wrong)
    many = np.array([each[1] if each else 0 for each in found], dtype=np.int64)
    nobody = [
        bool(text) and not each and value > 0 for text, each, value in zip(texts, many, source.values, strict=True)
    ]
    _refuse("columns.nobody", source, columns.contributors, nobody)
    return many


def _alone(source: TableFile, columns: Columns, many: Integers | None) -> Integers:
    """Number whoever is alone in a cell."""
    texts = source.beside[columns.alone]
    if many is not None:
        _refuse(
            "columns.not_alone", source, columns.alone, [bool(t) and m > 1 for t, m in zip(texts, many, strict=True)]
        )
        unnamed = [not text and m == 1 for text, m in zip(texts, many, strict=True)]
        _refuse("columns.unnamed", source, columns.alone, unnamed)
    numbers = {name: place for place, name in enumerate(dict.fromkeys(each for each in texts if each))}
    return np.array([numbers.get(text, NOBODY) for text in texts], dtype=np.int64)


def _weights(source: TableFile, columns: Columns) -> tuple[Floats, Flags]:
    """Read what hiding costs, and where the list says it: cells it says nothing of keep the weight of their count."""
    texts = source.beside[columns.weight]
    numbers = [_number(text) for text in texts]
    wrong = [bool(text) and not 0 <= number < float("inf") for text, number in zip(texts, numbers, strict=True)]
    _refuse("columns.weight", source, columns.weight, wrong)
    return np.array(numbers), np.array([bool(text) for text in texts])


def _number(text: str) -> float:
    """Read a number written with a point or a comma; -1 where it is none."""
    try:
        number = float(text.replace("\u00a0", "").replace("\u202f", "").replace(" ", "").replace(",", "."))
    except ValueError:
        return -1.0
    return number if isfinite(number) else -1.0


def _with_few(table: LinearTable, contributors: Integers, rules: PrimaryRules) -> LinearTable:
    """Hide besides what too few contributed to."""
    found = primaries_of(table, rules, contributors=contributors)
    few = found.reasons["contributors"] & (table.values > 0)
    return replace(
        table,
        primary=table.primary | few,
        protection_up=np.where(few, np.maximum(table.protection_up, found.protection_up), table.protection_up),
        protection_down=np.where(few, np.maximum(table.protection_down, found.protection_down), table.protection_down),
    )


def _refuse(code: str, source: TableFile, column: str, wrong: "list[bool]") -> None:
    """Name the first cells where something is wrong."""
    cells = np.flatnonzero(np.array(wrong, dtype=np.bool_))
    if len(cells):
        findings = tuple(Finding(code, f"{source.cell_name(int(cell))} ({column})") for cell in cells[:200])
        raise InputError(code, findings if len(findings) > 1 else (), where=findings[0].where)
