"""The page of an audit: ten attacks in plain sentences, each with a picture, in French and in English.

One file that opens anywhere: no script, no font, no address. Every colour comes with a word and a shape.
"""

from collections.abc import Sequence
from html import escape
from typing import Final

from sansnom.audit.attacks.outcome import CORRELATION, INDIVIDUALIZATION, INFERENCE, Both, Measure, Outcome
from sansnom.audit.attacks.runner import Audited

NAMED_MAX: Final = 12
NBSP: Final = "\u00a0"
CRITERIA: Final[dict[str, tuple[Both, Both]]] = {
    INDIVIDUALIZATION: (
        ("individualisation", "individualization"),
        (
            "qu’on ne puisse isoler ou distinguer une personne dans l’ensemble",
            "that no person can be isolated or distinguished within the dataset",
        ),
    ),
    CORRELATION: (
        ("corrélation", "correlation"),
        (
            "qu’on ne puisse relier entre eux des ensembles qui concernent la même personne",
            "that datasets concerning the same person cannot be connected",
        ),
    ),
    INFERENCE: (
        ("inférence", "inference"),
        (
            "qu’on ne puisse déduire des renseignements personnels d’autres renseignements disponibles",
            "that personal information cannot be inferred from other available information",
        ),
    ),
}
"""Words and meaning of the three criteria of the regulation on anonymization (A-2.1, r. 0.1, s. 2)."""
_STYLE: Final = """
:root{color-scheme:light}body{font:17px/1.55 system-ui,sans-serif;color:#1d1d1d;background:#fff;margin:0 auto;
max-width:60rem;padding:1rem}section{border-top:4px solid #08519c;margin-top:2rem}h1,h2,h3{line-height:1.25}
article{border:1px solid #bbb;border-left:8px solid #00441b;border-radius:4px;padding:.25rem 1rem 1rem;margin:1.25rem 0}
article.bad{border-left-color:#8c2d04}.mark{font-weight:bold;color:#00441b}.bad .mark,p.bad{color:#8c2d04}
p.verdict{font-size:1.2rem;font-weight:bold}svg{max-width:100%;height:auto}svg text{font:13px system-ui,sans-serif}
table{border-collapse:collapse;width:100%}td,th{padding:.3rem .6rem .3rem 0;text-align:left;vertical-align:top;
border-bottom:1px solid #ddd}td.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.wide{overflow-x:auto}small{color:#444}@media print{article{break-inside:avoid}}
"""
_INTRODUCTION: Final = (
    (
        "Dix attaques ont été menées sur chaque diffusion, comme le ferait une personne qui veut retrouver quelqu’un. "
        "Chacune dit ce qu’elle tente, ce qu’elle obtient, ce qu’on obtiendrait en devinant, et la limite à ne pas dépasser."
    ),
    (
        "Ten attacks were made on each release, as somebody would who wants to find a person. Each says what it tries, what "
        "it gets, what guessing would get, and the limit that must hold."
    ),
)
_LAST: Final = (
    (
        "Une attaque qui échoue ne prouve rien sur la suivante. Ces mesures éclairent l’analyse des risques; elles ne la "
        "remplacent pas, et ne disent rien de ce que quelqu’un sait déjà par ailleurs."
    ),
    (
        "An attack that fails proves nothing about the next one. These measures inform the analysis of risks; they do not "
        "replace it, and say nothing about what somebody knows already."
    ),
)
_GOOD, _BAD, _GREY = "#00441b", "#8c2d04", "#777"


def page(audited: Sequence[Audited], planted: str = "") -> str:
    """Write the page: French first, then English."""
    sections = "".join(_section(audited, planted, language) for language in (0, 1))
    title = "Ce que disent vraiment les diffusions · What the releases really say"
    return (
        '<!doctype html>\n<html lang="fr">\n<head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title}</title><style>{_STYLE}</style></head>\n"
        f'<body>\n<p><a href="#fr">Français</a> · <a href="#en" lang="en">English</a></p>\n{sections}</body>\n</html>\n'
    )


def _section(audited: Sequence[Audited], planted: str, language: int) -> str:
    code = ("fr", "en")[language]
    heading = ("Ce que disent vraiment les diffusions", "What the releases really say")[language]
    intro = _INTRODUCTION[language]
    criteria = "".join(
        f"<li><strong>{word[language]}</strong>{_colon(language)} {meaning[language]}</li>"
        for word, meaning in CRITERIA.values()
    )
    asked = ("Le règlement sur l’anonymisation demande", "The regulation on anonymization asks")[language]
    self_test = ""
    if planted:
        told = (
            f"Essai de l’audit lui-même{NBSP}: une faiblesse a été plantée ({planted}). Cette page doit être rouge.",
            f"Test of the audit itself: one weakness was planted ({planted}). This page must be red.",
        )[language]
        self_test = f'<p class="bad"><strong>{escape(told)}</strong></p>'
    parts = "".join(_release(each, language) for each in audited)
    last = _LAST[language]
    return (
        f'<section id="{code}" lang="{code}">\n<h1>{escape(heading)}</h1>\n{self_test}<p>{escape(intro)}</p>\n'
        f"<p>{asked}{_colon(language)}</p><ul>{criteria}</ul>\n{parts}<p><small>{escape(last)}</small></p>\n</section>\n"
    )


def _release(audited: Audited, language: int) -> str:
    bad = [outcome.number for outcome in audited.outcomes if not outcome.passed]
    name = audited.release.title.fr if language == 0 else audited.release.title.en
    good = (
        f"Cette diffusion résiste aux {len(audited.outcomes)} attaques.",
        f"This release withstands the {len(audited.outcomes)} attacks.",
    )[language]
    fails = (
        f"Cette diffusion ne résiste pas{NBSP}: {', '.join(bad)}.",
        f"This release does not withstand: {', '.join(bad)}.",
    )[language]
    verdict = fails if bad else good
    articles = "".join(_article(outcome, language) for outcome in audited.outcomes)
    return (
        f"<h2>{escape(name)} <small>({escape(audited.release.release)})</small></h2>\n"
        f'<p class="verdict{" bad" if bad else ""}">{"✘" if bad else "✔"} {escape(verdict)}</p>\n{articles}'
    )


def _article(outcome: Outcome, language: int) -> str:
    words = (("Résiste", "Ne résiste pas"), ("Withstands", "Does not withstand"))[language]
    mark = f"✔ {words[0]}" if outcome.passed else f"✘ {words[1]}"
    criteria = ", ".join(CRITERIA[code][0][language] for code in outcome.criteria)
    heads = (
        ("Mesure", "Obtenu", "Limite", "En devinant"),
        ("Measure", "Found", "Limit", "By guessing"),
    )[language]
    rows = "".join(_row(measure, language) for measure in outcome.measures)
    labels = (("Essai", "Règle", "En devinant", "Critères"), ("Attempt", "Rule", "By guessing", "Criteria"))[language]
    lines = "".join(
        f"<p><strong>{label}{_colon(language)}</strong> {escape(told)}</p>"
        for label, told in zip(
            labels, (outcome.tried[language], outcome.rule[language], outcome.guessing[language], criteria), strict=True
        )
    )
    notes = "".join(f"<p><small>{escape(note[language])}</small></p>" for note in outcome.notes)
    return (
        f'<article class="{"" if outcome.passed else "bad"}"><h3>{outcome.number} · {escape(outcome.name[language])} – '
        f'<span class="mark">{mark}</span></h3>{lines}<div class="wide"><table><thead><tr>'
        + "".join(f"<th>{head}</th>" for head in heads)
        + f"</tr></thead><tbody>{rows}</tbody></table></div>{_picture(outcome, language)}"
        + f"{_named(outcome, language)}{notes}</article>\n"
    )


def _row(measure: Measure, language: int) -> str:
    sign = ("au moins", "at least")[language] if measure.floor else ("au plus", "at most")[language]
    guess = "–" if measure.baseline is None else _number(measure, measure.baseline, language)
    return (
        f'<tr><th scope="row">{"" if measure.good else "✘ "}{escape(measure.name[language])}</th>'
        f'<td class="n">{_number(measure, measure.found, language)}</td>'
        f'<td class="n">{sign} {_number(measure, measure.limit, language)}</td><td class="n">{guess}</td></tr>'
    )


def _named(outcome: Outcome, language: int) -> str:
    if outcome.passed or not outcome.named:
        return ""
    title = ("Où", "Where")[language]
    places = "".join(f"<li>{escape(each.where)}</li>" for each in outcome.named[:NAMED_MAX])
    more = len(outcome.named) - NAMED_MAX
    rest = f"<li>{(f'et {more} de plus', f'and {more} more')[language]}</li>" if more > 0 else ""
    return f"<p><strong>{title}{_colon(language)}</strong></p><ul>{places}{rest}</ul>"


def _picture(outcome: Outcome, language: int) -> str:
    """Draw each measure that has a scale: a bar for what was found, a line for the limit, a ring for guessing."""
    drawn = [m for m in outcome.measures if m.limit > 0 and (m.baseline is not None or m.found)]
    if not drawn:
        return ""
    width, left, height = 560, 8, 46
    parts = []
    for place, measure in enumerate(drawn):
        top = place * height
        known = [measure.found, measure.limit, measure.baseline or 0.0]
        scale = (width - 2 * left) / (1.15 * max(known) or 1.0)
        colour = _GOOD if measure.good else _BAD
        parts.append(f'<text x="{left}" y="{top + 14}">{escape(measure.name[language])}</text>')
        parts.append(
            f'<rect x="{left}" y="{top + 20}" width="{max(1.0, measure.found * scale):.1f}" height="12" fill="{colour}"/>'
        )
        at = left + measure.limit * scale
        parts.append(
            f'<line x1="{at:.1f}" x2="{at:.1f}" y1="{top + 16}" y2="{top + 38}" stroke="#000" stroke-width="2.5"/>'
        )
        if measure.baseline is not None:
            ring = left + measure.baseline * scale
            parts.append(
                f'<circle cx="{ring:.1f}" cy="{top + 26}" r="5" fill="#fff" stroke="{_GREY}" stroke-width="2.5"/>'
            )
    legend = (
        "Barre\u00a0: obtenu. Trait\u00a0: limite. Rond\u00a0: en devinant.",
        "Bar: found. Line: limit. Ring: by guessing.",
    )[language]
    told = "; ".join(f"{m.name[language]} {_number(m, m.found, language)}" for m in drawn)
    tall = len(drawn) * height
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {tall}" width="{width}" height="{tall}" role="img" '
        f'aria-label="{escape(told)}">{"".join(parts)}</svg><p><small>{legend}</small></p>'
    )


def _number(measure: Measure, value: float, language: int) -> str:
    shown = 100 * value if measure.percent else value
    text = f"{shown:,.{measure.decimals}f}"
    if language == 0:
        text = text.replace(",", NBSP).replace(".", ",")
    return f"{text}{NBSP if language == 0 else ' '}%" if measure.percent else text


def _colon(language: int) -> str:
    return f"{NBSP}:" if language == 0 else ":"
