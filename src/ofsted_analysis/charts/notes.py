"""What a chart says beside the grades: events that broke the series, what cannot be compared."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import pandas as pd

from ofsted_analysis.analysis.context import children_by_grade
from ofsted_analysis.analysis.outcomes import data_complete_to
from ofsted_analysis.analysis.themes import last_made, latest_inadequate
from ofsted_analysis.tables import load, schema
from ofsted_analysis.tables.days import Day
from ofsted_analysis.tables.labels import listed, month, roughly
from ofsted_analysis.tables.load import load_areas, load_frameworks, load_inspections, load_table


@dataclass(frozen=True)
class Pause:
    """A stretch of time without routine inspection."""

    start: pd.Timestamp
    end: pd.Timestamp
    """The last day of the first inspection after it."""
    label: str
    """What it was."""


def pauses() -> list[Pause]:
    """When routine inspection was paused, in order of time.

    Examples
    --------
    >>> [(pause.label, pause.end.year) for pause in pauses()]
    [('inspection paused', 2021)]
    """
    milestones = load_table("milestones").sort_values("date")
    last = load_inspections()["last_day"]
    found = []
    for row in milestones[milestones["kind"] == PAUSE].itertuples():
        end = last[last > row.date + pd.Timedelta(days=60)].min()  # fieldwork under way was ended
        found.append(Pause(row.date, end, row.label))
    return found


PAUSE = "inspection paused"
"""The kind of milestone that is drawn as a stretch of time."""


def framework_order() -> list[str]:
    """The frameworks in order of time.

    Examples
    --------
    >>> framework_order()
    ['slac', 'cp', 'lac', 'sif', 'ilacs']
    """
    frameworks = load_frameworks().sort_values("first_inspection", kind="stable")
    return frameworks["framework_id"].tolist()


class Event(NamedTuple):
    """Something that changed what grades mean or when they are given."""

    start: pd.Timestamp
    label: str
    """What and when, a line each."""


def framework_name(framework_id: str) -> str:
    """Short name of a framework in print.

    Examples
    --------
    >>> framework_name("ilacs")
    'ILACS'
    """
    return _labels("frameworks", "framework_id", "label").get(framework_id, framework_id.upper())


def _labels(table: str, key: str, label: str) -> dict[str, str]:
    """What is printed for each key of a table: asked for again and again by one chart."""
    return _labels_of(table, key, label, load.versions((table,), schema.data_dir()))


@lru_cache(maxsize=16)
def _labels_of(table: str, key: str, label: str, _: load.Versions) -> dict[str, str]:
    return load_table(table).set_index(key)[label].to_dict()


def spelt_out(texts: Iterable[str]) -> str:
    """What the abbreviations of frameworks in some texts stand for; '' if there are none.

    Examples
    --------
    >>> spelt_out(["SIF grades"])
    'SIF: single inspection framework.'
    """
    words = set(re.findall(r"[A-Z]{2,}", " ".join(texts)))
    names = load_frameworks().sort_values("first_inspection", kind="stable")
    found = [
        f"{row.label}: {row.name.partition(':')[0][:1].lower()}{row.name.partition(':')[0][1:]}"
        for row in names.itertuples(index=False)
        if row.label in words
    ]
    return "; ".join(found) + "." if found else ""


def group_names(frameworks: Iterable[str]) -> dict[str, str]:
    """The groups in which some frameworks are drawn, in order of time, each with its name.

    Examples
    --------
    >>> group_names(["lac", "sif", "cp"])
    {'cp': 'CP, LAC', 'sif': 'SIF'}
    """
    wanted, group = set(frameworks), display_groups()
    found: dict[str, list[str]] = {}
    for framework_id in framework_order():
        if framework_id in wanted:
            found.setdefault(group[framework_id], []).append(framework_name(framework_id))
    return {name: ", ".join(labels) for name, labels in found.items()}


def display_groups() -> dict[str, str]:
    """For each framework the one under whose heading it is drawn.

    Examples
    --------
    >>> display_groups()["lac"]
    'cp'
    """
    return load_frameworks().set_index("framework_id")["display_group"].to_dict()


def theme_name(theme: str, *, short: bool = False) -> str:
    """A theme in words.

    Examples
    --------
    >>> theme_name("children_in_care"), theme_name("overall"), theme_name("overall", short=True)
    ('children in care', 'overall effectiveness', 'overall')
    """
    labels = _labels("themes", "theme", "short_label" if short else "label")
    return labels.get(theme, theme.replace("_", " "))


def on_theme(theme: str) -> str:
    """A theme in words, to follow a grade.

    Examples
    --------
    >>> on_theme("overall"), on_theme("children_in_care")
    ('overall', 'for children in care')
    """
    return "overall" if theme == "overall" else f"for {theme_name(theme)}"


def still_inadequate(
    authority_id: str,
    but: str,
    date: pd.Timestamp | None = None,
    published_by: Day | None = None,
    *,
    data: pd.DataFrame | None = None,
) -> str:
    """Every theme but one whose latest known grade is inadequate, to follow a headline; '' if none.

    Parameters
    ----------
    authority_id, date, published_by, data
        As for `analysis.themes.latest_inadequate`.
    but
        The theme whose grade the headline gives.

    Examples
    --------
    >>> still_inadequate("bromley", "overall")
    '; its latest grade for adoption (May 2016), no longer judged, was inadequate'
    """
    bad = latest_inadequate(authority_id, date, published_by, data=data)
    bad = bad[bad["theme"] != but]
    over = bad["theme"].map(last_made) < (data_complete_to() if date is None else date)
    told = []
    for ended, themes in bad.groupby(over):
        named = [
            f"{listed(map(theme_name, rows['theme']))} "
            f"({roughly(rows['last_day'].iloc[0], rows['date_precision'].iloc[0])})"
            for _, rows in themes.groupby("inspection_id", sort=False, observed=True)
        ]
        told.append(f"for {listed(named)}{', no longer judged,' if ended else ''}")
    return f"; its latest grade {' and '.join(told)} was inadequate" if told else ""


def events(theme: str = "overall") -> list[Event]:
    """The events that belong on the time axis of a theme, in order of time.

    Examples
    --------
    >>> for event in events("care_leavers"):
    ...     print(event.label.replace("\\n", ", "))
    CP begins, May 2012
    SIF begins, November 2013
    ILACS begins, January 2018
    inspection paused, March 2020
    care leavers judged apart, January 2023
    """
    found = [
        Event(row.date, f"{row.label}\n{month(row.date)}")
        for row in load_table("milestones").itertuples()
    ]
    frameworks = load_frameworks()
    groups = frameworks[frameworks["replaces"].notna()].groupby("display_group")
    for row in groups.head(1).itertuples():
        day = row.first_inspection
        found.append(Event(day, f"{framework_name(row.framework_id)} begins\n{month(day)}"))
    in_use = frameworks.loc[frameworks["last_inspection"].isna(), "framework_id"]
    areas = load_areas()
    areas = areas[areas["framework_id"].isin(in_use)]
    shared = areas[areas["also_theme"].notna()]
    areas = areas[areas["theme"] == theme]
    parted = theme in {*shared["theme"], *shared["also_theme"]}
    for used in areas["first_used"].dropna() if parted else ():
        names = listed([theme_name(name) for name in shared["also_theme"].unique()])
        found.append(Event(used, f"{names} judged apart\n{month(used)}"))
    if areas["last_used"].notna().all() and not areas.empty:
        day = areas["last_used"].max() + pd.Timedelta(days=1)
        found.append(Event(day, f"no {theme_name(theme, short=True)} grade\nfrom {month(day)}"))
    return sorted(found)


def joined(frame: pd.DataFrame, series: str) -> pd.Series:
    """Whether each judgement can be compared directly with the one before it in its series.

    That is so where both are of the same area of one framework, or both areas continue one theme.

    Parameters
    ----------
    frame
        Judgements in order of series and day, as from `judgements_on`.
    series
        The column that names the series.
    """
    same = frame[series].astype(str) == frame[series].astype(str).shift()
    area = frame["framework_id"].astype(str) + "|" + frame["area_id"].astype(str)
    direct = frame["comparability"].astype(str) == "direct"
    graded = frame["grade"].notna()
    both = graded & graded.shift(fill_value=False)
    return same & both & ((area == area.shift()) | (direct & direct.shift(fill_value=False)))


def comparison_caveat(judgements: pd.DataFrame) -> str:
    """What to say where different judgements on one theme stand side by side; '' if none do.

    Parameters
    ----------
    judgements
        Graded rows with framework_id and area_id (as from `judgements_on`, `as_at` or
        `load_judgements`), those that the chart shows.

    Examples
    --------
    >>> import ofsted_analysis as oa
    >>> comparison_caveat(oa.as_at("2019-03-31", "children_in_care"))[:40]
    'Only partly comparable across frameworks'
    """
    shown = judgements[["framework_id", "area_id"]].dropna().astype(str).drop_duplicates()
    areas = load_areas().astype({"framework_id": str, "area_id": str, "comparability": str})
    areas = shown.merge(areas, on=["framework_id", "area_id"], how="left")
    place = {framework_id: at for at, framework_id in enumerate(framework_order())}
    areas["order"] = areas["framework_id"].map(place)
    areas = areas.sort_values(["order", "position"], kind="stable")
    areas = areas[areas.duplicated("theme", keep=False)]  # what has another to be set beside
    frameworks = [framework_name(f) for f in areas["framework_id"].drop_duplicates()]
    weak = areas[areas["comparability"] != "direct"]
    if weak.empty:
        return _one_series(frameworks) if len(frameworks) > 1 else ""
    partly = "Only partly comparable" + " across frameworks" * (len(frameworks) > 1)
    reasons = " ".join(
        f"{framework_name(a.framework_id)}: {a.comparability_note}" for a in weak.itertuples()
    )
    if len(reasons) <= 180:
        return f"{partly}. {reasons}"
    names = ", ".join(dict.fromkeys(framework_name(f) for f in weak["framework_id"]))
    return f"{partly}: {names} judged other areas, by other rules; see the framework crosswalk."


def whose_children(date: pd.Timestamp, theme: str, bands: Iterable[str]) -> str:
    """What share of England's children live where services had grades of some bands, on a date.

    Parameters
    ----------
    date
        A date on which the theme was judged.
    theme
        A theme.
    bands
        Bands, such as good and outstanding.

    Returns
    -------
    str
        A sentence that names the day of the children counted; '' before their number is known.

    Examples
    --------
    >>> whose_children(pd.Timestamp("2026-03-31"), "overall", ["inadequate"])[:49]
    "In March 2026 6% of England's children lived in a"
    """
    measures = load_table("context_measures").set_index("measure")
    if date < measures.loc["children_0_17", "first"]:
        return ""
    found = children_by_grade([date], theme)
    share = found.loc[found["grade"].isin(list(bands)), "share"].sum()
    return (
        f"In {month(date)} {share:.0%} of England's children lived in authorities graded "
        f"{' or '.join(bands)} (children counted in {month(found['children_of'].max())})."
    )


NAMED = 15
"""The most peers that a sentence names."""


def peers_aged(days: pd.Series) -> str:
    """How old the grades of peers are, from the days since they were given; '' without any.

    Examples
    --------
    >>> peers_aged(pd.Series([365.25, 730.5, 1461.0]))
    "The peers' grades were 1.0 to 4.0 years old (median 2.0)."
    """
    years = days.dropna().astype(float) / 365.25
    if years.empty:
        return ""
    return (
        f"The peers' grades were {years.min():.1f} to {years.max():.1f} years old (median "
        f"{years.median():.1f})."
    )


def pairs_caveat(pairs: pd.DataFrame) -> str:
    """What to say of pairs of inspections whose grades compare only in part; '' if all do.

    Parameters
    ----------
    pairs
        Pairs as from `transitions`.

    Examples
    --------
    >>> import ofsted_analysis as oa
    >>> pairs_caveat(oa.transitions("overall", within="ilacs"))
    ''
    """
    weak = int((pairs["comparability"] != "direct").sum())
    if weak:
        return (
            f"Only partly comparable: in {weak} of {len(pairs)} pairs the two judgements cover "
            "different ground or go by other rules; see the framework crosswalk."
        )
    used = pd.concat([pairs["from_framework_id"], pairs["to_framework_id"]]).astype(str)
    names = [framework_name(f) for f in framework_order() if f in set(used)]
    return _one_series(names) if len(names) > 1 else ""


def _one_series(names: list[str]) -> str:
    return f"{' and '.join(names)} grades run as one series, as in Ofsted's statistics."
