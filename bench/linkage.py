"""Linking FEBRL 3 and 4 in the clear: our keys and scores, exact match, and splink 5 in its own environment. Rows, F1, counts.

.venv/bin/python bench/linkage.py [--splink]      (--splink needs .venv-bench with splink; tables are exchanged as CSV)
"""

import csv
import json
import subprocess
import sys
import tempfile
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

from sansnom.audit.linkage import Clusters, score
from sansnom.audit.linking_run import default_linking, link_files
from sansnom.desk.files.reader import read_organizations
from sansnom.terms.records import OrganizationRecords
from tests.outside import febrl

BENCH = Path(".venv-bench/bin/python")
SPLINK = """
import csv, json, sys
import pandas as pd, splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on
rows = pd.read_csv(sys.argv[1], dtype=str).replace("", None)
api = DuckDBAPI()
blocks = [block_on("given", "surname"), block_on("dob"), block_on("postal", "surname"), block_on("postal", "given")]
settings = SettingsCreator(link_type="dedupe_only", unique_id_column_name="row", blocking_rules_to_generate_predictions=blocks,
    comparisons=[cl.NameComparison("given"), cl.NameComparison("surname"),
        cl.DateOfBirthComparison("dob", input_is_string=True), cl.LevenshteinAtThresholds("postal", 1)])
table = api.register(rows) if hasattr(api, "register") else rows
linker = Linker(table, settings) if hasattr(api, "register") else Linker(table, settings, api)
linker.training.estimate_probability_two_random_records_match([block_on("given", "surname", "dob")], recall=0.5)
linker.training.estimate_u_using_random_sampling(max_pairs=2e6, seed=1)
for rule in (block_on("dob"), block_on("given", "surname")):
    linker.training.estimate_parameters_using_expectation_maximisation(rule)
pairs = linker.inference.predict(threshold_match_probability=0.9)
found = linker.clustering.cluster_pairwise_predictions_at_threshold(pairs, 0.9).as_pandas_dataframe()
print(json.dumps([list(g) for g in found.groupby("cluster_id")["row"].apply(list)]))
"""


def exact(everyone: tuple[OrganizationRecords, ...]) -> Clusters:
    """Link equal names and birth dates; missing links nobody."""
    groups: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for records in everyone:
        for p in records.persons:
            row = f"{records.organization}/{p.local_id}"
            told = (p.given_names.casefold(), p.family_names.casefold(), p.birth_date)
            groups[told if all(told) else (row,)].append(row)
    return list(groups.values())


def splink(everyone: tuple[OrganizationRecords, ...], folder: Path) -> Clusters:
    """Let splink link the same rows: names, birth date, postal code; expectation maximisation; p >= 0.9."""
    path = folder / "rows.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("row", "given", "surname", "dob", "postal"))
        for records in everyone:
            for p in records.persons:
                row = f"{records.organization}/{p.local_id}"
                writer.writerow((row, p.given_names, p.family_names, p.birth_date, p.postal_code))
    done = subprocess.run([str(BENCH), "-c", SPLINK, str(path)], capture_output=True, text=True, check=False)
    if done.returncode:
        print("splink did not run:", done.stderr.strip().splitlines()[-1:], file=sys.stderr)
        return []
    return [[str(row) for row in cluster] for cluster in json.loads(done.stdout.strip().splitlines()[-1])]


def files_of(
    parts: list[tuple[list[dict[str, str]], int]], folder: Path
) -> tuple[tuple[OrganizationRecords, ...], dict[str, list[str]]]:
    """Deal each part to organizations of its own; give their records, and each person's rows."""
    everyone: list[OrganizationRecords] = []
    persons: dict[str, list[str]] = defaultdict(list)
    for number, (records, organizations) in enumerate(parts, start=1):
        febrl.deal(records, organizations, folder / str(number))
        dealt = read_organizations(folder / str(number) / "organizations")
        everyone += [replace(records, organization=f"part-{number}-{records.organization}") for records in dealt]
        for row, person in json.loads((folder / str(number) / "truth.json").read_text("utf-8")).items():
            persons[person].append(f"part-{number}-{row}")
    return tuple(everyone), persons


def main() -> None:
    """Measure each data set with each method."""
    sets = {"FEBRL 3, dealt to 3": [(febrl.read("dataset3.csv"), 3)]}
    sets["FEBRL 4, a and b"] = [(febrl.read("dataset4a.csv"), 1), (febrl.read("dataset4b.csv"), 1)]
    for name, parts in sets.items():
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place)
            everyone, persons = files_of(parts, folder)
            methods = {"sansnom": link_files(everyone, default_linking(everyone)), "exact": exact(everyone)}
            if "--splink" in sys.argv:
                methods["splink 5"] = splink(everyone, folder)
        for method, linked in methods.items():
            if linked:
                scored = score(linked, list(persons.values()))
                figures = f"F1 {scored.pairs.f1:.4f}  distinct {scored.distinct.error:+.3f}  overlap {scored.overlap_error:+.3f}"
                print(
                    f"{name:20} {method:9} P {scored.pairs.precision:.3f} R {scored.pairs.recall:.3f} {figures}",
                    flush=True,
                )


if __name__ == "__main__":
    main()
