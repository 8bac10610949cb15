"""The standard set of charts, as the command `ofsted-analysis charts` makes it."""

from collections.abc import Callable, Sequence
from functools import partial

import pandas as pd

from ofsted_analysis.analysis.outcomes import data_complete_to
from ofsted_analysis.charts.change import transition_flow, transition_matrix
from ofsted_analysis.charts.crosswalk import framework_crosswalk
from ofsted_analysis.charts.figure import Chart
from ofsted_analysis.charts.groups import grade_share
from ofsted_analysis.charts.map import tile_map
from ofsted_analysis.charts.multiples import small_multiples
from ofsted_analysis.charts.national import national_picture
from ofsted_analysis.charts.profile import profile
from ofsted_analysis.charts.survival import time_in_grade
from ofsted_analysis.charts.timeline import timeline
from ofsted_analysis.tables.authorities import find_authority


def standard_set(authorities: Sequence[str] = ()) -> dict[str, Callable[[], Chart]]:
    """What makes each chart of the standard set, by the name of its file.

    Parameters
    ----------
    authorities
        Authorities as for `find_authority`, each of which gets charts of its own.

    Raises
    ------
    UnknownAuthorityError
        No authority goes by one of the names.

    Examples
    --------
    >>> [name for name in standard_set(["Hull"]) if "hull" in name]
    ['timeline-kingston-upon-hull', 'profile-kingston-upon-hull', 'peers-kingston-upon-hull']
    """
    five_years_before = data_complete_to() - pd.DateOffset(years=5)
    charts: dict[str, Callable[[], Chart]] = {
        "national-overall": national_picture,
        "national-help-and-protection": partial(national_picture, "help_and_protection"),
        "national-care-leavers": partial(national_picture, "care_leavers"),
        "share-by-region": partial(grade_share, by="region"),
        "share-by-type": partial(grade_share, by="authority_type", interval=True),
        "map-now": tile_map,
        "map-then-and-now": partial(tile_map, (five_years_before, data_complete_to())),
        "changes-under-ilacs": partial(transition_matrix, within="ilacs"),
        "flow-between-rounds": transition_flow,
        "time-at-inadequate": time_in_grade,
        "histories": small_multiples,
        "framework-crosswalk": framework_crosswalk,
    }
    for name in authorities:
        own = find_authority(name)
        charts[f"timeline-{own}"] = partial(timeline, own)
        charts[f"profile-{own}"] = partial(profile, own)
        charts[f"peers-{own}"] = partial(grade_share, authority=own)
    return charts
