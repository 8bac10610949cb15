"""The ordered scales: grades as printed, and the four bands that all frameworks share."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from ofsted_analysis.tables import schema
from ofsted_analysis.tables.schema import DataError

BANDS = ("inadequate", "third", "good", "outstanding")
"""The shared four-step scale; 'third' is 'adequate' or 'requires improvement'."""

BAND = pd.CategoricalDtype(BANDS, ordered=True)
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
    return pd.CategoricalDtype(field.categories, ordered=field.ordered)


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

    Examples
    --------
    >>> band(pd.Series(["adequate", "good", None])).tolist()
    ['third', 'good', nan]
    """
    grades = grade.astype(grade_dtype())
    steps = [BANDS.index(g if g in BANDS else "third") for g in grades.cat.categories]
    codes = np.array([*steps, -1], dtype="int8")[grades.cat.codes]
    return pd.Series(pd.Categorical.from_codes(codes, dtype=BAND), index=grade.index, name="band")


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
    wanted = [bands] if isinstance(bands, str) else list(bands)
    unknown = set(wanted) - set(BANDS)
    if unknown:
        raise DataError(f"No such band: {', '.join(sorted(unknown))}. Bands: {', '.join(BANDS)}.")
    return wanted
