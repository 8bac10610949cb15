"""What a chart costs beside bare matplotlib drawing and saving as many marks.

    python benchmarks/charts.py [RUNS]

For each kind: the seconds to make the chart and save it as PNG, the median of several runs, and the
ratio to a bare figure of the same size with as many patches and lines, the same words and the same
entries in its key, saved as well. The tables are loaded before, as in any session that draws more
than one chart.
"""

import io
import statistics
import sys
import time
from collections.abc import Callable

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from ofsted_analysis.charts.gallery import LINES, draw


def saved(fig: Figure) -> None:
    """The figure as the bytes of a PNG file."""
    fig.savefig(io.BytesIO(), format="png")


def bare(like: Figure) -> None:
    """A figure with as many marks and words as another, drawn with nothing but matplotlib."""
    fig = Figure(figsize=like.get_size_inches(), dpi=like.dpi, layout="constrained")
    FigureCanvasAgg(fig)
    ax = fig.subplots()
    count = sum(len(a.patches) for a in like.axes)
    if count:
        ax.bar(range(count), 1, facecolor="0.5", edgecolor="white")
    for place in range(sum(len(a.lines) + len(a.collections) for a in like.axes)):
        ax.plot([place, place + 1], [0, 1])
    texts = [*like.texts, *(text for a in like.axes for text in a.texts)]
    for text in texts:
        fig.text(0.5, 0.5, text.get_text(), in_layout=False)
    if entries := [text.get_text() for key in like.legends for text in key.get_texts()]:
        ax.legend([Patch()] * len(entries), entries).set_in_layout(False)
    saved(fig)


def seconds(action: Callable[[], object], runs: int) -> float:
    """Median seconds of several runs, after one that does not count."""
    action()
    took = []
    for _ in range(runs):
        start = time.perf_counter()
        action()
        took.append(time.perf_counter() - start)
    return statistics.median(took)


def main(runs: int = 5) -> None:
    """Measure, and print."""
    print(f"{'chart':<24}{'seconds':>9}{'bare':>9}{'ratio':>7}")
    for name in LINES:
        like = draw(name)
        ours = seconds(lambda name=name: saved(draw.__wrapped__(name)), runs)  # not the kept one
        theirs = seconds(lambda like=like: bare(like), runs)
        print(f"{name:<24}{ours:9.2f}{theirs:9.2f}{ours / theirs:7.1f}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
