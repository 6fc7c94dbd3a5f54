"""An attempt to pay: by card at once, by card after 3-D Secure, or by a QRIS code that the person's bank app scans."""

import math
import time

from common.embedded.sandbox import cards, ledger, qris
from common.embedded.sandbox.checkout import following
from common.embedded.sandbox.desk import Call, Desk, Failed, public
from common.embedded.sandbox.errors import BadParameter, Refused
from common.embedded.sandbox.params import Params
from common.embedded.sandbox.payments import charging, methods
from common.embedded.sandbox.store import Doc

HERE = "sandbox-address:/"  # stands for our own address in what is kept; the port may change with a restart
QRIS_SECONDS = 15 * 60
NEVER_REACHED_THE_BANK = frozenset(
    {"payment_intent_authentication_failure", "payment_intent_payment_attempt_expired", "payment_method_customer_decline"}
)


def confirm(call: Call) -> Doc | Failed:
    """POST /v1/payment_intents/{id}/confirm."""
    intent = call.mine("payment_intent")
    if intent["status"] not in {"requires_payment_method", "requires_confirmation", "requires_action"}:
        message = f"You cannot confirm this PaymentIntent because it has a status of {intent['status']}."
        raise Refused(message, code="payment_intent_unexpected_state", param="intent")
    following.must_stand_alone(intent, "confirm")
    method = methods.read(call.params)
    if method is not None:
        intent |= {"_method": method, "payment_method": method["id"]}
    if intent["_method"] is None:
        raise BadParameter("You must provide a payment_method to confirm.", code="parameter_missing", param="payment_method")
    return attempt(call.desk, intent, call.params.text("return_url"))


def attempt(desk: Desk, intent: Doc, return_url: str | None) -> Doc | Failed:
    """Try to pay with the intent's method. Returns the intent (succeeded, requires_capture, requires_action) or the 402 of a decline."""
    method = intent["_method"]
    if method["type"] not in intent["payment_method_types"]:
        raise BadParameter(f"The payment method type '{method['type']}' is not allowed for this PaymentIntent.", param="payment_method")
    intent["_return_url"] = return_url or intent["_return_url"]
    if method["type"] == "qris":
        return _show_code(desk, intent)
    card = cards.named(method["card"]) or cards.STRANGER
    if card.secure or desk.mischief.happens("three_d_secure"):
        return _demand_authentication(desk, intent)
    return settle(desk, intent)


def settle(desk: Desk, intent: Doc) -> Doc | Failed:
    """What the bank says: the money is taken, held (manual capture) or refused."""
    method = intent["_method"]
    card = cards.named(method["card"]) if method["type"] == "card" else None
    if card is not None and card.code:
        return fail(desk, intent, card.code, card.decline)
    if desk.mischief.happens("decline"):
        return fail(desk, intent, "card_declined", "generic_decline")
    manual = intent["capture_method"] == "manual"
    charge = charging.charge(desk, intent, captured=not manual)
    intent |= {"latest_charge": charge["id"], "next_action": None, "last_payment_error": None}
    _succeed(desk, intent) if not manual else _hold(desk, intent)
    if (card is not None and card.disputed) or desk.mischief.happens("dispute"):
        desk.store.later(0 if card and card.disputed else desk.mischief.plan.dispute_seconds, "dispute", charge["id"])
    return intent


def wait_for_bank(desk: Desk, intent: Doc) -> Doc:
    """The person has paid, their bank answers later (misbehaviour `delayed`)."""
    intent |= {"status": "processing", "next_action": None}
    desk.store.save(intent)
    desk.emit("payment_intent.processing", intent)
    following.under_way(desk, intent)
    desk.store.later(desk.mischief.plan.delayed_seconds, "hear_from_bank", intent["id"])
    return intent


def hear_from_bank(desk: Desk, intent: Doc) -> None:
    """The clerk's: the late answer."""
    if intent["status"] != "processing":
        return
    if desk.mischief.happens("delayed_failure"):
        fail(desk, intent, "payment_intent_payment_attempt_failed")
    else:
        settle(desk, intent)


def _succeed(desk: Desk, intent: Doc) -> None:
    intent |= {"status": "succeeded", "amount_received": intent["amount"]}
    desk.store.save(intent)
    desk.emit("payment_intent.succeeded", intent)
    following.paid(desk, intent)


def _hold(desk: Desk, intent: Doc) -> None:
    intent |= {"status": "requires_capture", "amount_capturable": intent["amount"]}
    desk.store.save(intent)
    desk.emit("payment_intent.amount_capturable_updated", intent)
    desk.store.later(charging.AUTHORISATION_SECONDS, "expire_authorisation", intent["id"])


def fail(desk: Desk, intent: Doc, code: str, decline: str = "") -> Failed:
    """The attempt failed: the intent waits for another method. The answer is a 402 card_error that carries the intent."""
    error: Doc = {"type": "card_error", "code": code, "message": cards.MESSAGES[code]}
    if decline:
        error["decline_code"] = decline
    if code not in NEVER_REACHED_THE_BANK:
        error["charge"] = intent["latest_charge"] = charging.failed_charge(desk, intent, code, decline)["id"]
    intent |= {"status": "requires_payment_method", "next_action": None, "payment_method": None, "_method": None}
    intent["last_payment_error"] = dict(error)
    desk.store.save(intent)
    desk.emit("payment_intent.payment_failed", intent)
    following.failed(desk, intent)
    return Failed(402, {"error": error | {"payment_intent": public(intent)}})


def _demand_authentication(desk: Desk, intent: Doc) -> Doc:
    url = f"{HERE}3ds/{intent['id']}?client_secret={intent['client_secret']}"
    intent["next_action"] = {"type": "redirect_to_url", "redirect_to_url": {"return_url": intent["_return_url"], "url": url}}
    return _await_person(desk, intent)


def _show_code(desk: Desk, intent: Doc) -> Doc:
    if intent["amount"] > ledger.QRIS_MAXIMUM or intent["capture_method"] == "manual":
        raise BadParameter("QRIS takes at most Rp 10.000.000 a payment and is captured at once.", param="payment_method")
    options = Params(intent["payment_method_options"]).group("qris")
    seconds = options.integer("expires_after_seconds") or QRIS_SECONDS
    ends = math.ceil(time.time() + seconds)
    code = {
        "data": qris.payload(intent["id"], intent["amount"]),
        "image_url": f"{HERE}qris/{intent['id']}.svg?client_secret={intent['client_secret']}",
        "hosted_instructions_url": f"{HERE}pay/{intent['id']}?client_secret={intent['client_secret']}",
        "expires_at": ends,
    }
    intent["next_action"] = {"type": "qris_display_qr_code", "qris_display_qr_code": code}
    desk.store.later(ends - time.time(), "expire_code", intent["id"])
    return _await_person(desk, intent)


def _await_person(desk: Desk, intent: Doc) -> Doc:
    intent |= {"status": "requires_action", "last_payment_error": None}
    desk.store.save(intent)
    desk.emit("payment_intent.requires_action", intent)
    return intent
