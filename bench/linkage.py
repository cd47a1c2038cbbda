"""Linking labelled data in the clear: our keys and scores, splink 5 in its own environment, exact match. A table and JSON.

    .venv/bin/python -m bench.linkage [--splink] [--seed N] [--spellings DIR] [--json FILE] [--only WORD] [--rules KEYS/SCORES]
    .venv/bin/python -m bench.linkage --gap SEED SEED ...

Needs `make outside` (FEBRL) and .venv-bench (pseudopeople; splink). `--spellings` is a folder with names-latin-spellings-arabic.tsv
and -russian.tsv (NETransliteration-COLING2018, CC0); without it these rows are left out. Another seed makes other data.
`--gap` puts the default town of several seeds together: in one seed a group has so few true pairs that chance alone parts them by
three points of recall.
"""

import argparse
import csv
import json
import platform
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from bench.linkage_sets import BENCH, Labelled, febrl_3, febrl_4, newcomers, pseudopeople, respelled, with_strangers
from sansnom.audit.linkage import Clusters, score, wilson
from sansnom.audit.linking_run import default_linking, link_files
from sansnom.terms.plan import Scoring
from sansnom.terms.scoring import SCORES, VERSION

SPLINK_ROWS = 60_000
"""Beyond so many rows splink is not run: its pairs would fill this machine's memory."""
GROUP_PAIRS = 100
"""Groups with fewer true pairs are too few to compare."""
SPLINK = """
import json, sys
import pandas as pd, splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on
rows = pd.read_csv(sys.argv[1], dtype=str).replace("", None)
told = {name for name in rows if rows[name].notna().mean() > 0.2}
pairs = [("given", "surname"), ("dob",), ("postal", "surname"), ("postal", "given"), ("phone",)]
blocks = [block_on(*names) for names in pairs if set(names) <= told]
comparisons = [cl.NameComparison("given"), cl.NameComparison("surname"), cl.DateOfBirthComparison("dob", input_is_string=True)]
comparisons += [cl.LevenshteinAtThresholds("postal", 1)] * ("postal" in told)
comparisons += [cl.ExactMatch(name) for name in ("sex", "country", "phone") if name in told]
settings = SettingsCreator(link_type="dedupe_only", unique_id_column_name="row",
    blocking_rules_to_generate_predictions=blocks, comparisons=comparisons)
api = DuckDBAPI()
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


def ours(labelled: Labelled, rules: str = "") -> Clusters:
    """Link with the rules that a plan over these files would have, or with other versions of keys and scores ("keys-2/score-3")."""
    linking = default_linking(labelled.everyone)
    if rules:
        keys, scores = rules.split("/")
        linking = replace(linking, version=keys, scoring=Scoring(scores, SCORES[scores].threshold(labelled.rows)))
    return link_files(labelled.everyone, linking)


def exact(labelled: Labelled) -> Clusters:
    """Link equal names and birth dates; missing links nobody."""
    groups: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for records in labelled.everyone:
        for p in records.persons:
            row = f"{records.organization}/{p.local_id}"
            told = (p.given_names.casefold(), p.family_names.casefold(), p.birth_date)
            groups[told if all(told) else (row,)].append(row)
    return list(groups.values())


def splink(labelled: Labelled) -> Clusters:
    """Let splink link the same rows by expectation maximisation, p >= 0.9; nothing where it does not run."""
    if labelled.rows > SPLINK_ROWS:
        return []
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "rows.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(("row", "given", "surname", "dob", "postal", "phone", "sex", "country"))
            for records in labelled.everyone:
                for p in records.persons:
                    told = (
                        p.given_names,
                        p.family_names,
                        p.birth_date,
                        p.postal_code,
                        p.phone,
                        p.sex,
                        p.country_of_birth,
                    )
                    writer.writerow((f"{records.organization}/{p.local_id}", *told))
        done = subprocess.run([str(BENCH), "-c", SPLINK, str(path)], capture_output=True, text=True, check=False)
    if done.returncode:
        print("splink did not run:", done.stderr.strip().splitlines()[-1:], file=sys.stderr)
        return []
    return [[str(row) for row in cluster] for cluster in json.loads(done.stdout.strip().splitlines()[-1])]


def sets(seed: int, spellings: Path | None, folder: Path) -> Iterator[tuple[str, Callable[[], Labelled]]]:
    """Name every data set and say how it is made."""

    def town(noise: float = 1, *, address: bool = False) -> Labelled:
        return pseudopeople(noise, seed, address=address, folder=folder)

    yield "febrl3", lambda: febrl_3(2026 + seed - 11)
    yield "febrl4", lambda: febrl_4(2026 + seed - 11)
    yield "people1", town
    yield "people2-address", lambda: town(2, address=True)
    yield "people4", lambda: town(4)
    yield "people1-30k", lambda: with_strangers(town(), 30_000, seed)
    yield "people1-90k", lambda: with_strangers(town(), 90_000, seed)
    for language in ("arabic", "russian") if spellings else ():
        path = Path(spellings or "") / f"names-latin-spellings-{language}.tsv"
        yield language, lambda path=path, language=language: respelled(town(), path, language, seed)  # type: ignore[misc]  # defaults bind the loop
        yield (
            f"{language}-january",
            lambda path=path, language=language: respelled(town(), path, language, seed, january=0.14),  # type: ignore[misc]  # defaults bind the loop
        )
    yield "newcomers1", lambda: newcomers(4000, 1, 100 + seed)
    yield "newcomers2", lambda: newcomers(4000, 2, 200 + seed)
    yield "newcomers1-30k", lambda: newcomers(4000, 1, 100 + seed, 30_000)


def measured(labelled: Labelled, method: str, clusters: Clusters, seconds: float) -> dict[str, Any]:
    """Score one method on one set."""
    found = score(clusters, list(labelled.persons.values()), labelled.groups)
    groups = {g: p for g, p in found.by_group.items() if p.true >= GROUP_PAIRS and g}
    recalls = [pairs.recall for pairs in groups.values()]
    return {
        "data": labelled.name,
        "rows": labelled.rows,
        "persons": len(labelled.persons),
        "method": method,
        "seconds": round(seconds, 1),
        "pairs": found.pairs.to_json(),
        "distinct_error": round(found.distinct.error, 4),
        "overlap_error": round(found.overlap_error, 4),
        "overlaps": {name: count.to_json() for name, count in found.overlaps.items()}
        if len(found.overlaps) < 10
        else {},
        "recall_gap": round(max(recalls) - min(recalls), 4) if len(recalls) > 1 else None,
        "groups": {group: pairs.to_json() for group, pairs in groups.items()},
    }


def pooled_gap(seeds: Sequence[int], folder: Path) -> None:
    """Print the recall of each group over the towns of several seeds, with its interval, and the gap between groups."""
    right: Counter[str] = Counter()
    true: Counter[str] = Counter()
    for seed in seeds:
        town = pseudopeople(1, seed, folder=folder)
        for group, pairs in score(ours(town), list(town.persons.values()), town.groups).by_group.items():
            right[group] += pairs.right
            true[group] += pairs.true
    print("| group | true pairs | recall | 95 % |")
    print("|---|---|---|---|")
    told = sorted(group for group in true if group and true[group] >= GROUP_PAIRS)
    for group in told:
        low, high = wilson(right[group], true[group])
        print(f"| {group} | {true[group]:,} | {right[group] / true[group]:.4f} | {low:.4f} to {high:.4f} |")
    recalls = [right[group] / true[group] for group in told]
    print(f"gap: {100 * (max(recalls) - min(recalls)):.1f} points over seeds {', '.join(map(str, seeds))}")


def main() -> None:
    """Measure each data set with each method."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--splink", action="store_true")
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--spellings", type=Path)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--only", default="")
    parser.add_argument("--rules", default="", metavar="KEYS/SCORES")
    parser.add_argument("--gap", type=int, nargs="+", metavar="SEED")
    args = parser.parse_args()
    if args.gap:
        with tempfile.TemporaryDirectory() as place:
            pooled_gap(args.gap, Path(place))
        return
    methods: dict[str, Callable[[Labelled], Clusters]] = {
        "sansnom": lambda labelled: ours(labelled, args.rules),
        "exact": exact,
    }
    if args.splink:
        methods["splink 5"] = splink
    print("| data | rows | method | precision | recall | F1 | distinct | overlap | gap |")
    print("|---|---|---|---|---|---|---|---|---|")
    told = []
    with tempfile.TemporaryDirectory() as place:
        for name, make in sets(args.seed, args.spellings, Path(place)):
            if args.only not in name:
                continue
            labelled = make()
            for method, link in methods.items():
                start = time.monotonic()
                clusters = link(labelled)
                if not clusters:
                    continue
                one = measured(labelled, method, clusters, time.monotonic() - start)
                told.append(one)
                pairs, gap = one["pairs"], one["recall_gap"]
                print(
                    f"| {one['data']} | {one['rows']:,} | {method} | {pairs['precision']:.3f} | {pairs['recall']:.3f} | "
                    f"{pairs['f1']:.4f} | {100 * one['distinct_error']:+.1f} % | {100 * one['overlap_error']:+.1f} % | "
                    f"{'' if gap is None else f'{100 * gap:.1f}'} |",
                    flush=True,
                )
    if args.json:
        machine = {
            "python": platform.python_version(),
            "machine": platform.machine(),
            "rules": args.rules or VERSION,
            "seed": args.seed,
        }
        args.json.write_text(json.dumps(machine | {"measured": told}, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
