"""A release as SDMX-CSV 2.0 (SDMX 3.0): what statistical offices exchange; one file for each table.

    STRUCTURE,STRUCTURE_ID,ACTION,<axes>,TIME_PERIOD,OBS_VALUE,OBS_STATUS,CONF_LOW,CONF_HIGH,CONF_LEVEL,UNIT_MEASURE

Axes are dimensions, by code. OBS_STATUS is of the list CL_OBS_STATUS: E (estimated) where there is a figure, Q (missing,
suppressed) where noise dominates it: OBS_VALUE is then empty, and the interval still says how many there may be. TIME_PERIOD is
the first day and the length of the period, as SDMX writes a time range.
"""

from datetime import date
from itertools import product
from typing import Final

from sansnom.release.csv_tables import csv_line
from sansnom.terms.plan import Period
from sansnom.terms.release import Release, ReleasedTable

STATUS_ESTIMATED: Final = "E"
STATUS_SUPPRESSED: Final = "Q"
_AFTER: Final = ("TIME_PERIOD", "OBS_VALUE", "OBS_STATUS", "CONF_LOW", "CONF_HIGH", "CONF_LEVEL", "UNIT_MEASURE")


def sdmx_csv(release: Release, table: ReleasedTable) -> bytes:
    """Give one table as SDMX-CSV; UTF-8 without a byte-order mark, as the format has it."""
    dimensions = [concept(axis.code) for axis in table.axes]
    lines = [csv_line(["STRUCTURE", "STRUCTURE_ID", "ACTION", *dimensions, *_AFTER])]
    structure = f"SANSNOM:{concept(table.table)}(1.0)"
    period, unit = time_range(release.period), concept(table.unit.en)
    codes = product(*([value.code for value in axis.values] for axis in table.axes))
    for cell, figure in zip(codes, table.consistent.figures, strict=True):
        value = "" if figure.dominated else str(figure.value)
        status = STATUS_SUPPRESSED if figure.dominated else STATUS_ESTIMATED
        told = [period, value, status, str(figure.low), str(figure.high), "95", unit]
        lines.append(csv_line(["dataflow", structure, "I", *cell, *told]))
    return "".join(lines).encode("utf-8")


def concept(code: str) -> str:
    """Write a code as SDMX identifiers are written: capitals, digits, underscores, a letter first."""
    told = "".join(c if c.isascii() and c.isalnum() else "_" for c in code.upper())
    return told if told[:1].isalpha() else f"D_{told}"


def time_range(period: Period) -> str:
    """Write a period as SDMX has it: 2025-04-01/P1Y, /P3M where it is whole months, else /P91D."""
    start, end = date.fromisoformat(period.start), date.fromisoformat(period.end)
    after = date.fromordinal(end.toordinal() + 1)
    if start.day == after.day == 1:
        months = 12 * (after.year - start.year) + after.month - start.month
        return f"{period.start}/P{months // 12}Y" if months % 12 == 0 else f"{period.start}/P{months}M"
    return f"{period.start}/P{(after - start).days}D"
