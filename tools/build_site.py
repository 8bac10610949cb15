"""The site, build/index.html: `make notebooks`.

    python tools/build_site.py build

Puts the sources together in build/.site (notebooks, docs, a page for each authority, the cover, the
API), and has Sphinx run every notebook and make the pages. They need nothing from any server.
"""

import argparse
import os
import pkgutil
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterable
from pathlib import Path

import nbformat

import ofsted_analysis
from ofsted_analysis.charts import gallery
from ofsted_analysis.publish.export import export
from ofsted_analysis.publish.figures import figure
from ofsted_analysis.publish.site import authority_pages, cover, lookup_data

ROOT = Path(__file__).resolve().parents[1]
SETTINGS = ROOT / "tools" / "site"
ROOMS = {
    "analysis": "Questions",
    "charts": "Charts",
    "tables": "Tables",
    "publish": "Documents",
    "curation": "Adding reports",
}


def write(path: Path, text: str) -> None:
    """Write a file unless it says so already: Sphinx makes again what is newer."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")


def sources(pages: Path, figures: Path) -> None:
    """Everything that is written by hand, at the same place as in the checkout."""
    address = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"][
        "urls"
    ]
    for path in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]:
        text = relinked(path.read_text(encoding="utf-8"), path, address["Source"])
        text = with_figures(text, figures, ".." if path.parent.name == "docs" else ".")
        if path.parent.name == "decisions" and path.stem == "README":  # leads to the others
            text += "\n".join(["", *_tree(sorted(p.stem for p in path.parent.glob("[0-9]*.md")))])
        write(pages / path.relative_to(ROOT), text)
    for path in ROOT.glob("data/*.*"):
        target = pages / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, target)
    for path in sorted(ROOT.glob("notebooks/*.ipynb")):
        notebook = nbformat.read(path, as_version=4)
        for cell in notebook.cells:
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [], None
                tags = cell.metadata.get("tags", [])
                if not {"remove-cell", "remove-input"} & set(tags):
                    cell.metadata["tags"] = [*tags, "hide-input"]
            else:
                cell.source = relinked(cell.source, path, address["Source"])
        target = pages / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(notebook, target)  # always new: every notebook is run


def with_figures(text: str, figures: Path, home: str) -> str:
    """Pictures of the gallery as all charts stand in the site: with their files, and for phones."""

    def drawn(match: re.Match[str]) -> str:
        name = match[1]
        html = figure(gallery.draw(name), figures, home=home, name=f"gallery-{name}")
        return f"````{{raw}} html\n{html}\n````"

    return re.sub(r"!\[[^\]]*\]\((?:docs/)?gallery/(\w+)\.svg\)", drawn, text)


def relinked(text: str, source: Path, address: str) -> str:
    """Links to files that are not part of the site, as links to the project's own place."""

    def moved(match: re.Match[str]) -> str:
        link = match[1]
        file = link.partition("#")[0]
        if not file or re.match(r"[a-z]+:", file):
            return match[0]
        target = (source.parent / file).resolve()
        inside = target.suffix in (".md", ".ipynb", ".svg") or target.parent == ROOT / "data"
        if inside and target.is_file():
            return match[0]
        return f"]({address}/{target.relative_to(ROOT).as_posix()})"

    return re.sub(r"\]\(<?([^)\s>]+)>?\)", moved, text)


def _titled(paths: Iterable[Path]) -> list[tuple[str, str]]:
    """The name of each page and its title."""
    return [(path.stem, re.search(r"(?m)^# (.+)$", path.read_text(encoding="utf-8"))[1])
            for path in paths]  # fmt: skip


def lists(pages: Path) -> None:
    """The pages that lead to others: notebooks, docs, the API."""
    lines = ["# Notebooks", "", "The story, and a start for your own: each asks a question and "
             "answers it first.", ""]  # fmt: skip
    names = []
    for path in sorted(ROOT.glob("notebooks/*.ipynb")):
        opening = nbformat.read(path, as_version=4).cells[0].source
        title = re.search(r"(?m)^# (.+)$", opening)[1]
        asked = re.search(r"(?s)\*\*Question[.:]?\*\*[.:]?\s*(.+?)(?:\n\s*\n|\Z)", opening)
        lines += [f"- [{title}]({path.name}): {asked[1] if asked else ''}"]
        names.append(path.stem)
    write(pages / "notebooks" / "index.md", "\n".join([*lines, "", *_tree(names)]))
    docs = _titled(sorted(ROOT.glob("docs/*.md")))
    more = [("../README", "README"), ("../CONTRIBUTING", "Contributing"),
            ("decisions/README", "Decisions"), ("../CHANGELOG", "Changes"),
            ("../SECURITY", "Security"), ("../LICENSE-DATA", "Licence of the data")]  # fmt: skip
    more = [(name, title) for name, title in more if (ROOT / "docs" / f"{name}.md").exists()]
    lines = ["# Guide", "", *(f"- [{title}]({name}.md)" for name, title in [*docs, *more]), ""]
    write(pages / "docs" / "index.md", "\n".join([*lines, *_tree(n for n, _ in [*docs, *more])]))
    rooms = []
    for room, title in ROOMS.items():
        package = __import__(f"ofsted_analysis.{room}", fromlist=["x"])
        modules = sorted(module.name for module in pkgutil.iter_modules(package.__path__))
        lines = [f"# {title}: `ofsted_analysis.{room}`", ""]
        for name in modules:
            full = f"ofsted_analysis.{room}.{name}"
            lines += [f"## {name}", "", "```{eval-rst}", f".. automodule:: {full}", "   :members:",
                      "```", ""]  # fmt: skip
        write(pages / "api" / f"{room}.md", "\n".join(lines))
        rooms.append(room)
    top = "\n".join(f".. autofunction:: ofsted_analysis.{name}" for name in ofsted_analysis.__all__
                    if name.islower())  # fmt: skip
    lines = ["# API", "", "What `import ofsted_analysis as oa` gives; then the modules behind it: "
             + ", ".join(f"[{t.lower()}]({r}.md)" for r, t in ROOMS.items()) + ".", "",
             "```{eval-rst}", top, "```", ""]  # fmt: skip
    write(pages / "api" / "index.md", "\n".join([*lines, *_tree(rooms)]))


def _tree(names: Iterable[str]) -> list[str]:
    return ["```{toctree}", ":hidden:", "", *names, "```", ""]


def build(out: Path) -> int:
    """Put the sources together and make the site; returns the exit code."""
    pages = out / ".site" / "pages"
    figures = out / "figures"
    print(f"{authority_pages(pages, out)} pages of authorities written anew.", flush=True)
    sources(pages, figures)
    lists(pages)
    tops = ["notebooks/index", "authorities/index", "docs/index", "api/index"]
    write(pages / "index.md", cover(out) + "\n".join(_tree(tops)))
    data = out / "_data"
    data.mkdir(parents=True, exist_ok=True)
    for path in (ROOT / "data").glob("*.*"):
        shutil.copy2(path, data / path.name)
    export(["xlsx"], data)
    kernels = out / ".site" / "ipython"
    startup = kernels / "profile_default" / "startup"
    startup.mkdir(parents=True, exist_ok=True)
    shutil.copy2(SETTINGS / "startup.py", startup / "figures.py")
    html = out / ".site" / "html"  # notebooks leave their pictures beside it
    command = [sys.executable, "-m", "sphinx", "--color", "-q", "-j", "auto", "-W", "--keep-going",
               "-c", SETTINGS, "-d", out / ".site" / "doctrees", pages, html]  # fmt: skip
    environment = {"IPYTHONDIR": str(kernels.resolve()), "OFSTED_FIGURES": str(figures.resolve())}
    run = subprocess.run(command, env=os.environ | environment, check=False)
    if run.returncode == 0:
        shutil.copytree(html, out, dirs_exist_ok=True)
        write(out / "_static" / "lookup-data.js", lookup_data())
        count = len([p for p in out.rglob("*.html") if ".site" not in p.parts])
        print(f"{count} pages: open {out / 'index.html'}.")
    return run.returncode


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("out", type=Path)
    return build(parser.parse_args().out)


if __name__ == "__main__":
    sys.exit(main())
