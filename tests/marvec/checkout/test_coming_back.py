"""A guest fills a cart, signs up or in on the way to the checkout, and comes out there with the cart; saved addresses are offered."""

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from litestar import Litestar
from sqlalchemy import text

from common.account import queries as account
from common.account import service as addresses
from common.account.schemas import Address
from common.db import unit_of_work
from common.identity import queries as identity
from marvec.orders import queries as orders
from tests.common.identity import make as people
from tests.common.identity.test_second_factor import code_of, with_authenticator
from tests.marvec import make
from tests.marvec.acting import client_as, submit

pytestmark = pytest.mark.usefixtures("database")
PERSON = {"name": "Sitti", "password": people.PASSWORD, "consent": "true", "locale": "id"}


async def to_the_door(client: httpx.AsyncClient, listing_id: object) -> str:
    """Put the thing into the cart as a guest and go to the checkout; -> the sign-in page that one is sent to."""
    put = await submit(client, f"/barang/{listing_id}", "/keranjang", {"listing_id": str(listing_id), "quantity": "2"})
    assert (put.status_code, put.headers["location"]) == (303, "/keranjang")
    asked_who = await client.get("/checkout", headers={"accept": "text/html"})
    assert (asked_who.status_code, 'name="password"' in asked_who.text) == (401, True)
    assert 'name="lanjut" value="/checkout"' in asked_who.text
    assert 'href="/daftar?lanjut=/checkout"' in asked_who.text
    return "/masuk?lanjut=%2Fcheckout"


async def code_of_letter(client: httpx.AsyncClient) -> str:
    found = re.search(r"Kode Anda: (\d{6})", (await client.get("/dev/pesan")).text)
    assert found
    return found[1]


@pytest.mark.parametrize("address", ["0812 3456 7890", "sitti@contoh.id"])
async def test_signing_up_on_the_way_keeps_the_cart_and_the_way(client: httpx.AsyncClient, address: str) -> None:
    item = await make.goods()
    door = await to_the_door(client, item.id)
    link = re.search(r'href="(/daftar[^"]*)"', (await client.get(door)).text)
    assert link and parse_qs(urlsplit(link[1]).query) == {"lanjut": ["/checkout"]}
    made = await submit(client, link[1], "/daftar", {**PERSON, "address": address, "lanjut": "/checkout"})
    assert (made.status_code, made.headers["location"]) == (303, "/konfirmasi?lanjut=%2Fcheckout")
    code = {"code": await code_of_letter(client), "lanjut": "/checkout"}
    confirmed = await submit(client, made.headers["location"], "/konfirmasi", code)
    assert (confirmed.status_code, confirmed.headers["location"]) == (303, "/checkout")
    shown = (await client.get("/checkout")).text
    assert f"2 porsi {item.title}" in shown


async def test_the_second_factor_stands_on_the_same_way(client: httpx.AsyncClient) -> None:
    item = await make.goods()
    actor, secret, _ = await with_authenticator()
    async with unit_of_work() as session:
        address = people.address_of(await identity.by_id(session, actor.person_id)).text
    door = await to_the_door(client, item.id)
    half = await submit(client, door, "/masuk", {"address": address, "password": people.PASSWORD, "lanjut": "/checkout"})
    assert half.headers["location"] == "/masuk/kode?lanjut=%2Fcheckout"
    whole = await submit(client, half.headers["location"], "/masuk/kode", {"code": code_of(secret), "lanjut": "/checkout"})
    assert (whole.status_code, whole.headers["location"]) == (303, "/checkout")
    assert f"2 porsi {item.title}" in (await client.get("/checkout")).text


@pytest.mark.parametrize("evil", ["https://jahat.example", "//jahat.example", "/\\jahat.example", "javascript:alert(1)", "/\tjahat"])
async def test_nobody_is_sent_to_another_site(client: httpx.AsyncClient, evil: str) -> None:
    sent = {**PERSON, "address": "sitti@contoh.id", "lanjut": evil}
    made = await submit(client, "/daftar", "/daftar", sent)
    assert made.headers["location"] == "/konfirmasi"
    confirmed = await submit(client, "/konfirmasi", "/konfirmasi", {"code": await code_of_letter(client), "lanjut": evil})
    assert confirmed.headers["location"] == "/akun"


async def form_of(client: httpx.AsyncClient) -> dict[str, Any]:
    """The checkout's hidden fields, as the page carries them."""
    page = (await client.get("/checkout")).text
    return dict(re.findall(r'<input type="hidden" name="((?:lines|client_key)[^"]*)" value="([^"]*)"', page))


async def test_a_saved_address_is_where_it_goes(app: Litestar) -> None:
    buyer, item = await make.member("Pembeli"), await make.goods()
    async with unit_of_work() as session:
        given = Address(label="Rumah", recipient="Ibu Sitti", street="Lorong 3 nomor 5", kelurahan_code=make.KELURAHAN, note="pagar hijau")
        saved = await addresses.keep_address(session, buyer, given)
    async with client_as(app, buyer) as client:
        await submit(client, f"/barang/{item.id}", "/keranjang", {"listing_id": str(item.id), "quantity": "1"})
        assert f'name="saved" value="{saved.id}" checked' in (await client.get("/checkout")).text
        sent = {**await form_of(client), "kind": "courier", "saved": str(saved.id)}
        assert (await submit(client, "/checkout", "/checkout", sent)).status_code == 303
    async with unit_of_work() as session:
        (order,) = await orders.all_bought(session, buyer.person_id)
    assert (order.address, order.kelurahan_code) == ("Ibu Sitti, Lorong 3 nomor 5, pagar hijau", make.KELURAHAN)


async def test_a_new_address_is_kept_when_the_buyer_says_so_and_only_once(app: Litestar) -> None:
    buyer = await make.member("Pembeli")
    async with client_as(app, buyer) as client:
        for _ in range(2):
            item = await make.goods()
            await submit(client, f"/barang/{item.id}", "/keranjang", {"listing_id": str(item.id), "quantity": "1"})
            written = {"kind": "courier", "address": "Lorong 3 nomor 5", "kelurahan_code": make.KELURAHAN, "keep": "true", "saved": ""}
            assert (await submit(client, "/checkout", "/checkout", {**await form_of(client), **written})).status_code == 303
    async with unit_of_work() as session:
        kept = await account.addresses_of(session, buyer.person_id)
        assert [(one.label, one.recipient, one.street) for one in kept] == [("Alamat 1", "Pembeli", "Lorong 3 nomor 5")]


async def test_who_picks_up_leaves_no_address_with_the_seller_whatever_stands_in_the_form(app: Litestar) -> None:
    buyer, item = await make.member("Pembeli"), await make.goods()
    async with client_as(app, buyer) as client:
        await submit(client, f"/barang/{item.id}", "/keranjang", {"listing_id": str(item.id), "quantity": "1"})
        written = {
            "kind": "pickup",
            "address": "Lorong 3 nomor 5",
            "kelurahan_code": make.KELURAHAN,
            "keep": "true",
            "note": "tanpa sambal",
        }
        assert (await submit(client, "/checkout", "/checkout", {**await form_of(client), **written})).status_code == 303
    async with unit_of_work() as session:
        (order,) = await orders.all_bought(session, buyer.person_id)
        assert (order.address, order.kelurahan_code, order.note) == ("", "", "tanpa sambal")
        assert await account.addresses_of(session, buyer.person_id) == []


async def test_somebody_elses_address_is_refused_and_nothing_is_ordered(app: Litestar) -> None:
    buyer, other, item = await make.member("Pembeli"), await make.member("Lain"), await make.goods()
    async with unit_of_work() as session:
        given = Address(label="Rumah", recipient="Lain", street="Lorong 9", kelurahan_code=make.KELURAHAN)
        theirs = await addresses.keep_address(session, other, given)
    async with client_as(app, buyer) as client:
        await submit(client, f"/barang/{item.id}", "/keranjang", {"listing_id": str(item.id), "quantity": "1"})
        sent = {**await form_of(client), "kind": "courier", "saved": str(theirs.id)}
        assert (await submit(client, "/checkout", "/checkout", sent)).status_code == 404
    async with unit_of_work() as session:
        assert await session.scalar(text("SELECT count(*) FROM orders")) == 0
        assert (await identity.by_id(session, buyer.person_id)).name == "Pembeli"
