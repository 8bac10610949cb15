"""A table as people read it: words for keys, whole dates, shares in per cent."""

import hashlib
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import pandas as pd
from pandas.api import types
from pandas.io.formats.style import Styler

from ofsted_analysis.analysis.themes import themes
from ofsted_analysis.charts import notes, style
from ofsted_analysis.charts.lettering import sentence
from ofsted_analysis.tables import load, schema
from ofsted_analysis.tables.grades import BANDS, grade_dtype
from ofsted_analysis.tables.labels import long_date, p_value

_STYLES: list[Any] = [
    {"selector": "th, td", "props": "text-align: left; vertical-align: top"},
    {"selector": ".number", "props": "text-align: right; font-variant-numeric: tabular-nums"},
]


class _Table(Styler):
    """A styled table that says the same as plain text where there is no HTML."""

    def __repr__(self) -> str:
        frame: pd.DataFrame = self.data  # type: ignore[attr-defined]
        return frame.to_string(index=False)


def in_words(frame: pd.DataFrame, columns: Mapping[str, str] | None = None) -> Styler:
    """A table for people to read: in a notebook, a web page or a document.

    Parameters
    ----------
    frame
        Any table. Its index comes first, as columns; plain numbers without a name are left out.
    columns
        The columns to show, in order, and what to call each; by default all of them, by their
        own names with a capital and spaces.

    Returns
    -------
    Styler
        Themes and grades in words ('Help and protection', 'Requires improvement'), dates as '27
        February 2026', True and False as yes and no, shares (columns that are called share, low
        or high) in per cent, p-values with three decimals, large numbers with commas,
        nothing where a value is missing.

    Examples
    --------
    >>> import ofsted_analysis as oa
    >>> found = oa.judgements_on("leadership").query("authority == 'Norfolk'").tail(2)
    >>> in_words(found, {"last_day": "Inspected", "grade": "Grade", "theme": "Theme"})
            Inspected       Grade      Theme
     18 November 2022        Good Leadership
     27 February 2026 Outstanding Leadership
    """
    named = any(name is not None for name in frame.index.names)
    plain = isinstance(frame.index, pd.RangeIndex) or types.is_integer_dtype(frame.index.dtype)
    table = frame.rename_axis(columns=None)
    if named or not plain:
        table = table.reset_index(
            names=[name or " " * n for n, name in enumerate(frame.index.names, 1)]
        )
    if columns is not None:
        table = table[list(columns)]
    vocabulary = _vocabulary()
    names = {
        name: vocabulary.get(str(name)) or sentence(str(name).replace("_", " ")) for name in table
    } | dict(columns or {})
    worded = pd.DataFrame(
        {names[name]: _worded(table[name], vocabulary) for name in table}, dtype=object
    ).reset_index(drop=True)
    numbers = [names[name] for name in table if types.is_numeric_dtype(table[name].dtype)
               and not types.is_bool_dtype(table[name].dtype)]  # fmt: skip
    digest = hashlib.sha256(worded.to_csv().encode()).hexdigest()[:8]
    classes = pd.DataFrame("number", worded.index, numbers)
    styler = _Table(worded, uuid=digest, cell_ids=False).hide(axis="index")
    heads: list[Any] = [{"selector": f".col_heading.col{worded.columns.get_loc(name)}",
              "props": "text-align: right"} for name in numbers]  # fmt: skip
    styler = styler.format(escape="html").set_td_classes(classes)
    return styler.set_table_styles([*_STYLES, *heads])


def _vocabulary() -> dict[str, str]:
    """What to call themes, frameworks and grades."""
    return _words_of(load.versions(("themes", "frameworks"), schema.data_dir()))


@lru_cache(maxsize=4)
def _words_of(_: load.Versions) -> dict[str, str]:
    words = {theme: sentence(notes.theme_name(theme)) for theme in themes()}
    words |= {key: notes.framework_name(key) for key in notes.framework_order()}
    grades = (*BANDS, *grade_dtype().categories)
    return words | {name: sentence(style.band_label(name)) for name in grades}


def _worded(column: pd.Series, vocabulary: Mapping[str, str]) -> pd.Series:
    """The values of a column as text."""
    if types.is_datetime64_any_dtype(column.dtype):
        text = column.map(long_date, na_action="ignore")
    elif types.is_bool_dtype(column.dtype):
        text = column.map({True: "yes", False: "no"})
    elif types.is_integer_dtype(column.dtype):
        year = column.between(1900, 2100).all()
        text = column.map("{}".format if year else "{:,}".format, na_action="ignore")
    elif types.is_float_dtype(column.dtype):
        if str(column.name).lower().startswith(("p_value", "p-value", "adjusted_p")):
            text = column.map(p_value, na_action="ignore")
        else:
            share = str(column.name) in ("share", "low", "high")
            text = column.map(("{:.0%}" if share else "{:,.1f}").format, na_action="ignore")
    else:
        text = column.astype(object).map(
            lambda value: long_date(value) if isinstance(value, pd.Timestamp)
            else vocabulary.get(value, value)
        )  # fmt: skip
        if column.name in ("grade", "band", "reason"):
            text = text.map(sentence, na_action="ignore")
    return text.astype(object).where(column.notna(), "")
