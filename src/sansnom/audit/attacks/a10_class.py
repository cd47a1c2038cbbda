"""A10, class: is there a group whose members, it is said, are all alike?"""

from typing import Final

import numpy as np

from sansnom.audit.attacks.outcome import INFERENCE, Measure, Outcome
from sansnom.audit.attacks.own_tables import THRESHOLD, OwnTables, published_tables
from sansnom.audit.attacks.practice import Practice
from sansnom.audit.attacks.target import Target, promised_variance
from sansnom.terms.errors import Finding
from sansnom.terms.table import SUM

CERTAIN: Final = 4.0
"""Standard deviations beyond which the attacker takes another class for empty: three chances in 100,000."""


def attack(target: Target, practice: Practice) -> Outcome:
    """Look for groups of ten and more in which all classes but one are excluded."""
    groups, disclosed, alike = _groups(target)
    own = _own_groups(published_tables(practice))
    return Outcome(
        number="A10",
        name=("Classe", "Class"),
        criteria=(INFERENCE,),
        tried=(
            "On cherche des groupes d’au moins dix personnes dont toutes auraient le même trait (0\u00a0% ou 100\u00a0%).",
            "Groups of ten persons or more are sought whose members would all share one trait (0 % or 100 %).",
        ),
        rule=(
            "Aucun groupe ne laisse une seule classe possible.",
            "No group leaves one class only.",
        ),
        guessing=(
            (
                "Sur les chiffres ajustés, tels quels, des groupes semblent d’une seule classe\u00a0: "
                "c’est le bruit, et les intervalles le disent."
            ),
            (
                "On the consistent figures as they stand some groups seem to be of one class: "
                "that is noise, and the intervals say so."
            ),
        ),
        measures=(
            Measure(
                "disclosed",
                (f"Groupes d’une seule classe possible, sur {groups}", f"Groups with one possible class, of {groups}"),
                len(disclosed),
                0,
                alike,
            ),
            Measure(
                "own_groups",
                ("Tableaux propres\u00a0: groupes d’une seule classe", "Own tables: groups of one class"),
                own,
                0,
            ),
        ),
        named=tuple(Finding("attack.class", name) for name in disclosed),
    )


def _groups(target: Target) -> tuple[int, list[str], int]:
    """Give how many groups there are, those with one possible class, and how many merely look so."""
    count, alike = 0, 0
    disclosed = []
    for table in target.release.tables:
        spec = target.spec(table)
        if spec.kind == SUM or not table.axes:
            continue
        shape = [len(axis.values) for axis in table.axes]
        raw = np.array([f.value for f in table.figures], dtype=np.float64).reshape(shape)
        joint = np.array([f.value for f in table.consistent.figures]).reshape(shape)
        reach = CERTAIN * np.sqrt(1.5 * promised_variance(target.plan, spec))
        for at, axis in enumerate(table.axes):
            classes = np.moveaxis(raw, at, -1).reshape(-1, shape[at])
            looks = np.moveaxis(joint, at, -1).reshape(-1, shape[at])
            if shape[at] < 2:
                continue
            # A class is excluded when even its largest count likely is below one.
            left = (classes + reach >= 1).sum(axis=1)
            big = classes.sum(axis=1) >= THRESHOLD
            count += int(big.sum())
            alike += int((((looks > 0).sum(axis=1) == 1) & big).sum())
            disclosed += [f"{table.table}: {axis.code}"] * int(((left <= 1) & big).sum())
    return count, disclosed, alike


def _own_groups(own: OwnTables) -> int:
    """Count rows and columns of the hand-made tables, published in full, in which one class holds everybody."""
    table = own.joined.table
    found = 0
    for relation in table.relations.toarray():
        parts, total = np.flatnonzero(relation > 0), np.flatnonzero(relation < 0)
        if len(total) != 1 or own.hidden[total[0]] or table.values[total[0]] < THRESHOLD:
            continue
        shown = parts[~own.hidden[parts]]
        found += int(len(parts) > 1 and (table.values[shown] == table.values[total[0]]).any())
    return found
