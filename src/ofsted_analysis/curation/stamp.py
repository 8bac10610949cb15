"""Size, hash and row count of each table in ``datapackage.json``, as the tables now are."""

import json
from pathlib import Path
from typing import Any

from ofsted_analysis.tables import schema, writing
from ofsted_analysis.tables.errors import DataError


def stamps(path: Path) -> dict[str, Any]:
    """Bytes, SHA-256 and number of rows of one table."""
    try:
        return schema.content_stamps(path.read_bytes())
    except OSError as error:
        raise DataError(f"cannot be read ({error.strerror}).", path) from error


def write_stamps(data_dir: str | Path | None = None) -> list[str]:
    """Bring the stamps up to date; the file is replaced whole or not at all.

    Returns
    -------
    list of str
        The tables whose stamps have changed.
    """
    folder = schema.data_dir(data_dir)
    schema.tables(folder)  # it describes tables
    descriptor = schema.descriptor(folder)
    changed = []
    for resource in descriptor["resources"]:
        fresh = stamps(folder / resource["path"])
        if any(resource.get(key) != value for key, value in fresh.items()):
            changed.append(resource["name"])
            if resource.get("rowCount") and not fresh["rowCount"]:
                writing.log.warning("%s has no rows any more.", folder / resource["path"])
            resource.update(fresh)
    if changed:
        write_description(descriptor, folder)
    return changed


def write_description(described: dict[str, Any], folder: Path) -> None:
    """Write ``datapackage.json``, whole or not at all."""
    text = json.dumps(described, indent=2, ensure_ascii=False) + "\n"
    writing.replace_files({Path("datapackage.json"): text.encode()}, folder)
