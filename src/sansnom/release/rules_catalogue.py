"""Every rule as data: its code, what it is about, the parameters of its sentence, and whether the nearest question can mend it.

The sentence of a rule stands in the board's catalogue under its code, in French and in English. A test holds this list against
the code: each rule here has an example that it refuses, and no rule refuses that is not here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

IDENTIFYING: Final = "identifying"
UNKNOWN: Final = "unknown"
FINE: Final = "fine"
PROTECTED: Final = "protected"
FEW: Final = "few"
BUDGET: Final = "budget"
PERIOD: Final = "period"
PURPOSE: Final = "purpose"
SHAPE: Final = "shape"
THEMES: Final = (IDENTIFYING, UNKNOWN, FINE, PROTECTED, FEW, BUDGET, PERIOD, PURPOSE, SHAPE)
"""What rules are about, in the order in which they are told."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule that refuses.

    parameters  names that its sentence is filled with
    mended      whether `release.nearest` knows a question close by that this rule lets pass
    """

    code: str
    theme: str
    parameters: tuple[str, ...] = ()
    mended: bool = True


RULES: Final = (
    Rule("rule.identifying", IDENTIFYING, ("variable",)),
    Rule("rule.identifying_title", IDENTIFYING),
    Rule("rule.organization_dimension", IDENTIFYING, ("variable",)),
    Rule("rule.unknown.dimension", UNKNOWN, ("variable",)),
    Rule("rule.undeclared_dimension", UNKNOWN, ("variable",)),
    Rule("rule.unknown.service", UNKNOWN, ("service",)),
    Rule("rule.unknown.measure", UNKNOWN, ("measure",)),
    Rule("rule.unknown.scale", UNKNOWN, ("scale",)),
    Rule("rule.unknown.reason", UNKNOWN, ("measure",)),
    Rule("rule.dictionary_version", UNKNOWN, ("version",)),
    Rule("rule.roster", UNKNOWN, ("version",)),
    Rule("rule.codes", FINE, ("codes", "most")),
    Rule("rule.cells", FINE, ("cells", "most")),
    Rule("rule.few_persons", FINE, ("found", "least")),
    Rule("rule.threshold", FINE, ("found", "least")),
    Rule("rule.sensitive", PROTECTED, ("variable",)),
    Rule("rule.singled_out", PROTECTED, ("variables",)),
    Rule("rule.minimum_organizations", FEW, ("found", "least")),
    Rule("rule.few_organizations", FEW, ("found", "least")),
    Rule("rule.few_organizations_for_service", FEW, ("service", "found", "least")),
    Rule("rule.rows", FEW, ("found", "most"), mended=False),
    Rule("rule.expected", FEW, ("found", "most")),
    Rule("rule.budget.share", BUDGET),
    Rule("rule.budget.sum", BUDGET, ("declared", "parts")),
    Rule("rule.budget.noise", BUDGET, ("most",)),
    Rule("rule.budget.exhausted", BUDGET, ("asked", "left", "year")),
    Rule("rule.period.date", PERIOD, mended=False),
    Rule("rule.period.length", PERIOD, mended=False),
    Rule("rule.period.year", PERIOD),
    Rule("rule.period.outside_year", PERIOD, ("year",)),
    Rule("rule.period.cutoff", PERIOD),
    Rule("rule.period.overlap", PERIOD, ("plan",)),
    Rule("rule.series.name", PERIOD),
    Rule("rule.series.parts", PERIOD, ("least", "most")),
    Rule("rule.series.part", PERIOD, ("series", "plan")),
    Rule("rule.series.changed", PERIOD, ("series", "plan")),
    Rule("rule.question.answered", PERIOD, ("release", "table")),
    Rule("rule.supersedes", PERIOD, ("release",)),
    Rule("rule.purpose", PURPOSE, ("least",), mended=False),
    Rule("rule.name", SHAPE),
    Rule("rule.plan.twice", SHAPE, ("plan",)),
    Rule("rule.tables", SHAPE, ("most",)),
    Rule("rule.table.twice", SHAPE),
    Rule("rule.table.services", SHAPE),
    Rule("rule.table.bound", SHAPE, ("most",)),
    Rule("rule.table.window", SHAPE),
    Rule("rule.table.bins", SHAPE, ("most",)),
    Rule("rule.table.bands", SHAPE, ("last",)),
    Rule("rule.table.tally_dimensions", SHAPE),
    Rule("rule.dimension_twice", SHAPE),
    Rule("rule.key_cap", SHAPE, ("low", "high")),
    Rule("rule.cluster_cap", SHAPE, ("low", "high")),
    Rule("rule.keys", SHAPE, ("most",), mended=False),
    Rule("rule.unconditional.keys", SHAPE, ("most",), mended=False),
    Rule("rule.unconditional.table", SHAPE),
    Rule("rule.helpers", SHAPE, ("expected",)),
    Rule("rule.helper_keys", SHAPE),
    Rule("rule.layout", SHAPE, mended=False),
)

BY_CODE: Final[Mapping[str, Rule]] = {rule.code: rule for rule in RULES}
