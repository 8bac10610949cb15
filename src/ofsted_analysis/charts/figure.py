"""A finished chart: message, measure, source, the words for who cannot see it, and its data."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial, wraps
from typing import Any, NamedTuple, ParamSpec

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from ofsted_analysis.charts import render, style
from ofsted_analysis.charts.lettering import wrap
from ofsted_analysis.charts.marks import Entry, add_key, grade_entry
from ofsted_analysis.charts.notes import spelt_out
from ofsted_analysis.charts.style import Size
from ofsted_analysis.tables import schema
from ofsted_analysis.tables.errors import DataError
from ofsted_analysis.tables.labels import long_date

_MARGIN = 0.16  # inches between the edge and anything
_LINE = 1.25  # line spacing
_Options = ParamSpec("_Options")


class Chart(Figure):
    """A matplotlib Figure that knows its message, its alternative text and its data.

    It isn't among pyplot's figures, so nothing has to be closed; a notebook shows it as the value
    of a cell. Style it further through ``axes``, as any figure.
    """

    def __init__(self, size: Size):
        super().__init__(figsize=size.inches, layout="constrained")
        FigureCanvasAgg(self)
        self.size = size
        self.plot: float | None = None
        self.message = ""
        self.alt = ""
        self.drawn = pd.DataFrame()
        self.again: Callable[..., Chart] | None = None
        """Draws the same chart with other options: `fig.again(size="narrow", title="")`."""

    def give(self, letters: float) -> None:
        """Make room for a drawing of so many heights of a letter, where the height isn't fixed."""
        if self.plot is not None:
            self.plot = letters * self.size.text / 72

    def inside(self, left: float = 0, right: float = 0, bottom: float = 0, top: float = 0) -> Axes:
        """New axes in the room that `finish` left, with margins in heights of a letter.

        They stay where they are put: nothing lays them out again.
        """
        x, y, wide, high = self.get_layout_engine().get()["rect"]
        self.set_layout_engine(None)  # and so drawn once, not once more for a layout
        lines = high * self.get_size_inches()[1] * 72 / self.size.text
        letters = wide * self.get_size_inches()[0] * 72 / self.size.text
        if lines < bottom + top + 1.3 or letters < left + right + 1.3:
            raise DataError(
                "The words leave no room for the drawing: choose a larger size=(width, height) in "
                "centimetres, or 'print'."
            )
        across, up = (self.size.text / 72 / side for side in self.get_size_inches())
        return self.add_axes(
            (x + left * across, y + bottom * up, wide - (left + right) * across,
             high - (bottom + top) * up)
        )  # fmt: skip

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """The picture for a notebook, and its alternative text."""
        with style.context(self.size.text):
            text = render.svg(self, self.message, self.alt).decode()
        return {"image/svg+xml": text[text.index("<svg ") :], "text/plain": self.alt}


def redrawn(make: Callable[_Options, Chart]) -> Callable[_Options, Chart]:
    """What makes a chart, so that the chart knows how to be drawn again.

    Examples
    --------
    >>> from ofsted_analysis import charts
    >>> charts.peers("Leeds").again(size="narrow").size.width
    9
    """

    @wraps(make)
    def draw(*args: _Options.args, **options: _Options.kwargs) -> Chart:
        chart = make(*args, **options)
        chart.again = partial(make, *args, **options)
        return chart

    return draw


@contextmanager
def drawing(
    size: str | tuple[float, float] = "print",
    *,
    plot: float | None = None,
    width: float | None = None,
) -> Iterator[Chart]:
    """A new chart to draw on, in our style and without touching the user's settings.

    Parameters
    ----------
    size
        'print' (16 cm wide), 'slide', or (width, height) in centimetres.
    plot
        Height in centimetres of the drawing alone: `finish` adds what the words need, but on a
        slide or where the height is given.
    width
        Width in centimetres in print, where the chart needs more than 16.

    Examples
    --------
    >>> with drawing((16, 9)) as fig:
    ...     ax = fig.subplots()
    >>> [round(side * 2.54, 1) for side in fig.get_size_inches().tolist()]
    [16.0, 9.0]
    """
    wanted = style.size_of(size)
    if width is not None and size == "print":
        wanted = replace(wanted, width=width)
    with style.context(wanted.text):
        fig = Chart(wanted)
        fig.plot = None if plot is None or size not in ("print", "narrow") else plot / 2.54
        yield fig
        for ax in fig.axes:  # makes the ticks while our settings hold
            for axis in (ax.xaxis, ax.yaxis):
                axis.get_majorticklabels(), axis.get_minorticklabels()


def finish(
    fig: Chart,
    *,
    title: str | None,
    subtitle: str,
    data: pd.DataFrame,
    alt: str,
    message: str = "",
    caveat: str = "",
    basis: str = "",
    also: str = "",
    key: Iterable[str] | Iterable[Entry] = (),
    adequate: bool = False,
    abbreviated: Iterable[str] | None = None,
) -> Chart:
    """Set title, subtitle and footer around what is drawn, and keep the data with the chart.

    Call it within `drawing`, before placing anything by the size of the axes: they are fitted
    into what room the words leave.

    Parameters
    ----------
    fig
        The chart.
    title
        What is printed over it, as a sentence; None for the message, '' for nothing.
    subtitle
        What is measured, and of how many.
    data
        The table drawn.
    alt
        Kind of chart, what it shows, and the main finding, in two or three sentences.
    message
        Its finding, as a sentence; by default the title.
    caveat
        What a reader must know before comparing (see `notes.comparison_caveat`); it goes above
        the source line, and at the end of the alternative text.
    basis
        The dates that count, for the source line; by default those of the record.
    also
        Who else's data are drawn, for the source line.
    key
        Grades, bands and reasons to explain in a key under the subtitle, where the marks
        themselves have no room for their names; or marks of any kind with what they mean.
    adequate
        Whether the third band includes 'adequate', for the key.
    abbreviated
        Words in the drawing: the frameworks whose abbreviations are in these, or in the words
        around it, are spelt out under it. By default none are.

    Examples
    --------
    >>> with drawing() as fig:
    ...     bars = fig.subplots().bar(["good"], [4])
    ...     chart = finish(fig, title="Four are good.", subtitle="Authorities, n = 4",
    ...                    data=pd.DataFrame({"good": [4]}), alt="Bar chart. Four are good.")
    >>> alt_text(chart)
    'Bar chart. Four are good.'
    """
    title = message if title is None else title
    base = fig.size.text
    width, height = fig.get_size_inches()
    room = width - 2 * _MARGIN
    spelt = "" if abbreviated is None else spelt_out([title, subtitle, caveat, *abbreviated])
    above = _lines(fig, room, (title, base * 4 / 3, "bold", style.INK),
                   (subtitle, base * 1.05, "normal", style.QUIET))  # fmt: skip
    below = _lines(fig, room, (caveat, base, "normal", style.INK),
                   (spelt, base, "normal", style.QUIET),
                   (source_line(basis, also), base, "normal", style.QUIET))  # fmt: skip
    key = list(key)
    key_height = 0.0
    if key:
        if isinstance(key[0], str):
            key = [grade_entry(name, adequate=adequate) for name in style.ordered(key)]
        legends = add_key(fig, key, room)
        line = 1.45 * base / 72
        key_height = len(legends) * line + 0.05
    high = sum(block.height + 0.05 for block in above) + key_height
    low = sum(block.height + 0.03 for block in below)
    if fig.plot is not None:
        height = 2 * _MARGIN + high + fig.plot + low + 0.14
        fig.set_size_inches(width, height)
    top = height - _MARGIN
    for block in above:
        _write(fig, block, top)
        top -= block.height + 0.05
    if key:
        for place, legend in enumerate(legends):
            at = (_MARGIN / width, (top - place * line) / height)
            legend.set_bbox_to_anchor(at, fig.transFigure)
        top -= key_height
    bottom = _MARGIN + low
    at = bottom
    for block in below:
        _write(fig, block, at)
        at -= block.height + 0.03
    engine = fig.get_layout_engine()
    if engine is not None:
        low, high = bottom + 0.08, top - 0.06
        engine.set(
            rect=(_MARGIN / width, low / height, room / width, (high - low) / height),
            w_pad=0,
            h_pad=0,
        )
    fig.message, fig.drawn = title or message, data.reset_index(drop=True)
    fig.alt = " ".join(filter(None, (alt, caveat)))
    return fig


class _Block(NamedTuple):
    """Lines of words, how they are written, and their height in inches."""

    lines: list[str]
    points: float
    weight: str
    colour: str
    height: float


def _lines(fig: Chart, room: float, *texts: tuple[str, float, str, str]) -> list[_Block]:
    """Texts, each wrapped to the room (inches); without those that are empty."""
    found = []
    for words, points, weight, colour in texts:
        if words:
            lines = wrap(fig, words, points, room, weight=weight)
            height = len(lines) * points * _LINE / 72
            found.append(_Block(lines, points, weight, colour, height))
    return found


def _write(fig: Chart, block: _Block, top: float) -> None:
    """Lines at the left margin, down from a height in inches."""
    width, height = fig.get_size_inches()
    fig.text(
        _MARGIN / width, top / height, "\n".join(block.lines), fontsize=block.points,
        fontweight=block.weight, color=block.colour, ha="left", va="top", linespacing=_LINE,
    )  # fmt: skip


def source_line(basis: str = "", also: str = "") -> str:
    """Where the data come from, on which dates they stand, and their version.

    Examples
    --------
    >>> source_line("as at 31 March 2025")[:55]
    'Source: Ofsted inspection reports, Open Government Lice'
    """
    described = schema.descriptor()
    basis = basis or f"inspections to {long_date(described['completeTo'])}"
    return (
        f"Source: Ofsted inspection reports{f'; {also}' if also else ''}, "
        f"{described['licenses'][0]['title']}; {basis}; "
        f"data version {described['version']}."
    )


def _chart(fig: Figure) -> Chart:
    if not isinstance(fig, Chart):
        raise DataError("This figure isn't a chart from ofsted_analysis.charts.")
    return fig


def alt_text(fig: Figure) -> str:
    """The words that stand for a chart where it cannot be seen.

    Parameters
    ----------
    fig
        A chart from this package.

    Returns
    -------
    str
        Kind of chart, what it shows, the main finding.

    Examples
    --------
    >>> from ofsted_analysis import charts
    >>> charts.alt_text(charts.grade_share(by="region"))[:44]
    'Bar chart of the share of local authorities '
    """
    return _chart(fig).alt


def chart_data(fig: Figure) -> pd.DataFrame:
    """The table that a chart draws.

    Parameters
    ----------
    fig
        A chart from this package.

    Returns
    -------
    DataFrame
        A copy; its columns are those of the analysis function behind the chart.

    Examples
    --------
    >>> from ofsted_analysis import charts
    >>> len(charts.chart_data(charts.grade_share(by="region")))
    10
    """
    return _chart(fig).drawn.copy()
