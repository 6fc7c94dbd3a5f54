"""Disputes: the buyer's bank takes the money back. Made by the test card 4000 0000 0000 0259, by mischief or by /sandbox/dispute.

Evidence is staged until it is submitted (`submit=true`, the default), once and before `due_by`; then the bank looks at it (under_review).
As on Stripe's test cards `uncategorized_text` decides at once: `winning_evidence` wins, `losing_evidence` loses; other evidence waits for
/sandbox/decide. Closing loses, and so does silence until `due_by`. Sources: docs.stripe.com/disputes, /api/disputes, /testing (2026).
"""

from common.embedded.sandbox import ledger
from common.embedded.sandbox.api import lists
from common.embedded.sandbox.desk import Call, Desk, blank, now
from common.embedded.sandbox.errors import BadParameter, Refused
from common.embedded.sandbox.store import Doc, new_id

SECONDS_TO_ANSWER = 7 * 86_400
EVIDENCE = """access_activity_log billing_address cancellation_policy cancellation_policy_disclosure cancellation_rebuttal
    customer_communication customer_email_address customer_name customer_purchase_ip customer_signature duplicate_charge_documentation
    duplicate_charge_explanation duplicate_charge_id product_description receipt refund_policy refund_policy_disclosure
    refund_refusal_explanation service_date service_documentation shipping_address shipping_carrier shipping_date shipping_documentation
    shipping_tracking_number uncategorized_file uncategorized_text"""
LONGEST_TEXT, MOST_TEXT = 20_000, 150_000
FILES = """cancellation_policy customer_communication customer_signature duplicate_charge_documentation receipt refund_policy
    service_documentation shipping_documentation uncategorized_file"""
OPEN = ("needs_response", "under_review", "warning_needs_response", "warning_under_review")
KEEPS_REFUNDS_AWAY = ("needs_response", "under_review", "lost")
VERDICTS = {"winning_evidence": True, "losing_evidence": False}


def open_(desk: Desk, charge: Doc, *, amount: int | None = None, seconds: float = SECONDS_TO_ANSWER, inquiry: bool = False) -> Doc | None:
    """Dispute what is left of a captured charge, or a part of it. An inquiry takes no money; a dispute withdraws it from the platform.

    A charge is disputed once: None when it was, or nothing is left.
    """
    left = charge["amount_captured"] - charge["amount_refunded"]
    if charge["disputed"] or left <= 0:
        return None
    dispute = desk.store.add(_new(charge, min(amount or left, left), seconds, inquiry=inquiry), charge["_account"])
    if not inquiry:
        _move(desk, dispute, -dispute["amount"])
    charge |= {"disputed": True, "dispute": dispute["id"]}
    desk.store.save(charge)
    desk.emit("charge.dispute.created", dispute)
    if not inquiry:
        desk.emit("charge.dispute.funds_withdrawn", dispute)
    desk.store.later(seconds, "end_dispute", dispute["id"])
    return dispute


def update(call: Call) -> Doc:
    """POST /v1/disputes/{id}: metadata, and evidence that is staged or submitted."""
    dispute, before = call.mine("dispute"), call.mine("dispute")
    if "evidence" not in call.params and "submit" not in call.params:
        dispute["metadata"] = call.params.metadata(dispute["metadata"])
        return _saved(call.desk, dispute, "charge.dispute.updated", {"metadata": before["metadata"]})
    _must_take_evidence(dispute)
    dispute["evidence"] |= _evidence(call)
    dispute["metadata"] = call.params.metadata(dispute["metadata"])
    dispute["evidence_details"]["has_evidence"] = any(dispute["evidence"].values())
    if "submit" not in call.params or call.params.flag("submit"):
        _submit(dispute)
    _saved(call.desk, dispute, "charge.dispute.updated", {name: before[name] for name in ("evidence", "evidence_details", "status")})
    verdict = VERDICTS.get(str(dispute["evidence"].get("uncategorized_text")).strip())
    if verdict is not None and dispute["evidence_details"]["submission_count"]:
        decide(call.desk, dispute, won=verdict)
    return dispute


def close(call: Call) -> Doc:
    """POST /v1/disputes/{id}/close: accept that the money is gone."""
    dispute = call.mine("dispute")
    if dispute["status"] not in OPEN:
        raise Refused(f"This dispute is already {dispute['status']}.", code="dispute_closed")
    decide(call.desk, dispute, won=False)
    return dispute


def end(desk: Desk, dispute: Doc) -> None:
    """The clerk's: nobody answered in time. An inquiry is closed, a dispute lost."""
    if dispute["status"] in ("needs_response", "warning_needs_response"):
        dispute["evidence_details"]["past_due"] = True
        decide(desk, dispute, won=dispute["status"] == "warning_needs_response")


def decide(desk: Desk, dispute: Doc, *, won: bool) -> None:
    """The bank has looked at it. What was lost may still be won (the bank thinks again); what is won stays so."""
    if dispute["status"] in ("won", "warning_closed"):
        raise Refused(f"This dispute is already {dispute['status']}.", code="dispute_closed")
    inquiry = dispute["status"].startswith("warning_")
    dispute["status"] = "warning_closed" if inquiry else "won" if won else "lost"
    if won and not inquiry:
        _move(desk, dispute, dispute["amount"])
    _saved(desk, dispute, "charge.dispute.closed")
    if won and not inquiry:
        desk.emit("charge.dispute.funds_reinstated", dispute)


def retrieve(call: Call) -> Doc:
    return call.mine("dispute")


def list_(call: Call) -> Doc:
    """GET /v1/disputes: each with its balance transactions inside, as Stripe shows it everywhere."""
    return lists.page(call, "dispute", "/v1/disputes", ("charge", "payment_intent"))


def keeps_refunds_away(desk: Desk, charge: Doc) -> bool:
    """Whether the bank has taken the charge's money, or is about to: an inquiry, or a dispute that was won, does not."""
    dispute = desk.store.find(charge["dispute"] or "") or {"status": ""}
    return dispute["status"] in KEEPS_REFUNDS_AWAY


def _move(desk: Desk, dispute: Doc, amount: int) -> None:
    """Money out of the platform's balance because of a dispute, or back into it."""
    category = "dispute" if amount < 0 else "dispute_reversal"
    txn = ledger.book(desk, dispute["_account"], "adjustment", amount, dispute, category=category)
    dispute["balance_transactions"].append(txn)
    desk.store.save(dispute)


def _saved(desk: Desk, dispute: Doc, event: str, previous: Doc | None = None) -> Doc:
    desk.store.save(dispute)
    desk.emit(event, dispute, previous)
    return dispute


def _must_take_evidence(dispute: Doc) -> None:
    if dispute["status"] not in OPEN:
        raise Refused(f"This dispute is already {dispute['status']}.", code="dispute_closed")
    if dispute["evidence_details"]["submission_count"]:
        raise Refused("Evidence for this dispute has already been submitted.", code="dispute_evidence_submitted")
    if dispute["evidence_details"]["due_by"] < now():
        raise Refused("The deadline for submitting evidence for this dispute has passed.", code="dispute_past_due")


def _evidence(call: Call) -> Doc:
    given = call.params.group("evidence").values
    for name, value in given.items():
        if name not in EVIDENCE.split():
            raise BadParameter(f"Received unknown parameter: evidence[{name}]", code="parameter_unknown", param=f"evidence[{name}]")
        if name in FILES.split() and value:
            raise BadParameter(f"No such file upload: '{value}'", code="resource_missing", param=f"evidence[{name}]")
        if len(str(value)) > LONGEST_TEXT:
            raise BadParameter(f"evidence[{name}] is too long.", code="parameter_invalid_string", param=f"evidence[{name}]")
    if sum(len(str(value)) for value in given.values()) > MOST_TEXT:
        raise BadParameter("The evidence is too long altogether.", code="parameter_invalid_string", param="evidence")
    return {name: value or None for name, value in given.items()}


def _submit(dispute: Doc) -> None:
    details = dispute["evidence_details"]
    if not details["has_evidence"]:
        raise BadParameter("You must provide evidence to submit.", code="parameter_missing", param="evidence")
    details["submission_count"] += 1
    dispute["status"] = "warning_under_review" if dispute["status"].startswith("warning_") else "under_review"


def _new(charge: Doc, amount: int, seconds: float, *, inquiry: bool) -> Doc:
    details = {"due_by": now() + int(seconds), "has_evidence": False, "past_due": False, "submission_count": 0, "enhanced_eligibility": {}}
    dispute: Doc = {"id": new_id("du"), "object": "dispute", "created": now(), "livemode": False, "metadata": {}}
    dispute |= {"amount": amount, "charge": charge["id"], "currency": charge["currency"], "payment_intent": charge["payment_intent"]}
    dispute |= {
        "balance_transactions": [],
        "evidence": blank(EVIDENCE),
        "evidence_details": details,
        "network_reason_code": "10.4",
    }
    dispute |= {"reason": "fraudulent", "enhanced_eligibility_types": [], "is_charge_refundable": inquiry}
    return dispute | {"status": "warning_needs_response" if inquiry else "needs_response"}
