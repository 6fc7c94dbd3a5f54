"""Nothing is left lying: what no room took, what was replaced, and whatever was killed half-way."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest
from structlog.testing import capture_logs

from common import clock, ids
from common.actor import Actor
from common.db import hot, unit_of_work
from common.files import purposes, service
from common.files.errors import UploadGone
from common.files.models import StoredFile, key_of
from common.files.schemas import Upload
from common.files.stores import DiskStore, store
from tests.common.files.make import a_photo
from tests.conftest import RunJobs

MOTHER, STRANGER = Actor(ids.uuid7(), "Daeng Ngintang"), Actor(ids.uuid7(), "Seorang")
LATER = timedelta(days=2)

purposes.register(purposes.Purpose("test-swept"))


@pytest.fixture(autouse=True)
async def swept(database: None) -> None:
    with clock.frozen(clock.now() + LATER):
        await service.remove_orphans()  # what earlier tests left


async def an_upload() -> Upload:
    return await service.look_into(MOTHER, data=a_photo(), filename="foto.jpg", purpose="test-swept")


async def take(upload: Upload, actor: Actor = MOTHER) -> StoredFile:
    async with unit_of_work() as session:
        return await service.take(session, actor, upload, "test-swept")


async def keys() -> set[str]:
    return {key for key, _written in await store().keys()}


async def rows() -> set[UUID]:
    async with hot() as connection:
        return {row["id"] for row in await connection.fetch("SELECT id FROM files")}


async def test_an_upload_that_no_room_took_goes_after_a_day_and_one_that_was_taken_stays(run_jobs: RunJobs) -> None:
    kept, lost = await take(await an_upload()), await an_upload()
    assert lost.file_id is not None
    assert await service.remove_untaken() == 0
    with clock.frozen(clock.now() + LATER):
        assert (await service.remove_untaken(), await service.remove_untaken()) == (1, 0)
        await run_jobs()
    assert await rows() == {kept.id}
    assert kept.key in await keys() and key_of(lost.file_id) not in await keys()


async def test_an_upload_is_taken_once_by_whom_it_came_from() -> None:
    upload = await an_upload()
    with pytest.raises(UploadGone):
        await take(upload, STRANGER)
    ends = await asyncio.gather(*(take(upload) for _ in range(4)), return_exceptions=True)
    assert sorted(type(end).__name__ for end in ends) == ["StoredFile", "UploadGone", "UploadGone", "UploadGone"]


async def test_what_is_dropped_goes_with_its_thumbnails_and_stays_when_the_drop_is_undone(run_jobs: RunJobs) -> None:
    kept = await take(await an_upload())
    await run_jobs()
    assert len(await keys()) == 4
    with pytest.raises(RuntimeError):
        async with unit_of_work() as session:
            await service.drop(session, [kept.id])
            raise RuntimeError
    await service.remove_bytes(kept.id)  # a job that runs although its row stands does nothing
    assert len(await keys()) == 4
    async with unit_of_work() as session:
        await service.drop(session, [kept.id])
        await service.drop(session, [kept.id])
    assert await run_jobs() == 1
    await service.remove_bytes(kept.id)
    assert (await rows(), await keys()) == (set(), set())


async def test_killed_between_the_row_and_its_bytes_the_row_goes(monkeypatch: pytest.MonkeyPatch, run_jobs: RunJobs) -> None:
    async def never(*_: object) -> None:
        await asyncio.sleep(60)

    async def dead(*_: object) -> None:
        raise ConnectionError("the process is gone: nothing of what it would have done happens")

    with monkeypatch.context() as killed:
        killed.setattr(DiskStore, "put", never)
        killed.setattr(service, "drop_untaken", dead)
        coming = asyncio.create_task(an_upload())
        while not await rows():
            await asyncio.sleep(0.01)
        coming.cancel()
        await asyncio.gather(coming, return_exceptions=True)
    assert await service.remove_orphans() == 0  # its bytes may still be on their way
    with clock.frozen(clock.now() + timedelta(hours=2)):
        assert (await service.remove_orphans(), await service.remove_orphans()) == (1, 0)
    assert await rows() == set()


async def test_bytes_without_a_row_go_after_a_day(run_jobs: RunJobs) -> None:
    kept = await take(await an_upload())
    stray = key_of(ids.uuid7())
    await store().put(stray, b"sisa", "image/jpeg")
    assert await service.remove_orphans() == 0
    with clock.frozen(clock.now() + LATER):
        assert (await service.remove_orphans(), await service.remove_orphans()) == (1, 0)
    assert await keys() == {kept.key}


async def test_a_room_s_file_without_its_bytes_is_told_of_and_never_deleted() -> None:
    kept = await take(await an_upload())
    await store().delete(kept.key)
    with capture_logs() as logged, clock.frozen(clock.now() + LATER):
        assert await service.remove_orphans() == 0
    assert [(line["event"], line["files"]) for line in logged] == [("files_without_bytes", 1)]
    assert await rows() == {kept.id}


async def test_a_store_that_fails_leaves_no_row(monkeypatch: pytest.MonkeyPatch) -> None:
    async def full(*_: object) -> None:
        raise OSError("no space")

    monkeypatch.setattr(DiskStore, "put", full)
    with pytest.raises(OSError, match="no space"):
        await an_upload()
    assert await rows() == set()
