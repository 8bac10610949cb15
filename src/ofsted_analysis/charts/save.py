"""A chart into files: the picture, what is said of it inside the file, and its data beside it.

The same chart makes the same bytes on every run, in every time zone and locale.
"""

import hashlib
import io
import re
from html import escape
from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure

from ofsted_analysis.charts import style
from ofsted_analysis.charts.figure import Chart, _chart
from ofsted_analysis.tables import schema, writing
from ofsted_analysis.tables.errors import DataError


def save(fig: Figure, path: str | Path, *, data: bool = True) -> list[Path]:
    """Write a chart, and its data as CSV beside it.

    Parameters
    ----------
    fig
        A chart from this package.
    path
        Where to; the suffix says as what: .svg, .png (300 dots per inch) or .pdf. The data go
        into a file of the same name ending in .csv.
    data
        Whether to write the data.

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
    ['regions.svg', 'regions.csv']
    """
    chart, path = _chart(fig), Path(path)
    makers = {".svg": _svg, ".png": _png, ".pdf": _pdf}
    if path.suffix.lower() not in makers:
        raise DataError(f"{path.name}: the name must end in one of: {', '.join(makers)}.")
    if not path.parent.is_dir():
        raise DataError(f"There is no folder {path.parent}.")
    with style.context(chart.size.text):
        contents = {path: makers[path.suffix.lower()](chart)}
    if data:
        contents[path.with_suffix(".csv")] = _csv(chart.drawn)
    writing.replace_files({Path(p.name): c for p, c in contents.items()}, path.parent)
    return [*contents]


def licence() -> str:
    """Whose the data are and on what terms they may be used.

    Examples
    --------
    >>> licence().split(" (")[0]
    'Contains public sector information licensed under the Open Government Licence v3.0'
    """
    terms = schema.descriptor()["licenses"][0]
    return (
        f"Contains public sector information licensed under the {terms['title']} ({terms['path']})."
    )


def _render(chart: Chart, kind: str, metadata: dict[str, str | None]) -> bytes:
    content = io.BytesIO()
    chart.savefig(content, format=kind, metadata=metadata)
    return content.getvalue()


def _svg(chart: Chart) -> bytes:
    about = {"Rights": licence(), "Description": chart.alt, "Date": None, "Creator": None}
    text = _render(chart, "svg", about).decode()
    own = hashlib.sha256(f"{chart.message}{chart.alt}".encode()).hexdigest()[:8]
    head = (
        f'<title id="title-{own}">{escape(chart.message)}</title>\n '
        f'<desc id="desc-{own}">{escape(chart.alt)}</desc>\n '
    )
    labelled = f'<svg role="img" aria-labelledby="title-{own} desc-{own}" '
    text = re.sub(r"(?m)^<svg ", labelled, text, count=1)
    # A hundredth of a point is enough, but for the scale of letters.
    text = re.sub(r"(scale\([^)]*\))|(\d+\.\d{2})\d+", lambda m: m[1] or m[2], text)
    return text.replace("<metadata>", head + "<metadata>", 1).encode()


def inline_svg(chart: Chart) -> str:
    """The chart as an SVG element to stand in a page, with its title and description."""
    with style.context(chart.size.text):
        text = _svg(chart).decode()
    return text[text.index("<svg ") :]


def _png(chart: Chart) -> bytes:
    return _render(
        chart,
        "png",
        {
            "Title": chart.message,
            "Description": chart.alt,
            "Copyright": licence(),
            "Software": None,
        },
    )


def _pdf(chart: Chart) -> bytes:
    return _render(
        chart,
        "pdf",
        {
            "Title": chart.message,
            "Subject": chart.alt,
            "Keywords": licence(),
            "CreationDate": None,
            "Creator": None,
            "Producer": None,
        },
    )


def _csv(frame: pd.DataFrame) -> bytes:
    return frame.to_csv(index=False, lineterminator="\n", date_format="%Y-%m-%d").encode()
