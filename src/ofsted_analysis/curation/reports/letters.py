"""Letters about focused visits: what a letter says on its face, and nothing that it leaves open.

A letter has a title, a sentence that states the days, sentences that say what was looked at, up to
the first heading, and then its findings. Areas for priority action stand under a heading of their
own. What is not certain is left out, and the letter's doubts say why.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from ofsted_analysis.curation.reports import dates, reader
from ofsted_analysis.curation.reports.one_letter import (
    BULLET,
    HEADING,
    check_one_letter,
    printed_numbers,
)
from ofsted_analysis.curation.reports.visit_theme import visit_theme
from ofsted_analysis.curation.reports.words import Page, ReportError, open_pages
from ofsted_analysis.tables import authorities, load, schema

KIND = "focused visit"
"""The kind of visit, as in the table ``visit_kinds``, that these letters are about."""
_LATEST_LETTER = 123
"""Days within which a letter bears its date after the visit: four months."""
_TITLE = re.compile(
    r"\bDear\b.{1,80}?\bfocused visit (?:to|of|at) (?P<title>.{3,120}?)\W*"
    r"(?=\bThis letter|\b(?:Her|His) Majesty)",
    re.IGNORECASE,
)
_OPENING = re.compile(
    r"\b(?:summari[sz]es|sets out|outlines)(?: the)?(?: \w+)? findings (?:of|from) (?:a|the|our)"
    r"(?: \w+)? focused visit\b",
    re.IGNORECASE,
)
_COUNCIL = re.compile(r"\b(?:council|borough|city of|director|children)\b", re.IGNORECASE)
"""In a line of an address that names the addressee's authority, not a street or town."""
_PRIORITY = re.compile(r"(?-i:A)reas? for priority action:?", re.IGNORECASE)
_NONE = re.compile(r"\bno (?:\w+ )?(?:areas? for )?priority actions?\b", re.IGNORECASE)
_TOLD = re.compile(
    r"notified the .{3,40}? of the area\W*s?\W* for priority action"
    r"|responds to the area\W*s?\W* for priority action",
    re.IGNORECASE,
)
"""What letters with areas for priority action say at their end."""


@dataclass(frozen=True)
class Letter:
    """What a letter about a focused visit says on its face; None where that is not certain.

    Attributes
    ----------
    file
        Path of the file.
    authority_id
        The authority, as in the tables.
    first_day, last_day
        First and last day of the visit.
    published_date
        Day that the letter bears.
    theme
        What was looked at, as in the table ``visit_themes``.
    priority_action
        Whether it names areas for priority action.
    areas_for_priority_action
        How many it names.
    page
        Page, counted from 1, of the heading of the areas for priority action or, without one, of
        the sentence that states the days.
    doubts
        Why something is None.
    """

    file: Path
    authority_id: str
    first_day: date | None
    last_day: date | None
    published_date: date | None
    theme: str | None
    priority_action: bool | None
    areas_for_priority_action: int | None
    page: int
    doubts: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """The letter in plain types, dates as ISO text."""
        days = {name: getattr(self, name) for name in ("first_day", "last_day", "published_date")}
        return {
            "file": str(self.file),
            "kind": KIND,
            "authority_id": self.authority_id,
            **{name: day and day.isoformat() for name, day in days.items()},
            "theme": self.theme,
            "priority_action": {True: "yes", False: "no", None: None}[self.priority_action],
            "areas_for_priority_action": self.areas_for_priority_action,
            "page": self.page,
        }


def is_letter(pages: list[Page]) -> bool:
    """Whether a file begins as a letter about a focused visit does."""
    return bool(_TITLE.search(pages[0].text))


def read_letter(pages: list[Page], path: Path, folder: Path) -> Letter:
    """Read a letter about a focused visit.

    Parameters
    ----------
    pages
        Its pages; `is_letter` has said that they are such a letter's.
    path
        Its file.
    folder
        Folder of the tables that name authorities, frameworks and themes.

    Raises
    ------
    ReportError
        The pages are not all of one letter, or name no authority for certain.
    """
    doubts: list[str] = []
    for page in pages:
        page.drop_hidden()
    published = dates.letter_day(pages[0].lines)
    if published is None:
        doubts.append("date of the letter not read: its first page bears none, or several")
    opening, stated = _opening(pages)
    days = _days(stated, published, folder, doubts)
    authority_id = _authority(pages[0], stated, days.last if days else published, folder)
    check_one_letter(pages, authority_id, folder)
    theme = visit_theme(pages, folder)
    if theme is None:
        doubts.append("theme not read: no sentence says what was looked at")
    heading, areas = _priority_action(pages, doubts)
    return Letter(
        file=path,
        authority_id=authority_id,
        first_day=days.first if days else None,
        last_day=days.last if days else None,
        published_date=published,
        theme=theme,
        priority_action=None if areas is None else areas > 0,
        areas_for_priority_action=areas,
        page=heading if areas else opening,
        doubts=tuple(doubts),
    )


def _opening(pages: list[Page]) -> tuple[int, str]:
    """The page of the sentence that states the days, and what follows in it; of one letter only."""
    found = [
        (page.number, f"{page.text[match.end() :]} {after.text}"[:400])
        for page, after in zip(pages, [*pages[1:], pages[0]], strict=True)
        for match in _OPENING.finditer(page.text)
    ]
    if len(found) > 1:
        places = " and ".join(str(number) for number, _ in found)
        raise ReportError(f"begins more than one letter about a focused visit, on pages {places}")
    return found[0] if found else (1, "")


def _days(
    stated: str, published: date | None, folder: Path, doubts: list[str]
) -> dates.Days | None:
    """The days of the visit, if they can be right."""
    try:
        days = dates.visit_days(stated, published)
    except ReportError as error:
        doubts.append(f"days of the visit not read: {error}")
        return None
    longest = {row["kind"]: row["longest_visit"] for row in load.rows("visit_kinds", folder)}
    told = f"days of the visit not taken: {days.first} to {days.last}"
    if days.longest_visit > int(longest[KIND]):
        doubts.append(f"{told} is too long for a visit")
    elif published and not 0 <= (published - days.last).days <= _LATEST_LETTER:
        doubts.append(f"{told} does not go with the date of the letter, {published}")
    else:
        return days
    return None


def _authority(first: Page, stated: str, day: date | None, folder: Path) -> str:
    """The authority of the title; the addressee and the sentence with the days name no other."""

    def named(text: str) -> str | None:
        plain = re.sub(r"'s\b", "", text)
        return authorities.authority_in(plain, date=day, data_dir=folder)

    match = _TITLE.search(first.text)
    title = match["title"] if match else ""
    found = named(title)
    if found is None:
        raise ReportError(f"names no authority that is known, or several: {title!r}")
    dear = next((at for at, line in enumerate(first.lines) if line.startswith("Dear")), 0)
    address = [line for line in first.lines[:dear] if _COUNCIL.search(line)]
    for text in (*address, re.split(r"[\d.]", stated)[0]):
        if (named(text) or found) != found:
            raise ReportError(f"is on a visit to {found}, but is for {named(text)} by {text!r}")
    return found


def _priority_action(pages: list[Page], doubts: list[str]) -> tuple[int, int | None]:
    """The page of the heading, and the number of areas under it; None if not certain."""
    lines = [(page.number, line) for page in pages for line in page.lines]
    at = [place for place, (_, line) in enumerate(lines) if _PRIORITY.fullmatch(line)]
    told = any(_TOLD.search(page.text) for page in pages)
    doubt = ""
    if not at:
        improve = any(HEADING.fullmatch(line) and "mprove" in line for _, line in lines)
        numbered = all(printed_numbers(page) for page in pages[1:] if page.text)
        if told:
            doubt = "the letter tells of areas, but has no heading for them"
        elif not improve and not numbered:
            doubt = (
                "neither a heading on what needs to improve nor a page's number: is a page lost?"
            )
        number, areas = 0, 0
    else:
        number, heading = lines[at[0]]
        after = [line for _, line in lines[at[0] + 1 :]]
        ends = next((place for place, line in enumerate(after) if HEADING.fullmatch(line)), None)
        areas, none = _areas(heading, after[:ends])
        if len(at) > 1 or ends is None or none is bool(areas) or (none and told):
            doubt = "what stands under its heading is not clear"
    if doubt:
        doubts.append(f"priority action not read: {doubt}")
        return number, None
    return number, areas


def _areas(heading: str, under: list[str]) -> tuple[int, bool]:
    """How many areas stand under a heading, and whether it says that there are none."""
    none = bool(_NONE.search(" ".join(under)))
    areas = sum(bool(BULLET.match(line)) for line in under)
    if under and not areas and not none and not heading.lower().startswith("areas"):
        areas = 1  # in a sentence
    return areas, none


def read_any(path: Path, *, data_dir: str | Path | None = None) -> reader.Report | Letter:
    """Read a report or a letter in this process, with no limit on time and memory."""
    folder = schema.data_dir(data_dir)
    pages = open_pages(path)
    if is_letter(pages):
        return read_letter(pages, path, folder)
    return reader.read_pages(pages, path, folder)


def read_files(paths: Iterable[str | Path]) -> Iterator[reader.Report | Letter | tuple[Path, str]]:
    """Read reports of graded inspections and letters about focused visits, on all processors.

    Parameters
    ----------
    paths
        The PDF files.

    Yields
    ------
    Report, Letter or (Path, str)
        For each file, in the order given, what was read, or the file and why it cannot be read.
    """
    yield from reader.read_each(paths, read_any)
