"""Tables as people read them."""

from xml.etree import ElementTree

import pandas as pd
import pytest

import ofsted_analysis as oa
from ofsted_analysis.publish.in_words import in_words


def cells(styler):
    table = ElementTree.fromstring("<table" + styler.to_html().partition("<table")[2])
    head, *rows = [[cell.text or "" for cell in row] for row in table.iter("tr")]
    return pd.DataFrame(rows, columns=head)


def test_keys_become_words_and_dates_whole():
    found = oa.history("Norfolk").tail(1)
    shown = cells(in_words(found, {"theme": "Theme", "band": "Grade", "last_day": "Inspected"}))
    assert shown.columns.tolist() == ["Theme", "Grade", "Inspected"]
    assert shown.iloc[0].tolist()[1:] == ["Outstanding", "27 February 2026"]
    assert "_" not in "".join(shown.iloc[0])


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("band", "third", "Requires improvement"),
        ("theme", "help_and_protection", "Help and protection"),
        ("share", 0.7255, "73%"),
        ("years", 2.04, "2.0"),
        ("n", 3072, "3,072"),
        ("p_value_all", 0.0431, "0.043"),
        ("adjusted_p_value", 0.0002, "below 0.001"),
        ("direct", True, "yes"),
        ("when", pd.Timestamp("2026-02-27"), "27 February 2026"),
        ("grade", None, ""),
        ("note", "<b>not bold</b>", "<b>not bold</b>"),
    ],
)
def test_each_kind_of_value(column, value, words):
    assert cells(in_words(pd.DataFrame({column: [value]}))).iloc[0, 0] == words


def test_a_named_index_comes_first_and_another_does_not_show():
    frame = pd.DataFrame({"n": [1, 2]}, index=pd.Index(["London", "North East"], name="region"))
    assert cells(in_words(frame)).columns.tolist() == ["Region", "N"]
    assert cells(in_words(frame.reset_index(drop=True))).columns.tolist() == ["N"]


def test_the_same_table_is_the_same_bytes_and_text():
    frame = oa.as_at("2025-03-31").head(3)
    columns = {"authority": "Authority", "grade": "Grade"}
    one, two = (in_words(frame, columns) for _ in range(2))
    assert one.to_html() == two.to_html()
    assert "Barnet" in repr(one) and "object at" not in repr(one)
