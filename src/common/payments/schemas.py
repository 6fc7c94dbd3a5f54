"""What goes out of payments. Amounts are whole rupiah."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from common.payments.models import Intent, WebhookMessage
from common.payments.port import ClientAction


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
