"""Turns a briefing on every authority into PDF with LibreOffice, and counts its pages.

    python tools/check_briefings.py FOLDER     # as `ofsted-analysis briefing --all` made it

A Word document must have two to four pages, a presentation three to five slides.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

import pypdfium2
from tqdm import tqdm

PAGES = {".docx": range(2, 5), ".pptx": range(3, 6)}
AT_ONCE = 20


def pages(files: list[Path], folder: Path) -> dict[Path, int]:
    """How many pages LibreOffice makes of each file; 0 for one that it does not open."""
    command = ["soffice", "--headless", "--convert-to", "pdf", "--outdir", folder, *files]
    subprocess.run(command, check=True, capture_output=True)
    counts = {}
    for file in files:
        made = folder / f"{file.stem}.pdf"
        counts[file] = len(pypdfium2.PdfDocument(made)) if made.exists() else 0
        made.unlink(missing_ok=True)
    return counts


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    if not shutil.which("soffice"):
        print(
            "LibreOffice was not found: install it (soffice must be on the path).", file=sys.stderr
        )
        return 1
    wrong = 0
    for suffix, right in PAGES.items():
        files = sorted(folder.glob(f"*{suffix}"))
        counts: dict[Path, int] = {}
        with tempfile.TemporaryDirectory() as made:
            for start in tqdm(range(0, len(files), AT_ONCE), disable=None, leave=False):
                counts |= pages(files[start : start + AT_ONCE], Path(made))
        found = Counter(counts.values())
        told = ", ".join(f"{found[n]} of {n}" for n in sorted(found))
        print(f"{len(files)} {suffix} files as PDF; pages: {told}")
        bad = [file.name for file, count in counts.items() if count not in right]
        wrong += len(bad) + (not files)
        for name in bad:
            print(f"{name}: not {right.start} to {right.stop - 1} pages", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
