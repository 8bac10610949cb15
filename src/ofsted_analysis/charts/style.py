"""How every chart looks: the grades' colours and patterns, the type, the sizes.

The colours follow the Government Analysis Function's sequential palette (`afcharts`): one blue, in
steps of lightness. Four grades need four steps, evenly spaced in contrast from near black to near
white, darkest for inadequate, where a reader must look first (Ofsted too numbers its grades up
from 1, outstanding, to 4, inadequate). Three of them stand out from white by at least 3:1; the
lightest has a dark outline. Colour never stands alone: a grade's name is on or beside its mark,
neighbours are parted by white, 'adequate' is hatched where 'requires improvement' is plain.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import matplotlib.style

from ofsted_analysis.tables.errors import DataError
from ofsted_analysis.tables.grades import BANDS

INK = "#1A1A1A"
"""Text."""
QUIET = "#505050"
"""Text that stands back: sources, ticks, marks of events."""
RULE = "#CCCCCC"
"""Lines that only help the eye."""
ACCENT = "#801650"
"""What one chart picks out (afcharts' dark pink)."""
BACKGROUNDS = ("#E4E9EE", "#F3F3F3")
"""Behind marks, by turns where bands lie side by side."""

GRADE_COLOURS = {
    "inadequate": "#092135",
    "third": "#1B5A93",
    "good": "#5496D5",
    "outstanding": "#CDE2F5",
}
"""The colour of each band, in order."""


@dataclass(frozen=True)
class Mark:
    """How a grade, or the want of one, is drawn."""

    fill: str
    edge: str = "white"
    hatch: str = ""
    ink: str = "white"
    """Colour of text on it."""

    @property
    def patch(self) -> dict[str, Any]:
        """Options for a patch, a bar or a tile."""
        return {
            "facecolor": self.fill,
            "edgecolor": self.edge,
            "hatch": self.hatch or None,
            "linewidth": 0.7,
        }


_THIRD = GRADE_COLOURS["third"]
_BLANK = "#F2F2F2"

MARKS = {
    "inadequate": Mark(GRADE_COLOURS["inadequate"]),
    "third": Mark(_THIRD),
    "adequate": Mark(_THIRD, hatch="////"),
    "requires improvement": Mark(_THIRD),
    "good": Mark(GRADE_COLOURS["good"], ink=INK),
    "outstanding": Mark(GRADE_COLOURS["outstanding"], edge=_THIRD, ink=INK),
    "judgement not made": Mark(_BLANK, edge="#808080", hatch="////", ink=INK),
    "not judged": Mark(_BLANK, edge="#808080", hatch="xxx", ink=INK),
    "not known": Mark(_BLANK, edge="#808080", hatch="----", ink=INK),
    "not yet inspected": Mark("white", edge="#808080", hatch="..", ink=INK),
}
"""How each grade, band and reason for there being no grade is drawn."""

REASONS = ("judgement not made", "not judged", "not known", "not yet inspected")
"""Why there is no grade, in the order in which charts show it."""


def band_label(band: str, *, adequate: bool = False) -> str:
    """The name of a band for readers.

    Parameters
    ----------
    band
        A band, a grade, or a reason for there being none.
    adequate
        Whether inspections until 2013 are among those shown, whose third grade was 'adequate'.

    Examples
    --------
    >>> band_label("third"), band_label("third", adequate=True)
    ('requires improvement', 'adequate or requires improvement')
    """
    if band == "third":
        return "adequate or requires improvement" if adequate else "requires improvement"
    return {"judgement not made": "no such judgement made"}.get(band, band)


@dataclass(frozen=True)
class Size:
    """Width and height in centimetres, and the smallest text in points."""

    width: float
    height: float
    text: float

    @property
    def inches(self) -> tuple[float, float]:
        """Width and height in inches."""
        return self.width / 2.54, self.height / 2.54


PRINT = Size(16, 9, 9)
"""Across a page of a briefing."""
SLIDE = Size(33.867, 19.05, 16)
"""A whole slide of 16:9."""


def size_of(size: str | tuple[float, float], *, height: float = PRINT.height) -> Size:
    """The size meant.

    Parameters
    ----------
    size
        'print', 'slide', or a width and height in centimetres (with text as in print).
    height
        Height in print, for a chart that needs more or less than the usual one.

    Examples
    --------
    >>> size_of("print", height=12)
    Size(width=16, height=12, text=9)
    """
    if size == "print":
        return Size(PRINT.width, height, PRINT.text)
    if size == "slide":
        return SLIDE
    if isinstance(size, tuple) and len(size) == 2:
        numbers = all(isinstance(side, int | float) for side in size)
        if numbers and all(8 <= side <= 200 for side in size):
            return Size(*size, PRINT.text)
    raise DataError(
        f"size must be 'print', 'slide' or (width, height) in centimetres from 8 to 200, "
        f"not {size!r}."
    )


@contextmanager
def context(text: float = PRINT.text) -> Iterator[None]:
    """Matplotlib's settings for our charts; the user's are back in place afterwards."""
    own = {
        # The one font that comes with matplotlib: the same picture everywhere.
        "font.family": ["DejaVu Sans"],
        "font.size": text,
        "axes.titlesize": text,
        "axes.labelsize": text,
        "xtick.labelsize": text,
        "ytick.labelsize": text,
        "legend.fontsize": text,
        "text.color": INK,
        "text.parse_math": False,
        "axes.grid": False,
        "axes.unicode_minus": True,
        "hatch.linewidth": 0.6,
        "figure.dpi": 120,
        "savefig.dpi": 300,
        "savefig.bbox": None,
        "svg.hashsalt": "ofsted-analysis",
        "svg.fonttype": "path",
        "pdf.fonttype": 42,
    }
    with matplotlib.style.context(["default", "afcharts.afcharts", own]):
        yield


def ordered(names: Any) -> list[str]:
    """Grades, bands and reasons in the order of the scale, reasons last; each once.

    Examples
    --------
    >>> ordered(["not judged", "good", "adequate", "good"])
    ['adequate', 'good', 'not judged']
    """
    order = [*MARKS]
    return sorted(dict.fromkeys(names), key=order.index)


assert tuple(GRADE_COLOURS) == BANDS
