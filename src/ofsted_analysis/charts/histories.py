"""Rows of inspections on an axis of time: for the themes of one authority, or for many."""

from collections.abc import Mapping

import matplotlib.dates as mdates
import pandas as pd
from matplotlib import rcParams
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.transforms import blended_transform_factory

from ofsted_analysis.analysis.themes import last_made
from ofsted_analysis.charts import notes, style
from ofsted_analysis.charts.counts import part
from ofsted_analysis.charts.lettering import widest
from ofsted_analysis.charts.marks import (
    Entry,
    axes_of,
    in_letters,
    letter_entry,
    letter_marks,
    spread,
)
from ofsted_analysis.charts.style import Palette
from ofsted_analysis.tables.labels import long_date, month
from ofsted_analysis.tables.load import load_frameworks

_PAUSE = "#E9DCE3"
_END = {"color": style.INK, "linestyle": (0, (4, 2)), "linewidth": 1.0}


def plot_histories(
    data: pd.DataFrame,
    *,
    ax: Axes | None = None,
    palette: Palette = None,
    labels: Mapping[str, str] | None = None,
    start: pd.Timestamp | None = None,
    end: pd.Timestamp | None = None,
    dates: bool = False,
) -> Axes:
    """A row for each theme or authority: at each inspection the initial of its grade on a square.

    A line joins two grades only where they can be compared directly. A grade that isn't from the
    inspection's own report is a circle. Marks that would lie on one another are moved apart.

    Parameters
    ----------
    data
        One row per mark, in order of row and day: row (its name), authority_id, inspection_id,
        framework_id, last_day, date_precision, grade, reason (why there is none), certainty,
        joined (see `notes.joined`); as `chart_data` of `timeline` and `small_multiples` gives it.
        A row of the chart without any inspection has one line without an inspection_id.
    ax
        Where to draw; by default new axes.
    palette
        Colours of one's own: see `style.grade_colours`.
    labels
        Words of one's own for some rows.
    start, end
        The ends of the time axis; by default some months before and after the inspections.
    dates
        Whether to name framework and date of each inspection above its column (of one authority);
        otherwise the frameworks are named above the years in which they began.

    Returns
    -------
    Axes
        With time along the bottom; rows at 0, 1, 2 and so on, from the top.

    Examples
    --------
    >>> from ofsted_analysis import charts
    >>> data = charts.chart_data(charts.timeline("Norfolk"))
    >>> ax = charts.plot_histories(data)
    >>> [label.get_text() for label in ax.get_yticklabels()][:2]
    ['Overall effectiveness', 'Help and protection']
    """
    ax = axes_of(ax)
    rows = data["row"].drop_duplicates().tolist()
    seen = data[data["inspection_id"].notna()]
    low, high = _ends_of_axis(seen, start, end)
    ax.set(xlim=(low, high), ylim=(len(rows) - 0.5, -0.5))
    ax.set_yticks(range(len(rows)), labels=[(labels or {}).get(name, name) for name in rows])
    ax.tick_params(axis="y", length=0)
    ax.grid(False)
    ax.spines[["left", "right", "top"]].set_visible(False)
    em, (across, up) = rcParams["font.size"], in_letters(ax)
    _label_years(ax, across)
    for place in range(len(rows)):
        ax.axhspan(place - 0.47, place + 0.47, color=style.BACKGROUNDS[1], linewidth=0, zorder=0)
    for pause in _pauses_within(low, high):
        ax.axvspan(*mdates.date2num([pause.start, pause.end]), color=_PAUSE, linewidth=0,
                   zorder=0.2)  # fmt: skip
    ax.set_xlim(low, high)
    side = min(1.55, 0.92 * up / max(1, len(rows)))
    places = _places(seen, side * 1.06 * (high - low) / across, (low, high))
    ys = {name: place for place, name in enumerate(rows)}
    xs = seen["inspection_id"].map(places)
    for name, marks in seen.groupby("row", sort=False):
        at, y = xs[marks.index].tolist(), ys[name]
        for i in marks["joined"].to_numpy().nonzero()[0]:
            ax.plot(at[i - 1 : i + 1], [y, y], color=style.QUIET, linewidth=0.2 * em, zorder=2.5)
    for theme, ended in _ends_within(data, low, high).items():
        for name in data.loc[data["theme"] == theme, "row"].unique():
            y = ys[name]
            ax.plot([mdates.date2num(ended)] * 2, [y - 0.47, y + 0.47], zorder=0.5, **_END)
    letter_marks(
        ax, xs, seen["row"].map(ys), part(seen), side=side * em, palette=palette,
        hollow=seen["certainty"].astype(str) != "report",
    )  # fmt: skip
    if dates:
        _name_dates(ax, seen, places)
    else:
        _name_frameworks(ax, seen)
    return ax


def _ends_of_axis(
    seen: pd.DataFrame, start: pd.Timestamp | None, end: pd.Timestamp | None
) -> tuple[float, float]:
    """The ends of the time axis: those given, or some months before and after the inspections."""
    some = pd.Timedelta(days=200)
    low = seen["last_day"].min() - some if start is None else start
    high = seen["last_day"].max() + some if end is None else end
    return float(mdates.date2num(low)), float(mdates.date2num(high))


def _pauses_within(low: float, high: float) -> list[notes.Pause]:
    """The pauses of inspection that begin on the axis."""
    return [p for p in notes.pauses() if low < mdates.date2num(p.start) < high]


def _ends_within(data: pd.DataFrame, low: float, high: float) -> dict[str, pd.Timestamp]:
    """The last day of each theme of some rows that was last judged on the axis."""
    ends = {theme: last_made(theme) for theme in data["theme"].dropna().unique()}
    return {theme: day for theme, day in ends.items()
            if day is not None and low < mdates.date2num(day) < high}  # fmt: skip


def _places(seen: pd.DataFrame, gap: float, ends: tuple[float, float]) -> dict[str, float]:
    """Where each inspection stands: at its day, or beside it where another stands too close."""
    found: dict[str, float] = {}
    once = seen.drop_duplicates("inspection_id").sort_values("last_day", kind="stable")
    for _, own in once.groupby("authority_id", sort=False, observed=True):
        wanted = [mdates.date2num(middle(row)) for row in own.itertuples()]
        low, high = ends[0] + gap / 2, ends[1] - gap / 2
        found |= dict(zip(own["inspection_id"], spread(wanted, gap, low, high), strict=True))
    return found


def middle(row: tuple) -> pd.Timestamp:
    """The last day of an inspection, or the middle of the month or year if no more is known."""
    day = pd.Timestamp(row.last_day)
    days = {"month": 15, "year": 183, "financial year": 183}
    return day - pd.Timedelta(days=days.get(str(row.date_precision), 0))


def _label_years(ax: Axes, letters: float) -> None:
    """Years along the bottom, as many as there is room for; ``letters``: heights of a letter."""
    first, last = (mdates.num2date(edge) for edge in ax.get_xlim())
    years = range(first.year + 1, last.year + 1)
    every = max(1, -(-int(3.3 * (len(years) + 1)) // int(letters)))
    shown = [year for year in years if year % every == 0]
    day = {year: mdates.date2num(pd.Timestamp(year, 1, 1)) for year in years}
    ax.set_xticks([day[year] for year in shown], labels=[str(year) for year in shown])
    ax.set_xticks([*day.values()], minor=True)
    ax.tick_params(axis="x", which="minor", length=2, color=style.QUIET)


def _date_label(row: tuple, upright: bool) -> str:
    """Framework, and month and year, or what is known of them."""
    day, gap = pd.Timestamp(row.last_day), " " if upright else "\n"
    known = {
        "year": str(day.year),
        "financial year": f"to {day.month_name()[:3]}{gap}{day.year}",
    }
    when = known.get(str(row.date_precision), f"{day.month_name()[:3]}{gap}{day.year}")
    return f"{notes.framework_name(str(row.framework_id))}{gap}{when}"


def dates_above(inspections: pd.DataFrame, letters: float) -> float:
    """Heights of a letter that names of dates above the axes need, if these are so many wide."""
    return 10.4 if _upright(len(inspections), letters) else 4.4


def _upright(count: int, letters: float) -> bool:
    return count * 3.9 > letters


def _name_dates(ax: Axes, seen: pd.DataFrame, places: Mapping[str, float]) -> None:
    """Framework and date of each inspection above its column, upright where room is short."""
    once = seen.drop_duplicates("inspection_id").sort_values("last_day", kind="stable")
    (low, high), (across, up) = ax.get_xlim(), in_letters(ax)
    upright = _upright(len(once), across)
    gap = (1.3 if upright else 3.7) * (high - low) / across
    wanted = [places[key] for key in once["inspection_id"]]
    half = 0.5 * gap if upright else 0.35 * gap
    above = blended_transform_factory(ax.transData, ax.transAxes)
    foot = 1 + 0.9 / up
    spots = spread(wanted, gap, low + half, high - half)
    for row, x, column in zip(once.itertuples(), spots, wanted, strict=True):
        ax.text(x, foot, _date_label(row, upright), transform=above, ha="center", va="bottom",
                linespacing=1.05, rotation=90 if upright else 0)  # fmt: skip
        ax.plot([x, column], [foot - (foot - 1) * 0.15, 1], transform=above, color=style.QUIET,
                linewidth=0.8, clip_on=False)  # fmt: skip
        ax.axvline(column, color=style.RULE, linewidth=0.8, zorder=0.3)


def _name_frameworks(ax: Axes, seen: pd.DataFrame) -> None:
    """The names of the frameworks above the years in which they began, with lines down."""
    (low, high), (across, _) = ax.get_xlim(), in_letters(ax)
    begins = load_frameworks().set_index("framework_id")["first_inspection"]
    names = notes.group_names(seen["framework_id"].astype(str))
    at = [max(low, mdates.date2num(begins[group])) for group in names]
    wide = [widest(ax.figure, [name]) for name in names.values()]
    scale = (high - low) / across
    # the left edges of the names, apart by the width of the one before
    offset = [sum(wide[:i]) + 0.6 * i for i in range(len(wide))]
    spare = across - (offset[-1] + wide[-1]) if wide else 0
    lefts = spread([x - o * scale for x, o in zip(at, offset, strict=True)], 0, low,
                   max(low, low + spare * scale))  # fmt: skip
    above = blended_transform_factory(ax.transData, ax.transAxes)
    for name, x, left, o in zip(names.values(), at, lefts, offset, strict=True):
        ax.text(left + o * scale, 1, name, transform=above, va="bottom", color=style.QUIET)
        if x > low:
            ax.axvline(x, color="white", linewidth=2.2, zorder=0.4)


def history_entries(
    data: pd.DataFrame,
    palette: Palette = None,
    *,
    start: pd.Timestamp | None = None,
    end: pd.Timestamp | None = None,
) -> list[Entry]:
    """The key to what `plot_histories` draws with the same arguments: every mark that is there.

    Examples
    --------
    >>> from ofsted_analysis import charts
    >>> data = charts.chart_data(charts.timeline("Norfolk"))
    >>> history_entries(data)[0][1]
    'inadequate'
    """
    seen = data[data["inspection_id"].notna()]
    low, high = _ends_of_axis(seen, start, end)
    graded = seen["grade"].notna()
    names = [*seen.loc[graded, "grade"].astype(str), *seen.loc[~graded, "reason"].astype(str)]
    entries = [letter_entry(name, palette) for name in style.ordered(names)]
    if (graded & (seen["certainty"].astype(str) != "report")).any():
        side = 0.9 * rcParams["font.size"]
        circle = Line2D([], [], marker="o", linestyle="", markerfacecolor="white", markersize=side,
                        markeredgecolor=style.QUIET)  # fmt: skip
        entries.append((circle, "circle: not from its own report"))
    if seen["joined"].any():
        entries.append((Line2D([], [], color=style.QUIET, linewidth=1.8), "directly comparable"))
    pairs = graded & graded.shift(fill_value=False) & (seen["row"] == seen["row"].shift())
    if (pairs & ~seen["joined"].astype(bool)).any():
        entries.append((Line2D([], [], linestyle=""), "no line: not directly comparable"))
    for theme, ended in _ends_within(data, low, high).items():
        words = f"no {notes.theme_name(theme, short=True)} grade after {long_date(ended)}"
        entries.append((Line2D([], [], **_END), words))
    for pause in _pauses_within(low, high):
        words = f"{pause.label}, {month(pause.start)} to {month(pause.end)}"
        entries.append((Patch(color=_PAUSE), words))
    return entries
