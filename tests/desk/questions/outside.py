"""Everything outside one desk, in memory: a board's folder, a convener, a keeper, three helpers whose doors are called directly."""

import json
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from sansnom.desk.people.models import Person
from sansnom.desk.questions import joining, reaching
from sansnom.desk.questions.answering import Decision, Seat, seal_answer
from sansnom.desk.questions.looking import look
from sansnom.desk.questions.models import Question
from sansnom.desk.work.fill import fill
from sansnom.desk.work.models import Programme
from sansnom.exchange.keeper import write_letter
from sansnom.exchange.pepper import pepper_for
from sansnom.terms.canonical import canonical_bytes
from sansnom.terms.errors import PeerError
from sansnom.terms.party import PartyNumber
from sansnom.terms.plan import Plan
from sansnom.terms.roster import Helper
from tests.desk.conftest import Desk
from tests.exchange import examples
from tests.helper.world import PLAN, World, make_world, small_plan

CODE = "aube"


@dataclass
class Outside:
    """The others, and what they were asked: (method, path, bytes) of each request, in order."""

    world: World
    asked: list[tuple[str, str, int]] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    away: set[int] = field(default_factory=set)
    before: Callable[[str], None] = lambda _point: None
    """Called before a helper gets a request, and again when its answer is under way: a test may die there."""

    @property
    def now(self) -> datetime:
        """Say what time it is."""
        return self.world.clock.instant

    @property
    def board(self) -> Path:
        """Say where the board is."""
        return self.world.board

    @contextmanager
    def line(self, _helper: Helper, party: PartyNumber) -> Any:
        """Open a line to a helper in memory."""
        if int(party) in self.away:
            raise PeerError("helper.unreachable", party)
        yield MemoryLine(self, party)

    def publish(self, plan: Plan | None = None, *, at_helpers: bool = True) -> Plan:
        """Publish a plan on the board, accepted by the helpers before."""
        plan = plan or self.plan()
        if at_helpers:
            self.world.publish_plan(plan)
        write(self.board / "plans" / plan.plan / "plan.json", json.loads(self.world.plan_file(plan)))
        return plan

    def plan(self, name: str = PLAN, rho: Fraction = Fraction(1, 10)) -> Plan:
        """Write a question under the pepper of its own name; another name asks other things."""
        plan = small_plan(self.world.roster, self.world.plan_keys(name), name, rho)
        return replace(plan, pepper_check=pepper_for(examples.group_secret(), name).check)

    def answer_for_the_others(self, plan: Plan) -> None:
        """Let the three other organizations send their rows."""
        setting, pepper = self.world.setting(plan), pepper_for(examples.group_secret(), plan.plan)
        for code in ("brise", "cap", "delta"):
            entry, keys = setting.roster.organization(code), examples.keys_of(code)
            seat = Seat(entry, keys, setting, pepper, examples.lists())
            made = seal_answer(examples.records(code), Decision.APPROVE, seat, examples.seeded(code))
            for helper, message in zip(self.world.seats, made.sealed.messages, strict=True):
                helper.reception.take_submission(plan.plan, entry.number, message)

    def finish(self, plan: Plan) -> None:
        """Let the others send, the plan be closed, the helpers compute, and the release come out."""
        self.answer_for_the_others(plan)
        self.world.close(self.world.setting(plan))
        self.world.finish()

    def question(self, name: str = PLAN) -> Question:
        """Look at the board, and give the question of this name."""
        look(self.now)
        return Question.objects.get(name=name)


class MemoryLine:
    """A line to one helper without a network."""

    def __init__(self, outside: Outside, party: PartyNumber) -> None:
        self._outside, self._party = outside, party

    def get(self, path: str) -> Any:
        """Fetch."""
        reception = self._outside.world.seats[self._party].reception
        _, _, *rest = path.split("/")
        kind = rest[1] if len(rest) > 1 else ""
        if not rest:
            answer = json.dumps(reception.plans()).encode()
        elif kind == "keys":
            answer = reception.plan_key(rest[0])
        elif kind == "verdicts":
            answer = reception.verdict(rest[0], int(rest[2]))
        else:
            answer = reception.public_file(rest[0], kind)
        self._outside.asked.append(("GET", path, len(answer)))
        return json.loads(answer)

    def put(self, path: str, body: bytes) -> Any:
        """Hand in."""
        self._outside.before("request")
        self._outside.asked.append(("PUT", path, len(body)))
        self._outside.bodies.append(body)
        _, _, name, _, number = path.split("/")
        answer = self._outside.world.seats[self._party].reception.take_submission(name, int(number), body)
        self._outside.before("answer")
        return json.loads(answer)


def outside(desk: Desk, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Outside:
    """Make the others, let this desk join them as `aube`, and fill it with that organization's records."""
    del desk
    folder.mkdir(exist_ok=True)
    others = Outside(make_world(folder))
    others.board.mkdir()
    write(others.board / "roster.json", others.world.roster_file)
    monkeypatch.setattr(reaching, "open_line", others.line)
    member = joining.membership()
    member.private_keys = json.dumps(examples.keys_of(CODE).to_json_secret())
    member.save()
    joining.set_board(member, str(others.board))
    joining.join(member, joining.roster_on_board(member), others.world.roster.convener_key)
    letter = write_letter(examples.group_secret(), others.world.roster, "brise", examples.keys_of("brise").signing)
    joining.take_letter(member, letter)
    fill(examples.records(CODE), Programme.objects.create(name_fr="Accueil", name_en="Reception"))
    assert Person.objects.exists()
    return others


def write(path: Path, content: object) -> None:
    """Write a public file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(canonical_bytes(content))  # type: ignore[arg-type]  # a JSON object of the tests
