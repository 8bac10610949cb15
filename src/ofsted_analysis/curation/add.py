"""Reports into the tables: read, check against everything already there, write all or nothing."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from ofsted_analysis.analysis.themes import BOARD_REVIEW
from ofsted_analysis.curation import digests, stamp, visits
from ofsted_analysis.curation.checks import check
from ofsted_analysis.curation.faults import Fault, display
from ofsted_analysis.curation.index import IndexEntry, source_id
from ofsted_analysis.curation.reports import Letter, Report, read_files, read_reports
from ofsted_analysis.curation.reports.letters import KIND
from ofsted_analysis.tables import load, schema, writing
from ofsted_analysis.tables.errors import DataError

Rows = dict[str, list[dict[str, str]]]
"""Rows of text by table."""


@dataclass
class Outcome:
    """What became of a set of files."""

    added: list[str] = field(default_factory=list)
    already_there: list[str] = field(default_factory=list)
    refused: list[tuple[Path, str]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


_REVIEW = "review of the effectiveness of the Local Safeguarding Children Board"


def report_rows(report: Report, entry: IndexEntry, data_dir: Path) -> Rows:
    """The rows of one report in inspections, judgements and sources."""
    authority = _by_key("authorities", data_dir)[report.authority_id]
    framework = _by_key("frameworks", data_dir)[report.framework_id]
    published = entry.published_date
    source = source_id(entry.report_url)
    inspection_id = f"{report.authority_id}-{report.framework_id}-{report.last_day:%Y-%m}"
    alone = report.inspection_type == BOARD_REVIEW
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
                "title": f"{authority['name']}: {_REVIEW if alone else framework['report_title']}",
                "published_date": published,
                "url": entry.report_url,
            }
        ],
    }


def _by_key(name: str, data_dir: Path) -> dict[str, dict[str, str]]:
    (key,) = schema.table(name, data_dir).primary_key
    return {row[key]: row for row in load.rows(name, data_dir)}


def add_reports(
    files: Sequence[str | Path],
    index: dict[str, IndexEntry],
    *,
    data_dir: str | Path | None = None,
    reports: Iterable[Report | Letter | tuple[Path, str]] | None = None,
) -> Outcome:
    """Read reports and letters about visits, and add them to the tables.

    A report goes into inspections, judgements and sources, a letter into visits and sources.

    Nothing is written unless every file could be read (or was already there) and the tables with
    the new rows pass every check. Of two that add at once, one waits for the other.

    Parameters
    ----------
    files
        The PDF files.
    index
        Where each file (by its name) was published and when: see `index.read_index`. A
        letter does without: then it bears its own date, and the authority's page at Ofsted is
        its source.
    data_dir
        Folder of the tables, if not the packaged ones.
    reports
        What the files hold, if they have been read already.

    Returns
    -------
    Outcome
        The inspections and visits added and those that were there already, the files refused
        with the reason, and the faults that the checks found.

    Raises
    ------
    DataError
        The tables cannot be read or written.
    """
    folder = schema.data_dir(data_dir)
    read = list(read_files(files) if reports is None else reports)
    with writing.draft(folder) as draft:
        sound = digests.sound(draft.path)
        outcome, new = _sorted_out(read, index, draft.path)
        draft.wanted = bool(outcome.added) and not outcome.refused
        if draft.wanted:
            for name, rows in new.items():
                (key,) = schema.tables(draft.path)[name].primary_key[:1]
                there = load.rows(name, draft.path)
                if name == "sources":  # several rows may rest on one
                    known = {row[key] for row in there}
                    rows = [*{r[key]: r for r in rows if r[key] not in known}.values()]
                write_rows(draft.path, name, there + rows)
            outcome.faults = _checked(draft, folder)
            if not outcome.faults:
                digests.carry_over(draft.path, sound, _digests(new))
    return outcome


def _digests(rows: Rows) -> list[tuple[str, str]]:
    """The digest of each report, by its source."""
    sources = {row["source_id"]: row for row in rows["sources"]}
    found = []
    for inspection in rows["inspections"]:
        key, source = inspection["inspection_id"], inspection["source_id"]
        own = [row for row in rows["judgements"] if row["inspection_id"] == key]
        found.append((source, digests.of_report(inspection, own, sources[source])))
    return found


def read_again(
    files: Sequence[str | Path],
    index: dict[str, IndexEntry],
    *,
    data_dir: str | Path | None = None,
    reports: Iterable[Report | tuple[Path, str]] | None = None,
) -> Outcome:
    """Read reports again and renew their digests; the tables stay as they are.

    Parameters
    ----------
    files, index, data_dir, reports
        As in `add_reports`.

    Returns
    -------
    Outcome
        As added, the inspections whose digest is another now; those that have it already; the
        files refused. Nothing is written if one is.

    Raises
    ------
    DataError
        The tables cannot be read or written.
    """
    folder = schema.data_dir(data_dir)
    outcome = Outcome()
    rows: Rows = {"inspections": [], "judgements": [], "sources": []}
    read = read_reports(files) if reports is None else reports
    for report, entry in _usable(read, index, folder, outcome):
        for name, added in report_rows(report, entry, folder).items():
            rows[name] += added
    fresh = _digests(rows)
    known = digests.accepted(folder)["reports"]
    for inspection, (source, digest) in zip(rows["inspections"], fresh, strict=True):
        key = inspection["inspection_id"]
        (outcome.already_there if known.get(source) == digest else outcome.added).append(key)
    if outcome.added and not outcome.refused:
        digests.carry_over(folder, digests.sound(folder), fresh)
    return outcome


def _checked(draft: writing.Draft, folder: Path) -> list[Fault]:
    """The faults of a draft of the tables, stamped; it is wanted no longer if there are any."""
    stamp.write_stamps(draft.path)
    faults = check(draft.path)
    draft.wanted = not faults
    return [replace(fault, file=display(folder / Path(fault.file).name)) for fault in faults]


def _sorted_out(
    read: Sequence[Report | Letter | tuple[Path, str]], index: dict[str, IndexEntry], folder: Path
) -> tuple[Outcome, Rows]:
    """Which reports are new, there already or refused, and the rows of the new ones."""
    outcome = Outcome()
    new: Rows = {"inspections": [], "judgements": [], "sources": [], "visits": []}
    letters = [item for item in read if isinstance(item, Letter)]
    _sort_out_letters(letters, index, folder, outcome, new)
    read = [item for item in read if not isinstance(item, Letter)]
    there = _by_key("inspections", folder)
    urls = {row["report_url"]: key for key, row in there.items() if row["report_url"]}
    for report, entry in _usable(read, index, folder, outcome):
        rows = report_rows(report, entry, folder)
        key = rows["inspections"][0]["inspection_id"]
        if entry.report_url in urls:
            outcome.already_there.append(urls[entry.report_url])
        elif key in there:
            wrong = (
                f"is a second report of {key}, which is there from {there[key]['source_id']}. "
                f"Remove that one, or add this by hand under {key}b."
            )
            outcome.refused.append((report.file, wrong))
        else:
            urls[entry.report_url] = key
            there[key] = rows["inspections"][0]
            for name, added in rows.items():
                new[name] += added
            outcome.added.append(key)
    return outcome, new


def _sort_out_letters(
    letters: Iterable[Letter],
    index: dict[str, IndexEntry],
    folder: Path,
    outcome: Outcome,
    new: Rows,
) -> None:
    """The same for letters: the rows of new ones join those of reports."""
    authorities, there = _by_key("authorities", folder), _by_key("visits", folder)
    kinds = _by_key("visit_kinds", folder)
    days = {_visit_days(row): key for key, row in there.items()}
    for letter in letters:
        entry = index.get(letter.file.name, IndexEntry("", ""))
        wrong = visits.why_not(letter, entry)
        wrong = wrong or _other_urn(letter.authority_id, entry, authorities)
        if wrong:
            outcome.refused.append((letter.file, wrong))
            continue
        rows = visits.visit_rows(letter, entry, authorities[letter.authority_id], kinds[KIND])
        (visit,) = rows["visits"]
        if _visit_days(visit) in days:
            outcome.already_there.append(days[_visit_days(visit)])
            continue
        while visit["visit_id"] in there:  # two visits that ended in one month
            key = visit["visit_id"]
            visit["visit_id"] = f"{key}b" if key[-1].isdigit() else key[:-1] + chr(ord(key[-1]) + 1)
        there[visit["visit_id"]] = visit
        days[_visit_days(visit)] = visit["visit_id"]
        for name, added in rows.items():
            new[name] += added
        outcome.added.append(visit["visit_id"])


def _visit_days(row: dict[str, str]) -> tuple[str, ...]:
    """What makes a visit the same as another."""
    return row["authority_id"], row["kind"], row["first_day"], row["last_day"]


def _usable(
    read: Iterable[Report | Letter | tuple[Path, str]],
    index: dict[str, IndexEntry],
    folder: Path,
    outcome: Outcome,
) -> Iterator[tuple[Report, IndexEntry]]:
    """The reports that could be read, with their entries; the others go to those refused."""
    authorities = _by_key("authorities", folder)
    for item in read:
        if isinstance(item, Letter):
            wrong = "is a letter about a visit: only what a report gives has a digest of its own"
            outcome.refused.append((item.file, wrong))
            continue
        if not isinstance(item, Report):
            outcome.refused.append(item)
            continue
        entry = index.get(item.file.name)
        wrong = _misfit(item, entry, authorities)
        if entry is None or wrong:
            outcome.refused.append((item.file, wrong))
        else:
            yield item, entry


def _misfit(
    report: Report, entry: IndexEntry | None, authorities: dict[str, dict[str, str]]
) -> str:
    """Why a report cannot be added; '' if it can."""
    if entry is None:
        return "is not in the index of files (--urls)"
    if not entry.report_url:
        return "has no address (report_url) in the index of files: a graded report needs one"
    return _other_urn(report.authority_id, entry, authorities)


def _other_urn(own: str, entry: IndexEntry, authorities: dict[str, dict[str, str]]) -> str:
    """That the index has another authority than the file; '' if not."""
    if own not in authorities:
        return f"names {own}, not in authorities"
    urn = authorities[own]["ofsted_urn"]
    if entry.ofsted_urn and urn and entry.ofsted_urn != urn:
        return f"names {own}, but the index has URN {entry.ofsted_urn}"
    return ""


def remove_inspections(
    inspection_ids: Sequence[str], *, data_dir: str | Path | None = None
) -> list[Fault]:
    """Take inspections or visits out again, with the sources that nothing else rests on.

    Undoes `add_reports`. Nothing is written if the tables without them break a rule, such as an
    event that refers to one of them.

    Parameters
    ----------
    inspection_ids
        Keys of the inspections, which go with their judgements, and of visits.
    data_dir
        Folder of the tables, if not the packaged ones.

    Returns
    -------
    list of Fault
        What the checks found; empty if they are gone.

    Raises
    ------
    DataError
        There is no such inspection or visit, or the tables cannot be read or written.
    """
    folder, gone = schema.data_dir(data_dir), set(inspection_ids)
    with writing.draft(folder) as draft:
        tables, sound = schema.tables(draft.path), digests.sound(draft.path)
        rows = {name: load.rows(name, draft.path) for name in {*tables, *_OF_ONE, "sources"}}
        there = {row[_OF_ONE[n]] for n in ("inspections", "visits") for row in rows[n]}
        if unknown := gone - there:
            raise DataError(f"There is no inspection or visit {', '.join(sorted(unknown))}.")
        own = {n: [row for row in rows[n] if row[key] in gone] for n, key in _OF_ONE.items()}
        sources = {row["source_id"] for part in own.values() for row in part}
        for name, key in _OF_ONE.items():
            rows[name] = [row for row in rows[name] if row[key] not in gone]
        rests = {
            row[column]
            for name, table in tables.items()
            for column, target, _ in table.foreign_keys
            if target == "sources"
            for row in rows[name]
        }
        rows["sources"] = [
            row for row in rows["sources"] if row["source_id"] not in sources - rests
        ]
        for name in (*_OF_ONE, "sources"):
            write_rows(draft.path, name, rows[name])
        faults = _checked(draft, folder)
        if not faults:
            own_reports = {row["source_id"] for row in own["inspections"] if row["report_url"]}
            digests.carry_over(draft.path, sound, gone=own_reports)
        return faults


_OF_ONE = {"inspections": "inspection_id", "judgements": "inspection_id", "visits": "visit_id"}
"""The tables that hold what was read, and the column that says in which report or letter."""


def write_rows(data_dir: Path, name: str, rows: Iterable[dict[str, str]]) -> None:
    """Write one table, sorted by its key, whole or not at all."""
    table = schema.tables(data_dir)[name]
    ordered = sorted(rows, key=table.sort_key)
    text = io.StringIO()
    writer = csv.DictWriter(text, table.columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(ordered)
    writing.replace_files({Path(table.path.name): text.getvalue().encode()}, table.path.parent)
