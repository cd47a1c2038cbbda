"""The one way to multiply: every product of shares is masked and exchanged by `pass_products`.

When active security comes (a later issue), it checks what goes through here, and nothing else has to change.

With x = x0 ^ x1 ^ x2 held as (x_i, x_{i+1}) by helper i, the product x & y is the XOR over i of
    x_i y_i ^ x_i y_{i+1} ^ x_{i+1} y_i,
all of which helper i can compute. A fresh sharing of zero masks each helper's part; sent to the helper before, it
makes the pair.

Source: Araki, Furukawa, Lindell, Nof, Ohara, CCS 2016.
"""

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from sansnom.compute import kernels
from sansnom.compute.correlated import Party
from sansnom.compute.share import Bits, Ring, Words
from sansnom.compute.steps import Steps, pass_to_previous

Array: TypeAlias = "NDArray[Any]"


def pass_products(me: Party, products: Array) -> Steps[Array]:
    """Mask this helper's part of XOR-shared products in place, send it on, and receive the next helper's part.

    Shapes:  products and the result are alike; products is the new component of this helper, the result that of the
             next.
    Costs:   1 round; each helper sends products.nbytes.
    Reveals: nothing; a fresh sharing of zero masks the message.
    Against: one semi-honest helper. Tampering is not detected here.
    """
    mask_products(me, products)
    return (yield from pass_to_previous(products))


def mask_products(me: Party, products: Array) -> None:
    """Mask this helper's part of XOR-shared products in place, with a fresh sharing of zero, before it is sent."""
    me.mask_words(products)


def pass_ring_products(me: Party, products: NDArray[np.uint64]) -> Steps[NDArray[np.uint64]]:
    """Do for products in Z/2^64 what `pass_products` does for XOR: mask in place, send, receive.

    Shapes:  products and the result are alike.
    Costs:   1 round; each helper sends 8 bytes per element.
    Reveals: nothing; a fresh sharing of zero masks the message.
    Against: one semi-honest helper. Tampering is not detected here.
    """
    products += me.zero_ring(products.shape)
    return (yield from pass_to_previous(products))


def and_words(me: Party, x: Words, y: Words) -> Steps[Words]:
    """AND two shared arrays of words, element by element.

    Shapes:  x, y and the result are (...), one dtype.
    Costs:   1 round; each helper sends itemsize bytes per word.
    Reveals: nothing; a fresh sharing of zero masks the message.
    Against: one semi-honest helper. Tampering is not detected here.
    """
    return Words((yield from _and_pairs(me, x.pair, y.pair)))


def and_bits(me: Party, x: Bits, y: Bits) -> Steps[Bits]:
    """AND two shared arrays of bit columns, bit by bit.

    Shapes:  x, y and the result have the same columns and rows.
    Costs:   1 round; each helper sends 8 bytes per lane of 64 rows.
    Reveals: nothing; a fresh sharing of zero masks the message.
    Against: one semi-honest helper. Tampering is not detected here.
    """
    assert x.rows == y.rows, f"rows differ: {x.rows} and {y.rows}"
    return Bits((yield from _and_pairs(me, x.pair, y.pair)), x.rows)


def multiply_ring(me: Party, x: Ring, y: Ring) -> Steps[Ring]:
    """Multiply two shared arrays, element by element, in Z/2^64.

    Shapes:  x, y and the result are (...).
    Costs:   1 round; each helper sends 8 bytes per element.
    Reveals: nothing; a fresh sharing of zero masks the message.
    Against: one semi-honest helper. Tampering is not detected here.
    """
    assert x.pair.shape == y.pair.shape, f"shapes differ: {x.pair.shape} and {y.pair.shape}"
    products = np.empty(x.pair.shape[:-1], dtype=np.uint64)
    kernels.ring_message(flat_pair(x.pair), flat_pair(y.pair), products.reshape(-1))
    theirs = yield from pass_ring_products(me, products)
    return Ring(join_pair(products, theirs))


def dot_product(me: Party, x: Ring, y: Ring) -> Steps[Ring]:
    """Add up the products of two shared columns, in Z/2^64: one element of traffic, whatever the rows.

    Shapes:  x is (rows,) or the shape of y; y is (..., rows); the result is (...).
    Costs:   1 round; each helper sends 8 bytes per element of the result.
    Reveals: nothing; a fresh sharing of zero masks the message.
    Against: one semi-honest helper. Tampering is not detected here.
    """
    assert x.pair.shape in {y.pair.shape, y.pair.shape[-2:]}, f"shapes differ: {x.pair.shape} and {y.pair.shape}"
    outer = y.pair.shape[:-2]
    rows = y.pair.shape[-2]
    many = (
        np.ascontiguousarray(y.pair).reshape(-1, rows, 2) if rows else np.zeros((int(np.prod(outer)), 0, 2), np.uint64)
    )
    one = x.pair.ndim == 2
    left = np.ascontiguousarray(x.pair).reshape(1 if one else many.shape[0], rows, 2)
    products = np.empty(many.shape[0], dtype=np.uint64)
    for place in range(many.shape[0]):
        products[place] = kernels.dot_message(left[0 if one else place], many[place])
    theirs = yield from pass_ring_products(me, products)
    return Ring(join_pair(products.reshape(outer), theirs.reshape(outer)))


def flat_pair(pair: Array) -> Array:
    """View a pair of any shape (..., 2) as contiguous rows (n, 2)."""
    return np.ascontiguousarray(pair).reshape(-1, 2)


def join_pair(mine: Array, theirs: Array) -> Array:
    """Put a helper's own component and the next one's side by side: (...) twice to (..., 2)."""
    pair = np.empty((*mine.shape, 2), dtype=mine.dtype)
    kernels.interleave(mine.reshape(-1), theirs.reshape(-1), pair.reshape(-1, 2))
    return pair


def _and_pairs(me: Party, x: Array, y: Array) -> Steps[Array]:
    assert x.shape == y.shape, f"shapes differ: {x.shape} and {y.shape}"
    assert x.dtype == y.dtype, f"dtypes differ: {x.dtype} and {y.dtype}"
    products = np.empty(x.shape[:-1], dtype=x.dtype)
    kernels.and_message(flat_pair(x), flat_pair(y), products.reshape(-1))
    theirs = yield from pass_products(me, products)
    return join_pair(products, theirs)
