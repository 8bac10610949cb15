"""A user's own table in place of the packaged one, held against what the loader gives."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from ofsted_analysis.tables.errors import DataError
from ofsted_analysis.tables.load import load_authorities, load_judgements

_REQUIRED = {"inspection_id", "authority_id", "framework_id", "area_id", "last_day"}


def judgements(data: pd.DataFrame | None, columns: Sequence[str]) -> pd.DataFrame:
    """Some columns of the judgements given, or of the packaged ones if none are.

    A key or a theme may be one that the packaged tables lack; a grade or a day must be one.

    Parameters
    ----------
    data
        Judgements as from `load_judgements`, or read back from a file; None for the packaged ones.
    columns
        The columns needed.

    Returns
    -------
    DataFrame
        These columns, in the types that `load_judgements` gives them.

    Raises
    ------
    DataError
        It is no DataFrame, or a column is missing or has a value that it cannot have.

    Examples
    --------
    >>> own = pd.DataFrame({"theme": ["overall"], "grade": ["good"]})
    >>> judgements(own, ["theme", "grade"])
         theme grade
    0  overall  good
    """
    return _conform(data, load_judgements(), columns, "judgements")


def authorities(given: pd.DataFrame | None, columns: Sequence[str]) -> pd.DataFrame:
    """Some columns of the authorities given, or of the packaged ones, as `judgements` has them.

    Examples
    --------
    >>> authorities(None, ["authority_id", "opened"]).shape
    (158, 2)
    """
    return _conform(given, load_authorities(), columns, "authorities")


def _conform(
    own: pd.DataFrame | None, packaged: pd.DataFrame, columns: Sequence[str], what: str
) -> pd.DataFrame:
    if own is None:
        return packaged[list(columns)]
    if not isinstance(own, pd.DataFrame):
        kind = type(own).__name__
        raise DataError(f"The {what} must be a DataFrame as from load_{what}(), not a {kind}.")
    missing = [column for column in columns if column not in own]
    if missing:
        raise DataError(
            f"The {what} lack the column {', '.join(missing)}; pass rows of load_{what}()."
        )
    if own.columns.duplicated().any():
        twice = own.columns[own.columns.duplicated()][0]
        raise DataError(f"The {what} have the column {twice!r} twice.")
    found = {}
    for column in columns:
        values = own[column]
        if values.dtype != packaged[column].dtype:
            try:
                values = _cast(values, packaged[column].dtype)
            except (TypeError, ValueError) as error:
                raise DataError(f"Of the {what}, {column}: {error}.") from error
        if column in _REQUIRED and values.isna().any():
            raise DataError(f"Of the {what}, {column} is empty in some rows.")
        found[column] = values
    return pd.DataFrame(found).reset_index(drop=True)


def _cast(values: pd.Series, dtype: Any) -> pd.Series:
    """A column of text, or with other categories, in the type that it should have."""
    if isinstance(dtype, pd.CategoricalDtype):
        if not dtype.ordered:
            return values.astype("category")
        wrong = values[values.notna() & ~values.isin(dtype.categories)]
        if len(wrong):
            raise ValueError(f"{wrong.iloc[0]!r} is not one of: {', '.join(dtype.categories)}")
        return values.astype("str").astype(dtype)
    if pd.api.types.is_datetime64_dtype(dtype):
        if pd.api.types.is_numeric_dtype(values) and values.notna().any():
            raise ValueError(f"{values.dropna().iloc[0]} is not a date (YYYY-MM-DD)")
        format_ = "ISO8601" if pd.api.types.is_string_dtype(values) else None
        days = pd.to_datetime(values, format=format_)
        return days.dt.tz_localize(None).dt.normalize().astype(dtype)
    return values.astype(dtype)
