"""What differs between two versions of the tables, in words and as JSON."""

import json

import pytest

from ofsted_analysis.cli import main
from ofsted_analysis.curation import stamp
from ofsted_analysis.curation.add import write_rows
from ofsted_analysis.curation.diff import compare, in_words, summary
from ofsted_analysis.tables import load, schema


def words(folder, old):
    return in_words(compare(old, folder))


def put(folder, name, key, **cells):
    """Change cells of the one row with that key."""
    rows = load.rows(name, folder)
    (row,) = [r for r in rows if all(r[k] == v for k, v in key.items())]
    before = {column: row[column] for column in cells}
    row.update(cells)
    write_rows(folder, name, rows)
    return before


def remove(folder, name, **facts):
    rows = load.rows(name, folder)
    kept = [row for row in rows if not all(row[k] == v for k, v in facts.items())]
    assert len(kept) < len(rows)
    write_rows(folder, name, kept)


def describe(folder, change):
    """Change the description of the tables."""
    path = folder / "datapackage.json"
    descriptor = json.loads(path.read_bytes())
    change({resource["name"]: resource for resource in descriptor["resources"]}, descriptor)
    path.write_text(json.dumps(descriptor), encoding="utf-8")


LEADERS = {"inspection_id": "west-sussex-ilacs-2019-03", "area_id": "leaders"}


def test_the_same_tables_differ_in_nothing(data, original):
    assert compare(original, data) == []
    assert words(data, original) == []
    assert summary([]) == "No fact differs."


def test_a_grade_changed(data, original):
    was = put(data, "judgements", LEADERS, grade="good")["grade"]
    assert words(data, original) == [
        "judgements",
        f"  west-sussex-ilacs-2019-03, leaders: grade was '{was}', is 'good' "
        "(source ofsted-50074949)",
    ]


def test_it_reads_the_other_way_round_as_well(data, original):
    put(data, "judgements", LEADERS, grade="good")
    (change,) = compare(data, original)
    assert (change.column, change.old, change.new) == ("grade", "good", "inadequate")


def test_a_date_that_was_not_known(data, original):
    key = {"inspection_id": "west-sussex-ilacs-2019-03"}
    put(data, "inspections", key, published_date="")
    assert words(data, original)[1].endswith(
        "published_date was '2019-05-08', is empty (source ofsted-50074949)"
    )


def test_an_inspection_removed_takes_its_judgements_into_its_line(data, original):
    for name in ("judgements", "inspections"):
        remove(data, name, inspection_id="trafford-ilacs-2026-06")
    (heading, line) = words(data, original)
    assert heading == "inspections"
    assert line.startswith("  trafford-ilacs-2026-06 removed: ")
    assert "last_day 2026-06-19" in line and "(source ofsted-50308602)" in line
    assert line.endswith(
        ". Judgements: care_leavers requires improvement, help_and_protection inadequate, "
        "in_care good, leaders inadequate"
    )
    kinds = [(c.table, c.kind) for c in compare(data, original)]
    assert kinds == [("inspections", "added"), *[("judgements", "added")] * 4]


def test_a_judgement_added_to_an_inspection_that_was_there(data, original):
    remove(data, "judgements", **LEADERS)
    (line,) = in_words(compare(data, original))[1:]
    assert line == (
        "  west-sussex-ilacs-2019-03, leaders added: grade inadequate, status graded, "
        "locator page 1, certainty report (source ofsted-50074949)"
    )


def test_another_source_for_the_same_fact_is_a_change_of_its_own(data, original):
    put(data, "judgements", LEADERS, source_id="ofsted-50004273", certainty="restated")
    assert words(data, original)[1:] == [
        "  west-sussex-ilacs-2019-03, leaders: source_id was 'ofsted-50074949', is "
        "'ofsted-50004273'",
        "  west-sussex-ilacs-2019-03, leaders: certainty was 'report', is 'restated' "
        "(source ofsted-50004273)",
    ]


def test_a_source_has_no_source(data, original):
    put(data, "sources", {"source_id": "ofsted-50074949"}, title="Another title")
    assert words(data, original) == [
        "sources",
        "  ofsted-50074949: title was 'West Sussex: inspection of local authority children's "
        "services', is 'Another title'",
    ]


def test_the_order_of_rows_and_columns_is_no_fact(data, original):
    table = schema.tables(data)["sources"]
    lines = table.path.read_text(encoding="utf-8").splitlines()
    table.path.write_text("\n".join([lines[0], *reversed(lines[1:])]) + "\n", encoding="utf-8")
    assert compare(original, data) == []


def test_changes_are_sorted_by_table_and_key(data, original):
    keys = ["wirral-sif-2016-07", "barnet-sif-2017-05", "norfolk-sif-2015-07"]
    for key in keys:
        put(data, "inspections", {"inspection_id": key}, days_note="revisited")
    put(data, "authorities", {"authority_id": "york"}, other_names="Jorvik")
    assert [tuple(change.key.values()) for change in compare(original, data)] == [
        ("york",), *((key,) for key in sorted(keys)),
    ]  # fmt: skip


def test_a_row_added_stands_in_its_place_among_those_changed(data, original):
    remove(data, "neighbours", model="2021", authority_id="norfolk", rank="10")
    for rank in ("2", "9"):
        put(data, "neighbours", {"model": "2025", "authority_id": "norfolk", "rank": rank},
            closeness="")  # fmt: skip
    keys = [tuple(change.key.values()) for change in compare(data, original)]
    assert keys == [
        ("2021", "norfolk", "10"), ("2025", "norfolk", "2"), ("2025", "norfolk", "9"),
    ]  # fmt: skip


def without_events(resources, d):
    """The description without events, and without what refers to them."""
    d["resources"].remove(resources["events"])
    keys = resources["event_evidence"]["schema"]["foreignKeys"]
    keys[:] = [key for key in keys if key["reference"]["resource"] != "events"]


def test_a_table_that_one_version_lacks(data, original):
    describe(data, without_events)
    changes = compare(data, original)
    assert str(changes[0]) == "table added"
    assert len(changes) == 1 + len(load.rows("events"))
    assert str(compare(original, data)[0]) == "table removed"


def test_a_column_that_one_version_lacks(data, original):
    def drop(resources, _):
        fields = resources["events"]["schema"]["fields"]
        fields.remove(next(field for field in fields if field["name"] == "note"))

    describe(data, drop)
    path = data / "events.csv"
    rows = load.rows("events", original)
    columns = [column for column in rows[0] if column != "note"]
    lines = [",".join(columns)] + [",".join(row[c] for c in columns) for row in rows]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert words(data, original) == ["events", "  column note removed"]
    assert in_words(compare(data, original)) == ["events", "  column note added"]


def test_rows_are_not_compared_across_another_key(data, original):
    def rekey(resources, _):
        resources["events"]["schema"]["primaryKey"] = ["authority_id", "date", "kind"]

    describe(data, rekey)
    assert words(data, original) == [
        "events",
        "  the key was 'event_id', is 'authority_id, date, kind'",
    ]


# The command


def test_the_command_says_it_and_exits_with_0(data, capsys, original):
    put(data, "judgements", LEADERS, grade="good")
    remove(data, "authority_changes", predecessor_id="cumbria")
    stamp.write_stamps(data)
    assert main(["diff", str(original), str(data)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "authority_changes"
    assert lines[-2].endswith("grade was 'inadequate', is 'good' (source ofsted-50074949)")
    assert lines[-1] == "authority_changes 2 removed; judgements 1 changed."


def test_the_command_in_json(data, capsys, original):
    put(data, "judgements", LEADERS, grade="")
    assert main(["diff", str(original), str(data), "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out) == [
        {
            "table": "judgements",
            "key": LEADERS,
            "kind": "changed",
            "column": "grade",
            "old": "inadequate",
            "new": "",
            "source_id": "ofsted-50074949",
        }
    ]


@pytest.mark.parametrize("side", [0, 1])
def test_a_folder_without_tables(side, data, tmp_path, capsys):
    folders = [str(data), str(data)]
    folders[side] = str(tmp_path / "nothing")
    assert main(["diff", *folders]) == 1
    assert "datapackage.json: cannot be read" in capsys.readouterr().err
