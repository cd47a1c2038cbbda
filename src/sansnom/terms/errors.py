"""Errors split by blame, so that a reader knows at once who has to act.

Every error carries a stable `code` and parameters; the edges (desk, board, helper, cli) turn these into French and
English. No parameter is ever a value of a record: places (file, row number, column name), sizes, rules and names of
parties only.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from sansnom.terms.party import PartyNumber

Parameter: TypeAlias = "str | int | tuple[str, ...]"

CAUSES_MOST: Final = 4
"""How many errors behind an error are told."""


def told_by_places(error: BaseException) -> str:
    """Tell an error by its type and the lines of code it went through, innermost first, and so those behind it.

    Never by its message, its arguments or what its frames held: libraries quote what they choked on (G-10).
    """
    return " <= ".join(f"{type(one).__name__}@{_place_of(one)}" for one in _chain(error))


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: list[BaseException] = []
    one: BaseException | None = error
    while one is not None and one not in seen and len(seen) < CAUSES_MOST:
        seen.append(one)
        yield one
        one = one.__cause__ or one.__context__


def _place_of(error: BaseException) -> str:
    """Name the innermost line, and the innermost of this package where that is another: modules and numbers only."""
    lines, step = [], error.__traceback__
    while step is not None:
        lines.append((str(step.tb_frame.f_globals.get("__name__", "-")), step.tb_lineno))
        step = step.tb_next
    ours = [line for line in lines if line[0].partition(".")[0] == "sansnom"]
    told = dict.fromkeys([*lines[-1:], *ours[-1:]])
    return "/".join(f"{module}:{number}" for module, number in told) or "-"


class SansnomError(Exception):
    """The root of all errors of this package.

    `code` is a stable identifier such as `file.date.impossible`; `parameters` fill the translated sentence.
    """

    def __init__(self, code: str, **parameters: Parameter) -> None:
        """Keep the code and its parameters; neither may hold a value of a record."""
        self.code = code
        self.parameters = parameters
        super().__init__(code, parameters)

    def __str__(self) -> str:
        """Give the code and the parameters, for logs of developers; people get the translated sentence."""
        told = ", ".join(f"{name}={value}" for name, value in sorted(self.parameters.items()))
        return f"{self.code} ({told})" if told else self.code


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong in what a person gave us, and where it stands."""

    code: str
    where: str
    parameters: dict[str, Parameter] = field(default_factory=dict)


class InputError(SansnomError):
    """What a person or a file gave us cannot be taken; every place that is wrong is listed, nothing was kept."""

    def __init__(self, code: str, findings: tuple[Finding, ...] = (), **parameters: Parameter) -> None:
        """Keep the findings beside the code."""
        super().__init__(code, **parameters)
        self.findings = findings


class PeerError(SansnomError):
    """Another helper, or the line to it, failed: the run stops safely and can be tried again."""

    def __init__(self, code: str, party: PartyNumber, **parameters: Parameter) -> None:
        """Name the helper by its seat."""
        super().__init__(code, party=int(party), **parameters)
        self.party = party


class PolicyRefusal(SansnomError):
    """A rule forbids what was asked; `code` is the rule. Refusals are public."""

    def __init__(self, code: str, findings: tuple[Finding, ...] = (), **parameters: Parameter) -> None:
        """Keep every place of the plan that the rules refuse."""
        super().__init__(code, **parameters)
        self.findings = findings


class BudgetExhausted(PolicyRefusal):
    """The privacy budget does not suffice; nothing was computed."""


class BrokenInvariant(SansnomError):
    """Our own bug, or memory gone wrong: something that cannot be was seen. The run stops."""
