"""What comes next, on a copy: one inspection more or less, then `make refresh` and every test.

    python tools/rehearse.py more              an invented inspection after the end of the record
    python tools/rehearse.py less INSPECTION   this one taken out

Prints what failed. The project itself is not touched. Where one is taken out, the published figures
that counted it differ, as they should: `reconcile` lists them, and the tests that hold the record
against published figures (marked ``published``) are left out.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from datetime import timedelta
from pathlib import Path

import ofsted_analysis as oa
from ofsted_analysis.curation import digests
from ofsted_analysis.curation.add import write_rows
from ofsted_analysis.curation.update import move_end
from ofsted_analysis.tables import load

ROOT = Path(__file__).resolve().parents[1]


def one_more(copy: Path) -> None:
    """Another inspection of the authority that has waited longest, as if read in its report."""
    waited = oa.time_since_inspection()
    who = waited.loc[waited["framework_id"] == "ilacs", "authority_id"].iloc[0]
    data = copy / "data"
    first = oa.data_complete_to().date() + timedelta(days=16)
    last, out = first + timedelta(days=4), first + timedelta(days=44)
    source = {
        "source_id": "ofsted-60000001",
        "kind": "ofsted report",
        "publisher": "Ofsted",
        "title": "A rehearsal: Inspection of local authority children's services",
        "published_date": f"{out}",
        "url": "https://files.ofsted.gov.uk/v1/file/60000001",
    }
    inspection = {
        "inspection_id": f"{who}-ilacs-{last:%Y-%m}",
        "authority_id": who,
        "framework_id": "ilacs",
        "inspection_type": "",
        "first_day": f"{first}",
        "last_day": f"{last}",
        "date_precision": "day",
        "days_note": "",
        "published_date": f"{out}",
        "report_url": source["url"],
        "source_id": source["source_id"],
    }
    judgements = [
        {
            "inspection_id": inspection["inspection_id"],
            "area_id": area,
            "grade": "good",
            "status": "graded",
            "source_id": source["source_id"],
            "locator": "page 1",
            "certainty": "report",
        }
        for area in ("care_leavers", "help_and_protection", "in_care", "leaders")
    ]
    for name, rows in {
        "sources": [source],
        "inspections": [inspection],
        "judgements": judgements,
    }.items():
        write_rows(data, name, [*load.rows(name, data), *rows])
    known = digests.accepted(data)
    known["reports"][source["source_id"]] = digests.of_report(inspection, judgements, source)
    digests.write(data, known)
    move_end(data, f"{out + timedelta(days=7)}")


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
        if arguments.way == "less":
            run(".venv/bin/ofsted-analysis", "reconcile", "--data", "data")
            environment["PYTEST_ADDOPTS"] = "-m 'not published'"
        touched = copy / ".venv" / ".installed"  # as new as pyproject.toml: nothing is set up again
        touched.touch()
        return run("make", "refresh") or run("make", "test")


if __name__ == "__main__":
    sys.exit(main())
