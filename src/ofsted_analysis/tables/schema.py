"""The data package: where the tables lie, and what ``datapackage.json`` says of them.

``data/datapackage.json`` (Data Package v2, Table Schema) is the one description of the tables.
Whatever else needs to know a column, a type, a key or a category asks here.
This module does without pandas, so that reading a report need not wait for it.
"""

import csv
import io
import json
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import cache, cached_property
from pathlib import Path
from typing import Any


class DataError(ValueError):
    """The tables cannot be used as they are; the message says what is wrong and where.

    Attributes
    ----------
    reason
        What is wrong.
    path, line
        The file, and the line in it; None and 0 where there is none.
    """

    def __init__(self, reason: str, path: Path | None = None, line: int = 0):
        where = f"{path}:{line}: " if line else f"{path}: " if path else ""
        super().__init__(f"{where}{reason}")
        self.reason, self.path, self.line = reason, path, line


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

    def sort_key(self, row: dict[str, str]) -> tuple[tuple[int, str], ...]:
        """What the rows are sorted by: the primary key, whole numbers as such."""
        return tuple(
            (int(row[key]) if key in self._numbers and row[key].isdecimal() else 0, row[key])
            for key in self.primary_key
        )

    @cached_property
    def _numbers(self) -> set[str]:
        return {f.name for f in self.fields if f.type == "integer"}


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


def data_dir(folder: str | Path | None = None) -> Path:
    """The folder given, or that of the packaged tables."""
    return default_data_dir() if folder is None else Path(folder)


def descriptor(folder: str | Path | None = None) -> dict[str, Any]:
    """``datapackage.json`` as it stands."""
    path = data_dir(folder) / "datapackage.json"
    try:
        return json.loads(path.read_bytes())
    except OSError as error:
        raise DataError(f"cannot be read ({error.strerror}).", path) from error
    except ValueError as error:
        raise DataError(f"is not valid JSON ({error}).", path) from error


def _table(resource: dict[str, Any], folder: Path) -> Table:
    schema = resource["schema"]
    key = schema["primaryKey"]
    fields = []
    for spec in schema["fields"]:
        constraints = spec.get("constraints", {})
        fields.append(
            Field(
                name=spec["name"],
                type=spec["type"],
                description=spec["description"],
                format=spec.get("format", ""),
                categories=tuple(spec.get("categories", ())),
                ordered=spec.get("categoriesOrdered", False),
                required=constraints.get("required", False),
                unit=spec.get("unit", ""),
                example=spec.get("example"),
                constraints=constraints,
            )
        )
    return Table(
        name=resource["name"],
        title=resource["title"],
        description=resource["description"],
        path=folder / resource["path"],
        fields=tuple(fields),
        primary_key=(key,) if isinstance(key, str) else tuple(key),
        foreign_keys=tuple(
            (k["fields"], k["reference"]["resource"], k["reference"]["fields"])
            for k in schema.get("foreignKeys", ())
        ),
    )


def read_tables(folder: Path) -> dict[str, Table]:
    """Every table that ``datapackage.json`` describes as it stands now, by name."""
    try:
        return {r["name"]: _table(r, folder) for r in descriptor(folder)["resources"]}
    except (AttributeError, KeyError, TypeError) as error:
        lacking = f"lacks {error}" if isinstance(error, KeyError) else str(error)
        raise DataError(
            f"does not describe its tables as a data package does ({lacking}).",
            folder / "datapackage.json",
        ) from error


_tables = cache(read_tables)


def tables(folder: str | Path | None = None) -> dict[str, Table]:
    """Every table that the data package describes, by name."""
    return _tables(data_dir(folder))


def cells(table: Table) -> tuple[list[list[str]], list[DataError]]:
    """The cells of a table row by row, and whatever keeps its file from being that table.

    Row 0 stands on line 2 of the file, and so on: no cell may run over several lines.
    """
    path = table.path
    try:
        content = path.read_bytes()
        text = content.decode("utf-8")
    except OSError as error:
        return [], [DataError(f"cannot be read ({error.strerror}).", path)]
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        return [], [DataError("is not UTF-8 text: save the file as UTF-8.", path, line)]
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    found: list[list[str]] = []
    errors: list[DataError] = []
    try:
        wrong = _header_fault(next(reader, []), table.columns)
        if wrong:
            return [], [DataError(wrong, path, 1)]
        for line, row in enumerate(reader, start=2):
            if reader.line_num != line:
                errors.append(DataError(f"runs over several lines: {_QUOTE}", path, line))
                break
            if len(row) != len(table.fields):
                wrong = f"has {len(row)} cells, not {len(table.fields)}." if row else "is empty."
                errors.append(DataError(wrong, path, line))
            found.append(row)
    except csv.Error as error:
        wrong = f"is not a row of a CSV table ({error}): {_QUOTE}"
        errors.append(DataError(wrong, path, len(found) + 2))
    return found, errors


_QUOTE = "is a quotation mark not closed, or not doubled?"


def _header_fault(header: list[str], columns: list[str]) -> str:
    """What is wrong with a table's first line; '' if nothing is."""
    if not header:
        return "is empty."
    if header[0].startswith("\ufeff"):
        return "starts with a byte order mark: save the file as UTF-8 without one."
    missing = [name for name in columns if name not in header]
    surplus = [name for name in header if name not in columns]
    if missing or surplus:
        lacks = f"lacks the column {', '.join(missing)}" if missing else ""
        has = f"has a column that datapackage.json lacks: {', '.join(surplus)}" if surplus else ""
        return " and ".join(filter(None, (lacks, has))) + "."
    if header != columns:
        return f"should have the columns in this order, each once: {','.join(columns)}."
    return ""


def rows(name: str, folder: str | Path | None = None) -> list[dict[str, str]]:
    """The rows of one table as text, an empty cell as an empty string.

    Raises
    ------
    DataError
        The file is missing, or its columns are not those of the data package.

    Examples
    --------
    >>> [row["framework_id"] for row in rows("frameworks")]
    ['cp', 'ilacs', 'lac', 'sif', 'slac']
    """
    table = tables(folder)[name]
    found, errors = cells(table)
    if errors:
        raise errors[0]
    return [dict(zip(table.columns, row, strict=True)) for row in found]


def iso_date(text: str) -> date:
    """A day written as YYYY-MM-DD and in no other way; ValueError otherwise."""
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
        raise ValueError(f"{text!r} is not a date (YYYY-MM-DD)")
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"{text!r} is not a date (YYYY-MM-DD)") from error


def whole_number(text: str) -> int:
    """A whole number in plain digits; ValueError otherwise."""
    if not re.fullmatch(r"0|-?[1-9]\d*", text, re.ASCII):
        raise ValueError(f"{text!r} is not a whole number")
    return int(text)


def replace_files(contents: dict[Path, bytes]) -> None:
    """Put files in place, all or none.

    All are written beside their places first and then moved over them one by one, so that each is
    whole at any time. If a move fails, those already made are undone. (If the machine stops
    between two moves, `check` tells by the stamps.)

    Raises
    ------
    DataError
        A file cannot be written.
    """
    before = {path: path.read_bytes() for path in contents if path.exists()}
    moved: list[Path] = []
    with ExitStack() as scratch:
        try:
            parts = {path: scratch.enter_context(_beside(path, c)) for path, c in contents.items()}
            for path, part in parts.items():
                os.replace(part, path)
                moved.append(path)
        except BaseException as error:
            stuck = [path.name for path in moved if not _put_back(path, before.get(path))]
            if isinstance(error, OSError) or stuck:
                left = f"{', '.join(stuck)} could not be put back" if stuck else "Nothing changed"
                at = next((path for path in contents if path not in moved), None)
                raise DataError(f"cannot be written ({error}). {left}.", at) from error
            raise


def _put_back(path: Path, content: bytes | None) -> bool:
    """Undo a move; False if that cannot be done."""
    try:
        if content is None:
            path.unlink()
            return True
        with _beside(path, content) as part:
            os.replace(part, path)
    except OSError:
        return False
    return True


@contextmanager
def _beside(path: Path, content: bytes) -> Iterator[Path]:
    """A file of that content beside a path, to be moved over it; gone afterwards."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.chmod(name, path.stat().st_mode if path.exists() else 0o644)
        yield Path(name)
    finally:
        Path(name).unlink(missing_ok=True)
