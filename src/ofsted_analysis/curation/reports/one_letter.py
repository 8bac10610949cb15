"""That a file is one letter: all its pages, in order, and no page of another.

A file may hold pages of two letters. What gives that away: numbers of pages that jump, a page that
names another authority alone, sentences that break off at the foot of a page, pages of two sizes,
bullets of two kinds, and an inspector who signs without having been on the visit.
"""

import re
from itertools import pairwise
from pathlib import Path

from ofsted_analysis.curation.reports import one_report
from ofsted_analysis.curation.reports.words import Page, ReportError

HEAD_OR_FOOT = re.compile(
    r"\d{1,2}|O?fsted|Piccadilly Gate|Store St(?:reet)?|(?:Manchester)?(?: ?M1 2WD)?|T 0300.*"
    r"|Textphone.*|enquiries@.*|\S*gov\.uk\S*|618 8524|Page \d+ of \d+"
)
"""A line of a page's head or foot: its number, or Ofsted's address."""
BULLET = re.compile(r"[\u2022\u25a0-\u25ff\ue000-\uf8ff] ?")
HEADING = re.compile(
    r"(?=(?-i:[A-Z]))(?:what needs to improve\b.{0,60}|areas? for (?:improvement|priority action)"
    r"|(?:(?:main|key|headline|other) )?findings|overview|strengths|summary|next steps)[:?]?\d?",
    re.IGNORECASE,
)
_ONE_KIND = frozenset("\u25fc\uf06e")
"""Bullets that no letter has both of."""
_IMPROVE = re.compile(r"\bWhat needs to improve in this area\b")
_SIGNED = re.compile(r"(?P<who>[\w'-]+)\W+(?:Senior )?(?:(?:Her|His) Majesty|S?HMI\b)")
_FOOTNOTE = re.compile(r"\d ?[A-Z']")
_BEGINS = re.compile(
    r"(?:The|There|This|These|Inspectors|Social|Leaders|Managers|Senior|Staff|Workers|When|Where|Most"
    r"|Some|Since|However|Ofsted|What|Areas?|In|A|An|For|While|If|As|At) "
)
"""A word with which sentences and headings begin, and that is no name."""
_LINE = 60
"""Letters of a line of running text at the least, if it is not the last of its paragraph."""


def printed_numbers(page: Page) -> set[int]:
    """The number of a page, where its first or last line is one."""
    return {int(line) for line in page.lines[:1] + page.lines[-1:] if line.isdecimal()}


def check_one_letter(pages: list[Page], authority_id: str, folder: Path) -> None:
    """Refuse a file whose pages are not all of one letter.

    Parameters
    ----------
    pages
        Its pages.
    authority_id
        The authority that the letter's title names.
    folder
        Folder of the tables that name the authorities.

    Raises
    ------
    ReportError
        The pages contradict each other; the message says how.
    """
    bodies = [[line for line in page.lines if not HEAD_OR_FOOT.fullmatch(line)] for page in pages]
    for page, names in zip(pages, one_report.named(pages, folder), strict=True):
        if names and not any(authority_id in ids for ids in names):
            raise ReportError(
                f"is on {authority_id}, but its page {page.number} names {min(min(names))} alone"
            )
        printed = printed_numbers(page)
        if printed and page.number not in printed:
            raise ReportError(
                f"has a page that is numbered {min(printed)} in the place of {page.number}"
            )
    bodies = [body for body in bodies if body]
    for before, after in pairwise(bodies):
        if _broken(before, after[0]):
            raise ReportError(f"is not one letter: {before[-1]!r} does not go on with {after[0]!r}")
    text = " ".join(line for body in bodies for line in body)
    signed = _SIGNED.findall(text[-300:])
    if not signed or _letters(signed[-1]) not in _letters(pages[0].text):
        raise ReportError("does not end with the name of an inspector whom its first page names")
    for what, kinds in (
        ("has pages of more than one size", {round(page.width, 1) for page in pages}),
        ("has two kinds of bullets", {bullet[0] for bullet in BULLET.findall(text)} & _ONE_KIND),
    ):
        if len(kinds) > 1:
            raise ReportError(f"{what}: its pages are not all of one letter")
    if len(_IMPROVE.findall(text)) > 1:
        raise ReportError("says twice what needs to improve: its pages are not all of one letter")


def _broken(before: list[str], begins: str) -> bool:
    """Whether a page ends in the middle of a sentence that is not gone on with, or the reverse."""
    notes = [line for line in before[-5:] if _FOOTNOTE.match(line)]
    ends = before[before.index(notes[0]) - 1] if notes else before[-1]
    if re.search(r"[.!?]['\")]*$", ends):
        return bool(re.match("[a-z]", begins))
    heading = re.match("[A-Z]", ends) and len(ends) < _LINE
    listed = any(BULLET.match(line) for line in before[-4:])
    if heading or listed or not re.search("[a-z,]$", ends):
        return False
    return bool(BULLET.match(begins) or _BEGINS.match(begins))


def _letters(text: str) -> str:
    """Text without its spaces and signs."""
    return re.sub(r"\W+", "", text)
