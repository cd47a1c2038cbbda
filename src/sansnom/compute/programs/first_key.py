"""Who is the same person, without conditions: each row is linked by one key alone, the first of the plan's that it has.

The rules, exactly; a plain linker that follows them must give the same persons (`audit/plain_link.py` does).

1.  A row is linkable if it is valid (its own bit, and the verdict of `validity`) and has one of the plan's keys (two at most).
2.  It is linked by the first of these that it has: by which one it is, and by the key's high 62 - i bits, where i is the number
    of bits of the largest row number. Linkable rows with the same are a person.
3.  Valid rows without any key are counted apart, as in `link`.

No cap, window, gate, score, sweep or fall-back: nothing about other rows decides whether two rows are one person. So one row
more joins one person or is a new one, whatever all other rows say; no other person is touched. Only the bits that the sort orders
by are compared: with all 64, a row whose key agrees in the high bits could come to stand between two rows of somebody else.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np

from sansnom.compute.boolean import equal_words, not_
from sansnom.compute.convert import bits_to_words, words_to_bits
from sansnom.compute.correlated import Party
from sansnom.compute.group import heads_of, segments_of
from sansnom.compute.packed import and_each, column, join, public_values, toward_head
from sansnom.compute.programs.link import INDEX_BITS_MAX, LinkInput, Persons, organization_bits
from sansnom.compute.share import Bits, Words
from sansnom.compute.shuffle import apply_permutation
from sansnom.compute.sliced import any_of, choose, equal
from sansnom.compute.sort import lay_out, sort_order
from sansnom.compute.steps import Steps
from sansnom.terms.errors import InputError

KEYS_MAX: Final = 2


def link_by_first_key(me: Party, given: LinkInput, payload: Sequence[Words]) -> Steps[Persons]:
    """Link rows by the first key that they have, and put the caller's columns into the order of persons.

    Shapes:  payload columns (rows,) of any dtypes.
    Costs:   one sort, one move, and as many doublings of segments as the rows have: a person may have any number of rows.
    Reveals: opened comparisons of one sort, after a fresh shuffle, and shuffled destinations; nothing else.
    Against: one semi-honest helper. Tampering is not detected here.
    """
    rows = given.organizations.shape[0]
    index_bits = max(1, (rows - 1).bit_length())
    if index_bits > INDEX_BITS_MAX:
        raise InputError("link.rows.many", found=rows, most=1 << INDEX_BITS_MAX)
    assert 1 <= given.match_keys.pair.shape[0] <= KEYS_MAX, "this tier has one key or two"
    linkable = yield from any_of(me, given.linkable)
    chosen = yield from _first_keys(me, given, 62 - index_bits)
    keys = bits_to_words(chosen, np.uint64)
    words = lay_out(me, bits_to_words(Bits(linkable.pair[None], rows), np.uint64), keys, 63 - index_bits, index_bits)
    order = yield from sort_order(me, words)
    del words, chosen
    org_bits = organization_bits(given.organizations)
    tag = join([Bits(linkable.pair[None], rows), public_values(me.number, given.organizations, org_bits)])
    keys, tagged, *moved = yield from apply_permutation(me, order, [keys, bits_to_words(tag, np.uint16), *payload])
    tags = words_to_bits(tagged, 1 + org_bits)
    linkable, organizations = column(tags, 0), column(tags, slice(1, None))
    after = np.zeros_like(keys.pair)
    after[:-1] = keys.pair[1:]
    alike = yield from equal_words(me, keys, Words(after))
    (both,) = yield from and_each(me, [(linkable, toward_head(linkable, 1))])
    (same,) = yield from and_each(me, [(alike, both)])
    parts = yield from segments_of(me, same, index_bits)
    # Rows of a person are in the order of their numbers, those of an organization together.
    same_desk = yield from equal(me, organizations, toward_head(organizations, 1))
    (repeated,) = yield from and_each(me, [(parts.same, same_desk)])
    return Persons(parts, heads_of(me.number, repeated), linkable, organizations, moved)


def _first_keys(me: Party, given: LinkInput, key_bits: int) -> Steps[Bits]:
    """Give each row the high bits of the first key that it has and, above them, a one where that is the second key."""
    rows = given.organizations.shape[0]
    high = [
        words_to_bits(Words(np.ascontiguousarray(pair >> np.uint64(64 - key_bits))), key_bits)
        for pair in given.match_keys.pair
    ]
    first = column(given.linkable, 0)
    chosen = high[0] if len(high) == 1 else (yield from choose(me, first, high[0], high[1]))
    return join([chosen, Bits(not_(me.number, first).pair[None], rows)])
