"""Attacks on guarantees themselves: what is sent, what is seen, what is opened, what can be forged. Each with its control."""

from pathlib import Path

import numpy as np
import pytest

from sansnom.audit.distinguish import distinguish
from sansnom.audit.forgery import forgeries, unnoticed
from sansnom.audit.openings import exact_in, noise_in, watch
from sansnom.board.dictionaries import shipped_dictionaries
from sansnom.compute.programs.answer import answer_plan
from sansnom.compute.programs.cells import cells_of_plan
from sansnom.compute.simulate import Trace, run_three, seat_three
from tests.board.lived_board import write_lived_board
from tests.compute.plain_tables import PlainTables
from tests.compute.worlds import random_world
from tests.exchange.test_submission import built, opened
from tests.terms.examples import plan

SIGHTS = 12
CHANCE_MIN = 1e-3


@pytest.mark.guarantee("G-01")
@pytest.mark.parametrize("other", ["many", "dummies"])
def test_nothing_that_a_desk_sends_tells_its_records_apart(other: str) -> None:
    """Sealed messages for some records, for many or for nobody: same sizes, and a learned guess does no better than a coin."""
    sent = [[list(built(name, f"sight {n}").messages) for n in range(SIGHTS)] for name in ("some", other)]
    found = distinguish(*sent)
    assert not found.by_size
    assert found.chance > CHANCE_MIN, found
    for party in (0, 1, 2):
        held = [
            [[np.ascontiguousarray(opened(built(name, f"{name} {n}"))[party].second).tobytes()] for n in range(SIGHTS)]
            for name in ("some", other)
        ]
        assert distinguish(*held).chance > CHANCE_MIN, party


def test_control_a_place_that_leans_or_a_size_that_differs_is_told() -> None:
    """One byte in clear among random ones is enough, and so is one byte more."""
    draws = np.random.default_rng(5)
    noise = [[draws.bytes(400)] for _ in range(2 * SIGHTS)]
    clear = [[sight[0][:100] + b"\x00" + sight[0][101:]] for sight in noise[:SIGHTS]]
    found = distinguish(clear, [[sight[0][:100] + b"\xff" + sight[0][101:]] for sight in noise[SIGHTS:]])
    assert found.advantage == 1
    assert found.chance < CHANCE_MIN
    assert distinguish(noise[:SIGHTS], [[sight[0] + b"x"] for sight in noise[SIGHTS:]]).by_size
    assert distinguish(noise[:SIGHTS], noise[SIGHTS:]).chance > CHANCE_MIN


@pytest.mark.guarantee("G-03")
@pytest.mark.guarantee("G-06")
def test_only_the_closed_list_leaves_shares_and_no_exact_count_with_it() -> None:
    """A whole plan, watched from outside: declared openings only, one of cells, all noisy; exact rows of cells in no message."""
    world = random_world(plan(), [8, 16, 5], 4, 14)
    exact = PlainTables(world).all()
    cells = cells_of_plan(world.plan, world.layout)
    truth = np.concatenate([np.array(exact[name], dtype=np.int64) for name in cells])
    noise = np.random.default_rng(9).integers(20, 60, (3, truth.size), dtype=np.int64)
    trace = Trace()
    shares = world.split(b"watched")

    def run() -> None:
        zero, one, two = (
            answer_plan(me, shares[me.number], world.layout, world.plan, noise[me.number]) for me in seat_three(b"w")
        )
        run_three((zero, one, two), trace=trace, keep_views=True)

    seen = watch(run)
    assert seen.off_list == ()
    assert set(seen.purposes) == {"SHUFFLED_COMPARISON", "SHUFFLED_DESTINATION", "NOISY_CELL"}
    assert seen.purposes["NOISY_CELL"] == 3  # one opening, at each of the three helpers
    assert noise_in(seen.cells, truth) == 0
    for view in trace.views:
        assert all(exact_in(view, list(exact[name])) == 0 for name in cells)


def test_control_exact_counts_in_a_message_or_in_two_that_add_up_are_found() -> None:
    """A total in clear, and one that is the difference of what was received and what was sent."""
    exact = [4, 0, 17, 2]
    mask = np.random.default_rng(1).integers(0, 2**63, 6, dtype=np.uint64)
    clear = np.array([9, *exact, 1], dtype=np.uint64)
    assert exact_in([clear], exact) == 1
    assert exact_in([mask + clear, mask], exact) == 1
    assert exact_in([mask], exact) == 0


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Lay a board that has lived, with its log."""
    return write_lived_board(tmp_path_factory.mktemp("forged") / "board")


@pytest.mark.guarantee("G-07")
def test_forgeries_of_a_board_are_noticed(lived: Path, tmp_path: Path) -> None:
    """Values, signatures, whole files and the log: one forgery in eleven of all that the forger knows, none unnoticed."""
    assert len(list(forgeries(lived))) >= 60
    assert unnoticed(lived, shipped_dictionaries(), tmp_path, every=11) == []


@pytest.mark.long
@pytest.mark.guarantee("G-07")
def test_every_forgery_of_a_board_is_noticed(lived: Path, tmp_path: Path) -> None:
    """All of them."""
    assert unnoticed(lived, shipped_dictionaries(), tmp_path) == []
