"""Letters about visits into the tables, and the rules that visits keep."""

import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from ofsted_analysis.curation import stamp
from ofsted_analysis.curation.add import (
    add_reports,
    read_again,
    remove_inspections,
    write_rows,
)
from ofsted_analysis.curation.checks import check
from ofsted_analysis.curation.index import IndexEntry
from ofsted_analysis.curation.reports import Letter
from ofsted_analysis.tables import load
from ofsted_analysis.tables.errors import DataError

LETTER = Letter(
    file=Path("letter.pdf"),
    authority_id="york",
    first_day=date(2025, 11, 4),
    last_day=date(2025, 11, 5),
    published_date=date(2025, 12, 2),
    theme="front door",
    priority_action=True,
    areas_for_priority_action=2,
    page=3,
)
URN = "80453"


def add(folder, *letters, index=None):
    return add_reports([], index or {}, data_dir=folder, reports=letters)


@pytest.fixture(scope="module")
def with_letter(original, tmp_path_factory):
    """The tables with the letter added, to be copied."""
    folder = tmp_path_factory.mktemp("with-letter") / "data"
    shutil.copytree(original, folder)
    assert add(folder, LETTER).added
    return folder


def visits(folder):
    return {row["visit_id"]: row for row in load.rows("visits", folder)}


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_letter_needs_no_address(data):
    outcome = add(data, LETTER)
    assert outcome.added == ["york-focused-visit-2025-11"] and outcome.faults == []
    row = visits(data)["york-focused-visit-2025-11"]
    assert row == {
        "visit_id": "york-focused-visit-2025-11", "authority_id": "york", "kind": "focused visit",
        "first_day": "2025-11-04", "last_day": "2025-11-05", "date_precision": "day",
        "published_date": "2025-12-02", "theme": "front door", "priority_action": "yes",
        "areas_for_priority_action": "2", "source_id": f"ofsted-page-{URN}", "locator": "page 3",
    }  # fmt: skip
    (source,) = (r for r in load.rows("sources", data) if r["source_id"] == row["source_id"])
    assert source["url"].endswith(f"/provider/44/{URN}")
    assert check(data) == []


def test_where_its_address_is_known_that_is_its_source(data):
    address = "https://files.ofsted.gov.uk/v1/file/59999999"
    index = {"letter.pdf": IndexEntry(address, "2025-12-03", URN)}
    assert add(data, LETTER, index=index).faults == []
    row = visits(data)["york-focused-visit-2025-11"]
    assert (row["source_id"], row["published_date"]) == ("ofsted-59999999", "2025-12-03")


def test_what_was_added_is_there_already_and_can_be_taken_out(data):
    before = contents(data)
    add(data, LETTER)
    again = add(data, LETTER)
    assert (again.added, again.already_there) == ([], ["york-focused-visit-2025-11"])
    assert remove_inspections(["york-focused-visit-2025-11"], data_dir=data) == []
    assert contents(data) == before


def test_two_visits_of_one_month_are_told_apart(data):
    later = replace(LETTER, first_day=date(2025, 11, 25), last_day=date(2025, 11, 26))
    assert add(data, LETTER, later).added == [
        "york-focused-visit-2025-11", "york-focused-visit-2025-11b",
    ]  # fmt: skip
    assert check(data) == []


@pytest.mark.parametrize(
    ("change", "index", "message"),
    [
        ({"first_day": None, "last_day": None}, {}, "leaves open: days"),
        ({"published_date": None}, {}, "leaves open: date"),
        ({"priority_action": None}, {}, "leaves open: priority action"),
        ({}, {"letter.pdf": IndexEntry("", "2025-12-02", "80418")}, "the index has URN 80418"),
    ],
)
def test_what_a_letter_leaves_open_is_not_guessed(data, change, index, message):
    before = contents(data)
    outcome = add(data, replace(LETTER, **change), index=index)
    ((file, reason),) = outcome.refused
    assert file == LETTER.file and message in reason
    assert contents(data) == before


def test_one_refused_leaves_the_others_out_too(data):
    before = contents(data)
    other = replace(LETTER, file=Path("other.pdf"), authority_id="leeds", last_day=None)
    assert add(data, LETTER, other).refused
    assert contents(data) == before


def test_a_letter_has_no_digest_of_its_own(data):
    ((_, reason),) = read_again([], {}, data_dir=data, reports=[LETTER]).refused
    assert "letter about a visit" in reason


def test_there_is_no_such_visit(data):
    with pytest.raises(DataError, match="no inspection or visit york-focused-visit-2031-01"):
        remove_inspections(["york-focused-visit-2031-01"], data_dir=data)


@pytest.mark.parametrize(
    ("change", "column", "message"),
    [
        ({"visit_id": "york-focused-visit-2025-12"}, "visit_id", "should be"),
        ({"first_day": "2025-11-06"}, "first_day", "after the last day"),
        ({"first_day": "2025-09-01"}, "first_day", "more than a focused visit lasts"),
        ({"first_day": ""}, "first_day", "is empty though"),
        ({"date_precision": "month", "first_day": ""}, "last_day", "not the last day of its month"),
        ({"published_date": "2025-11-01"}, "published_date", "before the last day"),
        ({"published_date": "2026-12-01"}, "published_date", "after the end of the record"),
        ({"areas_for_priority_action": "0"}, "areas_for_priority_action", "priority_action is yes"),
        ({"priority_action": "no"}, "areas_for_priority_action", "priority_action is no"),
        ({"theme": "schools"}, "theme", "schools"),
        (
            {"visit_id": "york-focused-visit-2016-11", "first_day": "2016-11-29",
             "last_day": "2016-11-30"},
            "last_day", "there was no focused visit before 2018-01-01",
        ),
        (
            {"visit_id": "cumbria-focused-visit-2025-11", "authority_id": "cumbria"},
            "authority_id", "existed from before 2009 to 2023-03-31",
        ),
        (  # York was inspected from 14 to 25 March 2022
            {"visit_id": "york-focused-visit-2022-03", "first_day": "2022-03-15",
             "last_day": "2022-03-16"},
            "first_day", "lies within the inspection 'york-ilacs-2022-03'",
        ),
    ],
)  # fmt: skip
@pytest.mark.sample(5)
def test_a_visit_that_breaks_a_rule_is_found(with_letter, tmp_path, change, column, message):
    data = shutil.copytree(with_letter, tmp_path / "data")
    rows = [
        row | change if row["visit_id"] == "york-focused-visit-2025-11" else row
        for row in load.rows("visits", data)
    ]
    write_rows(data, "visits", rows)
    stamp.write_stamps(data)
    found = [f for f in check(data) if f.column == column and message in f.message]
    assert len(found) == 1 and found[0].file.endswith("visits.csv")
