"""The ordered scales: grades as printed, and the four bands that all frameworks share."""

import numpy as np
import pandas as pd

from ofsted_analysis import package

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
    field = package.tables()["judgements"]["grade"]
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
