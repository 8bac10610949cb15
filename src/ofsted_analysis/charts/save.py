"""A chart into files: the picture, what is said of it inside the file, and its data beside it.

The same chart makes the same bytes on every run, in every time zone and locale.
"""

from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure

from ofsted_analysis.charts import render, style
from ofsted_analysis.charts.figure import _chart
from ofsted_analysis.tables import writing
from ofsted_analysis.tables.errors import DataError


def save(fig: Figure, path: str | Path, *, data: bool = True) -> list[Path]:
    """Write a chart, and beside it its alternative text and its data.

    Parameters
    ----------
    fig
        A chart from this package.
    path
        Where to; the suffix says as what: .svg, .png (300 dots per inch) or .pdf. The alternative
        text goes into a file of the same name ending in .txt, the data into one ending in .csv.
    data
        Whether to write the text and the data.

    Returns
    -------
    list of Path
        The files written: all of them, whole, or none.

    Raises
    ------
    DataError
        The suffix is another, or the folder is missing.

    Notes
    -----
    Title, alternative text and licence are in the file: in an SVG as title and description of an
    image (and as Dublin Core), in a PNG as text, in a PDF as document information.

    Examples
    --------
    >>> import tempfile
    >>> from ofsted_analysis import charts
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     [p.name for p in save(charts.grade_share(by="region"), f"{folder}/regions.svg")]
    ['regions.svg', 'regions.txt', 'regions.csv']
    """
    chart, path = _chart(fig), Path(path)
    makers = {".svg": render.svg, ".png": render.png, ".pdf": render.pdf}
    if path.suffix.lower() not in makers:
        raise DataError(f"{path.name}: the name must end in one of: {', '.join(makers)}.")
    if not path.parent.is_dir():
        raise DataError(f"There is no folder {path.parent}.")
    with style.context(chart.size.text):
        contents = {path: makers[path.suffix.lower()](chart, chart.message, chart.alt)}
    if data:
        contents[path.with_suffix(".txt")] = f"{chart.alt}\n".encode()
        contents[path.with_suffix(".csv")] = _csv(chart.drawn)
    writing.replace_files({Path(p.name): c for p, c in contents.items()}, path.parent)
    return [*contents]


def _csv(frame: pd.DataFrame) -> bytes:
    return frame.to_csv(index=False, lineterminator="\n", date_format="%Y-%m-%d").encode()
