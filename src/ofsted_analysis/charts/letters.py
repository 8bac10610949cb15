"""Small marks that carry a grade's initial, a key to them, and the room left for a drawing."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import matplotlib.dates as mdates
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.font_manager import FontProperties

from ofsted_analysis.charts import style
from ofsted_analysis.charts.figure import Chart, drawing
from ofsted_analysis.charts.lettering import text_width
from ofsted_analysis.charts.marks import INITIALS, SIGNS, spread, write_on

@dataclass(frozen=True)
class Room:
    """Part of a figure in points: the place that `finish` leaves between its words."""

    left: float
    bottom: float
    width: float
    height: float

    def axes(self, fig: Chart, left: float, bottom: float, width: float, height: float) -> Axes:
        """Axes at a place in points within the room, from its lower left corner."""
        wide, high = (side * 72 for side in fig.get_size_inches())
        x, y = (self.left + left) / wide, (self.bottom + bottom) / high
        return fig.add_axes((x, y, width / wide, height / high))


def room_of(fig: Chart) -> Room:
    """The room between the words of a chart; call it after `finish`, once.

    Axes placed in it by the point stay where they are put: nothing lays them out again.

    Examples
    --------
    >>> from ofsted_analysis.charts.figure import drawing, finish
    >>> with drawing(height=9) as fig:
    ...     _ = finish(fig, title="A", subtitle="B", data=pd.DataFrame(), alt="C")
    ...     room_of(fig).height < 9 / 2.54 * 72
    True
    """
    engine = fig.get_layout_engine()
    left, bottom, width, height = engine.get()["rect"]
    fig.set_layout_engine("none")
    wide, high = (side * 72 for side in fig.get_size_inches())
    return Room(
        *(float(side) for side in (left * wide, bottom * high, width * wide, height * high))
    )


def fitted(
    size: str | tuple[float, float], needed: float, words: Callable[[Chart], object]
) -> float:
    """Height in centimetres at which a chart in print leaves so many points between its words."""
    with drawing(size, height=20) as fig:
        words(fig)
        height = fig.get_size_inches()[1] * 72
        taken = height - room_of(fig).height
    return (taken + needed) / 72 * 2.54


def width_of(fig: Chart, words: str, *, weight: str = "normal") -> float:
    """Width of a line of text in points, at the size of the chart's text.

    Examples
    --------
    >>> from ofsted_analysis.charts.figure import drawing
    >>> with drawing() as fig:
    ...     width_of(fig, "good") < width_of(fig, "good", weight="bold")
    True
    """
    font = FontProperties(family=["DejaVu Sans"], size=fig.size.text, weight=weight)
    return float(text_width(fig, words, font)) * 72


def widths_of(fig: Chart, texts: Iterable[str]) -> list[float]:
    """Width in points of each text, which is that of its longest line."""
    return [max(width_of(fig, line) for line in text.split("\n")) for text in texts]


def within(places: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Places moved apart as `spread` does, all of them between two ends if they fit.

    Examples
    --------
    >>> within([1.0, 9.0, 9.5], 2.0, 0.0, 10.0)
    [1.0, 7.75, 9.75]
    """
    return spread(places, gap, low, high)


def days(values: pd.Series | pd.Timestamp) -> float:
    """A day as matplotlib counts them.

    Examples
    --------
    >>> days(pd.Timestamp("1970-01-02"))
    1.0
    """
    return float(mdates.date2num(pd.Timestamp(values)))


def letter_mark(
    ax: Axes, x: float, y: float, grade: str, side: float, *, round_: bool = False
) -> None:
    """A grade as a square, or a circle, with its initial on it.

    Parameters
    ----------
    ax
        Where.
    x, y
        Middle of the mark.
    grade
        A grade or band; or the reason why there is none, which is a sign without a mark.
    side
        Side of the square in points.
    round_
        Whether it is a circle.
    """
    if grade in SIGNS:
        disc = {"facecolor": "white", "edgecolor": "none", "boxstyle": "circle,pad=0.08"}
        text = ax.text(x, y, SIGNS[grade], ha="center", va="center", color=style.QUIET, zorder=5)
        text.set_bbox(disc)
        return
    drawn = style.mark(grade)
    ax.scatter(
        [x],
        [y],
        s=(side * 1.08) ** 2 if round_ else side**2,
        marker="o" if round_ else "s",
        facecolor=drawn.fill,
        edgecolor=drawn.edge,
        hatch=drawn.hatch or None,
        linewidth=0.8,
        zorder=4,
        clip_on=False,
    )
    text = write_on(ax, x, y, INITIALS[grade], grade, zorder=5, fontweight="bold")
    text.set_va("center_baseline")


def letter_key(
    fig: Chart,
    names: Iterable[str],
    room: float,
    *,
    adequate: bool = False,
    more: Iterable[tuple[str, str]] = (),
) -> list[list[tuple[str, str, float]]]:
    """The entries of a key to lettered marks, broken into lines no wider than the room.

    Parameters
    ----------
    fig
        The chart.
    names
        Grades, bands and reasons shown.
    room
        Points that a line may be wide.
    adequate
        Whether the third band includes 'adequate'.
    more
        Further entries: what is drawn ('square', 'circle' or 'line'), and what it means.

    Returns
    -------
    list of lists
        For each line its entries: what is drawn, its meaning, and where it begins in points.
    """
    short = {"judgement not made": "no such judgement"}
    entries = [
        (name, short.get(name) or style.band_label(name, adequate=adequate))
        for name in style.ordered(names)
    ]
    lines: list[list[tuple[str, str, float]]] = [[]]
    at, em = 0.0, fig.size.text
    for what, words in [*entries, *more]:
        wide = (1.5 if what in SIGNS else 2.5) * em + width_of(fig, words)
        if at + wide > room and lines[-1]:
            lines.append([])
            at = 0.0
        lines[-1].append((what, words, at))
        at += wide + 1.2 * em
    return lines


def history_key(fig: Chart, shown: pd.DataFrame, room: float) -> list[list[tuple[str, str, float]]]:
    """The entries of a key, as from `letter_key`, to inspections whose marks lines may join.

    Parameters
    ----------
    fig
        The chart.
    shown
        Judgements with joined (see `notes.joined`).
    room
        Points that a line may be wide.
    """
    graded = shown["grade"].notna()
    more = []
    if (graded & (shown["certainty"].astype(str) != "report")).any():
        more.append(("circle", "known at second hand"))
    if shown["joined"].any():
        more.append(("line", "directly comparable"))
    names = [*shown.loc[graded, "grade"].astype(str), *shown["reason"].dropna().astype(str)]
    return letter_key(fig, names, room, more=more)


def draw_key(ax: Axes, lines: list[list[tuple[str, str, float]]], side: float) -> None:
    """Draw the entries of `letter_key` on axes of their own, measured in points from the top."""
    em = ax.figure.size.text
    pitch = ax.figure.get_size_inches()[1] * 72 * ax.get_position().height / len(lines)
    ax.set_axis_off()
    wide = ax.figure.get_size_inches()[0] * 72 * ax.get_position().width
    ax.set(xlim=(0, wide), ylim=(len(lines) * pitch, 0))
    for row, line in enumerate(lines):
        y = (row + 0.5) * pitch
        for what, words, at in line:
            sign = what in SIGNS
            x = at + (0.5 if sign else 1.05) * em
            if what == "line":
                ax.plot([x - em, x + em], [y, y], color=style.QUIET, linewidth=1.8)
            elif what in ("square", "circle"):
                ax.scatter(
                    [x], [y], s=(side * 0.85) ** 2, marker="s" if what == "square" else "o",
                    facecolor="white", edgecolor=style.QUIET, linewidth=1.2, clip_on=False,
                )  # fmt: skip
            else:
                letter_mark(ax, x, y, what, side * 0.95)
            ax.text(at + (1.4 if sign else 2.5) * em, y, words, va="center_baseline")
