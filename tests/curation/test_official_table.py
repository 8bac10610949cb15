"""The tables agree with Ofsted's own table of ILACS inspections (to 2025), in every cell."""

import csv
from pathlib import Path

import pytest

from ofsted_analysis.tables import load

with (Path(__file__).parents[1] / "data" / "ofsted_ilacs_history_2025.csv").open(
    encoding="utf-8"
) as f:
    OFFICIAL = list(csv.DictReader(f))

TYPES = {"ILACS Standard Inspection": "standard", "ILACS Short Inspection": "short"}
AREAS = {
    "overall_effectiveness": "overall",
    "impact_of_leaders": "leaders",
    "help_and_protection": "help_and_protection",
    "children_in_care": "in_care",
    "care_leavers": "care_leavers",
}


def plain(grade):
    return grade.lower().removesuffix(" to be good")


def expected(row):
    """The judgements of an official row; one on children in care and care leavers until 2022."""
    grades = {area: plain(row[column]) for column, area in AREAS.items() if row[column]}
    if "care_leavers" not in grades:
        grades["care_and_care_leavers"] = grades.pop("in_care")
    return grades


@pytest.fixture(scope="module")
def inspections():
    """ILACS inspections with their grades, by ONS code (any there has been) and first day."""
    codes = {}
    for row in load.rows("authority_codes"):
        codes.setdefault(row["authority_id"], []).append(row["code"])
    grades = {}
    for row in load.rows("judgements"):
        grades.setdefault(row["inspection_id"], {})[row["area_id"]] = row["grade"]
    return {
        (code, row["first_day"]): {**row, "grades": grades[row["inspection_id"]]}
        for row in load.rows("inspections")
        if row["framework_id"] == "ilacs"
        for code in codes[row["authority_id"]]
    }


def test_the_official_table_is_whole():
    assert len(OFFICIAL) == 271
    assert len({(row["ons_code"], row["first_day"]) for row in OFFICIAL}) == 271
    assert {row["inspection_type"] for row in OFFICIAL} == TYPES.keys()
    until = {row["first_day"][:4] for row in OFFICIAL if not row["care_leavers"]}
    assert max(until) == "2022"
    assert min(row["first_day"] for row in OFFICIAL if row["care_leavers"]) >= "2023"


@pytest.mark.published
def test_every_official_inspection_is_in_the_tables(inspections):
    missing = [
        (row["authority"], row["first_day"])
        for row in OFFICIAL
        if (row["ons_code"], row["first_day"]) not in inspections
    ]
    assert missing == []


@pytest.mark.published
@pytest.mark.parametrize(
    ("what", "theirs", "ours"),
    [
        ("published", lambda r: r["published_date"], lambda r: r["published_date"]),
        ("type", lambda r: TYPES[r["inspection_type"]], lambda r: r["inspection_type"]),
        ("grades", expected, lambda r: r["grades"]),
    ],
)
def test_every_cell_agrees(inspections, what, theirs, ours):
    differing = {}
    for row in OFFICIAL:
        own = inspections[row["ons_code"], row["first_day"]]
        if theirs(row) != ours(own):
            differing[own["inspection_id"]] = (theirs(row), ours(own))
    assert differing == {}, what


def test_the_tables_have_no_other_inspection_of_that_time(inspections):
    """Nothing that Ofsted had published by the last day in its table is missing from it."""
    official = {(row["ons_code"], row["first_day"]) for row in OFFICIAL}
    known = {inspections[key]["inspection_id"] for key in official if key in inspections}
    last = max(row["published_date"] for row in OFFICIAL)
    surplus = {
        row["inspection_id"]
        for row in inspections.values()
        if row["published_date"] <= last and row["inspection_id"] not in known
    }
    assert surplus == set()
