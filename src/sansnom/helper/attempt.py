"""One attempt at a run, over a standing ring: agree, commit, open the submissions, compute, sign.

    meet           which plan; three fresh nonces name the attempt
    agree          the set of submissions whose same manifest all three hold; commitments to the noise; on disk (AGREED)
    sign the set   three signatures
    standings      if all three have the same attempt's cells on disk already, go to the last line
    seat, compute  fresh pairwise seeds; noisy cells and verdict replies, on disk (OPENED)
    sign           three signatures on the identical release, on disk (SIGNED)

Whatever dies at whatever line: the next attempt starts from what is on disk, with the same set and the same noise.
"""

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from sansnom.compute.programs.answer import Answer, answer_plan
from sansnom.compute.steps import Steps
from sansnom.exchange.keys import PrivateKeys
from sansnom.exchange.setting import Setting
from sansnom.exchange.verdict import cut_verdicts, write_verdict
from sansnom.exchange.wire import Manifest
from sansnom.helper.agreement import (
    NONCE_BYTES,
    AgreedSet,
    Standing,
    compare_held,
    compare_standings,
    meet,
    seat,
    tell_both,
)
from sansnom.helper.gather import draw_noise, gather_shares, whole_ones
from sansnom.helper.keys import noise_commitment, noise_key
from sansnom.helper.means import Means, load_measured
from sansnom.helper.progress import Progress
from sansnom.helper.states import PENDING
from sansnom.helper.store import PlanKey
from sansnom.release.assemble import assemble_release
from sansnom.terms.canonical import Json, canonical_bytes
from sansnom.terms.errors import BrokenInvariant, PeerError, PolicyRefusal
from sansnom.terms.party import PARTIES
from sansnom.transparency.signature import SIGNATURE_BYTES, sign_object, verify_object

T = TypeVar("T")
SEED_BYTES: Final = 32


class Ring(Protocol):
    """A standing ring of three helpers; `peers.Peers` is one."""

    def run(self, steps: Steps[T], on_round: Callable[[int], None] | None = None) -> T:
        """Run one protocol with the two neighbours."""
        ...

    def close(self) -> None:
        """Let go of the lines."""
        ...


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt: this helper's means, the ring, where progress is told."""

    means: Means
    ring: Ring
    progress: Progress
    wanted: tuple[str, ...]
    """Digests of the plans that this helper wants to run, the most urgent first."""

    def _run(self, steps: Steps[T]) -> T:
        return self.ring.run(steps, self.progress.round_done)

    def carry_out(self) -> str | None:
        """Do one plan, as far as a release signed by three on disk; give its name, None when the three have none in common.

        Raises PeerError for a retry, PolicyRefusal with the code of the rule that stops the run.
        """
        means, party = self.means, self.means.identity.party
        meeting = self._run(meet(party, means.randomness(NONCE_BYTES), self.wanted))
        if meeting.plan_digest is None:
            return None
        name = next(kept.plan for kept in means.store.plans() if kept.digest == meeting.plan_digest)
        self.progress.begin(name, "agreeing")
        setting = means.plan(name)
        agreed, key = self._agree(name, setting)
        signed_set = self._sign_together("submission-set", agreed.to_json(), setting)
        means.store.start_attempt(name, means.instant())
        if not self._run(compare_standings(party, self._standing(name))):
            self._compute(name, setting, agreed, key, meeting.attempt, signed_set)
        self.progress.enter("signing")
        release = self._sign_together("release", release_of(means, name, agreed), setting)
        means.store.keep_release(name, canonical_bytes(release), means.instant())
        means.watch.note("run.signed", plan=name)
        return name

    # ------------------------------------------------------------------------------------------------------- agreeing

    def _agree(self, name: str, setting: Setting) -> tuple[AgreedSet, PlanKey]:
        """Find the set, commit to the noise, and put both on disk before anything is opened or signed."""
        means, party = self.means, self.means.identity.party
        run = means.store.run(name)
        key = means.store.plan_key(name)
        if run is None or run.state not in PENDING or key is None or key.noise_salt is None:
            raise BrokenInvariant("run.step", plan=name)
        numbers = [organization.number for organization in setting.roster.organizations]
        held = {h.number: h.manifest for h in means.store.all_held(name)}
        if run.agreed is None:
            held = self._whole(name, setting, key, held)
        members = self._run(compare_held(party, numbers, held))
        if len(members) < setting.plan.minimum_organizations and run.agreed is None:
            raise PolicyRefusal("run.set.small", found=len(members), expected=setting.plan.minimum_organizations)
        commitments = self._commit(key.noise_salt, setting)
        agreed = AgreedSet(name, setting.plan_digest, members, commitments)
        means.store.keep_agreed(name, canonical_bytes(agreed.to_json()), means.instant())
        means.watch.note("run.agreed", plan=name, members=len(members))
        return agreed, key

    def _whole(self, name: str, setting: Setting, key: PlanKey, held: dict[int, str]) -> dict[int, str]:
        """Leave out, by number and before anything is fixed, what a damaged disk has changed since it was accepted."""
        means = self.means
        if key.seal_private is None:
            raise BrokenInvariant("run.step", plan=name)
        keys = PrivateKeys(means.identity.keys.sign_seed, key.seal_private)
        whole = whole_ones(setting, int(means.identity.party), keys, held, lambda n: means.store.body(name, n))
        for number in sorted(held.keys() - whole.keys()):
            means.watch.note("submission.damaged", plan=name, organization=number)
        return whole

    def _commit(self, salt: bytes, setting: Setting) -> tuple[str, ...]:
        """Tell the commitment to this helper's noise, and hold each peer to the one that the signed plan has of it.

        Raises PeerError `peer.noise` when a peer's noise would come from another secret than the plan says.
        """
        party = self.means.identity.party
        own = noise_commitment(self.means.identity.noise_root(salt))
        told = [text.hex() for text in self._run(tell_both(bytes.fromhex(own), party))]
        for other in PARTIES:
            if told[other] != setting.plan.helpers[other].noise_commitment:
                raise PeerError("peer.noise", other)
        return tuple(told)

    def _standing(self, name: str) -> Standing:
        run = self.means.store.run(name)
        if run is None or run.cells is None:
            return Standing()
        return Standing(run.attempt, sha256(run.cells).hexdigest())

    def _sign_together(self, kind: str, signed: dict[str, Any], setting: Setting) -> dict[str, Any]:
        """Sign the same object as the two others; give it with all three signatures, in the order of seats. One round.

        Raises PeerError `peer.signature` when one of them signed something else.
        """
        party = self.means.identity.party
        own = sign_object(kind, signed, self.means.identity.signing)["signatures"][0]["signature"]
        told = self._run(tell_both(base64.b64decode(own), party))
        assert all(len(signature) == SIGNATURE_BYTES for signature in told)
        keys = [helper.sign_key for helper in setting.roster.helpers]
        texts = [base64.b64encode(signature).decode("ascii") for signature in told]
        for other in PARTIES:
            one = {"signed": signed, "signatures": [{"key": keys[other], "signature": texts[other]}]}
            try:
                verify_object(kind, one, [keys[other]], 1)
            except PolicyRefusal:
                raise PeerError("peer.signature", other, kind=kind) from None
        listed = [{"key": k, "signature": s} for k, s in zip(keys, texts, strict=True)]
        return {"signed": signed, "signatures": listed}

    # ------------------------------------------------------------------------------------------------------ computing

    def _compute(
        self, name: str, setting: Setting, agreed: AgreedSet, key: PlanKey, attempt: str, signed_set: dict[str, Any]
    ) -> None:
        """Sit down with fresh seeds, open the submissions, compute, and put cells and verdict replies on disk."""
        means, party = self.means, self.means.identity.party
        if key.seal_private is None or key.noise_salt is None:
            raise BrokenInvariant("run.step", plan=name)
        secrets = (means.randomness(SEED_BYTES), means.randomness(SEED_BYTES))
        me = self._run(seat(party, secrets, attempt, agreed.set_digest))
        self.progress.enter("gathering")
        keys = PrivateKeys(means.identity.keys.sign_seed, key.seal_private)
        shares, manifests = gather_shares(
            setting, int(party), keys, agreed.members, lambda number: means.store.body(name, number)
        )
        root = means.identity.noise_root(key.noise_salt)
        noise = draw_noise(setting, noise_key(root, setting.plan_digest, agreed.set_digest))
        means.watch.note("run.computing", plan=name, rows=shares.rows)
        steps = answer_plan(me, shares, setting.layout, setting.plan, noise, self.progress.enter)
        del shares
        answer = self._run(steps)
        replies = self._verdicts(answer, manifests, setting)
        told: dict[str, Json] = {table: [int(value) for value in cells] for table, cells in answer.opened.items()}
        means.store.keep_opened(
            name, attempt, canonical_bytes(told), canonical_bytes(signed_set), replies, means.instant()
        )
        means.watch.note("run.opened", plan=name, cells=sum(len(cells) for cells in answer.opened.values()))

    def _verdicts(self, answer: Answer, manifests: list[Manifest], setting: Setting) -> dict[int, bytes]:
        """Seal to each desk this helper's shares of the verdict on its rows: as long for all of a size class."""
        sizes = [manifest.rows for manifest in manifests]
        cut = cut_verdicts(answer.verdict.rows.pair, sizes)
        party, signing = int(self.means.identity.party), self.means.identity.signing
        return {
            manifest.organization: canonical_bytes(write_verdict(components, manifest, setting, party, signing))
            for manifest, components in zip(manifests, cut, strict=True)
        }


def release_of(means: Means, name: str, agreed: AgreedSet) -> dict[str, Any]:
    """Assemble the release from the cells on disk: the same bytes at every helper, and again after any restart."""
    run = means.store.run(name)
    if run is None or run.cells is None:
        raise BrokenInvariant("run.unopened", plan=name)
    setting = means.plan(name)
    opened: dict[str, NDArray[np.int64]] = {
        table: np.array(values, dtype=np.int64) for table, values in json.loads(run.cells).items()
    }
    release = assemble_release(
        setting.plan,
        setting.dictionary,
        setting.roster,
        agreed.set_digest,
        len(agreed.members),
        opened,
        supersedes=setting.plan.supersedes,
        measured=load_measured(setting.plan.linking),
    )
    return release.to_json()
