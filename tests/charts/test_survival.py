"""How long authorities stay at a grade.

To renew the pictures in tests/baseline after a change that is meant, look at each that this makes:

    python -m pytest tests/charts/test_survival.py -W default --mpl-generate-path=tests/baseline
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
def four(make_judgements):
    """Four authorities at inadequate: up after 1, 2 and 4 years, and one cut off after 3."""
    rows = []
    for name, years in (("leeds", 1), ("york", 2), ("barnet", 4), ("devon", None)):
        rows.append((name, "ilacs", "2019-01-01", "overall", "inadequate"))
        if years:
            rows.append((name, "ilacs", f"{2019 + years}-01-01", "overall", "good"))
    return make_judgements(rows)


@picture
def test_one_curve(four, fixed_source):
    return charts.time_in_grade(data=four, date="2023-06-30")


@picture
def test_two_curves(few, fixed_source):
    bands = ["inadequate", "third"]
    return charts.time_in_grade(band=bands, data=few, date="2024-12-31")


def test_known_curve(four):
    fig = charts.time_in_grade(data=four, date="2022-01-01")
    data = charts.chart_data(fig)
    # the fourth was still at inadequate, and Barnet too, when the record was cut off
    assert data["days"].tolist() == [0, 365, 731]
    assert data["in_band"].tolist() == pytest.approx([1.0, 0.75, 0.5])
    assert data["at_risk"].tolist() == [4, 4, 3]
    assert fig.message == "Half of the spells at inadequate had moved up within 2.0 years"
    alt = charts.alt_text(fig)
    assert alt.startswith("Survival curve of how long local authorities stay at inadequate for")
    assert "Inadequate (n = 4): half had moved up after 2.0 years." in alt
    # spells still under way at the start and after whole years (365 days are not quite one)
    shown = [text.get_text() for ax in fig.axes for text in ax.texts]
    start = shown.index("Spells still under way")
    assert shown[start : start + 4] == ["Spells still under way", "4", "3", "3"]


def test_agrees_with_the_analysis():
    fig = charts.time_in_grade("overall", ["third", "inadequate"])
    data = charts.chart_data(fig)
    spells = oa.spells("overall")
    for name in ("inadequate", "third"):
        own = data[data["band"] == name].drop(columns="band").reset_index(drop=True)
        pd.testing.assert_frame_equal(own, oa.time_in_grade(spells, name))
    assert data["band"].drop_duplicates().tolist() == ["inadequate", "third"]
    assert "SIF and ILACS grades run as one series" in charts.alt_text(fig)


def test_median_that_was_not_reached():
    fig = charts.time_in_grade("overall", "outstanding", event="worse")
    assert fig.message.split(" of ")[0].endswith("%")
    assert "had not moved down" in fig.message


@pytest.mark.parametrize("size", ["print", "slide"])
@pytest.mark.parametrize(
    "theme, band, event",
    [
        ("overall", "inadequate", "better"),
        ("overall", ["inadequate", "third", "good"], "better"),
        ("overall", ["inadequate", "third", "good", "outstanding"], "any"),
        ("overall", ["good", "outstanding"], "worse"),
        ("help_and_protection", "third", "better"),
    ],
)
@pytest.mark.sample(3)
def test_words_are_readable(theme, band, event, size, check_words):
    check_words(charts.time_in_grade(theme, band, event=event, size=size))


def test_one_spell(make_judgements, check_words):
    rows = [
        ("leeds", "ilacs", "2019-01-01", "overall", "inadequate"),
        ("leeds", "ilacs", "2021-01-01", "overall", "good"),
    ]
    fig = charts.time_in_grade(data=make_judgements(rows))
    assert charts.chart_data(fig)["in_band"].tolist() == [1.0, 0.0]
    check_words(fig)


def test_title_can_be_set(four):
    assert charts.time_in_grade(data=four, title="So").message == "So"


@pytest.mark.parametrize(
    "options, words",
    [
        ({"band": []}, "Choose a band"),
        ({"band": "nice"}, "No such band: nice"),
        ({"event": "sideways"}, "event must be"),
        ({"theme": "nonsense"}, "There is no theme"),
        ({"band": "outstanding"}, "there is no curve to draw"),
        ({"date": "yesterday-ish"}, "is not a date"),
    ],
)
def test_nonsense_is_explained(options, words):
    with pytest.raises(DataError, match=words):
        charts.time_in_grade(**options)


def test_no_inspection(four):
    with pytest.raises(DataError, match="no curve"):
        charts.time_in_grade(data=four.iloc[:0])
