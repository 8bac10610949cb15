"""Numbers in the sentences of README.md and docs/ that come from the data.

    python tools/prose.py      renews them, part of `make refresh`

`tests/test_prose.py` holds them against the data.
"""

import csv
import re
from collections.abc import Iterator
from pathlib import Path

import ofsted_analysis as oa
from ofsted_analysis.analysis import duration, shares
from ofsted_analysis.analysis.coverage import known_before_sif

ROOT = Path(__file__).resolve().parents[1]
README, CURATION, METHOD = "README.md", "docs/curation.md", "docs/method.md"
NUMBER = r"\d+(?:,\d{3})*(?:\.\d+)?"


def sentences() -> Iterator[tuple[str, str]]:
    """Each page with words that stand in it, with the numbers of today; ... is any text."""
    judgements = oa.load_judgements()
    curated = judgements[judgements["certainty"] != "report"]
    for row, framework_id in {
        "slac": "slac",
        "cp": "cp",
        "lac (not read directly)": "lac",
        "sif, of former authorities": "sif",
        "ilacs, of former authorities": "ilacs",
    }.items():
        own = curated[curated["framework_id"] == framework_id]
        inspections, authorities = own["inspection_id"].nunique(), own["authority_id"].nunique()
        yield CURATION, f"| {row} | {inspections} | {authorities} |"
    for certainty in ("restated", "stated", "implied"):
        yield CURATION, f"| `{certainty}` |...| {(curated['certainty'] == certainty).sum()} |"
    before = known_before_sif()
    yield CURATION, f"{before['protection'].sum()} have an overall grade for safeguarding"
    yield CURATION, f"and {before['looked_after'].sum()} one for looked after children"
    eye, official = (
        list(csv.DictReader((ROOT / "tests" / "data" / name).read_text("utf-8").splitlines()))
        for name in ("read_by_eye.csv", "ofsted_ilacs_history_2025.csv")
    )
    yield (
        METHOD,
        f"- {len({row['file'] for row in eye})} reports of all years and layouts were read",
    )
    yield METHOD, f"its {len(official)} ILACS inspections"
    own = judgements[judgements["source_id"] == "webb-2022-replication-files"]
    known = own["certainty"].value_counts()
    yield CURATION, f"from them: {len(own)} cells, "
    yield CURATION, f"Named ones are `stated` ({known['stated']})"
    yield CURATION, f"by order `implied` ({known['implied']})"
    yield README, f"for {(own['framework_id'] == 'slac').sum()} grades a study's files"
    agreement = oa.load_table("agreement").set_index("comparison_id")
    named, ordered = agreement.loc["webb-named-grades"], agreement.loc["webb-order-grades"]
    yield CURATION, f"{named['agreeing']} of {named['cells']} named cells"
    yield CURATION, f"{ordered['agreeing']:,} of {ordered['cells']:,} ordered ones"
    yield METHOD, f"computes each of {len(oa.load_table('published_figures'))} figures"
    yield from _of_duration()
    yield METHOD, _of_the_new_framework()
    visits = oa.load_visits()["kind"].value_counts()
    focused, joint = visits["focused visit"], visits["joint targeted area inspection"]
    yield CURATION, f"holds {focused} focused visits, each from Ofsted's letter, and {joint} joint"
    kinds = oa.load_table("visit_kinds").set_index("kind")
    yield CURATION, f"{kinds.loc['focused visit', 'known']} letters about focused visits"
    yield README, f"{focused} focused visits and {joint} joint targeted area inspections"


def _of_duration() -> Iterator[tuple[str, str]]:
    """How long it takes to get from inadequate to good, and to fall from good."""
    from statsmodels.duration.survfunc import SurvfuncRight

    ways = duration.times_to_reach()
    reached = ways[ways["reached"]]
    yield METHOD, f"inadequate to good or better, {len(ways)} ways have begun"
    yield METHOD, f"{len(reached)} have got there"
    years = reached["days"].median() / 365.25
    yield METHOD, f"within {years:.1f} years; {ways['direct'].sum()}"
    pairs = oa.transitions("overall")
    jumps = ((pairs["from_band"] == "inadequate") & (pairs["to_band"] >= "good")).sum()
    yield METHOD, f"`transitions()` has {jumps} steps from inadequate"
    spells = duration.spells()
    good = spells[spells["band"] == "good"]
    fell = good["ended"] & (good["next_band"] < "good")
    curve = SurvfuncRight(good["days"], fell.astype(int))
    by, beside = 9 * 365.25, duration.time_in_grade(spells, "good")
    alone = 1 - curve.surv_prob[curve.surv_times <= by][-1]
    worse = beside.loc[beside["days"] <= by, "worse"].iloc[-1]
    end = f"{alone:.0%} of the spells at good end in a lower grade, where {worse:.0%} had"
    yield METHOD, f"at nine years it would have {end}"


def _of_the_new_framework() -> str:
    """The odds of good or better across SIF and ILACS, beside those within one framework."""
    pairs = oa.transitions("overall")
    pairs = pairs[~pairs["same_framework"] | (pairs["from_framework_id"] == "ilacs")]
    pairs = pairs.assign(
        band=pairs["to_band"], new=~pairs["same_framework"], good=pairs["from_band"] >= "good"
    )
    found = shares.odds_ratio(pairs, "new", within="good")
    low, high = found["low"], found["high"]
    return f"{found['odds_ratio']:.2f} times as high ({low:.2f} to {high:.2f})"


def renewed(text: str, words: str) -> str:
    """A text with the numbers of these words in the one place where they stand.

    Raises
    ------
    ValueError
        The words stand nowhere in it, or more than once.
    """
    between = [re.escape(part) for part in re.split(NUMBER, words)]
    between = [re.sub(r"(\\\s)+|\s+", r"\\s+", part) for part in between]
    parts = [part.replace(r"\.\.\.", ".*?") for part in between]
    found = list(re.finditer(rf"(?<![\d.,])({f'){NUMBER}('.join(parts)})", text))
    if len(found) != 1:
        raise ValueError(f"{len(found)} places read {words!r}, whatever the numbers.")
    (place,) = found
    numbers = [*re.findall(NUMBER, words), ""]
    new = "".join(kept + number for kept, number in zip(place.groups(), numbers, strict=True))
    return text[: place.start()] + new + text[place.end() :]


def main() -> None:
    for page, words in sentences():
        path = ROOT / page
        text = path.read_text(encoding="utf-8")
        if (new := renewed(text, words)) != text:
            path.write_text(new, encoding="utf-8", newline="\n")
            print(f"{page}: {words}")


if __name__ == "__main__":
    main()
