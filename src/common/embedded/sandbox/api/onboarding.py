"""Onboarding on a hosted page: account links, what a person does there, what the account then is, and login links.

A link is good for one visit and five minutes; later it leads to `refresh_url`. The visit itself lasts half an hour.
Coming back to `return_url` says nothing of how far the person got (docs.stripe.com/connect/express-accounts).
"""

from collections.abc import Callable

from common.embedded.sandbox.api import accounts
from common.embedded.sandbox.api.accounts import BANK, DOCUMENT, requirements
from common.embedded.sandbox.desk import Call, Desk, now
from common.embedded.sandbox.errors import BadParameter, Refused
from common.embedded.sandbox.params import Params
from common.embedded.sandbox.payments.confirming import HERE
from common.embedded.sandbox.store import PLATFORM, Doc, new_id

LINK_SECONDS, VISIT_SECONDS, VERIFY_SECONDS = 300, 1800, 3.0
TYPES = ("account_onboarding", "account_update")
UNREADABLE = "verification_document_not_readable"


def open_link(call: Call) -> Doc:
    """POST /v1/account_links. Express accounts take `account_onboarding` only."""
    params = call.params
    params.only("account collect collection_options refresh_url return_url type")
    account = call.store.get("account", params.needed("account"), param="account")
    kind = params.choice("type", "", TYPES)
    if kind == "account_update" and account["type"] in ("express", "standard"):
        raise BadParameter("You cannot create `account_update` type Account Links for this account.", param="type")
    collected = params.group("collection_options").choice("fields", "currently_due", ("currently_due", "eventually_due"))
    ways = {name: _url(params, name) for name in ("return_url", "refresh_url")}
    link: Doc = {"id": new_id("link"), "object": "account_link", "created": now(), "expires_at": now() + LINK_SECONDS}
    link |= {"url": f"{HERE}setup/e/{account['id']}/{link['id']}", "_of": account["id"], "_used": False, "_fields": collected, **ways}
    call.store.add(link)
    return {name: link[name] for name in ("object", "created", "expires_at", "url")}


def login_link(call: Call) -> Doc:
    """POST /v1/accounts/{id}/login_links: the Express dashboard, once onboarding was submitted."""
    account = call.mine("account")
    if account["type"] != "express":
        raise Refused("Cannot create a login link for an account that does not use the Express Dashboard.", code="account_invalid")
    if not account["details_submitted"]:
        raise Refused("Cannot create a login link for an account that has not completed onboarding.", code="account_invalid")
    link: Doc = {"id": new_id("lgn"), "object": "login_link", "created": now(), "_of": account["id"], "_used": False}
    link["url"] = f"{HERE}express/{account['id']}/{link['id']}"
    call.store.add(link)
    return {name: link[name] for name in ("object", "created", "url")}


def visit(desk: Desk, account_id: str, link_id: str) -> Doc | None:
    """Use a link up. None when it is none of this account's; a spent one has no `_visit` and leads to its `refresh_url`."""
    link = desk.store.find(link_id)
    if link is None or link["object"] != "account_link" or link["_of"] != account_id:
        return None
    if link["_used"] or link["expires_at"] <= now():
        return link | {"_visit": None}
    link |= {"_used": True, "_visit": new_id("visit"), "_visit_ends": now() + VISIT_SECONDS}
    desk.store.save(link)
    return link


def log_in(desk: Desk, account_id: str, link_id: str) -> Doc | None:
    """The account behind a login link, the first time."""
    link = desk.store.find(link_id)
    if link is None or link["object"] != "login_link" or link["_of"] != account_id or link["_used"]:
        return None
    desk.store.save(link | {"_used": True})
    return desk.store.find(account_id)


def finish(desk: Desk, account: Doc) -> None:
    accounts.activate(desk, account)


def without_bank(desk: Desk, account: Doc) -> None:
    """All but the bank account: money may come in, and lies there."""
    account["external_accounts"]["data"] = []
    accounts.settle(desk, account, transfers="active", payouts=False, submitted=True, wanted=requirements(past_due=[BANK]))


def hand_in(desk: Desk, account: Doc) -> None:
    """Everything is given, and Stripe looks at the identity card first."""
    wanted = requirements(pending_verification=[DOCUMENT])
    accounts.settle(desk, account, transfers="pending", payouts=False, submitted=True, wanted=wanted)
    desk.store.later(VERIFY_SECONDS, "verify_account", account["id"])


def blurred(desk: Desk, account: Doc) -> None:
    """The picture of the identity card cannot be read."""
    error = {"code": UNREADABLE, "reason": "The document is not readable.", "requirement": DOCUMENT}
    wanted = requirements(past_due=[DOCUMENT], errors=[error])
    accounts.settle(desk, account, transfers="inactive", payouts=False, submitted=True, wanted=wanted)


def verify(desk: Desk, account: Doc) -> None:
    """The clerk's: the card is genuine, unless something else was decided meanwhile."""
    if account["requirements"]["pending_verification"]:
        accounts.activate(desk, account)


def ask_for_more(desk: Desk, account: Doc, body: Doc) -> None:
    """What Stripe may do any day (through /sandbox/require only): ask for more, pause payouts or transfers, or end it."""
    transfers, payouts = str(body.get("transfers", "active")), body.get("payouts_enabled", True) is True
    accounts.settle(
        desk, account, transfers=transfers, payouts=payouts, submitted=False, wanted=requirements(**body.get("requirements", {}))
    )


DEEDS: dict[str, Callable[[Desk, Doc], None]] = {
    "onboard": finish,
    "without_bank": without_bank,
    "hand_in": hand_in,
    "blurred": blurred,
    "leave": lambda desk, account: None,
}
"""The buttons of the page, by the value that its form sends as `deed`."""


def account_of_visit(desk: Desk, account_id: str, token: str) -> tuple[Doc, Doc] | None:
    """The account and the link of a visit that is under way."""
    for link in desk.store.select("account_link", PLATFORM, "AND json_extract(doc, '$._visit') = ?", [token]):
        account = desk.store.find(account_id)
        if account is not None and link["_of"] == account_id and link["_visit_ends"] > now():
            return account, link
    return None


def _url(params: Params, name: str) -> str:
    url = params.needed(name)
    if not url.startswith(("http://", "https://")):
        raise BadParameter("Not a valid URL", code="url_invalid", param=name)
    return url
