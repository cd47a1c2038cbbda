"""What a helper that takes another one's seat must know: the plans accepted before, and what they were charged.

The rules refuse a question asked twice, two that differ by one group, and a year that is spent. A helper that began with an empty
ledger would leave these to the two others; so it reads the public plans first, each signed by the convener of its time, and replays
the charges. A helper that has a ledger of its own never learns: nobody may write into it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sansnom.helper.store import Store
from sansnom.release.budget import ledger_of
from sansnom.terms.canonical import canonical_bytes
from sansnom.terms.errors import PolicyRefusal
from sansnom.terms.plan import Plan


@dataclass(frozen=True, slots=True)
class Public:
    """A plan of the board, its signed file, and whether there is a release of it."""

    plan: Plan
    envelope: bytes
    answered: bool


def learn(store: Store, plans: Sequence[Public], now: str) -> int:
    """Keep the public plans, in the order in which they were charged, and their charges; give how many.

    Raises PolicyRefusal `helper.learned` when this helper has accepted or learnt a plan already.
    """
    if store.ledger() or store.plans():
        raise PolicyRefusal("helper.learned")
    ledger = ledger_of(one.plan for one in plans)
    charges = [(entry.plan_digest, entry.plan, canonical_bytes(entry.to_json())) for entry in ledger.entries]
    rows = [(one.plan.digest, one.plan.plan, one.envelope, int(one.answered)) for one in plans]
    store.keep_earlier(rows, charges, now)
    return len(plans)
