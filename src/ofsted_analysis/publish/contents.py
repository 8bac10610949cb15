"""What every export holds: each table with its rows, and all judgements with what is about them."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from ofsted_analysis.tables import schema
from ofsted_analysis.tables.grades import BANDS
from ofsted_analysis.tables.load import load_judgements, load_table
from ofsted_analysis.tables.schema import Field, Table

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


_CODE = Field(
    name="ons_code",
    type="string",
    description="Code of the Office for National Statistics that the authority had on the last day "
    "of the inspection.",
    example="E06000043",
)
_OWN = {field.name: field for field in (_BAND, _CODE)}
"""The columns that are in no table."""


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
        if own := _OWN.get(column):
            fields.append(own)
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
        spec: dict[str, Any] = {
            "name": field.name,
            "type": field.type,
            "description": field.description,
        }
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
    """The rows of a table in plain types: text, numbers, None; dates as YYYY-MM-DD.

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
