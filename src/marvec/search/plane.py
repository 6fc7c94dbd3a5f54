"""The city on a flat plane: kilometres east and north of its centre (`city_point` in migration 0006 does the same).

Within 30 km of Makassar's centre the distance on this plane differs from the great circle's by less than 0.2 %.
"""

from common import regions

KM_EAST, KM_NORTH = 110.7488, 111.1951
"""Kilometres in one degree of longitude (at the centre's latitude) and of latitude, on a sphere of the mean radius."""


def point(lat: float, lon: float) -> tuple[float, float]:
    """Degrees (WGS 84) to km east and km north."""
    return (lon - regions.CENTRE[1]) * KM_EAST, (lat - regions.CENTRE[0]) * KM_NORTH
