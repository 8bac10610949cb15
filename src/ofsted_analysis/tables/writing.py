"""Writing files: one writer at a time, and every set of files whole or not at all.

A set of files is first written into a folder of its own inside the one where it belongs. Renaming
that from ``.new`` to ``.ready`` is the moment from which it counts; then each file moves into its
place. Whoever starts next finds at most one of the two: a ``.new`` was never finished and is
removed, a ``.ready`` is whole and the rest of it is put in place. A lock that ends with its process
keeps writers apart.
"""

import json
import logging
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ofsted_analysis.tables.errors import DataError

_LOCK, _NEW, _READY = (f".ofsted-analysis.{name}" for name in ("lock", "new", "ready"))
_OWN = (_LOCK, _NEW, _READY)
_PUT, _OLD, _NAMES = "put", "old", "names.json"
_PATIENCE = 120  # seconds to wait for another writer

log = logging.getLogger("ofsted_analysis")


@contextmanager
def one_writer(folder: Path) -> Iterator[None]:
    """Keep other writers out of a folder, and finish or clear what one before left behind.

    Raises
    ------
    DataError
        The folder cannot be written to, or another writer does not come to an end.
    """
    from filelock import FileLock, Timeout  # only those who write need it

    lock = FileLock(folder / _LOCK)
    try:
        lock.acquire(timeout=_PATIENCE)
    except Timeout as error:
        raise DataError("is being written by another process: try again later.", folder) from error
    except OSError as error:
        raise DataError(f"cannot be written ({error.strerror}).", folder) from error
    try:
        try:
            _settle(folder)
        except OSError as error:
            wrong = f"holds an unfinished write that cannot be finished ({error.strerror})."
            raise DataError(wrong, folder) from error
        yield
    finally:
        if os.name == "posix":  # elsewhere the lock itself removes its file
            (folder / _LOCK).unlink(missing_ok=True)
        lock.release()


def settle(folder: Path) -> None:
    """Finish or clear what a writer left behind; nothing is done if nothing is there.

    Raises
    ------
    DataError
        An unfinished write cannot be finished, as the folder cannot be written to.
    """
    try:
        left = any((folder / name).exists() for name in _OWN)
    except OSError:
        left = False  # no such folder can be
    if left:
        try:
            with one_writer(folder):
                pass
        except DataError:
            if (folder / _READY).exists():  # else the files are as they were before
                raise


def _settle(folder: Path) -> None:
    if (folder / _NEW).exists():
        shutil.rmtree(folder / _NEW)
        log.warning("%s: a write that was broken off has been cleared; nothing changed.", folder)
    if (folder / _READY / _NAMES).exists():
        _move(folder)
        log.warning("%s: a write that was broken off has been finished.", folder)
    elif (folder / _READY).exists():  # all was in place, and it was being cleared
        shutil.rmtree(folder / _READY)


@dataclass
class Draft:
    """Files that are to go into a folder, in a place of their own."""

    path: Path
    """Where they are written."""
    wanted: bool = True
    """Whether they are to be put in place at the end."""


@contextmanager
def draft(folder: Path, *, with_files: bool = True) -> Iterator[Draft]:
    """A copy of a folder's files to be changed; at the end it takes their place, or nothing does.

    Parameters
    ----------
    folder
        The folder, made if it is not there.
    with_files
        Whether the draft begins with the files that are there; otherwise it begins empty.

    Yields
    ------
    Draft
        If its ``wanted`` is set to False, or an error is raised, the folder stays as it was.

    Raises
    ------
    DataError
        A file cannot be written. Nothing has changed then.
    """
    made = _missing(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with one_writer(folder):
            yield from _draft(folder, with_files)
    except OSError as error:
        reason = error.strerror or str(error)
        raise DataError(f"cannot be written ({reason}). Nothing changed.", folder) from error
    finally:
        for path in made:
            if path.is_dir() and not any(path.iterdir()):
                path.rmdir()


def _missing(folder: Path) -> list[Path]:
    """The folder and those above it that are not there yet, the innermost first."""
    return [path for path in (folder, *folder.parents) if not path.exists()]


def _draft(folder: Path, with_files: bool) -> Iterator[Draft]:
    new = folder / _NEW
    found = Draft(new / _PUT)
    try:
        found.path.mkdir(parents=True)
        for path in folder.iterdir() if with_files else ():
            if path.is_file() and path.name not in _OWN:
                shutil.copy2(path, found.path)
        yield found
        if found.wanted:
            _keep_old(folder)
            os.rename(new, folder / _READY)
            _move(folder)
    finally:
        shutil.rmtree(new, ignore_errors=True)


def _files(folder: Path) -> list[Path]:
    """The files in a folder and those below it, as paths from there."""
    found = (path.relative_to(folder) for path in sorted(folder.rglob("*")) if path.is_file())
    return [path for path in found if path.name not in _OWN]


def _keep_old(folder: Path) -> None:
    """Drop what does not change, copy what will be replaced, and see the rest onto the disk."""
    put, old = folder / _NEW / _PUT, folder / _NEW / _OLD
    for path in _files(put):
        there = folder / path
        if there.is_dir():
            raise IsADirectoryError(0, f"{there} is a folder")
        if there.exists():
            if there.read_bytes() == (put / path).read_bytes():
                (put / path).unlink()
                continue
            (old / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(there, old / path)
            shutil.copymode(there, put / path)
        with (put / path).open("rb+") as file:
            os.fsync(file.fileno())
    names = [path.as_posix() for path in _files(put)]
    (folder / _NEW / _NAMES).write_text(json.dumps(names), encoding="utf-8")


def _move(folder: Path) -> None:
    """Move what is ready into its place; if a move fails, undo all of them."""
    ready = folder / _READY
    names = json.loads((ready / _NAMES).read_text(encoding="utf-8"))
    try:
        for name in names:
            if (ready / _PUT / name).exists():  # not moved before a break
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                os.replace(ready / _PUT / name, folder / name)
    except BaseException as error:
        try:
            _undo(folder, names)
        except OSError:
            wrong = f"is half written ({error}). The next command that reads it finishes the write."
            raise DataError(wrong, folder) from error
        raise
    shutil.rmtree(ready)


def _undo(folder: Path, names: list[str]) -> None:
    """Put back every file as it was before."""
    put, old = folder / _READY / _PUT, folder / _READY / _OLD
    for name in names:
        if (old / name).exists():
            os.replace(old / name, folder / name)
        elif not (put / name).exists():
            (folder / name).unlink(missing_ok=True)
    shutil.rmtree(folder / _READY)


def replace_files(contents: Mapping[Path, bytes], folder: Path) -> None:
    """Put files into a folder or below it, all or none.

    Parameters
    ----------
    contents
        What each file is to hold, by its path from the folder.
    folder
        The folder, made if it is not there.

    Raises
    ------
    DataError
        A file cannot be written. Nothing has changed then.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as place:
    ...     replace_files({Path("a/b.txt"): b"two", Path("c.txt"): b"one"}, Path(place))
    ...     sorted(path.name for path in Path(place).rglob("*"))
    ['a', 'b.txt', 'c.txt']
    """
    with draft(folder, with_files=False) as new:
        for path, content in contents.items():
            (new.path / path).parent.mkdir(parents=True, exist_ok=True)
            (new.path / path).write_bytes(content)
