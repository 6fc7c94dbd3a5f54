import asyncio
from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import literal, select, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import col

from common import clock, ids
from common.actor import Actor, Grant, Role
from common.credentials import queries, service
from common.credentials.errors import AlreadyIssued, NoSuchCredential
from common.credentials.models import Credential, CredentialState
from common.db import unit_of_work
from common.errors import Forbidden
from common.states import NotFromHere, StateMove

OFFICER = Actor(ids.uuid7(), "Hj. Rostina", grants=frozenset({Grant(Role.OFFICER, "DINKES")}))
OTHER = Actor(ids.uuid7(), "Muh. Akbar", grants=frozenset({Grant(Role.OFFICER, "DISDUKCAPIL")}))
HOLDER = ids.uuid7()


async def issue(application_id: UUID | None = None, valid_until: date | None = None) -> Credential:
    async with unit_of_work() as session:
        return await service.issue(
            session,
            OFFICER,
            kind="spp-irt",
            title="SPP-IRT",
            holder_id=HOLDER,
            subject={"usaha": "Kue Bu Sitti"},
            office="DINKES",
            application_id=application_id,
            valid_until=valid_until,
        )


async def stands() -> bool:
    async with unit_of_work() as session:
        return bool(await session.scalar(select(queries.is_active(literal(HOLDER), "spp-irt"))))


async def test_a_code_is_found_as_people_type_it_and_a_wrong_one_is_not(database: None) -> None:
    issued = await issue()
    async with unit_of_work() as session:
        assert (await queries.by_code(session, issued.code.lower().replace("-", " "))).id == issued.id
        for wrong in (issued.code[:-1] + "?", "MKS-1111-1111-1111-1111-1", "'; DROP", ""):
            with pytest.raises(NoSuchCredential):
                await queries.by_code(session, wrong)


async def test_a_statement_stands_until_suspended_again_when_resumed_and_never_after_revocation(database: None) -> None:
    issued, seen = await issue(), []
    for verb in (service.suspend, service.resume, service.revoke):
        async with unit_of_work() as session:
            await verb(session, OFFICER, issued.id, "pemeriksaan")
        seen.append(await stands())
    assert seen == [False, True, False]
    with pytest.raises(NotFromHere):
        async with unit_of_work() as session:
            await service.resume(session, OFFICER, issued.id, "keliru")
    async with unit_of_work() as session:
        history = await session.execute(text("SELECT to_state, moved_because FROM state_history ORDER BY seq"))
        assert [tuple(row) for row in history] == [
            ("active", ""),
            ("suspended", "pemeriksaan"),
            ("active", "pemeriksaan"),
            ("revoked", "pemeriksaan"),
        ]


async def test_it_stands_through_its_last_day(database: None) -> None:
    await issue(valid_until=clock.today())
    assert await stands()
    with clock.frozen(clock.now() + timedelta(days=1)):
        assert not await stands()


async def test_only_the_office_that_issued_it_may_revoke(database: None) -> None:
    issued = await issue()
    with pytest.raises(Forbidden):
        async with unit_of_work() as session:
            await service.revoke(session, OTHER, issued.id, "iseng")
    assert await stands()


async def test_an_application_has_its_product_once_though_twenty_ask_at_the_same_time(database: None) -> None:
    application = ids.uuid7()
    made = await asyncio.gather(*(issue(application) for _ in range(20)), return_exceptions=True)
    assert sum(isinstance(one, Credential) for one in made) == 1
    assert sum(isinstance(one, AlreadyIssued) for one in made) == 19


async def test_not_even_raw_sql_brings_a_revoked_one_back(database: None) -> None:
    issued = await issue()
    async with unit_of_work() as session:
        await service.revoke(session, OFFICER, issued.id, "palsu")
    with pytest.raises(DBAPIError, match="knows no move"):
        async with unit_of_work() as session:
            await session.execute(text("UPDATE credentials SET state = 'active'"))


async def test_the_database_knows_the_same_moves_as_the_code(database: None) -> None:
    async with unit_of_work() as session:
        rows = await session.scalars(select(StateMove).where(col(StateMove.machine) == "credential/1", col(StateMove.from_state) != ""))
        assert {(row.from_state, row.to_state) for row in rows} == {(a, b) for a, news in Credential.MOVES.items() for b in news}
    assert set(Credential.MOVES) == set(CredentialState)
