"""What desks and helpers both know of one plan before anything is sent: public, checked once, passed around."""

from dataclasses import dataclass

from sansnom.exchange.match_keys import check_keys
from sansnom.terms.canonical import digest_hex
from sansnom.terms.errors import PolicyRefusal
from sansnom.terms.party import HELPERS
from sansnom.terms.plan import HelperSeat, Plan
from sansnom.terms.roster import Organization, Roster
from sansnom.terms.schema import RowLayout, row_layout
from sansnom.terms.vocabulary import Dictionary


@dataclass(frozen=True, slots=True)
class Setting:
    """A plan, the roster and dictionary it names, and the layout that follows from them."""

    plan: Plan
    roster: Roster
    dictionary: Dictionary
    layout: RowLayout
    plan_digest: str
    layout_digest: str

    @classmethod
    def of(cls, plan: Plan, roster: Roster, dictionary: Dictionary) -> "Setting":
        """Put them together; PolicyRefusal when the plan speaks of another roster, dictionary, or number of helpers."""
        if (plan.roster_version, plan.roster_digest) != (roster.version, roster.digest):
            raise PolicyRefusal("plan.roster", expected=plan.roster_version, found=roster.version)
        if plan.dictionary != dictionary.version:
            raise PolicyRefusal("plan.dictionary", expected=plan.dictionary, found=dictionary.version)
        if len(plan.helpers) != HELPERS:
            raise PolicyRefusal("plan.helpers", expected=HELPERS, found=len(plan.helpers))
        check_keys(plan.linking)
        layout = row_layout(plan, dictionary)
        return cls(plan, roster, dictionary, layout, plan.digest, layout_digest(layout))

    def organization(self, number: int) -> Organization:
        """Find an organization by its number; PolicyRefusal `submission.stranger` when it is not on the roster."""
        for organization in self.roster.organizations:
            if organization.number == number:
                return organization
        raise PolicyRefusal("submission.stranger")

    def helper(self, party: int) -> HelperSeat:
        """Give a helper as the plan names it."""
        return self.plan.helpers[party]


def layout_digest(layout: RowLayout) -> str:
    """Give the SHA-256 of a layout, so that a desk and a helper that derive different layouts notice at once."""
    return digest_hex(
        {
            "fields": [[f.name, f.word, f.offset, f.bits, str(f.largest)] for f in layout.fields],
            "keys": list(layout.keys),
            "words": layout.words,
            "tallies": [[t.table, t.service, t.reason, str(t.largest)] for t in layout.tallies],
        }
    )
