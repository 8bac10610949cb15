"""Who stood where, as at one date and at many."""

import subprocess
import sys
from datetime import date, datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

import ofsted_analysis as oa
from ofsted_analysis.tables.days import as_day
from ofsted_analysis.tables.grades import BANDS

SOME = settings()
ALL = oa.load_judgements()
AUTHORITIES = oa.load_authorities()
THEMES = st.sampled_from(
    ["overall", "help_and_protection", "children_in_care", "care_leavers", "lscb"]
)
DAYS = st.dates(date(2009, 1, 1), date(2026, 8, 22))
AREAS = oa.load_areas().merge(oa.load_frameworks(), on="framework_id")
STARTS = AREAS.groupby("theme", observed=True)["first_inspection"].min()
LATEST = st.sampled_from(["inspection", "graded"])
GROUPS = [None, "region", "ofsted_region", "authority_type", "framework_id"]


def on(day, theme="overall", **options):
    return oa.as_at(day, theme, **options).set_index("authority_id")


# One date -----------------------------------------------------------------------------------


@given(st.data())
@SOME
def test_a_snapshot_is_the_latest_of_each_authority(judgement_frames, draw):
    frame, theme, latest = draw.draw(judgement_frames()), draw.draw(THEMES), draw.draw(LATEST)
    day = pd.Timestamp(draw.draw(DAYS))
    cut = draw.draw(st.none() | st.integers(-100, 400))
    cut = None if cut is None else day + pd.Timedelta(days=cut)
    found = on(day, theme, published_by=cut, latest=latest, data=frame)
    history = oa.judgements_on(theme, data=frame)
    there = AUTHORITIES[~(AUTHORITIES["opened"] > day) & ~(AUTHORITIES["closed"] < day)]
    assert found.index.tolist() == there["authority_id"].tolist()
    for authority_id in ("norfolk", "cumbria", "cumberland"):
        if authority_id not in found.index:
            continue
        row = found.loc[authority_id]
        can = [
            r
            for r in history[history["authority_id"] == authority_id].to_dict("records")
            if r["last_day"] <= day
            and (cut is None or pd.isna(r["published_date"]) or r["published_date"] <= cut)
            and (latest == "inspection" or pd.notna(r["grade"]))
        ]
        if not can:
            begun = STARTS[theme] <= day
            assert row["reason"] == ("not yet inspected" if begun else "not graded then")
            assert pd.isna(row["grade"]) and pd.isna(row["days_since"])
            continue
        best = max(r["last_day"] for r in can)
        assert row["last_day"] == best and row["days_since"] == (day - best).days
        assert row["inspection_id"] in [r["inspection_id"] for r in can if r["last_day"] == best]
        assert pd.isna(row["grade"]) == pd.notna(row["reason"])


@given(st.data())
@SOME
def test_a_later_inspection_never_changes_an_earlier_snapshot(judgement_frames, draw):
    frame, theme, latest = draw.draw(judgement_frames()), draw.draw(THEMES), draw.draw(LATEST)
    day = pd.Timestamp(draw.draw(DAYS))
    past = frame[frame["last_day"] <= day]
    options = {"latest": latest, "published_by": draw.draw(st.none() | st.just(day))}
    assert_frame_equal(
        oa.as_at(day, theme, data=frame, **options),
        oa.as_at(day, theme, data=past, **options),
    )
    published = frame[~(frame["published_date"] > day)]
    assert_frame_equal(
        oa.as_at(day, theme, data=frame, published_by=day),
        oa.as_at(day, theme, data=published),
    )
    start = min(day, pd.Timestamp("2009-12-31"))
    assert_frame_equal(
        oa.over_time(start, day, "YE", theme, data=frame),
        oa.over_time(start, day, "YE", theme, data=past),
    )


@given(st.data())
@SOME
def test_the_packaged_record_never_tells_the_future(draw):
    theme, day = draw.draw(THEMES), pd.Timestamp(draw.draw(DAYS))
    for latest in ("inspection", "graded"):
        for cut in (None, day, day + pd.Timedelta(days=60)):
            found = oa.as_at(day, theme, published_by=cut, latest=latest)
            assert not (found["last_day"] > day).any()
            assert not (found["days_since"] < 0).any()
            assert cut is None or not (found["published_date"] > cut).any()
    past = ALL[ALL["last_day"] <= day]
    assert_frame_equal(oa.as_at(day, theme), oa.as_at(day, theme, data=past))


@given(st.data())
@SOME
def test_the_order_of_the_rows_does_not_matter(judgement_frames, draw):
    frame, theme, day = draw.draw(judgement_frames()), draw.draw(THEMES), draw.draw(DAYS)
    mixed = {
        "data": frame.sample(frac=1, random_state=draw.draw(st.integers(0, 99))),
        "authorities": AUTHORITIES,
    }
    straight = {"data": frame, "authorities": AUTHORITIES}
    assert_frame_equal(oa.as_at(day, theme, **mixed), oa.as_at(day, theme, **straight))
    assert_frame_equal(
        oa.time_since_inspection(day, **mixed), oa.time_since_inspection(day, **straight)
    )
    dates = ("2009-12-31", "2026-08-22", "YE", theme)
    assert_frame_equal(oa.over_time(*dates, **mixed), oa.over_time(*dates, **straight))


def test_the_order_of_the_packaged_rows_does_not_matter():
    judgements = ALL.sample(frac=1, random_state=2)
    authorities = AUTHORITIES.sample(frac=1, random_state=3)
    mixed = oa.as_at("2024-12-31", data=judgements, authorities=authorities)
    assert_frame_equal(mixed.sort_values("authority_id", ignore_index=True), oa.as_at("2024-12-31"))
    for by in GROUPS:
        options = {"by": by, "data": judgements, "authorities": authorities}
        mixed = oa.over_time("2009-12-31", "2026-06-30", "YE", "help_and_protection", **options)
        assert_frame_equal(
            mixed, oa.over_time("2009-12-31", "2026-06-30", "YE", "help_and_protection", by=by)
        )


@pytest.mark.parametrize(
    ("day", "count"),
    [
        ("2009-06-01", 152),
        ("2019-03-31", 152),
        ("2019-04-01", 151),
        ("2021-03-31", 151),
        ("2021-04-01", 152),
        ("2023-03-31", 152),
        ("2023-04-01", 153),
        ("2026-08-22", 153),
    ],
)
def test_how_many_authorities_there_were(day, count):
    assert len(oa.as_at(day)) == count
    assert len(oa.time_since_inspection(day)) == count
    assert oa.over_time(day, day, "D")["authorities"].tolist() == [count] * 4
    for by in ("region", "ofsted_region", "authority_type"):
        groups = oa.over_time(day, day, "D", by=by).query("band == 'good'")
        assert groups["authorities"].sum() == count


@pytest.mark.parametrize(
    ("former", "successor", "day"),
    [
        ("cumbria", "cumberland", "2023-04-01"),
        ("cumbria", "westmorland-and-furness", "2023-04-01"),
        ("northamptonshire", "north-northamptonshire", "2021-04-01"),
        ("northamptonshire", "west-northamptonshire", "2021-04-01"),
        ("bournemouth", "bournemouth-christchurch-and-poole", "2019-04-01"),
        ("poole", "bournemouth-christchurch-and-poole", "2019-04-01"),
        ("dorset-county-council", "dorset", "2019-04-01"),
    ],
)
def test_a_successor_starts_without_a_grade(former, successor, day):
    eve = str((pd.Timestamp(day) - pd.Timedelta(days=1)).date())
    before, after = on(eve), on(day)
    assert pd.notna(before.loc[former, "grade"]) and successor not in before.index
    assert former not in after.index
    assert after.loc[successor, "reason"] == "not yet inspected"
    assert pd.isna(after.loc[successor, "inspection_id"])
    assert pd.isna(after.loc[successor, "days_since"])


def test_not_graded_then_is_not_the_same_as_not_yet_inspected():
    # Leeds had been inspected twice by then, but no inspection gave an overall grade
    assert set(oa.as_at("2012-03-31")["reason"]) == {"not graded then"}
    assert set(oa.as_at("2013-10-31")["reason"]) == {"not graded then"}
    assert set(oa.as_at("2013-11-01")["reason"]) == {"not yet inspected"}
    protection = oa.as_at("2013-10-31", "help_and_protection")
    assert protection["grade"].notna().any()


def test_since_april_2026_there_is_no_overall_judgement():
    latest, graded = on("2026-08-22"), on("2026-08-22", latest="graded")
    brent = latest.loc["brent"]
    assert brent["inspection_id"] == "brent-ilacs-2026-05"
    assert brent["reason"] == "judgement not made"
    assert pd.isna(brent["grade"]) and pd.isna(brent["band"]) and pd.isna(brent["area_id"])
    made = latest.index[latest["reason"] == "judgement not made"]
    assert len(made) >= 11
    assert (latest.loc[made, "last_day"] >= "2026-04-01").all()
    assert graded.loc[made, "grade"].notna().all()
    assert (graded.loc[made, "last_day"] < "2026-04-01").all()
    # the other judgements of those inspections stand
    assert on("2026-08-22", "leadership").loc[made, "grade"].notna().all()


@pytest.mark.parametrize(
    ("day", "authority_id", "theme", "grade", "inspection_id"),
    [
        ("2022-11-17", "norfolk", "overall", "requires improvement", "norfolk-sif-2017-11"),
        ("2022-11-18", "norfolk", "overall", "good", "norfolk-ilacs-2022-11"),
        ("2026-08-22", "norfolk", "overall", "outstanding", "norfolk-ilacs-2026-02"),
        ("2019-03-07", "west-sussex", "overall", "requires improvement", "west-sussex-sif-2015-11"),
        ("2019-03-08", "west-sussex", "overall", "inadequate", "west-sussex-ilacs-2019-03"),
        ("2023-12-31", "west-sussex", "leadership", "good", "west-sussex-ilacs-2023-03"),
        ("2020-01-01", "suffolk", "overall", "outstanding", "suffolk-ilacs-2019-04"),
        ("2026-01-01", "suffolk", "overall", "requires improvement", "suffolk-ilacs-2024-06"),
        ("2026-01-01", "devon", "overall", "inadequate", "devon-ilacs-2025-01"),
        ("2019-12-31", "devon", "adoption", "good", "devon-sif-2015-03"),
    ],
)
def test_grades_as_reported(day, authority_id, theme, grade, inspection_id):
    row = on(day, theme).loc[authority_id]
    assert (row["grade"], row["inspection_id"]) == (grade, inspection_id)


def test_a_cut_off_for_publication():
    # Norfolk: last day 18 November 2022, published 13 January 2023
    grades = {
        cut: on("2022-12-31", published_by=cut).loc["norfolk", "grade"]
        for cut in ("2023-01-12", "2023-01-13", None)
    }
    assert grades == {"2023-01-12": "requires improvement", "2023-01-13": "good", None: "good"}


def test_a_report_of_unknown_date_counts_as_published():
    row = on("2013-02-01", "help_and_protection", published_by="2013-02-01").loc["norfolk"]
    assert row["inspection_id"] == "norfolk-cp-2013-01" and pd.isna(row["published_date"])


def test_not_judged():
    assert on("2017-01-01", "adoption").loc["city-of-london", "reason"] == "not judged"
    assert on("2017-01-01", "adoption").loc["isles-of-scilly", "reason"] == "not judged"
    assert on("2017-01-01", "overall").loc["isles-of-scilly", "grade"] == "good"


def test_a_grade_that_is_not_known_is_not_an_older_one():
    # Suffolk's inspection of 2010: only the two overall grades are known
    row = on("2011-12-31", "capacity_to_improve").loc["suffolk"]
    assert (row["inspection_id"], row["reason"]) == ("suffolk-slac-2010-12", "not known")
    assert on("2011-12-31", "children_in_care").loc["suffolk", "grade"] == "adequate"


def test_columns_and_types_do_not_depend_on_what_is_there():
    full, none = oa.as_at("2025-03-31"), oa.as_at("2025-03-31", data=ALL.iloc[:0])
    assert list(full) == list(none) and len(none) == len(full)
    assert (full.dtypes[["band", "reason", "days_since"]] ==
            none.dtypes[["band", "reason", "days_since"]]).all()  # fmt: skip
    assert set(none["reason"]) == {"not yet inspected"}
    nobody = oa.as_at("2025-03-31", authorities=AUTHORITIES.iloc[:0])
    assert nobody.empty and list(nobody) == list(full)


def test_some_authorities_or_judgements_only():
    london = AUTHORITIES[AUTHORITIES["region"] == "London"]
    own = ALL[ALL["region"] == "London"]
    expected = oa.as_at("2025-03-31").query("region == 'London'").reset_index(drop=True)
    assert_frame_equal(oa.as_at("2025-03-31", authorities=london), expected)
    assert_frame_equal(oa.as_at("2025-03-31", authorities=london, data=own), expected)
    rest = oa.as_at("2025-03-31", data=own).query("region != 'London'")
    assert set(rest["reason"]) == {"not yet inspected"}
    by = {"by": "region", "published_by_lag": 60}
    expected = oa.over_time("2009-12-31", "2026-06-30", "YE", **by).query("region == 'London'")
    for options in ({"authorities": london}, {"authorities": london, "data": own}):
        found = oa.over_time("2009-12-31", "2026-06-30", "YE", **by, **options)
        found = found[found["region"] == "London"]
        assert_frame_equal(found.reset_index(drop=True), expected.reset_index(drop=True))
    # nobody else's inspections are counted, whoever comes last in the table
    all_ = oa.over_time("2009-12-31", "2026-06-30", "YE", authorities=london)
    mine = expected.groupby("date")["n"].sum()
    assert all_.groupby("date")["n"].sum().tolist() == mine.tolist()


# Many dates ---------------------------------------------------------------------------------


def panel_by_loop(dates, theme, by, lag, **options):
    """The panel the slow way: a snapshot for every date."""
    counts = {}
    for day in dates:
        cut = None if lag is None else day + pd.Timedelta(days=lag)
        snapshot = oa.as_at(day, theme, published_by=cut, **options)
        group = snapshot[by].astype(str) if by else pd.Series("", index=snapshot.index)
        for name, rows in snapshot.groupby(group):
            for band in BANDS:
                n, graded = (rows["band"] == band).sum(), rows["band"].notna().sum()
                counts[day, name, band] = (n, graded, len(rows))
    return counts


def check_panel(start, end, freq, theme, by, lag, **options):
    found = oa.over_time(start, end, freq, theme, by=by, published_by_lag=lag, **options)
    expected = panel_by_loop(pd.date_range(start, end, freq=freq), theme, by, lag, **options)
    for row in found.to_dict("records"):
        key = (row["date"], row[by] if by else "", row["band"])
        n, graded, there = expected.pop(key, (0, 0, 0))
        assert (row["n"], row["graded"]) == (n, graded), key
        if by != "framework_id":
            assert row["authorities"] == there, key
        if graded:
            assert row["share"] == n / graded
        else:
            assert np.isnan(row["share"])
    assert not any(graded for _, graded, _ in expected.values())


@given(st.data())
@settings()
def test_a_panel_is_a_snapshot_for_every_date(judgement_frames, draw):
    check_panel(
        "2009-06-30",
        "2026-08-22",
        draw.draw(st.sampled_from(["2YE", "2YE-MAR"])),
        draw.draw(THEMES),
        draw.draw(st.sampled_from(GROUPS)),
        draw.draw(st.none() | st.integers(-50, 400)),
        latest=draw.draw(LATEST),
        data=draw.draw(judgement_frames(most=12)),
        authorities=AUTHORITIES[AUTHORITIES["authority_id"].isin(
            ["norfolk", "st-helens", "cumbria", "cumberland", "westmorland-and-furness"])],
    )  # fmt: skip


@pytest.mark.sample(3)
@pytest.mark.parametrize("by", GROUPS)
@pytest.mark.parametrize("lag", [None, 0, 60])
@pytest.mark.parametrize("theme", ["overall", "care_leavers", "help_and_protection"])
def test_the_packaged_panel_is_a_snapshot_for_every_date(by, lag, theme):
    check_panel("2010-03-31", "2026-08-22", "QE-MAR" if by is None else "YE-MAR", theme, by, lag)
    check_panel("2018-03-31", "2026-08-22", "YE-MAR", theme, by, lag, latest="graded")


def test_a_report_held_back_is_overtaken_by_the_next_inspection():
    days = {
        "norfolk-sif-2015-07": ("2015-07-30", "2019-01-31"),  # published after the next two
        "norfolk-sif-2017-11": ("2017-11-24", "2018-01-19"),
        "norfolk-ilacs-2022-11": ("2022-11-18", "2018-12-31"),
    }
    frame = ALL[ALL["inspection_id"].isin(days)].copy()
    for inspection_id, (_, published) in days.items():
        rows = frame["inspection_id"] == inspection_id
        frame.loc[rows, "published_date"] = pd.Timestamp(published)
    one = AUTHORITIES[AUTHORITIES["authority_id"] == "norfolk"]
    for lag in (None, 0, 2000):
        check_panel("2015-06-30", "2023-12-31", "6ME", "overall", None, lag,
                    data=frame, authorities=one)  # fmt: skip
    counts = oa.over_time("2015-12-31", "2019-12-31", "YE", data=frame, authorities=one,
                      published_by_lag=0)  # fmt: skip
    # the inadequate grade of 2015 was overtaken before it was published: it never counts
    assert counts.query("band == 'inadequate'")["n"].tolist() == [0, 0, 0, 0, 0]
    assert counts.query("band == 'third'")["n"].tolist() == [0, 0, 0, 1, 1]


@pytest.mark.sample(3)
@pytest.mark.parametrize("theme", oa.themes())
@pytest.mark.parametrize("by", GROUPS)
def test_shares_sum_to_one(theme, by):
    found = oa.over_time("2009-12-31", "2026-08-22", "6ME", theme, by=by)
    keys = ["date"] if by is None else ["date", by]
    sums = found.groupby(keys).agg(n=("n", "sum"), share=("share", "sum"), graded=("graded", "max"))
    assert (sums["n"] == sums["graded"]).all()
    assert np.allclose(sums["share"], (sums["graded"] > 0).astype(float))
    assert (found["n"] >= 0).all()


def test_a_panel_has_a_row_for_every_date_group_and_band():
    found = oa.over_time("2018-01-01", "2019-12-31", by="region")
    assert list(found) == ["date", "region", "band", "n", "graded", "authorities", "share"]
    assert len(found) == 8 * 9 * 4
    assert found["band"].cat.ordered and found["date"].dtype.kind == "M"
    assert list(oa.over_time("2018-01-01", "2018-12-31", by="framework_id")) == [
        "date", "framework_id", "band", "n", "graded", "share",
    ]  # fmt: skip
    nothing = oa.over_time("2018-02-01", "2018-02-02", "YE")
    assert nothing.empty and list(nothing) == [
        "date", "band", "n", "graded", "authorities", "share",
    ]  # fmt: skip


@pytest.mark.parametrize("by", GROUPS)
def test_a_panel_without_judgements_or_authorities(by):
    found = oa.over_time("2018-01-01", "2018-12-31", by=by, data=ALL.iloc[:0])
    assert (found["n"] == 0).all() and found["share"].isna().all()
    found = oa.over_time("2018-01-01", "2018-12-31", by=by, authorities=AUTHORITIES.iloc[:0])
    assert (found["n"] == 0).all()


@pytest.mark.parametrize("by", [None, "region", "framework_id"])
@pytest.mark.parametrize("lag", [None, 60])
def test_several_themes_at_once_are_each_by_itself(by, lag):
    themes = ["overall", "leadership", "lscb"]
    dates = ("2010-12-31", "2026-06-30", "YE")
    many = oa.over_time(*dates, themes, by, lag)
    for theme in themes:
        alone = oa.over_time(*dates, theme, by, lag)
        own = many[many["theme"] == theme].drop(columns="theme").reset_index(drop=True)
        assert_frame_equal(own, alone)


# One row per authority and date ---------------------------------------------------------------


def test_a_panel_is_the_snapshot_of_each_date():
    days = ["2018-03-31", "2012-03-31", "2026-03-31"]
    found = oa.panel(days, "help_and_protection", 30)
    assert found["date"].is_monotonic_increasing
    for day in days:
        own = found[found["date"] == day].drop(columns="date").reset_index(drop=True)
        cut = pd.Timestamp(day) + pd.Timedelta(days=30)
        snapshot = oa.as_at(day, "help_and_protection", cut)[list(own)]
        assert_frame_equal(own, snapshot, check_categorical=False)


def test_a_balanced_panel():
    days = pd.date_range("2016-12-31", "2025-12-31", freq="YE")
    found = oa.panel(days, who="throughout")
    assert (found.groupby("authority_id").size() == len(days)).all()
    assert not {"cumbria", "cumberland", "poole", "dorset"} & set(found["authority_id"])
    assert found["authority_id"].nunique() == 147


def test_a_panel_of_some_authorities_inherits_nothing():
    days = ["2019-03-31", "2023-03-31", "2023-04-01", "2025-03-31"]
    found = oa.panel(days, who=["Cumbria", "E06000063"]).set_index(["authority_id", "date"])
    assert len(found) == 8
    new = found.loc["cumberland"]["reason"].tolist()
    assert new[:3] == ["did not exist", "did not exist", "not yet inspected"]
    old = found.loc["cumbria"]
    assert old["grade"].notna().tolist() == [True, True, False, False]
    assert old["reason"].tolist()[2:] == ["did not exist", "did not exist"]
    assert old["authority"].eq("Cumbria").all()


def test_a_panel_has_the_code_of_its_date():
    found = oa.panel(["2025-03-31", "2025-04-01"], who=["Barnsley"])
    assert found["ons_code"].tolist() == ["E08000016", "E08000038"]
    snapshot = oa.as_at("2019-03-31")
    assert snapshot["ons_code"].notna().all() and snapshot["ons_code"].is_unique


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: oa.panel("2020-01-01"), "dates must be a list of dates"),
        (lambda: oa.panel([]), "dates is empty"),
        (lambda: oa.panel(["2020"]), "dates: '2020' is not a date"),
        (lambda: oa.panel(["2031-01-01"]), "2031-01-01 is after the end of the record"),
        (lambda: oa.panel(["2020-01-01"], who="all"), "who must be 'existing', 'throughout' or"),
        (
            lambda: oa.as_at(oa.data_complete_to() + pd.Timedelta(days=1)),
            f"is after the end of the record, {oa.data_complete_to().date()}",
        ),
        (lambda: oa.over_time("2020-01-01", "2041-01-01"), "end: 2041-01-01 is after the end"),
        (lambda: oa.spells(date="2041-01-01"), "after the end of the record"),
        (lambda: oa.compare("Norfolk", date="2041-01-01"), "after the end of the record"),
        (lambda: oa.peers("Norfolk", date="2041-01-01"), "after the end of the record"),
        (lambda: oa.time_since_inspection("2027-01-01"), "after the end of the record"),
    ],
)
def test_a_panel_that_cannot_be_and_days_after_the_record(call, message):
    with pytest.raises(oa.DataError, match=message):
        call()


# Waiting ------------------------------------------------------------------------------------


def test_waiting():
    found = oa.time_since_inspection("2026-08-22")
    since = found["days_since"].dropna()
    assert since.is_monotonic_decreasing
    row = found.set_index("authority_id").loc["norfolk"]
    assert row["inspection_id"] == "norfolk-ilacs-2026-02"
    assert row["previous_inspection_id"] == "norfolk-ilacs-2022-11"
    assert row["days_since"] == (pd.Timestamp("2026-08-22") - pd.Timestamp("2026-02-27")).days
    assert row["gap_days"] == (pd.Timestamp("2026-02-27") - pd.Timestamp("2022-11-18")).days
    # an inspection after March 2026 is a full one, though it makes no overall judgement
    assert found.set_index("authority_id").loc["brent", "inspection_id"] == "brent-ilacs-2026-05"


def test_those_never_inspected_come_last():
    found = oa.time_since_inspection("2023-04-01")
    new = found[found["inspection_id"].isna()]
    assert {"cumberland", "westmorland-and-furness"} <= set(new["authority_id"])
    assert new.index.max() == len(found) - 1 and new["gap_days"].isna().all()


def test_a_wait_is_counted_from_an_inspection_that_was_published():
    row = oa.time_since_inspection("2022-12-31", published_by="2022-12-31").set_index(
        "authority_id"
    )
    assert row.loc["norfolk", "inspection_id"] == "norfolk-sif-2017-11"
    assert row.loc["norfolk", "previous_inspection_id"] == "norfolk-sif-2015-07"


# Arguments ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "day",
    ["2025-03-31", date(2025, 3, 31), datetime(2025, 3, 31, 14, 30), np.datetime64("2025-03-31"),
     pd.Timestamp("2025-03-31"), pd.Timestamp("2025-03-31 12:00", tz="UTC")],
    ids=str,
)  # fmt: skip
def test_a_day_as_people_give_it(day):
    assert as_day(day, "date") == pd.Timestamp("2025-03-31")
    assert len(oa.as_at(day)) == 153


@pytest.mark.parametrize(
    "day", ["", "2025", "31/03/2025", "03/04/2025", "2025-02-30", "now", 2025, 20250331, 1.5, []]
)
def test_a_day_that_is_none(day):
    for call in (
        lambda: oa.as_at(day),
        lambda: oa.as_at("2025-03-31", published_by=day),
        lambda: oa.over_time(day, "2025-03-31"),
        lambda: oa.over_time("2025-03-31", day),
        lambda: oa.time_since_inspection(day),
    ):
        with pytest.raises(oa.DataError, match=r"is not a date \(YYYY-MM-DD\)"):
            call()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: oa.as_at(pd.NaT), "date is empty; give a date"),
        (lambda: oa.as_at(theme="Overall"), "There is no theme 'Overall'. The themes are: overall"),
        (lambda: oa.as_at(latest="newest"), "latest must be 'inspection' or 'graded'"),
        (lambda: oa.over_time("2020-01-01", "2019-01-01"), "start .2020-01-01. is after end"),
        (lambda: oa.over_time("2020-01-01", "2021-01-01", "fortnight"), "freq must be how often"),
        (lambda: oa.over_time("2020-01-01", "2021-01-01", by="county"), "by must be 'region'"),
        (lambda: oa.over_time("2020-01-01", "2021-01-01", theme="x"), "There is no theme 'x'"),
        (
            lambda: oa.over_time("2020-01-01", "2021-01-01", published_by_lag="60"),
            "published_by_lag must be a whole number of days",
        ),
    ],
)
def test_arguments_that_cannot_be(call, message):
    with pytest.raises(oa.DataError, match=message):
        call()


def test_today_is_the_end_of_the_record():
    assert_frame_equal(oa.as_at(), oa.as_at(oa.data_complete_to()))


def test_importing_the_package_loads_pandas_only():
    code = (
        "import sys, ofsted_analysis; "
        "print([m for m in ('scipy', 'statsmodels', 'matplotlib', 'seaborn', 'pypdfium2') "
        "if m in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
