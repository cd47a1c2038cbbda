"""`evaluation.json`: exact tables and linked clusters, for data whose truth is known. It exists for synthetic data only.

Nothing here runs on a helper and no helper can be asked for it: whoever holds all the files of all the organizations could
count anyway. Every `local_id` appears exactly once, singletons included.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sansnom.audit.plain_link import PlainKeys, clusters_of, link_in_the_clear
from sansnom.audit.plain_tables import ClearRows, ExactTables
from sansnom.exchange.encode import Encoded
from sansnom.exchange.linkable import linkable_columns
from sansnom.exchange.pepper import PlanPepper
from sansnom.exchange.setting import Setting
from sansnom.terms.plan import Linking
from sansnom.terms.records import OrganizationRecords

FORMAT: Final = "sansnom/evaluation/1"


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What was truly in the files: clusters of all persons, exact tables of the plan's rows."""

    clusters: tuple[tuple[str, ...], ...]
    tables: dict[str, list[int]]

    def to_json(self) -> dict[str, Any]:
        """Give the JSON object."""
        return {
            "schema": FORMAT,
            "synthetic_data_only": True,
            "persons": len(self.clusters),
            "clusters": [list(cluster) for cluster in self.clusters],
            "tables": self.tables,
        }


def clusters_in_the_clear(
    everyone: Sequence[OrganizationRecords], linking: Linking, pepper: PlanPepper
) -> tuple[tuple[str, ...], ...]:
    """Link all persons of all files, served in the period or not, as `organization/local_id`.

    Rows stand in the order of the submissions: organizations in the roster's order, persons by `local_id`.
    """
    if not any(records.persons for records in everyone):
        return ()
    names, rows = rows_in_the_clear(everyone, linking, pepper)
    return tuple(tuple(names[row] for row in rows_) for rows_ in clusters_of(link_in_the_clear(rows, linking)))


def rows_in_the_clear(
    everyone: Sequence[OrganizationRecords], linking: Linking, pepper: PlanPepper
) -> tuple[list[str], PlainKeys]:
    """Give the names of all rows, in the order of the submissions, and what linking reads of them. One organization at least."""
    names: list[str] = []
    organizations: list[NDArray[np.uint16]] = []
    keys: list[NDArray[np.uint64]] = []
    present: list[NDArray[np.bool_]] = []
    features: list[dict[str, NDArray[np.int64]]] = []
    for number, records in enumerate(everyone, start=1):
        persons = sorted(records.persons, key=lambda person: person.local_id)
        linkable = linkable_columns(persons, linking, pepper)
        names += [f"{records.organization}/{person.local_id}" for person in persons]
        organizations.append(np.full(len(persons), number, dtype=np.uint16))
        features.append(linkable.features)
        keys.append(linkable.keys.T)
        present.append(linkable.present.T)
    joined = {name: np.concatenate([columns[name] for columns in features]) for name in features[0]}
    return names, PlainKeys(np.concatenate(organizations), np.concatenate(keys), np.concatenate(present), joined)


def tables_in_the_clear(submitted: Sequence[tuple[int, Encoded]], setting: Setting) -> dict[str, list[int]]:
    """Count the plan's tables exactly over the rows that the organizations submitted, given with their roster numbers."""
    layout = setting.layout
    rows = [encoded.rows for _, encoded in submitted]
    fields = {f.name: np.concatenate([r.field(f).astype(np.int64) for r in rows]) for f in layout.fields}
    valid = fields["valid"] == 1
    keys = PlainKeys(
        np.concatenate([np.full(e.rows.rows, number, dtype=np.uint16) for number, e in submitted]),
        np.concatenate([r.keys for r in rows], axis=1).T,
        np.stack([valid & (fields[f"present.{name}"] == 1) for name in layout.keys], axis=1),
    )
    tallies = np.stack([r.tallies.astype(np.int64) for r in rows], axis=1)
    kept = np.flatnonzero(valid)
    features = {n.removeprefix("feature."): column[kept] for n, column in fields.items() if n.startswith("feature.")}
    clear = ClearRows(
        PlainKeys(keys.organization[kept], keys.keys[kept], keys.present[kept], features),
        {name: values[kept] for name, values in fields.items()},
        tallies,
    )
    return ExactTables(clear, setting.plan, layout).all()
