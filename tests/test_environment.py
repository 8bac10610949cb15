"""pyproject.toml, environment.yml and requirements.lock say the same thing."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
CONDA_NAMES = {"python-duckdb": "duckdb", "playwright-python": "playwright"}

if not (ROOT / "environment.yml").exists():
    pytest.skip("not a checkout", allow_module_level=True)

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")


def bounds(lines):
    """{name: bounds} of requirement lines."""
    requirements = [Requirement(line) for line in lines]
    return {canonicalize_name(r.name): r.specifier for r in requirements}


def declared():
    """The dependencies that pyproject.toml declares, extras included."""
    extras = PROJECT["optional-dependencies"].values()
    return bounds([*PROJECT["dependencies"], *(line for extra in extras for line in extra)])


def locked():
    """{name: [(version, number of hashes), ...]}; a name may be pinned once per platform."""
    pins = {}
    for entry in re.split(r"\n(?=[a-z0-9])", "\n" + re.sub(r"(?m)^\s*#.*\n", "", LOCK))[1:]:
        pin = Requirement(entry.split("\\\n")[0])
        (version,) = pin.specifier
        assert version.operator == "==", entry
        hashes = re.findall(r"--hash=sha256:[0-9a-f]{64}\b", entry)
        pins.setdefault(canonicalize_name(pin.name), []).append((version.version, len(hashes)))
    return pins


def test_environment_yml_has_the_dependencies_of_pyproject():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    conda = [line for line in environment["dependencies"] if isinstance(line, str)]
    (pip,) = (part["pip"] for part in environment["dependencies"] if isinstance(part, dict))
    assert pip[-1] == "-e ."

    ours = bounds([*conda, *pip[:-1]])
    assert ours.pop("python") == PROJECT["requires-python"]
    ours.pop("pip")
    ours = {CONDA_NAMES.get(name, name): bound for name, bound in ours.items()}
    assert ours == declared()


def test_the_lock_pins_every_dependency_within_its_bounds():
    pins = locked()
    for name, bound in declared().items():
        assert name in pins, name
        for version, _ in pins[name]:
            assert version in bound, f"{name} {version} is outside {bound}"


def test_every_pin_has_hashes():
    assert [name for name, pins in locked().items() if not all(n for _, n in pins)] == []


def test_the_lock_names_no_place():
    """No index, host, folder or option: only pins, hashes and comments."""
    for pattern in (r"://", r"(?m)^\s*-(?!-hash=)", r"(?i)find-links|index-url", r"/", r"\bwww\."):
        assert not re.search(pattern, LOCK), pattern


def test_the_classifiers_are_the_pythons_that_ci_runs_and_those_between():
    listed = re.findall(r"Python :: 3\.(\d+)", "\n".join(PROJECT["classifiers"]))
    minors = [int(minor) for minor in listed]
    assert minors == list(range(minors[0], minors[-1] + 1))
    assert PROJECT["requires-python"] == f">=3.{minors[0]}"

    workflow = ROOT / ".github" / "workflows" / "ci.yml"
    jobs = yaml.safe_load(workflow.read_text(encoding="utf-8"))["jobs"]
    tested = jobs["test"]["strategy"]["matrix"]["python"]
    assert tested[0] == f"3.{minors[0]}" and tested[-1] == f"3.{minors[-1]}"
