"""Every number in titles and alternative texts, counted again from the files in plain Python."""

import csv
import re
from calendar import month_name
from collections import Counter, defaultdict
from datetime import date

import pytest

from ofsted_analysis import charts
from ofsted_analysis.tables import schema
from ofsted_analysis.tables.errors import DataError

UPPER = ("good", "outstanding")


def rows(name):
    with (schema.default_data_dir() / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


AREAS = {(a["framework_id"], a["area_id"]): a["theme"] for a in rows("judgement_areas")}
INSPECTIONS = {
    i["inspection_id"]: i
    for i in rows("inspections")
    if i["inspection_type"] != "safeguarding board review"
}
AUTHORITIES = {a["authority_id"]: a for a in rows("authorities")}
GRADES = defaultdict(dict)
for judgement in rows("judgements"):
    own = INSPECTIONS.get(judgement["inspection_id"])
    if own:
        theme = AREAS[own["framework_id"], judgement["area_id"]]
        GRADES[judgement["inspection_id"]].setdefault(theme, judgement["grade"])
NEIGHBOURS = defaultdict(list)
for row in rows("neighbours"):
    NEIGHBOURS[row["authority_id"], row["model"]].append(row)


def there(day):
    return {
        key
        for key, a in AUTHORITIES.items()
        if (a["opened"] or "0") <= day <= (a["closed"] or "9999")
    }


def snapshot(theme, day):
    """The grade of each authority's latest inspection under a framework that has the theme."""
    frameworks = {framework for (framework, _), own in AREAS.items() if own == theme}
    latest = {}
    for key, own in sorted(INSPECTIONS.items(), key=lambda item: item[1]["last_day"]):
        if own["framework_id"] in frameworks and own["last_day"] <= day:
            latest[own["authority_id"]] = GRADES[key].get(theme, "")
    return {who: latest.get(who, "") for who in there(day)}


def good_of(grades):
    return sum(g in UPPER for g in grades), sum(g != "" for g in grades)


def last_of(words):
    """The last day of a month in words."""
    name, year = words.split()
    month = list(month_name).index(name)
    after = date(int(year) + month // 12, month % 12 + 1, 1)
    return date.fromordinal(after.toordinal() - 1).isoformat()


def day_of(words):
    day, name, year = words.split()
    return date(int(year), list(month_name).index(name), int(day)).isoformat()


@pytest.mark.sample(2)
@pytest.mark.parametrize("theme", ["overall", "leadership"])
@pytest.mark.parametrize("end", ["2016-08-01", "2018-12-31", "2023-07-15", None])
def test_national_picture(theme, end):
    fig = charts.national_picture(theme, end=end)
    pairs = re.findall(r"(\d+) of (\d+)(?: [a-z ]+)? in (\w+ \d{4})", fig.message)
    assert pairs
    for good, graded, when in pairs:
        found = snapshot(theme, last_of(when))
        assert (int(good), int(graded)) == good_of(found.values())
        if len(pairs) == 2:
            assert int(graded) >= 0.95 * len(found)  # complete to complete
    worst = re.search(r"; (\d+) (?:was|were) graded inadequate then", fig.alt)
    newest = snapshot(theme, last_of(pairs[0][2]))
    assert int(worst[1]) == Counter(newest.values())["inadequate"]
    if theme == "overall" and end is None:
        assert pairs[0][2] == "March 2026"  # no share of overall grades after that


def test_grades_given():
    for theme in ("overall", "leadership"):
        fig = charts.grades_given_by_year(theme)
        year = re.search(r"In (\d{4})", fig.message)[1]
        given = [
            (own["authority_id"], own["framework_id"], own["last_day"], GRADES[key][theme])
            for key, own in INSPECTIONS.items()
            if GRADES[key].get(theme)
        ]
        first = {}
        for who, framework, day, _ in sorted(given, key=lambda g: g[2]):
            first.setdefault((who, framework), day)
        mine = [g for g in given if g[2][:4] == year]
        assert f"{good_of([g[3] for g in mine])[0]} of {len(mine)} inspections gave" in fig.message
        again = [g[3] for g in mine if first[g[0], g[1]] != g[2]]
        if again:
            assert f"{good_of(again)[0]} of {len(again)} re-inspections" in fig.alt
        words = " ".join(text.get_text() for text in fig.texts).replace("\n", " ")
        assert f"n = {len(given)}," in words


@pytest.mark.sample(3)
@pytest.mark.parametrize("day", ["2019-12-31", "2024-03-31", None])
@pytest.mark.parametrize("by", ["region", "authority_type"])
def test_groups(by, day):
    fig = charts.grade_share(by=by, date=day)
    shown = day_of(re.search(r"On (\d+ \w+ \d{4})", fig.message)[1])
    assert shown == (day or "2026-03-31")
    found = snapshot("overall", shown)
    good, graded = good_of(found.values())
    assert f"England: {good} of {graded}" in fig.alt
    for name, a, b in re.findall(r"([A-Z][\w ]+?) \((\d+) of (\d+)\)", fig.message):
        mine = [g for who, g in found.items() if name.startswith(AUTHORITIES[who][by])
                or AUTHORITIES[who][by].lower() in name.lower()]  # fmt: skip
        assert (int(a), int(b)) == good_of(mine)
    data = charts.chart_data(fig)
    for row in data.to_dict("records")[:-1]:
        mine = [g for who, g in found.items() if AUTHORITIES[who][by] == row[by]]
        assert (row["n"], row["graded"]) == good_of(mine)
        assert row["inadequate"] == mine.count("inadequate")


DAYS = ("2019-06-30", "2022-03-31", "2026-03-31")


@pytest.mark.sample(8)
@pytest.mark.parametrize(("who", "day"), [(w, day) for day in DAYS for w in sorted(there(day))])
def test_peers(who, day):
    found = snapshot("overall", day)
    models = [m for own, m in NEIGHBOURS if own == who
              and sum(n["neighbour_id"] in there(day) for n in NEIGHBOURS[who, m])]  # fmt: skip
    try:
        fig = charts.peers(who, date=day)
    except DataError as error:
        far = max(sum(n["closeness"] == "not close" for n in NEIGHBOURS[who, m]) for m in models)
        assert far > 5 or "no statistical neighbours" in str(error)
        return
    data = charts.chart_data(fig)
    names = data["authority_id"].tolist()
    assert names[0] == who and who not in names[1:] and set(names) <= there(day)
    assert any(
        {n["neighbour_id"] for n in NEIGHBOURS[who, m]} & there(day) == set(names[1:])
        for m in models
    )
    theirs = [found[name] for name in names[1:]]
    called = f"{AUTHORITIES[who]['name']}"
    if not found[who]:
        good, graded = good_of(theirs)
        assert f"{called} had no grade" in fig.message and f"{good} of {graded} with" in fig.message
        return
    same = theirs.count(found[who])
    assert f"{called} was graded {found[who]}" in fig.message
    told = re.search(r"as (?:was|were) (\d+) of its (\d+)|none of its (\d+)", fig.message)
    assert int(told[1] or 0) == same and int(told[2] or told[3]) == len(theirs)
