"""The talk in a browser without JavaScript, and as JSON."""

import re
from datetime import timedelta
from uuid import UUID

import httpx
from litestar import Litestar

from common import clock
from common.actor import Actor
from common.db import unit_of_work
from marvec.chat import queries, service
from marvec.chat.schemas import Card, Draft
from tests.common.identity import make as identity
from tests.marvec import acting, make
from tests.marvec.chat.make import conversation, person, say, stored


async def signed_in(client: httpx.AsyncClient, name: str) -> Actor:
    async with unit_of_work() as session:
        made = await identity.person(session, name)
        await identity.enter(session, client, made)
    return Actor(made.id, name)


async def known(name: str) -> Actor:
    async with unit_of_work() as session:
        return Actor((await identity.person(session, name)).id, name)


async def test_a_person_reads_answers_and_sees_it_in_the_list(client: httpx.AsyncClient) -> None:
    daeng, puang = await signed_in(client, "Daeng Ngalle"), await known("Puang Rannu")
    talk = await conversation(daeng, puang, title="Songkolo 20 porsi")
    await say(puang, talk, "Tabe’, kirim kode OTP ta’ <b>sekarang</b>")

    before = (await client.get("/pesan")).text
    shown = (await client.get(f"/pesan/{talk}")).text
    sent = {"_csrf": identity.form_token(client), "client_id": _hidden(shown), "text": "Tidak mau"}
    first = await client.post(f"/pesan/{talk}", data=sent)
    again = await client.post(f"/pesan/{talk}", data=sent)
    after = (await client.get("/pesan")).text

    assert "1 baru" in before
    assert "Puang Rannu" in before
    assert "&lt;b&gt;sekarang&lt;/b&gt;" in shown
    assert "Jangan berikan kode atau sandi kepada siapa pun" in shown
    assert (first.status_code, again.status_code) == (303, 303)
    assert [row[2] for row in await stored(talk)][1:] == ["Tidak mau"]
    assert "Tidak mau" in after
    assert "baru</span>" not in after


async def test_an_empty_message_comes_back_with_its_error_and_nothing_is_written(client: httpx.AsyncClient) -> None:
    daeng = await signed_in(client, "Daeng Ngalle")
    talk = await conversation(daeng, await known("Puang Rannu"))
    answer = await client.post(f"/pesan/{talk}", data={"_csrf": identity.form_token(client), "client_id": "x", "text": " "})

    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert await stored(talk) == []


async def test_another_persons_talk_is_not_there(client: httpx.AsyncClient) -> None:
    await signed_in(client, "Daeng Ngalle")
    talk = await conversation(person(), person())
    token = {"_csrf": identity.form_token(client)}
    answers = [
        await client.get(f"/pesan/{talk}"),
        await client.get(f"/pesan/{talk}/1"),
        await client.post(f"/pesan/{talk}", data=token | {"client_id": "x", "text": "halo"}),
        await client.post(f"/pesan/{talk}/blokir", data=token),
        await client.post(f"/pesan/{talk}/1/laporkan", data=token | {"reason": "x"}),
        await client.get(f"/api/v1/conversations/{talk}/messages"),
    ]
    assert [answer.status_code for answer in answers] == [404] * 6


async def test_a_card_of_an_unknown_kind_is_shown_as_a_line(client: httpx.AsyncClient) -> None:
    daeng = await signed_in(client, "Daeng Ngalle")
    talk = await conversation(daeng, await known("Puang Rannu"))
    async with unit_of_work() as session:
        await service.post(session, daeng.person_id, talk, client_id="k", text="", card=Card("kite", talk, {"title": "Layang-layang"}))
    assert "Layang-layang" in (await client.get(f"/pesan/{talk}/1")).text


async def test_json_lists_sends_reads_and_reports(client: httpx.AsyncClient) -> None:
    async with unit_of_work() as session:
        made = await identity.person(session, "Daeng Ngalle")
        headers = await identity.bearer(session, made, "chat:read", "chat:write")
    daeng, puang = Actor(made.id, "Daeng Ngalle"), await known("Puang Rannu")
    talk = await conversation(daeng, puang)
    address = f"/api/v1/conversations/{talk}"
    await say(puang, talk, "satu")
    sent = [await client.post(f"{address}/messages", headers=headers, json={"client_id": "c", "text": "dua"}) for _ in range(2)]
    listed = (await client.get("/api/v1/conversations", headers=headers)).json()["items"]
    read = await client.post(f"{address}/readings", headers=headers, json={"seq": 2})
    reported = await client.post(f"{address}/messages/1/reports", headers=headers, json={"reason": "kasar"})
    missing = await client.post(f"{address}/messages/9/reports", headers=headers, json={"reason": "kasar"})

    assert [(one.status_code, one.json()["seq"]) for one in sent] == [(201, 2), (201, 2)]
    assert [(UUID(one["id"]), one["last_text"], one["unread"]) for one in listed] == [(talk, "dua", 1)]
    assert (read.status_code, reported.status_code, missing.status_code) == (204, 204, 404)
    assert (await client.get("/api/v1/conversations", headers=headers)).json()["items"][0]["unread"] == 0
    assert [one["text"] for one in (await client.get(f"{address}/messages?before=2", headers=headers)).json()] == ["satu"]


def _hidden(html: str) -> str:
    found = re.search(r'name="client_id" value="([^"]+)"', html)
    assert found is not None
    return found[1]


async def test_a_buyer_asks_from_the_listing_and_sees_it_beside_the_talk(client: httpx.AsyncClient, app: Litestar) -> None:
    buyer, seller = await make.member("Pembeli"), await make.member("Penjual")
    item = await make.goods(seller, title="Songkolo bagadang", price=15_000)
    async with acting.client_as(app, buyer) as asking, acting.client_as(app, seller) as owner:
        page = f"/barang/{item.id}"
        first = await acting.submit(asking, page, "/pesan/mulai", {"listing_id": str(item.id)})
        again = await acting.submit(asking, page, "/pesan/mulai", {"listing_id": str(item.id)})
        talk = first.headers["location"].removesuffix("#akhir")
        shown = (await asking.get(talk)).text
        own = await owner.post("/api/v1/conversations", json={"listing_id": str(item.id)})
    assert first.headers["location"] == again.headers["location"]
    assert 'href="/barang/' in shown
    assert "Rp15.000" in shown
    assert (own.status_code, own.json()["code"]) == (409, "own_goods")


async def test_a_shop_that_answers_three_times_shows_how_soon(client: httpx.AsyncClient) -> None:
    seller = await make.member("Penjual")
    item = await make.goods(seller)
    began = clock.now() - timedelta(days=2)
    for number, minutes in enumerate((10, 150, 170)):
        asked = began + timedelta(hours=number)
        talk = await conversation(person(f"Pembeli {number}"), seller)
        async with unit_of_work() as session:
            people = await queries.people_of(session, talk)
        for who, at in (((people - {seller.person_id}).pop(), asked), (seller.person_id, asked + timedelta(minutes=minutes))):
            with clock.frozen(at):
                await service.send(Draft(talk, who, f"{number}:{at}", "Masih ada?"))
    page = (await client.get(f"/barang/{item.id}")).text
    assert "Biasanya menjawab: <strong>dalam 3 jam</strong>" in page
