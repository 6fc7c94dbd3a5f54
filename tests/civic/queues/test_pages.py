"""A morning at the health centre through the pages, without JavaScript; and the same through the API."""

from uuid import UUID

import httpx
from litestar import Litestar

from civic.queues import queries
from common import front
from common.db import unit_of_work
from common.identity import queries as identity
from tests.civic.queues.make import GENERAL, PLACE, at, counters
from tests.common.identity.make import actor_of, bearer, enter, form_token, officer, person
from tests.conftest import new_client


async def signed_in(app: Litestar, client: httpx.AsyncClient, *, at_place: str = "") -> UUID:
    async with unit_of_work() as session:
        made = await officer(session, at_place) if at_place else await person(session, "Sitti Hasnah")
        await enter(session, client, made)
        return made.id


async def test_a_morning_from_the_sofa_to_the_desk(client: httpx.AsyncClient, app: Litestar) -> None:
    await counters()
    nurse = new_client(app)
    with at("08:30"):
        person_id = await signed_in(app, client)
        await signed_in(app, nurse, at_place=PLACE)
        near_home = (await client.get("/antrean?kelurahan=73.71.01.1001")).text
        assert near_home.index("Puskesmas Panambungan") < near_home.index("Puskesmas Mamajang")
        assert "Puskesmas Sudiang" not in near_home  # the other end of the city is on a later page
        assert "Ambil nomor hari ini" in (await client.get(f"/antrean/tempat/{PLACE}")).text
        taken = await client.post(f"/antrean/loket/{GENERAL}", data={"_csrf": form_token(client), "day": "2026-11-24"})
        assert taken.status_code == 303
        mine = taken.headers["location"]
        assert "Giliran berikutnya" in (await client.get(mine)).text
        async with unit_of_work() as session:
            waiting = await front.WAITING["civic.queues"](session, actor_of(await identity.by_id(session, person_id)))
        assert [one.text for one in waiting] == ["Nomor 1 Anda di Poli Umum: 0 orang lagi"]

        desk = f"/meja/antrean/{GENERAL}"
        assert "Sitti Hasnah" not in (await nurse.get(desk)).text  # a name only once it stands at the desk
        assert await press(nurse, desk, "panggil") == 303
        shown = (await nurse.get(desk)).text
        assert "Sitti Hasnah" in shown
        ticket = mine.rsplit("/", 1)[1]
        assert "Silakan ke meja 1 sekarang." in (await client.get(mine)).text
        board = await new_client(app).get(f"/antrean/papan/{GENERAL}")
        assert "Silakan datang" in board.text
        assert "Sitti" not in board.text
        again = await nurse.post(f"{desk}/panggil?meja=1", data={"_csrf": form_token(nurse)})
        assert (again.status_code, "Nomor 1 masih dipanggil" in again.text) == (409, True)
        assert await press(nurse, desk, "absen", ticket) == 303
        assert "Saya sudah di sini, masukkan lagi" in (await client.get(mine)).text
        assert (await client.post(f"{mine}/kembali", data={"_csrf": form_token(client)})).status_code == 303
        for deed in ("panggil", "ulang", "hadir", "selesai"):
            assert await press(nurse, desk, deed, ticket) == 303, deed
        assert "Terima kasih sudah menunggu" in (await client.get(mine)).text
        assert "Sudah dilayani" in (await client.get("/antrean/saya")).text


async def press(nurse: httpx.AsyncClient, desk: str, deed: str, ticket: str = "") -> int:
    return (await nurse.post(f"{desk}/{deed}?meja=1", data={"_csrf": form_token(nurse), "ticket": ticket})).status_code


async def test_a_stranger_sees_no_number_but_the_board_and_an_officer_of_elsewhere_no_desk(
    client: httpx.AsyncClient, app: Litestar
) -> None:
    await counters()
    with at("08:30"):
        await signed_in(app, client)
        taken = await client.post(f"/antrean/loket/{GENERAL}", data={"_csrf": form_token(client)})
        mine = taken.headers["location"]
        other, elsewhere = new_client(app), new_client(app)
        await signed_in(app, other)
        await signed_in(app, elsewhere, at_place="PKM-DAHLIA")
        assert (await other.get(mine)).status_code == 404
        assert (await other.post(f"{mine}/batal", data={"_csrf": form_token(other)})).status_code == 404
        assert (await elsewhere.get(mine)).status_code == 404
        assert (await elsewhere.get(f"/meja/antrean/{GENERAL}")).status_code == 404
        assert (await elsewhere.post(f"/meja/antrean/{GENERAL}/panggil", data={"_csrf": form_token(elsewhere)})).status_code == 404
        assert (await new_client(app).get(f"/antrean/papan/{GENERAL}")).status_code == 200
        assert "Menunggu giliran" in (await client.get(mine)).text


async def test_places_come_in_pages_and_by_their_names(client: httpx.AsyncClient) -> None:
    await counters()
    first = await client.get("/antrean")
    assert 'rel="next"' in first.text
    found = (await client.get("/antrean?q=kassi")).text
    assert "PKM-KASSI-KASSI" in found
    assert "PKM-DAHLIA" not in found
    assert "Tidak ada tempat dengan kata itu" in (await client.get("/antrean?q=zzz")).text
    assert [one.link for one in front.FINDERS["civic.queues"]("puskesmas batua").findings] == ["/antrean", f"/antrean/tempat/{PLACE}"]


async def test_the_api_gives_numbers_and_calls_them(client: httpx.AsyncClient) -> None:
    await counters()
    with at("08:30"):
        async with unit_of_work() as session:
            citizen, nurse = await person(session), await officer(session, PLACE)
            hers, his = await bearer(session, citizen, "queues"), await bearer(session, nurse, "desk")
        listed = (await client.get("/api/v1/queues", params={"place": PLACE})).json()
        assert [one["code"] for one in listed["items"]] == [f"{PLACE}-GIGI", f"{PLACE}-KIA", GENERAL]
        taken = (await client.post(f"/api/v1/queues/{GENERAL}/tickets", json={}, headers=hers)).json()
        assert (taken["number"], taken["state"], taken["before"]) == (1, "waiting", 0)
        line = (await client.get(f"/api/v1/desk/queues/{GENERAL}/tickets", headers=his)).json()
        assert [one["number"] for one in line["items"]] == [1]
        called = (await client.post(f"/api/v1/desk/queues/{GENERAL}/calls", json={"desk": 2}, headers=his)).json()
        assert (called["number"], called["desk"], called["state"]) == (1, 2, "called")
        board = (await client.get(f"/api/v1/queues/{GENERAL}")).json()
        assert board == {"counter": GENERAL, "day": "2026-11-24", "desks": [{"desk": 2, "number": 1, "state": "called"}], "waiting": 0}
        for deed, state in (("arrival", "serving"), ("end", "served")):
            answer = await client.post(f"/api/v1/desk/queue-tickets/{taken['id']}/{deed}", headers=his)
            assert answer.json()["state"] == state
        assert (await client.delete(f"/api/v1/queue-tickets/{taken['id']}", headers=hers)).status_code == 409
        assert (await client.post(f"/api/v1/queues/{GENERAL}/tickets", json={}, headers=his)).status_code == 403


async def test_a_fourth_number_is_refused_in_the_persons_words_and_with_a_code_for_programs(client: httpx.AsyncClient) -> None:
    await counters()
    with at("08:30"):
        async with unit_of_work() as session:
            made = await person(session, "Sitti Hasnah")
            await enter(session, client, made)
            headers = await bearer(session, made, "queues")
            codes = [one.code for one in await queries.counters(session) if one.code.startswith("PKM-")][:4]
        for code in codes[:3]:
            assert (await client.post(f"/antrean/loket/{code}", data={"_csrf": form_token(client)})).status_code == 303
        fourth = await client.post(f"/antrean/loket/{codes[3]}", data={"_csrf": form_token(client)})
        assert (fourth.status_code, "Paling banyak 3 nomor antrean sekaligus" in fourth.text) == (409, True)
        problem = await client.post(f"/api/v1/queues/{codes[3]}/tickets", json={}, headers=headers)
        assert (problem.status_code, problem.json()["code"]) == (409, "too_many_numbers")
