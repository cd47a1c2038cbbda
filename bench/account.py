"""The accountant against two others: OpenDP in our own environment, dp-accounting in `.venv-bench-protect`, by files.

python bench/account.py [--oracle PYTHON]

What is compared, with tolerances:
  a. our conversion of Renyi bounds, with dp-accounting's from the same bounds: within 0.011 (ours is rounded up to 0.01)
  b. epsilon of compositions, with the exact one from dp-accounting's privacy loss distributions: never below, and at most
     30 % above (what Renyi accounting costs at integer orders); for a single table of Skellam noise of variance 2, where the
     published bound is loose, at most 120 % above
  c. the loss of discrete Laplace noise, with OpenDP's map of the same scale: within 10^-9
  d. Gaussian noise of the same rho by OpenDP's zCDP conversion: Skellam costs more, and at most 35 % more at variance 2
"""

import argparse
import json
import math
import subprocess
import sys
import tempfile
from fractions import Fraction
from pathlib import Path
from typing import Any

import opendp.prelude as dp

from sansnom.release.account import (
    DELTA,
    ORDERS,
    Mechanism,
    Sensitivity,
    epsilon,
    pure_loss,
    pure_renyi_bound,
    renyi_bound,
)
from sansnom.release.laplace import laplace_variance, laplace_weights, odds_for
from sansnom.release.noise import skellam_total, skellam_weights
from sansnom.terms.plan import LAPLACE, SKELLAM

ORACLE = """
import json, sys, math
import numpy as np
from dp_accounting.pld import privacy_loss_distribution as pld
from dp_accounting.rdp import rdp_privacy_accountant as rdp
asked = json.load(open(sys.argv[1]))
told = []
for case in asked:
    low = {int(k): v for k, v in case["lower"].items()}
    up = {int(k): v for k, v in case["upper"].items()}
    one = pld.from_two_probability_mass_functions(low, up, value_discretization_interval=1e-3)
    exact = one.self_compose(case["times"]).get_epsilon_for_delta(case["delta"])
    converted = float(rdp.compute_epsilon(np.array(case["orders"]), np.array(case["renyi"]), case["delta"])[0])
    told.append({"exact": exact, "converted": converted})
json.dump(told, open(sys.argv[2], "w"))
"""
CASES = [
    (SKELLAM, Fraction(2), 1, 1),
    (SKELLAM, Fraction(25), 1, 1),
    (SKELLAM, Fraction(25), 1, 20),
    (SKELLAM, Fraction(800), 4, 10),
    (LAPLACE, Fraction(1, 4), 1, 1),
    (LAPLACE, Fraction(1, 50), 1, 1),
    (LAPLACE, Fraction(1, 50), 1, 20),
    (LAPLACE, Fraction(1, 50), 4, 10),
]


def mechanism_of(law: str, scale: Fraction, moved: int) -> Mechanism:
    """Give the mechanism of a case: `scale` is a variance for Skellam, a rho for Laplace."""
    variance = scale if law == SKELLAM else laplace_variance(odds_for(scale, moved))
    return Mechanism(Sensitivity(moved, moved**2), variance, requests=False, law=law)


def log_masses(mechanism: Mechanism, shift: int) -> dict[int, float]:
    """Give the logarithms of the exact probabilities of the noise of two helpers, moved by `shift`."""
    skellam = mechanism.law == SKELLAM
    weights = skellam_weights(mechanism.variance) if skellam else laplace_weights(mechanism.variance)
    total = skellam_total(weights)
    reach = next((k for k, w in enumerate(weights) if w << 70 < total), len(weights) - 1)
    return {k + shift: math.log(Fraction(weights[abs(k)], total)) for k in range(-reach, reach + 1)}


def renyi_of(mechanism: Mechanism) -> list[float]:
    """Give our Renyi bound at each of our orders."""
    if mechanism.law == SKELLAM:
        return [float(renyi_bound(mechanism, order)) for order in ORDERS]
    loss = pure_loss(mechanism)
    return [float(pure_renyi_bound(loss, order)) for order in ORDERS]


def with_opendp() -> bool:
    """Compare with OpenDP; say whether all holds."""
    dp.enable_features("contrib")
    good = True
    for rho in (Fraction(1, 4), Fraction(1, 50)):
        mechanism = mechanism_of(LAPLACE, rho, 1)
        ours = float(pure_loss(mechanism))
        space = dp.atom_domain(T=int), dp.absolute_distance(T=int)
        laplace: Any = dp.m.make_laplace(*space, scale=1 / ours)
        theirs = float(laplace.map(1))
        converter: Any = dp.c.make_zCDP_to_approxDP(dp.m.make_gaussian(*space, scale=math.sqrt(1 / (2 * float(rho)))))
        gaussian = float(converter.map(1).epsilon(float(DELTA)))
        skellam = float(epsilon([mechanism_of(SKELLAM, 1 / (2 * rho), 1)])[0])
        holds = abs(ours - theirs) < 1e-9 and gaussian <= skellam <= 1.35 * gaussian
        good &= holds
        print(
            f"OpenDP, rho {rho!s:5}  Laplace loss {ours:.6f} / {theirs:.6f}   Skellam {skellam:.2f} / Gaussian {gaussian:.3f}"
            f"   {'holds' if holds else 'FAILS'}"
        )
    return good


def with_dp_accounting(python: str) -> bool:
    """Compare with dp-accounting; say whether all holds."""
    asked = []
    for law, scale, moved, times in CASES:
        mechanism = mechanism_of(law, scale, moved)
        renyi = [bound * times for bound in renyi_of(mechanism)]
        asked.append(
            {
                "lower": log_masses(mechanism, 0),
                "upper": log_masses(mechanism, moved),
                "times": times,
                "orders": list(ORDERS),
                "renyi": renyi,
                "delta": float(DELTA),
            }
        )
    with tempfile.TemporaryDirectory() as folder:
        given, got = Path(folder) / "asked.json", Path(folder) / "told.json"
        given.write_text(json.dumps(asked), encoding="utf-8")
        subprocess.run([python, "-c", ORACLE, str(given), str(got)], check=True)
        told = json.loads(got.read_text(encoding="utf-8"))
    good = True
    print("law      scale  moved  times     ours   converted by dp-accounting   exact (loss distribution)   above")
    for (law, scale, moved, times), answer in zip(CASES, told, strict=True):
        ours = float(epsilon([mechanism_of(law, scale, moved)] * times)[0])
        above = ours / answer["exact"] - 1
        holds = -0.0005 <= ours - answer["converted"] <= 0.011 and -0.005 <= above <= (1.2 if scale == 2 else 0.3)
        good &= holds
        print(
            f"{law:8} {scale!s:>5} {moved:6} {times:6} {ours:8.2f} {answer['converted']:18.4f} {answer['exact']:26.4f}"
            f" {100 * above:16.1f} %   {'holds' if holds else 'FAILS'}"
        )
    return good


def main() -> int:
    """Compare with both; 1 when anything lies outside its tolerance, 2 when an oracle is not there."""
    parser = argparse.ArgumentParser(description="compare the accountant / comparer le calcul de la perte")
    parser.add_argument("--oracle", default=".venv-bench-protect/bin/python", metavar="PYTHON")
    oracle = parser.parse_args().oracle
    good = with_opendp()
    if not Path(oracle).is_file():
        print(
            f"dp-accounting: no {oracle}; pip install -r requirements/bench-protect.txt there, or name another with --oracle"
        )
        return 2
    return int(not (with_dp_accounting(oracle) and good))


if __name__ == "__main__":
    sys.exit(main())
