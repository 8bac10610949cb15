"""Circumstances beside grades: children, need, workforce, money, deprivation."""

import logging
from collections.abc import Sequence
from typing import Literal

import numpy as np
import pandas as pd

from ofsted_analysis.analysis.outcomes import panel
from ofsted_analysis.analysis.shares import checked_level, holm, median_interval
from ofsted_analysis.tables.days import Day, as_day
from ofsted_analysis.tables.errors import DataError
from ofsted_analysis.tables.load import load_authorities, load_context, load_table

log = logging.getLogger(__name__)

SHARED = "one figure for "
"""How the note of a value begins that was published for two authorities together."""


def with_context(
    data: pd.DataFrame,
    measures: str | Sequence[str],
    when: Literal["latest before", "same year"] = "latest before",
    *,
    date: Day | None = None,
    oldest: int | None = None,
    context: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Inspections or snapshots with the circumstances of each authority, never of a later day.

    Parameters
    ----------
    data
        Any rows with authority_id, such as from `as_at`, `panel`, `judgements_on` or
        `load_inspections`.
    measures
        One or more of those in the table ``context_measures``.
    when
        'latest before': the latest value dated on or before the day, however old unless ``oldest``
        says otherwise. 'same year': the same, but only of the calendar year of the day; for a
        picture of one day, where an old value should not stand in for one that is not known.
    date
        The column with the day of each row, or one day for all; by default the column date, or
        last_day. A snapshot from `as_at` has no date of its own: name its date, or 'last_day'
        for the day of each inspection.
    oldest
        How many days before the day a value may be dated; older ones are left out.
    context
        Values as from `load_context`; the packaged ones by default.

    Returns
    -------
    DataFrame
        The rows, and for each measure its value (float; missing where there is none), in
        '<measure>_date' the date that it is of, and in '<measure>_note' what is to know of it,
        such as that one figure was published for two authorities. How many rows found no value is
        logged as a warning. An authority has no value from the one that it took over from. What
        counts is the date of a value, not the later day on which it was published.

    Raises
    ------
    DataError
        There is no such measure, column or authority, the rows have a column of that name already,
        or are a snapshot and no day is named; ``oldest`` is no number of days.

    Examples
    --------
    >>> import ofsted_analysis as oa
    >>> norfolk = oa.judgements_on("overall").query("authority_id == 'norfolk'")
    >>> with_context(norfolk, "agency_rate")[["last_day", "grade", "agency_rate"]].tail(2)
           last_day        grade  agency_rate
    ... 2022-11-18         good          7.5
    ... 2026-02-27  outstanding          1.3
    """
    values = load_context() if context is None else context
    wanted = [measures] if isinstance(measures, str) else list(measures)
    if when not in ("latest before", "same year"):
        raise DataError(f"when is 'latest before' or 'same year', not {when!r}.")
    if oldest is not None and (type(oldest) is not int or oldest < 0):
        raise DataError(f"oldest is a number of days, 0 or more, not {oldest!r}.")
    if "authority_id" not in data:
        raise DataError("The rows lack the column authority_id.")
    strange = set(data["authority_id"].dropna()) - set(load_authorities()["authority_id"])
    if strange:
        raise DataError(
            f"There is no authority_id {min(map(str, strange))!r} among the authorities: see "
            "load_authorities() for those that there are, find_authority() to look one up."
        )
    asked = pd.DataFrame(
        {
            "authority_id": data["authority_id"].astype("str").array,
            "day": _days(data, date).astype("datetime64[s]").array,
            "row": np.arange(len(data)),
        }
    )
    asked = asked.dropna().sort_values("day", kind="stable")
    found = data.copy(deep=False)
    for measure in _measures(wanted):
        if taken := {measure, f"{measure}_date", f"{measure}_note"} & set(data):
            raise DataError(f"The rows have a column {min(taken)} already.")
        own = values.loc[values["measure"] == measure, ["authority_id", "date", "value", "note"]]
        own = own.astype({"authority_id": "str", "date": "datetime64[s]"})
        one = pd.merge_asof(
            asked, own.sort_values("date"), left_on="day", right_on="date", by="authority_id",
            tolerance=None if oldest is None else pd.Timedelta(days=oldest),
        )  # fmt: skip
        if when == "same year":
            one = one[one["date"].dt.year == one["day"].dt.year]
        one = one.set_index("row").reindex(range(len(data)))
        found[measure] = one["value"].to_numpy()
        found[f"{measure}_date"] = one["date"].to_numpy()
        found[f"{measure}_note"] = one["note"].array
        if none := int(found[measure].isna().sum()):
            asked_for = when if oldest is None else f"{when}, not older than {oldest} days"
            log.warning(
                "%s: no value (%s) for %d of %d rows.", measure, asked_for, none, len(found)
            )
    return found


def _days(data: pd.DataFrame, date: Day | None) -> pd.Series:
    """The day of each row."""
    if date is None and "days_since" in data and "date" not in data:
        raise DataError(
            "A snapshot has no date of its own: name it (date='2026-03-31'), or take that of each "
            "inspection (date='last_day')."
        )
    column = next((c for c in ("date", "last_day") if c in data), "date") if date is None else date
    if isinstance(column, str) and column in data:
        return pd.to_datetime(data[column])
    if date is None:
        raise DataError("The rows have neither a date nor a last_day: name their day.")
    return pd.Series(as_day(date, "date"), index=data.index)


def _measures(wanted: Sequence[str]) -> list[str]:
    known = load_table("context_measures")["measure"].tolist()
    for name in wanted:
        if name not in known:
            raise DataError(f"There is no measure {name!r}. There are: {', '.join(known)}.")
    return list(wanted)


def ranked_groups(
    measure: str, date: Day, number: int = 5, *, context: pd.DataFrame | None = None
) -> pd.Series:
    """The fifth (or tenth, and so on) of authorities that each belongs to, by a measure.

    Parameters
    ----------
    measure
        A measure, such as 'deprivation_score'.
    date
        The date of its values: that of the index of deprivation, say.
    number
        How many groups.
    context
        Values as from `load_context`; the packaged ones by default.

    Returns
    -------
    Series
        By authority_id: 1 (the least) to ``number`` (the most), the groups as near to equal in
        number as can be.

    Raises
    ------
    DataError
        There is no such measure, it has no value of that date, or less than two groups are asked
        for.

    Examples
    --------
    >>> ranked_groups("deprivation_score", "2019-09-26").loc[["blackpool", "wokingham"]].tolist()
    [5, 1]
    """
    if number < 2:
        raise DataError(f"number must be 2 or more, not {number}.")
    values = load_context() if context is None else context
    (name,) = _measures([measure])
    own = values[(values["measure"] == name) & (values["date"] == as_day(date, "date"))]
    if own.empty:
        dates = values.loc[values["measure"] == name, "date"].dt.strftime("%Y-%m-%d").unique()
        raise DataError(f"{name} has no values of {date}, but of: {', '.join(sorted(dates))}.")
    order = own.set_index("authority_id")["value"].rank(method="first")
    return (order * number / len(order)).apply(np.ceil).astype("int64").rename("group")


def children_by_grade(dates: Sequence[Day], theme: str = "overall") -> pd.DataFrame:
    """How many of England's children live where services were graded how.

    Parameters
    ----------
    dates
        Dates from 31 March 2021, from when on the number of children is known.
    theme
        A theme.

    Returns
    -------
    DataFrame
        One row per date and grade, that of the latest inspection that had ended: date, grade
        (categorical; missing: no grade), authorities, children (aged 0 to 17, the latest number
        of each authority dated on or before the date), children_of (the date of most of these
        numbers), share (of the children of all authorities whose number is known), unknown
        (authorities without a number, in no share).

    Raises
    ------
    DataError
        A date before 31 March 2021, or what `panel` objects to.

    Examples
    --------
    >>> found = children_by_grade(["2026-03-31"]).set_index("grade")
    >>> found.loc["inadequate", ["authorities", "children"]].tolist()
    [13, 781326]
    """
    measures = load_table("context_measures").set_index("measure")
    first = pd.Timestamp(str(measures.loc["children_0_17", "first"]))
    if early := [day for day in (as_day(date, "dates") for date in dates) if day < first]:
        raise DataError(
            f"The number of children is known from {first:%Y-%m-%d}, not on {early[0]:%Y-%m-%d}."
        )
    rows = with_context(panel(dates, theme), "children_0_17")
    groups = rows.groupby(["date", "grade"], dropna=False, observed=True)
    found = groups.agg(
        authorities=("authority_id", "size"),
        children=("children_0_17", "sum"),
        unknown=("children_0_17", lambda values: values.isna().sum()),
    ).reset_index()
    of = rows.groupby("date")["children_0_17_date"].agg(lambda days: days.mode().max())
    found["children_of"] = found["date"].map(of)
    found = found.astype({"children": "int64", "unknown": "int64"})
    found["share"] = found["children"] / found.groupby("date")["children"].transform("sum")
    return found


def circumstances_by_grade(
    data: pd.DataFrame, measures: str | Sequence[str], by: str = "grade", *, level: float = 0.95
) -> pd.DataFrame:
    """What the circumstances of authorities are, by their grade.

    Parameters
    ----------
    data
        Rows as from `with_context`, each authority once. Where values of a measure are of more than
        one date, that is logged as a warning: ask `with_context` for 'same year', or give
        ``oldest``.
    measures
        Columns of numbers.
    by
        The column that parts the rows; those without a value in it are left out.
    level
        Confidence level.

    Returns
    -------
    DataFrame
        One row per measure and group: measure, the column of ``by``, n (values: authorities that
        have one, two that share one figure counted once in a group), mean (each counts once,
        whatever the size of the authority), low and high (interval of the mean, missing for fewer
        than two), lower_quartile, median, upper_quartile, median_low and median_high (interval of
        the median, missing where so few values can give none).

    Raises
    ------
    DataError
        A column is missing.

    Notes
    -----
    The interval is that of Student's t: how far the mean could be from this if these authorities
    had been drawn from many like them. They are all that there are. That of the median is
    `shares.median_interval`: one very small authority with an extreme value does not move it.

    Examples
    --------
    >>> import ofsted_analysis as oa
    >>> rows = oa.as_at("2021-09-24")
    >>> rows = oa.with_context(rows, "agency_rate", "same year", date="2020-09-30")
    >>> circumstances_by_grade(rows, "agency_rate").set_index("grade")[["n", "mean"]].round(1)
                           n  mean
    grade
    inadequate            19  27.0
    requires improvement  53  16.6
    good                  57  14.3
    outstanding           19   6.4
    """
    from scipy.stats import t

    checked_level(level)
    parts = []
    for measure in _columns(data, measures, by):
        values = _each_figure_once(data, measure, by).groupby(by, observed=True)[measure]
        part = values.agg(n="count", mean="mean").assign(measure=measure)
        reach = values.sem() * t.ppf((1 + level) / 2, (part["n"] - 1).where(part["n"] > 1))
        part["low"], part["high"] = part["mean"] - reach, part["mean"] + reach
        for name, share in (("lower_quartile", 0.25), ("median", 0.5), ("upper_quartile", 0.75)):
            part[name] = values.quantile(share)
        part["median_low"] = values.agg(lambda own: median_interval(own, level=level)[0])
        part["median_high"] = values.agg(lambda own: median_interval(own, level=level)[1])
        parts.append(part.reset_index())
    found = pd.concat(parts, ignore_index=True)
    return found[["measure", by, "n", "mean", "low", "high", "lower_quartile", "median",
                  "upper_quartile", "median_low", "median_high"]]  # fmt: skip


def circumstances_test(
    data: pd.DataFrame, measures: str | Sequence[str], by: str = "grade"
) -> pd.DataFrame:
    """Whether the circumstances of authorities differ between all grades by more than chance.

    Parameters
    ----------
    data, measures, by
        As for `circumstances_by_grade`.

    Returns
    -------
    DataFrame
        One row per measure: measure, n (values), groups, p_value (of all groups together),
        adjusted_p_value (corrected for the number of measures, after Holm).

    Raises
    ------
    DataError
        A column is missing, or a measure has values in less than two groups.

    Notes
    -----
    W. H. Kruskal and W. A. Wallis, 'Use of ranks in one-criterion variance analysis', Journal of
    the American Statistical Association 47 (1952), as computed by scipy: by ranks, so that one
    extreme value does not decide it. The p-value asks whether the values could as well have been
    those of others; a large one does not show that the groups are alike. Whether the intervals of
    `circumstances_by_grade` overlap is no test.

    Examples
    --------
    >>> import ofsted_analysis as oa
    >>> rates = ["agency_rate", "turnover_rate"]
    >>> rows = oa.with_context(oa.as_at("2025-09-30"), rates, "same year", date="2025-09-30")
    >>> circumstances_test(rows, rates).round(3)[["measure", "n", "adjusted_p_value"]]
             measure    n  adjusted_p_value
    0    agency_rate  149             0.000
    1  turnover_rate  148             0.167
    """
    from scipy.stats import kruskal

    rows = []
    for measure in _columns(data, measures, by):
        known = _each_figure_once(data, measure, by).dropna(subset=[measure, by])
        groups = [own.astype("float64") for _, own in known.groupby(by, observed=True)[measure]]
        if len(groups) < 2:
            raise DataError(f"{measure} has values in {len(groups)} of the groups by {by} only.")
        varies = known[measure].max() > known[measure].min()
        p = float(kruskal(*groups).pvalue) if varies else 1.0
        rows.append((measure, len(known), len(groups), p))
    found = pd.DataFrame(rows, columns=["measure", "n", "groups", "p_value"])
    return found.assign(adjusted_p_value=holm(found["p_value"]))


def _columns(data: pd.DataFrame, measures: str | Sequence[str], by: str) -> list[str]:
    """The measures, all of them columns of the rows, as is what parts these."""
    wanted = [measures] if isinstance(measures, str) else list(measures)
    if lacking := [name for name in (by, *wanted) if name not in data]:
        raise DataError(f"The rows lack the column {', '.join(lacking)}.")
    return wanted


def _each_figure_once(data: pd.DataFrame, measure: str, by: str) -> pd.DataFrame:
    """The rows without the second of two authorities of a group that share one figure."""
    date, note = f"{measure}_date", f"{measure}_note"
    of = data[date].where(data[measure].notna()) if date in data else None
    if of is not None and of.min() < of.max():
        log.warning(
            "%s: values of %d dates, from %s to %s, in one picture.",
            measure, of.nunique(), f"{of.min():%Y-%m-%d}", f"{of.max():%Y-%m-%d}",
        )  # fmt: skip
    if note not in data:
        return data
    shared = data[note].str.startswith(SHARED, na=False)
    return data[~(shared & data.duplicated([by, date, note]))]
