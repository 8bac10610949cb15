"""Ten and a hundred times the data: time and memory that grow no faster than the tables.

    python tools/measure_load.py      # `make load`

Makes copies of data/ in build/load in which every authority, with its codes, inspections and
judgements, stands that many times under invented names, and measures each task on each, in a
process of its own. Prints the figures (seconds of processor time), and fails where a hundred times
the data take more than 13 times as long as ten times, or 2 GB.
"""

import json
import shutil
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pandas as pd

from ofsted_analysis.curation import stamp
from ofsted_analysis.tables import load, schema

TIMES = (1, 10, 100)
KEYS = {
    "authorities": ["authority_id", "name"],
    "authority_codes": ["authority_id"],
    "inspections": ["authority_id", "inspection_id"],
    "judgements": ["inspection_id"],
}
"""The tables that grow, and the columns that say whose a row is."""
TASKS = {
    "load_judgements": "oa.load_judgements()",
    "as_at": "oa.as_at('2025-03-31')",
    "over_time": "oa.over_time('2015-03-31', '2025-03-31', 'QE', by='region')",
    "panel": "oa.panel(pd.date_range('2015-03-31', '2025-03-31', freq='YE'))",
    "export": "export(['parquet', 'csv', 'json'], out)",
}
ONE = """
import json, resource, sys, tempfile, time
from pathlib import Path
import pandas as pd
import ofsted_analysis as oa
from ofsted_analysis.publish.export import export
from ofsted_analysis.tables import schema
schema.use_data_dir(Path(sys.argv[1]))
with tempfile.TemporaryDirectory() as out:
    if sys.argv[2] == "loaded":
        oa.load_judgements(), oa.load_authorities()
    start = time.process_time()
    {task}
    seconds = time.process_time() - start
kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps([seconds, kilobytes / 1e6 if sys.platform != "darwin" else kilobytes / 1e9]))
"""
LIMIT, SLACK = 2.0, 1.3  # GB; times what is linear


def grown(times: int, folder: Path) -> int:
    """Make a copy of the tables with every authority so many times; how many judgements it has."""
    shutil.copytree(schema.default_data_dir(), folder)
    for name, keys in KEYS.items():
        rows = pd.DataFrame(load.rows(name))
        copies = [rows]
        for number in range(1, times):
            copies.append(rows.assign(**{key: rows[key] + f"-{number}" for key in keys}))
        path = schema.tables(folder)[name].path
        pd.concat(copies).to_csv(path, index=False, lineterminator="\n")
    stamp.write_stamps(folder)
    return times * len(load.rows("judgements"))


def measured(task: str, folder: Path, runs: int = 3) -> tuple[float, float]:
    """The least seconds that a task took in processes of its own, and the most gigabytes."""
    loaded = "alone" if task in ("load_judgements", "export") else "loaded"
    code = ONE.format(task=TASKS[task])
    found = [
        json.loads(subprocess.check_output([sys.executable, "-c", code, str(folder), loaded]))
        for _ in range(runs)
    ]
    return min(seconds for seconds, _ in found), max(memory for _, memory in found)


def main() -> int:
    place = Path(__file__).resolve().parents[1] / "build" / "load"
    shutil.rmtree(place, ignore_errors=True)
    folders = [place / f"{times} times" for times in TIMES]
    with ProcessPoolExecutor(1) as other:  # as what this one holds would count with its children's
        judgements = [*other.map(grown, TIMES, folders)]
    print(f"{'judgements':<18}" + "".join(f"{count:>18,}" for count in judgements))
    wrong = []
    for task in TASKS:
        found = [measured(task, folder) for folder in folders]
        _, (ten, _), (hundred, memory) = found
        print(f"{task:<18}" + "".join(f"{s:>9.2f} s{m:>4.1f} GB" for s, m in found),
              flush=True)  # fmt: skip
        if hundred > SLACK * 10 * ten or memory > LIMIT:
            wrong.append(task)
    print(f"More than linear or more than {LIMIT:g} GB: {', '.join(wrong) or 'none'}.")
    shutil.rmtree(place)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
