"""Words on charts: how wide they are, where lines break, how dates are written."""

from typing import Any

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.text import Text


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
    font = FontProperties(family=["DejaVu Sans"], size=points, weight=weight)
    lines: list[str] = []
    for word in words.split(" "):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and text_width(fig, longer, font) <= room:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def text_width(fig: Figure, words: str, font: FontProperties) -> float:
    """Width of a line of text in inches."""
    text = Text(0, 0, words, fontproperties=font, parse_math=False)
    text.set_figure(fig)
    return text.get_window_extent(fig.canvas.get_renderer()).width / fig.dpi


def long_date(day: Any) -> str:
    """A day in words, the same in every locale.

    Examples
    --------
    >>> long_date("2026-08-22")
    '22 August 2026'
    """
    day = pd.Timestamp(day)
    return f"{day.day} {day.month_name()} {day.year}"
