"""Names and numbers on the marks themselves, and a key where they don't fit."""

from collections.abc import Iterable
from typing import Any

import pandas as pd
from matplotlib import rcParams
from matplotlib.axes import Axes
from matplotlib.dates import date2num
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import Patch
from matplotlib.patheffects import withStroke
from matplotlib.text import Annotation, Text
from matplotlib.transforms import ScaledTranslation

from ofsted_analysis.charts import style
from ofsted_analysis.charts.lettering import text_width
from ofsted_analysis.charts.notes import Event


def write_on(ax: Axes, x: Any, y: Any, words: str, mark: str, **options: Any) -> Text:
    """Words in the middle of a mark, in a colour that can be read on it.

    Parameters
    ----------
    ax
        Where.
    x, y
        Middle of the mark.
    words
        What to write.
    mark
        The grade, band or reason that is drawn there (a key of `style.MARKS`).
    **options
        More for `Axes.text`.
    """
    drawn = style.MARKS[mark]
    halo = [withStroke(linewidth=2.5, foreground=drawn.fill)] if drawn.hatch else None
    given = {"ha": "center", "va": "center", "color": drawn.ink, "path_effects": halo}
    return ax.text(x, y, words, **(given | options))


def grade_key(
    fig: Figure,
    names: Iterable[str],
    place: tuple[float, float],
    room: float,
    *,
    adequate: bool = False,
) -> float:
    """A key to grades, in the order of the scale and in as many lines as it needs.

    Parameters
    ----------
    fig
        The chart.
    names
        Grades, bands and reasons shown.
    place
        Top left corner of the key, as parts of the figure's width and height.
    room
        Inches that the key may be wide.
    adequate
        Whether the third band includes 'adequate'.

    Returns
    -------
    float
        Its height in inches.
    """
    shown = style.ordered(names)
    labels = [style.band_label(name, adequate=adequate) for name in shown]
    em = rcParams["font.size"] / 72
    font = FontProperties(family=["DejaVu Sans"], size=rcParams["font.size"])
    widths = [text_width(fig, label, font) + 3.2 * em for label in labels]
    for columns in range(len(labels), 0, -1):
        # matplotlib fills a key column by column; the order of the scale runs along the lines
        lines = [range(start, len(labels), columns) for start in range(columns)]
        if columns == 1 or sum(max(widths[i] for i in line) for line in lines) <= room:
            break
    order = _down_the_columns(len(labels), columns)
    legend = fig.legend(
        [Patch(**style.MARKS[shown[i]].patch) for i in order],
        [labels[i] for i in order],
        loc="upper left",
        bbox_to_anchor=place,
        ncols=columns,
        borderaxespad=0,
        borderpad=0,
        handlelength=1.4,
        handleheight=0.9,
        handletextpad=0.5,
        columnspacing=1.2,
        labelspacing=0.35,
    )
    legend.set_in_layout(False)
    return legend.get_window_extent(fig.canvas.get_renderer()).height / fig.dpi


def _down_the_columns(count: int, columns: int) -> list[int]:
    """The order in which to hand entries to a key so that they read along its lines."""
    table = [list(range(start, min(start + columns, count))) for start in range(0, count, columns)]
    return [line[column] for column in range(columns) for line in table if column < len(line)]


def spread(places: Iterable[float], gap: float) -> list[float]:
    """Places moved apart, as little as need be, so that neighbours are at least a gap apart.

    They must come in rising order.

    Examples
    --------
    >>> spread([1.0, 1.2, 5.0], 1.0)
    [0.6, 1.6, 5.0]
    """
    groups: list[list[float]] = []  # each: the sum of wanted starts, and how many
    for count, place in enumerate(places):
        groups.append([place - count * gap, 1])
        while len(groups) > 1 and groups[-2][0] / groups[-2][1] > groups[-1][0] / groups[-1][1]:
            last = groups.pop()
            groups[-1][0] += last[0]
            groups[-1][1] += last[1]
    starts = [total / count for total, count in groups for _ in range(int(count))]
    return [round(start + i * gap, 10) for i, start in enumerate(starts)]


def label_ends(ax: Axes, last: pd.Series) -> list[Annotation]:
    """Number and name of each part of a stack, to the right of its last bar.

    Call `settle` on them once everything else is drawn.

    Parameters
    ----------
    ax
        Axes with a stack of bars whose last one ends at the right.
    last
        The parts of the last bar, from the bottom: n by grade, band or reason.
    """
    last = last[last > 0]
    middles = last.cumsum() - last / 2
    return [
        ax.annotate(
            f"{n} {style.band_label(part)}",
            (1, middles[part]),
            xycoords=("axes fraction", "data"),
            xytext=(14, 0),
            textcoords="offset points",
            va="center",
            annotation_clip=False,
            arrowprops={
                "arrowstyle": "-", "color": style.QUIET, "linewidth": 0.7, "shrinkA": 1,
                "shrinkB": 0, "relpos": (0, 0.5),
            },
        )
        for part, n in last.items()
    ]  # fmt: skip


def settle(ax: Axes, labels: list[Annotation]) -> None:
    """Move labels beside the axes apart, up or down, so that none overlap and none stick out."""
    fig = ax.figure
    fig.draw_without_rendering()
    box = ax.get_window_extent()
    wanted = [(ax.transData.transform((0, t.xy[1]))[1] - box.y0) / fig.dpi * 72 for t in labels]
    places = spread(wanted, 1.3 * rcParams["font.size"])
    above = places[-1] - box.height / fig.dpi * 72 if places else 0
    for label, at, place in zip(labels, wanted, places, strict=True):
        label.xyann = (label.xyann[0], place - max(0, above) - at)


def mark_events(ax: Axes, events: Iterable[Event], *, through: Iterable[Event] = ()) -> None:
    """Events on a time axis, their names above the axes on as many rows as they need.

    Parameters
    ----------
    ax
        Axes whose x is time, with its limits set.
    events
        The events, as from `notes.events`, in order of time. One that lasts is a bar above the
        axes.
    through
        Those that are a dashed line down through the axes as well: where the series breaks.
    """
    fig, base = ax.figure, rcParams["font.size"]
    fig.draw_without_rendering()
    font = FontProperties(family=["DejaVu Sans"], size=base)
    grid = ax.get_xaxis_transform()
    through = list(through)
    rows: list[tuple[float, int]] = []  # where each later name begins, in inches, and its row
    for event in reversed(list(events)):
        start = date2num(event.start)
        left = ax.transData.transform((start, 0))[0] / fig.dpi
        wide = max(text_width(fig, line, font) for line in event.label.split("\n"))
        # above every later name that this one would run into: no stem crosses a name
        row = max((r + 1 for begins, r in rows if begins < left + wide + base / 72), default=0)
        rows.append((left, row))
        foot = base * (0.7 + row * 2.7)
        ax.annotate(
            event.label,
            (start, 1),
            xycoords=("data", "axes fraction"),
            xytext=(3, foot),
            textcoords="offset points",
            va="bottom",
            color=style.QUIET,
            linespacing=1.2,
            annotation_clip=False,
        )
        stem = grid + ScaledTranslation(0, (foot + 2.3 * base) / 72, fig.dpi_scale_trans)
        for points, dashed in ((stem, False), (grid, True)):
            if dashed and event not in through:
                continue
            ax.annotate(
                "",
                (start, 1),
                xycoords=grid,
                xytext=(start, 0 if dashed else 1),
                textcoords=points,
                annotation_clip=False,
                arrowprops={
                    "arrowstyle": "-", "color": style.QUIET, "linewidth": 0.9, "shrinkA": 0,
                    "shrinkB": 0, "linestyle": (0, (4, 2)) if dashed else "-",
                },
            )  # fmt: skip
        if event.end is not None:
            ax.plot(
                [start, date2num(event.end)], [1, 1], color=style.QUIET, linewidth=4,
                transform=grid + ScaledTranslation(0, 4 / 72, fig.dpi_scale_trans),
                solid_capstyle="butt", clip_on=False,
            )  # fmt: skip
