"""How grades changed from one inspection to the next."""

import textwrap
from collections.abc import Mapping

import pandas as pd
from matplotlib import rcParams
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from ofsted_analysis.analysis import change
from ofsted_analysis.charts import notes, style
from ofsted_analysis.charts.figure import Chart, drawing, finish, redrawn
from ofsted_analysis.charts.marks import axes_of
from ofsted_analysis.charts.style import Palette
from ofsted_analysis.tables.errors import DataError
from ofsted_analysis.tables.grades import BANDS


@redrawn
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
        The title, if not the message taken from the data; '' for none, where a document has it.
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
        f"Of {len(pairs)} inspections that followed another, {up} found a better grade "
        f"{notes.on_theme(theme)}, {same} the same and {down} a worse one"
    )
    drawn = table.stack().rename("n").reset_index()  # noqa: PD013
    with drawing(size, plot=8.5 if size == "narrow" else 7.5) as fig:
        ax = fig.subplots()
        finish(
            fig,
            title=title,
            message=message,
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
