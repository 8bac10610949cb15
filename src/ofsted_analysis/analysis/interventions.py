"""What the Department for Education did after a failure, as far as public sources were found."""

from collections.abc import Iterator
from typing import Any

import pandas as pd

from ofsted_analysis.analysis.outcomes import day_in_record
from ofsted_analysis.analysis.themes import judgements_on
from ofsted_analysis.tables.days import Day
from ofsted_analysis.tables.load import load_authorities, load_events

FAILING = ("overall", "help_and_protection", "children_in_care", "leadership")
"""The themes in which a grade of inadequate may be followed by an intervention."""
NOTE = "Events found in public sources; not complete."
"""To be printed wherever events are shown."""
_STARTS = {"improvement notice": "notice", "statutory direction": "direction"}
_STOPS = {"improvement notice lifted": "notice", "statutory direction revoked": "direction"}
_ON_THE_WAY = ("statutory direction revised",)


def intervention_spells(*, events: pd.DataFrame | None = None) -> pd.DataFrame:
    """The times for which authorities were under an improvement notice or a statutory direction.

    A spell begins with a notice or direction. It ends when all that were found to have begun in it
    were lifted or revoked, or the authority closed. A notice or direction that followed a later
    inspection than the one before begins another spell; of the one before, no end was found.

    Parameters
    ----------
    events
        Events as from `load_events`; the packaged ones by default. Those that were only announced
        or planned are left out.

    Returns
    -------
    DataFrame
        One row per spell, sorted by authority and start: authority_id, authority, start (missing
        where only an end was found), start_precision, kinds (what it began with and what came in
        it: 'notice', 'direction', joined by ' and '), inspection_id (the graded inspection that it
        followed; missing where not known), end (missing where none was found), end_precision,
        how_ended ('lifted or revoked', 'authority closed', 'no end found'), last_seen (the date of
        the last event found in it).

    Examples
    --------
    >>> spells = intervention_spells()
    >>> spells.query("authority == 'Norfolk'")[["kinds", "how_ended"]].head(1)
        kinds          how_ended
    ...
    """
    found = load_events() if events is None else events
    found = found[(found["status"] == "happened")].sort_values(["authority_id", "date"])
    found = found[found["kind"].isin([*_STARTS, *_STOPS, *_ON_THE_WAY])]
    closes = load_authorities().set_index("authority_id")["closed"]
    rows = [
        {"authority_id": who, "authority": own["authority"].iloc[0], **spell}
        for who, own in found.groupby("authority_id", observed=True)
        for spell in _spells_of(own.to_dict("records"), closes[who])
    ]
    columns = ["authority_id", "authority", "start", "start_precision", "kinds", "inspection_id",
               "end", "end_precision", "how_ended", "last_seen"]  # fmt: skip
    frame = pd.DataFrame(rows, columns=columns)
    days = dict.fromkeys(("start", "end", "last_seen"), "datetime64[s]")
    return frame.astype(days)


def _spells_of(events: list[dict[Any, Any]], closed: Any) -> Iterator[dict[str, Any]]:
    """The spells of one authority, from its events in order of time."""
    spell: dict[str, Any] | None = None
    for event in events:
        begins, stops = _STARTS.get(event["kind"]), _STOPS.get(event["kind"])
        anew = begins and spell and _later(event["inspection_id"], spell["inspection_id"])
        if spell and anew:
            yield _closed(spell, pd.NaT)  # nothing says that it lasted until the authority closed
            spell = None
        if spell is None:
            start = (event["date"], event["date_precision"]) if begins else (pd.NaT, None)
            spell = {"start": start[0], "start_precision": start[1], "kinds": [], "open": set(),
                     "inspection_id": event["inspection_id"]}  # fmt: skip
        spell["last_seen"] = event["date"]
        kind = begins or stops or "direction"
        spell["kinds"] += [kind] if kind not in spell["kinds"] else []
        if begins:
            spell["open"].add(begins)
        elif stops:
            spell["open"].discard(stops)
            if not spell["open"]:
                ended = {"end": event["date"], "end_precision": event["date_precision"]}
                yield _closed(spell | ended | {"how_ended": "lifted or revoked"}, closed)
                spell = None
    if spell is not None:
        yield _closed(spell, closed)


def _later(one: Any, other: Any) -> bool:
    """Whether two events followed different inspections, as far as both are known."""
    return pd.notna(one) and pd.notna(other) and one != other


def _closed(spell: dict[str, Any], closed: Any) -> dict[str, Any]:
    """A spell as a row; without an end of its own it ends with its authority, or none was found."""
    own = {"end": pd.NaT, "end_precision": None, "how_ended": "no end found"} | spell
    if own["how_ended"] == "no end found" and pd.notna(closed):
        own |= {"end": closed, "end_precision": "day", "how_ended": "authority closed"}
    return {**{k: v for k, v in own.items() if k != "open"}, "kinds": " and ".join(own["kinds"])}


def interventions(date: Day | None = None, *, events: pd.DataFrame | None = None) -> pd.DataFrame:
    """Who was under an improvement notice or a statutory direction on a date, as far as found.

    A spell of which no end was found counts until the authority is found in another one, and is
    marked: it may have ended long before.

    Parameters
    ----------
    date
        The date; by default the day to which the record is complete. What happened later is not
        known to it.
    events
        Events as from `load_events`; the packaged ones by default.

    Returns
    -------
    DataFrame
        One row per authority: authority_id, authority, since (missing where no start was found),
        since_precision, kinds, days (from since to the date), after_grade (the worst grade of the
        inspection that it followed, for overall effectiveness, help and protection, children in
        care or leadership; missing where not known), end ('no end found by then'), grade_now (for
        help and protection, on the date).

    Raises
    ------
    DataError
        The date is none, or after the end of the record.

    Examples
    --------
    >>> interventions("2018-12-31")[["authority", "kinds"]].head(1)
       authority kinds
    ...
    """
    day = day_in_record(date)
    known = load_events() if events is None else events
    spells = intervention_spells(events=known[known["date"] <= day])
    running = spells[spells["end"].isna() | (spells["end"] > day)]
    running = running.drop_duplicates("authority_id", keep="last")
    history = judgements_on(list(FAILING))
    worst = history[history["band"].notna()].groupby("inspection_id")["grade"].min()
    now = judgements_on("help_and_protection")
    now = now[(now["last_day"] <= day)].drop_duplicates("authority_id", keep="last")
    frame = running.rename(columns={"start": "since", "start_precision": "since_precision"})
    frame = frame.assign(
        days=(day - frame["since"]).dt.days.astype("Int64"),
        after_grade=frame["inspection_id"].map(worst),
        end="no end found by then",
        grade_now=frame["authority_id"].map(now.set_index("authority_id")["grade"]),
    )
    columns = ["authority_id", "authority", "since", "since_precision", "kinds", "days",
               "after_grade", "end", "grade_now"]  # fmt: skip
    return frame[columns].reset_index(drop=True)


def after_inadequate(*, events: pd.DataFrame | None = None) -> pd.DataFrame:
    """What was found to follow each inspection that gave a grade of inadequate.

    Parameters
    ----------
    events
        Events as from `load_events`; the packaged ones by default. Those that were only announced
        or planned are left out. An event belongs to the inspection that it is said to have
        followed; one of which that is not known, to the latest such inspection published before.

    Returns
    -------
    DataFrame
        One row per inspection that graded overall effectiveness, help and protection, children in
        care or leadership inadequate, sorted by authority and day: authority_id, authority,
        inspection_id, framework_id, last_day, published_date, notice, direction, commissioner,
        trust (dates of the first of each that was found to follow it), found (categorical:
        'direction or trust', 'notice or commissioner only', 'none found'), days_to_action (from
        publication to the first notice or direction), next_last_day (of the next full inspection),
        days_to_next (from last day to last day), reached_good (last day of the first later
        inspection that graded help and protection good or outstanding), days_to_good.

    Notes
    -----
    Those with a direction had, as a rule, the worse findings: what came after goes with a
    direction, and need not come of it. 'None found' is not none.

    Examples
    --------
    >>> found = after_inadequate()
    >>> found["found"].value_counts().index[0]
    'none found'
    """
    history = judgements_on(list(FAILING))
    bad = history[history["grade"] == "inadequate"].drop_duplicates("inspection_id")
    frame = bad[["authority_id", "authority", "inspection_id", "framework_id", "last_day",
                 "published_date"]]  # fmt: skip
    frame = frame.sort_values(["authority_id", "last_day"], ignore_index=True)
    known = load_events() if events is None else events
    known = _assigned(known[known["status"] == "happened"], frame)
    for column, kinds in {
        "notice": ["improvement notice"],
        "direction": ["statutory direction"],
        "commissioner": ["commissioner appointed"],
        "trust": ["trust established"],
    }.items():
        first = known[known["kind"].isin(kinds)].groupby("inspection_id")["date"].min()
        frame[column] = frame["inspection_id"].map(first)
    strong = frame[["direction", "trust"]].notna().any(axis=1)
    some = frame[["notice", "commissioner"]].notna().any(axis=1)
    words = ["direction or trust", "notice or commissioner only", "none found"]
    found = pd.Series(words[2], index=frame.index).mask(some, words[1]).mask(strong, words[0])
    frame["found"] = pd.Categorical(found, words, ordered=True)
    first = frame[["notice", "direction"]].min(axis=1)
    out = frame["published_date"].fillna(frame["last_day"])
    frame["days_to_action"] = (first - out).dt.days.astype("Int64")
    full = judgements_on("help_and_protection")
    later = frame[["inspection_id", "authority_id", "last_day"]].merge(
        full[["authority_id", "last_day", "band"]], on="authority_id", suffixes=("", "_later")
    )
    later = later[later["last_day_later"] > later["last_day"]]
    good = later[later["band"] >= "good"]
    for column, rows in (("next_last_day", later), ("reached_good", good)):
        ends = rows.groupby("inspection_id")["last_day_later"].min()
        frame[column] = frame["inspection_id"].map(ends)
    for column, end in (("days_to_next", "next_last_day"), ("days_to_good", "reached_good")):
        frame[column] = (frame[end] - frame["last_day"]).dt.days.astype("Int64")
    return frame


def _assigned(events: pd.DataFrame, bad: pd.DataFrame) -> pd.DataFrame:
    """Events, each with the inadequate inspection that it followed, where there is one."""
    named = events[events["inspection_id"].isin(bad["inspection_id"])]
    rest = events[events["inspection_id"].isna()].drop(columns="inspection_id")
    out = bad.assign(out=bad["published_date"].fillna(bad["last_day"])).sort_values("out")
    guessed = pd.merge_asof(
        rest.sort_values("date"), out[["authority_id", "inspection_id", "out"]],
        left_on="date", right_on="out", by="authority_id",
    )  # fmt: skip
    return pd.concat([named, guessed[guessed["inspection_id"].notna()]])


def event_coverage(*, events: pd.DataFrame | None = None) -> pd.DataFrame:
    """How many events were found, by year and kind: what was found, not what there was.

    Parameters
    ----------
    events
        Events as from `load_events`; the packaged ones by default.

    Returns
    -------
    DataFrame
        One row per year and kind of which any was found: year (int), kind, n (those that happened),
        announced (those that were only announced or planned).

    Examples
    --------
    >>> event_coverage()["n"].sum() > 50
    np.True_
    """
    found = load_events() if events is None else events
    happened = found["status"] == "happened"
    frame = pd.DataFrame(
        {"year": found["date"].dt.year.astype("int64"), "kind": found["kind"].astype("str"),
         "n": happened.astype("int64"), "announced": (~happened).astype("int64")}
    )  # fmt: skip
    return frame.groupby(["year", "kind"], as_index=False)[["n", "announced"]].sum()
