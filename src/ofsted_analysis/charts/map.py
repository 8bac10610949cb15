"""England as equal tiles, one for each authority."""

from collections.abc import Iterable, Mapping, Sequence

import pandas as pd
from matplotlib import rcParams
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import Rectangle

from ofsted_analysis.analysis.outcomes import Latest, as_at, cut_off
from ofsted_analysis.analysis.shares import check_shares
from ofsted_analysis.charts import counts, notes, style
from ofsted_analysis.charts.figure import Chart, drawing, finish, redrawn
from ofsted_analysis.charts.lettering import text_width, widest, wrap
from ofsted_analysis.charts.marks import axes_of, write_on
from ofsted_analysis.charts.style import Palette
from ofsted_analysis.tables.days import Day, as_day
from ofsted_analysis.tables.errors import DataError
from ofsted_analysis.tables.labels import long_date
from ofsted_analysis.tables.load import load_authorities, load_table


def plot_tiles(
    snapshot: pd.DataFrame,
    *,
    ax: Axes | None = None,
    palette: Palette = None,
    labels: Mapping[str, str] | None = None,
    moves: pd.Series | None = None,
) -> Axes:
    """A tile for each authority, coloured by its grade, with its code if that can be read.

    Parameters
    ----------
    snapshot
        Rows as from `as_at`.
    ax
        Where to draw; by default new axes.
    palette
        Colours of one's own: see `style.grade_colours`.
    labels
        Words of one's own for some tiles, by authority_id, instead of the codes of
        data/tile_grid.csv.
    moves
        By authority_id: a number above 0 for an arrow up, below 0 for one down.

    Returns
    -------
    Axes
        A grid of tiles of one unit, measured from the upper left; regions have a dark outline.

    Examples
    --------
    >>> from ofsted_analysis import as_at, charts
    >>> len(charts.plot_tiles(as_at("2025-03-31")).patches)
    153
    """
    ax = axes_of(ax)
    tiles = placed(snapshot)
    for tile in tiles.itertuples():
        mark = style.mark(tile.part, palette)
        ax.add_patch(Rectangle((tile.column + 0.04, tile.row + 0.04), 0.92, 0.92, **mark.patch))
    ax.add_collection(
        LineCollection(_borders(tiles), colors=style.INK, linewidths=1.3, capstyle="projecting")
    )
    grid = load_table("tile_grid")  # all of England, whoever is shown
    ax.set_xlim(-0.1, grid["column"].max() + 1.1)
    ax.set_ylim(grid["row"].max() + 1.1, -0.1)
    ax.set_aspect("equal")
    ax.set_axis_off()
    own = labels or {}
    codes = [own.get(t.authority_id, t.short) for t in tiles.itertuples()]
    em = rcParams["font.size"]
    coded = _readable(ax.figure, codes, _points_a_tile(ax))
    if coded:
        for tile, code in zip(tiles.itertuples(), codes, strict=True):
            down = 0.6 if moves is not None and moves[tile.authority_id] else 0.5
            write_on(ax, tile.column + 0.5, tile.row + down, code, tile.part, palette=palette,
                     family=_FAMILY)  # fmt: skip
    down = 0.22 if coded else 0.5
    for tile in tiles.itertuples() if moves is not None else ():
        if move := moves[tile.authority_id]:
            ax.plot(
                tile.column + 0.5, tile.row + down, marker="^" if move > 0 else "v",
                color=style.mark(tile.part, palette).ink, markersize=0.5 * em, markeredgewidth=0,
            )  # fmt: skip
    return ax


def _points_a_tile(ax: Axes) -> float:
    """Side of a tile in points, as the axes now lie."""
    box, (low, high), (foot, top) = ax.get_window_extent(), ax.get_xlim(), ax.get_ylim()
    return min(box.width / (high - low), box.height / (foot - top)) * 72 / ax.figure.dpi


def _readable(fig: Figure, codes: Iterable[str], side: float) -> bool:
    """Whether tiles of so many points have room for the codes, with some space beside them."""
    font = FontProperties(family=_FAMILY, size=rcParams["font.size"])
    return 0.85 * side > max(text_width(fig, code, font) for code in codes) * 72


_FAMILY = "monospace"
"""The letters of the codes: all of one width, as the tiles are."""


@redrawn
def tile_map(
    date: Day | Sequence[Day] | pd.DataFrame | Sequence[pd.DataFrame] | None = None,
    theme: str = "overall",
    *,
    names: bool = True,
    published_by: Day | None = None,
    latest: Latest = "inspection",
    data: pd.DataFrame | None = None,
    authorities: pd.DataFrame | None = None,
    palette: Palette = None,
    title: str | None = None,
    size: str | tuple[float, float] = "print",
) -> Chart:
    """England as equal tiles, one for each authority, coloured by its grade on a date.

    Two dates stand side by side or, where that is too narrow, one below the other; arrows in the
    second mark those that were graded higher or lower than at the first (not where the frameworks
    compare only in part).

    Parameters
    ----------
    date
        A date or two, or a snapshot or two as from `as_at`; by default the end of the record, or
        the last day of a theme that is no longer judged.
    theme
        A theme.
    names
        Whether the tiles bear codes where they have room for them. One date in print then fills a
        page across, with a list of whose the codes are; without, it is as wide as the text.
    published_by, latest, data, authorities
        As for `as_at`.
    palette
        Colours of one's own: see `style.grade_colours`.
    title
        The title, if not the message taken from the data; '' for none, where a document has it.
    size
        'print', 'slide', 'narrow' (these two without codes), or (width, height) in centimetres.

    Returns
    -------
    Chart
        A matplotlib Figure. Its data: date, authority_id, authority, short (the code), column,
        row, region, framework_id, area_id, last_day, grade, band, reason.

    Raises
    ------
    DataError
        More than two dates, a date that is none or after the last day of the theme, or a snapshot
        without rows.

    Examples
    --------
    >>> from ofsted_analysis import charts
    >>> charts.tile_map("2025-03-31").message
    'On 31 March 2025, 19 of 153 graded authorities were graded inadequate overall'
    """
    several = isinstance(date, Sequence) and not isinstance(date, str)
    wanted = list(date) if several else [cut_off(theme) if date is None else date]
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
        check_shares(snapshot)
    named = counts.theme_of(snapshots[0]) or theme
    maps = [placed(snapshot) for snapshot in snapshots]
    drawn = pd.concat(maps, ignore_index=True)
    caveat = notes.comparison_caveat(drawn[drawn["band"].notna()])
    moves = None if len(maps) == 1 or caveat.startswith("Only partly") else _moves(maps)
    message = _message(maps, named)
    children = ""
    plain = latest == "inspection" and published_by is data is authorities is None
    if plain and not isinstance(wanted[-1], pd.DataFrame):
        children = notes.whose_children(as_day(wanted[-1], "date"), named, ["inadequate"])
    days = [long_date(day) for day in drawn["date"].dropna().unique()]
    when = " and ".join(days) if days else "a date before any inspection"
    parts = drawn["part"].dropna().unique()
    arrows = "" if moves is None else " Arrows: graded higher or lower than at the first date."
    listed = names and len(maps) == 1 and size == "print"
    with drawing(size, plot=1, width=29.7 if listed else None) as fig:
        wide, base = fig.get_size_inches()[0] - 0.32, fig.size.text
        rows = len(maps) if fig.size.width < _WIDE else 1
        columns = len(maps) // rows
        side = min(_SIDE, wide / columns / _SHAPE[0])
        listing = _listing(fig, drawn, wide - _BESIDE * side) if listed else []
        head = 1.8 if len(maps) == 2 else 0.3
        fig.give(max(rows * (side * _SHAPE[1] * 72 / base + head), 1.25 * len(listing)))
        finish(
            fig,
            title=title,
            message=message,
            subtitle=(
                f"Each tile is an authority, by grade for {notes.theme_name(named)} at {when}; "
                f"n = {' and '.join(str(m['band'].notna().sum()) for m in maps)} with a grade."
                f"{arrows}{_gaps(maps)}"
            ),
            data=drawn.drop(columns="part"),
            alt=(
                f"Map of England in which each local authority is a tile of the same size, "
                f"coloured by its grade for {notes.theme_name(named)} at {when}. {message}."
            ),
            caveat=" ".join(filter(None, (children, caveat))),
            basis=f"inspections that ended by {days[-1]}" if days else "",
            key=parts,
            adequate="adequate" in set(parts),
            abbreviated=(),
        )
        whole = fig.inside(right=(wide - _BESIDE * side) * 72 / base if listed else 0)
        whole.set_axis_off()
        box, high = whole.get_position(), fig.get_size_inches()[1]
        across, down, above = box.width / columns, box.height / rows, head * base / 72 / high
        for place, tiles in enumerate(maps):
            row, column = divmod(place, columns)
            ax = fig.add_axes((box.x0 + column * across, box.y1 - (row + 1) * down,
                               across * 0.98, down - above))  # fmt: skip
            plot_tiles(
                snapshots[place], ax=ax, palette=palette, moves=moves if place else None,
                labels=None if names else dict.fromkeys(tiles["authority_id"], ""),
            )  # fmt: skip
            _name_regions(ax, tiles)
            if len(maps) == 2:
                day = tiles["date"].iloc[0]
                ax.set_title(long_date(day) if pd.notna(day) else "", fontweight="bold", pad=4)
        fig.text(box.x1, box.y1, "\n".join(listing), va="top", linespacing=1.22)
    return fig


_SHAPE = (16.3, 18.3)
"""Width and height of the map in tiles."""
_SIDE = 0.28
"""The largest side of a tile in print, in inches."""
_BESIDE = 19.5
"""Tiles from the left of the map to the list beside it."""
_WIDE = 12
"""Centimetres of width from which two maps stand side by side."""


def _listing(fig: Chart, drawn: pd.DataFrame, room: float) -> list[str]:
    """The codes and whose they are, by region, in lines no wider than the room."""
    short = load_authorities().set_index("authority_id")["short_name"]
    lines = []
    own = drawn.drop_duplicates("authority_id")
    for region, tiles in own.groupby("region", observed=True):
        names = tiles["authority_id"].map(short).fillna(tiles["authority"])
        said = [f"{c} {n}".replace(" ", "\N{NO-BREAK SPACE}")
                for c, n in sorted(zip(tiles["short"], names, strict=True))]  # fmt: skip
        lines += wrap(fig, f"{str(region).upper()}: {', '.join(said)}", fig.size.text, room)
    return lines


def placed(snapshot: pd.DataFrame) -> pd.DataFrame:
    """A snapshot with the place of each authority on the map.

    Examples
    --------
    >>> from ofsted_analysis import as_at
    >>> placed(as_at("2025-03-31"))[["short", "column", "row"]].head(1).values.tolist()
    [['BDG', 15, 14]]
    """
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
        "area_id", "last_day", "grade", "band", "reason", "part",
    ]  # fmt: skip
    return tiles[columns]


def _moves(maps: list[pd.DataFrame]) -> pd.Series:
    """Bands up (or, negative, down) between two maps."""
    before, after = (tiles.set_index("authority_id")["band"].cat.codes for tiles in maps)
    before = before.reindex(after.index, fill_value=-1)
    return (after - before).where((before >= 0) & (after >= 0), 0)


def _message(maps: list[pd.DataFrame], theme: str) -> str:
    what = notes.on_theme(theme)
    told = []
    for tiles in maps:
        graded, bad = tiles["band"].notna().sum(), (tiles["band"] == "inadequate").sum()
        day = tiles["date"].iloc[0]
        told.append((bad, graded, "then" if pd.isna(day) else f"on {long_date(day)}"))
    bad, graded, when = told[-1]
    if not graded:
        return f"No authority had a grade {what} {when}"
    be = "was" if bad == 1 else "were"
    words = f"O{when[1:]}, {bad} of {graded} graded authorities {be} graded inadequate {what}"
    if len(maps) == 2 and counts.settled(maps):
        words += f", against {told[0][0]} of {told[0][1]} {told[0][2]}"
    return words


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


def _name_regions(ax: Axes, tiles: pd.DataFrame) -> None:
    """Names beside the regions, where there is room for them."""
    fig, base = ax.figure, rcParams["font.size"]
    side = _points_a_tile(ax)
    if side < 1.5 * base:
        return
    ax.apply_aspect()
    named = tiles["region"].astype(str).unique()
    corner = ax.transData.transform((0, 0))[0] / fig.dpi
    place = ax.get_position(original=True)
    edges = place.x0 * fig.get_size_inches()[0], place.x1 * fig.get_size_inches()[0]
    for region, (column, row, near) in _NAMES.items():
        if region in named:
            x = corner + column * side / 72
            room = edges[1] - x if near == "left" else x - edges[0]
            words = wrap(fig, region, base, room)
            if widest(fig, words) * base / 72 <= room:
                ax.text(column, row, "\n".join(words), ha=near, va="center", color=style.QUIET)


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
