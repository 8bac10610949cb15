"""The judgements of one inspection side by side, and rules that combine them."""

import math
import statistics

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import ofsted_analysis as oa
from ofsted_analysis.analysis import judgements
from ofsted_analysis.analysis.judgements import RULES
from ofsted_analysis.tables.grades import BAND, BANDS

KEY = ["help_and_protection", "looked_after", "leadership"]
FOUR = ["leaders", "help_and_protection", "in_care", "care_leavers"]


def rows(*grades):
    """Inspections of which the judgements are a, b, c ..."""
    return pd.DataFrame(grades, columns=list("abcdefgh")[: len(grades[0])]).astype(BAND)


# Side by side -------------------------------------------------------------------------------


@pytest.mark.parametrize("framework", ["slac", "cp", "lac", "sif", "ilacs"])
def test_every_judgement_has_its_place(framework):
    table = judgements.judgements_wide(framework)
    own = oa.load_judgements().query("framework_id == @framework")
    assert table["inspection_id"].is_unique
    own = own[own["inspection_type"] != "safeguarding board review"]
    assert set(table["inspection_id"]) == set(own["inspection_id"])
    assert table["last_day"].is_monotonic_increasing
    areas = table.columns[6:]
    assert all(table[area].dtype == BAND for area in areas)
    order = oa.load_areas().query("framework_id == @framework").sort_values("position")["area_id"]
    assert list(areas) == list(order)
    long = table.melt("inspection_id", areas, "area_id", "band").dropna()
    known = own.dropna(subset=["band"])[["inspection_id", "area_id", "band"]].astype(str)
    pairs = [list(frame.astype(str).itertuples(index=False, name=None)) for frame in (long, known)]
    assert sorted(pairs[0]) == sorted(pairs[1])


def test_some_judgements_only():
    own = oa.load_judgements().query("region == 'London'")
    table = judgements.judgements_wide("ilacs", data=own)
    assert set(table["region"]) == {"London"}
    assert judgements.judgements_wide("ilacs", data=own.iloc[:0]).empty


def test_no_such_framework():
    with pytest.raises(oa.DataError, match=r"framework must be 'cp', .* not 'sfi'"):
        judgements.judgements_wide("sfi")


# Against the others -------------------------------------------------------------------------


def test_above_level_below_by_hand():
    table = rows(
        ("good", "third", "good"),
        ("good", "good", None),
        ("inadequate", "third", "outstanding"),
        (None, "good", "good"),
    )
    found = judgements.compare_judgements(table, "a").to_numpy().tolist()
    assert found == [["b", 3, 1, 1, 1], ["c", 2, 0, 1, 1]]
    assert judgements.compare_judgements(table, "c", ["a"]).iloc[0].tolist() == ["a", 2, 1, 1, 0]


def test_against_is_a_mirror():
    table = judgements.judgements_wide("ilacs")
    one = judgements.compare_judgements(table, "in_care", ["leaders"]).iloc[0]
    other = judgements.compare_judgements(table, "leaders", ["in_care"]).iloc[0]
    assert one["above"] == other["below"] and one["level"] == other["level"]
    assert one["above"] + one["level"] + one["below"] == one["n"]


@pytest.mark.parametrize("area", ["authority", "nothing"])
def test_not_a_judgement(area):
    with pytest.raises(oa.DataError, match="no column of bands"):
        judgements.compare_judgements(judgements.judgements_wide("sif"), area)


# Shares of the same authorities -------------------------------------------------------------


def split(ahead, behind, level=20, one_missing=0):
    """Authorities good on a alone, on b alone, on both; and with no grade for b."""
    made = [("good", "third", "good")] * ahead + [("third", "good", "third")] * behind
    return rows(*made, *[("good", "outstanding", "good")] * level,
                *[("third", None, "good")] * one_missing)  # fmt: skip


@pytest.mark.parametrize(("ahead", "behind"), [(15, 1), (1, 15), (14, 20), (0, 0), (6, 0)])
def test_only_authorities_in_which_two_judgements_differ_tell_of_a_difference(ahead, behind):
    tails = sum(math.comb(ahead + behind, k) for k in range(min(ahead, behind) + 1))
    by_hand = min(1, 2 * tails / 2 ** (ahead + behind))
    found = judgements.paired_shares_test(split(ahead, behind, one_missing=4), ["a", "b"]).iloc[0]
    assert found[["n", "area_only", "other_only"]].tolist() == [ahead + behind + 20, ahead, behind]
    assert found["p_value"] == pytest.approx(by_hand)
    if ahead + behind:  # of two judgements Cochran's Q is McNemar's chi-square
        q = (ahead - behind) ** 2 / (ahead + behind)
        assert found["p_value_all"] == pytest.approx(math.erfc(math.sqrt(q / 2)))
    more = judgements.paired_shares_test(split(ahead, behind, level=500), ["a", "b"]).iloc[0]
    assert more["p_value"] == found["p_value"]  # however many are alike


def test_a_pair_is_named_only_where_both_tests_say_so():
    table = split(15, 1)
    found = judgements.paired_shares_test(table, ["a", "b", "c"]).set_index(["area", "other"])
    assert found["stands_out"].tolist() == [True, False, True]
    assert found.loc[("a", "c"), "p_value"] == 1  # c is as a is
    assert (found["adjusted_p_value"] >= found["p_value"]).all()
    strict = judgements.paired_shares_test(table, ["a", "b", "c"], level=0.9999)
    assert not strict["stands_out"].any()


@pytest.mark.parametrize("areas", [["a"], ["a", "a"], ["a", "nothing"], []])
def test_two_judgements_are_needed(areas):
    with pytest.raises(oa.DataError, match=r"different judgements|no column of bands"):
        judgements.paired_shares_test(split(3, 2), areas)


# Rules --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("grades", "expected"),
    [
        # lowest, highest, lower middle, upper middle, majority, limited
        ((2, 2, 2), (2, 2, 2, 2, 2, 2)),
        ((0, 2, 2), (0, 2, 2, 2, 2, 0)),
        ((1, 2, 3), (1, 3, 2, 2, None, 2)),
        ((1, 1, 2, 2), (1, 2, 1, 2, None, 1)),
        ((3, 2, 3, 3), (2, 3, 3, 3, 3, 3)),
        ((0, 1, 1, 3), (0, 3, 1, 1, None, 0)),
    ],
)
def test_rules_by_hand(grades, expected):
    table = rows([BANDS[g] for g in grades])
    found = [judgements.derive_overall(table, list(table), rule).iloc[0] for rule in RULES]
    assert [None if pd.isna(f) else BANDS.index(f) for f in found] == list(expected)


@given(st.lists(st.lists(st.integers(0, 3), min_size=4, max_size=4), min_size=1, max_size=8))
def test_rules_as_statistics_has_them(codes):
    table = rows(*[[BANDS[code] for code in row] for row in codes])
    for rule, of in [
        ("lowest", min),
        ("highest", max),
        ("lower middle", statistics.median_low),
        ("upper middle", statistics.median_high),
    ]:
        found = judgements.derive_overall(table, list("abcd"), rule)
        assert found.cat.codes.tolist() == [of(row) for row in codes]
    counted = judgements.rule_accuracy(table, list("abc"), against="d").set_index("rule")
    parts = counted[["same", "higher", "lower", "undecided"]].sum(axis=1)
    assert (parts == counted["n"]).all() and (counted["n"] == len(codes)).all()
    assert counted.loc["a", "same"] == sum(row[0] == row[3] for row in codes)
    # where all agree no rule says otherwise
    alike = sum(row[0] == row[1] == row[2] == row[3] for row in codes)
    assert (counted["same"] - counted["same_mixed"] == alike).all()


def test_nothing_is_made_of_what_is_missing():
    table = rows(("good", None), ("good", "good"))
    assert judgements.derive_overall(table, ["a", "b"], "lowest").isna().tolist() == [True, False]
    assert judgements.rule_accuracy(table, ["a"], against="b")["n"].tolist() == [1] * 7


def test_rules_that_cannot_be():
    table = judgements.judgements_wide("sif")
    with pytest.raises(oa.DataError, match=r"rule must be 'lowest', .* not 'mean'"):
        judgements.derive_overall(table, KEY, "mean")
    with pytest.raises(oa.DataError, match="no judgement to combine"):
        judgements.derive_overall(table, [], "lowest")


# On the record ------------------------------------------------------------------------------


def test_the_limiting_rule_of_the_single_inspections():
    """Inadequate in a key judgement makes the whole inadequate, and nothing else does."""
    sif = judgements.judgements_wide("sif")
    limited = (sif[KEY] == "inadequate").any(axis=1)
    assert ((sif["overall"] == "inadequate") == limited).all()
    assert limited.sum() == 40


def test_no_overall_grade_beyond_its_parts():
    for framework, parts in [("sif", KEY), ("ilacs", FOUR)]:
        table = judgements.judgements_wide(framework)
        found = judgements.rule_accuracy(table, parts).set_index("rule")
        assert found.loc["lowest", "higher"] == 0 and found.loc["highest", "lower"] == 0
