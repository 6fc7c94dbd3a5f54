"""What Stripe's objects and events mean. Pure: plain dicts in, facts out. Sources: docs.stripe.com/api, /api/events/types (2026)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from common.payments.facts import (
    AccountFact,
    DisputeFact,
    Fact,
    IntentFact,
    LookAt,
    MovementFact,
    PayoutFact,
    RefundFact,
    Requirements,
    ReversalFact,
    TransferFact,
)
from common.payments.models import DisputeState, IntentState, PayoutState, RefundState
from common.payments.stripe_adapter.amounts import from_stripe

Doc = dict[str, Any]
OURS = "marvec_id"  # the metadata key that carries our row's id

INTENT_STATES = {
    "succeeded": IntentState.SUCCEEDED,
    "canceled": IntentState.CLOSED,
    "processing": IntentState.PROCESSING,
    "requires_capture": IntentState.PROCESSING,
}
REFUND_STATES = {"succeeded": RefundState.SUCCEEDED, "failed": RefundState.FAILED, "canceled": RefundState.FAILED}
# Kinds of balance transactions that belong to a thing that we have a row of; fees, top-ups and the like do not.
MOVEMENTS = {
    *("charge", "payment", "refund", "payment_refund", "refund_failure", "payment_failure_refund", "transfer", "transfer_refund"),
    *("adjustment", "payout", "payout_failure", "payout_cancel"),
}
PAYOUT_STATES = {"paid": PayoutState.PAID, "failed": PayoutState.FAILED, "canceled": PayoutState.FAILED}


def facts_of(event: Doc) -> list[Fact] | None:
    """All that an event tells; None for a type that we do not know, an empty list for what is none of our affair."""
    type_, doc, account = event["type"], event["data"]["object"], event.get("account")
    if type_ == "account.application.deauthorized":
        return [AccountFact(account, transfers_enabled=False, payouts_enabled=False, disconnected=True)] if account else []
    if type_.startswith("payout."):
        return [payout(doc, account)]
    reader = READERS.get(type_)
    if reader is None:
        return None
    foreign = account is not None and not type_.startswith(("account.", "capability."))
    return [] if foreign else reader(doc)


def intent(doc: Doc) -> IntentFact:
    """A payment intent as it is."""
    state = INTENT_STATES.get(doc["status"], IntentState.STARTED)
    amount = doc["amount_received"] if state == IntentState.SUCCEEDED else doc["amount"]
    error = doc.get("last_payment_error") or {}
    word = error.get("decline_code") or error.get("code") or ""
    return IntentFact(None, ours(doc), state, from_stripe(amount), payment=doc["id"], charge=_id(doc.get("latest_charge")), error=word)


def session(doc: Doc) -> IntentFact:
    """A Checkout Session as it is, `payment_intent` expanded or not.

    Only the expanded payment intent names the charge, so without it a paid session is no more than a payment under way.
    """
    inside = doc.get("payment_intent")
    fact = intent(inside) if isinstance(inside, dict) else _bare(doc)
    ended = doc["status"] == "expired" or (doc["status"] == "complete" and fact.state == IntentState.STARTED)
    state = IntentState.CLOSED if ended and fact.state != IntentState.SUCCEEDED else fact.state
    return replace(fact, ref=doc["id"], ours=fact.ours or ours(doc), state=state)


def _bare(doc: Doc) -> IntentFact:
    state = IntentState.PROCESSING if doc["status"] == "complete" else IntentState.STARTED
    return IntentFact(doc["id"], ours(doc), state, from_stripe(doc["amount_total"]), payment=_id(doc.get("payment_intent")))


def _session_paid(doc: Doc) -> list[Fact]:
    """Complete. Which charge took the money stands in the payment intent: look, unless its own messages came first."""
    facts: list[Fact] = [session(doc)]
    return [*facts, LookAt("intent", doc["id"])] if doc["payment_status"] == "paid" else facts


def _session_failed(doc: Doc) -> list[Fact]:
    """The bank's late answer was no, and a complete session takes no second try."""
    return [replace(session(doc), state=IntentState.CLOSED)]


def refund(doc: Doc) -> RefundFact:
    state = REFUND_STATES.get(doc["status"], RefundState.PENDING)
    return RefundFact(doc["id"], ours(doc), _id(doc.get("payment_intent")) or "", from_stripe(doc["amount"]), state)


def transfer(doc: Doc) -> TransferFact:
    inside = (doc.get("reversals") or {}).get("data", [])
    return TransferFact(doc["id"], ours(doc), from_stripe(doc["amount"]), tuple(reversal(one) for one in inside))


def reversal(doc: Doc) -> ReversalFact:
    return ReversalFact(doc["id"], ours(doc), from_stripe(doc["amount"]))


def dispute(doc: Doc) -> DisputeFact:
    """What became of the money: its balance transactions are the truth, the status decides when they sum to a loss."""
    moved = sum(one["amount"] for one in doc.get("balance_transactions") or [])
    took = any(one["amount"] < 0 for one in doc.get("balance_transactions") or [])
    amount = from_stripe(doc["amount"])
    state = DisputeState.OPENED
    if doc["status"] in ("won", "warning_closed", "prevented") or (took and moved == 0):
        state = DisputeState.WON
    elif doc["status"] == "lost":
        state = DisputeState.LOST
    elif took:
        state = DisputeState.WITHDRAWN
    details = doc.get("evidence_details") or {}
    due_by = datetime.fromtimestamp(details["due_by"], UTC) if details.get("due_by") else None
    answered = doc["status"] in ("under_review", "warning_under_review") or bool(details.get("submission_count"))
    return DisputeFact(doc["id"], _id(doc.get("payment_intent")) or "", amount, state, due_by, doc.get("reason") or "", answered)


def movement(doc: Doc) -> MovementFact:
    """A change of the balance, before the provider's own fees."""
    return MovementFact(doc["id"], _id(doc["source"]) or "", from_stripe(doc["amount"]))


def payout(doc: Doc, account: str | None) -> PayoutFact:
    return PayoutFact(doc["id"], account, from_stripe(doc["amount"]), PAYOUT_STATES.get(doc["status"], PayoutState.PENDING))


def account(doc: Doc) -> AccountFact:
    active = (doc.get("capabilities") or {}).get("transfers") == "active"
    return AccountFact(
        doc["id"],
        transfers_enabled=active,
        payouts_enabled=bool(doc.get("payouts_enabled")),
        details_submitted=bool(doc.get("details_submitted")),
        requirements=requirements(doc.get("requirements") or {}),
    )


def requirements(doc: Doc) -> Requirements:
    """The hash `requirements` of an account (docs.stripe.com/api/accounts/object)."""
    lists = {name: tuple(doc.get(name) or ()) for name in ("currently_due", "past_due", "eventually_due", "pending_verification")}
    errors = tuple((one["requirement"], one["code"]) for one in doc.get("errors") or ())
    return Requirements(**lists, disabled_reason=doc.get("disabled_reason") or "", errors=errors, deadline=doc.get("current_deadline"))


def ours(doc: Doc) -> UUID | None:
    """The id that we gave to a thing; None when it is not by us."""
    try:
        return UUID((doc.get("metadata") or {}).get(OURS, ""))
    except ValueError:
        return None


def _charge(doc: Doc) -> list[Fact]:
    """A charge that was captured is a payment that succeeded."""
    if not (doc.get("captured") and doc.get("payment_intent")):
        return []
    amount = from_stripe(doc["amount_captured"])
    return [IntentFact(None, ours(doc), IntentState.SUCCEEDED, amount, payment=_id(doc["payment_intent"]), charge=doc["id"], error="")]


def _charge_refunded(doc: Doc) -> list[Fact]:
    """The charge does not tell of which refund: look."""
    return [LookAt("refunds_of", _id(doc["payment_intent"]) or "")] if doc.get("payment_intent") else []


def _withdrawn(doc: Doc) -> list[Fact]:
    found = dispute(doc)
    least = max(found.state, DisputeState.WITHDRAWN, key=list(DisputeState).index)
    return [replace(found, state=least)]


def _reinstated(doc: Doc) -> list[Fact]:
    found = dispute(doc)
    return [replace(found, state=DisputeState.WON)]


def _id(value: Any) -> str | None:
    """An id, also out of an expanded object."""
    found: str | None = value["id"] if isinstance(value, dict) else value
    return found


def _alone(reader: Callable[[Doc], Fact]) -> Callable[[Doc], list[Fact]]:
    return lambda doc: [reader(doc)]


def _look_at_account(doc: Doc) -> list[Fact]:
    """Capabilities rise and fall: an old message must not win over a new one, so the present is read."""
    return [LookAt("account", doc["account"] if doc["object"] == "capability" else doc["id"])]


READERS: dict[str, Callable[[Doc], list[Fact]]] = {
    "checkout.session.completed": _session_paid,
    "checkout.session.async_payment_succeeded": _session_paid,
    "checkout.session.async_payment_failed": _session_failed,
    "checkout.session.expired": _alone(session),
    **dict.fromkeys(
        (
            "payment_intent.created",
            "payment_intent.requires_action",
            "payment_intent.processing",
            "payment_intent.amount_capturable_updated",
            "payment_intent.succeeded",
            "payment_intent.payment_failed",
            "payment_intent.canceled",
        ),
        _alone(intent),
    ),
    "charge.succeeded": _charge,
    "charge.captured": _charge,
    "charge.refunded": _charge_refunded,
    "charge.dispute.created": _alone(dispute),
    "charge.dispute.updated": _alone(dispute),
    "charge.dispute.closed": _alone(dispute),
    "charge.dispute.funds_withdrawn": _withdrawn,
    "charge.dispute.funds_reinstated": _reinstated,
    **dict.fromkeys(("refund.created", "refund.updated", "refund.failed"), _alone(refund)),
    **dict.fromkeys(("transfer.created", "transfer.updated", "transfer.reversed"), _alone(transfer)),
    "account.updated": _look_at_account,
    "capability.updated": _look_at_account,
}
