"""Reading Ofsted's inspection reports (PDF): words on the page, graded areas, printed dates."""

from ofsted_analysis.curation.reports.reader import Judgement, Report, read_report, read_reports
from ofsted_analysis.curation.reports.words import ReportError

__all__ = ["Judgement", "Report", "ReportError", "read_report", "read_reports"]
