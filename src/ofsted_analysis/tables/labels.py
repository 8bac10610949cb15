"""Days, months and lists in words, for sentences on charts and in briefings."""

from collections.abc import Sequence
from typing import Any

import pandas as pd


def long_date(day: Any) -> str:
    """A day in words, the same in every locale.

    Examples
    --------
    >>> long_date("2026-08-22")
    '22 August 2026'
    """
    day = pd.Timestamp(day)
    return f"{day.day} {day.month_name()} {day.year}"


def month(day: Any) -> str:
    """A month in words, the same in every locale.

    Examples
    --------
    >>> month(pd.Timestamp("2026-04-01"))
    'April 2026'
    """
    day = pd.Timestamp(day)
    return f"{day.month_name()} {day.year}"


def listed(words: Sequence[str]) -> str:
    """Words with commas, and 'and' before the last.

    Examples
    --------
    >>> listed(["SLAC", "CP", "LAC"])
    'SLAC, CP and LAC'
    """
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))
