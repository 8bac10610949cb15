"""The reader of inspection reports, on reports that the tests print themselves."""

import csv
import os
import re
import textwrap
import time
import zlib
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from ofsted_analysis.curation.reports import Report, ReportError, read_report, read_reports
from ofsted_analysis.curation.reports.dates import inspection_days, published_day
from ofsted_analysis.curation.reports.reader import read_here
from ofsted_analysis.tables import authorities, load

# --- Printing a report -------------------------------------------------------------------------


@dataclass(frozen=True)
class Text:
    """A piece of text on a page, its foot at (x, y) points from the lower left corner."""

    x: float
    y: float
    text: str
    size: float = 10
    bold: bool = False


def pdf(pages, extra="", image=False):
    """A PDF file with the texts of each page, its content compressed as in real reports."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"",
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica-Bold/Encoding/WinAnsiEncoding>>",
    ]
    kids = []
    for page in pages:
        lines = ["q 200 0 0 300 50 50 cm BI /W 1 /H 1 /CS /G /BPC 8 ID x EI Q"] if image else []
        for t in page:
            escaped = t.text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
            font = "F2" if t.bold else "F1"
            lines.append(f"BT /{font} {t.size:.2f} Tf {t.x:.2f} {t.y:.2f} Td ({escaped}) Tj ET")
        content = zlib.compress("\n".join(lines).encode("cp1252"))
        number = len(objects) + 1
        kids.append(f"{number} 0 R")
        objects.append(
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F1 3 0 R/F2 4 0 R"
            b">>>>/Contents %d 0 R>>" % (number + 1)
        )
        objects.append(
            b"<</Length %d/Filter/FlateDecode>>stream\n%s\nendstream" % (len(content), content)
        )
    objects[1] = f"<</Type/Pages/Kids[{' '.join(kids)}]/Count {len(kids)}>>".encode()
    file = b"%PDF-1.5\n"
    places = []
    for number, content in enumerate(objects, 1):
        places.append(len(file))
        file += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(file)
    file += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    file += b"".join(b"%010d 00000 n \n" % place for place in places)
    file += f"trailer\n<</Size {len(objects) + 1}/Root 1 0 R{extra}>>\n".encode()
    return file + b"startxref\n%d\n%%%%EOF\n" % start


def prose(lines, top=780.0, size=10.0, bold=False):
    """Lines of text down the page, and the height at which the next may stand."""
    step = size * 1.3
    texts = [Text(70, top - step * n, line, size, bold) for n, line in enumerate(lines)]
    return texts, top - step * len(lines)


def table(rows, top=560.0, column=340.0, align="middle", grade_align=None, pad=8.0, bold=False):
    """A ruled table's texts: (name, grade) of each row, either of them wrapped at its '\\n'."""
    texts = []
    step = 12.0
    for name, grade in rows:
        cells = [
            (70, name.split("\n"), align),
            (column, grade.split("\n"), grade_align or align),
        ]
        height = max(len(lines) for _, lines, _ in cells) * step
        for x, lines, where in cells:
            slack = height - len(lines) * step
            drop = {"top": 0, "middle": slack / 2, "bottom": slack}[where]
            for n, line in enumerate(lines):
                texts.append(Text(x, top - drop - step * (n + 1), line, 10, bold))
        top -= height + pad
    return texts


SIF_AREAS = {
    "help_and_protection": "1. Children who need help and protection",
    "looked_after": "2. Children looked after and achieving\npermanence",
    "adoption": "2.1 Adoption performance",
    "care_leavers": "2.2 Experiences and progress of care leavers",
    "leadership": "3. Leadership, management and governance",
}
ILACS_AREAS = {
    "leaders": "The impact of leaders on social work\npractice with children and families",
    "help_and_protection": "The experiences and progress of\nchildren who need help and protection",
    "care_and_care_leavers": "The experiences and progress of\nchildren in care and care leavers",
    "in_care": "The experiences and progress of\nchildren in care",
    "care_leavers": "The experiences and progress of care\nleavers",
    "overall": "Overall effectiveness",
}
LAC_AREAS = {
    "overall": "Overall effectiveness",
    "capacity": "Capacity to improve",
    "outcomes": "Outcomes for looked after children\nand young people",
    "quality_of_provision": "Quality of provision",
    "leadership": "Leadership and management",
}
JOINT = ("leaders", "help_and_protection", "care_and_care_leavers", "overall")
APART = ("leaders", "help_and_protection", "in_care", "care_leavers", "overall")
LATEST = APART[:-1]
SIF_TITLE = "Inspection of services for children in need of help and protection,"
LSCB_TITLE = "Review of the effectiveness of the Local Safeguarding Children"
ENOUGH = "The local authority knows its communities, and its leaders have made plans."


def printed(grade):
    """A grade as the grids print it."""
    return (grade or "not judged").capitalize()


def sif(
    grades,
    *,
    name="Bury Metropolitan Borough Council",
    dates="24 February 2016 – 17 March 2016",
    published="16 May 2016",
    overall="Children’s services in Bury {are}",
    lscb="The Local Safeguarding Children Board {is}",
    lscb_on_front=False,
    labels=SIF_AREAS,
    **layout,
):
    """The pages of a report under the single inspection framework."""
    with_lscb = "lscb" in grades
    head = ["", SIF_TITLE, "children looked after and care leavers"]
    if with_lscb:
        head += ["and", LSCB_TITLE, "Board1"]
    head += [f"Inspection date: {dates}"]
    head += [f"Report published: {published}"] if published else []
    texts, top = prose([name], size=20)
    more, top = prose(head, top, bold=True)
    sentence = overall.format(are=verb(grades["overall"], "are"))
    said, top = prose(sentence.split("\n"), top - 20, size=12, bold=True)
    rows = [(labels[area], grade) for area, grade in grades.items() if area in labels]
    rows = [(label, grade if "\n" in (grade or "") else printed(grade)) for label, grade in rows]
    first = texts + more + said + table(rows, top - 20, **layout)
    contents, _ = prose(["Contents", "Section 1: the local authority 3", "Section 2: LSCB 4"])
    findings, _ = prose([ENOUGH, "Adoption performance is discussed below. 2 of 3 were good."])
    pages = [first, contents, findings]
    if with_lscb:
        judged = lscb.format_map({"is": verb(grades["lscb"], "is")})
        board, _ = prose(judged.split("\n"), 120 if lscb_on_front else 780, bold=True)
        if lscb_on_front:
            first += board
        else:
            pages.append(board)
    return pages


def verb(grade, be):
    """What a sentence says of the grade: 'are good', 'require improvement'."""
    grade = " ".join(grade.split())
    if grade.lower().startswith("require"):
        return "require improvement to be good" if be == "are" else "requires improvement"
    return f"{be} {grade}"


def ilacs(
    grades,
    *,
    title=("Inspection of Bury local authority", "children’s services"),
    dates="25 October to 5 November 2021",
    labels=ILACS_AREAS,
    inspected="Inspection dates: ",
    column=330.0,
    align="top",
    long_grade=True,
    **layout,
):
    """The pages of a report on local authority children's services, since 2018."""
    texts, top = prose(title, size=18)
    more, top = prose(f"{inspected}{dates}".split("\n"), top - 10)
    texts += [*more, Text(70, top - 10, "Lead inspector: Ada Example, His Majesty’s Inspector")]
    rows = [("Judgement", "Grade")]
    for area, grade in grades.items():
        text = grade if "\n" in grade else printed(grade)
        if long_grade and text == "Requires improvement":
            text += " to be good"
        rows.append((labels[area], text))
    texts += table(rows, top - 40, column, align, **layout)
    summary, _ = prose([ENOUGH, "Since the previous inspection in 2016 services are better."], 200)
    return [texts + summary, prose([ENOUGH])[0]]


def lac(grades, *, name="Bury Metropolitan Borough Council", dates="15 – 19 July 2013"):
    """The pages of a report on services for looked after children, summer 2013."""
    texts, top = prose([name], size=20)
    front = ["Inspection of services for looked after children", f"Inspection dates: {dates}"]
    more, _ = prose([*front, "Reporting inspector: Ada Example", "Published: 23 August 2013"], top)
    scale, _ = prose(["Outstanding (grade 1)", "Good (grade 2)", "Adequate (grade 3)"])
    rows = [(LAC_AREAS[area], printed(grade)) for area, grade in grades.items()]
    heading, top = prose(["Record of main findings", "Looked after children"])
    return [texts + more, scale, prose([ENOUGH])[0], heading + table(rows, top)]


SIF = {
    "overall": "requires improvement",
    "help_and_protection": "requires improvement",
    "looked_after": "good",
    "adoption": "outstanding",
    "care_leavers": "requires improvement",
    "leadership": "inadequate",
    "lscb": "good",
}
FOUR = ("good", "requires improvement", "outstanding", "inadequate")
ILACS_JOINT = dict(zip(JOINT, FOUR, strict=True))
ILACS_APART = dict(zip(APART, (*FOUR, "good"), strict=True))
LAC = dict(
    zip(LAC_AREAS, ("inadequate", "adequate", "good", "outstanding", "adequate"), strict=True)
)


@pytest.fixture
def read(tmp_path):
    """Reads pages, or the bytes of a file, as a report."""

    def reader(pages, **options):
        path = tmp_path / "report.pdf"
        path.write_bytes(pages if isinstance(pages, bytes) else pdf(pages, **options))
        return read_here(path)

    return reader


def grades_of(report):
    return {j.area_id: j.grade for j in report.judgements}


# --- One layout each ---------------------------------------------------------------------------


def test_a_sif_report(read):
    report = read(sif(SIF))
    assert (report.framework_id, report.authority_id) == ("sif", "bury")
    assert (report.first_day, report.last_day) == (date(2016, 2, 24), date(2016, 3, 17))
    assert (report.published_date, report.days_note) == (date(2016, 5, 16), "")
    assert report.inspection_type is None
    assert grades_of(report) == SIF
    assert list(grades_of(report)) == list(SIF)  # in the order of the framework
    assert [j.page for j in report.judgements] == [1, 1, 1, 1, 1, 1, 4]
    assert {j.status for j in report.judgements} == {"graded"}
    assert report.judgements[3].label == "Adoption performance"


@pytest.mark.parametrize("align", ["top", "middle", "bottom"])
def test_a_grade_wrapped_above_and_below_the_line_of_its_name(read, align):
    wrapped = SIF | dict.fromkeys(("help_and_protection", "care_leavers"), "Requires\nimprovement")
    assert grades_of(read(sif(wrapped, align=align, pad=3))) == SIF


@pytest.mark.parametrize("align", ["top", "middle", "bottom"])
def test_a_grade_of_three_lines_beside_a_name_of_one(read, align):
    tall = dict.fromkeys(("help_and_protection", "overall"), "Requires\nimprovement to\nbe good")
    grades = ILACS_JOINT | dict.fromkeys(tall, "requires improvement")
    assert grades_of(read(ilacs(ILACS_JOINT | tall, align=align))) == grades


def test_names_wrapped_over_lines(read):
    labels = SIF_AREAS | {
        "help_and_protection": "1. Children who need\nhelp and protection",
        "looked_after": "2. Children looked\nafter and achieving\npermanence",
        "care_leavers": "2.2 Experiences and progress\nof care leavers",
    }
    assert grades_of(read(sif(SIF, labels=labels))) == SIF


@pytest.mark.parametrize("rows_on_first", [1, 2, 3, 4])
def test_a_table_broken_over_two_pages(read, rows_on_first):
    pages = sif(SIF)
    rows = sorted({t.y for t in pages[0] if t.x == 340}, reverse=True)
    cut = rows[rows_on_first] + 9
    over = [t for t in pages[0] if t.y < cut]
    pages[0] = [t for t in pages[0] if t.y >= cut]
    pages.insert(1, [Text(t.x, t.y + 780 - cut, t.text, t.size, t.bold) for t in over])
    report = read(pages)
    assert grades_of(report) == SIF
    first = ["overall", *list(SIF_AREAS)[:rows_on_first]]
    assert [j.area_id for j in report.judgements if j.page == 1] == first


def test_require_improvement_as_early_reports_print_it(read):
    early = SIF | dict.fromkeys(("help_and_protection", "care_leavers"), "Require\nimprovement")
    assert grades_of(read(sif(early, bold=True))) == SIF


def test_not_judged_is_no_grade(read):
    unjudged = SIF | {"looked_after": None, "adoption": None, "care_leavers": "Not\njudged"}
    report = read(sif(unjudged))
    assert grades_of(report) == unjudged | {"care_leavers": None}
    status = {j.area_id: j.status for j in report.judgements}
    assert {a for a in status if status[a] == "not judged"} == {
        "looked_after",
        "adoption",
        "care_leavers",
    }


@pytest.mark.parametrize(
    "overall",
    [
        "The overall judgement {are}",
        "The overall judgement is that children’s services {are}",
        "The overall judgement is that\nchildren’s services {are}.",
        "Children’s services in the Isles of Scilly {are}",
        "Children’s services in the Borough of Bury area {are}",
        "Children’s services in Bury\n{are}",
        "Children's services at Bury Council {are}.",
    ],
)
@pytest.mark.parametrize("grade", FOUR)
def test_wordings_of_the_overall_judgement(read, overall, grade):
    if "judgement {are}" in overall and grade.startswith("require"):
        overall = overall.replace("{are}", "is requires improvement")
    elif "judgement {are}" in overall:
        overall = overall.replace("{are}", f"is {grade}")
    assert grades_of(read(sif(SIF | {"overall": grade}, overall=overall)))["overall"] == grade


@pytest.mark.parametrize(
    "lscb",
    [
        "The Local Safeguarding Children Board {is}",
        "The Local Safeguarding Children Board (LSCB) {is}.",
        "The Local Safeguarding\nChildren Board (LSCB) {is}",
        "The effectiveness of the Local Safeguarding Children Board (LSCB)\n{is}",
        "The effectiveness of the LSCB {is}",
        "The LSCB {is}",
        "The Local Safeguarding Children {is}",
        "The Local Safeguarding Children’s Board {is}",
    ],
)
@pytest.mark.parametrize("grade", FOUR)
def test_wordings_of_the_judgement_of_the_board(read, lscb, grade):
    report = read(sif(SIF | {"lscb": grade}, lscb=lscb))
    assert (report.judgements[-1].grade, report.judgements[-1].page) == (grade, 4)


def test_a_board_that_is_judged_to_be_good(read):
    lscb = "The Local Safeguarding Children Board (LSCB) is judged to be good"
    assert grades_of(read(sif(SIF, lscb=lscb)))["lscb"] == "good"


def test_the_board_on_the_first_page_and_again_later(read):
    pages = sif(SIF, lscb_on_front=True)
    pages.append([Text(70, 700, "The effectiveness of the LSCB is good")])
    assert read(pages).judgements[-1].page == 1


def test_a_reinspection_leaves_the_board_out(read):
    grades = {area: grade for area, grade in SIF.items() if area != "lscb"}
    pages = sif(grades)
    pages[0] = [
        Text(t.x, t.y, t.text.replace(SIF_TITLE, "Re-inspection of services for children"), t.size)
        for t in pages[0]
    ]
    report = read(pages)
    assert grades_of(report) == grades
    assert report.inspection_type == "reinspection"


def test_earlier_grades_in_running_text_are_not_taken(read):
    pages = sif(SIF)
    pages[0].append(Text(70, 90, "Children’s services in Bury are no longer inadequate."))
    pages[2].append(Text(70, 600, "In 2012 adoption performance was adequate, and care was good."))
    assert grades_of(read(pages)) == SIF


def test_an_ilacs_report_until_2022(read):
    report = read(ilacs(ILACS_JOINT))
    assert (report.framework_id, report.authority_id) == ("ilacs", "bury")
    assert (report.first_day, report.last_day) == (date(2021, 10, 25), date(2021, 11, 5))
    assert report.published_date is None
    assert grades_of(report) == ILACS_JOINT
    assert {j.page for j in report.judgements} == {1}


def test_an_ilacs_report_from_2023_until_march_2026(read):
    report = read(ilacs(ILACS_APART, dates="11 to 22 September 2023"))
    assert grades_of(report) == ILACS_APART


def test_an_ilacs_report_since_april_2026(read):
    grades = {area: ILACS_APART[area] for area in LATEST}
    assert grades_of(read(ilacs(grades, dates="11 to 22 May 2026"))) == grades


def test_what_is_graded_is_what_was_in_use_when_the_inspection_began(read):
    joint = read(ilacs(ILACS_JOINT, dates="5 to 9 December 2022 and 14 to 15 February 2023"))
    assert grades_of(joint) == ILACS_JOINT
    assert joint.last_day == date(2023, 2, 15)
    apart = read(ilacs(ILACS_APART, dates="23 March to 3 April 2026"))
    assert grades_of(apart) == ILACS_APART


@pytest.mark.parametrize("name", ["care_leavers", "leaders"])
def test_misprinted_names(read, name):
    misprint = {
        "care_leavers": "The experiences and progress of\nchildren care leavers",
        "leaders": "The impact of leader on social work\npractise with children and families.",
    }
    labels = ILACS_AREAS | {name: misprint[name]}
    report = read(ilacs(ILACS_APART, dates="11 to 22 September 2023", labels=labels))
    assert grades_of(report) == ILACS_APART


def test_requires_improvement_without_to_be_good(read):
    assert grades_of(read(ilacs(ILACS_JOINT, long_grade=False))) == ILACS_JOINT


def test_a_lac_report_with_its_grades_on_the_last_page(read):
    report = read(lac(LAC))
    assert (report.framework_id, report.published_date) == ("lac", date(2013, 8, 23))
    assert grades_of(report) == LAC
    assert {j.page for j in report.judgements} == {4}


@pytest.mark.parametrize("column", [220.0, 260.0, 330.0, 420.0, 480.0])
def test_a_column_of_grades_further_left_or_right(read, column):
    labels = SIF_AREAS | {
        "help_and_protection": "1. Children who need\nhelp and protection",
        "looked_after": "2. Children looked\nafter and achieving\npermanence",
        "care_leavers": "2.2 Experiences and\nprogress of care\nleavers",
        "leadership": "3. Leadership,\nmanagement and\ngovernance",
    }
    wrapped = SIF | dict.fromkeys(("help_and_protection", "care_leavers"), "Requires\nimprovement")
    assert grades_of(read(sif(wrapped, column=column, labels=labels))) == SIF


@pytest.mark.parametrize("note", ["1", " 2", "*", ".", "†", "²"])
def test_marks_of_footnotes_after_grades(read, note):
    marked = SIF | {
        "adoption": f"Outstanding{note}\n",
        "care_leavers": f"Requires\nimprovement{note}",
    }
    assert grades_of(read(sif(marked))) == SIF


def test_a_raised_digit_after_a_grade(read):
    pages = sif(SIF)
    (good,) = (t for t in pages[0] if t.text == "Good" and t.x == 340)
    pages[0].append(Text(good.x + 26, good.y + 4, "1", 6))
    assert grades_of(read(pages)) == SIF


def test_dates_broken_over_a_line(read):
    pages = ilacs(
        ILACS_JOINT, dates="8 July 2019 to 12 July 2019 and 7 August 2019 to\n8 August 2019"
    )
    report = read(pages)
    assert (report.first_day, report.last_day) == (date(2019, 7, 8), date(2019, 8, 8))
    assert report.days_note == "two visits: 2019-07-08 to 2019-07-12 and 2019-08-07 to 2019-08-08"


def test_dates_after_a_long_heading(read):
    title = ("Inspection of Bournemouth,", "Christchurch & Poole Council", "children’s services")
    title += ("provided by the council", "and by its partners")
    report = read(ilacs(ILACS_JOINT, title=title))
    assert report.authority_id == "bournemouth-christchurch-and-poole"


@pytest.mark.parametrize(
    ("printed_name", "year", "expected"),
    [
        ("St. Helens Metropolitan Borough Council", 2016, "st-helens"),
        ("London Corporation", 2016, "city-of-london"),
        ("City of London", 2016, "city-of-london"),
        ("Dorset County Council", 2016, "dorset-county-council"),
        ("City of York Council", 2016, "york"),
        ("Council of the Isles of Scilly", 2016, "isles-of-scilly"),
        ("Brighton & Hove City Council", 2015, "brighton-and-hove"),
        ("London Borough of Hammersmith & Fulham", 2016, "hammersmith-and-fulham"),
        ("Royal Borough of Windsor & Maidenhead", 2016, "windsor-and-maidenhead"),
        ("The Royal Borough of Kingston upon Thames", 2015, "kingston-upon-thames"),
        ("Hull City Council", 2015, "kingston-upon-hull"),
        ("North East Lincolnshire Council", 2016, "north-east-lincolnshire"),
        ("Cheshire East Unitary Authority", 2016, "cheshire-east"),
        ("STOKE-ON-TRENT CITY COUNCIL", 2015, "stoke-on-trent"),
        ("Poole", 2017, "poole"),
    ],
)
def test_names_as_reports_print_them(read, printed_name, year, expected):
    report = read(sif(SIF, name=printed_name, dates=f"1 to 25 June {year}", published=""))
    assert report.authority_id == expected
    assert report.published_date is None


@pytest.mark.parametrize(
    ("title", "dates", "expected"),
    [
        ("Inspection of Dorset children’s services", "11 to 22 October 2021", "dorset"),
        ("Inspection of Bradford Children and Families Trust", "4 to 15 July 2022", "bradford"),
        ("Dorset County Council", "4 to 8 March 2019", "dorset-county-council"),
    ],
)
def test_names_in_titles(read, title, dates, expected):
    assert read(ilacs(ILACS_JOINT, title=[title], dates=dates)).authority_id == expected


def test_a_report_in_plain_types(read):
    plain = read(sif(SIF)).as_dict()
    assert (plain["first_day"], plain["published_date"]) == ("2016-02-24", "2016-05-16")
    assert [j["grade"] for j in plain["judgements"]] == list(SIF.values())


def transcribed():
    """Reports transcribed from elsewhere: (authority, framework, dates, first, last), rows."""
    path = Path(__file__).parents[1] / "data" / "transcribed_reports.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    key = ("authority", "framework_id", "dates", "first_day", "last_day", "published_date")
    return [(k, list(g)) for k, g in groupby(rows, lambda r: tuple(r[c] for c in key))]


@pytest.mark.parametrize(
    ("facts", "rows"), [pytest.param(*r, id="-".join(r[0][:2] + r[0][4:5])) for r in transcribed()]
)
def test_reports_known_from_elsewhere_read_back_as_they_were_printed(read, facts, rows):
    authority, framework_id, dates, first, last, published = facts
    grades = {row["area_id"]: row["grade"] or None for row in rows}
    name = authority.title().replace(" And ", " and ").replace(" Of ", " of ")
    # A wrapped third grade in every second report, each kind of alignment in every third.
    index = [key for key, _ in transcribed()].index(facts)
    layout = {"align": ("top", "middle", "bottom")[index % 3]}
    if index % 2:
        grades = {
            area: grade.replace("requires improvement", "Requires\nimprovement")
            if grade and area not in ("overall", "lscb")
            else grade
            for area, grade in grades.items()
        }
    if framework_id == "sif":
        day = date.fromisoformat(published)
        text = f"{day.day} {day:%B %Y}"
        overall = f"Children’s services in {name} {{are}}"
        pages = sif(grades, name=name, dates=dates, published=text, overall=overall, **layout)
    elif framework_id == "ilacs":
        title = (f"Inspection of {name} local authority", "children’s services")
        pages = ilacs(grades, title=title, dates=dates, **layout)
    else:
        pages = lac(
            {area: grades[area].replace("\n", " ") for area in grades}, name=name, dates=dates
        )
    report = read(pages)
    assert report.framework_id == framework_id
    assert (report.first_day.isoformat(), report.last_day.isoformat()) == (first, last)
    assert report.authority_id == authorities.find_authority(authority, date=report.last_day)
    assert grades_of(report) == {row["area_id"]: row["grade"] or None for row in rows}
    assert report.published_date in (None, date.fromisoformat(published))


# --- Refusals ----------------------------------------------------------------------------------


def letter(*lines):
    return [prose(lines)[0]]


REFUSED = {
    "a web page": (b"<!DOCTYPE html><html><body>Not found</body></html>", "HTML page"),
    "some other file": (b"PK\x03\x04" + bytes(100), "not a PDF"),
    "nothing": (b"", "empty"),
    "noise after the head of a PDF": (b"%PDF-1.5\n" + bytes(range(256)) * 9 + b"%%EOF", "damaged"),
    "a damaged page": (
        pdf(sif(SIF)).replace(b"/Contents 6 0 R", b"/Contents 99 0 R"),
        "no list of graded areas",
    ),
    "encrypted": (
        pdf(
            sif(SIF),
            "/Encrypt<</Filter/Standard/V 1/R 2/Length 40/P -4"
            f"/O<{'41' * 32}>/U<{'42' * 32}>>>/ID[<{'43' * 16}><{'43' * 16}>]",
        ),
        "encrypted",
    ),
    "scanned": (pdf([[], [], []], image=True), "no words in it"),
    "a focused visit": (
        pdf(letter("Focused visit to Bury local authority children’s services", ENOUGH)),
        "focused visit",
    ),
    "a monitoring visit": (
        pdf(letter("Monitoring visit of Bury Council children’s services", ENOUGH)),
        "monitoring visit",
    ),
    "a joint targeted area inspection": (
        pdf(letter("Joint targeted area inspection of Bury", ENOUGH)),
        "joint targeted area inspection",
    ),
    "another text": (pdf(letter("Minutes of a meeting", ENOUGH)), "no list of graded areas"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_files_that_are_no_graded_report_are_refused(read, kind):
    file, why = REFUSED[kind]
    with pytest.raises(ReportError, match=why):
        read(file)


def test_missing_files_and_folders_are_refused(tmp_path):
    with pytest.raises(ReportError, match="cannot be opened"):
        read_report(tmp_path / "nothing.pdf")
    with pytest.raises(ReportError, match="is not a file"):
        read_report(tmp_path)


def without(grades, *areas):
    return {area: grade for area, grade in grades.items() if area not in areas}


@pytest.mark.parametrize("area", list(SIF_AREAS))
def test_a_name_without_a_grade_is_refused(read, area):
    pages = sif(SIF)
    ys = {t.y for t in pages[0] if t.text in SIF_AREAS[area].split("\n")}
    height = sum(ys) / len(ys)
    pages[0] = [t for t in pages[0] if t.x != 340 or abs(t.y - height) > 1]
    with pytest.raises(ReportError, match=f"no grade that can be read for certain for: {area}"):
        read(pages)


@pytest.mark.parametrize("area", JOINT)
def test_a_missing_row_is_refused(read, area):
    with pytest.raises(ReportError, match=f"for certain for: {area}"):
        read(ilacs(without(ILACS_JOINT, area)))


def test_a_sif_report_without_its_overall_sentence_is_refused(read):
    with pytest.raises(ReportError, match="for certain for: overall"):
        read(sif(SIF, overall="Children’s services in Bury"))


def test_two_grades_beside_one_name_are_refused(read):
    with pytest.raises(ReportError, match="two grades beside one name"):
        read(sif(SIF | {"adoption": "Good\nOutstanding"}))


def test_part_of_a_grade_is_refused(read):
    with pytest.raises(ReportError, match="part of a grade"):
        read(sif(SIF | {"adoption": "Requires\n"}))
    with pytest.raises(ReportError, match="part of a grade"):
        read(sif(SIF | {"adoption": "improvement to\nbe good"}))


def test_an_area_that_is_graded_twice_is_refused(read):
    labels = ILACS_AREAS | {"in_care": ILACS_AREAS["help_and_protection"]}
    with pytest.raises(ReportError, match="one area twice"):
        read(ilacs(ILACS_APART, dates="11 to 22 September 2023", labels=labels))


def test_two_overall_judgements_are_refused(read):
    pages = sif(SIF)
    pages[0].append(Text(70, 90, "The overall judgement is good"))
    with pytest.raises(ReportError, match="overall more than one grade"):
        read(pages)


def test_two_judgements_of_the_board_are_refused(read):
    pages = sif(SIF)
    pages.append([Text(70, 700, "The effectiveness of the LSCB is inadequate")])
    with pytest.raises(ReportError, match="lscb more than one grade, on pages 4 and 5"):
        read(pages)


def test_a_review_of_the_board_that_gives_no_grade_is_refused(read):
    with pytest.raises(ReportError, match="announces a review"):
        read(sif(SIF, lscb="The Local Safeguarding Children Board was reviewed"))


@pytest.mark.parametrize(
    ("dates", "why"),
    [
        ("17 March 2016 to 24 February 2016", "make no sense"),
        ("30 February 2016 to 17 March 2016", "does not exist"),
        ("24/13/2016 to 25/13/2016", "does not exist"),
        ("1 to 2 to 17 March 2016", "make no sense"),
        ("24 February to 17 March", "without a month or year"),
        ("to be announced", "no dates of inspection"),
        ("24 February 2016 –", "half a range"),
        ("– 17 March 2016", "half a range"),
        ("24 February 2016 to", "half a range"),
        ("to 17 March 2016", "half a range"),
        ("14 2014 – 8 October 2015", "without a month"),
        ("2015", "make no sense"),
        ("14 October 2014 – 8 October 2015", "too far apart"),
        ("24 February 2016 – 17 May 2016", "too far apart"),
        ("4 to 8 January 2016 and 2 to 5 August 2016", "too far apart"),
        ("", "no dates of inspection"),
    ],
)
def test_dates_that_make_no_sense_are_refused(read, dates, why):
    with pytest.raises(ReportError, match=why):
        read(sif(SIF, dates=dates, published=""))


@pytest.mark.parametrize(
    ("grades", "dates"),
    [(ILACS_JOINT, "4 to 15 October 2010"), (ILACS_JOINT, "4 to 15 December 2017")],
)
def test_an_inspection_before_its_framework_is_refused(read, grades, dates):
    with pytest.raises(ReportError, match="ilacs, which was not in use"):
        read(ilacs(grades, dates=dates))


@pytest.mark.parametrize(
    ("grades", "dates", "why"),
    [
        (ILACS_APART, "11 to 22 May 2026", "not in use on 2026-05-11: overall"),
        (without(ILACS_APART, "overall"), "2 to 13 March 2026", "for certain for: overall"),
        (ILACS_JOINT, "11 to 22 September 2023", "for certain for: care_leavers, in_care"),
        (ILACS_APART, "4 to 15 October 2021", "for certain for: care_and_care_leavers"),
    ],
)
def test_areas_that_the_framework_did_not_grade_then_are_refused(read, grades, dates, why):
    with pytest.raises(ReportError, match=why):
        read(ilacs(grades, dates=dates))


@pytest.mark.parametrize(
    "title",
    [
        ("Inspection of Loamshire local authority", "children’s services"),
        ("Inspection of Bury and Bolton local authorities", "children’s services"),
        ("Inspection of Cumberland local authority", "children’s services"),  # not yet, in 2021
    ],
)
def test_an_authority_that_is_not_known_for_certain_is_refused(read, title):
    with pytest.raises(ReportError, match="names no authority that is known, or several"):
        read(ilacs(ILACS_JOINT, title=title))


def test_many_files_are_read_in_order_and_the_refusals_say_why(tmp_path):
    files = []
    for number in range(12):
        path = tmp_path / f"{number}.pdf"
        path.write_bytes(b"<html>" if number % 3 == 1 else pdf(ilacs(ILACS_JOINT)))
        files.append(path)
    read = list(read_reports(files))
    assert [r.file if isinstance(r, Report) else r[0] for r in read] == files
    assert [not isinstance(r, Report) for r in read] == [n % 3 == 1 for n in range(12)]
    assert "HTML" in read[1][1]


# --- Names and grades in other words -----------------------------------------------------------


@pytest.mark.parametrize(
    ("area", "wording"),
    [
        ("leaders", "The impact of leaders on\npractice with children and families"),
        ("leaders", "Impact of leaders on social work\npractice with children and families"),
        ("leaders", "The impact of leaders on social work\npractise with childen and families"),
        ("help_and_protection", "Progress of children who need help\nand protection"),
        ("overall", "Overal effectivenes"),
    ],
)
def test_an_area_in_other_words_is_read_and_reported(read, area, wording):
    report = read(ilacs(ILACS_JOINT, labels=ILACS_AREAS | {area: wording}))
    assert grades_of(report) == ILACS_JOINT
    assert report.wordings == {area: " ".join(wording.split())}
    assert read(ilacs(ILACS_JOINT)).wordings == {}


@pytest.mark.parametrize(
    ("area", "wording"),
    [
        # a word of meaning is added, or changed
        ("leaders", "impact of leaders on practice with unborn children and families"),
        ("leaders", "impact of partners on social work practice with children and families"),
        ("help_and_protection", "experiences and progress of children who need help and support"),
        ("help_and_protection", "experiences of children who do not need help and protection"),
        (
            "care_and_care_leavers",
            "experiences and progress of children not in care and care leavers",
        ),
        (
            "help_and_protection",
            "inexperience and progress of children who need help and protection",
        ),
        # more than one area is meant
        ("care_and_care_leavers", "experiences and progress of children"),
        ("care_and_care_leavers", "experiences and progress"),
        ("overall", "effectiveness of leaders"),
    ],
)
def test_an_area_in_words_of_another_meaning_is_refused(read, area, wording):
    wording = "\n".join(textwrap.wrap(f"The {wording}", 38))
    with pytest.raises(
        ReportError, match=r"can be read for certain for|two grades beside one name"
    ):
        read(ilacs(ILACS_JOINT, labels=ILACS_AREAS | {area: wording}))


def test_an_area_in_other_words_out_of_its_place_is_refused(read):
    wording = "The impact of leaders on practice\nwith children and families"
    first, *others = ILACS_JOINT.items()
    moved = dict([*others, first])
    with pytest.raises(ReportError, match=r"for certain for: leaders|two grades beside one name"):
        read(ilacs(moved, labels=ILACS_AREAS | {"leaders": wording}))
    assert (
        grades_of(read(ilacs(moved))) == ILACS_JOINT
    )  # in words that are known, any place will do


def test_the_overall_judgement_of_one_service(read):
    overall = "The overall judgement is that children’s service requires improvement."
    assert grades_of(read(sif(SIF, overall=overall))) == SIF


def numbered(grades):
    order = ["outstanding", "good", "adequate", "inadequate"]
    return {area: f"{printed(g)} Grade {order.index(g) + 1}" for area, g in grades.items()}


def test_grades_with_their_numbers(read):
    pages = lac(numbered(LAC))
    report = read([[Text(t.x, t.y, t.text.replace("grade", "Grade"), t.size) for t in page]
                   for page in pages])  # fmt: skip
    assert grades_of(report) == LAC
    wrong = lac(numbered(LAC) | {"outcomes": "Good Grade 3"})
    wrong = [[Text(t.x, t.y, t.text.replace("grade", "Grade"), t.size) for t in page]
             for page in wrong]  # fmt: skip
    with pytest.raises(ReportError, match="another's number on page 4: 'Good Grade 3'"):
        read(wrong)


@pytest.mark.parametrize(
    "cell", ["Good/\nOutstanding", "Good or\noutstanding", "Good (was\nadequate)"]
)
def test_something_beside_a_grade_is_refused(read, cell):
    with pytest.raises(ReportError, match="something beside a grade on page 1"):
        read(sif(SIF | {"adoption": cell}))


def test_a_grade_of_another_framework_is_refused(read):
    with pytest.raises(ReportError, match="leaders as adequate, which is not a grade of ilacs"):
        read(ilacs(ILACS_JOINT | {"leaders": "adequate"}))
    with pytest.raises(ReportError, match="not a grade of lac"):
        read(lac(LAC | {"capacity": "requires improvement"}))


# --- One inspection of one authority, from the cover to the end --------------------------------


def test_a_running_head_of_another_authority_is_refused(read):
    pages = ilacs(ILACS_JOINT)
    head = "Inspection of {} local authority children’s services 25 October to 5 November 2021 2"
    assert read([*pages[:1], [Text(70, 800, head.format("Bury")), *pages[1]]])
    with pytest.raises(ReportError, match="on bury, but its page 2 is headed bolton"):
        read([*pages[:1], [Text(70, 800, head.format("Bolton")), *pages[1]]])


@pytest.mark.parametrize(
    ("year", "good"), [(2020, False), (2021, True), (2022, True), (2018, False)]
)
def test_a_running_head_with_dates_of_another_inspection_is_refused(read, year, good):
    pages = ilacs(ILACS_JOINT)
    head = f"Inspection of Bury local authority children’s services 2 to 6 August {year} 2"
    file = [*pages[:1], [Text(70, 800, head), *pages[1]]]
    if good:
        assert read(file).last_day == date(2021, 11, 5)
    else:
        with pytest.raises(ReportError, match=f"but page 2 says {year}-08-06"):
            read(file)


def test_pages_out_of_order_are_refused(read):
    def page(number):
        return [Text(70, 800, f"{number} Children in Bury are safe.")]

    pages = ilacs(ILACS_JOINT)
    assert read([pages[0], page(2), page(3)])
    with pytest.raises(ReportError, match="numbered 4 in the place of 3"):
        read([pages[0], page(2), page(4)])
    with pytest.raises(ReportError, match="numbered 2 in the place of 3"):
        read([pages[0], page(2), page(2)])


def test_pages_on_another_authority_are_refused(read):
    pages = ilacs(ILACS_JOINT)
    ours = [Text(70, 700, "Leaders in Bury work closely with Bolton, and with Bolton’s schools.")]
    theirs = [Text(70, 700, "Leaders in Bolton know Bolton well. Social workers like Bolton.")]
    assert read([*pages, ours, ours])
    with pytest.raises(ReportError, match="on bury, but has pages on bolton"):
        read([*pages, ours, theirs, theirs])
    # Ofsted's own address names no authority
    address = [Text(70, 700, "Piccadilly Gate Store Street Manchester M1 2WD"),
               Text(70, 680, "and again: Store Street Manchester M1 2WD")]  # fmt: skip
    assert read([*pages, address])


def test_the_board_of_another_authority_is_refused(read):
    pages = sif(SIF)
    pages[3].append(Text(70, 700, "The board in Bolton has a strong chair. Bolton is proud of it."))
    pages += [
        [Text(70, 700, "Bury is well led. Bury listens to children. Bury knows families.")]
    ] * 8
    assert read(
        [*pages[:3], [*pages[3], Text(70, 720, "Bury and Bolton share a chair.")], *pages[4:]]
    )
    with pytest.raises(ReportError, match="gives lscb on page 4, where only bolton is named"):
        read(pages)


def test_a_copyright_of_years_later_is_refused(read):
    pages = ilacs(ILACS_JOINT)
    assert read([*pages, [Text(70, 100, "© Crown copyright 2022")]])
    with pytest.raises(ReportError, match="ends with a copyright of 2019"):
        read([*pages, [Text(70, 100, "© Crown copyright 2019")]])


def test_a_second_cover_is_refused(read):
    one = ilacs(ILACS_JOINT)
    other = ilacs(ILACS_JOINT, dates="4 to 15 July 2022")
    with pytest.raises(ReportError, match="second cover on page 2, with other dates"):
        read([one[0], other[0], one[1]])


def test_a_second_list_that_contradicts_the_first_is_refused(read):
    earlier = ilacs(ILACS_JOINT | {"leaders": "inadequate"})
    now = ilacs(ILACS_JOINT)
    listed = [t for t in earlier[0] if t.y < 690 or t.x > 300]
    assert grades_of(read([*now, [t for t in now[0] if t.y < 690]])) == ILACS_JOINT
    with pytest.raises(ReportError, match="two lists of grades that contradict each other"):
        read([*now, listed])


def test_a_grade_that_the_text_gives_otherwise_is_refused(read):
    pages = ilacs(ILACS_JOINT)
    label = " ".join(ILACS_AREAS["help_and_protection"].split())
    again = [Text(40, 700, f"{label}: requires improvement to be good", 8)]
    assert grades_of(read([*pages, again])) == ILACS_JOINT
    before = [Text(40, 700, "Previous Ofsted inspections", 8), Text(40, 690, f"{label}: good", 8),
              Text(40, 680, "Local leadership", 8)]  # fmt: skip
    assert grades_of(read([*pages, before])) == ILACS_JOINT
    with pytest.raises(
        ReportError, match=r"help_and_protection as requires .*but as good on page 3"
    ):
        read([*pages, [Text(40, 700, f"{label}: good", 8)]])


def test_the_board_is_graded_only_where_the_cover_announces_its_review(read):
    grades = without(SIF, "lscb")
    pages = sif(grades)
    pages.append([Text(70, 700, "The Local Safeguarding Children Board is good")])
    assert grades_of(read(pages)) == grades


# --- Files that are made to do harm ------------------------------------------------------------


def harm(stream, extra=b"", resources=b"<</Font<</F1 3 0 R>>/XObject<</X 5 0 R>>>>", pages=1):
    """A PDF file whose pages show object 5."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[%s]/Count %d>>"
        % (b" ".join(b"%d 0 R" % (6 + n) for n in range(pages)), pages),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        b"<</Length 5>>stream\n/X Do\nendstream",
        b"<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources%s/Length %d%s>>stream\n%s\nendstream"
        % (resources, len(stream), extra, stream),
        *[
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources%s/Contents 4 0 R>>"
            % resources
        ]
        * pages,
    ]
    file, places = bytearray(b"%PDF-1.5\n"), []
    for number, content in enumerate(objects, 1):
        places.append(len(file))
        file += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(file)
    file += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    file += b"".join(b"%010d 00000 n \n" % place for place in places)
    return file + b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1,
        start,
    )


def unpacking():
    """What unpacks to half a gigabyte."""
    squeeze = zlib.compressobj(9)
    bomb = b"".join(squeeze.compress(b" " * 10**6) for _ in range(500)) + squeeze.flush()
    return harm(bomb, b"/Filter/FlateDecode")


def lettered():
    many = zlib.compress(b"BT /F1 9 Tf " + b"(letters) Tj " * 10**5 + b"ET")
    return harm(many, b"/Filter/FlateDecode")


HARMFUL = {
    "a form that calls itself": lambda: harm(b"/X Do " * 50),
    "what unpacks to half a gigabyte": unpacking,
    "millions of letters": lettered,
    "pages without end": lambda: harm(b"", pages=20_000),
}


@pytest.mark.sample(1)
@pytest.mark.parametrize("harmful", HARMFUL)
def test_no_file_costs_the_others_or_more_than_its_time(harmful, tmp_path):
    good = pdf(ilacs(ILACS_JOINT))
    files = {"good 1": good, harmful: HARMFUL[harmful](), "good 2": good, "good 3": good}
    paths = [tmp_path / f"{name}.pdf" for name in files]
    for path, content in zip(paths, files.values(), strict=True):
        path.write_bytes(content)
    empty = tmp_path / "three gigabytes of nothing.pdf"
    with empty.open("wb") as file:
        file.write(b"%PDF-1.5\n")
        file.truncate(3 * 2**30)
    paths.insert(1, empty)
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.pdf")
        paths.insert(1, tmp_path / "pipe.pdf")
    start = time.monotonic()
    read = list(read_reports(paths))
    assert time.monotonic() - start < 5 * len(paths)
    for path, outcome in zip(paths, read, strict=True):
        assert isinstance(outcome, Report) == path.name.startswith("good"), path.name
        if not isinstance(outcome, Report):
            assert outcome[0] == path and re.search("more|regular", outcome[1]), outcome


def test_a_fault_of_the_reader_costs_one_file_only(tmp_path, monkeypatch):
    monkeypatch.setattr("ofsted_analysis.curation.reports.reader.open_pages", lambda path: 1 / 0)
    (tmp_path / "a.pdf").write_bytes(b"")
    ((_, why),) = read_reports([tmp_path / "a.pdf"])
    assert "ZeroDivisionError" in why and "report this file" in why


# --- Whatever is printed is read, or refused ---------------------------------------------------

PATIENT = settings(
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,  # the same examples on every machine
)
THOROUGH = settings(PATIENT, max_examples=200)


def wrapped(draw, text, widest, most=4):
    """A text over as many lines as it happens to need, at most so many and so wide."""
    text = " ".join(text.split()).replace(". ", ".\xa0")  # an area's number stays with its name
    widths = range(len(max(text.split(" "), key=len)), int(widest) + 1)
    fit = [w for w in widths if len(textwrap.wrap(text, w)) <= most]
    lines = textwrap.wrap(text, draw(st.sampled_from(fit)))
    return "\n".join(lines).replace("\xa0", " ")


@st.composite
def reports(draw):
    """A report in some layout: (pages, framework_id, grades)."""
    framework_id = draw(st.sampled_from(["sif", "ilacs", "ilacs", "lac"]))
    third = "adequate" if framework_id == "lac" else "requires improvement"
    grade = st.sampled_from(["outstanding", "good", third, "inadequate"])
    if framework_id == "sif":
        areas, labels = list(SIF), SIF_AREAS
        areas = areas if draw(st.booleans()) else areas[:-1]
    elif framework_id == "ilacs":
        areas, labels = list(draw(st.sampled_from([JOINT, APART, LATEST]))), ILACS_AREAS
    else:
        areas, labels = list(LAC_AREAS), LAC_AREAS
    grades = {area: draw(grade) for area in areas}
    if framework_id == "lac":
        return lac(grades), framework_id, grades
    column = draw(st.floats(300, 460))
    layout = {
        "column": column,
        "align": draw(st.sampled_from(["top", "middle", "bottom"])),
        "pad": draw(st.floats(2, 24)),
        "bold": draw(st.booleans()),
        "labels": {
            area: wrapped(draw, label, (column - 90) / 6.2) for area, label in labels.items()
        },
    }
    if framework_id == "ilacs":
        dates = {JOINT: "4 to 15 October 2021", APART: "4 to 15 March 2024"}
        layout["dates"] = dates.get(tuple(areas), "11 to 22 May 2026")
    shown = {}
    for area, value in grades.items():
        if framework_id == "sif" and area in ("overall", "lscb"):
            shown[area] = value
            continue
        full = "to be good" if value == third and draw(st.booleans()) else ""
        # A line break at the end tells the printer to print the text as it is.
        shown[area] = wrapped(draw, f"{printed(value)} {full}", (560 - column) / 6.2, 3)
        shown[area] = shown[area] if "\n" in shown[area] else value
    pages = (sif if framework_id == "sif" else ilacs)(shown, **layout)
    if draw(st.booleans()):  # pieces of a page may be drawn in any order
        front = [t for t in pages[0] if t.x == column]
        rest = [t for t in pages[0] if t.x != column]
        pages[0] = rest + draw(st.permutations(front))
    return pages, framework_id, grades


@THOROUGH
@given(reports())
def test_what_was_printed_is_what_is_read(tmp_path, made):
    pages, framework_id, grades = made
    path = tmp_path / "report.pdf"
    path.write_bytes(pdf(pages))
    report = read_here(path)
    assert report.framework_id == framework_id
    assert grades_of(report) == grades


@THOROUGH
@given(reports(), st.data())
def test_a_report_with_lines_lost_is_refused_or_read_rightly(tmp_path, made, data):
    pages, _, grades = made
    page = data.draw(st.sampled_from([p for p in pages if p]))
    for text in data.draw(st.lists(st.sampled_from(page), min_size=1, max_size=3, unique=True)):
        page.remove(text)
    path = tmp_path / "report.pdf"
    path.write_bytes(pdf(pages))
    try:
        read = grades_of(read_here(path))
    except ReportError as error:
        assert str(error)
        return
    changed = {area for area, grade in read.items() if grade != grades.get(area)}
    assert not changed
    # Of a board that neither title nor page names any more nothing can be known.
    assert grades.keys() - read.keys() <= {"lscb"}


WHOLE = [pdf(sif(SIF)), pdf(ilacs(ILACS_JOINT)), pdf(lac(LAC))]


@THOROUGH
@given(st.integers(0, 2), st.floats(0, 1))
def test_a_file_cut_short_is_refused_or_read_rightly(tmp_path, which, share):
    path = tmp_path / "report.pdf"
    path.write_bytes(WHOLE[which][: int(len(WHOLE[which]) * share)])
    try:
        read = grades_of(read_here(path))
    except ReportError as error:
        assert str(error)
        return
    assert read == (SIF, ILACS_JOINT, LAC)[which]


@pytest.mark.parametrize("lost", range(1, 9))
def test_a_file_that_has_lost_its_end(read, lost):
    whole = pdf(sif(SIF))
    with pytest.raises(ReportError, match="cut short"):
        read(whole[: len(whole) * lost // 9])


# --- Dates -------------------------------------------------------------------------------------

DAYS = st.dates(date(2009, 1, 1), date(2035, 12, 31))
DASH = st.sampled_from([" to ", " – ", "–", " - ", "-", " — ", "- "])


def in_full(day, month="%B"):
    return f"{day.day} {day.strftime(month)} {day.year}"


def forms(first, last, dash):
    """Every form in which reports print these days."""
    yield f"{in_full(first)}{dash}{in_full(last)}"
    yield f"{in_full(first, '%b')}{dash}{in_full(last, '%b')}"
    yield f"{first:%d}th {first:%B} {first.year}{dash}{last:%d}th {last:%B} {last.year}"
    yield f"{first:%d/%m/%Y}{dash}{last:%d/%m/%Y}"
    yield f"{first.day}/{first.month:02}/{first.year}{dash}{last.day}/{last.month:02}/{last.year}"
    if first.year == last.year:
        yield f"{first.day} {first:%B}{dash}{in_full(last)}"
        yield f"{first:%d} {first:%B}{dash}{last:%d} {last:%B} {last.year}"
    if (first.year, first.month) == (last.year, last.month):
        yield f"{first.day}{dash}{in_full(last)}"
        yield f"{first:%d}{dash}{last:%d} {last:%B} {last.year}"
    if first == last:
        yield in_full(first)


@PATIENT
@given(DAYS, st.integers(0, 400), DASH, st.sampled_from(["Inspection date: ", "Inspection dates "]))
def test_dates_in_every_printed_form_read_back(first, length, dash, words):
    last = first + timedelta(length)
    assume(last.year < 2100)
    for form in forms(first, last, dash):
        for after in ("", " Report published: 1 May 2040", " Lead inspector: A", " 1. Children"):
            read = inspection_days(f"The Council {words}{form}{after}")
            assert (read.first, read.last, read.note) == (first, last, ""), form


@PATIENT
@given(st.integers(2010, 2030), st.integers(1, 31), st.integers(1, 31), DASH)
def test_dates_over_new_year_with_the_year_printed_once(year, first, last, dash):
    read = inspection_days(f"Inspection dates: {first} December{dash}{last} January {year}")
    assert (read.first, read.last) == (date(year - 1, 12, first), date(year, 1, last))


@PATIENT
@given(DAYS, st.lists(st.integers(0, 60), min_size=3, max_size=3), DASH)
def test_two_visits_read_back_as_first_to_last_with_a_note(start, gaps, dash):
    days = [start]
    for gap in gaps:
        days.append(days[-1] + timedelta(gap))
    for one in forms(days[0], days[1], dash):
        for two in forms(days[2], days[3], dash):
            read = inspection_days(f"Inspection dates: {one} and {two} Lead inspector:")
            assert (read.first, read.last) == (days[0], days[3])
            assert read.note.startswith(f"two visits: {days[0]}")
            assert read.note.endswith(str(days[3]))


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("24 February - 18 March 2015", "2015-02-24", "2015-03-18"),
        ("25 November 2013 - 18 December 2013", "2013-11-25", "2013-12-18"),
        ("19 November-11 December 2013 and 28 - 30 January 2014", "2013-11-19", "2014-01-30"),
        ("5 to 9 December 2022 and 14 to 15 February 2023", "2022-12-05", "2023-02-15"),
        ("30 September to 11 October 2024 and 13 to 16 January 2025", "2024-09-30", "2025-01-16"),
        ("12/09/2016 to 06/10/2016", "2016-09-12", "2016-10-06"),
        ("1/06/2015 – 25/06/2015", "2015-06-01", "2015-06-25"),
        ("05 July 2016–27 July 2016", "2016-07-05", "2016-07-27"),
        ("14 January 2014- 5 February 2014", "2014-01-14", "2014-02-05"),
        ("28 July 2016", "2016-07-28", "2016-07-28"),
        ("11 to 22 May 2026", "2026-05-11", "2026-05-22"),
    ],
)
def test_dates_as_reports_have_printed_them(text, first, last):
    for words in (
        "Inspection date:",
        "Inspection dates:",
        "Dates of inspection",
        "Inspection date(s):",
    ):
        read = inspection_days(f"{words} {text} Report published: 1 June 2040")
        assert (read.first.isoformat(), read.last.isoformat()) == (first, last)


@PATIENT
@given(DAYS)
def test_days_of_publication_read_back(day):
    for text in (in_full(day), f"{day:%d/%m/%Y}"):
        assert published_day(f"Report published: {text} Children’s services") == day
        assert published_day(f"Published {text}") == day
    assert published_day(f"Inspection date: {in_full(day)}") is None


# --- Names -------------------------------------------------------------------------------------

AUTHORITIES = load.rows("authorities")


def a_day_of(row):
    """A day on which the authority existed."""
    return date.fromisoformat(row["closed"] or row["opened"] or "2016-06-01")


@pytest.mark.sample(30)
@pytest.mark.parametrize("row", AUTHORITIES, ids=lambda r: r["authority_id"])
def test_every_authority_is_found_by_what_people_call_it(row):
    day, key = a_day_of(row), row["authority_id"]
    called = [row["name"], *filter(None, row["other_names"].split("|"))]
    for name in called:
        also = (name, name.upper(), name.lower(), f" {name} ", name.replace(" and ", " & "))
        council = (f"{name} Council", f"Council of the {name}")
        if "City" not in name and "London" not in name:
            council += (f"{name} City Council", f"London Borough of {name}")
        for text in (*also, *council):
            assert authorities.find_authority(text, date=day) == key, text
        assert (
            authorities.authority_in(f"Inspection of {name} children's services", date=day) == key
        )
    codes = [c["code"] for c in load.rows("authority_codes") if c["authority_id"] == key]
    for code in [row["ons_code"], row["la_number"], row["ofsted_urn"], key, *codes]:
        if code:
            assert (
                authorities.find_authority(code) == authorities.find_authority(code.lower()) == key
            )


def test_names_of_today_need_no_day():
    for row in AUTHORITIES:
        if not row["closed"]:
            assert authorities.find_authority(row["name"]) == row["authority_id"]


def test_the_longest_name_in_a_heading_wins():
    spaced = [(f" {authorities._plain(r['name'])} ", r) for r in AUTHORITIES]
    within = [(a, b) for s, a in spaced for t, b in spaced if s != t and s in t]
    assert len(within) > 5  # Lincolnshire in North Lincolnshire, Somerset in North Somerset, ...
    for inner, outer in within:
        heading = f"Inspection of {outer['name']} local authority children’s services"
        assert authorities.authority_in(heading, date=a_day_of(outer)) == outer["authority_id"]
        assert authorities.authority_in(heading, date=a_day_of(outer)) != inner["authority_id"]


@pytest.mark.parametrize("text", ["Council", "Loamshire", "999", "the", "E99999999"])
def test_what_is_no_authority_is_an_error(text):
    with pytest.raises(authorities.UnknownAuthorityError, match="No local authority is called"):
        authorities.find_authority(text)


@pytest.mark.parametrize("text", ["", " ", None, float("nan")])
def test_an_empty_name_is_an_error(text):
    with pytest.raises(authorities.UnknownAuthorityError, match="name of the authority is empty"):
        authorities.find_authority(text)


def test_a_misspelt_name_gets_a_hint():
    with pytest.raises(authorities.UnknownAuthorityError, match=r"Did you mean .*Wolverhampton"):
        authorities.find_authority("Wolverhamton")


def test_an_authority_that_did_not_exist_that_day_is_an_error():
    with pytest.raises(authorities.UnknownAuthorityError, match="did not exist on 1 January 2020"):
        authorities.find_authority("Cumberland", date=date(2020, 1, 1))
