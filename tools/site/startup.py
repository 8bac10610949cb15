"""Runs in the kernels of notebooks on their way into the site: charts write their files."""

import os
from pathlib import Path

from ofsted_analysis.charts import Chart
from ofsted_analysis.publish.figures import figure

get_ipython().display_formatter.formatters["text/html"].for_type(  # noqa: F821
    Chart, lambda chart: figure(chart, Path(os.environ["OFSTED_FIGURES"]))
)
