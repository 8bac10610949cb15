"""The row of visits on the timeline of an authority."""

from typing import Any

import matplotlib.dates as mdates
import pandas as pd
from matplotlib import rcParams
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from ofsted_analysis.analysis.visits import at_hand_note
from ofsted_analysis.charts import style
from ofsted_analysis.charts.marks import Entry
from ofsted_analysis.tables.load import load_visits

VISITS = "Visits"
"""The name of the row, below those of themes."""
_FOCUSED = "focused visit"
_ACTION = "focused visit that named an area for priority action"
_JOINT = "joint targeted area inspection"
_SHAPES = {_FOCUSED: ("o", "white"), _ACTION: ("v", style.ACCENT), _JOINT: ("s", "white")}


def visits_to(authority_id: str, stop: pd.Timestamp) -> pd.DataFrame:
    """The visits to an authority of which the letter was out on a day, as rows of a timeline.

    Examples
    --------
    >>> visits_to("norfolk", pd.Timestamp("2026-08-22"))[["last_day", "event"]].tail(1)
        last_day                           event
    ... 2024-12-13  joint targeted area inspection
    """
    found = load_visits()
    found = found[(found["authority_id"] == authority_id) & (found["published_date"] <= stop)]
    found = found[["first_day", "last_day", "date_precision", "kind", "priority_action"]]
    found = found.astype({"kind": "str", "date_precision": "str"}).rename(columns={"kind": "event"})
    return found.assign(what="visit", row=VISITS)


def _by_mark(visited: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Visits by the mark that they get, of those marks that there are."""
    kind = visited["event"].mask(visited["priority_action"] == "yes", _ACTION)
    return {name: visited[kind == name] for name in _SHAPES if (kind == name).any()}


def _mark(name: str) -> dict[str, Any]:
    shape, face = _SHAPES[name]
    return {
        "linestyle": "", "marker": shape, "markersize": 0.75 * rcParams["font.size"],
        "markerfacecolor": face, "markeredgecolor": style.ACCENT, "markeredgewidth": 1.2,
        "zorder": 4,
    }  # fmt: skip


def draw_visits(ax: Axes, visited: pd.DataFrame | None, y: float) -> None:
    """A mark for each visit, at its last day."""
    for name, own in _by_mark(visited).items() if visited is not None else ():
        ax.plot(mdates.date2num(own["last_day"]), [y] * len(own), **_mark(name))


def visit_entries(visited: pd.DataFrame | None) -> list[Entry]:
    """The key to the marks that there are."""
    if visited is None:
        return []
    return [(Line2D([], [], **_mark(name)), name) for name in _by_mark(visited)]


def visits_note(visited: pd.DataFrame | None) -> str:
    """That visits are not complete; '' where none were asked for.

    Examples
    --------
    >>> visits_note(visits_to("rutland", pd.Timestamp("2018-01-01")))[:54]
    'No visit to it is in the record. Visits: not complete:'
    """
    if visited is None:
        return ""
    note = at_hand_note()
    none = "" if len(visited) else "No visit to it is in the record. "
    return f"{none}Visits: {note[:1].lower()}{note[1:]}"
