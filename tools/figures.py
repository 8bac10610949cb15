"""Facts and figures as text: every table, answer, chart's data and page, a file for each.

    python tools/figures.py FOLDER

What must be the same whatever versions of the dependencies made it: `make oldest` and `make newest`
hold two such folders against each other. Numbers with decimals are rounded to ten digits: in the
last of their sixteen, the order of a sum shows.
"""

import contextlib
import inspect
import io
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd

import ofsted_analysis as oa
from ofsted_analysis import charts, cli
from ofsted_analysis.analysis import (
    change,
    context,
    coverage,
    duration,
    interventions,
    judgements,
    shares,
    visits,
)
from ofsted_analysis.analysis.regression import odds_by_circumstance
from ofsted_analysis.curation.published import reconcile_folder
from ofsted_analysis.publish import briefing, pages
from ofsted_analysis.tables import load, schema

DAYS = ("2012-03-31", "2017-12-31", "2020-03-31", "2025-03-31")
GROUPS = ("region", "authority_type")
NAMED = ("norfolk", "dorset", "cumbria", "leeds")


def tables() -> Iterator[tuple[str, Callable[[], pd.DataFrame]]]:
    """What the loaders give, and every table of the package."""
    for name, loader in inspect.getmembers(load, inspect.isfunction):
        if name.startswith("load_") and name != "load_table":
            yield name, loader
    for name in schema.tables():
        yield f"table {name}", lambda name=name: load.load_table(name)


def answers() -> Iterator[tuple[str, Callable[[], pd.DataFrame]]]:
    """What the functions of analysis answer, theme by theme where they are about one."""
    for theme in oa.themes():
        for day in DAYS:
            yield f"as_at {theme} {day}", lambda t=theme, d=day: oa.as_at(d, t)
        yield f"panel {theme}", lambda t=theme: oa.panel(DAYS, t)
        for by in GROUPS:
            yield (
                f"over_time {theme} {by}",
                lambda t=theme, by=by: oa.over_time("2010-03-31", "2026-03-31", "QE", t, by=by),
            )
        yield f"transitions {theme}", lambda t=theme: oa.transitions(t)
        yield f"spells {theme}", lambda t=theme: oa.spells(t)
        yield f"grades_given {theme}", lambda t=theme: change.grades_given(t)
        yield f"grade_record {theme}", lambda t=theme: change.grade_record(t)
    for band in ("inadequate", "third", "good"):
        yield f"time_in_grade {band}", lambda b=band: oa.time_in_grade(oa.spells(), b)
    now = oa.as_at(DAYS[-1])
    for by in GROUPS:
        yield f"grade_share {by}", lambda by=by: oa.grade_share(now, by)
        yield f"random_allocation {by}", lambda by=by: shares.random_allocation_test(now, by)
    for own in ("Norfolk", "Dorset", "Leeds"):
        yield f"compare {own}", lambda own=own: oa.compare(own, date=DAYS[-1])
        yield f"peers {own}", lambda own=own: oa.peers(own, date=DAYS[-1])
        yield f"history {own}", lambda own=own: oa.history(own)
    measures = load.load_table("context_measures")["measure"].tolist()
    around = oa.with_context(now, measures, date=DAYS[-1])
    yield "with_context", lambda: around
    yield "circumstances", lambda: context.circumstances_by_grade(around, measures)
    yield "children_by_grade", lambda: context.children_by_grade(["2022-03-31", DAYS[-1]])
    inspected = oa.judgements_on("overall").query("last_day > '2018'")
    before = oa.with_context(inspected, "agency_rate", date="last_day")
    for model in ("logit", "ordered", "within authorities"):
        yield f"odds {model}", lambda m=model: odds_by_circumstance(before, {"agency_rate": 10}, m)
    for framework in ("sif", "ilacs", "lac"):
        wide = judgements.judgements_wide(framework)
        areas = [column for column in wide if str(wide[column].dtype) == "category"][-3:]
        yield f"judgements_wide {framework}", lambda w=wide: w
        yield (
            f"rule_accuracy {framework}",
            lambda w=wide, a=areas: judgements.rule_accuracy(w, a[:-1], against=a[-1]),
        )
    yield "times_to_reach", duration.times_to_reach
    yield "coverage", coverage.coverage
    yield "interventions", interventions.intervention_spells
    yield "after_inadequate", interventions.after_inadequate
    yield "visits_with_grades", visits.visits_with_grades
    yield "publication_lags", visits.publication_lags
    yield "reconcile", reconcile_folder


def texts() -> Iterator[tuple[str, Callable[[], str]]]:
    """What is said in words: pages that come from the data, and each authority in short."""
    for name in ("data_dictionary", "coverage_page", "agreement_page", "rules_page"):
        yield name, getattr(pages, name)
    there = oa.as_at(DAYS[-1])["authority_id"]
    yield "summaries", lambda: "\n".join(briefing.summary(own, DAYS[-1]) for own in there)


def written(answer: object) -> str:
    """A table as CSV with the types of its columns first; all else as it prints."""
    if isinstance(answer, pd.Series):
        answer = answer.to_frame()
    if not isinstance(answer, pd.DataFrame):
        return str(answer)
    types = io.StringIO()
    answer.dtypes.astype(str).to_csv(types, header=False)
    return types.getvalue() + answer.to_csv(float_format="%.10g", lineterminator="\n")


def write(folder: Path) -> None:
    """All of it into a folder."""
    folder.mkdir(parents=True)
    for name, make in (*tables(), *answers(), *texts()):
        (folder / f"{name}.txt").write_text(written(make()), encoding="utf-8")
    for name, draw in (charts.standard_set() | charts.standard_set(NAMED)).items():
        chart = draw()
        said = f"{charts.alt_text(chart)}\n{written(charts.chart_data(chart))}"
        (folder / f"chart {name}.txt").write_text(said, encoding="utf-8")
    with contextlib.redirect_stdout(io.StringIO()):
        cli.main(["export", "--format", "csv,json", "--out", str(folder / "export")])


if __name__ == "__main__":
    write(Path(sys.argv[1]))
