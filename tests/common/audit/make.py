"""Builders of the trail's tests."""

from common import ids
from common.actor import Actor
from common.audit import service
from common.db import unit_of_work

OFFICER = Actor(ids.uuid7(), "Andi Tenri")


async def deeds(count: int) -> None:
    for number in range(count):
        async with unit_of_work() as session:
            await service.record(session, OFFICER, "credential.revoked", subject_kind="credential", subject_id=str(number), office="X")


async def seal() -> int:
    async with unit_of_work() as session:
        return await service.seal(session)
