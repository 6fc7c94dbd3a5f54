"""The verbs of payments. Those that take a session are part of the caller's transaction; the others open their own."""

from common.payments.service.accounts import ensure_seller_account, is_confirmed, send_waiting, standing_of
from common.payments.service.assigning import Bearer, Decision, assign_loss, assign_refund, owed_of
from common.payments.service.checking import Difference, ledger_check, want_provider_check
from common.payments.service.comparing import ProviderMismatch, compare_with_provider
from common.payments.service.disputing import BankWord, bank_word
from common.payments.service.holding import Part, hold_for_sellers, release, settle_fee
from common.payments.service.inbox import receive, replay
from common.payments.service.onboarding import open_dashboard, open_link, read_account
from common.payments.service.opening import cancel_intent, check_payable, check_unpaid, open_intent, replace_intent
from common.payments.service.proving import OPERATOR, add_evidence, evidence_wanted, submit_evidence, takes_evidence
from common.payments.service.refunding import refund
from common.payments.service.starting import look_again, seen_by, start, start_as

__all__ = [
    "OPERATOR",
    "BankWord",
    "Bearer",
    "Decision",
    "Difference",
    "Part",
    "ProviderMismatch",
    "add_evidence",
    "assign_loss",
    "assign_refund",
    "bank_word",
    "cancel_intent",
    "check_payable",
    "check_unpaid",
    "compare_with_provider",
    "ensure_seller_account",
    "evidence_wanted",
    "hold_for_sellers",
    "is_confirmed",
    "ledger_check",
    "look_again",
    "open_dashboard",
    "open_intent",
    "open_link",
    "owed_of",
    "read_account",
    "receive",
    "refund",
    "release",
    "replace_intent",
    "replay",
    "seen_by",
    "send_waiting",
    "settle_fee",
    "standing_of",
    "start",
    "start_as",
    "submit_evidence",
    "takes_evidence",
    "want_provider_check",
]
