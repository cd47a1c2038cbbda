"""A helper's noise: the same in every attempt at one plan and set, from the secret that the plan says, and no other."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from sansnom.exchange.setting import Setting
from sansnom.helper.agreement import AgreedSet
from sansnom.helper.gather import draw_noise
from sansnom.helper.keys import noise_commitment, noise_key
from sansnom.terms.errors import PeerError
from sansnom.terms.party import PARTIES, PartyNumber
from sansnom.terms.plan import LAPLACE, TIER_UNCONDITIONAL
from sansnom.terms.release import Release
from sansnom.transparency.signature import verify_object
from tests.helper.test_runs import break_at, ready
from tests.helper.world import PLAN, World, make_world, small_plan


def drawn_noise(world: World, party: PartyNumber, setting: Setting) -> tuple[str, list[int]]:
    """Give the set that a helper agreed on, and the noise it draws for it."""
    seat = world.seats[party]
    run, kept = seat.means.store.run(PLAN), seat.means.store.plan_key(PLAN)
    assert run is not None
    assert run.agreed is not None
    assert kept is not None
    assert kept.noise_salt is not None
    agreed = AgreedSet.from_json(json.loads(run.agreed))
    root = seat.identity.noise_root(kept.noise_salt)
    assert agreed.noise_commitments[party] == noise_commitment(root)
    return agreed.set_digest, draw_noise(setting, noise_key(root, setting.plan_digest, agreed.set_digest)).tolist()


@pytest.mark.guarantee("G-06")
def test_an_aborted_attempt_repeats_its_noise_and_another_set_draws_its_own(tmp_path: Path) -> None:
    """The same plan and set: the same noise in every attempt and the same commitment; one submission fewer: other noise."""
    world, setting = ready(tmp_path)
    seen = []
    for _ in range(2):
        break_at(world, PARTIES[1], "linking", PeerError("peer.closed", PARTIES[0]))
        world.turn_all()
        assert world.states() == ["computing"] * 3
        seen.append(drawn_noise(world, PARTIES[0], setting))
    assert seen[0] == seen[1]
    for seat in world.seats:  # as if that submission had never come
        seat.means.store._connection.execute("DELETE FROM submissions WHERE number = 3")
        seat.means.store._connection.execute("UPDATE runs SET state='closed', agreed=NULL")
    break_at(world, PARTIES[1], "linking", PeerError("peer.closed", PARTIES[0]))
    world.turn_all()
    digest, noise = drawn_noise(world, PARTIES[0], setting)
    assert digest != seen[0][0]
    assert sum(a == b for a, b in zip(noise, seen[0][1], strict=True)) < len(noise) / 2


@pytest.mark.guarantee("G-06")
def test_noise_from_another_secret_than_the_plan_says_is_named_before_any_opening(tmp_path: Path) -> None:
    """A helper whose salt was changed after the plan was signed shows another commitment: its peers stop, by name."""
    world, _ = ready(tmp_path)
    world.seats[1].means.store._connection.execute("UPDATE plan_keys SET noise_salt = ?", (bytes(32),))
    world.turn_all()
    assert world.states() == ["closed"] * 3
    for party in (0, 2):
        failed = [json.loads(line) for line in world.seats[party].lines if "attempt.failed" in line]
        assert [(note["code"], note["peer"]) for note in failed] == [("peer.noise", 1)]
    assert not [line for seat in world.seats for line in seat.lines if "run.computing" in line]


@pytest.mark.guarantee("G-06")
def test_a_plan_of_the_other_law_and_tier_end_to_end(tmp_path: Path) -> None:
    """Discrete Laplace noise, rows linked by one key alone: three signatures on the exact figures and three parts of noise."""
    world = make_world(tmp_path)
    plan = small_plan(world.roster, world.plan_keys())
    plan = replace(plan, noise=LAPLACE, linking=replace(plan.linking, tier=TIER_UNCONDITIONAL))
    setting = world.publish_plan(plan)
    world.submit(setting)
    world.close(setting)
    secrets = []
    for seat in world.seats:
        kept = seat.means.store.plan_key(PLAN)
        assert kept is not None
        assert kept.noise_salt is not None
        secrets.append(seat.identity.noise_root(kept.noise_salt))
    world.finish()
    envelope = json.loads((world.board / "releases" / PLAN / "release.json").read_bytes())
    release = Release.from_json(verify_object("release", envelope, [h.sign_key for h in world.roster.helpers], 3))
    assert {table.noise for table in release.tables} == {LAPLACE}
    assert [claim.sensitivity for claim in release.loss.worst] == [1, 1]
    parts = [draw_noise(setting, noise_key(root, setting.plan_digest, release.set_digest)) for root in secrets]
    told = [f.value for table in release.tables for f in table.figures]
    added = (parts[0] + parts[1] + parts[2]).tolist()
    exact = [value - noise for value, noise in zip(told, added, strict=False)]
    assert exact == [1, *(0, 0, 1), *(0, 9, 0, 0, 0, 0, 0, 0, 0, 0)]
