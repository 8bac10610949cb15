"""How fast snapshots and counts over time are, beside DuckDB and beside a plain loop in pandas.

The question: how many authorities stood at each band at each month's end from 2009 to 2026, for
every theme. Every method starts from the same two Parquet files and must come to the same counts.
Larger tables are the packaged ones repeated: each copy has authorities of its own (``norfolk~1``),
with all their inspections moved by some days at random. Every measurement has a process of its
own; times are wall time after the imports, the median of several runs where they are short.

    python benchmarks/analysis.py                 # 1, 10, 100 and 1000 times: some minutes
    python benchmarks/analysis.py --times 1 10
"""

import argparse
import hashlib
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

import ofsted_analysis as oa

START, END = "2009-01-01", "2026-07-31"
COLUMNS = [
    "inspection_id", "authority_id", "framework_id", "last_day", "published_date",
    "theme", "comparability", "position", "band",
]  # fmt: skip


def repeated(times: int, folder: Path) -> int:
    """Write the tables repeated so many times; returns the number of judgements."""
    judgements, authorities = oa.load_judgements(), oa.load_authorities()
    random = np.random.default_rng(20260822)

    copy = np.arange(times).repeat(len(judgements))
    frame = judgements.iloc[np.tile(np.arange(len(judgements)), times)].reset_index(drop=True)
    days = random.integers(-90, 91, size=(times, len(authorities)))
    days[0] = 0  # the first copy is the record itself
    whose = authorities.set_index("authority_id").index.get_indexer(judgements["authority_id"])
    moved = days[copy, np.tile(whose, times)].astype("timedelta64[D]")
    for column in ("first_day", "last_day", "published_date"):
        frame[column] = (frame[column] + moved).astype("datetime64[s]")
    mark = pd.Series(copy).astype(str).radd("~").where(copy > 0, "")
    for column in ("inspection_id", "authority_id"):
        frame[column] += mark
    frame.to_parquet(folder / f"judgements-{times}.parquet")
    many = authorities.iloc[np.tile(np.arange(len(authorities)), times)].reset_index(drop=True)
    many["authority_id"] = [
        f"{name}~{k}" if k else name for k in range(times) for name in authorities["authority_id"]
    ]
    many.to_parquet(folder / f"authorities-{times}.parquet")
    return len(frame)


def by_over_time(judgements: Path, authorities: Path) -> pd.DataFrame:
    """Ours."""
    frame = pd.read_parquet(judgements, columns=COLUMNS)
    everyone = pd.read_parquet(authorities)
    themes = oa.themes(frame)
    found = oa.over_time(START, END, "ME", themes, data=frame, authorities=everyone)
    return found[["theme", "date", "band", "n"]]


# Every inspection under a framework that has the theme, with the best judgement it made on it.
HISTORY = """
with judgement as (from read_parquet('{judgements}')),
authority as (select authority_id, opened, closed from read_parquet('{authorities}')),
inspection as (
    select inspection_id, any_value(authority_id) as authority_id,
        any_value(framework_id)::varchar as framework_id, any_value(last_day)::date as last_day
    from judgement group by inspection_id),
best as (
    select inspection_id, theme, arg_min(band, position + case comparability
        when 'direct' then 0 when 'partial' then 1000 else 2000 end) as band
    from judgement group by inspection_id, theme),
able as (
    select distinct framework_id, theme from area
    where theme in (select distinct theme::varchar from judgement)),
history as (
    select i.inspection_id, i.authority_id, able.theme, last_day, band
    from inspection i join able using (framework_id)
    left join best on best.inspection_id = i.inspection_id and best.theme::varchar = able.theme),
day as (select last_day(d)::date as date
    from range(date '{start}', date '{end}' + 1, interval 1 month) r(d))
"""

# As one would write it: each authority at each date, joined as of that date.
EACH_DATE = """
, probe as (
    select date, authority_id, theme from day, authority, (select distinct theme from able)
    where (opened is null or opened <= date) and (closed is null or closed >= date))
select probe.theme, date, band, count(*)
from probe asof join history on probe.authority_id = history.authority_id
    and probe.theme = history.theme and probe.date >= history.last_day
where band is not null group by all
"""

# As it goes fastest: each inspection stands from its day to the next; only the two ends are joined
# to the dates, and the counts are running sums.
EACH_SPAN = """
, span as (
    select theme, band, greatest(last_day, opened::date) as begins, least(closed::date + 1,
        lead(last_day) over (partition by h.authority_id, theme order by last_day)) as ends
    from history h join authority using (authority_id)),
edge as (
    select theme, band, begins as at, 1 as step from span
    where band is not null and (ends is null or begins < ends)
    union all
    select theme, band, ends, -1 from span where band is not null and begins < ends),
change as (
    select theme, band, date, sum(step) as step
    from edge asof join day on edge.at <= day.date group by all),
total as (
    select theme, day.date, band, sum(step) over (
        partition by theme, band order by day.date) as n
    from day cross join (select distinct theme, band from change) left join change
    using (theme, band, date))
select theme, date, band, n::bigint from total where n > 0
"""


def by_duckdb(question: str, judgements: Path, authorities: Path) -> list[tuple]:
    """DuckDB."""
    import duckdb

    area = oa.load_areas()[["framework_id", "theme"]].astype("str")  # the crosswalk, 45 rows
    sql = (HISTORY + question).format(
        judgements=judgements, authorities=authorities, start=START, end=END
    )
    with duckdb.connect() as connection:
        connection.register("area", area)
        return connection.execute(sql).fetchall()


def by_loop(judgements: Path, authorities: Path, dates: int | None) -> pd.DataFrame:
    """A plain loop over the dates; over some of them only where that would take too long."""
    frame = pd.read_parquet(judgements, columns=COLUMNS)
    everyone = pd.read_parquet(authorities)
    areas = oa.load_areas()
    counts = []
    for theme in oa.themes(frame):
        able = areas.loc[areas["theme"] == theme, "framework_id"].unique()
        own = frame[frame["framework_id"].isin(able)]
        own = own.assign(other=own["theme"] != theme).sort_values(
            ["other", "comparability", "position"], ascending=[True, False, True]
        )
        history = own.drop_duplicates("inspection_id").sort_values("last_day")
        history["band"] = history["band"].where(~history["other"])
        for date in pd.date_range(START, END, freq="ME")[:: _every(dates)]:
            there = ~(everyone["opened"] > date) & ~(everyone["closed"] < date)
            latest = history[history["last_day"] <= date].drop_duplicates(
                "authority_id", keep="last"
            )
            latest = latest[latest["authority_id"].isin(everyone.loc[there, "authority_id"])]
            found = latest["band"].value_counts().rename_axis("band").reset_index(name="n")
            counts.append(found.assign(theme=theme, date=date))
    return pd.concat(counts)[["theme", "date", "band", "n"]]


def _every(dates: int | None) -> int:
    return 1 if dates is None else len(pd.date_range(START, END, freq="ME")) // dates


METHODS = {
    "over_time": by_over_time,
    "DuckDB, each span": lambda j, a: by_duckdb(EACH_SPAN, j, a),
    "DuckDB, each date": lambda j, a: by_duckdb(EACH_DATE, j, a),
    "pandas loop": lambda j, a: by_loop(j, a, None),
    "pandas loop, 3 dates": lambda j, a: by_loop(j, a, 3),
}


def measure(method: str, times: int, folder: Path, runs: int) -> None:
    """Run one method in this process and print what it took as JSON."""
    files = (folder / f"judgements-{times}.parquet", folder / f"authorities-{times}.parquet")
    if method.startswith("DuckDB"):
        import duckdb  # noqa: F401  (imports are not measured)
    seconds, processor = [], []
    for _ in range(runs):
        start, used = time.perf_counter(), time.process_time()
        counts = METHODS[method](*files)
        seconds.append(time.perf_counter() - start)
        processor.append(time.process_time() - used)
    print(
        json.dumps(
            {
                "first": seconds[0],
                "seconds": statistics.median(seconds[1:] or seconds),
                "processor": statistics.median(processor[1:] or processor),
                "peak": _peak(),
                "digest": _digest(counts),
            }
        )
    )


def _digest(counts: list[tuple] | pd.DataFrame) -> str:
    """The same for the same counts, however a method gives them; not part of what is timed."""
    if isinstance(counts, pd.DataFrame):
        counts = list(counts.itertuples(index=False, name=None))
    lines = sorted(f"{t} {date:%Y-%m-%d} {band} {int(n)}" for t, date, band, n in counts if n)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _peak() -> float:
    """The most memory that this process has held, in MB."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / 2**20 if sys.platform == "darwin" else most / 2**10


def in_a_process(method: str, times: int, folder: Path, runs: int) -> dict:
    command = [sys.executable, __file__, "--measure", method, "--times", str(times)]
    command += ["--folder", str(folder), "--runs", str(runs)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{method} at {times}x failed:\n{done.stderr}")
    return json.loads(done.stdout)


def warm() -> None:
    """Median time of one call each, warm, on the packaged tables."""
    calls = {
        "as_at": lambda: oa.as_at("2025-03-31"),
        "as_at, published_by": lambda: oa.as_at("2025-03-31", published_by="2025-06-30"),
        "as_at, latest='graded'": lambda: oa.as_at("2026-08-22", latest="graded"),
        "over_time, quarters, one theme": lambda: oa.over_time("2013-12-31", "2026-06-30", "QE"),
        "  the same by region": lambda: oa.over_time("2013-12-31", "2026-06-30", by="region"),
        "panel, 50 quarters": lambda: oa.panel(
            pd.date_range("2014-03-31", "2026-06-30", freq="QE")
        ),
    }
    for label, call in calls.items():
        seconds = []
        for _ in range(25):
            start = time.perf_counter()
            call()
            seconds.append(time.perf_counter() - start)
        print(f"{label:32}{statistics.median(seconds) * 1e3:8.1f} ms (median of 25)")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--times", type=int, nargs="+", default=[1, 10, 100, 1000])
    parser.add_argument("--largest-each-date", type=int, default=100, metavar="N",
                        help="DuckDB's join of each date up to N times only")  # fmt: skip
    parser.add_argument("--measure", choices=METHODS, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--runs", type=int, default=1, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        measure(options.measure, options.times[0], options.folder, options.runs)
        return
    warm()
    print(f"\n{len(oa.themes())} themes, every month's end from {START} to {END}")
    print(f"{'times':>6}{'judgements':>12}  {'method':<22}{'first':>9}{'median':>9}"
          f"{'to ours':>9}{'peak MB':>9}")  # fmt: skip
    ours: dict[int, float] = {}
    work: dict[int, float] = {}  # processor time: how it grows should not hang on who else is busy
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for times in options.times:
            rows = repeated(times, folder)
            runs = {1: 9, 10: 5}.get(times, 3)
            digests = {}
            for method in METHODS:
                few = method == "pandas loop, 3 dates"
                if (method == "DuckDB, each date" and times > options.largest_each_date) or (
                    method.startswith("pandas loop") and few != (times > 1)
                ):
                    continue
                slow = "loop" in method or (method == "DuckDB, each date" and times > 10)
                found = in_a_process(method, times, folder, 1 if slow else runs)
                first, seconds, label = found["first"], found["seconds"], method
                if few:  # what all dates would take: an estimate
                    dates = len(pd.date_range(START, END, freq="ME"))
                    some = len(range(0, dates, _every(3)))
                    first, seconds = first * dates / some, seconds * dates / some
                    label = "pandas loop, estimate"
                else:
                    digests[method] = found["digest"]
                if method == "over_time":
                    ours[times], work[times] = seconds, found["processor"]
                ratio = seconds / ours[times]
                print(f"{times:>6}{rows:>12,}  {label:<22}{first:>9.3f}{seconds:>9.3f}"
                      f"{ratio:>9.2f}{found['peak']:>9.0f}", flush=True)  # fmt: skip
            if len(set(digests.values())) > 1:
                sys.exit(f"The methods do not agree at {times}x: {digests}")
            print(f"{'':18}  all agree: {', '.join(digests)}")
            for file in folder.glob("*.parquet"):
                file.unlink()
    for small, large in zip(options.times, options.times[1:], strict=False):
        print(f"over_time, {small}x to {large}x: {large / small:g} times the judgements, "
              f"{work[large] / work[small]:.1f} times the processor time")  # fmt: skip


if __name__ == "__main__":
    main()
