import asyncio
from datetime import timedelta

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from common import clock
from common.audit import queries, service
from common.db import as_owner, unit_of_work
from common.settings import get_settings
from tests.common.audit.make import OFFICER, deeds, seal
from tests.conftest import doors  # noqa: F401  the broom's connection, a superuser's


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


async def test_what_is_told_of_the_past_is_sealed_after_what_is_told_of_today(database: None) -> None:
    """A demonstration's history, an import: the time that an entry names says nothing of when it came."""
    await deeds(2)
    assert await seal() == 2
    for days in (1, 90):
        with clock.frozen(clock.now() - timedelta(days=days)):
            await deeds(2)
    assert await seal() == 4
    async with unit_of_work() as session:
        verdict = await service.verify(session)
    assert (verdict.sealed, verdict.unsealed, verdict.forgotten, verdict.holds) == (6, 0, 0, True)


async def test_a_transaction_that_commits_late_begins_to_wait_with_its_commit(database: None) -> None:
    async with unit_of_work() as late:
        await service.record(late, OFFICER, "late", subject_kind="x", subject_id="1")
        began = await late.scalar(text("SELECT clock_timestamp()"))
        await asyncio.sleep(0.3)
        await deeds(3)
        assert await seal() == 3
    async with unit_of_work() as session:
        waiting = await session.scalar(text("SELECT since FROM audit_unsealed"))
    assert waiting - began >= timedelta(seconds=0.3)
    assert await seal() == 1
    async with unit_of_work() as session:
        assert (await service.verify(session)).holds


async def test_what_waits_for_minutes_is_an_error(doors: asyncpg.Connection, database: None) -> None:  # noqa: F811
    await deeds(2)
    for minutes, holds in ((2, True), (4, False)):
        await doors.execute("UPDATE audit_unsealed SET since = now() - make_interval(mins => $1)", minutes)
        async with unit_of_work() as session:
            verdict = await service.verify(session)
        assert (verdict.unsealed, verdict.longest >= timedelta(minutes=minutes), verdict.holds) == (2, True, holds)


async def test_a_key_that_is_replaced_breaks_no_chain(database: None, monkeypatch: pytest.MonkeyPatch) -> None:
    old = get_settings().secret_key.get_secret_value()
    try:
        for keys in (old, f"newer,{old}", f"newest,newer,{old}"):
            monkeypatch.setenv("MARVEC_SECRET_KEY", keys)
            get_settings.cache_clear()
            await deeds(2)
            await seal()
        async with unit_of_work() as session:
            assert (await service.verify(session)).sealed == 6
        monkeypatch.setenv("MARVEC_SECRET_KEY", f"newest,{old}")
        get_settings.cache_clear()
        async with unit_of_work() as session:
            assert (await service.verify(session)).broken_at == 3
    finally:
        monkeypatch.undo()
        get_settings.cache_clear()


CRIMES = ("UPDATE audit_entries SET action = 'x'", "DELETE FROM audit_entries", "TRUNCATE audit_entries CASCADE")


@pytest.mark.parametrize("crime", CRIMES)
async def test_the_owner_of_the_tables_is_refused_by_their_triggers(database: None, crime: str) -> None:
    await deeds(1)
    async with as_owner() as connection:
        with pytest.raises(asyncpg.RestrictViolationError, match="never changed"):
            await connection.execute(crime)


BY_THE_APPLICATION = (
    *CRIMES,
    "UPDATE audit_seals SET hash = ''",
    "DELETE FROM audit_unsealed",
    "INSERT INTO audit_unsealed SELECT id, now() FROM audit_entries",
    "UPDATE state_moves SET to_state = 'x'",
    "DELETE FROM state_history",
    "ALTER TABLE audit_entries DISABLE TRIGGER USER",
    "DROP TRIGGER never_changes ON audit_entries",
    "ALTER TABLE audit_entries DROP CONSTRAINT pk_audit_entries CASCADE",
    "SET session_replication_role = replica",
    "CREATE TABLE mine (n int)",
    "CREATE TEMPORARY TABLE mine (n int)",
    "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE OR REPLACE FUNCTION never_changes() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
    "SET ROLE marvec_owner",
    "UPDATE alembic_version SET version_num = '0001'",
)


@pytest.mark.parametrize("crime", BY_THE_APPLICATION)
async def test_the_application_may_not_even_ask(database: None, crime: str) -> None:
    await deeds(1)
    with pytest.raises(DBAPIError, match=r"permission denied|must be owner|must be member"):
        async with unit_of_work() as session:
            await session.execute(text(crime))


async def test_an_entry_that_was_taken_out_of_the_queue_is_found(doors: asyncpg.Connection, database: None) -> None:  # noqa: F811
    await deeds(3)
    await doors.execute("DELETE FROM audit_unsealed WHERE entry_id = (SELECT min(id::text)::uuid FROM audit_entries)")
    assert await seal() == 2
    async with unit_of_work() as session:
        verdict = await service.verify(session)
    assert (verdict.forgotten, verdict.holds) == (1, False)


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
