"""Visits and the grades around them, gaps between inspections, days until publication."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import ofsted_analysis as oa
from ofsted_analysis.analysis import visits

THEMES = ["overall", "help_and_protection", "leadership"]


@pytest.mark.parametrize("theme", THEMES)
def test_grades_before_and_after_are_those_that_a_loop_finds(theme):
    found = visits.visits_with_grades(theme)
    assert found["visit_id"].tolist() == oa.load_visits()["visit_id"].tolist()
    history = oa.judgements_on(theme)
    for row in found.sample(40, random_state=1).itertuples():
        began = row.last_day if pd.isna(row.first_day) else row.first_day
        own = history[history["authority_id"] == row.authority_id]
        before, after = own[own["last_day"] < began], own[own["last_day"] > row.last_day]
        then = before["grade"].iloc[-1] if len(before) else None
        later = after["grade"].iloc[0] if len(after) else None
        assert row.grade_then == then or (pd.isna(row.grade_then) and pd.isna(then))
        assert row.next_grade == later or (pd.isna(row.next_grade) and pd.isna(later))
        if pd.notna(row.grade_then) and pd.notna(row.next_grade):
            side = np.sign(after["band"].cat.codes.iloc[0] - before["band"].cat.codes.iloc[-1])
            assert row.next_direction == {-1: "down", 0: "same", 1: "up"}[side]
        else:
            assert pd.isna(row.next_direction)


def test_a_visit_to_a_new_authority_has_no_grade_of_its_predecessors():
    found = visits.visits_with_grades()
    new = found[found["authority_id"] == "bournemouth-christchurch-and-poole"]
    early = new[new["last_day"] < "2021-12-01"]
    assert early["grade_then"].isna().all()


@given(st.data())
def test_gaps_are_those_between_one_inspection_and_the_next(judgement_frames, draw):
    frame = draw.draw(judgement_frames(most=12))
    theme = draw.draw(st.sampled_from(THEMES))
    gaps = visits.inspection_gaps(theme, data=frame)
    expected = []
    for _, own in oa.judgements_on(theme, data=frame).groupby("authority_id", observed=True):
        days = own["last_day"].tolist()
        expected += [(b - a).days for a, b in pairwise(days)]
    assert gaps["days"].tolist() == expected
    known = gaps["days_to_first"].dropna()
    assert (known <= gaps.loc[known.index, "days"]).all()


def test_a_summary_has_every_gap_between_its_ends():
    gaps = visits.inspection_gaps(within="ilacs")
    found = visits.gap_summary(gaps).set_index("grade_before")
    assert found["n"].sum() == gaps["grade_before"].notna().sum()
    for grade, own in gaps.groupby("grade_before", observed=True):
        row = found.loc[grade]
        assert (row["shortest"], row["longest"]) == (own["days"].min(), own["days"].max())
        quartiles = np.percentile(own["days"], [25, 50, 75]).round()
        assert row[["lower_quartile", "median", "upper_quartile"]].tolist() == quartiles.tolist()
    with pytest.raises(oa.DataError, match="no column 'grade'"):
        visits.gap_summary(gaps, "grade")


@pytest.mark.parametrize("day", ["2019-12-31", "2023-06-30", "2026-03-31"])
def test_a_gap_so_far_knows_nothing_of_later(day):
    later = oa.load_judgements().query("last_day <= @day")
    for name in ("Norfolk", "Leeds", "Isles of Scilly"):
        found = visits.gap_so_far(name, day)
        assert found.equals(visits.gap_so_far(name, day, data=later))
        assert found["days"] == (pd.Timestamp(day) - found["last_day"]).days
        assert 0 <= found["shorter"] <= found["n"]


def test_who_was_never_inspected_has_no_gap():
    with pytest.raises(oa.DataError, match="had not been inspected by 2020-01-01"):
        visits.gap_so_far("Dorset", "2020-01-01")


def test_no_report_is_out_before_the_inspection_ended():
    lags = visits.publication_lags()
    assert (lags["days"] >= 0).all() and lags["days"].max() < 400
    assert {"SIF", "ILACS", "joint targeted area inspection"} <= set(lags["what"])


def test_what_is_at_hand_is_said_with_its_numbers():
    note = visits.at_hand_note()
    table = oa.load_visits()
    kinds = oa.load_table("visit_kinds").set_index("kind")
    for kind, own in table.groupby("kind", observed=True):
        assert f"{len(own)}" in visits.at_hand_note(kind)
        assert own["published_date"].max() <= kinds.loc[kind, "at_hand_to"]
    assert note.startswith("Not complete: ")
    with pytest.raises(oa.DataError, match="kind must be"):
        visits.at_hand_note("monitoring visit")
