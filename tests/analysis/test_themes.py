"""One theme across the frameworks."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

import ofsted_analysis as oa
from ofsted_analysis.tables import given as own_table

SOME = settings()
THEMES = st.sampled_from(
    ["overall", "help_and_protection", "children_in_care", "care_leavers", "adoption", "lscb"]
)
ALL = oa.load_judgements()
KEYS = ["inspection_id", "authority_id", "framework_id", "area_id"]


def row_of(inspection_id, theme):
    history = oa.judgements_on(theme).set_index("inspection_id")
    return history.loc[inspection_id]


@given(st.data())
@SOME
def test_one_row_for_every_inspection_that_could_have_judged(judgement_frames, draw):
    frame, theme = draw.draw(judgement_frames()), draw.draw(THEMES)
    areas = oa.load_areas().query("theme == @theme")
    able = frame[frame["framework_id"].isin(areas["framework_id"])]
    history = oa.judgements_on(theme, data=frame)
    assert sorted(history["inspection_id"]) == sorted(able["inspection_id"].unique())
    assert history["reason"].isna().equals(history["grade"].notna())
    # by authority and day
    assert_frame_equal(history, history.sort_values(["authority_id", "last_day"], kind="stable"))
    for row in history.itertuples():
        own = frame[(frame["inspection_id"] == row.inspection_id) & (frame["theme"] == theme)]
        if own.empty:
            assert pd.isna(row.area_id) and pd.isna(row.grade)
            assert row.reason in ("judgement not made", "not known")
            continue
        best = own[own["comparability"] == own["comparability"].max()].nsmallest(1, "position")
        assert row.area_id == best["area_id"].item()
        if pd.isna(best["grade"].item()):
            assert row.reason == "not judged"
        else:
            assert row.grade == best["grade"].item() and row.band == best["band"].item()


@given(st.data())
@SOME
def test_the_order_of_the_rows_does_not_matter(judgement_frames, draw):
    frame, theme = draw.draw(judgement_frames()), draw.draw(THEMES)
    mixed = frame.sample(frac=1, random_state=draw.draw(st.integers(0, 99)))
    assert oa.themes(mixed) == oa.themes(frame)
    assert_frame_equal(oa.judgements_on(theme, data=mixed), oa.judgements_on(theme, data=frame))


def test_the_order_of_the_packaged_rows_does_not_matter():
    mixed = ALL.sample(frac=1, random_state=1)
    for theme in oa.themes():
        assert_frame_equal(oa.judgements_on(theme, data=mixed), oa.judgements_on(theme))


def test_a_history_is_the_callers_own():
    first = oa.judgements_on()
    first["grade"] = None
    first.loc[:, "authority"] = "changed"
    assert oa.judgements_on()["grade"].notna().any()
    assert "changed" not in set(oa.judgements_on()["authority"])


@pytest.mark.parametrize(
    ("inspection_id", "theme", "area_id", "grade"),
    [
        ("norfolk-ilacs-2026-02", "overall", "overall", "outstanding"),
        ("norfolk-sif-2017-11", "adoption", "adoption", "outstanding"),
        ("norfolk-lac-2013-07", "children_in_care", "overall", "inadequate"),
        ("west-sussex-ilacs-2019-03", "leadership", "leaders", "inadequate"),
        ("west-sussex-ilacs-2023-03", "care_leavers", "care_leavers", "requires improvement"),
        ("suffolk-ilacs-2019-04", "children_in_care", "care_and_care_leavers", "good"),
        ("suffolk-sif-2015-12", "lscb", "lscb", "good"),
        ("devon-ilacs-2025-01", "children_in_care", "in_care", "inadequate"),
        ("devon-sif-2015-03", "care_leavers", "care_leavers", "inadequate"),
        # of a child protection inspection the overall grade, not the narrower one
        ("norfolk-cp-2013-01", "help_and_protection", "overall", "inadequate"),
    ],
)
def test_judgements_as_printed(inspection_id, theme, area_id, grade):
    row = row_of(inspection_id, theme)
    assert (row["area_id"], row["grade"]) == (area_id, grade)
    assert pd.isna(row["reason"])


@pytest.mark.parametrize(
    ("inspection_id", "theme", "reason"),
    [
        ("city-of-london-sif-2016-07", "adoption", "not judged"),
        ("isles-of-scilly-sif-2016-04", "children_in_care", "not judged"),
        ("isles-of-scilly-sif-2016-04", "adoption", "not judged"),
        ("isles-of-scilly-sif-2016-04", "care_leavers", "not judged"),
        # a re-inspection left the review of the board out
        ("birmingham-sif-2016-10", "lscb", "judgement not made"),
        ("norfolk-sif-2017-11", "lscb", "judgement not made"),
        # care leavers were judged together with children in care until 2023
        ("west-sussex-ilacs-2019-03", "care_leavers", "judgement not made"),
        ("norfolk-ilacs-2022-11", "care_leavers", "judgement not made"),
        # no overall judgement since April 2026
        ("brent-ilacs-2026-05", "overall", "judgement not made"),
        # only the two overall grades are known
        ("suffolk-slac-2010-12", "capacity_to_improve", "not known"),
        # the framework judged leadership; the source at hand gives the overall grade only
        ("west-sussex-cp-2013-02", "leadership", "not known"),
    ],
)
def test_why_there_is_no_grade(inspection_id, theme, reason):
    row = row_of(inspection_id, theme)
    assert row["reason"] == reason
    assert pd.isna(row["grade"]) and pd.isna(row["band"])


def test_a_theme_is_not_looked_for_where_the_framework_has_none():
    frameworks = {theme: set(oa.judgements_on(theme)["framework_id"]) for theme in oa.themes()}
    assert frameworks["overall"] == {"sif", "ilacs"}
    assert frameworks["help_and_protection"] == {"slac", "cp", "sif", "ilacs"}
    assert "cp" not in frameworks["children_in_care"]
    assert frameworks["lscb"] == frameworks["adoption"] == {"sif"}


def test_no_care_leavers_grade_from_2018_to_2022():
    history = oa.judgements_on("care_leavers").query("framework_id == 'ilacs'")
    before = history[history["first_day"] < "2023-01-01"]
    assert len(before) > 150
    assert set(before["reason"]) == {"judgement not made"}
    assert history[history["first_day"] >= "2023-01-01"]["grade"].notna().all()


def new_framework():
    """Three inspections under a framework that the packaged tables do not have."""
    rows = ALL[ALL["inspection_id"] == "norfolk-ilacs-2022-11"]
    parts = [ALL.astype(dict.fromkeys(KEYS, "str"))]
    for number, (who, certainty) in enumerate(
        [("norfolk", "report"), ("suffolk", "report"), ("devon", "stated")], start=1
    ):
        new = rows.astype({**dict.fromkeys(KEYS, "str"), "theme": "str"}).assign(
            inspection_id=f"{who}-renewed-2027-{number}",
            authority_id=who,
            framework_id="renewed",
            first_day=pd.Timestamp("2027-03-01"),
            last_day=pd.Timestamp("2027-03-12"),
            published_date=pd.Timestamp("2027-05-01"),
            certainty=certainty,
        )
        new.loc[new["theme"] == "overall", "theme"] = "belonging"
        if who != "norfolk":
            new = new[new["theme"] != "belonging"]
        parts.append(new)
    parts[0] = parts[0].astype({"theme": "str"})
    frame = pd.concat(parts, ignore_index=True)
    return frame.astype({"certainty": ALL["certainty"].dtype})


def test_a_framework_that_the_tables_lack_is_rows_not_code():
    frame = new_framework()
    assert "belonging" in oa.themes(frame)
    found = oa.judgements_on("belonging", data=frame).set_index("authority_id")
    assert found.loc["norfolk", "band"] == "good"
    assert found.loc["suffolk", "reason"] == "judgement not made"  # its report was read
    assert found.loc["devon", "reason"] == "not known"
    protection = oa.as_at("2027-12-31", "help_and_protection", data=frame)
    assert protection.set_index("authority_id").loc["norfolk", "framework_id"] == "renewed"
    counts = oa.over_time("2026-12-31", "2027-12-31", "YE", "belonging", data=frame)
    assert counts["graded"].tolist() == [0] * 4 + [1] * 4
    assert oa.transitions("leadership", within="renewed", data=frame).empty
    across = oa.transitions("leadership", pairs="previous to latest", data=frame)
    assert (across["to_framework_id"] == "renewed").sum() == 3
    assert oa.compare("Norfolk", theme="belonging", date="2027-03-12", data=frame)[
        "grade"
    ].tolist() == ["good"]


def test_plain_text_in_place_of_categories():
    text = ALL.astype({c: "str" for c in ALL if isinstance(ALL[c].dtype, pd.CategoricalDtype)})
    assert oa.themes(text) == oa.themes()
    for theme in ("overall", "care_leavers"):
        assert_frame_equal(
            oa.judgements_on(theme, data=text),
            oa.judgements_on(theme),
            check_dtype=False,
            check_categorical=False,
        )
        mine = oa.over_time("2009-12-31", "2026-06-30", "YE", theme, data=text)
        assert_frame_equal(mine, oa.over_time("2009-12-31", "2026-06-30", "YE", theme))


def test_categories_that_are_not_there_any_more():
    few = ALL[ALL["authority_id"].isin(["norfolk", "devon"])]
    pruned = few.copy()
    for column in few:
        if isinstance(few[column].dtype, pd.CategoricalDtype):
            pruned[column] = few[column].cat.remove_unused_categories()
    for theme in ("overall", "lscb", "ambition"):
        assert_frame_equal(
            oa.judgements_on(theme, data=pruned),
            oa.judgements_on(theme, data=few),
            check_categorical=False,
        )
        assert_frame_equal(
            oa.over_time("2009-12-31", "2026-06-30", "YE", theme, data=pruned),
            oa.over_time("2009-12-31", "2026-06-30", "YE", theme, data=few),
        )


def test_no_judgements_at_all():
    for none in (ALL.iloc[:0], ALL.iloc[:0].astype(dict.fromkeys([*KEYS, "theme"], "str"))):
        assert oa.themes(none) == []
        history = oa.judgements_on("overall", data=none)
        assert history.empty and list(history) == list(oa.judgements_on("overall"))


@pytest.mark.parametrize("theme", ["", "Overall", "overal", "sif"])
def test_a_theme_that_does_not_exist(theme):
    message = "There is no theme .* The themes are: overall, help_and_protection, .*adoption"
    with pytest.raises(oa.DataError, match=message):
        oa.judgements_on(theme)
    with pytest.raises(oa.DataError, match=message):
        oa.judgements_on(theme, data=ALL.iloc[:9])


def test_judgements_that_are_none():
    with pytest.raises(oa.DataError, match=r"lack the column theme.*load_judgements\(\)"):
        oa.themes(pd.DataFrame({"grade": ["good"]}))
    wrong = ALL.astype({"band": "str"}).assign(band="splendid")
    with pytest.raises(oa.DataError, match="band: 'splendid' is not one of: inadequate, third"):
        oa.judgements_on(data=wrong)
    wrong = ALL.astype({"last_day": "str"}).assign(last_day="last week")
    with pytest.raises(oa.DataError, match=r"last_day: .*last week"):
        oa.judgements_on(data=wrong)


def test_given_judgements_take_text_as_dates_and_grades():
    text = pd.DataFrame({"last_day": ["2020-01-31"], "comparability": ["partial"]})
    own = own_table.judgements(text, ["last_day", "comparability"])
    assert own["last_day"][0] == pd.Timestamp("2020-01-31")
    assert own["comparability"].cat.ordered
