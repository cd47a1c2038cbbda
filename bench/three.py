"""Three helper processes on loopback, for benchmarks: certificates, keys, the ring, and what each process used."""

import json
import os
import resource
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sansnom.exchange.keys import SEAL_PRIVATE_BYTES, SIGN_BYTES, PrivateKeys, seal_public
from sansnom.helper.certificates import make_certificate
from sansnom.helper.peers import Neighbour, Peers, Seat, connect_ring, open_listener
from sansnom.terms.party import PARTIES, PartyNumber

MEBI = 1 << 20


@dataclass(frozen=True)
class Use:
    """What a process has used so far: CPU seconds (user and system), peak memory in MiB, wall clock."""

    cpu_seconds: float
    wall_seconds: float
    peak_mib: int


def used() -> Use:
    """Ask the system what this process has used."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return Use(usage.ru_utime + usage.ru_stime, time.perf_counter(), usage.ru_maxrss * 1024 // MEBI)


def prepare(directory: Path) -> None:
    """Make certificates, keys and free ports for three helpers in a directory."""
    ports = _free_ports(len(PARTIES))
    for party in PARTIES:
        certificate_key, certificate = make_certificate(party, datetime.now(tz=UTC))
        keys = PrivateKeys(os.urandom(SIGN_BYTES), os.urandom(SEAL_PRIVATE_BYTES))
        (directory / f"{party}.key").write_bytes(certificate_key)
        (directory / f"{party}.pem").write_bytes(certificate)
        (directory / f"{party}.seal").write_bytes(keys.seal_seed)
        public = {"port": ports[party], "seal": keys.public.seal_key}
        (directory / f"{party}.json").write_text(json.dumps(public))


def join_ring(directory: Path, party: PartyNumber) -> Peers:
    """Join the ring that `prepare` has laid out."""
    public = {p: json.loads((directory / f"{p}.json").read_text()) for p in PARTIES}
    keys = PrivateKeys(bytes(SIGN_BYTES), (directory / f"{party}.seal").read_bytes())
    seat = Seat(party, directory / f"{party}.pem", directory / f"{party}.key", keys.sealing)
    first, second = (
        Neighbour(
            p, "127.0.0.1", public[p]["port"], (directory / f"{p}.pem").read_bytes(), seal_public(public[p]["seal"])
        )
        for p in PARTIES
        if p != party
    )
    with open_listener("127.0.0.1", public[party]["port"]) as listener:
        return connect_ring(seat, (first, second), listener)


def run_three(script: Path, arguments: list[str]) -> list[dict[str, Any]]:
    """Start a script three times with DIRECTORY PARTY ARGUMENTS; collect the JSON object that each prints last."""
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    with tempfile.TemporaryDirectory() as name:
        prepare(Path(name))
        started = [
            subprocess.Popen(
                [sys.executable, str(script), name, str(party), *arguments],
                stdout=subprocess.PIPE,
                text=True,
                env=environment,
            )
            for party in PARTIES
        ]
        printed = [process.communicate()[0] for process in started]
        if any(process.returncode for process in started):
            sys.exit("a helper failed; see above")
    return [json.loads(text.strip().splitlines()[-1]) for text in printed]


def machine() -> str:
    """Describe the machine in a line, without its name."""
    model = "unknown processor"
    with open("/proc/cpuinfo", encoding="ascii", errors="replace") as lines:  # noqa: PTH123 - a device, not a file
        for line in lines:
            if line.startswith("model name"):
                model = line.partition(":")[2].strip()
                break
    return f"{os.cpu_count()} cores of {model}, Python {sys.version.split()[0]}"


def _free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports
