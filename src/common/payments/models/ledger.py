"""The double-entry ledger. Rows never change; a deferred trigger holds every transaction to a sum of zero."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, Identity
from sqlmodel import Column, Field

from common.db import Table, enum_field, id_field, utc_field


class Book(StrEnum):
    """Whose money it is about. A transaction stays within one book (composite foreign keys hold it there)."""

    MARKET = "market"
    CITY = "city"


class Pot(StrEnum):
    """Kinds of accounts. Positive: money is there; only `outside` (the payers) is negative by nature."""

    OUTSIDE = "outside"  # owner: payers
    ARRIVED = "arrived"  # owner: intent; paid, not yet assigned. Never negative
    HELD = "held"  # owner: order; waits for receipt. Never negative
    SELLER = "seller"  # owner: storefront; owed to the seller, negative when the seller owes
    COMMISSION = "commission"  # owner: platform
    IN_TRANSIT = "in_transit"  # owner: storefront; a transfer that was asked for
    TRANSFERRED = "transferred"  # owner: storefront; on the seller's account at the provider
    BANK = "bank"  # owner: storefront or platform; paid out
    OFFICE = "office"  # owner: office code; the city's own
    REFUNDING = "refunding"  # owner: intent; a refund that was asked for
    UNPLANNED = "unplanned"  # owner: intent; refunded at the provider by other hands than ours, until an operator assigns it
    DISPUTED = "disputed"  # owner: intent; withdrawn by a bank while a dispute runs, and what of a lost one nobody bears yet
    LOSSES = "losses"  # owner: platform; what an operator decided that the platform bears


class LedgerAccount(Table, table=True):
    __tablename__ = "ledger_accounts"

    id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    book: Book = enum_field(Book)
    kind: Pot = enum_field(Pot)
    owner: str


class LedgerTransaction(Table, table=True):
    """One movement of money. `cause` is unique: nothing is posted twice."""

    __tablename__ = "ledger_transactions"

    id: UUID = id_field()
    book: Book = enum_field(Book)
    kind: str
    cause: str = Field(unique=True)
    at: datetime = utc_field()


class LedgerEntry(Table, table=True):
    """`amount` in whole rupiah, never 0: positive into the pot, negative out of it."""

    __tablename__ = "ledger_entries"

    transaction_id: UUID = Field(primary_key=True)
    account_id: int = Field(sa_type=BigInteger, primary_key=True)
    book: Book = enum_field(Book)
    amount: int = Field(sa_type=BigInteger)
