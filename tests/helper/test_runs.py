"""Whole runs of three helpers: from the first submission to the destroyed keys, whatever dies on the way."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest

from sansnom.exchange.keys import PrivateKeys
from sansnom.exchange.setting import Setting
from sansnom.exchange.verdict import join_verdicts, read_verdict
from sansnom.helper.agreement import AgreedSet
from sansnom.helper.attempt import release_of
from sansnom.helper.gather import draw_noise, gather_shares
from sansnom.helper.keys import noise_key
from sansnom.helper.means import Means
from sansnom.helper.publish import FolderBoard
from sansnom.helper.runs import Pace
from sansnom.helper.store import Store
from sansnom.terms.errors import PeerError, PolicyRefusal
from sansnom.terms.party import PARTIES, PartyNumber
from sansnom.terms.release import Release
from sansnom.transparency.signature import sign_object, verify_object
from tests.exchange import examples
from tests.helper.world import PLAN, World, make_world, small_plan


class Killed(BaseException):
    """A process that dies here and now; nothing may catch it."""


@dataclass(frozen=True)
class Undisturbed:
    """What the run gives when nothing happens."""

    cells: bytes
    release: bytes


def ready(folder: Path, **named: Any) -> tuple[World, Setting]:
    """Make a world whose plan is closed, with four submissions at each helper."""
    world = make_world(folder, **named)
    setting = world.publish_plan()
    world.submit(setting)
    world.close(setting)
    return world, setting


def break_always(world: World, number: int = 30) -> None:
    """Let every attempt fail in this round."""

    def fault(party: PartyNumber, at: int) -> None:
        if at == number and party == 0:
            raise PeerError("peer.closed", PARTIES[1])

    world.rendezvous.fault = fault


def about_to_rest(folder: Path) -> World:
    """Make such a world whose every attempt will break, and whose helpers rest after two."""
    world = make_world(folder)
    world.pace = Pace(idle=0.01, first=0.001, longest=0.01, attempts_most=2)
    for seat in world.seats:
        seat.restart()
    setting = world.publish_plan()
    world.submit(setting)
    world.close(setting)
    break_always(world)
    return world


@cache
def undisturbed() -> Undisturbed:
    """Run the world once without any fault; the same seed gives every test the same keys, rows and noise."""
    with TemporaryDirectory() as folder:
        world, _ = ready(Path(folder))
        world.turn_all()
        cells, *others = world.cells()
        assert cells is not None
        assert others == [cells, cells]
        world.finish(1)
        assert world.states() == ["destroyed"] * 3
        return Undisturbed(cells, (world.board / "releases" / PLAN / "release.json").read_bytes())


def assert_right_release(world: World) -> None:
    """The release that stands is the one that nothing would have disturbed: same set, same noise, three signatures."""
    assert world.states() == ["destroyed"] * 3
    assert (world.board / "releases" / PLAN / "release.json").read_bytes() == undisturbed().release
    for seat in world.seats:
        assert seat.reception.public_file(PLAN, "release") == undisturbed().release
        assert len(seat.means.ledger().entries) == 1


# ------------------------------------------------------------------------------------------------------------ end to end


@pytest.mark.guarantee("G-06")
def test_a_small_plan_end_to_end(tmp_path: Path) -> None:
    """Three helpers publish one release with three signatures, of the truth plus their three parts of noise."""
    world, setting = ready(tmp_path)
    noise = np.zeros(16, dtype=np.int64)
    run_noise = []
    for seat in world.seats:
        kept = seat.means.store.plan_key(PLAN)
        assert kept is not None
        assert kept.noise_salt is not None
        run_noise.append((seat.identity, kept.noise_salt))
    world.finish()
    envelope = json.loads((world.board / "releases" / PLAN / "release.json").read_bytes())
    keys = [helper.sign_key for helper in world.roster.helpers]
    release = Release.from_json(verify_object("release", envelope, keys, 3))
    assert (release.plan_digest, release.organizations) == (setting.plan_digest, 4)
    for identity, salt in run_noise:
        noise += draw_noise(setting, noise_key(identity.noise_root(salt), setting.plan_digest, release.set_digest))
    told = [f.value for table in release.tables for f in table.figures] + [
        release.rows.value,
        release.not_linkable.value,
    ]
    exact = np.array(told) - noise
    # Three organizations hold the same records: one person whom all keys know, two rows without any key, and five
    # requests turned away, of which a desk tells three, the bound. The fourth organization abstains.
    assert exact.tolist() == [1, *(0, 0, 1), *(0, 9, 0, 0, 0, 0, 0, 0, 0, 0), 9, 6]


def test_the_board_holds_release_set_and_attestations(tmp_path: Path) -> None:
    """Every file bears the signatures it should; nothing else is published."""
    world, setting = ready(tmp_path)
    world.finish()
    folder = world.board / "releases" / PLAN
    assert sorted(p.name for p in folder.iterdir()) == [
        *(f"destruction-{party}.json" for party in PARTIES),
        "release.json",
        "submission-set.json",
    ]
    keys = [helper.sign_key for helper in world.roster.helpers]
    agreed = verify_object("submission-set", json.loads((folder / "submission-set.json").read_bytes()), keys, 3)
    assert [m["organization"] for m in agreed["members"]] == [1, 2, 3, 4]
    for party in PARTIES:
        told = json.loads((folder / f"destruction-{party}.json").read_bytes())
        attested = verify_object("destruction", told, [keys[party]], 1)
        assert (attested["party"], attested["plan_digest"]) == (party, setting.plan_digest)


def test_each_desk_learns_the_verdict_on_its_rows_and_sizes_do_not_tell(tmp_path: Path) -> None:
    """Two helpers' replies open, with the desk's key, to its own verdict: good rows accepted; all replies are as long."""
    world, setting = ready(tmp_path)
    world.turn_all()
    lengths = set()
    for code in ("aube", "delta"):
        manifest = world.submission(setting, code).manifest
        replies = {}
        for party in (0, 2):
            reply = world.seats[party].reception.verdict(PLAN, manifest.organization)
            lengths.add(len(reply))
            opened = read_verdict(json.loads(reply), manifest, setting, party, examples.keys_of(code).sealing)
            replies[party] = opened
        assert join_verdicts(replies, manifest.rows).all()
    assert len(lengths) == 1


def test_the_clock_closes_what_nobody_closes(tmp_path: Path) -> None:
    """At the cut-off each helper closes by itself, and the run begins."""
    world = make_world(tmp_path)
    setting = world.publish_plan()
    world.submit(setting)
    world.turn_all()
    assert world.states() == ["open"] * 3
    world.clock.forward(days=29)
    world.finish()
    assert world.states() == ["destroyed"] * 3


def test_two_plans_are_run_one_after_the_other(tmp_path: Path) -> None:
    """Helpers that learn of plans in different orders still meet on the same one."""
    world, _ = ready(tmp_path)
    second = world.publish_plan(small_plan(world.roster, world.plan_keys("essai-2"), "essai-2"))
    for code in ("aube", "brise", "cap"):
        sealed = world.submission(second, code)
        for party in PARTIES:
            world.seats[party].reception.take_submission(
                "essai-2", sealed.manifest.organization, sealed.messages[party]
            )
    world.close(second)
    world.finish(5)
    assert world.states() == ["destroyed"] * 3
    assert world.states("essai-2") == ["destroyed"] * 3


# ----------------------------------------------------------------------------------------------------------------- faults


def break_at(world: World, party: PartyNumber, stage: str, error: BaseException, skip: int = 0) -> None:
    """Let one helper fail, once, when it starts a round of a stage, after skipping some."""
    left = [skip + 1]

    def fault(who: PartyNumber, _round: int) -> None:
        if who == party and world.seats[who].progress.current()[1] == stage:
            left[0] -= 1
            if left[0] == 0:
                raise error

    world.rendezvous.fault = fault


SOON = [("agreeing", 2), ("linking", 40), ("signing", 0)]
LATER = [("", 0), *(("agreeing", n) for n in (0, 1, 3, 4)), ("checking", 3), ("table.multiplicity", 2), ("opening", 0)]
STAGES = [*SOON, *(pytest.param(*place, marks=pytest.mark.slow) for place in LATER)]


@pytest.mark.guarantee("G-08")
@pytest.mark.parametrize(("stage", "skip"), STAGES)
def test_killed_in_any_stage_the_run_ends_with_the_same_release(tmp_path: Path, stage: str, skip: int) -> None:
    """One helper dies in a round and starts again: same set, same noise, one release, one charge."""
    world, _ = ready(tmp_path)
    party = PARTIES[(len(stage) + skip) % 3]
    break_at(world, party, stage, Killed(), skip)
    raised = world.turn_all()
    assert [isinstance(error, Killed) for error in raised] == [p == party for p in PARTIES]
    world.seats[party].restart()
    world.finish()
    assert_right_release(world)


WRITES = ["keep_agreed", "start_attempt", "keep_opened", "keep_release", "mark_published", "destroy"]
SOON_WRITES = [("keep_agreed", "after"), ("keep_opened", "before"), ("keep_release", "before")]
LATER_WRITES = [(write, when) for write in WRITES for when in ("before", "after") if (write, when) not in SOON_WRITES]


@pytest.mark.guarantee("G-08")
@pytest.mark.parametrize(
    ("write", "when"), [*SOON_WRITES, *(pytest.param(*place, marks=pytest.mark.slow) for place in LATER_WRITES)]
)
def test_killed_at_any_write_the_run_ends_with_the_same_release(
    tmp_path: Path, write: str, when: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One helper dies right before or right after each write of a run, and starts again."""
    world, _ = ready(tmp_path)
    dying = world.seats[2].means.store
    whole: Callable[..., object] = getattr(Store, write)

    def die(store: Store, *arguments: object, **named: object) -> object:
        if store is not dying:
            return whole(store, *arguments, **named)
        if when == "after":
            whole(store, *arguments, **named)
        raise Killed

    monkeypatch.setattr(Store, write, die)
    died = False
    for _ in range(3):
        raised = world.turn_all()
        died = died or isinstance(raised[2], Killed)
        if died:
            break
    assert died
    world.seats[2].restart()
    world.finish(5)
    assert_right_release(world)


@pytest.mark.guarantee("G-08")
def test_a_second_attempt_opens_the_same_noisy_cells(tmp_path: Path) -> None:
    """Helpers that opened but could not sign compute again: no new noise, nothing to average, a new attempt's verdicts."""
    world, setting = ready(tmp_path)
    break_at(world, PARTIES[1], "signing", PeerError("peer.closed", PARTIES[0]))
    world.turn_all()
    first = world.cells()
    assert None not in first
    manifest = world.submission(setting, "aube").manifest
    before = world.seats[0].means.store.verdict(PLAN, 1)
    run = world.seats[1].means.store.run(PLAN)
    assert run is not None
    world.seats[1].means.store._connection.execute(
        "UPDATE runs SET state='computing', cells=NULL WHERE plan=?", (PLAN,)
    )
    world.turn_all()
    assert world.states() == ["signed"] * 3
    assert world.cells() == first
    replies = {
        int(party): read_verdict(
            json.loads(world.seats[party].reception.verdict(PLAN, 1)),
            manifest,
            setting,
            party,
            examples.keys_of("aube").sealing,
        )
        for party in PARTIES
    }
    assert join_verdicts(replies, manifest.rows).all()
    assert world.seats[0].means.store.verdict(PLAN, 1) != before


def test_a_helper_that_was_away_when_the_others_signed_takes_the_release_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its own cells give the same bytes; then it publishes and destroys as they do, without a ring."""
    world, _ = ready(tmp_path)
    store = world.seats[0].means.store

    def die(*_: object) -> None:
        raise Killed

    monkeypatch.setattr(store, "keep_release", die)
    raised = world.turn_all()
    assert isinstance(raised[0], Killed)
    monkeypatch.undo()
    world.turn_all((1, 2))
    assert world.states() == ["opened", "destroyed", "destroyed"]
    world.seats[0].restart()
    rings = world.rendezvous.rings
    world.turn_all((0,))
    assert_right_release(world)
    assert world.rendezvous.rings == rings


def test_a_release_that_is_not_its_own_is_not_taken_over(tmp_path: Path) -> None:
    """A peer that offers another release, signed by fewer than three or of other figures, is not believed."""
    world, _ = ready(tmp_path)
    break_at(world, PARTIES[1], "signing", PeerError("peer.closed", PARTIES[0]))
    world.turn_all()
    worker, store = world.seats[0].worker, world.seats[0].means.store
    run = store.run(PLAN)
    assert run is not None
    told = json.loads(undisturbed().release)
    fewer = {"signed": told["signed"], "signatures": told["signatures"][:2]}
    changed = {**told["signed"], "organizations": 3}
    envelope: dict[str, Any] = {"signed": changed, "signatures": []}
    for seat in world.seats:
        envelope["signatures"] += sign_object("release", changed, seat.identity.signing)["signatures"]
    for offered in (None, {}, fewer, envelope):
        assert not worker._adopt(run, offered)
    assert worker._adopt(run, told)


@pytest.mark.guarantee("G-07")
def test_a_helper_that_signs_another_release_is_named_and_nothing_is_published(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The two others see that its signature is not on their bytes; no release with fewer than three signatures exists."""
    world, _ = ready(tmp_path)
    lying = world.seats[1].means

    def other(means: Means, name: str, agreed: AgreedSet) -> dict[str, Any]:
        told = release_of(means, name, agreed)
        return {**told, "organizations": 3} if means is lying else told

    monkeypatch.setattr("sansnom.helper.attempt.release_of", other)
    world.turn_all()
    assert world.states() == ["opened"] * 3
    for party in (0, 2):
        failed = [json.loads(line) for line in world.seats[party].lines if "attempt.failed" in line]
        assert [(note["code"], note["peer"]) for note in failed] == [("peer.signature", 1)]
    with pytest.raises(PolicyRefusal, match=r"verdict\.none"):
        world.seats[0].reception.verdict(PLAN, 1)
    assert not world.board.exists()


@pytest.mark.guarantee("G-03")
def test_a_second_set_is_never_computed_on(tmp_path: Path) -> None:
    """After a first agreement, a peer that shows other submissions is refused by the others, by name, before any opening."""
    world, _ = ready(tmp_path)
    break_at(world, PARTIES[1], "linking", PeerError("peer.closed", PARTIES[0]))
    world.turn_all()
    assert world.states() == ["computing"] * 3
    lying = world.seats[1].means.store
    lying._connection.execute("DELETE FROM submissions WHERE number = 3")
    lying._connection.execute("UPDATE runs SET state='closed', agreed=NULL")
    opened = len([line for seat in world.seats for line in seat.lines if "run.computing" in line])
    for _ in range(3):
        world.turn_all()
    assert [world.states()[p] for p in (0, 2)] == ["computing"] * 2
    assert {seat.reception.progress(PLAN)["reason"] for seat in (world.seats[0], world.seats[2])} == {"run.set.second"}
    assert len([line for seat in world.seats for line in seat.lines if "run.computing" in line]) == opened
    assert world.cells() == [None] * 3


def test_a_submission_that_one_helper_lacks_is_not_computed_on(tmp_path: Path) -> None:
    """The set is what all three hold; a replaced one that reached two of them only is left out as well."""
    world = make_world(tmp_path)
    setting = world.publish_plan()
    world.submit(setting, ("aube", "brise", "cap"))
    world.submit(setting, ("delta",), (0, 1))
    world.close(setting)
    world.finish()
    signed = json.loads((world.board / "releases" / PLAN / "submission-set.json").read_bytes())["signed"]
    assert [m["organization"] for m in signed["members"]] == [1, 2, 3]


def test_too_small_a_set_stops_the_run_before_anything_is_opened(tmp_path: Path) -> None:
    """Fewer submissions than the plan's minimum: aborted, destroyed, nothing published, charged once."""
    world = make_world(tmp_path)
    setting = world.publish_plan()
    world.submit(setting, ("aube", "brise"))
    world.close(setting)
    world.finish()
    assert world.states() == ["destroyed"] * 3
    assert {seat.reception.progress(PLAN)["reason"] for seat in world.seats} == {"run.set.small"}
    assert not world.board.exists()
    for seat in world.seats:
        kept = seat.means.store.plan_key(PLAN)
        assert kept is not None
        assert kept.seal_private is None
        with pytest.raises(PolicyRefusal, match=r"release\.none"):
            seat.reception.public_file(PLAN, "release")


def test_a_peer_that_stopped_for_good_is_not_waited_for(tmp_path: Path) -> None:
    """Two helpers that still want a run which the third aborted stop it too, and destroy what they hold."""
    world, _ = ready(tmp_path)
    world.rendezvous.patience_seconds = 0.05
    store = world.seats[2].means.store
    store.abort(PLAN, "run.set.small", world.seats[2].means.instant())
    world.finish(3)
    assert world.states() == ["destroyed"] * 3
    assert world.seats[0].reception.progress(PLAN)["reason"] == "run.peer_stopped"


def test_attempts_that_keep_failing_rest_and_nothing_is_lost(tmp_path: Path) -> None:
    """After so many attempts the run rests, by name; a new process tries again and succeeds."""
    world = about_to_rest(tmp_path)
    world.finish(3)
    assert {seat.reception.progress(PLAN)["reason"] for seat in world.seats} == {"run.attempts"}
    assert {seat.reception.progress(PLAN)["attempts"] for seat in world.seats} == {2}
    world.rendezvous.fault = lambda _party, _number: None
    for seat in world.seats:
        seat.restart()
    world.finish()
    assert world.states() == ["destroyed"] * 3
    assert {seat.reception.progress(PLAN)["reason"] for seat in world.seats} == {""}


@pytest.mark.guarantee("G-09")
def test_a_peer_that_never_comes_back_does_not_keep_the_shares_alive(tmp_path: Path) -> None:
    """Thirty days after the cut-off a run that nobody could sign is stopped, and its keys and submissions are destroyed."""
    world, _ = ready(tmp_path)

    def away(party: PartyNumber, number: int) -> None:
        if number == 30 and party == 0:
            raise PeerError("peer.closed", PARTIES[1])

    world.rendezvous.fault = away
    world.rendezvous.patience_seconds = 0.05
    world.clock.forward(days=29)
    world.finish(1)
    assert "destroyed" not in world.states()
    world.clock.forward(days=60)
    world.finish(3)
    assert world.states() == ["destroyed"] * 3
    assert {seat.reception.progress(PLAN)["reason"] for seat in world.seats} == {"run.overdue"}
    for seat in world.seats:
        kept = seat.means.store.plan_key(PLAN)
        assert kept is not None
        assert kept.seal_private is None
    assert not (world.board / "releases").exists()


def test_a_board_that_is_away_or_holds_another_file_stops_before_destruction(tmp_path: Path) -> None:
    """What is signed stays on disk, keys included, until the board has it; another file is never replaced."""
    world, _ = ready(tmp_path)
    folder = world.board / "releases" / PLAN
    folder.mkdir(parents=True)
    (folder / "release.json").write_bytes(b"another file")
    world.finish()
    assert world.states() == ["signed"] * 3
    assert (folder / "release.json").read_bytes() == b"another file"
    (folder / "release.json").unlink()
    world.finish(2)
    assert_right_release(world)


# ---------------------------------------------------------------------------------------------------------- what is kept


@pytest.mark.guarantee("G-09")
def test_after_destruction_no_helper_can_open_a_submission_or_repeat_its_noise(tmp_path: Path) -> None:
    """Neither the private key nor a sealed body nor the salt is in any file of any helper."""
    world, _ = ready(tmp_path)
    gone = []
    for seat in world.seats:
        kept = seat.means.store.plan_key(PLAN)
        assert kept is not None
        assert kept.seal_private is not None
        assert kept.noise_salt is not None
        PrivateKeys(seat.identity.keys.sign_seed, kept.seal_private)
        gone += [kept.seal_private, kept.noise_salt, seat.means.store.body(PLAN, 1)[-256:]]
    world.finish()
    for seat in world.seats:
        left = b"".join(path.read_bytes() for path in seat.identity.directory.iterdir())
        assert not [secret for secret in gone if secret in left]


@pytest.mark.guarantee("G-09")
def test_opened_shares_are_never_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While a run computes, no file of the helper holds a component of any submission."""
    world, _ = ready(tmp_path)
    seen: list[bytes] = []
    gathered = gather_shares

    def watch(*arguments: Any, **named: Any) -> Any:
        shares, manifests = gathered(*arguments, **named)
        seen.append(np.ascontiguousarray(shares.match_keys.pair[0, :4, 0]).tobytes())
        seen.append(np.ascontiguousarray(shares.match_keys.pair[0, :4, 1]).tobytes())
        return shares, manifests

    monkeypatch.setattr("sansnom.helper.attempt.gather_shares", watch)
    world.turn_all()
    assert len(seen) == 6
    left = b"".join(p.read_bytes() for seat in world.seats for p in seat.identity.directory.iterdir())
    assert not [part for part in seen if part in left]


@pytest.mark.guarantee("G-10")
def test_a_whole_run_writes_no_value_of_a_record(tmp_path: Path) -> None:
    """The notes of three helpers through a whole run, a failed attempt included, hold codes, counts and public names."""
    world, _ = ready(tmp_path)
    break_at(world, PARTIES[1], "linking", ValueError("García 1990-05-17"))
    world.turn_all()
    world.finish()
    told = "".join(line for seat in world.seats for line in seat.lines)
    assert "run.destroyed" in told
    for word in ("García", "Garc", "Moham", "1990", "1984", "2001", "CO", "spanish", "p1", "p2"):
        assert word not in told
    allowed = {"at", "event", "plan", "error", "code", "peer", "by", "size", "organization"}
    allowed |= {"tables", "members", "rows", "cells", "submissions", "reason"}
    assert {name for seat in world.seats for line in seat.lines for name in json.loads(line)} <= allowed


@pytest.mark.guarantee("G-04")
def test_whoever_abstains_the_traces_are_alike(tmp_path: Path) -> None:
    """Notes of all helpers, the files on the board and each reply have the same sizes, whichever organization abstains."""
    traces = []
    for code in ("aube", "delta"):
        (tmp_path / code).mkdir()
        world = make_world(tmp_path / code)
        world.abstaining = code
        setting = world.publish_plan()
        world.submit(setting)
        world.close(setting)
        world.finish()
        replies = [[len(seat.reception.verdict(PLAN, n)) for n in (1, 2, 3, 4)] for seat in world.seats]
        files = {p.name: p.stat().st_size for p in world.board.rglob("*.json") if p.name != "release.json"}
        traces.append(([[len(line) for line in seat.lines] for seat in world.seats], files, replies))
    assert traces[0] == traces[1]


# ----------------------------------------------------------------------------------------------------------------- board


def test_a_file_of_the_board_appears_whole_once_and_inside(tmp_path: Path) -> None:
    """The same bytes again are no change, others are refused, and no name leads out of the folder."""
    board = FolderBoard(tmp_path / "board")
    board.put("releases/x/release.json", b"one")
    board.put("releases/x/release.json", b"one")
    with pytest.raises(PolicyRefusal, match=r"board\.other"):
        board.put("releases/x/release.json", b"two")
    assert sorted(p.name for p in (tmp_path / "board" / "releases" / "x").iterdir()) == ["release.json"]
    with pytest.raises(Exception, match=r"board\.name"):
        board.put("../out.json", b"x")
