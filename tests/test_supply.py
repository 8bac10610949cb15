"""What the project rests on: declared with a reason, freely licensed, asking nobody at run time."""

import re
import socket
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
if not (ROOT / "requirements.lock").exists():
    pytest.skip("not a checkout", allow_module_level=True)

PYPROJECT = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
FREE = re.compile(
    r"\b(MIT|BSD|Apache|ISC|PSF|Python Software Foundation|MPL|Mozilla|LGPL|Lesser General|HPND|"
    r"Unlicense|CC0|Zlib|Public Domain|MIT-CMU|0BSD|Artistic)\b|ZPL|SIL OFL|OFL-1.1",
    re.IGNORECASE,
)
"""Licences under which a part may be used with ours (MIT) and passed on beside it."""


def licence_of(found):
    """What a part says of its licence; where its metadata are silent, the file that it brings."""
    about = found.metadata
    classifiers = [c for c in about.get_all("Classifier", []) if c.startswith("License ::")]
    stated = [about.get("License-Expression"), *classifiers, (about.get("License") or "")[:200]]
    if any(stated):
        return " / ".join(filter(None, stated))
    names = {Path(file).name for file in about.get_all("License-File", [])}
    return " ".join(path.read_text()[:100] for path in found.files or () if path.name in names)


def locked():
    return {canonicalize_name(name) for name in re.findall(r"(?m)^([A-Za-z0-9._-]+)==", LOCK)}


def test_every_part_has_a_licence_that_goes_with_ours():
    seen, wrong = 0, {}
    for found in metadata.distributions():
        name = canonicalize_name(found.metadata["Name"])
        if name in locked():
            seen += 1
            licence = licence_of(found)
            if not FREE.search(licence) or re.search(r"\bAGPL|Affero|(?<!L)GPL-?[23]\b", licence):
                wrong[name] = licence
    assert seen > 100
    assert not wrong


def test_every_direct_dependency_says_what_it_is_for():
    project = tomllib.loads(PYPROJECT)["project"]
    extras = [line for lines in project["optional-dependencies"].values() for line in lines]
    for line in [*project["dependencies"], *extras]:
        name = re.escape(Requirement(line).name)
        assert re.search(rf'(?m)^    "{name}[^"]*",\s+# \S.{{4,}}$', PYPROJECT), line


def test_what_is_installed_fits_together():
    run = subprocess.run([sys.executable, "-m", "pip", "check", "--disable-pip-version-check"],
                         capture_output=True, text=True, check=False)  # fmt: skip
    assert run.returncode == 0, run.stdout


def test_no_address_of_a_registry_is_in_the_lock():
    assert not re.search(r"https?://|--(?:extra-)?index-url|--find-links", LOCK)
    assert LOCK.count("--hash=sha256:") > len(locked())


def test_every_action_is_pinned_by_commit_with_its_version():
    """A tag can be moved to other code, a commit cannot."""
    workflows = sorted((ROOT / ".github" / "workflows").glob("*.y*ml"))
    texts = "\n".join(path.read_text(encoding="utf-8") for path in workflows)
    used = re.findall(r"(?m)^\s*(?:- )?uses:.*$", texts)
    assert len(used) >= 6
    pinned = [
        re.fullmatch(r".*: ([\w./-]+@[0-9a-f]{40})  # (v\d+\.\d+\.\d+)", line) for line in used
    ]
    assert all(pinned), [line for line, pin in zip(used, pinned, strict=True) if not pin]
    version_of = {pin[1]: pin[2] for pin in pinned}
    assert all(version_of[pin[1]] == pin[2] for pin in pinned)


def test_nothing_asks_the_network(monkeypatch, tmp_path, capsys):
    def refuse(*_, **__):
        raise AssertionError("the network was asked")

    for name in ("connect", "connect_ex", "bind", "sendto"):
        monkeypatch.setattr(socket.socket, name, refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    from ofsted_analysis import cli

    assert cli.main(["check"]) == 0
    assert cli.main(["export", "--format", "csv,sqlite", "--out", str(tmp_path / "e")]) == 0
    assert cli.main(["charts", "--only", "share", "--out", str(tmp_path / "c")]) == 0
    briefing = ["briefing", "Dorset", "--date", "2020-01-01", "--out", str(tmp_path / "b")]
    assert cli.main(briefing) == 0
    capsys.readouterr()
