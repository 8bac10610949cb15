"""Authorities on their way from one round of inspection to the next."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Patch, PathPatch, Rectangle
from matplotlib.path import Path as Curve
from matplotlib.patheffects import withStroke

from ofsted_analysis.analysis.themes import judgements_on
from ofsted_analysis.charts import notes, style
from ofsted_analysis.charts.figure import Chart, drawing, finish, redrawn
from ofsted_analysis.charts.lettering import widest
from ofsted_analysis.charts.marks import axes_of, in_letters, spread, write_on
from ofsted_analysis.charts.style import DIRECTIONS, Palette
from ofsted_analysis.tables.errors import DataError
from ofsted_analysis.tables.grades import BANDS
from ofsted_analysis.tables.labels import listed

_ORDINALS = {"first": 0, "second": 1, "third": 2, "latest": -1}


def plot_flow(
    flows: pd.DataFrame,
    *,
    ax: Axes | None = None,
    palette: Palette = None,
    labels: Mapping[str, str] | None = None,
) -> Axes:
    """A column of grades for each round, worst at the foot, and ribbons from each to the next.

    Every ribbon bears its number. Those that go up are dark, level ones light, those that go down
    hatched.

    Parameters
    ----------
    flows
        One row per round and pair of bands: stage, next_stage, from, to, n; as `chart_data` of
        `transition_flow` gives it.
    ax
        Where to draw; by default new axes.
    palette
        Colours of one's own for the grades: see `style.grade_colours`.
    labels
        Words of one's own for some bands or rounds.

    Returns
    -------
    Axes
        Rounds at 0, 1, 2 and so on from the left; authorities from the foot up.

    Examples
    --------
    >>> from ofsted_analysis import charts
    >>> flows = charts.chart_data(charts.transition_flow())
    >>> [text.get_text() for text in charts.plot_flow(flows).get_xticklabels()][0]
    'latest SIF\\ninspection'
    """
    ax = axes_of(ax)
    stages = [*flows["stage"].unique(), flows["next_stage"].iloc[-1]]
    sizes = {(stage, band): int(flows.loc[(flows["stage"] == stage) & (flows["from"] == band), "n"]
             .sum()) for stage in stages[:-1] for band in BANDS}  # fmt: skip
    final = flows[flows["next_stage"] == stages[-1]]
    sizes |= {(stages[-1], band): int(final.loc[final["to"] == band, "n"].sum()) for band in BANDS}
    total, last = sum(sizes[stages[0], band] for band in BANDS), len(stages) - 1
    gap = total * 0.045
    across, up = in_letters(ax)
    bar = max(0.16, 2.2 * last / across)
    ax.set(xlim=(-bar, last + bar / 2), ylim=(0, total + 3 * gap))
    line = 1.15 * (total + 3 * gap) / up  # height of a line of text, in authorities
    foot: dict[tuple[str, str], float] = {}
    for x, stage in enumerate(stages):
        level = 0.0
        for band in BANDS:
            n, foot[stage, band] = sizes[stage, band], level
            if n:
                ax.add_patch(Rectangle((x - bar / 2, level), bar, n,
                                       **style.mark(band, palette).patch))  # fmt: skip
                if n > line:
                    write_on(ax, x, level + n / 2, str(n), band, palette=palette)
                level += n + gap
    for x, (stage, after) in enumerate(pairwise(stages)):
        leave = {band: foot[stage, band] for band in BANDS}
        arrive = {band: foot[after, band] for band in BANDS}
        own = flows[(flows["stage"] == stage) & (flows["n"] > 0)]
        middles = []
        for row in own.to_dict("records"):
            y0, y1, n = leave[row["from"]], arrive[row["to"]], row["n"]
            leave[row["from"]] += n
            arrive[row["to"]] += n
            step = BANDS.index(row["to"]) - BANDS.index(row["from"])
            _ribbon(ax, x + bar / 2, x + 1 - bar / 2, y0, y1, n, step)
            middles.append((y0 + n / 2, str(n)))
        places = spread([y for y, _ in middles], line, line / 2, total + 3 * gap - line / 2)
        for (y, words), place in zip(middles, places, strict=True):
            ax.annotate(
                words, (x + bar / 2, y), xytext=(x + bar / 2 + 0.05, place), va="center",
                color=style.INK, path_effects=[withStroke(linewidth=2.2, foreground="white")],
                arrowprops={"arrowstyle": "-", "linewidth": 0.6, "shrinkA": 0, "shrinkB": 0,
                            "color": style.INK} if abs(y - place) > line / 3 else None,
            )  # fmt: skip
    said = labels or {}
    ends = [band for band in BANDS if sizes[stages[-1], band]]
    wanted = [foot[stages[-1], band] + sizes[stages[-1], band] / 2 for band in ends]
    names = [said.get(band, style.band_label(band)).replace(" ", "\n", 1) for band in ends]
    tall = 2.1 if any("\n" in name for name in names) else 1
    for band, name, y in zip(
        ends, names, spread(wanted, tall * line, tall * line / 2), strict=True
    ):
        n = sizes[stages[-1], band]
        ax.annotate(f"{n} {name}" if n <= line else name, (last + bar / 2, y), xytext=(5, 0),
                    textcoords="offset points", va="center", annotation_clip=False,
                    linespacing=1.05)  # fmt: skip
    rounds = [said.get(stage, stage_name(stage).replace(" inspection", "\ninspection"))
              for stage in stages]  # fmt: skip
    ax.set_xticks(range(len(stages)), labels=rounds)
    ax.set_yticks([])
    ax.tick_params(length=0)
    ax.grid(False)
    ax.spines[:].set_visible(False)
    return ax


def _ribbon(ax: Axes, x0: float, x1: float, y0: float, y1: float, n: int, step: int) -> None:
    """A band of width n that swings from one height to another; its look says which way."""
    middle = (x0 + x1) / 2
    vertices = [
        (x0, y0), (middle, y0), (middle, y1), (x1, y1),
        (x1, y1 + n), (middle, y1 + n), (middle, y0 + n), (x0, y0 + n), (x0, y0),
    ]  # fmt: skip
    codes = [Curve.MOVETO, *[Curve.CURVE4] * 3, Curve.LINETO, *[Curve.CURVE4] * 3, Curve.CLOSEPOLY]
    look = DIRECTIONS["up" if step > 0 else "down" if step < 0 else "same"]
    ax.add_patch(PathPatch(Curve(vertices, codes), **look.patch, zorder=2 if step else 1))


@redrawn
def transition_flow(
    theme: str = "overall",
    *,
    stages: Sequence[str] = ("sif latest", "ilacs first", "ilacs second"),
    data: pd.DataFrame | None = None,
    palette: Palette = None,
    title: str | None = None,
    size: str | tuple[float, float] = "print",
) -> Chart:
    """How authorities' grades went from one round of inspection to the next.

    A column for each round; a ribbon for those that went from one grade to another, as wide as
    they are many. Only authorities with a grade in every round are shown. Where some had another
    graded inspection between two rounds, the caveat says how many.

    Parameters
    ----------
    theme
        A theme.
    stages
        The rounds: 'first' or 'latest' of all graded inspections of an authority, or a
        framework_id with 'first', 'second', 'third' or 'latest'.
    data
        Judgements as from `load_judgements`; the packaged ones by default.
    palette
        Colours of one's own for the grades: see `style.grade_colours`.
    title
        The title, if not the message taken from the data; '' for none, where a document has it.
    size
        'print', 'slide', 'narrow', or (width, height) in centimetres.

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
    order = history.groupby("authority_id").cumcount()
    rounds = [_round(history.assign(order=order), stage) for stage in stages]
    shown = pd.concat([r["band"] for r in rounds], axis=1, keys=stages, join="inner").dropna()
    places = pd.concat([r["order"].loc[shown.index] for r in rounds], axis=1, keys=stages)
    steps = places.diff(axis=1).iloc[:, 1:]
    shown = shown[(steps > 0).all(axis=1)]  # one inspection can't be two rounds
    if shown.empty:
        raise DataError(f"No authority has a grade for {theme!r} in each of: {', '.join(stages)}.")
    between = int((steps.loc[shown.index] > 1).any(axis=1).sum())
    used = pd.concat([r.loc[shown.index] for r in rounds])
    rows = [
        counts.rename("n").reset_index().set_axis(["from", "to", "n"], axis=1).assign(
            stage=stage, next_stage=after)
        for stage, after in pairwise(stages)
        for counts in [shown.groupby([stage, after], observed=True).size()]
    ]  # fmt: skip
    drawn = pd.concat(rows, ignore_index=True)[["stage", "next_stage", "from", "to", "n"]]
    moved = shown[stages[-1]].cat.codes - shown[stages[0]].cat.codes
    left_out = history["authority_id"].nunique() - len(shown)
    message = (
        f"{(moved > 0).sum()} of {len(shown)} authorities were graded higher "
        f"{notes.on_theme(theme)} in the {stage_name(stages[-1])} than in the "
        f"{stage_name(stages[0])}, {(moved < 0).sum()} lower"
    )
    adequate = bool((used["grade"] == "adequate").any())
    skipped = (
        f"{between} of them had another graded inspection between two of these rounds, which is "
        "not shown." if between else ""
    )  # fmt: skip
    without = f"; {left_out} without are left out" if left_out else ""
    with drawing(size, plot=9) as fig:
        finish(
            fig,
            title=title,
            message=message,
            subtitle=(
                f"Grades for {notes.theme_name(theme)}; n = {len(shown)} authorities with a grade "
                f"in each round{without}"
            ),
            data=drawn,
            alt=(
                f"Flow chart of how authorities' grades for {notes.theme_name(theme)} went over "
                f"{len(stages)} rounds of inspection: "
                f"{listed([stage_name(stage) for stage in stages])}. {message}."
            ),
            caveat=" ".join(filter(None, (skipped, notes.comparison_caveat(used)))),
            abbreviated=[stage_name(stage) for stage in stages],
            key=[(Patch(**DIRECTIONS[way].patch), words) for way, words in
                 (("up", "graded higher"), ("same", "the same"), ("down", "graded lower"))],
        )  # fmt: skip
        labels = {"third": style.band_label("third", adequate=adequate)}
        ends = [line for band in BANDS
                for line in labels.get(band, style.band_label(band)).split(" ", 1)]  # fmt: skip
        ax = fig.inside(left=2, right=widest(fig, ends) + 1.5, bottom=3, top=0.4)
        plot_flow(drawn, ax=ax, palette=palette, labels=labels)
    return fig


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


def stage_name(stage: str) -> str:
    """A round of inspection in words.

    Examples
    --------
    >>> stage_name("ilacs second")
    'second ILACS inspection'
    """
    *framework, which = stage.split(" ")
    names = [notes.framework_name(name) for name in framework]
    return " ".join([which, *names, "inspection"])
