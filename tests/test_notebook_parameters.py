"""The notebook of one authority runs for others, and for other days."""

from pathlib import Path

import nbformat
import pandas as pd
import pytest

import ofsted_analysis as oa

NOTEBOOK = Path(__file__).parents[1] / "notebooks" / "09_authority_briefing.ipynb"
CELLS = [cell for cell in nbformat.read(NOTEBOOK, 4).cells if cell.cell_type == "code"]


def test_first_code_cell_holds_the_parameters():
    assert CELLS[0].metadata["tags"] == ["parameters"]
    found = {}
    exec(CELLS[0].source, found)
    assert {name for name in found if name != "__builtins__"} == {"authority", "date"}
    assert found["date"] == str(oa.data_complete_to().date())


@pytest.mark.sample(1)
@pytest.mark.parametrize(
    ("authority", "date"),
    [
        ("Cumbria", "2021-01-01"),  # closed since
        ("Dorset", "2020-01-01"),  # new, not yet inspected
        ("Isles of Scilly", "2015-01-01"),  # before its first overall grade, and very small
        ("Leeds", "2009-01-31"),  # no inspection of anyone
    ],
)
def test_cells_run(authority, date, capsys):
    names = {}
    with pd.option_context("display.max_colwidth", 50):  # the notebook sets it
        exec(CELLS[0].source, names)
        names.update(authority=authority, date=date)
        for cell in CELLS[1:]:
            exec(cell.source, names)
    assert names["made"].authority_id == oa.find_authority(
        authority, date=pd.Timestamp(date).date()
    )
    capsys.readouterr()


@pytest.mark.sample(0)
def test_papermill_sets_the_parameters(tmp_path):
    papermill = pytest.importorskip("papermill")
    out = tmp_path / "out.ipynb"
    parameters = {"authority": "northamptonshire", "date": "2021-03-31"}
    papermill.execute_notebook(NOTEBOOK, out, parameters, progress_bar=False, cwd=tmp_path)
    text = out.read_text(encoding="utf-8")
    assert "Northamptonshire was" in text and "closed on 31 March 2021" in text


OTHERS = Path(__file__).parents[1] / "notebooks" / "05_compare_authorities.ipynb"
BESIDE = [cell for cell in nbformat.read(OTHERS, 4).cells if cell.cell_type == "code"]


@pytest.mark.sample(1)
@pytest.mark.parametrize(
    ("authority", "date", "theme", "said"),
    [
        ("Cumbria", "2016-06-30", "overall", "was graded"),  # closed since: the model of 2021
        ("Leeds", "2012-03-31", "overall", "not graded then. It had been inspected or visited 2"),
        (
            "Isles of Scilly",
            "2026-03-31",
            "overall",
            "So it is set beside the others in its region",
        ),
        ("City of London", "2019-03-31", "leadership", "was graded"),
        ("Dorset", "2020-01-01", "overall", "not yet inspected"),  # new
        ("Norfolk", "2026-08-22", "overall", "was graded"),  # an overall grade from before April
        ("Trafford", "2026-08-22", "overall", "judgement not made"),  # inspected since April 2026
        ("St Helens", "2010-01-01", "children_in_care", ""),
        ("BCP", "2022-03-31", "help_and_protection", "was graded"),
        (  # of which no more than the year in which the report came out is known
            "Dorset County Council",
            "2012-06-30",
            "help_and_protection",
            "by an inspection that ended in the year to March 2012 (",
        ),
        (  # of which the month is known
            "Northamptonshire",
            "2020-01-01",
            "overall",
            "by an inspection that ended in June 2019 (",
        ),
        ("Leicestershire", "2026-03-31", "overall", ": none higher, 2 level and 8 lower."),
    ],
)
def test_one_beside_others_for_any_authority_and_day(authority, date, theme, said, monkeypatch):
    printed = []
    monkeypatch.setattr("IPython.display.display", printed.append)
    names = {}
    exec(BESIDE[0].source, names)
    names.update(authority=authority, date=date, theme=theme)
    for cell in BESIDE[1:]:
        exec(cell.source, names)
    assert said in " ".join(getattr(text, "data", "") or "" for text in printed)
