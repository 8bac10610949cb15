"""Shares with intervals, peers, an authority beside them, and its history."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

import ofsted_analysis as oa
from ofsted_analysis.analysis.compare import wilson
from ofsted_analysis.tables.grades import BAND, BANDS

SOME = settings(max_examples=15, deadline=None)
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
@settings(max_examples=25, deadline=None)
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


# By lot -------------------------------------------------------------------------------------

DEALT = st.lists(
    st.tuples(st.sampled_from("abc"), st.sampled_from([*BANDS, None])), min_size=1, max_size=9
).filter(lambda rows: any(band for _, band in rows))


@given(DEALT)
@settings(max_examples=25, deadline=None)
def test_by_lot_counts_all_ways_to_deal_the_grades(rows):
    frame = pd.DataFrame(rows, columns=["group", "band"]).astype({"band": BAND})
    dealt, gap = oa.by_lot(frame, "group"), oa.gap_by_lot(frame, "group")
    graded = frame[frame["band"].notna()]
    size = graded["group"].value_counts()
    marked = int((graded["band"] >= "good").sum())
    ways = [
        graded["group"].iloc[list(chosen)].value_counts().reindex(size.index, fill_value=0)
        for chosen in combinations(range(len(graded)), marked)
    ]
    spans = [max(n / size) - min(n / size) for n in ways]
    assert gap["groups"] == len(size)
    assert gap["gap"] == pytest.approx(gap["highest"] - gap["lowest"])
    assert gap["chance"] == pytest.approx(np.mean([s > gap["gap"] - 1e-9 for s in spans]))
    for row in dealt[dealt["graded"] > 0].itertuples():
        own = np.array([n[row.group] for n in ways])
        assert row.expected == pytest.approx(own.mean())
        assert (own < row.least).mean() <= 0.025 and (own > row.most).mean() <= 0.025
        odds = np.bincount(own, minlength=row.graded + 1) / len(ways)
        assert row.chance == pytest.approx(odds[odds <= odds[row.n] + 1e-9].sum())
        assert row.stands_out == (not row.least <= row.n <= row.most)


def test_one_group_or_one_grade_leaves_no_gap():
    snapshot = oa.as_at("2026-03-31")
    assert oa.gap_by_lot(snapshot.assign(all="England"), "all")["chance"] == 1
    assert oa.gap_by_lot(snapshot, "region", bands=list(BANDS))["chance"] == 1
    assert not oa.by_lot(snapshot, "region", bands=list(BANDS))["stands_out"].any()
    assert set(oa.by_lot(snapshot.iloc[:0], "region")) >= {"expected", "least", "most", "chance"}
    with pytest.raises(oa.DataError, match="No row has a grade"):
        oa.gap_by_lot(oa.as_at("2012-03-31"), "region")
    with pytest.raises(oa.DataError, match="There is no column 'county'"):
        oa.by_lot(snapshot, "county")


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
        assert former in oa.peers(of[0], model=2021, on="2020-01-01")


@pytest.mark.parametrize("to", GROUPS)
def test_nobody_is_their_own_peer(to):
    for name in ("Hull", "Norfolk", "Westmorland and Furness"):
        found = oa.peers(name, to)
        assert len(found) == len(set(found)) > 0
        assert not {"kingston-upon-hull", "norfolk", "westmorland-and-furness"} & {
            f for f in found if f == oa.find_authority(name)
        }
        assert AUTHORITIES.loc[found, "closed"].isna().all()


def test_groups():
    assert len(oa.peers("Norfolk", "England")) == 152
    assert len(oa.peers("Norfolk", "England", on="2019-04-01")) == 150
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


@pytest.mark.parametrize("to", [*GROUPS, ["Suffolk", "Devon"]])
@pytest.mark.parametrize("latest", ["inspection", "graded"])
def test_beside_its_peers(to, latest):
    found = oa.compare("Norfolk", to, date="2025-03-31", latest=latest)
    others = oa.peers("Norfolk", to, on="2025-03-31")
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
    assert oa.compare("Norfolk", []).iloc[0][["peers", "graded", "better"]].tolist() == [0, 0, 0]


def test_an_authority_that_is_gone_needs_a_date():
    row = oa.compare("Cumbria", "region", theme="overall", date="2023-03-31").iloc[0]
    assert row["grade"] == "requires improvement"
    # of two that share a name the one that existed
    assert set(oa.compare("Dorset", "region", date="2018-12-31")["authority_id"]) == {
        "dorset-county-council"
    }
    assert set(oa.compare("Dorset", "region")["authority_id"]) == {"dorset"}
    for name in ("Cumbria", "cumbria", "E10000006"):
        with pytest.raises(oa.DataError, match="Cumbria did not exist on .*: it closed on 2023-03"):
            oa.compare(name, "region")
    with pytest.raises(oa.DataError, match="Cumberland did not exist .* it opened on 2023-04-01"):
        oa.compare("Cumberland", "region", date="2020-01-01")
    with pytest.raises(oa.DataError, match="Cumbria did not exist"):
        oa.peers("Norfolk", ["Cumbria"])


@given(st.data())
@SOME
def test_the_order_of_the_rows_does_not_matter(judgement_frames, draw):
    frame = draw.draw(judgement_frames())
    mixed = frame.sample(frac=1, random_state=draw.draw(st.integers(0, 99)))
    day = draw.draw(st.sampled_from(["2012-12-31", "2018-12-31", "2026-08-22"]))
    options = {"to": ["st helens"], "theme": ["overall", "care_leavers"], "date": day}
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
    assert list(found) == list(ALL) and len(found) == len(own) > 0
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
    assert len(oa.history("Norfolk", data=text)) == len(oa.history("Norfolk"))


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
        (lambda: oa.peers("Norfolk", "Suffolk"), "no group 'Suffolk' to compare with: statistical"),
        (lambda: oa.peers("Norfolk", model=2022), "neighbour model of 2022: 2021 or 2025"),
        (lambda: oa.peers("Cumberland", model=2021), "no statistical neighbours in the 2021 model"),
        (lambda: oa.peers("Norfolk", on="yesterday"), "on: 'yesterday' is not a date"),
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
    with pytest.raises(oa.UnknownAuthorityError, match="Did you mean .*Wolverhampton"):
        call("Wolverhamton")
    with pytest.raises(oa.UnknownAuthorityError, match="No local authority is called 'Loamshire'"):
        call("Loamshire")
    with pytest.raises(oa.UnknownAuthorityError, match="Did you mean .*Norfolk"):
        oa.peers("Norfolk", ["Northfolk"])
