"""The tables in other people's formats: Parquet, CSV, Excel, SQLite, JSON.

Every format holds every table and, as ``judgements_joined``, what `load_judgements` gives. The same
data give the same bytes, whenever and wherever they are written.
"""

import csv
import io
import json
import sqlite3
import tempfile
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from ofsted_analysis.curation import stamp
from ofsted_analysis.tables import schema, writing
from ofsted_analysis.tables.errors import DataError
from ofsted_analysis.tables.grades import BANDS
from ofsted_analysis.tables.load import load_judgements, load_table
from ofsted_analysis.tables.schema import Field, Table

if TYPE_CHECKING:
    import pyarrow as pa

JOINED = "judgements_joined"
"""Name of the table that `load_judgements` gives."""

_RENAMED = {"authority": ("authorities", "name"), "area": ("judgement_areas", "label")}
_BAND = Field(
    name="band",
    type="string",
    description="The grade on the four-step scale that all frameworks share, where 'third' is "
    "'adequate' or 'requires improvement'; empty where the area was not judged.",
    categories=BANDS,
    ordered=True,
    example="inadequate",
)


@dataclass(frozen=True)
class Content:
    """A table with what is in it, and the part of ``datapackage.json`` that describes it."""

    table: Table
    frame: pd.DataFrame
    about: dict[str, Any]


def contents(data_dir: str | Path | None = None) -> dict[str, Content]:
    """Every table with its rows, by name; the joined judgements last.

    Parameters
    ----------
    data_dir
        Folder of the tables, if not the packaged ones.

    Examples
    --------
    >>> list(contents())[-1]
    'judgements_joined'
    """
    tables = schema.tables(data_dir)
    about = {r["name"]: r for r in schema.descriptor(data_dir)["resources"]}
    found = {
        name: Content(table, load_table(name, data_dir=data_dir), about[name])
        for name, table in tables.items()
    }
    frame = load_judgements(data_dir=data_dir)
    joined = _joined_table(tables, list(frame.columns))
    # only what the join does not derive: sources and licences are those of its parts
    parts = [about[name] for name in ("judgements", "inspections", "authorities")]
    sources = [source for part in parts for source in part["sources"]]
    own = {
        "name": joined.name,
        "title": joined.title,
        "description": joined.description,
        "path": joined.path.name,
        **{key: about["judgements"][key] for key in _OF_ANY_TABLE if key in about["judgements"]},
        "sources": [source for n, source in enumerate(sources) if source not in sources[:n]],
        "schema": _schema(joined),
    }
    found[JOINED] = Content(joined, frame, own)
    return found


_OF_ANY_TABLE = ("type", "format", "mediatype", "encoding", "licenses")


def _joined_table(tables: dict[str, Table], columns: list[str]) -> Table:
    """What is known of the columns that `load_judgements` gives."""
    places = ("judgements", "inspections", "authorities", "judgement_areas")
    fields = []
    for column in columns:
        if column == _BAND.name:
            fields.append(_BAND)
            continue
        name, there = _RENAMED.get(column, ("", column))
        origin = next(tables[n] for n in (name, *places) if n and there in tables[n].columns)
        fields.append(replace(origin[there], name=column, constraints={}))
    keys = {
        (column, target, key)
        for name in ("judgements", "inspections")
        for column, target, key in tables[name].foreign_keys
        if column in columns
    }
    return Table(
        name=JOINED,
        title="Judgements with everything about them",
        description="One row for each graded area of each inspection, with what one needs to know "
        "of the inspection, the authority and the area: no join is needed.",
        path=tables["judgements"].path.with_name(f"{JOINED}.csv"),
        fields=tuple(fields),
        primary_key=tables["judgements"].primary_key,
        foreign_keys=tuple(sorted(keys)),
    )


def _schema(table: Table) -> dict[str, Any]:
    """A table's fields and keys as ``datapackage.json`` writes them."""
    fields = []
    for field in table.fields:
        spec = {"name": field.name, "type": field.type, "description": field.description}
        constraints: dict[str, Any] = {"required": True} if field.required else {}
        if field.categories:
            spec |= {"categories": list(field.categories), "categoriesOrdered": field.ordered}
            constraints["enum"] = list(field.categories)
        spec |= {key: getattr(field, key) for key in ("format", "unit") if getattr(field, key)}
        fields.append(spec | {"example": field.example, "constraints": constraints})
    return {
        "fields": fields,
        "primaryKey": list(table.primary_key),
        "foreignKeys": [
            {"fields": column, "reference": {"resource": target, "fields": key}}
            for column, target, key in table.foreign_keys
        ],
    }


def records(content: Content) -> list[dict[str, Any]]:
    """The rows of a table in plain types: text, whole numbers, None; dates as YYYY-MM-DD.

    Examples
    --------
    >>> records(contents()["authority_changes"])[0]["date"]
    '2019-04-01'
    """
    columns = {}
    for field in content.table.fields:
        column = content.frame[field.name]
        if field.type == "date":
            column = column.dt.strftime("%Y-%m-%d")
        plain = column.astype(object)
        columns[field.name] = plain.where(column.notna(), None).tolist()
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


# Parquet


def arrow_table(content: Content) -> "pa.Table":
    """A table as Arrow has it, with the data dictionary in the metadata of schema and fields.

    Fixed vocabularies are dictionaries (ordered where they have an order), dates are days.

    Examples
    --------
    >>> table = arrow_table(contents()["authorities"])
    >>> table.schema.field("easting").metadata[b"unit"]
    b'metres'
    """
    import pyarrow as pa

    arrays, fields = [], []
    for field in content.table.fields:
        column = content.frame[field.name]
        if field.categories:
            array = pa.DictionaryArray.from_arrays(
                pa.array(column.cat.codes.to_numpy(), mask=column.isna().to_numpy()),
                pa.array(field.categories, pa.string()),
                ordered=field.ordered,
            )
        elif field.type == "date":
            array = pa.array(column.dt.date.where(column.notna(), None), pa.date32())
        elif field.type == "integer":
            array = pa.array(column, pa.int64(), from_pandas=True)
        else:
            array = pa.array(column.astype(object), pa.string(), from_pandas=True)
        said = {key: value for key, value in asdict(field).items() if value and key != "name"}
        said |= {k: json.dumps(v, ensure_ascii=False) for k, v in said.items() if _is_group(v)}
        metadata = {key: str(value) for key, value in said.items()}
        arrays.append(array)
        fields.append(
            pa.field(field.name, array.type, nullable=not field.required, metadata=metadata)
        )
    about = {key: value for key, value in content.about.items() if key not in _OF_THE_FILE}
    metadata = {
        "title": content.table.title,
        "description": content.table.description,
        "datapackage": json.dumps(about, ensure_ascii=False),
    }
    return pa.Table.from_arrays(arrays, schema=pa.schema(fields, metadata=metadata))


_OF_THE_FILE = ("path", "format", "mediatype", "encoding", "bytes", "hash")
"""What the description says of the CSV file rather than of the table."""


def _is_group(value: Any) -> bool:
    return isinstance(value, (list, tuple, dict))


def _parquet(content: Content) -> bytes:
    import pyarrow.parquet as pq

    buffer = io.BytesIO()
    pq.write_table(arrow_table(content), buffer, compression="zstd")
    return buffer.getvalue()


# CSV and JSON


def _csv(content: Content) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, content.table.columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(records(content))
    return text.getvalue().encode()


def _csv_files(found: dict[str, Content], data_dir: str | Path | None) -> dict[str, bytes]:
    """The tables as they are in data/, the joined one, and their description."""
    descriptor = schema.descriptor(data_dir)
    files = {c.table.path.name: _csv(c) if n == JOINED else c.table.path.read_bytes()
             for n, c in found.items()}  # fmt: skip
    joined = found[JOINED]
    own = joined.about | stamp.content_stamps(files[joined.table.path.name])
    descriptor["resources"].append(own)
    text = json.dumps(descriptor, indent=2, ensure_ascii=False) + "\n"
    return files | {"datapackage.json": text.encode()}


def _json(content: Content) -> bytes:
    rows = (json.dumps(row, ensure_ascii=False) for row in records(content))
    return ("[\n" + ",\n".join(rows) + "\n]\n").encode()


# SQLite


def _quoted(*names: str) -> str:
    return ", ".join(f'"{name}"' for name in names)


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _create(table: Table) -> str:
    """The SQL that makes a table, with its keys, types and vocabularies."""
    types = {"date": "DATE", "integer": "INTEGER", "string": "TEXT"}
    lines = []
    for field in table.fields:
        line = f"{_quoted(field.name)} {types[field.type]}{' NOT NULL' * field.required}"
        if field.constraints.get("unique"):
            line += " UNIQUE"
        if field.categories:
            line += f" CHECK ({_quoted(field.name)} IN ({', '.join(map(_text, field.categories))}))"
        lines.append(line)
    lines.append(f"PRIMARY KEY ({_quoted(*table.primary_key)})")
    lines += [
        f"FOREIGN KEY ({_quoted(column)}) REFERENCES {_quoted(target)} ({_quoted(key)})"
        for column, target, key in table.foreign_keys
    ]
    if table.name == JOINED:  # only here are both columns of the key
        pair = _quoted("framework_id", "area_id")
        lines.append(f'FOREIGN KEY ({pair}) REFERENCES "judgement_areas" ({pair})')
    return f"CREATE TABLE {_quoted(table.name)} (\n  " + ",\n  ".join(lines) + "\n)"


def _sqlite(found: dict[str, Content]) -> bytes:
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "new.sqlite"
        connection = sqlite3.connect(path)
        try:
            connection.execute("PRAGMA page_size = 4096")
            for content in found.values():
                connection.execute(_create(content.table))
                marks = ", ".join("?" * len(content.table.fields))
                connection.executemany(
                    f"INSERT INTO {_quoted(content.table.name)} VALUES ({marks})",
                    [tuple(row.values()) for row in records(content)],
                )
            connection.execute(
                "CREATE TABLE data_dictionary (table_name TEXT NOT NULL, field TEXT NOT NULL, "
                "type TEXT NOT NULL, unit TEXT, description TEXT NOT NULL, example TEXT, "
                "PRIMARY KEY (table_name, field))"
            )
            connection.executemany(
                "INSERT INTO data_dictionary VALUES (?, ?, ?, ?, ?, ?)",
                [
                    (n, f.name, f.type, f.unit or None, f.description, str(f.example))
                    for n, content in found.items()
                    for f in content.table.fields
                ],
            )
            connection.commit()
            connection.execute("VACUUM")
        finally:
            connection.close()
        return path.read_bytes()


# All of it


def _xlsx(found: dict[str, Content], data_dir: str | Path | None) -> bytes:
    from ofsted_analysis.publish.workbook import workbook

    return workbook(found, data_dir=data_dir)


FORMATS = {
    "parquet": lambda found, _: {f"parquet/{n}.parquet": _parquet(c) for n, c in found.items()},
    "csv": lambda found, folder: {
        f"csv/{n}": content for n, content in _csv_files(found, folder).items()
    },
    "xlsx": lambda found, folder: {"ofsted-analysis.xlsx": _xlsx(found, folder)},
    "sqlite": lambda found, _: {"ofsted-analysis.sqlite": _sqlite(found)},
    "json": lambda found, _: {f"json/{n}.json": _json(c) for n, c in found.items()},
}
"""Each format, with what makes its files by name."""


def export(
    formats: Iterable[str] = tuple(FORMATS),
    out: str | Path = "build/export",
    *,
    data_dir: str | Path | None = None,
) -> list[Path]:
    """Write the tables in other formats: all files of all formats, or none.

    Parameters
    ----------
    formats
        Any of 'parquet', 'csv', 'xlsx', 'sqlite', 'json'; by default all.
    out
        Folder to write to.
    data_dir
        Folder of the tables, if not the packaged ones.

    Returns
    -------
    list of Path
        The files written.

    Raises
    ------
    DataError
        There is no such format, or a file cannot be written.
    """
    chosen = list(dict.fromkeys(formats))
    for name in chosen:
        if name not in FORMATS:
            raise DataError(f"There is no format {name!r}. The formats are: {', '.join(FORMATS)}.")
    found = contents(data_dir)
    files: dict[Path, bytes] = {}
    for name in chosen:
        made = FORMATS[name](found, data_dir)
        files |= {Path(out) / file: content for file, content in made.items()}
    try:
        for folder in {path.parent for path in files}:
            folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DataError(f"cannot be written ({error.strerror}).", Path(out)) from error
    writing.replace_files(files)
    return list(files)
