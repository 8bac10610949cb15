"""The command line: what it prints, and how it exits."""

import csv
import io
import json
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import matplotlib.pyplot as plt
import pytest

from ofsted_analysis import cli
from ofsted_analysis.analysis.outcomes import data_complete_to
from ofsted_analysis.curation import reports
from ofsted_analysis.curation.reports import Judgement, Letter, Report
from ofsted_analysis.tables import load

REPORT = Report(
    file=Path("some/report.pdf"),
    framework_id="ilacs",
    authority_id="west-sussex",
    first_day=date(2019, 2, 25),
    last_day=date(2019, 3, 8),
    days_note="",
    published_date=None,
    inspection_type=None,
    judgements=(
        Judgement("leaders", "The impact of leaders", "inadequate", "graded", 1),
        Judgement("care_leavers", "Care leavers, and after", None, "not judged", 2),
    ),
)
OTHER = Report(
    file=Path("other.pdf"),
    framework_id="sif",
    authority_id="barnet",
    first_day=date(2017, 4, 25),
    last_day=date(2017, 5, 18),
    days_note="",
    published_date=date(2017, 7, 7),
    inspection_type="reinspection",
    judgements=(Judgement("overall", "Overall effectiveness", "good", "graded", 3),),
)

LETTER = Letter(
    file=Path("letter.pdf"),
    authority_id="bury",
    first_day=date(2020, 3, 3),
    last_day=date(2020, 3, 4),
    published_date=date(2020, 4, 1),
    theme="front door",
    priority_action=True,
    areas_for_priority_action=2,
    page=2,
)
UNCERTAIN = replace(
    LETTER,
    first_day=None,
    last_day=None,
    published_date=None,
    theme=None,
    priority_action=None,
    areas_for_priority_action=None,
    doubts=("days of the visit not read: states no days", "theme not read"),
)


def run(capsys, *arguments):
    """Exit code, lines printed, lines of errors."""
    code = cli.main([str(a) for a in arguments])
    printed = capsys.readouterr()
    return code, printed.out.splitlines(), printed.err.splitlines()


@pytest.fixture
def reader(monkeypatch):
    """A reader that gives one item for each file: what it is set to."""
    items = [REPORT, OTHER]
    for name in ("read_reports", "read_files"):
        monkeypatch.setattr(reports, name, lambda paths: iter(items[: len(list(paths))]))
    return items


# read


def test_read_prints_json_of_exactly_this_shape(capsys, reader):
    code, out, err = run(capsys, "read", "--format", "json", "a", "b")
    assert (code, err) == (0, ["2 read, 0 refused."])
    first, second = json.loads("\n".join(out))
    assert first == {
        "file": str(Path("some/report.pdf")),
        "kind": "graded inspection",
        "framework_id": "ilacs",
        "authority_id": "west-sussex",
        "first_day": "2019-02-25",
        "last_day": "2019-03-08",
        "published_date": None,
        "judgements": [
            {
                "area_id": "leaders",
                "label": "The impact of leaders",
                "grade": "inadequate",
                "status": "graded",
                "page": 1,
            },
            {
                "area_id": "care_leavers",
                "label": "Care leavers, and after",
                "grade": None,
                "status": "not judged",
                "page": 2,
            },
        ],
    }
    assert list(first) == list(second)
    assert second["published_date"] == "2017-07-07"


def test_read_prints_csv(capsys, reader):
    code, out, err = run(capsys, "read", "--format", "csv", "a", "b")
    assert (code, err) == (0, ["2 read, 0 refused."])
    rows = list(csv.DictReader(io.StringIO("\n".join(out))))
    assert list(rows[0]) == [
        "file", "kind", "framework_id", "authority_id", "first_day", "last_day", "published_date",
        "area_id", "label", "grade", "status", "theme", "priority_action",
        "areas_for_priority_action", "page",
    ]  # fmt: skip
    assert [row["grade"] for row in rows] == ["inadequate", "", "good"]
    assert rows[1]["label"] == "Care leavers, and after"
    assert [row["published_date"] for row in rows] == ["", "", "2017-07-07"]


def test_read_prints_a_table(capsys, reader):
    code, out, err = run(capsys, "read", "a", "b")
    assert (code, err) == (0, ["2 read, 0 refused."])
    assert [re.sub(r" {2,}", " | ", line) for line in out] == [
        f"west-sussex | ILACS | 2019-02-25 to 2019-03-08 | ({Path('some/report.pdf')})",
        " | The impact of leaders | inadequate | page 1",
        " | Care leavers, and after | not judged | page 2",
        "barnet | SIF | 2017-04-25 to 2017-05-18, published 2017-07-07 | (other.pdf)",
        " | Overall effectiveness | good | page 3",
    ]


def test_read_prints_a_letter_in_json_csv_and_a_table(capsys, reader):
    reader[:] = [LETTER, REPORT]
    code, out, err = run(capsys, "read", "--format", "json", "a", "b")
    assert (code, err) == (0, ["2 read, 0 refused."])
    assert json.loads("\n".join(out))[0] == LETTER.as_dict()
    _, out, _ = run(capsys, "read", "--format", "csv", "a", "b")
    first, *others = csv.DictReader(io.StringIO("\n".join(out)))
    kept = {column: cell for column, cell in first.items() if cell}
    assert kept == {key: str(value) for key, value in LETTER.as_dict().items()}
    assert {row["kind"] for row in others} == {"graded inspection"}
    _, out, _ = run(capsys, "read", "a")
    assert [re.sub(r" {2,}", " | ", line) for line in out] == [
        "bury | FOCUSED VISIT | 2020-03-03 to 2020-03-04, published 2020-04-01 | (letter.pdf)",
        " | front door | priority action: yes (2) | page 2",
    ]


def test_read_says_what_in_a_letter_is_not_certain(capsys, reader):
    reader[:1] = [UNCERTAIN]
    code, out, err = run(capsys, "read", "a")
    assert code == 0
    assert err == [
        "ofsted-analysis: letter.pdf: days of the visit not read: states no days",
        "ofsted-analysis: letter.pdf: theme not read",
        "1 read, 0 refused.",
    ]
    assert [re.sub(r" {2,}", " | ", line) for line in out] == [
        "bury | FOCUSED VISIT | days not read | (letter.pdf)",
        " | theme not read | priority action: not read | page 2",
    ]


def test_read_names_a_wording_that_is_not_known(capsys, reader):
    reader[0] = replace(reader[0], wordings={"leaders": "The impact of leaders on practice"})
    code, _, err = run(capsys, "read", "a", "b")
    assert code == 0 and len(err) == 2
    assert "'The impact of leaders on practice' was taken for ilacs leaders" in err[0]
    assert "label_variants" in err[0]


def test_read_goes_on_after_a_file_that_it_cannot_read(capsys, reader):
    reader[:1] = [(Path("letter.pdf"), "is a letter")]
    code, out, err = run(capsys, "read", "--format", "json", "a", "b")
    assert (code, err) == (1, ["letter.pdf: is a letter", "1 read, 1 refused."])
    assert [report["authority_id"] for report in json.loads("\n".join(out))] == ["barnet"]


def test_read_names_each_real_file_that_is_no_report(capsys, tmp_path):
    figure = plt.figure()
    figure.text(0.1, 0.9, "Minutes of a meeting")
    figure.savefig(tmp_path / "minutes.pdf", metadata={"CreationDate": None})
    plt.close(figure)
    (tmp_path / "notes.pdf").write_text("not a PDF", encoding="utf-8")
    files = [tmp_path / name for name in ("minutes.pdf", "notes.pdf", "nowhere.pdf")]
    code, out, err = run(capsys, "read", "--format", "json", *files)
    assert code == 1
    assert json.loads("\n".join(out)) == []
    *lines, count = err
    assert count == "0 read, 3 refused."
    for line, file in zip(lines, files, strict=True):
        assert line.startswith(f"{file}: ")
        assert len(line) > len(f"{file}: ")


# add


@pytest.fixture
def index(tmp_path):
    path = tmp_path / "index.csv"
    path.write_text(
        "file,report_url,published_date\n"
        "report.pdf,https://files.ofsted.gov.uk/v1/file/1,2019-05-08\n",
        encoding="utf-8",
    )
    return path


def adding(report, judgements, **changes):
    fields = {name: getattr(report, name) for name in report.__dataclass_fields__}
    return Report(**{**fields, "judgements": judgements, **changes})


NEW = adding(
    REPORT,
    tuple(
        Judgement(area, area, "good", "graded", 1)
        for area in ("overall", "leaders", "help_and_protection", "care_and_care_leavers")
    ),
    first_day=date(2020, 1, 13),
    last_day=date(2020, 1, 24),
)


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_add_adds_and_then_finds_it_there(capsys, reader, data, tmp_path):
    index = tmp_path / "index.csv"
    index.write_text(
        "file,report_url,published_date\n"
        "report.pdf,https://files.ofsted.gov.uk/v1/file/1,2020-03-08\n",
        encoding="utf-8",
    )
    reader[:] = [NEW]
    arguments = ("add", "--urls", index, "--data", data, "report.pdf")
    code, out, err = run(capsys, *arguments)
    assert (code, err) == (0, [])
    assert out == ["west-sussex-ilacs-2020-01 added.", "1 added, 0 there already."]
    added = [r for r in load.rows("judgements", data) if r["source_id"] == "ofsted-1"]
    assert [row["grade"] for row in added] == ["good"] * 4
    after = contents(data)

    code, out, err = run(capsys, *arguments)
    assert (code, err) == (0, [])
    assert out == [
        "west-sussex-ilacs-2020-01 is there already: left as it is.",
        "0 added, 1 there already.",
    ]
    assert contents(data) == after


def test_add_writes_nothing_if_a_file_is_refused(capsys, reader, data, index):
    before = contents(data)
    reader[:] = [NEW, (Path("letter.pdf"), "is a letter")]
    code, out, err = run(capsys, "add", "--urls", index, "--data", data, "report.pdf", "letter.pdf")
    assert (code, out) == (1, [])
    assert err == ["letter.pdf: is a letter", "Nothing was written."]
    assert contents(data) == before


def test_add_writes_nothing_if_a_rule_is_broken(capsys, reader, data, index):
    before = contents(data)
    reader[:] = [NEW]  # inspected after the index says it was published
    code, out, err = run(capsys, "add", "--urls", index, "--data", data, "report.pdf")
    assert (code, out) == (1, [])
    assert len(err) == 2
    assert err[0].startswith(f"{data / 'inspections.csv'}:")
    assert err[0].endswith(" published_date: 2019-05-08 is before the last day, 2020-01-24")
    assert err[1] == "Nothing was written."
    assert contents(data) == before


def test_add_with_an_index_that_is_not_there(capsys, data):
    code, out, err = run(capsys, "add", "--urls", data / "no.csv", "--data", data, "report.pdf")
    assert (code, out) == (1, [])
    path = data / "no.csv"
    assert err == [f"ofsted-analysis: {path}: cannot be read (No such file or directory)."]


# check and stamp


def test_check_of_sound_tables(capsys, data):
    code, out, err = run(capsys, "check", "--data", data)
    assert (code, err) == (0, [])
    assert out == [
        "The tables are as described, every rule holds, every fact is as it was accepted."
    ]


def test_check_and_stamp_of_a_changed_table(capsys, data):
    path = data / "authorities.csv"
    path.write_bytes(path.read_bytes().replace(b",London,London,", b",Londn,London,", 1))
    code, out, err = run(capsys, "check", "--data", data)
    assert (code, err) == (1, ["3 faults."])
    assert out[0].startswith(f"{path}:2 region: 'Londn' is not one of: ")
    assert out[1].endswith("'ofsted-analysis stamp' renews them")
    assert out[2] == (
        f"{path}: holds other facts than were accepted: 'ofsted-analysis accept' says which"
    )

    assert run(capsys, "stamp", "--data", data) == (0, ["Renewed: authorities."], [])
    assert run(capsys, "stamp", "--data", data) == (0, ["All stamps were right."], [])
    code, out, err = run(capsys, "check", "--data", data)
    assert (code, len(out), err) == (1, 2, ["2 faults."])


@pytest.mark.parametrize("missing", ["datapackage.json", "judgements.csv"])
def test_stamp_without_a_file_says_so_in_one_line(capsys, data, missing):
    path = data / missing
    path.unlink()
    code, out, err = run(capsys, "stamp", "--data", data)
    assert (code, out) == (1, [])
    assert err == [f"ofsted-analysis: {path}: cannot be read (No such file or directory)."]
    assert run(capsys, "check", "--data", data)[0] == 1


# Help and misuse


def commands():
    parser = cli._parser()
    (sub,) = (a for a in parser._actions if hasattr(a, "choices") and isinstance(a.choices, dict))
    return list(sub.choices)


def test_the_commands_are_these_at_least():
    assert {"read", "add", "check", "stamp"} <= set(commands())


@pytest.mark.parametrize("command", ["", *commands()])
def test_help(capsys, command):
    with pytest.raises(SystemExit) as caught:
        cli.main([*([command] if command else []), "--help"])
    assert caught.value.code == 0
    printed = capsys.readouterr().out
    assert printed.startswith(f"usage: ofsted-analysis {command}".rstrip())
    if not command:
        for name in commands():
            assert re.search(rf"^ +{name} +\w", printed, re.MULTILINE), name


@pytest.mark.parametrize(
    "arguments",
    [["grade"], [], ["read"], ["add"], ["read", "--format", "xml", "a.pdf"]],
)
def test_misuse_exits_with_2(capsys, arguments):
    with pytest.raises(SystemExit) as caught:
        cli.main(arguments)
    assert caught.value.code == 2
    assert capsys.readouterr().err.startswith("usage: ofsted-analysis")


# charts


def test_charts_draws_only_what_is_asked_for(capsys, tmp_path):
    options = ["--only", "grades", "--theme", "leadership", "--size", "narrow"]
    code, out, err = run(capsys, "charts", "--out", tmp_path, *options)
    assert (code, err) == (0, []) and out[0].startswith("1 chart in")
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        f"grades-given.{suffix}" for suffix in ("csv", "pdf", "png", "svg", "txt")
    ]
    words = (tmp_path / "grades-given.txt").read_text(encoding="utf-8")
    assert "for leadership" in words


def test_charts_of_an_authority_that_is_no_more(capsys, tmp_path):
    code, out, err = run(capsys, "charts", "--out", tmp_path, "--authority", "Cumbria")
    assert (code, err) == (0, []) and out[0].startswith("3 charts")
    words = (tmp_path / "peers-cumbria.txt").read_text(encoding="utf-8")
    assert "On 31 March 2023 Cumbria was graded requires improvement" in words


def test_charts_says_what_cannot_be_drawn_before_it_writes(capsys, tmp_path):
    out = tmp_path / "charts"
    code, _, err = run(capsys, "charts", "--out", out, "--authority", "Scilly", "--only", "peers")
    assert code == 1 and len(err) == 1 and list(out.iterdir()) == []
    assert "peers-isles-of-scilly cannot be drawn: 10 of the 10" in err[0]
    code, _, err = run(capsys, "charts", "--out", out, "--only", "nonsense")
    assert code == 1 and "the charts are national-overall" in err[0]


def test_a_briefing_in_one_command(tmp_path, capsys):
    arguments = ["briefing", "Dorset", "--date", "2020-01-01", "--out", str(tmp_path)]
    assert cli.main([*arguments, "--format", "html,xlsx"]) == 0
    printed = capsys.readouterr().out.split()
    assert printed == [
        str(tmp_path / f"briefing-dorset-2020-01-01.{kind}") for kind in ("html", "xlsx")
    ]
    assert cli.main([*arguments, "--format", "html"]) == 1
    assert "there already" in capsys.readouterr().err
    assert cli.main([*arguments, "--format", "html", "--force", "--peers", "Leeds,York"]) == 0


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["Devonn"], "Did you mean Devon"),
        (["Devon", "--date", "2031-01-01"], str(data_complete_to().date())),
        (["Devon", "--date", "soon"], "date"),
        (["Devon", "--peers", "Narnia"], "--peers takes neighbours, region"),
        (["Devon", "--format", "pdf"], "html, docx, pptx, xlsx"),
        (["Cumbria", "--date", "2024-01-01"], "31 March 2023"),
        ([], "--all"),
        (["Devon", "--all"], "--all"),
    ],
)
def test_a_briefing_that_cannot_be(arguments, told, tmp_path, capsys):
    assert cli.main(["briefing", *arguments, "--out", str(tmp_path / "new")]) == 1
    error = capsys.readouterr().err
    assert told in error and len(error.splitlines()) == 1
    assert not list(tmp_path.glob("new/*"))
