"""What goes out of payments, and what an operator decides. Amounts are whole rupiah."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field

from common.payments.models import Dispute, Evidence, Intent, ProviderCheck, ProviderDifference, WebhookMessage
from common.payments.port import ClientAction


def _must_be_confirmed(value: bool) -> bool:
    if not value:
        raise ValueError("not confirmed")
    return value


Confirmed = Annotated[bool, AfterValidator(_must_be_confirmed)]
"""The person has said that they know what it means."""


class PaymentOut(BaseModel):
    id: UUID
    purpose: str
    purpose_id: UUID
    amount: int
    refunded: int
    state: str
    last_error: str
    expires_at: datetime

    @classmethod
    def of(cls, intent: Intent) -> "PaymentOut":
        fields = {name: getattr(intent, name) for name in cls.model_fields}
        return cls.model_validate(fields)


class ActionOut(BaseModel):
    """What the payer's program does next: `redirect` opens `url`; of the other kinds `url` is the string, number or secret itself."""

    kind: str
    url: str

    @classmethod
    def of(cls, action: ClientAction) -> "ActionOut":
        return cls(kind=str(action.kind), url=action.url)


class BookOut(BaseModel):
    """All pots of one kind in one book, together."""

    book: str
    kind: str
    amount: int


class BalanceOut(BaseModel):
    """`sum` is 0, or something is badly wrong."""

    sum: int
    transactions: int
    kinds: list[BookOut]


class PotOut(BaseModel):
    id: int
    book: str
    kind: str
    owner: str
    balance: int


class EntryOut(BaseModel):
    kind: str
    owner: str
    amount: int


class TransactionOut(BaseModel):
    id: UUID
    book: str
    kind: str
    cause: str
    at: datetime
    entries: list[EntryOut]


class MessageOut(BaseModel):
    event_id: str
    type: str
    state: str
    received_at: datetime
    done_at: datetime | None

    @classmethod
    def of(cls, message: WebhookMessage) -> "MessageOut":
        return cls.model_validate({name: getattr(message, name) for name in cls.model_fields})


class Waits(StrEnum):
    """Why money waits for an operator."""

    BY_OTHER_HANDS = "by_other_hands"  # refunded at the provider, not by us
    FAILED = "failed"  # a refund of ours that the bank sent back
    LOSS = "loss"  # lost to a bank, and nobody bears it


class ShareOut(BaseModel):
    """An order of a payment, and what is left of its money."""

    order_id: UUID
    storefront_id: UUID
    left: int


class UnassignedOut(BaseModel):
    """Money that an operator must assign. `order_id`: the order that it was about, if it was about one."""

    kind: Waits
    id: UUID
    intent_id: UUID
    order_id: UUID | None
    amount: int
    created_at: datetime


class AssignMoney(BaseModel):
    """`order_id` with `bearer` "order": the order that bears it. `confirmed`: the person has seen what it means."""

    bearer: Literal["order", "office", "losses", "again", "seller"]
    order_id: UUID | None = None
    reason: str = Field(min_length=5, max_length=500)
    confirmed: Confirmed


class AddEvidence(BaseModel):
    words: str = Field(min_length=5, max_length=5000)


class SubmitEvidence(BaseModel):
    """A bank takes evidence once. `confirmed`: the person knows that."""

    confirmed: Confirmed


class DisputeOut(BaseModel):
    """A bank's dispute. `shares`: what each order (or the office) lost; `unborne`: what nobody bears yet."""

    id: UUID
    intent_id: UUID
    state: str
    amount: int
    reason: str
    due_by: datetime | None
    evidence_sent_at: datetime | None
    shares: dict[str, int]
    unborne: int
    created_at: datetime

    @classmethod
    def of(cls, dispute: Dispute) -> "DisputeOut":
        return cls.model_validate({name: getattr(dispute, name) for name in cls.model_fields})


class EvidenceOut(BaseModel):
    id: UUID
    side: str
    words: str
    file_id: UUID | None
    filename: str
    created_at: datetime

    @classmethod
    def of(cls, row: Evidence) -> "EvidenceOut":
        return cls.model_validate({name: getattr(row, name) for name in cls.model_fields})


class ProviderCheckOut(BaseModel):
    """One comparison with the provider; `compared` counts its things, `since` limits them (None: all)."""

    id: UUID
    state: str
    wanted_at: datetime
    since: datetime | None
    done_at: datetime | None
    compared: int
    differences: int

    @classmethod
    def of(cls, check: ProviderCheck) -> "ProviderCheckOut":
        return cls.model_validate({name: getattr(check, name) for name in cls.model_fields})


class ProviderDifferenceOut(BaseModel):
    id: UUID
    kind: str
    ref: str
    ours: str
    theirs: str

    @classmethod
    def of(cls, row: ProviderDifference) -> "ProviderDifferenceOut":
        return cls.model_validate({name: getattr(row, name) for name in cls.model_fields})
