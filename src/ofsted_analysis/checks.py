"""The rules of the data model, every one of them, with the line where it is broken.

What the data package says of a table (columns, types, vocabularies, keys) is checked by
frictionless, the standard's own tool. What holds across tables is checked here.
"""

import calendar
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from ofsted_analysis import package
from ofsted_analysis.package import DataError


@dataclass(frozen=True, order=True)
class Fault:
    """A rule broken: where, and what is wrong."""

    file: str
    line: int
    column: str
    message: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        return (
            f"{where} {self.column}: {self.message}" if self.column else f"{where}: {self.message}"
        )


Row = dict[str, str]


class Draft:
    """The rows of all tables in a folder, with the line on which each stands."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.tables = package.tables(folder)
        self.rows = {name: package.rows(name, folder) for name in self.tables}

    def lines(self, name: str) -> Iterator[tuple[int, Row]]:
        """Line number and row, for each row of a table."""
        yield from enumerate(self.rows.get(name, ()), start=2)

    def fault(self, name: str, line: int, column: str, message: str) -> Fault:
        """A fault in a row of a table."""
        return Fault(display(self.tables[name].path), line, column, message)

    @cached_property
    def by_key(self) -> dict[str, dict[str, Row]]:
        """Rows by key, for the tables with a key of one column."""
        return {
            name: {row[table.primary_key[0]]: row for row in self.rows[name]}
            for name, table in self.tables.items()
            if len(table.primary_key) == 1
        }

    @cached_property
    def areas(self) -> dict[tuple[str, str], Row]:
        """Judgement areas by framework and area."""
        return {(r["framework_id"], r["area_id"]): r for r in self.rows["judgement_areas"]}


def display(path: Path) -> str:
    """A path as a reader would look for it: from the current folder where that is shorter."""
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(path)


# What the data package says of each table


def _schema_faults(folder: Path) -> Iterator[Fault]:
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its own dependencies' notices, of no use to a reader
        from frictionless import Package
        from frictionless.exception import FrictionlessException

        path = folder / "datapackage.json"
        try:
            report = Package(str(path)).validate()
        except FrictionlessException as error:
            yield Fault(display(path), 0, "", error.error.note)
            return
    for error in report.errors:
        yield Fault(display(path), 0, "", error.note)
    for task in report.tasks:
        table = folder / (task.place or "")
        for error in task.errors:
            yield _schema_fault(error, task.name, table, folder)


def _schema_fault(error: Any, name: str, path: Path, folder: Path) -> Fault:
    """A fault that frictionless found, in this project's words."""
    line = getattr(error, "row_number", None) or 0
    column = getattr(error, "field_name", None) or ""
    cell = getattr(error, "cell", None)
    if error.type in ("hash-count", "byte-count"):
        return Fault(
            display(folder / "datapackage.json"),
            0,
            name,
            f"its stamps are not those of {path.name}: 'ofsted-analysis stamp' renews them",
        )
    if error.type == "foreign-key":
        column = ", ".join(error.field_names)
        known = f"{error.reference_name} has no {', '.join(map(repr, error.field_cells))}"
        return Fault(display(path), line, column, known)
    if error.type == "type-error":
        kind = package.tables(folder)[name][column].type
        return Fault(display(path), line, column, f"{cell!r} is not {_KINDS[kind]}")
    if error.type == "constraint-error" and column:
        field = package.tables(folder)[name][column]
        if "required" in error.note:
            return Fault(display(path), line, column, "is empty, but must be known")
        if field.categories and "enum" in error.note:
            return Fault(
                display(path),
                line,
                column,
                f"{cell!r} is not one of: {', '.join(field.categories)}",
            )
        return Fault(display(path), line, column, f"{cell!r} does not fit: {error.note}")
    if error.type in ("primary-key", "unique-error"):
        return Fault(display(path), line, column, f"stands there twice ({error.note})")
    return Fault(display(path), line, column, error.note)


_KINDS = {"date": "a date (YYYY-MM-DD)", "integer": "a whole number", "string": "text"}


# How the files are written


def _file_faults(draft: Draft) -> Iterator[Fault]:
    for name, table in draft.tables.items():
        content = table.path.read_bytes()
        if b"\r" in content:
            yield Fault(
                display(table.path), 0, "", "has Windows line ends; lines end in a plain newline"
            )
        if not content.endswith(b"\n") or content.endswith(b"\n\n"):
            yield Fault(display(table.path), 0, "", "must end in one newline")
        last = None
        for line, row in draft.lines(name):
            key = table.sort_key(row)
            if last is not None and key < last:
                yield draft.fault(
                    name, line, table.primary_key[0], "is out of place: rows are sorted by key"
                )
                break
            last = key
            for column, value in row.items():
                if value != value.strip():
                    yield draft.fault(name, line, column, f"{value!r} has spaces at its ends")


# What holds across tables


def _inspection_faults(draft: Draft) -> Iterator[Fault]:
    judged = {row["inspection_id"] for row in draft.rows["judgements"]}
    for line, row in draft.lines("inspections"):

        def fault(column: str, message: str, line: int = line) -> Fault:
            return draft.fault("inspections", line, column, message)

        last = _day(row["last_day"])
        if last is None:
            continue  # the schema check has said so
        if row["inspection_id"] not in judged:
            yield fault("inspection_id", f"{row['inspection_id']!r} has no judgement")
        expected = f"{row['authority_id']}-{row['framework_id']}-{last:%Y-%m}"
        if not re.fullmatch(rf"{re.escape(expected)}[b-z]?", row["inspection_id"]):
            yield fault("inspection_id", f"{row['inspection_id']!r} should be {expected!r}")
        if row["first_day"] > row["last_day"]:
            yield fault("first_day", f"{row['first_day']} is after the last day, {row['last_day']}")
        precision, earliest = row["date_precision"], last
        if precision == "month":
            earliest = last.replace(day=1)
            if last.day != calendar.monthrange(last.year, last.month)[1]:
                yield fault(
                    "last_day", f"{last} is not the last day of its month (precision: month)"
                )
        elif precision == "year":
            earliest = last.replace(month=1, day=1)
            if (last.month, last.day) != (12, 31):
                yield fault("last_day", f"{last} is not the last day of its year (precision: year)")
        elif precision == "day" and not row["first_day"]:
            yield fault("first_day", "is empty though the dates are known to the day")
        if row["published_date"] and row["published_date"] < earliest.isoformat():
            yield fault(
                "published_date",
                f"{row['published_date']} is before the last day, {row['last_day']}",
            )
        first = row["first_day"] or earliest.isoformat()
        framework = draft.by_key["frameworks"].get(row["framework_id"])
        if framework and not _within(
            first, row["last_day"], framework["first_inspection"], framework["last_inspection"]
        ):
            yield fault(
                "framework_id",
                f"{row['framework_id']} was in use from {framework['first_inspection']} to "
                f"{framework['last_inspection'] or 'today'}, not on {first} to {row['last_day']}",
            )
        authority = draft.by_key["authorities"].get(row["authority_id"])
        if authority and not _within(
            first, row["last_day"], authority["opened"], authority["closed"]
        ):
            yield fault(
                "authority_id",
                f"{row['authority_id']} existed from {authority['opened'] or 'before 2009'} to "
                f"{authority['closed'] or 'today'}, not on {first} to {row['last_day']}",
            )


def _judgement_faults(draft: Draft) -> Iterator[Fault]:
    for line, row in draft.lines("judgements"):

        def fault(column: str, message: str, line: int = line) -> Fault:
            return draft.fault("judgements", line, column, message)

        inspection = draft.by_key["inspections"].get(row["inspection_id"])
        if inspection is None:
            continue
        framework_id = inspection["framework_id"]
        area = draft.areas.get((framework_id, row["area_id"]))
        if area is None:
            yield fault("area_id", f"{row['area_id']!r} is not an area of {framework_id.upper()}")
        else:
            began = inspection["first_day"] or inspection["last_day"]
            if not _within(began, began, area["first_used"], area["last_used"]):
                yield fault(
                    "area_id",
                    f"{row['area_id']} was not judged in {framework_id.upper()} inspections begun "
                    f"on {began} (in use from {area['first_used'] or 'the start'} to "
                    f"{area['last_used'] or 'today'})",
                )
        framework = draft.by_key["frameworks"].get(framework_id)
        if row["status"] == "graded" and framework:
            scale = ("outstanding", "good", framework["third_grade"], "inadequate")
            if row["grade"] not in scale:
                yield fault(
                    "grade",
                    f"{row['grade']!r} is not a grade of {framework_id.upper()} "
                    f"({', '.join(scale)})",
                )
        elif row["status"] == "not judged" and row["grade"]:
            yield fault("grade", f"{row['grade']!r} is given, but the status is 'not judged'")
        source = draft.by_key["sources"].get(row["source_id"])
        if source and row["certainty"] in ("report", "restated"):
            if source["kind"] not in ("ofsted report", "official statistics"):
                yield fault(
                    "certainty", f"{row['certainty']!r}, but the source is of kind {source['kind']}"
                )
            elif row["certainty"] == "report" and row["source_id"] != inspection["source_id"]:
                yield fault(
                    "certainty", "'report', but the source is not the inspection's own report"
                )


def _authority_faults(draft: Draft) -> Iterator[Fault]:
    authorities = draft.by_key["authorities"]
    for line, row in draft.lines("authorities"):
        if row["opened"] and row["closed"] and row["opened"] > row["closed"]:
            yield draft.fault("authorities", line, "opened", "is after the day it closed")
    for line, row in draft.lines("authority_changes"):
        after, before = authorities.get(row["successor_id"]), authorities.get(row["predecessor_id"])
        if after and row["date"] != after["opened"]:
            yield draft.fault(
                "authority_changes", line, "date", f"is not the first day of {row['successor_id']}"
            )
        if before and not (before["closed"] and before["closed"] < row["date"]):
            yield draft.fault(
                "authority_changes", line, "date", f"{row['predecessor_id']} was still open"
            )
    for line, row in draft.lines("authority_codes"):
        if row["valid_from"] and row["valid_to"] and row["valid_from"] > row["valid_to"]:
            yield draft.fault("authority_codes", line, "valid_from", "is after valid_to")
    current = {
        r["authority_id"]: r["code"]
        for r in draft.rows["authority_codes"]
        if not r["valid_to"] or r["valid_to"] == authorities.get(r["authority_id"], r).get("closed")
    }
    for line, row in draft.lines("authorities"):
        if current.get(row["authority_id"]) != row["ons_code"]:
            yield draft.fault("authorities", line, "ons_code", "is not in authority_codes as valid")


def _neighbour_faults(draft: Draft) -> Iterator[Fault]:
    ranks: dict[tuple[str, str], list[str]] = defaultdict(list)
    for line, row in draft.lines("neighbours"):
        ranks[row["model"], row["authority_id"]].append(row["rank"])
        if row["authority_id"] == row["neighbour_id"]:
            yield draft.fault("neighbours", line, "neighbour_id", "is the authority itself")
    first = {}
    for line, row in draft.lines("neighbours"):
        first.setdefault((row["model"], row["authority_id"]), line)
    for key, found in ranks.items():
        if sorted(found, key=int) != [str(n) for n in range(1, len(found) + 1)]:
            yield draft.fault("neighbours", first[key], "rank", f"has gaps or repeats: {found}")


def _area_faults(draft: Draft) -> Iterator[Fault]:
    places = Counter((r["framework_id"], r["position"]) for r in draft.rows["judgement_areas"])
    for line, row in draft.lines("judgement_areas"):
        if places[row["framework_id"], row["position"]] > 1:
            yield draft.fault(
                "judgement_areas", line, "position", f"{row['position']} is taken twice"
            )
        if row["first_used"] and row["last_used"] and row["first_used"] > row["last_used"]:
            yield draft.fault("judgement_areas", line, "first_used", "is after last_used")


def _source_faults(draft: Draft) -> Iterator[Fault]:
    used = {
        row[column]
        for name, table in draft.tables.items()
        for column, target, _ in table.foreign_keys
        if target == "sources"
        for row in draft.rows[name]
    }
    for line, row in draft.lines("sources"):
        if row["source_id"] not in used:
            yield draft.fault(
                "sources", line, "source_id", f"nothing rests on {row['source_id']!r}"
            )


_RULES: tuple[Callable[[Draft], Iterator[Fault]], ...] = (
    _file_faults,
    _inspection_faults,
    _judgement_faults,
    _authority_faults,
    _neighbour_faults,
    _area_faults,
    _source_faults,
)


def _within(first: str, last: str, start: str, end: str) -> bool:
    """Whether first to last lies within start to end; ISO dates, '' for an open end."""
    return start <= first and (not end or last <= end)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def check(data_dir: str | Path | None = None) -> list[Fault]:
    """Every fault in the tables, all in one run.

    Parameters
    ----------
    data_dir
        Folder of the tables, if not the packaged ones.

    Returns
    -------
    list of Fault
        Sorted by file, line and column; empty if all is well. One fault a cell: where a rule of
        the domain and the schema both object, the rule's words stand.

    Examples
    --------
    >>> check()
    []
    """
    folder = package.data_dir(data_dir)
    found: dict[tuple[str, int, str], Fault] = {}
    try:
        draft = Draft(folder)
        faults = [fault for rule in _RULES for fault in rule(draft)]
    except DataError as error:
        faults = [Fault(str(error), 0, "", "no further rule could be checked")]
    for fault in [*faults, *_schema_faults(folder)]:
        found.setdefault((fault.file, fault.line, fault.column), fault)
    return sorted(found.values())
