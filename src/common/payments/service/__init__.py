"""The verbs of payments. Those that take a session are part of the caller's transaction; the others open their own."""

from common.payments.service.accounts import ensure_seller_account
from common.payments.service.checking import Difference, ledger_check, tell_operators, want_provider_check
from common.payments.service.comparing import ProviderMismatch, compare_with_provider
from common.payments.service.disputing import BankWord, bank_word
from common.payments.service.holding import Part, hold_for_sellers, release, settle_fee
from common.payments.service.inbox import receive, replay
from common.payments.service.opening import cancel_intent, open_intent
from common.payments.service.refunding import refund
from common.payments.service.starting import look_again, seen_by, start, start_as

__all__ = [
    "BankWord",
    "Difference",
    "Part",
    "ProviderMismatch",
    "bank_word",
    "cancel_intent",
    "compare_with_provider",
    "ensure_seller_account",
    "hold_for_sellers",
    "ledger_check",
    "look_again",
    "open_intent",
    "receive",
    "refund",
    "release",
    "replay",
    "seen_by",
    "settle_fee",
    "start",
    "start_as",
    "tell_operators",
    "want_provider_check",
]
