"""Size, hash and row count of each table in ``datapackage.json``, as the tables now are."""

import hashlib
import json
import os
from pathlib import Path
from typing import Any

from ofsted_analysis import package


def stamps(path: Path) -> dict[str, Any]:
    """Bytes, SHA-256 and number of rows of one table."""
    content = path.read_bytes()
    return {
        "bytes": len(content),
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
        "rowCount": max(0, content.count(b"\n") - 1),
    }


def write_stamps(data_dir: str | Path | None = None) -> list[str]:
    """Bring the stamps up to date; the file is replaced whole or not at all.

    Returns
    -------
    list of str
        The tables whose stamps have changed.
    """
    folder = package.data_dir(data_dir)
    descriptor = package.descriptor(folder)
    changed = []
    for resource in descriptor["resources"]:
        fresh = stamps(folder / resource["path"])
        if any(resource.get(key) != value for key, value in fresh.items()):
            changed.append(resource["name"])
            resource.update(fresh)
    if changed:
        path = folder / "datapackage.json"
        scratch = path.with_suffix(".json.part")
        scratch.write_text(json.dumps(descriptor, indent=2, ensure_ascii=False) + "\n", "utf-8")
        os.replace(scratch, path)
    return changed
