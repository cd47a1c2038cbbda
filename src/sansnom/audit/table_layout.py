"""What the layout of a table tells: which labels are totals, and of what.

Rules, in this order. A hierarchy that was given decides. Else indentation (one label column a level, or leading
spaces): a row is the sum of the deeper rows beside it, before it or after it. Else headings over several rows: a
"Total" under a heading is the sum of what else stands under it. Else one plain "Total" is the sum of all the others.
"""

import re
from collections.abc import Mapping, Sequence

from sansnom.release.manifest import Axis, Sums, hierarchy_axis

_PLAIN_TOTAL = re.compile(
    r"(grand |sub)?totals?( g[ée]n[ée]ral)?|ensemble|all|tous|toutes|tout|les deux sexes|both sexes", re.IGNORECASE
)
Known = Sequence[Sequence[tuple[int, int] | None]]
Node = tuple[str, ...]


def is_total(label: str) -> bool:
    """Tell a label that says nothing but "total"."""
    return _PLAIN_TOTAL.fullmatch(label.strip()) is not None


def label_columns_of(known: Known) -> int:
    """Count the columns on the left that hold labels: those in which text is not rarer than figures."""
    width = len(known[0])
    for place in range(width):
        texts = sum(line[place] is None for line in known[1:])
        figures = sum(line[place] is not None and line[place][0] != 2 for line in known[1:])  # type: ignore[index]  # not None
        if figures > texts and figures > 1:
            return max(place, 1)
    return 1


def flat_axis(name: str, labels: Sequence[str], hierarchy: Mapping[str, str] | None) -> Axis:
    """Make an axis from labels alone: a hierarchy that speaks of them, or one plain total."""
    known = set(labels)
    if hierarchy:
        told = {child: parent for child, parent in hierarchy.items() if child in known or parent in known}
        if told:
            return hierarchy_axis(name, labels, told)
    totals = [place for place, label in enumerate(labels) if is_total(label)]
    if len(totals) != 1 or len(labels) < 2:
        return Axis(name, tuple(labels))
    return Axis(name, tuple(labels), ((totals[0], tuple(p for p in range(len(labels)) if p != totals[0])),))


def axis_of_rows(labels: Sequence[Sequence[str]], hierarchy: Mapping[str, str] | None) -> Axis:
    """Make the axis of a crossed table's rows from its label columns, of which each row fills one or all."""
    filled = [[place for place, cell in enumerate(row) if cell.strip()] for row in labels]
    if all(len(each) == 1 for each in filled) and any(each != [0] for each in filled):
        levels = [each[0] for each in filled]
        words = [row[level].strip() for row, level in zip(labels, levels, strict=True)]
        return Axis("rows", _unlike(_with_parents(words, levels)), _nested(words, levels))
    words = [" / ".join(cell.strip() for cell in row if cell.strip()) for row in labels]
    indents = [len(row[0]) - len(row[0].lstrip(" \u00a0")) for row in labels]
    if not hierarchy and len(set(indents)) > 1:
        steps = sorted(set(indents))
        levels = [steps.index(each) for each in indents]
        return Axis("rows", _unlike(_with_parents(words, levels)), _nested(words, levels))
    return flat_axis("rows", _unlike(words), hierarchy)


def axis_of_columns(headings: Sequence[Sequence[str]], columns: int, hierarchy: Mapping[str, str] | None) -> Axis:
    """Make the axis of the columns from the heading rows above them; a heading holds until the next one in its row."""
    paths: list[Node] = []
    current: list[str] = []
    for place in range(columns):
        told = [row[place].strip() for row in headings]
        for level, word in enumerate(told):
            if word and level < len(headings) - 1:
                current = [*current[:level], word]
        kept = current if len(headings) > 1 else []
        leaf = told[-1] if told else ""
        paths.append(tuple([*kept, leaf] if leaf else kept))
    labels = _unlike([" ".join(path) or f"column {place + 1}" for place, path in enumerate(paths)])
    if hierarchy or all(len(path) <= 1 for path in paths):
        return flat_axis("columns", labels, hierarchy)
    of = {_node(path): place for place, path in enumerate(paths)}
    children: dict[Node, list[Node]] = {}
    for node in sorted({each[:depth] for each in of for depth in range(1, len(each) + 1)}):
        children.setdefault(node[:-1], []).append(node)
    sums = [
        (of[node], tuple(of[child] for child in below))
        for node, below in children.items()
        if node in of and all(child in of for child in below)
    ]
    return Axis("columns", labels, tuple(sums))


def _node(path: Node) -> Node:
    """Give the heading that a total is the total of: ("2015", "Q1", "Q1 Total") is ("2015", "Q1")."""
    if not path:
        return path
    *above, last = path
    bare = re.sub(r"^totals?\b[\s:–-]*|[\s:–-]*\btotals?$", "", last, flags=re.IGNORECASE).strip()
    if is_total(last) or (above and bare != last and bare == above[-1]):
        return tuple(above)
    return path


def _nested(words: Sequence[str], levels: Sequence[int]) -> Sums:
    """Find each row's parts among the deeper rows: before it when the first row is deep, else after it."""
    count = len(words)
    after = levels[0] == min(levels) and not (count and levels[-1] == min(levels) and is_total(words[-1]))
    order = range(count - 1, -1, -1) if after else range(count)
    waiting: dict[int, list[int]] = {}
    sums = []
    for place in order:
        level = levels[place]
        deeper = [each for each in waiting if each > level]
        parts = waiting[min(deeper)] if deeper else []
        for each in deeper:
            del waiting[each]
        if not parts and is_total(words[place]) and len(waiting.get(level, ())) > 1:
            parts = waiting.pop(level)
        if parts:
            sums.append((place, tuple(sorted(parts))))
        waiting.setdefault(level, []).append(place)
    return tuple(sums)


def _with_parents(words: Sequence[str], levels: Sequence[int]) -> list[str]:
    """Write out what a nested label belongs to, where totals come before or after their parts alike."""
    children_first = levels[0] > min(levels)
    order = range(len(words) - 1, -1, -1) if children_first else range(len(words))
    above: dict[int, str] = {}
    told = [""] * len(words)
    for place in order:
        level = levels[place]
        above = {each: word for each, word in above.items() if each < level} | {level: words[place]}
        told[place] = " / ".join(above[each] for each in sorted(above) if each == level or not is_total(above[each]))
    return told


def _unlike(words: Sequence[str]) -> tuple[str, ...]:
    """Number what is said twice."""
    seen: dict[str, int] = {}
    told = []
    for word in words:
        seen[word] = seen.get(word, 0) + 1
        told.append(word if seen[word] == 1 else f"{word} ({seen[word]})")
    return tuple(told)
