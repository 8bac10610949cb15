"""The colours of the grades: contrast, greyscale, colour blindness. All computed here."""

from itertools import combinations, pairwise

import numpy as np
import pytest
from afcharts.af_colours import get_af_colours
from matplotlib.colors import to_rgb

from ofsted_analysis.charts import style
from ofsted_analysis.tables.errors import DataError
from ofsted_analysis.tables.grades import BANDS

COLOURS = style.GRADE_COLOURS

# Machado, Oliveira and Fernandes (2009): dichromats, on linear RGB.
BLINDNESS = {
    "none": np.eye(3),
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}


def linear(colour):
    if colour == "white":
        colour = "#FFFFFF"
    values = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def luminance(rgb):
    return float(np.clip(rgb, 0, 1) @ [0.2126, 0.7152, 0.0722])


def contrast(one, other):
    """As in the Web Content Accessibility Guidelines."""
    dark, light = sorted((luminance(linear(one)), luminance(linear(other))))
    return (light + 0.05) / (dark + 0.05)


def lab(rgb):
    matrix = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    xyz = np.array(matrix) @ np.clip(rgb, 0, 1) / [0.9505, 1, 1.089]
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def test_there_is_a_colour_for_each_band():
    assert tuple(COLOURS) == BANDS


@pytest.mark.parametrize("name", style.SCALE)
def test_marks_stand_out_from_white(name):
    mark = style.mark(name)
    edge_helps = mark.edge != "white" and contrast(mark.edge, "white") >= 3
    assert contrast(mark.fill, "white") >= 3 or edge_helps


@pytest.mark.parametrize("name", style.SCALE)
def test_words_can_be_read_on_marks(name):
    assert contrast(style.mark(name).ink, style.mark(name).fill) >= 4.5


def test_words_can_be_read_on_white():
    for ink in (style.INK, style.QUIET, style.ACCENT):
        assert contrast(ink, "#F4F4F4") >= 4.5


def test_steps_are_as_even_as_afcharts():
    steps = [contrast(a, b) for a, b in pairwise(COLOURS.values())]
    theirs = get_af_colours("sequential", number_of_colours=4)
    smallest = min(contrast(a, b) for a, b in pairwise(theirs))
    assert min(steps) >= 2.2 > smallest
    assert max(steps) - min(steps) < 0.2


def test_from_dark_to_light():
    light = [luminance(linear(colour)) for colour in COLOURS.values()]
    assert light == sorted(light)


@pytest.mark.parametrize("kind", BLINDNESS)
def test_bands_differ_to_the_colour_blind(kind):
    seen = [lab(np.array(BLINDNESS[kind]) @ linear(colour)) for colour in COLOURS.values()]
    for one, other in combinations(seen, 2):
        assert np.linalg.norm(one - other) >= 20  # ten times what is just noticeable
    for before, after in pairwise(seen):
        assert after[0] - before[0] >= 15  # in lightness alone: what a greyscale print keeps


def test_adequate_differs_by_pattern():
    adequate, improvement = style.mark("adequate"), style.mark("requires improvement")
    assert adequate.fill == improvement.fill == COLOURS["third"]
    assert adequate.hatch and not improvement.hatch


def test_reasons_differ_by_pattern():
    assert len({style.mark(reason).hatch for reason in style.REASONS}) == len(style.REASONS)
    assert {r for r in style.REASONS if not style.mark(r).hatch} == {"not yet inspected"}  # plain


def test_a_changed_colour_is_drawn(monkeypatch):
    monkeypatch.setitem(style.GRADE_COLOURS, "good", "#00AA00")
    assert style.mark("good").fill == "#00AA00"
    own = {"requires improvement": "#FFCC00", "outstanding": "black"}
    assert style.mark("adequate", own).fill == style.mark("third", own).fill == "#FFCC00"
    assert style.mark("outstanding", own).ink == "white" and style.mark("third", own).ink != "white"


@pytest.mark.parametrize("name", ["viridis", "Greys", "colorblind"])
def test_a_palette_of_seaborns(name):
    assert len(set(style.grade_colours(name).values())) == 4
    for band in BANDS:
        drawn = style.mark(band, name)
        fill = "#{:02X}{:02X}{:02X}".format(*(round(c * 255) for c in to_rgb(drawn.fill)))
        assert contrast(drawn.ink, fill) >= 4


@pytest.mark.parametrize("palette", ["no such", ["red"], {"nice": "red"}, {"good": "reddish"}])
def test_what_is_no_palette(palette):
    with pytest.raises(DataError, match="palette"):
        style.grade_colours(palette)
