"""Circumstances beside grades: never of a later day, never another authority's."""

import csv
import logging
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import ofsted_analysis as oa
from ofsted_analysis.analysis.context import (
    SHARED,
    children_by_grade,
    circumstances_by_grade,
    circumstances_test,
    ranked_groups,
)
from ofsted_analysis.analysis.regression import odds_by_circumstance
from ofsted_analysis.tables import schema
from ofsted_analysis.tables.grades import BAND

CONTEXT = oa.load_context()
MEASURES = oa.load_table("context_measures").set_index("measure")
INSPECTIONS = oa.load_inspections()
CHECKOUT = Path(__file__).parents[2]

with (schema.default_data_dir() / "context.csv").open(encoding="utf-8", newline="") as file:
    LINES = list(csv.DictReader(file))


def plainly(authority_id, measure, day, year_only):
    """The value by going through the lines of the file; dates compare as text."""
    days = {line["date"]: float(line["value"]) for line in LINES
            if (line["authority_id"], line["measure"]) == (authority_id, measure)
            and line["date"] <= day
            and (not year_only or line["date"][:4] == day[:4])}  # fmt: skip
    return (max(days), days[max(days)]) if days else (None, None)


@given(
    st.sampled_from(sorted(MEASURES.index)),
    st.sampled_from(["latest before", "same year"]),
    st.lists(st.sampled_from(range(len(INSPECTIONS))), min_size=1, max_size=8),
)
def test_a_value_is_the_latest_that_was_there(measure, when, places):
    rows = INSPECTIONS.iloc[places]
    found = oa.with_context(rows, measure, when)
    assert found.index.equals(rows.index)
    for row in found.to_dict("records"):
        day, value = plainly(
            row["authority_id"], measure, str(row["last_day"].date()), when == "same year"
        )
        if day is None:
            assert np.isnan(row[measure]) and pd.isna(row[f"{measure}_date"])
        else:
            assert (str(row[f"{measure}_date"].date()), row[measure]) == (day, value)


def test_no_value_is_of_a_later_day_or_another_authority():
    rows = oa.panel(pd.date_range("2013-01-31", "2026-03-31", freq="QE"))
    found = oa.with_context(rows, list(MEASURES.index))
    for measure in MEASURES.index:
        assert not (found[f"{measure}_date"] > found["date"]).any()
    new = found["authority_id"].isin(["cumberland", "west-northamptonshire"])
    assert found.loc[new, "agency_rate"].notna().sum() > 0
    assert found.loc[new, "deprivation_score"].isna().all()  # the index of 2019 is of others


def test_how_many_rows_found_no_value_is_said(caplog):
    with caplog.at_level(logging.WARNING):
        found = oa.with_context(INSPECTIONS, "agency_rate")
    none = found["agency_rate"].isna().sum()
    said = f"agency_rate: no value (latest before) for {none} of {len(INSPECTIONS)} rows."
    assert 0 < none < len(INSPECTIONS) and said in caplog.text


def test_a_snapshot_needs_a_day():
    snapshot = oa.as_at("2025-03-31")
    with pytest.raises(oa.DataError, match="no date of its own"):
        oa.with_context(snapshot, "agency_rate")
    own = oa.with_context(snapshot, "agency_rate", date="last_day")
    then = oa.with_context(snapshot, "agency_rate", date="2025-03-31")
    assert (own["agency_rate_date"].dropna() <= own["last_day"].dropna()).all()
    assert then["agency_rate_date"].dropna().max() == pd.Timestamp("2024-09-30")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"measures": "gdp"}, "There is no measure 'gdp'. There are: absence_rate"),
        ({"when": "next year"}, "when is 'latest before' or 'same year'"),
        ({"data": INSPECTIONS[["last_day"]]}, "lack the column authority_id"),
        ({"data": INSPECTIONS[["authority_id"]]}, "name their day"),
        ({"data": INSPECTIONS.assign(agency_rate=1)}, "column agency_rate already"),
        ({"data": INSPECTIONS.assign(authority_id="leds")}, "no authority_id 'leds'"),
        ({"oldest": -1}, "number of days, 0 or more, not -1"),
        ({"oldest": "a year"}, "number of days"),
        ({"date": "soon"}, "date"),
    ],
)
def test_what_cannot_be_answered_is_said(change, message):
    asked = {"data": INSPECTIONS, "measures": "agency_rate"} | change
    with pytest.raises(oa.DataError, match=message):
        oa.with_context(**asked)


def test_the_pinned_record_has_nothing_later():
    oa.pin("2024-06-30")
    assert oa.load_context()["date"].max() == pd.Timestamp("2024-03-31")


def test_values_lie_within_the_bounds_and_years_of_their_measure():
    own = CONTEXT.join(MEASURES[["least", "most", "first", "last"]], on="measure")
    assert own["value"].between(own["least"], own["most"]).all()
    spans = CONTEXT.groupby("measure")["date"].agg(["min", "max"])
    assert spans["min"].equals(MEASURES["first"].rename("min"))
    assert spans["max"].equals(MEASURES["last"].rename("max"))
    assert set(CONTEXT["unit"]) == set(MEASURES["unit"])


def test_one_figure_for_two_authorities_is_said_of_both():
    joint = CONTEXT[CONTEXT["note"].str.startswith(SHARED, na=False)]
    workforce = {"agency_rate", "vacancy_rate", "turnover_rate", "caseload", "absence_rate"}
    assert set(joint["measure"]) == workforce
    for (note, _, _), rows in joint.groupby(["note", "measure", "date"]):
        assert note == f"one figure for {' and '.join(rows['authority'])}"
        assert len(set(rows["value"])) == 1 and len(rows) == 2


def test_low_is_nearly_nothing_and_not_unknown():
    low = CONTEXT[CONTEXT["note"].notna() & ~CONTEXT["note"].str.startswith(SHARED, na=False)]
    assert set(low["note"]) == {"printed as low: more than 0 but rounds to 0"}
    assert (low["value"] == 0).all() and len(low) == 6
    sunderland = low[low["measure"] == "agency_rate"]
    assert set(sunderland["authority_id"]) == {"sunderland"}


def test_two_authorities_with_one_figure_count_once_in_a_group():
    day = "2025-09-30"
    rows = oa.with_context(oa.as_at(day), "agency_rate", "same year", date=day)
    found = circumstances_by_grade(rows, "agency_rate").set_index("grade")
    known = rows.dropna(subset=["grade", "agency_rate"])
    pair = known["authority_id"].isin(["kingston-upon-thames", "richmond-upon-thames"])
    (grade,) = set(known.loc[pair, "grade"])
    once = known[known["authority_id"] != "richmond-upon-thames"].query("grade == @grade")
    assert found.loc[grade, "n"] == len(once)
    assert found.loc[grade, "mean"] == pytest.approx(once["agency_rate"].mean())
    apart = known.assign(grade=known["authority_id"])  # in two groups each has it
    assert len(circumstances_by_grade(apart, "agency_rate")) == len(known)


def test_values_older_than_asked_are_left_out(caplog):
    day = "2025-09-30"
    snapshot = oa.as_at(day)
    old = oa.with_context(snapshot, "agency_rate", date=day)
    late = oa.with_context(snapshot, "agency_rate", date=day, oldest=400)
    gone = old["agency_rate"].notna() & late["agency_rate"].isna()
    assert gone.sum() > 0
    ages = (pd.Timestamp(day) - old["agency_rate_date"]).dt.days
    assert gone.equals(ages > 400)
    caplog.clear()
    circumstances_by_grade(old, "agency_rate")
    assert "agency_rate: values of 3 dates, from 2020-09-30 to 2025-09-30" in caplog.text
    caplog.clear()
    circumstances_by_grade(late, "agency_rate")
    assert caplog.text == ""


def test_no_rows_have_no_values():
    found = oa.with_context(INSPECTIONS.iloc[:0], ["agency_rate", "caseload"])
    assert found.empty and {"agency_rate", "caseload_date", "caseload_note"} <= set(found)


def test_half_of_the_values_lie_on_each_side_of_the_median_and_its_interval_is_around_it():
    rows = oa.with_context(oa.as_at("2025-12-31"), "caseload", date="2025-12-31")
    found = circumstances_by_grade(rows, "caseload")
    assert (found["median_low"] <= found["median"]).all()
    assert (found["median"] <= found["median_high"]).all()
    few = circumstances_by_grade(rows.groupby("grade", observed=True).head(3), "caseload")
    assert few[["median_low", "median_high"]].isna().all(axis=None)  # three can give none


def test_differences_between_grades_go_by_ranks_and_not_by_one_extreme_value():
    day = "2025-09-30"
    rows = oa.with_context(oa.as_at(day), ["agency_rate", "turnover_rate"], "same year", date=day)
    found = circumstances_test(rows, ["agency_rate", "turnover_rate"]).set_index("measure")
    assert found.loc["agency_rate", "adjusted_p_value"] < 0.001
    assert found.loc["turnover_rate", "p_value"] > 0.05
    highest = rows["agency_rate"] == rows["agency_rate"].max()
    further = rows.assign(agency_rate=rows["agency_rate"].mask(highest, 1e6))
    other = circumstances_test(further, "agency_rate").iloc[0]
    assert other["p_value"] == found.loc["agency_rate", "p_value"]
    mixed = rows.assign(grade=rows["grade"].sample(frac=1, random_state=1).to_numpy())
    assert circumstances_test(mixed, "agency_rate")["p_value"].item() > 0.01


def test_values_that_are_all_alike_do_not_differ_and_one_group_is_refused():
    rows = pd.DataFrame({"grade": list("aabb"), "caseload": [3.0, 3.0, 3.0, 3.0]})
    assert circumstances_test(rows, "caseload")["p_value"].item() == 1
    with pytest.raises(oa.DataError, match="in 1 of the groups by grade only"):
        circumstances_test(rows.query("grade == 'a'"), "caseload")
    with pytest.raises(oa.DataError, match="lack the column vacancy_rate"):
        circumstances_test(rows, "vacancy_rate")


def test_spending_per_child_is_spending_over_children():
    wide = CONTEXT.pivot_table(index=["authority_id", "date"], columns="measure", values="value")
    for measure in [name for name in wide if name.endswith("_per_child")]:
        each = (wide[measure.removesuffix("_per_child")] / wide["children_0_17"]).dropna()
        assert (each - wide[measure].dropna()).abs().max() <= 0.5, measure


def test_fifths_are_equal_in_number():
    found = ranked_groups("deprivation_score", "2015-09-30")
    sizes = found.value_counts()
    assert sizes.max() - sizes.min() <= 1 and found.index.is_unique and len(found) == 152
    score = CONTEXT.query("measure == 'deprivation_score' and date == '2015-09-30'")
    means = score.set_index("authority_id")["value"].groupby(found).mean()
    assert means.is_monotonic_increasing
    tenths = ranked_groups("deprivation_score", "2015-09-30", 10)
    assert ((tenths + 1) // 2 == found).mean() > 0.97  # the same order, cut twice as often
    with pytest.raises(oa.DataError, match="2 or more, not 1"):
        ranked_groups("deprivation_score", "2015-09-30", 1)
    with pytest.raises(oa.DataError, match="2015-09-30, 2019-09-26"):
        ranked_groups("deprivation_score", "2020-01-01")


def test_every_child_is_under_one_grade():
    dates = ["2021-12-31", "2026-03-31"]
    found = children_by_grade(dates)
    for date, rows in found.groupby("date"):
        snapshot = oa.as_at(date)
        assert rows["authorities"].sum() == len(snapshot)
        numbers = [plainly(key, "children_0_17", str(date.date()), False)[1]
                   for key in snapshot["authority_id"]]  # fmt: skip
        assert rows["children"].sum() == sum(n for n in numbers if n is not None)
        assert rows["unknown"].sum() == numbers.count(None)
        assert rows["share"].sum() == pytest.approx(1)
    with pytest.raises(oa.DataError, match="known from 2021-03-31, not on 2020-12-31"):
        children_by_grade(["2020-12-31"])


@pytest.mark.published
def test_means_by_grade_are_those_that_the_press_printed():
    """Within 0.3: the Department has revised the rates since. What misses is good alone."""
    figures = oa.load_table("published_figures").set_index("measure")["value"].astype("str")
    rows = oa.with_context(
        oa.as_at("2021-09-24"), ["agency_rate", "vacancy_rate"], date="2020-09-30"
    )
    found = circumstances_by_grade(rows, ["agency_rate", "vacancy_rate"])
    mean = found.set_index(["measure", "grade"])["mean"]
    for kind in ("agency", "vacancy"):
        for grade in ("outstanding", "requires improvement"):
            printed = float(figures[f"mean {kind} rate of authorities graded {grade}"])
            assert mean[f"{kind}_rate", grade] == pytest.approx(printed, abs=0.3)
    printed = float(figures["mean agency rate of authorities graded inadequate"])
    assert mean["agency_rate", "inadequate"] == pytest.approx(printed, abs=0.3)


@pytest.mark.published
def test_the_rise_of_turnover_is_that_which_the_press_printed():
    """A difference of two means of the grades known on the day, within 0.3."""
    figures = oa.load_table("published_figures").set_index("measure")["value"].astype("str")
    rows = oa.as_at("2022-05-06", published_by="2022-05-06")
    means = [
        circumstances_by_grade(
            oa.with_context(rows, "turnover_rate", "same year", date=f"{year}-09-30"),
            "turnover_rate",
        ).set_index("grade")["mean"]
        for year in (2020, 2021)
    ]
    for grade in ("inadequate", "good", "outstanding"):
        printed = f"rise of the mean turnover from 2019-20 to 2020-21, authorities graded {grade}"
        rise = means[1][grade] - means[0][grade]
        assert rise == pytest.approx(float(figures[printed]), abs=0.3)


def test_the_mean_lies_within_its_interval_and_narrower_with_less_confidence():
    rows = oa.with_context(oa.as_at("2025-12-31"), "caseload", date="2025-12-31")
    wide, narrow = (circumstances_by_grade(rows, "caseload", level=p) for p in (0.95, 0.5))
    assert (wide["low"] < narrow["low"]).all() and (narrow["high"] < wide["high"]).all()
    own = ~rows["caseload_note"].duplicated() | rows["caseload_note"].isna()  # pairs count once
    assert wide["n"].sum() == (rows["caseload"].notna() & rows["grade"].notna() & own).sum()


# Odds ratios


def frame(rows):
    """Inspections of one year: authority, circumstance, whether good."""
    made = pd.DataFrame(rows, columns=["authority_id", "x", "good"])
    band = made["good"].map({True: "good", False: "inadequate"}).astype(BAND)
    return made.assign(band=band, last_day=pd.Timestamp("2024-06-30"))


def test_the_odds_of_a_two_by_two_table():
    rows = [(f"a{n}", n % 2, good) for n, good in enumerate([True] * 21 + [False] * 33 + [True] * 8
                                                            + [False] * 5)]  # fmt: skip
    made = frame(rows)
    a, b, c, d = (
        ((made["x"] == x) & (made["good"] == good)).sum()
        for x, good in ((1, True), (1, False), (0, True), (0, False))
    )
    for model in ("logit", "ordered"):
        found = odds_by_circumstance(made, {"x": 1}, model).iloc[0]
        assert found["odds_ratio"] == pytest.approx(a * d / (b * c), rel=1e-3)
        assert found["low"] < found["odds_ratio"] < found["high"]
        half = odds_by_circumstance(made, {"x": 0.5}, model).iloc[0]
        assert half["odds_ratio"] == pytest.approx((a * d / (b * c)) ** 0.5, rel=1e-3)


def test_within_authorities_only_pairs_that_differ_count():
    """With two inspections each it is the ratio of the pairs that went one way and the other."""
    ways = [(True, False)] * 14 + [(False, True)] * 6 + [(True, True)] * 9 + [(False, False)] * 4
    rows = [(f"a{n}", x, good) for n, pair in enumerate(ways) for x, good in enumerate(pair)]
    found = odds_by_circumstance(frame(rows), {"x": 1}, "within authorities").iloc[0]
    assert found["odds_ratio"] == pytest.approx(6 / 14, rel=1e-4)
    spread = np.sqrt(1 / 6 + 1 / 14)  # of the logarithm
    assert np.log(found["high"] / found["low"]) == pytest.approx(2 * 1.96 * spread, rel=1e-3)
    assert (found["inspections"], found["authorities"]) == (40, 20)


def three_bands(rows):
    """Inspections of one year: authority, circumstance, band."""
    made = pd.DataFrame(rows, columns=["authority_id", "x", "band"])
    return made.assign(band=made["band"].astype(BAND), last_day=pd.Timestamp("2024-06-30"))


def test_ordered_within_authorities_puts_the_thresholds_together():
    """With two inspections each, every threshold between them is one pair that went one way.

    So the ratio is that of thresholds passed upwards and downwards, and pairs that pass two count
    twice; the errors take these as one authority.
    """
    ways = [("inadequate", "good")] * 7 + [("third", "good")] * 9
    ways += [("good", "third")] * 12 + [("good", "inadequate")] * 5 + [("third", "third")] * 8
    rows = [(f"a{n}", x, band) for n, pair in enumerate(ways) for x, band in enumerate(pair)]
    model = "ordered within authorities"
    found = odds_by_circumstance(three_bands(rows), {"x": 1}, model).iloc[0]
    up, down = 7 * 2 + 9, 12 + 5 * 2
    assert found["odds_ratio"] == pytest.approx(up / down, rel=1e-4)
    assert (found["inspections"], found["authorities"]) == (66, 33)
    share = up / (up + down)
    scores = [2 * (1 - share)] * 7 + [1 - share] * 9 + [-share] * 12 + [-2 * share] * 5
    spread = np.sqrt(sum(s * s for s in scores)) / ((up + down) * share * (1 - share))
    assert np.log(found["high"] / found["low"]) == pytest.approx(2 * 1.96 * spread, rel=1e-3)


def test_of_two_bands_the_ordered_model_within_is_the_plain_one():
    ways = [(True, False)] * 14 + [(False, True)] * 6 + [(True, True)] * 9
    rows = frame([(f"a{n}", x, good) for n, pair in enumerate(ways) for x, good in enumerate(pair)])
    one, two = (odds_by_circumstance(rows, {"x": 1}, model)
                for model in ("within authorities", "ordered within authorities"))  # fmt: skip
    pd.testing.assert_frame_equal(one, two)


def test_the_order_and_the_index_of_the_rows_do_not_matter():
    rows = oa.judgements_on("overall").query("last_day > '2019-09-26' and grade.notna()")
    rows = oa.with_context(rows, ["deprivation_score", "agency_rate"])
    steps = {"deprivation_score": 10, "agency_rate": 10}
    mixed = rows.sample(frac=1, random_state=1).set_axis([0] * len(rows))
    for model in ("logit", "ordered", "ordered within authorities"):
        own = {"agency_rate": 10} if model.endswith("within authorities") else steps
        one, two = (odds_by_circumstance(part, own, model) for part in (rows, mixed))
        pd.testing.assert_frame_equal(one, two, rtol=1e-3)


def test_a_year_in_which_all_went_one_way_says_nothing_of_the_circumstance():
    """Its inspections drop out of the comparison within authorities, whichever year it is."""
    ways = [(True, False)] * 14 + [(False, True)] * 6 + [(True, True)] * 9
    made = frame([(f"a{n}", x, good) for n, pair in enumerate(ways) for x, good in enumerate(pair)])
    last = made.drop_duplicates("authority_id").assign(x=1, band="good")
    models = ("within authorities", "ordered within authorities")
    plain = [odds_by_circumstance(made, {"x": 1}, model) for model in models]
    for day in ("2023-06-30", "2025-06-30"):
        last["last_day"] = pd.Timestamp(day)
        both = pd.concat([made, last.astype({"band": BAND})])
        for model, one in zip(models, plain, strict=True):
            two = odds_by_circumstance(both, {"x": 1}, model)
            shown = ["odds_ratio", "low", "high"]
            pd.testing.assert_frame_equal(one[shown], two[shown], rtol=1e-3)


def test_so_it_is_where_such_a_year_leaves_nothing_to_invert():
    """Within authorities every inspection of 2026 gave good or outstanding."""
    rows = oa.judgements_on("overall").query("grade.notna() and last_day < '2026-04-01'")
    rows = oa.with_context(rows, "agency_rate", oldest=400)
    for gone in ("doncaster-ilacs-2022-02", "blackburn-with-darwen-ilacs-2022-02"):
        left = rows[rows["inspection_id"] != gone]
        one, two = (
            odds_by_circumstance(part, {"agency_rate": 10}, "within authorities").iloc[0]
            for part in (left, left[left["last_day"].dt.year < 2026])
        )
        for shown in ("odds_ratio", "low", "high"):
            assert one[shown] == pytest.approx(two[shown], rel=1e-3)


@pytest.mark.filterwarnings("ignore")  # statsmodels says so in its own words, too
@pytest.mark.parametrize(
    "model", ["logit", "ordered", "within authorities", "ordered within authorities"]
)
def test_a_circumstance_that_tells_all_grades_apart_is_refused(model):
    rows = frame([(f"a{n}", x, bool(x)) for n in range(20) for x in (0, 1)])
    with pytest.raises(oa.DataError, match="x tells the grades of the 40 inspections apart"):
        odds_by_circumstance(rows, {"x": 1}, model)


@pytest.mark.parametrize(
    ("rows", "steps", "model", "message"),
    [
        ([("a", 1, True)] * 3, {"x": 1}, "logit", "Too few inspections"),
        ([("a", 1, True), ("b", 1, False)] * 20, {"x": 1}, "logit", "x is the same"),
        ([("a", 1, True), ("a", 1, False), ("b", 2, True), ("b", 2, False)] * 9, {"x": 1},
         "within authorities", "x is the same"),
        ([("a", 1, True)] * 30, {"y": 1}, "logit", "lack the column y"),
        ([("a", 1, True)] * 30, {"x": 1}, "probit", "There is no model 'probit'"),
    ],
)  # fmt: skip
def test_a_model_that_cannot_be_fitted_is_refused(rows, steps, model, message):
    with pytest.raises(oa.DataError, match=message):
        odds_by_circumstance(frame(rows), steps, model)


# The published files


@pytest.mark.skipif(
    not os.environ.get("OFSTED_CONTEXT"), reason="OFSTED_CONTEXT does not name the folder of files"
)
@pytest.mark.sample(0)
def test_the_table_is_made_of_the_published_files(tmp_path):
    shutil.copytree(CHECKOUT / "src", tmp_path / "src")
    shutil.copytree(CHECKOUT / "data", tmp_path / "data")
    written = tmp_path / "data" / "context.csv"
    written.write_text(written.read_text("utf-8").splitlines()[0] + "\n", encoding="utf-8")
    made = subprocess.run(
        [sys.executable, CHECKOUT / "tools" / "build_context.py"],
        env=os.environ | {"PYTHONPATH": str(tmp_path / "src")}, capture_output=True, text=True,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    assert written.read_bytes() == (CHECKOUT / "data" / "context.csv").read_bytes()
