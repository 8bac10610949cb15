"""The judgements of one inspection side by side, and what rules would make of them together."""

from collections.abc import Sequence
from itertools import combinations

import pandas as pd

from ofsted_analysis.analysis.shares import checked_level, holm
from ofsted_analysis.analysis.themes import BOARD_REVIEW
from ofsted_analysis.tables import given
from ofsted_analysis.tables.errors import DataError, one_of, words
from ofsted_analysis.tables.grades import BAND, BANDS, known_bands
from ofsted_analysis.tables.load import load_areas

RULES = ("lowest", "highest", "lower middle", "upper middle", "majority", "limited")
"""How several grades can be made into one: see `derive_overall`."""

_INSPECTION = [
    "inspection_id", "authority_id", "authority", "region", "first_day", "last_day",
]  # fmt: skip
_OF_THE_ROW = ["framework_id", "inspection_type", "area_id", "band"]


def judgements_wide(framework: str, *, data: pd.DataFrame | None = None) -> pd.DataFrame:
    """The judgements of each inspection under a framework, side by side.

    Reviews of a safeguarding board alone are left out: they are no inspections.

    Parameters
    ----------
    framework
        A framework_id, such as 'sif' or 'ilacs'.
    data
        Judgements as from `load_judgements`; the packaged ones by default.

    Returns
    -------
    DataFrame
        One row per inspection, in order of last day and inspection_id: inspection_id,
        authority_id, authority, region, first_day, last_day, then for each area of the framework,
        in order of the page, the band (ordered), under the area's area_id. A band is missing
        where the inspection made no such judgement, or its grade is not known.

    Raises
    ------
    DataError
        There is no such framework, or the judgements lack a column.

    Examples
    --------
    >>> sif = judgements_wide("sif")
    >>> torbay = sif[sif["inspection_id"] == "torbay-sif-2015-11"].iloc[0]
    >>> torbay[["help_and_protection", "looked_after", "leadership", "overall"]].tolist()
    ['inadequate', 'third', 'inadequate', 'inadequate']
    """
    areas = load_areas()
    one_of(framework, areas["framework_id"].unique(), "framework")
    own = areas[areas["framework_id"] == framework].sort_values("position")
    rows = given.judgements(data, [*_INSPECTION, *_OF_THE_ROW])
    rows = rows[(rows["framework_id"] == framework) & (rows["inspection_type"] != BOARD_REVIEW)]
    rows = rows.drop_duplicates(["inspection_id", "area_id"])
    bands = rows.set_index(["inspection_id", "area_id"])["band"].unstack("area_id")  # noqa: PD010
    found = rows.drop_duplicates("inspection_id")[_INSPECTION].merge(
        bands.reindex(columns=own["area_id"]).reset_index(), on="inspection_id"
    )
    found = found.sort_values(["last_day", "inspection_id"], ignore_index=True)
    return found.astype(dict.fromkeys(own["area_id"], BAND))


def compare_judgements(
    data: pd.DataFrame, area: str, others: Sequence[str] | None = None
) -> pd.DataFrame:
    """How often one judgement stood above, level with or below the others of its inspection.

    Parameters
    ----------
    data
        Rows as from `judgements_wide`.
    area
        The judgement, one of the table's area_ids.
    others
        Those to set it against; by default all others of the table.

    Returns
    -------
    DataFrame
        One row per other judgement, in the table's order: area_id, n (inspections that gave
        both), above, level, below (how often ``area`` had the better, the same and the worse
        band).

    Raises
    ------
    DataError
        There is no such column of bands.

    Examples
    --------
    >>> found = compare_judgements(judgements_wide("sif"), "care_leavers", ["looked_after"])
    >>> found[["n", "above", "level", "below"]].iloc[0].tolist()
    [172, 38, 117, 17]
    """
    steps = _steps(data)
    if not isinstance(area, str) or area not in steps:
        _steps(data, [area])
    rows = []
    for other in steps.columns.drop(area) if others is None else words(others, "others"):
        apart = (steps[area] - _steps(data, [other])[other]).dropna()
        rows.append(
            {
                "area_id": other,
                "n": len(apart),
                "above": int((apart > 0).sum()),
                "level": int((apart == 0).sum()),
                "below": int((apart < 0).sum()),
            }
        )
    return pd.DataFrame(rows, columns=["area_id", "n", "above", "level", "below"])


def paired_shares_test(
    data: pd.DataFrame,
    areas: Sequence[str],
    *,
    bands: str | Sequence[str] = ("good", "outstanding"),
    level: float = 0.95,
) -> pd.DataFrame:
    """Whether the shares of several judgements differ by more than chance, row by row.

    The judgements of one authority tend to be alike, so they are compared within each: only where
    one is in the bands and the other is not do they tell of a difference.

    Parameters
    ----------
    data
        Rows with a column of bands for each judgement, as from `judgements_wide`, or one made of
        several snapshots; each authority once.
    areas
        The judgements, two or more of the columns.
    bands
        The bands to count.
    level
        Two judgements are told apart where both p-values, that of all together and that of the
        two after correction, are below 1 - level.

    Returns
    -------
    DataFrame
        One row per pair of judgements, in order: area, other, n (rows with a grade for both),
        area_only and other_only (rows in the bands on one of the two only), p_value (two-sided
        exact test of the pair), adjusted_p_value (after Holm), p_value_all (of the test of all
        judgements together on the rows that have every one, the same in every row), stands_out.

    Raises
    ------
    DataError
        Less than two judgements, or no such column of bands.

    Notes
    -----
    All together: W. G. Cochran, 'The comparison of percentages in matched samples', Biometrika 37
    (1950), as computed by statsmodels. Pairs: Q. McNemar, 'Note on the sampling error of the
    difference between correlated proportions', Psychometrika 12 (1947), by the binomial
    distribution. The p-value asks whether, where two judgements of an authority differ, either
    could as well have been the better one.

    Examples
    --------
    >>> import ofsted_analysis as oa
    >>> themes = ["help_and_protection", "leadership"]
    >>> day = "2026-03-31"
    >>> wide = pd.DataFrame({t: oa.as_at(day, t).set_index("authority_id")["band"] for t in themes})
    >>> paired_shares_test(wide, themes)[["n", "area_only", "other_only", "stands_out"]]
         n  area_only  other_only  stands_out
    0  153          1          15        True
    """
    from scipy.stats import binomtest
    from statsmodels.stats.contingency_tables import cochrans_q

    checked_level(level)
    areas = words(areas, "areas")
    if len(areas) < 2 or len(set(areas)) < len(areas):
        raise DataError("areas must be two or more different judgements.")
    graded = _steps(data, areas).notna()
    inside = data[areas].isin(known_bands(bands))
    rows = []
    for area, other in combinations(areas, 2):
        both = inside[graded[area] & graded[other]]
        first = int((both[area] & ~both[other]).sum())
        second = int((both[other] & ~both[area]).sum())
        p = binomtest(first, first + second).pvalue if first + second else 1.0
        rows.append((area, other, len(both), first, second, p))
    columns = ["area", "other", "n", "area_only", "other_only", "p_value"]
    found = pd.DataFrame(rows, columns=columns)
    found["adjusted_p_value"] = holm(found["p_value"])
    whole = inside[graded.all(axis=1)]
    parted = whole.nunique(axis=1).gt(1).any()
    found["p_value_all"] = cochrans_q(whole.to_numpy(dtype=int)).pvalue if parted else 1.0
    found["stands_out"] = found[["adjusted_p_value", "p_value_all"]].max(axis=1) < 1 - level
    return found


def derive_overall(data: pd.DataFrame, areas: Sequence[str], rule: str) -> pd.Series:
    """One grade made of several by a rule: not Ofsted's, which never was a sum.

    Parameters
    ----------
    data
        Rows as from `judgements_wide`.
    areas
        The judgements to combine.
    rule
        - 'lowest', 'highest'
        - 'lower middle', 'upper middle': the median; of an even number the lower or the higher
          of the two in the middle
        - 'majority': the band that more than half of them have, missing where there is none
        - 'limited': inadequate if any is, else the lower middle

        or one of the areas, which is then taken for the whole.

    Returns
    -------
    Series of ordered categorical
        The band, with the index of the rows; missing where one of the judgements is.

    Raises
    ------
    DataError
        There is no such rule or column of bands, or nothing to combine.

    Examples
    --------
    >>> table = pd.DataFrame({"a": ["third"], "b": ["good"], "c": ["good"], "d": ["good"]})
    >>> table = table.astype(BAND)
    >>> [derive_overall(table, list("abcd"), rule).item() for rule in ("lowest", "majority", "b")]
    ['third', 'good', 'good']
    """
    areas = words(areas, "areas")
    steps = _steps(data, areas)
    if not areas:
        raise DataError("There is no judgement to combine.")
    middle = steps.quantile(0.5, axis=1, interpolation="lower")
    worst = steps.min(axis=1)
    agreeing = steps.eq(middle, axis=0).sum(axis=1)
    rules = {
        "lowest": worst,
        "highest": steps.max(axis=1),
        "lower middle": middle,
        "upper middle": steps.quantile(0.5, axis=1, interpolation="higher"),
        "majority": middle.where(2 * agreeing > len(areas)),  # a majority takes in the middle
        "limited": middle.mask(worst == 0, 0),
    } | {area: steps[area] for area in areas}
    one_of(rule, rules, "rule")
    found = rules[rule].where(steps.notna().all(axis=1))
    return found.map(dict(enumerate(BANDS))).astype(BAND).rename(rule)


def rule_accuracy(
    data: pd.DataFrame,
    areas: Sequence[str],
    *,
    against: str = "overall",
    rules: Sequence[str] | None = None,
) -> pd.DataFrame:
    """How often each rule makes of some judgements the grade that inspectors gave.

    Parameters
    ----------
    data
        Rows as from `judgements_wide`.
    areas
        The judgements to combine.
    against
        The judgement that the rule should come to.
    rules
        Rules as for `derive_overall`; by default all, and each judgement for itself.

    Returns
    -------
    DataFrame
        One row per rule, in their order: rule, n (inspections that gave all these judgements),
        same, higher, lower (how often the rule comes to the grade given, a better or a worse one),
        undecided (how often it comes to none), mixed (inspections of which the judgements were
        not all at one grade), same_mixed (how often the rule comes to the grade given among
        these).

    Raises
    ------
    DataError
        There is no such rule or column of bands, or nothing to combine.

    Examples
    --------
    >>> key = ["help_and_protection", "looked_after", "leadership"]
    >>> found = rule_accuracy(judgements_wide("sif"), key, rules=["limited"])
    >>> found[["n", "same", "mixed", "same_mixed"]].iloc[0].tolist()
    [172, 167, 72, 67]
    """
    areas = words(areas, "areas")
    steps = _steps(data, [*areas, against]).dropna()
    whole, given_ = data.loc[steps.index], steps[against]
    mixed = steps[list(areas)].max(axis=1) > steps[list(areas)].min(axis=1)
    rows = []
    for rule in [*RULES, *areas] if rules is None else words(rules, "rules"):
        found = derive_overall(whole, areas, rule).cat.codes
        same, none = found == given_, found < 0
        rows.append(
            {
                "rule": rule,
                "n": len(whole),
                "same": int(same.sum()),
                "higher": int((found > given_).sum()),
                "lower": int(((found < given_) & ~none).sum()),
                "undecided": int(none.sum()),
                "mixed": int(mixed.sum()),
                "same_mixed": int((same & mixed).sum()),
            }
        )
    columns = ["rule", "n", "same", "higher", "lower", "undecided", "mixed", "same_mixed"]
    return pd.DataFrame(rows, columns=columns)


def _steps(data: pd.DataFrame, areas: Sequence[str] | None = None) -> pd.DataFrame:
    """The place of each band on the scale, 0 to 3, a column for each area; missing for none."""
    if not isinstance(data, pd.DataFrame):
        raise DataError("data must be a DataFrame as from judgements_wide().")
    if not data.columns.is_unique:
        raise DataError("data has a column twice; pass rows of judgements_wide().")
    if areas is None:
        areas = [str(column) for column in data if data[column].dtype == BAND]
    for area in words(areas, "areas"):
        if area not in data or data[area].dtype != BAND:
            raise DataError(
                f"There is no column of bands {area!r}; pass rows of judgements_wide(). "
                f"The bands are: {', '.join(BANDS)}."
            )
    steps = {area: data[area].cat.codes.where(data[area].notna()) for area in areas}
    return pd.DataFrame(steps, index=data.index, dtype="float64")
