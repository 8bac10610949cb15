"""The site: the pages that come from the data, and what is done to all pages."""

import json
import re
import runpy
import sys
from pathlib import Path

import pandas as pd
import pytest
from bs4 import BeautifulSoup

from ofsted_analysis import charts, load_authorities
from ofsted_analysis.publish import site
from ofsted_analysis.publish.figures import figure
from ofsted_analysis.tables.errors import DataError

ROOT = Path(__file__).parents[2]
TOOLS = ROOT / "tools"


# Pages from the data --------------------------------------------------------------------------


@pytest.mark.sample(1)
@pytest.mark.parametrize(
    ("who", "told"),
    [
        ("cumbria", ["It closed on 31 March 2023", "westmorland-and-furness.html"]),
        ("cumberland", ["It took over from", "cumbria.html", "on 1 April 2023"]),
        ("isles-of-scilly", ["It is not set beside statistical neighbours", "code E06000053"]),
    ],
)
def test_the_page_of_an_authority(who, told, tmp_path):
    page = site.authority_page(who, tmp_path)
    for words in told:
        assert words in page
    headings = re.findall(r"(?m)^## (.+)$", page)
    assert {"Where it stands", "Its history", "Beside the grades", "Downloads"} <= set(headings)
    for link in re.findall(r'(?:href|src|srcset)="\.\./figures/([^"]+)"', page):
        assert (tmp_path / link).stat().st_size > 100, link
    for link in re.findall(r'href="([a-z-]+)\.html"', page):
        assert link in set(load_authorities()["authority_id"])
    assert page.count("````{raw} html") * 2 == page.count("````")


def test_pages_are_not_made_again_for_the_same_data(tmp_path, monkeypatch):
    folder = tmp_path / "pages" / "authorities"
    folder.mkdir(parents=True)
    (tmp_path / "figures").mkdir()
    (folder / ".stamp").write_text(site._stamp(), encoding="utf-8")
    assert site.authority_pages(tmp_path / "pages", tmp_path) == 0
    assert len(site._stamp()) == 64


def test_the_look_up_knows_names_former_names_and_codes():
    found = json.loads(site.lookup_data().removeprefix("window.AUTHORITIES = ").rstrip(";\n"))
    assert len(found) == 158
    known = {row["id"]: row for row in found}
    assert {"B&NES", "E06000022"} <= set(known["bath-and-north-east-somerset"]["also"])
    assert known["cumbria"]["closed"] == "March 2023" and not known["devon"]["closed"]


def test_the_list_has_every_authority_twice():
    page = site._list_of_authorities(load_authorities().sort_values("name"))
    for own in load_authorities()["authority_id"]:
        assert page.count(f'"{own}.html"') == 2


def test_the_cover_has_five_findings_each_with_the_page_behind_it(tmp_path, monkeypatch):
    monkeypatch.setattr(site, "figure", lambda chart, *_, **__: f"<figure>{chart.message}</figure>")
    page = site.cover(tmp_path)
    assert page.count("<figure>") == 5
    for *_, target, about in site.FINDINGS:
        assert f"[{about}]({target}.ipynb)" in page and (ROOT / f"{target}.ipynb").exists()
    assert "not official statistics" in page and "## How to cite" in page
    assert "111 of 153" in page  # as at 31 March 2026, the day of the last overall grade


# Charts ---------------------------------------------------------------------------------------


def test_a_chart_stands_in_a_page_with_its_words_and_files(tmp_path):
    chart = charts.peers("Leeds")
    html = BeautifulSoup(figure(chart, tmp_path), "html.parser")
    assert html.figcaption.get_text() == f"{chart.message}."
    assert html.img["alt"] == chart.alt
    assert html.source["media"] == "(max-width: 600px)"
    files = [link["href"].rpartition("/")[2] for link in html.select("a[download]")]
    assert [name.rpartition(".")[2] for name in files] == ["png", "svg", "csv"]
    assert all((tmp_path / name).exists() for name in files)
    narrow = (tmp_path / html.source["srcset"].rpartition("/")[2]).read_text(encoding="utf-8")
    assert float(re.search(r'width="([\d.]+)pt"', narrow)[1]) < 260


def test_a_chart_of_ones_own_has_no_narrow_picture(tmp_path):
    with charts.drawing() as fig:
        fig.subplots().bar(["good"], [4])
        drawn = pd.DataFrame({"n": [4]})
        charts.finish(fig, title="Four <good>", subtitle="n = 4", data=drawn, alt="Bar chart.")
    html = figure(fig, tmp_path)
    assert "<source" not in html and "Four &lt;good&gt;" in html


def test_a_chart_can_be_drawn_again():
    for make in (charts.national_picture, charts.tile_map, charts.framework_crosswalk):
        chart = make()
        assert chart.again(size="narrow", title="").message == chart.message


# All pages ------------------------------------------------------------------------------------

if not TOOLS.exists():
    pytest.skip("not a checkout", allow_module_level=True)


@pytest.fixture(scope="module")
def accessible():
    return runpy.run_path(str(TOOLS / "site" / "accessible.py"))


def table(accessible, html):
    soup = BeautifulSoup(html, "html.parser")
    accessible["mend_table"](soup, soup.table, "Table 1: Here")
    return soup


def test_tables_scroll_by_keyboard_and_no_header_cell_is_empty(accessible):
    soup = table(
        accessible,
        "<table border=1><thead><tr><th></th><th>n</th></tr></thead>"
        "<tbody><tr><th>Leeds</th><td>3</td></tr><tr><th>York</th><td>https://x.org/a</td></tr></tbody>"
        "</table>",
    )
    assert [cell.get("scope") for cell in soup.find_all("th")] == ["col", "row", "row"]
    assert all(cell.get_text() for cell in soup.find_all("th"))
    assert soup.div["tabindex"] == "0" and soup.div["aria-label"] == "Table 1: Here"
    assert [cell.get("data-head") for cell in soup.select("tbody td")] == ["n", "n"]
    assert soup.find("a")["href"] == "https://x.org/a"


def test_a_table_with_heads_of_two_rows_is_not_stacked(accessible):
    soup = table(
        accessible,
        "<table><thead><tr><th>a</th></tr><tr><th>b</th></tr></thead>"
        "<tbody><tr><td>1</td></tr></tbody></table>",
    )
    assert "stacks" not in soup.table.get("class", [])


def builder():
    sys.path.insert(0, str(TOOLS))
    try:
        return runpy.run_path(str(TOOLS / "build_site.py"))
    finally:
        sys.path.remove(str(TOOLS))


def test_every_written_page_stands_in_a_list(tmp_path):
    """Sphinx refuses one that does not, but only when the whole site is made."""
    tools = builder()
    tools["sources"].__globals__["with_figures"] = lambda text, *_: text
    tools["sources"](tmp_path, tmp_path)
    tools["lists"](tmp_path)
    written = {path.with_suffix("").resolve() for path in tmp_path.rglob("*.md")}
    listed = {
        (path.parent / name).resolve()
        for path in tmp_path.rglob("*.md")
        for tree in re.findall(
            r"```\{toctree\}\n:hidden:\n\n(.*?)\n```", path.read_text("utf-8"), re.S
        )
        for name in tree.split()
    }
    tops = {(tmp_path / name / "index").resolve() for name in ("notebooks", "docs", "api")}
    assert written - listed <= tops


def test_links_out_of_the_site_lead_to_the_projects_own_place():
    relinked = builder()["relinked"]
    page = ROOT / "docs" / "faq.md"
    assert relinked("[a](method.md#x)", page, "https://p") == "[a](method.md#x)"
    assert relinked("[a](https://x.org)", page, "https://p") == "[a](https://x.org)"
    assert relinked("[a](../data)", page, "https://p") == "[a](https://p/data)"
    assert relinked("[a](../Makefile)", page, "https://p") == "[a](https://p/Makefile)"


def test_nox_runs_what_make_runs():
    nox = (ROOT / "noxfile.py").read_text(encoding="utf-8")
    make = (ROOT / "Makefile").read_text(encoding="utf-8")
    for words in (
        "ofsted-analysis charts --out build/charts",
        "tools/build_site.py build",
        "pytest --numprocesses auto --dist loadfile tests src/ofsted_analysis",
        "--nbval --nbval-current-env",
        "lint-imports --no-cache",
        "ruff format --check .",
    ):
        assert words in make
        for word in words.split():
            assert f'"{word}"' in nox, word
    for key, value in re.findall(r"(?m)^export (\w+) \??:?= (\S+)$", make):
        assert f'"{key}": "{value}"' in nox


def test_an_unknown_size_is_refused_when_drawn_again():
    with pytest.raises(DataError, match="size must be"):
        charts.peers("Leeds").again(size="poster")
