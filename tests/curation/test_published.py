"""Every published figure against the tables."""

import csv
import json
import re

import pandas as pd
import pytest

from ofsted_analysis import cli
from ofsted_analysis.curation.checks import check
from ofsted_analysis.curation.published import VERDICTS, reconcile, reconcile_folder
from ofsted_analysis.tables import load, schema
from ofsted_analysis.tables.errors import DataError
from ofsted_analysis.tables.load import load_published_figures, load_sources

pytestmark = pytest.mark.published

AGREEMENTS = 213
"""How many figures agree exactly. A change of the data may raise it; nothing may lower it."""


@pytest.fixture(scope="module")
def outcome():
    return reconcile().set_index("figure_id")


@pytest.fixture(scope="module")
def figures():
    return load_published_figures().set_index("figure_id")


def a_figure(**basis):
    """A figure that isn't in the table: whatever isn't said of its basis is left out."""
    row = {
        "figure_id": "F9001",
        "as_at": "2025-03-31",
        "published_cutoff": "2025-06-30",
        "framework_id": "sif|ilacs",
        "scope": "England",
        "theme": "overall",
        "value": "19",
        "population": "latest",
        "counted": "inadequate",
        "statistic": "count",
    }
    return pd.DataFrame([{**row, **basis}])


def verdict_of(**basis):
    row = reconcile(a_figure(**basis)).iloc[0]
    return row["verdict"], row["ours"], row["difference"]


def add_row(data, **cells):
    """Another row at the end of the table in a folder; its line."""
    path = data / "published_figures.csv"
    table = schema.tables(data)["published_figures"]
    rows = load.rows("published_figures", data)
    rows.append({**dict.fromkeys(table.columns, ""), **cells})
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, table.columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return len(rows) + 1


WRONG = {
    "figure_id": "F9001",
    "as_at": "2018-03-31",
    "published_by": "Nobody",
    "framework_id": "sif|ilacs",
    "scope": "England",
    "theme": "overall",
    "measure": "inadequate at most recent inspection",
    "value": "16",
    "unit": "%",
    "source_id": "ofsted-social-care-data-2018",
    "population": "latest",
    "published_cutoff": "2018-04-30",
    "counted": "inadequate",
    "statistic": "percent",
}
"""Like F042, but that says 15%."""


# The packaged figures


def test_every_figure_agrees_or_is_explained(outcome):
    assert outcome.index[outcome["verdict"] == "differs"].tolist() == []
    assert set(outcome["verdict"]) <= set(VERDICTS)


def test_no_agreement_is_lost(outcome):
    assert (outcome["verdict"] == "agrees").sum() >= AGREEMENTS


def test_hardly_any_figure_is_given_up(outcome):
    assert outcome.index[outcome["verdict"] == "not rebuilt"].tolist() == [
        "F192",
        "F231",
        "F276",
        "F304",
        *(f"F{n}" for n in range(315, 327)),  # of circumstances, beside grades
    ]


def test_every_figure_is_there_once(outcome, figures):
    assert len(figures) >= 265
    assert outcome.index.tolist() == figures.index.tolist()


def test_an_explained_figure_is_counted_all_the_same(outcome):
    explained = outcome[outcome["verdict"] == "explained"]
    assert explained[["ours", "difference"]].notna().all(axis=None)
    assert explained["explanation"].str.len().min() > 40


def test_no_explanation_outlives_its_difference(outcome, figures):
    agree = outcome.index[outcome["verdict"] == "agrees"]
    assert figures.loc[agree, "explanation"].dropna().to_dict() == {}


def test_what_an_explanation_refers_to_is_there_and_agrees_where_it_says_so(outcome, figures):
    for figure_id, text in figures["explanation"].dropna().items():
        named = set(re.findall(r"F\d{3}", text))
        assert named <= set(outcome.index) - {figure_id}, figure_id
        for other in re.findall(r"(F\d{3}), which agrees", text):
            assert outcome.loc[other, "verdict"] == "agrees", (figure_id, other)


def test_figures_of_ofsted_itself_since_2013_all_agree(outcome, figures):
    kind = load_sources().set_index("source_id")["kind"].astype(str)
    official = figures.index[figures["source_id"].astype(str).map(kind) == "official statistics"]
    assert len(official) >= 39
    assert (outcome.loc[official, "verdict"] == "agrees").all()


@pytest.mark.parametrize(
    ("figure_id", "published", "ours", "verdict"),
    [
        ("F013", "153", 153, "agrees"),  # authorities since April 2023
        ("F023", "152", 152, "agrees"),
        ("F057", "151", 151, "agrees"),  # with one Dorset and one Bournemouth fewer
        ("F024", "36", 100 * 55 / 152, "agrees"),
        ("F021", "36", 100 * 54 / 152, "agrees"),
        ("F017", "17", 100 * 84 / 149 - 100 * 60 / 152, "agrees"),
        ("F010", "85", 100 * 28 / 33, "agrees"),  # of 33 London boroughs and the City
        ("F036", "2", 2, "agrees"),  # Cornwall and the Isles of Scilly
        ("F035", "every", 8, "agrees"),
        ("F048", "35", 100 * 53 / 152, "agrees"),
        ("F063", "7", 7, "agrees"),
        ("F073", "half", 27 / 54, "agrees"),
        ("F076", "3", 3, "agrees"),  # Barnet, Bromley and Tower Hamlets
        ("F086", "63", 63, "agrees"),
        ("F106", "0", 0, "agrees"),
        ("F113", "23.7", 100 * 14 / 59, "agrees"),
        ("F120", "3", 3, "agrees"),  # Hampshire, Leeds and Trafford
        ("F164", "50", 50, "agrees"),
        ("F239", "8.5", 100 * 13 / 153, "agrees"),
        ("F248", "2", 2, "agrees"),  # Westminster, Kensington and Chelsea
        ("F274", "25", 25, "agrees"),
        ("F078", "86", 100 * 131 / 151, "explained"),
        ("F206", "44", 43, "explained"),
    ],
)
def test_figures_counted_by_hand(outcome, figure_id, published, ours, verdict):
    row = outcome.loc[figure_id]
    assert (row["published"], row["verdict"]) == (published, verdict)
    assert row["ours"] == pytest.approx(ours)


# Figures that are not in the table


def test_a_new_figure_needs_no_new_code():
    assert verdict_of() == ("agrees", 19.0, 0.0)
    assert verdict_of(value="12.4", statistic="percent")[0] == "agrees"  # 12.418
    assert verdict_of(value="12", statistic="percent")[0] == "agrees"
    assert verdict_of(value="13", statistic="percent")[0] == "differs"
    assert verdict_of(numerator=19, denominator=153)[0] == "agrees"


def test_a_wrong_figure_differs():
    assert verdict_of(value="20") == ("differs", 19.0, -1.0)
    assert verdict_of(denominator=152) == ("differs", 19.0, 0.0)
    assert verdict_of(value="13.1", statistic="percent")[2] == pytest.approx(-0.7)


def test_an_explanation_excuses_a_difference_but_hides_nothing():
    row = reconcile(a_figure(value="20", explanation="A misprint.")).iloc[0]
    assert row["verdict"] == "explained"
    assert (row["ours"], row["difference"], row["explanation"]) == (19, -1, "A misprint.")


def test_loose_words_agree_within_their_range_only():
    words = {"value": "one in eight", "statistic": "fraction"}
    assert verdict_of(**words, value_from="0.12", value_to="0.13")[0] == "agrees"
    verdict, _, difference = verdict_of(**words, value_from="0.125", value_to="0.13")
    assert verdict == "differs"
    assert difference == pytest.approx(19 / 153 - 0.125, abs=0.001)


def test_conditions_are_read_as_the_dictionary_says():
    def count(**basis):
        return reconcile(a_figure(**basis)).iloc[0]["ours"]

    every = count(counted="")
    graded = count(counted="graded")
    good = count(counted="good|outstanding")
    assert every == graded == 153
    assert good + count(counted="not overall: good|outstanding") == every
    assert count(counted="third") == count(counted="requires improvement")
    assert count(counted="change: improved|same|fell") <= every
    in_london = count(scope="London", counted="good|outstanding")
    assert in_london == count(counted="overall: good|outstanding; region: London")
    assert in_london + count(
        counted="good|outstanding", given="not region: London"
    ) == count(counted="good|outstanding")  # fmt: skip
    either = count(counted="leadership|help_and_protection: inadequate")
    both = count(counted="leadership: inadequate; help_and_protection: inadequate")
    each = [count(counted=f"{t}: inadequate") for t in ("leadership", "help_and_protection")]
    assert either + both == sum(each)


@pytest.mark.parametrize(
    ("basis", "says"),
    [
        ({"statistic": "share"}, "column statistic: 'share' is not one of: count,"),
        ({"population": "all"}, "column population: 'all' is not one of: latest,"),
        ({"as_at": ""}, "column as_at: is empty; population 'latest' needs a date"),
        ({"as_at": "31/03/2025"}, "column as_at: '31/03/2025' is not a date (YYYY-MM-DD); write"),
        ({"value": ""}, "column value: is empty; write the figure as printed"),
        ({"value": "a few"}, "column value: 'a few' is not a number; give the range"),
        ({"value_from": "1"}, "column value_from: and value_to go together"),
        ({"value_from": "2", "value_to": "1"}, "column value_from: 2 is more than value_to, 1"),
        ({"theme": "housing"}, "column theme: there is no 'housing'; it can be adoption,"),
        ({"framework_id": "sif|sip"}, "column framework_id: there is no 'sip'; it can be cp,"),
        ({"scope": "Wessex"}, "column scope: there is no 'Wessex'; it can be England,"),
        ({"counted": "goood"}, "column counted: there is no 'goood'; it can be adequate,"),
        ({"counted": "overall:"}, "column counted: 'overall:' is not a condition; write grades"),
        ({"given": "mood: good"}, "column given: 'mood' is neither a theme nor an area; besides"),
        ({"given": "change: worse"}, "column given: there is no 'worse'; it can be fell,"),
        ({"given": "authority: rutlund"}, "column given: there is no 'rutlund'."),
        ({"counted": "", "statistic": "percent"}, "column counted: is empty; say what"),
        ({"minus": "first sif"}, "column minus: is for the statistic 'difference' only"),
        ({"statistic": "difference"}, "column minus: should say what is taken away, such as"),
        ({"statistic": "none"}, "column explanation: is empty; say why"),
        ({"numerator": "13.5"}, "column numerator: 13.5 is not a whole number"),
    ],
)
def test_a_basis_that_cannot_be_used_is_named_with_what_to_do(basis, says):
    with pytest.raises(DataError) as caught:
        reconcile(a_figure(**basis))
    assert str(caught.value).startswith(f"F9001, {says}")


def test_in_a_folder_the_line_is_named_too_and_check_finds_it(data):
    line = add_row(data, **{**WRONG, "counted": "inadequate; leadership: god"})
    with pytest.raises(DataError) as caught:
        reconcile_folder(data)
    path = data / "published_figures.csv"
    assert str(caught.value).startswith(f"{path}:{line}: F9001, column counted: there is no 'god'")
    faults = [fault for fault in check(data) if fault.line == line]
    assert [(fault.column, fault.message[:20]) for fault in faults] == [
        ("counted", "there is no 'god'; i")
    ]


# The command


def test_the_command_prints_every_figure_and_exits_with_0(capsys, outcome):
    assert cli.main(["reconcile"]) == 0
    printed = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in printed if re.match(r"F\d{3} ", line)] == [*outcome.index]
    assert re.fullmatch(r"agrees: \d+, explained: \d+, differs: 0, not rebuilt: 16", printed[-1])


def test_the_command_in_json(capsys, outcome):
    assert cli.main(["reconcile", "--format", "json"]) == 0
    figures = json.loads(capsys.readouterr().out)
    keys = ["figure_id", "published", "ours", "difference", "verdict", "explanation"]
    assert all(list(figure) == keys for figure in figures)
    assert [figure["figure_id"] for figure in figures] == outcome.index.tolist()
    first = figures[0]
    assert (first["figure_id"], first["published"], first["ours"]) == ("F001", 60, 60.265)
    by_id = {figure["figure_id"]: figure for figure in figures}
    assert by_id["F113"]["published"] == 23.7
    assert by_id["F117"]["published"] == "one in five"
    assert by_id["F192"]["ours"] is None
    assert by_id["F192"]["difference"] is None


@pytest.mark.sample(1)
@pytest.mark.parametrize("form", ["table", "json"])
def test_the_command_exits_with_1_on_a_difference_not_explained(data, capsys, form):
    add_row(data, **WRONG)
    assert cli.main(["reconcile", "--format", form, "--data", str(data)]) == 1
    printed = capsys.readouterr().out
    if form == "json":
        last = json.loads(printed)[-1]
        assert (last["figure_id"], last["verdict"], last["difference"]) == ("F9001", "differs", -1)
    else:
        assert re.search(r"^F9001  16 +15\.132 +-1  differs$", printed, re.MULTILINE)
        assert printed.endswith("differs: 1, not rebuilt: 16\n")


def test_the_command_on_a_broken_row(data, capsys):
    line = add_row(data, **{**WRONG, "minus": "first sif"})
    assert cli.main(["reconcile", "--data", str(data)]) == 1
    error = capsys.readouterr().err
    assert f"published_figures.csv:{line}: F9001, column minus: is for the statistic" in error
