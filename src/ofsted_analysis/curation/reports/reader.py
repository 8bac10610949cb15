"""From a report's pages to its judgements."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cache, partial
from pathlib import Path
from typing import Any

from ofsted_analysis.analysis.themes import BOARD_REVIEW
from ofsted_analysis.curation.reports import dates, grid
from ofsted_analysis.curation.reports.one_report import check_one_report
from ofsted_analysis.curation.reports.watched import watched
from ofsted_analysis.curation.reports.words import Page, ReportError, open_pages
from ofsted_analysis.tables import authorities, load, schema

_CHILDRENS = r"children(?:'?s)?"
_VERB = r"\b(?:are|is|was|were|have|has|no)\b"
_OVERALL = re.compile(
    rf"(?:overall judgement is(?: that)?(?: {_CHILDRENS} services?)?|{_CHILDRENS} services"
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
_BOARD_COVER = r"inspection of the effectiveness of the local safeguarding children board"
_HEADING_ENDS = re.compile(r"inspection dates?|dates? of inspection", re.IGNORECASE)
TOO_MUCH = "takes more time or memory than any report: it cannot be read"
_OTHERS = (
    (r"focused visit", "is about a focused visit, which is not a graded inspection"),
    (r"monitoring visit", "is a letter about a monitoring visit, which is not graded"),
    (r"joint targeted area inspection", "is a joint targeted area inspection, which is not graded"),
    (r"special educational needs", "is about special educational needs, which is not graded"),
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
    wordings
        Each area whose name the report prints in words that are not among those known, with these
        words: to be confirmed, and added to ``label_variants`` of judgement_areas.
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
    wordings: dict[str, str] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """The report in plain types, dates as ISO text."""
        return {
            "file": str(self.file),
            "kind": "graded inspection",
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
def _frameworks(data_dir: Path) -> dict[str, dict[str, str]]:
    """What is known of each framework."""
    return {row["framework_id"]: row for row in load.rows("frameworks", data_dir)}


@cache
def _labels(data_dir: Path) -> dict[str, grid.Labels]:
    """The names to look for in a report, by framework and area."""
    return {
        framework_id: {
            a["area_id"]: [a["label"], *filter(None, a["label_variants"].split("|"))] for a in areas
        }
        for framework_id, areas in _areas(data_dir).items()
    }


def _listed(page: Page, data_dir: Path) -> tuple[str, list[grid.Found]] | None:
    """The framework most of whose areas a page lists, and their grades; None for no list."""
    if len(re.findall(grid.FIRST_WORD, page.text, re.I)) < 3:
        return None
    columns = grid.find_columns(page)
    if columns is None:
        return None
    grids = {f: grid.find_grid(columns, labels) for f, labels in _labels(data_dir).items()}
    framework_id = max(grids, key=lambda f: len(grids[f].blocks))
    if len(grids[framework_id].blocks) < 3:
        return None
    found = [grid.Found(page.number, row) for row in grid.read_grid(grids[framework_id])]
    return (framework_id, found) if len(found) >= 3 else None


def _find_list(pages: list[Page], data_dir: Path) -> tuple[str, list[grid.Found]]:
    """The framework of the file's list of graded areas, and what it finds of each.

    A list that is broken over the foot of a page goes on at the head of the next.
    """
    for index, page in enumerate(pages):
        listed = _listed(page, data_dir)
        if listed is None:
            continue
        framework_id, found = listed
        labels = _labels(data_dir)[framework_id]
        known = {one.row.key for one in found}
        for beside in (*pages[max(0, index - 1) : index], *pages[index + 1 : index + 2]):
            if not grid.mentions(beside, {k: v for k, v in labels.items() if k not in known}):
                continue
            columns = grid.find_columns(beside)
            rest = grid.find_grid(columns, labels) if columns else None
            rows = grid.read_grid(rest) if rest and rest.blocks else []
            found += [grid.Found(beside.number, row) for row in rows if row.key not in known]
        for other in pages[index + 1 :]:
            _check_second_list(other, framework_id, found, data_dir)
        return framework_id, found
    cover = pages[0].text
    alone = re.search(_REVIEW, cover, re.I) and not re.search(r"\binspection of\b", cover, re.I)
    if alone and (board := _sentence("lscb", _LSCB, pages)):
        return "sif", [board]
    front = " ".join(page.text for page in pages[:2]).lower()
    others = [(place.start(), why) for what, why in _OTHERS if (place := re.search(what, front))]
    if others:
        raise ReportError(min(others)[1])
    raise ReportError(
        "has no list of graded areas in it: it is not a report of a graded inspection"
    )


def _check_second_list(
    page: Page, framework_id: str, first: list[grid.Found], data_dir: Path
) -> None:
    """Refuse a later list of grades, such as that of an earlier inspection, that says otherwise."""
    if len(re.findall(grid.FIRST_WORD, page.text, re.I)) < 3 or not any(
        grid.mentions(page, labels) >= 3 for labels in _labels(data_dir).values()
    ):
        return
    second = _listed(page, data_dir)
    known = {one.row.key: one.row.grade for one in first}
    if second and (
        second[0] != framework_id
        or any(known.get(one.row.key, one.row.grade) != one.row.grade for one in second[1])
    ):
        raise ReportError(
            f"has two lists of grades that contradict each other, on pages {first[0].page} "
            f"and {page.number}"
        )


def _sentence(area_id: str, pattern: re.Pattern[str], pages: Iterable[Page]) -> grid.Found | None:
    """What the first sentence says that gives the grade; all must give the same."""
    found = [
        grid.Found(page.number, grid.Row(area_id, grid.plain_grade(match["grade"])))
        for page in pages
        for match in pattern.finditer(page.text)
    ]
    for one in found:
        if one.row.grade != found[0].row.grade:
            raise ReportError(
                f"gives {area_id} more than one grade, on pages {found[0].page} and {one.page}"
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
    (outcome,) = watched(partial(_attempt, data_dir=data_dir), [path])
    if isinstance(outcome, Report):
        return outcome
    raise ReportError(TOO_MUCH if outcome is None else outcome[1])


def read_here(path: str | Path, *, data_dir: str | Path | None = None) -> Report:
    """The same as `read_report` in this process, with no limit on time and memory."""
    path = Path(path)
    return read_pages(open_pages(path), path, schema.data_dir(data_dir))


def read_pages(pages: list[Page], path: Path, folder: Path) -> Report:
    """The same from the pages of the file, with the tables of a folder."""
    framework_id, found = _find_list(pages, folder)
    days = dates.inspection_days(pages[0].text)
    heading = _HEADING_ENDS.split(pages[0].text)[0]
    authority_id = authorities.authority_in(heading, date=days.last, data_dir=folder)
    if authority_id is None:
        raise ReportError(f"names no authority that is known, or several: {heading.strip()!r}")

    alone = [one.row.key for one in found] == ["lscb"]
    if framework_id == "sif" and not alone:
        front = pages[: min(one.page for one in found)]
        reviewed = _announces_review(pages, authority_id, folder)
        board = _sentence("lscb", _LSCB, pages) if reviewed else None
        if reviewed and not board:
            raise ReportError(
                "announces a review of the Local Safeguarding Children Board, "
                "but gives it no grade that can be read for certain"
            )
        found += filter(None, [_sentence("overall", _OVERALL, front), board])
    by_area = {one.row.key: one for one in found}
    areas = {area["area_id"]: area for area in _areas(folder)[framework_id]}
    _check_complete(framework_id, by_area, areas, days, folder, alone=alone)
    check_one_report(pages, authority_id, days, by_area, _labels(folder)[framework_id], folder)
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
                grade=by_area[area_id].row.grade or None,
                status="graded" if by_area[area_id].row.grade else "not judged",
                page=by_area[area_id].page,
            )
            for area_id, area in areas.items()
            if area_id in by_area
        ),
        wordings={one.row.key: one.row.wording for one in found if one.row.wording},
    )


def _announces_review(pages: list[Page], authority_id: str, folder: Path) -> bool:
    """Whether the cover announces a review of the board, or the review has a cover of its own."""
    if re.search(_REVIEW, pages[0].text, re.I):
        return True
    return any(
        authorities.authority_in(own[1], data_dir=folder) == authority_id
        for page in pages[1:]
        if (own := re.match(rf"(.{{0,80}}{_BOARD_COVER}.{{0,80}})", page.text, re.I))
    )


def _check_complete(
    framework_id: str,
    found: dict[str, grid.Found],
    areas: dict[str, dict[str, str]],
    days: dates.Days,
    folder: Path,
    *,
    alone: bool,
) -> None:
    """Every area in use when the inspection began has been found, and no other; all as it can be.

    Of a review of a safeguarding board ``alone`` its one grade is enough.
    """
    framework = _frameworks(folder)[framework_id]
    day = days.first.isoformat()
    if not framework["first_inspection"] <= day <= (framework["last_inspection"] or day):
        raise ReportError(
            f"looks like a report under {framework_id}, which was not in use on {day}"
        )
    length = (days.last - days.first).days + 1
    if days.longest_visit > int(framework["longest_visit"]) or length > int(
        framework["longest_inspection"]
    ):
        raise ReportError(
            f"prints dates of inspection that are too far apart: {days.first} to {days.last}"
        )
    scale = ("outstanding", "good", framework["third_grade"], "inadequate", "")
    for area_id, one in found.items():
        if one.row.grade not in scale:
            raise ReportError(
                f"gives {area_id} as {one.row.grade}, which is not a grade of {framework_id}"
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


def read_reports(paths: Iterable[str | Path]) -> Iterator[Report | tuple[Path, str]]:
    """Read many reports, on all processors; no file can cost the others.

    Parameters
    ----------
    paths
        The PDF files.

    Yields
    ------
    Report or (Path, str)
        For each file, in the order given, its report, or the file and why it cannot be read.
    """
    yield from read_each(paths, read_here)


def read_each(paths: Iterable[str | Path], read: Callable[..., Any]) -> Iterator[Any]:
    """What is read in each file, or the file and why it cannot be read; on all processors."""
    todo = [Path(path) for path in paths]
    for path, outcome in zip(todo, watched(partial(_attempt, read=read), todo), strict=True):
        yield (path, TOO_MUCH) if outcome is None else outcome


def _attempt(
    path: Path, data_dir: str | Path | None = None, read: Callable[..., Any] = read_here
) -> Any:
    """What is read in a file, or the file and why it cannot be read."""
    try:
        return read(path, data_dir=data_dir)
    except ReportError as error:
        return path, str(error)
    except Exception as error:  # a fault of the reader's: it must not cost the other files
        return path, f"cannot be read ({type(error).__name__}: {error}): please report this file"
