"""The charts of a briefing, each drawn once at each size."""

from functools import cache

from ofsted_analysis.charts import render, style
from ofsted_analysis.charts.figure import Chart
from ofsted_analysis.publish.sections import Section
from ofsted_analysis.tables.errors import DataError


class Pictures:
    """Draws the charts of sections, without titles: the document has the message as text."""

    def __init__(self) -> None:
        self.chart = cache(self._chart)

    def _chart(self, section: Section, size: str) -> Chart:
        assert section.chart is not None
        try:
            return section.chart(title="", size=size)
        except DataError:
            if size == "print":
                raise
            return section.chart(title="", size="print")  # its rows do not fit a slide

    def png(self, section: Section, size: str) -> bytes:
        """The chart of a section as a picture of 300 dots per inch."""
        chart = self.chart(section, size)
        with style.context(chart.size.text):
            return render.png(chart, chart.message, chart.alt)

    def svg(self, section: Section, size: str) -> bytes:
        """The chart of a section as an SVG image."""
        chart = self.chart(section, size)
        with style.context(chart.size.text):
            return render.svg(chart, chart.message, chart.alt)
