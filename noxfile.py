"""The commands of the Makefile for machines without make: `pipx run nox -s notebooks`.

Each session sets up its own environment from requirements.lock, once.
"""

import os
from pathlib import Path

import nox

nox.options.reuse_existing_virtualenvs = True
nox.options.sessions = ["test"]
# The same output on every run and every machine, as in the Makefile.
SAME = {"SOURCE_DATE_EPOCH": "1767225600", "PYTHONHASHSEED": "0", "TZ": "UTC", "LC_ALL": "C.UTF-8"}
NOTEBOOKS = sorted(str(path) for path in Path("notebooks").glob("*.ipynb"))


def set_up(session: nox.Session) -> None:
    """The locked packages, checked against their hashes, and this one."""
    session.env.update({key: os.environ.get(key, value) for key, value in SAME.items()})
    session.install("--require-hashes", "-r", "requirements.lock")
    session.install("--no-deps", "--no-build-isolation", "--editable", ".")


@nox.session
def notebooks(session: nox.Session) -> None:
    """Hold every notebook against its saved outputs, and make the site and the charts in build/."""
    set_up(session)
    session.run("python", "-m", "pytest", "--nbval", "--nbval-current-env", *NOTEBOOKS)
    session.run("ofsted-analysis", "charts", "--out", "build/charts")
    session.run("python", "tools/build_site.py", "build")


@nox.session
def test(session: nox.Session) -> None:
    """Lint, check the data, run every test on seeded samples."""
    set_up(session)
    for command in (
        ["ruff", "check", "."],
        ["ruff", "format", "--check", "."],
        ["lint-imports", "--no-cache"],
        ["mypy"],
        ["ofsted-analysis", "check"],
    ):
        session.run(*command)
    session.run(
        *("python", "-m", "pytest", "--numprocesses", "auto", "--dist", "loadfile"),
        *("tests", "src/ofsted_analysis"),
    )


@nox.session
def lab(session: nox.Session) -> None:
    """Open the notebooks in JupyterLab."""
    set_up(session)
    news = "@jupyterlab/apputils-extension:announcements"
    session.run("jupyter", "labextension", "disable", "--level=sys_prefix", news)
    session.run("python", "-m", "jupyterlab", "--notebook-dir", "notebooks")
