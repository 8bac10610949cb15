"""Who was under a notice or direction, and what followed an inadequate grade."""

import pandas as pd
import pytest

import ofsted_analysis as oa
from ofsted_analysis.analysis import interventions as found_after
from ofsted_analysis.tables.load import load_events


def events(*rows):
    """Events of one authority: (date, kind, inspection_id or None)."""
    frame = pd.DataFrame(rows, columns=["date", "kind", "inspection_id"])
    frame["date"] = pd.to_datetime(frame["date"]).astype("datetime64[s]")
    return frame.assign(
        authority_id="york", authority="York", date_precision="day", status="happened"
    )


def spells(*rows):
    found = found_after.intervention_spells(events=events(*rows))
    return [(str(s.start)[:10], str(s.end)[:10], s.kinds, s.how_ended) for s in found.itertuples()]


def test_a_notice_that_was_lifted():
    assert spells(
        ("2015-01-01", "improvement notice", "a"), ("2016-01-01", "improvement notice lifted", None)
    ) == [("2015-01-01", "2016-01-01", "notice", "lifted or revoked")]


def test_a_notice_replaced_by_a_direction_is_one_spell():
    assert spells(
        ("2015-01-01", "improvement notice", "a"),
        ("2016-01-01", "statutory direction", "a"),
        ("2016-01-01", "improvement notice lifted", None),
        ("2017-01-01", "statutory direction revised", None),
        ("2018-01-01", "statutory direction revoked", None),
    ) == [("2015-01-01", "2018-01-01", "notice and direction", "lifted or revoked")]


def test_another_inspection_begins_another_spell():
    assert spells(
        ("2012-01-01", "improvement notice", "a"), ("2019-01-01", "statutory direction", "b")
    ) == [
        ("2012-01-01", "NaT", "notice", "no end found"),
        ("2019-01-01", "NaT", "direction", "no end found"),
    ]


def test_only_the_last_spell_can_end_with_its_authority():
    found = found_after.intervention_spells().query("authority_id == 'cumbria'")
    assert found["how_ended"].tolist()[0] == "no end found"
    assert found["how_ended"].tolist()[-1] == "authority closed"


def test_an_end_alone_has_no_start():
    assert spells(("2016-01-01", "improvement notice lifted", None)) == [
        ("NaT", "2016-01-01", "notice", "lifted or revoked")
    ]


def test_what_was_only_announced_is_no_intervention():
    frame = events(("2015-01-01", "improvement notice", "a")).assign(status="announced")
    assert found_after.intervention_spells(events=frame).empty


@pytest.mark.parametrize("day", ["2013-06-30", "2018-12-31", "2024-12-31"])
def test_an_intervention_knows_nothing_of_later(day):
    now = found_after.interventions(day)
    known = load_events()
    then = found_after.interventions(day, events=known[known["date"] <= day])
    later = ["known_end", "how_ended"]
    assert now.drop(columns=later).equals(then.drop(columns=later))
    assert not (now["known_end"] <= day).any()
    assert now["authority_id"].is_unique
    assert not (now["since"] > day).any()


def test_an_authority_that_closed_is_under_none():
    assert "northamptonshire" in set(found_after.interventions("2020-01-01")["authority_id"])
    assert "northamptonshire" not in set(found_after.interventions("2021-04-01")["authority_id"])


def test_a_spell_that_was_followed_by_one_that_ended_is_over():
    early = ("2010-06-30", "improvement notice", "a")
    later = [
        ("2012-02-29", "improvement notice", "b"), ("2013-12-31", "improvement notice lifted", None)
    ]  # fmt: skip
    assert len(found_after.interventions("2014-01-01", events=events(early))) == 1
    assert found_after.interventions("2014-01-01", events=events(early, *later)).empty
    assert "peterborough" not in set(found_after.interventions("2020-01-01")["authority_id"])


def test_an_authority_that_closed_is_under_none_of_its_earlier_spells():
    """Cumbria had a notice of 2012 without an end, a direction of 2015, and closed in 2023."""
    assert "cumbria" in set(found_after.interventions("2022-01-01")["authority_id"])
    assert "cumbria" not in set(found_after.interventions("2026-08-22")["authority_id"])
    closed = oa.load_authorities().query("closed.notna()")["authority_id"]
    assert not set(found_after.interventions("2026-08-22")["authority_id"]) & set(closed)


def test_the_end_that_came_later_is_told_apart():
    now = found_after.interventions("2020-01-01").set_index("authority_id")
    assert str(now.loc["west-sussex", "known_end"].date()) == "2023-05-11"
    assert now.loc["west-sussex", "how_ended"] == "lifted or revoked"
    assert now.loc["northamptonshire", "how_ended"] == "authority closed"
    assert pd.isna(now.loc["wirral", "known_end"])
    assert now.loc["wirral", "how_ended"] == "no end found"


ROWS = found_after.after_inadequate()
BY_KEY = ROWS.set_index("inspection_id")


def test_every_inadequate_inspection_has_a_row_and_no_action_comes_before_it():
    history = oa.judgements_on(list(found_after.FAILING))
    bad = history[history["grade"] == "inadequate"]
    assert set(ROWS["inspection_id"]) == set(bad["inspection_id"]) and len(ROWS) > 100
    for column in ("notice", "direction", "commissioner", "trust", "next_last_day"):
        assert not (ROWS[column] < ROWS["last_day"]).any(), column
        assert not (ROWS[column] < ROWS["published_date"]).any(), column
    none = ROWS["found"] == "none found"
    told = ["notice", "direction", "commissioner", "trust", "in_force", "undated"]
    assert ROWS.loc[none, told].isna().all(axis=None)
    assert (ROWS["days_to_good"] >= ROWS["days_to_next"]).fillna(True).all()


@pytest.mark.parametrize(
    "event_id",
    [
        "peterborough-2023-08-31-improvement-notice",  # focused visit
        "tameside-2022-07-31-improvement-notice",
        "northamptonshire-2018-11-30-statutory-direction",
        "south-gloucestershire-2022-03-31-improvement-notice",  # five years after
        "herefordshire-2021-05-18-improvement-notice",  # High Court
        "bradford-2022-02-09-statutory-direction",
    ],
)
def test_what_something_else_came_before_is_put_to_no_inspection(event_id):
    event = load_events().set_index("event_id").loc[event_id]
    assert pd.isna(event["inspection_id"])
    own = ROWS[ROWS["authority_id"] == event["authority_id"]]
    assert not (own[["notice", "direction", "trust"]] == event["date"]).any(axis=None)


@pytest.mark.parametrize(
    ("inspection_id", "column", "day"),
    [
        ("leeds-slac-2009-12", "notice", "2010-03-31"),
        ("norfolk-lac-2013-07", "direction", "2013-12-31"),
        ("sandwell-sif-2015-02", "trust", "2018-04-01"),
        ("slough-sif-2013-12", "trust", "2015-10-01"),
    ],
)
def test_what_the_rule_covers_is_put_to_its_inspection(inspection_id, column, day):
    assert str(BY_KEY.loc[inspection_id, column].date()) == day


@pytest.mark.parametrize(
    ("inspection_id", "found"),
    [
        # an end or a revision tells of what was in force
        ("worcestershire-slac-2010-10", "notice or other step"),
        ("coventry-sif-2014-02", "notice or other step"),
        ("doncaster-sif-2015-10", "direction or trust"),
        ("torbay-sif-2018-07", "direction or trust"),
        ("middlesbrough-ilacs-2019-12", "direction or trust"),
        ("surrey-sif-2018-03", "direction or trust"),
        ("rotherham-sif-2014-10", "direction or trust"),
        # the notice that was lifted in 2023 began after another visit, five years later
        ("south-gloucestershire-sif-2016-12", "none found"),
        # steps that are neither notice nor direction
        ("liverpool-ilacs-2023-03", "notice or other step"),
        ("cheshire-east-cp-2013-03", "notice or other step"),
        # only pages without a date
        ("devon-ilacs-2020-01", "found, not dated"),
        ("northamptonshire-lac-2013-07", "found, not dated"),
        ("st-helens-ilacs-2019-10", "found, not dated"),
    ],
)
def test_what_was_found_in_groups(inspection_id, found):
    assert BY_KEY.loc[inspection_id, "found"] == found


def test_none_is_found_only_where_neither_events_nor_evidence_tell_of_any():
    pages = oa.load_table("event_evidence").dropna(subset=["inspection_id"])
    named = pages["inspection_id"].astype("str").str.split("|").explode()
    tied = load_events().query("status == 'happened'")["inspection_id"].dropna()
    none = set(ROWS.loc[ROWS["found"] == "none found", "inspection_id"])
    assert not none & {*named, *tied}


def test_days_are_given_only_where_they_are_known():
    acts = load_events().query("kind in ('improvement notice', 'statutory direction')")
    vague = acts[acts["date_precision"] == "year"]
    first = ROWS[["notice", "direction"]].min(axis=1)
    inferred = pd.MultiIndex.from_arrays([ROWS["inspection_id"], first]).isin(
        pd.MultiIndex.from_frame(vague[["inspection_id", "date"]])
    )
    assert inferred.sum() > 5
    unknown = ROWS["published_date"].isna() | inferred
    assert ROWS.loc[unknown, "days_to_action"].isna().all()
    known = first.notna() & ~unknown
    days = (first - ROWS["published_date"]).dt.days[known]
    assert days.tolist() == ROWS.loc[known, "days_to_action"].tolist()
    sure = oa.load_table("inspections").set_index("inspection_id")["date_precision"]
    vague = ROWS["inspection_id"].map(sure) == "year"
    assert vague.any() and ROWS.loc[vague, "days_to_next"].isna().all()


def test_times_are_counted_once_each_with_their_interval():
    times = found_after.times_after(ROWS)
    assert (times.groupby("until")[["n", "left_out", "not_seen"]].sum().sum(axis=1) == 129).all()
    shown = times.dropna(subset=["low"])
    for lower, upper in (("quarter", "median"), ("median", "three_quarters"), ("low", "median"),
                         ("median", "high")):  # fmt: skip
        assert (shown[lower] <= shown[upper]).all()
    own = ROWS[ROWS["found"] == "direction or trust"]["days_to_action"].dropna()
    row = times.query("found == 'direction or trust' and until == 'notice or direction'").iloc[0]
    assert row["n"] == len(own) and row["median"] == own.median()


def test_the_interval_of_a_median_is_that_of_two_order_statistics():
    """Of ten values the second and the ninth enclose the median with 97.9%, the third with 89%."""
    rows = ROWS.head(10).assign(found="none found", days_to_good=range(10))
    row = found_after.times_after(rows).query("until == 'good or better'").iloc[0]
    assert (row["low"], row["median"], row["high"]) == (1, 4.5, 8)
    few = found_after.times_after(rows.head(5)).query("until == 'good or better'").iloc[0]
    assert pd.isna(few["low"]) and few["median"] == 2


def test_every_dated_piece_of_evidence_became_an_event_or_has_a_reason():
    evidence = oa.load_table("event_evidence")
    dated = evidence[(evidence["status"] == "happened") & evidence["date"].notna()]
    assert len(evidence) == 418 and len(dated) == 251
    counts = dated["decision"].value_counts().to_dict()
    assert counts == {"event": 186, "merged": 39, "left out": 26}
    left_out = evidence["decision"] == "left out"
    assert evidence.loc[left_out, "reason"].notna().all()
    assert set(evidence.loc[~left_out, "event_id"]) <= set(load_events()["event_id"])


def test_no_address_of_an_event_names_a_person():
    for name in ("event_evidence", "sources"):
        urls = oa.load_table(name)["url"].dropna().astype("str")
        for word in ("chrisphilp", "timpson-orders", "lornadupre", "edyourself"):
            assert not urls.str.contains(word).any()


def test_events_are_found_by_year_and_kind():
    table = found_after.event_coverage()
    assert table["n"].sum() + table["announced"].sum() == len(load_events())


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_the_rows_does_not_matter(seed):
    events = found_after.load_events()
    mixed = events.sample(frac=1, random_state=seed)
    spells = found_after.intervention_spells(events=events)
    pd.testing.assert_frame_equal(found_after.intervention_spells(events=mixed), spells)
    pd.testing.assert_frame_equal(
        found_after.interventions("2024-12-31", events=mixed),
        found_after.interventions("2024-12-31", events=events),
    )


def test_a_notice_that_ends_on_the_day_of_a_later_direction_has_that_end():
    one, two = "york-sif-2014-06", "york-ilacs-2020-03"
    rows = [
        ("2015-01-01", "improvement notice", one),
        ("2020-08-30", "improvement notice lifted", None),
        ("2020-08-30", "statutory direction", two),
    ]
    for order in (rows, rows[::-1]):
        assert spells(*order) == [
            ("2015-01-01", "2020-08-30", "notice", "lifted or revoked"),
            ("2020-08-30", "NaT", "direction", "no end found"),
        ]


def test_nothing_to_go_by_gives_nothing():
    events = found_after.load_events()
    none = found_after.after_inadequate(events=events.iloc[:0])
    assert set(none["found"]) <= {"found, not dated", "none found"}
    assert found_after.times_after(none.iloc[:0]).empty
    strange = events.iloc[:1].assign(authority_id="atlantis")
    assert len(found_after.intervention_spells(events=strange)) <= 1


def test_times_count_rows_whatever_their_index():
    found = found_after.after_inadequate()
    times = found_after.times_after(found)
    pd.testing.assert_frame_equal(found_after.times_after(found.set_axis([0] * len(found))), times)
