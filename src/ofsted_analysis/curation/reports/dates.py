"""The dates that Ofsted prints on the front of a report or letter."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from ofsted_analysis.curation.reports.words import ReportError

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = "|".join(
    ("january", "february", "march", "april", "may", "june", "july", "august", "september",
     "october", "november", "december", "jan", "feb", "mar", "apr", "jun", "jul", "aug",
     "sept", "sep", "oct", "nov", "dec")
)  # fmt: skip
_DAY = re.compile(
    r"\b(?P<d>\d{1,2})/(?P<m>\d{1,2})/(?P<y>\d{4})\b"
    rf"|\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b(?:\s*(?P<month>{_MONTH})\b\.?,?)?(?:\s*(?P<year>20\d\d)\b)?",
    re.IGNORECASE,
)
_INSPECTED = re.compile(
    r"(?:inspection dates?|dates? of inspection)(?:\(s\))?\s*:?\s*"
    rf"(?P<dates>(?:\d{{1,2}}/\d{{1,2}}/\d{{4}}|\d{{1,2}}(?:st|nd|rd|th)?\b|20\d\d\b|(?:{_MONTH})\b"
    r"|to\b|and\b|[-\u2010-\u2015\u2500&,.\s])+)",
    re.IGNORECASE,
)
_PUBLISHED = re.compile(
    rf"\bpublished\s*:?\s*(?P<date>\d{{1,2}}(?:st|nd|rd|th)?\s+(?:{_MONTH})\s+20\d\d"
    r"|\d{1,2}/\d{1,2}/\d{4})",
    re.IGNORECASE,
)


_VISITED = re.compile(
    r"(?P<before>(?:[^.\d]|\bSt\.){0,200}) (?P<dates>\d\w*"
    rf"(?:[\s,&\u2010-\u2015\u2500-]|\d\w*|(?:to|and|of|the|\w+day|{_MONTH})\b)*)",
    re.IGNORECASE,
)
_LETTER = re.compile(rf"\d{{1,2}}(?:st|nd|rd|th)? (?:{_MONTH}),? 20\d\d", re.IGNORECASE)


_HALF = re.compile(
    r"^\W*(?:to|and)\b|^[\s:]*[-\u2010-\u2015\u2500&]|(?:\b(?:to|and)|[-\u2010-\u2015\u2500&])[\s.,]*$",
    re.I,
)
"""A range without its first or its last day."""


@dataclass(frozen=True)
class Days:
    """First and last day of an inspection, and a note where it was done in several visits.

    ``longest_visit`` counts the days of the longest visit, its first and last included.
    """

    first: date
    last: date
    note: str = ""
    longest_visit: int = 1


def _days(text: str) -> list[date]:
    """Every day named in the text; a month or year left out is that of the next day named."""
    found: list[date] = []
    month = year = None
    for match in reversed(list(_DAY.finditer(text))):
        if match["d"]:
            day, month, year = int(match["d"]), int(match["m"]), int(match["y"])
        else:
            day = int(match["day"])
            if match["year"] and not match["month"]:
                raise ReportError(f"prints a day and a year without a month: {text.strip()!r}")
            if match["month"]:
                month = _MONTHS.index(match["month"][:3].lower()) + 1
            if match["year"]:
                year = int(match["year"])
        if month is None or year is None:
            raise ReportError(f"prints dates without a month or year: {text.strip()!r}")
        try:
            this = date(year, month, day)
            if found and this > found[-1] and not match["year"] and not match["d"]:
                year -= 1
                this = date(year, month, day)
        except ValueError as error:
            raise ReportError(f"prints a day that does not exist: {text.strip()!r}") from error
        found.append(this)
    return found[::-1]


def inspection_days(text: str) -> Days:
    """First and last day of inspection from the front of a report.

    Examples
    --------
    >>> inspection_days("Inspection date: 12/09/2016 to 06/10/2016 Report published: ...").last
    datetime.date(2016, 10, 6)
    >>> inspection_days("Inspection dates: 30 September to 11 October 2024 and 13 to 16 January "
    ...                 "2025 Lead inspector: ...").note
    'two visits: 2024-09-30 to 2024-10-11 and 2025-01-13 to 2025-01-16'
    """
    match = _INSPECTED.search(text)
    if not match or not re.search(r"\d", match["dates"]):
        raise ReportError("prints no dates of inspection on its first page")
    if _HALF.search(match["dates"]):
        raise ReportError(f"prints half a range of dates: {match['dates'].strip()!r}")
    # What follows the last year is no date any more: the number of a footnote or of an area.
    printed = re.sub(r"(20\d\d)(?!.*20\d\d).*", r"\1", match["dates"])
    visits = [_days(part) for part in _visits(printed)]
    days = [day for visit in visits for day in visit]
    if not days or any(len(visit) not in (1, 2) for visit in visits) or days != sorted(days):
        raise ReportError(f"prints dates of inspection that make no sense: {printed.strip()!r}")
    note = ""
    if len(visits) > 1:
        number = {2: "two", 3: "three"}.get(len(visits), str(len(visits)))
        spans = [f"{v[0]}" if v[0] == v[-1] else f"{v[0]} to {v[-1]}" for v in visits]
        note = f"{number} visits: " + " and ".join(spans)
    longest = max((visit[-1] - visit[0]).days + 1 for visit in visits)
    return Days(days[0], days[-1], note, longest)


def _visits(printed: str) -> list[str]:
    """The dates of each visit, every part with the month and year it needs."""
    parts = [p for p in re.split(r"\band\b|&", printed) if re.search(r"\d", p)]
    for index in range(len(parts) - 2, -1, -1):
        if not re.search(r"20\d\d", parts[index]):
            tail = parts[index + 1] if not re.search(_MONTH, parts[index], re.I) else ""
            month = re.search(_MONTH, tail, re.I)
            year = re.search(r"20\d\d", parts[index + 1])
            parts[index] += f"{' ' + month[0] if month else ''}{' ' + year[0] if year else ''}"
    return parts


def visit_days(text: str, letter: date | None = None) -> Days:
    """First and last day of a visit, from what follows its name in the sentence that states them.

    Days without any year are those last before the day of the ``letter``.

    Examples
    --------
    >>> visit_days(" to Bury children's services on 30 September and 1 October 2020. The ...").first
    datetime.date(2020, 9, 30)
    >>> visit_days(" on 8 and 9 March 20201. The inspectors were")
    Traceback (most recent call last):
    ofsted_analysis.curation.reports.words.ReportError: prints dates ...: '8 and 9 March 20201'
    """
    match = _VISITED.match(text)
    before = r"\b(?:on|between|from)(?: the)?(?: \w+day)?$"
    if not match or not re.search(before, match["before"], re.IGNORECASE):
        raise ReportError("states no days")
    printed = re.sub(r"(?:[\s,&\u2010-\u2015\u2500-]|\b(?:to|and|of|the)\b)+$", "", match["dates"])
    if letter and re.search(rf"(?:{_MONTH})$", printed, re.IGNORECASE):
        day = _days(f"{printed} {letter.year}")[-1]
        printed += f" {letter.year - (day > letter)}"
    days = _days(re.sub(r"\b(?:of|the) ", "", printed))
    if not re.search(r"\b20\d\d$", printed) or days != sorted(set(days)):
        raise ReportError(f"prints days that make no sense: {printed!r}")
    return Days(days[0], days[-1], longest_visit=(days[-1] - days[0]).days + 1)


def letter_day(lines: Iterable[str]) -> date | None:
    """Day that a letter bears, on a line of its own; None without one, or with several.

    Examples
    --------
    >>> letter_day(["Ofsted", "2nd March 2020", "Dear Ms Example"])
    datetime.date(2020, 3, 2)
    """
    found = {_days(line)[0] for line in lines if _LETTER.fullmatch(line.strip())}
    return found.pop() if len(found) == 1 else None


def published_day(text: str) -> date | None:
    """Day of publication, where the front of the report prints it.

    Examples
    --------
    >>> published_day("Report published: 19 October 2015 Children's services are inadequate")
    datetime.date(2015, 10, 19)
    """
    match = _PUBLISHED.search(text)
    return _days(match["date"])[0] if match else None
