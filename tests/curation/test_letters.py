"""The reader of letters about focused visits, on letters that the tests write themselves."""

import re
import textwrap
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import matplotlib.pyplot as plt
import pytest
from matplotlib.backends.backend_pdf import PdfPages

from ofsted_analysis.curation.add import add_reports
from ofsted_analysis.curation.reports import Letter, ReportError, read_files, read_reports
from ofsted_analysis.curation.reports.letters import is_letter, read_letter
from ofsted_analysis.tables import load, schema

TO_IMPROVE = "What needs to improve in this area of social work practice"
OFSTED = ("Ofsted", "Piccadilly Gate", "Store Street", "Manchester", "M1 2WD", "www.gov.uk/ofsted")
PANDEMIC = (
    "Her Majesty's Chief Inspector is leading work into how care was given during the COVID-19 "
    "(coronavirus) pandemic."
)
CARE_LEAVERS = "Inspectors looked at the local authority's arrangements for care leavers."


@dataclass
class Sheet:
    """A page as the reader sees it."""

    number: int
    lines: list[str]
    width: float = 595.0

    def drop_hidden(self):
        pass

    @property
    def text(self):
        return " ".join(self.lines)


def letter(
    *,
    who="Bury",
    address="Bury Council",
    days="on 3 and 4 March 2020",
    dated="1 April 2020",
    first="",
    looked=CARE_LEAVERS,
    action=(),
    improve=("\u25fc The plans.",),
    end="Ofsted will take the findings into account.",
    signed="Ada Example",
    columns=70,
):
    """The pages of a letter."""
    opening = f"This letter summarises the findings of a focused visit to {who} children's services"
    paragraphs = [
        first,
        f"{opening} {days}. The inspectors were Ada Example, HMI, and Bea Sample, HMI.",
        looked,
        "Inspectors considered a range of evidence, including case discussions with care leavers.",
    ]
    body = [line for text in paragraphs for line in textwrap.wrap(text, columns)]
    front = [*OFSTED, *filter(None, [dated]), "Cy Person", address, "Dear Cy Person"]
    rest = textwrap.wrap(f"Leaders in {who} know their services. {end}", columns)
    return [
        Sheet(1, [*front, f"Focused visit to {who} children's services", *body, "Overview"]),
        Sheet(2, ["2", *action, TO_IMPROVE, *improve, "Findings", *rest]),
        Sheet(3, ["3", "Yours sincerely", signed, "Her Majesty's Inspector"]),
    ]


def read(pages):
    assert is_letter(pages)
    return read_letter(pages, Path("letter.pdf"), schema.data_dir(None))


def days_of(**printed):
    found = read(letter(**printed))
    return found.first_day, found.last_day


def theme_of(looked, **printed):
    return read(letter(looked=looked, **printed)).theme


def test_a_letter_in_plain_types():
    assert read(letter()).as_dict() == {
        "file": "letter.pdf",
        "kind": "focused visit",
        "authority_id": "bury",
        "first_day": "2020-03-03",
        "last_day": "2020-03-04",
        "published_date": "2020-04-01",
        "theme": "care leavers",
        "priority_action": "no",
        "areas_for_priority_action": 0,
        "page": 1,
    }
    assert read(letter()).doubts == ()


# --- The days ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "first", "last"),
    [
        ("on 3 and 4 March 2020", (3, 3), (3, 4)),
        ("on 3 to 4 March 2020", (3, 3), (3, 4)),
        ("on 3\u20134 March 2020", (3, 3), (3, 4)),
        ("on the 3 and 4 of March 2020", (3, 3), (3, 4)),
        ("on 3rd and 4th March 2020", (3, 3), (3, 4)),
        ("on Tuesday 3 and Wednesday 4 March 2020", (3, 3), (3, 4)),
        ("on 4 March 2020", (3, 4), (3, 4)),
        ("on 28 February and 2 March 2020", (2, 28), (3, 2)),
        ("on 25 and 26 February, and 2 March 2020", (2, 25), (3, 2)),
        ("on 2, 3 and 10 March 2020", (3, 2), (3, 10)),
        ("between 3 March and 5 March 2020", (3, 3), (3, 5)),
        ("on 3 and 4 March 2020, following the visit on 5 May 2019", (3, 3), (3, 4)),
    ],
)
@pytest.mark.parametrize("columns", [70, 19])
def test_days_in_every_wording_and_broken_over_lines(days, first, last, columns):
    assert days_of(days=days, columns=columns) == (date(2020, *first), date(2020, *last))


def test_days_over_the_turn_of_the_year():
    found = days_of(days="on 31 December and 2 January 2020", dated="5 February 2020")
    assert found == (date(2019, 12, 31), date(2020, 1, 2))


def test_days_without_a_year_are_those_before_the_letter():
    assert days_of(days="on 3 and 4 March") == (date(2020, 3, 3), date(2020, 3, 4))
    assert days_of(days="on 10 and 11 December", dated="9 January 2020") == (
        date(2019, 12, 10),
        date(2019, 12, 11),
    )
    assert days_of(days="on 3 and 4 March", dated="") == (None, None)
    assert days_of(days="on 3 and 4 May") == (None, None)  # ten months before the letter


@pytest.mark.parametrize(
    ("days", "why"),
    [
        ("on 3 and 4 March 20202", "without a month or year"),
        ("on 3 and 4 March 202", "without a month or year"),
        ("on 3 and 4 Marhc 2020", "without a month or year"),
        ("on 30 and 31 February 2020", "does not exist"),
        ("on 4 and 3 March 2020", "make no sense|too long"),
        ("on 3 March 2019 to 4 March 2020", "too long for a visit"),
        ("on 3 January to 4 March 2020", "too long for a visit"),
        ("on 3 and 4 March 2019", "does not go with the date of the letter"),
        ("on 3 and 4 March 2021", "does not go with the date of the letter"),
        ("in the week of 3 March 2020", "states no days"),
        ("this spring. The last inspection was on 3 March 2020", "states no days"),
        ("lately", "states no days"),
    ],
)
def test_days_that_are_not_certain_are_left_out_with_the_reason(days, why):
    found = read(letter(days=days))
    assert (found.first_day, found.last_day) == (None, None)
    (doubt,) = found.doubts
    assert re.search(why, doubt)
    assert (found.theme, found.priority_action) == ("care leavers", False)


def test_a_letter_that_does_not_say_what_it_sums_up_has_no_days():
    pages = letter()
    pages[0].lines = [line.replace("summarises", "follows") for line in pages[0].lines]
    found = read(pages)
    assert (found.first_day, found.page) == (None, 1) and "states no days" in found.doubts[0]


def test_other_days_beside_those_of_the_visit_are_not_taken():
    before = f"{PANDEMIC} The last inspection was on 5 and 6 May 2019."
    after = f"{CARE_LEAVERS} The director started on 9 September 2019."
    assert days_of(first=before, looked=after) == (date(2020, 3, 3), date(2020, 3, 4))


def test_a_letter_without_a_date_of_its_own_or_with_two():
    assert read(letter(dated="")).published_date is None
    pages = letter()
    pages[0].lines.append("2 April 2020")
    found = read(pages)
    assert found.published_date is None and "date of the letter" in found.doubts[0]
    assert found.first_day == date(2020, 3, 3)


# --- The theme ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("looked", "theme"),
    [
        ("Inspectors considered the arrangements at the 'front door'.", "front door"),
        ("Inspectors reviewed decisions in the multi-agency safeguarding hub.", "front door"),
        ("Inspectors looked at how contacts and referrals are met.", "front door"),
        (
            "Inspectors considered arrangements for children who need help and protection. "
            "Specifically, they looked at contacts and referrals for children in need.",
            "front door",
        ),
        (
            "Inspectors looked at the arrangements for: \u25fc children in need "
            "\u25fc children subject to a child protection plan, and care leavers.",
            "children in need and child protection",
        ),
        (
            "This is the second visit after that to the front door. "
            "During this visit, inspectors looked at the arrangements for children in need.",
            "children in need and child protection",
        ),
        (
            "Inspectors looked at help and protection for children.",
            "children in need and child protection",
        ),
        (
            "Inspectors looked at arrangements for children in care and permanence.",
            "children in care",
        ),
        ("The focus of this visit was on planning and achieving permanence.", "permanence"),
        ("Inspectors looked at care-experienced young people aged 18 to 25.", "care leavers"),
        (
            "Inspectors evaluated the protection of vulnerable adolescents.",
            "vulnerable adolescents and exploitation",
        ),
        (
            "Inspectors looked at children at risk from extra-familial harm.",
            "vulnerable adolescents and exploitation",
        ),
        ("Inspectors looked at the response to domestic abuse.", "domestic abuse"),
        ("Inspectors looked at arrangements for private fostering.", "other"),
        ("", None),
    ],
)
def test_the_theme_is_what_the_letter_says_was_looked_at(looked, theme):
    assert theme_of(looked) == theme
    assert theme_of(looked, columns=25) == theme


def test_the_pandemic_alone_makes_a_pandemic_visit():
    assert theme_of(CARE_LEAVERS, first=PANDEMIC) == "care leavers"
    assert theme_of("Inspectors used video calls.", first=PANDEMIC) == "pandemic assurance"
    whole = (
        "The visit looked at the impact of key decision-making in help, care and for care leavers."
    )
    assert theme_of(whole, first=PANDEMIC) == "pandemic assurance"


def test_the_themes_are_those_of_the_table():
    field = next(f for f in schema.tables()["visit_themes"].fields if f.name == "theme")
    assert {row["theme"] for row in load.rows("visit_themes")} == set(field.categories)


# --- Priority action ---------------------------------------------------------------------------

TOLD = "We have notified the Department for Education of the areas for priority action."


@pytest.mark.parametrize("heading", ["Areas for priority action", "Areas for priority action:"])
@pytest.mark.parametrize("bullet", ["\u25fc", "\uf06e", "\u2022"])
@pytest.mark.parametrize("end", ["They need help.", TOLD])
def test_areas_are_counted_up_to_the_next_heading(heading, bullet, end):
    areas = [
        heading,
        "Swift action is needed on:",
        f"{bullet} the visits to children, whose",
        "frequency is not enough",
        f"{bullet} oversight.",
    ]
    found = read(letter(action=areas, improve=[f"{bullet} This."] * 3, end=end))
    assert (found.priority_action, found.areas_for_priority_action, found.page) == (True, 2, 2)


def test_one_area_in_a_sentence():
    found = read(letter(action=["Area for priority action", "Swift action on visits."]))
    assert (found.priority_action, found.areas_for_priority_action) == (True, 1)


@pytest.mark.parametrize(
    ("action", "end"),
    [
        (["Areas for priority action", "There are no priority actions."], ""),
        (
            [
                "Areas for priority action",
                "The areas for priority action of the last visit remain.",
                "There are no additional priority actions.",
            ],
            "",
        ),
        (["There are no areas for priority action."], ""),
        ([], "The last visit resulted in two areas for priority action."),
        ([], "There are serious weaknesses. Immediate action was agreed."),
        ([], "An action plan is due within 70 days."),
        (["Since the last visit two", "areas for priority action.", "\u25fc have been met"], ""),
    ],
)
def test_what_is_no_area_for_priority_action(action, end):
    found = read(letter(action=action, end=end))
    assert (found.priority_action, found.areas_for_priority_action, found.page) == (False, 0, 1)


@pytest.mark.parametrize(
    ("action", "end"),
    [
        ([], TOLD),
        (["Areas for priority action"], ""),
        (["Areas for priority action", "All that was found."], ""),
        (["Areas for priority action", "There are no priority actions.", "\u25fc Visits."], ""),
        (["Areas for priority action", "There are no priority actions."], TOLD),
        (["Areas for priority action", "\u25fc This."] * 2, ""),
    ],
)
def test_priority_action_that_is_not_certain_is_left_out(action, end):
    found = read(letter(action=action, end=end))
    assert (found.priority_action, found.areas_for_priority_action) == (None, None)
    assert found.doubts[0].startswith("priority action not read")


def test_a_page_may_be_lost_where_pages_bear_no_numbers_and_nothing_is_to_improve():
    pages = letter()
    pages[1].lines = ["Findings", "Leaders know their services."]
    assert read(pages).priority_action is None
    pages[1].lines.insert(0, "2")
    assert read(pages).priority_action is False


# --- Whose letter, and whether one -------------------------------------------------------------


def test_an_authority_is_known_by_its_title_not_by_streets_and_towns():
    assert read(letter(who="Nottinghamshire", address="Nottingham NG2 7QP")).authority_id == (
        "nottinghamshire"
    )
    of_london = letter(who="the London Borough of Ealing's", address="Ealing Council")
    assert read(of_london).authority_id == "ealing"


@pytest.mark.parametrize(
    ("printed", "why"),
    [
        ({"address": "Bolton Metropolitan Borough Council"}, "is on a visit to bury, but .*bolton"),
        ({"who": "Loamshire"}, "names no authority"),
        ({"who": "Bury and Bolton"}, "names no authority that is known, or several"),
        ({"signed": "Dee Nobody"}, "does not end with the name of an inspector"),
        ({"improve": ["\u25fc This.", "\uf06e That."]}, "two kinds of bullets"),
        ({"end": "Bury."}, None),
    ],
)
def test_letters_that_contradict_themselves_are_refused(printed, why):
    if why:
        with pytest.raises(ReportError, match=why):
            read(letter(**printed))
    else:
        read(letter(**printed))


def mixture(kind):
    one, other = letter(), letter(who="Bolton", address="Bolton Council")
    match kind:
        case "both":
            return [*one, *other]
        case "two openings":
            return [one[0], other[0], *one[1:]]
        case "a page of another authority":
            return [one[0], other[1], one[2]]
        case "a page missing":
            return [one[0], one[2]]
        case "the end missing":
            return one[:2]
        case "another size":
            one[1].width = 612.0
        case "a sentence that breaks off":
            one[0].lines[-1] = "and most of the children whose records inspectors looked at are"
            one[1].lines.insert(1, "Leaders know their services.")
        case "a sentence from elsewhere":
            one[1].lines.insert(1, "and others know their services.")
            one[0].lines[-1] = "All is well."
        case "said twice":
            one[1].lines += [TO_IMPROVE, "\u25fc That."]
    return one


@pytest.mark.parametrize(
    ("kind", "why"),
    [
        ("both", "more than one letter"),
        ("two openings", "more than one letter"),
        ("a page of another authority", "its page 2 names bolton alone"),
        ("a page missing", "numbered 3 in the place of 2"),
        ("the end missing", "does not end with the name of an inspector"),
        ("another size", "more than one size"),
        ("a sentence that breaks off", "does not go on with"),
        ("a sentence from elsewhere", "does not go on with"),
        ("said twice", "says twice"),
    ],
)
def test_pages_that_are_not_all_of_one_letter_are_refused(kind, why):
    pages = mixture(kind)
    if "missing" not in kind:
        for number, page in enumerate(pages, 1):
            page.number = number
    else:
        pages[1].number = 2
    with pytest.raises(ReportError, match=why):
        read(pages)


# --- Files -------------------------------------------------------------------------------------


@pytest.fixture
def printed(tmp_path):
    """Prints pages as a PDF file."""

    def printer(name, pages, hidden=""):
        with plt.rc_context({"pdf.fonttype": 42}), PdfPages(tmp_path / name) as file:
            for page in pages:
                figure = plt.figure(figsize=(8.27, 11.69))
                figure.text(0.1, 0.95, "\n".join(page.lines), fontsize=9, va="top")
                figure.text(0.1, 0.1, hidden, fontsize=9, color="white")
                file.savefig(figure)
                plt.close(figure)
        return tmp_path / name

    return printer


def test_letters_are_read_from_files_and_other_letters_refused(printed):
    areas = ["Areas for priority action", "\u25fc visits", "\u25fc oversight"]
    file = printed("letter.pdf", letter(action=areas))
    others = {
        "Monitoring visit of Bury children's services after the focused visit": "monitoring visit",
        "Joint targeted area inspection of Bury": "joint targeted area inspection",
        "Revisit on special educational needs in Bury": "special educational needs",
    }
    files = [printed(f"{n}.pdf", [Sheet(1, ["Dear Cy", text])]) for n, text in enumerate(others)]
    found, *refused = read_files([file, *files])
    assert isinstance(found, Letter) and found.doubts == ()
    assert found.areas_for_priority_action == 2 and found.last_day == date(2020, 3, 4)
    assert [path for path, _ in refused] == files
    for (_, why), expected in zip(refused, others.values(), strict=True):
        assert f"{expected}, which is not graded" in why


def test_text_that_does_not_show_is_not_read(printed):
    hidden = "5 May 2020\nAreas for priority action\n\u25fc INSERT\nOverview\nBolton Council"
    seen, also = read_files(
        [
            printed("seen.pdf", letter()),
            printed("hidden.pdf", letter(), hidden=hidden),
        ]
    )
    assert also.as_dict() | {"file": ""} == seen.as_dict() | {"file": ""}
    assert also.doubts == ()


def test_a_letter_goes_to_the_visits_and_not_to_the_graded_inspections(printed, data):
    file = printed("letter.pdf", letter())
    ((path, why),) = read_reports([file])
    assert (path, why) == (file, "is about a focused visit, which is not a graded inspection")
    inspections = (data / "inspections.csv").read_bytes()
    outcome = add_reports([file], {}, data_dir=data)
    assert outcome.refused == outcome.faults == [] and len(outcome.added) == 1
    assert (data / "inspections.csv").read_bytes() == inspections
