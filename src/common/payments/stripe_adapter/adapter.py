"""The adapter: Stripe's official asynchronous client, against Stripe itself or whatever speaks its HTTP at `stripe_api_base`."""

import json
from collections.abc import AsyncIterator, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import stripe

from common.payments.errors import BadSignature, Refused
from common.payments.facts import (
    AccountFact,
    DisputeFact,
    Fact,
    IntentFact,
    PayoutFact,
    ProviderEvent,
    RefundFact,
    ReversalFact,
    TransferFact,
)
from common.payments.port import Capabilities, Created, PaymentOrder
from common.payments.stripe_adapter import checkout, reading
from common.payments.stripe_adapter.amounts import CURRENCY, EXPONENT, to_stripe
from common.payments.stripe_adapter.reading import OURS
from common.payments.stripe_adapter.refusals import our_words
from common.settings import Settings

TIMEOUT_SECONDS = 15.0
RETRIES = 1  # of a call whose idempotency key makes it safe; the outbox does the patient retrying
PAGE = 100


class StripeAdapter:
    name = "stripe"

    def __init__(self, settings: Settings) -> None:
        self._secret = settings.stripe_webhook_secret.get_secret_value()
        places: Any = {"api": settings.stripe_api_base.rstrip("/")} if settings.stripe_api_base else None
        self._http = stripe.HTTPXClient(timeout=TIMEOUT_SECONDS)
        self._client = stripe.StripeClient(
            settings.stripe_api_key.get_secret_value(), http_client=self._http, base_addresses=places, max_network_retries=RETRIES
        )

    def capabilities(self) -> Capabilities:
        """docs.stripe.com: cards are held for 7 days and may be refunded for long; Rp 9.999.999.999,99 is the most that fits.

        The least is worth 0.50 US dollars where a currency has no smallest charge of its own: Rp 10.000 is above that, whatever the rate.
        """
        return Capabilities(
            authorise_capture=True,
            partial_capture=True,
            capture_window=timedelta(days=7),
            refunds=True,
            partial_refunds=True,
            refund_window=None,
            exponent=EXPONENT,
            minimum=10_000,
            maximum=9_999_999_999,
            webhook_authentication="hmac-sha256 of the raw body, with a timestamp",
            idempotency="header",
            split=True,
            payout=True,
        )

    async def create_payment(self, order: PaymentOrder) -> Created:
        with our_words():
            return await checkout.open_session(self._client, order)

    async def capture(self, ref: str, *, key: UUID, amount: int | None = None) -> IntentFact:
        params: Any = {} if amount is None else {"amount_to_capture": to_stripe(amount)}
        with our_words():
            done = await self._client.v1.payment_intents.capture_async(ref, params, {"idempotency_key": f"capture:{key}"})
        return reading.intent(done.to_dict())

    async def cancel(self, ref: str) -> IntentFact:
        try:
            with our_words():
                return await checkout.expire(self._client, ref)
        except Refused:  # it has ended already: how?
            return await self._intent(ref)

    async def refund(self, charge: str, *, key: UUID, amount: int) -> RefundFact:
        params: Any = {"charge": charge, "amount": to_stripe(amount), "metadata": {OURS: str(key)}}
        with our_words():
            return reading.refund((await self._client.v1.refunds.create_async(params, {"idempotency_key": f"refund:{key}"})).to_dict())

    async def transfer(self, *, key: UUID, account: str, amount: int, charge: str, group: str) -> TransferFact:
        params: Any = {"amount": to_stripe(amount), "currency": CURRENCY, "destination": account, "metadata": {OURS: str(key)}}
        params |= {"source_transaction": charge, "transfer_group": group}
        with our_words():
            return reading.transfer(
                (await self._client.v1.transfers.create_async(params, {"idempotency_key": f"transfer:{key}"})).to_dict()
            )

    async def reverse(self, transfer_ref: str, *, key: UUID, amount: int) -> ReversalFact:
        params: Any = {"amount": to_stripe(amount), "metadata": {OURS: str(key)}}
        options: Any = {"idempotency_key": f"reversal:{key}"}
        with our_words():
            return reading.reversal((await self._client.v1.transfers.reversals.create_async(transfer_ref, params, options)).to_dict())

    async def payout(self, account: str, *, key: UUID, amount: int) -> PayoutFact:
        params: Any = {"amount": to_stripe(amount), "currency": CURRENCY, "metadata": {OURS: str(key)}}
        options: Any = {"idempotency_key": f"payout:{key}", "stripe_account": account}
        with our_words():
            return reading.payout((await self._client.v1.payouts.create_async(params, options)).to_dict(), account)

    async def open_account(self, *, key: UUID) -> AccountFact:
        """A connected account that can only receive; Stripe asks the seller the rest."""
        params: Any = {"country": "ID", "type": "express", "capabilities": {"transfers": {"requested": True}}, "metadata": {OURS: str(key)}}
        params["settings"] = {"payouts": {"schedule": {"interval": "manual"}}}
        with our_words():
            return reading.account((await self._client.v1.accounts.create_async(params, {"idempotency_key": f"account:{key}"})).to_dict())

    async def account_state(self, account: str) -> AccountFact:
        with our_words():
            return reading.account((await self._client.v1.accounts.retrieve_async(account)).to_dict())

    def parse_webhook(self, body: bytes, headers: Mapping[str, str]) -> ProviderEvent:
        try:
            stripe.WebhookSignature.verify_header(body.decode(), headers.get("stripe-signature", ""), self._secret, tolerance=300)
            payload = json.loads(body)
            return ProviderEvent(payload["id"], payload["type"], payload)
        except (stripe.SignatureVerificationError, ValueError, KeyError, TypeError) as error:
            raise BadSignature from error

    def facts_of(self, payload: dict[str, Any]) -> list[Fact] | None:
        return reading.facts_of(payload)

    async def fetch(self, kind: str, ref: str) -> list[Fact]:
        match kind:
            case "account":
                return [await self.account_state(ref)]
            case "intent":
                return [await self._intent(ref)]
            case "refunds_of":
                return list(await self._refunds_of(ref))
            case "disputes_of":
                return list(await self._disputes_of(ref))
            case "transfer":
                with our_words():
                    return [reading.transfer((await self._client.v1.transfers.retrieve_async(ref)).to_dict())]
        raise ValueError(kind)

    async def list_since(self, moment: datetime, account: str | None = None) -> AsyncIterator[ProviderEvent]:
        params: Any = {"created": {"gte": int(moment.timestamp())}, "limit": PAGE}
        options: Any = {"stripe_account": account} if account else {}
        with our_words():
            found = await self._client.v1.events.list_async(params, options)
            async for event in found.auto_paging_iter():
                payload = event.to_dict()
                yield ProviderEvent(payload["id"], payload["type"], payload)

    async def close(self) -> None:
        await self._http.close_async()  # type: ignore[no-untyped-call]  # the library leaves it bare

    async def _intent(self, ref: str) -> IntentFact:
        with our_words():
            if checkout.is_session(ref):
                return await checkout.read(self._client, ref)
            return reading.intent((await self._client.v1.payment_intents.retrieve_async(ref)).to_dict())

    async def _refunds_of(self, ref: str) -> list[RefundFact]:
        params: Any = {"payment_intent": ref, "limit": PAGE}
        with our_words():
            found = await self._client.v1.refunds.list_async(params)
        return [reading.refund(one.to_dict()) for one in found.data]

    async def _disputes_of(self, ref: str) -> list[DisputeFact]:
        params: Any = {"payment_intent": ref, "limit": PAGE}
        with our_words():
            found = await self._client.v1.disputes.list_async(params)
        return [reading.dispute(one.to_dict()) for one in found.data]
