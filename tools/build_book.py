"""The notebooks as an HTML book: `make notebooks`.

    python tools/build_book.py build notebooks/*.ipynb

Runs every notebook, two at a time, without touching its file; then writes a page for each and a
cover. The pages need no JavaScript and nothing from another server.
"""

import asyncio
import itertools
import re
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from html import unescape
from pathlib import Path

import nbformat
from bs4 import BeautifulSoup, Tag
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbconvert import HTMLExporter
from nbconvert.filters import markdown2html, strip_ansi
from nbformat import NotebookNode

from ofsted_analysis.charts import standard_set
from ofsted_analysis.tables import schema
from ofsted_analysis.tables.labels import long_date

TEMPLATES = Path(__file__).resolve().parent / "book"
AT_ONCE = 2  # notebooks that run at the same time
LONGEST = 300  # seconds that a cell may take
NUMBER = re.compile(r"[-+\N{MINUS SIGN}£]?\d[\d,.]*( ?%)?|NaN|\N{EN DASH}?")


class BookError(Exception):
    """A notebook doesn't run, or can't be made into a page; says which, where and why."""


@dataclass(frozen=True)
class Page:
    """What the book knows of a notebook."""

    file: str
    number: str  # as the notebook's name begins
    title: str
    question: str  # these two as HTML
    answer: str  # none where it depends on the notebook's settings
    body: str
    sections: list[tuple[str, str]]  # anchor and words of each heading of the second level


@dataclass(frozen=True)
class Drawing:
    """A chart of the standard set, as the cover names it."""

    name: str
    message: str
    alt: str

    @property
    def kind(self) -> str:
        """What it draws: the first sentence of its alternative text."""
        return re.split(r"(?<=\.)\s+(?=[A-Z0-9])", self.alt)[0]


# ---- run -----------------------------------------------------------------------------------------


async def run_all(paths: Sequence[Path]) -> list[NotebookNode]:
    """The notebooks with their outputs of today."""
    room = asyncio.Semaphore(AT_ONCE)

    async def run(path: Path) -> NotebookNode:
        async with room:
            return await run_one(path)

    outcomes = await asyncio.gather(*map(run, paths), return_exceptions=True)
    faults = [outcome for outcome in outcomes if isinstance(outcome, BaseException)]
    for fault in faults:
        if not isinstance(fault, BookError):
            raise fault
    if faults:
        raise BookError("\n".join(map(str, faults)))
    return outcomes


async def run_one(path: Path) -> NotebookNode:
    """A notebook with its outputs of today; the file stays as it is."""
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    client = NotebookClient(
        notebook,
        timeout=LONGEST,
        resources={"metadata": {"path": str(path.parent)}},
        extra_arguments=["--log-level=40"],
    )
    try:
        await client.async_execute()
    except CellExecutionError as error:
        number, line = _where(notebook)
        raise BookError(
            f"{path}, cell {number}: {error.ename}: {strip_ansi(error.evalue)}".rstrip(": ") + line
        ) from error
    except Exception as error:  # the kernel died, or a cell took too long
        raise BookError(f"{path}: {type(error).__name__}: {error}") from error
    return notebook


def _where(notebook: NotebookNode) -> tuple[int, str]:
    """The number of the cell that failed, counting all cells, and the line it failed in."""
    for number, cell in enumerate(notebook.cells, start=1):
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                traceback = strip_ansi("\n".join(output.traceback))
                found = re.search(r"(?m)^-+> *\d+ (.+)$", traceback)
                return number, f"\n    {found[1].strip()}" if found else ""
    return 0, ""


# ---- make pages ----------------------------------------------------------------------------------


def make_page(path: Path, notebook: NotebookNode) -> Page:
    """The page of a notebook that has been run."""
    first = next(iter(notebook.cells), None)
    opening = first.source if first and first.cell_type == "markdown" else ""
    title = re.match(r"# (.+)", opening)
    if not title:
        raise BookError(f"{path}: the first cell must open with a title ('# ...').")
    settings = any("parameters" in cell.metadata.get("tags", []) for cell in notebook.cells)
    charts: list[str] = []
    tables = 0
    place = title[1]
    for number, cell in enumerate(notebook.cells, start=1):
        if cell.cell_type == "markdown":
            place = ([place, *re.findall(r"(?m)^#{2,} (.+)$", cell.source)])[-1]
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if "image/svg+xml" in data:
                charts.append(_chart(data["image/svg+xml"], len(charts) + 1))
                if charts[-1] == "":
                    raise BookError(f"{path}, cell {number}: a chart has no title or description.")
                data["image/svg+xml"] = f"<!--chart {len(charts)}-->"
            elif "text/html" in data:
                soup = BeautifulSoup(data["text/html"], "html.parser")
                for table in soup.find_all("table"):
                    tables += 1
                    _mend_table(soup, table, f"Table {tables}: {place}")
                for style in soup.find_all("style"):  # the book has its own
                    style.decompose()
                data["text/html"] = str(soup)
            elif {"image/png", "image/jpeg"} & set(data) and not cell.metadata.get("alt"):
                raise BookError(f"{path}, cell {number}: a picture has no alternative text.")
    exporter = HTMLExporter(
        template_name="book",
        extra_template_basedirs=[str(TEMPLATES.parent)],
        exclude_input_prompt=True,
        exclude_output_prompt=True,
        exclude_anchor_links=True,
    )
    body, _ = exporter.from_notebook_node(notebook)
    body, sections = _anchored(body)
    for number, chart in enumerate(charts, start=1):
        body = body.replace(f"<!--chart {number}-->", chart)
    _check_page(path, body)
    return Page(
        file=f"{path.stem}.html",
        number="".join(re.findall(r"^\d+", path.stem)).lstrip("0") or "0",
        title=title[1].strip(),
        question=_said(opening, "Question"),
        answer="" if settings else _said(opening, "Answer"),
        body=_relinked(body),
        sections=sections,
    )


def _said(opening: str, what: str) -> str:
    """The paragraph that opens with **Question.** or **Answer.**, as HTML."""
    found = re.search(rf"(?s)\*\*{what}[.:]?\*\*[.:]?\s*(.+?)(?:\n\s*\n|\Z)", opening)
    html = markdown2html(found[1]).strip() if found else ""
    return _relinked(html.removeprefix("<p>").removesuffix("</p>"))


def _relinked(html: str) -> str:
    """Links to other notebooks, as links to their pages."""
    return re.sub(r'href="([^":/]+)\.ipynb(#[^"]*)?"', r'href="\1.html\2"', html)


def _chart(svg: str, number: int) -> str:
    """A chart to stand in a page: no id twice; empty if it has no words."""
    svg = re.sub(r"(?s)\s*<metadata>.*?</metadata>", "", svg[svg.index("<svg") :])
    if not re.search(r'(?s)^<svg [^>]*role="img".*<title\b[^>]*>[^<]+</title>.*<desc\b', svg):
        return ""
    own = f"c{number}-"
    svg = re.sub(r'((?:\bid|href)="#?|url\(#)(?=[^"])', rf"\g<1>{own}", svg)
    return re.sub(
        r'(aria-labelledby=")([^"]*)"',
        lambda m: m[1] + " ".join(own + name for name in m[2].split()) + '"',
        svg,
    )


def _mend_table(soup: BeautifulSoup, table: Tag, label: str) -> None:
    """A table of pandas' with header cells that say of what, in a container that scrolls."""
    del table["border"]
    head, body = table.find("thead"), table.find("tbody")
    rows = head.find_all("tr") if head else []
    if len(rows) == 2:  # the names of the index stand in a row of their own
        pairs = list(zip(*(row.find_all("th") for row in rows), strict=False))
        if all(not (a.get_text(strip=True) and b.get_text(strip=True)) for a, b in pairs):
            for upper, lower in pairs:
                if lower.get_text(strip=True):
                    upper.string = lower.get_text(strip=True)
            rows.pop().decompose()
    for row in rows:
        del row["style"]
        for cell in row.find_all("th"):
            if cell.get_text(strip=True):
                cell["scope"] = "colgroup" if int(cell.get("colspan", 1)) > 1 else "col"
            else:
                cell.name = "td"
    for cell in body.find_all("th") if body else []:
        cell["scope"] = "rowgroup" if int(cell.get("rowspan", 1)) > 1 else "row"
    for cell in body.find_all("td") if body else []:
        text = cell.get_text(strip=True)
        if re.fullmatch(r"https?://\S+", text) and not cell.find("a"):
            cell["class"] = "address"
            if not text.endswith("..."):  # pandas cuts what is long
                link = soup.new_tag("a", href=text)
                link.string = text
                cell.string = ""
                cell.append(link)
        elif re.fullmatch(r"\d{4}-\d\d-\d\d", text):
            cell["class"] = "day"
    _align_numbers(rows, body)
    table.wrap(soup.new_tag("div", attrs={**_SCROLLS, "class": "table", "aria-label": label}))


_SCROLLS = {"role": "group", "tabindex": "0"}


def _align_numbers(rows: list[Tag], body: Tag | None) -> None:
    """Mark the columns of numbers, counted from the right: rows may lack cells at the left."""
    lines = [row.find_all(["th", "td"])[::-1] for row in body.find_all("tr")] if body else []
    heads = [row.find_all(["th", "td"])[::-1] for row in rows]
    for place in range(min(map(len, lines), default=0)):
        column = [line[place] for line in lines]
        texts = [cell.get_text(strip=True) for cell in column]
        numbers = any(texts) and all(map(NUMBER.fullmatch, texts))
        if numbers and all(cell.name == "td" for cell in column):
            plain = [h[place] for h in heads if place < len(h) and not h[place].get("colspan")]
            for cell in column + plain:
                cell["class"] = "number"


def _anchored(body: str) -> tuple[str, list[tuple[str, str]]]:
    """The page with an anchor on each heading, and those of the second level."""
    used: set[str] = set()
    sections: list[tuple[str, str]] = []

    def anchor(match: re.Match[str]) -> str:
        level, inner = match.groups()
        words = unescape(re.sub(r"<[^>]+>", "", inner)).strip()
        name = slug = re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-") or "section"
        count = 1
        while name in used:
            count += 1
            name = f"{slug}-{count}"
        used.add(name)
        if level == "2":
            sections.append((name, words))
        return f'<h{level} id="{name}">{inner}</h{level}>'

    return re.sub(r"(?s)<h([2-6])>(.*?)</h\1>", anchor, body), sections


def _check_page(path: Path, body: str) -> None:
    """What no page may have, said before anyone has to find it."""
    if len(re.findall(r"<h1\b", body)) != 1:
        raise BookError(f"{path}: a page needs one heading of the first level ('# ...').")
    levels = [int(level) for level in re.findall(r"<h([1-6])\b", body)]
    for before, after in itertools.pairwise(levels):
        if after > before + 1:
            raise BookError(f"{path}: a heading of level {after} follows one of level {before}.")
    if re.search(r'<script\b|<(?:img|iframe|link)\b[^>]*(?:src|href)="(?!data:)', body):
        raise BookError(f"{path}: a page may not have scripts or load other files.")


# ---- the book ------------------------------------------------------------------------------------


def standard_charts(folder: Path) -> list[Drawing]:
    """The charts of the standard set that are in the folder, in the set's order."""
    found = []
    for name in standard_set():
        path = folder / f"{name}.svg"
        if path.exists():
            svg = path.read_text(encoding="utf-8")
            words = [re.search(rf"(?s)<{tag}\b[^>]*>(.*?)</{tag}>", svg) for tag in _SAID]
            found.append(Drawing(name, *(unescape(w[1]) if w else name for w in words)))
    return found


_SAID = ("title", "desc")


def build(paths: Sequence[Path], out: Path) -> list[Path]:
    """Run the notebooks and write the book; returns its pages.

    Parameters
    ----------
    paths
        The notebooks, in the order of the book.
    out
        The folder of the book: other pages there are removed, and the cover names the charts of
        the standard set that are in its charts/.

    Raises
    ------
    BookError
        A notebook doesn't run or can't be made into a page: no page is written then.
    """
    notebooks = asyncio.run(run_all(paths))
    pages = [make_page(path, notebook) for path, notebook in zip(paths, notebooks, strict=True)]
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    data = schema.descriptor()
    shared = {"book": data["title"], "data": data, "complete_to": long_date(data["completeTo"])}
    contents = {
        "index.html": environment.get_template("cover.html.j2").render(
            **shared, pages=pages, charts=standard_charts(out / "charts")
        )
    }
    around = [None, *pages, None]
    for before, page, after in zip(around, pages, around[2:], strict=False):
        contents[page.file] = environment.get_template("page.html.j2").render(
            **shared, page=page, before=before, after=after
        )
    out.mkdir(parents=True, exist_ok=True)
    for page in out.glob("*.html"):  # also of a notebook that has another name by now
        page.unlink()
    shutil.copyfile(TEMPLATES / "book.css", out / "book.css")
    for name, text in contents.items():
        (out / name).write_text(text, encoding="utf-8")
    return [out / name for name in contents]


def main(arguments: Sequence[str]) -> int:
    """Build the book; returns the exit code."""
    out, *paths = map(Path, arguments)
    try:
        pages = build(paths, out)
    except BookError as error:
        print(f"The book was not built.\n{error}", file=sys.stderr)
        return 1
    print(f"{len(pages)} pages in {out}: open {pages[0]}.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
