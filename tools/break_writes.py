"""What becomes of the tables when writes are killed, doubled, refused or read: `make attack`.

    python tools/break_writes.py [KILLS] [PAIRS] [SECONDS]

Works on copies of data/ in a folder of its own. Every write is an `add` of a report's rows, made
without the report itself (its rows are taken out of the copy first), so no PDF is needed.
Prints how often a write was lost, left half done after the next start, or left files behind, and
how often one of eight readers saw tables that are neither those before nor those after it.
"""

import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from ofsted_analysis.curation.add import remove_inspections
from ofsted_analysis.curation.checks import check
from ofsted_analysis.tables import load, schema

KEYS = ("norfolk-ilacs-2022-11", "trafford-ilacs-2026-06")

# Adds one inspection again from what the packaged tables say of it; dies at the nth call that
# moves, makes or removes something, if a number is given.
WRITER = """
import os, signal, sys
from datetime import date
from pathlib import Path
folder, key, fatal = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
from ofsted_analysis.curation.add import add_reports
from ofsted_analysis.curation.index import IndexEntry
from ofsted_analysis.curation.reports import Judgement, Report
from ofsted_analysis.tables import load
row = next(r for r in load.rows("inspections") if r["inspection_id"] == key)
areas = {r["area_id"]: r["label"] for r in load.rows("judgement_areas")
         if r["framework_id"] == row["framework_id"]}
report = Report(
    file=Path("report.pdf"), framework_id=row["framework_id"], authority_id=row["authority_id"],
    first_day=date.fromisoformat(row["first_day"]), last_day=date.fromisoformat(row["last_day"]),
    days_note=row["days_note"], published_date=None, inspection_type=None,
    judgements=tuple(
        Judgement(j["area_id"], areas[j["area_id"]], j["grade"] or None, j["status"],
                  int(j["locator"].split()[1]))
        for j in load.rows("judgements") if j["inspection_id"] == key))
calls = 0
def dying(function):
    def call(*args, **options):
        global calls
        calls += 1
        if calls == fatal:
            os.kill(os.getpid(), signal.SIGKILL)
        return function(*args, **options)
    return call
if fatal > 0:
    for name in ("rename", "replace", "mkdir", "unlink", "rmdir", "fsync"):
        setattr(os, name, dying(getattr(os, name)))
print("ready", flush=True)
index = {"report.pdf": IndexEntry(row["report_url"], row["published_date"])}
if fatal < 0:  # added and removed again, until so many seconds are over
    import time
    from ofsted_analysis.curation.add import remove_inspections
    end, times = time.monotonic() - fatal, 0
    while time.monotonic() < end:
        assert add_reports([], index, data_dir=folder, reports=[report]).added == [key]
        time.sleep(0.6)
        assert remove_inspections([key], data_dir=folder) == []
        time.sleep(0.6)
        times += 2
    print(times, flush=True)
    sys.exit()
outcome = add_reports([], index, data_dir=folder, reports=[report])
for fault in outcome.faults:
    print(fault, file=sys.stderr)
print("added" if outcome.added and not outcome.faults else
      "there" if outcome.already_there else "refused", flush=True)
"""

# Reads what is joined of several tables, checks and reconciles them, until it is told to stop.
READER = """
import collections, hashlib, sys
from pathlib import Path
import pandas as pd
from ofsted_analysis.curation.checks import check
from ofsted_analysis.curation.published import reconcile_folder
from ofsted_analysis.tables import load
folder, stop = Path(sys.argv[1]), Path(sys.argv[2])
reads = {
    "judgements": lambda: pd.util.hash_pandas_object(load.load_judgements(data_dir=folder)),
    "check": lambda: check(folder),
    "reconcile": lambda: reconcile_folder(folder).to_csv(),
}
seen = collections.Counter()
while True:
    last = stop.exists()
    for name in sys.argv[3:]:
        try:
            found = reads[name]()
            text = found if isinstance(found, (str, list)) else found.to_numpy().tobytes()
            seen[name, hashlib.sha256(repr(text).encode()).hexdigest()] += 1
        except Exception as error:  # what a reader must not meet is what is counted
            seen[name, repr(error)] += 1
    if last:
        break
for (name, what), times in seen.items():
    print(times, name, what)
"""


def contents(folder: Path) -> dict[str, bytes]:
    """Every file in a folder and below it."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def without(keys: tuple[str, ...], folder: Path) -> Path:
    """A copy of the tables without some inspections."""
    shutil.copytree(schema.default_data_dir(), folder)
    assert remove_inspections(keys, data_dir=folder) == []
    return folder


def start(folder: Path, key: str, fatal: int = 0, **options) -> subprocess.Popen:
    command = [sys.executable, "-c", WRITER, str(folder), key, str(fatal)]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options
    )


def kills(times: int, scratch: Path) -> dict[str, int]:
    """Kill an add at every step that it takes on the disk, and at random moments."""
    before = contents(without(KEYS[:1], scratch / "before"))
    shutil.copytree(scratch / "before", scratch / "after")
    start(scratch / "after", KEYS[0]).communicate()
    whole = contents(scratch / "after")
    assert whole != before
    dice, found = random.Random(1), {"killed": 0, "between": 0, "stray": 0, "traceback": 0}
    step, steps_end = 0, None
    while found["killed"] < times:
        folder = scratch / "data"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(scratch / "before", folder)
        step += 1 if times >= 100 else 9  # every step, or some of them
        by_step = steps_end is None
        process = start(folder, KEYS[0], step if by_step else 0)
        assert process.stdout and process.stdout.readline() == "ready\n"
        if not by_step:
            time.sleep(dice.uniform(0, 0.8))
            process.send_signal(signal.SIGKILL)
        process.communicate()
        if process.returncode != -signal.SIGKILL:
            steps_end = steps_end or step - 1
            continue
        found["killed"] += 1
        again = subprocess.run(
            [sys.executable, "-m", "ofsted_analysis", "check", "--data", str(folder)],
            capture_output=True, text=True,
        )  # fmt: skip
        now = contents(folder)
        found["traceback"] += "Traceback" in again.stderr
        found["stray"] += now.keys() != whole.keys()
        found["between"] += now not in (before, whole) or again.returncode != 0
    return found | {"steps": steps_end or step}


def pairs(times: int, scratch: Path) -> dict[str, int]:
    """Two adds of different inspections at the same moment."""
    whole = contents(schema.default_data_dir())
    without(KEYS, scratch / "without")
    found = {"pairs": times, "lost": 0, "stray": 0, "not added": 0}
    for _ in range(times):
        folder = scratch / "data"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(scratch / "without", folder)
        both = [start(folder, key) for key in KEYS]
        said = [process.communicate()[0].split()[-1] for process in both]
        now = contents(folder)
        found["not added"] += said != ["added", "added"]
        found["stray"] += now.keys() != whole.keys()
        found["lost"] += any(key.encode() not in now["inspections.csv"] for key in KEYS) or bool(
            check(folder)
        )
    return found


def readings(
    seconds: int, scratch: Path, readers: int = 8, what: tuple[str, ...] = ("judgements",)
) -> dict[str, int]:
    """Processes that read while one adds a report and removes it, again and again."""
    folder, stop = without(KEYS[:1], scratch / "data"), scratch / "stop"
    read = [sys.executable, "-c", READER, str(folder), str(stop), *what]
    states = set()  # before and after, as one reads them that is alone
    stop.touch()
    for key in (None, KEYS[0]):
        if key:
            start(folder, key).communicate()
        alone = subprocess.check_output(read, text=True).splitlines()
        states.update(line.split(" ", 1)[1] for line in alone)
    stop.unlink()
    assert len(states) > len(alone)  # some of what is read is another in either state
    assert remove_inspections(KEYS[:1], data_dir=folder) == []
    eight = [subprocess.Popen(read, stdout=subprocess.PIPE, text=True) for _ in range(readers)]
    writes = start(folder, KEYS[0], -seconds).communicate()[0].split()[-1]
    stop.touch()
    found = {"writes": int(writes), "reads": 0, "mixtures": 0}
    each = dict.fromkeys(states, 0)
    for process in eight:
        for line in process.communicate()[0].splitlines():
            times, what = line.split(" ", 1)
            found["reads"] += int(times)
            if what in each:
                each[what] += int(times)
            else:
                found["mixtures"] += int(times)
    return found | {"of the rarer": min(each.values())}


def refusals(scratch: Path) -> dict[str, str]:
    """A full disk, a limit on file size, a read-only folder, no temporary folder."""
    found = {}

    def outcome(name: str, folder: Path, **options) -> None:
        before = contents(folder)
        process = start(folder, KEYS[0], **options)
        printed, errors = process.communicate()
        kept = contents(folder) == before
        said = (errors.strip().splitlines() or [printed.split()[-1]])[-1]
        found[name] = f"{'as before' if kept else printed.split()[-1]}; {said[-110:]}"

    def small_files() -> None:
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))

    folder = without(KEYS[:1], scratch / "limit")
    outcome("a limit on the size of files", folder, preexec_fn=small_files)
    disk = scratch / "disk"
    disk.mkdir()
    pages = sum(-(-path.stat().st_size // 4096) + 1 for path in (scratch / "limit").iterdir())
    room = f"size={4 * pages + 100}k"  # for the tables, but not for a second set of them
    if subprocess.run(["mount", "-t", "tmpfs", "-o", room, "none", disk]).returncode == 0:
        try:
            shutil.copytree(scratch / "limit", disk / "data")
            outcome("a full disk", disk / "data")
            subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
            outcome("a disk that is read-only", disk / "data")
        finally:
            subprocess.run(["umount", disk], check=True)
    full = scratch / "full"
    full.mkdir(mode=0o500)
    nowhere = {"TMPDIR": str(full / "not-there"), "TEMP": str(full), "TMP": str(full)}
    environment = os.environ | nowhere
    folder = without(KEYS[:1], scratch / "temporary")
    outcome("no temporary folder", folder, env=environment)
    return found


def main(killed: int = 200, paired: int = 50, seconds: int = 60) -> int:
    """Break writes, and print what became of them; 1 if anything was lost or left over."""
    assert all(key in {r["inspection_id"] for r in load.rows("inspections")} for key in KEYS)
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        one, two = kills(killed, scratch / "kills"), pairs(paired, scratch / "pairs")
        three, four = refusals(scratch / "refusals"), readings(seconds, scratch / "readings")
        five = readings(seconds, scratch / "rules", 1, ("check", "reconcile"))
    print(
        f"{one['killed']} adds killed ({one['steps']} steps on the disk, the rest at random): "
        f"{one['between']} in between after the next start, {one['stray']} with stray files, "
        f"{one['traceback']} tracebacks"
    )
    print(
        f"{two['pairs']} pairs of adds at once: {two['lost']} lost, {two['not added']} not added, "
        f"{two['stray']} with stray files"
    )
    for kind, told in three.items():
        print(f"{kind}: {told}")
    print(
        f"{four['reads']:,} reads by eight processes during {four['writes']} writes by another "
        f"(the rarer of the two states seen {four['of the rarer']:,} times): "
        f"{four['mixtures']} saw neither the tables before nor those after"
    )
    print(
        f"{five['reads']:,} times checked or reconciled during {five['writes']} writes: "
        f"{five['mixtures']} saw neither"
    )
    wrong = [one["between"], one["stray"], one["traceback"], two["lost"], two["stray"]]
    return int(any(wrong) or four["mixtures"] + five["mixtures"] > 0)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
