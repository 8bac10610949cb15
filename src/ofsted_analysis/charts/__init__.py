"""Charts that go straight into a briefing: each a matplotlib Figure with its words and its data.

>>> from ofsted_analysis import charts
>>> fig = charts.grade_share(by="region")
>>> charts.alt_text(fig).startswith("Bar chart")
True
"""

from ofsted_analysis.charts.crosswalk import framework_crosswalk, plot_crosswalk
from ofsted_analysis.charts.figure import Chart, alt_text, chart_data, drawing, finish
from ofsted_analysis.charts.flow import plot_flow, transition_flow
from ofsted_analysis.charts.given import grades_given_by_year, plot_grades_given
from ofsted_analysis.charts.groups import grade_share, plot_grades_by_group
from ofsted_analysis.charts.histories import plot_histories
from ofsted_analysis.charts.map import plot_tiles, tile_map
from ofsted_analysis.charts.multiples import small_multiples
from ofsted_analysis.charts.national import national_picture, plot_grades_over_time
from ofsted_analysis.charts.peers import peers, plot_peers
from ofsted_analysis.charts.profile import plot_profile, profile
from ofsted_analysis.charts.save import save
from ofsted_analysis.charts.standard import standard_set
from ofsted_analysis.charts.staying import plot_time_in_grade, time_in_grade
from ofsted_analysis.charts.style import GRADE_COLOURS
from ofsted_analysis.charts.timeline import timeline
from ofsted_analysis.charts.transitions import plot_transitions, transition_matrix

__all__ = [
    "GRADE_COLOURS",
    "Chart",
    "alt_text",
    "chart_data",
    "drawing",
    "finish",
    "framework_crosswalk",
    "grade_share",
    "grades_given_by_year",
    "national_picture",
    "peers",
    "plot_crosswalk",
    "plot_flow",
    "plot_grades_by_group",
    "plot_grades_given",
    "plot_grades_over_time",
    "plot_histories",
    "plot_peers",
    "plot_profile",
    "plot_tiles",
    "plot_time_in_grade",
    "plot_transitions",
    "profile",
    "save",
    "small_multiples",
    "standard_set",
    "tile_map",
    "time_in_grade",
    "timeline",
    "transition_flow",
    "transition_matrix",
]
