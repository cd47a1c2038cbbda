"""G-08 and G-09 attacked: a world that went through a death, and a folder that was seized afterwards. Each with its control."""

import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from sansnom.audit.seized import Sought, seize
from sansnom.audit.survived import Held, look
from sansnom.exchange.setting import Setting
from sansnom.terms.party import PARTIES
from tests.helper.test_runs import Killed, break_at
from tests.helper.world import CODES, PLAN, World, make_world


@dataclass(frozen=True)
class Lived:
    """A world, what its desks hold in their hands, and what somebody recorded on the wire."""

    world: World
    setting: Setting
    held: tuple[Held, ...]
    recorded: tuple[list[bytes], ...]

    def found(self) -> list[str]:
        """Give what `audit.survived` finds now."""
        keys = [helper.sign_key for helper in self.world.roster.helpers]
        stores = [seat.identity.store_path for seat in self.world.seats]
        return sorted(finding.code for finding in look(self.world.board, stores, keys, self.held, PLAN))

    def sought(self, party: int) -> Sought:
        """Give what is public of a helper's secrets, and what was recorded on the way to it."""
        seat = self.setting.plan.helpers[party]
        return Sought(seat.seal_key, seat.noise_commitment, self.recorded[party])

    def seized(self, party: int) -> tuple[bool, bool, bool]:
        """Say whether a key, a salt, or a submission is found in a helper's folder."""
        found = seize(self.world.seats[party].identity.directory, self.sought(party))
        return bool(found.keys), bool(found.salts), bool(found.submissions)


@pytest.fixture
def lived(tmp_path: Path) -> Lived:
    """Bring a world to the close of its plan: every desk has three receipts."""
    world = make_world(tmp_path, seed=os.urandom(8).hex())
    setting = world.publish_plan()
    recorded: tuple[list[bytes], ...] = ([], [], [])
    held = []
    for code in CODES:
        sealed = world.submission(setting, code)
        number, receipts = sealed.manifest.organization, []
        for party in PARTIES:
            receipts.append(world.seats[party].reception.take_submission(PLAN, number, sealed.messages[party]))
            recorded[party].append(sealed.messages[party])
        held.append(Held(number, sealed.manifest.digest, tuple(receipts)))
    world.close(setting)
    return Lived(world, setting, tuple(held), recorded)


@pytest.mark.guarantee("G-08")
def test_after_a_death_nothing_is_lost_halved_or_spent_twice(lived: Lived) -> None:
    """At each stop of a world in which a helper dies while it computes: nothing to find in stores, on the board, in hands."""
    assert lived.found() == []
    break_at(lived.world, PARTIES[1], "linking", Killed())
    lived.world.turn_all()
    assert lived.found() == []
    lived.world.seats[1].restart()
    lived.world.turn_all()
    assert lived.found() == []
    lived.world.finish()
    assert lived.found() == []


@pytest.mark.parametrize(
    ("break_it", "code"),
    [
        ("lost", "g08.lost"),
        ("uncounted", "g08.uncounted"),
        ("half", "g08.half"),
        ("unsigned", "g08.half"),
        ("twice", "g08.twice"),
        ("cells", "g08.cells"),
    ],
)
def test_what_the_attack_looks_for_is_found(lived: Lived, break_it: str, code: str) -> None:
    """The control: a submission that is gone, half a release, two signatures, a second charge, other cells."""
    world, folder = lived.world, lived.world.board / "releases" / PLAN
    if break_it == "uncounted":
        world.seats[2].means.store._connection.execute(
            "UPDATE submissions SET manifest = ? WHERE number = 2", ("0" * 64,)
        )
    world.finish()
    release = folder / "release.json"
    connection = world.seats[2].means.store._connection
    if break_it == "lost":
        connection.execute("DELETE FROM submissions WHERE number = 2")
    elif break_it == "half":
        release.write_bytes(release.read_bytes()[:4000])
    elif break_it == "unsigned":
        told = json.loads(release.read_bytes())
        release.write_text(json.dumps({**told, "signatures": told["signatures"][:2]}))
    elif break_it == "twice":
        connection.execute("INSERT INTO ledger SELECT digest || 'x', plan, envelope, charged FROM ledger")
    elif break_it == "cells":
        connection.execute("UPDATE runs SET cells = ?", (b"{}",))
    assert code in lived.found()


@pytest.mark.guarantee("G-09")
def test_a_folder_that_is_seized_after_the_end_rebuilds_no_row(lived: Lived) -> None:
    """While the run lasts the attack finds all three; once it is over, in no file, page or copy of any helper, nothing."""
    assert [lived.seized(party) for party in PARTIES] == [(True, True, True)] * 3
    break_at(lived.world, PARTIES[1], "linking", Killed())
    lived.world.turn_all()
    lived.world.seats[1].restart()
    lived.world.finish()
    assert [lived.seized(party) for party in PARTIES] == [(False, False, False)] * 3


@pytest.mark.guarantee("G-09")
def test_a_copy_of_the_store_is_what_the_attack_lives_on(lived: Lived) -> None:
    """The control, and the reason for "never back up": a copy from before the end gives everything."""
    home = lived.world.seats[0].identity.directory
    shutil.copy(home / "store.sqlite-wal", home / "kept-by-somebody")
    lived.world.finish()
    found = seize(home, lived.sought(0))
    assert (found.keys, found.salts, found.submissions) == (("kept-by-somebody",),) * 3
