"""Refunds: never more than was taken. Cards succeed at once; QRIS waits for the issuer (pending, then succeeded)."""

from common.embedded.sandbox import ledger
from common.embedded.sandbox.api import disputes
from common.embedded.sandbox.desk import Call, Desk, blank, now
from common.embedded.sandbox.errors import BadParameter, Refused
from common.embedded.sandbox.store import Doc, new_id

QRIS_SETTLES_SECONDS = 1.0


def create(call: Call) -> Doc:
    """POST /v1/refunds of a `charge` or a `payment_intent`, whole or `amount`."""
    charge = _charge(call)
    if not charge["captured"]:
        raise Refused("The charge has not been captured: cancel its PaymentIntent instead.", code="charge_not_refundable")
    if disputes.keeps_refunds_away(call.desk, charge):
        raise Refused(f"Charge {charge['id']} has been charged back; cannot issue a refund.", code="charge_disputed")
    left = charge["amount_captured"] - charge["amount_refunded"]
    if left == 0:
        raise Refused(f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded")
    wanted = call.params.integer("amount")
    amount = left if wanted is None else ledger.positive(wanted)
    if amount > left:
        raise Refused(
            f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left}).", code="amount_too_large", param="amount"
        )
    return _refund(call, charge, amount)


def update(call: Call) -> Doc:
    """POST /v1/refunds/{id}: its metadata."""
    refund = call.mine("refund")
    refund["metadata"] = call.params.metadata(refund["metadata"])
    call.store.save(refund)
    call.desk.emit("refund.updated", refund)
    return refund


def settle(desk: Desk, refund: Doc) -> None:
    """The clerk's: the issuer took the money of a pending refund."""
    if refund["status"] == "pending":
        refund["status"] = "succeeded"
        desk.store.save(refund)
        desk.emit("refund.updated", refund)


def fail(desk: Desk, refund: Doc) -> None:
    """The clerk's mischief: the bank sends the money back, after it had succeeded."""
    charge = desk.store.get("charge", refund["charge"], refund["_account"])
    charge |= {"amount_refunded": charge["amount_refunded"] - refund["amount"], "refunded": False}
    desk.store.save(charge)
    back = ledger.book(desk, refund["_account"], "refund_failure", refund["amount"], refund)
    refund |= {"status": "failed", "failure_reason": "expired_or_canceled_card", "failure_balance_transaction": back["id"]}
    desk.store.save(refund)
    desk.emit("refund.failed", refund)
    desk.emit("refund.updated", refund)


def _charge(call: Call) -> Doc:
    id_ = call.params.text("charge")
    if id_ is None:
        intent = call.store.get("payment_intent", call.params.needed("payment_intent"), call.account, param="payment_intent")
        id_ = intent["latest_charge"]
        if id_ is None or intent["status"] not in {"succeeded", "requires_capture"}:
            raise Refused(
                f"This PaymentIntent ({intent['id']}) does not have a successful charge to refund.", code="payment_intent_unexpected_state"
            )
    charge = call.store.get("charge", id_, call.account, param="charge")
    if charge["status"] != "succeeded":
        raise BadParameter(f"Charge {charge['id']} did not succeed.", param="charge")
    return charge


def _refund(call: Call, charge: Doc, amount: int) -> Doc:
    desk = call.desk
    refund = _new(call, charge, amount)
    refund["balance_transaction"] = ledger.book(desk, call.account, "refund", -amount, refund)["id"]
    desk.store.add(refund, call.account)
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount_captured"]
    desk.store.save(charge)
    desk.emit("refund.created", refund)
    desk.emit("charge.refunded", charge)
    if refund["status"] == "pending":
        desk.store.later(QRIS_SETTLES_SECONDS, "settle_refund", refund["id"])
    elif desk.mischief.happens("refund_failure"):
        desk.store.later(desk.mischief.plan.refund_failure_seconds, "fail_refund", refund["id"])
    return refund


def _new(call: Call, charge: Doc, amount: int) -> Doc:
    reason = call.params.choice("reason", "", ("", "duplicate", "fraudulent", "requested_by_customer")) or None
    by_card = charge["payment_method_details"]["type"] == "card"
    refund = blank("""balance_transaction destination_details failure_balance_transaction failure_reason receipt_number
        source_transfer_reversal transfer_reversal""")
    refund |= {
        "id": new_id("re"),
        "object": "refund",
        "amount": amount,
        "created": now(),
        "reason": reason,
        "metadata": call.params.metadata(),
    }
    refund |= {"charge": charge["id"], "currency": charge["currency"], "payment_intent": charge["payment_intent"]}
    return refund | {"status": "succeeded" if by_card else "pending"}
