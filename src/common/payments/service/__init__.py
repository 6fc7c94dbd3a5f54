"""The verbs of payments. Those that take a session are part of the caller's transaction; the others open their own."""

from common.payments.service.accounts import ensure_seller_account
from common.payments.service.checking import Difference, ledger_check
from common.payments.service.holding import Part, hold_for_sellers, release, settle_fee
from common.payments.service.inbox import receive, replay
from common.payments.service.opening import cancel_intent, check_payable, check_unpaid, open_intent, replace_intent
from common.payments.service.refunding import refund
from common.payments.service.starting import look_again, seen_by, start, start_as

__all__ = [
    "Difference",
    "Part",
    "cancel_intent",
    "check_payable",
    "check_unpaid",
    "ensure_seller_account",
    "hold_for_sellers",
    "ledger_check",
    "look_again",
    "open_intent",
    "receive",
    "refund",
    "release",
    "replace_intent",
    "replay",
    "seen_by",
    "settle_fee",
    "start",
    "start_as",
]
