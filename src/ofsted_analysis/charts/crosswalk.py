"""What each framework graded, theme by theme: what continues, changes and stops."""

from collections.abc import Mapping
from itertools import pairwise

import pandas as pd
from matplotlib import rcParams
from matplotlib.axes import Axes
from matplotlib.patches import Patch, Rectangle

from ofsted_analysis.charts import notes, style
from ofsted_analysis.charts.figure import Chart, drawing, finish, redrawn
from ofsted_analysis.charts.lettering import row_labels, sentence, widest, wrap
from ofsted_analysis.charts.marks import axes_of, in_letters
from ofsted_analysis.tables.errors import DataError
from ofsted_analysis.tables.labels import listed, long_date
from ofsted_analysis.tables.load import load_areas, load_frameworks

_LOOKS = {
    "direct": (style.Mark("#1B5A93", ink="white"), "-", "compares directly"),
    "partial": (style.Mark("#CDE2F5", edge=style.INK, ink=style.INK), (0, (4, 2)), "in part"),
    "none": (style.Mark("white", edge=style.INK, ink=style.INK), (0, (1, 1.5)), "not at all"),
}
"""How a comparability is drawn, and what it is called."""
_HEADING = 4.4
"""Heights of a letter that a heading is wide; it stands upright where there is less room."""


def plot_crosswalk(
    areas: pd.DataFrame,
    *,
    ax: Axes | None = None,
    palette: Mapping[str, str] | None = None,
    labels: Mapping[str, str] | None = None,
) -> Axes:
    """A row for each theme, a column for each stretch of time in which the same areas were graded.

    A box says that the theme was graded then; its look, and that of the line to the next, how far
    the grade compares with others of the theme.

    Parameters
    ----------
    areas
        Rows as from `load_areas`, of the themes to show, in order of theme.
    ax
        Where to draw; by default new axes.
    palette
        Colours of one's own for 'direct', 'partial' and 'none'.
    labels
        Words of one's own for some themes.

    Returns
    -------
    Axes
        Themes at 0, 1, 2 and so on from the top, stretches of time from the left.

    Examples
    --------
    >>> from ofsted_analysis import charts, load_areas
    >>> ax = charts.plot_crosswalk(load_areas())
    >>> ax.get_xticklabels()[-1].get_text()
    'ILACS\\nsince\\n2026'
    """
    ax = axes_of(ax)
    columns = _columns(areas)
    boxes = _boxes(areas, columns)
    themes = boxes["theme"].drop_duplicates().tolist()
    ax.set(xlim=(-0.5, len(columns) - 0.5), ylim=(len(themes) - 0.5, -0.5))
    names = {theme: (labels or {}).get(theme, sentence(notes.theme_name(theme, short=True)))
             for theme in themes}  # fmt: skip
    ax.set_yticks(range(len(themes)), labels=[names[theme] for theme in themes])
    em = rcParams["font.size"]
    cell = in_letters(ax)[0] / len(columns)
    upright = cell < _HEADING
    short = [text.replace(" ", "\n", 1).replace(" to ", "\nto ").replace("since ", "since\n")
             for text in columns["heading"].str.replace(", ", ",\N{NO-BREAK SPACE}")]  # fmt: skip
    ax.set_xticks(range(len(columns)), labels=columns["heading"] if upright else short,
                  rotation=90 if upright else 0)  # fmt: skip
    ax.xaxis.tick_top()
    ax.tick_params(length=0)
    ax.grid(False)
    ax.spines[:].set_visible(False)
    for place, theme in enumerate(themes):
        if place % 2 == 0:
            ax.axhspan(place - 0.5, place + 0.5, color=style.BACKGROUNDS[1], linewidth=0, zorder=0)
        own = boxes[boxes["theme"] == theme]
        for box in own.itertuples():
            mark, line, _ = _LOOKS[box.comparability]
            fill = (palette or {}).get(box.comparability, mark.fill)
            ax.add_patch(Rectangle((box.first - 0.43, place - 0.36), box.last - box.first + 0.86,
                                   0.72, facecolor=fill, edgecolor=mark.edge, linestyle=line,
                                   zorder=2))  # fmt: skip
            room = (box.last - box.first + 0.84) * cell
            lines = wrap(ax.figure, box.words, em, room * em / 72)
            if widest(ax.figure, lines) <= room and len(lines) <= 2:
                ax.text((box.first + box.last) / 2, place, "\n".join(lines), ha="center",
                        va="center", color=mark.ink, linespacing=0.9, zorder=3)  # fmt: skip
        for one, other in pairwise(own.itertuples()):
            if other.first == one.last + 1:
                weaker = max(one.comparability, other.comparability, key=list(_LOOKS).index)
                ax.plot([one.last + 0.43, other.first - 0.43], [place, place], color=style.INK,
                        linewidth=1.4, linestyle=_LOOKS[weaker][1], zorder=1)  # fmt: skip
        if own["last"].max() < len(columns) - 1:
            ax.text(own["last"].max() + 0.55, place, "ended", va="center", color=style.QUIET)
    return ax


@redrawn
def framework_crosswalk(
    areas: pd.DataFrame | None = None,
    *,
    themes: list[str] | None = None,
    palette: Mapping[str, str] | None = None,
    title: str | None = None,
    size: str | tuple[float, float] = "print",
) -> Chart:
    """What each framework graded, theme by theme, and how far it compares with the next.

    A row for each theme that more than one framework graded, a column for each stretch of time in
    which the same areas were graded; the caveat names the themes that one framework alone graded.

    Parameters
    ----------
    areas
        Areas as from `load_areas`; the packaged ones by default.
    themes
        The themes to show; by default those that more than one framework graded (of one framework
        alone, all).
    palette
        Colours of one's own for 'direct', 'partial' and 'none'.
    title
        The title, if not the message taken from the data; '' for none, where a document has it.
    size
        'print', 'slide', 'narrow', or (width, height) in centimetres.

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
    >>> charts.framework_crosswalk().message.split("; ")[0]
    'Of the 19 themes that Ofsted has graded since 2009, 4 are graded today'
    """
    areas = load_areas() if areas is None else areas
    known = [theme for theme in areas["theme"].cat.categories if (areas["theme"] == theme).any()]
    unknown = set(themes or ()) - set(known)
    if unknown:
        raise DataError(f"No area has the theme {sorted(unknown)[0]!r}: {', '.join(known)}.")
    if areas.empty:
        raise DataError("There is no area to draw.")
    of = pd.concat(
        [
            areas[["theme", "framework_id"]].astype(str),
            areas[["also_theme", "framework_id"]]
            .dropna()
            .astype(str)
            .rename(columns={"also_theme": "theme"}),
        ]
    )
    several = of.groupby("theme")["framework_id"].nunique().gt(1)
    lasting = [theme for theme in known if several[theme]] or known
    if "overall" in known and "overall" not in lasting:
        lasting.insert(0, "overall")
    shown = lasting if themes is None else [theme for theme in known if theme in themes]
    alone = [] if themes else [theme for theme in known if theme not in shown]
    own = areas[areas["theme"].isin(shown)]
    columns = ["theme", "framework_id", "area_id", "label", "first_used", "last_used",
               "comparability", "comparability_note"]  # fmt: skip
    message = _message(areas, known)
    with drawing(size, plot=1) as fig:
        names = {theme: sentence(notes.theme_name(theme, short=True)) for theme in shown}
        labels, side = row_labels(fig, names, 0.25)
        room = fig.get_size_inches()[0] * 72 / fig.size.text - side - 2.6
        top = 4.2 if room / len(_columns(own)) > _HEADING else 11.5
        fig.give(top + 2.6 * len(shown))
        finish(
            fig,
            title=title,
            message=message,
            subtitle=(
                f"A box: the theme was graded; n = {len(own)} areas under {len(shown)} themes. "
                "How far a grade compares with others of its theme:"
            ),
            data=own[columns],
            alt=(
                f"Diagram of the {len(own)} areas that {own['framework_id'].nunique()} inspection "
                f"frameworks graded, in rows by theme and columns by time. {message}."
            ),
            caveat=_alone(areas, alone),
            basis="areas as printed in the reports",
            abbreviated=[notes.framework_name(name) for name in own["framework_id"].unique()],
            key=[(Patch(facecolor=(palette or {}).get(name, mark.fill), edgecolor=mark.edge,
                        linestyle=line), words) for name, (mark, line, words) in _LOOKS.items()],
        )  # fmt: skip
        ax = fig.inside(left=side, top=top)
        plot_crosswalk(own.sort_values("theme", kind="stable"), ax=ax, palette=palette,
                       labels=labels)  # fmt: skip
    return fig


def _columns(areas: pd.DataFrame) -> pd.DataFrame:
    """The stretches of time in which the same areas were graded, in order: group, start, heading.

    A framework has more than one where an area was graded from, or until, a day under way.
    """
    frameworks = load_frameworks().sort_values("first_inspection").set_index("framework_id")
    frameworks = frameworks[frameworks.index.isin(areas["framework_id"].astype(str))]
    rows = []
    for group, members in frameworks.groupby("display_group", sort=False):
        within = areas[areas["framework_id"].isin(members.index)]
        later = {*within["first_used"].dropna(), *(within["last_used"].dropna() + _DAY)}
        starts = [members["first_inspection"].min(), *sorted(later)]
        final = members["last_inspection"].max(skipna=False)
        ends = [*(start - _DAY for start in starts[1:]), final]
        label = ", ".join(notes.framework_name(name) for name in members.index)
        for start, end in zip(starts, ends, strict=True):
            years = f"since {start.year}" if pd.isna(end) else f"{start.year} to {end.year}"
            years = years.replace(f"{start.year} to {start.year}", str(start.year))
            rows.append((group, start, f"{label} {years}"))
    return pd.DataFrame(rows, columns=["group", "start", "heading"])


_DAY = pd.Timedelta(days=1)


def _boxes(areas: pd.DataFrame, columns: pd.DataFrame) -> pd.DataFrame:
    """What is drawn of each theme: from which column to which, in what words, how comparable."""
    groups = notes.display_groups()
    order = areas["theme"].astype(str).drop_duplicates().tolist()
    shared = areas[areas["also_theme"].notna()]
    shared = shared.assign(
        short_label="with " + shared["theme"].astype(str).map(notes.theme_name),
        theme=shared["also_theme"].astype(str),
    )
    rows = []
    for area in pd.concat([areas.astype({"theme": str}), shared]).itertuples():
        for place, column in enumerate(columns.itertuples()):
            end = area.last_used if pd.notna(area.last_used) else pd.Timestamp.max
            begun = pd.isna(area.first_used) or area.first_used <= column.start
            if groups[area.framework_id] == column.group and begun and column.start <= end:
                rows.append((area.theme, place, area.short_label, str(area.comparability)))
    cells = pd.DataFrame(rows, columns=["theme", "column", "words", "comparability"])
    cells = cells[cells["theme"].isin(order)]
    cells["theme"] = pd.Categorical(cells["theme"], order, ordered=True)
    one = cells.groupby(["theme", "column"], observed=True).agg(
        words=("words", lambda words: words.iloc[0] if len(words) == 1 else f"{len(words)} areas"),
        comparability=("comparability", lambda kinds: max(kinds, key=list(_LOOKS).index)),
    ).reset_index()  # fmt: skip
    before = one.shift()
    same = (one[["theme", "words", "comparability"]] == before[
        ["theme", "words", "comparability"]]).all(axis=1)  # fmt: skip
    same &= one["column"] == before["column"] + 1
    same &= one["column"].map(columns["group"]) == before["column"].map(columns["group"])
    found = one.groupby((~same).cumsum()).agg(
        theme=("theme", "first"), first=("column", "min"), last=("column", "max"),
        words=("words", "first"), comparability=("comparability", "first"),
    )  # fmt: skip
    return found.reset_index(drop=True)


def _message(areas: pd.DataFrame, known: list[str]) -> str:
    frameworks = load_frameworks().set_index("framework_id")
    in_use = frameworks.index[frameworks["last_inspection"].isna()]
    now = areas[areas["framework_id"].isin(in_use) & areas["last_used"].isna()]
    since = frameworks.loc[areas["framework_id"].unique(), "first_inspection"].min().year
    today = len(now["theme"].unique())
    words = (
        f"Of the {len(known)} themes that Ofsted has graded since {since}, "
        f"{today} {'is' if today == 1 else 'are'} graded today"
    )
    gone = areas[areas["framework_id"].isin(in_use) & areas["last_used"].notna()
                 & ~areas["theme"].isin(now["theme"])]  # fmt: skip
    for row in gone.itertuples():
        words += f"; {notes.theme_name(str(row.theme))} was until {long_date(row.last_used)}"
    return words


def _alone(areas: pd.DataFrame, themes: list[str]) -> str:
    """The themes that one framework alone graded, in words."""
    own = areas[areas["theme"].isin(themes)]
    told = []
    for framework in notes.framework_order():
        names = own.loc[own["framework_id"] == framework, "theme"].drop_duplicates()
        if len(names):
            words = listed([notes.theme_name(str(name)) for name in names])
            told.append(f"{notes.framework_name(framework)} alone also graded {words}.")
    return " ".join(told)
