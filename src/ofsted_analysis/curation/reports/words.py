"""The words on a report's page, and where on the page they stand."""

import ctypes
import re
import stat
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

MOST_BYTES, MOST_PAGES, MOST_LETTERS = 50_000_000, 200, 40_000
"""Of a file, and of a page; no report known has a tenth of the bytes or a third of the pages."""
_WHITE = 250
"""Of 255, what each of the three colours of text that is as good as white has at the least."""


class ReportError(ValueError):
    """A file that cannot be read as a report or letter of Ofsted's; the message says why."""


@dataclass(frozen=True, slots=True)
class Words:
    """A word or a line of words; its box in points from the page's lower left corner."""

    left: float
    bottom: float
    right: float
    top: float
    text: str

    @property
    def middle(self) -> float:
        """Height of the middle of the line."""
        return (self.bottom + self.top) / 2


def one_line(text: str) -> str:
    """Text on one line, with plain apostrophes and hyphens."""
    text = text.replace("\ufffe", "-").replace("\u2019", "'").replace("\u2018", "'")
    return " ".join(text.split())


class Page:
    """One page of a report."""

    def __init__(self, document: pdfium.PdfDocument, number: int):
        self.number = number
        self._document = document

    @cached_property
    def _page(self) -> pdfium.PdfPage:
        try:
            return self._document[self.number - 1]
        except pdfium.PdfiumError as error:
            raise ReportError(f"is damaged: its page {self.number} cannot be read") from error

    @cached_property
    def _textpage(self) -> pdfium.PdfTextPage:
        try:
            textpage = self._page.get_textpage()
        except pdfium.PdfiumError as error:
            raise ReportError(f"is damaged: its page {self.number} cannot be read") from error
        if textpage.count_chars() > MOST_LETTERS:
            raise ReportError(f"has more than {MOST_LETTERS} letters on page {self.number}")
        return textpage

    def drop_hidden(self) -> None:
        """Leave text out that does not show: drawn without ink, or white on the white page."""
        texts = self._page.get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_TEXT], max_depth=1)
        hidden = [text for text in texts if _hidden(text.raw)]
        for text in hidden:
            self._page.remove_obj(text)
        if hidden:
            for known in ("_textpage", "text", "lines", "words"):
                vars(self).pop(known, None)

    @cached_property
    def width(self) -> float:
        """Width of the page in points."""
        return self._page.get_width()

    @cached_property
    def text(self) -> str:
        """All words of the page in reading order, on one line."""
        return one_line(self._textpage.get_text_bounded())

    @cached_property
    def lines(self) -> list[str]:
        """The lines of the page in reading order, without the empty ones."""
        return [
            one_line(line)
            for line in self._textpage.get_text_bounded().splitlines()
            if line.strip()
        ]

    @cached_property
    def words(self) -> list[Words]:
        """Every word with its place, in reading order."""
        found: list[Words] = []
        letters: list[tuple[str, float, float, float, float]] = []
        textpage = self._textpage.raw
        box = pdfium_c.FS_RECTF()
        unicode_of, box_of = pdfium_c.FPDFText_GetUnicode, pdfium_c.FPDFText_GetLooseCharBox
        for index in range(self._textpage.count_chars()):
            letter = chr(unicode_of(textpage, index))
            if letter.isspace() or letter == "\0":
                found += _joined(letters)
                letters = []
                continue
            box_of(textpage, index, box)
            left, bottom, right, top = box.left, box.bottom, box.right, box.top
            if letters:
                _, _, floor, end, ceiling = letters[-1]
                if left - end > 0.5 * (top - bottom) or not floor <= (top + bottom) / 2 <= ceiling:
                    found += _joined(letters)
                    letters = []
            letters.append((letter, left, bottom, right, top))
        return found + _joined(letters)


def _hidden(text: pdfium_c.FPDF_PAGEOBJECT) -> bool:
    """Whether a piece of text does not show on white paper."""
    if pdfium_c.FPDFTextObj_GetTextRenderMode(text) == pdfium_c.FPDF_TEXTRENDERMODE_INVISIBLE:
        return True
    red, green, blue, ink = (ctypes.c_uint() for _ in range(4))
    filled = pdfium_c.FPDFPageObj_GetFillColor(text, red, green, blue, ink)
    return bool(filled) and (min(red.value, green.value, blue.value) > _WHITE or not ink.value)


def _joined(letters: list[tuple[str, float, float, float, float]]) -> list[Words]:
    """The word that the letters make; none for no letters."""
    if not letters:
        return []
    text, left, bottom, right, top = zip(*letters, strict=True)
    return [Words(min(left), min(bottom), max(right), max(top), one_line("".join(text)))]


def text_rows(words: Iterable[Words]) -> list[list[Words]]:
    """The words of each line from left to right, from the top of the page down.

    Words are on one line if the middle of one lies within the height of the other.
    """
    rows: list[list[Words]] = []
    for word in sorted(words, key=lambda w: (-w.middle, w.left)):
        first = rows[-1][0] if rows else None
        if first and (
            first.bottom <= word.middle <= first.top or word.bottom <= first.middle <= word.top
        ):
            rows[-1].append(word)
        else:
            rows.append([word])
    return [sorted(row, key=lambda w: w.left) for row in rows]


def line(row: list[Words]) -> Words:
    """The words of a line as one."""
    return Words(
        row[0].left,
        min(w.bottom for w in row),
        max(w.right for w in row),
        max(w.top for w in row),
        " ".join(w.text for w in row),
    )


def open_pages(path: Path) -> list[Page]:
    """The pages of a PDF file.

    Raises
    ------
    ReportError
        The file is missing, empty, not a PDF, encrypted, cut short, damaged, or has no words in it.
    """
    try:
        about = path.stat()
        if not stat.S_ISREG(about.st_mode):
            raise ReportError("is not a file" if path.is_dir() else "is not a regular file")
        if about.st_size > MOST_BYTES:
            raise ReportError(f"has more than {MOST_BYTES // 10**6} million bytes: no report has")
        with path.open("rb") as file:
            head = file.read(1024)
            file.seek(max(0, about.st_size - 1024))
            tail = file.read()
    except OSError as error:
        raise ReportError(f"cannot be opened ({error.strerror})") from error
    if not head:
        raise ReportError("is empty")
    if b"%PDF-" not in head:
        kind = (
            "an HTML page" if re.search(rb"<!doctype html|<html", head, re.I) else "something else"
        )
        raise ReportError(f"is not a PDF but {kind} under that name")
    if b"%%EOF" not in tail:  # pdfium would mend such a file and leave out what is lost
        raise ReportError("is cut short: it does not end as a PDF does")
    try:
        document = pdfium.PdfDocument(path)
        if len(document) > MOST_PAGES:
            raise ReportError(f"has {len(document)} pages, more than {MOST_PAGES}: no report has")
        pages = [Page(document, number + 1) for number in range(len(document))]
    except pdfium.PdfiumError as error:
        if "password" in str(error).lower():
            raise ReportError("is encrypted: it needs a password") from error
        raise ReportError("is damaged: it cannot be opened as a PDF") from error
    if not any(page.text for page in pages[:3]):
        raise ReportError("has no words in it: its pages are pictures (scanned?)")
    return pages
