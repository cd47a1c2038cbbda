"""Three helpers as processes of their own: HTTPS with pinned certificates, the real ring, a kill, a signal."""

import json
import signal
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from sansnom.exchange.rows import all_dummies
from sansnom.exchange.setting import Setting
from sansnom.exchange.submission import build_submission
from sansnom.helper.certificates import fetch_certificate, pinned_context
from sansnom.helper.clock import SystemClock, written
from sansnom.helper.serve import Service, open_means
from sansnom.helper.watch import Watch
from sansnom.terms.errors import InputError, PeerError
from sansnom.terms.party import PARTIES
from sansnom.terms.plan import HelperSeat, Period
from sansnom.terms.release import Release
from sansnom.transparency.signature import verify_object
from tests.exchange import examples
from tests.helper.served import free_ports, start_helper
from tests.helper.world import PLAN, SAID, World, make_world, small_plan

PATIENCE_SECONDS = 60.0


@dataclass
class Processes:
    """Three helpers on loopback."""

    world: World
    ports: list[int]
    running: dict[int, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, party: int) -> None:
        """Start one helper as an operator does."""
        self.running[party] = start_helper(self.world.folder, party, self.ports)

    def client(self, party: int) -> httpx.Client:
        """Give a client that pins the roster's certificate."""
        pem = wait_for(lambda: self._certificate(party))
        context = pinned_context(pem)
        return httpx.Client(
            base_url=f"https://127.0.0.1:{self.ports[party]}", verify=context, trust_env=False, timeout=30
        )

    def _certificate(self, party: int) -> bytes | None:
        assert self.running[party].poll() is None, self.notes(party)
        try:
            digest = self.world.roster.helpers[party].certificate
            return fetch_certificate(PARTIES[party], "127.0.0.1", self.ports[party], digest, 5.0)
        except PeerError:
            return None

    def progress(self, party: int) -> dict[str, Any]:
        """Ask one helper how far the run is."""
        with self.client(party) as client:
            told: dict[str, Any] = client.get(f"/plans/{PLAN}/progress").json()
            return told

    def notes(self, party: int) -> list[dict[str, Any]]:
        """Read what a helper wrote: every line is one JSON object."""
        lines = (self.world.folder / f"notes-{party}.jsonl").read_text().splitlines()
        return [json.loads(line) if line.startswith("{") else {"event": line} for line in lines]


def wait_for(ask: Any) -> Any:
    """Ask again and again until the answer is there."""
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        answer = ask()
        if answer:
            return answer
        time.sleep(0.05)
    raise AssertionError("nothing happened in time")


@contextmanager
def three_processes(folder: Path) -> Iterator[Processes]:
    """Start three helpers; whatever happens, end them."""
    ports = free_ports(6)
    addresses = [(f"https://127.0.0.1:{ports[p]}", f"127.0.0.1:{ports[p + 3]}") for p in PARTIES]
    world = make_world(folder, addresses)
    for seat in world.seats:
        seat.means.store.close()
    processes = Processes(world, ports)
    try:
        for party in PARTIES:
            processes.start(party)
        yield processes
    finally:
        for process in processes.running.values():
            process.kill()
            process.wait()


def publish(processes: Processes) -> Setting:
    """Ask for keys and publish a plan whose cut-off lies a day ahead of this machine's clock."""
    world, now = processes.world, SystemClock().now()
    seats = []
    for party in PARTIES:
        with processes.client(party) as client:
            asked = world.order("plan-key-request", plan=PLAN, roster_digest=world.roster.digest)
            told = client.post(f"/plans/{PLAN}/keys", content=asked).json()["signed"]
            seats.append(HelperSeat(SAID, told["seal_key"], told["sign_key"], told["noise_commitment"]))
    year = now.year - 2
    plan = replace(
        small_plan(world.roster, tuple(seats)),
        period=Period(f"{year}-04-01", f"{year + 1}-03-31"),
        budget_year=f"{year}-{year + 1}",
        cutoff=written(now + timedelta(days=1)),
    )
    for party in PARTIES:
        with processes.client(party) as client:
            assert client.put(f"/plans/{PLAN}", content=world.plan_file(plan)).status_code == 201
    return world.setting(plan)


def submit(processes: Processes, setting: Setting) -> None:
    """Send a submission of each organization to each helper."""
    for organization in setting.roster.organizations:
        keys, draw = examples.keys_of(organization.code), examples.seeded(organization.code)
        rows = all_dummies(setting.layout, organization.size_class)
        sealed = build_submission(rows, setting, organization, keys, draw)
        for party in PARTIES:
            with processes.client(party) as client:
                where = f"/plans/{PLAN}/submissions/{organization.number}"
                assert client.put(where, content=sealed.messages[party]).status_code == 201


def close(processes: Processes, setting: Setting) -> None:
    """Close the plan at each helper."""
    order = processes.world.order("close-order", plan=PLAN, plan_digest=setting.plan_digest)
    for party in PARTIES:
        with processes.client(party) as client:
            assert client.post(f"/plans/{PLAN}/close", content=order).json() == {"closed": True}


@pytest.mark.guarantee("G-08")
def test_three_processes_publish_although_one_is_killed(tmp_path: Path) -> None:
    """Killed in the middle of a run, start again: one release, three signatures, keys destroyed; a signal ends all cleanly."""
    with three_processes(tmp_path) as processes:
        setting = publish(processes)
        submit(processes, setting)
        close(processes, setting)
        wait_for(lambda: processes.progress(1)["rounds"] > 20 or processes.progress(1)["state"] == "destroyed")
        processes.running[1].kill()
        processes.running[1].wait()
        processes.start(1)
        wait_for(lambda: all(processes.progress(p)["state"] == "destroyed" for p in PARTIES))
        wait_for(lambda: len(list((processes.world.board / "releases" / PLAN).glob("*.json"))) == 5)
        told = json.loads((processes.world.board / "releases" / PLAN / "release.json").read_bytes())
        keys = [helper.sign_key for helper in processes.world.roster.helpers]
        release = Release.from_json(verify_object("release", told, keys, 3))
        assert release.organizations == 4
        for party in PARTIES:
            with processes.client(party) as client:
                assert client.get(f"/plans/{PLAN}/release").json() == told
                assert client.get(f"/plans/{PLAN}/verdicts/1").status_code == 200
        for process in processes.running.values():
            process.send_signal(signal.SIGTERM)
        assert {process.wait(PATIENCE_SECONDS) for process in processes.running.values()} == {0}
        assert [processes.notes(party)[-1]["event"] for party in PARTIES] == ["helper.stopped"] * 3


def test_strangers_cost_little_and_learn_nothing(tmp_path: Path) -> None:
    """TLS 1.2, plain HTTP, another certificate's client, silence, oversized bodies: turned away; the helper goes on serving."""
    with three_processes(tmp_path) as processes:
        port = processes.ports[0]
        with processes.client(0) as client:
            old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
            old.maximum_version = ssl.TLSVersion.TLSv1_2
            with socket.create_connection(("127.0.0.1", port)) as plain, pytest.raises(OSError, match=r"(?i)ssl|reset"):
                old.wrap_socket(plain)
            with socket.create_connection(("127.0.0.1", port)) as plain:
                plain.sendall(b"GET /health HTTP/1.1\r\n\r\n")
                assert b"200" not in plain.recv(100)
            large = client.put(f"/plans/{PLAN}", content=bytes(300_000))
            assert (large.status_code, large.json()["code"]) == (413, "body.size")
        with processes.client(0) as client:
            answer = client.get("/health")
            assert answer.json()["ok"]
            assert "server" not in answer.headers
        with pytest.raises(PeerError, match=r"peer\.certificate"):
            fetch_certificate(PARTIES[0], "127.0.0.1", port, processes.world.roster.helpers[1].certificate)
        with socket.create_connection(("127.0.0.1", processes.ports[3])) as stranger:
            stranger.sendall(b"hello")
        noted = {(note["event"], note.get("status")) for note in processes.notes(0)}
        assert ("request", 413) in noted
        assert not [note for note in processes.notes(0) if note["event"] == "request.failed"]


def service(world: World, **changed: Any) -> Service:
    """Describe a helper's service on ports that nobody needs."""
    given: dict[str, Any] = {
        "directory": world.folder / "helper-0",
        "roster": world.folder / "roster.json",
        "board": str(world.board),
        "listen": "127.0.0.1:1",
        "peer_listen": "127.0.0.1:2",
    }
    return Service(**(given | changed))


def test_two_processes_cannot_have_one_store(tmp_path: Path) -> None:
    """A second start of the same helper is refused: two could sign two sets."""
    world = make_world(tmp_path)
    clock = SystemClock()
    with open_means(service(world), clock, Watch(clock, lambda _: None)) as means:
        assert means.identity.party == 0
        with pytest.raises(InputError, match=r"store\.locked"), open_means(service(world), clock, means.watch):
            pass
    with open_means(service(world), clock, Watch(clock, lambda _: None)):
        pass


def test_a_helper_serves_only_under_a_roster_that_names_it(tmp_path: Path) -> None:
    """A missing file, a broken one, a changed one, and one with other keys are refused before anything is served."""
    world = make_world(tmp_path)
    clock = SystemClock()
    path = tmp_path / "other.json"

    def refused() -> str:
        with pytest.raises(Exception) as wrong, open_means(service(world, roster=path), clock, Watch(clock, print)):  # noqa: PT011 - its code is looked at below
            pass
        return str(getattr(wrong.value, "code", wrong.value))

    assert refused() == "helper.roster"
    path.write_bytes(b"{")
    assert refused() == "roster.file"
    changed = json.loads((tmp_path / "roster.json").read_bytes())
    changed["signed"]["year"] = "2027"
    path.write_text(json.dumps(changed))
    assert refused() == "signature.wrong"
    (tmp_path / "second").mkdir()
    make_world(tmp_path / "second", seed="other keys")
    path.write_bytes((tmp_path / "second" / "roster.json").read_bytes())
    assert refused() == "helper.not_on_roster"
