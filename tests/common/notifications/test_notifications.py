"""The inbox: told in the transaction, numbered without gaps, read, and by e-mail only for who wants it."""

import asyncio
import re
from datetime import datetime, timedelta
from uuid import UUID

import httpx
import pytest

from common import clock
from common.db import hot, unit_of_work
from common.i18n import N_
from common.notifications import policy, queries, service
from tests.common.identity import make

TEXT = N_("Pesanan %(reference)s sudah dikirim.")


async def tell(person_id: UUID, reference: str = "PSN-1") -> None:
    async with unit_of_work() as session:
        await service.notify(session, person_id, kind="order.moved", text=TEXT, params={"reference": reference}, link="/pesanan/PSN-1")


async def test_what_is_told_at_once_is_numbered_without_gaps(client: httpx.AsyncClient) -> None:
    async with unit_of_work() as session:
        person = await make.person(session)
        await make.enter(session, client, person)
    await asyncio.gather(*(tell(person.id, f"PSN-{number}") for number in range(12)))
    first = (await client.get("/api/v1/notifications?limit=10")).json()
    assert [item["seq"] for item in first["items"]] == [12, 11, 10, 9, 8, 7, 6, 5, 4, 3]
    rest = (await client.get("/api/v1/notifications", params={"limit": 10, "cursor": first["next"]})).json()
    assert ([item["seq"] for item in rest["items"]], rest["next"]) == ([2, 1], None)
    assert (await client.get("/api/v1/notifications/unread")).json() == {"unread": 12}


async def test_reading_up_to_a_number_leaves_the_later_ones(client: httpx.AsyncClient) -> None:
    async with unit_of_work() as session:
        person = await make.person(session)
        await make.enter(session, client, person)
    for _ in range(3):
        await tell(person.id)
    headers = {"X-CSRF-Token": make.form_token(client)}
    read = await client.post("/api/v1/notifications/readings", json={"up_to": 2}, headers=headers)
    assert (read.status_code, read.json()) == (200, {"unread": 1})
    listed = (await client.get("/api/v1/notifications")).json()["items"]
    assert [item["read_at"] is None for item in listed] == [True, False, False]


async def test_a_rolled_back_deed_told_nothing(database: None) -> None:
    async with unit_of_work() as session:
        person = await make.person(session)
    with pytest.raises(RuntimeError):
        async with unit_of_work() as session:
            await service.notify(session, person.id, kind="order.moved", text=TEXT, params={"reference": "PSN-1"})
            raise RuntimeError
    async with hot() as connection:
        assert await connection.fetchval("SELECT count(*) FROM notification") == 0
        assert await connection.fetchval("SELECT count(*) FROM live_publications") == 0


async def test_it_is_told_live_with_the_count(database: None) -> None:
    async with unit_of_work() as session:
        person = await make.person(session)
    await tell(person.id, "PSN-7")
    async with hot() as connection:
        data = await connection.fetchval("SELECT data FROM live_publications WHERE channel = $1", f"person:{person.id}")
    assert (data["text"], data["unread"], data["link"]) == ("Pesanan PSN-7 sudah dikirim.", 1, "/pesanan/PSN-1")


@pytest.mark.parametrize(("confirmed", "wanted", "letters"), [(True, True, 1), (True, False, 0), (False, True, 0)])
async def test_an_e_mail_only_to_a_confirmed_address_of_who_wants_it(
    client: httpx.AsyncClient, confirmed: bool, wanted: bool, letters: int
) -> None:
    async with unit_of_work() as session:
        person = await make.person(session, address="sitti@contoh.id", confirmed=confirmed)
        await make.enter(session, client, person)
    headers = {"X-CSRF-Token": make.form_token(client)}
    chosen = await client.put("/api/v1/notifications/preferences", json={"email": ["order"] if wanted else []}, headers=headers)
    assert chosen.status_code == 200
    await tell(person.id)
    async with hot() as connection:
        assert await connection.fetchval("SELECT count(*) FROM channel_message WHERE template = 'notifications.told'") == letters


async def test_the_inbox_page_shows_and_marks(client: httpx.AsyncClient) -> None:
    async with unit_of_work() as session:
        person = await make.person(session)
        await make.enter(session, client, person)
    await tell(person.id)
    shown = await client.get("/kotak-masuk")
    assert '<a href="/pesanan/PSN-1">' in shown.text and "<strong>Pesanan PSN-1 sudah dikirim.</strong>" in shown.text
    marked = await client.post("/kotak-masuk/dibaca", data={"up_to": "1", "_csrf": make.form_token(client)})
    assert marked.status_code == 303
    assert (await client.get("/api/v1/notifications/unread")).json() == {"unread": 0}


async def test_each_day_stands_once_also_when_midnight_and_the_commits_cross(client: httpx.AsyncClient) -> None:
    async with unit_of_work() as session:
        person = await make.person(session)
        await make.enter(session, client, person)
    for second, reference in ((59, "PSN-1"), (61, "PSN-2"), (58, "PSN-3"), (62, "PSN-4")):
        with clock.frozen(datetime(2026, 11, 24, 23, 59, tzinfo=clock.WITA) + timedelta(seconds=second)):
            await tell(person.id, reference)
    page = (await client.get("/pemberitahuan")).text
    assert re.findall(r"<h2>(.+?)</h2>|(PSN-\d) ", page) == [
        ("Rabu, 25 November 2026", ""), ("", "PSN-4"), ("", "PSN-2"), ("Selasa, 24 November 2026", ""), ("", "PSN-3"), ("", "PSN-1"),
    ]  # fmt: skip


async def test_a_crowd_is_told_in_order_and_numbered_without_a_gap(database: None) -> None:
    async with unit_of_work() as session:
        one, two = await make.person(session, "Satu"), await make.person(session, "Dua")
        await service.notify(session, one.id, kind="order.moved", text="Pesanan ini selesai.")
        tellings = [(one.id, "pertama"), (two.id, "kedua"), (one.id, "ketiga")]
        await service.notify_many(session, [service.Telling(who, "match.request", text) for who, text in tellings])
        await service.notify_many(session, [])
    async with unit_of_work() as session:
        rows, _ = await queries.page_of(session, one.id, limit=10, cursor=None)
        assert [(row.seq, row.text) for row in rows] == [(3, "ketiga"), (2, "pertama"), (1, "Pesanan ini selesai.")]
        assert (await queries.unread_of(session, one.id), await queries.unread_of(session, two.id)) == (3, 1)


async def test_of_a_crowd_only_who_chose_so_also_gets_an_e_mail(client: httpx.AsyncClient) -> None:
    async with unit_of_work() as session:
        crowd = [await make.person(session, name, address=f"{name}@contoh.id", confirmed=True) for name in ("satu", "dua", "tiga")]
        await make.enter(session, client, crowd[1])
    headers = {"X-CSRF-Token": make.form_token(client)}
    await client.put("/api/v1/notifications/preferences", json={"email": ["match"]}, headers=headers)
    async with unit_of_work() as session:
        words = ("Ada yang menjual %(title)s.", "order.moved"), ("Pesanan ini selesai.", "match.request")
        tellings = [service.Telling(who.id, kind, text, {"title": "Songkolo"}) for who in crowd for text, kind in words]
        await service.notify_many(session, tellings)
    async with hot() as connection:
        assert [row[0] for row in await connection.fetch("SELECT address FROM channel_message")] == ["dua@contoh.id"]
        told = await connection.fetch('SELECT data FROM live_publications WHERE channel = $1 ORDER BY "offset"', f"person:{crowd[0].id}")
    assert [(row[0]["seq"], row[0]["unread"], row[0]["text"]) for row in told] == [
        (1, 1, "Ada yang menjual Songkolo."),
        (2, 2, "Pesanan ini selesai."),
    ]


def wita(hour: int, minute: int = 0, day: int = 24) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=clock.WITA)


@pytest.mark.parametrize(
    ("now", "morning"),
    [(wita(21, 59), None), (wita(22), wita(6, day=25)), (wita(23, 30), wita(6, day=25)), (wita(5, 59), wita(6)), (wita(6), None)],
)
def test_a_night_ends_at_six_in_makassar(now: datetime, morning: datetime | None) -> None:
    assert policy.morning_after(now) == morning


async def test_to_the_phone_for_who_wants_it_and_by_night_in_the_morning(client: httpx.AsyncClient) -> None:
    async with unit_of_work() as session:
        person = await make.person(session)  # with a confirmed phone, and no e-mail
        await make.enter(session, client, person)
    page = (await client.get("/kotak-masuk/pilihan")).text
    assert 'name="phone" value="order"' in page and "Email: hanya setelah nomor atau email Anda dikonfirmasi." in page
    chosen = {"phone": ["order"], "quiet": "true", "_csrf": make.form_token(client)}
    assert (await client.post("/kotak-masuk/pilihan", data=chosen)).status_code == 303
    assert (await client.get("/api/v1/notifications/preferences")).json() == {"email": [], "phone": ["order"], "quiet": True}
    with clock.frozen(wita(23, 15)):
        await tell(person.id)
    async with hot() as connection:
        row = await connection.fetchrow("SELECT run_at FROM outbox WHERE job = 'channels.deliver'")
        assert await connection.fetchval("SELECT channel FROM channel_message") == "phone"
    assert row["run_at"] == wita(6, day=25)
