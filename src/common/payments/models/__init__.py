"""Tables of payments: what people pay (`intents`), how money flows on (`flows`), the ledger, the provider's messages (`inbox`)."""

from common.payments.models.checks import CheckState, ProviderCheck, ProviderDifference
from common.payments.models.flows import (
    UNDECIDED,
    Dispute,
    DisputeState,
    Evidence,
    Payout,
    PayoutState,
    Refund,
    RefundState,
    Reversal,
    ReversalState,
    Transfer,
    TransferState,
)
from common.payments.models.inbox import InboxState, SellerAccount, SweepMark, WebhookMessage
from common.payments.models.intents import BOOKS, Intent, IntentState, PaymentPart, Purpose
from common.payments.models.ledger import Book, LedgerAccount, LedgerEntry, LedgerTransaction, Pot

__all__ = [
    "BOOKS",
    "UNDECIDED",
    "Book",
    "CheckState",
    "Dispute",
    "DisputeState",
    "Evidence",
    "InboxState",
    "Intent",
    "IntentState",
    "LedgerAccount",
    "LedgerEntry",
    "LedgerTransaction",
    "PaymentPart",
    "Payout",
    "PayoutState",
    "Pot",
    "ProviderCheck",
    "ProviderDifference",
    "Purpose",
    "Refund",
    "RefundState",
    "Reversal",
    "ReversalState",
    "SellerAccount",
    "SweepMark",
    "Transfer",
    "TransferState",
    "WebhookMessage",
]
