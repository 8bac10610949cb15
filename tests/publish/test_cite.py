"""How to cite: every style says the same, and what the data package says."""

import re

import pytest

import ofsted_analysis as oa
from ofsted_analysis import cli
from ofsted_analysis.tables import project, schema


@pytest.mark.parametrize("style", ["text", "bibtex", "ris"])
def test_every_style_names_who_what_when_and_where(style):
    data = schema.descriptor()
    told = oa.cite(style)
    for fact in (
        data["contributors"][0]["title"],
        data["title"],
        data["version"],
        data["licenses"][0]["title"],
        data["completeTo"][:4],
        project.address(),
    ):
        assert fact in told


def test_bibtex_is_one_entry_with_balanced_braces():
    told = oa.cite("bibtex")
    assert told.startswith("@misc{") and told.count("{") == told.count("}")
    fields = re.findall(r"(?m)^  (\w+) = \{", told)
    assert len(fields) == len(set(fields)) and {"author", "title", "year", "url"} <= set(fields)


def test_ris_is_one_record_of_two_letter_tags():
    lines = oa.cite("ris").split("\n")
    assert lines[0] == "TY  - DATA" and lines[-1] == "ER  - "
    assert all(re.match(r"[A-Z][A-Z0-9]  - ", line) for line in lines)


def test_another_style_is_refused():
    with pytest.raises(oa.DataError, match="text, bibtex, ris"):
        oa.cite("apa")


def test_the_command_prints_it(capsys):
    assert cli.main(["cite", "--style", "ris"]) == 0
    assert capsys.readouterr().out == oa.cite("ris") + "\n"
