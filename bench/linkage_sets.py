"""Labelled data for `python -m bench.linkage`: nothing of it is ours but the newcomers, and nothing of it calibrated any weight.

FEBRL comes with `make outside`; pseudopeople is generated in .venv-bench (`PSEUDOPEOPLE` below); spellings are read from a
folder given as an argument. Every set is made again from a seed.
"""

import csv
import json
import random
import re
import subprocess
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from sansnom.desk.files.reader import read_organizations
from sansnom.terms.records import OrganizationRecords, Person
from sansnom.worlds.world import make_world
from tests.outside import febrl

BENCH = Path(".venv-bench/bin/python")
PSEUDOPEOPLE = """
import copy, csv, sys
import pandas as pd, pseudopeople as pp
noise, seed, path = float(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
config = copy.deepcopy(pp.get_config().to_dict() if hasattr(pp.get_config(), "to_dict") else pp.get_config())
def times(part):
    for name, value in part.items():
        if isinstance(value, dict): times(value)
        elif name in ("cell_probability", "probability") and isinstance(value, (int, float)): part[name] = min(0.5, value * noise)
if noise != 1: times(config)
config = config if noise != 1 else None
census, security = pp.generate_decennial_census, pp.generate_social_security
sources = [(census, 2020, .4), (census, 2020, .4), (census, 2030, .5), (security, 2030, .3)]
rows = []
for number, (generate, year, share) in enumerate(sources):
    table = generate(year=year, seed=seed + number, config=config)
    if "event_type" in table: table = table[table.event_type.astype(str).str.contains("create", case=False)]
    table = table.sample(frac=share, random_state=seed + 40 + number)
    for row in table.to_dict("records"):
        told = lambda name: "" if pd.isna(row.get(name)) else str(row[name])
        rows.append([number + 1, told("simulant_id"), told("first_name"), told("last_name"), told("date_of_birth"), told("sex"),
                     (told("street_number") + " " + told("street_name")).strip(), told("race_ethnicity")])
with open(path, "w", newline="", encoding="utf-8") as file: csv.writer(file).writerows(rows)
"""
_OCR = str.maketrans("OoIlSsBbZ", "001155882")
RESPELLED = 0.2
"""How many rows write a name in another attested spelling than the commonest: exact matching then finds what LINKAGE tells."""


@dataclass(frozen=True)
class Labelled:
    """Files whose truth is known: persons by their rows "organization/local_id", and the group of each row where told."""

    name: str
    everyone: tuple[OrganizationRecords, ...]
    persons: Mapping[str, Sequence[str]]
    groups: Mapping[str, str] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        """Count the rows."""
        return sum(len(records.persons) for records in self.everyone)


def gathered(name: str, told: Iterable[tuple[str, Person, str, str]]) -> Labelled:
    """Make a set of (organization, person, true person, group)."""
    files: dict[str, list[Person]] = defaultdict(list)
    persons: dict[str, list[str]] = defaultdict(list)
    groups: dict[str, str] = {}
    for organization, person, true, group in told:
        row = f"{organization}/{person.local_id}"
        files[organization].append(person)
        persons[true].append(row)
        groups[row] = group
    everyone = tuple(OrganizationRecords(organization, tuple(files[organization])) for organization in sorted(files))
    return Labelled(name, everyone, dict(persons), groups)


def febrl_3(seed: int) -> Labelled:
    """Deal FEBRL 3 to three organizations."""
    return _febrl("FEBRL 3, dealt to 3", [("dataset3.csv", 3)], seed)


def febrl_4(seed: int) -> Labelled:
    """Give FEBRL 4: two files of 5,000 persons."""
    return _febrl("FEBRL 4, a and b", [("dataset4a.csv", 1), ("dataset4b.csv", 1)], seed)


def _febrl(name: str, parts: list[tuple[str, int]], seed: int) -> Labelled:
    everyone: list[OrganizationRecords] = []
    persons: dict[str, list[str]] = defaultdict(list)
    for number, (data_set, organizations) in enumerate(parts, start=1):
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place)
            febrl.deal(febrl.read(data_set), organizations, folder, seed)
            dealt = read_organizations(folder / "organizations")
            everyone += [replace(records, organization=f"part-{number}-{records.organization}") for records in dealt]
            for row, person in json.loads((folder / "truth.json").read_text("utf-8")).items():
                persons[person].append(f"part-{number}-{row}")
    return Labelled(name, tuple(everyone), dict(persons))


def pseudopeople(noise: float, seed: int, *, address: bool = False, folder: Path) -> Labelled:
    """Generate the town's four sources; with `address`, house number and street stand where a postal code does."""
    path = folder / f"pseudopeople-{noise:g}-{seed}.csv"
    if not path.is_file():
        subprocess.run(
            [str(BENCH), "-c", PSEUDOPEOPLE, str(noise), str(seed), str(path)], check=True, capture_output=True
        )
    told = []
    with path.open(encoding="utf-8", newline="") as file:
        for place, row in enumerate(csv.reader(file)):
            source, true, given, surname, born, sex, street, group = row
            person = Person(
                f"p{place}",
                given,
                surname,
                _american(born),
                sex={"Male": "M", "Female": "F"}.get(sex, ""),
                postal_code=street if address else "",
            )
            told.append((f"source-{source}", person, true, group))
    title = "default noise" if noise == 1 else f"noise {noise:g}"
    return gathered(f"pseudopeople, {title}{', address' * address}", told)


def _american(told: str) -> str:
    found = re.fullmatch(r"(..)[/-](..)[/-](....)", told.strip())
    parts = (found[3], found[1], found[2]) if found else (told[:4], told[4:6], told[6:8])
    try:
        return date(*(int(part.translate(_OCR)) for part in parts)).isoformat()
    except ValueError:
        return ""


def with_strangers(labelled: Labelled, many: int, seed: int) -> Labelled:
    """Add unrelated people, each once: first name with sex, surname and birth date drawn apart from the rows that are there."""
    rng = random.Random(seed)
    there = [p for records in labelled.everyone for p in records.persons]
    given = [(p.given_names, p.sex) for p in there if p.given_names]
    surnames = [p.family_names for p in there if p.family_names]
    dates = [p.birth_date for p in there if p.birth_date]
    files = {records.organization: list(records.persons) for records in labelled.everyone}
    persons, groups = dict(labelled.persons), dict(labelled.groups)
    for number in range(many):
        first, sex = rng.choice(given)
        born = date.fromisoformat(rng.choice(dates))
        born = born.replace(month=rng.randint(1, 12), day=rng.randint(1, 28))
        organization = rng.choice(list(files))
        row = f"{organization}/s{number}"
        files[organization].append(Person(f"s{number}", first, rng.choice(surnames), born.isoformat(), sex=sex))
        persons[f"stranger-{number}"] = [row]
        groups[row] = "stranger"
    everyone = tuple(OrganizationRecords(name, tuple(files[name])) for name in sorted(files))
    return Labelled(f"{labelled.name}, {many:,} strangers", everyone, persons, groups)


def respelled(labelled: Labelled, path: Path, language: str, seed: int, january: float = 0.0) -> Labelled:
    """Give everyone a name of the list, as if born with it; rows write attested Latin spellings.

    Each name that most rows of a person tell stands for one native name of its own, so that names stay as frequent as they were.
    """
    rng = random.Random(seed)
    spellings = _spellings(path)
    left = {part: _drawn(spellings, rng) for part in ("given_names", "family_names")}
    native_of: dict[tuple[str, str], str] = {}
    files = {records.organization: {p.local_id: p for p in records.persons} for records in labelled.everyone}
    for _, rows in sorted(labelled.persons.items()):
        own = [files[row.split("/")[0]][row.split("/")[1]] for row in rows]
        on_january = rng.random() < january
        for part in ("given_names", "family_names"):
            told = Counter(getattr(p, part).casefold() for p in own if getattr(p, part))
            if not told:
                continue
            name = (part, told.most_common(1)[0][0])
            if name not in native_of:
                native_of[name] = left[part].pop() if left[part] else rng.choice(list(spellings))
            attested = spellings[native_of[name]]
            usual = max(attested, key=lambda latin: attested[latin])
            for row in rows:
                person = files[row.split("/")[0]][row.split("/")[1]]
                if not getattr(person, part):
                    continue
                latin = rng.choices(list(attested), list(attested.values()))[0] if rng.random() < RESPELLED else usual
                files[row.split("/")[0]][person.local_id] = replace(person, **{part: latin.title()})  # type: ignore[arg-type]  # fields by name
        if on_january:
            for row in rows:
                person = files[row.split("/")[0]][row.split("/")[1]]
                files[row.split("/")[0]][person.local_id] = replace(
                    person, birth_date=f"{person.birth_date[:4]}-01-01" if person.birth_date else ""
                )
    everyone = tuple(OrganizationRecords(name, tuple(files[name].values())) for name in sorted(files))
    return Labelled(f"{labelled.name}, {language} names", everyone, labelled.persons, labelled.groups)


def _spellings(path: Path) -> dict[str, dict[str, int]]:
    """Read native names with three Latin spellings or more."""
    found: dict[str, dict[str, int]] = defaultdict(dict)
    with path.open(encoding="utf-8") as file:
        for line in file:
            latin, native, count = line.rstrip("\n").split("\t")
            if " " not in latin and len(latin) > 2:
                found[native][latin] = int(count)
    return {native: latin for native, latin in found.items() if len(latin) > 2}


def _drawn(spellings: Mapping[str, Mapping[str, int]], rng: random.Random) -> list[str]:
    """Shuffle native names, those met more often towards the end (Efraimidis and Spirakis 2006)."""
    return sorted(spellings, key=lambda native: rng.random() ** (1 / sum(spellings[native].values())))


def newcomers(persons: int, noise: float, seed: int, strangers: int = 0) -> Labelled:
    """Give synthetic newcomers at 24 organizations, 40 % of them at several; strangers are newcomers at one each."""
    told = list(_newcomers(persons, noise, seed, 0.4, ""))
    if strangers:
        told += _newcomers(strangers, noise, seed + 1, 0.0, "s")
    extra = f", {strangers:,} strangers" if strangers else ""
    return gathered(f"newcomers, noise {noise:g}{extra}", told)


def _newcomers(
    persons: int, noise: float, seed: int, several: float, mark: str
) -> Iterable[tuple[str, Person, str, str]]:
    world = make_world(24, persons, seed, noise=noise, at_several=several)
    for number, records in enumerate(world.records, start=1):
        for p in records.persons:
            true = world.truth.person_of[records.organization, p.local_id]
            if true not in world.truth.unnamed:
                pool = world.truth.people[true].pool
                yield f"org-{number:02}", replace(p, local_id=mark + p.local_id), f"{mark}{true}", pool
