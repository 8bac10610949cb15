"""How long authorities stay at a grade, and which way they leave it."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Patch

from ofsted_analysis.analysis import duration
from ofsted_analysis.analysis.duration import median_days, spells
from ofsted_analysis.analysis.outcomes import cut_off
from ofsted_analysis.analysis.themes import judgements_on
from ofsted_analysis.charts import notes, style
from ofsted_analysis.charts.figure import Chart, drawing, finish, redrawn
from ofsted_analysis.charts.lettering import sentence
from ofsted_analysis.charts.marks import axes_of, in_letters
from ofsted_analysis.charts.style import DIRECTIONS
from ofsted_analysis.tables.days import Day, as_day
from ofsted_analysis.tables.errors import DataError
from ofsted_analysis.tables.grades import BANDS
from ofsted_analysis.tables.labels import listed, long_date

_YEAR = 365.25
_WAYS = {"worse": ("down", "graded lower"), "still": ("same", "still there"),
         "better": ("up", "graded higher")}  # fmt: skip


def plot_time_in_grade(
    curve: pd.DataFrame,
    *,
    ax: Axes | None = None,
    palette: Mapping[str, str] | None = None,
    labels: Mapping[str, str] | None = None,
    interval: bool = True,
) -> Axes:
    """Areas for the shares of spells that had ended higher, ended lower, or were still there.

    Parameters
    ----------
    curve
        As from `ofsted_analysis.time_in_grade`.
    ax
        Where to draw; by default new axes.
    palette
        Colours of one's own for 'better', 'still' and 'worse'.
    labels
        Words of one's own for these, in the legend.
    interval
        Whether to draw the interval of the share that ended higher (that of the share that ended
        lower where none did higher).

    Returns
    -------
    Axes
        With years along the bottom, each with how many spells were still under way then.

    Examples
    --------
    >>> from ofsted_analysis import charts, spells, time_in_grade
    >>> ax = charts.plot_time_in_grade(time_in_grade(spells(), "good"))
    >>> ax.get_xticklabels()[0].get_text()
    '0\\n131'
    """
    ax = axes_of(ax)
    years = curve["days"] / _YEAR
    foot = pd.Series(0.0, index=curve.index)
    for way, (_, name) in _WAYS.items():
        top = foot + curve[way]
        ax.fill_between(years, foot * 100, top * 100, step="post", **_look(way, palette),
                        label=(labels or {}).get(way, name))  # fmt: skip
        foot = top
    way = "better" if curve["to_better"].any() else "worse"
    if interval:
        low, high = curve[f"{way}_low"], curve[f"{way}_high"]
        for edge in (low, high):
            height = 1 - edge if way == "better" else edge
            for line, width in (("white", 2.2), (style.INK, 1.0)):
                ax.step(years, height * 100, where="post", color=line, linewidth=width,
                        linestyle=(0, (4, 2)) if line != "white" else "-")  # fmt: skip
    ax.set(xlim=(0, years.iloc[-1]), ylim=(0, 100))
    ax.set_yticks([0, 50, 100], labels=["0%", "50%", "100%"])
    ax.axhline(50, color=style.QUIET, linewidth=0.7)
    every = 1 if in_letters(ax)[0] > 2.2 * years.iloc[-1] else 2
    marks = range(0, int(years.iloc[-1]) + 1, every)
    under_way = [int(curve.loc[years >= year, "at_risk"].iloc[0]) for year in marks]
    ax.set_xticks(marks, labels=[f"{y}\n{n}" for y, n in zip(marks, under_way, strict=True)])
    ax.grid(False)
    ax.spines[["right", "top"]].set_visible(False)
    return ax


@redrawn
def time_in_grade(
    theme: str = "overall",
    band: str | Sequence[str] = "inadequate",
    *,
    level: float = 0.95,
    at_least: int = 10,
    date: Day | None = None,
    within: str | None = None,
    data: pd.DataFrame | None = None,
    authorities: pd.DataFrame | None = None,
    palette: Mapping[str, str] | None = None,
    title: str | None = None,
    size: str | tuple[float, float] = "print",
) -> Chart:
    """How long authorities stay at a grade, and whether they are graded higher or lower after it.

    A panel for each grade; in it the estimated share of spells that had ended in a higher grade,
    in a lower one, or were still there, by years since the grade was given.

    Parameters
    ----------
    theme
        A theme.
    band
        'inadequate', 'third', 'good' or 'outstanding', or several of them.
    level
        Confidence level of the interval.
    at_least
        The curve ends where fewer spells than these are still under way.
    date, within, data, authorities
        As for `spells`.
    palette
        Colours of one's own for 'better', 'still' and 'worse'.
    title
        The title, if not the message taken from the data; '' for none, where a document has it.
    size
        'print', 'slide', 'narrow', or (width, height) in centimetres.

    Returns
    -------
    Chart
        A matplotlib Figure. Its data: band, then the columns of `ofsted_analysis.time_in_grade`.

    Raises
    ------
    DataError
        There is no such theme or band, or too few spells.

    Examples
    --------
    >>> from ofsted_analysis import charts
    >>> charts.time_in_grade("overall", "inadequate").message.split("graded ")[1]
    'higher within 3.3 years (95% interval 2.9 to 3.6)'
    """
    bands = [band] if isinstance(band, str) else list(dict.fromkeys(band))
    if not bands:
        raise DataError(f"Choose a band: {', '.join(BANDS)}.")
    stop = cut_off(theme) if date is None else as_day(date, "date")
    found = spells(theme, date=stop, within=within, data=data, authorities=authorities)
    curves = {
        name: duration.time_in_grade(found, name, level=level, at_least=at_least)
        for name in sorted(bands, key=lambda b: BANDS.index(b) if b in BANDS else -1)
    }
    own = found[found["band"].isin(bands)]
    history = judgements_on(theme, data=data)
    history = history[history["grade"].notna() & (history["last_day"] <= stop)]
    if within is not None:
        history = history[history["framework_id"] == within]
    adequate = bool((history["grade"] == "adequate").any())
    labels = {name: style.band_label(name, adequate=adequate) for name in curves}
    told = [_finding(labels[name], curve, level) for name, curve in curves.items()]
    label = f"at {labels[next(iter(curves))]}"
    first = told[0].replace(label, f"{label} {notes.on_theme(theme)}", 1)
    drawn = pd.concat([c.assign(band=name) for name, c in curves.items()], ignore_index=True)
    drawn = drawn[["band", *(column for column in drawn if column != "band")]]
    with drawing(size, plot=5.2) as fig:
        across = len(curves) if fig.size.width > 12 else 1
        down = -(-len(curves) // across)
        fig.give(16 * down)
        finish(
            fig,
            title=title,
            message=first,
            subtitle=(
                f"Estimated share of spells at a grade for {notes.theme_name(theme)}, by years "
                f"since the inspection that gave it; under the years, spells still under way; n = "
                f"{len(own)}"
            ),
            data=drawn,
            alt=(
                f"Areas of how long local authorities stay at {listed([*labels.values()])} for "
                f"{notes.theme_name(theme)}, and whether they are then graded higher or lower. "
                f"{'. '.join(told)}."
            ),
            caveat=" ".join(filter(None, (
                "Nothing is seen between inspections, and few come within two years. "
                f"Dashed: {100 * level:g}% interval. A curve ends where fewer than {at_least} "
                "spells are under way.",
                notes.comparison_caveat(history),
            ))),
            basis=f"inspections that ended by {long_date(stop)}",
            abbreviated=(),
            key=[(Patch(**_look(way, palette)), _WAYS[way][1]) for way in [*_WAYS][::-1]],
        )  # fmt: skip
        fig.get_layout_engine().set(w_pad=0.12, h_pad=0.06)
        axes = fig.subplots(down, across, squeeze=False, sharey=True).ravel()
        for ax, (name, curve) in zip(axes, curves.items(), strict=False):
            plot_time_in_grade(curve, ax=ax, palette=palette)
            if len(curves) > 1:
                n = int((own["band"] == name).sum())
                ax.set_title(f"{sentence(labels[name])}\n(n = {n})", loc="left")
    return fig


def _look(way: str, palette: Mapping[str, str] | None) -> dict[str, Any]:
    """Options for what is drawn of one way."""
    own = {"facecolor": palette[way]} if palette and way in palette else {}
    return DIRECTIONS[_WAYS[way][0]].patch | own


def _finding(label: str, curve: pd.DataFrame, level: float) -> str:
    """What became of the spells at one grade, in a sentence without its full stop."""
    middle, low, high = median_days(curve)
    if pd.notna(middle):
        upper = f"{high / _YEAR:.1f}" if pd.notna(high) else "more"
        return (
            f"Half of the spells at {label} had been graded higher within {middle / _YEAR:.1f} "
            f"years ({100 * level:g}% interval {low / _YEAR:.1f} to {upper})"
        )
    last = curve.iloc[-1]
    years = min(5, int(last["days"] / _YEAR))
    row = curve[curve["days"] <= years * _YEAR].iloc[-1] if years else last
    when = f"{years} years" if years else f"{last['days'] / _YEAR:.1f} years"
    parts = []
    for way, words in (("better", "graded higher"), ("worse", "graded lower")):
        if row[way] > 0:
            parts.append(f"{row[way]:.0%} had been {words} ({row[f'{way}_low']:.0%} to "
                         f"{row[f'{way}_high']:.0%})")  # fmt: skip
    gone = listed(parts) if parts else "none had been graded higher or lower"
    return f"Of the spells at {label}, {gone} within {when}"
