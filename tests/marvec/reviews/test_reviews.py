"""Reviews: written once by each of the two, blind until both are shown together, counted exactly, hidden with a trace."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from litestar import Litestar
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from common import clock, personal
from common.account import service as account
from common.actor import Actor
from common.db import hot, unit_of_work
from common.errors import Forbidden
from common.notifications import queries as inbox
from marvec.orders import queries as order_queries
from marvec.orders.errors import NoSuchOrder
from marvec.orders.machine import OrderState, Party
from marvec.orders.models import Order
from marvec.reviews import queries, service
from marvec.reviews.errors import AlreadyAnswered, AlreadyReviewed, NoSuchReview, NotCompleted, NotHidden, ReviewingOver
from marvec.reviews.models import Review, Side
from marvec.reviews.schemas import AnswerReview, HideReview, WriteReview
from marvec.storefronts import queries as storefronts
from marvec.storefronts.schemas import Rating
from tests.common.identity import make as identity
from tests.marvec import acting, make
from tests.marvec.make import RunJobs

pytestmark = pytest.mark.usefixtures("database")


async def write(actor: Actor, order_id: UUID, stars: int, words: str = "") -> Review:
    async with unit_of_work() as session:
        return await service.write_review(session, actor, order_id, WriteReview(stars=stars, words=words))


async def reviews_of(order_id: UUID) -> dict[Side, Review]:
    async with unit_of_work() as session:
        return await queries.of_order(session, order_id)


async def shop_of(deal: make.Deal) -> UUID:
    return (await make.order(deal.order_id)).storefront_id


async def rating_of(storefront_id: UUID) -> Rating:
    async with unit_of_work() as session:
        return await storefronts.rating_of(session, storefront_id)


async def public_of(storefront_id: UUID) -> list[tuple[int, str]]:
    async with unit_of_work() as session:
        return [(one.stars, one.words) for one in (await queries.of_storefront(session, storefront_id, 100)).items]


async def told(person: Actor) -> list[str]:
    async with unit_of_work() as session:
        rows, _ = await inbox.page_of(session, person.person_id, limit=50, cursor=None)
        return [row.kind for row in rows if row.kind.startswith("review.")]


async def shown_deal(run_jobs: RunJobs, stars: int = 4) -> make.Deal:
    """A completed order that both have reviewed."""
    deal = await make.deal_in(OrderState.COMPLETED, run_jobs)
    await write(deal.buyer, deal.order_id, stars, "Enak sekali")
    await write(deal.seller, deal.order_id, 5)
    return deal


async def test_nothing_is_shown_until_both_have_written_then_both_are_at_one_moment(run_jobs: RunJobs) -> None:
    deal = await make.deal_in(OrderState.COMPLETED, run_jobs)
    await write(deal.buyer, deal.order_id, 4, "Kuenya masih hangat.")
    shop_id = await shop_of(deal)
    assert (await public_of(shop_id), await rating_of(shop_id), await told(deal.seller)) == ([], Rating(), [])
    async with unit_of_work() as session:
        seen = await service.of_order(session, deal.seller, deal.order_id)
    assert seen is not None
    assert (seen.theirs, seen.may_write, seen.side) == (None, True, Side.SELLER)

    await write(deal.seller, deal.order_id, 5, "Pembayarannya cepat.")
    both = await reviews_of(deal.order_id)
    assert both[Side.BUYER].shown_at == both[Side.SELLER].shown_at is not None
    assert (await public_of(shop_id), await rating_of(shop_id)) == ([(4, "Kuenya masih hangat.")], Rating(1, 4))
    assert (await told(deal.seller), await told(deal.buyer)) == (["review.shown"], ["review.shown"])


async def test_one_alone_is_shown_after_fourteen_days_not_before_and_the_job_may_run_twice(run_jobs: RunJobs) -> None:
    deal = await make.deal_in(OrderState.COMPLETED, run_jobs)
    await write(deal.buyer, deal.order_id, 3)
    await run_jobs(ahead=timedelta(days=13, hours=23), failing=True)  # no provider stands behind the transfer
    async with unit_of_work() as session:
        assert await service.show_by_time(session, deal.order_id) == 0
    assert await rating_of(await shop_of(deal)) == Rating()
    await run_jobs(ahead=timedelta(days=14, minutes=1), failing=True)
    assert await rating_of(await shop_of(deal)) == Rating(1, 3)
    with clock.frozen(clock.now() + timedelta(days=15)):

        async def again() -> int:
            async with unit_of_work() as session:
                return await service.show_by_time(session, deal.order_id)

        assert list(await asyncio.gather(again(), again())) == [0, 0]
    assert (await rating_of(await shop_of(deal)), await told(deal.seller)) == (Rating(1, 3), ["review.shown"])


async def test_who_comes_after_fourteen_days_is_refused_even_when_the_job_is_late(run_jobs: RunJobs) -> None:
    deal = await make.deal_in(OrderState.COMPLETED, run_jobs)
    await write(deal.buyer, deal.order_id, 2)
    with clock.frozen(clock.now() + timedelta(days=14, minutes=1)), pytest.raises(ReviewingOver):
        await write(deal.seller, deal.order_id, 1, "Balas dendam")
    assert set(await reviews_of(deal.order_id)) == {Side.BUYER}


async def test_the_word_of_somebody_who_left_stays_under_nobodys_name_and_in_the_shops_rating(run_jobs: RunJobs) -> None:
    deal = await shown_deal(run_jobs, stars=4)
    async with unit_of_work() as session:
        await account.close_account(session, deal.buyer, identity.PASSWORD)
        found = await queries.of_storefront(session, await shop_of(deal), 10)
        assert [(one.author, one.stars, one.words) for one in found.items] == [("Akun ditutup", 4, "Enak sekali")]
    assert await rating_of(await shop_of(deal)) == Rating(1, 4)


async def test_the_download_has_what_one_wrote_and_of_the_others_words_those_that_are_shown(run_jobs: RunJobs) -> None:
    deal = await make.deal_in(OrderState.COMPLETED, run_jobs)
    await write(deal.buyer, deal.order_id, 4, "Enak sekali")

    async def mine(actor: Actor) -> tuple[list[str], list[str]]:
        async with unit_of_work() as session:
            found = await personal.EXPORTS["ulasan"](session, actor.person_id)
        return [one["words"] for one in found["written"]], [one["words"] for one in found["received"]]

    assert (await mine(deal.buyer), await mine(deal.seller)) == ((["Enak sekali"], []), ([], []))
    await write(deal.seller, deal.order_id, 5, "Cepat bayar")
    assert await mine(deal.seller) == (["Cepat bayar"], ["Enak sekali"])


async def test_strangers_and_operators_are_refused_and_so_is_a_second_word(run_jobs: RunJobs) -> None:
    deal = await make.deal_in(OrderState.COMPLETED, run_jobs)
    for stranger in (make.person("Orang lain"), deal.operator):
        with pytest.raises(NoSuchOrder):
            await write(stranger, deal.order_id, 1)
    await write(deal.buyer, deal.order_id, 5)
    with pytest.raises(AlreadyReviewed):
        await write(deal.buyer, deal.order_id, 1)
    assert [one.stars for one in (await reviews_of(deal.order_id)).values()] == [5]


@pytest.mark.parametrize("state", [OrderState.PLACED, OrderState.PAID, OrderState.DELIVERED, OrderState.CANCELLED])
async def test_only_a_completed_order_is_reviewed(state: OrderState, run_jobs: RunJobs) -> None:
    deal = await make.deal_in(state, run_jobs)
    with pytest.raises(NotCompleted):
        await write(deal.buyer, deal.order_id, 5)


async def test_two_at_the_same_moment_both_stand_and_both_are_shown(run_jobs: RunJobs) -> None:
    deal = await make.deal_in(OrderState.COMPLETED, run_jobs)
    await asyncio.gather(write(deal.buyer, deal.order_id, 5), write(deal.seller, deal.order_id, 4))
    assert all(one.shown_at for one in (await reviews_of(deal.order_id)).values())
    assert await rating_of(await shop_of(deal)) == Rating(1, 5)


async def test_fifty_submits_of_one_buyer_at_once_are_one_review(run_jobs: RunJobs) -> None:
    deal = await make.deal_in(OrderState.COMPLETED, run_jobs)
    answers = await asyncio.gather(*(write(deal.buyer, deal.order_id, 4) for _ in range(50)), return_exceptions=True)
    assert sum(isinstance(one, Review) for one in answers) == 1
    assert sum(isinstance(one, AlreadyReviewed) for one in answers) == 49


async def test_fifty_orders_of_one_shop_reviewed_at_once_give_an_exact_rating(run_jobs: RunJobs) -> None:
    buyer, seller = await make.member("Pembeli"), await make.member("Penjual")
    item = await make.goods(seller, stock=60)
    orders = await completed(buyer, seller, [await make.placed(buyer, make.line(item)) for _ in range(50)], run_jobs)
    for order_id in orders:
        await write(seller, order_id, 5)
    stars = [1 + number % 5 for number in range(50)]
    await asyncio.gather(*(write(buyer, order_id, given) for order_id, given in zip(orders, stars, strict=True)))
    assert await rating_of(item.storefront_id) == Rating(50, sum(stars)) == Rating(50, 150)
    assert len(await public_of(item.storefront_id)) == 50


async def completed(buyer: Actor, seller: Actor, groups: list[UUID], run_jobs: RunJobs) -> list[UUID]:
    """The orders of these groups (of one seller each), paid and received."""
    found = []
    async with unit_of_work() as session:
        for group_id in groups:
            group, (order,) = await order_queries.group_for_update(session, group_id)
            found.append((group.intent_id, order.id))
    for intent_id, _ in found:
        await make.pay(intent_id)
    await run_jobs()
    for _, order_id in found:
        for actor, state in ((seller, OrderState.ACCEPTED), (seller, OrderState.READY), (buyer, OrderState.COMPLETED)):
            await make.move(actor, order_id, state)
    return [order_id for _, order_id in found]


async def test_a_hidden_review_leaves_list_and_average_with_a_trace_and_comes_back(run_jobs: RunJobs) -> None:
    deal = await shown_deal(run_jobs)
    shop_id, review = await shop_of(deal), (await reviews_of(deal.order_id))[Side.BUYER]
    async with unit_of_work() as session:
        await service.hide_review(session, deal.operator, review.id, HideReview(because="Kata kasar"))
    assert (await public_of(shop_id), await rating_of(shop_id)) == ([], Rating(0, 0))
    with pytest.raises(NotHidden):
        async with unit_of_work() as session:
            await service.hide_review(session, deal.operator, review.id, HideReview(because="Kata kasar"))
    async with unit_of_work() as session:
        await service.unhide_review(session, deal.operator, review.id, HideReview(because="Sudah ditinjau"))
    assert (await public_of(shop_id), await rating_of(shop_id)) == ([(4, "Enak sekali")], Rating(1, 4))
    async with hot() as connection:
        rows = await connection.fetch("SELECT action, details->>'because' FROM audit_entries WHERE action LIKE 'review.%' ORDER BY id")
    assert [tuple(row) for row in rows] == [("review.hidden", "Kata kasar"), ("review.unhidden", "Sudah ditinjau")]


async def test_only_an_operator_hides_and_only_what_is_shown(run_jobs: RunJobs) -> None:
    deal = await make.deal_in(OrderState.COMPLETED, run_jobs)
    review = await write(deal.buyer, deal.order_id, 1)
    for actor, refusal in ((deal.seller, Forbidden), (make.person(), Forbidden), (deal.operator, NoSuchReview)):
        with pytest.raises(refusal):
            async with unit_of_work() as session:
                await service.hide_review(session, actor, review.id, HideReview(because="Tidak suka"))


async def test_the_seller_answers_a_shown_review_once_and_nobody_else_does(run_jobs: RunJobs) -> None:
    deal = await make.deal_in(OrderState.COMPLETED, run_jobs)
    review = await write(deal.buyer, deal.order_id, 3, "Agak lama")
    for actor in (deal.seller, deal.buyer, make.person()):
        with pytest.raises(NoSuchReview):
            await answer(actor, review.id, "Maaf di’")
    await write(deal.seller, deal.order_id, 5)
    await answer(deal.seller, review.id, "Terima kasih, lain kali lebih cepat.")
    with pytest.raises(AlreadyAnswered):
        await answer(deal.seller, review.id, "Sekali lagi")
    assert (await reviews_of(deal.order_id))[Side.BUYER].answer == "Terima kasih, lain kali lebih cepat."
    assert await told(deal.buyer) == ["review.answered", "review.shown"]


async def answer(actor: Actor, review_id: UUID, words: str) -> None:
    async with unit_of_work() as session:
        await service.answer_review(session, actor, review_id, AnswerReview(answer=words))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE reviews SET stars = 5",
        "UPDATE reviews SET words = 'lain'",
        "UPDATE reviews SET shown_at = NULL",
        "UPDATE reviews SET shown_at = shown_at + interval '1 day'",
        "UPDATE reviews SET hidden_at = now()",
        "UPDATE reviews SET answer = 'tanpa waktu'",
        "DELETE FROM reviews",
        "UPDATE storefront_ratings SET stars = 9",
    ],
)
async def test_the_database_itself_lets_nothing_be_changed(statement: str, run_jobs: RunJobs) -> None:
    await shown_deal(run_jobs)
    with pytest.raises(IntegrityError):
        async with unit_of_work() as session:
            await session.execute(text(statement))


async def test_the_database_itself_refuses_a_review_of_an_order_under_way_of_a_stranger_or_too_late(run_jobs: RunJobs) -> None:
    open_deal = await make.deal_in(OrderState.PAID, run_jobs)
    done = await make.deal_in(OrderState.COMPLETED, run_jobs)
    order, late = await make.order(done.order_id), clock.now() + timedelta(days=15)
    tries = [
        Review(**_row(await make.order(open_deal.order_id), open_deal.buyer)),
        Review(**_row(order, make.person())),
        Review(**_row(order, done.buyer) | {"written_at": late}),
        Review(**_row(order, done.buyer) | {"stars": 6}),
    ]
    for tried in tries:
        with pytest.raises(IntegrityError):
            async with unit_of_work() as session:
                session.add(tried)


async def test_the_database_itself_takes_no_word_on_an_order_whose_reviews_are_shown(run_jobs: RunJobs) -> None:
    deal = await make.deal_in(OrderState.COMPLETED, run_jobs)
    await write(deal.buyer, deal.order_id, 4)
    order = await make.order(deal.order_id)
    async with unit_of_work() as session:
        await session.execute(text("UPDATE reviews SET shown_at = now()"))
    with pytest.raises(IntegrityError, match="shown"):
        async with unit_of_work() as session:
            session.add(Review(**_row(order, deal.seller) | {"side": Side.SELLER, "about_id": order.buyer_id}))


def _row(order: Order, author: Actor) -> dict[str, Any]:
    return {
        "order_id": order.id, "storefront_id": order.storefront_id, "side": Side.BUYER, "author_id": author.person_id,
        "about_id": order.seller_id, "stars": 5,
    }  # fmt: skip


async def test_the_api_lists_by_pages_and_says_who_in_short(client: httpx.AsyncClient, app: Litestar, run_jobs: RunJobs) -> None:
    deal = await make.deal_in(OrderState.COMPLETED, run_jobs)
    shop_id = await shop_of(deal)
    async with acting.client_as(app, deal.buyer) as buyer, acting.client_as(app, deal.seller) as seller:
        wrong = await buyer.post(f"/api/v1/orders/{deal.order_id}/reviews", json={"stars": 6})
        sent = await buyer.post(f"/api/v1/orders/{deal.order_id}/reviews", json={"stars": 5, "words": "Mantap ji"})
        blind = await seller.get(f"/api/v1/orders/{deal.order_id}/reviews")
        await seller.post(f"/api/v1/orders/{deal.order_id}/reviews", json={"stars": 4})
        both = await seller.get(f"/api/v1/orders/{deal.order_id}/reviews")
    assert (wrong.status_code, sent.status_code, sent.json()["shown_at"]) == (422, 201, None)
    assert (blind.json(), [one["stars"] for one in both.json()]) == ([], [4, 5])
    listed = (await client.get(f"/api/v1/storefronts/{shop_id}/reviews?limit=1")).json()
    assert [(one["author"], one["stars"], one["words"]) for one in listed["items"]] == [("Pembeli", 5, "Mantap ji")]
    assert (await client.get(f"/api/v1/storefronts/{shop_id}/rating")).json() == {"reviews": 1, "average": 5.0}
    found = (await client.get("/api/v1/search?q=songkolo")).json()["items"]
    assert [(one["rating"], one["reviews"]) for one in found] == [(5.0, 1)]


async def test_a_buyer_reviews_on_the_order_page_without_javascript(app: Litestar, run_jobs: RunJobs) -> None:
    deal = await make.deal_in(OrderState.COMPLETED, run_jobs)
    order = await make.order(deal.order_id)
    page = f"/pesanan/{order.reference}"
    async with acting.client_as(app, deal.buyer) as buyer, acting.client_as(app, deal.seller) as seller:
        assert "1 pesanan selesai bisa diulas" in (await buyer.get("/")).text
        assert order.reference in (await buyer.get("/ulasan")).text
        empty = await acting.submit(buyer, page, f"{page}/ulasan", {"words": "lupa bintang"})
        assert (empty.status_code, "lupa bintang" in empty.text) == (422, True)
        sent = await acting.submit(buyer, page, f"{page}/ulasan", {"stars": "5", "words": "Songkolonya enak"})
        assert (sent.status_code, sent.headers["location"]) == (303, f"{page}#ulasan")
        assert "Belum tampil" in (await buyer.get(page)).text
        assert "Songkolonya enak" not in (await seller.get(page)).text
        await acting.submit(seller, page, f"{page}/ulasan", {"stars": "4"})
        review = (await reviews_of(deal.order_id))[Side.BUYER]
        await acting.submit(seller, f"/ulasan/{review.id}", f"/ulasan/{review.id}/jawab", {"answer": "Sama-sama ki’"})
        shop = (await make_shop_page(seller, deal)).text
    assert "Songkolonya enak" in shop
    assert "Sama-sama ki" in shop
    assert '"aggregateRating": {"@type": "AggregateRating", "bestRating": 5, "ratingCount": 1, "ratingValue": 5.0' in shop


async def make_shop_page(client: httpx.AsyncClient, deal: make.Deal) -> httpx.Response:
    async with unit_of_work() as session:
        shop = await storefronts.by_id(session, await shop_of(deal))
    listing = await client.get(f"/barang/{deal.listing_id}")
    assert "1 ulasan" in listing.text
    assert "Pesanan selesai: <strong>1</strong>" in listing.text
    assert (await client.get(f"/toko/{shop.slug}/ulasan")).status_code == 200
    return await client.get(f"/toko/{shop.slug}")


def test_the_average_has_one_decimal_halves_up() -> None:
    assert [Rating(n, stars).average for n, stars in ((0, 0), (3, 14), (4, 17), (20, 85), (8, 34))] == [None, 4.7, 4.3, 4.3, 4.3]


def test_both_parties_are_named() -> None:
    assert [side.value for side in Side] == [Party.BUYER.value, Party.SELLER.value]
