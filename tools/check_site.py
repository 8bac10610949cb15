"""The site as visitors use it, in Chromium: `make browser`, once `make notebooks` has built it.

    python tools/check_site.py build [--lab]

Looks authorities up, searches, follows every link within the site; opens a page of each kind wide
and at 390 pixels and looks for errors, requests to other servers, what is cut off, and what
axe-core calls serious or critical. With --lab, JupyterLab opens each notebook and runs all of it.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote

from axe_playwright_python.sync_playwright import Axe
from bs4 import BeautifulSoup
from playwright.sync_api import Browser, Page, sync_playwright
from tqdm import tqdm

ROOT = Path(__file__).resolve().parents[1]
SIZES = {"wide": (1280, 900), "phone": (390, 844)}
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
KINDS = [
    "index.html", "search.html", "authorities/index.html", "authorities/devon.html",
    "authorities/cumbria.html", "authorities/isles-of-scilly.html", "docs/index.html",
    "docs/data-dictionary.html", "docs/gallery.html", "docs/quality.html", "CHANGELOG.html",
    "api/index.html", "api/charts.html", "notebooks/index.html",
]  # fmt: skip
ASKED = {  # what is typed into the look-up: what must come first
    "Devon": "Devon",
    "E10000008": "Devon",
    "norflok": "Norfolk",
    "kingston upon hull": "Kingston upon Hull",
    "Hull": "Kingston upon Hull",
    "Notingham": "Nottingham",
    "B&NES": "Bath and North East Somerset",
    "bcp": "Bournemouth, Christchurch and Poole",
    "st. helens": "St Helens",
    "cumbria": "Cumbria (to March 2023)",
}


def links(site: Path) -> Iterator[str]:
    """Links within the site that lead nowhere."""
    pages = [p for p in site.rglob("*.html") if not {".site", "_static"} & set(p.parts)]
    anchors: dict[Path, set[str]] = {}
    wanted = []
    for path in tqdm(pages, desc="links", disable=None, leave=False):
        soup = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
        anchors[path.resolve()] = {str(tag["id"]) for tag in soup.find_all(id=True)}
        for tag in soup.find_all(["a", "img", "source", "script", "link"]):
            link = tag.get("href") or tag.get("src") or tag.get("srcset")
            if link and not re.match(r"[a-z]+:|//", link):
                wanted.append((path, link))
    for path, link in wanted:
        file, _, anchor = unquote(link).partition("#")
        file = file.partition("?")[0]
        target = (path.parent / file).resolve() if file else path.resolve()
        if not target.exists():
            yield f"{path.relative_to(site)}: {link} leads nowhere"
        elif anchor and target in anchors and anchor not in anchors[target]:
            yield f"{path.relative_to(site)}: {link} leads to no heading"
    print(f"{len(pages)} pages, {len(wanted)} links within the site.")


@contextmanager
def opened(browser: Browser, path: Path, size: str, faults: list[str]) -> Iterator[Page]:
    """A page of the site; what goes wrong on it is noted."""
    wide, high = SIZES[size]
    page = browser.new_page(viewport={"width": wide, "height": high})
    name = f"{path.name}, {size}"
    page.on("console", lambda m: m.type == "error" and faults.append(f"{name}: {m.text}"))
    page.on("pageerror", lambda error: faults.append(f"{name}: {error}"))
    page.on(
        "request",
        lambda r: (
            r.url.startswith(("file:", "data:")) or faults.append(f"{name}: asks for {r.url}")
        ),
    )
    page.goto(path.resolve().as_uri())
    yield page
    page.close()


CUT_OFF = """() => [...document.querySelectorAll('body *')].filter(element => {
  const box = element.getBoundingClientRect();
  if (!box.width || !box.height) return false;
  if (box.right <= innerWidth + 1 || box.left >= innerWidth) return false;
  for (let up = element; up; up = up.parentElement) {
    const style = getComputedStyle(up);
    if (['auto', 'scroll', 'hidden', 'clip'].includes(style.overflowX)) return false;
    if (style.position === 'fixed') return false;
  }
  return true;
}).slice(0, 3).map(element => element.tagName + '.' + element.className)"""


def page_faults(browser: Browser, path: Path) -> Iterator[str]:
    """What is wrong with one page, wide and on a phone."""
    for size in SIZES:
        faults: list[str] = []
        with opened(browser, path, size, faults) as page:
            name = f"{path.name}, {size}"
            over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            if over > 1:
                faults.append(f"{name}: {over} pixels wider than the window")
            faults += [f"{name}: cut off: {what}" for what in page.evaluate(CUT_OFF)]
            twice = page.evaluate(
                "() => { const ids = [...document.querySelectorAll('[id]')].map(e => e.id);"
                "return [...new Set(ids.filter((id, at) => ids.indexOf(id) !== at))].slice(0, 3) }"
            )
            faults += [f"{name}: id {one} is there twice" for one in twice]
            for found in Axe().run(page, options={"preload": False}).response["violations"]:
                if found["impact"] in ("serious", "critical"):
                    where = found["nodes"][0]["target"]
                    faults.append(f"{name}: {found['impact']}: {found['help']} ({where})")
        yield from faults


def uses(browser: Browser, site: Path) -> Iterator[str]:
    """What goes wrong when a visitor looks an authority up or searches."""
    faults: list[str] = []
    with opened(browser, site / "index.html", "phone", faults) as page:
        for asked, wanted in ASKED.items():
            page.fill("#who", asked)
            page.wait_for_selector("#found li, #found:not(:empty)")
            first = page.locator("#found a").first
            found = first.text_content() if page.locator("#found a").count() else "nothing"
            if found != wanted:
                faults.append(f"look-up of {asked!r}: {found}, not {wanted}")
        page.fill("#who", "zzzz qqqq")
        if page.locator("#found a").count():
            faults.append("look-up of nonsense finds something")
        page.fill("#who", "norflok")
        page.press("#who", "Enter")
        page.wait_for_url("**/authorities/norfolk.html")
        if page.locator("h1").inner_text().strip("#\n ") != "Norfolk":
            faults.append("the look-up does not open Norfolk's page")
    for words in ("inadequate", "denominators", "transitions"):
        with opened(browser, site / "search.html", "wide", faults) as page:
            page.goto(f"{(site / 'search.html').resolve().as_uri()}?q={words}")
            page.wait_for_selector("#search-results li", timeout=20_000)
    print(f"{len(ASKED) + 2} look-ups, 3 searches.")
    yield from faults


def in_lab(browser: Browser) -> Iterator[str]:
    """Notebooks that JupyterLab does not run to the end, cell by cell as a user does."""
    port, token = 8899, "look"
    command = [
        sys.executable, "-m", "jupyterlab", "--no-browser", f"--port={port}", "--ip=127.0.0.1",
        f"--IdentityProvider.token={token}", "--expose-app-in-browser", "--allow-root",
        f"--notebook-dir={ROOT / 'notebooks'}", "--ServerApp.log_level=ERROR",
    ]  # fmt: skip
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    notebooks = sorted((ROOT / "notebooks").glob("*.ipynb"))
    before = {path: path.read_bytes() for path in notebooks}
    try:
        time.sleep(5)
        for path in tqdm(notebooks, desc="JupyterLab", disable=None, leave=False):
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            page.goto(
                f"http://127.0.0.1:{port}/lab/workspaces/look/tree/{path.name}?reset&token={token}"
            )
            page.wait_for_function("window.jupyterapp?.shell?.currentWidget?.context?.isReady")
            if page.get_by_text("official Jupyter news").count():
                yield f"{path.name}: JupyterLab shows its banner of news"
            page.evaluate(
                """async () => {
                  const panel = window.jupyterapp.shell.currentWidget;
                  await panel.context.ready;
                  await panel.sessionContext.ready;
                  await window.jupyterapp.commands.execute('notebook:run-all-cells');
                }"""
            )
            wrong = page.evaluate(
                """() => window.jupyterapp.shell.currentWidget.content.model.toJSON().cells
                  .filter(cell => cell.cell_type === 'code')
                  .filter(cell => !cell.execution_count
                    || cell.outputs.some(output => output.output_type === 'error')).length"""
            )
            if wrong:
                yield f"{path.name}: {wrong} cells that did not run"
            page.close()
        print(f"{len(notebooks)} notebooks run in JupyterLab.")
    finally:
        server.terminate()
        server.wait()
        for path, content in before.items():
            if path.read_bytes() != content:
                path.write_bytes(content)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("site", type=Path)
    parser.add_argument("--lab", action="store_true", help="run the notebooks in JupyterLab, too")
    arguments = parser.parse_args()
    site = arguments.site
    chromium = (
        os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    )
    if not chromium:
        print("Chromium was not found: install it, or name it in CHROMIUM.", file=sys.stderr)
        return 1
    if not (site / "index.html").exists():
        print(f"There is no site in {site}: run 'make notebooks' first.", file=sys.stderr)
        return 1
    faults = list(links(site))
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        faults += uses(browser, site)
        pages = [
            *KINDS,
            *(f"notebooks/{p.stem}.html" for p in (ROOT / "notebooks").glob("*.ipynb")),
        ]
        for name in tqdm(sorted(pages), desc="pages", disable=None, leave=False):
            faults += page_faults(browser, site / name)
        print(f"{len(pages)} pages opened, wide and at 390 pixels.")
        if arguments.lab:
            faults += in_lab(browser)
        browser.close()
    for fault in faults:
        print(fault, file=sys.stderr)
    print(f"{len(faults)} faults.")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
