"""What comes in and what goes out about shops."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator, model_validator

from common import regions
from common.i18n import N_

if TYPE_CHECKING:
    from marvec.storefronts.models import Storefront

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=80)]
About = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)]
FARTHEST_KM = 45.0  # the city with its outermost islands; farther is a slip of the finger


@dataclass(frozen=True, slots=True)
class Rating:
    """A shop's reviews: how many, and the sum of their stars."""

    reviews: int = 0
    stars: int = 0

    @property
    def average(self) -> float | None:
        """To one decimal, halves up; None without reviews."""
        if not self.reviews:
            return None
        return float((Decimal(self.stars) / self.reviews).quantize(Decimal("0.1"), ROUND_HALF_UP))

    @property
    def as_schema(self) -> dict[str, object]:
        """https://schema.org/AggregateRating. Only where there are reviews: zero of them is not valid there."""
        return {"@type": "AggregateRating", "ratingValue": self.average, "ratingCount": self.reviews, "bestRating": 5, "worstRating": 1}


class Place(BaseModel):
    """A kelurahan, and a position that defaults to its centroid (degrees, WGS 84)."""

    kelurahan_code: str
    lat: float | None = Field(None, ge=-90, le=90)
    lon: float | None = Field(None, ge=-180, le=180)

    @field_validator("kelurahan_code")
    @classmethod
    def is_of_this_city(cls, code: str) -> str:
        if not regions.is_kelurahan(code):
            raise ValueError(N_("Pilih kelurahan di Kota Makassar."))
        return code

    @model_validator(mode="after")
    def stands_in_or_near_the_city(self) -> "Place":
        if (self.lat is None) != (self.lon is None):
            raise ValueError(N_("Posisi perlu lintang dan bujur sekaligus."))
        if regions.distance_km(*self.point, *regions.CENTRE) > FARTHEST_KM:
            raise ValueError(N_("Posisinya terlalu jauh dari Makassar. Pilih lagi di peta."))
        return self

    @property
    def point(self) -> tuple[float, float]:
        """Latitude and longitude, in degrees."""
        if self.lat is not None and self.lon is not None:
            return self.lat, self.lon
        place = regions.kelurahan(self.kelurahan_code)
        return place.lat, place.lon


class OpenStorefront(Place):
    name: Name
    about: About = ""


class EditStorefront(OpenStorefront):
    version: int = Field(description="the version that the editor saw; another one in the database is a 409")


class MoveStorefront(BaseModel):
    """`because` is kept in the history; an operator must give one."""

    because: Annotated[str, StringConstraints(strip_whitespace=True, max_length=300)] = ""


class StorefrontOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    slug: str
    name: str
    about: str
    kelurahan_code: str
    kelurahan: str
    kecamatan: str
    lat: float
    lon: float
    state: str
    version: int

    @classmethod
    def of(cls, shop: "Storefront") -> "StorefrontOut":
        place = regions.kelurahan(shop.kelurahan_code)
        return cls(
            id=shop.id, slug=shop.slug, name=shop.name, about=shop.about, kelurahan_code=shop.kelurahan_code, kelurahan=place.name,
            kecamatan=place.kecamatan, lat=shop.lat, lon=shop.lon, state=shop.state, version=shop.version,
        )  # fmt: skip
