"""While the buyer's bank disputes a payment its orders stand still, and what the bank keeps nobody is paid."""

import asyncio
from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import UUID

import httpx
import pytest
from PIL import Image
from sqlalchemy import text

from common import clock
from common.actor import Role
from common.db import hot, unit_of_work
from common.identity import queries as identity
from common.payments import queries as money
from common.payments import service as payments
from common.payments.errors import PaymentInDispute
from common.payments.facts import DisputeFact, RefundFact
from common.payments.models import DisputeState, IntentState, RefundState
from common.payments.service.merging import merge
from marvec.orders import queries, service
from marvec.orders.errors import NoSuchOrder, NotYourMove, OrderFrozen
from marvec.orders.machine import DisputeState as Complaining
from marvec.orders.machine import OrderState, Party
from marvec.orders.models import OrderDispute
from marvec.orders.schemas import Say
from marvec.orders.service import Delivery
from tests.common.identity import make as people
from tests.common.payments.make import differences, pots
from tests.marvec import make
from tests.marvec.make import RunJobs

pytestmark = pytest.mark.usefixtures("database")
OPENED, WITHDRAWN, LOST, WON = DisputeState


async def bank_says(intent_id: UUID, state: DisputeState, amount: int = 30_000) -> None:
    """A word of the payer's bank; its payment is known by `pi_<intent>` from the first on."""
    async with unit_of_work() as session:
        await session.execute(text("UPDATE payment_intents SET payment_ref = 'pi_' || id WHERE id = :id"), {"id": intent_id})
        assert await merge(session, DisputeFact(f"du_{intent_id}", f"pi_{intent_id}", amount, state))


async def told(person_id: UUID) -> list[str]:
    async with hot() as connection:
        rows: list[Any] = await connection.fetch(
            "SELECT text FROM notification WHERE person_id = $1 AND kind = 'order.bank' ORDER BY seq", person_id
        )
    return [row["text"].split(".")[0] for row in rows]


async def test_a_disputed_order_is_completed_by_nobody_and_by_no_time(run_jobs: RunJobs) -> None:
    deal = await make.deal_in(OrderState.DELIVERED, run_jobs)
    await bank_says(deal.intent_id, WITHDRAWN)
    await run_jobs()
    for party in (Party.BUYER, Party.SELLER, Party.OPERATOR):
        with pytest.raises(OrderFrozen if party is Party.BUYER else NotYourMove):
            await make.move(deal.actor(party), deal.order_id, OrderState.COMPLETED)
    await run_jobs(ahead=timedelta(days=30))
    order = await make.order(deal.order_id)
    assert (order.state, order.deadline()) == (OrderState.DELIVERED, None)
    assert await pots() == {f"held:{deal.order_id}": 30_000, f"disputed:{deal.intent_id}": -30_000}
    assert await differences() == []


async def test_before_the_order_knows_of_the_dispute_its_timer_waits_all_the_same(run_jobs: RunJobs) -> None:
    deal = await make.deal_in(OrderState.DELIVERED, run_jobs)
    await bank_says(deal.intent_id, OPENED)
    with clock.frozen(clock.now() + timedelta(days=4)):
        async with unit_of_work() as session:
            await service.time_out(session, deal.order_id, OrderState.DELIVERED)
    with pytest.raises(OrderFrozen):
        await make.move(deal.buyer, deal.order_id, OrderState.COMPLETED)
    assert (await make.order(deal.order_id)).state is OrderState.DELIVERED
    await bank_says(deal.intent_id, WON)
    await run_jobs(ahead=timedelta(days=5), failing=True)
    assert (await make.order(deal.order_id)).state is OrderState.COMPLETED


@pytest.mark.parametrize("state", [OrderState.PAID, OrderState.ACCEPTED])
async def test_cancelling_a_disputed_order_gives_no_money_back_a_second_time(state: OrderState, run_jobs: RunJobs) -> None:
    deal = await make.deal_in(state, run_jobs)
    await bank_says(deal.intent_id, WITHDRAWN)
    with pytest.raises(OrderFrozen):  # even before the order has heard of it
        await make.move(deal.buyer, deal.order_id, OrderState.CANCELLED)
    await run_jobs()
    with pytest.raises(OrderFrozen):
        await make.move(deal.buyer, deal.order_id, OrderState.CANCELLED)
    await run_jobs(ahead=timedelta(days=2))
    async with hot() as connection:
        assert await connection.fetchval("SELECT count(*) FROM payment_refunds") == 0
    assert (await make.order(deal.order_id)).state is state


@pytest.mark.parametrize("state", ["opened", "withdrawn"])
async def test_the_database_itself_neither_completes_nor_releases_nor_refunds_what_is_disputed(state: str, run_jobs: RunJobs) -> None:
    deal = await make.deal_in(OrderState.DELIVERED, run_jobs)
    await bank_says(deal.intent_id, DisputeState(state))
    deeds = (
        "UPDATE orders SET state = 'completed' WHERE id = $1",
        "UPDATE payment_parts SET released_at = now() WHERE order_id = $1",
        """INSERT INTO payment_refunds (id, state, amount, created_at, intent_id, order_id, taken_from, reason, ours)
           SELECT gen_random_uuid(), 'pending', 1000, now(), intent_id, order_id, '{}', '', true FROM payment_parts WHERE order_id = $1""",
    )
    async with hot() as connection:
        for deed in deeds:
            with pytest.raises(Exception, match="disputes"):
                await connection.execute(deed, deal.order_id)
    await run_jobs()
    async with hot() as connection:
        with pytest.raises(Exception, match="is frozen"):
            await connection.execute("UPDATE orders SET state = 'disputed' WHERE id = $1", deal.order_id)


async def test_a_release_and_a_dispute_at_once_never_both_take_the_money(run_jobs: RunJobs) -> None:
    for _ in range(6):
        deal = await make.deal_in(OrderState.DELIVERED, run_jobs)
        await asyncio.gather(
            make.move(deal.buyer, deal.order_id, OrderState.COMPLETED), bank_says(deal.intent_id, WITHDRAWN), return_exceptions=True
        )
        done = (await make.order(deal.order_id)).state is OrderState.COMPLETED
        async with hot() as connection:
            at = await connection.fetchval("SELECT released_at FROM payment_parts WHERE order_id = $1", deal.order_id)
        assert (at is not None) == done
    assert await differences() == []


async def test_a_won_dispute_gives_the_order_back_the_time_that_it_had_left(run_jobs: RunJobs) -> None:
    deal = await make.deal_in(OrderState.DELIVERED, run_jobs)
    start = clock.now()
    with clock.frozen(start + timedelta(days=1)):
        await bank_says(deal.intent_id, WITHDRAWN)
        await run_jobs()
    with clock.frozen(start + timedelta(days=21)):
        await bank_says(deal.intent_id, WON)
        await run_jobs()
        order = await make.order(deal.order_id)
        assert order.frozen_at is None
        left = order.deadline()
        assert left is not None
        assert timedelta(days=1, hours=23, minutes=50) < left - clock.now() < timedelta(days=2, minutes=1)
    await run_jobs(ahead=timedelta(days=22, hours=23))
    assert (await make.order(deal.order_id)).state is OrderState.DELIVERED
    await run_jobs(ahead=timedelta(days=23, minutes=5), failing=True)
    assert (await make.order(deal.order_id)).state is OrderState.COMPLETED
    assert (await pots())["commission:platform"] == 750
    assert await told(deal.seller.person_id) == [
        "Bank pembeli menyengketakan pembayaran pesanan %(reference)s",
        "Sengketa bank atas pesanan %(reference)s dimenangkan",
    ]


@pytest.mark.parametrize(("state", "stock"), [(OrderState.ACCEPTED, (10, 0)), (OrderState.SHIPPED, (8, 0)), (OrderState.DELIVERED, (8, 0))])
async def test_a_lost_dispute_ends_the_order_without_a_refund_and_nobody_is_paid(
    state: OrderState, stock: tuple[int, int], run_jobs: RunJobs
) -> None:
    deal = await make.deal_in(state, run_jobs)
    await bank_says(deal.intent_id, WITHDRAWN)
    await run_jobs()
    await bank_says(deal.intent_id, LOST)
    await run_jobs()
    order = await make.order(deal.order_id)
    assert (order.state, order.refunded, order.lost, order.frozen_at) == (OrderState.CANCELLED, 0, 30_000, None)
    assert await pots() == {}
    assert await differences() == []
    async with hot() as connection:
        assert await connection.fetchval("SELECT count(*) FROM payment_refunds") == 0
        row = await connection.fetchrow("SELECT on_hand, reserved FROM listing_stock WHERE listing_id = $1", deal.listing_id)
    assert (row["on_hand"], row["reserved"]) == stock
    assert await told(deal.buyer.person_id) == [
        "Bank menyengketakan pembayaran pesanan %(reference)s",
        "Bank mengembalikan %(amount)s dari pesanan %(reference)s kepada Anda",
    ]


async def test_a_lost_part_is_borne_and_the_rest_of_the_order_goes_on(run_jobs: RunJobs) -> None:
    deal = await make.deal_in(OrderState.DELIVERED, run_jobs)
    await bank_says(deal.intent_id, WITHDRAWN, 10_000)
    await run_jobs()
    await bank_says(deal.intent_id, LOST, 10_000)
    await run_jobs()
    await make.move(deal.buyer, deal.order_id, OrderState.COMPLETED)
    order = await make.order(deal.order_id)
    assert (order.state, order.lost) == (OrderState.COMPLETED, 10_000)
    assert await pots() == {"outside:payers": -20_000, f"in_transit:{order.storefront_id}": 19_500, "commission:platform": 500}
    assert await differences() == []


async def test_a_loss_after_the_release_is_owed_by_the_seller_and_netted_from_the_next_order(run_jobs: RunJobs) -> None:
    deal = await make.deal_in(OrderState.SHIPPED, run_jobs)
    await make.move(deal.buyer, deal.order_id, OrderState.COMPLETED)
    shop = (await make.order(deal.order_id)).storefront_id
    await bank_says(deal.intent_id, WITHDRAWN)
    await bank_says(deal.intent_id, LOST)
    await run_jobs(failing=True)
    assert await pots() == {f"in_transit:{shop}": 29_250, f"seller:{shop}": -29_250}  # the platform gave its commission up
    order = await make.order(deal.order_id)
    assert (order.state, order.lost) == (OrderState.COMPLETED, 30_000)
    assert await differences() == []


async def test_all_orders_of_one_payment_freeze_and_share_the_loss_in_proportion_to_the_rupiah(run_jobs: RunJobs) -> None:
    buyer, one, other = await make.member("Pembeli"), await make.member("Penjual"), await make.member("Penjual dua")
    first, second = await make.goods(one, price=10_000), await make.goods(other, price=20_001)
    group_id = await make.placed(buyer, make.line(first), make.line(second), delivery=Delivery())
    async with unit_of_work() as session:
        group, orders = await queries.group_for_update(session, group_id)
    await make.pay(group.intent_id)
    await run_jobs()
    await bank_says(group.intent_id, WITHDRAWN, 10_000)
    await run_jobs()
    assert [(await make.order(order.id)).frozen_at is None for order in orders] == [False, False]
    await bank_says(group.intent_id, LOST, 10_000)
    await run_jobs()
    lost = {order.total: (await make.order(order.id)).lost for order in orders}
    assert lost == {10_000: 3_333, 20_001: 6_667}
    assert await differences() == []


async def test_a_dispute_that_was_lost_before_the_payment_was_known_ends_the_order_as_soon_as_it_is(run_jobs: RunJobs) -> None:
    deal = await make.deal()
    async with unit_of_work() as session:
        await session.execute(
            text("UPDATE payment_intents SET payment_ref = 'pi_' || id, state = 'started' WHERE id = :id"), {"id": deal.intent_id}
        )
        await merge(session, DisputeFact(f"du_{deal.intent_id}", f"pi_{deal.intent_id}", 30_000, LOST))
    await run_jobs()
    await make.pay(deal.intent_id)
    await run_jobs()
    order = await make.order(deal.order_id)
    assert (order.state, order.lost) == (OrderState.CANCELLED, 30_000)
    assert await pots() == {}


async def test_the_order_page_says_that_it_is_frozen_and_offers_no_step(run_jobs: RunJobs) -> None:
    deal = await make.deal_in(OrderState.DELIVERED, run_jobs)
    await bank_says(deal.intent_id, WITHDRAWN)
    await run_jobs()
    async with unit_of_work() as session:
        shown = await service.show_order(session, deal.buyer, deal.order_id)
    assert shown.frozen_at is not None
    assert shown.steps == []


async def test_money_of_a_disputed_payment_moves_through_no_door(run_jobs: RunJobs) -> None:
    deal = await make.deal_in(OrderState.DELIVERED, run_jobs)
    await bank_says(deal.intent_id, OPENED)
    with pytest.raises(PaymentInDispute):
        async with unit_of_work() as session:
            await payments.release(session, order_id=deal.order_id)
    with pytest.raises(PaymentInDispute):
        async with unit_of_work() as session:
            await payments.refund(session, order_id=deal.order_id, amount=1_000, reason="uji")
    assert OrderFrozen.status == PaymentInDispute.status == 409


async def test_operators_are_told_what_the_bank_does(run_jobs: RunJobs) -> None:
    async with unit_of_work() as session:
        operator = await people.holder(session, Role.OPERATOR)
    deal = await make.deal_in(OrderState.DELIVERED, run_jobs)
    await bank_says(deal.intent_id, WITHDRAWN)
    await run_jobs()
    await bank_says(deal.intent_id, LOST)
    await run_jobs()
    async with hot() as connection:
        rows: list[Any] = await connection.fetch("SELECT text, link FROM notification WHERE person_id = $1 ORDER BY seq", operator.id)
        dispute = await connection.fetchval("SELECT id FROM payment_disputes")
    assert [tuple(row) for row in rows] == [
        ("Bank menarik kembali %(amount)s. Serahkan bukti sebelum %(due)s.", f"/operator/sengketa-bank/{dispute}"),
        ("Sengketa bank atas %(amount)s kalah. Kerugiannya sudah dibagi.", f"/operator/sengketa-bank/{dispute}"),
    ]


async def test_the_seller_hands_evidence_in_from_the_orders_page_with_a_picture_that_operators_see(
    run_jobs: RunJobs, client: httpx.AsyncClient
) -> None:
    deal = await make.deal_in(OrderState.DELIVERED, run_jobs)
    here = f"/pesanan/{(await make.order(deal.order_id)).reference}"
    async with unit_of_work() as session:
        await people.enter(session, client, await identity.by_id(session, deal.seller.person_id))
    assert "/bukti" not in (await client.get(here)).text
    await bank_says(deal.intent_id, WITHDRAWN)
    await run_jobs()
    shown = await client.get(here)
    assert f'action="{here}/bukti"' in shown.text
    token = shown.text.split('name="_csrf" value="')[1].split('"')[0]
    sent = await client.post(
        f"{here}/bukti",
        data={"_csrf": token, "words": "Diterima istrinya, ada fotonya."},
        files={"file": ("serah-terima.png", picture(), "image/png")},
    )
    assert sent.status_code == 303
    async with hot() as connection:
        row: Any = await connection.fetchrow("SELECT author_id, words, filename, file_id FROM payment_evidence")
    assert (row["author_id"], row["words"], row["filename"]) == (
        deal.seller.person_id, "Diterima istrinya, ada fotonya.", "serah-terima.png",
    )  # fmt: skip
    file = f"/berkas/{row['file_id']}"
    async with unit_of_work() as session:
        await people.enter(session, client, await identity.by_id(session, deal.buyer.person_id))
    assert (await client.get(file)).status_code == 404
    async with unit_of_work() as session:
        await people.enter(session, client, await people.holder(session, Role.OPERATOR))
    assert (await client.get(file)).status_code == 200


async def test_the_buyer_hands_in_nothing_for_the_seller(run_jobs: RunJobs) -> None:
    deal = await make.deal_in(OrderState.DELIVERED, run_jobs)
    await bank_says(deal.intent_id, WITHDRAWN)
    await run_jobs()
    with pytest.raises(NotYourMove):
        async with unit_of_work() as session:
            await service.hand_in_evidence(session, deal.buyer, deal.order_id, words="Saya penjualnya.")
    with pytest.raises(NoSuchOrder):
        async with unit_of_work() as session:
            await service.hand_in_evidence(session, make.person("Orang lain"), deal.order_id, words="Halo semuanya.")


async def test_a_refund_at_the_provider_that_an_order_bears_is_never_refunded_again(run_jobs: RunJobs) -> None:
    deal = await make.deal_in(OrderState.PAID, run_jobs)
    await bank_says(deal.intent_id, WON)
    async with unit_of_work() as session:
        await merge(session, RefundFact("re_lain", None, f"pi_{deal.intent_id}", 10_000, RefundState.SUCCEEDED))
        refund = await session.scalar(text("SELECT id FROM payment_refunds"))
        await payments.assign_refund(
            session, deal.operator, refund, payments.Decision(payments.Bearer.ORDER, "Dari dasbor.", deal.order_id)
        )
    await run_jobs()
    assert (await make.order(deal.order_id)).refunded == 10_000
    await make.move(deal.buyer, deal.order_id, OrderState.CANCELLED)
    async with hot() as connection:
        amounts = await connection.fetch("SELECT amount FROM payment_refunds ORDER BY amount")
    assert [row["amount"] for row in amounts] == [10_000, 20_000]
    assert (await make.order(deal.order_id)).refunded == 30_000
    assert await differences() == []


def picture() -> bytes:
    made = BytesIO()
    Image.new("RGB", (8, 8), "teal").save(made, "PNG")
    return made.getvalue()


async def complaint_of(order_id: UUID) -> OrderDispute:
    async with unit_of_work() as session:
        found = await queries.dispute_of(session, order_id)
        assert found is not None
        return found


async def test_while_a_bank_looks_at_it_a_complaint_waits_and_its_ends_come_as_much_later(run_jobs: RunJobs) -> None:
    deal = await make.deal_in(OrderState.DISPUTED, run_jobs)
    before = await complaint_of(deal.order_id)
    assert before.answer_by is not None and before.decide_by is not None
    await bank_says(deal.intent_id, WITHDRAWN)
    await run_jobs()
    with pytest.raises(OrderFrozen):
        async with unit_of_work() as session:
            await service.refund_part(session, deal.seller, deal.order_id, amount=1_000, reason="Maaf.", client_key="a")
    await run_jobs(ahead=timedelta(days=4))
    assert (await make.order(deal.order_id)).state is OrderState.DISPUTED
    with clock.frozen(clock.now() + timedelta(days=5)):
        await bank_says(deal.intent_id, WON)
        await run_jobs()
        after = await complaint_of(deal.order_id)
        assert after.answer_by is not None and after.decide_by is not None
        paused = after.answer_by - before.answer_by
        assert timedelta(days=4, hours=23) < paused < timedelta(days=5, hours=1)
        assert after.decide_by - before.decide_by == paused
        assert (await make.order(deal.order_id)).state is OrderState.DISPUTED
    await run_jobs(ahead=timedelta(days=7, hours=23))
    assert (await complaint_of(deal.order_id)).state is Complaining.OPEN
    await run_jobs(ahead=timedelta(days=8, hours=1), failing=True)
    assert ((await make.order(deal.order_id)).state, (await complaint_of(deal.order_id)).state) == (
        OrderState.CANCELLED,
        Complaining.LAPSED,
    )
    assert await differences() == []


async def test_an_answered_complaint_ends_with_the_money_that_a_bank_took(run_jobs: RunJobs) -> None:
    deal = await make.deal_in(OrderState.DISPUTED, run_jobs)
    async with unit_of_work() as session:
        await service.say(session, deal.seller, deal.order_id, Say(words="Sudah saya antar."))
    await bank_says(deal.intent_id, LOST)
    await run_jobs()
    order = await make.order(deal.order_id)
    assert (order.state, order.lost, order.refunded, order.left) == (OrderState.CANCELLED, 30_000, 0, 0)
    assert (await complaint_of(deal.order_id)).state is Complaining.LAPSED
    assert await differences() == []


@pytest.mark.parametrize(("decided", "given_back"), [(WON, [30_000]), (LOST, [])])
async def test_a_payment_that_came_too_late_and_is_disputed_goes_back_once(
    run_jobs: RunJobs, decided: DisputeState, given_back: list[int]
) -> None:
    deal = await make.deal()
    async with unit_of_work() as session:
        intent = await money.for_update(session, deal.intent_id)
        intent.move_to(IntentState.STARTED, by=None)
    await run_jobs(ahead=timedelta(minutes=15, seconds=1), failing=True)
    assert (await make.order(deal.order_id)).state is OrderState.EXPIRED
    await make.pay(deal.intent_id)
    await bank_says(deal.intent_id, WITHDRAWN)
    await run_jobs(failing=True)
    await bank_says(deal.intent_id, decided)
    await run_jobs(failing=True)
    async with hot() as connection:
        assert [row["amount"] for row in await connection.fetch("SELECT amount FROM payment_refunds")] == given_back
        assert await connection.fetchval("SELECT count(*) FROM outbox WHERE job LIKE 'orders.%' AND last_error <> ''") == 0
    assert (await make.order(deal.order_id)).state is OrderState.EXPIRED
    assert await differences() == []
