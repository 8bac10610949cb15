"""The reader on Ofsted's own letters about focused visits, which the repository does not hold.

The folder is named in the environment variable OFSTED_LETTERS: PDF files, and index.csv with each
file's authority and its day of publication.
"""

import csv
import os
import random
from pathlib import Path

import pypdfium2 as pdfium
import pytest

from ofsted_analysis.curation.reports import Letter, read_files
from ofsted_analysis.curation.reports.letters import read_any
from ofsted_analysis.curation.reports.words import ReportError

FOLDER = Path(os.environ.get("OFSTED_LETTERS", ""))
if not os.environ.get("OFSTED_LETTERS"):
    pytest.skip("OFSTED_LETTERS does not name a folder of letters", allow_module_level=True)
if not (FOLDER / "index.csv").is_file():
    pytest.skip(f"no index.csv in OFSTED_LETTERS={FOLDER}", allow_module_level=True)

FULL = bool(os.environ.get("OFSTED_FULL"))
EXACT = ("first_day", "last_day", "priority_action", "areas_for_priority_action")


def rows(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


SEEN = {row["file"]: row for row in rows(Path(__file__).parent / "letters_by_eye.csv")}


@pytest.fixture(scope="module")
def letters():
    """What was read of every letter, or only of those that were read by eye, by file name."""
    files = sorted(FOLDER.glob("*.pdf")) if FULL else [FOLDER / name for name in sorted(SEEN)]
    read = list(read_files(files))
    assert [item for item in read if not isinstance(item, Letter)] == []
    return {letter.file.name: letter.as_dict() for letter in read}


def test_letters_are_of_the_authorities_that_the_index_says(letters):
    index = {row["file"]: row["authority_id"] for row in rows(FOLDER / "index.csv")}
    assert {name: letter["authority_id"] for name, letter in letters.items()} == {
        name: index[name] for name in letters
    }


def test_at_most_two_letters_in_a_hundred_leave_days_or_priority_action_open(letters):
    left_open = [name for name, letter in letters.items() if None in map(letter.get, EXACT)]
    assert len(left_open) <= 0.02 * max(100, len(letters)), left_open


def test_the_reader_sees_what_eyes_saw(letters):
    """Days, priority action and page as seen, or left open."""
    wrong = [
        (name, column, letters[name][column], row[column])
        for name, row in SEEN.items()
        for column in (*EXACT, "page")
        if letters[name][column] is not None and str(letters[name][column]) != row[column]
    ]
    assert wrong == []
    assert len(SEEN) >= 95


def test_the_theme_is_what_eyes_took_it_for(letters):
    same = [name for name, row in SEEN.items() if letters[name]["theme"] == row["theme"]]
    near = [
        name
        for name, row in SEEN.items()
        if letters[name]["theme"] in (row["theme"], *row["theme_also"].split("|"))
    ]
    assert len(near) >= len(same) >= 0.9 * len(SEEN), sorted(SEEN.keys() - set(same))


def test_a_mixture_of_two_letters_says_nothing_wrong(letters, tmp_path):
    """Pages of another letter in the place of, or after, a letter's own."""
    rng, names, path = random.Random(20261127), sorted(letters), tmp_path / "mixture.pdf"
    wrong, refused, mixtures = [], 0, 400 if FULL else 24
    for number in range(mixtures):
        first, second = rng.sample(names, 2)
        one, other = (pdfium.PdfDocument(FOLDER / name) for name in (first, second))
        cut = rng.randrange(1, min(len(one), len(other)))
        whole = [(one, page) for page in range(len(one))]
        pages = (
            whole[:cut] + [(other, page) for page in range(cut, len(other))],
            [*whole[:cut], (other, cut), *whole[cut + 1 :]],
            whole + [(other, page) for page in range(len(other))],
            [*whole[:cut], (other, rng.randrange(len(other))), *whole[cut:]],
        )[number % 4]
        mixture = pdfium.PdfDocument.new()
        for source, page in pages:
            mixture.import_pages(source, [page])
        mixture.save(path)
        for document in (mixture, one, other):
            document.close()
        try:
            read = read_any(path).as_dict()
        except ReportError:
            refused += 1
            continue
        if any(read[c] not in (None, letters[first][c]) for c in ("authority_id", *EXACT)):
            wrong.append((first, second, number % 4, cut))
    assert wrong == []
    assert refused > 0.9 * mixtures
