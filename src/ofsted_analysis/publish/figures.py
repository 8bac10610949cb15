"""A chart on a page of the site: its message as text, wide and narrow, with its files under it."""

import hashlib
import re
from html import escape
from pathlib import Path

from ofsted_analysis.charts import save
from ofsted_analysis.charts.figure import Chart

CITE = "#how-to-cite"
"""Where the cover says how to cite."""


def name_of(chart: Chart) -> str:
    """A file's name for a chart: the same for the same message and words.

    Examples
    --------
    >>> from ofsted_analysis import charts
    >>> name_of(charts.peers("Leeds"))[:15]
    'on-31-march-202'
    """
    slug = re.sub(r"[^a-z0-9]+", "-", chart.message.lower()).strip("-")[:48].rstrip("-")
    return f"{slug}-{hashlib.sha256(chart.alt.encode()).hexdigest()[:6]}"


def figure(chart: Chart, folder: Path, *, home: str = "..", name: str = "") -> str:
    """Write the files of a chart, and say how it stands in a page.

    Parameters
    ----------
    chart
        A finished chart. Drawn again for phones, narrow and without its title, if it knows how:
        there the page has it as text.
    folder
        Where its files go: the folder ``figures`` of the site.
    home
        The way from the page to the site's first page.
    name
        What to call the files; by default after its message.

    Returns
    -------
    str
        HTML: the message, the picture for wide and narrow windows, links to PNG, SVG and data.

    Examples
    --------
    >>> import tempfile
    >>> from ofsted_analysis import charts
    >>> with tempfile.TemporaryDirectory() as made:
    ...     html = figure(charts.peers("Leeds"), Path(made), name="leeds")
    ...     sorted(path.name for path in Path(made).iterdir())[:3]
    ['leeds-narrow.svg', 'leeds.csv', 'leeds.png']
    """
    folder.mkdir(parents=True, exist_ok=True)
    name = name or name_of(chart)
    save(chart, folder / f"{name}.svg")
    save(chart, folder / f"{name}.png", data=False)
    narrow = ""
    if chart.again:
        save(chart.again(title="", size="narrow"), folder / f"{name}-narrow.svg", data=False)
        narrow = f'<source media="(max-width: 600px)" srcset="{home}/figures/{name}-narrow.svg">'
    wide, high = (round(side * 96) for side in chart.get_size_inches())
    at = f"{home}/figures/{name}"
    files = " ".join(
        f'<a href="{at}.{suffix}" download>{label}</a>'
        for suffix, label in (("png", "PNG"), ("svg", "SVG"), ("csv", "Data (CSV)"))
    )
    caption = f"<figcaption>{escape(chart.message)}.</figcaption>"
    return (
        f'<figure class="chart{" titled" if narrow else ""}">{caption}<picture>{narrow}'
        f'<img src="{at}.svg" alt="{escape(chart.alt)}" '
        f'width="{wide}" height="{high}"></picture>'
        f'<p class="files">{files} <a href="{home}/index.html{CITE}">Cite</a></p></figure>'
    )
