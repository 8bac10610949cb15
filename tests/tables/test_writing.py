"""Files that are written: whose mode they have."""

import os
from pathlib import Path

import pytest

from ofsted_analysis.publish.export import export
from ofsted_analysis.tables import writing

pytestmark = pytest.mark.skipif(os.name != "posix", reason="modes of files are POSIX's")


@pytest.fixture
def umask():
    before = os.umask(0o027)
    yield
    os.umask(before)


def mode(path):
    return path.stat().st_mode & 0o777


@pytest.mark.usefixtures("umask")
def test_new_files_honour_the_umask(tmp_path):
    paths = export(["csv", "json", "sqlite"], tmp_path / "out")
    assert {mode(Path(path)) for path in paths} == {0o640}
    assert mode(tmp_path / "out") == 0o750


@pytest.mark.usefixtures("umask")
def test_a_file_that_was_there_keeps_its_mode(tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes(b"one")
    path.chmod(0o604)
    writing.replace_files({Path("a.txt"): b"two", Path("b.txt"): b"new"}, tmp_path)
    assert (mode(path), path.read_bytes()) == (0o604, b"two")
    assert mode(tmp_path / "b.txt") == 0o640
