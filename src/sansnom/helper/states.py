r"""The life of a run, as rules and a table; no I/O.

Rule 1. States are left only along the arrows of `ARROWS`; the store refuses any other step.
Rule 2. A helper signs one submission set for a plan, once: entering AGREED fixes the set for good.
Rule 3. Nothing of a plan is opened before AGREED is on disk; so a run that died can only be repeated on the same set.
Rule 4. A signature on a release leaves only when the opened cells and the verdict replies are on disk (OPENED).
Rule 5. Keys and submissions are erased only when a release signed by all three is on disk (SIGNED), or after a stop for good
        (ABORTED). A release that three signed means that all three have the cells: nobody will compute again. The board may
        be away for as long as it likes; the attestation comes after publication.

    open -> closed -> agreed -> computing -> opened -> signed -> published -> destroyed
      \________\________\__________\__________\-> aborted -> destroyed
"""

from enum import StrEnum

from sansnom.terms.errors import BrokenInvariant


class RunState(StrEnum):
    """Where a run stands on this helper."""

    OPEN = "open"
    CLOSED = "closed"
    AGREED = "agreed"
    COMPUTING = "computing"
    OPENED = "opened"
    SIGNED = "signed"
    PUBLISHED = "published"
    ABORTED = "aborted"
    DESTROYED = "destroyed"


ARROWS: dict[RunState, tuple[RunState, ...]] = {
    RunState.OPEN: (RunState.CLOSED, RunState.ABORTED),
    RunState.CLOSED: (RunState.AGREED, RunState.ABORTED),
    RunState.AGREED: (RunState.COMPUTING, RunState.ABORTED),
    # a new attempt: same set, fresh nonces
    RunState.COMPUTING: (RunState.COMPUTING, RunState.OPENED, RunState.ABORTED),
    # a peer died between its opening and ours: another attempt on the same set, whose cells must be the same
    RunState.OPENED: (RunState.OPENED, RunState.SIGNED, RunState.ABORTED),
    RunState.SIGNED: (RunState.PUBLISHED,),
    RunState.PUBLISHED: (RunState.DESTROYED,),
    RunState.ABORTED: (RunState.DESTROYED,),
    RunState.DESTROYED: (),
}

PENDING = frozenset({RunState.CLOSED, RunState.AGREED, RunState.COMPUTING, RunState.OPENED})
"""States in which this helper wants its two peers on the line."""

UNFINISHED = PENDING | {RunState.SIGNED, RunState.PUBLISHED, RunState.ABORTED}
"""States in which the worker still has something to do."""

ERASED_IN = frozenset({RunState.SIGNED, RunState.PUBLISHED, RunState.ABORTED, RunState.DESTROYED})
"""States in which no attempt will be made any more (rule 5)."""


def check_step(before: RunState, after: RunState) -> None:
    """Raise BrokenInvariant `run.step` unless an arrow leads from one state to the other."""
    if after not in ARROWS[before]:
        raise BrokenInvariant("run.step", before=before.value, after=after.value)
