"""A4, averaging: does adding up many noisy answers wash the noise away?"""

from dataclasses import replace
from fractions import Fraction
from math import erf, sqrt
from typing import Final

import numpy as np

from sansnom.audit.attacks.drawing import noise_of_all, setting_of
from sansnom.audit.attacks.outcome import INDIVIDUALIZATION, Measure, Outcome
from sansnom.audit.attacks.practice import Practice
from sansnom.audit.attacks.target import Target, together
from sansnom.release.budget import HARD_CAP, Ledger
from sansnom.release.rules import Known, check_plan
from sansnom.terms.parse import Text
from sansnom.terms.plan import LAPLACE, SKELLAM, Plan

WORLDS: Final = 40
ATTEMPTS: Final = 8


def attack(target: Target, practice: Practice) -> Outcome:
    """Join all tables by least squares; run again what died; ask the same question in disguise (G-05)."""
    rate, limit, raw = _recovery(target, practice)
    disguises = disguised(target.plan)
    accepted = [name for name, plan in disguises if _accepted(target, plan)]
    return Outcome(
        number="A4",
        name=("Moyennes", "Averaging"),
        criteria=(INDIVIDUALIZATION,),
        tried=(
            (
                "On joint tous les tableaux par moindres carrés, on relance un calcul "
                "interrompu, on repose la même question déguisée."
            ),
            "All tables are joined by least squares, an interrupted run is repeated, the same question is asked in disguise.",
        ),
        rule=(
            (
                "Les effectifs exacts ne sont pas retrouvés plus souvent que le bruit promis le permet; "
                "refaire ne donne rien de neuf; aucun déguisement ne passe."
            ),
            (
                "Exact counts are not found more often than the promised noise allows; "
                "repeating brings nothing new; no disguise passes."
            ),
        ),
        guessing=(
            "Croire chaque chiffre publié, tableau par tableau.",
            "Believing each published figure, table by table.",
        ),
        measures=(
            Measure(
                "recovered",
                ("Effectifs exacts retrouvés", "Exact counts found"),
                rate,
                limit,
                raw,
                percent=True,
                decimals=1,
            ),
            Measure(
                "fresh_noise",
                (
                    f"Bruits différents en {ATTEMPTS} essais du même calcul",
                    f"Different noises in {ATTEMPTS} attempts of the same run",
                ),
                _different_noises(target, practice),
                1,
            ),
            Measure(
                "disguises",
                (
                    f"Questions déguisées acceptées, sur {len(disguises)}",
                    f"Disguised questions accepted, of {len(disguises)}",
                ),
                len(accepted),
                0,
            ),
        ),
    )


def _recovery(target: Target, practice: Practice) -> tuple[float, float, float]:
    """Give how often the attacker finds exact counts in made-up worlds of this release, the limit, and without joining."""
    whole = together(target)
    setting = setting_of(target)
    cells = len(whole.values)
    exact = alone = 0
    for world in range(WORLDS):
        noise = noise_of_all(practice, setting, "averaging", f"{world:064x}")[:cells].astype(np.float64)
        # Least squares are linear, and the truth obeys the sums: the error is what they leave of the noise.
        exact += int((np.abs(whole.fitted(noise)) < 0.5).sum())
        alone += int((noise == 0).sum())
    spread = np.maximum(whole.fitted_spread(), 1e-9)
    share = float(np.mean([erf(0.5 / (each * sqrt(2))) for each in spread]))
    # Figures of one world lean on the same noise: the doubt is that of the worlds, not of the figures, tenfold at most.
    doubt = 3.72 * sqrt(share * (1 - share) / (WORLDS * cells / 10))
    return exact / (WORLDS * cells), share * 1.1 + doubt + 0.002, alone / (WORLDS * cells)


def _different_noises(target: Target, practice: Practice) -> int:
    """Count the different noises that repeated attempts of one run draw: one, or averaging them takes the noise away."""
    setting = setting_of(target)
    drawn = {noise_of_all(practice, setting, "attempts", "ab" * 32).tobytes() for _ in range(ATTEMPTS)}
    return len(drawn)


def disguised(plan: Plan) -> list[tuple[str, Plan]]:
    """Dress the same question up in other ways: other name, title, order, budget, law of noise, threshold."""
    other = replace(plan, plan=f"{plan.plan[:50]}-again", series="", series_parts=(), supersedes="")
    title = Text("Une tout autre question", "Quite another question")
    renamed = tuple(replace(t, table=f"x-{t.table}"[:60], title=title) for t in plan.tables)
    turned = tuple(
        replace(t, dimensions=tuple(reversed(t.dimensions)), services=tuple(reversed(t.services))) for t in plan.tables
    )
    small = Fraction(1, 1000)
    cheaper = tuple(replace(t, rho=small) for t in plan.tables)
    rho = small * (len(plan.tables) + 1)
    law = LAPLACE if plan.noise == SKELLAM else SKELLAM
    return [
        ("name", other),
        ("title", replace(other, title=title)),
        ("tables", replace(other, tables=renamed)),
        ("order", replace(other, tables=turned)),
        ("one", replace(other, tables=plan.tables[:1], rho=plan.tables[0].rho + plan.counts_rho)),
        ("budget", replace(other, tables=cheaper, counts_rho=small, rho=rho)),
        ("law", replace(other, noise=law)),
        ("threshold", replace(other, threshold=plan.threshold + 1)),
        ("supersedes-nothing", replace(other, supersedes="never-asked")),
    ]


def _accepted(target: Target, plan: Plan) -> bool:
    """Ask the rules that every helper asks, with a ledger so rich that only the question can be the reason."""
    known = Known(
        frozenset({target.dictionary.version}), frozenset(d.code for d in target.plan.dimensions), (target.plan,)
    )
    roster = target.board.roster_of(target.plan)
    return not check_plan(plan, target.dictionary, roster, Ledger(yearly=HARD_CAP), known)
