"""Noise from every helper, added on shares: the only way a total leaves them.

Each helper draws its own integers outside this room (`release.noise`) and hides them in a fresh sharing of zero; the sum
of the three is in the total before anything opens. So exact joint counts exist nowhere in the clear, and a helper who
subtracts its own part still faces that of the two others.
"""

import numpy as np
from numpy.typing import NDArray

from sansnom.compute.correlated import Party
from sansnom.compute.reveal import Opening, reveal_to_all_helpers
from sansnom.compute.share import Ring
from sansnom.compute.steps import Steps, pass_to_previous


def share_noise(me: Party, noise: NDArray[np.int64]) -> Steps[Ring]:
    """Share the sum of the three helpers' noise: each helper's part becomes its own component, masked by a sharing of zero.

    Shapes:  noise (cells,), this helper's; the result (cells,).
    Costs:   1 round; each helper sends 8 bytes per cell.
    Reveals: nothing; a fresh sharing of zero masks the message.
    Against: one semi-honest helper. One that sends no noise lowers it: two others' noise alone pays for the loss.
    Source:  as re-sharing after a multiplication, Araki et al., CCS 2016.
    """
    assert noise.dtype == np.int64, "noise is signed"
    mine = noise.astype(np.uint64) + me.zero_ring(noise.shape)
    theirs = yield from pass_to_previous(mine)
    return Ring(np.stack([mine, theirs], axis=-1))


def open_noisy(me: Party, totals: Ring, noise: NDArray[np.int64]) -> Steps[NDArray[np.int64]]:
    """Add the noise of all three helpers to the totals, and open the noisy cells to all three.

    Shapes:  totals (cells,), noise (cells,), this helper's; the result (cells,), signed: noise may push a cell under zero.
    Costs:   2 rounds; each helper sends 16 bytes per cell.
    Reveals: the noisy cells, which the plan's budget pays for.
    Against: one semi-honest helper. Tampering is not detected here.
    """
    shared = yield from share_noise(me, noise)
    assert totals.pair.shape == shared.pair.shape, f"{totals.pair.shape[0]} cells and noise for {noise.shape[0]}"
    opened = yield from reveal_to_all_helpers(me, totals + shared, Opening.NOISY_CELL)
    return opened.astype(np.uint64).view(np.int64)
