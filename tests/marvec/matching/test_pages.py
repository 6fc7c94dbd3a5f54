"""From a buyer's sentence to a seller's offer to a payment, in two browsers."""

import re
from html import unescape

import pytest
from litestar import Litestar

from common.db import unit_of_work
from marvec.chat import service as chat
from tests.marvec import make
from tests.marvec.acting import client_as, submit
from tests.marvec.make import RunJobs

pytestmark = pytest.mark.usefixtures("database")
SENTENCE = "20 porsi songkolo untuk besok, paling banyak Rp 400.000"


async def test_a_request_meets_a_seller_who_offers_and_the_buyer_accepts(app: Litestar, run_jobs: RunJobs) -> None:
    buyer, seller = await make.member("Pembeli"), await make.member("Penjual")
    item = await make.goods(seller, stock=30)
    await run_jobs()
    async with client_as(app, buyer) as client, client_as(app, seller) as desk:
        wanted = {"what": SENTENCE, "kelurahan_code": make.KELURAHAN, "radius_km": "5", "days": "7"}
        asked = await submit(client, "/permintaan/baru", "/permintaan/baru", wanted)
        assert asked.status_code == 303, asked.text
        await run_jobs()
        page = (await client.get(asked.headers["location"])).text
        assert "0 tawaran, 1 barang yang cocok" in page
        assert re.search(r"Rp15.000 / porsi.*<strong>Rp300.000</strong>.*50 m", page, re.DOTALL)
        assert "20 porsi songkolo" in (await client.get("/permintaan")).text
        chances = (await desk.get("/toko-saya/peluang")).text
        (action,) = re.findall(r'action="(/toko-saya/peluang/[^"]+)"', chances)
        talk = (await submit(desk, "/toko-saya/peluang", action)).headers["location"]
        terms = {"listing_id": str(item.id), "quantity": "20", "unit_price": "17500", "handover": "courier"}
        made = await submit(desk, f"{talk}/tawaran", f"{talk}/tawaran", terms)
        assert (made.status_code, made.headers["location"]) == (303, talk), made.text
        (offer,) = set(re.findall(r'href="(/tawaran/[0-9a-f-]+)"', (await client.get(talk)).text))
        assert "Rp350.000" in (await client.get(offer)).text
        offered = (await client.get(asked.headers["location"])).text
        assert "1 tawaran, 0 barang yang cocok" in offered
        assert f'href="{offer}">Jawab tawaran' in offered
        refused = await submit(client, offer, f"{offer}/terima")
        assert refused.status_code == 422
        address = {"address": "Lorong 3 nomor 5", "kelurahan_code": make.KELURAHAN}
        home = {"label": "Rumah", "recipient": "Pembeli", "street": "Lorong 7 nomor 2", "kelurahan_code": make.KELURAHAN}
        await submit(client, "/akun/alamat/baru", "/akun/alamat/baru", home)
        assert "Pembeli, Lorong 7 nomor 2</textarea>" in (await client.get(offer)).text
        accepted = await submit(client, offer, f"{offer}/terima", address)
        assert accepted.headers["location"].startswith("/bayar/")
        await run_jobs()
        assert "Sudah dapat" in (await client.get(asked.headers["location"])).text
        assert "/pesanan/PSN-" in (await desk.get(offer)).text


async def test_a_counter_offer_and_a_refusal_in_the_browser(app: Litestar, run_jobs: RunJobs) -> None:
    buyer, seller = await make.member("Pembeli"), await make.member("Penjual")
    item = await make.goods(seller, stock=30)
    async with unit_of_work() as session:
        people = {buyer.person_id, seller.person_id}
        opened = await chat.open_conversation(session, kind="listing", subject_id=item.id, people=people, title="Songkolo")
    talk = f"/pesan/{opened.id}"
    async with client_as(app, buyer) as client, client_as(app, seller) as desk:
        terms = {"listing_id": str(item.id), "quantity": "20", "unit_price": "12000", "handover": "pickup"}
        await submit(client, f"{talk}/tawaran", f"{talk}/tawaran", terms)
        (first,) = set(re.findall(r'href="(/tawaran/[0-9a-f-]+)"', (await desk.get(talk)).text))
        countered = await submit(desk, f"{first}/balas", f"{first}/balas", {**terms, "unit_price": "14000"})
        assert countered.status_code == 303, countered.text
        assert "Dibalas" in (await client.get(first)).text
        offers = set(re.findall(r'href="(/tawaran/[0-9a-f-]+)"', (await client.get(talk)).text)) - {first}
        declined = await submit(desk, offers.pop(), f"{first}/tolak")
        assert declined.status_code == 409


async def test_a_search_is_saved_and_dropped_and_criteria_too(app: Litestar) -> None:
    async with client_as(app, await make.member()) as client:
        wanted = {"what": "pisang ijo", "kelurahan_code": make.KELURAHAN, "radius_km": "5"}
        await submit(client, "/permintaan/baru", "/pencarian", wanted)
        await submit(client, "/toko-saya/peluang", "/toko-saya/kriteria", {**wanted, "what": "songkolo"})
        assert "pisang ijo" in (await client.get("/permintaan")).text
        (drop,) = re.findall(r'action="(/pencarian/[^"]+/hapus)"', (await client.get("/permintaan")).text)
        await submit(client, "/permintaan", drop)
        assert "pisang ijo" not in (await client.get("/permintaan")).text
        assert "songkolo" in (await client.get("/toko-saya/peluang")).text


async def test_answers_are_compared_by_price_or_by_distance_and_by_their_buyer_alone(app: Litestar, run_jobs: RunJobs) -> None:
    buyer, near, far = [await make.member(name) for name in ("Pembeli", "Dekat", "Jauh")]
    await make.goods(near, price=18_000, at=make.KELURAHAN)
    await make.goods(far, price=12_000, at="73.71.10.1002")
    await run_jobs()
    async with client_as(app, buyer) as client, client_as(app, near) as other:
        wanted = {"what": "20 porsi songkolo, paling banyak Rp400.000", "kelurahan_code": make.KELURAHAN, "radius_km": "20", "days": "7"}
        address = (await submit(client, "/permintaan/baru", "/permintaan/baru", wanted)).headers["location"]
        await run_jobs()
        cheapest, nearest = (await client.get(address)).text, (await client.get(f"{address}?urut=jarak")).text
        rows = (await client.get(f"/api/v1/requests{address.removeprefix('/permintaan')}/answers?sort=nearest")).json()
        refused = await other.get(f"/api/v1/requests{address.removeprefix('/permintaan')}/answers")
    assert cheapest.index("Toko Jauh") < cheapest.index("Toko Dekat")
    assert nearest.index("Toko Dekat") < nearest.index("Toko Jauh")
    assert [(row["shop_name"], row["total"], row["within_budget"]) for row in rows] == [
        ("Toko Dekat", 360_000, True),
        ("Toko Jauh", 240_000, True),
    ]
    assert refused.status_code == 403


async def test_the_page_says_how_many_sellers_were_told_and_what_to_do_when_none_was(app: Litestar, run_jobs: RunJobs) -> None:
    buyer = await make.member("Pembeli")
    for name in ("Satu", "Dua"):
        await make.goods(await make.member(name), title="Songkolo bagadang")
    await run_jobs()
    async with client_as(app, buyer) as client:
        wanted = {"kelurahan_code": make.KELURAHAN, "radius_km": "5", "days": "7"}
        asked = await submit(client, "/permintaan/baru", "/permintaan/baru", wanted | {"what": "songkolo untuk arisan"})
        none = await submit(client, "/permintaan/baru", "/permintaan/baru", wanted | {"what": "barongko untuk arisan"})
        assert "Kami sedang mencari penjual yang cocok." in (await client.get(asked.headers["location"])).text
        await run_jobs()
        assert "2 penjual sudah kami kabari." in (await client.get(asked.headers["location"])).text
        nobody = (await client.get(none.headers["location"])).text
        assert "Belum ada penjual yang kami kabari" in nobody
        assert "Penjual sudah dikabari" not in nobody
        (again,) = re.findall(r'href="(/permintaan/baru[?][^"]+)"', nobody)
        assert "barongko untuk arisan</textarea>" in (await client.get(unescape(again))).text
