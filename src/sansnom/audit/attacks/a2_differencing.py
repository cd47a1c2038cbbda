"""A2, differencing: what do sums and differences of published figures isolate?"""

from typing import Final

from sansnom.audit.attacks.drawing import ERROR, cancelled, guessed_differences, quiet_sums, same_questions, setting_of
from sansnom.audit.attacks.outcome import CORRELATION, INDIVIDUALIZATION, Measure, Outcome
from sansnom.audit.attacks.own_tables import isolating, published_tables
from sansnom.audit.attacks.practice import Practice
from sansnom.audit.attacks.target import Target, together
from sansnom.terms.errors import Finding

TURNS: Final = 60


def attack(target: Target, practice: Practice) -> Outcome:
    """Subtract figures that should differ by one person, in one release, across releases, and in an organization's tables."""
    guesses = guessed_differences(target, practice, (setting_of(target),), TURNS)
    inside, free = quiet_sums(together(target))
    between = min((cancelled(same_questions(target, other)) for other in target.others), default=1.0)
    own = isolating(published_tables(practice))
    return Outcome(
        number="A2",
        name=("Différences", "Differencing"),
        criteria=(INDIVIDUALIZATION, CORRELATION),
        tried=(
            (
                "On refait la diffusion sans une personne et on soustrait; on soustrait aussi "
                "tout ce qui est publié, par deux ou trois."
            ),
            (
                "The release is made again without one person and subtracted; published figures "
                "are subtracted too, by twos and threes."
            ),
        ),
        rule=(
            (
                "La différence n’est devinée qu’aussi souvent que le bruit promis le permet; "
                "aucune soustraction n’isole de 1 à 9 personnes."
            ),
            "The difference is guessed only as often as the promised noise allows; no subtraction isolates 1 to 9 persons.",
        ),
        guessing=(
            "Dire «\u00a0zéro\u00a0» à chaque fois, sous le bruit promis.",
            "Saying “nought” every time, under the promised noise.",
        ),
        measures=(
            Measure(
                "difference_guessed",
                ("Différences d’une personne devinées exactement", "Differences of one person guessed exactly"),
                guesses.rate,
                guesses.allowed,
                guesses.expected / guesses.trials,
                percent=True,
                decimals=1,
            ),
            Measure(
                "sums_too_quiet",
                (
                    f"Vraisemblance de l’écart entre tableaux ({free} additions)",
                    f"Likelihood of the gaps between tables ({free} sums)",
                ),
                inside,
                ERROR,
                floor=True,
                decimals=4,
            ),
            Measure(
                "releases_too_close",
                ("Vraisemblance de l’écart entre diffusions", "Likelihood of the gaps between releases"),
                between,
                ERROR,
                floor=True,
                decimals=4,
            ),
            Measure(
                "isolated",
                (
                    "Tableaux propres\u00a0: soustractions qui isolent de 1 à 9 personnes",
                    "Own tables: subtractions isolating 1 to 9 persons",
                ),
                len(own),
                0,
            ),
        ),
        named=tuple(Finding("attack.isolated", name) for name in own),
    )
