"""A9, time: one quarter against its year, one release against its correction, one month more or less."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Final

import numpy as np

from sansnom.audit.attacks.drawing import ERROR, cancelled, guessed_differences, same_questions, setting_of
from sansnom.audit.attacks.outcome import CORRELATION, Measure, Outcome
from sansnom.audit.attacks.own_tables import THRESHOLD, bounds_of, published_tables
from sansnom.audit.attacks.practice import Practice
from sansnom.audit.attacks.target import Target
from sansnom.release.budget import HARD_CAP, Ledger
from sansnom.release.rules import Known, check_plan
from sansnom.terms.errors import Finding
from sansnom.terms.plan import Period, Plan

TURNS: Final = 60
PERIOD_RULES: Final = "rule.period."


def attack(target: Target, practice: Practice) -> Outcome:
    """Ask over another span of time, and subtract; ask the rules for spans that overlap by half (G-05)."""
    later = replace(target.plan, plan=f"{target.plan.plan[:50]}-later")
    guesses = guessed_differences(target, practice, (setting_of(target), setting_of(target, later)), TURNS)
    spans = list(other_spans(target.plan))
    accepted = [plan.period.start for plan in spans if not _refused_for_its_period(target, plan)]
    other = [
        r for r in target.others if r.period != target.release.period or target.release.release in (r.supersedes, "")
    ]
    between = min((cancelled(same_questions(target, each)) for each in other), default=1.0)
    own = published_tables(practice)
    low, high = bounds_of(own)
    gaps = np.array([" - " in name for name in own.names])
    exposed = gaps & own.small & (high - low + 1 < THRESHOLD)
    return Outcome(
        number="A9",
        name=("Le temps", "Time"),
        criteria=(CORRELATION,),
        tried=(
            "On soustrait un trimestre de son année, une diffusion de sa correction, un mois de plus d’un mois de moins.",
            "A quarter is subtracted from its year, a release from its correction, a month more from a month less.",
        ),
        rule=(
            (
                "Le bruit de deux demandes ne s’annule pas; les périodes qui se chevauchent à demi sont "
                "refusées; la différence de deux périodes reste protégée."
            ),
            (
                "The noise of two questions does not cancel; periods that half overlap are refused; "
                "the difference of two periods stays protected."
            ),
        ),
        guessing=("Dire «\u00a0rien n’a changé\u00a0».", "Saying “nothing changed”."),
        measures=(
            Measure(
                "change_guessed",
                ("Changements d’une personne devinés exactement", "Changes of one person guessed exactly"),
                guesses.rate,
                guesses.allowed,
                guesses.expected / guesses.trials,
                percent=True,
                decimals=1,
            ),
            Measure(
                "spans",
                (
                    f"Périodes à demi recouvertes acceptées, sur {len(spans)}",
                    f"Half-overlapping periods accepted, of {len(spans)}",
                ),
                len(accepted),
                0,
            ),
            Measure(
                "over_time_too_close",
                (
                    "Vraisemblance de l’écart entre périodes publiées",
                    "Likelihood of the gaps between published periods",
                ),
                between,
                ERROR,
                floor=True,
                decimals=4,
            ),
            Measure(
                "own_differences",
                (
                    "Tableaux propres\u00a0: différences de périodes mal protégées",
                    "Own tables: differences of periods badly protected",
                ),
                int(exposed.sum()),
                0,
            ),
        ),
        named=tuple(Finding("attack.own", own.names[int(cell)]) for cell in np.flatnonzero(exposed)),
    )


def other_spans(plan: Plan) -> Iterator[Plan]:
    """Give plans over spans that overlap this plan's without being the same: parts, shifts, one day less, the double."""
    start, end = date.fromisoformat(plan.period.start), date.fromisoformat(plan.period.end)
    days = (end - start).days
    middle = start + timedelta(days // 2)
    month = timedelta(30)
    spans = [
        (start, middle),
        (middle, end),
        (start + timedelta(1), end),
        (start, end - timedelta(1)),
        (start - month, end),
        (start, end + month),
        (start - month, end - month),
        (start - timedelta(days), end + timedelta(days)),
        (end, end + timedelta(days)),
    ]
    for number, (first, last) in enumerate(spans):
        if first <= last and (first, last) != (start, end):
            period = Period(first.isoformat(), last.isoformat())
            yield replace(plan, plan=f"{plan.plan[:50]}-span-{number}", period=period, series="", series_parts=())


def _refused_for_its_period(target: Target, plan: Plan) -> bool:
    """Ask the rules; only a refusal for the period counts, whatever else they find."""
    known = Known(frozenset({target.dictionary.version}), plans=(target.plan,))
    roster = target.board.roster_of(target.plan)
    found = check_plan(plan, target.dictionary, roster, Ledger(yearly=HARD_CAP), known)
    return any(finding.code.startswith(PERIOD_RULES) for finding in found)
