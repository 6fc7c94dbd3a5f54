"""Disputes: the buyer's bank takes the money back. Made by the test card 4000 0000 0000 0259, by mischief or by /sandbox/dispute.

As on Stripe's test cards, evidence[uncategorized_text] decides: `winning_evidence` wins, anything else submitted loses; closing loses.
"""

from common.embedded.sandbox import ledger
from common.embedded.sandbox.desk import Call, Desk, now
from common.embedded.sandbox.errors import Refused
from common.embedded.sandbox.store import Doc, new_id

DAYS_TO_ANSWER = 7


def open_(desk: Desk, charge: Doc) -> None:
    """Dispute what is left of a captured charge; the money is withdrawn from the platform. A charge is disputed once."""
    amount = charge["amount_captured"] - charge["amount_refunded"]
    if charge["disputed"] or amount <= 0:
        return
    dispute = _new(charge, amount)
    txn = ledger.book(desk, charge["_account"], "adjustment", -amount, dispute)
    dispute["_txns"] = [txn["id"]]
    desk.store.add(dispute, charge["_account"])
    charge |= {"disputed": True, "dispute": dispute["id"]}
    desk.store.save(charge)
    desk.emit("charge.dispute.created", shown(desk, dispute))
    desk.emit("charge.dispute.funds_withdrawn", shown(desk, dispute))


def update(call: Call) -> Doc:
    """POST /v1/disputes/{id}: metadata and evidence; `submit=true` (the default, as on Stripe) with evidence decides it."""
    dispute = call.mine("dispute")
    _must_be_open(dispute)
    evidence = call.params.group("evidence").values
    dispute["evidence"] |= evidence
    dispute["metadata"] = call.params.metadata(dispute["metadata"])
    call.store.save(dispute)
    call.desk.emit("charge.dispute.updated", shown(call.desk, dispute))
    if evidence and ("submit" not in call.params or call.params.flag("submit")):
        _decide(call.desk, dispute, won=dispute["evidence"].get("uncategorized_text") == "winning_evidence")
    return shown(call.desk, dispute)


def close(call: Call) -> Doc:
    """POST /v1/disputes/{id}/close: accept that the money is gone."""
    dispute = call.mine("dispute")
    _must_be_open(dispute)
    _decide(call.desk, dispute, won=False)
    return shown(call.desk, dispute)


def retrieve(call: Call) -> Doc:
    return shown(call.desk, call.mine("dispute"))


def shown(desk: Desk, dispute: Doc) -> Doc:
    """The dispute with its balance transactions inside, as Stripe shows it."""
    return dispute | {"balance_transactions": [desk.store.find(id_) for id_ in dispute["_txns"]]}


def _decide(desk: Desk, dispute: Doc, *, won: bool) -> None:
    dispute["status"] = "won" if won else "lost"
    if won:
        txn = ledger.book(desk, dispute["_account"], "adjustment", dispute["amount"], dispute)
        dispute["_txns"].append(txn["id"])
    desk.store.save(dispute)
    desk.emit("charge.dispute.closed", shown(desk, dispute))
    if won:
        desk.emit("charge.dispute.funds_reinstated", shown(desk, dispute))


def _must_be_open(dispute: Doc) -> None:
    if dispute["status"] != "needs_response":
        raise Refused(f"This dispute is already {dispute['status']}.", code="dispute_closed")


def _new(charge: Doc, amount: int) -> Doc:
    details = {"due_by": now() + DAYS_TO_ANSWER * 86_400, "has_evidence": False, "past_due": False, "submission_count": 0}
    dispute: Doc = {"id": new_id("du"), "object": "dispute", "created": now(), "livemode": False, "status": "needs_response"}
    dispute |= {"amount": amount, "charge": charge["id"], "currency": charge["currency"], "payment_intent": charge["payment_intent"]}
    dispute |= {"balance_transactions": [], "evidence": {}, "evidence_details": details, "is_charge_refundable": False, "metadata": {}}
    return dispute | {"reason": "fraudulent", "enhanced_eligibility_types": []}
