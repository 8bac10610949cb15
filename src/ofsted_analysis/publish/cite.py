"""How to cite the record: as text, for BibTeX, and for other reference managers (RIS)."""

from datetime import date
from typing import Literal

from ofsted_analysis.tables import project, schema
from ofsted_analysis.tables.errors import DataError

STYLES = ("text", "bibtex", "ris")


def cite(style: Literal["text", "bibtex", "ris"] = "text") -> str:
    """The reference to this version of the data, to paste into a paper or a reference manager.

    Parameters
    ----------
    style
        'text', one sentence; 'bibtex', an entry for LaTeX; 'ris', for EndNote, Zotero, Mendeley and
        others.

    Returns
    -------
    str
        With who made it, year, title, data version, licence and address, and the version of the
        package that loaded it.

    Raises
    ------
    DataError
        If there is no such style.

    Examples
    --------
    >>> print(cite())
    The ofsted-analysis contributors (...). How Ofsted has graded children's services in England
    since 2009, data version ... [data set], loaded with ofsted-analysis ... Open Government
    Licence v3.0. https://...
    """
    if style not in STYLES:
        raise DataError(f"no style {style!r}; choose one of {', '.join(STYLES)}")
    data = schema.descriptor()
    who, title, edition = data["contributors"][0]["title"], data["title"], data["version"]
    day = date.fromisoformat(data["completeTo"])
    licence, address = data["licenses"][0]["title"], project.address()
    tool = f"loaded with {project.NAME} {project.version()}"
    if style == "text":
        return (
            f"{who} ({day.year}). {title}, data version {edition} [data set], {tool}. {licence}. "
            f"{address}"
        )
    if style == "bibtex":
        return (
            f"@misc{{{project.NAME}-{day},\n"
            f"  author = {{{{{who}}}}},\n"
            f"  title = {{{{{title}}}}},\n"
            f"  year = {{{day.year}}},\n"
            f"  month = {{{day.month}}},\n"
            f"  version = {{{edition}}},\n"
            f"  howpublished = {{Data set}},\n"
            f"  note = {{{licence}; {tool}}},\n"
            f"  url = {{{address}}}\n"
            "}"
        )
    return "\n".join(
        [
            "TY  - DATA",
            f"AU  - {who}",
            f"PY  - {day.year}",
            f"DA  - {day:%Y/%m/%d}",
            f"TI  - {title}",
            f"ET  - {edition}",
            f"UR  - {address}",
            f"N1  - {licence}; {tool}",
            "ER  - ",
        ]
    )
