"""The ordered scales: grades as printed, and the four bands that all frameworks share."""

from collections.abc import Sequence

import pandas as pd

from ofsted_analysis.tables import schema
from ofsted_analysis.tables.errors import DataError, words

BANDS = ("inadequate", "third", "good", "outstanding")
"""The shared four-step scale; 'third' is 'adequate' or 'requires improvement'."""

BAND = pd.CategoricalDtype(list(BANDS), ordered=True)
"""Data type of a band."""


def grade_dtype() -> pd.CategoricalDtype:
    """Data type of a grade, in the order of the data package.

    'adequate' and 'requires improvement' stand side by side in the list; neither outranks the
    other. To compare, use bands.

    Examples
    --------
    >>> list(grade_dtype().categories)
    ['inadequate', 'adequate', 'requires improvement', 'good', 'outstanding']
    """
    field = schema.tables()["judgements"]["grade"]
    return pd.CategoricalDtype(list(field.categories), ordered=field.ordered)


def band(grade: pd.Series) -> pd.Series:
    """The band of each grade.

    Parameters
    ----------
    grade
        Grades as printed, in lower case; missing where there is none.

    Returns
    -------
    Series of ordered categorical
        'inadequate', 'third', 'good' or 'outstanding'; missing where the grade is.

    Raises
    ------
    DataError
        Something in it is no grade.

    Examples
    --------
    >>> band(pd.Series(["adequate", "good", None])).tolist()
    ['third', 'good', nan]
    """
    grades = grade_dtype().categories
    wrong = grade[grade.notna() & ~grade.isin(grades)]
    if len(wrong):
        raise DataError(f"{wrong.iloc[0]!r} is not a grade: {', '.join(grades)}.")
    band_of = {name: name if name in BANDS else "third" for name in grades}
    return grade.astype("str").map(band_of).astype(BAND).rename("band")


def known_bands(bands: str | Sequence[str]) -> list[str]:
    """One band or several as a list, once it is sure that there are such bands.

    Raises
    ------
    DataError
        There is no such band.

    Examples
    --------
    >>> known_bands("good")
    ['good']
    """
    wanted = words(bands, "bands")
    unknown = [name for name in wanted if name not in BANDS]
    if unknown:
        raise DataError(f"No such band: {', '.join(sorted(unknown))}. Bands: {', '.join(BANDS)}.")
    return wanted
