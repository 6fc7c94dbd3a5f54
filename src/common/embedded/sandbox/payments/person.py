"""What the person does: pays by card, approves 3-D Secure, scans the code, declines, or lets the time run out."""

import time

from common.embedded.sandbox import cards
from common.embedded.sandbox.desk import Desk, Failed
from common.embedded.sandbox.errors import Refused
from common.embedded.sandbox.payments import methods
from common.embedded.sandbox.payments.confirming import attempt, fail, settle, wait_for_bank
from common.embedded.sandbox.store import Doc

PAYABLE = ("requires_payment_method", "requires_confirmation", "requires_action")


def pay_by_card(desk: Desk, intent: Doc, number: str, return_url: str | None = None) -> Doc | Failed:
    """Type a card number on the pay page."""
    return _pay(desk, intent, methods.by_card(cards.numbered(number)), return_url)


def ask_for_code(desk: Desk, intent: Doc, return_url: str | None = None) -> Doc | Failed:
    """Choose QRIS on the pay page: a code is shown."""
    return _pay(desk, intent, methods.by_qris(), return_url)


def scan(desk: Desk, intent: Doc) -> Doc | Failed:
    """The bank app has scanned the code and pays."""
    _must_await(intent, "qris_display_qr_code")
    if desk.mischief.happens("delayed"):
        return wait_for_bank(desk, intent)
    return settle(desk, intent)


def authenticate(desk: Desk, intent: Doc, *, approved: bool) -> Doc | Failed:
    """The answer to 3-D Secure."""
    _must_await(intent, "redirect_to_url")
    return settle(desk, intent) if approved else fail(desk, intent, "payment_intent_authentication_failure")


def decline(desk: Desk, intent: Doc) -> Doc | Failed:
    """The person does not want to pay."""
    if intent["status"] not in PAYABLE:
        raise _not_now(intent)
    return fail(desk, intent, "payment_method_customer_decline")


def expire_code(desk: Desk, intent: Doc) -> None:
    """The clerk's: nobody scanned in time. A newer code has a later end and stays."""
    action = intent["next_action"] or {}
    if action.get("type") == "qris_display_qr_code" and action["qris_display_qr_code"]["expires_at"] <= time.time():
        fail(desk, intent, "payment_intent_payment_attempt_expired")


def _pay(desk: Desk, intent: Doc, method: methods.Method, return_url: str | None) -> Doc | Failed:
    if intent["status"] not in PAYABLE:
        raise _not_now(intent)
    intent |= {"_method": method, "payment_method": method["id"]}
    return attempt(desk, intent, return_url)


def _must_await(intent: Doc, action: str) -> None:
    if intent["status"] != "requires_action" or intent["next_action"]["type"] != action:
        raise _not_now(intent)


def _not_now(intent: Doc) -> Refused:
    return Refused(f"This PaymentIntent has a status of {intent['status']}.", code="payment_intent_unexpected_state", param="intent")
