"""Rounding to a base, at random without bias: what is published says little about any one person, and cannot be averaged.

A count a with remainder r becomes a - r, or with chance r/b one base more: right on average. The chance is drawn by a
pseudorandom function of a secret and of what the cell counts, so that asking again gives the same answer and nothing to
average. Rounding to the nearest is refused: additions undo it (docs/protect-a-table.md shows on how many cells).

`round_additively` keeps the sums instead: each cell goes to one of its two multiples, so that parts still add up and the
whole is as near as can be. It needs the whole table in the clear, and is not random: its secret is its many ties.
"""

import hashlib
from collections.abc import Sequence
from typing import Final

import highspy
import numpy as np

from sansnom.release.intervals import SOLVER_THREADS
from sansnom.release.linear_table import Integers, LinearTable
from sansnom.terms.errors import InputError, PolicyRefusal

BASE: Final = 5
SECRET_BYTES_MIN: Final = 16
NODES_MAX: Final = 20_000
_WHOLE: Final = 2**64


def draw(secret: bytes, names: Sequence[str], purpose: bytes) -> list[int]:
    """Give a whole number below 2**64 for each cell: a pseudorandom function of the secret and what the cell counts."""
    if len(secret) < SECRET_BYTES_MIN:
        raise InputError("rounding.secret_short", where="secret", expected=SECRET_BYTES_MIN)
    person = purpose[:16].ljust(16, b"\0")
    return [
        int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8, key=secret[:64], person=person).digest())
        for name in names
    ]


def round_at_random(values: Integers, names: Sequence[str], secret: bytes, base: int = BASE) -> Integers:
    """Round each count to a multiple of the base, up with a chance of remainder / base.

    Shapes:  values, names and the result are (cells,).
    Loss:    not differentially private; one person moves the chance of one multiple by 1 / base.
    Against: repeating the question. Not against sums of many cells: their errors average as those of any rounding do.
    Source:  unbiased random rounding as Statistics Canada describes it.
    """
    if base < 2:
        raise InputError("rounding.base", where="base")
    low = values - values % base
    up = [
        drawn * base < int(r) * _WHOLE for drawn, r in zip(draw(secret, names, b"rounding"), values % base, strict=True)
    ]
    return np.asarray(low + base * np.array(up, dtype=np.int64))


def round_to_nearest(values: Integers, base: int = BASE) -> Integers:
    """Refuse: a rule without chance is undone by additions."""
    raise PolicyRefusal("rounding.deterministic", (), cells=len(values), base=base)


def round_additively(table: LinearTable, base: int = BASE, nodes_max: int = NODES_MAX) -> Integers:
    """Round each count to one of its two multiples so that every sum still holds, as near to the counts as can be.

    Shapes:  the result is (cells,), relations @ result == 0.
    Loss:    not differentially private.
    Against: see the module; use it for tables that must add up, with random rounding for those that need not.
    Source:  Cox, JASA 1987, as an integer program.
    """
    down = table.values // base
    remainder = table.values % base
    free = np.flatnonzero(remainder)
    if not len(free):
        return table.values.copy()
    relations = table.relations[:, free].tocsc()
    left = -(table.relations @ down).astype(np.float64)
    program = highspy.HighsLp()
    program.num_col_, program.num_row_ = len(free), relations.shape[0]
    program.col_cost_ = (base - 2 * remainder[free]).astype(np.float64)  # |b z - a| less its value when rounded down
    program.col_lower_, program.col_upper_ = np.zeros(len(free)), np.ones(len(free))
    program.row_lower_ = program.row_upper_ = left
    program.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    program.a_matrix_.start_, program.a_matrix_.index_ = relations.indptr, relations.indices
    program.a_matrix_.value_ = relations.data.astype(np.float64)
    program.integrality_ = [highspy.HighsVarType.kInteger] * len(free)
    solver = highspy.Highs()  # type: ignore[no-untyped-call]  # published without this type
    solver.setOptionValue("output_flag", False)  # noqa: FBT003 - the solver's own way
    for name, value in (("threads", SOLVER_THREADS), ("parallel", "off"), ("mip_max_nodes", nodes_max)):
        solver.setOptionValue(name, value)
    solver.passModel(program)
    solver.run()
    rounded = down.copy()
    answer = np.asarray(solver.getSolution().col_value)
    if len(answer) == len(free):
        rounded[free] += np.rint(answer).astype(np.int64)
    if (table.relations @ rounded).any():
        raise InputError("rounding.not_additive", where="relations", base=base)
    return rounded * base
