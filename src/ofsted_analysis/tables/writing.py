"""Putting files in place, all or none."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from ofsted_analysis.tables.errors import DataError


def replace_files(contents: dict[Path, bytes]) -> None:
    """Put files in place, all or none.

    All are written beside their places first and then moved over them one by one, so that each is
    whole at any time. If a move fails, those already made are undone. (If the machine stops
    between two moves, `check` tells by the stamps.)

    Raises
    ------
    DataError
        A file cannot be written.
    """
    before = {path: path.read_bytes() for path in contents if path.exists()}
    moved: list[Path] = []
    with ExitStack() as scratch:
        try:
            parts = {path: scratch.enter_context(_beside(path, c)) for path, c in contents.items()}
            for path, part in parts.items():
                os.replace(part, path)
                moved.append(path)
        except BaseException as error:
            stuck = [path.name for path in moved if not _put_back(path, before.get(path))]
            if isinstance(error, OSError) or stuck:
                left = f"{', '.join(stuck)} could not be put back" if stuck else "Nothing changed"
                at = next((path for path in contents if path not in moved), None)
                raise DataError(f"cannot be written ({error}). {left}.", at) from error
            raise


def _put_back(path: Path, content: bytes | None) -> bool:
    """Undo a move; False if that cannot be done."""
    try:
        if content is None:
            path.unlink()
            return True
        with _beside(path, content) as part:
            os.replace(part, path)
    except OSError:
        return False
    return True


@contextmanager
def _beside(path: Path, content: bytes) -> Iterator[Path]:
    """A file of that content beside a path, to be moved over it; gone afterwards."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.chmod(name, path.stat().st_mode if path.exists() else 0o644)
        yield Path(name)
    finally:
        Path(name).unlink(missing_ok=True)
