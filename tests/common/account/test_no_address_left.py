"""After an account is closed its addresses, and those it had before, stand in no table: every row of the database is looked through."""

import httpx
import pytest

from common.account.schemas import Address as Saved
from common.account.service import keep_address, leaving
from common.db import hot, unit_of_work
from common.identity import service
from common.identity.policy import Address
from tests.common.identity import make
from tests.conftest import RunJobs

EMAIL, FORMER, WAITING, PHONE = "sitti.daeng@contoh.id", "sitti.lama@contoh.id", "sitti.baru@contoh.id", "+6281298765432"


@pytest.mark.parametrize("named", [EMAIL, FORMER, WAITING, PHONE])
async def test_a_closed_account_s_addresses_are_in_no_table(client: httpx.AsyncClient, run_jobs: RunJobs, named: str) -> None:
    async with unit_of_work() as session:
        person = await make.person(session, "Sitti", address=FORMER)
    actor = make.actor_of(person)
    for address in (Address("email", EMAIL), Address("phone", PHONE)):
        async with unit_of_work() as session:
            asking = await service.ask_address(session, actor, address)
            _, code = await service.ask_confirmation(session, asking)
        async with unit_of_work() as session:
            await service.confirm(session, actor, code)
    await client.post("/api/v1/codes", json={"purpose": "reset", "address": EMAIL})
    await client.post("/api/v1/sessions", json={"address": EMAIL, "password": "salah sekali"})
    async with unit_of_work() as session:
        asking = await service.ask_address(session, actor, Address("email", WAITING))
        await service.ask_confirmation(session, asking)
        given = {"label": "Rumah", "recipient": "Sitti", "phone": PHONE, "street": "Jalan Nuri 7", "kelurahan_code": "73.71.03.1001"}
        await keep_address(session, actor, Saved.model_validate(given))
    await run_jobs()
    assert await _tables_with(named), "it was there before"
    async with unit_of_work() as session:
        await leaving.close_account(session, actor, make.PASSWORD)
    await run_jobs()
    assert await _tables_with(named) == []


async def _tables_with(named: str) -> list[str]:
    """Every table of the database with that text somewhere in a row, whatever the column."""
    async with hot() as connection:
        names = [row[0] for row in await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
        local = named.partition("@")[0].removeprefix("+62")
        asked = f"%{local}%"
        return [name for name in names if await connection.fetchval(f'SELECT count(*) FROM "{name}" t WHERE t::text ILIKE $1', asked)]
