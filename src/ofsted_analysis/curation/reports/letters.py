"""Letters about focused visits: what a letter says on its face, and nothing that it leaves open.

A letter has a title, a sentence that states the days, sentences that say what was looked at, up to
the first heading, and then its findings. Areas for priority action stand under a heading of their
own. What is not certain is left out, and the letter's doubts say why.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache, partial
from pathlib import Path
from typing import Any

from ofsted_analysis.curation.reports import dates, one_report, reader
from ofsted_analysis.curation.reports.watched import watched
from ofsted_analysis.curation.reports.words import Page, ReportError, open_pages
from ofsted_analysis.tables import authorities, load, schema

PANDEMIC_ASSURANCE, OTHER = "pandemic assurance", "other"
_LATEST_LETTER = 123
"""Days within which a letter bears its date after the visit: four months."""
_TITLE = re.compile(
    r"\bDear\b.{1,80}?\bfocused visit (?:to|of|at) (?P<title>.{3,120}?)\W*"
    r"(?=\bThis letter|\b(?:Her|His) Majesty)",
    re.IGNORECASE,
)
_OPENING = re.compile(r"\bfindings of (?:a|the|our)(?: \w+)? focused visit\b", re.IGNORECASE)
_COUNCIL = re.compile(r"\b(?:council|borough|city of|director|children)\b", re.IGNORECASE)
"""In a line of an address that names the addressee's authority, not a street or town."""
_SIGNED = re.compile(r"(?P<who>[\w'-]+)\W+(?:Senior )?(?:(?:Her|His) Majesty|S?HMI\b)")
_PLACE = re.compile(
    r"\d{1,2}|O?fsted|Piccadilly Gate|Store St(?:reet)?|(?:Manchester)?(?: ?M1 2WD)?|T 0300.*"
    r"|Textphone.*|enquiries@.*|.*\.gov\.uk.*|Page \d+ of \d+"
)
"""A line of a page's head or foot: its number, or Ofsted's address."""
_BULLET = re.compile(r"[\u2022\u25a0-\u25ff\ue000-\uf8ff] ?")
_PRIORITY = re.compile(r"areas? for priority action\W*", re.IGNORECASE)
_HEADING = re.compile(
    r"(?:what needs to improve\b.{0,60}|areas? for (?:improvement|priority action)"
    r"|(?:(?:main|key|headline|other) )?findings|overview|strengths|summary|next steps)\W*\d?",
    re.IGNORECASE,
)
_NONE = re.compile(r"\bno (?:\w+ )?(?:areas? for )?priority actions?\b", re.IGNORECASE)
_TOLD = re.compile(
    r"notified the .{3,40}? of the area\W*s?\W* for priority action"
    r"|responds to the area\W*s?\W* for priority action",
    re.IGNORECASE,
)
"""What letters with areas for priority action say at their end."""
_LOOKED_AT = re.compile(
    r"\b(?:looked (?:specifically )?at|considered|evaluated|reviewed|assessed|focus(?:ed)?\b.{0,30}?"
    r" (?:on|was))\b",
    re.IGNORECASE,
)
_EVIDENCE = re.compile(r"\b(?:range of evidence|case records|performance management)\b")


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
            "kind": "focused visit",
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


def read_pages(pages: list[Page], path: Path, folder: Path) -> Letter:
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
    published = dates.letter_day(pages[0].lines)
    opening, stated = _opening(pages)
    days = _days(stated, published, folder, doubts)
    authority_id = _authority(pages[0], stated, days.last if days else published, folder)
    _check_one_letter(pages, authority_id, folder)
    heading, areas = _priority_action(pages, doubts)
    return Letter(
        file=path,
        authority_id=authority_id,
        first_day=days.first if days else None,
        last_day=days.last if days else None,
        published_date=published,
        theme=_theme(pages, folder, doubts),
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
    if len(found) != 1:
        raise ReportError(
            f"begins like a letter about a focused visit, but says {len(found)} times, not once, "
            "that it summarises the findings of one"
        )
    return found[0]


def _days(
    stated: str, published: date | None, folder: Path, doubts: list[str]
) -> dates.Days | None:
    """The days of the visit, if they can be right."""
    try:
        days = dates.visit_days(stated)
    except ReportError as error:
        doubts.append(f"days of the visit not read: {error}")
        return None
    longest = {row["framework_id"]: row for row in load.rows("frameworks", folder)}["ilacs"]
    told = f"days of the visit not taken: {days.first} to {days.last}"
    if days.longest_visit > int(longest["longest_visit"]):
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
    for text in (*address, re.split(r"\d", stated)[0]):
        if (named(text) or found) != found:
            raise ReportError(f"is on a visit to {found}, but is for {named(text)} by {text!r}")
    return found


def _check_one_letter(pages: list[Page], authority_id: str, folder: Path) -> None:
    """Refuse a file whose pages are not all of one letter."""
    bodies = [[line for line in page.lines if not _PLACE.fullmatch(line)] for page in pages]
    text = " ".join(line for body in bodies for line in body)
    for page, names in zip(pages, one_report.named(pages, folder), strict=True):
        if names and not any(authority_id in ids for ids in names):
            raise ReportError(
                f"is on {authority_id}, but its page {page.number} names {min(min(names))} alone"
            )
        printed = {int(line) for line in page.lines[:1] + page.lines[-1:] if line.isdecimal()}
        if printed and page.number not in printed:
            raise ReportError(
                f"has a page that is numbered {min(printed)} in the place of {page.number}"
            )
    signed = _SIGNED.findall(" ".join(" ".join(body) for body in bodies if body)[-300:])
    if not signed or _letters(signed[-1]) not in _letters(pages[0].text):
        raise ReportError("does not end with the name of an inspector whom its first page names")
    if len({bullet[0] for bullet in _BULLET.findall(text)} & set("\u25fc\uf06e")) > 1:
        raise ReportError("has two kinds of bullets: its pages are not all of one letter")


def _letters(text: str) -> str:
    """Text without its spaces and signs."""
    return re.sub(r"\W+", "", text)


def _priority_action(pages: list[Page], doubts: list[str]) -> tuple[int, int | None]:
    """The page of the heading, and the number of areas under it; None if not certain."""
    lines = [(page.number, line) for page in pages for line in page.lines]
    headings = [at for at, (_, line) in enumerate(lines) if _PRIORITY.fullmatch(line)]
    told = any(_TOLD.search(page.text) for page in pages)
    if not headings:
        if not told:
            return 0, 0
        doubts.append("priority action not read: it tells of areas, but has no heading for them")
        return 0, None
    under = []
    for _, line in lines[headings[0] + 1 :]:
        if _HEADING.fullmatch(line):
            break
        under.append(line)
    areas = sum(bool(_BULLET.match(line)) for line in under)
    none = bool(_NONE.search(" ".join(under)))
    number = lines[headings[0]][0]
    if len(headings) > 1 or none is bool(areas) or (none and told):
        doubts.append(f"priority action not read: what stands under its heading is not clear")
        return number, None
    return number, areas


@cache
def _wordings(folder: Path, column: str) -> tuple[re.Pattern[str], list[str]]:
    """The words by which themes are known, each theme's as a group, and the groups' themes."""
    words = {
        row["theme"]: [r"\W*".join(re.findall(r"\w+", each)) for each in row[column].split("|")]
        for row in load.rows("visit_themes", folder)
        if row[column]
    }
    groups = (rf"\b({'|'.join(own)})\b" for own in words.values())
    return re.compile("|".join(groups), re.IGNORECASE), list(words)


def _first_theme(text: str, column: str, folder: Path) -> str | None:
    """The theme whose words come first in the text."""
    pattern, themes = _wordings(folder, column)
    match = pattern.search(text)
    return themes[match.lastindex - 1] if match and match.lastindex else None


def _scope(pages: list[Page]) -> list[str]:
    """The sentences from the title to the first heading."""
    lines = [line for page in pages[:2] for line in page.lines if not _PLACE.fullmatch(line)]
    end = next((at for at, line in enumerate(lines) if _HEADING.fullmatch(line)), len(lines))
    title = next((at for at, line in enumerate(lines) if line.startswith("Dear")), 0)
    return re.split(r"(?<=[.?!]) +(?=[A-Z])", " ".join(lines[title:end]))


def _theme(pages: list[Page], folder: Path, doubts: list[str]) -> str | None:
    """The theme that the sentences on what was looked at name first, or then say specifically."""
    sentences = _scope(pages)
    looked = [s for s in sentences if _LOOKED_AT.search(s) and not _OPENING.search(s)]
    looked = [s for s in looked if not _EVIDENCE.search(s)]
    known = [(s, t) for s in looked if (t := _first_theme(s, "known_by", folder))]
    if known:
        return next((t for s, t in known if s.startswith("Specifically")), known[0][1])
    hinted = _first_theme(" ".join(sentences), "hinted_by", folder)
    if hinted or looked:
        return hinted or OTHER
    doubts.append("theme not read: no sentence says what was looked at")
    return None
