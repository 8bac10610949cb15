"""What a focused visit looked at, in one of the themes of the table ``visit_themes``."""

import re
from functools import cache
from pathlib import Path

from ofsted_analysis.curation.reports.one_letter import HEAD_OR_FOOT, HEADING
from ofsted_analysis.curation.reports.words import Page
from ofsted_analysis.tables import load

OTHER = "other"
"""The theme of a visit that looked at what no theme's words name."""
_LOOKED_AT = re.compile(
    r"\b(?:looked (?:specifically )?at|considered|evaluated|reviewed|assessed"
    r"|focus(?:ed)?\b.{0,30}? (?:on|was))\b",
    re.IGNORECASE,
)
_ELSE = re.compile(
    r"\b(?:findings of|range of evidence|case records|performance management)\b", re.IGNORECASE
)
"""In a sentence with the days, or on what inspectors read; not on what they looked at."""


@cache
def _wordings(folder: Path, column: str) -> tuple[re.Pattern[str], list[str]]:
    """The words by which themes are known, each theme's as a group, and the groups' themes."""
    words = {
        row["theme"]: [r"\W*".join(re.findall(r"\w+", each)) for each in row[column].split("|")]
        for row in load.rows("visit_themes", folder)
        if row[column]
    }
    groups = (rf"\b({'|'.join(own)})\b" for own in words.values())
    return re.compile("|".join(groups), re.IGNORECASE), list(words)


def _first_theme(text: str, column: str, folder: Path) -> str | None:
    """The theme whose words come first in the text."""
    pattern, themes = _wordings(folder, column)
    match = pattern.search(text)
    return themes[match.lastindex - 1] if match and match.lastindex else None


def _scope(pages: list[Page]) -> list[str]:
    """The sentences from the title to the first heading."""
    lines = [line for page in pages[:2] for line in page.lines if not HEAD_OR_FOOT.fullmatch(line)]
    end = next((at for at, line in enumerate(lines) if HEADING.fullmatch(line)), len(lines))
    title = next((at for at, line in enumerate(lines) if line.startswith("Dear")), 0)
    return re.split(r"(?<=[.?!]) +(?=[A-Z])", " ".join(lines[title:end]))


def visit_theme(pages: list[Page], folder: Path) -> str | None:
    """The theme that the sentences on what was looked at name first, or then say specifically.

    Parameters
    ----------
    pages
        The pages of the letter.
    folder
        Folder of the table ``visit_themes``.

    Returns
    -------
    str or None
        The theme; None where no sentence says what was looked at.
    """
    sentences = _scope(pages)
    looked = [s for s in sentences if _LOOKED_AT.search(s) and not _ELSE.search(s)]
    known = [(s, theme) for s in looked if (theme := _first_theme(s, "known_by", folder))]
    if known:
        return next((theme for s, theme in known if s.startswith("Specifically")), known[0][1])
    hinted = _first_theme(" ".join(sentences), "hinted_by", folder)
    return hinted or (OTHER if looked else None)
