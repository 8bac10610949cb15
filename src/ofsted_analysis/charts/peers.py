"""One authority and its peers: who had which grade."""

from collections.abc import Mapping, Sequence

import pandas as pd
from matplotlib import rcParams
from matplotlib.axes import Axes

from ofsted_analysis.analysis import compare
from ofsted_analysis.analysis.outcomes import as_at, cut_off
from ofsted_analysis.charts import counts, notes, style
from ofsted_analysis.charts.figure import Chart, drawing, finish, redrawn
from ofsted_analysis.charts.lettering import sentence, wrap
from ofsted_analysis.charts.marks import axes_of, in_letters
from ofsted_analysis.charts.style import Palette
from ofsted_analysis.tables.authorities import find_authority
from ofsted_analysis.tables.days import Day, as_day
from ofsted_analysis.tables.labels import long_date
from ofsted_analysis.tables.load import load_authorities


def plot_peers(
    data: pd.DataFrame,
    authority_id: str,
    *,
    ax: Axes | None = None,
    palette: Palette = None,
    labels: Mapping[str, str] | None = None,
) -> Axes:
    """A row for each grade: a square for each peer that has it, and their names.

    Parameters
    ----------
    data
        A row for the authority and each peer, as from `as_at`: authority_id, authority, grade,
        reason.
    authority_id
        Which of them is the authority itself: it is named first, in bold, its square framed.
    ax
        Where to draw; by default new axes.
    palette
        Colours of one's own: see `style.grade_colours`.
    labels
        Words of one's own for some grades and reasons.

    Returns
    -------
    Axes
        Measured down in lines of text; peers without a grade are hollow squares.

    Examples
    --------
    >>> from ofsted_analysis import charts
    >>> data = charts.chart_data(charts.peers("Leeds"))
    >>> charts.plot_peers(data, "leeds").texts[0].get_text()
    'Outstanding (0)'
    """
    ax = axes_of(ax)
    em = rcParams["font.size"]
    wide = in_letters(ax)[0]
    part = counts.part(data)
    y = 0.0
    for name in [n for n in part.cat.categories[::-1] if (part == n).any()]:
        here = data[part == name].sort_values("authority")
        others = here[here["authority_id"] != authority_id]
        own = here[here["authority_id"] == authority_id]
        label = sentence((labels or {}).get(name, style.band_label(name)))
        ax.text(0, y + 0.5, f"{label} ({len(others)})", va="center", fontweight="bold")
        mark = style.mark(name, palette).patch
        if name in style.REASONS:
            mark |= {"facecolor": "white", "hatch": None}
        squares = pd.concat([own, others])
        for place, who in enumerate(squares["authority_id"]):
            edge = {"edgecolor": style.ACCENT, "linewidth": 2.5} if who == authority_id else {}
            ax.barh(y + 1.7, 0.95, 1.0, 0.1 + place * 1.15, **(mark | edge))
        y += 2.5
        if len(own):
            ax.text(0, y + 0.5, own["authority"].iloc[0], va="center", color=style.ACCENT,
                    fontweight="bold")  # fmt: skip
            y += 1.25
        if len(others):
            lines = wrap(ax.figure, ", ".join(others["authority"]), em, wide * em / 72)
            ax.text(0, y + 0.1, "\n".join(lines), va="top", linespacing=1.25)
            y += 1.3 * len(lines)
        y += 0.9
    ax.set(xlim=(0, wide), ylim=(y, 0))
    ax.set_axis_off()
    return ax


@redrawn
def peers(
    authority: str,
    *,
    group: str | Sequence[str] = "statistical neighbours",
    theme: str = "overall",
    date: Day | None = None,
    published_by: Day | None = None,
    palette: Palette = None,
    title: str | None = None,
    size: str | tuple[float, float] = "print",
) -> Chart:
    """Who of an authority's peers had which grade on a date, and where it stood itself.

    Parameters
    ----------
    authority
        A name, code or authority_id: see `find_authority`. It is never among its own peers.
    group
        As for `peers` of the package: 'statistical neighbours', 'region', 'type' and so on, or a
        list of authorities.
    theme, date, published_by
        As for `as_at`. By default the end of the record, or the last day of a theme that is no
        longer judged.
    palette
        Colours of one's own: see `style.grade_colours`.
    title
        The title, if not the message taken from the data; '' for none, where a document has it.
    size
        'print', 'slide', 'narrow', or (width, height) in centimetres.

    Returns
    -------
    Chart
        A matplotlib Figure. Its data: rows as from `as_at`, the authority first.

    Raises
    ------
    DataError
        The authority has no peers of that kind, or most of its neighbours are not close.
    UnknownAuthorityError
        No authority goes by that name, or it did not exist on the date.

    Examples
    --------
    >>> from ofsted_analysis import charts
    >>> charts.peers("Leeds").message
    'On 31 March 2026 Leeds was graded outstanding overall; none of its 10 statistical neighbours \
was'
    """
    day = cut_off(theme) if date is None else as_day(date, "date")
    own = find_authority(authority, date=day)
    name = str(load_authorities().set_index("authority_id").loc[own, "name"])
    theirs = compare.peers(own, group, date=day)
    if group == "statistical neighbours":
        compare.check_close(own, compare.neighbour_model(own, day))
    called = group if isinstance(group, str) else "peers"
    names = {"region": "fellow authorities of its region", "type": "authorities of its type"}
    called = names.get(called, called)
    snapshot = as_at(day, theme, published_by=published_by).set_index("authority_id", drop=False)
    data = snapshot.loc[[own, *theirs]].reset_index(drop=True)
    graded = data.iloc[1:].dropna(subset="grade")
    message = _message(name, data, called, theme, day)
    said = theme if pd.notna(data["grade"].iloc[0]) else ""
    message += notes.still_inadequate(own, said, day, published_by)
    groups = data["grade"].nunique() + data["reason"].nunique()
    letters = sum(len(str(n)) + 2 for n in data["authority"])
    lines = groups * 4.5 + letters / (34 if size == "narrow" else 80)
    with drawing(size, plot=lines * 0.42) as fig:
        ax = fig.subplots()
        finish(
            fig,
            title=title,
            message=message,
            subtitle=(
                f"{name} (framed) and its {len(theirs)} {called} by grade for "
                f"{notes.theme_name(theme)} on {long_date(day)}; in brackets how many of them; "
                f"n = {len(graded)} with a grade"
            ),
            data=data,
            alt=(
                f"Squares for {name} and each of its {len(theirs)} {called}, in a row for each "
                f"grade for {notes.theme_name(theme)}, with names. {message}."
            ),
            caveat=" ".join(
                filter(
                    None,
                    (
                        notes.peers_aged(graded["days_since"]),
                        notes.comparison_caveat(data.dropna(subset="grade")),
                    ),
                )
            ),
            basis=f"inspections that ended by {long_date(day)}",
            abbreviated=(),
        )  # fmt: skip
        fig.draw_without_rendering()
        plot_peers(data, own, ax=ax, palette=palette)
    return fig


def _message(name: str, data: pd.DataFrame, called: str, theme: str, day: pd.Timestamp) -> str:
    mine, theirs = data.iloc[0], data.iloc[1:]
    what = notes.on_theme(theme)
    many = f"{len(theirs)} {called}"
    when = f"On {long_date(day)} {name}"
    if pd.isna(mine["grade"]):
        upper = int((theirs["band"] >= "good").sum())
        graded = int(theirs["grade"].notna().sum())
        grade = "overall grade" if theme == "overall" else f"grade {what}"
        return (
            f"{when} had no {grade} ({mine['reason']}); of its {many}, {upper} of {graded} with "
            "a grade were graded good or outstanding"
        )
    same = int((theirs["grade"].astype(object) == mine["grade"]).sum())
    if not same:
        return f"{when} was graded {mine['grade']} {what}; none of its {many} was"
    be = "was" if same == 1 else "were"
    return f"{when} was graded {mine['grade']} {what}, as {be} {same} of its {many}"
