"""What happened to the keys of an account is on record, and its owner sees it; an operator sees it with a purpose, on record, too."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pyotp
import pytest
from litestar import Litestar

from common import clock
from common.actor import Role
from common.audit import happenings, service
from common.audit.happenings import Happening
from common.db import hot, unit_of_work
from common.identity.models import Person
from tests.common.identity import make
from tests.conftest import RunJobs, new_client

pytestmark = pytest.mark.usefixtures("database")
BROWSER = {"User-Agent": "Mozilla/5.0 (Linux; Android 14) Chrome/130"}
EMAIL, NEW = "sitti.rahasia@contoh.id", "pisang epe malam ini"


async def told_of(person: Person, limit: int = 100) -> list[tuple[str, dict[str, Any]]]:
    """The oldest first."""
    async with unit_of_work() as session:
        rows = await happenings.of_person(session, person.id, None, limit)
    return [(row.what.value.removeprefix("account."), row.details) for row in reversed(rows)]


async def somebody(address: str = EMAIL) -> Person:
    async with unit_of_work() as session:
        return await make.person(session, address=address)


async def sign_in(client: httpx.AsyncClient, password: str = make.PASSWORD, address: str = EMAIL, **more: Any) -> httpx.Response:
    answer = await client.post("/api/v1/sessions", json={"address": address, "password": password, **more}, headers=BROWSER)
    client.cookies.clear()
    return answer


def codes_of(secret: str) -> Iterator[str]:
    """A code works once: each time the next step's."""
    for step in (-1, 0, 1):
        yield pyotp.TOTP(secret).at(clock.now() + timedelta(seconds=30 * step))


async def test_a_life_of_an_account_is_on_record_in_its_order(app: Litestar, client: httpx.AsyncClient, run_jobs: RunJobs) -> None:
    person = await somebody()
    async with unit_of_work() as session:
        await make.enter(session, client, person)

    async def act(method: str, path: str, **body: Any) -> Any:
        answer = await client.request(method, f"/api/v1/{path}", json=body, headers={"X-CSRF-Token": make.form_token(client)})
        assert answer.status_code < 300, answer.text
        return answer.json() if answer.content else None

    async with new_client(app) as elsewhere:
        await sign_in(elsewhere, "salah sama sekali")
        await sign_in(elsewhere, token=True, scopes=["*"])
        made = await act("POST", "tokens", name="Kasir", scopes=["orders:read"])
        await act("DELETE", f"tokens/{made['id']}")
        codes = codes_of((await act("POST", "totp"))["secret"])
        await act("POST", "totp/confirmations", code=next(codes))
        await sign_in(elsewhere)
        await sign_in(elsewhere, code=next(codes))
        await act("POST", "totp/removals", code=next(codes))
        await act("PATCH", "people/me", address="081234567890")
        code = (await act("POST", "codes", purpose="confirm"))["code"]
        await act("POST", "confirmations", code=code)
        reset = (await elsewhere.post("/api/v1/codes", json={"purpose": "reset", "address": EMAIL})).json()["code"]
        asked = {"email": EMAIL, "code": reset, "password": NEW}
        assert (await elsewhere.post("/api/v1/passwords", json=asked)).status_code == 204
    await run_jobs()
    told = await told_of(person)
    by_what = [what for what, _ in told if what != "sign_in_failed"]
    assert by_what == [
        "signed_in", "token_made", "token_made", "token_revoked", "factor_on", "signed_in", "factor_off", "address_changed",
        "password_reset",
    ]  # fmt: skip
    assert told[0] == ("signed_in", {"device": "Chrome, Android"})
    failed = [details for what, details in told if what == "sign_in_failed"]
    assert failed == [{"device": "Chrome, Android", "step": step} for step in ("password", "code")]
    assert ("address_changed", {"kind": "phone"}) in told


async def test_nothing_of_it_is_a_secret_an_address_or_a_place(client: httpx.AsyncClient, run_jobs: RunJobs) -> None:
    person = await somebody()
    await sign_in(client, "salah sama sekali")
    token = (await sign_in(client, token=True, scopes=["*"])).json()["token"]
    async with unit_of_work() as session:
        await make.enter(session, client, person)
    body = {"address": "baru@contoh.id"}
    asked = await client.patch("/api/v1/people/me", json=body, headers={"X-CSRF-Token": make.form_token(client)})
    assert asked.status_code == 200
    await run_jobs()
    async with hot() as connection:
        kept = await connection.fetchval("SELECT string_agg(e::text, '') FROM audit_entries e")
        kept += await connection.fetchval("SELECT string_agg(o::text, '') FROM outbox o WHERE job = 'identity.put_on_record'")
    assert "sign_in_failed" in kept
    for secret in (token, make.PASSWORD, "salah sama sekali", EMAIL, "baru@contoh.id", "127.0.0.1", "Mozilla"):
        assert secret not in kept


async def test_who_guesses_at_an_account_that_does_not_exist_does_the_same_work_and_leaves_no_entry(
    client: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    await somebody()
    for address in (EMAIL, "tidak.ada@contoh.id"):
        assert (await sign_in(client, "salah sama sekali", address)).status_code == 401
    async with hot() as connection:
        promised = [row["args"] for row in await connection.fetch("SELECT args FROM outbox WHERE job = 'identity.put_on_record'")]
    assert sorted(args["person_id"] is None for args in promised) == [False, True]
    await run_jobs()
    async with hot() as connection:
        assert await connection.fetchval("SELECT count(*) FROM audit_entries WHERE action = 'account.sign_in_failed'") == 1


async def test_a_flood_of_refusals_leaves_ten_an_hour(app: Litestar, client: httpx.AsyncClient) -> None:
    person = await somebody()
    async with unit_of_work() as session:
        await make.enter(session, client, person)
    for _ in range(3):
        assert {answer.status_code for answer in await asyncio.gather(*(client.get("/operator") for _ in range(10)))} == {403}
    told = [("refused", {"route": "GET /operator", "code": "forbidden", "key": "session"})]
    assert await told_of(person) == told * 10
    with clock.frozen(clock.now() + timedelta(hours=1, seconds=1)):
        await client.get("/operator/jejak")
    assert len(await told_of(person)) == 11
    async with new_client(app) as stranger:
        await stranger.get("/operator")
    async with hot() as connection:
        assert await connection.fetchval("SELECT count(*) FROM audit_entries WHERE action = 'account.refused'") == 11


async def test_a_form_that_is_shown_again_for_a_wrong_password_and_a_token_beyond_its_scopes_are_refusals(
    client: httpx.AsyncClient,
) -> None:
    person = await somebody()
    async with unit_of_work() as session:
        await make.enter(session, client, person)
        headers = await make.bearer(session, person, "orders:read")
    form = {"current": "bukan ini", "password": NEW, "_csrf": make.form_token(client)}
    assert (await client.post("/akun/keamanan/sandi", data=form)).status_code == 403
    client.cookies.clear()
    assert (await client.get("/api/v1/people/me", headers=headers)).status_code == 403
    assert [details for what, details in await told_of(person) if what == "refused"] == [
        {"route": "POST /akun/keamanan/sandi", "code": "wrong_password", "key": "session"},
        {"route": "GET /api/v1/people/me", "code": "forbidden", "key": "token"},
    ]


async def test_the_owner_reads_it_in_pages_and_nobody_elses(client: httpx.AsyncClient) -> None:
    person, other = await somebody(), await somebody("lain@contoh.id")
    async with unit_of_work() as session:
        await happenings.record(session, other.id, Happening.PASSWORD_RESET)
        for number in range(24):
            await happenings.record(session, person.id, Happening.SIGNED_IN, device=f"Telepon {number}")
        await happenings.record(session, person.id, Happening.SIGN_IN_FAILED, by_owner=False, device="Chrome, Windows")
        await make.enter(session, client, person)
        headers = await make.bearer(session, person, "account:read")
    page = (await client.get("/akun/keamanan/riwayat")).text
    assert "Gagal masuk ke akun" in page and "Chrome, Windows" in page and "dibuat baru dengan kode" not in page
    assert "/akun/keamanan/riwayat" in (await client.get("/akun/keamanan")).text
    assert page.count("Telepon ") == 18  # a token was made, too
    following = page.partition('href="?cursor=')[2].partition('"')[0] or page.partition("cursor=")[2].partition('"')[0]
    assert (await client.get(f"/akun/keamanan/riwayat?cursor={following}")).text.count("Telepon ") == 6
    first = (await client.get("/api/v1/people/me/happenings?limit=20", headers=headers)).json()
    assert (first["items"][1]["what"], first["items"][1]["about"]) == ("account.sign_in_failed", "Chrome, Windows")
    rest = (await client.get(f"/api/v1/people/me/happenings?limit=20&cursor={first['next']}", headers=headers)).json()
    assert (len(first["items"]), len(rest["items"]), rest["next"]) == (20, 6, None)


async def test_an_operator_opens_it_for_a_purpose_and_the_owner_sees_that(client: httpx.AsyncClient) -> None:
    person = await somebody()
    async with unit_of_work() as session:
        await happenings.record(session, person.id, Happening.PASSWORD_CHANGED)
        operator = await make.holder(session, Role.OPERATOR)
        await make.enter(session, client, operator)
    form = {"person": EMAIL, "purpose": "misuse", "_csrf": make.form_token(client)}
    found = await client.post("/operator/keamanan", data=form)
    assert (found.status_code, found.headers["location"]) == (303, f"/operator/keamanan/{person.id}?untuk=misuse")
    asked = (await client.get(f"/operator/keamanan/{person.id}")).text
    assert str(person.id) in asked and "Kata sandi diganti" not in asked
    assert "Kata sandi diganti" in (await client.get(found.headers["location"])).text
    assert (await client.post("/operator/keamanan", data=form | {"person": "tidak.ada@contoh.id"})).status_code == 404
    async with unit_of_work() as session:
        await make.enter(session, client, person)
    mine = (await client.get("/akun/data")).text
    assert "Kejadian keamanan akun" in mine and "memeriksa penyalahgunaan akun" in mine
    assert (await client.get(found.headers["location"])).status_code == 403


async def test_what_happened_is_sealed_like_all_else(client: httpx.AsyncClient, run_jobs: RunJobs) -> None:
    await somebody()
    await sign_in(client, "salah sama sekali")
    await sign_in(client)
    with clock.frozen(clock.now() + timedelta(hours=3)):
        await run_jobs()
    async with unit_of_work() as session:
        assert await service.seal(session) == 2
