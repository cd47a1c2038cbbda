"""The five things that go wrong are seen, each by what it means for an operator; page and metrics show nothing finer."""

import asyncio
import json
import re
import threading
from dataclasses import replace
from datetime import datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.types import ASGIApp

from sansnom.helper import lookout as lookout_module
from sansnom.helper.health import MIB, Level, Observed, Seen, Sign, signs_of, worst
from sansnom.helper.health_page import build_health_app, metrics_text, page_text
from sansnom.helper.lookout import Answer, Lookout, watch_address
from sansnom.helper.messages import MESSAGES, sentence
from sansnom.helper.states import RunState
from sansnom.terms.errors import InputError, PeerError
from sansnom.terms.party import PARTIES, PartyNumber
from sansnom.terms.roster import Helper
from tests.helper.world import PLAN, START, World, make_world, small_plan

GIB = 1024 * MIB
LATER = START + timedelta(days=700)


def look(**changed: Any) -> Observed:
    """Give a look at a helper that is well."""
    peers = tuple(Seen(p, answered=True, ahead_seconds=0, certificate_ends=LATER, roster_version=1) for p in (0, 1, 2))
    well: dict[str, Any] = {
        "at": START,
        "party": 0,
        "roster_version": 1,
        "free_bytes": 90 * GIB,
        "disk_bytes": 100 * GIB,
        "store_bytes": MIB,
        "read_only": False,
        "jumped_seconds": 0,
        "certificate_ends": LATER,
        "seen": peers,
        "runs": {"open": 1, "destroyed": 3},
        "resting": (),
    }
    return Observed(**(well | changed))


def peers(*changed: dict[str, Any]) -> tuple[Seen, ...]:
    """Give what was seen, with changes for the seats 1 and 2."""
    seen = look().seen
    return (seen[0], *(replace(one, **told) for one, told in zip(seen[1:], changed, strict=True)))


def sign(observed: Observed, name: str, now: datetime = START) -> tuple[Level, str]:
    """Give the level and the code of one sign, and see that all others are good."""
    signs = {one.name: one for one in signs_of(observed, now)}
    found = signs.pop(name)
    assert worst(tuple(signs.values())) is Level.GOOD, signs
    return found.level, found.code


def test_a_helper_that_is_well_says_so() -> None:
    """Six signs, in the order of the guide, all good."""
    signs = signs_of(look(), START)
    assert [one.name for one in signs] == ["disk", "clock", "certificate", "peers", "copy", "runs"]
    assert worst(signs) is Level.GOOD


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"free_bytes": 8 * GIB}, (Level.GOOD, "health.disk.good")),
        ({"free_bytes": 2 * GIB}, (Level.GOOD, "health.disk.enough")),
        ({"free_bytes": GIB}, (Level.WATCH, "health.disk.little")),
        ({"free_bytes": 200 * MIB}, (Level.ALARM, "health.disk.full")),
        ({"free_bytes": 2 * GIB, "store_bytes": GIB}, (Level.ALARM, "health.disk.full")),
        ({"read_only": True}, (Level.ALARM, "health.disk.read_only")),
    ],
)
def test_a_disk_that_fills_up_is_seen_before_a_destruction_fails(changed: dict[str, Any], expected: Any) -> None:
    """A destruction rewrites the whole store: twice its size must stay free, and some room for submissions."""
    assert sign(look(**changed), "disk") == expected


@pytest.mark.parametrize(
    ("free", "disk", "french", "english"),
    [
        (0, 100 * GIB, "moins de 5\u00a0% libres", "less than 5% free"),
        (200 * MIB, 100 * GIB, "moins de 5\u00a0% libres", "less than 5% free"),
        (GIB, 10 * GIB, "moins de 15\u00a0% du disque", "Less than 15% of the disk"),
        (2 * GIB, 100 * GIB, "moins de 5\u00a0% du disque", "less than 5% of the disk"),
        (2 * GIB, 20 * GIB, "au moins 10\u00a0% du disque", "At least 10% of the disk"),
    ],
)
def test_the_room_on_a_disk_is_told_so_that_it_is_true_and_never_none(
    free: int, disk: int, french: str, english: str
) -> None:
    """Free room is rounded down to a twentieth: what is told is below the next one, or at least this one; never “0%”."""
    told = next(one for one in signs_of(look(free_bytes=free, disk_bytes=disk), START) if one.name == "disk")
    assert french in sentence(told.code, "fr", told.parameters)
    assert english in sentence(told.code, "en", told.parameters)


@pytest.mark.parametrize(
    ("ahead", "expected"),
    [
        ((1, -2), (Level.GOOD, "health.clock.good")),
        ((90, 0), (Level.WATCH, "health.clock.differs")),
        ((90, -90), (Level.WATCH, "health.clock.differs")),
        ((3600, 3601), (Level.ALARM, "health.clock.wrong")),
        ((-61, -70), (Level.ALARM, "health.clock.wrong")),
        ((None, None), (Level.GOOD, "health.clock.unknown")),
    ],
)
def test_a_wrong_clock_is_ours_when_both_others_say_so(ahead: tuple[int | None, int | None], expected: Any) -> None:
    """One peer alone may be the one that is wrong; two that agree against us are right."""
    seen = peers({"ahead_seconds": ahead[0]}, {"ahead_seconds": ahead[1]})
    assert sign(look(seen=seen), "clock") == expected


def test_a_clock_that_jumps_is_seen_without_any_peer() -> None:
    """The machine's clock moved against its steady one."""
    assert sign(look(jumped_seconds=-7200), "clock") == (Level.ALARM, "health.clock.jumped")


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (61, (Level.GOOD, "health.certificate.good")),
        (59, (Level.WATCH, "health.certificate.ends")),
        (13, (Level.ALARM, "health.certificate.ends")),
        (0, (Level.ALARM, "health.certificate.ended")),
    ],
)
@pytest.mark.parametrize("whose", [0, 2])
def test_the_certificate_that_ends_first_is_told(whose: int, days: int, expected: Any) -> None:
    """Whether it is ours or a peer's: a run needs all three."""
    end = START + timedelta(days=days)
    observed = look(certificate_ends=end) if whose == 0 else look(seen=peers({}, {"certificate_ends": end}))
    assert sign(observed, "certificate") == expected


def test_another_certificate_is_an_alarm() -> None:
    """Somebody else may stand in a peer's place."""
    observed = look(seen=peers({"certificate_other": True}, {}))
    assert sign(observed, "certificate") == (Level.ALARM, "health.certificate.other")


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [
        (5, (Level.GOOD, "health.peers.brief")),
        (16, (Level.WATCH, "health.peers.away")),
        (121, (Level.ALARM, "health.peers.away")),
    ],
)
def test_an_absent_peer_is_told_when_it_lasts(minutes: int, expected: Any) -> None:
    """A restart is no news; two hours are."""
    gone = {"answered": False, "silent_since": START - timedelta(minutes=minutes), "ahead_seconds": None}
    assert sign(look(seen=peers({}, gone)), "peers") == expected


def test_a_copy_is_seen_at_our_own_address_and_at_a_peers() -> None:
    """Two processes with one helper's keys are an alarm, wherever they are."""
    seen = look().seen
    assert sign(look(seen=(replace(seen[0], copies=2), *seen[1:])), "copy") == (Level.ALARM, "health.copy.own")
    assert sign(look(seen=peers({"copies": 2}, {})), "copy") == (Level.ALARM, "health.copy.peer")
    unreachable = (replace(seen[0], answered=False), *seen[1:])
    assert sign(look(seen=unreachable), "copy") == (Level.GOOD, "health.copy.unknown")


def test_a_run_that_rests_and_a_lookout_that_fell_silent_are_alarms() -> None:
    """Nobody finds out by waiting."""
    assert sign(look(resting=(("q1", "run.attempts"),)), "runs") == (Level.ALARM, "health.runs.resting")
    assert sign(look(), "runs", START + timedelta(minutes=31)) == (Level.ALARM, "health.runs.stale")
    assert sign(look(seen=peers({"roster_version": 2}, {})), "runs") == (Level.WATCH, "health.runs.roster")


# ------------------------------------------------------------------------------------------------------------ looking


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Three helpers and a plan that still takes submissions."""
    return make_world(tmp_path)


class Town:
    """Answers for three helpers, as they would over HTTPS."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.instances = {party: f"instance-{party}" for party in PARTIES}
        self.ahead = dict.fromkeys(PARTIES, 0)
        self.errors: dict[PartyNumber, str] = {}

    def ask(self, helper: Helper, party: PartyNumber) -> Answer:
        """Give the answer of one helper."""
        assert helper == self.world.roster.helpers[party]
        if party in self.errors:
            raise PeerError(self.errors[party], party)
        told = self.world.seats[party].reception.health() | {"instance": self.instances[party]}
        date = format_datetime(self.world.clock.now() + timedelta(seconds=self.ahead[party]), usegmt=True)
        return Answer(told, date, self.world.seats[party].identity.certificate_path.read_bytes())


def watched(world: World) -> tuple[Lookout, Town, dict[str, float]]:
    """Let helper 0 look; its steady clock is moved by hand."""
    town, steady = Town(world), {"now": 0.0}
    means = replace(world.seats[0].means, instance="instance-0")
    return Lookout(means, lambda: steady["now"], town.ask), town, steady


def levels(lookout: Lookout) -> dict[str, Level]:
    """Look, and give what is not good."""
    observed = lookout.look()
    return {one.name: one.level for one in signs_of(observed, observed.at) if one.level}


def test_the_lookout_sees_what_the_world_does(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Peers go and come back, the clock jumps, the disk fills: each is seen in one look, and noted once when it changes."""
    lookout, town, steady = watched(world)
    monkeypatch.setattr(lookout_module, "disk_of", lambda _: (90 * GIB, 100 * GIB, False))
    assert levels(lookout) == {}
    town.errors[PARTIES[2]] = "peer.unreachable"
    assert levels(lookout) == {}
    world.clock.forward(minutes=20)
    steady["now"] += 1200
    assert levels(lookout) == {"peers": Level.WATCH}
    world.clock.forward(hours=3)
    steady["now"] += 3 * 3600
    assert levels(lookout) == {"peers": Level.ALARM}
    town.errors.clear()
    assert levels(lookout) == {}
    town.ahead = dict.fromkeys(PARTIES, 400)
    assert levels(lookout) == {"clock": Level.ALARM}
    town.ahead = dict.fromkeys(PARTIES, 0)
    world.clock.forward(hours=1)
    assert levels(lookout) == {"clock": Level.ALARM}, "the wall clock moved an hour, the steady one did not"
    steady["now"] += 3600
    monkeypatch.setattr(lookout_module, "disk_of", lambda _: (MIB, 100 * GIB, False))
    assert levels(lookout) == {"disk": Level.ALARM}
    town.errors[PARTIES[1]] = "peer.certificate"
    assert levels(lookout) == {"disk": Level.ALARM, "certificate": Level.ALARM}
    noted = [json.loads(line) for line in world.seats[0].lines if "sign.changed" in line]
    told = [(one["sign"], one["level"]) for one in noted]
    peers_told = [("peers", "watch"), ("peers", "alarm"), ("peers", "good")]
    assert told == [*peers_told, ("clock", "alarm"), ("disk", "alarm"), ("clock", "good"), ("certificate", "alarm")]


def test_a_restarted_peer_is_no_copy_and_one_that_takes_turns_is(world: World) -> None:
    """A, then B is a restart; A, B, A are two."""
    lookout, town, _ = watched(world)
    levels(lookout)
    town.instances[PARTIES[1]] = "restarted"
    assert levels(lookout) == {}
    town.instances[PARTIES[1]] = "instance-1"
    assert levels(lookout) == {"copy": Level.ALARM}


def test_another_process_at_our_own_address_is_a_copy(world: World) -> None:
    """Once seen it stays told until somebody starts again: it may only have gone quiet."""
    lookout, town, _ = watched(world)
    levels(lookout)
    town.instances[PARTIES[0]] = "somebody"
    assert levels(lookout) == {"copy": Level.ALARM}
    town.instances[PARTIES[0]] = "instance-0"
    assert levels(lookout) == {"copy": Level.ALARM}


def test_each_start_is_another_instance(world: World) -> None:
    """The public answer names the process by a random word, and no other word of it changes."""
    means = world.seats[0].means
    assert "instance" not in world.seats[0].reception.health()
    reception = world.seats[0].reception
    reception._means = replace(means, instance="abcd")
    assert reception.health()["instance"] == "abcd"


# ------------------------------------------------------------------------------------------------------------ showing


class Browser:
    """Asks for the page in this process, under a host's name."""

    def __init__(self, app: ASGIApp, called: str) -> None:
        self._app, self._called = app, called

    def ask(self, method: str, path: str, headers: dict[str, str] | None = None) -> httpx.Response:
        """Send one request."""

        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(self._app)
            async with httpx.AsyncClient(transport=transport, base_url=f"http://{self._called}") as line:
                return await line.request(method, path, headers=headers)

        return asyncio.run(ask())

    def get(self, path: str, headers: dict[str, str] | None = None) -> httpx.Response:
        """GET."""
        return self.ask("GET", path, headers)


def client(lookout: Lookout, world: World, host: str = "127.0.0.1", called: str = "127.0.0.1:8446") -> Browser:
    """Call the page under a host's name."""
    return Browser(build_health_app(lookout, world.clock, 0, host), called)


def test_the_page_is_in_both_languages_and_alone(world: World) -> None:
    """French by default, English when asked; no script, no outside file; every code has its sentence."""
    lookout, _, _ = watched(world)
    page = client(lookout, world)
    assert "premier regard" in page.get("/").text
    assert page.get("/health.json").status_code == 503
    lookout.look()
    french, english = page.get("/fr"), page.get("/", headers={"accept-language": "en"})
    assert 'lang="fr"' in french.text
    assert "Tout va bien" in french.text or "Il faut agir" in french.text
    assert 'lang="en"' in english.text
    assert english.headers["content-language"] == "en"
    assert "<script" not in french.text
    assert "http" not in re.sub(r"<style>.*?</style>", "", french.text)
    assert not re.search(r"health\.[a-z]", french.text.replace("/health.json", ""))
    assert french.headers["content-security-policy"].startswith("default-src 'none'")
    assert page.get("/es").status_code == 404
    assert page.ask("POST", "/").status_code == 405


def test_a_page_of_another_site_cannot_read_it(world: World) -> None:
    """A name that leads to this machine is not enough: the request says whose name it was."""
    lookout, _, _ = watched(world)
    lookout.look()
    for path in ("/", "/fr", "/metrics", "/health.json"):
        assert client(lookout, world, called="attacker.example:8446").get(path).status_code == 404
        assert client(lookout, world, called="[::1]:8446").get(path).status_code in (200, 503)
        assert client(lookout, world, host="10.0.0.5", called="helper.lan:8446").get(path).status_code in (200, 503)


def test_where_it_listens_is_this_machine_unless_told() -> None:
    """A port alone is loopback; anything else must be written out."""
    assert watch_address("8446") == ("127.0.0.1", 8446)
    assert watch_address("10.0.0.5:8446") == ("10.0.0.5", 8446)
    with pytest.raises(InputError, match=r"helper\.watch"):
        watch_address("nowhere")


METRIC = re.compile(r'([a-z_]+)(\{[a-z]+="[^"\\\n]*"\})? -?[0-9]+(\.[0-9]+)?')


def test_metrics_are_openmetrics(world: World) -> None:
    """Families announced before their samples, units that end the name, numbers, and the end marked."""
    lookout, _, _ = watched(world)
    lookout.look()
    answer = client(lookout, world).get("/metrics")
    assert answer.headers["content-type"].startswith("application/openmetrics-text; version=1.0.0")
    lines = answer.text.splitlines()
    assert lines[-1] == "# EOF"
    assert answer.text.endswith("# EOF\n")
    announced: list[str] = []
    for line in lines[:-1]:
        if line.startswith("# TYPE "):
            announced.append(line.split()[2])
        elif line.startswith("# UNIT "):
            assert announced[-1].endswith("_" + line.split()[3])
        elif not line.startswith("# HELP "):
            matched = METRIC.fullmatch(line)
            assert matched, line
            assert matched[1].removesuffix("_info") == announced[-1]
    assert len(announced) == len(set(announced)) == 7
    assert metrics_text(None, ()).endswith("# EOF\n")


@pytest.mark.guarantee("G-04")
def test_watching_tells_nothing_of_a_submission(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Looked at before and after a submission of any size, page, JSON and metrics are the same bytes."""
    free = {"bytes": 92 * GIB}
    monkeypatch.setattr(lookout_module, "disk_of", lambda _: (free["bytes"], 100 * GIB, False))
    setting = world.publish_plan(small_plan(world.roster, world.plan_keys()))
    world.clock.forward(minutes=30)
    lookout, _, _ = watched(world)
    page = client(lookout, world)

    def shown() -> list[str]:
        lookout.look()
        return [page.get(path).text for path in ("/fr", "/en", "/metrics", "/health.json")]

    before = shown()
    assert before == shown()
    world.submit(setting, ("aube", "brise"))
    free["bytes"] -= 300 * MIB
    world.clock.forward(seconds=7)
    lookout._steady -= 7
    after = shown()
    assert [_undated(text) for text in after] == [_undated(text) for text in before]
    assert PLAN not in "".join(after)
    assert world.seats[0].means.store.count_submissions(PLAN) == 2


def _undated(text: str) -> str:
    """Leave out when the look itself was taken."""
    return re.sub(r'"seen_at":"[^"]*"|\d\d(\xa0h\xa0|:)\d\d', "", text)


def test_every_state_and_level_has_its_word() -> None:
    """No run is in a state that the page cannot name."""
    for state in RunState:
        assert f"health.state.{state.value}" in MESSAGES
    signs = tuple(Sign("disk", level, "health.disk.good", {"percent": 5}) for level in Level)
    text = page_text(1, look(runs={state.value: 1 for state in RunState}), signs, "en")
    assert text.count("<tr>") == len(RunState) + 1
    assert "health." not in text.replace("/health.json", "")


def test_a_look_that_fails_is_told_and_the_next_one_comes(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who watches must not fall silent."""
    lookout, _, _ = watched(world)
    looked = threading.Event()
    times: list[int] = []

    def broken() -> Observed:
        times.append(1)
        if len(times) > 1:
            lookout.stop()
            looked.set()
        raise OSError("secret words")

    monkeypatch.setattr(lookout, "look", broken)
    lookout.work(seconds=0.0)
    assert looked.is_set()
    told = [line for line in world.seats[0].lines if "lookout.failed" in line]
    assert len(told) == 2
    assert "secret" not in "".join(told)
