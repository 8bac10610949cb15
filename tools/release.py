"""A release: all that names a version agrees, and the files to publish are made.

    python tools/release.py versions      write versions and the end of the record where they stand
    python tools/release.py corrections   cells corrected since the last data release
    python tools/release.py build DIR     check that all agrees, then make the files

Package and data have versions of their own, and tags of their own: v0.1.0 and data-2026.8.22. The
address of the project is set in pyproject.toml, and nowhere else.
"""

import argparse
import hashlib
import io
import json
import re
import subprocess
import sys
import tarfile
import tempfile
import tomllib
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from ofsted_analysis.curation import digests
from ofsted_analysis.curation.checks import check
from ofsted_analysis.curation.diff import compare
from ofsted_analysis.publish.export import export
from ofsted_analysis.publish.packed import repacked
from ofsted_analysis.tables import schema
from ofsted_analysis.tables.labels import long_date

ROOT = Path(__file__).resolve().parents[1]
PLAIN: dict[str, Any] = {"indent": 2, "ensure_ascii": False}


def project() -> dict[str, Any]:
    """What pyproject.toml says of the package."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def tags() -> list[str]:
    """The tags under which this state is released."""
    data = schema.descriptor(ROOT / "data")
    return [f"v{project()['version']}", f"data-{data['version']}"]


# What names the versions ----------------------------------------------------------------------


def versions() -> dict[str, str]:
    """Every file that names a version or the end of the record, as it should be."""
    data = dict(schema.descriptor(ROOT / "data"))
    end = long_date(data["completeTo"])
    lines = {
        "README.md": ("complete to .*?[*]", f"complete to {end}*"),
        # a release that is out keeps its heading
        "CHANGELOG.md": (
            "## Unreleased\n\n### Data .*",
            f"## Unreleased\n\n### Data {data['version']}",
        ),
        "notebooks/09_authority_briefing.ipynb": (
            r'date = \\"\d{4}-\d\d-\d\d',
            rf'date = \\"{data["completeTo"]}',
        ),
        ".github/ISSUE_TEMPLATE/wrong-grade.yml": (r"\d+\.\d+\.\d+", data["version"]),
    }
    found = {
        name: re.sub(old, new, (ROOT / name).read_text(encoding="utf-8"), count=1)
        for name, (old, new) in lines.items()
    }
    data["homepage"] = project()["urls"]["Homepage"]
    found["data/datapackage.json"] = json.dumps(data, **PLAIN) + "\n"
    return found | citation()


def citation() -> dict[str, str]:
    """CITATION.cff and .zenodo.json, as pyproject.toml and the data package have it."""
    package, data = project(), schema.descriptor(ROOT / "data")
    names = [author["name"] for author in package["authors"]]
    licence = data["licenses"][0]["name"]
    cff = {
        "cff-version": "1.2.0",
        "message": "If you use the software, please cite it as below; if you use the data, please "
        "cite the first of the references.",
        "title": f"{package['name']}: how Ofsted has graded children's services in England since "
        "2009",
        "abstract": "Every graded inspection of English local authority children's services since "
        "2009 that can be traced to a source, with every grade and where it stands, and a Python "
        f"library to load, compare and draw them. Package version {package['version']}, data "
        f"version {data['version']} (the day to which the record is complete).",
        "type": "software",
        "authors": [{"name": name} for name in names],
        "version": package["version"],
        "license": "MIT",
        "url": package["urls"]["Homepage"],
        "repository-code": package["urls"]["Source"],
        "keywords": data["keywords"],
        "references": [
            {
                "type": "data",
                "title": data["title"],
                "authors": [{"name": name} for name in names],
                "version": data["version"],
                "date-released": data["completeTo"],
                "license": licence,
                "url": package["urls"]["Homepage"],
            },
            {
                "type": "report",
                "title": "Reports of inspections of local authority children's services",
                "authors": [{"name": "Ofsted"}],
                "url": data["sources"][0]["path"],
                "license": licence,
            },
        ],
    }
    zenodo = {
        "upload_type": "dataset",
        "title": data["title"],
        "description": data["description"],
        "creators": [{"name": name} for name in names],
        "version": data["version"],
        "publication_date": data["completeTo"],
        "license": licence.lower(),
        "language": "eng",
        "keywords": data["keywords"],
        "related_identifiers": [
            {"identifier": package["urls"]["Source"], "relation": "isSupplementedBy"}
        ],
    }
    return {
        "CITATION.cff": yaml.safe_dump(cff, sort_keys=False, allow_unicode=True, width=100),
        ".zenodo.json": json.dumps(zenodo, **PLAIN) + "\n",
    }


# The change log -------------------------------------------------------------------------------


def git(*words: str) -> bytes:
    return subprocess.run(["git", *words], cwd=ROOT, check=True, capture_output=True).stdout


def last_data_release() -> str:
    """The tag of the data release before this state; empty if there is none."""
    own = set(tags())
    named = git("tag", "--merged", "HEAD", "--list", "data-*", "--sort=-creatordate").decode()
    return next((tag for tag in named.split() if tag not in own), "")


def corrections(since: str) -> list[str]:
    """The cells changed and rows taken out since a tag, as lines of Markdown."""
    if not since:
        return []
    with tempfile.TemporaryDirectory() as folder:
        with tarfile.open(fileobj=io.BytesIO(git("archive", since, "data"))) as archive:
            archive.extractall(folder, filter="data")
        changes = compare(Path(folder) / "data", ROOT / "data")
    return [f"- {change.table}: {change}" for change in changes if change.kind != "added"]


# What must agree ------------------------------------------------------------------------------


def faults() -> list[str]:
    """What does not agree, each with its file and what to do."""
    package, data = project(), schema.descriptor(ROOT / "data")
    end = date.fromisoformat(data["completeTo"])
    found = []
    version = f"{end.year}.{end.month}.{end.day}"
    if data["version"] != version:
        found.append(
            f"data/datapackage.json: version {data['version']} is not the day of completeTo, "
            f"{version}."
        )
    found += [
        f"{name}: not what pyproject.toml and data/datapackage.json say; run `make refresh`."
        for name, text in versions().items()
        if not (ROOT / name).exists() or (ROOT / name).read_text(encoding="utf-8") != text
    ]
    if f"complete to {long_date(end)}" not in (ROOT / "README.md").read_text("utf-8"):
        found.append(f"README.md: does not say 'complete to {long_date(end)}'.")
    log = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    for heading in (f"Data {data['version']}", f"Package {package['version']}"):
        if not re.search(rf"(?m)^##+ {re.escape(heading)}\b", log):
            found.append(f"CHANGELOG.md: no heading '{heading}'.")
    since = last_data_release()
    missing = [line for line in corrections(since) if line not in log.splitlines()]
    if missing:
        found.append(
            f"CHANGELOG.md: {len(missing)} corrections since {since} are not there; put in what "
            "`python tools/release.py corrections` prints."
        )
    here = git("tag", "--points-at", "HEAD").decode().split()
    here = [tag for tag in here if re.match(r"v\d|data-\d", tag)]
    named = git("tag", "--list", *tags()).decode().split()
    found += [
        f"The tag {tag} is of another state already: this one needs a new version."
        for tag in named
        if tag not in here
    ]
    if git("status", "--porcelain").strip():
        found.append("The checkout holds what is not committed: commit it, or take it away.")
    found += map(str, [*check(ROOT / "data"), *digests.faults(ROOT / "data")])
    found += [
        f"The tag {tag} is none of this state: {' and '.join(tags())}."
        for tag in here
        if tag not in tags()
    ]
    if here and "## Unreleased" in log:
        found.append("CHANGELOG.md: the heading 'Unreleased' has to be the day of the release.")
    return found


# The files ------------------------------------------------------------------------------------


def build(out: Path) -> list[Path]:
    """Wheel, source distribution, the data as one zip, and the checksums of the three."""
    out.mkdir(parents=True, exist_ok=True)
    own = ("ofsted_analysis-*.whl", "ofsted_analysis-*.tar.gz", "ofsted-data-*.zip", "SHA256SUMS")
    old = {path for pattern in own for path in out.glob(pattern)}
    if other := sorted(path.name for path in set(out.iterdir()) - old):
        sys.exit(f"{out} holds more than a release, such as {other[0]}: name another folder.")
    for path in old:
        path.unlink()
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-d", str(out.resolve())],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    data = schema.descriptor(ROOT / "data")
    (out / f"ofsted-data-{data['version']}.zip").write_bytes(data_zip())
    made = sorted(out.iterdir())
    checksums = out / "SHA256SUMS"
    checksums.write_text(_sums({path.name: path.read_bytes() for path in made}), encoding="ascii")
    return [*made, checksums]


def data_zip() -> bytes:
    """CSV with datapackage.json, Parquet, the licence, and the checksums of all of them."""
    packed = io.BytesIO()
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(packed, "w") as archive:
        export(["csv", "parquet"], folder, data_dir=ROOT / "data")
        files = {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in sorted(Path(folder).rglob("*"))
            if path.is_file()
        } | {"LICENSE-DATA.md": (ROOT / "LICENSE-DATA.md").read_bytes()}
        for name, content in files.items():
            archive.writestr(name, content)
        archive.writestr("SHA256SUMS", _sums(files))
    return repacked(packed.getvalue())


def _sums(files: dict[str, bytes]) -> str:
    """As `sha256sum --check` reads them."""
    return "".join(
        f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in files.items()
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("versions")
    commands.add_parser("corrections").add_argument("--since", default=None, metavar="TAG")
    commands.add_parser("build").add_argument("out", type=Path)
    arguments = parser.parse_args()
    if arguments.command == "versions":
        for name, text in versions().items():
            (ROOT / name).write_text(text, encoding="utf-8", newline="\n")
        return 0
    if arguments.command == "corrections":
        since = last_data_release() if arguments.since is None else arguments.since
        none = f"No cell was corrected since {since}." if since else "No data release before this."
        print(*corrections(since) or [none], sep="\n")
        return 0
    found = faults()
    print(*found, sep="\n", end="\n" * bool(found), file=sys.stderr)
    if found:
        return 1
    for path in build(arguments.out):
        print(f"{path.name}  {path.stat().st_size:,} bytes")
    print(f"Tags: {' and '.join(tags())}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
