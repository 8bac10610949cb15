"""Groups of authorities side by side: what share of each has each grade."""

from collections.abc import Mapping, Sequence

import pandas as pd
from matplotlib.axes import Axes

from ofsted_analysis.analysis import shares as counted
from ofsted_analysis.analysis.outcomes import as_at, cut_off
from ofsted_analysis.charts import counts, notes, style
from ofsted_analysis.charts.figure import Chart, drawing, finish, redrawn
from ofsted_analysis.charts.marks import axes_of, in_letters, write_on
from ofsted_analysis.charts.style import Palette
from ofsted_analysis.tables.days import Day
from ofsted_analysis.tables.errors import DataError, words
from ofsted_analysis.tables.grades import BANDS
from ofsted_analysis.tables.labels import interval_note, listed, long_date, p_value

ENGLAND = "England"
_KINDS = {
    "region": "regions",
    "ofsted_region": "Ofsted regions",
    "authority_type": "types of authority",
    "framework_id": "frameworks",
}


def plot_grades_by_group(
    shares: pd.DataFrame,
    by: str,
    *,
    ax: Axes | None = None,
    palette: Palette = None,
    labels: Mapping[str, str] | None = None,
    interval: bool = True,
) -> Axes:
    """A bar for each group, from its best grades at the left, as shares of those with a grade.

    Parameters
    ----------
    shares
        One row per group, in the order in which they are drawn: ``by``, the number at each band
        (columns inadequate, third, good, outstanding), n, graded, share, low, high; as `chart_data`
        of `grade_share` gives it. A row 'England' is set apart, and its share a line through all.
    by
        The column that names the groups.
    ax
        Where to draw; by default new axes.
    palette
        Colours of one's own: see `style.grade_colours`.
    labels
        Words of one's own for some groups.
    interval
        Whether to draw the interval of each share, and print it.

    Returns
    -------
    Axes
        With shares from 0 to 100% along the bottom.

    Examples
    --------
    >>> from ofsted_analysis import charts
    >>> shares = charts.chart_data(charts.grade_share(by="region"))
    >>> ax = charts.plot_grades_by_group(shares, "region")
    >>> [label.get_text() for label in ax.get_yticklabels()][-2:]
    ['Yorkshire and the Humber', 'England']
    """
    ax = axes_of(ax)
    gap = "\n" if ax.figure.get_size_inches()[0] < 7 else "; "
    letter = 75 / in_letters(ax)[0]
    for y, row in enumerate(shares.to_dict("records")):
        left = 0.0
        for band in BANDS[::-1]:
            wide = row[band] / row["graded"] * 100 if row["graded"] else 0.0
            ax.barh(y, wide, 0.72, left, **style.mark(band, palette).patch)
            if wide >= letter * (1 + len(str(row[band]))):
                write_on(ax, left + wide / 2, y, str(row[band]), band, palette=palette)
            left += wide
        said = f"{row['n']} of {row['graded']}" if row["graded"] else "no grades"
        if interval and row["graded"]:
            low, high = row["low"] * 100, row["high"] * 100
            ax.plot([low, high], [y + 0.43, y + 0.43], color=style.ACCENT, linewidth=2,
                    solid_capstyle="butt", clip_on=False)  # fmt: skip
            said += f"{gap}{low:.0f}% to {high:.0f}%"
        ax.annotate(
            said, (1, y), xycoords=("axes fraction", "data"), xytext=(6, 0),
            textcoords="offset points", va="center", annotation_clip=False, linespacing=1.1,
        )  # fmt: skip
        if row[by] == ENGLAND and row["graded"]:
            line = {"color": style.ACCENT, "linestyle": (0, (4, 2)), "linewidth": 1.2}
            ax.axvline(row["share"] * 100, zorder=2, **line)
            ax.axhline(y - 0.5, color=style.QUIET, linewidth=0.7)
    names = [(labels or {}).get(name, str(name)) for name in shares[by]]
    ax.set_yticks(range(len(names)), labels=names)
    ax.set(xlim=(0, 100), ylim=(len(names) - 0.4, -0.5))
    ax.set_xticks([0, 50, 100], labels=["0%", "50%", "100%"])
    ax.tick_params(axis="y", length=0)
    ax.grid(False)
    ax.spines[["left", "bottom"]].set_visible(False)
    return ax


@redrawn
def grade_share(
    data: pd.DataFrame | None = None,
    *,
    by: str = "region",
    theme: str = "overall",
    date: Day | None = None,
    published_by: Day | None = None,
    bands: Sequence[str] = ("good", "outstanding"),
    interval: bool = True,
    palette: Palette = None,
    title: str | None = None,
    size: str | tuple[float, float] = "print",
) -> Chart:
    """What share of each group's authorities had each grade on a date, beside England's.

    Groups stand in a fixed order, never by rank: small ones would lead and trail by chance alone.
    The title says what a test of all groups together, and of each with a correction, can say.

    Parameters
    ----------
    data
        Rows as from `as_at`; by default those of ``theme`` and ``date``.
    by
        'region', 'ofsted_region', 'authority_type' or another column of the rows.
    theme, date, published_by
        As for `as_at`; not needed with data. By default the end of the record, or the last day of
        a theme that is no longer judged.
    bands
        The bands that are counted: 'outstanding', or more from there down.
    interval
        Whether to show the 95% Wilson interval of each share, which says how little a small group
        can tell.
    palette
        Colours of one's own: see `style.grade_colours`.
    title
        The title, if not the message taken from the data; '' for none, where a document has it.
    size
        'print', 'slide', 'narrow', or (width, height) in centimetres.

    Returns
    -------
    Chart
        A matplotlib Figure. Its data: the group, the number at each band, then the columns of
        `analysis.shares.grade_share`; England last.

    Raises
    ------
    DataError
        There are no rows, no such column, or bands that are not the upper ones.

    Examples
    --------
    >>> from ofsted_analysis import as_at, charts
    >>> fig = charts.grade_share(as_at("2025-03-31"), by="region")
    >>> charts.chart_data(fig).set_index("region").loc["London", ["n", "graded"]].tolist()
    [29, 33]
    """
    if data is None:
        day = cut_off(theme) if date is None else date
        data = as_at(day, theme, published_by=published_by)
    counts.check_snapshot(data)
    more_than_once = bool(data["authority_id"].duplicated().any())
    if not title and more_than_once:
        raise DataError(
            "Authorities stand in these rows more than once, so their grades are no separate cases "
            "to test groups by: give a title= of your own, or one row per authority."
        )
    counted = [band for band in BANDS[::-1] if band in words(bands, "bands")]
    if counted != list(BANDS[::-1][: len(counted)]) or len(counted) != len(set(bands)):
        raise DataError("bands must be 'outstanding', or it and the next ones below it.")
    day, named = counts.day_of(data), counts.theme_of(data) or theme
    shares = _shares(data, by, bands)
    what = listed([style.band_label(band) for band in counted[::-1]]).replace(" and ", " or ")
    graded_so = f"{what} {notes.on_theme(named)}"
    message, tested = (
        ("", "") if more_than_once else _message(data, by, bands, graded_so, shares, day)
    )
    when = f" on {long_date(day)}" if day is not None else ""
    graded = data[data["band"].notna()]
    adequate = bool((graded["grade"] == "adequate").any())
    caveats = [_same_groups(data, by), notes.comparison_caveat(graded)]
    caveats = [interval_note(), *caveats] if interval else caveats
    with drawing(size, plot=0.8 + (0.95 if interval else 0.7) * len(shares)) as fig:
        ax = fig.subplots()
        finish(
            fig,
            title=title,
            message=message,
            subtitle=(
                f"Authorities by grade for {notes.theme_name(named)}{when}, as shares of those "
                f"with a grade; n = {len(graded)} of {data['authority_id'].nunique()}. "
                f"At the right: {what}"
                + (", with 95% interval (the line under the bar)" if interval else "")
                + "; dashed: England"
            ),
            data=shares,
            alt=(
                "Bar chart of the share of local authorities with each grade for "
                f"{notes.theme_name(named)}{when}, by {_KINDS.get(by, by)}."
                + (f" {message}. {tested}" if message else "")
            ),
            caveat=" ".join(filter(None, caveats)),
            basis=f"inspections that ended by {long_date(day)}" if day is not None else "",
            abbreviated=(),
            key=BANDS,
            adequate=adequate,
        )
        narrow = fig.size.width < 12
        short = {name: _plural(name, by).replace(" and ", "\nand ", 1) if narrow
                 else _plural(name, by) for name in shares[by]}  # fmt: skip
        plot_grades_by_group(shares, by, ax=ax, palette=palette, labels=short, interval=interval)
    return fig


def _shares(data: pd.DataFrame, by: str, bands: Sequence[str]) -> pd.DataFrame:
    """The groups in their order, England last, with numbers and shares."""
    found = counted.grade_share(data, by, bands=bands)
    at = pd.crosstab(data[by].astype("str"), data["band"]).reindex(
        found[by].astype("str"), columns=list(BANDS), fill_value=0
    )
    england = counted.grade_share(data, bands=bands).assign(**{by: ENGLAND})
    whole = {band: int((data["band"] == band).sum()) for band in BANDS}
    england = england.assign(**whole)
    found = found.astype({by: "str"}).merge(at, left_on=by, right_index=True, how="left")
    order = [by, *BANDS, *(c for c in found if c not in (by, *BANDS))]
    return pd.concat([found, england], ignore_index=True)[order]


def _plural(name: str, by: str) -> str:
    """A type of authority in the plural; other groups as they are called."""
    if by != "authority_type" or name == ENGLAND:
        return str(name)
    words = str(name).replace("Borough", "borough").split(" ")
    words[1:] = [word.lower() for word in words[1:]]
    plural = " ".join(words)
    return f"{plural[:-1]}ies" if plural.endswith("y") else f"{plural}s"


def _same_groups(data: pd.DataFrame, by: str) -> str:
    """That a group is the same as one by another name, such as London as region and as type."""
    if by not in ("region", "authority_type"):
        return ""
    other = "authority_type" if by == "region" else "region"
    own = data.groupby(by, observed=True)["authority_id"].agg(frozenset)
    theirs = data.groupby(other, observed=True)["authority_id"].agg(frozenset)
    same = [(mine, name) for mine, who in own.items() for name, whose in theirs.items()
            if who == whose]  # fmt: skip
    pairs = [pair if by == "region" else pair[::-1] for pair in same]
    return " ".join(
        f"The region {region} and the {_plural(kind, 'authority_type')} are the same authorities."
        for region, kind in pairs
    )


def _message(
    data: pd.DataFrame,
    by: str,
    bands: Sequence[str],
    what: str,
    shares: pd.DataFrame,
    day: pd.Timestamp | None,
) -> tuple[str, str]:
    """The title, which says no more than the tests do, and what they found."""
    england = shares.iloc[-1]
    when = f"On {long_date(day)}, " if day is not None else ""
    if not england["graded"]:
        return f"{when or 'In these rows '}no authority had a grade to compare", ""
    whole = (
        f"{england['n']} of {england['graded']} authorities in England with a grade were graded "
        f"{what}"
    )
    groups = _KINDS.get(by, f"groups by {by}")
    found = counted.random_allocation_test(data, by, bands=bands)
    out = found[found["stands_out"]]
    p = found["p_value_all"].iloc[0]
    tested = f"p-value of all {groups} together {p_value(p)}".rstrip("0")
    if len(out):
        named = [f"{_plural(row[by], by)} ({row['n']} of {row['graded']})"
                 for row in out.to_dict("records")]  # fmt: skip
        message = f"{when}{whole}; {listed(named)} differed from the others by more than chance"
    elif p < 0.05:
        message = (
            f"{when}the {groups} differed in the share graded {what} by more than chance "
            "would give, but no single one can be named"
        )
    else:
        message = f"{when}{whole}; no difference between the {groups} can be told from chance"
    return message, f"England: {england['n']} of {england['graded']}; {tested}."
