"""Charges: what became of one attempt to take money, and the movement into the balance when it is taken."""

from common.embedded.sandbox import cards, ledger
from common.embedded.sandbox.desk import Desk, blank, now
from common.embedded.sandbox.payments import methods
from common.embedded.sandbox.store import Doc, new_id

AUTHORISATION_SECONDS = 7 * 24 * 3600


def charge(desk: Desk, intent: Doc, *, captured: bool) -> Doc:
    """A charge that succeeded for the whole of the intent; `captured` takes the money at once."""
    doc = _new(intent, "succeeded")
    doc["outcome"] = {
        "network_status": "approved_by_network",
        "reason": None,
        "risk_level": "normal",
        "seller_message": "Payment complete.",
        "type": "authorized",
    }
    desk.store.add(doc, intent["_account"])
    if captured:
        take(desk, doc, intent["amount"])
    desk.emit("charge.succeeded", doc)
    return doc


def take(desk: Desk, doc: Doc, amount: int) -> None:
    """Capture `amount` of a charge. The rest of a partial capture is let go: `amount` stays, `amount_refunded` counts real refunds only."""
    doc |= {"captured": True, "amount_captured": amount}
    doc["balance_transaction"] = ledger.book(desk, doc["_account"], "charge", amount, doc)["id"]
    desk.store.save(doc)


def failed_charge(desk: Desk, intent: Doc, code: str, decline: str) -> Doc:
    doc = _new(intent, "failed")
    doc |= {"paid": False, "failure_code": code, "failure_message": cards.MESSAGES[code]}
    doc["outcome"] = {"network_status": "declined_by_network", "reason": decline or code, "risk_level": "normal", "type": "issuer_declined"}
    desk.store.add(doc, intent["_account"])
    desk.emit("charge.failed", doc)
    return doc


def _new(intent: Doc, status: str) -> Doc:
    method = intent["_method"]
    charge = blank("""application application_fee application_fee_amount balance_transaction destination dispute failure_balance_transaction
        failure_code failure_message on_behalf_of outcome receipt_email receipt_number receipt_url review source source_transfer
        statement_descriptor statement_descriptor_suffix transfer_data""")
    charge |= {name: intent[name] for name in ("amount", "currency", "customer", "description", "metadata", "shipping", "transfer_group")}
    charge |= {
        "id": new_id("ch"),
        "object": "charge",
        "created": now(),
        "livemode": False,
        "status": status,
        "paid": True,
        "captured": False,
    }
    charge |= {"amount_captured": 0, "amount_refunded": 0, "refunded": False, "disputed": False, "billing_details": {}, "fraud_details": {}}
    charge |= {"payment_intent": intent["id"], "payment_method": method["id"], "payment_method_details": methods.describe(method)}
    return charge
