"""What a provider can tell us, in our words. Amounts are whole rupiah; `ours` is the id that we gave (None: not by us)."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from common.payments.models import DisputeState, IntentState, PayoutState, RefundState


@dataclass(frozen=True)
class IntentFact:
    """`ref`: what we opened at the provider; `payment`: what the person made of it; at least one is told. `state` is never CREATED.

    `error` is a stable word why the last try failed, "" when none did, None when the message does not say.
    """

    ref: str | None
    ours: UUID | None
    state: IntentState
    amount: int
    payment: str | None = None
    charge: str | None = None
    error: str | None = None


@dataclass(frozen=True)
class RefundFact:
    ref: str
    ours: UUID | None
    intent: str
    amount: int
    state: RefundState


@dataclass(frozen=True)
class ReversalFact:
    ref: str
    ours: UUID | None
    amount: int


@dataclass(frozen=True)
class TransferFact:
    """A transfer exists; `reversals` are all that were taken back of it so far (or some of them: nothing is concluded from absence)."""

    ref: str
    ours: UUID | None
    amount: int
    reversals: tuple[ReversalFact, ...] = ()


@dataclass(frozen=True)
class DisputeFact:
    """`due_by`: until when evidence is taken; `reason`: the bank's word; `answered`: evidence was handed in, the bank looks at it."""

    ref: str
    intent: str
    amount: int
    state: DisputeState
    due_by: datetime | None = None
    reason: str = ""
    answered: bool = False


@dataclass(frozen=True)
class PayoutFact:
    """`account`: the connected account that pays out, None the platform itself."""

    ref: str
    account: str | None
    amount: int
    state: PayoutState


@dataclass(frozen=True)
class Requirements:
    """What the provider still asks of a seller, by its own names (`external_account`, `individual.id_number`, ...).

    `disabled_reason`: why it pays nothing, "" when it does. `errors`: (requirement, code) of what was sent and not accepted. `deadline`:
    until when what is currently due must be there, in seconds since 1970.
    """

    currently_due: tuple[str, ...] = ()
    past_due: tuple[str, ...] = ()
    eventually_due: tuple[str, ...] = ()
    pending_verification: tuple[str, ...] = ()
    disabled_reason: str = ""
    errors: tuple[tuple[str, str], ...] = ()
    deadline: int | None = None


@dataclass(frozen=True)
class AccountFact:
    """`details_submitted`: the seller has gone through the provider's form once. `requirements` None: the message does not tell."""

    account: str
    transfers_enabled: bool
    payouts_enabled: bool
    disconnected: bool = False
    details_submitted: bool = False
    requirements: Requirements | None = None


@dataclass(frozen=True)
class AccountLink:
    """An address at the provider for one visit of the seller's."""

    url: str
    expires_at: datetime


@dataclass(frozen=True)
class AccountBalance:
    """What lies on a connected account, in whole rupiah: what can be paid out now, and what comes free later."""

    available: int
    pending: int


@dataclass(frozen=True)
class LookAt:
    """Something changed that the message does not tell: read it at the provider. `kind`: account, intent, refunds_of (a payment)."""

    kind: str
    ref: str


@dataclass(frozen=True)
class MovementFact:
    """The platform's balance at the provider changed by `amount` because of `source` (a charge, a refund, a transfer, a dispute, ...)."""

    ref: str
    source: str
    amount: int


@dataclass(frozen=True)
class ListedFact:
    """A fact out of one of the provider's lists, and when the thing was made there."""

    made_at: datetime
    fact: Any


Fact = IntentFact | RefundFact | TransferFact | DisputeFact | PayoutFact | AccountFact | LookAt


@dataclass(frozen=True)
class ProviderEvent:
    """A message as it came; `payload` is kept raw and can be read again."""

    id: str
    type: str
    payload: dict[str, Any] = field(repr=False)
