"""One authority beside its peers."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from ofsted_analysis.analysis.compare import compare, peers
from ofsted_analysis.analysis.outcomes import Latest, as_at, data_complete_to
from ofsted_analysis.charts import notes, style
from ofsted_analysis.charts.figure import Chart, drawing, finish
from ofsted_analysis.charts.lettering import counted, sentence, wrap
from ofsted_analysis.charts.letters import Room, fitted, room_of, width_of, widths_of
from ofsted_analysis.tables.authorities import find_authority
from ofsted_analysis.tables.days import Day, as_day
from ofsted_analysis.tables.errors import DataError
from ofsted_analysis.tables.grades import BANDS
from ofsted_analysis.tables.labels import listed, long_date
from ofsted_analysis.tables.load import load_authorities

CURRENT_THEMES = (
    "overall",
    "help_and_protection",
    "children_in_care",
    "care_leavers",
    "leadership",
)
"""The themes that today's framework judges, or did until lately."""


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
    title: str | None = None,
    size: str | tuple[float, float] = "print",
) -> Chart:
    """One authority against its peers, theme by theme.

    Each theme is a row of four steps. A dot is one peer at its grade, the diamond the authority;
    the numbers say how many peers with a grade stand higher, level and lower.

    Parameters
    ----------
    authority
        A name, code or authority_id: see `find_authority`.
    to
        Whom to compare with: see `peers`.
    theme
        One theme or several; by default those of today's framework on which the authority or one
        of its peers has a grade.
    date, published_by, latest, model, data
        As for `compare`.
    title
        The message, if not the one taken from the data.
    size
        'print', 'slide', or (width, height) in centimetres.

    Returns
    -------
    Chart
        A matplotlib Figure. Its data are those of `compare`.

    Raises
    ------
    DataError
        Neither the authority nor a peer has a grade on these themes, or there are no peers.
    UnknownAuthorityError
        No authority goes by one of the names.

    Examples
    --------
    >>> from ofsted_analysis import charts
    >>> data = charts.chart_data(charts.profile("Norfolk", date="2025-03-31"))
    >>> data["theme"].tolist()[:2]
    ['overall', 'help_and_protection']
    """
    on = data_complete_to() if date is None else as_day(date, "date")
    own = find_authority(authority, date=on.date())
    name = load_authorities().set_index("authority_id")["name"][own]
    basis = {"model": model, "published_by": published_by, "latest": latest}
    wanted = CURRENT_THEMES if theme is None else [theme] if isinstance(theme, str) else theme
    group = to if isinstance(to, str) else {"chosen": to}
    drawn = compare(own, group, theme=wanted, date=on, data=data, **basis)
    drawn = drawn[drawn["grade"].notna() | (drawn["graded"] > 0)].reset_index(drop=True)
    if drawn.empty or not drawn["peers"].max():
        raise DataError(f"{name} has no peers with a grade on these themes: nothing to compare.")
    others = int(drawn["peers"].max())
    who = _PEERS_IN_WORDS[to] if isinstance(to, str) else "the {} chosen"
    who = who.format(others)
    message, finding = _message(name, drawn)
    rest = _compared(drawn, own, peers(own, to, model=model, date=on), on, data, basis)
    caveat = notes.comparison_caveat(rest)
    adequate = bool((rest["grade"] == "adequate").any())

    def words(fig: Chart) -> None:
        finish(
            fig,
            title=message if title is None else title,
            subtitle=(
                f"Latest grade of {name} and of {who}, by theme; n = {counted(others, 'peer')}"
            ),
            data=drawn,
            alt=(
                f"Dot chart of {name} and {who} on {counted(len(drawn), 'theme')}, "
                f"from inadequate to outstanding. {finding}"
            ),
            caveat=caveat,
            basis=f"latest inspections that ended by {long_date(on)}",
        )

    with drawing(size) as fig:
        plan = _Plan(fig, name, drawn, adequate)
    with drawing(size, height=fitted(size, plan.needed, words)) as fig:
        words(fig)
        plan.draw(fig, room_of(fig))
    return fig


_PEERS_IN_WORDS = {
    "statistical neighbours": "its {} statistical neighbours",
    "region": "the {} others in its region",
    "ofsted region": "the {} others in its Ofsted region",
    "type": "the {} others of its type",
    "England": "the {} others in England",
}


def _compared(
    data: pd.DataFrame,
    own: str,
    others: Sequence[str],
    on: pd.Timestamp,
    judgements: pd.DataFrame | None,
    basis: dict[str, Any],
) -> pd.DataFrame:
    """The judgements on which a comparison rests, to see across which frameworks it goes."""
    basis = {key: basis[key] for key in ("published_by", "latest")}
    found = [as_at(on, name, data=judgements, **basis) for name in data["theme"]]
    frame = pd.concat(found, ignore_index=True)
    return frame[frame["authority_id"].isin([own, *others]) & frame["grade"].notna()]


def _message(name: str, data: pd.DataFrame) -> tuple[str, str]:
    first = data[data["grade"].notna()].head(1)
    tails = [
        f"{notes.theme_name(row.theme)}: {row.grade}, {_beside(row)}"
        if pd.notna(row.grade)
        else f"{notes.theme_name(row.theme)}: {row.reason}"
        for row in data.itertuples()
    ]
    finding = sentence("; ".join(tails)) + "."
    if first.empty:
        return f"{name} has no grade yet to set beside those of its peers", finding
    row = next(first.itertuples())
    what = notes.on_theme(row.theme)
    return f"{name} is {row.grade} {what}: {_beside(row)}", finding


def _beside(row: Any) -> str:
    """How many peers stand higher and lower, in words."""
    if not row.graded:
        return "no peer has a grade"
    noun = "peer" if row.graded == 1 else "peers"
    parts = [f"{row.better or 'none'} of {row.graded} {noun} higher"]
    parts += [f"{n} {what}" for n, what in ((row.same, "level"), (row.worse, "lower"))]
    return listed(parts)


class _Plan:
    """Where rows, steps and numbers go, in points."""

    def __init__(self, fig: Chart, name: str, data: pd.DataFrame, adequate: bool):
        self.em = em = fig.size.text
        self.name, self.data, self.adequate = name, data, adequate
        wide = fig.get_size_inches()[0] * 72 - 2 * 0.16 * 72
        themes = [sentence(notes.theme_name(theme)) for theme in data["theme"]]
        self.labels = ["\n".join(wrap(fig, text, em, 0.26 * wide / 72)) for text in themes]
        self.left = max(widths_of(fig, self.labels)) + 0.8 * em
        self.counts = [self._count(row) for row in data.itertuples()]
        self.right = max(widths_of(fig, self.counts)) + 0.8 * em
        self.step = (wide - self.left - self.right) / len(BANDS)
        most = int(data[list(BANDS)].to_numpy().max())
        self.dot, self.across, lines = self._grid(most)
        self.row = max(3.1 * em, (lines + 0.6) * self.dot * 1.25 + 0.9 * em)
        heads = [sentence(style.band_label(band, adequate=adequate)) for band in BANDS]
        self.heads = [wrap(fig, text, em, (self.step - 0.3 * em) / 72) for text in heads]
        self.head = (max(map(len, self.heads)) * 1.15 + 0.7) * em
        self.foot = 1.9 * em
        self.needed = self.head + len(data) * self.row + self.foot

    def _grid(self, most: int) -> tuple[float, int, int]:
        """Size of a dot, how many stand side by side, and lines of them in the fullest step."""
        room = self.step - 2.6 * self.em
        for dot in (0.8, 0.62, 0.48, 0.38):
            dot *= self.em
            across = max(1, int(room // (1.25 * dot)))
            lines = max(1, -(-most // across))
            if lines <= 3:
                break
        return dot, across, lines

    @staticmethod
    def _count(row: Any) -> str:
        if pd.isna(row.better):
            return style.band_label(str(row.reason)).replace("no such judgement", "no grade")
        if not row.graded:
            return "no peer graded"
        return f"{row.better} of {row.graded} higher\n{row.same} level, {row.worse} lower"

    def draw(self, fig: Chart, room: Room) -> None:
        em = self.em
        wide = self.step * len(BANDS)
        high = room.height - self.foot
        ax = room.axes(fig, self.left, self.foot, wide, high)
        ax.set(xlim=(0, wide), ylim=(high, 0))
        ax.set_xticks([])
        ax.grid(False)
        for spine in ax.spines.values():
            spine.set_visible(False)
        for i, lines in enumerate(self.heads):
            ax.text(
                (i + 0.5) * self.step,
                self.head - 0.5 * em,
                "\n".join(lines),
                ha="center",
                va="bottom",
                linespacing=1.1,
            )
        row = min((high - self.head) / len(self.data), 1.5 * self.row)
        for k, line in enumerate(self.data.itertuples()):
            top = self.head + k * row
            self._row(ax, line, top, row)
            ax.text(wide + 0.8 * em, top + row / 2, self.counts[k], va="center", linespacing=1.25)
        middles = [self.head + (k + 0.5) * row for k in range(len(self.data))]
        ax.set_yticks(middles, labels=self.labels)
        ax.tick_params(axis="y", length=0, pad=self.left)
        for label in ax.get_yticklabels():
            label.set_horizontalalignment("left")
            label.set_linespacing(1.15)
        self._key(room.axes(fig, 0, 0, room.width, self.foot), room.width)

    def _row(self, ax: Axes, line: Any, top: float, row: float) -> None:
        em, gap = self.em, 0.1 * self.em
        for i, band in enumerate(BANDS):
            low, wide = i * self.step + gap, self.step - 2 * gap
            mark = style.mark(band)
            ax.bar(
                low,
                row - 3 * gap,
                wide,
                top + gap,
                align="edge",
                color=style.BACKGROUNDS[1],
                zorder=0.5,
            )
            ax.bar(
                low,
                0.5 * em,
                wide,
                top + row - 0.5 * em - 2 * gap,
                align="edge",
                facecolor=mark.fill,
                edgecolor=mark.edge if band == "outstanding" else mark.fill,
                linewidth=0.8,
                zorder=1,
            )
            own = pd.notna(line.band) and line.band == band
            count = int(getattr(line, band))
            middle = top + (row - 0.5 * em) / 2
            across = min(self.across, max(count, 1))
            block = across * 1.25 * self.dot if count else 0.0
            shift = 0.95 * em if own else 0.0  # room for the diamond before the dots
            start = (i + 0.5) * self.step - (block + (1.9 * em if own else 0)) / 2
            if own:
                ax.scatter(
                    [start + 0.8 * em],
                    [middle],
                    s=(1.05 * em) ** 2,
                    marker="D",
                    color=style.ACCENT,
                    zorder=4,
                )
            lines = -(-count // self.across)
            xs, ys = [], []
            for n in range(count):
                down, along = divmod(n, self.across)
                xs.append(start + 2 * shift + (along + 0.5) * 1.25 * self.dot)
                ys.append(middle + (down - (lines - 1) / 2) * 1.25 * self.dot)
            ax.scatter(xs, ys, s=self.dot**2, color=style.QUIET, linewidth=0, zorder=3)

    def _key(self, ax: Axes, wide: float) -> None:
        em = self.em
        ax.set(xlim=(0, wide), ylim=(0, self.foot))
        ax.set_axis_off()
        y = self.foot / 2
        ax.scatter([0.8 * em], [y], s=(0.95 * em) ** 2, marker="D", color=style.ACCENT)
        ax.text(2 * em, y, self.name, va="center_baseline")
        x = 2 * em + width_of(ax.figure, self.name) + 2 * em
        ax.scatter([x], [y], s=self.dot**2, color=style.QUIET, linewidth=0)
        ax.text(x + em, y, "one peer", va="center_baseline")
