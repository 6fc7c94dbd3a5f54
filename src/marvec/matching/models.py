"""Requests, standing queries, the goods they are held against, and matches."""

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import BigInteger, Column, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from common.db import Table, enum_field, id_field, utc_field
from common.states import Moves, Moving


class RequestState(StrEnum):
    OPEN = "open"
    MATCHED = "matched"  # an offer for it was accepted
    CLOSED = "closed"  # by its buyer
    EXPIRED = "expired"  # by time


class Request(Moving, table=True):
    """What a buyer looks for. `budget` in rupiah for all of it, None for no limit; `radius_km` around `lat`, `lon` (degrees)."""

    __tablename__ = "requests"
    MOVES: ClassVar[Moves] = {
        RequestState.OPEN: frozenset({RequestState.MATCHED, RequestState.CLOSED, RequestState.EXPIRED}),
        RequestState.MATCHED: frozenset({RequestState.CLOSED}),
    }

    id: UUID = id_field()
    buyer_id: UUID = Field(index=True)
    what: str
    quantity: int
    unit: str = ""
    budget: int | None = Field(default=None, sa_type=BigInteger)
    needed_at: datetime | None = utc_field(nullable=True)
    kelurahan_code: str
    lat: float
    lon: float
    radius_km: float
    expires_at: datetime = utc_field()
    created_at: datetime = utc_field(default_now=True)
    machine: str = "requests/1"
    state: RequestState = enum_field(RequestState, RequestState.OPEN)


class StandingKind(StrEnum):
    REQUEST = "request"  # asks goods; its id is the request's
    SEARCH = "search"  # a buyer's saved search: asks goods
    CRITERIA = "criteria"  # a seller's: asks requests


def _terms(*, default: bool = False) -> Any:
    """A list of terms; with `default` it may be empty."""
    column: Column[Any] = Column(ARRAY(Text), nullable=False, server_default="{}" if default else None)
    return Field(default_factory=list, sa_column=column) if default else Field(sa_column=column)


class StandingQuery(Table, table=True):
    """A question that waits. `anchor` is the one of its `terms` under which it is found; `price_max` in rupiah a unit.

    What answers it holds all `terms`; the more of the `better` ones it holds, the better it fits. `asked_at`: when the first asking was
    done, so that who waits for its outcome can be told a number.
    """

    __tablename__ = "standing_queries"

    id: UUID = id_field()
    kind: StandingKind = enum_field(StandingKind)
    person_id: UUID = Field(index=True)
    what: str
    terms: list[str] = _terms()
    better: list[str] = _terms(default=True)
    anchor: str
    price_max: int | None = Field(default=None, sa_type=BigInteger)
    lat: float
    lon: float
    radius_km: float
    expires_at: datetime | None = utc_field(nullable=True)
    is_open: bool = True
    asked_at: datetime | None = utc_field(nullable=True)
    created_at: datetime = utc_field(default_now=True)


class OfferedGoods(Table, table=True):
    """A listing as queries see it. Hidden ones stay here; who is told of one asks listings first whether it may be shown."""

    __tablename__ = "offered_goods"

    listing_id: UUID = Field(primary_key=True)
    seller_id: UUID
    terms: list[str] = _terms()
    title: str
    unit: str
    price: int = Field(sa_type=BigInteger)
    lat: float
    lon: float


class Match(Table, table=True):
    """A standing query and what answers it: goods, or (for criteria) a request. Unique, so that it is told once.

    `missing`: words of the query that it does not hold; none where it fits in full.
    """

    __tablename__ = "matches"

    id: UUID = id_field()
    standing_id: UUID = Field(foreign_key="standing_queries.id")
    subject_id: UUID
    kind: StandingKind = enum_field(StandingKind)
    request_id: UUID | None = Field(default=None, foreign_key="requests.id", index=True)
    listing_id: UUID | None = None
    buyer_id: UUID
    seller_id: UUID
    title: str
    unit: str
    price: int | None = Field(default=None, sa_type=BigInteger)
    km: float
    missing: list[str] = _terms(default=True)
    created_at: datetime = utc_field(default_now=True)
