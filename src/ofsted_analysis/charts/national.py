"""England over time: how many authorities stood at each grade."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ofsted_analysis.analysis.outcomes import Latest, as_at, data_complete_to, over_time
from ofsted_analysis.analysis.themes import judgements_on
from ofsted_analysis.charts import notes, style
from ofsted_analysis.charts.counts import count_parts, wide
from ofsted_analysis.charts.figure import Chart, drawing, finish
from ofsted_analysis.charts.marks import label_ends, mark_events, settle
from ofsted_analysis.tables.days import Day, as_day
from ofsted_analysis.tables.errors import DataError
from ofsted_analysis.tables.labels import long_date, month

_UPPER = ["good", "outstanding"]


def national_picture(
    theme: str = "overall",
    *,
    start: Day = "2014-04-01",
    end: Day | None = None,
    freq: str = "2QE",
    latest: Latest = "inspection",
    data: pd.DataFrame | None = None,
    authorities: pd.DataFrame | None = None,
    title: str | None = None,
    size: str | tuple[float, float] = "print",
) -> Chart:
    """How many authorities stood at each grade, at a series of dates.

    Stacked bars of whole numbers; those without a grade are parts of their own, with the reason,
    so that every bar adds up to all authorities. The change of framework, the pause in the
    pandemic and the end of the overall grade are marked.

    Parameters
    ----------
    theme
        A theme.
    start, end, freq
        The dates, as for `panel`; by default the end of every June and December from 2014 to the
        end of the record. Each bar stands in the period that its date ends.
    latest
        'inspection' or 'graded', as for `as_at`.
    data, authorities
        Tables as from the loaders; the packaged ones by default.
    title
        The message, if not the one taken from the data.
    size
        'print', 'slide', or (width, height) in centimetres.

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
    >>> data = charts.chart_data(charts.national_picture(start="2018-01-01"))
    >>> bool((data.groupby("date")["n"].sum() == data.groupby("date")["authorities"].first()).all())
    True
    """
    tables = {"data": data, "authorities": authorities}
    last = data_complete_to() if end is None else as_day(end, "end")
    counts = over_time(start, last, freq, theme, latest=latest, **tables)
    if counts.empty:
        raise DataError(f"There is no date ({freq!r}) between {start} and {last.date()} to draw.")
    dates = counts["date"].drop_duplicates()
    snapshots = [as_at(date, theme, latest=latest, **tables).assign(date=date) for date in dates]
    standing = pd.concat(snapshots, ignore_index=True)
    drawn = count_parts(standing, "date")
    table = wide(drawn, "date")
    graded = standing[standing["band"].notna()]
    caveat = notes.comparison_caveat(graded)
    history = judgements_on(theme, data=data)
    message, finding = _national_message(theme, counts, caveat)
    edges = _edges(table.index)
    shown = [
        event
        for event in notes.events(theme, last_days=history["last_day"])
        if edges[0] < event.start <= edges[-1]
    ]
    with drawing(size, height=9 + len(shown)) as fig:
        ax = fig.subplots()
        _stack(ax, table, edges)
        at_edge = [e for e in shown if min(abs(edges - e.start)) < pd.Timedelta(days=5)]
        finish(
            fig,
            title=message if title is None else title,
            subtitle=(
                f"Authorities by latest grade for {notes.theme_name(theme)} at each date; "
                f"n = {_span(counts['authorities'])}"
            ),
            data=drawn,
            alt=(
                f"Stacked bar chart of how many local authorities in England stood at each grade "
                f"for {notes.theme_name(theme)} at {len(dates)} dates from "
                f"{long_date(dates.iloc[0])} to {long_date(dates.iloc[-1])}. {finding}"
            ),
            caveat=caveat,
            basis=f"inspections that ended by each date, to {long_date(dates.iloc[-1])}",
            key=[part for part in table if not table[part].iloc[-1]],
        )
        labels = label_ends(ax, table.iloc[-1])
        mark_events(ax, shown, through=at_edge)
        settle(ax, labels)
    return fig


def _span(values: pd.Series) -> str:
    low, high = values.min(), values.max()
    return f"{low}" if low == high else f"{low} to {high}"


def _national_message(theme: str, counts: pd.DataFrame, caveat: str) -> tuple[str, str]:
    """The title, and the finding for who cannot see the chart."""
    upper = counts[counts["band"].isin(_UPPER)].groupby("date")["n"].sum()
    graded = counts.groupby("date")["graded"].first()
    share_graded = graded / counts.groupby("date")["authorities"].first()
    last = graded.index[-1]
    if not graded[last]:
        words = f"No authority had a grade for {notes.theme_name(theme)} in {month(last)}"
        return words, f"{words}."
    what = "" if theme == "overall" else f" for {notes.theme_name(theme)}"
    words = (
        f"{upper[last]} of {graded[last]} graded authorities stood at good or outstanding{what} "
        f"in {month(last)}"
    )
    # set beside an earlier date only where nearly all were graded then and grades compare
    settled = graded.index[(share_graded >= 0.9).to_numpy()]
    if len(settled) and settled[0] < last and not caveat.startswith("Only partly"):
        words += f", against {upper[settled[0]]} of {graded[settled[0]]} in {month(settled[0])}"
    worst = counts[(counts["date"] == last) & (counts["band"] == "inadequate")]["n"].item()
    return words, f"{words}; {worst} stood at inadequate at the end."


def _edges(dates: pd.Index) -> pd.DatetimeIndex:
    """Where the period of each date begins, and the last ends."""
    ends = pd.DatetimeIndex(dates)
    first = ends[1] - ends[0] if len(ends) > 1 else pd.Timedelta(days=182)
    return ends.insert(0, ends[0] - first)


def _stack(ax: Axes, table: pd.DataFrame, edges: pd.DatetimeIndex) -> None:
    """Bars, each in the period that its date ends."""
    ends, widths = edges[1:], edges[1:] - edges[:-1]
    bottom = np.zeros(len(table))
    for part in table:
        ax.bar(ends - widths / 2, table[part], widths * 0.86, bottom, **style.MARKS[part].patch)
        bottom += table[part].to_numpy()
    ax.set_xlim(edges[0], edges[-1])
    ax.set_ylim(0, bottom.max())
    years = pd.date_range(f"{edges[0].year}-01-01", edges[-1], freq="YS")
    middles = [year + pd.Timedelta(days=183) for year in years]
    inside = [m for m in middles if edges[0] <= m <= edges[-1] + pd.Timedelta(days=10)]
    inside = inside[:: 1 if ax.figure.size.width > 20 or len(inside) < 8 else 2]
    ax.set_xticks(inside, labels=[str(m.year) for m in inside])
    ax.set_xticks([year for year in years if edges[0] <= year], minor=True)
    ax.tick_params(axis="x", which="major", length=0)
    ax.tick_params(axis="x", which="minor", length=4, color=style.QUIET)
    step = 50 if bottom.max() > 100 else max(1, int(bottom.max() // 4))
    ax.set_yticks(range(0, int(bottom.max()) + 1, step))
    ax.spines["bottom"].set_visible(False)
