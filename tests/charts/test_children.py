"""National counts say what share of England's children that is, once their number is known."""

import pandas as pd
import pytest

import ofsted_analysis as oa
from ofsted_analysis import charts
from ofsted_analysis.charts.notes import whose_children


@pytest.mark.parametrize(
    ("draw", "bands"),
    [
        (lambda day: charts.national_picture(start="2018-01-01", end=day), ["good", "outstanding"]),
        (charts.tile_map, ["inadequate"]),
    ],
)
def test_the_children_are_in_the_words_from_2021_on(draw, bands):
    said = whose_children(pd.Timestamp("2024-06-30"), "overall", bands)
    assert said.endswith("(children counted in March 2024).")
    assert said in charts.alt_text(draw("2024-06-30"))
    assert "children lived" not in charts.alt_text(draw("2020-12-31"))


def test_the_share_is_that_of_the_children_of_those_authorities():
    rows = oa.with_context(oa.as_at("2026-03-31", "leadership"), "children_0_17", date="2026-03-31")
    upper = rows["band"].isin(["good", "outstanding"])
    share = rows.loc[upper, "children_0_17"].sum() / rows["children_0_17"].sum()
    said = whose_children(pd.Timestamp("2026-03-31"), "leadership", ["good", "outstanding"])
    assert f"{share:.0%} of England's children" in said


def test_of_rows_of_ones_own_nothing_is_said():
    own = oa.as_at("2025-03-31")
    assert "children lived" not in charts.alt_text(charts.tile_map(own))
    data = oa.load_judgements()
    assert "children lived" not in charts.alt_text(charts.national_picture(data=data))
