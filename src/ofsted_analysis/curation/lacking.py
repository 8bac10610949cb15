"""What Ofsted's pages list and the record lacks, and where the two disagree."""

import datetime
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ofsted_analysis.curation.site import INSPECTION, VISIT, Publication, Site
from ofsted_analysis.tables import labels, load
from ofsted_analysis.tables.errors import DataError

Watch = Callable[[Sequence[Any], str], Iterable[Any]]
"""Goes through some things and shows how far it has come; what is being done is said in words."""


@dataclass(frozen=True)
class Entry:
    """An inspection or visit of the record, and the report or letter that it rests on.

    Attributes
    ----------
    key, authority_id, published
        As in the tables.
    kind
        'inspection' or 'focused visit'.
    days
        First and last day.
    file_id
        The number of its file; '' where only the page of the authority is known.
    """

    key: str
    authority_id: str
    kind: str
    published: str
    days: tuple[str, str]
    file_id: str

    def __str__(self) -> str:
        return f"{self.key}, which the record has as published on {self.published}"


class Record:
    """What the tables in a folder have of Ofsted's reports and letters."""

    def __init__(self, folder: Path, date: datetime.date):
        rows = load.rows("authorities", folder)
        self.authorities = {row["ofsted_urn"]: row["authority_id"] for row in rows}
        self.open = {
            row["ofsted_urn"]: row["name"]
            for row in rows
            if not row["closed"] or row["closed"] >= date.isoformat()
        }
        reports = [
            _entry(row, row["inspection_id"], INSPECTION)
            for row in load.rows("inspections", folder)
            if row["report_url"]
        ]
        letters = [
            _entry(row, row["visit_id"], VISIT)
            for row in load.rows("visits", folder)
            if row["kind"] == VISIT
        ]
        self.entries = reports + letters
        self.by_file = {entry.file_id: entry for entry in self.entries if entry.file_id}
        self.by_days = {(entry.authority_id, entry.days): entry for entry in self.entries}
        self.known = {entry.authority_id for entry in self.entries}

    def said(self, one: Publication) -> str:
        """A publication with the authority that it is on."""
        return f"{self.authorities.get(one.urn, one.urn)}: {one}"


def _entry(row: dict[str, str], key: str, kind: str) -> Entry:
    source = row["source_id"].removeprefix("ofsted-")
    return Entry(
        key=key,
        authority_id=row["authority_id"],
        kind=kind,
        published=row["published_date"],
        days=(row["first_day"], row["last_day"]),
        file_id=source if source.isdecimal() else "",
    )


def pages_of_all(
    site: Site, record: Record, date: datetime.date, watch: Watch
) -> dict[str, list[Publication]]:
    """What the page of every authority lists, by URN.

    Raises
    ------
    DataError
        The site does not answer as it should, or is not laid out as it was: an authority or all
        publications are missing, or a day is still to come.
    """
    listed = site.authorities()
    missing = sorted(name for urn, name in record.open.items() if urn not in listed)
    if missing:
        raise DataError(
            f"The site's list of authorities lacks {labels.listed(missing)}: is it laid out in "
            "another way?"
        )
    pages = {}
    for urn in watch(sorted(listed), "Reading the pages of authorities"):
        pages[urn] = own = site.publications(urn)
        if urn not in record.authorities and any(one.kind in (INSPECTION, VISIT) for one in own):
            raise DataError(
                f"{site.page_of(urn)} is of {listed[urn]!r}, which authorities.csv does not have: "
                "enter it there first."
            )
        if not own and record.authorities.get(urn) in record.known:
            raise DataError(
                f"{site.page_of(urn)} lists no publication: is it laid out in another way?"
            )
        late = [one for one in own if one.published > date]
        if late:
            raise DataError(f"{site.page_of(urn)} lists {late[0]}: that day is still to come.")
    return pages


@dataclass
class Comparison:
    """The site beside the record.

    Attributes
    ----------
    lacking
        What the record lacks.
    otherwise
        Where the two disagree on what both have, and what is new and of a kind that is not known.
    unlisted
        By key, what the record has and the site lists no more.
    not_known
        What publications are called whose kind is not known, and how many there are.
    """

    lacking: list[Publication] = field(default_factory=list)
    otherwise: list[str] = field(default_factory=list)
    unlisted: dict[str, str] = field(default_factory=dict)
    not_known: Counter[str] = field(default_factory=Counter)


def compare(record: Record, pages: dict[str, list[Publication]], end: str) -> Comparison:
    """What the pages list beside what the record has, which is complete to a day."""
    found = Comparison()
    for urn, listed in pages.items():
        own = [one for one in record.entries if one.authority_id == record.authorities.get(urn)]
        letters = {one.published for one in own if one.kind == VISIT}
        for one in listed:
            known = record.by_file.get(one.file_id)
            if known:
                found.otherwise += _otherwise(record, known, one)
            elif one.kind == INSPECTION or (
                one.kind == VISIT and one.published.isoformat() not in letters
            ):
                found.lacking.append(one)
            elif not one.kind:
                found.not_known[one.words] += 1
                if one.published.isoformat() > end:
                    found.otherwise.append(
                        f"{record.said(one)}: what this is, is not known here. Is it graded?"
                    )
        found.unlisted |= _unlisted(own, listed)
    return found


def _otherwise(record: Record, known: Entry, listed: Publication) -> list[str]:
    """How the page of an authority says otherwise than the record of a file that it has."""
    if known.authority_id != record.authorities.get(listed.urn):
        return [f"{record.said(listed)}: the record has this file as {known.key}."]
    if known.kind != listed.kind:
        return [f"{record.said(listed)}: the record has it as {known.kind} {known.key}."]
    if known.published != listed.published.isoformat():
        return [f"Re-dated: {record.said(listed)} is {known}."]
    return []


def _unlisted(own: list[Entry], listed: list[Publication]) -> dict[str, str]:
    """What of an authority's entries its page lists no more, as far back as it goes, by key."""
    files = {one.file_id for one in listed}
    days = {one.published.isoformat() for one in listed if one.kind == VISIT}
    oldest = min((one.published.isoformat() for one in listed), default="9999")
    return {
        one.key: f"Not listed any more, or under another day: {one}."
        for one in own
        if one.published >= oldest
        and (one.file_id not in files if one.file_id else one.published not in days)
    }
