"""How every chart looks: the grades' colours and patterns, the type, the sizes.

The colours follow the Government Analysis Function's sequential palette (`afcharts`): one blue, in
steps of lightness. Four grades need four steps, evenly spaced in contrast from near black to near
white, darkest for inadequate, where a reader must look first (Ofsted too numbers its grades up
from 1, outstanding, to 4, inadequate). Three of them stand out from white by at least 3:1; the
lightest has a dark outline. Colour never stands alone: a grade's name is on or beside its mark,
neighbours are parted by white, 'adequate' is hatched where 'requires improvement' is plain.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import matplotlib.colors
import matplotlib.style

from ofsted_analysis.tables.errors import DataError
from ofsted_analysis.tables.grades import BANDS

THIRDS = ("third", "adequate", "requires improvement")

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


_BLANK, _GREY = "#F2F2F2", "#808080"
_REASON_HATCH = {
    "judgement not made": "////",
    "not judged": "xxx",
    "not known": "----",
    "not yet inspected": "",
    "not graded then": "....",
}
SCALE = ("inadequate", "third", "adequate", "requires improvement", "good", "outstanding",
         *_REASON_HATCH)  # fmt: skip
"""Grades, bands and reasons for there being no grade, in the order in which charts show them."""

Palette = Mapping[str, str] | Sequence[str] | str | None
"""Colours of one's own: by band or grade, four of them from inadequate to outstanding, or the name
of a seaborn palette; by default `GRADE_COLOURS`."""


def grade_colours(palette: Palette = None) -> dict[str, str]:
    """The colour of each band.

    Raises
    ------
    DataError
        A band that there is not, a colour that is none, or not four of them.

    Examples
    --------
    >>> grade_colours({"good": "#00AA00"})["good"], grade_colours("viridis")["inadequate"]
    ('#00AA00', '#414487')
    """
    if isinstance(palette, str):
        import seaborn  # takes its time to load

        try:
            palette = seaborn.color_palette(palette, len(BANDS)).as_hex()
        except ValueError as error:
            raise DataError(f"There is no palette {palette!r} in seaborn.") from error
    own: dict[str, Any] = {}
    if isinstance(palette, Mapping):
        own = {"third" if "third" not in palette and name in THIRDS else name: colour
               for name, colour in palette.items()}  # fmt: skip
    elif palette is not None:
        own = dict(zip(BANDS, palette, strict=False)) if len(palette) == len(BANDS) else {"": ""}
    colours = {**GRADE_COLOURS, **own}
    wrong = [name for name in own if name not in BANDS]
    bad = [c for c in colours.values() if not matplotlib.colors.is_color_like(c)]
    if wrong or bad:
        raise DataError(
            "A palette gives colours to 'inadequate', 'requires improvement', 'good' and "
            f"'outstanding', or four colours in that order, not {palette!r}."
        )
    return colours


def mark(name: str, palette: Palette = None) -> Mark:
    """How a grade, a band, or a reason for there being no grade is drawn.

    Examples
    --------
    >>> mark("good").fill == GRADE_COLOURS["good"], mark("adequate").hatch
    (True, '////')
    """
    if name in _REASON_HATCH:
        fill = "white" if name == "not yet inspected" else _BLANK
        return Mark(fill, edge=_GREY, hatch=_REASON_HATCH[name], ink=INK)
    fill = grade_colours(palette)["third" if name in THIRDS else name]
    light = _luminance(fill) + 0.05
    edge = "white" if light < 0.35 else _GREY  # at least 3:1 to the paper
    ink = "white" if 1.05 / light > light / (_luminance(INK) + 0.05) else INK
    return Mark(fill, edge, "////" if name == "adequate" else "", ink)


DIRECTIONS = {
    "up": Mark("#1B5A93"),
    "same": Mark("#DDDDDD", edge=_GREY, ink=INK),
    "down": Mark("#FFFFFF", edge=ACCENT, hatch="\\\\\\\\", ink=INK),
}
"""How a move to a higher, the same or a lower grade is drawn: dark, light, hatched."""


def _luminance(colour: str) -> float:
    """How light a colour is, from 0 to 1, as the Web Content Accessibility Guidelines have it."""
    parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
             for c in matplotlib.colors.to_rgb(colour)]  # fmt: skip
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


REASONS = tuple(_REASON_HATCH)
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
SLIDE = Size(33.867, 19.05, 13)
"""A whole slide of 16:9."""
SLIDE_BODY = Size(31.4, 15, 13)
"""What a slide has left under its title."""
NARROW = Size(9, 11, 9)
"""On a phone, or in one of two columns."""


def size_of(size: str | tuple[float, float]) -> Size:
    """The size meant.

    Parameters
    ----------
    size
        'print', 'slide', 'narrow', or a width and height in centimetres (with text as in print).

    Examples
    --------
    >>> size_of("print")
    Size(width=16, height=9, text=9)
    """
    named = {"print": PRINT, "slide": SLIDE, "slide body": SLIDE_BODY, "narrow": NARROW}
    if isinstance(size, str) and size in named:
        return named[size]
    if isinstance(size, tuple) and len(size) == 2:
        numbers = all(isinstance(side, int | float) for side in size)
        if numbers and all(8 <= side <= 200 for side in size):
            return Size(*size, PRINT.text)
    raise DataError(
        "size must be 'print', 'slide', 'slide body', 'narrow' or (width, height) in centimetres "
        f"from 8 to 200, not {size!r}."
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
        "text.hinting": "none",  # words as wide at every resolution
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
    return sorted(dict.fromkeys(names), key=SCALE.index)
