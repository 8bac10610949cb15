"""Accessible sheets: one table each, with real dates, widths that fit, and a cover before them.

By gptables, which follows the Government Analysis Function's standard.
"""

import io
import math
import warnings
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import pandas as pd

from ofsted_analysis.tables.errors import DataError

if TYPE_CHECKING:
    from gptables import GPTable, GPWorkbook

BODY = 3
"""The rows of a table come after its title, instructions and header."""


def book(
    sheets: Mapping[str, pd.DataFrame],
    titles: Mapping[str, str],
    *,
    cover: Mapping[str, Any],
    properties: Mapping[str, str],
    day: pd.Timestamp | date,
    notes: Mapping[str, str] | None = None,
    wrapped: tuple[str, ...] = (),
    first: "Callable[[Any], Mapping[str, GPTable]] | None" = None,
    last: "Callable[[GPWorkbook], None] | None" = None,
) -> bytes:
    """An accessible workbook, as the content of an .xlsx file.

    Parameters
    ----------
    sheets
        A table for each sheet, by its name.
    titles
        The title of each table.
    cover
        title, and lists of lines: intro, about, contact.
    properties
        Of the document: title, subject and so on.
    day
        The day on which it says that it was made.
    notes
        Notes by the reference that tables make to them.
    wrapped
        Sheets of long texts, which are wrapped; elsewhere a row is one line, to sort and filter.
    first, last
        Sheets of another making to go before these, and what is done to the book at the end.

    Raises
    ------
    DataError
        gptables is not installed.
    """
    with warnings.catch_warnings():
        # gptables warns of each empty cell, leaves a file open when it is imported, and calls
        # what a later pandas will not have
        warnings.simplefilter("ignore")
        try:
            import gptables
        except ImportError as error:
            raise DataError(
                "Spreadsheets need gptables: pip install 'ofsted-analysis[export]'."
            ) from error
        frames = {label: objects(frame) for label, frame in sheets.items()}
        own = {label: _sheet(gptables, label, frame, titles[label], label in wrapped)
               for label, frame in frames.items()}  # fmt: skip
        buffer = io.BytesIO()
        made = gptables.produce_workbook(
            filename=buffer,
            sheets={**(first(gptables) if first else {}), **own},
            cover=gptables.Cover(**cover, cover_label="Cover"),
            notes_table=pd.DataFrame(
                {"reference": list(notes), "Note text": list(notes.values())}
            ) if notes else None,
            auto_width=False,
            workbook_options={"in_memory": True, "strings_to_formulas": False},
        )  # fmt: skip
        for label in ("Contents", "Notes") if notes else ("Contents",):
            made.get_worksheet_by_name(label).set_column(0, 0, 24)
            made.get_worksheet_by_name(label).set_column(1, 1, 100)
        for place, text in enumerate((notes or {}).values(), start=BODY):
            made.get_worksheet_by_name("Notes").set_row(place, height(text, 100))
        for place, text in enumerate(cover["intro"], start=2):
            made.get_worksheet_by_name("Cover").set_row(place, height(text, 85))
        for label, frame in frames.items():
            _set_widths(made, label, frame, label in wrapped)
        if last:
            last(made)
        for sheet in made.worksheets():
            sheet.set_landscape()
            sheet.set_paper(9)  # A4
            sheet.fit_to_pages(1, 0)
        created = datetime.combine(day, datetime.min.time())
        made.set_properties({**properties, "created": created})
        made.close()
    return buffer.getvalue()


def objects(frame: pd.DataFrame) -> pd.DataFrame:
    """The same in plain Python values, as a spreadsheet writes them; missing is None.

    A cell of signs alone is put in words, as gptables demands, and one too long for a spreadsheet
    says where it was cut.

    Examples
    --------
    >>> objects(pd.DataFrame({"unit": ["%", None]}))["unit"].tolist()
    ['per cent', None]
    """
    columns = {}
    for name, column in frame.items():
        plain = column.dt.date if pd.api.types.is_datetime64_dtype(column) else column
        cells = plain.astype(object).where(column.notna(), None)
        columns[name] = pd.Series([_in_words(cell) for cell in cells], dtype=object)
    return pd.DataFrame(columns, dtype=object)


_LONGEST = 32_767  # signs that a cell can hold
_CUT = " [cut here: a cell holds no more]"


def _in_words(cell: Any) -> Any:
    if isinstance(cell, str) and len(cell) > _LONGEST:
        return cell[: _LONGEST - len(_CUT)] + _CUT
    if not cell or not isinstance(cell, str) or any(c.isascii() and c.isalnum() for c in cell):
        return cell
    return {"%": "per cent"}.get(cell, f"sign {cell}")


def _columns(frame: pd.DataFrame) -> list[str]:
    return [str(name) for name in frame]


def _day_columns(frame: pd.DataFrame) -> list[str]:
    return [str(n) for n in frame if any(isinstance(value, date) for value in frame[n])]


def _link_columns(frame: pd.DataFrame) -> list[str]:
    """The columns of web addresses."""
    return [str(n) for n in frame if frame[n].dropna().map(str).str.startswith("http").all()]


def _sheet(gptables: Any, label: str, frame: pd.DataFrame, title: str, wrap: bool) -> "GPTable":
    formats: list[tuple[dict[str, Any], list[str]]] = [
        ({"text_wrap": wrap, "valign": "top"}, _columns(frame)),
        ({"num_format": "yyyy-mm-dd", "align": "left"}, _day_columns(frame)),
        ({"font_color": "blue", "underline": True}, _link_columns(frame)),
    ]
    return gptables.GPTable(
        table=frame,
        table_name=label.lower().replace(" ", "_"),
        title=title,
        instructions=f"This worksheet contains one table of {len(frame):,} rows. $$empty$$",
        index_columns={},
        additional_formatting=[
            {"column": {"columns": columns, "format": style, "include_names": False}}
            for style, columns in formats
            if columns
        ],
    )


def _set_widths(made: "GPWorkbook", label: str, frame: pd.DataFrame, wrap: bool) -> None:
    sheet = made.get_worksheet_by_name(label)
    widths = {}
    for place, name in enumerate(_columns(frame)):
        longest = float(frame[name].map(lambda cell: len(str(cell or ""))).quantile(0.95))
        widths[name] = min(max(longest, len(name)) * 1.15 + 3, 60)
        sheet.set_column(place, place, widths[name])
    sheet.freeze_panes(BODY, 1)
    sheet.repeat_rows(BODY - 1)
    if wrap:
        for line, row in enumerate(frame.to_dict("records"), start=BODY):
            sheet.set_row(line, max(height(str(row[n] or ""), widths[n]) for n in widths))


def height(text: str, width: float) -> float:
    """Height of a row in which a text is wrapped: not every program finds it by itself.

    Examples
    --------
    >>> height("a" * 100, 60)
    32
    """
    return 16 * max(1, math.ceil(len(text) * 1.1 / width))
