"""Answer a plan of twelve tables on four keys between three helper processes over mutual TLS: time, traffic, memory.

    python bench/plan.py [--organizations 1000] [--size-class 1024] [--json]     three processes
    python bench/plan.py --keys 8 --scored ...                                   all keys but the strict one score neighbours
    python bench/plan.py --simulator [--profile] ...                             one process, by stage

A size class of 1,024 holds organizations of 1,000 rows. Rounds and bytes are those of the protocol; drawing the rows and
splitting them is done before, by the one who asks, and is not measured (`bench/submission.py` does that).
"""

import argparse
import cProfile
import json
import pstats
import sys
import tempfile
import time
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from plan_world import KEYS, twelve_tables, world_columns
from three import join_ring, machine, run_three, used

from sansnom.compute.programs.answer import answer_plan
from sansnom.compute.programs.cells import cells_of_plan
from sansnom.compute.share import Words
from sansnom.compute.simulate import Trace, seat_three, split_words
from sansnom.compute.simulate import run_three as simulate_three
from sansnom.compute.sort import sort_words
from sansnom.compute.submitted import SubmittedShares
from sansnom.terms.party import PARTIES
from sansnom.terms.plan import Plan
from sansnom.terms.schema import RowLayout, row_layout
from sansnom.terms.vocabulary import Dictionary

PARTS = ("keys", "payload", "tallies")


@dataclass(frozen=True, slots=True)
class Asked:
    """What is measured: how many rows of how many organizations, and which plan."""

    organizations: int
    size_class: int
    keys: int
    scored: bool

    @property
    def rows(self) -> int:
        """Count the rows, dummies included."""
        return self.organizations * self.size_class

    @property
    def plan(self) -> Plan:
        """Give the plan."""
        return twelve_tables(self.keys, self.rows if self.scored else 0)

    @property
    def layout(self) -> RowLayout:
        """Derive the layout of the plan."""
        lists = Dictionary.from_json(json.loads((files("sansnom.terms.dictionary") / "2026.1.json").read_text("utf-8")))
        return row_layout(self.plan, lists)

    @property
    def no_noise(self) -> NDArray[np.int64]:
        """Give noise of zero for every cell: figures can be read, and cost the same."""
        return np.zeros(sum(cells_of_plan(self.plan, self.layout).values()), dtype=np.int64)


def write_shares(directory: Path, asked: Asked) -> None:
    """Draw a world and write each helper's shares of it."""
    *columns, desks = world_columns(asked.layout, asked.organizations, asked.size_class, 1)
    np.save(directory / "organizations.npy", desks)
    for name, part in zip(PARTS, columns, strict=True):
        for party, shared in zip(PARTIES, split_words(part, name.encode()), strict=True):
            np.save(directory / f"{name}-{party}.npy", shared.pair)


def read_shares(directory: Path, party: int) -> SubmittedShares:
    """Read one helper's shares."""
    keys, payload, tallies = (Words(np.load(directory / f"{name}-{party}.npy")) for name in PARTS)
    return SubmittedShares(keys, payload, tallies, np.load(directory / "organizations.npy"))


def measure(asked: Asked) -> dict[str, Any]:
    """Answer the plan between three processes; add the helpers up."""
    with tempfile.TemporaryDirectory() as name:
        write_shares(Path(name), asked)
        three = run_three(Path(__file__).resolve(), ["help", name, json.dumps(asdict(asked))])
    assert all(one["cells"] == three[0]["cells"] for one in three), "the helpers opened different cells"
    return {
        "rows": asked.rows,
        "organizations": asked.organizations,
        "keys": asked.keys,
        "scored": asked.scored,
        "wall_seconds": round(max(one["wall"] for one in three), 1),
        "cpu_seconds": round(sum(one["cpu"] for one in three), 1),
        "rounds": three[0]["rounds"],
        "sent_megabytes_per_helper": round(max(one["sent_bytes"] for one in three) / 1e6),
        "peak_mib_per_helper": max(one["peak_mib"] for one in three),
        "start_cpu_seconds": round(sum(one["start_cpu"] for one in three), 1),
    }


def help_answer(directory: Path, party: int, shares: Path, asked: Asked) -> None:
    """Be one helper: start, warm up, read the shares, answer, and print what it took."""
    peers = join_ring(directory, PARTIES[party])
    me = peers.seat()
    peers.run(sort_words(me, Words(np.zeros((1, 2), dtype=np.uint64))))
    start, before = used(), replace(peers.traffic)
    answer = peers.run(answer_plan(me, read_shares(shares, party), asked.layout, asked.plan, asked.no_noise))
    done, after = used(), replace(peers.traffic)
    peers.close()
    told = {
        "start_cpu": start.cpu_seconds,
        "cpu": done.cpu_seconds - start.cpu_seconds,
        "wall": done.wall_seconds - start.wall_seconds,
        "peak_mib": done.peak_mib,
        "rounds": after.rounds - before.rounds,
        "sent_bytes": after.sent_bytes - before.sent_bytes,
        "cells": {name: cells.tolist() for name, cells in answer.opened.items()},
    }
    print(json.dumps(told))


def simulate(asked: Asked) -> None:
    """Answer the plan in one process; print CPU and rounds by stage."""
    trace, stages = Trace(), list[tuple[str, float, int]]()

    def tell(stage: str) -> None:
        stages.append((stage, time.process_time(), trace.rounds))

    with tempfile.TemporaryDirectory() as name:
        write_shares(Path(name), asked)
        zero, one, two = (
            answer_plan(
                me,
                read_shares(Path(name), me.number),
                asked.layout,
                asked.plan,
                asked.no_noise,
                tell if not me.number else str,  # the two others' stages are the same
            )
            for me in seat_three(b"bench")
        )
    simulate_three((zero, one, two), trace=trace)
    tell("end")
    for (stage, at, rounds), (_, after, later) in pairwise(stages):
        print(f"{stage:24} {after - at:8.2f} CPU s of three {later - rounds:6} rounds")
    print(f"{trace.rounds} rounds, {max(trace.sent_bytes) / 1e6:.0f} MB sent by a helper")


def main() -> None:
    """Run as the one who asks, or, with a directory and a seat, as one helper."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--organizations", type=int, default=1000)
    parser.add_argument("--size-class", type=int, default=1024)
    parser.add_argument("--keys", type=int, default=4, choices=range(1, len(KEYS) + 1))
    parser.add_argument(
        "--scored", action="store_true", help="score neighbours in the order of every key but the strict one"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--simulator", action="store_true")
    parser.add_argument("--profile", action="store_true", help="profile the simulator")
    options = parser.parse_args()
    asked = Asked(options.organizations, options.size_class, options.keys, options.scored)
    if options.simulator:
        profile = cProfile.Profile()
        run = profile.runcall if options.profile else (lambda call, *sizes: call(*sizes))
        run(simulate, asked)
        if options.profile:
            pstats.Stats(profile).sort_stats("tottime").print_stats(25)
        return
    report = {
        "machine": machine(),
        "date": datetime.now(tz=UTC).date().isoformat(),
        "command": " ".join(["python", *sys.argv]),
        "plan": measure(asked),
    }
    if options.json:
        print(json.dumps(report, indent=2))
        return
    print(f"{report['machine']}; {report['date']}; {report['command']}")
    print("; ".join(f"{name} {value}" for name, value in report["plan"].items()))


if __name__ == "__main__":
    if len(sys.argv) == 6 and sys.argv[3] == "help":
        help_answer(Path(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[4]), Asked(**json.loads(sys.argv[5])))
    else:
        main()
