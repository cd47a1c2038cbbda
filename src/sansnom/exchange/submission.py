"""Building and opening a submission: rows are split into three components, and each helper gets two of them, sealed.

    component 0 = stream(seed 0)      component 1 = stream(seed 1)      component 2 = rows ^ component 0 ^ component 1

Helper 0 gets both seeds, helper 1 seed 1 and component 2, helper 2 component 2 and seed 0. One helper's two
components are jointly uniform, whatever the rows: that is G-01. Records and dummies take the same path, byte for byte
as long.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from cryptography.hazmat.primitives.hpke import MLKEM768X25519PrivateKey
from numpy.typing import NDArray

from sansnom.compute.correlated import Stream
from sansnom.exchange.keys import PrivateKeys, Randomness
from sansnom.exchange.rows import PlainRows
from sansnom.exchange.seal import open_sealed, seal_to
from sansnom.exchange.setting import Setting
from sansnom.exchange.wire import (
    NONCE_BYTES,
    SALT_BYTES,
    SEED_BYTES,
    Manifest,
    correction_digest,
    frame,
    manifest_bytes,
    read_submission,
    seed_digest,
)
from sansnom.terms.errors import BrokenInvariant, PolicyRefusal
from sansnom.terms.party import HELPERS
from sansnom.terms.roster import Organization

_PURPOSE: Final = "common"


@dataclass(frozen=True, slots=True, repr=False)
class SealedSubmission:
    """What a desk stores before it sends.

    The manifest, and for each helper the message that it gets, in order of seats.
    """

    manifest: Manifest
    messages: tuple[bytes, bytes, bytes]


@dataclass(frozen=True, slots=True, repr=False)
class OpenedSubmission:
    """What one helper holds after opening: the manifest and its two components, `party` and `party + 1`."""

    manifest: Manifest
    first: NDArray[np.uint8]
    second: NDArray[np.uint8]


def build_submission(
    rows: PlainRows,
    setting: Setting,
    organization: Organization,
    keys: PrivateKeys,
    randomness: Randomness,
    sequence: int = 1,
) -> SealedSubmission:
    """Split, bind, sign and seal; call it once for each sequence number, store the result, and send the stored bytes.

    Every call draws fresh seeds: two splits with the same seeds would show the difference of their rows.
    BrokenInvariant when the rows are not of the organization's size class, or the keys not those of the roster.
    """
    if rows.rows != organization.size_class:
        raise BrokenInvariant("submission.rows", found=rows.rows, expected=organization.size_class)
    if keys.public.sign_key != organization.sign_key:
        raise BrokenInvariant("submission.keys")
    seeds = (randomness(SEED_BYTES), randomness(SEED_BYTES))
    salt = randomness(SALT_BYTES)
    correction = split(rows, seeds)
    manifest = Manifest(
        plan=setting.plan.plan,
        plan_digest=setting.plan_digest,
        layout_digest=setting.layout_digest,
        organization=organization.number,
        sequence=sequence,
        rows=rows.rows,
        components=(seed_digest(0, seeds[0]), seed_digest(1, seeds[1]), correction_digest(salt, correction.data)),
        nonce=randomness(NONCE_BYTES).hex(),
    )
    written = manifest_bytes(manifest, keys.signing)
    salted = salt + correction.tobytes()
    held = (seeds[0] + seeds[1], seeds[1] + salted, salted + seeds[0])
    digest = manifest.digest
    first, second, third = (
        frame(written, seal_to(setting.helper(party).seal_key, held[party], _about(setting, digest, party)))
        for party in range(HELPERS)
    )
    return SealedSubmission(manifest, (first, second, third))


def split(rows: PlainRows, seeds: tuple[bytes, bytes]) -> NDArray[np.uint8]:
    """Give component 2 of the sharing whose components 0 and 1 are the streams of these seeds."""
    component = rows.to_component()
    for seed in seeds:
        if component.size:
            Stream(seed, _PURPOSE).xor_into(component)
    return component


def open_submission(
    message: bytes, setting: Setting, party: int, private_key: MLKEM768X25519PrivateKey
) -> OpenedSubmission:
    """Read and open what came for one helper, and check its two components against the signed manifest.

    PolicyRefusal as `wire.read_submission`, and `seal.broken`, or `submission.component` when the content is not what
    the desk signed: a helper that accepts holds the same submission as the other two with this manifest.
    """
    manifest, part = read_submission(message, setting, party)
    return open_part(manifest, part, setting, party, private_key)


def open_part(
    manifest: Manifest, part: bytes, setting: Setting, party: int, private_key: MLKEM768X25519PrivateKey
) -> OpenedSubmission:
    """Open a part that `wire.read_submission` has let through."""
    held = open_sealed(private_key, part, _about(setting, manifest.digest, party))
    size = setting.layout.component_bytes(manifest.rows)
    if party == 0:
        first, second = (_expand(manifest, 0, held[:SEED_BYTES], size), _expand(manifest, 1, held[SEED_BYTES:], size))
    elif party == 1:
        first, second = _expand(manifest, 1, held[:SEED_BYTES], size), _correction(manifest, held[SEED_BYTES:])
    else:
        first, second = _correction(manifest, held[:-SEED_BYTES]), _expand(manifest, 0, held[-SEED_BYTES:], size)
    return OpenedSubmission(manifest, first, second)


def _expand(manifest: Manifest, component: int, seed: bytes, size: int) -> NDArray[np.uint8]:
    if seed_digest(component, seed) != manifest.components[component]:
        raise PolicyRefusal("submission.component")
    words: NDArray[np.uint8] = Stream(seed, _PURPOSE).words((size,), np.uint8)
    return words


def _correction(manifest: Manifest, salted: bytes) -> NDArray[np.uint8]:
    salt, correction = salted[:SALT_BYTES], memoryview(salted)[SALT_BYTES:]
    if correction_digest(salt, correction) != manifest.components[2]:
        raise PolicyRefusal("submission.component")
    return np.frombuffer(correction, dtype=np.uint8)


def _about(setting: Setting, manifest_digest: str, party: int) -> bytes:
    """Bind a sealed part to its plan, its manifest and its helper, so that it opens nowhere else."""
    return f"sansnom/submission-part/1\n{setting.plan_digest}\n{manifest_digest}\n{party}".encode("ascii")
