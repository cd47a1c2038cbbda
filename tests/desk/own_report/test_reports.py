"""The own report: what is counted, what is hidden, what later reports respect, who may see it."""

import csv
import io
import re
from datetime import date
from typing import Any

import numpy as np
import pytest
from django.test import Client

from sansnom.desk.agreement.rules import choose_joint_statistics
from sansnom.desk.bring.vocabulary import sealed
from sansnom.desk.own_report.figures import find_figure
from sansnom.desk.own_report.models import OwnReport
from sansnom.desk.own_report.pages import quarter_to_report
from sansnom.desk.own_report.protecting import SHOWN
from sansnom.desk.own_report.report_templates import Line, templates
from sansnom.desk.own_report.reporting import issue, make_report
from sansnom.desk.people.links import decide_pair
from sansnom.desk.people.models import Person
from sansnom.desk.work.models import Funder, Grant, GroupSession, Programme, TurnedAway
from sansnom.release.suppression import Suppression
from sansnom.terms.errors import PolicyRefusal
from sansnom.terms.parse import Text
from tests.desk.conftest import Desk
from tests.desk.own_report.people_served import HALF, QUARTER, YEAR, serve

pytestmark = pytest.mark.usefixtures("in_french")


@pytest.fixture
def reception(desk: Desk) -> Programme:
    """Give an open programme."""
    return Programme.objects.create(name_fr="Accueil", name_en="Reception")


def _value(report: OwnReport, table: str, **cell: str) -> tuple[int, bool]:
    found = find_figure(report, Line("", Text("", ""), table, tuple(cell.items())))
    assert found is not None
    return found.value, found.why == SHOWN


def _table(report: OwnReport, name: str) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    told = next(each for each in report.told["tables"] if each["name"] == name)
    shape = [len(axis["labels"]) for axis in told["axes"]]
    return np.array(told["values"]).reshape(shape), np.array([why != SHOWN for why in told["hidden"]]).reshape(shape)


def test_each_person_counts_once_and_the_unnamed_apart(desk: Desk, reception: Programme) -> None:
    """Two linked files are one person; unnamed ones are beside the persons; taking no part in joint figures changes nothing."""
    numbers = serve(reception, 30)
    serve(reception, 12, unnamed=True)
    GroupSession.objects.create(programme=reception, service="french_course", held_on=QUARTER[0], unnamed_count=15)
    first, second, third = (Person.objects.get(pk=pk) for pk in list(numbers.values())[:3])
    decide_pair(desk.coordinator, first, second, "same")
    choose_joint_statistics(desk.coordinator, third, takes_part=False)
    report = make_report(desk.coordinator, "general", QUARTER, None)
    assert _value(report, "sex_age") == (29, True)
    assert _value(report, "services", service="french_course") == (29, True)
    assert _value(report, "acts") == (42, True)
    assert _value(report, "unnamed", unnamed="files") == (12, True)
    assert _value(report, "unnamed", unnamed="in_groups") == (15, True)


def test_a_small_number_is_hidden_and_cannot_be_worked_out(desk: Desk, reception: Programme) -> None:
    """Three men among women: their cell is hidden, and in every sum that holds a hidden cell there is another one."""
    serve(reception, 40)
    serve(reception, 25, born=2005)
    serve(reception, 3, sex="M")
    serve(reception, 4, sex="X", born=2005, region="13")
    report = make_report(desk.coordinator, "general", QUARTER, None)
    assert _value(report, "sex_age", sex="M") == (3, False)
    values, hidden = _table(report, "sex_age")
    assert not hidden[values == 0].any()
    assert hidden[(values > 0) & (values < 10)].all()
    for lines in (hidden, hidden.T):
        for line in lines:
            assert line.sum() != 1
    assert _table(report, "region")[1].sum() >= 2


def test_what_was_given_out_is_respected_by_the_next_report(desk: Desk, reception: Programme) -> None:
    """A quarter shows 40 people; the year has 43: its total would give 3 away, and is hidden."""
    serve(reception, 40)
    quarter = make_report(desk.director, "general", QUARTER, None)
    issue(quarter, desk.director)
    serve(reception, 3, day="2025-06-10", sex="M")
    year = make_report(desk.director, "general", YEAR, None)
    assert _value(year, "sex_age") == (43, False)
    assert _value(year, "acts") == (43, False)


def test_a_draft_that_nobody_saw_binds_nothing(desk: Desk, reception: Programme) -> None:
    """Without giving the quarter out, the year shows its total."""
    serve(reception, 40)
    make_report(desk.director, "general", QUARTER, None)
    serve(reception, 3, day="2025-06-10", sex="M")
    assert _value(make_report(desk.director, "general", YEAR, None), "acts") == (43, True)


def test_a_report_over_one_programme_is_respected_by_one_over_all(desk: Desk, reception: Programme) -> None:
    """40 people in one programme were shown; 43 in both programmes together would give 3 away."""
    other = Programme.objects.create(name_fr="Emploi", name_en="Employment")
    serve(reception, 40)
    serve(other, 3, sex="M")
    issue(make_report(desk.director, "general", QUARTER, reception), desk.director)
    both = make_report(desk.director, "general", QUARTER, None)
    assert _value(both, "sex_age") == (43, False)


def test_days_that_partly_overlap_are_refused_with_a_sentence(
    desk: Desk, reception: Programme, director: Client
) -> None:
    """January to June after October to March: neither holds the other."""
    serve(reception, 40)
    issue(make_report(desk.director, "general", YEAR, None), desk.director)
    with pytest.raises(PolicyRefusal, match="period_overlaps"):
        make_report(desk.director, "general", HALF, None)
    told = {"template": "general", "start": "2026-01-01", "end": "2026-06-30"}
    assert "chevauche" in director.post("/report/", told).content.decode()


def test_data_that_changed_since_are_refused_with_a_sentence(
    desk: Desk, reception: Programme, director: Client
) -> None:
    """A year smaller than the quarter that was given out is refused; the quarter itself is given again, unchanged."""
    serve(reception, 40)
    given = make_report(desk.director, "general", QUARTER, None)
    issue(given, desk.director)
    Person.objects.filter(pk__in=Person.objects.values("pk")[:5]).delete()
    assert make_report(desk.director, "general", QUARTER, None).pk == given.pk
    told = {"template": "general", "start": "2025-04-01", "end": "2026-03-31"}
    assert "ont changé" in director.post("/report/", told).content.decode()
    assert OwnReport.objects.count() == 1


def test_a_failed_audit_shows_nothing(
    desk: Desk, reception: Programme, director: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Were suppression to hide too little, the audit stops the report: no draft is kept, the page says why."""
    serve(reception, 40)
    serve(reception, 3, sex="M")

    def too_little(table: Any, **_: Any) -> Suppression:
        return Suppression(table.primary.copy(), 0.0, 0.0, (), "optimal")

    monkeypatch.setattr("sansnom.desk.own_report.protecting.suppress", too_little)
    told = {"template": "general", "start": "2026-01-01", "end": "2026-03-31"}
    answer = director.post("/report/", told)
    assert "ne peut pas être protégé" in answer.content.decode()
    assert not OwnReport.objects.exists()


def test_acts_of_few_people_are_hidden_however_many(desk: Desk, reception: Programme) -> None:
    """Two people who came twenty times are two people."""
    serve(reception, 40)
    numbers = serve(reception, 2, service="housing")
    for number in numbers.values():
        for day in range(10, 28):
            Person.objects.get(pk=number).services.create(
                programme=reception, service="housing", starts_on=f"2026-03-{day}", minutes=60
            )
    report = make_report(desk.coordinator, "general", QUARTER, None)
    assert _value(report, "acts", service="housing") == (38, False)
    assert _value(report, "minutes", service="housing") == (38 * 60, False)
    assert _value(report, "acts", service="french_course")[1] is False


def test_persons_of_a_service_do_not_give_its_neighbours_acts_away(desk: Desk, reception: Programme) -> None:
    """70 acts, 44 in courses, 25 persons in housing: with the total shown, employment had one act at most."""
    serve(reception, 44)
    serve(reception, 25, service="housing")
    serve(reception, 1, service="employment")
    report = make_report(desk.coordinator, "general", QUARTER, None)
    total, total_shown = _value(report, "acts")
    least = 0
    for service in ("french_course", "housing"):
        acts, shown = _value(report, "acts", service=service)
        persons, persons_shown = _value(report, "services", service=service)
        least += acts if shown else persons if persons_shown else 0
    assert not _value(report, "acts", service="employment")[1]
    assert not total_shown or total - least >= 10


def test_a_cost_is_given_only_where_its_number_is(desk: Desk, reception: Programme, director: Client) -> None:
    """Grant and cost by the share of its days; no ratio over a hidden number."""
    funder = Funder.objects.create(name_fr="Ministère", name_en="Ministry")
    Grant.objects.create(
        programme=reception, funder=funder, starts_on=QUARTER[0], ends_on=QUARTER[1], amount_cents=4_000_000
    )
    serve(reception, 40)
    report = make_report(desk.director, "general", QUARTER, None)
    page = director.get(f"/report/{report.reference}/").content.decode()
    assert re.search(r"Coût par personne</dt><dd class=\"figure\">1\W000\W\$", page)
    assert re.search(r"Coût par résultat \(besoin comblé\)</dt><dd class=\"figure\">—", page)


def test_each_figure_opens_the_files_behind_it(desk: Desk, reception: Programme, coordinator: Client) -> None:
    """A hidden figure says why, and lists its files here; requests turned away list nobody."""
    serve(reception, 40)
    serve(reception, 3, sex="M")
    TurnedAway.objects.create(programme=reception, service="housing", day=QUARTER[0], reason="no_place")
    report = make_report(desk.coordinator, "general", QUARTER, None)
    found = find_figure(report, Line("", Text("", ""), "sex_age", (("sex", "M"),)))
    assert found is not None
    page = coordinator.get(f"/report/{report.reference}/figure/{found.table}/{found.cell}/").content.decode()
    assert "moins de 10 personnes" in page
    assert "3 dossiers derrière ce nombre" in page
    assert len(set(re.findall(r'href="/people/[0-9a-f-]{36}/"', page))) == 3
    away = find_figure(report, Line("", Text("", ""), "turned_away", ()))
    assert away is not None
    page = coordinator.get(f"/report/{report.reference}/figure/{away.table}/{away.cell}/").content.decode()
    assert "ne portent pas de nom" in page
    assert coordinator.get(f"/report/{report.reference}/figure/0/9999/").status_code == 404


def test_nothing_leaves_before_it_is_given_out(
    desk: Desk, reception: Programme, coordinator: Client, director: Client
) -> None:
    """A draft has no file and no form; given out by the director, it has both, with dashes where numbers are hidden."""
    serve(reception, 40)
    serve(reception, 3, sex="M")
    report = make_report(desk.coordinator, "general", QUARTER, None)
    address = f"/report/{report.reference}/"
    for page in ("form/", "report.csv", "report.xlsx"):
        assert coordinator.get(address + page).status_code == 404
    assert coordinator.post(address + "issue/").status_code == 403
    assert director.post(address + "issue/").status_code == 302
    rows = list(csv.reader(io.StringIO(coordinator.get(address + "report.csv").content.decode("utf-8-sig"))))
    men = next(row for row in rows if row and row[0] == "Masculin")
    assert set(men[1:]) <= {"—", "0"}
    assert ["Organisme", "Maison d’accueil"] in rows
    assert "3" not in men
    assert coordinator.get(address + "report.xlsx").content[:2] == b"PK"
    assert '<dd dir="auto">Maison d’accueil</dd>' in coordinator.get(address).content.decode()
    form = coordinator.get(address + "form/").content.decode()
    assert "1.3\tHommes\t—" in form
    assert "3.1\tServices rendus\t" in form


@pytest.mark.parametrize("code", sorted(templates()))
@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_template_is_made_and_shown(
    desk: Desk, reception: Programme, director: Client, code: str, language: str
) -> None:
    """Every shipped template counts, shows its unmet need, and answers every line of its form, in both languages."""
    for service in ("french_course", "employment", "reception", "housing"):
        serve(reception, 20, service=service)
    director.cookies["desk_language"] = language
    told = {"template": code, "start": "2026-01-01", "end": "2026-03-31", "programme": sealed(reception)}
    address = director.post("/report/", told)["Location"]
    page = director.get(address).content.decode()
    assert ("Ce qui manque" if language == "fr" else "Unmet need") in page
    director.post(address + "issue/")
    assert director.get(address + "form/").status_code == 200
    report = OwnReport.objects.get()
    assert all(find_figure(report, line) is not None for line in templates()[code].grid)
    assert find_figure(report, templates()[code].outcome) is not None


def test_reports_are_for_coordinators(desk: Desk, reception: Programme, counsellor: Client, stranger: Client) -> None:
    """A counsellor gets the 403 page, a stranger the door."""
    serve(reception, 20)
    report = make_report(desk.director, "general", QUARTER, None)
    issue(report, desk.director)
    for page in ("", "figure/0/0/", "form/", "report.csv", "report.xlsx"):
        assert counsellor.get(f"/report/{report.reference}/{page}").status_code == 403
        assert stranger.get(f"/report/{report.reference}/{page}").status_code == 302
    assert counsellor.get("/report/").status_code == 403


def test_a_confidential_programme_is_in_no_report_of_somebody_outside(
    desk: Desk, reception: Programme, coordinator: Client, director: Client
) -> None:
    """A member's report over it is a 404 outside; a report of everything, made outside, counts nobody of it."""
    shelter = Programme.objects.create(name_fr="Refuge", name_en="Shelter", confidential=True)
    shelter.members.add(desk.coordinator)
    serve(reception, 20)
    serve(shelter, 20)
    inside = make_report(desk.coordinator, "general", QUARTER, None)
    assert _value(inside, "sex_age") == (40, True)
    outside = make_report(desk.director, "general", QUARTER, None)
    assert _value(outside, "sex_age") == (20, True)
    for page in ("", "figure/0/0/"):
        assert director.get(f"/report/{inside.reference}/{page}").status_code == 404
    assert director.post(f"/report/{inside.reference}/issue/").status_code == 404
    assert "Refuge" not in director.get("/report/").content.decode()
    assert "20 dossiers" in director.get(f"/report/{outside.reference}/figure/0/0/").content.decode()


def test_the_days_offered_are_the_last_quarter_with_a_service(desk: Desk, reception: Programme) -> None:
    """The last whole quarter; where nothing was rendered in it, the last one before it in which something was."""
    assert quarter_to_report(desk.director, date(2026, 11, 28)) == (date(2026, 7, 1), date(2026, 9, 30))
    serve(reception, 1, day="2025-12-30")
    assert quarter_to_report(desk.director, date(2026, 11, 28)) == (date(2025, 10, 1), date(2025, 12, 31))
    serve(reception, 1, day="2026-08-03")
    assert quarter_to_report(desk.director, date(2026, 11, 28)) == (date(2026, 7, 1), date(2026, 9, 30))
