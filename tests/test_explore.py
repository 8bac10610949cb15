"""What notebooks suggest under "Change this to explore" works, and not for one value only."""

import ast
import re
from pathlib import Path

import matplotlib.pyplot as plt
import nbformat
import pytest

import ofsted_analysis as oa
from ofsted_analysis import charts
from ofsted_analysis.analysis import (
    change,
    context,
    coverage,
    duration,
    interventions,
    shares,
    visits,
)
from ofsted_analysis.analysis import judgements as within
from ofsted_analysis.analysis.shares import random_allocation_test
from ofsted_analysis.curation.published import reconcile
from ofsted_analysis.tables.load import load_events

FOLDER = Path(__file__).parents[1] / "notebooks"
if not FOLDER.is_dir():
    pytest.skip("not a checkout", allow_module_level=True)
NOTEBOOKS = {path.stem: nbformat.read(path, 4) for path in sorted(FOLDER.glob("*.ipynb"))}
KNOWN = {
    "oa": oa, "charts": charts, "change": change, "context": context, "coverage": coverage,
    "duration": duration,
    "found_after": interventions, "load_events": load_events,
    "shares": shares, "visits": visits, "within": within,
    "random_allocation_test": random_allocation_test, "reconcile": reconcile,
}  # fmt: skip
PLACES = ["Cumbria", "Isles of Scilly", "City of London", "BCP", "St Helens", "Leeds"]


def suggested(notebook):
    """Every call in the last cell that stands between backticks."""
    last = notebook.cells[-1].source.partition("## Change this to explore")[2]
    assert last, "the last cell says what to change"
    return [code for code in re.findall(r"`([^`]+)`", last) if code.endswith(")")]


CALLS = [(name, call) for name, nb in NOTEBOOKS.items() for call in suggested(nb)]


def names_of(name):
    """What the notebook's own cells define that a suggestion may use."""
    names = dict(KNOWN)
    if name.startswith(("06", "07")):
        names |= {"sif": within.judgements_wide("sif"), "ilacs": within.judgements_wide("ilacs")}
    return names


@pytest.mark.sample(14)
@pytest.mark.parametrize(("name", "call"), CALLS)
def test_a_suggestion_runs_as_it_stands(name, call):
    if call.startswith("national("):  # of the notebook's own
        pytest.skip("run by nbval with its notebook")
    found = eval(call, names_of(name))
    assert found is not None
    plt.close("all")


@pytest.mark.sample(5)
@pytest.mark.parametrize("theme", [*oa.themes(), "weather"])
@pytest.mark.parametrize(("name", "call"), [c for c in CALLS if re.search(r'"\w+"', c[1])])
def test_another_theme_gives_an_answer_or_a_clear_error(name, call, theme):
    texts = {node.value for node in ast.walk(ast.parse(call)) if isinstance(node, ast.Constant)}
    for used in texts & set(oa.themes()):
        answers(name, call.replace(f'"{used}"', f'"{theme}"'))


@pytest.mark.sample(4)
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(("name", "call"), [c for c in CALLS if re.search(r'"[A-Z]\w+"', c[1])])
def test_another_authority_gives_an_answer_or_a_clear_error(name, call, place):
    for used in ("Leeds", "Cumbria", "Wirral", "Hackney", "North West"):
        if f'("{used}"' in call:
            answers(name, call.replace(f'("{used}"', f'("{place}"'))


def answers(name, call):
    try:
        assert eval(call, names_of(name)) is not None
    except (oa.DataError, oa.UnknownAuthorityError) as error:
        assert str(error)[0].isupper() or "'" in str(error)
    finally:
        plt.close("all")


def test_no_cell_that_is_seen_is_made_of_checks():
    for name, notebook in NOTEBOOKS.items():
        for cell in notebook.cells:
            if cell.cell_type == "code" and "remove-cell" not in cell.metadata.get("tags", []):
                bare = [n for n in ast.walk(ast.parse(cell.source)) if isinstance(n, ast.Assert)]
                assert bare == [], name
            elif cell.cell_type == "code":
                checks = [n for n in ast.walk(ast.parse(cell.source)) if isinstance(n, ast.Assert)]
                assert all(check.msg for check in checks), name


def test_stories_are_pinned_and_the_others_are_not():
    for name, notebook in NOTEBOOKS.items():
        pinned = any("oa.pin(" in c.source for c in notebook.cells if c.cell_type == "code")
        assert pinned == (name[:2] not in ("00", "05", "09", "10")), name
