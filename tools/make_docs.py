"""The API reference from the docstrings, and the pages of docs/, as HTML: `make docs`.

    python tools/make_docs.py build/docs

Links from the pages lead to other pages, or to the files of the checkout.
"""

import os
import pkgutil
import re
import sys
from html import escape
from pathlib import Path

import pdoc
from pdoc.render_helpers import to_html

import ofsted_analysis

ROOT = Path(__file__).resolve().parents[1]

PAGE = """<!doctype html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
body {{ font: 1.05rem/1.5 system-ui, sans-serif; max-width: 52rem; margin: 2rem auto; padding: 0 1rem; }}
nav {{ border-bottom: 1px solid; padding-bottom: .5rem; }}
nav a {{ margin-right: 1rem; }}
table {{ border-collapse: collapse; display: block; overflow-x: auto; }}
th, td {{ text-align: left; vertical-align: top; padding: .2rem .8rem .2rem 0; border-bottom: 1px solid #ccc; }}
pre {{ overflow-x: auto; background: #f4f4f4; padding: .8rem; }}
img {{ max-width: 100%; }}
</style>
</head>
<body>
<nav>{links}</nav>
<main>
{body}
</main>
</body>
</html>
"""  # noqa: E501


def title_of(text: str) -> str:
    """The heading of a page."""
    return re.search(r"(?m)^# (.+)$", text)[1]


def relink(html: str, source: Path, pages: dict[Path, str], out: Path) -> str:
    """Relative links as they have to be from the folder of the pages."""

    def moved(match: re.Match[str]) -> str:
        attribute, link, anchor = match.groups()
        if not link or re.match(r"[a-z]+:", link):
            return match[0]
        target = (source.parent / link).resolve()
        place = pages.get(target) or Path(os.path.relpath(target, out)).as_posix()
        return f'{attribute}="{place}{anchor}"'

    return re.sub(r'\b(href|src)="([^"#]*)(#[^"]*|)"', moved, html)


def make(out: Path) -> list[Path]:
    """Write the reference and the pages; returns the pages."""
    pdoc.render.configure(docformat="numpy", footer_text="ofsted-analysis")
    modules = [name for _, name, _ in pkgutil.iter_modules(ofsted_analysis.__path__)]
    names = ["ofsted_analysis", *(f"ofsted_analysis.{m}" for m in sorted(modules) if m != "cli")]
    pdoc.pdoc(*names, output_directory=out)
    (out / "index.html").replace(out / "api.html")  # pdoc's list of modules
    readme = ROOT / "README.md"
    sources = [*sorted((ROOT / "docs").glob("*.md")), *sorted(ROOT.glob("*.md"))]
    pages = {readme: "index.html"}
    pages |= {path: f"{path.stem.lower()}.html" for path in sources if path != readme}
    texts = {path: path.read_text(encoding="utf-8") for path in pages}
    links = [(name, title_of(texts[path])) for path, name in pages.items()]
    links.insert(1, ("api.html", "API reference"))
    bar = "".join(f'<a href="{name}">{escape(title)}</a> ' for name, title in links)
    for path, name in pages.items():
        body = relink(str(to_html(texts[path])), path, pages, out.resolve())
        page = PAGE.format(title=escape(title_of(texts[path])), links=bar, body=body)
        (out / name).write_text(page, encoding="utf-8")
    return [out / name for name in pages.values()]


if __name__ == "__main__":
    for page in make(Path(sys.argv[1])):
        print(page)
