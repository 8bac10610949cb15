"""Odds between groups: like compared with like, and authorities that come up more than once."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

import ofsted_analysis as oa
from ofsted_analysis.analysis.shares import odds_ratio
from ofsted_analysis.tables.grades import BAND


def rows(good_new, bad_new, good_old, bad_old, repeat=1):
    """Rows of as many authorities, or each of them as often as said."""
    counts = {(True, "good"): good_new, (True, "third"): bad_new,
              (False, "good"): good_old, (False, "third"): bad_old}  # fmt: skip
    frame = pd.DataFrame(
        [(new, band) for (new, band), n in counts.items() for _ in range(n)],
        columns=["new", "band"],
    )
    frame["authority_id"] = [f"a{i}" for i in range(len(frame))]
    frame["band"] = frame["band"].astype(BAND)
    return pd.concat([frame] * repeat, ignore_index=True)


def test_one_table_by_hand():
    """a d / b c, and Woolf's interval, which the regression gives for one table."""
    found = odds_ratio(rows(30, 10, 20, 25), "new")
    assert found["odds_ratio"] == pytest.approx(30 * 25 / (10 * 20))
    error = np.sqrt(1 / 30 + 1 / 10 + 1 / 20 + 1 / 25)
    assert np.log(found["high"] / found["low"]) == pytest.approx(2 * 1.96 * error, rel=0.02)
    assert (found["n"], found["authorities"]) == (85, 85)


def test_the_same_authorities_again_tell_no_more():
    once, thrice = (odds_ratio(rows(30, 10, 20, 25, repeat), "new") for repeat in (1, 3))
    assert thrice["odds_ratio"] == pytest.approx(once["odds_ratio"])
    assert thrice["low"] == pytest.approx(once["low"], rel=0.02)
    assert (thrice["n"], thrice["authorities"]) == (255, 85)


def new_framework():
    pairs = oa.transitions("overall")
    pairs = pairs[~pairs["same_framework"] | (pairs["from_framework_id"] == "ilacs")]
    return pairs.assign(
        band=pairs["to_band"], new=~pairs["same_framework"], good=pairs["from_band"] >= "good"
    )


def test_pooled_as_mantel_and_haenszel_pool():
    pairs = new_framework()
    tables = [
        pd.crosstab(own["new"], own["band"] >= "good").iloc[::-1, ::-1].to_numpy(float)
        for _, own in pairs.groupby("good")
    ]
    pooled = sm.stats.StratifiedTable(tables).oddsratio_pooled
    found = odds_ratio(pairs, "new", within="good")
    assert found["odds_ratio"] == pytest.approx(pooled, rel=0.01)
    assert found["low"] < found["odds_ratio"] < found["high"]


@pytest.mark.published
def test_too_few_pairs_across_the_frameworks_to_tell():
    found = odds_ratio(new_framework(), "new", within="good")
    assert round(found["odds_ratio"], 2) == 0.61
    assert found["low"] < 1 < found["high"]


def test_groups_turned_round_turn_the_ratio():
    pairs = new_framework()
    found = odds_ratio(pairs, "new", within="good")
    other = odds_ratio(pairs.assign(new=~pairs["new"]), "new", within="good")
    assert other["odds_ratio"] == pytest.approx(1 / found["odds_ratio"])
    assert other["low"] == pytest.approx(1 / found["high"])


def test_a_start_from_which_all_ended_alike_is_left_out():
    frame = rows(30, 10, 20, 25).assign(before="third")
    always = rows(5, 0, 7, 0).assign(before="good", authority_id=[f"b{i}" for i in range(12)])
    both = pd.concat([frame, always])
    found = odds_ratio(both, "new", within="before")
    assert found.equals(odds_ratio(frame, "new", within="before"))


@pytest.mark.parametrize(
    ("frame", "options", "message"),
    [
        (rows(1, 1, 1, 1), {"by": "old"}, "no column 'old'"),
        (rows(1, 1, 1, 1), {"by": "band"}, "True and False only"),
        (rows(3, 2, 0, 0), {"by": "new"}, "Too few rows"),
        (rows(3, 0, 4, 0), {"by": "new"}, "Too few rows"),
        (rows(3, 1, 4, 1), {"by": "new", "level": 95}, "level must lie between 0 and 1"),
    ],
)
def test_wrong_input_is_refused_in_words(frame, options, message):
    with pytest.raises(oa.DataError, match=message):
        odds_ratio(frame, **options)
