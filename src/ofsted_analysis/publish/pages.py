"""The pages of docs/ that are written from the data, so that they cannot say otherwise."""

from pathlib import Path
from typing import Any

import pandas as pd

from ofsted_analysis.analysis.coverage import (
    coverage,
    coverage_by_region,
    kinds_known,
    known_before_sif,
)
from ofsted_analysis.tables import load, schema, writing
from ofsted_analysis.tables.labels import long_date


def _table(frame: pd.DataFrame) -> str:
    """A table in Markdown."""
    lines = ["| " + " | ".join(map(str, frame.columns)) + " |", "|" + "---|" * len(frame.columns)]
    lines += ["| " + " | ".join(map(str, row)) + " |" for row in frame.itertuples(index=False)]
    return "\n".join(lines)


def _type(field: schema.Field) -> str:
    parts = [field.type]
    if field.unit:
        parts.append(f"in {field.unit}")
    if field.categories:
        sign = " < " if field.ordered else ", "
        parts.append(f"one of: {sign.join(field.categories)}")
    if not field.required:
        parts.append("may be empty")
    return "; ".join(parts)


def data_dictionary(data_dir: str | Path | None = None) -> str:
    """The data dictionary, in Markdown: every table and field as the data package has them.

    Examples
    --------
    >>> data_dictionary().splitlines()[0]
    '# Data dictionary'
    """
    descriptor = schema.descriptor(data_dir)
    out = [
        "# Data dictionary",
        "",
        "Written by `ofsted-analysis docs` from [data/datapackage.json](../data/datapackage.json).",
        "",
        descriptor["description"],
        "",
        "All tables are UTF-8 CSV with one header row, ISO dates, empty cells where something is "
        "not known, sorted by key.",
        "",
    ]
    tables = schema.tables(data_dir)
    resources: dict[str, dict[str, Any]] = {r["name"]: r for r in descriptor["resources"]}
    for name, table in tables.items():
        rows = resources[name].get("rowCount", 0)
        sources = "; ".join(s["title"] for s in resources[name].get("sources", ()))
        out += [
            f"## {name}",
            "",
            f"{table.title}: {rows} rows x {len(table.fields)} columns "
            f"([{table.path.name}](../data/{table.path.name})). {table.description}",
            "",
            f"Key: {', '.join(f'`{key}`' for key in table.primary_key)}. "
            + "".join(f"`{c}` refers to {t}. " for c, t, _ in table.foreign_keys)
            + f"Sources: {sources}.",
            "",
            _table(
                pd.DataFrame(
                    {
                        "field": [f"`{f.name}`" for f in table.fields],
                        "type": [_type(f) for f in table.fields],
                        "what it holds": [f.description.replace("|", "\\|") for f in table.fields],
                        "example": [f"`{f.example}`" for f in table.fields],
                    }
                )
            ),
            "",
        ]
    return "\n".join(out)


def coverage_page() -> str:
    """What is known and what is not, in Markdown.

    Examples
    --------
    >>> coverage_page().splitlines()[0]
    '# Coverage'
    """
    counts = coverage()
    main = counts.assign(known=[f"{k} of {n}" for k, n in counts[["known", "existed"]].to_numpy()])
    regions = coverage_by_region()
    chosen = {
        ("slac", "help_and_protection"): "slac safeguarding",
        ("cp", "help_and_protection"): "cp protection",
        ("slac", "children_in_care"): "slac looked after",
        ("sif", "overall"): "sif overall",
        ("ilacs", "overall"): "ilacs overall",
    }
    keys = list(zip(regions["framework_id"], regions["theme"], strict=True))
    regions = regions.assign(
        what=[chosen.get(key, "") for key in keys],
        cell=[f"{k} of {n}" for k, n in regions[["known", "existed"]].to_numpy()],
    )
    wide = (
        regions[regions["what"] != ""]
        .pivot_table(index="region", columns="what", values="cell", aggfunc="first")
        .reindex(columns=[what for what in chosen.values() if what in set(regions["what"])])
        .reset_index()
    )
    before = known_before_sif()
    lacking = {
        "no safeguarding half of a 2009-2012 inspection": ~before["slac_safeguarding"],
        "neither safeguarding nor child protection": ~before["protection"],
        "no looked after children outcome": ~before["looked_after"],
    }
    out = [
        "# Coverage",
        "",
        "Written by `ofsted-analysis docs` from the tables. An authority is known under a "
        "framework and theme if at least one grade is; its certainty is that of the best source. "
        "An authority that existed need not have been inspected under each framework: "
        "child protection inspections reached about a third of them, ILACS does not go back to "
        "authorities that closed before it came to them.",
        "",
        "## By framework and theme",
        "",
        _table(main.drop(columns="existed").rename(columns={"framework_id": "framework"})),
        "",
        "## By region",
        "",
        _table(wide.fillna("")),
        "",
        "## Before November 2013",
        "",
        f"Of {len(before)} authorities, a safeguarding or child protection outcome is known of "
        f"{int(before['protection'].sum())}, a looked after children outcome of "
        f"{int(before['looked_after'].sum())}.",
        "",
    ]
    for what, missing in lacking.items():
        names = ", ".join(before.loc[missing, "authority"])
        out += [f"- {what[0].upper()}{what[1:]} ({int(missing.sum())}): {names or 'none'}.", ""]
    out += [
        "## Kinds of inspection",
        "",
        "Standard or short is told by Ofsted's own table of inspections, never guessed from the "
        "length; reports do not print it. The table that we have ends in March 2025, and so do the "
        "kinds. Of the single inspections only a re-inspection says what it is.",
        "",
        _table(kinds_known()),
        "",
    ]
    return "\n".join(out).rstrip() + "\n"


def agreement_page() -> str:
    """How far the tables agree with others, cell by cell, in Markdown.

    Examples
    --------
    >>> agreement_page().splitlines()[0]
    '# Agreement with others'
    """
    rows = load.load_table("agreement")
    different = rows[rows["cells"] > rows["agreeing"]]
    right = rows[["ours_right", "theirs_right", "both_right"]].set_axis(
        ["ours", "theirs", "both"], axis=1
    )
    shown = pd.concat([rows[["compared_with", "what", "cells", "agreeing"]], right], axis=1)
    how = {
        "test": "the tests, from a table in the repository",
        "reports": "the tests, where Ofsted's reports are available",
        "not held": "nobody without the files, which may not be kept here",
    }
    shown["repeated by"] = rows["repeated_by"].astype("str").map(how)
    return "\n".join(
        [
            "# Agreement with others",
            "",
            "Written by `ofsted-analysis docs` from [data/agreement.csv](../data/agreement.csv). "
            "Cells that rest on the other source are left out: they could not but agree. *Ours*, "
            "*theirs* and *both* say who was right where the two differ.",
            "",
            _table(shown.rename(columns={"compared_with": "compared with"})),
            "",
            "## Where they differ",
            "",
            *[f"- {row.compared_with}: {row.differences}" for row in different.itertuples()],
            "",
        ]
    )


def rules_page() -> str:
    """What Ofsted has said of its own rules, each with its source, in Markdown.

    Examples
    --------
    >>> rules_page().splitlines()[0]
    "# Ofsted's rules"
    """
    frameworks = load.load_frameworks()[["framework_id", "label"]]
    sources = load.load_sources()[["source_id", "publisher", "title", "url"]]
    rules = load.load_table("rules").merge(frameworks, on="framework_id", how="left")
    rules = rules.merge(sources, on="source_id").sort_values(["from", "rule_id"], kind="stable")
    days = {name: [long_date(day) if pd.notna(day) else "" for day in rules[name]]
            for name in ("from", "announced")}  # fmt: skip
    shown = pd.DataFrame(
        {
            "from": days["from"],
            "framework": rules["label"].fillna(""),
            "rule": rules["rule"],
            "said on": days["announced"],
            "source": [f"{r.publisher}: [{r.title}]({r.url})" for r in rules.itertuples()],
        }
    )
    return "\n".join(
        [
            "# Ofsted's rules",
            "",
            "Written by `ofsted-analysis docs` from [data/rules.csv](../data/rules.csv): what the "
            "notebooks and pages say of how Ofsted inspects and grades, in our words. Where no day "
            "is given the source has none. The list is not complete, and no more than what these "
            "pages say: we have not read every version of every framework.",
            "",
            _table(shown),
            "",
        ]
    )


def gallery_page() -> str:
    """Every kind of chart with the line that makes it, in Markdown (see `charts.gallery`)."""
    from ofsted_analysis.charts import gallery  # matplotlib is for those who draw

    return gallery.gallery_page()


PAGES = {
    "data-dictionary.md": data_dictionary,
    "coverage.md": coverage_page,
    "agreement.md": agreement_page,
    "rules.md": rules_page,
    "gallery.md": gallery_page,
}
"""Each generated page of docs/, with what writes it."""


def write_pages(folder: str | Path) -> list[Path]:
    """Write every generated page; returns the files that changed."""
    pages = {Path(name): page().encode() for name, page in PAGES.items()}
    there = {name: Path(folder) / name for name in pages}
    changed = {
        name: page
        for name, page in pages.items()
        if not there[name].exists() or there[name].read_bytes() != page
    }
    if changed:
        writing.replace_files(changed, Path(folder))
    return [there[name] for name in changed]
