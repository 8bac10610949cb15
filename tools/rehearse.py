"""What comes next, on a copy: one inspection more or less, then `make refresh` and every test.

    python tools/rehearse.py more              an invented inspection after the end of the record
    python tools/rehearse.py less INSPECTION   this one taken out

Prints what failed. The project itself is not touched.
"""

import argparse
import csv
import json
import os
import shutil
import subprocess
import sys
import tempfile
from datetime import date, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def one_more(copy: Path) -> None:
    """Another inspection of the authority that has waited longest, as its council tells of it."""
    import ofsted_analysis as oa

    waited = oa.time_since_inspection()
    who = waited.loc[waited["framework_id"] == "ilacs", "authority_id"].iloc[0]
    data = copy / "data"
    described = json.loads((data / "datapackage.json").read_text(encoding="utf-8"))
    first = date.fromisoformat(described["completeTo"]) + timedelta(days=16)
    last, out = first + timedelta(days=4), first + timedelta(days=44)
    inspection, source = f"{who}-ilacs-{last:%Y-%m}", f"{who}-council-{last.year}-rehearsal"
    address = "https://example.org/rehearsal"
    row(data / "sources.csv", source, "council", who, "A rehearsal", f"{out}", address)
    row(data / "inspections.csv", inspection, who, "ilacs", "", f"{first}", f"{last}", "day", "",
        f"{out}", address, source)  # fmt: skip
    for area in ("care_leavers", "help_and_protection", "in_care", "leaders"):
        row(
            data / "judgements.csv",
            inspection,
            area,
            "good",
            "graded",
            source,
            "the whole page",
            "stated",
        )
    end = out + timedelta(days=7)
    described["completeTo"] = f"{end}"
    described["version"] = f"{end.year}.{end.month}.{end.day}"
    text = json.dumps(described, indent=2, ensure_ascii=False) + "\n"
    (data / "datapackage.json").write_text(text, encoding="utf-8")


def row(path: Path, *cells: str) -> None:
    """Enter a row where it belongs: tables are sorted by their first columns."""
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    key = 2 if path.name == "judgements.csv" else 1
    rows = sorted([*rows, list(cells)], key=lambda row: row[:key])
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *rows])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("way", choices=("more", "less"))
    parser.add_argument("inspection", nargs="?")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "copy"
        left = shutil.ignore_patterns(".*_cache", ".venv", "build", "dist", "__pycache__")
        shutil.copytree(ROOT, copy, ignore=left)
        (copy / ".venv").symlink_to(ROOT / ".venv")
        environment = os.environ | {"PYTHONPATH": str(copy / "src")}

        def run(*words: str) -> int:
            print("$", *words, flush=True)
            return subprocess.run(words, cwd=copy, env=environment).returncode

        before = copy / "build" / "before"
        shutil.copytree(copy / "data", before)
        if arguments.way == "more":
            one_more(copy)
            run(".venv/bin/ofsted-analysis", "stamp", "--data", "data")
        else:
            run(".venv/bin/ofsted-analysis", "remove", arguments.inspection, "--data", "data")
        run(".venv/bin/ofsted-analysis", "accept", str(before), "--data", "data")
        touched = copy / ".venv" / ".installed"  # as new as pyproject.toml: nothing is set up again
        touched.touch()
        return run("make", "refresh") or run("make", "test")


if __name__ == "__main__":
    sys.exit(main())
