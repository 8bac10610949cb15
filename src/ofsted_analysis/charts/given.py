"""The flow: how many grades inspections gave in each year."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ofsted_analysis.analysis.change import ROUNDS, grades_given
from ofsted_analysis.analysis.outcomes import data_complete_to
from ofsted_analysis.analysis.themes import judgements_on
from ofsted_analysis.charts import notes, style
from ofsted_analysis.charts.figure import Chart, drawing, finish, redrawn
from ofsted_analysis.charts.marks import axes_of, write_on
from ofsted_analysis.charts.style import Palette
from ofsted_analysis.tables.errors import DataError
from ofsted_analysis.tables.grades import BANDS
from ofsted_analysis.tables.labels import long_date


def plot_grades_given(
    counts: pd.DataFrame,
    *,
    ax: Axes | None = None,
    palette: Palette = None,
    labels: Mapping[str, str] | None = None,
) -> Axes:
    """Stacked bars, one for each year, of how many grades were given.

    Parameters
    ----------
    counts
        One row per year and band: year, band, n; rows of several rounds are added up.
    ax
        Where to draw; by default new axes.
    palette
        Colours of one's own: see `style.grade_colours`.
    labels
        Words of one's own for some bands, in the legend.

    Returns
    -------
    Axes
        With years along the bottom.

    Examples
    --------
    >>> from ofsted_analysis import charts
    >>> from ofsted_analysis.analysis.change import grades_given
    >>> ax = charts.plot_grades_given(grades_given("leadership"))
    >>> [round(float(edge)) for edge in ax.get_xlim()]
    [2012, 2026]
    """
    ax = axes_of(ax)
    table = counts.pivot_table(
        index="year", columns="band", values="n", aggfunc="sum", observed=False
    )
    bottom = np.zeros(len(table))
    for band in BANDS:
        own = table[band].to_numpy()
        name = (labels or {}).get(band, style.band_label(band))
        mark = style.mark(band, palette)
        ax.bar(table.index, own, 0.84, bottom, label=name, **mark.patch)
        for year, n, foot in zip(table.index, own, bottom, strict=True):
            if n >= 6:
                write_on(ax, year, foot + n / 2, str(int(n)), band, palette=palette)
        bottom += own
    ax.set_xlim(table.index.min() - 0.5, table.index.max() + 0.5)
    every = 5 if len(table) > 8 else 2 if len(table) > 4 else 1
    years = [year for year in table.index if year % every == 0]
    ax.set_xticks(years, labels=[str(year) for year in years])
    ax.tick_params(axis="x", length=0)
    return ax


@redrawn
def grades_given_by_year(
    theme: str = "overall",
    *,
    data: pd.DataFrame | None = None,
    palette: Palette = None,
    title: str | None = None,
    size: str | tuple[float, float] = "print",
) -> Chart:
    """How many grades inspections gave in each year, first inspections apart from later ones.

    Parameters
    ----------
    theme
        A theme.
    data
        Judgements as from `load_judgements`; the packaged ones by default.
    palette
        Colours of one's own: see `style.grade_colours`.
    title
        The title, if not the message taken from the data; '' for none, where a document has it.
    size
        'print', 'slide', 'narrow', or (width, height) in centimetres.

    Returns
    -------
    Chart
        A matplotlib Figure. Its data: those of `analysis.change.grades_given`.

    Raises
    ------
    DataError
        There is no such theme, or it has no grade.

    Examples
    --------
    >>> from ofsted_analysis import charts
    >>> charts.grades_given_by_year().message
    'In 2025, 33 of 41 inspections gave good or outstanding overall'
    """
    counts = grades_given(theme, data=data)
    if counts.empty:
        raise DataError(f"No inspection gave a grade for {theme!r}: there is nothing to draw.")
    history = judgements_on(theme, data=data)
    history = history[history["grade"].notna()]
    adequate = bool((history["grade"] == "adequate").any())
    message, finding = _message(theme, counts)
    rounds = [name for name in ROUNDS if counts.loc[counts["round"] == name, "n"].any()]
    with drawing(size, plot=5 if size != "narrow" else 5 * len(rounds)) as fig:
        above = fig.size.width < fig.size.height
        grid = (len(rounds), 1) if above else (1, len(rounds))
        finish(
            fig,
            title=title,
            message=message,
            subtitle=(
                f"Grades for {notes.theme_name(theme)} given at inspections, by the year in which "
                f"they ended; n = {len(history)}, to {long_date(history['last_day'].max())}"
            ),
            data=counts,
            alt=(
                f"Stacked bars of how many grades for {notes.theme_name(theme)} inspections gave "
                f"in each year, first inspections under a framework apart from later ones. "
                f"{finding}"
            ),
            caveat=notes.comparison_caveat(history),
            basis=f"inspections to {long_date(data_complete_to())}",
            abbreviated=(),
            key=BANDS,
            adequate=adequate,
        )
        axes = fig.subplots(*grid, sharex=True, sharey=True, squeeze=False).ravel()
        for ax, name in zip(axes, rounds, strict=True):
            plot_grades_given(counts[counts["round"] == name], ax=ax, palette=palette)
            ax.set_title(f"{name[0].upper()}{name[1:]}", loc="left")
    return fig


def _message(theme: str, counts: pd.DataFrame) -> tuple[str, str]:
    """The title, and the finding for who cannot see the chart; both of the last whole year."""
    whole = counts[counts["year"] < data_complete_to().year]
    year = (whole if whole["n"].any() else counts).query("n > 0")["year"].max()
    own = counts[counts["year"] == year]
    upper = own[own["band"] >= "good"]
    words = (
        f"In {year}, {upper['n'].sum()} of {own['n'].sum()} inspections gave good or outstanding "
        f"{notes.on_theme(theme)}"
    )
    all_of, good_of = (rows.groupby("round", observed=False)["n"].sum() for rows in (own, upper))
    plurals = dict(zip(ROUNDS, ("first inspections", "re-inspections"), strict=True))
    there = [name for name in ROUNDS if all_of[name]]
    if len(there) == 1:
        return words, f"{words}; they were all {plurals[there[0]]}."
    parts = [f"{good_of[name]} of {all_of[name]} {plurals[name]}" for name in there]
    return words, f"{words}: {' and '.join(parts)}."
