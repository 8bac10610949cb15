"""One authority beside its peers, theme by theme."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from matplotlib import rcParams
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from ofsted_analysis.analysis.compare import compare, peers
from ofsted_analysis.analysis.outcomes import Latest, as_at, data_complete_to
from ofsted_analysis.analysis.shares import check_shares
from ofsted_analysis.analysis.themes import last_made
from ofsted_analysis.charts import notes, style
from ofsted_analysis.charts.figure import Chart, drawing, finish, redrawn
from ofsted_analysis.charts.lettering import counted, row_labels, sentence, widest
from ofsted_analysis.charts.marks import axes_of, grade_entry, in_letters, write_on
from ofsted_analysis.charts.style import Palette
from ofsted_analysis.tables.authorities import find_authority
from ofsted_analysis.tables.days import Day, as_day
from ofsted_analysis.tables.errors import DataError
from ofsted_analysis.tables.grades import BANDS
from ofsted_analysis.tables.labels import in_region, listed, long_date
from ofsted_analysis.tables.load import load_authorities

CURRENT_THEMES = (
    "overall",
    "help_and_protection",
    "children_in_care",
    "care_leavers",
    "leadership",
)
"""The themes that are shown unless others are asked for, as long as they are judged."""
_PEERS_IN_WORDS = {
    "statistical neighbours": "its {} statistical neighbours",
    "region": "the {} others {}",
    "ofsted region": "the {} others in its Ofsted region",
    "type": "the {} others of its type",
    "England": "the {} others in England",
}
_OWN = {"marker": "D", "color": style.ACCENT, "markeredgecolor": "white", "linestyle": ""}


def plot_profile(
    data: pd.DataFrame,
    *,
    ax: Axes | None = None,
    palette: Palette = None,
    labels: Mapping[str, str] | None = None,
) -> Axes:
    """A bar for each theme of how many peers have each grade, and a diamond for the authority.

    Parameters
    ----------
    data
        One row per theme, as from `ofsted_analysis.compare` with one group: theme, band, reason,
        peers, graded, the number of peers at each band, better, same, worse.
    ax
        Where to draw; by default new axes.
    palette
        Colours of one's own: see `style.grade_colours`.
    labels
        Words of one's own for some themes.

    Returns
    -------
    Axes
        Themes at 0, 1, 2 and so on from the top; peers along the bottom, those without a grade
        hollow at the end; at the right how many were graded higher, level and lower.

    Examples
    --------
    >>> from ofsted_analysis import charts, compare
    >>> ax = charts.plot_profile(compare("Norfolk", theme="overall", date="2025-03-31"))
    >>> [text.get_text() for text in ax.texts][-1]
    '3 of 10 higher\\n5 level, 2 lower'
    """
    ax = axes_of(ax)
    most = int(data["peers"].max())
    ax.set(xlim=(0, most), ylim=(len(data) - 0.5, -0.5))
    names = [(labels or {}).get(t, sentence(notes.theme_name(t))) for t in data["theme"]]
    ax.set_yticks(range(len(data)), labels=names)
    ax.set_xticks([])
    ax.tick_params(length=0)
    ax.grid(False)
    ax.spines[:].set_visible(False)
    em, letter = rcParams["font.size"], most / in_letters(ax)[0]
    for y, row in enumerate(data.to_dict("records")):
        left = 0
        for name in (*BANDS, "not yet inspected"):
            n = row.get(name, row["peers"] - row["graded"])
            own = pd.notna(row["band"]) and row["band"] == name
            if n:
                ax.barh(y, n, 0.62, left, **style.mark(name, palette).patch)
                if n > letter * (0.8 if n < 10 else 1.5):
                    write_on(ax, left + n / 2, y, str(n), name, palette=palette)
            if own:  # above the bar, at the middle of its own grade
                ax.plot([left + n / 2], [y - 0.42], markersize=0.85 * em, **_OWN, clip_on=False,
                        zorder=5)  # fmt: skip
            left += n
        ax.annotate(_beside_the_bar(row), (1, y), xycoords=("axes fraction", "data"), va="center",
                    xytext=(6, 0), textcoords="offset points", annotation_clip=False,
                    linespacing=1.1)  # fmt: skip
    return ax


def _beside_the_bar(row: Mapping[str, Any]) -> str:
    if pd.isna(row["better"]):
        return style.band_label(str(row["reason"])).replace("no such judgement", "no grade")
    if not row["graded"]:
        return "no peer graded"
    return f"{row['better']} of {row['graded']} higher\n{row['same']} level, {row['worse']} lower"


@redrawn
def profile(
    authority: str,
    to: str | Sequence[str] = "statistical neighbours",
    *,
    theme: str | Sequence[str] | None = None,
    date: Day | None = None,
    model: int | None = None,
    published_by: Day | None = None,
    latest: Latest = "inspection",
    data: pd.DataFrame | None = None,
    palette: Palette = None,
    title: str | None = None,
    size: str | tuple[float, float] = "print",
) -> Chart:
    """One authority beside its peers, theme by theme: how many were graded higher and lower.

    Parameters
    ----------
    authority
        A name, code or authority_id: see `find_authority`. It is never among its own peers.
    to
        Whom to compare with: see `peers`.
    theme
        One theme or several; by default those of today's framework that are still judged on the
        date and on which the authority or one of its peers has a grade.
    date, published_by, latest, model, data
        As for `compare`.
    palette
        Colours of one's own: see `style.grade_colours`.
    title
        The title, if not the message taken from the data; '' for none, where a document has it.
    size
        'print', 'slide', 'narrow', or (width, height) in centimetres.

    Returns
    -------
    Chart
        A matplotlib Figure. Its data are those of `compare`.

    Raises
    ------
    DataError
        Neither the authority nor a peer has a grade on these themes, there are no peers, or most
        of its statistical neighbours are not close.
    UnknownAuthorityError
        No authority goes by one of the names.

    Examples
    --------
    >>> from ofsted_analysis import charts
    >>> charts.profile("Norfolk", date="2025-03-31").message.split("; ")[0]
    'On 31 March 2025 Norfolk was graded good overall: 3 of 10 peers were graded higher, 5 level \
and 2 lower'
    """
    on = data_complete_to() if date is None else as_day(date, "date")
    own = find_authority(authority, date=on.date())
    everyone = load_authorities().set_index("authority_id")
    name = everyone["name"][own]
    basis: dict[str, Any] = {"published_by": published_by, "latest": latest}
    if theme is None:
        ended = {name: last_made(name) for name in CURRENT_THEMES}
        wanted = [name for name, day in ended.items() if day is None or on <= day]
    else:
        wanted = [theme] if isinstance(theme, str) else list(theme)
    group = to if isinstance(to, str) else {"chosen": to}
    drawn = compare(own, group, theme=wanted, date=on, data=data, model=model, **basis)
    drawn = drawn[drawn["grade"].notna() | (drawn["graded"] > 0)].reset_index(drop=True)
    if drawn.empty or not drawn["peers"].max():
        raise DataError(f"{name} has no peers with a grade on these themes: nothing to compare.")
    others = int(drawn["peers"].max())
    who = _PEERS_IN_WORDS[to] if isinstance(to, str) else "the {} chosen"
    who = who.format(others, in_region(str(everyone["region"][own])))
    message, finding = _message(name, drawn, on)
    said = next(iter(drawn.loc[drawn["grade"].notna(), "theme"]), "")
    message += notes.still_inadequate(own, said, on, published_by, data=data)
    snapshots = [as_at(on, name, data=data, **basis) for name in drawn["theme"]]
    for snapshot in snapshots:
        check_shares(snapshot)
    rest = pd.concat(snapshots, ignore_index=True)
    theirs = peers(own, to, model=model, date=min(on, data_complete_to()))
    rest = rest[rest["authority_id"].isin([own, *theirs]) & rest["grade"].notna()]
    named = f"Peers: {listed(everyone['name'][theirs])}." if others <= notes.NAMED else ""
    aged = notes.peers_aged(rest.loc[rest["authority_id"] != own, "days_since"])
    adequate = bool((rest["grade"] == "adequate").any())
    ungraded = bool((drawn["peers"] > drawn["graded"]).any())
    with drawing(size, plot=1) as fig:
        names = {t: sentence(notes.theme_name(t)) for t in drawn["theme"]}
        labels, side = row_labels(fig, names, 0.24)
        fig.give(0.8 + 3.2 * len(drawn))
        entries = [grade_entry(band, adequate=adequate, palette=palette) for band in BANDS]
        if adequate and not (rest["grade"] == "requires improvement").any():  # before 2013
            entries[1] = (entries[1][0], "adequate")
        if ungraded:
            entries.append((grade_entry("not yet inspected")[0], "no grade"))
        entries.append((Line2D([], [], markersize=0.85 * fig.size.text, **_OWN), name))
        finish(
            fig,
            title=title,
            message=message,
            subtitle=(
                f"How many of {who} had each grade, by theme, and the grade of {name}; "
                f"n = {counted(others, 'peer')}"
            ),
            data=drawn,
            alt=(
                f"Bar chart of {name} and {who} on {counted(len(drawn), 'theme')}, "
                f"from inadequate to outstanding. {finding}"
            ),
            caveat=" ".join(filter(None, (named, aged, notes.comparison_caveat(rest)))),
            basis=f"latest inspections that ended by {long_date(on)}",
            abbreviated=(),
            key=entries,
        )
        said = [_beside_the_bar(row) for row in drawn.to_dict("records")]
        ax = fig.inside(left=side, right=widest(fig, said) + 1, top=0.6)
        plot_profile(drawn, ax=ax, palette=palette, labels=labels)
    return fig


def _message(name: str, data: pd.DataFrame, on: pd.Timestamp) -> tuple[str, str]:
    first = data[data["grade"].notna()].head(1)
    tails = [
        f"{notes.theme_name(row.theme)}: {row.grade}, {_beside(row)}"
        if pd.notna(row.grade)
        else f"{notes.theme_name(row.theme)}: {style.band_label(row.reason)}"
        for row in data.itertuples()
    ]
    finding = sentence("; ".join(tails)) + "."
    when = f"On {long_date(on)} {name}"
    if first.empty:
        return f"{when} had no grade yet to set beside those of its peers", finding
    row = next(first.itertuples())
    what = notes.on_theme(row.theme)
    return f"{when} was graded {row.grade} {what}: {_beside(row)}", finding


def _beside(row: Any) -> str:
    """How many peers were graded higher and lower, in words."""
    if not row.graded:
        return "no peer had a grade"
    noun, be = ("peer", "was") if row.graded == 1 else ("peers", "were")
    be = "was" if row.better == 1 else be
    parts = [f"{row.better or 'none'} of {row.graded} {noun} {be} graded higher"]
    parts += [f"{n} {what}" for n, what in ((row.same, "level"), (row.worse, "lower")) if n]
    return listed(parts)
