"""A framework that Ofsted might bring in tomorrow, added as rows and nothing else."""

import ast
import json
from pathlib import Path

import pandas as pd
import pytest
from matplotlib.text import Text

import ofsted_analysis as oa
from ofsted_analysis import charts
from ofsted_analysis.charts import notes
from ofsted_analysis.curation import stamp
from ofsted_analysis.curation.add import write_rows
from ofsted_analysis.curation.checks import check
from ofsted_analysis.curation.diff import compare
from ofsted_analysis.publish import export
from ofsted_analysis.tables import load, schema

REPORTS = {"norfolk": "99999998", "suffolk": "99999999"}
"""The number of each report's file on Ofsted's site."""

NEW = {
    "sources": [
        {
            "source_id": f"ofsted-{number}",
            "kind": "ofsted report",
            "publisher": "Ofsted",
            "title": f"{authority}: inspection of help for families",
            "published_date": "2028-02-01",
            "url": f"https://files.ofsted.gov.uk/v1/file/{number}",
        }
        for authority, number in REPORTS.items()
    ],
    "frameworks": [
        {
            "framework_id": "families",
            "name": "Inspections of help for families",
            "label": "FAM",
            "display_group": "families",
            "report_title": "inspection of help for families",
            "first_inspection": "2028-01-01",
            "last_inspection": "",
            "third_grade": "requires improvement",
            "notice": "unannounced",
            "longest_visit": "21",
            "longest_inspection": "21",
            "inspected_with": "",
            "description": "Invented for a test: two judgements.",
            "source_id": f"ofsted-{REPORTS['norfolk']}",
        }
    ],
    "judgement_areas": [
        {
            "framework_id": "families",
            "area_id": area_id,
            "label": label,
            "label_variants": "",
            "short_label": label.split()[0].lower(),
            "position": str(position),
            "limits_overall": "no",
            "theme": theme,
            "also_theme": "",
            "comparability": "partial",
            "comparability_note": "Invented for a test.",
            "first_used": "",
            "last_used": "",
        }
        for position, (area_id, label, theme) in enumerate(
            [
                ("early_help", "Help for families", "help_and_protection"),
                ("leaders", "Leaders", "leadership"),
            ],
            start=1,
        )
    ],
    "inspections": [
        {
            "inspection_id": f"{authority}-families-2028-01",
            "authority_id": authority,
            "framework_id": "families",
            "inspection_type": "",
            "first_day": "2028-01-10",
            "last_day": "2028-01-14",
            "date_precision": "day",
            "days_note": "",
            "published_date": "2028-02-01",
            "report_url": f"https://files.ofsted.gov.uk/v1/file/{number}",
            "source_id": f"ofsted-{number}",
        }
        for authority, number in REPORTS.items()
    ],
    "judgements": [
        {
            "inspection_id": f"{authority}-families-2028-01",
            "area_id": area,
            "grade": grade,
            "status": "graded" if grade else "not judged",
            "source_id": f"ofsted-{REPORTS[authority]}",
            "locator": "page 1",
            "certainty": "report",
        }
        for authority, area, grade in [
            ("norfolk", "early_help", "inadequate"),
            ("norfolk", "leaders", "good"),
            ("suffolk", "early_help", "outstanding"),
            ("suffolk", "leaders", ""),
        ]
    ],
}


@pytest.fixture
def folder(data):
    """The tables with the invented framework: rows added, stamps renewed, the end moved."""
    for name, rows in NEW.items():
        write_rows(data, name, load.rows(name, data) + rows)
    path = data / "datapackage.json"
    descriptor = json.loads(path.read_bytes())
    descriptor |= {"completeTo": "2028-03-31", "version": "2028.3.31"}
    path.write_text(json.dumps(descriptor, indent=2, ensure_ascii=False) + "\n", "utf-8")
    stamp.write_stamps(data)
    return data


@pytest.fixture
def judgements(folder):
    return oa.load_judgements(data_dir=folder)


def test_it_passes_every_check(folder):
    assert check(folder) == []


def test_the_joined_judgements_have_it(judgements):
    own = judgements[judgements["framework_id"] == "families"]
    assert own["band"].astype(object).where(own["band"].notna(), None).tolist() == [
        "inadequate", "good", "outstanding", None,
    ]  # fmt: skip
    assert own["theme"].tolist() == ["help_and_protection", "leadership"] * 2
    assert own["comparability"].eq("partial").all()


def test_a_snapshot_stands_on_it(judgements):
    now = oa.as_at("2028-03-31", "help_and_protection", data=judgements)
    now = now.set_index("authority_id")
    assert now.loc["norfolk", ["framework_id", "grade"]].tolist() == ["families", "inadequate"]
    assert now.loc["suffolk", "area"] == "Help for families"
    assert now.loc["essex", "framework_id"] == "ilacs"
    leaders = oa.as_at("2028-03-31", "leadership", data=judgements).set_index("authority_id")
    assert leaders.loc["suffolk", "reason"] == "not judged"


def test_themes_that_it_does_not_judge_stay_with_the_framework_before(judgements):
    now = oa.as_at("2028-03-31", "care_leavers", data=judgements).set_index("authority_id")
    assert now.loc["norfolk", "framework_id"] == "ilacs"


def test_it_is_the_end_of_a_history(judgements):
    history = oa.judgements_on("help_and_protection", data=judgements)
    own = history[history["authority_id"] == "norfolk"]
    assert own.iloc[-1][["framework_id", "area_id"]].tolist() == ["families", "early_help"]
    assert own["last_day"].is_monotonic_increasing


def test_it_is_in_a_panel_and_a_transition(judgements):
    counts = oa.over_time(
        "2027-12-31", "2028-03-31", "QE", "help_and_protection", data=judgements
    ).set_index(["date", "band"])["n"]
    before, after = (counts[pd.Timestamp(day)] for day in ("2027-12-31", "2028-03-31"))
    was = oa.as_at("2027-12-31", "help_and_protection", data=judgements)
    was = was.set_index("authority_id").loc[["norfolk", "suffolk"], "band"]
    moved = pd.Series(0, index=before.index)
    for band in was:
        moved[band] -= 1
    moved["inadequate"] += 1
    moved["outstanding"] += 1
    assert (after - before).tolist() == moved.tolist()
    steps = oa.transitions("help_and_protection", data=judgements)
    assert "norfolk-families-2028-01" in set(steps.astype(str).to_numpy().ravel())


def test_a_chart_shows_it(judgements):
    figure = charts.national_picture(
        "help_and_protection", start="2026-06-30", end="2028-03-31", freq="QE",
        data=judgements,
    )  # fmt: skip
    drawn = charts.chart_data(figure)
    assert drawn["date"].max() == pd.Timestamp("2028-03-31")
    last = drawn[drawn["date"] == drawn["date"].max()].groupby("part", observed=True)["n"].sum()
    now = oa.as_at("2028-03-31", "help_and_protection", data=judgements)
    assert last["inadequate"] == (now["grade"] == "inadequate").sum()
    assert charts.alt_text(figure)


@pytest.fixture
def packaged(folder, monkeypatch):
    """The tables with the invented framework as if they were the packaged ones."""
    monkeypatch.setattr(schema, "default_data_dir", lambda: folder)


def words(figure):
    return {text.get_text() for text in figure.findobj(Text)}


@pytest.mark.usefixtures("packaged")
def test_as_the_packaged_tables_it_needs_no_code_at_all():
    assert oa.data_complete_to() == pd.Timestamp("2028-03-31")
    panel = oa.panel(["2027-12-31", "2028-03-31"], "help_and_protection", who=["Norfolk"])
    assert panel["framework_id"].tolist() == ["ilacs", "families"]
    counts = oa.over_time("2028-03-31", "2028-03-31", "D", "leadership", by="framework_id")
    assert counts.query("framework_id == 'families'")["n"].sum() == 1
    assert any(text.startswith("FAM\n") for text in words(charts.timeline("Norfolk")))
    few = charts.chart_data(charts.small_multiples(["Norfolk", "Suffolk"], theme="leadership"))
    assert "families" in set(few["framework_id"])
    assert notes.group_names(["families", "ilacs"]) == {"ilacs": "ILACS", "families": "FAM"}
    assert "FAM\nsince\n2028" in words(charts.framework_crosswalk())
    figure = charts.national_picture("leadership", start="2026-06-30", freq="QE")
    assert charts.chart_data(figure)["date"].max() == pd.Timestamp("2028-03-31")


@pytest.mark.usefixtures("packaged")
def test_only_a_pause_is_drawn_as_one(folder):
    row = {
        "milestone_id": "families-act",
        "date": "2027-05-01",
        "kind": "announcement",
        "label": "new inspections announced",
        "short_label": "announced",
        "description": "Invented for a test.",
        "source_id": "ofsted-99999999",
    }
    write_rows(folder, "milestones", [*load.rows("milestones", folder), row])
    stamp.write_stamps(folder)
    assert [pause.start.year for pause in notes.pauses()] == [2020]
    event = next(e for e in notes.events() if e.start == pd.Timestamp("2027-05-01"))
    assert event.label == "new inspections announced\nMay 2027"


IDS = {row["framework_id"] for row in load.rows("frameworks")}
SHORT = {row["short_name"] for row in load.rows("authorities")} - {""}
NAMED = {
    "coverage.py": "what is known before the single inspections is counted by name",
    "pages.py": "the page on coverage names what it counts",
    "gallery.py": "examples to copy",
    "standard.py": "the standard charts by their names",
    "site.py": "the findings of the cover by their charts",
}
"""Modules that may name a framework, and why."""


@pytest.mark.parametrize("room", ["analysis", "charts", "publish"])
def test_no_framework_and_no_short_name_stands_in_the_code(room):
    for path in (Path(oa.__file__).parent / room).glob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        documented = (ast.Module, ast.ClassDef, ast.FunctionDef)
        docs = {
            ast.get_docstring(n, clean=False) for n in ast.walk(tree) if isinstance(n, documented)
        }
        said = {
            node.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        } - docs
        assert not said & SHORT, path.name
        assert path.name in NAMED or not said & IDS, path.name


def test_the_spreadsheet_and_the_rest_of_the_formats_take_it(folder):
    found = export.contents(folder)
    assert "families" in set(found["frameworks"].frame["framework_id"])
    rows = export.records(found[export.JOINED])
    assert sum(row["framework_id"] == "families" for row in rows) == 4


def test_the_difference_is_the_rows_added(original, folder):
    changes = compare(original, folder)
    assert {change.kind for change in changes} == {"added"}
    assert len(changes) == sum(map(len, NEW.values()))
