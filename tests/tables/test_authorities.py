"""Finding an authority by what people call it."""

import csv
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import ofsted_analysis as oa

with (Path(__file__).parents[1] / "data" / "names.csv").open(encoding="utf-8", newline="") as file:
    NAMES = [(row["text"], row["authority_id"], row["on"] or None) for row in csv.DictReader(file)]


@pytest.mark.parametrize(("text", "authority_id", "on"), NAMES)
def test_as_public_lists_write_them(text, authority_id, on):
    assert oa.find_authority(text, date=on) == authority_id


@pytest.mark.parametrize(
    ("text", "authority_id"),
    [
        (301, "barking-and-dagenham"),
        (301.0, "barking-and-dagenham"),
        (np.int64(926), "norfolk"),
        (np.float64(926), "norfolk"),
        ("926.0", "norfolk"),
        ("e10000020", "norfolk"),
        ("L.B. Camden", "camden"),
        ("LB of Barnet", "barnet"),
        ("Royal Borough of Greenwich", "greenwich"),
        ("Surrey CC", "surrey"),
        ("Reading BC", "reading"),
        ("Kirklees MBC", "kirklees"),
        ("Wakefield MDC", "wakefield"),
        ("N. Somerset", "north-somerset"),
        ("E Sussex", "east-sussex"),
        ("W. Berkshire UA", "west-berkshire"),
        ("Cumbria County Council", "cumbria"),
        ("Pre LGR 2023 Cumbria", "cumbria"),
        ("Pre-LGR (2019) Poole", "poole"),
        ("County Durham", "durham"),
    ],
)
def test_other_ways_to_write_them(text, authority_id):
    assert oa.find_authority(text) == authority_id


@pytest.mark.parametrize(
    "text",
    [
        # districts
        "Cheltenham", "Northampton", "Cambridge", "Oxford", "Lincoln", "Gloucester", "Worcester",
        "Newcastle-under-Lyme", "Mid Devon", "South Oxfordshire District Council", "West Dorset",
        "North Dorset DC", "Norwich City Council", "Lancaster", "Bournemouth East",
        # regions
        "London", "Greater London", "North East", "NE", "North West", "South East", "S.E.",
        "East Midlands", "West Midlands", "East of England", "Yorkshire and The Humber",
        "West Yorkshire", "Greater Manchester", "South Yorkshire", "Tyne and Wear", "Merseyside",
        # other nations, and none
        "England", "Wales", "Cardiff", "Newport", "Scotland", "Glasgow City", "Belfast", "z", "nan",
        "Achieving for Children", "UA", "LB", "MBC", "council", "1", "999", 999, 0, -301, 301.5,
        "E92000001", "W06000015", "S12000049", "E12000007", "Pre LGR", "inf", float("inf"),
    ],
)  # fmt: skip
def test_what_is_no_authority_is_refused(text):
    with pytest.raises(oa.UnknownAuthorityError, match="No local authority is called"):
        oa.find_authority(text)


@pytest.mark.parametrize(
    "missing", [None, float("nan"), pd.NA, pd.NaT, "", "  ", True, [], object()]
)
def test_a_missing_value_is_called_empty(missing):
    with pytest.raises(oa.UnknownAuthorityError, match="is empty"):
        oa.find_authority(missing)


@pytest.mark.parametrize("text", ["Bournemouth", "E06000028", "837", 837, "Bournemouth UA"])
def test_a_closed_authority_on_a_day_after_it_closed(text):
    with pytest.raises(oa.UnknownAuthorityError) as error:
        oa.find_authority(text, date="2020-01-01")
    assert "closed on 31 March 2019" in str(error.value)
    assert "Bournemouth, Christchurch and Poole" in str(error.value)
    assert "Give a date on which it existed" in str(error.value)
    assert "Did you mean" not in str(error.value)
    assert oa.find_authority(text, date="2018-07-31") == "bournemouth"


def test_every_name_and_code_of_every_authority():
    everyone = oa.load_authorities()
    for row in everyone.itertuples():
        last = row.closed if pd.notna(row.closed) else None
        others = [] if pd.isna(row.other_names) else row.other_names.split("|")
        for text in (row.authority_id, row.name, row.name.upper(), row.la_number, *others):
            assert oa.find_authority(text, date=last) == row.authority_id, text
    for row in oa.load_table("authority_codes").itertuples():
        assert oa.find_authority(row.code) == row.authority_id


# Joining a table of one's own

DATA = Path(__file__).parents[1] / "data"
DEPRIVATION = pd.read_csv(DATA / "imd_2019.csv")
WORKFORCE = pd.read_csv(DATA / "dfe_workforce_2024.csv", dtype="str")


def apart():
    """The workforce table with a row for each authority, where one row is for two."""
    columns = ["old_la_code", "new_la_code", "la_name"]
    both = WORKFORCE.assign(**{c: WORKFORCE[c].str.split(" / ") for c in columns})
    return both.explode(columns, ignore_index=True)


@pytest.mark.parametrize("column", ["code", "name"])
def test_nobody_is_lost_in_the_deprivation_table_of_2019(column):
    found = oa.add_authority_id(DEPRIVATION, column, date="2019-09-30")
    snapshot = oa.as_at("2019-09-30")
    assert set(found["authority_id"]) == set(snapshot["authority_id"])
    assert found["authority_id"].is_unique and len(found) == 151
    by_todays_code = oa.load_authorities().merge(DEPRIVATION, left_on="ons_code", right_on="code")
    lost = set(found["authority_id"]) - set(by_todays_code["authority_id"])
    assert {"barnsley", "sheffield", "buckinghamshire", "somerset"} <= lost


@pytest.mark.parametrize("column", ["old_la_code", "new_la_code", "la_name"])
@pytest.mark.parametrize("kind", ["str", "int64", "float64"])
def test_nobody_is_lost_in_a_table_of_the_department_of_2024(column, kind):
    if kind != "str" and column != "old_la_code":
        return
    theirs = apart().astype({column: kind})
    found = oa.add_authority_id(theirs, column)
    assert set(found["authority_id"]) == set(oa.as_at("2024-03-31")["authority_id"])
    assert found["authority_id"].is_unique and len(found) == 153
    assert found.drop(columns="authority_id").equals(theirs)


def test_rows_that_name_no_authority_are_named_or_kept():
    with pytest.raises(oa.UnknownAuthorityError, match=r"2 of 151 rows .*'E06000061 / E06000062'"):
        oa.add_authority_id(WORKFORCE, "new_la_code")
    theirs = pd.DataFrame({"la": ["England", None, "Hull", "London"]}, index=[5, 6, 7, 7])
    before = theirs.copy()
    found = oa.add_authority_id(theirs, "la", unknown="keep")
    assert found["authority_id"].isna().tolist() == [True, True, False, True]
    assert found.index.tolist() == [5, 6, 7, 7] and theirs.equals(before)


@pytest.mark.parametrize(
    ("frame", "column", "message"),
    [
        (None, "la", "must be a DataFrame"),
        (pd.DataFrame({"la": ["Hull"]}), "name", "lacks the column 'name'; its columns: la"),
        (pd.DataFrame({"authority_id": ["hull"]}), "authority_id", "has an authority_id already"),
    ],
)
def test_tables_that_cannot_be_joined(frame, column, message):
    with pytest.raises(oa.DataError, match=message):
        oa.add_authority_id(frame, column)


def test_the_examples_of_the_faq(tmp_path, monkeypatch):
    page = Path(__file__).parents[2] / "docs" / "faq.md"
    if not page.exists():
        pytest.skip("not a checkout")
    text = page.read_text(encoding="utf-8")
    examples = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    examples = [code for code in examples if "add_authority_id" in code]
    assert len(examples) == 2
    monkeypatch.chdir(DATA)
    for code in examples:
        found = {"pd": pd, "oa": oa}
        exec(code, found)
        joined = found["snapshot"]
        column = "average_score" if "average_score" in joined else "vacancy_rate_fte"
        assert joined[column].notna().all()


@pytest.mark.parametrize(
    "name", ["Dorset County Council", "Dorset County", "dorset-county-council"]
)
def test_one_named_for_certain_is_not_taken_for_its_successor(name):
    assert oa.find_authority(name, date="2016-02-01") == "dorset-county-council"
    with pytest.raises(oa.UnknownAuthorityError) as error:
        oa.find_authority(name, date="2020-01-01")
    told = (
        "Bournemouth, Christchurch and Poole (Christchurch only) and Dorset (all but Christchurch)"
    )
    assert told in str(error.value)
