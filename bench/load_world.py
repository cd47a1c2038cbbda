"""Three real helper processes on loopback and a roster of any length: for `bench/load.py`, and its fixed slice among the tests."""

import os
import signal
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final

import httpx

from sansnom.exchange.encode import encode_records
from sansnom.exchange.keys import PrivateKeys
from sansnom.exchange.setting import Setting
from sansnom.exchange.submission import SealedSubmission, build_submission
from sansnom.helper.certificates import fetch_certificate, make_certificate, pinned_context
from sansnom.helper.clock import SystemClock, written
from sansnom.helper.keys import initialize_helper
from sansnom.helper.means import load_dictionary
from sansnom.terms.canonical import canonical_bytes
from sansnom.terms.errors import PeerError
from sansnom.terms.parse import Text
from sansnom.terms.party import PARTIES
from sansnom.terms.plan import HelperSeat, Period
from sansnom.terms.records import OrganizationRecords
from sansnom.terms.roster import Roster
from sansnom.transparency.signature import sign_object
from tests.exchange import examples
from tests.helper.served import free_ports, start_helper
from tests.helper.world import PLAN, SAID, small_plan

PATIENCE_SECONDS: Final = 600.0


@dataclass(frozen=True)
class Loaded:
    """Three helpers that run, and everything a convener and the desks know of them."""

    folder: Path
    roster: Roster
    convener: PrivateKeys
    ports: list[int]
    processes: list[subprocess.Popen[bytes]]
    contexts: list[ssl.SSLContext]

    def client(self, party: int) -> httpx.Client:
        """Give a convener's client of one helper."""
        url = f"https://127.0.0.1:{self.ports[party]}"
        return httpx.Client(base_url=url, verify=self.contexts[party], trust_env=False, timeout=60)

    def order(self, kind: str, **told: str) -> bytes:
        """Write an order that the convener signs."""
        signed = {"schema": f"sansnom/{kind}/1", **told}
        return canonical_bytes(sign_object(kind, signed, self.convener.signing))

    def publish(self) -> Setting:
        """Ask for keys and hand a plan to all three: one key, three tables, a cut-off within a day."""
        now = SystemClock().now()
        seats = []
        for party in PARTIES:
            with self.client(party) as client:
                asked = self.order("plan-key-request", plan=PLAN, roster_digest=self.roster.digest)
                told = client.post(f"/plans/{PLAN}/keys", content=asked).json()["signed"]
                seats.append(HelperSeat(SAID, told["seal_key"], told["sign_key"], told["noise_commitment"]))
        year = now.year - 2
        plan = replace(
            small_plan(self.roster, tuple(seats)),
            period=Period(f"{year}-04-01", f"{year + 1}-03-31"),
            budget_year=f"{year}-{year + 1}",
            cutoff=written(now + timedelta(days=1)),
        )
        envelope = canonical_bytes(sign_object("plan", plan.to_json(), self.convener.signing))
        for party in PARTIES:
            with self.client(party) as client:
                answer = client.put(f"/plans/{PLAN}", content=envelope)
                if not answer.is_success:
                    raise SystemExit(f"helper {party} refused the plan: {answer.text}")
        return Setting.of(plan, self.roster, load_dictionary(plan.dictionary))

    def close(self, setting: Setting) -> None:
        """Close the plan at all three."""
        order = self.order("close-order", plan=PLAN, plan_digest=setting.plan_digest)
        for party in PARTIES:
            with self.client(party) as client:
                client.post(f"/plans/{PLAN}/close", content=order).raise_for_status()

    def computed(self) -> list[dict[int, str]]:
        """Wait until the release is out; give, of each helper, the set it signed: roster number and manifest's digest."""
        until = time.monotonic() + PATIENCE_SECONDS
        sets: list[dict[int, str]] = []
        for party in PARTIES:
            with self.client(party) as client:
                while client.get(f"/plans/{PLAN}/release").status_code != httpx.codes.OK:
                    if time.monotonic() > until:
                        raise SystemExit(f"no release: {client.get(f'/plans/{PLAN}/progress').text}")
                    time.sleep(0.5)
                told = client.get(f"/plans/{PLAN}/submission-set").json()["signed"]["members"]
                sets.append({member["organization"]: member["manifest"] for member in told})
        return sets

    def use(self) -> list[dict[str, float]]:
        """Give each helper's peak memory so far (MiB) and processor seconds, user and system."""
        ticks = os.sysconf("SC_CLK_TCK")
        told = []
        for process in self.processes:
            status = Path(f"/proc/{process.pid}/status").read_text("ascii")
            peak = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))
            fields = Path(f"/proc/{process.pid}/stat").read_text("ascii").rpartition(")")[2].split()
            cpu = (int(fields[11]) + int(fields[12])) / ticks
            told.append({"peak_mib": round(peak / 1024), "cpu_seconds": round(cpu, 1)})
        return told


@contextmanager
def three_helpers(folder: Path, organizations: int, size_class: int) -> Iterator[Loaded]:
    """Start three helpers for a roster of so many organizations; whatever happens, end them."""
    ports, clock = free_ports(6), SystemClock()
    entries = tuple(
        initialize_helper(
            folder / f"helper-{party}",
            party=party,
            name=Text(f"Calcul {party}", f"Helper {party}"),
            institution=SAID,
            url=f"https://127.0.0.1:{ports[party]}",
            peer_address=f"127.0.0.1:{ports[party + 3]}",
            randomness=os.urandom,
            clock=clock,
            certify=make_certificate,
        )
        for party in PARTIES
    )
    listed = tuple(examples.organization(n, code_of(n), size_class) for n in range(1, organizations + 1))
    convener = examples.keys_of("convener")
    roster = Roster(1, "2026", SAID, convener.public.sign_key, entries, listed, trial=True)
    signed = canonical_bytes(sign_object("roster", roster.to_json(), convener.signing))
    (folder / "roster.json").write_bytes(signed)
    processes: list[subprocess.Popen[bytes]] = []
    try:
        processes += [start_helper(folder, party, ports) for party in PARTIES]
        certificates = [_certificate(ports[p], roster, p, processes[p]) for p in PARTIES]
        contexts = [pinned_context(certificate) for certificate in certificates]
        yield Loaded(folder, roster, convener, ports, processes, contexts)
    finally:
        for process in processes:
            process.send_signal(signal.SIGTERM)
        for process in processes:
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _certificate(port: int, roster: Roster, party: int, process: "subprocess.Popen[bytes]") -> bytes:
    until = time.monotonic() + PATIENCE_SECONDS
    fetch = partial(fetch_certificate, PARTIES[party], "127.0.0.1", port, roster.helpers[party].certificate, 5.0)
    while True:
        try:
            return fetch()
        except PeerError:
            if process.poll() is not None or time.monotonic() > until:
                raise SystemExit(f"helper {party} did not start") from None
            time.sleep(0.1)


def code_of(number: int) -> str:
    """Name an organization by its number."""
    return f"organisme-{number}"


def sealed_answers(setting: Setting, records: list[OrganizationRecords]) -> list[SealedSubmission]:
    """Encode, split, sign and seal for every organization of the roster; the records take turns."""
    encoded: dict[int, Any] = {}
    made = []
    for place, organization in enumerate(setting.roster.organizations):
        turn = place % len(records)
        if turn not in encoded:
            told = replace(records[turn], organization=organization.code)
            encoded[turn] = encode_records(told, organization, setting, examples.lists(), examples.pepper()).rows
        keys = examples.keys_of(organization.code)
        made.append(build_submission(encoded[turn], setting, organization, keys, os.urandom))
    return made
