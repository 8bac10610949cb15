"""An authority as people type it, and as Ofsted prints it."""

import re
from datetime import date
from functools import cache
from pathlib import Path

from ofsted_analysis.tables import schema

_NOISE = re.compile(
    r"\b(the|council|county|city|borough|metropolitan|district|unitary|authority|royal|london|of)\b"
)


_COUNCIL = re.compile(r"^(?:the )?council of (?:the )?|^the | council$")


class UnknownAuthorityError(LookupError):
    """No authority goes by that name; the message offers the nearest ones."""

    def __str__(self) -> str:
        return str(self.args[0])


def _plain(text: str) -> str:
    """Lower case, '&' as 'and', words parted by single spaces, no other signs."""
    text = text.lower().replace("&", " and ").replace("\u2019", "'").replace("'", "")
    return " ".join(re.findall(r"[a-z0-9]+", text))


def _bare(text: str) -> str:
    """Plain text without the words that tell what kind of authority it is."""
    return " ".join(_NOISE.sub(" ", _plain(text)).split())


@cache
def _authorities(folder: Path) -> tuple[dict[str, str], ...]:
    return tuple(schema.rows("authorities", folder))


@cache
def _names(folder: Path) -> dict[str, tuple[str, ...]]:
    """Every plain name, with the authorities that go or went by it."""
    found: dict[str, list[str]] = {}
    for row in _authorities(folder):
        for name in [row["name"], *filter(None, row["other_names"].split("|"))]:
            found.setdefault(_plain(name), []).append(row["authority_id"])
    return {name: tuple(dict.fromkeys(ids)) for name, ids in found.items()}


@cache
def _codes(folder: Path) -> dict[str, str]:
    """Keys, official codes and numbers, all of which name one authority for certain."""
    codes = {r["code"].lower(): r["authority_id"] for r in schema.rows("authority_codes", folder)}
    for row in _authorities(folder):
        for column in ("authority_id", "la_number", "ofsted_urn"):
            if row[column]:
                codes[row[column].lower()] = row["authority_id"]
    return codes


def _existing(ids: tuple[str, ...], on: date | None, folder: Path) -> list[str]:
    """Those of the authorities that existed on the day; without one, today's first."""
    life = {r["authority_id"]: (r["opened"], r["closed"]) for r in _authorities(folder)}
    if on is None:
        return sorted(ids, key=lambda i: bool(life[i][1]))[:1]
    day = on.isoformat()
    return [i for i in ids if life[i][0] <= day and (not life[i][1] or day <= life[i][1])]


def find_authority(text: str, *, on: date | None = None, data_dir: str | Path | None = None) -> str:
    """The authority_id of an authority as people type it.

    Parameters
    ----------
    text
        A name, with or without 'Council', 'London Borough of' and the like; a common short name;
        an authority_id; an Office for National Statistics code, past or present; the Department
        for Education's three-digit number; or Ofsted's number.
    on
        A day on which the authority existed. Of two that share a name, it picks the one that
        did; without it the one of today is meant.
    data_dir
        Folder of the tables, if not the packaged ones.

    Returns
    -------
    str
        The authority_id.

    Raises
    ------
    UnknownAuthorityError
        No authority goes by that name; the message names the nearest.

    Examples
    --------
    >>> find_authority("st helens"), find_authority("Hull"), find_authority("E08000013")
    ('st-helens', 'kingston-upon-hull', 'st-helens')
    """
    folder = schema.data_dir(data_dir)
    codes, names = _codes(folder), _names(folder)
    plain = _plain(text)
    keys = (plain, _COUNCIL.sub("", plain), _bare(text))
    matches = [names[key] for key in keys if key in names]
    if plain not in names and text.strip().lower() in codes:
        return codes[text.strip().lower()]
    if not matches:
        bare = _bare(text)
        matches = [ids for name, ids in names.items() if bare and _bare(name) == bare]
    for ids in matches:
        existing = _existing(ids, on, folder)
        if len(existing) == 1:
            return existing[0]
    nearest = _nearest(text, folder)
    hint = f" Did you mean {' or '.join(nearest)}?" if nearest else ""
    when = f" on {on.isoformat()}" if on and matches else ""
    raise UnknownAuthorityError(f"No local authority is called {text.strip()!r}{when}.{hint}")


def _nearest(text: str, folder: Path) -> list[str]:
    from rapidfuzz import fuzz, process  # only where a name was not found

    names = [row["name"] for row in _authorities(folder)]
    best = process.extract(
        text, names, scorer=fuzz.WRatio, processor=_plain, limit=3, score_cutoff=70
    )
    return [name for name, _, _ in best]


def authority_in(
    text: str, *, on: date | None = None, data_dir: str | Path | None = None
) -> str | None:
    """The authority that a heading names; None if it names none, or more than one.

    The longest name wins: 'North East Lincolnshire Council' is not Lincolnshire.

    Examples
    --------
    >>> authority_in("Inspection of Bournemouth, Christchurch & Poole children's services")
    'bournemouth-christchurch-and-poole'
    >>> authority_in("Dorset County Council", on=date(2016, 2, 1))
    'dorset-county-council'
    """
    folder = schema.data_dir(data_dir)
    heading = f" {_plain(text)} "
    found = set()
    for name, ids in sorted(_names(folder).items(), key=lambda item: (-len(item[0]), item[0])):
        if f" {name} " in heading:
            existing = _existing(ids, on, folder)
            if len(existing) == 1:
                heading = heading.replace(f" {name} ", " | ")
                found.add(existing[0])
    return found.pop() if len(found) == 1 else None
