"""Run the notebooks and save what they print, in the one form in which they are committed.

    python tools/run_notebooks.py notebooks/*.ipynb

One string for each source and output, cells numbered in order, nothing of when or where it ran: the
same data give the same file.
"""

import json
import sys
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient


def joined(value: Any) -> Any:
    """A list of lines as one string, in all that a notebook holds."""
    if isinstance(value, dict):
        return {key: joined(part) for key, part in value.items()}
    if isinstance(value, list):
        if value and all(isinstance(part, str) for part in value):
            return "".join(value)
        return [joined(part) for part in value]
    return value


def run(path: Path) -> None:
    """Run one notebook in its own folder, and save it."""
    notebook = nbformat.read(path, as_version=4)
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{number:02}"
        cell["metadata"] = {k: v for k, v in cell["metadata"].items() if k == "tags"}
    client = NotebookClient(notebook, kernel_name="python3", record_timing=False)
    client.execute(cwd=str(path.parent))
    tags = {cell["id"]: cell["metadata"].get("tags") for cell in notebook.cells}
    made = joined(json.loads(nbformat.writes(notebook)))
    made["metadata"]["language_info"] = {"name": "python"}  # of whatever version
    for cell in made["cells"]:
        if tags[cell["id"]]:  # a list of words, not lines
            cell["metadata"]["tags"] = tags[cell["id"]]
    text = json.dumps(made, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
    path.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    for name in sys.argv[1:]:
        run(Path(name))
        print(name)
