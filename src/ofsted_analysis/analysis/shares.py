"""Shares of grades with their intervals, and what in them could be chance."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from ofsted_analysis.analysis.themes import last_made, themes_of
from ofsted_analysis.tables.errors import DataError, shown, words
from ofsted_analysis.tables.grades import known_bands
from ofsted_analysis.tables.load import load_areas


def wilson(count: Any, total: Any, *, level: float = 0.95) -> tuple[np.ndarray, np.ndarray]:
    """Wilson score interval of a share.

    Parameters
    ----------
    count, total
        Whole numbers or arrays of them.
    level
        Confidence level.

    Returns
    -------
    (array, array)
        Lower and upper bound, 0 to 1; missing where the total is 0.

    Notes
    -----
    E. B. Wilson, 'Probable inference, the law of succession, and statistical inference', Journal
    of the American Statistical Association 22 (1927), as computed by statsmodels.

    Examples
    --------
    >>> low, high = wilson(4, 11)
    >>> round(float(low), 3), round(float(high), 3)
    (0.152, 0.646)
    """
    from statsmodels.stats.proportion import proportion_confint

    checked_level(level)
    count, total = np.asarray(count, dtype=float), np.asarray(total, dtype=float)
    some = np.where(total > 0, total, 1)
    low, high = proportion_confint(np.minimum(count, some), some, alpha=1 - level, method="wilson")
    return np.where(total > 0, low, np.nan), np.where(total > 0, high, np.nan)


def median_interval(values: pd.Series, *, level: float = 0.95) -> tuple[float, float]:
    """Between which two of some values their median lies.

    Parameters
    ----------
    values
        Numbers; missing ones are left out.
    level
        Confidence level.

    Returns
    -------
    (float, float)
        Lower and upper bound, in the unit of the values; missing where so few can give none.

    Notes
    -----
    By the binomial distribution of order statistics (W. J. Conover, 'Practical Nonparametric
    Statistics', 3rd edition, 1999, section 3.2), as computed by scipy: it holds for any shape, and
    one extreme value does not move it.

    Examples
    --------
    >>> median_interval(pd.Series([3, 5, 8, 9, 12, 15, 21, 90]))
    (3.0, 90.0)
    """
    from scipy.stats import quantile_test

    checked_level(level)
    if not values.notna().any():
        return np.nan, np.nan
    found = quantile_test(values.dropna()).confidence_interval(level)
    return float(found.low), float(found.high)


def grade_share(
    data: pd.DataFrame,
    by: str | Sequence[str] | None = None,
    *,
    bands: str | Sequence[str] = ("good", "outstanding"),
    level: float = 0.95,
) -> pd.DataFrame:
    """The share of rows in some bands, by group, with a Wilson interval.

    Parameters
    ----------
    data
        Rows with a column 'band', such as a snapshot from `as_at`.
    by
        One column or several to group by; by default all rows are one group.
    bands
        The bands to count.
    level
        Confidence level.

    Returns
    -------
    DataFrame
        One row per group, in order of the group: the columns of ``by``, n (rows in the bands),
        graded (rows with a grade: the denominator), not_graded, share (n / graded, 0 to 1), low,
        high (95% Wilson interval unless ``level`` says otherwise). All authorities on a date are
        a census, not a sample: there the interval shows how little a small group can say.

    Raises
    ------
    DataError
        A column or band that does not exist.

    Examples
    --------
    >>> import ofsted_analysis as oa
    >>> grade_share(oa.as_at("2026-03-31"), "region").round(2).head(3)
                region   n  graded  not_graded  share   low  high
    0    East Midlands   6      10           0   0.60  0.31  0.83
    1  East of England   7      11           0   0.64  0.35  0.85
    2           London  30      33           0   0.91  0.76  0.97
    """
    columns = [] if by is None else words(by, "by")
    if not isinstance(data, pd.DataFrame) or not data.columns.is_unique:
        raise DataError("data must be a DataFrame with one column 'band', such as from as_at().")
    for column in [*columns, "band"]:
        if column not in data:
            known = ", ".join(map(str, data))[:200]
            raise DataError(f"There is no column {column!r}; there are: {known}.")
    wanted = known_bands(bands)
    known_bands(data["band"].dropna().unique().tolist())
    checked_level(level)
    check_shares(data)
    flags = data[columns].assign(
        n=data["band"].isin(wanted), graded=data["band"].notna(), rows=True
    )
    counts = ["n", "graded", "rows"]
    if columns:
        found = flags.groupby(columns, observed=True, sort=True)[counts].sum().reset_index()
    else:
        found = flags[counts].sum().to_frame().T
    found = found.astype(dict.fromkeys(counts, "int64"))
    found["not_graded"] = found["rows"] - found["graded"]
    found = found.drop(columns="rows")
    found["share"] = found["n"] / found["graded"].where(found["graded"] > 0)
    found["low"], found["high"] = wilson(found["n"], found["graded"], level=level)
    return found


def check_shares(data: pd.DataFrame) -> None:
    """Refuse a snapshot of which no share may be given; other rows are not its concern.

    Once a judgement is no longer made, whoever is inspected drops out of those with a grade, so
    that a share of them drifts without any new grade.

    Raises
    ------
    DataError
        The snapshot is of a day after the last on which its theme was judged, and an inspection
        since then has no grade for it.

    Examples
    --------
    >>> import ofsted_analysis as oa
    >>> check_shares(oa.as_at("2026-03-31"))
    """
    needed = {"framework_id", "area_id", "last_day", "days_since", "band"}
    if not needed <= set(data) or data["last_day"].isna().all():
        return
    for theme in themes_of(data):
        ended = last_made(theme)
        gone = 0 if ended is None else int((data["band"].isna() & (data["last_day"] > ended)).sum())
        if ended is not None and gone:
            runs_on = [name for name in load_areas()["theme"].unique() if last_made(name) is None]
            raise DataError(
                f"{theme!r} was last judged on {ended.date()}: after that day {gone} "
                "authorities were inspected without such a grade, so a share of the others would "
                f'mislead. Take {ended.date()} or an earlier date, latest="graded", or a theme '
                f"that runs on: {', '.join(sorted(map(str, runs_on)))}."
            )


def random_allocation_test(
    data: pd.DataFrame,
    by: str | Sequence[str],
    *,
    bands: str | Sequence[str] = ("good", "outstanding"),
    level: float = 0.95,
) -> pd.DataFrame:
    """Whether groups differ by more than chance: all of them together, then each by itself.

    Keeps the grades that there are and asks what would come out if they were allocated at random
    among the rows that have one. The test of all groups together comes first; a single group may
    only be named where that one and its own, corrected for the number of groups, both say so.

    Parameters
    ----------
    data, by, bands
        As for `grade_share`; ``by`` is needed.
    level
        Share of random allocations in which a group's number lies between ``least`` and ``most``,
        at least; a group stands out where the corrected p-value is below 1 - level.

    Returns
    -------
    DataFrame
        One row per group: the columns of ``by``, n (rows in the bands), graded (rows with a
        grade), expected (mean of n under random allocation), least and most (its central range),
        p_value (two-sided exact test of the group against all others), adjusted_p_value (after
        Holm), p_value_all (of the test of all groups together, the same in every row), stands_out
        (the group differs, and so do all together). Groups without a grade are left out.

    Raises
    ------
    DataError
        A column or band that does not exist, or no row with a grade.

    Notes
    -----
    All groups together: chi-square of groups by bands, its p-value from 9,999 random allocations
    (of the multivariate hypergeometric distribution, with a fixed seed). Single groups: R. A.
    Fisher's exact test, corrected after S. Holm, 'A simple sequentially rejective multiple test
    procedure', Scandinavian Journal of Statistics 6 (1979). The range is that of the hypergeometric
    distribution. All authorities on a date are a census: the p-value asks whether the grades could
    as well have gone to others.

    Examples
    --------
    >>> import ofsted_analysis as oa
    >>> found = random_allocation_test(oa.as_at("2026-03-31"), "region").set_index("region")
    >>> found.loc[["London", "North West"], ["n", "graded", "least", "most", "adjusted_p_value"]]
                 n  graded  least  most  adjusted_p_value
    region
    London      30      33     19    28          0.068615
    North West  12      24     13    21          0.093262
    """
    from scipy.stats import fisher_exact, hypergeom

    found = grade_share(data, by, bands=bands, level=level)
    found = found[found["graded"] > 0].drop(columns=["not_graded", "share", "low", "high"])
    if found.empty:
        raise DataError("No row has a grade: there is nothing to allocate.")
    found = found.reset_index(drop=True)
    n, graded = found["n"], found["graded"]
    inside, total = int(n.sum()), int(graded.sum())
    spread = hypergeom(total, inside, graded)
    found["expected"] = graded * inside / total
    found["least"] = spread.ppf((1 - level) / 2).astype(int)
    found["most"] = spread.ppf((1 + level) / 2).astype(int)
    found["p_value"] = [
        fisher_exact([[a, size - a], [inside - a, total - inside - size + a]]).pvalue
        for a, size in zip(n, graded, strict=True)
    ]
    found["adjusted_p_value"] = holm(found["p_value"])
    if len(found) > 1 and 0 < inside < total:
        sizes = graded.sort_values()  # the same draws, however the groups stand
        rng = np.random.default_rng(20260331)
        drawn = rng.multivariate_hypergeometric(sizes, inside, size=9999)
        apart = (drawn - inside * sizes.to_numpy() / total) ** 2 / sizes.to_numpy()
        own = ((n - found["expected"]) ** 2 / graded).sum()
        found["p_value_all"] = (1 + (apart.sum(axis=1) >= own * (1 - 1e-9)).sum()) / 10_000
    else:
        found["p_value_all"] = 1.0
    found["stands_out"] = found[["adjusted_p_value", "p_value_all"]].max(axis=1) < 1 - level
    return found


def holm(p_values: pd.Series) -> pd.Series:
    """P-values of several tests, corrected for their number.

    Parameters
    ----------
    p_values
        One for each test, 0 to 1.

    Returns
    -------
    Series
        The corrected ones, with the same index in the same order.

    Notes
    -----
    S. Holm, 'A simple sequentially rejective multiple test procedure', Scandinavian Journal of
    Statistics 6 (1979).

    Examples
    --------
    >>> holm(pd.Series([0.04, 0.01, 0.03])).tolist()
    [0.06, 0.03, 0.06]
    """
    rising = p_values.sort_values()
    corrected = (rising * np.arange(len(rising), 0, -1)).cummax().clip(upper=1)
    return corrected.reindex(p_values.index)


def odds_ratio(
    data: pd.DataFrame,
    by: str,
    *,
    bands: str | Sequence[str] = ("good", "outstanding"),
    within: str | Sequence[str] = (),
    level: float = 0.95,
) -> pd.Series:
    """How the odds of being in some bands differ between two groups, like compared with like.

    Parameters
    ----------
    data
        Rows with authority_id, band and the columns below. Rows without a band are left out.
    by
        A column of True and False: the odds where it is True, over those where it is False.
    bands
        The bands that count.
    within
        Columns within whose values alone the two groups are compared, such as the grade before:
        the ratio is pooled over them.
    level
        Confidence level.

    Returns
    -------
    Series
        odds_ratio, low, high (its interval), p_value, n (rows), authorities.

    Raises
    ------
    DataError
        A column is missing, ``by`` is not True or False, or there are too few rows: one of the
        groups, or one of the two outcomes, is empty.

    Notes
    -----
    Logistic regression with a term for each value of ``within``, by statsmodels. Several rows of
    one authority are not independent, so the interval goes by the variance between authorities
    (cluster-robust): K.-Y. Liang and S. L. Zeger, 'Longitudinal data analysis using generalized
    linear models', Biometrika 73 (1986). Values of ``within`` in which all rows have the same
    outcome say nothing of the ratio and are left out. An interval that holds 1 does not show that
    the groups are alike: it shows that there are too few rows to tell.

    Examples
    --------
    >>> import ofsted_analysis as oa
    >>> pairs = oa.transitions("overall")
    >>> pairs = pairs[~pairs["same_framework"] | (pairs["from_framework_id"] == "ilacs")]
    >>> pairs = pairs.assign(band=pairs["to_band"], new=~pairs["same_framework"])
    >>> pairs["good_before"] = pairs["from_band"] >= "good"
    >>> odds_ratio(pairs, "new", within="good_before")[["odds_ratio", "low", "high"]].round(2)
    odds_ratio    0.61
    low           0.36
    high          1.02
    dtype: float64
    """
    from scipy.stats import norm
    from statsmodels.genmod.families import Binomial
    from statsmodels.genmod.generalized_linear_model import GLM

    checked_level(level)
    strata = words(within, "within") if len(within) else []
    for column in ["authority_id", "band", by, *strata]:
        if not isinstance(data, pd.DataFrame) or column not in data:
            raise DataError(f"There is no column {column!r}.")
    own = data[data["band"].notna()]
    if not {*own[by].unique()} <= {True, False}:
        raise DataError(f"{by} must hold True and False only.")
    hit = own["band"].isin(known_bands(bands)).astype(float)
    stratum = own[strata].astype(str).agg("|".join, axis=1) if strata else own[by].map(lambda _: "")
    mixed = hit.groupby(stratum).transform("nunique") == 2
    hit, stratum, group = hit[mixed], stratum[mixed], own.loc[mixed, by].astype(float)
    if group.nunique() < 2:
        raise DataError("Too few rows: one of the two groups, or one of the outcomes, is empty.")
    terms = pd.get_dummies(stratum, dtype=float).assign(own=group)
    who = own.loc[mixed, "authority_id"].astype("category").cat.codes
    fit = GLM(hit, terms, family=Binomial()).fit(cov_type="cluster", cov_kwds={"groups": who})
    effect, error = fit.params["own"], fit.bse["own"]
    spread = norm.ppf((1 + level) / 2) * error
    return pd.Series(
        {
            "odds_ratio": np.exp(effect), "low": np.exp(effect - spread),
            "high": np.exp(effect + spread), "p_value": fit.pvalues["own"],
            "n": len(hit), "authorities": who.nunique(),
        }
    )  # fmt: skip


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
