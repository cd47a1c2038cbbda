"""The decision, made into bytes: one path for taking part and for abstaining. Pure: randomness comes as an argument.

Own rows are encoded and dummies are made whatever was decided; one of the two is split and sealed. What comes out has the same
sizes, takes the same work, and nobody but the three helpers together could tell which it was.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from sansnom.exchange.dimensions import RollUps
from sansnom.exchange.encode import Encoded, encode_records
from sansnom.exchange.keys import PrivateKeys, Randomness
from sansnom.exchange.pepper import PlanPepper
from sansnom.exchange.receipt import read_receipt
from sansnom.exchange.rows import all_dummies
from sansnom.exchange.setting import Setting
from sansnom.exchange.submission import SealedSubmission, build_submission
from sansnom.exchange.verdict import join_verdicts, read_verdict
from sansnom.exchange.wire import Manifest
from sansnom.terms.party import PARTIES
from sansnom.terms.records import OrganizationRecords
from sansnom.terms.roster import Organization


class Decision(StrEnum):
    """What a director decides on a question. Two words of one length; there is no third, and none is chosen beforehand."""

    APPROVE = "approve"
    ABSTAIN = "abstain"


class Line(Protocol):
    """A line to one helper, as far as an answer needs it."""

    def get(self, path: str) -> Any:  # noqa: ANN401 - a JSON object, checked by whoever asked
        """Fetch a JSON file."""
        ...

    def put(self, path: str, body: bytes) -> Any:  # noqa: ANN401 - as above
        """Hand bytes in."""
        ...


@dataclass(frozen=True, slots=True, repr=False)
class Seat:
    """One organization's place in a question: its entry, its keys, the question's setting, pepper and lists."""

    entry: Organization
    keys: PrivateKeys
    setting: Setting
    pepper: PlanPepper
    lists: RollUps


@dataclass(frozen=True, slots=True, repr=False)
class Answer:
    """A sealed answer, and the rows that are in it: only in memory, and only until the caller lets go of it."""

    sealed: SealedSubmission
    rows: Encoded


def own_rows(records: OrganizationRecords, seat: Seat) -> Encoded:
    """Encode what this organization's records would say; InputError `submission.overflow` before anybody decides."""
    return encode_records(records, seat.entry, seat.setting, seat.lists, seat.pepper)


def seal_answer(
    records: OrganizationRecords, decision: Decision, seat: Seat, randomness: Randomness, sequence: int = 1
) -> Answer:
    """Encode, choose, split, sign and seal: once for each sequence number; store the result and send the stored bytes."""
    own = own_rows(records, seat)
    nobody = Encoded(all_dummies(seat.setting.layout, seat.entry.size_class), ())
    chosen = {Decision.APPROVE: own, Decision.ABSTAIN: nobody}[decision]
    sealed = build_submission(chosen.rows, seat.setting, seat.entry, seat.keys, randomness, sequence)
    return Answer(sealed, chosen)


def hand_in(line: Line, party: int, message: bytes, manifest: Manifest, setting: Setting) -> dict[str, Any]:
    """Hand one helper its part and give its receipt, checked. Sent again, the same bytes get the same receipt."""
    path = f"/plans/{setting.plan.plan}/submissions/{manifest.organization}"
    envelope: dict[str, Any] = line.put(path, message)
    read_receipt(envelope, manifest, setting, party)
    return envelope


def fetch_verdict(lines: Sequence[Line], manifest: Manifest, setting: Setting, keys: PrivateKeys) -> NDArray[np.bool_]:
    """Fetch and open the desk's own verdict: the same requests and reply sizes for every desk, abstaining or not."""
    path = f"/plans/{setting.plan.plan}/verdicts/{manifest.organization}"
    replies = {
        int(party): read_verdict(line.get(path), manifest, setting, party, keys.sealing)
        for line, party in zip(lines, PARTIES, strict=True)
    }
    return join_verdicts(replies, manifest.rows)
