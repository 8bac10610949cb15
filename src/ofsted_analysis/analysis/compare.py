"""An authority beside its peers, and everything known of one authority."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from ofsted_analysis.analysis.outcomes import Latest, as_at, day_in_record
from ofsted_analysis.analysis.themes import known_themes, last_made, themes
from ofsted_analysis.tables import given
from ofsted_analysis.tables.authorities import existing, find_authority
from ofsted_analysis.tables.days import Day
from ofsted_analysis.tables.errors import DataError, shown, words
from ofsted_analysis.tables.grades import BAND, BANDS
from ofsted_analysis.tables.load import (
    load_authorities,
    load_inspections,
    load_judgements,
    load_sources,
    load_table,
    load_visits,
)

PEERS = ("statistical neighbours", "region", "ofsted region", "type", "England")
"""The groups that an authority can be compared with by name."""

Groups = str | Sequence[str] | Mapping[str, Sequence[str]]


def neighbour_model(authority_id: str, date: pd.Timestamp) -> str | None:
    """The latest statistical neighbour model with neighbours of an authority that existed on a day.

    Examples
    --------
    >>> neighbour_model("norfolk", pd.Timestamp("2026-03-31"))
    '2025'
    >>> neighbour_model("cumbria", pd.Timestamp("2016-06-30"))
    '2021'
    """
    rows = load_table("neighbours")
    there = existing(load_authorities(), date)["authority_id"]
    own = rows[(rows["authority_id"] == authority_id) & rows["neighbour_id"].isin(there)]
    return None if own.empty else str(own["model"].astype("str").max())


def peers(
    authority: str,
    group: str | Sequence[str] = "statistical neighbours",
    *,
    model: int | str | None = None,
    date: Day | None = None,
) -> list[str]:
    """The authorities that one is compared with, itself not among them.

    Parameters
    ----------
    authority
        A name, code or authority_id: see `find_authority`.
    group
        'statistical neighbours' (closest first), 'region', 'ofsted region', 'type', 'England', or
        a list of authorities.
    model
        Year of the statistical neighbour model; by default the latest that has the authority.
    date
        The peers that existed on this day; by default the end of the record.

    Returns
    -------
    list of str
        Their authority_ids.

    Raises
    ------
    DataError
        A group or model that does not exist, or none for this authority.
    UnknownAuthorityError
        No authority goes by one of the names, or it did not exist on the day.

    Examples
    --------
    >>> peers("St Helens")[:3]
    ['halton', 'sefton', 'knowsley']
    """
    day = day_in_record(date)
    own = find_authority(authority, date=day)
    there = existing(load_authorities(), day).set_index("authority_id")
    columns = {"region": "region", "ofsted region": "ofsted_region", "type": "authority_type"}
    if not isinstance(group, str):
        found = [find_authority(name, date=day) for name in words(group, "group")]
    elif group == "statistical neighbours":
        found = _neighbours(own, model, day)
    elif group == "England":
        found = there.index.tolist()
    elif group in columns:
        column = there[columns[group]]
        found = there.index[column == column[own]].tolist()
    else:
        raise DataError(f"There is no group {group!r}: {', '.join(PEERS)}, or a list.")
    return [name for name in dict.fromkeys(found) if name != own and name in there.index]


def _neighbours(own: str, model: int | str | None, day: pd.Timestamp) -> list[str]:
    neighbours = load_table("neighbours")
    models = neighbours["model"].cat.categories.tolist()
    name = str(load_authorities().set_index("authority_id").loc[own, "name"])
    if model is None:
        model = neighbour_model(own, day)
        if model is None:
            raise DataError(f"{name} has no statistical neighbours in any available model.")
    elif str(model) not in models:
        raise DataError(
            f"There is no statistical neighbour model of {shown(model)}: {' or '.join(models)}."
        )
    rows = neighbours[(neighbours["model"] == str(model)) & (neighbours["authority_id"] == own)]
    if rows.empty:
        raise DataError(f"{name} has no statistical neighbours in the {model} model.")
    return rows.sort_values("rank")["neighbour_id"].tolist()


_CLOSE = 5
"""How many of ten statistical neighbours may be 'not close' in a comparison with them."""


def check_close(authority_id: str, model: int | str | None) -> None:
    """Refuse a comparison with statistical neighbours that are mostly unlike the authority.

    Raises
    ------
    DataError
        More than five of its neighbours are 'not close' in the model.

    Examples
    --------
    >>> check_close("norfolk", 2025)
    """
    table = load_table("neighbours")
    rows = table[(table["authority_id"] == authority_id) & (table["model"] == str(model))]
    far = int((rows["closeness"] == "not close").sum())
    if far > _CLOSE:
        name = str(load_authorities().set_index("authority_id").loc[authority_id, "name"])
        raise DataError(
            f"{far} of the {len(rows)} statistical neighbours of {name} are 'not close' in the "
            f"model of {model}: it has no such peers to be compared with. Choose another group."
        )


def compare(
    authority: str,
    groups: Groups = "statistical neighbours",
    *,
    theme: str | Sequence[str] | None = None,
    date: Day | None = None,
    model: int | str | None = None,
    published_by: Day | None = None,
    latest: Latest = "inspection",
    data: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """An authority beside groups of others on each theme, now or as at any date.

    Parameters
    ----------
    authority
        A name, code or authority_id: see `find_authority`.
    groups
        Whom to compare with: the name of a group as for `peers`, several of them, or groups of
        your own as a dict, such as ``{"our partners": ["Essex", "Suffolk"]}``.
    theme
        One theme or several; by default every theme that was still judged on the date and on which
        the authority has a grade.
    date, published_by, latest
        As in `as_at`.
    model
        Year of the statistical neighbour model; by default the latest that has the authority.
    data
        Judgements as from `load_judgements`; the packaged ones by default.

    Returns
    -------
    DataFrame
        One row per theme and group: theme, group, model (of statistical neighbours; missing
        otherwise), authority_id, grade, band, reason, framework_id, last_day (of the authority),
        then of its peers: peers (how many), graded, one column for each band (inadequate, third,
        good, outstanding: how many), better, same, worse (how many peers are graded above, level
        with and below the authority; missing where it has no grade), frameworks (those on which
        the peers' grades rest, joined by '|'). The authority is not among its peers.

    Raises
    ------
    DataError
        As for `peers` and `as_at`; or most of its statistical neighbours are not close to the
        authority, so that it can't be compared with them.
    UnknownAuthorityError
        No authority goes by one of the names, or it did not exist on the day.

    Examples
    --------
    >>> found = compare("Norfolk", ["statistical neighbours", "region"], theme="overall",
    ...                 date="2025-03-31")
    >>> found[["group", "grade", "peers", "better", "same", "worse"]]
                        group grade  peers  better  same  worse
    0  statistical neighbours  good     10       3     5      2
    1                  region  good     10       3     3      4
    """
    day = day_in_record(date, data=data)
    own = find_authority(authority, date=day)
    year = neighbour_model(own, day) if model is None else str(model)
    named: Mapping[str, Sequence[str]] = groups if isinstance(groups, Mapping) else {}
    members = {}
    for group in words(groups, "groups"):
        on = min(day, day_in_record(None))
        members[group] = peers(own, named.get(group, group), model=year, date=on)
        if group == "statistical neighbours" and group not in named:
            check_close(own, year)
    ended = {name: last_made(name) for name in themes(data)}
    still = [name for name, last in ended.items() if last is None or day <= last]
    wanted = still if theme is None else words(theme, "theme")
    rows = []
    for about in known_themes(wanted, data) if wanted else ():
        snapshot = as_at(day, about, published_by, latest=latest, data=data)
        snapshot = snapshot.set_index("authority_id")
        me = snapshot.loc[own]
        if theme is None and pd.isna(me["grade"]):
            continue
        for group, others in members.items():
            them = snapshot.loc[others]
            rows.append(
                {
                    "theme": about,
                    "group": group,
                    "model": year if group == "statistical neighbours" else None,
                    "authority_id": own,
                    **{column: me[column] for column in _OWN},
                    "peers": len(them),
                    **_beside(me["band"], them),
                }
            )
    columns = [
        "theme", "group", "model", "authority_id", "grade", "band", "reason", "framework_id",
        "last_day", "peers", "graded", *BANDS, "better", "same", "worse", "frameworks",
    ]  # fmt: skip
    found = pd.DataFrame(rows, columns=columns).astype({"last_day": "datetime64[s]", "band": BAND})
    return found.astype(dict.fromkeys(["model", "better", "same", "worse"], "Int64"))


_OWN = ("grade", "band", "reason", "framework_id", "last_day")


def _beside(band: Any, them: pd.DataFrame) -> dict[str, Any]:
    """How many peers are graded at each band, and above, level with and below one band."""
    graded = them[them["band"].notna()]
    known = pd.notna(band)
    return {
        "graded": len(graded),
        **{name: int((graded["band"] == name).sum()) for name in BANDS},
        "better": int((graded["band"] > band).sum()) if known else pd.NA,
        "same": int((graded["band"] == band).sum()) if known else pd.NA,
        "worse": int((graded["band"] < band).sum()) if known else pd.NA,
        "frameworks": "|".join(sorted(graded["framework_id"].unique())),
    }


_TO_SORT = ["authority_id", "last_day", "inspection_id", "position"]


def history(authority: str, *, data: pd.DataFrame | None = None) -> pd.DataFrame:
    """Everything known of one authority, in order of time and of the page: judgements and visits.

    Parameters
    ----------
    authority
        A name, code or authority_id: see `find_authority`.
    data
        Judgements as from `load_judgements`; the packaged ones by default. With one's own come no
        visits.

    Returns
    -------
    DataFrame
        Its rows of `load_judgements` (of one's own, the columns that are the same), and a row
        without a grade for each visit in the record (its visit_id is the inspection_id, what was
        looked at the area), sorted by last day, inspection and position on the page; then kind
        ('graded inspection', 'focused visit' or 'joint targeted area inspection'), priority_action
        (of a focused visit: 'yes' or 'no'), and link: the web address of the source of the grade
        or, where that has none, of what is known of the inspection. Visits are not complete: see
        `load_visits`.

    Raises
    ------
    UnknownAuthorityError
        No authority goes by that name.

    Examples
    --------
    >>> for row in history("Devon").iloc[[0, -1]].itertuples():
    ...     print(row.last_day.date(), row.framework_id, row.grade, row.link[:44])
    2009-07-31 slac adequate https://careappointments.com/care-news/engla
    2025-01-16 ilacs inadequate https://files.ofsted.gov.uk/v1/file/50276862
    """
    columns = list(load_judgements().columns)
    if isinstance(data, pd.DataFrame):
        columns = [c for c in columns if c in data or c in _TO_SORT]
    frame = given.judgements(data, columns)
    own_id = find_authority(authority)
    own = frame[frame["authority_id"] == own_id]
    own = own.sort_values(["last_day", "inspection_id", "position"], ignore_index=True)
    urls = load_sources().set_index("source_id")["url"]
    inspections = load_inspections().set_index("inspection_id")["source_id"].map(urls)
    link = own["inspection_id"].map(inspections)
    if "source_id" in own:
        link = own["source_id"].map(urls).fillna(link)
    own = own.assign(link=link)
    if data is not None:
        return own
    visits = load_visits().rename(columns={"visit_id": "inspection_id", "theme": "area"})
    visits = visits[visits["authority_id"] == own_id].assign(position=0)
    visits = visits.astype({"kind": "str", "priority_action": "str"})
    both = pd.concat([own.assign(kind="graded inspection"), visits[[*_OF_VISITS, "link"]]])
    both = both.astype({name: own[name].dtype for name in own})
    both = both[[*own.columns.drop("link"), "kind", "priority_action", "link"]]
    return both.sort_values(["last_day", "inspection_id", "position"], ignore_index=True)


_OF_VISITS = [
    "inspection_id", "authority_id", "authority", "region", "ofsted_region", "authority_type",
    "first_day", "last_day", "date_precision", "published_date", "area", "position", "source_id",
    "locator", "kind", "priority_action",
]  # fmt: skip
"""What a history has of visits."""
