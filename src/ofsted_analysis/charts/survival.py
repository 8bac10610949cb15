"""How long authorities stay at a grade."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patheffects import withStroke

from ofsted_analysis.analysis import change
from ofsted_analysis.analysis.change import Event, cut_off, spells
from ofsted_analysis.analysis.themes import judgements_on
from ofsted_analysis.charts import notes, style
from ofsted_analysis.charts.figure import Chart, drawing, finish
from ofsted_analysis.charts.lettering import sentence
from ofsted_analysis.charts.letters import Room, fitted, room_of, width_of
from ofsted_analysis.charts.letters import within as kept_within
from ofsted_analysis.tables.days import Day, as_day
from ofsted_analysis.tables.errors import DataError
from ofsted_analysis.tables.grades import BANDS
from ofsted_analysis.tables.labels import listed, long_date

_YEAR = 365.25
_LINES = {
    "inadequate": "-",
    "third": (0, (6, 1.5)),
    "good": (0, (3, 1.2)),
    "outstanding": (0, (1.2, 1)),
}
_LEFT = {"better": "moved up", "worse": "moved down", "any": "moved on"}


def time_in_grade(
    theme: str = "overall",
    band: str | Sequence[str] = "inadequate",
    *,
    event: Event = "better",
    level: float = 0.95,
    date: Day | None = None,
    within: str | None = None,
    data: pd.DataFrame | None = None,
    authorities: pd.DataFrame | None = None,
    title: str | None = None,
    size: str | tuple[float, float] = "print",
) -> Chart:
    """How long authorities stay at a grade before they leave it: a survival curve.

    The curve is the estimated share of spells still under way (Kaplan-Meier), with its interval;
    below it stand how many spells it rests on. It ends with the longest spell.

    Parameters
    ----------
    theme
        A theme.
    band
        'inadequate', 'third', 'good' or 'outstanding', or several of them.
    event
        What counts as leaving: to a 'better' grade (default), a 'worse' one, or 'any'.
    level
        Confidence level of the interval.
    date, within, data, authorities
        As for `spells`.
    title
        The message, if not the one taken from the data.
    size
        'print', 'slide', or (width, height) in centimetres.

    Returns
    -------
    Chart
        A matplotlib Figure. Its data: band, then the columns of `analysis.change.time_in_grade`.

    Raises
    ------
    DataError
        There is no such theme, band or event, or no spell ended so.

    Examples
    --------
    >>> from ofsted_analysis import charts
    >>> data = charts.chart_data(charts.time_in_grade("overall", "inadequate"))
    >>> data["band"].iloc[0], data["in_band"].iloc[0].item()
    ('inadequate', 1.0)
    """
    bands = list(dict.fromkeys([band] if isinstance(band, str) else band))
    if not bands:
        raise DataError(f"Choose a band: {', '.join(BANDS)}.")
    stop = cut_off(theme) if date is None else as_day(date, "date")
    found = spells(theme, date=stop, within=within, data=data, authorities=authorities)
    curves = {
        name: change.time_in_grade(found, name, event=event, level=level)
        for name in sorted(bands, key=lambda b: BANDS.index(b) if b in BANDS else -1)
    }
    own = found[found["band"].isin(bands)]
    history = judgements_on(theme, data=data)
    history = history[history["grade"].notna() & (history["last_day"] <= stop)]
    if within is not None:
        history = history[history["framework_id"] == within]
    adequate = bool((history["grade"] == "adequate").any())
    labels = {name: style.band_label(name, adequate=adequate) for name in curves}
    message, finding = _message(theme, curves, labels, event, own)
    drawn = pd.concat([c.assign(band=name) for name, c in curves.items()], ignore_index=True)
    drawn = drawn[["band", *(column for column in drawn if column != "band")]]
    noun = "spell" if len(own) == 1 else "spells"
    left = int(drawn["events"].sum())

    def words(fig: Chart) -> None:
        finish(
            fig,
            title=message if title is None else title,
            subtitle=(
                f"Estimated share still at the grade for {notes.theme_name(theme)}, by years since "
                f"the inspection that gave it, with {100 * level:g}% interval; n = {len(own)} "
                f"{noun}, of which {left} {_LEFT[event]}"
            ),
            data=drawn,
            alt=(
                f"Survival curve of how long local authorities stay at {listed([*labels.values()])}"
                f" for {notes.theme_name(theme)}, with interval and numbers at risk. {finding}"
            ),
            caveat=" ".join(
                filter(
                    None,
                    (
                        "Grades are seen only when inspectors come: the time is that between "
                        "inspections.",
                        notes.comparison_caveat(history),
                    ),
                )
            ),
            basis=f"inspections that ended by {long_date(stop)}",
        )

    with drawing(size) as fig:
        em = fig.size.text
        needed = (19 + 3.4 + (1.45 * len(curves) + 1.6)) * em
    with drawing(size, height=fitted(size, needed, words)) as fig:
        words(fig)
        _draw(fig, room_of(fig), curves, labels, own)
    return fig


def _median(curve: pd.DataFrame) -> float | None:
    """Years after which half have left, if it was reached."""
    below = curve[curve["in_band"] < 0.5 + 1e-9]  # halves come out as 0.5000000000000001
    return None if below.empty else float(below["days"].iloc[0] / _YEAR)


def _message(
    theme: str,
    curves: dict[str, pd.DataFrame],
    labels: dict[str, str],
    event: str,
    own: pd.DataFrame,
) -> tuple[str, str]:
    """The title, and the finding for who cannot see the chart."""
    left = _LEFT[event]
    what = "" if theme == "overall" else f" for {notes.theme_name(theme)}"
    parts = []
    for name, curve in curves.items():
        median = _median(curve)
        last = curve.iloc[-1]
        years = f"{median:.1f} years" if median is not None else ""
        tail = (
            f"half had {left} after {years}"
            if median is not None
            else f"{last['in_band']:.0%} were still there {last['days'] / _YEAR:.1f} years on"
        )
        parts.append((labels[name], median, tail))
    n = own["band"].value_counts()
    finding = "; ".join(
        f"{label} (n = {n[name]}): {tail}"
        for (label, _, tail), name in zip(parts, curves, strict=True)
    )
    finding = sentence(finding) + "."
    if len(parts) == 1:
        label, median, _ = parts[0]
        if median is not None:
            return (
                f"Half of the spells at {label}{what} had {left} within {median:.1f} years"
            ), finding
        share, days = next(iter(curves.values())).iloc[-1][["in_band", "days"]]
        return (
            f"{share:.0%} of the spells at {label}{what} had not {left} "
            f"after {days / _YEAR:.1f} years"
        ), finding
    told = [f"{median:.1f} years at {label}" for label, median, _ in parts if median is not None]
    untold = [label for label, median, _ in parts if median is None]
    if not told:
        ends = [curve.iloc[-1] for curve in curves.values()]
        stayed = [
            f"{end['in_band']:.0%} were still {label} after {end['days'] / _YEAR:.1f} years"
            for label, end in zip(untold, ends, strict=True)
        ]
        return f"{sentence(listed(stayed))}{what}", finding
    words = f"Half of the spells had {left} after {listed(told)}{what}"
    return words + (f"; not yet half at {listed(untold)}" if untold else ""), finding


def _draw(
    fig: Chart,
    room: Room,
    curves: dict[str, pd.DataFrame],
    labels: dict[str, str],
    own: pd.DataFrame,
) -> None:
    """The curves, their names at their ends, and below them the numbers they rest on."""
    em = fig.size.text
    names = {name: sentence(label) for name, label in labels.items()}
    below = (1.45 * len(curves) + 1.6) * em
    short = {name: _in_lines(text) for name, text in names.items()}
    widest = max(width_of(fig, line) for text in short.values() for line in text.split("\n"))
    head = max(width_of(fig, names[name]) for name in curves) if len(curves) > 1 else 0
    left = max(3.6 * em, head + 2 * em)
    right = widest + 1.2 * em
    wide, high = room.width - left - right, room.height - below - 3.4 * em
    ax = room.axes(fig, left, below + 3.4 * em, wide, high - 0.8 * em)
    ends = {name: own.loc[own["band"] == name, "days"].max() / _YEAR for name in curves}
    stop = max(ends.values()) * 1.01
    ax.set(xlim=(0, stop), ylim=(0, 1.02))
    for name, curve in curves.items():
        _curve(ax, name, curve, ends[name], em)
    _ends(ax, curves, short, ends, stop, em)
    ax.set_yticks([0, 0.25, 0.5, 0.75, 1], labels=["0%", "25%", "50%", "75%", "100%"])
    ax.axhline(0.5, color=style.RULE, linewidth=0.8, zorder=0.5)
    years = np.arange(0, int(stop) + 1, 1 if wide / stop > 2.4 * em else 2)
    ax.set_xticks(years, labels=[str(year) for year in years])
    ax.set_xlabel("Years since the grade was given", loc="left")
    ax.tick_params(axis="both", length=3, color=style.QUIET, labelcolor=style.INK)
    for side in ("right", "top"):
        ax.spines[side].set_visible(False)
    ax.grid(False)
    _at_risk(room, fig, below, left, wide, stop, years, names, own)


def _in_lines(text: str) -> str:
    """A grade's name in short lines."""
    return text.replace(" or ", " or\n").replace("equires improvement", "equires\nimprovement")


def _curve(ax: Axes, name: str, curve: pd.DataFrame, end: float, em: float) -> None:
    mark = style.mark(name)
    last = curve.iloc[[-1]].assign(days=end * _YEAR)
    steps = pd.concat([curve, last], ignore_index=True)
    x = steps["days"] / _YEAR
    # where the estimate is 0 or 1 there is no interval
    ax.fill_between(
        x,
        steps["low"].astype(float),
        steps["high"].astype(float),
        step="post",
        color=mark.fill if name != "outstanding" else mark.edge,
        alpha=0.16,
        linewidth=0,
        zorder=1,
    )
    colour = mark.edge if name == "outstanding" else mark.fill
    ax.step(
        x, steps["in_band"], where="post", color=colour, linewidth=0.24 * em,
        linestyle=_LINES[name], zorder=3,
        path_effects=[withStroke(linewidth=0.38 * em, foreground="white")],
    )  # fmt: skip
    median = _median(curve)
    if median is not None:
        ax.plot([median, median], [0, 0.5], color=colour, linewidth=0.09 * em,
                linestyle=(0, (4, 2)), zorder=2)  # fmt: skip
        ax.plot([median], [0.5], marker="o", markersize=0.6 * em, color=colour,
                markeredgecolor="white", zorder=4, clip_on=False)  # fmt: skip


def _ends(
    ax: Axes,
    curves: dict[str, pd.DataFrame],
    names: dict[str, str],
    ends: dict[str, float],
    stop: float,
    em: float,
) -> None:
    """The name of each curve at its end, and the median beside its mark."""
    high = ax.get_window_extent().height / ax.figure.dpi * 72
    order = sorted(curves, key=lambda name: curves[name]["in_band"].iloc[-1])
    tall = max(names[name].count("\n") + 1 for name in order) * 1.25 * em
    wanted = [curves[name]["in_band"].iloc[-1] * high for name in order]
    places = kept_within(wanted, tall, 0.5 * tall, high - 0.5 * tall)
    point = stop / (ax.get_window_extent().width / ax.figure.dpi * 72)  # years a point is wide
    for name, y in zip(order, places, strict=True):
        ax.annotate(
            names[name],
            (ends[name], curves[name]["in_band"].iloc[-1]),
            xytext=(stop + 0.8 * em * point, y / high),
            textcoords="data",
            ha="left",
            va="center",
            linespacing=1.1,
            annotation_clip=False,
            arrowprops={
                "arrowstyle": "-",
                "color": style.QUIET,
                "linewidth": 0.7,
                "shrinkA": 0,
                "shrinkB": 2,
                "relpos": (0, 0.5),
            },
        )
    medians = sorted(m for curve in curves.values() if (m := _median(curve)) is not None)
    words = [f"{m:.1f}" + (" years" if len(medians) == 1 else "") for m in medians]
    if not words:
        return
    wide = max(width_of(ax.figure, text) for text in words)
    places = [median / point + 0.5 * em for median in medians]
    places = kept_within(places, wide + 0.4 * em, 0, stop / point - wide)
    for text, place in zip(words, places, strict=True):
        ax.annotate(
            text,
            (place * point, 0.5),
            xytext=(0, 0.55 * em),
            textcoords="offset points",
            ha="left",
            va="bottom",
            zorder=5,
            path_effects=[withStroke(linewidth=2.5, foreground="white")],
        )


def _at_risk(
    room: Room,
    fig: Chart,
    high: float,
    left: float,
    wide: float,
    stop: float,
    years: Any,
    names: dict[str, str],
    own: pd.DataFrame,
) -> None:
    """How many spells were still under way at each year."""
    em = fig.size.text
    ax = room.axes(fig, left, 0, wide, high)
    ax.set(xlim=(0, stop), ylim=(high, 0))
    ax.set_axis_off()
    edge = -left / wide * stop
    ax.text(edge, 0.8 * em, "Spells still under way", va="center_baseline", color=style.QUIET)
    for i, (name, label) in enumerate(names.items()):
        y = 1.6 * em + (i + 0.6) * 1.45 * em
        lasted = own.loc[own["band"] == name, "days"] / _YEAR
        if len(names) > 1:
            ax.text(edge, y, label, va="center_baseline")
        for year in years:
            ax.text(year, y, str(int((lasted >= year).sum())), ha="center", va="center_baseline")
