"""Tables of the search. Triggers write them (migration 0006); the code only reads, so these classes are a description."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Column, Index, text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.dialects.postgresql.base import ischema_names
from sqlalchemy.types import UserDefinedType
from sqlmodel import Field

from common.db import Table, utc_field


class Point(UserDefinedType[Any]):
    """PostgreSQL's `point`: here kilometres east and north of the city's centre."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        return "POINT"


ischema_names["point"] = Point  # so that reflection, which compares models with the schema, knows it


class SearchDocument(Table, table=True):
    """A published listing of an open shop. `tsv`: A title, B category and shop, C description, D place names; `@202611` the month."""

    __tablename__ = "search_documents"
    __table_args__ = (
        Index("ix_search_documents_tsv", "tsv", postgresql_using="gin"),
        Index("ix_search_documents_place", "place", postgresql_using="gist"),
        Index("ix_search_documents_newest", text("published_at DESC"), text("listing_id DESC")),
        Index("ix_search_documents_category_newest", "category", text("published_at DESC"), text("listing_id DESC")),
        Index("ix_search_documents_cheapest", "price", "listing_id"),
        Index("ix_search_documents_category_cheapest", "category", "price", "listing_id"),
        Index("ix_search_documents_kelurahan_newest", "kelurahan_code", text("published_at DESC"), text("listing_id DESC")),
    )

    listing_id: UUID = Field(primary_key=True, foreign_key="listings.id")
    storefront_id: UUID
    seller_id: UUID
    title: str
    unit: str
    price: int = Field(sa_type=BigInteger)
    category: str
    kelurahan_code: str
    lat: float
    lon: float
    place: Any = Field(sa_column=Column(Point, nullable=False))
    published_at: datetime = utc_field()
    needs_credential: str | None = None
    shop_slug: str
    shop_name: str
    picture_id: UUID | None = None
    tsv: Any = Field(sa_column=Column(TSVECTOR, nullable=False))


class SearchPlace(Table, table=True):
    """Names of places, for the documents' text: the city's data file, in the database."""

    __tablename__ = "search_places"

    kelurahan_code: str = Field(primary_key=True)
    kelurahan: str
    kecamatan: str


class SearchWord(Table, table=True):
    """A word of titles; `uses` is counted anew every hour."""

    __tablename__ = "search_vocabulary"
    __table_args__ = (Index("ix_search_vocabulary_trigrams", "word", postgresql_using="gin", postgresql_ops={"word": "gin_trgm_ops"}),)

    word: str = Field(primary_key=True)
    uses: int
