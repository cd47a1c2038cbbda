"""Four quarters and their year, asked by the form as one: one budget, one verdict, five questions."""

import io
import json
import zipfile
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

import pytest

from sansnom.board.ask_draft import TableWish
from sansnom.board.ask_form import read_fields, wish_of
from sansnom.board.ask_series import QUARTERS, QUARTERS_AND_YEAR, drafts, judged, nearest_of, parts_of
from sansnom.board.ask_store import HOURLY_MAX, Proposals
from sansnom.board.ask_words import Asking
from sansnom.board.dictionaries import shipped_dictionaries
from sansnom.board.public import read_board
from sansnom.release.budget import series_digest
from sansnom.terms.plan import Plan
from tests.board.test_ask import WRITTEN, Visitor, board, filled, visitor

__all__ = ["board", "visitor"]
ASKED = {**WRITTEN, "series": QUARTERS_AND_YEAR, "start": "2026-08-15", "end": "", "rho": "1/4"}


@pytest.fixture
def asking(board: Path) -> Asking:
    """Judge as the board of the form does."""
    return Asking.on(read_board(board, shipped_dictionaries()))


def series(asking: Asking, **changes: object) -> tuple[Plan, ...]:
    """Make the questions of the form's series, changed a little."""
    _, fields = read_fields("&".join(f"{name}={told}" for name, told in ASKED.items()).encode())
    return drafts(replace(wish_of(fields), **changes), asking.dictionary, asking.roster)  # type: ignore[arg-type]  # members of a wish


def test_the_quarters_are_the_fiscal_year_and_nothing_else(asking: Asking) -> None:
    """Day after day from 1 April to 31 March, each cut-off after its own period; any day of the year names the year."""
    plans = series(asking)
    assert [plan.plan for plan in plans] == ["spring-q1", "spring-q2", "spring-q3", "spring-q4", "spring-year"]
    days = [date.fromisoformat(day) for plan in plans[:4] for day in (plan.period.start, plan.period.end)]
    assert (days[0], days[-1]) == (date(2026, 4, 1), date(2027, 3, 31))
    assert all(later - earlier == timedelta(days=1) for earlier, later in zip(days[1:-1:2], days[2::2], strict=True))
    assert (plans[4].period.start, plans[4].period.end) == ("2026-04-01", "2027-03-31")
    assert all(plan.cutoff[:10] > plan.period.end for plan in plans)
    assert len({plan.title.fr for plan in plans}) == len({plan.title.en for plan in plans}) == 5
    assert [p.plan for p in series(asking, start="2027-02-01")] == [p.plan for p in plans]
    assert len(series(asking, series=QUARTERS)) == 4
    assert [plan.series for plan in series(asking, start="some day")] == [""]


def test_a_series_is_one_declaration_and_one_charge(asking: Asking) -> None:
    """All name the same parts, whose budgets add up to what was asked; the first is charged all of it, the others nothing."""
    plans = series(asking)
    assert len({series_digest(plan) for plan in plans}) == 1
    assert sum(part.rho for part in plans[0].series_parts) == Fraction(1, 4)
    assert judged(asking, plans) == ()
    assert asking.judge(plans[0]).cost == Fraction(1, 4)
    assert [asking.after(plans[0]).judge(plan).cost for plan in plans[1:]] == [0] * 4


@pytest.mark.guarantee("G-05")
def test_a_quarter_and_its_year_apart_are_refused(asking: Asking) -> None:
    """The control: the same questions without their declaration half overlap, and the budget is exhausted before."""
    apart = [replace(plan, series="", series_parts=()) for plan in series(asking)]
    assert {told.finding.code for told in judged(asking, apart)} == {"rule.period.overlap"}


def test_the_form_shows_each_question_the_whole_cost_and_the_precision_of_each(visitor: Visitor) -> None:
    """Before asking: five periods, one budget, and a precision that is worse than that of one question for the same budget."""
    page = visitor.sends("look", ASKED).text
    assert "No rule refuses this question" in page
    assert "spring-year" in page
    assert "It would spend 1/4" in page
    assert "5 questions, with the same tables" in page
    alone = visitor.sends("look", {**ASKED, "series": "", "start": "2026-04-01", "end": "2026-06-30"}).text
    assert "spring-q1" not in alone
    shown = [page.partition("± ")[2].partition("<")[0], alone.partition("± ")[2].partition("<")[0]]
    assert int(shown[0]) > int(shown[1])
    french = visitor.sends("look", ASKED, "fr").text
    assert "5 questions, avec les mêmes tableaux" in french
    assert 'value="quarters-year" selected' in french


def test_a_series_that_is_refused_is_mended_in_one_press_and_handed_in_whole(visitor: Visitor, tmp_path: Path) -> None:
    """A variable that identifies, more than the year has left: one press later all five pass, and five proposals are kept."""
    fine = {**ASKED, "t1_by1": "birth_region", "t1_by2": "category", "rho": "2/5"}
    refused = visitor.sends("look", fine).text
    assert "rule.sensitive" in refused
    assert "rule.budget.exhausted" in refused
    assert refused.count("rule.sensitive") == 1
    assert "Budget of the whole question: 1/4" in refused
    mended = visitor.sends("repair", filled(refused)).text
    assert "No rule refuses this question" in mended
    assert visitor.sends("propose", filled(mended)).status_code == 200
    kept = Proposals(tmp_path / "proposals").all()
    assert sorted(one.plan.plan[7:] for one in kept) == ["q1", "q2", "q3", "q4", "year"]
    assert len({series_digest(one.plan) for one in kept}) == 1


def test_a_series_is_kept_whole_or_not_at_all(visitor: Visitor, tmp_path: Path) -> None:
    """Where only some of it would still be taken in this hour, none is."""
    for _ in range(HOURLY_MAX - 4):
        assert visitor.sends("propose", WRITTEN).status_code == 200
    assert visitor.sends("propose", ASKED).status_code == 429
    assert len(Proposals(tmp_path / "proposals").all()) == HOURLY_MAX - 4


def test_the_files_of_a_series_come_together(visitor: Visitor) -> None:
    """One ZIP, one question a file, as `plan publish` reads them."""
    answer = visitor.sends("file", ASKED)
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        plans = [Plan.from_json(json.loads(archive.read(name))) for name in archive.namelist()]
    assert [plan.plan for plan in plans] == [part.plan for part in plans[0].series_parts]


def test_periods_that_were_asked_before_are_no_series_any_more(asking: Asking) -> None:
    """What no change of tables can mend is said, and the periods stay as they are."""
    plans = series(asking)
    earlier = replace(plans[4], plan="earlier", series="", series_parts=())
    later = replace(asking, known=replace(asking.known, plans=(earlier,)))
    wish = replace(wish_of(read_fields(b"")[1]), series=QUARTERS_AND_YEAR, start="2026-04-01", rho=Fraction(1, 4))
    assert len(parts_of(wish)) == 5
    close = nearest_of(later, replace(wish, tables=(TableWish("persons", ("age_group",)),)), plans)
    assert not close.passes
    assert "rule.period.overlap" in {told.finding.code for told in close.left}
