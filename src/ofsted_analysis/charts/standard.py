"""The standard set of charts, as the command `ofsted-analysis charts` makes it."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import pandas as pd

from ofsted_analysis.analysis.outcomes import cut_off, data_complete_to, day_in_record
from ofsted_analysis.analysis.themes import known_themes
from ofsted_analysis.charts.crosswalk import framework_crosswalk
from ofsted_analysis.charts.figure import Chart
from ofsted_analysis.charts.flow import transition_flow
from ofsted_analysis.charts.given import grades_given_by_year
from ofsted_analysis.charts.groups import grade_share
from ofsted_analysis.charts.map import tile_map
from ofsted_analysis.charts.multiples import small_multiples
from ofsted_analysis.charts.national import national_picture
from ofsted_analysis.charts.peers import peers
from ofsted_analysis.charts.profile import profile
from ofsted_analysis.charts.staying import time_in_grade
from ofsted_analysis.charts.timeline import timeline
from ofsted_analysis.charts.transitions import transition_matrix
from ofsted_analysis.tables.authorities import existing, find_authority
from ofsted_analysis.tables.days import Day
from ofsted_analysis.tables.load import load_authorities

_TO_A_SLIDE = 17
"""Authorities whose histories a slide holds in letters that can be read from afar."""


def standard_set(
    authorities: Sequence[str] = (),
    *,
    theme: str = "overall",
    date: Day | None = None,
    size: str | tuple[float, float] = "print",
) -> dict[str, Callable[[], Chart]]:
    """What makes each chart of the standard set, by the name of its file.

    Parameters
    ----------
    authorities
        Authorities as for `find_authority`: then the set is the charts of each of these.
    theme
        What the charts are about, where they are about one theme.
    date
        Their date; by default the end of the record or of the theme or, for an authority that is
        no more, its last day.
    size
        'print', 'slide', 'narrow', or (width, height) in centimetres.

    Raises
    ------
    DataError
        There is no such theme, or the date is none in the record.
    UnknownAuthorityError
        No authority goes by one of the names, or it did not exist on the date.

    Examples
    --------
    >>> list(standard_set(["Hull"]))
    ['timeline-kingston-upon-hull', 'profile-kingston-upon-hull', 'peers-kingston-upon-hull']
    """
    known_themes(theme)
    day = cut_off(theme) if date is None else day_in_record(date, "date")
    if authorities:
        return {
            f"{kind}-{own}": partial(draw, own, size=size, **options)
            for name in authorities
            for own, kind, draw, options in _of_authority(name, theme, date)
        }
    now = {"theme": theme, "size": size}
    charts: dict[str, Callable[[], Chart]] = {
        f"national-{theme.replace('_', '-')}": partial(national_picture, end=day, **now),
        "grades-given": partial(grades_given_by_year, **now),
        "share-by-region": partial(grade_share, by="region", date=day, **now),
        "share-by-type": partial(grade_share, by="authority_type", date=day, **now),
        "map-now": partial(tile_map, day, **now),
        "map-then-and-now": partial(tile_map, (day - pd.DateOffset(years=5), day), **now),
        "changes-under-ilacs": partial(transition_matrix, within="ilacs", **now),
        "flow-between-rounds": partial(transition_flow, **now),
        "time-at-inadequate": partial(time_in_grade, **now),
        **{name: partial(small_multiples, who, **now) for name, who in _pages(size)},
        "framework-crosswalk": partial(framework_crosswalk, size=size),
    }
    if theme == "overall":  # the themes that run on stand beside it
        for other in ("help_and_protection", "care_leavers"):
            name = f"national-{other.replace('_', '-')}"
            charts[name] = partial(national_picture, other, end=date, size=size)
    return charts


def _pages(
    size: str | tuple[float, float],
) -> Iterator[tuple[str, str | list[str]]]:
    """The histories by region: key, and the region or, on slides, as many of it as one holds."""
    there = existing(load_authorities(), data_complete_to())
    for region, own in there.groupby("region"):
        key = f"histories-{region.lower().replace(' ', '-')}"
        pages = -(-len(own) // _TO_A_SLIDE) if size == "slide" else 1
        if pages == 1:
            yield key, region
            continue
        names = own.sort_values("name")["authority_id"].tolist()
        each = -(-len(names) // pages)
        for page in range(pages):
            yield f"{key}-{page + 1}", names[page * each : (page + 1) * each]


def _of_authority(
    name: str, theme: str, date: Day | None
) -> Iterator[tuple[str, str, Callable[..., Chart], dict[str, Any]]]:
    """Key, kind of chart, what draws it and how, for one authority."""
    own = find_authority(name, date=date)
    closed = load_authorities().set_index("authority_id").loc[own, "closed"]
    day = date if date is not None or pd.isna(closed) else closed
    yield own, "timeline", timeline, {"date": day}
    yield own, "profile", profile, {"date": day}
    yield own, "peers", peers, {"theme": theme, "date": day}
