"""What charts of snapshots count, and what a snapshot says of itself."""

from collections.abc import Iterable

import pandas as pd

from ofsted_analysis.analysis.themes import themes_of
from ofsted_analysis.charts import style
from ofsted_analysis.tables.errors import DataError


def part(standing: pd.DataFrame) -> pd.Series:
    """The grade of each row as printed or, without one, the reason; in the order of the scale."""
    order = [name for name in style.SCALE if name != "third"]
    found = standing["grade"].astype(object).fillna(standing["reason"].astype(object))
    return found.astype(pd.CategoricalDtype(order, ordered=True))


def wide(counts: pd.DataFrame, by: str) -> pd.DataFrame:
    """Counts with a column for each part that occurs, a row for each group."""
    table = counts.set_index([by, "part"])["n"].unstack()  # noqa: PD010
    return table.loc[:, table.any().to_numpy()]


SETTLED = 0.95
"""Share of authorities that must be graded on both dates that are set against each other."""


def settled(snapshots: Iterable[pd.DataFrame]) -> bool:
    """Whether nearly all authorities that existed were graded in every one of some snapshots."""
    return all(rows["band"].notna().mean() >= SETTLED for rows in snapshots)


def day_of(snapshot: pd.DataFrame) -> pd.Timestamp | None:
    """The date of a snapshot, as it says itself or from its rows; None where neither tells."""
    if "date" in snapshot.attrs:
        return pd.Timestamp(snapshot.attrs["date"])
    known = snapshot.dropna(subset=["last_day"])
    if known.empty:
        return None
    row = known.iloc[0]
    return pd.Timestamp(row["last_day"]) + pd.Timedelta(days=int(row["days_since"]))


def theme_of(snapshot: pd.DataFrame) -> str | None:
    """The theme of a snapshot, from the areas in its rows; None where there are none."""
    themes = themes_of(snapshot)
    return themes[0] if len(themes) == 1 else None


def check_snapshot(snapshot: pd.DataFrame) -> None:
    """Whether these are rows that a chart of a snapshot can draw; DataError if not."""
    needed = ["authority_id", "authority", "framework_id", "area_id", "grade", "band", "reason"]
    missing = [column for column in needed if column not in snapshot]
    if missing:
        raise DataError(
            f"A snapshot as from as_at is needed; these rows lack: {', '.join(missing)}."
        )
    if snapshot.empty:
        raise DataError("The snapshot has no rows: there is no authority to draw.")
