"""What the planner is told: counts, after an import and at each unlocking; never a value of a row."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sansnom.desk.people.naming import Name
from sansnom.desk.sqlcipher.planning import tell_the_planner
from sansnom.desk.work import models as work
from sansnom.desk.work.opening import open_file
from sansnom.desk.work.people_lists import names_referred_to
from tests.desk.conftest import DATABASE_KEY, Desk
from tests.desk.questions.pages_of import decrypted_bytes
from tests.desk.two_programmes import two_programmes

PLANTED = "Plantagenest"


def _filled(desk: Desk) -> None:
    """Add rows enough that a table is worth counting."""
    house = two_programmes(desk)
    for number in range(40):
        open_file(desk.counsellor, house.open, [Name(f"Awa {number}", f"{PLANTED} {number}")])


@pytest.mark.encrypted_file
@pytest.mark.guarantee("G-10")
def test_the_planner_keeps_counts_and_no_name(desk: Desk) -> None:
    """`sqlite_stat1` has its counts; of a name only its own rows tell: once they are gone, no page holds it."""
    _filled(desk)
    tell_the_planner()
    with connection.cursor() as cursor:
        assert cursor.execute("SELECT count(*) FROM sqlite_stat1").fetchone()[0] > 10
        for table in ("sqlite_stat4", "sqlite_stat3"):
            there = cursor.execute("SELECT count(*) FROM sqlite_master WHERE name = %s", [table]).fetchone()[0]
            assert not there or cursor.execute(f"SELECT count(*) FROM {table}").fetchone()[0] == 0  # noqa: S608 - names of SQLite
        cursor.execute("PRAGMA foreign_keys = OFF")
        for table in ("people_namevariant", "people_searchtoken", "people_person"):
            cursor.execute(f"DELETE FROM {table}")  # noqa: S608 - names of our own schema
        cursor.execute("VACUUM")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        cursor.execute("PRAGMA foreign_keys = ON")
    assert PLANTED.casefold().encode() not in decrypted_bytes(desk.folder / "desk.db", DATABASE_KEY).lower()


@pytest.mark.encrypted_file
def test_the_newest_referrals_are_met_in_order(desk: Desk) -> None:
    """The names offered on a new referral are read from the newest backwards: no table is sorted for them."""
    house = two_programmes(desk)
    for number in range(400):
        work.Referral.objects.create(person=house.awa, programme=house.open, to_name=f"Clinique {number}")
    tell_the_planner()
    with CaptureQueriesContext(connection) as asked:
        names = names_referred_to(desk.coordinator)
    assert len(names) == 300
    assert "Clinique 399" in names
    assert "Clinique 0" not in names
    statement = asked.captured_queries[-1]["sql"]
    assert "SELECT" not in statement.partition("WHERE")[2]  # programmes in sight would let the planner start from them
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {statement}")
        plan = [row[3] for row in cursor.fetchall()]
    assert not [step for step in plan if "TEMP B-TREE" in step]
