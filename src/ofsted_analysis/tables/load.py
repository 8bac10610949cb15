"""The tables as DataFrames: real dates, ordered grades, categorical keys."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from ofsted_analysis.tables import schema
from ofsted_analysis.tables.grades import band
from ofsted_analysis.tables.schema import DataError, Field, Table

_TEXT = pd.StringDtype(na_value=np.nan)


def _typed(cells: Sequence[str], field: Field, key: bool) -> pd.Series:
    """A column of text in the type that the data package gives it."""
    if field.required and "" in cells:
        raise ValueError("has an empty cell, but must be known")
    if field.type == "date":
        days = {cell: schema.iso_date(cell) if cell else None for cell in set(cells)}
        return pd.Series(np.array([days[cell] for cell in cells], dtype="datetime64[s]"))
    if field.type == "integer":
        numbers = {cell: schema.whole_number(cell) if cell else None for cell in set(cells)}
        return pd.Series(
            [numbers[cell] for cell in cells], dtype="int64" if field.required else "Int64"
        )
    if field.categories or key:
        categories = field.categories or sorted(set(cells) - {""})
        codes = {category: code for code, category in enumerate(categories)} | {"": -1}
        unknown = sorted(set(cells) - codes.keys())
        if unknown:
            raise ValueError(f"{unknown[0]!r} is not one of: {', '.join(categories)}")
        dtype = pd.CategoricalDtype(pd.Index(categories, dtype=_TEXT), ordered=field.ordered)
        return pd.Series(pd.Categorical.from_codes([codes[c] for c in cells], dtype=dtype))
    return pd.Series([cell or None for cell in cells], dtype=_TEXT)


def _columns(table: Table) -> dict[str, pd.Series]:
    rows, errors = schema.cells(table)
    if errors:
        raise errors[0]
    advice = "'ofsted-analysis check' lists every fault with its line."
    keys = {column for column, _, _ in table.foreign_keys}
    columns = {}
    cells = list(zip(*rows, strict=True)) if rows else [()] * len(table.fields)
    for field, column in zip(table.fields, cells, strict=True):
        try:
            columns[field.name] = _typed(column, field, field.name in keys)
        except ValueError as error:
            raise DataError(f"column {field.name}: {error}. {advice}", table.path) from error
    key = [cells[table.columns.index(column)] for column in table.primary_key]
    if len(set(zip(*key, strict=True))) < len(rows):
        same = ", ".join(table.primary_key)
        raise DataError(f"two rows have the same {same}. {advice}", table.path)
    return columns


def load_table(name: str, *, data_dir: str | Path | None = None) -> pd.DataFrame:
    """One table of the data package, every column in its type.

    Parameters
    ----------
    name
        Name of the table, as in ``datapackage.json``.
    data_dir
        Folder of the tables, if not the packaged ones.

    Returns
    -------
    DataFrame
        The columns of the table in order. Dates are ``datetime64``, integers ``int64`` (nullable
        ``Int64`` where they may be missing), fixed vocabularies and keys of other tables are
        categorical (ordered where they have an order), all else is text.

    Raises
    ------
    DataError
        The table is not in the package, is missing, or does not fit its description.

    Examples
    --------
    >>> load_table("frameworks").dtypes["first_inspection"]
    dtype('<M8[s]')
    """
    tables = schema.tables(data_dir)
    if name not in tables:
        raise DataError(f"There is no table {name!r}. The tables are: {', '.join(tables)}.")
    return pd.DataFrame(_columns(tables[name]))


def load_authorities(*, data_dir: str | Path | None = None) -> pd.DataFrame:
    """English local authorities with responsibility for children's services, now or since 2009.

    Returns
    -------
    DataFrame
        One row per authority: authority_id, name, other_names, ons_code, la_number, ofsted_urn
        (text), region, ofsted_region, authority_type (categorical), easting, northing (metres,
        British National Grid), opened, closed (dates; missing where before 2009 / still open).

    Examples
    --------
    >>> authorities = load_authorities()
    >>> int(authorities["closed"].isna().sum())
    153
    """
    return load_table("authorities", data_dir=data_dir)


def load_frameworks(*, data_dir: str | Path | None = None) -> pd.DataFrame:
    """The programmes of graded inspections since 2009.

    Returns
    -------
    DataFrame
        One row per framework: framework_id, name, report_title, first_inspection,
        last_inspection (dates), replaces (text), third_grade, notice (categorical),
        inspected_with, description (text), source_id.

    Examples
    --------
    >>> load_frameworks().sort_values("first_inspection")["framework_id"].tolist()
    ['slac', 'cp', 'lac', 'sif', 'ilacs']
    """
    return load_table("frameworks", data_dir=data_dir)


def load_areas(*, data_dir: str | Path | None = None) -> pd.DataFrame:
    """What each framework graded, and what it can be compared with.

    Returns
    -------
    DataFrame
        One row per area of a framework: framework_id, area_id, label, label_variants, position,
        theme (categorical), comparability (ordered: none < partial < direct),
        comparability_note, first_used, last_used (dates).

    Examples
    --------
    >>> areas = load_areas()
    >>> areas.query("framework_id == 'sif' and theme == 'adoption'")["label"].item()
    'Adoption performance'
    """
    return load_table("judgement_areas", data_dir=data_dir)


def load_inspections(*, data_dir: str | Path | None = None) -> pd.DataFrame:
    """Every graded inspection.

    Returns
    -------
    DataFrame
        One row per inspection: inspection_id, authority_id, framework_id, inspection_type
        (categorical), first_day, last_day (dates), date_precision (categorical), days_note,
        published_date (date), report_url, source_id.

    Examples
    --------
    >>> inspections = load_inspections().set_index("inspection_id")
    >>> str(inspections.loc["west-sussex-ilacs-2019-03", "last_day"].date())
    '2019-03-08'
    """
    return load_table("inspections", data_dir=data_dir)


def load_sources(*, data_dir: str | Path | None = None) -> pd.DataFrame:
    """Where each fact comes from.

    Returns
    -------
    DataFrame
        One row per source: source_id, kind (categorical), publisher, title, published_date
        (date), url.

    Examples
    --------
    >>> bool(load_sources()["url"].str.startswith("http").all())
    True
    """
    return load_table("sources", data_dir=data_dir)


def load_published_figures(*, data_dir: str | Path | None = None) -> pd.DataFrame:
    """What Ofsted and others have published about these outcomes.

    Returns
    -------
    DataFrame
        One row per figure: figure_id, as_at (date), published_by, framework_id (several are
        separated by '|'), scope, theme, measure, value (as printed), unit, numerator, denominator
        (where printed), basis_note, source_id (and then what `reconcile` counts by), population
        (categorical), inspected_from, published_from, published_cutoff (dates), given, counted,
        statistic (categorical), minus, value_from, value_to, explanation.

    Examples
    --------
    >>> load_published_figures()["figure_id"].is_unique
    True
    """
    return load_table("published_figures", data_dir=data_dir)


def load_judgements(*, data_dir: str | Path | None = None) -> pd.DataFrame:
    """Every judgement, with what one needs to know of its inspection, authority and area.

    Returns
    -------
    DataFrame
        One row per judgement, sorted by inspection and the order of the page:

        - inspection_id, authority_id (categorical), authority (its name), region,
          ofsted_region, authority_type, framework_id (categorical)
        - inspection_type (categorical), first_day, last_day (dates), date_precision
          (categorical), published_date (date)
        - area_id, area (its label), position, theme (categorical), comparability (ordered)
        - grade (ordered categorical, missing where not judged), band (ordered: inadequate <
          third < good < outstanding), status (categorical)
        - certainty (ordered: implied < stated < restated < report), source_id, locator,
          report_url

    Examples
    --------
    >>> judgements = load_judgements()
    >>> row = judgements.query("inspection_id == 'west-sussex-ilacs-2019-03'").iloc[0]
    >>> row["authority"], row["area_id"], row["grade"], row["locator"]
    ('West Sussex', 'leaders', 'inadequate', 'page 1')
    """
    judgements = load_table("judgements", data_dir=data_dir)
    inspections = load_inspections(data_dir=data_dir)
    authorities = load_authorities(data_dir=data_dir).rename(columns={"name": "authority"})
    areas = load_areas(data_dir=data_dir).rename(columns={"label": "area"})
    judgements["inspection_id"] = judgements["inspection_id"].astype(str)
    inspections["authority_id"] = inspections["authority_id"].astype(str)
    frame = judgements.merge(
        inspections.drop(columns=["source_id", "days_note"]), on="inspection_id", how="left"
    )
    frame["framework_id"] = frame["framework_id"].astype(str)
    frame = frame.merge(
        authorities[["authority_id", "authority", "region", "ofsted_region", "authority_type"]],
        on="authority_id",
        how="left",
    ).merge(
        areas.astype({"framework_id": str})[
            ["framework_id", "area_id", "area", "position", "theme", "comparability"]
        ],
        on=["framework_id", "area_id"],
        how="left",
    )
    frame = frame.sort_values(["inspection_id", "position"], kind="stable", ignore_index=True)
    frame["band"] = band(frame["grade"])
    for column in ("inspection_id", "authority_id", "framework_id", "area_id"):
        frame[column] = frame[column].astype("category")
    return frame[_JUDGEMENT_COLUMNS]


_JUDGEMENT_COLUMNS = [
    "inspection_id",
    "authority_id",
    "authority",
    "region",
    "ofsted_region",
    "authority_type",
    "framework_id",
    "inspection_type",
    "first_day",
    "last_day",
    "date_precision",
    "published_date",
    "area_id",
    "area",
    "position",
    "theme",
    "comparability",
    "grade",
    "band",
    "status",
    "certainty",
    "source_id",
    "locator",
    "report_url",
]
