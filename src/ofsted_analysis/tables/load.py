"""The tables as DataFrames: text first, held against its description, then real types.

Every table is read in one way. `read_rows` gives the cells as they stand in the file; `load_table`
holds them against their columns, casts what fits and keeps it, for as long as the file stays as it
is.
"""

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

from ofsted_analysis.tables import schema
from ofsted_analysis.tables.errors import DataError
from ofsted_analysis.tables.grades import band
from ofsted_analysis.tables.schema import Field, Table

# Text

Rows = list[dict[str, str]]
Found = TypeVar("Found")


def read_rows(table: Table) -> tuple[Rows, list[DataError]]:
    """The rows of a table as text, and whatever keeps its file from being that table.

    Returns
    -------
    (list of dict, list of DataError)
        One dict per row of the file, by column, an empty cell an empty string. Without rows if
        anything is wrong.
    """
    columns, errors = _read_columns(table)
    names = columns.column_names
    cells = zip(*(column.fill_null("").to_pylist() for column in columns.columns), strict=True)
    return [dict(zip(names, row, strict=True)) for row in cells], errors


def _read_columns(table: Table) -> tuple[pa.Table, list[DataError]]:
    """The same by column, an empty cell missing."""
    names, path = table.columns, table.path
    none = pa.table({name: pa.array([], pa.string()) for name in names})
    try:
        content = path.read_bytes()
    except OSError as error:
        return none, [DataError(f"cannot be read ({error.strerror}).", path)]
    if (plain := _plain(content, names)) is not None:
        return plain, []
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        wrong = "is not UTF-8 text: save the file as UTF-8."
        return none, [DataError(wrong, path, line)]
    rows: list[list[str]] = []
    errors: list[DataError] = []
    line = 1
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        if wrong := _header_fault(next(reader, []), names):
            return none, [DataError(wrong, path, 1)]
        for line, row in enumerate(reader, start=2):
            if reader.line_num != line:
                errors.append(DataError(f"runs over several lines: {_QUOTE}", path, line))
                break
            if len(row) != len(names):
                wrong = f"has {len(row)} cells, not {len(names)}." if row else "is empty."
                errors.append(DataError(wrong, path, line))
            rows.append(row)
    except csv.Error as error:
        wrong = f"is not a row of a CSV table ({error}): {_QUOTE}"
        errors.append(DataError(wrong, path, line + 1))
    if errors or not rows:
        return none, errors
    columns = zip(*rows, strict=True)
    arrays = [pa.array([cell or None for cell in cells], pa.string()) for cells in columns]
    return pa.table(arrays, names), []


def _plain(content: bytes, names: list[str]) -> pa.Table | None:
    """The columns of a sound file without quotation marks, which Arrow reads much faster."""
    if content.startswith(b"\xef\xbb\xbf") or any(sign in content for sign in (b'"', b"\r", b"\0")):
        return None
    text = dict.fromkeys(names, pa.string())
    try:
        found = arrow_csv.read_csv(
            pa.py_buffer(content),
            arrow_csv.ReadOptions(use_threads=False, block_size=len(content) + 1),
            arrow_csv.ParseOptions(quote_char=False, ignore_empty_lines=False),
            arrow_csv.ConvertOptions(column_types=text, strings_can_be_null=True, null_values=[""]),
        )
    except pa.ArrowInvalid:
        return None
    return found if found.column_names == names and len(names) > 1 and len(found) else None


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


def rows_of(table: Table) -> Rows:
    """The rows of a table as text, as from `read_rows`.

    Raises
    ------
    DataError
        The file is missing, or is not the table described; the message has file and line.
    """
    rows, errors = read_rows(table)
    if errors:
        raise errors[0]
    return rows


def rows(name: str, folder: str | Path | None = None) -> Rows:
    """The rows of one table as text, an empty cell as an empty string.

    Raises
    ------
    DataError
        As `rows_of`.

    Examples
    --------
    >>> [row["third_grade"] for row in rows("frameworks")]
    ['adequate', 'requires improvement', 'adequate', 'requires improvement', 'adequate']
    """
    return rows_of(schema.table(name, folder))


# Types


def typed(cells: pa.ChunkedArray, field: Field) -> Any:
    """A column of text that fits its description, in its type; an empty cell is missing.

    Examples
    --------
    >>> typed(pa.chunked_array([["3", None]]), Field("rank", "integer", "")).tolist()
    [3, <NA>]
    """
    if field.type == "date":
        return pd.array(cells.cast(pa.timestamp("s")).to_numpy())
    if field.type == "integer":
        numbers = cells.cast(pa.int64())
        return numbers.to_numpy() if field.required else pd.array(numbers.to_pylist(), "Int64")
    if field.type == "number":
        return cells.cast(pa.float64()).to_numpy()
    if field.categories:
        dtype = pd.CategoricalDtype(list(field.categories), ordered=field.ordered)
        codes = pc.index_in(cells, value_set=pa.array(field.categories)).fill_null(-1)
        return pd.Categorical.from_codes(codes.to_numpy(), dtype=dtype)
    return pd.array(cells, dtype="str")


Versions = tuple[tuple[int, int, int], ...]


def versions(names: Iterable[str], folder: Path) -> Versions:
    """The state of some tables' files and of their description, by which what is kept is known.

    Raises
    ------
    DataError
        A table is not in the package, or its file is missing.
    """
    described = schema.tables(folder)
    paths = [folder / "datapackage.json", *(schema.named(name, described).path for name in names)]
    return tuple(schema.version(path) for path in paths)


def of_one_state(names: Iterable[str], folder: Path, read: Callable[[Versions], Found]) -> Found:
    """What is read of several tables, all of one state, while another process may write them.

    Parameters
    ----------
    names
        The tables.
    folder
        Their folder.
    read
        Reads them, given their state; called again if one was replaced meanwhile.

    Raises
    ------
    DataError
        As `versions`, and whatever ``read`` raises.

    Examples
    --------
    >>> of_one_state(["rules"], schema.data_dir(), lambda _: len(rows("rules")))
    8
    """
    names = list(names)
    while True:
        state = versions(names, folder)
        found = read(state)
        if versions(names, folder) == state:  # which waits for a writer at work
            return found


@lru_cache(maxsize=64)
def _table(folder: Path, name: str, _: Versions) -> pd.DataFrame:
    table = schema.tables(folder)[name]
    columns, errors = _read_columns(table)
    if errors:
        raise errors[0]
    advice = "'ofsted-analysis check' lists every fault."
    for field in table.fields:
        cells = columns[field.name]
        for cell in cells.unique().to_pylist():
            if wrong := field.misfit(cell or ""):
                line = cells.to_pylist().index(cell) + 2
                raise DataError(f"column {field.name}: {wrong}. {advice}", table.path, line)
    key = [columns[name].fill_null("") for name in table.primary_key]
    joined = pc.binary_join_element_wise(*key, ",")
    if pc.count_distinct(joined).as_py() < len(joined):
        keys = joined.to_pylist()
        line = next(line for line, key in enumerate(keys, 2) if key in keys[: line - 2])
        same = ", ".join(table.primary_key)
        raise DataError(f"has the same {same} as a row before. {advice}", table.path, line)
    return pd.DataFrame({field.name: typed(columns[field.name], field) for field in table.fields})


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
        The columns of the table in order. Dates are ``datetime64[s]``, integers ``int64`` (nullable
        ``Int64`` where they may be missing), other numbers ``float64``, fixed vocabularies
        categorical (ordered where they have an order), keys and all else text (``str``). It is
        yours to change: what is kept for the next call stays as it is.

    Raises
    ------
    DataError
        The table is not in the package, is missing, or does not fit its description.

    Examples
    --------
    >>> load_table("neighbours").head(2)
      model          authority_id neighbour_id  rank        closeness
    0  2021  barking-and-dagenham    greenwich     1            close
    1  2021  barking-and-dagenham      enfield     2   somewhat close
    """
    folder = schema.data_dir(data_dir)
    return _table(folder, name, versions([name], folder)).copy(deep=False)


def _together(names: Sequence[str], data_dir: str | Path | None) -> list[pd.DataFrame]:
    """Several tables of one state."""
    folder = schema.data_dir(data_dir)
    return of_one_state(
        names, folder, lambda _: [load_table(name, data_dir=folder) for name in names]
    )


def load_authorities(*, data_dir: str | Path | None = None) -> pd.DataFrame:
    """English local authorities with responsibility for children's services, now or since 2009.

    Returns
    -------
    DataFrame
        One row per authority: authority_id, name, other_names, short_name, ons_code, la_number,
        ofsted_urn (text), region, ofsted_region, authority_type (categorical), easting, northing
        (metres, British National Grid), opened, closed (dates; missing where before 2009 / still
        open).

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
        One row per framework: framework_id, name, label, display_group, report_title,
        first_inspection,
        last_inspection (dates), replaces (text), third_grade, notice (categorical),
        longest_visit, longest_inspection (int, days), inspected_with, description (text),
        source_id.

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
        One row per area of a framework: framework_id, area_id, label, label_variants,
        short_label, position, limits_overall (categorical: whether an inadequate grade makes the
        whole inadequate by the framework's rule), theme (categorical), also_theme, comparability
        (ordered: none < partial < direct), comparability_note, first_used, last_used (dates).

    Examples
    --------
    >>> areas = load_areas()
    >>> areas.query("framework_id == 'sif' and theme == 'adoption'")["label"].item()
    'Adoption performance'
    """
    return load_table("judgement_areas", data_dir=data_dir)


def load_inspections(*, data_dir: str | Path | None = None) -> pd.DataFrame:
    """Every graded inspection, and the review of a safeguarding board alone (`inspection_type`).

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


def load_visits(*, data_dir: str | Path | None = None) -> pd.DataFrame:
    """What Ofsted did between graded inspections: focused visits, joint targeted area inspections.

    Not complete: the available letters end on the day in the table ``visit_kinds`` (load_table),
    and monitoring visits after an inadequate grade are not among them.

    Returns
    -------
    DataFrame
        One row per visit, sorted by authority and last day: visit_id, authority_id, authority,
        region, ofsted_region, authority_type, kind (categorical), first_day, last_day (dates;
        first_day missing where only the month is known), date_precision (categorical),
        published_date (date), theme (what was looked at; text), priority_action (categorical: 'yes'
        where the letter names an area for priority action, 'no' where it names none, missing where
        the letter was not read), areas_for_priority_action (number), source_id, locator, link.

    Examples
    --------
    >>> visits = load_visits()
    >>> visits.query("authority == 'Norfolk'")[["kind", "last_day", "theme"]].tail(1)
                                    kind   last_day           theme
    ...  joint targeted area inspection 2024-12-13  domestic abuse
    """
    who = ["authority_id", "authority", "region", "ofsted_region", "authority_type"]
    visits, authorities, sources = _together(("visits", "authorities", "sources"), data_dir)
    authorities = authorities.rename(columns={"name": "authority"})
    urls = sources.set_index("source_id")["url"]
    frame = visits.merge(authorities[who], on="authority_id", how="left")
    frame["link"] = frame["source_id"].map(urls)
    rest = [column for column in frame if column not in ("visit_id", *who)]
    frame = frame[["visit_id", *who, *rest]]
    return frame.sort_values(["authority_id", "last_day", "visit_id"], ignore_index=True)


def load_events(*, data_dir: str | Path | None = None) -> pd.DataFrame:
    """What followed inspections: notices, directions, commissioners, boards, trusts.

    Not complete: events found in public sources. Where none is found, there may have been one.

    Returns
    -------
    DataFrame
        One row per event, sorted by authority and date: event_id, authority_id, authority, date
        (of an event known to the month or year, the last day of it), date_precision (categorical),
        kind (categorical), status (categorical: 'happened', 'announced', 'planned'), certainty
        (ordered: implied < stated < restated), inspection_id (which it followed; missing where that
        is not known), source_id, note, link.

    Examples
    --------
    >>> events = load_events().query("authority == 'Norfolk' and status == 'happened'")
    >>> events[["date", "kind"]].tail(1)
              date                 kind
    ... 2016-12-31  statutory direction
    """
    events, authorities, sources = _together(("events", "authorities", "sources"), data_dir)
    urls = sources.set_index("source_id")["url"]
    frame = events.merge(authorities[["authority_id", "name"]], on="authority_id", how="left")
    frame = frame.rename(columns={"name": "authority"}).assign(link=frame["source_id"].map(urls))
    columns = ["event_id", "authority_id", "authority", "date", "date_precision", "kind", "status",
               "certainty", "inspection_id", "source_id", "note", "link"]  # fmt: skip
    return frame[columns].sort_values(["authority_id", "date", "event_id"], ignore_index=True)


def load_context(*, data_dir: str | Path | None = None) -> pd.DataFrame:
    """Circumstances of each authority: children, need, workforce, spending, deprivation.

    What each measure is, with its unit, is in the table ``context_measures`` (load_table). A value
    that was suppressed has no row. To set them beside grades, see `with_context`.

    Returns
    -------
    DataFrame
        One row per authority, measure and date, in this order: authority_id, authority, measure,
        title (of the measure), date (the day, or the last of the period), value (float), unit,
        source_id, note (where one figure was published for two authorities), link.

    Examples
    --------
    >>> rate = load_context().query("authority == 'Norfolk' and measure == 'agency_rate'")
    >>> rate[["date", "value", "unit"]].tail(1)
              date  value                        unit
    ... 2025-09-30    1.3  % of full-time equivalents
    """
    tables = ("context", "context_measures", "authorities", "sources")
    frame, measures, authorities, sources = _together(tables, data_dir)
    measures = measures.set_index("measure")
    urls = sources.set_index("source_id")["url"]
    names = authorities.set_index("authority_id")["name"]
    frame["authority"] = frame["authority_id"].map(names)
    for column in ("title", "unit"):
        frame[column] = frame["measure"].map(measures[column])
    frame["link"] = frame["source_id"].map(urls)
    return frame[["authority_id", "authority", "measure", "title", "date", "value", "unit",
                  "source_id", "note", "link"]]  # fmt: skip


def load_sources(*, data_dir: str | Path | None = None) -> pd.DataFrame:
    """Where each fact comes from.

    Returns
    -------
    DataFrame
        One row per source: source_id, kind (categorical), publisher, title, published_date
        (date), url.

    Examples
    --------
    >>> load_sources()["kind"].value_counts().index[0]
    'ofsted report'
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

        - inspection_id, authority_id, ons_code (valid on the last day of inspection), authority
          (its name; all text), region, ofsted_region, authority_type (categorical),
          framework_id (text)
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
    folder = schema.data_dir(data_dir)
    joined = of_one_state(JOINED, folder, lambda state: _judgements(folder, state))
    return joined.copy(deep=False)


JOINED = ("judgements", "inspections", "authorities", "authority_codes", "judgement_areas")
"""The tables that `load_judgements` joins."""


@lru_cache(maxsize=8)
def _judgements(folder: Path, _: Versions) -> pd.DataFrame:
    inspections = load_inspections(data_dir=folder).drop(columns=["source_id", "days_note"])
    authorities = load_authorities(data_dir=folder).rename(columns={"name": "authority"})
    areas = load_areas(data_dir=folder).rename(columns={"label": "area"})
    codes = load_table("authority_codes", data_dir=folder).query("code_type == 'ons'")
    codes = inspections[["inspection_id", "authority_id", "last_day"]].merge(codes)
    then = codes["last_day"]
    codes = codes[~(codes["valid_from"] > then) & ~(codes["valid_to"] < then)]
    codes = codes.rename(columns={"code": "ons_code"})[["inspection_id", "ons_code"]]
    who = ["authority_id", "authority", "region", "ofsted_region", "authority_type"]
    what = ["framework_id", "area_id", "area", "position", "theme", "comparability"]
    frame = (
        load_table("judgements", data_dir=folder)
        .merge(inspections, on="inspection_id", how="left")
        .merge(codes, on="inspection_id", how="left")
        .merge(authorities[who], on="authority_id", how="left")
        .merge(areas[what], on=["framework_id", "area_id"], how="left")
        .sort_values(["inspection_id", "position"], kind="stable", ignore_index=True)
    )
    frame["band"] = band(frame["grade"])
    return frame[_JUDGEMENT_COLUMNS]


_JUDGEMENT_COLUMNS = [
    "inspection_id",
    "authority_id",
    "ons_code",
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
