"""Everything that is published, made twice in different surroundings: it must be the same bytes.

    python tools/check_sameness.py      # `make sameness`

Charts, exports, briefings, pages of the site and the outputs of notebooks, once as make sets
things, once in another time zone, a real locale with commas for points (made by localedef, from
Debian's `locales`), another hash seed, folder, umask, and on one processor.
"""

import hashlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOCALE = "de_DE"
SAMPLE = ("norfolk", "dorset", "cumbria", "isles-of-scilly")
NOTEBOOKS = ("00_start_here", "03_frameworks", "09_authority_briefing")
MAKE = f"""
import sys
from pathlib import Path
out = Path(sys.argv[1])
from ofsted_analysis import charts, cli
from ofsted_analysis.publish import site
from ofsted_analysis.publish.documents import write
cli.main(["export", "--out", str(out / "export")])
cli.main(["charts", "--out", str(out / "charts")])
cli.main(["charts", "--authority", "Norfolk", "--size", "slide", "--out", str(out / "slides")])
cli.main(["docs", "--out", str(out / "docs")])
(out / "cover.md").write_text(site.cover(out), encoding="utf-8")
(out / "lookup.js").write_text(site.lookup_data(), encoding="utf-8")
for own in {SAMPLE!r}:
    write(own, out / "briefings")
    page = site.authority_page(own, out / "figures")
    (out / f"{{own}}.md").write_text(page, encoding="utf-8")
import nbformat
from nbclient import NotebookClient
for name in {NOTEBOOKS!r}:
    notebook = nbformat.read(Path({str(ROOT)!r}) / "notebooks" / f"{{name}}.ipynb", as_version=4)
    NotebookClient(notebook, timeout=300, record_timing=False).execute(cwd=str(out))
    outputs = [cell.get("outputs") for cell in notebook.cells]
    (out / f"{{name}}.txt").write_text(repr(outputs), encoding="utf-8")
"""


def made(out: Path, surroundings: dict[str, str], umask: int, alone: bool) -> dict[str, str]:
    """The digest of each file that a run in some surroundings makes."""
    out.mkdir(parents=True)
    command = [sys.executable, "-c", MAKE, str(out)]
    if alone and hasattr(os, "sched_setaffinity"):
        command = ["taskset", "-c", "0", *command]
    environment = {key: value for key, value in os.environ.items() if not key.startswith("LC_")}
    subprocess.run(command, check=True, env=environment | surroundings, umask=umask, cwd=out,
                   stdout=subprocess.DEVNULL)  # fmt: skip
    return {
        path.relative_to(out).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(out.rglob("*"))
        if path.is_file()
    }


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        here, there = Path(folder) / "a", Path(folder) / "another folder, deeper" / "b"
        places = Path(folder) / "locales"
        places.mkdir()
        locale = subprocess.run(
            ["localedef", "-i", LOCALE, "-f", "UTF-8", str(places / f"{LOCALE}.UTF-8")],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        if not (places / f"{LOCALE}.UTF-8").exists():
            print(f"No locale could be made: install Debian's package locales. {locale.stderr}",
                  file=sys.stderr)  # fmt: skip
            return 1
        as_here = {"TZ": "UTC", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "0"}
        as_there = {"TZ": "Pacific/Auckland", "LC_ALL": f"{LOCALE}.UTF-8", "LOCPATH": str(places),
                    "PYTHONHASHSEED": "4711", "COLUMNS": "40"}  # fmt: skip
        one = made(here, as_here, 0o022, alone=False)
        other = made(there, as_there, 0o077, alone=True)
        differ = sorted(
            name for name in one.keys() | other.keys() if one.get(name) != other.get(name)
        )
        for name in differ:
            print(f"not the same: {name}", file=sys.stderr)
        print(f"{len(one)} files made twice, {len(differ)} not the same.")
    return 1 if differ else 0


if __name__ == "__main__":
    sys.exit(main())
