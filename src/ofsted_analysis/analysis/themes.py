"""One theme across the frameworks: which judgement of each inspection stands for it."""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from ofsted_analysis.tables.load import (
    load_areas,
    load_authorities,
    load_frameworks,
    load_judgements,
)
from ofsted_analysis.tables.schema import DataError

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


_HISTORY = [*_INSPECTION, *_JUDGEMENT, "reason"]
_CHOICE = [
    "inspection_id", "authority_id", "framework_id", "last_day", "published_date",
    "theme", "comparability", "position",
]  # fmt: skip
_REASON = ["first_day", "grade", "certainty"]


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
    theme = typed(packaged_judgements() if judgements is None else judgements, ["theme"])["theme"]
    found = set(theme.unique())
    return [t for t in theme.categories if t in found]


@cache
def _dtypes() -> dict[str, Any]:
    return packaged_judgements().dtypes.to_dict()


def typed(judgements: pd.DataFrame, columns: Iterable[str]) -> dict[str, Any]:
    """Some columns of a user's judgements, in the types that `load_judgements` gives them.

    A key or a theme may be one that the packaged tables lack; a grade or a day must be one.

    Raises
    ------
    DataError
        A column is missing, or has a value that it cannot have.

    Examples
    --------
    >>> typed(pd.DataFrame({"theme": ["overall"]}), ["theme"])["theme"].categories.tolist()
    ['overall']
    """
    missing = [column for column in columns if column not in judgements]
    if missing:
        raise DataError(
            f"The judgements lack the column {', '.join(missing)}; pass rows of load_judgements()."
        )
    found = {}
    for column in columns:
        values, dtype = judgements[column].array, _dtypes()[column]
        if isinstance(dtype, pd.CategoricalDtype):
            fits = values.dtype == dtype if dtype.ordered else isinstance(values, pd.Categorical)
        else:
            fits = dtype == "str" or values.dtype.kind == dtype.kind
        if not fits:
            values = _converted(pd.Series(values), dtype, column)
        found[column] = values
    return found


def _converted(values: pd.Series, dtype: Any, column: str) -> Any:
    """A column of text, or with fewer categories, in its type."""
    if isinstance(dtype, pd.CategoricalDtype):
        if not dtype.ordered:
            return values.astype("category").array
        wrong = values.dropna()[lambda known: ~known.isin(dtype.categories)]
        if len(wrong):
            raise DataError(
                f"Of the judgements, {column}: {wrong.iloc[0]!r} is not one of: "
                f"{', '.join(dtype.categories)}."
            )
    try:
        return values.astype(dtype).array
    except (TypeError, ValueError) as error:
        raise DataError(f"Of the judgements, {column}: {error}.") from error


@cache
def last_made(theme: str) -> pd.Timestamp | None:
    """The last day on which a theme was still judged; None if it still is.

    Examples
    --------
    >>> last_made("overall"), last_made("leadership")
    (Timestamp('2026-03-31 00:00:00'), None)
    """
    areas = _areas()
    ends = load_frameworks().set_index("framework_id")["last_inspection"]
    own = areas[areas["theme"] == theme]
    last = own["last_used"].fillna(own["framework_id"].astype(str).map(ends))
    return None if own.empty or last.isna().any() else pd.Timestamp(last.max())


def judgements_on(
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
        Judgements as from `load_judgements`; the packaged ones by default. Leave inspections out
        as you like, but keep all rows of those that stay: an inspection that made no judgement on
        the theme is known by its other rows.

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
        There is no such theme, or the judgements lack a column.

    Examples
    --------
    >>> norfolk = judgements_on("help_and_protection").query("authority_id == 'norfolk'")
    >>> norfolk[["framework_id", "band", "comparability"]].iloc[-1].tolist()
    ['ilacs', 'outstanding', 'direct']
    """
    if judgements is None:
        return _packaged_history(theme).copy(deep=False)
    return pd.DataFrame(history_columns(theme, judgements, _HISTORY))


def history_columns(
    theme: str, judgements: pd.DataFrame | None, columns: Sequence[str]
) -> dict[str, Any]:
    """Some columns of `judgements_on`, not to be changed in place.

    The judgements need hold no others than those and the ones by which they are chosen.

    Examples
    --------
    >>> list(history_columns("overall", None, ["band"]))
    ['band']
    """
    if judgements is None:
        history = _packaged_history(theme)
        return {column: history[column].array for column in columns}
    needed = [*_CHOICE, *columns, *(_REASON if "reason" in columns else ())]
    own = typed(judgements, [c for c in dict.fromkeys(needed) if c != "reason"])
    rows, of_theme = _standing_for(theme, own)
    judged = np.where(of_theme, rows, -1)  # -1: nothing, where the inspection did not judge it
    return {
        column: _reasons(theme, own, rows, of_theme)
        if column == "reason"
        else own[column].take(judged if column in _JUDGEMENT else rows, allow_fill=True)
        for column in columns
    }


@cache
def _packaged_history(theme: str) -> pd.DataFrame:
    return pd.DataFrame(history_columns(theme, packaged_judgements(), _HISTORY))


@cache
def _areas() -> pd.DataFrame:
    return load_areas()


def _standing_for(
    theme: str, own: dict[str, Any]
) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """The row that stands for each inspection, by authority and day; if it is one of the theme.

    An inspection that judged other themes only has a row too.
    """
    areas = _areas()
    names = own["theme"].categories
    known = list(dict.fromkeys([*areas["theme"].cat.categories, *names]))
    if theme not in known:
        raise DataError(f"There is no theme {theme!r}. The themes are: {', '.join(known)}.")
    of_theme = own["theme"].codes == (names.get_loc(theme) if theme in names else len(names))
    framework = own["framework_id"]
    able = framework.categories.isin(areas.loc[areas["theme"] == theme, "framework_id"])
    able[framework.codes[of_theme]] = True
    rows = np.flatnonzero(able[framework.codes])
    inspection = own["inspection_id"].codes
    # the rows of each inspection together: those of the theme first, the best of them first
    keys = (np.asarray(own["position"]), -own["comparability"].codes, ~of_theme, inspection)
    rows = rows[np.lexsort([key[rows] for key in keys])]
    first = np.ones(len(rows), dtype=bool)
    first[1:] = inspection[rows][1:] != inspection[rows][:-1]
    rows = rows[first]
    days = (np.asarray(own["published_date"]), np.asarray(own["last_day"]))
    keys = (inspection, *days, own["authority_id"].codes)
    rows = rows[np.lexsort([key[rows] for key in keys])]
    return rows, of_theme[rows]


def _reasons(
    theme: str, own: dict[str, Any], rows: np.ndarray[Any, Any], of_theme: np.ndarray[Any, Any]
) -> pd.Categorical:
    """Why each inspection gives no grade for the theme; missing where it gives one."""
    inspection = own["inspection_id"].codes
    read = np.zeros(len(own["inspection_id"].categories), dtype=bool)  # in the report itself
    read[inspection[own["certainty"] == "report"]] = True
    framework = own["framework_id"].take(rows)
    began = np.asarray(own["first_day"].take(rows))
    began = np.where(np.isnat(began), np.asarray(own["last_day"].take(rows)), began)
    areas = _areas()
    # what a framework that the tables lack judged, and when, is not known
    in_use = ~framework.isin(areas["framework_id"].unique())
    for area in areas[areas["theme"] == theme].itertuples():
        used = framework == area.framework_id
        if not pd.isna(area.first_used):
            used &= began >= area.first_used.to_numpy()
        if not pd.isna(area.last_used):
            used &= began <= area.last_used.to_numpy()
        in_use |= used
    code = {reason: code for code, reason in enumerate(REASON.categories)}
    graded = of_theme & ~own["grade"].take(rows).isna()
    codes = np.select(
        [graded, of_theme, read[inspection[rows]] | ~in_use],
        [-1, code["not judged"], code["judgement not made"]],
        code["not known"],
    )
    return pd.Categorical.from_codes(codes, dtype=REASON)
