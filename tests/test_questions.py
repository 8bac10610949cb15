"""docs/questions.md: every function has its question, and every line runs."""

import re
from pathlib import Path

import pandas as pd
import pytest

import ofsted_analysis as oa

PAGE = Path(__file__).parents[1] / "docs" / "questions.md"
if not PAGE.exists():
    pytest.skip("not a checkout", allow_module_level=True)
TEXT = PAGE.read_text(encoding="utf-8")
SETUP = re.search(r"```python\n(.*?)```", TEXT, re.S)[1]
LINES = re.findall(r"(?m)^\|[^|]+\| `([^`]+)` \|", TEXT)


def test_every_public_function_answers_a_question():
    missing = [name for name in oa.__all__ if f"oa.{name}" not in TEXT]
    assert missing == [] and len(oa.__all__) <= 30


@pytest.mark.parametrize("line", LINES)
def test_every_line_runs(line):
    names = {}
    exec(SETUP, names)
    found = eval(line, names)
    assert len(found) if isinstance(found, pd.DataFrame | pd.Series | list | str) else found


def test_parameters_are_named_alike():
    """A day is date, a table of one's own data; no other name for either."""
    import inspect

    for name in oa.__all__:
        function = getattr(oa, name)
        if inspect.isfunction(function):
            parameters = set(inspect.signature(function).parameters)
            assert not parameters & {"on", "until", "day", "judgements", "frame", "snapshot"}, name
