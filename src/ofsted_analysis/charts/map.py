"""England as equal tiles, one for each authority."""

from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.font_manager import FontProperties
from matplotlib.patches import Rectangle

from ofsted_analysis.analysis.outcomes import Latest, as_at
from ofsted_analysis.charts import counts, notes, style
from ofsted_analysis.charts.figure import Chart, drawing, finish
from ofsted_analysis.charts.lettering import text_width, wrap
from ofsted_analysis.charts.marks import write_on
from ofsted_analysis.tables.days import Day
from ofsted_analysis.tables.errors import DataError
from ofsted_analysis.tables.labels import long_date, month
from ofsted_analysis.tables.load import load_table


def tile_map(
    date: Day | Sequence[Day] | pd.DataFrame | Sequence[pd.DataFrame] | None = None,
    theme: str = "overall",
    *,
    published_by: Day | None = None,
    latest: Latest = "inspection",
    data: pd.DataFrame | None = None,
    authorities: pd.DataFrame | None = None,
    title: str | None = None,
    size: str | tuple[float, float] = "print",
) -> Chart:
    """England as equal tiles, one for each authority, coloured by its grade on a date.

    Two dates stand side by side; arrows in the second mark those that moved up or down in between
    (not where the frameworks compare only in part).

    Parameters
    ----------
    date
        A date or two, or a snapshot or two as from `as_at`; by default the end of the record.
    theme
        A theme.
    published_by, latest, data, authorities
        As for `as_at`.
    title
        The message, if not the one taken from the data.
    size
        'print', 'slide', or (width, height) in centimetres.

    Returns
    -------
    Chart
        A matplotlib Figure. Its data: date, authority_id, authority, short, column, row, region,
        framework_id, area_id, last_day, grade, band, reason.

    Raises
    ------
    DataError
        More than two dates, a date that is none, or a snapshot without rows.

    Examples
    --------
    >>> from ofsted_analysis import charts
    >>> fig = charts.tile_map("2025-03-31")
    >>> len(charts.chart_data(fig))
    153
    """
    several = isinstance(date, Sequence) and not isinstance(date, str)
    wanted = list(date) if several else [date]
    if not 1 <= len(wanted) <= 2:
        raise DataError(f"A map shows one date or two, not {len(wanted)}.")
    options = {
        "published_by": published_by,
        "latest": latest,
        "data": data,
        "authorities": authorities,
    }
    snapshots = [
        each if isinstance(each, pd.DataFrame) else as_at(each, theme, **options) for each in wanted
    ]
    for snapshot in snapshots:
        counts.check_snapshot(snapshot)
    given = isinstance(wanted[0], pd.DataFrame)
    named = (counts.theme_of(snapshots[0]) or theme) if given else theme
    maps = [_placed(snapshot) for snapshot in snapshots]
    drawn = pd.concat(maps, ignore_index=True)
    caveat = notes.comparison_caveat(drawn[drawn["band"].notna()])
    moves = _moves(maps, caveat) if len(maps) == 2 else None
    message = _message(maps, named)
    days = [long_date(day) for day in drawn["date"].dropna().unique()]
    when = " and ".join(days) if days else "a date before any inspection"
    parts = drawn["part"].dropna().unique()
    arrows = "" if moves is None else " Arrows: moved up or down since the first date."
    with drawing(size, height=21 if len(maps) == 1 else 14.5) as fig:
        beside = len(maps) == 1 and fig.size.width > 1.4 * fig.size.height
        ratios = [1.25, 1] if beside else [1] * len(maps)
        axes = fig.subplots(1, len(ratios), squeeze=False, width_ratios=ratios)[0]
        finish(
            fig,
            title=message if title is None else title,
            subtitle=(
                f"Each tile is an authority, by grade for {notes.theme_name(named)} at {when}; "
                f"n = {' and '.join(str(len(m)) for m in maps)}.{arrows}{_gaps(maps)}"
            ),
            data=drawn.drop(columns="part"),
            alt=(
                f"Map of England in which each local authority is a tile of the same size, "
                f"coloured by its grade for {notes.theme_name(named)} at {when}. {message}."
            ),
            caveat=caveat,
            basis=f"inspections that ended by {days[-1]}" if days else "",
            key=() if beside else parts,
            adequate="adequate" in set(parts),
        )
        if beside:
            _tally(axes[1], drawn["part"])
        for ax, tiles in zip(axes, maps, strict=False):
            _draw(ax, tiles)
            if len(maps) == 2:
                day = tiles["date"].iloc[0]
                ax.set_title(long_date(day) if pd.notna(day) else "", fontweight="bold", pad=4)
        if moves is not None:
            _arrows(axes[1], maps[1], moves)
        fig.draw_without_rendering()
        for ax, tiles in zip(axes, maps, strict=False):
            _label(ax, tiles)
    return fig


def _placed(snapshot: pd.DataFrame) -> pd.DataFrame:
    """A snapshot with the place of each authority on the map."""
    grid = load_table("tile_grid").astype({"authority_id": str})
    tiles = snapshot.assign(
        date=counts.day_of(snapshot),
        part=counts.part(snapshot).astype(str),
        authority_id=snapshot["authority_id"].astype(str),
    ).merge(grid, on="authority_id", how="left")
    lost = tiles.loc[tiles["column"].isna(), "authority"].tolist()
    if lost:
        raise DataError(f"No tile for {', '.join(lost)}: see data/tile_grid.csv.")
    columns = [
        "date", "authority_id", "authority", "short", "column", "row", "region", "framework_id",
        "area_id",
        "last_day", "grade", "band", "reason", "part",
    ]  # fmt: skip
    return tiles[columns]


def _moves(maps: list[pd.DataFrame], caveat: str) -> pd.Series | None:
    """Bands up (or, negative, down) between two maps; None where grades don't compare."""
    if caveat.startswith("Only partly"):
        return None
    before, after = (tiles.set_index("authority_id")["band"].cat.codes for tiles in maps)
    before = before.reindex(after.index, fill_value=-1)
    return (after - before).where((before >= 0) & (after >= 0), 0)


def _message(maps: list[pd.DataFrame], theme: str) -> str:
    tallies = []
    for tiles in maps:
        graded = tiles["band"].notna().sum()
        day = tiles["date"].iloc[0]
        bad = (tiles["band"] == "inadequate").sum()
        when = f"in {month(day)}" if pd.notna(day) else "then"
        tallies.append((bad, graded, when))
    bad, graded, when = tallies[-1]
    if not graded:
        return f"No authority had a grade for {notes.theme_name(theme)} {when}"
    worst = maps[-1].loc[maps[-1]["band"] == "inadequate", "region"].astype(str).value_counts()
    words = f"{bad} of {graded} graded authorities stood at inadequate {when}"
    if len(maps) == 2 and tallies[0][1]:
        return f"{words}, {tallies[0][0]} of {tallies[0][1]} {tallies[0][2]}"
    if len(worst) and (len(worst) == 1 or worst.iloc[0] > worst.iloc[1]):
        words += f", {worst.iloc[0]} of them in {_in_words(worst.index[0])}"
    return words


def _in_words(region: str) -> str:
    plain = region in ("London", "East of England", "Yorkshire and the Humber")
    return region if plain else f"the {region}"


def _draw(ax: Axes, tiles: pd.DataFrame) -> None:
    for tile in tiles.itertuples():
        mark = style.mark(tile.part)
        ax.add_patch(Rectangle((tile.column + 0.05, tile.row + 0.05), 0.9, 0.9, **mark.patch))
    ax.add_collection(
        LineCollection(_borders(tiles), colors=style.INK, linewidths=1.3, capstyle="projecting")
    )
    grid = load_table("tile_grid")  # all of England, whoever is shown
    ax.set_xlim(-0.1, grid["column"].max() + 1.1)
    ax.set_ylim(grid["row"].max() + 1.1, -0.1)
    ax.set_aspect("equal")
    ax.set_axis_off()


def _borders(tiles: pd.DataFrame) -> list[list[tuple[int, int]]]:
    """Edges between tiles of different regions, and round the coast."""
    region = {(t.column, t.row): t.region for t in tiles.itertuples()}
    edges = set()
    for (x, y), own in region.items():
        for beside, edge in (
            ((x - 1, y), ((x, y), (x, y + 1))),
            ((x + 1, y), ((x + 1, y), (x + 1, y + 1))),
            ((x, y - 1), ((x, y), (x + 1, y))),
            ((x, y + 1), ((x, y + 1), (x + 1, y + 1))),
        ):
            if region.get(beside) != own:
                edges.add(edge)
    return [list(edge) for edge in sorted(edges)]


# Where the names of the regions stand: column, row, side of the words that is there.
_NAMES = {
    "North East": (11.3, 1.5, "left"),
    "North West": (3.7, 3.9, "right"),
    "Yorkshire and the Humber": (12.3, 5.2, "left"),
    "East Midlands": (12.3, 8.2, "left"),
    "West Midlands": (3.8, 10.5, "right"),
    "East of England": (14.3, 10.5, "left"),
    "London": (15.2, 13.0, "left"),
    "South East": (14.3, 17.5, "left"),
    "South West": (1.8, 14.5, "right"),
}


def _label(ax: Axes, tiles: pd.DataFrame) -> None:
    """Letters in the tiles and names beside the regions, where they fit in 9 points."""
    fig = ax.figure
    corners = ax.transData.transform([(0, 0), (1, 0)])[:, 0] / fig.dpi
    side = abs(corners[1] - corners[0])
    font = FontProperties(family=["DejaVu Sans"], size=9)
    widest = max(text_width(fig, letters, font) for letters in tiles["short"])
    points = min(fig.size.text, 9 * side / widest)
    if points >= 9:
        for tile in tiles.itertuples():
            write_on(ax, tile.column + 0.5, tile.row + 0.5, tile.short, tile.part, fontsize=points)
    if side < 0.25:
        return
    points = max(9, 0.75 * fig.size.text)
    named = tiles["region"].astype(str).unique()
    edge = 0.02 * fig.size.width / 2.54
    for region, (column, row, near) in _NAMES.items():
        if region not in named:
            continue
        x = corners[0] + column * side
        room = (fig.get_size_inches()[0] - x if near == "left" else x) - edge
        words = "\n".join(wrap(fig, region, points, room))
        text = ax.text(column, row, words, ha=near, va="center", fontsize=points)
        text.set_in_layout(False)


def _tally(ax: Axes, parts: pd.Series) -> None:
    """A key with numbers, as bars, for a chart with room beside the map."""
    found = parts.value_counts()
    names = style.ordered(found.index)
    for y, name in enumerate(names):
        ax.barh(y, found[name], 0.55, **style.mark(name).patch)
        ax.annotate(
            f"{found[name]} {style.band_label(name)}",
            (0, y - 0.3),
            xytext=(0, 3),
            textcoords="offset points",
            va="bottom",
        )
    ax.set_ylim(max(len(names), 5) - 0.5, -0.8)
    ax.set_axis_off()


def _gaps(maps: list[pd.DataFrame]) -> str:
    """A word on places that stay empty because their authority came later."""
    grid = load_table("tile_grid").merge(load_table("authorities"), on="authority_id")
    today = grid[grid["closed"].isna()]
    for tiles in maps:
        missing = set(zip(today["column"], today["row"], strict=True)) - set(
            zip(tiles["column"], tiles["row"], strict=True)
        )
        if missing and len(missing) < 10:
            return " Gaps: authorities that did not yet exist."
    return ""


def _arrows(ax: Axes, tiles: pd.DataFrame, moves: pd.Series) -> None:
    """Triangles on those that moved."""
    for tile in tiles.itertuples():
        move = moves[tile.authority_id]
        if move:
            ax.plot(
                tile.column + 0.5,
                tile.row + 0.5,
                marker="^" if move > 0 else "v",
                color=style.mark(tile.part).ink,
                markersize=0.5 * ax.figure.size.text,
                markeredgewidth=0,
            )
