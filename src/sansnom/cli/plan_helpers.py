"""What the convener asks the three helpers for a question: a key each, before it is signed; their judgement, after."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Any

from sansnom.desk.lines import HelperLine, as_body
from sansnom.exchange.keys import PrivateKeys
from sansnom.terms.errors import InputError, PeerError, PolicyRefusal
from sansnom.terms.parse import Reader
from sansnom.terms.party import PARTIES
from sansnom.terms.plan import HelperSeat, Plan
from sansnom.terms.roster import Roster
from sansnom.transparency.signature import sign_object, verify_object


def seated(plan: Plan, roster: Roster, convener: PrivateKeys, check: str | None) -> Plan:
    """Ask each helper for its key and its commitment for this plan, and put them in, with the keeper's check value.

    InputError where no check value is given: only the keeper can say it (`sansnom roster check`).
    """
    if not check:
        raise InputError("plan.helpers.needed", where="--check", plan=plan.plan)
    with _lines(roster) as lines:
        seats = tuple(_seat(lines[party], roster, plan.plan, int(party), convener) for party in PARTIES)
    return replace(plan, helpers=seats, pepper_check=check)


def hand_in(plan: Plan, envelope: dict[str, Any], roster: Roster) -> dict[str, Any] | None:
    """Give the signed plan to each helper; gives the first one's signed refusal where one refuses."""
    with _lines(roster) as lines:
        for line in lines:
            try:
                line.put(f"/plans/{plan.plan}", as_body(envelope))
            except PolicyRefusal:
                told: dict[str, Any] = line.get(f"/plans/{plan.plan}/refusal")
                return told
    return None


@contextmanager
def _lines(roster: Roster) -> Iterator[list[HelperLine]]:
    with ExitStack() as stack:
        pairs = zip(roster.helpers, PARTIES, strict=True)
        yield [stack.enter_context(HelperLine(helper, party)) for helper, party in pairs]


def _seat(line: HelperLine, roster: Roster, name: str, party: int, convener: PrivateKeys) -> HelperSeat:
    asked = {"schema": "sansnom/plan-key-request/1", "plan": name, "roster_digest": roster.digest}
    envelope = sign_object("plan-key-request", asked, convener.signing)
    helper = roster.helpers[party]
    answer = line.post(f"/plans/{name}/keys", as_body(envelope))
    told = Reader(verify_object("plan-key", answer, [helper.sign_key], 1), "plan-key")
    if (told.string("plan"), told.integer("party")) != (name, party):
        raise PeerError("helper.answer", PARTIES[party])
    return HelperSeat(helper.name, told.string("seal_key"), told.string("sign_key"), told.string("noise_commitment"))
