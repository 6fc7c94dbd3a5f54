"""The port to a payment provider: what we ask of Stripe, and of whoever comes beside it (QRIS, virtual accounts).

Amounts are whole rupiah: an exponent is the adapter's affair. `key` is our row's id and the idempotency key of the call: the same call with
the same key may be made again at any time. Every verb may raise ProviderAway (try again, same key), Declined or Refused (never again so).
"""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID

from common.payments.facts import (
    AccountBalance,
    AccountFact,
    AccountLink,
    DisputeFact,
    Fact,
    IntentFact,
    ListedFact,
    PayoutFact,
    ProviderEvent,
    RefundFact,
    ReversalFact,
    TransferFact,
)


class ActionKind(StrEnum):
    """What the payer's browser must do next."""

    REDIRECT = "redirect"  # go to `url`
    QR_STRING = "qr_string"  # show as a QR code
    VA_NUMBER = "va_number"  # transfer to this number
    CARD_SECRET = "card_secret"  # noqa: S105  a kind of action: give to the provider's card form


@dataclass(frozen=True)
class ClientAction:
    """`url` holds the address, or the string, number or secret of the other kinds."""

    kind: ActionKind
    url: str


@dataclass(frozen=True)
class Created:
    """`provider_ref`: what was opened, for `cancel` and `fetch`; the payment itself may get an id of its own later (IntentFact)."""

    provider_ref: str
    client_action: ClientAction
    expires_at: datetime


@dataclass(frozen=True)
class Capabilities:
    """What a rail can do, from `minimum` to `maximum` rupiah. `refund_window`: None for ever; `capture_window`: None without an
    authorisation."""

    authorise_capture: bool
    partial_capture: bool
    capture_window: timedelta | None
    refunds: bool
    partial_refunds: bool
    refund_window: timedelta | None
    exponent: int
    minimum: int
    maximum: int
    webhook_authentication: str
    idempotency: str
    split: bool
    payout: bool


@dataclass(frozen=True)
class PaymentOrder:
    """What `create_payment` needs to know. `group` ties a payment to its transfers."""

    key: UUID
    amount: int
    description: str
    group: str
    return_url: str
    started_at: datetime
    expires_at: datetime


class PaymentProvider(Protocol):
    name: str

    def capabilities(self) -> Capabilities: ...

    async def create_payment(self, order: PaymentOrder) -> Created: ...

    async def capture(self, ref: str, *, key: UUID, amount: int | None = None) -> IntentFact: ...

    async def cancel(self, ref: str) -> IntentFact:
        """Cancel, or the truth when it is too late: the fact says how it ended."""
        ...

    async def refund(self, charge: str, *, key: UUID, amount: int) -> RefundFact: ...

    async def transfer(self, *, key: UUID, account: str, amount: int, charge: str, group: str) -> TransferFact: ...

    async def reverse(self, transfer_ref: str, *, key: UUID, amount: int) -> ReversalFact: ...

    async def payout(self, account: str, *, key: UUID, amount: int) -> PayoutFact: ...

    async def open_account(self, *, key: UUID) -> AccountFact: ...

    async def account_state(self, account: str) -> AccountFact: ...

    async def account_link(self, account: str, *, return_url: str, refresh_url: str) -> AccountLink:
        """Where the seller tells the provider who she is. Good for one visit and a few minutes; later it leads to `refresh_url`."""
        ...

    async def dashboard_link(self, account: str) -> str:
        """Where a seller who has told everything sees her account at the provider. Good for one visit."""
        ...

    async def account_balance(self, account: str) -> AccountBalance: ...

    def parse_webhook(self, body: bytes, headers: Mapping[str, str]) -> ProviderEvent:
        """The message in a raw body whose signature is right. Raises BadSignature. No I/O."""
        ...

    def facts_of(self, payload: dict[str, Any]) -> list[Fact] | None:
        """What a kept message tells; None for a type that we do not know. No I/O."""
        ...

    async def fetch(self, kind: str, ref: str) -> list[Fact]:
        """The present truth about a thing: intent, account, transfer, refunds_of (a payment), disputes_of (a payment).

        An intent may be named by what `create_payment` made of it or by its payment.
        """
        ...

    def list_since(self, moment: datetime, account: str | None = None) -> AsyncIterator[ProviderEvent]:
        """Events since `moment`, newest first, of the platform or of one connected account."""
        ...

    def list_all(self, kind: str, since: datetime | None = None) -> AsyncIterator[ListedFact]:
        """Everything that the provider has, made since a moment (None: ever), newest first, of one kind: intents, refunds, transfers,
        disputes, or movements of the platform's balance."""
        ...

    async def submit_evidence(self, dispute: str, *, key: UUID, text: str) -> DisputeFact:
        """Hand what we have to say to the payer's bank: once, and before its deadline. Refused afterwards."""
        ...

    async def close(self) -> None: ...
