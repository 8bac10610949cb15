"""What Ofsted's site lists: the authorities, and what it has published of each.

The layout is as others' public code of 2026 has it: a list of authorities, at most 100 a page, with
links to a page for each, on which every publication is a link that says in words, for those who
cannot see the page, what it is and when it came out.
"""

import re
from dataclasses import dataclass
from datetime import date
from urllib.parse import urljoin, urlsplit

from bs4 import BeautifulSoup, SoupStrainer, Tag

from ofsted_analysis.curation.asking import Asker, Manners
from ofsted_analysis.curation.reports.dates import letter_day
from ofsted_analysis.curation.reports.letters import KIND as VISIT
from ofsted_analysis.curation.reports.words import ReportError
from ofsted_analysis.curation.visits import PROVIDER, SITE
from ofsted_analysis.tables.errors import DataError

FILES = "https://files.ofsted.gov.uk"
_FILE = "/v1/file/"
_AUTHORITIES = (
    "/search?q=&location=&lat=&lon=&radius=&level_1_types=3&level_2_types%5B%5D=12"
    "&start={start}&rows={rows}"
)
_ROWS, _MOST_PAGES = 100, 10
"""Authorities a page of the list, and the pages after which it is taken to have no end."""
INSPECTION = "inspection"
_OTHERS = re.compile(r"\bjoint\b|\barea\b|\bsend\b|\bspecial\b|\bmonitoring\b")
"""What a page lists that is neither a graded inspection nor a focused visit."""
_INSPECTION = re.compile(r"\bchildren.*\bservices\b.*\binspection\b|\binspection of.*\bchildren")


@dataclass(frozen=True)
class Publication:
    """A report or letter as the page of an authority lists it.

    Attributes
    ----------
    urn
        The authority, by Ofsted's number.
    file_id
        The number of the file; of what is neither inspection nor visit it may be an address.
    kind
        'inspection', 'focused visit', 'other', or '' for words that are not known.
    published
        When it came out.
    words
        What the page calls it.
    """

    urn: str
    file_id: str
    kind: str
    published: date
    words: str

    @property
    def report_url(self) -> str:
        """Its address at Ofsted, whichever copy of the site was asked."""
        return f"{FILES}{_FILE}{self.file_id}"

    def __str__(self) -> str:
        return f"{self.words!r} of {self.published} ({self.report_url})"


class Site:
    """Ofsted's site, or a copy of it.

    Parameters
    ----------
    base
        The address of a copy, which then has the files, too; by default Ofsted's own.
    manners
        How it is asked.

    Raises
    ------
    DataError
        The address is not one of the web. (Every method: the site does not answer as it should, or
        is not laid out as it was.)
    """

    def __init__(self, base: str | None = None, manners: Manners | None = None):
        self.base, files = (base.rstrip("/"),) * 2 if base else (SITE, FILES)
        parts = urlsplit(self.base)
        if parts.scheme not in ("https", "http") or not parts.hostname or parts.query:
            raise DataError(f"{base!r} is not the address of a site (like {SITE}).")
        self._files = f"{files}{_FILE}"
        self._asker = Asker((self.base, files), manners or Manners())

    def __enter__(self) -> "Site":
        return self

    def __exit__(self, *_: object) -> None:
        self._asker.close()

    def authorities(self) -> dict[str, str]:
        """The name of each authority that the site lists, by URN."""
        found: dict[str, str] = {}
        for number in range(_MOST_PAGES):
            address = self.base + _AUTHORITIES.format(start=number * _ROWS, rows=_ROWS)
            page = self._page(address)
            links = [(str(link["href"]), _text(link)) for link in page.select("a[href]")]
            own = {
                match[1]: name
                for href, name in links
                if (match := re.search(rf"{PROVIDER}(\d+)/?$", href))
            }
            if not own and not found:
                raise DataError(
                    f"{address} lists no authority: is the site laid out in another way?"
                )
            if own.keys() <= found.keys():
                return found
            found = own | found
        raise DataError(f"{self.base}: the list of authorities goes on without end.")

    def page_of(self, urn: str) -> str:
        """The address of the page of an authority."""
        return f"{self.base}{PROVIDER}{urn}"

    def publications(self, urn: str) -> list[Publication]:
        """What the page of an authority lists, in its order; empty if it lists nothing."""
        address = self.page_of(urn)
        found: dict[str, Publication] = {}
        for link in self._page(address).select("a.publication-link"):
            one = self._publication(urn, link, address)
            if found.setdefault(one.file_id, one) != one:
                raise DataError(f"{address} lists {one.report_url} twice, and not alike.")
        return list(found.values())

    def file(self, publication: Publication) -> bytes:
        """The PDF of a publication."""
        return self._asker.get(f"{self._files}{publication.file_id}")

    def _page(self, address: str) -> BeautifulSoup:
        content = self._asker.get(address)
        if b"</html" not in content[-1024:].lower():
            raise DataError(f"{address} is not whole: its end is missing.")
        links = SoupStrainer("a")
        return BeautifulSoup(content, "html.parser", from_encoding="utf-8", parse_only=links)

    def _publication(self, urn: str, link: Tag, address: str) -> Publication:
        span = link.select_one("span.nonvisual")
        words = _text(span) if span else ""
        parts = re.split(r" *, *| +[-\u2013] +", words)
        day = _day(parts)
        if day is None:
            raise DataError(
                f"{address} lists a publication in words that cannot be read: {words[:80]!r}."
            )
        try:
            place = urljoin(address, str(link.get("href", "")))
        except ValueError:
            raise DataError(f"{address} has a link for {words!r} that is no address.") from None
        what = ", ".join(p for p in parts if p.lower() != "pdf" and not letter_day([p])).lower()
        kind = _kind(what)
        number = re.fullmatch(r"\d+", place.removeprefix(self._files))
        if not number and kind != "other":
            raise DataError(
                f"{address} lists {words!r} at {place}, which is not a file of {self._files}: "
                "refused."
            )
        return Publication(urn, number[0] if number else place, kind, day, what)


def _text(tag: Tag) -> str:
    return " ".join(tag.get_text().replace("\u2019", "'").split())


def _day(parts: list[str]) -> date | None:
    """The one day that is a part of what a link says; None if there is none, or several."""
    try:
        return letter_day(parts)
    except ReportError:  # no day of the calendar
        return None


def _kind(what: str) -> str:
    """What a publication is, from the words for it."""
    if _OTHERS.search(what):
        return "other"
    if VISIT in what:
        return VISIT
    return INSPECTION if _INSPECTION.search(what) else ""
