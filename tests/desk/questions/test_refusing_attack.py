"""The attack on G-05: a convener signs questions that break each rule; a desk and three helpers each refuse it, at no charge."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction

import pytest

from sansnom.audit.refusing import (
    BY_ROSTER,
    OUT_OF_REACH,
    Bait,
    baits,
    hand_out,
    in_series,
    later_baits,
    series_baits,
)
from sansnom.desk.questions import joining
from sansnom.desk.questions.answering import Decision
from sansnom.desk.questions.answers import answer, refuse_unless_open
from sansnom.desk.questions.looking import look, own_ledger
from sansnom.desk.questions.models import Parcel, Question, Sending
from sansnom.release.rules_catalogue import RULES
from sansnom.terms.errors import PolicyRefusal, SansnomError
from sansnom.terms.plan import HelperSeat, Plan
from sansnom.terms.roster import Roster
from sansnom.transparency.signature import sign_object
from tests.desk.conftest import Desk
from tests.desk.questions.outside import Outside, write
from tests.helper.world import Seat


@dataclass(frozen=True, slots=True)
class HelperTaker:
    """One helper: what its door answers."""

    name: str
    seat: Seat

    def take(self, plan: Plan) -> tuple[str, ...]:
        """Hand the question in at the door."""
        try:
            self.seat.reception.take_plan(plan.plan, self.seat.world.plan_file(plan))
        except PolicyRefusal as refusal:
            return tuple(sorted({finding.code for finding in refusal.findings} | {refusal.code}))
        except SansnomError as error:
            return (error.code,)
        return ()

    def spent(self) -> Fraction:
        """Add up this helper's own ledger."""
        return self.seat.means.ledger().lifetime


@dataclass(frozen=True, slots=True)
class DeskTaker:
    """One desk that has joined: what it says of a question that it finds on its board, whatever helpers said of it."""

    name: str
    others: Outside

    def take(self, plan: Plan) -> tuple[str, ...]:
        """Lay the question on the board, let the desk look, and ask whether it would answer."""
        self.others.publish(plan, at_helpers=False)
        look(self.others.now)
        found = Question.objects.filter(digest=plan.digest).first()
        if found is None:
            return ("unread",)
        try:
            refuse_unless_open(found, self.others.now)
        except PolicyRefusal as refusal:
            if refusal.code == "questions.keys_unchecked" and not found.findings:
                return ()  # it is accepted; no helper was asked yet, since none has it
            return tuple(sorted({finding["code"] for finding in found.findings}))
        return ()

    def spent(self) -> Fraction:
        """Add up this desk's own ledger."""
        return own_ledger(joining.joined_roster(joining.membership())).lifetime


def takers(others: Outside) -> list[DeskTaker | HelperTaker]:
    """Give the desk, and each helper by itself."""
    return [DeskTaker("desk", others), *(HelperTaker(f"helper {n}", seat) for n, seat in enumerate(others.world.seats))]


def seats(others: Outside) -> "dict[str, tuple[HelperSeat, ...]]":
    """Ask the helpers once for their keys for each name, whatever is asked under it."""
    return {name: others.world.plan_keys(name) for name in ("essai-1", "later", "series", "series-later")}


@pytest.mark.guarantee("G-05")
def test_no_desk_and_no_helper_takes_a_question_that_breaks_a_rule(desk: Desk, others: Outside) -> None:
    """Every rule, handed in signed: refused for that rule by each of the four, nothing charged, nothing sealed or sent."""
    keys, four = seats(others), takers(others)
    honest = replace(others.plan(), helpers=keys["essai-1"])
    tried: list[Bait] = list(baits(honest))
    assert hand_out(tried, four) == []
    assert [taker.spent() for taker in four] == [0] * 4
    for question in Question.objects.all():
        with pytest.raises(PolicyRefusal):
            answer(question, Decision.APPROVE, desk.director, others.now)
    for taker in four:  # the control: what breaks no rule is taken by the same four, in the same way
        assert taker.take(honest) == ()
    tried += (looking_back := list(later_baits(honest, keys.__getitem__)))
    assert hand_out(looking_back, four) == []
    first = in_series(honest, keys.__getitem__)
    assert [taker.take(first) for taker in four] == [()] * 4
    tried += (of_series := list(series_baits(first, keys.__getitem__)))
    assert hand_out(of_series, four) == []
    assert len({taker.spent() for taker in four}) == 1
    assert {rule.code for rule in RULES} == {bait.code for bait in tried} | OUT_OF_REACH | BY_ROSTER
    assert not Sending.objects.exists()
    assert not Parcel.objects.exists()
    assert others.bodies == []


def under(others: Outside, roster: Roster) -> None:
    """Put another roster in force everywhere, signed by the same convener."""
    signed = sign_object("roster", roster.to_json(), others.world.convener.signing)
    joining.adopt(joining.membership(), signed)
    write(others.board / "roster.json", signed)
    others.world.roster, others.world.roster_file = roster, signed
    for seat in others.world.seats:
        seat.restart()


def refused_by_all(others: Outside, code: str, plans: Iterable[Plan]) -> None:
    """Hand these to all four."""
    assert hand_out((Bait(code, plan) for plan in plans), takers(others)) == []


@pytest.mark.guarantee("G-05")
def test_the_rosters_own_limits_hold_at_every_desk_and_helper(others: Outside) -> None:
    """A roster that allows less a year, or has more rows than linking can hold: the same question is refused by each alone."""
    roster = others.world.roster
    others.world.plan_keys()
    thrifty = replace(roster, version=2, yearly=Fraction(1, 20))
    under(others, thrifty)
    refused_by_all(others, "rule.budget.exhausted", [others.plan()])
    entries = roster.organizations
    wide = tuple(entry if n == 0 else replace(entry, size_class=2**20) for n, entry in enumerate(entries))
    under(others, replace(roster, version=3, organizations=wide))
    refused_by_all(others, "rule.rows", [others.plan()])
    assert {taker.spent() for taker in takers(others)} == {0}
