"""API tokens and roles."""

import asyncio
from datetime import timedelta

import httpx
import pytest
from litestar import Litestar
from sqlalchemy.ext.asyncio import AsyncSession

from common import clock
from common.actor import Actor, Role
from common.db import hot, unit_of_work
from common.identity import queries, service
from common.identity.errors import AlreadyGranted, LastAdmin, NoSuchPerson, NotToOneself, NotToOwnOffice
from common.identity.models import Person
from common.identity.schemas import GiveGrant, MakeToken
from tests.common.identity import make
from tests.conftest import new_client


async def test_a_token_may_what_its_scopes_say(client: httpx.AsyncClient) -> None:
    async with unit_of_work() as session:
        reader = await make.bearer(session, await make.person(session), "account:read")
    assert (await client.get("/api/v1/people/me", headers=reader)).status_code == 200
    changed = await client.patch("/api/v1/people/me", json={"name": "Lain"}, headers=reader)
    assert (changed.status_code, changed.json()["code"]) == (403, "forbidden")


async def test_a_token_counts_on_the_api_and_not_on_pages(client: httpx.AsyncClient) -> None:
    async with unit_of_work() as session:
        all_of_it = await make.bearer(session, await make.person(session), "*")
    assert (await client.get("/api/v1/people/me", headers=all_of_it)).status_code == 200
    assert (await client.get("/akun", headers=all_of_it)).status_code == 401


async def test_a_token_ends_when_it_is_revoked_and_by_itself(client: httpx.AsyncClient, app: Litestar) -> None:
    async with unit_of_work() as session:
        person = await make.person(session)
        one, other = await make.bearer(session, person, "*"), await make.bearer(session, person, "*")
        await make.enter(session, client, person)
    async with new_client(app) as program:
        listed = (await program.get("/api/v1/tokens", headers=one)).json()
        assert [token["name"] for token in listed] == ["uji", "uji"]
        assert "token" not in listed[0]
        gone = await client.delete(f"/api/v1/tokens/{listed[0]['id']}", headers={"X-CSRF-Token": make.form_token(client)})
        assert gone.status_code == 204
        assert (await program.get("/api/v1/tokens", headers=other)).status_code == 401
        with clock.frozen(clock.now() + timedelta(days=91)):
            assert (await program.get("/api/v1/tokens", headers=one)).status_code == 401


async def test_no_token_asks_for_what_there_is_not(session: AsyncSession) -> None:
    with pytest.raises(ValueError, match="tidak dikenal"):
        MakeToken(name="kasir", scopes=["orders:everything"])


async def test_tokens_and_sessions_lie_as_hashes(client: httpx.AsyncClient) -> None:
    async with unit_of_work() as session:
        person = await make.person(session)
        headers = await make.bearer(session, person, "*")
        await make.enter(session, client, person)
    async with hot() as connection:
        whole = await connection.fetchval("SELECT api_token::text FROM api_token")
        whole += await connection.fetchval("SELECT person_session::text FROM person_session")
    assert headers["Authorization"].removeprefix("Bearer ") not in whole
    assert client.cookies["marvec_session"] not in whole


async def test_an_admin_gives_a_role_and_takes_it_and_both_count_at_once(client: httpx.AsyncClient, app: Litestar) -> None:
    async with unit_of_work() as session:
        admin = await make.bearer(session, await make.holder(session, Role.ADMIN), "*")
        clerk = await make.person(session)
        await make.enter(session, client, clerk)
    async with new_client(app) as office:
        body = {"person": clerk.phone, "role": "officer", "scope": "DISDUKCAPIL"}
        given = await office.post("/api/v1/grants", json=body, headers=admin)
        assert (given.status_code, given.json()["person_name"]) == (201, clerk.name)
        assert (await client.get("/api/v1/people/me")).status_code == 401, "who gains a role signs in anew"
        async with unit_of_work() as session:
            await make.enter(session, client, clerk)
        assert (await client.get("/api/v1/people/me")).json()["roles"] == ["officer:DISDUKCAPIL"]
        assert (await office.delete(f"/api/v1/grants/{given.json()['id']}", headers=admin)).status_code == 204
    async with unit_of_work() as session:
        await make.enter(session, client, clerk)
    assert (await client.get("/api/v1/people/me")).json()["roles"] == []
    async with hot() as connection:
        deeds = await connection.fetch(
            "SELECT action FROM audit_entries WHERE actor_id IS NOT NULL AND action LIKE 'identity.%' ORDER BY at, id"
        )
    assert [row["action"] for row in deeds] == ["identity.role_given", "identity.role_taken"]


async def test_a_role_given_twice_at_once_is_given_once(database: None) -> None:
    async with unit_of_work() as session:
        person = await make.person(session)

    async def give() -> bool:
        try:
            async with unit_of_work() as session:
                await service.grant(session, None, person.id, Role.OFFICER, "DINKES")
        except AlreadyGranted:
            return False
        return True

    assert sorted(await asyncio.gather(*(give() for _ in range(5)))) == [False] * 4 + [True]


async def test_nobody_gives_a_role_to_himself_nor_by_way_of_an_account_made_for_it(database: None) -> None:
    async with unit_of_work() as session:
        admin, puppet = await make.holder(session, Role.ADMIN), await make.person(session, "Boneka")
    chief = make.actor_of(admin, (Role.ADMIN, "*"))
    with pytest.raises(NotToOneself):
        await _give(chief, admin, Role.OFFICER, "DISDUKCAPIL")
    await _give(chief, puppet, Role.ADMIN)
    with pytest.raises(NotToOneself):
        await _give(make.actor_of(puppet, (Role.ADMIN, "*")), admin, Role.OFFICER, "DISDUKCAPIL")
    async with hot() as connection:
        assert await connection.fetchval("SELECT count(*) FROM role_grant WHERE role = 'officer'") == 0


async def test_nobody_staffs_the_office_he_sits_in(database: None) -> None:
    async with unit_of_work() as session:
        admin, friend = await make.holder(session, Role.ADMIN), await make.person(session)
        await service.grant(session, None, admin.id, Role.HEAD, "DINKES")
    with pytest.raises(NotToOwnOffice):
        await _give(make.actor_of(admin, (Role.ADMIN, "*")), friend, Role.OFFICER, "DINKES")
    await _give(make.actor_of(admin, (Role.ADMIN, "*")), friend, Role.OFFICER, "DISDUKCAPIL")


async def test_a_role_is_given_to_who_has_proven_the_address_and_not_to_who_claims_it(database: None) -> None:
    async with unit_of_work() as session:
        admin = make.actor_of(await make.holder(session, Role.ADMIN), (Role.ADMIN, "*"))
        await make.person(session, "Penyerobot", address="petugas@contoh.id", confirmed=False)
        asked = GiveGrant(person="petugas@contoh.id", role=Role.OPERATOR)
        with pytest.raises(NoSuchPerson):
            await service.give_grant(session, admin, asked)
        owner = await make.person(session, "Petugas", address="petugas@contoh.id")
        assert (await service.give_grant(session, admin, asked)).person_id == owner.id


async def _give(giver: Actor, receiver: Person, role: Role, scope: str = "*") -> None:
    async with unit_of_work() as session:
        await service.grant(session, giver, receiver.id, role, scope)


async def test_two_admins_who_dismiss_each_other_at_once_leave_one(database: None) -> None:
    async with unit_of_work() as session:
        people = [await make.holder(session, Role.ADMIN) for _ in range(2)]
        grants = [(await queries.grants_of(session, person.id))[0][0] for person in people]

    async def dismiss(who: int) -> bool:
        try:
            async with unit_of_work() as session:
                await service.take_grant(session, make.actor_of(people[who], (Role.ADMIN, "*")), grants[1 - who].id)
        except LastAdmin:
            return False
        return True

    assert sorted(await asyncio.gather(dismiss(0), dismiss(1))) == [False, True]


async def test_an_officer_needs_an_office(session: AsyncSession) -> None:
    with pytest.raises(ValueError, match="Pilih kantornya"):
        GiveGrant(person="081234567890", role=Role.OFFICER)
