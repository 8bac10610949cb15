"""One authority through time."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from ofsted_analysis.analysis.outcomes import day_in_record
from ofsted_analysis.analysis.themes import BOARD_REVIEW, judgements_on
from ofsted_analysis.analysis.themes import themes as known_themes
from ofsted_analysis.charts import notes, style
from ofsted_analysis.charts.figure import Chart, drawing, finish, redrawn
from ofsted_analysis.charts.histories import dates_above, history_entries, middle, plot_histories
from ofsted_analysis.charts.lettering import counted, row_labels, sentence
from ofsted_analysis.charts.marks import in_letters
from ofsted_analysis.charts.style import Palette
from ofsted_analysis.charts.visits import (
    VISITS,
    draw_visits,
    visit_entries,
    visits_note,
    visits_to,
)
from ofsted_analysis.tables import given
from ofsted_analysis.tables.authorities import before_and_after, find_authority
from ofsted_analysis.tables.days import Day
from ofsted_analysis.tables.errors import DataError
from ofsted_analysis.tables.grades import BANDS
from ofsted_analysis.tables.labels import listed, long_date, month, roughly
from ofsted_analysis.tables.load import load_authorities, load_judgements, load_table

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
    "row", "theme", "authority_id", "inspection_id", "framework_id", "first_day", "last_day",
    "date_precision", "area_id", "area", "comparability", "grade", "band", "certainty", "reason",
]  # fmt: skip


@redrawn
def timeline(
    authority: str,
    *,
    themes: str | Sequence[str] = "main",
    events: bool = False,
    visits: bool = False,
    date: Day | None = None,
    data: pd.DataFrame | None = None,
    palette: Palette = None,
    title: str | None = None,
    size: str | tuple[float, float] = "print",
) -> Chart:
    """One authority: every inspection, every judgement, and which of them can be compared.

    Each theme is a row, each inspection a column at its date. A line joins two judgements of a row
    only where they can be compared directly: the same area of the same framework, or areas that
    continue one another. A grade that isn't from the inspection's own report is a circle.

    Parameters
    ----------
    authority
        A name, code or authority_id: see `find_authority`.
    themes
        'main' (default): overall effectiveness, help and protection, children in care, care
        leavers, adoption and leadership; 'all': whatever was judged, with both halves of the
        2009-12 inspections; or a list of themes. Themes without a grade are left out.
    events
        Whether to list what the table of events knows of this authority, with what was only
        announced or planned marked so; it is not complete. No event is listed where none is known
        to have happened since the latest inadequate grade.
    visits
        Whether to show the visits that the record has between inspections; they are not complete.
    date
        What ended, was published or happened later is left out; by default nothing is.
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
        A matplotlib Figure. Its data: what ('judgement', 'event' or 'visit'), row, theme, the
        inspection and its dates, the judgement, reason (why there is no grade), joined (whether a
        line comes to it from the one before), event (what happened, or the kind of visit), with
        events their status ('happened', 'announced' or 'planned'), with visits priority_action
        ('yes', 'no' or not known).

    Raises
    ------
    DataError
        The authority has no judgement on these themes, or the rows don't fit the size.
    UnknownAuthorityError
        No authority goes by that name.

    Examples
    --------
    >>> from ofsted_analysis import charts
    >>> charts.timeline("Norfolk").message.split("; ")[0]
    'Norfolk was graded outstanding overall in February 2026, up from good in November 2022'
    """
    who = load_authorities().set_index("authority_id").loc[find_authority(authority)]
    stop = day_in_record(date, "date", data)
    frame = given.judgements(data, list(load_judgements()))
    own = frame[frame["authority_id"] == who.name]
    if date is not None:
        own = own[(own["last_day"] <= stop) & ~(own["published_date"] > stop)]
    if own.empty:
        when = "in the record" if date is None else f"by {long_date(stop)}"
        raise DataError(f"{who['name']} has no inspection {when}: there is nothing to draw.")
    found = known_themes(own)
    wanted = _wanted(themes, found)
    history = judgements_on(list(dict.fromkeys([*wanted, *found])), data=own)
    shown = _rows(who["name"], own, history, wanted, whole=themes == "all")
    happened, told = _events(who.name, own, stop) if events else (_no_events(), "")
    visited = visits_to(who.name, stop) if visits else None
    parts = [shown.assign(what="judgement"), happened.assign(what="event"), visited]
    columns = ["what", *_ROW, "joined", "event"]
    columns += ["status"] * events + ["priority_action"] * visits
    drawn = pd.concat(filter(lambda part: part is not None, parts), ignore_index=True)[columns]
    graded = shown[shown["grade"].notna()]
    message, finding = _message(who["name"], shown)
    cut = None if date is None else stop
    message += notes.still_inadequate(who.name, graded["theme"].iloc[0], cut, cut, data=data)
    inspections = shown.drop_duplicates("inspection_id").sort_values("last_day")
    inspections = inspections[~inspections["inspection_id"].isin(
        own.loc[own["inspection_type"] == BOARD_REVIEW, "inspection_id"])]  # fmt: skip
    compared = notes.comparison_caveat(graded)
    rows = shown["row"].drop_duplicates().tolist()
    if visited is not None and len(visited):
        rows.append(VISITS)
        shown = pd.concat([shown, pd.DataFrame({"row": [VISITS], "joined": [False]})])
        shown["joined"] = shown["joined"].astype(bool)
    succession = _succession(who, stop)
    first = min(middle(row) for row in inspections.itertuples())
    first = first if pd.isna(who["opened"]) else who["opened"]
    end = stop if pd.isna(who["closed"]) or who["closed"] > stop else who["closed"]
    some = pd.Timedelta(days=60)
    axis = {"start": first - some, "end": end + some}
    with drawing(size, plot=1) as fig:
        wide = fig.get_size_inches()[0]
        labels, side = row_labels(fig, dict(zip(rows, rows, strict=True)), 0.27)
        deep = 1.15 * max(label.count("\n") + 1 for label in labels.values())
        top = dates_above(inspections, wide * 72 / fig.size.text - side - 3)
        fig.give(top + 1.7 + max(2.1, deep + 0.3) * len(rows))
        finish(
            fig,
            title=title,
            message=message,
            subtitle=(
                f"Ofsted's judgements of {who['name']} by theme and last day of inspection; "
                f"n = {len(graded)} grades from {counted(len(inspections), 'inspection')}"
            ),
            data=drawn,
            alt=(
                f"Timeline of Ofsted's inspections of {who['name']}: "
                f"{counted(len(rows), 'theme')} as rows, "
                f"{counted(len(inspections), 'inspection')} {_span(inspections)}. {finding}"
            ),
            caveat=" ".join(filter(None, (succession, told, compared, visits_note(visited)))),
            basis="last days of inspection, "
            + (f"published by {long_date(stop)}" if date is not None else f"to {long_date(stop)}"),
            key=[*history_entries(shown, palette, **axis), *visit_entries(visited)],
            abbreviated=[notes.framework_name(f) for f in shown["framework_id"].dropna().unique()],
        )
        ax = fig.inside(left=side, right=0.4, bottom=1.7, top=top)
        if in_letters(ax)[1] < max(1.3, deep) * len(rows):
            raise DataError(
                f"{counted(len(rows), 'theme')} don't fit this size: choose fewer themes, or a "
                "larger size=(width, height) in centimetres."
            )
        plot_histories(shown, ax=ax, palette=palette, labels=labels, dates=True, **axis)
        draw_visits(ax, visited, len(rows) - 1)
    return fig


def _span(visits: pd.DataFrame) -> str:
    """From when to when inspections were, as exactly as is known."""
    first, last = _when(visits.iloc[0]), _when(visits.iloc[-1])
    return f"from {first} to {last}" if len(visits) > 1 else f"in {first}"


def _when(row: Any) -> str:
    """When an inspection was, a row of a table or of its `itertuples`."""
    return roughly(row.last_day, row.date_precision)


def _wanted(themes: str | Sequence[str], found: list[str]) -> list[str]:
    """The themes asked for, in the order of their rows."""
    if isinstance(themes, str) and themes in ("main", "all"):
        rest = [] if themes == "main" else [t for t in found if t not in MAIN_THEMES]
        return [theme for theme in (*MAIN_THEMES, *rest) if theme in found]
    return list(dict.fromkeys([themes] if isinstance(themes, str) else themes))


def _rows(
    name: str, own: pd.DataFrame, history: pd.DataFrame, wanted: list[str], *, whole: bool
) -> pd.DataFrame:
    """What each row of the timeline shows, in order of row and day."""
    rows = []
    for theme in wanted:
        standing = history[history["theme"] == theme]
        if standing["grade"].isna().all():
            continue
        label = sentence(notes.theme_name(theme))
        rows.append(standing.assign(theme=theme, row=label))
        if not whole:
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


def _no_events() -> pd.DataFrame:
    days = pd.Series([], dtype="datetime64[s]")
    return pd.DataFrame({"last_day": days, "date_precision": [], "event": [], "status": []})


def _events(key: str, own: pd.DataFrame, stop: pd.Timestamp) -> tuple[pd.DataFrame, str]:
    """What the table of events has on an authority until a day, and in words."""
    table = load_table("events")
    table = table[(table["authority_id"] == key) & (table["date"] <= stop)]
    bad = own.loc[own["grade"] == "inadequate", "last_day"].max()
    since = (table["date"] >= bad) | table["inspection_id"].isin(
        own.loc[own["last_day"] == bad, "inspection_id"]
    )
    since &= table["status"] == "happened"
    if table.empty or (pd.notna(bad) and not since.any()):
        found = "No event" if table.empty else f"No event after the grade of {month(bad)}"
        return _no_events(), f"{found} is known from public sources, so none is listed."
    table = table.sort_values(["date", "event_id"])
    when = [roughly(*pair) for pair in zip(table["date"], table["date_precision"], strict=True)]
    kinds = table["kind"].astype(str)
    marked = kinds + (" (" + table["status"].astype(str) + ")").where(
        table["status"] != "happened", ""
    )
    said = [f"{kind}, {day}" for kind, day in zip(marked, when, strict=True)]
    rows = {"last_day": table["date"], "date_precision": table["date_precision"].astype(str),
            "event": kinds, "status": table["status"].astype(str)}  # fmt: skip
    words = f"Events found in public sources (not complete): {'; '.join(said)}."
    return pd.DataFrame(rows).reset_index(drop=True), words


def _message(name: str, shown: pd.DataFrame) -> tuple[str, str]:
    """The title, and the finding for who cannot see the chart."""
    graded = shown[shown["grade"].notna()]
    last = shown["last_day"].max()
    first = graded["theme"].iloc[0]
    series = graded[(graded["theme"] == first) & (graded["row"] == graded["row"].iloc[0])]
    now, what = series.iloc[-1], notes.on_theme(first)
    # the run of grades that compare with one another, and the run of one band at its end
    run = series[series["joined"][::-1].cummin()[::-1].shift(-1, fill_value=True)]
    level = run[(run["band"] == now["band"])[::-1].cummin()[::-1]]
    before = run.iloc[: len(run) - len(level)]
    words = f"{name} was graded {now['grade']} {what} in {_when(now)}"
    if len(level) > 1:
        words = (
            f"{name} was graded {now['grade']} {what} at each inspection from "
            f"{_when(level.iloc[0])} to {_when(now)}"
        )
    if len(before):
        old = before.iloc[-1]
        again = before[(before["band"] == old["band"])[::-1].cummin()[::-1]]
        side = "up" if BANDS.index(now["band"]) > BANDS.index(old["band"]) else "down"
        if len(again) > 1:
            words += f", after {len(again)} grades of {old['grade']} since {_when(again.iloc[0])}"
        else:
            words += f", {side} from {old['grade']} in {_when(old)}"
    if now["last_day"] < last:
        newest = graded[graded["last_day"] == last]
        gave = "no such grade" if first != "overall" else "no overall grade"
        words += f"; the latest inspection, in {_when(shown[shown['last_day'] == last].iloc[0])}, "
        words += f"gave {gave}"
        grades = [style.band_label(g) for g in style.ordered(newest["grade"].astype(str))]
        if grades:
            words += (
                f", but {listed(grades)} on {'all it judged' if len(grades) == 1 else 'others'}"
            )
    course = [f"{row.grade} ({_when(row)})" for row in series.itertuples()]
    rest = graded[graded["row"] != series["row"].iloc[0]].groupby("row", sort=False).tail(1)
    tails = [
        f"{row.row[:1].lower()}{row.row[1:]}: {row.grade}"
        + ("" if row.last_day == last else f" ({_when(row)})")
        for row in rest.itertuples()
    ]
    finding = f"{series['row'].iloc[0]}: {listed(course)}."
    if tails:
        finding += f" Latest of the other themes: {listed(tails)}."
    return words, finding


def _succession(who: pd.Series, stop: pd.Timestamp) -> str:
    """Which authorities were there before and after one, as known on a day."""
    before, after = (listed(them.values()) for them in before_and_after(str(who.name)))
    told = []
    if pd.notna(who["opened"]):
        told.append(f"Began on {long_date(who['opened'])}" + (
            f"; until then: {before}, whose grades aren't handed on." if before else "."
        ))  # fmt: skip
    if pd.notna(who["closed"]) and who["closed"] <= stop:
        told.append(f"Closed on {long_date(who['closed'])}" + (
            f"; since then: {after}, without its grades." if after else "."
        ))  # fmt: skip
    return " ".join(told)
