"""Reports of messages reach the desk as jobs: the talk itself knows nothing of it."""

from sqlalchemy.ext.asyncio import AsyncSession

from common import events
from marvec.moderation import service


@events.hears(events.MessageReported, "moderation.on_message_reported")
async def on_message_reported(session: AsyncSession, event: events.MessageReported) -> None:
    await service.report_message(session, event)
