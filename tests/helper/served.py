"""A helper as an operator starts it, and ports for it that no other test on this machine takes."""

import os
import socket
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from secrets import randbelow
from typing import Final

SOURCE: Final = Path(__file__).resolve().parents[2] / "src"
_KEPT: Final[list[socket.socket]] = []


def free_ports(count: int) -> list[int]:
    """Find ports that nobody has, below those that the system hands out for outgoing connections, and keep them to the end.

    Each stays bound, without listening, as long as this process lives. A search binds alone and so passes it over, in whatever
    process; a server may be bound there beside it, as often as a test starts one, for both allow that their address is shared.
    """
    ports: list[int] = []
    while len(ports) < count:
        kept, port = socket.socket(), 20_000 + randbelow(12_000)
        with suppress(OSError):
            kept.bind(("127.0.0.1", port))
            kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            _KEPT.append(kept)
            ports.append(port)
            continue
        kept.close()
    return ports


def start_helper(folder: Path, party: int, ports: Sequence[int]) -> "subprocess.Popen[bytes]":
    """Start the helper of `folder/helper-N` on its two ports of six; it writes its notes to `folder/notes-N.jsonl`."""
    command = [
        *(sys.executable, "-m", "sansnom", "helper", "serve", "--dir", str(folder / f"helper-{party}")),
        *("--roster", str(folder / "roster.json"), "--board", str(folder / "board")),
        *("--listen", f"127.0.0.1:{ports[party]}", "--peer-listen", f"127.0.0.1:{ports[party + 3]}"),
    ]
    told = {"PYTHONPATH": str(SOURCE), "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    with (folder / f"notes-{party}.jsonl").open("ab") as notes:
        return subprocess.Popen(command, stdout=notes, stderr=notes, env=os.environ | told)
