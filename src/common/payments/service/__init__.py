"""The verbs of payments. Those that take a session are part of the caller's transaction; the others open their own."""

from common.payments.service.accounts import ensure_seller_account, is_confirmed, send_waiting, standing_of
from common.payments.service.checking import Difference, ledger_check
from common.payments.service.holding import Part, hold_for_sellers, release, settle_fee
from common.payments.service.inbox import receive, replay
from common.payments.service.onboarding import open_dashboard, open_link, read_account
from common.payments.service.opening import cancel_intent, open_intent
from common.payments.service.refunding import refund
from common.payments.service.starting import look_again, seen_by, start, start_as

__all__ = [
    "Difference",
    "Part",
    "cancel_intent",
    "ensure_seller_account",
    "hold_for_sellers",
    "is_confirmed",
    "ledger_check",
    "look_again",
    "open_dashboard",
    "open_intent",
    "open_link",
    "read_account",
    "receive",
    "refund",
    "release",
    "replay",
    "seen_by",
    "send_waiting",
    "settle_fee",
    "standing_of",
    "start",
    "start_as",
]
