"""How long authorities stay at a grade, and which way they leave it.

To renew the pictures in tests/baseline after a change that is meant, look at each that this makes:

    python -m pytest tests/charts/test_staying.py -W default --mpl-generate-path=tests/baseline
"""

import pandas as pd
import pytest

import ofsted_analysis as oa
from ofsted_analysis import charts
from ofsted_analysis.tables.errors import DataError

picture = pytest.mark.mpl_image_compare(
    style="default", tolerance=3, savefig_kwargs={"dpi": 80, "metadata": {"Software": None}}
)


@pytest.fixture(scope="module")
def five(make_judgements):
    """Five authorities at good: up after 1 and 2 years, down after 3, and two cut off after 4."""
    ends = {"leeds": (1, "outstanding"), "york": (2, "outstanding"), "barnet": (3, "inadequate"),
            "devon": (None, ""), "essex": (None, "")}  # fmt: skip
    rows = []
    for name, (years, grade) in ends.items():
        rows.append((name, "ilacs", "2019-01-01", "overall", "good"))
        if years:
            rows.append((name, "ilacs", f"{2019 + years}-01-01", "overall", grade))
    return make_judgements(rows)


@picture
def test_two_panels(few, fixed_source):
    bands = ["inadequate", "good"]
    return charts.time_in_grade(band=bands, data=few, date="2024-12-31", at_least=1)


def test_known_areas(five):
    fig = charts.time_in_grade(band="good", data=five, date="2023-01-01", at_least=1)
    data = charts.chart_data(fig)
    assert data["days"].tolist() == [0, 365, 731, 1096, 1461]
    assert data["better"].tolist() == pytest.approx([0, 0.2, 0.4, 0.4, 0.4])
    assert data["worse"].tolist() == pytest.approx([0, 0, 0, 0.2, 0.2])
    assert data["still"].tolist() == pytest.approx([1, 0.8, 0.6, 0.4, 0.4])
    assert data["at_risk"].tolist() == [5, 5, 4, 3, 2]
    (ax,) = fig.axes
    # spells under way at the start and after whole years (365 days are not quite one)
    shown = [label.get_text() for label in ax.get_xticklabels()]
    assert shown == ["0\n5", "1\n4", "2\n4", "3\n3", "4\n2"][: len(shown)]
    assert [area.get_label() for area in ax.collections[:3]] == [
        "graded lower", "still there", "graded higher",
    ]  # fmt: skip


def test_the_curve_ends_where_few_are_under_way():
    data = charts.chart_data(charts.time_in_grade("overall", "good"))
    assert data["at_risk"].min() >= 10
    longer = charts.chart_data(charts.time_in_grade("overall", "good", at_least=1))
    assert longer["days"].max() > data["days"].max()


def test_agrees_with_the_analysis():
    fig = charts.time_in_grade("overall", ["third", "inadequate"])
    data = charts.chart_data(fig)
    spells = oa.spells("overall")
    for name in ("inadequate", "third"):
        own = data[data["band"] == name].drop(columns="band").reset_index(drop=True)
        pd.testing.assert_frame_equal(own, oa.time_in_grade(spells, name))
    assert data["band"].drop_duplicates().tolist() == ["inadequate", "third"]
    assert "SIF and ILACS grades run as one series" in charts.alt_text(fig)


def test_no_median_that_the_curve_does_not_reach():
    message = charts.time_in_grade("overall", "good").message
    assert "Half" not in message and "31% had been graded higher (23% to 42%)" in message


@pytest.mark.parametrize("size", ["print", "slide", "narrow"])
@pytest.mark.parametrize(
    "theme, band",
    [
        ("overall", "inadequate"),
        ("overall", ["inadequate", "third", "good"]),
        ("overall", ["inadequate", "third", "good", "outstanding"]),
        ("help_and_protection", "third"),
    ],
)
@pytest.mark.sample(3)
def test_words_are_readable(theme, band, size, check_words):
    check_words(charts.time_in_grade(theme, band, size=size))


def test_one_spell(make_judgements, check_words):
    rows = [
        ("leeds", "ilacs", "2019-01-01", "overall", "inadequate"),
        ("leeds", "ilacs", "2021-01-01", "overall", "good"),
    ]
    fig = charts.time_in_grade(data=make_judgements(rows), at_least=1)
    assert charts.chart_data(fig)["still"].tolist() == [1.0, 0.0]
    check_words(fig)


def test_title_can_be_set(five):
    fig = charts.time_in_grade(band="good", data=five, title="So", at_least=1)
    assert fig.message == "So"


@pytest.mark.parametrize(
    "options, words",
    [
        ({"band": []}, "Choose a band"),
        ({"band": "nice"}, "No such band: nice"),
        ({"theme": "nonsense"}, "There is no theme"),
        ({"theme": "adoption", "band": "inadequate"}, "too few for a curve"),
        ({"date": "yesterday-ish"}, "is not a date"),
    ],
)
def test_nonsense_is_explained(options, words):
    with pytest.raises(DataError, match=words):
        charts.time_in_grade(**options)


def test_no_inspection(five):
    with pytest.raises(DataError, match="too few for a curve"):
        charts.time_in_grade(data=five.iloc[:0])
