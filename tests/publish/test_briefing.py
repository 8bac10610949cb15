"""What a briefing on one authority says."""

import pandas as pd
import pytest

import ofsted_analysis as oa
from ofsted_analysis import charts
from ofsted_analysis.publish import briefing
from ofsted_analysis.publish.briefing import when


def row(authority, theme, date):
    return briefing.standing(authority, date).set_index("theme").loc[theme]


def about(authority, date=None):
    return briefing.caveats(authority, date)["about"].tolist()


# Where an authority stands ------------------------------------------------------------------


@pytest.mark.sample(1)
@pytest.mark.parametrize("date", ["2013-09-01", "2016-03-31", "2026-08-22"])
def test_standing_is_that_of_the_snapshot(date):
    for name in ("Norfolk", "Isles of Scilly", "Leeds"):
        for found in briefing.standing(name, date).itertuples():
            snapshot = oa.as_at(date, found.theme, published_by=date).set_index("authority")
            same = snapshot.loc[name]
            for column in ("grade", "reason", "inspection_id", "days_since"):
                one, other = getattr(found, column), same[column]
                assert (pd.isna(one) and pd.isna(other)) or one == other


def test_a_report_not_yet_out_does_not_count():
    assert row("Devon", "overall", "2015-05-11")["reason"] == "not yet inspected"
    assert row("Devon", "overall", "2015-05-12")["grade"] == "requires improvement"
    assert "not yet published" in about("Devon", "2015-05-11")
    assert "not yet published" not in about("Devon", "2015-05-12")


def test_the_grade_before_and_whether_they_compare():
    overall = row("Norfolk", "overall", "2026-08-22")
    assert (overall["previous_grade"], overall["steps"], overall["comparable"]) == ("good", 1, True)
    leavers = row("Norfolk", "care_leavers", "2026-08-22")
    assert leavers["previous_framework_id"] == "sif" and not leavers["comparable"]


def test_what_stands_side_by_side_before_2013_is_current():
    norfolk = briefing.standing("Norfolk", "2013-09-01").set_index("theme")["current"]
    assert norfolk["help_and_protection"] and norfolk["children_in_care"]  # a cp and a lac
    assert not row("Norfolk", "adoption", "2026-08-22")["current"]


def test_a_new_authority_stands_nowhere_yet():
    dorset = briefing.standing("Dorset", "2020-01-01")
    assert set(dorset["reason"]) == {"not yet inspected"} and dorset["previous_grade"].isna().all()
    assert "overall" in set(dorset["theme"])


def test_before_the_first_framework_there_is_nothing():
    assert briefing.standing("Leeds", "2009-01-31").empty
    assert briefing.summary("Leeds", "2009-01-31").startswith("Leeds had no grade")


def test_an_authority_of_another_time_is_refused():
    with pytest.raises(oa.UnknownAuthorityError, match="closed on 31 March 2023"):
        briefing.standing("Cumbria", "2024-01-01")


# Caveats ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("authority", "date", "expected"),
    [
        ("Cumberland", None, ["new authority", "one inspection"]),
        ("Cumbria", "2021-01-01", ["old grades", "imprecise dates"]),
        ("Cumbria", "2023-03-31", ["former authority"]),
        ("City of London", None, ["few children"]),
        ("Devon", "2013-01-01", ["no overall grade", "second hand"]),
        ("Dorset", "2020-01-01", ["new authority", "not yet inspected"]),
        ("Norfolk", "2022-12-31", ["not yet published"]),
        ("Norfolk", "2023-02-01", ["care leavers"]),
        ("Devon", None, ["two visits"]),
    ],
)
def test_caveats_that_apply(authority, date, expected):
    assert set(expected) <= set(about(authority, date))


def test_no_overall_grade_since_april_2026():
    today = oa.as_at()
    without = today.loc[today["reason"] == "judgement not made", "authority_id"]
    assert len(without)
    for authority_id in without[:2]:
        assert "no overall grade" in about(authority_id)
    assert "no overall grade" not in about("Norfolk")


# Words --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("precision", "expected"),
    [("day", "30 April 2012"), ("month", "April 2012"), ("year", "2012")],
)
def test_dates_say_no_more_than_is_known(precision, expected):
    day = pd.Timestamp("2012-04-30")
    assert when(pd.Series({"date": day, "date_precision": precision})) == expected

    assert when(pd.Series({"last_day": pd.NaT, "date_precision": None})) == ""


def test_events_up_to_the_day():
    assert len(briefing.known_events("West Sussex")) == 11
    assert briefing.known_events("West Sussex", "2019-01-01").empty
    assert list(briefing.known_events("Leeds")) == ["when", "event", "status", "note", "source_id"]


# The timeline up to a day -------------------------------------------------------------------


def test_a_timeline_up_to_a_day_holds_nothing_later():
    data = charts.chart_data(charts.timeline("Norfolk", date="2015-10-19", events=True))
    assert data["last_day"].max() == pd.Timestamp("2014-09-30")  # the board's end
    data = charts.chart_data(charts.timeline("Norfolk", date="2015-10-20"))
    assert data["last_day"].max() == pd.Timestamp("2015-07-30")  # its report came out
    with pytest.raises(oa.DataError, match="by 31 January 2009"):
        charts.timeline("Norfolk", date="2009-01-31")


def test_a_summary_hides_no_grade_of_inadequate_that_is_known():
    leeds = briefing.summary("Leeds", "2012-03-31")
    assert leeds.startswith("Leeds was graded adequate for help and protection (October 2011)")
    assert "inadequate before (December 2009)" in leeds
    norfolk = briefing.summary("Norfolk", "2026-08-22")
    assert "outstanding" in norfolk and "; its latest grade for capacity to improve" in norfolk
    assert "inadequate" not in briefing.summary("Cumberland", "2026-03-31")


@pytest.mark.parametrize("authority", ["BCP", "Dorset", "dorset-county-council"])
def test_of_dorset_county_council_only_christchurch_went_elsewhere(authority):
    date = "2019-03-31" if authority.endswith("council") else None
    told = " ".join(briefing.caveats(authority, date)["caveat"])
    assert "Christchurch only" in told or "all but Christchurch" in told


def test_neighbours_are_alike_in_families_and_places():
    told = " ".join(briefing.caveats("Norfolk")["caveat"])
    assert "alike in the families and places that they serve" in told and "population" not in told
