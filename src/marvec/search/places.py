"""Names of the city's places in what people type. "Makassar" alone is the whole city; the kecamatan of that name must be called one."""

from functools import lru_cache
from typing import NamedTuple

from common import regions
from marvec.search.words import plain


class Area(NamedTuple):
    """A kelurahan (one code) or a kecamatan (all codes in it), with the middle of it in degrees. The whole city has no codes."""

    name: str
    codes: tuple[str, ...]
    lat: float
    lon: float


WHOLE_CITY = Area("Makassar", (), *regions.CENTRE)


def kelurahan(code: str) -> Area:
    """Raises KeyError for a code that the city has not."""
    place = regions.kelurahan(code)
    return Area(place.name, (code,), place.lat, place.lon)


def kecamatan(name: str) -> Area | None:
    return _kecamatan().get(plain(name))


def find(name: str, *, rank: str = "") -> tuple[Area, int] | None:
    """The area whose name `name` begins with (the longest such name), and of how many words that name is.

    `rank` ("kelurahan", "kecamatan") where it was said. A name that is both is taken for the kecamatan, which holds its namesake.
    """
    said = plain(name).split()
    known = {"kelurahan": [_kelurahan()], "kecamatan": [_kecamatan()]}.get(rank, [_city(), _kecamatan(), _kelurahan()])
    for size in range(len(said), 0, -1):
        start = " ".join(said[:size])
        if found := next((names[start] for names in known if start in names), None):
            return found, size
    return None


@lru_cache(maxsize=1)
def _city() -> dict[str, Area]:
    return {"makassar": WHOLE_CITY, "kota makassar": WHOLE_CITY}


@lru_cache(maxsize=1)
def _kelurahan() -> dict[str, Area]:
    return {plain(place.name): kelurahan(place.code) for place in regions.all_kelurahan()}


@lru_cache(maxsize=1)
def _kecamatan() -> dict[str, Area]:
    found = {}
    for name in regions.all_kecamatan():
        places = [place for place in regions.all_kelurahan() if place.kecamatan == name]
        lat, lon = sum(p.lat for p in places) / len(places), sum(p.lon for p in places) / len(places)
        found[plain(name)] = Area(name, tuple(place.code for place in places), lat, lon)
    return found
