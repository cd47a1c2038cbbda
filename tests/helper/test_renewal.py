"""A certificate is renewed, a seat changes hands: no run is lost, nobody else is believed, and the ledger goes on."""

import json
import shutil
import stat
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from sansnom.helper.certificates import certificate_digest, make_certificate, server_context
from sansnom.helper.check import check_helper
from sansnom.helper.clock import SystemClock
from sansnom.helper.keys import Identity, initialize_helper, load_helper, pair_file
from sansnom.helper.learning import Public, learn
from sansnom.helper.lookout import certificate_end
from sansnom.helper.renewal import NEXT, follow_roster, renew_certificate
from sansnom.helper.serve import open_means
from sansnom.helper.watch import Watch
from sansnom.terms.canonical import canonical_bytes
from sansnom.terms.errors import BudgetExhausted, InputError, PolicyRefusal
from sansnom.terms.party import PARTIES
from sansnom.terms.roster import Roster
from sansnom.transparency.signature import sign_object
from tests.exchange.examples import seeded
from tests.helper.test_serve import service
from tests.helper.world import PLAN, SAID, HandClock, Seat, World, make_world, small_plan


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Three helpers with a signed roster."""
    return make_world(tmp_path)


def signed_next(world: World, **changed: object) -> Roster:
    """Sign the next version of the roster, and let the world have it."""
    world.roster = replace(world.roster, version=world.roster.version + 1, **changed)  # type: ignore[arg-type]  # each part is named by its test
    world.roster_file = sign_object("roster", world.roster.to_json(), world.convener.signing)
    (world.folder / "roster.json").write_bytes(canonical_bytes(world.roster_file))
    return world.roster


def certified(identity: Identity) -> bool:
    """Say whether the files in force are a certificate with its own key, the one that the entry names."""
    server_context(identity.certificate_path, identity.certificate_key_path)  # refuses a key of another certificate
    return certificate_digest(identity.certificate_path.read_bytes()) == identity.entry.certificate


def test_renewing_touches_nothing_that_serves(world: World) -> None:
    """The next pair lies beside the present one, for its owner alone; asked again, it is the same."""
    directory = world.folder / "helper-0"
    before = {path.name: path.read_bytes() for path in directory.glob("*.*") if path.suffix != ".sqlite"}
    world.clock.forward(days=700)
    entry = renew_certificate(directory, world.clock)
    assert all((directory / name).read_bytes() == content for name, content in before.items())
    pair = pair_file(directory, entry.certificate)
    assert stat.S_IMODE(pair.stat().st_mode) == 0o600
    assert certificate_end(pair.read_bytes()) > world.clock.now() + timedelta(days=700)
    assert renew_certificate(directory, world.clock) == entry
    present = load_helper(directory)
    assert replace(entry, certificate=present.entry.certificate) == present.entry
    assert certified(present)
    pair.chmod(0o640)
    with pytest.raises(InputError, match=r"helper\.open"):
        load_helper(directory)


def test_the_helper_follows_a_roster_to_its_own_next_certificate_and_no_other(world: World) -> None:
    """One of its own is put into force and stays so; one that it never made, or another address, is not followed."""
    directory = world.folder / "helper-0"
    first = load_helper(directory)
    entry = renew_certificate(directory, world.clock)
    for wrong in (replace(entry, certificate="ab" * 32), replace(entry, url="https://elsewhere.example:1")):
        assert follow_roster(first, wrong) == first
    second = follow_roster(first, entry)
    assert second.entry == entry
    assert load_helper(directory) == second
    assert certified(second)
    assert not (directory / NEXT).exists()
    third = follow_roster(second, renew_certificate(directory, world.clock))
    assert certified(third)
    assert len({one.entry.certificate for one in (first, second, third)}) == 3


def test_a_death_while_following_leaves_one_of_the_two_in_force(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before the one replacement the old one holds, after it the new one; both are whole, and the next start finishes."""
    directory = world.folder / "helper-0"
    first = load_helper(directory)
    entry = renew_certificate(directory, world.clock)

    def die(*_: object, **__: object) -> None:
        raise OSError("killed")

    for name in ("replace", "unlink"):
        with monkeypatch.context() as killed:
            killed.setattr(Path, name, die)
            with pytest.raises(OSError, match="killed"):
                follow_roster(first, entry)
        found = load_helper(directory)
        assert certified(found)
        assert found.entry == (first.entry if name == "replace" else entry)
    assert renew_certificate(directory, world.clock) != entry, "the one in force does not wait"


@pytest.mark.guarantee("G-08")
def test_a_certificate_is_renewed_in_the_middle_of_a_plan_and_the_run_goes_on(world: World) -> None:
    """Two organizations submit before, two after; the run is agreed, computed and signed under the plan's own roster."""
    setting = world.publish_plan()
    world.submit(setting, ("aube", "brise"))
    entry = renew_certificate(world.folder / "helper-0", world.clock)
    named = (entry, *world.roster.helpers[1:])
    roster = signed_next(world, helpers=named)
    world.seats[0].identity = follow_roster(world.seats[0].identity, entry)
    for seat in world.seats:
        seat.restart()
    assert world.seats[0].means.roster == roster
    world.submit(setting, ("cap", "delta"))
    world.close(setting)
    world.finish()
    assert world.states() == ["destroyed"] * 3
    assert check_helper(world.folder / "helper-0").findings == ()
    release = json.loads(world.seats[1].reception.public_file(PLAN, "release"))
    assert release["signed"]["organizations"] == 4
    assert {s["key"] for s in release["signatures"]} == {h.sign_key for h in setting.roster.helpers}


def test_serving_under_the_new_roster_puts_the_certificate_into_force(world: World) -> None:
    """As the operator does it: renew, get the roster, start again. Started under the older roster before that, nothing changes."""
    clock = SystemClock()
    entry = renew_certificate(world.folder / "helper-0", clock)
    for seat in world.seats:
        seat.means.store.close()
    with open_means(service(world), clock, Watch(clock, lambda _: None)) as means:
        assert means.identity.entry != entry
    signed_next(world, helpers=(entry, *world.roster.helpers[1:]))
    with open_means(service(world), clock, Watch(clock, lambda _: None)) as means:
        assert means.identity.entry == entry
        assert certified(means.identity)


# ------------------------------------------------------------------------------------------------- another institution


def new_seat(world: World, party: int) -> Seat:
    """Let another institution take a seat: a folder, keys and a store of its own."""
    directory = world.folder / "another"
    helper = world.roster.helpers[party]
    entry = initialize_helper(
        directory,
        party=party,
        name=SAID,
        institution=SAID,
        url=helper.url,
        peer_address=helper.peer_address,
        randomness=seeded("another institution"),
        clock=HandClock(),
        certify=make_certificate,
    )
    helpers = list(world.roster.helpers)
    helpers[party] = entry
    signed_next(world, helpers=tuple(helpers))
    seat = Seat(world, load_helper(directory))
    world.seats[party] = seat
    for one in world.seats:
        one.restart()
    return seat


def public_plans(world: World, name: str = PLAN, *, answered: bool = True) -> list[Public]:
    """Give the board's plans with their files, as the first helper keeps them."""
    kept = world.seats[0].means.store.plan(name)
    assert kept is not None
    return [Public(world.seats[0].means.plan(name).plan, kept.envelope, answered)]


@pytest.mark.guarantee("G-05")
def test_an_institution_that_takes_a_seat_knows_what_was_spent_and_asked(world: World) -> None:
    """It learns the board's plans: the same question and an overspent year are refused by it alone, as by the two others."""
    setting = world.publish_plan()
    world.submit(setting)
    world.close(setting)
    world.finish()
    known = public_plans(world)
    seat = new_seat(world, 2)
    assert learn(seat.means.store, known, "2026-06-01T00:00:00Z") == 1
    assert seat.means.ledger().head == world.seats[0].means.ledger().head
    keys = world.plan_keys("essai-2")
    for rho, refused in ((setting.plan.rho, PolicyRefusal), (setting.plan.rho * 2, PolicyRefusal)):
        again = replace(small_plan(world.roster, keys, PLAN, rho), plan="essai-2")
        codes = []
        for party in PARTIES:
            with pytest.raises(refused) as wrong:
                world.seats[party].reception.take_plan("essai-2", world.plan_file(again))
            codes.append({finding.code for finding in wrong.value.findings})
        assert codes[0] == codes[1] == codes[2]
        assert codes[0]
    with pytest.raises(PolicyRefusal, match=r"helper\.learned"):
        learn(seat.means.store, known, "2026-06-01T00:00:00Z")
    assert issubclass(BudgetExhausted, PolicyRefusal)


def test_a_question_that_got_no_answer_may_be_asked_again_of_a_new_institution(world: World) -> None:
    """What it learnt of a plan without release: charged, not answered."""
    world.publish_plan()
    known = public_plans(world, answered=False)
    seat = new_seat(world, 2)
    learn(seat.means.store, known, "2026-06-01T00:00:00Z")
    other = small_plan(world.roster, world.plan_keys("essai-2"), PLAN, known[0].plan.rho)
    again = replace(other, plan="essai-2")
    assert seat.reception.take_plan("essai-2", world.plan_file(again))
    assert len(seat.means.ledger().entries) == 2


def test_a_ledger_of_ones_own_is_never_written_into(world: World) -> None:
    """A helper that judged plans itself learns nothing from a board."""
    world.publish_plan()
    with pytest.raises(PolicyRefusal, match=r"helper\.learned"):
        learn(world.seats[1].means.store, public_plans(world), "2026-06-01T00:00:00Z")
    assert len(world.seats[1].means.ledger().entries) == 1


@pytest.mark.guarantee("G-08")
def test_another_institution_computes_the_next_plan(world: World) -> None:
    """One plan with the old three, the next with the new one; the old seat's keys sign nothing any more."""
    first = world.publish_plan()
    world.submit(first)
    world.close(first)
    world.finish()
    known = public_plans(world)
    old = world.seats[2].identity
    seat = new_seat(world, 2)
    learn(seat.means.store, known, "2026-06-01T00:00:00Z")
    with pytest.raises(InputError, match=r"helper\.not_on_roster"):
        replace(seat.means, identity=old)
    plan = small_plan(world.roster, world.plan_keys("essai-2"), "essai-2")
    second = world.publish_plan(plan)
    for code in ("aube", "brise", "cap", "delta"):
        sealed = world.submission(second, code)
        for party in PARTIES:
            number = sealed.manifest.organization
            world.seats[party].reception.take_submission("essai-2", number, sealed.messages[party])
    world.close(second)
    world.finish()
    assert world.states("essai-2") == ["destroyed"] * 3
    release = json.loads(seat.reception.public_file("essai-2", "release"))
    assert seat.identity.entry.sign_key in {s["key"] for s in release["signatures"]}
    assert old.entry.sign_key not in {s["key"] for s in release["signatures"]}
    assert len({one.means.ledger().head for one in world.seats}) == 1
    assert check_helper(seat.identity.directory).findings == ()


def test_a_copied_folder_is_no_second_helper_on_one_machine(world: World) -> None:
    """The same folder twice is refused; a copy of it elsewhere starts, and the lookout is what sees it."""
    clock = SystemClock()
    for seat in world.seats:
        seat.means.store.close()
    shutil.copytree(world.folder / "helper-0", world.folder / "copy")
    quiet = Watch(clock, lambda _: None)
    with open_means(service(world), clock, quiet) as first:
        with pytest.raises(InputError, match=r"store\.locked"), open_means(service(world), clock, quiet):
            pass
        with open_means(service(world, directory=world.folder / "copy"), clock, quiet) as second:
            assert first.instance != second.instance
            assert first.identity.entry == second.identity.entry
