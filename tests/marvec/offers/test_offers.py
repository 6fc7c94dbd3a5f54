"""Two people agree in their talk: one offer, one answer, one order."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest

from common import clock, ids
from common.actor import Actor
from common.db import hot, unit_of_work
from common.errors import NotFound
from common.states import NotFromHere
from marvec.chat import service as chat
from marvec.listings.errors import OutOfStock
from marvec.listings.models import Listing
from marvec.offers import queries, service
from marvec.offers.errors import NoSuchOffer, NotBetweenYou, NotYourOffer, OfferOver
from marvec.offers.models import OfferState
from marvec.offers.schemas import Acceptance, Terms
from marvec.orders import queries as orders
from marvec.orders.machine import Handover, OrderState
from marvec.orders.models import Order
from tests.common.payments.make import differences
from tests.marvec import make
from tests.marvec.make import RunJobs

pytestmark = pytest.mark.usefixtures("database")


class Talk:
    """A buyer, a seller, their conversation about the seller's goods."""

    buyer: Actor
    seller: Actor
    item: Listing
    conversation_id: UUID

    async def begin(self, stock: int = 30) -> "Talk":
        self.buyer, self.seller = await make.member("Pembeli"), await make.member("Penjual")
        self.item = await make.goods(self.seller, price=20_000, stock=stock)
        async with unit_of_work() as session:
            people = {self.buyer.person_id, self.seller.person_id}
            opened = await chat.open_conversation(session, kind="listing", subject_id=self.item.id, people=people, title="Songkolo")
        self.conversation_id = opened.id
        return self

    def terms(self, **more: object) -> Terms:
        return Terms.model_validate({"listing_id": self.item.id, "quantity": 20, "unit_price": 17_500, **more})

    async def offer(self, author: Actor, **more: object) -> UUID:
        async with unit_of_work() as session:
            return (await service.make_offer(session, author, self.conversation_id, self.terms(**more))).id


async def accept(actor: Actor, offer_id: UUID, given: Acceptance | None = None) -> Order:
    async with unit_of_work() as session:
        return await service.accept(session, actor, offer_id, given)


async def state_of(offer_id: UUID) -> OfferState:
    async with unit_of_work() as session:
        return (await queries.by_id(session, offer_id)).state


async def count(table: str) -> int:
    async with hot() as connection:
        return int(await connection.fetchval(f"SELECT count(*) FROM {table}"))


async def stock(listing_id: UUID) -> tuple[int, int]:
    async with hot() as connection:
        return tuple(await connection.fetchrow("SELECT on_hand, reserved FROM listing_stock WHERE listing_id = $1", listing_id))


async def test_an_accepted_offer_is_an_order_at_its_price_with_stock_and_intent() -> None:
    talk = await Talk().begin()
    offer_id = await talk.offer(talk.seller)
    order = await accept(talk.buyer, offer_id)
    assert (order.total, order.offer_id, order.buyer_id, order.seller_id) == (
        350_000,
        offer_id,
        talk.buyer.person_id,
        talk.seller.person_id,
    )
    assert await stock(talk.item.id) == (30, 20)
    async with hot() as connection:
        assert await connection.fetchval("SELECT amount FROM payment_intents WHERE payer_id = $1", talk.buyer.person_id) == 350_000
        cards = await connection.fetch("SELECT card->>'kind' AS kind, card->'snapshot'->>'state' AS state FROM messages ORDER BY seq")
    assert [tuple(card) for card in cards] == [("offer", "open"), ("offer", "accepted")]


async def test_a_buyer_offers_and_the_seller_accepts() -> None:
    talk = await Talk().begin()
    order = await accept(talk.seller, await talk.offer(talk.buyer))
    assert (order.buyer_id, order.total) == (talk.buyer.person_id, 350_000)


async def test_fifty_acceptances_at_once_make_one_order() -> None:
    talk = await Talk().begin()
    offer_id = await talk.offer(talk.seller)
    orders = await asyncio.gather(*(accept(talk.buyer, offer_id) for _ in range(50)))
    assert len({order.id for order in orders}) == 1
    assert (await count("orders"), await count("payment_intents"), await stock(talk.item.id)) == (1, 1, (30, 20))


async def test_too_little_stock_leaves_the_offer_open_and_nothing_behind() -> None:
    talk = await Talk().begin(stock=19)
    offer_id = await talk.offer(talk.seller)
    with pytest.raises(OutOfStock):
        await accept(talk.buyer, offer_id)
    assert (await state_of(offer_id), await count("orders"), await stock(talk.item.id)) == (OfferState.OPEN, 0, (19, 0))


async def test_accepting_and_withdrawing_at_once_ends_in_one_of_both() -> None:
    talk = await Talk().begin()
    offer_id = await talk.offer(talk.seller)

    async def withdraw() -> None:
        async with unit_of_work() as session:
            await service.withdraw(session, talk.seller, offer_id)

    await asyncio.gather(accept(talk.buyer, offer_id), withdraw(), return_exceptions=True)
    state = await state_of(offer_id)
    assert (state, await count("orders")) in ((OfferState.ACCEPTED, 1), (OfferState.WITHDRAWN, 0))


async def test_only_the_other_side_answers_and_only_the_author_withdraws() -> None:
    talk = await Talk().begin()
    offer_id = await talk.offer(talk.seller)
    with pytest.raises(NotYourOffer):
        await accept(talk.seller, offer_id)
    with pytest.raises(NoSuchOffer):
        await accept(make.person(), offer_id)
    with pytest.raises(NotYourOffer):
        async with unit_of_work() as session:
            await service.withdraw(session, talk.buyer, offer_id)
    assert await state_of(offer_id) is OfferState.OPEN


async def test_a_counter_ends_the_old_offer_and_can_itself_be_accepted() -> None:
    talk = await Talk().begin()
    first = await talk.offer(talk.seller)
    async with unit_of_work() as session:
        second = await service.counter(session, talk.buyer, first, talk.terms(unit_price=16_000))
    assert (await state_of(first), second.counters_id, second.author_id) == (OfferState.COUNTERED, first, talk.buyer.person_id)
    assert (await accept(talk.seller, second.id)).total == 320_000


async def test_an_offer_ends_by_time(run_jobs: RunJobs) -> None:
    talk = await Talk().begin()
    offer_id = await talk.offer(talk.seller)
    await run_jobs(ahead=timedelta(hours=24, seconds=5))
    assert await state_of(offer_id) is OfferState.EXPIRED
    with pytest.raises(OfferOver):
        await accept(talk.buyer, offer_id)


async def test_a_courier_gets_the_address_from_the_buyer_who_accepts() -> None:
    talk = await Talk().begin()
    offer_id = await talk.offer(talk.seller, handover=Handover.COURIER)
    order = await accept(talk.buyer, offer_id, Acceptance(address="Lorong 3", kelurahan_code=make.KELURAHAN))
    assert (order.handover, order.address) == (Handover.COURIER, "Lorong 3")


async def test_strangers_and_other_peoples_goods_have_no_place_in_a_talk() -> None:
    talk = await Talk().begin()
    with pytest.raises(NotFound):
        async with unit_of_work() as session:
            await service.make_offer(session, make.person(), talk.conversation_id, talk.terms())
    other = await make.goods()
    with pytest.raises(NotBetweenYou):
        await talk.offer(talk.buyer, listing_id=other.id)
    assert await count("offers") == 0


async def test_the_order_of_an_offer_is_unique_in_the_database() -> None:
    talk = await Talk().begin()
    order = await accept(talk.buyer, await talk.offer(talk.seller))
    async with hot() as connection:
        with pytest.raises(Exception, match="uq_orders_offer_id"):
            await connection.execute(
                "INSERT INTO orders (id, reference, group_id, buyer_id, seller_id, storefront_id, offer_id, machine, state, moved_at,"
                " moved_because, total, commission, refunded, handover, address, kelurahan_code, note, created_at)"
                " SELECT $1, 'PSN-X', group_id, buyer_id, seller_id, storefront_id, offer_id, machine, 'placed', moved_at, '', total,"
                " commission, 0, handover, address, kelurahan_code, note, created_at FROM orders WHERE id = $2",
                ids.uuid7(),
                order.id,
            )


async def test_an_accepted_offer_is_paid_by_its_own_end_and_the_stock_waits_so_long(run_jobs: RunJobs) -> None:
    talk = await Talk().begin()
    offer_id = await talk.offer(talk.seller)
    order = await accept(talk.buyer, offer_id)
    async with unit_of_work() as session:
        ends = (await queries.by_id(session, offer_id)).expires_at
    assert (order.pay_by, order.deadline()) == (ends, ends)
    async with hot() as connection:
        assert await connection.fetchval("SELECT expires_at FROM payment_intents") == ends
        assert await connection.fetchval("SELECT run_at FROM outbox WHERE job = 'orders.time_out'") == ends
    await run_jobs(ahead=timedelta(hours=23, minutes=59), failing=True)
    assert ((await make.order(order.id)).state, await stock(talk.item.id)) == (OrderState.PLACED, (30, 20))
    await run_jobs(ahead=timedelta(hours=24, seconds=5), failing=True)
    assert ((await make.order(order.id)).state, await stock(talk.item.id)) == (OrderState.EXPIRED, (30, 0))


async def test_who_accepts_in_the_last_minute_has_two_hours_to_pay() -> None:
    talk = await Talk().begin()
    offer_id = await talk.offer(talk.seller, expires_at=clock.now() + timedelta(minutes=1))
    before = clock.now()
    order = await accept(talk.buyer, offer_id)
    assert before + timedelta(hours=2) <= order.pay_by <= clock.now() + timedelta(hours=2)


@pytest.mark.parametrize("by_seller", [True, False])
async def test_what_both_agreed_on_is_not_accepted_a_second_time(run_jobs: RunJobs, *, by_seller: bool) -> None:
    talk = await Talk().begin()
    author, other = (talk.seller, talk.buyer) if by_seller else (talk.buyer, talk.seller)
    order = await accept(other, await talk.offer(author))
    async with unit_of_work() as session:
        intent_id = (await orders.group_of(session, order)).intent_id
    await make.pay(intent_id)
    await run_jobs()
    async with unit_of_work() as session:
        history = [(row.to_state, row.moved_by, row.moved_because) for row in await orders.history_of(session, order.id)]
    assert history == [
        ("placed", talk.buyer.person_id, ""),
        ("paid", None, ""),
        ("accepted", None, "Sudah disepakati lewat tawaran, jadi tidak perlu diterima sekali lagi."),
    ]
    async with hot() as connection:
        told = [row["text"] for row in await connection.fetch("SELECT text FROM notification WHERE person_id = $1", talk.seller.person_id)]
    assert "Pesanan %(reference)s dari tawaran yang disepakati sudah dibayar. Siapkan barangnya." in told
    assert "Pesanan baru %(reference)s sudah dibayar. Terima atau tolak dalam 24 jam." not in told
    await make.move(talk.seller, order.id, OrderState.ACCEPTED)
    assert (await make.order(order.id)).moved_by is None
    with pytest.raises(NotFromHere):
        await make.move(talk.buyer, order.id, OrderState.ACCEPTED)
    await make.move(talk.seller, order.id, OrderState.CANCELLED, because="Maaf, bahan habis.")
    assert ((await make.order(order.id)).refunded, await differences()) == (350_000, [])
