"""The reader on Ofsted's own letters about focused visits, which the repository does not hold.

The folder is named in the environment variable OFSTED_LETTERS: PDF files, and index.csv with each
file's authority and its day of publication.
"""

import csv
import os
from pathlib import Path

import pytest

from ofsted_analysis.curation.reports import Letter, read_files

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
