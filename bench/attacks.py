"""Measure the attack suite: seconds, the loss measured in 10^5 runs honest and with each weakness planted, on one release.

python bench/attacks.py BOARD                    the folder of a board (`sansnom demo --out demo` makes demo/board)
python bench/attacks.py BOARD --json FILE        beside what is printed, all figures as one object
python bench/attacks.py                          makes a board of its own first, in a temporary folder
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from sansnom.audit.attacks.practice import WEAKNESSES, Practice
from sansnom.audit.attacks.runner import audit_release
from sansnom.board.dictionaries import shipped_dictionaries
from sansnom.board.public import read_board


def measured(folder: Path) -> list[dict[str, Any]]:
    """Attack the first release as it is, and with each weakness."""
    board = read_board(folder, shipped_dictionaries())
    release = board.releases[0]
    rows = []
    for planted in ("", *WEAKNESSES):
        start = time.monotonic()
        found = audit_release(board, release, Practice(planted))
        measures = {m.code: m for outcome in found.outcomes for m in outcome.measures}
        rows.append(
            {
                "planted": planted or "none",
                "red": [outcome.number for outcome in found.outcomes if not outcome.passed],
                "loss_measured": round(measures["epsilon"].found, 2),
                "loss_announced": measures["epsilon"].limit,
                "seconds": round(time.monotonic() - start, 1),
            }
        )
    return rows


def main() -> int:
    """Print a line for each practice; 1 when an honest release is red, or a weakness is not seen."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("board", nargs="?", type=Path)
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = args.board
        if folder is None:
            out = Path(scratch) / "demo"
            command = [
                sys.executable,
                "-m",
                "sansnom",
                "demo",
                "--organizations",
                "6",
                "--persons",
                "400",
                "--seed",
                "5",
            ]
            subprocess.run([*command, "--out", str(out), "--json"], check=True, stdout=subprocess.DEVNULL)
            folder = out / "board"
        rows = measured(folder)
    print(f"{'planted':24}{'red':32}{'loss measured':>14}{'announced':>11}{'seconds':>9}")
    for row in rows:
        red = " ".join(row["red"]) or "-"
        print(f"{row['planted']:24}{red:32}{row['loss_measured']:>14}{row['loss_announced']:>11}{row['seconds']:>9}")
    if args.json:
        args.json.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    return 0 if all(bool(row["red"]) == (row["planted"] != "none") for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
