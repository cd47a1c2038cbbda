"""Shuffle and sort 64-bit words between three helper processes over mutual TLS: CPU, traffic, rounds, memory.

    python bench/sort.py [--rows 1048576 100000] [--json] [--spu]

Each helper's start (imports, compiled kernels from the cache, a small warm-up, the ring) is told apart from the sort.
"""

import argparse
import json
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from three import join_ring, machine, run_three, used

from sansnom.compute.reveal import Opening, reveal_to_all_helpers
from sansnom.compute.simulate import split_words
from sansnom.compute.sort import sort_words
from sansnom.terms.party import PARTIES

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    """Run as the one who asks, or, with a directory and a seat, as one helper."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, nargs="+", default=[1 << 20, 100_000])
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--spu", action="store_true", help="measure SPU beside it (needs `pip install spu`, 1 GB)")
    asked = parser.parse_args()
    found = [measure(rows) for rows in asked.rows]
    if asked.spu:
        found += [spu for rows in asked.rows if (spu := measure_spu(rows)) is not None]
    report = {
        "machine": machine(),
        "date": datetime.now(tz=UTC).date().isoformat(),
        "command": " ".join(["python", *sys.argv]),
        "sorts": found,
    }
    if asked.json:
        print(json.dumps(report, indent=2))
        return
    print(f"{report['machine']}; {report['date']}; {report['command']}")
    for one in found:
        print("; ".join(f"{name} {value}" for name, value in one.items()))


def measure(rows: int) -> dict[str, Any]:
    """Sort so many random words between three processes; add the helpers up."""
    three = run_three(Path(__file__).resolve(), [str(rows)])
    assert all(one["sorted"] for one in three), "not sorted"
    return {
        "engine": "sansnom",
        "rows": rows,
        "cpu_seconds": round(sum(one["sort_cpu"] for one in three), 2),
        "wall_seconds": round(max(one["sort_wall"] for one in three), 2),
        "sent_megabytes_per_helper": round(max(one["sent_bytes"] for one in three) / 1e6, 1),
        "wire_megabytes_per_helper": round(max(one["wire_bytes"] for one in three) / 1e6, 1),
        "rounds": three[0]["rounds"],
        "peak_mib_per_helper": max(one["peak_mib"] for one in three),
        "start_cpu_seconds": round(sum(one["start_cpu"] for one in three), 2),
        "start_peak_mib": max(one["start_mib"] for one in three),
    }


def help_sort(directory: Path, party: int, rows: int) -> None:
    """Be one helper: start, warm up, sort, and print what it took."""
    peers = join_ring(directory, PARTIES[party])
    me = peers.seat()
    peers.run(sort_words(me, split_words(np.arange(64, dtype=np.uint64), b"warm")[party]))  # loads the kernels
    start = used()
    values = np.random.default_rng(rows).integers(0, 1 << 43, rows, dtype=np.uint64) << np.uint64(20)
    values |= np.arange(rows, dtype=np.uint64)
    mine = split_words(values, b"bench")[party]
    del values
    ready, before = used(), replace(peers.traffic)
    _, ordered = peers.run(sort_words(me, mine))
    done, after = used(), replace(peers.traffic)
    plain = peers.run(reveal_to_all_helpers(me, ordered, Opening.NOISY_CELL))  # random words: nothing is secret here
    peers.close()
    row = {
        "start_cpu": start.cpu_seconds,
        "start_mib": start.peak_mib,
        "sort_cpu": done.cpu_seconds - ready.cpu_seconds,
        "sort_wall": done.wall_seconds - ready.wall_seconds,
        "peak_mib": done.peak_mib,
        "rounds": after.rounds - before.rounds,
        "sent_bytes": after.sent_bytes - before.sent_bytes,
        "wire_bytes": after.wire_bytes - before.wire_bytes,
        "sorted": bool((plain[1:] > plain[:-1]).all()),
    }
    print(json.dumps(row))


SPU_PROGRAM = """
import json, resource, sys, time
import numpy as np
import jax.numpy as jnp
import spu, spu.utils.simulation as sim
rows = int(sys.argv[1])
config = spu.RuntimeConfig(protocol=spu.ProtocolKind.ABY3, field=spu.FieldType.FM64)
simulator = sim.Simulator(3, config)
words = np.random.default_rng(rows).integers(0, 1 << 62, rows)
job = sim.sim_jax(simulator, jnp.sort)
job(words[:64])
def cpu():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime
before, start = cpu(), time.perf_counter()
found = np.asarray(job(words))
spent = {"cpu": cpu() - before, "wall": time.perf_counter() - start}
print(json.dumps({**spent, "sorted": bool((np.diff(found) >= 0).all())}))
"""


def measure_spu(rows: int) -> dict[str, Any] | None:
    """Sort with SPU's ABY3 simulator (three parties, one process), in an environment of its own; None if it cannot."""
    environment = ROOT / ".venv-bench-spu"
    python = environment / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(environment)], check=True)
        if subprocess.run([str(python), "-m", "pip", "install", "--quiet", "spu"], check=False).returncode:
            print("SPU does not install here; left out", file=sys.stderr)
            return None
    ran = subprocess.run([str(python), "-c", SPU_PROGRAM, str(rows)], capture_output=True, text=True, check=False)
    if ran.returncode:
        print(f"SPU does not run here; left out: {ran.stderr.strip().splitlines()[-1:]}", file=sys.stderr)
        return None
    told = json.loads(ran.stdout.strip().splitlines()[-1])
    return {
        "engine": "SPU ABY3, one process, no network",
        "rows": rows,
        "cpu_seconds": round(told["cpu"], 2),
        "wall_seconds": round(told["wall"], 2),
        "sorted": told["sorted"],
    }


if __name__ == "__main__":
    if len(sys.argv) > 1 and Path(sys.argv[1]).is_dir():
        help_sort(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
    else:
        main()
