"""Charts as plain SVG: no script, readable in greyscale, in print, and at phone width; the interval is part of every mark.

Drawn by our own few lines rather than a plotting library (docs/adr/0014): the same bytes on every machine, ten years of releases
in seconds, and two layouts of each chart, so that text keeps its size on a phone. Everything is attributes: no style, no class.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from sansnom.board.language import Speaker
from sansnom.terms.release import Figure

INK: Final = "#1c2326"
SOFT: Final = "#434c50"
LINE: Final = "#d8dad5"
BAR: Final = "#3f8f8b"
BAR_OTHER: Final = "#9fc7c2"
PAPER: Final = "#ffffff"
SHADES: Final = ("#ffffff", "#eaf3f2", "#d3e6e4", "#bcd9d6", "#a6cdc9")
FONT: Final = "'Source Sans 3','Segoe UI',Roboto,'Helvetica Neue',Arial,'Liberation Sans',sans-serif"
WIDE: Final = 720
NARROW: Final = 340
LABEL_LETTERS_WIDE: Final = 34
LABEL_LETTERS_NARROW: Final = 44


@dataclass(frozen=True, slots=True)
class Bar:
    """One row of a chart: its label, its figure, and the group it opens (empty: goes on with the group before)."""

    label: str
    figure: Figure
    group: str = ""


@dataclass(frozen=True, slots=True)
class Drawing:
    """Where things stand: sizes of one layout, and the scale."""

    width: int
    left: int
    right: int
    row: int
    largest: int

    def x(self, value: int) -> str:
        """Place a value on the horizontal axis."""
        return _n(self.left + (self.right - self.left) * min(value, self.largest) / self.largest)


def bar_chart(bars: Sequence[Bar], title: str, description: str, speaker: Speaker, *, narrow: bool) -> str:
    """Draw horizontal bars with their intervals; what noise dominates is an outline with words, never a bar of length 0."""
    largest, step = _scale(max(bar.figure.high for bar in bars))
    drawing = Drawing(NARROW, 2, NARROW - 8, 46, largest) if narrow else Drawing(WIDE, 236, WIDE - 186, 28, largest)
    parts: list[str] = []
    y = 8
    for bar in bars:
        if bar.group:
            y += 12
            parts.append(_text(2, y + 10, bar.group, size=14, weight="600"))
            y += 22
        row, high = (
            _narrow_row(bar, y, drawing, speaker) if narrow else (_wide_row(bar, y, drawing, speaker), drawing.row)
        )
        parts.append(row)
        y += high
    grid = _grid(drawing, step, y, speaker)
    return _svg(drawing.width, y + 30, title, description, [grid, *parts])


def matrix_chart(
    rows: Sequence[str],
    columns: Sequence[str],
    figures: Sequence[Figure],
    words: tuple[str, str, str, str],
    speaker: Speaker,
    *,
    narrow: bool,
) -> str:
    """Draw a square of figures shaded by size, the diagonal framed. `words`: title, description, row axis, column axis."""
    title, description, row_axis, column_axis = words
    width = NARROW if narrow else WIDE
    left, top, high = (78, 58, 60) if narrow else (190, 62, 64)
    wide = (width - left - 4) // len(columns)
    largest = max((f.value for f in figures if not f.dominated), default=1)
    parts = [
        _text(left + wide * len(columns) / 2, 18, column_axis, size=13, weight="600", anchor="middle"),
        _text(2, 18, row_axis, size=13, weight="600"),
    ]
    for n, label in enumerate(columns):
        parts.append(_text(left + wide * (n + 0.5), top - 10, label, size=13, anchor="middle"))
    for place, figure in enumerate(figures):
        row, column = divmod(place, len(columns))
        x, y = left + wide * column, top + high * row
        if column == 0:
            parts += _lines(rows[row], 2, y + high / 2 + 4, 11 if narrow else 22, size=13)
        parts.append(_matrix_cell(figure, x, y, wide, high, largest, framed=row == column))
        parts += _matrix_words(figure, x + wide / 2, y + high / 2, speaker)
    return _svg(width, top + high * len(rows) + 6, title, description, parts)


def standalone(chart: str, source: str) -> bytes:
    """Make a file of a chart, with a line that says where it comes from."""
    head, _, rest = chart.partition(">")
    width, height = head.split('viewBox="0 0 ')[1].split('"')[0].split()
    taller = int(height) + 24
    head = head.replace(f"0 0 {width} {height}", f"0 0 {width} {taller}").replace(
        f'width="{width}" height="{height}"', f'width="{width}" height="{taller}"'
    )
    line = _text(2, int(height) + 14, source, size=11, fill=SOFT)
    paper = f'<rect width="{width}" height="{taller}" fill="{PAPER}"/>'
    body = rest.removesuffix("</svg>")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{head}>{paper}{body}{line}</svg>\n'.encode()


# ------------------------------------------------------------------------------------------------------------- parts


def _wide_row(bar: Bar, y: int, drawing: Drawing, speaker: Speaker) -> str:
    """Label on the left, mark, then value and interval in two columns of their own."""
    middle = y + drawing.row / 2
    label = _lines(bar.label, drawing.left - 12, middle + 4, LABEL_LETTERS_WIDE, size=13, anchor="end")
    few = bar.figure.dominated
    words = speaker.text("chart.too_few_short") if few else speaker.number(bar.figure.value)
    size, weight, fill = (12, "400", SOFT) if few else (14, "600", INK)
    value = _text(drawing.right + 66, middle + 5, words, size=size, weight=weight, anchor="end", fill=fill)
    interval = _text(drawing.right + 76, middle + 5, speaker.range(bar.figure.low, bar.figure.high), size=12, fill=SOFT)
    return "".join([*label, _mark(bar.figure, y + 5, drawing.row - 10, drawing), value, interval])


def _narrow_row(bar: Bar, y: int, drawing: Drawing, speaker: Speaker) -> tuple[str, int]:
    """Label above the mark, on a line of its own when it is long; gives the height too."""
    words = _value_words(bar.figure, speaker)
    lower = 0 if len(bar.label) + len(words) <= LABEL_LETTERS_NARROW else 16
    label = _text(2, y + 12, _short(bar.label, LABEL_LETTERS_NARROW + 4), size=13)
    weight = "400" if bar.figure.dominated else "600"
    value = _text(drawing.width - 4, y + 12 + lower, words, size=13, weight=weight, anchor="end")
    return label + value + _mark(bar.figure, y + 19 + lower, 16, drawing), drawing.row + lower


def _value_words(figure: Figure, speaker: Speaker) -> str:
    told = speaker.range(figure.low, figure.high)
    first = speaker.text("chart.too_few_short") if figure.dominated else speaker.number(figure.value)
    return f"{first} ({told})"


def _mark(figure: Figure, y: float, height: float, drawing: Drawing) -> str:
    """A bar to the value and a line over the interval; for what noise dominates, a dashed outline of the interval."""
    start, low, high = drawing.x(0), drawing.x(figure.low), drawing.x(figure.high)
    middle = _n(y + height / 2)
    if figure.dominated:
        length = _n(float(high) - float(start))
        return (
            f'<rect x="{start}" y="{_n(y + 2)}" width="{length}" height="{_n(height - 4)}" fill="none" '
            f'stroke="{SOFT}" stroke-width="1.2" stroke-dasharray="3 3"/>'
        )
    length = _n(float(drawing.x(figure.value)) - float(start))
    ends = "".join(f'<path d="M{x} {_n(y + height / 2 - 4)}v8"/>' for x in (low, high))
    return (
        f'<rect x="{start}" y="{_n(y)}" width="{length}" height="{_n(height)}" fill="{BAR}"/>'
        f'<g stroke="{PAPER}" stroke-width="4.4"><path d="M{low} {middle}H{high}"/></g>'
        f'<g stroke="{INK}" stroke-width="1.6"><path d="M{low} {middle}H{high}"/>{ends}</g>'
    )


def _grid(drawing: Drawing, step: int, bottom: int, speaker: Speaker) -> str:
    lines, words = [], []
    for value in range(0, drawing.largest + 1, step):
        x = drawing.x(value)
        lines.append(f'<path d="M{x} 4V{bottom}"/>')
        last, first = value + step > drawing.largest, value == 0
        anchor = (
            "start"
            if first and drawing.left < 10
            else ("end" if last and drawing.right > NARROW - 20 and drawing.width == NARROW else "middle")
        )
        words.append(_text(float(x), bottom + 16, speaker.number(value), size=11, fill=SOFT, anchor=anchor))
    return f'<g stroke="{LINE}">{"".join(lines)}</g>{"".join(words)}'


def _matrix_cell(figure: Figure, x: float, y: float, wide: int, high: int, largest: int, *, framed: bool) -> str:
    shade = SHADES[0]
    if not figure.dominated:
        shade = SHADES[min(len(SHADES) - 1, 1 + (len(SHADES) - 1) * figure.value // (largest + 1))]
    stroke, thick = (INK, "2") if framed else (LINE, "1")
    inset = 2 if framed else 1
    return (
        f'<rect x="{_n(x + inset)}" y="{_n(y + inset)}" width="{wide - 2 * inset}" height="{high - 2 * inset}" '
        f'fill="{shade}" stroke="{stroke}" stroke-width="{thick}"/>'
    )


def _matrix_words(figure: Figure, x: float, y: float, speaker: Speaker) -> list[str]:
    if figure.dominated:
        told = (speaker.text("chart.too_few_short"), speaker.range(figure.low, figure.high))
        return [
            _text(x, y - 2, told[0], size=12, fill=SOFT, anchor="middle"),
            _text(x, y + 14, told[1], size=11, fill=SOFT, anchor="middle"),
        ]
    return [
        _text(x, y - 1, speaker.number(figure.value), size=16, weight="600", anchor="middle"),
        _text(x, y + 15, speaker.range(figure.low, figure.high), size=11, fill=SOFT, anchor="middle"),
    ]


def _svg(width: int, height: int, title: str, description: str, parts: Sequence[str]) -> str:
    inside = "".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'role="img" font-family="{FONT}"><title>{escape(title)}</title><desc>{escape(description)}</desc>{inside}</svg>'
    )


def _text(
    x: float, y: float, words: str, *, size: int, weight: str = "400", anchor: str = "start", fill: str = INK
) -> str:
    return (
        f'<text x="{_n(x)}" y="{_n(y)}" font-size="{size}" font-weight="{weight}" text-anchor="{anchor}" '
        f'fill="{fill}">{escape(words)}</text>'
    )


def _lines(words: str, x: float, y: float, letters: int, *, size: int, anchor: str = "start") -> list[str]:
    """Set a label on one line, or on two when it is longer than so many letters."""
    if len(words) <= letters:
        return [_text(x, y, words, size=size, anchor=anchor)]
    cut = words.rfind(" ", 0, letters + 1)
    first, second = (words[:cut], words[cut + 1 :]) if cut > 0 else (words[:letters], words[letters:])
    half = size / 2
    return [
        _text(x, y - half, first, size=size, anchor=anchor),
        _text(x, y + half + 1, _short(second, letters), size=size, anchor=anchor),
    ]


def _short(words: str, letters: int) -> str:
    return words if len(words) <= letters else f"{words[: letters - 1].rstrip()}…"


def _scale(largest: int) -> tuple[int, int]:
    """Choose a round step (1, 2 or 5 times a power of ten) that gives at most five parts, and the end of the axis."""
    step = 1
    while True:
        for times in (1, 2, 5):
            if step * times * 5 >= max(1, largest):
                chosen = step * times
                return -(-max(1, largest) // chosen) * chosen, chosen
        step *= 10


def _n(value: float) -> str:
    """Write a coordinate to a tenth, without a needless zero: the same digits everywhere."""
    told = f"{value:.1f}"
    return told.removesuffix(".0")
