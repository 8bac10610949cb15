"""Names and numbers on the marks themselves, and a key where they don't fit."""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd
from matplotlib import rcParams
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.legend import Legend
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.patheffects import withStroke
from matplotlib.text import Annotation, Text
from matplotlib.textpath import TextPath
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


Entry = tuple[Any, str]
"""A mark and what it means, for a key."""


def grade_entry(name: str, *, adequate: bool = False, palette: Palette = None) -> Entry:
    """The entry of a grade, a band, or a reason for there being no grade, in a key.

    Examples
    --------
    >>> grade_entry("third", adequate=True)[1]
    'adequate or requires improvement'
    """
    return Patch(**style.mark(name, palette).patch), style.band_label(name, adequate=adequate)


def add_key(fig: Figure, entries: Sequence[Entry], room: float) -> list[Legend]:
    """A key in as many lines as it needs, one below the other: a legend for each line.

    Parameters
    ----------
    fig
        The chart.
    entries
        Marks and what they mean.
    room
        Inches that the key may be wide.
    """
    em = rcParams["font.size"] / 72
    font = FontProperties(size=rcParams["font.size"])
    lines: list[list[Entry]] = [[]]
    used = 0.0
    for entry in entries:
        wide = text_width(fig, entry[1], font) + 3.2 * em
        if lines[-1] and used + wide > room:
            lines.append([])
            used = 0.0
        lines[-1].append(entry)
        used += wide
    found = []
    for line in lines:
        legend = Legend(
            fig, [mark for mark, _ in line], [words for _, words in line], loc="upper left",
            ncols=len(line), borderaxespad=0, borderpad=0, handlelength=1.4, handleheight=0.9,
            handletextpad=0.5, columnspacing=1.2, frameon=False,
        )  # fmt: skip
        legend.set_in_layout(False)
        fig.add_artist(legend)
        found.append(legend)
    return found


def spread(
    places: Iterable[float], gap: float, low: float = -math.inf, high: float = math.inf
) -> list[float]:
    """Places moved apart, as little as need be, so that neighbours are at least a gap apart.

    They must come in rising order; all stay between two ends if they fit.

    Examples
    --------
    >>> spread([1.0, 1.2, 5.0], 1.0), spread([1.0, 9.0, 9.5], 2.0, 0.0, 10.0)
    ([0.6, 1.6, 5.0], [1.0, 8.0, 10.0])
    """
    groups: list[list[float]] = []  # each: the sum of wanted starts, and how many
    for count, place in enumerate(places):
        groups.append([place - count * gap, 1])
        while len(groups) > 1 and groups[-2][0] / groups[-2][1] > groups[-1][0] / groups[-1][1]:
            last = groups.pop()
            groups[-1][0] += last[0]
            groups[-1][1] += last[1]
    starts = [total / count for total, count in groups for _ in range(int(count))]
    last_start = high - (len(starts) - 1) * gap
    return [round(max(low, min(start, last_start)) + i * gap, 10) for i, start in enumerate(starts)]


def axes_of(ax: Axes | None) -> Axes:
    """The axes to draw on: those given or, without any, new ones on a figure of their own."""
    if ax is None:
        fig = Figure(layout="constrained")
        FigureCanvasAgg(fig)
        ax = fig.subplots()
    return ax


def in_letters(ax: Axes) -> tuple[float, float]:
    """Width and height of axes, as they now lie, in heights of a letter.

    Examples
    --------
    >>> wide, high = in_letters(axes_of(None))
    >>> wide > high
    True
    """
    box, em = ax.get_window_extent(), rcParams["font.size"] * ax.figure.dpi / 72
    return float(box.width / em), float(box.height / em)


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
    base = rcParams["font.size"]
    top = box.height / dots - base * lines / 2  # below the row of what happened
    places = spread(wanted, (1.2 * lines + 0.1) * base, high=top)
    for label, at, place in zip(labels, wanted, places, strict=True):
        label.xyann = (label.xyann[0], place - at)


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
            va="bottom", color=style.QUIET, annotation_clip=False, zorder=6,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 1},
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


INITIALS = {
    "inadequate": "I",
    "adequate": "A",
    "requires improvement": "RI",
    "third": "RI",
    "good": "G",
    "outstanding": "O",
}
"""What is written on the mark of a grade."""
SIGNS = {"judgement not made": "\u2013", "not judged": "\u00d7", "not known": "?",
         "not yet inspected": "\u2026", "not graded then": "\u2219"}  # fmt: skip
"""What is written where there is no grade."""


def _letters(words: str) -> tuple[TextPath, float]:
    """Words as a marker, and how large it must be drawn, in times of its font's size."""
    path = TextPath((0, 0), words, size=1, prop=FontProperties(weight="bold"))
    box = path.get_extents()
    middle = (box.x0 + box.width / 2, box.y0 + box.height / 2)
    if words not in SIGNS.values():
        middle = (middle[0], TextPath((0, 0), "I", size=1).get_extents().height / 2)
    path = TextPath((-middle[0], -middle[1]), words, size=1, prop=FontProperties(weight="bold"))
    larger = 1.5 if words in SIGNS.values() else 1.0  # signs stand alone
    return path, larger * 2 * float(abs(path.vertices).max())


def letter_marks(
    ax: Axes,
    xs: Sequence[float],
    ys: Sequence[float],
    names: Sequence[str],
    *,
    side: float,
    hollow: Sequence[bool],
    palette: Palette = None,
) -> None:
    """A square, or a circle, for each grade with its initial; a sign where there is none.

    Parameters
    ----------
    ax
        Where.
    xs, ys
        Middles of the marks.
    names
        Grades, bands, or reasons for there being none.
    side
        Side of a square in points.
    hollow
        Which are circles.
    palette
        Colours of one's own: see `style.grade_colours`.
    """
    frame = pd.DataFrame({"x": list(xs), "y": list(ys), "name": list(names), "round": list(hollow)})
    em = min(rcParams["font.size"], 0.62 * side)
    for name in style.ordered(frame["name"]):
        own, drawn = frame[frame["name"] == name], style.mark(name, palette)
        if name in SIGNS:
            ax.scatter(own["x"], own["y"], s=(0.75 * side) ** 2, color="white", linewidth=0,
                       zorder=3.5, clip_on=False)  # fmt: skip
        for circle, marks in () if name in SIGNS else own.groupby("round"):
            ax.scatter(
                marks["x"], marks["y"], s=(side * (1.08 if circle else 1)) ** 2,
                marker="o" if circle else "s", facecolor=drawn.fill, edgecolor=drawn.edge,
                hatch=drawn.hatch or None, linewidth=0.8, zorder=4, clip_on=False,
            )  # fmt: skip
        path, times = _letters(SIGNS.get(name) or INITIALS[name])
        halo = [withStroke(linewidth=2.5, foreground=drawn.fill)] if drawn.hatch else None
        ax.scatter(
            own["x"], own["y"], s=(times * em) ** 2, marker=path, color=drawn.ink, linewidth=0,
            zorder=5, path_effects=halo, clip_on=False,
        )  # fmt: skip


def letter_entry(name: str, palette: Palette = None) -> Entry:
    """The entry of a lettered mark in a key.

    Examples
    --------
    >>> letter_entry("adequate")[1]
    'adequate'
    """
    em, drawn = 0.85 * rcParams["font.size"], style.mark(name, palette)
    path, times = _letters(SIGNS.get(name) or INITIALS[name])
    letter = Line2D([], [], linestyle="", marker=path, markersize=times * em, color=drawn.ink,
                    markeredgewidth=0)  # fmt: skip
    if name in SIGNS:
        return letter, style.band_label(name)
    square = Line2D([], [], linestyle="", marker="s", markersize=1.5 * em, color=drawn.fill,
                    markeredgecolor=drawn.edge)  # fmt: skip
    return (square, letter), style.band_label(name)
