"""Scores of linking: counted by hand, and the two linkers agree where neighbours are scored."""

import xml.etree.ElementTree as ET

import numpy as np
import pytest

from sansnom.audit.linkage import read_truth, score, wilson
from sansnom.audit.linkage_chart import chart
from sansnom.audit.linking_run import default_linking, groups_of, key_shares, link_files
from sansnom.audit.plain_link import PlainKeys, clusters_of, link_in_the_clear
from sansnom.exchange.linkable import linkable_columns, scored_linking
from sansnom.terms.errors import InputError
from sansnom.terms.records import OrganizationRecords, Person
from sansnom.worlds.world import make_world
from tests.exchange.examples import pepper

TRUTH = [["a/1", "b/1", "c/1"], ["a/2"], ["b/2", "c/2"]]


def test_pairs_and_counts_are_those_counted_by_hand() -> None:
    """One pair right of two linked and four true; three persons as two; overlaps by pair of organizations."""
    scored = score([["a/1", "b/1"], ["c/1", "a/2"], ["b/2"], ["c/2"]], TRUTH, {"a/1": "MA", "b/2": "SY"})
    assert (scored.pairs.right, scored.pairs.linked, scored.pairs.true) == (1, 2, 4)
    assert (scored.distinct.linked, scored.distinct.true) == (4, 3)
    assert (scored.at_several.linked, scored.at_several.true) == (2, 2)
    assert scored.overlaps["a & b"].error == 0
    assert scored.overlaps["b & c"].error == -1
    assert {group: pairs.recall for group, pairs in scored.by_group.items()} == {"?": 1.0, "MA": 1 / 3, "SY": 0.0}
    assert scored.by_multiplicity[3].linked == 0
    assert scored.to_json()["pairs"]["f1"] == round(2 / 6, 5)


def test_truth_comes_in_both_forms() -> None:
    """Clusters, or a person for each row; unnamed contacts are nobody's to link."""
    by_row = {row: str(n) for n, cluster in enumerate(TRUTH) for row in cluster}
    assert read_truth(by_row) == TRUTH
    assert read_truth({"clusters": [*TRUTH, ["a/9"]], "unnamed": ["a/9"]}) == TRUTH
    refused: tuple[object, ...] = ([], {"a/1": None})
    for wrong in refused:
        with pytest.raises(InputError, match=r"linkage\.truth"):
            read_truth(wrong)


@pytest.mark.parametrize("linked", [[["a/1"]], [["a/1", "a/1"], *[[r] for c in TRUTH for r in c]]])
def test_a_row_left_out_or_linked_twice_is_refused(linked: list[list[str]]) -> None:
    """No score hides rows."""
    with pytest.raises(InputError, match=r"linkage\.rows"):
        score(linked, TRUTH)


def test_an_interval_holds_its_share() -> None:
    """Wilson's interval is within 0 and 1, narrows with numbers, and says nothing of nothing."""
    assert wilson(0, 0) == (0.0, 1.0)
    low, high = wilson(95, 100)
    assert 0.88 < low < 0.95 < high < 0.99


def test_a_world_is_linked_well_and_each_key_told() -> None:
    """On a small world of newcomers, precision and recall hold; every key is scored alone and left out; the chart is SVG."""
    world = make_world(6, 200, 4, at_several=0.5)
    named = {(o, i) for (o, i), n in world.truth.person_of.items() if n not in world.truth.unnamed}
    truth = [c for c in world.truth.clusters() if tuple(c[0].split("/", 1)) in named]
    linking = default_linking(world.records)
    scored = score(link_files(world.records, linking), truth, groups_of(world.records))
    assert scored.pairs.precision > 0.95
    assert scored.pairs.recall > 0.93
    shares = key_shares(world.records, linking, truth)
    assert [share.match_key for share in shares] == ["A2", "A4", "A6", "A7", "C1", "C2", "C3"]
    assert all(share.alone.pairs.right < scored.pairs.right for share in shares)
    for language in ("fr", "en"):
        assert ET.fromstring(chart(scored, language)).tag.endswith("svg")  # noqa: S314 - our own text


def _rows(*organizations: list[Person]) -> tuple[PlainKeys, int]:
    linking = scored_linking(10_000)
    columns = [linkable_columns(persons, linking, pepper()) for persons in organizations]
    numbers = [np.full(len(persons), n, dtype=np.uint16) for n, persons in enumerate(organizations, start=1)]
    features = {name: np.concatenate([c.features[name] for c in columns]) for name in columns[0].features}
    keys, present = (np.concatenate([getattr(c, part).T for c in columns]) for part in ("keys", "present"))
    return PlainKeys(np.concatenate(numbers), keys, present, features), len(linking.keys)


FATHER = Person("1", "Ahmad", "Haddad", "1970-02-03", sex="M", country_of_birth="SY", postal_code="H2X1Y4")
SON = Person("2", "Ahmad", "Haddad", "1999-11-23", sex="M", country_of_birth="SY", postal_code="H2X1Y4")


def test_father_and_son_of_one_name_are_two() -> None:
    """The same name at the same address with dates of two generations is two persons, at one organization or at two."""
    rows, _ = _rows([FATHER, SON], [FATHER, SON])
    assert clusters_of(link_in_the_clear(rows, scored_linking(10_000))) == [[0, 2], [1, 3]]


def test_a_desk_cannot_chain_strangers_with_rows_alike_to_each() -> None:
    """The cap-tipping attack: rows of one desk, each like the target in another way, move no count but their own."""
    false = [
        Person(str(n), "Ahmad", "Haddad", f"{1970 + n}-02-03", sex="M", country_of_birth="SY", postal_code="H2X1Y4")
        for n in range(1, 6)
    ]
    linking = scored_linking(10_000)
    with_target, _ = _rows([FATHER], false)
    without, _ = _rows([SON], false)
    there = len(clusters_of(link_in_the_clear(with_target, linking)))
    gone = len(clusters_of(link_in_the_clear(without, linking)))
    assert abs(there - gone) <= 1


def test_files_of_unnamed_persons_link_nobody() -> None:
    """Rows without any key stay alone."""
    everyone = (OrganizationRecords("a", (Person("1"),)), OrganizationRecords("b", (Person("1"),)))
    assert sorted(map(list, link_files(everyone, scored_linking(2)))) == [["a/1"], ["b/1"]]
