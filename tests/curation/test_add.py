"""Reports into the tables: all or nothing, and what is there already stays."""

import os
from collections import Counter, defaultdict
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from ofsted_analysis.curation import digests, stamp
from ofsted_analysis.curation.add import add_reports, read_again, write_rows
from ofsted_analysis.curation.checks import check
from ofsted_analysis.curation.index import IndexEntry, read_index
from ofsted_analysis.curation.reports import Judgement, Report
from ofsted_analysis.tables import load, schema
from ofsted_analysis.tables.errors import DataError

CHANGED = ("inspections", "judgements", "sources")


def contents(folder):
    """Every file of a folder, byte by byte."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def references():
    """How often any table refers to each inspection and source."""
    return Counter(
        (target, row[column])
        for name, table in schema.tables().items()
        for column, target, _ in table.foreign_keys
        for row in load.rows(name)
    )


def rebuildable():
    """Inspections of which nothing is known but what their own reports say."""
    used = references()
    for row in load.rows("inspections"):
        own = judgements_of(row["inspection_id"])
        if (
            row["report_url"]
            and row["inspection_type"] in ("", "reinspection")
            and row["date_precision"] == "day"
            and all(j["certainty"] == "report" for j in own)
            and used["inspections", row["inspection_id"]] == len(own)
            and used["sources", row["source_id"]] == len(own) + 1
        ):
            yield row


@cache
def by_inspection():
    found = defaultdict(list)
    for row in load.rows("judgements"):
        found[row["inspection_id"]].append(row)
    return found


def judgements_of(inspection_id):
    return by_inspection()[inspection_id]


def as_read(row):
    """The report of an inspection as a reader of its file would give it, and its index entry."""
    judgements = [
        Judgement(
            j["area_id"],
            "as printed",
            j["grade"] or None,
            j["status"],
            int(j["locator"].removeprefix("page ")),
        )
        for j in reversed(judgements_of(row["inspection_id"]))
    ]
    report = Report(
        file=Path(f"{row['inspection_id']}.pdf"),
        framework_id=row["framework_id"],
        authority_id=row["authority_id"],
        first_day=date.fromisoformat(row["first_day"]),
        last_day=date.fromisoformat(row["last_day"]),
        days_note=row["days_note"],
        published_date=None,
        inspection_type=row["inspection_type"] or None,
        judgements=tuple(judgements),
    )
    return report, IndexEntry(row["report_url"], row["published_date"])


def remove(folder, rows):
    """Take inspections out of the tables with all that rests on them."""
    gone = {row["inspection_id"] for row in rows}
    sources = {row["source_id"] for row in rows}
    for name, column, values in (
        ("inspections", "inspection_id", gone),
        ("judgements", "inspection_id", gone),
        ("sources", "source_id", sources),
    ):
        left = [row for row in load.rows(name, folder) if row[column] not in values]
        assert len(left) < len(load.rows(name, folder))
        write_rows(folder, name, left)
    stamp.write_stamps(folder)


ROWS = list(rebuildable())
FIRST, MIDDLE = ROWS[0], ROWS[len(ROWS) // 2]


@pytest.fixture
def gone(data):
    """Tables without two real inspections, with the reports and the index to add them again."""
    remove(data, [FIRST, MIDDLE])
    assert check(data) == []
    read = [as_read(row) for row in (MIDDLE, FIRST)]
    return data, [report for report, _ in read], {r.file.name: entry for r, entry in read}


def add(folder, reports, index):
    return add_reports([], index, data_dir=folder, reports=reports)


def test_what_was_removed_is_added_back_byte_by_byte(gone, original):
    folder, reports, index = gone
    before = contents(folder)
    outcome = add(folder, reports, index)
    assert outcome.added == [MIDDLE["inspection_id"], FIRST["inspection_id"]]
    assert not (outcome.already_there or outcome.refused or outcome.faults)
    assert contents(folder) == contents(original)
    changed = {name for name, content in contents(folder).items() if content != before[name]}
    assert changed == {*(f"{name}.csv" for name in CHANGED), "datapackage.json"}


def test_what_is_there_already_is_said_and_left(gone, original):
    folder, reports, index = gone
    add(folder, reports[:1], index)
    before = contents(folder)
    outcome = add(folder, reports[:1], index)
    assert (outcome.added, outcome.already_there) == ([], [MIDDLE["inspection_id"]])
    assert contents(folder) == before

    outcome = add(folder, reports, index)
    assert outcome.added == [FIRST["inspection_id"]]
    assert outcome.already_there == [MIDDLE["inspection_id"]]
    assert contents(folder) == contents(original)


def refuses(folder, reports, index, *expected):
    """Nothing is written, and these files are refused."""
    before = contents(folder)
    outcome = add(folder, reports, index)
    assert outcome.refused == list(expected)
    assert outcome.faults == []
    assert contents(folder) == before


def test_one_file_that_cannot_be_read_stops_all(gone):
    folder, reports, index = gone
    unread = (Path("letter.pdf"), "is a letter")
    refuses(folder, [reports[0], unread, reports[1]], index, unread)


def test_a_file_that_is_not_in_the_index(gone):
    folder, reports, index = gone
    del index[reports[1].file.name]
    reason = "is not in the index of files (--urls)"
    refuses(folder, reports, index, (reports[1].file, reason))


def test_a_report_of_another_authority_than_the_index_says(gone):
    folder, reports, index = gone
    name = reports[0].file.name
    index[name] = replace(index[name], ofsted_urn="80000")
    reason = f"names {MIDDLE['authority_id']}, but the index has URN 80000"
    refuses(folder, reports, index, (reports[0].file, reason))


def test_a_report_of_the_authority_that_the_index_says(gone):
    folder, reports, index = gone
    urns = {row["authority_id"]: row["ofsted_urn"] for row in load.rows("authorities")}
    for report in reports:
        assert urns[report.authority_id]
        entry = index[report.file.name]
        index[report.file.name] = replace(entry, ofsted_urn=urns[report.authority_id])
    assert len(add(folder, reports, index).added) == 2


def test_an_authority_that_the_tables_lack(gone):
    folder, reports, index = gone
    stranger = replace(reports[0], authority_id="atlantis")
    reason = "names atlantis, not in authorities"
    refuses(folder, [stranger, reports[1]], index, (stranger.file, reason))


def test_two_reports_of_one_inspection(gone):
    folder, reports, index = gone
    second = replace(reports[0], file=Path("second.pdf"))
    index["second.pdf"] = replace(
        index[reports[0].file.name], report_url="https://files.ofsted.gov.uk/v1/file/1"
    )
    key = MIDDLE["inspection_id"]
    reason = (
        f"is a second report of {key}, which is there from {MIDDLE['source_id']}. "
        f"Remove that one, or add this by hand under {key}b."
    )
    refuses(folder, [*reports, second], index, (second.file, reason))
    add(folder, reports, index)
    refuses(folder, [second], index, (second.file, reason))


def test_one_file_given_twice_is_added_once(gone, original):
    folder, reports, index = gone
    add(folder, [*reports, reports[0]], index)
    assert contents(folder) == contents(original)


def test_a_fault_stops_all_and_names_the_table_it_would_be_in(gone):
    folder, reports, index = gone
    before = contents(folder)
    name = reports[0].file.name
    index[name] = replace(index[name], published_date="2009-01-01")
    outcome = add(folder, reports, index)
    (fault,) = outcome.faults
    assert fault.message == f"2009-01-01 is before the last day, {MIDDLE['last_day']}"
    assert fault.file == str(folder / "inspections.csv")
    line = [row["inspection_id"] for row in load.rows("inspections")].index(MIDDLE["inspection_id"])
    assert (fault.line, fault.column) == (line + 2, "published_date")
    assert contents(folder) == before


def test_nothing_is_added_to_tables_that_are_wrong_already(gone):
    folder, reports, index = gone
    path = folder / "authorities.csv"
    path.write_bytes(path.read_bytes().replace(b",London,London,", b",Londn,London,", 1))
    before = contents(folder)
    outcome = add(folder, reports, index)
    (fault,) = outcome.faults
    assert (fault.file, fault.column) == (str(folder / "authorities.csv"), "region")
    assert contents(folder) == before


# The index


HEADER = "file,ofsted_urn,report_url,published_date\n"
URL = "https://files.ofsted.gov.uk/v1/file/1"


@pytest.mark.parametrize("start", ["", "\ufeff"])
def test_the_index(tmp_path, start):
    path = tmp_path / "index.csv"
    path.write_text(
        f"{start}{HEADER}a.pdf,80000,{URL},2019-05-08\nb.pdf,,{URL}2,2020-01-01\n", "utf-8"
    )
    assert read_index(path) == {
        "a.pdf": IndexEntry(URL, "2019-05-08", "80000"),
        "b.pdf": IndexEntry(f"{URL}2", "2020-01-01", ""),
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", ":1: lacks the column file, report_url, published_date."),
        ("file,report_url\n", ":1: lacks the column published_date."),
        (
            f"{HEADER}a.pdf,,{URL},2019-05-08\nb.pdf,,{URL}2,8 May 2019\n",
            ":3: published_date: '8 May 2019' is not a date (YYYY-MM-DD).",
        ),
        (
            f"{HEADER}a.pdf,,{URL},20190508\n",
            ":2: published_date: '20190508' is not a date (YYYY-MM-DD).",
        ),
        (f"{HEADER}a.pdf,,{URL}\n", ":2: published_date is empty."),
        (f"{HEADER}" + f"a.pdf,,{URL},2019-05-08\n" * 2, ":3: file: 'a.pdf' stands there twice."),
    ],
)
def test_an_index_that_is_wrong(tmp_path, text, message):
    path = tmp_path / "index.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(schema.DataError) as caught:
        read_index(path)
    assert str(caught.value) == f"{path}{message}"


def test_an_index_that_cannot_be_read(tmp_path):
    with pytest.raises(schema.DataError, match=r"nowhere\.csv: cannot be read \(No such file"):
        read_index(tmp_path / "nowhere.csv")
    path = tmp_path / "index.csv"
    path.write_bytes(b"file,report_url,published_date\n\xff")
    with pytest.raises(schema.DataError, match=r"index\.csv: is not UTF-8 text"):
        read_index(path)


# Interrupted


def failing(monkeypatch, folder, times, error):
    """Moves into the folder fail the times given (the first is 1)."""
    move, count = os.replace, 0

    def replace_or_fail(source, target):
        nonlocal count
        if Path(target).parent == folder:
            count += 1
            if count in times:
                raise error
        move(source, target)

    monkeypatch.setattr(os, "replace", replace_or_fail)


@pytest.mark.sample(1)
@pytest.mark.parametrize("nth", [1, 2, 3, 4])
def test_a_disk_that_fails_on_one_file_changes_none(gone, monkeypatch, nth, original):
    folder, reports, index = gone
    before = contents(folder)
    failing(monkeypatch, folder, {nth}, OSError(28, "No space left on device"))
    with pytest.raises(schema.DataError, match=r"No space left on device\)\. Nothing changed\."):
        add(folder, reports, index)
    assert contents(folder) == before
    monkeypatch.undo()
    add(folder, reports, index)
    assert contents(folder) == contents(original)


def test_an_interrupted_write_changes_nothing(gone, monkeypatch):
    folder, reports, index = gone
    before = contents(folder)
    failing(monkeypatch, folder, {2}, KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        add(folder, reports, index)
    assert contents(folder) == before


def test_a_write_broken_off_for_good_is_finished_by_whoever_comes_next(
    gone, monkeypatch, caplog, original
):
    folder, reports, index = gone
    after = contents(original)
    with monkeypatch.context() as broken:
        failing(broken, folder, range(2, 99), OSError(5, "Input/output error"))
        with pytest.raises(DataError, match=r"data: is half written .*next command .* finishes"):
            add(folder, reports, index)
    assert check(folder) == []
    assert "a write that was broken off has been finished" in caplog.text
    assert contents(folder) == after


# Digests


def test_what_was_added_is_as_it_was_read(gone):
    folder, reports, index = gone
    known = digests.accepted(folder)["reports"]
    add(folder, reports, index)
    assert len(digests.accepted(folder)["reports"]) == len(known)  # remove() left them there
    assert digests.faults(folder) == []


def test_a_report_read_again(data):
    read = [as_read(row) for row in (MIDDLE, FIRST)]
    index = {report.file.name: entry for report, entry in read}
    (first, _), (second, _) = read
    outcome = read_again([], index, data_dir=data, reports=[first, second])
    assert (outcome.added, len(outcome.already_there), outcome.refused) == ([], 2, [])

    lower = replace(first.judgements[0], grade="inadequate", status="graded")
    other = replace(first, judgements=(lower, *first.judgements[1:]))
    assert other != first
    outcome = read_again([], index, data_dir=data, reports=[other, second])
    assert outcome.added == [MIDDLE["inspection_id"]]
    (fault,) = digests.faults(data)  # now the table is not as the report was read
    assert MIDDLE["inspection_id"] in str(fault)
    read_again([], index, data_dir=data, reports=[first])
    assert digests.faults(data) == []


def test_a_graded_report_needs_an_address(gone):
    folder, reports, index = gone
    before = contents(folder)
    index[reports[0].file.name] = replace(index[reports[0].file.name], report_url="")
    ((file, reason),) = add(folder, reports, index).refused
    assert file == reports[0].file and "a graded report needs one" in reason
    assert contents(folder) == before


def test_of_reports_read_again_one_that_is_refused_leaves_all_as_they_were(data):
    report, entry = as_read(FIRST)
    lower = replace(report.judgements[0], grade="inadequate", status="graded")
    other = replace(report, judgements=(lower, *report.judgements[1:]))
    before = contents(data)
    for refused in ((Path("no.pdf"), "is none"), replace(report, file=Path("not-listed.pdf"))):
        reports = [other, refused]
        outcome = read_again([], {report.file.name: entry}, data_dir=data, reports=reports)
        assert len(outcome.refused) == 1
        assert contents(data) == before
