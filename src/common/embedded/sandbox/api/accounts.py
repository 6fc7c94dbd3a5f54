"""Connected accounts: sellers who receive. A new one may do nothing before its owner went through `onboarding`, as at Stripe."""

from typing import Any

from common.embedded.sandbox.desk import Call, Desk, now
from common.embedded.sandbox.errors import BadParameter, NoSuch, Refused
from common.embedded.sandbox.params import Params
from common.embedded.sandbox.store import PLATFORM, Doc, new_id

BANK, DOCUMENT = "external_account", "individual.verification.document"
DUE = [
    "business_profile.product_description", BANK, "individual.dob.day", "individual.dob.month", "individual.dob.year",
    "individual.first_name", "individual.id_number", "individual.last_name", "tos_acceptance.date", "tos_acceptance.ip",
]  # fmt: skip
KNOWN = """account_token business_profile business_type capabilities company controller country default_currency documents email
    external_account groups individual settings tos_acceptance type"""
ONBOARDED = "accounts_come_onboarded"
"""Kept by `/sandbox/reset {"onboarded": true}`: new accounts go through onboarding by themselves, for tests of what comes after."""


def create(call: Call) -> Doc:
    """POST /v1/accounts, `type` or `controller`, with `capabilities[transfers][requested]=true`."""
    call.params.only(KNOWN)
    account = call.store.add(_new(call.params))
    if call.store.kept(ONBOARDED, default=False):
        activate(call.desk, account)
    return account


def update(call: Call) -> Doc:
    """POST /v1/accounts/{id}: metadata, e-mail, business profile and newly requested capabilities."""
    account = call.mine("account")
    account |= _told(call.params, account)
    wanted = _requested(call.params)
    account["capabilities"] |= {name: "inactive" for name in wanted if name not in account["capabilities"]}
    call.store.save(account)
    if account["details_submitted"]:
        activate(call.desk, account)
    else:
        call.desk.emit("account.updated", account)
    return account


def delete(call: Call) -> Doc:
    """DELETE /v1/accounts/{id}: only when nothing is left in its balance."""
    account = call.mine("account")
    if any(amount for (amount,) in call.store.execute("SELECT available FROM balance WHERE account = ?", (account["id"],))):
        raise Refused("This account cannot be deleted: its balance is not zero.", code="account_invalid")
    call.store.remove(account["id"])
    return {"id": account["id"], "object": "account", "deleted": True}


def own(call: Call) -> Doc:
    """GET /v1/account: whoever asks."""
    if call.account:
        return call.store.get("account", call.account)
    return {
        "id": "acct_sandboxplatform",
        "object": "account",
        "charges_enabled": True,
        "payouts_enabled": True,
        "country": "ID",
        "default_currency": "idr",
    }


def activate(desk: Desk, account: Doc) -> None:
    """Everything asked for is given and granted."""
    account["external_accounts"]["data"] = account["external_accounts"]["data"] or [_bank(account)]
    settle(desk, account, transfers="active", payouts=True, submitted=True, wanted=requirements())


def settle(desk: Desk, account: Doc, *, transfers: str, payouts: bool, submitted: bool, wanted: Doc) -> None:
    """The account stands so from now on; told by capability.updated for what changed, then account.updated."""
    fresh = [name for name, state in account["capabilities"].items() if state != transfers]
    account["capabilities"] = dict.fromkeys(account["capabilities"], transfers)
    account |= {"charges_enabled": transfers == "active", "payouts_enabled": payouts, "requirements": wanted}
    account["details_submitted"] = account["details_submitted"] or submitted
    desk.store.save(account)
    for name in fresh:
        desk.emit("capability.updated", capability(account, name))
    desk.emit("account.updated", account)


def deauthorise(desk: Desk, account: Doc) -> None:
    """The seller takes back the platform's access (through /sandbox/deauthorize only): nothing more can be sent to them."""
    account["capabilities"] = dict.fromkeys(account["capabilities"], "inactive")
    account |= {"charges_enabled": False, "payouts_enabled": False}
    desk.store.save(account)
    desk.emit(
        "account.application.deauthorized", {"id": "ca_sandbox", "object": "application", "name": "Marvec", "_account": account["id"]}
    )


def capability(account: Doc, name: str) -> Doc:
    found: Doc = {"id": name, "object": "capability", "account": account["id"], "requested": True, "requested_at": account["created"]}
    return found | {"requirements": account["requirements"], "status": account["capabilities"][name], "_account": account["id"]}


def retrieve_capability(call: Call) -> Doc:
    account = call.mine("account")
    if call.path["capability"] not in account["capabilities"]:
        raise NoSuch("capability", call.path["capability"])
    return capability(account, call.path["capability"])


def _new(params: Params) -> Doc:
    type_ = params.choice("type", "none" if "controller" in params else "standard", ("standard", "express", "custom", "none"))
    id_ = new_id("acct")
    account: Doc = {
        "id": id_,
        "object": "account",
        "created": now(),
        "type": type_,
        "country": params.text("country") or "ID",
        "metadata": {},
    }
    account |= {"business_profile": {}, "business_type": params.text("business_type"), "email": None, "settings": _settings(params)}
    account |= {"capabilities": dict.fromkeys(_requested(params) or ["transfers"], "inactive"), "controller": {"type": "application"}}
    account |= {"charges_enabled": False, "payouts_enabled": False, "details_submitted": False}
    account |= {"default_currency": params.text("default_currency") or "idr", "requirements": requirements(past_due=DUE)}
    account["external_accounts"] = {"object": "list", "data": [], "has_more": False, "url": f"/v1/accounts/{id_}/external_accounts"}
    return account | _told(params, account)


def _told(params: Params, account: Doc) -> Doc:
    told: Doc = {"metadata": params.metadata(account["metadata"])}
    if "email" in params:
        told["email"] = params.text("email")
    if "business_profile" in params:
        told["business_profile"] = account["business_profile"] | params.group("business_profile").values
    return told


def _requested(params: Params) -> list[str]:
    wanted = params.group("capabilities")
    return [name for name in wanted.values if wanted.group(name).flag("requested")]


def _settings(params: Params) -> Doc:
    schedule = params.group("settings").group("payouts").group("schedule").text("interval") or "manual"
    if schedule != "manual":
        raise BadParameter("Payouts are made by hand here: settings[payouts][schedule][interval] must be 'manual'.", param="settings")
    return {"payouts": {"debit_negative_balances": False, "schedule": {"delay_days": 0, "interval": schedule}}}


def requirements(**told: Any) -> Doc:
    """The hash of that name: `past_due` is currently due as well, what is currently due is eventually due; past due disables."""
    past, current, soon = (list(told.get(name, ())) for name in ("past_due", "currently_due", "eventually_due"))
    current = list(dict.fromkeys([*past, *current]))
    pending = list(told.get("pending_verification", ()))
    reason = told.get("disabled_reason") or ("requirements.past_due" if past else "requirements.pending_verification" if pending else None)
    found: Doc = {"alternatives": [], "current_deadline": told.get("current_deadline"), "currently_due": current, "disabled_reason": reason}
    found |= {"errors": list(told.get("errors", ())), "eventually_due": list(dict.fromkeys([*current, *soon]))}
    return found | {"past_due": past, "pending_verification": pending}


def _bank(account: Doc) -> Doc:
    bank: Doc = {"id": new_id("ba"), "object": "bank_account", "account": account["id"], "country": account["country"]}
    bank |= {"bank_name": "BANK KOTAK PASIR", "last4": "6789", "status": "new"}
    return bank | {"currency": account["default_currency"], "default_for_currency": True}


def balance(call: Call) -> Doc:
    """GET /v1/balance of the platform, or of the account of `Stripe-Account`. All is available, nothing pends."""
    rows = call.store.execute("SELECT currency, available FROM balance WHERE account = ? ORDER BY currency", (call.account,))
    held = [{"amount": amount, "currency": currency, "source_types": {"card": amount}} for currency, amount in rows]
    held = held or [{"amount": 0, "currency": "idr", "source_types": {"card": 0}}]
    pending = [{"amount": 0, "currency": item["currency"], "source_types": {"card": 0}} for item in held]
    return {"object": "balance", "available": held, "pending": pending, "livemode": False}


def owner_exists(call: Call) -> bool:
    """Whether the account of `Stripe-Account` is one of ours."""
    found = call.store.find(call.account)
    return found is not None and found["object"] == "account" and found["_account"] == PLATFORM
