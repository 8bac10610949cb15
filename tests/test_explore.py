"""What notebooks suggest under "Change this to explore" works, and not for one value only."""

import ast
import html
import re
from functools import cache
from pathlib import Path

import matplotlib.pyplot as plt
import nbformat
import pandas as pd
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
from ofsted_analysis.tables.grades import BANDS
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
MEASURES = oa.load_table("context_measures")["measure"].tolist()
RULES = ["lowest", "lower middle", "upper middle", "majority", "limited", "highest"]
AFTER = str((oa.data_complete_to() + pd.Timedelta(days=1)).date())
OTHERS = {
    "theme": (oa.themes(), [*oa.themes(), "weather"]),
    "authority": (
        ["Leeds", "Cumbria", "Wirral", "Hackney", "Doncaster", "North West"],
        ["Cumbria", "Isles of Scilly", "City of London", "BCP", "St Helens", "Leeds"],
    ),
    "date": (None, ["2008-12-31", "2012-03-31", "2017-06-30", "2021-04-01", "2026-06-30", AFTER]),
    "band": (BANDS, [*BANDS, "adequate", "excellent"]),
    "framework": (["sif", "ilacs", "cp"], ["sif", "ilacs", "cp", "weather"]),
    "measure": (MEASURES, [*MEASURES, "weather"]),
    "rule": (["majority"], [*RULES, "weather"]),
}


def suggested(notebook):
    """Every call in the last cell that stands between backticks."""
    last = notebook.cells[-1].source.partition("## Change this to explore")[2]
    assert last, "the last cell says what to change"
    return [code for code in re.findall(r"`([^`]+)`", last) if code.endswith(")")]


CALLS = [(name, call) for name, nb in NOTEBOOKS.items() for call in suggested(nb)]


def texts(call):
    """Every string in a call."""
    return {node.value for node in ast.walk(ast.parse(call)) if isinstance(node, ast.Constant)}


def with_others(kind):
    """Every suggestion with another value of a kind in the place of the one that it prints."""
    known, others = OTHERS[kind]
    day = re.compile(r"\d{4}-\d\d-\d\d")
    return [
        (name, call.replace(f'"{used}"', f'"{other}"'), other)
        for name, call in CALLS
        for used in sorted(t for t in texts(call) if isinstance(t, str))
        if (day.fullmatch(used) if known is None else used in known)
        for other in others
        if other != used
    ]


@cache
def names_of(name):
    """What the notebook's own cells define that a suggestion may use."""
    if not name.startswith(("06", "07")):
        return KNOWN
    cells = [cell.source for cell in NOTEBOOKS[name].cells if cell.cell_type == "code"]
    own = dict(KNOWN)
    for source in [cells[0], *(source for source in cells if "def national(" in source)]:
        exec(source, own)
    oa.pin(None)  # a story's cells pin it to its day
    return own


@pytest.mark.sample(8)
@pytest.mark.parametrize(("name", "call"), CALLS)
def test_a_suggestion_runs_as_it_stands(name, call):
    assert eval(call, names_of(name)) is not None
    plt.close("all")


@pytest.mark.sample(8)
@pytest.mark.parametrize(
    ("name", "call", "other"), [case for kind in OTHERS for case in with_others(kind)]
)
def test_another_value_gives_an_answer_or_a_clear_error(name, call, other):
    try:
        assert eval(call, names_of(name)) is not None
        assert other != "weather", "there is no such thing"
        assert other != AFTER or "published_by" in call, "a date after the end of the record"
    except (oa.DataError, oa.UnknownAuthorityError) as error:
        assert str(error).rstrip().endswith((".", "?")) and len(str(error).split()) > 4
    finally:
        plt.close("all")


def test_there_are_suggestions_of_every_kind():
    assert [kind for kind in OTHERS if not with_others(kind)] == []


COMMAND = re.compile(r"`papermill (\w+)\.ipynb out\.ipynb((?: -p \w+ [\w-]+)+)`")


def settings_suggested():
    """The settings of a notebook's first cell that its last one suggests."""
    for notebook in NOTEBOOKS.values():
        for name, given in COMMAND.findall(notebook.cells[-1].source):
            yield name, dict(re.findall(r"-p (\w+) ([\w-]+)", given))
    yield "09_authority_briefing", {"authority": "Cumberland"}  # `"Cumberland"` in its last cell


@pytest.mark.sample(1)
@pytest.mark.parametrize(("name", "settings"), list(settings_suggested()))
def test_settings_that_are_suggested_run(name, settings, monkeypatch):
    monkeypatch.setattr("IPython.display.display", lambda shown: None)
    first, *others = [c.source for c in NOTEBOOKS[name].cells if c.cell_type == "code"]
    names = {}
    exec(first, names)
    assert set(settings) <= set(names)
    names.update(settings)
    for source in others:
        exec(source, names)
    plt.close("all")


def test_both_notebooks_with_settings_suggest_some():
    assert {name[:2] for name, _ in settings_suggested()} == {"05", "09"}
    assert '`"Cumberland"`' in NOTEBOOKS["09_authority_briefing"].cells[-1].source


def cells_of_tables(notebook):
    """What every cell of every table printed says, without addresses."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            page = output.get("data", {}).get("text/html", "")
            for found in re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", page, re.DOTALL):
                text = html.unescape(re.sub(r"<[^>]+>", "", found))
                yield re.sub(r"https?://\S+", "", text)


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_tables_are_in_words(name):
    """No day as in a file and no name of a column, but where these are the subject."""
    for text in cells_of_tables(NOTEBOOKS[name]):
        assert not re.search(r"\d{4}-\d{2}-\d{2}", text), text
        if not name.startswith("00"):
            assert not re.search(r"\b[a-z]+_[a-z_]+\b", text), text


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
