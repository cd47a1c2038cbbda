"""The lines to the three helpers: opened one by one, so that one that is away keeps nobody from the others."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from sansnom.desk.lines import HelperLine
from sansnom.desk.questions.answering import Line
from sansnom.desk.questions.joining import helper_now
from sansnom.terms.party import PARTIES, PartyNumber
from sansnom.terms.roster import Helper, Roster

open_line: Callable[[Helper, PartyNumber], HelperLine] = HelperLine


@contextmanager
def line_to(roster: Roster, party: PartyNumber) -> Iterator[Line]:
    """Open the line to one helper, as the roster names it, or with the certificate that it has had since."""
    with open_line(helper_now(roster.helpers[party], party), party) as line:
        yield line


@contextmanager
def lines_to(roster: Roster) -> Iterator[list[Line]]:
    """Open all three, in the order of their seats."""
    with ExitStack() as opened:
        yield [opened.enter_context(line_to(roster, party)) for party in PARTIES]
