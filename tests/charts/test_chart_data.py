"""What charts draw and say, against counts made by hand from the judgements."""

from datetime import date

import pandas as pd
import pytest

import ofsted_analysis as oa
from ofsted_analysis import charts

DAY = pd.Timestamp("2019-12-31")


@pytest.fixture(scope="module")
def latest_overall():
    """Latest overall grade of each authority that existed on the day, counted in plain Python."""
    there = {
        a.authority_id
        for a in oa.load_authorities().itertuples()
        if not a.opened > DAY and not a.closed < DAY
    }
    found = {}
    rows = oa.load_judgements()
    for row in rows[rows["theme"] == "overall"].itertuples():
        counts = row.last_day <= DAY and row.authority_id in there and isinstance(row.grade, str)
        if counts and found.get(row.authority_id, (pd.Timestamp.min,))[0] < row.last_day:
            found[row.authority_id] = (row.last_day, row.grade)
    return {name: grade for name, (_, grade) in found.items()}, len(there)


def test_national_picture_counts(latest_overall):
    grades, total = latest_overall
    data = charts.chart_data(charts.national_picture(start="2018-06-01", end=DAY))
    last = data[data["date"] == DAY].set_index("part")["n"]
    for grade in ("inadequate", "requires improvement", "good", "outstanding"):
        assert last[grade] == sum(g == grade for g in grades.values())
    assert last.sum() == total == 151
    assert last["not yet inspected"] == total - len(grades)


def test_national_picture_agrees_with_panel():
    data = charts.chart_data(charts.national_picture("help_and_protection", start="2011-01-01"))
    counts = oa.over_time("2011-01-01", oa.data_complete_to(), "QE", "help_and_protection")
    counts = counts[counts["date"].dt.month.isin([6, 12])]
    third = data[data["part"].isin(["adequate", "requires improvement"])]
    assert (
        third.groupby("date")["n"].sum().tolist() == counts[counts["band"] == "third"]["n"].tolist()
    )
    assert (data.groupby("date")["n"].sum() == data.groupby("date")["authorities"].first()).all()


def test_shares_by_region(latest_overall):
    grades, _ = latest_overall
    regions = oa.load_authorities().set_index("authority_id")["region"]
    fig = charts.grade_share(date=date(2019, 12, 31))
    data = charts.chart_data(fig).set_index("region")
    for region in regions.unique():
        own = [grade for name, grade in grades.items() if regions[name] == region]
        assert data.loc[region, "graded"] == len(own)
        assert data.loc[region, "n"] == sum(grade in ("good", "outstanding") for grade in own)
    assert data.index.tolist() == [*sorted(regions.unique()), "England"]
    good = sum(grade in ("good", "outstanding") for grade in grades.values())
    assert f"{good} of {len(grades)} authorities in England" in fig.message
    assert data.loc["England", ["n", "graded"]].tolist() == [good, len(grades)]


def test_map_draws_every_authority(latest_overall):
    grades, total = latest_overall
    fig = charts.tile_map(DAY)
    data = charts.chart_data(fig).set_index("authority_id")
    assert len(data) == total
    assert data["grade"].dropna().to_dict() == grades
    bad = sum(grade == "inadequate" for grade in grades.values())
    assert charts.alt_text(fig).startswith("Map of England")
    assert f"{bad} of {len(grades)} graded authorities were graded inadequate" in fig.message


def test_matrix_and_flow_count_pairs():
    pairs = oa.transitions("overall", within="ilacs")
    fig = charts.transition_matrix(pairs)
    data = charts.chart_data(fig)
    up = sum(
        (row.from_band, row.to_band) in {("third", "good"), ("good", "outstanding"),
        ("inadequate", "third"), ("inadequate", "good"), ("third", "outstanding"),
        ("inadequate", "outstanding")} for row in pairs.itertuples()
    )  # fmt: skip
    assert data["n"].sum() == len(pairs)
    assert f"Of {len(pairs)} inspections that followed another, {up} found a better" in fig.message
    flow = charts.chart_data(charts.transition_flow(stages=("ilacs first", "ilacs second")))
    several = oa.load_judgements().query("area_id == 'overall' and framework_id == 'ilacs'")
    several = several[several["grade"].notna()].groupby("authority_id", observed=True).size()
    assert flow["n"].sum() == (several >= 2).sum()


def test_one_inspection_is_no_change(few):
    flow = charts.transition_flow(stages=("first", "latest"), data=few)
    counts = few.groupby("authority_id", observed=True)["inspection_id"].nunique()
    assert charts.chart_data(flow)["n"].sum() == (counts > 1).sum()


def test_alt_text_of_the_few(few, few_authorities):
    fig = charts.national_picture(
        start="2014-12-01",
        end="2016-12-31",
        freq="2YE",
        data=few,
        authorities=few_authorities,
    )
    assert charts.alt_text(fig) == (
        "Stacked bar chart of how many local authorities in England had each grade for "
        "overall effectiveness at 2 dates from 31 December 2014 to 31 December 2016. "
        "4 of 11 graded authorities were graded good or outstanding overall in December 2016; "
        "3 were graded inadequate then."
    )
    data = charts.chart_data(fig)
    last = data[data["date"] == "2016-12-31"].set_index("part")["n"]
    assert last[last > 0].to_dict() == {
        "inadequate": 3,
        "requires improvement": 4,
        "good": 4,
        "not yet inspected": 1,
    }
