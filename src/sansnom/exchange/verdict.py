"""The verdict: each desk learns, and nobody else, how many of its own rows failed the checks on shares.

The helpers hold a shared bit for each row. Each seals its two components of an organization's bits to that
organization's key: a reply as long for an abstaining organization as for any other of its size class, fetched by the
same request. Two replies suffice; the component that they have in common must be the same in both.
"""

import base64
import binascii
from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeAlias

import numpy as np
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hpke import MLKEM768X25519PrivateKey
from numpy.typing import NDArray

from sansnom.exchange.seal import open_sealed, seal_to
from sansnom.exchange.setting import Setting
from sansnom.exchange.wire import Manifest
from sansnom.terms.errors import BrokenInvariant, InputError, PolicyRefusal
from sansnom.terms.parse import Reader
from sansnom.terms.party import HELPERS
from sansnom.transparency.signature import sign_object, verify_object

FORMAT: Final = "sansnom/verdict/1"
KIND: Final = "verdict"
Components: TypeAlias = "tuple[bytes, bytes]"
"""A helper's components `party` and `party + 1` of an organization's verdict bits.

Bit r % 8 of byte r // 8 is row r.
"""


def cut_verdicts(pair: NDArray[np.uint64], sizes: Sequence[int]) -> tuple[Components, ...]:
    """Cut a helper's shares of all verdict bits into one pair of components for each organization, in order of rows.

    Shapes: pair (lanes, 2): row r is bit r % 64 of lane r // 64, as `compute.share.Bits`; `sizes` are the size classes.
    """
    if -(-sum(sizes) // 64) != pair.shape[0]:
        raise BrokenInvariant("verdict.size", found=int(pair.shape[0]))
    columns = [
        np.unpackbits(np.ascontiguousarray(pair[:, side], dtype="<u8").view(np.uint8), bitorder="little")
        for side in range(2)
    ]
    cut: list[Components] = []
    start = 0
    for size in sizes:
        first, second = (np.packbits(c[start : start + size], bitorder="little").tobytes() for c in columns)
        cut.append((first, second))
        start += size
    return tuple(cut)


def write_verdict(
    components: Components, manifest: Manifest, setting: Setting, party: int, private_key: Ed25519PrivateKey
) -> dict[str, Any]:
    """Seal a helper's components to the desk, and sign the reply with the helper's key of this plan."""
    size = _bytes_for(manifest.rows)
    if any(len(component) != size for component in components):
        raise BrokenInvariant("verdict.size", expected=size)
    organization = setting.organization(manifest.organization)
    sealed = seal_to(organization.seal_key, b"".join(components), _about(setting, manifest, party))
    told = {
        "schema": FORMAT,
        "manifest": manifest.digest,
        "party": party,
        "sealed": base64.b64encode(sealed).decode("ascii"),
    }
    return sign_object(KIND, told, private_key)


def read_verdict(
    envelope: object, manifest: Manifest, setting: Setting, party: int, private_key: MLKEM768X25519PrivateKey
) -> Components:
    """Open one helper's reply.

    PolicyRefusal `verdict.other` for another submission's, `seal.broken`, `signature...`.
    """
    r = Reader(verify_object(KIND, envelope, [setting.helper(party).sign_key], 1), "verdict")
    r.expect("schema", FORMAT)
    digest, told_party, text = r.string("manifest"), r.integer("party", high=2), r.string("sealed")
    r.done()
    if (digest, told_party) != (manifest.digest, party):
        raise PolicyRefusal("verdict.other", party=party)
    try:
        sealed = base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError):
        raise InputError("json.type", where="verdict.sealed", expected="base64") from None
    held = open_sealed(private_key, sealed, _about(setting, manifest, party))
    size = _bytes_for(manifest.rows)
    if len(held) != 2 * size:
        raise PolicyRefusal("verdict.size", party=party)
    return held[:size], held[size:]


def join_verdicts(replies: Mapping[int, Components], rows: int) -> NDArray[np.bool_]:
    """Give the verdict on each row from two or three helpers' components.

    PolicyRefusal `verdict.too_few` for fewer than two replies, `verdict.differs` when two helpers disagree on a
    component that both hold.
    """
    if len(replies) < 2:
        raise PolicyRefusal("verdict.too_few", found=len(replies), expected=2)
    components: dict[int, bytes] = {}
    for party, held in replies.items():
        for side, component in enumerate(held):
            place = (party + side) % HELPERS
            if components.setdefault(place, component) != component:
                raise PolicyRefusal("verdict.differs", component=place)
    joined = np.zeros(_bytes_for(rows), dtype=np.uint8)
    for component in components.values():
        joined ^= np.frombuffer(component, dtype=np.uint8)
    return np.unpackbits(joined, bitorder="little", count=rows).astype(np.bool_)


def rows_not_accepted(verdict: NDArray[np.bool_], served: int) -> int:
    """Count the desk's own rows that the checks turned down; its rows stand first, dummies after them."""
    return served - int(np.count_nonzero(verdict[:served]))


def _bytes_for(rows: int) -> int:
    return -(-rows // 8)


def _about(setting: Setting, manifest: Manifest, party: int) -> bytes:
    return f"{FORMAT}\n{setting.plan_digest}\n{manifest.digest}\n{party}".encode("ascii")
