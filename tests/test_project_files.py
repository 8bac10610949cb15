"""The files about the project agree with it: citation, issue forms, devcontainer, changelog."""

import json
import re
import runpy
import shutil
import subprocess
import tomllib
from functools import partial
from pathlib import Path

import pytest
import yaml
from check_jsonschema import main as check_jsonschema
from click.testing import CliRunner

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
        assert entry["license"] in ("MIT", "OGL-UK-3.0")
        assert not {"doi", "identifiers"} & set(entry), "no identifier has been given to it"


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


SCHEMAS = {
    "github-workflows": ".github/workflows/*.yml",
    "github-issue-forms": ".github/ISSUE_TEMPLATE/[!c]*.yml",
    "github-issue-config": ".github/ISSUE_TEMPLATE/config.yml",
    "citation-file-format": "CITATION.cff",
}


@pytest.mark.parametrize("schema", SCHEMAS)
def test_files_of_a_published_format_are_as_its_schema_says(schema):
    files = sorted(str(path) for path in ROOT.glob(SCHEMAS[schema]))
    ran = CliRunner().invoke(check_jsonschema, ["--builtin-schema", f"vendor.{schema}", *files])
    assert files and ran.exit_code == 0, ran.output


def test_citation_and_archive_say_what_pyproject_and_the_data_say():
    for name, text in runpy.run_path(str(ROOT / "tools" / "release.py"))["versions"]().items():
        assert (ROOT / name).read_text(encoding="utf-8") == text, "run `make refresh`"
    archive, cited = load(".zenodo.json"), load("CITATION.cff")
    (data,) = [r for r in cited["references"] if r["type"] == "data"]
    assert archive["title"] == data["title"] and archive["version"] == data["version"]
    assert archive["creators"] == data["authors"] == cited["authors"]
    assert archive["license"] == data["license"].lower()
    assert archive["publication_date"] == data["date-released"]


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


def test_a_hosted_notebook_server_gets_what_the_lock_says():
    binder = ROOT / "binder"
    (line,) = (binder / "requirements.txt").read_text("utf-8").split("\n")[:-1]
    lock = (binder / line.removeprefix("-r ")).resolve()
    assert lock == (ROOT / "requirements.lock").resolve()
    version = (binder / "runtime.txt").read_text("utf-8").strip().removeprefix("python-")
    assert f"Programming Language :: Python :: {version}" in PROJECT["classifiers"]
    script = (binder / "postBuild").read_text("utf-8")
    assert script.startswith("#!") and "--no-deps --no-build-isolation --editable ." in script


def test_a_release_is_refused_where_something_disagrees(original, tmp_path):
    """The tool on a copy in which each thing in turn says something else."""
    copy = tmp_path / "copy"
    shutil.copytree(
        ROOT, copy, ignore=shutil.ignore_patterns(".*cache*", ".git", ".venv", "build", "baseline")
    )
    shutil.copytree(original, copy / "data", dirs_exist_ok=True)
    git = partial(subprocess.run, cwd=copy, check=True, capture_output=True)
    git(["git", "init", "-q"])
    git(["git", "add", "-A"])
    git(["git", "-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "all"])
    faults = runpy.run_path(str(copy / "tools" / "release.py"))["faults"]
    assert faults() == []
    for name, old, new in (
        ("CITATION.cff", DATA["version"], "2026.1.1"),
        (".zenodo.json", DATA["version"], "2026.1.1"),
        ("README.md", "complete to", "complete until"),
        ("CHANGELOG.md", f"Data {DATA['version']}", "Data"),
        ("CHANGELOG.md", f"Package {PROJECT['version']}", "Package"),
        ("data/datapackage.json", f'"version": "{DATA["version"]}"', '"version": "2026.1.1"'),
    ):
        text = (copy / name).read_text(encoding="utf-8")
        (copy / name).write_text(text.replace(old, new), encoding="utf-8")
        assert any(fault.startswith(name) for fault in faults()), name
        (copy / name).write_text(text, encoding="utf-8")
    for name, text in (("data/milestones.csv", "2020-03-16"), ("extra.py", "")):
        path = copy / name
        before = path.read_text(encoding="utf-8") if path.exists() else None
        path.write_text((before or "").replace("2020-03-17", text), encoding="utf-8")
        found = faults()
        assert any("not committed" in fault for fault in found)
        assert before is None or any("milestones.csv" in fault for fault in found)
        path.unlink() if before is None else path.write_text(before, encoding="utf-8")
    # a tag on this state, first of another version, then of this one under 'Unreleased'
    git(["git", "tag", "data-2020.1.1"])
    assert any("data-2020.1.1 is none of this state" in fault for fault in faults())
    git(["git", "tag", "-d", "data-2020.1.1"])
    git(["git", "tag", f"data-{DATA['version']}"])
    assert any("Unreleased" in fault for fault in faults())
    # a corrected cell since the data release before has to stand in the change log
    git(["git", "tag", "-d", f"data-{DATA['version']}"])
    git(["git", "tag", "data-2020.1.1", "HEAD"])
    changed = copy / "data" / "milestones.csv"
    changed.write_text(
        changed.read_text("utf-8").replace("2020-03-17", "2020-03-16"), encoding="utf-8"
    )
    git(["git", "-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qam", "corrected"])
    (fault,) = (fault for fault in faults() if "corrections since data-2020.1.1" in fault)
    assert fault.startswith("CHANGELOG.md")
    # and what was released once is not released again in another state
    git(["git", "tag", f"data-{DATA['version']}", "HEAD~1"])
    assert any("is of another state already" in fault for fault in faults())


def test_dates_are_written_the_same_on_every_system():
    """%-d and its kin are not known on Windows."""
    files = [*ROOT.glob("src/**/*.py"), *ROOT.glob("notebooks/*.ipynb"), *ROOT.glob("t*/**/*.py")]
    found = [str(path) for path in files if re.search(r"%-[a-zA-Z]", path.read_text("utf-8"))]
    assert len(files) > 100 and [path for path in found if path != __file__] == []


def test_a_release_leaves_a_folder_of_other_things_alone(tmp_path):
    (tmp_path / "keep.txt").write_text("mine", encoding="utf-8")
    build = runpy.run_path(str(ROOT / "tools" / "release.py"))["build"]
    with pytest.raises(SystemExit, match=r"such as keep\.txt"):
        build(tmp_path)
    assert (tmp_path / "keep.txt").read_text(encoding="utf-8") == "mine"
