"""Where money goes on our side, before any provider is asked."""

import asyncio

import pytest
from sqlalchemy import select

from common import clock
from common.db import unit_of_work
from common.ids import uuid7
from common.payments import queries, service
from common.payments.errors import AlreadyOpen, AlreadyPaid, AlreadySettled, NothingLeft, NotPaid, PartsDoNotFit, WrongBook
from common.payments.models import Book, IntentState, Reversal, ReversalState
from common.payments.postings import COMMISSION, seller_of
from common.payments.service import Part
from common.payments.service.ledger import rise
from tests.common.payments import make


async def test_the_same_purpose_is_opened_once_by_twenty_at_once(database: None) -> None:
    payer, purpose, ends = uuid7(), uuid7(), clock.now()

    async def open_it() -> object:
        async with unit_of_work() as session:
            intent = await service.open_intent(
                session, payer_id=payer, purpose="order_group", purpose_id=purpose, amount=5_000, expires_at=ends
            )
            return intent.id

    assert len(set(await asyncio.gather(*(open_it() for _ in range(20))))) == 1


async def test_another_amount_for_an_open_purpose_is_refused(database: None) -> None:
    async with unit_of_work() as session:
        intent = await make.opened(session, amount=5_000)
    again = {"payer_id": intent.payer_id, "purpose": "order_group", "purpose_id": intent.purpose_id, "expires_at": clock.now()}
    with pytest.raises(AlreadyOpen):
        async with unit_of_work() as session:
            await service.open_intent(session, amount=6_000, **again)  # type: ignore[arg-type]  # a dict of mixed values
    async with unit_of_work() as session:
        await service.cancel_intent(session, intent.id)
    async with unit_of_work() as session:
        assert (await service.open_intent(session, amount=6_000, **again)).amount == 6_000  # type: ignore[arg-type]  # as above


async def test_what_is_paid_cannot_be_opened_again(database: None) -> None:
    async with unit_of_work() as session:
        intent = await make.paid(session)
        with pytest.raises(AlreadyPaid):
            await service.open_intent(
                session,
                payer_id=intent.payer_id,
                purpose="order_group",
                purpose_id=intent.purpose_id,
                amount=intent.amount,
                expires_at=clock.now(),
            )


async def test_an_order_is_held_released_and_leaves_the_commission(database: None) -> None:
    async with unit_of_work() as session:
        intent, (one, two) = await make.held(session, (60_000, 3_000), (40_000, 2_000))
        await service.release(session, order_id=one.order_id)
        await service.release(session, order_id=one.order_id)
    assert await make.pots() == {
        "outside:payers": -100_000,
        f"held:{two.order_id}": 40_000,
        "commission:platform": 3_000,
        f"in_transit:{one.storefront_id}": 57_000,
    }
    assert await make.differences() == []
    async with unit_of_work() as session:
        transfer = await queries.transfer_of(session, one.order_id)
        assert transfer is not None
        assert (transfer.amount, transfer.intent_id) == (57_000, intent.id)


async def test_parts_must_be_the_whole(database: None) -> None:
    async with unit_of_work() as session:
        intent = await make.paid(session, amount=10_000)
    with pytest.raises(PartsDoNotFit):
        async with unit_of_work() as session:
            await service.hold_for_sellers(session, intent.id, [Part(uuid7(), uuid7(), 9_999, 0)])
    assert await make.pots() == {"outside:payers": -10_000, f"arrived:{intent.id}": 10_000}


async def test_nothing_is_held_or_settled_before_the_money_is_here(database: None) -> None:
    async with unit_of_work() as session:
        order, fee = await make.opened(session), await make.opened(session, purpose="application_fee")
        with pytest.raises(NotPaid):
            await service.hold_for_sellers(session, order.id, [Part(uuid7(), uuid7(), order.amount, 0)])
        with pytest.raises(NotPaid):
            await service.settle_fee(session, fee.id, "DPMPTSP")
        with pytest.raises(NotPaid):
            await service.refund(session, intent_id=order.id, amount=1, reason="x")


async def test_a_city_fee_becomes_the_offices_and_never_a_sellers(database: None) -> None:
    async with unit_of_work() as session:
        fee = await make.paid(session, amount=50_000, purpose="application_fee")
        with pytest.raises(WrongBook):
            await service.hold_for_sellers(session, fee.id, [Part(uuid7(), uuid7(), 50_000, 0)])
        await service.settle_fee(session, fee.id, "DPMPTSP")
        await service.settle_fee(session, fee.id, "DPMPTSP")
        with pytest.raises(AlreadySettled):
            await service.settle_fee(session, fee.id, "DISDUKCAPIL")
    assert await make.pots() == {"outside:payers": -50_000, "office:DPMPTSP": 50_000}
    assert await make.differences() == []


async def test_two_refunds_of_the_whole_at_once_one_wins(database: None) -> None:
    async with unit_of_work() as session:
        intent, (part,) = await make.held(session, (30_000, 1_500))

    async def give_back() -> None:
        async with unit_of_work() as session:
            await service.refund(session, order_id=part.order_id, amount=30_000, reason="batal")

    results = await asyncio.gather(*(give_back() for _ in range(10)), return_exceptions=True)
    assert sum(result is None for result in results) == 1
    assert all(isinstance(result, NothingLeft) for result in results if result is not None)
    assert await make.pots() == {"outside:payers": -30_000, f"refunding:{intent.id}": 30_000}


async def test_a_release_and_a_refund_at_once_never_spend_the_money_twice(database: None) -> None:
    async with unit_of_work() as session:
        _, (part,) = await make.held(session, (30_000, 3_000))

    async def let_go() -> None:
        async with unit_of_work() as session:
            await service.release(session, order_id=part.order_id)

    async def give_back() -> None:
        async with unit_of_work() as session:
            await service.refund(session, order_id=part.order_id, amount=10_000, reason="rusak")

    await asyncio.gather(*(let_go() for _ in range(4)), *(give_back() for _ in range(4)), return_exceptions=True)
    pots = await make.pots()
    assert sum(pots.values()) == 0
    assert pots["outside:payers"] == -30_000
    assert pots["commission:platform"] == 0 if "commission:platform" in pots else True
    assert await make.differences() == []


async def test_a_sellers_debt_is_netted_from_the_next_transfer(database: None) -> None:
    shop = uuid7()
    async with unit_of_work() as session:
        _, (first,) = await make.held(session, (50_000, 5_000), storefront=shop)
        await service.release(session, order_id=first.order_id)
        await service.refund(session, order_id=first.order_id, amount=50_000, reason="rusak")
        assert await queries.balance(session, seller_of(shop)) == -45_000
        reversal = await session.scalar(select(Reversal))
        assert reversal is not None
        await rise(session, Book.MARKET, reversal, ReversalState.FAILED)
        _, (second,) = await make.held(session, (60_000, 6_000), storefront=shop)
        await service.release(session, order_id=second.order_id)
        transfer = await queries.transfer_of(session, second.order_id)
        assert transfer is not None
        assert transfer.amount == 54_000 - 45_000
    assert await make.differences() == []


async def test_a_partial_refund_leaves_the_commission_in_proportion(database: None) -> None:
    async with unit_of_work() as session:
        _, (part,) = await make.held(session, (10_000, 333))
        await service.refund(session, order_id=part.order_id, amount=5_000, reason="separuh")
        await service.release(session, order_id=part.order_id)
        assert await queries.balance(session, COMMISSION) == 167


async def test_cancelling_what_was_never_started_closes_it_at_once(database: None) -> None:
    async with unit_of_work() as session:
        intent = await make.opened(session)
        await service.cancel_intent(session, intent.id)
        await service.cancel_intent(session, intent.id)
        assert intent.state == IntentState.CLOSED
