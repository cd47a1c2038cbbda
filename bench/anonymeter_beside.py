"""Our A7 beside the package Anonymeter on the same records: `python -m bench.anonymeter_beside BOARD`.

Records rebuilt from the first release of a board, the persons it counts and a control group go by files to the oracle, which
runs in `.venv-bench-protect` (`pip install -r requirements/bench-protect.txt` there). Tried besides on made-up persons of six
attributes: rebuilt records that are drawn apart from them, where neither may ring, and a copy of them, where both must.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from sansnom.audit.attacks import a7_linkage
from sansnom.audit.attacks.practice import Practice
from sansnom.audit.attacks.target import Integers, Target
from sansnom.board.dictionaries import shipped_dictionaries
from sansnom.board.public import read_board

ORACLE = """
import json, sys, warnings
import pandas as pd
from anonymeter.evaluators import InferenceEvaluator, LinkabilityEvaluator, SinglingOutEvaluator
warnings.simplefilter("ignore")
read = lambda name: pd.read_csv(f"{sys.argv[1]}/{name}.csv", dtype=str).astype(object)
rebuilt, members, controls = read("rebuilt"), read("members"), read("controls")
columns = list(members.columns)
half, attacks = max(1, len(columns) // 2), min(400, len(members) - 1)
told = {}
three = {"ori": members, "syn": rebuilt, "control": controls, "n_attacks": attacks}
sides = (columns[:half], columns[half:])
made = {
    "singling_out": lambda: SinglingOutEvaluator(**three),
    "linkage": lambda: LinkabilityEvaluator(**three, aux_cols=sides, n_neighbors=1),
    "inference": lambda: InferenceEvaluator(**three, aux_cols=columns[:-1], secret=columns[-1], regression=False),
}
for name, make in made.items():
    try:
        evaluator = make()
        evaluator.evaluate(**({"mode": "multivariate"} if name == "singling_out" else {}))
        risk = evaluator.risk(confidence_level=0.95)
        told[name] = [round(float(risk.value), 3), [round(float(each), 3) for each in risk.ci]]
    except Exception as error:
        told[name] = [None, type(error).__name__ + ": " + str(error)[:120]]
print(json.dumps(told))
"""


def beside(oracle: str, rebuilt: Integers, members: Integers, controls: Integers) -> "dict[str, list[object]]":
    """Give the package's three risks of these records."""
    with tempfile.TemporaryDirectory() as folder:
        for name, records in (("rebuilt", rebuilt), ("members", members), ("controls", controls)):
            heading = ",".join(f"a{place}" for place in range(records.shape[1]))
            lines = [",".join(f"v{value}" for value in record) for record in records.tolist()]
            (Path(folder) / f"{name}.csv").write_text("\n".join([heading, *lines]) + "\n", encoding="ascii")
        ran = subprocess.run([oracle, "-c", ORACLE, folder], capture_output=True, text=True, check=True)
    found: dict[str, list[object]] = json.loads(ran.stdout.splitlines()[-1])
    return found


def main() -> int:
    """Print both risks of each set."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("board", type=Path)
    parser.add_argument("--oracle", default=".venv-bench-protect/bin/python", metavar="PYTHON")
    args = parser.parse_args()
    board = read_board(args.board, shipped_dictionaries())
    target = Target.of(board, board.releases[0])
    draws = np.random.default_rng(4)
    persons, others, apart = (draws.integers(0, 6, (400, 6), dtype=np.int64) for _ in range(3))
    sets = {
        "a release": next(a7_linkage.worlds_of(target, Practice())),
        "drawn apart": (apart, persons, others),
        "a copy": (np.array(persons), persons, others),
    }
    for name, (records, members, controls) in sets.items():
        if records.shape[1] < 2:
            print(f"{name:12} one attribute: the package needs two")
            continue
        ours = a7_linkage.risks_in([(records, members, controls)])
        theirs = beside(args.oracle, records, members, controls)
        for risk, (kind, told) in zip(ours, theirs.items(), strict=True):
            print(f"{name:12} {kind:14} ours {risk.excess:.3f} (sure {risk.sure:.3f})   anonymeter {told[0]} {told[1]}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
