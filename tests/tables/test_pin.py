"""The record as it was known on an earlier day."""

import pandas as pd
import pytest

import ofsted_analysis as oa
from ofsted_analysis.analysis import outcomes


def test_pinned_to_its_end_the_record_is_the_same():
    before = oa.load_judgements()
    oa.pin(str(oa.data_complete_to().date()))
    assert oa.load_judgements().equals(before)


def test_what_was_published_later_is_not_there():
    day = pd.Timestamp("2024-12-31")
    whole, known = oa.load_judgements(), oa.as_at(day, published_by=day)
    assert oa.pin(day) == day == oa.data_complete_to()
    assert not (oa.load_judgements()["published_date"] > day).any()
    assert not (oa.load_visits()["published_date"] > day).any()
    assert 0 < len(oa.load_judgements()) < len(whole)
    columns = ["authority_id", "inspection_id", "grade", "reason", "days_since"]
    pd.testing.assert_frame_equal(oa.as_at(day)[columns], known[columns])
    assert outcomes.cut_off("leadership") == day


@pytest.mark.parametrize("day", ["2031-01-01", "soon"])
def test_a_day_that_the_record_does_not_reach_is_refused(day):
    with pytest.raises(oa.DataError):
        oa.pin(day)
