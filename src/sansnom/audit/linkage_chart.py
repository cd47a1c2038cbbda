"""A chart of recall by group of origin, with its intervals, as SVG: readable without colour, by itself."""

from html import escape
from typing import Final

from sansnom.audit.linkage import Pairs, Score

ROW_HEIGHT: Final = 22
LABEL_WIDTH: Final = 120
BAR_WIDTH: Final = 420
LOWEST: Final = 0.5
"""Where the axis starts: below half, linking is of no use anyway, and the axis says where it starts."""

TITLES: Final = {
    "fr": "Part des paires d’une même personne qui ont été reliées (intervalle de 95 %)",
    "en": "Share of a person’s pairs that were linked (95 % interval)",
}
EVERYONE: Final = {"fr": "Tous", "en": "All"}


def chart(scored: Score, language: str) -> str:
    """Draw the recall of everyone and of each group."""
    lines = [(EVERYONE[language], scored.pairs), *scored.by_group.items()]
    width, height = LABEL_WIDTH + BAR_WIDTH + 60, 60 + ROW_HEIGHT * len(lines)
    title = escape(TITLES[language])
    drawn = [
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" width="{width}" height="{height}" font-family="sans-serif">',
        f'<title>{title}</title><text x="0" y="16" font-size="13">{title}</text>',
    ]
    drawn += [_row(label, pairs, 44 + ROW_HEIGHT * place) for place, (label, pairs) in enumerate(lines)]
    drawn += [_tick(share, height - 8) for share in (0.5, 0.6, 0.7, 0.8, 0.9, 1.0)]
    return "\n".join([*drawn, "</svg>"]) + "\n"


def _place(share: float) -> float:
    return round(LABEL_WIDTH + BAR_WIDTH * (max(LOWEST, share) - LOWEST) / (1 - LOWEST), 1)


def _row(label: str, pairs: Pairs, y: int) -> str:
    low, high = pairs.to_json()["recall_interval"]
    return (
        f'<text x="0" y="{y}" font-size="12">{escape(label)}</text>'
        f'<line x1="{_place(low)}" x2="{_place(high)}" y1="{y - 4}" y2="{y - 4}" stroke="#334" stroke-width="2"/>'
        f'<circle cx="{_place(pairs.recall)}" cy="{y - 4}" r="4" fill="#334"/>'
        f'<text x="{LABEL_WIDTH + BAR_WIDTH + 12}" y="{y}" font-size="12">{pairs.recall:.3f}</text>'
    )


def _tick(share: float, y: int) -> str:
    return f'<text x="{_place(share)}" y="{y}" font-size="11" text-anchor="middle">{share:.1f}</text>'
