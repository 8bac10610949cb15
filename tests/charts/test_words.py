"""The words on every chart: none overlap, none are cut, none are small; on paper and on a slide."""

from functools import cache

import pytest

from ofsted_analysis import charts
from ofsted_analysis.tables.errors import DataError

CHARTS = {
    "national": lambda size: charts.national_picture(size=size),
    "national, one theme": lambda size: charts.national_picture("care_leavers", size=size),
    "national, from 2010": lambda size: charts.national_picture(
        "help_and_protection", start="2010-01-01", size=size
    ),
    "regions": lambda size: charts.grade_share(size=size),
    "regions, no interval": lambda size: charts.grade_share(interval=False, size=size),
    "grades given": lambda size: charts.grades_given_by_year(size=size),
    "types": lambda size: charts.grade_share(by="authority_type", size=size),
    "peers": lambda size: charts.peers("Norfolk", size=size),
    "map": lambda size: charts.tile_map(size=size),
    "maps": lambda size: charts.tile_map(("2016-03-31", "2026-03-31"), size=size),
    "matrix": lambda size: charts.transition_matrix(size=size),
    "matrix, one theme": lambda size: charts.transition_matrix(theme="children_in_care", size=size),
    "flow": lambda size: charts.transition_flow(size=size),
    "flow, first to latest": lambda size: charts.transition_flow(
        "help_and_protection", stages=("first", "latest"), size=size
    ),
    "crosswalk": lambda size: charts.framework_crosswalk(size=size),
}


@cache
def drawn(name, size="print"):
    return CHARTS[name](size)


@pytest.mark.sample(3)
@pytest.mark.parametrize("size", ["print", "slide", "narrow"])
@pytest.mark.parametrize("name", CHARTS)
def test_words_are_readable(name, size, check_words):
    check_words(drawn(name, size))


@pytest.mark.sample(3)
@pytest.mark.parametrize("name", CHARTS)
def test_every_chart_is_finished(name):
    fig = drawn(name)
    words = [text.get_text().replace("\n", " ") for text in fig.texts]
    assert fig.message in words
    assert any(w.startswith("Source: Ofsted") and "data version" in w for w in words)
    assert any("n = " in w for w in words)
    alt = charts.alt_text(fig)
    assert fig.message.split(",")[0] in alt and 2 <= alt.count(". ") + 1 <= 6
    assert not charts.chart_data(fig).empty
    mine = charts.chart_data(fig)
    del mine[mine.columns[0]]
    assert len(charts.chart_data(fig).columns) > len(mine.columns)  # the chart's own is as it was


@pytest.mark.parametrize("name", ["national, one theme", "matrix, one theme", "maps"])
def test_frameworks_are_not_compared_without_a_word(name):
    fig = drawn(name)
    words = " ".join(text.get_text() for text in fig.texts)
    assert ("partly comparable" in words) or ("run as one series" in words)


def test_title_can_be_given():
    fig = charts.grade_share(title="Something else.")
    assert fig.message == "Something else."
    assert "Something else." not in charts.alt_text(fig)


def test_long_title_wraps(check_words):
    check_words(charts.grade_share(title="A message of very many words that goes on and on. " * 3))


def test_other_figures_are_refused(tmp_path):
    from matplotlib.figure import Figure

    for use in (charts.alt_text, charts.chart_data, lambda f: charts.save(f, tmp_path / "a.svg")):
        with pytest.raises(DataError, match=r"isn't a chart"):
            use(Figure())


@pytest.mark.parametrize("size", ["poster", (2, 2), (16, "9"), None])
def test_sizes_that_are_none(size):
    with pytest.raises(DataError, match="size must be"):
        charts.grade_share(size=size)
