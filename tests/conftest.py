"""What every test shares."""

import gc
import logging
import os
import shutil
from collections import defaultdict
from pathlib import Path
from random import Random

import matplotlib
import pandas as pd
import pytest
from hypothesis import settings
from hypothesis import strategies as st

import ofsted_analysis as oa
from ofsted_analysis.curation import digests, stamp
from ofsted_analysis.tables import grades, schema

# The same examples every time in `make test`; more, and new ones, in `make test-all`.
FULL = bool(os.environ.get("OFSTED_FULL"))
settings.register_profile("sample", max_examples=3, deadline=None, derandomize=True)
settings.register_profile("full", max_examples=200, deadline=None)
settings.load_profile("full" if FULL else "sample")


def pytest_collection_modifyitems(config, items):
    """Of a test marked ``sample(n)``, keep n cases, the same every time; all with OFSTED_FULL."""
    cases = defaultdict(list)
    for item in items:
        mark = item.get_closest_marker("sample")
        if mark and not FULL:
            cases[item.nodeid.partition("[")[0], *mark.args].append(item)
    left = set()
    for (name, kept), group in cases.items():
        left |= set(group) - set(Random(name).sample(group, min(kept, len(group))))
    config.hook.pytest_deselected(items=list(left))
    items[:] = [item for item in items if item not in left]


def pytest_collection_finish():
    """Thousands of collected tests are no garbage: looking through them again takes a sixth."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


# Draw without a screen. Here and not as MPLBACKEND, which the notebooks' kernels would inherit.
matplotlib.use("agg")


@pytest.fixture(autouse=True)
def as_before():
    """For the next test the whole record and its warnings, whatever a notebook or page has set."""
    yield
    oa.pin(None)
    logging.getLogger("ofsted_analysis").setLevel(logging.NOTSET)


@pytest.fixture(scope="session")
def original(tmp_path_factory):
    """The folder of the tables; in `make test` one that holds a twentieth of the longest table."""
    if FULL:
        return schema.default_data_dir()
    folder = Path(
        shutil.copytree(schema.default_data_dir(), tmp_path_factory.mktemp("all") / "data")
    )
    path = folder / "context.csv"
    header, *lines = path.read_text("utf-8").splitlines(keepends=True)
    path.write_text("".join([header, *lines[::20]]), encoding="utf-8", newline="")
    stamp.write_stamps(folder)
    digests.write(folder, digests.digests(folder, digests.accepted(folder)["reports"])[0])
    return folder


@pytest.fixture
def data(original, tmp_path):
    """A copy of it, to be changed at will."""
    return Path(shutil.copytree(original, tmp_path / "data"))


@pytest.fixture(scope="session")
def judgement_frames():
    """Makes small random frames like those of `load_judgements`, of some authorities' lives."""
    model = oa.load_judgements().iloc[:0]
    columns = ["area_id", "position", "theme", "comparability", "first_used", "last_used"]
    areas = {
        framework_id: rows[columns].to_dict("records")
        for framework_id, rows in oa.load_areas().groupby("framework_id", observed=True)
    }
    frameworks = oa.load_frameworks().set_index("framework_id").to_dict("index")
    who = ["norfolk", "st-helens", "cumbria", "cumberland", "westmorland-and-furness"]
    authorities = oa.load_authorities().set_index("authority_id").loc[who].to_dict("index")
    end = oa.data_complete_to()

    @st.composite
    def inspection(draw, number):
        authority_id = draw(st.sampled_from(who))
        life = authorities[authority_id]
        framework_id = draw(st.sampled_from(["slac", "cp", "lac", "sif", "ilacs", "ilacs", "sif"]))
        framework = frameworks[framework_id]
        first = max(framework["first_inspection"], life["opened"], key=_or(pd.Timestamp.min))
        last = min(framework["last_inspection"], life["closed"], end, key=_or(pd.Timestamp.max))
        if first > last:
            return []
        day = first + pd.Timedelta(days=draw(st.integers(0, (last - first).days)))
        began = max(first, day - pd.Timedelta(days=draw(st.integers(0, 60))))
        gap = draw(st.none() | st.integers(0, 700))
        own = [
            area
            for area in areas[framework_id]
            if not (area["first_used"] > began or area["last_used"] < began)
        ]
        chosen = draw(st.lists(st.sampled_from(range(len(own))), min_size=1, unique=True))
        third = framework["third_grade"]
        row = {
            "inspection_id": f"{authority_id}-{framework_id}-{number}",
            "authority_id": authority_id,
            "authority": life["name"],
            "framework_id": framework_id,
            "first_day": began if draw(st.booleans()) else pd.NaT,
            "last_day": day,
            "date_precision": "day",
            "published_date": pd.NaT if gap is None else day + pd.Timedelta(days=gap),
            "source_id": "ofsted-1",
            "certainty": draw(st.sampled_from(["report", "restated"])),
            **{group: life[group] for group in ("region", "ofsted_region", "authority_type")},
        }
        scale = st.sampled_from(["inadequate", third, "good", "outstanding", None])
        return [{**row, **own[place], "grade": draw(scale)} for place in sorted(chosen)]

    @st.composite
    def frames(draw, most=7):
        count = draw(st.integers(0, most))
        rows = [row for number in range(count) for row in draw(inspection(number))]
        frame = pd.DataFrame(rows, columns=list(model))
        for column, dtype in model.dtypes.items():
            if column == "band":
                frame[column] = grades.band(frame["grade"])
            frame[column] = frame[column].astype(dtype)
        return frame

    return frames


def _or(default):
    """A sort key that puts a missing day first or last."""
    return lambda day: default if pd.isna(day) else day
