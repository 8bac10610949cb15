"""Reports into the tables: read, check against everything already there, write all or nothing."""

import csv
import io
import shutil
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from ofsted_analysis.curation import stamp
from ofsted_analysis.curation.checks import Fault, check, display
from ofsted_analysis.curation.reports import Report, read_reports
from ofsted_analysis.tables import days, load, schema, writing
from ofsted_analysis.tables.errors import DataError

Rows = dict[str, list[dict[str, str]]]
"""Rows of text by table."""


@dataclass(frozen=True)
class IndexEntry:
    """What an index of files says of one report."""

    report_url: str
    published_date: str
    ofsted_urn: str = ""


@dataclass
class Outcome:
    """What became of a set of files."""

    added: list[str] = field(default_factory=list)
    already_there: list[str] = field(default_factory=list)
    refused: list[tuple[Path, str]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def read_index(path: str | Path) -> dict[str, IndexEntry]:
    """The index of report files: a CSV with the columns file, report_url and published_date.

    A column ofsted_urn, if there is one, is held against the authority that the report names.

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
    needed = ("file", "report_url", "published_date")
    missing = [name for name in needed if name not in (reader.fieldnames or ())]
    if missing:
        raise DataError(f"lacks the column {', '.join(missing)}.", path, 1)
    entries: dict[str, IndexEntry] = {}
    for row in reader:
        for name in needed:
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


def report_rows(report: Report, entry: IndexEntry, data_dir: Path) -> Rows:
    """The rows of one report in inspections, judgements and sources."""
    authority = _by_key("authorities", data_dir)[report.authority_id]
    framework = _by_key("frameworks", data_dir)[report.framework_id]
    published = entry.published_date
    source = source_id(entry.report_url)
    inspection_id = f"{report.authority_id}-{report.framework_id}-{report.last_day:%Y-%m}"
    return {
        "inspections": [
            {
                "inspection_id": inspection_id,
                "authority_id": report.authority_id,
                "framework_id": report.framework_id,
                "inspection_type": report.inspection_type or "",
                "first_day": report.first_day.isoformat(),
                "last_day": report.last_day.isoformat(),
                "date_precision": "day",
                "days_note": report.days_note,
                "published_date": published,
                "report_url": entry.report_url,
                "source_id": source,
            }
        ],
        "judgements": [
            {
                "inspection_id": inspection_id,
                "area_id": judgement.area_id,
                "grade": judgement.grade or "",
                "status": judgement.status,
                "source_id": source,
                "locator": f"page {judgement.page}",
                "certainty": "report",
            }
            for judgement in report.judgements
        ],
        "sources": [
            {
                "source_id": source,
                "kind": "ofsted report",
                "publisher": "Ofsted",
                "title": f"{authority['name']}: {framework['report_title']}",
                "published_date": published,
                "url": entry.report_url,
            }
        ],
    }


def _by_key(name: str, data_dir: Path) -> dict[str, dict[str, str]]:
    (key,) = schema.tables(data_dir)[name].primary_key
    return {row[key]: row for row in load.rows(name, data_dir)}


def add_reports(
    files: Sequence[str | Path],
    index: dict[str, IndexEntry],
    *,
    data_dir: str | Path | None = None,
    reports: Iterable[Report | tuple[Path, str]] | None = None,
) -> Outcome:
    """Read reports and add them to inspections, judgements and sources.

    Nothing is written unless every file could be read (or was already there) and the tables with
    the new rows pass every check.

    Parameters
    ----------
    files
        The PDF files.
    index
        Where each file (by its name) was published and when: see `read_index`.
    data_dir
        Folder of the tables, if not the packaged ones.
    reports
        The files' reports, if they have been read already.

    Returns
    -------
    Outcome
        The inspections added and those that were there already, the files refused with the
        reason, and the faults that the checks found.
    """
    folder = schema.data_dir(data_dir)
    outcome = Outcome()
    there = _by_key("inspections", folder)
    urls = {row["report_url"]: key for key, row in there.items() if row["report_url"]}
    new: Rows = {"inspections": [], "judgements": [], "sources": []}
    authorities = _by_key("authorities", folder)
    for item in read_reports(files) if reports is None else reports:
        if not isinstance(item, Report):
            outcome.refused.append(item)
            continue
        entry = index.get(item.file.name)
        if entry is None:
            outcome.refused.append((item.file, "is not in the index of files (--urls)"))
            continue
        if item.authority_id not in authorities:
            outcome.refused.append((item.file, f"names {item.authority_id}, not in authorities"))
            continue
        urn = authorities[item.authority_id]["ofsted_urn"]
        if entry.ofsted_urn and urn and entry.ofsted_urn != urn:
            outcome.refused.append(
                (item.file, f"names {item.authority_id}, but the index has URN {entry.ofsted_urn}")
            )
            continue
        rows = report_rows(item, entry, folder)
        key = rows["inspections"][0]["inspection_id"]
        if entry.report_url in urls:
            outcome.already_there.append(urls[entry.report_url])
            continue
        if key in there:
            outcome.refused.append(
                (
                    item.file,
                    f"is a second report of {key}, which is there from "
                    f"{there[key]['source_id']}. Remove that one, or add this by hand under "
                    f"{key}b.",
                )
            )
            continue
        urls[entry.report_url] = key
        there[key] = rows["inspections"][0]
        for name, added in rows.items():
            new[name] += added
        outcome.added.append(key)
    if outcome.refused or not outcome.added:
        return outcome
    with tempfile.TemporaryDirectory() as scratch:
        draft = Path(scratch) / "data"
        shutil.copytree(folder, draft)
        for name, added in new.items():
            table = schema.tables(folder)[name]
            known = {tuple(row[k] for k in table.primary_key) for row in load.rows(name, folder)}
            fresh = [r for r in added if tuple(r[k] for k in table.primary_key) not in known]
            write_rows(draft, name, load.rows(name, folder) + fresh)
        stamp.write_stamps(draft)
        outcome.faults = [
            replace(fault, file=display(folder / Path(fault.file).name)) for fault in check(draft)
        ]
        if not outcome.faults:
            names = [*(schema.tables(folder)[name].path.name for name in new), "datapackage.json"]
            writing.replace_files({folder / name: (draft / name).read_bytes() for name in names})
    return outcome


def write_rows(data_dir: Path, name: str, rows: Iterable[dict[str, str]]) -> None:
    """Write one table, sorted by its key, all or nothing."""
    table = schema.tables(data_dir)[name]
    text = io.StringIO()
    writer = csv.DictWriter(text, table.columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(sorted(rows, key=table.sort_key))
    writing.replace_files({table.path: text.getvalue().encode()})
