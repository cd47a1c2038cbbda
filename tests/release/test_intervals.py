"""The interval audit: known answers, a plain linear program as oracle, contributors, and the refusal."""

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from sansnom.release.intervals import audit_intervals
from sansnom.release.linear_table import Flags, Integers, LinearTable, counted_table
from sansnom.terms.errors import PolicyRefusal


def two_way(inner: Integers, threshold: int = 5) -> LinearTable:
    """A table with its margins; cells are numbered row by row, margins last in each row and column."""
    rows, columns = inner.shape
    whole = np.zeros((rows + 1, columns + 1), dtype=np.int64)
    whole[:-1, :-1] = inner
    whole[-1, :], whole[:, -1] = whole[:-1].sum(axis=0), whole[:, :-1].sum(axis=1)
    whole[-1, -1] = inner.sum()
    number = np.arange(whole.size).reshape(whole.shape)
    lines = [*number, *number.T]
    relations = np.zeros((len(lines), whole.size), dtype=np.int64)
    for relation, line in zip(relations, lines, strict=True):
        relation[line] = 1
        relation[line[-1]] = -1
    names = tuple(f"r{row} × c{column}" for row in range(rows + 1) for column in range(columns + 1))
    return counted_table(whole.ravel(), sp.csr_matrix(relations), threshold, names)


FISCHETTI_SALAZAR = np.array([[20, 50, 10], [8, 19, 22], [17, 32, 12]])


def test_the_textbook_pattern_leaves_five_to_thirty() -> None:
    """Fischetti and Salazar's example: with (2,3), (2,1), (3,1), (3,3) hidden, an attacker bounds 22 by [5, 30]."""
    table = two_way(FISCHETTI_SALAZAR)
    hidden = np.zeros((4, 4), dtype=np.bool_)
    hidden[[1, 1, 2, 2], [0, 2, 0, 2]] = True
    primary = np.zeros(16, dtype=np.bool_)
    primary[1 * 4 + 2] = True
    declared = LinearTable(
        values=table.values,
        relations=table.relations,
        primary=primary,
        protection_up=np.where(primary, 8, 0),
        protection_down=np.where(primary, 17, 0),
        slack_down=table.slack_down,
        slack_up=table.slack_up,
        weights=table.weights,
        names=table.names,
    )
    audit = audit_intervals(declared, hidden.ravel(), exact=True)
    assert (audit.low[0], audit.high[0]) == (5, 30)
    assert audit.passed


def test_one_hidden_cell_in_a_line_is_found_out_and_blocks_the_release() -> None:
    """A lone hidden cell is its total less the others: the audit fails, by the cell's labels and no value."""
    table = two_way(np.array([[3, 40], [41, 42]]))
    audit = audit_intervals(table, table.primary)
    assert {each.name for each in audit.failures} == {"r0 × c0"}
    with pytest.raises(PolicyRefusal) as caught:
        audit.require()
    assert caught.value.findings[0].where == "r0 × c0"
    assert "3" not in str(caught.value).replace("intervals", "")


def test_a_primary_cell_left_in_the_open_fails() -> None:
    """The audit does not trust the pattern to hold the primaries."""
    table = two_way(np.array([[3, 40], [41, 42]]))
    assert audit_intervals(table, np.zeros(table.cells, dtype=np.bool_)).failures[0].direction == "published"


def test_a_contributor_who_knows_one_hidden_cell_can_open_another() -> None:
    """Four hidden cells protect each other from strangers, not from whoever is alone in one of them."""
    table = two_way(np.array([[3, 40, 9], [41, 42, 9], [9, 9, 9]]))
    hidden = np.zeros((4, 4), dtype=np.bool_)
    hidden[:2, :2] = True
    assert audit_intervals(table, hidden.ravel()).passed
    known = np.full(table.cells, -1)
    known[1] = 7
    insider = audit_intervals(table, hidden.ravel(), contributors=known)
    assert {(each.name, each.contributor) for each in insider.failures} == {("r0 × c0", 7)}


def plain_failures(table: LinearTable, hidden: Flags) -> set[tuple[int, str]]:
    """Ask one plain linear program for each bound."""
    cells = np.flatnonzero(hidden)
    bounds = np.column_stack([-table.slack_down[cells], table.slack_up[cells]])
    relations = table.relations[:, cells].astype(np.float64)
    found = set()
    for cell in np.flatnonzero(table.primary):
        for direction, sign, need in (("up", -1, table.protection_up), ("down", 1, table.protection_down)):
            cost = np.where(cells == cell, sign, 0)
            answer = linprog(
                cost.tolist(),
                A_eq=relations.toarray().tolist(),
                b_eq=[0.0] * relations.shape[0],
                bounds=bounds.tolist(),
            )
            if answer.status == 0 and -float(answer.fun or 0) < need[cell] - 1e-6:
                found.add((int(cell), direction))
    return found


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(2, 5), st.integers(2, 5), st.floats(0, 0.8))
def test_the_audit_says_what_plain_linear_programs_say(seed: int, rows: int, columns: int, share: float) -> None:
    """Screen, batches, witnesses and exact questions change no answer."""
    drawn = np.random.default_rng(seed)
    table = two_way(drawn.integers(0, 12, (rows, columns)))
    hidden = table.primary | ((drawn.random(table.cells) < share) & (table.values > 0))
    expected = plain_failures(table, hidden)
    for exact in (False, True):
        found = audit_intervals(table, hidden, exact=exact).failures
        assert {(each.cell, each.direction) for each in found} == expected
