"""Markup, formulas and hidden signs: refused in the tables, harmless in what is made of them."""

import csv
import io
import json
import xml.etree.ElementTree as ET
import zipfile

import docx
import openpyxl
import pandas as pd
import pptx
import pytest
from bs4 import BeautifulSoup

from ofsted_analysis import charts
from ofsted_analysis.charts import render, style
from ofsted_analysis.curation.checks import check
from ofsted_analysis.curation.stamp import write_stamps
from ofsted_analysis.publish import site
from ofsted_analysis.publish.documents import documents
from ofsted_analysis.publish.export import export
from ofsted_analysis.publish.sheets import objects
from ofsted_analysis.tables import schema
from ofsted_analysis.tables.load import load_table

NASTY = '=1+<script>"&'


def spoil(folder, before=NASTY):
    """Put a text before every free text of every table; returns how many columns have it."""
    columns = 0
    tables = schema.tables(folder)
    for name, table in tables.items():
        linked = {column for column, *_ in table.foreign_keys} | set(table.primary_key)
        linked |= {target for t in tables.values()
                   for _, into, target in t.foreign_keys if into == name}  # fmt: skip
        free = [
            f.name
            for f in table.fields
            if f.type == "string" and not (f.categories or f.format or "pattern" in f.constraints)
            if f.name not in linked
        ]
        with table.path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        for row in rows:
            for column in free:
                row[column] = row[column] and before + row[column]
        with table.path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, table.columns, lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
        columns += len(free)
    write_stamps(folder)
    return columns


@pytest.fixture
def spoilt(data):
    assert spoil(data) > 20
    schema.use_data_dir(data)
    yield data
    schema.use_data_dir(None)


def test_check_refuses_it_everywhere(data):
    columns = spoil(data)
    found = {(fault.file, fault.column) for fault in check(data) if "formula" in str(fault)}
    assert len(found) >= columns - 4  # those of tables without such a text


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("=1+1", "takes it for a formula"),
        ("+44", "takes it for a formula"),
        ("-x", "takes it for a formula"),
        ("@x", "takes it for a formula"),
        ("\tLeeds", "space"),
        ("Leeds\x1b[31m", "cannot be seen"),
        ("Leeds\u202esdeeL", "cannot be seen"),
        ("Le\u200beds", "cannot be seen"),
    ],
)
def test_check_says_which_cell_and_why(data, name, told):
    path = data / "authorities.csv"
    path.write_text(path.read_text("utf-8").replace(",Leeds,", f",{name},", 1), encoding="utf-8")
    write_stamps(data)
    faults = [str(fault) for fault in check(data) if told in str(fault)]
    assert len(faults) == 1 and "authorities.csv:" in faults[0] and "name" in faults[0]
    assert "\x1b" not in faults[0] and "\u202e" not in faults[0]


def test_charts_escape_it(spoilt):
    for draw in (lambda: charts.timeline("leeds"), lambda: charts.peers("leeds"), charts.tile_map):
        chart = draw()
        with style.context(chart.size.text):
            tree = ET.fromstring(render.svg(chart, chart.message, chart.alt))
        assert not [tag for tag in tree.iter() if tag.tag.endswith("script")]


def test_documents_escape_it(spoilt):
    files = {name.rpartition(".")[2]: made for name, made in documents("leeds").items()}
    page = BeautifulSoup(files["html"], "html.parser")
    assert not page.find("script") and NASTY in page.h1.get_text()
    document = docx.Document(io.BytesIO(files["docx"]))
    assert any(NASTY in paragraph.text for paragraph in document.paragraphs)
    show = pptx.Presentation(io.BytesIO(files["pptx"]))
    assert NASTY in show.slides[0].shapes.title.text
    for kind in ("docx", "pptx", "xlsx"):
        with zipfile.ZipFile(io.BytesIO(files[kind])) as packed:
            for name in packed.namelist():
                if name.endswith((".xml", ".rels")):
                    ET.fromstring(packed.read(name))
    for sheet in openpyxl.load_workbook(io.BytesIO(files["xlsx"])):
        assert not [cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]


def test_pages_of_the_site_escape_it(spoilt, tmp_path):
    for html in (
        site.authority_page("cumberland", tmp_path),
        site._list_of_authorities(load_table("authorities")),
    ):
        words = (
            html.removeprefix("---").partition("---\n")[2] or html
        )  # without what is in the head
        assert not BeautifulSoup(words, "html.parser").find("script")
    assert json.loads(site.lookup_data().removeprefix("window.AUTHORITIES = ").rstrip(";\n"))


def test_exports_hold_it_as_text(spoilt, tmp_path):
    export(["csv", "csv-excel", "sqlite", "json", "parquet"], tmp_path)
    with (tmp_path / "csv-excel" / "authorities.csv").open(
        encoding="utf-8-sig", newline=""
    ) as file:
        names = [row["name"] for row in csv.DictReader(file)]
    assert all(name.startswith("'=1+") for name in names)


def test_a_cell_too_long_for_a_spreadsheet_says_that_it_is_cut():
    (cell,) = objects(pd.DataFrame({"note": ["x" * 40_000]}))["note"]
    assert len(cell) == 32_767 and cell.endswith("[cut here: a cell holds no more]")
