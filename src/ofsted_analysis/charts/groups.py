"""Groups of authorities side by side: how many of each stand at each grade."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from ofsted_analysis.analysis import compare
from ofsted_analysis.analysis.outcomes import as_at
from ofsted_analysis.charts import counts, notes, style
from ofsted_analysis.charts.figure import Chart, drawing, finish
from ofsted_analysis.charts.marks import write_on
from ofsted_analysis.tables.authorities import find_authority
from ofsted_analysis.tables.days import Day
from ofsted_analysis.tables.errors import DataError
from ofsted_analysis.tables.labels import long_date

_KINDS = {
    "region": "region",
    "ofsted_region": "Ofsted region",
    "authority_type": "type of authority",
    "group": "group",
}


def grade_share(
    snapshot: pd.DataFrame | None = None,
    *,
    by: str = "region",
    authority: str | None = None,
    theme: str = "overall",
    date: Day | None = None,
    published_by: Day | None = None,
    bands: Sequence[str] = ("good", "outstanding"),
    interval: bool = False,
    title: str | None = None,
    size: str | tuple[float, float] = "print",
) -> Chart:
    """How many authorities of each group stand at each grade on a date, best groups first.

    Every authority is a square where no group has more than 40; else numbers are bars. Groups are
    sorted by the share of those with a grade that stand in some bands, which is printed as '4 of
    11'.

    Parameters
    ----------
    snapshot
        Rows as from `as_at`; by default that of ``theme`` and ``date``.
    by
        'region', 'ofsted_region', 'authority_type' or another column of the snapshot.
    authority
        Show instead the groups with which this authority is compared: its statistical
        neighbours, its region and its type, itself among them.
    theme, date, published_by
        As for `as_at`; not needed with a snapshot.
    bands
        The bands that are counted and sorted by.
    interval
        Whether to print the 95% Wilson interval of each share, which shows how little a small
        group can say.
    title
        The message, if not the one taken from the data.
    size
        'print', 'slide', or (width, height) in centimetres.

    Returns
    -------
    Chart
        A matplotlib Figure. Its data: those of `analysis.compare.grade_share`, then one column
        for each grade that
        occurs and each reason for there being none.

    Raises
    ------
    DataError
        The snapshot has no rows, or there is no such column.

    Examples
    --------
    >>> from ofsted_analysis import as_at, charts
    >>> fig = charts.grade_share(as_at("2025-03-31"), by="region")
    >>> charts.chart_data(fig).set_index("region").loc["London", ["n", "graded"]].tolist()
    [29, 33]
    """
    if snapshot is None:
        snapshot = as_at(date, theme, published_by=published_by)
    counts.check_snapshot(snapshot)
    day = counts.day_of(snapshot)
    named = counts.theme_of(snapshot) or theme
    if authority is not None:
        by, rows, who = "group", *_peer_groups(snapshot, authority, day)
    else:
        rows, who = snapshot, ""
    shares = compare.grade_share(rows, by, bands=bands)
    table = counts.wide(counts.count_parts(rows, by), by)
    data = shares.merge(table.reset_index(), on=by).sort_values(
        ["share", "graded"], ascending=False, kind="stable", na_position="last", ignore_index=True
    )
    parts = [*table.columns]
    counted = " or ".join(style.band_label(band) for band in bands)
    message = _message(data, by, counted, who)
    when = f" at {long_date(day)}" if day is not None else ""
    caveat = notes.comparison_caveat(rows[rows["band"].notna()])
    adequate = "adequate" in parts
    total = data[parts].sum(axis=1)
    with drawing(size, height=max(7.5, 5.2 + 0.62 * len(data))) as fig:
        ax = fig.subplots()
        finish(
            fig,
            title=message if title is None else title,
            subtitle=(
                f"Authorities by grade for {notes.theme_name(named)}{when}; "
                f"n = {len(rows['authority_id'].unique())}. At the right: {counted}, of those "
                f"with a grade{'; 95% Wilson interval' if interval else ''}"
            ),
            data=data,
            alt=(
                f"Bar chart of how many local authorities stood at each grade for "
                f"{notes.theme_name(named)}{when}, by {_KINDS.get(by, by)}. {message}."
            ),
            caveat=caveat,
            basis=f"inspections that ended by {long_date(day)}" if day is not None else "",
            key=parts,
            adequate=adequate,
        )
        _dress(ax, data, by, interval)
        if total.max() <= 40:
            _squares(ax, data, parts)
        else:
            _bars(ax, data, parts)
    return fig


def _peer_groups(
    snapshot: pd.DataFrame, authority: str, day: pd.Timestamp | None
) -> tuple[pd.DataFrame, str]:
    """The rows of each group that an authority is compared with, and the authority's name."""
    own = find_authority(authority)
    if own not in set(snapshot["authority_id"]):
        raise DataError(f"{authority} is not in the snapshot.")
    frames = []
    row = snapshot[snapshot["authority_id"] == own].iloc[0]
    names = {
        "statistical neighbours": "Statistical neighbours",
        "region": str(row["region"]),
        "type": f"Type: {row['authority_type']}",
    }
    for group, name in names.items():
        members = [own, *compare.peers(own, group, date=day)]
        frames.append(snapshot[snapshot["authority_id"].isin(members)].assign(group=name))
    return pd.concat(frames, ignore_index=True), str(row["authority"])


def _message(data: pd.DataFrame, by: str, counted: str, who: str) -> str:
    some = data[data["graded"] > 0]
    if some.empty:
        return "No authority has a grade to compare"
    best, worst = some.iloc[0], some.iloc[-1]
    if who:
        row = data[data[by] == "Statistical neighbours"].iloc[0]
        return (
            f"Of {who} and its statistical neighbours, {row['n']} of {row['graded']} "
            f"{'is' if row['n'] == 1 else 'are'} {counted}"
        )
    if len(some) == 1 or best["share"] == worst["share"]:
        return f"{best[by]}: {best['n']} of {best['graded']} are {counted}"
    return (
        f"The share {counted} is highest for {best[by]} ({best['n']} of {best['graded']}) and "
        f"lowest for {worst[by]} ({worst['n']} of {worst['graded']})"
    )


def _squares(ax: Axes, data: pd.DataFrame, parts: list[str]) -> None:
    """One square for each authority, as near to square as the room allows."""
    ax.set_xlim(0, max(12, data[parts].sum(axis=1).max()) + 0.5)
    ax.figure.draw_without_rendering()
    wide, high = np.ptp(ax.transData.transform([(0, 0), (1, 1)]), axis=0)
    tall = min(0.76, 1.25 * wide / high)
    for y, row in data.iterrows():
        names = [part for part in parts for _ in range(row[part])]
        for x, name in enumerate(names):
            mark = style.MARKS[name].patch
            ax.add_patch(Rectangle((x + 0.06, y - tall / 2), 0.88, tall, **mark))


def _bars(ax: Axes, data: pd.DataFrame, parts: list[str]) -> None:
    """One bar for each group, with the numbers on its parts where they fit."""
    left = np.zeros(len(data))
    widest = data[parts].sum(axis=1).max()
    for name in parts:
        ax.barh(data.index, data[name], 0.72, left, **style.MARKS[name].patch)
        for y, n in data[name].items():
            if n >= widest * 0.03 * len(str(n)):
                write_on(ax, left[y] + n / 2, y, str(n), name)
        left += data[name].to_numpy()
    ax.set_xlim(0, widest * 1.01)


def _dress(ax: Axes, data: pd.DataFrame, by: str, interval: bool) -> None:
    """Names at the left, counts at the right, nothing else."""
    ax.set_yticks(range(len(data)), labels=[str(name) for name in data[by]])
    ax.tick_params(length=0)
    ax.set_ylim(len(data) - 0.5, -0.5)
    ax.set_xticks([])
    ax.spines[:].set_visible(False)
    for y, row in data.iterrows():
        words = f"{row['n']} of {row['graded']}" if row["graded"] else "no grades"
        if interval and row["graded"]:
            words += f"  ({row['low']:.0%} to {row['high']:.0%})"
        ax.annotate(
            words,
            (1, y),
            xycoords=("axes fraction", "data"),
            xytext=(6, 0),
            textcoords="offset points",
            va="center",
            annotation_clip=False,
        )
