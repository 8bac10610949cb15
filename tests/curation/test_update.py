"""The record brought up to date from an imitation of Ofsted's site: good days, and every fault.

Ofsted's own site has never been asked by a test.
"""

import contextlib
import csv
import importlib.util
import io
import itertools
import os
import re
import shutil
import socket
import sys
import threading
import time
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import matplotlib.pyplot as plt
import pytest
from matplotlib.backends.backend_pdf import PdfPages

from ofsted_analysis import cli
from ofsted_analysis.curation import asking, diff, digests, stamp
from ofsted_analysis.curation.add import remove_inspections, write_rows
from ofsted_analysis.curation.asking import Manners
from ofsted_analysis.curation.checks import check
from ofsted_analysis.curation.site import Site
from ofsted_analysis.curation.update import update
from ofsted_analysis.tables import load, project, schema
from ofsted_analysis.tables.errors import DataError
from ofsted_analysis.tables.labels import long_date


def beside(name):
    """Another file of this folder as a module."""
    spec = importlib.util.spec_from_file_location(
        f"beside_{name}", Path(__file__).with_name(f"{name}.py")
    )
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


imitation, reports, letters = map(beside, ("imitation", "test_reports", "test_letters"))
answer, page, VISIT = imitation.answer, imitation.page, imitation.VISIT

SOURCE = Path(cli.__file__).parent
END = date(2026, 8, 22)
"""The record is taken as it stood on that day."""
TODAY = END + timedelta(days=100)
HASTY = Manners(pause=0, retries=1, longest_wait=1, in_all=60, most_bytes=2**20)
IMPATIENT = replace(HASTY, retries=0, silence=1.0, answer=0.4)
BURY, KENT = "80443", "80476"
SOME = {"bury", "kent", "leeds", "norfolk", "haringey", "trafford", "brent", "dorset",
        "bournemouth-christchurch-and-poole", "dorset-county-council", "poole",
        "bournemouth"}  # fmt: skip
NEW = "60000001"


# What stands on the site, and what is published there


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A folder from which a server answers, and its port."""
    folder = tmp_path_factory.mktemp("imitations")
    with imitation.serving(folder) as port:
        yield folder, port


@pytest.fixture(scope="module")
def tables(original, tmp_path_factory):
    """The part of the tables that is on some authorities, as it stood, accepted as it is."""
    folder = tmp_path_factory.mktemp("record") / "data"
    shutil.copytree(original, folder)
    before = shutil.copytree(folder, folder.with_name("before"))
    described = schema.tables(folder)
    rows = {name: load.rows(name, folder) for name in described}
    rows["authorities"] = [row for row in rows["authorities"] if row["authority_id"] in SOME]
    for name in ("inspections", "visits", "sources"):
        rows[name] = [row for row in rows[name] if row["published_date"] <= f"{END}"]
    path = folder / "datapackage.json"
    text = path.read_text(encoding="utf-8").replace(schema.complete_to(folder), f"{END}")
    text = text.replace(long_date(schema.complete_to(folder)), long_date(END))
    path.write_text(text, encoding="utf-8")
    rows["published_figures"] = rows["published_figures"][:1]  # some are on others
    count = 0
    while count != (count := sum(map(len, rows.values()))):
        for name, table in described.items():
            for column, target, key in table.foreign_keys:
                known = {"", *(row[key] for row in rows[target])}
                rows[name] = [row for row in rows[name] if row[column] in known]
    ranks = Counter()
    for row in rows["neighbours"]:
        ranks[own := (row["authority_id"], row["model"])] += 1
        row["rank"] = f"{ranks[own]}"
    used = {
        row[column]
        for name, table in described.items()
        for column, target, _ in table.foreign_keys
        if target == "sources"
        for row in rows[name]
    }
    rows["sources"] = [row for row in rows["sources"] if row["source_id"] in used]
    for name in described:
        write_rows(folder, name, rows[name])
    stamp.write_stamps(folder)
    list(digests.accept(before, folder))
    gone = digests.accepted(folder)["reports"].keys() - used
    digests.carry_over(folder, digests.sound(folder), gone=gone)
    assert check(folder) == digests.faults(folder) == []
    return folder


@pytest.fixture
def data(tables, tmp_path):
    """A copy of them, to be changed at will."""
    return Path(shutil.copytree(tables, tmp_path / "data"))


_numbers = itertools.count()


@pytest.fixture
def site(server, tables, monkeypatch):
    """An imitation that lists all that the record has, and things of other kinds."""
    folder, port = server
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    made = imitation.Imitation(folder / f"{next(_numbers)}", port)
    urns = {}
    for row in load.rows("authorities", tables):
        if not row["closed"]:
            urns[row["authority_id"]] = row["ofsted_urn"]
            made.authorities[row["ofsted_urn"]] = row["name"]
    entries = [
        (row["published_date"], row["authority_id"], row["report_url"].rsplit("/")[-1], None)
        for row in load.rows("inspections", tables)
        if row["report_url"]
    ]
    entries += [
        (row["published_date"], row["authority_id"], f"7{number:07}", VISIT)
        for number, row in enumerate(load.rows("visits", tables))
        if row["kind"] == "focused visit"
    ]
    for day, authority_id, number, words in sorted(entries):
        words = words or imitation.INSPECTION
        made.publish(urns[authority_id], number, date.fromisoformat(day), words=words)
    made.publish(KENT, "80000001", END, words="Joint area child protection inspection")
    made.publish(KENT, "80000002", END, words="Area SEND full inspection")
    return made


def report(name="Bury", dates="7 to 18 September 2026", grades=reports.LATEST):
    """A report as the tests print it."""
    given = dict(zip(grades, ("good", "requires improvement", "good", "outstanding"), strict=True))
    title = (f"Inspection of {name} local authority", "children’s services")
    return reports.pdf(reports.ilacs(given, title=title, dates=dates))


@cache
def letter(days="on 6 and 7 October 2026", dated="2 November 2026", **more):
    """A letter on a visit to Kent as the tests print it."""
    who = {"who": "Kent", "address": "Kent County Council"}
    made = io.BytesIO()
    with plt.rc_context({"pdf.fonttype": 42}), PdfPages(made) as file:
        for sheet in letters.letter(**who, days=days, dated=dated, **more):
            figure = plt.figure(figsize=(8.27, 11.69))
            figure.text(0.1, 0.95, "\n".join(sheet.lines), fontsize=9, va="top")
            file.savefig(figure)
            plt.close(figure)
    return made.getvalue()


OUT = END + timedelta(days=72)  # 2 November 2026


def bring_up_to_date(made, data, **options):
    with Site(made.open(), options.pop("manners", HASTY)) as site:
        return update(site, options.pop("date", TODAY), data_dir=data, **options)


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


# Good days


def test_a_report_and_a_letter_are_added(site, data, tmp_path):
    site.publish(BURY, NEW, OUT, report())
    site.publish(KENT, "60000002", OUT, letter(), VISIT)
    busy = answer(status=429, Retry_After="3600")
    site.answers[f"/v1/file/{NEW}"] = [busy, site.answers[f"/v1/file/{NEW}"]]
    kept = tmp_path / "kept"
    outcome = bring_up_to_date(site, data, pdf=kept)

    assert (outcome.wrong, outcome.to_decide, outcome.left_out) == ([], [], [])
    assert outcome.added == ["kent-focused-visit-2026-10", "bury-ilacs-2026-09"]
    (row,) = [r for r in load.rows("inspections", data) if r["inspection_id"].endswith("2026-09")]
    assert row["report_url"] == f"https://files.ofsted.gov.uk/v1/file/{NEW}"
    assert (row["published_date"], row["last_day"]) == (f"{OUT}", "2026-09-18")
    assert check(data) == digests.faults(data) == []
    assert schema.complete_to(data) == f"{TODAY}"
    described = schema.descriptor(data)
    assert described["version"] == f"{TODAY.year}.{TODAY.month}.{TODAY.day}"
    assert "by 30 November 2026." in described["description"]
    (kind,) = [r for r in load.rows("visit_kinds", data) if r["kind"] == "focused visit"]
    assert kind["at_hand_to"] == f"{OUT}"
    assert sorted(path.name for path in kept.iterdir()) == [
        f"{BURY}-bury-{OUT}-{NEW}.pdf",
        f"{KENT}-kent-focused-visit-{OUT}-60000002.pdf",
    ]
    said = outcome.in_words()
    assert any("bury-ilacs-2026-09 added" in line and "leaders good" in line for line in said)
    assert said[-1] == "The record is complete to 30 November 2026; it was to 22 August 2026."

    asked = site.asked()
    assert {agent for _, _, agent, _ in asked} == {asking.user_agent()}
    assert project.address() in asking.user_agent()
    assert all(after[0] >= before[1] for before, after in itertools.pairwise(asked))
    first, second = [begin for begin, _, _, place in asked if place.endswith(NEW)]
    assert 1 <= second - first < 60, "the site asked for an hour, and may for a second"

    before = contents(data)
    again = bring_up_to_date(site, data)
    assert (again.added, again.changes, again.to_decide) == ([], [], [])
    assert contents(data) == before
    later = bring_up_to_date(site, data, date=TODAY + timedelta(days=7))
    assert (later.added, later.changes) == ([], [])
    now = contents(data)
    assert {name for name in now if now[name] != before[name]} == {
        "datapackage.json",
        "digests.json",
    }
    assert schema.complete_to(data) == f"{TODAY + timedelta(days=7)}"
    assert check(data) == digests.faults(data) == []


def test_a_dry_run_says_all_and_writes_nothing(site, data):
    site.publish(BURY, NEW, OUT, report())
    before = contents(data)
    outcome = bring_up_to_date(site, data, dry_run=True)
    assert outcome.added == ["bury-ilacs-2026-09"]
    assert outcome.complete_to == (f"{END}", f"{TODAY}")
    assert any("bury-ilacs-2026-09 added" in line for line in outcome.in_words())
    assert contents(data) == before


def test_a_list_of_several_pages(site, data):
    """Others than authorities on the list do no harm while nothing is published of them."""
    for number in range(100):
        site.authorities = {f"9{number:04}": f"Trust {number}", **site.authorities}
    outcome = bring_up_to_date(site, data)
    assert (outcome.wrong, outcome.to_decide, outcome.changes) == ([], [], [])
    assert [place for *_, place in site.asked() if "search" in place] == [
        f"/{site.folder.name}/search?q=&location=&lat=&lon=&radius=&level_1_types=3"
        f"&level_2_types%5B%5D=12&start={start}&rows=100"
        for start in (0, 100, 200)
    ]


def test_what_came_out_before_the_day_given_is_left_out(site, data):
    site.publish(BURY, NEW, OUT, report())
    site.publish(KENT, "60000002", END - timedelta(days=9), b"unread", VISIT)
    outcome = bring_up_to_date(site, data, since=END)
    assert outcome.added == ["bury-ilacs-2026-09"]
    assert len(outcome.left_out) == 1 and "60000002" in outcome.left_out[0]
    assert schema.complete_to(data) == f"{TODAY}"


def test_the_record_is_not_complete_if_a_graded_report_is_left_out(site, data):
    site.publish(KENT, "60000002", END - timedelta(days=9), b"unread")
    before = contents(data)
    outcome = bring_up_to_date(site, data, since=END)
    assert outcome.complete_to == (f"{END}", f"{END}") and "60000002" in outcome.left_out[0]
    assert contents(data) == before

    site.publish(BURY, NEW, OUT, report())
    with pytest.raises(DataError, match=r"leaves out kent: .*Give an earlier day"):
        bring_up_to_date(site, data, since=END)
    assert contents(data) == before


# What a person decides


def test_what_is_withdrawn_replaced_or_re_dated_is_told_and_left(site, data):
    """Of Kent the newest goes, the one before is under another day, and Bury's has a new file."""
    day = timedelta(days=1)
    own = [one for one in site.listed[KENT] if one[1] == imitation.INSPECTION]
    (gone, _, _), (moved, words, was) = own[:2]
    site.listed[KENT] = [one for one in site.listed[KENT] if one[0] != gone]
    site.listed[KENT][site.listed[KENT].index((moved, words, was))] = (moved, words, was + day)
    (visit,) = [one for one in site.listed[BURY] if one[1] == VISIT][:1]
    site.listed[BURY].remove(visit)
    site.publish(BURY, "60000003", END + day, words="Assurance visit")
    before = contents(data)
    outcome = bring_up_to_date(site, data)
    told = "\n".join(outcome.to_decide)
    assert len(outcome.to_decide) == 4
    assert f'Re-dated: kent: "children\'s services inspection" of {was + day}' in told
    assert "Not listed any more, or under another day: kent-ilacs-" in told
    assert "Not listed any more, or under another day: bury-focused-visit-" in told
    assert "'assurance visit'" in told and "Is it graded?" in told
    assert outcome.not_known == {"assurance visit": 1}
    assert (outcome.added, outcome.changes) == ([], [])
    assert schema.complete_to(data) == f"{TODAY}"
    now = contents(data)
    assert {n for n in now if now[n] != before[n]} == {"datapackage.json", "digests.json"}
    assert told.splitlines()[0] in "\n".join(outcome.in_words())


def test_a_known_file_under_another_name_or_authority_is_told_and_left(site, data):
    ours = [one for one in site.listed[KENT] if one[1] == imitation.INSPECTION]
    (number, _, day), (second, _, then) = ours[:2]
    site.listed[KENT][site.listed[KENT].index(ours[0])] = (number, VISIT, day)
    site.publish(BURY, second, then)
    told = "\n".join(bring_up_to_date(site, data, dry_run=True).to_decide)
    assert told.count("\n") == 1
    assert "the record has it as inspection kent-ilacs-" in told
    assert "bury: " in told and "the record has this file as kent-" in told


def test_what_is_not_certain_in_a_letter_is_told_with_it(site, data):
    site.publish(KENT, "60000002", OUT, letter(looked="Inspectors saw much."), VISIT)
    outcome = bring_up_to_date(site, data)
    assert outcome.added == ["kent-focused-visit-2026-10"]
    assert ["theme not read" in line for line in outcome.to_decide] == [True]


def test_tables_that_another_changes_meanwhile_are_left_to_them(site, data, monkeypatch):
    def check_and_change(folder):
        (data / "rules.csv").write_bytes(b"changed")
        return []

    monkeypatch.setattr("ofsted_analysis.curation.update.check", check_and_change)
    monkeypatch.setattr(diff, "compare", lambda *_: [])
    site.publish(BURY, NEW, OUT, report())
    before = contents(data)
    with pytest.raises(DataError, match="was changed while the site was asked: begin again"):
        bring_up_to_date(site, data)
    assert contents(data) == before | {"rules.csv": b"changed"}


def test_a_report_under_a_new_address_is_told_and_left(site, data):
    site.publish(BURY, NEW, OUT, report())
    bring_up_to_date(site, data)
    site.listed[BURY].pop(0)
    site.publish(BURY, "60000009", OUT + timedelta(days=5), report())
    before = contents(data)
    outcome = bring_up_to_date(site, data)
    (told,) = outcome.to_decide
    assert "Replaced or re-dated: bury: " in told and "60000009" in told
    assert "bury-ilacs-2026-09, which the record has as published on 2026-11-02" in told
    assert contents(data) == before


def test_a_report_older_than_all_that_a_page_lists_is_not_taken_for_withdrawn(site, data):
    site.listed[KENT] = site.listed[KENT][:3]
    assert bring_up_to_date(site, data).to_decide == []


def test_authorities_that_closed_are_not_missed(site, data):
    closed = [row["name"] for row in load.rows("authorities") if row["closed"]]
    assert closed and not set(closed) & set(site.authorities.values())
    assert bring_up_to_date(site, data, dry_run=True).to_decide == []


# Faults of the site: each is told, and nothing is written

FIRST = min(
    row["ofsted_urn"]
    for row in load.rows("authorities")
    if row["authority_id"] in SOME and not row["closed"]
)
PROVIDER = f"/provider/44/{FIRST}"
"""The page that is read first after the list."""


def _answers(place, *given):
    return lambda site: site.answers.update({place: list(given)})


def _endless(site):
    for start in range(0, 2000, 100):
        links = "".join(f'<a href="/provider/44/{start + n + 1}">x</a>' for n in range(100))
        site.answers[f"/search {start}"] = page(links)


def _without_kent(site):
    del site.authorities[KENT]


def _strange(site):
    site.authorities["10000"] = "Atlantis"
    site.publish("10000", NEW, END)


def _elsewhere(site):
    """A link to a file on another server."""
    text = site.link(NEW, "Children's services inspection", END)
    text = text.replace("127.0.0.1", "127.0.0.2")
    site.answers[PROVIDER] = page(text)


def _listed(words, day="02 November 2026"):
    link = f'<a class="publication-link" href="{{}}/v1/file/1"><span class="nonvisual">{words}, '
    link += f"pdf - {day}</span></a>"
    return lambda site: site.answers.update({PROVIDER: page(link.format(site.base))})


def _twice(site):
    first, words, day = site.listed[FIRST][0]
    site.publish(FIRST, first, day + timedelta(days=1), words=words)


def _round(site):
    site.answers[PROVIDER] = answer(status=301, Location=f"{site.base}{PROVIDER}")


SITE_FAULTS = {
    "slow": (_answers(PROVIDER, answer(wait=1.5)), "does not answer within 1 seconds"),
    "drop by drop": (_answers(PROVIDER, page("x" * 99, drip=0.02)), "more than 0.4 seconds to"),
    "busy for ever": (_answers(PROVIDER, answer(status=429)), "answers 429 Too Many Requests"),
    "broken": (_answers(PROVIDER, answer(status=500)), "answers 500 Internal Server Error"),
    "no page": (_answers(PROVIDER, answer(status=404)), f"{PROVIDER} answers 404 Not Found"),
    "a page cut short": (_answers(PROVIDER, page("", length=9999)), f"{PROVIDER} cannot be had"),
    "a page too large": (_answers(PROVIDER, page("x" * 2**21)), "holds more than 1 MB"),
    "other markup": (
        _answers(PROVIDER, page("<a href='/v1/file/1'>Inspection of 2 May 2025</a>")),
        "lists no publication: is it laid out in another way",
    ),
    "other words": (_listed("Children's services inspection", "in May"), 'cannot be read: "Child'),
    "no such day": (_listed("Focused visit", "31 June 2026"), "words that cannot be read"),
    "a day to come": (_listed("Focused visit", "01 December 2026"), "that day is still to come"),
    "a file elsewhere": (
        _elsewhere,
        r"at http://127\.0\.0\.2.* which is not a file of .*: refused",
    ),
    "listed twice": (_twice, "twice, and not alike"),
    "sent elsewhere": (
        _answers(PROVIDER, answer(status=302, Location="http://127.0.0.2/x")),
        "sends on to http://127.0.0.2/x, on another server: refused",
    ),
    "sent round": (_round, "from one address to the next without end"),
    "no list": (_answers("/search 0", answer(status=404)), "answers 404"),
    "an empty list": (_answers("/search 0", page("<p>No results</p>")), "lists no authority"),
    "an endless list": (_endless, "the list of authorities goes on without end"),
    "a list that lacks one": (_without_kent, "list of authorities lacks Kent: is it laid out"),
    "an authority not known": (_strange, "is of 'Atlantis', which authorities.csv does not have"),
}


@pytest.mark.parametrize("fault", SITE_FAULTS)
def test_a_site_that_is_not_as_described_is_told_and_nothing_written(fault, site, data):
    spoil, why = SITE_FAULTS[fault]
    site.publish(BURY, NEW, OUT, report())
    spoil(site)
    before = contents(data)
    manners = IMPATIENT if fault in ("slow", "drop by drop") else HASTY
    with pytest.raises(DataError, match=why):
        bring_up_to_date(site, data, manners=manners)
    assert contents(data) == before


def test_a_site_that_takes_too_long_in_all_is_given_up(site, data):
    before = contents(data)
    with pytest.raises(DataError, match=r"has been asked for 0\.001 minutes and not all is read"):
        bring_up_to_date(site, data, manners=Manners(pause=0.04, in_all=0.06))
    assert contents(data) == before
    begun = [begin for begin, *_ in site.asked()]
    assert all(b - a >= 0.04 for a, b in itertools.pairwise(begun)), "a pause between requests"


def test_a_site_that_breaks_now_and_then_is_asked_again_after_longer_and_longer(site, data):
    listed = page(site.link("1", "Children's services focused visit", date(2026, 8, 1)))
    site.answers[PROVIDER] = [answer(status=500), answer(status=503), listed]
    outcome = bring_up_to_date(
        site, data, since=TODAY, manners=replace(HASTY, pause=0.05, retries=2)
    )
    assert (outcome.wrong, outcome.changes) == ([], [])
    first, second, third = [begin for begin, *_, place in site.asked() if place.endswith(PROVIDER)]
    assert second - first >= 0.05 and third - second >= 0.1


def test_a_site_that_is_not_there(data):
    with pytest.raises(DataError, match=r"127\.0\.0\.1:9/.* cannot be had \("):
        bring_up_to_date(type("", (), {"open": lambda _: "http://127.0.0.1:9"})(), data)


@pytest.mark.parametrize("base", ["ofsted", "ftp://x/", "file:///etc", "https://", "https://x?y=1"])
def test_what_is_no_address_of_a_site_is_refused(base):
    with pytest.raises(DataError, match="is not the address of a site"):
        Site(base)


# Faults of the files: each is named, the good ones beside it are not added either


def _one(content, **more):
    return lambda site: site.publish(KENT, "60000002", OUT, content, **more)


def _no_file(site):
    site.publish(KENT, "60000002", OUT)


def _broken_off(site):
    whole = report("Kent")
    site.publish(KENT, "60000002", OUT)
    site.answers["/v1/file/60000002"] = answer(whole[:900], length=len(whole))


HTML = b"<!DOCTYPE html><html><body>Sorry</body></html>"
FILE_FAULTS = {
    "HTML": (_one(HTML), "is no PDF but a page of HTML"),
    "half a PDF": (_one(report("Kent")[:900]), "is not whole: its end is missing"),
    "broken off": (_broken_off, "60000002 cannot be had"),
    "no file": (_no_file, "60000002 answers 404"),
    "another authority": (_one(report("Leeds")), "names leeds, but stands on the page of kent"),
    "a letter as inspection": (_one(letter()), "of another kind: focused visit"),
    "an inspection as letter": (_one(report("Kent"), words=VISIT), "of another kind: inspection"),
    "dated otherwise": (
        _one(letter("on 6 and 7 October 2025", "3 November 2025"), words=VISIT),
        "prints 2025-11-03 as its date",
    ),
    "nothing graded": (
        _one(reports.pdf(reports.letter("Minutes of a meeting", reports.ENOUGH))),
        "has no list of graded areas",
    ),
    "out before it began": (
        _one(report("Kent", dates="9 to 20 November 2026")),
        "2026-11-02 is before the last day, 2026-11-20",
    ),
    "a second of the month": (_one(report("Bury")), "names bury, but stands"),
}


@pytest.mark.sample(7)
@pytest.mark.parametrize("fault", FILE_FAULTS)
def test_a_file_that_is_not_what_the_site_says_is_named_and_nothing_written(fault, site, data):
    spoil, why = FILE_FAULTS[fault]
    site.publish(BURY, NEW, OUT, report())
    spoil(site)
    before = contents(data)
    try:
        wrong = bring_up_to_date(site, data).wrong
    except DataError as error:
        wrong = [str(error)]
    assert any(why in line for line in wrong), wrong
    assert "60000002" in wrong[0] or wrong[0].startswith(f"{data / 'inspections.csv'}:")
    assert contents(data) == before


# Real reports and letters

BACK = ["haringey-ilacs-2026-01", "norfolk-sif-2017-11", "trafford-ilacs-2026-06"]
"""Inspections of which nothing is known but what their reports say."""
VISITS = ["brent-focused-visit-2025-11", "bury-focused-visit-2018-07"]


def at_hand(name, key):
    """The PDFs of a folder that is named in the environment, by a column of its index."""
    folder = Path(os.environ.get(name, ""))
    if not (folder / "index.csv").is_file():
        pytest.skip(f"{name} does not name a folder of PDFs with index.csv")
    with (folder / "index.csv").open(encoding="utf-8") as file:
        return {key(row): folder / row["file"] for row in csv.DictReader(file)}


def test_real_reports_that_were_taken_out_come_back_as_they_were(site, data, tables):
    files = at_hand("OFSTED_REPORTS", lambda row: row["report_url"])
    for row in load.rows("inspections", data):
        if row["inspection_id"] in BACK:
            number = row["report_url"].rsplit("/")[-1]
            site.answers[f"/v1/file/{number}"] = answer(files[row["report_url"]].read_bytes())
    assert remove_inspections(BACK, data_dir=data) == []
    outcome = bring_up_to_date(site, data)
    assert (outcome.wrong, outcome.to_decide) == ([], [])
    assert sorted(outcome.added) == BACK
    assert diff.compare(tables, data) == []
    assert check(data) == digests.faults(data) == []


def test_real_letters_that_were_taken_out_come_back_as_they_were(site, data, tables):
    files = at_hand("OFSTED_LETTERS", lambda row: (row["authority_id"], row["published_date"]))
    urns = {row["authority_id"]: row["ofsted_urn"] for row in load.rows("authorities")}
    for row in load.rows("visits", data):
        if row["visit_id"] in VISITS:
            own = row["authority_id"], row["published_date"]
            listed = {f"{day}": n for n, words, day in site.listed[urns[own[0]]] if words == VISIT}
            site.answers[f"/v1/file/{listed[own[1]]}"] = answer(files[own].read_bytes())
    assert remove_inspections(VISITS, data_dir=data) == []
    outcome = bring_up_to_date(site, data)
    assert (outcome.wrong, outcome.to_decide) == ([], [])
    assert sorted(outcome.added) == VISITS
    changes = [change for change in diff.compare(tables, data) if change.table == "visits"]
    assert {(one.key["visit_id"], one.column) for one in changes} == {
        (key, "source_id") for key in VISITS
    }, "the letter itself is the source now, and not the page that lists it"


# The command


def test_nothing_else_asks_the_network():
    def importing(what):
        pattern = re.compile(rf"^ *(?:import|from) (?:{what})\b", re.MULTILINE)
        return {
            path.stem for path in SOURCE.rglob("*.py") if pattern.search(path.read_text("utf-8"))
        }

    package = r"ofsted_analysis\.curation\."
    assert importing(r"requests|urllib3|urllib\.request|http|ftplib|socket|asyncio") == {"asking"}
    assert importing(f"{package}asking") == {"site"}
    assert importing(f"{package}site") == {"lacking", "update", "cli"}
    assert importing(f"{package}(?:lacking|update)") == {"update", "cli"}
    command = (SOURCE / "cli.py").read_text("utf-8")
    assert not re.search(rf"(?m)^(?:import|from) {package}", command), "none before it is asked for"


@pytest.fixture
def hasty(monkeypatch):
    monkeypatch.setattr("ofsted_analysis.curation.site.Manners", lambda: HASTY)


def run(made, data, *more):
    return cli.main(["update", "--base-url", made.open(), "--data", str(data), *more])


def test_the_command_adds_and_says_what_differs(site, data, hasty, capsys):
    site.publish(BURY, "60000003", END, words="Assurance visit")
    before = contents(data)
    assert run(site, data, "--dry-run") == 0
    out, err = capsys.readouterr()
    assert out.splitlines()[0] == "No fact differs."
    assert "The record is complete to" in out and "'assurance visit': 1" in out
    assert "Reading the pages of authorities: 9.\n" in err
    assert err.endswith("Nothing was written.\n")
    assert contents(data) == before


def test_the_command_fails_by_name_and_writes_nothing(site, data, hasty, capsys):
    site.publish(KENT, "60000002", END, HTML)
    before = contents(data)
    assert run(site, data) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert 'kent: "children\'s services inspection" of 2026-08-22' in err
    assert "is no PDF but a page of HTML.\nNothing was written.\n" in err
    site.answers[PROVIDER] = answer(status=404)
    assert run(site, data) == 1
    assert f"{PROVIDER} answers 404 Not Found.\n" in capsys.readouterr().err
    assert contents(data) == before


def test_the_command_misused(capsys):
    with pytest.raises(SystemExit) as stopped:
        cli.main(["update", "--since", "May"])
    assert stopped.value.code == 2
    assert "'May' is not a date (YYYY-MM-DD)" in capsys.readouterr().err
    assert cli.main(["update", "--base-url", "ofsted"]) == 1
    assert "'ofsted' is not the address of a site" in capsys.readouterr().err


def test_what_is_not_installed_is_named(monkeypatch, capsys):
    for name in ("asking", "site", "update"):
        monkeypatch.delitem(sys.modules, f"ofsted_analysis.curation.{name}", raising=False)
    monkeypatch.setitem(sys.modules, "requests", None)
    assert cli.main(["update"]) == 1
    wanted = "update needs requests: pip install 'ofsted-analysis[update,curation]'."
    assert capsys.readouterr().err == f"ofsted-analysis: {wanted}\n"


def test_a_server_that_drips_for_ever_is_given_up():
    """A redirect whose body never ends: no limit on a body that is read is asked for it."""

    def drip(listener):
        with contextlib.suppress(OSError), listener.accept()[0] as peer:
            peer.recv(9999)
            peer.sendall(b"HTTP/1.1 302 Found\r\nLocation: /x\r\n\r\n")
            while True:
                peer.sendall(b"x")
                time.sleep(0.05)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=drip, args=[listener], daemon=True).start()
        place = f"http://127.0.0.1:{listener.getsockname()[1]}"
        hurried = Manners(pause=0, retries=0, longest_wait=0, silence=0.3, answer=0.3)
        with pytest.raises(DataError, match=r"has not answered after 0\.6 seconds"):
            asking.Asker((place,), hurried).get(place)


def test_a_page_without_its_end_is_refused(site, data):
    site.answers[PROVIDER] = answer(b"<html><body><a class='publication-link'")
    before = contents(data)
    with pytest.raises(DataError, match="is not whole: its end is missing"):
        bring_up_to_date(site, data)
    assert contents(data) == before
