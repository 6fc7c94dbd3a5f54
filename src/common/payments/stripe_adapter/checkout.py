"""Where a person pays: a Checkout Session of Stripe's, so that no card number and no script of a third party touches our pages.

The payment intent is made by Stripe when the person submits and carries our id in its metadata. Reason: docs/decisions.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

import stripe

from common.payments.facts import IntentFact
from common.payments.port import ActionKind, ClientAction, Created, PaymentOrder
from common.payments.stripe_adapter import reading
from common.payments.stripe_adapter.amounts import CURRENCY, to_stripe
from common.payments.stripe_adapter.reading import OURS

# Stripe wants 30 minutes to 24 hours from the moment it is asked, which may be our last one: our own sweeper closes on time.
LONGER, LONGEST = timedelta(minutes=35), timedelta(hours=23)
EXPANDED: Any = {"expand": ["payment_intent"]}


async def open_session(client: stripe.StripeClient, order: PaymentOrder) -> Created:
    """A session for one line. All of it is of the order alone: the same key must send the same words, and an order that starts anew has
    another."""
    ends = min(order.expires_at + LONGER, order.started_at + LONGEST)
    named = {OURS: str(order.key)}
    price = {"currency": CURRENCY, "unit_amount": to_stripe(order.amount), "product_data": {"name": order.description}}
    params: Any = {"mode": "payment", "line_items": [{"price_data": price, "quantity": 1}], "metadata": named}
    params |= {"success_url": order.return_url, "cancel_url": order.return_url, "expires_at": int(ends.timestamp())}
    params |= {"client_reference_id": str(order.key)}
    params["payment_intent_data"] = {"metadata": named, "transfer_group": order.group, "description": order.description}
    made = await client.v1.checkout.sessions.create_async(
        params, {"idempotency_key": f"checkout:{order.key}:{order.started_at.timestamp()}"}
    )
    return Created(made.id, ClientAction(ActionKind.REDIRECT, made.url or ""), datetime.fromtimestamp(made.expires_at, UTC))


async def read(client: stripe.StripeClient, ref: str) -> IntentFact:
    return reading.session((await client.v1.checkout.sessions.retrieve_async(ref, EXPANDED)).to_dict())


async def expire(client: stripe.StripeClient, ref: str) -> IntentFact:
    return reading.session((await client.v1.checkout.sessions.expire_async(ref, EXPANDED)).to_dict())


def is_session(ref: str) -> bool:
    """Whether `ref` names a session: a message that came before any of ours is known may name the payment intent instead."""
    return ref.startswith("cs_")
