"""One authority through time and beside its peers, and many at a glance.

To renew the pictures in tests/baseline after a change that is meant, look at each that this makes:

    python -m pytest tests/charts/test_authority.py -W default --mpl-generate-path=tests/baseline
"""

import importlib

import pandas as pd
import pytest
from matplotlib.colors import to_hex
from matplotlib.legend import Legend

import ofsted_analysis as oa
from ofsted_analysis import charts
from ofsted_analysis.tables.errors import DataError

picture = pytest.mark.mpl_image_compare(
    style="default", tolerance=3, savefig_kwargs={"dpi": 80, "metadata": {"Software": None}}
)

NAMES = ["Norfolk", "West Sussex", "Wirral", "Devon", "Bexley", "City of London", "Cumberland",
         "Cumbria", "Northamptonshire", "Sandwell", "Dorset",
         "Bournemouth, Christchurch and Poole"]  # fmt: skip


@pytest.fixture(scope="module")
def leeds(make_judgements):
    """Five inspections of one authority under four frameworks, one known by its month only."""
    frame = make_judgements(
        [
            ("leeds", "slac", "2010-03-31", "safeguarding_overall", "adequate"),
            ("leeds", "slac", "2010-03-31", "lac_overall", "good"),
            ("leeds", "slac", "2010-03-31", "safeguarding_leadership", "inadequate"),
            ("leeds", "slac", "2010-03-31", "lac_leadership", "outstanding"),
            ("leeds", "cp", "2013-01-18", "overall", "inadequate"),
            ("leeds", "sif", "2015-02-06", "overall", "good"),
            ("leeds", "sif", "2015-02-06", "help_and_protection", "good"),
            ("leeds", "sif", "2015-02-06", "looked_after", "requires improvement"),
            ("leeds", "sif", "2015-02-06", "leadership", "outstanding"),
            ("leeds", "ilacs", "2018-11-09", "overall", "outstanding"),
            ("leeds", "ilacs", "2018-11-09", "help_and_protection", "outstanding"),
            ("leeds", "ilacs", "2018-11-09", "care_and_care_leavers", "good"),
            ("leeds", "ilacs", "2018-11-09", "leaders", "outstanding"),
            ("leeds", "ilacs", "2026-05-15", "help_and_protection", "good"),
            ("leeds", "ilacs", "2026-05-15", "in_care", "good"),
        ]
    )
    early = frame["framework_id"] == "slac"
    frame.loc[early, "date_precision"] = "month"
    frame.loc[early, "certainty"] = "restated"
    return frame


@pytest.fixture(scope="module")
def all_areas(make_judgements):
    """An inspection of all 22 areas of 2009-12, and one that came later."""
    areas = oa.load_areas()
    areas = areas[areas["framework_id"] == "slac"]["area_id"].astype(str)
    grades = ["good", "adequate", "outstanding", "inadequate"]
    rows = [("bexley", "slac", "2012-07-20", area, grades[i % 4]) for i, area in enumerate(areas)]
    return make_judgements([*rows, ("bexley", "ilacs", "2018-07-20", "overall", "good")])


@pytest.fixture
def fixed_record(fixed_source, monkeypatch):
    """The end of the record as it was, so that new data don't change pictures."""
    # functions of the same names stand before these modules: ask for them by name
    for name in ("charts.profile", "charts.multiples", "analysis.outcomes"):
        module = importlib.import_module(f"ofsted_analysis.{name}")
        monkeypatch.setattr(module, "data_complete_to", lambda: pd.Timestamp("2026-08-22"))


@picture
def test_timeline_picture(leeds, fixed_record):
    return charts.timeline("Leeds", data=leeds)


@picture
def test_timeline_of_a_closed_authority(make_judgements, fixed_record):
    rows = [
        ("cumbria", "sif", "2015-03-25", "overall", "inadequate"),
        ("cumbria", "ilacs", "2022-09-30", "overall", "good"),
    ]
    return charts.timeline("Cumbria", data=make_judgements(rows))


@picture
def test_small_multiples_picture(few, fixed_record):
    return charts.small_multiples(["Barnet", "York", "Hull", "Devon"], data=few)


@picture
def test_profile_picture(few, fixed_record):
    others = ["Brent", "Camden", "Ealing", "York", "Hull"]
    return charts.profile("Barnet", others, data=few, date="2023-12-31")


def test_timeline_draws_the_record(leeds):
    fig = charts.timeline("Leeds", data=leeds)
    data = charts.chart_data(fig)
    overall = data[data["theme"] == "overall"]
    assert overall["grade"].tolist()[:2] == ["good", "outstanding"]
    assert overall["reason"].tolist()[2] == "judgement not made"
    assert data["row"].drop_duplicates().tolist() == [
        "Overall effectiveness", "Help and protection", "Children in care", "Leadership",
    ]  # fmt: skip
    assert fig.message == (
        "Leeds was graded outstanding overall in November 2018, up from good in February 2015; "
        "the latest inspection, in May 2026, gave no overall grade, but good on all it judged"
    )
    alt = charts.alt_text(fig)
    assert alt.startswith("Timeline of Ofsted's inspections of Leeds: 4 themes as rows, 5 inspec")
    assert "Overall effectiveness: good (February 2015) and outstanding (November 2018)." in alt
    assert "Only partly comparable across frameworks" in alt


def test_lines_join_only_what_compares(leeds):
    data = charts.chart_data(charts.timeline("Leeds", data=leeds))
    found = {row: group["joined"].tolist() for row, group in data.groupby("row")}
    assert found["Overall effectiveness"] == [False, True, False]
    # announced, then protection alone, then the SIF, which ILACS continues
    assert found["Help and protection"] == [False, False, False, True, True]
    # care and care leavers in one judgement until December 2022
    assert not any(found["Children in care"])


def test_same_area_of_one_framework_is_joined(make_judgements):
    rows = [
        ("leeds", "sif", "2015-03-25", "looked_after", "inadequate"),
        ("leeds", "sif", "2017-03-25", "looked_after", "good"),
    ]
    data = charts.chart_data(charts.timeline("Leeds", data=make_judgements(rows)))
    assert data.loc[data["what"] == "judgement", "joined"].tolist() == [False, True]


def test_events_only_if_asked_for_and_never_as_if_complete():
    assert charts.chart_data(charts.timeline("Birmingham"))["event"].isna().all()
    fig = charts.timeline("Birmingham", events=True)
    data = charts.chart_data(fig)
    table = oa.load_table("events")
    own = table[table["authority_id"] == "birmingham"].sort_values(["date", "event_id"])
    shown = data[data["what"] == "event"]
    assert shown["event"].tolist() == own["kind"].tolist()
    assert shown["status"].tolist() == own["status"].tolist()
    assert "Events found in public sources (not complete): " in fig.alt
    early = charts.timeline("Birmingham", events=True, date="2013-01-01")
    assert not (charts.chart_data(early)["last_day"] > "2013-01-01").any()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("West Sussex", "action plan (planned), June 2019"),
        ("Bradford", "trust decided (announced), January 2022"),
    ],
)
def test_what_was_only_announced_or_planned_is_marked(name, said):
    fig = charts.timeline(name, events=True)
    assert said in fig.alt
    assert "trust established (" not in fig.alt
    assert {"happened", said.split("(")[1].split(")")[0]} <= set(charts.chart_data(fig)["status"])


def test_no_events_where_none_is_known_since_the_latest_inadequate():
    table = oa.load_table("events")
    rows = oa.load_judgements()
    bad = rows[rows["grade"] == "inadequate"].groupby("authority_id")["last_day"].max()
    last = table.groupby("authority_id")["date"].max()
    quiet = [name for name in bad.index if name in last.index and last[name] < bad[name]]
    ids = set(table["inspection_id"].dropna())
    quiet = [n for n in quiet if not ids & {*rows[(rows["authority_id"] == n) & (rows["last_day"]
             == bad[n])]["inspection_id"]}]  # fmt: skip
    fig = charts.timeline(quiet[0], events=True)
    assert charts.chart_data(fig)["event"].isna().all()
    assert "is known from public sources, so none is listed" in fig.alt


def test_an_authority_without_events_says_so():
    quiet = set(oa.load_judgements()["authority_id"]) - set(oa.load_table("events")["authority_id"])
    fig = charts.timeline(sorted(quiet)[0], events=True)
    assert charts.chart_data(fig)["event"].isna().all()
    assert "No event is known from public sources, so none is listed" in fig.alt


def test_main_themes_unless_asked_for_all(all_areas, check_words):
    fig = charts.timeline("Bexley", data=all_areas)
    assert charts.chart_data(fig)["row"].nunique() == 4
    fig = charts.timeline("Bexley", themes="all", data=all_areas)
    data = charts.chart_data(fig)
    early = data[(data["framework_id"] == "slac") & data["grade"].notna()]
    assert len(early) == early["area_id"].nunique() == 22
    assert "Leadership: looked after children" in set(data["row"])
    check_words(fig)
    with pytest.raises(DataError, match="don't fit this size"):
        charts.timeline("Bexley", themes="all", data=all_areas, size="slide")


def test_succession_is_told_as_known_on_the_day():
    born, gone = (charts.alt_text(charts.timeline(name)) for name in ("Cumberland", "Cumbria"))
    assert "Began on 1 April 2023; until then: Cumbria, whose grades aren't handed on." in born
    assert "Closed on 31 March 2023; since then: Cumberland" in gone
    assert "Closed" not in charts.alt_text(charts.timeline("Cumbria", date="2022-12-31"))


def test_the_axis_begins_with_the_authority():
    import matplotlib.dates as mdates

    (ax,) = charts.timeline("Cumberland").axes
    assert mdates.num2date(ax.get_xlim()[0]).date() >= pd.Timestamp("2023-01-01").date()


@pytest.mark.sample(4)
@pytest.mark.parametrize("name", NAMES)
def test_every_shade_and_line_is_in_the_key(name):
    fig = charts.timeline(name)
    keys = [text.get_text() for key in fig.legends for text in key.get_texts()]
    keys += [t.get_text() for a in fig.artists if isinstance(a, Legend) for t in a.get_texts()]
    (ax,) = fig.axes
    shades = {to_hex(patch.get_facecolor()).upper() for patch in ax.patches}
    assert ("#E9DCE3" in shades) == any("paused" in words for words in keys)
    dashed = [line for line in ax.lines if line.get_linestyle() == "--"]
    ends = {round(line.get_xdata()[0]) for line in dashed}
    assert len(ends) == sum(" grade after " in words for words in keys)


@pytest.mark.parametrize(
    ("grades", "said"),
    [
        (["good"], "graded good overall in March 2014"),
        (["good", "good"], "graded good overall at each inspection from March 2014 to March 2016"),
        (["inadequate", "inadequate", "good"],
         "graded good overall in March 2018, after 2 grades of inadequate since March 2014"),
        (["outstanding", "good"], "good overall in March 2016, down from outstanding in March"),
    ],
)  # fmt: skip
def test_titles_see_the_whole_run(make_judgements, grades, said):
    rows = [("leeds", "sif", f"{2014 + 2 * i}-03-25", "overall", grade)
            for i, grade in enumerate(grades)]  # fmt: skip
    assert said in charts.timeline("Leeds", data=make_judgements(rows)).message


def test_a_title_never_hides_an_older_inadequate(make_judgements):
    rows = [
        ("leeds", "slac", "2009-12-18", "safeguarding_overall", "inadequate"),
        ("leeds", "slac", "2009-12-18", "safeguarding_capacity", "good"),
        ("leeds", "slac", "2009-12-18", "safeguarding_partnership", "inadequate"),
        ("leeds", "sif", "2015-02-06", "overall", "good"),
        ("leeds", "sif", "2015-02-06", "help_and_protection", "good"),
    ]
    message = charts.timeline("Leeds", data=make_judgements(rows)).message
    assert message.endswith(
        "; its latest grade for partnership (December 2009), no longer judged, was inadequate"
    )


@pytest.mark.sample(1)
@pytest.mark.parametrize("size", ["print", "slide", "narrow"])
@pytest.mark.parametrize("name", NAMES)
def test_timelines_are_readable(name, size, check_words):
    check_words(charts.timeline(name, size=size))


@pytest.mark.sample(1)
@pytest.mark.parametrize("size", ["print", "slide", "narrow"])
@pytest.mark.parametrize("where", ["North East", ["Norfolk", "Cumberland", "Cumbria"]])
def test_small_multiples_are_readable(where, size, check_words):
    check_words(charts.small_multiples(where, size=size))


def test_all_authorities_by_region(check_words):
    fig = charts.small_multiples()
    data = charts.chart_data(fig)
    assert data["authority_id"].nunique() == 153
    where = data.drop_duplicates("authority_id")[["region", "row"]]
    assert where.equals(where.sort_values(["region", "row"]))
    names = {text.get_text().replace("\n", " ") for text in fig.axes[0].get_yticklabels()}
    assert {*data["row"], *data["region"]} == names


def test_the_histories_of_a_large_region_take_several_slides(check_words):
    pages = {k: v for k, v in charts.standard_set(size="slide").items() if "london" in k}
    assert [*pages] == ["histories-london-1", "histories-london-2"]
    drawn = [make() for make in pages.values()]
    check_words(drawn[0])
    rows = pd.concat([charts.chart_data(fig) for fig in drawn])
    assert rows.equals(charts.chart_data(charts.small_multiples("London")).set_axis(rows.index))
    assert "of these 17 graded authorities were graded" in drawn[0].message


def test_multiples_agree_with_the_snapshot():
    fig = charts.small_multiples("London")
    now = oa.as_at("2026-03-31").query("region == 'London'")
    bands = now["band"].value_counts()
    assert fig.message == (
        f"On 31 March 2026, {bands['good'] + bands['outstanding']} of {bands.sum()} graded "
        f"authorities in London were graded good or outstanding overall, {bands['inadequate']} "
        "inadequate"
    )


def test_those_never_inspected_have_a_line(few):
    data = charts.chart_data(charts.small_multiples(data=few))
    assert (data["reason"] == "not yet inspected").sum() == 153 - 12


@pytest.mark.sample(1)
@pytest.mark.parametrize("size", ["print", "slide", "narrow"])
@pytest.mark.parametrize("to", ["region", "England"])
def test_profiles_are_readable(to, size, check_words):
    check_words(charts.profile("City of London", to, size=size))


def test_profile_counts():
    fig = charts.profile("Norfolk", date="2025-03-31")
    expected = oa.compare("Norfolk", date="2025-03-31", theme=charts.chart_data(fig)["theme"])
    pd.testing.assert_frame_equal(charts.chart_data(fig), expected)
    first = expected.iloc[0]
    assert f"{first['better']} of {first['graded']} peers were graded higher" in fig.message
    alt = charts.alt_text(fig)
    assert alt.startswith("Bar chart of Norfolk and its 10 statistical neighbours")
    names = oa.load_authorities().set_index("authority_id")["name"]
    for peer in oa.peers("Norfolk", date="2025-03-31"):
        assert names[peer] in alt


def test_profile_of_today_leaves_out_what_is_no_longer_judged():
    assert "overall" not in set(charts.chart_data(charts.profile("Norfolk"))["theme"])
    with pytest.raises(DataError, match="was last judged on 2026-03-31"):
        charts.profile("Norfolk", theme="overall")


@pytest.mark.parametrize("name", ["Isles of Scilly", "City of London", "Tower Hamlets"])
def test_no_comparison_with_neighbours_that_are_not_close(name):
    for draw in (charts.profile, charts.peers, oa.compare):
        with pytest.raises(DataError, match="are 'not close'"):
            draw(name)
    charts.profile(name, "region")


def test_profile_across_frameworks_says_so(check_words):
    fig = charts.profile("Norfolk", date="2013-06-30")
    assert "Only partly comparable" in charts.alt_text(fig)
    check_words(fig)


def test_profile_without_a_grade(few, check_words):
    fig = charts.profile("Essex", ["Barnet", "York"], data=few, date="2023-12-31")
    assert fig.message == (
        "On 31 December 2023 Essex had no grade yet to set beside those of its peers"
    )
    check_words(fig)


def test_one_inspection_only(make_judgements, check_words):
    one = make_judgements([("leeds", "ilacs", "2019-05-15", "overall", "good")])
    fig = charts.timeline("Leeds", data=one)
    assert fig.message == "Leeds was graded good overall in May 2019"
    check_words(fig)
    check_words(charts.small_multiples(["Leeds"], data=one))


def test_titles_can_be_set(few):
    assert charts.timeline("York", data=few, title="So").message == "So"
    assert charts.small_multiples(["York"], data=few, title="So").message == "So"
    fig = charts.profile("York", ["Hull"], data=few, date="2023-12-31", title="So")
    assert fig.message == "So"


@pytest.mark.parametrize(
    "draw, words",
    [
        (lambda few: charts.timeline("Essex", data=few), "no inspection in the record"),
        (lambda few: charts.timeline("York", themes=["adoption"], data=few), "no grade on"),
        (lambda few: charts.timeline("York", themes="nonsense"), "There is no theme"),
        (lambda few: charts.small_multiples("Mercia"), "There is no region"),
        (lambda few: charts.small_multiples([]), "list of authorities is empty"),
        (lambda few: charts.small_multiples(["Essex"], data=few), "None of these"),
        (lambda few: charts.small_multiples(size="slide"), "don't fit this size"),
        (lambda few: charts.profile("York", "friends"), "There is no group"),
        (lambda few: charts.profile("York", ["York"], data=few), "no peers"),
        (lambda few: charts.profile("Essex", ["Kent"], data=few), "no peers"),
    ],
)
def test_nonsense_is_explained(few, draw, words):
    with pytest.raises(DataError, match=words):
        draw(few)


def test_unknown_names_are_explained():
    for draw in (charts.timeline, charts.profile, lambda name: charts.small_multiples([name])):
        with pytest.raises(oa.UnknownAuthorityError):
            draw("Atlantis")
