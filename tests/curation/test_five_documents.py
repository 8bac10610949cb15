"""The five documents that this project began with: every fact in them, found in the tables.

A council's committee minute on Wirral (2011), a press article on Norfolk (2013), a council's
announcement in Devon (2015), a director's slides in West Sussex (2019), a local news page on
Suffolk (2024).
"""

import pandas as pd
import pytest

from ofsted_analysis import load_inspections, load_judgements, load_sources, load_table

INSPECTIONS = load_inspections().set_index("inspection_id")
JUDGEMENTS = load_judgements()
FIELDWORK = load_table("fieldwork").astype({"inspection_id": str})
TALLIES = load_table("grade_tallies").astype({"inspection_id": str})
EVENTS = load_table("events").astype({"inspection_id": str, "authority_id": str})


def grades(inspection_id):
    """{area: grade} of one inspection."""
    own = JUDGEMENTS[JUDGEMENTS["inspection_id"] == inspection_id]
    return dict(zip(own["area_id"], own["grade"], strict=True))


def fieldwork(inspection_id):
    """{measure: value} of one inspection."""
    own = FIELDWORK[FIELDWORK["inspection_id"] == inspection_id]
    return dict(zip(own["measure"].astype(str), own["value"], strict=True))


def days(inspection_id):
    """First and last day of one inspection, as text."""
    row = INSPECTIONS.loc[inspection_id]
    return str(row["first_day"].date()), str(row["last_day"].date())


def events(authority_id):
    """The kinds of event that followed in one authority."""
    return set(EVENTS.loc[EVENTS["authority_id"] == authority_id, "kind"].astype(str))


# Wirral 2011


def test_wirral_was_inspected_for_two_weeks_in_winter_2011():
    assert days("wirral-slac-2011-02") == ("2011-01-24", "2011-02-04")


def test_wirral_had_thirteen_good_six_outstanding_and_three_adequate_of_22():
    own = TALLIES[TALLIES["inspection_id"] == "wirral-slac-2011-02"]
    counts = dict(zip(own["grade"].astype(str), own["count"], strict=True))
    assert counts == {"good": 13, "outstanding": 6, "adequate": 3}
    areas = load_table("judgement_areas")
    assert sum(counts.values()) == (areas["framework_id"] == "slac").sum() == 22


def test_wirral_grades_known_do_not_exceed_the_tally():
    known = pd.Series(grades("wirral-slac-2011-02")).value_counts()
    own = TALLIES[TALLIES["inspection_id"] == "wirral-slac-2011-02"]
    for grade, count in zip(own["grade"].astype(str), own["count"], strict=True):
        assert known.get(grade, 0) <= count, grade


def test_wirral_team_and_files():
    found = fieldwork("wirral-slac-2011-02")
    assert found["inspectors"] == 6  # a lead, three more, one shadowing, one for health
    assert found["inspectors_ofsted"] == 4
    assert found["inspectors_shadow"] == 1
    assert found["inspectors_cqc"] == 1
    assert found["case_files_in_depth"] == 20
    assert found["case_files_random"] == 29
    assert found["case_files"] == 49


def test_wirral_areas_for_development():
    found = fieldwork("wirral-slac-2011-02")
    assert found["points_for_improvement_safeguarding"] == 3
    assert found["points_for_improvement_lac"] == 4
    assert found["points_for_improvement"] == 7


def test_wirral_went_to_committee_and_got_an_action_plan():
    own = EVENTS[EVENTS["authority_id"] == "wirral"].set_index("kind")
    assert str(own.loc["reported to committee", "date"].date()) == "2011-03-15"
    assert own.loc["action plan", "inspection_id"] == "wirral-slac-2011-02"


# Norfolk 2013


def test_norfolk_2013_was_an_inspection_of_child_protection_in_january():
    assert days("norfolk-cp-2013-01") == ("2013-01-14", "2013-01-24")
    framework = load_table("frameworks").set_index("framework_id").loc["cp"]
    assert framework["notice"] == "unannounced"


def test_norfolk_2013_was_inadequate():
    assert grades("norfolk-cp-2013-01")["overall"] == "inadequate"


def test_norfolk_had_an_inspection_in_2011_before_it():
    assert INSPECTIONS.loc["norfolk-slac-2011-12", "date_precision"] == "year"


def test_norfolk_promised_a_plan_and_got_a_board():
    assert {"action plan", "improvement board"} <= events("norfolk")


# Devon 2015


def test_devon_2015_grades_are_the_six_announced():
    found = grades("devon-sif-2015-03")
    found.pop("lscb")
    assert found == {
        "overall": "requires improvement",
        "help_and_protection": "requires improvement",
        "looked_after": "requires improvement",
        "adoption": "good",
        "care_leavers": "inadequate",
        "leadership": "requires improvement",
    }


def test_devon_2015_report_came_out_on_the_day_announced():
    assert str(INSPECTIONS.loc["devon-sif-2015-03", "published_date"].date()) == "2015-05-12"


def test_devon_2015_points_to_improve():
    found = fieldwork("devon-sif-2015-03")
    assert found["points_in_council_summary"] == 7
    assert found["points_for_improvement"] == 25  # of the report itself
    assert "action plan" in events("devon")


# West Sussex 2019


def test_west_sussex_2019_days():
    assert days("west-sussex-ilacs-2019-03") == ("2019-02-25", "2019-03-08")


def test_west_sussex_2019_fieldwork():
    found = fieldwork("west-sussex-ilacs-2019-03")
    assert found["inspectors"] == 7
    assert found["documents"] == 150
    assert found["audit_months"] == 6
    assert found["data_lists"] == 11
    assert found["staff_interviewed"] == 100
    assert found["case_files"] == 687
    assert found["points_in_council_summary"] == 11


def test_west_sussex_counts_over_150_and_over_100_are_marked_as_at_least():
    own = FIELDWORK[FIELDWORK["inspection_id"] == "west-sussex-ilacs-2019-03"]
    notes = dict(zip(own["measure"].astype(str), own["note"], strict=True))
    assert notes["documents"] == notes["staff_interviewed"] == "at least"


def test_west_sussex_2019_was_inadequate_in_all_four_judgements():
    assert set(grades("west-sussex-ilacs-2019-03").values()) == {"inadequate"}


@pytest.mark.parametrize(
    "kind",
    [
        "statutory direction",
        "commissioner appointed",
        "improvement board",
        "action plan",
        "action planning meeting",
        "monitoring visits",
    ],
)
def test_west_sussex_2019_next_steps(kind):
    own = EVENTS[EVENTS["authority_id"] == "west-sussex"]
    assert (own.loc[own["kind"] == kind, "inspection_id"] == "west-sussex-ilacs-2019-03").any()


# Suffolk 2024


def test_suffolk_2024_grades():
    assert grades("suffolk-ilacs-2024-06") == {
        "leaders": "requires improvement",
        "help_and_protection": "requires improvement",
        "in_care": "good",
        "care_leavers": "requires improvement",
        "overall": "requires improvement",
    }


def test_suffolk_2024_report_came_out_on_the_day_of_the_news():
    assert str(INSPECTIONS.loc["suffolk-ilacs-2024-06", "published_date"].date()) == "2024-08-21"


def test_suffolk_2024_seven_points_plan_by_september_and_board():
    assert fieldwork("suffolk-ilacs-2024-06")["points_for_improvement"] == 7
    own = EVENTS[EVENTS["authority_id"] == "suffolk"].set_index("kind")
    assert str(own.loc["action plan", "date"].date()) == "2024-09-30"
    assert own.loc["improvement board", "inspection_id"] == "suffolk-ilacs-2024-06"


# All five


@pytest.mark.parametrize(
    "source_id",
    [
        "wirral-council-nd-slac-inspection-report-item",
        "operation-fatherhood-nd-norfolk-rated-inadequate",
        "devon-council-2015-ofsted-inspection-announcement",
        "sambuz-2019-west-sussex-ofsted-slides",
        "hadleigh-nub-news-2024-positive-efforts",
    ],
)
def test_each_document_is_a_source_with_an_address(source_id):
    source = load_sources().set_index("source_id").loc[source_id]
    assert source["url"].startswith("http")
