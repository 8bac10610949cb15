"""The histories of many authorities at a glance."""

from collections.abc import Sequence

import pandas as pd

from ofsted_analysis.analysis.outcomes import as_at, cut_off, data_complete_to
from ofsted_analysis.analysis.themes import judgements_on
from ofsted_analysis.charts import notes, style
from ofsted_analysis.charts.figure import Chart, drawing, finish, redrawn
from ofsted_analysis.charts.histories import history_entries, middle, plot_histories
from ofsted_analysis.charts.lettering import counted, row_labels
from ofsted_analysis.charts.marks import in_letters
from ofsted_analysis.charts.style import Palette
from ofsted_analysis.tables.authorities import existing, find_authority
from ofsted_analysis.tables.errors import DataError
from ofsted_analysis.tables.grades import BANDS
from ofsted_analysis.tables.labels import in_region, listed, long_date
from ofsted_analysis.tables.load import load_authorities


@redrawn
def small_multiples(
    authorities: str | Sequence[str] | None = None,
    theme: str = "overall",
    *,
    data: pd.DataFrame | None = None,
    palette: Palette = None,
    title: str | None = None,
    size: str | tuple[float, float] = "print",
) -> Chart:
    """The histories of many authorities on one theme: a line each, a mark for every inspection.

    Authorities stand by region and name, never by rank. A region fits on a page; all of England
    are as long as nine.

    Parameters
    ----------
    authorities
        A region (of England's nine, or of Ofsted's eight), or a list of authorities; by default
        all that exist.
    theme
        A theme.
    data
        Judgements as from `load_judgements`; the packaged ones by default.
    palette
        Colours of one's own: see `style.grade_colours`.
    title
        The title, if not the message taken from the data; '' for none, where a document has it.
    size
        'print', 'slide', 'narrow', or (width, height) in centimetres.

    Returns
    -------
    Chart
        A matplotlib Figure. Its data: row (the name), region, authority_id, then the inspections
        as from `judgements_on`, in the order of the chart, and joined (whether a grade can be
        compared directly with the one before); an authority that was never inspected has one row
        without an inspection.

    Raises
    ------
    DataError
        There is no such theme or region, none of the authorities has a grade, or they don't fit
        the size.
    UnknownAuthorityError
        No authority goes by one of the names.

    Examples
    --------
    >>> from ofsted_analysis import charts
    >>> charts.small_multiples("London").message[:53]
    'On 31 March 2026, 30 of 33 graded authorities in Lond'
    """
    chosen, where = _chosen(authorities)
    history = judgements_on(theme, data=data)
    own = history[history["authority_id"].astype(str).isin(chosen["authority_id"])]
    if own["grade"].isna().all():
        raise DataError(
            f"None of these authorities has a grade for {notes.theme_name(theme)}: "
            "there is nothing to draw."
        )
    drawn = _lines(chosen, own)
    several = len(chosen["region"].unique()) > 1 and len(chosen) > 8
    rows = _with_headings(drawn) if several else drawn
    graded = drawn[drawn["grade"].notna()]
    now = as_at(cut_off(theme), theme, data=data)
    message, finding = _message(theme, now[now["authority_id"].isin(chosen["authority_id"])], where)
    noun = "authority" if len(chosen) == 1 else "authorities"
    names = rows["row"].drop_duplicates().tolist()
    axis = {
        "start": min(middle(row) for row in own.itertuples()) - pd.Timedelta(days=120),
        "end": data_complete_to() + pd.Timedelta(days=130),
    }
    with drawing(size, plot=1) as fig:
        labels, side = row_labels(fig, dict(zip(names, names, strict=True)), 0.33)
        deep = max(1.9, 1.15 * max(text.count("\n") + 1 for text in labels.values()) + 0.2)
        fig.give(3.2 + deep * len(names))
        finish(
            fig,
            title=title,
            message=message,
            subtitle=(
                f"Inspections by last day, with the grade for {notes.theme_name(theme)}; "
                f"n = {len(chosen)} {noun}, {counted(len(graded), 'grade')}"
            ),
            data=drawn,
            alt=(
                f"A line for each of {len(chosen)} {noun}{where}, with every inspection since "
                f"{graded['last_day'].min().year} and its grade for {notes.theme_name(theme)}. "
                f"{finding}"
            ),
            caveat=notes.comparison_caveat(graded),
            key=history_entries(drawn, palette, **axis),
            basis=f"last days of inspection, to {long_date(data_complete_to())}",
            abbreviated=[notes.framework_name(f) for f in own["framework_id"].unique()],
        )
        ax = fig.inside(left=side, right=0.4, bottom=1.7, top=1.5)
        if in_letters(ax)[1] < 1.25 * len(names):
            raise DataError(
                f"{len(chosen)} authorities don't fit this size: choose fewer, a region, or "
                "another size=(width, height) in centimetres."
            )
        plot_histories(rows, ax=ax, palette=palette, labels=labels, **axis)
        for text in ax.get_yticklabels():
            if several and text.get_text().replace("\n", " ") in set(chosen["region"]):
                text.set_fontweight("bold")
    return fig


def _chosen(authorities: str | Sequence[str] | None) -> tuple[pd.DataFrame, str]:
    """The authorities meant, and words for where they are."""
    everyone = load_authorities()
    there = existing(everyone, data_complete_to())
    if authorities is None:
        return there, " in England"
    if isinstance(authorities, str):
        for column in ("region", "ofsted_region"):
            of = there[column].astype(str).str.lower() == authorities.strip().lower()
            if of.any():
                return there[of], f" {in_region(str(there.loc[of, column].iloc[0]))}"
        regions = ", ".join(sorted(there["region"].astype(str).unique()))
        raise DataError(f"There is no region {authorities!r}. The regions are: {regions}.")
    keys = list(dict.fromkeys(find_authority(name) for name in authorities))
    if not keys:
        raise DataError("The list of authorities is empty: there is nothing to draw.")
    return everyone[everyone["authority_id"].isin(keys)], ""


def _lines(chosen: pd.DataFrame, own: pd.DataFrame) -> pd.DataFrame:
    """Every inspection by region, name and day; a row for who was never inspected."""
    who = chosen[["region", "authority_id", "name"]].rename(columns={"name": "row"})
    found = who.merge(own.drop(columns=["region", "authority"]), on="authority_id", how="left")
    found = found.sort_values(["region", "row", "last_day"], kind="stable", ignore_index=True)
    found["reason"] = (
        found["reason"].astype(object).where(found["inspection_id"].notna(), "not yet inspected")
    )
    found["joined"] = notes.joined(found, "authority_id")
    return found


def _with_headings(lines: pd.DataFrame) -> pd.DataFrame:
    """The same with a line before each region that bears its name and no mark."""
    heads = lines.drop_duplicates("region")[["region"]].assign(row=lambda f: f["region"])
    parts = [
        pd.concat([heads[heads["region"] == region], own])
        for region, own in lines.groupby("region", sort=False)
    ]
    found = pd.concat(parts, ignore_index=True)
    return found.assign(joined=found["joined"].eq(True))


def _message(theme: str, now: pd.DataFrame, where: str) -> tuple[str, str]:
    """The title, and the finding for who cannot see the chart."""
    counts = now["band"].value_counts()
    graded, upper = counts.sum(), counts["good"] + counts["outstanding"]
    what, when = notes.on_theme(theme), f"On {long_date(cut_off(theme))}"
    without = now["reason"].value_counts()
    parts = [f"{counts[band]} {style.band_label(band)}" for band in BANDS if counts[band]]
    parts += [f"{n} {style.band_label(reason)}" for reason, n in without.items() if n]
    finding = f"{when}: {listed(parts)}." if parts else f"{when} none of them existed."
    if not graded:
        return f"{when}, no authority{where} had a grade {what}", finding
    noun = "graded authority" if graded == 1 else "graded authorities"
    of = graded if where or graded == 1 else f"these {graded}"
    be = "was" if upper == 1 else "were"
    return (
        f"{when}, {upper} of {of} {noun}{where} {be} graded good or outstanding {what}, "
        f"{counts['inadequate'] or 'none'} inadequate"
    ), finding
