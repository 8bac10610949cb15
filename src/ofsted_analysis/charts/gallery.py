"""Every kind of chart, with the one line that makes it: docs/gallery.md and its pictures."""

from functools import cache
from pathlib import Path

import ofsted_analysis.charts as charts
from ofsted_analysis.charts.figure import Chart

LINES = {
    "national_picture": "charts.national_picture()",
    "grades_given_by_year": "charts.grades_given_by_year()",
    "grade_share": 'charts.grade_share(by="region")',
    "peers": 'charts.peers("West Sussex")',
    "tile_map": "charts.tile_map()",
    "tile_map_two_dates": 'charts.tile_map(("2018-03-31", "2026-03-31"))',
    "timeline": 'charts.timeline("West Sussex")',
    "profile": 'charts.profile("West Sussex")',
    "small_multiples": 'charts.small_multiples("South East")',
    "transition_matrix": 'charts.transition_matrix(within="ilacs")',
    "transition_flow": "charts.transition_flow()",
    "time_in_grade": 'charts.time_in_grade("overall", "inadequate")',
    "framework_crosswalk": "charts.framework_crosswalk()",
}
"""The line of code of each chart in the gallery, by the name of its picture."""


@cache
def draw(name: str) -> Chart:
    """Draw one chart of the gallery by running its line.

    Examples
    --------
    >>> draw("transition_matrix").axes != []
    True
    """
    return eval(LINES[name], {"charts": charts})  # our own constant above, nothing from outside


def gallery_page() -> str:
    """The gallery in Markdown: picture, alternative text and line of code of each chart.

    Examples
    --------
    >>> LINES["peers"]
    'charts.peers("West Sussex")'
    """
    out = [
        "# Gallery",
        "",
        "Written by `ofsted-analysis docs`. Every chart is a matplotlib Figure: style it "
        "further, or save it with `charts.save(fig, 'chart.svg')` (also .png, .pdf), which puts "
        "the data beside it. Start with `from ofsted_analysis import charts`.",
        "",
    ]
    for name, line in LINES.items():
        alt = draw(name).alt.replace("[", "(").replace("]", ")")
        heading = name.replace("_", " ")
        out += [
            f"## {heading[0].upper()}{heading[1:]}",
            "",
            "```python",
            line,
            "```",
            "",
            f"![{alt}](gallery/{name}.svg)",
            "",
        ]
    return "\n".join(out)


def save_pictures(folder: str | Path) -> list[Path]:
    """Save the picture of every chart in the gallery; returns the files that changed."""
    changed = []
    Path(folder).mkdir(parents=True, exist_ok=True)
    for name in LINES:
        path = Path(folder) / f"{name}.svg"
        before = path.read_bytes() if path.exists() else b""
        charts.save(draw(name), path, data=False)
        if path.read_bytes() != before:
            changed.append(path)
    return changed
