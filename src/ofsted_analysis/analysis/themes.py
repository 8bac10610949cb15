"""One theme across the frameworks: which judgement of each inspection stands for it."""

from collections.abc import Sequence
from functools import lru_cache

import pandas as pd

from ofsted_analysis.tables import given, load, schema
from ofsted_analysis.tables.days import Day, as_day
from ofsted_analysis.tables.errors import DataError, words

REASON = pd.CategoricalDtype(
    ["not graded then", "not yet inspected", "judgement not made", "not judged", "not known"],
    ordered=False,
)
"""Why there is no grade.

'not graded then': the first framework that judges the theme had not begun; 'not yet inspected': it
had, but there was no inspection so far that could have judged the theme; 'judgement not made':
that inspection, by its rules, made no such judgement; 'not judged': it should have, and printed
'not judged'; 'not known': it did, but no available source gives the grade.
"""

INSPECTION = [
    "inspection_id", "authority_id", "authority", "region", "ofsted_region", "authority_type",
    "framework_id", "inspection_type", "first_day", "last_day", "date_precision", "published_date",
]  # fmt: skip
"""What `judgements_on` says of each inspection."""
JUDGEMENT = [
    "area_id", "area", "comparability", "grade", "band", "certainty", "source_id", "locator",
]  # fmt: skip
"""What it says of the judgement that stands for the theme."""

BOARD_REVIEW = "safeguarding board review"
"""A review of a safeguarding board alone, no inspection of the authority: read for one theme."""

Themes = str | Sequence[str]


def themes(data: pd.DataFrame | None = None) -> list[str]:
    """The themes under which there is at least one judgement.

    Examples
    --------
    >>> themes()[:4]
    ['overall', 'help_and_protection', 'children_in_care', 'care_leavers']
    """
    there = set(given.judgements(data, ["theme"])["theme"].dropna())
    known = load.load_areas()["theme"].cat.categories
    return [name for name in known if name in there] + sorted(there.difference(known))


def last_made(theme: str) -> pd.Timestamp | None:
    """The last day on which a theme was still judged; None if it still is.

    Examples
    --------
    >>> last_made("overall"), last_made("leadership")
    (Timestamp('2026-03-31 00:00:00'), None)
    """
    return _days_made().get(theme, (None, None))[1]


def first_made(theme: str) -> pd.Timestamp | None:
    """The day from which a theme is judged; None where the frameworks don't say.

    Examples
    --------
    >>> first_made("overall"), first_made("help_and_protection")
    (Timestamp('2013-11-01 00:00:00'), Timestamp('2009-06-01 00:00:00'))
    """
    return _days_made().get(theme, (None, None))[0]


_Made = dict[str, tuple[pd.Timestamp | None, pd.Timestamp | None]]


def _days_made() -> _Made:
    return _first_and_last(load.versions(("judgement_areas", "frameworks"), schema.data_dir()))


@lru_cache(maxsize=4)
def _first_and_last(_: load.Versions) -> _Made:
    areas = load.load_areas().merge(load.load_frameworks(), on="framework_id")
    first = areas["first_used"].fillna(areas["first_inspection"])
    last = areas["last_used"].fillna(areas["last_inspection"])
    found = {}
    for theme, rows in areas.groupby("theme", observed=True).groups.items():
        days = first[rows].min(), last[rows].max(skipna=False)
        began, ended = (None if pd.isna(day) else pd.Timestamp(day) for day in days)
        found[str(theme)] = began, ended
    return found


def themes_of(data: pd.DataFrame) -> list[str]:
    """The themes of rows with framework_id and area_id, from the areas in them.

    Examples
    --------
    >>> themes_of(judgements_on("leadership"))
    ['leadership']
    """
    shown = data[["framework_id", "area_id"]].dropna().astype(str).drop_duplicates()
    areas = load.load_areas()[["framework_id", "area_id", "theme"]].astype(str)
    return shown.merge(areas, on=["framework_id", "area_id"])["theme"].unique().tolist()


def known_themes(theme: Themes, data: pd.DataFrame | None = None) -> list[str]:
    """One theme or several as a list, once it is sure that there are such themes.

    Examples
    --------
    >>> known_themes("overall")
    ['overall']
    """
    known = load.load_areas()["theme"].cat.categories.tolist()
    if data is not None:
        own = given.judgements(data, ["theme"])["theme"].cat.categories
        known += [name for name in own if name not in known]
    wanted = words(theme, "theme")
    for name in wanted:
        if name not in known:
            raise DataError(f"There is no theme {name!r}. The themes are: {', '.join(known)}.")
    if not wanted:
        raise DataError(f"theme is empty. The themes are: {', '.join(known)}.")
    return wanted


def judgements_on(theme: Themes = "overall", *, data: pd.DataFrame | None = None) -> pd.DataFrame:
    """Every inspection that could have judged a theme, with the judgement that stands for it.

    Where an inspection judged several areas of a theme, the one most comparable with the other
    frameworks is taken, and of equals the first on the page (so of a child protection inspection
    its overall grade for protection, of the 2009-12 inspections the safeguarding half before the
    looked after half). Judgements of different frameworks stay apart: read ``comparability`` and
    ``framework_id`` before setting one beside another.

    Parameters
    ----------
    theme
        A theme, such as 'overall', 'help_and_protection', 'children_in_care', 'leadership'; or
        several.
    data
        Judgements as from `load_judgements`; the packaged ones by default. Leave inspections out
        as you like, but keep all rows of those that stay: an inspection that made no judgement on
        the theme is known by its other rows.

    Returns
    -------
    DataFrame
        One row per theme and inspection under a framework that has the theme, sorted by theme,
        authority and last day: theme (text), inspection_id, authority_id, authority, region,
        ofsted_region, authority_type, framework_id, inspection_type, first_day, last_day,
        date_precision, published_date, area_id, area, comparability, grade, band, certainty,
        source_id, locator, and reason (categorical; why there is no grade, missing where there
        is one).

    Raises
    ------
    DataError
        There is no such theme, or the judgements lack a column.

    Examples
    --------
    >>> found = judgements_on("help_and_protection").query("authority_id == 'norfolk'")
    >>> found.set_index("framework_id")[["last_day", "grade", "comparability"]].tail(3)
                   last_day                 grade comparability
    framework_id
    sif          2017-11-24  requires improvement        direct
    ilacs        2022-11-18                  good        direct
    ilacs        2026-02-27           outstanding        direct
    """
    wanted = known_themes(theme, data)
    if data is None:
        folder = schema.data_dir()
        packaged = _packaged(tuple(wanted), load.versions(load.JOINED, folder))
        return packaged.copy(deep=False)
    columns = [*INSPECTION, *JUDGEMENT, "theme", "position"]
    return _with_reasons(wanted, given.judgements(data, columns))


@lru_cache(maxsize=64)
def _packaged(wanted: tuple[str, ...], _: load.Versions) -> pd.DataFrame:
    return _with_reasons(wanted, load.load_judgements())


def latest_inadequate(
    authority_id: str,
    date: Day | None = None,
    published_by: Day | None = None,
    *,
    data: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """The themes on which the latest known grade of an authority is inadequate, whatever its age.

    No headline on the authority may leave one of them out.

    Parameters
    ----------
    authority_id
        The authority.
    date, published_by
        What ended, or was published, later is left out; by default nothing is.
    data
        Judgements as from `load_judgements`; the packaged ones by default.

    Returns
    -------
    DataFrame
        One row per theme, newest first: the columns of `judgements_on`.

    Examples
    --------
    >>> found = latest_inadequate("devon", "2026-03-31")
    >>> found[["theme", "last_day"]].iloc[[0, -1]]
         theme   last_day
    0  overall 2025-01-16
    4     lscb 2015-03-18
    """
    known = judgements_on(themes(data), data=data)
    known = known[(known["authority_id"] == authority_id) & known["grade"].notna()]
    if date is not None:
        known = known[known["last_day"] <= as_day(date, "date")]
    if published_by is not None:
        known = known[~(known["published_date"] > as_day(published_by, "published_by"))]
    latest = known.drop_duplicates("theme", keep="last")
    bad = latest[latest["grade"] == "inadequate"]
    return bad.sort_values("last_day", ascending=False, kind="stable", ignore_index=True)


def standing(wanted: Sequence[str], frame: pd.DataFrame) -> pd.DataFrame:
    """For each theme, the inspections that could have judged it, with the judgement that stands.

    Parameters
    ----------
    wanted
        Themes.
    frame
        Judgements with the columns that decide (inspection_id, authority_id, framework_id,
        last_day, published_date, theme, comparability, position) and any others that are wanted.

    Returns
    -------
    DataFrame
        theme and the columns of the frame but position, sorted by authority and last day.
        What belongs to the judgement is missing where the inspection made none on the theme.

    Examples
    --------
    >>> found = standing(["overall"], load.load_judgements())
    >>> found.loc[found["inspection_id"] == "brent-ilacs-2026-05", "grade"].tolist()
    [nan]
    """
    of_inspection = [column for column in INSPECTION if column in frame]
    of_judgement = [column for column in JUDGEMENT if column in frame]
    frame = frame.assign(theme=frame["theme"].astype("str"))
    pairs = pd.concat([_pairs(), frame[["framework_id", "theme"]]]).drop_duplicates()
    judged = frame[frame["theme"].isin(wanted)]
    best = judged.sort_values(
        ["comparability", "position"], ascending=[False, True], kind="stable"
    ).drop_duplicates(["inspection_id", "theme"])
    days = ["authority_id", "last_day", "published_date", "inspection_id"]
    found = (
        frame.drop_duplicates("inspection_id")[of_inspection]
        .sort_values(days, kind="stable")
        .merge(pairs[pairs["theme"].isin(wanted)], on="framework_id")
        .merge(best[["inspection_id", "theme", *of_judgement]], on=["inspection_id", "theme"],
               how="left")
    )  # fmt: skip
    if "inspection_type" in found:
        found = found[(found["inspection_type"] != BOARD_REVIEW) | found["area_id"].notna()]
    return found[["theme", *of_inspection, *of_judgement]]


def _pairs() -> pd.DataFrame:
    """The themes of each framework, in text."""
    areas = load.load_areas()
    return areas[["framework_id"]].assign(theme=areas["theme"].astype("str"))


def _with_reasons(wanted: Sequence[str], frame: pd.DataFrame) -> pd.DataFrame:
    """What stands for each theme, in order, and why there is no grade where there is none."""
    found = standing(wanted, frame)
    order = pd.CategoricalDtype(list(wanted), ordered=True)
    found = found.sort_values(
        "theme", key=lambda names: names.astype(order), kind="stable", ignore_index=True
    )
    read = frame.loc[frame["certainty"] == "report", "inspection_id"]  # the report itself was
    areas = load.load_areas()[["framework_id", "theme", "first_used", "last_used"]]
    began = found["first_day"].fillna(found["last_day"])
    uses = (
        found[["framework_id", "theme"]]
        .assign(began=began, row=found.index)
        .merge(areas.astype({"theme": "str"}), on=["framework_id", "theme"], how="left")
    )
    # of a framework that the tables lack it is not known what it judged, and when
    uses["in_use"] = ~(uses["first_used"] > uses["began"]) & ~(uses["last_used"] < uses["began"])
    in_use = uses.groupby("row")["in_use"].any().reindex(found.index)
    judged, graded = found["area_id"].notna(), found["grade"].notna()
    reason = pd.Series("not known", index=found.index)
    reason = reason.mask(~in_use | found["inspection_id"].isin(read), "judgement not made")
    reason = reason.mask(judged, "not judged").mask(graded)
    return found.assign(reason=reason.astype(REASON))
