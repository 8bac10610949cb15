"""How fast the reports are read, beside bare text extraction and beside tabula-py.

    python benchmarks/read_reports.py FOLDER

Four measurements, of which the first two run in one process:

- ms per report, median over the folder: the whole of `read_here`;
- bare extraction: pdfium's plain text of just those pages whose text or words the reader asked
  for, the file opened afresh; the two take turns, and of several rounds the fastest counts;
- the whole folder, on all processors, as `read_reports` reads it;
- tabula-py on page 1 of a few reports, where Java and tabula-py (extra `bench`) are there. As it
  is commonly used, tabula-py starts a Java machine for every call; with jpype1 installed it keeps
  one within the process. Which of the two was measured is printed.
"""

import argparse
import importlib.util
import os
import shutil
import statistics
import sys
import time
from pathlib import Path

import pypdfium2 as pdfium

from ofsted_analysis.curation.reports import Report, ReportError, read_reports
from ofsted_analysis.curation.reports.reader import read_here
from ofsted_analysis.curation.reports.words import Page


def seconds(action, *arguments):
    """Seconds that the action takes."""
    start = time.perf_counter()
    action(*arguments)
    return time.perf_counter() - start


def pages_asked_for(path):
    """Numbers of the pages that the reader opens in a file; None if it refuses the file."""
    opened = set()
    inner = Page._textpage

    def counted(page):
        opened.add(page.number)
        return inner.func(page)

    counted_property = type(inner)(counted)
    counted_property.__set_name__(Page, "_textpage")
    Page._textpage = counted_property
    try:
        read_here(path)
    except ReportError:
        return None
    finally:
        Page._textpage = inner
    return sorted(opened)


def bare(path, numbers):
    """The plain text of those pages."""
    document = pdfium.PdfDocument(path)
    for number in numbers:
        document[number - 1].get_textpage().get_text_bounded()


def against_bare(pages, rounds):
    """(fastest seconds to read, fastest seconds of bare extraction) of every report."""
    fastest = {}
    for turn in range(rounds):
        for path, numbers in pages.items():
            pair = [(0, read_here, (path,)), (1, bare, (path, numbers))]
            took = [0.0, 0.0]
            for which, action, arguments in pair if turn % 2 else reversed(pair):
                took[which] = seconds(action, *arguments)
            known = fastest.get(path, took)
            fastest[path] = [min(one, other) for one, other in zip(known, took, strict=True)]
    return list(fastest.values())


def against_tabula(paths):
    """Seconds per report of tabula-py, and how it was run; None where it cannot run."""
    if not (importlib.util.find_spec("tabula") and shutil.which("java")):
        return None
    import tabula

    kept = importlib.util.find_spec("jpype") is not None
    how = "one Java machine, kept" if kept else "Java started for every call"

    def tables(path):
        tabula.read_pdf(path, pages=1, lattice=True, silent=True, force_subprocess=not kept)

    tables(paths[0])  # what is done once only is not counted
    return [seconds(tables, path) for path in paths], how


def main():
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("folder", nargs="?", default=os.environ.get("OFSTED_REPORTS"), type=Path)
    parser.add_argument("--rounds", type=int, default=3, help="turns of each (default: 3)")
    parser.add_argument(
        "--sample", type=int, default=20, help="reports for tabula-py (default: 20)"
    )
    options = parser.parse_args()
    if options.folder is None or not (paths := sorted(options.folder.glob("*.pdf"))):
        parser.error("name a folder with reports in it, here or in OFSTED_REPORTS")

    pages = {path: numbers for path in paths if (numbers := pages_asked_for(path))}
    if not pages:
        parser.error("no file in the folder can be read as a report")
    took = against_bare(pages, options.rounds)
    read, plain = (sum(column) for column in zip(*took, strict=True))
    ratios = [one / other for one, other in took]
    asked = sum(map(len, pages.values()))
    print(f"{len(pages)} reports of {len(paths)} files, {asked} pages asked for")
    print(f"ms per report, median:         {1000 * statistics.median(t[0] for t in took):8.1f}")
    print(f"times bare text extraction:    {read / plain:8.2f} in all, "
          f"{statistics.median(ratios):.2f} median, {max(ratios):.2f} at most")  # fmt: skip

    start = time.perf_counter()
    good = sum(isinstance(report, Report) for report in read_reports(paths))
    whole = time.perf_counter() - start
    print(f"whole folder, {os.cpu_count()} processors:   {whole:8.1f} s ({good} reports)")

    sample = list(pages)[:: max(1, len(pages) // options.sample)][: options.sample]
    if tabula := against_tabula(sample):
        times, how = tabula
        by_path = dict(zip(pages, took, strict=True))
        ours = statistics.median(by_path[path][0] for path in sample)
        theirs = statistics.median(times)
        print(f"tabula-py, page 1, median:     {1000 * theirs:8.1f} ms ({how}), "
              f"{theirs / ours:.0f} times the reader")  # fmt: skip
    else:
        print("tabula-py was not measured: it or Java is not there", file=sys.stderr)


if __name__ == "__main__":
    main()
