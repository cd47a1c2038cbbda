"""What a helper lives through by an injected clock, a full disk or a changed byte: it goes on by itself, or stops by name."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from sansnom.exchange.verdict import read_verdict
from sansnom.terms.canonical import canonical_bytes
from sansnom.terms.errors import InputError, PeerError, PolicyRefusal
from sansnom.terms.party import PARTIES
from sansnom.transparency.signature import sign_object
from tests.exchange import examples
from tests.helper.test_runs import about_to_rest, assert_right_release, break_at, ready, undisturbed
from tests.helper.world import PLAN, World, make_world


def notes(world: World, party: int, event: str) -> list[dict[str, object]]:
    """Give what a helper wrote of one kind."""
    return [note for line in world.seats[party].lines if (note := json.loads(line))["event"] == event]


@pytest.mark.guarantee("G-08")
def test_a_peer_that_is_away_for_hours_is_waited_for(tmp_path: Path) -> None:
    """Two helpers try for nine hours without the third; no attempt is used up, and then the right release comes."""
    world, _ = ready(tmp_path)
    world.rendezvous.patience_seconds = 0.02
    for _ in range(18):
        world.turn_all((0, 1))
        world.clock.forward(minutes=30)
    assert world.states() == ["closed"] * 3
    assert [seat.reception.progress(PLAN)["attempts"] for seat in world.seats] == [0, 0, 0]
    world.rendezvous.patience_seconds = 5.0
    world.seats[2].restart()
    world.finish()
    assert_right_release(world)


@pytest.mark.guarantee("G-08")
def test_a_run_that_rests_goes_on_by_itself_after_an_hour(tmp_path: Path) -> None:
    """Lines that break twelve times need no operator who restarts: the next attempt comes with the clock."""
    world = about_to_rest(tmp_path)
    world.finish(3)
    rings = world.rendezvous.rings
    world.rendezvous.fault = lambda _party, _number: None
    world.clock.forward(minutes=59)
    world.finish(2)
    assert world.states() == ["computing"] * 3
    assert world.rendezvous.rings == rings
    world.clock.forward(minutes=1)
    world.finish(3)
    assert world.states() == ["destroyed"] * 3


@pytest.mark.guarantee("G-09")
def test_keys_go_when_three_have_signed_even_if_the_board_is_away(tmp_path: Path) -> None:
    """A board that cannot be written keeps no key alive: erased at once, published when it can be, attested after."""
    world, _ = ready(tmp_path)
    (tmp_path / "board").write_bytes(b"a file where the folder should be")
    gone = []
    for seat in world.seats:
        key = seat.means.store.plan_key(PLAN)
        assert key is not None
        assert key.seal_private is not None
        assert key.noise_salt is not None
        gone += [key.seal_private, key.noise_salt, seat.means.store.body(PLAN, 1)[-256:]]
    world.finish(2)
    assert world.states() == ["signed"] * 3
    assert {seat.reception.progress(PLAN)["reason"] for seat in world.seats} == {"disk.broken"}
    for seat in world.seats:
        left = b"".join(path.read_bytes() for path in seat.identity.directory.iterdir())
        assert not [secret for secret in gone if secret in left]
    (tmp_path / "board").unlink()
    world.finish(2)
    assert_right_release(world)
    assert {seat.reception.progress(PLAN)["reason"] for seat in world.seats} == {""}


def test_keys_do_not_go_while_an_attempt_may_come(tmp_path: Path) -> None:
    """Opened but not signed by three: another attempt may be needed, and finds the keys and the submissions."""
    world, _ = ready(tmp_path)
    break_at(world, PARTIES[1], "signing", PeerError("peer.closed", PARTIES[0]))
    world.turn_all()
    assert world.states() == ["opened"] * 3
    with pytest.raises(Exception, match=r"run\.step"):
        world.seats[0].means.store.erase(PLAN)
    assert world.seats[0].means.store.body(PLAN, 1)


@pytest.mark.guarantee("G-09")
def test_an_overdue_run_that_the_peers_have_signed_is_taken_over_not_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A helper that was away for forty days after opening finds the release that three signed, and attests like the others."""
    world, _ = ready(tmp_path)
    store = world.seats[0].means.store

    def die(*_: object) -> None:
        raise PeerError("peer.closed", PARTIES[1])

    monkeypatch.setattr(store, "keep_release", die)
    world.turn_all()
    monkeypatch.undo()
    world.turn_all((1, 2))
    assert world.states() == ["opened", "destroyed", "destroyed"]
    world.clock.forward(days=70)
    world.seats[0].restart()
    world.turn_all((0,))
    assert_right_release(world)
    assert (world.board / "releases" / PLAN / "destruction-0.json").is_file()


@pytest.mark.guarantee("G-09")
def test_verdict_replies_are_forgotten_after_thirty_days(tmp_path: Path) -> None:
    """Desks fetch what the checks said of their rows for thirty days; then no byte of a reply is in the file."""
    world, setting = ready(tmp_path)
    world.finish()
    replies = [seat.reception.verdict(PLAN, 1) for seat in world.seats]
    manifest = world.submission(setting, "aube").manifest
    assert read_verdict(json.loads(replies[0]), manifest, setting, 0, examples.keys_of("aube").sealing)
    world.clock.forward(days=30)
    world.finish(1)
    assert [seat.reception.verdict(PLAN, 1) for seat in world.seats] == replies
    world.clock.forward(seconds=1)
    world.finish(1)
    for seat, reply in zip(world.seats, replies, strict=True):
        with pytest.raises(PolicyRefusal, match=r"verdict\.forgotten"):
            seat.reception.verdict(PLAN, 1)
        left = b"".join(path.read_bytes() for path in seat.identity.directory.iterdir())
        assert reply[-200:] not in left


@pytest.mark.guarantee("G-09")
def test_a_run_that_gave_nothing_keeps_no_verdict(tmp_path: Path) -> None:
    """Replies of an attempt that never became a release go with the keys."""
    world, _ = ready(tmp_path)
    break_at(world, PARTIES[1], "signing", PeerError("peer.closed", PARTIES[0]))
    world.turn_all()
    reply = world.seats[0].means.store.verdict(PLAN, 1)
    assert reply is not None
    world.clock.forward(days=90)
    world.finish(2)
    assert world.states() == ["destroyed"] * 3
    left = b"".join(path.read_bytes() for path in world.seats[0].identity.directory.iterdir())
    assert reply[-200:] not in left


def test_an_order_does_not_close_a_plan_before_its_published_cutoff(tmp_path: Path) -> None:
    """Whoever chose the moment would choose whose submissions count: only a trial roster closes early."""
    world = make_world(tmp_path)
    world.roster = replace(world.roster, trial=False)
    world.roster_file = sign_object("roster", world.roster.to_json(), world.convener.signing)
    for seat in world.seats:
        seat.restart()
    setting = world.publish_plan()
    world.submit(setting, ("aube", "brise", "cap"))
    with pytest.raises(PolicyRefusal, match=r"plan\.early"):
        world.close(setting)
    world.submit(setting, ("delta",))
    world.clock.forward(days=29)
    world.finish()
    signed = json.loads((world.board / "releases" / PLAN / "submission-set.json").read_bytes())["signed"]
    assert [member["organization"] for member in signed["members"]] == [1, 2, 3, 4]


# --------------------------------------------------------------------------------------------------------- disk and bytes


def test_a_full_disk_refuses_by_name_and_then_goes_on_without_a_restart(tmp_path: Path) -> None:
    """SQLite is told that no page is left: the submission is refused, nothing is half-done, and room is all it takes."""
    world = make_world(tmp_path)
    setting = world.publish_plan()
    world.submit(setting, ("aube",))
    connection = world.seats[0].means.store._connection
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count={pages}")
    with pytest.raises(InputError, match=r"disk\.full"):
        world.submit(setting, ("brise", "cap", "delta"), (0,))
    assert world.seats[0].means.store.count_submissions(PLAN) < 4
    connection.execute("PRAGMA max_page_count=1000000")
    world.submit(setting)
    world.close(setting)
    world.finish()
    signed = json.loads((world.board / "releases" / PLAN / "submission-set.json").read_bytes())["signed"]
    assert [member["organization"] for member in signed["members"]] == [1, 2, 3, 4]


def damage(world: World, party: int) -> None:
    """Change one byte of the third organization's submission on one helper's disk."""
    store = world.seats[party].means.store
    body = bytearray(store.body(PLAN, 3))
    body[-40] ^= 1
    store._connection.execute("UPDATE submissions SET body = ? WHERE number = 3", (bytes(body),))


def test_a_submission_that_a_disk_has_changed_is_left_out_by_number(tmp_path: Path) -> None:
    """Before the set is agreed on: the three others count, the operator reads whose it was."""
    world, _ = ready(tmp_path)
    damage(world, 1)
    world.finish()
    signed = json.loads((world.board / "releases" / PLAN / "submission-set.json").read_bytes())["signed"]
    assert [member["organization"] for member in signed["members"]] == [1, 2, 4]
    assert [note["organization"] for note in notes(world, 1, "submission.damaged")] == [3]


def test_a_submission_changed_after_the_agreement_stops_the_run_at_once(tmp_path: Path) -> None:
    """No other set may be signed, so no attempt can help: stopped by name, keys destroyed at all three, nothing published."""
    world, _ = ready(tmp_path)
    break_at(world, PARTIES[1], "linking", PeerError("peer.closed", PARTIES[0]))
    world.turn_all()
    assert world.states() == ["computing"] * 3
    damage(world, 1)
    world.rendezvous.patience_seconds = 0.5
    world.finish(4)
    assert world.states() == ["destroyed"] * 3
    assert world.seats[1].reception.progress(PLAN)["reason"] == "run.damaged"
    assert {world.seats[p].reception.progress(PLAN)["reason"] for p in (0, 2)} == {"run.peer_stopped"}
    assert not world.board.exists()


@pytest.mark.guarantee("G-08")
def test_a_plan_is_not_run_a_second_time(tmp_path: Path) -> None:
    """The same plan again is no change, its keys are refused, its submissions too, and no state leads back."""
    world, setting = ready(tmp_path)
    file = world.plan_file(setting.plan)
    world.finish()
    for seat in world.seats:
        assert not seat.reception.take_plan(PLAN, file)
        with pytest.raises(PolicyRefusal, match=r"submission\.closed"):
            world.submit(setting, ("aube",), (int(seat.identity.party),))
        with pytest.raises(PolicyRefusal, match=r"submission\.closed"):
            seat.reception.plan_key(PLAN)
    rings = world.rendezvous.rings
    world.finish(2)
    assert world.rendezvous.rings == rings
    assert canonical_bytes(json.loads(undisturbed().release)) == undisturbed().release
    assert_right_release(world)
