"""What a briefing on one authority says: where it stands, beside whom, and what to bear in mind.

All of it as was known on a day: inspections that had ended, of which the report was out.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import pandas as pd

from ofsted_analysis.analysis.compare import neighbour_model, peers
from ofsted_analysis.analysis.outcomes import (
    as_at,
    day_in_record,
    time_since_inspection,
)
from ofsted_analysis.analysis.themes import BOARD_REVIEW, judgements_on, last_made, themes
from ofsted_analysis.charts.notes import still_inadequate, theme_name
from ofsted_analysis.tables.authorities import before_and_after, find_authority
from ofsted_analysis.tables.days import Day
from ofsted_analysis.tables.labels import listed, long_date, month, roughly
from ofsted_analysis.tables.load import (
    load_areas,
    load_authorities,
    load_frameworks,
    load_inspections,
    load_judgements,
    load_table,
)

_NOW = [
    "inspection_id", "framework_id", "last_day", "date_precision", "days_since", "area", "grade",
    "band", "reason", "certainty", "source_id",
]  # fmt: skip
_BEFORE = ["inspection_id", "framework_id", "last_day", "date_precision", "grade", "band"]


def standing(authority: str, date: Day | None = None) -> pd.DataFrame:
    """Where an authority stood on each theme on a day, and where it had stood before.

    Parameters
    ----------
    authority
        A name, code or authority_id: see `find_authority`.
    date
        The day; by default the end of the record. Reports published later are left out.

    Returns
    -------
    DataFrame
        One row per theme that an inspection of the authority could have judged (of one not yet
        inspected, those of the frameworks in use): theme, current (the grade is under the
        framework of the latest inspection, or both are from before November 2013), inspection_id,
        framework_id, last_day, date_precision, days_since, area, grade, band, reason (why there
        is no grade), certainty, source_id; the last grade before, with ``previous_`` inspection_id,
        framework_id, last_day, date_precision, grade, band; steps (whole bands up since, negative
        down; missing without both grades), and comparable (both are of the same area of one
        framework, or both areas continue one theme).

    Raises
    ------
    DataError
        The authority did not exist on the day.
    UnknownAuthorityError
        No authority goes by that name.

    Examples
    --------
    >>> now = standing("Norfolk", "2025-03-31").set_index("theme").loc["overall"]
    >>> now["grade"], now["previous_grade"], int(now["steps"])
    ('good', 'requires improvement', 1)
    """
    day = day_in_record(date)
    return _standing(find_authority(authority, date=day), day).copy()


@lru_cache
def _standing(own: str, day: pd.Timestamp) -> pd.DataFrame:
    frameworks = load_frameworks()
    used = ~(frameworks["first_inspection"] > day) & ~(frameworks["last_inspection"] < day)
    areas = load_areas()
    in_use = set(
        areas.loc[areas["framework_id"].isin(frameworks.loc[used, "framework_id"]), "theme"]
    )
    rows = []
    for theme in themes():
        now = as_known(day, theme).loc[own]
        past = known_on(judgements_on(theme), own, day)
        past = past[past["grade"].notna() & (past["inspection_id"] != now["inspection_id"])]
        if pd.isna(now["inspection_id"]) and theme not in in_use:
            continue
        before = past.iloc[-1] if len(past) else pd.Series(dtype=object)
        row = {"theme": theme, **{column: now[column] for column in _NOW}}
        row |= {f"previous_{column}": before.get(column, pd.NA) for column in _BEFORE}
        same = len(past) and (now["framework_id"], now["area_id"]) == (
            before["framework_id"], before["area_id"]
        )  # fmt: skip
        both = len(past) and {now["comparability"], before["comparability"]} == {"direct"}
        known = len(past) and pd.notna(now["grade"])
        row["comparable"] = bool(same or both) if known else pd.NA
        rows.append(row)
    columns = ["theme", *_NOW, *(f"previous_{column}" for column in _BEFORE), "comparable"]
    frame = pd.DataFrame(rows, columns=columns)
    bands = load_judgements()["band"].dtype
    frame = frame.astype(
        {"band": bands, "previous_band": bands, "comparable": "boolean", "days_since": "Int64",
         "last_day": "datetime64[s]", "previous_last_day": "datetime64[s]"}
    )  # fmt: skip
    steps = frame["band"].cat.codes.astype("Int64") - frame["previous_band"].cat.codes
    frame.insert(len(columns) - 1, "steps", steps.where(frame["comparable"].notna()))
    latest = set(frame.loc[frame["last_day"] == frame["last_day"].max(), "framework_id"])
    if latest & _early():
        latest = _early()
    frame.insert(1, "current", frame["framework_id"].isna() | frame["framework_id"].isin(latest))
    return frame


def as_known(day: pd.Timestamp, theme: str) -> pd.DataFrame:
    """Every authority's grade as known on a day, by authority_id.

    Examples
    --------
    >>> as_known(pd.Timestamp("2025-03-31"), "overall").loc["norfolk", "grade"]
    'good'
    """
    return as_at(day, theme, published_by=day).set_index("authority_id")


def known_on(frame: pd.DataFrame, own: str, day: pd.Timestamp) -> pd.DataFrame:
    """The rows of one authority that were known on a day.

    Examples
    --------
    >>> len(known_on(load_inspections(), "norfolk", pd.Timestamp("2016-01-01")))
    4
    """
    there = (frame["authority_id"] == own) & (frame["last_day"] <= day)
    return frame[there & ~(frame["published_date"] > day)]


def summary(authority: str, date: Day | None = None) -> str:
    """How an authority was graded on a day, and when it was last inspected, in two sentences.

    The first names every theme whose latest known grade is inadequate, whatever its age.

    Parameters
    ----------
    authority
        A name, code or authority_id: see `find_authority`.
    date
        The day; by default the end of the record. Reports published later are left out.

    Raises
    ------
    DataError
        The authority did not exist on the day.
    UnknownAuthorityError
        No authority goes by that name.

    Examples
    --------
    >>> print(summary("Norfolk", "2025-03-31").split("; ")[0])
    Norfolk was graded good for overall effectiveness (November 2022), requires improvement before \
    (November 2017)
    """
    day = day_in_record(date)
    own = find_authority(authority, date=day)
    name: Any = load_authorities().set_index("authority_id").loc[own, "name"]
    now = standing(own, day)
    graded = now[now["current"] & now["grade"].notna()]
    waited = time_since_inspection(day, published_by=day)
    since = waited.set_index("authority_id")["days_since"]
    if graded.empty:
        first = f"{name} had no grade that was known on {long_date(day)}."
    else:
        row = graded.iloc[0]
        first = f"{name} was graded {row['grade']} for {theme_name(row['theme'])} ({in_short(row)})"
        if pd.notna(row["previous_grade"]):
            before = row.filter(like="previous_").rename(lambda key: key.removeprefix("previous_"))
            first += f", {row['previous_grade']} before ({in_short(before)})"
        first += f"{still_inadequate(own, row['theme'], day, day)}."
    if pd.isna(since[own]):
        return f"{first} On {long_date(day)} it had not yet had a full inspection."
    longer = int((since > since[own]).sum()) or "none"
    return (
        f"{first} Its last full inspection had ended {since[own] / 365.25:.1f} years before "
        f"{long_date(day)}; for {longer} of the other {len(since) - 1} authorities it was longer "
        "ago."
    )


def known_events(authority: str, date: Day | None = None) -> pd.DataFrame:
    """What the table of events has on one authority up to a day.

    Parameters
    ----------
    authority
        A name, code or authority_id: see `find_authority`.
    date
        The day; by default the end of the record.

    Returns
    -------
    DataFrame
        One row per event, in order of time: when (in words, as exactly as known), event, status
        ('happened', 'announced' or 'planned'), note, source_id.

    Examples
    --------
    >>> known_events("Norfolk")[["when", "event"]].iloc[-1].tolist()
    ['2016', 'statutory direction']
    """
    day = day_in_record(date)
    own = find_authority(authority, date=day)
    found = load_table("events").sort_values(["date", "event_id"])
    found = found[(found["authority_id"] == own) & (found["date"] <= day)]
    found = found.rename(columns={"kind": "event"}).reset_index(drop=True)
    found["when"] = pd.Series([when(row) for _, row in found.iterrows()], dtype="str")
    return found[["when", "event", "status", "note", "source_id"]]


def caveats(authority: str, date: Day | None = None) -> pd.DataFrame:
    """What to bear in mind with the grades of one authority, as known on a day.

    Parameters
    ----------
    authority
        A name, code or authority_id: see `find_authority`.
    date
        The day; by default the end of the record. Reports published later are left out.

    Returns
    -------
    DataFrame
        One row per caveat, those that weigh most first: about (a word or two), caveat (a
        sentence or two). Only those that apply to the authority on that day.

    Raises
    ------
    DataError
        The authority did not exist on the day.
    UnknownAuthorityError
        No authority goes by that name.

    Examples
    --------
    >>> caveats("Cumberland")["about"].tolist()[:2]
    ['new authority', 'one inspection']
    """
    day = day_in_record(date)
    own = find_authority(authority, date=day)
    who: Any = load_authorities().set_index("authority_id").loc[own]
    now = standing(own, day)
    found = [
        *_of_the_authority(own, who, day),
        *_of_the_latest(own, who["name"], day, now.set_index("theme")),
        *_of_the_history(own, day, now),
        *_of_the_peers(own, day),
    ]
    return pd.DataFrame(found, columns=["about", "caveat"])


Caveats = Iterator[tuple[str, str]]


def _early() -> set[str]:
    """Frameworks of before November 2013: they judged different services side by side."""
    frameworks = load_frameworks()
    return set(frameworks.loc[frameworks["third_grade"] == "adequate", "framework_id"])


def when(row: pd.Series) -> str:
    """A date in words, as exactly as it is known; '' for none.

    Parameters
    ----------
    row
        With date_precision, and last_day (of an inspection) or date (of an event).

    Examples
    --------
    >>> when(pd.Series({"last_day": pd.Timestamp("2012-04-30"), "date_precision": "month"}))
    'April 2012'
    """
    day = row["last_day"] if "last_day" in row else row["date"]
    if pd.isna(day):
        return ""
    precision = row["date_precision"]
    return long_date(day) if precision == "day" else roughly(day, precision)


def in_short(row: pd.Series) -> str:
    """The month of an inspection, or its year where no more is known.

    Examples
    --------
    >>> in_short(pd.Series({"last_day": pd.Timestamp("2012-04-30"), "date_precision": "year"}))
    '2012'
    """
    return roughly(row["last_day"], row["date_precision"])


def _row(now: pd.DataFrame, theme: str) -> Any:
    """What stands for a theme; empty if nothing does."""
    return now.loc[theme] if theme in now.index else pd.Series(dtype=object)


def _of_the_authority(own: str, who: pd.Series, day: pd.Timestamp) -> Caveats:
    before, after = (listed(them.values()) for them in before_and_after(own))
    if pd.notna(who["opened"]):
        yield (
            "new authority",
            f"{who['name']} began on {long_date(who['opened'])} in the place of {before}. A "
            "new authority has no grade until it is inspected: it does not inherit one, and what "
            "came before is not its history.",
        )
    if who["closed"] <= day:
        yield (
            "former authority",
            f"{who['name']} closed on {long_date(who['closed'])}. {after} took over, "
            "without its grades. Its own reports are no longer online.",
        )
    seen = known_on(load_judgements(), own, day)
    small = seen[seen["status"].astype(str) == "not judged"]
    if len(small):
        areas = listed([area.lower() for area in small["area"].drop_duplicates()])
        yield (
            "few children",
            f"The authority is so small that its report of {month(small['last_day'].max())} has "
            f"areas not judged ({areas}): its grades rest on very few children.",
        )


def _of_the_latest(own: str, name: str, day: pd.Timestamp, now: pd.DataFrame) -> Caveats:
    every = load_inspections()
    every = every[(every["authority_id"] == own) & (every["inspection_type"] != BOARD_REVIEW)]
    every = every.sort_values("last_day")
    seen = known_on(every, own, day)
    late = every[(every["last_day"] <= day) & (every["published_date"] > day)]
    if len(late):
        yield (
            "not yet published",
            f"An inspection had ended by {when(late.iloc[-1])}, but its report was not out on "
            f"{long_date(day)}: it is left out here.",
        )
    if seen.empty:
        yield "not yet inspected", f"No inspection of {name} was known on {long_date(day)}."
        return
    last = seen.iloc[-1]
    overall = _row(now, "overall")
    if len(seen) == 1:
        yield (
            "one inspection",
            f"{name} has been inspected once, in {month(last['last_day'])}: there is no change "
            "to report.",
        )
    if last["framework_id"] in _early():
        yield (
            "no overall grade",
            "The latest inspection gave no grade for children's services as a whole: "
            "safeguarding, child protection and looked after children were graded apart.",
        )
    elif pd.isna(overall["grade"]):
        older = (
            f" Its last one, {overall['previous_grade']}, is of "
            f"{month(overall['previous_last_day'])} and no longer Ofsted's latest word."
            if pd.notna(overall["previous_grade"])
            else ""
        )
        yield (
            "no overall grade",
            f"Inspections that begin after {month(last_made('overall'))} make no overall "
            f"judgement: {name} has none now, which is no gap in the record.{older}",
        )
    if _row(now, "care_leavers").get("reason") == "judgement not made":
        yield (
            "care leavers",
            "The latest inspection judged children in care and care leavers as one: there is no "
            "separate grade for care leavers.",
        )
    years = (day - last["last_day"]).days / 365.25
    if years > 3:
        events = load_table("milestones")
        pauses = events.loc[events["kind"] == "inspection paused", "date"]
        pauses = pauses[(pauses > last["last_day"]) & (pauses < day)]
        yield (
            "old grades",
            f"The latest inspection was {years:.1f} years before: services may have changed "
            "since, without a new grade."
            + "".join(f" Routine inspection was suspended on {long_date(p)}." for p in pauses),
        )
    if str(last["days_note"]).startswith("two visits"):
        yield "two visits", f"The latest inspection was made in {_in_words(last['days_note'])}."


def _in_words(text: str) -> str:
    """A text with its days in words."""
    return re.sub(r"\d{4}-\d\d-\d\d", lambda day: long_date(day[0]), text)


def _of_the_history(own: str, day: pd.Timestamp, now: pd.DataFrame) -> Caveats:
    graded = load_judgements()
    graded = known_on(graded[graded["grade"].notna()], own, day)
    visits = graded.drop_duplicates("inspection_id").sort_values("last_day")
    if graded.empty:
        return
    apart = now[~now["comparable"].fillna(True) & now["current"]]
    if len(apart):
        what = listed([theme_name(theme) for theme in apart["theme"]])
        yield (
            "other frameworks",
            f"The latest and the previous grade compare only in part for {what}: the two "
            "inspections did not judge quite the same services, or went by different rules.",
        )
    raised = load_frameworks().query("third_grade == 'requires improvement'")["first_inspection"]
    if (graded["grade"] == "adequate").any() and raised.min() <= day:
        yield (
            "adequate",
            f"'Adequate' (before {month(raised.min())}) and 'requires improvement' (since) are "
            "both the third of four grades, but not the same: what is less than good now requires "
            "improvement.",
        )
    vague = visits[visits["date_precision"].astype(str) != "day"]
    if len(vague):
        days = [f"{str(v['framework_id']).upper()} {when(v)}" for _, v in vague.iterrows()]
        yield "imprecise dates", f"Only the month or year is known of: {listed(days)}."
    second = graded[graded["certainty"].astype(str) != "report"]
    if len(second):
        implied = int((second["certainty"] == "implied").sum())
        open_ = f", {implied} of them only implied there" if implied else ""
        yield (
            "second hand",
            f"{len(second)} of {len(graded)} grades come from other sources than the report of "
            f"the inspection{open_}.",
        )
    missing = now[(now["reason"] == "not known") & now["current"]]
    if len(missing):
        names = [theme_name(theme) for theme in missing["theme"]]
        if len(names) > 4:
            names = [f"{len(names)} of {int(now['current'].sum())} themes"]
        yield "grades not known", f"No available source gives the grade for {listed(names)}."
    yield (
        "events",
        "Notices, directions, boards and plans are those that the available sources happen to "
        "date: the list is not complete.",
    )


def _of_the_peers(own: str, day: pd.Timestamp) -> Caveats:
    model = neighbour_model(own, day)
    if model is None:
        yield "neighbours", "The authority has no statistical neighbours in the available models."
        return
    count = len(peers(own, model=model, date=day))
    fewer = "" if count == 10 else f" Of its ten, {count} existed on the day."
    if day.year < int(model):
        fewer += " They are used here for an earlier day."
    yield (
        "neighbours",
        f"Statistical neighbours are those of the {model} model: alike in the families and places "
        f"that they serve, not in how or when they were inspected.{fewer}",
    )
