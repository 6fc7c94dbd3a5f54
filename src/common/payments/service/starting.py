"""Starting a payment at the provider, and asking the provider how it stands. The provider is never called under a lock."""

from dataclasses import asdict
from datetime import datetime, timedelta
from uuid import UUID

from common import clock
from common.actor import Actor
from common.db import unit_of_work
from common.payments import policy, queries
from common.payments.errors import AlreadyPaid, PaymentOver, ProviderAway, Refused
from common.payments.models import Intent, IntentState
from common.payments.port import ActionKind, ClientAction, Created, PaymentOrder
from common.payments.provider import provider
from common.payments.service import opening
from common.payments.service.merging import merge
from common.settings import get_settings

LOOK_PAUSE = timedelta(seconds=2)  # between two looks at the provider because somebody reloads a page
LEAST_ON_PAGE = timedelta(minutes=1)  # a page that ends sooner is not worth going to


async def start(intent_id: UUID, return_url: str) -> ClientAction:
    """Open the payment at the provider and say what the payer's browser does next. Any number of times and at once: one payment.

    A page of the provider's may end before the payer's time does; then another is opened. Its first caller's `return_url` stands.

    Raises NoSuchPayment, AlreadyPaid, PaymentOver, ProviderAway, Refused (the intent is closed).
    """
    intent = await _reserve(intent_id, return_url)
    if intent.client_action is not None:
        return _action(intent.client_action)
    try:
        made = await provider().create_payment(order_of(intent))
    except Refused as refusal:
        await _give_up(intent_id, refusal)
        raise
    return await _record(intent_id, made)


async def start_as(actor: Actor, intent_id: UUID) -> ClientAction:
    """`start` by the payer, who comes back to the payment's own page. Others learn nothing: NoSuchPayment."""
    async with unit_of_work() as session:
        policy.must_be_payer(actor, await queries.by_id(session, intent_id))
    return await start(intent_id, f"{get_settings().base_url}/bayar/{intent_id}/kembali")


async def seen_by(actor: Actor, intent_id: UUID) -> Intent:
    """The intent as it is now, for its payer or an operator; in a transaction of its own."""
    async with unit_of_work() as session:
        return await queries.visible(session, actor, intent_id)


async def look_again(intent_id: UUID, *, patiently: bool = False) -> None:
    """Read an open intent at the provider once, unless somebody just did. Nothing happens to others.

    `patiently`: a provider that is away is no error; its message or the sweep will tell.
    """
    async with unit_of_work() as session:
        intent = await queries.for_update(session, intent_id)
        now = clock.now()
        if not intent.is_open or intent.provider_ref is None or (intent.checked_at is not None and intent.checked_at > now - LOOK_PAUSE):
            return
        intent.checked_at = now
    try:
        facts = await provider().fetch("intent", intent.provider_ref)
    except ProviderAway:
        if not patiently:
            raise
        return
    async with unit_of_work() as session:
        for fact in facts:
            await merge(session, fact)


def order_of(intent: Intent) -> PaymentOrder:
    """What the provider is told: of the row alone, so that a repeated call says the same; hence Indonesian, whoever pays."""
    assert intent.started_at is not None
    return PaymentOrder(
        key=intent.id,
        amount=intent.amount,
        description=f"{policy.TITLES[intent.purpose]} {str(intent.purpose_id)[-12:]}",
        group=str(intent.id),
        return_url=intent.return_url,
        started_at=intent.started_at,
        expires_at=intent.expires_at,
    )


async def _reserve(intent_id: UUID, return_url: str) -> Intent:
    async with unit_of_work() as session:
        intent = await queries.for_update(session, intent_id)
        if intent.state == IntentState.SUCCEEDED:
            raise AlreadyPaid
        if not intent.is_open or intent.close_wanted_at is not None or intent.expires_at <= clock.now():
            raise PaymentOver
        if intent.page_ends_first() and _page_until(intent) <= clock.now() + LEAST_ON_PAGE:
            intent.forget_page()
        if intent.started_at is None:
            intent.started_at, intent.return_url = clock.now(), return_url
        if intent.state == IntentState.CREATED:
            intent.move_to(IntentState.STARTED, by=intent.payer_id)
        return intent


async def _record(intent_id: UUID, made: Created) -> ClientAction:
    async with unit_of_work() as session:
        intent = await queries.for_update(session, intent_id)
        if intent.client_action is None:
            intent.provider_ref = made.provider_ref
            intent.client_action = asdict(made.client_action) | {"until": made.expires_at.isoformat()}
        return _action(intent.client_action)


async def _give_up(intent_id: UUID, refusal: Refused) -> None:
    async with unit_of_work() as session:
        intent = await queries.for_update(session, intent_id)
        intent.last_error = refusal.why
        await opening.record_closed(session, intent, f"refused: {refusal.why}")


def _page_until(intent: Intent) -> datetime:
    assert intent.client_action is not None
    return datetime.fromisoformat(intent.client_action["until"])


def _action(kept: dict[str, str]) -> ClientAction:
    return ClientAction(ActionKind(kept["kind"]), kept["url"])
