"""The command line: parse, call, print."""

import argparse
import contextlib
import csv
import fnmatch
import io
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, TextIO

from ofsted_analysis.tables import project, schema
from ofsted_analysis.tables.days import iso_date
from ofsted_analysis.tables.errors import DataError, UnknownAuthorityError

EPILOG = "Every command exits with 0 if all is well, 1 if something is wrong, 2 if misused."


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; returns its exit code."""
    if sys.stderr is None:  # closed from the start
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    if sys.stdout is None:
        _complain("ofsted-analysis: cannot write the output (it is closed).")
        return 1
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a terminal may know ASCII only
            stream.reconfigure(errors="backslashreplace")
    arguments = _parser().parse_args(argv)
    try:
        code = arguments.run(arguments)
        sys.stdout.flush()
    except (DataError, UnknownAuthorityError) as error:
        _complain(f"ofsted-analysis: {error}")
        return 1
    except KeyboardInterrupt:
        _complain("ofsted-analysis: stopped.")
        return 130
    except OSError as error:
        return _no_output(error)
    return code


def _complain(line: str) -> None:
    """A line to the error stream; a control character in a file's name is shown, not sent."""
    print(_shown(line), file=sys.stderr)


def _shown(text: object) -> str:
    return "".join(
        sign if sign.isprintable() else sign.encode("unicode_escape", "surrogatepass").decode()
        for sign in str(text)
    )


def _no_output(error: OSError) -> int:
    """What is written to is closed or full: nothing more is written there, at exit neither."""
    if not isinstance(error, BrokenPipeError):  # whoever reads a pipe may stop when they like
        with contextlib.suppress(OSError):
            _complain(f"ofsted-analysis: cannot write the output ({error.strerror}).")
    nothing = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            os.dup2(nothing, stream.fileno())
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="ofsted-analysis",
        description="How Ofsted has graded children's services in England.",
        epilog=EPILOG,
        # as narrow an indent as leaves the longest command's name room on the line of its help
        formatter_class=partial(argparse.HelpFormatter, indent_increment=1),
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="print versions and stop")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    read = commands.add_parser(
        "read", help="read reports and letters (PDF), and print what they say"
    )
    read.add_argument("files", nargs="+", type=Path, metavar="FILE", help="a report or letter")
    read.add_argument("--format", choices=("table", "json", "csv"), default="table")
    read.set_defaults(run=_read)

    for name, run, does in (
        ("add", _add, "read reports and add them to the tables"),
        ("digest", _digest, "read reports again and renew their digests"),
    ):
        command = commands.add_parser(name, help=does)
        command.add_argument("files", nargs="+", type=Path, metavar="FILE", help="a report")
        command.add_argument(
            "--urls",
            type=Path,
            metavar="INDEX.csv",
            help="where each file was published: columns file, report_url, published_date; "
            "letters do without",
        )
        _data_option(command)
        command.set_defaults(run=run)

    update = commands.add_parser(
        "update", help="ask Ofsted's site what the tables lack, and add it: all or nothing"
    )
    update.add_argument(
        "--since", type=_day, metavar="DATE", help="only what was published on this day or later"
    )
    update.add_argument("--dry-run", action="store_true", help="do all but write")
    update.add_argument("--pdf", type=Path, metavar="DIR", help="keep the files that are read")
    update.add_argument("--base-url", metavar="URL", help="ask a copy of the site instead")
    _data_option(update)
    update.set_defaults(run=_update)

    remove = commands.add_parser("remove", help="take inspections out again: undoes add")
    remove.add_argument("inspections", nargs="+", metavar="INSPECTION_ID", help="its key")
    _data_option(remove)
    remove.set_defaults(run=_remove)

    accept = commands.add_parser(
        "accept", help="say what has changed in the tables since they were accepted, and accept it"
    )
    accept.add_argument("old", type=Path, metavar="OLD", help="folder of the accepted tables")
    _data_option(accept)
    accept.set_defaults(run=_accept)

    check = commands.add_parser("check", help="check the tables against every rule")
    _data_option(check)
    check.set_defaults(run=_check)

    stamp = commands.add_parser("stamp", help="renew sizes and hashes in datapackage.json")
    _data_option(stamp)
    stamp.set_defaults(run=_stamp)

    reconcile = commands.add_parser(
        "reconcile", help="count every published figure again from the tables"
    )
    reconcile.add_argument("--format", choices=("table", "json"), default="table")
    _data_option(reconcile)
    reconcile.set_defaults(run=_reconcile)

    export = commands.add_parser("export", help="write the tables in other formats")
    export.add_argument(
        "--format",
        default="parquet,csv,csv-excel,xlsx,sqlite,json,stata,spss",
        metavar="FORMATS",
        help="any of parquet, csv, csv-excel, xlsx, sqlite, json, stata and spss, with commas "
        "between (default: all)",
    )
    export.add_argument("--out", type=Path, default=Path("build/export"), metavar="DIR")
    _data_option(export)
    export.set_defaults(run=_export)

    diff = commands.add_parser("diff", help="say which facts differ between two versions of data/")
    diff.add_argument("old", type=Path, metavar="OLD", help="a folder of tables")
    diff.add_argument("new", type=Path, metavar="NEW", help="another")
    diff.add_argument("--format", choices=("words", "json"), default="words")
    diff.set_defaults(run=_diff)

    charts = commands.add_parser("charts", help="draw the standard set of charts")
    charts.add_argument("--out", type=Path, default=Path("build/charts"), metavar="DIR")
    charts.add_argument(
        "--authority",
        action="append",
        default=[],
        metavar="NAME",
        help="draw the charts of this authority instead (may be repeated)",
    )
    charts.add_argument(
        "--only",
        action="append",
        default=[],
        metavar="NAME",
        help="draw only charts whose names begin so, such as 'timeline' (may be repeated)",
    )
    charts.add_argument("--theme", default="overall", help="what they are about (default: overall)")
    charts.add_argument("--date", metavar="DATE", help="as at this date (default: the latest)")
    charts.add_argument("--size", choices=("print", "slide", "narrow"), default="print")
    charts.set_defaults(run=_charts)

    brief = commands.add_parser("briefing", help="write a briefing on one authority, or on all")
    brief.add_argument("authority", nargs="?", metavar="NAME", help="a name or code")
    brief.add_argument("--all", action="store_true", help="one on every authority")
    brief.add_argument("--date", metavar="DATE", help="as known on this day (default: the latest)")
    brief.add_argument(
        "--peers",
        metavar="GROUP",
        help="whom to set it beside: neighbours, region, or names with commas between (default: "
        "its statistical neighbours or, where it has none that are close, its region)",
    )
    brief.add_argument(
        "--format",
        default="html,docx,pptx,xlsx",
        metavar="FORMATS",
        help="any of html, docx, pptx and xlsx, with commas between (default: all)",
    )
    brief.add_argument("--out", type=Path, default=Path("build/briefings"), metavar="DIR")
    brief.add_argument("--force", action="store_true", help="replace files that are there")
    brief.set_defaults(run=_briefing)

    cite = commands.add_parser("cite", help="print how to cite the record")
    cite.add_argument("--style", choices=("text", "bibtex", "ris"), default="text")
    cite.set_defaults(run=_cite)

    docs = commands.add_parser("docs", help="write the pages of docs/ that come from the data")
    docs.add_argument("--out", type=Path, default=Path("docs"), metavar="DIR")
    docs.set_defaults(run=_docs)
    return parser


class _Version(argparse.Action):
    """Prints the versions of the code and of the data."""

    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> None:
        try:
            data = schema.descriptor()
            about = f"data {data.get('version')}, complete to {data.get('completeTo')}"
        except DataError as error:
            about = f"no data: {error}"
        parser.exit(0, f"ofsted-analysis {project.version()} ({about})\n")


def _data_option(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--data", type=Path, metavar="DIR", help="folder of the tables, if not the packaged ones"
    )


def _day(text: str) -> date:
    try:
        return iso_date(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _with_progress(reports: Any, total: int) -> Any:
    """The reports, with a progress bar where there are more than a few and a person looks on."""
    from tqdm import tqdm

    return tqdm(
        reports, total=total, unit="report", disable=None if total > 8 else True, leave=False
    )


def _read(arguments: argparse.Namespace) -> int:
    from ofsted_analysis.curation.reports import read_files

    read, failed = [], 0
    for item in _reports(arguments.files, read_files):
        if isinstance(item, tuple):
            failed += 1
            _complain(f"{item[0]}: {item[1]}")
        else:
            read.append(item.as_dict())
    {"json": _print_json, "csv": _print_csv, "table": _print_reports}[arguments.format](read)
    _complain(f"{len(read)} read, {failed} refused.")
    return 1 if failed else 0


def _reports(files: Sequence[Path], read: Callable[..., Any]) -> Iterator[Any]:
    """Read files, and say what in them is not certain or is in words that are not known yet."""
    from ofsted_analysis.curation.reports import Letter, Report

    for item in _with_progress(read(files), len(files)):
        for doubt in item.doubts if isinstance(item, Letter) else ():
            _complain(f"ofsted-analysis: {item.file}: {doubt}")
        for area_id, wording in item.wordings.items() if isinstance(item, Report) else ():
            _complain(
                f"{item.file}: {wording!r} was taken for {item.framework_id} {area_id}: "
                "if that is right, add it to label_variants in judgement_areas.csv"
            )
        yield item


def _print_json(value: Any) -> None:
    json.dump(value, sys.stdout, indent=2, ensure_ascii=False)
    print()


def _flat(reports: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A row for each judgement of a report, and one for each letter."""
    return [
        {**{k: v for k, v in report.items() if k != "judgements"}, **judgement}
        for report in reports
        for judgement in report.get("judgements", [{}])
    ]


def _print_csv(reports: list[dict[str, Any]], file: TextIO | None = None) -> None:
    columns = [
        "file", "kind", "framework_id", "authority_id", "first_day", "last_day", "published_date",
        "area_id", "label", "grade", "status", "theme", "priority_action",
        "areas_for_priority_action", "page",
    ]  # fmt: skip
    writer = csv.DictWriter(file or sys.stdout, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(_flat(reports))


def _print_reports(reports: list[dict[str, Any]]) -> None:
    for report in reports:
        published = f", published {report['published_date']}" if report["published_date"] else ""
        days = "days not read"
        if report["first_day"]:
            days = f"{report['first_day']} to {report['last_day']}"
        print(
            f"{report['authority_id']}  {report.get('framework_id', report['kind']).upper()}  "
            f"{days}{published}  ({_shown(report['file'])})"
        )
        if "theme" in report:
            action = f"priority action: {report['priority_action'] or 'not read'}"
            if report["areas_for_priority_action"]:
                action += f" ({report['areas_for_priority_action']})"
            print(
                f"  {report['theme'] or 'theme not read':<48} {action:<24}  page {report['page']}"
            )
        for judgement in report.get("judgements", ()):
            grade = judgement["grade"] or judgement["status"]
            print(f"  {judgement['label']:<76} {grade:<22} page {judgement['page']}")


def _reread(arguments: argparse.Namespace, work: Callable[..., Any]) -> Any:
    """Read the reports named and do something with them; None if that was not possible."""
    from ofsted_analysis.curation.index import read_index
    from ofsted_analysis.curation.reports import read_files

    index = read_index(arguments.urls) if arguments.urls else {}
    reports = _reports(arguments.files, read_files)
    outcome = work(arguments.files, index, data_dir=arguments.data, reports=reports)
    for path, reason in outcome.refused:
        _complain(f"{path}: {reason}")
    for fault in outcome.faults:
        _complain(str(fault))
    if outcome.refused or outcome.faults:
        _complain("Nothing was written.")
        return None
    return outcome


def _add(arguments: argparse.Namespace) -> int:
    from ofsted_analysis.curation.add import add_reports

    outcome = _reread(arguments, add_reports)
    if outcome is None:
        return 1
    for key in outcome.already_there:
        print(f"{key} is there already: left as it is.")
    for key in outcome.added:
        print(f"{key} added.")
    print(f"{len(outcome.added)} added, {len(outcome.already_there)} there already.")
    return 0


def _digest(arguments: argparse.Namespace) -> int:
    from ofsted_analysis.curation.add import read_again

    outcome = _reread(arguments, read_again)
    if outcome is None:
        return 1
    for key in outcome.added:
        print(f"{key}: digest renewed.")
    print(f"{len(outcome.added)} renewed, {len(outcome.already_there)} as they were.")
    return 0


def _accept(arguments: argparse.Namespace) -> int:
    from ofsted_analysis.curation.digests import accept

    lines = 0
    for line in accept(arguments.old, arguments.data):
        print(line, flush=True)
        lines += 1
    print("Accepted." if lines else "No fact differs.")
    return 0


def _update(arguments: argparse.Namespace) -> int:
    try:
        from ofsted_analysis.curation.site import Site
        from ofsted_analysis.curation.update import update
    except ImportError as error:
        raise DataError(
            f"update needs {error.name}: pip install 'ofsted-analysis[update,curation]'."
        ) from error
    with Site(arguments.base_url) as site:
        outcome = update(
            site,
            date.today(),
            since=arguments.since,
            dry_run=arguments.dry_run,
            pdf=arguments.pdf,
            data_dir=arguments.data,
            watch=_watched,
        )
    for wrong in outcome.wrong:
        _complain(wrong)
    for line in outcome.in_words() if not outcome.wrong else outcome.notes():
        print(_shown(line))
    if outcome.wrong or arguments.dry_run:
        _complain("Nothing was written.")
    return 1 if outcome.wrong else 0


def _watched(items: Sequence[Any], doing: str) -> Iterable[Any]:
    """Some things that are gone through: how many, and a progress bar where a person looks on."""
    from tqdm import tqdm

    _complain(f"{doing}: {len(items)}.")
    return tqdm(items, desc=doing, disable=None, leave=False)


def _remove(arguments: argparse.Namespace) -> int:
    from ofsted_analysis.curation.add import remove_inspections

    faults = remove_inspections(arguments.inspections, data_dir=arguments.data)
    for fault in faults:
        _complain(str(fault))
    if faults:
        _complain("Nothing was written.")
        return 1
    for key in dict.fromkeys(arguments.inspections):
        print(f"{key} removed.")
    return 0


def _check(arguments: argparse.Namespace) -> int:
    from ofsted_analysis.curation import digests
    from ofsted_analysis.curation.checks import check

    faults = check(arguments.data)
    with contextlib.suppress(DataError):  # what cannot be read has been said
        faults += digests.faults(arguments.data)
    for fault in faults:
        print(_shown(fault))
    if faults:
        _complain(f"{len(faults)} fault{'s' if len(faults) > 1 else ''}.")
        return 1
    print("The tables are as described, every rule holds, every fact is as it was accepted.")
    return 0


def _stamp(arguments: argparse.Namespace) -> int:
    from ofsted_analysis.curation.stamp import write_stamps

    changed = write_stamps(arguments.data)
    print(f"Renewed: {', '.join(changed)}." if changed else "All stamps were right.")
    return 0


def _reconcile(arguments: argparse.Namespace) -> int:
    from ofsted_analysis.curation.published import VERDICTS, reconcile_folder

    figures = [
        {
            "figure_id": row.figure_id,
            "published": _in_digits(row.published),
            "ours": None if row.ours != row.ours else round(row.ours, 3),
            "difference": None if row.difference != row.difference else row.difference,
            "verdict": row.verdict,
            "explanation": row.explanation,
        }
        for row in reconcile_folder(arguments.data).itertuples()
    ]
    if arguments.format == "json":
        _print_json(figures)
    else:
        _print_figures(figures)
        verdicts = [figure["verdict"] for figure in figures]
        print(", ".join(f"{verdict}: {verdicts.count(verdict)}" for verdict in VERDICTS))
    return 1 if any(figure["verdict"] == "differs" for figure in figures) else 0


def _in_digits(text: str) -> int | float | str:
    """A figure as a number, where it is printed as one."""
    try:
        return int(text) if text.isdecimal() else float(text)
    except ValueError:
        return text


def _print_figures(figures: list[dict[str, Any]]) -> None:
    print(f"{'':<6} {'published':<22} {'ours':>9} {'difference':>11}  verdict")
    for figure in figures:
        ours, difference = (
            "" if figure[key] is None else f"{figure[key]:g}" for key in ("ours", "difference")
        )
        print(
            f"{figure['figure_id']:<6} {figure['published']!s:<22} {ours:>9} {difference:>11}  "
            f"{figure['verdict']}"
        )
        if figure["explanation"]:
            print(f"{'':<7}{figure['explanation']}")


def _export(arguments: argparse.Namespace) -> int:
    from ofsted_analysis.publish.export import export

    formats = [name.strip() for name in arguments.format.split(",") if name.strip()]
    for path in export(formats, arguments.out, data_dir=arguments.data):
        print(path)
    return 0


def _diff(arguments: argparse.Namespace) -> int:
    from ofsted_analysis.curation.diff import compare, in_words, summary

    changes = compare(arguments.old, arguments.new)
    if arguments.format == "json":
        _print_json([change.as_dict() for change in changes])
    else:
        print(*in_words(changes), summary(changes), sep="\n")
    return 0


def _charts(arguments: argparse.Namespace) -> int:
    from tqdm import tqdm

    from ofsted_analysis import charts
    from ofsted_analysis.charts.lettering import counted

    wanted = charts.standard_set(
        arguments.authority, theme=arguments.theme, date=arguments.date, size=arguments.size
    )
    chosen = {only: fnmatch.filter(wanted, f"{only}*") for only in arguments.only}
    for only, names in chosen.items():
        if not names:
            raise DataError(f"--only {only}: the charts are {', '.join(wanted)}.")
    if chosen:
        named = set().union(*chosen.values())
        wanted = {name: make for name, make in wanted.items() if name in named}
    _made(arguments.out)
    drawn, failed = {}, 0
    for name, make in tqdm(wanted.items(), unit="chart", disable=None, leave=False):
        try:
            drawn[name] = make()
        except DataError as error:
            failed += 1
            _complain(f"{name} cannot be drawn: {error}")
    for name, chart in tqdm(drawn.items(), unit="chart", disable=None, leave=False):
        for suffix in (".svg", ".png", ".pdf"):
            charts.save(chart, arguments.out / f"{name}{suffix}", data=suffix == ".svg")
    many = counted(len(drawn), "chart")
    print(f"{many} in {arguments.out}, as SVG, PNG and PDF, with text and data.")
    return 1 if failed and not drawn else 0


def _briefing(arguments: argparse.Namespace) -> int:
    from ofsted_analysis.publish import documents
    from ofsted_analysis.publish.sections import group_named

    if arguments.all == bool(arguments.authority):
        raise DataError("Say for which authority the briefing is, or --all: one of the two.")
    options = {
        "date": arguments.date,
        "group": arguments.peers and group_named(arguments.peers, arguments.date),
        "formats": [name.strip() for name in arguments.format.split(",") if name.strip()],
        "force": arguments.force,
    }
    _made(arguments.out)
    if not arguments.all:
        for path in documents.write(arguments.authority, arguments.out, **options):
            print(path)
        return 0
    return _briefings(documents.write_all(arguments.out, **options), arguments)


def _briefings(written: Iterator[Any], arguments: argparse.Namespace) -> int:
    from tqdm import tqdm

    from ofsted_analysis.publish.documents import there

    failed, files = 0, 0
    total = len(there(arguments.date))
    for own, made in tqdm(written, total=total, unit="authority", disable=None, leave=False):
        if isinstance(made, str):
            failed += 1
            _complain(f"{own}: {made}")
        else:
            files += len(made)
    print(f"{files} files in {arguments.out}, on {total - failed} authorities; {failed} failed.")
    return 1 if failed else 0


def _made(folder: Path) -> None:
    """A folder to write to, made if it is not there."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DataError(f"cannot be written ({error.strerror}).", folder) from error


def _cite(arguments: argparse.Namespace) -> int:
    from ofsted_analysis.publish.cite import cite

    print(cite(arguments.style))
    return 0


def _docs(arguments: argparse.Namespace) -> int:
    from ofsted_analysis.charts import gallery
    from ofsted_analysis.publish.pages import write_pages

    _made(arguments.out)
    changed = write_pages(arguments.out) + gallery.save_pictures(arguments.out / "gallery")
    for path in changed:
        print(f"{path} written.")
    if not changed:
        print("All pages were up to date.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
