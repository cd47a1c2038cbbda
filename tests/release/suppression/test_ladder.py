"""The whole engine on tables small enough to try every pattern, or to ask a second solver."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sansnom.release.linear_table import LinearTable
from sansnom.release.suppression import QUICK, Effort, suppress
from sansnom.terms.errors import PolicyRefusal
from tests.release.suppression.tables import best_by_trying, fischetti_salazar, safe, table

counts = st.integers(min_value=0, max_value=30)


@st.composite
def tables(draw: st.DrawFn, rows: int, columns: int, threshold: int = 5) -> LinearTable:
    """A crossed table of counts whose small ones are sensitive by one unit."""
    inner = np.array([[draw(counts) for _ in range(columns)] for _ in range(rows)])
    primary = {
        r * (columns + 1) + c: (1, 1) for r in range(rows) for c in range(columns) if 0 < inner[r, c] < threshold
    }
    return table(inner, primary)


def test_the_published_example_has_its_published_optimum() -> None:
    """Fischetti and Salazar's table of 3 by 3 loses 59, the sensitive 22 included, and hides the four cells they print."""
    asked = fischetti_salazar()
    found = suppress(asked)
    assert found.loss + 22 == 59
    assert found.status == "optimal"
    assert found.bound == found.loss
    assert [asked.names[cell] for cell in np.flatnonzero(found.suppressed)] == [
        "row 2, column 1",
        "row 2, column 3",
        "row 3, column 1",
        "row 3, column 3",
    ]


@settings(max_examples=12, deadline=None)
@given(tables(2, 2))
def test_no_pattern_of_a_small_table_loses_less(asked: LinearTable) -> None:
    """Against every pattern there is, judged by another solver: the proven loss is the least one."""
    try:
        found = suppress(asked)
    except PolicyRefusal:
        assert best_by_trying(asked) == np.inf
        return
    assert found.status == "optimal"
    assert safe(asked, found.suppressed)
    assert found.loss == pytest.approx(best_by_trying(asked))


@settings(max_examples=12, deadline=None)
@given(tables(4, 4), st.booleans())
def test_a_pattern_is_safe_whatever_the_effort(asked: LinearTable, quick: bool) -> None:
    """The first pattern is as safe as the last, and neither is below the bound."""
    try:
        found = suppress(asked, effort=QUICK if quick else Effort())
    except PolicyRefusal:
        return
    assert safe(asked, found.suppressed)
    assert found.bound <= found.loss + 1e-6


def test_the_same_table_gives_the_same_pattern() -> None:
    """Without a clock nothing but the input counts."""
    asked = table(np.array([[3, 20, 9], [14, 2, 30], [25, 8, 4]]), {0: (3, 7), 5: (2, 8), 10: (4, 6)})
    first, second = suppress(asked), suppress(asked)
    assert first.suppressed.tolist() == second.suppressed.tolist()
    assert first.steps == second.steps


def test_a_caller_that_stops_at_once_still_gets_a_safe_pattern() -> None:
    """Stopping costs quality, never safety."""
    asked = fischetti_salazar()
    found = suppress(asked, stop=lambda: True)
    assert safe(asked, found.suppressed)
    assert found.bound <= found.loss


def test_a_cell_nothing_can_protect_is_refused_by_its_labels() -> None:
    """All other cells of its row and column are structural zeros: hiding everything would not hide it."""
    asked = table(np.array([[3, 0, 0], [0, 20, 30], [0, 40, 50]]), {0: (3, 7)})
    with pytest.raises(PolicyRefusal) as caught:
        suppress(asked, fixed_published=np.arange(asked.cells) % 4 == 3)
    assert caught.value.code == "suppression.impossible"
    assert caught.value.parameters["where"] == "row 1, column 1"
    assert "20" not in str(caught.value)


def test_a_sensitive_cell_that_an_earlier_release_published_is_refused() -> None:
    """Nothing can hide it again, and whoever asks must know."""
    asked = fischetti_salazar()
    with pytest.raises(PolicyRefusal, match=r"suppression.impossible .*row 2, column 3"):
        suppress(asked, fixed_published=asked.primary)


def test_cells_published_before_stay_published_and_hidden_ones_hidden() -> None:
    """An earlier release took two cells of the best pattern away, and hid one it did not need."""
    asked = fischetti_salazar()
    published = np.isin(asked.names, ["row 3, column 1", "row 3, column 3"])
    hidden = np.isin(asked.names, ["row 1, column 2"])
    found = suppress(asked, fixed_published=published, fixed_suppressed=hidden)
    assert not found.suppressed[published].any()
    assert found.suppressed[hidden].all()
    assert safe(asked, found.suppressed)
    assert found.loss == 50 + 10 + 19  # the cell hidden before, and two more to make a circle with it


def test_a_contributor_alone_in_a_hidden_cell_does_not_learn_the_sensitive_one() -> None:
    """Who is alone in a cell of the best pattern could subtract it; so the pattern changes."""
    asked = fischetti_salazar()
    alone = table(asked.values.reshape(4, 4)[:3, :3], {6: (5, 8)}, contributors={4: 7})
    assert not safe(alone, suppress(asked).suppressed)
    found = suppress(alone)
    assert safe(alone, found.suppressed)
    assert "contributors" in found.steps
    assert found.loss > 37


def test_progress_tells_a_bound_that_rises_and_a_loss_that_falls() -> None:
    """What a person watches moves one way."""
    told: list[tuple[str, float, float]] = []
    suppress(
        table(np.array([[3, 20, 9], [14, 2, 30], [25, 8, 4]]), {0: (3, 7), 5: (2, 8), 10: (4, 6)}),
        progress=lambda step, loss, bound: told.append((step, loss, bound)),
    )
    losses, bounds = [loss for _, loss, _ in told], [bound for _, _, bound in told]
    assert losses == sorted(losses, reverse=True)
    assert bounds == sorted(bounds)
