"""What three helpers must agree on before and after they compute, as protocols: they run in memory and on the wire.

Messages are of public sizes: a digest for every organization of the roster, whether or not it sent anything.
Everything here is public or random; nothing depends on a record.
"""

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sansnom.compute.correlated import SEED_BYTES, Party
from sansnom.compute.steps import Exchange, Expected, Steps, expect_like
from sansnom.terms.canonical import digest_hex
from sansnom.terms.errors import PeerError
from sansnom.terms.party import PARTIES, PartyNumber, following, preceding

NONCE_BYTES: Final = 32
DIGEST_BYTES: Final = 32
WANTED_MOST: Final = 32
"""Runs that a helper names at most when three meet; more wait for the next meeting."""

_NOTHING: Final = bytes(DIGEST_BYTES)


def tell_both(payload: bytes, me: PartyNumber) -> Steps[tuple[bytes, bytes, bytes]]:
    """Send the same bytes to both others, who send as many; give all three, by seat. One round."""
    mine: NDArray[np.uint8] = np.frombuffer(payload, dtype=np.uint8).copy()
    like = (expect_like(mine),)
    received = yield Exchange((mine,), (mine,), like, like)
    told = {
        me: payload,
        preceding(me): received.from_previous[0].tobytes(),
        following(me): received.from_next[0].tobytes(),
    }
    return told[PARTIES[0]], told[PARTIES[1]], told[PARTIES[2]]


@dataclass(frozen=True, slots=True)
class Meeting:
    """Which plan three helpers work on together now, and the name of this attempt (hexadecimal)."""

    plan_digest: str | None
    attempt: str


def meet(me: PartyNumber, nonce: bytes, wanted: Sequence[str]) -> Steps[Meeting]:
    """Find the first run that all three want, and name the attempt after three fresh nonces. One round.

    Pre:  `nonce` is fresh and has 32 bytes; `wanted` holds digests of plans in hexadecimal, the most urgent first.
    Post: all three give the same meeting; `plan_digest` is None when they want nothing in common.
    """
    named = [bytes.fromhex(digest) for digest in wanted[:WANTED_MOST]]
    payload = nonce + b"".join(named) + _NOTHING * (WANTED_MOST - len(named))
    told = yield from tell_both(payload, me)
    attempt = sha256(b"sansnom/attempt/1\n" + b"".join(t[:NONCE_BYTES] for t in told)).hexdigest()
    lists = [_pieces(t[NONCE_BYTES:]) for t in told]
    # helper 0's order decides, so that all three choose the same
    shared = [digest for digest in lists[0] if digest != _NOTHING and all(digest in known for known in lists[1:])]
    return Meeting(shared[0].hex() if shared else None, attempt)


def _pieces(joined: bytes) -> list[bytes]:
    return [joined[n : n + DIGEST_BYTES] for n in range(0, len(joined), DIGEST_BYTES)]


@dataclass(frozen=True, slots=True)
class AgreedSet:
    """The set computed on, (roster number, digest of the manifest) by number, and three commitments to the noise."""

    plan: str
    plan_digest: str
    members: tuple[tuple[int, str], ...]
    noise_commitments: tuple[str, ...]

    @property
    def set_digest(self) -> str:
        """Give the digest that noise and signatures are bound to: of the plan and the members alone."""
        return set_digest(self.plan_digest, self.members)

    def to_json(self) -> dict[str, Any]:
        """Give the JSON object that each helper keeps and signs, once for a plan."""
        return {
            "schema": "sansnom/submission-set/1",
            "plan": self.plan,
            "plan_digest": self.plan_digest,
            "members": [{"organization": number, "manifest": manifest} for number, manifest in self.members],
            "noise_commitments": list(self.noise_commitments),
        }

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> "AgreedSet":
        """Read what this helper kept."""
        return cls(
            value["plan"],
            value["plan_digest"],
            tuple((m["organization"], m["manifest"]) for m in value["members"]),
            tuple(value["noise_commitments"]),
        )


def set_digest(plan_digest: str, members: Sequence[tuple[int, str]]) -> str:
    """Give the SHA-256 of a plan's digest and the members of a set, in canonical bytes."""
    return digest_hex({"plan": plan_digest, "members": [[number, manifest] for number, manifest in members]})


def compare_held(
    me: PartyNumber, numbers: Sequence[int], held: Mapping[int, str]
) -> Steps[tuple[tuple[int, str], ...]]:
    """Find the submissions whose same manifest all three hold. One round.

    Pre:  `numbers` are those of the roster, in its order, the same for all; `held` gives manifests' digests
          (hexadecimal) and does not change any more: the run is closed.
    Post: (roster number, digest) by number, the same at all three.
    """
    told = yield from tell_both(b"".join(bytes.fromhex(held[n]) if n in held else _NOTHING for n in numbers), me)
    members: list[tuple[int, str]] = []
    for number, *manifests in zip(numbers, *(_pieces(t) for t in told), strict=True):
        if manifests[0] != _NOTHING and manifests[0] == manifests[1] == manifests[2]:
            members.append((number, manifests[0].hex()))
    return tuple(sorted(members))


def seat(me: PartyNumber, secrets: tuple[bytes, bytes], attempt: str, set_hex: str) -> Steps[Party]:
    """Agree with each neighbour on a fresh seed and sit down. One round; the line is encrypted.

    Pre:  `secrets` are two fresh strings of 32 bytes, for the helper before and the helper after.
    Post: seed j is derived from what helpers j - 1 and j gave each other, the attempt (three nonces) and the set.
    """
    to_previous, to_next = (np.frombuffer(s, dtype=np.uint8).copy() for s in secrets)
    like = (Expected((SEED_BYTES,), np.dtype(np.uint8)),)
    received = yield Exchange((to_previous,), (to_next,), like, like)
    theirs_previous, theirs_next = received.from_previous[0].tobytes(), received.from_next[0].tobytes()
    context = bytes.fromhex(attempt) + bytes.fromhex(set_hex)
    # of seed j, the contribution of helper j - 1 comes first
    with_previous = _seed(theirs_previous + secrets[0], context, int(me))
    with_next = _seed(secrets[1] + theirs_next, context, int(following(me)))
    return Party.seated(me, with_previous, with_next)


def _seed(contributions: bytes, context: bytes, number: int) -> bytes:
    return hmac.digest(contributions, b"sansnom/pairwise-seed/1\n" + bytes([number]) + context, "sha256")


@dataclass(frozen=True, slots=True)
class Standing:
    """What a helper has opened already: the attempt and the digest of its noisy cells, in hexadecimal; or nothing."""

    attempt: str = ""
    cells_digest: str = ""


def compare_standings(me: PartyNumber, mine: Standing) -> Steps[bool]:
    """Find whether all three have the cells of one same attempt on disk: then no other is needed. One round.

    Raises PeerError `peer.cells` when a peer opened other cells than this helper did: it must never be computed away.
    """
    payload = b"".join(bytes.fromhex(text) if text else _NOTHING for text in (mine.attempt, mine.cells_digest))
    told = yield from tell_both(payload, me)
    for party in PARTIES:
        theirs = told[party][DIGEST_BYTES:]
        if mine.cells_digest and theirs not in (_NOTHING, payload[DIGEST_BYTES:]):
            raise PeerError("peer.cells", party)
    return bool(mine.cells_digest) and told[0] == told[1] == told[2]
