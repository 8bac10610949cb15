"""Samples of the attack: `make attack` has the full counts."""

import importlib.util
import random
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
if not (ROOT / "tools" / "break_library.py").exists():
    pytest.skip("not a checkout", allow_module_level=True)


def tool(name):
    spec = importlib.util.spec_from_file_location(name, ROOT / "tools" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.filterwarnings("default")
def test_odd_calls_of_the_library_get_an_answer_or_a_clear_error():
    count, wrong = tool("break_library").run(step=167)
    assert count > 18 and wrong == []


def test_adds_that_are_killed_leave_the_tables_before_or_after(tmp_path):
    found = tool("break_writes").kills(1, tmp_path)
    assert (found["between"], found["stray"], found["traceback"]) == (0, 0, 0)
    assert found["killed"] == 1


@pytest.mark.sample(0)
def test_two_adds_at_once_lose_nothing(tmp_path):
    found = tool("break_writes").pairs(1, tmp_path)
    assert (found["lost"], found["not added"], found["stray"]) == (0, 0, 0)


def test_wrong_calls_of_the_command_line_end_in_one_clear_line():
    count, wrong = tool("break_cli").check(step=206)
    assert count >= 2 and wrong == []


@pytest.mark.sample(0)
def test_readers_beside_a_writer_see_the_tables_before_or_after(tmp_path):
    found = tool("break_writes").readings(2, tmp_path, 1, ("judgements", "check"))
    assert found["mixtures"] == 0
    assert found["reads"] > 2 and found["writes"] >= 2


def test_mixed_and_damaged_documents_are_refused_or_read_as_they_were_printed():
    documents = tool("break_documents")
    reports, letters = documents.at_hand("OFSTED_REPORTS"), documents.at_hand("OFSTED_LETTERS")
    if not reports or not letters:
        pytest.skip("OFSTED_REPORTS and OFSTED_LETTERS name no folders of documents")
    chosen = [path for files in (reports, letters) for path in random.Random(1).sample(files, 40)]
    done = documents.run(chosen, (12, 12, 12))
    assert [wrong for _, wrong in done.values() if wrong] == []
    assert [o["refused"] + o["read"] for o, _ in done.values()] == [12, 12, 12]
    assert done["mixtures of two reports"][0]["refused"] > 7
    assert done["mixtures of two letters"][0]["refused"] > 9
