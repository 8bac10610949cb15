"""The pages of the site that come from the data: the cover, and one for each authority.

They are Markdown for Sphinx (with HTML for tables and charts), written into the folder of its
sources; the files of charts go into ``figures`` of the site itself.
"""

import hashlib
import json
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from html import escape
from pathlib import Path
from typing import Any

import pandas as pd

import ofsted_analysis
from ofsted_analysis.analysis.compare import history
from ofsted_analysis.charts import (
    grade_share,
    grades_given_by_year,
    national_picture,
    time_in_grade,
    transition_matrix,
)
from ofsted_analysis.charts.figure import Chart
from ofsted_analysis.publish.cite import cite
from ofsted_analysis.publish.figures import figure
from ofsted_analysis.publish.in_words import in_words
from ofsted_analysis.publish.sections import Briefing, compose
from ofsted_analysis.tables import schema
from ofsted_analysis.tables.authorities import before_and_after
from ofsted_analysis.tables.labels import listed, long_date, month
from ofsted_analysis.tables.load import load_authorities, load_context, load_table

FINDINGS: tuple[tuple[Callable[..., Chart], dict[str, str], str, str], ...] = (
    (national_picture, {}, "notebooks/01_national_picture", "How many had each grade, and when"),
    (grades_given_by_year, {}, "notebooks/04_change_over_time", "How grades change"),
    (time_in_grade, {"theme": "overall", "band": "inadequate"}, "notebooks/13_how_long",
     "How long a grade lasts"),
    (transition_matrix, {"within": "ilacs"}, "notebooks/04_change_over_time",
     "From one inspection to the next"),
    (grade_share, {"by": "region"}, "notebooks/08_regions_and_places",
     "Regions, and what chance alone would do"),
)  # fmt: skip
"""The charts of the cover: what draws them, and the page behind each."""


# One page for each authority ------------------------------------------------------------------


def authority_pages(pages: Path, out: Path) -> int:
    """Write a page for each authority, and the list of them; none if nothing has changed.

    Parameters
    ----------
    pages
        The folder of the site's sources.
    out
        The folder of the site: charts and data go into its ``figures``.

    Returns
    -------
    int
        How many pages were written.
    """
    folder, stamp = pages / "authorities", _stamp()
    done = folder / ".stamp"
    if done.exists() and done.read_text(encoding="utf-8") == stamp and (out / "figures").exists():
        return 0
    folder.mkdir(parents=True, exist_ok=True)
    everyone = load_authorities().sort_values("name")
    with ProcessPoolExecutor() as pool:
        runs = [pool.submit(_write_authority, own, folder, out) for own in everyone["authority_id"]]
        for run in runs:
            run.result()
    (folder / "index.md").write_text(_list_of_authorities(everyone), encoding="utf-8")
    done.write_text(stamp, encoding="utf-8")
    return len(runs)


def _stamp() -> str:
    """What the pages depend on: the data and the package."""
    package = Path(ofsted_analysis.__file__).parent
    files = [*schema.data_dir().glob("*.*"), *package.rglob("*.py")]
    digest = hashlib.sha256()
    for path in sorted(files):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()


def _write_authority(own: str, folder: Path, out: Path) -> None:
    text = authority_page(own, out / "figures")
    (folder / f"{own}.md").write_text(text, encoding="utf-8")


def authority_page(authority_id: str, figures: Path) -> str:
    """The page of one authority, in Markdown; its charts and data go into a folder.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     print(authority_page("cumberland", Path(folder)).splitlines()[4])
    # Cumberland
    """
    made = compose(authority_id)
    who: Any = load_authorities().set_index("authority_id").loc[authority_id]
    lines = ["---", "orphan: true", f"description: {json.dumps(made.headline[0])}", "---",
             f"# {escape(made.authority)}", "", _raw(_facts(authority_id, who, made))]  # fmt: skip
    figures.mkdir(parents=True, exist_ok=True)
    for part in made.sections:
        if part.key == "caveats":
            lines += _beside(authority_id, made.day)
        lines += [f"## {part.heading}", ""]
        if html := part._repr_html_():
            lines.append(_raw(html))
        if part.chart:
            name = f"{authority_id}-{part.key}"
            lines.append(_raw(figure(part.chart(), figures, name=name)))
    lines += ["## Downloads", "", _raw(_downloads(authority_id, made, figures))]
    return "\n".join(lines) + "\n"


def _raw(html: str) -> str:
    """HTML that stands in a page as it is."""
    return f"````{{raw}} html\n{html}\n````\n"


def _facts(authority_id: str, who: pd.Series, made: Briefing) -> str:
    """What it is, what came before and after it, and the headline."""

    def links(them: dict[str, str]) -> str:
        return listed([f'<a href="{own}.html">{escape(name)}</a>' for own, name in them.items()])

    told = [f"{escape(str(who['authority_type']))} in {escape(str(who['region']))}, code "
            f"{escape(str(who['ons_code']))}."]  # fmt: skip
    before, after = before_and_after(authority_id)
    if before:
        told.append(f"It took over from {links(before)} on {long_date(who['opened'])}.")
    if after:
        told.append(f"It closed on {long_date(who['closed'])}; {links(after)} took over.")
    headline = "".join(f'<p class="headline">{escape(text)}</p>' for text in made.headline)
    return f"<p>{' '.join(told)}</p>{headline}<p>{escape(made.subtitle)}</p>"


def _beside(authority_id: str, day: pd.Timestamp) -> Iterator[str]:
    """The latest figures on its children, need, money and staff."""
    values = load_context()
    values = values[(values["authority_id"] == authority_id) & (values["date"] <= day)]
    values = (
        values.dropna(subset="value").sort_values("date").drop_duplicates("measure", keep="last")
    )
    if values.empty:
        return
    order = load_table("context_measures")["measure"].tolist()
    own = values.sort_values("measure", key=lambda names: names.map(order.index))
    table = pd.DataFrame(
        {
            "Measure": own["title"],
            "Value": own["value"].map(_figure),
            "Unit": own["unit"],
            "Date": own["date"].map(long_date),
        }
    )
    yield "## Beside the grades"
    yield ""
    yield _raw("<p>The latest published figures. They go with grades, or do not; they do not "
               "explain them.</p>" + in_words(table).to_html())  # fmt: skip


def _figure(value: float) -> str:
    """A value as it is published.

    Examples
    --------
    >>> _figure(1234.0), _figure(20.25), _figure(0.187)
    ('1,234', '20.2', '0.187')
    """
    if value.is_integer():
        return f"{value:,.0f}"
    return f"{value:,.1f}" if abs(value) >= 1 else f"{value:.3f}"


def _downloads(authority_id: str, made: Briefing, figures: Path) -> str:
    """Its judgements and visits as CSV, its charts, and the command for documents."""
    rows = history(authority_id)
    rows = rows[rows["last_day"] <= made.day]
    rows.to_csv(figures / f"{authority_id}.csv", index=False, lineterminator="\n")
    drawn = [part for part in made.sections if part.chart]
    charts = [
        f'<li><a href="../figures/{authority_id}-{part.key}.png" download>{escape(part.heading)} '
        "as a picture (PNG)</a></li>"
        for part in drawn
    ]
    return (
        "<ul>"
        f'<li><a href="../figures/{authority_id}.csv" download>Every judgement and visit (CSV), '
        "with its source</a></li>" + "".join(charts) + "</ul><p>As a Word document, slides, one "
        f'web page and a spreadsheet: <code>ofsted-analysis briefing "{escape(made.authority)}"'
        "</code></p>"
    )


def _list_of_authorities(everyone: pd.DataFrame) -> str:
    """Every authority by name, with what else it is or was called, and by region."""
    lines = ["# Authorities", "", "A page for each of the "
             f"{len(everyone)} that have been inspected since 2009 or could have been.", "",
             "## By name", ""]  # fmt: skip
    items = []
    for row in everyone.to_dict("records"):
        others = str(row["other_names"]).replace("|", ", ") if pd.notna(row["other_names"]) else ""
        closed = "" if pd.isna(row["closed"]) else f" (to {month(row['closed'])})"
        also = f": also {escape(others)}" if others else ""
        items.append(f'<li><a href="{row["authority_id"]}.html">{escape(row["name"])}</a>'
                     f"{closed}{also}</li>")  # fmt: skip
    lines += [_raw(f"<ul class='names'>{''.join(items)}</ul>"), "## By region", ""]
    for region, own in everyone.groupby("region", observed=True):
        pairs = own[["authority_id", "name"]].to_numpy()
        links = ", ".join(f'<a href="{key}.html">{escape(name)}</a>' for key, name in pairs)
        lines += [f"### {escape(str(region))}", "", _raw(f"<p>{links}</p>")]
    return "\n".join(lines) + "\n"


def lookup_data() -> str:
    """What the look-up of the cover knows of each authority, as JavaScript.

    Examples
    --------
    >>> lookup_data()[:20]
    'window.AUTHORITIES ='
    """
    everyone = load_authorities().sort_values("name")
    found = [
        {
            "id": row["authority_id"],
            "name": row["name"],
            "also": [
                *(str(row["other_names"]).split("|") if pd.notna(row["other_names"]) else ()),
                row["ons_code"], row["la_number"],
            ],
            "closed": "" if pd.isna(row["closed"]) else month(row["closed"]),
        }
        for row in everyone.to_dict("records")
    ]  # fmt: skip
    for row in found:
        row["also"] = [str(name) for name in row["also"] if pd.notna(name)]
    return f"window.AUTHORITIES = {json.dumps(found, ensure_ascii=False)};\n"


# The cover ------------------------------------------------------------------------------------


def cover(out: Path) -> str:
    """The first page of the site, in Markdown; its charts go into ``figures`` of the site."""
    described = schema.descriptor()
    lines = [
        "# How Ofsted has graded children's services in England",
        "",
        f"Every graded inspection since 2009 that can be traced to a source: "
        f"complete to {long_date(described['completeTo'])}. **These are not official statistics**; "
        "[how far they can be trusted](docs/quality.md).",
        "",
        "## Look up an authority",
        "",
        _raw(_LOOKUP),
        "## Five findings",
        "",
    ]
    for number, (draw, options, page, about) in enumerate(FINDINGS, start=1):
        html = figure(draw(**options), out / "figures", home=".", name=f"finding-{number}")
        lines += [_raw(html), f"[{about}]({page}.ipynb)", ""]
    lines += ["## Data", "", _raw(_data_table(described)), "## How to cite", "", *_cite()]
    return "\n".join(lines) + "\n"


_LOOKUP = """<form id="look-up" role="search" aria-label="Authorities">
<label for="who">Name or code of a local authority</label>
<input id="who" type="search" autocomplete="off" spellcheck="false" aria-describedby="found">
<div id="found" aria-live="polite"></div>
</form>
<p><a href="authorities/index.html">All authorities, by name and by region</a></p>
<script src="_static/lookup-data.js"></script>
<script src="_static/lookup.js"></script>"""


def _data_table(described: dict[str, Any]) -> str:
    items = "".join(
        f'<li><a href="_data/{escape(resource["path"])}" download>{escape(resource["path"])}</a>: '
        f"{escape(resource['title'])}, {resource['rowCount']:,} rows</li>"
        for resource in described["resources"]
    )
    return (
        f"<p>Version {escape(described['version'])}, {escape(described['licenses'][0]['title'])}. "
        '<a href="_data/ofsted-analysis.xlsx" download>One spreadsheet of everything (Excel)</a>, '
        "which opens on the grades of your authority; or the tables as CSV, described in "
        '<a href="_data/datapackage.json" download>datapackage.json</a>:</p>'
        f"<ul>{items}</ul>"
    )


def _cite() -> list[str]:
    return [
        f"> {cite()}",
        "",
        "Contains public sector information of Ofsted's.",
        "",
        *("For BibTeX:", "", "```bibtex", cite("bibtex"), "```", ""),
        *("For EndNote, Zotero and others (RIS):", "", "```text", cite("ris"), "```", ""),
    ]
