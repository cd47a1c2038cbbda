"""One small board for all tests of attacks."""

from pathlib import Path

import pytest

from sansnom.audit.attacks.target import Target
from sansnom.board.dictionaries import shipped_dictionaries
from sansnom.board.public import Board, read_board
from tests.board.sample_board import write_board


@pytest.fixture(scope="session")
def board_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Lay a board with one release."""
    return write_board(tmp_path_factory.mktemp("attacked"))


@pytest.fixture(scope="session")
def board(board_folder: Path) -> Board:
    """Read it."""
    return read_board(board_folder, shipped_dictionaries())


@pytest.fixture(scope="session")
def target(board: Board) -> Target:
    """Aim at its release."""
    return Target.of(board, board.releases[0])
