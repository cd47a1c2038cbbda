"""The fictional block of seven persons of Garfinkel, Abowd and Martindale (CACM 62:3, 2019), as published: its table 2.

Persons are counted by age, sex, race and marriage; each statistic becomes sums over these counts. A statistic that the
table withholds (D) says that its count is below three.
"""

from collections.abc import Callable, Iterable

from sansnom.audit.attacks.a3_reconstruction import Relation

AGES = 116
ADULT = 18
PERSONS = 7
Cell = tuple[int, bool, bool, bool]
"""Age, female, black, married."""
Group = Callable[[Cell], bool]

SEVEN: tuple[Cell, ...] = (
    (8, True, True, False),
    (18, False, False, False),
    (24, True, False, False),
    (30, False, False, True),
    (36, True, True, True),
    (66, True, True, True),
    (84, False, True, True),
)
"""The one solution that the authors prove."""


class Block:
    """Cells, bounds and sums as `reconstruct` takes them."""

    def __init__(self) -> None:
        """Make a count for each combination; nobody under 18 is married."""
        truth = (True, False)
        self.cells: list[Cell] = [
            (age, female, black, married)
            for age in range(AGES)
            for female in truth
            for black in truth
            for married in truth
            if age >= ADULT or not married
        ]
        self.number = {cell: place for place, cell in enumerate(self.cells)}
        self.low = [0] * len(self.cells)
        self.high = [1] * len(self.cells)
        self.relations: list[Relation] = []

    def _new(self, high: int) -> int:
        self.low.append(0)
        self.high.append(high)
        return len(self.low) - 1

    def equals(self, terms: Iterable[tuple[int, int]], total: int) -> None:
        """Add a sum that is known."""
        self.relations.append((list(terms), total))

    def at_most(self, terms: Iterable[tuple[int, int]], total: int) -> None:
        """Add a sum that does not exceed a number."""
        self.relations.append(([*terms, (self._new(10**4), 1)], total))

    def counted(self, group: Group) -> list[tuple[int, int]]:
        """Give the terms that count a group."""
        return [(place, 1) for place, cell in enumerate(self.cells) if group(cell)]

    def _ones(self, cells: Iterable[Cell]) -> list[tuple[int, int]]:
        return [(self.number[cell], 1) for cell in cells]

    def told(self, group: Group, count: int, median: int, age_sum: int) -> None:
        """Add what the table tells of a group: how many, their median age, the sum of their ages (mean times count)."""
        self.equals(self.counted(group), count)
        self.equals([(place, cell[0]) for place, cell in enumerate(self.cells) if group(cell) and cell[0]], age_sum)
        half = count // 2
        if count % 2:
            self.at_most(self.counted(lambda c: group(c) and c[0] < median), half)
            self.at_most(self.counted(lambda c: group(c) and c[0] > median), half)
            return
        chosen = []
        for below in range(median + 1):
            above = 2 * median - below
            if above >= AGES:
                continue
            pair = self._new(1)
            chosen.append((pair, 1))
            # where this pair is in the middle, half - 1 at most lie below it and as many above, and nobody in between
            mine = [cell for cell in self.cells if group(cell)]
            for outside in ([c for c in mine if c[0] < below], [c for c in mine if c[0] > above]):
                self.at_most([*self._ones(outside), (pair, PERSONS)], half - 1 + PERSONS)
            self.at_most([*self._ones([c for c in mine if below < c[0] < above]), (pair, PERSONS)], PERSONS)
            for edge in {below, above}:
                terms = [(place, -1) for place, _ in self._ones([c for c in mine if c[0] == edge])]
                self.at_most([*terms, (pair, 2 if below == above else 1)], 0)
        self.equals(chosen, 1)

    def withheld(self, group: Group) -> None:
        """Add what a withheld statistic says: fewer than three."""
        self.at_most(self.counted(group), 2)


def published_block() -> Block:
    """Lay out the table of the article."""
    block = Block()
    block.told(lambda _: True, 7, 30, 266)
    block.told(lambda c: c[1], 4, 30, 134)
    block.told(lambda c: not c[1], 3, 30, 132)
    block.told(lambda c: c[2], 4, 51, 194)
    block.told(lambda c: not c[2], 3, 24, 72)
    block.told(lambda c: c[3], 4, 51, 216)
    block.told(lambda c: c[1] and c[2], 3, 36, 110)
    for group in (
        lambda c: c[0] >= ADULT and not c[3],
        lambda c: c[2] and not c[1],
        lambda c: not c[2] and not c[1],
        lambda c: not c[2] and c[1],
        lambda c: c[0] < 5,
        lambda c: c[0] < ADULT,
        lambda c: c[0] >= 64,
    ):
        block.withheld(group)
    return block
