"""What happens between graded inspections: visits, gaps, and how long a report takes."""

import pandas as pd

from ofsted_analysis.analysis.change import directions
from ofsted_analysis.analysis.outcomes import IDENTITY, day_in_record
from ofsted_analysis.analysis.themes import judgements_on
from ofsted_analysis.tables.authorities import find_authority
from ofsted_analysis.tables.days import Day
from ofsted_analysis.tables.errors import DataError, one_of
from ofsted_analysis.tables.labels import long_date
from ofsted_analysis.tables.load import load_inspections, load_table, load_visits

FULL = "help_and_protection"
"""The theme of every full inspection: each framework but that of summer 2013 has it."""


def at_hand_note(kind: str | None = None) -> str:
    """How far the visits in the record go: to be printed wherever visits are shown.

    Parameters
    ----------
    kind
        A kind of visit; by default all.

    Raises
    ------
    DataError
        There is no such kind.

    Examples
    --------
    >>> at_hand_note("joint targeted area inspection")
    'Not complete: 64 joint targeted area inspections available, none published after 13 March ...'
    """
    kinds = load_table("visit_kinds").set_index("kind")
    if kind is not None:
        one_of(kind, kinds.index.tolist(), "kind")
        kinds = kinds.loc[[kind]]
    counts = load_visits()["kind"].astype("str").value_counts()
    parts = []
    for name, known, day in zip(kinds.index, kinds["known"], kinds["at_hand_to"], strict=True):
        of = "" if pd.isna(known) else f" of {known} known"
        parts.append(
            f"{counts.get(name, 0)}{of} {name}s available, none published after {long_date(day)}"
        )
    return f"Not complete: {'; '.join(parts)}."


def visits_with_grades(
    theme: str = "overall",
    *,
    visits: pd.DataFrame | None = None,
    data: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Visits with the grade in force on their first day, and the next grade after them.

    Group it as you like: by year, theme of the visit, region, or grade in force. Visits are not
    assigned at random: inspectors choose whom they visit, and why. What came after a visit need not
    have come of it.

    Parameters
    ----------
    theme
        The theme of the grades. Overall effectiveness has been graded to March 2026 only.
    visits
        Visits as from `load_visits`; the packaged ones by default.
    data
        Judgements as from `load_judgements`; the packaged ones by default.

    Returns
    -------
    DataFrame
        The visits, and: year (of the last day; int), grade_then, band_then (of the latest
        inspection that ended before the visit began; missing where there was none, or no grade),
        days_after (from its last day to the first of the visit), next_inspection_id, next_grade,
        next_band (of the first inspection that ended after the visit; missing where there has been
        none), next_direction (ordered: 'down', 'same', 'up', from the grade in force to the next),
        days_to_next (from the last day of the visit to the first of that inspection).

    Raises
    ------
    DataError
        There is no such theme, or a table lacks a column.

    Examples
    --------
    >>> found = visits_with_grades("help_and_protection")
    >>> found = found[found["authority"] == "Norfolk"].tail(1)
    >>> found[["last_day", "grade_then", "next_grade", "next_direction"]]
          last_day grade_then   next_grade next_direction
    ... 2024-12-13       good  outstanding             up
    """
    own = load_visits() if visits is None else visits
    history = judgements_on(theme, data=data)
    columns = ["inspection_id", "first_day", "last_day", "grade", "band"]
    began = own["first_day"].fillna(own["last_day"])
    rows = own.assign(_at=began, _end=own["last_day"], _place=range(len(own))).sort_values("_at")
    before = history[["authority_id", *columns]].sort_values("last_day")
    names = {"last_day": "_last", "grade": "grade_then", "band": "band_then"}
    before = before.rename(columns=names)
    found = pd.merge_asof(
        rows, before[["authority_id", "_last", "grade_then", "band_then"]],
        left_on="_at", right_on="_last", by="authority_id", allow_exact_matches=False,
    ).sort_values("_end")  # fmt: skip
    after = before.rename(columns={"inspection_id": "next_inspection_id", "_last": "_next",
                                   "first_day": "_first", "grade_then": "next_grade",
                                   "band_then": "next_band"})  # fmt: skip
    found = pd.merge_asof(
        found, after, left_on="_end", right_on="_next", by="authority_id",
        direction="forward", allow_exact_matches=False,
    ).sort_values("_place")  # fmt: skip
    both = found["band_then"].notna() & found["next_band"].notna()
    steps = (found["next_band"].cat.codes - found["band_then"].cat.codes).where(both)
    found["next_direction"] = directions(steps)
    found["year"] = found["last_day"].dt.year.astype("int64")
    found["days_after"] = (found["_at"] - found["_last"]).dt.days.astype("Int64")
    starts = found["_first"].fillna(found["_next"])
    found["days_to_next"] = (starts - found["_end"]).dt.days.astype("Int64")
    added = ["year", "grade_then", "band_then", "days_after", "next_inspection_id", "next_grade",
             "next_band", "next_direction", "days_to_next"]  # fmt: skip
    return found[[*own.columns, *added]].reset_index(drop=True)


def inspection_gaps(
    theme: str = FULL,
    *,
    within: str | None = None,
    data: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """The gaps between full inspections of one authority, with the grade before each.

    Parameters
    ----------
    theme
        The theme of the grade before; inspections are those that could have judged it.
    within
        A framework_id: only gaps of which both inspections are under that framework.
    data
        Judgements as from `load_judgements`; the packaged ones by default.

    Returns
    -------
    DataFrame
        One row per gap, sorted by authority and day: authority_id, authority, region,
        ofsted_region, authority_type, framework_id (of the later inspection), grade_before,
        band_before, first_day, last_day (of the earlier one), next_first_day, next_last_day, days
        (from last day to last day), days_to_first (from last day to the first of the next) and
        days_first_to_first (from first day to first day; these two missing where a day is not
        known).

    Raises
    ------
    DataError
        There is no such theme.

    Examples
    --------
    >>> gaps = inspection_gaps(within="ilacs")
    >>> gaps.groupby("grade_before", observed=True)["days"].median().astype(int).to_dict()
    {'inadequate': 1235, 'requires improvement': 1463, 'good': 1428, 'outstanding': 1708}
    """
    history = judgements_on(theme, data=data)
    later = history.groupby("authority_id")[["framework_id", "first_day", "last_day"]].shift(-1)
    gaps = history[[*IDENTITY, "first_day", "last_day"]].assign(
        framework_id=later["framework_id"],
        before=history["framework_id"],
        grade_before=history["grade"],
        band_before=history["band"],
        next_first_day=later["first_day"],
        next_last_day=later["last_day"],
    )
    gaps = gaps[gaps["next_last_day"].notna()]
    if within is not None:
        gaps = gaps[(gaps["framework_id"] == within) & (gaps["before"] == within)]
    gaps["days"] = (gaps["next_last_day"] - gaps["last_day"]).dt.days.astype("int64")
    gaps["days_to_first"] = (gaps["next_first_day"] - gaps["last_day"]).dt.days.astype("Int64")
    firsts = gaps["next_first_day"] - gaps["first_day"]
    gaps["days_first_to_first"] = firsts.dt.days.astype("Int64")
    columns = [*IDENTITY, "framework_id", "grade_before", "band_before", "first_day", "last_day",
               "next_first_day", "next_last_day", "days", "days_to_first",
               "days_first_to_first"]  # fmt: skip
    return gaps[columns].reset_index(drop=True)


def gap_summary(
    gaps: pd.DataFrame, by: str = "grade_before", *, days: str = "days"
) -> pd.DataFrame:
    """The shortest and longest gap, and the quartiles between, by group.

    Parameters
    ----------
    gaps
        Rows as from `inspection_gaps` or `publication_lags`.
    by
        The column to group by.
    days
        The column of days.

    Returns
    -------
    DataFrame
        One row per group: the column of ``by``, n, shortest, lower_quartile, median,
        upper_quartile, longest (whole days).

    Raises
    ------
    DataError
        There is no such column.

    Examples
    --------
    >>> gap_summary(inspection_gaps(within="ilacs"))[["grade_before", "n", "shortest", "longest"]]
               grade_before   n  shortest  longest
    0            inadequate  18       910     1526
    1  requires improvement  71       952     2135
    2                  good  64      1043     2065
    3           outstanding  15      1148     1890
    """
    for column in (by, days):
        if column not in gaps:
            raise DataError(
                f"There is no column {column!r}; there are: {', '.join(map(str, gaps))}."
            )
    known = gaps[gaps[days].notna() & gaps[by].notna()].astype({days: "int64"})
    found = known.groupby(by, observed=True)[days].describe().drop(columns=["mean", "std"])
    found.columns = pd.Index(
        ["n", "shortest", "lower_quartile", "median", "upper_quartile", "longest"]
    )
    return found.round().astype("int64").reset_index()


def gap_so_far(
    authority: str, date: Day | None = None, *, data: pd.DataFrame | None = None
) -> pd.Series:
    """How long an authority has gone without a full inspection, beside gaps that have ended.

    It compares with the past. It is no forecast: when inspectors come next is Ofsted's to decide.

    Parameters
    ----------
    authority
        A name, code or authority_id: see `find_authority`.
    date
        The date; by default the day to which the record is complete.
    data
        Judgements as from `load_judgements`; the packaged ones by default.

    Returns
    -------
    Series
        authority_id, grade (its latest for help and protection), last_day, framework_id, days
        (since then), n (gaps under that framework after the same grade, of any authority, that
        had ended by the date), shorter (how many of these were shorter), shortest, median,
        longest (days; missing where there is none).

    Raises
    ------
    DataError
        The authority had not been inspected by the date, or the date is none in the record.
    UnknownAuthorityError
        There is no such authority, or it did not exist on the date.

    Examples
    --------
    >>> gap_so_far("Nottingham", "2026-03-31")[["grade", "days", "n", "shorter"]].to_dict()
    {'grade': 'inadequate', 'days': 1348, 'n': 17, 'shorter': 11}
    """
    day = day_in_record(date, data=data)
    own = find_authority(authority, date=day)
    history = judgements_on(FULL, data=data)
    mine = history[(history["authority_id"] == own) & (history["last_day"] <= day)]
    if mine.empty:
        raise DataError(f"{authority} had not been inspected by {day.date()}.")
    latest = mine.iloc[-1]
    past = inspection_gaps(within=latest["framework_id"], data=data)
    past = past[(past["grade_before"] == latest["grade"]) & (past["next_last_day"] <= day)]
    so_far, days = (day - latest["last_day"]).days, past["days"]
    return pd.Series(
        {
            "authority_id": own, "grade": latest["grade"], "last_day": latest["last_day"],
            "framework_id": latest["framework_id"], "days": so_far, "n": len(days),
            "shorter": int((days < so_far).sum()), "shortest": days.min(), "median": days.median(),
            "longest": days.max(),
        }
    )  # fmt: skip


def publication_lags() -> pd.DataFrame:
    """How long after the last day each report or letter was published.

    Returns
    -------
    DataFrame
        One row per inspection or visit of which both days are known: what (the framework's short
        name, or the kind of visit), authority_id, last_day, published_date, year (of the last day;
        int), days.

    Examples
    --------
    >>> lags = publication_lags()
    >>> gap_summary(lags[lags["year"] == 2019], "what")[["what", "median"]].head(1)
        what  median
    0  ILACS      32
    """
    labels = load_table("frameworks").set_index("framework_id")["label"]
    inspections = load_inspections()
    inspections = inspections.assign(what=inspections["framework_id"].map(labels).astype("str"))
    visits = load_visits().assign(what=lambda frame: frame["kind"].astype("str"))
    columns = ["what", "authority_id", "last_day", "published_date", "date_precision"]
    found = pd.concat([inspections[columns], visits[columns]], ignore_index=True)
    found = found[(found["date_precision"] == "day") & found["published_date"].notna()]
    found = found.drop(columns="date_precision").reset_index(drop=True)
    found["year"] = found["last_day"].dt.year.astype("int64")
    found["days"] = (found["published_date"] - found["last_day"]).dt.days.astype("int64")
    return found
