"""The data package: where the tables lie, and what ``datapackage.json`` says of them.

``data/datapackage.json`` (Data Package v2, Table Schema) is the one description of the tables.
Whatever else needs to know a column, a type, a key or a category asks here.
This module does without pandas, so that reading a report need not wait for it.
"""

import csv
import json
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any


class DataError(ValueError):
    """The tables cannot be used as they are; the message says what is wrong and where."""


@dataclass(frozen=True)
class Field:
    """One column of a table, as the data package describes it."""

    name: str
    type: str
    description: str
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

    @property
    def columns(self) -> list[str]:
        """Names of the columns, in order."""
        return [f.name for f in self.fields]

    def __getitem__(self, name: str) -> Field:
        return next(f for f in self.fields if f.name == name)

    def sort_key(self, row: dict[str, str]) -> tuple[str | int, ...]:
        """What the rows are sorted by: the primary key, whole numbers as such."""
        return tuple(
            int(row[key]) if self[key].type == "integer" and row[key].isdigit() else row[key]
            for key in self.primary_key
        )


@cache
def default_data_dir() -> Path:
    """Folder of the packaged tables: beside the code in a wheel, ``data/`` in a checkout."""
    here = Path(__file__).resolve().parent
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
        return json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror}).") from error
    except ValueError as error:
        raise DataError(f"{path}: is not valid JSON ({error}).") from error


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


@cache
def _tables(folder: Path) -> dict[str, Table]:
    return {r["name"]: _table(r, folder) for r in descriptor(folder)["resources"]}


def tables(folder: str | Path | None = None) -> dict[str, Table]:
    """Every table that the data package describes, by name."""
    return _tables(data_dir(folder))


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
    try:
        with table.path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file)
            if reader.fieldnames != table.columns:
                raise DataError(
                    f"{table.path}:1 has the columns {reader.fieldnames}; "
                    f"the data package has {table.columns}."
                )
            return list(reader)
    except OSError as error:
        raise DataError(f"{table.path}: cannot be read ({error.strerror}).") from error
