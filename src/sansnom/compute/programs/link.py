"""Who is the same person: rows of many organizations become persons, by keyed match keys and pair scores, on shares.

The rules, exactly; a plain linker that follows them must give the same persons (tests/compute/plain_programs.py does).

1.  *Rows.* A row is linkable by key k if it is valid (its own bit, and the verdict of `validity`) and its present bit of k
    is 1. The organization of each row number is public; the rows of one organization have contiguous row numbers.
2.  *Runs.* For key k, rows are ordered by (linkable by k, the high 63 - i bits of the key, row number), where i is the
    number of bits of the largest row number. Neighbours in this order that are both linkable by k are joined
      - if k is not scored: where their 64-bit keys are equal. (Rows that share all 64 bits are one run, save where another
        key agrees in the high bits and mixes with it: a chance of 2^-42 for a pair of keys among a million rows.)
      - if k is scored: where their score (`terms/scoring.py`) is at least the plan's threshold, equal keys or not.
    Maximal joined stretches are the runs. The strict key is never scored.
3.  *Evidence.* A run is evidence unless
      (a) it has rows of more distinct organizations than the key's cap: each (organization, key value) counts once;
      (b) it has more rows than its window: twice the cap, rounded up to a power of two (at least 2); or
      (c) it contradicts itself: two of its rows have different known values of a feature that the key's gate names.
4.  *Strict label.* The smallest row number of a row's run of the strict key if that run is evidence, else its own number.
5.  *Label.* At first, every row's own number. A sweep goes through the keys in the plan's order, the strict key last; for
    each key, every row of a run that is evidence takes the smallest label in the run. After the plan's number of sweeps,
    rows with equal labels are a component.
6.  *Fall-back.* A component falls back if
      (a) one sweep more would change the label of one of its rows;
      (b) it has rows of more distinct organizations than the cluster cap;
      (c) it has more rows than the window of the cluster cap (as in 3b); or
      (d) two of its rows are of one organization and not in one run of the strict key, be the runs evidence or not.
    Where the version of the scores calls links firm: neighbours are firmly joined if they are joined in a run that is evidence
    and, of a scored key, score so much more than the threshold. Labels are swept once more along firm links alone (rule 5). Rows
    of a component that falls back take this label instead; rows with equal labels now are components again, and fall back again by
    (a) to (d), (a) being asked of firm labels where these were taken.
    A component that stands is a person; in one that fell back (twice, where there are firm links), rows with equal strict
    labels are a person.
7.  Valid rows without any key cannot be linked: they are counted apart, never as persons. Other rows are nothing.

Nothing depends on the shuffles, so that a second attempt gives identical exact figures. Why components fall back whole:
otherwise a desk that adds rows sharing one key each with a person tips caps and moves the count by dozens. What is left:
a desk that knows a person's key value can fill the window of 3b or 6c with rows of its own, and so split that person
(docs/known-limits.md). Firm links do not weaken this: they only join, inside a component that fell, rows that were joined anyway.
At a scored key one row is enough, between two neighbours in the order: they are no longer compared, and
are joined only if both scores with the new row, or another key, join them. So a row can part two rows of somebody else, one pair
for each scored key.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sansnom.compute.boolean import equal_words, not_
from sansnom.compute.convert import bits_to_words, words_to_bits
from sansnom.compute.correlated import Party
from sansnom.compute.group import (
    Segments,
    copy_head,
    count_to_head,
    heads_of,
    min_to_head,
    or_from_head,
    or_to_head,
    segments_of,
)
from sansnom.compute.packed import (
    and_each,
    column,
    join,
    keep_rows,
    public_values,
    row_numbers,
    stack,
    toward_head,
    toward_tail,
)
from sansnom.compute.programs.score import Traits, score_neighbours, traits_of
from sansnom.compute.programs.settle import Component, again_later, falls_back, link_levels, settle
from sansnom.compute.share import Bits, Words
from sansnom.compute.shuffle import SecretPermutation, apply_permutation, compose, invert_permutation
from sansnom.compute.sliced import any_of, at_most, choose, equal
from sansnom.compute.sort import lay_out, sort_order
from sansnom.compute.steps import Steps, together
from sansnom.terms.errors import InputError
from sansnom.terms.plan import Scoring
from sansnom.terms.schema import WORD_BITS
from sansnom.terms.scoring import SCORES

INDEX_BITS_MAX = 21
"""Label, strict label and row number go into one 63-bit word: at most 2^21 rows."""

KEYS_AT_ONCE = 4
"""How many keys are sorted in the same rounds: a bound on memory."""


@dataclass(frozen=True, slots=True)
class LinkRules:
    """The public rules: caps by key (in the plan's order), place of the strict key, sweeps, cluster cap.

    If any: gates by key; which keys are scored, and how.
    """

    caps: tuple[int, ...]
    strict: int
    sweeps: int
    cluster_cap: int
    gates: tuple[tuple[str, ...], ...] = ()
    scored: tuple[bool, ...] = ()
    scoring: Scoring | None = None

    def gates_of(self, place: int) -> tuple[str, ...]:
        """Name the features in which a run of this key may not contradict itself."""
        return self.gates[place] if self.gates else ()

    @property
    def firm(self) -> int | None:
        """Tell what firm links score above the threshold; None where the scores call none firm."""
        return SCORES[self.scoring.version].firm if self.scoring else None

    def scoring_of(self, place: int) -> Scoring | None:
        """Tell how neighbours in this key's order are scored; None if equal keys join them."""
        return self.scoring if self.scored and self.scored[place] else None


@dataclass(frozen=True, slots=True)
class LinkInput:
    """What linking reads, in the order of submission.

    match_keys     (keys, rows) uint64
    linkable       columns (keys,): present and valid
    organizations  (rows,) roster number of each row's organization: public; rows of one organization are contiguous
    features       by name, columns (bits,): what gates and scores compare, 0 = unknown
    """

    match_keys: Words
    linkable: Bits
    organizations: NDArray[np.uint16]
    features: Mapping[str, Bits] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Persons:
    """Rows in the order of persons.

    parts          segments: the rows of one person
    first_seen     one at the first row of each (person, organization)
    linkable       one at rows with at least one key
    organizations  columns (bits,): roster number of the row's organization
    moved          the caller's columns, in this order
    """

    parts: Segments
    first_seen: Bits
    linkable: Bits
    organizations: Bits
    moved: list[Words]


@dataclass(slots=True)
class _KeyOrder:
    """Rows in the order of one key: the secret way there, the runs that are evidence and, if any, their firm parts."""

    order: SecretPermutation
    evidence: tuple[Segments, ...]


@dataclass(slots=True)
class _Tagged:
    """What travels with the rows into a key's order, as columns; of what scores compare, only what gates compare too is kept."""

    linkable: Bits
    organizations: Bits
    numbers: Bits
    gates: list[Bits]


def link(me: Party, given: LinkInput, rules: LinkRules, payload: Sequence[Words]) -> Steps[Persons]:
    """Link rows into persons by the rules above, and put the caller's columns into the order of persons.

    Shapes:  payload columns (rows,) of any dtypes.
    Costs:   per key one sort, the segment scans of its runs and, if it is scored, `score_cost` of its neighbours; per sweep and
             key one move and one scan; at the end one more sort.
             Rounds depend on public sizes and on the sorts' random orders.
    Reveals: opened comparisons of sorts, each after a fresh shuffle, and shuffled destinations; nothing else.
    Against: one semi-honest helper. Tampering is not detected here.
    Source:  sort once per key, move labels between orders: Araki et al., CCS 2021 (graphs); quicksort: Hamada et al. 2012.
    """
    rows = given.organizations.shape[0]
    index_bits = max(1, (rows - 1).bit_length())
    if index_bits > INDEX_BITS_MAX:
        raise InputError("link.rows.many", found=rows, most=1 << INDEX_BITS_MAX)
    assert rules.scoring_of(rules.strict) is None, "the strict key is not scored"
    sequence = [place for place in range(len(rules.caps)) if place != rules.strict] + [rules.strict]
    orders, tagged, runs = yield from _order_by_keys(me, given, rules, sequence, index_bits)
    everything = yield from segments_of(me, runs, max(1, (rows - 1).bit_length()))
    run_label = yield from copy_head(me, everything, tagged.numbers)
    strict_label = yield from copy_head(me, orders[-1].evidence[0], tagged.numbers)
    del everything, runs, tagged
    (label, changed), *firm = yield from _propagate(me, orders, strict_label, rules.sweeps, index_bits)
    told = [join([label, strict_label, run_label, changed]), *(join([*labels]) for labels in firm)]
    words = yield from invert_permutation(me, orders[-1].order, [bits_to_words(t, np.uint64) for t in told])
    orders.clear()
    status = words[0] if not firm else (yield from _take_firm_labels(me, given, rules, words[0], words[1]))
    return (yield from _persons(me, given, rules, status, payload))


def _order_by_keys(
    me: Party, given: LinkInput, rules: LinkRules, sequence: list[int], index_bits: int
) -> Steps[tuple[list[_KeyOrder], _Tagged, Bits]]:
    """Sort by every key, some at a time; of the last one, which is the strict key, give tags and runs too."""
    orders: list[_KeyOrder] = []
    tagged, runs = None, None
    traits = (yield from traits_of(me, given.features)) if rules.scoring is not None and any(rules.scored) else None
    for start in range(0, len(sequence), KEYS_AT_ONCE):
        places = sequence[start : start + KEYS_AT_ONCE]
        done = yield from together([_order_by_key(me, given, traits, rules, place, index_bits) for place in places])
        orders += [order for order, _, _ in done]
        _, tagged, runs = done[-1]
    assert tagged is not None, "a plan has a strict key"
    assert runs is not None, "and its runs"
    return orders, tagged, runs


def _order_by_key(
    me: Party, given: LinkInput, traits: Traits | None, rules: LinkRules, place: int, index_bits: int
) -> Steps[tuple[_KeyOrder, _Tagged, Bits]]:
    """Sort by one key; give its order with the runs that are evidence, the tags in this order, and the runs before the rules."""
    rows = given.organizations.shape[0]
    linkable = Bits(given.linkable.pair[place : place + 1], rows)
    values = Words(np.ascontiguousarray(given.match_keys.pair[place]))
    key_bits = 63 - index_bits
    high = Words(values.pair >> np.uint64(64 - key_bits))
    words = lay_out(me, bits_to_words(linkable, np.uint64), high, key_bits, index_bits)
    order = yield from sort_order(me, words)
    del words, high
    head = [
        linkable,
        public_values(me.number, given.organizations, organization_bits(given.organizations)),
        row_numbers(me.number, rows, index_bits),
    ]
    scoring = rules.scoring_of(place)
    if scoring is None:
        gates = [given.features[name] for name in rules.gates_of(place)]
        tags, widths = _tags(head, gates)
        values, *tags = yield from apply_permutation(me, order, [values, *tags])
        tagged = _untag(tags, widths)
        runs = yield from _runs(me, values, tagged.linkable)
        firm: list[Bits] = []
        del tags
    else:
        assert traits is not None, "a scored key needs features"
        tagged, runs, *firm = yield from _scored_runs(me, order, head, traits, rules.gates_of(place), scoring)
    del values
    evidence = yield from _gate(me, runs, tagged, rules.caps[place], scattered=scoring is not None)
    tiers = (evidence,) if rules.firm is None else (evidence, (yield from _firm_parts(me, evidence, firm)))
    return _KeyOrder(order, tiers), tagged, runs


def _firm_parts(me: Party, evidence: Segments, firm: list[Bits]) -> Steps[Segments]:
    """Keep of the runs that are evidence what is firmly joined; all of it, where joined rows have equal keys."""
    if not firm:
        return evidence
    (kept,) = yield from and_each(me, [(evidence.same, firm[0])])
    return (yield from segments_of(me, kept, evidence.levels))


def _tags(head: list[Bits], gates: list[Bits]) -> tuple[list[Words], list[int]]:
    """Put linkable bit, organization and row number into one word a row, and what gates compare into others."""
    widths = [columns.pair.shape[0] for columns in [*head, *gates]]
    tags = [bits_to_words(join(head), np.uint32 if sum(widths[:3]) <= 32 else np.uint64)]
    tags += [bits_to_words(g, np.uint16 if g.pair.shape[0] <= 16 else np.uint64) for g in gates]
    return tags, widths


def _untag(tags: list[Words], widths: list[int]) -> _Tagged:
    head = words_to_bits(tags[0], sum(widths[:3]))
    low, high = widths[0], widths[0] + widths[1]
    gates = [words_to_bits(t, w) for t, w in zip(tags[1:], widths[3:], strict=True)]
    return _Tagged(column(head, 0), column(head, slice(low, high)), column(head, slice(high, None)), gates)


def _scored_runs(
    me: Party, order: SecretPermutation, head: list[Bits], traits: Traits, gates: tuple[str, ...], scoring: Scoring
) -> Steps[tuple[_Tagged, Bits, *tuple[Bits, ...]]]:
    """Move tags and traits into a key's order, and join neighbours there by their score; if links may be firm, tell which are."""
    columns = join([*head, traits.columns()])
    n_bits = columns.pair.shape[0]
    starts = range(0, n_bits, WORD_BITS)
    words = [bits_to_words(column(columns, slice(start, start + WORD_BITS)), np.uint64) for start in starts]
    del columns
    words = yield from apply_permutation(me, order, words)
    columns = join([words_to_bits(w, min(WORD_BITS, n_bits - s)) for w, s in zip(words, starts, strict=True)])
    del words
    low = head[0].pair.shape[0] + head[1].pair.shape[0]
    linkable, numbers = column(columns, 0), column(columns, slice(low, n_bits - traits.width))
    moved = traits.of_columns(column(columns, slice(n_bits - traits.width, None)))
    table = SCORES[scoring.version]
    thresholds = [scoring.threshold + more for more in (0, table.firm) if more is not None]
    (alike, *firm), (both,) = yield from together(
        [score_neighbours(me, moved, table, thresholds), _both_linkable(me, linkable)]
    )
    (runs,) = yield from and_each(me, [(alike, both)])
    # What stays of a key's order is copied, so that the traits can go.
    kept = [Bits(c.pair.copy(), c.rows) for c in (linkable, column(columns, slice(1, low)), numbers)]
    tagged = _Tagged(kept[0], kept[1], kept[2], [Bits(moved.features[g].pair.copy(), runs.rows) for g in gates])
    return tagged, runs, *firm


def _both_linkable(me: Party, linkable: Bits) -> Steps[list[Bits]]:
    return (yield from and_each(me, [(linkable, toward_head(linkable, 1))]))


def organization_bits(organizations: NDArray[np.uint16]) -> int:
    """Count the bits that hold every roster number present."""
    return max(1, int(organizations.max(initial=0)).bit_length())


def _runs(me: Party, values: Words, linkable: Bits) -> Steps[Bits]:
    """Join each row with the next one where both are linkable and all 64 key bits are equal."""
    after = np.zeros_like(values.pair)
    after[:-1] = values.pair[1:]
    equal_keys = yield from equal_words(me, values, Words(after))
    (both,) = yield from _both_linkable(me, linkable)
    (runs,) = yield from and_each(me, [(equal_keys, both)])
    return runs


def _gate(me: Party, runs: Bits, tagged: _Tagged, cap: int, *, scattered: bool) -> Steps[Segments]:
    """Keep the runs that are evidence (rule 3).

    In a run of equal keys, rows are in the order of their numbers, those of an organization together: first rows are counted.
    In a run joined by scores they may be scattered, since keys differ: last rows are counted, found over the whole window.
    """
    parts = yield from segments_of(me, runs, link_levels(cap))
    if scattered:
        again = yield from again_later(me, parts, tagged.organizations)
        counted = keep_rows(not_(me.number, again))
    else:
        same_desk = yield from equal(me, tagged.organizations, toward_head(tagged.organizations, 1))
        (repeated,) = yield from and_each(me, [(parts.same, same_desk)])
        counted = heads_of(me.number, repeated)
    desks = yield from count_to_head(me, parts, counted)
    fits = yield from at_most(me, desks, cap)
    against = [not_(me.number, fits), parts.longer_than_window]
    against += yield from together([contradiction(me, parts, codes) for codes in tagged.gates])
    marked = yield from any_of(me, Bits(np.stack([a.pair for a in against]), runs.rows))
    spread = yield from or_from_head(me, parts, marked)
    (cleared,) = yield from and_each(me, [(parts.same, spread)])
    return (yield from segments_of(me, parts.same ^ cleared, parts.levels))


def contradiction(me: Party, parts: Segments, codes: Bits) -> Steps[Bits]:
    """Tell at the head of each segment whether two of its rows have different known codes (0 is unknown).

    Shapes:  codes has columns (bits,); the result has columns ().
    Costs:   3 + 2 * levels + 2 * ceil(log2 bits) rounds; each helper sends about 4 * bits * levels * 8 bytes per lane.
    Reveals: nothing.
    Against: one semi-honest helper. Tampering is not detected here.
    """
    known = yield from any_of(me, codes)
    (clear,) = yield from and_each(me, [(known, not_(me.number, codes))])
    bits = codes.pair.shape[0]
    seen = yield from or_to_head(me, parts, join([codes, clear]))
    (both,) = yield from and_each(me, [(column(seen, slice(bits)), column(seen, slice(bits, None)))])
    return (yield from any_of(me, both))


def _propagate(
    me: Party, orders: list[_KeyOrder], strict_label: Bits, sweeps: int, index_bits: int
) -> Steps[list[tuple[Bits, Bits]]]:
    """Sweep the smallest labels through all keys (rule 5), along all evidence and, if there are any, along firm links.

    Of each: labels, and "one sweep more changes it" as one column; both in the strict key's order.
    """
    rows, tiers = strict_label.rows, len(orders[0].evidence)
    if len(orders) == 1:
        return [(strict_label, Bits(np.zeros_like(strict_label.pair[:1]), rows))] * tiers
    ways = yield from together(
        [compose(me, here.order, orders[(place + 1) % len(orders)].order) for place, here in enumerate(orders)]
    )
    dtype = np.uint32 if tiers == 1 else np.uint64
    labels = bits_to_words(join([row_numbers(me.number, rows, index_bits)] * tiers), dtype)
    (labels,) = yield from apply_permutation(me, orders[0].order, [labels])
    before = now = [strict_label] * tiers
    for sweep in range(sweeps + 1):
        before = now
        for place, here in enumerate(orders):
            if sweep or place:
                (labels,) = yield from apply_permutation(me, ways[place - 1], [labels])
            known = words_to_bits(labels, index_bits * tiers)
            each = [column(known, slice(index_bits * tier, index_bits * (tier + 1))) for tier in range(tiers)]
            now = yield from together([_smallest(me, *pair) for pair in zip(here.evidence, each, strict=True)])
            labels = bits_to_words(join(now), dtype)
    settled = yield from together([equal(me, *pair) for pair in zip(before, now, strict=True)])
    changed = [Bits(not_(me.number, one).pair[None], rows) for one in settled]
    return list(zip(before, changed, strict=True))


def _smallest(me: Party, evidence: Segments, labels: Bits) -> Steps[Bits]:
    """Give every row of a run the run's smallest label."""
    smallest = yield from min_to_head(me, evidence, labels)
    return (yield from copy_head(me, evidence, smallest))


def _take_firm_labels(me: Party, given: LinkInput, rules: LinkRules, status: Words, firm: Words) -> Steps[Words]:
    """Give rows of components that fall back their label along firm links instead, and what is asked of it (rule 6)."""
    rows = given.organizations.shape[0]
    index_bits = max(1, (rows - 1).bit_length())
    order = yield from _order_by_component(me, status, rows)
    tag = bits_to_words(
        public_values(me.number, given.organizations, organization_bits(given.organizations)), np.uint16
    )
    status, firm, tag = yield from apply_permutation(me, order, [status, firm, tag])
    known, firmly = words_to_bits(status, 3 * index_bits + 1), words_to_bits(firm, index_bits + 1)
    component = _component(known, words_to_bits(tag, organization_bits(given.organizations)), index_bits)
    same, falls = yield from falls_back(me, component, rules.cluster_cap)
    (before_last,) = yield from and_each(me, [(same, falls)])
    falls = yield from any_of(me, stack([falls, toward_tail(before_last, 1)]))
    label = yield from choose(me, falls, column(firmly, slice(index_bits)), component.label)
    (changed,) = yield from and_each(me, [(falls, column(firmly, index_bits))])
    kept = column(known, slice(index_bits, 3 * index_bits))
    told = join([label, kept, Bits(changed.pair[None], rows)])
    (status,) = yield from invert_permutation(me, order, [bits_to_words(told, np.uint64)])
    return status


def _order_by_component(me: Party, status: Words, rows: int) -> Steps[SecretPermutation]:
    """Sort rows by (label, strict label, row number)."""
    index_bits = max(1, (rows - 1).bit_length())
    known = words_to_bits(status, 2 * index_bits)
    label, strict = column(known, slice(index_bits)), column(known, slice(index_bits, 2 * index_bits))
    words = bits_to_words(join([row_numbers(me.number, rows, index_bits), strict, label]), np.uint64)
    del known, label, strict
    return (yield from sort_order(me, words))


def _component(known: Bits, organizations: Bits, index_bits: int) -> Component:
    return Component(
        label=column(known, slice(index_bits)),
        strict=column(known, slice(index_bits, 2 * index_bits)),
        run=column(known, slice(2 * index_bits, 3 * index_bits)),
        changed=column(known, 3 * index_bits),
        organizations=organizations,
    )


def _persons(me: Party, given: LinkInput, rules: LinkRules, status: Words, payload: Sequence[Words]) -> Steps[Persons]:
    """Sort once by (label, strict label, row number), settle the components (rule 6), and give rows in the order of persons."""
    rows = given.organizations.shape[0]
    index_bits = max(1, (rows - 1).bit_length())
    order = yield from _order_by_component(me, status, rows)
    org_bits = organization_bits(given.organizations)
    linkable = yield from any_of(me, given.linkable)
    tag = join([Bits(linkable.pair[None], rows), public_values(me.number, given.organizations, org_bits)])
    status, tagged, *moved = yield from apply_permutation(me, order, [status, bits_to_words(tag, np.uint16), *payload])
    tags = words_to_bits(tagged, 1 + org_bits)
    component = _component(words_to_bits(status, 3 * index_bits + 1), column(tags, slice(1, None)), index_bits)
    same = yield from settle(me, component, rules.cluster_cap)
    levels = max(link_levels(rules.cluster_cap), link_levels(rules.caps[rules.strict]))
    parts = yield from segments_of(me, same, levels)
    same_desk = yield from equal(me, component.organizations, toward_head(component.organizations, 1))
    (repeated,) = yield from and_each(me, [(parts.same, same_desk)])
    return Persons(parts, heads_of(me.number, repeated), column(tags, 0), component.organizations, moved)
