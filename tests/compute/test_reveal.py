"""The only way out of shares."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sansnom.compute.correlated import Party
from sansnom.compute.multiply import flat_pair
from sansnom.compute.reveal import Opening, open_products, reveal_to_all_helpers
from sansnom.compute.simulate import Message
from sansnom.compute.steps import Steps
from sansnom.terms.errors import BrokenInvariant
from tests.compute.strategies import WIDTHS, Array, bits, columns, rows, run, shared, shared_bits, shared_ring


@given(st.data())
def test_all_three_see_the_same_value(data: st.DataObject) -> None:
    """Words, ring elements and bits come out as they went in, at every helper, in one round."""
    n = data.draw(rows())
    width = data.draw(st.sampled_from(WIDTHS))
    x, y, z = data.draw(columns(n, width)), data.draw(columns(n)), bits(2, n, n)
    a, b, c = shared(x), shared_ring(y), shared_bits(z)
    for protocol, plain in (
        (run(lambda me, p: reveal_to_all_helpers(me, a[p], Opening.NOISY_CELL)), x),
        (run(lambda me, p: reveal_to_all_helpers(me, b[p], Opening.NOISY_CELL)), y),
        (run(lambda me, p: reveal_to_all_helpers(me, c[p], Opening.NOISY_CELL)), z),
    ):
        assert protocol.trace.rounds == 1
        assert all((seen == plain).all() and seen.shape == plain.shape for seen in protocol.results)


@pytest.mark.guarantee("G-03")
@pytest.mark.parametrize("purpose", ["noisy cell", None, "debug"])
def test_what_is_not_on_the_list_is_not_opened(purpose: object) -> None:
    """Naming no entry of the closed list opens nothing: no message leaves, also with assertions off."""
    a = shared(np.arange(5, dtype=np.uint64))
    sent: list[Message] = []
    wrong: Any = purpose  # mypy would refuse it too

    def listen(message: Message) -> Array:
        sent.append(message)
        return message.array

    for protocol in (
        lambda me, p: reveal_to_all_helpers(me, a[p], wrong),
        lambda me, p: open_products(me, a[p].pair[:, 0].copy(), wrong),
    ):
        with pytest.raises(BrokenInvariant) as caught:
            run(protocol, intercept=listen)
        assert caught.value.code == "reveal.purpose"
    assert not sent


@pytest.mark.guarantee("G-03")
def test_the_list_of_openings_is_closed() -> None:
    """Three openings, and no other; a fourth needs a decision record and this line."""
    assert {entry.name for entry in Opening} == {"SHUFFLED_COMPARISON", "SHUFFLED_DESTINATION", "NOISY_CELL"}


@pytest.mark.guarantee("G-02")
def test_an_opened_product_shows_the_product_only() -> None:
    """Two pairs of factors with the same product give each helper messages that are as random, and no factor."""
    products = {}
    for x, y in ((0, 0), (0, 255), (255, 0)):
        a = shared(np.full(4000, x, np.uint8), b"x")
        b = shared(np.full(4000, y, np.uint8), b"y")

        def both(me: Party, p: int, a: object = a, b: object = b) -> Steps[Array]:
            left, right = flat_pair(a[p].pair), flat_pair(b[p].pair)  # type: ignore[index]  # bound for this pass
            terms = (left[:, 0] & (right[:, 0] ^ right[:, 1])) ^ (left[:, 1] & right[:, 0])
            return (yield from open_products(me, terms, Opening.SHUFFLED_COMPARISON))

        ran = run(both, keep_views=True)
        assert all(not seen.any() for seen in ran.results)
        products[x, y] = ran.trace.views
    for views in products.values():
        for from_previous, from_next in views:
            for message in (from_previous, from_next):
                assert np.bincount(message, minlength=256).max() < 60  # 4000 / 256 = 16 expected
