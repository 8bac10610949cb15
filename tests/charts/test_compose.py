"""Charts on axes of one's own: in one's fonts, colours and words, as docs/compose.md shows."""

import re
from functools import cache
from pathlib import Path

import matplotlib
import matplotlib.pyplot as plt
import pandas as pd
import pytest
from matplotlib.colors import to_hex

import ofsted_analysis as oa
from ofsted_analysis import charts
from ofsted_analysis.analysis.change import grades_given, transition_matrix

PAGE = Path(__file__).parents[2] / "docs" / "compose.md"


@pytest.fixture
def page(tmp_path, monkeypatch):
    """What the code on the page makes."""
    if not PAGE.exists():
        pytest.skip("not a checkout")
    monkeypatch.chdir(tmp_path)
    names = {}
    with matplotlib.rc_context():
        exec(re.search(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.S)[1], names)
        yield names
    plt.close("all")


def test_the_page_makes_one_figure_in_the_journals_font(page, tmp_path):
    assert (tmp_path / "four.png").stat().st_size > 20_000
    fig, axes = page["fig"], page["axes"]
    assert fig.axes == list(axes.flat)  # nothing but what was asked for
    for ax in axes.flat:
        texts = [text for text in ax.findobj(matplotlib.text.Text) if text.get_text()]
        assert {text.get_fontfamily()[0] for text in texts} == {"STIXGeneral"}
        assert {text.get_fontsize() for text in texts} <= {8, 9.6}  # of the text, and of titles
    drawn = {to_hex(bar.get_facecolor()).upper() for ax in axes.flat[:3] for bar in ax.patches}
    assert set(page["palette"].values()) <= drawn
    assert not drawn & {colour.upper() for colour in charts.GRADE_COLOURS.values()}


def test_the_page_names_every_function_of_the_layer():
    if not PAGE.exists():
        pytest.skip("not a checkout")
    named = set(re.findall(r"`(plot_\w+)`", PAGE.read_text(encoding="utf-8")))
    assert named == {name for name in charts.__all__ if name.startswith("plot_")}


@cache
def draws():
    """How each is drawn, once there is something to draw."""
    counts = pd.DataFrame(
        {"date": pd.to_datetime(["2020-12-31"] * 2), "part": ["good", "inadequate"], "n": [3, 1]}
    )
    shares = charts.chart_data(charts.grade_share(by="region"))
    leeds = charts.chart_data(charts.peers("Leeds"))
    table = transition_matrix(oa.transitions(within="ilacs"))
    given = grades_given("leadership")
    norfolk = charts.chart_data(charts.timeline("Norfolk"))
    flows = charts.chart_data(charts.transition_flow())
    curve = oa.time_in_grade(oa.spells(), "good")
    beside = oa.compare("Norfolk", theme=["overall", "leadership"], date="2025-03-31")
    return {
        "over time": lambda **o: charts.plot_grades_over_time(counts, **o),
        "given": lambda **o: charts.plot_grades_given(given, **o),
        "groups": lambda **o: charts.plot_grades_by_group(shares, "region", **o),
        "peers": lambda **o: charts.plot_peers(leeds, "leeds", **o),
        "transitions": lambda **o: charts.plot_transitions(table, **o),
        "histories": lambda **o: charts.plot_histories(norfolk, **o),
        "tiles": lambda **o: charts.plot_tiles(oa.as_at("2025-03-31"), **o),
        "flow": lambda **o: charts.plot_flow(flows, **o),
        "profile": lambda **o: charts.plot_profile(beside, **o),
        "time in grade": lambda **o: charts.plot_time_in_grade(curve, **o),
        "crosswalk": lambda **o: charts.plot_crosswalk(oa.load_areas(), **o),
    }


DRAWS = [
    "over time",
    "given",
    "groups",
    "peers",
    "transitions",
    "histories",
    "tiles",
    "flow",
    "profile",
    "time in grade",
    "crosswalk",
]


def test_each_of_them_is_drawn():
    assert list(draws()) == DRAWS


@pytest.mark.parametrize("name", DRAWS)
def test_it_draws_on_the_axes_given_and_sets_no_title(name):
    fig, (left, right) = plt.subplots(1, 2)
    before = dict(matplotlib.rcParams)
    assert draws()[name](ax=right) is right
    assert not left.has_data() and fig.axes == [left, right]
    assert right.get_title() == "" and right.get_legend() is None and fig.texts == []
    assert dict(matplotlib.rcParams) == before
    plt.close(fig)
    assert draws()[name]().figure is not fig


OTHER_COLOURS = {
    "time in grade": ["better", "still", "worse"],
    "crosswalk": ["direct", "partial", "none"],
}


def colours_in(ax):
    """The fills of everything drawn."""
    marks = [tuple(rgba) for marks in ax.collections for rgba in marks.get_facecolor()]
    return {to_hex(colour) for colour in [*(p.get_facecolor() for p in ax.patches), *marks]}


@pytest.mark.parametrize("name", OTHER_COLOURS)
def test_colours_of_ones_own_for_what_is_no_grade(name):
    own = {word: f"#{place}{place}0000" for place, word in enumerate(OTHER_COLOURS[name], 1)}
    before = colours_in(draws()[name]())
    assert set(own.values()) <= colours_in(draws()[name](palette=own)) and not before & {
        *own.values()
    }


@pytest.mark.parametrize("name", [name for name in DRAWS if name not in OTHER_COLOURS])
def test_colours_of_ones_own(name):
    own = {"inadequate": "#110000", "third": "#220000", "good": "#330000", "outstanding": "#440000"}
    ax = draws()[name](palette=own)
    drawn = colours_in(ax)
    if name == "transitions":  # shades of one of them
        (mesh,) = ax.collections
        assert mesh.cmap(1.0)[:3] == pytest.approx([0x22 / 255, 0, 0], abs=0.01)
    else:
        assert drawn & set(own.values())
        ours = {colour.lower() for colour in charts.GRADE_COLOURS.values()}
        assert name == "flow" or not drawn & ours  # its ribbons go up in the blue of one of them


def test_words_of_ones_own():
    ax = draws()["over time"](labels={"good": "fine"})
    assert "3 fine" in [text.get_text() for text in ax.texts]
    ax = draws()["groups"](labels={"London": "The capital"})
    assert "The capital" in [label.get_text() for label in ax.get_yticklabels()]
    ax = draws()["peers"](labels={"good": "Fine"})
    assert any(text.get_text().startswith("Fine (") for text in ax.texts)
    ax = draws()["transitions"](labels={"third": "RI"})
    assert "RI" in [label.get_text() for label in ax.get_xticklabels()]
    for name, key in (("histories", "Leadership"), ("profile", "leadership"),
                      ("crosswalk", "leadership")):  # fmt: skip
        ax = draws()[name](labels={key: "Those at the top"})
        assert "Those at the top" in [label.get_text() for label in ax.get_yticklabels()]
    ax = draws()["flow"](labels={"good": "fine", "ilacs first": "at first"})
    assert "at first" in [label.get_text() for label in ax.get_xticklabels()]
    assert any(text.get_text().endswith("fine") for text in ax.texts)
    ax = draws()["time in grade"](labels={"better": "risen"})
    assert "risen" in [area.get_label() for area in ax.collections]
    _, ax = plt.subplots(figsize=(12, 14))
    draws()["tiles"](ax=ax, labels={"leeds": "LS"})
    said = {text.get_text() for text in ax.texts}
    assert "LS" in said and "LDS" not in said and "BDG" in said
    plt.close("all")
