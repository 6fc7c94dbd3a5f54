"""How much a person may sell by what is known of her: held by the database, told to both sides, raised by the person or an operator."""

import asyncio
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from litestar import Litestar
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from common import clock, ids
from common.actor import Actor, Role
from common.audit.models import AuditEntry
from common.db import unit_of_work
from common.identity import service as people
from common.identity.schemas import GiveNik
from common.notifications import queries as inbox
from common.states import NotFromHere
from marvec.chat import service as chat
from marvec.offers import service as offers
from marvec.offers.schemas import Terms
from marvec.orders.errors import SellerLimitReached
from marvec.orders.machine import OrderState
from marvec.selling import policy, queries, service
from marvec.selling.models import AppealState
from marvec.selling.schemas import DecideAppeal, Standing, WriteAppeal
from marvec.storefronts import service as storefronts
from marvec.storefronts.errors import NotConfirmedYet
from marvec.storefronts.schemas import OpenStorefront
from tests.common.identity import make as identity
from tests.conftest import RunJobs
from tests.marvec import make
from tests.marvec.acting import client_as, submit

LIMIT = 5_000_000
NIK = "7371034208900003"
SHOP = OpenStorefront(name="Warung Uji", kelurahan_code=make.KELURAHAN)
PLEA = WriteAppeal(words="Saya jualan kue untuk arisan, NIK masih diurus.")


async def newcomer() -> Actor:
    async with unit_of_work() as session:
        return identity.actor_of(await identity.person(session, "Daeng Baru", confirmed=False), assurance=0)


async def operator() -> Actor:
    async with unit_of_work() as session:
        return identity.actor_of(await identity.holder(session, Role.OPERATOR), (Role.OPERATOR, "*"))


async def standing(person: Actor) -> Standing:
    async with unit_of_work() as session:
        return await queries.standing_of(session, person.person_id)


async def told(person: Actor) -> list[str]:
    """The texts of a person's inbox, newest first."""
    async with unit_of_work() as session:
        rows, _ = await inbox.page_of(session, person.person_id, limit=20, cursor=None)
        return [row.text for row in rows]


async def appealing() -> tuple[Actor, UUID]:
    seller = await make.member("Penjual")
    async with unit_of_work() as session:
        return seller, (await service.write_appeal(session, seller, PLEA)).id


def granted(monthly: int = 20_000_000, until: date | None = None) -> DecideAppeal:
    return DecideAppeal(state=AppealState.GRANTED, because="Usahanya kami kenal.", monthly=monthly, valid_until=until or date(2100, 1, 1))


async def test_level_0_opens_no_shop_and_is_led_to_the_confirmation(database: None, app: Litestar) -> None:
    nobody = await newcomer()
    async with client_as(app, nobody) as client:
        shown = await client.get("/toko/baru")
        assert (shown.status_code, 'href="/konfirmasi"' in shown.text, "kelurahan_code" in shown.text) == (200, True, False)
        sent = {"name": "Toko Gelap", "kelurahan_code": make.KELURAHAN}
        refused = await submit(client, "/akun", "/toko/baru", sent)
        assert refused.status_code == 403
        assert "perlu dikonfirmasi dulu" in refused.text
        answer = await client.post("/api/v1/storefronts", json=sent)
        assert (answer.status_code, answer.json()["code"]) == (403, "assurance_needed")
    async with unit_of_work() as session:
        assert await session.scalar(text("SELECT count(*) FROM storefronts")) == 0


async def test_the_database_itself_opens_no_shop_for_level_0_whatever_the_code_thinks(database: None) -> None:
    nobody = await newcomer()
    believed = Actor(nobody.person_id, nobody.name, assurance=1)
    with pytest.raises(IntegrityError, match="nobody sells without a confirmed address"):
        async with unit_of_work() as session:
            await storefronts.open_storefront(session, believed, SHOP)


async def test_who_lost_the_confirmed_address_shows_nothing_new(database: None) -> None:
    seller = await make.member("Penjual")
    item = await make.goods(seller)
    async with unit_of_work() as session:
        await session.execute(text("UPDATE person SET phone_confirmed_at = NULL WHERE id = :id"), {"id": seller.person_id})
    lost = Actor(seller.person_id, seller.name, assurance=0)
    with pytest.raises(NotConfirmedYet):
        await make.goods_again(lost, item)
    with pytest.raises(IntegrityError):
        await make.goods_again(seller, item)
    assert (await standing(seller)).level == 0
    await make.placed(await make.member(), make.line(item))  # what is shown may still be bought: the buyer is not punished


async def test_level_1_sells_up_to_the_limit_and_not_a_rupiah_more(database: None) -> None:
    seller, buyer = await make.member("Penjual"), await make.member("Pembeli")
    item = await make.goods(seller, price=LIMIT // 10, stock=100)
    await make.placed(buyer, make.line(item, 10))
    assert await standing(seller) == Standing(level=1, limit=LIMIT, sold=LIMIT, month=clock.today().replace(day=1))
    cheap = await make.goods(seller, price=1_000)
    with pytest.raises(SellerLimitReached):
        await make.placed(buyer, make.line(cheap))
    async with unit_of_work() as session:
        left = await session.scalar(text("SELECT reserved FROM listing_stock WHERE listing_id = :id"), {"id": cheap.id})
    assert left == 0


async def test_two_orders_at_once_do_not_both_slip_past_the_limit(database: None) -> None:
    seller = await make.member("Penjual")
    items = [await make.goods(seller, price=600_000, stock=100) for _ in range(20)]
    buyers = [await make.member(f"Pembeli {number}") for number in range(20)]
    tries = await asyncio.gather(
        *(make.placed(buyer, make.line(item)) for buyer, item in zip(buyers, items, strict=True)), return_exceptions=True
    )
    refused = [one for one in tries if isinstance(one, SellerLimitReached)]
    assert (len(tries) - len(refused), len(refused)) == (8, 12)  # 8 x 600,000 = 4,800,000; a ninth would be 5,400,000
    assert [one for one in tries if isinstance(one, BaseException) and not isinstance(one, SellerLimitReached)] == []
    assert (await standing(seller)).sold == 4_800_000


async def test_many_who_are_refused_at_once_do_not_wait_for_each_other(database: None, run_jobs: RunJobs) -> None:
    seller, buyers = await make.member("Penjual"), [make.person(f"Pembeli {number}") for number in range(60)]
    item = await make.goods(seller, price=LIMIT + 1, stock=9)
    async with asyncio.timeout(8):  # more than connections: with two held at a time they would wait for one another for ten seconds
        tries = await asyncio.gather(*(make.placed(buyer, make.line(item)) for buyer in buyers), return_exceptions=True)
    assert {type(one) for one in tries} == {SellerLimitReached}
    await run_jobs()
    assert await told(seller) == [service.TURNED_AWAY]


async def test_an_accepted_offer_keeps_within_the_limit_and_stays_open_when_refused(database: None) -> None:
    seller, buyer = await make.member("Penjual"), await make.member("Pembeli")
    item = await make.goods(seller, price=LIMIT, stock=9)
    async with unit_of_work() as session:
        talk = await chat.ask_seller(session, buyer, item.id)
        offer = await offers.make_offer(session, seller, talk.id, Terms(listing_id=item.id, quantity=1, unit_price=LIMIT + 1))
    with pytest.raises(SellerLimitReached):
        async with unit_of_work() as session:
            await offers.accept(session, buyer, offer.id)
    async with unit_of_work() as session:
        assert await session.scalar(text("SELECT state FROM offers WHERE id = :id"), {"id": offer.id}) == "open"


async def test_baskets_of_the_same_two_sellers_in_either_order_do_not_wait_for_each_other_in_a_circle(database: None) -> None:
    first, second = await make.member("Satu"), await make.member("Dua")
    ones, twos = [[await make.goods(one, price=10_000, stock=500) for _ in range(6)] for one in (first, second)]
    mixed = [(make.line(ones[n % 6]), make.line(twos[(n * 5) % 6])) for n in range(24)]
    buyers = [await make.member(f"Pembeli {number}") for number in range(24)]
    await asyncio.gather(
        *(make.placed(buyer, *lines[:: 1 if n % 2 else -1]) for n, (buyer, lines) in enumerate(zip(buyers, mixed, strict=True)))
    )
    assert ((await standing(first)).sold, (await standing(second)).sold) == (240_000, 240_000)


async def test_what_is_cancelled_or_given_back_makes_room_again(database: None, run_jobs: RunJobs) -> None:
    made = await make.deal_in(OrderState.PAID, run_jobs)
    assert (await standing(made.seller)).sold == 30_000
    await make.move(made.seller, made.order_id, OrderState.DECLINED, because="Bahannya habis.")
    assert (await standing(made.seller)).sold == 0


async def test_a_month_is_the_citys_and_a_new_one_begins_at_nothing(database: None) -> None:
    seller, buyer = await make.member("Penjual"), await make.member("Pembeli")
    item = await make.goods(seller, price=LIMIT, stock=9)
    with clock.frozen(datetime(2026, 10, 31, 15, 59, tzinfo=UTC)):  # 23:59 in Makassar
        await make.placed(buyer, make.line(item))
        assert (await standing(seller)).sold == LIMIT
    with clock.frozen(datetime(2026, 10, 31, 16, 0, tzinfo=UTC)):  # midnight
        assert (await standing(seller)).sold == 0
        await make.placed(buyer, make.line(item))


async def test_level_2_has_no_limit_as_soon_as_the_nik_is_given(database: None) -> None:
    seller, buyer = await make.member("Penjual"), await make.member("Pembeli")
    item = await make.goods(seller, price=LIMIT + 1, stock=9)
    with pytest.raises(SellerLimitReached):
        await make.placed(buyer, make.line(item))
    async with unit_of_work() as session:
        await people.give_nik(session, seller, GiveNik(nik=NIK))
    await make.placed(buyer, make.line(item))
    assert ((await standing(seller)).level, (await standing(seller)).limit) == (2, None)


async def test_a_new_sum_is_a_new_row_and_two_rows_never_hold_for_one_day(database: None) -> None:
    seller = await make.member("Penjual")
    async with unit_of_work() as session:
        with pytest.raises(IntegrityError):
            async with session.begin_nested():
                await session.execute(text("INSERT INTO selling_limits (level, valid_from, monthly) VALUES (1, '2021-01-01', 7)"))
    try:
        async with unit_of_work() as session:
            await session.execute(text("UPDATE selling_limits SET valid_until = current_date WHERE level = 1"))
            await session.execute(text("INSERT INTO selling_limits (level, valid_from, monthly) VALUES (1, current_date, 7000000)"))
        with clock.frozen(datetime(2026, 1, 5, tzinfo=UTC)):
            assert (await standing(seller)).limit == LIMIT
        with clock.frozen(datetime(2100, 1, 5, tzinfo=UTC)):
            assert (await standing(seller)).limit == 7_000_000
    finally:
        async with unit_of_work() as session:
            await session.execute(text("DELETE FROM selling_limits WHERE monthly = 7000000"))
            await session.execute(text("UPDATE selling_limits SET valid_until = NULL"))


async def test_the_buyer_learns_a_clear_409_and_the_seller_is_told_once_a_month(database: None, app: Litestar, run_jobs: RunJobs) -> None:
    seller, buyer = await make.member("Penjual"), await make.member("Pembeli")
    item = await make.goods(seller, price=LIMIT + 1, stock=9)
    async with client_as(app, buyer) as client:
        for _ in range(3):
            lines = [{"listing_id": str(item.id), "quantity": 1, "unit_price": item.price}]
            answer = await client.post("/api/v1/orders", json={"lines": lines, "client_key": ids.secret_token()})
            assert (answer.status_code, answer.json()["code"]) == (409, "seller_limit_reached")
            assert "Batas jual penjual ini" in answer.json()["title"]
        assert (await client.get(f"/barang/{item.id}")).status_code == 200
    await run_jobs()
    assert await told(seller) == [service.TURNED_AWAY]


async def test_a_seller_near_the_limit_is_warned_before_a_buyer_is_turned_away(database: None, run_jobs: RunJobs) -> None:
    seller, buyer = await make.member("Penjual"), await make.member("Pembeli")
    item = await make.goods(seller, price=LIMIT * 8 // 10, stock=9)
    group_id = await make.placed(buyer, make.line(item))
    async with unit_of_work() as session:
        intent_id = await session.scalar(text("SELECT intent_id FROM order_groups WHERE id = :id"), {"id": group_id})
    await make.pay(intent_id)
    await run_jobs()
    assert service.NEARLY_FULL in await told(seller)


async def test_the_desk_shows_how_much_is_used_and_what_raises_it(database: None, app: Litestar) -> None:
    seller, buyer = await make.member("Penjual"), await make.member("Pembeli")
    item = await make.goods(seller, price=1_250_000, stock=9)
    await make.placed(buyer, make.line(item))
    async with client_as(app, seller) as client:
        desk = await client.get("/toko-saya")
        assert "Terjual bulan ini: Rp1.250.000 dari Rp5.000.000" in desk.text
        assert 'href="/akun#nik"' in desk.text
        shown = await client.get("/toko-saya/batas")
        assert "Masih bisa terjual Rp3.750.000" in shown.text
        told_by_api = (await client.get("/api/v1/selling")).json()
    assert (told_by_api["level"], told_by_api["limit"], told_by_api["sold"]) == (1, LIMIT, 1_250_000)


async def test_an_appeal_is_granted_with_a_reason_on_record_and_sells_at_once(database: None) -> None:
    seller, appeal_id = await appealing()
    judge, buyer = await operator(), await make.member("Pembeli")
    item = await make.goods(seller, price=LIMIT * 2, stock=9)
    async with unit_of_work() as session:
        await service.decide(session, judge, appeal_id, granted())
    await make.placed(buyer, make.line(item))
    assert (await standing(seller)).limit == 20_000_000
    assert await told(seller) == [service.TOLD[AppealState.GRANTED]]
    async with unit_of_work() as session:
        (entry,) = await session.scalars(select(AuditEntry).where(col(AuditEntry.subject_kind) == "selling_appeal"))
        assert (entry.action, entry.actor_id, entry.details["monthly"]) == ("selling.granted", judge.person_id, 20_000_000)
    with clock.frozen(datetime(2100, 1, 2, tzinfo=UTC)):
        assert (await standing(seller)).limit == LIMIT


async def test_a_refusal_is_told_word_by_word_and_a_new_appeal_is_free(database: None) -> None:
    seller, appeal_id = await appealing()
    with pytest.raises(policy.AppealOpen):
        async with unit_of_work() as session:
            await service.write_appeal(session, seller, PLEA)
    async with unit_of_work() as session:
        await service.decide(session, await operator(), appeal_id, DecideAppeal(state=AppealState.REFUSED, because="Isi NIK dulu."))
    async with unit_of_work() as session:
        assert (await queries.by_id(session, appeal_id)).moved_because == "Isi NIK dulu."
        await service.write_appeal(session, seller, PLEA)


async def test_an_appeal_is_decided_once_by_somebody_else_with_a_sum_and_a_day(database: None) -> None:
    seller, appeal_id = await appealing()
    judges = [await operator() for _ in range(4)]

    async def decide(judge: Actor) -> None:
        async with unit_of_work() as session:
            await service.decide(session, judge, appeal_id, granted())

    with pytest.raises(policy.NotOnOneself):
        await decide(Actor(seller.person_id, seller.name, grants=judges[0].grants))
    tries = await asyncio.gather(*map(decide, judges), return_exceptions=True)
    assert sum(one is None for one in tries) == 1
    assert all(isinstance(one, NotFromHere) for one in tries if one is not None)


async def test_ten_appeals_at_once_are_one(database: None) -> None:
    seller = await make.member("Penjual")

    async def plead() -> None:
        async with unit_of_work() as session:
            await service.write_appeal(session, seller, PLEA)

    tries = await asyncio.gather(*(plead() for _ in range(10)), return_exceptions=True)
    assert sum(one is None for one in tries) == 1
    assert all(isinstance(one, policy.AppealOpen) for one in tries if one is not None)


async def test_the_pages_of_an_appeal_are_walked_by_seller_and_operator(database: None, app: Litestar) -> None:
    seller, judge = await make.member("Penjual"), await operator()
    async with client_as(app, seller) as client:
        sent = await submit(client, "/toko-saya/batas", "/toko-saya/batas", {"words": PLEA.words})
        assert (sent.status_code, sent.headers["location"].partition("?")[0]) == (303, "/toko-saya/batas")
        assert PLEA.words in (await client.get("/toko-saya/batas")).text
    async with client_as(app, judge) as client:
        assert "1 penjual minta naik batas jual" in (await client.get("/")).text
        listed = await client.get("/operator/batas-jual")
        address = listed.text.partition('href="/operator/batas-jual/')[2].partition('"')[0]
        where = f"/operator/batas-jual/{address}"
        no_reason = await submit(client, where, where, {"state": "granted", "monthly": "10.000.000", "valid_until": "2100-01-01"})
        assert no_reason.status_code == 422
        no_sum = await submit(client, where, where, {"state": "granted", "because": "Usahanya kami kenal."})
        assert (no_sum.status_code, "Tulis batas barunya" in no_sum.text) == (422, True)
        given = {"state": "granted", "because": "Usahanya kami kenal.", "monthly": "10.000.000", "valid_until": "2100-01-01"}
        assert (await submit(client, where, where, given)).status_code == 303
    assert (await standing(seller)).limit == 10_000_000
