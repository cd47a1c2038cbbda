"""The evaluation's linker names the same clusters as three helpers on shares: two formulations, one answer."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sansnom.audit.plain_link import PlainKeys, clusters_of, link_in_the_clear
from sansnom.compute.programs.link import LinkRules
from sansnom.terms.plan import KeyRule, Linking
from tests.compute.plain_programs import PlainRows
from tests.compute.test_link import link_on_shares


@st.composite
def towns(draw: st.DrawFn) -> tuple[PlainRows, Linking]:
    """Draw rows with few key values, so that runs, chains and crowds are common."""
    size = draw(st.integers(1, 40))
    organizations = np.sort(np.array(draw(st.lists(st.integers(1, 9), min_size=size, max_size=size)), dtype=np.uint16))
    keys = draw(st.integers(1, 3))
    values = np.array(draw(st.lists(st.integers(0, size // 2), min_size=size * keys, max_size=size * keys)))
    there = np.array(draw(st.lists(st.booleans(), min_size=size * keys, max_size=size * keys)), dtype=np.uint8)
    spread = (values.reshape(keys, size).astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)).astype(np.uint64)
    caps = tuple(KeyRule(f"K{k}", draw(st.integers(1, 6))) for k in range(keys))
    strict = f"K{draw(st.integers(0, keys - 1))}"
    linking = Linking(caps, strict, sweeps=draw(st.integers(1, 3)), cluster_cap=draw(st.integers(1, 8)))
    return PlainRows(spread * there.reshape(keys, size), there.reshape(keys, size), organizations, {}), linking


@settings(max_examples=40, deadline=None)
@given(towns())
def test_the_clear_and_the_shared_linker_agree(town: tuple[PlainRows, Linking]) -> None:
    """Clusters of the evaluation are those that the helpers computed, on towns full of namesakes."""
    rows, linking = town
    names = [k.match_key for k in linking.keys]
    rules = LinkRules(
        tuple(k.cap for k in linking.keys), names.index(linking.strict), linking.sweeps, linking.cluster_cap
    )
    shared, _ = link_on_shares(rows, rules)
    plain = PlainKeys(rows.organizations, rows.match_keys.T.copy(), rows.linkable.T.astype(np.bool_))
    assert sorted(clusters_of(link_in_the_clear(plain, linking))) == shared


def test_nobody_is_nobody() -> None:
    """No rows give no clusters."""
    nothing = PlainKeys(np.zeros(0, np.uint16), np.zeros((0, 1), np.uint64), np.zeros((0, 1), np.bool_))
    labels = link_in_the_clear(nothing, Linking((KeyRule("K0", 2),), "K0", 1, 2))
    assert clusters_of(labels) == []
