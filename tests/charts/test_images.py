"""The pictures themselves, of small fixed frames.

To renew those in tests/baseline after a change that is meant, look at each of what this makes:

    python -m pytest tests/charts/test_images.py -W default --mpl-generate-path=tests/baseline
"""

import pytest

import ofsted_analysis as oa
from ofsted_analysis import charts

compare = pytest.mark.mpl_image_compare(
    style="default", tolerance=3, savefig_kwargs={"dpi": 80, "metadata": {"Software": None}}
)
pytestmark = pytest.mark.usefixtures("fixed_source")


@compare
def test_national_picture(few, few_authorities):
    return charts.national_picture(
        start="2014-12-01", end="2023-12-31", data=few, authorities=few_authorities
    )


@compare
def test_grade_share(few, few_authorities):
    snapshot = oa.as_at("2020-12-31", data=few, authorities=few_authorities)
    return charts.grade_share(snapshot, interval=True)


@compare
def test_tile_map(few, few_authorities):
    return charts.tile_map(("2016-12-31", "2023-12-31"), data=few, authorities=few_authorities)


@compare
def test_transition_matrix(few):
    return charts.transition_matrix(data=few)


@compare
def test_transition_flow(few):
    return charts.transition_flow(stages=("sif first", "ilacs first"), data=few)


@compare
def test_framework_crosswalk():
    areas = oa.load_areas()
    areas = areas[areas["theme"].isin(["overall", "adoption", "leadership"])]
    return charts.framework_crosswalk(areas)
