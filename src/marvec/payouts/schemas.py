"""What goes out of payouts. Amounts are whole rupiah; `net` is signed, as it changes the balance."""

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel

from common.payments.movements import Movement, SellerBalance


class BalanceOut(BaseModel):
    """`held`: for orders that are under way. `available`: the seller's, not sent yet, of which `waiting` waits for her account or address.
    `on_the_way`: between us and her bank. `debt`: taken from the next sales."""

    held: int
    available: int
    waiting: int
    on_the_way: int
    paid_out: int
    debt: int

    @classmethod
    def of(cls, found: SellerBalance) -> "BalanceOut":
        return cls.model_validate({name: getattr(found, name) for name in cls.model_fields})


class LineOut(BaseModel):
    """One movement. `order` is the reference of the order that it is about, "" for none; `transfer` the provider's id of the transfer
    (of a sale) or of the payout."""

    id: UUID
    at: datetime
    kind: str
    order: str
    gross: int
    commission: int
    refunded: int
    net: int
    transfer: str

    @classmethod
    def of(cls, line: Movement, references: dict[UUID, str]) -> "LineOut":
        kind = "payout_returned" if line.kind == "payout" and line.outcome == "failed" else line.kind
        kind = "refund_failed" if line.kind == "refund" and line.outcome == "failed" else kind
        return cls(
            id=line.id, at=line.at, kind=kind, order=references.get(line.order_id, "") if line.order_id else "", gross=line.gross,
            commission=line.commission, refunded=line.refunded, net=line.net, transfer=line.reference,
        )  # fmt: skip


class StatementOut(BaseModel):
    """One shop's month. `closing` is `opening` plus the sum of the lines' `net`."""

    shop: str
    month: date
    opening: int
    lines: list[LineOut]
    closing: int


class AccountOut(BaseModel):
    """`state`: none, new, checked, paused, partly, ready or gone. The lists are sentences in the caller's language."""

    state: str
    todo: list[str]
    soon: list[str]
    wrong: list[str]
    why: str


class LinkOut(BaseModel):
    """Good for one visit and a few minutes."""

    url: str
