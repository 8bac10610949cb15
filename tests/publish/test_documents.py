"""Briefings as files: they open again, can be read aloud, and are the same every time."""

import hashlib
import io
import os
import re
import subprocess
import sys
import zipfile
from html.parser import HTMLParser

import docx
import openpyxl
import pandas as pd
import pptx
import pytest
from docx.oxml.ns import qn
from pptx.enum.shapes import MSO_SHAPE_TYPE

import ofsted_analysis as oa
from ofsted_analysis.publish import documents, page, sections
from ofsted_analysis.publish.sections import Section, Table, compose

CASES = [
    ("norfolk", "2026-08-22"),
    ("dorset", "2020-01-01"),
]


@pytest.fixture(scope="module", params=CASES, ids="-".join)
def written(request):
    who, day = request.param
    found = documents.documents(who, day)
    return compose(who, day), {name.rpartition(".")[2]: made for name, made in found.items()}


def test_word(written):
    briefing, files = written
    document = docx.Document(io.BytesIO(files["docx"]))
    headings = [p.text for p in document.paragraphs if p.style.name == "Heading 1"]
    assert headings == [part.heading for part in briefing.sections]
    assert [p.text for p in document.paragraphs if p.style.name == "Title"] == [briefing.title]
    assert document.core_properties.title == briefing.title
    assert {lang.get(qn("w:val")) for lang in document.styles.element.iter(qn("w:lang"))} == {
        "en-GB"
    }
    pictures = list(document.element.body.iter(qn("wp:docPr")))
    assert len(pictures) == sum(part.chart is not None for part in briefing.sections)
    assert all(len(picture.get("descr")) > 60 for picture in pictures)
    assert len(document.tables) == sum(len(part.tables) for part in briefing.sections)
    for table in document.tables:
        assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
        assert all(cell.text for cell in table.rows[0].cells)
    foot = document.sections[0].footer._element.xml
    assert "PAGE" in foot and "NUMPAGES" in foot
    said = "\n".join(p.text for p in document.paragraphs)
    assert all(text in said for part in briefing.sections for text in (*part.words, *part.points))


def test_slides(written):
    briefing, files = written
    show = pptx.Presentation(io.BytesIO(files["pptx"]))
    assert 3 <= len(show.slides) <= 5
    assert round(show.slide_width / show.slide_height, 2) == 1.78
    for slide in show.slides:
        assert slide.shapes[0] == slide.shapes.title and slide.shapes.title.text.strip()
        assert all(shape.text_frame.text for shape in slide.placeholders)
        for shape in slide.shapes:
            assert shape.left >= 0 and shape.left + shape.width <= show.slide_width + 9
            assert shape.top >= 0 and shape.top + shape.height <= show.slide_height + 9
            if shape.shape_type == MSO_SHAPE_TYPE.PICTURE:
                assert len(shape._element.nvPicPr.cNvPr.get("descr")) > 60
        notes = slide.notes_slide.notes_text_frame.text
        assert "not official statistics" in notes
        assert all(point in notes for point in briefing.section("caveats").points)
    first = show.slides[0]
    assert briefing.headline[0] in first.placeholders[1].text_frame.text


class Page(HTMLParser):
    """What a page holds, and that every element is closed."""

    def __init__(self, text):
        super().__init__()
        self.open, self.seen, self.words = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))
        if tag not in ("meta", "img", "source"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)


def test_page(written):
    briefing, files = written
    read = Page(files["html"].decode())
    assert not read.open
    tags = [tag for tag, _ in read.seen]
    assert tags.count("h1") == 1 and tags.count("h2") == len(briefing.sections)
    assert ("html", {"lang": "en-GB"}) in read.seen
    for tag, attributes in read.seen:
        if tag in ("img", "source"):  # nothing is asked of a server
            assert (attributes.get("src") or attributes["srcset"]).startswith("data:image/svg+xml")
        if tag == "img":
            assert len(attributes["alt"]) > 60
        assert tag not in ("script", "link", "iframe")
    said = " ".join(" ".join(read.words).split())
    for part in briefing.sections:
        assert all(" ".join(text.split()) in said for text in (*part.words, *part.points))


def test_spreadsheet(written):
    briefing, files = written
    book = openpyxl.load_workbook(io.BytesIO(files["xlsx"]))
    tables = [table for part in briefing.sections for table in part.tables]
    assert len(book.sheetnames) == 2 + len(tables)
    for sheet, table in zip(book.worksheets[2:], tables, strict=True):
        frame = table.frame if table.data is None else table.data
        assert sheet["A1"].value == table.caption
        assert [cell.value for cell in sheet[3]] == list(frame.columns)
        assert sheet.max_row == 3 + len(frame)
    assert briefing.headline[0] in [cell.value for cell in book["Cover"]["A"]]


@pytest.mark.sample(0)  # `make sameness` asks it, too
def test_the_same_bytes_in_another_process(written):
    briefing, files = written
    code = (
        "import hashlib; from ofsted_analysis.publish.documents import documents;"
        f"found = documents({briefing.authority_id!r}, {str(briefing.day.date())!r});"
        "print(*[hashlib.sha256(made).hexdigest() for made in found.values()])"
    )
    elsewhere = {"PYTHONHASHSEED": "1", "TZ": "Pacific/Auckland", "SOURCE_DATE_EPOCH": "0"}
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True,
                         env=os.environ | elsewhere)  # fmt: skip
    assert run.stdout.split() == [hashlib.sha256(made).hexdigest() for made in files.values()]


def test_zip_entries_bear_no_day_of_today(written):
    for kind in ("docx", "pptx"):
        with zipfile.ZipFile(io.BytesIO(written[1][kind])) as packed:
            assert {entry.date_time[0] for entry in packed.infolist()} == {1980}


def test_markup_in_the_data_is_text(monkeypatch):
    nasty = '<script>alert("x")</script> & =1+1'
    table = Table(nasty, pd.DataFrame({nasty: [nasty]}))
    made = sections.Briefing(
        "x", nasty, pd.Timestamp("2026-01-01"), nasty, (nasty,),
        (Section("standing", "Where", (nasty,), (nasty,), (table,)),
         Section("caveats", "What", points=(nasty,))),
    )  # fmt: skip
    monkeypatch.setattr(documents, "compose", lambda *_, **__: made)
    files = documents.documents("x")
    text = files["briefing-x-2026-01-01.html"].decode()
    assert "<script>" not in text and text.count("&lt;script&gt;") > 6
    document = docx.Document(io.BytesIO(files["briefing-x-2026-01-01.docx"]))
    assert document.tables[0].cell(1, 0).text == nasty
    show = pptx.Presentation(io.BytesIO(files["briefing-x-2026-01-01.pptx"]))
    assert show.slides[0].shapes.title.text == nasty
    book = openpyxl.load_workbook(io.BytesIO(files["briefing-x-2026-01-01.xlsx"]))
    assert book.worksheets[-1]["A4"].value == nasty and book.worksheets[-1]["A4"].data_type == "s"


# Writing --------------------------------------------------------------------------------------


def test_an_existing_file_is_kept(tmp_path):
    (path,) = documents.write("Dorset", tmp_path, "2020-01-01", formats=["html"])
    before = path.read_bytes()
    path.write_bytes(b"mine")
    with pytest.raises(oa.DataError, match="--force"):
        documents.write("Dorset", tmp_path, "2020-01-01", formats=["html", "docx"])
    assert path.read_bytes() == b"mine" and len(list(tmp_path.iterdir())) == 1
    documents.write("Dorset", tmp_path, "2020-01-01", formats=["html"], force=True)
    assert path.read_bytes() == before


def test_unknown_formats_are_refused(tmp_path):
    with pytest.raises(oa.DataError, match="html, docx, pptx, xlsx"):
        documents.write("Hull", tmp_path, formats=["pdf"])
    with pytest.raises(oa.DataError, match="html, docx, pptx, xlsx"):
        list(documents.write_all(tmp_path, formats=["pdf"]))


@pytest.mark.parametrize(
    ("kind", "module"), [("docx", "docx"), ("pptx", "pptx"), ("html", "jinja2")]
)
def test_what_is_not_installed_is_named(kind, module, monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, module, None)
    page._template.cache_clear()
    with pytest.raises(oa.DataError, match=rf"{module}: pip install 'ofsted-analysis\[documents"):
        documents.write("Dorset", tmp_path, "2020-01-01", formats=[kind])
    assert not list(tmp_path.iterdir())


def test_one_that_fails_stops_no_other(tmp_path, monkeypatch):
    monkeypatch.setattr(documents, "there", lambda _: ["hull", "norfolk", "nowhere"])
    (tmp_path / f"briefing-norfolk-{oa.data_complete_to().date()}.xlsx").write_bytes(b"mine")
    found = dict(documents.write_all(tmp_path, formats=["xlsx"]))
    assert [len(found["hull"]), "there already" in found["norfolk"]] == [1, True]
    assert "nowhere" in found["nowhere"]
    assert len(list(tmp_path.iterdir())) == 2


def test_every_authority_has_its_turn():
    assert len(documents.there(None)) == 158
    assert "cumbria" not in documents.there("2024-01-01")
    assert re.fullmatch(r"[a-z-]+", "".join(documents.there(None)))


def test_the_spreadsheet_lists_the_latest_inspection_first_and_no_empty_signs():
    (made,) = documents.documents("devon", "2020-06-30", formats=["xlsx"]).values()
    book = openpyxl.load_workbook(io.BytesIO(made))
    cells = [cell.value for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [value for value in cells if isinstance(value, str) and value.startswith("sign ")]
    (sheet,) = (s for s in book if "latest first" in str(s["A1"].value))
    days = [row[0].value for row in sheet.iter_rows(min_row=4)]
    assert days == sorted(days, reverse=True) and len(set(days)) > 2
