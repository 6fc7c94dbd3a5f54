"""The ends of an intent that is not paid at once: capture (whole or part), cancel, and the authorisation that runs out."""

from common.embedded.sandbox import ledger
from common.embedded.sandbox.checkout import following
from common.embedded.sandbox.desk import Call, Desk, now
from common.embedded.sandbox.errors import Refused
from common.embedded.sandbox.payments import charging
from common.embedded.sandbox.payments.opening import unexpected
from common.embedded.sandbox.store import Doc

REASONS = ("duplicate", "fraudulent", "requested_by_customer", "abandoned", "automatic")


def capture(call: Call) -> Doc:
    """POST /v1/payment_intents/{id}/capture: the whole, or `amount_to_capture` and the rest is let go."""
    intent = call.mine("payment_intent")
    if intent["status"] != "requires_capture":
        raise unexpected(intent, "it cannot be captured")
    wanted = call.params.integer("amount_to_capture")
    amount = intent["amount_capturable"] if wanted is None else ledger.positive(wanted, "amount_to_capture")
    if amount > intent["amount_capturable"]:
        raise Refused("The amount to capture is greater than the amount authorized.", code="amount_too_large", param="amount_to_capture")
    charge = call.store.get("charge", intent["latest_charge"], call.account)
    charging.take(call.desk, charge, amount)
    intent |= {
        "status": "succeeded",
        "amount_received": amount,
        "amount_capturable": 0,
        "metadata": call.params.metadata(intent["metadata"]),
    }
    call.store.save(intent)
    call.desk.emit("charge.captured", charge)
    call.desk.emit("payment_intent.succeeded", intent)
    return intent


def cancel(call: Call) -> Doc:
    """POST /v1/payment_intents/{id}/cancel: until the money is taken."""
    intent = call.mine("payment_intent")
    if intent["status"] in {"succeeded", "canceled"}:
        raise unexpected(intent, "it cannot be canceled")
    following.must_stand_alone(intent, "cancel")
    reason = call.params.choice("cancellation_reason", "", ("", *REASONS[:-1])) or None
    return let_go(call.desk, intent, reason)


def expire_authorisation(desk: Desk, intent: Doc) -> None:
    """The clerk's: the bank holds money for seven days at most."""
    if intent["status"] == "requires_capture":
        let_go(desk, intent, "automatic")


def let_go(desk: Desk, intent: Doc, reason: str | None) -> Doc:
    """Cancel an intent that is not paid."""
    intent |= {"status": "canceled", "canceled_at": now(), "cancellation_reason": reason, "amount_capturable": 0, "next_action": None}
    desk.store.save(intent)
    desk.emit("payment_intent.canceled", intent)
    return intent
