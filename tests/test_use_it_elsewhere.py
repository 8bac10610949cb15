"""docs/use-it-elsewhere.md: its Python examples run and agree, its other ones name real columns."""

import re
import shutil
import warnings
from pathlib import Path

import pandas as pd
import pytest

import ofsted_analysis as oa
from ofsted_analysis.publish import export
from ofsted_analysis.tables import schema

PAGE = Path(__file__).parents[1] / "docs" / "use-it-elsewhere.md"
TEXT = PAGE.read_text(encoding="utf-8")


def snippets(language):
    """The blocks of code in a language, by the heading that they stand under."""
    found = {}
    for section in re.split(r"(?m)^## ", TEXT)[1:]:
        blocks = re.findall(rf"(?ms)^```{language}\n(.*?)^```$", section)
        if blocks:
            found[section.splitlines()[0]] = "\n".join(blocks)
    return found


PYTHON = snippets("python")
COUNTING = [heading for heading in PYTHON if not heading.startswith("Arrow")]


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    """A folder like a checkout after `ofsted-analysis export`."""
    folder = tmp_path_factory.mktemp("checkout")
    shutil.copytree(schema.default_data_dir(), folder / "data")
    export.export(["parquet", "csv", "sqlite"], folder / "build" / "export")
    return folder


def run(heading, folder, monkeypatch):
    monkeypatch.chdir(folder)
    names = {}
    with warnings.catch_warnings():
        # a connection that a short example leaves to be closed by Python
        warnings.simplefilter("ignore", ResourceWarning)
        exec(compile(PYTHON[heading], f"{PAGE.name}: {heading}", "exec"), names)
    return names


@pytest.fixture(scope="module")
def expected():
    """The same from the package's own function."""
    now = oa.as_at(theme="help_and_protection")
    assert set(now["framework_id"].dropna()) == {"ilacs"}
    return now["grade"].value_counts().loc[lambda counts: counts > 0].to_dict()


def test_the_page_has_an_example_for_each_tool():
    assert COUNTING == ["DuckDB", "Polars", "pandas, from CSV", "SQL, with nothing but Python"]
    assert list(snippets("r")) == ["R"]
    assert list(snippets("powerquery")) == ["Excel"]


@pytest.mark.parametrize("heading", COUNTING)
def test_every_tool_counts_the_same(heading, checkout, monkeypatch, expected):
    counts = run(heading, checkout, monkeypatch)["counts"]
    counts = counts.items() if isinstance(counts, pd.Series) else counts
    assert {grade: n for grade, n in counts if n} == expected


def test_arrow(checkout, monkeypatch):
    names = run("Arrow, from Python", checkout, monkeypatch)
    assert names["table"].num_rows == len(oa.load_judgements())
    band = names["table"].column("band").type
    assert band.ordered and str(band.value_type) in ("string", "large_string")
    assert b"restated" in names["schema"].field("certainty").metadata[b"description"]


def test_power_query_names_columns_that_are_there():
    code = snippets("powerquery")["Excel"]
    columns = set(oa.load_judgements().columns)
    named = set(re.findall(r'\{"(\w+)", type|\{"(\w+)", Int64|\[(\w+)\]', code))
    named = {name for group in named for name in group if name}
    assert named == {"first_day", "last_day", "published_date", "position", "theme",
                     "framework_id", "grade"}  # fmt: skip
    assert named <= columns
    dates = {f.name for f in export.contents()[export.JOINED].table.fields if f.type == "date"}
    assert set(re.findall(r'\{"(\w+)", type date\}', code)) == dates


def test_r_names_files_and_columns_that_are_there(checkout):
    code = snippets("r")["R"]
    for path in re.findall(r'read_parquet\("([^"]+)"\)', code):
        assert (checkout / path).is_file()
    for column in ("theme", "framework_id", "authority_id", "last_day", "grade"):
        assert re.search(rf"\b{column}\b", code)
        assert column in oa.load_judgements()


def test_the_page_names_every_format():
    for name in export.FORMATS:
        assert re.search(rf"(?im)^\| {re.escape({'xlsx': 'Excel'}.get(name, name))} \|", TEXT), name
