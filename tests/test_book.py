"""The book: what a page has and may not have, and what is said when a notebook fails."""

import importlib.util
import re
import sys
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

ROOT = Path(__file__).parents[1]
TOOL = ROOT / "tools" / "build_book.py"
if not TOOL.exists():
    pytest.skip("not a checkout", allow_module_level=True)

OPENING = "# {title}\n\n**Question.** How *many*?\n\n**Answer.** Two. See [b](01_b.ipynb#next)."
SVG = (
    '<svg role="img" aria-labelledby="title-1 desc-1" viewBox="0 0 9 9">'
    '<title id="title-1">Two are good</title><desc id="desc-1">Bar chart.</desc>'
    "<metadata>not for readers</metadata>"
    '<defs><clipPath id="a"><path id="b" d="M 0 0"/></clipPath></defs>'
    '<use href="#b" clip-path="url(#a)"/></svg>'
)
DRAWS = (
    f"from IPython.display import SVG, display\nfor _ in range(2):\n    display(SVG('''{SVG}'''))"
)
TABLE = """
import pandas as pd
days = pd.Index(["2025-03-31", "2026-03-31"], name="day")
pd.DataFrame({"n": [2, 3], "grade": ["good", "good"], "url": "https://example.org/a"}, index=days)
"""


@pytest.fixture(scope="module")
def tool():
    spec = importlib.util.spec_from_file_location("build_book", TOOL)
    module = sys.modules["build_book"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    yield module
    del sys.modules["build_book"]


FOLDED = new_code_cell("print('said')  # how it is done", metadata={"tags": ["hide-input"]})
GONE = new_code_cell("assert 6 * 7 == 42, 'unsaid'", metadata={"tags": ["remove-cell"]})


def write(folder, name, *cells, title="Some title"):
    """A notebook of code cells, under a title."""
    opening = new_markdown_cell(OPENING.format(title=title))
    sections = [new_markdown_cell(f"## {words}") for words in ("One", "Next", "Next")]
    cells = [cell if isinstance(cell, dict) else new_code_cell(cell) for cell in cells]
    path = folder / f"{name}.ipynb"
    notebook = new_notebook(cells=[opening, *sections, *cells])
    notebook.metadata["kernelspec"] = {
        "name": "python3",
        "display_name": "Python 3",
        "language": "python",
    }
    nbformat.write(notebook, path)
    return path


@pytest.fixture(scope="module")
def book(tool, tmp_path_factory):
    """The pages of a book of two notebooks, one of them with charts and a table, and the cover."""
    folder = tmp_path_factory.mktemp("book")
    charts = folder / "build" / "charts"
    charts.mkdir(parents=True)
    (charts / "map-now.svg").write_text(SVG, encoding="utf-8")
    (folder / "build" / "gone.html").write_text("of a notebook that is gone", encoding="utf-8")
    notebooks = [
        write(folder, "00_a", "print(6 * 7)", DRAWS, TABLE, FOLDED, GONE, title="Tales & tables"),
        write(folder, "01_b", title="Second"),
    ]
    before = [path.read_bytes() for path in notebooks]
    pages = tool.build(notebooks, folder / "build")
    assert before == [path.read_bytes() for path in notebooks], "the notebooks stay as they are"
    assert sorted(pages) == sorted((folder / "build").glob("*.html"))
    return {path.name: BeautifulSoup(path.read_text("utf-8"), "html.parser") for path in pages}


def test_code_is_folded_or_left_out_as_its_tag_says(book):
    page = book["00_a.html"]
    (folded,) = page.select("details.folded")
    assert "how it is done" in folded.get_text() and "print(6 * 7)" not in folded.get_text()
    assert "said" in page.get_text().replace(folded.get_text(), "")
    assert "unsaid" not in page.get_text()


def test_there_is_a_cover_and_a_page_for_each_notebook(book):
    assert list(book) == ["index.html", "00_a.html", "01_b.html"]


def test_every_page_has_a_language_a_title_one_heading_landmarks_and_a_skip_link(book):
    for name, page in book.items():
        assert page.html["lang"] == "en-GB"
        assert page.title.get_text(strip=True)
        assert len(page.find_all("h1")) == 1, name
        assert len(page.find_all("main")) == len(page.select("body > footer")) == 1
        skip = page.body.find("a")
        assert page.find(id=skip["href"].removeprefix("#")).name == "main"


def test_a_page_needs_nothing_from_another_server_and_no_scripts(book):
    for page in book.values():
        assert not page.find_all(["script", "iframe"])
        loaded = [tag.get("src") or tag.get("href") for tag in page.find_all(["img", "link"])]
        assert all(not re.match(r"(https?:)?//", address) for address in loaded)
    style = (TOOL.parent / "book" / "book.css").read_text(encoding="utf-8")
    assert "url(" not in style and "@import" not in style


def test_every_link_within_the_book_leads_somewhere(book):
    for name, page in book.items():
        for link in page.find_all("a"):
            address, _, anchor = link["href"].partition("#")
            if not address.startswith(("https:", "charts/")):
                assert not anchor or book[address or name].find(id=anchor), link


def test_pages_lead_to_the_page_before_the_one_after_and_the_contents(book):
    ways = [a["href"] for a in book["00_a.html"].select("nav.around a")]
    assert ways == ["index.html#contents", "01_b.html"]
    ways = [a["href"] for a in book["01_b.html"].select("nav.around a")]
    assert ways == ["00_a.html", "index.html#contents"]
    names = [nav["aria-label"] for nav in book["00_a.html"].find_all("nav")]
    assert len(names) == len(set(names)) == 3


def test_the_cover_has_titles_questions_answers_licence_and_version(book, tool):
    cover = book["index.html"]
    first = cover.select("ol.contents > li")[0]
    assert first["value"] == "0"
    assert first.h3.get_text(strip=True) == "Tales & tables"
    assert first.select_one(".question").decode_contents() == "How <em>many</em>?"
    assert first.find("a", string="b")["href"] == "01_b.html#next"
    text = cover.get_text()
    assert "Open Government Licence" in text and tool.schema.descriptor()["version"] in text


def test_an_answer_that_depends_on_settings_is_not_on_the_cover(tool, tmp_path):
    cell = new_code_cell("authority = 'Norfolk'", metadata={"tags": ["parameters"]})
    path = write(tmp_path, "09_settings", cell)
    page = tool.make_page(path, nbformat.read(path, as_version=4))
    assert page.question and not page.answer and "Two. See" in page.body


def test_the_cover_leads_to_the_charts_and_their_data(book):
    (chart,) = book["index.html"].select(".charts li")
    assert "Two are good." in chart.get_text() and "Bar chart." in chart.get_text()
    files = [a["href"] for a in chart.find_all("a")]
    assert files == [f"charts/map-now.{suffix}" for suffix in ("svg", "png", "pdf", "csv")]
    assert book["index.html"].img["alt"] == "Bar chart."


def test_charts_have_their_words_and_no_id_is_there_twice(book):
    page = book["00_a.html"]
    charts = page.select("figure svg")
    assert len(charts) == 2
    for chart in charts:
        title, desc = (page.find(id=name) for name in chart["aria-labelledby"].split())
        assert (title.get_text(), desc.get_text()) == ("Two are good", "Bar chart.")
        assert page.find(id=chart.use["href"].removeprefix("#")) in chart.find_all("path")
        assert not chart.find("metadata")
    for page in book.values():
        ids = [tag["id"] for tag in page.find_all(id=True)]
        assert len(ids) == len(set(ids))


def test_tables_have_header_cells_and_can_be_scrolled_by_keyboard(book):
    (table,) = book["00_a.html"].find_all("table")
    assert [th.get_text() for th in table.select('thead th[scope="col"]')] == [
        *("day", "n", "grade", "url"),
    ]
    assert len(table.select('tbody th[scope="row"]')) == 2
    assert [td.get_text() for td in table.select("td.number")] == ["2", "3"]
    assert table.select_one("td.address a")["href"] == "https://example.org/a"
    assert table.parent["tabindex"] == "0" and table.parent["aria-label"] == "Table 1: Next"


def test_code_is_shown_and_so_is_what_it_prints(book):
    page = book["00_a.html"]
    assert page.select_one(".input").get_text().strip() == "print(6 * 7)"
    assert page.select_one(".printed").get_text(strip=True) == "42"


def test_a_failing_notebook_is_named_with_its_cell_line_and_error(tool, tmp_path, capsys):
    path = write(tmp_path, "03_bad", "x = 1", "y = 2\nassert x == y, 'they differ'")
    assert tool.main([str(tmp_path / "build"), str(path)]) == 1
    said = capsys.readouterr().err
    assert f"{path}, cell 6: AssertionError: they differ" in said
    assert "assert x == y" in said
    assert not (tmp_path / "build").exists()


@pytest.mark.parametrize(
    "output, said",
    [
        ({"image/png": "iVBORw0KGgo="}, "a picture has no alternative text"),
        ({"image/svg+xml": "<svg><path/></svg>"}, "a chart has no title or description"),
        ({"text/html": "<script src='https://example.org/a.js'></script>"}, "scripts"),
    ],
)
def test_what_no_page_may_have_is_named(tool, tmp_path, output, said):
    cell = new_code_cell("", outputs=[new_output("display_data", data=output)])
    path = write(tmp_path, "04_poor", cell)
    with pytest.raises(tool.BookError, match=said):
        tool.make_page(path, nbformat.read(path, as_version=4))


@pytest.mark.parametrize(
    "cells, said",
    [
        (["Some words"], "must open with a title"),
        (["# One", "# Two"], "one heading of the first level"),
        (["# One", "### Two"], "a heading of level 3 follows one of level 1"),
    ],
)
def test_headings_out_of_order_are_named(tool, cells, said):
    notebook = new_notebook(cells=[new_markdown_cell(cell) for cell in cells])
    with pytest.raises(tool.BookError, match=said):
        tool.make_page(Path("05_odd.ipynb"), notebook)


def test_text_has_enough_contrast_on_its_ground():
    style = (TOOL.parent / "book" / "book.css").read_text(encoding="utf-8")
    named = dict(re.findall(r"--(\w+): (#[0-9a-f]{6});", style))
    colours = set(re.findall(r"[{;]\s*color: (#[0-9a-f]{6})", style))
    colours |= {named[name] for name in ("ink", "quiet", "link")}
    assert len(colours) >= 6

    def luminance(colour):
        parts = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return sum(w * part for w, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))

    for colour in colours:
        contrast = (luminance(named["ground"]) + 0.05) / (luminance(colour) + 0.05)
        assert contrast >= 4.5, (colour, contrast)
