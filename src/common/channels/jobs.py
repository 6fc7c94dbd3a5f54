"""Jobs of channels."""

from uuid import UUID

from common.channels import service
from common.jobs import job


@job("channels.deliver", own_transactions=True)
async def deliver(*, message_id: str) -> None:
    await service.deliver(UUID(message_id))
