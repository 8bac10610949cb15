"""What each framework graded, theme by theme: what continues, splits, merges and stops."""

from itertools import pairwise

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import FancyBboxPatch

from ofsted_analysis.charts import notes, style
from ofsted_analysis.charts.figure import Chart, drawing, finish
from ofsted_analysis.charts.lettering import wrap
from ofsted_analysis.tables.errors import DataError
from ofsted_analysis.tables.load import load_areas, load_frameworks

_LINES = {"direct": "-", "partial": (0, (4, 2)), "none": (0, (1, 1.5))}
"""How a comparability is drawn."""


def framework_crosswalk(
    areas: pd.DataFrame | None = None,
    *,
    themes: list[str] | None = None,
    title: str | None = None,
    size: str | tuple[float, float] = "print",
) -> Chart:
    """What each framework graded, theme by theme, and how far it compares with the next.

    A row for each theme, a column for each framework in order of time. A box is a graded area; its
    outline and the lines to its successors say how far it compares with others of its theme:
    solid direct, dashed partly, dotted not at all.

    Parameters
    ----------
    areas
        Areas as from `load_areas`; the packaged ones by default.
    themes
        The themes to show; by default all (on a slide, those of several frameworks).
    title
        The message, if not the one taken from the data.
    size
        'print', 'slide', or (width, height) in centimetres.

    Returns
    -------
    Chart
        A matplotlib Figure. Its data: theme, framework_id, area_id, label, first_used, last_used,
        comparability, comparability_note.

    Raises
    ------
    DataError
        There is no such theme, or no area.

    Examples
    --------
    >>> from ofsted_analysis import charts
    >>> fig = charts.framework_crosswalk()
    >>> charts.chart_data(fig)["framework_id"].nunique()
    5
    """
    areas = load_areas() if areas is None else areas
    known = [theme for theme in areas["theme"].cat.categories if (areas["theme"] == theme).any()]
    unknown = set(themes or ()) - set(known)
    if unknown:
        raise DataError(f"No area has the theme {sorted(unknown)[0]!r}: {', '.join(known)}.")
    if areas.empty:
        raise DataError("There is no area to draw.")
    shown = [theme for theme in known if themes is None or theme in themes]
    everything = areas[areas["theme"].isin(shown)].astype({"theme": str})
    message = _message(everything, shown)
    left_out = ""
    if themes is None and style.size_of(size, height=26).height < 22:
        several = everything.groupby("theme")["framework_id"].agg(set).map(len) > 1
        shown = [theme for theme in shown if several[theme]] or shown
        left_out = ". For want of room, without themes that one framework alone graded"
    own = areas[areas["theme"].isin(shown)].astype({"theme": str, "comparability": str})
    columns = _columns(own)
    own = own.assign(column=[_column(area, columns) for area in own.itertuples()])
    lanes = _lanes(own, shown)
    height = sum(len(lanes[theme]) for theme in shown)
    order = ["theme", "framework_id", "area_id", "label", "first_used", "last_used",
             "comparability", "comparability_note"]  # fmt: skip
    rank = own["theme"].map({theme: i for i, theme in enumerate(shown)})
    data = own.assign(rank=rank).sort_values(["rank", "column", "position"])[order]
    with drawing(size, height=min(26.0, 6.3 + 0.68 * height)) as fig:
        ax = fig.subplots()
        finish(
            fig,
            title=message if title is None else title,
            subtitle=(
                f"Each box is an area that a framework graded; n = {len(own)} areas under "
                f"{len(shown)} themes. Solid: compares directly with others of its theme; dashed: "
                f"in part; dotted: not at all{left_out}"
            ),
            data=data,
            alt=(
                f"Diagram of the {len(own)} areas that {own['framework_id'].nunique()} inspection "
                f"frameworks graded, in rows by theme and columns by time. {message}."
            ),
            basis="areas as printed in the reports",
        )
        _draw(ax, own, shown, columns, lanes)
    return fig


def _columns(areas: pd.DataFrame) -> list[tuple[str, ...]]:
    """Framework and, where it changed under way, first day of each column, in order of time.

    Frameworks of one display group share one.
    """
    frameworks = load_frameworks().sort_values("first_inspection")
    found: list[tuple[str, ...]] = []
    for row in frameworks.itertuples():
        if row.framework_id not in set(areas["framework_id"]):
            continue
        if found and row.display_group == found[-1][0]:
            found[-1] = (*found[-1], row.framework_id)
            continue
        found.append((row.framework_id,))
        own = areas[areas["framework_id"] == row.framework_id]
        if own["first_used"].notna().any():
            found.append((row.framework_id, str(own["first_used"].min().date())))
    return found


def _column(area: tuple, columns: list[tuple[str, ...]]) -> int:
    """The first column in which an area stands."""
    own = [i for i, column in enumerate(columns) if area.framework_id in column]
    return own[-1] if pd.notna(area.first_used) else own[0]


def _last(area: tuple, columns: list[tuple[str, ...]]) -> int:
    """The last column in which an area stands: later ones only if it was in use then."""
    own = [i for i, column in enumerate(columns) if area.framework_id in column]
    split = [i for i in own if _parted(columns[i])]
    if split and pd.notna(area.last_used) and str(area.last_used.date()) < columns[split[0]][1]:
        return own[0]
    return own[-1]


def _lanes(areas: pd.DataFrame, shown: list[str]) -> dict[str, list[list[tuple]]]:
    """For each theme its areas in lanes, none over another."""
    found: dict[str, list[list[tuple]]] = {}
    for theme in shown:
        lanes: list[list[tuple]] = []
        own = areas[areas["theme"] == theme]
        for area in own.sort_values(["column", "position"]).itertuples():
            free = (lane for lane in lanes if lane[-1].column < area.column)
            lane = next(free, None)
            if lane is None:
                lanes.append([area])
            else:
                lane.append(area)
        found[theme] = lanes
    return found


def _message(areas: pd.DataFrame, shown: list[str]) -> str:
    frameworks = load_frameworks().sort_values("first_inspection").set_index("framework_id")
    first, latest = frameworks.index[0], frameworks.index[-1]
    now = areas[(areas["framework_id"] == latest) & areas["last_used"].isna()]
    through = areas.groupby("theme")["framework_id"].agg(set)
    since = [theme for theme in shown if {first, latest} <= through[theme]]
    only = [theme for theme in shown if through[theme] == {first}]
    if since and only:
        return (
            f"Only {len(since)} of {len(shown)} themes run from the first framework to today's; "
            f"{len(only)} ended in {frameworks.loc[first, 'last_inspection'].year}"
        )
    return f"{len(now)} of {len(areas)} areas are graded today"


def _draw(
    ax: Axes,
    areas: pd.DataFrame,
    shown: list[str],
    columns: list[tuple[str, ...]],
    lanes: dict[str, list[list[tuple]]],
) -> None:
    fig = ax.figure
    top = 0
    place: dict[tuple[str, str], tuple[int, int, float]] = {}
    left = -1.5
    for i, theme in enumerate(shown):
        count = len(lanes[theme])
        if i % 2 == 0:
            ax.axhspan(top - 0.5, top + count - 0.5, color="#F4F4F4", zorder=0, linewidth=0)
        for j, lane in enumerate(lanes[theme]):
            for area in lane:
                end = _last(area, columns)
                place[area.framework_id, area.area_id] = (area.column, end, top + j)
        top += count
    ax.set_xlim(left - 0.03, len(columns) - 0.5)
    ax.set_ylim(top - 0.4, -1.6)
    ax.set_axis_off()
    fig.draw_without_rendering()
    cell = ax.get_window_extent().width / fig.dpi / (len(columns) - 0.5 - left)
    lane = abs(ax.get_window_extent().height / (ax.get_ylim()[0] - ax.get_ylim()[1])) / fig.dpi * 72
    points = max(9, min(fig.size.text, lane / 1.4))
    top = 0
    for theme in shown:
        middle = top + (len(lanes[theme]) - 1) / 2
        lines = wrap(fig, _theme(theme), points, cell)
        ax.text(left, middle, "\n".join(lines), va="center", linespacing=0.95, fontsize=points)
        top += len(lanes[theme])
        ends = max(end for key, (_, end, _) in place.items() if key in _keys(lanes[theme]))
        if ends < len(columns) - 1 and theme not in set(areas["also_theme"]):
            ax.text(
                ends + 0.55,
                middle,
                "no grade since",
                va="center",
                color=style.QUIET,
                fontsize=points,
            )
    for x, column in enumerate(columns):
        ax.text(x, -0.75, _heading(column, columns), ha="center", va="bottom", fontweight="bold",
                linespacing=1.15)  # fmt: skip
    for area in areas.itertuples():
        first, end, y = place[area.framework_id, area.area_id]
        _box(ax, area, first, end, y, cell, points)
    for one, other in _links(areas, place):
        (_, x0, y0), (x1, _, y1) = place[one[:2]], place[other[:2]]
        weaker = max(one[2], other[2], key=list(_LINES).index)
        ax.plot([x0 + 0.45, x1 - 0.45], [y0, y1], color=style.INK, linewidth=1.0,
                linestyle=_LINES[weaker], zorder=1)  # fmt: skip


def _theme(theme: str) -> str:
    return notes.theme_name(theme, short=True)


def _keys(lanes: list[list[tuple]]) -> set[tuple[str, str]]:
    return {(area.framework_id, area.area_id) for lane in lanes for area in lane}


def _heading(column: tuple[str, ...], columns: list[tuple[str, ...]]) -> str:
    frameworks = load_frameworks().set_index("framework_id")
    own = frameworks.loc[[name for name in column if name in frameworks.index]]
    start, end = own["first_inspection"].min(), own["last_inspection"].max(skipna=False)
    parted = [c[1] for c in columns if _parted(c) and c[0] == column[0]]
    if _parted(column):
        start = pd.Timestamp(column[1])
    elif parted:
        end = pd.Timestamp(parted[0]) - pd.Timedelta(days=1)
    years = f"{start.year} to {end.year}" if pd.notna(end) else f"since {start.year}"
    return f"{', '.join(notes.framework_name(name) for name in own.index)}\n{years}"


def _parted(column: tuple[str, ...]) -> bool:
    """Whether a column is the later part of a framework that changed under way."""
    return len(column) == 2 and column[1][:1].isdigit()


def _box(ax: Axes, area: tuple, first: int, end: int, y: float, cell: float, points: float) -> None:
    ax.add_patch(
        FancyBboxPatch(
            (first - 0.45, y - 0.38),
            end - first + 0.9,
            0.76,
            boxstyle="round,pad=0,rounding_size=0.06",
            facecolor="white",
            edgecolor=style.INK,
            linewidth=1.0,
            linestyle=_LINES[area.comparability],
            zorder=2,
        )
    )
    words = _words(area)
    lines = wrap(ax.figure, words, points, (end - first + 0.9) * cell * 0.97)
    ax.text((first + end) / 2, y, "\n".join(lines), ha="center", va="center", zorder=3,
            linespacing=0.95, fontsize=points)  # fmt: skip


def _words(area: tuple) -> str:
    """The name of an area within its theme, as short as can be."""
    return area.short_label


def _links(
    areas: pd.DataFrame, place: dict[tuple[str, str], tuple[int, int, float]]
) -> list[tuple[tuple[str, str, str], tuple[str, str, str]]]:
    """Areas and those that follow them under the next framework with their theme."""
    found = []
    for theme in areas["theme"].unique():
        of_theme = [
            (a.framework_id, a.area_id, a.comparability)
            for a in areas.itertuples()
            if theme in (a.theme, a.also_theme)  # a judgement on two themes: its line goes to both
        ]
        steps = sorted({place[a[:2]][0] for a in of_theme})
        for before, after in pairwise(steps):
            for one in of_theme:
                for other in of_theme:
                    if (
                        place[one[:2]][1] < after
                        and place[one[:2]][0] == before
                        and (place[other[:2]][0] == after)
                    ):
                        found.append((one, other))
    return list(dict.fromkeys(found))
