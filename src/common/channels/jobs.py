"""Jobs of channels."""

from uuid import UUID

from common.channels import service
from common.db import unit_of_work
from common.jobs import every, job


@job("channels.deliver", own_transactions=True)
async def deliver(*, message_id: str) -> None:
    await service.deliver(UUID(message_id))


@every("channels.forget_old", seconds=86400)
async def forget_old() -> None:
    async with unit_of_work() as session:
        await service.forget_old(session)
