"""The map of tiles: every authority has a place, near its neighbours."""

import numpy as np
import pandas as pd
import pytest

import ofsted_analysis as oa
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
