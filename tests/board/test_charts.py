"""Charts: the same bytes everywhere, well-formed SVG, intervals in every mark, words that can be read."""

from xml.etree import ElementTree as ET

import pytest

from sansnom.board.charts import INK, PAPER, SHADES, SOFT, Bar, bar_chart, matrix_chart, standalone
from sansnom.board.language import LANGUAGES, Speaker
from sansnom.release.intervals_noise import figure_of

SVG = "{http://www.w3.org/2000/svg}"


def drawn(chart: str) -> ET.Element:
    """Parse a chart."""
    return ET.fromstring(chart)  # noqa: S314 - drawn by the code under test


def bars() -> list[Bar]:
    """Give a long label, a dominated figure, a negative one, and a large one."""
    labels = ("A", "Personnes réfugiées et en situation semblable, reconnues sur place", "C & <D>", "E")
    return [
        Bar(label, figure_of(v, 17), "G" if v == 3 else "") for label, v in zip(labels, (1204, 3, -9, 88), strict=True)
    ]


@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_bar_chart_is_whole(language: str, narrow: bool) -> None:
    """Title, description, one mark for each row, everything inside its frame."""
    chart = bar_chart(bars(), "T", "D", Speaker(language), narrow=narrow)
    root = drawn(chart)
    assert root.get("role") == "img"
    assert [child.tag for child in root][:2] == [f"{SVG}title", f"{SVG}desc"]
    dashed = [r for r in root.iter(f"{SVG}rect") if r.get("stroke-dasharray")]
    assert len(dashed) == 2
    width, height = float(root.get("width", "0")), float(root.get("height", "0"))
    for text in root.iter(f"{SVG}text"):
        assert 0 <= float(text.get("x", "-1")) <= width
        assert 0 <= float(text.get("y", "-1")) <= height
    for rect in root.iter(f"{SVG}rect"):
        assert float(rect.get("x", "0")) + float(rect.get("width", "0")) <= width + 0.2
    assert "style" not in {name for element in root.iter() for name in element.attrib}


def test_a_dominated_figure_has_no_bar() -> None:
    """What noise dominates is an outline of its interval; a filled bar would claim a value."""
    chart = drawn(bar_chart([Bar("a", figure_of(5, 17))], "T", "D", Speaker("en"), narrow=False))
    (mark,) = chart.iter(f"{SVG}rect")
    assert mark.get("fill") == "none"
    assert "too few" in "".join(chart.itertext())


def test_every_bar_carries_its_interval() -> None:
    """The line over a bar begins at the low end and stops at the high end."""
    near = bar_chart([Bar("a", figure_of(100, 10))], "T", "D", Speaker("en"), narrow=False)
    far = bar_chart([Bar("a", figure_of(100, 50))], "T", "D", Speaker("en"), narrow=False)
    assert near != far
    assert "90 to 110" in str(near)
    assert "50 to 150" in str(far)


@pytest.mark.parametrize("narrow", [False, True])
def test_a_matrix_frames_its_diagonal(narrow: bool) -> None:
    """Nine cells, three framed; dominated ones are not shaded."""
    figures = [figure_of(v, 17) for v in (300, 200, 10, 5, 260, 117, 0, 4, 140)]
    names = ["1-4", "5-8", "9-12"]
    root = drawn(matrix_chart(names, names, figures, ("T", "D", "First", "Last"), Speaker("en"), narrow=narrow))
    cells = list(root.iter(f"{SVG}rect"))
    assert len(cells) == 9
    assert [c.get("stroke") == INK for c in cells] == [n % 4 == 0 for n in range(9)]
    assert [c.get("fill") == SHADES[0] for c in cells] == [f.dominated for f in figures]


def test_a_chart_stands_alone_with_its_source() -> None:
    """A file of a chart is SVG by itself, on paper, with a line that says where it comes from."""
    content = standalone(bar_chart(bars(), "T", "D", Speaker("fr"), narrow=False), "sansnom <réponse>")
    root = ET.fromstring(content)  # noqa: S314 - as above
    assert "sansnom <réponse>" in "".join(root.itertext())
    assert next(root.iter(f"{SVG}rect")).get("fill") == PAPER


def _luminance(colour: str) -> float:
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("ink", [INK, SOFT])
@pytest.mark.parametrize("shade", SHADES)
def test_words_on_every_shade_can_be_read(ink: str, shade: str) -> None:
    """Contrast of text on each shade is at least 4.5, also in greyscale."""
    light, dark = _luminance(shade) + 0.05, _luminance(ink) + 0.05
    assert light / dark >= 4.5


def test_shades_differ_in_greyscale() -> None:
    """Each shade is darker than the one before: order survives a photocopier."""
    levels = [_luminance(shade) for shade in SHADES]
    assert levels == sorted(levels, reverse=True)
    assert len(set(levels)) == len(levels)
