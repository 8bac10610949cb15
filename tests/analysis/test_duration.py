"""The whole way from one grade to another, whatever came in between."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import ofsted_analysis as oa
from ofsted_analysis.analysis.duration import times_to_reach
from ofsted_analysis.analysis.outcomes import cut_off
from ofsted_analysis.tables.grades import BANDS


def by_hand(history, start, reach):
    """Each way as a loop over the inspections of one authority finds it."""
    low, high = BANDS.index(start), BANDS.index(reach)
    found = []
    for who, own in history.groupby("authority_id", observed=True):
        begun, seen = None, 0
        for day, code in zip(own["last_day"], own["band"].cat.codes, strict=True):
            if begun is not None:
                seen += 1
                if code >= high:
                    found.append((who, begun, day, seen, True))
                    begun = None
            elif code == low:
                begun, seen = day, 0
        if begun is not None:
            found.append((who, begun, None, seen, False))
    return found


@pytest.mark.parametrize("start", ["inadequate", "third"])
@given(st.data())
def test_ways_are_those_that_a_loop_finds(judgement_frames, start, draw):
    frame = draw.draw(judgement_frames(most=12))
    theme = draw.draw(st.sampled_from(["overall", "help_and_protection"]))
    history = oa.judgements_on(theme, data=frame)
    history = history[history["band"].notna() & (history["last_day"] <= cut_off(theme))]
    found = times_to_reach(theme, start=start, data=frame)
    rows = found[["authority_id", "start", "end", "inspections", "reached"]].copy()
    rows["end"] = rows["end"].astype(object).where(rows["reached"], None)
    assert [tuple(row) for row in rows.to_numpy()] == by_hand(history, start, "good")
    assert (found["days"] == (found["end"] - found["start"]).dt.days).all()
    assert (found["direct"] == (found["reached"] & (found["inspections"] == 1))).all()


def test_from_inadequate_to_good_by_any_path():
    """37 ways, half of them longer than 6.1 years; straight from one inspection to the next 19."""
    found = times_to_reach()
    done = found[found["reached"]]
    assert len(done) == 37
    assert round(done["days"].median() / 365.25, 1) == 6.1
    pairs = oa.transitions("overall")
    assert ((pairs["from_band"] == "inadequate") & (pairs["to_band"] >= "good")).sum() == 19


def test_an_authority_that_ended_after_failing_never_got_there():
    found = times_to_reach().set_index("authority_id").loc["northamptonshire"]
    assert not found["reached"]
    assert found["end"] == pd.Timestamp("2021-03-31")


@pytest.mark.parametrize(("start", "reach"), [("good", "good"), ("good", "third")])
def test_the_end_lies_above_the_start(start, reach):
    with pytest.raises(oa.DataError, match="must be a higher band"):
        times_to_reach(start=start, reach=reach)
