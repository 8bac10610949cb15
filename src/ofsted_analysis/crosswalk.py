"""One theme across the frameworks: which judgement of each inspection stands for it."""

from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from ofsted_analysis.package import DataError
from ofsted_analysis.tables import load_areas, load_authorities, load_judgements

REASON = pd.CategoricalDtype(
    ["not yet inspected", "judgement not made", "not judged", "not known"], ordered=False
)
"""Why there is no grade.

'not yet inspected': no inspection so far that could have judged the theme; 'judgement not made':
that inspection, by its rules, made no such judgement; 'not judged': it should have, and printed
'not judged'; 'not known': it did, but no source at hand gives the grade.
"""

_INSPECTION = [
    "inspection_id",
    "authority_id",
    "authority",
    "region",
    "ofsted_region",
    "authority_type",
    "framework_id",
    "inspection_type",
    "first_day",
    "last_day",
    "date_precision",
    "published_date",
]
_JUDGEMENT = [
    "area_id",
    "area",
    "comparability",
    "grade",
    "band",
    "certainty",
    "source_id",
    "locator",
]


@cache
def packaged_judgements() -> pd.DataFrame:
    """The packaged judgements, loaded once; not to be changed in place."""
    return load_judgements()


@cache
def packaged_authorities() -> pd.DataFrame:
    """The packaged authorities, loaded once; not to be changed in place."""
    return load_authorities()


def themes(judgements: pd.DataFrame | None = None) -> list[str]:
    """The themes under which there is at least one judgement.

    Examples
    --------
    >>> "care_leavers" in themes()
    True
    """
    frame = packaged_judgements() if judgements is None else judgements
    return [t for t in frame["theme"].cat.categories if (frame["theme"] == t).any()]


def theme_history(
    theme: str = "overall", *, judgements: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Every inspection that could have judged a theme, with the judgement that stands for it.

    Where an inspection judged several areas of a theme, the one most comparable with the other
    frameworks is taken, and of equals the first on the page (so of a child protection inspection
    its overall grade for protection, of the 2009-12 inspections the safeguarding half before the
    looked after half). Judgements of different frameworks stay apart: read ``comparability`` and
    ``framework_id`` before setting one beside another.

    Parameters
    ----------
    theme
        A theme, such as 'overall', 'help_and_protection', 'children_in_care', 'leadership'.
    judgements
        Judgements as from `load_judgements`; the packaged ones by default.

    Returns
    -------
    DataFrame
        One row per inspection under a framework that has the theme, sorted by authority and last
        day: inspection_id, authority_id, authority, region, ofsted_region, authority_type,
        framework_id, inspection_type, first_day, last_day, date_precision, published_date,
        area_id, area, comparability, grade, band, certainty, source_id, locator, and reason
        (categorical; why there is no grade, missing where there is one).

    Raises
    ------
    DataError
        There is no such theme.

    Examples
    --------
    >>> norfolk = theme_history("help_and_protection").query("authority_id == 'norfolk'")
    >>> norfolk[["framework_id", "band", "comparability"]].iloc[-1].tolist()
    ['ilacs', 'outstanding', 'direct']
    """
    if judgements is None:
        return _packaged_history(theme).copy(deep=False)
    return _history(theme, judgements)


@cache
def _packaged_history(theme: str) -> pd.DataFrame:
    return _history(theme, packaged_judgements())


@cache
def _areas() -> pd.DataFrame:
    return load_areas()


def _history(theme: str, judgements: pd.DataFrame) -> pd.DataFrame:
    known = list(judgements["theme"].cat.categories)
    if theme not in known:
        raise DataError(f"There is no theme {theme!r}. The themes are: {', '.join(known)}.")
    areas = _areas()
    areas = areas[areas["theme"] == theme]
    of_theme = judgements.loc[judgements["theme"] == theme, "framework_id"]
    able = {*areas["framework_id"], *of_theme.unique()}
    own = judgements[judgements["framework_id"].isin(able)]
    plain = [k for k in ("inspection_id", "authority_id") if own[k].dtype != "category"]
    own = own.astype(dict.fromkeys(plain, "category"))
    codes = own["inspection_id"].cat.codes.to_numpy()
    # the rows of each inspection together: those of the theme first, the best of them first
    order = np.lexsort(
        (
            own["position"].to_numpy(),
            -own["comparability"].cat.codes.to_numpy(),
            own["theme"].to_numpy() != theme,
            codes,
        )
    )
    first = np.ones(len(order), dtype=bool)
    first[1:] = codes[order][1:] != codes[order][:-1]
    best = own.take(order[first])
    complete = np.zeros(codes.max(initial=-1) + 1, dtype=bool)
    complete[codes[(own["certainty"] == "report").to_numpy()]] = True
    return _with_reasons(best, theme, areas, complete[best["inspection_id"].cat.codes])


def _with_reasons(
    best: pd.DataFrame, theme: str, areas: pd.DataFrame, complete: np.ndarray[Any, Any]
) -> pd.DataFrame:
    """The best judgement of each inspection, emptied and explained where it is of another theme."""
    of_theme = (best["theme"] == theme).to_numpy()
    began = best["first_day"].fillna(best["last_day"])
    in_use = np.zeros(len(best), dtype=bool)
    for area in areas.itertuples():
        used = (best["framework_id"] == area.framework_id).to_numpy()
        if not pd.isna(area.first_used):
            used = used & (began >= area.first_used).to_numpy()
        if not pd.isna(area.last_used):
            used = used & (began <= area.last_used).to_numpy()
        in_use |= used
    reason = np.select(
        [of_theme & best["grade"].notna().to_numpy(), of_theme, complete | ~in_use],
        ["", "not judged", "judgement not made"],
        "not known",
    )
    judgement = best[_JUDGEMENT].where(pd.Series(of_theme, index=best.index))
    frame = pd.concat([best[_INSPECTION], judgement], axis=1)
    frame["reason"] = pd.Categorical(pd.Series(reason).replace("", None), dtype=REASON)
    return frame.sort_values(
        ["authority_id", "last_day", "published_date", "inspection_id"],
        kind="stable",
        ignore_index=True,
    )
