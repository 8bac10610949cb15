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


@pytest.mark.sample(2)
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
    assert names["own"] == oa.find_authority(authority, date=pd.Timestamp(date).date())
    capsys.readouterr()


def test_papermill_sets_the_parameters(tmp_path):
    papermill = pytest.importorskip("papermill")
    out = tmp_path / "out.ipynb"
    parameters = {"authority": "northamptonshire", "date": "2021-03-31"}
    papermill.execute_notebook(NOTEBOOK, out, parameters, progress_bar=False, cwd=tmp_path)
    text = out.read_text(encoding="utf-8")
    assert "Northamptonshire was" in text and "closed on 31 March 2021" in text
