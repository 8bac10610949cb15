"""The record brought up to date: what Ofsted's site lists and the tables lack, all or nothing.

The pages of all authorities are read; what the record lacks is downloaded, read and checked, and
then added to a copy of the tables, which takes their place only if nothing is wrong.
"""

import datetime
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ofsted_analysis.curation import diff, digests, stamp
from ofsted_analysis.curation.add import add_reports, write_rows
from ofsted_analysis.curation.checks import check
from ofsted_analysis.curation.faults import display
from ofsted_analysis.curation.index import IndexEntry
from ofsted_analysis.curation.lacking import Record, Watch, compare, pages_of_all
from ofsted_analysis.curation.reports import Letter, Report, read_files
from ofsted_analysis.curation.site import INSPECTION, VISIT, Publication, Site
from ofsted_analysis.tables import labels, load, schema, writing
from ofsted_analysis.tables.errors import DataError

_PRINTED = 7
"""Days by which the site's day of publication and that in the document differ at most: of 142
reports at hand that print it six differ, by up to seven days; of 327 letters three, two of them by
up to five days, the third misprinted."""


@dataclass
class Update:
    """What became of asking Ofsted's site.

    Attributes
    ----------
    complete_to
        The day to which the record was complete before, and to which it is now.
    changes
        Which facts differ; what would differ, where nothing was to be written.
    added
        The inspections and visits added, or that would be.
    to_decide
        What a person has to look into: nothing has been done about it.
    left_out
        What the record lacks and that came out before the day given.
    not_known
        What publications are called that are neither graded inspections nor focused visits, nor
        known as anything else, and how many there are.
    wrong
        What is wrong; if anything is, nothing was written.
    """

    complete_to: tuple[str, str]
    changes: list[diff.Change] = field(default_factory=list)
    added: list[str] = field(default_factory=list)
    to_decide: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    not_known: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def in_words(self) -> list[str]:
        """What differs, as `diff` says it, to which day the record is complete, and the notes."""
        was, now = self.complete_to
        end = f"The record is complete to {labels.long_date(now)}"
        end += ", as before." if now == was else f"; it was to {labels.long_date(was)}."
        words = [*diff.in_words(self.changes), diff.summary(self.changes), end]
        return words + self.notes()

    def notes(self) -> list[str]:
        """What a person has to look into, and what was left out."""
        lines = []
        for heading, about in (
            ("For a person to decide:", self.to_decide),
            ("Left out, as published before the day given:", self.left_out),
            (
                "Not looked into, as neither graded inspections nor focused visits by their names:",
                [f"{words!r}: {number}" for words, number in self.not_known.most_common()],
            ),
        ):
            lines += [heading, *(f"  {line}" for line in about)] if about else []
        return lines


def _unwatched(items: Sequence[Any], _: str) -> Iterable[Any]:
    return items


def update(
    site: Site,
    date: datetime.date,
    *,
    since: datetime.date | None = None,
    dry_run: bool = False,
    pdf: str | Path | None = None,
    data_dir: str | Path | None = None,
    watch: Watch = _unwatched,
) -> Update:
    """Add what Ofsted's site lists and the record lacks, and move the end of the record.

    Only what an imitation of the site answers has been tried, not Ofsted's own.

    Parameters
    ----------
    site
        The site, or a copy of it.
    date
        The day on which it is asked: to it the record is complete afterwards, if every page was
        read and nothing graded was left out.
    since
        Take only what was published on this day or later.
    dry_run
        Do all but write.
    pdf
        A folder in which the files are kept; by default they are not.
    data_dir
        Folder of the tables, if not the packaged ones.
    watch
        Shows progress.

    Returns
    -------
    Update
        What was added and what differs; or what is wrong with the files, and then nothing was
        written.

    Raises
    ------
    DataError
        The site does not answer as it should or is laid out in another way, or the tables cannot be
        read or written. Nothing was written then.
    """
    folder = schema.data_dir(data_dir)
    record, end = Record(folder, date), schema.complete_to(folder)
    pages = pages_of_all(site, record, date, watch)
    found = compare(record, pages, end)
    late = [one for one in found.lacking if since and one.published < since]
    lacking = [one for one in found.lacking if one not in late]
    outcome = Update(
        (end, end),
        to_decide=found.otherwise,
        left_out=[record.said(one) for one in late],
        not_known=found.not_known,
    )
    graded = [one for one in late if one.kind == INSPECTION]
    new_end = end if graded else max(end, date.isoformat())
    if any(f"{one.published}" > new_end for one in lacking):
        raise DataError(
            f"--since {since} leaves out {record.said(graded[0])}: the record cannot hold later "
            "ones without it. Give an earlier day, or none."
        )
    with tempfile.TemporaryDirectory() as place:
        files = _download(site, record, lacking, Path(pdf or place), watch, outcome)
        reports = _read(record, files, found.unlisted, watch, outcome)
        outcome.to_decide += found.unlisted.values()
        new = Path(place) / "tables"
        before = _copied(folder, new)
        sound = digests.sound(new)
        move_end(new, new_end)
        digests.carry_over(new, sound)
        added = add_reports([], _index(files), data_dir=new, reports=reports)
        outcome.wrong += [
            f"{record.said(files[path])} {why.rstrip('.')}." for path, why in added.refused
        ]
        _count_letters(new, sum(one.kind == VISIT for own in pages.values() for one in own))
        digests.carry_over(new, sound)
        stamp.write_stamps(new)
        outcome.wrong += [
            str(replace(fault, file=display(folder / Path(fault.file).name)))
            for fault in added.faults + check(new)
        ]
        if not outcome.wrong:
            outcome.added, outcome.changes = added.added, diff.compare(folder, new)
            outcome.complete_to = (end, new_end)
            if not dry_run:
                _put(new, folder, before)
    return outcome


# Files


def _download(
    site: Site,
    record: Record,
    lacking: list[Publication],
    folder: Path,
    watch: Watch,
    outcome: Update,
) -> dict[Path, Publication]:
    """The files that are whole PDFs, each where it was put; what is wrong with the others."""
    files = {}
    for one in watch(lacking, "Downloading") if lacking else ():
        content = site.file(one)
        wrong = _not_whole(content)
        if wrong:
            outcome.wrong.append(f"{record.said(one)} {wrong}.")
            continue
        visit = "-focused-visit" if one.kind == VISIT else ""
        name = f"{one.urn}-{record.authorities[one.urn]}{visit}-{one.published}-{one.file_id}.pdf"
        writing.replace_files({Path(name): content}, folder)
        files[folder / name] = one
    return files


def _not_whole(content: bytes) -> str:
    """Why some bytes are not a whole PDF; '' if they are."""
    if b"%PDF-" not in content[:1024]:
        what = "a page of HTML" if b"<html" in content[:1024].lower() else "something else"
        return f"is no PDF but {what}"
    return "" if b"%%EOF" in content[-1024:] else "is not whole: its end is missing"


def _read(
    record: Record,
    files: dict[Path, Publication],
    unlisted: dict[str, str],
    watch: Watch,
    outcome: Update,
) -> list[Report | Letter]:
    """The reports and letters to be added; of one that the record has a person decides."""
    found = []
    paths = watch(list(files), "Reading") if files else ()
    for path, item in zip(paths, read_files(files), strict=True):
        one = files[path]
        if isinstance(item, tuple):
            outcome.wrong.append(f"{record.said(one)} {item[1]}.")
            continue
        if wrong := _mislabelled(item, one, record):
            outcome.wrong.append(f"{record.said(one)} {wrong}.")
            continue
        known = record.by_days.get((item.authority_id, (f"{item.first_day}", f"{item.last_day}")))
        if known:
            unlisted.pop(known.key, None)
            outcome.to_decide.append(f"Replaced or re-dated: {record.said(one)} is {known}.")
            continue
        outcome.to_decide += [f"{record.said(one)}: {doubt}" for doubt in _doubts(item)]
        found.append(item)
    return found


def _mislabelled(item: Report | Letter, listed: Publication, record: Record) -> str:
    """How a document is another than the site says; '' if it is not."""
    kind = VISIT if isinstance(item, Letter) else INSPECTION
    if kind != listed.kind:
        return f"is a document of another kind: {kind}"
    own = record.authorities[listed.urn]
    if item.authority_id != own:
        return f"names {item.authority_id}, but stands on the page of {own}"
    if item.published_date and abs((item.published_date - listed.published).days) > _PRINTED:
        return (
            f"prints {item.published_date} as its date. See which is right, and add it by hand "
            "(ofsted-analysis add --urls)"
        )
    return ""


def _doubts(item: Report | Letter) -> list[str]:
    """What in a document is not certain, or is in words that are not known yet."""
    if isinstance(item, Letter):
        return list(item.doubts)
    return [
        f"{words!r} was taken for {item.framework_id} {area}: if that is right, add it to "
        "label_variants in judgement_areas.csv"
        for area, words in item.wordings.items()
    ]


# The tables


def _copied(folder: Path, new: Path) -> dict[str, bytes]:
    """A folder's tables copied into another, and what each file held."""
    schema.tables(folder)  # finishes what a writer before left behind
    new.mkdir()
    before = {
        path.name: path.read_bytes()
        for path in folder.iterdir()
        if path.is_file() and not path.name.startswith(".")
    }
    for name, content in before.items():
        (new / name).write_bytes(content)
    return before


def move_end(folder: Path, end: str) -> None:
    """Move the end of the record, wherever its description says it; never back."""
    described = schema.descriptor(folder)
    old = described["completeTo"]
    if end <= old:
        return
    day = datetime.date.fromisoformat(end)
    described |= {
        "completeTo": end,
        "version": f"{day.year}.{day.month}.{day.day}",
        "created": f"{end}T00:00:00Z",
        "description": described["description"].replace(
            labels.long_date(old), labels.long_date(end)
        ),
    }
    stamp.write_description(described, folder)


def _index(files: dict[Path, Publication]) -> dict[str, IndexEntry]:
    """Where each file was published, and when: what `add` is told."""
    return {
        path.name: IndexEntry(one.report_url, one.published.isoformat(), one.urn)
        for path, one in files.items()
    }


def _count_letters(folder: Path, listed: int) -> None:
    """Say how many letters about focused visits are known of, and to which day they are at hand."""
    kinds = load.rows("visit_kinds", folder)
    own = [row["published_date"] for row in load.rows("visits", folder) if row["kind"] == VISIT]
    for row in kinds:
        if row["kind"] == VISIT:
            row["known"] = f"{max(int(row['known'] or 0), listed, len(own))}"
            row["at_hand_to"] = max([row["at_hand_to"], *own])
    write_rows(folder, "visit_kinds", kinds)


def _put(new: Path, folder: Path, before: dict[str, bytes]) -> None:
    """Put the tables in a folder, if they are still what they were when they were copied."""
    with writing.draft(folder) as draft:
        for path in new.iterdir():
            now = draft.path / path.name
            if before.get(path.name) != (now.read_bytes() if now.exists() else None):
                raise DataError("was changed while the site was asked: begin again.", folder)
            shutil.copyfile(path, now)
