import asyncio

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from common import ids
from common.actor import Actor
from common.audit import queries, service
from common.db import unit_of_work
from tests.conftest import doors  # noqa: F401  the broom's connection, a superuser's

OFFICER = Actor(ids.uuid7(), "Andi Tenri")


async def deeds(count: int) -> None:
    for number in range(count):
        async with unit_of_work() as session:
            await service.record(session, OFFICER, "credential.revoked", subject_kind="credential", subject_id=str(number), office="X")


async def seal() -> int:
    async with unit_of_work() as session:
        return await service.seal(session)


async def test_the_chain_holds_over_all_that_was_sealed(database: None) -> None:
    await deeds(5)
    assert await seal() == 5
    await deeds(2)
    async with unit_of_work() as session:
        verdict = await service.verify(session)
        assert (verdict.sealed, verdict.unsealed, verdict.broken_at) == (5, 2, None)
        assert len(await queries.of_subject(session, "credential", "1")) == 2


async def test_sealing_at_the_same_time_seals_each_entry_once(database: None) -> None:
    await deeds(20)
    assert sum(await asyncio.gather(*(seal() for _ in range(6)))) == 20
    async with unit_of_work() as session:
        assert (await service.verify(session)).sealed == 20


@pytest.mark.parametrize("deed", ["UPDATE audit_entries SET action = 'x'", "DELETE FROM audit_entries", "TRUNCATE audit_entries CASCADE"])
async def test_the_database_refuses_to_change_the_trail(database: None, deed: str) -> None:
    await deeds(1)
    with pytest.raises(DBAPIError, match="never changed"):
        async with unit_of_work() as session:
            await session.execute(text(deed))


@pytest.mark.parametrize(
    ("crime", "seen_at"),
    [
        ("UPDATE audit_entries SET actor_id = NULL WHERE subject_id = '2'", 3),
        ("""UPDATE audit_entries SET details = '{"office": "Y"}' WHERE subject_id = '0'""", 1),
        ("DELETE FROM audit_seals WHERE seq = 2", 2),
        ("DELETE FROM audit_entries WHERE subject_id = '3'", 4),
    ],
)
async def test_a_crime_past_the_triggers_is_found(doors, database: None, crime: str, seen_at: int) -> None:  # type: ignore[no-untyped-def]  # noqa: F811
    await deeds(5)
    await seal()
    await doors.execute(crime)
    async with unit_of_work() as session:
        assert (await service.verify(session)).broken_at == seen_at
