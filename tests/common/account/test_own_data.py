"""The download of one's own data, and the way out."""

import asyncio
import io
import json
import zipfile
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from common import clock
from common.account import service
from common.account.errors import ExportedJustNow, ExportGone, NoSuchExport, StillOpen
from common.account.models import DataExport
from common.actor import Actor, Role
from common.db import unit_of_work
from common.identity import queries as identity
from common.identity import service as people
from common.identity.errors import WrongPassword
from common.identity.schemas import GiveNik
from marvec.orders.machine import OrderState
from tests.common.identity import make
from tests.conftest import RunJobs
from tests.marvec import make as market

pytestmark = pytest.mark.usefixtures("database")
NIK = "7371014508900003"


async def somebody(name: str = "Daeng Baji") -> Actor:
    async with unit_of_work() as session:
        return make.actor_of(await make.person(session, name))


async def ask(actor: Actor) -> DataExport:
    async with unit_of_work() as session:
        return await service.ask_export(session, actor)


async def opened(actor: Actor, export: DataExport) -> dict[str, Any]:
    async with unit_of_work() as session:
        body = await service.open_export(session, actor, export.id)
    with zipfile.ZipFile(io.BytesIO(body)) as packed:
        return {name: json.loads(packed.read(name)) for name in packed.namelist() if name.endswith(".json")}


async def close(actor: Actor, password: str = make.PASSWORD) -> None:
    async with unit_of_work() as session:
        await service.close_account(session, actor, password)


async def count(sql: str, **params: Any) -> int:
    async with unit_of_work() as session:
        return int(await session.scalar(text(sql), params) or 0)


async def test_everything_about_oneself_comes_in_one_file_for_oneself(run_jobs: RunJobs) -> None:
    deal = await market.deal_in(OrderState.PAID, run_jobs)
    async with unit_of_work() as session:
        await people.give_nik(session, deal.buyer, GiveNik(nik=NIK))
    export = await ask(deal.buyer)
    await run_jobs()
    found = await opened(deal.buyer, export)
    assert sorted(found) == [
        "akun.json", "alamat.json", "antrean.json", "barang.json", "batas_jual.json", "berkas.json", "bukti_sengketa.json", "dokumen.json",
        "keranjang.json", "laporan.json", "pembayaran.json", "pemberitahuan.json", "permintaan.json", "permohonan.json",
        "pesan-saya.json", "pesanan.json", "tawaran.json", "toko.json", "ulasan.json",
    ]  # fmt: skip
    assert (found["akun.json"]["name"], found["akun.json"]["nik"]) == ("Pembeli", NIK)
    (bought,) = found["pesanan.json"]["bought"]
    assert (bought["total"], bought["address"], bought["lines"][0]["quantity"]) == (30_000, "Lorong 3 nomor 5", 2)
    assert found["pesanan.json"]["sold"] == []
    assert found["pembayaran.json"][0]["amount"] == 30_000
    with pytest.raises(NoSuchExport):
        await opened(deal.seller, export)


async def test_at_rest_it_cannot_be_read_and_after_seven_days_it_is_gone(run_jobs: RunJobs) -> None:
    actor = await somebody()
    export = await ask(actor)
    await run_jobs()
    async with unit_of_work() as session:
        sealed = await session.scalar(text("SELECT sealed FROM data_exports"))
        assert not sealed.startswith(b"PK") and b"Baji" not in sealed
    with clock.frozen(clock.now() + timedelta(days=7, seconds=1)):
        with pytest.raises(ExportGone):
            await opened(actor, export)
        async with unit_of_work() as session:
            await service.drop_expired(session)
    assert await count("SELECT count(*) FROM data_exports WHERE sealed IS NOT NULL") == 0


async def test_asked_ten_times_at_once_one_is_made_and_the_next_an_hour_later(run_jobs: RunJobs) -> None:
    actor = await somebody()
    assert len({export.id for export in await asyncio.gather(*(ask(actor) for _ in range(10)))}) == 1
    await run_jobs()
    with pytest.raises(ExportedJustNow):
        await ask(actor)
    with clock.frozen(clock.now() + timedelta(hours=1, seconds=1)):
        await ask(actor)
    assert await count("SELECT count(*) FROM data_exports") == 2


async def test_an_account_with_an_order_under_way_stays_with_a_list_of_what_to_end(run_jobs: RunJobs) -> None:
    deal = await market.deal_in(OrderState.PAID, run_jobs)
    for actor in (deal.buyer, deal.seller):
        with pytest.raises(StillOpen):
            await close(actor)
    assert await count("SELECT count(*) FROM person WHERE closed_at IS NOT NULL") == 0


async def test_money_owed_to_a_seller_keeps_the_account_open(run_jobs: RunJobs) -> None:
    deal = await market.deal_in(OrderState.COMPLETED, run_jobs)
    with pytest.raises(StillOpen):
        await close(deal.seller)
    await close(deal.buyer)
    assert await count("SELECT count(*) FROM orders WHERE address = '-' AND buyer_id = :id", id=deal.buyer.person_id) == 1


async def test_the_last_admin_stays() -> None:
    async with unit_of_work() as session:
        admin = make.actor_of(await make.holder(session, Role.ADMIN))
    with pytest.raises(StillOpen):
        await close(admin)


async def test_of_the_last_two_admins_who_leave_at_once_one_stays() -> None:
    async with unit_of_work() as session:
        admins = [make.actor_of(await make.holder(session, Role.ADMIN)) for _ in range(2)]
    outcomes = await asyncio.gather(*(close(admin) for admin in admins), return_exceptions=True)
    assert sorted(type(one).__name__ for one in outcomes) == ["NoneType", "StillOpen"]


async def test_a_wrong_password_closes_nothing() -> None:
    actor = await somebody()
    with pytest.raises(WrongPassword):
        await close(actor, "bukan ini")
    async with unit_of_work() as session:
        assert (await identity.by_id(session, actor.person_id)).name == "Daeng Baji"


async def test_closing_ends_every_way_in_and_forgets_the_person_but_not_the_deed(client: httpx.AsyncClient, run_jobs: RunJobs) -> None:
    async with unit_of_work() as session:
        person = await make.person(session, "Daeng Baji", address="baji@contoh.example")
        headers = await make.bearer(session, person, "*")
        await make.enter(session, client, person)
        await people.give_nik(session, make.actor_of(person), GiveNik(nik=NIK))
    csrf = make.form_token(client)
    refused = await client.post("/akun/tutup", data={"_csrf": csrf, "password": "bukan ini"})
    assert (refused.status_code, "belum cocok" in refused.text) == (403, True)
    closed = await client.post("/akun/tutup", data={"_csrf": csrf, "password": make.PASSWORD})
    assert (closed.status_code, closed.headers["location"]) == (303, "/")
    assert (await client.get("/akun")).status_code in (303, 401)
    assert (await client.get("/api/v1/people/me", headers=headers)).status_code == 401
    async with unit_of_work() as session:
        row = await identity.by_id(session, person.id)
        assert (row.name, row.email, row.phone, row.confirmed) == ("Akun ditutup", None, None, False)
        (consent,) = await identity.consents_of(session, person.id)
        assert consent.withdrawn_at is not None
    assert await count("SELECT count(*) FROM person_nik") == 0
    assert await count("SELECT count(*) FROM audit_entries WHERE action = 'account.closed'") == 1
    again = await client.post("/api/v1/sessions", json={"address": "baji@contoh.example", "password": make.PASSWORD})
    assert again.status_code == 401


async def test_closed_twice_at_once_is_closed_once() -> None:
    actor = await somebody()
    await asyncio.gather(*(close(actor) for _ in range(4)))
    assert await count("SELECT count(*) FROM audit_entries WHERE action = 'account.closed'") == 1


async def test_a_download_that_was_under_way_is_not_made_for_a_closed_account(run_jobs: RunJobs) -> None:
    actor = await somebody()
    await ask(actor)
    await close(actor)
    await run_jobs()
    assert await count("SELECT count(*) FROM data_exports") == 0


async def test_the_page_shows_what_hinders_instead_of_the_button(client: httpx.AsyncClient, run_jobs: RunJobs) -> None:
    deal = await market.deal_in(OrderState.PAID, run_jobs)
    async with unit_of_work() as session:
        await make.enter(session, client, await identity.by_id(session, deal.buyer.person_id))
    shown = (await client.get("/akun/data")).text
    assert "1 pesanan Anda masih berjalan" in shown
    assert "Tutup akun selamanya" not in shown
