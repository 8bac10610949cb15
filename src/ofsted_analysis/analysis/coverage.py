"""How much of the record is known: by framework, theme, certainty and region."""

from typing import Any

import pandas as pd

from ofsted_analysis.analysis.themes import BOARD_REVIEW
from ofsted_analysis.tables.load import (
    load_authorities,
    load_frameworks,
    load_inspections,
    load_judgements,
)


def coverage(
    *, data: pd.DataFrame | None = None, authorities: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Of how many authorities a judgement is known, by framework and theme.

    Parameters
    ----------
    data, authorities
        Tables as from the loaders; the packaged ones by default.

    Returns
    -------
    DataFrame
        One row per framework and theme, in order of time: framework_id, theme, known
        (authorities with at least one grade), existed (authorities that existed while the
        framework was in use), and of the known how many rest at best on 'report', 'restated',
        'stated' and 'implied'.

    Examples
    --------
    >>> sif = coverage().query("framework_id == 'sif' and theme == 'overall'").iloc[0]
    >>> bool(sif["known"] <= sif["existed"])
    True
    """
    frame = load_judgements() if data is None else data
    everyone = load_authorities() if authorities is None else authorities
    frameworks = load_frameworks().sort_values("first_inspection")
    graded = frame[frame["grade"].notna()]
    best = (
        graded.groupby(["framework_id", "theme", "authority_id"], observed=True)["certainty"]
        .max()
        .reset_index()
    )
    counts = pd.crosstab([best["framework_id"], best["theme"]], best["certainty"]).reindex(
        columns=frame["certainty"].cat.categories[::-1], fill_value=0
    )
    rows = []
    framework: Any
    for framework in frameworks.itertuples():
        ended = everyone["closed"] < framework.first_inspection
        unborn = everyone["opened"] > framework.last_inspection
        for theme in frame["theme"].cat.categories:
            if (framework.framework_id, theme) in counts.index:
                own = counts.loc[(framework.framework_id, theme)].astype(int)
                rows.append(
                    {
                        "framework_id": framework.framework_id,
                        "theme": theme,
                        "known": int(own.sum()),
                        "existed": int((~ended & ~unborn).sum()),
                        **own.to_dict(),
                    }
                )
    return pd.DataFrame(rows)


def coverage_by_region(
    *,
    by: str = "region",
    data: pd.DataFrame | None = None,
    authorities: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Of how many authorities a judgement is known, by framework, theme and region.

    Parameters
    ----------
    by
        'region' or 'ofsted_region'.
    data, authorities
        Tables as from the loaders; the packaged ones by default.

    Returns
    -------
    DataFrame
        One row per framework, theme and region: framework_id, theme, region, known, existed.

    Examples
    --------
    >>> list(coverage_by_region().columns)
    ['framework_id', 'theme', 'region', 'known', 'existed']
    """
    frame = load_judgements() if data is None else data
    everyone = load_authorities() if authorities is None else authorities
    parts = []
    for region, members in everyone.groupby(by, observed=True):
        own = coverage(
            data=frame[frame["authority_id"].isin(members["authority_id"])],
            authorities=members,
        )
        parts.append(own.assign(**{by: region}))
    found = pd.concat(parts, ignore_index=True)
    return found[["framework_id", "theme", by, "known", "existed"]]


def known_before_sif(
    *, data: pd.DataFrame | None = None, authorities: pd.DataFrame | None = None
) -> pd.DataFrame:
    """What is known of each authority before the single inspection framework.

    Returns
    -------
    DataFrame
        One row per authority that existed between April 2009 and October 2013: authority_id,
        authority, region, slac_safeguarding, cp, protection (either), looked_after (True where a
        grade is known).

    Examples
    --------
    >>> before = known_before_sif()
    >>> len(before)
    152
    """
    frame = load_judgements() if data is None else data
    everyone = load_authorities() if authorities is None else authorities
    began = load_frameworks().set_index("framework_id").loc["sif", "first_inspection"]
    there = everyone[~(everyone["opened"] >= began)]
    early = frame[(frame["last_day"] < began) & frame["grade"].notna()]

    def known(framework_id: str, area_id: str) -> pd.Series:
        rows = early[(early["framework_id"] == framework_id) & (early["area_id"] == area_id)]
        return there["authority_id"].isin(rows["authority_id"])

    found = there[["authority_id", "name", "region"]].rename(columns={"name": "authority"})
    found["slac_safeguarding"] = known("slac", "safeguarding_overall")
    found["cp"] = known("cp", "overall")
    found["protection"] = found["slac_safeguarding"] | found["cp"]
    found["looked_after"] = known("slac", "lac_overall") | known("lac", "overall")
    return found.reset_index(drop=True)


def kinds_known() -> pd.DataFrame:
    """Of how many inspections the kind is known (standard, short, re-inspection).

    Returns
    -------
    DataFrame
        One row per framework of which some are known: framework (text), inspections (int), known
        (int), last_known (date; last day of the latest inspection whose kind is known).

    Examples
    --------
    >>> kinds_known().query("framework == 'ilacs'")[["framework", "known"]]
      framework  known
    0     ilacs    271
    """
    found = load_inspections()
    found = found[found["inspection_type"] != BOARD_REVIEW]
    kind = found["inspection_type"].notna()
    found = found.assign(known=kind, last_known=found["last_day"].where(kind))
    table = found.groupby("framework_id", as_index=False).agg(
        inspections=("inspection_id", "size"),
        known=("known", "sum"),
        last_known=("last_known", "max"),
    )
    table = table.rename(columns={"framework_id": "framework"}).query("known > 0")
    return table.assign(last_known=table["last_known"].dt.date).reset_index(drop=True)
