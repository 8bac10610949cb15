"""What loading every table costs beside ``import pandas``, each in a fresh process.

    python benchmarks/load.py [RUNS]

Prints medians over alternating runs, and ratios. All tables are to load in at most 1.3 times the
time that ``import pandas`` alone takes, be it the loading by itself or the process as a whole.
"""

import os
import statistics
import subprocess
import sys
import time

PANDAS = "import pandas"
TABLES = """
import time
import pandas
start = time.perf_counter()
from ofsted_analysis.tables import schema, load
for name in schema.tables():
    load.load_table(name)
print(time.perf_counter() - start)
"""


def run(code: str) -> tuple[float, str]:
    """Seconds that a fresh process takes to run code, and what it prints."""
    start = time.perf_counter()
    # Compiled once and kept, as everywhere but where Python is told to write no bytecode.
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    printed = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, env=environment
    ).stdout
    return time.perf_counter() - start, printed


def main(runs: int = 15) -> None:
    """Measure, and print."""
    for code in (PANDAS, TABLES):  # once unmeasured, so that all files are in the cache
        run(code)
    pandas, whole, loading = [], [], []
    for _ in range(runs):
        pandas.append(run(PANDAS)[0])
        seconds, printed = run(TABLES)
        whole.append(seconds)
        loading.append(float(printed))
    alone, both, own = map(statistics.median, (pandas, whole, loading))
    print(f"import pandas alone, whole process:           {alone * 1000:5.0f} ms")
    print(f"pandas and every table, whole process:        {both * 1000:5.0f} ms")
    print(f"  of which importing the package and loading: {own * 1000:5.0f} ms")
    print(f"ratio, whole process:                          {both / alone:.2f}")
    print(f"ratio, loading to import pandas:               {own / alone:.2f}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
