"""The tables in other formats: the same facts, described, and the same bytes every time."""

import csv
import io
import json
import os
import sqlite3
import subprocess
import sys
import zipfile
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import openpyxl
import pandas as pd
import pyarrow.parquet as pq
import pyreadstat
import pytest
from frictionless import Package

from ofsted_analysis.analysis.outcomes import as_at
from ofsted_analysis.cli import main
from ofsted_analysis.publish import export
from ofsted_analysis.publish.workbook import NOW
from ofsted_analysis.tables import schema
from ofsted_analysis.tables.load import load_judgements, load_table

TABLES = schema.tables()
FULL = bool(os.environ.get("OFSTED_FULL"))
NAMES = [*TABLES, export.JOINED]
LABELS = load_table("themes").set_index("theme")["label"].to_dict()


@pytest.fixture(scope="module")
def found(original):
    return export.contents(data_dir=original)


@pytest.fixture(scope="module")
def out(original, tmp_path_factory):
    """Every format, written once."""
    folder = tmp_path_factory.mktemp("export")
    export.export(out=folder, data_dir=original)
    return folder


def plain(frame):
    """A table as text, dates in ISO, the missing empty: to compare by."""
    shown = frame.copy()
    for column in shown:
        if pd.api.types.is_datetime64_any_dtype(shown[column]):
            shown[column] = shown[column].dt.strftime("%Y-%m-%d")
    shown = shown.astype(object).where(shown.notna(), "").map(str)
    return [list(shown.columns), *shown.to_numpy().tolist()]


# What is in it


def test_every_table_is_there_and_the_joined_judgements(found):
    assert list(found) == NAMES
    assert found[export.JOINED].frame.equals(load_judgements())


def test_every_column_of_the_joined_judgements_is_described(found):
    table = found[export.JOINED].table
    assert table.columns == list(load_judgements().columns)
    for field in table.fields:
        assert field.description and field.type and field.example is not None, field.name
    assert table["authority"].description == TABLES["authorities"]["name"].description
    assert table["area"].description == TABLES["judgement_areas"]["label"].description


def test_records_are_plain_with_iso_dates(found):
    (row,) = [
        r
        for r in export.records(found["inspections"])
        if r["inspection_id"] == "west-sussex-ilacs-2019-03"
    ]
    assert (row["first_day"], row["last_day"]) == ("2019-02-25", "2019-03-08")
    kinds = {type(v) for content in found.values() for r in export.records(content)
             for v in r.values()}  # fmt: skip
    assert kinds == {str, int, float, type(None)}


# Parquet


@pytest.mark.sample(3)
@pytest.mark.parametrize("name", NAMES)
def test_parquet_holds_the_table_and_its_dictionary(name, out, found):
    table = pq.read_table(out / "parquet" / f"{name}.parquet")
    content = found[name]
    rows = [{k: v.isoformat() if isinstance(v, date) else v for k, v in row.items()}
            for row in table.to_pylist()]  # fmt: skip
    assert rows == export.records(content)
    about = json.loads(table.schema.metadata[b"datapackage"])
    assert about["name"] == name and about["licenses"] and about["sources"]
    assert table.schema.metadata[b"title"].decode() == content.table.title
    for field in content.table.fields:
        shown = table.schema.field(field.name)
        said = {key.decode(): value.decode() for key, value in shown.metadata.items()}
        assert said["description"] == field.description
        assert said["type"] == field.type
        assert said.get("unit", "") == field.unit
        assert tuple(json.loads(said.get("categories", "[]"))) == field.categories
        assert shown.nullable != field.required
        kinds = {"date": "date32[day]", "integer": "int64", "number": "double"}
        kind = kinds.get(field.type, "string")
        if field.categories:
            assert shown.type.ordered == field.ordered
            assert tuple(content.frame[field.name].cat.categories) == field.categories
        else:
            assert str(shown.type) == kind, field.name


def test_the_grades_keep_their_order_in_parquet(out):
    frame = pd.read_parquet(out / "parquet" / "judgements_joined.parquet")
    assert frame["band"].cat.ordered
    assert list(frame["band"].cat.categories) == ["inadequate", "third", "good", "outstanding"]


# CSV and JSON


def test_the_csv_tables_are_those_of_the_data_byte_for_byte(out, original):
    for table in schema.tables(original).values():
        assert (out / "csv" / table.path.name).read_bytes() == table.path.read_bytes()


def test_the_csv_folder_is_a_valid_data_package_with_the_joined_table(out):
    report = Package(str(out / "csv" / "datapackage.json")).validate()
    assert report.flatten(["resource", "rowNumber", "fieldName", "message"]) == []
    assert {path.name for path in (out / "csv").iterdir()} == {
        "datapackage.json",
        *(f"{name}.csv" for name in NAMES),
    }
    own = schema.descriptor(out / "csv")["resources"][-1]
    assert own["name"] == export.JOINED and own["rowCount"] == len(load_judgements())


@pytest.mark.parametrize("name", NAMES)
def test_json_holds_the_same_facts(name, out, found):
    rows = json.loads((out / "json" / f"{name}.json").read_bytes())
    assert rows == export.records(found[name])


def test_the_joined_csv_holds_the_joined_judgements(out):
    text = (out / "csv" / "judgements_joined.csv").read_text(encoding="utf-8")
    assert list(csv.reader(io.StringIO(text))) == plain(load_judgements())


# SQLite


@pytest.fixture
def database(out):
    connection = sqlite3.connect(f"file:{out / 'ofsted-analysis.sqlite'}?mode=ro", uri=True)
    yield connection
    connection.close()


@pytest.mark.parametrize("name", NAMES)
def test_sqlite_holds_the_table_with_types_and_keys(name, database, found):
    table = found[name].table
    rows = database.execute(f'SELECT * FROM "{name}" ORDER BY rowid').fetchall()
    assert rows == [tuple(row.values()) for row in export.records(found[name])]
    columns = database.execute(f'PRAGMA table_info("{name}")').fetchall()
    types = {"date": "DATE", "integer": "INTEGER", "number": "REAL", "string": "TEXT"}
    assert [(c[1], c[2], bool(c[3])) for c in columns] == [
        (field.name, types[field.type], field.required) for field in table.fields
    ]
    keys = sorted((c[5], c[1]) for c in columns if c[5])
    assert tuple(column for _, column in keys) == table.primary_key
    declared = {(k[3], k[2], k[4]) for k in database.execute(f'PRAGMA foreign_key_list("{name}")')}
    assert set(table.foreign_keys) <= declared


def test_sqlite_finds_every_reference(database):
    assert database.execute("PRAGMA foreign_key_check").fetchall() == []
    assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_sqlite_refuses_what_is_not_a_grade(out, tmp_path):
    copy = tmp_path / "copy.sqlite"
    copy.write_bytes((out / "ofsted-analysis.sqlite").read_bytes())
    connection = sqlite3.connect(copy)
    with pytest.raises(sqlite3.IntegrityError, match="CHECK"):
        connection.execute("UPDATE judgements SET grade = 'fair'")
    connection.rollback()
    connection.execute("PRAGMA foreign_keys = ON")
    with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY"):
        connection.execute("UPDATE inspections SET authority_id = 'atlantis'")
    connection.close()


def test_sqlite_explains_every_field(database, found):
    said = set(database.execute("SELECT table_name, field, description FROM data_dictionary"))
    assert said == {(n, f.name, f.description) for n, c in found.items() for f in c.table.fields}


# Excel


@pytest.fixture(scope="module")
def sheets(out):
    book = openpyxl.load_workbook(out / "ofsted-analysis.xlsx")
    yield book
    book.close()


def cached(out, place):
    """What the formulas of a sheet came to when the file was written, by cell."""
    space = {"x": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
    with zipfile.ZipFile(out / "ofsted-analysis.xlsx") as archive:
        root = ElementTree.fromstring(archive.read(f"xl/worksheets/sheet{place}.xml"))
    cells = root.iterfind(".//x:c", space)
    return {
        c.get("r"): c.find("x:v", space).text for c in cells if c.find("x:f", space) is not None
    }


def body(sheet):
    """Header and rows of the one table of a sheet."""
    (table,) = sheet.tables.values()
    return [[cell.value for cell in row] for row in sheet[table.ref]]


def test_the_workbook_has_cover_contents_notes_and_a_table_a_sheet(sheets, found):
    assert sheets.sheetnames[:4] == ["Cover", "Contents", "Notes", NOW]
    assert {name for name in NAMES if len(found[name].frame)} <= set(sheets.sheetnames)
    for sheet in sheets.worksheets[1:]:
        assert len(sheet.tables) == 1, sheet.title
        assert sheet["A1"].value and not sheet.merged_cells.ranges
    listed = [row[0] for row in body(sheets["Contents"])[1:]]
    assert listed == sheets.sheetnames[3:]


def test_the_workbook_opens_on_my_authority_now(sheets):
    assert sheets.active.title == NOW
    assert sheets[NOW].sheet_view.selection[0].activeCell == "B5"


@pytest.mark.parametrize("name", NAMES)
def test_a_sheet_holds_the_table_with_real_dates(name, sheets, found):
    rows = body(sheets[name])
    content = found[name]
    assert rows[0] == content.table.columns
    assert len(rows) - 1 == len(content.frame)
    for field, *cells in zip(content.table.fields, *rows[1:], strict=True):
        for cell, record in zip(cells, export.records(content), strict=True):
            expected = record[field.name]
            if field.type == "date" and expected:
                assert cell.date().isoformat() == expected
            elif expected == "%":  # a sign alone is no text for a screen reader
                assert cell == "per cent"
            else:
                assert cell == expected


def test_long_sheets_keep_their_header_in_sight_and_on_every_page(sheets):
    for sheet in sheets.worksheets:
        long = sheet.title not in ("Cover", "Contents", "Notes", NOW)
        assert (sheet.freeze_panes, sheet.print_title_rows) == (
            ("B4", "$3:$3") if long else (None, None)
        ), sheet.title


def test_my_authority_is_told_in_labels_not_keys(sheets):
    keys = {*load_table("inspections")["inspection_id"], *load_table("themes")["theme"]} - set(
        LABELS.values()
    )
    shown = {cell for row in body(sheets[NOW]) for cell in row} | {
        cell.value for column in sheets[NOW]["A1:B9"] for cell in column
    }
    assert shown & keys == set()
    facts = {row[0].value: row[1].value for row in sheets["Authorities now"]["A4:B4"]}
    assert facts == {"Barking and Dagenham": "London"}
    names = {row[6] for row in body(sheets["Authorities now"])[1:]}
    assert names == {"Inspections of local authority children's services"}


def test_the_csv_for_spreadsheets_opens_rightly_and_runs_nothing(out, found):
    raw = (out / "csv-excel" / "judgements_joined.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf") and raw.count(b"\r\n") == len(load_judgements()) + 1
    rows = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"))))
    assert rows == plain(load_judgements())
    for cell in ("=1+1", "+44", "-1 grade", "@SUM(A1)", "\tx", "\rx"):
        frame = pd.DataFrame({"a": [cell, "fine - really", None]})
        table = schema.Table(
            "t", "", "", Path("t.csv"), (schema.Field("a", "string", ""),), ("a",), ()
        )
        safe = export._safe_csv(export.Content(table, frame, {})).decode("utf-8-sig")
        assert [row[0] for row in csv.reader(io.StringIO(safe, newline=""))] == [
            "a", f"'{cell}", "fine - really", "",
        ]  # fmt: skip


def test_every_note_is_referred_to_and_there(sheets):
    numbers = [row[0] for row in body(sheets["Notes"])[1:]]
    assert numbers == list(range(1, len(numbers) + 1))
    text = " ".join(
        str(cell) for s in sheets.worksheets for row in s.iter_rows(values_only=True, max_row=20)
        for cell in row if cell
    )  # fmt: skip
    for number in numbers:
        assert f"[note {number}]" in text


def test_the_list_of_authorities_is_that_of_today(sheets):
    (choice,) = sheets[NOW].data_validations.dataValidation
    assert str(choice.sqref) == "B5" and choice.type == "list"
    sheet, cells = choice.formula1.split("!")
    names = [row[0].value for row in sheets[sheet.strip("'")][cells.replace("$", "")]]
    assert names == sorted(as_at()["authority"])
    assert sheets[NOW]["B5"].value == names[0]


def looked_up(sheets, authority):
    """What the formulas of the first sheet find for an authority, by doing what they do."""
    grades = body(sheets["Grades now"])
    key, head = grades[0].index("Authority and theme"), grades[0]
    return {
        row[head.index("Theme")]: dict(zip(head, row, strict=True))
        for row in grades[1:]
        if row[key] == f"{authority}: {row[head.index('Theme')]}"
    }


def test_the_grades_now_are_those_of_as_at(sheets):
    for theme in ("overall", "help_and_protection", "children_in_care", "care_leavers"):
        words = LABELS[theme].capitalize()
        for row in as_at(theme=theme).itertuples():
            shown = looked_up(sheets, row.authority)[words] if row.Index % 30 == 0 else None
            if shown is None:
                continue
            assert shown["Grade now"] == (row.reason if pd.isna(row.grade) else row.grade)
            if not pd.isna(row.last_day):
                assert shown["Inspection ended"].date() == row.last_day.date()
                assert shown["Link"].startswith("http")


def test_the_grade_before_an_inspection_without_one_is_the_last_there_was(sheets):
    """Trafford's inspection of June 2026 made no overall judgement; that of 2022 did."""
    overall = looked_up(sheets, "Trafford")["Overall effectiveness"]
    assert overall["Grade now"] == "judgement not made"
    assert overall["Grade before"] == "requires improvement"
    assert overall["Ended before"].date() == date(2022, 12, 2)
    protection = looked_up(sheets, "Trafford")["Help and protection"]
    assert (protection["Grade now"], protection["Grade before"]) == (
        "inadequate", "requires improvement",
    )  # fmt: skip
    assert protection["Ended before"].date() == date(2022, 12, 2)


def test_the_formulas_look_where_the_tables_are(sheets, out):
    """Each cell of the first sheet finds, by its own formula's ranges, what it shows."""
    sheet, shown = sheets[NOW], cached(out, sheets.sheetnames.index(NOW) + 1)
    (table,) = sheet.tables.values()
    header, *lines = sheet[table.ref]
    assert len(lines) == 5
    found = looked_up(sheets, sheet["B5"].value)
    for line in lines:
        own = found[line[0].value]
        for head, cell in zip(header[1:], line[1:], strict=True):
            column = head.value.split("\n")[0]
            formula = cell.value
            assert formula.startswith("=IFERROR(") and "INDEX(" in formula and "MATCH(" in formula
            expected = own[column]
            if isinstance(expected, date):
                expected = (expected.date() - date(1899, 12, 30)).days
            expected = "not known" if expected is None else str(expected)
            assert shown[cell.coordinate] == expected, (cell.coordinate, column)
    assert all("HYPERLINK(" in line[-1].value for line in lines)
    assert all(line[-1].value.count("'Grades now'!") == 4 for line in lines)


def test_every_link_of_the_first_sheet_is_one_that_excel_can_follow(sheets):
    header, *rows = body(sheets["Grades now"])
    for row in rows:
        link, title = row[header.index("Link")], row[header.index("Source")]
        assert (link is None) == (title is None)
        assert link is None or (link.startswith("http") and len(link) < 256 > len(title))


def test_a_spreadsheet_without_gptables(tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "gptables", None)
    assert main(["export", "--format", "xlsx", "--out", str(tmp_path)]) == 1
    assert "pip install 'ofsted-analysis[export]'" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


# The same bytes


@pytest.mark.sample(0)  # `make sameness` asks it, too
def test_another_time_zone_and_locale_and_hash_seed_make_the_same_bytes(out, original, tmp_path):
    # the workbook takes as long as all others together
    formats = [name for name in export.FORMATS if FULL or name != "xlsx"]
    code = (
        "import sys\nfrom ofsted_analysis.cli import main\n"
        f"sys.exit(main(['export', '--format', '{','.join(formats)}', *sys.argv[1:]]))"
    )
    environment = os.environ | {
        "TZ": "Pacific/Kiritimati", "LC_ALL": "tr_TR.UTF-8", "PYTHONHASHSEED": "7",
        "SOURCE_DATE_EPOCH": "86400",
    }  # fmt: skip
    run = subprocess.run(
        [sys.executable, "-c", code, "--data", original, "--out", tmp_path],
        env=environment, capture_output=True, text=True,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    files = sorted(path.relative_to(out) for path in out.rglob("*")
                   if path.is_file() and (FULL or path.suffix != ".xlsx"))  # fmt: skip
    again = sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*") if path.is_file())
    assert files == again
    assert [f for f in files if (out / f).read_bytes() != (tmp_path / f).read_bytes()] == []


def test_the_workbook_bears_the_date_of_the_data(out):
    complete = schema.descriptor()["completeTo"]
    with zipfile.ZipFile(out / "ofsted-analysis.xlsx") as archive:
        assert {info.date_time[:3] for info in archive.infolist()} == {(1980, 1, 1)}
        core = archive.read("docProps/core.xml").decode()
    assert core.count(f">{complete}T00:00:00Z<") == 2


# The command


def test_only_the_formats_asked_for(tmp_path, capsys):
    assert main(["export", "--format", "csv, json", "--out", str(tmp_path / "new" / "x")]) == 0
    written = capsys.readouterr().out.splitlines()
    assert {Path(line).parent.name for line in written} == {"csv", "json"}
    assert all(Path(line).is_file() for line in written)


def test_a_format_there_is_not(tmp_path, capsys):
    assert main(["export", "--format", "csv,sas", "--out", str(tmp_path)]) == 1
    error = capsys.readouterr().err
    assert "no format 'sas'" in error and "parquet, csv, csv-excel, xlsx, sqlite, json" in error
    assert list(tmp_path.iterdir()) == []


def test_where_nothing_can_be_written(tmp_path, capsys):
    (tmp_path / "file").write_text("in the way")
    assert main(["export", "--format", "json", "--out", str(tmp_path / "file")]) == 1
    assert "cannot be written" in capsys.readouterr().err


def test_nothing_is_left_of_a_write_that_fails(tmp_path, monkeypatch):
    """All files or none, and no scraps beside them."""
    before = export.export(["json"], tmp_path)[0].read_bytes()
    replace, calls = os.replace, []

    def stop(source, target):
        calls.append(target)
        if len(calls) == 3:
            raise OSError(28, "No space left on device", str(target))
        replace(source, target)

    monkeypatch.setattr(os, "replace", stop)
    with pytest.raises(schema.DataError, match="cannot be written"):
        export.export(["json", "csv"], tmp_path)
    assert not list(tmp_path.glob("csv/*")) and not list(tmp_path.rglob(".*"))
    assert (tmp_path / "json" / "authorities.json").read_bytes() == before


def test_other_data_than_the_packaged(data, tmp_path):
    path = data / "sources.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(",Ofsted,", ",Estyn,", 1), "utf-8")
    export.export(["json"], tmp_path, data_dir=data)
    rows = json.loads((tmp_path / "json" / "sources.json").read_bytes())
    assert "Estyn" in {row["publisher"] for row in rows}
    assert "Estyn" not in set(load_table("sources")["publisher"])


# Stata and SPSS


@pytest.mark.sample(3)
@pytest.mark.parametrize("suffix", ["dta", "sav"])
@pytest.mark.parametrize("name", [*schema.tables(), "judgements_joined"])
def test_stata_and_spss_hold_the_table_with_labels(name, suffix, out, found):
    read = {"dta": pyreadstat.read_dta, "sav": pyreadstat.read_sav}[suffix]
    folder = {"dta": "stata", "sav": "spss"}[suffix]
    frame, meta = read(str(out / folder / f"{name}.{suffix}"), apply_value_formats=True)
    content = found[name]
    assert list(frame) == list(content.table.columns) and len(frame) == len(content.frame)
    for field in content.table.fields:
        ours = content.frame[field.name]
        if field.categories:
            named = meta.variable_value_labels[field.name]
            assert list(named.values()) == list(field.categories)
            assert list(named) == [*range(1, len(field.categories) + 1)]
        theirs = frame[field.name].astype(object)
        theirs = theirs.where(theirs.notna() & (theirs != ""), None)
        plain = ours.dt.date if field.type == "date" else ours
        plain = plain.astype(object).where(ours.notna(), None)
        assert theirs.tolist() == plain.tolist(), field.name
    assert meta.column_names_to_labels["source_id" if "source_id" in frame else frame.columns[0]]


def test_the_grades_keep_their_order_in_stata(out):
    frame, _ = pyreadstat.read_dta(str(out / "stata" / "judgements_joined.dta"))
    means = frame.groupby("band")["grade"].mean()
    assert means.is_monotonic_increasing and len(means) == 4


def test_they_bear_the_date_of_the_data(out):
    day = date.fromisoformat(schema.complete_to())
    stamp = f"<timestamp>\x11{day:%d %b %Y} 00:00</timestamp>".encode()
    assert stamp in (out / "stata" / "judgements.dta").read_bytes()
    told = (out / "spss" / "judgements.sav").read_bytes()[92:109]
    assert told == f"{day:%d %b %y}00:00:00".encode()
