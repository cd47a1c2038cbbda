"""A receipt: a helper's signed word that it holds a submission. It says the same of records and of dummies."""

from dataclasses import dataclass
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sansnom.exchange.setting import Setting
from sansnom.exchange.wire import Manifest
from sansnom.terms.errors import PolicyRefusal
from sansnom.terms.parse import Reader
from sansnom.transparency.signature import sign_object, verify_object

FORMAT: Final = "sansnom/receipt/1"
KIND: Final = "receipt"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a helper confirms.

    `received` is the hour ("2026-11-22T18Z"), since minutes would tell more than is needed.
    """

    plan_digest: str
    organization: int
    sequence: int
    manifest: str
    party: int
    received: str

    def to_json(self) -> dict[str, Any]:
        """Give the JSON object that is signed."""
        return {
            "schema": FORMAT,
            "plan_digest": self.plan_digest,
            "organization": self.organization,
            "sequence": self.sequence,
            "manifest": self.manifest,
            "party": self.party,
            "received": self.received,
        }

    @classmethod
    def from_json(cls, value: object) -> "Receipt":
        """Read a receipt strictly."""
        r = Reader(value, "receipt")
        r.expect("schema", FORMAT)
        receipt = cls(
            plan_digest=r.string("plan_digest"),
            organization=r.integer("organization", low=1),
            sequence=r.integer("sequence", low=1),
            manifest=r.string("manifest"),
            party=r.integer("party", high=2),
            received=r.string("received"),
        )
        r.done()
        return receipt


def write_receipt(
    manifest: Manifest, setting: Setting, party: int, received: str, private_key: Ed25519PrivateKey
) -> dict[str, Any]:
    """Sign a receipt with the helper's key of this plan."""
    told = Receipt(
        setting.plan_digest, manifest.organization, manifest.sequence, manifest.digest, party, received
    ).to_json()
    return sign_object(KIND, told, private_key)


def read_receipt(envelope: object, manifest: Manifest, setting: Setting, party: int) -> Receipt:
    """Check that a receipt is of this helper and for this very submission; PolicyRefusal `receipt.other` otherwise."""
    receipt = Receipt.from_json(verify_object(KIND, envelope, [setting.helper(party).sign_key], 1))
    wanted = Receipt(
        setting.plan_digest, manifest.organization, manifest.sequence, manifest.digest, party, receipt.received
    )
    if receipt != wanted:
        raise PolicyRefusal("receipt.other", party=party)
    return receipt
