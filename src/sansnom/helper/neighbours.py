"""The two other helpers, as this one reaches them: the ring, and their public files when the ring is no longer needed."""

import json
import socket
import threading
from collections.abc import Mapping
from typing import Any, Final

import httpx

from sansnom.exchange.keys import seal_public
from sansnom.helper.certificates import fetch_certificate, pinned_context
from sansnom.helper.keys import split_address
from sansnom.helper.means import Means
from sansnom.helper.peers import Neighbour, Patience, Peers, Seat, connect_ring
from sansnom.terms.errors import PeerError
from sansnom.terms.party import PARTIES, PartyNumber
from sansnom.terms.roster import Helper

ANSWER_SECONDS: Final = 10.0
ANSWER_BYTES_MOST: Final = 16_777_216


class Neighbours:
    """Knows the others by the roster; keeps their certificates once they have shown the right ones."""

    def __init__(self, means: Means, listener: socket.socket, patience: Patience) -> None:
        """Take the socket that the ring's connections come in by."""
        self._means, self._listener, self._patience = means, listener, patience
        self._certificates: dict[PartyNumber, bytes] = {}
        self._lock = threading.Lock()

    @property
    def others(self) -> Mapping[PartyNumber, Helper]:
        """Give the two others by seat."""
        mine = self._means.identity.party
        return {party: self._means.roster.helpers[party] for party in PARTIES if party != mine}

    def connect(self) -> Peers:
        """Stand a ring; PeerError names who is missing."""
        identity = self._means.identity
        seat = Seat(identity.party, identity.certificate_path, identity.certificate_key_path, identity.keys.sealing)
        first, second = (self._neighbour(party, helper) for party, helper in self.others.items())
        context = b"sansnom/ring/1\n" + bytes.fromhex(self._means.roster.digest)
        return connect_ring(seat, (first, second), self._listener, context=context, patience=self._patience)

    def _neighbour(self, party: PartyNumber, helper: Helper) -> Neighbour:
        host, port = split_address(helper.peer_address)
        return Neighbour(party, host, port, self._certificate(party, helper), seal_public(helper.seal_key))

    def _certificate(self, party: PartyNumber, helper: Helper) -> bytes:
        with self._lock:
            if party not in self._certificates:
                host, port = split_address(helper.url.removeprefix("https://"))
                self._certificates[party] = fetch_certificate(party, host, port, helper.certificate)
            return self._certificates[party]

    def progress(self, party: PartyNumber, plan: str) -> dict[str, Any]:
        """Ask a helper how far it is with a plan; empty when it does not know the plan."""
        found = self._get(party, f"/plans/{plan}/progress")
        return found if isinstance(found, dict) else {}

    def release(self, party: PartyNumber, plan: str) -> object:
        """Ask a helper for the signed release of a plan; None when it has none. Whoever uses it checks it."""
        return self._get(party, f"/plans/{plan}/release")

    def _get(self, party: PartyNumber, path: str) -> object:
        helper = self.others[party]
        context = pinned_context(self._certificate(party, helper))
        try:
            with (
                httpx.Client(verify=context, timeout=ANSWER_SECONDS, trust_env=False) as client,
                client.stream("GET", helper.url + path) as answer,
            ):
                if answer.status_code != httpx.codes.OK:
                    return None
                body = bytearray()
                for chunk in answer.iter_bytes():
                    body += chunk
                    if len(body) > ANSWER_BYTES_MOST:
                        raise PeerError("peer.answer", party)
        except httpx.HTTPError:
            raise PeerError("peer.unreachable", party) from None
        try:
            return json.loads(body)
        except (ValueError, RecursionError):
            raise PeerError("peer.answer", party) from None
