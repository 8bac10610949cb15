"""The tables as DataFrames: types, joins, messages, and the same from an installed wheel."""

import csv
import inspect
import os
import pickle
import re
import subprocess
import sys
import tarfile
import tempfile
import venv
import zipfile
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ofsted_analysis.curation.add import remove_inspections
from ofsted_analysis.tables import grades, load, schema, writing

ROOT = Path(__file__).parents[2]
TABLES = schema.tables()
LOADERS = {
    name: function
    for name, function in inspect.getmembers(load, inspect.isfunction)
    if name.startswith("load_") and name != "load_table"
}


def change(folder, name, column, value, line=2):
    """Put a value into one cell of a table, on that line of its file."""
    table = schema.tables(folder)[name]
    lines = table.path.read_text(encoding="utf-8").splitlines(keepends=True)
    cells = load.rows_of(table)[line - 2]
    cells[column] = value
    quoted = (f'"{cell}"' if "," in cell else cell for cell in cells.values())
    lines[line - 1] = ",".join(quoted) + "\n"
    table.path.write_text("".join(lines), encoding="utf-8")


# Types


@pytest.mark.parametrize("name", TABLES)
def test_a_table_has_the_columns_and_rows_of_its_file(name):
    frame, rows = load.load_table(name), load.rows(name)
    assert list(frame.columns) == TABLES[name].columns
    assert len(frame) == len(rows)
    for column in frame:
        shown = frame[column]
        if pd.api.types.is_datetime64_any_dtype(shown):
            shown = shown.dt.strftime("%Y-%m-%d")
        cells = [row[column] for row in rows]
        if TABLES[name][column].type == "number":
            assert shown.tolist() == [float(cell) for cell in cells], column
            continue
        text = shown.astype(object).where(shown.notna(), "").map(str).tolist()
        assert text == cells, column


@pytest.mark.parametrize("name", TABLES)
def test_every_column_has_its_type(name):
    frame = load.load_table(name)
    for field in TABLES[name].fields:
        dtype = frame[field.name].dtype
        if field.type == "date":
            assert dtype == "datetime64[s]", field.name
        elif field.type == "integer":
            assert dtype == ("int64" if field.required else "Int64"), field.name
        elif field.type == "number":
            assert dtype == "float64", field.name
        elif field.categories:
            assert tuple(dtype.categories) == field.categories
            assert dtype.ordered == field.ordered, field.name
        else:
            assert dtype == "str", field.name


def test_the_scales_are_ordered():
    judgements = load.load_judgements()
    assert judgements["grade"].dtype == grades.grade_dtype()
    assert judgements["band"].dtype == grades.BAND
    for column in ("grade", "band", "certainty", "comparability"):
        assert judgements[column].cat.ordered, column
    worst_first = ["inadequate", "third", "good", "outstanding"]
    assert judgements["band"].cat.categories.tolist() == worst_first


@pytest.mark.parametrize("column", ["inspection_id", "authority_id", "framework_id", "area_id"])
def test_the_keys_of_a_judgement_are_text(column):
    assert load.load_judgements()[column].dtype == "str"


# Joins


def test_the_join_loses_and_duplicates_no_judgement():
    joined, alone = load.load_judgements(), load.load_table("judgements")
    key = ["inspection_id", "area_id"]
    left = joined[[*key, "grade", "status", "certainty", "source_id", "locator"]].astype(str)
    right = alone[left.columns].astype(str)
    pd.testing.assert_frame_equal(
        left.sort_values(key, ignore_index=True), right.sort_values(key, ignore_index=True)
    )


def test_a_judgement_stands_beside_its_own_inspection_authority_and_area():
    rows = {
        "inspections": {row["inspection_id"]: row for row in load.rows("inspections")},
        "authorities": {row["authority_id"]: row for row in load.rows("authorities")},
        "areas": {(r["framework_id"], r["area_id"]): r for r in load.rows("judgement_areas")},
    }
    found = load.load_judgements()
    found = found.assign(
        position=found["position"].astype(str),
        **{day: found[day].dt.strftime("%Y-%m-%d") for day in ("first_day", "last_day")},
    )
    for row in found.astype(object).where(found.notna(), "").to_dict("records"):
        inspection = rows["inspections"][row["inspection_id"]]
        for column in (
            "authority_id", "framework_id", "inspection_type", "first_day", "last_day",
            "date_precision", "report_url",
        ):  # fmt: skip
            assert row[column] == inspection[column], (row["inspection_id"], column)
        authority = rows["authorities"][row["authority_id"]]
        assert row["authority"] == authority["name"]
        assert row["ofsted_region"] == authority["ofsted_region"]
        area = rows["areas"][row["framework_id"], row["area_id"]]
        for column in ("position", "theme", "comparability"):
            assert row[column] == area[column], (row["inspection_id"], column)
        assert row["area"] == area["label"]


def test_judgements_stand_in_the_order_of_inspection_and_page():
    judgements = load.load_judgements().astype({"inspection_id": str})
    key = judgements[["inspection_id", "position"]]
    pd.testing.assert_frame_equal(
        key, key.sort_values(["inspection_id", "position"], ignore_index=True)
    )


def test_the_band_follows_the_grade():
    judgements = load.load_judgements()
    pairs = judgements[["grade", "band"]].dropna().drop_duplicates().astype(str)
    assert set(pairs.itertuples(index=False, name=None)) <= {
        ("inadequate", "inadequate"),
        ("adequate", "third"),
        ("requires improvement", "third"),
        ("good", "good"),
        ("outstanding", "outstanding"),
    }
    assert (judgements["band"].isna() == judgements["grade"].isna()).all()
    assert (judgements["grade"].isna() == (judgements["status"] == "not judged")).all()


# Documentation


@pytest.mark.parametrize("name", LOADERS)
def test_the_docstring_names_the_columns_returned(name):
    doc = inspect.getdoc(LOADERS[name])
    returns = doc.split("Returns\n-------\n")[1].split("\n\nExamples\n")[0]
    said = returns.split(":", 1)[1]
    while "(" in said:
        said = re.sub(r"\([^()]*\)", "", said)
    documented = re.findall(r"[a-z_]+", said)
    assert documented == list(LOADERS[name]().columns)


# Broken tables


def test_a_table_that_does_not_exist():
    with pytest.raises(schema.DataError) as caught:
        load.load_table("judgments")
    assert str(caught.value).startswith("There is no table 'judgments'. The tables are: ")
    assert "judgements" in str(caught.value)


CHECK = "'ofsted-analysis check' lists every fault."


@pytest.mark.parametrize(
    ("name", "column", "value", "message"),
    [
        (
            "judgements", "grade", "gud",
            "column grade: 'gud' is not one of: inadequate, adequate, requires improvement, good, "
            f"outstanding. {CHECK}",
        ),
        (
            "inspections", "first_day", "2019-02-31",
            f"column first_day: '2019-02-31' is not a date (YYYY-MM-DD). {CHECK}",
        ),
        (
            "inspections", "first_day", "20190228",
            f"column first_day: '20190228' is not a date (YYYY-MM-DD). {CHECK}",
        ),
        (
            "authorities", "easting", "5e5",
            f"column easting: '5e5' is not a whole number. {CHECK}",
        ),
        (
            "inspections", "last_day", "",
            f"column last_day: is empty, but must be known. {CHECK}",
        ),
    ],
)  # fmt: skip
def test_a_cell_that_does_not_fit(data, name, column, value, message):
    change(data, name, column, value)
    with pytest.raises(schema.DataError) as caught:
        load.load_table(name, data_dir=data)
    assert str(caught.value) == f"{data / name}.csv:2: {message}"


def test_a_key_that_stands_twice(data):
    change(data, "inspections", "inspection_id", load.rows("inspections")[1]["inspection_id"])
    same = r"inspections\.csv:3: has the same inspection_id as a row before"
    with pytest.raises(schema.DataError, match=same):
        load.load_judgements(data_dir=data)


@pytest.mark.parametrize("name", TABLES)
def test_a_column_that_is_missing(data, name):
    table = schema.tables(data)[name]
    first, rest = table.path.read_text(encoding="utf-8").split("\n", 1)
    table.path.write_text(first.replace(f"{table.columns[0]},", "", 1) + "\n" + rest, "utf-8")
    with pytest.raises(schema.DataError) as caught:
        load.load_table(name, data_dir=data)
    assert str(caught.value) == f"{table.path}:1: lacks the column {table.columns[0]}."


@pytest.mark.parametrize("name", TABLES)
def test_a_file_that_is_missing(data, name):
    path = schema.tables(data)[name].path
    path.unlink()
    with pytest.raises(schema.DataError) as caught:
        load.load_table(name, data_dir=data)
    assert str(caught.value) == f"{path}: cannot be read (No such file or directory)."


def test_a_file_that_is_not_utf8(data):
    path = data / "authorities.csv"
    path.write_bytes(path.read_bytes().replace(b",Barnet,", b",Barn\xe9t,"))
    with pytest.raises(schema.DataError) as caught:
        load.load_authorities(data_dir=data)
    assert str(caught.value) == f"{path}:3: is not UTF-8 text: save the file as UTF-8."


def test_a_row_with_a_cell_too_few(data):
    path = data / "judgements.csv"
    path.write_text(path.read_text("utf-8").replace(",page 1,report\n", ",page 1\n", 1), "utf-8")
    with pytest.raises(schema.DataError, match=r"judgements\.csv:2: has 6 cells, not 7\."):
        load.load_judgements(data_dir=data)


CELLS = st.text(st.sampled_from('a,"; \u00e9\u2019#\\=-.1\t'), max_size=5) | st.sampled_from(
    ["", "NA", "null", "nan", "1e5", "true", "01", "2019-02-08", "inf"]
)


@settings(max_examples=100)
@given(st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=5))
def test_a_cell_is_the_text_that_stands_in_the_file(written):
    """Whatever it looks like, and whether or not a quotation mark stands in the file."""
    fields = tuple(schema.Field(name, "string", "") for name in ("one", "two"))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows([("one", "two"), *written])
        table = schema.Table("table", "", "", path, fields, ("one",), ())
        found, errors = load.read_rows(table)
    assert errors == []
    assert [tuple(row.values()) for row in found] == written


def test_a_folder_without_tables(tmp_path):
    with pytest.raises(schema.DataError) as caught:
        load.load_judgements(data_dir=tmp_path)
    path = tmp_path / "datapackage.json"
    assert str(caught.value) == f"{path}: cannot be read (No such file or directory)."


# Another folder, another place


@pytest.mark.parametrize("name", LOADERS)
def test_a_copy_of_the_tables_loads_the_same(data, name, original):
    loader = LOADERS[name]
    before = loader(data_dir=original)
    pd.testing.assert_frame_equal(loader(data_dir=data), before)
    pd.testing.assert_frame_equal(loader(data_dir=str(data)), before)


def test_judgements_come_from_the_folder_named(data):
    change(data, "judgements", "grade", "outstanding")
    row = load.rows("judgements")[0]
    assert row["grade"] != "outstanding"
    changed = load.load_judgements(data_dir=data)
    own = (changed["inspection_id"] == row["inspection_id"]) & (
        changed["area_id"] == row["area_id"]
    )
    assert changed.loc[own, "grade"].tolist() == ["outstanding"]
    assert changed.loc[own, "band"].tolist() == ["outstanding"]


def test_tables_that_are_written_while_they_are_joined_are_joined_again(data, monkeypatch):
    """New judgements beside the inspections before them would be of no state."""
    whole, areas = load.load_judgements(data_dir=data), load.load_areas
    after = {Path(path.name): path.read_bytes() for path in data.iterdir()}
    assert remove_inspections([whole["inspection_id"].iloc[-1]], data_dir=data) == []

    def written_meanwhile(**options):
        monkeypatch.setattr(load, "load_areas", areas)
        writing.replace_files(after, data)
        return areas(**options)

    monkeypatch.setattr(load, "load_areas", written_meanwhile)
    pd.testing.assert_frame_equal(load.load_judgements(data_dir=data), whole)
    assert load.load_areas is areas


IN_A_WHEEL = """
import pickle, sys
from ofsted_analysis.tables import schema, load
frames = {name: getattr(load, name)() for name in sys.argv[2:]}
with open(sys.argv[1], "wb") as file:
    pickle.dump((schema.__file__, str(schema.default_data_dir()), frames), file)
"""


def build(source, target, place):
    """What hatchling builds of a source tree."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", target, "-d", place]
    subprocess.run(command, cwd=source, check=True, capture_output=True)
    (made,) = place.iterdir()
    return made


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    if not (ROOT / "pyproject.toml").exists():
        pytest.skip("not a checkout")
    return build(ROOT, "wheel", tmp_path_factory.mktemp("wheel"))


def test_the_wheel_is_that_of_the_sdist(wheel, tmp_path):
    sdist = build(ROOT, "sdist", tmp_path / "sdist")
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path / "source", filter="data")
    (source,) = (tmp_path / "source").iterdir()
    again = build(source, "wheel", tmp_path / "wheel")
    with zipfile.ZipFile(wheel) as one, zipfile.ZipFile(again) as other:
        assert one.namelist() == other.namelist()
        assert [n for n in one.namelist() if one.read(n) != other.read(n)] == []
    assert again.name == wheel.name


def test_the_command_line_runs_from_a_wheel_that_pip_installed(wheel, tmp_path):
    """In an environment of its own, beside the dependencies that are installed here."""
    venv.create(tmp_path / "venv")
    folder = tmp_path / "venv" / ("Scripts" if os.name == "nt" else "bin")
    pip = [sys.executable, "-m", "pip", "--python", folder / "python", "install", "--quiet"]
    options = ["--no-deps", "--no-index", "--disable-pip-version-check"]
    subprocess.run([*pip, *options, wheel], check=True)
    (site,) = (tmp_path / "venv").rglob("site-packages")
    (site / "beside.pth").write_text(f"{Path(pd.__file__).parents[1]}\n")
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}

    def said(*command):
        run = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
        assert (run.returncode, run.stderr) == (0, ""), run.stderr
        return run.stdout

    where = said(folder / "python", "-c", "import ofsted_analysis as oa; print(oa.__file__)")
    assert Path(where.strip()).is_relative_to(site)
    assert "every rule holds" in said(folder / "ofsted-analysis", "check")
    assert "judgements.csv" in said(folder / "ofsted-analysis", "export", "--format", "csv")


def test_every_loader_works_from_an_installed_wheel(wheel, tmp_path):
    installed, elsewhere = tmp_path / "installed", tmp_path / "elsewhere"
    elsewhere.mkdir()
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(installed)

    result = elsewhere / "frames.pickle"
    subprocess.run(
        [sys.executable, "-c", IN_A_WHEEL, result, *LOADERS],
        cwd=elsewhere,
        env={**os.environ, "PYTHONPATH": str(installed)},
        check=True,
    )
    code, found, frames = pickle.loads(result.read_bytes())
    assert Path(code).is_relative_to(installed)
    assert Path(found) == installed / "ofsted_analysis" / "data"
    for path in schema.default_data_dir().iterdir():
        assert (Path(found) / path.name).read_bytes() == path.read_bytes(), path.name
    for name, frame in frames.items():
        pd.testing.assert_frame_equal(frame, LOADERS[name]())
