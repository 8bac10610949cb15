"""Words on charts: how wide they are, where lines break, how counts are written."""

from collections.abc import Iterable, Mapping
from functools import lru_cache

from matplotlib import rcParams
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont


def wrap(
    fig: Figure, words: str, points: float, room: float, *, weight: str = "normal"
) -> list[str]:
    """Words broken into lines no wider than the room, in inches.

    Examples
    --------
    >>> from ofsted_analysis.charts.figure import drawing
    >>> with drawing() as fig:
    ...     wrap(fig, "Some words that want wrapping", 9, 1.5)
    ['Some words that want', 'wrapping']
    """
    font = FontProperties(size=points, weight=weight)
    room *= 0.98  # elsewhere letters may be a little wider
    gap = text_width(fig, "n n", font) - text_width(fig, "nn", font)
    lines, used = [], 0.0
    for word in words.split(" "):
        wide = text_width(fig, word, font)
        if lines and used + gap + wide <= room:
            lines[-1] += f" {word}"
            used += gap + wide
        else:
            lines.append(word)
            used = wide
    return lines


def text_width(fig: Figure, words: str, font: FontProperties) -> float:
    """Width of a line of text in inches."""
    return _pixels(words, font, findfont(font), fig.dpi) / fig.dpi


@lru_cache(maxsize=8192)
def _pixels(words: str, font: FontProperties, file: str, dpi: float) -> float:
    """Width of a line of text; the file of the font tells what the settings took for its family."""
    width, _, _ = RendererAgg(1, 1, dpi).get_text_width_height_descent(words, font, False)
    return width


def widest(fig: Figure, texts: Iterable[str]) -> float:
    """Width of the widest line of some texts, in heights of a letter of the chart's text.

    Examples
    --------
    >>> from ofsted_analysis.charts.figure import drawing
    >>> with drawing() as fig:
    ...     widest(fig, ["i", "W\\nW"]) > widest(fig, ["i"])
    True
    """
    points = rcParams["font.size"]
    font = FontProperties(size=points)
    lines = {line for text in texts for line in text.split("\n")}
    return max((text_width(fig, line, font) for line in lines), default=0.0) * 72 / points


def row_labels(fig: Figure, names: Mapping[str, str], share: float) -> tuple[dict[str, str], float]:
    """Names for the rows of a chart in lines, and the room they need in heights of a letter.

    Parameters
    ----------
    fig
        The chart.
    names
        What to call each row.
    share
        How much of the chart's width they may take.

    Examples
    --------
    >>> from ofsted_analysis.charts.figure import drawing
    >>> with drawing() as fig:
    ...     row_labels(fig, {"a": "Help and protection"}, 0.15)[0]
    {'a': 'Help and\\nprotection'}
    """
    room = share * fig.get_size_inches()[0]
    labels = {key: "\n".join(wrap(fig, name, rcParams["font.size"], room))
              for key, name in names.items()}  # fmt: skip
    return labels, widest(fig, labels.values()) + 0.7


def sentence(words: str) -> str:
    """Words with a capital first.

    Examples
    --------
    >>> sentence("requires improvement")
    'Requires improvement'
    """
    return words[:1].upper() + words[1:]


def counted(count: int, noun: str) -> str:
    """How many of something.

    Examples
    --------
    >>> counted(1, "peer"), counted(2, "peer")
    ('1 peer', '2 peers')
    """
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
