"""Facts changed in the tables: who notices.

    python tools/break_facts.py [EACH] [ELSEWHERE]

Changes one fact at a time, EACH times (default 27) for every kind of change, with stamps renewed as
a curator would and digests left alone, and prints by kind how many were caught: by the rules of
`check` and by its digests; and, of the first ELSEWHERE (default 3) of each kind, by `reconcile`
and, where OFSTED_REPORTS names the folder of reports, by the tests that read them. Part of
`make attack`.
"""

import json
import os
import random
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from ofsted_analysis.curation import digests, stamp
from ofsted_analysis.curation.add import report_rows, write_rows
from ofsted_analysis.curation.checks import check
from ofsted_analysis.curation.index import read_index
from ofsted_analysis.curation.published import reconcile_folder
from ofsted_analysis.curation.reports import Report, read_reports
from ofsted_analysis.tables import load, schema
from ofsted_analysis.tables.errors import DataError

Row = dict[str, str]
Tables = dict[str, list[Row]]
Change = Callable[[random.Random, Tables], None]

ORIGINAL: Tables = {name: load.rows(name) for name in schema.tables()}
PACKAGE: dict[str, Any] = schema.descriptor()
KINDS: dict[str, Change] = {}
LISTED: set[str] = set()
"""Kinds that the rules of `check` are to catch without the digests."""
GRADES = ("inadequate", "requires improvement", "good", "outstanding")
THIRDS = ("adequate", "requires improvement")


def kind(name: str, *, listed: bool = False) -> Callable[[Change], Change]:
    def note(change: Change) -> Change:
        KINDS[name] = change
        if listed:
            LISTED.add(name)
        return change

    return note


# Choosing


def framework(row: Row) -> str:
    return row["inspection_id"].rsplit("-", 3)[1]


def pick(rng: random.Random, rows: list[Row], **facts: Any) -> Row:
    """A row that has these facts: a value, several, or a test."""

    def fits(row: Row) -> bool:
        return all(
            wanted(row[column]) if callable(wanted) else row[column] in wanted
            for column, wanted in facts.items()
        )

    return rng.choice([row for row in rows if fits(row)])


def other(rng: random.Random, row: Row, column: str, values: Any) -> None:
    row[column] = rng.choice([value for value in values if value != row[column]])


def other_grade(rng: random.Random, row: Row) -> None:
    third = "adequate" if framework(row) in ("slac", "cp", "lac") else "requires improvement"
    other(rng, row, "grade", [third if grade in THIRDS else grade for grade in GRADES])


def later(text: str, days: int) -> str:
    return (date.fromisoformat(text) + timedelta(days=days)).isoformat()


def known(text: str) -> bool:
    return bool(text)


def source_of(tables: Tables, row: Row) -> Row:
    return next(s for s in tables["sources"] if s["source_id"] == row["source_id"])


# Judgements


def in_judgements(name: str, edit: Callable[[random.Random, Row], None], **facts: Any) -> None:
    KINDS[name] = lambda rng, t: edit(rng, pick(rng, t["judgements"], **facts))


def put(column: str, *values: str) -> Callable[[random.Random, Row], None]:
    return lambda rng, row: other(rng, row, column, values)


READ = {"certainty": ["report"], "grade": known}
OLDER = {"certainty": ["restated", "stated", "implied"], "grade": known}
in_judgements("a grade that was read in a report", other_grade, **READ)
in_judgements("a grade that was restated or stated", other_grade, **OLDER)
in_judgements("a certainty one step up", put("certainty", "stated"), certainty=["implied"])
in_judgements("a certainty one step down", put("certainty", "implied"), certainty=["stated"])
in_judgements("another page", put("locator", *(f"page {n}" for n in range(1, 60))), **READ)
in_judgements("another place in the source", put("locator", "article text, last line"), **OLDER)
in_judgements("page 0 or no page", put("locator", "page 0", "page x", "page", "front"), **READ)
LISTED.add("page 0 or no page")


@kind("a grade taken for 'not judged'")
def _(rng: random.Random, t: Tables) -> None:
    pick(rng, t["judgements"], **READ).update(grade="", status="not judged")


@kind("the source of a judgement")
def _(rng: random.Random, t: Tables) -> None:
    row = pick(rng, t["judgements"], **OLDER)
    alike = source_of(t, row)["kind"]
    others = [s["source_id"] for s in t["sources"] if s["kind"] == alike]
    other(rng, row, "source_id", others)


@kind("two grades of one inspection swapped")
def _(rng: random.Random, t: Tables) -> None:
    while True:
        row = pick(rng, t["judgements"], **READ)
        own = [r for r in t["judgements"] if r["inspection_id"] == row["inspection_id"]]
        unlike = [r for r in own if r["grade"] not in ("", row["grade"])]
        if unlike:
            second = rng.choice(unlike)
            row["grade"], second["grade"] = second["grade"], row["grade"]
            return


@kind("the grades of two inspections swapped")
def _(rng: random.Random, t: Tables) -> None:
    while True:
        row = pick(rng, t["judgements"], **READ)
        second = pick(rng, t["judgements"], area_id=[row["area_id"]], **READ)
        same = framework(row) == framework(second)
        if same and row["grade"] != second["grade"]:
            row["grade"], second["grade"] = second["grade"], row["grade"]
            return


@kind("an area due that day is missing", listed=True)
def _(rng: random.Random, t: Tables) -> None:
    t["judgements"].remove(
        pick(rng, t["judgements"], certainty=["report"], area_id=lambda area: area != "lscb",
             inspection_id=lambda key: key != "surrey-sif-2015-06")
    )  # fmt: skip


@kind("an older judgement is missing")
def _(rng: random.Random, t: Tables) -> None:
    t["judgements"].remove(pick(rng, t["judgements"], **OLDER))


@kind("an older judgement under another area")
def _(rng: random.Random, t: Tables) -> None:
    row = pick(rng, t["judgements"], **OLDER)
    own = {r["area_id"] for r in t["judgements"] if r["inspection_id"] == row["inspection_id"]}
    areas = [a["area_id"] for a in t["judgement_areas"] if a["framework_id"] == framework(row)]
    free = [area for area in areas if area not in own]
    if free:
        row["area_id"] = rng.choice(free)
    else:
        other_grade(rng, row)


@kind("a key judgement inadequate under a better whole", listed=True)
def _(rng: random.Random, t: Tables) -> None:
    limits = {a["area_id"] for a in t["judgement_areas"] if a["limits_overall"] == "yes"}
    whole = pick(rng, t["judgements"], area_id=["overall"],
                 inspection_id=lambda key: "-sif-" in key,
                 grade=["requires improvement", "good", "outstanding"])  # fmt: skip
    pick(rng, t["judgements"], inspection_id=[whole["inspection_id"]], area_id=limits,
         grade=known)["grade"] = "inadequate"  # fmt: skip


# Inspections


def exact(t: Tables, rng: random.Random) -> Row:
    return pick(rng, t["inspections"], date_precision=["day"], report_url=known,
                inspection_type=lambda kind: "board" not in kind)  # fmt: skip


@kind("the last day, a day late")
def _(rng: random.Random, t: Tables) -> None:
    row = exact(t, rng)
    row["last_day"] = later(row["last_day"], 1)


@kind("the first day, a day early")
def _(rng: random.Random, t: Tables) -> None:
    row = exact(t, rng)
    row["first_day"] = later(row["first_day"], -1)


@kind("both days, a week early")
def _(rng: random.Random, t: Tables) -> None:
    row = exact(t, rng)
    row.update(first_day=later(row["first_day"], -7), last_day=later(row["last_day"], -7))


@kind("an older inspection's month")
def _(rng: random.Random, t: Tables) -> None:
    row = pick(rng, t["inspections"], date_precision=["month"], first_day=[""])
    first = date.fromisoformat(row["last_day"]).replace(day=1)
    row["last_day"] = later(first.isoformat(), -1)


@kind("publication another day than the source's", listed=True)
def _(rng: random.Random, t: Tables) -> None:
    row = exact(t, rng)
    row["published_date"] = later(row["published_date"], rng.choice((1, 7, 30)))


@kind("publication another day, in the source as well")
def _(rng: random.Random, t: Tables) -> None:
    row = exact(t, rng)
    row["published_date"] = later(row["published_date"], -1)
    source_of(t, row)["published_date"] = row["published_date"]


@kind("publication after the end of the record", listed=True)
def _(rng: random.Random, t: Tables) -> None:
    row = exact(t, rng)
    row["published_date"] = later(PACKAGE["completeTo"], rng.randint(1, 400))
    source_of(t, row)["published_date"] = row["published_date"]


@kind("an address other than the source's", listed=True)
def _(rng: random.Random, t: Tables) -> None:
    row = exact(t, rng)
    row["report_url"] = row["report_url"][:-1] + str((int(row["report_url"][-1]) + 1) % 10)


@kind("an address used twice", listed=True)
def _(rng: random.Random, t: Tables) -> None:
    row, second = exact(t, rng), exact(t, rng)
    while row is second:
        second = exact(t, rng)
    row["report_url"] = source_of(t, row)["url"] = second["report_url"]


@kind("a number in source_id other than in its address", listed=True)
def _(rng: random.Random, t: Tables) -> None:
    row = exact(t, rng)
    number = str(rng.randint(60_000_000, 69_999_999))
    row["report_url"] = source_of(t, row)["url"] = f"https://files.ofsted.gov.uk/v1/file/{number}"


@kind("two inspections of one authority on the same days", listed=True)
def _(rng: random.Random, t: Tables) -> None:
    while True:
        row = exact(t, rng)
        own = [r for r in t["inspections"] if r["authority_id"] == row["authority_id"]]
        twins = [r for r in own if r["framework_id"] == row["framework_id"] and r is not row
                 and r["report_url"]]  # fmt: skip
        if twins:
            twin = rng.choice(twins)
            row.update(first_day=twin["first_day"], last_day=twin["last_day"])
            return


@kind("short for standard, or the other way")
def _(rng: random.Random, t: Tables) -> None:
    row = pick(rng, t["inspections"], inspection_type=["short", "standard"])
    other(rng, row, "inspection_type", ["short", "standard"])


@kind("the kind of an inspection is lost")
def _(rng: random.Random, t: Tables) -> None:
    pick(rng, t["inspections"], inspection_type=["short", "standard", "reinspection"]).update(
        inspection_type=""
    )


@kind("an inspection of another authority")
def _(rng: random.Random, t: Tables) -> None:
    row = exact(t, rng)
    others = [a["authority_id"] for a in t["authorities"] if not a["opened"] and not a["closed"]]
    old = row["inspection_id"]
    other(rng, row, "authority_id", others)
    row["inspection_id"] = "-".join([row["authority_id"], *old.rsplit("-", 3)[1:]])
    for table in ("judgements", "events", "grade_tallies", "fieldwork"):
        for r in t[table]:
            if r["inspection_id"] == old:
                r["inspection_id"] = row["inspection_id"]


@kind("what is said of the days")
def _(rng: random.Random, t: Tables) -> None:
    pick(rng, t["inspections"], days_note=known)["days_note"] += " (unsure)"


@kind("an inspection is missing, with all that is its own")
def _(rng: random.Random, t: Tables) -> None:
    row = exact(t, rng)
    for table in ("inspections", "judgements", "events", "grade_tallies", "fieldwork"):
        t[table] = [r for r in t[table] if r["inspection_id"] != row["inspection_id"]]


# All other tables


def in_table(
    name: str, table: str, column: str, values: Any = (), *, listed: bool = False, **facts: Any
) -> None:
    """Another value: one of some, or else that of another row."""

    def change(rng: random.Random, t: Tables) -> None:
        facts.setdefault(column, known)
        row = pick(rng, t[table], **facts)
        others = values(row) if callable(values) else values
        other(rng, row, column, others or sorted({r[column] for r in t[table]}))

    kind(name, listed=listed)(change)


def shifted(column: str, *days: int) -> Callable[[Row], list[str]]:
    return lambda row: [later(row[column], n) for n in days]


in_table("a URN used twice", "authorities", "ofsted_urn", listed=True)
in_table("a name", "authorities", "name", lambda row: [row["name"] + " City", "The " + row["name"]])
in_table("a region", "authorities", "region")
in_table("a type of authority", "authorities", "authority_type")
in_table("the code of an authority", "authorities", "ons_code")
in_table("when an authority opened", "authorities", "opened", shifted("opened", 1, -1, 365))
in_table("a place on the map", "authorities", "easting",
         lambda row: [str(int(row["easting"]) + 1000)])  # fmt: skip
in_table("when an authority took over", "authority_changes", "date", shifted("date", 1, 365))
in_table("from when a code was valid", "authority_codes", "valid_from", shifted("valid_from", 1))
in_table("an older code", "authority_codes", "code",
         lambda row: [row["code"][:-1] + str((int(row["code"][-1]) + 1) % 10)])  # fmt: skip
in_table("how close a neighbour is", "neighbours", "closeness")
in_table(
    "a place on the tile map", "tile_grid", "column", lambda row: [str(int(row["column"]) + 1)]
)
in_table("a framework from within a month", "frameworks", "first_inspection",
         shifted("first_inspection", 1, 14), listed=True)  # fmt: skip
in_table("a framework a month early", "frameworks", "first_inspection",
         lambda row: [later(row["first_inspection"], -1)[:8] + "01"])  # fmt: skip
in_table("the word for the third grade", "frameworks", "third_grade", THIRDS)
in_table("a theme", "judgement_areas", "theme")
in_table("a comparability", "judgement_areas", "comparability")
in_table("from when an area is judged", "judgement_areas", "first_used", shifted("first_used", 1))
in_table("the name of an area", "judgement_areas", "label", lambda row: [row["label"] + " (new)"])
in_table("the name of a theme", "themes", "label", lambda row: [row["label"] + "s"])
in_table("the day of a milestone", "milestones", "date", shifted("date", 1, 30))
in_table("the kind of a source", "sources", "kind")
in_table("the title of a source", "sources", "title", lambda row: [row["title"] + "."])
in_table("who published a source", "sources", "publisher")
in_table("a published figure", "published_figures", "value", lambda row: [row["value"] + "1"])
in_table("the basis of a published figure", "published_figures", "as_at", shifted("as_at", 90, -90))
in_table("the explanation of a figure", "published_figures", "explanation")
in_table("the day of an event", "events", "date", shifted("date", 1))
in_table("what an event was", "events", "kind")
in_table("a count of grades", "grade_tallies", "count", lambda row: [str(int(row["count"]) + 1)])
in_table("a fact of the fieldwork", "fieldwork", "value", lambda row: [row["value"] + "0"])
in_table(
    "a count of agreement", "agreement", "agreeing", lambda row: [str(int(row["agreeing"]) - 1)]
)


@kind("a neighbour twice in a list", listed=True)
def _(rng: random.Random, t: Tables) -> None:
    row = pick(rng, t["neighbours"])
    own = [r for r in t["neighbours"] if r is not row
           and (r["model"], r["authority_id"]) == (row["model"], row["authority_id"])]  # fmt: skip
    row["neighbour_id"] = rng.choice(own)["neighbour_id"]


@kind("two neighbours swapped")
def _(rng: random.Random, t: Tables) -> None:
    row = pick(rng, t["neighbours"], rank=["1", "2", "3"])
    second = pick(rng, t["neighbours"], model=[row["model"]], authority_id=[row["authority_id"]],
                  rank=[str(int(row["rank"]) + 1)])  # fmt: skip
    for column in ("neighbour_id", "closeness"):
        row[column], second[column] = second[column], row[column]


@kind("a sign that cannot be seen", listed=True)
def _(rng: random.Random, t: Tables) -> None:
    table = rng.choice(["authorities", "sources", "inspections", "judgement_areas", "frameworks"])
    column = {"authorities": "name", "sources": "title", "inspections": "days_note"}.get(
        table, "label"
    )
    row = pick(rng, t[table], **{column: known})
    place = rng.randint(1, len(row[column]) - 1)
    sign = rng.choice("\u200b\u202e\u0000\u0007\u00ad\u00a0\ufeff")
    row[column] = row[column][:place] + sign + row[column][place:]


@kind("a table of which only the header is left", listed=True)
def _(rng: random.Random, t: Tables) -> None:
    t[rng.choice([name for name, rows in t.items() if rows])] = []


# The description

DESCRIBED: dict[str, Callable[[random.Random, dict[str, Any]], None]] = {}


def some_field(rng: random.Random, package: dict[str, Any], **has: Any) -> dict[str, Any]:
    fields = [f for r in package["resources"] for f in r["schema"]["fields"]]
    return rng.choice([f for f in fields if all(key in f for key in has)])


DESCRIBED["completeTo missing or no day"] = lambda rng, p: p.update(
    completeTo=rng.choice([None, "soon", "", "2026", "22 August 2026", 20260822])
)
DESCRIBED["completeTo another day"] = lambda rng, p: p.update(
    completeTo=later(p["completeTo"], rng.randint(1, 300))
)
DESCRIBED["a table described twice"] = lambda rng, p: p["resources"].append(
    dict(rng.choice(p["resources"]))
)
DESCRIBED["a path outside the folder"] = lambda rng, p: rng.choice(p["resources"]).update(
    path=rng.choice(["../sources.csv", "/etc/hostname", "a/../../sources.csv"])
)
DESCRIBED["a description that cannot be used"] = lambda rng, p: some_field(rng, p).update(
    rng.choice([
        {"type": "number"}, {"type": 3}, {"constraints": {"pattern": "E[0-9{8}"}},
        {"constraints": {"minimum": "1"}}, {"constraints": []}, {"name": ""}, {"name": None},
    ])
)  # fmt: skip
DESCRIBED["a foreign key to nowhere"] = lambda rng, p: rng.choice(
    [r for r in p["resources"] if r["schema"].get("foreignKeys")]
)["schema"]["foreignKeys"][0]["reference"].update(resource="nowhere")
DESCRIBED["a rule of the description is lost"] = lambda rng, p: some_field(
    rng, p, constraints=True
).pop("constraints")
DESCRIBED["what a column means"] = lambda rng, p: some_field(rng, p).update(description="Changed.")
LISTED |= {
    "completeTo missing or no day", "a table described twice", "a path outside the folder",
    "a description that cannot be used", "a foreign key to nowhere",
}  # fmt: skip


# Who notices

COUNTED = ("judgements", "inspections", "authorities", "judgement_areas", "published_figures",
           "frameworks")  # fmt: skip
"""Tables on which `reconcile` rests."""
MEMORY = Path("/dev/shm")
"""Where files are kept in memory, on systems that have it: every change writes some and syncs."""


def from_the_reports() -> dict[str, str] | None:
    """The digest of each report at hand, read now; None where there are none."""
    folder = os.environ.get("OFSTED_REPORTS")
    if not folder:
        return None
    index = read_index(Path(folder) / "index.csv")
    found = {}
    for report in read_reports(sorted(Path(folder).glob("*.pdf"))):
        if isinstance(report, Report):
            rows = report_rows(report, index[report.file.name], schema.data_dir(None))
            source = rows["sources"][0]
            found[source["source_id"]] = digests.of_report(
                rows["inspections"][0], rows["judgements"], source
            )
    return found


def noticed(folder: Path) -> dict[str, bool]:
    """Whether `check` notices that a folder of tables is not as it was: its rules, its digests."""
    try:
        other = bool(digests.faults(folder))
    except DataError:  # the tables cannot be read at all
        other = True
    return {"check": bool(check(folder)), "digests": other}


def noticed_elsewhere(
    folder: Path, changed: list[str], reports: dict[str, str] | None
) -> dict[str, bool]:
    """Whether counting again the published figures notices it, and reading the reports again."""
    found = {"tried": True}
    try:
        verdicts = reconcile_folder(folder)["verdict"] if set(changed) & set(COUNTED) else []
        found["reconcile"] = "differs" in set(verdicts)
    except DataError:
        found["reconcile"] = True
    try:
        ours = digests.digests(folder, digests.accepted(folder)["reports"])[0]["reports"]
        found["reports"] = reports is not None and ours != reports
    except DataError:
        found["reports"] = True
    return found


def mutants(
    each: int, place: Path, kinds: list[str], elsewhere: int, reports: dict[str, str] | None = None
) -> Iterator[tuple[str, dict[str, bool]]]:
    """(kind of change, who noticed), for some changes of each of these kinds.

    Of the first so many ``elsewhere`` than by `check` as well.
    """
    folder = Path(shutil.copytree(schema.data_dir(None), place / "data"))
    package = (folder / "datapackage.json").read_text(encoding="utf-8")
    before = {path: path.read_bytes() for path in folder.iterdir()}
    for name in kinds:
        for number in range(each):
            rng = random.Random(f"{name} {number}")
            changed: list[str] = []
            if name in KINDS:
                tables = {t: [dict(row) for row in rows] for t, rows in ORIGINAL.items()}
                KINDS[name](rng, tables)
                changed = [t for t, rows in tables.items() if rows != ORIGINAL[t]]
                assert changed, name
                for table in changed:
                    write_rows(folder, table, tables[table])
                stamp.write_stamps(folder)
            else:
                described = json.loads(package)
                DESCRIBED[name](rng, described)
                text = json.dumps(described, indent=2, ensure_ascii=False) + "\n"
                (folder / "datapackage.json").write_text(text, encoding="utf-8")
            found = noticed(folder)
            if number < elsewhere:
                found |= noticed_elsewhere(folder, changed, reports)
            yield name, found
            for path, content in before.items():
                if path.read_bytes() != content:
                    path.write_bytes(content)


COLUMNS = ("made", "check", "digests", "tried", "reconcile", "reports")


def run(each: int, elsewhere: int, place: Path) -> dict[str, dict[str, int]]:
    """By kind of change: how many, and how many were caught by whom."""
    reports, found = from_the_reports() if elsewhere else None, {}
    for name, who in mutants(each, place, [*KINDS, *DESCRIBED], elsewhere, reports):
        row = found.setdefault(name, dict.fromkeys(COLUMNS, 0))
        row["made"] += 1
        for catcher, seen in who.items():
            row[catcher] += seen
    return found


def main(each: int = 27, elsewhere: int = 3) -> int:
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as place:
        found = run(each, elsewhere, Path(place))
    print("| changed | " + " | ".join(COLUMNS) + " |")
    print("|---|" + "---|" * len(COLUMNS))
    for name, row in found.items():
        star = " (\\*)" if name in LISTED else ""
        print(f"| {name}{star} | " + " | ".join(str(row[column]) for column in COLUMNS) + " |")
    total = {column: sum(row[column] for row in found.values()) for column in COLUMNS}
    print(f"| **all {len(found)} kinds** | " + " | ".join(map(str, total.values())) + " |")
    missed = [n for n in LISTED if found[n]["check"] < found[n]["made"]]
    missed += [n for n, row in found.items() if max(row["digests"], row["check"]) < row["made"]]
    print(f"(\\*) to be caught by check alone. Missed: {', '.join(sorted(set(missed))) or 'none'}.")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
