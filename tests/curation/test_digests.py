"""A changed fact is seen without the report; what was read cannot be accepted by hand."""

import importlib.util
import json
import shutil
from pathlib import Path

import pytest

from ofsted_analysis import cli
from ofsted_analysis.curation import digests, stamp
from ofsted_analysis.curation.add import remove_inspections, write_rows
from ofsted_analysis.curation.checks import check
from ofsted_analysis.tables import load
from ofsted_analysis.tables.errors import DataError

READ = "west-sussex-ilacs-2019-03"
OLDER = "leeds-slac-2009-12"


@pytest.fixture
def before(data, tmp_path):
    return Path(shutil.copytree(data, tmp_path / "before"))


def change(folder, table, column, value, **facts):
    rows = load.rows(table, folder)
    (row,) = [r for r in rows if all(r[k] == v for k, v in facts.items())]
    row[column] = value
    write_rows(folder, table, rows)
    stamp.write_stamps(folder)


def said(folder):
    return [str(fault) for fault in digests.faults(folder)]


def test_the_tables_are_as_they_were_read_and_accepted(data):
    assert digests.faults() == digests.faults(data) == []
    known = digests.accepted(data)
    read = load.load_judgements().query("certainty == 'report'")["source_id"]
    assert len(known["reports"]) >= 0.9 * read.nunique()  # the rest are restated in a report
    assert set(known["tables"]) == {p.stem for p in data.glob("*.csv")} | {"datapackage.json"}


def test_a_mistyped_grade_of_a_report_is_seen_and_cannot_be_accepted(data, before):
    change(data, "judgements", "grade", "good", inspection_id=READ, area_id="leaders")
    assert check(data) == []
    (fault,) = said(data)
    assert f"{READ!r}: a date, grade or page is not as read in the report ofsted-50074949" in fault
    words = list(digests.accept(before, data))
    assert "grade was 'inadequate', is 'good'" in "\n".join(words)
    assert len(said(data)) == 1


def test_a_fact_from_elsewhere_is_seen_and_accepted_in_words(data, before, capsys):
    change(data, "judgements", "grade", "good", inspection_id=OLDER, area_id="lac_overall")
    (fault,) = said(data)
    assert "judgements.csv: holds other facts than were accepted" in fault
    assert cli.main(["check", "--data", str(data)]) == 1
    assert cli.main(["accept", str(before), "--data", str(data)]) == 0
    printed = capsys.readouterr().out
    assert f"{OLDER}, lac_overall: grade was 'adequate', is 'good'" in printed
    assert printed.endswith("Accepted.\n")
    assert cli.main(["check", "--data", str(data)]) == 0


def test_what_the_description_says_is_accepted_in_words_too(data, before):
    path = data / "datapackage.json"
    package = json.loads(path.read_text(encoding="utf-8"))
    end = package["completeTo"]
    package["completeTo"] = "2031-01-01"
    path.write_text(json.dumps(package, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    (fault,) = said(data)
    assert "datapackage.json: holds other facts" in fault
    assert list(digests.accept(before, data)) == [
        f"datapackage.json, completeTo was '{end}', is '2031-01-01'"
    ]
    assert said(data) == []


def test_only_the_version_that_was_accepted_will_do_to_compare_with(data, before):
    change(data, "judgements", "grade", "good", inspection_id=OLDER, area_id="lac_overall")
    change(before, "authorities", "region", "London", authority_id="kent")
    with pytest.raises(DataError, match=r"is not what digests\.json was made of"):
        list(digests.accept(before, data))
    assert len(said(data)) == 1


def test_a_report_that_is_no_longer_there(data):
    for table in ("inspections", "judgements"):
        rows = [r for r in load.rows(table, data) if r["inspection_id"] != READ]
        write_rows(data, table, rows)
    assert any("ofsted-50074949 is not there any more" in fault for fault in said(data))


def test_remove_takes_the_digest_along(data):
    before = digests.accepted(data)["reports"].keys()
    assert remove_inspections(["brent-ilacs-2026-05"], data_dir=data) == []
    assert said(data) == []
    assert len(before - digests.accepted(data)["reports"].keys()) == 1


@pytest.mark.parametrize("content", [None, "", "{", "[]", '{"reports": {}}', '{"tables": 3}'])
def test_digests_that_are_none(data, content):
    path = data / "digests.json"
    path.unlink()
    if content is not None:
        path.write_text(content, encoding="utf-8")
    (fault,) = said(data)
    assert "digests.json: " in fault


def test_rows_and_columns_may_stand_in_another_order(data):
    known = digests.accepted(data)
    path = data / "judgements.csv"
    head, *lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([head, *reversed(lines)]) + "\n", encoding="utf-8")
    found, _ = digests.digests(data, known["reports"])
    assert found["reports"] == known["reports"]


def test_changed_facts_are_caught(tmp_path):
    """A sample of the 75 kinds of `make attack`, one in forty."""
    path = Path(__file__).parents[2] / "tools" / "break_facts.py"
    if not path.exists():
        pytest.skip("not a checkout")
    spec = importlib.util.spec_from_file_location("break_facts", path)
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    assert len(tool.KINDS) + len(tool.DESCRIBED) >= 75
    for name, who in tool.mutants(1, tmp_path, [*tool.KINDS][::40], 1):
        assert who["digests"] and (who["check"] or name not in tool.LISTED), name
