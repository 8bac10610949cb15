"""What no chart may say, whatever it is of: the rules of honest comparison that can be tested."""

import re
from functools import cache

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import ofsted_analysis as oa
from ofsted_analysis import charts
from ofsted_analysis.analysis import shares
from ofsted_analysis.charts.notes import comparison_caveat
from ofsted_analysis.tables.errors import DataError

RUNNING_ON = ("help_and_protection", "children_in_care", "care_leavers", "leadership")
THEMES = ("overall", *RUNNING_ON)
NAMES = ["Cumbria", "Cumberland", "Bournemouth, Christchurch and Poole", "Isles of Scilly",
         "City of London", "Kensington and Chelsea", "Birmingham", "Norfolk", "Dorset",
         "West Northamptonshire"]  # fmt: skip
DATES = ["2012-12-31", "2016-06-30", "2019-12-31", "2022-12-31", "2026-03-31"]

OF_ENGLAND = {
    "national": lambda theme, day: charts.national_picture(theme, start="2010-01-01", end=day),
    "given": lambda theme, day: charts.grades_given_by_year(theme),
    "groups": lambda theme, day: charts.grade_share(theme=theme, date=day),
    "types": lambda theme, day: charts.grade_share(by="authority_type", theme=theme, date=day),
    "map": lambda theme, day: charts.tile_map(day, theme, names=False),
    "histories": lambda theme, day: charts.small_multiples("South West", theme),
    "changes": lambda theme, day: charts.transition_matrix(theme=theme),
    "flow": lambda theme, day: charts.transition_flow(theme),
    "staying": lambda theme, day: charts.time_in_grade(theme, "good", date=day, at_least=1),
}
OF_ONE = {
    "timeline": lambda name, day: charts.timeline(name, date=day, events=True),
    "profile": lambda name, day: charts.profile(name, "region", date=day),
    "peers": lambda name, day: charts.peers(name, group="region", date=day),
}

NEVER = [
    r"\bstood\b", r"\bstands?\b", r"lay back", r"by lot", r"at hand", r"\bbecause\b",
    r"leads? to", r"\bdrives?\b", r"\bdriven\b", r"\b(?:was|were|is|are) requires improvement",
    r"\b(?:up|down) \d", r"\b0 had\b", r"highest", r"lowest", r"\bbest\b", r"\bworst\b",
    r"1 of 1 graded authorities", r"\bmoved\b",
]  # fmt: skip


def words(fig):
    return " ".join([fig.message, fig.alt, *(t.get_text().replace("\n", " ") for t in fig.texts)])


def check_plain(fig):
    for pattern in NEVER:
        assert not re.search(pattern, words(fig)), f"{pattern}: {fig.message}"


@pytest.mark.sample(5)
@pytest.mark.parametrize("day", DATES)
@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("kind", OF_ENGLAND)
def test_plain_words_without_rank_or_cause(kind, theme, day):
    try:
        fig = OF_ENGLAND[kind](theme, day)
    except DataError:  # nothing to draw then
        return
    check_plain(fig)


@pytest.mark.sample(5)
@pytest.mark.parametrize("day", DATES)
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("kind", OF_ONE)
def test_plain_words_of_one_authority(kind, name, day):
    try:
        fig = OF_ONE[kind](name, day)
    except (DataError, oa.UnknownAuthorityError):  # nothing to draw, or it did not exist
        return
    check_plain(fig)


@pytest.mark.sample(5)
@pytest.mark.parametrize("day", DATES[:4])
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("kind", OF_ONE)
def test_nothing_later_is_known_on_a_past_day(kind, name, day):
    try:
        fig = OF_ONE[kind](name, day)
    except (DataError, oa.UnknownAuthorityError):
        return
    without = [t.get_text() for t in fig.texts if not t.get_text().startswith("Source")]
    years = re.findall(r"\b20\d\d\b", " ".join([fig.message, fig.alt, *without]))
    # the pause and the last days of themes are of England, known now
    own = [y for y in years if int(y) > int(day[:4])]
    assert not own, (fig.message, own)
    data = charts.chart_data(fig)
    for column in ("last_day", "published_date"):
        if column in data and kind == "timeline":
            assert not (data[column] > day).any()


@pytest.mark.parametrize("draw", [
    lambda day: charts.grade_share(date=day),
    lambda day: charts.tile_map(day),
    lambda day: charts.profile("Norfolk", theme="overall", date=day),
    lambda day: oa.grade_share(oa.as_at(day), "region"),
    lambda day: shares.random_allocation_test(oa.as_at(day), "region"),
])  # fmt: skip
@pytest.mark.parametrize("day", ["2026-05-31", "2026-08-22"])
def test_no_share_of_overall_grades_after_they_ended(draw, day):
    with pytest.raises(DataError, match=r'latest="graded".*that runs on: .*leadership') as told:
        draw(day)
    assert "2026-03-31" in str(told.value)
    assert oa.grade_share(oa.as_at(day, latest="graded"))["graded"].item() == 153
    for theme in RUNNING_ON:
        oa.grade_share(oa.as_at(day, theme), "region")


@pytest.mark.parametrize("draw", [
    lambda day: charts.national_picture("leadership", end=day),
    lambda day: charts.grade_share(theme="leadership", date=day),
    lambda day: charts.tile_map(day, "leadership"),
    lambda day: charts.profile("Norfolk", date=day),
    lambda day: charts.peers("Norfolk", date=day),
    lambda day: charts.timeline("Norfolk", date=day),
    lambda day: charts.time_in_grade("leadership", date=day),
    lambda day: oa.as_at(day), lambda day: oa.panel([day]), lambda day: oa.spells(date=day),
    lambda day: oa.compare("Norfolk", date=day),
])  # fmt: skip
def test_no_day_after_the_record(draw):
    for day in (oa.data_complete_to() + pd.Timedelta(days=1), "2041-01-01"):
        with pytest.raises(DataError, match="after the end of the record"):
            draw(day)


@cache
def base():
    return oa.as_at("2026-03-31")


@given(st.integers(0, 10_000), st.floats(0, 1))
def test_a_title_names_a_group_only_where_the_tests_do(seed, pull):
    rng = np.random.default_rng(seed)
    frame = base().copy()
    bands = frame["band"].to_numpy()[rng.permutation(len(frame))]
    frame["band"] = pd.Categorical(bands, dtype=frame["band"].dtype)
    frame["grade"] = frame["band"].astype(str).replace("third", "requires improvement")
    lucky = (frame["region"] == "London") & (rng.random(len(frame)) < pull)
    frame.loc[lucky, ["band", "grade"]] = "good"
    frame["grade"] = frame["grade"].astype(base()["grade"].dtype)
    tested = shares.random_allocation_test(frame, "region")
    message = charts.grade_share(frame, by="region").message
    out = set(tested.loc[tested["stands_out"], "region"])
    assert {r for r in tested["region"] if f"{r} (" in message} == out
    if not out:
        p = tested["p_value_all"].iloc[0]
        assert ("can be told from chance" in message) == (p >= 0.05)
        assert ("no single one can be named" in message) == (p < 0.05)


@pytest.mark.parametrize("framework", oa.load_areas()["framework_id"].unique())
@pytest.mark.parametrize("themes", [*([theme] for theme in THEMES), THEMES])
def test_frameworks_are_not_compared_where_there_is_one(framework, themes):
    rows = oa.load_judgements().query("framework_id == @framework and theme in @themes")
    said = comparison_caveat(rows)
    assert "frameworks" not in said and "one series" not in said
    judged_twice = rows.groupby("theme", observed=True)["area_id"].nunique().gt(1).any()
    assert bool(said) == judged_twice  # such as children in care with care leavers, and without


def test_england_stands_beside_the_groups():
    assert "England" in set(charts.chart_data(charts.grade_share(base()))["region"])


@pytest.mark.sample(6)
@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("end", ["2014-12-31", "2017-06-30", "2018-06-30", "2023-12-31", None])
def test_only_complete_dates_are_set_against_each_other(theme, end):
    fig = charts.national_picture(theme, start="2009-12-31", end=end)
    data = charts.chart_data(fig)
    named = re.findall(r" in (\w+ \d{4})", fig.message)
    if " against " not in fig.message:
        return
    graded = data[~data["part"].isin(["not yet inspected", "judgement not made", "not judged",
                                      "not known", "not graded then"])]  # fmt: skip
    share = graded.groupby("date")["n"].sum() / data.groupby("date")["authorities"].first()
    months = {f"{day.month_name()} {day.year}": value for day, value in share.items()}
    assert len(named) == 2 and all(months[name] >= 0.95 for name in named)
