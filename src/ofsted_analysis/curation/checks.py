"""The rules of the data model, every one of them, with the line where it is broken.

First the files themselves, then every cell against what the data package says of its column, then
what holds across tables. Needs nothing but the standard library. (The tests hold the data against
frictionless, the standard's own tool, as well.)
"""

import calendar
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import chain
from pathlib import Path

from ofsted_analysis.curation import stamp
from ofsted_analysis.curation.basis import BasisError, Names, read_basis
from ofsted_analysis.tables import days, load, schema
from ofsted_analysis.tables.errors import DataError
from ofsted_analysis.tables.schema import Table


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

    def __init__(self, tables: dict[str, Table]):
        self.tables = tables
        self.rows: dict[str, list[Row]] = {}
        self.errors: list[DataError] = []
        for name, table in tables.items():
            found, errors = load.read_cells(table)
            self.errors += errors
            if not errors:
                self.rows[name] = load.records(found, table)

    def lines(self, name: str) -> Iterator[tuple[int, Row]]:
        """Line number and row, for each row of a table."""
        yield from enumerate(self.rows[name], start=2)

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

    @cached_property
    def names(self) -> Names:
        """The names that the basis of a published figure may use."""
        authorities = self.rows["authorities"]
        return Names(
            themes={r["theme"] for r in self.rows["judgement_areas"]},
            areas={r["area_id"] for r in self.rows["judgement_areas"]},
            regions={r[column] for r in authorities for column in ("region", "ofsted_region")},
            frameworks={r["framework_id"] for r in self.rows["frameworks"]},
            authorities={r["authority_id"] for r in authorities},
        )


def display(path: Path) -> str:
    """A path as a reader would look for it: from the current folder where that is shorter."""
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(path)


# How the files are written


def _file_faults(draft: Draft) -> Iterator[Fault]:
    for name, table in draft.tables.items():
        content = table.path.read_bytes()
        if b"\r" in content:
            yield Fault(
                display(table.path), 0, "", "has Windows line ends; lines end in a plain newline"
            )
        if not content.endswith(b"\n"):
            yield Fault(display(table.path), 0, "", "must end in one newline")
        for line, row in draft.lines(name):
            for column, value in row.items():
                if value != value.strip():
                    yield draft.fault(name, line, column, f"{value!r} has spaces at its ends")


def _order_faults(draft: Draft) -> Iterator[Fault]:
    for name, table in draft.tables.items():
        last = None
        for line, row in draft.lines(name):
            key = table.sort_key(row)
            if last is not None and key < last:
                by = ", ".join(table.primary_key)
                yield draft.fault(
                    name, line, table.primary_key[0], f"is out of place: rows are sorted by {by}"
                )
                break
            last = key


def _package_faults(folder: Path) -> Iterator[Fault]:
    """What the package says of itself."""
    complete = schema.descriptor(folder).get("completeTo")
    try:
        days.iso_date(str(complete))
    except ValueError as error:
        yield Fault(display(folder / "datapackage.json"), 0, "completeTo", str(error))


def _stamp_faults(draft: Draft, folder: Path) -> Iterator[Fault]:
    path = folder / "datapackage.json"
    for resource in schema.descriptor(folder)["resources"]:
        table = draft.tables[resource["name"]]
        fresh = stamp.stamps(table.path)
        if any(resource.get(key) != value for key, value in fresh.items()):
            yield Fault(
                display(path),
                0,
                table.name,
                f"{', '.join(fresh)} are not those of {table.path.name} as it is: "
                "'ofsted-analysis stamp' renews them",
            )


# What the data package says of each column


def _type_faults(draft: Draft) -> Iterator[Fault]:
    """Cells that cannot be understood; the rules after this one take them as not known."""
    for name, table in draft.tables.items():
        for field in table.fields:
            parse = schema.PARSERS[field.type]
            for line, row in draft.lines(name):
                value = row[field.name]
                if not value:
                    if field.required:
                        yield draft.fault(name, line, field.name, "is empty, but must be known")
                    continue
                try:
                    parse(value)
                except ValueError as error:
                    yield draft.fault(name, line, field.name, str(error))
                    row[field.name] = ""


def _constraint_faults(draft: Draft) -> Iterator[Fault]:
    for name, table in draft.tables.items():
        for field in table.fields:
            lines: dict[str, int] = {}  # of each value, the first
            unique = field.constraints.get("unique")
            for line, row in draft.lines(name):
                value = row[field.name]
                if value and value not in lines:
                    lines[value] = line
                elif value and unique:
                    wrong = f"{value!r} stands on line {lines[value]} already"
                    yield draft.fault(name, line, field.name, wrong)
            misfits = {value: wrong for value in lines if (wrong := field.misfit(value))}
            for line, row in draft.lines(name) if misfits else ():
                if row[field.name] in misfits:
                    yield draft.fault(name, line, field.name, misfits[row[field.name]])


def _key_faults(draft: Draft) -> Iterator[Fault]:
    for name, table in draft.tables.items():
        lines: dict[tuple[str, ...], int] = {}
        for line, row in draft.lines(name):
            key = tuple(row[column] for column in table.primary_key)
            if key in lines:
                columns = ", ".join(table.primary_key)
                yield draft.fault(
                    name, line, columns, f"{', '.join(key)!r} stands on line {lines[key]} already"
                )
            lines.setdefault(key, line)
        for column, target, target_column in table.foreign_keys:
            known = {row[target_column] for row in draft.rows[target]}
            for line, row in draft.lines(name):
                if row[column] and row[column] not in known:
                    yield draft.fault(name, line, column, f"{target} has no {row[column]!r}")


# What holds across tables


def _inspection_key_faults(draft: Draft) -> Iterator[Fault]:
    judged = {row["inspection_id"] for row in draft.rows["judgements"]}
    for line, row in draft.lines("inspections"):
        key, last = row["inspection_id"], _day(row["last_day"])
        if last is None:
            continue  # the schema check has said so
        expected = f"{row['authority_id']}-{row['framework_id']}-{last:%Y-%m}"
        if not _follows(key, expected, "[b-z]?"):
            wrong = f"{key!r} should be {expected!r}"
            yield draft.fault("inspections", line, "inspection_id", wrong)
        if key not in judged:
            wrong = f"{key!r} has no judgement"
            yield draft.fault("inspections", line, "inspection_id", wrong)


_PRECISE: dict[str, Callable[[date], tuple[date, date]]] = {
    "day": lambda last: (last, last),
    "month": lambda last: (
        last.replace(day=1),
        last.replace(day=calendar.monthrange(last.year, last.month)[1]),
    ),
    "year": lambda last: (last.replace(month=1, day=1), last.replace(month=12, day=31)),
    "financial year": lambda last: (
        date(last.year - (last.month < 4), 4, 1),
        date(last.year + (last.month > 3), 3, 31),
    ),
}
"""For each precision the first and the last day that a last day may stand for."""


def _span(row: Row) -> tuple[str, str]:
    """The first day of an inspection, or the earliest that it can have ended on; and the last."""
    last = date.fromisoformat(row["last_day"])
    earliest, _ = _PRECISE.get(row["date_precision"], _PRECISE["day"])(last)
    return row["first_day"] or earliest.isoformat(), earliest.isoformat()


def _inspection_day_faults(draft: Draft) -> Iterator[Fault]:
    for line, row in draft.lines("inspections"):
        last, precision = _day(row["last_day"]), row["date_precision"]
        if last is None:
            continue
        found = {}
        if row["first_day"] > row["last_day"]:
            found["first_day"] = f"{row['first_day']} is after the last day, {row['last_day']}"
        elif precision == "day" and not row["first_day"]:
            found["first_day"] = "is empty though the dates are known to the day"
        framework = draft.by_key["frameworks"].get(row["framework_id"], {})
        cut = precision == "financial year" and row["last_day"] == framework.get("last_inspection")
        if last != _PRECISE.get(precision, _PRECISE["day"])(last)[1] and not cut:
            wrong = f"{last} is not the last day of its {precision} (precision: {precision})"
            found["last_day"] = wrong
        if row["published_date"] and row["published_date"] < _span(row)[1]:
            wrong = f"{row['published_date']} is before the last day, {row['last_day']}"
            found["published_date"] = wrong
        for column, wrong in found.items():
            yield draft.fault("inspections", line, column, wrong)


def _inspection_life_faults(draft: Draft) -> Iterator[Fault]:
    for line, row in draft.lines("inspections"):
        if _day(row["last_day"]) is None:
            continue
        first, last = _span(row)[0], row["last_day"]
        lies = _within if row["date_precision"] == "day" else _overlaps
        when = f"not on {first} to {last}"
        framework = draft.by_key["frameworks"].get(row["framework_id"])
        authority = draft.by_key["authorities"].get(row["authority_id"])
        if framework:
            began, ended = framework["first_inspection"], framework["last_inspection"]
            if not lies(first, last, began, ended):
                used = f"{row['framework_id']} was in use from {began} to {ended or 'today'}"
                yield draft.fault("inspections", line, "framework_id", f"{used}, {when}")
        if authority:
            began, ended = authority["opened"], authority["closed"]
            if not lies(first, last, began, ended):
                there = f"{row['authority_id']} existed from {began or 'before 2009'} to "
                wrong = f"{there}{ended or 'today'}, {when}"
                yield draft.fault("inspections", line, "authority_id", wrong)


def _judgement_area_faults(draft: Draft) -> Iterator[Fault]:
    for line, row, inspection in _judged(draft):
        framework = inspection["framework_id"]
        area = draft.areas.get((framework, row["area_id"]))
        began = inspection["first_day"] or inspection["last_day"]
        if area is None:
            wrong = f"{row['area_id']!r} is not an area of {framework.upper()}"
            yield draft.fault("judgements", line, "area_id", wrong)
        elif not _within(began, began, area["first_used"], area["last_used"]):
            wrong = (
                f"{row['area_id']} was not judged in {framework.upper()} inspections begun on "
                f"{began} (in use from {area['first_used'] or 'the start'} to "
                f"{area['last_used'] or 'today'})"
            )
            yield draft.fault("judgements", line, "area_id", wrong)


def _judged(draft: Draft) -> Iterator[tuple[int, Row, Row]]:
    """Each judgement with the line where it stands, and its inspection, where there is one."""
    for line, row in draft.lines("judgements"):
        if inspection := draft.by_key["inspections"].get(row["inspection_id"]):
            yield line, row, inspection


def _grade_faults(draft: Draft) -> Iterator[Fault]:
    for line, row, inspection in _judged(draft):
        framework = draft.by_key["frameworks"].get(inspection["framework_id"])
        wrong = ""
        if row["status"] == "graded" and framework:
            scale = ("outstanding", "good", framework["third_grade"], "inadequate")
            if not row["grade"]:
                wrong = "is empty, but the status is 'graded'"
            elif row["grade"] not in scale:
                of = inspection["framework_id"].upper()
                wrong = f"{row['grade']!r} is not a grade of {of} ({', '.join(scale)})"
        elif row["status"] == "not judged" and row["grade"]:
            wrong = f"{row['grade']!r} is given, but the status is 'not judged'"
        if wrong:
            yield draft.fault("judgements", line, "grade", wrong)


def _certainty_faults(draft: Draft) -> Iterator[Fault]:
    for line, row, inspection in _judged(draft):
        source = draft.by_key["sources"].get(row["source_id"])
        wrong = ""
        if source and row["certainty"] in ("report", "restated"):
            if source["kind"] not in ("ofsted report", "official statistics"):
                wrong = f"{row['certainty']!r}, but the source is of kind {source['kind']}"
            elif row["certainty"] == "report" and row["source_id"] != inspection["source_id"]:
                wrong = "'report', but the source is not the inspection's own report"
        if wrong:
            yield draft.fault("judgements", line, "certainty", wrong)


def _authority_faults(draft: Draft) -> Iterator[Fault]:
    authorities = draft.by_key["authorities"]
    for line, row in draft.lines("authorities"):
        if row["opened"] and row["closed"] and row["opened"] > row["closed"]:
            wrong = f"{row['opened']} is after the day it closed, {row['closed']}"
            yield draft.fault("authorities", line, "opened", wrong)
    for line, row in draft.lines("authority_changes"):
        after, before = authorities.get(row["successor_id"]), authorities.get(row["predecessor_id"])
        if after and row["date"] and row["date"] != after["opened"]:
            opened = after["opened"] or "before 2009"
            wrong = f"{row['date']} is not the first day of {row['successor_id']} ({opened})"
            yield draft.fault("authority_changes", line, "date", wrong)
        if before and row["date"] and not (before["closed"] and before["closed"] < row["date"]):
            wrong = f"{row['predecessor_id']} was still open on {row['date']}"
            yield draft.fault("authority_changes", line, "date", wrong)
    for line, row in draft.lines("authority_codes"):
        if row["valid_from"] and row["valid_to"] and row["valid_from"] > row["valid_to"]:
            wrong = f"{row['valid_from']} is after valid_to, {row['valid_to']}"
            yield draft.fault("authority_codes", line, "valid_from", wrong)
    valid: dict[str, list[str]] = defaultdict(list)
    for row in draft.rows["authority_codes"]:
        closed = authorities.get(row["authority_id"], {}).get("closed", "")
        if row["valid_to"] in ("", closed):
            valid[row["authority_id"]].append(row["code"])
    for line, row in draft.lines("authorities"):
        if row["ons_code"] not in valid[row["authority_id"]]:
            codes = " or ".join(valid[row["authority_id"]]) or "none"
            yield draft.fault(
                "authorities",
                line,
                "ons_code",
                f"{row['ons_code']!r} is not its code in authority_codes, which has {codes}",
            )


def _neighbour_faults(draft: Draft) -> Iterator[Fault]:
    ranks: dict[tuple[str, str], dict[int, str]] = defaultdict(dict)
    for line, row in draft.lines("neighbours"):
        ranks[row["model"], row["authority_id"]][line] = row["rank"]
        if row["neighbour_id"] and row["authority_id"] == row["neighbour_id"]:
            yield draft.fault("neighbours", line, "neighbour_id", "is the authority itself")
    for found in ranks.values():
        if set(found.values()) != {str(n) for n in range(1, len(found) + 1)}:
            listed = ", ".join(found.values())
            yield draft.fault(
                "neighbours", min(found), "rank", f"the ranks have gaps or repeats: {listed}"
            )


def _area_faults(draft: Draft) -> Iterator[Fault]:
    places = Counter((r["framework_id"], r["position"]) for r in draft.rows["judgement_areas"])
    for line, row in draft.lines("judgement_areas"):
        if places[row["framework_id"], row["position"]] > 1:
            taken = f"{row['position']} is taken twice in {row['framework_id'].upper()}"
            yield draft.fault("judgement_areas", line, "position", taken)
        if row["first_used"] and row["last_used"] and row["first_used"] > row["last_used"]:
            wrong = f"{row['first_used']} is after last_used, {row['last_used']}"
            yield draft.fault("judgement_areas", line, "first_used", wrong)


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


def _figure_faults(draft: Draft) -> Iterator[Fault]:
    for line, row in draft.lines("published_figures"):
        for framework_id in filter(None, row["framework_id"].split("|")):
            if framework_id not in draft.by_key["frameworks"]:
                yield draft.fault(
                    "published_figures", line, "framework_id", f"frameworks has no {framework_id!r}"
                )
        try:
            read_basis(row, draft.names)
        except BasisError as error:
            yield draft.fault("published_figures", line, error.column, error.reason)


def _tally_faults(draft: Draft) -> Iterator[Fault]:
    known = Counter((row["inspection_id"], row["grade"]) for row in draft.rows["judgements"])
    for line, row in draft.lines("grade_tallies"):
        grades = known[row["inspection_id"], row["grade"]]
        if row["count"].isdigit() and int(row["count"]) < grades:
            yield draft.fault(
                "grade_tallies",
                line,
                "count",
                f"{row['count']} judgements {row['grade']!r}, but {grades} are known by name",
            )


def _event_faults(draft: Draft) -> Iterator[Fault]:
    for line, row in draft.lines("events"):
        expected = f"{row['authority_id']}-{row['date']}-{row['kind'].replace(' ', '-')}"
        if not _follows(row["event_id"], expected, "(-[b-z])?"):
            yield draft.fault(
                "events", line, "event_id", f"{row['event_id']!r} should be {expected!r}"
            )
        inspection = draft.by_key["inspections"].get(row["inspection_id"])
        if inspection and inspection["authority_id"] != row["authority_id"]:
            yield draft.fault("events", line, "inspection_id", f"is not of {row['authority_id']}")


def _agreement_faults(draft: Draft) -> Iterator[Fault]:
    parts = ("agreeing", "ours_right", "theirs_right", "both_right")
    for line, row in draft.lines("agreement"):
        counts = [row[column] for column in ("cells", *parts)]
        if all(count.isdigit() for count in counts):
            cells, *rest = map(int, counts)
            if cells != sum(rest):
                wrong = f"{cells} cells, but {', '.join(parts)} come to {sum(rest)}"
                yield draft.fault("agreement", line, "cells", wrong)


_RULES: tuple[Callable[[Draft], Iterator[Fault]], ...] = (
    _file_faults,
    _type_faults,
    _key_faults,
    _inspection_key_faults,
    _inspection_day_faults,
    _inspection_life_faults,
    _judgement_area_faults,
    _grade_faults,
    _certainty_faults,
    _authority_faults,
    _neighbour_faults,
    _area_faults,
    _source_faults,
    _figure_faults,
    _tally_faults,
    _event_faults,
    _agreement_faults,
    _constraint_faults,
    _order_faults,
)
"""In this order, as the first fault of a cell stands: what cannot be understood or found first,
and the domain's words before the schema's."""

_NEEDED = (
    "agreement",
    "authorities",
    "authority_changes",
    "authority_codes",
    "events",
    "frameworks",
    "grade_tallies",
    "inspections",
    "judgement_areas",
    "judgements",
    "neighbours",
    "published_figures",
    "sources",
)


def _within(first: str, last: str, start: str, end: str) -> bool:
    """Whether first to last lies within start to end; ISO dates, '' for an open end."""
    return start <= first and (not end or last <= end)


def _overlaps(first: str, last: str, start: str, end: str) -> bool:
    """Whether some day of first to last lies within start to end."""
    return start <= last and (not end or first <= end)


def _follows(key: str, start: str, rest: str) -> bool:
    """Whether a key is that start and then fits the pattern of a rest."""
    return key.startswith(start) and re.fullmatch(rest, key[len(start) :]) is not None


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
        the domain and the schema both object, the rule's words stand. Files that are not the
        tables described come first: what is in them is checked once they are.

    Examples
    --------
    >>> check()
    []
    """
    folder = schema.data_dir(data_dir)
    try:
        tables = schema.tables(folder)
    except DataError as error:
        return [_unusable(error)]
    missing = [name for name in _NEEDED if name not in tables]
    if missing:
        path = display(folder / "datapackage.json")
        return [Fault(path, 0, name, "this table is not described") for name in missing]
    draft = Draft(tables)
    if draft.errors:
        return sorted(map(_unusable, draft.errors))
    found: dict[tuple[str, int, str], Fault] = {}
    own = (_package_faults(folder), _stamp_faults(draft, folder))
    for fault in chain(*own, *(rule(draft) for rule in _RULES)):
        found.setdefault((fault.file, fault.line, fault.column), fault)
    return sorted(found.values())


def _unusable(error: DataError) -> Fault:
    """A fault that leaves nothing else to check."""
    path = display(error.path) if error.path else ""
    return Fault(path, error.line, "", error.reason.rstrip("."))
