"""The judgements of one inspection side by side, and what rules would make of them together."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from ofsted_analysis.analysis.themes import packaged_judgements, typed
from ofsted_analysis.tables.grades import BAND, BANDS
from ofsted_analysis.tables.load import load_areas
from ofsted_analysis.tables.schema import DataError

RULES = ("lowest", "highest", "lower middle", "upper middle", "majority", "limited")
"""How several grades can be made into one: see `derive_overall`."""

_INSPECTION = [
    "inspection_id", "authority_id", "authority", "region", "first_day", "last_day",
]  # fmt: skip


def judgements_wide(framework: str, *, judgements: pd.DataFrame | None = None) -> pd.DataFrame:
    """The judgements of each inspection under a framework, side by side.

    Parameters
    ----------
    framework
        A framework_id, such as 'sif' or 'ilacs'.
    judgements
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
    own = areas[areas["framework_id"] == framework].sort_values("position")
    if own.empty:
        known = ", ".join(areas["framework_id"].astype(str).unique())
        raise DataError(f"There is no framework {framework!r}. The frameworks are: {known}.")
    frame = packaged_judgements() if judgements is None else judgements
    columns = typed(frame, [*_INSPECTION, "framework_id", "area_id", "band"])
    rows = pd.DataFrame(columns)[columns["framework_id"] == framework]
    rows = rows.astype({"inspection_id": str, "authority_id": str, "area_id": str})
    found = rows.drop_duplicates("inspection_id")[_INSPECTION]
    found = found.sort_values(["last_day", "inspection_id"], ignore_index=True)
    for area in own["area_id"].astype(str):
        of_area = rows[rows["area_id"] == area].set_index("inspection_id")["band"]
        found[area] = of_area.reindex(found["inspection_id"]).astype(BAND).array
    return found


def compare_judgements(
    table: pd.DataFrame, area: str, others: Sequence[str] | None = None
) -> pd.DataFrame:
    """How often one judgement stood above, level with or below the others of its inspection.

    Parameters
    ----------
    table
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
    [170, 37, 116, 17]
    """
    bands = [column for column in table if table[column].dtype == BAND]
    others = [column for column in bands if column != area] if others is None else list(others)
    codes = _codes(table, [area, *others])
    rows = []
    for number, other in enumerate(others, start=1):
        both = (codes[:, 0] >= 0) & (codes[:, number] >= 0)
        step = codes[both, 0] - codes[both, number]
        counts = [int((step > 0).sum()), int((step == 0).sum()), int((step < 0).sum())]
        rows.append([other, len(step), *counts])
    return pd.DataFrame(rows, columns=["area_id", "n", "above", "level", "below"])


def derive_overall(table: pd.DataFrame, areas: Sequence[str], rule: str) -> pd.Series:
    """One grade made of several by a rule: not Ofsted's, which never was a sum.

    Parameters
    ----------
    table
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
        The band, with the index of the table; missing where one of the judgements is.

    Raises
    ------
    DataError
        There is no such rule or column of bands, or nothing to combine.

    Examples
    --------
    >>> table = pd.DataFrame({"a": ["third"], "b": ["good"], "c": ["good"], "d": ["good"]})
    >>> table = table.astype(BAND)
    >>> [derive_overall(table, list("abcd"), rule).item() for rule in ("lowest", "lower middle", "b")]
    ['third', 'good', 'good']
    """
    codes = _codes(table, areas)
    if not codes.shape[1]:
        raise DataError("There is no judgement to combine.")
    ordered = np.sort(codes, axis=1)
    number = len(areas)
    middle = ordered[:, (number - 1) // 2]
    if rule in areas:
        found = codes[:, list(areas).index(rule)]
    elif rule == "lowest":
        found = ordered[:, 0]
    elif rule == "highest":
        found = ordered[:, -1]
    elif rule == "lower middle":
        found = middle
    elif rule == "upper middle":
        found = ordered[:, number // 2]
    elif rule == "majority":  # a majority takes in the middle
        found = np.where(2 * (codes == middle[:, None]).sum(axis=1) > number, middle, -1)
    elif rule == "limited":
        found = np.where(ordered[:, 0] == 0, 0, middle)
    else:
        raise DataError(f"There is no rule {rule!r}: {', '.join([*RULES, *areas])}.")
    known = (codes >= 0).all(axis=1)
    bands = pd.Categorical.from_codes(np.where(known, found, -1), dtype=BAND)
    return pd.Series(bands, index=table.index, name=rule)


def rule_accuracy(
    table: pd.DataFrame,
    areas: Sequence[str],
    *,
    against: str = "overall",
    rules: Sequence[str] | None = None,
) -> pd.DataFrame:
    """How often each rule makes of some judgements the grade that inspectors gave.

    Parameters
    ----------
    table
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
    [169, 164, 72, 67]
    """
    codes = _codes(table, [*areas, against])
    whole = table[(codes >= 0).all(axis=1)]
    codes = _codes(whole, [*areas, against])
    given, parts = codes[:, -1], codes[:, :-1]
    mixed = (parts != parts[:, :1]).any(axis=1)
    rows = []
    for rule in [*RULES, *areas] if rules is None else rules:
        found = derive_overall(whole, areas, rule).cat.codes.to_numpy()
        same, none = found == given, found < 0
        higher, lower = found > given, (found < given) & ~none
        counts = [len(whole), *(int(flag.sum()) for flag in (same, higher, lower, none, mixed))]
        rows.append([rule, *counts, int((same & mixed).sum())])
    columns = ["rule", "n", "same", "higher", "lower", "undecided", "mixed", "same_mixed"]
    return pd.DataFrame(rows, columns=columns)


def _codes(table: pd.DataFrame, areas: Sequence[str]) -> np.ndarray:
    """The place of each band on the scale, a column for each area; -1 where there is none."""
    for area in areas:
        if area not in table or table[area].dtype != BAND:
            raise DataError(
                f"There is no column of bands {area!r}; pass rows of judgements_wide(). "
                f"The bands are: {', '.join(BANDS)}."
            )
    columns = [table[area].cat.codes.to_numpy(dtype="int64") for area in areas]
    return np.column_stack(columns) if columns else np.empty((len(table), 0), dtype="int64")
