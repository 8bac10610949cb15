"""What the Department for Education did after a failure, as far as public sources were found."""

import logging
from collections.abc import Iterator
from itertools import groupby
from typing import Any

import pandas as pd

from ofsted_analysis.analysis.outcomes import day_in_record
from ofsted_analysis.analysis.shares import checked_level, median_interval
from ofsted_analysis.analysis.themes import judgements_on
from ofsted_analysis.tables.days import Day
from ofsted_analysis.tables.load import load_authorities, load_events, load_table

log = logging.getLogger(__name__)

FAILING = ("overall", "help_and_protection", "children_in_care", "leadership")
"""The themes in which a grade of inadequate may be followed by an intervention."""
NOTE = "Events found in public sources; not complete."
"""To be printed wherever events are shown."""
_STARTS = {"improvement notice": "notice", "statutory direction": "direction"}
_STOPS = {"improvement notice lifted": "notice", "statutory direction revoked": "direction"}
_REVISED = {"statutory direction revised": "direction"}
_STEPS = {
    "statutory direction": "direction",
    "trust established": "trust",
    "improvement notice": "notice",
    "commissioner appointed": "commissioner",
    "improvement adviser appointed": "adviser",
    "improvement board": "board",
    "partnership": "partnership",
    "trust decided": "decision on a trust",
}
"""What the Department does, or has done, after an inspection; not the council's own steps."""
FOUND = ("direction or trust", "notice or other step", "found, not dated", "none found")
"""What was found after an inspection, in groups: see `after_inadequate`."""


def intervention_spells(*, events: pd.DataFrame | None = None) -> pd.DataFrame:
    """The times for which authorities were under an improvement notice or a statutory direction.

    A spell begins with a notice or direction. It ends when all that were found to have begun in it
    were lifted or revoked, or the authority closed; one replaced by another on the same day goes on
    in it. A notice or direction that followed a later inspection than the one before begins another
    spell; of the one before, no end was found, unless it ended on that day.

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
        how_ended ('lifted or revoked', 'authority closed', 'no end found'), first_seen, last_seen
        (dates of the first and the last event found in it).

    Examples
    --------
    >>> spells = intervention_spells()
    >>> spells.query("authority == 'Norfolk'")[["kinds", "how_ended"]].head(1)
        kinds          how_ended
    ...
    """
    found = load_events() if events is None else events
    found = found[found["status"] == "happened"]
    found = found[found["kind"].isin([*_STARTS, *_STOPS, *_REVISED])]
    found = found.sort_values(["authority_id", "date", "kind"])
    closes = load_authorities().set_index("authority_id")["closed"]
    rows = [
        {"authority_id": who, "authority": own["authority"].iloc[0], **spell}
        for who, own in found.groupby("authority_id", observed=True)
        for spell in _spells_of(own.to_dict("records"), closes.get(who))
    ]
    columns = ["authority_id", "authority", "start", "start_precision", "kinds", "inspection_id",
               "end", "end_precision", "how_ended", "first_seen", "last_seen"]  # fmt: skip
    frame = pd.DataFrame(rows, columns=columns)
    days = dict.fromkeys(("start", "end", "first_seen", "last_seen"), "datetime64[s]")
    return frame.astype(days)


def _spells_of(events: list[dict[Any, Any]], closed: Any) -> Iterator[dict[str, Any]]:
    """The spells of one authority, from its events in order of time."""
    spell: dict[str, Any] | None = None
    for event in _in_order(events):
        begins, stops = _STARTS.get(event["kind"]), _STOPS.get(event["kind"])
        anew = begins and spell and _later(event["inspection_id"], spell["inspection_id"])
        if spell and anew:
            yield _closed(spell, pd.NaT)  # nothing says that it lasted until the authority closed
            spell = None
        if spell is None:
            start = (event["date"], event["date_precision"]) if begins else (pd.NaT, None)
            spell = {"start": start[0], "start_precision": start[1], "kinds": [], "open": set(),
                     "inspection_id": event["inspection_id"],
                     "first_seen": event["date"]}  # fmt: skip
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


def _in_order(events: list[dict[Any, Any]]) -> Iterator[dict[Any, Any]]:
    """Events of one day: what begins first, but after a later inspection what ends first."""
    followed: Any = None
    for _, same in groupby(events, key=lambda event: event["date"]):
        day = list(same)
        own = [event["inspection_id"] for event in day if event["kind"] in _STARTS]
        anew = any(_later(key, followed) for key in own)
        yield from sorted(day, key=lambda event: (event["kind"] in _STARTS) == anew)
        followed = next((key for key in own if pd.notna(key)), followed)


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

    Of each authority the latest spell counts that had begun by then, if it had not ended. One of
    which no end was found counts as well: it may have ended long before. An authority that had
    closed is under none.

    Parameters
    ----------
    date
        The date; by default the day to which the record is complete.
    events
        Events as from `load_events`; the packaged ones by default.

    Returns
    -------
    DataFrame
        One row per authority: authority_id, authority, since (missing where no start was found),
        since_precision, kinds, days (from since to the date; missing where only the year of since
        is known), after_grade (the worst grade of the
        inspection that it followed, for overall effectiveness, help and protection, children in
        care or leadership; missing where not known), grade_now (for help and protection, on the
        date), known_end (date; missing where none was found) and how_ended ('lifted or revoked',
        'authority closed', 'no end found'). All but the last two are as known on the date; these
        two are as the whole record has them, so that they tell what came later. Of how many no end
        was found is logged as a warning.

    Raises
    ------
    DataError
        The date is none, or after the end of the record.

    Examples
    --------
    >>> now = interventions("2020-01-01").set_index("authority")
    >>> now.loc[["West Sussex", "Wirral"], ["since", "known_end"]]
                     since  known_end
    authority
    West Sussex 2019-06-30 2023-05-11
    Wirral      2016-09-30        NaT
    """
    day = day_in_record(date)
    known = load_events() if events is None else events
    spells = intervention_spells(events=known[known["date"] <= day])
    latest = spells.drop_duplicates("authority_id", keep="last")
    running = latest[latest["end"].isna() | (latest["end"] > day)]
    whole = intervention_spells(events=known).rename(columns={"end": "known_end"})
    ends = whole[["authority_id", "first_seen", "known_end", "how_ended"]]
    history = judgements_on(list(FAILING))
    worst = history[history["band"].notna()].groupby("inspection_id")["grade"].min()
    now = judgements_on("help_and_protection")
    now = now[(now["last_day"] <= day)].drop_duplicates("authority_id", keep="last")
    frame = running.drop(columns=["end", "how_ended"]).merge(
        ends.drop_duplicates(["authority_id", "first_seen"], keep="last"),
        on=["authority_id", "first_seen"],
    )
    frame = frame.rename(columns={"start": "since", "start_precision": "since_precision"})
    since = frame["since"].where(frame["since_precision"] != "year")
    frame = frame.assign(
        days=(day - since).dt.days.astype("Int64"),
        after_grade=frame["inspection_id"].map(worst),
        grade_now=frame["authority_id"].map(now.set_index("authority_id")["grade"]),
    )
    columns = ["authority_id", "authority", "since", "since_precision", "kinds", "days",
               "after_grade", "grade_now", "known_end", "how_ended"]  # fmt: skip
    if open_ended := int(frame["known_end"].isna().sum()):
        log.warning(
            "Interventions: of %d of %d no end was found; they may have ended before %s.",
            open_ended, len(frame), day.date(),
        )  # fmt: skip
    return frame[columns]


def after_inadequate(*, events: pd.DataFrame | None = None) -> pd.DataFrame:
    """What was found to follow each inspection that gave a grade of inadequate.

    An event counts for the inspection that the table says it followed, and for no other. A
    direction or notice that was revised, revoked or lifted was in force until then: it counts for
    each such inspection published since its start, and where no start was found, for the latest
    one published before. A page without a date counts for the inspections that it names.

    Parameters
    ----------
    events
        Events as from `load_events`; the packaged ones by default. Those that were only announced
        or planned are left out.

    Returns
    -------
    DataFrame
        One row per inspection that graded overall effectiveness, help and protection, children in
        care or leadership inadequate, sorted by authority and day: authority_id, authority,
        inspection_id, framework_id, last_day, published_date, notice, direction, commissioner,
        trust (dates of the first of each that followed it), in_force (what was shown to be in force
        after it by an end or a revision: 'notice', 'direction', joined by ' and '; missing where
        nothing), undated (what pages without a date tell of, likewise), found (categorical:
        'direction or trust', 'notice or other step' (a commissioner, adviser, board, partnership or
        decision on a trust), by all that was found; 'found, not dated' where no page with a date
        tells of anything; 'none found'), days_to_action (from publication to the first notice or
        direction; missing where the day of publication, or the month of the other, is not known; a
        month counts to its last day), next_last_day (of the next full inspection), days_to_next
        (from last day to last day), reached_good (last day of the first later inspection that
        graded help and protection good or outstanding), days_to_good. These two are missing where
        the month of either inspection is not known.

    Notes
    -----
    Those with a direction had, as a rule, the worse findings: what came after goes with a
    direction, and need not come of it. 'None found' is not none.

    Examples
    --------
    >>> found = after_inadequate()
    >>> found["found"].value_counts()[["found, not dated", "none found"]].tolist()
    [11, 27]
    """
    history = judgements_on(list(FAILING))
    bad = history[history["grade"] == "inadequate"].drop_duplicates("inspection_id")
    frame = bad[["authority_id", "authority", "inspection_id", "framework_id", "last_day",
                 "published_date"]]  # fmt: skip
    frame = frame.sort_values(["authority_id", "last_day"], ignore_index=True)
    known = load_events() if events is None else events
    known = known[known["status"] == "happened"].sort_values("date", kind="stable")
    steps = known.assign(step=known["kind"].astype("str").map(_STEPS)).dropna(subset=["step"])
    for step in ("notice", "direction", "commissioner", "trust"):
        dates = steps[steps["step"] == step].groupby("inspection_id")["date"].min()
        frame[step] = dates.reindex(frame["inspection_id"]).to_numpy()
    dated = _kinds(steps[["inspection_id", "step"]])
    in_force, undated = _kinds(_in_force(known, frame)), _kinds(_undated())
    frame["in_force"] = frame["inspection_id"].map(in_force.map(" and ".join))
    frame["undated"] = frame["inspection_id"].map(undated.map(" and ".join))
    frame["found"] = pd.Categorical(
        [
            _group(*(set(found.get(key, ())) for found in (dated, in_force, undated)))
            for key in frame["inspection_id"]
        ],
        FOUND,
        ordered=True,
    )
    first = steps[steps["step"].isin(["notice", "direction"])].drop_duplicates("inspection_id")
    first = first.set_index("inspection_id")
    day = first["date"].where(first["date_precision"] != "year").astype("datetime64[s]")
    frame["days_to_action"] = (
        (day.reindex(frame["inspection_id"]).array - frame["published_date"]).dt.days
    ).astype("Int64")
    return _with_times(frame)


def _group(dated: set[str], in_force: set[str], undated: set[str]) -> str:
    """In which group an inspection is, by what was found after it."""
    if not dated | in_force | undated:
        return FOUND[3]
    if not dated | in_force:
        return FOUND[2]
    return FOUND[0] if (dated | in_force | undated) & {"direction", "trust"} else FOUND[1]


def _kinds(pairs: pd.DataFrame) -> pd.Series:
    """For each inspection what was found of it, each once and in one order."""
    order = list(_STEPS.values())
    grouped = pairs.groupby("inspection_id")["step"]
    return grouped.agg(lambda found: sorted(set(found), key=order.index))


def _in_force(events: pd.DataFrame, bad: pd.DataFrame) -> pd.DataFrame:
    """The directions and notices shown to be in force after an inspection, by what came later."""
    out = bad["published_date"].fillna(bad["last_day"])
    rows = []
    for who, own in events.groupby("authority_id", observed=True):
        reports = out[bad["authority_id"] == who]
        start: dict[str, Any] = {}
        for event in own.itertuples():
            if begun := _STARTS.get(str(event.kind)):
                start[begun] = event.date
            kind = _STOPS.get(str(event.kind)) or _REVISED.get(str(event.kind))
            if not kind:
                continue
            before = reports[reports <= event.date]
            begun_on = start.get(kind)
            shown = before.nlargest(1) if begun_on is None else before[before > begun_on]
            rows += [(bad.loc[place, "inspection_id"], kind) for place in shown.index]
            start[kind] = start.get(kind, event.date)
            if str(event.kind) in _STOPS:
                del start[kind]
    return pd.DataFrame(rows, columns=["inspection_id", "step"])


def _undated() -> pd.DataFrame:
    """What pages without a date tell of, by the inspection that it followed."""
    pages = load_table("event_evidence").dropna(subset=["inspection_id"])
    kinds = pages["kind"].astype("str")
    pages = pages.assign(
        step=kinds.map(_STEPS | _STOPS | _REVISED | {"improvement board ended": "board"}),
        inspection_id=pages["inspection_id"].astype("str").str.split("|"),
    )
    return pages.explode("inspection_id")[["inspection_id", "step"]]


def _with_times(frame: pd.DataFrame) -> pd.DataFrame:
    """With when the next inspection came and when one found the services good, and the days."""
    precision = load_table("inspections").set_index("inspection_id")["date_precision"]
    sure = precision.isin(["day", "month"])
    own = frame[["inspection_id", "authority_id", "last_day"]]
    later = own.merge(
        judgements_on("help_and_protection")[["authority_id", "inspection_id", "last_day", "band"]],
        on="authority_id",
        suffixes=("", "_later"),
    )
    later = later[later["last_day_later"] > later["last_day"]].sort_values("last_day_later")
    good = later[later["band"] >= "good"]
    for date, days, rows in (
        ("next_last_day", "days_to_next", later),
        ("reached_good", "days_to_good", good),
    ):
        first = rows.drop_duplicates("inspection_id").set_index("inspection_id")
        frame[date] = frame["inspection_id"].map(first["last_day_later"])
        known = frame["inspection_id"].map(sure) & frame["inspection_id"].map(
            first["inspection_id_later"].map(sure)
        ).eq(True)
        frame[days] = (frame[date] - frame["last_day"]).where(known).dt.days.astype("Int64")
    return frame


def times_after(data: pd.DataFrame, *, level: float = 0.95) -> pd.DataFrame:
    """How long it took from an inadequate grade to what followed, where it did and is known.

    Parameters
    ----------
    data
        As from `after_inadequate`, or some of its rows.
    level
        Confidence level of the interval of the median.

    Returns
    -------
    DataFrame
        One row per group of ``found`` and way: found, until ('notice or direction', 'next
        inspection', 'good or better'), n (times known), left_out (it followed, but the day of
        publication or a month is not known), not_seen (it was not seen to follow), quarter, median,
        three_quarters (days by which so many of the n had come), low, high (interval of the median,
        from the binomial distribution of order statistics; missing where n is too small for one).

    Raises
    ------
    DataError
        The level is none.

    Notes
    -----
    The interval is that of `shares.median_interval`. What has not followed yet is left out: the
    median is that of the n, and too short for all. See `duration.times_to_reach` for ways of which
    that matters.

    Examples
    --------
    >>> times = times_after(after_inadequate())
    >>> times.query("until == 'notice or direction'")[["found", "n", "left_out"]].shape
    (4, 3)
    """
    checked_level(level)
    data = data.reset_index(drop=True)
    action = data[["notice", "direction"]].notna().any(axis=1)
    ways = {
        "notice or direction": ("days_to_action", action),
        "next inspection": ("days_to_next", data["next_last_day"].notna()),
        "good or better": ("days_to_good", data["reached_good"].notna()),
    }
    rows = []
    for until, (column, came) in ways.items():
        for group, own in data.groupby("found", observed=True):
            days = own[column].dropna().astype("float64")
            row = {"found": group, "until": until, "n": len(days)}
            row["left_out"] = int(came[own.index].sum()) - len(days)
            row["not_seen"] = int((~came[own.index]).sum())
            places = {"quarter": 0.25, "median": 0.5, "three_quarters": 0.75}
            row |= {name: days.quantile(place) for name, place in places.items()}
            row["low"], row["high"] = median_interval(days, level=level)
            rows.append(row)
    columns = ["found", "until", "n", "left_out", "not_seen", "quarter", "median",
               "three_quarters", "low", "high"]  # fmt: skip
    frame = pd.DataFrame(rows, columns=columns)
    frame["found"] = pd.Categorical(frame["found"], FOUND, ordered=True)
    return frame


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
