"""Payouts to a bank. A payout is pending for a moment, then paid; mischief makes it fail after it was paid, as real banks do."""

from common.embedded.sandbox import ledger
from common.embedded.sandbox.desk import Call, Desk, blank, now
from common.embedded.sandbox.errors import BadParameter, Refused
from common.embedded.sandbox.store import Doc, new_id

ARRIVES_SECONDS = 1.0


def create(call: Call) -> Doc:
    """POST /v1/payouts, of the platform or of the account of `Stripe-Account`. Refused beyond its balance."""
    params, desk = call.params, call.desk
    params.only("amount currency description destination method payout_method source_type statement_descriptor")
    wanted = params.integer("amount")
    if wanted is None:
        raise BadParameter("Missing required param: amount.", code="parameter_missing", param="amount")
    amount, currency = ledger.positive(wanted), ledger.check_currency(params.needed("currency"))
    if call.account and not call.store.get("account", call.account)["payouts_enabled"]:
        raise Refused("Cannot create payouts: this account may not receive payouts yet.", code="payouts_not_allowed")
    ledger.need(desk, call.account, currency, amount, "You have insufficient funds in your Stripe account for this transfer.")
    payout = _new(call, amount, currency)
    payout["balance_transaction"] = ledger.book(desk, call.account, "payout", -amount, payout)["id"]
    call.store.add(payout, call.account)
    desk.emit("payout.created", payout)
    call.store.later(ARRIVES_SECONDS, "pay_out", payout["id"])
    return payout


def update(call: Call) -> Doc:
    """POST /v1/payouts/{id}: its metadata."""
    payout = call.mine("payout")
    payout["metadata"] = call.params.metadata(payout["metadata"])
    call.store.save(payout)
    call.desk.emit("payout.updated", payout)
    return payout


def cancel(call: Call) -> Doc:
    """POST /v1/payouts/{id}/cancel, while it is pending."""
    payout = call.mine("payout")
    if payout["status"] != "pending":
        raise Refused(f"Payouts can only be canceled while they are pending; this one is {payout['status']}.", code="payout_not_pending")
    _return(call.desk, payout, "canceled", "payout_cancel")
    call.desk.emit("payout.canceled", payout)
    return payout


def arrive(desk: Desk, payout: Doc) -> None:
    """The clerk's: the bank has it."""
    if payout["status"] != "pending":
        return
    payout["status"] = "paid"
    desk.store.save(payout)
    desk.emit("payout.paid", payout)
    if desk.mischief.happens("payout_failure"):
        desk.store.later(desk.mischief.plan.payout_failure_seconds, "fail_payout", payout["id"])


def fail(desk: Desk, payout: Doc) -> None:
    """The bank sends it back, also after it was paid."""
    if payout["status"] not in {"pending", "paid"}:
        return
    payout |= {"failure_code": "account_closed", "failure_message": "The bank account has been closed."}
    _return(desk, payout, "failed", "payout_failure")
    desk.emit("payout.failed", payout)


def _return(desk: Desk, payout: Doc, status: str, type_: str) -> None:
    back = ledger.book(desk, payout["_account"], type_, payout["amount"], payout)
    payout |= {"status": status, "failure_balance_transaction": back["id"]}
    desk.store.save(payout)


def _new(call: Call, amount: int, currency: str) -> Doc:
    params = call.params
    payout = blank("""application_fee application_fee_amount balance_transaction destination failure_balance_transaction failure_code
        failure_message original_payout reversed_by""")
    payout |= {"id": new_id("po"), "object": "payout", "amount": amount, "currency": currency, "created": now(), "arrival_date": now() + 1}
    payout |= {
        "automatic": False,
        "livemode": False,
        "reconciliation_status": "not_applicable",
        "source_type": "card",
        "type": "bank_account",
    }
    payout |= {name: params.text(name) for name in ("description", "statement_descriptor")}
    return payout | {
        "metadata": params.metadata(),
        "method": params.choice("method", "standard", ("standard", "instant")),
        "status": "pending",
    }
