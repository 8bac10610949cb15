"""The index of files: where each report or letter was published, and when."""

import csv
import io
from dataclasses import dataclass
from pathlib import Path

from ofsted_analysis.tables import days
from ofsted_analysis.tables.errors import DataError


@dataclass(frozen=True)
class IndexEntry:
    """What an index of files says of one report."""

    report_url: str
    published_date: str
    ofsted_urn: str = ""


def read_index(path: str | Path) -> dict[str, IndexEntry]:
    """The index of report files: a CSV with the columns file, report_url and published_date.

    A column ofsted_urn, if there is one, is held against the authority that the report names. Of a
    letter about a visit the address may not be known: then report_url is empty.

    Raises
    ------
    DataError
        The file cannot be read, lacks a column, or has a date that is not one.
    """
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise DataError(f"cannot be read ({error.strerror}).", path) from error
    except UnicodeDecodeError as error:
        raise DataError("is not UTF-8 text: save the file as UTF-8.", path) from error
    reader = csv.DictReader(io.StringIO(text, newline=""), restval="")
    try:
        return _entries(reader, path)
    except csv.Error as error:
        wrong = f"is not a row of a CSV table ({error})."
        raise DataError(wrong, path, reader.line_num + 1) from error


def _entries(reader: "csv.DictReader[str]", path: Path) -> dict[str, IndexEntry]:
    needed = ("file", "report_url", "published_date")
    missing = [name for name in needed if name not in (reader.fieldnames or ())]
    if missing:
        raise DataError(f"lacks the column {', '.join(missing)}.", path, 1)
    entries: dict[str, IndexEntry] = {}
    for row in reader:
        for name in ("file", "published_date"):
            if not row[name]:
                raise DataError(f"{name} is empty.", path, reader.line_num)
        if row["file"] in entries:
            raise DataError(f"file: {row['file']!r} stands there twice.", path, reader.line_num)
        try:
            days.iso_date(row["published_date"])
        except ValueError as error:
            raise DataError(f"published_date: {error}.", path, reader.line_num) from error
        entries[row["file"]] = IndexEntry(
            row["report_url"], row["published_date"], row.get("ofsted_urn") or ""
        )
    return entries


def source_id(report_url: str) -> str:
    """Key of a report as a source: the number of its file on Ofsted's site.

    Examples
    --------
    >>> source_id("https://files.ofsted.gov.uk/v1/file/50004273")
    'ofsted-50004273'
    """
    return f"ofsted-{report_url.rstrip('/').rsplit('/', 1)[-1].lower()}"
