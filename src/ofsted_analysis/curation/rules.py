"""What holds across tables: the rules of the domain, each with the line where it is broken."""

import calendar
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from datetime import date

from ofsted_analysis.analysis.themes import BOARD_REVIEW
from ofsted_analysis.curation.basis import BasisError, read_basis
from ofsted_analysis.curation.faults import Draft, Fault, Row


def _inspection_key_faults(draft: Draft) -> Iterator[Fault]:
    judged = {row["inspection_id"] for row in draft.rows["judgements"]}
    days: dict[tuple[str, str, str], str] = {}
    for line, row in draft.lines("inspections"):
        when = row["authority_id"], row["first_day"], row["last_day"]
        if row["first_day"] and days.setdefault(when, row["inspection_id"]) != row["inspection_id"]:
            wrong = f"has the same days as {days[when]!r}"
            yield draft.fault("inspections", line, "inspection_id", wrong)
        key, last = row["inspection_id"], _day(row["last_day"])
        if last is None:
            continue  # the schema check has said so
        expected = f"{row['authority_id']}-{row['framework_id']}-{last:%Y-%m}"
        if not _follows(key, expected, "[b-z]?"):
            wrong = f"{key!r} should be {expected!r}"
            yield draft.fault("inspections", line, "inspection_id", wrong)
        if key not in judged:
            wrong = f"{key!r} has no judgement"
            yield draft.fault("inspections", line, "inspection_id", wrong)


_PRECISE: dict[str, Callable[[date], tuple[date, date]]] = {
    "day": lambda last: (last, last),
    "month": lambda last: (
        last.replace(day=1),
        last.replace(day=calendar.monthrange(last.year, last.month)[1]),
    ),
    "year": lambda last: (last.replace(month=1, day=1), last.replace(month=12, day=31)),
    "financial year": lambda last: (
        date(last.year - (last.month < 4), 4, 1),
        date(last.year + (last.month > 3), 3, 31),
    ),
}
"""For each precision the first and the last day that a last day may stand for."""


def _span(row: Row) -> tuple[str, str]:
    """The first day of an inspection, or the earliest that it can have ended on; and the last."""
    earliest = _earliest(row["last_day"], row["date_precision"])
    return row["first_day"] or earliest, earliest


def _earliest(day: str, precision: str) -> str:
    """The first day that a day may stand for."""
    return _PRECISE.get(precision, _PRECISE["day"])(date.fromisoformat(day))[0].isoformat()


def _inspection_day_faults(draft: Draft) -> Iterator[Fault]:
    for line, row in draft.lines("inspections"):
        last, precision = _day(row["last_day"]), row["date_precision"]
        if last is None:
            continue
        found = {}
        if row["first_day"] > row["last_day"]:
            found["first_day"] = f"{row['first_day']} is after the last day, {row['last_day']}"
        elif precision == "day" and not row["first_day"]:
            found["first_day"] = "is empty though the dates are known to the day"
        framework = draft.by_key["frameworks"].get(row["framework_id"], {})
        longest = int(framework.get("longest_inspection") or 0)
        if row["first_day"] and longest:
            length = (last - date.fromisoformat(row["first_day"])).days + 1
            if length > longest:
                wrong = f"{row['first_day']} is {length} days before the end, more than {longest}"
                found.setdefault("first_day", wrong)
        cut = precision == "financial year" and row["last_day"] == framework.get("last_inspection")
        if last != _PRECISE.get(precision, _PRECISE["day"])(last)[1] and not cut:
            wrong = f"{last} is not the last day of its {precision} (precision: {precision})"
            found["last_day"] = wrong
        if row["published_date"] and row["published_date"] < _span(row)[1]:
            wrong = f"{row['published_date']} is before the last day, {row['last_day']}"
            found["published_date"] = wrong
        for column, wrong in found.items():
            yield draft.fault("inspections", line, column, wrong)


def _inspection_source_faults(draft: Draft) -> Iterator[Fault]:
    """A report on Ofsted's site is the source of its inspection, with its address and day."""
    for line, row in draft.lines("inspections"):
        source = draft.by_key["sources"].get(row["source_id"])
        if not row["report_url"] or not source:
            continue
        for column, there in (("report_url", "url"), ("published_date", "published_date")):
            if row[column] != source[there] and (column != "report_url" or "://" in row[column]):
                wrong = f"{row[column] or 'empty'}, but its source has {source[there] or 'none'}"
                yield draft.fault("inspections", line, column, wrong)


def _record_end_faults(draft: Draft) -> Iterator[Fault]:
    """Nothing lies after the day to which the record is complete."""
    end = draft.complete_to
    for line, row in draft.lines("inspections") if end else ():
        for column in ("last_day", "published_date"):
            if row[column] > end:
                wrong = f"{row[column]} is after the end of the record (completeTo: {end})"
                yield draft.fault("inspections", line, column, wrong)


def _framework_faults(draft: Draft) -> Iterator[Fault]:
    for line, row in draft.lines("frameworks"):
        for column, place, name in (
            ("first_inspection", 0, "first"),
            ("last_inspection", 1, "last"),
        ):
            day = _day(row[column])
            if day and day != _PRECISE["month"](day)[place]:
                wrong = f"{day} is not the {name} day of a month"
                yield draft.fault("frameworks", line, column, wrong)


def _inspection_life_faults(draft: Draft) -> Iterator[Fault]:
    for line, row in draft.lines("inspections"):
        if _day(row["last_day"]) is None:
            continue
        first, last = _span(row)[0], row["last_day"]
        lies = _within if row["date_precision"] == "day" else _overlaps
        when = f"not on {first} to {last}"
        framework = draft.by_key["frameworks"].get(row["framework_id"])
        authority = draft.by_key["authorities"].get(row["authority_id"])
        if framework:
            began, ended = framework["first_inspection"], framework["last_inspection"]
            if not lies(first, last, began, ended):
                used = f"{row['framework_id']} was in use from {began} to {ended or 'today'}"
                yield draft.fault("inspections", line, "framework_id", f"{used}, {when}")
        if authority:
            began, ended = authority["opened"], authority["closed"]
            if not lies(first, last, began, ended):
                there = f"{row['authority_id']} existed from {began or 'before 2009'} to "
                wrong = f"{there}{ended or 'today'}, {when}"
                yield draft.fault("inspections", line, "authority_id", wrong)


def _judgement_area_faults(draft: Draft) -> Iterator[Fault]:
    for line, row, inspection in _judged(draft):
        framework = inspection["framework_id"]
        area = draft.areas.get((framework, row["area_id"]))
        began = inspection["first_day"] or inspection["last_day"]
        if area is None:
            wrong = f"{row['area_id']!r} is not an area of {framework.upper()}"
            yield draft.fault("judgements", line, "area_id", wrong)
        elif not _within(began, began, area["first_used"], area["last_used"]):
            wrong = (
                f"{row['area_id']} was not judged in {framework.upper()} inspections begun on "
                f"{began} (in use from {area['first_used'] or 'the start'} to "
                f"{area['last_used'] or 'today'})"
            )
            yield draft.fault("judgements", line, "area_id", wrong)


def _whole_report_faults(draft: Draft) -> Iterator[Fault]:
    """Of an inspection whose own report was read every area is there that was due that day."""
    there: dict[str, set[str]] = defaultdict(set)
    read: set[str] = set()
    for row in draft.rows["judgements"]:
        there[row["inspection_id"]].add(row["area_id"])
        if row["certainty"] == "report":
            read.add(row["inspection_id"])
    for line, row in draft.lines("inspections"):
        began = row["first_day"] or row["last_day"]
        due = [
            area_id
            for (framework_id, area_id), area in draft.areas.items()
            if framework_id == row["framework_id"]
            and _within(began, began, area["first_used"], area["last_used"])
            and area["theme"] != "lscb"  # reviewed in most reports, not in all
        ]
        missing = [area_id for area_id in due if area_id not in there[row["inspection_id"]]]
        whole = row["inspection_id"] in read and row["inspection_type"] != BOARD_REVIEW
        if whole and missing:
            wrong = f"its report was read, but has no judgement on: {', '.join(missing)}"
            yield draft.fault("inspections", line, "inspection_id", wrong)


def _limit_faults(draft: Draft) -> Iterator[Fault]:
    """Where a framework's rule says so, an inadequate judgement makes the whole inadequate."""
    limited: dict[str, list[str]] = defaultdict(list)
    overall: dict[str, tuple[int, str]] = {}
    for line, row, inspection in _judged(draft):
        area = draft.areas.get((inspection["framework_id"], row["area_id"]))
        if area and area["limits_overall"] == "yes" and row["grade"] == "inadequate":
            limited[row["inspection_id"]].append(row["area_id"])
        if area and area["theme"] == "overall" and row["grade"]:
            overall[row["inspection_id"]] = line, row["grade"]
    for key, areas in limited.items():
        line, grade = overall.get(key, (0, "inadequate"))
        if grade != "inadequate":
            wrong = f"{grade!r}, but inadequate for {', '.join(areas)} makes the whole inadequate"
            yield draft.fault("judgements", line, "grade", wrong)


def _locator_faults(draft: Draft) -> Iterator[Fault]:
    for line, row in draft.lines("judgements"):
        if row["certainty"] == "report" and not re.fullmatch("page [1-9][0-9]*", row["locator"]):
            wrong = f"{row['locator']!r} is no page of the report: write 'page 1'"
            yield draft.fault("judgements", line, "locator", wrong)


def _judged(draft: Draft) -> Iterator[tuple[int, Row, Row]]:
    """Each judgement with the line where it stands, and its inspection, where there is one."""
    for line, row in draft.lines("judgements"):
        if inspection := draft.by_key["inspections"].get(row["inspection_id"]):
            yield line, row, inspection


def _grade_faults(draft: Draft) -> Iterator[Fault]:
    for line, row, inspection in _judged(draft):
        framework = draft.by_key["frameworks"].get(inspection["framework_id"])
        wrong = ""
        if row["status"] == "graded" and framework:
            scale = ("outstanding", "good", framework["third_grade"], "inadequate")
            if not row["grade"]:
                wrong = "is empty, but the status is 'graded'"
            elif row["grade"] not in scale:
                of = inspection["framework_id"].upper()
                wrong = f"{row['grade']!r} is not a grade of {of} ({', '.join(scale)})"
        elif row["status"] == "not judged" and row["grade"]:
            wrong = f"{row['grade']!r} is given, but the status is 'not judged'"
        if wrong:
            yield draft.fault("judgements", line, "grade", wrong)


def _certainty_faults(draft: Draft) -> Iterator[Fault]:
    for line, row, inspection in _judged(draft):
        source = draft.by_key["sources"].get(row["source_id"])
        wrong = ""
        if source and row["certainty"] in ("report", "restated"):
            if source["kind"] not in ("ofsted report", "official statistics"):
                wrong = f"{row['certainty']!r}, but the source is of kind {source['kind']}"
            elif row["certainty"] == "report" and row["source_id"] != inspection["source_id"]:
                wrong = "'report', but the source is not the inspection's own report"
        if wrong:
            yield draft.fault("judgements", line, "certainty", wrong)


def _authority_faults(draft: Draft) -> Iterator[Fault]:
    authorities = draft.by_key["authorities"]
    for line, row in draft.lines("authorities"):
        if row["opened"] and row["closed"] and row["opened"] > row["closed"]:
            wrong = f"{row['opened']} is after the day it closed, {row['closed']}"
            yield draft.fault("authorities", line, "opened", wrong)
    for line, row in draft.lines("authority_changes"):
        after, before = authorities.get(row["successor_id"]), authorities.get(row["predecessor_id"])
        if after and row["date"] and row["date"] != after["opened"]:
            opened = after["opened"] or "before 2009"
            wrong = f"{row['date']} is not the first day of {row['successor_id']} ({opened})"
            yield draft.fault("authority_changes", line, "date", wrong)
        if before and row["date"] and not (before["closed"] and before["closed"] < row["date"]):
            wrong = f"{row['predecessor_id']} was still open on {row['date']}"
            yield draft.fault("authority_changes", line, "date", wrong)
    for line, row in draft.lines("authority_codes"):
        if row["valid_from"] and row["valid_to"] and row["valid_from"] > row["valid_to"]:
            wrong = f"{row['valid_from']} is after valid_to, {row['valid_to']}"
            yield draft.fault("authority_codes", line, "valid_from", wrong)
    valid: dict[str, list[str]] = defaultdict(list)
    for row in draft.rows["authority_codes"]:
        closed = authorities.get(row["authority_id"], {}).get("closed", "")
        if row["valid_to"] in ("", closed):
            valid[row["authority_id"]].append(row["code"])
    for line, row in draft.lines("authorities"):
        if row["ons_code"] not in valid[row["authority_id"]]:
            codes = " or ".join(valid[row["authority_id"]]) or "none"
            yield draft.fault(
                "authorities",
                line,
                "ons_code",
                f"{row['ons_code']!r} is not its code in authority_codes, which has {codes}",
            )


def _neighbour_faults(draft: Draft) -> Iterator[Fault]:
    ranks: dict[tuple[str, str], dict[int, str]] = defaultdict(dict)
    lines: dict[tuple[str, str, str], int] = {}
    for line, row in draft.lines("neighbours"):
        ranks[row["model"], row["authority_id"]][line] = row["rank"]
        one = row["model"], row["authority_id"], row["neighbour_id"]
        if lines.setdefault(one, line) != line:
            wrong = f"{row['neighbour_id']!r} stands on line {lines[one]} already"
            yield draft.fault("neighbours", line, "neighbour_id", wrong)
        if row["neighbour_id"] and row["authority_id"] == row["neighbour_id"]:
            yield draft.fault("neighbours", line, "neighbour_id", "is the authority itself")
    for found in ranks.values():
        if set(found.values()) != {str(n) for n in range(1, len(found) + 1)}:
            listed = ", ".join(found.values())
            yield draft.fault(
                "neighbours", min(found), "rank", f"the ranks have gaps or repeats: {listed}"
            )


def _area_faults(draft: Draft) -> Iterator[Fault]:
    places = Counter((r["framework_id"], r["position"]) for r in draft.rows["judgement_areas"])
    for line, row in draft.lines("judgement_areas"):
        if places[row["framework_id"], row["position"]] > 1:
            taken = f"{row['position']} is taken twice in {row['framework_id'].upper()}"
            yield draft.fault("judgement_areas", line, "position", taken)
        if row["first_used"] and row["last_used"] and row["first_used"] > row["last_used"]:
            wrong = f"{row['first_used']} is after last_used, {row['last_used']}"
            yield draft.fault("judgement_areas", line, "first_used", wrong)


def _source_faults(draft: Draft) -> Iterator[Fault]:
    used = {
        row[column]
        for name, table in draft.tables.items()
        for column, target, _ in table.foreign_keys
        if target == "sources"
        for row in draft.rows[name]
    }
    for line, row in draft.lines("sources"):
        number = re.fullmatch("ofsted-([0-9]+)", row["source_id"])
        if number and not row["url"].endswith(f"/{number[1]}"):
            wrong = f"{row['url'] or 'empty'}, but the number in source_id is {number[1]}"
            yield draft.fault("sources", line, "url", wrong)
        if row["source_id"] not in used:
            yield draft.fault(
                "sources", line, "source_id", f"nothing rests on {row['source_id']!r}"
            )


def _figure_faults(draft: Draft) -> Iterator[Fault]:
    for line, row in draft.lines("published_figures"):
        for framework_id in filter(None, row["framework_id"].split("|")):
            if framework_id not in draft.by_key["frameworks"]:
                yield draft.fault(
                    "published_figures", line, "framework_id", f"frameworks has no {framework_id!r}"
                )
        try:
            read_basis(row, draft.names)
        except BasisError as error:
            yield draft.fault("published_figures", line, error.column, error.reason)


def _tally_faults(draft: Draft) -> Iterator[Fault]:
    known = Counter((row["inspection_id"], row["grade"]) for row in draft.rows["judgements"])
    for line, row in draft.lines("grade_tallies"):
        grades = known[row["inspection_id"], row["grade"]]
        if row["count"].isdigit() and int(row["count"]) < grades:
            yield draft.fault(
                "grade_tallies",
                line,
                "count",
                f"{row['count']} judgements {row['grade']!r}, but {grades} are known by name",
            )


def _event_faults(draft: Draft) -> Iterator[Fault]:
    for line, row in draft.lines("events"):
        expected = f"{row['authority_id']}-{row['date']}-{row['kind'].replace(' ', '-')}"
        if not _follows(row["event_id"], expected, "(-[b-z])?"):
            yield draft.fault(
                "events", line, "event_id", f"{row['event_id']!r} should be {expected!r}"
            )
        day, precision = _day(row["date"]), row["date_precision"]
        if day and day != _PRECISE.get(precision, _PRECISE["day"])(day)[1]:
            wrong = f"{day} is not the last day of its {precision} (precision: {precision})"
            yield draft.fault("events", line, "date", wrong)


_ENDS = {
    "improvement notice lifted": "improvement notice",
    "statutory direction revoked": "statutory direction",
    "improvement board ended": "improvement board",
    "trust ended": "trust established",
}
"""What ends what."""
_REVISED = {"statutory direction revised": "statutory direction"}
"""What revises what."""
_OWN_STEPS = (
    "action plan",
    "action planning meeting",
    "monitoring visits",
    "reported to committee",
)
"""What may follow any inspection, with an inadequate grade or without."""


def _event_inspection_faults(draft: Draft) -> Iterator[Fault]:
    """An event is tied to a report that was out, of its authority, with something inadequate."""
    better = _not_inadequate(draft)
    for line, row in draft.lines("events"):
        inspection = draft.by_key["inspections"].get(row["inspection_id"])
        if not inspection or not row["date"]:
            continue
        key, wrong = row["inspection_id"], ""
        came = row["status"] == "happened"
        if inspection["authority_id"] != row["authority_id"]:
            wrong = f"is not of {row['authority_id']}"
        elif row["kind"] in {*_ENDS, *_REVISED}:
            wrong = f"{row['kind']!r} is tied to no inspection: leave it empty"
        elif row["date"] < _span(inspection)[1]:
            wrong = f"{key!r} ended on {inspection['last_day']}, after the event"
        elif came and row["date"] < inspection["published_date"]:
            wrong = f"{key!r} was published on {inspection['published_date']}, after the event"
        elif came and row["kind"] not in _OWN_STEPS and key in better:
            wrong = f"{key!r} has no grade of inadequate for {row['kind']!r} to follow"
        if wrong:
            yield draft.fault("events", line, "inspection_id", wrong)


def _evidence_faults(draft: Draft) -> Iterator[Fault]:
    """Evidence without a date is tied to inspections of its authority with something inadequate."""
    better = _not_inadequate(draft)
    for line, row in draft.lines("event_evidence"):
        for key in filter(None, row["inspection_id"].split("|")):
            inspection = draft.by_key["inspections"].get(key)
            wrong = ""
            if not inspection:
                wrong = f"inspections has no {key!r}"
            elif inspection["authority_id"] != row["authority_id"]:
                wrong = f"{key!r} is not of {row['authority_id']}"
            elif key in better:
                wrong = f"{key!r} has no grade of inadequate"
            elif row["date"] or row["event_id"]:
                wrong = "is for evidence without a date that became no event"
            if wrong:
                yield draft.fault("event_evidence", line, "inspection_id", wrong)


def _not_inadequate(draft: Draft) -> set[str]:
    """The inspections with judgements of which none is inadequate."""
    rows = draft.rows["judgements"]
    bad = {row["inspection_id"] for row in rows if row["grade"] == "inadequate"}
    return {row["inspection_id"] for row in rows} - bad


def _event_time_faults(draft: Draft) -> Iterator[Fault]:
    """An event is of the time of its authority and of the record."""
    for line, row, first in _dated(draft):
        authority = draft.by_key["authorities"].get(row["authority_id"])
        if authority and not _overlaps(
            first, row["date"], authority["opened"], authority["closed"]
        ):
            there = f"{authority['opened'] or 'before 2009'} to {authority['closed'] or 'today'}"
            wrong = f"{row['authority_id']} existed from {there}"
            yield draft.fault("events", line, "date", wrong)
        if draft.complete_to and row["status"] == "happened" and first > draft.complete_to:
            wrong = f"{row['date']} is after the end of the record ({draft.complete_to})"
            yield draft.fault("events", line, "date", wrong)


def _event_order_faults(draft: Draft) -> Iterator[Fault]:
    """An end or a revision has a start before it that has not ended, where any start is known.

    An end ends every start before it, so that the next one needs another start. One of which no
    start was found at all, or none since the last end nor later, stands by itself.
    """
    starts: dict[tuple[str, str], list[str]] = defaultdict(list)
    ends: dict[tuple[str, str], list[str]] = defaultdict(list)
    happened = [each for each in _dated(draft) if each[1]["status"] == "happened"]
    for _, row, first in happened:
        starts[row["authority_id"], row["kind"]].append(first)
        if row["kind"] in _ENDS:
            ends[row["authority_id"], row["kind"]].append(row["date"])
    for line, row, _ in happened:
        kind = (_ENDS | _REVISED).get(row["kind"], "")
        begun = starts[row["authority_id"], kind] if kind else []
        before = [day for day in ends[row["authority_id"], row["kind"]] if day < row["date"]]
        ended = max(before, default="")
        later = [day for day in begun if day > ended]
        if later and min(later) > row["date"]:
            known = f"the {kind} that it could {'end' if row['kind'] in _ENDS else 'revise'}"
            wrong = f"{row['date']} is before {known}, {min(later)}"
            yield draft.fault("events", line, "date", wrong)


def _dated(draft: Draft) -> Iterator[tuple[int, Row, str]]:
    """Each event with the line where it stands, and the first day that its date may stand for."""
    for line, row in draft.lines("events"):
        if _day(row["date"]):
            yield line, row, _earliest(row["date"], row["date_precision"])


def _visit_key_faults(draft: Draft) -> Iterator[Fault]:
    for line, row, kind, last in _visited(draft):
        expected = f"{row['authority_id']}-{kind['key']}-{last:%Y-%m}"
        if not _follows(row["visit_id"], expected, "[b-z]?"):
            wrong = f"{row['visit_id']!r} should be {expected!r}"
            yield draft.fault("visits", line, "visit_id", wrong)
        areas = row["areas_for_priority_action"] or "none"
        if (row["priority_action"] == "yes") != (areas not in ("none", "0")):
            wrong = f"{areas}, but priority_action is {row['priority_action'] or 'empty'}"
            yield draft.fault("visits", line, "areas_for_priority_action", wrong)


def _visit_day_faults(draft: Draft) -> Iterator[Fault]:
    for line, row, kind, last in _visited(draft):
        found = {}
        first, ended = _span(row)
        days = (last - date.fromisoformat(first)).days + 1
        if row["first_day"] > row["last_day"]:
            found["first_day"] = f"{row['first_day']} is after the last day, {row['last_day']}"
        elif row["date_precision"] == "day" and not row["first_day"]:
            found["first_day"] = "is empty though the dates are known to the day"
        elif row["first_day"] and days > int(kind["longest_visit"] or days):
            found["first_day"] = f"{days} days are more than a {row['kind']} lasts"
        if last != _PRECISE.get(row["date_precision"], _PRECISE["day"])(last)[1]:
            found["last_day"] = f"{last} is not the last day of its month (precision: month)"
        if row["published_date"] and row["published_date"] < ended:
            wrong = f"{row['published_date']} is before the last day, {row['last_day']}"
            found["published_date"] = wrong
        elif draft.complete_to and row["published_date"] > draft.complete_to:
            end = f"the end of the record (completeTo: {draft.complete_to})"
            found["published_date"] = f"{row['published_date']} is after {end}"
        for column, wrong in found.items():
            yield draft.fault("visits", line, column, wrong)


def _visit_life_faults(draft: Draft) -> Iterator[Fault]:
    """A visit is of the time of its authority and of its kind, and outside graded inspections."""
    inspected: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
    for row in draft.rows["inspections"]:
        if row["first_day"] and row["date_precision"] == "day":
            span = row["first_day"], row["last_day"], row["inspection_id"]
            inspected[row["authority_id"]].append(span)
    for line, row, kind, _ in _visited(draft):
        first, ended = _span(row)
        if ended < kind["first_visit"]:
            wrong = f"there was no {row['kind']} before {kind['first_visit']}"
            yield draft.fault("visits", line, "last_day", wrong)
        authority = draft.by_key["authorities"].get(row["authority_id"])
        if authority and not _within(first, ended, authority["opened"], authority["closed"]):
            there = f"{authority['opened'] or 'before 2009'} to {authority['closed'] or 'today'}"
            wrong = f"{row['authority_id']} existed from {there}, not on {first} to {ended}"
            yield draft.fault("visits", line, "authority_id", wrong)
        for began, end, key in inspected[row["authority_id"]] if row["first_day"] else ():
            if _overlaps(first, ended, began, end):
                wrong = f"{first} to {ended} lies within the inspection {key!r}"
                yield draft.fault("visits", line, "first_day", wrong)


def _visited(draft: Draft) -> Iterator[tuple[int, Row, Row, date]]:
    """Each visit with the line where it stands, its kind and last day, where these are known."""
    for line, row in draft.lines("visits"):
        kind, last = draft.by_key["visit_kinds"].get(row["kind"]), _day(row["last_day"])
        if kind and last:
            yield line, row, kind, last


def _agreement_faults(draft: Draft) -> Iterator[Fault]:
    parts = ("agreeing", "ours_right", "theirs_right", "both_right")
    for line, row in draft.lines("agreement"):
        counts = [row[column] for column in ("cells", *parts)]
        if all(count.isdigit() for count in counts):
            cells, *rest = map(int, counts)
            if cells != sum(rest):
                wrong = f"{cells} cells, but {', '.join(parts)} come to {sum(rest)}"
                yield draft.fault("agreement", line, "cells", wrong)


def _context_faults(draft: Draft) -> Iterator[Fault]:
    """A value is of a time when its authority existed, and within the bounds of its measure."""
    bounds = {
        key: (row["first"], row["last"], float(row["least"] or "-inf"), float(row["most"] or "inf"))
        for key, row in draft.by_key["context_measures"].items()
    }
    lives = {key: (r["opened"], r["closed"]) for key, r in draft.by_key["authorities"].items()}
    for line, row in draft.lines("context"):
        key, day, value = row["authority_id"], row["date"], row["value"]
        if not day or not value or row["measure"] not in bounds or key not in lives:
            continue  # the schema check has said so
        first, last, least, most = bounds[row["measure"]]
        if not first <= day <= last:
            wrong = f"{row['measure']} has values from {first} to {last}, not of {day}"
            yield draft.fault("context", line, "date", wrong)
        if not least <= float(value) <= most:
            wrong = f"{value} does not lie between {least:g} and {most:g}"
            yield draft.fault("context", line, "value", wrong)
        opened, closed = lives[key]
        if not _within(day, day, opened, closed):
            there = f"{opened or 'before 2009'} to {closed or 'today'}"
            wrong = f"{key} existed from {there}, not on {day}"
            yield draft.fault("context", line, "authority_id", wrong)


RULES: tuple[Callable[[Draft], Iterator[Fault]], ...] = (
    _inspection_key_faults,
    _inspection_day_faults,
    _inspection_life_faults,
    _inspection_source_faults,
    _record_end_faults,
    _framework_faults,
    _judgement_area_faults,
    _whole_report_faults,
    _limit_faults,
    _locator_faults,
    _grade_faults,
    _certainty_faults,
    _authority_faults,
    _neighbour_faults,
    _area_faults,
    _source_faults,
    _figure_faults,
    _tally_faults,
    _event_faults,
    _event_inspection_faults,
    _evidence_faults,
    _event_time_faults,
    _event_order_faults,
    _visit_key_faults,
    _visit_day_faults,
    _visit_life_faults,
    _agreement_faults,
    _context_faults,
)
"""Each gives what breaks it. Cells that cannot be understood are empty here."""


def _within(first: str, last: str, start: str, end: str) -> bool:
    """Whether first to last lies within start to end; ISO dates, '' for an open end."""
    return start <= first and (not end or last <= end)


def _overlaps(first: str, last: str, start: str, end: str) -> bool:
    """Whether some day of first to last lies within start to end."""
    return start <= last and (not end or first <= end)


def _follows(key: str, start: str, rest: str) -> bool:
    """Whether a key is that start and then fits the pattern of a rest."""
    return key.startswith(start) and re.fullmatch(rest, key[len(start) :]) is not None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
