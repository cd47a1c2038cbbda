"""Contributors who are alone in a hidden cell: to them it is not hidden, and it must not give away the others."""

import numpy as np

from sansnom.release.linear_table import Flags, LinearTable
from sansnom.release.suppression.cover import SLACK
from sansnom.release.suppression.problem import NOBODY, Needs, Problem, needs_of
from sansnom.release.suppression.programs import Reach


def needs_before_contributors(table: LinearTable, problem: Problem, suppressed: Flags) -> Needs:
    """List the needs that this pattern does not meet before the eyes of one contributor, beyond those listed already.

    Each coalition of one: a contributor who knows all hidden cells in which nobody else is. Their own cells need no
    protection from them. A primary that fails in one direction is listed with both.
    """
    found = needs_of(table, np.zeros(0, dtype=np.int64), NOBODY)
    reach = Reach(problem)
    for group in np.unique(problem.contributors[suppressed]):
        if group == NOBODY:
            continue
        known = problem.known_to(int(group))
        up = np.where(suppressed, problem.cap_up, 0.0)
        down = np.where(suppressed, problem.cap_down, 0.0)
        up[known] = down[known] = 0.0
        others = np.flatnonzero(table.primary & (problem.contributors != group))
        wanted = needs_of(table, others, int(group))
        listed = set(problem.needs.cells[problem.needs.groups == group].tolist())
        fails = [
            int(cell)
            for cell, sign, amount in zip(wanted.cells, wanted.signs, wanted.amounts, strict=True)
            if int(cell) not in listed
            and reach.furthest(int(cell), float(sign), float(amount), up, down)[0] < amount * (1 - SLACK)
        ]
        if fails:
            found = found.joined(needs_of(table, np.unique(np.array(fails, dtype=np.int64)), int(group)))
    return found
