"""What a desk believes of public files: nothing that is not signed by whom it must be. Pure: no file, no network.

The convener's key is the one that the director confirmed when joining; the helpers' keys are those of that convener's roster.
A plan's own word for the keys that submissions are sealed to is not enough: each helper's signed answer must say the same,
or a convener could put keys of its own in their place and read every row.
"""

import hmac
from typing import Final

from sansnom.terms.errors import InputError, PeerError, PolicyRefusal
from sansnom.terms.parse import Reader
from sansnom.terms.party import HELPERS, PARTIES
from sansnom.terms.plan import Plan
from sansnom.terms.release import Release
from sansnom.terms.roster import Roster
from sansnom.terms.withdrawal import Withdrawal
from sansnom.transparency.signature import verify_object

PLAN_KEY: Final = "plan-key"


def read_roster(envelope: object, convener_key: str = "") -> Roster:
    """Read a roster signed by this convener; without a key, by the one that it states: a person then compares it."""
    stated = envelope.get("signed") if isinstance(envelope, dict) else None
    own = stated.get("convener_key") if isinstance(stated, dict) else None
    allowed = [convener_key] if convener_key else [own] if isinstance(own, str) else []
    roster = Roster.from_json(verify_object("roster", envelope, allowed, 1))
    if convener_key and roster.convener_key != convener_key:
        raise PolicyRefusal("questions.other_convener")
    if len(roster.helpers) != HELPERS:
        raise InputError("roster.helpers", where="roster.helpers", expected=HELPERS)
    return roster


def read_plan(envelope: object, roster: Roster, name: str) -> Plan:
    """Read a plan signed by the roster's convener, under its own name."""
    plan = Plan.from_json(verify_object("plan", envelope, [roster.convener_key], 1))
    if plan.plan != name:
        raise InputError("board.file_name", where=f"plans/{name}/plan.json")
    return plan


def read_release(envelope: object, plan: Plan, roster: Roster) -> Release:
    """Read a release of this plan, signed by all three helpers of the roster."""
    keys = [helper.sign_key for helper in roster.helpers]
    release = Release.from_json(verify_object("release", envelope, keys, HELPERS))
    if release.plan_digest != plan.digest:
        raise PolicyRefusal("release.other_plan", plan=plan.plan)
    return release


def read_withdrawal(envelope: object, plan: Plan, roster: Roster) -> Withdrawal:
    """Read the withdrawal of this very plan, signed by the roster's convener: nobody else can take a question back."""
    told = Withdrawal.from_json(verify_object("withdrawal", envelope, [roster.convener_key], 1))
    if told.plan.digest != plan.digest:
        raise PolicyRefusal("questions.other_plan", plan=plan.plan)
    return told


def check_plan_key(envelope: object, plan: Plan, roster: Roster, party: int) -> None:
    """Compare a helper's own signed answer with its seat in the plan; PolicyRefusal `questions.keys_differ` otherwise."""
    r = Reader(verify_object(PLAN_KEY, envelope, [roster.helpers[party].sign_key], 1), PLAN_KEY)
    r.expect("schema", "sansnom/plan-key/1")
    told = (r.string("plan"), r.string("seal_key"), r.string("sign_key"), r.string("noise_commitment", ""))
    seated = r.integer("party", high=HELPERS - 1)
    r.done()
    if seated != party or told[0] != plan.plan:
        raise PeerError("helper.answer", PARTIES[party])
    seat = plan.helpers[party]
    for said, written in zip(told[1:], (seat.seal_key, seat.sign_key, seat.noise_commitment), strict=True):
        if not hmac.compare_digest(said.encode(), written.encode()):
            raise PolicyRefusal("questions.keys_differ", party=party)
