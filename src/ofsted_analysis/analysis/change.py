"""How grades change: from one inspection to the next, and how long an authority stays in a band."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
import pandas as pd

from ofsted_analysis.analysis.outcomes import Day, as_day, data_complete_to, existed
from ofsted_analysis.analysis.themes import judgements_on, last_made, packaged_authorities
from ofsted_analysis.tables.grades import BAND, BANDS, known_bands
from ofsted_analysis.tables.schema import DataError

Pairs = Literal["consecutive", "previous to latest", "first to latest"]
Event = Literal["better", "worse", "any"]

_OF_EACH = ["inspection_id", "framework_id", "last_day", "grade", "band", "comparability"]
_WHO = ["authority_id", "authority", "region", "ofsted_region", "authority_type"]


def transitions(
    theme: str = "overall",
    *,
    pairs: Pairs = "consecutive",
    within: str | None = None,
    across_frameworks: bool = True,
    judgements: pd.DataFrame | None = None,
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
    judgements
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
    >>> bool((pairs["from_last_day"] < pairs["to_last_day"]).all())
    True
    """
    history = _graded(theme, within, judgements)
    if pairs == "first to latest":
        ends = history.groupby("authority_id", observed=True)
        history = pd.concat([ends.head(1), ends.tail(1)]).sort_index(kind="stable")
        history = history[history["authority_id"].duplicated(keep=False)]
        history = history[~history.index.duplicated()]
    elif pairs not in ("consecutive", "previous to latest"):
        raise DataError(
            "pairs must be 'consecutive', 'previous to latest' or 'first to latest', "
            f"not {pairs!r}."
        )
    history = history.reset_index(drop=True)
    same = history["authority_id"].astype(str)
    at = np.flatnonzero((same == same.shift(-1)).to_numpy())
    before, after = history.iloc[at], history.iloc[at + 1]
    frame = before[_WHO].reset_index(drop=True)
    for prefix, rows in (("from_", before), ("to_", after)):
        frame = frame.join(rows[_OF_EACH].reset_index(drop=True).add_prefix(prefix))
    steps = frame["to_band"].cat.codes.astype("int64") - frame["from_band"].cat.codes
    frame["steps"] = steps
    frame["direction"] = pd.Categorical.from_codes(
        np.sign(steps) + 1, ["down", "same", "up"], ordered=True
    )
    frame["gap_days"] = (frame["to_last_day"] - frame["from_last_day"]).dt.days
    frame["same_framework"] = frame["from_framework_id"].astype(str) == frame[
        "to_framework_id"
    ].astype(str)
    weaker = np.minimum(frame["from_comparability"].cat.codes, frame["to_comparability"].cat.codes)
    frame["comparability"] = pd.Categorical.from_codes(
        weaker, dtype=frame["from_comparability"].dtype
    )
    if pairs == "previous to latest":
        frame = frame.groupby("authority_id", observed=True).tail(1)
    if not across_frameworks:
        frame = frame[frame["same_framework"]]
    return frame.reset_index(drop=True)


def _graded(theme: str, within: str | None, judgements: pd.DataFrame | None) -> pd.DataFrame:
    """The inspections that gave a grade for the theme, by authority and day."""
    history = judgements_on(theme, judgements=judgements)
    return history[_counted(history, theme, within)]


def _counted(history: pd.DataFrame, theme: str, within: str | None) -> pd.Series:
    """Which rows of a theme's history have a grade, under one framework if one is named."""
    graded = history["band"].notna()
    if within is None:
        return graded
    able = {*history["framework_id"], *judgements_on(theme)["framework_id"]}
    if within not in able:
        raise DataError(
            f"{theme!r} was not judged under a framework {within!r}, but under: "
            f"{', '.join(sorted(able))}."
        )
    return graded & (history["framework_id"] == within)


def transition_matrix(pairs: pd.DataFrame) -> pd.DataFrame:
    """How many pairs went from each band to each.

    Parameters
    ----------
    pairs
        Pairs as from `transitions`.

    Returns
    -------
    DataFrame
        Rows: the band before; columns: the band after; both inadequate to outstanding; counts.

    Examples
    --------
    >>> pairs = transitions("overall")
    >>> int(transition_matrix(pairs).to_numpy().sum()) == len(pairs)
    True
    """
    table = pd.crosstab(
        pairs["from_band"].astype(BAND), pairs["to_band"].astype(BAND), dropna=False
    )
    return table.reindex(index=BANDS, columns=BANDS, fill_value=0).rename_axis(
        index="from", columns="to"
    )


def grade_record(
    theme: str = "overall",
    *,
    bands: str | Sequence[str] = ("good", "outstanding"),
    date: Day | None = None,
    within: str | None = None,
    judgements: pd.DataFrame | None = None,
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
    judgements, authorities
        Tables as from the loaders; the packaged ones by default.

    Returns
    -------
    DataFrame
        One row per authority that existed on the date, in order of authority_id: authority_id,
        authority, region, ofsted_region, authority_type, graded (inspections that gave a grade),
        n (of these, in the bands), record (categorical: 'never', 'at times', 'always'; missing
        where there is no grade), first_last_day and last_last_day (last days of the first and the
        latest of these inspections), band (at the latest).

    Raises
    ------
    DataError
        There is no such theme, band, date or framework.

    Examples
    --------
    >>> found = grade_record(date="2026-03-31").set_index("authority")
    >>> found.loc["Leeds", "record"], int(found.loc["Leeds", "graded"])
    ('always', 4)
    """
    on = data_complete_to() if date is None else as_day(date, "date")
    wanted = known_bands(bands)
    everyone = packaged_authorities() if authorities is None else authorities
    there = existed(everyone, on).rename(columns={"name": "authority"})[_WHO]
    history = _graded(theme, within, judgements)
    history = history[history["last_day"] <= on]
    seen = history.assign(own=history["band"].isin(wanted)).groupby(
        history["authority_id"].astype(str)
    )
    counts = seen.agg(
        graded=("band", "size"),
        n=("own", "sum"),
        first_last_day=("last_day", "first"),
        last_last_day=("last_day", "last"),
        band=("band", "last"),
    )
    frame = there.reset_index(drop=True).join(counts, on="authority_id")
    frame[["graded", "n"]] = frame[["graded", "n"]].fillna(0).astype("int64")
    frame["band"] = frame["band"].astype(BAND)
    code = np.where(frame["n"] == frame["graded"], 2, np.where(frame["n"] == 0, 0, 1))
    record = pd.Categorical.from_codes(
        np.where(frame["graded"] > 0, code, -1), ["never", "at times", "always"], ordered=True
    )
    frame.insert(frame.columns.get_loc("n") + 1, "record", record)
    return frame


def cut_off(theme: str) -> pd.Timestamp:
    """The day at which spells still under way are cut off: the end of the record or the judgement.

    Examples
    --------
    >>> cut_off("overall")
    Timestamp('2026-03-31 00:00:00')
    """
    return min(filter(None, (data_complete_to(), last_made(theme))))


def spells(
    theme: str = "overall",
    *,
    until: Day | None = None,
    within: str | None = None,
    judgements: pd.DataFrame | None = None,
    authorities: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """How long each authority has stood in each band without a break.

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
    until
        Day at which open spells are cut off; by default the day to which the record is complete,
        or on which the judgement was last made. Inspections after it are left out.
    within
        A framework_id: grades under that framework only; an inspection under another cuts a spell
        off.
    judgements, authorities
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
    >>> found = spells("overall")
    >>> bool((found["days"] >= 0).all()), bool(found["next_band"].isna().eq(~found["ended"]).all())
    (True, True)
    """
    stop = cut_off(theme) if until is None else as_day(until, "until")
    everyone = packaged_authorities() if authorities is None else authorities
    history = judgements_on(theme, judgements=judgements)
    counts = _counted(history, theme, within)
    shown = history["authority_id"].isin(everyone["authority_id"]) & (history["last_day"] <= stop)
    history, counts = (part[shown].reset_index(drop=True) for part in (history, counts))
    who = history["authority_id"].astype(str)
    state = history["band"].cat.codes.where(counts, -1)
    new = (who != who.shift()) | (state != state.shift())
    frame = history[new].reset_index(drop=True)
    graded = counts[new].to_numpy()
    sizes = new.cumsum().value_counts(sort=False).to_numpy()
    own = frame["authority_id"].astype(str)
    followed = (own == own.shift(-1)).to_numpy()
    ended = followed & np.append(graded[1:], False)
    closed = own.map(everyone.set_index("authority_id")["closed"])
    cut = closed.fillna(stop).clip(upper=stop)
    end = frame["last_day"].shift(-1).where(followed, cut)
    spell = frame[[*_WHO, "band"]].assign(start=frame["last_day"], end=end)
    spell["days"] = (spell["end"] - spell["start"]).dt.days
    spell["inspections"] = sizes
    spell["ended"] = ended
    spell["next_band"] = frame["band"].shift(-1).where(ended)
    return spell[graded].reset_index(drop=True)


def time_in_grade(
    spells: pd.DataFrame, band: str, *, event: Event = "better", level: float = 0.95
) -> pd.DataFrame:
    """How long until an authority in a band leaves it (Kaplan-Meier).

    Parameters
    ----------
    spells
        Spells as from `spells`.
    band
        'inadequate', 'third', 'good' or 'outstanding'.
    event
        What counts as leaving: to a 'better' band (default), a 'worse' one, or 'any'. Spells that
        ended otherwise count as cut off on that day.
    level
        Confidence level of the interval.

    Returns
    -------
    DataFrame
        One row per day on which a spell ended so, after a first row for day 0: days, in_band
        (estimated share still in the band, 0 to 1), low, high (its pointwise interval on the
        complementary log-log scale), at_risk (spells still under way just before), events.

    Raises
    ------
    DataError
        There is no such band or event, or no spell in it ended so.

    Notes
    -----
    E. L. Kaplan and P. Meier, 'Nonparametric estimation from incomplete observations', Journal of
    the American Statistical Association 53 (1958), as estimated by statsmodels; the interval
    after J. D. Kalbfleisch and R. L. Prentice, 'The Statistical Analysis of Failure Time Data'
    (1980). Grades are seen only when inspectors come, so days are those of inspections.

    Examples
    --------
    >>> curve = time_in_grade(spells("overall"), "inadequate")
    >>> curve.iloc[0][["days", "in_band"]].tolist()
    [0.0, 1.0]
    """
    from scipy.stats import norm
    from statsmodels.duration.survfunc import SurvfuncRight

    if band not in BANDS:
        raise DataError(f"There is no band {band!r}. The bands are: {', '.join(BANDS)}.")
    if not 0 < level < 1:
        raise DataError(f"level must lie between 0 and 1, such as 0.95, not {level!r}.")
    own = spells[spells["band"] == band]
    better = own["next_band"].astype(BAND).cat.codes > BANDS.index(band)
    left = {"better": better, "worse": own["ended"] & ~better, "any": own["ended"]}.get(event)
    if left is None:
        raise DataError(f"event must be 'better', 'worse' or 'any', not {event!r}.")
    if not left.any():
        other = "another band" if event == "any" else f"a {event} one"
        raise DataError(f"No spell in {band!r} ended in {other}: there is no curve to draw.")
    fit = SurvfuncRight(own["days"].to_numpy(), left.to_numpy().astype(int))
    share = fit.surv_prob
    inside = (share > 0) & (share < 1)
    spread = np.zeros_like(share)
    spread[inside] = (
        norm.ppf((1 + level) / 2)
        * fit.surv_prob_se[inside]
        / (share[inside] * -np.log(share[inside]))
    )
    curve = pd.DataFrame(
        {
            "days": fit.surv_times,
            "in_band": share,
            "low": np.where(inside, share ** np.exp(spread), np.nan),
            "high": np.where(inside, share ** np.exp(-spread), np.nan),
            "at_risk": fit.n_risk.astype(int),
            "events": fit.n_events.astype(int),
        }
    )
    start = pd.DataFrame(
        {"days": [0], "in_band": [1.0], "low": [1.0], "high": [1.0], "at_risk": [len(own)],
         "events": [0]}
    )  # fmt: skip
    return pd.concat([start, curve[curve["events"] > 0]], ignore_index=True)
