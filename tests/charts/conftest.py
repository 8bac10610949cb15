"""Small fixed frames for charts, and what holds for the words on any chart."""

from itertools import combinations, product, starmap

import pandas as pd
import pytest
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from ofsted_analysis import load_areas, load_authorities
from ofsted_analysis.charts import figure
from ofsted_analysis.charts.lettering import text_width
from ofsted_analysis.tables.grades import band, grade_dtype
from ofsted_analysis.tables.load import load_judgements


@pytest.fixture(scope="session")
def make_judgements():
    """Judgements made of (authority_id, framework_id, last day, area_id, grade)."""
    model = load_judgements()
    areas = load_areas().astype({"framework_id": str, "area_id": str})
    people = load_authorities().rename(columns={"name": "authority"})

    def make(rows):
        frame = pd.DataFrame(
            rows, columns=["authority_id", "framework_id", "last_day", "area_id", "grade"]
        )
        frame["last_day"] = pd.to_datetime(frame["last_day"]).astype("datetime64[s]")
        frame["inspection_id"] = (
            frame["authority_id"]
            + "-"
            + frame["framework_id"]
            + "-"
            + frame["last_day"].dt.strftime("%Y-%m")
        )
        frame["grade"] = frame["grade"].astype(grade_dtype())
        frame["band"] = band(frame["grade"])
        frame = frame.merge(
            people[["authority_id", "authority", "region", "ofsted_region", "authority_type"]],
            on="authority_id",
        ).merge(
            areas[["framework_id", "area_id", "label", "position", "theme", "comparability"]],
            on=["framework_id", "area_id"],
        )
        frame = frame.rename(columns={"label": "area"})
        frame["certainty"] = "report"
        frame["status"] = "graded"
        frame["date_precision"] = "day"
        frame["first_day"] = frame["last_day"] - pd.Timedelta(days=10)
        frame["published_date"] = frame["last_day"] + pd.Timedelta(days=40)
        return (
            frame.reindex(columns=model.columns)
            .astype(
                {
                    column: model[column].dtype
                    for column in ("certainty", "status", "theme", "comparability")
                }
            )
            .astype(
                dict.fromkeys(
                    ["inspection_id", "authority_id", "framework_id", "area_id"], "category"
                )
            )
        )

    return make


@pytest.fixture(scope="session")
def few(make_judgements):
    """Twelve authorities of three regions, two rounds of inspection."""
    first = ["inadequate", "requires improvement", "good", "outstanding"]
    rows = []
    people = [
        "barnet", "brent", "camden", "ealing", "leeds", "york", "hull", "kirklees", "devon",
        "dorset", "somerset", "cornwall",
    ]  # fmt: skip
    people = ["kingston-upon-hull" if name == "hull" else name for name in people]
    for i, name in enumerate(people):
        opened_late = name == "dorset"
        if not opened_late:
            rows.append((name, "sif", f"2015-{i % 12 + 1:02d}-20", "overall", first[i % 3]))
        rows.append((name, "ilacs", f"20{19 + i % 3}-0{i % 3 + 1}-15", "overall", first[i % 4]))
        if i % 2:
            rows.append((name, "ilacs", f"2023-0{i % 9 + 1}-15", "overall", first[(i + 1) % 4]))
    return make_judgements(rows)


@pytest.fixture(scope="session")
def few_authorities(few):
    """The authorities of `few`, and one that was never inspected."""
    everyone = load_authorities()
    return everyone[everyone["authority_id"].isin([*few["authority_id"], "essex"])]


@pytest.fixture
def fixed_source(monkeypatch):
    """The source line as it was, so that new data don't change the pictures."""
    monkeypatch.setattr(
        figure, "source_line", lambda basis="", also="": "Source: a fixed source line."
    )


def words_of(fig):
    """Every text that is drawn, with its box in inches."""
    renderer = fig.canvas.get_renderer()
    fig.draw_without_rendering()
    found = []
    hidden = {
        text for ax in fig.axes if not ax.axison for axis in (ax.xaxis, ax.yaxis)
        for text in axis.findobj(Text)
    }  # fmt: skip
    for text in fig.findobj(Text):
        if text.get_visible() and text.get_text().strip() and text not in hidden:
            box = Text.get_window_extent(text, renderer)  # without an annotation's arrow
            found.append((text, box.transformed(fig.dpi_scale_trans.inverted())))
    return found


def lines_of(text, box):
    """The box of each line of a text, in inches: a line may be shorter than the whole."""
    lines = text.get_text().split("\n")
    if len(lines) == 1 or text.get_rotation():
        return [box]
    found, high = [], box.height / len(lines)
    for place, line in enumerate(lines):
        spare = box.width - text_width(text.figure, line, text.get_fontproperties())
        left = box.x0 + spare * {"left": 0, "center": 0.5, "right": 1}[text.get_ha()]
        found.append(Bbox.from_bounds(left, box.y1 - (place + 1) * high, box.width - spare, high))
    return found


def overlap(a, b):
    across = min(a.x1, b.x1) - max(a.x0, b.x0)
    down = min(a.y1, b.y1) - max(a.y0, b.y0)
    return across >= 0.02 and down >= 0.035


@pytest.fixture
def check_words():
    """Asserts that no words overlap, none are cut, and all are large enough."""

    def check(fig):
        width, height = fig.get_size_inches()
        found = words_of(fig)
        for text, box in found:
            assert text.get_fontsize() >= 9, text.get_text()
            inside = box.x0 >= 0 and box.y0 >= 0 and box.x1 <= width and box.y1 <= height
            assert inside, f"cut: {text.get_text()!r}"
        lines = {text: lines_of(text, box) for text, box in found}
        for (one, a), (other, b) in combinations(found, 2):
            if overlap(a, b) and any(starmap(overlap, product(lines[one], lines[other]))):
                raise AssertionError(f"{one.get_text()!r} over {other.get_text()!r}")

    return check
