"""Every number in titles and alternative texts, counted again from the files in plain Python."""

import csv
import math
import re
from calendar import month_name
from collections import Counter, defaultdict
from datetime import date
from itertools import pairwise

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
        if len(again) == len(mine):
            assert fig.alt.count("they were all re-inspections") == 1
        elif again:
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


THEMES = {theme["theme"]: theme["label"] for theme in rows("themes")}
STILL = {theme for (framework, _), theme in AREAS.items() if framework == "ilacs"}


def check_nothing_worse_hidden(message, known, but):
    """Every theme but one whose latest known grade is inadequate is named, with its date."""
    latest = {}
    for key in sorted(known, key=lambda key: known[key]["last_day"]):
        latest |= {theme: (grade, key) for theme, grade in GRADES[key].items() if grade}
    told = message.partition("; its latest grade for ")[2].split(" and for ")
    for theme, (grade, key) in latest.items():
        if grade == "inadequate" and theme != but:
            named = rf"{re.escape(THEMES[theme])}[^()]* \({month_of(key)}\)"
            (part,) = (part for part in told if re.search(named, part))
            assert ("no longer judged" in part) == (theme not in STILL)


def inspected(who, day):
    return {key: own for key, own in INSPECTIONS.items()
            if own["authority_id"] == who and own["last_day"] <= day}  # fmt: skip


DAYS = ("2019-06-30", "2022-03-31", "2026-03-31")


@pytest.mark.sample(5)
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
        assert f"{called} had no overall grade" in fig.message
        assert f"{good} of {graded} with" in fig.message
        return
    same = theirs.count(found[who])
    assert f"{called} was graded {found[who]} overall" in fig.message
    check_nothing_worse_hidden(fig.message, inspected(who, day), "overall")
    told = re.search(r"as (?:was|were) (\d+) of its (\d+)|none of its (\d+)", fig.message)
    assert int(told[1] or 0) == same and int(told[2] or told[3]) == len(theirs)


BAND = {"inadequate": 1, "adequate": 2, "requires improvement": 2, "good": 3, "outstanding": 4}
MONTH = r"((?:the year to )?\w+ \d{4}|\d{4})"
OVERALL = defaultdict(list)  # of each authority, in order: day, grade or '', inspection
for key, own in sorted(INSPECTIONS.items(), key=lambda item: item[1]["last_day"]):
    if own["framework_id"] in ("sif", "ilacs"):
        OVERALL[own["authority_id"]].append((own["last_day"], GRADES[key].get("overall", ""), key))


def month_of(key):
    own = INSPECTIONS[key]
    year, month = own["last_day"].split("-")[:2]
    if own["date_precision"] == "year":
        return year
    words = f"{month_name[int(month)]} {year}"
    return f"the year to {words}" if own["date_precision"] == "financial year" else words


@pytest.mark.sample(5)
@pytest.mark.parametrize(("who", "day"), [(w, day) for day in DAYS for w in sorted(there(day))])
def test_timelines(who, day):
    known = {k: own for k, own in inspected(who, day).items() if not own["published_date"] > day}
    if not known:
        with pytest.raises(DataError, match="has no inspection by"):
            charts.timeline(who, date=day)
        return
    fig = charts.timeline(who, date=day)
    assert f"{len(known)} inspection{'s' * (len(known) > 1)}" in fig.alt
    graded = [(grade, key) for _, grade, key in OVERALL[who] if grade and key in known]
    if graded:
        said = re.search(rf" was graded ([a-z ]+) overall (?:in|at each inspection from) {MONTH}"
                         rf"(?: to {MONTH})?", fig.message)  # fmt: skip
        assert said[1] == graded[-1][0]
        assert (said[3] or said[2]) == month_of(graded[-1][1])
        same = len(graded)
        while same and BAND[graded[same - 1][0]] == BAND[graded[-1][0]]:
            same -= 1
        assert said[2] == month_of(graded[same][1])
        before = graded[:same]
        if before:
            run = [key for grade, key in before]
            while BAND[before[-len(run)][0]] != BAND[before[-1][0]]:
                run.pop(0)
            start = len(before)
            while start and BAND[before[start - 1][0]] == BAND[before[-1][0]]:
                start -= 1
            n, since = len(before) - start, month_of(before[start][1])
            if n > 1:
                assert f", after {n} grades of {before[-1][0]} since {since}" in fig.message
            else:
                way = "up" if BAND[graded[-1][0]] > BAND[before[-1][0]] else "down"
                assert f", {way} from {before[-1][0]} in {since}" in fig.message
        check_nothing_worse_hidden(fig.message, known, "overall")


def regions():
    return sorted({AUTHORITIES[who]["region"] for who in there("2026-03-31")})


@pytest.mark.sample(2)
@pytest.mark.parametrize("region", regions())
def test_histories(region):
    fig = charts.small_multiples(region)
    now = [g for w, g in snapshot("overall", "2026-03-31").items()
           if AUTHORITIES[w]["region"] == region]  # fmt: skip
    good, graded = good_of(now)
    assert fig.message.startswith(f"On 31 March 2026, {good} of {graded} graded author")
    assert fig.message.endswith(f", {now.count('inadequate') or 'none'} inadequate")
    assert f"A line for each of {len(now)} authorities" in fig.alt


@pytest.mark.sample(2)
@pytest.mark.parametrize("theme", ["overall", "leadership"])
@pytest.mark.parametrize("days", [DAYS[:1], DAYS[1:], ("2014-03-31", "2022-03-31")])
def test_maps(theme, days):
    fig = charts.tile_map(days, theme)
    found = [list(snapshot(theme, day).values()) for day in days]
    told = re.findall(r"(\d+) of (\d+)", fig.message)
    counted = [(f.count("inadequate"), good_of(f)[1]) for f in found][::-1]
    settled = all(good_of(f)[1] >= 0.95 * len(f) for f in found)
    assert [(int(a), int(b)) for a, b in told] == counted[: len(days) if settled else 1]


@pytest.mark.sample(6)
@pytest.mark.parametrize(("who", "day"), [(w, day) for day in DAYS for w in sorted(there(day))])
def test_profiles(who, day):
    try:
        fig = charts.profile(who, "region", date=day)
    except DataError as error:  # an authority that is the only one of its region has no peers
        assert "no peers" in str(error)
        return
    found = snapshot("overall", day)
    theirs = [found[w] for w in found
              if w != who and AUTHORITIES[w]["region"] == AUTHORITIES[who]["region"]]  # fmt: skip
    theirs = [BAND[g] for g in theirs if g]
    if not found[who]:
        assert "had no grade" in fig.message or "overall" not in fig.message
        return
    assert f"was graded {found[who]} overall: " in fig.message
    check_nothing_worse_hidden(fig.message, inspected(who, day), "overall")
    own = BAND[found[who]]
    higher, level = sum(t > own for t in theirs), sum(t == own for t in theirs)
    beside = (r"(none|\d+) of (\d+) peers? (?:was|were) graded higher"
              r"(?:,? (?:and )?(\d+) level)?(?:,? (?:and )?(\d+) lower)?")  # fmt: skip
    said = re.search(beside, fig.message)
    assert (said[1] if higher else "0").replace("none", "0") == str(higher)
    assert [int(n or 0) for n in said.groups()[1:]] == [
        len(theirs), level, len(theirs) - higher - level,
    ]  # fmt: skip


def test_changes():
    pairs = []
    for history in OVERALL.values():
        own = [BAND[grade] for _, grade, _ in history if grade]
        pairs += pairwise(own)
    up, down = (sum(way * (b - a) > 0 for a, b in pairs) for way in (1, -1))
    assert charts.transition_matrix().message == (
        f"Of {len(pairs)} inspections that followed another, {up} found a better grade overall, "
        f"{len(pairs) - up - down} the same and {down} a worse one"
    )


def test_flow():
    rows = []
    for history in OVERALL.values():
        own = [(INSPECTIONS[key]["framework_id"], BAND[g]) for _, g, key in history if g]
        sif = [band for framework, band in own if framework == "sif"]
        ilacs = [band for framework, band in own if framework == "ilacs"]
        if sif and len(ilacs) > 1:
            rows.append((sif[-1], ilacs[0], ilacs[1]))
    fig = charts.transition_flow()
    up, down = (sum(way * (row[2] - row[0]) > 0 for row in rows) for way in (1, -1))
    assert fig.message.startswith(f"{up} of {len(rows)} authorities were graded higher overall ")
    assert fig.message.endswith(f", {down} lower")
    flows = charts.chart_data(fig)
    for stage, place in (("sif latest", 0), ("ilacs first", 1)):
        counted = Counter((row[place], row[place + 1]) for row in rows)
        own = flows[flows["stage"] == stage]
        order = ["inadequate", "third", "good", "outstanding"]
        drawn = {(order.index(r["from"]) + 1, order.index(r["to"]) + 1): r["n"]
                 for r in own.to_dict("records")}  # fmt: skip
        assert drawn == counted


def spells_by_hand(band, stop="2026-03-31"):
    """Days, and 1 (ended higher), -1 (lower) or 0 (cut off), of each spell at a band."""
    found = []
    for who, history in OVERALL.items():
        closed = AUTHORITIES[who]["closed"]
        end = min(stop, closed or stop)
        runs = []
        for day, grade, _ in history:
            state = BAND.get(grade, 0)
            if day <= stop and (not runs or runs[-1][1] != state):
                runs.append((day, state))
        for (day, state), after in zip(runs, [*runs[1:], None], strict=True):
            if state == band:
                until = after[0] if after else end
                days = (date.fromisoformat(until) - date.fromisoformat(day)).days
                way = (after[1] > band) - (after[1] < band) if after and after[1] else 0
                found.append((days, way))
    return found


def shares_by_hand(spells, at_least=10):
    """Of each day: shares that ended higher and lower, and Greenwood's sum."""
    still, up, down, green = 1.0, 0.0, 0.0, 0.0
    for day in sorted({days for days, _ in spells}):
        at_risk = sum(days >= day for days, _ in spells)
        if at_risk < at_least:
            return
        ups, downs = (sum(s == (day, way) for s in spells) for way in (1, -1))
        up, down = up + still * ups / at_risk, down + still * downs / at_risk
        still *= 1 - (ups + downs) / at_risk
        green += (ups + downs) / (at_risk * (at_risk - ups - downs))
        yield day, up, down, green


def test_time_in_grade():
    days = {"middle": None, "low": None, "high": None}
    for day, up, _, green in shares_by_hand(spells_by_hand(1)):
        left = 1 - up
        if up:
            spread = 1.959964 * green**0.5 / -math.log(left)
            ends = {"middle": left, "low": left ** math.exp(spread),
                    "high": left ** math.exp(-spread)}  # fmt: skip
            days |= {name: day for name, share in ends.items()
                     if share <= 0.5 and days[name] is None}  # fmt: skip
    middle, low, high = (f"{days[name] / 365.25:.1f}" for name in ("middle", "low", "high"))
    assert charts.time_in_grade().message == (
        f"Half of the spells at inadequate overall had been graded higher within {middle} years "
        f"(95% interval {low} to {high})"
    )
    five = [row for row in shares_by_hand(spells_by_hand(3)) if row[0] <= 5 * 365.25][-1]
    message = charts.time_in_grade(band="good").message
    assert f"{five[1]:.0%} had been graded higher" in message
    assert f"{five[2]:.0%} had been graded lower" in message


def test_crosswalk():
    areas = rows("judgement_areas")
    now = [a for a in areas if a["framework_id"] == "ilacs" and not a["last_used"]]
    (overall,) = [a for a in areas if a["theme"] == "overall" and a["framework_id"] == "ilacs"]
    message = charts.framework_crosswalk().message
    assert f"Of the {len({a['theme'] for a in areas})} themes" in message
    assert f" {len({a['theme'] for a in now})} are graded today" in message
    assert day_of(message.split("until ")[1]) == overall["last_used"]
