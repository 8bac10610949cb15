"""The library under wrong use: an answer, or an error that says what to do.

    python tools/break_library.py

Calls every public function with odd values in place of each argument, and prints how many calls
ended in anything but an answer, a DataError or an UnknownAuthorityError: part of
`make attack`. Doesn't write anything.
"""

import datetime
import inspect
import sys
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

import ofsted_analysis as oa
from ofsted_analysis.analysis import change, judgements
from ofsted_analysis.analysis.shares import random_allocation_test

ODD: list[Any] = [
    None, float("nan"), pd.NA, pd.NaT, "", " ", "overall", "Norfolk", "good", "2025-03-31",
    "31.3.2025", "2031-01-01", "0001-01-01", "9999-12-31", 0, 7, -1, 1.5, 10**30, True, [], [None],
    ["overall", "x"], ["Norfolk", None], {}, {"a": ["Norfolk"]}, ("good",), {"good"}, object(),
    b"bytes", datetime.date(2025, 3, 31), datetime.datetime(2025, 3, 31, 12),
    np.datetime64("2025-03-31"), np.datetime64("NaT"), np.int64(3), pd.Timestamp("2025-03-31"),
    pd.Timestamp("2025-03-31", tz="UTC"), pd.Timedelta(days=3), pd.Series(["2025-03-31"]),
    "\u202e\u200b", "x" * 10_000,
]  # fmt: skip


def frames() -> dict[str, Any]:
    """Odd tables of judgements."""
    good = oa.load_judgements()
    return {
        "nothing": pd.DataFrame(),
        "no rows": good.iloc[:0],
        "a column lost": good.drop(columns="authority_id"),
        "days lost": good.drop(columns="last_day"),
        "shuffled": good.sample(frac=1, random_state=1),
        "doubled": pd.concat([good, good]),
        "as text": good.astype(str),
        "grades as text": good.astype({"grade": "str", "band": "str"}),
        "grades of another": good.astype({"band": "str"}).assign(band="fair"),
        "days as numbers": good.assign(last_day=1),
        "days in a zone": good.assign(last_day=good["last_day"].dt.tz_localize("UTC")),
        "days missing": good.assign(last_day=pd.NaT),
        "keys missing": good.assign(authority_id=None),
        "a list": good.to_dict("records"),
        "an array": good.to_numpy(),
        "another index": good.set_index("inspection_id"),
        "a column twice": pd.concat([good, good["band"]], axis=1),
        "columns in levels": pd.concat({"a": good}, axis=1),
    }


def calls() -> Iterator[tuple[str, Any, tuple, dict]]:
    """(name, function, positional arguments, keyword arguments)"""
    snapshot, spells, pairs = oa.as_at("2025-03-31"), oa.spells(), oa.transitions()
    wide = judgements.judgements_wide("ilacs")
    four = ["leaders", "help_and_protection"]
    functions: dict[Any, dict[str, Any]] = {
        oa.as_at: {"date": "2025-03-31", "theme": "overall", "published_by": None,
                   "latest": "graded", "authorities": None},
        oa.panel: {"dates": ["2025-03-31"], "theme": "overall", "published_by_lag": 3,
                   "who": "existing"},
        oa.over_time: {"start": "2018-01-01", "end": "2019-01-01", "freq": "YE", "theme": "overall",
                       "by": "region", "published_by_lag": 3, "latest": "graded",
                       "authorities": None},
        oa.judgements_on: {"theme": "overall"},
        oa.transitions: {"theme": "overall", "pairs": "consecutive", "within": "ilacs"},
        oa.spells: {"theme": "overall", "date": "2025-03-31", "within": "ilacs"},
        oa.time_in_grade: {"data": spells, "band": "good", "level": 0.9},
        oa.time_since_inspection: {"date": "2025-03-31", "published_by": None},
        oa.compare: {"authority": "Norfolk", "groups": "region", "theme": "overall",
                     "date": "2025-03-31", "model": 2025, "published_by": None,
                     "latest": "graded"},
        oa.peers: {"authority": "Norfolk", "group": "region", "model": 2025, "date": "2025-03-31"},
        oa.history: {"authority": "Norfolk"},
        oa.find_authority: {"authority": "Norfolk", "date": "2025-03-31"},
        oa.add_authority_id: {"table": oa.load_authorities()[["name"]], "column": "name",
                              "date": "2025-03-31", "unknown": "keep"},
        oa.grade_share: {"data": snapshot, "by": "region", "bands": "good", "level": 0.9},
        oa.load_table: {"name": "sources", "data_dir": None},
        change.grade_record: {"theme": "overall", "bands": "good", "date": "2025-03-31",
                              "within": "ilacs"},
        change.transition_matrix: {"data": pairs},
        random_allocation_test: {"data": snapshot, "by": "region", "bands": "good", "level": 0.9},
        judgements.judgements_wide: {"framework": "ilacs"},
        judgements.compare_judgements: {"data": wide, "area": "leaders", "others": four},
        judgements.derive_overall: {"data": wide, "areas": four, "rule": "lowest"},
        judgements.rule_accuracy: {"data": wide, "areas": four, "against": "overall",
                                   "rules": ["lowest"]},
    }  # fmt: skip
    own = frames()
    for function, good in functions.items():
        for argument in good:
            for value in ODD:
                yield function.__name__, function, (), good | {argument: value}
        takes = "data" in inspect.signature(function).parameters
        for frame in own.values() if takes else ():
            yield function.__name__, function, (), good | {"data": frame}


def run(step: int = 1) -> tuple[int, list[tuple]]:
    """Make all calls, or every nth of them; how many, and those that ended in another error."""
    wrong = []
    chosen = list(calls())[::step]
    for name, function, arguments, options in chosen:
        try:
            function(*arguments, **options)
        except (oa.DataError, oa.UnknownAuthorityError) as error:
            if "\n" in str(error) or len(str(error)) < 10:
                wrong.append((name, options, "unclear", str(error)[:80]))
        except Exception as error:  # what must not happen is what is counted
            odd = {k: str(v)[:40] for k, v in options.items()}
            wrong.append((name, odd, type(error).__name__, str(error)[:80]))
    return len(chosen), wrong


if __name__ == "__main__":
    count, others = run()
    for one in others:
        print(*one)
    print(f"{count:,} odd calls of the library: {len(others)} ended in another error")
    sys.exit(bool(others))
