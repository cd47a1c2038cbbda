"""The attack on abstention: all that helpers, the network and the board see of a real desk, told apart by nobody."""

import random
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from sansnom.audit.abstention import LIVES_LEAST, Life, Seen, tell_apart
from sansnom.desk.questions import courier, reaching
from sansnom.desk.questions.answering import Decision
from sansnom.desk.questions.answers import answer, draw_delay
from sansnom.desk.questions.courier import deliver
from sansnom.desk.questions.models import Membership, Question
from sansnom.desk.questions.tending import tend
from sansnom.terms.errors import PeerError
from tests.desk.conftest import Desk
from tests.desk.questions import outside as outside_of_a_desk
from tests.desk.questions.outside import Outside, outside
from tests.desk.questions.watching import Watcher, board_of

LIVES = 10
CHANCE_LEAST = 0.01
ORDER = (Decision.APPROVE, Decision.ABSTAIN, Decision.ABSTAIN, Decision.APPROVE)
FAULTS: tuple[tuple[str, ...], ...] = ((), ("before",), ("after",), ("", "before"), ("", "", "after", "before"))
"""Where lines break: before a request, with its answer under way, at one helper and at two."""


class Clock:
    """The world's clock in the place of Django's, moved on by whoever waits."""

    def __init__(self, others: Outside) -> None:
        self._others = others

    def now(self) -> datetime:
        """Give the instant."""
        return self._others.now

    def wait(self, seconds: float) -> None:
        """Let it pass."""
        self._others.world.clock.instant += timedelta(seconds=seconds)


@pytest.fixture
def watcher(others: Outside, monkeypatch: pytest.MonkeyPatch) -> Watcher:
    """Stand at every door; the delay is drawn by the desk's own code, from chance that can be repeated."""
    made = Watcher(others)
    chance = random.Random(7)
    monkeypatch.setattr(reaching, "open_line", made.line)
    monkeypatch.setattr(courier, "timezone", Clock(others))
    monkeypatch.setattr("sansnom.desk.questions.answers.secrets.randbelow", chance.randrange)
    return made


def lived(watcher: Watcher, desk: Desk, question: Question, decision: Decision, broken: tuple[str, ...]) -> Life:
    """Decide, deliver through a line that breaks as told, and give what was seen."""
    clock = Clock(watcher.others)
    watcher.begin()
    watcher.broken = list(broken)
    answer(question, decision, desk.director, clock.now(), delay=draw_delay)
    try:
        deliver(question, pauses=(2.0, 8.0), wait=clock.wait)
    except PeerError:  # a line that stays broken: a person says when to go on
        clock.wait(60.0)
        deliver(question, pauses=(), wait=clock.wait)
    seen = watcher.life()
    watcher.broken.clear()
    return seen


@pytest.mark.guarantee("G-04")
def test_nobody_tells_an_answer_from_an_abstention(desk: Desk, others: Outside, watcher: Watcher) -> None:
    """Lives of both kinds, one after another, some with lines that break: requests, headers, sizes, receipts, notes, times."""
    others.publish()
    question = others.question()
    for _ in range(9):  # the numbers of submissions have two digits from here on
        lived(watcher, desk, question, Decision.APPROVE, ())
    for broken in FAULTS:
        lives: dict[Decision, list[Life]] = {decision: [] for decision in Decision}
        for number in range(2 * (LIVES if not broken else LIVES_LEAST)):
            decision = ORDER[number % len(ORDER)]
            lives[decision].append(lived(watcher, desk, question, decision, broken))
        found = tell_apart(lives[Decision.APPROVE], lives[Decision.ABSTAIN])
        assert found.shapes == ()
        assert found.holds(CHANCE_LEAST), (broken, found)


@pytest.mark.guarantee("G-04")
def test_nobody_tells_them_apart_by_what_comes_after_the_cutoff(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two worlds that differ in one decision, to the end: replies are fetched, questions closed, and the board looks alike."""
    after = []
    for decision in Decision:
        others = outside_anew(desk, tmp_path / decision.value, monkeypatch)
        watcher = Watcher(others)
        monkeypatch.setattr(reaching, "open_line", watcher.line)
        monkeypatch.setattr(courier, "timezone", Clock(others))
        plan = others.publish()
        question = others.question()
        lived(watcher, desk, question, decision, ())
        others.finish(plan)
        others.world.clock.forward(days=30)
        watcher.begin()
        tend(others.now)
        tend(others.now)
        after.append(([(one.observer, one.what, one.sizes) for one in watcher.life()], board_of(others)))
    assert sum("verdicts" in what for _, what, _ in after[0][0]) == 3
    assert after[0] == after[1]


def outside_anew(desk: Desk, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Outside:
    """Make the others, or other others for the same desk: its records stay, what it knew of the ones before goes."""
    if Question.objects.exists():
        Question.objects.all().delete()
        Membership.objects.all().delete()
        monkeypatch.setattr(outside_of_a_desk, "fill", lambda _records, _programme: None)
    return outside(desk, folder, monkeypatch)


def seen(*sizes: int, what: str = "PUT", at: float = 1.0) -> Seen:
    """Make one thing seen."""
    return Seen("helper 0", what, sizes, at)


def test_control_whatever_differs_is_found() -> None:
    """One byte less, a request less, another header, another order, another law of times: each is told; alike lives are not."""
    chance = random.Random(3)
    alike = [[[seen(9, at=chance.uniform(0, 20)), seen(4, what="GET")] for _ in range(LIVES)] for _ in range(2)]
    assert tell_apart(*alike).holds(CHANCE_LEAST)
    for other in (
        [seen(8), seen(4, what="GET")],
        [seen(9)],
        [seen(9, what="PUT x=1"), seen(4, what="GET")],
        [seen(4, what="GET"), seen(9)],
    ):
        assert tell_apart(alike[0], [*alike[1][1:], other]).shapes
    early = [[seen(9, at=0.0), seen(4, what="GET")] for _ in range(LIVES)]
    told = tell_apart(alike[0], early)
    assert told.shapes == ()
    assert not told.holds(CHANCE_LEAST)
