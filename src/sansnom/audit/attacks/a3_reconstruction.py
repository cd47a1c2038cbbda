"""A3, reconstruction: take every published interval for certain, and look for counts that no other table allows."""

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from sansnom.audit.attacks.outcome import INDIVIDUALIZATION, Measure, Outcome
from sansnom.audit.attacks.own_tables import THRESHOLD, OwnTables, published_tables
from sansnom.audit.attacks.practice import Practice
from sansnom.audit.attacks.target import Integers, Target, Together, together
from sansnom.terms.errors import BrokenInvariant, Finding

SECONDS_MAX: Final = 300
MOST: Final = 10**6

Relation = tuple[list[tuple[int, int]], int]


@dataclass(frozen=True, slots=True)
class Reconstruction:
    """What CP-SAT found: `status` of the whole, and cells whose small count is the only one possible."""

    status: str
    claims: tuple[int, ...]
    solutions: int


def reconstruct(
    low: Sequence[int],
    high: Sequence[int],
    relations: Sequence[Relation],
    asked: Sequence[int],
    *,
    most: int = THRESHOLD - 1,
    products: Sequence[tuple[int, int, int]] = (),
) -> Reconstruction:
    """Ask CP-SAT, in a process of its own, which of the cells asked have one possible value, from 1 to `most`.

    products  (a, b, c): cell a is cell b times cell c
    """
    request: dict[str, Any] = {"low": list(low), "high": list(high), "relations": list(relations)}
    request |= {"asked": list(asked), "most": most, "products": list(products)}
    done = subprocess.run(
        [sys.executable, "-m", "sansnom.audit.attacks.solve_apart"],
        input=json.dumps(request),
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS_MAX,
    )
    if done.returncode:
        raise BrokenInvariant("attack.solver", found=done.returncode)
    told = json.loads(done.stdout)
    return Reconstruction(told["status"], tuple(told["claims"]), told["solutions"])


def attack(target: Target, practice: Practice) -> Outcome:
    """Reconstruct the release's tables from their intervals, and an organization's tables from what they show."""
    whole = together(target)
    joint = _from_intervals(target, whole)
    own = published_tables(practice)
    alone = _from_own(own)
    claimed = [Finding("attack.reconstructed", whole.names[place]) for place in joint.claims]
    claimed += [Finding("attack.reconstructed", own.names[place]) for place in alone.claims]
    return Outcome(
        number="A3",
        name=("Reconstruction", "Reconstruction"),
        criteria=(INDIVIDUALIZATION,),
        tried=(
            (
                "On tient chaque intervalle publié pour certain; un solveur cherche les petits "
                "effectifs qu’aucun autre tableau ne permet."
            ),
            "Every published interval is taken for certain; a solver looks for small counts that no other table allows.",
        ),
        rule=("Aucun effectif de 1 à 9 n’est démontré.", "No count of 1 to 9 is proven."),
        guessing=(
            "Parmi les solutions, autant d’effectifs que l’on veut sont possibles; seule une preuve compte.",
            "Among solutions any number of counts is possible; only a proof counts.",
        ),
        measures=(
            Measure(
                "proven",
                ("Petits effectifs démontrés dans la diffusion", "Small counts proven in the release"),
                len(joint.claims),
                0,
            ),
            Measure(
                "solved", ("Tableaux différents trouvés", "Different tables found"), joint.solutions, 0, floor=True
            ),
            Measure(
                "proven_own",
                ("Tableaux propres\u00a0: petits effectifs démontrés", "Own tables: small counts proven"),
                len(alone.claims),
                0,
            ),
        ),
        named=tuple(claimed),
        notes=()
        if joint.status == "solved"
        else (
            (
                "Aucun tableau ne respecte tous les intervalles à la fois\u00a0: une reconstruction qui les croit se trompe.",
                "No table obeys all the intervals at once: a reconstruction that believes them is wrong.",
            ),
        ),
    )


def _from_intervals(target: Target, whole: Together) -> Reconstruction:
    figures = [figure for table in target.release.tables for figure in table.figures]
    low, high = [f.low for f in figures], [max(f.high, f.low) for f in figures]
    small = [place for place, bottom in enumerate(low) if bottom < THRESHOLD]
    return reconstruct(low, high, relations_of(whole.sums), small)


def _from_own(own: OwnTables) -> Reconstruction:
    table = own.joined.table
    low = np.where(own.hidden, 0, table.values)
    high = np.where(own.hidden, MOST, table.values)
    asked = np.flatnonzero(own.hidden)
    return reconstruct(low.tolist(), high.tolist(), relations_of(table.relations.toarray()), asked.tolist())


def relations_of(sums: "np.ndarray[Any, Any]") -> list[Relation]:
    """Write sums that are zero as the solver reads them."""
    found: list[Relation] = []
    for row in sums:
        places: Integers = np.flatnonzero(row)
        found.append(([(int(place), int(row[place])) for place in places], 0))
    return found
