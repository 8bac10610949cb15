"""Reports and letters that are mixed or damaged: refused, or read as they were printed.

    python tools/break_documents.py [REPORTS] [LETTERS] [DAMAGED]

Puts pages of one document into another, in eight ways for reports and four for letters, and damages
the files themselves, in six; reads each, and prints how many were read otherwise than the first
page has it: part of `make attack`. The documents are those in the folders that OFSTED_REPORTS and
OFSTED_LETTERS name; the tests on them make a sample of the same.
"""

import os
import random
import sys
import tempfile
import zlib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pypdfium2 as pdfium

from ofsted_analysis.curation.reports import Letter, Report, ReportError, read_files
from ofsted_analysis.curation.reports.letters import read_any
from ofsted_analysis.curation.reports.reader import read_here

EXACT = ("first_day", "last_day", "priority_action", "areas_for_priority_action")
"""What a letter says that must be right or left open, with its authority."""
Pages = list[tuple[pdfium.PdfDocument, int]]


# Mixed


def of_two_reports(
    kind: str, one: pdfium.PdfDocument, other: pdfium.PdfDocument, page: int, rng: random.Random
) -> Pages:
    """Pages of a file made of two reports: (which of the two, page) in order."""
    whole = [(one, number) for number in range(len(one))]
    shared = rng.randrange(1, min(len(one), len(other)))
    match kind:
        case "cover":
            return whole[:1] + [(other, number) for number in range(1, len(other))]
        case "beginning":
            return whole[:shared] + [(other, number) for number in range(shared, len(other))]
        case "one page":
            return [*whole[:shared], (other, shared), *whole[shared + 1 :]]
        case "page of a grade":
            page = min(page, len(other) - 1)
            return [*whole[:page], (other, page), *whole[page + 1 :]]
        case "page more":
            place = rng.randrange(len(one))
            return [*whole[:place], (other, rng.randrange(len(other))), *whole[place:]]
        case "end more":
            return whole + [(other, n) for n in range(rng.randrange(len(other)), len(other))]
        case "both":
            return whole + [(other, number) for number in range(len(other))]
        case _:  # two covers
            return [(other, 0), *whole]


OF_TWO_REPORTS = ("cover", "beginning", "one page", "page of a grade", "page more", "end more",
                  "both", "two covers")  # fmt: skip


def of_two_letters(
    number: int, one: pdfium.PdfDocument, other: pdfium.PdfDocument, rng: random.Random
) -> Pages:
    """Pages of another letter in the place of a letter's own, between them or after them."""
    whole = [(one, page) for page in range(len(one))]
    cut = rng.randrange(1, min(len(one), len(other)))
    return [
        whole[:cut] + [(other, page) for page in range(cut, len(other))],
        [*whole[:cut], (other, cut), *whole[cut + 1 :]],
        whole + [(other, page) for page in range(len(other))],
        [*whole[:cut], (other, rng.randrange(len(other))), *whole[cut:]],
    ][number % 4]


def save(pages: Pages, path: Path) -> None:
    """A file of these pages."""
    mixture = pdfium.PdfDocument.new()
    for source, page in pages:
        mixture.import_pages(source, [page])
    mixture.save(path)
    mixture.close()


def said_of(report: Report) -> tuple[Any, ...]:
    """What a report must not be read otherwise in."""
    grades = {judgement.area_id: judgement.grade for judgement in report.judgements}
    return report.authority_id, report.first_day, report.last_day, grades


def mixed_reports(
    reports: dict[Path, Report], times: int, path: Path, seed: int = 20261126
) -> tuple[Counter[str], list[tuple[str, str, str]]]:
    """Mixtures of two reports of one authority, one framework, or any: how many were read and
    refused, and those that were read otherwise than their cover has it."""
    rng, files, outcomes, wrong = random.Random(seed), sorted(reports), Counter(), []
    for number in range(times):
        kind, first = OF_TWO_REPORTS[number % len(OF_TWO_REPORTS)], rng.choice(files)
        like = rng.choice(("authority_id", "framework_id", "__class__"))  # or any report
        own = getattr(reports[first], like)
        same = [file for file in files if file != first and getattr(reports[file], like) == own]
        second = rng.choice(same or files)
        one, other = pdfium.PdfDocument(first), pdfium.PdfDocument(second)
        graded = max(judgement.page for judgement in reports[first].judgements) - 1
        pages = of_two_reports(kind, one, other, graded, rng)
        save(pages, path)
        cover = reports[first if pages[0][0] is one else second]
        one.close()
        other.close()
        try:
            read = read_here(path)
        except ReportError:
            outcomes["refused"] += 1
            continue
        outcomes["read"] += 1
        if said_of(read) != said_of(cover):
            wrong.append((kind, first.name, second.name))
    return outcomes, wrong


def mixed_letters(
    letters: dict[Path, Letter], times: int, path: Path, seed: int = 20261127
) -> tuple[Counter[str], list[tuple[str, str, str]]]:
    """The same of two letters: what is not left open is as the first of them has it."""
    rng, files, outcomes, wrong = random.Random(seed), sorted(letters), Counter(), []
    for number in range(times):
        first, second = rng.sample(files, 2)
        one, other = pdfium.PdfDocument(first), pdfium.PdfDocument(second)
        save(of_two_letters(number, one, other, rng), path)
        one.close()
        other.close()
        try:
            read = read_any(path).as_dict()
        except ReportError:
            outcomes["refused"] += 1
            continue
        outcomes["read"] += 1
        known = letters[first].as_dict()
        if any(read[column] not in (None, known[column]) for column in ("authority_id", *EXACT)):
            wrong.append((str(number % 4), first.name, second.name))
    return outcomes, wrong


# Damaged


def damaged(kind: str, content: bytes, rng: random.Random) -> bytes:
    """The bytes of a file that has lost, doubled or swapped some."""
    place, length = rng.randrange(len(content)), rng.randrange(1, 4096)
    match kind:
        case "cut short":
            return content[:place]
        case "without a part":
            return content[:place] + content[place + length :]
        case "a part of zeros":
            return content[:place] + bytes(length) + content[place + length :]
        case "a part twice":
            return content[: place + length] + content[place:]
        case "bytes changed":
            changed = bytearray(content)
            for _ in range(rng.randrange(1, 200)):
                changed[rng.randrange(len(changed))] = rng.randrange(256)
            return bytes(changed)
        case _:  # without its table of contents
            return content.replace(b"startxref", b"startxxxx").replace(b"/Root", b"/Roof")


DAMAGES = ("cut short", "without a part", "a part of zeros", "a part twice", "bytes changed",
           "without its table of contents")  # fmt: skip


def damaged_files(
    known: dict[Path, Report | Letter], times: int, folder: Path
) -> tuple[Counter[str], list[tuple[str, str, str]]]:
    """Damaged files of reports and letters, as `read` reads files that may be anything: those read
    say what they said whole, or leave it open; a grade that is left out is counted by itself."""
    made: dict[Path, tuple[str, Path]] = {}
    files = sorted(known)
    for number in range(times):
        kind = DAMAGES[number % len(DAMAGES)]
        rng = random.Random(zlib.crc32(f"{kind} {number}".encode()))
        origin = rng.choice(files)
        path = folder / f"{number:05}.pdf"
        path.write_bytes(damaged(kind, origin.read_bytes(), rng))
        made[path] = kind, origin
    outcomes, wrong = Counter(), []
    for (kind, origin), read in zip(made.values(), read_files(made), strict=True):
        if isinstance(read, tuple):
            outcomes["refused"] += 1
            if "please report" in read[1]:  # a fault of the reader's own
                wrong.append((kind, origin.name, read[1]))
            continue
        outcomes["read"] += 1
        whole = known[origin]
        if isinstance(read, Report) and isinstance(whole, Report):
            (*facts, grades), (*facts_before, grades_before) = said_of(read), said_of(whole)
            same = facts == facts_before and grades.items() <= grades_before.items()
            outcomes["read without a grade"] += same and grades != grades_before
        else:
            now, then = read.as_dict(), whole.as_dict()
            same = all(now.get(c) in (None, then.get(c)) for c in ("authority_id", *EXACT))
        if not same:
            wrong.append((kind, origin.name, "read otherwise"))
    return outcomes, wrong


# All of it


def at_hand(variable: str) -> list[Path]:
    """The PDF files in the folder that an environment variable names."""
    return sorted(Path(os.environ[variable]).glob("*.pdf")) if os.environ.get(variable) else []


def run(
    files: Sequence[Path], times: Sequence[int]
) -> dict[str, tuple[Counter[str], list[tuple[str, str, str]]]]:
    """Mixtures of two reports, of two letters, and damaged files of either, so many of each."""
    known = {read.file: read for read in read_files(files) if not isinstance(read, tuple)}
    reports = {file: read for file, read in known.items() if isinstance(read, Report)}
    letters = {file: read for file, read in known.items() if isinstance(read, Letter)}
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "mixed.pdf"
        return {
            "mixtures of two reports": mixed_reports(reports, times[0], path),
            "mixtures of two letters": mixed_letters(letters, times[1], path),
            "damaged reports and letters": damaged_files(known, times[2], Path(name)),
        }


def main(*times: int) -> int:
    reports, letters = at_hand("OFSTED_REPORTS"), at_hand("OFSTED_LETTERS")
    if not reports or not letters:
        print("No documents are mixed or damaged: OFSTED_REPORTS and OFSTED_LETTERS name none.")
        return 0
    done = run([*reports, *letters], times or (2400, 400, 1200))
    for what, (outcomes, wrong) in done.items():
        for one in wrong:
            print(*one)
        less = outcomes.pop("read without a grade", 0)
        print(f"{outcomes.total():,} {what}: {outcomes['refused']:,} refused, {outcomes['read']:,} "
              f"read, {len(wrong)} of them wrongly, {less} without one of the grades")  # fmt: skip
    return int(any(wrong for _, wrong in done.values()))


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
