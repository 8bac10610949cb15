"""What README and docs/ say is what the data say."""

import importlib.util
import re
from pathlib import Path

import pytest

import ofsted_analysis as oa
from ofsted_analysis.analysis.coverage import known_before_sif

ROOT = Path(__file__).parents[1]
if not (ROOT / "docs").is_dir():
    pytest.skip("not a checkout", allow_module_level=True)

SPEC = importlib.util.spec_from_file_location("prose", ROOT / "tools" / "prose.py")
PROSE = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(PROSE)
CURATION = (ROOT / "docs" / "curation.md").read_text(encoding="utf-8")
METHOD = (ROOT / "docs" / "method.md").read_text(encoding="utf-8")


def test_every_number_that_comes_from_the_data_is_that_of_today():
    for page, words in PROSE.sentences():
        text = (ROOT / page).read_text(encoding="utf-8")
        assert PROSE.renewed(text, words) == text, f"{page} should say: {words}"


def test_a_number_is_renewed_wherever_its_line_breaks_and_no_other():
    text = (
        "Of 2 authorities 1,204 cells\nand 30.5% agree; of 2 none.\n| `stated` | cells named | 8 |"
    )
    assert PROSE.renewed(text, "1,205 cells and 31% agree") == text.replace(
        "1,204", "1,205"
    ).replace("30.5", "31")
    assert PROSE.renewed(text, "| `stated` |...| 9 |") == text.replace("8", "9")
    for words, places in (("of 3", 2), ("cells 4", 0)):
        with pytest.raises(ValueError, match=f"^{places} places"):
            PROSE.renewed(text.lower(), words)


def test_the_letters_that_are_missing_are_named():
    for name in ("Darlington", "Dudley", "Bedford"):
        assert name in CURATION.partition("Three were:")[2]


def test_nearly_every_authority_is_known_before_the_single_inspections():
    before = known_before_sif()
    assert before["protection"].sum() >= 145 and before["looked_after"].sum() >= 145


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


def test_functions_are_where_the_method_says():
    import importlib

    found = re.findall(r"`(\w+)\(\)` \(in `([\w.]+)`\)", " ".join(METHOD.split()))
    assert found
    for function, module in found:
        assert hasattr(importlib.import_module(module), function), function
