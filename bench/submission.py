"""Measure what one organization waits for: its rows built, split and sealed for three helpers (target: 10^4 rows in 2 s).

    python bench/submission.py [--rows 10000] [--repeat 3] [--json]

Records are drawn from a printed seed; nothing is real. Also says what leaves the desk, in bytes.
"""

import argparse
import json
import os
import random
import sys
import time
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.three import machine
from sansnom.exchange.encode import encode_records
from sansnom.exchange.setting import Setting
from sansnom.exchange.submission import build_submission, open_submission
from sansnom.terms.records import Assessment, OrganizationRecords, Person, Referral, Service, Status
from sansnom.terms.roster import SIZE_CLASSES, Organization
from tests.exchange.examples import dictionary, keys_of, lists, opener, organization, pepper, plan, roster

SEED = 20260
SERVICES = ("reception", "employment", "french_course", "housing", "forms")


def draw_records(rows: int, seed: int = SEED) -> OrganizationRecords:
    """Draw an organization with this many persons served: three acts each, and some of everything else."""
    chance = random.Random(seed)
    persons: list[Person] = []
    acts: list[Service] = []
    assessments: list[Assessment] = []
    statuses: list[Status] = []
    referrals: list[Referral] = []
    for number in range(rows):
        local_id = f"p{number}"

        def day(first: int = 0, last: int = 364) -> str:
            return (date(2025, 4, 1) + timedelta(days=chance.randint(first, last))).isoformat()

        persons.append(
            Person(
                local_id,
                given_names=chance.choice(("Ana María", "Mohamed", "Ольга", "Văn Anh", "Jean-Baptiste", "小明")),
                family_names=f"{chance.choice(('García', 'El Amrani', 'Nguyễn', 'Ivanova'))} {chance.randbytes(3).hex()}",
                birth_date=day(-29000, -300),
                sex=chance.choice("FMX"),
                country_of_birth=chance.choice(("CO", "MA", "VN", "UA", "HT")),
                mother_tongue=chance.choice(("spanish", "arabic", "slavic")),
                category=chance.choice(("skilled_worker", "asylum_claimant", "child")),
                region=f"{chance.randint(1, 17):02}",
                arrival_date=day(-2000, 200),
            )
        )
        acts += [Service(local_id, chance.choice(SERVICES), day(), minutes=chance.randint(15, 180)) for _ in range(3)]
        assessments += [Assessment(local_id, "EQ", "speaking", chance.randint(1, 12), day()) for _ in range(2)]
        statuses.append(Status(local_id, day(), "part_time", "not_student"))
        if number % 5 == 0:
            referrals.append(Referral(local_id, "employment", "brise", day(), accepted=True))
    return OrganizationRecords(
        "aube", tuple(persons), tuple(acts), tuple(assessments), tuple(statuses), tuple(referrals)
    )


def place(rows: int) -> tuple[Setting, Organization]:
    """Put the example's plan on a roster whose first organization has the size class for this many rows."""
    own = organization(1, "aube", next(size for size in SIZE_CLASSES if size >= rows))
    on_it = replace(roster(), organizations=(own, *roster().organizations[1:]))
    return Setting.of(replace(plan(), roster_digest=on_it.digest), on_it, dictionary()), own


def measure(rows: int, repeat: int) -> dict[str, Any]:
    """Build, split and seal so often; give the best time of each phase and the bytes that leave."""
    records = draw_records(rows)
    setting, own = place(rows)
    best: dict[str, float] = {}
    sizes: tuple[int, ...] = ()
    for _ in range(repeat):
        start = time.perf_counter()
        encoded = encode_records(records, own, setting, lists(), pepper())
        built = time.perf_counter()
        sealed = build_submission(encoded.rows, setting, own, keys_of("aube"), os.urandom)
        done = time.perf_counter()
        open_submission(sealed.messages[1], setting, 1, opener(1).sealing)
        opened = time.perf_counter()
        sizes = tuple(len(message) for message in sealed.messages)
        spans = {"build": built - start, "seal": done - built, "all": done - start, "open": opened - done}
        best = {name: min(best.get(name, seconds), seconds) for name, seconds in spans.items()}
    return {
        "rows": rows,
        "size_class": own.size_class,
        "keys": len(setting.layout.keys),
        "words": setting.layout.words,
        "seed": SEED,
        "repeat": repeat,
        "build_seconds": round(best["build"], 3),
        "split_and_seal_seconds": round(best["seal"], 3),
        "submission_seconds": round(best["all"], 3),
        "open_one_helper_seconds": round(best["open"], 3),
        "bytes_to_each_helper": list(sizes),
        "target_seconds": 2 if rows <= 10_000 else None,
    }


def main() -> int:
    """Measure, and print one line, or one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, nargs="+", default=[10_000])
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    asked = parser.parse_args()
    report: dict[str, Any] = {
        "machine": machine(),
        "date": datetime.now(tz=UTC).date().isoformat(),
        "command": " ".join(["python", *sys.argv]),
        "submissions": [measure(rows, asked.repeat) for rows in asked.rows],
    }
    if asked.json:
        print(json.dumps(report, indent=2))
        return 0
    print(f"{report['machine']}; {report['date']}; {report['command']}")
    for one in report["submissions"]:
        print("; ".join(f"{name} {value}" for name, value in one.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
