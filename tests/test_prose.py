"""Numbers in docs/ that come from the data: what the data say today."""

import csv
import re
from pathlib import Path

import pytest

import ofsted_analysis as oa
from ofsted_analysis.analysis.coverage import known_before_sif

ROOT = Path(__file__).parents[1]
if not (ROOT / "docs").is_dir():
    pytest.skip("not a checkout", allow_module_level=True)

CURATION = (ROOT / "docs" / "curation.md").read_text(encoding="utf-8")
METHOD = (ROOT / "docs" / "method.md").read_text(encoding="utf-8")


def curated():
    """The judgements that were not read in Ofsted's own report of the inspection."""
    judgements = oa.load_judgements()
    return judgements[judgements["certainty"] != "report"]


@pytest.mark.parametrize(
    ("row", "framework_id"),
    [
        ("slac", "slac"),
        ("cp", "cp"),
        ("lac (not read directly)", "lac"),
        ("sif, of former authorities", "sif"),
        ("ilacs, of former authorities", "ilacs"),
    ],
)
def test_inspections_curated(row, framework_id):
    own = curated().query("framework_id == @framework_id")
    inspections, authorities = own["inspection_id"].nunique(), own["authority_id"].nunique()
    assert f"| {row} | {inspections} | {authorities} |" in CURATION


@pytest.mark.parametrize("certainty", ["restated", "stated", "implied"])
def test_judgements_curated_by_certainty(certainty):
    count = (curated()["certainty"] == certainty).sum()
    assert re.search(rf"(?m)^\| `{certainty}` \|.*\| {count} \|$", CURATION)


def test_authorities_known_before_the_single_inspections():
    before = known_before_sif()
    protection, looked_after = before["protection"].sum(), before["looked_after"].sum()
    assert f"{protection} have an overall grade for safeguarding" in CURATION
    assert f"and {looked_after} one for looked after children" in CURATION
    assert protection >= 145
    assert looked_after >= 145


def test_reports_read_by_eye():
    with (ROOT / "tests/data/read_by_eye.csv").open(encoding="utf-8", newline="") as file:
        files = {row["file"] for row in csv.DictReader(file)}
    assert f"- {len(files)} reports of all years and layouts were read by eye" in METHOD


def test_inspections_in_the_official_table():
    with (ROOT / "tests/data/ofsted_ilacs_history_2025.csv").open(encoding="utf-8") as file:
        rows = len(list(csv.DictReader(file)))
    assert f"its {rows} ILACS inspections" in METHOD


def test_grades_from_the_files_of_a_study():
    own = oa.load_judgements().query("source_id == 'webb-2022-replication-files'")
    known = own["certainty"].value_counts()
    slac = (own["framework_id"] == "slac").sum()
    assert f"from them: {len(own)} cells, " in CURATION
    assert f"Named ones are `stated` ({known['stated']})" in CURATION
    assert f"by order `implied` ({known['implied']})" in CURATION
    assert f"for {slac} grades a study's files" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_agreement_with_the_files_of_a_study():
    rows = oa.load_table("agreement").set_index("comparison_id")
    named, ordered = rows.loc["webb-named-grades"], rows.loc["webb-order-grades"]
    assert f"{named['agreeing']} of {named['cells']} named cells" in CURATION
    assert f"{ordered['agreeing']:,} of {ordered['cells']:,} ordered ones" in CURATION


def test_published_figures():
    figures = oa.load_table("published_figures")
    assert f"computes each of {len(figures)} figures" in METHOD


def test_the_ordered_model_of_the_faq():
    """The odds in it are those that a table of London against the rest points to."""
    text = (ROOT / "docs" / "faq.md").read_text(encoding="utf-8")
    (code,) = (part for part in re.findall(r"```python\n(.*?)```", text, re.DOTALL)
               if "OrderedModel" in part)  # fmt: skip
    found = {"oa": oa}
    exec(code, found)
    assert found["model"].mle_retvals["converged"]
    assert found["model"].params["london"] > 0
    assert len(found["model"].params) == 4  # one effect, three thresholds


def test_a_rule_of_ofsteds_has_a_source_that_says_when():
    rules = oa.load_table("rules").merge(oa.load_sources(), on="source_id", how="left")
    assert rules["url"].notna().all()
    given = rules["announced"].notna() & rules["published_date"].notna()
    assert (rules.loc[given, "announced"] <= rules.loc[given, "published_date"]).all()
    ended = rules.set_index("rule_id").loc["no-overall-judgement", "from"]
    areas = oa.load_areas().query("framework_id == 'ilacs' and area_id == 'overall'")
    assert (areas["last_used"] < ended).all()


def test_wherever_dorset_is_told_of_it_is_christchurch_alone():
    for page in (*(ROOT / "docs").glob("*.md"), ROOT / "README.md"):
        for line in page.read_text(encoding="utf-8").split("\n\n"):
            if "Poole" in line and "Dorset County Council" in line and "took over" in line:
                assert "Christchurch alone" in line or "Christchurch only" in line, page.name


def test_the_numbers_of_the_method():
    from ofsted_analysis.analysis import duration, shares

    ways = duration.times_to_reach()
    reached = ways[ways["reached"]]
    assert f"inadequate to good or better, {len(ways)} ways have begun" in METHOD
    assert f"{len(reached)} have got there" in METHOD
    assert f"within {reached['days'].median() / 365.25:.1f} years; {ways['direct'].sum()}" in METHOD
    pairs = oa.transitions("overall")
    jumps = ((pairs["from_band"] == "inadequate") & (pairs["to_band"] >= "good")).sum()
    assert f"`transitions()` has {jumps} steps from inadequate" in METHOD
    pairs = pairs[~pairs["same_framework"] | (pairs["from_framework_id"] == "ilacs")]
    pairs = pairs.assign(
        band=pairs["to_band"], new=~pairs["same_framework"], good=pairs["from_band"] >= "good"
    )
    found = shares.odds_ratio(pairs, "new", within="good").round(2)
    said = f"{found['odds_ratio']:.2f} times as high ({found['low']:.2f} to {found['high']:.2f})"
    assert said in " ".join(METHOD.split())


def test_what_a_curve_that_cuts_off_the_other_way_would_say():
    from statsmodels.duration.survfunc import SurvfuncRight

    from ofsted_analysis.analysis import duration

    spells = duration.spells().query("band == 'good'")
    fell = spells["ended"] & (spells["next_band"] < "good")
    curve = SurvfuncRight(spells["days"], fell.astype(int))
    by, year = 9 * 365.25, duration.time_in_grade(duration.spells(), "good")
    alone = 1 - curve.surv_prob[curve.surv_times <= by][-1]
    beside = year.loc[year["days"] <= by, "worse"].iloc[-1]
    said = f"at nine years it would have {alone:.0%} of the spells at good end in a lower grade, "
    assert f"{said}where {beside:.0%} had" in " ".join(METHOD.split())


def test_functions_are_where_the_method_says():
    import importlib

    found = re.findall(r"`(\w+)\(\)` \(in `([\w.]+)`\)", " ".join(METHOD.split()))
    assert found
    for function, module in found:
        assert hasattr(importlib.import_module(module), function), function


def test_the_visits_that_were_curated():
    visits = oa.load_visits()
    count = visits["kind"].value_counts()
    said = f"holds {count['focused visit']} focused visits, each from Ofsted's letter, and "
    assert f"{said}{count['joint targeted area inspection']} joint" in CURATION
    kinds = oa.load_table("visit_kinds").set_index("kind")
    assert f"{kinds.loc['focused visit', 'known']} letters about focused visits" in CURATION
    for name in ("Darlington", "Dudley", "Bedford"):
        assert name in CURATION.partition("Three were:")[2]


def test_the_visits_of_the_readme():
    count = oa.load_visits()["kind"].value_counts()
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert f"{count['focused visit']} focused visits and " in text
    assert f"{count['joint targeted area inspection']} joint targeted area inspections" in text
