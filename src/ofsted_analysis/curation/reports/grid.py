"""The graded areas of a report: names in a left-hand column, grades in a right-hand one.

Names and grades may each be wrapped over several lines, and the lines of a grade may stand above
and below the line of its name. So each column is read by itself, from top to bottom, and a grade
belongs to the name beside which its middle lies.

A name may be misprinted, or be in slightly other words than those known. It is taken for the area
whose words it has, if there is just one: it may leave words out, but not add or change any, and
must stand where the area stands in the framework's list.
"""

import re
from collections import Counter
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import NamedTuple

from rapidfuzz import fuzz, process

from ofsted_analysis.curation.reports.words import (
    Page,
    ReportError,
    Words,
    line,
    one_line,
    text_rows,
)

GRADE = (
    r"requires?\s+improvement(?:\s+to\s+be\s+good)?|outstanding|inadequate|adequate|good"
    r"|not\s+(?:yet\s+)?judged"
)
_GRADE = re.compile(rf"\b(?P<grade>{GRADE})\b(?:\s+grade\s+(?P<number>\d+))?", re.IGNORECASE)
_NOTE = re.compile(
    r"(?<!\bgrade)(?<!\bgrade )[\d.,*\u2020\u2021\u00b9\u00b2\u00b3]+", re.IGNORECASE
)
"""A full stop or the mark of a footnote after a grade; not the number in 'Inadequate Grade 4'."""
FIRST_WORD = r"\b(?:requires?|outstanding|inadequate|adequate|good|not)"
_FIRST_WORD = re.compile(rf"{FIRST_WORD}(?:{_NOTE.pattern})?", re.IGNORECASE)
_CELL = re.compile(
    r"(?:(?:requires?|improvement|to|be|good|outstanding|inadequate|adequate|not|yet|judged"
    r"|grade \d)\s*)+",
    re.IGNORECASE,
)
_GAP = 8.0
"""Points between two columns at the least; a space between two words is narrower."""
_CLOSE = 80.0
"""How alike (0 to 100) the letters of a printed name must be to those of an area's."""
_MISPRINT = 80.0
"""How alike a printed word must be to the word that it is taken for."""
_SMALL = frozenset({
    "a", "and", "are", "as", "by", "for", "from", "in", "is", "of", "on", "or", "that", "the",
    "their", "this", "to", "who", "with",
})  # fmt: skip
"""Words that may come and go without a change of meaning."""

_REACH = 30.0
"""Points above the first name and below the last within which a wrapped grade may stand."""

Labels = dict[str, list[str]]
"""The names of each area, in the order of the page."""


@dataclass(frozen=True)
class Row:
    """A graded area as printed: the area's key and its grade ('' where it was not judged).

    ``wording`` is its name as printed, where that is in none of the wordings known; else ''.
    """

    key: str
    grade: str
    wording: str = ""


def plain_grade(printed: str) -> str:
    """A printed grade in the words of the tables; '' for 'not judged'.

    Examples
    --------
    >>> plain_grade("Require Improvement to be good"), plain_grade("Not judged")
    ('requires improvement', '')
    """
    grade = " ".join(printed.lower().split())
    if grade.startswith("require"):
        return "requires improvement"
    return "" if grade.startswith("not") else grade


@lru_cache(maxsize=4096)
def _letters(text: str) -> str:
    """Text without its numbers, spaces and signs, in lower case."""
    return re.sub(r"[^a-z]+", "", text.lower())


def _grade_column(rows: list[list[Words]], width: float) -> float | None:
    """Left edge of the column of grades: where most cells that begin with a grade begin."""
    edges = Counter(
        round(word.left / 4)
        for row in rows
        for before, word in zip([None, *row], row, strict=False)
        if word.left > width * 0.3
        and _FIRST_WORD.fullmatch(word.text)
        and (before is None or word.left - before.right > _GAP)
    )
    if not edges:
        return None
    edge, _ = max(edges.items(), key=lambda item: (item[1] + edges[item[0] + 1], -item[0]))
    return edge * 4 - 6


def _columns(rows: list[list[Words]], edge: float) -> tuple[list[Words], list[Words]]:
    """The lines left and right of the edge, without those of running text across it."""
    left, right = [], []
    for row in rows:
        here = [word for word in row if word.left < edge]
        there = [word for word in row if word.left >= edge]
        across = here and (
            here[-1].right > edge + 3 or (there and there[0].left - here[-1].right < _GAP)
        )
        if not across:
            left += [line(here)] if here else []
            right += [line(there)] if there else []
    cells = [replace(cell, text=one_line(_NOTE.sub(" ", cell.text))) for cell in right]
    named = [part for part in left if _letters(part.text)]
    return named, [cell for cell in cells if re.search(FIRST_WORD, cell.text, re.IGNORECASE)
                   or _CELL.fullmatch(cell.text)]  # fmt: skip


@dataclass(frozen=True)
class Columns:
    """The lines of a page's left column, and the cells of its column of grades."""

    number: int
    left: list[Words]
    beside: list[Words]


def find_columns(page: Page) -> Columns | None:
    """The columns of a page, if it has a column of grades."""
    rows = text_rows(page.words)
    edge = _grade_column(rows, page.width)
    return None if edge is None else Columns(page.number, *_columns(rows, edge))


class Found(NamedTuple):
    """A graded area, and the page that prints it."""

    page: int
    row: Row


@lru_cache(maxsize=4096)
def _content(text: str) -> frozenset[str]:
    """The words of a name that carry its meaning."""
    return frozenset(re.findall(r"[a-z]+", text.lower())) - _SMALL


@lru_cache(maxsize=4096)
def _known_words(printed: str, vocabulary: frozenset[str]) -> frozenset[str] | None:
    """The known words that a printed name is made of; None if one is not known."""
    found = set()
    for word in _content(printed):
        if word not in vocabulary:
            alike = process.extractOne(word, vocabulary, scorer=fuzz.ratio, score_cutoff=_MISPRINT)
            if alike is None or alike[0][:2] != word[:2]:
                return None
            word = alike[0]
        found.add(word)
    return frozenset(found)


def _other_words(printed: str, labels: Labels) -> tuple[float, str | None]:
    """The area that a name in other words is of, with how alike; None if there is not just one."""
    scores = {
        (key, name): score
        for key, names in labels.items()
        for name in names
        if (score := fuzz.ratio(_letters(printed), _letters(name), score_cutoff=_CLOSE))
    }
    if not scores:
        return 0.0, None
    vocabulary = frozenset().union(*(_content(name) for names in labels.values() for name in names))
    words = _known_words(printed, vocabulary)
    if not words:
        return 0.0, None
    same = {key for key, name in scores if words == _content(name)}
    within = same or {
        key for key, names in labels.items() if any(words <= _content(name) for name in names)
    }
    close = {key for key, _ in scores}
    if len(within) != 1 or not (within == close or same):
        return 0.0, None
    (key,) = within
    return max((score for (own, _), score in scores.items() if own == key), default=0.0), key


@dataclass(frozen=True)
class Block:
    """The name of an area on a page: its key, its box, and its wording if that is not known."""

    key: str
    box: Words
    wording: str


@dataclass(frozen=True)
class Grid:
    """The areas that a page names in its left column, and the cells of its right column."""

    number: int
    blocks: list[Block]
    beside: list[Words]


def mentions(page: Page, labels: Labels) -> int:
    """How many of the areas the page names; cheaper than finding its columns."""
    text = page.text.lower()
    return sum(any(name.lower() in text for name in names) for names in labels.values())


def find_grid(columns: Columns, labels: Labels) -> Grid:
    """The areas that the left column of a page names.

    Parameters
    ----------
    columns
        The columns of the page.
    labels
        The names that may stand in the left column, by key.
    """
    column = columns.left
    exact = {_letters(name): key for key, names in labels.items() for name in names}
    shortest, longest = 0.7 * min(map(len, exact)), 1.2 * max(map(len, exact))
    windows = []
    for start in range(len(column)):
        text = ""
        for size, part in enumerate(column[start : start + 4], 1):
            text = f"{text} {part.text}"
            letters = _letters(text)
            if not shortest <= len(letters) <= longest:
                continue
            key, score, wording = exact.get(letters), 100.0, ""
            if key is None:
                (score, key), wording = _other_words(text, labels), one_line(text)
            if key:
                windows.append((score, size, start, key, wording))
    taken: set[int] = set()
    blocks = []
    for _, size, start, key, wording in sorted(windows, key=lambda w: (-w[0], -w[1], w[2])):
        span = set(range(start, start + size))
        if not span & taken:
            taken |= span
            first, last = column[start], column[start + size - 1]
            box = Words(first.left, last.bottom, first.right, first.top, "")
            blocks.append(Block(key, box, wording))
    blocks.sort(key=lambda block: -block.box.top)
    return Grid(columns.number, _in_place(blocks, list(labels)), columns.beside)


def _in_place(blocks: list[Block], order: list[str]) -> list[Block]:
    """The names that are known, and those in other words that stand in their place among them."""
    known = [(order.index(b.key), b.box.top) for b in blocks if not b.wording]
    return [
        b
        for b in blocks
        if not b.wording
        or all((place < order.index(b.key)) == (top > b.box.top) for place, top in known)
    ]


def _grades(column: list[Words], number: int) -> list[tuple[str, float]]:
    """The grades of the right column from the top down, with the height of each one's middle."""
    text, starts = "", []
    for cell in column:
        starts.append((len(text), cell))
        text += cell.text + " "
    if _GRADE.sub("", text).split():
        odd = next((c.text for c in column if not _CELL.fullmatch(c.text)), None)
        what = f"something beside a grade on page {number}: {odd!r}"
        if odd is None:
            what = f"part of a grade only on page {number}: {_GRADE.sub(' ', text).split()!r}"
        raise ReportError(f"prints {what}")
    found = []
    for match in _GRADE.finditer(text):
        own = [
            cell
            for start, cell in starts
            if start < match.end() and start + len(cell.text) > match.start()
        ]
        grade = plain_grade(match["grade"])
        if match["number"] and match["number"] != _number(grade):
            raise ReportError(
                f"prints a grade with another's number on page {number}: {match[0]!r}"
            )
        found.append((grade, (own[0].top + own[-1].bottom) / 2))
    return found


def _number(grade: str) -> str:
    """The number that Ofsted gave a grade: 1 for outstanding to 4 for inadequate."""
    return str({"outstanding": 1, "good": 2, "inadequate": 4}.get(grade, 3))


def read_grid(grid: Grid) -> list[Row]:
    """The graded areas of a page from the top down; areas without a grade are left out.

    Raises
    ------
    ReportError
        Two grades beside one name, a grade that is not clear, or an area that is graded twice.
    """
    blocks, number = grid.blocks, grid.number
    top, bottom = blocks[0].box.top + _REACH, blocks[-1].box.bottom - _REACH
    grades = _grades([cell for cell in grid.beside if bottom < cell.middle < top], number)
    rows = []
    for index, block in enumerate(blocks):
        ceiling = (blocks[index - 1].box.bottom + block.box.top) / 2 if index else top
        last = index + 1 == len(blocks)
        ground = bottom if last else (block.box.bottom + blocks[index + 1].box.top) / 2
        beside = [grade for grade, height in grades if ground <= height <= ceiling]
        if len(beside) > 1:
            raise ReportError(f"prints two grades beside one name on page {number}: {beside}")
        rows += [Row(block.key, grade, block.wording) for grade in beside]
    if len({row.key for row in rows}) != len(rows):
        raise ReportError(f"grades one area twice on page {number}")
    return rows
