"""Every rule of the data model, with the line where it is broken.

First the files themselves, then every cell against what the data package says of its column, then
what holds across tables. (The tests hold the data against frictionless, the standard's own tool, as
well.)
"""

from collections.abc import Callable, Iterator
from functools import partial
from itertools import chain
from pathlib import Path

from ofsted_analysis.curation import stamp
from ofsted_analysis.curation.faults import Draft, Fault, display
from ofsted_analysis.curation.rules import RULES
from ofsted_analysis.tables import days, schema
from ofsted_analysis.tables.errors import DataError
from ofsted_analysis.tables.load import of_one_state
from ofsted_analysis.tables.schema import Field

# How the files are written


def _unseen(value: str) -> str:
    """What stands in a cell that a reader can't see."""
    if value != value.strip():
        return f"{value!r} has spaces at its ends"
    if not value.isprintable():
        signs = [f"U+{ord(sign):04X}" for sign in value if not sign.isprintable()]
        return f"holds {', '.join(signs)}, which cannot be seen"
    return ""


def _file_faults(draft: Draft) -> Iterator[Fault]:
    for name, table in draft.tables.items():
        content = table.path.read_bytes()
        if b"\r" in content:
            yield Fault(
                display(table.path), 0, "", "has Windows line ends; lines end in a plain newline"
            )
        if not content.endswith(b"\n"):
            yield Fault(display(table.path), 0, "", "must end in one newline")
        for column in table.columns:
            yield from draft.misfits(name, column, _unseen)
        if not draft.rows[name]:
            yield Fault(display(table.path), 0, "", "has no rows")


def _order_faults(draft: Draft) -> Iterator[Fault]:
    for name, table in draft.tables.items():
        last = None
        for line, row in draft.lines(name):
            key = table.sort_key(row)
            if last is not None and key < last:
                by = ", ".join(table.primary_key)
                yield draft.fault(
                    name, line, table.primary_key[0], f"is out of place: rows are sorted by {by}"
                )
                break
            last = key


def _package_faults(folder: Path) -> Iterator[Fault]:
    """What the package says of itself."""
    complete = schema.descriptor(folder).get("completeTo")
    try:
        days.iso_date(str(complete))
    except ValueError as error:
        yield Fault(display(folder / "datapackage.json"), 0, "completeTo", str(error))


def _stamp_faults(draft: Draft, folder: Path) -> Iterator[Fault]:
    path = folder / "datapackage.json"
    for resource in schema.descriptor(folder)["resources"]:
        table = draft.tables[resource["name"]]
        fresh = stamp.stamps(table.path)
        if any(resource.get(key) != value for key, value in fresh.items()):
            yield Fault(
                display(path),
                0,
                table.name,
                f"{', '.join(fresh)} are not those of {table.path.name} as it is: "
                "'ofsted-analysis stamp' renews them",
            )


# What the data package says of each column


def _type_faults(draft: Draft) -> Iterator[Fault]:
    """Cells that cannot be understood; the rules after this one take them as not known."""
    for name, table in draft.tables.items():
        for field in table.fields:
            faults = list(draft.misfits(name, field.name, partial(_not_understood, field)))
            for fault in faults:
                draft.blank(name, fault.line, field.name)
            yield from faults


def _not_understood(field: Field, value: str) -> str:
    if not value:
        return "is empty, but must be known" if field.required else ""
    try:
        schema.PARSERS[field.type](value)
    except ValueError as error:
        return str(error)
    return ""


def _constraint_faults(draft: Draft) -> Iterator[Fault]:
    for name, table in draft.tables.items():
        for field in table.fields:
            if field.constraints.get("unique"):
                lines: dict[str, int] = {}  # of each value, the first
                for line, row in draft.lines(name):
                    value = row[field.name]
                    if value and lines.setdefault(value, line) != line:
                        wrong = f"{value!r} stands on line {lines[value]} already"
                        yield draft.fault(name, line, field.name, wrong)
            if field.categories or field.format or field.constraints.keys() & _LIMITS:
                yield from draft.misfits(name, field.name, partial(_misfit, field))


_LIMITS = {"pattern", "minimum", "maximum"}


def _text_faults(draft: Draft) -> Iterator[Fault]:
    """Text that a spreadsheet would take for a formula."""
    for name, table in draft.tables.items():
        for field in table.fields:
            if field.type == "string" and not field.categories:
                yield from draft.misfits(name, field.name, _formula)


def _formula(value: str) -> str:
    if value.startswith(tuple("=+-@\t\r")):
        return f"{value[:20]!r} begins with {value[0]!r}: a spreadsheet takes it for a formula"
    return ""


def _misfit(field: Field, value: str) -> str:
    return field.misfit(value) if value else ""


def _key_faults(draft: Draft) -> Iterator[Fault]:
    for name, table in draft.tables.items():
        keys = [tuple([row[column] for column in table.primary_key]) for row in draft.rows[name]]
        lines: dict[tuple[str, ...], int] = {}
        for line, key in enumerate(keys, start=2) if len(set(keys)) < len(keys) else ():
            if key in lines:
                columns = ", ".join(table.primary_key)
                yield draft.fault(
                    name, line, columns, f"{', '.join(key)!r} stands on line {lines[key]} already"
                )
            lines.setdefault(key, line)
        for column, target, target_column in table.foreign_keys:
            known = {"", *draft.values(target, target_column)}
            yield from draft.misfits(name, column, partial(_not_found, target, known))


def _not_found(target: str, known: set[str], value: str) -> str:
    return "" if value in known else f"{target} has no {value!r}"


_RULES: tuple[Callable[[Draft], Iterator[Fault]], ...] = (
    _file_faults,
    _type_faults,
    _key_faults,
    _text_faults,
    *RULES,
    _constraint_faults,
    _order_faults,
)
"""In this order, as the first fault of a cell stands: what cannot be understood or found first,
and the domain's words before the schema's."""

_NEEDED = (
    "agreement",
    "authorities",
    "authority_changes",
    "authority_codes",
    "context",
    "context_measures",
    "events",
    "frameworks",
    "grade_tallies",
    "inspections",
    "judgement_areas",
    "judgements",
    "neighbours",
    "published_figures",
    "sources",
)


def check(data_dir: str | Path | None = None) -> list[Fault]:
    """Every fault in the tables, all in one run.

    Parameters
    ----------
    data_dir
        Folder of the tables, if not the packaged ones.

    Returns
    -------
    list of Fault
        Sorted by file, line and column; empty if all is well. One fault a cell: where a rule of
        the domain and the schema both object, the rule's words stand. Files that are not the
        tables described come first: what is in them is checked once they are.

    Examples
    --------
    >>> check()
    []
    """
    folder = schema.data_dir(data_dir)
    try:
        return of_one_state(schema.tables(folder), folder, lambda _: _faults(folder))
    except DataError:  # the description or a file cannot be read, which is among the faults
        return _faults(folder)


def _faults(folder: Path) -> list[Fault]:
    try:
        tables = schema.tables(folder)
    except DataError as error:
        return [_unusable(error)]
    missing = [name for name in _NEEDED if name not in tables]
    if missing:
        path = display(folder / "datapackage.json")
        return [Fault(path, 0, name, "this table is not described") for name in missing]
    draft = Draft(tables, str(schema.descriptor(folder).get("completeTo") or ""))
    if draft.errors:
        return sorted(map(_unusable, draft.errors))
    found: dict[tuple[str, int, str], Fault] = {}
    own = (_package_faults(folder), _stamp_faults(draft, folder))
    for fault in chain(*own, *(rule(draft) for rule in _RULES)):
        found.setdefault((fault.file, fault.line, fault.column), fault)
    return sorted(found.values())


def _unusable(error: DataError) -> Fault:
    """A fault that leaves nothing else to check."""
    path = display(error.path) if error.path else ""
    return Fault(path, error.line, "", error.reason.rstrip("."))
