"""The query language, and what it finds."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import msgspec
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator, model_validator

from common import money, regions
from common.i18n import N_
from marvec.listings import goods
from marvec.search import places

LONGEST_TEXT = 200
FARTHEST_KM = 50.0


class Sort(StrEnum):
    RELEVANCE = "relevance"
    NEAREST = "nearest"
    CHEAPEST = "cheapest"
    NEWEST = "newest"


class SearchQuery(BaseModel):
    """What is looked for. Prices in whole rupiah for one unit, both ends included; `near` in degrees (WGS 84); distances in km.

    One language for the search page, the API, saved searches and matching: `queries.clause_of` turns it into SQL.
    """

    model_config = ConfigDict(frozen=True)

    text: Annotated[str, StringConstraints(strip_whitespace=True, max_length=LONGEST_TEXT)] = ""
    category: str | None = None
    min_price: int | None = Field(None, ge=0, le=money.LARGEST)
    max_price: int | None = Field(None, ge=0, le=money.LARGEST)
    kelurahan: str | None = Field(None, description="code of a kelurahan")
    kecamatan: str | None = Field(None, description="name of a kecamatan")
    near: tuple[float, float] | None = None
    radius_km: float | None = Field(None, gt=0, le=FARTHEST_KM)
    sort: Sort | None = None
    partly: bool = Field(False, description="only the thing itself must fit; whoever fits more of the other words stands first")

    @field_validator("category")
    @classmethod
    def category_is_known(cls, category: str | None) -> str | None:
        if category is not None and category not in goods.CATEGORY_NAMES:
            raise ValueError(N_("Kategori ini tidak ada. Pilih yang lain."))
        return category

    @field_validator("kelurahan")
    @classmethod
    def kelurahan_is_known(cls, code: str | None) -> str | None:
        if code is not None and not regions.is_kelurahan(code):
            raise ValueError(N_("Kelurahan ini tidak ada. Pilih yang lain."))
        return code

    @field_validator("kecamatan")
    @classmethod
    def kecamatan_is_known(cls, name: str | None) -> str | None:
        if name is not None and places.kecamatan(name) is None:
            raise ValueError(N_("Kecamatan ini tidak ada. Pilih yang lain."))
        return name

    @field_validator("near")
    @classmethod
    def near_is_on_earth(cls, near: tuple[float, float] | None) -> tuple[float, float] | None:
        if near is not None and not (-90 <= near[0] <= 90 and -180 <= near[1] <= 180):
            raise ValueError(N_("Posisi ditulis sebagai lintang,bujur."))
        return near

    @model_validator(mode="after")
    def radius_has_a_centre(self) -> "SearchQuery":
        if self.radius_km is not None and self.centre is None:
            raise ValueError(N_("Jarak perlu titik pusat: posisi, kelurahan, atau kecamatan."))
        return self

    @property
    def area(self) -> places.Area | None:
        """The kelurahan or kecamatan that was asked for."""
        if self.kelurahan is not None:
            return places.kelurahan(self.kelurahan)
        return places.kecamatan(self.kecamatan) if self.kecamatan is not None else None

    @property
    def centre(self) -> tuple[float, float] | None:
        """Where distances are counted from: `near`, else the middle of the area; None when neither was given."""
        if self.near is not None:
            return self.near
        return (self.area.lat, self.area.lon) if self.area is not None else None

    @property
    def order(self) -> Sort:
        """The sort asked for; by itself relevance for words, the newest first without."""
        if self.sort is None or (self.sort == Sort.RELEVANCE and not self.text):
            return Sort.RELEVANCE if self.text else Sort.NEWEST
        return self.sort


class Understood(BaseModel):
    """What a sentence says: the query in it, and what else matters to who answers it.

    `budget` is for the whole quantity (one piece where none was said); `query.max_price` is its share for one unit. `deliver_to` is where
    the goods shall come to, which is no filter on where they are.
    """

    query: SearchQuery
    quantity: int | None = None
    unit: str | None = None
    budget: int | None = None
    per_unit: bool = Field(False, description="the amount was said of one piece")
    needed_on: date | None = None
    occasion: str | None = Field(None, description="what it is for, in the words of the sentence")
    deliver_to: str | None = None
    deliver_kelurahan: list[str] = Field(default_factory=list, description="codes of the kelurahan that `deliver_to` covers")


class Hit(msgspec.Struct, frozen=True):
    """One found listing; `distance_km` from the query's centre, null without one; `stock` is what is free to buy; `rating` is the shop's,
    null without reviews.
    """

    id: UUID
    title: str
    price: int
    unit: str
    category: str
    kelurahan_code: str
    shop_slug: str
    shop_name: str
    picture_id: UUID | None
    published_at: datetime
    stock: int
    distance_km: float | None
    reviews: int = 0
    rating: float | None = None


class Results(msgspec.Struct, frozen=True):
    """One page. `partly`: partial fits, as next to nothing has all of the words; the fullest first. `facets`: category -> how many, counted
    to 2,000 in all; `did_you_mean`: another spelling with results, or null.
    """

    items: list[Hit]
    next: str | None
    did_you_mean: str | None = None
    facets: dict[str, int] | None = None
    partly: bool = False
