"""How Ofsted has graded children's services in England, as pandas DataFrames.

>>> import ofsted_analysis as oa
>>> oa.as_at("2025-03-31", published_by="2025-06-30")["band"].value_counts()["outstanding"].item()
36
"""

from ofsted_analysis.analysis.change import (
    persistence,
    spells,
    time_in_band,
    transition_matrix,
    transitions,
)
from ofsted_analysis.analysis.compare import by_lot, compare, gap_by_lot, history, peers, share
from ofsted_analysis.analysis.judgements import combine, rule_agreement, side_by_side, stand_against
from ofsted_analysis.analysis.outcomes import as_at, panel, record_complete_to, waiting
from ofsted_analysis.analysis.themes import theme_history, themes
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
    "combine",
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
    "panel",
    "peers",
    "persistence",
    "record_complete_to",
    "rule_agreement",
    "share",
    "side_by_side",
    "spells",
    "stand_against",
    "standing",
    "summary",
    "theme_history",
    "themes",
    "time_in_band",
    "transition_matrix",
    "transitions",
    "waiting",
]
