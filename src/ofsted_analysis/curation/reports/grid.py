"""The graded areas of a report: names in a left-hand column, grades in a right-hand one.

Names and grades may each be wrapped over several lines, and the lines of a grade may stand above
and below the line of its name. So each column is read by itself, from top to bottom, and a grade
belongs to the name beside which its middle lies.
"""

import re
from collections import Counter
from dataclasses import dataclass, replace

from rapidfuzz import fuzz

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
_GRADE = re.compile(rf"\b(?:{GRADE})\b", re.IGNORECASE)
_NOTE = re.compile(r"[\d.,*\u2020\u2021\u00b9\u00b2\u00b3]+")
"""A full stop or the mark of a footnote after a grade."""
FIRST_WORD = r"\b(?:requires?|outstanding|inadequate|adequate|good|not)"
_FIRST_WORD = re.compile(rf"{FIRST_WORD}(?:{_NOTE.pattern})?", re.IGNORECASE)
_CELL = re.compile(
    r"(?:(?:requires?|improvement|to|be|good|outstanding|inadequate|adequate|not|yet|judged)\s*)+",
    re.IGNORECASE,
)
_GAP = 8.0
"""Points between two columns at the least; a space between two words is narrower."""
_ALIKE = 92.0
"""How alike (0 to 100) a printed name must be to an area's: a misprint passes, another area not."""
_MARGIN = 4.0
"""By how much the best area must be more alike than the second best."""


_REACH = 30.0
"""Points above the first name and below the last within which a wrapped grade may stand."""

Labels = dict[str, list[str]]


@dataclass(frozen=True)
class Row:
    """A graded area as printed: the area's key and its grade ('' where it was not judged)."""

    key: str
    grade: str


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


def _letters(label: str) -> str:
    """A label's letters, without its number, case, spaces and signs."""
    return "".join(re.findall(r"[a-z]", label.lower()))


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
    return named, [cell for cell in cells if _CELL.fullmatch(cell.text)]


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


def _best_key(letters: str, labels: list[tuple[str, str]]) -> tuple[float, str | None]:
    """The area whose name is most like the letters, with how alike; None if two are too near."""
    scores: dict[str, float] = {}
    for name, key in labels:
        score = fuzz.ratio(letters, name, score_cutoff=_ALIKE - _MARGIN)
        if score > scores.get(key, 0.0):
            scores[key] = score
    if not scores:
        return 0.0, None
    key = max(scores, key=scores.__getitem__)
    best = scores.pop(key)
    if best < 100 and scores and best - max(scores.values()) < _MARGIN:
        return best, None
    return best, key


@dataclass(frozen=True)
class Grid:
    """The areas that a page names in its left column, and the cells of its right column."""

    number: int
    blocks: list[tuple[str, Words]]
    """Each area's key, with the box of the lines that its name takes up."""
    beside: list[Words]


def mentions(page: Page, labels: Labels, known: set[str]) -> bool:
    """Whether the page names an area that is not yet known; cheaper than finding its columns."""
    letters = _letters(page.text)
    return any(
        name in letters for key, names in labels.items() if key not in known for name in names
    )


def find_grid(columns: Columns, labels: Labels) -> Grid:
    """The areas that the left column of a page names.

    Parameters
    ----------
    columns
        The columns of the page.
    labels
        The letters of the names that may stand in the left column, by key.
    """
    column = columns.left
    names = [(name, key) for key, names in labels.items() for name in names]
    lengths = [len(name) for name, _ in names]
    shortest, longest = 0.8 * min(lengths), 1.2 * max(lengths)
    windows = []
    lines = [_letters(part.text) for part in column]
    for start in range(len(column)):
        letters = ""
        for size, more in enumerate(lines[start : start + 4], 1):
            letters += more
            if not shortest <= len(letters) <= longest:
                continue
            score, key = _best_key(letters, names)
            if key and score >= _ALIKE:
                windows.append((score, size, start, key))
    taken: set[int] = set()
    blocks = []
    for _, size, start, key in sorted(windows, key=lambda w: (-w[0], -w[1], w[2])):
        span = set(range(start, start + size))
        if not span & taken:
            taken |= span
            first, last = column[start], column[start + size - 1]
            blocks.append((key, Words(first.left, last.bottom, first.right, first.top, "")))
    blocks.sort(key=lambda block: -block[1].top)
    return Grid(columns.number, blocks, columns.beside)


def _grades(column: list[Words], number: int) -> list[tuple[str, float]]:
    """The grades of the right column from the top down, with the height of each one's middle."""
    text, starts = "", []
    for cell in column:
        starts.append((len(text), cell))
        text += cell.text + " "
    if rest := _GRADE.sub("", text).split():
        raise ReportError(f"prints part of a grade only on page {number}: {' '.join(rest)!r}")
    found = []
    for match in _GRADE.finditer(text):
        own = [
            cell
            for start, cell in starts
            if start < match.end() and start + len(cell.text) > match.start()
        ]
        found.append((plain_grade(match[0]), (own[0].top + own[-1].bottom) / 2))
    return found


def read_grid(grid: Grid) -> list[Row]:
    """The graded areas of a page from the top down; areas without a grade are left out.

    Raises
    ------
    ReportError
        Two grades beside one name, part of a grade only, or an area that is graded twice.
    """
    blocks, number = grid.blocks, grid.number
    top, bottom = blocks[0][1].top + _REACH, blocks[-1][1].bottom - _REACH
    grades = _grades([cell for cell in grid.beside if bottom < cell.middle < top], number)
    rows = []
    for index, (key, box) in enumerate(blocks):
        ceiling = (blocks[index - 1][1].bottom + box.top) / 2 if index else top
        last = index + 1 == len(blocks)
        ground = bottom if last else (box.bottom + blocks[index + 1][1].top) / 2
        beside = [grade for grade, height in grades if ground <= height <= ceiling]
        if len(beside) > 1:
            raise ReportError(f"prints two grades beside one name on page {number}: {beside}")
        rows += [Row(key, grade) for grade in beside]
    if len({row.key for row in rows}) != len(rows):
        raise ReportError(f"grades one area twice on page {number}")
    return rows


def label_letters(label: str, variants: str) -> list[str]:
    """The letters of an area's name and of its other wordings."""
    return [_letters(name) for name in (label, *variants.split("|")) if name]
