"""Who stood where: on one date, on many, and since when."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Literal

import pandas as pd

from ofsted_analysis.analysis.themes import (
    Themes,
    first_made,
    judgements_on,
    known_themes,
    last_made,
    standing,
)
from ofsted_analysis.tables import given, load, schema
from ofsted_analysis.tables.authorities import existing, find_authority, ons_codes
from ofsted_analysis.tables.days import Day, as_day
from ofsted_analysis.tables.errors import DataError, one_of, shown, words
from ofsted_analysis.tables.grades import BAND, BANDS

Latest = Literal["inspection", "graded"]
By = Literal["region", "ofsted_region", "authority_type", "framework_id"]

IDENTITY = ["authority_id", "authority", "region", "ofsted_region", "authority_type"]
"""What every table of authorities says of each, beside its code."""
_LIFE = ["opened", "closed"]
_OF_THE_INSPECTION = [
    "inspection_id", "framework_id", "first_day", "last_day", "date_precision", "published_date",
    "area_id", "area", "comparability", "grade", "band", "reason", "certainty", "source_id",
]  # fmt: skip


def data_complete_to() -> pd.Timestamp:
    """The day to which the record is complete: 'today' means this day everywhere.

    Examples
    --------
    >>> data_complete_to()
    Timestamp('2026-08-22 00:00:00')
    """
    return as_day(schema.complete_to(), "completeTo in datapackage.json")


def cut_off(theme: str) -> pd.Timestamp:
    """The last day that the record can say anything of a theme: its own end, or the judgement's.

    Examples
    --------
    >>> cut_off("overall")
    Timestamp('2026-03-31 00:00:00')
    """
    return min(filter(None, (data_complete_to(), last_made(theme))))


def day_in_record(
    date: Day | None, name: str = "date", data: pd.DataFrame | None = None
) -> pd.Timestamp:
    """A day that the record covers; by default the day to which it is complete.

    Judgements of one's own may go on for longer: then any day will do.

    Raises
    ------
    DataError
        It is no day, or lies after the end of the record.

    Examples
    --------
    >>> day_in_record("2025-03-31")
    Timestamp('2025-03-31 00:00:00')
    """
    end = data_complete_to()
    if date is None:
        return end
    day = as_day(date, name)
    if data is None and day > end:
        raise DataError(
            f"{name}: {day.date()} is after the end of the record, {end.date()}. Who stood where "
            "later is not known yet."
        )
    return day


def everyone(authorities: pd.DataFrame | None) -> pd.DataFrame:
    """The authorities given, or the packaged ones, as analysis needs them: who, where, and when.

    Examples
    --------
    >>> everyone(None).columns.tolist()[:3]
    ['authority_id', 'authority', 'region']
    """
    columns = ["authority_id", "name", *IDENTITY[2:], *_LIFE]
    found = given.authorities(authorities, columns).rename(columns={"name": "authority"})
    return found.sort_values("authority_id", kind="stable", ignore_index=True)


def _graded_only(history: pd.DataFrame, latest: str) -> pd.DataFrame:
    one_of(latest, ("inspection", "graded"), "latest")
    return history[history["band"].notna()] if latest == "graded" else history


def as_at(
    date: Day | None = None,
    theme: str = "overall",
    published_by: Day | None = None,
    *,
    latest: Latest = "inspection",
    data: pd.DataFrame | None = None,
    authorities: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """The grade of every authority on a date.

    The basis is Ofsted's own: an inspection counts from its last day, and where a cut-off for
    publication is given, only if its report was published by then. An inspection whose day of
    publication is not known counts as published.

    Parameters
    ----------
    date
        The date; by default the day to which the record is complete.
    theme
        A theme, such as 'overall' or 'care_leavers'.
    published_by
        Cut-off: reports published on or before this day; by default none.
    latest
        'inspection' (default): the latest inspection under a framework that has the theme, with
        no grade where that inspection made no such judgement. It is the default because an older
        grade is no longer Ofsted's latest word once a newer inspection has been made. 'graded':
        the latest inspection that gave a grade for the theme, however old.
    data, authorities
        Tables as from `load_judgements` and `load_authorities`; the packaged ones by default.

    Returns
    -------
    DataFrame
        One row per authority that existed on the date, in order of authority_id: authority_id,
        ons_code (valid on the date), authority, region, ofsted_region, authority_type,
        inspection_id, framework_id, first_day, last_day, date_precision, published_date, area_id,
        area, comparability, grade, band, reason (why there is no grade: 'not graded then' (before
        the first framework that judged the theme), 'not yet inspected',
        'judgement not made', 'not judged', 'not known'), certainty, source_id, days_since (whole
        days from the last day of inspection to the date). ``attrs["date"]`` is the date.

    Raises
    ------
    DataError
        A date that is not one or is after the end of the record, or a theme that does not exist.

    Examples
    --------
    >>> snapshot = as_at("2025-03-31", published_by="2025-06-30")
    >>> snapshot["grade"].value_counts(sort=False).to_dict()  # as Ofsted published them
    {'inadequate': 19, 'adequate': 0, 'requires improvement': 31, 'good': 67, 'outstanding': 36}
    """
    day = day_in_record(date, "date", data)
    if data is None and authorities is None:
        by = None if published_by is None else as_day(published_by, "published_by")
        one_of(latest, ("inspection", "graded"), "latest")
        versions = load.versions((*load.JOINED, "frameworks"), schema.data_dir())
        return _packaged(day, _one(theme), by, latest, versions).copy(deep=False)
    history = _graded_only(judgements_on(_one(theme), data=data), latest)
    return snapshot(day, history, published_by, authorities, theme=theme)


@lru_cache(maxsize=128)
def _packaged(
    day: pd.Timestamp, theme: str, by: pd.Timestamp | None, latest: str, _: load.Versions
) -> pd.DataFrame:
    """The snapshot of a day from the packaged tables: asked for again and again."""
    return snapshot(day, _graded_only(judgements_on(theme), latest), by, theme=theme)


def snapshot(
    day: pd.Timestamp,
    history: pd.DataFrame,
    published_by: Day | None = None,
    authorities: pd.DataFrame | None = None,
    *,
    theme: str,
) -> pd.DataFrame:
    """The snapshot of a day that inspections in order of time, as from `judgements_on`, give.

    Examples
    --------
    >>> sif = judgements_on("overall").query("framework_id == 'sif'")
    >>> len(snapshot(pd.Timestamp("2014-03-31"), sif, theme="overall").dropna(subset="grade"))
    13
    """
    counted = history[history["last_day"] <= day]
    if published_by is not None:
        counted = counted[~(counted["published_date"] > as_day(published_by, "published_by"))]
    newest = counted.drop_duplicates("authority_id", keep="last")
    there = existing(everyone(authorities), day)
    found = there[IDENTITY].merge(
        newest[["authority_id", *_OF_THE_INSPECTION]], on="authority_id", how="left"
    )
    found.insert(1, "ons_code", found["authority_id"].map(ons_codes(day)))
    found.loc[found["inspection_id"].isna(), "reason"] = _without(theme, day)
    found["days_since"] = (day - found["last_day"]).dt.days.astype("Int64")
    found.attrs["date"] = f"{day:%Y-%m-%d}"  # what the rows cannot say where nobody is graded
    return found


def _without(theme: str, day: pd.Timestamp) -> str:
    """Why an authority without any inspection has no grade for a theme on a day."""
    first = first_made(theme)
    return "not yet inspected" if first is None or first <= day else "not graded then"


def _one(theme: str) -> str:
    if not isinstance(theme, str):
        raise DataError(f"theme must be the name of one theme, not {shown(theme)}.")
    return theme


def panel(
    dates: Sequence[Day],
    theme: str = "overall",
    published_by_lag: int | None = None,
    *,
    who: str | Sequence[str] = "existing",
    latest: Latest = "inspection",
    data: pd.DataFrame | None = None,
    authorities: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """The grade of every authority on each of several dates: one row per authority and date.

    Every date is a snapshot as from `as_at`. A new authority has no grade until it is inspected:
    it never inherits that of an authority that it took over from.

    Parameters
    ----------
    dates
        The dates.
    theme
        A theme.
    published_by_lag
        Days after each date by which a report must have been published; by default it does not
        matter.
    who
        'existing' (default): the authorities that existed on each date; 'throughout': those that
        existed on all of them, so that each has a row for every date; or a list of authorities
        (names, codes or ids: see `find_authority`), each with a row for every date.
    latest, data, authorities
        As in `as_at`.

    Returns
    -------
    DataFrame
        In order of date and authority_id: date, authority_id, ons_code (valid on the date),
        authority, region, ofsted_region, authority_type, inspection_id, framework_id, last_day,
        comparability, grade, band, reason (why there is no grade, as in `as_at`, or 'did not
        exist' for an authority of a list on a date on which there was none), days_since.

    Raises
    ------
    DataError
        A date that is not one or is after the end of the record, or no such theme.
    UnknownAuthorityError
        No authority goes by one of the names.

    Examples
    --------
    >>> panel(["2019-03-31", "2023-03-31"], who=["Norfolk", "Cumberland"])[
    ...     ["date", "ons_code", "grade", "reason"]]
            date   ons_code                 grade             reason
    0 2019-03-31        NaN                   NaN      did not exist
    1 2019-03-31  E10000020  requires improvement                NaN
    2 2023-03-31        NaN                   NaN      did not exist
    3 2023-03-31  E10000020                  good                NaN
    """
    days = _days(dates)
    lag = _whole_days(published_by_lag)
    snapshots = {}
    for day in days:
        cut = None if lag is None else day + pd.Timedelta(days=lag)
        snapshots[day] = as_at(day, theme, cut, latest=latest, data=data, authorities=authorities)
    found = pd.concat(snapshots, names=["date", None]).reset_index(level="date")
    found["reason"] = found["reason"].cat.add_categories("did not exist")
    if isinstance(who, str):
        if who not in ("existing", "throughout"):
            raise DataError(
                "who must be 'existing', 'throughout' or a list of authorities, not " + repr(who)
            )
        if who == "throughout":
            often = found["authority_id"].map(found["authority_id"].value_counts())
            found = found[often == len(days)]
    else:
        ids = dict.fromkeys(find_authority(name) for name in words(who, "who"))
        every = pd.MultiIndex.from_product([days, sorted(ids)], names=["date", "authority_id"])
        identity = everyone(authorities)[IDENTITY]
        found = (
            found.drop(columns=IDENTITY[1:])
            .set_index(["date", "authority_id"])
            .reindex(every)
            .reset_index()
            .merge(identity, on="authority_id", how="left")
        )
        absent = found["reason"].isna() & found["grade"].isna()
        found.loc[absent, "reason"] = "did not exist"
    return found[_PANEL].reset_index(drop=True)


_PANEL = [
    "date", "authority_id", "ons_code", *IDENTITY[1:], "inspection_id", "framework_id", "last_day",
    "comparability", "grade", "band", "reason", "days_since",
]  # fmt: skip


def _days(dates: Sequence[Day]) -> list[pd.Timestamp]:
    if isinstance(dates, str | bytes | dict) or not hasattr(dates, "__iter__"):
        raise DataError(f"dates must be a list of dates, not {shown(dates)}.")
    days = sorted({as_day(date, "dates") for date in dates})
    if not days:
        raise DataError("dates is empty; give at least one date (YYYY-MM-DD).")
    return days


def _whole_days(lag: int | None) -> int | None:
    whole = lag is None or (hasattr(lag, "__index__") and not isinstance(lag, bool))
    if not whole or (lag is not None and abs(lag) > 36525):
        raise DataError(f"published_by_lag must be a whole number of days, not {shown(lag)}.")
    return None if lag is None else int(lag)


def over_time(
    start: Day,
    end: Day,
    freq: str = "QE",
    theme: Themes = "overall",
    by: By | None = None,
    published_by_lag: int | None = None,
    *,
    latest: Latest = "inspection",
    data: pd.DataFrame | None = None,
    authorities: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """How many authorities were graded at each band, at each of a series of dates.

    Every date counts a snapshot as from `as_at`. Each judgement begins to count on one day and
    stops when the next of the same authority begins, or the authority ends: so the number on a
    date is the number begun so far less the number ended so far.

    Parameters
    ----------
    start, end
        First and last day of the series.
    freq
        How often, in pandas' terms: 'YE' (year's end), 'QE' (quarter's end), 'ME' (month's end).
    theme
        A theme, or several.
    by
        Group by 'region', 'ofsted_region', 'authority_type' or 'framework_id' (of the inspection
        on which the grade rests).
    published_by_lag
        Days after each date by which a report must have been published; by default it does not
        matter. Ofsted's yearly statistics wait 30 to 91 days.
    latest, data, authorities
        As in `as_at`.

    Returns
    -------
    DataFrame
        One row per date, theme (a column only if several are asked for), group and band: date,
        (theme), (the group), band (ordered), n (authorities at that band), graded (authorities
        with a grade: the denominator), authorities (all that existed; not there where grouped by
        framework), share (n / graded, 0 to 1). On any date the authorities are a census;
        `grade_share` gives shares with an interval.

    Raises
    ------
    DataError
        A date that is not one or is after the end of the record; no such theme, frequency or
        group.

    Examples
    --------
    >>> counts = over_time("2018-01-01", "2020-12-31", "YE")
    >>> counts.query("band == 'inadequate'")[["date", "n", "graded"]]
            date   n  graded
    0 2018-12-31  19     152
    4 2019-12-31  20     149
    8 2020-12-31  21     149
    """
    first, last = as_day(start, "start"), day_in_record(end, "end", data)
    dates = _series(first, last, freq)
    lag, wanted = _whole_days(published_by_lag), known_themes(theme, data)
    if by is not None:
        one_of(by, ("region", "ofsted_region", "authority_type", "framework_id"), "by")
    who = everyone(authorities)
    if data is None:
        history = judgements_on(wanted)[["theme", "authority_id", *_COUNTED]]
    else:
        history = standing(wanted, given.judgements(data, _TO_COUNT))
    spans = _spans(_graded_only(history, latest), who, lag)
    spans = spans[spans["band"].notna()]
    keys = ["theme", *([by] if by else []), "band"]
    levels = {
        "theme": pd.Index(wanted),
        "region": who["region"].cat.categories,
        "ofsted_region": who["ofsted_region"].cat.categories,
        "authority_type": who["authority_type"].cat.categories,
        "framework_id": _frameworks(data),
        "band": pd.CategoricalIndex(BANDS, dtype=BAND),
    }
    counts = _on_each_date(spans, dates, keys, levels)
    group = ["date", *keys[:-1]]
    counts["graded"] = counts.groupby(group, observed=False, sort=False)["n"].transform("sum")
    if by != "framework_id":
        there = _there(who, first, dates, by or "all", levels)
        shared = ["date", *([by] if by else [])]
        counts = counts.merge(there[[*shared, "authorities"]], on=shared, how="left")
    counts["share"] = counts["n"] / counts["graded"].where(counts["graded"] > 0)
    return counts if len(wanted) > 1 or not isinstance(theme, str) else counts.drop(columns="theme")


def parts_over_time(
    dates: Sequence[Day],
    theme: str = "overall",
    *,
    latest: Latest = "inspection",
    data: pd.DataFrame | None = None,
    authorities: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """How many authorities had each grade, or none and why, on each of several dates.

    Parameters
    ----------
    dates
        The dates.
    theme
        A theme.
    latest, data, authorities
        As in `as_at`.

    Returns
    -------
    DataFrame
        One row per date and part: date, part (a grade as printed, or the reason why there is
        none), n, authorities (that existed on the date: all parts together).

    Raises
    ------
    DataError
        A date that is not one or is after the end of the record, or no such theme.

    Examples
    --------
    >>> found = parts_over_time(["2026-03-31"])
    >>> found[found["n"] > 0].set_index("part")["n"].to_dict()
    {'inadequate': 13, 'requires improvement': 29, 'good': 65, 'outstanding': 46}
    """
    days = pd.DatetimeIndex(_days(dates), name="date")
    day_in_record(days[-1], "dates", data)
    history = _graded_only(judgements_on(_one(theme), data=data), latest)
    who = everyone(authorities)
    spans = _spans(history[["theme", "authority_id", "last_day", "grade", "reason"]], who, None)
    spans["part"] = spans["grade"].astype("str").fillna(spans["reason"].astype("str"))
    parts = pd.Index([*history["grade"].cat.categories, *history["reason"].cat.categories])
    counts = _on_each_date(spans, days, ["part"], {"part": parts})
    there = _there(who, days[0], days, "all", {}).set_index("date")["authorities"]
    counts["authorities"] = counts["date"].map(there)
    inspected = counts.groupby("date")["n"].transform("sum")
    none = counts["part"] == counts["date"].map({day: _without(theme, day) for day in days})
    counts["n"] += (counts["authorities"] - inspected).where(none, 0)
    return counts


_COUNTED = ["framework_id", "last_day", "published_date", "band"]
_TO_COUNT = [
    "inspection_id", "inspection_type", "authority_id", "area_id", *_COUNTED, "theme",
    "comparability", "position",
]  # fmt: skip


def _frameworks(data: pd.DataFrame | None) -> pd.Index:
    return pd.Index(sorted(given.judgements(data, ["framework_id"])["framework_id"].unique()))


def _series(first: pd.Timestamp, last: pd.Timestamp, freq: str) -> pd.DatetimeIndex:
    if first > last:
        raise DataError(f"start ({first.date()}) is after end ({last.date()}).")
    wrong = (
        f"freq must be how often in pandas' terms, such as 'YE', 'QE' or 'ME', not {shown(freq)}."
    )
    if not isinstance(freq, str):
        raise DataError(wrong)
    try:
        return pd.date_range(first, last, freq=freq, name="date")
    except (ValueError, TypeError) as error:
        raise DataError(wrong) from error


def _spans(history: pd.DataFrame, who: pd.DataFrame, lag: int | None) -> pd.DataFrame:
    """From which day each inspection is its authority's latest, and the day it no longer is.

    Empty spans are left out: of a report held back so long that a later one was out before it,
    and of an inspection outside its authority's life.
    """
    spans = history.merge(who, on="authority_id", how="inner")
    begins = spans["last_day"]
    if lag is not None:
        held_back = spans["published_date"] - pd.Timedelta(days=lag)
        begins = begins.where(~(held_back > begins), held_back)
    keys = [spans["theme"], spans["authority_id"]]
    if lag is None:
        ends = begins.groupby(keys).shift(-1)
    else:  # the first to begin of all that come later
        ends = begins[::-1].groupby([key[::-1] for key in keys]).cummin()[::-1]
        ends = ends.groupby(keys).shift(-1)
    spans["begins"] = begins.where(~(spans["opened"] > begins), spans["opened"])
    over = spans["closed"] + pd.Timedelta(days=1)
    spans["ends"] = ends.where(~(over < ends) & ends.notna(), over)
    return spans[~(spans["ends"] <= spans["begins"])]


def _on_each_date(
    spans: pd.DataFrame, dates: pd.DatetimeIndex, keys: list[str], levels: dict[str, pd.Index]
) -> pd.DataFrame:
    """How many spans hold each date, by key: those begun so far less those ended so far."""
    begun = spans[keys].assign(place=dates.searchsorted(spans["begins"]), n=1)
    ended = spans[keys].assign(place=dates.searchsorted(spans["ends"]), n=-1)
    change = pd.concat([begun, ended[spans["ends"].notna()]])
    table = change.groupby(["place", *keys], observed=True)["n"].sum().unstack(keys)  # noqa: PD010
    table.columns = pd.MultiIndex.from_frame(table.columns.to_frame(), names=keys)
    every = pd.MultiIndex.from_product([levels[key] for key in keys])
    table = table.reindex(index=range(len(dates)), columns=every).fillna(0).cumsum().astype(int)
    place = pd.MultiIndex.from_product([dates, *(levels[key] for key in keys)])
    counts = pd.DataFrame({"n": table.to_numpy().ravel()}, index=place.set_names(["date", *keys]))
    return counts.reset_index()


def _there(
    who: pd.DataFrame,
    first: pd.Timestamp,
    dates: pd.DatetimeIndex,
    by: str,
    levels: dict[str, pd.Index],
) -> pd.DataFrame:
    """How many authorities existed on each date from the first: by group, or 'all' together."""
    begins, ends = who["opened"].fillna(first), who["closed"] + pd.Timedelta(days=1)
    lives = who.assign(begins=begins, ends=ends, all=0)
    there = _on_each_date(lives, dates, [by], levels | {"all": pd.Index([0])})
    return there.rename(columns={"n": "authorities"})


def time_since_inspection(
    date: Day | None = None,
    *,
    published_by: Day | None = None,
    data: pd.DataFrame | None = None,
    authorities: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """How long each authority has gone without a full inspection, longest first.

    A full inspection is one of help and protection (every framework but the looked after children
    inspections of 2013 has that theme).

    Parameters
    ----------
    date
        The date; by default the day to which the record is complete.
    published_by
        Cut-off for publication, as in `as_at`.
    data, authorities
        Tables as from the loaders; the packaged ones by default.

    Returns
    -------
    DataFrame
        One row per authority that existed on the date, those waiting longest first: authority_id,
        ons_code, authority, region, ofsted_region, authority_type, inspection_id, framework_id,
        last_day, days_since (whole days since the last day of the latest inspection; missing where
        there was none), previous_inspection_id, previous_framework_id, gap_days (from the last day
        of the previous inspection to that of the latest).

    Examples
    --------
    >>> time_since_inspection("2026-03-31")[["authority", "last_day", "days_since"]].head(2)
        authority   last_day  days_since
    0  Nottingham 2022-07-22        1348
    1    Somerset 2022-07-29        1341
    """
    theme = "help_and_protection"
    now = as_at(date, theme, published_by=published_by, data=data, authorities=authorities)
    history = judgements_on(theme, data=data)
    before = history.groupby("authority_id")[["inspection_id", "framework_id", "last_day"]].shift()
    earlier = pd.DataFrame(
        {
            "inspection_id": history["inspection_id"],
            "previous_inspection_id": before["inspection_id"],
            "previous_framework_id": before["framework_id"],
            "gap_days": (history["last_day"] - before["last_day"]).dt.days.astype("Int64"),
        }
    )
    columns = ["authority_id", "ons_code", *IDENTITY[1:], "inspection_id", "framework_id",
               "last_day", "days_since"]  # fmt: skip
    return (
        now[columns]
        .merge(earlier, on="inspection_id", how="left")
        .sort_values(["days_since", "authority_id"], ascending=[False, True], ignore_index=True)
    )
