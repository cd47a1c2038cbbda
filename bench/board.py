"""How long a board of ten years takes to build and to verify: forty quarterly releases, made up, with every page.

    python bench/board.py                 ten years, the fifteen tables of the tests' sample
    python bench/board.py --years 3 --keep DIR

Prints one JSON object: seconds, number of files, the largest page, bytes in all.
"""

import argparse
import json
import tempfile
import time
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from pathlib import Path

from sansnom.audit.public_check import Look, check_board
from sansnom.board.dictionaries import shipped_dictionaries
from sansnom.board.enter import enter_new
from sansnom.board.journal import Journal
from sansnom.board.site import PAGE_BYTES_MAX, build_site
from sansnom.release.assemble import assemble_release
from sansnom.terms.plan import Period, SeriesPart
from sansnom.terms.roster import Roster
from sansnom.transparency.note import verifier_of
from sansnom.transparency.signature import sign_object
from tests.board.sample_board import SET_DIGEST, TRUTH, asked, keyed_roster, private_key, signed_by_helpers, write
from tests.release.samples import dictionary, opened_values, sample_tables

FIRST_YEAR = 2026
NOW = datetime(2037, 1, 1, tzinfo=UTC)


def quarter_of(year: int, number: int) -> Period:
    """Give the first and last day of a quarter of a fiscal year."""
    begins = [date(year, 4, 1), date(year, 7, 1), date(year, 10, 1), date(year + 1, 1, 1), date(year + 1, 4, 1)]
    return Period(begins[number].isoformat(), (begins[number + 1] - timedelta(days=1)).isoformat())


def lay(folder: Path, years: int) -> Roster:
    """Lay the public files of so many years: four quarters each, one declared series a year."""
    roster = replace(keyed_roster(), log_key=verifier_of("bench.invalid/board", private_key("log")).text)
    envelope = sign_object("roster", roster.to_json(), private_key("convener"))
    write(folder / "roster.json", envelope)
    write(folder / "rosters/1.json", envelope)
    tables = tuple(replace(table, rho=table.rho / 4) for table in sample_tables())
    counts = Fraction(1, 400)
    rho = sum((table.rho for table in tables), counts)
    for year in range(FIRST_YEAR, FIRST_YEAR + years):
        named = [(f"{year}-q{n + 1}", quarter_of(year, n)) for n in range(4)]
        parts = tuple(SeriesPart(name, period, rho) for name, period in named)
        for place, (name, period) in enumerate(named):
            plan = asked(
                name,
                roster,
                tables=tables,
                counts_rho=counts,
                rho=rho,
                period=period,
                cutoff=f"{date.fromisoformat(period.end) + timedelta(days=30)}T20:00:00Z",
                budget_year=f"{year}-{year + 1}",
                series=f"quarters-{year}",
                series_parts=parts,
            )
            write(folder / f"plans/{name}/plan.json", sign_object("plan", plan.to_json(), private_key("convener")))
            opened = opened_values(plan, TRUTH, seed=4 * year + place)
            release = assemble_release(plan, dictionary(), roster, SET_DIGEST, 24, opened)
            write(folder / f"releases/{name}/release.json", signed_by_helpers("release", release.to_json()))
    keeper = verifier_of("bench.invalid/board", private_key("log"))
    enter_new(folder, Journal(folder, keeper), private_key("log"), NOW)
    return roster


def main() -> None:
    """Lay, build and check; print what it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--years", type=int, default=10)
    parser.add_argument("--keep", type=Path)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        folder = args.keep if args.keep is not None else Path(made) / "board"
        lay(folder, args.years)
        began = time.perf_counter()
        files = build_site(folder)
        built = time.perf_counter()
        verdict = check_board(folder, shipped_dictionaries(), Look(pages=True))
        checked = time.perf_counter()
        pages = [place.stat().st_size for place in files if place.suffix == ".html"]
        told = {
            "releases": 4 * args.years,
            "build_seconds": round(built - began, 1),
            "verify_seconds": round(checked - built, 1),
            "files": len(files),
            "largest_page_bytes": max(pages),
            "pages_under_limit": max(pages) < PAGE_BYTES_MAX,
            "bytes": sum(place.stat().st_size for place in folder.rglob("*") if place.is_file()),
            "findings": sorted({finding.code for finding in verdict.findings}),
        }
        print(json.dumps(told))


if __name__ == "__main__":
    main()
