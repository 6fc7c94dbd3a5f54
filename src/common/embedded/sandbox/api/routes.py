"""The table of all routes under /v1."""

import re
from collections.abc import Callable

from common.embedded.sandbox.api import accounts, disputes, hooks, lists, onboarding, payouts, refunds, transfers
from common.embedded.sandbox.checkout import closing as checkout
from common.embedded.sandbox.checkout import opening as sessions
from common.embedded.sandbox.desk import Call, Failed
from common.embedded.sandbox.errors import NoRoute
from common.embedded.sandbox.payments import closing, confirming, opening
from common.embedded.sandbox.store import Doc

Verb = Callable[[Call], Doc | Failed]


def _read(kind: str) -> Verb:
    return lambda call: call.mine(kind)


def _list(kind: str, url: str, *filters: str) -> Verb:
    return lambda call: lists.page(call, kind, url, filters)


_TABLE: tuple[tuple[str, str, Verb], ...] = (
    ("POST", "/v1/payment_intents", opening.create),
    ("GET", "/v1/payment_intents", _list("payment_intent", "/v1/payment_intents", "customer")),
    ("GET", "/v1/payment_intents/{id}", _read("payment_intent")),
    ("POST", "/v1/payment_intents/{id}", opening.update),
    ("POST", "/v1/payment_intents/{id}/confirm", confirming.confirm),
    ("POST", "/v1/payment_intents/{id}/capture", closing.capture),
    ("POST", "/v1/payment_intents/{id}/cancel", closing.cancel),
    ("POST", "/v1/checkout/sessions", sessions.create),
    ("GET", "/v1/checkout/sessions", _list("checkout.session", "/v1/checkout/sessions", "payment_intent", "status", "customer")),
    ("GET", "/v1/checkout/sessions/{id}", sessions.retrieve),
    ("POST", "/v1/checkout/sessions/{id}", sessions.update),
    ("GET", "/v1/checkout/sessions/{id}/line_items", sessions.line_items),
    ("POST", "/v1/checkout/sessions/{id}/expire", checkout.expire),
    ("GET", "/v1/charges", _list("charge", "/v1/charges", "payment_intent", "transfer_group", "customer")),
    ("GET", "/v1/charges/{id}", _read("charge")),
    ("POST", "/v1/refunds", refunds.create),
    ("GET", "/v1/refunds", _list("refund", "/v1/refunds", "charge", "payment_intent")),
    ("GET", "/v1/refunds/{id}", _read("refund")),
    ("POST", "/v1/refunds/{id}", refunds.update),
    ("POST", "/v1/transfers", transfers.create),
    ("GET", "/v1/transfers", transfers.list_),
    ("GET", "/v1/transfers/{id}", transfers.retrieve),
    ("POST", "/v1/transfers/{id}", transfers.update),
    ("POST", "/v1/transfers/{id}/reversals", transfers.reverse),
    ("GET", "/v1/transfers/{id}/reversals", transfers.reversals),
    ("GET", "/v1/transfers/{id}/reversals/{reversal}", transfers.reversal),
    ("POST", "/v1/payouts", payouts.create),
    ("GET", "/v1/payouts", _list("payout", "/v1/payouts", "status")),
    ("GET", "/v1/payouts/{id}", _read("payout")),
    ("POST", "/v1/payouts/{id}", payouts.update),
    ("POST", "/v1/payouts/{id}/cancel", payouts.cancel),
    ("GET", "/v1/balance", accounts.balance),
    ("GET", "/v1/balance_transactions", _list("balance_transaction", "/v1/balance_transactions", "source", "type", "currency")),
    ("GET", "/v1/balance_transactions/{id}", _read("balance_transaction")),
    ("GET", "/v1/disputes", disputes.list_),
    ("GET", "/v1/disputes/{id}", disputes.retrieve),
    ("POST", "/v1/disputes/{id}", disputes.update),
    ("POST", "/v1/disputes/{id}/close", disputes.close),
    ("GET", "/v1/account", accounts.own),
    ("POST", "/v1/accounts", accounts.create),
    ("GET", "/v1/accounts", _list("account", "/v1/accounts")),
    ("GET", "/v1/accounts/{id}", _read("account")),
    ("POST", "/v1/accounts/{id}", accounts.update),
    ("DELETE", "/v1/accounts/{id}", accounts.delete),
    ("GET", "/v1/accounts/{id}/capabilities/{capability}", accounts.retrieve_capability),
    ("POST", "/v1/accounts/{id}/login_links", onboarding.login_link),
    ("POST", "/v1/account_links", onboarding.open_link),
    ("GET", "/v1/events", hooks.list_events),
    ("GET", "/v1/events/{id}", _read("event")),
    ("POST", "/v1/webhook_endpoints", hooks.create_endpoint),
    ("GET", "/v1/webhook_endpoints", _list("webhook_endpoint", "/v1/webhook_endpoints")),
    ("GET", "/v1/webhook_endpoints/{id}", _read("webhook_endpoint")),
    ("DELETE", "/v1/webhook_endpoints/{id}", hooks.delete_endpoint),
)
_ROUTES = [(method, re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path)), verb) for method, path, verb in _TABLE]


def find(method: str, path: str) -> tuple[Verb, dict[str, str]]:
    """The verb of a request and what its path names. Errors: NoRoute."""
    for wanted, pattern, verb in _ROUTES:
        matched = pattern.fullmatch(path) if wanted == method else None
        if matched is not None:
            return verb, matched.groupdict()
    raise NoRoute(method, path)
