"""CP-SAT in a process of its own: highspy and ortools cannot share one.

Reads one JSON object on standard input, writes one on standard output. Cells are whole numbers within bounds; relations are
sums that equal a number. `claims`: cells that have one same value, among those asked, in every solution: found by solving
several times, then each proven by the absence of any solution with another value (Liu et al., arXiv 2504.21199).
"""

import json
import sys
from importlib import import_module
from typing import Any

TURNS = 4
SEED = 7
EFFORT = 20.0
"""Deterministic time of one solve: the same on every machine."""


def solve(asked: dict[str, Any]) -> dict[str, Any]:
    """Answer one request: {"low", "high", "relations": [[[place, coefficient], ...], total], "asked", "most"}."""
    cp_model: Any = import_module("ortools.sat.python.cp_model")  # here, so that no other process has it by accident

    def model() -> tuple[Any, list[Any]]:
        made = cp_model.CpModel()
        pairs = zip(asked["low"], asked["high"], strict=True)
        cells = [made.new_int_var(low, high, f"c{n}") for n, (low, high) in enumerate(pairs)]
        for terms, total in asked["relations"]:
            made.add(sum(coefficient * cells[place] for place, coefficient in terms) == total)
        for product in asked.get("products", ()):
            made.add_multiplication_equality(cells[product[0]], [cells[product[1]], cells[product[2]]])
        return made, cells

    def found(made: Any, cells: list[Any], seed: int) -> tuple[str, list[int]]:  # noqa: ANN401 - no types published
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = seed
        solver.parameters.max_deterministic_time = EFFORT
        status = solver.solve(made)
        if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return "solved", [int(solver.value(cell)) for cell in cells]
        return ("impossible" if status == cp_model.INFEASIBLE else "unknown"), []

    alike: dict[int, int] = {}
    solutions = 0
    for turn in range(TURNS):
        made, cells = model()
        wanted = asked["asked"]
        sign = 1 if turn % 2 else -1
        made.maximize(sum(sign * (1 + (place * (turn + 3)) % 5) * cells[place] for place in wanted) if wanted else 0)
        status, values = found(made, cells, SEED + turn)
        if status == "impossible":
            return {"status": "impossible", "claims": [], "solutions": solutions}
        if status == "unknown":
            continue
        solutions += 1
        here = {place: values[place] for place in wanted if 1 <= values[place] <= asked["most"]}
        alike = here if solutions == 1 else {p: v for p, v in alike.items() if here.get(p) == v}
    if not solutions:
        return {"status": "unknown", "claims": [], "solutions": 0}
    claims = []
    for place, value in sorted(alike.items()):
        made, cells = model()
        made.add(cells[place] != value)
        if found(made, cells, SEED)[0] == "impossible":
            claims.append(place)
    return {"status": "solved", "claims": claims, "solutions": solutions}


def main() -> None:
    """Answer the request on standard input."""
    json.dump(solve(json.load(sys.stdin)), sys.stdout)


if __name__ == "__main__":
    main()
