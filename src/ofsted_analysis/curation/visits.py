"""A letter about a visit as rows of the tables."""

from pathlib import Path

from ofsted_analysis.curation.reports import Letter
from ofsted_analysis.tables import load

PAGE = "https://reports.ofsted.gov.uk/provider/44/"
"""Where Ofsted lists what it has published of an authority, by URN."""


def why_not(letter: Letter, published: str) -> str:
    """Why a letter cannot be added; '' if it can.

    Parameters
    ----------
    letter
        As it was read: what is not certain in it is None.
    published
        When it was published, as the index of files has it; '' if it has not.
    """
    lacking = {
        "days": letter.last_day,
        "date": published or letter.published_date,
        "priority action": letter.priority_action,
    }
    unread = [name for name, found in lacking.items() if found in (None, "")]
    if unread:
        return (
            f"leaves open: {', '.join(unread)} ({'; '.join(letter.doubts)}). Read it by eye and "
            "enter it in visits.csv by hand."
        )
    return ""


def visit_rows(
    letter: Letter, address: str, published: str, data_dir: Path
) -> dict[str, list[dict[str, str]]]:
    """The rows of one letter in visits and sources.

    Parameters
    ----------
    letter
        A letter of which `why_not` has nothing to say.
    address
        Where it was published; '' where that is not known: then the authority's page at Ofsted,
        which lists it, is the source.
    published
        When, as the index of files has it; '' for the day that the letter bears.
    data_dir
        Folder of the tables.
    """
    (kind,) = (row for row in load.rows("visit_kinds", data_dir) if row["kind"] == "focused visit")
    (authority,) = (
        row for row in load.rows("authorities", data_dir)
        if row["authority_id"] == letter.authority_id
    )  # fmt: skip
    title = f"{authority['name']}: reports and letters on its children's services"
    published = published or f"{letter.published_date}"
    source = {
        "source_id": f"ofsted-page-{authority['ofsted_urn']}",
        "kind": "other",
        "publisher": "Ofsted",
        "title": title,
        "published_date": "",
        "url": f"{PAGE}{authority['ofsted_urn']}",
    }
    if address:
        source |= {
            "source_id": f"ofsted-{address.rstrip('/').rsplit('/', 1)[-1].lower()}",
            "kind": "ofsted report",
            "title": f"{authority['name']}: letter about a focused visit",
            "published_date": published,
            "url": address,
        }
    visit = {
        "visit_id": f"{letter.authority_id}-{kind['key']}-{letter.last_day:%Y-%m}",
        "authority_id": letter.authority_id,
        "kind": kind["kind"],
        "first_day": f"{letter.first_day}",
        "last_day": f"{letter.last_day}",
        "date_precision": "day",
        "published_date": published,
        "theme": letter.theme or "",
        "priority_action": "yes" if letter.priority_action else "no",
        "areas_for_priority_action": f"{letter.areas_for_priority_action}",
        "source_id": source["source_id"],
        "locator": f"page {letter.page}",
    }
    return {"visits": [visit], "sources": [source]}
