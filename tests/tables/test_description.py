"""A datapackage.json that cannot be used: one line that says what is wrong with it."""

import json

import pytest

from ofsted_analysis.curation.checks import check
from ofsted_analysis.tables import schema
from ofsted_analysis.tables.errors import DataError


def first(described):
    return described["resources"][0]


def field(described, name="ons_code"):
    return next(f for f in first(described)["schema"]["fields"] if f["name"] == name)


def put(of, **parts):
    of.update(parts)


BROKEN = {
    "a list": (lambda d: None, "the whole file should be an object, not '[]'"),
    "no tables": (lambda d: d.pop("resources"), "the package lacks 'resources'"),
    "tables in words": (lambda d: put(d, resources="all"), "'resources' should be a list"),
    "a table that is text": (
        lambda d: d["resources"].insert(0, "x"), "table 1 should be an object"),
    "no name": (lambda d: first(d).pop("name"), "table 1 lacks 'name'"),
    "a number for a name": (lambda d: put(first(d), name=7), "'name' should be text, not '7'"),
    "no path": (lambda d: first(d).pop("path"), "table 'authorities' lacks 'path'"),
    "a path that leaves": (lambda d: put(first(d), path="../x.csv"), "'../x.csv' is not a file in"),
    "a path to the root": (lambda d: put(first(d), path="/etc/passwd"), "is not a file in this"),
    "no schema": (lambda d: first(d).pop("schema"), "lacks 'schema'"),
    "no fields": (lambda d: first(d)["schema"].pop("fields"), "lacks 'fields'"),
    "an empty list of fields": (lambda d: put(first(d)["schema"], fields=[]), "has no column"),
    "a field twice": (
        lambda d: first(d)["schema"]["fields"].append(field(d)), "or one of a name twice"),
    "another type": (
        lambda d: put(field(d), type="boolean"), "type 'boolean' is not one of string"),
    "a pattern that is none": (
        lambda d: put(field(d)["constraints"], pattern="E[0-9{8}"), "'E[0-9{8}' is none"),
    "a minimum in words": (
        lambda d: put(field(d, "easting")["constraints"], minimum="1"), "should be a whole number"),
    "required in words": (
        lambda d: put(field(d)["constraints"], required="yes"), "should be true or false"),
    "categories in words": (lambda d: put(field(d), categories="a, b"), "should be a list"),
    "a category twice": (lambda d: put(field(d), categories=["a", "a"]), "stands there twice"),
    "a key that is no column": (
        lambda d: put(first(d)["schema"], primaryKey=["id"]), "the key 'id' is not one of its"),
    "a key to nowhere": (
        lambda d: put(first(d)["schema"], foreignKeys=[
            {"fields": "region", "reference": {"resource": "regions", "fields": "region"}}]),
        "refers to regions.region, which is not described"),
    "a table twice": (
        lambda d: d["resources"].append(first(d)), "describes the table 'authorities' twice"),
    "a description that is a list": (lambda d: put(first(d), description=[]), "should be text"),
}  # fmt: skip


@pytest.mark.parametrize("kind", BROKEN)
def test_what_is_wrong_with_a_description_is_said_in_one_line(data, kind):
    change, message = BROKEN[kind]
    path = data / "datapackage.json"
    described = json.loads(path.read_bytes())
    change(described)
    path.write_text(json.dumps([] if kind == "a list" else described), encoding="utf-8")
    with pytest.raises(DataError) as caught:
        schema.tables(data)
    assert message in str(caught.value) and "\n" not in str(caught.value)
    assert [fault.message for fault in check(data)] == [caught.value.reason.rstrip(".")]


def test_a_hundred_thousand_brackets(data):
    (data / "datapackage.json").write_text("[" * 100_000)
    with pytest.raises(DataError, match="is not valid JSON"):
        schema.tables(data)
