"""README, CONTRIBUTING and docs/: generated pages are fresh, links lead somewhere, examples run."""

import re
import shlex
from html import escape
from pathlib import Path

import pytest

from ofsted_analysis import charts, cli
from ofsted_analysis.charts import gallery
from ofsted_analysis.publish.pages import PAGES, data_dictionary, write_pages
from ofsted_analysis.tables import schema

ROOT = Path(__file__).parents[2]
README, CONTRIBUTING = ROOT / "README.md", ROOT / "CONTRIBUTING.md"
if not README.exists():
    pytest.skip("not a checkout", allow_module_level=True)

DOCS = sorted((ROOT / "docs").rglob("*.md"))
WORDS = [README, CONTRIBUTING, ROOT / "CHANGELOG.md", *DOCS]
NAMES = [path.relative_to(ROOT).as_posix() for path in WORDS]


def text(path):
    return path.read_text(encoding="utf-8")


def prose(path):
    """A page without its blocks of code."""
    return re.sub(r"(?ms)^ *```.*?^ *```$", "", text(path))


def blocks(path, language=""):
    """The blocks of code in a language, without the indent of a list."""
    found = re.findall(rf"(?ms)^( *)```{language}\n(.*?)^\1```$", text(path))
    return [re.sub(rf"(?m)^{indent}", "", code) for indent, code in found]


def anchor(heading):
    """The anchor that a heading gets."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


# Pages written from the data


@pytest.mark.parametrize("name", PAGES)
def test_a_generated_page_is_what_the_data_say(name):
    assert text(ROOT / "docs" / name) == PAGES[name](), "run 'ofsted-analysis docs'"


def test_the_pages_are_written_once_and_left_alone_then(tmp_path):
    assert sorted(path.name for path in write_pages(tmp_path)) == sorted(PAGES)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(PAGES)
    assert write_pages(tmp_path) == []
    (tmp_path / "coverage.md").write_text("stale", encoding="utf-8")
    assert write_pages(tmp_path) == [tmp_path / "coverage.md"]


@pytest.mark.parametrize("name", gallery.LINES)
def test_a_picture_of_the_gallery_says_what_the_data_say(name):
    picture = text(ROOT / "docs" / "gallery" / f"{name}.svg")
    chart = gallery.draw(name)
    assert f">{escape(chart.message)}</title>" in picture, "run 'ofsted-analysis docs'"
    assert f">{escape(chart.alt)}</desc>" in picture, "run 'ofsted-analysis docs'"


def test_the_gallery_has_every_kind_of_chart():
    drawn = {line.partition("(")[0].removeprefix("charts.") for line in gallery.LINES.values()}
    not_charts = {"Chart", "GRADE_COLOURS", "alt_text", "chart_data", "drawing", "finish", "save"}
    not_charts |= {"standard_set"}
    names = set(charts.__all__) - not_charts
    assert drawn == {name for name in names if not name.startswith("plot_")}


def test_the_data_dictionary_has_every_table_and_field():
    page = data_dictionary()
    sections = dict(re.findall(r"(?ms)^## (\w+)\n(.*?)(?=^## |\Z)", page))
    assert list(sections) == list(schema.tables())
    for name, table in schema.tables().items():
        rows = re.findall(r"(?m)^\| `(\w+)` \| (.*) \| (.*) \| `(.*)` \|$", sections[name])
        assert [row[0] for row in rows] == table.columns
        for field, (_, kind, what, example) in zip(table.fields, rows, strict=True):
            assert kind.startswith(field.type)
            assert (field.unit in kind) and ("may be empty" in kind) != field.required
            assert what == field.description.replace("|", r"\|")
            assert example == str(field.example)
        for column, target, _ in table.foreign_keys:
            assert f"`{column}` refers to {target}." in sections[name]


# Links


@pytest.mark.parametrize("path", WORDS, ids=NAMES)
def test_every_relative_link_leads_to_a_file(path):
    links = re.findall(r"\]\(<?([^)\s>]+)>?\)", prose(path))
    for link in links:
        if re.match(r"[a-z]+:", link):
            assert link.startswith(("https://", "http://")), link
            continue
        file, _, heading = link.partition("#")
        target = (path.parent / file).resolve() if file else path
        assert target.exists(), f"{link} leads nowhere"
        assert target.is_relative_to(ROOT), f"{link} leads out of the project"
        if heading:
            assert heading in map(anchor, re.findall(r"(?m)^#+ (.+)$", text(target))), link


def test_every_page_of_docs_can_be_reached_from_the_readme():
    seen, todo = set(), [README]
    while todo:
        path = todo.pop()
        if path in seen or path.suffix != ".md" or not path.is_file():
            continue
        seen.add(path)
        links = re.findall(r"\]\(([^)\s#]+)", prose(path))
        todo += [(path.parent / link).resolve() for link in links if "://" not in link]
    assert [path.name for path in DOCS if path not in seen] == []


# Examples


def test_the_readme_has_examples():
    assert blocks(README, "python")


@pytest.mark.parametrize("number", range(len(blocks(README, "python"))))
def test_the_python_of_the_readme_runs(number, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    code = blocks(README, "python")[number]
    exec(compile(code, f"README.md, example {number + 1}", "exec"), {})


@pytest.mark.parametrize("path", WORDS, ids=NAMES)
def test_the_commands_in_the_pages_exist_with_their_options(path):
    """Also those within a line: `ofsted-analysis diff OLD NEW`."""
    lines = [line.strip() for code in blocks(path) for line in code.splitlines()]
    lines += re.findall(r"`(ofsted-analysis [^`]+)`", prose(path))
    lines = [line.removeprefix("$ ") for line in lines]
    for line in lines:
        if not line.startswith("ofsted-analysis ") or "[" in line:
            continue
        words = shlex.split(line, comments=True)
        if len(words) == 2:  # named in passing, without what it needs
            assert words[1] in commands(), line
        else:
            try:
                cli._parser().parse_args(words[1:])
            except SystemExit as stop:
                assert stop.code == 0, f"{path.name}: {line}"


def commands():
    """The names of the commands."""
    (action,) = [a for a in cli._parser()._actions if getattr(a, "choices", None)]
    return set(action.choices)


@pytest.mark.parametrize("path", WORDS, ids=NAMES)
def test_the_targets_of_make_in_the_pages_exist(path):
    targets = set(re.findall(r"(?m)^([a-z.]+):", text(ROOT / "Makefile")))
    lines = "\n".join([*blocks(path), *re.findall(r"`(make [^`]+)`", prose(path))])
    for target in re.findall(r"(?m)^make ([a-z.]+)", lines):
        assert target in targets, target
