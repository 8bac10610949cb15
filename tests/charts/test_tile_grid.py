"""The map of tiles: every authority has a place, near its neighbours."""

import numpy as np
import pandas as pd
import pytest

import ofsted_analysis as oa
from ofsted_analysis import charts
from ofsted_analysis.tables.authorities import existing


@pytest.fixture(scope="module")
def grid():
    return oa.load_table("tile_grid").merge(oa.load_authorities(), on="authority_id")


DAYS = ["2009-06-01", "2019-03-31", "2019-04-01", "2021-06-01", "2026-08-22"]


@pytest.mark.parametrize("day", DAYS)
def test_no_two_share_a_tile(grid, day):
    there = existing(grid, pd.Timestamp(day))
    assert not there.duplicated(["column", "row"]).any()


def test_everyone_has_a_tile_and_a_label(grid):
    assert len(grid) == len(oa.load_authorities())
    assert grid["short"].is_unique


def test_regions_hold_together(grid):
    for region, tiles in grid[grid["closed"].isna()].groupby("region", observed=True):
        left = set(zip(tiles["column"], tiles["row"], strict=True))
        reached = [left.pop()]
        for x, y in reached:
            for beside in ((x + 1, y), (x - 1, y), (x, y + 1), (x, y - 1)):
                if beside in left:
                    left.remove(beside)
                    reached.append(beside)
        assert not left, f"{region} is in parts"


def test_the_map_is_true_to_place(grid):
    now = grid[grid["closed"].isna()]
    assert now["easting"].corr(now["column"], "spearman") > 0.9
    assert now["northing"].corr(-now["row"], "spearman") > 0.97
    places = now[["easting", "northing"]].to_numpy(float)
    tiles = now[["column", "row"]].to_numpy()
    distance = np.linalg.norm(places[:, None] - places, axis=2)
    np.fill_diagonal(distance, np.inf)
    steps = np.abs(tiles[:, None] - tiles).max(axis=2)
    nearest = np.argsort(distance, axis=1)[:, :3]
    apart = np.take_along_axis(steps, nearest, axis=1)
    # of the three nearest authorities, how many touch, and how many are two tiles away at most
    assert (apart <= 1).mean() > 0.78
    assert (apart <= 2).mean() > 0.96


def test_codes_lie_within_their_tiles():
    fig = charts.tile_map()
    (ax,) = (ax for ax in fig.axes if ax.patches)
    codes = {text.get_text() for text in ax.texts} & set(oa.load_table("tile_grid")["short"])
    assert len(codes) == 153
    fig.draw_without_rendering()
    tiles = [patch.get_window_extent() for patch in ax.patches]
    for text in ax.texts:
        if text.get_text() in codes:
            box = text.get_window_extent()
            assert any(t.x0 < box.x0 and box.x1 < t.x1 and t.containsy(box.y0 + box.height / 2)
                       for t in tiles), text.get_text()  # fmt: skip


@pytest.mark.parametrize("names", [True, False])
@pytest.mark.parametrize("days", ["2026-03-31", ("2018-03-31", "2026-03-31")])
def test_a_map_in_print_fits_on_a_page(days, names):
    fig = charts.tile_map(days, names=names)
    short, long = sorted(fig.get_size_inches() * 2.54)
    assert short <= 21 and long <= 29.7


@pytest.mark.parametrize("size", ["print", "slide", "narrow"])
def test_tiles_of_two_dates_can_be_told_apart(size):
    fig = charts.tile_map(("2018-03-31", "2026-03-31"), size=size)
    fig.draw_without_rendering()
    maps = [ax for ax in fig.axes if ax.patches]
    assert len(maps) == 2
    for ax in maps:
        assert ax.patches[0].get_window_extent().width / fig.dpi * 2.54 > 0.4  # centimetres
