"""Connected accounts of sellers: Express, receiving only, whose onboarding is on Stripe's own pages.

We keep the platform's share before the transfer, so an account needs `transfers` alone. Payouts are ours to ask for (`manual`), so that
nobody is paid whom the city does not know. Sources: docs.stripe.com/connect/express-accounts, /api/account_links, /api/balance.
"""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import stripe

from common.payments.facts import AccountBalance, AccountFact, AccountLink
from common.payments.stripe_adapter import reading
from common.payments.stripe_adapter.amounts import CURRENCY, from_stripe, to_stripe

COUNTRY = "ID"


async def create(client: stripe.StripeClient, key: UUID) -> AccountFact:
    """A new account; it may receive nothing before its owner has been through the form of `link`."""
    params: Any = {"country": COUNTRY, "type": "express", "capabilities": {"transfers": {"requested": True}}}
    params |= {"metadata": {reading.OURS: str(key)}, "settings": {"payouts": {"schedule": {"interval": "manual"}}}}
    return reading.account((await client.v1.accounts.create_async(params, {"idempotency_key": f"account:{key}"})).to_dict())


async def link(client: stripe.StripeClient, account: str, *, return_url: str, refresh_url: str) -> AccountLink:
    """Stripe's form, asking for all at once what it would ever ask: a seller comes once, not again at a threshold. Never with a key: each
    link is good for one visit."""
    params: Any = {"account": account, "type": "account_onboarding", "return_url": return_url, "refresh_url": refresh_url}
    params["collection_options"] = {"fields": "eventually_due"}
    made = await client.v1.account_links.create_async(params)
    return AccountLink(made.url, datetime.fromtimestamp(made.expires_at, UTC))


async def balance(client: stripe.StripeClient, account: str) -> AccountBalance:
    """Whole rupiah; what is less than one stays on the account."""
    found = (await client.v1.balance.retrieve_async({}, {"stripe_account": account})).to_dict()
    return AccountBalance(_rupiah(found["available"]), _rupiah(found["pending"]))


def _rupiah(parts: list[dict[str, Any]]) -> int:
    total = sum(part["amount"] for part in parts if part["currency"] == CURRENCY)
    return from_stripe(total - total % to_stripe(1))
