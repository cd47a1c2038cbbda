"""In which order the integers of a population are chosen, so that every table can keep the sums that stand already.

A node is a set of attributes by which something is cut: a table's own, what two tables share, or one alone. Nodes are settled
one after the other. A node's sums over what it shares with settled nodes are given; it can always be filled with non-negative
integers when these sums hang together like a tree (each shares with the ones before only what it shares with one of them: the
running intersection property). Three sums in a ring do not: whole numbers with three such sums need not exist. So a node that
would close a ring waits, and is added up from the larger table that it would have closed.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

Node = frozenset[str]


@dataclass(frozen=True, slots=True)
class Step:
    """One node to settle.

    margins  the settled sums that it keeps, in tree order; empty for the grand total
    source   the settled node that it is added up from instead; None where it has margins
    drawn    nodes that will be added up from this one: it heeds their estimates, without promising their sums
    loose    it closes a ring that no order avoids: it keeps `margins`, and nothing else is compared with it
    """

    node: Node
    margins: tuple[Node, ...]
    source: Node | None = None
    drawn: tuple[Node, ...] = ()
    loose: bool = False


def nodes_of(tables: Sequence[Node]) -> list[Node]:
    """Give what the tables are cut by, everything that two or more of them share, and each attribute alone; the total first.

    Attributes alone are settled before what crosses them: readers add up to them, and cells cut off at 0 would bias these sums.
    """
    found = {frozenset[str](), *tables, *(frozenset({a}) for table in tables for a in table)}
    fresh = set(found)
    while fresh:
        fresh = {a & b for a in fresh for b in found} - found
        found |= fresh
    return sorted(found, key=lambda node: (len(node), sorted(node)))


def steps_of(tables: Sequence[Node]) -> list[Step]:
    """Order the nodes of a population: each step's margins and source are settled before it."""
    nodes = nodes_of(tables)
    settled: list[Node] = []
    steps: list[Step] = []
    waiting: list[Node] = []
    for node in nodes:
        larger = [other for other in nodes if node < other]
        closes = any(tree_order(_shared(other, [*settled, node])) is None for other in larger)
        margins = tree_order(_shared(node, settled))
        if closes or margins is None:
            waiting.append(node)
            continue
        steps.append(Step(node, tuple(margins)))
        settled.append(node)
    for node in waiting:
        source = next((other for other in settled if node <= other), None)
        family = _shared(node, settled)
        margins = tree_order(family)
        if source is not None:
            steps.append(Step(node, (), source))
        elif margins is not None:
            steps.append(Step(node, tuple(margins)))
        else:
            steps.append(Step(node, tuple(_tree_part(family)), loose=True))
            continue
        settled.append(node)
    return [replace(step, drawn=tuple(o.node for o in steps if o.source == step.node)) for step in steps]


def tree_order(family: Sequence[Node]) -> list[Node] | None:
    """Order sets so that each shares with all before it only what it shares with one of them; None when they cannot be."""
    if not family:
        return []
    left = list(family)
    order = [left.pop(0)]
    while left:
        # Prim's tree of largest intersections finds such an order whenever there is one.
        best = max(left, key=lambda c: (max(len(c & o) for o in order), -left.index(c)))
        shared = best & frozenset().union(*order)
        if not any(shared <= other for other in order):
            return None
        order.append(best)
        left.remove(best)
    return order


def _shared(node: Node, settled: Sequence[Node]) -> list[Node]:
    """Give the largest sets that a node shares with settled ones."""
    shared = {node & other for other in settled}
    largest = [s for s in shared if not any(s < other for other in shared)]
    return sorted(largest, key=lambda s: (-len(s), sorted(s)))


def _tree_part(family: Sequence[Node]) -> list[Node]:
    kept: list[Node] = []
    for one in family:
        kept = tree_order([*kept, one]) or kept
    return kept
