"""What a secondary pattern has to do: needs, capacities, and which cells may be hidden at all.

An attacker who sees every published cell knows that the hidden ones differ from the truth by some d with `relations d = 0`,
`-slack_down <= d <= slack_up`, and d = 0 wherever a cell is published. A *need* says that one of these d must move one
cell by some amount in one direction: two for each primary. A need may also name cells that its attacker knows besides
(the cells where a contributor is alone): there d must be 0 too. A *witness* is a d that meets a need; a pattern is safe
when every need has a witness whose cells are all hidden.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import scipy.sparse as sp

from sansnom.release.linear_table import Flags, Floats, Integers, LinearTable
from sansnom.terms.errors import InputError

NOBODY: Final = -1
"""The group of needs whose attacker knows no hidden cell."""


@dataclass(frozen=True, slots=True, eq=False)
class Needs:
    """What must stay possible to an attacker; one entry a cell, direction and attacker."""

    cells: Integers
    signs: Floats
    amounts: Floats
    groups: Integers
    """Whose eyes: a contributor's number, or `NOBODY`."""

    def __len__(self) -> int:
        return len(self.cells)

    def joined(self, other: "Needs") -> "Needs":
        """Put the needs of another list behind these."""
        return Needs(
            np.concatenate([self.cells, other.cells]),
            np.concatenate([self.signs, other.signs]),
            np.concatenate([self.amounts, other.amounts]),
            np.concatenate([self.groups, other.groups]),
        )


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """A table ready for the solvers: floats, capacities with published cells at zero, and the needs."""

    relations: sp.csc_matrix
    """(relations, cells) without empty and repeated relations."""
    cap_up: Floats
    cap_down: Floats
    weights: Floats
    must: Flags
    """Hidden whatever happens: primaries, and cells that an earlier release hid."""
    may: Flags
    """Free to hide or to publish."""
    needs: Needs
    contributors: Integers
    """(cells,) who is alone in a cell; `NOBODY` elsewhere."""

    @property
    def cells(self) -> int:
        return len(self.weights)

    def known_to(self, group: int) -> Integers:
        """Give the cells that this attacker knows beforehand."""
        return np.flatnonzero(self.contributors == group) if group != NOBODY else np.zeros(0, dtype=np.int64)

    def with_needs(self, needs: Needs) -> "Problem":
        """Give the same table with other needs."""
        return Problem(
            self.relations, self.cap_up, self.cap_down, self.weights, self.must, self.may, needs, self.contributors
        )

    def loss(self, suppressed: Flags) -> float:
        """Add the weights of the cells hidden by choice."""
        return float(self.weights[suppressed & self.may].sum())


def problem_of(
    table: LinearTable, fixed_published: Flags | None = None, fixed_suppressed: Flags | None = None
) -> Problem:
    """Make the problem of a table; a primary that an earlier release published is refused by its labels."""
    nothing = np.zeros(table.cells, dtype=np.bool_)
    published = nothing if fixed_published is None else fixed_published
    hidden = nothing if fixed_suppressed is None else fixed_suppressed
    for name, column in (("fixed_published", published), ("fixed_suppressed", hidden)):
        if column.shape != (table.cells,):
            raise InputError("table.shape", where=name, found=len(column), expected=table.cells)
    both = np.flatnonzero(published & hidden)
    if len(both):
        raise InputError("suppression.published_and_suppressed", where=table.names[both[0]], cells=len(both))
    must = table.primary | (hidden & ~published)
    open_cells = ~published
    cap_up = np.where(open_cells, table.slack_up, 0.0)
    cap_down = np.where(open_cells, table.slack_down, 0.0)
    nobody = np.full(table.cells, NOBODY, dtype=np.int64)
    return Problem(
        relations=_distinct(table.relations),
        cap_up=cap_up,
        cap_down=cap_down,
        weights=np.asarray(table.weights, dtype=np.float64),
        must=must,
        may=open_cells & ~must & ((cap_up > 0) | (cap_down > 0)),
        needs=needs_of(table, np.flatnonzero(table.primary), NOBODY),
        contributors=nobody if table.contributors is None else np.asarray(table.contributors, dtype=np.int64),
    )


def needs_of(table: LinearTable, primaries: Integers, group: int) -> Needs:
    """List what these primaries need in both directions, before the eyes of one attacker."""
    cells = np.concatenate([primaries, primaries]).astype(np.int64)
    signs = np.concatenate([np.ones(len(primaries)), -np.ones(len(primaries))])
    amounts = np.concatenate([table.protection_up[primaries], table.protection_down[primaries]]).astype(np.float64)
    wanted = amounts > 0
    groups = np.full(int(wanted.sum()), group, dtype=np.int64)
    return Needs(cells[wanted], signs[wanted], amounts[wanted], groups)


def _distinct(relations: sp.csr_matrix) -> sp.csc_matrix:
    """Drop empty and repeated relations: linked tables tell many of them twice."""
    whole = sp.csr_matrix(relations, dtype=np.float64)
    whole.sum_duplicates()
    whole.eliminate_zeros()
    seen: dict[bytes, int] = {}
    for row in range(whole.shape[0]):
        start, end = whole.indptr[row : row + 2]
        if end > start:
            lead = whole.data[start]
            told = whole.indices[start:end].tobytes() + (whole.data[start:end] / lead).tobytes()
            seen.setdefault(told, row)
    return whole[sorted(seen.values())].tocsc()
