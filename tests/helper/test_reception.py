"""Who comes to a helper's door: what is accepted, and that everything else is refused by its code."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from pathlib import Path

import pytest

from sansnom.exchange.receipt import read_receipt
from sansnom.helper.clock import written
from sansnom.helper.limits import Bucket
from sansnom.helper.progress import Progress
from sansnom.helper.reception import UNUSED_KEYS_MOST, Reception
from sansnom.terms.canonical import canonical_bytes
from sansnom.terms.errors import SansnomError
from sansnom.terms.plan import HelperSeat, Plan
from sansnom.transparency.signature import sign_object, verify_object
from tests.exchange import examples
from tests.helper.world import PLAN, SAID, World, make_world, small_plan


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Give three helpers without a plan."""
    return make_world(tmp_path)


def refused(call: Callable[[], object]) -> str:
    """Give the code of a refusal."""
    with pytest.raises(SansnomError) as wrong:
        call()
    return wrong.value.code


# ----------------------------------------------------------------------------------------------------------------- plans


def test_a_plan_key_is_made_once_for_a_name_and_signed(world: World) -> None:
    """Asking again for the same name gives the same key; another name another; the helper has signed it."""
    asked = world.order("plan-key-request", plan=PLAN, roster_digest=world.roster.digest)
    reception = world.seats[1].reception
    first = reception.make_plan_key(PLAN, asked)
    assert reception.make_plan_key(PLAN, asked) == first
    told = verify_object("plan-key", json.loads(first), [world.roster.helpers[1].sign_key], 1)
    assert (told["party"], told["plan"]) == (1, PLAN)
    other = world.order("plan-key-request", plan="essai-2", roster_digest=world.roster.digest)
    assert json.loads(reception.make_plan_key("essai-2", other))["signed"]["seal_key"] != told["seal_key"]


def test_anybody_may_ask_for_the_signed_answer_about_a_plan_key_and_make_none_by_it(world: World) -> None:
    """A desk gets what the convener got, byte for byte; asking for a name without a key makes no key."""
    reception = world.seats[1].reception
    asked = world.order("plan-key-request", plan=PLAN, roster_digest=world.roster.digest)
    assert refused(lambda: reception.plan_key(PLAN)) == "plan.unknown"
    assert reception.make_plan_key(PLAN, asked) == reception.plan_key(PLAN)


def test_only_the_convener_gets_plan_keys(world: World) -> None:
    """A stranger's request, one for another name, and one for another roster are refused."""
    reception = world.seats[0].reception
    told = {"schema": "sansnom/plan-key-request/1", "plan": PLAN, "roster_digest": world.roster.digest}
    stranger = canonical_bytes(sign_object("plan-key-request", told, examples.keys_of("aube").signing))
    assert refused(lambda: reception.make_plan_key(PLAN, stranger)) == "signature.too_few"
    good = world.order("plan-key-request", plan=PLAN, roster_digest=world.roster.digest)
    assert refused(lambda: reception.make_plan_key("essai-2", good)) == "plan.name"
    assert refused(lambda: reception.make_plan_key("../x", good)) == "plan.unknown"
    old = world.order("plan-key-request", plan=PLAN, roster_digest="00" * 32)
    assert refused(lambda: reception.make_plan_key(PLAN, old)) == "plan.roster"
    assert refused(lambda: reception.make_plan_key(PLAN, b"{")) == "json.file"


def test_unused_keys_are_bounded(world: World) -> None:
    """A convener cannot fill the store with keys for plans that never come."""
    reception = world.seats[0].reception

    def ask(number: int) -> bytes:
        name = f"essai-{number}"
        return reception.make_plan_key(
            name, world.order("plan-key-request", plan=name, roster_digest=world.roster.digest)
        )

    for number in range(UNUSED_KEYS_MOST):
        ask(number)
    assert refused(lambda: ask(UNUSED_KEYS_MOST)) == "plan.keys_unused"
    ask(0)


@pytest.mark.guarantee("G-05")
def test_a_plan_that_the_rules_refuse_is_refused_signed_and_not_charged(world: World) -> None:
    """Each helper judges alone; the refusal is public and signed; the ledger is untouched."""
    fine = small_plan(world.roster, world.plan_keys())
    asks = replace(
        fine, tables=(replace(fine.tables[0], title=replace(SAID, en="Date of birth of persons")), *fine.tables[1:])
    )
    for seat, helper in zip(world.seats, world.roster.helpers, strict=True):
        assert refused(lambda s=seat: s.reception.take_plan(PLAN, world.plan_file(asks))) == "rule.refused"  # type: ignore[misc]  # a default argument binds the loop's value
        told = verify_object("refusal", json.loads(seat.reception.public_file(PLAN, "refusal")), [helper.sign_key], 1)
        found = {"code": "rule.identifying_title", "where": "plan.tables[0].title", "parameters": {}}
        assert told["findings"] == [found]
        assert told["question"] == asks.to_json()
        assert seat.means.ledger().entries == ()
        assert refused(lambda s=seat: s.reception.public_file(PLAN, "plan")) == "plan.none"  # type: ignore[misc]  # as above
    world.publish_plan(fine)
    assert refused(lambda: world.seats[0].reception.public_file(PLAN, "refusal")) == "refusal.none"


@pytest.mark.guarantee("G-05")
def test_a_plan_that_overspends_is_refused_by_each_helpers_own_ledger(world: World) -> None:
    """Two plans that each fit do not fit together; the first stays charged once, also when it is sent again."""
    first = small_plan(world.roster, world.plan_keys(), rho=Fraction(1, 5))
    second = small_plan(world.roster, world.plan_keys("essai-2"), "essai-2", rho=Fraction(1, 10))
    world.publish_plan(first)
    world.publish_plan(first)
    for seat in world.seats:
        assert refused(lambda s=seat: s.reception.take_plan("essai-2", world.plan_file(second))) == "rule.refused"  # type: ignore[misc]  # as above
        assert [entry.rho for entry in seat.means.ledger().entries] == [Fraction(1, 5)]


def test_a_plan_must_name_the_helpers_own_keys(world: World) -> None:
    """Another sealing key, another signing key, no key asked for beforehand, too few helpers: refused."""
    seats = world.plan_keys()
    other = examples.keys_of("somebody").public
    for helpers in (
        (HelperSeat(SAID, other.seal_key, seats[0].sign_key), *seats[1:]),
        (HelperSeat(SAID, seats[0].seal_key, other.sign_key), *seats[1:]),
        (seats[0], HelperSeat(SAID, seats[1].seal_key, other.sign_key), seats[2]),
        seats[:2],
    ):
        plan = small_plan(world.roster, tuple(helpers))
        assert refused(lambda p=plan: world.seats[0].reception.take_plan(PLAN, world.plan_file(p))) == "plan.keys"  # type: ignore[misc]  # as above
    for told in ("", "00" * 32):
        bare = small_plan(world.roster, (replace(seats[0], noise_commitment=told), *seats[1:]))
        code = refused(lambda p=bare: world.seats[0].reception.take_plan(PLAN, world.plan_file(p)))  # type: ignore[misc]  # as above
        assert code == "plan.noise_commitment"
    unasked = small_plan(world.roster, seats, "essai-9")
    assert refused(lambda: world.seats[0].reception.take_plan("essai-9", world.plan_file(unasked))) == "plan.keys"


def test_a_plan_of_a_stranger_of_another_name_or_too_late_is_refused(world: World) -> None:
    """The convener's signature, the name in the address, and the cut-off are looked at."""
    plan = small_plan(world.roster, world.plan_keys())
    reception = world.seats[0].reception
    stranger = canonical_bytes(sign_object("plan", plan.to_json(), examples.keys_of("aube").signing))
    assert refused(lambda: reception.take_plan(PLAN, stranger)) == "signature.too_few"
    assert refused(lambda: reception.take_plan("essai-2", world.plan_file(plan))) == "plan.name"
    far = replace(plan, cutoff=written(world.clock.now() + timedelta(days=401)))
    assert refused(lambda: reception.take_plan(PLAN, world.plan_file(far))) == "plan.far"
    world.clock.forward(days=40)
    assert refused(lambda: reception.take_plan(PLAN, world.plan_file(plan))) == "plan.late"


def test_another_plan_of_the_same_name_is_refused(world: World) -> None:
    """A name is taken for good: what organizations approved cannot be exchanged under them."""
    setting = world.publish_plan()
    changed: Plan = replace(setting.plan, cutoff="2026-05-02T12:00:00Z", budget_year="2025-2026")
    code = refused(lambda: world.seats[0].reception.take_plan(PLAN, world.plan_file(changed)))
    assert code in ("plan.taken", "rule.plan.twice")
    assert world.seats[0].means.plan(PLAN).plan == setting.plan
    assert world.seats[0].means.store.refusal(PLAN) is None


# ----------------------------------------------------------------------------------------------------------- submissions


def test_a_receipt_holds_for_the_very_submission_and_comes_again(world: World) -> None:
    """The receipt names the manifest; sending the same bytes again gives the same receipt; it can be fetched."""
    setting = world.publish_plan()
    sealed = world.submission(setting, "aube")
    for party, seat in enumerate(world.seats):
        receipt = seat.reception.take_submission(PLAN, 1, sealed.messages[party])
        assert read_receipt(json.loads(receipt), sealed.manifest, setting, party).received == "2026-04-02T12Z"
        assert seat.reception.take_submission(PLAN, 1, sealed.messages[party]) == receipt
        assert seat.reception.receipt(PLAN, 1) == receipt
        assert refused(lambda s=seat: s.reception.receipt(PLAN, 2)) == "receipt.none"  # type: ignore[misc]  # as above


def test_late_replayed_duplicate_and_strange_submissions_are_refused(world: World) -> None:
    """Each wrong submission gets its own code, and what is held does not change."""
    setting = world.publish_plan()
    reception = world.seats[0].reception
    first, second = (world.submission(setting, "aube", n).messages[0] for n in (1, 2))
    reception.take_submission(PLAN, 1, second)
    assert refused(lambda: reception.take_submission(PLAN, 1, first)) == "submission.replayed"
    again = world.submission(replace(setting, plan_digest=setting.plan_digest), "aube", 2)
    assert again.messages[0] != second  # sealed anew
    assert reception.take_submission(PLAN, 1, again.messages[0]) == reception.receipt(PLAN, 1)
    assert refused(lambda: reception.take_submission(PLAN, 2, second)) == "submission.number"
    assert refused(lambda: reception.take_submission(PLAN, 9, second)) == "submission.number"
    assert refused(lambda: reception.submission_sizes(PLAN, 9)) == "submission.stranger"
    assert refused(lambda: reception.take_submission("essai-2", 1, second)) == "plan.unknown"
    before = world.seats[0].means.store.all_held(PLAN)
    world.clock.forward(days=29)
    assert (
        refused(lambda: reception.take_submission(PLAN, 1, world.submission(setting, "aube", 3).messages[0]))
        == "submission.closed"
    )
    assert refused(lambda: reception.submission_sizes(PLAN, 1)) == "submission.closed"
    assert world.seats[0].means.store.all_held(PLAN) == before


def test_another_submission_under_the_same_sequence_is_refused(world: World) -> None:
    """A desk that signs two submissions with one number gets the first kept."""
    setting = world.publish_plan()
    reception = world.seats[0].reception
    reception.take_submission(PLAN, 4, world.submission(setting, "delta").messages[0])
    twin = world.submission(replace(setting, plan=setting.plan), "delta")
    assert twin.manifest == world.submission(setting, "delta").manifest
    from sansnom.exchange.rows import all_dummies
    from sansnom.exchange.submission import build_submission

    organization = setting.roster.organization("delta")
    rows = all_dummies(setting.layout, organization.size_class)
    other = build_submission(rows, setting, organization, examples.keys_of("delta"), examples.seeded("other"), 1)
    assert refused(lambda: reception.take_submission(PLAN, 4, other.messages[0])) == "submission.duplicate"


def test_a_submission_that_is_not_whole_gets_no_receipt(world: World) -> None:
    """A flipped bit anywhere, another helper's part, or bytes more or less: refused, nothing kept."""
    setting = world.publish_plan()
    reception = world.seats[1].reception
    message = world.submission(setting, "brise").messages[1]
    spots = (0, 5, 40, 700, len(message) // 2, len(message) - 1)
    changed = [message[:n] + bytes([message[n] ^ 1]) + message[n + 1 :] for n in spots]
    for wrong in (*changed, message[:-1], message + b"x", b"", world.submission(setting, "brise").messages[0]):
        code = refused(lambda w=wrong: reception.take_submission(PLAN, 2, w))  # type: ignore[misc]  # as above
        assert code.startswith(("submission.", "seal.", "signature."))
    assert world.seats[1].means.store.all_held(PLAN) == []


@pytest.mark.guarantee("G-04")
def test_an_abstaining_organization_meets_the_same_answers(world: World) -> None:
    """Sizes accepted, receipts and notes are alike in form and length for records and for dummies."""
    setting = world.publish_plan()
    told = {}
    for code, number in (("aube", 1), ("delta", 4)):
        seat = world.seats[2]
        before = len(seat.lines)
        receipt = seat.reception.take_submission(PLAN, number, world.submission(setting, code).messages[2])
        sizes = seat.reception.submission_sizes(PLAN, number)
        told[code] = (sizes, len(receipt), [len(line) for line in seat.lines[before:]])
    assert told["aube"] == told["delta"]


def test_an_organization_that_sends_too_often_must_wait_and_a_stranger_cannot_make_it(world: World) -> None:
    """Only what the desk has signed counts against its rate."""
    setting = world.publish_plan()
    means = world.seats[0].means
    reception = Reception(means, Progress(), Bucket(2.0, 0.1, lambda: 0.0), lambda: None)
    message = world.submission(setting, "aube").messages[0]
    for _ in range(5):
        refused(lambda: reception.take_submission(PLAN, 1, message[:-1]))
    for _ in range(2):
        reception.take_submission(PLAN, 1, message)
    assert refused(lambda: reception.take_submission(PLAN, 1, message)) == "rate"


# ----------------------------------------------------------------------------------------------------------------- close


def test_only_the_convener_closes_early_and_only_this_plan(world: World) -> None:
    """A signed order closes a plan once; a stranger's, or one for another plan, does not."""
    setting = world.publish_plan()
    reception = world.seats[0].reception
    told = {"schema": "sansnom/close-order/1", "plan": PLAN, "plan_digest": setting.plan_digest}
    stranger = canonical_bytes(sign_object("close-order", told, examples.keys_of("aube").signing))
    assert refused(lambda: reception.close(PLAN, stranger)) == "signature.too_few"
    other = world.order("close-order", plan=PLAN, plan_digest="00" * 32)
    assert refused(lambda: reception.close(PLAN, other)) == "plan.name"
    good = world.order("close-order", plan=PLAN, plan_digest=setting.plan_digest)
    assert reception.close(PLAN, good)
    assert not reception.close(PLAN, good)
    message = world.submission(setting, "aube").messages[0]
    assert refused(lambda: reception.take_submission(PLAN, 1, message)) == "submission.closed"


def test_public_files_that_are_not_there_yet_are_named(world: World) -> None:
    """Before its time, each file has its own code; nothing of a run is shown but its state."""
    world.publish_plan()
    reception = world.seats[0].reception
    for kind, code in (
        ("release", "release.none"),
        ("submission-set", "submission_set.none"),
        ("destruction", "destruction.none"),
    ):
        assert refused(lambda k=kind: reception.public_file(PLAN, k)) == code  # type: ignore[misc]  # as above
    assert refused(lambda: reception.verdict(PLAN, 1)) == "verdict.none"
    assert set(reception.progress(PLAN)) == {"schema", "plan", "state", "stage", "rounds", "attempts", "reason"}
