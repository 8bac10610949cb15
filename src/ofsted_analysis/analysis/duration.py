"""How long authorities stay at a grade, and how long the way to another one takes."""

from typing import Literal

import numpy as np
import pandas as pd

from ofsted_analysis.analysis.change import column_of_bands, counted
from ofsted_analysis.analysis.outcomes import IDENTITY, cut_off, day_in_record, everyone
from ofsted_analysis.analysis.shares import checked_level
from ofsted_analysis.analysis.themes import judgements_on
from ofsted_analysis.tables.days import Day
from ofsted_analysis.tables.errors import DataError, one_of
from ofsted_analysis.tables.grades import BANDS, known_bands

Way = Literal["better", "worse"]


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
    graded = counted(history, theme, within)
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
    bands = column_of_bands(data, "band", "spells")
    after = column_of_bands(data, "next_band", "spells")[bands == band].cat.codes
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


def times_to_reach(
    theme: str = "overall",
    *,
    start: str = "inadequate",
    reach: str = "good",
    data: pd.DataFrame | None = None,
    authorities: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """How long authorities took from one band to another or a higher one, by any path.

    An authority that goes from inadequate to requires improvement and then to good has taken a
    step at each inspection. Counted here is the whole way, from the inspection that first put it
    in the band to the first that found it where it was to get, whatever came in between.

    Parameters
    ----------
    theme
        A theme.
    start, reach
        The band that the way begins at, and the higher one that it ends at, or above.
    data, authorities
        Tables as from the loaders; the packaged ones by default.

    Returns
    -------
    DataFrame
        One row per way, sorted by authority and day: authority_id, authority, region,
        ofsted_region, authority_type, start, end (dates), days, inspections (graded ones after
        the first, to the end), reached (False: not yet, by ``end``), direct (reached at the next
        inspection). An authority that falls back begins another way.

    Raises
    ------
    DataError
        There is no such theme or band, or ``reach`` is not above ``start``.

    Notes
    -----
    The median of those that have reached it leaves out the others, and so is too short for all: a
    way that is still long has had no time to end. Ways of authorities that ended after failing,
    such as Northamptonshire, never can.

    Examples
    --------
    >>> found = times_to_reach()
    >>> len(found), int(found["reached"].sum()), int((found["reached"] & found["direct"]).sum())
    (64, 37, 17)
    >>> print(round(found.loc[found["reached"], "days"].median() / 365.25, 1))
    6.1
    """
    low, high = (BANDS.index(known_bands([band])[0]) for band in (start, reach))
    if high <= low:
        raise DataError(f"reach ({reach}) must be a higher band than start ({start}).")
    stop = cut_off(theme)
    closes = everyone(authorities).set_index("authority_id")["closed"].fillna(stop)
    history = judgements_on(theme, data=data)
    history = history[history["band"].notna() & (history["last_day"] <= stop)]
    history = history[history["authority_id"].isin(closes.index)]
    who, band = history["authority_id"], history["band"].cat.codes
    there = band >= high
    way = there.groupby(who).cumsum() - there.astype("int64")  # one ends where it got there
    begun = (band == low).groupby([who, way]).cummax()
    ways = history.assign(way=way, there=there)[begun].groupby(["authority_id", "way"], sort=False)
    found = ways[IDENTITY[1:]].first().reset_index()
    found["start"] = ways["last_day"].first().to_numpy()
    found["inspections"] = ways.size().to_numpy() - 1
    found["reached"] = ways["there"].last().to_numpy()
    closed = found["authority_id"].map(closes)
    open_to = closed.where(closed < stop, stop)
    found["end"] = ways["last_day"].last().reset_index(drop=True).where(found["reached"], open_to)
    found["days"] = (found["end"] - found["start"]).dt.days.astype("int64")
    found["direct"] = found["reached"] & (found["inspections"] == 1)
    return found[[*IDENTITY, "start", "end", "days", "inspections", "reached", "direct"]]
