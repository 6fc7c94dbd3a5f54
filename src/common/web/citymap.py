"""The city drawn from the centroids of its kelurahan: one cell each, no tiles, no third party..

A cell is what lies nearer to its centroid than to any other, cut to a circle somewhat larger than the kelurahan's own area: it shows
where a place is and how large, not where its border runs (we have no borders).
"""

import itertools
import math
from dataclasses import dataclass
from functools import lru_cache

from common import regions
from common.regions import Kelurahan

METRES = 20.0
"""One unit of the drawing."""
KM_PER_DEGREE = 111.195
COAST = 119.385
SHRINK = 0.12
"""Islands lie up to 30 km west of the coast: that distance is drawn at an eighth, or the city would be a dot."""
SIDES = 16
REACH = 1.45
"""Radius of the cutting circle over that of a circle of the kelurahan's area: neighbours meet, the sea stays open."""
LEAST_RADIUS_KM = 0.3
MARGIN = 24
LETTER = 0.62
"""Width of a letter over the size of its type, on the average of our bold sans."""

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Cell:
    """One kelurahan on the drawing: the `d` of its outline, and its centroid, in units of 20 m from the north-west corner."""

    place: Kelurahan
    path: str
    x: int
    y: int
    corners: tuple[Point, ...]


@lru_cache(maxsize=1)
def cells() -> tuple[Cell, ...]:
    """Every kelurahan, in the order of the codes."""
    places = regions.all_kelurahan()
    points = [_raw(place) for place in places]
    outlines = [_outline(place, at, points) for place, at in zip(places, points, strict=True)]
    west = min(x for outline in outlines for x, _ in outline) - MARGIN
    north = min(y for outline in outlines for _, y in outline) - MARGIN
    made = []
    for place, (x, y), outline in zip(places, points, outlines, strict=True):
        corners = tuple((round(cx - west), round(cy - north)) for cx, cy in outline)
        made.append(Cell(place, _path(corners), round(x - west), round(y - north), corners))
    return tuple(made)


@lru_cache(maxsize=16)
def view_box(kecamatan: str = "") -> str:
    """`viewBox` of the whole city, or of one kecamatan with some air around it. Raises ValueError for an unknown one."""
    corners = [corner for cell in cells() if kecamatan in ("", cell.place.kecamatan) for corner in cell.corners]
    (left, right), (top, bottom) = ((min(values), max(values)) for values in zip(*corners, strict=True))
    air = round(max(right - left, bottom - top) * 0.06)
    return f"{left - air:.0f} {top - air:.0f} {right - left + 2 * air:.0f} {bottom - top + 2 * air:.0f}"


@lru_cache(maxsize=1)
def by_kecamatan() -> dict[str, list[Cell]]:
    """Kecamatan -> its cells, in the order of the codes."""
    groups: dict[str, list[Cell]] = {}
    for cell in cells():
        groups.setdefault(cell.place.kecamatan, []).append(cell)
    return groups


def labels(group: list[Cell], size: float) -> list[Cell]:
    """The cells whose name can stand on the drawing at `size` (units) without lying on another: the largest first, the rest go without."""
    taken: list[tuple[float, float, float]] = []
    named = []
    for cell in sorted(group, key=lambda cell: -cell.place.km2):
        half = len(cell.place.name) * size * LETTER / 2
        if all(abs(cell.y - y) > size or abs(cell.x - x) > half + other for x, y, other in taken):
            taken.append((cell.x, cell.y, half))
            named.append(cell)
    return named


def middle(group: list[Cell]) -> tuple[int, int]:
    """Where a kecamatan's name stands: the mean of its centroids, by area."""
    area = sum(cell.place.km2 for cell in group)
    return (
        round(sum(cell.x * cell.place.km2 for cell in group) / area),
        round(sum(cell.y * cell.place.km2 for cell in group) / area),
    )


def _raw(place: Kelurahan) -> Point:
    """Flat projection about the city's centre: over 20 km the error is under a metre."""
    lon = place.lon if place.lon > COAST else COAST - (COAST - place.lon) * SHRINK
    east = (lon - regions.CENTRE[1]) * KM_PER_DEGREE * math.cos(math.radians(regions.CENTRE[0]))
    south = (regions.CENTRE[0] - place.lat) * KM_PER_DEGREE
    return east * 1000 / METRES, south * 1000 / METRES


def _outline(place: Kelurahan, at: Point, others: list[Point]) -> list[Point]:
    """The circle around `at`, cut by the perpendicular bisector towards every other centroid."""
    radius = max(LEAST_RADIUS_KM, REACH * math.sqrt(place.km2 / math.pi)) * 1000 / METRES
    turn = 2 * math.pi / SIDES
    outline = [(at[0] + radius * math.cos(turn * n), at[1] + radius * math.sin(turn * n)) for n in range(SIDES)]
    for other in others:
        if other != at and math.dist(at, other) < 2 * radius:
            outline = _cut(outline, at, other)
    return outline


def _cut(outline: list[Point], at: Point, other: Point) -> list[Point]:
    """The part of a convex `outline` that is nearer to `at` than to `other` (Sutherland and Hodgman, for one line)."""
    dx, dy = other[0] - at[0], other[1] - at[1]
    limit = (other[0] ** 2 + other[1] ** 2 - at[0] ** 2 - at[1] ** 2) / 2
    beyond = [x * dx + y * dy - limit for x, y in outline]
    kept: list[Point] = []
    for n, point in enumerate(outline):
        before = outline[n - 1]
        if (beyond[n] > 0) != (beyond[n - 1] > 0):
            share = beyond[n - 1] / (beyond[n - 1] - beyond[n])
            kept.append((before[0] + share * (point[0] - before[0]), before[1] + share * (point[1] - before[1])))
        if beyond[n] <= 0:
            kept.append(point)
    return kept


def _path(corners: tuple[Point, ...]) -> str:
    """Relative lines: half the bytes of absolute ones."""
    steps = [f"{x - px:.0f} {y - py:.0f}" for (px, py), (x, y) in itertools.pairwise(corners)]
    return f"M{corners[0][0]:.0f} {corners[0][1]:.0f}l{' '.join(steps)}z"
