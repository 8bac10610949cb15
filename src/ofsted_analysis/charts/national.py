"""England over time: how many authorities have each grade."""

import textwrap
from collections.abc import Mapping
from itertools import pairwise

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ofsted_analysis.analysis.outcomes import Latest, day_in_record, parts_over_time
from ofsted_analysis.analysis.themes import judgements_on, last_made
from ofsted_analysis.charts import notes, style
from ofsted_analysis.charts.counts import SETTLED, wide
from ofsted_analysis.charts.figure import Chart, drawing, finish, redrawn
from ofsted_analysis.charts.marks import axes_of, in_letters, label_ends, mark_events, settle
from ofsted_analysis.charts.style import Palette
from ofsted_analysis.tables.days import Day, as_day
from ofsted_analysis.tables.errors import DataError
from ofsted_analysis.tables.labels import long_date, month

_WIDE = 12
"""Centimetres of width from which a name stands on one line beside the bars."""


def plot_grades_over_time(
    counts: pd.DataFrame,
    *,
    ax: Axes | None = None,
    palette: Palette = None,
    labels: Mapping[str, str] | None = None,
    percent: bool = False,
) -> Axes:
    """Stacked bars, one for each date, of how many authorities have each grade.

    Parameters
    ----------
    counts
        One row per date and part: date, part (a grade, or the reason why there is none), n; as
        `chart_data` of `national_picture` gives it.
    ax
        Where to draw; by default new axes.
    palette
        Colours of one's own: see `style.grade_colours`.
    labels
        Words of one's own for some parts.
    percent
        Whether to draw shares of all, 0 to 100%, instead of numbers.

    Returns
    -------
    Axes
        With the dates at 0, 1, 2 and so on; the parts are named at the right of the last bar.

    Examples
    --------
    >>> from ofsted_analysis import charts
    >>> counts = charts.chart_data(charts.national_picture(start="2024-01-01"))
    >>> [text.get_text() for text in charts.plot_grades_over_time(counts).get_xticklabels()]
    ['Jun\\n2024', 'Dec', 'Jun\\n2025', 'Dec', 'Mar\\n2026']
    """
    ax = axes_of(ax)
    table = wide(counts.assign(part=counts["part"].astype(str)), "date")
    table = table[style.ordered(table)]
    drawn = table.div(table.sum(axis=1), axis=0) * 100 if percent else table
    places, bottom = np.arange(len(table)), np.zeros(len(table))
    for part in table:
        mark = style.mark(part, palette)
        ax.bar(places, drawn[part], 0.86, bottom, **mark.patch)
        bottom += drawn[part].to_numpy()
    ax.set_xlim(-0.5, len(table) - 0.5)
    ax.set_ylim(0, bottom.max())
    most = bottom.max()
    step = 25 if percent else 50 if most > 100 else max(1, int(most // 4))
    ax.set_yticks(range(0, int(most) + 1, step))
    _label_dates(ax, pd.DatetimeIndex(table.index))
    if percent:
        ax.yaxis.set_major_formatter("{x:.0f}%")
    ax.spines["bottom"].set_visible(False)
    last = drawn.iloc[-1]
    names = {part: f"{n} {(labels or {}).get(part, style.band_label(part))}"
             for part, n in table.iloc[-1].items()}  # fmt: skip
    label_ends(ax, last, names)
    return ax


def _label_dates(ax: Axes, dates: pd.DatetimeIndex) -> None:
    """The month's initial under each bar and the year under its first, as far as there is room."""
    room = 0.8 * in_letters(ax)[0] / len(dates)  # of a bar
    ax.tick_params(axis="x", length=0)
    if room > 0.85:
        first = ~pd.Series(dates.year).duplicated()
        first &= ~first.shift(-1, fill_value=False) | (room > 3)  # a year's only bar, no room
        every = 1 if room > 1.6 or len(dates) < 5 else 2
        labels = [
            day.month_name()[: 3 if room > 3 else 1]
            + (f"\n{day.year}" if new and day.year % every == 0 else "")
            for day, new in zip(dates, first, strict=True)
        ]
        ax.set_xticks(range(len(dates)), labels=labels)
        return
    last = [place for place, (day, after) in enumerate(pairwise(dates)) if day.year != after.year]
    step = int(6 // (room * max(1, len(dates) / max(1, len(last))))) + 1
    shown = [place for place in last if dates[place].year % step == 0]
    ax.set_xticks(shown, labels=[f"end\n{dates[place].year}" for place in shown])
    ax.tick_params(axis="x", length=3, color=style.QUIET)


def _initials(dates: pd.DatetimeIndex) -> str:
    """What the letters under the bars mean."""
    names = dict.fromkeys(day.month_name() for day in dates)
    one = len({name[0] for name in names}) == len(names)
    return f" ({', '.join(f'{name[0]}: end of {name}' for name in names)})" if one else ""


@redrawn
def national_picture(
    theme: str = "overall",
    *,
    start: Day = "2014-04-01",
    end: Day | None = None,
    freq: str = "half-year",
    percent: bool = False,
    latest: Latest = "inspection",
    data: pd.DataFrame | None = None,
    authorities: pd.DataFrame | None = None,
    palette: Palette = None,
    title: str | None = None,
    size: str | tuple[float, float] = "print",
) -> Chart:
    """How many authorities had each grade, at a series of dates.

    Stacked bars of whole numbers; those without a grade are parts of their own, with the reason,
    so that every bar adds up to all authorities. The series ends with the theme: overall
    effectiveness on 31 March 2026.

    Parameters
    ----------
    theme
        A theme.
    start, end, freq
        The dates: every 'half-year' (the ends of June and December, by default) or as pandas has
        them, such as 'YE' or 'QE'; from 2014 to the end of the record or the last day of a theme
        that is no longer judged, which is a date of its own.
    percent
        Whether to draw shares, 0 to 100%, instead of numbers.
    latest
        'inspection' or 'graded', as for `as_at`.
    data, authorities
        Tables as from the loaders; the packaged ones by default.
    palette
        Colours of one's own: see `style.grade_colours`.
    title
        The title, if not the message taken from the data; '' for none, where a document has it.
    size
        'print', 'slide', 'narrow', or (width, height) in centimetres.

    Returns
    -------
    Chart
        A matplotlib Figure. Its data: date, part (a grade, or why there is none), n,
        authorities.

    Raises
    ------
    DataError
        There is no date between start and end, or no such theme.

    Examples
    --------
    >>> from ofsted_analysis import charts
    >>> data = charts.chart_data(charts.national_picture())
    >>> data[data["date"] == "2026-03-31"].set_index("part")["n"][["good", "outstanding"]].tolist()
    [65, 46]
    """
    dates = _dates(theme, start, end, freq, data)
    drawn = parts_over_time(dates, theme, latest=latest, data=data, authorities=authorities)
    history = judgements_on(theme, data=data)
    after = history.groupby("authority_id")["last_day"].shift(-1)
    counted = history[(history["last_day"] <= dates[-1]) & ~(after <= dates[0])]
    caveat = notes.comparison_caveat(counted[counted["grade"].notna()])
    message, finding = _message(theme, drawn, comparable=not caveat.startswith("Only partly"))
    if data is None and authorities is None and latest == "inspection":
        children = notes.whose_children(dates[-1], theme, ["good", "outstanding"])
        caveat = " ".join(filter(None, (children, caveat)))
    shown = [e for e in notes.events(theme) if dates[0] < e.start <= dates[-1]]
    table = wide(drawn, "date")
    events = [e.label.replace("\n", ", ") for e in shown]
    with drawing(size, plot=4.6 + 0.5 * len(shown)) as fig:
        ax = fig.subplots()
        finish(
            fig,
            title=title,
            message=message,
            subtitle=(
                f"{'Share of authorities' if percent else 'Authorities'} by latest grade for "
                f"{notes.theme_name(theme)} at each date"
                f"{_initials(dates) if fig.size.width > _WIDE else ''}; "
                f"n = {_span(drawn['authorities'])}"
            ),
            data=drawn,
            alt=(
                "Stacked bar chart of how many local authorities in England had each grade for "
                f"{notes.theme_name(theme)} at {len(dates)} dates from "
                f"{long_date(dates[0])} to {long_date(dates[-1])}. {finding}"
            ),
            caveat=caveat,
            basis=f"inspections that ended by each date, to {long_date(dates[-1])}",
            key=[part for part in table if not table[part].iloc[-1]],
            abbreviated=events,
        )
        short = {part: textwrap.fill(style.band_label(part), 17) for part in table}
        plot_grades_over_time(
            drawn, ax=ax, palette=palette, percent=percent,
            labels=short if fig.size.width < _WIDE else None,
        )  # fmt: skip
        fig.draw_without_rendering()  # lays out the axes, by which words are placed
        fig.set_layout_engine(None)
        places = [_place(dates, e.start) for e in shown]
        mark_events(ax, zip(events, places, strict=True))
        settle(ax)
    return fig


def _dates(
    theme: str, start: Day, end: Day | None, freq: str, data: pd.DataFrame | None
) -> pd.DatetimeIndex:
    """The dates from start to end, or to the last day of the theme."""
    first = as_day(start, "start")
    last = day_in_record(end, "end", data)
    if first > last:
        raise DataError(f"start ({first.date()}) is after end ({last.date()}).")
    ended = last_made(theme)
    try:
        half = freq == "half-year"
        until = last if ended is None else min(last, ended)
        dates = pd.date_range(first, until, freq="QE" if half else freq)
        dates = dates[dates.month.isin([6, 12])] if half else dates
    except ValueError as error:
        raise DataError(f"freq: {error}") from error
    if ended is not None and first <= ended <= last and ended not in dates:
        dates = dates.append(pd.DatetimeIndex([ended]))
    if dates.empty:
        raise DataError(f"There is no date ({freq!r}) between {start} and {last.date()} to draw.")
    return dates.as_unit("s")


def _place(dates: pd.DatetimeIndex, day: pd.Timestamp) -> float:
    """Where a day lies among bars that show the state at the end of their period."""
    later = int(np.searchsorted(dates, day))
    before = dates[later - 1] if later else dates[0] - (dates[-1] - dates[0]) / max(1, len(dates))
    return later - 0.5 + (day - before) / (dates[later] - before) * 0.999


def _span(values: pd.Series) -> str:
    low, high = values.min(), values.max()
    return f"{low}" if low == high else f"{low} to {high}"


def _message(theme: str, counts: pd.DataFrame, *, comparable: bool) -> tuple[str, str]:
    """The title, and the finding for who cannot see the chart."""
    table = counts.pivot_table(index="date", columns="part", values="n", observed=False)
    graded = table.drop(columns=list(style.REASONS)).sum(axis=1).astype(int)
    upper = table[["good", "outstanding"]].sum(axis=1).astype(int)
    share = graded / counts.groupby("date")["authorities"].first()
    last = graded.index[-1]
    if not graded[last]:
        words = f"No authority had a grade for {notes.theme_name(theme)} on {long_date(last)}"
        return words, f"{words}."
    be = "was" if upper[last] == 1 else "were"
    words = (
        f"{upper[last]} of {graded[last]} graded authorities {be} graded good or outstanding "
        f"{notes.on_theme(theme)} in {month(last)}"
    )
    if share[last] < 0.5:
        there = int(counts.loc[counts["date"] == last, "authorities"].iloc[0])
        words = (
            f"Only {graded[last]} of {there} authorities had a grade for "
            f"{notes.theme_name(theme)} in {month(last)}; {upper[last] or 'none'} of these "
            f"{'was' if upper[last] == 1 else 'were'} good or outstanding"
        )
    # against an earlier date only where nearly all were graded on both, and grades compare
    settled = graded.index[(share >= SETTLED).to_numpy()]
    if len(settled) and settled[0] < last == settled[-1] and comparable:
        words += f", against {upper[settled[0]]} of {graded[settled[0]]} in {month(settled[0])}"
    worst = int(table.loc[last, "inadequate"])
    return words, f"{words}; {worst} {'was' if worst == 1 else 'were'} graded inadequate then."
