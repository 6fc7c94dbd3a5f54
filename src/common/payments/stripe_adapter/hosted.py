"""Where a person pays: always a page of the provider's, so that no card number and no script of a third party touches ours.

With Stripe itself that page is a Checkout Session; what speaks Stripe's HTTP at `stripe_api_base` (the sandbox) has a pay page
for each payment intent instead. Reason: docs/decisions.
"""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import stripe

from common.payments.facts import IntentFact
from common.payments.models import IntentState
from common.payments.port import ActionKind, ClientAction, Created, PaymentOrder
from common.payments.stripe_adapter import reading
from common.payments.stripe_adapter.amounts import CURRENCY, from_stripe, to_stripe
from common.payments.stripe_adapter.reading import OURS

SHORTEST, LONGEST = timedelta(minutes=35), timedelta(hours=23)  # Stripe wants 30 minutes to 24 hours; our own sweeper closes on time


async def open_intent(client: stripe.StripeClient, order: PaymentOrder, here: str) -> Created:
    """A payment intent, and the pay page at `here` that its client secret opens."""
    params: Any = {"amount": to_stripe(order.amount), "currency": CURRENCY, "automatic_payment_methods": {"enabled": True}}
    params |= {"description": order.description, "transfer_group": order.group, "metadata": {OURS: str(order.key)}}
    made = await client.v1.payment_intents.create_async(params, {"idempotency_key": f"intent:{order.key}"})
    query = urlencode({"client_secret": made.client_secret or "", "return_url": order.return_url})
    return Created(made.id, ClientAction(ActionKind.REDIRECT, f"{here}/pay/{made.id}?{query}"), order.expires_at)


async def open_checkout(client: stripe.StripeClient, order: PaymentOrder) -> Created:
    """A Checkout Session for one line; the payment intent that it will make carries our id."""
    # Of the row alone: the same key must send the same words.
    ends = order.started_at + min(max(order.expires_at - order.started_at, SHORTEST), LONGEST)
    line = {
        "price_data": {"currency": CURRENCY, "unit_amount": to_stripe(order.amount), "product_data": {"name": order.description}},
        "quantity": 1,
    }
    params: Any = {"mode": "payment", "line_items": [line], "success_url": order.return_url, "cancel_url": order.return_url}
    params |= {"client_reference_id": str(order.key), "expires_at": int(ends.timestamp()), "metadata": {OURS: str(order.key)}}
    params["payment_intent_data"] = {"metadata": {OURS: str(order.key)}, "transfer_group": order.group, "description": order.description}
    made = await client.v1.checkout.sessions.create_async(params, {"idempotency_key": f"checkout:{order.key}"})
    return Created(made.id, ClientAction(ActionKind.REDIRECT, made.url or ""), datetime.fromtimestamp(made.expires_at, UTC))


async def read_checkout(client: stripe.StripeClient, ref: str) -> IntentFact:
    made = await client.v1.checkout.sessions.retrieve_async(ref, {"expand": ["payment_intent"]})
    return _fact(made.to_dict())


async def expire_checkout(client: stripe.StripeClient, ref: str) -> IntentFact:
    return _fact((await client.v1.checkout.sessions.expire_async(ref)).to_dict())


def is_checkout(ref: str) -> bool:
    return ref.startswith("cs_")


def _fact(session: dict[str, Any]) -> IntentFact:
    """A session's payment intent when there is one yet; an expired session is a closed payment."""
    inside = session.get("payment_intent")
    if isinstance(inside, dict):
        return reading.intent(inside)
    state = IntentState.CLOSED if session["status"] == "expired" else IntentState.STARTED
    return IntentFact(session["id"], reading.ours(session), state, from_stripe(session["amount_total"]))
