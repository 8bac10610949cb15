"""How Ofsted has graded children's services in England, as pandas DataFrames.

>>> import ofsted_analysis as oa
>>> oa.as_at("2025-03-31", published_by="2025-06-30")["band"].value_counts()["outstanding"].item()
36
"""

from ofsted_analysis.analysis.change import (
    grade_record,
    spells,
    time_in_grade,
    transition_matrix,
    transitions,
)
from ofsted_analysis.analysis.compare import (
    by_lot,
    compare,
    gap_by_lot,
    grade_share,
    history,
    peers,
)
from ofsted_analysis.analysis.judgements import (
    compare_judgements,
    derive_overall,
    judgements_wide,
    rule_accuracy,
)
from ofsted_analysis.analysis.outcomes import (
    as_at,
    data_complete_to,
    over_time,
    time_since_inspection,
)
from ofsted_analysis.analysis.themes import judgements_on, themes
from ofsted_analysis.publish.briefing import beside, caveats, known_events, standing, summary
from ofsted_analysis.tables.authorities import UnknownAuthorityError, find_authority
from ofsted_analysis.tables.load import (
    load_areas,
    load_authorities,
    load_frameworks,
    load_inspections,
    load_judgements,
    load_published_figures,
    load_sources,
    load_table,
)
from ofsted_analysis.tables.schema import DataError

__all__ = [
    "DataError",
    "UnknownAuthorityError",
    "as_at",
    "beside",
    "by_lot",
    "derive_overall",
    "caveats",
    "compare",
    "find_authority",
    "gap_by_lot",
    "history",
    "known_events",
    "load_areas",
    "load_authorities",
    "load_frameworks",
    "load_inspections",
    "load_judgements",
    "load_published_figures",
    "load_sources",
    "load_table",
    "over_time",
    "peers",
    "grade_record",
    "data_complete_to",
    "rule_accuracy",
    "grade_share",
    "judgements_wide",
    "spells",
    "compare_judgements",
    "standing",
    "summary",
    "judgements_on",
    "themes",
    "time_in_grade",
    "transition_matrix",
    "transitions",
    "time_since_inspection",
]
