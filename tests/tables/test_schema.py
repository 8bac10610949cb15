"""data/datapackage.json: says everything of every field, and nothing that is not so."""

import hashlib
import json
import re
from datetime import date

import pytest
from frictionless import Package

from ofsted_analysis.tables import days, load, schema

FOLDER = schema.default_data_dir()
DESCRIPTOR = schema.descriptor()
TABLES = schema.tables()
RESOURCES = {resource["name"]: resource for resource in DESCRIPTOR["resources"]}
ROWS = {name: load.rows(name) for name in TABLES}
SPECS = {
    (name, spec["name"]): spec
    for name, resource in RESOURCES.items()
    for spec in resource["schema"]["fields"]
}

REFERS_OTHERWISE = {
    ("judgements", "area_id"): "with the framework of its inspection, refers to judgement_areas",
    ("judgement_areas", "area_id"): "unique only within its framework",
    ("event_evidence", "inspection_id"): "several are separated by '|'",
    ("published_figures", "framework_id"): "several are separated by '|'",
}
"""Columns named like a key that cannot be declared as a foreign key, with the reason."""


def present(name, column):
    """The values that a column has, but for the empty ones."""
    return {row[column] for row in ROWS[name]} - {""}


# The package


def test_frictionless_finds_nothing_wrong():
    report = Package(str(FOLDER / "datapackage.json")).validate()
    assert report.flatten(["resource", "rowNumber", "fieldName", "message"]) == []


def test_frictionless_finds_a_region_that_is_none(data):
    described = json.loads((data / "datapackage.json").read_text(encoding="utf-8"))
    own = [r for r in described["resources"] if r["name"] == "authorities"]
    described["resources"] = own
    (data / "datapackage.json").write_text(json.dumps(described), encoding="utf-8")
    path = data / "authorities.csv"
    path.write_bytes(path.read_bytes().replace(b",London,London,", b",Londn,London,", 1))
    assert not Package(str(data / "datapackage.json")).validate().valid


def test_the_package_says_what_it_is():
    for key in ("name", "title", "description", "version", "created", "keywords", "contributors"):
        assert DESCRIPTOR[key], key
    date.fromisoformat(DESCRIPTOR["completeTo"])


def test_the_version_is_the_day_to_which_the_record_is_complete():
    day = date.fromisoformat(DESCRIPTOR["completeTo"])
    assert DESCRIPTOR["version"] == f"{day.year}.{day.month}.{day.day}"


def test_every_csv_file_is_a_described_table_and_the_reverse():
    there = {path.name for path in FOLDER.iterdir() if path.suffix == ".csv"}
    assert {resource["path"] for resource in RESOURCES.values()} == there


def test_the_file_is_written_as_stamp_writes_it():
    text = (FOLDER / "datapackage.json").read_text(encoding="utf-8")
    assert text == json.dumps(DESCRIPTOR, indent=2, ensure_ascii=False) + "\n"


# Tables


@pytest.mark.parametrize("name", TABLES)
def test_a_table_has_title_description_sources_and_licence(name):
    resource = RESOURCES[name]
    assert re.fullmatch(r"[A-Z].*[a-z]", resource["title"])
    assert re.fullmatch(r"[A-Z].{20,}\.", resource["description"])
    assert resource["sources"] and resource["licenses"]
    assert resource["licenses"] == DESCRIPTOR["licenses"]
    for source in resource["sources"]:
        assert source["title"]
        assert source["path"].startswith("https://") or (FOLDER / source["path"]).is_file()


@pytest.mark.parametrize("name", TABLES)
def test_size_hash_and_row_count_are_those_of_the_file(name):
    resource, content = RESOURCES[name], TABLES[name].path.read_bytes()
    assert resource["bytes"] == len(content)
    assert resource["hash"] == "sha256:" + hashlib.sha256(content).hexdigest()
    assert resource["rowCount"] == len(ROWS[name])


@pytest.mark.parametrize("name", [n for n in TABLES if "source_id" in TABLES[n].columns])
def test_a_table_that_rests_on_others_than_ofsted_says_so(name):
    """Its sources point to the table that names each."""
    kinds = {row["source_id"]: row["kind"] for row in ROWS["sources"]}
    used = {kinds[row["source_id"]] for row in ROWS[name] if row["source_id"]}
    others = used - {"ofsted report", "official statistics"}
    named = "sources.csv" in {source["path"] for source in RESOURCES[name]["sources"]}
    assert named or not others, f"{name} rests on {', '.join(sorted(others))}"


@pytest.mark.parametrize("name", TABLES)
def test_the_primary_key_is_required_and_a_foreign_key_refers_to_a_key(name):
    table = TABLES[name]
    for column in table.primary_key:
        assert table[column].required, column
    for column, target, target_column in table.foreign_keys:
        assert column in table.columns
        assert (target_column,) == TABLES[target].primary_key


@pytest.mark.parametrize("name", TABLES)
def test_a_column_that_refers_to_another_table_is_declared_a_foreign_key(name):
    """By its name, <something>_id, or by holding keys of another table and nothing else."""
    table = TABLES[name]
    declared = {column for column, _, _ in table.foreign_keys}
    keys = {
        other: present(other, TABLES[other].primary_key[0])
        for other in TABLES
        if other != name and len(TABLES[other].primary_key) == 1 and ROWS[other]
    }
    for column in table.columns:
        if table.primary_key == (column,) or column in declared:
            continue
        values = present(name, column)
        refers = column.endswith("_id") or any(values and values <= key for key in keys.values())
        assert not refers or (name, column) in REFERS_OTHERWISE, f"{name}.{column}"


@pytest.mark.parametrize(("name", "column"), REFERS_OTHERWISE)
def test_what_cannot_be_a_foreign_key_is_still_there_and_is_none(name, column):
    assert column in TABLES[name].columns
    assert column not in {declared for declared, _, _ in TABLES[name].foreign_keys}


# Fields


@pytest.mark.parametrize("name", TABLES)
def test_a_field_has_a_description_in_whole_words(name):
    for column in TABLES[name].columns:
        description = TABLES[name][column].description
        assert re.match(r"[A-Z'<]", description) and description.endswith("."), description
        words = re.findall(r"[a-z]{2,}", description)
        assert len(words) >= 3, f"{description!r} says too little"
        assert len(set(words) - set(column.split("_"))) >= 2, f"{description!r} repeats the name"


@pytest.mark.parametrize("name", TABLES)
def test_the_example_is_one(name):
    """Of the field's type, one of its categories, written as its pattern wants."""
    for column in TABLES[name].columns:
        field = TABLES[name][column]
        example = field.example
        assert example not in (None, "")
        if field.type == "integer":
            assert type(example) is int
            assert field.constraints.get("minimum", example) <= example
            assert field.constraints.get("maximum", example) >= example
        elif field.type == "number":
            assert type(example) in (int, float)
        else:
            assert type(example) is str
            assert example == example.strip()
        if field.type == "date":
            days.iso_date(example)
        if field.categories:
            assert example in field.categories
        if "pattern" in field.constraints:
            assert re.fullmatch(field.constraints["pattern"], example)
        if field.format == "uri":
            assert re.fullmatch(r"https?://\S+", example)


@pytest.mark.parametrize("name", TABLES)
def test_the_example_of_a_key_exists(name):
    for column in TABLES[name].columns:
        table = TABLES[name]
        refers = {column: (other, key) for column, other, key in table.foreign_keys}
        if column in refers:
            assert table[column].example in present(*refers[column])
        if ROWS[name] and (column in refers or column in table.primary_key):
            assert str(table[column].example) in present(name, column)


@pytest.mark.parametrize("name", TABLES)
def test_the_vocabulary_stands_in_both_places_and_is_in_use(name):
    """`categories` for people and `enum` for validators are one list, and describe the order."""
    for column in TABLES[name].columns:
        spec = SPECS[name, column]
        assert spec.get("categories") == spec.get("constraints", {}).get("enum")
        assert ("categories" in spec) == ("categoriesOrdered" in spec)
        assert len(set(spec.get("categories", ()))) == len(spec.get("categories", ()))
        assert present(name, column) <= set(spec.get("categories", present(name, column)))


@pytest.mark.parametrize("name", TABLES)
def test_a_number_has_a_unit_or_is_a_place_in_an_order(name):
    for column in TABLES[name].columns:
        field = TABLES[name][column]
        if field.type == "integer":
            assert field.unit or re.search(r"\b[01]\b", field.description), "which unit?"
        else:
            assert not field.unit


@pytest.mark.parametrize("name", TABLES)
def test_a_field_that_may_be_empty_says_what_that_means(name):
    for column in TABLES[name].columns:
        field = TABLES[name][column]
        some_empty = any(row[column] == "" for row in ROWS[name])
        assert not (field.required and some_empty)
        if some_empty:
            said = re.search(r"\b(empty|where|several|such as|other)\b", field.description, re.I)
            assert said, field.description
