"""True persons followed into linked ones: counted by hand, and on worlds where each multiplicity occurs."""

import numpy as np
import pytest

from sansnom.audit.multiplicity import measure, transfer

TRUTH = [["a/1", "b/1", "c/1"], ["a/2"], ["b/2", "c/2"]]


def test_a_linked_person_is_shared_out_among_true_ones() -> None:
    """Two persons in one linked person are half of it each; a person in two linked ones counts for both."""
    told = transfer([["a/1", "b/1"], ["c/1", "a/2"], ["b/2", "c/2"]], TRUTH, most=3)
    assert told.persons.tolist() == [1, 1, 1]
    assert told.counted.tolist() == [[0, 0, 0], [0.5, 1, 1.5], [0, 0, 0]]
    assert told.counted.sum() == 3
    assert told.split.tolist() == [0, 0, 1]
    assert told.merged.tolist() == [1, 0, 1]
    assert told.per_person().tolist() == [0.5, 1, 1.5]


def test_some_persons_alone_give_the_same_shares() -> None:
    """Groups add up to everyone: what a group is counted for does not depend on who else is asked about."""
    linked = [["a/1", "b/1"], ["c/1", "a/2"], ["b/2", "c/2"]]
    whole = transfer(linked, TRUTH, most=3)
    parts = transfer(linked, TRUTH, [0], 3) + transfer(linked, TRUTH, [1, 2], 3)
    assert (whole.counted == parts.counted).all()
    assert (whole.persons == parts.persons).all()


def test_perfect_linking_transfers_everyone_to_their_own_place() -> None:
    """The mixing of perfect linking is the identity, also where nobody is."""
    assert (transfer(TRUTH, TRUTH, most=10).mixing(3) == np.eye(3)).all()
    assert (transfer([], [], most=10).mixing(3) == np.eye(3)).all()


@pytest.mark.slow
def test_persons_past_the_cluster_cap_split_and_the_others_hardly() -> None:
    """On worlds with persons at 1 to 10 organizations, scored keys count each up to 8 about once; beyond the cap they split."""
    told = measure(1500, 40, (1,))
    scored, equal = told["8 scored keys"].per_person(), told["4 keys"].per_person()
    assert (scored[:8] < 1.15).all()
    assert (scored[8:] > 2).all()
    assert (equal[1:8] > scored[1:8]).all()
