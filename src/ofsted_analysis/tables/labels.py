"""Days, months and lists in words, for sentences on charts and in briefings."""

from collections.abc import Iterable
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


def roughly(day: Any, precision: Any) -> str:
    """The month of a day, or the year where no more is known of it.

    Examples
    --------
    >>> roughly("2019-03-08", "day"), roughly("2012-03-31", "financial year")
    ('March 2019', 'the year to March 2012')
    """
    if precision == "year":
        return str(pd.Timestamp(day).year)
    return f"the year to {month(day)}" if precision == "financial year" else month(day)


def listed(words: Iterable[str]) -> str:
    """Words with commas, and 'and' before the last.

    Examples
    --------
    >>> listed(["SLAC", "CP", "LAC"])
    'SLAC, CP and LAC'
    """
    words = list(words)
    return " and ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))


def p_value(p: float) -> str:
    """A p-value with three decimals.

    Examples
    --------
    >>> p_value(0.0431), p_value(0.0002)
    ('0.043', 'below 0.001')
    """
    return "below 0.001" if p < 0.0005 else f"{p:.3f}"


def interval_note(
    of: str = "a share",
    if_only: str = "each authority's grade could as well have gone the other way",
) -> str:
    """What an interval says where all are counted: the one sentence of charts and notebooks.

    Parameters
    ----------
    of
        The figure that has the interval.
    if_only
        What could have been otherwise.

    Examples
    --------
    >>> print(interval_note("an odds ratio", "each grade could as well have gone the other way"))
    The interval says how far an odds ratio could be from this if each grade could as well have
    gone the other way.
    """
    return f"The interval says how far {of} could be from this if {if_only}."


def in_region(region: str) -> str:
    """A region to follow a verb or a noun.

    Examples
    --------
    >>> in_region("London"), in_region("North East")
    ('in London', 'in the North East')
    """
    bare = region in ("London", "England") or region.startswith("Yorkshire")
    return f"in {region}" if bare else f"in the {region}"
