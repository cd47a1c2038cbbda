"""The demo's desks are real ones: encrypted files of their own, whose rows are those of the files they were filled from."""

from pathlib import Path

import pytest

from sansnom.cli.desks import RealDesks, opened_desk
from sansnom.desk.questions.answering import Seat, own_rows
from sansnom.exchange.keys import PublicKeys
from sansnom.terms.records import OrganizationRecords
from sansnom.terms.roster import Organization
from tests.exchange import examples

CODES = ("aube", "brise")


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> tuple[RealDesks, Path, dict[str, PublicKeys]]:
    """Found two desks."""
    folder = tmp_path_factory.mktemp("desks")
    players = RealDesks(folder, folder / "board")
    given = {code: _records(code) for code in CODES}
    return players, folder, {code: players.public_keys(records) for code, records in given.items()}


def _records(code: str) -> OrganizationRecords:
    return examples.records(code)


def test_each_desk_has_a_file_and_a_key_of_its_own(founded: tuple[RealDesks, Path, dict[str, PublicKeys]]) -> None:
    """Two files, neither readable, neither opened by the other's key; two pairs of keys."""
    players, folder, keys = founded
    contents = [(folder / code / "desk.db").read_bytes() for code in CODES]
    assert contents[0][:16] != contents[1][:16]
    for content in contents:
        assert not content.startswith(b"SQLite format 3")
        assert "García".encode() not in content
    assert keys["aube"].sign_key != keys["brise"].sign_key
    from sansnom.desk.people.models import Person

    with (
        pytest.raises(Exception, match=r"not a database"),
        opened_desk(folder / "aube" / "desk.db", players._keys["brise"]),
    ):
        Person.objects.count()


def test_a_desk_submits_the_rows_of_its_files(founded: tuple[RealDesks, Path, dict[str, PublicKeys]]) -> None:
    """From files or through the encrypted database: the same columns, bit for bit."""
    from sansnom.desk.questions.answers import records_for

    players, folder, _ = founded
    setting = examples.setting()
    entry: Organization = setting.roster.organization("aube")
    seat = Seat(entry, examples.keys_of("aube"), setting, examples.pepper(), examples.lists())
    with opened_desk(folder / "aube" / "desk.db", players._keys["aube"]):
        through = own_rows(records_for(seat), seat)
    direct = own_rows(_records("aube"), seat)
    assert through.local_ids == direct.local_ids
    assert (through.rows.keys == direct.rows.keys).all()
    assert (through.rows.payload == direct.rows.payload).all()
    assert (through.rows.tallies == direct.rows.tallies).all()
