"""The histories of many authorities at a glance."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
from matplotlib.axes import Axes

from ofsted_analysis.analysis.outcomes import data_complete_to
from ofsted_analysis.analysis.themes import judgements_on
from ofsted_analysis.charts import notes, style
from ofsted_analysis.charts.figure import Chart, drawing, finish
from ofsted_analysis.charts.lettering import sentence
from ofsted_analysis.charts.letters import (
    Room,
    days,
    draw_key,
    fitted,
    history_key,
    letter_mark,
    room_of,
    width_of,
    within,
)
from ofsted_analysis.tables.authorities import existing, find_authority
from ofsted_analysis.tables.errors import DataError
from ofsted_analysis.tables.grades import BANDS
from ofsted_analysis.tables.labels import listed, long_date
from ofsted_analysis.tables.load import load_authorities, load_frameworks

_MOST_LETTERED = 24


def small_multiples(
    authorities: str | Sequence[str] | None = None,
    theme: str = "overall",
    *,
    data: pd.DataFrame | None = None,
    title: str | None = None,
    size: str | tuple[float, float] = "print",
) -> Chart:
    """The histories of many authorities on one theme, each on a line, by latest grade.

    Up to 24 authorities have a line each with a lettered mark for every inspection. More stand in
    columns; there every inspection is a bar, taller and lighter the better the grade.

    Parameters
    ----------
    authorities
        Nothing (all that exist), a region (of England's nine, or of Ofsted's eight), or a list of
        authorities.
    theme
        A theme.
    data
        Judgements as from `load_judgements`; the packaged ones by default.
    title
        The message, if not the one taken from the data.
    size
        'print', 'slide', or (width, height) in centimetres. All authorities need a page in print.

    Returns
    -------
    Chart
        A matplotlib Figure. Its data: standing (latest grade, or why there is none), authority_id,
        authority, then the inspections as from `judgements_on`, in the order of the chart, and
        joined (whether a grade can be compared directly with the one before); an authority that
        was never inspected has one row without an inspection.

    Raises
    ------
    DataError
        There is no such theme or region, none of the authorities has a grade, or they don't fit
        the size.
    UnknownAuthorityError
        No authority goes by one of the names.

    Examples
    --------
    >>> from ofsted_analysis import charts
    >>> data = charts.chart_data(charts.small_multiples("London"))
    >>> data["authority_id"].nunique()
    33
    """
    chosen, where = _chosen(authorities)
    whole = judgements_on(theme, data=data)
    own = whole[whole["authority_id"].astype(str).isin(chosen["authority_id"])]
    if own["grade"].isna().all():
        raise DataError(
            f"None of these authorities has a grade for {notes.theme_name(theme)}: "
            "there is nothing to draw."
        )
    drawn = _standing(chosen, own)
    now = drawn.drop_duplicates("authority_id")
    graded = drawn[drawn["grade"].notna()]
    message, finding = _message(theme, now, where)
    plan = _Plan(drawn)
    noun = "authority" if len(now) == 1 else "authorities"

    def words(fig: Chart) -> None:
        bars = "" if plan.lettered else "a bar for each, the taller the better; "
        finish(
            fig,
            title=message if title is None else title,
            subtitle=(
                f"Inspections by last day and grade for {notes.theme_name(theme)}; {bars}"
                f"n = {len(now)} {noun}, by latest grade and name"
            ),
            data=drawn,
            alt=(
                f"Small multiples of {len(now)} {noun}{where}: every inspection since "
                f"{graded['last_day'].min().year} with its grade for {notes.theme_name(theme)}, "
                f"authorities sorted by latest grade. {finding}"
            ),
            caveat=notes.comparison_caveat(graded),
            key=[] if plan.lettered else graded["grade"].astype(str).unique(),
            basis=f"last days of inspection, to {long_date(data_complete_to())}",
        )

    with drawing(size) as fig:
        words(fig)
        needed = plan.measure(fig, None if size == "print" else room_of(fig).height)
    with drawing(size, height=fitted(size, needed, words)) as fig:
        words(fig)
        plan.draw(fig, room_of(fig))
    return fig


def _chosen(authorities: str | Sequence[str] | None) -> tuple[pd.DataFrame, str]:
    """The authorities meant, and words for where they are."""
    everyone = load_authorities()
    there = existing(everyone, data_complete_to())
    if authorities is None:
        return there, " in England"
    if isinstance(authorities, str):
        for column in ("region", "ofsted_region"):
            of = there[column].astype(str).str.lower() == authorities.strip().lower()
            if of.any():
                name = str(there.loc[of, column].iloc[0])
                bare = name == "London" or name.startswith("Yorkshire")
                return there[of], f" in {name}" if bare else f" in the {name}"
        regions = ", ".join(sorted(there["region"].astype(str).unique()))
        raise DataError(f"There is no region {authorities!r}. The regions are: {regions}.")
    keys = list(dict.fromkeys(find_authority(name) for name in authorities))
    if not keys:
        raise DataError("The list of authorities is empty: there is nothing to draw.")
    return everyone.set_index("authority_id", drop=False).loc[keys], ""


def _standing(chosen: pd.DataFrame, own: pd.DataFrame) -> pd.DataFrame:
    """Every inspection, in the order of the chart: by latest grade or reason, then name, then day.

    Latest means at the latest inspection: an older grade is no longer Ofsted's latest word.
    """
    frame = own.astype({"authority_id": str})
    last = frame.groupby("authority_id").tail(1).set_index("authority_id")
    part = last["band"].astype(object).where(last["band"].notna(), last["reason"].astype(object))
    who = chosen[["authority_id", "name"]].astype(str).reset_index(drop=True)
    who = who.rename(columns={"name": "authority"})
    who["standing"] = who["authority_id"].map(part).fillna("not yet inspected")
    who["order"] = who["standing"].map([*BANDS, *style.REASONS].index)
    frame = frame.drop(columns="authority").merge(who, on="authority_id", how="right")
    reason = frame["reason"].astype(object)
    frame["reason"] = reason.where(frame["inspection_id"].notna(), "not yet inspected")
    frame = frame.sort_values(["order", "authority", "last_day"], kind="stable", ignore_index=True)
    frame["joined"] = notes.joined(frame, "authority_id")
    first = ["standing", "authority_id", "authority"]
    return frame[[*first, *(column for column in frame if column not in (*first, "order"))]]


def _message(theme: str, now: pd.DataFrame, where: str) -> tuple[str, str]:
    """The title, and the finding for who cannot see the chart."""
    counts = now["standing"].value_counts()
    graded = int(counts[counts.index.isin(BANDS)].sum())
    upper = int(counts.get("good", 0) + counts.get("outstanding", 0))
    worst = int(counts.get("inadequate", 0))
    what = notes.on_theme(theme)
    parts = [
        f"{counts[part]} {style.band_label(part)}"
        for part in (*BANDS, *style.REASONS)
        if part in counts
    ]
    finding = f"At the latest inspection: {listed(parts)}."
    if not graded:
        return f"No authority{where} had a grade {what} at its latest inspection", finding
    noun = "graded authority" if graded == 1 else "graded authorities"
    return (
        f"{upper} of {graded} {noun}{where} stood at good or outstanding {what}, "
        f"{worst or 'none'} at inadequate"
    ), finding


@dataclass
class _Plan:
    """Where the lines go: in one column with letters, or in several with bars."""

    data: pd.DataFrame

    def __post_init__(self) -> None:
        now = self.data.drop_duplicates("authority_id")
        self.names = now.set_index("authority_id")["authority"].to_dict()
        short = load_authorities().set_index("authority_id")["short_name"].dropna()
        self.short = {self.names[key]: name for key, name in short.items() if key in self.names}
        self.counts = now["standing"].value_counts()
        self.lines: list[tuple[str, str]] = []  # ("head", standing) or ("line", authority_id)
        for standing, group in now.groupby("standing", sort=False):
            self.lines.append(("head", str(standing)))
            self.lines += [("line", key) for key in group["authority_id"]]
        self.lettered = len(self.names) <= _MOST_LETTERED
        self.inspected = self.data[self.data["inspection_id"].notna()]
        latest = self.data.drop_duplicates("authority_id", keep="last")
        self.adequate = bool((latest["grade"] == "adequate").any())

    def measure(self, fig: Chart, fixed: float | None) -> float:
        """Points that the drawing needs in height; chooses letters or bars, and how many columns.

        Parameters
        ----------
        fig
            The chart, for its widths.
        fixed
            Points that there are, where the height is fixed.
        """
        em = self.em = fig.size.text
        wide = fig.get_size_inches()[0] * 72 - 2 * 0.16 * 72
        seen = self.inspected["last_day"]
        began = load_frameworks().set_index("framework_id")["first_inspection"]
        began = began[began.index.isin(self.inspected["framework_id"].astype(str))]
        self.start = min(pd.Timestamp(began.min()), seen.min()) - pd.Timedelta(days=30)
        self.stop = max(data_complete_to(), seen.max()) + pd.Timedelta(days=60)
        most = 680.0 if fixed is None else fixed
        for columns in (1, 1, 2, 3, 4, 5):
            lettered = not hasattr(self, "column")  # the first time round
            self.columns, self.gap = columns, 1.2 * em if columns > 1 else 0
            self.column = (wide - self.gap * (columns - 1)) / columns
            if lettered and not self.lettered:
                continue
            self.lettered = lettered
            self.pitch = (1.95 if lettered else 1.28) * em
            names = [self._name(key) for key in self.names]
            self.name_room = max(width_of(fig, name) for name in names) + 0.5 * em
            heads = [width_of(fig, self._head(s)) for s in self.counts.index]
            bold = [width_of(fig, self._head(s), weight="bold") for s in self.counts.index]
            self.weight = "bold" if max(bold) <= self.column else "normal"
            if self.column < max(self.name_room + 4.6 * em, *heads):
                continue
            if not lettered and fixed is None and columns < 3:
                continue
            self.per = self._split()
            self.key = history_key(fig, self.inspected, wide) if lettered else []
            high = 3.1 * em + max(map(len, self.per)) * self.pitch + len(self.key) * 1.75 * em
            if high <= most:
                return high
        raise DataError(
            f"{len(self.names)} authorities don't fit this size: choose fewer, a region, or "
            "another size=(width, height) in centimetres."
        )

    def _name(self, key: str) -> str:
        name = self.names[key]
        return self.short.get(name, name) if self.columns > 1 else name

    def _head(self, standing: str) -> str:
        label = style.band_label(standing, adequate=self.adequate)
        if standing == "judgement not made":
            label = "no such judgement"
        return f"{sentence(label)} ({self.counts[standing]})"

    def _split(self) -> list[list[tuple[str, str]]]:
        """The lines of each column; no heading stands at the foot of one."""
        per = -(-len(self.lines) // self.columns)
        while True:
            columns: list[list[tuple[str, str]]] = [[]]
            for line in self.lines:
                last = len(columns[-1]) == per - 1
                if len(columns[-1]) == per or (last and line[0] == "head"):
                    columns.append([])
                columns[-1].append(line)
            if len(columns) <= self.columns:
                return columns
            per += 1

    def draw(self, fig: Chart, room: Room) -> None:
        """Everything into the room that the words leave."""
        em = self.em
        top = room.height
        if self.key:
            high = len(self.key) * 1.7 * em
            draw_key(room.axes(fig, 0, top - high, room.width, high), self.key, 1.7 * em)
            top -= high + 0.1 * em
        most = max(map(len, self.per))
        pitch = min((top - 3.1 * em) / most, 1.4 * self.pitch)
        for i, lines in enumerate(self.per):
            left = i * (self.column + self.gap) + self.name_room
            wide, high = self.column - self.name_room, 1.5 * em + len(lines) * pitch
            ax = room.axes(fig, left, top - high, wide, high)
            self._draw_column(ax, lines, pitch, high, wide)

    def _draw_column(
        self, ax: Axes, lines: list[tuple[str, str]], pitch: float, high: float, wide: float
    ) -> None:
        em = self.em
        low, top = days(self.start), days(self.stop)
        scale = wide / (top - low)
        left = low - self.name_room / scale
        ax.set(xlim=(low, top), ylim=(high, 0))
        ax.set_yticks([])
        ax.grid(False)
        self._bands(ax, scale, high)
        rows = dict(list(self.inspected.groupby("authority_id", sort=False)))
        for i, (kind, what) in enumerate(lines):
            y = 1.5 * em + (i + 0.5) * pitch
            if kind == "head":
                ax.axhspan(y - pitch / 2, y + pitch / 2, color="white", linewidth=0, zorder=0.5)
                ax.text(left, y, self._head(what), fontweight=self.weight, va="center_baseline")
                continue
            ax.text(left, y, self._name(what), va="center_baseline")
            ax.axhline(y + pitch / 2, color="white", linewidth=0.8, zorder=0.6)
            if what not in rows:
                continue
            marks = rows[what]
            side = (1.55 if self.lettered else 0.48) * em
            wanted = [(days(day) - low) * scale for day in marks["last_day"]]
            places = within(wanted, side * 1.06, side / 2, wide - side / 2)
            xs = [low + place / scale for place in places]
            if self.lettered:
                self._letters(ax, marks, xs, y, side)
            else:
                self._bars(ax, marks, xs, y + 0.42 * pitch, side / scale, 0.84 * pitch)
        self._years(ax, scale)

    def _years(self, ax: Axes, scale: float) -> None:
        years = pd.date_range(self.start, self.stop, freq="YS")
        whole = years[years + pd.Timedelta(days=300) < self.stop]
        every = max(1, -(-int(3.4 * self.em) // int(365.25 * scale)))
        shown = whole[::every] if self.lettered else whole[[0, -1]]
        middles = [days(year + pd.Timedelta(days=183)) for year in shown]
        ax.set_xticks(middles, labels=[str(year.year) for year in shown])
        ax.set_xticks([days(year) for year in years], minor=True)
        ax.tick_params(axis="x", which="major", length=0, pad=4)
        ax.tick_params(axis="x", which="minor", length=3, color=style.QUIET)
        for side in ("left", "right", "top"):
            ax.spines[side].set_visible(False)
        ax.spines["bottom"].set_color(style.QUIET)

    def _bands(self, ax: Axes, scale: float, high: float) -> None:
        """Frameworks as bands, their names above, and the pauses of inspection."""
        low, top = ax.get_xlim()
        frameworks = load_frameworks().set_index("framework_id")["first_inspection"].sort_values()
        names = notes.group_names(self.inspected["framework_id"])
        starts = [(group, max(low, days(frameworks[group]))) for group in names]
        ends = [*(day for _, day in starts[1:]), top]
        spans = [
            (names[framework], start, end)
            for (framework, start), end in zip(starts, ends, strict=True)
        ]
        fit = all(
            (end - start) * scale > width_of(ax.figure, name) - 0.5 * self.em
            for name, start, end in spans
        )
        below = 1 - 1.5 * self.em / high
        for i, (name, start, end) in enumerate(spans):
            ax.axvspan(
                start,
                end,
                ymax=1 if fit else below,
                color=style.BACKGROUNDS[i % 2],
                linewidth=0,
                zorder=0.1,
            )
            if fit:
                ax.text(
                    (start + end) / 2,
                    0.75 * self.em,
                    name,
                    ha="center",
                    va="center_baseline",
                    color=style.QUIET,
                )
        for pause in notes.pauses():
            if not top > days(pause.start) > low:
                continue
            ax.axvspan(
                days(pause.start),
                min(top, days(pause.end)),
                ymax=below,
                color="#E9DCE3",
                linewidth=0,
                zorder=0.2,
            )

    def _letters(
        self, ax: Axes, marks: pd.DataFrame, xs: list[float], y: float, side: float
    ) -> None:
        for i, mark in enumerate(marks.itertuples()):
            if mark.joined:
                ax.plot(
                    xs[i - 1 : i + 1],
                    [y, y],
                    color=style.QUIET,
                    linewidth=0.2 * self.em,
                    zorder=2.5,
                )
            grade = mark.reason if pd.isna(mark.grade) else mark.grade
            letter_mark(ax, xs[i], y, str(grade), side, round_=str(mark.certainty) != "report")

    def _bars(
        self, ax: Axes, marks: pd.DataFrame, xs: list[float], foot: float, wide: float, tall: float
    ) -> None:
        for x, mark in zip(xs, marks.itertuples(), strict=True):
            if pd.isna(mark.grade):
                ax.plot(
                    [x - wide / 2, x + wide / 2],
                    [foot - 0.08 * tall] * 2,
                    color="#808080",
                    linewidth=1,
                    zorder=3,
                )
                continue
            patch = style.mark(str(mark.grade)).patch | {"linewidth": 0.5}
            share = (BANDS.index(mark.band) + 1) / len(BANDS)
            ax.bar(x, -share * tall, wide, foot, **patch, zorder=3, clip_on=False)
