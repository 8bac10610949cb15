"""Every rule, broken once: what is said, and where."""

import csv
import itertools
import json
import re
from collections import Counter

import pandas as pd
import pytest

from ofsted_analysis.analysis.outcomes import data_complete_to
from ofsted_analysis.curation import stamp
from ofsted_analysis.curation.checks import check
from ofsted_analysis.curation.faults import Fault
from ofsted_analysis.tables import load, schema

TABLES = schema.tables()
ROWS = {name: load.rows(name) for name in TABLES}
NOT_EMPTY = [name for name in TABLES if ROWS[name]]


class Editor:
    """The tables in a folder as rows that can be changed, each with the line where it stands."""

    def __init__(self, folder, before):
        self.folder = folder
        self.tables = schema.tables(folder)
        self.before = before
        self.rows = {name: [dict(row) for row in rows] for name, rows in before.items()}

    def lines(self, name, /, **facts):
        """Lines of the rows that have these facts."""
        return [
            line
            for line, row in enumerate(self.rows[name], start=2)
            if all(row[column] == value for column, value in facts.items())
        ]

    def line(self, name, /, **facts):
        """Line of the first row that has these facts."""
        return self.lines(name, **facts)[0]

    def row(self, name, line):
        return self.rows[name][line - 2]

    def put(self, name, line, /, **cells):
        """Change cells of one row; returns its line."""
        self.row(name, line).update(cells)
        return line

    def rename(self, name, old, new, /, **cells):
        """Change the key of a row wherever it is referred to; returns its line."""
        (key,) = self.tables[name].primary_key
        for other, table in self.tables.items():
            for column, target, _ in table.foreign_keys:
                for line in self.lines(other, **{column: old}) if target == name else ():
                    self.put(other, line, **{column: new})
        for line in self.lines("event_evidence", inspection_id=old):  # a list, so no foreign key
            self.put("event_evidence", line, inspection_id=new)
        return self.put(name, self.line(name, **{key: old}), **{key: new}, **cells)

    def save(self):
        for name, rows in self.rows.items():
            if rows == self.before[name]:
                continue
            with self.tables[name].path.open("w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, self.tables[name].columns, lineterminator="\n")
                writer.writeheader()
                writer.writerows(rows)
        stamp.write_stamps(self.folder)


@pytest.fixture(scope="module")
def before(original):
    return {name: load.rows(name, original) for name in TABLES}


@pytest.fixture
def tables(data, before, monkeypatch):
    """A copy of the tables in the current folder, so that faults name files without a folder."""
    monkeypatch.chdir(data)
    return Editor(data, before)


def faults(folder="."):
    return [str(fault) for fault in check(folder)]


def test_the_tables_have_no_fault(tables):
    assert check() == []
    tables.save()
    assert check(tables.folder) == []


# What the data package says, for every column of every table


def everywhere(tables, cells):
    """Put cells into the last row of each table; returns where, as faults name it."""
    places = []
    for name in NOT_EMPTY:
        line = len(tables.rows[name]) + 1
        changed = cells(TABLES[name])
        tables.put(name, line, **changed)
        places += [(f"{name}.csv", line, column) for column in changed]
    tables.save()
    assert places
    return places


def spots(message):
    """Where faults with such a message are."""
    pattern = re.compile(message)
    return {(f.file, f.line, f.column) for f in check(".") if pattern.fullmatch(f.message)}


def test_every_required_cell(tables):
    places = everywhere(tables, lambda t: {f.name: "" for f in t.fields if f.required})
    assert spots("is empty, but must be known") == set(places)


@pytest.mark.parametrize(
    ("kind", "value", "message"),
    [
        ("date", "1 March 2019", r"'1 March 2019' is not a date \(YYYY-MM-DD\)"),
        ("date", "2019-02-30", r"'2019-02-30' is not a date \(YYYY-MM-DD\)"),
        ("date", "2019-W08-1", r"'2019-W08-1' is not a date \(YYYY-MM-DD\)"),
        ("integer", "ten", "'ten' is not a whole number"),
        ("integer", "1.0", r"'1\.0' is not a whole number"),
        ("integer", "007", "'007' is not a whole number"),
        ("number", "12,5", r"'12,5' is not a number in plain digits \(like 12\.5\)"),
        ("number", "1e3", r"'1e3' is not a number in plain digits \(like 12\.5\)"),
    ],
)
def test_every_cell_of_a_type(tables, kind, value, message):
    places = everywhere(tables, lambda t: {f.name: value for f in t.fields if f.type == kind})
    assert spots(message) == set(places)


def test_every_fixed_vocabulary(tables):
    places = everywhere(tables, lambda t: {f.name: "moot" for f in t.fields if f.categories})
    assert spots("'moot' is not (one of: .+|a grade of [A-Z]+ .+)") == set(places)


OTHERS = ("ons_code", "value_from", "value_to")


def test_every_pattern(tables):
    wrong = "'_!' is not written as it should be"
    patterns = [f for name in NOT_EMPTY for f in TABLES[name].fields if "pattern" in f.constraints]
    assert len(patterns) > 10 and all(f.misfit("_!").startswith(wrong) for f in patterns)
    # of a key, and of a figure, another rule speaks first
    keys = {(name, c) for name, t in TABLES.items() for c in (*t.primary_key, *OTHERS)}
    places = everywhere(
        tables,
        lambda t: {
            f.name: "_!" for f in t.fields if f in patterns and (t.name, f.name) not in keys
        },
    )
    assert len(places) >= 3
    assert spots(f"{wrong} .*") == set(places)


def test_every_reference_to_another_table(tables):
    places = everywhere(tables, lambda t: {column: "nowhere" for column, _, _ in t.foreign_keys})
    assert spots("[a-z_]+ has no 'nowhere'") == set(places)


@pytest.mark.sample(3)
@pytest.mark.parametrize("name", NOT_EMPTY)
def test_every_primary_key(tables, name):
    table, rows = TABLES[name], tables.rows[name]
    rows.append(dict(rows[-1]))
    tables.save()
    key, line = ", ".join(rows[-1][column] for column in table.primary_key), len(rows)
    place = f"{name}.csv:{line + 1} {', '.join(table.primary_key)}"
    assert f"{place}: {key!r} stands on line {line} already" in faults()


def test_every_constraint_in_the_data_package_is_one_that_is_checked():
    known = {"required", "unique", "enum", "pattern", "minimum", "maximum"}
    for table in TABLES.values():
        for field in table.fields:
            assert field.constraints.keys() <= known, (table.name, field.name)
            assert field.type in ("string", "date", "integer", "number"), (table.name, field.name)
            assert field.format in ("", "uri"), (table.name, field.name)
            assert tuple(field.constraints.get("enum", ())) == field.categories


def test_every_fact_has_a_source():
    """A table's rows name their sources, or the data package names the table's."""
    for resource in schema.descriptor()["resources"]:
        fields = {field.name: field for field in TABLES[resource["name"]].fields}
        own = fields["source_id"].required if "source_id" in fields else False
        assert own or resource["sources"], resource["name"]


# Each rule by itself: a change of the tables, and all that is then said

RULES = []
SOME = "west-sussex-ilacs-2019-03"


def rule(change):
    RULES.append(pytest.param(change, id=change.__name__))
    return change


@pytest.mark.sample(8)
@pytest.mark.parametrize("change", RULES)
def test_a_rule_broken_once(tables, change):
    expected = change(tables)
    tables.save()
    assert faults() == expected


def in_judgement(tables, area, /, **cells):
    line = tables.line("judgements", inspection_id=SOME, area_id=area)
    return tables.put("judgements", line, **cells)


def lacking(tables, area):
    line = tables.line("inspections", inspection_id=SOME)
    wrong = "its report was read, but has no judgement on"
    return f"inspections.csv:{line} inspection_id: {wrong}: {area}"


def in_inspection(tables, **cells):
    return tables.put("inspections", tables.line("inspections", inspection_id=SOME), **cells)


@rule
def minimum(t):
    line = t.put("judgement_areas", 2, position="0")
    return [f"judgement_areas.csv:{line} position: 0 is less than 1"]


@rule
def maximum(t):
    line = t.put("authorities", t.line("authorities", name="Barnet"), easting="7000001")
    return [f"authorities.csv:{line} easting: 7000001 is more than 700000"]


@rule
def pattern(t):
    line = t.put("authorities", t.line("authorities", name="Barnet"), ofsted_urn="8o487")
    like = TABLES["authorities"]["ofsted_urn"].example
    return [
        f"authorities.csv:{line} ofsted_urn: '8o487' is not written as it should be (like {like!r})"
    ]


@rule
def unique(t):
    first = t.line("authorities", name="Barnet")
    number = t.row("authorities", first)["la_number"]
    line = t.put("authorities", t.line("authorities", name="Bexley"), la_number=number)
    return [f"authorities.csv:{line} la_number: {number!r} stands on line {first} already"]


@rule
def vocabulary(t):
    line = t.put("authorities", t.line("authorities", name="Barnet"), region="Londn")
    regions = ", ".join(TABLES["authorities"]["region"].categories)
    return [f"authorities.csv:{line} region: 'Londn' is not one of: {regions}"]


@rule
def web_address(t):
    line = in_inspection(t, report_url="files.ofsted.gov.uk/50078286")
    like = TABLES["inspections"]["report_url"].example
    return [
        f"inspections.csv:{line} report_url: 'files.ofsted.gov.uk/50078286' is not a web address "
        f"(like {like!r})"
    ]


@rule
def stray_spaces(t):
    line = in_judgement(t, "overall", locator="page 1 ")
    return [f"judgements.csv:{line} locator: 'page 1 ' has spaces at its ends"]


@rule
def sort_order(t):
    rows = t.rows["authorities"]
    rows[0], rows[1] = rows[1], rows[0]
    return ["authorities.csv:3 authority_id: is out of place: rows are sorted by authority_id"]


@rule
def sort_order_of_numbers(t):
    rows = t.rows["neighbours"]
    line = t.line("neighbours", authority_id="barnet", rank="10")
    ninth, tenth = rows[line - 3], rows[line - 2]
    assert (ninth["rank"], tenth["rank"]) == ("9", "10")
    rows[line - 3], rows[line - 2] = tenth, ninth
    return [
        f"neighbours.csv:{line} model: is out of place: rows are sorted by "
        "model, authority_id, rank"
    ]


@rule
def inspection_without_judgement(t):
    t.rows["judgements"] = [r for r in t.rows["judgements"] if r["inspection_id"] != SOME]
    line = t.line("inspections", inspection_id=SOME)
    return [f"inspections.csv:{line} inspection_id: {SOME!r} has no judgement"]


@rule
def inspection_id_of_another_month(t):
    line = t.rename("inspections", SOME, "west-sussex-ilacs-2019-04")
    return [f"inspections.csv:{line} inspection_id: 'west-sussex-ilacs-2019-04' should be {SOME!r}"]


@rule
def inspection_id_with_a_letter_is_right(t):
    t.rename("inspections", SOME, f"{SOME}b")
    return []


@rule
def first_day_after_last_day(t):
    line = in_inspection(t, first_day="2019-03-09")
    return [f"inspections.csv:{line} first_day: 2019-03-09 is after the last day, 2019-03-08"]


@rule
def first_day_missing(t):
    line = in_inspection(t, first_day="")
    return [f"inspections.csv:{line} first_day: is empty though the dates are known to the day"]


@rule
def first_day_known_where_the_last_is_not_is_right(t):
    in_inspection(t, date_precision="month", last_day="2019-03-31")
    return []


@rule
def month_that_does_not_end(t):
    line = in_inspection(t, date_precision="month", first_day="")
    return [
        f"inspections.csv:{line} last_day: 2019-03-08 is not the last day of its month "
        "(precision: month)"
    ]


@rule
def year_that_does_not_end(t):
    line = in_inspection(t, date_precision="year", first_day="")
    return [
        f"inspections.csv:{line} last_day: 2019-03-08 is not the last day of its year "
        "(precision: year)"
    ]


@rule
def published_too_early(t):
    line = in_inspection(t, published_date="2019-03-07")  # before it differs from its source
    return [f"inspections.csv:{line} published_date: 2019-03-07 is before the last day, 2019-03-08"]


@rule
def published_within_the_month_of_inspection_is_right(t):
    in_inspection(
        t, date_precision="month", first_day="", last_day="2019-03-31", published_date="2019-03-20"
    )
    source = t.row("inspections", t.line("inspections", inspection_id=SOME))["source_id"]
    t.put("sources", t.line("sources", source_id=source), published_date="2019-03-20")
    return []


@rule
def framework_not_in_use(t):
    line = t.rename(
        "inspections",
        SOME,
        "west-sussex-ilacs-2017-03",
        first_day="2017-02-27",
        last_day="2017-03-08",
    )
    began = t.row("frameworks", t.line("frameworks", framework_id="ilacs"))["first_inspection"]
    return [
        f"inspections.csv:{line} framework_id: ilacs was in use from {began} to today, "
        "not on 2017-02-27 to 2017-03-08"
    ]


@rule
def authority_not_yet_there(t):
    key = t.row("inspections", t.line("inspections", authority_id="dorset"))["inspection_id"]
    line = t.rename(
        "inspections", key, "dorset-ilacs-2019-03", first_day="2019-03-04", last_day="2019-03-08"
    )
    return [
        f"inspections.csv:{line} authority_id: dorset existed from 2019-04-01 to today, "
        "not on 2019-03-04 to 2019-03-08"
    ]


@rule
def authority_no_longer_there(t):
    t.put("authorities", t.line("authorities", name="Barnet"), closed="2019-01-31")
    t.put(
        "authority_codes", t.line("authority_codes", authority_id="barnet"), valid_to="2019-01-31"
    )
    t.rows["context"] = [row for row in t.rows["context"] if row["authority_id"] != "barnet"]
    later = [
        (line, row)
        for line in t.lines("inspections", authority_id="barnet")
        if (row := t.row("inspections", line))["last_day"] > "2019-01-31"
    ]
    assert later
    return [
        f"inspections.csv:{line} authority_id: barnet existed from before 2009 to 2019-01-31, "
        f"not on {row['first_day']} to {row['last_day']}"
        for line, row in later
    ]


@rule
def area_of_no_framework(t):
    line = in_judgement(t, "overall", area_id="overview")
    return [
        lacking(t, "overall"),
        f"judgements.csv:{line} area_id: 'overview' is not an area of ILACS",
    ]


@rule
def area_not_in_use(t):
    line = in_judgement(t, "care_and_care_leavers", area_id="care_leavers")
    return [
        lacking(t, "care_and_care_leavers"),
        f"judgements.csv:{line} area_id: care_leavers was not judged in ILACS inspections begun "
        "on 2019-02-25 (in use from 2023-01-01 to today)",
    ]


@rule
def grade_misspelt(t):
    line = in_judgement(t, "leaders", grade="gud")
    return [
        f"judgements.csv:{line} grade: 'gud' is not a grade of ILACS "
        "(outstanding, good, requires improvement, inadequate)"
    ]


@rule
def grade_of_another_framework(t):
    line = in_judgement(t, "leaders", grade="adequate")
    return [
        f"judgements.csv:{line} grade: 'adequate' is not a grade of ILACS "
        "(outstanding, good, requires improvement, inadequate)"
    ]


@rule
def grade_missing(t):
    line = in_judgement(t, "leaders", grade="")
    return [f"judgements.csv:{line} grade: is empty, but the status is 'graded'"]


@rule
def grade_though_not_judged(t):
    line = in_judgement(t, "leaders", status="not judged")
    return [f"judgements.csv:{line} grade: 'inadequate' is given, but the status is 'not judged'"]


@rule
def report_that_is_not_ofsteds(t):
    source = t.row("inspections", t.line("inspections", inspection_id=SOME))["source_id"]
    t.put("sources", t.line("sources", source_id=source), kind="press")
    lines = [line for line in t.lines("judgements", source_id=source)]
    return [
        f"judgements.csv:{line} certainty: 'report', but the source is of kind press"
        for line in lines
    ]


@rule
def restated_by_another(t):
    source = next(r["source_id"] for r in t.rows["sources"] if r["kind"] == "ofsted report")
    t.rows["sources"].append(
        {
            **t.row("sources", t.line("sources", source_id=source)),
            "source_id": "zz",
            "kind": "press",
            "url": "",
        }
    )
    line = in_judgement(t, "leaders", source_id="zz", certainty="restated")
    return [f"judgements.csv:{line} certainty: 'restated', but the source is of kind press"]


@rule
def report_of_another_inspection(t):
    own = t.row("inspections", t.line("inspections", inspection_id=SOME))["source_id"]
    other = next(
        r["source_id"]
        for r in t.rows["sources"]
        if r["kind"] == "ofsted report" and r["source_id"] != own
    )
    line = in_judgement(t, "leaders", source_id=other)
    return [
        f"judgements.csv:{line} certainty: 'report', but the source is not the inspection's own "
        "report"
    ]


@rule
def source_that_is_not_there(t):
    line = in_judgement(t, "leaders", source_id="ofsted-1", certainty="stated")
    return [f"judgements.csv:{line} source_id: sources has no 'ofsted-1'"]


@rule
def source_of_nothing(t):
    last = t.rows["sources"][-1]
    t.rows["sources"].append({**last, "source_id": "zz", "url": ""})
    line = len(t.rows["sources"]) + 1
    return [f"sources.csv:{line} source_id: nothing rests on 'zz'"]


@rule
def successor_begins_another_day(t):
    line = t.line("authority_changes", successor_id="cumberland")
    t.put("authority_changes", line, date="2023-04-02")
    return [
        f"authority_changes.csv:{line} date: 2023-04-02 is not the first day of cumberland "
        "(2023-04-01)"
    ]


@rule
def predecessor_still_open(t):
    t.put("authorities", t.line("authorities", authority_id="cumbria"), closed="")
    t.put("authority_codes", t.line("authority_codes", authority_id="cumbria"), valid_to="")
    return [
        f"authority_changes.csv:{line} date: cumbria was still open on 2023-04-01"
        for line in t.lines("authority_changes", predecessor_id="cumbria")
    ]


@rule
def code_that_ends_before_it_begins(t):
    line = t.line("authority_codes", authority_id="barnsley", valid_to="2025-03-31")
    t.put("authority_codes", line, valid_from="2026-01-01")
    return [f"authority_codes.csv:{line} valid_from: 2026-01-01 is after valid_to, 2025-03-31"]


@rule
def code_of_another(t):
    line = t.put("authorities", t.line("authorities", name="Barnet"), ons_code="E09000099")
    return [
        f"authorities.csv:{line} ons_code: 'E09000099' is not its code in authority_codes, "
        "which has E09000003"
    ]


@rule
def neighbour_of_itself(t):
    line = t.put("neighbours", t.line("neighbours", authority_id="barnet"), neighbour_id="barnet")
    return [f"neighbours.csv:{line} neighbour_id: is the authority itself"]


@rule
def neighbours_with_a_gap(t):
    line = t.line("neighbours", model="2021", authority_id="barnet")
    del t.rows["neighbours"][line - 1]
    return [
        f"neighbours.csv:{line} rank: the ranks have gaps or repeats: 1, 3, 4, 5, 6, 7, 8, 9, 10"
    ]


@rule
def position_taken_twice(t):
    lines = t.lines("judgement_areas", framework_id="ilacs")[:2]
    place = t.row("judgement_areas", lines[0])["position"]
    t.put("judgement_areas", lines[1], position=place)
    return [
        f"judgement_areas.csv:{line} position: {place} is taken twice in ILACS" for line in lines
    ]


@rule
def fewer_grades_than_are_known(t):
    row = t.rows["judgements"][t.line("judgements", inspection_id=SOME) - 2]
    assert row["status"] == "graded"
    known = sum(
        (r["inspection_id"], r["grade"]) == (SOME, row["grade"]) for r in t.rows["judgements"]
    )
    tally = {"inspection_id": SOME, "grade": row["grade"], "count": str(known - 1)}
    tallies = t.rows["grade_tallies"]
    tallies.append({**dict.fromkeys(tallies[0], ""), **tally, "source_id": row["source_id"]})
    tallies.sort(key=TABLES["grade_tallies"].sort_key)
    line = t.line("grade_tallies", inspection_id=SOME)
    return [
        f"grade_tallies.csv:{line} count: {known - 1} judgements {row['grade']!r}, "
        f"but {known} are known by name"
    ]


@rule
def event_id_of_another_day(t):
    last = len(t.rows["events"]) + 1
    key = t.row("events", last)["event_id"]
    t.rename("events", key, f"{key}-bb")
    return [f"events.csv:{last} event_id: '{key}-bb' should be {key!r}"]


@rule
def event_of_another_authority(t):
    line = next(line for line in t.lines("events") if t.row("events", line)["inspection_id"])
    row = t.row("events", line)
    other = next(r for r in t.rows["inspections"] if r["authority_id"] != row["authority_id"])
    t.put("events", line, inspection_id=other["inspection_id"])
    return [f"events.csv:{line} inspection_id: is not of {row['authority_id']}"]


def event(t, **facts):
    """The line of an event, and the event."""
    line = t.line("events", **facts)
    return line, t.row("events", line)


def moved(t, line, day, precision="day"):
    """An event on another day, with its key, in its place; returns its line."""
    row = t.row("events", line)
    key = f"{row['authority_id']}-{day}-{row['kind'].replace(' ', '-')}"
    t.rename("events", row["event_id"], key, date=day, date_precision=precision)
    t.rows["events"].sort(key=TABLES["events"].sort_key)
    return t.line("events", event_id=key)


@rule
def event_within_its_month(t):
    line, row = event(t, date_precision="month", status="happened", inspection_id="")
    line = moved(t, line, row["date"][:8] + "02", "month")
    day = row["date"]
    return [f"events.csv:{line} date: {day} is not the last day of its month (precision: month)"]


@rule
def event_before_its_report(t):
    line, _ = event(t, kind="statutory direction", inspection_id="halton-ilacs-2024-05")
    line = moved(t, line, "2024-07-11")
    return [
        f"events.csv:{line} inspection_id: 'halton-ilacs-2024-05' was published on 2024-07-12, "
        "after the event"
    ]


@rule
def event_before_its_inspection(t):
    line, _ = event(t, kind="improvement notice", inspection_id="leeds-slac-2009-12")
    line = moved(t, line, "2009-11-30", "month")
    return [
        f"events.csv:{line} inspection_id: 'leeds-slac-2009-12' ended on 2009-12-31, "
        "after the event"
    ]


@rule
def event_after_nothing_inadequate(t):
    line, _ = event(t, kind="improvement board", authority_id="suffolk")
    t.put("events", line, status="happened")
    return [
        f"events.csv:{line} inspection_id: 'suffolk-ilacs-2024-06' has no grade of inadequate "
        "for 'improvement board' to follow"
    ]


@rule
def end_tied_to_an_inspection(t):
    line, _ = event(t, kind="improvement notice lifted", authority_id="waltham-forest")
    t.put("events", line, inspection_id="waltham-forest-slac-2011-09")
    return [
        f"events.csv:{line} inspection_id: 'improvement notice lifted' is tied to no inspection: "
        "leave it empty"
    ]


@rule
def end_before_the_start_it_ends(t):
    line, _ = event(t, kind="improvement notice lifted", authority_id="tameside")
    line = moved(t, line, "2022-06-30", "month")
    return [
        f"events.csv:{line} date: 2022-06-30 is before the improvement notice that it could end, "
        "2022-07-01"
    ]


@rule
def a_second_end_before_the_second_start(t):
    """Peterborough's notice of 2012 ended in 2013, so that of 2023 is the next to end."""
    row = t.row("events", t.line("events", kind="improvement notice lifted",
                                 authority_id="peterborough"))  # fmt: skip
    key = "peterborough-2022-12-31-improvement-notice-lifted"
    t.rows["events"].append({**row, "event_id": key, "date": "2022-12-31"})
    t.rows["events"].sort(key=TABLES["events"].sort_key)
    line = t.line("events", event_id=key)
    return [
        f"events.csv:{line} date: 2022-12-31 is before the improvement notice that it could end, "
        "2023-08-01"
    ]


@rule
def revision_before_the_first_direction(t):
    line, _ = event(t, kind="statutory direction revised", authority_id="dudley")
    line = moved(t, line, "2016-03-31")
    return [
        f"events.csv:{line} date: 2016-03-31 is before the statutory direction that it could "
        "revise, 2016-04-01"
    ]


def evidence(t, message, **cells):
    line = t.line("event_evidence", inspection_id="walsall-slac-2012-06")
    t.put("event_evidence", line, **cells)
    return [f"event_evidence.csv:{line} inspection_id: {message}"]


@rule
def evidence_of_no_inspection(t):
    key = "walsall-slac-2012-06|walsall-slac-2012-07"
    return evidence(t, "inspections has no 'walsall-slac-2012-07'", inspection_id=key)


@rule
def evidence_of_another_authority(t):
    key = "waltham-forest-slac-2011-09"
    return evidence(t, f"'{key}' is not of walsall", inspection_id=key)


@rule
def evidence_after_nothing_inadequate(t):
    bad = {r["inspection_id"] for r in t.rows["judgements"] if r["grade"] == "inadequate"}
    keys = [r["inspection_id"] for r in t.rows["inspections"] if r["authority_id"] == "walsall"]
    key = next(key for key in keys if key not in bad)
    return evidence(t, f"'{key}' has no grade of inadequate", inspection_id=key)


@rule
def evidence_with_a_date_and_an_inspection(t):
    wrong = "is for evidence without a date that became no event"
    return evidence(t, wrong, date="2012")


@rule
def figure_of_no_framework(t):
    table = TABLES["published_figures"]
    new = {f.name: "" if f.example is None else str(f.example) for f in table.fields}
    source = t.row("inspections", 2)["source_id"]
    t.rows["published_figures"].append(
        {**new, "figure_id": "F9999", "framework_id": "sif|sip", "source_id": source}
    )
    line = len(t.rows["published_figures"]) + 1
    return [f"published_figures.csv:{line} framework_id: frameworks has no 'sip'"]


@pytest.mark.parametrize(
    ("name", "facts", "cells", "message"),
    [
        (
            "authorities", {"authority_id": "poole"}, {"opened": "2020-01-01"},
            "opened: 2020-01-01 is after the day it closed, 2019-03-31",
        ),
        (
            "judgement_areas", {"framework_id": "lac", "area_id": "overall"},
            {"first_used": "2014-01-01", "last_used": "2013-12-31"},
            "first_used: 2014-01-01 is after last_used, 2013-12-31",
        ),
    ],
)  # fmt: skip
def test_a_life_that_ends_before_it_begins(tables, name, facts, cells, message):
    """(The inspections of that time are then faults as well.)"""
    line = tables.put(name, tables.line(name, **facts), **cells)
    tables.save()
    assert f"{name}.csv:{line} {message}" in faults()


def test_a_rule_and_the_schema_object_in_one_voice(tables):
    """A misspelt grade is in no vocabulary either, and an unreadable date makes no other fault."""
    line = in_inspection(tables, first_day="25/02/2019")
    tables.save()
    assert faults() == [
        f"inspections.csv:{line} first_day: '25/02/2019' is not a date (YYYY-MM-DD)"
    ]


@rule
def address_used_twice(t):
    first = t.line("inspections", inspection_id="barnet-ilacs-2019-05")
    url = t.row("inspections", first)["report_url"]
    line = in_inspection(t, report_url=url)
    own = t.row("sources", t.line("sources", source_id="ofsted-50074949"))["url"]
    return [f"inspections.csv:{line} report_url: {url}, but its source has {own}"]


@rule
def urn_used_twice(t):
    first = t.line("authorities", name="Barnet")
    urn = t.row("authorities", first)["ofsted_urn"]
    line = t.put("authorities", t.line("authorities", name="Bexley"), ofsted_urn=urn)
    return [f"authorities.csv:{line} ofsted_urn: {urn!r} stands on line {first} already"]


@rule
def published_another_day_than_its_source(t):
    line = in_inspection(t, published_date="2019-05-09")
    return [f"inspections.csv:{line} published_date: 2019-05-09, but its source has 2019-05-08"]


@rule
def number_of_another_address(t):
    line = t.line("sources", source_id="ofsted-50004386")
    url = "https://files.ofsted.gov.uk/v1/file/59999999"
    t.put("sources", line, url=url)
    inspection = t.line("inspections", source_id="ofsted-50004386", framework_id="sif")
    t.put("inspections", inspection, report_url=url)
    return [f"sources.csv:{line} url: {url}, but the number in source_id is 50004386"]


@rule
def area_due_that_day_is_missing(t):
    t.rows["judgements"] = [
        r for r in t.rows["judgements"] if (r["inspection_id"], r["area_id"]) != (SOME, "leaders")
    ]
    return [lacking(t, "leaders")]


@rule
def two_inspections_on_the_same_days(t):
    line = t.line("inspections", inspection_id=SOME)
    row = {**t.row("inspections", line), "inspection_id": f"{SOME}b", "report_url": ""}
    row |= {"source_id": "ofsted-ilacs-outcomes-2025", "published_date": ""}
    t.rows["inspections"].insert(line - 1, row)
    place = t.line("judgements", inspection_id=SOME) + 3
    judgement = {**t.row("judgements", place), "inspection_id": f"{SOME}b"}
    judgement |= {"source_id": row["source_id"], "certainty": "restated"}
    t.rows["judgements"].insert(place - 1, judgement)
    return [f"inspections.csv:{line + 1} inspection_id: has the same days as {SOME!r}"]


@rule
def after_the_end_of_the_record(t):
    row = t.row("inspections", t.line("inspections", inspection_id="brent-ilacs-2026-05"))
    line = t.line("inspections", inspection_id="brent-ilacs-2026-05")
    end = data_complete_to()
    later = str((end + pd.Timedelta(days=3)).date())
    t.put("inspections", line, published_date=later)
    t.put("sources", t.line("sources", source_id=row["source_id"]), published_date=later)
    return [
        f"inspections.csv:{line} published_date: {later} is after the end of the record "
        f"(completeTo: {end.date()})"
    ]


@rule
def page_0(t):
    line = in_judgement(t, "leaders", locator="page 0")
    return [f"judgements.csv:{line} locator: 'page 0' is no page of the report: write 'page 1'"]


@rule
def page_x(t):
    line = in_judgement(t, "leaders", locator="page x")
    return [f"judgements.csv:{line} locator: 'page x' is no page of the report: write 'page 1'"]


@rule
def neighbour_twice_in_a_list(t):
    first, line = t.lines("neighbours", model="2025", authority_id="barnet")[:2]
    name = t.row("neighbours", first)["neighbour_id"]
    t.put("neighbours", line, neighbour_id=name)
    return [f"neighbours.csv:{line} neighbour_id: {name!r} stands on line {first} already"]


@rule
def an_inadequate_key_judgement_under_a_better_whole(t):
    key = next(
        r["inspection_id"]
        for r in t.rows["judgements"]
        if (r["area_id"], r["grade"]) == ("overall", "good") and "-sif-" in r["inspection_id"]
    )
    line = t.line("judgements", inspection_id=key, area_id="leadership")
    t.put("judgements", line, grade="inadequate")
    whole = t.line("judgements", inspection_id=key, area_id="overall")
    return [
        f"judgements.csv:{whole} grade: 'good', but inadequate for leadership makes the whole "
        "inadequate"
    ]


def invisible(sign):
    def change(t):
        line = t.line("authorities", name="Barnet")
        t.put("authorities", line, name=f"Bar{sign}net")
        return [f"authorities.csv:{line} name: holds U+{ord(sign):04X}, which cannot be seen"]

    change.__name__ = f"invisible_{ord(sign):04X}"
    return rule(change)


for sign in ("\u200b", "\u202e", "\x00", "\x07", "\u00a0"):
    invisible(sign)


@rule
def inspection_of_half_a_year(t):
    line = t.line("inspections", inspection_id="devon-ilacs-2025-01")
    t.put("inspections", line, first_day="2024-03-30")
    wrong = "2024-03-30 is 293 days before the end, more than 183"
    return [f"inspections.csv:{line} first_day: {wrong}"]


@rule
def framework_from_within_a_month(t):
    line = t.put(
        "frameworks", t.line("frameworks", framework_id="slac"), first_inspection="2009-06-02"
    )
    return [f"frameworks.csv:{line} first_inspection: 2009-06-02 is not the first day of a month"]


@rule
def framework_until_within_a_month(t):
    line = t.put(
        "frameworks", t.line("frameworks", framework_id="slac"), last_inspection="2012-09-29"
    )
    return [f"frameworks.csv:{line} last_inspection: 2012-09-29 is not the last day of a month"]


@rule
def financial_year_that_does_not_end(t):
    line = in_inspection(t, date_precision="financial year", first_day="")
    return [
        f"inspections.csv:{line} last_day: 2019-03-08 is not the last day of its financial year "
        "(precision: financial year)"
    ]


@rule
def agreement_that_does_not_add_up(t):
    line = t.line("agreement", comparison_id="five-year-grades")
    t.put("agreement", line, ours_right="8")
    return [
        f"agreement.csv:{line} cells: 3009 cells, but agreeing, ours_right, theirs_right, "
        "both_right come to 3008"
    ]


@rule
def table_without_rows(t):
    t.rows["tile_grid"] = []
    return ["tile_grid.csv: has no rows"]


def test_several_faults_are_all_said_in_one_run_and_in_order(tables):
    together = [
        maximum, vocabulary, stray_spaces, sort_order_of_numbers, published_too_early,
        grade_misspelt, area_not_in_use, source_of_nothing, successor_begins_another_day,
        code_that_ends_before_it_begins, position_taken_twice,
    ]  # fmt: skip
    expected = list(itertools.chain.from_iterable(change(tables) for change in together))
    tables.save()
    found = check(".")
    assert Counter(map(str, found)) == Counter(expected)
    assert found == sorted(found)
    assert len({fault.file for fault in found}) > 5
    places = [(fault.file, fault.line) for fault in found]
    assert places == sorted(places)


def test_a_fault_in_words():
    assert str(Fault("a.csv", 3, "grade", "is wrong")) == "a.csv:3 grade: is wrong"
    assert str(Fault("a.csv", 3, "", "is empty")) == "a.csv:3: is empty"
    assert str(Fault("a.csv", 0, "", "is not there")) == "a.csv: is not there"


def test_a_folder_elsewhere_is_named_in_full(tables, tmp_path, monkeypatch):
    line = in_judgement(tables, "leaders", grade="gud")
    tables.save()
    (tmp_path / "other").mkdir()
    monkeypatch.chdir(tmp_path / "other")
    (fault,) = check(tables.folder)
    assert str(fault).startswith(f"{tables.folder / 'judgements.csv'}:{line} grade: 'gud' ")
    monkeypatch.chdir(tmp_path)
    (fault,) = check("data")
    assert fault.file == str((tables.folder / "judgements.csv").relative_to(tmp_path))


# Files that are not the tables described: nothing else can be checked then


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (b"locator,", b"", "judgements.csv:1: lacks the column locator"),
        (
            b"certainty\n", b"certainty,note\n",
            "judgements.csv:1: has a column that datapackage.json lacks: note",
        ),
        (
            b"locator,", b"place,",
            "judgements.csv:1: lacks the column locator and has a column that datapackage.json "
            "lacks: place",
        ),
        (
            b"inspection_id,area_id,", b"area_id,inspection_id,",
            "judgements.csv:1: should have the columns in this order, each once: "
            + ",".join(TABLES["judgements"].columns),
        ),
        (
            b"inspection_id,", b"\xef\xbb\xbfinspection_id,",
            "judgements.csv:1: starts with a byte order mark: save the file as UTF-8 without one",
        ),
        (
            b",page 1,", b",page \xa31,",
            "judgements.csv:2: is not UTF-8 text: save the file as UTF-8",
        ),
        (
            b",page 1,report\n", b",page 1\n",
            f"judgements.csv:2: has {len(TABLES['judgements'].fields) - 1} cells, "
            f"not {len(TABLES['judgements'].fields)}",
        ),
        (b",report\n", b",report\n\n", "judgements.csv:3: is empty"),
        (
            b",page 1,", b',"page\n1",',
            "judgements.csv:2: runs over several lines: is a quotation mark not closed, or not "
            "doubled?",
        ),
        (
            b",page 1,", b',"page" 1,',
            "judgements.csv:2: is not a row of a CSV table (',' expected after '\"'): is a "
            "quotation mark not closed, or not doubled?",
        ),
    ],
)  # fmt: skip
def test_a_file_that_is_not_its_table(tables, old, new, message):
    path = tables.folder / "judgements.csv"
    content = path.read_bytes()
    assert old in content
    path.write_bytes(content.replace(old, new, 1))
    assert faults() == [message]


@pytest.mark.sample(3)
@pytest.mark.parametrize("name", TABLES)
def test_a_file_that_is_missing_or_empty(tables, name):
    path = tables.tables[name].path
    path.write_bytes(b"")
    assert faults() == [f"{path.name}:1: is empty"]
    path.unlink()
    assert faults() == [f"{path.name}: cannot be read (No such file or directory)"]


def test_an_open_quotation_mark(tables):
    path = tables.folder / "authorities.csv"
    path.write_bytes(path.read_bytes().replace(b",Barnet,", b',"Barnet,'))
    (fault,) = faults()
    assert fault.startswith(f"authorities.csv:{tables.line('authorities', name='Barnet')}: ")
    assert fault.endswith(": is a quotation mark not closed, or not doubled?")


def test_faults_of_several_files_at_once(tables):
    (tables.folder / "sources.csv").unlink()
    path = tables.folder / "authorities.csv"
    path.write_bytes(path.read_bytes().replace(b"\n", b",\n"))
    with (tables.folder / "judgements.csv").open("ab") as file:
        file.write(b"\n\n")
    line = len(tables.rows["judgements"]) + 2
    found = faults()
    assert found[0].startswith("authorities.csv:1: has a column")
    assert found[1:] == [
        f"judgements.csv:{line}: is empty",
        f"judgements.csv:{line + 1}: is empty",
        "sources.csv: cannot be read (No such file or directory)",
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"{", "is not valid JSON (Expecting property name"),
        (b"\xff\xfe", "is not valid JSON ("),
        (b"{}", "the package lacks 'resources'"),
        (b"[]", "the whole file should be an object, not '[]'"),
        (b'{"resources": [{}]}', "table 1 lacks 'name'"),
        (b'{"resources": []}', "agreement: this table is not described"),
    ],
)
def test_a_data_package_that_is_none(tables, content, message):
    (tables.folder / "datapackage.json").write_bytes(content)
    first = faults()[0]
    assert first.startswith("datapackage.json")
    assert message in first


def test_a_folder_that_is_none(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert faults("nowhere") == [
        "nowhere/datapackage.json: cannot be read (No such file or directory)"
    ]


# How the files are written


def test_windows_line_ends(tables):
    for table in tables.tables.values():
        table.path.write_bytes(table.path.read_bytes().replace(b"\n", b"\r\n"))
    stamp.write_stamps(tables.folder)
    assert faults() == [
        f"{name}.csv: has Windows line ends; lines end in a plain newline"
        for name in sorted(TABLES)
    ]


def test_no_newline_at_the_end(tables):
    path = tables.folder / "authorities.csv"
    path.write_bytes(path.read_bytes()[:-1])
    stamp.write_stamps(tables.folder)
    assert faults() == ["authorities.csv: must end in one newline"]


@pytest.mark.parametrize("key", ["bytes", "hash", "rowCount"])
def test_stamps_that_are_not_the_tables(tables, key):
    path = tables.folder / "datapackage.json"
    described = json.loads(path.read_text(encoding="utf-8"))
    for resource in described["resources"]:
        resource[key] = "sha256:0" if key == "hash" else resource[key] + 1
    path.write_text(json.dumps(described), encoding="utf-8")
    assert faults() == [
        f"datapackage.json {name}: bytes, hash, rowCount are not those of {name}.csv as it is: "
        "'ofsted-analysis stamp' renews them"
        for name in sorted(TABLES)
    ]
    assert stamp.write_stamps(tables.folder) == list(TABLES)
    assert faults() == []
    assert stamp.write_stamps(tables.folder) == []
