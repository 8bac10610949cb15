"""Reading Ofsted's reports and letters (PDF): words on the page, graded areas, printed dates."""

from ofsted_analysis.curation.reports.letters import Letter, read_files
from ofsted_analysis.curation.reports.reader import Judgement, Report, read_report, read_reports
from ofsted_analysis.curation.reports.words import ReportError

__all__ = [
    "Judgement",
    "Letter",
    "Report",
    "ReportError",
    "read_files",
    "read_report",
    "read_reports",
]
