"""The notebooks run, and their words hold, with any one inspection less."""

import builtins
from pathlib import Path
from random import Random

import matplotlib.pyplot as plt
import nbformat
import pytest

import ofsted_analysis as oa
from ofsted_analysis.curation.add import remove_inspections
from ofsted_analysis.tables import schema

FOLDER = Path(__file__).parents[1] / "notebooks"
if not FOLDER.is_dir():
    pytest.skip("not a checkout", allow_module_level=True)
NOTEBOOKS = sorted(path.stem for path in FOLDER.glob("*.ipynb"))
NAMED = {"wirral-slac-2011-02", "norfolk-cp-2013-01", "devon-sif-2015-03",
         "west-sussex-ilacs-2019-03", "suffolk-ilacs-2024-06"}  # fmt: skip
"""The inspections that the second notebook is about."""
HELD = NAMED.union(
    *(
        oa.load_table(name)["inspection_id"].dropna()
        for name in ("events", "fieldwork", "grade_tallies")
    )
)
"""Those cannot be taken out, or not without more: what other tables tell of them would be left."""
FREE = sorted(set(oa.load_inspections()["inspection_id"]) - HELD)
HARD = [
    "cumberland-ilacs-2024-10",  # an authority's only one
    "lancashire-ilacs-2022-12",  # its only one of ILACS to March 2026
    "kingston-upon-hull-ilacs-2026-03",  # these move p-values far, or an estimate over a line
    "oldham-ilacs-2024-05",
    "doncaster-ilacs-2025-01",
    "doncaster-ilacs-2022-02",
    "blackburn-with-darwen-ilacs-2022-02",
    "isles-of-scilly-ilacs-2019-10",
    "hertfordshire-ilacs-2023-01",
    "norfolk-ilacs-2022-11",  # stands in an example
]
GONE = [*Random(2026).sample(FREE, 12), *HARD]


@pytest.mark.filterwarnings("ignore::matplotlib.MatplotlibDeprecationWarning")  # of seaborn's
@pytest.mark.sample(1)
@pytest.mark.parametrize("gone", GONE)
@pytest.mark.parametrize("name", NOTEBOOKS)
def test_the_words_of_a_notebook_hold(name, gone, data, monkeypatch, capsys):
    assert remove_inspections([gone], data_dir=data) == []
    monkeypatch.setattr(schema, "default_data_dir", lambda: data)
    monkeypatch.setattr("IPython.display.display", lambda *shown: None)
    names = {"__builtins__": builtins, "display": lambda *shown: None}
    for number, cell in enumerate(nbformat.read(FOLDER / f"{name}.ipynb", 4).cells):
        if cell.cell_type == "code":
            exec(compile(cell.source, f"{name}, cell {number}", "exec"), names)
            plt.close("all")
    capsys.readouterr()
