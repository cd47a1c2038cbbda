"""The layout of a submission, derived from a plan: the same for every organization, abstaining or not.

A submission holds, for `rows` rows (the organization's size class), K columns of 64-bit match keys and W columns of
64-bit payload words, then one 32-bit word for each tally cell. A field lies inside one payload word; unused bits are 0.
A dummy row is all zero: `valid` and every `present` bit are 0.
"""

from dataclasses import dataclass
from datetime import date

from sansnom.terms.errors import InputError
from sansnom.terms.plan import Plan
from sansnom.terms.scoring import SCORES
from sansnom.terms.table import MINIMUM, SAME_SERVICE, SUM, TALLY, TRANSITIONS, TURNED_AWAY
from sansnom.terms.vocabulary import Dictionary

WORD_BITS = 64
ORGANIZATION_BITS = 12
REFERRAL_SLOTS = 2
LEVEL_BITS = 4
LEVEL_MAX = 12
TALLY_BITS = 32


@dataclass(frozen=True, slots=True)
class Field:
    """Some bits of a row: bits `offset` ... `offset + bits - 1` of payload word `word`; at most `largest`."""

    name: str
    word: int
    offset: int
    bits: int
    largest: int


@dataclass(frozen=True, slots=True)
class TallyCell:
    """One count of an organization that concerns no person's row; `reason` is empty where reasons do not count."""

    table: str
    service: str
    reason: str
    largest: int


@dataclass(frozen=True, slots=True)
class RowLayout:
    """Fields of a row by name, in order; keys in the plan's order; tally cells in the order of their tables.

    Names of fields:
      valid                            the row is a person served in the period
      present.KEY                      the match key of this name is there
      feature.NAME                     keyed hash or small code of what pair scoring compares; 0 is missing
      dimension.CODE                   number of the code; 0 is unknown
      service.CODE                     the person used this service in the period
      first_day.CODE, last_day.CODE    day of the period (0 = its first) of its first and last act (0: unused)
      referral.1, referral.2           roster number (from 1) of an organization linked by an accepted referral; 0: none
      measure.CODE                     a bounded number
      duration.CODE, known.CODE        a bounded number of days, and whether it is known (0 when unknown)
      first_level.S, last_level.S      level 1 to 12 on scale S ("EQ.oral_comprehension"); 0: no observation
      first_date.S, last_date.S        day of these observations: days since the period's start, plus 1; 0: none
    """

    fields: tuple[Field, ...]
    keys: tuple[str, ...]
    words: int
    tallies: tuple[TallyCell, ...]

    def field(self, name: str) -> Field:
        """Give a field by its name; KeyError when the plan does not have it."""
        for field in self.fields:
            if field.name == name:
                return field
        raise KeyError(name)

    def component_bytes(self, rows: int) -> int:
        """Size of one component of a submission with this many rows: what the correction vector weighs."""
        return rows * 8 * (len(self.keys) + self.words) + TALLY_BITS // 8 * len(self.tallies)


def period_days(plan: Plan) -> int:
    """Count the days of the period, both ends included; InputError for one upside down or beyond 511 days."""
    try:
        days = (date.fromisoformat(plan.period.end) - date.fromisoformat(plan.period.start)).days + 1
    except ValueError:
        raise InputError("plan.period.date", where="plan.period") from None
    if not 1 <= days <= 511:
        raise InputError("plan.period.length", where="plan.period", longest=511)
    return days


def row_layout(plan: Plan, dictionary: Dictionary) -> RowLayout:
    """Derive the layout of a submission from a plan whose codes the dictionary knows."""
    days = period_days(plan)
    wanted: dict[str, int] = {"valid": 1}
    wanted |= {f"present.{k.match_key}": 1 for k in plan.linking.keys}
    if plan.linking.scoring is not None:
        wanted |= {
            f"feature.{name}": 2**bits - 1 for name, bits in SCORES[plan.linking.scoring.version].features.items()
        }
    for use in plan.dimensions:
        wanted[f"dimension.{use.code}"] = len(dictionary.dimensions[use.code].values) - 1
    tallies: list[TallyCell] = []
    for table in plan.tables:
        if table.kind == TALLY:
            reasons = tuple(dictionary.reasons[TURNED_AWAY]) if table.measure == TURNED_AWAY else ("",)
            tallies += [TallyCell(table.table, s, reason, table.bound) for s in table.services for reason in reasons]
            continue
        wanted |= {f"service.{s}": 1 for s in table.services}
        if table.kind == SAME_SERVICE:
            for s in table.services:
                wanted |= {f"first_day.{s}": days - 1, f"last_day.{s}": days - 1}
            wanted |= {f"referral.{n + 1}": 2**ORGANIZATION_BITS - 1 for n in range(REFERRAL_SLOTS)}
        elif table.kind == SUM:
            _widen(wanted, f"measure.{table.measure}", table.bound)
        elif table.kind == MINIMUM:
            _widen(wanted, f"duration.{table.measure}", table.bound)
            wanted[f"known.{table.measure}"] = 1
        elif table.kind == TRANSITIONS:
            wanted |= {f"first_level.{table.scale}": LEVEL_MAX, f"last_level.{table.scale}": LEVEL_MAX}
            wanted |= {f"first_date.{table.scale}": days, f"last_date.{table.scale}": days}
    fields, words = _place(wanted)
    return RowLayout(fields, tuple(k.match_key for k in plan.linking.keys), words, tuple(tallies))


def _widen(wanted: dict[str, int], name: str, largest: int) -> None:
    wanted[name] = max(wanted.get(name, 0), largest)


def _place(wanted: dict[str, int]) -> tuple[tuple[Field, ...], int]:
    """Lay fields one after another; one that would cross the end of a word opens the next word."""
    fields: list[Field] = []
    word, offset = 0, 0
    for name, largest in wanted.items():
        bits = max(1, largest.bit_length())
        if bits > WORD_BITS:
            raise InputError("plan.field.bits", where=name, most=WORD_BITS)
        if offset + bits > WORD_BITS:
            word, offset = word + 1, 0
        fields.append(Field(name, word, offset, bits, largest))
        offset += bits
    return tuple(fields), word + 1
