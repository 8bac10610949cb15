"""Too little, too much, and nonsense: a sensible picture or a clear message."""

import pandas as pd
import pytest
from matplotlib.text import Text

import ofsted_analysis as oa
from ofsted_analysis import charts
from ofsted_analysis.tables.errors import DataError


@pytest.fixture(scope="module")
def one(make_judgements):
    """One inspection."""
    return make_judgements([("leeds", "ilacs", "2019-05-15", "overall", "good")])


@pytest.fixture(scope="module")
def none(few):
    return few.iloc[:0]


@pytest.mark.sample(1)
@pytest.mark.parametrize("size", ["print", "slide", (16, 14)])
def test_one_inspection_only(one, size, check_words):
    check_words(charts.national_picture(start="2019-01-01", data=one, size=size))
    check_words(charts.tile_map("2020-01-01", data=one, size=size))
    check_words(charts.grade_share(oa.as_at("2020-01-01", data=one), size=size))


def test_no_inspection(none, few_authorities, check_words):
    fig = charts.national_picture(data=none, start="2019-01-01", authorities=few_authorities)
    assert fig.message.startswith("No authority had a grade")
    check_words(fig)
    fig = charts.grade_share(oa.as_at("2020-01-01", data=none))
    assert "no authority had a grade to compare" in fig.message
    check_words(fig)
    fig = charts.tile_map("2020-01-01", data=none)
    assert "No authority had a grade" in fig.message
    check_words(fig)


def test_no_inspection_no_change(none, one):
    for judgements in (none, one):
        with pytest.raises(DataError, match="no pair"):
            charts.transition_matrix(data=judgements)
    with pytest.raises(DataError, match="There is no graded inspection"):
        charts.transition_flow(data=none)
    with pytest.raises(DataError, match="No authority has a grade"):
        charts.transition_flow(data=one, stages=("first", "latest"))


def test_one_pair(make_judgements, check_words):
    rows = [
        ("leeds", "ilacs", "2019-05-15", "overall", "good"),
        ("leeds", "ilacs", "2023-05-15", "overall", "outstanding"),
    ]
    two = make_judgements(rows)
    check_words(charts.transition_matrix(data=two))
    check_words(charts.transition_flow(data=two, stages=("first", "latest")))


def test_one_group_and_many(check_words):
    snapshot = oa.as_at("2025-03-31")
    check_words(charts.grade_share(snapshot[snapshot["region"] == "London"]))
    check_words(charts.grade_share(snapshot.assign(everyone="England"), by="everyone"))


def test_single_date(check_words):
    check_words(charts.national_picture(start="2020-12-01", end="2020-12-31", freq="YE"))


def test_many_dates(check_words):
    check_words(charts.national_picture(freq="ME"))


@pytest.mark.parametrize(
    "draw, words",
    [
        (lambda: charts.national_picture("nonsense"), "There is no theme"),
        (lambda: charts.national_picture(start="2026-01-01", end="2026-02-01"), "no date"),
        (lambda: charts.national_picture(start="2026-01-01", end="2025-02-01"), "is after end"),
        (lambda: charts.grade_share(by="nonsense"), "There is no column"),
        (lambda: charts.grade_share(oa.as_at().iloc[:0]), "no rows"),
        (lambda: charts.grade_share(pd.DataFrame({"a": [1]})), "these rows lack"),
        (lambda: charts.grade_share(bands=["nice"]), "bands must be"),
        (lambda: charts.tile_map(["2020-01-01"] * 3), "one date or two"),
        (lambda: charts.tile_map([]), "one date or two"),
        (lambda: charts.tile_map("yesterday-ish"), "is not a date"),
        (lambda: charts.transition_flow(stages=("first",)), "two rounds"),
        (lambda: charts.transition_flow(stages=("first", "ninth")), "A round is"),
        (lambda: charts.transition_flow(stages=("first", "sif")), "A round is"),
        (lambda: charts.framework_crosswalk(themes=["nonsense"]), "No area has the theme"),
    ],
)
def test_nonsense_is_explained(draw, words):
    with pytest.raises(DataError, match=words):
        draw()


def test_a_snapshot_without_any_grade_knows_its_day():
    fig = charts.grade_share(oa.as_at("2012-03-31"), by="region")
    said = " ".join(text.get_text() for text in fig.findobj(Text)).replace("\n", " ")
    assert (
        "inspections that ended by 31 March 2012" in said and "2026" not in said.split("data v")[0]
    )
    assert "On 31 March 2012, no authority had a grade to compare" in said
    assert charts.chart_data(fig)["region"].tolist()[-1] == "England" and len(fig.drawn) == 10


def test_grades_of_one_authority_are_no_separate_cases():
    rows = pd.concat([oa.as_at("2025-03-31", theme) for theme in ("leadership", "overall")])
    with pytest.raises(DataError, match="more than once"):
        charts.grade_share(rows, by="area")
    fig = charts.grade_share(rows, by="area", title="Two themes")
    assert fig.message == "Two themes"
