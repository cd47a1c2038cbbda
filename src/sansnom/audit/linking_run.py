"""Linking the files of synthetic organizations in the clear, whole and key by key: what each key brings. Synthetic data only."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sansnom.audit.evaluation import clusters_in_the_clear
from sansnom.audit.linkage import Clusters, Score, score
from sansnom.exchange.linkable import scored_linking
from sansnom.exchange.pepper import PlanPepper
from sansnom.terms.plan import Linking
from sansnom.terms.records import OrganizationRecords

PEPPER = PlanPepper("evaluation", b"a pepper for synthetic data only", "")


@dataclass(frozen=True, slots=True)
class KeyShare:
    """What one key brings: recall with it and the strict key alone, and F1 lost without it."""

    match_key: str
    alone: Score
    without: Score

    def to_json(self) -> dict[str, Any]:
        """Give the JSON object."""
        return {
            "key": self.match_key,
            "with_strict_key_alone": self.alone.pairs.to_json(),
            "without": self.without.pairs.to_json(),
        }


def default_linking(everyone: Sequence[OrganizationRecords]) -> Linking:
    """Give the rules that a plan over these files would have."""
    return scored_linking(sum(len(records.persons) for records in everyone))


def link_files(everyone: Sequence[OrganizationRecords], linking: Linking) -> Clusters:
    """Link all persons of all files."""
    return clusters_in_the_clear(everyone, linking, PEPPER)


def key_shares(everyone: Sequence[OrganizationRecords], linking: Linking, truth: Clusters) -> list[KeyShare]:
    """Link again with each key alone beside the strict one, and without it."""
    strict = [rule for rule in linking.keys if rule.match_key == linking.strict]
    shares = []
    for rule in linking.keys:
        if rule.match_key == linking.strict:
            continue
        alone = replace(linking, keys=(rule, *strict))
        without = replace(linking, keys=tuple(other for other in linking.keys if other is not rule))
        scores = [score(link_files(everyone, rules), truth) for rules in (alone, without)]
        shares.append(KeyShare(rule.match_key, *scores))
    return shares


def groups_of(everyone: Sequence[OrganizationRecords]) -> dict[str, str]:
    """Give the country of birth that each row tells, as its group of origin."""
    return {
        f"{records.organization}/{person.local_id}": person.country_of_birth
        for records in everyone
        for person in records.persons
        if person.country_of_birth not in ("", "unknown")
    }
