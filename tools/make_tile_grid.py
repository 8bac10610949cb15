"""Makes data/tile_grid.csv: a place for every authority on a map of equal tiles.

    .venv/bin/python tools/make_tile_grid.py

The outline of the regions is drawn below; which authority stands where inside its region is found:
an assignment by coordinates to start with, then exchanges of two places as long as they bring true
neighbours (those joined in a Delaunay triangulation of the coordinates) closer together or set
them in a truer direction. The same input makes the same table.
"""

import csv
from pathlib import Path

import numpy as np
from scipy.optimize import linear_sum_assignment
from scipy.spatial import Delaunay

DATA = Path(__file__).resolve().parents[1] / "data"

# North is up. London has as many tiles as it has authorities: at true scale it would have one.
OUTLINE = """
. . . . . . . N N . . . . . . .
. . . . . . W N N N . . . . . .
. . . . . . W N N N . . . . . .
. . . . . W W N N N N . . . . .
. . . . W W W Y Y Y Y . . . . .
. . . . W W W W Y Y Y Y . . . .
. . . W W W W W Y Y Y Y . . . .
. . . W W W W W Y Y Y E . . . .
. . . . W W W M E E E E . . . .
. . . . . M M M E E E A A . . .
. . . . M M M M E E A A A A . .
. . . . M M M M A A A A A . . .
. . . O O M M S S L L L L L . .
. . . O O S S S L L L L L L L .
. . O O O S S S L L L L L L L L
. . O O O O S S L L L L L L L L
O O O . . . S S S L L L L L . .
O . . . . . . . S S S S S S . .
"""
REGIONS = {
    "N": "North East",
    "W": "North West",
    "Y": "Yorkshire and the Humber",
    "E": "East Midlands",
    "M": "West Midlands",
    "A": "East of England",
    "L": "London",
    "S": "South East",
    "O": "South West",
}

# Where authorities of former times stand. Poole stood beside Bournemouth, in whose place their
# successor stands: it has a place of its own, empty since.
SHARED = {
    "bournemouth": "bournemouth-christchurch-and-poole",
    "cumbria": "cumberland",
    "dorset-county-council": "dorset",
    "northamptonshire": "west-northamptonshire",
}
OWN_PLACE = {"poole": "bournemouth-christchurch-and-poole"}

SHORT = """
barking-and-dagenham BDG, barnet BNE, barnsley BNS, bath-and-north-east-somerset BAS, bedford BDF,
bexley BEX, birmingham BIR, blackburn-with-darwen BBD, blackpool BPL, bolton BOL, bournemouth BMH,
bournemouth-christchurch-and-poole BCP, bracknell-forest BRC, bradford BRD, brent BEN,
brighton-and-hove BNH, bristol BST, bromley BRY, buckinghamshire BKM, bury BUR, calderdale CLD,
cambridgeshire CAM, camden CMD, central-bedfordshire CBF, cheshire-east CHE,
cheshire-west-and-chester CHW, city-of-london LND, cornwall CON, coventry COV, croydon CRY,
cumberland CBL, cumbria CMA, darlington DAL, derby DER, derbyshire DBY, devon DEV, doncaster DNC,
dorset DOR, dorset-county-council DCC, dudley DUD, durham DUR, ealing EAL,
east-riding-of-yorkshire ERY, east-sussex ESX, enfield ENF, essex ESS, gateshead GAT,
gloucestershire GLS, greenwich GRE, hackney HCK, halton HAL, hammersmith-and-fulham HMF,
hampshire HAM, haringey HRY, harrow HRW, hartlepool HPL, havering HAV, herefordshire HEF,
hertfordshire HRT, hillingdon HIL, hounslow HNS, isle-of-wight IOW, isles-of-scilly IOS,
islington ISL, kensington-and-chelsea KEC, kent KEN, kingston-upon-hull KHL,
kingston-upon-thames KTT, kirklees KIR, knowsley KWL, lambeth LBH, lancashire LAN, leeds LDS,
leicester LCE, leicestershire LEC, lewisham LEW, lincolnshire LIN, liverpool LIV, luton LUT,
manchester MAN, medway MDW, merton MRT, middlesbrough MDB, milton-keynes MIK,
newcastle-upon-tyne NET, newham NWM, norfolk NFK, north-east-lincolnshire NEL,
north-lincolnshire NLN, north-northamptonshire NNH, north-somerset NSM, north-tyneside NTY,
north-yorkshire NYK, northamptonshire NTH, northumberland NBL, nottingham NGM,
nottinghamshire NTT, oldham OLD, oxfordshire OXF, peterborough PTE, plymouth PLY, poole POL,
portsmouth POR, reading RDG, redbridge RDB, redcar-and-cleveland RCC, richmond-upon-thames RIC,
rochdale RCH, rotherham ROT, rutland RUT, salford SLF, sandwell SAW, sefton SFT, sheffield SHF,
shropshire SHR, slough SLG, solihull SOL, somerset SOM, south-gloucestershire SGC,
south-tyneside STY, southampton STH, southend-on-sea SOS, southwark SWK, st-helens SHN,
staffordshire STS, stockport SKP, stockton-on-tees STT, stoke-on-trent STE, suffolk SFK,
sunderland SND, surrey SRY, sutton STN, swindon SWD, tameside TAM, telford-and-wrekin TFW,
thurrock THR, torbay TOB, tower-hamlets TWH, trafford TRF, wakefield WKF, walsall WLL,
waltham-forest WFT, wandsworth WND, warrington WRT, warwickshire WAR, west-berkshire WBK,
west-northamptonshire WNH, west-sussex WSX, westminster WSM, westmorland-and-furness WAF,
wigan WGN, wiltshire WIL, windsor-and-maidenhead WNM, wirral WRL, wokingham WOK,
wolverhampton WLV, worcestershire WOR, york YOR
"""


def outline() -> dict[str, list[tuple[int, int]]]:
    """The places (column, row) of each region."""
    places: dict[str, list[tuple[int, int]]] = {region: [] for region in REGIONS.values()}
    for row, line in enumerate(OUTLINE.split("\n")[1:-1]):
        for column, letter in enumerate(line.split()):
            if letter != ".":
                places[REGIONS[letter]].append((column, row))
    return places


def scaled(points: np.ndarray) -> np.ndarray:
    """Points between 0 and 1 in each direction: half by distance, half by rank."""
    spans = np.ptp(points, axis=0)
    by_distance = (points - points.min(axis=0)) / np.where(spans > 0, spans, 1)
    ranks = points.argsort(axis=0, kind="stable").argsort(axis=0, kind="stable")
    return (by_distance + ranks / max(1, len(points) - 1)) / 2


def first_guess(rows: list[dict[str, str]]) -> np.ndarray:
    """A place for each authority within its region, by coordinates alone."""
    found = np.zeros((len(rows), 2), dtype=int)
    for region, places in outline().items():
        own = [i for i, row in enumerate(rows) if row["region"] == region]
        if len(own) != len(places):
            raise SystemExit(f"{region}: {len(own)} authorities, {len(places)} tiles.")
        points = scaled(
            np.array([[int(rows[i]["easting"]), -int(rows[i]["northing"])] for i in own])
        )
        tiles = scaled(np.array(places, dtype=float))
        cost = ((points[:, None] - tiles[None]) ** 2).sum(axis=2)
        _, order = linear_sum_assignment(cost)
        found[own] = np.array(places)[order]
    return found


def improve(rows: list[dict[str, str]], tiles: np.ndarray) -> np.ndarray:
    """Exchange two places within a region as long as that draws neighbours together."""
    points = np.array([[int(r["easting"]), -int(r["northing"])] for r in rows], dtype=float)
    corners = Delaunay(points).simplices
    joined = np.zeros((len(rows), len(rows)), dtype=bool)
    for a, b in ((0, 1), (1, 2), (0, 2)):
        joined[corners[:, a], corners[:, b]] = joined[corners[:, b], corners[:, a]] = True
    apart = points[:, None] - points[None]
    length = np.linalg.norm(apart, axis=2)
    joined &= length < 120_000  # not round the coast
    toward = apart / np.where(length > 0, length, 1)[:, :, None]
    # a true neighbour far away matters less than one next door
    weight = joined / np.sqrt(np.where(length > 0, length, 1) / 20_000)

    def cost(i: int, at: np.ndarray) -> float:
        step = at[i] - at
        distance = np.linalg.norm(step, axis=1)
        cosine = (step * toward[i]).sum(axis=1) / np.where(distance > 0, distance, 1)
        return float((weight[i] * (distance**2 + 2.5 * (1 - cosine))).sum())

    tiles = tiles.copy()
    regions = [row["region"] for row in rows]
    better = True
    while better:
        better = False
        for i in range(len(rows)):
            for j in range(i + 1, len(rows)):
                if regions[i] != regions[j]:
                    continue
                before = cost(i, tiles) + cost(j, tiles)
                tiles[[i, j]] = tiles[[j, i]]
                if cost(i, tiles) + cost(j, tiles) < before - 1e-9:
                    better = True
                else:
                    tiles[[i, j]] = tiles[[j, i]]
    return tiles


def main() -> None:
    with open(DATA / "authorities.csv", encoding="utf-8", newline="") as file:
        everyone = list(csv.DictReader(file))
    rows = [row for row in everyone if not row["closed"]]
    tiles = improve(rows, first_guess(rows))
    at = {row["authority_id"]: (int(c), int(r)) for row, (c, r) in zip(rows, tiles, strict=True)}
    for former, successor in SHARED.items():
        at[former] = at[successor]
    taken = set(at.values())
    for former, beside in OWN_PLACE.items():
        column, row = at[beside]
        # to the west, south, east or north of it, whichever is free
        free = [(column + x, row + y) for x, y in ((-1, 0), (0, 1), (1, 0), (0, -1))]
        at[former] = next(place for place in free if place not in taken)
    short = dict(entry.split() for entry in SHORT.replace("\n", " ").split(","))
    lines = ["authority_id,short,column,row"]
    lines += [f"{key},{short[key]},{at[key][0]},{at[key][1]}" for key in sorted(at)]
    (DATA / "tile_grid.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
