"""How Ofsted has graded children's services in England, as pandas DataFrames.

>>> import ofsted_analysis as oa
>>> snapshot = oa.as_at("2025-03-31", published_by="2025-06-30")
>>> snapshot["grade"].value_counts(sort=False).to_dict()
{'inadequate': 19, 'adequate': 0, 'requires improvement': 31, 'good': 67, 'outstanding': 36}
"""

from ofsted_analysis.analysis.change import transitions
from ofsted_analysis.analysis.compare import compare, history, peers
from ofsted_analysis.analysis.context import with_context
from ofsted_analysis.analysis.duration import spells, time_in_grade
from ofsted_analysis.analysis.outcomes import (
    as_at,
    data_complete_to,
    over_time,
    panel,
    time_since_inspection,
)
from ofsted_analysis.analysis.shares import grade_share
from ofsted_analysis.analysis.themes import judgements_on, themes
from ofsted_analysis.publish.cite import cite
from ofsted_analysis.tables.authorities import add_authority_id, find_authority
from ofsted_analysis.tables.errors import DataError, UnknownAuthorityError
from ofsted_analysis.tables.load import (
    load_areas,
    load_authorities,
    load_context,
    load_frameworks,
    load_inspections,
    load_judgements,
    load_sources,
    load_table,
    load_visits,
)
from ofsted_analysis.tables.pin import pin

__all__ = [
    "DataError",
    "UnknownAuthorityError",
    "add_authority_id",
    "as_at",
    "cite",
    "compare",
    "data_complete_to",
    "find_authority",
    "grade_share",
    "history",
    "judgements_on",
    "load_areas",
    "load_authorities",
    "load_context",
    "load_frameworks",
    "load_inspections",
    "load_judgements",
    "load_sources",
    "load_table",
    "load_visits",
    "over_time",
    "panel",
    "peers",
    "pin",
    "spells",
    "themes",
    "time_in_grade",
    "time_since_inspection",
    "transitions",
    "with_context",
]
