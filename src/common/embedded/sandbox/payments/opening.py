"""Opening, changing and reading payment intents."""

import secrets

from common.embedded.sandbox import ledger
from common.embedded.sandbox.desk import Call, Desk, Failed, blank, now
from common.embedded.sandbox.errors import BadParameter, Refused
from common.embedded.sandbox.params import Params
from common.embedded.sandbox.payments import methods
from common.embedded.sandbox.payments.confirming import attempt
from common.embedded.sandbox.store import Doc, new_id

TOLD = ("customer", "description", "receipt_email", "statement_descriptor", "statement_descriptor_suffix", "transfer_group")
CHANGEABLE = ("requires_payment_method", "requires_confirmation", "requires_action")


def create(call: Call) -> Doc | Failed:
    """POST /v1/payment_intents. `confirm=true` attempts the payment at once."""
    params = call.params
    if params.flag("confirm") and methods.read(params) is None:
        raise BadParameter("You must provide a payment_method to confirm.", code="parameter_missing", param="payment_method")
    intent = new(params)
    method = methods.read(params)
    if method is not None:
        intent |= {"_method": method, "payment_method": method["id"], "status": "requires_confirmation"}
    keep(call.desk, intent, call.account)
    return attempt(call.desk, intent, params.text("return_url")) if params.flag("confirm") else intent


def keep(desk: Desk, intent: Doc, account: str) -> None:
    """Keep a new intent of `account`, and tell of it."""
    desk.store.add(intent, account)
    desk.emit("payment_intent.created", intent)


def update(call: Call) -> Doc:
    """POST /v1/payment_intents/{id}: amount and method before the payment; metadata, description and transfer_group at any time."""
    intent = call.mine("payment_intent")
    params = call.params
    if "amount" in params:
        if intent["status"] not in CHANGEABLE or intent["next_action"]:
            raise unexpected(intent, "its amount cannot be changed")
        intent["amount"] = _limited(ledger.check_amount(params.integer("amount"), intent["currency"]), intent["payment_method_types"])
    for name in ("description", "transfer_group", "receipt_email"):
        if name in params:
            intent[name] = params.text(name)
    intent["metadata"] = params.metadata(intent["metadata"])
    _take_method(intent, params)
    call.store.save(intent)
    return intent


def _take_method(intent: Doc, params: Params) -> None:
    method = methods.read(params)
    if method is None:
        return
    if intent["status"] not in CHANGEABLE:
        raise unexpected(intent, "its payment method cannot be changed")
    intent |= {"_method": method, "payment_method": method["id"], "status": "requires_confirmation", "next_action": None}


def unexpected(intent: Doc, why: str) -> Refused:
    """The error of a verb that the intent's state does not allow."""
    return Refused(f"This PaymentIntent has a status of {intent['status']}: {why}.", code="payment_intent_unexpected_state", param="intent")


def new(params: Params) -> Doc:
    """An intent as `params` ask for it, not kept yet. Errors: BadParameter."""
    currency = ledger.check_currency(params.needed("currency"))
    types = _types(params)
    capture = params.choice("capture_method", "automatic", ("automatic", "automatic_async", "manual"))
    if capture == "manual" and types == ["qris"]:
        raise BadParameter("The payment method type 'qris' cannot be captured manually.", param="capture_method")
    if "qris" in types and currency != "idr":
        raise BadParameter("The payment method type 'qris' takes IDR only.", param="currency")
    amount = _limited(ledger.check_amount(params.integer("amount"), currency), types)
    return _empty(params) | {
        "amount": amount,
        "automatic_payment_methods": {"enabled": True} if _automatic(params) else None,
        "capture_method": capture,
        "currency": currency,
        "metadata": params.metadata(),
        "payment_method_options": params.group("payment_method_options").values,
        "payment_method_types": types,
    }


def _empty(params: Params) -> Doc:
    id_ = new_id("pi")
    intent = blank("""application application_fee_amount canceled_at cancellation_reason last_payment_error latest_charge next_action
        on_behalf_of payment_method processing review setup_future_usage shipping source transfer_data _method _session""")
    intent |= {name: params.text(name) for name in TOLD}
    intent |= {"id": id_, "object": "payment_intent", "client_secret": f"{id_}_secret_{secrets.token_hex(16)}", "created": now()}
    intent |= {"amount_capturable": 0, "amount_details": {"tip": {}}, "amount_received": 0, "confirmation_method": "automatic"}
    return intent | {"livemode": False, "status": "requires_payment_method", "_return_url": params.text("return_url")}


def _automatic(params: Params) -> bool:
    return params.group("automatic_payment_methods").flag("enabled")


def _types(params: Params) -> list[str]:
    if _automatic(params):
        return (
            ["card", "qris"] if (params.text("currency") or "").lower() == "idr" and params.text("capture_method") != "manual" else ["card"]
        )
    return methods.check_types(params.texts("payment_method_types")) or ["card"]


def _limited(amount: int, types: list[str]) -> int:
    if types == ["qris"] and amount > ledger.QRIS_MAXIMUM:
        raise BadParameter(f"Amount must be no more than {ledger.QRIS_MAXIMUM} for qris.", code="amount_too_large", param="amount")
    return amount
