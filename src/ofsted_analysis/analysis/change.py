"""How grades change: from one inspection to the next, and how long they stay the same."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
import pandas as pd

from ofsted_analysis.analysis.outcomes import IDENTITY, data_complete_to, day_in_record, everyone
from ofsted_analysis.analysis.themes import judgements_on, last_made
from ofsted_analysis.tables.authorities import existing
from ofsted_analysis.tables.days import Day
from ofsted_analysis.tables.errors import DataError, one_of, shown
from ofsted_analysis.tables.grades import BAND, BANDS, known_bands

Pairs = Literal["consecutive", "previous to latest", "first to latest"]
Way = Literal["better", "worse"]

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
        ofsted_region, authority_type; from_ and to_ inspection_id, framework_id, last_day, grade,
        band, comparability; steps (whole bands up, negative down), direction (ordered: 'down',
        'same', 'up'), gap_days (last day to last day), same_framework, comparability (the weaker
        of the two).

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
    history = history[_counted(history, theme, within)]
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
    frame["direction"] = steps.clip(-1, 1).map({-1: "down", 0: "same", 1: "up"}).astype(_DIRECTION)
    frame["gap_days"] = (frame["to_last_day"] - frame["from_last_day"]).dt.days.astype("int64")
    frame["same_framework"] = frame["from_framework_id"] == frame["to_framework_id"]
    then, now = frame["from_comparability"], frame["to_comparability"]
    frame["comparability"] = then.where(then <= now, now)
    if pairs == "previous to latest":
        frame = frame.drop_duplicates("authority_id", keep="last")
    if not across_frameworks:
        frame = frame[frame["same_framework"]]
    return frame.reset_index(drop=True)


def _counted(history: pd.DataFrame, theme: str, within: str | None) -> pd.Series:
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
    before = _column_of_bands(data, "from_band", "transitions")
    after = _column_of_bands(data, "to_band", "transitions")
    table = pd.crosstab(before, after, dropna=False)
    return table.reindex(index=BANDS, columns=BANDS, fill_value=0).rename_axis(
        index="from", columns="to"
    )


def _column_of_bands(data: pd.DataFrame, column: str, origin: str) -> pd.Series:
    if not isinstance(data, pd.DataFrame) or column not in data or not data.columns.is_unique:
        raise DataError(f"There is no one column {column!r}; pass rows as from {origin}().")
    found = data[column]
    known_bands(found.dropna().astype("str").unique().tolist())
    return found if found.dtype == BAND else found.astype("str").astype(BAND)


ROUNDS = ("first under its framework", "re-inspection")


def grades_given(theme: str = "overall", *, data: pd.DataFrame | None = None) -> pd.DataFrame:
    """How many grades inspections gave in each calendar year, first ones apart from later ones.

    A count of grades in force on a day changes slowly, for it holds old and new ones. This is the
    flow into it.

    Parameters
    ----------
    theme
        A theme.
    data
        Judgements as from `load_judgements`; the packaged ones by default.

    Returns
    -------
    DataFrame
        One row per year, round and band: year (int; of the last day of inspection), round (ordered:
        'first under its framework': the authority's first graded inspection under the framework,
        're-inspection': any later one), band (ordered), n (int).

    Raises
    ------
    DataError
        There is no such theme.

    Examples
    --------
    >>> found = grades_given("overall").query("year == 2024")
    >>> found.pivot(index="round", columns="band", values="n").loc["re-inspection"].to_dict()
    {'inadequate': 3, 'third': 6, 'good': 20, 'outstanding': 17}
    """
    history = judgements_on(theme, data=data)
    graded = history[history["band"].notna()].sort_values("last_day", kind="stable")
    before = graded.groupby(["authority_id", "framework_id"], observed=True).cumcount()
    frame = graded.assign(
        year=graded["last_day"].dt.year.astype("int64"),
        round=pd.Categorical(np.where(before > 0, ROUNDS[1], ROUNDS[0]), ROUNDS, ordered=True),
    )
    counts = frame.groupby(["year", "round", "band"], observed=False).size()
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
    history = history[_counted(history, theme, within) & (history["last_day"] <= day)]
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


def cut_off(theme: str) -> pd.Timestamp:
    """The last day that the record can say anything of a theme: its own end, or the judgement's.

    Examples
    --------
    >>> cut_off("overall")
    Timestamp('2026-03-31 00:00:00')
    """
    return min(filter(None, (data_complete_to(), last_made(theme))))


def spells(
    theme: str = "overall",
    *,
    date: Day | None = None,
    within: str | None = None,
    data: pd.DataFrame | None = None,
    authorities: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """How long each authority has been graded at each band without a break.

    A spell begins on the last day of the inspection that put the authority in the band, and ends
    on that of the one that put it in another. A spell that has not ended so is cut off
    (censored): by an inspection that gave no grade for the theme, when the authority ceased to
    exist, or else at the end of the record, or of the judgement where it is no longer made (31
    March 2026 for overall effectiveness). The day on which services really changed lies somewhere
    between two inspections: a spell measures grades, not services.

    Parameters
    ----------
    theme
        A theme.
    date
        Day at which open spells are cut off; by default the day to which the record is complete,
        or on which the judgement was last made. Inspections after it are left out.
    within
        A framework_id: grades under that framework only; an inspection under another cuts a spell
        off.
    data, authorities
        Tables as from the loaders; the packaged ones by default.

    Returns
    -------
    DataFrame
        One row per spell, sorted by authority and day: authority_id, authority, region,
        ofsted_region, authority_type, band, start, end (dates), days, inspections (how many
        put the authority in the band, the first of them among them), ended (False: cut off),
        next_band (missing where cut off).

    Raises
    ------
    DataError
        There is no such theme, or framework under which it was judged, or a date is none.

    Examples
    --------
    >>> spells("overall").query("authority == 'Norfolk'")[["band", "start", "days", "ended"]]
                band      start  days  ended
    205   inadequate 2015-07-30   848   True
    206        third 2017-11-24  1820   True
    207         good 2022-11-18  1197   True
    208  outstanding 2026-02-27    32  False
    """
    history = judgements_on(theme, data=data)
    stop = cut_off(theme) if date is None else day_in_record(date, data=data)
    closes = everyone(authorities).set_index("authority_id")["closed"]
    graded = _counted(history, theme, within)
    shown = history["authority_id"].isin(closes.index) & (history["last_day"] <= stop)
    history, graded = history[shown], graded[shown]
    who = history["authority_id"]
    state = history["band"].cat.codes.where(graded, -1)
    begins = (who != who.shift()) | (state != state.shift())
    frame = history.loc[begins, [*IDENTITY, "band"]].assign(start=history["last_day"])
    frame["inspections"] = begins.cumsum().value_counts(sort=False).to_numpy()
    frame["graded"] = graded[begins]
    after = frame.groupby("authority_id")[["start", "band", "graded"]].shift(-1)
    frame["ended"] = after["graded"].eq(True)
    frame["next_band"] = after["band"].where(frame["ended"])
    cut = frame["authority_id"].map(closes).fillna(stop)
    frame["end"] = after["start"].fillna(cut.where(cut < stop, stop))
    frame["days"] = (frame["end"] - frame["start"]).dt.days.astype("int64")
    columns = [*IDENTITY, "band", "start", "end", "days", "inspections", "ended", "next_band"]
    return frame.loc[frame["graded"], columns].reset_index(drop=True)


def time_in_grade(
    data: pd.DataFrame, band: str, *, level: float = 0.95, at_least: int = 10
) -> pd.DataFrame:
    """The share of spells in a band that had ended higher, or lower, by each day (Aalen-Johansen).

    A spell at good can end up or down. Each way out competes with the other: the three shares of
    a day add up to 1, and each is the share that would be seen if no spell were cut off.

    Parameters
    ----------
    data
        Spells as from `spells`.
    band
        'inadequate', 'third', 'good' or 'outstanding'.
    level
        Confidence level of the intervals.
    at_least
        The curve ends where fewer spells than these are still under way.

    Returns
    -------
    DataFrame
        One row per day on which a spell ended or was cut off, after a first row for day 0: days,
        still, better, worse (estimated shares still in the band, ended in a higher and in a lower
        one, 0 to 1), better_low, better_high, worse_low, worse_high (pointwise intervals, on the
        log-log scale of what is left; missing where a share is 0 or 1), at_risk (spells still
        under way just before), to_better, to_worse (spells that ended so on the day).

    Raises
    ------
    DataError
        There is no such band, or fewer than ``at_least`` spells in it, or none of them ended.

    Notes
    -----
    O. O. Aalen and S. Johansen, 'An empirical transition matrix for non-homogeneous Markov chains
    based on censored observations', Scandinavian Journal of Statistics 5 (1978), as estimated by
    statsmodels. With one way out it is the estimate of Kaplan and Meier, and the interval that of
    J. D. Kalbfleisch and R. L. Prentice, 'The Statistical Analysis of Failure Time Data' (1980).
    Grades are seen only when inspectors come, so days are those of inspections. A spell is cut off
    where its authority ended; of those that ended after failing, such as Northamptonshire, the
    reason has to do with the grade, which the method takes not to be so.

    Examples
    --------
    >>> curve = time_in_grade(spells("overall"), "good")
    >>> curve.loc[curve["days"] <= 5 * 365.25, ["still", "better", "worse"]].tail(1).round(2)
        still  better  worse
    76   0.55    0.31   0.14
    """
    from scipy.stats import norm
    from statsmodels.duration.survfunc import CumIncidenceRight

    (band,) = known_bands([band])
    checked_level(level)
    bands = _column_of_bands(data, "band", "spells")
    after = _column_of_bands(data, "next_band", "spells")[bands == band].cat.codes
    own = data[bands == band]
    way = (after - BANDS.index(band)).clip(-1, 1).where(own["ended"], 0)
    days, status = own["days"].to_numpy(), way.map({0: 0, 1: 1, -1: 2}).to_numpy()
    if len(own) < max(1, at_least) or not status.any():
        raise DataError(
            f"{len(own)} spells in {band!r}, of which {int((status > 0).sum())} ended: too few for "
            f"a curve, which takes {at_least} at least and one that ended."
        )
    with np.errstate(divide="ignore", invalid="ignore"):  # its last step may divide by nothing
        fit = CumIncidenceRight(days, status)
    none = np.zeros(len(fit.times))
    curve = pd.DataFrame({"days": fit.times})
    for place, name in enumerate(("better", "worse")):
        found = place < len(fit.cinc)
        share = pd.Series(fit.cinc[place] if found else none)
        error = pd.Series(fit.cinc_se[place] if found else none)
        rest = 1 - share.where((share > 1e-9) & (share < 1 - 1e-9))
        spread = norm.ppf((1 + level) / 2) * error / (rest * -np.log(rest))
        curve[name] = share
        curve[f"{name}_low"] = 1 - rest ** np.exp(-spread)
        curve[f"{name}_high"] = 1 - rest ** np.exp(spread)
        curve[f"to_{name}"] = [int(((days == day) & (status == place + 1)).sum())
                               for day in fit.times]  # fmt: skip
    curve["at_risk"] = [int((days >= day).sum()) for day in fit.times]
    curve["still"] = 1 - curve["better"] - curve["worse"]
    curve = curve[curve["at_risk"] >= at_least]
    start = {"days": 0, "still": 1.0, "better": 0.0, "worse": 0.0, "at_risk": len(own),
             "to_better": 0, "to_worse": 0}  # fmt: skip
    columns = ["days", "still", "better", "better_low", "better_high", "worse", "worse_low",
               "worse_high", "at_risk", "to_better", "to_worse"]  # fmt: skip
    first = pd.DataFrame([start]).reindex(columns=columns).astype(curve[columns].dtypes.to_dict())
    return pd.concat([first, curve[columns]], ignore_index=True)


def median_days(curve: pd.DataFrame, way: Way = "better") -> tuple[float, float, float]:
    """The day by which half of the spells had ended one way, and its interval.

    Parameters
    ----------
    curve
        As from `time_in_grade`.
    way
        'better' or 'worse'.

    Returns
    -------
    tuple of float
        The day, and the ends of its interval; NaN where the curve does not get so far.

    Raises
    ------
    DataError
        There is no such way.

    Examples
    --------
    >>> curve = time_in_grade(spells("overall"), "inadequate")
    >>> [round(day / 365.25, 1) for day in median_days(curve)]
    [3.3, 2.9, 3.6]
    """
    one_of(way, ("better", "worse"), "way")
    found = [
        curve.loc[curve[column] >= 0.5 - 1e-9, "days"].min()
        for column in (way, f"{way}_high", f"{way}_low")
    ]
    return float(found[0]), float(found[1]), float(found[2])


def checked_level(level: float) -> float:
    """A confidence level, once it is sure that it is one.

    Examples
    --------
    >>> checked_level(0.95)
    0.95
    """
    number = isinstance(level, int | float) and not isinstance(level, bool)
    if not number or not 0 < level < 1:
        raise DataError(f"level must lie between 0 and 1, such as 0.95, not {shown(level)}.")
    return level
