"""The reader on Ofsted's own reports: hundreds of PDF files, which the repository does not hold.

The folder is named in the environment variable OFSTED_REPORTS. A sample of them is read, the same
every time; with OFSTED_FULL set, every one. Beside the reports it holds
index.csv (each file, Ofsted's number of the authority, the day of publication), other/ (letters
about visits) and unreadable/ (files that are no reports).
"""

import csv
import os
import random
import re
import time
from collections import Counter, defaultdict
from datetime import date
from pathlib import Path

import pypdfium2 as pdfium
import pytest

from ofsted_analysis.curation import digests, stamp
from ofsted_analysis.curation.add import add_reports, report_rows, write_rows
from ofsted_analysis.curation.index import read_index
from ofsted_analysis.curation.reports import (
    Letter,
    Report,
    read_files,
    read_reports,
)
from ofsted_analysis.tables import load, schema

FOLDER = Path(os.environ.get("OFSTED_REPORTS", ""))
if not os.environ.get("OFSTED_REPORTS"):
    pytest.skip("OFSTED_REPORTS does not name a folder of reports", allow_module_level=True)
if not (FOLDER / "index.csv").is_file():
    pytest.skip(f"no index.csv in OFSTED_REPORTS={FOLDER}", allow_module_level=True)

LSCB_ALONE = "80567-surrey-2015-08-03.pdf"
FULL = bool(os.environ.get("OFSTED_FULL"))
SAMPLE = 60
everything = pytest.mark.skipif(not FULL, reason="a sample is read: `make test-all` reads them all")


def rows(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def corpus():
    """(what read_reports gives for every report, seconds that it took).

    The seconds are those on the clock or, on a machine that has other things to do, what the work
    would have taken on processors of its own.
    """
    files = sorted(FOLDER.glob("*.pdf"))
    if not FULL:
        files = sorted({*random.Random(1).sample(files, SAMPLE), FOLDER / LSCB_ALONE})
    start, busy = time.perf_counter(), sum(os.times()[:4])
    read = list(read_reports(files))
    clock, busy = time.perf_counter() - start, sum(os.times()[:4]) - busy
    return read, min(clock, max(busy, 0.1) / (os.cpu_count() or 1))


@pytest.fixture(scope="module")
def reports(corpus):
    """Every report that could be read, by file name."""
    return {r.file.name: r for r in corpus[0] if isinstance(r, Report)}


def test_every_report_is_read(corpus, reports):
    assert [r for r in corpus[0] if not isinstance(r, Report)] == []
    kinds = Counter(r.framework_id for r in reports.values())
    assert not FULL or kinds == {"ilacs": 297, "sif": 149, "lac": 3}


def test_a_review_of_a_board_alone_is_read_as_that(reports):
    review = reports[LSCB_ALONE]
    assert review.inspection_type == "safeguarding board review"
    assert [(j.area_id, j.grade, j.page) for j in review.judgements] == [
        ("lscb", "requires improvement", 1)
    ]
    others = [r for name, r in reports.items() if name != LSCB_ALONE]
    assert all(r.inspection_type != "safeguarding board review" for r in others)


def test_every_other_file_is_refused_with_its_reason():
    refused = {}
    for read in read_reports([*FOLDER.glob("other/*"), *FOLDER.glob("unreadable/*")]):
        assert not isinstance(read, Report), read
        refused[read[0].relative_to(FOLDER).as_posix()] = read[1]
    letters = [why for name, why in refused.items() if name.startswith("other/focused-visit")]
    assert letters and all("focused visit" in why for why in letters)
    pages = [why for name, why in refused.items() if name.startswith("unreadable/")]
    assert pages and all("HTML page" in why for why in pages)
    assert len(letters) + len(pages) == len(refused)


def test_the_letters_among_them_are_read_as_letters():
    read = list(read_files(FOLDER.glob("other/*")))
    assert read and all(isinstance(letter, Letter) and not letter.doubts for letter in read)


def test_the_reader_sees_what_eyes_saw(reports):
    """Cell by cell, what was read off pictures of the pages."""
    every = rows(Path(__file__).parents[1] / "data" / "read_by_eye.csv")
    seen = [row for row in every if row["file"] in reports]
    cells = [
        (
            row["file"],
            row["framework_id"],
            row["first_day"],
            row["last_day"],
            row["published_date"],
            row["area_id"],
            row["grade"],
            row["status"],
            int(row["page"]),
        )
        for row in seen
    ]
    read = [
        (
            name,
            reports[name].framework_id,
            reports[name].first_day.isoformat(),
            reports[name].last_day.isoformat(),
            (reports[name].published_date or "") and reports[name].published_date.isoformat(),
            j.area_id,
            j.grade or "",
            j.status,
            j.page,
        )
        for name in dict.fromkeys(row["file"] for row in seen)
        for j in reports[name].judgements
    ]
    assert sorted(read) == sorted(cells)
    assert len({row["file"] for row in seen}) >= (113 if FULL else 10)
    # What was read by eye holds enough of each kind.
    assert len({row["file"] for row in every}) >= 113
    kinds = Counter((row["framework_id"], row["wrapped"]) for row in every)
    assert kinds["sif", "grade"] >= 15 and kinds["ilacs", "both"] >= 15
    assert kinds["sif", "no"] >= 150 and kinds["ilacs", "label"] >= 150
    assert {row["framework_id"] for row in every} == {"sif", "ilacs", "lac"}
    assert {"graded", "not judged"} == {row["status"] for row in every}


def test_authority_and_publication_agree_with_the_index(reports):
    urns = {r["authority_id"]: r["ofsted_urn"] for r in load.rows("authorities")}
    index = {row["file"]: row for row in rows(FOLDER / "index.csv")}
    printed = 0
    for name, report in reports.items():
        row = index[name]
        assert urns[report.authority_id] == row["ofsted_urn"], name
        published = date.fromisoformat(row["published_date"])
        assert 0 < (published - report.last_day).days < 250, name
        if report.published_date:
            printed += 1
            assert report.last_day < report.published_date, name
            assert 0 <= (published - report.published_date).days <= 7, name
    assert printed >= (120 if FULL else 10)


# --- The same grades, from the running text ----------------------------------------------------
#
# Independent of the reader: pdfium's plain text of the pages behind the list of grades, in whose
# headings and sentences each report gives its grades again.

GRADE = (
    r"(?P<grade>requires?\s+improvement(?:\s+to\s+be\s+good)?|outstanding|inadequate|adequate|good)"
)
SAYS = (
    r"(?: ?\d{1,2})?(?: performance)?"
    r"(?: ?[:,\u2013\u2014-]| (?:is|are)(?: judged to be| that it(?: is)?)?)? "
)
HELP = r"(?:the )?(?:experiences and progress of )?children who need help and protection"
CARE = r"experiences and progress of children in care"
RESTATED = {
    "sif": {
        "help_and_protection": HELP,
        "looked_after": r"children looked after and achieving permanence",
        "adoption": r"adoption",
        "care_leavers": r"experiences? and progress of care leavers",
        "leadership": r"leadership,? management and governance",
        "lscb": r"effectiveness of the (?:lscb|local safeguarding children board)(?: \(lscb\))?",
    },
    "ilacs": {
        "leaders": r"the impact of leaders on social work practice with children and families",
        "help_and_protection": HELP,
        "care_and_care_leavers": rf"{CARE} and care leavers",
        "in_care": CARE,
        "care_leavers": r"experiences and progress of (?:children )?care leavers",
    },
    "lac": {
        "overall": r"overall effectiveness of services for looked after children and young people",
        "capacity": r"capacity to improve",
        "outcomes": r"outcomes for looked after children and young people",
        "quality_of_provision": r"quality of provision",
        "leadership": r"leadership and management",
    },
}
CONFIRMED_AT_LEAST = {
    ("sif", "help_and_protection"): 148,
    ("sif", "looked_after"): 148,
    ("sif", "adoption"): 145,
    ("sif", "care_leavers"): 143,
    ("sif", "leadership"): 148,
    ("ilacs", "leaders"): 284,
    ("ilacs", "help_and_protection"): 291,
    ("ilacs", "care_and_care_leavers"): 139,
    ("ilacs", "in_care"): 145,
    ("ilacs", "care_leavers"): 146,
    ("lac", "overall"): 3,
    ("lac", "capacity"): 3,
    ("lac", "outcomes"): 3,
    ("lac", "quality_of_provision"): 3,
    ("lac", "leadership"): 2,
}
# Where an earlier inspection's grades are listed.
EARLIER = r"previous ofsted inspections\b.*?summary for children"


def plain(grade):
    grade = grade.lower()
    return "requires improvement" if grade.startswith("require") else grade


@pytest.fixture(scope="module")
def texts(reports):
    """The plain text of every report's pages, each on one line."""
    found = {}
    for name in reports:
        document = pdfium.PdfDocument(FOLDER / name)
        found[name] = []
        for page in document:
            textpage = page.get_textpage()
            text = textpage.get_text_bounded().replace("\ufffe", "-").replace("\u2019", "'")
            found[name].append(" ".join(text.split()))
            textpage.close()
            page.close()
        document.close()
    return found


def grades_of(report):
    return {j.area_id: j.grade for j in report.judgements}


def body(report, pages):
    """The text behind the list of grades (before it, where that is on the last page)."""
    if report.framework_id == "lac":
        return " ".join(pages[: report.judgements[0].page - 1])
    listed = max((j.page for j in report.judgements if j.area_id != "lscb"), default=1)
    return " ".join(pages[listed:])


def test_the_running_text_gives_the_same_grades(reports, texts):
    confirmed = Counter()
    contradicted = []
    for name, report in reports.items():
        text = re.sub(EARLIER, " ", body(report, texts[name]), flags=re.IGNORECASE)
        says = r"(?: grade \d)? ?\(?" if report.framework_id == "lac" else SAYS
        for area, grade in grades_of(report).items():
            pattern = RESTATED[report.framework_id].get(area)
            if not pattern:
                continue
            again = {
                plain(m["grade"])
                for m in re.finditer(rf"\b{pattern}{says}{GRADE}\b", text, re.IGNORECASE)
            }
            if again == {grade}:
                confirmed[report.framework_id, area] += 1
            elif again:
                contradicted.append((name, area, grade, again))
    assert contradicted == []
    short = {k: (confirmed[k], n) for k, n in CONFIRMED_AT_LEAST.items() if confirmed[k] < n}
    assert short == {} or not FULL
    stated = load.load_table("agreement").set_index("comparison_id").loc["running-text-grades"]
    assert not FULL or confirmed.total() == stated["cells"] == stated["agreeing"]
    assert confirmed.total() > 2 * len(reports)


@everything
def test_later_reports_list_the_same_grades_of_the_inspection_before(reports, texts):
    """Re-inspections list, area by area, what the single inspection before them found."""
    labels = {
        "overall": "overall effectiveness",
        "help_and_protection": "children who need help and protection",
        "looked_after": "children looked after and achieving permanence",
        "adoption": "adoption performance",
        "care_leavers": "experiences? and progress of care leavers",
        "leadership": "leadership, management and governance",
    }
    before = earlier(reports)
    confirmed = Counter()
    for name, report in reports.items():
        listed = re.search(EARLIER, " ".join(texts[name]).lower())
        previous = before(report, "sif")
        if report.framework_id != "sif" or not listed or not previous:
            continue
        for area, label in labels.items():
            for match in re.finditer(rf"{label}: {GRADE}\b", listed[0]):
                assert plain(match["grade"]) == grades_of(previous)[area], (name, area)
                confirmed[area] += 1
    assert min(confirmed[area] for area in labels) >= 8, confirmed


@everything
def test_later_reports_recall_the_same_overall_judgement(reports, texts):
    """'Since the previous inspection in 2019, when services were judged to be good ...'"""
    recall = re.compile(
        r"(?:last|previous)(?: \w+){0,3} inspection,?(?: which took place)?"
        r" (?:in|of|was in)(?: \w+)? (?P<year>20\d\d)[^.]{0,120}?\b(?:judged|graded|found)"
        rf"(?: overall)?(?: as| to be| to)*(?: be)? {GRADE}\b",
        re.IGNORECASE,
    )
    # Says of services for children in care alone that they were good in 2015.
    not_overall = {"80508-lewisham-2019-08-19.pdf"}
    before = earlier(reports)
    confirmed = 0
    for name, report in reports.items():
        for match in recall.finditer(texts[name][0]):
            previous = before(report)
            if name in not_overall or not previous or "overall" not in grades_of(previous):
                continue
            if match["year"] == str(previous.last_day.year):
                assert plain(match["grade"]) == grades_of(previous)["overall"], (name, match[0])
                confirmed += 1
    assert confirmed >= 45


def earlier(reports):
    """A function that gives the report on the same authority before the one it is given."""
    known = defaultdict(list)
    for report in sorted(reports.values(), key=lambda r: r.last_day):
        if report.inspection_type == "safeguarding board review":
            continue  # no inspection of the authority
        known[report.authority_id].append(report)

    def before(report, framework_id=None):
        return next(
            (
                r
                for r in reversed(known[report.authority_id])
                if r.last_day < report.first_day and framework_id in (None, r.framework_id)
            ),
            None,
        )

    return before


def test_an_inadequate_key_judgement_makes_the_whole_inadequate(reports):
    """The single inspection framework's own rule, which a misread grade would break."""
    broken, bound = [], 0
    for name, report in reports.items():
        grades = grades_of(report)
        keys = {grades.get(a) for a in ("help_and_protection", "looked_after", "leadership")}
        if report.framework_id == "sif" and "inadequate" in keys:
            bound += 1
            broken += [name] if grades["overall"] != "inadequate" else []
    assert broken == []
    assert bound >= (25 if FULL else 1)


@everything
def test_the_corpus_is_read_in_reasonable_time(corpus):
    """About 10 seconds on two processors; the bound leaves room for a slow machine."""
    assert corpus[1] < 30


@pytest.mark.published
def test_the_digests_are_those_of_the_reports(reports):
    """What is committed is what the reports say: no digest was made otherwise."""
    index, known = read_index(FOLDER / "index.csv"), digests.accepted(schema.data_dir())["reports"]
    made = {}
    for name, report in reports.items():
        rows = report_rows(report, index[name], schema.data_dir())
        (inspection,), (source,) = rows["inspections"], rows["sources"]
        made[source["source_id"]] = digests.of_report(inspection, rows["judgements"], source)
    assert made == {source: known[source] for source in made}
    assert not FULL or len(made) == len(known)


# --- Into the tables ---------------------------------------------------------------------------


@pytest.mark.published
def test_the_rows_of_the_reports_are_what_the_reports_say(original, data, reports):
    """All rows that were read in a report at hand, taken out and read again."""
    index = read_index(FOLDER / "index.csv")
    urls = {index[name].report_url for name in reports}
    rows = {name: load.rows(name, original) for name in schema.tables()}
    out = {r["inspection_id"] for r in rows["inspections"] if r["report_url"] in urls}
    left = {
        "inspections": [r for r in rows["inspections"] if r["inspection_id"] not in out],
        "judgements": [
            r
            for r in rows["judgements"]
            if r["inspection_id"] not in out or r["certainty"] != "report"
        ],
    }
    assert len(out) == len(reports)
    for name, some in left.items():
        write_rows(data, name, some)
    used = {
        row[column]
        for name, table in schema.tables(original).items()
        for column, target, _ in table.foreign_keys
        for row in left.get(name, rows[name])
        if target == "sources"
    }
    write_rows(data, "sources", [r for r in rows["sources"] if r["source_id"] in used])
    stamp.write_stamps(data)

    outcome = add_reports([], index, data_dir=data, reports=reports.values())
    assert outcome.refused == []
    assert [str(fault) for fault in outcome.faults] == []
    assert set(outcome.added) == out
    again = {name: load.rows(name, data) for name in rows}
    for row in (*again["inspections"], *rows["inspections"]):
        if row["inspection_id"] in out and row["inspection_type"] in ("short", "standard"):
            row["inspection_type"] = ""  # from Ofsted's table, not from its reports
    for name in rows:
        assert again[name] == rows[name], name
