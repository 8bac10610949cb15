"""That a file is one report: of one inspection of one authority, from its cover to its end.

A file may hold pages of two reports, in any order. What gives that away: numbers of pages that
jump, a second cover, running heads and names of another authority, a year of copyright years away,
and grades that the text repeats otherwise than the list has them.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path

from ofsted_analysis.curation.reports import dates, grid
from ofsted_analysis.curation.reports.words import Page, ReportError
from ofsted_analysis.tables import authorities

_NUMBER = re.compile(r"^(?P<first>\d{1,3})(?![.\d])\b|^.{0,160}?\b20\d\d (?P<second>\d{1,2})\b")
"""The number of a page: first thing on it, or after the dates in its running head."""
_HEAD = re.compile(
    r"^(?:\d+ )?"
    r"(?P<title>inspection of .{1,90}?(?:children'?s(?: social care)? services|board: \S+))"
    r"(?: (?P<dates>\d[^.]{0,60}?20\d\d\b(?: ?(?:to|and|[-\u2013]) ?[^.]{1,25}?20\d\d\b)?))?",
    re.IGNORECASE,
)
_COVER = re.compile(r"(?:inspection dates?|dates? of inspection)\s*:\s*\d", re.IGNORECASE)
_COVER_WITHIN = 1500
"""Letters of a page within which a cover prints its dates."""
_COPYRIGHT = re.compile(r"crown copyright (20\d\d)", re.IGNORECASE)
_ADDRESS = re.compile(
    r"(?:Store St(?:reet)?|Stockport|Aviation House)[ ,]+Manchester|Manchester M\d"
)
_EARLIER = re.compile(
    r"previous ofsted inspections\b.{0,4000}?(?:local leadership|summary for children)"
)
_GRADE = re.compile(
    r"(?: ?\d{1,2})?(?: ?[:,\u2013\u2014-]| (?:is|are)(?: judged to be)?| grade \d)?"
    rf" \(?(?P<grade>{grid.GRADE})\b"
)
"""What follows the name of an area where a sentence or heading gives its grade."""
_APART = 400
"""Days by which the dates of a running head may be off: misprints of a year are known."""
_SHARE = 1 / 3
"""How often pages that never name the report's own authority may name another, at most, for each
time that the report names its own; once is no sign."""


_TOP = 600
"""Letters at the top of the page of a grade: an authority named in them is the right one."""
_NEAR = 6
"""Pages, from that of a grade on: where others are named on them, the authority must be, too."""


def named(pages: list[Page], folder: Path) -> list[Counter[frozenset[str]]]:
    """How often each page names each authority, but for Manchester in Ofsted's own address."""
    texts = (_ADDRESS.sub(" ", page.text) for page in pages)
    return authorities.named_in(texts, data_dir=folder)


def check_one_report(
    pages: list[Page],
    authority_id: str,
    days: dates.Days,
    found: Mapping[str, grid.Found],
    labels: grid.Labels,
    folder: Path,
) -> None:
    """Refuse a file whose pages are not all of one report.

    Parameters
    ----------
    pages
        Its pages.
    authority_id, days
        The authority and the days of inspection that its cover names.
    found
        The grade of each area ('' if not judged), and the page that prints it.
    labels
        The names of the areas of its framework.
    folder
        Folder of the tables that name the authorities.

    Raises
    ------
    ReportError
        The pages contradict each other; the message says how.
    """
    names = named(pages, folder)
    others = [there for there in names if not any(authority_id in ids for ids in there)]
    ours = sum(times for there in names[1:] for ids, times in there.items() if authority_id in ids)
    headed = cache(lambda title: authorities.authority_in(title, date=days.last, data_dir=folder))
    for page in pages[1:]:
        _check_head(page, authority_id, days, headed)
    for ids, times in sum(others, Counter()).most_common(1):
        if times > max(1, ours * _SHARE):
            raise ReportError(f"is on {authority_id}, but has pages on {min(ids)}")
    for one in found.values():
        if one.page > 1:
            top = authorities.named_in([pages[one.page - 1].text[:_TOP]], data_dir=folder)
            here = names[one.page - 1 : one.page - 1 + _NEAR]
            there = sum(here, Counter())
            nowhere = there.total() > 1 and all(those in others for those in here if those)
            if nowhere or (top[0] and not any(authority_id in ids for ids in top[0])):
                raise ReportError(
                    f"is on {authority_id}, but gives {one.row.key} on page {one.page}, "
                    f"where only {min(min(there))} is named"
                )
    years = [int(year) for page in pages[-2:] for year in _COPYRIGHT.findall(page.text)]
    if years and abs(years[-1] - days.last.year) > 1:
        raise ReportError(
            f"is on an inspection of {days.last.year}, but ends with a copyright of {years[-1]}"
        )
    for key, grade, number in _repeated(pages, labels, {one.page for one in found.values()}):
        if key in found and grade != found[key].row.grade:
            listed = f"{found[key].row.grade or 'not judged'} on page {found[key].page}"
            raise ReportError(f"gives {key} as {listed}, but as {grade} on page {number}")


def _check_head(
    page: Page, authority_id: str, days: dates.Days, headed: Callable[[str], str | None]
) -> None:
    """The head of a page bears its number, and no other authority and no other days."""
    number = _NUMBER.search(page.text)
    head = _HEAD.search(page.text)
    who = head and headed(head["title"])
    if who and who != authority_id:
        raise ReportError(f"is on {authority_id}, but its page {page.number} is headed {who}")
    printed = number and int(number["first"] or number["second"])
    if printed and printed != page.number and not (who and printed < page.number):
        raise ReportError(f"has a page that is numbered {printed} in the place of {page.number}")
    if head and head["dates"]:
        try:
            last = dates.inspection_days(f"Inspection dates: {head['dates']}").last
        except ReportError:  # misprinted: nothing to hold against the cover
            last = days.last
        if abs((last - days.last).days) > _APART:
            raise ReportError(
                f"was inspected until {days.last}, but page {page.number} says {last}"
            )
    if (
        _COVER.search(page.text[:_COVER_WITHIN])
        and dates.inspection_days(page.text).last != days.last
    ):
        raise ReportError(f"has a second cover on page {page.number}, with other dates")


def _repeated(
    pages: list[Page], labels: grid.Labels, listed: set[int]
) -> Iterator[tuple[str, str, int]]:
    """(area, grade, page) wherever the text gives an area's grade again, but for earlier ones."""
    text, starts = "", []
    for page in pages:
        if page.number not in listed:
            starts.append((len(text), page.number))
            text += f"{page.text.lower()} "
    text = _EARLIER.sub(lambda found: " " * len(found[0]), text)
    for key, name in ((key, _plain(name)) for key, names in labels.items() for name in names):
        place = text.find(name)
        while place >= 0:
            if (grade := _GRADE.match(text, place + len(name))) and not text[place - 1].isalnum():
                number = max(number for start, number in starts if start <= place)
                yield key, grid.plain_grade(grade["grade"]), number
            place = text.find(name, place + 1)


def _plain(name: str) -> str:
    """A name in lower case, without the number before it."""
    return re.sub(r"^[\d.]+\s*", "", name.lower())
