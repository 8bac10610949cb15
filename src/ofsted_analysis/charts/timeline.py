"""One authority through time."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ofsted_analysis.analysis.outcomes import data_complete_to
from ofsted_analysis.analysis.themes import BOARD_REVIEW, judgements_on
from ofsted_analysis.analysis.themes import themes as known_themes
from ofsted_analysis.charts import notes, style
from ofsted_analysis.charts.figure import Chart, drawing, finish
from ofsted_analysis.charts.lettering import counted, sentence, wrap
from ofsted_analysis.charts.letters import (
    Room,
    days,
    draw_key,
    fitted,
    history_key,
    letter_mark,
    room_of,
    width_of,
    widths_of,
    within,
)
from ofsted_analysis.tables import given
from ofsted_analysis.tables.authorities import find_authority
from ofsted_analysis.tables.days import Day, as_day
from ofsted_analysis.tables.errors import DataError
from ofsted_analysis.tables.grades import BANDS
from ofsted_analysis.tables.labels import listed, long_date, roughly
from ofsted_analysis.tables.load import (
    load_authorities,
    load_frameworks,
    load_judgements,
    load_table,
)

MAIN_THEMES = (
    "overall",
    "help_and_protection",
    "children_in_care",
    "care_leavers",
    "adoption",
    "leadership",
)
"""The themes that a timeline shows unless asked for others, in its order."""

_ROW = [
    "row", "theme", "inspection_id", "framework_id", "first_day", "last_day", "date_precision",
    "area_id", "area", "comparability", "grade", "band", "certainty", "reason",
]  # fmt: skip


def timeline(
    authority: str,
    *,
    themes: str | Sequence[str] = "main",
    events: bool = True,
    date: Day | None = None,
    data: pd.DataFrame | None = None,
    title: str | None = None,
    size: str | tuple[float, float] = "print",
) -> Chart:
    """One authority: every inspection, every judgement, the frameworks, and what happened between.

    Each theme is a row, each inspection a column at its date. A line joins two judgements of a row
    only where they can be compared directly: the same area of the same framework, or areas that
    continue one another. A grade that isn't from the inspection's own report is a circle. Where a
    source gives only the month or year of an inspection, that is all its label says, and a bar
    under the label spans what is known.

    Parameters
    ----------
    authority
        A name, code or authority_id: see `find_authority`.
    themes
        'main' (default): overall effectiveness, help and protection, children in care, care
        leavers, adoption and leadership; 'all': whatever was judged, with both halves of the
        2009-12 inspections; or a list of themes. Themes without a grade are left out.
    events
        Whether to mark what the table of events knows of this authority. Where the size leaves no
        room for that, it is left out.
    date
        What ended, was published or happened later is left out; by default nothing is.
    data
        Judgements as from `load_judgements`; the packaged ones by default.
    title
        The message, if not the one taken from the data.
    size
        'print', 'slide', or (width, height) in centimetres.

    Returns
    -------
    Chart
        A matplotlib Figure. Its data: what ('judgement' or 'event'), row, theme, the inspection
        and its dates, the judgement, reason (why there is no grade), joined (whether a line comes
        to it from the one before), event.

    Raises
    ------
    DataError
        The authority has no judgement on these themes, or the rows don't fit the size.
    UnknownAuthorityError
        No authority goes by that name.

    Examples
    --------
    >>> from ofsted_analysis import charts
    >>> data = charts.chart_data(charts.timeline("Norfolk"))
    >>> data.loc[data["theme"] == "overall", "grade"].iloc[-1]
    'outstanding'
    """
    who = load_authorities().set_index("authority_id").loc[find_authority(authority)]
    stop = data_complete_to() if date is None else as_day(date, "date")
    frame = given.judgements(data, list(load_judgements()))
    own = frame[frame["authority_id"] == who.name]
    if date is not None:
        own = own[(own["last_day"] <= stop) & ~(own["published_date"] > stop)]
    if own.empty:
        when = "in the record" if date is None else f"by {long_date(stop)}"
        raise DataError(f"{who['name']} has no inspection {when}: there is nothing to draw.")
    shown = _rows(who["name"], own, themes)
    happened = _events_of(str(who.name)) if events else _events_of("")
    if date is not None:
        happened = happened[happened["last_day"] <= stop].reset_index(drop=True)
    drawn = pd.concat(
        [shown.assign(what="judgement"), happened.assign(what="event")],
        ignore_index=True,
    )[["what", *_ROW, "joined", "event", "planned"]]
    graded = shown[shown["grade"].notna()]
    message, finding = _message(who["name"], shown)
    visits = shown.drop_duplicates("inspection_id").sort_values("last_day")
    reviews = own.loc[own["inspection_type"] == BOARD_REVIEW, "inspection_id"]
    visits = visits[~visits["inspection_id"].isin(reviews)]
    adequate = bool((graded["grade"] == "adequate").any())
    caveat = notes.comparison_caveat(graded)

    def words(fig: Chart) -> None:
        finish(
            fig,
            title=message if title is None else title,
            subtitle=(
                f"Ofsted's judgements of {who['name']} by theme and last day of inspection; "
                f"n = {len(graded)} grades from {counted(len(visits), 'inspection')}"
            ),
            data=drawn,
            alt=(
                f"Timeline of Ofsted's inspections of {who['name']}: "
                f"{counted(shown['row'].nunique(), 'theme')} as rows, "
                f"{counted(len(visits), 'inspection')} {_span(visits)}. {finding}"
                + "".join(f" {texts[0]}" for texts in _succession(who) if texts)
            ),
            caveat=caveat,
            basis=f"last days of inspection, to {long_date(stop)}",
        )

    plan = _Plan(who, shown, happened, adequate, stop)
    with drawing(size) as fig:
        needed = plan.measure(fig)
    with drawing(size, height=fitted(size, needed, words)) as fig:
        words(fig)
        plan.draw(fig, room_of(fig))
    return fig


def _span(visits: pd.DataFrame) -> str:
    """From when to when inspections were, as exactly as is known."""
    first, last = _when(visits.iloc[0]), _when(visits.iloc[-1])
    return f"from {first} to {last}" if len(visits) > 1 else f"in {first}"


def _when(row: pd.Series) -> str:
    return roughly(row["last_day"], row["date_precision"])


def _rows(name: str, own: pd.DataFrame, themes: str | Sequence[str]) -> pd.DataFrame:
    """What each row of the timeline shows, in order of row and day."""
    found = known_themes(own)
    if isinstance(themes, str) and themes in ("main", "all"):
        rest = [] if themes == "main" else [t for t in found if t not in MAIN_THEMES]
        wanted = [theme for theme in (*MAIN_THEMES, *rest) if theme in found]
    else:
        wanted = list(dict.fromkeys([themes] if isinstance(themes, str) else themes))
    rows = []
    for theme in wanted:
        standing = judgements_on(theme, data=own)
        if standing["grade"].isna().all():
            continue
        label = sentence(notes.theme_name(theme))
        rows.append(standing.assign(theme=theme, row=label))
        if themes != "all":
            continue
        others = own[(own["theme"] == theme) & own["grade"].notna()].merge(
            standing[["inspection_id", "area_id"]].dropna(), how="left", indicator=True
        )
        others = others[others["_merge"] == "left_only"]
        part = others["area"].str.extract(r"^([^:]+):", expand=False).str.lower()
        rows.append(others.assign(row=label + ": " + part.fillna("its part"), reason=pd.NA))
    if not rows:
        raise DataError(f"{name} has no grade on these themes: {', '.join(wanted) or 'none'}.")
    frame = pd.concat(rows, ignore_index=True)[_ROW]
    frame["row"] = pd.Categorical(frame["row"], frame["row"].drop_duplicates(), ordered=True)
    frame = frame.sort_values(["row", "last_day"], kind="stable", ignore_index=True)
    frame["row"] = frame["row"].astype(str)
    frame["joined"] = notes.joined(frame, "row")
    return frame


def _events_of(authority_id: str) -> pd.DataFrame:
    """What happened to an authority: one row per day (or month, or year), in order of time."""
    table = load_table("events")
    table = table[table["authority_id"] == authority_id].sort_values(["date", "event_id"])
    planned = table["note"].fillna("").str.startswith("planned")
    frame = pd.DataFrame(
        {
            "last_day": table["date"],
            "date_precision": table["date_precision"].astype(str),
            "event": table["kind"].astype(str),
            "planned": planned,
        }
    )
    return frame.reset_index(drop=True)


def _together(group: pd.DataFrame) -> str:
    """Events of one day in words, those that were only planned last."""
    done = group.loc[~group["planned"], "event"].tolist()
    planned = group.loc[group["planned"], "event"].tolist()
    return ", ".join([*done, *(["planned: " + ", ".join(planned)] if planned else [])])


def _short_day(row: dict[str, object], *, lines: bool = False) -> str:
    """A day as exactly as it is known."""
    day = pd.Timestamp(row["last_day"])  # type: ignore[arg-type]
    name = day.month_name()[:3]
    gap = "\n" if lines else " "
    known = {
        "day": f"{day.day} {name}{gap}{day.year}",
        "month": f"{name}{gap}{day.year}",
        "financial year": f"year to{gap}{name} {day.year}",
    }
    return known.get(str(row["date_precision"]), str(day.year))


def _message(name: str, shown: pd.DataFrame) -> tuple[str, str]:
    """The title, and the finding for who cannot see the chart."""
    graded = shown[shown["grade"].notna()]
    last = shown["last_day"].max()
    first_row = graded["theme"].iloc[0]
    series = graded[(graded["theme"] == first_row) & (graded["row"] == graded["row"].iloc[0])]
    now = series.iloc[-1]
    what = notes.on_theme(first_row)
    words = f"{name} was judged {now['grade']} {what} in {_when(now)}"
    if now["joined"]:
        before = series.iloc[-2]
        move = now["band"], before["band"]
        if move[0] == move[1]:
            words += f", as in {_when(before)}"
        else:
            side = "up" if BANDS.index(move[0]) > BANDS.index(move[1]) else "down"
            words += f", {side} from {before['grade']} in {_when(before)}"
    elif shown["inspection_id"].drop_duplicates().size == 1:
        words = f"{name}'s one inspection, in {_when(now)}, found services {now['grade']} {what}"
    if now["last_day"] < last:
        newest = graded[graded["last_day"] == last]
        gave = "no such grade" if first_row != "overall" else "no overall grade"
        tail = f"; the latest inspection, in {_when(shown[shown['last_day'] == last].iloc[0])}, "
        grades = [style.band_label(g) for g in style.ordered(newest["grade"].astype(str))]
        words += tail + f"gave {gave}"
        if grades:
            words += (
                f", but {listed(grades)} on {'all it judged' if len(grades) == 1 else 'others'}"
            )
    course = [f"{row.grade} ({_when(pd.Series(row._asdict()))})" for row in series.itertuples()]
    rest = graded[graded["row"] != series["row"].iloc[0]].groupby("row", sort=False).tail(1)
    tails = [
        f"{row.row[:1].lower()}{row.row[1:]} {row.grade}"
        + ("" if row.last_day == last else f" ({_when(pd.Series(row._asdict()))})")
        for row in rest.itertuples()
    ]
    finding = f"{series['row'].iloc[0]}: {listed(course)}."
    if tails:
        finding += f" Latest of the other themes: {listed(tails)}."
    return words, finding


def _succession(who: pd.Series) -> tuple[list[str], list[str]]:
    """Which authorities were there before and after one; in many words, and in few."""
    changes = load_table("authority_changes")
    names = load_authorities().set_index("authority_id")["name"]
    before: list[str] = []
    after: list[str] = []
    if pd.notna(who["opened"]):
        old = changes[changes["successor_id"] == who.name]
        parts = old["note"].where(~old["note"].fillna("").str.startswith("split"))
        them = [
            names[key] + ("" if pd.isna(part) else f" ({part})")
            for key, part in zip(old["predecessor_id"], parts, strict=True)
        ]
        day = long_date(who["opened"] - pd.Timedelta(days=1))
        text = f"Until {day}: {listed(them)}." if them else f"Began after {day}."
        more = "A new authority starts without a grade: earlier ones aren't handed on."
        before = [f"{text} {more}", text, f"Began after {day}."]
    if pd.notna(who["closed"]):
        new = changes[changes["predecessor_id"] == who.name]
        them = [names[key] for key in new["successor_id"]]
        text = f"Closed on {long_date(who['closed'])}."
        more = f" Since then: {listed(them)}, without its grades." if them else ""
        after = [text + more, text]
    return before, after


@dataclass
class _Plan:
    """Where everything on a timeline goes, in points from the top."""

    who: pd.Series
    shown: pd.DataFrame
    happened: pd.DataFrame
    adequate: bool
    stop: pd.Timestamp

    def measure(self, fig: Chart) -> float:
        """Points that the drawing needs in height; takes its widths from the chart's."""
        em = fig.size.text
        self.em = em
        wide = fig.get_size_inches()[0] * 72 - 2 * 0.16 * 72
        self.rows = self.shown["row"].drop_duplicates().tolist()
        most = 0.3 * wide
        self.labels = {row: "\n".join(wrap(fig, row, em, most / 72)) for row in self.rows}
        lines = [line for label in self.labels.values() for line in label.split("\n")]
        self.side_room = max(width_of(fig, line) for line in [*lines, "Inspected"]) + 0.9 * em
        self.width = wide - self.side_room
        self.beside = wide > 48 * em  # on a slide there is room for the key beside the drawing
        self.key = history_key(fig, self.shown, 1 if self.beside else wide)
        self.key_width = 0.0
        if self.beside:
            words = [words for line in self.key for _, words, _ in line]
            self.key_width = max(width_of(fig, text) for text in words) + 3.7 * em
            self.width -= self.key_width
        self.start = pd.Timestamp("2009-01-01")
        last = max(self.stop, self.shown["last_day"].max())
        self.scale = self.width / (days(last) - days(self.start) + 150)  # points a day
        self.end = self.start + pd.Timedelta(days=self.width / self.scale)
        self._place_columns(fig)
        self._place_events(fig)
        self.head = em * (1.7 + 1.3 * self.date_lines + 1.3)
        self.key_height = 0 if self.beside else len(self.key) * 1.7 * em + 0.4 * em
        self.foot = em * 1.6
        deep = max(label.count("\n") for label in self.labels.values()) + 1
        pitch = max(2.6 if len(self.rows) <= 8 else 2.2, 1.25 * deep + 0.3) * em
        return self.key_height + self.head + len(self.rows) * pitch + self.lane + self.foot

    def at(self, day: pd.Timestamp) -> float:
        """Points from the left of the time axis."""
        return (days(day) - days(self.start)) * self.scale

    def _place_columns(self, fig: Chart) -> None:
        visits = self.shown.drop_duplicates("inspection_id").sort_values(
            ["last_day", "inspection_id"], kind="stable"
        )
        columns = visits[["inspection_id", "first_day", "last_day", "date_precision"]].reset_index(
            drop=True
        )
        spans = [_known_span(row) for row in columns.to_dict("records")]
        columns["low"] = [self.at(low) for low, _ in spans]
        columns["high"] = [self.at(high) for _, high in spans]
        exact = columns["date_precision"].astype(str) == "day"
        columns["true"] = columns["high"].where(exact, (columns["low"] + columns["high"]) / 2)
        self.side = 1.8 * self.em
        columns["x"] = within(columns["true"].tolist(), self.side * 1.12, 0, self.width)
        rows = columns.to_dict("records")
        on_one, on_two = ([_short_day(row, lines=lines) for row in rows] for lines in (False, True))
        for texts in (on_one, on_two, [text.split("\n")[-1] for text in on_two]):
            wide = widths_of(fig, texts)
            # labels of different widths: apart by as much as both need
            gaps = [(a + b) / 2 + 0.4 * self.em for a, b in pairwise(wide)]
            offsets = np.r_[0, np.cumsum(gaps)]
            low, high = wide[0] / 2, self.width + 0.4 * self.em - wide[-1] / 2 - offsets[-1]
            places = within((columns["x"] - offsets).tolist(), 0, low, max(low, high)) + offsets
            moved = np.abs(places - columns["x"]).max()
            if low <= high and (texts is not on_one or moved < 1.2 * self.em):
                break
        if low > high:
            raise DataError(f"{len(columns)} inspections don't fit side by side on one timeline.")
        columns["label"], columns["label_x"] = texts, places
        self.date_lines = 2 if texts is on_two else 1
        self.columns = columns

    def _place_events(self, fig: Chart) -> None:
        """Each event's line in the lane and the side of its dot on which its words stand."""
        national = [(pause.start, "day", pause.label) for pause in notes.pauses()]
        if "overall" in set(self.shown["theme"]):
            for event in notes.events("overall"):
                if event.label.startswith("no overall"):
                    words = f"{_short_day({'last_day': event.start, 'date_precision': 'month'})}"
                    national.append((event.start, "day", f"{words}: no overall grade"))
        born, gone = self.who["opened"], self.who["closed"]
        rows = [
            {"last_day": day, "date_precision": how, "words": words, "national": True}
            for day, how, words in national
            if not (day < born) and not (day > gone) and day <= self.stop
        ]
        grouped = self.happened.groupby(["last_day", "date_precision"], sort=True)
        rows += [
            {
                "last_day": day,
                "date_precision": how,
                "words": f"{_short_day({'last_day': day, 'date_precision': how})}: "
                + _together(group),
                "national": False,
            }
            for (day, how), group in grouped
        ]
        self.events = []
        taken: list[list[tuple[float, float]]] = []
        for row in sorted(rows, key=lambda r: (not r["national"], _known_span(r))):
            low, high = (self.at(day) for day in _known_span(row))
            x = high if row["date_precision"] == "day" else (low + high) / 2
            pad = 0.7 * self.em
            right, left = self.width - high - pad, low - pad
            choices = {}
            for side, space in (("right", right), ("left", left)):
                if space > 5 * self.em:
                    lines = wrap(fig, row["words"], self.em, space / 72)
                    choices[side] = lines
            side = min(choices, key=lambda s: (len(choices[s]), s == "left"))
            lines = choices[side]
            wide = max(width_of(fig, line) for line in lines)
            ends = (low - 3, high + pad + wide) if side == "right" else (low - pad - wide, high + 3)
            level = 0
            while any(
                a < ends[1] + self.em * 0.6 and ends[0] - self.em * 0.6 < b
                for k in range(level, level + len(lines))
                for a, b in (taken[k] if k < len(taken) else [])
            ):
                level += 1
            while len(taken) < level + len(lines):
                taken.append([])
            for k in range(level, level + len(lines)):
                taken[k].append(ends)
            self.events.append(
                {**row, "low": low, "high": high, "x": x, "side": side, "lines": lines,
                 "level": level, "pad": pad}
            )  # fmt: skip
        self.event_lines = len(taken)
        self.lane = (self.event_lines * 1.3 + 0.6) * self.em if self.event_lines else 0

    def draw(self, fig: Chart, room: Room) -> None:
        """Everything into the room that the words leave."""
        em = self.em
        high = len(self.key) * 1.7 * em
        if self.beside:
            place = (room.width - self.key_width + 1.2 * em, room.height - self.head - high)
            wide = self.key_width - 1.2 * em
        else:
            place, wide = (0, room.height - high), room.width
        draw_key(room.axes(fig, *place, wide, high), self.key, self.side)
        height = room.height - self.key_height - self.foot
        if height - self.head - self.lane < 1.4 * em * len(self.rows):
            # no room for what happened to this authority
            self.happened = self.happened.head(0)
            fig.drawn = fig.drawn[fig.drawn["what"] != "event"]
            self._place_events(fig)
        rows = height - self.head - self.lane
        pitch = rows / len(self.rows)
        deep = max(label.count("\n") for label in self.labels.values()) + 1
        if pitch < max(1.25, 1.15 * deep) * em:
            raise DataError(
                f"{counted(len(self.rows), 'theme')} and what else there is to show don't fit "
                "this size: choose fewer themes, events=False, or a larger size=(width, height)."
            )
        side = min(self.side, 0.88 * pitch)
        ax = room.axes(fig, self.side_room, self.foot, self.width, height)
        ax.set(xlim=(days(self.start), days(self.end)), ylim=(height, 0))
        middles = {row: self.head + (i + 0.5) * pitch for i, row in enumerate(self.rows)}
        self._frame(ax, height, rows, middles)
        self._gone(ax, rows)
        self._column_heads(ax, rows)
        places = self.columns.set_index("inspection_id")["x"].to_dict()
        for _, group in self.shown.groupby("row", sort=False):
            before = None
            for mark in group.itertuples():
                x, y = self._x(places[mark.inspection_id]), middles[mark.row]
                if mark.joined:
                    ax.plot([before, x], [y, y], color=style.QUIET, lw=0.2 * em, zorder=2.5)
                grade = mark.reason if pd.isna(mark.grade) else mark.grade
                letter_mark(ax, x, y, str(grade), side, round_=str(mark.certainty) != "report")
                before = x
        self._lane(ax, self.head + rows)

    def _x(self, points: float) -> float:
        return days(self.start) + points / self.scale

    def _frame(self, ax: Axes, height: float, rows: float, middles: dict[str, float]) -> None:
        """Frameworks as bands with their names, rows with theirs, years, pauses of inspection."""
        em = self.em
        bottom = self.head + rows
        names = notes.group_names(self.shown["framework_id"])
        group = notes.display_groups()
        frameworks = load_frameworks().sort_values("first_inspection")
        bands: list[tuple[float, str]] = []
        for framework in frameworks.itertuples():
            own = str(framework.framework_id)
            if framework.first_inspection > self.stop or group[own] != own:
                continue
            name = names.get(own, notes.framework_name(own))
            if own in names and own not in set(self.shown["framework_id"]):
                name = f"{notes.framework_name(own)}, {name}"
            edge = self.at(pd.Timestamp(framework.first_inspection))
            # programmes overlapped: each inspection stands on the band of its own
            at = self.columns.set_index("inspection_id")["x"]
            under = self.shown.drop_duplicates("inspection_id").set_index("inspection_id")
            order = under["framework_id"].astype(str).map(notes.framework_order().index)
            place = notes.framework_order().index(str(framework.framework_id))
            earlier, later = at[order[order < place].index], at[order[order >= place].index]
            if not earlier.empty and earlier.max() + self.side * 0.6 > edge:
                edge = earlier.max() + self.side * 0.6
            if not later.empty and later.min() - self.side * 0.6 < edge:
                edge = (later.min() + max([*earlier, later.min() - self.side * 1.2])) / 2
            bands.append((edge, name))
        edges = [*(start for start, _ in bands), self.width]
        for i, (low, high) in enumerate(pairwise(edges)):
            colour = style.BACKGROUNDS[i % 2]
            ax.axvspan(self._x(low), self._x(high), ymin=1 - bottom / height, color=colour,
                       linewidth=0, zorder=0.1)  # fmt: skip
            ax.text(self._x((low + high) / 2), 0.85 * em, bands[i][1], ha="center", va="center",
                    color=style.INK, fontweight="bold", zorder=1)  # fmt: skip
        for i in range(1, len(self.rows)):
            y = bottom - i * rows / len(self.rows)
            ax.axhline(y, color="white", linewidth=1.2, zorder=0.6)
        for pause in notes.pauses():
            if self.who["opened"] > pause.start or pause.start >= self.stop:
                continue
            ax.axvspan(days(pause.start), days(pause.end), ymin=1 - bottom / height,
                       ymax=1 - self.head / height, color="#E9DCE3",
                       linewidth=0, zorder=0.4)  # fmt: skip
        ticks = [*middles.values(), 0.85 * em, (1.7 + 0.65 * self.date_lines) * em]
        labels = [*(self.labels[row] for row in self.rows), "Framework", "Inspected"]
        if self.event_lines:
            ticks.append(bottom + 0.95 * em)
            labels.append("Events")
        ax.set_yticks(ticks, labels=labels)
        ax.tick_params(axis="y", length=0, pad=0.9 * em)
        for label in ax.get_yticklabels():
            label.set_horizontalalignment("left")
            label.set_linespacing(1.15)
        ax.tick_params(axis="y", pad=self.side_room)
        for label in ax.get_yticklabels()[len(self.rows) :]:
            label.set_color(style.QUIET)
        years = pd.date_range(self.start, self.end, freq="YS")
        middle = [y + pd.Timedelta(days=183) for y in years]
        middle = [m for m in middle if m < self.end]
        every = 1 if 365 * self.scale > 3.4 * em else 2
        ax.set_xticks([days(m) for m in middle[::every]],
                      labels=[str(m.year) for m in middle[::every]])  # fmt: skip
        ax.set_xticks([days(y) for y in years], minor=True)
        ax.tick_params(axis="x", which="major", length=0, pad=5)
        ax.tick_params(axis="x", which="minor", length=4, color=style.QUIET)
        for side in ("left", "right", "top"):
            ax.spines[side].set_visible(False)
        ax.spines["bottom"].set_color(style.QUIET)
        ax.grid(False)

    def _gone(self, ax: Axes, rows: float) -> None:
        """Where the authority wasn't there yet, or no more, and which others were."""
        opened, closed = self.who["opened"], self.who["closed"]
        before, after = _succession(self.who)
        if before and opened > self.start:
            self._block(ax, 0, self.at(opened), rows, before)
        if after and closed < self.end:
            low = self.at(closed + pd.Timedelta(days=1))
            self._block(ax, low, self.width, rows, after)

    def _block(self, ax: Axes, low: float, high: float, rows: float, texts: list[str]) -> None:
        """No bands, and as many words as there is room for."""
        em, fig = self.em, ax.figure
        height = ax.get_ylim()[0]
        ax.axvspan(
            self._x(low),
            self._x(high),
            ymin=1 - (self.head + rows) / height,
            ymax=1 - self.head / height,
            color="white",
            linewidth=0,
            zorder=0.8,
        )
        space = min(high - low - 1.2 * em, 22 * em)
        for text in texts:
            lines = wrap(fig, text, em, space / 72)
            if max(widths_of(fig, lines)) <= space and len(lines) * 1.3 * em < rows:
                ax.text(
                    self._x((low + high) / 2),
                    self.head + rows / 2,
                    "\n".join(lines),
                    ha="center",
                    va="center",
                    linespacing=1.25,
                    color=style.QUIET,
                    zorder=1,
                )
                break

    def _column_heads(self, ax: Axes, rows: float) -> None:
        """The date of each inspection, led to its column; a bar over what is known of the date."""
        em = self.em
        top = (1.7 + 1.25 * self.date_lines) * em
        rail = top + 0.7 * em
        for column in self.columns.itertuples():
            ax.text(self._x(column.label_x), top, column.label, ha="center",
                    va="bottom", linespacing=1.1, zorder=3)  # fmt: skip
            path = [
                (column.label_x, top + 0.1 * em), (column.true, rail),
                (column.x, self.head - 0.1 * em), (column.x, self.head + rows),
            ]  # fmt: skip
            ax.plot([self._x(x) for x, _ in path], [y for _, y in path], color="#8A8A8A",
                    linewidth=0.8, zorder=2)  # fmt: skip
            if column.date_precision != "day":
                ax.plot([self._x(column.low), self._x(column.high)], [rail, rail],
                        color=style.INK, linewidth=2.6, solid_capstyle="butt",
                        zorder=2.2)  # fmt: skip

    def _lane(self, ax: Axes, top: float) -> None:
        """What happened, below the rows."""
        em = self.em
        for event in self.events:
            y = top + 0.3 * em + (event["level"] + 0.5) * 1.3 * em
            if event["national"]:
                ax.plot([self._x(event["x"])] * 2, [self.head, y], color=style.QUIET,
                        linewidth=0.1 * em, linestyle=(0, (4, 2)), zorder=1.5)  # fmt: skip
            exact = event["date_precision"] == "day"
            if exact:
                ax.plot([self._x(event["x"])], [y], marker="|" if event["national"] else "o",
                        markersize=0.5 * em, color=style.QUIET if event["national"]
                        else style.ACCENT, zorder=3)  # fmt: skip
            else:
                low, high = event["low"], event["high"]
                middle, wide = (low + high) / 2, max(high - low, 0.5 * em)
                ax.plot([self._x(middle - wide / 2), self._x(middle + wide / 2)], [y, y],
                        color=style.ACCENT, linewidth=0.35 * em, solid_capstyle="butt",
                        zorder=3)  # fmt: skip
            for i, line in enumerate(event["lines"]):
                right = event["side"] == "right"
                x = event["high"] + event["pad"] if right else event["low"] - event["pad"]
                ax.text(
                    self._x(x),
                    y + i * 1.3 * em,
                    line,
                    ha="left" if right else "right",
                    va="center",
                    color=style.QUIET if event["national"] else style.INK,
                    zorder=3,
                    bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.6},
                )


def _known_span(row: dict[str, object]) -> tuple[pd.Timestamp, pd.Timestamp]:
    """The days between which a date lies that is known to the day, month or some year."""
    last = pd.Timestamp(row["last_day"])  # type: ignore[arg-type]
    if row["date_precision"] == "month":
        return last.replace(day=1), last + pd.offsets.MonthEnd(0)
    if row["date_precision"] == "year":
        return last.replace(month=1, day=1), last.replace(month=12, day=31)
    if row["date_precision"] == "financial year":
        return last - pd.DateOffset(years=1) + pd.Timedelta(days=1), last
    return last, last
