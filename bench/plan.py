"""Time a whole plan in the simulator: three helpers in one thread, so that wall time is CPU time of all three.

    python bench/plan.py [ORGANIZATIONS] [SIZE_CLASS] [--profile]

Rounds and bytes are those of the network; figures and their machine are in docs/performance.md.
"""

import argparse
import cProfile
import json
import pstats
import resource
import time
from importlib.resources import files
from itertools import pairwise

import numpy as np
from plan_world import twelve_tables, world_columns

from sansnom.compute.programs.answer import Answer, answer_plan
from sansnom.compute.programs.cells import cells_of_plan
from sansnom.compute.share import Words
from sansnom.compute.simulate import Trace, run_three, seat_three, split_words
from sansnom.compute.submitted import SubmittedShares
from sansnom.terms.schema import row_layout
from sansnom.terms.vocabulary import Dictionary


def run(organizations: int, size_class: int) -> None:
    """Draw a world, answer the plan, print time by stage, rounds, bytes and memory."""
    plan = twelve_tables()
    lists = Dictionary.from_json(json.loads((files("sansnom.terms.dictionary") / "2026.1.json").read_text("utf-8")))
    layout = row_layout(plan, lists)
    keys, payload, tallies, desks = world_columns(layout, organizations, size_class, 1)
    shared = [split_words(part, bytes([n])) for n, part in enumerate((keys, payload, tallies))]
    del keys, payload
    noise = np.zeros(sum(cells_of_plan(plan, layout).values()), dtype=np.int64)
    trace = Trace()
    begun = time.process_time()
    stages: list[tuple[str, float, int]] = []

    def tell(stage: str) -> None:
        stages.append((stage, time.process_time() - begun, trace.rounds))

    zero, one, two = (
        answer_plan(
            me,
            SubmittedShares(Words(shared[0][me.number].pair), shared[1][me.number], shared[2][me.number], desks),
            layout,
            plan,
            noise,
            tell if me.number == 0 else lambda _: None,
        )
        for me in seat_three(b"bench")
    )
    shared.clear()
    done: tuple[Answer, Answer, Answer] = run_three((zero, one, two), trace=trace)
    tell("end")
    for (stage, at, rounds), (_, after, later) in pairwise(stages):
        print(f"{stage:24} {after - at:8.2f} CPU s {later - rounds:6} rounds")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    print(f"{len(desks)} rows, {layout.words} words: {stages[-1][1]:.1f} CPU s of all three, {trace.rounds} rounds")
    print(f"{max(trace.sent_bytes) / 1e6:.0f} MB sent by a helper, {memory} MiB for all three")
    print({name: cells.sum() for name, cells in done[0].opened.items()})


def main() -> None:
    """Read the size and run, under the profiler if asked."""
    parser = argparse.ArgumentParser()
    parser.add_argument("organizations", nargs="?", type=int, default=100)
    parser.add_argument("size_class", nargs="?", type=int, default=1024)
    parser.add_argument("--profile", action="store_true")
    told = parser.parse_args()
    if not told.profile:
        run(told.organizations, told.size_class)
        return
    profile = cProfile.Profile()
    profile.runcall(run, told.organizations, told.size_class)
    pstats.Stats(profile).sort_stats("tottime").print_stats(25)


if __name__ == "__main__":
    main()
