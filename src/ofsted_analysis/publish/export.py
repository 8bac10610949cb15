"""The tables in other people's formats: Parquet, CSV, Excel, SQLite, JSON, Stata, SPSS.

Every format holds every table and, as ``judgements_joined``, what `load_judgements` gives. The same
data give the same bytes, whenever and wherever they are written.
"""

import csv
import io
import json
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ofsted_analysis.publish.contents import JOINED, Content, contents, records
from ofsted_analysis.publish.labelled import spss, stata
from ofsted_analysis.publish.workbook import workbook
from ofsted_analysis.tables import days, schema, writing
from ofsted_analysis.tables.errors import DataError
from ofsted_analysis.tables.load import Versions, of_one_state
from ofsted_analysis.tables.schema import Table

if TYPE_CHECKING:
    import pyarrow as pa

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
        elif field.type == "number":
            array = pa.array(column, pa.float64(), from_pandas=True)
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
    own = joined.about | schema.content_stamps(files[joined.table.path.name])
    descriptor["resources"].append(own)
    text = json.dumps(descriptor, indent=2, ensure_ascii=False) + "\n"
    return files | {"datapackage.json": text.encode()}


def _safe_csv(content: Content) -> bytes:
    """A CSV file to be opened in a spreadsheet, where no cell counts as a formula."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(content.table.columns)
    writer.writerows([_safe(cell) for cell in row.values()] for row in records(content))
    return text.getvalue().encode("utf-8-sig")


def _safe(cell: Any) -> Any:
    """A text that a spreadsheet would reckon as a formula, with an apostrophe before it."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in tuple("=+-@\t\r") else cell


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
    types = {"date": "DATE", "integer": "INTEGER", "number": "REAL", "string": "TEXT"}
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
    with closing(sqlite3.connect(":memory:")) as connection:
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
        return connection.serialize()


# All of it


def _xlsx(found: dict[str, Content], data_dir: str | Path | None) -> bytes:
    return workbook(found, data_dir=data_dir)


def _day(data_dir: str | Path | None) -> date:
    """The day of the data, which files bear that must have one."""
    return days.iso_date(str(schema.descriptor(data_dir)["completeTo"]))


FORMATS = {
    "parquet": lambda found, _: {f"parquet/{n}.parquet": _parquet(c) for n, c in found.items()},
    "csv": lambda found, folder: {
        f"csv/{n}": content for n, content in _csv_files(found, folder).items()
    },
    "csv-excel": lambda found, _: {f"csv-excel/{n}.csv": _safe_csv(c) for n, c in found.items()},
    "xlsx": lambda found, folder: {"ofsted-analysis.xlsx": _xlsx(found, folder)},
    "sqlite": lambda found, _: {"ofsted-analysis.sqlite": _sqlite(found)},
    "json": lambda found, _: {f"json/{n}.json": _json(c) for n, c in found.items()},
    "stata": lambda found, folder: {
        f"stata/{n}.dta": stata(c, _day(folder)) for n, c in found.items()
    },
    "spss": lambda found, folder: {
        f"spss/{n}.sav": spss(c, _day(folder)) for n, c in found.items()
    },
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
        Any of 'parquet', 'csv', 'csv-excel' (for spreadsheets: UTF-8 with a byte order mark, no
        cell a formula), 'xlsx', 'sqlite', 'json', 'stata', 'spss'; by default all.
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
    folder = schema.data_dir(data_dir)

    def made(_: Versions) -> dict[Path, bytes]:
        found = contents(folder)
        return {Path(f): c for name in chosen for f, c in FORMATS[name](found, folder).items()}

    files = of_one_state(schema.tables(folder), folder, made)
    writing.replace_files(files, Path(out))
    return [Path(out) / file for file in files]
