"""The command line under wrong use: one clear line, the right exit code, never a traceback.

    python tools/break_cli.py

Runs every command in many wrong ways, in processes of their own and on copies of data/, and prints
how many calls ended otherwise: part of `make attack`.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from ofsted_analysis.tables import schema

OWN = [sys.executable, "-m", "ofsted_analysis"]

ESCAPES = "re\nport\x1b[31m.pdf"


def broken_descriptions() -> dict[str, str]:
    """Texts that are no usable datapackage.json, by what is wrong."""
    good = schema.descriptor()

    def changed(change) -> str:
        described = json.loads(json.dumps(good))
        change(described)
        return json.dumps(described)

    def first(d: dict) -> dict:
        return d["resources"][0]

    def field(d: dict) -> dict:
        return first(d)["schema"]["fields"][3]

    return {
        "empty": "",
        "a brace": "{",
        "not text": "\x00\x01",
        "a list": "[]",
        "a number": "7",
        "brackets": "[" * 100_000,
        "no tables": "{}",
        "tables in words": '{"resources": "all"}',
        "a table that is text": '{"resources": ["x"]}',
        "a table without a name": '{"resources": [{}]}',
        "no table": '{"resources": []}',
        "another type": changed(lambda d: field(d).update(type="number")),
        "a pattern that is none": changed(lambda d: field(d)["constraints"].update(pattern="[0-9")),
        "a limit in words": changed(lambda d: field(d)["constraints"].update(minimum="1")),
        "a key to nowhere": changed(lambda d: first(d)["schema"].update(
            foreignKeys=[{"fields": "region", "reference": {"resource": "x", "fields": "y"}}])),
        "a path that leaves": changed(lambda d: first(d).update(path="../authorities.csv")),
        "a path to a device": changed(lambda d: first(d).update(path="/dev/zero")),
        "a table twice": changed(lambda d: d["resources"].append(first(d))),
        "no key": changed(lambda d: first(d)["schema"].pop("primaryKey")),
        "categories in words": changed(lambda d: field(d).update(categories="a")),
        "no completeTo": changed(lambda d: d.pop("completeTo")),
        "completeTo in words": changed(lambda d: d.update(completeTo="soon")),
    }  # fmt: skip


def folders(scratch: Path) -> Iterator[tuple[str, Path]]:
    """Folders that are not the tables described."""

    def copy(name: str) -> Path:
        return Path(shutil.copytree(schema.default_data_dir(), scratch / name.replace(" ", "-")))

    for kind, text in broken_descriptions().items():
        folder = copy(f"description {kind}")
        (folder / "datapackage.json").write_text(text, encoding="utf-8")
        yield kind, folder
    for table in ("authorities", "judgements", "sources"):
        for kind, content in (
            ("without bytes", b""),
            ("with a header only", None),
            ("not UTF-8", b"\xff\xfe\x00"),
            ("with a huge field", b'a,b\n"' + b"x" * 300_000 + b'",1\n'),
        ):
            folder = copy(f"{table} {kind}")
            path = folder / f"{table}.csv"
            head = path.read_bytes().split(b"\n")[0] + b"\n"
            path.write_bytes(head if content is None else content)
            yield f"{table} {kind}", folder
        folder = copy(f"{table} missing")
        (folder / f"{table}.csv").unlink()
        yield f"{table} missing", folder
        folder = copy(f"{table} a folder")
        (folder / f"{table}.csv").unlink()
        (folder / f"{table}.csv").mkdir()
        yield f"{table} a folder", folder
    yield "nothing there", scratch / "nowhere"
    (scratch / "file").write_text("x")
    yield "a file for a folder", scratch / "file"


def calls(scratch: Path) -> Iterator[tuple[str, list[str], dict, set[int]]]:
    """(what is wrong, arguments, how to run, exit codes that are right)"""
    index = scratch / "urls.csv"
    index.write_text("file,report_url,published_date\nx.pdf,https://e.org/1,2026-01-01\n")
    for kind, folder in folders(scratch):
        for command in (["check"], ["stamp"], ["reconcile"], ["export", "--format", "json"],
                        ["add", "x.pdf", "--urls", str(index)], ["remove", "x"]):  # fmt: skip
            out = ["--out", str(scratch / "out")] if command[0] == "export" else []
            if "completeTo" in kind and command[0] != "check":
                continue  # they do without it
            right = {0, 1} if command[0] in ("stamp", "check") else {1}
            if "header only" in kind or (command[0] == "reconcile" and "sources" in kind):
                right = {0, 1}  # a table without rows is a table; figures don't need the sources
            yield kind, [*command, *out, "--data", str(folder)], {}, right
        for pair in ((folder, schema.default_data_dir()), (schema.default_data_dir(), folder)):
            yield kind, ["diff", *map(str, pair)], {}, {0, 1}
    (scratch / "folder").mkdir()
    (scratch / "empty.pdf").write_bytes(b"")
    (scratch / "cut.pdf").write_bytes(b"%PDF-1.7\n1 0 obj\n")
    (scratch / ESCAPES).write_bytes(b"no pdf")
    odd = [scratch / "nowhere.pdf", scratch / "folder", scratch / "empty.pdf", scratch / "cut.pdf",
           scratch / ESCAPES, Path(os.fsdecode(os.fsencode(scratch) + b"/\xff.pdf"))]  # fmt: skip
    for path in odd:
        for form in ("table", "json", "csv"):
            yield "an odd file", ["read", str(path), "--format", form], {}, {1}
        yield "an odd file", ["add", str(path), "--urls", str(index)], {}, {1}
        yield "an odd index", ["add", "x.pdf", "--urls", str(path)], {}, {1}
        yield "an odd place", ["export", "--format", "json", "--out", str(path / "x")], {}, {0, 1}
        yield "an odd place", ["charts", "--out", str(scratch / "file" / "x")], {}, {1}
    for text in (
        "",
        "file\n",
        "file,report_url,published_date\nx.pdf,,\n",
        "file,report_url,published_date\nx.pdf,u,soon\n",
        'file,report_url,published_date\n"' + "x" * 300_000 + '",u,2026-01-01\n',
    ):
        path = scratch / f"index-{abs(hash(text))}.csv"
        path.write_text(text)
        yield "an odd index", ["add", "x.pdf", "--urls", str(path)], {}, {1}
    full = {"stdout": "/dev/full"}
    for command in (["check"], ["reconcile"], ["read", "x.pdf", "--format", "json"], ["--version"],
                    ["diff", *[str(schema.default_data_dir())] * 2], ["--help"]):  # fmt: skip
        silent = command[0].startswith("--")  # argparse lets it pass
        yield "a full disk for output", command, full, {0, 1} if silent else {1}
        yield "output closed", command, {"stdout": "closed"}, {1}
        yield "all closed", command, {"stdout": "closed", "stderr": "closed"}, {1}
        yield "an ASCII terminal", command, {"ascii": True}, {0, 1}
        yield "a pipe that ends", command, {"stdout": "pipe"}, {0, 1}
    yield "stopped", ["reconcile"], {"interrupt": 0.9}, {0, 130}
    yield "stopped", ["export", "--out", str(scratch / "e")], {"interrupt": 1.2}, {0, 130}
    yield "stopped", ["check"], {"interrupt": 0.8}, {0, 130}
    for arguments in (["nonsense"], [], ["read"], ["export", "--format"], ["check", "x"],
                      ["diff", "a"], ["read", "x", "--format", "xml"]):  # fmt: skip
        yield "misused", arguments, {}, {2}
    yield "no such format", ["export", "--format", "pdf"], {}, {1}
    yield "no such authority", ["charts", "--authority", "Loamshire"], {}, {1}
    yield "a closed authority", ["charts", "--authority", "z"], {}, {1}


def run(arguments: list[str], how: dict) -> tuple[int, str]:
    """Exit code, and what was said on the error stream."""
    environment = os.environ | ({"PYTHONIOENCODING": "ascii"} if how.get("ascii") else {})
    shell = [*OWN, *arguments]
    if "closed" in how.values():
        ends = " ".join(f"{n}>&-" for n, s in ((1, "stdout"), (2, "stderr")) if how.get(s))
        shell = ["sh", "-c", f'exec "$@" {ends}', "sh", *shell]
    stdout = subprocess.PIPE
    if how.get("stdout") == "/dev/full":
        stdout = os.open("/dev/full", os.O_WRONLY)
    process = subprocess.Popen(shell, stdout=stdout, stderr=subprocess.PIPE, env=environment)
    if how.get("stdout") == "pipe" and process.stdout:
        process.stdout.close()
        process.stdout = None
    if "interrupt" in how:
        time.sleep(how["interrupt"])
        process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=120)
    if stdout != subprocess.PIPE:
        os.close(stdout)
    return process.returncode, said.decode("utf-8", "replace")


def check(step: int = 1) -> tuple[int, list[tuple]]:
    """Run them all, or every nth; how many, and those that ended otherwise than they should."""
    wrong = []
    with tempfile.TemporaryDirectory() as name:
        chosen = list(calls(Path(name)))[::step]
        for kind, arguments, how, right in chosen:
            code, said = run(arguments, how)
            bad = "Traceback" in said or "\x1b" in said or code not in right
            heard = how.get("stdout") != "pipe" and how.get("stderr") != "closed"
            if code == 1 and heard and not said.strip() and arguments[0] != "check":
                bad = True  # nothing was said
            if bad:
                wrong.append((kind, arguments, how, code, said[-300:]))
    return len(chosen), wrong


if __name__ == "__main__":
    count, others = check()
    for one in others:
        print(*one)
    print(
        f"{count} wrong calls of the command line: {len(others)} ended otherwise than they should"
    )
    sys.exit(bool(others))
