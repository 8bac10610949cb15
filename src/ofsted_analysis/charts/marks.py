"""Names and numbers on the marks themselves, and a key where they don't fit."""

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd
from matplotlib import rcParams
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.legend import Legend
from matplotlib.patches import Patch
from matplotlib.patheffects import withStroke
from matplotlib.text import Annotation, Text
from matplotlib.transforms import ScaledTranslation

from ofsted_analysis.charts import style
from ofsted_analysis.charts.lettering import text_width
from ofsted_analysis.charts.style import Palette


def write_on(
    ax: Axes, x: Any, y: Any, words: str, mark: str, palette: Palette = None, **options: Any
) -> Text:
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
        The grade, band or reason that is drawn there (one of `style.SCALE`).
    palette
        Colours of one's own: see `style.grade_colours`.
    **options
        More for `Axes.text`.
    """
    drawn = style.mark(mark, palette)
    halo = [withStroke(linewidth=2.5, foreground=drawn.fill)] if drawn.hatch else None
    given = {"ha": "center", "va": "center", "color": drawn.ink, "path_effects": halo}
    return ax.text(x, y, words, **(given | options))


def grade_key(fig: Figure, names: Iterable[str], room: float, *, adequate: bool = False) -> Legend:
    """A key to grades, in the order of the scale and in as many lines as it needs.

    Parameters
    ----------
    fig
        The chart.
    names
        Grades, bands and reasons shown.
    room
        Inches that the key may be wide.
    adequate
        Whether the third band includes 'adequate'.
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
        [Patch(**style.mark(shown[i]).patch) for i in order],
        [labels[i] for i in order],
        loc="upper left",
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
    return legend


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


def axes_of(ax: Axes | None) -> Axes:
    """The axes to draw on: those given or, without any, new ones on a figure of their own."""
    if ax is None:
        fig = Figure(layout="constrained")
        FigureCanvasAgg(fig)
        ax = fig.subplots()
    return ax


_END = "end label"


def label_ends(ax: Axes, last: pd.Series, names: Mapping[str, str]) -> None:
    """The name of each part of a stack, to the right of its last bar, none over another.

    Parameters
    ----------
    ax
        Axes with a stack of bars whose last one ends at the right.
    last
        The height of each part of the last bar, from the bottom up.
    names
        What to call them.
    """
    last = last[last > 0]
    middles = last.cumsum() - last / 2
    for part, middle in middles.items():
        ax.annotate(
            names[str(part)], (1, middle), xycoords=("axes fraction", "data"), xytext=(14, 0),
            textcoords="offset points", va="center", annotation_clip=False, gid=_END,
            arrowprops={
                "arrowstyle": "-", "color": style.QUIET, "linewidth": 0.7, "shrinkA": 1,
                "shrinkB": 0, "relpos": (0, 0.5),
            },
        )  # fmt: skip
    settle(ax)


def settle(ax: Axes) -> None:
    """Move the names of `label_ends` apart, up or down, as the height of the axes now wants it."""
    labels = [text for text in ax.texts if isinstance(text, Annotation) and text.get_gid() == _END]
    box, dots = ax.get_window_extent(), ax.figure.dpi / 72
    wanted = [(ax.transData.transform((0, t.xy[1]))[1] - box.y0) / dots for t in labels]
    lines = max((label.get_text().count("\n") + 1 for label in labels), default=1)
    places = spread(wanted, (1.2 * lines + 0.1) * rcParams["font.size"])
    above = places[-1] - box.height / dots if places else 0
    for label, at, place in zip(labels, wanted, places, strict=True):
        label.xyann = (label.xyann[0], place - max(0, above) - at)


def mark_events(ax: Axes, events: Iterable[tuple[str, float]]) -> None:
    """Names of what happened, above the axes on as many rows as they need, with dashed lines down.

    The axes give the room for them: their places must be known, and nothing may lay them out again.

    Parameters
    ----------
    ax
        Axes with their limits set.
    events
        A name and its x, in order of x.
    """
    base, dots = rcParams["font.size"], ax.figure.dpi / 72
    font = FontProperties(size=base)
    wide, high = (side * 72 for side in ax.figure.get_size_inches())
    rows: list[float] = []  # where the first name of each row begins, in points
    placed = []
    for label, x in reversed(list(events)):
        at = ax.transData.transform((x, 0))[0] / dots
        length = text_width(ax.figure, label, font) * 72
        left = min(at + 3, wide - length - base)
        # above every later name that this one, or its line, would run into
        row = max(
            (r + 1 for r, begins in enumerate(rows) if begins < left + length + base), default=0
        )
        rows[row:] = [min(left, at) - 3]
        placed.append((label, x, left - at, base * (0.5 + row * 1.45)))
    box = ax.get_position()
    used = base * (0.5 + len(rows) * 1.45) / high
    ax.set_position((box.x0, box.y0, box.width, box.height - used))
    grid = ax.get_xaxis_transform()
    for label, x, along, foot in placed:
        ax.annotate(
            label, (x, 1), xycoords=grid, xytext=(along, foot), textcoords="offset points",
            va="bottom", color=style.QUIET, annotation_clip=False,
        )  # fmt: skip
        top = grid + ScaledTranslation(
            0, (foot + (base if along > 0 else 0)) / 72, ax.figure.dpi_scale_trans
        )
        for end, transform, dashes in ((1, top, "-"), (0, grid, (0, (4, 2)))):
            ax.annotate(
                "", (x, 1), xycoords=grid, xytext=(x, end), textcoords=transform,
                annotation_clip=False,
                arrowprops={"arrowstyle": "-", "color": style.QUIET, "linewidth": 0.9,
                            "shrinkA": 0, "shrinkB": 0, "linestyle": dashes},
            )  # fmt: skip
