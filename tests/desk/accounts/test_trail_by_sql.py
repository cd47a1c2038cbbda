"""The access trail against somebody who holds the key and writes SQL."""

import pytest
from django.db import DatabaseError, connection, transaction

from sansnom.desk.accounts.access import first_broken_entry, record_access
from sansnom.desk.accounts.models import Act, TrailEntry
from tests.desk.conftest import Desk


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE accounts_trailentry SET person_reference = 'other'",
        "DELETE FROM accounts_trailentry",
        "REPLACE INTO accounts_trailentry SELECT id, at, act, 'other', chained, colleague_id FROM accounts_trailentry",
        "INSERT OR REPLACE INTO accounts_trailentry SELECT * FROM accounts_trailentry",
    ],
)
@pytest.mark.encrypted_file
def test_no_statement_changes_an_entry(desk: Desk, statement: str) -> None:
    """REPLACE removes a row without asking the trigger against removal: it is refused, too."""
    record_access(desk.counsellor, "file", Act.LOOKED)
    with pytest.raises(DatabaseError, match="only ever added"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert TrailEntry.objects.get().person_reference == "file"
    assert first_broken_entry() is None
