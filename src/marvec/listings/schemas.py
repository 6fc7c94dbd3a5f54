"""What comes in and what goes out about goods."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, Field, StringConstraints, field_validator

from common import money, regions
from common.i18n import N_
from marvec.listings import goods
from marvec.storefronts.schemas import Place

if TYPE_CHECKING:
    from marvec.listings.models import Listing, ListingStock

Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=120)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=5000)]
Unit = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=30)]
Pieces = Annotated[int, Field(ge=0, le=1_000_000)]
NO_GOOD = "-"
LONGEST_LEAD = 60 * 24 * 60
"""Minutes: 60 days, for a wedding dress."""


def written_as_people_write(price: object) -> object:
    """`Rp25.000` and `25.000` from a form are 25000; anything else is left to the number's own rules."""
    if isinstance(price, str) and re.fullmatch(r"(?i)(rp\.?\s*)?\d{1,3}([.,]\d{3})*", price.strip()):
        return re.sub(r"\D", "", price)
    return price


Price = Annotated[int, BeforeValidator(written_as_people_write), Field(ge=0, le=money.LARGEST)]


class Described(BaseModel):
    """What a seller says of a thing; `price` in whole rupiah for one `unit`. Without a kelurahan it stands where its shop stands."""

    title: Title
    description: Text = ""
    category: str
    good: str | None = Field(None, description="its name on the list of goods, `-` for none of them; left out, the title says it")
    unit: Unit
    price: Price
    lead_minutes: int = Field(0, ge=0, le=LONGEST_LEAD)
    place: Place | None = None

    @field_validator("category")
    @classmethod
    def is_known(cls, category: str) -> str:
        if category not in goods.CATEGORY_NAMES:
            raise ValueError(N_("Pilih salah satu kategori."))
        return category

    @field_validator("good")
    @classmethod
    def is_on_the_list(cls, good: str | None) -> str | None:
        if good is not None and good != NO_GOOD and goods.by_name(good) is None:
            raise ValueError(N_("Barang ini tidak ada di daftar. Pilih yang lain, atau “Tidak ada di daftar”."))
        return good


class CreateListing(Described):
    storefront_id: UUID
    stock: Pieces = Field(0, description="pieces for sale at once")


class EditListing(Described):
    version: int = Field(description="the version that the editor saw; another one in the database is a 409")


class ListingForm(Described):
    """The editor's fields at once; `version` is 0 for a new thing."""

    stock: Pieces = 0
    version: int = 0


class Restock(BaseModel):
    stock: Pieces = Field(description="pieces that are still for sale; what orders have reserved is counted on top")


class QuickChange(BaseModel):
    """Price and stock from the row of a list; `version` is the one that the row showed."""

    price: Price
    stock: Pieces
    version: int


class ShiftPicture(BaseModel):
    """`by`: one place towards the front, or towards the end. A form sends text, which a Literal of numbers alone would refuse."""

    by: Annotated[Literal[-1, 1], BeforeValidator(int)]


class Reorder(BaseModel):
    """All pictures of the listing, in their new order."""

    file_ids: list[UUID] = Field(max_length=20)


@dataclass(frozen=True, slots=True)
class ForSale:
    """What a cart or an order needs to know of a visible listing; `price` in whole rupiah for one `unit`."""

    listing_id: UUID
    storefront_id: UUID
    seller_id: UUID
    title: str
    unit: str
    price: int
    picture_id: UUID | None


@dataclass(frozen=True, slots=True)
class Card:
    """A visible listing as a card on a page; `stock` is what is free to buy; `rating` its shop's, where shops are mixed."""

    id: UUID
    title: str
    price: int
    unit: str
    picture_id: UUID | None
    stock: int
    storefront_id: UUID
    reviews: int = 0
    rating: float | None = None


class ListingOut(BaseModel):
    """`stock` is what is free to buy; `pictures` are files under /berkas/{id}."""

    id: UUID
    storefront_id: UUID
    title: str
    description: str
    category: str
    good: str | None
    unit: str
    price: int
    lead_minutes: int
    kelurahan_code: str
    kelurahan: str
    kecamatan: str
    lat: float
    lon: float
    state: str
    needs_credential: str | None
    version: int
    stock: int
    pictures: list[UUID]

    @classmethod
    def of(cls, listing: "Listing", stock: "ListingStock", pictures: list[UUID]) -> "ListingOut":
        place = regions.kelurahan(listing.kelurahan_code)
        return cls(
            **listing.model_dump(include=set(cls.model_fields)), kelurahan=place.name, kecamatan=place.kecamatan, stock=stock.free,
            pictures=pictures,
        )  # fmt: skip
