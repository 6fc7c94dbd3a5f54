"""What comes in and what goes out about requests."""

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field, StringConstraints, field_validator

from common import regions
from common.i18n import N_, jarak, rupiah
from common.i18n import gettext as _
from common.money import LARGEST
from marvec.matching.models import RequestState, StandingKind

if TYPE_CHECKING:
    from marvec.matching.models import Match, Request, StandingQuery

What = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=200)]
Days = Annotated[int, Field(ge=1, le=30)]
Radius = Annotated[float, Field(gt=0, le=50, description="km")]


class Located(BaseModel):
    kelurahan_code: str
    radius_km: Radius = 5.0

    @field_validator("kelurahan_code")
    @classmethod
    def is_known(cls, code: str) -> str:
        if not regions.is_kelurahan(code):
            raise ValueError(N_("Pilih kelurahan."))
        return code


class PostRequest(Located):
    """`what` may say it all ("20 porsi songkolo besok, paling banyak Rp400.000"); a field that is given wins over what it says."""

    what: What
    quantity: int | None = Field(None, ge=1, le=100_000)
    budget: int | None = Field(None, ge=1, le=LARGEST, description="rupiah for all of it")
    needed_at: AwareDatetime | None = None
    days: Days = 7


class SaveSearch(Located):
    """A buyer's saved search, or a seller's criteria; `price_max` in rupiah a unit."""

    what: What
    price_max: int | None = Field(None, ge=1, le=LARGEST)


class RequestOut(BaseModel):
    id: UUID
    buyer_id: UUID
    what: str
    quantity: int
    unit: str
    budget: int | None
    needed_at: datetime | None
    kelurahan_code: str
    radius_km: float
    state: RequestState
    expires_at: datetime
    created_at: datetime
    told: int | None = Field(None, description="how many sellers were told; null where nobody has been asked yet, and in lists")

    @classmethod
    def of(cls, request: "Request", *, told: int | None = None) -> "RequestOut":
        return cls(**request.model_dump(include=set(cls.model_fields) - {"told"}), told=told)


class StandingOut(BaseModel):
    id: UUID
    kind: StandingKind
    what: str
    terms: list[str]
    price_max: int | None
    radius_km: float
    created_at: datetime

    @classmethod
    def of(cls, query: "StandingQuery") -> "StandingOut":
        return cls(**query.model_dump(include=set(cls.model_fields)))


class MatchOut(BaseModel):
    """`reason` says in the reader's language why: to the seller "Anda menjual songkolo, 2,1 km, mulai Rp15.000/porsi", to the buyer who
    sells it. `missing`: words of the request that it does not say."""

    id: UUID
    kind: StandingKind
    request_id: UUID | None
    listing_id: UUID | None
    seller_id: UUID
    title: str
    price: int | None
    km: float
    reason: str
    missing: list[str]
    created_at: datetime

    @classmethod
    def of(cls, match: "Match", *, for_buyer: bool = False) -> "MatchOut":
        reason = reason_for_buyer(match) if for_buyer else reason_of(match)
        return cls(**match.model_dump(include=set(cls.model_fields) - {"reason"}), reason=reason)


class CompareBy(StrEnum):
    PRICE = "price"
    NEAREST = "nearest"


class Compared(BaseModel):
    """One seller's answer to a request: an offer that stands, or else goods that fit. Rupiah; `total` for the quantity of the answer.

    `lead_minutes` from order to ready; null where the goods are no longer shown. `offer_state` is null for goods that nobody offered yet.
    """

    listing_id: UUID | None
    title: str
    unit: str
    quantity: int
    unit_price: int | None
    total: int | None
    km: float | None
    lead_minutes: int | None
    shop_name: str
    shop_slug: str
    reviews: int
    rating: float | None
    offer_id: UUID | None = None
    offer_state: str | None = None
    conversation_id: UUID | None = None
    within_budget: bool = True
    missing: list[str] = Field([], description="words of the request that these goods do not say")


class OpenedOut(BaseModel):
    conversation_id: UUID


def reason_of(match: "Match") -> str:
    """For the seller."""
    if match.price is None:
        return _("Sesuai kriteria ta’: %(title)s, %(km)s", title=match.title, km=jarak(match.km))
    return _(
        "Anda menjual %(title)s, %(km)s, mulai %(price)s/%(unit)s",
        title=match.title,
        km=jarak(match.km),
        price=rupiah(match.price),
        unit=match.unit,
    )


def reason_for_buyer(match: "Match") -> str:
    if match.price is None:
        return _("Penjual yang menunggu permintaan seperti ini: %(title)s, %(km)s", title=match.title, km=jarak(match.km))
    price = rupiah(match.price)
    return _("Dijual: %(title)s, %(km)s, mulai %(price)s/%(unit)s", title=match.title, km=jarak(match.km), price=price, unit=match.unit)
