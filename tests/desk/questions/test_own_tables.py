"""Own figures beside a plan: those that an independent count of the same rows gives, each row one person."""

from dataclasses import replace

import pytest

from sansnom.audit.evaluation import tables_in_the_clear
from sansnom.desk.questions.answering import Seat, own_rows
from sansnom.desk.questions.own_tables import own_figures
from sansnom.exchange.encode import Encoded
from sansnom.exchange.setting import Setting
from sansnom.terms.records import OrganizationRecords
from tests.exchange import examples


def _rows(records: OrganizationRecords, size_class: int = 256) -> tuple[Encoded, Setting]:
    entry = replace(examples.organization(1, "aube"), size_class=size_class)
    setting = examples.setting()
    seat = Seat(entry, examples.keys_of("aube"), setting, examples.pepper(), examples.lists())
    return own_rows(records, seat), setting


@pytest.mark.parametrize("records", [examples.records(), examples.many_records(150)], ids=["one of each", "many"])
def test_own_figures_are_those_of_an_independent_count(records: OrganizationRecords) -> None:
    """Every kind of table over one organization alone, counted by the audit's own loops: the same cells."""
    own, setting = _rows(records)
    figures = own_figures(own, setting)
    exact = tables_in_the_clear([(1, own)], setting)
    assert {name: list(cells) for name, cells in figures.tables.items()} == {
        table.table: exact[table.table] for table in setting.plan.tables
    }
    assert figures.not_linkable == exact["not_linkable"][0]
    assert figures.rows == exact["rows"][0]
    assert any(any(cells) for cells in figures.tables.values())
