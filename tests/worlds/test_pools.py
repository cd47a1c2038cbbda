"""Names of synthetic newcomers: as unequal and as many as in life, each list with its source."""

import json
from collections import Counter
from importlib.resources import files
from random import Random

import pytest

from sansnom.exchange.skeleton import skeleton
from sansnom.worlds.people import composed_name
from sansnom.worlds.pools import pools
from sansnom.worlds.world import make_world


@pytest.mark.parametrize(
    ("start", "end", "name"),
    [("Bou", "ouad", "Bououad"), ("Jean-", "aude", "Jean-Aude"), ("Mall", "llo", "Mallo"),
     ("Thị_", "Anh", "Thị Anh"), ("Saint-", "Fort", "Saint-Fort")],
)  # fmt: skip
def test_two_parts_make_one_name(start: str, end: str, name: str) -> None:
    """A capital after a hyphen, a space for `_`, and no letter three times."""
    assert composed_name(start, end) == name


def test_every_pool_says_where_its_names_come_from_and_has_no_empty_part() -> None:
    """Further tables tell their source; a share is a share; parts and names are never empty."""
    for table in ("more_names.json", "tails.json"):
        assert json.loads((files("sansnom.worlds") / "tables" / table).read_text(encoding="utf-8"))["source"]
    for pool in pools().values():
        assert all(str(name).strip() for names in (*pool.given.values(), pool.family) for name in names)
        assert all(0 < tail.share < 1 and tail.starts and tail.ends for tail in pool.tails.values())


def test_names_are_unequal_and_many() -> None:
    """Among 4,000 people hundreds of surnames; the commonest far above the middle; two strangers seldom share one.

    Of United States census surnames two strangers share one in about 2,000 cases; newcomers of one culture more often.
    """
    people = list(make_world(6, 4000, 3).truth.people.values())
    heads = {p.household: p for p in people if p.families}
    counts = Counter(p.families[0].latin for p in heads.values())
    total = sum(counts.values())
    shared = sum(n * (n - 1) for n in counts.values()) / (total * (total - 1))
    assert len(counts) > 600
    assert counts.most_common(1)[0][1] >= 5
    assert 0.0002 < shared < 0.004


def test_composed_names_have_skeletons_of_their_own() -> None:
    """Linking must not find the tail of a pool under one skeleton."""
    rng = Random(1)
    tail = pools()["ukraine"].tails["family"]
    bones = {skeleton(composed_name(rng.choice(tail.starts), rng.choice(tail.ends)).casefold()) for _ in range(300)}
    assert len(bones) > 100
