"""Transfers to connected accounts and their reversals. With `source_transaction` never more than that charge, altogether."""

from common.embedded.sandbox import ledger
from common.embedded.sandbox.api import lists
from common.embedded.sandbox.desk import Call, blank, now
from common.embedded.sandbox.errors import BadParameter, Refused
from common.embedded.sandbox.store import PLATFORM, Doc, new_id


def create(call: Call) -> Doc:
    """POST /v1/transfers."""
    params, desk = call.params, call.desk
    amount = _amount(call)
    currency = ledger.check_currency(params.needed("currency"))
    destination = _destination(call)
    charge = _source(call, amount, currency)
    if charge is None:
        ledger.need(desk, PLATFORM, currency, amount, "You have insufficient available funds in your Stripe account.")
    transfer = _new(call, amount, currency, destination, charge)
    transfer["balance_transaction"] = ledger.book(desk, PLATFORM, "transfer", -amount, transfer)["id"]
    payment = _payment(call, transfer)
    transfer["destination_payment"] = payment["id"]
    call.store.add(transfer)
    desk.emit("transfer.created", transfer)
    return transfer


def update(call: Call) -> Doc:
    """POST /v1/transfers/{id}: metadata and description."""
    transfer = call.mine("transfer")
    transfer["metadata"] = call.params.metadata(transfer["metadata"])
    if "description" in call.params:
        transfer["description"] = call.params.text("description")
    call.store.save(transfer)
    call.desk.emit("transfer.updated", transfer)
    return transfer


def reverse(call: Call) -> Doc:
    """POST /v1/transfers/{id}/reversals: whole or `amount`. Needs that much in the seller's balance."""
    transfer, desk = call.mine("transfer"), call.desk
    left = transfer["amount"] - transfer["amount_reversed"]
    wanted = call.params.integer("amount")
    amount = left if wanted is None else ledger.positive(wanted)
    if left == 0:
        raise Refused(f"Transfer {transfer['id']} is already fully reversed.", code="transfer_already_reversed")
    if amount > left:
        raise Refused(
            f"Transfer reversal amount ({amount}) is greater than unreversed amount on transfer ({left}).",
            code="amount_too_large",
            param="amount",
        )
    seller, currency = transfer["destination"], transfer["currency"]
    ledger.need(desk, seller, currency, amount, f"Insufficient funds in the account {seller} to reverse this transfer.")
    reversal = _new_reversal(call, transfer, amount)
    ledger.book(desk, seller, "payment_refund", -amount, {"id": transfer["destination_payment"], "currency": currency})
    reversal["balance_transaction"] = ledger.book(desk, PLATFORM, "transfer_refund", amount, reversal)["id"]
    call.store.add(reversal)
    transfer["amount_reversed"] += amount
    transfer["reversed"] = transfer["amount_reversed"] == transfer["amount"]
    call.store.save(transfer)
    desk.emit("transfer.reversed", shown(call, transfer))
    return reversal


def retrieve(call: Call) -> Doc:
    return shown(call, call.mine("transfer"))


def list_(call: Call) -> Doc:
    found = lists.page(call, "transfer", "/v1/transfers", ("destination", "transfer_group"))
    found["data"] = [shown(call, transfer) for transfer in found["data"]]
    return found


def reversals(call: Call) -> Doc:
    id_ = call.mine("transfer")["id"]
    return lists.page(call, "transfer_reversal", f"/v1/transfers/{id_}/reversals", more=("AND json_extract(doc, '$.transfer') = ?", [id_]))


def reversal(call: Call) -> Doc:
    return call.mine("transfer_reversal", "reversal")


def shown(call: Call, transfer: Doc) -> Doc:
    """The transfer with its reversals inside, as Stripe shows it."""
    where = "AND json_extract(doc, '$.transfer') = ?"
    inside = call.store.select("transfer_reversal", PLATFORM, where, [transfer["id"]])
    return transfer | {"reversals": lists.of(inside, f"/v1/transfers/{transfer['id']}/reversals")}


def _amount(call: Call) -> int:
    amount = call.params.integer("amount")
    if amount is None:
        raise BadParameter("Missing required param: amount.", code="parameter_missing", param="amount")
    return ledger.positive(amount)


def _destination(call: Call) -> Doc:
    account = call.store.get("account", call.params.needed("destination"), PLATFORM, param="destination")
    if account["capabilities"].get("transfers") != "active":
        message = "Your destination account needs to have at least one of the following capabilities enabled: transfers"
        raise Refused(message, code="insufficient_capabilities_for_transfer", param="destination")
    return account


def _source(call: Call, amount: int, currency: str) -> Doc | None:
    id_ = call.params.text("source_transaction")
    if id_ is None:
        return None
    charge = call.store.get("charge", id_, PLATFORM, param="source_transaction")
    if charge["currency"] != currency:
        raise BadParameter(
            "The currency of source_transaction's balance transaction must be the same as the transfer currency.", param="currency"
        )
    before = call.store.select("transfer", PLATFORM, "AND json_extract(doc, '$.source_transaction') = ?", [id_])
    left = charge["amount_captured"] - sum(item["amount"] - item["amount_reversed"] for item in before)
    if amount > left:
        raise Refused(
            f"Cannot use part of a charge that has been transferred already: {left} of {id_} is left.",
            code="amount_too_large",
            param="amount",
        )
    return charge


def _new(call: Call, amount: int, currency: str, destination: Doc, charge: Doc | None) -> Doc:
    params = call.params
    group = params.text("transfer_group") or (charge and charge["transfer_group"])
    transfer = blank("balance_transaction destination_payment") | {
        "id": new_id("tr"),
        "object": "transfer",
        "created": now(),
        "livemode": False,
    }
    transfer |= {"amount": amount, "amount_reversed": 0, "currency": currency, "destination": destination["id"]}
    transfer |= {"description": params.text("description"), "metadata": params.metadata(), "reversals": lists.of([], ""), "reversed": False}
    return transfer | {"source_transaction": charge and charge["id"], "source_type": "card", "transfer_group": group}


def _payment(call: Call, transfer: Doc) -> Doc:
    """The other side: a payment in the seller's account."""
    amount = transfer["amount"]
    payment: Doc = {
        "id": new_id("py"),
        "object": "charge",
        "created": now(),
        "livemode": False,
        "status": "succeeded",
        "paid": True,
        "captured": True,
    }
    payment |= {"amount": amount, "amount_captured": amount, "amount_refunded": 0, "currency": transfer["currency"], "disputed": False}
    payment |= {"metadata": {}, "payment_intent": None, "refunded": False, "source_transfer": transfer["id"], "transfer_group": None}
    payment["payment_method_details"] = {"type": "stripe_account", "stripe_account": {}}
    payment["balance_transaction"] = ledger.book(call.desk, transfer["destination"], "payment", amount, payment)["id"]
    return call.store.add(payment, transfer["destination"])


def _new_reversal(call: Call, transfer: Doc, amount: int) -> Doc:
    reversal = blank("balance_transaction destination_payment_refund source_refund") | {"id": new_id("trr"), "object": "transfer_reversal"}
    reversal |= {"amount": amount, "created": now(), "currency": transfer["currency"], "transfer": transfer["id"]}
    return reversal | {"metadata": call.params.metadata()}
