"""Who stands where: as at one date, at many dates, and since when."""

from collections.abc import Sequence
from datetime import date
from functools import cache, lru_cache
from typing import Any, Literal

import numpy as np
import pandas as pd

from ofsted_analysis.analysis.themes import history_columns, judgements_on, packaged_authorities
from ofsted_analysis.tables import schema
from ofsted_analysis.tables.grades import BAND, BANDS
from ofsted_analysis.tables.schema import DataError

Day = str | date | pd.Timestamp
Latest = Literal["inspection", "graded"]
By = Literal["region", "ofsted_region", "authority_type", "framework_id"]

_DAY = "datetime64[D]"


@cache
def data_complete_to() -> pd.Timestamp:
    """The day to which the record is complete: 'today' means this day everywhere.

    Examples
    --------
    >>> data_complete_to()
    Timestamp('2026-08-22 00:00:00')
    """
    return pd.Timestamp(schema.descriptor()["completeTo"])


def as_day(day: Day, name: str) -> pd.Timestamp:
    """A day as people give it; ``name`` is what the message calls it if it is none.

    Examples
    --------
    >>> as_day("2025-03-31", "date")
    Timestamp('2025-03-31 00:00:00')
    """
    try:
        if not isinstance(day, str | date | np.datetime64):
            raise TypeError("a number, say, is no day")
        found = pd.Timestamp(schema.iso_date(day) if isinstance(day, str) else day)
    except (ValueError, TypeError) as error:
        raise DataError(f"{name}: {day!r} is not a date (YYYY-MM-DD).") from error
    if pd.isna(found):
        raise DataError(f"{name} is empty; give a date (YYYY-MM-DD).")
    return found.tz_localize(None).normalize()


def _history(
    theme: str, judgements: pd.DataFrame | None, latest: Latest, columns: Sequence[str]
) -> dict[str, Any]:
    if latest not in ("inspection", "graded"):
        raise DataError(f"latest must be 'inspection' or 'graded', not {latest!r}.")
    history = history_columns(theme, judgements, columns)
    if latest == "graded":
        graded = ~history["band"].isna()
        history = {column: values[graded] for column, values in history.items()}
    return history


def _days(values: Any) -> np.ndarray[Any, Any]:
    """Days since 1970 as whole numbers; a missing day is the smallest number there is."""
    return np.asarray(values).astype(_DAY).astype("int64")


def _day(day: pd.Timestamp) -> int:
    return int(np.datetime64(day, "D").astype("int64"))


_NEVER = np.iinfo("int64").max
_UNKNOWN = int(np.datetime64("NaT", "D").astype("int64"))


def existed(authorities: pd.DataFrame, on: pd.Timestamp) -> pd.DataFrame:
    """The authorities that existed on a day.

    Examples
    --------
    >>> len(existed(packaged_authorities(), pd.Timestamp("2019-03-31")))
    152
    """
    return authorities[~(authorities["opened"] > on) & ~(authorities["closed"] < on)]


def as_at(
    date: Day | None = None,
    theme: str = "overall",
    published_by: Day | None = None,
    *,
    latest: Latest = "inspection",
    judgements: pd.DataFrame | None = None,
    authorities: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Where every authority stood on a date.

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
    judgements, authorities
        Tables as from `load_judgements` and `load_authorities`; the packaged ones by default.

    Returns
    -------
    DataFrame
        One row per authority that existed on the date, in order of authority_id: authority_id,
        authority, region, ofsted_region, authority_type, inspection_id, framework_id,
        first_day, last_day, date_precision, published_date, area_id, area, comparability,
        grade, band, reason (why there is no grade: 'not yet inspected', 'judgement not made',
        'not judged', 'not known'), certainty, source_id, days_since (whole days from the last
        day of inspection to the date).

    Raises
    ------
    DataError
        A date that is not one, or a theme that does not exist.

    Examples
    --------
    >>> snapshot = as_at("2025-03-31", published_by="2025-06-30")
    >>> len(snapshot), snapshot["grade"].value_counts()["inadequate"].item()
    (153, 19)
    """
    on = data_complete_to() if date is None else as_day(date, "date")
    history = _history(theme, judgements, latest, [*_OF_THE_INSPECTION, "authority_id", "reason"])
    everyone = packaged_authorities() if authorities is None else authorities
    there = existed(everyone[[*_IDENTITY, "opened", "closed"]], on)
    counts = _days(history["last_day"]) <= _day(on)
    if published_by is not None:
        counts &= _days(history["published_date"]) <= _day(as_day(published_by, "published_by"))
    place = _places(history["authority_id"], there["authority_id"])
    chosen = np.flatnonzero(counts & (place >= 0))
    rows = np.full(len(there), -1)
    rows[place[chosen]] = chosen  # rows are in order of last day: the last one stays
    found = {name: there[column].array for column, name in _IDENTITY.items()}
    for column in [*_OF_THE_INSPECTION, "reason"]:
        found[column] = history[column].take(rows, allow_fill=True)
    found["reason"][rows < 0] = "not yet inspected"
    found["days_since"] = pd.array((on - pd.Series(found["last_day"])).dt.days, dtype="Int64")
    return pd.DataFrame(found)


_IDENTITY = {
    "authority_id": "authority_id",
    "name": "authority",
    "region": "region",
    "ofsted_region": "ofsted_region",
    "authority_type": "authority_type",
}


def _places(authority_id: pd.Categorical, wanted: pd.Series) -> np.ndarray[Any, Any]:
    """For each row the position of its authority among those wanted, or -1."""
    return pd.Index(wanted).get_indexer(authority_id.categories)[authority_id.codes]


_OF_THE_INSPECTION = [
    "inspection_id",
    "framework_id",
    "first_day",
    "last_day",
    "date_precision",
    "published_date",
    "area_id",
    "area",
    "comparability",
    "grade",
    "band",
    "certainty",
    "source_id",
]


def over_time(
    start: Day,
    end: Day,
    freq: str = "QE",
    theme: str = "overall",
    by: By | None = None,
    published_by_lag: int | None = None,
    *,
    latest: Latest = "inspection",
    judgements: pd.DataFrame | None = None,
    authorities: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """How many authorities stood at each band, at each of a series of dates.

    Every date is a snapshot as from `as_at`, all of them at once: each inspection stands from
    the day it counts until the next of the same authority does.

    Parameters
    ----------
    start, end
        First and last day of the series.
    freq
        How often, in pandas' terms: 'YE' (year's end), 'QE' (quarter's end), 'ME' (month's end).
    theme
        A theme.
    by
        Group by 'region', 'ofsted_region', 'authority_type' or 'framework_id' (of the inspection
        on which the grade rests).
    published_by_lag
        Days after each date by which a report must have been published; by default it does not
        matter. Ofsted's yearly statistics wait 30 to 91 days.
    latest
        'inspection' or 'graded', as in `as_at`.
    judgements, authorities
        Tables as from the loaders; the packaged ones by default.

    Returns
    -------
    DataFrame
        One row per date, group and band: date, (the group), band (ordered), n (authorities at
        that band), graded (authorities with a grade: the denominator), authorities (all that
        existed; not there where grouped by framework), share (n / graded, 0 to 1). On any date the
        authorities are a census; `grade_share` gives shares with an interval.

    Examples
    --------
    >>> counts = over_time("2018-01-01", "2020-12-31", "YE")
    >>> counts.query("band == 'inadequate'")["n"].tolist()
    [19, 20, 21]
    """
    first, last = as_day(start, "start"), as_day(end, "end")
    if first > last:
        raise DataError(f"start ({first.date()}) is after end ({last.date()}).")
    lag = published_by_lag
    if lag is not None and (isinstance(lag, bool) or not isinstance(lag, int | np.integer)):
        raise DataError(f"published_by_lag must be a whole number of days, not {lag!r}.")
    dates = _dates(first, last, freq)
    history = _history(
        theme,
        judgements,
        latest,
        ["authority_id", "framework_id", "last_day", "published_date", "band"],
    )
    everyone = packaged_authorities() if authorities is None else authorities
    place = _places(history["authority_id"], everyone["authority_id"])
    if (place < 0).any():
        history = {column: values[place >= 0] for column, values in history.items()}
        place = place[place >= 0]
    opens = np.where(everyone["opened"].isna(), _ALWAYS, _days(everyone["opened"]))
    closes = np.where(everyone["closed"].isna(), _NEVER, _days(everyone["closed"]) + 1)
    begins, ends = _spans(history, place, lag)
    begins = np.maximum(begins, opens[place])
    ends = np.minimum(ends, closes[place])

    if by is None:
        names, group_of = pd.Index(["England"]), np.zeros(len(place), dtype="int64")
        existing = np.zeros(len(everyone), dtype="int64")
    elif by == "framework_id":
        names, group_of = history[by].categories, history[by].codes.astype("int64")
        existing = None
    elif by in ("region", "ofsted_region", "authority_type"):
        groups = everyone[by].astype("category").cat
        names, existing = groups.categories, groups.codes.to_numpy().astype("int64")
        group_of = existing[place]
    else:
        raise DataError(
            f"by must be 'region', 'ofsted_region', 'authority_type' or 'framework_id', not {by!r}."
        )
    days = _days(dates)
    bands = history["band"].codes
    graded = bands >= 0
    cell = group_of * len(BANDS) + bands
    counts = _standing(
        days, begins[graded], ends[graded], cell[graded], len(names) * len(BANDS)
    ).reshape(len(days), len(names), len(BANDS))
    total = None if existing is None else _standing(days, opens, closes, existing, len(names))
    return _tidy(dates, by, names, counts, total)


_ALWAYS = np.iinfo("int64").min


@lru_cache
def _dates(first: pd.Timestamp, last: pd.Timestamp, freq: str) -> pd.DatetimeIndex:
    try:
        return pd.date_range(first, last, freq=freq)
    except (ValueError, TypeError) as error:
        raise DataError(
            f"freq must be how often in pandas' terms, such as 'YE', 'QE' or 'ME', not {freq!r}."
        ) from error


def _spans(
    history: dict[str, Any], place: np.ndarray[Any, Any], lag: int | None
) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """From which day each inspection is its authority's latest, and the day it no longer is."""
    begins = _days(history["last_day"])
    if lag is not None:
        published = _days(history["published_date"])
        begins = np.where(published == _UNKNOWN, begins, np.maximum(begins, published - lag))
    ends = np.full(len(begins), _NEVER)
    if len(begins) > 1:
        # the next of the same authority ends it; a report held back may be overtaken by the next
        same = place[1:] == place[:-1]
        ends[:-1][same] = begins[1:][same]
        while True:
            later = np.where(same, np.minimum(ends[:-1], ends[1:]), ends[:-1])
            if (later == ends[:-1]).all():
                break
            ends[:-1] = later
    return begins, ends


def _standing(
    days: np.ndarray[Any, Any],
    begins: np.ndarray[Any, Any],
    ends: np.ndarray[Any, Any],
    cell: np.ndarray[Any, Any],
    cells: int,
) -> np.ndarray[Any, Any]:
    """How many spans of each cell hold each day: one more where one begins, one less at its end."""
    real = begins < ends
    change = np.zeros((len(days) + 1) * cells, dtype="int64")
    for edge, step in ((begins, 1), (ends, -1)):
        at = np.searchsorted(days, edge[real]) * cells + cell[real]
        change += step * np.bincount(at, minlength=len(change))
    return change.reshape(len(days) + 1, cells)[:-1].cumsum(axis=0)


def _tidy(
    dates: pd.DatetimeIndex,
    by: str | None,
    names: pd.Index,
    counts: np.ndarray[Any, Any],
    total: np.ndarray[Any, Any] | None,
) -> pd.DataFrame:
    each = len(BANDS)
    groups, cells = len(names), len(names) * each
    columns = {"date": dates.repeat(cells)}
    if by:
        columns[by] = names.take(np.tile(np.arange(groups).repeat(each), len(dates)))
    bands = np.tile(np.arange(each), len(dates) * groups)
    columns["band"] = pd.Categorical.from_codes(bands, dtype=BAND)
    columns["n"] = counts.ravel()
    columns["graded"] = graded = counts.sum(axis=2).ravel().repeat(each)
    if total is not None:
        columns["authorities"] = total.ravel().repeat(each)
    columns["share"] = np.divide(
        counts.ravel(), graded, out=np.full(len(graded), np.nan), where=graded > 0
    )
    return pd.DataFrame(columns)


def time_since_inspection(
    date: Day | None = None,
    *,
    published_by: Day | None = None,
    judgements: pd.DataFrame | None = None,
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
    judgements, authorities
        Tables as from the loaders; the packaged ones by default.

    Returns
    -------
    DataFrame
        One row per authority that existed on the date, those waiting longest first: authority_id,
        authority, region, ofsted_region, authority_type, inspection_id, framework_id, last_day,
        days_since (whole days since the last day of the latest inspection; missing where there
        was none), previous_inspection_id, previous_framework_id, gap_days (from the last day of
        the previous inspection to that of the latest).

    Examples
    --------
    >>> time_since_inspection("2026-08-22").iloc[0]["days_since"] >= time_since_inspection("2026-08-22").iloc[1]["days_since"]
    np.True_
    """
    now = as_at(
        date,
        "help_and_protection",
        published_by=published_by,
        judgements=judgements,
        authorities=authorities,
    )
    history = judgements_on("help_and_protection", judgements=judgements)
    before = history.groupby("authority_id", observed=True)[
        ["inspection_id", "framework_id", "last_day"]
    ].shift()
    earlier = pd.DataFrame(
        {
            "inspection_id": history["inspection_id"],
            "previous_inspection_id": before["inspection_id"],
            "previous_framework_id": before["framework_id"],
            "gap_days": (history["last_day"] - before["last_day"]).dt.days.astype("Int64"),
        }
    )
    columns = [
        "authority_id", "authority", "region", "ofsted_region", "authority_type",
        "inspection_id", "framework_id", "last_day", "days_since",
    ]  # fmt: skip
    return (
        now[columns]
        .merge(earlier, on="inspection_id", how="left")
        .sort_values(["days_since", "authority_id"], ascending=[False, True], ignore_index=True)
    )
