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
    assert now.equals(found_after.interventions(day, events=known[known["date"] <= day]))
    assert now["authority_id"].is_unique
    assert not (now["since"] > day).any()


def test_an_authority_that_closed_is_under_none():
    assert "northamptonshire" in set(found_after.interventions("2020-01-01")["authority_id"])
    assert "northamptonshire" not in set(found_after.interventions("2021-04-01")["authority_id"])


def test_every_inadequate_inspection_has_a_row_and_no_action_comes_before_it():
    rows = found_after.after_inadequate()
    history = oa.judgements_on(list(found_after.FAILING))
    bad = history[history["grade"] == "inadequate"]
    assert set(rows["inspection_id"]) == set(bad["inspection_id"]) and len(rows) > 100
    for column in ("notice", "direction", "commissioner", "trust", "next_last_day"):
        assert not (rows[column] < rows["last_day"]).any(), column
    none = rows["found"] == "none found"
    assert rows.loc[none, ["notice", "direction", "commissioner", "trust"]].isna().all(axis=None)
    assert (rows["days_to_good"] >= rows["days_to_next"]).fillna(True).all()


def test_every_dated_piece_of_evidence_became_an_event_or_has_a_reason():
    evidence = oa.load_table("event_evidence")
    dated = evidence[(evidence["status"] == "happened") & evidence["date"].notna()]
    assert len(evidence) == 418 and len(dated) == 251
    counts = dated["decision"].value_counts().to_dict()
    assert counts == {"event": 185, "merged": 39, "left out": 27}
    left_out = evidence["decision"] == "left out"
    assert evidence.loc[left_out, "reason"].notna().all()
    assert set(evidence.loc[~left_out, "event_id"]) <= set(load_events()["event_id"])


def test_events_are_found_by_year_and_kind():
    table = found_after.event_coverage()
    assert table["n"].sum() + table["announced"].sum() == len(load_events())
