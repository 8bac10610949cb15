"""How grades changed from one inspection to the next."""

import itertools
import textwrap
from collections.abc import Mapping, Sequence

import pandas as pd
from matplotlib import rcParams
from matplotlib.axes import Axes
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path as Curve

from ofsted_analysis.analysis import change
from ofsted_analysis.analysis.themes import judgements_on
from ofsted_analysis.charts import notes, style
from ofsted_analysis.charts.figure import Chart, drawing, finish
from ofsted_analysis.charts.marks import axes_of, write_on
from ofsted_analysis.charts.style import Palette
from ofsted_analysis.tables.errors import DataError
from ofsted_analysis.tables.grades import BANDS


def transition_matrix(
    pairs: pd.DataFrame | None = None,
    *,
    theme: str = "overall",
    within: str | None = None,
    data: pd.DataFrame | None = None,
    title: str | None = None,
    size: str | tuple[float, float] = "print",
) -> Chart:
    """How many inspections led from each grade to each other one.

    A table of numbers and of percentages of each row; those without a change are framed.

    Parameters
    ----------
    pairs
        Pairs as from `ofsted_analysis.transitions`; by default each inspection with the next.
    theme
        The theme; of pairs that are given, too.
    within, data
        As for `ofsted_analysis.transitions`; not needed with pairs.
    title
        The message, if not the one taken from the data.
    size
        'print', 'slide', or (width, height) in centimetres.

    Returns
    -------
    Chart
        A matplotlib Figure. Its data: from, to (bands), n.

    Raises
    ------
    DataError
        There is no pair.

    Examples
    --------
    >>> import ofsted_analysis as oa
    >>> from ofsted_analysis import charts
    >>> pairs = oa.transitions("overall", within="ilacs")
    >>> data = charts.chart_data(charts.transition_matrix(pairs))
    >>> int(data["n"].sum()) == len(pairs)
    True
    """
    if pairs is None:
        pairs = change.transitions(theme, within=within, data=data)
    if pairs.empty:
        raise DataError("There is no pair of inspections to draw.")
    table = change.transition_matrix(pairs)
    up, down = (pairs["steps"] > 0).sum(), (pairs["steps"] < 0).sum()
    adequate = bool((pairs[["from_grade", "to_grade"]] == "adequate").any(axis=None))
    same = len(pairs) - up - down
    message = (
        f"Of {len(pairs)} inspections that followed another, {up} found a better grade, "
        f"{same} the same and {down} a worse one"
    )
    drawn = table.stack().rename("n").reset_index()  # noqa: PD013
    with drawing(size, plot=8.5 if size == "narrow" else 7.5) as fig:
        ax = fig.subplots()
        finish(
            fig,
            title=message if title is None else title,
            subtitle=(
                f"Grades for {notes.theme_name(theme)} before and after; percentages of each row; "
                f"n = {len(pairs)} pairs of inspections of {pairs['authority_id'].nunique()} "
                "authorities"
            ),
            data=drawn,
            alt=(
                f"Table of how many inspections led from each grade for {notes.theme_name(theme)} "
                f"to each other one. {message}."
            ),
            caveat=notes.pairs_caveat(pairs),
            abbreviated=(),
        )
        labels = {band: style.band_label(band, adequate=adequate) for band in BANDS}
        plot_transitions(table, ax=ax, labels=labels)
    return fig


def plot_transitions(
    table: pd.DataFrame,
    *,
    ax: Axes | None = None,
    palette: Palette = None,
    labels: Mapping[str, str] | None = None,
) -> Axes:
    """How many went from each grade (rows) to each other one (columns), with row percentages.

    Parameters
    ----------
    table
        Counts as from `analysis.change.transition_matrix`.
    ax
        Where to draw; by default new axes.
    palette
        Colours of one's own, of which that of 'good' is used, in strengths by percentage: see
        `style.grade_colours`.
    labels
        Words of one's own for some bands.

    Returns
    -------
    Axes
        Rows from outstanding down, columns from inadequate to the right; no change is framed.

    Examples
    --------
    >>> from ofsted_analysis import charts, transitions
    >>> from ofsted_analysis.analysis.change import transition_matrix
    >>> ax = charts.plot_transitions(transition_matrix(transitions(within="ilacs")))
    >>> ax.texts[0].get_text()
    '0\\n0%'
    """
    import seaborn  # takes its time to load

    ax = axes_of(ax)
    counts = table.loc[list(BANDS[::-1]), list(BANDS)]
    share = counts.div(counts.sum(axis=1).where(lambda n: n > 0), axis=0).fillna(0) * 100
    said = counts.astype(str) + "\n" + share.round().astype(int).astype(str) + "%"
    shades = seaborn.light_palette(style.grade_colours(palette)["third"], as_cmap=True)
    seaborn.heatmap(
        share, ax=ax, annot=said, fmt="", cmap=shades, vmin=0, vmax=100, cbar=False, linewidths=2,
        annot_kws={"fontsize": rcParams["font.size"], "linespacing": 1.3},
    )  # fmt: skip
    names = {band: (labels or {}).get(band, style.band_label(band)) for band in BANDS}
    lines = {band: "\n".join(textwrap.wrap(name, 13)) for band, name in names.items()}
    for text, percent in zip(ax.texts, share.to_numpy().ravel(), strict=True):
        text.set_color("white" if percent > 70 else style.INK)
    upright = 90 if ax.get_window_extent().width / ax.figure.dpi < 3.5 else 0
    ax.set_xticklabels([lines[band] for band in counts], rotation=upright)
    rows = [f"{lines[band]}\n(n = {counts.loc[band].sum()})" for band in counts.index]
    ax.set_yticklabels(rows, rotation=0)
    ax.xaxis.tick_top()
    ax.xaxis.set_label_position("top")
    ax.set_xlabel("after", fontweight="bold")
    ax.set_ylabel("before", fontweight="bold")
    ax.tick_params(length=0)
    for place in range(len(BANDS)):
        ax.add_patch(
            Rectangle((place + 0.02, 3 - place + 0.02), 0.96, 0.96, fill=False,
                      edgecolor=style.INK, linewidth=1.6)
        )  # fmt: skip
    return ax


_ORDINALS = {"first": 0, "second": 1, "third": 2, "latest": -1}


def transition_flow(
    theme: str = "overall",
    *,
    stages: Sequence[str] = ("sif first", "ilacs first", "ilacs second"),
    data: pd.DataFrame | None = None,
    title: str | None = None,
    size: str | tuple[float, float] = "print",
) -> Chart:
    """How authorities moved between grades from one round of inspection to the next.

    A column for each round; a ribbon for those that went from one grade to another, as wide as
    they are many. Only authorities with a grade in every round are shown.

    Parameters
    ----------
    theme
        A theme.
    stages
        The rounds: 'first' or 'latest' of all graded inspections of an authority, or a
        framework_id with 'first', 'second', 'third' or 'latest'.
    data
        Judgements as from `load_judgements`; the packaged ones by default.
    title
        The message, if not the one taken from the data.
    size
        'print', 'slide', or (width, height) in centimetres.

    Returns
    -------
    Chart
        A matplotlib Figure. Its data: stage, next_stage, from, to (bands), n.

    Raises
    ------
    DataError
        Fewer than two rounds, one that is none of those, or no authority with a grade in each.

    Examples
    --------
    >>> from ofsted_analysis import charts
    >>> fig = charts.transition_flow(stages=("first", "latest"))
    >>> charts.chart_data(fig)["stage"].unique().tolist()
    ['first']
    """
    if len(stages) < 2:
        raise DataError("A flow needs two rounds of inspection at least.")
    history = judgements_on(theme, data=data)
    history = history[history["band"].notna()]
    rounds = [_round(history, stage) for stage in stages]
    shown = pd.concat([r["band"] for r in rounds], axis=1, keys=stages, join="inner").dropna()
    which = pd.concat([r["inspection_id"].loc[shown.index] for r in rounds], axis=1)
    # one inspection can't be two rounds
    shown = shown[which.astype(str).nunique(axis=1) == len(stages)]
    if shown.empty:
        raise DataError(f"No authority has a grade for {theme!r} in each of: {', '.join(stages)}.")
    used = pd.concat([r.loc[shown.index] for r in rounds])
    caveat = notes.comparison_caveat(used)
    adequate = bool((used["grade"] == "adequate").any())
    rows = []
    for stage, after in itertools.pairwise(stages):
        counts = pd.crosstab(shown[stage], shown[after])
        for source in BANDS:
            for target in BANDS:
                n = counts.get(target, pd.Series(dtype=int)).get(source, 0)
                if n:
                    rows.append((stage, after, source, target, int(n)))
    drawn = pd.DataFrame(rows, columns=["stage", "next_stage", "from", "to", "n"])
    steps = shown[stages[-1]].cat.codes - shown[stages[0]].cat.codes
    left_out = history["authority_id"].nunique() - len(shown)
    message = (
        f"{(steps > 0).sum()} of {len(shown)} authorities were graded higher in the "
        f"{_stage_name(stages[-1])} than in the {_stage_name(stages[0])}, "
        f"{(steps < 0).sum()} lower"
    )
    with drawing(size, height=12) as fig:
        ax = fig.subplots()
        finish(
            fig,
            title=message if title is None else title,
            subtitle=(
                f"Grades for {notes.theme_name(theme)}; n = {len(shown)} authorities with a grade "
                f"in each round{_left_out(left_out)}. "
                "Ribbons: blue up, grey level, pink down"
            ),
            data=drawn,
            alt=(
                f"Flow chart of how authorities moved between grades for "
                f"{notes.theme_name(theme)} over {len(stages)} rounds of inspection: "
                f"{', '.join(_stage_name(stage) for stage in stages)}. {message}."
            ),
            caveat=caveat,
        )
        _flow(ax, shown, drawn, list(stages), adequate)
    return fig


def _left_out(n: int) -> str:
    return f" ({n} without are left out)" if n else ""


def _round(history: pd.DataFrame, stage: str) -> pd.DataFrame:
    """Each authority's inspection of a round, by authority_id."""
    *framework, which = stage.split(" ")
    if which not in _ORDINALS or len(framework) > 1 or (not framework and _ORDINALS[which] > 0):
        raise DataError(
            f"A round is 'first', 'latest', or a framework with first, second, third or latest "
            f"('ilacs second'), not {stage!r}."
        )
    own = history if not framework else history[history["framework_id"] == framework[0]]
    if own.empty:
        raise DataError(f"There is no graded inspection for the round {stage!r}.")
    found = own.groupby("authority_id", observed=True).nth(_ORDINALS[which])
    return found.assign(authority_id=found["authority_id"].astype(str)).set_index("authority_id")


def _stage_name(stage: str) -> str:
    *framework, which = stage.split(" ")
    return (
        f"{which} {notes.framework_name(framework[0])} inspection"
        if framework
        else (f"{which} inspection")
    )


def _flow(
    ax: Axes, shown: pd.DataFrame, data: pd.DataFrame, stages: list[str], adequate: bool
) -> None:
    """Columns of grades, worst at the foot, and ribbons between them."""
    gap, bar = len(shown) * 0.045, 0.16
    foot: dict[tuple[str, str], float] = {}
    for x, stage in enumerate(stages):
        level = 0.0
        for band in BANDS:
            n = int((shown[stage] == band).sum())
            foot[stage, band] = level
            if not n:
                continue
            ax.add_patch(Rectangle((x - bar / 2, level), bar, n, **style.mark(band).patch))
            if n > len(shown) * 0.04:
                write_on(ax, x, level + n / 2, str(n), band, fontweight="bold")
            elif stage != stages[-1]:
                ax.text(x - bar * 0.6, level + n / 2, str(n), ha="right", va="center")
            level += n + gap
        ax.text(x, -gap, _stage_name(stage).replace(" inspection", "\ninspection"), ha="center",
                va="top")  # fmt: skip
    last = len(stages) - 1
    for band in BANDS:
        n = int((shown[stages[-1]] == band).sum())
        if n:
            label = style.band_label(band, adequate=adequate).replace(" or ", "\nor ")
            small = f"{n} " if n <= len(shown) * 0.04 else ""
            ax.text(last + bar * 0.7, foot[stages[-1], band] + n / 2, small + label, va="center")
    for x, stage in enumerate(stages[:-1]):
        leave = {band: foot[stage, band] for band in BANDS}
        arrive = {band: foot[stages[x + 1], band] for band in BANDS}
        for row in data[data["stage"] == stage].itertuples():
            source, target = row[3], row[4]
            y0, y1 = leave[source], arrive[target]
            leave[source] += row.n
            arrive[target] += row.n
            _ribbon(ax, x + bar / 2, x + 1 - bar / 2, y0, y1, row.n, source, target)
            if row.n >= len(shown) * 0.05:
                ax.text(x + bar / 2 + 0.03, y0 + row.n / 2, str(row.n), va="center")
    ax.set_xlim(-0.3, last + bar / 2)
    ax.set_ylim(-gap, len(shown) + 3 * gap)
    ax.set_axis_off()


def _ribbon(
    ax: Axes, x0: float, x1: float, y0: float, y1: float, n: int, source: str, target: str
) -> None:
    """A band of width n that swings from one height to another; its colour says which way."""
    middle = (x0 + x1) / 2
    step = BANDS.index(target) - BANDS.index(source)
    colour = style.grade_colours()["good"] if step > 0 else style.ACCENT if step < 0 else "#B0B0B0"
    vertices = [
        (x0, y0), (middle, y0), (middle, y1), (x1, y1),
        (x1, y1 + n), (middle, y1 + n), (middle, y0 + n), (x0, y0 + n), (x0, y0),
    ]  # fmt: skip
    codes = [Curve.MOVETO, *[Curve.CURVE4] * 3, Curve.LINETO, *[Curve.CURVE4] * 3, Curve.CLOSEPOLY]
    ax.add_patch(
        PathPatch(Curve(vertices, codes), facecolor=colour, alpha=0.45, edgecolor="white",
                  linewidth=0.4)
    )  # fmt: skip
