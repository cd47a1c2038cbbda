"""Numbers that look drawn and are the same each time: this is no randomness, and nothing here is secret.

A counter, mixed as splitmix64 does. A pattern has to be repeatable, so a search draws from here.
"""

import numpy as np

from sansnom.release.linear_table import Floats


def even(count: int, turn: int) -> Floats:
    """Give numbers spread evenly between 0 and 1, others at each turn."""
    mixed = np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    mixed += np.uint64(turn * 0xD1342543DE82EF95 % 2**64)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    told = ((mixed ^ (mixed >> np.uint64(31))) >> np.uint64(11)).astype(np.float64) / 2.0**53
    return np.clip(told, 1e-6, 1 - 1e-6)


def shaken(count: int, turn: int) -> Floats:
    """Give factors around 1: a logistic law of scale 0.55, exponentiated."""
    drawn = even(count, turn)
    return np.asarray((drawn / (1 - drawn)) ** 0.55)
