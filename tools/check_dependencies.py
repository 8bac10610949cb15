"""Facts and figures with the oldest or the newest dependencies allowed: the same as with the lock.

    python tools/check_dependencies.py oldest      # `make oldest`
    python tools/check_dependencies.py newest      # `make newest`

Installs the package with pip into an environment of its own in build/: for 'oldest' every direct
dependency at the lower bound that pyproject.toml gives, for 'newest' whatever is newest. Then
tools/figures.py writes all facts and figures there and here, and the two are held together.
"""

import difflib
import json
import os
import shutil
import subprocess
import sys
import tomllib
import venv
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[1]
EXTRAS = ("curation", "documents", "export")
"""The extras whose parts have a share in facts and figures."""


def lower_bounds() -> list[str]:
    """Each direct dependency at its lower bound, as pip's constraints."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = (line for extra in EXTRAS for line in project["optional-dependencies"][extra])
    bounds = {}
    for line in (*project["dependencies"], *extras):
        wanted = Requirement(line)
        (bound,) = [part.version for part in wanted.specifier if part.operator == ">="]
        bounds[wanted.name] = f"{wanted.name}=={bound}"
    return [*bounds.values()]


def environment(place: Path, constraints: list[str]) -> Path:
    """An environment with the package and its extras; returns its interpreter."""
    venv.create(place / "venv", with_pip=True)
    python = place / "venv" / ("Scripts" if os.name == "nt" else "bin") / "python"
    (place / "constraints.txt").write_text("\n".join(constraints) + "\n", encoding="utf-8")
    pip = [python, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    what = [f"{ROOT}[{','.join(EXTRAS)}]", "--constraint", place / "constraints.txt"]
    subprocess.run([*pip, "install", *what], check=True)
    subprocess.run([*pip, "check"], check=True)
    return python


def versions(python: Path | str, names: list[str]) -> dict[str, str]:
    """The versions of some parts that are installed."""
    code = "import json, sys; from importlib.metadata import version as v; "
    code += "print(json.dumps({name: v(name) for name in sys.argv[1:]}))"
    printed = subprocess.check_output([python, "-c", code, *names], text=True)
    return json.loads(printed)


def figures(python: Path | str, folder: Path) -> dict[str, list[str]]:
    """All facts and figures with one interpreter, by file, in lines."""
    command = [python, "-W", "ignore", ROOT / "tools" / "figures.py", folder]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    if run.returncode:
        sys.exit(f"{python} cannot make the figures:\n{run.stderr}")
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8").splitlines()
        for path in files
    }


def main(which: str) -> int:
    place = ROOT / "build" / which
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    bounds = lower_bounds()
    python = environment(place, bounds if which == "oldest" else [])
    names = [bound.partition("==")[0] for bound in bounds]
    there, here = versions(python, names), versions(sys.executable, names)
    print(f"With the {which}: {', '.join(f'{n} {v}' for n, v in there.items())}.", flush=True)
    one, other = figures(sys.executable, place / "locked"), figures(python, place / which)
    differ = 0
    for name in sorted(one.keys() | other.keys()):
        lines = [*difflib.unified_diff(one.get(name, []), other.get(name, []), name, n=0)]
        differ += bool(lines)
        for line in lines[:8]:
            print(line.rstrip()[:200], file=sys.stderr)
    apart = sum(there[name] != here[name] for name in names)
    print(f"{apart} of {len(names)} direct dependencies in another version than locked: "
          f"{len(one)} files of facts and figures, {sum(map(len, one.values())):,} lines, "
          f"{differ} files not the same.")  # fmt: skip
    return 1 if differ else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
