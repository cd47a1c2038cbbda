"""A report that was given out and is corrected: both are kept and marked, and subtracting them names nobody."""

from typing import Any

import numpy as np
import pytest
from django.test import Client

from sansnom.desk.own_report.models import OwnReport
from sansnom.desk.own_report.protecting import SHOWN
from sansnom.desk.own_report.reporting import correct_report, issue, make_report
from sansnom.desk.people.models import Person
from sansnom.desk.work.models import Programme, Service
from sansnom.terms.errors import PolicyRefusal
from tests.desk.conftest import Desk
from tests.desk.own_report.people_served import QUARTER, YEAR, serve

WHY = "Des présences de février manquaient."


@pytest.fixture
def given(desk: Desk) -> OwnReport:
    """Give out a report over forty women and thirty men."""
    reception = Programme.objects.create(name_fr="Accueil", name_en="Reception")
    serve(reception, 40)
    serve(reception, 30, sex="M", service="housing")
    report = make_report(desk.director, "general", QUARTER, None)
    issue(report, desk.director)
    return report


def subtracted(new: OwnReport, old: OwnReport) -> list[int]:
    """Subtract every figure that both reports show: what their readers can do."""
    found: list[int] = []
    for after in new.told["tables"]:
        before = next(table for table in old.told["tables"] if table["name"] == after["name"])
        labels = [[axis["labels"] for axis in table["axes"]] for table in (before, after)]
        shown = [_figures(table, names) for table, names in zip((before, after), labels, strict=True)]
        found += [shown[1][cell] - shown[0][cell] for cell in shown[0].keys() & shown[1].keys()]
    return found


def _figures(table: dict[str, Any], labels: list[list[str]]) -> dict[tuple[str, ...], int]:
    places = np.ndindex(*(len(each) for each in labels))
    cells = [tuple(each[at] for each, at in zip(labels, place, strict=True)) for place in places]
    told = zip(cells, table["values"], table["hidden"], strict=True)
    return {cell: value for cell, value, why in told if why == SHOWN}


@pytest.mark.guarantee("G-07")
def test_no_two_reports_subtracted_single_out_a_few_persons(desk: Desk, given: OwnReport) -> None:
    """Two women more in February: whatever both reports show differs by nobody, or by as many as the threshold."""
    serve(Programme.objects.get(), 2, day="2026-02-11")
    correction = correct_report(desk.director, given, WHY)
    issue(correction, desk.director)
    differences = subtracted(correction, given)
    assert differences
    assert not [gap for gap in differences if 0 < abs(gap) < given.threshold]
    year = make_report(desk.director, "general", YEAR, None)
    for other in (given, correction):
        assert not [gap for gap in subtracted(year, other) if 0 < abs(gap) < given.threshold]


def test_fewer_is_as_telling_as_more(desk: Desk, given: OwnReport) -> None:
    """Three men were entered by mistake: the figures that fall by three are hidden in the correction."""
    men = Person.objects.filter(sex="M").values_list("pk", flat=True)[:3]
    Service.objects.filter(person__in=list(men)).delete()
    correction = correct_report(desk.director, given, WHY)
    assert not [gap for gap in subtracted(correction, given) if 0 < abs(gap) < given.threshold]


def test_a_large_change_is_shown(desk: Desk, given: OwnReport) -> None:
    """Twenty women more: the new total is there to be read, and the report of before says another."""
    serve(Programme.objects.get(), 20, day="2026-02-11")
    correction = correct_report(desk.director, given, WHY)
    assert 20 in subtracted(correction, given)


def test_both_are_kept_marked_and_told(desk: Desk, director: Client, coordinator: Client, given: OwnReport) -> None:
    """The director says what changed; the old one leads to the new one; asking again gives the new one; no second correction."""
    serve(Programme.objects.get(), 20, day="2026-02-11")
    address = f"/report/{given.reference}/"
    assert coordinator.post(f"{address}correct/", {"what_changed": WHY}).status_code == 403
    director.post(f"{address}correct/", {"what_changed": "x"})
    assert OwnReport.objects.count() == 1
    draft = director.post(f"{address}correct/", {"what_changed": WHY}).headers["Location"]
    assert "a été corrigé" not in director.get(address).content.decode()
    director.post(f"{draft}issue/")
    old, new = director.get(address).content.decode(), director.get(draft).content.decode()
    assert draft in old
    assert "a été corrigé" in old
    assert address in new
    assert WHY in new
    assert WHY in director.get(f"{draft}report.csv").content.decode()
    given.refresh_from_db()
    assert given.issued_at is not None
    assert make_report(desk.director, "general", QUARTER, None).corrects == given
    with pytest.raises(PolicyRefusal, match="not_in_force"):
        correct_report(desk.director, given, WHY)
    listed = director.get("/report/").content.decode()
    assert "corrigé depuis" in listed


def test_nothing_changed_is_nothing_to_correct(desk: Desk, given: OwnReport) -> None:
    """The same counts again: refused, and nothing is kept."""
    with pytest.raises(PolicyRefusal, match="nothing_changed"):
        correct_report(desk.director, given, WHY)
    assert OwnReport.objects.count() == 1
