"""Where a visitor is, as far as she said: `?dari=<kelurahan code>`, remembered in one cookie for the market, the queues and the first page
alike, or `?near=lat,lon` of this page alone.
"""

from dataclasses import dataclass
from typing import Any, TypeVar

from litestar import Request, Response

from common import regions

Answer = TypeVar("Answer", bound=Response[Any])
PARAM = COOKIE = "dari"
LIFE = 365 * 24 * 3600
"""Seconds. A kelurahan is coarse enough to be remembered, and is sent nowhere else."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A point in degrees (WGS 84); `code` and `name` of the kelurahan where one was chosen."""

    lat: float
    lon: float
    code: str = ""
    name: str = ""

    @property
    def near(self) -> str:
        """As links carry it."""
        return f"{self.lat:.4f},{self.lon:.4f}"

    def km_to(self, lat: float, lon: float) -> float:
        return regions.distance_km(self.lat, self.lon, lat, lon)


def standing_of(request: Request[Any, Any, Any], param: str = PARAM) -> Standing | None:
    """The place of this request: a position in the address, then a chosen kelurahan, then the remembered one. Nonsense counts as none.

    `param`: what the page calls the choice in its own address, where not `dari`.
    """
    if near := _point(request.query_params.get("near", "")):
        return Standing(*near)
    code = request.query_params.get(param, "") or request.cookies.get(COOKIE, "")
    if not regions.is_kelurahan(code):
        return None
    place = regions.kelurahan(code)
    return Standing(place.lat, place.lon, code, place.name)


def remember(request: Request[Any, Any, Any], answer: Answer, param: str = PARAM) -> Answer:
    """The answer, with the kelurahan remembered that this request has chosen."""
    code = request.query_params.get(param, "")
    if regions.is_kelurahan(code):
        answer.set_cookie(key=COOKIE, value=code, max_age=LIFE, httponly=True, samesite="lax")
    return answer


def _point(text: str) -> tuple[float, float] | None:
    try:
        lat, lon = (float(part) for part in text.split(","))
    except ValueError:
        return None
    return (lat, lon) if -90 <= lat <= 90 and -180 <= lon <= 180 else None
