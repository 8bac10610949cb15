"""Tables for Stata and SPSS: fixed vocabularies as numbers with labels, dates as dates."""

import re
import tempfile
import textwrap
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from ofsted_analysis.publish.contents import Content

_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_LONGEST = 80  # signs that Stata keeps of a label


def numbered(content: Content) -> tuple[pd.DataFrame, dict[str, dict[int, str]]]:
    """A table with numbers in place of its fixed vocabularies, and what each number stands for.

    They count from 1 in the order of the vocabulary: for grades from inadequate upwards.

    Examples
    --------
    >>> from ofsted_analysis.publish.contents import contents
    >>> frame, labels = numbered(contents()["judgements"])
    >>> labels["grade"]
    {1: 'inadequate', 2: 'adequate', 3: 'requires improvement', 4: 'good', 5: 'outstanding'}
    """
    columns: dict[str, Any] = {}
    labels = {}
    for field in content.table.fields:
        column = content.frame[field.name]
        if field.categories:
            labels[field.name] = dict(enumerate(field.categories, start=1))
            columns[field.name] = (column.cat.codes + 1).where(column.notna()).astype("Int64")
        elif field.type in ("integer", "number", "date"):
            columns[field.name] = column
        else:
            columns[field.name] = column.astype(object).where(column.notna(), "")
    return pd.DataFrame(columns), labels


def stata(content: Content, day: date) -> bytes:
    """A table as a .dta file (Stata 14 and later); `day` is the date that it bears.

    Examples
    --------
    >>> from ofsted_analysis.publish.contents import contents
    >>> stata(contents()["themes"], date(2026, 8, 22))[:11]
    b'<stata_dta>'
    """
    from pyreadstat import write_dta

    days = _Dates(pd.Timestamp("1960-01-01"), "1D", "%td")
    made = _written(content, write_dta, ".dta", days, file_label=content.table.title, version=14)
    when = f"{day.day:02} {_MONTHS[day.month - 1]} {day.year} 00:00".encode()
    return re.sub(rb"(<timestamp>\x11).{17}", lambda found: found[1] + when, made, count=1)


def spss(content: Content, day: date) -> bytes:
    """A table as a .sav file (SPSS, PSPP); `day` is the date that it bears.

    Examples
    --------
    >>> from ofsted_analysis.publish.contents import contents
    >>> spss(contents()["themes"], date(2026, 8, 22))[:4]
    b'$FL2'
    """
    from pyreadstat import write_sav

    seconds = _Dates(pd.Timestamp("1582-10-14"), "1s", "SDATE10")
    made = _written(content, write_sav, ".sav", seconds, note=content.table.title)
    when = f"{day.day:02} {_MONTHS[day.month - 1]} {day.year % 100:02}00:00:00".encode()
    return made[:92] + when + made[92 + len(when) :]


class _Dates(NamedTuple):
    """How a program keeps a date: the time since a day, in a unit, shown in a format."""

    since: pd.Timestamp
    unit: str
    format: str


def _written(
    content: Content, write: Callable[..., None], suffix: str, dates: _Dates, **about: Any
) -> bytes:
    frame, labels = numbered(content)
    own = [field.name for field in content.table.fields if field.type == "date"]
    for name in own:
        frame[name] = (frame[name] - dates.since) / pd.Timedelta(dates.unit)
    about["variable_format"] = dict.fromkeys(own, dates.format)
    said = {f.name: textwrap.shorten(f.description, _LONGEST) for f in content.table.fields}
    with tempfile.TemporaryDirectory() as place:  # the library writes to files only
        path = Path(place) / f"table{suffix}"
        write(frame, str(path), column_labels=said, variable_value_labels=labels, **about)
        return path.read_bytes()
