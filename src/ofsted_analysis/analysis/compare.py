"""Shares with their intervals; an authority beside its peers; everything known of one authority."""

from collections.abc import Sequence
from fractions import Fraction
from math import comb
from typing import Any

import numpy as np
import pandas as pd

from ofsted_analysis.analysis.outcomes import (
    Day,
    Latest,
    as_at,
    as_day,
    data_complete_to,
    existed,
)
from ofsted_analysis.analysis.themes import (
    packaged_authorities,
    packaged_judgements,
    themes,
)
from ofsted_analysis.tables.authorities import UnknownAuthorityError, find_authority
from ofsted_analysis.tables.grades import BANDS, known_bands
from ofsted_analysis.tables.load import load_table
from ofsted_analysis.tables.schema import DataError

PEERS = ("statistical neighbours", "region", "ofsted region", "type", "England")
"""The groups that an authority can be compared with by name."""


def wilson(
    count: Any, total: Any, *, level: float = 0.95
) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
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

    if not 0 < level < 1:
        raise DataError(f"level must lie between 0 and 1, such as 0.95, not {level!r}.")
    count, total = np.asarray(count, dtype=float), np.asarray(total, dtype=float)
    some = np.where(total > 0, total, 1)
    low, high = proportion_confint(np.minimum(count, some), some, alpha=1 - level, method="wilson")
    return np.where(total > 0, low, np.nan), np.where(total > 0, high, np.nan)


def grade_share(
    frame: pd.DataFrame,
    by: str | Sequence[str] | None = None,
    *,
    bands: str | Sequence[str] = ("good", "outstanding"),
    level: float = 0.95,
) -> pd.DataFrame:
    """The share of rows in some bands, by group, with a Wilson interval.

    Parameters
    ----------
    frame
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
    >>> regions = grade_share(as_at("2025-03-31"), "region")
    >>> regions.query("region == 'London'")[["n", "graded"]].iloc[0].tolist()
    [29, 33]
    """
    columns = [] if by is None else [by] if isinstance(by, str) else list(by)
    for column in [*columns, "band"]:
        if column not in frame:
            raise DataError(f"There is no column {column!r}; there are: {', '.join(frame)}.")
    wanted = known_bands(bands)
    flags = frame[columns].assign(
        n=frame["band"].isin(wanted), graded=frame["band"].notna(), rows=True
    )
    grouped = flags.groupby(columns, observed=True, sort=True) if columns else flags
    sums = grouped[["n", "graded", "rows"]].sum().astype("int64")
    found = sums.reset_index() if columns else sums.to_frame().T
    found["not_graded"] = found.pop("rows") - found["graded"]
    found["share"] = found["n"] / found["graded"].where(found["graded"] > 0)
    found["low"], found["high"] = wilson(found["n"], found["graded"], level=level)
    return found


def by_lot(
    frame: pd.DataFrame,
    by: str | Sequence[str],
    *,
    bands: str | Sequence[str] = ("good", "outstanding"),
    level: float = 0.95,
) -> pd.DataFrame:
    """How many rows of each group would be in some bands if the grades were dealt out by lot.

    A thought experiment for small groups: keep the grades that there are, shuffle them among all
    rows that have one, and count again. What a group's number would then be follows the
    hypergeometric distribution exactly, so nothing random is drawn.

    Parameters
    ----------
    frame, by, bands
        As for `grade_share`; ``by`` is needed.
    level
        Share of all shuffles in which the number lies between ``least`` and ``most``, at least.

    Returns
    -------
    DataFrame
        One row per group: the columns of ``by``, n (rows in the bands), graded (rows with a
        grade), expected (mean of n over all shuffles), least and most (its central range), chance
        (share of shuffles that give a number no likelier than n: the two-sided exact test of the
        group against all others), stands_out (n is outside the range). Of many groups a few stand
        out by lot alone.

    Raises
    ------
    DataError
        A column or band that does not exist.

    Examples
    --------
    >>> dealt = by_lot(as_at("2026-03-31"), "region").set_index("region")
    >>> dealt.loc["East Midlands", ["n", "graded", "least", "most"]].tolist()
    [6, 10, 4, 10]
    """
    found = grade_share(frame, by, bands=bands, level=level)
    found = found.drop(columns=["not_graded", "share", "low", "high"])
    total, marked = int(found["graded"].sum()), int(found["n"].sum())
    rows = []
    for n, size in found[["n", "graded"]].to_numpy().tolist():
        ways = [
            comb(size, k) * comb(total - size, marked - k) for k in range(min(size, marked) + 1)
        ]
        odds = np.array([way / comb(total, marked) for way in ways])
        tail = (1 - level) / 2 + 1e-12
        rows.append(
            {
                "expected": size * marked / total if total else np.nan,
                "least": int((odds.cumsum() <= tail).sum()),
                "most": len(odds) - 1 - int((odds[::-1].cumsum() <= tail).sum()),
                "chance": min(1.0, float(odds[odds <= odds[n] * (1 + 1e-9)].sum())),
            }
        )
    added = pd.DataFrame(rows, columns=["expected", "least", "most", "chance"], index=found.index)
    found = found.join(added)
    found["stands_out"] = (found["n"] < found["least"]) | (found["n"] > found["most"])
    return found


def gap_by_lot(
    frame: pd.DataFrame,
    by: str | Sequence[str],
    *,
    bands: str | Sequence[str] = ("good", "outstanding"),
) -> pd.Series:
    """The gap between the group with the highest and that with the lowest share, and by lot.

    How often a gap as wide or wider would come up if the grades were dealt out by lot among all
    rows that have one: counted over all ways to deal them, not drawn at random. Groups without a
    grade are left out.

    Parameters
    ----------
    frame, by, bands
        As for `grade_share`; ``by`` is needed.

    Returns
    -------
    Series
        groups (with a grade), lowest and highest (shares, 0 to 1), gap (their difference),
        chance (share of all ways to deal the grades that give this gap or a wider one).

    Raises
    ------
    DataError
        A column or band that does not exist, or no row with a grade.

    Examples
    --------
    >>> gap = gap_by_lot(as_at("2026-03-31"), "region")
    >>> round(float(gap["gap"]), 2), round(float(gap["chance"]), 3)
    (0.43, 0.181)
    """
    found = grade_share(frame, by, bands=bands)
    found = found[found["graded"] > 0]
    if found.empty:
        raise DataError("No row has a grade: there is no gap.")
    sizes, total = found["graded"].tolist(), int(found["n"].sum())
    shares = [Fraction(n, size) for n, size in zip(found["n"].tolist(), sizes, strict=True)]
    gap = max(shares) - min(shares)

    def ways(least: Fraction, above: bool) -> int:
        """How many deals put every share from least (or above it) to within the gap of it."""
        counts = [1]
        for size in sizes:
            own = [
                comb(size, k)
                if (Fraction(k, size) > least or (Fraction(k, size) == least and not above))
                and Fraction(k, size) - least < gap
                else 0
                for k in range(size + 1)
            ]
            counts = _product(counts, own, total)
        return counts[total] if total < len(counts) else 0

    lowest = {Fraction(k, size) for size in sizes for k in range(size + 1)}
    narrower = sum(ways(least, False) - ways(least, True) for least in lowest)
    return pd.Series(
        {
            "groups": len(sizes),
            "lowest": float(min(shares)),
            "highest": float(max(shares)),
            "gap": float(gap),
            "chance": float(1 - Fraction(narrower, comb(sum(sizes), total))),
        }
    )


def _product(a: list[int], b: list[int], limit: int) -> list[int]:
    """The product of two polynomials in whole numbers, up to a power."""
    product = [0] * min(len(a) + len(b) - 1, limit + 1)
    for i, x in enumerate(a):
        for j, y in enumerate(b[: len(product) - i] if x else ()):
            product[i + j] += x * y
    return product


def authority_on(text: str, day: pd.Timestamp) -> str:
    """The authority_id of an authority that existed on a day.

    Examples
    --------
    >>> authority_on("Cumbria", pd.Timestamp("2020-01-01"))
    'cumbria'
    """
    try:
        found = find_authority(text, on=day.date())
    except UnknownAuthorityError:
        found = find_authority(text)  # one of another time, or none at all
    everyone = packaged_authorities().set_index("authority_id")
    if found not in existed(everyone, day).index:
        name, opened, closed = everyone.loc[found, ["name", "opened", "closed"]]
        when = f"opened on {opened.date()}" if opened > day else f"closed on {closed.date()}"
        raise DataError(
            f"{name} did not exist on {day.date()}: it {when}. Give a date on which it did."
        )
    return found


def peers(
    authority: str,
    to: str | Sequence[str] = "statistical neighbours",
    *,
    model: int = 2025,
    on: Day | None = None,
) -> list[str]:
    """The authorities that one is compared with, itself not among them.

    Parameters
    ----------
    authority
        A name, code or authority_id: see `find_authority`.
    to
        'statistical neighbours' (closest first), 'region', 'ofsted region', 'type', 'England', or
        a list of authorities.
    model
        Year of the statistical neighbour model: 2021 or 2025.
    on
        The peers that existed on this day; by default the end of the record.

    Returns
    -------
    list of str
        Their authority_ids.

    Raises
    ------
    DataError
        A group or model that does not exist, or none for this authority; or an authority that
        did not exist on the day.
    UnknownAuthorityError
        No authority goes by one of the names.

    Examples
    --------
    >>> len(peers("St Helens"))
    10
    """
    day = data_complete_to() if on is None else as_day(on, "on")
    own = authority_on(authority, day)
    everyone = packaged_authorities().set_index("authority_id")
    there = existed(everyone, day)
    if not isinstance(to, str):
        found = [authority_on(name, day) for name in to]
    elif to == "statistical neighbours":
        neighbours = load_table("neighbours")
        if str(model) not in neighbours["model"].cat.categories:
            raise DataError(f"There is no statistical neighbour model of {model}: 2021 or 2025.")
        rows = neighbours[(neighbours["model"] == str(model)) & (neighbours["authority_id"] == own)]
        if rows.empty:
            raise DataError(
                f"{everyone.loc[own, 'name']} has no statistical neighbours in the {model} model."
            )
        found = rows.sort_values("rank")["neighbour_id"].astype(str).tolist()
    elif to == "England":
        found = there.index.tolist()
    elif to in PEERS:
        column = {"region": "region", "ofsted region": "ofsted_region", "type": "authority_type"}[
            to
        ]
        found = there.index[there[column] == everyone.loc[own, column]].tolist()
    else:
        raise DataError(f"There is no group {to!r} to compare with: {', '.join(PEERS)}, or a list.")
    return [name for name in dict.fromkeys(found) if name != own and name in there.index]


def compare(
    authority: str,
    to: str | Sequence[str] = "statistical neighbours",
    *,
    theme: str | Sequence[str] | None = None,
    date: Day | None = None,
    model: int = 2025,
    published_by: Day | None = None,
    latest: Latest = "inspection",
    judgements: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """An authority beside its peers on each theme, now or as at any date.

    Parameters
    ----------
    authority
        A name, code or authority_id: see `find_authority`.
    to
        Whom to compare with: see `peers`.
    theme
        One theme or several; by default every theme on which the authority has a grade.
    date, published_by, latest
        As in `as_at`.
    model
        Year of the statistical neighbour model.
    judgements
        Judgements as from `load_judgements`; the packaged ones by default.

    Returns
    -------
    DataFrame
        One row per theme: theme, authority_id, grade, band, reason, framework_id, last_day (of
        the authority), then of its peers: peers (how many), graded, one column for each band
        (inadequate, third, good, outstanding: how many), better, same, worse (how many peers
        stand above, level with and below the authority; missing where it has no grade), frameworks
        (those on which the peers' grades rest, joined by '|').

    Raises
    ------
    DataError
        As for `peers` and `as_at`.
    UnknownAuthorityError
        No authority goes by one of the names.

    Examples
    --------
    >>> beside = compare("Norfolk", date="2025-03-31", theme="overall")
    >>> beside["grade"].item(), beside["peers"].item()
    ('good', 10)
    """
    day = data_complete_to() if date is None else as_day(date, "date")
    own = authority_on(authority, day)
    others = peers(own, to, model=model, on=day)
    wanted = themes(judgements) if theme is None else [theme] if isinstance(theme, str) else theme
    rows = []
    for name in wanted:
        snapshot = as_at(
            day, name, published_by=published_by, latest=latest, judgements=judgements
        ).set_index("authority_id")
        me, them = snapshot.loc[own], snapshot.loc[others]
        if theme is None and pd.isna(me["grade"]):
            continue
        graded = them[them["band"].notna()]
        at = BANDS.index(me["band"]) if pd.notna(me["band"]) else None
        step = graded["band"].cat.codes
        rows.append(
            {
                "theme": name,
                "authority_id": own,
                **{c: me[c] for c in ("grade", "band", "reason", "framework_id", "last_day")},
                "peers": len(them),
                "graded": len(graded),
                **{band: int((graded["band"] == band).sum()) for band in BANDS},
                "better": pd.NA if at is None else int((step > at).sum()),
                "same": pd.NA if at is None else int((step == at).sum()),
                "worse": pd.NA if at is None else int((step < at).sum()),
                "frameworks": "|".join(sorted(graded["framework_id"].astype(str).unique())),
            }
        )
    columns = [
        "theme", "authority_id", "grade", "band", "reason", "framework_id", "last_day", "peers",
        "graded", *BANDS, "better", "same", "worse", "frameworks",
    ]  # fmt: skip
    found = pd.DataFrame(rows, columns=columns)
    counts = ["better", "same", "worse"]
    return found.astype({**dict.fromkeys(counts, "Int64"), "last_day": "datetime64[s]"})


def history(authority: str, *, judgements: pd.DataFrame | None = None) -> pd.DataFrame:
    """Everything known of one authority's judgements, in order of time and of the page.

    Parameters
    ----------
    authority
        A name, code or authority_id: see `find_authority`.
    judgements
        Judgements as from `load_judgements`; the packaged ones by default.

    Returns
    -------
    DataFrame
        Its rows of `load_judgements`, sorted by last day, inspection and position on the page.

    Examples
    --------
    >>> history("Hull").iloc[-1][["framework_id", "area_id"]].tolist()
    ['ilacs', 'overall']
    """
    frame = packaged_judgements() if judgements is None else judgements
    own = frame[frame["authority_id"] == find_authority(authority)]
    return own.sort_values(["last_day", "inspection_id", "position"], ignore_index=True)
