"""Rounding and cell keys: unbiased, repeatable, additive where promised, and never to the nearest."""

import numpy as np
import pytest
import scipy.sparse as sp

from sansnom.release.cell_key import KEYS, Design, chances, perturb, perturb_by_table, read_ptable, record_keys
from sansnom.release.linear_table import counted_table
from sansnom.release.rounding import round_additively, round_at_random, round_to_nearest
from sansnom.terms.errors import InputError, PolicyRefusal

SECRET = bytes(range(32))


def test_random_rounding_goes_to_a_neighbouring_multiple_and_is_right_on_average() -> None:
    """Over many cells of one count, the mean is the count."""
    for count in range(11):
        values = np.full(4000, count)
        rounded = round_at_random(values, [f"cell {each}" for each in range(4000)], SECRET)
        assert not (rounded % 5).any()
        assert (np.abs(rounded - values) < 5).all()
        assert abs(rounded.mean() - count) < 0.16  # four standard errors of at most 0.04


def test_the_same_cell_rounds_the_same_way_again_so_that_nothing_averages_out() -> None:
    """Chance is a function of the secret and the cell's name: another secret gives another table."""
    names = [f"cell {each}" for each in range(200)]
    values = np.arange(200)
    once = round_at_random(values, names, SECRET)
    assert (once == round_at_random(values, names, SECRET)).all()
    assert (once != round_at_random(values, names, SECRET[::-1])).any()


def test_rounding_to_the_nearest_is_refused() -> None:
    """A deterministic rule is undone by additions."""
    with pytest.raises(PolicyRefusal, match=r"rounding.deterministic"):
        round_to_nearest(np.array([3]))


def test_a_short_secret_is_refused() -> None:
    """A secret that can be guessed is none."""
    with pytest.raises(InputError, match=r"rounding.secret_short"):
        round_at_random(np.array([3]), ["a"], b"short")


def test_additive_rounding_keeps_every_sum_and_moves_no_cell_by_a_base() -> None:
    """A 4 by 4 table with margins."""
    drawn = np.random.default_rng(4)
    inner = drawn.integers(0, 30, (4, 4))
    whole = np.zeros((5, 5), dtype=np.int64)
    whole[:4, :4] = inner
    whole[4], whole[:, 4] = whole[:4].sum(axis=0), whole.sum(axis=1)
    whole[4] = whole[:4].sum(axis=0)
    line = np.array([[1, 1, 1, 1, -1]])
    relations = sp.csr_matrix(sp.vstack([sp.kron(line, np.eye(5)), sp.kron(np.eye(5), line)]).astype(np.int64))
    table = counted_table(whole.ravel(), relations, 5, tuple(map(str, range(25))))
    rounded = round_additively(table)
    assert not (relations @ rounded).any()
    assert (np.abs(rounded - table.values) < 5).all()
    assert not (rounded % 5).any()


def test_the_table_of_chances_is_unbiased_has_its_variance_and_hides_small_counts() -> None:
    """D=5, V=3, js=2, pstay=0.5 gives the 66 rows of the cellKey package's own test setting."""
    rows = chances(Design())
    assert sum(len(row.changes) for row in rows) == 66
    for count, row in enumerate(rows):
        changes, share = np.array(row.changes), np.array(row.chances)
        assert abs(share.sum() - 1) < 1e-9
        assert abs(changes @ share) < 1e-5
        assert not {count + change for change in row.changes} & {1, 2}
        if count:
            assert abs(changes**2 @ share - 3) < 1e-4
        if count > 2:
            assert row.chances[row.changes.index(0)] == 0.5


def test_perturbed_counts_follow_the_chances_and_repeat_by_key() -> None:
    """Keys spread over all their range give each change its share."""
    keys = np.linspace(0, KEYS - 1, 100_000).astype(np.int64)
    row = chances(Design())[-1]
    changed = perturb(np.full(100_000, 50), keys) - 50
    for change, chance in zip(row.changes, row.chances, strict=True):
        assert abs((changed == change).mean() - chance) < 1e-3
    assert not perturb(np.zeros(10, dtype=np.int64), keys[:10]).any()


def test_a_person_has_one_record_key_at_every_organization() -> None:
    """The key is of the token alone."""
    one, other, again = record_keys(SECRET, [b"a", b"b", b"a"])
    assert one == again
    assert one != other


def test_the_ons_rule_reads_rows_beyond_750_as_501_to_750_and_blanks_below_ten() -> None:
    """A table whose change is its row modulo 3, in the ONS's three columns."""
    lines = [["pcv", "ckey", "pvalue"], *([str(p), str(k), str(p % 3)] for p in range(751) for k in range(2))]
    ptable = read_ptable(lines)
    told = perturb_by_table(np.array([5, 750, 751, 1001]), np.array([0, 1, 0, 257]), ptable)
    assert np.isnan(told[0])
    assert told[1:].tolist() == [750 + 0, 751 + 501 % 3, 1001 + 501 % 3]
    with pytest.raises(InputError, match=r"cell_key.ptable"):
        read_ptable([["a"], ["b"]])
