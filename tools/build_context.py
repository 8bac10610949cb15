"""Build data/context.csv from the open files of the Department for Education and others.

    OFSTED_CONTEXT=folder python tools/build_context.py

The folder holds the files named in FILES, as they were published. What is written, and what is
not and why, is printed for each measure; a code that no authority had in the year stops it all.
"""

import os
import sys
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from ofsted_analysis.analysis.context import SHARED
from ofsted_analysis.curation.add import write_rows
from ofsted_analysis.tables import schema
from ofsted_analysis.tables.load import load_authorities, load_table

FILES = {
    "dfe-looked-after": "dfe_cla_rates_la.csv",
    "dfe-children-in-need": "dfe_referrals_la_2013_2025.csv",
    "dfe-social-workers": "dfe_csww_indicators_la_2017_2025.csv",
    "dfe-interactive-tool": "lait_selected_measures.csv",
    "indices-of-deprivation-2015": "imd2015_upper_tier.csv",
    "indices-of-deprivation-2015-children": "idaci2015_upper_tier.csv",
    "indices-of-deprivation-2019": "imd2019_upper_tier.csv",
}
NO_VALUE = {"", "-", "x", "z", "c", "u"}
"""How the files write that a value is suppressed, not available or does not apply."""
LOW = "low"
"""How the files write a value above 0 that rounds to 0: it is kept as 0, with a note."""


@dataclass(frozen=True)
class Column:
    """Where the values of a measure stand in a file."""

    measure: str
    source: str
    column: str
    decimals: int
    where: tuple[str, str] = ("", "")  # of a column, the value of the rows that are meant


MARCH, SEPTEMBER = "-03-31", "-09-30"
_LOOKED_AFTER = ("population_type", "Children looked after on 31 March each year")
DEPARTMENT = [
    Column("children_0_17", "dfe-looked-after", "population_estimate", 0, _LOOKED_AFTER),
    Column("looked_after_rate", "dfe-looked-after", "rate_per_10000", 0, _LOOKED_AFTER),
    Column("rereferral_rate", "dfe-children-in-need", "rereferral_percent", 1),
    Column("agency_rate", "dfe-social-workers", "agency_rate_fte", 1),
    Column("vacancy_rate", "dfe-social-workers", "vacancy_rate_fte", 1),
    Column("turnover_rate", "dfe-social-workers", "turnover_rate_fte", 1),
    Column("caseload", "dfe-social-workers", "caseload_fte", 1),
    Column("absence_rate", "dfe-social-workers", "absence_rate_fte", 1),
]
TOOL = {
    "LAC": ("looked_after_rate", 0),
    "CPP_rate": ("child_protection_rate", 1),
    "Section_47": ("section_47_rate", 1),
    "ChildPov": ("low_income_children", 1),
    "SafeguardingFinance": ("spend_safeguarding", 0),
    "FamilySupportFinance": ("spend_family_support", 0),
    "TotalLACFinance": ("spend_looked_after", 0),
}
"""Of the tool. Its workforce rates are left out: from 2017 on they are those of the Department's
own file; those of 2016 come from totals that authorities returned, not from single workers."""
_INDEX = "Income Deprivation Affecting Children Index (IDACI)"
DEPRIVATION = [
    Column("deprivation_score", "indices-of-deprivation-2015", "IMD - Average score", 3),
    Column("deprivation_rank", "indices-of-deprivation-2015", "IMD - Rank of average score", 0),
    Column("deprivation_worst_tenth", "indices-of-deprivation-2015",
           "IMD - Proportion of LSOAs in most deprived 10% nationally", 4),
    Column("child_deprivation_score", "indices-of-deprivation-2015-children",
           f"{_INDEX} - Average score", 3),
    Column("deprivation_score", "indices-of-deprivation-2019", "IMD - Average score", 3),
    Column("deprivation_rank", "indices-of-deprivation-2019", "IMD - Rank of average score", 0),
    Column("deprivation_worst_tenth", "indices-of-deprivation-2019",
           "IMD - Proportion of LSOAs in most deprived 10% nationally", 4),
]  # fmt: skip
PUBLISHED = {
    "indices-of-deprivation-2015": "2015-09-30",
    "indices-of-deprivation-2015-children": "2015-09-30",
    "indices-of-deprivation-2019": "2019-09-26",
}
PER_CHILD = ["spend_safeguarding", "spend_family_support", "spend_looked_after"]


def read(folder: Path, source: str) -> pd.DataFrame:
    """One of the files, as text."""
    return pd.read_csv(folder / FILES[source], dtype=str, keep_default_na=False)


def of_the_department(folder: Path) -> pd.DataFrame:
    """The rows of the Department's own files, with the authority's number and code as printed."""
    parts = []
    for column in DEPARTMENT:
        frame = read(folder, column.source)
        if column.where[0]:
            frame = frame[frame[column.where[0]] == column.where[1]]
        end = SEPTEMBER if column.source == "dfe-social-workers" else MARCH
        parts.append(
            pd.DataFrame(
                {
                    "number": frame["old_la_code"].str.replace(".0", ""),
                    "code": frame["new_la_code"],
                    "date": frame["time_period"] + end,
                    "measure": column.measure,
                    "text": frame[column.column],
                    "decimals": column.decimals,
                    "source_id": column.source,
                }
            )
        )
    return pd.concat(parts)


def of_the_tool(folder: Path) -> pd.DataFrame:
    """The rows of the Department's interactive tool: years, and financial years by their end."""
    frame = read(folder, "dfe-interactive-tool")
    frame = frame[frame["Short Desc"].isin(TOOL)]
    starts = frame["Years"].str[:4].astype(int) + frame["Years"].str.contains("OT")
    return pd.DataFrame(
        {
            "number": frame["LA Number"].str.replace(".0", ""),
            "code": "",
            "date": starts.astype(str) + MARCH,
            "measure": frame["Short Desc"].map({k: v[0] for k, v in TOOL.items()}),
            "text": frame["Values"],
            "decimals": frame["Short Desc"].map({k: v[1] for k, v in TOOL.items()}),
            "source_id": "dfe-interactive-tool",
        }
    )


def of_deprivation(folder: Path) -> pd.DataFrame:
    """The rows of the indices of deprivation, dated by the day on which they were published."""
    parts = []
    for column in DEPRIVATION:
        frame = read(folder, column.source)
        parts.append(
            pd.DataFrame(
                {
                    "number": "",
                    "code": frame[next(name for name in frame if "code" in name)],
                    "date": PUBLISHED[column.source],
                    "measure": column.measure,
                    "text": frame[column.column],
                    "decimals": column.decimals,
                    "source_id": column.source.removesuffix("-children"),
                }
            )
        )
    return pd.concat(parts)


def with_authorities(rows: pd.DataFrame) -> pd.DataFrame:
    """A row for each authority that a printed row is of: two where two are printed as one."""
    rows = rows.assign(
        number=rows["number"].str.split(" / "), code=rows["code"].str.split(" / ")
    ).reset_index(drop=True)
    rows = rows.explode(["number", "code"])  # the index stays that of the printed row
    authorities = load_authorities()
    by_number = authorities.set_index("la_number")["authority_id"]
    codes = load_table("authority_codes").query("code_type == 'ons'")
    by_code = codes.set_index("code")["authority_id"]
    rows["authority_id"] = rows["number"].map(by_number).fillna(rows["code"].map(by_code))
    coded = rows["code"].map(by_code)
    lost = rows[rows["authority_id"].isna() | (coded != rows["authority_id"]) & rows["code"].ne("")]
    if len(lost):
        sys.exit(f"Of no authority, or of two:\n{lost[['number', 'code', 'date', 'measure']]}")
    lives = authorities.set_index("authority_id")
    opened, closed = (rows["authority_id"].map(lives[end]) for end in ("opened", "closed"))
    day = pd.to_datetime(rows["date"])
    rows["lived"] = ~(opened > day) & ~(closed < day)
    names = rows["authority_id"].map(lives["name"])
    together = SHARED + names.groupby(level=0).transform(" and ".join)
    rows["note"] = together.where(rows.index.duplicated(keep=False), "")
    return rows.reset_index(drop=True)


def main(folder: Path) -> None:
    rows = with_authorities(
        pd.concat(
            [of_the_department(folder), of_the_tool(folder), of_deprivation(folder)],
            ignore_index=True,
        )
    )
    key = ["authority_id", "measure", "date"]
    rows["known"] = ~rows["text"].isin(NO_VALUE)
    kept = rows[rows["known"] & rows["lived"]].copy()
    low = kept["text"] == LOW
    kept.loc[low, ["text", "note"]] = ["0", "printed as low: more than 0 but rounds to 0"]
    numbers = pd.to_numeric(kept["text"])  # anything else is an error
    kept["value"] = [f"{n:.{d}f}" for n, d in zip(numbers, kept["decimals"], strict=True)]
    doubled = kept[kept.duplicated(key, keep=False)]
    apart = doubled[~doubled.duplicated([*key, "value"], keep=False)]
    print(f"Of {len(doubled) // 2} values that two files give, {len(apart) // 2} differ.")
    if len(apart):
        sys.exit(apart[[*key, "value", "source_id"]].to_string())
    kept = kept.drop_duplicates(key)  # the Department's own file stands first
    kept = pd.concat([kept, per_child(kept)], ignore_index=True)
    print(report(rows, kept).to_string())
    measures = load_table("context_measures")
    unknown = set(kept["measure"]) ^ set(measures["measure"])
    if unknown:
        sys.exit(f"context_measures.csv and this tool differ in: {', '.join(sorted(unknown))}")
    columns = [field.name for field in schema.tables()["context"].fields]
    write_rows(schema.data_dir(), "context", kept[columns].to_dict("records"))


def per_child(kept: pd.DataFrame) -> pd.DataFrame:
    """Spending over the children of the year, where both are known."""
    children = kept[kept["measure"] == "children_0_17"].set_index(["authority_id", "date"])
    spent = kept[kept["measure"].isin(PER_CHILD)]
    spent = spent.join(
        children["value"].rename("children"), on=["authority_id", "date"], how="inner"
    )
    each = spent["value"].astype(float) / spent["children"].astype(float)
    return spent.assign(
        measure=spent["measure"] + "_per_child", value=each.map("{:.0f}".format)
    ).drop(columns="children")


def report(rows: pd.DataFrame, kept: pd.DataFrame) -> pd.DataFrame:
    """For each measure: rows printed, left out and why, and written."""
    return pd.DataFrame(
        {
            "printed": rows.groupby("measure").size(),
            "no value": rows[~rows["known"] & rows["lived"]].groupby("measure").size(),
            "did not exist": rows[~rows["lived"]].groupby("measure").size(),
            "for two": kept[kept["note"].str.startswith(SHARED)].groupby("measure").size(),
            "low": kept[kept["note"].str.startswith("printed as low")].groupby("measure").size(),
            "written": kept.groupby("measure").size(),
            "authorities": kept.groupby("measure")["authority_id"].nunique(),
            "first": kept.groupby("measure")["date"].min(),
            "last": kept.groupby("measure")["date"].max(),
        }
    )


if __name__ == "__main__":
    if "OFSTED_CONTEXT" not in os.environ:
        sys.exit("Set OFSTED_CONTEXT to the folder that holds the published files.")
    main(Path(os.environ["OFSTED_CONTEXT"]))
