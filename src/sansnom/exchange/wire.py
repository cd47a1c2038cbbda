"""The bytes of a submission, as one helper receives them: a signed manifest, then the part sealed to this helper.

    4 bytes    "SNS1"
    4 bytes    length of the manifest, big-endian
    manifest   canonical JSON of {"signed": {...}, "signatures": [one]}, the same for all three helpers
    part       HPKE, of a length that follows from the plan and the size class

Everything is read strictly: one spelling for each manifest, no byte more or less, sizes checked before any
cryptography.

The manifest binds the three components of the sharing by a hash of each. A hash of the bare bytes would betray them:
who holds two components and guesses a row, or that all rows are dummies, would test the guess on the third. So
components 0 and 1 are hashed as their seeds, and component 2 with a salt that only its two holders get.
"""

import hashlib
import json
from dataclasses import dataclass
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sansnom.exchange.seal import OVERHEAD_BYTES
from sansnom.exchange.setting import Setting
from sansnom.terms.canonical import canonical_bytes, digest_hex
from sansnom.terms.errors import InputError, PolicyRefusal
from sansnom.terms.parse import Reader
from sansnom.terms.party import HELPERS
from sansnom.terms.schema import RowLayout
from sansnom.transparency.signature import sign_object, verify_object

FORMAT: Final = "sansnom/submission/1"
KIND: Final = "submission"
MAGIC: Final = b"SNS1"
MANIFEST_BYTES_MAX: Final = 4096
NONCE_BYTES: Final = 16
SEED_BYTES: Final = 32
SALT_BYTES: Final = 32
SEQUENCE_MAX: Final = 9999
_HEAD_BYTES: Final = len(MAGIC) + 4


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a desk signs about a submission: which plan, whose, how many rows, and what the parts must hold.

    `sequence` counts replacements from 1; the highest that all three helpers hold at the cut-off is computed on.
    """

    plan: str
    plan_digest: str
    layout_digest: str
    organization: int
    sequence: int
    rows: int
    components: tuple[str, str, str]
    nonce: str

    def to_json(self) -> dict[str, Any]:
        """Give the JSON object that is signed."""
        return {
            "schema": FORMAT,
            "plan": self.plan,
            "plan_digest": self.plan_digest,
            "layout_digest": self.layout_digest,
            "organization": self.organization,
            "sequence": self.sequence,
            "rows": self.rows,
            "components": list(self.components),
            "nonce": self.nonce,
        }

    @classmethod
    def from_json(cls, value: object) -> "Manifest":
        """Read a manifest strictly."""
        r = Reader(value, "manifest")
        r.expect("schema", FORMAT)
        plan, plan_digest, layout = r.string("plan"), r.string("plan_digest"), r.string("layout_digest")
        organization = r.integer("organization", low=1, high=4095)
        sequence = r.integer("sequence", low=1, high=SEQUENCE_MAX)
        rows = r.integer("rows", low=1)
        components = r.strings("components")
        nonce = r.string("nonce")
        r.done()
        hashes = (plan_digest, layout, *components)
        if len(components) != HELPERS or any(not _is_hex(text, 32) for text in hashes):
            raise InputError("json.type", where="manifest.components", expected="sha-256")
        if not _is_hex(nonce, NONCE_BYTES):
            raise InputError("json.type", where="manifest.nonce", expected="hex")
        first, second, third = components
        return cls(plan, plan_digest, layout, organization, sequence, rows, (first, second, third), nonce)

    @property
    def digest(self) -> str:
        """Give the SHA-256 of the manifest's canonical bytes: what helpers compare and receipts name."""
        return digest_hex(self.to_json())


def manifest_bytes(manifest: Manifest, private_key: Ed25519PrivateKey) -> bytes:
    """Sign a manifest and write it canonically."""
    return canonical_bytes(sign_object(KIND, manifest.to_json(), private_key))


def frame(manifest: bytes, part: bytes) -> bytes:
    """Put a signed manifest and a sealed part together for one helper."""
    return MAGIC + len(manifest).to_bytes(4, "big") + manifest + part


def message_bytes_max(setting: Setting, rows: int) -> int:
    """Say how long a submission of this size class can be for any helper: beyond it, nothing is read."""
    longest = max(part_bytes(setting.layout, rows, party) for party in range(HELPERS))
    return _HEAD_BYTES + MANIFEST_BYTES_MAX + longest


def part_bytes(layout: RowLayout, rows: int, party: int) -> int:
    """Say how long the sealed part for a helper is.

    The same for every organization of a size class, abstaining or not.
    """
    correction = SALT_BYTES + layout.component_bytes(rows)
    held = (2 * SEED_BYTES, SEED_BYTES + correction, correction + SEED_BYTES)[party]
    return held + OVERHEAD_BYTES


def read_submission(message: bytes, setting: Setting, party: int) -> tuple[Manifest, bytes]:
    """Read what came for one helper: gives the manifest, checked against plan and roster, and the part, still sealed.

    PolicyRefusal: `submission.bytes` (not our form, too long or too short), `submission.manifest` (unreadable),
    `submission.plan`, `submission.layout`, `submission.stranger`, `submission.rows` (not the organization's size
    class), `signature...` (not signed by the desk).
    """
    manifest, start = read_manifest(message, setting)
    part = message[start:]
    expected = part_bytes(setting.layout, manifest.rows, party)
    if len(part) != expected:
        raise PolicyRefusal("submission.bytes", found=len(part), expected=expected)
    return manifest, part


def read_manifest(message: bytes, setting: Setting) -> tuple[Manifest, int]:
    """Read the manifest at the beginning of a message, whole or still coming, and say where the part begins.

    Whoever has not signed as an organization of the roster is known before the part, which is long, is received.
    PolicyRefusal as `read_submission`.
    """
    written = _unframe(message)
    envelope, manifest = _parse(written)
    if (manifest.plan, manifest.plan_digest) != (setting.plan.plan, setting.plan_digest):
        raise PolicyRefusal("submission.plan")
    if manifest.layout_digest != setting.layout_digest:
        raise PolicyRefusal("submission.layout")
    organization = setting.organization(manifest.organization)
    if manifest.rows != organization.size_class:
        raise PolicyRefusal("submission.rows", found=manifest.rows, expected=organization.size_class)
    verify_object(KIND, envelope, [organization.sign_key], 1)
    return manifest, _HEAD_BYTES + len(written)


def check_replacement(held: Manifest | None, offered: Manifest) -> bool:
    """Say whether an offered submission takes the place of the one held; False when it is the same, sent again.

    PolicyRefusal `submission.sequence` for an older one, or another under the same number.
    """
    if held is None or offered.sequence > held.sequence:
        return True
    if offered == held:
        return False
    raise PolicyRefusal("submission.sequence", found=offered.sequence, expected=held.sequence + 1)


def seed_digest(party: int, seed: bytes) -> str:
    """Hash component 0 or 1 as its seed: 256 random bits, so the hash betrays nothing to who lacks them."""
    return hashlib.sha256(f"{FORMAT}\ncomponent {party}\n".encode() + seed).hexdigest()


def correction_digest(salt: bytes, correction: bytes | memoryview) -> str:
    """Hash component 2 with its salt first, so that the hash betrays nothing to the helper that lacks both."""
    digest = hashlib.sha256(f"{FORMAT}\ncomponent 2\n".encode() + salt)
    digest.update(correction)
    return digest.hexdigest()


def _unframe(message: bytes) -> bytes:
    """Give the manifest, as long as the message states it to be; refuse what is not one."""
    if message[: len(MAGIC)] != MAGIC or len(message) < _HEAD_BYTES:
        raise PolicyRefusal("submission.bytes")
    length = int.from_bytes(message[len(MAGIC) : _HEAD_BYTES], "big")
    if not 0 < length <= MANIFEST_BYTES_MAX or len(message) < _HEAD_BYTES + length:
        raise PolicyRefusal("submission.bytes")
    return message[_HEAD_BYTES : _HEAD_BYTES + length]


def _parse(written: bytes) -> tuple[dict[str, Any], Manifest]:
    """Read the manifest's JSON.

    Its bytes must be the canonical ones, so that there is one spelling to sign and to hash.
    """
    try:
        envelope = json.loads(written.decode("utf-8"))
        if canonical_bytes(envelope) != written:
            raise PolicyRefusal("submission.manifest")
        return envelope, Manifest.from_json(envelope["signed"])
    except (InputError, KeyError, RecursionError, TypeError, ValueError):
        raise PolicyRefusal("submission.manifest") from None


def _is_hex(text: str, size: int) -> bool:
    return len(text) == 2 * size and not set(text) - set("0123456789abcdef")
