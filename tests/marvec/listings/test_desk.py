"""A seller runs her shop in a browser without JavaScript; a buyer looks."""

import asyncio
import re
from html import unescape
from uuid import UUID

import httpx
import pytest
from litestar import Litestar
from sqlalchemy import text

from common.db import unit_of_work
from common.files import service as files
from marvec.listings import queries
from marvec.listings import service as listings
from marvec.listings.schemas import QuickChange
from marvec.storefronts.errors import NotYourStorefront
from tests.common.files.make import a_photo
from tests.marvec.acting import client_as, person, submit
from tests.marvec.listings.make import draft, on_sale
from tests.marvec.storefronts.make import BONTORANNU, shop

GOODS = {"title": "Songkolo bagadang", "category": "makanan", "price": "Rp12.000", "unit": "bungkus", "stock": "3", "lead_minutes": "45"}


async def test_from_nothing_to_a_thing_with_a_picture_on_sale(database: None, app: Litestar) -> None:
    seller = person()
    async with client_as(app, seller) as client:
        assert "Belum ada toko" in (await client.get("/toko-saya")).text
        opened = await submit(client, "/toko/baru", "/toko/baru", {"name": "Dapur Ramlah", "kelurahan_code": BONTORANNU})
        assert (opened.status_code, opened.headers["location"]) == (303, "/toko-saya/dapur-ramlah/barang/baru")
        new = "/toko-saya/dapur-ramlah/barang/baru"
        saved = await submit(client, new, new, GOODS | {"publish": "1"}, files={"pictures": ("songkolo.jpg", a_photo(), "image/jpeg")})
        assert saved.status_code == 303, saved.text
        editor = (await client.get(saved.headers["location"])).text
        assert "Jadikan utama" not in editor
        assert "Gambar 1: Songkolo bagadang" in editor
        listing_id = saved.headers["location"].rsplit("/", 1)[1]
        assert "Ubah barang ini" in (await client.get(f"/barang/{listing_id}")).text
    async with client_as(app, None) as client:
        seen = (await client.get(f"/barang/{listing_id}", params={"near": "-5.1354,119.4238"})).text
        assert "Rp12.000" in seen
        assert "Tinggal tiga ji." in seen
        assert "Siap dalam 45 menit" in seen
        assert "3,7 km" in seen
        assert 'action="/keranjang"' in seen
        assert f'href="/masuk?lanjut=/barang/{listing_id}"' in seen
        picture = re.search(r'src="(/berkas/[0-9a-f-]+/960)"', seen)
        assert picture
        assert (await client.get(picture[1])).status_code == 200
        assert "Songkolo bagadang" in (await client.get("/toko/dapur-ramlah")).text


async def test_a_draft_that_is_sent_again_is_one_listing(database: None, app: Litestar) -> None:
    """The answer of the first sending was lost: the page's script sends again with the draft's key, perhaps from a page opened anew."""
    seller = person()
    async with unit_of_work() as session:
        mine = await shop(session, seller)
    new, key = f"/toko-saya/{mine.slug}/barang/baru", {"Idempotency-Key": "draft-songkolo-1"}
    async with client_as(app, seller) as client:
        first = await submit(client, new, new, GOODS, headers=key, files={"pictures": ("songkolo.jpg", a_photo(), "image/jpeg")})
        again = await submit(client, new, new, GOODS, headers=key)
        refused = await submit(client, new, new, GOODS | {"price": "?"}, headers={"Idempotency-Key": "draft-songkolo-2"})
        mended = await submit(client, new, new, GOODS, headers={"Idempotency-Key": "draft-songkolo-2"})
    assert (first.status_code, again.status_code, refused.status_code, mended.status_code) == (303, 303, 422, 303)
    assert first.headers["location"] == again.headers["location"] != mended.headers["location"]
    async with unit_of_work() as session:
        assert len(await queries.of_storefront(session, mine.id, only_visible=False)) == 2


async def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_stays(database: None, app: Litestar) -> None:
    seller = person()
    async with unit_of_work() as session:
        await shop(session, seller)
    async with client_as(app, seller) as client:
        new = "/toko-saya/dapur-ramlah/barang/baru"
        refused = await submit(client, new, new, GOODS | {"price": "dua belas", "category": ""})
    assert refused.status_code == 422
    assert 'id="e-price"' in refused.text
    assert 'id="e-category"' in refused.text
    assert 'value="Songkolo bagadang"' in refused.text
    async with unit_of_work() as session:
        assert await queries.of_storefront(session, (await shop(session, person())).id, only_visible=False) == []


async def test_an_edit_of_an_old_version_is_shown_as_a_conflict(database: None, app: Litestar) -> None:
    seller = person()
    async with unit_of_work() as session:
        listing = await draft(session, seller, await shop(session, seller))
    here = f"/toko-saya/dapur-ramlah/barang/{listing.id}"
    async with client_as(app, seller) as client:
        assert (await submit(client, here, here, GOODS | {"version": "1"})).status_code == 303
        late = await submit(client, here, here, GOODS | {"version": "1", "title": "Songkolo lain"})
        assert late.status_code == 409
        assert 'value="Songkolo lain"' in late.text


async def walk(client: httpx.AsyncClient, at: str) -> dict[str, str]:
    """A list to its end: each page's address, and what it shows."""
    pages: dict[str, str] = {}
    while at:
        pages[at] = (await client.get(at)).text
        following = re.search(r'rel="next" href="([^"]+)"', pages[at])
        at = unescape(following[1]) if following else ""
    return pages


async def test_a_buyer_walks_through_a_large_shop_to_its_first_thing(database: None, app: Litestar) -> None:
    seller = person()
    async with unit_of_work() as session:
        mine = await shop(session, seller)
        made = [await draft(session, seller, mine, title=f"Barang {number}") for number in range(100)]
        for one in made:
            await listings.publish_listing(session, seller, one.id)
    async with client_as(app, None) as client:
        pages = await walk(client, "/toko/dapur-ramlah")
    seen = [re.findall(r'class="card" href="/barang/([0-9a-f-]{36})"', shown) for shown in pages.values()]
    assert [len(page) for page in seen] == [48, 48, 4]
    assert [one for page in seen for one in page] == [str(one.id) for one in reversed(made)]


async def test_a_shop_of_a_hundred_and_twenty_things_is_listed_to_the_last_and_a_change_comes_back_to_its_page(
    database: None, app: Litestar
) -> None:
    seller = person()
    async with unit_of_work() as session:
        mine = await shop(session, seller)
        made = [await draft(session, seller, mine, title=f"Barang {number}") for number in range(120)]
    async with client_as(app, seller) as client:
        walked = await walk(client, "/toko-saya/dapur-ramlah/barang")
        pages, shown = list(walked), list(walked.values())[-1]
        seen = [found for text in walked.values() for found in re.findall(r'id="b-([0-9a-f-]{36})"', text)]
        assert (len(pages), seen) == (3, [str(one.id) for one in reversed(made)])

        action = re.search(rf'action="([^"]+{made[0].id}/cepat[^"]*)"', shown)
        assert action
        quick = {"version": "1", "price": "13.000", "stock": "4"}
        refused = await submit(client, pages[-1], unescape(action[1]), quick | {"price": "mahal"})
        assert (refused.status_code, f'id="b-{made[0].id}"' in refused.text, 'value="mahal"' in refused.text) == (422, True, True)
        saved = await submit(client, pages[-1], unescape(action[1]), quick)
        assert (saved.status_code, saved.headers["location"]) == (303, f"{pages[-1]}#b-{made[0].id}")
        assert (await client.get("/toko-saya/dapur-ramlah/barang?cursor=xx")).status_code == 422


async def test_stock_publish_pause_and_pictures_are_buttons(database: None, app: Litestar) -> None:
    seller = person()
    async with unit_of_work() as session:
        listing = await draft(session, seller, await shop(session, seller))
    here = f"/toko-saya/dapur-ramlah/barang/{listing.id}"
    async with client_as(app, seller) as client:
        for action, data in (("tayang", {}), ("stok", {"stock": "9"})):
            assert (await submit(client, here, f"{here}/{action}", data)).status_code == 303
        files = [("pictures", (f"{n}.jpg", a_photo(), "image/jpeg")) for n in range(2)]
        assert (await submit(client, here, f"{here}/gambar", files=files)).status_code == 303
        async with unit_of_work() as session:
            first, second = await queries.pictures_of(session, listing.id)
        assert (await submit(client, here, f"{here}/gambar/{second}/utama")).status_code == 303
        assert (await submit(client, here, f"{here}/gambar/{first}/hapus")).status_code == 303
        assert (await submit(client, here, f"{here}/jeda")).status_code == 303
    async with unit_of_work() as session:
        assert await queries.pictures_of(session, listing.id) == [second]
        assert (await queries.by_id(session, listing.id)).state == "paused"
        assert (await queries.stock_of(session, [listing.id]))[listing.id].free == 9


async def test_price_and_stock_change_from_the_row_and_what_is_promised_to_orders_stays_promised(database: None, app: Litestar) -> None:
    seller = person()
    async with unit_of_work() as session:
        listing = await on_sale(session, seller, await shop(session, seller), stock=7)
        await listings.reserve(session, {listing.id: 2})
    here = f"/toko-saya/dapur-ramlah/barang/{listing.id}/cepat"
    async with client_as(app, seller) as client:
        saved = await submit(client, "/toko-saya/dapur-ramlah/barang", here, {"version": "1", "price": "Rp13.500", "stock": "9"})
        assert (saved.status_code, saved.headers["location"]) == (303, f"/toko-saya/dapur-ramlah/barang#b-{listing.id}")
    async with unit_of_work() as session:
        row, stock = await queries.by_id(session, listing.id), (await queries.stock_of(session, [listing.id]))[listing.id]
    assert (row.price, row.version, stock.on_hand, stock.reserved, stock.free) == (13_500, 2, 11, 2, 9)


async def test_of_two_who_change_the_same_row_at_once_the_second_is_told_and_sees_what_she_typed(database: None, app: Litestar) -> None:
    seller = person()
    async with unit_of_work() as session:
        listing = await draft(session, seller, await shop(session, seller))
    at = "/toko-saya/dapur-ramlah/barang"
    async with client_as(app, seller) as one, client_as(app, seller) as two:
        sent = [{"version": "1", "price": str(price), "stock": "4"} for price in (13_000, 14_000)]
        answers = await asyncio.gather(
            *(submit(client, at, f"{at}/{listing.id}/cepat", data) for client, data in zip((one, two), sent, strict=True))
        )
    assert sorted(answer.status_code for answer in answers) == [303, 409]
    ((lost, typed),) = [(answer, data["price"]) for answer, data in zip(answers, sent, strict=True) if answer.status_code == 409]
    assert f'name="price" inputmode="numeric" autocomplete="off" required value="{typed}"' in lost.text
    async with unit_of_work() as session:
        assert (await queries.by_id(session, listing.id)).version == 2


async def test_nobody_else_changes_a_row_of_the_shop(database: None, app: Litestar) -> None:
    seller = person()
    async with unit_of_work() as session:
        listing = await draft(session, seller, await shop(session, seller))
        await shop(session, thief := person("Lain"))
    async with client_as(app, thief) as client:
        quick = {"version": "1", "price": "1", "stock": "1"}
        by_the_front = await submit(client, "/toko-saya", f"/toko-saya/dapur-ramlah/barang/{listing.id}/cepat", quick)
        assert by_the_front.status_code == 403
    async with unit_of_work() as session:
        with pytest.raises(NotYourStorefront):
            await listings.change_quickly(session, thief, listing.id, QuickChange(price=1, stock=1, version=1))
        assert (await queries.by_id(session, listing.id)).price == 12_000


async def test_a_picture_moves_place_by_place_and_stops_at_the_ends(database: None, app: Litestar) -> None:
    seller = person()
    async with unit_of_work() as session:
        listing = await draft(session, seller, await shop(session, seller))
    here = f"/toko-saya/dapur-ramlah/barang/{listing.id}"
    async with client_as(app, seller) as client:
        files = [("pictures", (f"{n}.jpg", a_photo(), "image/jpeg")) for n in range(3)]
        await submit(client, here, f"{here}/gambar", files=files)
        async with unit_of_work() as session:
            one, two, three = await queries.pictures_of(session, listing.id)

        async def after(picture: UUID, by: int) -> list[UUID]:
            shifted = await submit(client, here, f"{here}/gambar/{picture}/geser", {"by": str(by)})
            assert (shifted.status_code, shifted.headers["location"]) == (303, f"{here}#g-{picture}")
            async with unit_of_work() as session:
                return await queries.pictures_of(session, listing.id)

        assert await after(three, -1) == [one, three, two]
        assert await after(three, -1) == [three, one, two]
        assert await after(three, -1) == [three, one, two]
        assert await after(two, 1) == [three, one, two]
        assert await after(three, 1) == [one, three, two]
        assert (await submit(client, here, f"{here}/gambar/{one}/geser", {"by": "5"})).status_code == 422
        assert (await submit(client, here, f"{here}/gambar/{listing.id}/geser", {"by": "1"})).status_code == 404


async def test_two_who_move_pictures_at_once_leave_one_whole_row(database: None) -> None:
    seller = person()
    async with unit_of_work() as session:
        listing = await draft(session, seller, await shop(session, seller))
        for number in range(4):
            upload = await files.look_into(seller, data=a_photo(), filename=f"{number}.jpg", purpose=listings.PURPOSE)
            await listings.upload_picture(session, seller, listing.id, upload)
        hanging = await queries.pictures_of(session, listing.id)

    async def shift(picture: UUID, by: int) -> None:
        async with unit_of_work() as session:
            await listings.shift_picture(session, seller, listing.id, picture, by)

    await asyncio.gather(*(shift(picture, by) for picture in hanging for by in (-1, 1)))
    async with unit_of_work() as session:
        assert sorted(await queries.pictures_of(session, listing.id)) == sorted(hanging)
        places = await session.scalars(text("SELECT place FROM listing_pictures ORDER BY place"))
        assert places.all() == [0, 1, 2, 3]


@pytest.mark.parametrize("state", ["draft", "paused"])
async def test_what_is_not_visible_does_not_exist_for_others(database: None, app: Litestar, state: str) -> None:
    seller = person()
    async with unit_of_work() as session:
        listing = await draft(session, seller, await shop(session, seller))
        if state == "paused":
            await listings.publish_listing(session, seller, listing.id)
            await listings.pause_listing(session, seller, listing.id)
    for visitor, status in ((None, 404), (person(), 404), (seller, 200)):
        async with client_as(app, visitor) as client:
            assert (await client.get(f"/barang/{listing.id}")).status_code == status
            assert (await client.get(f"/api/v1/listings/{listing.id}")).status_code == status


async def test_another_seller_does_not_get_to_the_desk(database: None, app: Litestar) -> None:
    seller = person()
    async with unit_of_work() as session:
        listing = await draft(session, seller, await shop(session, seller))
    async with client_as(app, person()) as client:
        for address in ("/toko-saya/dapur-ramlah", "/toko-saya/dapur-ramlah/barang", f"/toko-saya/dapur-ramlah/barang/{listing.id}"):
            assert (await client.get(address)).status_code == 403
    async with client_as(app, None) as client:
        assert (await client.get("/toko-saya", headers={"accept": "application/json"})).status_code == 401


async def test_the_api_does_all_of_it_too(database: None, app: Litestar) -> None:
    async with client_as(app, person()) as client:
        opened = (await client.post("/api/v1/storefronts", json={"name": "Kios Api", "kelurahan_code": BONTORANNU})).json()
        assert (opened["slug"], opened["kelurahan"], opened["kecamatan"]) == ("kios-api", "Bontorannu", "Mariso")
        body = {"title": "Songkolo", "category": "makanan", "unit": "porsi", "price": 20000}
        made = (await client.post("/api/v1/listings", json=body | {"storefront_id": opened["id"], "stock": 40})).json()
        here = f"/api/v1/listings/{made['id']}"
        assert (made["state"], made["stock"], made["version"]) == ("draft", 40, 1)
        hung = await client.post(f"{here}/pictures", files={"data": ("a.jpg", a_photo(), "image/jpeg")})
        assert hung.status_code == 201, hung.text
        assert len(hung.json()["pictures"]) == 1
        assert (await client.post(f"{here}/publish")).json()["state"] == "published"
        assert (await client.post(f"{here}/publish")).status_code == 409
        assert (await client.put(f"{here}/stock", json={"stock": 5})).json()["stock"] == 5
        edited = await client.patch(here, json=body | {"price": 21000, "version": 1})
        assert (edited.json()["price"], edited.json()["version"]) == (21000, 2)
        assert (await client.patch(here, json=body | {"version": 1})).status_code == 409
        listed = (await client.get("/api/v1/listings", params={"storefront_id": opened["id"]})).json()
        assert [item["id"] for item in listed["items"]] == [made["id"]]
        assert (await client.post(f"/api/v1/storefronts/{opened['id']}/pause")).json()["state"] == "paused"
        assert (await client.post("/api/v1/listings", json=body | {"price": -1})).status_code in (400, 422)


async def test_an_upload_that_is_no_picture_is_refused_and_leaves_nothing(database: None, app: Litestar) -> None:
    seller = person()
    async with unit_of_work() as session:
        listing = await on_sale(session, seller, await shop(session, seller))
    async with client_as(app, seller) as client:
        refused = await client.post(f"/api/v1/listings/{listing.id}/pictures", files={"data": ("a.jpg", b"<script>", "image/jpeg")})
    assert refused.status_code in (415, 422)
    async with unit_of_work() as session:
        assert await queries.pictures_of(session, listing.id) == []
