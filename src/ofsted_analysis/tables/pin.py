"""The record as it was known on an earlier day."""

import atexit
import json
import shutil
import tempfile
from pathlib import Path

import pandas as pd

from ofsted_analysis.tables import load, schema
from ofsted_analysis.tables.days import Day, as_day
from ofsted_analysis.tables.errors import DataError


def pin(date: Day | None) -> pd.Timestamp:
    """Take the record as it was known on a day, for the rest of the session.

    For a story whose sentences are about one day: whatever is added to the record later leaves it
    as it is. Inspections and visits published after the day are left out, and circumstances dated
    after it, and the record is complete to that day. What was put right in the meantime is right
    here, too.

    Parameters
    ----------
    date
        A day up to which the record is complete; None for the whole record again.

    Returns
    -------
    Timestamp
        The day; the end of the record for None.

    Raises
    ------
    DataError
        It is not a date, or after the end of the record.

    Examples
    --------
    >>> pin("2025-03-31")
    Timestamp('2025-03-31 00:00:00')
    >>> load.load_inspections()["published_date"].max()
    Timestamp('2025-03-18 00:00:00')
    >>> end = pin(None)
    """
    whole = schema.default_data_dir()
    end = schema.descriptor(whole)["completeTo"]
    taken = as_day(end if date is None else date, "date")
    day = str(taken.date())
    if day > end:
        raise DataError(f"The record is complete to {end}: it can't be pinned to {day}.")
    schema.use_data_dir(None if day == end else _as_known_on(day, whole))
    return taken


def _as_known_on(day: str, whole: Path) -> Path:
    """A folder of the tables without what was published after a day."""
    folder = Path(tempfile.mkdtemp(prefix="ofsted-analysis-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    shutil.copytree(whole, folder, dirs_exist_ok=True)
    described = schema.descriptor(whole) | {"completeTo": day}
    (folder / "datapackage.json").write_text(json.dumps(described), encoding="utf-8")
    later: set[str] = set()
    for name in ("inspections", "visits", "judgements", "events", "context"):
        text = pd.DataFrame(load.rows(name, whole))
        if name in ("inspections", "visits"):
            gone = text["published_date"] > day
            gone |= text["last_day"] > day
        elif name == "context":
            gone = text["date"] > day
        else:
            gone = text["inspection_id"].isin(later)
        if name == "inspections":
            later = {*text.loc[gone, "inspection_id"]}
        text[~gone].to_csv(folder / f"{name}.csv", index=False, lineterminator="\n")
    return folder
