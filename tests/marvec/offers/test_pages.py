"""The form of an offer starts on what the talk is about, and reaches every good of the two."""

import re
from datetime import timedelta
from uuid import UUID

import pytest
from litestar import Litestar

from common import clock
from common.actor import Actor
from common.db import hot, unit_of_work
from marvec.chat import service as chat
from marvec.listings import service as listings
from marvec.listings.schemas import CreateListing
from marvec.matching import service as matching
from marvec.matching.schemas import PostRequest
from marvec.offers import queries, service
from marvec.offers.models import OfferState
from marvec.offers.schemas import Terms
from marvec.orders.models import Order
from marvec.storefronts.models import Storefront
from tests.common.payments.make import differences
from tests.marvec import make
from tests.marvec.acting import client_as, submit
from tests.marvec.make import RunJobs

pytestmark = pytest.mark.usefixtures("database")


async def stock_up(shop: Storefront, *titles: str, price: int = 30_000) -> list[str]:
    """More goods in a shop, in this order; their ids."""
    ids = []
    async with unit_of_work() as session:
        owner = Actor(shop.owner_id, "Penjual", assurance=1)
        for title in titles:
            data = CreateListing(storefront_id=shop.id, title=title, category="makanan", unit="porsi", price=price, stock=9)
            listing = await listings.create_listing(session, owner, data)
            await listings.publish_listing(session, owner, listing.id)
            ids.append(str(listing.id))
    return ids


def chosen(page: str) -> tuple[str, str, str]:
    """The good, the quantity and the price that a form stands on."""
    selected = re.search(r'<option value="([^"]+)" selected>', page)
    values = [re.search(rf'name="{name}"[^>]*value="([^"]*)"', page) for name in ("quantity", "unit_price")]
    return tuple(found[1] if found else "" for found in (selected, *values))  # type: ignore[return-value]  # three of them


async def a_shop() -> tuple[Actor, Actor, Storefront]:
    buyer, seller = await make.member("Pembeli"), await make.member("Penjual")
    return buyer, seller, await make.shop(seller)


async def test_an_offer_in_a_talk_about_a_thing_starts_on_that_thing_and_not_on_the_newest(app: Litestar) -> None:
    buyer, seller, shop = await a_shop()
    songkolo, _konro = await stock_up(shop, "Songkolo bagadang", price=12_000) + await stock_up(shop, "Sop konro")
    async with unit_of_work() as session:
        talk = await chat.ask_seller(session, buyer, UUID(songkolo))
    for actor in (buyer, seller):
        async with client_as(app, actor) as client:
            assert chosen((await client.get(f"/pesan/{talk.id}/tawaran")).text) == (songkolo, "1", "12000")


async def test_in_a_shop_with_more_goods_than_a_list_holds_every_one_is_found(app: Litestar) -> None:
    buyer, _seller, shop = await a_shop()
    (first,) = await stock_up(shop, "Kacang sembunyi")
    (about,) = await stock_up(shop, "Barongko")
    await stock_up(shop, *(f"Kue nomor {number}" for number in range(60)))
    async with unit_of_work() as session:
        talk = await chat.ask_seller(session, buyer, UUID(about))
    here = f"/pesan/{talk.id}/tawaran"
    async with client_as(app, buyer) as client:
        page = (await client.get(here)).text
        assert chosen(page)[0] == about
        assert first not in page and 'name="cari"' in page
        assert chosen((await client.get(here, params={"cari": "sembunyi kacang"})).text) == (first, "1", "30000")
        assert "Tidak ada yang cocok" in (await client.get(here, params={"cari": "100%"})).text
        sent = await submit(client, here, here, {"listing_id": first, "quantity": "0", "unit_price": "1"})
        assert (sent.status_code, chosen(sent.text)[0]) == (422, first)
        made = await submit(client, here, here, {"listing_id": first, "quantity": "2", "unit_price": "25.000", "handover": "pickup"})
        assert made.status_code == 303, made.text
    async with unit_of_work() as session:
        (offer,) = await queries.of_conversation(session, talk.id)
    assert (str(offer.listing_id), offer.total) == (first, 50_000)


async def test_an_answer_to_a_request_starts_with_its_quantity_its_day_and_its_budget(app: Litestar, run_jobs: RunJobs) -> None:
    buyer, seller, shop = await a_shop()
    (songkolo,) = await stock_up(shop, "Songkolo bagadang", price=12_000)
    await stock_up(shop, "Sop konro")
    needed = (clock.now() + timedelta(days=3)).replace(microsecond=0)
    async with unit_of_work() as session:
        wanted = PostRequest(what="songkolo", quantity=20, budget=300_000, kelurahan_code=make.KELURAHAN, needed_at=needed)
        request = await matching.post_request(session, buyer, wanted)
    await run_jobs()
    async with hot() as connection:
        match_id = await connection.fetchval("SELECT id FROM matches WHERE request_id = $1", request.id)
    async with unit_of_work() as session:
        talk = await matching.open_conversation(session, seller, match_id)
    here = f"/pesan/{talk.id}/tawaran"
    async with client_as(app, seller) as client:
        page = (await client.get(here)).text
        assert chosen(page) == (songkolo, "20", "12000")
        assert f'name="needed_at" value="{needed.isoformat()}"' in page
    async with hot() as connection:
        await connection.execute("UPDATE requests SET budget = 200000 WHERE id = $1", request.id)
    async with client_as(app, seller) as client:
        assert chosen((await client.get(here)).text) == (songkolo, "20", "10000")


async def test_the_card_of_an_accepted_offer_leads_to_the_order(app: Litestar) -> None:
    buyer, seller, shop = await a_shop()
    (songkolo,) = await stock_up(shop, "Songkolo bagadang")
    async with unit_of_work() as session:
        talk = await chat.ask_seller(session, buyer, UUID(songkolo))
    async with unit_of_work() as session:
        terms = Terms(listing_id=UUID(songkolo), quantity=2, unit_price=25_000)
        offer = await service.make_offer(session, buyer, talk.id, terms)
    async with client_as(app, seller) as client:
        accepted = await submit(client, f"/tawaran/{offer.id}", f"/tawaran/{offer.id}/terima")
        reference = await _reference_of(offer.id)
        assert (accepted.status_code, accepted.headers["location"]) == (303, f"/pesanan/{reference}")
    async with client_as(app, buyer) as client:
        talked = (await client.get(f"/pesan/{talk.id}")).text
        (link,) = re.findall(r'href="(/tawaran/[^"]+/pesanan)">Lihat pesanannya', talked)
        assert (await client.get(link)).headers["location"] == f"/pesanan/{reference}"
    async with client_as(app, make.person("Orang lain")) as client:
        assert (await client.get(link)).status_code == 404
    assert await differences() == []


async def test_a_refusal_carries_its_reason_to_the_other_side(app: Litestar) -> None:
    buyer, seller, shop = await a_shop()
    (songkolo,) = await stock_up(shop, "Songkolo bagadang")
    async with unit_of_work() as session:
        talk = await chat.ask_seller(session, buyer, UUID(songkolo))
        offer = await service.make_offer(session, buyer, talk.id, Terms(listing_id=UUID(songkolo), quantity=2, unit_price=100))
    page = f"/tawaran/{offer.id}"
    async with client_as(app, seller) as client:
        assert (await submit(client, page, f"{page}/tolak", {"because": "Terlalu murah."})).status_code == 303
    async with client_as(app, buyer) as client:
        assert "Terlalu murah." in (await client.get(page)).text
    async with unit_of_work() as session:
        assert (await queries.by_id(session, offer.id)).state is OfferState.DECLINED


async def _reference_of(offer_id: object) -> str:
    async with hot() as connection:
        return str(await connection.fetchval(f"SELECT reference FROM {Order.__tablename__} WHERE offer_id = $1", offer_id))
