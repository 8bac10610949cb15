"""Shares with intervals, peers, an authority beside them, and its history."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal
from statsmodels.stats.multitest import multipletests

import ofsted_analysis as oa
from ofsted_analysis.analysis.shares import random_allocation_test, wilson
from ofsted_analysis.tables.grades import BAND, BANDS
from ofsted_analysis.tables.labels import long_date

SOME = settings()
ALL = oa.load_judgements()
AUTHORITIES = oa.load_authorities().set_index("authority_id")
GROUPS = ["statistical neighbours", "region", "ofsted region", "type", "England"]


# Intervals ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("count", "total", "low", "high"),
    [
        # Newcombe (1998), Statistics in Medicine 17, table I, method 3: to four places
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_intervals_as_published(count, total, low, high):
    found = wilson(count, total)
    assert [round(float(bound), 4) for bound in found] == [low, high]


def test_intervals_by_hand():
    z, n, p = 1.959963984540054, 153, 97 / 153
    middle, half = p + z**2 / (2 * n), z * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    low, high = wilson(97, 153)
    assert low == pytest.approx((middle - half) / (1 + z**2 / n), abs=1e-12)
    assert high == pytest.approx((middle + half) / (1 + z**2 / n), abs=1e-12)


@given(st.integers(0, 200), st.integers(0, 200), st.floats(0.5, 0.999))
def test_intervals_hold_the_share_and_mirror(count, more, level):
    total = count + more
    low, high = (float(bound) for bound in wilson(count, total, level=level))
    if not total:
        assert np.isnan(low) and np.isnan(high)
        return
    assert -1e-12 <= low <= count / total + 1e-12 and count / total - 1e-12 <= high <= 1 + 1e-12
    others = [float(bound) for bound in wilson(more, total, level=level)]
    assert others == pytest.approx([1 - high, 1 - low], abs=1e-9)


# Shares -------------------------------------------------------------------------------------


@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from([*BANDS, None])), max_size=30),
    st.sampled_from([None, "group", ["group"]]),
)
@settings()
def test_shares_sum_to_one(rows, by):
    frame = pd.DataFrame(rows, columns=["group", "band"]).astype({"band": BAND})
    parts = [oa.grade_share(frame, by, bands=band) for band in BANDS]
    total = sum(part["share"] for part in parts)
    graded = parts[0]["graded"] > 0
    assert np.allclose(total[graded], 1) and total[~graded].isna().all()
    assert (sum(part["n"] for part in parts) == parts[0]["graded"]).all()
    assert (parts[0]["graded"] + parts[0]["not_graded"]).sum() == len(frame)
    assert_frame_equal(oa.grade_share(frame[::-1], by), oa.grade_share(frame, by))


def test_shares_on_the_record():
    snapshot = oa.as_at("2025-03-31", published_by="2025-06-30")
    found = oa.grade_share(snapshot)
    counts = snapshot["band"].value_counts()
    assert found["n"].item() == counts["good"] + counts["outstanding"]
    assert found["graded"].item() + found["not_graded"].item() == 153
    regions = oa.grade_share(snapshot, "region")
    assert len(regions) == 9 and regions["n"].sum() == found["n"].item()
    assert ((regions["low"] < regions["share"]) & (regions["share"] < regions["high"])).all()
    two = oa.grade_share(snapshot, ["region", "authority_type"], bands="inadequate")
    assert two["n"].sum() == counts["inadequate"]
    assert list(two)[:2] == ["region", "authority_type"]
    narrow = oa.grade_share(snapshot, level=0.5)
    assert narrow["low"].item() > found["low"].item()


def test_the_share_of_nobody():
    found = oa.grade_share(oa.as_at().iloc[:0])
    assert found["graded"].tolist() == [0] and found["share"].isna().all()
    assert oa.grade_share(oa.as_at().iloc[:0], "region").empty


# Random allocation --------------------------------------------------------------------------

DEALT = st.lists(
    st.tuples(st.sampled_from("abc"), st.sampled_from([*BANDS, None])), min_size=1, max_size=9
).filter(lambda rows: any(band for _, band in rows))


@given(DEALT)
@settings()
def test_random_allocation_against_all_ways_to_allocate(rows):
    frame = pd.DataFrame(rows, columns=["group", "band"]).astype({"band": BAND})
    found = random_allocation_test(frame, "group")
    graded = frame[frame["band"].notna()]
    size = graded["group"].value_counts()
    assert found["group"].tolist() == sorted(size.index)
    marked = int((graded["band"] >= "good").sum())
    ways = [
        graded["group"].iloc[list(chosen)].value_counts().reindex(size.index, fill_value=0)
        for chosen in combinations(range(len(graded)), marked)
    ]
    for row in found.itertuples():
        own = np.array([n[row.group] for n in ways])
        assert row.expected == pytest.approx(own.mean())
        assert (own < row.least).mean() <= 0.025 and (own > row.most).mean() <= 0.025
        odds = np.bincount(own, minlength=row.graded + 1) / len(ways)
        assert row.p_value == pytest.approx(odds[odds <= odds[row.n] + 1e-9].sum())
    assert found["adjusted_p_value"].tolist() == pytest.approx(
        multipletests(found["p_value"], method="holm")[1]
    )
    if 0 < marked < len(graded) and len(size) > 1:
        apart = [((n - marked * size / len(graded)) ** 2 / size).sum() for n in ways]
        now = ((found.set_index("group")["n"] - marked * size / len(graded)) ** 2 / size).sum()
        exact = np.mean([a > now - 1e-9 for a in apart])
        assert found["p_value_all"].unique() == pytest.approx(exact, abs=0.03)
    else:
        assert (found["p_value_all"] == 1).all()


def test_no_single_region_can_be_named_in_march_2026():
    found = random_allocation_test(oa.as_at("2026-03-31"), "region").set_index("region")
    assert (found["p_value_all"] < 0.05).all() and not found["stands_out"].any()
    assert found.loc["London", "adjusted_p_value"] == pytest.approx(0.07, abs=0.005)
    assert found.loc["North West", "adjusted_p_value"] == pytest.approx(0.09, abs=0.005)


def test_one_group_or_one_grade_tells_nothing():
    snapshot = oa.as_at("2026-03-31")
    assert (random_allocation_test(snapshot.assign(all="England"), "all")["p_value_all"] == 1).all()
    assert (random_allocation_test(snapshot, "region", bands=list(BANDS))["p_value"] == 1).all()
    with pytest.raises(oa.DataError, match="No row has a grade"):
        random_allocation_test(oa.as_at("2012-03-31"), "region")
    with pytest.raises(oa.DataError, match="There is no column 'county'"):
        random_allocation_test(snapshot, "county")


# Peers --------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", [2021, 2025])
def test_statistical_neighbours_are_those_published_closest_first(model):
    table = oa.load_table("neighbours")
    table = table[(table["model"] == str(model)) & (table["authority_id"] == "st-helens")]
    expected = table.sort_values("rank")["neighbour_id"].tolist()
    assert oa.peers("St Helens", model=model) == expected
    first = {2021: "wigan", 2025: "halton"}[model]  # by the Department's own tool
    assert expected[0] == first and len(expected) == 10


def test_the_models_differ_and_neighbours_that_are_gone_drop_out():
    assert oa.peers("Norfolk", model=2021) != oa.peers("Norfolk", model=2025)
    neighbours = oa.load_table("neighbours").query("model == '2021'")
    gone = set(neighbours["neighbour_id"]) & {"cumbria", "northamptonshire"}
    for former in gone:
        of = neighbours.loc[neighbours["neighbour_id"] == former, "authority_id"]
        of = [a for a in of if pd.isna(AUTHORITIES.loc[a, "closed"])]
        assert former not in oa.peers(of[0], model=2021)
        assert former in oa.peers(of[0], model=2021, date="2020-01-01")


@pytest.mark.parametrize("group", GROUPS)
def test_nobody_is_their_own_peer(group):
    for name in ("Hull", "Norfolk", "Westmorland and Furness"):
        found = oa.peers(name, group)
        assert len(found) == len(set(found)) > 0
        assert not {"kingston-upon-hull", "norfolk", "westmorland-and-furness"} & {
            f for f in found if f == oa.find_authority(name)
        }
        assert AUTHORITIES.loc[found, "closed"].isna().all()


def test_groups():
    assert len(oa.peers("Norfolk", "England")) == 152
    assert len(oa.peers("Norfolk", "England", date="2019-04-01")) == 150
    london = oa.peers("Camden", "region")
    assert len(london) == 32 and set(AUTHORITIES.loc[london, "region"]) == {"London"}
    north = oa.peers("Hull", "ofsted region")
    assert set(AUTHORITIES.loc[north, "ofsted_region"]) == {
        AUTHORITIES.loc["kingston-upon-hull", "ofsted_region"]
    }
    assert set(oa.peers("Hull", "region")) < set(north)
    kind = oa.peers("Norfolk", "type")
    assert set(AUTHORITIES.loc[kind, "authority_type"]) == {
        AUTHORITIES.loc["norfolk", "authority_type"]
    }


def test_a_list_of_peers_as_typed():
    names = ["st helens", "Hull", "E08000013", "342", "Norfolk", "devon county council"]
    assert oa.peers("norfolk", names) == ["st-helens", "kingston-upon-hull", "devon"]
    assert oa.peers("norfolk", tuple(names[:1])) == ["st-helens"]
    assert oa.peers("norfolk", []) == []


# Beside its peers ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["st helens", "ST HELENS COUNCIL", "E08000013", "342"])
def test_an_authority_as_typed(name):
    assert set(oa.compare(name)["authority_id"]) == {"st-helens"}
    assert set(oa.history(name)["authority_id"]) == {"st-helens"}


@pytest.mark.sample(3)
@pytest.mark.parametrize("group", [*GROUPS, ["Suffolk", "Devon"]])
@pytest.mark.parametrize("latest", ["inspection", "graded"])
def test_beside_its_peers(group, latest):
    groups = {"chosen": group} if isinstance(group, list) else group
    found = oa.compare("Norfolk", groups, date="2025-03-31", latest=latest)
    others = oa.peers("Norfolk", group, date="2025-03-31")
    assert {"overall", "leadership", "help_and_protection"} <= set(found["theme"])
    for row in found.to_dict("records"):
        snapshot = oa.as_at("2025-03-31", row["theme"], latest=latest).set_index("authority_id")
        own, bands = snapshot.loc["norfolk"], snapshot.loc[others, "band"]
        assert row["grade"] == own["grade"] and row["last_day"] == own["last_day"]
        assert row["peers"] == len(others) and row["graded"] == bands.notna().sum()
        assert [row[b] for b in BANDS] == [(bands == b).sum() for b in BANDS]
        assert row["better"] == (bands > own["band"]).sum()
        assert row["same"] == (bands == own["band"]).sum()
        assert row["better"] + row["same"] + row["worse"] == row["graded"]


def test_beside_its_peers_where_it_has_no_grade():
    row = oa.compare("Brent", theme="overall", date="2026-08-22").iloc[0]
    assert row["reason"] == "judgement not made" and pd.isna(row["grade"])
    assert row[["better", "same", "worse"]].isna().all()
    assert row["peers"] == 10 and row["graded"] > 0
    assert "overall" not in set(oa.compare("Brent", date="2026-08-22")["theme"])
    assert oa.compare("Brent", theme="overall", latest="graded")["grade"].notna().all()


def test_beside_its_peers_with_other_options():
    assert oa.compare("Norfolk", theme=["overall", "adoption"])["theme"].tolist() == [
        "overall",
        "adoption",
    ]
    late = oa.compare("Norfolk", theme="overall", date="2022-12-31", published_by="2023-01-12")
    assert late["grade"].item() == "requires improvement"
    old, new = (oa.compare("Norfolk", theme="overall", model=m).iloc[0] for m in (2021, 2025))
    assert old["grade"] == new["grade"]
    few = ALL[ALL["authority_id"].isin(["norfolk", "suffolk"])]
    row = oa.compare("Norfolk", "England", theme="overall", data=few).iloc[0]
    assert (row["peers"], row["graded"], row["worse"]) == (152, 1, 1)
    none = oa.compare("Norfolk", data=ALL.iloc[:0])
    assert none.empty and list(none) == list(oa.compare("Norfolk"))
    alone = oa.compare("Norfolk", {"nobody": []}).iloc[0]
    assert alone[["peers", "graded", "better"]].tolist() == [0, 0, 0]


def test_several_groups_at_once():
    names = ["statistical neighbours", "region", "England"]
    found = oa.compare("Norfolk", names, theme=["overall", "leadership"], date="2025-03-31")
    assert found["group"].tolist() == names * 2
    assert found["model"].astype(object).where(found["model"].notna(), None).tolist() == [
        2025, None, None
    ] * 2  # fmt: skip
    for name in names:
        alone = oa.compare("Norfolk", name, theme="overall", date="2025-03-31")
        assert_frame_equal(alone, found[found["group"] == name].head(1).reset_index(drop=True))


def test_an_authority_is_compared_by_the_latest_model_that_has_it():
    found = oa.compare("Cumbria", theme="overall", date="2016-06-30").iloc[0]
    assert (found["model"], found["peers"]) == (2021, 9)  # the tenth did not exist then


def test_an_authority_that_is_gone_needs_a_date():
    row = oa.compare("Cumbria", "region", theme="overall", date="2023-03-31").iloc[0]
    assert row["grade"] == "requires improvement"
    # of two that share a name the one that existed
    assert set(oa.compare("Dorset", "region", date="2018-12-31")["authority_id"]) == {
        "dorset-county-council"
    }
    assert set(oa.compare("Dorset", "region")["authority_id"]) == {"dorset"}
    for name in ("Cumbria", "cumbria", "E10000006"):
        gone = f"Cumbria did not exist on {long_date(oa.data_complete_to())}: it closed on 31 March"
        with pytest.raises(oa.UnknownAuthorityError, match=gone):
            oa.compare(name, "region")
    early = "Cumberland did not exist .* it began on 1 April 2023; before it there was Cumbria"
    with pytest.raises(oa.UnknownAuthorityError, match=early):
        oa.compare("Cumberland", "region", date="2020-01-01")
    with pytest.raises(oa.UnknownAuthorityError, match="Cumbria did not exist"):
        oa.peers("Norfolk", ["Cumbria"])


@given(st.data())
@SOME
def test_the_order_of_the_rows_does_not_matter(judgement_frames, draw):
    frame = draw.draw(judgement_frames())
    mixed = frame.sample(frac=1, random_state=draw.draw(st.integers(0, 99)))
    day = draw.draw(st.sampled_from(["2012-12-31", "2018-12-31", "2026-08-22"]))
    groups = {"one": ["st helens"]}
    options = {"groups": groups, "theme": ["overall", "care_leavers"], "date": day}
    assert_frame_equal(
        oa.compare("Norfolk", data=mixed, **options),
        oa.compare("Norfolk", data=frame, **options),
    )
    assert_frame_equal(oa.history("Norfolk", data=mixed), oa.history("Norfolk", data=frame))


# History ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["Norfolk", "Hull", "Cumbria", "Isles of Scilly"])
def test_a_history_is_everything_in_order(name):
    found = oa.history(name)
    own = ALL[ALL["authority_id"] == oa.find_authority(name)]
    visits = oa.load_visits().query("authority_id == @own.authority_id.iloc[0]")
    assert list(found) == [*ALL, "kind", "priority_action", "link"]
    assert len(found) == len(own) + len(visits) > 0
    assert set(found.loc[found["kind"] != "graded inspection", "inspection_id"]) == {
        *visits["visit_id"]
    }
    assert found.loc[found["kind"] != "graded inspection", "grade"].isna().all()
    assert found["link"].str.match("https?://").all()
    assert found["last_day"].is_monotonic_increasing
    for _, rows in found.groupby("inspection_id", observed=True, sort=False):
        assert rows.index.tolist() == list(range(rows.index[0], rows.index[-1] + 1))
        assert rows["position"].is_monotonic_increasing


def test_a_history_as_reported():
    found = oa.history("West Sussex").query("theme == 'overall'")
    assert found["grade"].tolist() == ["requires improvement", "inadequate", "requires improvement"]
    assert found["inspection_id"].tolist()[-1] == "west-sussex-ilacs-2023-03"
    assert oa.history("Norfolk", data=ALL.iloc[:0]).empty
    text = ALL.astype({"authority_id": "str", "inspection_id": "str"})
    graded = oa.history("Norfolk").query("kind == 'graded inspection'")
    assert len(oa.history("Norfolk", data=text)) == len(graded)


# Arguments ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: oa.grade_share(oa.as_at(), "county"),
            "no column 'county'; there are: authority_id",
        ),
        (lambda: oa.grade_share(oa.as_at()[["grade"]]), "no column 'band'"),
        (
            lambda: oa.grade_share(oa.as_at(), bands="adequate"),
            "No such band: adequate. Bands: inad",
        ),
        (lambda: oa.grade_share(oa.as_at(), level=95), "level must lie between 0 and 1"),
        (lambda: oa.peers("Norfolk", "Suffolk"), "no group 'Suffolk': statistical"),
        (lambda: oa.peers("Norfolk", model=2022), "neighbour model of 2022: 2021 or 2025"),
        (lambda: oa.peers("Cumberland", model=2021), "no statistical neighbours in the 2021 model"),
        (lambda: oa.peers("Norfolk", date="yesterday"), "date: 'yesterday' is not a date"),
        (lambda: oa.compare("Norfolk", theme="Overall"), "no theme 'Overall'. The themes are"),
        (lambda: oa.compare("Norfolk", theme=["overall", "x"]), "no theme 'x'"),
        (lambda: oa.compare("Norfolk", latest="newest"), "latest must be"),
        (lambda: oa.compare("Norfolk", date="2025"), "date: '2025' is not a date"),
    ],
)
def test_arguments_that_cannot_be(call, message):
    with pytest.raises(oa.DataError, match=message):
        call()


@pytest.mark.parametrize("call", [oa.compare, oa.history, oa.peers])
def test_a_name_that_is_not_found_gets_suggestions(call):
    with pytest.raises(oa.UnknownAuthorityError, match=r"Did you mean .*Wolverhampton"):
        call("Wolverhamton")
    with pytest.raises(oa.UnknownAuthorityError, match="No local authority is called 'Loamshire'"):
        call("Loamshire")
    with pytest.raises(oa.UnknownAuthorityError, match=r"Did you mean .*Norfolk"):
        oa.peers("Norfolk", ["Northfolk"])


def test_themes_that_are_judged_no_more_are_not_set_beside_those_that_are():
    """Devon's adoption and safeguarding board were last graded in 2015."""
    now = oa.compare("Devon")["theme"].tolist()
    assert now == ["help_and_protection", "children_in_care", "care_leavers", "leadership"]
    assert "overall" in oa.compare("Devon", date="2026-03-31")["theme"].tolist()
    assert "adoption" in oa.compare("Devon", date="2016-03-31")["theme"].tolist()
