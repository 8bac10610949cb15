"""How grades change from one inspection to the next."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
import pandas as pd

from ofsted_analysis.analysis.outcomes import (
    IDENTITY,
    cut_off,
    day_in_record,
    everyone,
    panel,
)
from ofsted_analysis.analysis.themes import judgements_on
from ofsted_analysis.tables.authorities import existing
from ofsted_analysis.tables.days import Day, as_day
from ofsted_analysis.tables.errors import DataError, one_of, shown
from ofsted_analysis.tables.grades import BAND, BANDS, known_bands
from ofsted_analysis.tables.load import load_authorities, load_inspections

Pairs = Literal["consecutive", "previous to latest", "first to latest"]

_OF_EACH = ["inspection_id", "framework_id", "last_day", "grade", "band", "comparability"]
_DIRECTION = pd.CategoricalDtype(["down", "same", "up"], ordered=True)
_RECORD = pd.CategoricalDtype(["never", "at times", "always"], ordered=True)


def transitions(
    theme: str = "overall",
    *,
    pairs: Pairs = "consecutive",
    within: str | None = None,
    across_frameworks: bool = True,
    data: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Pairs of graded inspections of one authority, and the change between them.

    Inspections that gave no grade for the theme are passed over. A new authority starts afresh:
    it is never paired with an inspection of the one that it took over from.

    Parameters
    ----------
    theme
        A theme.
    pairs
        'consecutive' (default): each inspection with the next; 'previous to latest': the last
        pair of each authority; 'first to latest': its first inspection with its last.
    within
        A framework_id: inspections under that framework only.
    across_frameworks
        Whether to keep pairs of which the two inspections are under different frameworks.
    data
        Judgements as from `load_judgements`; the packaged ones by default.

    Returns
    -------
    DataFrame
        One row per pair, sorted by authority and day: authority_id, authority, region,
        ofsted_region, authority_type; ``from_`` and ``to_`` inspection_id, framework_id, last_day,
        grade, band, comparability; steps (whole bands up, negative down), direction (ordered:
        'down', 'same', 'up'), gap_days (last day to last day), same_framework, comparability (the
        weaker of the two).

    Raises
    ------
    DataError
        There is no such theme, kind of pairs, or framework under which it was judged.

    Examples
    --------
    >>> pairs = transitions("overall", within="ilacs", pairs="previous to latest")
    >>> pairs[["authority", "from_grade", "to_grade", "direction"]].head(2)
                  authority            from_grade              to_grade direction
    0  Barking and Dagenham  requires improvement  requires improvement      same
    1                Barnet                  good                  good      same
    """
    one_of(pairs, ("consecutive", "previous to latest", "first to latest"), "pairs")
    history = judgements_on(theme, data=data)
    history = history[counted(history, theme, within)]
    if pairs == "first to latest":
        ends = history.groupby("authority_id")
        history = pd.concat([ends.head(1), ends.tail(1)]).sort_index()
        history = history[~history.index.duplicated()]
    before = history[_OF_EACH].add_prefix("from_")
    after = history.groupby("authority_id")[_OF_EACH].shift(-1).add_prefix("to_")
    frame = pd.concat([history[IDENTITY], before, after], axis=1)
    frame = frame[frame["to_inspection_id"].notna()].reset_index(drop=True)
    steps = frame["to_band"].cat.codes.astype("int64") - frame["from_band"].cat.codes
    frame["steps"] = steps
    frame["direction"] = directions(steps)
    frame["gap_days"] = (frame["to_last_day"] - frame["from_last_day"]).dt.days.astype("int64")
    frame["same_framework"] = frame["from_framework_id"] == frame["to_framework_id"]
    then, now = frame["from_comparability"], frame["to_comparability"]
    frame["comparability"] = then.where(then <= now, now)
    if pairs == "previous to latest":
        frame = frame.drop_duplicates("authority_id", keep="last")
    if not across_frameworks:
        frame = frame[frame["same_framework"]]
    return frame.reset_index(drop=True)


def directions(steps: pd.Series) -> pd.Series:
    """Which way a number of steps up leads (ordered: 'down', 'same', 'up'); missing for none known.

    Examples
    --------
    >>> directions(pd.Series([2.0, 0, -1, None])).tolist()
    ['up', 'same', 'down', nan]
    """
    return steps.clip(-1, 1).map({-1: "down", 0: "same", 1: "up"}).astype(_DIRECTION)


def counted(history: pd.DataFrame, theme: str, within: str | None) -> pd.Series:
    """Which rows of a theme's history have a grade, under one framework if one is named."""
    graded = history["band"].notna()
    if within is None:
        return graded
    able = {*history["framework_id"], *judgements_on(theme)["framework_id"]}
    if not isinstance(within, str) or within not in able:
        raise DataError(
            f"{theme!r} was not judged under a framework {shown(within)}, but under: "
            f"{', '.join(sorted(able))}."
        )
    return graded & (history["framework_id"] == within)


def transition_matrix(data: pd.DataFrame) -> pd.DataFrame:
    """How many pairs went from each band to each.

    Parameters
    ----------
    data
        Pairs as from `transitions`.

    Returns
    -------
    DataFrame
        Rows: the band before; columns: the band after; both inadequate to outstanding; counts.

    Raises
    ------
    DataError
        It has no bands before and after.

    Examples
    --------
    >>> transition_matrix(transitions("overall", within="ilacs"))
    to           inadequate  third  good  outstanding
    from
    inadequate            2      9    10            0
    third                 8     14    25            2
    good                  5      6    27           24
    outstanding           0      1     3           21
    """
    before = column_of_bands(data, "from_band", "transitions")
    after = column_of_bands(data, "to_band", "transitions")
    table = pd.crosstab(before, after, dropna=False)
    return table.reindex(index=BANDS, columns=BANDS, fill_value=0).rename_axis(
        index="from", columns="to"
    )


def column_of_bands(data: pd.DataFrame, column: str, origin: str) -> pd.Series:
    if not isinstance(data, pd.DataFrame) or column not in data or not data.columns.is_unique:
        raise DataError(f"There is no one column {column!r}; pass rows as from {origin}().")
    found = data[column]
    known_bands(found.dropna().astype("str").unique().tolist())
    return found if found.dtype == BAND else found.astype("str").astype(BAND)


ROUNDS = ("first under its framework", "re-inspection")


def grades_given(
    theme: str = "overall",
    *,
    by: Literal["round", "inspection_type"] = "round",
    data: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """How many grades inspections gave in each calendar year, by round or kind of inspection.

    A count of grades in force on a day changes slowly, for it holds old and new ones. This is the
    flow into it.

    Parameters
    ----------
    theme
        A theme.
    by
        'round' (default): first inspections apart from later ones; 'inspection_type': short ones
        apart from standard ones and re-inspections. In the record short ILACS inspections mostly
        follow a grade of good or outstanding, so the two kinds don't see the same authorities.
    data
        Judgements as from `load_judgements`; the packaged ones by default.

    Returns
    -------
    DataFrame
        One row per year, group and band: year (int; of the last day of inspection), the column
        named in ``by`` (round, ordered: 'first under its framework': the authority's first graded
        inspection under the framework, 're-inspection': any later one; or inspection_type, with
        'not stated' where no source says), band (ordered), n (int).

    Raises
    ------
    DataError
        There is no such theme or group.

    Examples
    --------
    >>> found = grades_given("overall").query("year == 2024")
    >>> found.pivot(index="round", columns="band", values="n").loc["re-inspection"].to_dict()
    {'inadequate': 3, 'third': 6, 'good': 20, 'outstanding': 17}
    """
    one_of(by, ("round", "inspection_type"), "by")
    history = judgements_on(theme, data=data)
    graded = history[history["band"].notna()].sort_values("last_day", kind="stable")
    before = graded.groupby(["authority_id", "framework_id"], observed=True).cumcount()
    if by == "round":
        group = pd.Categorical(np.where(before > 0, ROUNDS[1], ROUNDS[0]), ROUNDS, ordered=True)
    else:
        kinds = load_inspections()["inspection_type"].cat.categories
        kind = graded["inspection_type"].astype(object).fillna("not stated")
        group = pd.Categorical(kind, [*kinds, "not stated"])
    frame = graded.assign(year=graded["last_day"].dt.year.astype("int64"), **{by: group})
    counts = frame.groupby(["year", by, "band"], observed=False).size()
    return counts.rename("n").reset_index()


def grade_record(
    theme: str = "overall",
    *,
    bands: str | Sequence[str] = ("good", "outstanding"),
    date: Day | None = None,
    within: str | None = None,
    data: pd.DataFrame | None = None,
    authorities: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Which authorities were in some bands at every inspection, and which at none.

    Counts inspections that gave a grade for the theme. Read ``graded`` beside ``record``: always
    out of one inspection says less than always out of four.

    Parameters
    ----------
    theme
        A theme.
    bands
        The bands to count.
    date
        Authorities that existed on this day, and their inspections until then; by default the
        day to which the record is complete.
    within
        A framework_id: inspections under that framework only.
    data, authorities
        Tables as from the loaders; the packaged ones by default.

    Returns
    -------
    DataFrame
        One row per authority that existed on the date, in order of authority_id: authority_id,
        authority, region, ofsted_region, authority_type, graded (inspections that gave a grade),
        n (of these, in the bands), record (ordered: 'never', 'at times', 'always'; missing where
        there is no grade), first_last_day and last_last_day (last days of the first and the
        latest of these inspections), band (at the latest).

    Raises
    ------
    DataError
        There is no such theme, band, date or framework.

    Examples
    --------
    >>> found = grade_record(date="2026-03-31").set_index("authority")
    >>> found.loc[["Leeds", "Devon"], ["graded", "n", "record"]]
               graded  n   record
    authority
    Leeds           4  4   always
    Devon           3  0    never
    """
    day, wanted = day_in_record(date, data=data), known_bands(bands)
    history = judgements_on(theme, data=data)
    history = history[counted(history, theme, within) & (history["last_day"] <= day)]
    counts = (
        history.assign(own=history["band"].isin(wanted))
        .groupby("authority_id")
        .agg(
            graded=("band", "size"),
            n=("own", "sum"),
            first_last_day=("last_day", "first"),
            last_last_day=("last_day", "last"),
            band=("band", "last"),
        )
    )
    found = existing(everyone(authorities), day)[IDENTITY].merge(
        counts, on="authority_id", how="left"
    )
    found[["graded", "n"]] = found[["graded", "n"]].fillna(0).astype("int64")
    record = pd.Series("at times", index=found.index)
    record = record.mask(found["n"] == 0, "never").mask(found["n"] == found["graded"], "always")
    found["record"] = record.mask(found["graded"] == 0).astype(_RECORD)
    found = found.astype({"band": BAND})
    return found[[*IDENTITY, "graded", "n", "record", "first_last_day", "last_last_day", "band"]]


def grades_around(
    events: pd.DataFrame,
    theme: str = "overall",
    *,
    years: Sequence[int] = (-3, -2, -1, 0, 1, 2, 3),
    data: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Grades of authorities some years before and after something happened to them.

    The table of an event study. Each row is a snapshot of one authority, so a grade can be years
    old on its day; and whatever happened may have followed from a grade as well as gone before
    one. It describes, and can't tell a cause.

    Parameters
    ----------
    events
        One row per event: authority_id and date.
    theme
        A theme.
    years
        Whole years from the event; negative ones before it.
    data
        Judgements as from `load_judgements`; the packaged ones by default.

    Returns
    -------
    DataFrame
        One row per event and year, in their order: event (index of the event in ``events``),
        authority_id, authority, event_date, years, date (the day so many years away), grade, band,
        reason (why there is no grade; 'did not exist' before an authority began and after it
        closed, 'after the record' on days later than the record or the theme's last), days_since.

    Raises
    ------
    DataError
        A column is missing, a date is none, or years are not whole numbers.

    Examples
    --------
    >>> import pandas as pd
    >>> happened = pd.DataFrame({"authority_id": ["doncaster"], "date": ["2014-10-01"]})
    >>> found = grades_around(happened, years=[0, 2, 4])
    >>> found[["years", "date", "grade"]]
       years       date       grade
    0      0 2014-10-01         NaN
    1      2 2016-10-01  inadequate
    2      4 2018-10-01        good
    """
    for column in ("authority_id", "date"):
        if not isinstance(events, pd.DataFrame) or column not in events:
            raise DataError(f"events must be a DataFrame with a column {column!r}.")
    if not all(isinstance(year, int | np.integer) for year in years):
        raise DataError(f"years must be whole numbers, such as [-1, 0, 1], not {shown(years)}.")
    own = pd.DataFrame(
        {
            "event": events.index,
            "authority_id": events["authority_id"].astype("str").to_numpy(),
            "event_date": [as_day(day, "date") for day in events["date"]],
        }
    )
    frame = own.merge(pd.DataFrame({"years": [int(year) for year in years]}), how="cross")
    away = zip(frame["event_date"], frame["years"], strict=True)
    frame["date"] = [day + pd.DateOffset(years=year) for day, year in away]
    names = load_authorities().set_index("authority_id")["name"]
    if strange := sorted({*frame["authority_id"]} - {*names.index}):
        raise DataError(f"There is no authority_id {strange[0]!r}: see find_authority().")
    frame["authority"] = frame["authority_id"].map(names)
    known = frame["date"] <= cut_off(theme)
    days = sorted(frame.loc[known, "date"].unique())
    columns = ["authority_id", "date", "grade", "band", "reason", "days_since"]
    at = panel(days, theme, data=data)[columns] if days else pd.DataFrame(columns=columns)
    found = frame.merge(at, on=["authority_id", "date"], how="left", indicator=True)
    absent = found["_merge"] == "left_only"
    why = np.where(known, "did not exist", "after the record")
    found["reason"] = found["reason"].astype(object).mask(absent, pd.Series(why))
    return found[["event", "authority_id", "authority", "event_date", "years", "date", "grade",
                  "band", "reason", "days_since"]]  # fmt: skip
