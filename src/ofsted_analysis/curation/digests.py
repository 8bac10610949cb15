"""Digests of facts, so that a changed fact is seen even where no report is at hand.

``data/digests.json`` holds a digest for each report that was read, made of all that was read in it,
and one for each table, made of everything else that stands there (and one of what
``datapackage.json`` says, but for its stamps). A report's digest is renewed only by reading the
report again, so that a mistyped grade cannot be accepted by hand; a table's only by `accept`, which
says first what has changed.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from ofsted_analysis.analysis.themes import BOARD_REVIEW
from ofsted_analysis.curation import diff
from ofsted_analysis.curation.faults import Fault, Row, display
from ofsted_analysis.tables import load, schema, writing
from ofsted_analysis.tables.errors import DataError

FILE = "digests.json"
PACKAGE = "datapackage.json"
_IN_THE_TITLE = ("reinspection", BOARD_REVIEW)  # other kinds of inspection are not in the report
_STAMPS = ("bytes", "hash", "rowCount")

Digests = dict[str, dict[str, str]]
"""For 'reports' and 'tables', the digest of each: by source_id, and by name."""


def _digest(facts: Any) -> str:
    text = json.dumps(facts, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _facts(row: Row) -> Row:
    return {column: value for column, value in row.items() if value}


def of_report(inspection: Row, judgements: Iterable[Row], source: Row) -> str:
    """The digest of what was read in one report, from its rows in the three tables.

    Examples
    --------
    >>> inspection = {"inspection_id": "barnet-ilacs-2019-05", "inspection_type": "standard"}
    >>> inspection |= {"last_day": "2019-05-24"}
    >>> graded = [{"area_id": "overall", "grade": "good"}]
    >>> mistyped = [{"area_id": "overall", "grade": "outstanding"}]
    >>> of_report(inspection, graded, {}) == of_report(inspection, mistyped, {})
    False
    """
    kind = inspection["inspection_type"]
    read = {**inspection, "inspection_type": kind if kind in _IN_THE_TITLE else ""}
    rows = sorted((_facts(row) for row in judgements), key=lambda row: row["area_id"])
    return _digest([_facts(read), rows, _facts(source)])


def digests(
    folder: Path, reports: Collection[str], tables: Iterable[str] = ()
) -> tuple[Digests, dict[str, str]]:
    """The digests of the tables in a folder as they are.

    Parameters
    ----------
    folder
        The folder of the tables.
    reports
        The reports (by source_id) that have a digest of their own.
    tables
        The tables that are asked for; by default all.

    Returns
    -------
    Digests
        Of the reports that are there, and of all else by table.
    dict
        The inspection of each report.
    """
    wanted = tables or schema.tables(folder)
    names = dict.fromkeys([*wanted, "inspections", "judgements", "sources"])
    rows = {name: load.rows(name, folder) for name in names}  # an error where one is not described
    own = {
        row["inspection_id"]: row
        for row in rows["inspections"]
        if row["report_url"] and row["source_id"] in reports
    }
    read: dict[str, list[Row]] = defaultdict(list)
    others: dict[str, list[Any]] = {name: [] for name in rows}
    for row in rows["judgements"]:
        inspection = own.get(row["inspection_id"])
        if inspection and inspection["source_id"] == row["source_id"]:
            read[row["inspection_id"]].append(row)
        else:
            others["judgements"].append(_facts(row))
    sources = {row["source_id"]: row for row in rows["sources"]}
    found: Digests = {"reports": {}, "tables": {}}
    for key, row in own.items():
        source = sources.get(row["source_id"], {})
        found["reports"][row["source_id"]] = of_report(row, read[key], source)
    for row in rows["inspections"]:
        kind = row["inspection_type"]
        if row["inspection_id"] not in own:
            others["inspections"].append(_facts(row))
        elif kind and kind not in _IN_THE_TITLE:
            others["inspections"].append([row["inspection_id"], kind])
    for name, table in rows.items():
        if name == "sources":
            table = [row for row in table if row["source_id"] not in reports]
        if name not in ("inspections", "judgements"):
            others[name] = [_facts(row) for row in table]
        found["tables"][name] = _digest(others[name])
    found["tables"][PACKAGE] = _digest(_described(folder))
    return found, {row["source_id"]: key for key, row in own.items()}


def _described(folder: Path) -> Any:
    """What ``datapackage.json`` says, but for the stamps and where the project is at home."""
    package = {k: v for k, v in schema.descriptor(folder).items() if k != "homepage"}
    package["resources"] = [
        {key: value for key, value in resource.items() if key not in _STAMPS}
        for resource in package["resources"]
    ]
    return package


def accepted(folder: Path) -> Digests:
    """The digests that ``digests.json`` in a folder holds.

    Raises
    ------
    DataError
        It is not there, or holds something else.
    """
    path = folder / FILE
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return {part: dict(found[part]) for part in ("reports", "tables")}
    except OSError as error:
        raise DataError(f"cannot be read ({error.strerror}).", path) from error
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise DataError("does not hold the digests of reports and tables.", path) from error


def write(folder: Path, found: Digests) -> None:
    """Write ``digests.json``, whole or not at all."""
    text = json.dumps(found, indent=1, sort_keys=True) + "\n"
    writing.replace_files({Path(FILE): text.encode()}, folder)


def faults(data_dir: str | Path | None = None) -> list[Fault]:
    """Every report and table that holds other facts than were read or accepted.

    Examples
    --------
    >>> faults()
    []
    """
    folder = schema.data_dir(data_dir)
    try:
        known = accepted(folder)
    except DataError as error:
        return [Fault(display(folder / FILE), 0, "", error.reason.rstrip("."))]
    found, inspections = digests(folder, known["reports"])
    return list(_faults(folder, known, found, inspections))


def _faults(
    folder: Path, known: Digests, found: Digests, inspections: dict[str, str]
) -> Iterator[Fault]:
    lines = {row["inspection_id"]: n for n, row in enumerate(load.rows("inspections", folder), 2)}
    path = display(folder / "inspections.csv")
    for report, digest in known["reports"].items():
        if report not in found["reports"]:
            yield Fault(path, 0, "", f"what was read in the report {report} is not there any more")
        elif found["reports"][report] != digest:
            wrong = (
                f"{inspections[report]!r}: a date, grade or page is not as read in the report "
                f"{report}; if the table is right, read it again with 'ofsted-analysis digest'"
            )
            yield Fault(path, lines[inspections[report]], "inspection_id", wrong)
    tables = schema.tables(folder)
    for name, digest in found["tables"].items():
        if known["tables"].get(name) != digest:
            wrong = "holds other facts than were accepted: 'ofsted-analysis accept' says which"
            place = tables[name].path if name in tables else folder / name
            yield Fault(display(place), 0, "", wrong)


def accept(old: str | Path, data_dir: str | Path | None = None) -> Iterator[str]:
    """Accept what has changed in the tables since a version that was accepted, and say what.

    Parameters
    ----------
    old
        Folder with the tables as they were accepted.
    data_dir
        Folder of the tables as they are, if not the packaged ones.

    Yields
    ------
    str
        The changes in words, line by line; what has been read in reports is not accepted.

    Raises
    ------
    DataError
        The old folder is not what was accepted, or the tables cannot be read or written.
    """
    before, folder = Path(old), schema.data_dir(data_dir)
    known = accepted(folder)
    if digests(before, known["reports"])[0]["tables"] != known["tables"]:
        raise DataError(f"is not what {FILE} was made of: give the version before.", before)
    found, _ = digests(folder, known["reports"])
    yield from diff.in_words(diff.compare(before, folder))
    yield from _other_words(_described(before), _described(folder), PACKAGE)
    write(folder, {"reports": known["reports"], "tables": found["tables"]})


def _other_words(old: Any, new: Any, where: str) -> Iterator[str]:
    """Where two descriptions differ, in words."""
    if isinstance(old, list) and isinstance(new, list):
        by_name = [
            {str(part.get("name", n)) if isinstance(part, dict) else str(n): part
             for n, part in enumerate(side)}
            for side in (old, new)
        ]  # fmt: skip
        old, new = by_name
    if isinstance(old, dict) and isinstance(new, dict):
        for key in [*old, *(key for key in new if key not in old)]:
            yield from _other_words(old.get(key), new.get(key), f"{where}, {key}")
    elif old != new:
        yield f"{where} was {_shown(old)}, is {_shown(new)}"


def _shown(value: Any) -> str:
    return "not there" if value is None else repr(value)


_ADDED_TO = ("inspections", "judgements", "sources", "visits", "visit_kinds")
"""The tables in which reports and letters stand, and that which says how many letters do."""


def sound(folder: Path) -> frozenset[str]:
    """The tables of reports and letters that are as accepted; none where there are no digests."""
    if not (folder / FILE).exists():
        return frozenset()
    known = accepted(folder)
    found, _ = digests(folder, known["reports"], _ADDED_TO)
    return frozenset(n for n, digest in found["tables"].items() if known["tables"].get(n) == digest)


def carry_over(
    folder: Path,
    sound_before: Collection[str],
    read: Sequence[tuple[str, str]] = (),
    gone: Collection[str] = (),
) -> None:
    """Renew the digests of tables to which reports were added, or from which some were taken.

    Parameters
    ----------
    folder
        The tables as they are now.
    sound_before
        The tables that were as accepted before (see `sound`): the others stay as they are.
    read
        Each report that was read, by source_id, with its digest.
    gone
        The reports (by source_id) that are no longer there.
    """
    if not (folder / FILE).exists():
        return
    known = accepted(folder)
    reports = {key: value for key, value in known["reports"].items() if key not in gone}
    reports |= dict(read)
    now = digests(folder, reports, _ADDED_TO)[0]["tables"]
    tables = {n: now[n] if n in sound_before else old for n, old in known["tables"].items()}
    write(folder, {"reports": reports, "tables": tables})
