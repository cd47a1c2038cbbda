"""Noise: how long one helper takes to draw it for a million cells, from its seed to integers, by law and scale.

python bench/noise.py [--cells 1000000]
"""

import argparse
import platform
import sys
import time
from fractions import Fraction

import numpy as np

from sansnom.compute.correlated import Stream
from sansnom.release.laplace import laplace_variance, odds_for
from sansnom.release.noise import WORDS_PER_CELL, Scale, noise_share
from sansnom.terms.plan import LAPLACE, SKELLAM

BUDGETS = (Fraction(1, 4), Fraction(1, 50), Fraction(1, 5000))
WITHIN_SECONDS = 20.0


def main() -> int:
    """Print a row for each law and budget; 1 when a million cells take more than twenty seconds."""
    parser = argparse.ArgumentParser(description="draw one helper's noise / tirer le bruit d'une institution")
    parser.add_argument("--cells", type=int, default=10**6)
    cells = parser.parse_args().cells
    print(
        f"{platform.machine()}, Python {platform.python_version()}, numpy {np.__version__}; {cells} cells, one helper"
    )
    print("law       rho     variance of two     tables s    words s    noise s   total s per 10^6")
    worst = 0.0
    for law in (SKELLAM, LAPLACE):
        for rho in BUDGETS:
            variance = 1 / (2 * rho) if law == SKELLAM else laplace_variance(odds_for(rho, 1))
            scale = Scale(cells, variance, law)
            start = time.perf_counter()
            noise_share(np.zeros((1, WORDS_PER_CELL[law]), dtype=np.uint64), [Scale(1, variance, law)])
            tables = time.perf_counter() - start
            start = time.perf_counter()
            words = Stream(bytes(32), "common").words((cells, WORDS_PER_CELL[law]), np.uint64)
            drawn = time.perf_counter() - start
            start = time.perf_counter()
            noise = noise_share(words, [scale])
            done = time.perf_counter() - start
            total = tables + (drawn + done) * 10**6 / cells
            worst = max(worst, total)
            told = f"{law:9} {rho!s:7} {float(variance):16.2f} {tables:12.3f} {drawn:10.3f} {done:10.3f} {total:12.3f}"
            print(f"{told}   (drawn variance {2 * float(noise.var()):.2f})")
    return int(worst > WITHIN_SECONDS)


if __name__ == "__main__":
    sys.exit(main())
