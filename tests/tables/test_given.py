"""A user's own table in place of the packaged one."""

import io

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

import ofsted_analysis as oa
from ofsted_analysis.tables import given, load
from ofsted_analysis.tables.days import as_day

ALL = oa.load_judgements()


def test_judgements_back_from_a_csv_file_give_the_same_answers():
    text = pd.read_csv(io.StringIO(ALL.to_csv(index=False)), dtype="str", keep_default_na=False)
    for own in (text, text.replace("", np.nan), text.sample(frac=1, random_state=1)):
        own = own.replace("", np.nan)
        assert_frame_equal(oa.as_at("2025-03-31", data=own), oa.as_at("2025-03-31"),
                           check_dtype=False, check_categorical=False)  # fmt: skip
        assert_frame_equal(
            oa.over_time("2018-01-01", "2020-12-31", data=own),
            oa.over_time("2018-01-01", "2020-12-31"),
        )


@pytest.mark.parametrize(
    ("own", "message"),
    [
        ([1, 2], "must be a DataFrame as from load_judgements"),
        (ALL.drop(columns="band"), "lack the column band"),
        (ALL.assign(band="fair"), "band: 'fair' is not one of: inadequate, third"),
        (ALL.assign(last_day="soon"), "last_day: .*soon"),
        (ALL.assign(last_day=20250331), "last_day: 20250331 is not a date"),
        (ALL.assign(last_day=pd.NaT), "last_day is empty in some rows"),
        (ALL.assign(position="first"), "position: .*first"),
        (pd.concat([ALL, ALL["band"]], axis=1), "the column 'band' twice"),
    ],
)
def test_judgements_that_cannot_be_used(own, message):
    with pytest.raises(oa.DataError, match=message):
        oa.as_at("2025-03-31", data=own)


def test_what_is_given_is_not_changed():
    own = ALL.astype({"grade": "str"})
    before = own.copy(deep=True)
    oa.as_at("2025-03-31", data=own)
    oa.over_time("2018-01-01", "2020-12-31", data=own)
    assert_frame_equal(own, before)


def test_what_is_loaded_is_the_callers_own(data):
    first = oa.load_judgements()
    first["grade"] = "good"
    first.loc[:, "authority"] = "changed"
    assert_frame_equal(oa.load_judgements(), ALL)
    sources = load.load_table("sources")
    sources["url"] = ""
    assert oa.load_sources()["url"].dropna().str.startswith("http").all()
    assert oa.load_sources()["url"].isna().sum() < 5


def test_a_file_that_has_changed_is_read_anew(data):
    path = data / "authorities.csv"
    assert "Barnet" in set(oa.load_authorities(data_dir=data)["name"])
    path.write_text(path.read_text("utf-8").replace("Barnet", "Barnex"), "utf-8")
    assert "Barnex" in set(oa.load_authorities(data_dir=data)["name"])


def test_a_day_in_another_zone_is_the_day_on_its_own_calendar():
    late = pd.Timestamp("2025-03-31 23:30", tz="America/New_York")
    assert as_day(late) == pd.Timestamp("2025-03-31")
    assert_frame_equal(oa.as_at(late), oa.as_at(np.datetime64("2025-03-31")))


def test_authorities_of_ones_own():
    own = oa.load_authorities().astype({"region": "str"}).sample(frac=1, random_state=2)
    assert given.authorities(own, ["authority_id"])["authority_id"].is_unique
    assert_frame_equal(
        oa.as_at("2025-03-31", authorities=own), oa.as_at("2025-03-31"), check_categorical=False
    )
