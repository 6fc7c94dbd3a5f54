"""The city's 15 kecamatan and 153 kelurahan: codes of the Ministry of Home Affairs, centroids rounded to about 10 m.

"Makassar" is the city (73.71) and also a kecamatan in it (73.71.03); a code says which.
"""

import csv
import math
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

CITY_CODE = "73.71"
CENTRE = (-5.1354, 119.4238)
EARTH_RADIUS_KM = 6371.0088  # mean radius, IUGG


@dataclass(frozen=True, slots=True)
class Kelurahan:
    """One kelurahan: `code` as 73.71.KK.LLLL, centroid in degrees (WGS 84), area in km2."""

    code: str
    name: str
    kecamatan: str
    lat: float
    lon: float
    km2: float


@lru_cache(maxsize=1)
def all_kelurahan() -> tuple[Kelurahan, ...]:
    with (Path(__file__).parent / "data" / "kelurahan.csv").open(encoding="utf-8") as file:
        return tuple(
            Kelurahan(row["code"], row["kelurahan"], row["kecamatan"], float(row["lat"]), float(row["lon"]), float(row["km2"]))
            for row in csv.DictReader(file)
        )


@lru_cache(maxsize=1)
def _by_code() -> dict[str, Kelurahan]:
    return {place.code: place for place in all_kelurahan()}


def kelurahan(code: str) -> Kelurahan:
    """The kelurahan of that code. KeyError when the city has none."""
    return _by_code()[code]


def is_kelurahan(code: str) -> bool:
    return code in _by_code()


@lru_cache(maxsize=1)
def all_kecamatan() -> tuple[str, ...]:
    """Names of the kecamatan, in the order of their codes."""
    return tuple(dict.fromkeys(place.kecamatan for place in all_kelurahan()))


def nearest(lat: float, lon: float) -> Kelurahan:
    """The kelurahan whose centroid is nearest to a point."""
    return min(all_kelurahan(), key=lambda place: distance_km(lat, lon, place.lat, place.lon))


def distance_km(lat_a: float, lon_a: float, lat_b: float, lon_b: float) -> float:
    """Great-circle distance in km between two points in degrees (haversine)."""
    phi_a, phi_b = math.radians(lat_a), math.radians(lat_b)
    half = math.sin((phi_b - phi_a) / 2) ** 2 + math.cos(phi_a) * math.cos(phi_b) * math.sin(math.radians(lon_b - lon_a) / 2) ** 2
    return 2 * EARTH_RADIUS_KM * math.asin(math.sqrt(half))
