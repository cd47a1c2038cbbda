"""Who comes to a helper's door, and what they get: plans from the convener, submissions from desks, public files for all.

Everything is decided here, in plain functions over bytes; `app.py` only carries them over HTTP.
"""

import json
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

from sansnom.exchange.keys import PrivateKeys
from sansnom.exchange.receipt import write_receipt
from sansnom.exchange.setting import Setting
from sansnom.exchange.submission import open_part
from sansnom.exchange.wire import MANIFEST_BYTES_MAX, Manifest, part_bytes, read_manifest, read_submission
from sansnom.helper.clock import read_instant
from sansnom.helper.keys import noise_commitment
from sansnom.helper.limits import Bucket
from sansnom.helper.means import Means, check_plan_name
from sansnom.helper.progress import Progress
from sansnom.helper.states import RunState
from sansnom.helper.store import Held, KeptPlan, PlanKey, Store
from sansnom.release.budget import charge
from sansnom.release.rules import Known, refuse_unless_allowed
from sansnom.terms.canonical import canonical_bytes
from sansnom.terms.errors import InputError, PolicyRefusal
from sansnom.terms.parse import Reader
from sansnom.terms.plan import Plan
from sansnom.terms.refusal import Refusal
from sansnom.transparency.signature import sign_object, verify_object

UNUSED_KEYS_MOST: Final = 64
"""Keys made for plans that have not come: a convener that asks for more must use some first."""
CUTOFF_DAYS_MOST: Final = 400
"""How far away a cut-off may be: a year and some weeks. Sealed submissions and their keys are kept until then."""
_HEAD_BYTES: Final = 8
LOOKED_AT_BYTES: Final = _HEAD_BYTES + MANIFEST_BYTES_MAX
"""The beginning of a submission: a signed manifest stands whole in it."""


class Reception:
    """Receives everybody; safe to call from several threads."""

    def __init__(self, means: Means, progress: Progress, by_organization: Bucket, wake: Callable[[], None]) -> None:
        """Take the helper's means, where its worker says how far it is, the rate of desks, and what wakes the worker."""
        self._means, self._progress, self._by_organization, self._wake = means, progress, by_organization, wake
        self._admitting = threading.Lock()

    # ---------------------------------------------------------------------------------------------------- the convener

    def make_plan_key(self, name: str, body: bytes) -> bytes:
        """Make a fresh key to seal to, for the plan that the convener is about to publish; the same again for the same name."""
        asked = self._order("plan-key-request", body, self._means.roster.convener_key)
        if asked.string("plan") != check_plan_name(name):
            raise PolicyRefusal("plan.name")
        if asked.string("roster_digest") != self._means.roster.digest:
            raise PolicyRefusal("plan.roster", plan=name)
        asked.done()
        store = self._means.store
        if store.plan_key(name) is None and store.count_plan_keys() >= UNUSED_KEYS_MOST:
            raise PolicyRefusal("plan.keys_unused", most=UNUSED_KEYS_MOST)
        fresh = self._means.identity.fresh_plan_key(self._means.randomness)
        return self._plan_key_answer(name, store.keep_plan_key(name, fresh, self._means.instant()))

    def plan_key(self, name: str) -> bytes:
        """Give the signed answer about the key of a plan to whoever asks: desks compare it with what the plan says."""
        kept = self._means.store.plan_key(check_plan_name(name))
        if kept is None:
            raise PolicyRefusal("plan.unknown")
        if kept.seal_private is None:
            raise PolicyRefusal(
                "submission.closed", plan=name
            )  # destroyed: its commitment can no longer be told either
        return self._plan_key_answer(name, kept)

    def _plan_key_answer(self, name: str, kept: PlanKey) -> bytes:
        told = {
            "schema": "sansnom/plan-key/1",
            "plan": name,
            "party": int(self._means.identity.party),
            "seal_key": kept.seal_public,
            "sign_key": self._means.identity.entry.sign_key,
            "noise_commitment": self._commitment(kept),
        }
        return canonical_bytes(sign_object("plan-key", told, self._means.identity.signing))

    def _commitment(self, kept: PlanKey) -> str:
        return "" if kept.noise_salt is None else noise_commitment(self._means.identity.noise_root(kept.noise_salt))

    def take_plan(self, name: str, body: bytes) -> bool:
        """Accept a plan that its convener signed and the rules allow; False when this very plan was here already.

        A plan that the rules refuse leaves a signed refusal, which everybody may fetch; nothing is charged.
        """
        envelope = _json(body)
        signed = verify_object("plan", envelope, [self._means.roster.convener_key], 1)
        plan = Plan.from_json(signed)
        if plan.plan != check_plan_name(name):
            raise PolicyRefusal("plan.name")
        kept = KeptPlan(name, plan.digest, canonical_bytes(envelope), plan.cutoff)
        with self._admitting:  # one after another: each is charged on top of all before it
            before = self._means.store.plan(name)
            if before is not None and before.digest == plan.digest:
                return False
            try:
                charged = self._judge(plan)
            except PolicyRefusal as refusal:
                if before is None:  # a refusal may not stand under an accepted plan's name
                    self._keep_refusal(plan, refusal)
                raise
            fresh = self._means.store.accept_plan(kept, charged, self._means.instant())
        self._means.watch.note("plan.accepted", plan=name, tables=len(plan.tables))
        self._wake()
        return fresh

    def _judge(self, plan: Plan) -> bytes:
        """Look at seats, keys and every rule with this helper's own copy of the ledger; give the charge to write into it."""
        means = self._means
        ahead = read_instant(plan.cutoff, "plan.cutoff") - means.clock.now()
        if ahead <= timedelta(0):
            raise PolicyRefusal("plan.late", plan=plan.plan)
        if ahead > timedelta(days=CUTOFF_DAYS_MOST):
            raise PolicyRefusal("plan.far", plan=plan.plan, most=CUTOFF_DAYS_MOST)
        mine = means.store.plan_key(plan.plan)
        party = means.identity.party
        if len(plan.helpers) != len(means.roster.helpers) or mine is None:
            raise PolicyRefusal("plan.keys", plan=plan.plan)
        signers = [
            (seat.sign_key, helper.sign_key) for seat, helper in zip(plan.helpers, means.roster.helpers, strict=True)
        ]
        seat = plan.helpers[party]
        if any(told != known for told, known in signers) or seat.seal_key != mine.seal_public:
            raise PolicyRefusal("plan.keys", plan=plan.plan)
        if mine.noise_salt is None or seat.noise_commitment != self._commitment(mine):
            raise PolicyRefusal("plan.noise_commitment", plan=plan.plan)
        try:
            dictionary = means.dictionary_of(plan.dictionary)
        except InputError:
            raise PolicyRefusal("dictionary.version", where="plan.dictionary") from None
        envelopes = [envelope for _, envelope, _ in means.store.earlier()] + [p.envelope for p in means.store.plans()]
        others = tuple(Plan.from_json(json.loads(envelope)["signed"]) for envelope in envelopes)
        ledger = means.ledger()
        known = Known(means.versions, means.ratified | {*means.roster.ratified}, others, _stopped(means.store))
        refuse_unless_allowed(plan, dictionary, means.roster, ledger, known)
        Setting.of(plan, means.roster, dictionary)
        return canonical_bytes(charge(ledger, plan).to_json()["entries"][-1])

    def _keep_refusal(self, plan: Plan, refusal: PolicyRefusal) -> None:
        party, today = int(self._means.identity.party), self._means.instant()[:10]
        told = Refusal(plan, party, today, refusal.code, refusal.findings).to_json()
        signed = sign_object("refusal", told, self._means.identity.signing)
        self._means.store.keep_refusal(plan.plan, canonical_bytes(signed))
        self._means.watch.note("plan.refused", plan=plan.plan, code=refusal.code, findings=len(refusal.findings))

    def close(self, name: str, body: bytes) -> bool:
        """Close a plan before its cut-off, by the convener's signed order, on a trial roster; False when it was closed already.

        PolicyRefusal `plan.early` on any other roster: whoever chose the moment would choose whose submissions count.
        """
        setting = self._means.plan(name)
        order = self._order("close-order", body, setting.roster.convener_key)
        if (order.string("plan"), order.string("plan_digest")) != (name, setting.plan_digest):
            raise PolicyRefusal("plan.name")
        order.done()
        if not setting.roster.trial:
            raise PolicyRefusal("plan.early", plan=name)
        closed = self._means.store.close_run(name, self._means.instant())
        if closed:
            self._means.watch.note("run.closed", plan=name, by="order")
        self._wake()
        return closed

    @staticmethod
    def _order(kind: str, body: bytes, convener_key: str) -> Reader:
        order = Reader(verify_object(kind, _json(body), [convener_key], 1), kind)
        order.expect("schema", f"sansnom/{kind}/1")
        return order

    # ----------------------------------------------------------------------------------------------------------- desks

    def submission_sizes(self, name: str, number: int) -> tuple[int, int]:
        """Say how short and how long this organization's submission can be, before a byte of it is read."""
        setting = self._open(name)
        rows = setting.organization(number).size_class
        part = part_bytes(setting.layout, rows, int(self._means.identity.party))
        return _HEAD_BYTES + part, _HEAD_BYTES + MANIFEST_BYTES_MAX + part

    def look_at_head(self, name: str, number: int, beginning: bytes) -> None:
        """Raise unless a body begins with a manifest that this organization's desk signed for this plan."""
        if read_manifest(beginning, self._open(name))[0].organization != number:
            raise PolicyRefusal("submission.number")

    def take_submission(self, name: str, number: int, body: bytes) -> bytes:
        """Check a submission, open it to see that it is whole, keep it sealed; give the signed receipt.

        The receipt leaves after the submission is on disk. What was opened is forgotten at once.
        """
        setting = self._open(name)
        party = int(self._means.identity.party)
        manifest, part = read_submission(body, setting, party)
        if manifest.organization != number:
            raise PolicyRefusal("submission.number")
        # Only what the desk has signed counts against its rate: a stranger cannot shut an organization out.
        self._by_organization.take(f"{name} {number}")
        self._open_part(manifest, part, setting, name)
        received = self._means.instant()[:13] + "Z"
        receipt = write_receipt(manifest, setting, party, received, self._means.identity.signing)
        held = Held(number, manifest.sequence, manifest.digest, canonical_bytes(receipt))
        stands = self._means.store.accept_submission(name, held, body)
        self._means.watch.note("submission.accepted", plan=name, organization=number, size=len(body))
        return stands.receipt

    def _open_part(self, manifest: Manifest, part: bytes, setting: Setting, name: str) -> None:
        mine = self._means.store.plan_key(name)
        if mine is None or mine.seal_private is None:
            raise PolicyRefusal("submission.closed", plan=name)
        keys = PrivateKeys(self._means.identity.keys.sign_seed, mine.seal_private)
        open_part(manifest, part, setting, int(self._means.identity.party), keys.sealing)

    def _open(self, name: str) -> Setting:
        """Give a plan that still takes submissions; PolicyRefusal `submission.closed` at the cut-off and after."""
        setting = self._means.plan(name)
        run = self._means.store.run(name)
        late = read_instant(setting.plan.cutoff, "plan.cutoff") <= self._means.clock.now()
        if late or run is None or run.state is not RunState.OPEN:
            raise PolicyRefusal("submission.closed", plan=name)
        return setting

    def receipt(self, name: str, number: int) -> bytes:
        """Give the receipt of what is held of an organization."""
        held = self._means.store.held(check_plan_name(name), number)
        if held is None:
            raise PolicyRefusal("receipt.none")
        return held.receipt

    def verdict(self, name: str, number: int) -> bytes:
        """Give the verdict reply sealed to an organization's desk, once all three helpers have signed the release."""
        run = self._means.store.run(check_plan_name(name))
        reply = self._means.store.verdict(name, number)
        if reply is None or run is None or run.release is None:
            forgotten = run is not None and run.state is RunState.DESTROYED and run.release is not None
            raise PolicyRefusal("verdict.forgotten" if forgotten else "verdict.none")
        return reply

    # -------------------------------------------------------------------------------------------------------- everybody

    def health(self) -> dict[str, Any]:
        """Say that this helper is up, which seat it has, which roster it knows, and which process this is."""
        means = self._means
        roster = {"version": means.roster.version, "digest": means.roster.digest}
        told = {"schema": "sansnom/health/1", "ok": True, "party": int(means.identity.party), "roster": roster}
        return told | ({"instance": means.instance} if means.instance else {})

    def plans(self) -> dict[str, Any]:
        """List the accepted plans and where they stand."""
        store = self._means.store
        states = {run.plan: run.state.value for run in store.runs()}
        listed = [{"plan": kept.plan, "digest": kept.digest, "state": states[kept.plan]} for kept in store.plans()]
        return {"schema": "sansnom/plans/1", "plans": listed}

    def progress(self, name: str) -> dict[str, Any]:
        """Say how far a run is: its state, the stage of the attempt at work, rounds. Nothing else."""
        run = self._means.store.run(check_plan_name(name))
        if run is None:
            raise PolicyRefusal("plan.unknown")
        stage, rounds = self._progress.of(name)
        return {
            "schema": "sansnom/progress/1",
            "plan": name,
            "state": run.state.value,
            "stage": stage,
            "rounds": rounds,
            "attempts": run.attempts,
            "reason": run.reason,
        }

    def public_file(self, name: str, kind: str) -> bytes:
        """Give a signed public file of a plan: "plan", "refusal", "submission-set", "release" or "destruction"."""
        store = self._means.store
        if kind == "plan":
            kept = store.plan(check_plan_name(name))
            found = None if kept is None else kept.envelope
        elif kind == "refusal":
            found = store.refusal(check_plan_name(name))
        else:
            run = store.run(check_plan_name(name))
            files = {"submission-set": "agreed_signed", "release": "release", "destruction": "attestation"}
            found = None if run is None else getattr(run, files[kind])
        if found is None:
            raise PolicyRefusal(f"{kind.replace('-', '_')}.none")
        return bytes(found)


def _stopped(store: Store) -> frozenset[str]:
    """Name the plans whose run ended without a release: their questions have no answer in the log."""
    ended = (RunState.ABORTED, RunState.DESTROYED)
    earlier = frozenset(name for name, _, answered in store.earlier() if not answered)
    return earlier | {run.plan for run in store.runs() if run.state in ended and run.release is None}


def _json(body: bytes) -> Any:  # noqa: ANN401 - whatever JSON it is, verify_object looks at it strictly
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise InputError("json.file") from None
