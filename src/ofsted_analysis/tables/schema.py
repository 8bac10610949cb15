"""What the tables are: ``datapackage.json``, the one description of every table and column.

``data/datapackage.json`` is a Data Package v2 with Table Schemas. Whatever else needs to know a
column, a type, a key or a vocabulary asks here.
"""

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import Any

from ofsted_analysis.tables import writing
from ofsted_analysis.tables.days import iso_date
from ofsted_analysis.tables.errors import DataError, shown


@dataclass(frozen=True)
class Field:
    """One column of a table, as the data package describes it."""

    name: str
    type: str
    description: str
    format: str = ""
    categories: tuple[str, ...] = ()
    ordered: bool = False
    required: bool = False
    unit: str = ""
    example: Any = None
    constraints: dict[str, Any] = field(default_factory=dict, compare=False)

    def misfit(self, cell: str) -> str:
        """Why a cell cannot stand in this column; '' if it can.

        Examples
        --------
        >>> Field("opened", "date", "").misfit("2019-02-30")
        "'2019-02-30' is not a date (YYYY-MM-DD)"
        """
        if not cell:
            return "is empty, but must be known" if self.required else ""
        limits = self.constraints
        try:
            value = PARSERS[self.type](cell)
        except ValueError as error:
            return str(error)
        if self.categories and cell not in self.categories:
            return f"{cell!r} is not one of: {', '.join(self.categories)}"
        if "pattern" in limits and not re.fullmatch(limits["pattern"], cell):
            return f"{cell!r} is not written as it should be (like {self.example!r})"
        if self.format == "uri" and not re.fullmatch(r"https?://[^\s/]+(/\S*)?", cell):
            return f"{cell!r} is not a web address (like {self.example!r})"
        if "minimum" in limits and value < limits["minimum"]:
            return f"{cell} is less than {limits['minimum']}"
        if "maximum" in limits and value > limits["maximum"]:
            return f"{cell} is more than {limits['maximum']}"
        return ""


@dataclass(frozen=True)
class Table:
    """One table: its file, columns, keys, and what it is for."""

    name: str
    title: str
    description: str
    path: Path
    fields: tuple[Field, ...]
    primary_key: tuple[str, ...]
    foreign_keys: tuple[tuple[str, str, str], ...]
    """(column, table referred to, column there)"""

    @cached_property
    def columns(self) -> list[str]:
        """Names of the columns, in order."""
        return [f.name for f in self.fields]

    def __getitem__(self, name: str) -> Field:
        return next(f for f in self.fields if f.name == name)

    def sort_key(self, row: dict[str, str]) -> tuple[Any, ...]:
        """What the rows are sorted by: the primary key, whole numbers as such."""
        if not self._numbered:
            return tuple([row[key] for key in self.primary_key])
        return tuple(
            (int(row[key]) if key in self._numbered and row[key].isdecimal() else 0, row[key])
            for key in self.primary_key
        )

    @cached_property
    def _numbered(self) -> frozenset[str]:
        """The columns of the primary key that hold whole numbers."""
        return frozenset(key for key in self.primary_key if self[key].type == "integer")


def whole_number(text: str) -> int:
    """A whole number in plain digits; ValueError otherwise."""
    if not re.fullmatch(r"0|-?[1-9]\d{0,17}", text, re.ASCII):
        raise ValueError(f"{text!r} is not a whole number")
    return int(text)


def decimal_number(text: str) -> float:
    """A number in plain digits, with a point before decimals; ValueError otherwise."""
    if not _DECIMAL.fullmatch(text):
        raise ValueError(f"{text!r} is not a number in plain digits (like 12.5)")
    return float(text)


_DECIMAL = re.compile(r"-?(0|[1-9]\d{0,14})(\.\d{1,9})?", re.ASCII)

PARSERS: dict[str, Callable[[str], Any]] = {
    "string": str,
    "integer": whole_number,
    "number": decimal_number,
    "date": iso_date,
}


# Where the tables are


@cache
def default_data_dir() -> Path:
    """Folder of the packaged tables: beside the code in a wheel, ``data/`` in a checkout."""
    here = Path(__file__).resolve().parents[1]
    for folder in (here / "data", here.parents[1] / "data"):
        if (folder / "datapackage.json").is_file():
            return folder
    raise DataError(
        "No data/datapackage.json beside the code or in the checkout. Install ofsted-analysis "
        "again, or name the folder of the tables with data_dir=."
    )


_in_their_place: list[Path] = []


def use_data_dir(folder: Path | None) -> None:
    """Take the tables in a folder in place of the packaged ones; None takes those again."""
    _in_their_place[:] = [] if folder is None else [folder]


def data_dir(folder: str | Path | None = None) -> Path:
    """The folder given, or that of the packaged tables, or of those taken in their place."""
    if folder is None:
        return _in_their_place[-1] if _in_their_place else default_data_dir()
    if not isinstance(folder, str | Path) or "\0" in str(folder):
        raise DataError(f"data_dir must be the path of a folder, not {shown(folder)}.")
    return Path(folder)


def version(path: Path) -> tuple[int, int, int]:
    """What tells one state of a file from another: inode, size and time of change.

    Raises
    ------
    DataError
        The file is not there, or cannot be looked at.
    """
    try:
        stat = path.stat()
    except OSError as error:
        raise DataError(f"cannot be read ({error.strerror}).", path) from error
    return stat.st_ino, stat.st_size, stat.st_mtime_ns


def content_stamps(content: bytes) -> dict[str, Any]:
    """What the description says of a table's file: bytes, SHA-256 and number of rows.

    Examples
    --------
    >>> content_stamps(b"key,value\\na,1\\n")["rowCount"]
    1
    """
    return {
        "bytes": len(content),
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
        "rowCount": max(0, len(content.splitlines()) - 1),
    }


# What the description says


def descriptor(folder: str | Path | None = None) -> dict[str, Any]:
    """``datapackage.json`` as it stands.

    Raises
    ------
    DataError
        It is missing, or is not a JSON object.
    """
    path = data_dir(folder) / "datapackage.json"
    try:
        found = json.loads(path.read_bytes())
    except OSError as error:
        raise DataError(f"cannot be read ({error.strerror}).", path) from error
    except (ValueError, RecursionError) as error:
        reason = "nested too deeply" if isinstance(error, RecursionError) else error
        raise DataError(f"is not valid JSON ({reason}).", path) from error
    return _of_kind(found, dict, "the whole file", path)


def complete_to(folder: str | Path | None = None) -> str:
    """The day to which the record is complete, as the description has it.

    Examples
    --------
    >>> complete_to()
    '2026-08-22'
    """
    place = data_dir(folder)
    return _complete_to(place, version(place / "datapackage.json"))


@lru_cache(maxsize=8)
def _complete_to(place: Path, _: tuple[int, int, int]) -> str:
    return str(descriptor(place)["completeTo"])


def tables(folder: str | Path | None = None) -> dict[str, Table]:
    """Every table that the data package describes, by name.

    Raises
    ------
    DataError
        The description is missing, or does not describe tables: what is wrong, and of which.
    """
    place = data_dir(folder)
    writing.settle(place)
    return _tables(place, version(place / "datapackage.json"))


def table(name: str, folder: str | Path | None = None) -> Table:
    """One table that the data package describes.

    Raises
    ------
    DataError
        There is no such table.
    """
    return named(name, tables(folder))


def named(name: str, described: dict[str, Table]) -> Table:
    """One of the tables described; `DataError` if it is not among them."""
    if not isinstance(name, str) or name not in described:
        raise DataError(f"There is no table {shown(name)}. The tables are: {', '.join(described)}.")
    return described[name]


@lru_cache(maxsize=32)
def _tables(folder: Path, _: tuple[int, int, int]) -> dict[str, Table]:
    path = folder / "datapackage.json"
    resources = _get(descriptor(folder), "resources", list, "the package", path)
    found: dict[str, Table] = {}
    for number, resource in enumerate(resources, start=1):
        _of_kind(resource, dict, f"table {number}", path)
        name = _get(resource, "name", str, f"table {number}", path)
        if name in found:
            raise DataError(f"describes the table {name!r} twice.", path)
        found[name] = _table(resource, name, folder)
    for name, table in found.items():
        for column, target, key in table.foreign_keys:
            if target not in found or key not in found[target].columns:
                raise DataError(
                    f"table {name!r}: the foreign key {column!r} refers to {target}.{key}, which "
                    "is not described.",
                    path,
                )
    return found


_KINDS = {
    dict: "an object",
    list: "a list",
    str: "text",
    int: "a whole number",
    bool: "true or false",
}


def _of_kind(value: Any, kind: type, what: str, path: Path) -> Any:
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise DataError(f"{what} should be {_KINDS[kind]}, not {str(value)[:40]!r}.", path)
    return value


_NEEDED = object()


def _get(of: dict[str, Any], key: str, kind: type, what: str, path: Path, default: Any = _NEEDED):
    """One thing that a description says, of the kind that it should be."""
    if key not in of and default is _NEEDED:
        raise DataError(f"{what} lacks {key!r}.", path)
    return _of_kind(of[key], kind, f"{what}: {key!r}", path) if key in of else default


def _table(resource: dict[str, Any], name: str, folder: Path) -> Table:
    path, what = folder / "datapackage.json", f"table {name!r}"
    schema = _get(resource, "schema", dict, what, path)
    file = _get(resource, "path", str, what, path)
    if not re.fullmatch(r"[\w.-]+", file) or file.startswith("."):
        raise DataError(f"{what}: the path {file!r} is not a file in this folder.", path)
    fields = tuple(_field(spec, what, path) for spec in _get(schema, "fields", list, what, path))
    columns = [f.name for f in fields]
    if len(set(columns)) != len(columns) or not columns:
        raise DataError(f"{what} has no column, or one of a name twice.", path)
    key = schema.get("primaryKey")
    key = [key] if isinstance(key, str) else _get(schema, "primaryKey", list, what, path)
    foreign = []
    for reference in _get(schema, "foreignKeys", list, what, path, []):
        _of_kind(reference, dict, f"{what}: a foreign key", path)
        target = _get(reference, "reference", dict, f"{what}: a foreign key", path)
        foreign.append(
            (
                _get(reference, "fields", str, f"{what}: a foreign key", path),
                _get(target, "resource", str, f"{what}: a foreign key", path),
                _get(target, "fields", str, f"{what}: a foreign key", path),
            )
        )
    for column in [*key, *(column for column, _, _ in foreign)]:
        if column not in columns:
            raise DataError(f"{what}: the key {column!r} is not one of its columns.", path)
    return Table(
        name=name,
        title=_get(resource, "title", str, what, path),
        description=_get(resource, "description", str, what, path),
        path=folder / file,
        fields=fields,
        primary_key=tuple(key),
        foreign_keys=tuple(foreign),
    )


def _field(spec: Any, table: str, path: Path) -> Field:
    _of_kind(spec, dict, f"{table}: a field", path)
    name = _get(spec, "name", str, f"{table}: a field", path)
    what = f"{table}, field {name!r}"
    kind = _get(spec, "type", str, what, path)
    if kind not in PARSERS:
        raise DataError(f"{what}: type {kind!r} is not one of {', '.join(PARSERS)}.", path)
    constraints = _get(spec, "constraints", dict, what, path, {})
    for limit in ("minimum", "maximum"):
        _get(constraints, limit, int, what, path, None)
    pattern = _get(constraints, "pattern", str, what, path, "")
    try:
        re.compile(pattern)
    except re.error as error:
        raise DataError(f"{what}: the pattern {pattern!r} is none ({error}).", path) from error
    categories = _get(spec, "categories", list, what, path, [])
    for category in categories:
        _of_kind(category, str, f"{what}: a category", path)
    if len(set(categories)) != len(categories):
        raise DataError(f"{what}: a category stands there twice.", path)
    return Field(
        name=name,
        type=kind,
        description=_get(spec, "description", str, what, path),
        format=_get(spec, "format", str, what, path, ""),
        categories=tuple(categories),
        ordered=_get(spec, "categoriesOrdered", bool, what, path, False),
        required=_get(constraints, "required", bool, what, path, False),
        unit=_get(spec, "unit", str, what, path, ""),
        example=spec.get("example"),
        constraints=constraints,
    )
