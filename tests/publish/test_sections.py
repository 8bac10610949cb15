"""What a briefing says, for every authority on six days: counted again from the files."""

import csv
import re
from calendar import month_name
from collections import defaultdict
from datetime import date

import pytest

import ofsted_analysis as oa
from ofsted_analysis.publish.sections import compose, group_named
from ofsted_analysis.tables import schema

DAYS = ["2012-06-30", "2015-06-30", "2016-06-30", "2019-04-01", "2023-04-01", "2026-08-22"]
DIFFICULT = [
    ("dorset", "2020-01-01"),  # new, not yet inspected
    ("cumberland", "2026-08-22"),  # one inspection
    ("cumbria", "2023-03-31"),  # on its last day
    ("isles-of-scilly", "2026-08-22"),  # no close neighbours, areas not judged
    ("leeds", "2012-06-30"),  # before there was an overall grade
    ("norfolk", "2009-07-01"),  # before its first inspection
]
GRADES = ("inadequate", "adequate", "requires improvement", "good", "outstanding")


def rows(name):
    with (schema.default_data_dir() / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


ALIKE = ["none", "partial", "direct"]
ALL_AREAS = {(a["framework_id"], a["area_id"]): a for a in rows("judgement_areas")}
AREAS = {key: area["theme"] for key, area in ALL_AREAS.items()}
THEMES = {t["label"].casefold(): t["theme"] for t in rows("themes")}
AUTHORITIES = {a["authority_id"]: a for a in rows("authorities")}
INSPECTIONS = sorted(rows("inspections"), key=lambda i: i["last_day"])
REVIEW = "safeguarding board review"
GIVEN = defaultdict(dict)
FRAMEWORK = {i["inspection_id"]: i["framework_id"] for i in INSPECTIONS}


def most_alike(judgement):
    """Of several areas of a theme the one most comparable stands, of equals the first."""
    area = ALL_AREAS[FRAMEWORK[judgement["inspection_id"]], judgement["area_id"]]
    return -ALIKE.index(area["comparability"]), int(area["position"])


for judgement in sorted(rows("judgements"), key=most_alike):
    theme = AREAS[FRAMEWORK[judgement["inspection_id"]], judgement["area_id"]]
    GIVEN[judgement["inspection_id"]].setdefault(theme, judgement["grade"])


def there(day):
    return {
        key
        for key, a in AUTHORITIES.items()
        if (a["opened"] or "0") <= day <= (a["closed"] or "9999")
    }


def known(theme, day):
    """For each authority the inspection that counts on a day, of those whose report was out."""
    frameworks = {framework for (framework, _), own in AREAS.items() if own == theme}
    latest = {}
    for own in INSPECTIONS:
        out = own["last_day"] <= day and (own["published_date"] or "0") <= day
        judged = own["inspection_type"] != REVIEW or theme in GIVEN[own["inspection_id"]]
        if out and judged and own["framework_id"] in frameworks:
            latest[own["authority_id"]] = own["inspection_id"]
    return {who: latest[who] for who in there(day) if who in latest}


def graded(theme, day):
    found = {who: GIVEN[key].get(theme, "") for who, key in known(theme, day).items()}
    return {who: grade for who, grade in found.items() if grade}


def texts(part):
    yield from (*part.words, *part.points)
    for table in part.tables:
        yield table.caption
        yield from table.frame.to_numpy().ravel()


def everything(briefing):
    yield from (briefing.title, *briefing.headline)
    for part in briefing.sections:
        yield from texts(part)


def words_are_whole_and_know_nothing_later(briefing, who, day):
    for text in everything(briefing):
        assert not re.search(r"\b(nan|None|NaT|NA)\b|[<>]|  |\.\.|,,|\( ", text), text
        assert not re.search(r"(?<![\d.])1 (authorities|inspections|years|times|others)\b", text)
        assert not re.search(r"\b0 (had|were|was)\b|was requires improvement", text), text
    for part in briefing.sections:
        assert part.words or part.points or part.tables or part.chart, part.key
        for table in part.tables:
            assert len(table.frame), table.caption
        if part.key in ("about", "record"):  # say when the data and their sources are of
            continue
        for text in texts(part):
            for number, month, year in re.findall(
                rf"(\d{{1,2}} )?({'|'.join(month_name[1:])}) (\d{{4}})", text
            ):
                when = date(int(year), list(month_name).index(month), int(number or 1))
                assert when.isoformat() <= day, text


def what_stands_is_right(briefing, who, day):
    part = briefing.section("standing")
    if not part.tables:
        assert not any(who in graded(theme, day) for theme in THEMES.values())
        return
    for row in part.tables[0].frame.to_dict("records"):
        theme = THEMES[row["Judgement"].casefold()]
        grade = row["Grade"].casefold()
        if grade in GRADES:
            assert graded(theme, day)[who] == grade
        else:
            assert who not in graded(theme, day)


def headline_names_every_theme_last_graded_inadequate(briefing, who, day):
    latest = {}
    for own in INSPECTIONS:
        out = own["last_day"] <= day and (own["published_date"] or "0") <= day
        if own["authority_id"] == who and out:
            latest |= {t: g for t, g in GIVEN[own["inspection_id"]].items() if g}
    labels = {theme: label for label, theme in THEMES.items()}
    for theme, grade in latest.items():
        if grade == "inadequate":
            assert labels[theme] in briefing.headline[0].casefold(), (theme, briefing.headline)


def numbers_beside_others_are_right(briefing, who, day):
    part = briefing.section("peers")
    tables = {table.frame.columns[0]: table.frame for table in part.tables}
    region = AUTHORITIES[who]["region"]
    groups = {
        "England": there(day),
        region: {own for own in there(day) if AUTHORITIES[own]["region"] == region},
    }
    for row in tables["Judgement"].to_dict("records") if "Judgement" in tables else ():
        found = graded(THEMES[row["Judgement"].casefold()], day)
        place = {own: _band(grade) for own, grade in found.items()}
        assert row["Its grade"].casefold() == found[who]
        for name, members in groups.items():
            others = [place[own] for own in members - {who} if own in place]
            mine = place[who]
            counts = [sum(o > mine for o in others), sum(o == mine for o in others),
                      sum(o < mine for o in others)]  # fmt: skip
            told = [int(n) for n in re.findall(r"\d+", row[name])]
            assert told == ([counts[0], len(others), *counts[1:]] if others else [])
    names = {a["name"]: own for own, a in AUTHORITIES.items()}
    share = next((text for text in part.words if text.startswith("In England")), "")
    theme = "overall" if "better overall" in share else "help_and_protection"
    if share:
        found = graded(theme, day)
        good, n = map(int, re.search(r"In England (\d+) of (\d+)", share).groups())
        assert (good, n) == (sum(_band(g) >= 2 for g in found.values()), len(found))
    for row in tables["Grade"].to_dict("records"):
        listed = re.findall(r"([^()]+?) \([^()]+\)(?:, )?", row.get(tables["Grade"].columns[2]))
        assert len(listed) == int(row["Authorities"])
        for name in listed:
            assert graded(theme, day).get(names[name], "no grade") == row["Grade"].casefold()
            assert names[name] != who


def _band(grade):
    return {"inadequate": 0, "good": 2, "outstanding": 3}.get(grade, 1)


def every_grade_has_its_source(briefing, who, day):
    part = briefing.section("record")
    own = [
        i["inspection_id"]
        for i in rows("inspections")
        if i["authority_id"] == who and i["last_day"] <= day and (i["published_date"] or "0") <= day
    ]
    if part is None:
        assert not own
        return
    table = part.tables[0].frame
    assert len(table) == len(own)
    given = [
        j
        for j in rows("judgements")
        if j["inspection_id"] in own and (j["grade"] or j["status"] == "not judged")
    ]
    cells = " ".join(table["Grades and [source]"])
    assert sum(cells.count(grade) for grade in GRADES if grade != "adequate") + len(
        re.findall(r"(?<!in)adequate", cells)
    ) == sum(bool(j["grade"]) for j in given)
    assert len(part.tables[0].data) == len(given)
    if given:
        sources = part.tables[1].frame
        addresses = {s["source_id"]: s["url"] for s in rows("sources")}
        assert set(re.findall(r"\[(\d+)\]", cells)) == set(sources["Number"])
        used = {j["source_id"] for j in given if j["source_id"]}
        assert {addresses[key] for key in used} <= set(sources["Address"])


CHECKS = [
    words_are_whole_and_know_nothing_later,
    what_stands_is_right,
    headline_names_every_theme_last_graded_inadequate,
    numbers_beside_others_are_right,
    every_grade_has_its_source,
]


@pytest.mark.sample(4)
@pytest.mark.parametrize(("who", "day"), [(who, day) for day in DAYS for who in sorted(there(day))])
def test_a_briefing_is_right(who, day):
    made = compose(who, day)
    for check in CHECKS:
        check(made, who, day)


@pytest.mark.parametrize(("who", "day"), DIFFICULT)
def test_a_difficult_briefing_is_right(who, day):
    test_a_briefing_is_right(who, day)


@pytest.mark.parametrize(
    ("words", "group"),
    [
        ("neighbours", "statistical neighbours"),
        ("region", "region"),
        ("Leeds,York", ["leeds", "york"]),
    ],
)
def test_peers_by_name(words, group):
    assert group_named(words) == group
    part = compose("Norfolk", group=group_named(words)).section("peers")
    assert part.chart(size="print").drawn["group"].nunique() == 1


def test_peers_that_are_not():
    with pytest.raises(oa.UnknownAuthorityError, match="Did you mean Leeds"):
        group_named("Leedz")
    with pytest.raises(oa.DataError, match="names of authorities"):
        group_named(" , ")
    with pytest.raises(oa.DataError, match="not close"):
        compose("Isles of Scilly", group="statistical neighbours")


@pytest.mark.parametrize(
    ("who", "date", "error", "match"),
    [
        ("Nothingham", None, oa.UnknownAuthorityError, "Nottingham"),
        ("Cumbria", "2024-01-01", oa.UnknownAuthorityError, "closed on 31 March 2023"),
        ("Cumberland", "2020-01-01", oa.UnknownAuthorityError, "April 2023"),
        ("Leeds", "2030-01-01", oa.DataError, str(oa.data_complete_to().date())),
        ("Leeds", "yesterday", oa.DataError, "date"),
    ],
)
def test_what_cannot_be_told_is_refused_in_words(who, date, error, match):
    with pytest.raises(error, match=match):
        compose(who, date)


def test_a_former_authority_is_as_on_its_last_day():
    assert str(compose("Cumbria").day.date()) == "2023-03-31"
