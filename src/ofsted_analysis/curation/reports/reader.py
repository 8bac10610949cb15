"""From a report's pages to its judgements."""

import os
import re
import signal
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from ofsted_analysis.analysis.themes import BOARD_REVIEW
from ofsted_analysis.curation.reports import dates, grid
from ofsted_analysis.curation.reports.words import Page, ReportError, open_pages
from ofsted_analysis.tables import authorities, load, schema

_CHILDRENS = r"children(?:'?s)?"
_VERB = r"\b(?:are|is|was|were|have|has|no)\b"
_OVERALL = re.compile(
    rf"(?:overall judgement is(?: that)?(?: {_CHILDRENS} services)?|{_CHILDRENS} services"
    rf"(?: (?:in|for|at) (?:(?!{_CHILDRENS} services|children who|{_VERB})\D){{1,80}}?)?)"
    rf"(?: are| is)?(?: judged to be)? (?P<grade>{grid.GRADE})\b",
    re.IGNORECASE,
)
_LSCB = re.compile(
    rf"(?:effectiveness (?:of the )?|the )(?:local )?(?:safeguarding {_CHILDRENS}(?: board)?"
    r"(?: ?\(?lscb\)?)?|lscb) ?\d?(?: is| are)?(?: judged to be)?"
    rf" (?P<grade>{grid.GRADE})\b(?! (?:lscb|board|practice|progress|at|in)\b)",
    re.IGNORECASE,
)
_REVIEW = r"review of the effectiveness of the local safeguarding"
_OTHERS = (
    (r"focused visit", "is a letter about a focused visit, which is not graded"),
    (r"monitoring visit", "is a letter about a monitoring visit, which is not graded"),
    (r"joint targeted area inspection", "is a joint targeted area inspection, which is not graded"),
)


@dataclass(frozen=True)
class Judgement:
    """One graded area of a report.

    Attributes
    ----------
    area_id, label
        The area, with the name its framework gives it.
    grade
        'outstanding', 'good', 'requires improvement', 'adequate' or 'inadequate'; None where the
        area was not judged.
    status
        'graded' or 'not judged'.
    page
        Page of the file on which the grade is printed, counted from 1.
    """

    area_id: str
    label: str
    grade: str | None
    status: str
    page: int


@dataclass(frozen=True)
class Report:
    """What a graded inspection report says on its face.

    Attributes
    ----------
    file
        Path of the file.
    framework_id, authority_id
        The framework and the authority, as in the tables.
    first_day, last_day
        First and last day of inspection; of several visits, the first of the first and the last of
        the last.
    days_note
        The visits, where there were several; else ''.
    published_date
        Day of publication if the report prints it (reports since 2018 don't), else None.
    inspection_type
        'reinspection' or 'safeguarding board review' if the report's title says so, else None.
    judgements
        The graded areas, in the order of the framework.
    """

    file: Path
    framework_id: str
    authority_id: str
    first_day: date
    last_day: date
    days_note: str
    published_date: date | None
    inspection_type: str | None
    judgements: tuple[Judgement, ...]

    def as_dict(self) -> dict[str, Any]:
        """The report in plain types, dates as ISO text."""
        return {
            "file": str(self.file),
            "framework_id": self.framework_id,
            "authority_id": self.authority_id,
            "first_day": self.first_day.isoformat(),
            "last_day": self.last_day.isoformat(),
            "published_date": self.published_date and self.published_date.isoformat(),
            "judgements": [vars(judgement) for judgement in self.judgements],
        }


@cache
def _areas(data_dir: Path) -> dict[str, list[dict[str, str]]]:
    """The areas of each framework, in the order of the page."""
    found: dict[str, list[dict[str, str]]] = {}
    for row in sorted(load.rows("judgement_areas", data_dir), key=lambda r: int(r["position"])):
        found.setdefault(row["framework_id"], []).append(row)
    return found


@cache
def _labels(data_dir: Path) -> dict[str, grid.Labels]:
    """The names to look for in a report, by framework and area."""
    return {
        framework_id: {
            a["area_id"]: grid.label_letters(a["label"], a["label_variants"]) for a in areas
        }
        for framework_id, areas in _areas(data_dir).items()
    }


def _find_rows(pages: list[Page], data_dir: Path) -> tuple[str, list[tuple[str, str, int]]]:
    """The framework most of whose areas one page lists, and (area, grade, page) of each.

    A list that is broken over the foot of a page goes on at the head of the next.
    """
    for index, page in enumerate(pages):
        if len(re.findall(grid.FIRST_WORD, page.text, re.I)) < 3:
            continue
        columns = grid.find_columns(page)
        if columns is None:
            continue
        grids = {f: grid.find_grid(columns, labels) for f, labels in _labels(data_dir).items()}
        framework_id = max(grids, key=lambda f: len(grids[f].blocks))
        if len(grids[framework_id].blocks) < 3:
            continue
        found = [(row.key, row.grade, page.number) for row in grid.read_grid(grids[framework_id])]
        if len(found) < 3:
            continue
        labels = _labels(data_dir)[framework_id]
        known = {key for key, _, _ in found}
        for beside in (*pages[max(0, index - 1) : index], *pages[index + 1 : index + 2]):
            if not grid.mentions(beside, labels, known):
                continue
            columns = grid.find_columns(beside)
            rest = grid.find_grid(columns, labels) if columns else None
            rows = grid.read_grid(rest) if rest and rest.blocks else []
            found += [(row.key, row.grade, beside.number) for row in rows if row.key not in known]
        return framework_id, found
    cover = pages[0].text
    alone = re.search(_REVIEW, cover, re.I) and not re.search(r"\binspection of\b", cover, re.I)
    if alone and (board := _sentence("lscb", _LSCB, pages)):
        return "sif", [board]
    front = " ".join(page.text for page in pages[:2]).lower()
    for pattern, reason in _OTHERS:
        if re.search(pattern, front):
            raise ReportError(reason)
    raise ReportError(
        "has no list of graded areas in it: it is not a report of a graded inspection"
    )


def _sentence(
    area_id: str, pattern: re.Pattern[str], pages: Iterable[Page]
) -> tuple[str, str, int] | None:
    """(area, grade, page) of the first sentence that gives the grade; all must give the same."""
    found = [
        (area_id, grid.plain_grade(match["grade"]), page.number)
        for page in pages
        for match in pattern.finditer(page.text)
    ]
    for _, grade, number in found:
        if grade != found[0][1]:
            raise ReportError(
                f"gives {area_id} more than one grade, on pages {found[0][2]} and {number}"
            )
    return found[0] if found else None


def read_report(path: str | Path, *, data_dir: str | Path | None = None) -> Report:
    """Read a graded inspection report of Ofsted's.

    Reads reports under the single inspection framework (2013-2018), the inspections of local
    authority children's services (2018-) and the looked after children inspections of 2013.

    Parameters
    ----------
    path
        The PDF file.
    data_dir
        Folder of the tables that name authorities, frameworks and areas, if not the packaged ones.

    Returns
    -------
    Report

    Raises
    ------
    ReportError
        The file is not such a report, or not one that can be read for certain; the message says
        why. A grade is never guessed.
    """
    path = Path(path)
    folder = schema.data_dir(data_dir)
    pages = open_pages(path)
    framework_id, found = _find_rows(pages, folder)
    days = dates.inspection_days(pages[0].text)
    heading = re.split(r"inspection dates?|dates? of inspection", pages[0].text, flags=re.I)[0]
    authority_id = authorities.authority_in(heading, date=days.last, data_dir=folder)
    if authority_id is None:
        raise ReportError(f"names no authority that is known, or several: {heading.strip()!r}")

    alone = [area_id for area_id, _, _ in found] == ["lscb"]
    if framework_id == "sif" and not alone:
        front = pages[: min(number for _, _, number in found)]
        board = _sentence("lscb", _LSCB, pages)
        if not board and re.search(_REVIEW, heading, re.I):
            raise ReportError(
                "announces a review of the Local Safeguarding Children Board, "
                "but gives it no grade that can be read for certain"
            )
        found += filter(None, [_sentence("overall", _OVERALL, front), board])
    by_area = {area_id: (grade, number) for area_id, grade, number in found}
    areas = {area["area_id"]: area for area in _areas(folder)[framework_id]}
    _check_complete(framework_id, by_area, areas, days, folder, alone=alone)
    again = re.search(r"\bre-?inspection of services\b", heading, re.I)
    return Report(
        file=path,
        framework_id=framework_id,
        authority_id=authority_id,
        first_day=days.first,
        last_day=days.last,
        days_note=days.note,
        published_date=dates.published_day(pages[0].text),
        inspection_type=BOARD_REVIEW if alone else "reinspection" if again else None,
        judgements=tuple(
            Judgement(
                area_id=area_id,
                label=area["label"],
                grade=by_area[area_id][0] or None,
                status="graded" if by_area[area_id][0] else "not judged",
                page=by_area[area_id][1],
            )
            for area_id, area in areas.items()
            if area_id in by_area
        ),
    )


def _check_complete(
    framework_id: str,
    found: dict[str, tuple[str, int]],
    areas: dict[str, dict[str, str]],
    days: dates.Days,
    folder: Path,
    *,
    alone: bool,
) -> None:
    """Every area that was in use when the inspection began has been found, and no other.

    Of a review of a safeguarding board ``alone`` its one grade is enough.
    """
    frameworks = {row["framework_id"]: row for row in load.rows("frameworks", folder)}
    life = frameworks[framework_id]
    day = days.first.isoformat()
    if not life["first_inspection"] <= day <= (life["last_inspection"] or day):
        raise ReportError(
            f"looks like a report under {framework_id}, which was not in use on {day}"
        )
    due = {
        area_id
        for area_id, area in areas.items()
        if area["first_used"] <= day <= (area["last_used"] or day) and area["theme"] != "lscb"
    }
    missing = set() if alone else due - found.keys()
    surplus = found.keys() - due - {"lscb"}
    if missing:
        raise ReportError(
            f"has no grade that can be read for certain for: {', '.join(sorted(missing))}"
        )
    if surplus:
        raise ReportError(
            f"grades areas that were not in use on {day}: {', '.join(sorted(surplus))}"
        )


def _attempt(path: Path) -> Report | tuple[Path, str]:
    try:
        return read_report(path)
    except ReportError as error:
        return path, str(error)


def read_reports(paths: Iterable[str | Path]) -> Iterator[Report | tuple[Path, str]]:
    """Read many reports, on all processors.

    Parameters
    ----------
    paths
        The PDF files.

    Yields
    ------
    Report or (Path, str)
        For each file, in the order given, its report, or the file and why it cannot be read.
    """
    todo = [Path(path) for path in paths]
    workers = min(os.cpu_count() or 1, len(todo) // 4)
    if workers < 2:
        yield from map(_attempt, todo)
        return
    with ProcessPoolExecutor(workers, initializer=_leave_interrupts_to_the_parent) as pool:
        try:
            yield from pool.map(_attempt, todo, chunksize=4)
        finally:  # no reader goes on once nobody waits for it
            pool.shutdown(cancel_futures=True)


def _leave_interrupts_to_the_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
