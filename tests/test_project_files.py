"""The files about the project agree with it: citation, issue forms, devcontainer, changelog."""

import json
import re
import tomllib
from pathlib import Path

import pytest
import yaml

from ofsted_analysis.tables import load as tables
from ofsted_analysis.tables import schema

ROOT = Path(__file__).parents[1]
if not (ROOT / "CITATION.cff").exists():
    pytest.skip("not a checkout", allow_module_level=True)

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
DATA = schema.descriptor()


def load(name):
    return yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))


@pytest.fixture
def citation():
    return load("CITATION.cff")


def test_the_citation_has_what_the_format_demands(citation):
    assert citation["cff-version"] == "1.2.0"
    for key in ("message", "title"):
        assert citation[key]
    assert citation["type"] in ("software", "dataset")
    for entry in (citation, *citation["references"]):
        assert entry["authors"] and all(set(author) == {"name"} for author in entry["authors"])
        assert entry["license"] in ("MIT", "OGL-UK-3.0")
        assert not {"doi", "identifiers"} & set(entry), "no identifier has been given to it"
    known = {"type", "title", "authors", "version", "date-released", "license", "url"}
    assert all(set(entry) <= known for entry in citation["references"])


def test_the_citation_has_the_versions_of_package_and_data(citation):
    assert citation["version"] == PROJECT["version"]
    (data,) = [r for r in citation["references"] if r["type"] == "data"]
    assert data["version"] == DATA["version"]
    assert data["date-released"] == DATA["completeTo"]
    assert data["title"] == DATA["title"]
    assert data["license"] == DATA["licenses"][0]["name"]
    assert DATA["version"] in citation["abstract"] and PROJECT["version"] in citation["abstract"]


def test_the_changelog_has_a_section_for_each():
    log = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.search(rf"(?m)^### Data {re.escape(DATA['version'])}$", log)
    assert re.search(rf"(?m)^### Package {re.escape(PROJECT['version'])}$", log)


def test_the_readme_says_to_which_day_the_record_is_complete():
    from datetime import date

    day = date.fromisoformat(DATA["completeTo"])
    said = (ROOT / "README.md").read_text(encoding="utf-8")
    assert f"complete to {day.day} {day:%B} {day.year}" in said


def test_the_form_for_a_wrong_grade_asks_for_what_is_needed():
    form = load(".github/ISSUE_TEMPLATE/wrong-grade.yml")
    assert form["name"] and form["description"]
    kinds = {"markdown", "input", "textarea", "dropdown", "checkboxes"}
    assert {part["type"] for part in form["body"]} <= kinds
    asked = {p["id"]: p for p in form["body"] if p["type"] != "markdown"}
    needed = {"authority", "inspection", "ours", "theirs", "link"}
    assert {key for key, part in asked.items() if part["validations"]["required"]} == needed
    assert all(part["attributes"]["label"] for part in asked.values())


def test_the_example_in_the_form_is_a_row_of_the_tables():
    form = load(".github/ISSUE_TEMPLATE/wrong-grade.yml")
    shown = {p["id"]: p["attributes"]["placeholder"] for p in form["body"] if "id" in p}
    rows = {row["inspection_id"]: row for row in tables.rows("inspections")}
    assert rows[shown["inspection"]]["report_url"] == shown["link"]
    assert shown["version"] == DATA["version"]


def test_the_forms_are_configured():
    config = load(".github/ISSUE_TEMPLATE/config.yml")
    assert config["blank_issues_enabled"] is True
    for link in config["contact_links"]:
        assert set(link) == {"name", "url", "about"} and link["url"].startswith("https://")


def test_the_devcontainer_has_a_python_that_the_package_supports_and_sets_it_up():
    container = json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text("utf-8"))
    version = re.search(r":(3\.\d+)$", container["image"])[1]
    assert f"Programming Language :: Python :: {version}" in PROJECT["classifiers"]
    assert container["postCreateCommand"] == "make .venv"


def test_the_source_distribution_has_what_its_tests_read():
    included = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    included = included["tool"]["hatch"]["build"]["targets"]["sdist"]["include"]
    for name in ("/CITATION.cff", "/tools", "/docs", "/data", "/.github", "/Makefile", "/*.md"):
        assert name in included
