"""Days as people give them and as the tables write them."""

import re
from datetime import date

import numpy as np
import pandas as pd

from ofsted_analysis.tables.errors import DataError, shown

Day = str | date | pd.Timestamp | np.datetime64
"""A day as people give it: text (YYYY-MM-DD), or a date of Python's, pandas' or numpy's."""


def iso_date(text: str) -> date:
    """A day written as YYYY-MM-DD and in no other way; ValueError otherwise.

    Examples
    --------
    >>> iso_date("2019-03-08")
    datetime.date(2019, 3, 8)
    """
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
        raise ValueError(f"{text!r} is not a date (YYYY-MM-DD)")
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"{text!r} is not a date (YYYY-MM-DD)") from error


def as_day(day: Day, name: str = "date") -> pd.Timestamp:
    """A day as people give it; ``name`` is what the message calls it if it is none.

    Raises
    ------
    DataError
        It is not a day.

    Examples
    --------
    >>> as_day("2025-03-31")
    Timestamp('2025-03-31 00:00:00')
    """
    if day is None or day is pd.NaT or (isinstance(day, np.datetime64) and np.isnat(day)):
        raise DataError(f"{name} is empty; give a date (YYYY-MM-DD).")
    wrong = f"{name}: {shown(day)} is not a date (YYYY-MM-DD)."
    if not isinstance(day, str | date | np.datetime64):
        raise DataError(wrong)
    try:
        found = pd.Timestamp(iso_date(day) if isinstance(day, str) else day)
    except ValueError as error:
        raise DataError(wrong) from error
    return found.tz_localize(None).normalize()
