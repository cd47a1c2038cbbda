"""A clock that jumps, forwards or back: nobody stays signed in, no look goes unwritten, no day goes without its backup."""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone

from sansnom.desk.accounts.access import record_access
from sansnom.desk.accounts.keeping import DAILY_SECONDS
from sansnom.desk.accounts.middleware import IDLE, SEEN
from sansnom.desk.accounts.models import Act, TrailEntry
from sansnom.desk.safekeeping.backup import PREFIX, SUFFIX, newest_age_seconds, sweep
from sansnom.desk.vault.written import free_name
from tests.desk.conftest import Desk

NOW = datetime(2027, 3, 4, 15, 30, tzinfo=UTC)


def test_idle_time_ends_a_session_whichever_way_the_clock_jumps(
    desk: Desk, director: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Forwards: out at once. A year back: idle time begins anew, and ends as it would have; not a year later."""
    session, start = director.session, time.time()
    session[SEEN], session[IDLE] = start, 15
    session.save()
    year = 365 * 86_400
    monkeypatch.setattr("sansnom.desk.accounts.middleware.time.time", lambda: start - year)
    assert director.get("/me/").status_code == 200
    monkeypatch.setattr("sansnom.desk.accounts.middleware.time.time", lambda: start - year + 14 * 60)
    assert director.get("/me/").status_code == 200
    monkeypatch.setattr("sansnom.desk.accounts.middleware.time.time", lambda: start - year + 30 * 60)
    assert director.get("/me/").status_code == 302


def test_a_jump_forwards_signs_out(desk: Desk, director: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """A day later by the clock is a day without anybody."""
    session, start = director.session, time.time()
    session[SEEN], session[IDLE] = start, 15
    session.save()
    monkeypatch.setattr("sansnom.desk.accounts.middleware.time.time", lambda: start + 86_400)
    assert director.get("/me/").status_code == 302


def test_a_look_is_written_after_the_clock_went_back(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was written for tomorrow hides nothing of today; the trail stays whole."""
    told = timezone.now()
    for moment in (told + timedelta(days=400), told, told + timedelta(seconds=5)):
        monkeypatch.setattr("sansnom.desk.accounts.access.timezone.now", lambda moment=moment: moment)
        record_access(desk.director, "00000000-0000-4000-8000-000000000001", Act.LOOKED)
    assert TrailEntry.objects.count() == 2


@pytest.mark.parametrize(
    ("made", "due"), [((-1,), False), ((-30,), True), ((24 * 400,), True), ((24 * 400, -1), False), ((), True)]
)
def test_a_backup_of_tomorrow_is_not_today_s(tmp_path: Path, made: tuple[int, ...], due: bool) -> None:
    """One made while the clock was a year ahead does not keep the daily backup away for a year."""
    for hours in made:
        (tmp_path / f"{PREFIX}{NOW + timedelta(hours=hours):%Y%m%d-%H%M%S}{SUFFIX}").touch()
    age = newest_age_seconds(tmp_path, NOW)
    assert (age is None or age >= DAILY_SECONDS) is due


def test_what_a_cut_left_over_goes_after_a_day_and_nothing_else_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half a backup and half a drill are swept; a fresh one may be at work, and other files are nobody's business here."""
    for name in (".0123456789ab.db", ".0123456789ab.zip", ".hidden.db", "sansnom-desk-20270304-153000.backup"):
        (tmp_path / name).touch()
    (tmp_path / ".drill-0123456789ab").mkdir()
    (tmp_path / ".drill-0123456789ab" / "desk.db").touch()
    sweep(tmp_path)
    assert len(list(tmp_path.iterdir())) == 5
    start = time.time()
    monkeypatch.setattr("sansnom.desk.safekeeping.backup.time.time", lambda: start + 2 * 86_400)
    sweep(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == [".hidden.db", "sansnom-desk-20270304-153000.backup"]


def test_what_is_set_aside_twice_in_a_second_is_there_twice(tmp_path: Path) -> None:
    """A name that is taken is never taken again."""
    path = tmp_path / "desk.db.set-aside-20270304-153000"
    for number in range(1, 4):
        free = free_name(path)
        free.touch()
        assert len(list(tmp_path.iterdir())) == number
