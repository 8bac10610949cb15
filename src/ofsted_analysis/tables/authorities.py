"""Finding an authority: as people type it, as Ofsted prints it, and whether it existed on a day."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache
from numbers import Real
from pathlib import Path
from typing import Any, Literal, NamedTuple

import pandas as pd

from ofsted_analysis.tables import load, schema
from ofsted_analysis.tables.days import Day, as_day
from ofsted_analysis.tables.errors import DataError, UnknownAuthorityError, one_of, shown
from ofsted_analysis.tables.labels import listed, long_date

_NOISE = re.compile(
    r"\b(the|council|county|city|borough|boro|metropolitan|district|unitary|authority|royal|london|of"
    r"|bc|cc|lb|lbc|mb|mbc|mdc|rb|ua)\b"
)
_COMPASS = {
    "n": "north", "ne": "north east", "nw": "north west", "s": "south", "se": "south east",
    "sw": "south west", "e": "east", "w": "west",
}  # fmt: skip
_BEFORE = re.compile(r"^pre lgr(?: (\d{4}))? ")
"""Before local government was reorganised, in a year: how the Department for Education says it."""
_COUNCIL = re.compile(r"^(?:the )?council of (?:the )?|^the | council$")


def _plain(text: str) -> str:
    """Lower case, '&' as 'and', words parted by single spaces, no other signs."""
    text = text.lower().replace("&", " and ").replace("\u2019", "'").replace("'", "")
    words = " ".join(re.findall(r"[a-z0-9]+", text))
    return re.sub(r"\b[a-z](?: [a-z]\b)+", lambda dotted: dotted[0].replace(" ", ""), words)


def _bare(text: str) -> str:
    """Plain text without the words that tell what kind of authority it is."""
    return " ".join(_NOISE.sub(" ", _plain(text)).split())


class _Life(NamedTuple):
    """What an authority is called, and from when to when it existed (NaT where still open)."""

    name: str
    opened: pd.Timestamp
    closed: pd.Timestamp


class _Register(NamedTuple):
    """What authorities go or went by."""

    names: dict[str, list[str]]
    """Every plain name, with the authority_ids of those that go or went by it."""
    bare: dict[str, list[str]]
    """The same, by the name without the words that tell what kind of authority it is."""
    codes: dict[str, str]
    """Keys, official codes and numbers, each of which names one authority for certain."""
    about: dict[str, _Life]
    """By authority_id."""


def _all_names(everyone: pd.DataFrame) -> Iterator[tuple[str, str]]:
    """Each authority with each of its names."""
    others = everyone["other_names"].fillna("")
    for who, name, more in zip(everyone["authority_id"], everyone["name"], others, strict=True):
        for called in filter(None, [name, *more.split("|")]):
            yield who, called


@lru_cache(maxsize=8)
def _register(folder: Path, _: load.Versions) -> _Register:
    everyone = load.load_authorities(data_dir=folder)
    names: dict[str, list[str]] = {}
    for who, called in _all_names(everyone):
        ids = names.setdefault(_plain(called), [])
        ids += [who] if who not in ids else []
    codes = load.load_table("authority_codes", data_dir=folder)
    pairs = dict(zip(codes["code"].str.lower(), codes["authority_id"], strict=True))
    for column in ("authority_id", "la_number", "ofsted_urn"):
        own = everyone.dropna(subset=column)
        pairs |= dict(zip(own[column].str.lower(), own["authority_id"], strict=True))
    bare: dict[str, list[str]] = {}
    for name, ids in names.items():
        same = bare.setdefault(_bare(name), [])
        same += [who for who in ids if who not in same]
    bare.pop("", None)
    lives = everyone[["authority_id", "name", "opened", "closed"]]
    about = {who: _Life(*life) for who, *life in lives.itertuples(index=False, name=None)}
    return _Register(names, bare, pairs, about)


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
    lives = {who: known.about[who] for who in ids}
    if day is None:
        open_now = [who for who, life in lives.items() if pd.isna(life.closed)]
        return (open_now or sorted(lives, key=lambda who: lives[who].closed))[:1]
    return [who for who, life in lives.items() if not (life.opened > day or life.closed < day)]


def _as_text(authority: Any) -> str:
    """A name or code as text: 301, 301.0 and '301.0' are one number."""
    if isinstance(authority, Real) and not isinstance(authority, bool) and authority == authority:
        number = float(authority)
        authority = f"{number:.0f}" if number.is_integer() else str(number)
    text = authority.strip() if isinstance(authority, str) else ""
    if not text:
        raise UnknownAuthorityError("The name of the authority is empty: give a name or a code.")
    return re.sub(r"^(\d+)\.0+$", r"\1", text)


def _called(plain: str, known: _Register) -> list[list[str]]:
    """The authorities that go or went by a plain name: as written first, then more freely."""
    spelt = " ".join(_COMPASS.get(word, word) for word in plain.split())
    exact = (plain, f"{plain} council", _COUNCIL.sub("", plain), spelt)
    free = (_bare(plain), _bare(spelt))
    found = [known.names[name] for name in exact if name in known.names]
    return found + [known.bare[name] for name in free if name in known.bare]


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
    text = _as_text(authority)
    day = None if date is None else as_day(date)
    known = _registered(data_dir)
    plain, code = _plain(text), text.lower()
    before = _BEFORE.match(plain)
    if before:
        plain = plain[before.end() :]
        day = pd.Timestamp(int(before[1]), 3, 31) if before[1] and day is None else day
    if code in known.codes and plain not in known.names:
        matches = [[known.codes[code]]]
    else:
        matches = _called(plain, known)
    for ids in matches:
        there = _then(ids, day, known)
        if len(there) == 1:
            return there[0]
        if len(ids) == 1:  # named for certain: a freer reading would name another
            break
    if matches and day is not None:
        raise UnknownAuthorityError(_absence(matches[0][0], day, known, data_dir))
    nearest = _nearest(text, known)
    hint = f" Did you mean {' or '.join(nearest)}?" if nearest else ""
    raise UnknownAuthorityError(f"No local authority is called {text!r}.{hint}")


def add_authority_id(
    table: pd.DataFrame,
    column: str,
    *,
    date: Day | None = None,
    unknown: Literal["raise", "keep"] = "raise",
) -> pd.DataFrame:
    """A table of one's own with the authority_id of each row, so that it can be joined to ours.

    Names, Office for National Statistics codes of any year and the Department for Education's
    numbers (as text or as numbers) all lead to the same authority, where a join on names or on
    today's codes would lose some of them.

    Parameters
    ----------
    table
        Any table with a row for each authority, or several.
    column
        The column that says which authority it is, by name or code (see `find_authority`).
    date
        A day on which the authorities existed, as in `find_authority`.
    unknown
        'raise' (default): a row whose authority is not found is an error that names it; 'keep':
        it stays, without an authority_id, such as the row for England in an official table.

    Returns
    -------
    DataFrame
        The table with the column authority_id (text; missing where none was found) in front.

    Raises
    ------
    DataError
        There is no such column, or the table has an authority_id already.
    UnknownAuthorityError
        Some rows name no authority: which, and how many.

    Examples
    --------
    >>> theirs = pd.DataFrame({"new_la_code": ["E08000038", "E08000016"], "rate": [60, 61]})
    >>> add_authority_id(theirs, "new_la_code")
      authority_id new_la_code  rate
    0     barnsley   E08000038    60
    1     barnsley   E08000016    61
    """
    if not isinstance(table, pd.DataFrame):
        raise DataError(f"The table must be a DataFrame, not a {type(table).__name__}.")
    one_of(unknown, ("raise", "keep"), "unknown")
    there = isinstance(column, str) and column in table.columns
    if not there or "authority_id" in table.columns:
        wrong = "has an authority_id already" if there else f"lacks the column {shown(column)}"
        raise DataError(f"The table {wrong}; its columns: {', '.join(map(str, table.columns))}.")
    found: dict[str, str | None] = {}
    for value in table[column]:
        if str(value) not in found:
            try:
                found[str(value)] = find_authority(value, date=date)
            except UnknownAuthorityError:
                found[str(value)] = None
    who = pd.Series([found[str(value)] for value in table[column]], table.index, dtype="str")
    lost = table.loc[who.isna(), column]
    if len(lost) and unknown == "raise":
        names = listed(
            [shown(value) for value in {str(value): value for value in lost}.values()][:8]
        )
        raise UnknownAuthorityError(
            f"{len(lost)} of {len(table)} rows name no authority: {names}. Mend or leave out these "
            "rows, or say unknown='keep' to keep them without an authority_id."
        )
    result = table.copy()
    result.insert(0, "authority_id", who)
    return result


def _absence(who: str, day: pd.Timestamp, known: _Register, data_dir: str | Path | None) -> str:
    """Why an authority cannot be asked for on a day."""
    name, opened, closed = known.about[who]
    before, after = before_and_after(who, data_dir=data_dir)
    if opened > day:
        them, when, word = before, f"began on {long_date(opened)}", "before it there was"
    else:
        them, when, word = after, f"closed on {long_date(closed)}", "in its place came"
    names = listed(them.values())
    return (
        f"{name} did not exist on {long_date(day)}: it {when}{f'; {word} {names}' * bool(names)}. "
        "Give a date on which it existed."
    )


def before_and_after(
    authority_id: str, *, data_dir: str | Path | None = None
) -> tuple[dict[str, str], dict[str, str]]:
    """The authorities in whose place one came, and those that came in its place.

    Returns
    -------
    tuple of two dicts
        By authority_id, the name of each, with the part that changed hands where it was not the
        whole.

    Examples
    --------
    >>> before_and_after("dorset-county-council")[1]["bournemouth-christchurch-and-poole"]
    'Bournemouth, Christchurch and Poole (Christchurch only)'
    """
    changes = load.load_table("authority_changes", data_dir=data_dir)
    names = load.load_authorities(data_dir=data_dir).set_index("authority_id")["name"]
    part = " (" + changes["note"] + ")"
    part = part.mask(changes["note"].str.startswith("split"), "").fillna("")

    def told(own: str, other: str) -> dict[str, str]:
        rows = changes[own] == authority_id
        others = changes.loc[rows, other]
        return dict(zip(others, others.map(names) + part[rows], strict=True))

    return told("successor_id", "predecessor_id"), told("predecessor_id", "successor_id")


def _nearest(text: str, known: _Register) -> list[str]:
    from rapidfuzz import fuzz, process  # only where a name was not found

    names = [life.name for life in known.about.values()]
    best = process.extract(
        text, names, scorer=fuzz.WRatio, processor=_plain, limit=3, score_cutoff=70
    )
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


@lru_cache(maxsize=8)
def _names_in_print(folder: Path, _: load.Versions) -> tuple[re.Pattern[str], dict[str, set[str]]]:
    names: dict[str, set[str]] = {}
    for who, called in _all_names(load.load_authorities(data_dir=folder)):
        names.setdefault(called, set()).add(who)
    longest_first = sorted(names, key=lambda name: (-len(name), name))
    any_of_them = "|".join(map(re.escape, longest_first))
    return re.compile(rf"\b(?=[A-Z])(?<!Greater )(?:{any_of_them})\b"), names


def named_in(
    texts: Iterable[str], *, data_dir: str | Path | None = None
) -> list[Counter[frozenset[str]]]:
    """How often running texts name each authority, in capitals as names are printed.

    Returns
    -------
    list of Counter
        For each text, by the authorities that go or went by a name: mostly one, two where a new
        authority bears the name of an old one.

    Examples
    --------
    >>> (found,) = named_in(["Leaders in Leeds work with Bradford. Reading is good in Leeds."])
    >>> {min(who): n for who, n in found.items()}
    {'leeds': 2, 'bradford': 1, 'reading': 1}
    """
    folder = schema.data_dir(data_dir)
    pattern, names = _names_in_print(folder, load.versions(("authorities",), folder))
    return [Counter(frozenset(names[name]) for name in pattern.findall(text)) for text in texts]


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
