"""A person's files have room, and no more: told beforehand, and held by the database however many come at once."""

import asyncio
from uuid import UUID

import asyncpg
import pytest

from common import ids
from common.actor import Actor
from common.db import hot, unit_of_work
from common.files import cleaning, purposes, service
from common.files.errors import QuotaReached
from common.files.schemas import Upload
from common.files.stores import store
from tests.common.files.make import a_photo

SELLER, BUYER = Actor(ids.uuid7(), "Daeng Rannu"), Actor(ids.uuid7(), "Puang Caya")

purposes.register(purposes.Purpose("test-counted"))
pytestmark = pytest.mark.usefixtures("database")


async def allow(actor: Actor, files: int | None = None, size: int | None = None) -> None:
    async with hot() as connection:
        await connection.execute(
            "INSERT INTO file_usage (owner_id, files, bytes, most_files, most_bytes) VALUES ($1, 0, 0, $2, $3)",
            actor.person_id,
            files,
            size,
        )


async def usage(actor: Actor) -> tuple[int, int]:
    """What the counter says, which is what the table says."""
    async with hot() as connection:
        told = await connection.fetchrow("SELECT files, bytes FROM file_usage WHERE owner_id = $1", actor.person_id)
        real = await connection.fetchrow("SELECT count(*), coalesce(sum(size), 0) FROM files WHERE owner_id = $1", actor.person_id)
    assert tuple(told) == tuple(real)
    return told["files"], told["bytes"]


async def upload(actor: Actor = SELLER) -> Upload:
    return await service.look_into(actor, data=a_photo(), filename="foto.jpg", purpose="test-counted")


async def test_ten_at_once_never_exceed_the_count() -> None:
    await allow(SELLER, files=4)
    ends = await asyncio.gather(*(upload() for _ in range(10)), upload(BUYER))
    refused = [type(one.error) for one in ends if one.error]
    assert refused == [QuotaReached] * 6
    assert (await usage(SELLER))[0] == 4
    assert (await usage(BUYER))[0] == 1


async def test_ten_at_once_never_exceed_the_bytes() -> None:
    size = len((await cleaning.clean(a_photo(), purposes.IMAGES)).data)
    await allow(SELLER, size=3 * size + size // 2)
    ends = await asyncio.gather(*(upload() for _ in range(10)))
    assert sum(one.error is None for one in ends) == 3
    assert await usage(SELLER) == (3, 3 * size)


async def test_a_full_quota_is_told_before_anything_is_looked_into(monkeypatch: pytest.MonkeyPatch) -> None:
    await allow(SELLER, files=1)
    first = await upload()
    written = len(await store().keys())
    monkeypatch.setattr(cleaning, "clean", None)
    refused = (await upload()).error
    assert isinstance(refused, QuotaReached)
    assert (refused.status, refused.code, refused.params["files"]) == (409, "file_quota_reached", 1)
    assert "paling banyak 1 berkas" in str(refused)
    assert len(await store().keys()) == written
    await service.drop_untaken([first])
    assert await usage(SELLER) == (0, 0)


async def test_the_city_s_quota_is_a_row_and_holds_for_everybody() -> None:
    async with hot() as connection:
        assert tuple(await connection.fetchrow("SELECT most_files, most_bytes FROM file_quota")) == (2000, 2**30)
        changed = connection.transaction()
        await changed.start()
        await connection.execute("UPDATE file_quota SET most_files = 1")
        await add(connection, SELLER.person_id)
        with pytest.raises(asyncpg.CheckViolationError, match="more files than this person may keep"):
            await add(connection, SELLER.person_id)
        await changed.rollback()


async def test_a_file_keeps_its_owner_and_its_size() -> None:
    async with unit_of_work() as session:
        await service.take(session, SELLER, await upload(), "test-counted")
    async with hot() as connection:
        for change in ("size = size + 1", "owner_id = NULL"):
            with pytest.raises(asyncpg.CheckViolationError, match="keeps its owner and its size"):
                await connection.execute(f"UPDATE files SET {change}")


async def add(connection: asyncpg.Connection, owner_id: UUID) -> None:
    async with connection.transaction():
        await connection.execute(
            """INSERT INTO files (id, owner_id, purpose, filename, kind, size, sha256, thumbnails, created_at)
               VALUES (gen_random_uuid(), $1, 'test-counted', 'a.jpg', 'image/jpeg', 10, '', '{}', now())""",
            owner_id,
        )
