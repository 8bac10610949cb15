"""How grades change, and how long authorities stay in a band."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

import ofsted_analysis as oa
from ofsted_analysis.analysis import change, duration
from ofsted_analysis.analysis.outcomes import cut_off
from ofsted_analysis.tables.grades import BAND, BANDS

SOME = settings()
ALL = oa.load_judgements()
AUTHORITIES = oa.load_authorities()
THEMES = st.sampled_from(["overall", "help_and_protection", "children_in_care", "care_leavers"])
DAYS = st.dates(date(2009, 1, 1), date(2026, 8, 22))


def check_pairs(pairs, history):
    graded = history[history["band"].notna()]
    sizes = graded.groupby("authority_id", observed=True).size()
    assert len(pairs) == (sizes - 1).sum()
    for authority_id, own in pairs.groupby("authority_id", observed=True):
        # they chain: to_ of one is from_ of the next, from the first inspection to the last
        inspections = graded.loc[graded["authority_id"] == authority_id, "inspection_id"]
        chain = [own["from_inspection_id"].iloc[0], *own["to_inspection_id"]]
        assert chain == inspections.tolist()
        for end in ("inspection_id", "framework_id", "last_day", "grade", "band"):
            assert own[f"to_{end}"].tolist()[:-1] == own[f"from_{end}"].tolist()[1:]
    places = [[BANDS.index(band) for band in pairs[column]] for column in ("from_band", "to_band")]
    steps = np.array(places[1], dtype=int) - np.array(places[0], dtype=int)
    assert (pairs["steps"] == steps).all()
    assert ((pairs["direction"] == "up") == (steps > 0)).all()
    assert ((pairs["direction"] == "down") == (steps < 0)).all()
    assert (pairs["gap_days"] >= 0).all()
    assert (pairs["comparability"] <= pairs["from_comparability"]).all()
    assert (pairs["comparability"] <= pairs["to_comparability"]).all()


@given(st.data())
@SOME
def test_transitions_chain(judgement_frames, draw):
    frame, theme = draw.draw(judgement_frames(most=10)), draw.draw(THEMES)
    check_pairs(oa.transitions(theme, data=frame), oa.judgements_on(theme, data=frame))


@pytest.mark.parametrize("theme", oa.themes())
def test_packaged_transitions_chain(theme):
    pairs = oa.transitions(theme)
    check_pairs(pairs, oa.judgements_on(theme))
    matrix = change.transition_matrix(pairs)
    assert matrix.index.tolist() == matrix.columns.tolist() == list(BANDS)
    assert matrix.to_numpy().sum() == len(pairs)
    up = (pairs["direction"] == "up").sum()
    assert np.triu(matrix.to_numpy(), 1).sum() == up


@given(st.data())
@SOME
def test_first_previous_and_latest(judgement_frames, draw):
    frame, theme = draw.draw(judgement_frames(most=10)), draw.draw(THEMES)
    options = {"theme": theme, "data": frame}
    each = oa.transitions(**options)
    ends = each.groupby("authority_id", observed=True)
    last = oa.transitions(pairs="previous to latest", **options)
    assert_frame_equal(last, ends.tail(1).reset_index(drop=True))
    first = oa.transitions(pairs="first to latest", **options)
    assert first["authority_id"].tolist() == last["authority_id"].tolist()
    assert first["to_inspection_id"].tolist() == last["to_inspection_id"].tolist()
    assert first["from_inspection_id"].tolist() == ends.head(1)["from_inspection_id"].tolist()
    # whole bands: from first to last is the sum of the steps between
    assert first["steps"].tolist() == ends["steps"].sum().tolist()
    alike = oa.transitions(across_frameworks=False, **options)
    assert_frame_equal(alike, each[each["same_framework"]].reset_index(drop=True))


@given(st.data())
@SOME
def test_the_order_of_the_rows_does_not_matter(judgement_frames, draw):
    frame, theme = draw.draw(judgement_frames(most=10)), draw.draw(THEMES)
    mixed = frame.sample(frac=1, random_state=draw.draw(st.integers(0, 99)))
    for pairs in ("consecutive", "previous to latest", "first to latest"):
        assert_frame_equal(
            oa.transitions(theme, pairs=pairs, data=mixed),
            oa.transitions(theme, pairs=pairs, data=frame),
        )
    each = oa.transitions(theme, data=frame)
    assert_frame_equal(change.transition_matrix(each[::-1]), change.transition_matrix(each))
    assert_frame_equal(oa.spells(theme, data=mixed), oa.spells(theme, data=frame))


def test_pairs_of_one_authority_as_reported():
    own = oa.transitions("overall").query("authority_id == 'norfolk'")
    columns = ["from_grade", "to_grade", "steps", "same_framework"]
    assert own[columns].to_numpy().tolist() == [
        ["inadequate", "requires improvement", 1, True],
        ["requires improvement", "good", 1, False],
        ["good", "outstanding", 1, True],
    ]
    assert own["gap_days"].tolist()[0] == (date(2017, 11, 24) - date(2015, 7, 30)).days
    devon = oa.transitions("overall", pairs="first to latest").query("authority_id == 'devon'")
    assert devon[["from_grade", "to_grade", "direction"]].to_numpy().tolist() == [
        ["requires improvement", "inadequate", "down"]
    ]
    suffolk = oa.transitions("overall", within="ilacs").query("authority_id == 'suffolk'")
    assert suffolk[["from_grade", "to_grade", "steps"]].to_numpy().tolist() == [
        ["outstanding", "requires improvement", -2]
    ]


def test_nobody_is_paired_with_a_predecessor():
    changes = oa.load_table("authority_changes").astype("str")
    for theme in ("overall", "help_and_protection"):
        pairs = oa.transitions(theme, pairs="first to latest")
        owner = ALL.drop_duplicates("inspection_id").set_index("inspection_id")["authority_id"]
        for end in ("from", "to"):
            whose = pairs[f"{end}_inspection_id"].astype("str").map(owner.astype("str"))
            assert (whose == pairs["authority_id"].astype("str")).all()
        new = pairs[pairs["authority_id"].isin(changes["successor_id"])]
        assert (new["from_last_day"] >= "2019-04-01").all()


def test_a_pair_passes_over_inspections_without_a_grade():
    # care leavers: graded in 2017, not in 2022, again in 2026
    own = oa.transitions("care_leavers").query("authority_id == 'norfolk'")
    assert own.iloc[-1][["from_inspection_id", "to_inspection_id"]].tolist() == [
        "norfolk-sif-2017-11",
        "norfolk-ilacs-2026-02",
    ]
    assert own.iloc[-1]["comparability"] == "partial"


# Spells -------------------------------------------------------------------------------------


def spells_by_hand(history, authorities, until):
    """Walk through each authority's inspections one by one."""
    closed = authorities.set_index("authority_id")["closed"]
    walked = []
    for authority_id, rows in history.groupby("authority_id", observed=True):
        if authority_id not in closed.index:
            continue
        end = closed[authority_id]
        standing = None  # the spell under way
        for row in rows[rows["last_day"] <= until].sort_values("last_day").itertuples():
            band = None if pd.isna(row.band) else row.band
            if standing and band != standing["band"]:
                walked.append(standing | {"end": row.last_day, "next_band": band})
                standing = None
            if standing:
                standing["inspections"] += 1
            elif band:
                standing = {"authority_id": authority_id, "band": band, "inspections": 1}
                standing["start"] = row.last_day
        if standing:
            cut = until if pd.isna(end) else min(until, end)
            walked.append(standing | {"end": cut, "next_band": None})
    return walked


def check_spells(found, history, authorities, until):
    expected = spells_by_hand(history, authorities, until)
    columns = ["authority_id", "band", "inspections", "start", "end", "next_band"]
    seen = found[columns].astype(object).where(found[columns].notna(), None)
    assert seen.to_dict("records") == [{c: row[c] for c in columns} for row in expected]
    assert (found["days"] >= 0).all()
    assert ((found["end"] - found["start"]).dt.days == found["days"]).all()
    assert (found["ended"] == found["next_band"].notna()).all()


@given(st.data())
@SOME
def test_spells_leave_no_gap(judgement_frames, draw):
    frame, theme = draw.draw(judgement_frames(most=10)), draw.draw(THEMES)
    until = pd.Timestamp(draw.draw(DAYS))
    # two inspections of one authority ending on one day have no order in time
    frame = frame[frame.groupby(["authority_id", "last_day"], observed=True)["inspection_id"]
                  .transform("nunique") == 1]  # fmt: skip
    found = oa.spells(theme, date=until, data=frame)
    check_spells(found, oa.judgements_on(theme, data=frame), AUTHORITIES, until)


@pytest.mark.sample(3)
@pytest.mark.parametrize("theme", oa.themes())
def test_packaged_spells_leave_no_gap(theme):
    end = cut_off(theme)
    check_spells(oa.spells(theme), oa.judgements_on(theme), AUTHORITIES, end)
    west = AUTHORITIES[AUTHORITIES["region"] == "South West"]
    check_spells(oa.spells(theme, authorities=west), oa.judgements_on(theme), west, end)


def test_a_spell_agrees_with_the_snapshots():
    found = oa.spells("overall")
    for day in ("2016-12-31", "2020-06-30", "2025-03-31"):
        on = pd.Timestamp(day)
        standing = found[(found["start"] <= on) & ((found["end"] > on) | ~found["ended"])]
        standing = standing[standing["end"] >= on].set_index("authority_id")["band"]
        snapshot = oa.as_at(day, latest="graded").set_index("authority_id")["band"].dropna()
        assert standing.astype("str").to_dict() == snapshot.astype("str").to_dict()


def test_a_spell_is_cut_off_where_no_such_judgement_was_made():
    # care leavers in Norfolk: good in 2017, judged with children in care in 2022, apart in 2026
    own = oa.spells("care_leavers").query("authority_id == 'norfolk'")
    assert own["ended"].iloc[-2:].tolist() == [False, False]
    assert str(own["end"].iloc[-2].date()) == "2022-11-18"
    assert str(own["start"].iloc[-1].date()) == "2026-02-27"


def test_spells_stop_with_the_judgement():
    assert str(oa.spells("overall")["end"].max().date()) == "2026-03-31"
    assert oa.spells("leadership")["end"].max() == oa.data_complete_to()


def test_a_spell_under_one_framework_is_cut_off_by_the_next():
    own = oa.spells("overall", within="sif").query("authority_id == 'west-sussex'")
    assert str(own["end"].item().date()) == "2019-03-08"
    assert not own["ended"].item()


def test_spells_of_one_authority():
    own = oa.spells("overall", date="2026-03-31").query("authority_id == 'norfolk'")
    assert own["band"].tolist() == ["inadequate", "third", "good", "outstanding"]
    assert own["days"].iloc[0] == (date(2017, 11, 24) - date(2015, 7, 30)).days
    assert own["ended"].tolist() == [True, True, True, False]
    assert str(own["end"].iloc[-1].date()) == "2026-03-31"
    cumbria = oa.spells("overall").query("authority_id == 'cumbria'")
    assert str(cumbria["end"].iloc[-1].date()) == "2023-03-31"
    assert not cumbria["ended"].iloc[-1]


def test_a_later_inspection_changes_no_spell_that_was_cut_off_before():
    cut = oa.spells("overall", date="2020-12-31")
    past = oa.spells("overall", date="2020-12-31", data=ALL[ALL["last_day"] <= "2020-12-31"])
    assert_frame_equal(cut, past)


def test_no_judgements_at_all():
    none = ALL.iloc[:0]
    for pairs in ("consecutive", "previous to latest", "first to latest"):
        found = oa.transitions(pairs=pairs, data=none)
        assert found.empty and list(found) == list(oa.transitions())
    assert (change.transition_matrix(found).to_numpy() == 0).all()
    assert oa.transitions(within="ilacs", data=none).empty
    found = oa.spells(data=none)
    assert found.empty and list(found) == list(oa.spells())
    with pytest.raises(oa.DataError, match="0 spells in 'good'"):
        oa.time_in_grade(found, "good")


# Cumulative incidence -------------------------------------------------------------------------


def as_spells(days, ways):
    """Spells in 'third' that ended in 'good' (1), in 'inadequate' (-1), or were cut off (0)."""
    after = [{1: "good", -1: "inadequate"}.get(int(way)) for way in ways]
    return pd.DataFrame(
        {
            "band": pd.Categorical(["third"] * len(days), dtype=BAND),
            "days": days,
            "ended": [bool(way) for way in ways],
            "next_band": pd.Categorical(after, dtype=BAND),
        }
    )


def test_with_one_way_out_it_is_the_curve_known_from_textbooks():
    # Remission in weeks on 6-mercaptopurine (Freireich and others 1963), the example of Cox and
    # Oakes, Collett, and Kalbfleisch and Prentice; 0 is censored. R's survfit gives the same.
    weeks = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
    event = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]
    curve = oa.time_in_grade(as_spells(weeks, event), "third", at_least=1)
    ends = curve[curve["to_better"] > 0]
    assert ends["days"].tolist() == [6, 7, 10, 13, 16, 22, 23]
    assert ends["at_risk"].tolist() == [21, 17, 15, 12, 11, 7, 6]
    assert ends["to_better"].tolist() == [3, 1, 1, 1, 1, 1, 1]
    assert ends["still"].round(4).tolist() == [
        0.8571, 0.8067, 0.7529, 0.6902, 0.6275, 0.5378, 0.4482,
    ]  # fmt: skip
    # by hand at week 10: S = 0.7529, Greenwood's sum = 3/(21 18) + 1/(17 16) + 1/(15 14)
    spread = 1.959964 * np.sqrt(3 / (21 * 18) + 1 / (17 * 16) + 1 / (15 * 14))
    share = (18 / 21) * (16 / 17) * (14 / 15)
    low = share ** np.exp(spread / -np.log(share))
    high = share ** np.exp(-spread / -np.log(share))
    row = ends.iloc[2]
    assert (1 - row[["better_high", "better_low"]]).tolist() == pytest.approx([low, high], abs=1e-6)
    assert (1 - row[["better_high", "better_low"]]).round(3).tolist() == [0.503, 0.889]


def test_two_ways_out_by_hand():
    # 5 spells: up on day 2, cut off on 3, one up and one down on 4, cut off on 9
    curve = oa.time_in_grade(as_spells([2, 3, 4, 4, 9], [1, 0, 1, -1, 0]), "third", at_least=1)
    assert curve["days"].tolist() == [0, 2, 3, 4, 9]
    assert curve["better"].tolist() == pytest.approx([0, 1 / 5, 1 / 5, 7 / 15, 7 / 15])
    assert curve["worse"].tolist() == pytest.approx([0, 0, 0, 4 / 15, 4 / 15])
    assert curve["at_risk"].tolist() == [5, 5, 4, 3, 1]
    assert duration.median_days(curve)[0] != duration.median_days(curve)[0]  # not reached


def test_a_way_out_that_ends_in_half():
    curve = oa.time_in_grade(as_spells([1, 2], [1, -1]), "third", at_least=1)
    assert curve["better"].tolist() == pytest.approx([0, 0.5, 0.5])
    assert duration.median_days(curve)[0] == 1
    assert np.isnan(duration.median_days(curve, "worse")[1:]).all()


def test_other_ways_out_are_not_cut_off():
    # taking those that went down as cut off, half would seem to have gone up, where 31% had
    spells = oa.spells("overall")
    good = oa.time_in_grade(spells, "good", at_least=1)
    own = spells[spells["band"] == "good"]
    assert good["to_better"].sum() == (own["next_band"] == "outstanding").sum()
    worse = own["next_band"].isin(["inadequate", "third"])
    assert good["to_worse"].sum() == worse.sum()
    assert good.loc[good["days"] <= 5 * 365.25, "better"].iloc[-1] == pytest.approx(0.314, abs=1e-3)
    wide = oa.time_in_grade(spells, "good", level=0.99, at_least=1)
    some = good["better_low"].notna()
    assert (wide["better_low"][some] < good["better_low"][some]).all()
    assert (good["better_low"] <= good["better"])[some].all()
    assert (good["better"] <= good["better_high"])[some].all()


@given(
    st.lists(st.tuples(st.integers(1, 60), st.sampled_from([-1, 0, 1])), min_size=1, max_size=25)
)
@settings()
def test_the_three_shares_add_up_and_follow_their_definition(rows):
    days, ways = zip(*rows, strict=True)
    spells = as_spells(days, ways)
    if not any(ways):
        with pytest.raises(oa.DataError, match="too few for a curve"):
            oa.time_in_grade(spells, "third", at_least=1)
        return
    still, better, worse, expected = 1.0, 0.0, 0.0, {0: (1.0, 0.0, 0.0)}
    for day in sorted(set(days)):
        at_risk = sum(d >= day for d in days)
        up, down = (sum(r == (day, way) for r in rows) / at_risk for way in (1, -1))
        better, worse = better + still * up, worse + still * down
        still *= 1 - up - down
        expected[day] = (still, better, worse)
    curve = oa.time_in_grade(spells, "third", at_least=1)
    assert curve["days"].tolist() == list(expected)
    assert curve[["still", "better", "worse"]].to_numpy() == pytest.approx(
        np.array(list(expected.values())), abs=1e-9
    )


@given(st.data())
@SOME
def test_persistence_counts_the_graded_inspections(judgement_frames, draw):
    frame, theme, day = draw.draw(judgement_frames(most=10)), draw.draw(THEMES), draw.draw(DAYS)
    found = change.grade_record(theme, date=day, data=frame).set_index("authority_id")
    there = oa.as_at(day, theme, latest="graded", data=frame).set_index("authority_id")
    assert found.index.tolist() == there.index.tolist()
    assert found["band"].dtype == BAND
    assert (found["band"].cat.codes == there["band"].cat.codes).all()
    assert (found["last_last_day"].dropna() == there["last_day"].dropna()).all()
    history = oa.judgements_on(theme, data=frame)
    history = history[history["band"].notna() & (history["last_day"] <= pd.Timestamp(day))]
    for row in found.itertuples():
        own = history.loc[history["authority_id"] == row.Index, "band"] >= "good"
        assert (row.graded, row.n) == (len(own), own.sum())
        expected = "always" if own.all() else "at times" if own.any() else "never"
        assert row.record == expected if len(own) else pd.isna(row.record)


def test_persistence_on_the_record():
    found = change.grade_record(bands="inadequate", within="ilacs", date="2026-03-31")
    pairs = oa.judgements_on("overall").query("framework_id == 'ilacs' and band == 'inadequate'")
    now = set(found["authority_id"])
    assert set(found.loc[found["n"] > 0, "authority_id"]) == now & set(pairs["authority_id"])
    assert found["graded"].sum() > 250 and list(found["record"].cat.categories) == [
        "never", "at times", "always",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: change.grade_record(bands="third grade"), "No such band: third grade"),
        (lambda: change.grade_record("overall", within="cp"), "not judged under a framework 'cp'"),
        (lambda: oa.transitions("Overall"), "There is no theme 'Overall'"),
        (lambda: oa.transitions(pairs="last"), "pairs must be 'consecutive', 'previous to latest'"),
        (lambda: oa.transitions(within="SIF"), "not judged under .* 'SIF', but under: ilacs, sif"),
        (lambda: oa.transitions("overall", within="cp"), "not judged under a framework 'cp'"),
        (lambda: oa.spells("overall", within="cp"), "not judged under a framework 'cp'"),
        (lambda: oa.spells("Overall"), "There is no theme 'Overall'"),
        (lambda: oa.spells(date="31.3.2025"), r"date: .* is not a date \(YYYY-MM-DD\)"),
        (
            lambda: oa.time_in_grade(oa.spells(), "adequate"),
            "No such band: adequate. Bands: inad",
        ),
        (lambda: duration.median_days(oa.time_in_grade(oa.spells(), "good"), "up"), "way must be"),
        (lambda: oa.time_in_grade(oa.spells(), "good", level=95), "level must lie between 0 and 1"),
        (
            lambda: oa.time_in_grade(oa.spells("adoption"), "inadequate"),
            "too few for a curve, which takes 10 at least",
        ),
    ],
)
def test_arguments_that_cannot_be(call, message):
    with pytest.raises(oa.DataError, match=message):
        call()


def test_grades_around_an_event_are_those_of_the_snapshots():
    events = pd.DataFrame(
        {
            "authority_id": ["cumbria", "leeds", "devon"],
            "date": ["2021-05-01"] * 2 + ["2025-01-01"],
        },
        index=[7, 8, 9],
    )
    found = change.grades_around(events, years=[-2, 0, 2])
    assert found["event"].tolist() == [7] * 3 + [8] * 3 + [9] * 3
    for row in found.itertuples():
        if row.reason in ("did not exist", "after the record"):
            continue
        at = oa.as_at(row.date).set_index("authority_id").loc[row.authority_id]
        assert (at["grade"] == row.grade) or (pd.isna(at["grade"]) and at["reason"] == row.reason)
    strange = found.set_index(["authority_id", "years"])["reason"]
    assert strange["cumbria", 2] == "did not exist"  # closed on 31 March 2023
    assert strange["devon", 2] == "after the record"


@pytest.mark.parametrize(
    ("events", "years", "message"),
    [
        (pd.DataFrame({"authority_id": ["leeds"]}), [0], "column 'date'"),
        (pd.DataFrame({"authority_id": ["leedz"], "date": ["2020-01-01"]}), [0], "leedz"),
        (pd.DataFrame({"authority_id": ["leeds"], "date": ["2020-01-01"]}), [0.5], "whole numbers"),
        (pd.DataFrame({"authority_id": ["leeds"], "date": ["soon"]}), [0], "date"),
    ],
)
def test_events_that_are_none_are_refused(events, years, message):
    with pytest.raises(oa.DataError, match=message):
        change.grades_around(events, years=years)


def test_grades_given_by_kind_of_inspection():
    by_kind = change.grades_given("overall", by="inspection_type")
    by_round = change.grades_given("overall")
    counts = ["year", "band"]
    assert by_kind.groupby(counts)["n"].sum().equals(by_round.groupby(counts)["n"].sum())
    short = by_kind[by_kind["inspection_type"] == "short"].groupby("band")["n"].sum()
    history = oa.judgements_on("overall").query("inspection_type == 'short'")
    assert short.to_dict() == history["band"].value_counts().to_dict()
    with pytest.raises(oa.DataError, match="by must be 'round' or"):
        change.grades_given(by="region")
