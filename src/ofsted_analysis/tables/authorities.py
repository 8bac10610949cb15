"""Finding an authority: as people type it, as Ofsted prints it, and whether it existed on a day."""

import re
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from ofsted_analysis.tables import load, schema
from ofsted_analysis.tables.days import Day, as_day
from ofsted_analysis.tables.errors import UnknownAuthorityError
from ofsted_analysis.tables.labels import listed, long_date

_NOISE = re.compile(
    r"\b(the|council|county|city|borough|metropolitan|district|unitary|authority|royal|london|of)\b"
)
_COUNCIL = re.compile(r"^(?:the )?council of (?:the )?|^the | council$")


def _plain(text: str) -> str:
    """Lower case, '&' as 'and', words parted by single spaces, no other signs."""
    text = text.lower().replace("&", " and ").replace("\u2019", "'").replace("'", "")
    return " ".join(re.findall(r"[a-z0-9]+", text))


def _bare(text: str) -> str:
    """Plain text without the words that tell what kind of authority it is."""
    return " ".join(_NOISE.sub(" ", _plain(text)).split())


class _Register(NamedTuple):
    """What authorities go or went by."""

    names: dict[str, list[str]]
    """Every plain name, with the authority_ids of those that go or went by it."""
    codes: dict[str, str]
    """Keys, official codes and numbers, each of which names one authority for certain."""
    about: pd.DataFrame
    """name, opened and closed, by authority_id."""


@lru_cache(maxsize=8)
def _register(folder: Path, _: load.Versions) -> _Register:
    everyone = load.load_authorities(data_dir=folder)
    names: dict[str, list[str]] = {}
    others = everyone["other_names"].fillna("")
    for who, name, more in zip(everyone["authority_id"], everyone["name"], others, strict=True):
        for called in filter(None, [name, *more.split("|")]):
            ids = names.setdefault(_plain(called), [])
            ids += [who] if who not in ids else []
    codes = load.load_table("authority_codes", data_dir=folder)
    pairs = dict(zip(codes["code"].str.lower(), codes["authority_id"], strict=True))
    for column in ("authority_id", "la_number", "ofsted_urn"):
        own = everyone.dropna(subset=column)
        pairs |= dict(zip(own[column].str.lower(), own["authority_id"], strict=True))
    return _Register(names, pairs, everyone.set_index("authority_id")[["name", "opened", "closed"]])


def _registered(data_dir: str | Path | None) -> _Register:
    folder = schema.data_dir(data_dir)
    return _register(folder, load.versions(("authorities", "authority_codes"), folder))


def existing(authorities: pd.DataFrame, date: pd.Timestamp) -> pd.DataFrame:
    """Those of some authorities that existed on a day.

    Examples
    --------
    >>> len(existing(load.load_authorities(), pd.Timestamp("2019-03-31")))
    152
    """
    return authorities[~(authorities["opened"] > date) & ~(authorities["closed"] < date)]


def _then(ids: list[str], day: pd.Timestamp | None, known: _Register) -> list[str]:
    """Those of the authorities that existed on the day; without one, today's first."""
    about = known.about.loc[ids]
    if day is not None:
        return existing(about, day).index.tolist()
    return about.sort_values("closed", na_position="first", kind="stable").index[:1].tolist()


def find_authority(
    authority: Any, *, date: Day | None = None, data_dir: str | Path | None = None
) -> str:
    """The authority_id of an authority as people type it.

    Parameters
    ----------
    authority
        A name, with or without 'Council', 'London Borough of' and the like; a common short name;
        an authority_id; an Office for National Statistics code, past or present; the Department
        for Education's three-digit number; or Ofsted's number.
    date
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
        No authority goes by that name, and the message names the nearest; or it did not exist on
        the day, and the message says from when to when it did.

    Examples
    --------
    >>> find_authority("st helens"), find_authority("Hull"), find_authority("E08000013")
    ('st-helens', 'kingston-upon-hull', 'st-helens')
    """
    if not isinstance(authority, str) or not authority.strip():
        raise UnknownAuthorityError("The name of the authority is empty: give a name or a code.")
    day = None if date is None else as_day(date)
    known = _registered(data_dir)
    plain, code = _plain(authority), authority.strip().lower()
    if plain not in known.names and code in known.codes:
        matches = [[known.codes[code]]]
    else:
        keys = (plain, _COUNCIL.sub("", plain), _bare(authority))
        matches = [known.names[key] for key in keys if key in known.names]
    if not matches and (bare := _bare(authority)):
        matches = [ids for name, ids in known.names.items() if _bare(name) == bare]
    for ids in matches:
        there = _then(ids, day, known)
        if len(there) == 1:
            return there[0]
    if matches and day is not None:
        raise UnknownAuthorityError(_absence(matches[0][0], day, known, data_dir))
    nearest = _nearest(authority, known)
    hint = f" Did you mean {' or '.join(nearest)}?" if nearest else ""
    raise UnknownAuthorityError(f"No local authority is called {authority.strip()!r}.{hint}")


def _absence(who: str, day: pd.Timestamp, known: _Register, data_dir: str | Path | None) -> str:
    """Why an authority cannot be asked for on a day."""
    own: Any = known.about.loc[who]
    name, opened, closed = own
    changes = load.load_table("authority_changes", data_dir=data_dir)
    if opened > day:
        others = changes.loc[changes["successor_id"] == who, "predecessor_id"]
        when, word = f"began on {long_date(opened)}", "before it there was"
    else:
        others = changes.loc[changes["predecessor_id"] == who, "successor_id"]
        when, word = f"closed on {long_date(closed)}", "in its place came"
    names = listed(known.about.loc[others, "name"].tolist())
    return (
        f"{name} did not exist on {long_date(day)}: it {when}{f'; {word} {names}' * bool(names)}. "
        "Give a date on which it existed."
    )


def _nearest(text: str, known: _Register) -> list[str]:
    from rapidfuzz import fuzz, process  # only where a name was not found

    best = process.extract(
        text, known.about["name"].tolist(), scorer=fuzz.WRatio, processor=_plain, limit=3,
        score_cutoff=70,
    )  # fmt: skip
    return [name for name, _, _ in best]


def authority_in(
    text: str, *, date: Day | None = None, data_dir: str | Path | None = None
) -> str | None:
    """The authority that a heading names; None if it names none, or more than one.

    The longest name wins: 'North East Lincolnshire Council' is not Lincolnshire.

    Examples
    --------
    >>> authority_in("Inspection of Bournemouth, Christchurch & Poole children's services")
    'bournemouth-christchurch-and-poole'
    >>> authority_in("Dorset County Council", date="2016-02-01")
    'dorset-county-council'
    """
    known = _registered(data_dir)
    day = None if date is None else as_day(date)
    heading = f" {_plain(text)} "
    found = set()
    for name in sorted(known.names, key=lambda name: (-len(name), name)):
        if f" {name} " in heading:
            there = _then(known.names[name], day, known)
            if len(there) == 1:
                heading = heading.replace(f" {name} ", " | ")
                found.add(there[0])
    return found.pop() if len(found) == 1 else None


def ons_codes(date: Day, *, data_dir: str | Path | None = None) -> pd.Series:
    """The Office for National Statistics code that each authority had on a day.

    Returns
    -------
    Series of str
        The code (``ons_code``), by authority_id; authorities that did not exist have none.

    Examples
    --------
    >>> ons_codes("2025-03-31")["barnsley"], ons_codes("2025-04-01")["barnsley"]
    ('E08000016', 'E08000038')
    """
    day = as_day(date)
    codes = load.load_table("authority_codes", data_dir=data_dir)
    valid = ~(codes["valid_from"] > day) & ~(codes["valid_to"] < day)
    own = codes[valid & (codes["code_type"] == "ons")]
    return own.set_index("authority_id")["code"].rename("ons_code")
