"""A letter about a visit as rows of the tables."""

from ofsted_analysis.curation.faults import Row
from ofsted_analysis.curation.index import IndexEntry, source_id
from ofsted_analysis.curation.reports import Letter

SITE, PROVIDER = "https://reports.ofsted.gov.uk", "/provider/44/"
PAGE = f"{SITE}{PROVIDER}"
"""Where Ofsted lists what it has published of an authority, by URN."""


def why_not(letter: Letter, entry: IndexEntry) -> str:
    """Why a letter cannot be added; '' if it can.

    Parameters
    ----------
    letter
        As it was read: what is not certain in it is None.
    entry
        What the index of files says of it; empty if nothing.
    """
    lacking = {
        "days": letter.last_day,
        "date": entry.published_date or letter.published_date,
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
    letter: Letter, entry: IndexEntry, authority: Row, kind: Row
) -> dict[str, list[Row]]:
    """The rows of one letter in visits and sources.

    Parameters
    ----------
    letter
        A letter of which `why_not` has nothing to say.
    entry
        What the index of files says of it. Without an address the authority's page at Ofsted,
        which lists it, is the source; without a day of publication that is the letter's own.
    authority, kind
        The rows of its authority and of its kind of visit.
    """
    published = entry.published_date or f"{letter.published_date}"
    source = {
        "source_id": f"ofsted-page-{authority['ofsted_urn']}",
        "kind": "other",
        "publisher": "Ofsted",
        "title": f"{authority['name']}: reports and letters on its children's services",
        "published_date": "",
        "url": f"{PAGE}{authority['ofsted_urn']}",
    }
    if entry.report_url:
        source |= {
            "source_id": source_id(entry.report_url),
            "kind": "ofsted report",
            "title": f"{authority['name']}: letter about a focused visit",
            "published_date": published,
            "url": entry.report_url,
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
