"""Shares with their intervals; an authority beside its peers; everything known of one authority."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from ofsted_analysis.analysis.change import checked_level
from ofsted_analysis.analysis.outcomes import Latest, as_at, day_in_record
from ofsted_analysis.analysis.themes import known_themes, last_made, themes, themes_of
from ofsted_analysis.tables import given
from ofsted_analysis.tables.authorities import existing, find_authority
from ofsted_analysis.tables.days import Day
from ofsted_analysis.tables.errors import DataError, shown, words
from ofsted_analysis.tables.grades import BAND, BANDS, known_bands
from ofsted_analysis.tables.load import (
    load_areas,
    load_authorities,
    load_inspections,
    load_judgements,
    load_sources,
    load_table,
)

PEERS = ("statistical neighbours", "region", "ofsted region", "type", "England")
"""The groups that an authority can be compared with by name."""

Groups = str | Sequence[str] | Mapping[str, Sequence[str]]


def wilson(count: Any, total: Any, *, level: float = 0.95) -> tuple[np.ndarray, np.ndarray]:
    """Wilson score interval of a share.

    Parameters
    ----------
    count, total
        Whole numbers or arrays of them.
    level
        Confidence level.

    Returns
    -------
    (array, array)
        Lower and upper bound, 0 to 1; missing where the total is 0.

    Notes
    -----
    E. B. Wilson, 'Probable inference, the law of succession, and statistical inference', Journal
    of the American Statistical Association 22 (1927), as computed by statsmodels.

    Examples
    --------
    >>> low, high = wilson(4, 11)
    >>> round(float(low), 3), round(float(high), 3)
    (0.152, 0.646)
    """
    from statsmodels.stats.proportion import proportion_confint

    checked_level(level)
    count, total = np.asarray(count, dtype=float), np.asarray(total, dtype=float)
    some = np.where(total > 0, total, 1)
    low, high = proportion_confint(np.minimum(count, some), some, alpha=1 - level, method="wilson")
    return np.where(total > 0, low, np.nan), np.where(total > 0, high, np.nan)


def grade_share(
    data: pd.DataFrame,
    by: str | Sequence[str] | None = None,
    *,
    bands: str | Sequence[str] = ("good", "outstanding"),
    level: float = 0.95,
) -> pd.DataFrame:
    """The share of rows in some bands, by group, with a Wilson interval.

    Parameters
    ----------
    data
        Rows with a column 'band', such as a snapshot from `as_at`.
    by
        One column or several to group by; by default all rows are one group.
    bands
        The bands to count.
    level
        Confidence level.

    Returns
    -------
    DataFrame
        One row per group, in order of the group: the columns of ``by``, n (rows in the bands),
        graded (rows with a grade: the denominator), not_graded, share (n / graded, 0 to 1), low,
        high (95% Wilson interval unless ``level`` says otherwise). All authorities on a date are
        a census, not a sample: there the interval shows how little a small group can say.

    Raises
    ------
    DataError
        A column or band that does not exist.

    Examples
    --------
    >>> grade_share(as_at("2026-03-31"), "region").round(2).head(3)
                region   n  graded  not_graded  share   low  high
    0    East Midlands   6      10           0   0.60  0.31  0.83
    1  East of England   7      11           0   0.64  0.35  0.85
    2           London  30      33           0   0.91  0.76  0.97
    """
    columns = [] if by is None else words(by, "by")
    if not isinstance(data, pd.DataFrame) or not data.columns.is_unique:
        raise DataError("data must be a DataFrame with one column 'band', such as from as_at().")
    for column in [*columns, "band"]:
        if column not in data:
            known = ", ".join(map(str, data))[:200]
            raise DataError(f"There is no column {column!r}; there are: {known}.")
    wanted = known_bands(bands)
    known_bands(data["band"].dropna().unique().tolist())
    checked_level(level)
    check_shares(data)
    flags = data[columns].assign(
        n=data["band"].isin(wanted), graded=data["band"].notna(), rows=True
    )
    counts = ["n", "graded", "rows"]
    if columns:
        found = flags.groupby(columns, observed=True, sort=True)[counts].sum().reset_index()
    else:
        found = flags[counts].sum().to_frame().T
    found = found.astype(dict.fromkeys(counts, "int64"))
    found["not_graded"] = found["rows"] - found["graded"]
    found = found.drop(columns="rows")
    found["share"] = found["n"] / found["graded"].where(found["graded"] > 0)
    found["low"], found["high"] = wilson(found["n"], found["graded"], level=level)
    return found


def check_shares(data: pd.DataFrame) -> None:
    """Refuse a snapshot of which no share may be given; other rows are not its concern.

    Once a judgement is no longer made, whoever is inspected drops out of those with a grade, so
    that a share of them drifts without any new grade.

    Raises
    ------
    DataError
        The snapshot is of a day after the last on which its theme was judged, and an inspection
        since then has no grade for it.

    Examples
    --------
    >>> check_shares(as_at("2026-03-31"))
    """
    needed = {"framework_id", "area_id", "last_day", "days_since", "band"}
    if not needed <= set(data) or data["last_day"].isna().all():
        return
    for theme in themes_of(data):
        ended = last_made(theme)
        gone = 0 if ended is None else int((data["band"].isna() & (data["last_day"] > ended)).sum())
        if ended is not None and gone:
            runs_on = [name for name in load_areas()["theme"].unique() if last_made(name) is None]
            raise DataError(
                f"{theme!r} was last judged on {ended.date()}: after that day {gone} "
                "authorities were inspected without such a grade, so a share of the others would "
                f'mislead. Take {ended.date()} or an earlier date, latest="graded", or a theme '
                f"that runs on: {', '.join(sorted(map(str, runs_on)))}."
            )


def random_allocation_test(
    data: pd.DataFrame,
    by: str | Sequence[str],
    *,
    bands: str | Sequence[str] = ("good", "outstanding"),
    level: float = 0.95,
) -> pd.DataFrame:
    """Whether groups differ by more than chance: all of them together, then each by itself.

    Keeps the grades that there are and asks what would come out if they were allocated at random
    among the rows that have one. The test of all groups together comes first; a single group may
    only be named where that one and its own, corrected for the number of groups, both say so.

    Parameters
    ----------
    data, by, bands
        As for `grade_share`; ``by`` is needed.
    level
        Share of random allocations in which a group's number lies between ``least`` and ``most``,
        at least; a group stands out where the corrected p-value is below 1 - level.

    Returns
    -------
    DataFrame
        One row per group: the columns of ``by``, n (rows in the bands), graded (rows with a
        grade), expected (mean of n under random allocation), least and most (its central range),
        p_value (two-sided exact test of the group against all others), adjusted_p_value (after
        Holm), p_value_all (of the test of all groups together, the same in every row), stands_out
        (the group differs, and so do all together). Groups without a grade are left out.

    Raises
    ------
    DataError
        A column or band that does not exist, or no row with a grade.

    Notes
    -----
    All groups together: chi-square of groups by bands, its p-value from 9,999 random allocations
    (of the multivariate hypergeometric distribution, with a fixed seed). Single groups: R. A.
    Fisher's exact test, corrected after S. Holm, 'A simple sequentially rejective multiple test
    procedure', Scandinavian Journal of Statistics 6 (1979). The range is that of the hypergeometric
    distribution. All authorities on a date are a census: the p-value asks whether the grades could
    as well have gone to others.

    Examples
    --------
    >>> found = random_allocation_test(as_at("2026-03-31"), "region").set_index("region")
    >>> found.loc[["London", "North West"], ["n", "graded", "least", "most", "adjusted_p_value"]]
                 n  graded  least  most  adjusted_p_value
    region
    London      30      33     19    28          0.068615
    North West  12      24     13    21          0.093262
    """
    from scipy.stats import fisher_exact, hypergeom
    from statsmodels.stats.multitest import multipletests

    found = grade_share(data, by, bands=bands, level=level)
    found = found[found["graded"] > 0].drop(columns=["not_graded", "share", "low", "high"])
    if found.empty:
        raise DataError("No row has a grade: there is nothing to allocate.")
    found = found.reset_index(drop=True)
    n, graded = found["n"], found["graded"]
    inside, total = int(n.sum()), int(graded.sum())
    spread = hypergeom(total, inside, graded)
    found["expected"] = graded * inside / total
    found["least"] = spread.ppf((1 - level) / 2).astype(int)
    found["most"] = spread.ppf((1 + level) / 2).astype(int)
    found["p_value"] = [
        fisher_exact([[a, size - a], [inside - a, total - inside - size + a]]).pvalue
        for a, size in zip(n, graded, strict=True)
    ]
    found["adjusted_p_value"] = multipletests(found["p_value"], method="holm")[1]
    if len(found) > 1 and 0 < inside < total:
        sizes = graded.sort_values()  # the same draws, however the groups stand
        rng = np.random.default_rng(20260331)
        drawn = rng.multivariate_hypergeometric(sizes, inside, size=9999)
        apart = (drawn - inside * sizes.to_numpy() / total) ** 2 / sizes.to_numpy()
        own = ((n - found["expected"]) ** 2 / graded).sum()
        found["p_value_all"] = (1 + (apart.sum(axis=1) >= own * (1 - 1e-9)).sum()) / 10_000
    else:
        found["p_value_all"] = 1.0
    found["stands_out"] = found[["adjusted_p_value", "p_value_all"]].max(axis=1) < 1 - level
    return found


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
            raise DataError(f"{name} has no statistical neighbours in any model at hand.")
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
        One theme or several; by default every theme on which the authority has a grade.
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
    wanted = themes(data) if theme is None else words(theme, "theme")
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
    """Everything known of one authority's judgements, in order of time and of the page.

    Parameters
    ----------
    authority
        A name, code or authority_id: see `find_authority`.
    data
        Judgements as from `load_judgements`; the packaged ones by default.

    Returns
    -------
    DataFrame
        Its rows of `load_judgements` (of one's own, the columns that are the same), sorted by last
        day, inspection and position on the page; then link: the web address of the source of the
        grade or, where that has none, of what is known of the inspection.

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
    own = frame[frame["authority_id"] == find_authority(authority)]
    own = own.sort_values(["last_day", "inspection_id", "position"], ignore_index=True)
    urls = load_sources().set_index("source_id")["url"]
    inspections = load_inspections().set_index("inspection_id")["source_id"].map(urls)
    link = own["inspection_id"].map(inspections)
    if "source_id" in own:
        link = own["source_id"].map(urls).fillna(link)
    return own.assign(link=link)
