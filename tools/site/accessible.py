"""Sphinx extension: what the pages need for those who read with a screen reader or on a phone.

Tables that scroll in a container of their own, with header cells that say of what; no picture
without words; what others show of a page when it is shared (``og:``).
"""

import re
from html import escape, unescape
from typing import Any, get_origin

from bs4 import BeautifulSoup, Tag
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError


def mend(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: Any) -> None:
    """Mend the body of a page, and say in its head what it is about."""
    body = context.get("body") or ""
    soup = BeautifulSoup(body, "html.parser")
    place = context.get("title", "")
    number = 0
    for element in soup.find_all(["h1", "h2", "h3", "table"]):
        if element.name != "table":
            place = element.get_text(strip=True).rstrip("#")
            continue
        number += 1
        mend_table(soup, element, f"Table {number}: {place}")
    for picture in soup.find_all("img"):
        if not picture.get("alt"):
            raise ExtensionError(
                f"{page}: a picture has no alternative text ({picture.get('src')})"
            )
    for block in soup.find_all("pre"):  # wide code scrolls by keyboard, too
        block["tabindex"] = "0"
    context["body"] = str(soup)
    context["metatags"] = (context.get("metatags") or "") + _shared(app, page, context, soup)


def mend_table(soup: BeautifulSoup, table: Tag, label: str) -> None:
    """Header cells with a scope, none of them empty, in a container that scrolls."""
    del table["border"]
    for cell in table.find_all("th"):
        if not cell.get_text(strip=True):
            cell.name = "td"
        elif not cell.get("scope"):
            cell["scope"] = "col" if cell.find_parent("thead") else "row"
    _name_cells(table)
    for cell in table.find_all("td"):
        text = cell.get_text(strip=True)
        if re.fullmatch(r"https?://\S+", text) and not cell.find("a"):
            link = soup.new_tag("a", href=text)
            link.string = text
            cell.string = ""
            cell.append(link)
    around = table.find_parent("div", class_="pst-scrollable-table-container")
    if around is None:
        around = table.wrap(soup.new_tag("div"))
    around["class"] = "scrolls"
    around.attrs |= {"role": "group", "tabindex": "0", "aria-label": label}


def _name_cells(table: Tag) -> None:
    """Each cell bears the name of its column: on a phone a row is a list of them."""
    heads = table.select("thead tr")
    if len(heads) != 1:
        return
    names = [cell.get_text(" ", strip=True) for cell in heads[0].find_all(["th", "td"])]
    rows = [row.find_all(["th", "td"], recursive=False) for row in table.select("tbody tr")]
    if all(len(row) == len(names) for row in rows):
        table["class"] = [*table.get("class", []), "stacks"]
        for row in rows:
            for name, cell in zip(names, row, strict=True):
                if name:
                    cell["data-head"] = name


def _shared(app: Sphinx, page: str, context: dict[str, Any], soup: BeautifulSoup) -> str:
    base = app.config.html_baseurl.rstrip("/")
    first = soup.find("p")
    about = (context.get("meta") or {}).get("description") or (first.get_text(" ", strip=True)
                                                               if first else "")  # fmt: skip
    drawn = soup.find("a", href=re.compile(r"figures/.*\.png$"))
    picture = (
        drawn["href"].replace("../", "").replace("./", "") if drawn else "figures/finding-1.png"
    )
    title = unescape(re.sub(r"<[^>]+>", "", context.get("title", "")))
    found = {
        "og:type": "website",
        "og:title": title,
        "og:description": about[:300],
        "og:url": f"{base}/{page}.html",
        "og:image": f"{base}/{picture}",
    }
    return "".join(
        f'<meta property="{key}" content="{escape(value)}">\n' for key, value in found.items()
    )


def skip_names_of_types(
    app: Sphinx, what: str, name: str, value: Any, skip: bool, options: Any
) -> bool | None:
    """Short names for types, such as a list of rows, are no part of the API."""
    return True if get_origin(value) is not None else None


def setup(app: Sphinx) -> dict[str, Any]:
    app.connect("autodoc-skip-member", skip_names_of_types)
    app.connect("html-page-context", mend, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
