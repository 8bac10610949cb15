"""A review of a safeguarding board alone counts for the board and for nothing else."""

import pandas as pd
import pytest

import ofsted_analysis as oa
from ofsted_analysis import charts
from ofsted_analysis.analysis.coverage import kinds_known
from ofsted_analysis.analysis.judgements import judgements_wide

REVIEW = "surrey-sif-2015-06"


def surrey(day, theme, published_by=None):
    return oa.as_at(day, theme, published_by).set_index("authority_id").loc["surrey"]


def test_it_gives_the_boards_grade_from_its_last_day():
    assert surrey("2015-06-16", "lscb")["reason"] == "judgement not made"
    row = surrey("2015-06-17", "lscb")
    assert (row["inspection_id"], row["grade"]) == (REVIEW, "requires improvement")


def test_it_counts_as_published_on_its_own_day():
    assert surrey("2016-03-31", "lscb", "2015-08-02")["reason"] == "judgement not made"
    assert surrey("2016-03-31", "lscb", "2015-08-03")["grade"] == "requires improvement"


@pytest.mark.parametrize("theme", [t for t in oa.themes() if t != "lscb"])
def test_it_displaces_nothing_else(theme):
    assert REVIEW not in set(oa.judgements_on(theme)["inspection_id"])


def test_surrey_stays_inadequate_until_the_inspection_of_2018():
    for day in ("2015-06-17", "2016-03-31", "2018-03-21"):
        row = surrey(day, "overall")
        assert (row["inspection_id"], row["grade"]) == ("surrey-sif-2014-11", "inadequate")


def test_own_judgements_are_taken_the_same_way():
    own = oa.load_judgements()
    assert REVIEW not in set(oa.judgements_on("overall", data=own)["inspection_id"])
    counts = oa.over_time("2015-12-31", "2016-12-31", "YE", data=own)
    assert counts.equals(oa.over_time("2015-12-31", "2016-12-31", "YE"))


def test_it_is_in_no_count_of_inspections():
    assert REVIEW not in set(judgements_wide("sif")["inspection_id"])
    sif = kinds_known().set_index("framework").loc["sif"]
    assert (sif["inspections"], sif["known"]) == (173, 13)
    times = oa.time_since_inspection(date="2016-03-31").set_index("authority_id")
    assert pd.Timestamp(times.loc["surrey", "last_day"]) == pd.Timestamp("2014-11-12")
    figure = charts.timeline("Surrey", themes="all")
    assert any("from 6 inspections" in t.get_text().replace("\n", " ") for t in figure.texts)
