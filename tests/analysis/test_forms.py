"""The same question asked in other forms has the same answer, and what is given stays as it is."""

import datetime
import io

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

import ofsted_analysis as oa
from ofsted_analysis.analysis import change, judgements, shares

ALL = oa.load_judgements()
AUTHORITIES = oa.load_authorities()

WITH_DATA = {
    "as_at": lambda data: oa.as_at("2025-03-31", data=data),
    "panel": lambda data: oa.panel(["2019-03-31", "2025-03-31"], "leadership", data=data),
    "over_time": lambda data: oa.over_time("2018-01-01", "2020-12-31", by="region", data=data),
    "judgements_on": lambda data: oa.judgements_on("help_and_protection", data=data),
    # of judgements that are given it has no visits
    "history": lambda data: oa.history("Norfolk", data=ALL if data is None else data),
    "transitions": lambda data: oa.transitions("overall", data=data),
    "spells": lambda data: oa.spells("overall", data=data),
    "time_in_grade": lambda data: oa.time_in_grade(oa.spells("overall", data=data), "inadequate"),
    "time_since_inspection": lambda data: oa.time_since_inspection(data=data),
    "compare": lambda data: oa.compare("Norfolk", ["region"], date="2019-03-31", data=data),
    "grade_record": lambda data: change.grade_record("overall", data=data),
    "judgements_wide": lambda data: judgements.judgements_wide("sif", data=data),
}


def reordered(frame):
    """Categories of no order in another one."""
    found = frame.copy()
    for name, column in frame.items():
        if isinstance(column.dtype, pd.CategoricalDtype) and not column.cat.ordered:
            found[name] = column.cat.reorder_categories(column.cat.categories[::-1])
    return found


def from_csv(frame):
    return pd.read_csv(io.StringIO(frame.to_csv(index=False)), dtype="str")


FORMS = {
    "shuffled": lambda frame: frame.sample(frac=1, random_state=2),
    "categories in another order": reordered,
    "back from a CSV file": from_csv,
    "with another index": lambda frame: frame.set_axis(range(9, 9 + len(frame))),
    "with a column more": lambda frame: frame.assign(own=1),
    "columns in another order": lambda frame: frame[frame.columns[::-1]],
}


def plain(frame):
    """A table without its types, each column as text."""
    found = frame.astype("object").where(frame.notna(), None).reset_index(drop=True)
    return found.map(lambda value: value if value is None else str(value))


def assert_same(first, second):
    assert_frame_equal(plain(first), plain(second), check_dtype=False)


@pytest.mark.sample(3)
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", WITH_DATA)
def test_judgements_in_another_form(name, form):
    own = FORMS[form](ALL)
    before = own.copy(deep=True)
    assert_same(WITH_DATA[name](own), WITH_DATA[name](None))
    assert_frame_equal(own, before)


WITH_AUTHORITIES = {
    "as_at": lambda them: oa.as_at("2025-03-31", authorities=them),
    "panel": lambda them: oa.panel(["2019-03-31", "2025-03-31"], authorities=them),
    "over_time": lambda them: oa.over_time("2018-01-01", "2019-12-31", authorities=them),
    "spells": lambda them: oa.spells("overall", authorities=them),
}


@pytest.mark.sample(2)
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", WITH_AUTHORITIES)
def test_authorities_in_another_form(name, form):
    own = FORMS[form](AUTHORITIES)
    before = own.copy(deep=True)
    assert_same(WITH_AUTHORITIES[name](own), WITH_AUTHORITIES[name](None))
    assert_frame_equal(own, before)


DAYS = [
    datetime.date(2019, 3, 31),
    datetime.datetime(2019, 3, 31, 17, 5),
    pd.Timestamp("2019-03-31"),
    pd.Timestamp("2019-03-31 23:59", tz="Europe/London"),
    np.datetime64("2019-03-31"),
]


@pytest.mark.sample(3)
@pytest.mark.parametrize("day", DAYS, ids=lambda day: type(day).__name__)
@pytest.mark.parametrize(
    "ask",
    [
        lambda day: oa.as_at(day),
        lambda day: oa.as_at(day, published_by=day),
        lambda day: oa.panel([day]),
        lambda day: oa.over_time("2018-01-01", day, "YE"),
        lambda day: oa.time_since_inspection(day),
        lambda day: oa.compare("Norfolk", date=day),
        lambda day: pd.DataFrame({"found": [oa.find_authority("Cumbria", date=day)]}),
    ],
)
def test_a_day_in_another_form(ask, day):
    assert_same(ask(day), ask("2019-03-31"))


@pytest.mark.parametrize("name", ["norfolk", "NORFOLK", " Norfolk ", "E10000020", "926"])
def test_an_authority_in_another_form(name):
    assert_same(oa.history(name), oa.history("Norfolk"))
    assert_same(oa.compare(name, date="2019-03-31"), oa.compare("Norfolk", date="2019-03-31"))


@pytest.mark.parametrize("form", [list, tuple, pd.Series, pd.Index, np.array])
def test_several_in_another_form(form):
    days, themes = ["2019-03-31", "2025-03-31"], ["overall", "leadership"]
    assert_same(oa.panel(form(days)), oa.panel(days))
    assert_same(
        oa.over_time("2018-01-01", "2019-12-31", theme=form(themes)),
        oa.over_time("2018-01-01", "2019-12-31", theme=themes),
    )
    assert_same(oa.judgements_on(form(themes)), oa.judgements_on(themes))


def by_region(found):
    return found.astype({"region": "str"}).sort_values("region")


def test_a_snapshot_in_another_form():
    snapshot = oa.as_at("2025-03-31")
    for own in (snapshot.sample(frac=1, random_state=2), reordered(snapshot)):
        before = own.copy(deep=True)
        for ask in (
            lambda rows: oa.grade_share(rows, by="region"),
            lambda rows: shares.random_allocation_test(rows, "region"),
        ):
            assert_same(by_region(ask(own)), by_region(ask(snapshot)))
        assert_frame_equal(own, before)
