"""Zip files that are the same for the same content: Word and PowerPoint files are such."""

import io
import zipfile

_DAY = (1980, 1, 1, 0, 0, 0)
"""The earliest day that a zip file can bear."""


def repacked(content: bytes) -> bytes:
    """A zip file with the same entries in the same order, all of one day.

    Examples
    --------
    >>> made = io.BytesIO()
    >>> with zipfile.ZipFile(made, "w") as packed:
    ...     packed.writestr("a.txt", "a")
    >>> zipfile.ZipFile(io.BytesIO(repacked(made.getvalue()))).infolist()[0].date_time
    (1980, 1, 1, 0, 0, 0)
    """
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            entry = zipfile.ZipInfo(name, _DAY)
            entry.compress_type, entry.create_system = zipfile.ZIP_DEFLATED, 0
            new.writestr(entry, old.read(name))
    return out.getvalue()
