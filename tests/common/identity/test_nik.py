"""The NIK: one account each, sealed, masked, read in full only on record. All numbers are invented."""

import asyncio
from datetime import date

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from common.actor import Role
from common.db import hot, unit_of_work
from common.errors import Forbidden
from common.identity import service
from common.identity.errors import NikFixed, NikTaken, NotOfThisOffice
from common.identity.models import Person
from common.identity.schemas import GiveNik
from common.sealing import CannotOpen, keyed_hash, seal, unseal
from tests.common.identity import make

NIK = "7371034208900003"
OFFICER = (Role.OFFICER, "DISDUKCAPIL")


async def give(person: Person, nik: str = NIK) -> bool:
    try:
        async with unit_of_work() as session:
            await service.give_nik(session, make.actor_of(person), GiveNik(nik=nik))
    except NikTaken:
        return False
    return True


async def test_two_people_give_the_same_nik_at_once_and_one_has_it(database: None) -> None:
    async with unit_of_work() as session:
        people = [await make.person(session) for _ in range(8)]
    assert sorted(await asyncio.gather(*(give(person) for person in people))) == [False] * 7 + [True]
    async with hot() as connection:
        assert await connection.fetchval("SELECT count(*) FROM person_nik") == 1


async def test_it_lies_sealed_and_is_shown_masked(session: AsyncSession) -> None:
    actor = make.actor_of(await make.person(session))
    given = await service.give_nik(session, actor, GiveNik(nik="73.71.03 420890 0003"))
    assert given.nik == "7371••••••••0003"
    await session.commit()
    async with hot() as connection:
        whole = await connection.fetchval("SELECT person_nik::text FROM person_nik")
        sealed = await connection.fetchval("SELECT sealed FROM person_nik")
    assert NIK not in whole and NIK.encode() not in sealed
    assert len(sealed) == 4 + 12 + 16 + 16  # key id, nonce, digits, tag


async def test_another_birth_date_is_a_warning_and_no_refusal(session: AsyncSession) -> None:
    actor = make.actor_of(await make.person(session))
    odd = await service.give_nik(session, actor, GiveNik(nik=NIK, born_on=date(1990, 8, 3)))
    right = await service.give_nik(session, actor, GiveNik(nik=NIK, born_on=date(1990, 8, 2)))
    assert (odd.warnings, right.warnings) == (["birth_date"], [])


@pytest.mark.parametrize("nik", ["737103420890000", "7371034208900000", "7371037208900003", "0071034208900003"])
async def test_what_cannot_be_a_nik_is_refused_without_repeating_it(client: httpx.AsyncClient, nik: str) -> None:
    async with unit_of_work() as session:
        await make.enter(session, client, await make.person(session))
    refused = await client.put("/api/v1/people/me/nik", json={"nik": nik}, headers={"X-CSRF-Token": make.form_token(client)})
    assert refused.status_code == 422
    assert nik not in refused.text


async def test_an_officer_sees_it_and_the_level_rises_fact_by_fact(client: httpx.AsyncClient) -> None:
    async with unit_of_work() as session:
        citizen, clerk = await make.person(session), await make.officer(session)
        await make.enter(session, client, citizen)
        officer = make.actor_of(clerk, OFFICER)
    assert await give(citizen)
    assert (await client.get("/api/v1/people/me")).json()["assurance"] == 1
    async with unit_of_work() as session:
        await service.mark_verified(session, officer, citizen.id)
    assert (await client.get("/api/v1/people/me")).json()["assurance"] == 1
    async with unit_of_work() as session:
        await service.mark_seen(session, officer, citizen.id)
    me = (await client.get("/api/v1/people/me")).json()
    assert (me["assurance"], me["nik"]) == (3, "7371••••••••0003")
    assert me["facts"] == {
        "format_ok": True, "phone_confirmed": True, "email_confirmed": False, "officer_seen": True, "dukcapil_verified": True,
    }  # fmt: skip
    with pytest.raises(NikFixed):
        await give(citizen, "7371034208900004")


async def test_only_an_officer_of_disdukcapil_checks_and_never_himself(session: AsyncSession) -> None:
    citizen, clerk = await make.person(session), await make.officer(session, "DINKES")
    await service.give_nik(session, make.actor_of(citizen), GiveNik(nik=NIK))
    with pytest.raises(NotOfThisOffice):
        await service.mark_seen(session, make.actor_of(clerk, (Role.OFFICER, "DINKES")), citizen.id)
    with pytest.raises(NotOfThisOffice):
        await service.mark_seen(session, make.actor_of(citizen, OFFICER), citizen.id)


async def test_reading_it_in_full_is_on_record(session: AsyncSession) -> None:
    citizen, clerk, stranger = [await make.person(session) for _ in range(3)]
    await service.give_nik(session, make.actor_of(citizen), GiveNik(nik=NIK))
    assert await service.read_nik(session, make.actor_of(clerk, OFFICER), citizen.id, "permohonan akta") == NIK
    with pytest.raises(Forbidden):
        await service.read_nik(session, make.actor_of(stranger), citizen.id, "ingin tahu")
    await session.commit()
    async with hot() as connection:
        rows = await connection.fetch(
            "SELECT actor_id, subject_id, audit_entries::text AS whole FROM audit_entries WHERE action = 'identity.nik_read'"
        )
    assert [(row["actor_id"], row["subject_id"]) for row in rows] == [(clerk.id, str(citizen.id))]
    assert NIK not in rows[0]["whole"]


def test_a_replaced_key_still_opens_what_the_old_one_sealed() -> None:
    sealed = seal("lama", b"rahasia", purpose="nik", subject="satu")
    assert unseal("baru,lama", sealed, purpose="nik", subject="satu") == b"rahasia"
    assert keyed_hash("baru,lama", NIK, purpose="nik") == keyed_hash("lama", NIK, purpose="nik")
    for secret, purpose, subject in (("baru", "nik", "satu"), ("lama", "totp", "satu"), ("lama", "nik", "dua")):
        with pytest.raises(CannotOpen):
            unseal(secret, sealed, purpose=purpose, subject=subject)
