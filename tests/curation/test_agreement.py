"""The counts of docs/agreement.md, made again from the tables of others that are held here."""

from pathlib import Path

import pandas as pd
import pytest

import ofsted_analysis as oa

DATA = Path(__file__).parents[1] / "data"
STATED = oa.load_table("agreement").set_index("comparison_id")
THEMES = ("overall", "leadership", "help_and_protection", "children_in_care", "care_leavers")


def held(name):
    return pd.read_csv(DATA / f"{name}.csv", dtype="str")


def five_year():
    """Ofsted's grade and ours for each cell of its five-year table, with what ours rests on."""
    pairs = []
    for as_at, rows in held("ofsted_five_year_2019_2023").groupby("as_at"):
        for theme in THEMES:
            ours = oa.as_at(as_at, theme, published_by=f"{as_at[:4]}-04-30")
            both = rows[["as_at", "authority_id", theme]].merge(
                ours[["authority_id", "grade", "source_id"]], on="authority_id"
            )
            pairs.append(both.rename(columns={theme: "theirs"}).assign(theme=theme))
    found = pd.concat(pairs).dropna(subset="theirs").rename(columns={"grade": "ours"})
    return found[found["source_id"] != "ofsted-five-year-2019-2023"]


def ilacs_table():
    """Each ILACS inspection of Ofsted's table beside ours: days, then grades read in reports."""
    theirs = held("ofsted_ilacs_history_2025")
    codes = oa.load_table("authority_codes").set_index("code")["authority_id"]
    theirs["authority_id"] = theirs["ons_code"].map(codes)
    ours = oa.load_judgements().query("framework_id == 'ilacs'")
    days = ours.drop_duplicates("inspection_id")[
        ["authority_id", "inspection_id", "first_day", "published_date"]
    ]
    merged = theirs.merge(
        days.assign(first_day=days["first_day"].astype("str"),
                    published_date=days["published_date"].astype("str")),
        on=["authority_id", "first_day"], how="left", suffixes=("", "_ours"),
    )  # fmt: skip
    read = ours[ours["certainty"] == "report"].set_index(["inspection_id", "area_id"])["grade"]
    grades = merged.melt(
        id_vars=["inspection_id"],
        value_vars=["overall_effectiveness", "impact_of_leaders", "help_and_protection",
                    "children_in_care", "care_leavers"],
    ).dropna(subset="value")  # fmt: skip
    apart = set(grades.loc[grades["variable"] == "care_leavers", "inspection_id"])
    area = {"overall_effectiveness": "overall", "impact_of_leaders": "leaders"}
    grades["area_id"] = grades["variable"].replace(area)
    care = grades["variable"] == "children_in_care"
    alone = grades["inspection_id"].isin(apart)
    grades.loc[care, "area_id"] = alone[care].map({True: "in_care", False: "care_and_care_leavers"})
    grades["theirs"] = grades["value"].str.lower().str.removesuffix(" to be good")
    grades = grades.join(read.rename("ours"), on=["inspection_id", "area_id"], how="inner")
    return merged, grades


def read_by_eye():
    """What was read off pictures of the pages beside the tables: days of reports, and grades."""
    theirs = held("read_by_eye")
    name = theirs["file"].str.extract(r"^\d+-(?P<authority_id>.+)-(?P<out>\d{4}-\d\d-\d\d)\.pdf$")
    name["authority_id"] = name["authority_id"].replace("london-corporation", "city-of-london")
    ours = oa.load_judgements()
    ours = ours.assign(out=ours["published_date"].astype("str"))
    return theirs.join(name).merge(
        ours, on=["authority_id", "out", "area_id"], how="left", suffixes=("", "_ours")
    )


def check(comparison_id, cells, agreeing):
    stated = STATED.loc[comparison_id]
    assert (cells, agreeing) == (stated["cells"], stated["agreeing"])


@pytest.mark.published
def test_the_five_year_table():
    found = five_year()
    different = found[found["ours"].astype("str") != found["theirs"]]
    check("five-year-grades", len(found), len(found) - len(different))
    assert len(different) == STATED.loc["five-year-grades", "ours_right"]
    names = {"sunderland": "Sunderland", "bracknell-forest": "Bracknell", "south-tyneside": "South"}
    assert set(different["authority_id"]) == set(names)
    assert all(name in STATED.loc["five-year-grades", "differences"] for name in names.values())


@pytest.mark.published
def test_the_table_of_ilacs_inspections():
    merged, grades = ilacs_table()
    days = merged["inspection_id"].notna().sum()
    out = (merged["published_date"] == merged["published_date_ours"]).sum()
    check("ilacs-table-days", 2 * len(merged), days + out)
    check(
        "ilacs-table-grades", len(grades), (grades["ours"].astype("str") == grades["theirs"]).sum()
    )


@pytest.mark.published
def test_reading_by_eye():
    found = read_by_eye()
    grade = found["grade_ours"].astype("object").where(found["grade_ours"].notna(), "")
    same = (grade == found["grade"].fillna("")) & (found["locator"] == "page " + found["page"])
    check("read-by-eye-grades", len(found), same.sum())
    reports = found.drop_duplicates("file")
    days = sum(
        (reports[f"{day}_ours"].astype("str") == reports[day]).sum()
        for day in ("first_day", "last_day")
    )
    check("read-by-eye-days", 2 * len(reports), days)


@pytest.mark.parametrize("row", STATED.index)
def test_who_was_right_is_said_of_every_difference(row):
    stated = STATED.loc[row]
    right = stated["ours_right"] + stated["theirs_right"] + stated["both_right"]
    assert stated["cells"] - stated["agreeing"] == right
    assert pd.notna(stated["differences"]) == (right > 0)
    assert stated["theirs_right"] == 0  # what others had right is mended
